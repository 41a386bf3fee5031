#ifndef PEOPLE_SETTING_H
#define PEOPLE_SETTING_H

/* setting -- what an administrator may turn: a table with limits and meanings, nothing free.
 *
 * A setting is a row in C.  Its value is the default until somebody sets another; each change is
 * an event of the record (subject "setting/NAME"), and the table "setting" is a cache of those.
 * Reading costs no query: values are kept in memory for at most a second, so a change holds
 * everywhere (other processes on the same PostgreSQL included) within a second.
 *
 * Adding one: a row in setting_table.c, or in a table of your own room that its struct city_room
 * names.  Asking for a name that no table has, or by the wrong type, stops the program; a test
 * looks at every call in src/. */

#include "people/security.h"

extern const struct hy_migration setting_migrations[];

enum setting_type {
	SETTING_INT,
	SETTING_BOOL,	  /* "true", "false" */
	SETTING_WORD,	  /* one of a|b|c */
	SETTING_TEXT,	  /* LEAST..MOST characters without controls */
	SETTING_DURATION, /* "90s", "15m", "8h", "30d"; LEAST and MOST in seconds */
};
/* Whose it is.  SECURITY: one that protects; the security administrator's. */
enum setting_who { SETTING_SYSTEM, SETTING_SECURITY };
/* In which direction a value protects less than the default; `huiyin doctor` says so. */
enum setting_weaker {
	WEAKER_NEVER,
	WEAKER_ABOVE,
	WEAKER_BELOW,
	WEAKER_OTHER /* any other value */
};
struct setting {
	const char *name; /* "session.idle_minutes" */
	enum setting_type type;
	const char *otherwise; /* the default, as it would be typed */
	int64_t least, most;
	const char *one_of; /* WORD: "a|b|c" */
	const char *unit;   /* of an INT, for people: "minutes"; NULL: none */
	enum setting_who who;
	enum setting_weaker weaker;
	bool restart;	   /* holds only after the server is started again */
	hy_str meaning[3]; /* zh-CN, zh-Hant, en: one sentence */
};
#define SETTING_MEANS(cn, hant, english)                                                           \
	{                                                                                          \
		HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english)                                 \
	}
extern const struct setting people_settings[]; /* ends with { 0 } */

/* Adds a table of a room above, for the life of the program; before any thread is started.
 * A second time does nothing.  HY_BAD_INPUT names what is wrong in a row. */
enum hy_code setting_add(const struct setting *table, struct hy_err *e) HY_MUST;
/* All rows: people_settings, then what was added. */
size_t setting_count(void);
const struct setting *setting_at(size_t n);
/* NULL when there is none; setting_near() for "did you mean". */
const struct setting *setting_find(hy_str name);
enum hy_code setting_named(hy_str name, const struct setting **out, struct hy_err *e) HY_MUST;
const char *setting_type_name(enum setting_type type); /* "integer" "boolean" "word" ... */
hy_str setting_meaning(const struct setting *s, hy_str language);

/* --- reading: never fails; what cannot be read is the last value known, else the default ----- */
int64_t setting_int(struct hy_db *db, const char *name);
bool setting_bool(struct hy_db *db, const char *name);
/* WORD and TEXT; lives as long as hy_db_arena(db). */
hy_str setting_text(struct hy_db *db, const char *name);
int64_t setting_ms(struct hy_db *db, const char *name); /* DURATION, in milliseconds */

/* --- changing, inside work ---------------------------------------------------------------------
 */
struct setting_by {
	hy_str role; /* "sysadmin", "secadmin", "console"; public */
	struct security_by who;
	hy_ms at;
};
/* VALUE as typed; HY_BAD_FIELD says what may be typed.  Nothing is written when nothing changes:
 * *CHANGED_OUT tells.  Who may do it is the caller's to ask (setting_permission()); that it was
 * done is noted as a security-relevant act. */
enum hy_code setting_put(struct record *r, struct hy_db *db, const struct setting *s, hy_str value,
			 const struct setting_by *by, bool *changed_out, struct hy_err *e) HY_MUST;
/* Back to the default. */
enum hy_code setting_reset(struct record *r, struct hy_db *db, const struct setting *s,
			   const struct setting_by *by, bool *changed_out,
			   struct hy_err *e) HY_MUST;
/* "setting.write" or "setting.security". */
const char *setting_permission(const struct setting *s);

/* --- looking ------------------------------------------------------------------------------------
 */
struct setting_now {
	hy_str value;	  /* canonical */
	bool set;	  /* somebody set it; else the default */
	bool weaker;	  /* protects less than the default */
	int64_t last_idx; /* its newest event; -1: none */
};
enum hy_code setting_show(struct hy_arena *a, struct hy_db *db, const struct setting *s,
			  struct setting_now *out, struct hy_err *e) HY_MUST;

void setting_json(struct hy_json *j, const struct setting *s, const struct setting_now *now);

/* Compares the table with its events; HY_TAMPERED names the setting. */
enum hy_code setting_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			  struct hy_err *e) HY_MUST;

#endif
