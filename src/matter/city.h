#ifndef MATTER_CITY_H
#define MATTER_CITY_H

/* city -- what the SQL files of this room share about an open city. */

#include "base/map.h"
#include "matter/matter_store.h"

/* What the writer knows of the tables without asking, as long as hy_db_era() is ERA. */
struct city_known {
	uint64_t era;
	int64_t last_id;	/* of the matters; -1: not asked yet */
	struct hy_arena *arena; /* lives as long as the city: the codes; emptied with the era */
	struct hy_map units;	/* those that exist and are open, by their codes */
};

struct city {
	struct hy_arena *arena; /* lives as long as the city */
	struct hy_store *store;
	struct record *record; /* NULL when read only */
	/* Replaced as a whole; what was is never changed. */
	const struct matter_rules *_Atomic rules;
	const struct matter_rules *kept; /* the writer's: those that were committed */
	uint64_t kept_era;		 /* KEPT holds for it */
	struct city_known known;	 /* the writer's */
	hy_str name;
	struct city_number { /* the writer's: the number given out last, as far as it knows */
		char prefix[16];
		int year;
		int64_t n;
		uint64_t era; /* as long as it is hy_db_era() nobody else can know better */
	} numbers[8];
	unsigned next_number;
};

void city_forget_units(struct city_known *k);

/* The rooms above, ending with NULL. */
const struct city_room *const *city_rooms(void);

/* Reads the events of row ID (its code, kind and pack as recorded) and folds them. */
struct matter_key {
	int64_t id, seq;
	hy_str code, kind;
	int64_t version; /* of the institution under which it was filed */
};
enum hy_code matter_load(struct city *c, struct hy_db *db, struct hy_arena *a,
			 const struct matter_key *key, struct matter **out,
			 struct hy_err *e) HY_MUST;
/* The same under RULES: what it would be. */
enum hy_code matter_load_under(const struct matter_rules *rules, struct hy_db *db,
			       struct hy_arena *a, const struct matter_key *key,
			       struct matter **out, struct hy_err *e) HY_MUST;
/* Each of N different matters, V by id, as it was at its AT: folded from its events up to then, but
 * at least the first.  EACH is given one after the other, that is gone when it returns; one without
 * events is left out.  Of many the events are asked for together. */
struct matter_then {
	const struct matter_key *key;
	hy_ms at;
	void *of; /* the caller's */
};
typedef enum hy_code matter_then_each(void *arg, const struct matter_then *t,
				      const struct matter *m, struct hy_err *e);
enum hy_code matters_then(struct city *c, struct hy_db *db, const struct matter_then *v, size_t n,
			  matter_then_each *each, void *arg, struct hy_err *e) HY_MUST;
/* What the log says of the matter CODE, folded: of the public part of its events alone, when there
 * is no more, all that its facts are made of.  HY_TAMPERED when it cannot be. */
struct record_event;
enum hy_code matter_of_log(struct hy_arena *a, const struct matter_rules *rules, hy_str code,
			   const struct record_event *events, size_t n, struct matter **out,
			   struct hy_err *e) HY_MUST;
/* HY_NOT_FOUND, in the same words, when it is not there and when it is outside SCOPE. */
enum hy_code matter_key_of(struct hy_db *db, const struct access_scope *scope, struct hy_arena *a,
			   hy_str code, struct matter_key *out, struct hy_err *e) HY_MUST;

/* Appends EV to M's record, adds it to the fold; EV->idx and ->seq are set. */
enum hy_code matter_append(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			   struct matter *m, struct matter_event *ev, struct hy_err *e) HY_MUST;

/* Draws a secret of sixteen digits for the matter CODE; returns what is kept of it. */
hy_str matter_secret_make(const struct record *rec, struct hy_arena *a, hy_str code,
			  char secret[17]);

/* Writes the cache row of M. */
enum hy_code matter_save(struct hy_db *db, int64_t id, const struct matter *m,
			 struct hy_err *e) HY_MUST;

/* Records EV (name, role, unit, data, private; a name with a dot) of matter CODE, which changes no
 * state. */
enum hy_code matter_remark(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			   struct matter_event *ev, struct matter **m_out,
			   struct hy_err *e) HY_MUST;

/* Folds every open matter anew under the present rules, records what moved. */
enum hy_code matter_move_open(struct city *c, struct hy_db *db, hy_ms at,
			      void (*moved)(void *arg, const struct city_moved *m), void *arg,
			      struct hy_err *e) HY_MUST;
/* The same under RULES, without doing it: only reads. */
enum hy_code matter_would_move(const struct matter_rules *rules, struct hy_db *db,
			       void (*moved)(void *arg, const struct city_moved *m), void *arg,
			       struct hy_err *e) HY_MUST;

