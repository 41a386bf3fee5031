#ifndef PEOPLE_UNIT_H
#define PEOPLE_UNIT_H

/* unit -- the dated tree of who may have a matter: region, organ, section, window.
 *
 * A unit has a code that never changes, and a name and a place in the tree that hold from a day
 * on.  Every change is an event of the record (subject "unit/CODE"); the tables are caches of
 * those events.  The present name and parent stand in the table unit, what held before in
 * unit_past.  A change may be entered after its day but never before it: the present is what
 * holds today.
 *
 * Tree, on every day: the unit above exists, is open, and is of a kind that may stand there; no
 * unit is above itself.  A closed unit has nothing open below it.  A unit that was merged or
 * split up names its successor, to whom its open matters go. */

#include "record/record.h"

extern const struct hy_migration unit_migrations[];

enum unit_kind { UNIT_REGION, UNIT_ORGAN, UNIT_SECTION, UNIT_WINDOW, UNIT__KINDS };
struct unit_kind_row {
	hy_str id;	 /* "region" ... */
	hy_str title[3]; /* zh-CN, zh-Hant, en */
	unsigned under;	 /* bits of the kinds it may stand under */
	bool top;	 /* may stand at the top */
};
extern const struct unit_kind_row unit_kinds[UNIT__KINDS];
/* False when ID is none of them. */
bool unit_kind_of(hy_str id, enum unit_kind *out) HY_MUST;

/* Before every day: a unit that was there when the record began. */
#define UNIT_EVER INT32_MIN

struct unit {
	int64_t id;
	hy_str code;	  /* letters, digits, '-', '_', '.'; 1..40 */
	hy_str name;	  /* 1..100 characters; the present one */
	hy_str parent;	  /* code; "" at the top */
	int64_t last_idx; /* its newest event */
	enum unit_kind kind;
	hy_day opened;	  /* its first day; UNIT_EVER: not known */
	hy_day closed;	  /* the first day on which it is no more; HY_NO_DAY: open */
	hy_str successor; /* code of whom its matters went to; "" none */
	hy_str origin;	  /* code of the unit it was split off from; "" none */
};
static inline bool unit_open_on(const struct unit *u, hy_day d)
{
	return u->opened <= d && d < u->closed;
}

/* --- changing (inside work) ------------------------------------------------------------------ */
/* Who changes units and posts, and when. */
struct unit_act {
	struct record *record;
	struct hy_db *db;
	hy_ms at;		    /* when it is done */
	const struct hy_zone *zone; /* of the city */
	hy_str role, unit;	    /* of who does it, as the event shows them; may be empty */
	int64_t account;	    /* of who does it, kept private; 0: nobody known */
	hy_str address;		    /* from where, for the audit trail; may be empty */
	hy_str reason;		    /* public, one line; may be empty */
	/* Called before CODE is closed, for what the unit has that this room does not know: it goes
	 * to SUCCESSOR, or the closing is refused.  NULL: nothing. */
	enum hy_code (*leave)(void *arg, const struct unit_act *w, hy_str code, hy_str successor,
			      struct hy_err *e);
	void *leave_arg;
};

/* Makes the unit, or corrects name and parent of the present period when they differ (no
 * rename: see unit_change()); nothing is written when nothing changes.  A unit made so is an organ
 * that was always there. */
enum hy_code unit_put(struct record *r, struct hy_db *db, hy_str code, hy_str name, hy_str parent,
		      hy_ms at, int64_t *id_out, struct hy_err *e) HY_MUST;

struct unit_new {
	hy_str code, name, parent;
	enum unit_kind kind;
	hy_day opened; /* UNIT_EVER allowed; not after today */
};
/* HY_EXISTS when there is one of that code. */
enum hy_code unit_make(const struct unit_act *w, const struct unit_new *n, int64_t *id_out,
		       struct hy_err *e) HY_MUST;
/* Another name or place from the day FROM on (after the day on which the present ones began). */
enum hy_code unit_change(const struct unit_act *w, hy_str code, hy_day from, hy_str name,
			 hy_str parent, struct hy_err *e) HY_MUST;
/* A mistake of entry is put right, as if it had always been so: name and parent of the present
 * period, and the kind. */
enum hy_code unit_correct(const struct unit_act *w, hy_str code, enum unit_kind kind, hy_str name,
			  hy_str parent, struct hy_err *e) HY_MUST;
/* Closed from the day ON; SUCCESSOR may be empty.  HY_NOT_NOW while units or posts that are open
 * stand in it. */
enum hy_code unit_close(const struct unit_act *w, hy_str code, hy_day on, hy_str successor,
			struct hy_err *e) HY_MUST;
/* CODE becomes a part of INTO: units and posts in it move there, it is closed, INTO follows. Its
 * matters are the caller's: see matter/reform.h. */
enum hy_code unit_merge(const struct unit_act *w, hy_str code, hy_str into, hy_day on,
			struct hy_err *e) HY_MUST;
/* The N parts are made beside CODE (their parents are ignored) on the day ON.  KEEP: CODE goes on
 * with the rest; else it is closed, units and posts in it move to the first part, its successor. */
enum hy_code unit_split(const struct unit_act *w, hy_str code, const struct unit_new *parts,
			size_t n, hy_day on, bool keep, struct hy_err *e) HY_MUST;

/* --- reading ---------------------------------------------------------------------------------- */
/* HY_NOT_FOUND with the code in the detail. */
enum hy_code unit_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit *out,
			  struct hy_err *e) HY_MUST;
enum hy_code unit_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct unit *out,
			struct hy_err *e) HY_MUST;
/* All, closed ones too, by code. */
enum hy_code unit_list(struct hy_arena *a, struct hy_db *db, struct unit **out, size_t *n_out,
		       struct hy_err *e) HY_MUST;
/* Follows successors to the unit that has taken over; OUT is CODE's own when it is open. */
enum hy_code unit_heir(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit *out,
		       struct hy_err *e) HY_MUST;

/* "reach": the unit $1, all that stand below it in the present tree, and all that were merged into
 * one of them (whose finished matters keep their code).  To be followed by a SELECT over reach. */
#define UNIT_REACH_SQL                                                                             \
	"WITH RECURSIVE reach(code) AS (SELECT code FROM unit WHERE code = $1 UNION"               \
	" SELECT u.code FROM unit u JOIN reach r ON u.parent = r.code OR u.successor = r.code) "
enum hy_code unit_reach(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str **out,
			size_t *n_out, struct hy_err *e) HY_MUST;

/* --- the past: all units with all their names, read once -------------------------------------- */
struct unit_past {
	hy_day from; /* until the next one begins */
	hy_str name, parent;
};
struct unit_entry {
	struct unit unit;
	const struct unit_past *past; /* ascending; at least one */
	size_t n_past;
};
struct unit_book {
	const struct unit_entry *v; /* by code */
	size_t n;
};
enum hy_code unit_book_read(struct hy_arena *a, struct hy_db *db, struct unit_book *out,
			    struct hy_err *e) HY_MUST;
const struct unit_entry *unit_book_find(const struct unit_book *b, hy_str code); /* NULL: none */
/* One alone; *OUT is NULL when there is no such unit. */
enum hy_code unit_entry_read(struct hy_arena *a, struct hy_db *db, hy_str code,
			     const struct unit_entry **out, struct hy_err *e) HY_MUST;
/* What held on day D; before the first day, the first. */
const struct unit_past *unit_past_on(const struct unit_entry *u, hy_day d);
/* The name of its time; CODE itself when there is no such unit. */
hy_str unit_name_on(const struct unit_book *b, hy_str code, hy_day d);

/* The units open on day D with name and parent of that day, each below its parent, brothers by
 * code. */
struct unit_node {
	struct unit unit;
	int depth; /* 0 at the top */
};
void unit_tree_on(struct hy_arena *a, const struct unit_book *b, hy_day d, struct unit_node **out,
		  size_t *n_out);

/* --- checking ----------------------------------------------------------------------------------
 */
/* Compares the tables with their events; HY_TAMPERED names the unit and the field. */
enum hy_code unit_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
		       struct hy_err *e) HY_MUST;

#endif