/* The version N of the institution; the present one when this server has not heard of it yet. */
const struct pack *city_pack_at(const struct city *c, int64_t n);

/* Names of system events; a dot cannot stand in a move's id. */
#define MATTER_EV_MOVED HY_S("system.moved")
#define MATTER_EV_ERASED HY_S(RECORD_ERASED) /* MATTER_ERASED, to the pure part */

/* All versions of the institution, as kept in the store, built; those KNOWN (may be NULL) are
 * taken from there. */
enum hy_code institution_load(struct hy_arena *a, struct hy_db *db,
			      const struct matter_rules *known, const struct matter_rules **out,
			      struct hy_err *e) HY_MUST;
/* What a version is made of, as it is kept; the same content is kept once. */
struct institution_content {
	struct pack_source *packs;
	size_t n_packs;
	struct pack_file *notices;
	size_t n_notices;
	hy_str packs_hash, notices_hash;
};
/* Of version N (0: the last one, whose number is *N_OUT; may be NULL). */
enum hy_code institution_content(struct hy_arena *a, struct hy_db *db, int64_t n,
				 struct institution_content *out, int64_t *n_out,
				 struct hy_err *e) HY_MUST;
/* FILES and PACKS as JSON: the one form in which they are hashed, and handed to others. */
void institution_files_json(struct hy_json *j, const struct pack_file *files, size_t n);
void institution_packs_json(struct hy_json *j, const struct pack_source *packs, size_t n);
/* With PACKS in the place of its own (n == 0: those), and a further NOTICE (NULL: none). */
void institution_with(struct hy_arena *a, struct institution_content *now,
		      const struct pack_source *packs, size_t n, const struct pack_file *notice);
/* Builds it into A, which frees it. */
enum hy_code institution_build(struct hy_arena *a, const struct institution_content *c,
			       struct pack_messages *msgs, struct pack **out,
			       struct hy_err *e) HY_MUST;
/* Keeps folders, or one notice, before anybody has decided on them; and what was kept so.  Its
 * hash is that of the content: HY_TAMPERED when it was changed. */
enum hy_code institution_keep(struct hy_arena *a, struct hy_db *db, const struct pack_source *packs,
			      size_t n, const struct pack_file *notice, hy_str *hash_out,
			      struct hy_err *e) HY_MUST;
enum hy_code institution_kept_packs(struct hy_arena *a, struct hy_db *db, hy_str hash,
				    struct pack_source **out, size_t *n_out,
				    struct hy_err *e) HY_MUST;
enum hy_code institution_kept_notice(struct hy_arena *a, struct hy_db *db, hy_str hash,
				     struct pack_file *out, struct hy_err *e) HY_MUST;

/* A version that comes into force: PACKS (n == 0: those of the last version), a further NOTICE
 * (NULL: none), and the two people behind it. */
struct city_change {
	const struct pack_source *packs;
	size_t n_packs;
	const struct pack_file *notice;
	hy_ms at;
	int64_t proposal; /* 0: none; the command line on this machine does it alone */
	int64_t proposed_by, approved_by;		      /* accounts; 0: the command line */
	hy_str role, address;				      /* of who approved */
	void (*moved)(void *arg, const struct city_moved *m); /* may be NULL */
	void *arg;
};
/* Inside work: writes the version, moves open matters.  *VERSION_OUT (may be NULL): its number. */
enum hy_code city_bring_in(struct city *c, struct hy_db *db, const struct city_change *x,
			   int64_t *version_out, struct hy_err *e) HY_MUST;
/* Writes the version; *N_OUT its number. */
enum hy_code institution_add(struct city *c, struct hy_db *db, struct hy_arena *a,
			     const struct city_change *x, struct matter_version *out,
			     int64_t *n_out, struct hy_err *e) HY_MUST;
/* Checks every version's content against its event. */
enum hy_code institution_fsck(struct hy_arena *a, struct hy_db *db, struct hy_err *e) HY_MUST;
/* Runs the tests of each folder on the institution built up to that folder, with the notices in
 * the folders alone: what a city adds or a year brings is no mistake of the folders below. */
enum hy_code institution_trial(struct hy_arena *a, const struct pack_source *packs, size_t n,
			       struct matter_trial_result *out, struct hy_err *e) HY_MUST;
/* The same; HY_BAD_PACK quotes the first failure. */
enum hy_code institution_try(struct hy_arena *a, const struct pack_source *packs, size_t n,
			     struct hy_err *e) HY_MUST;

#endif
