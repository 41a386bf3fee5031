#ifndef MATTER_MATTER_H
#define MATTER_MATTER_H

/* matter 件 -- one thing with a clock; everything about it is a function of its events.
 *
 * This header is the pure part: no SQL, no HTTP, no machine clock.  A matter is folded from
 * its events under the institution (pack version and calendars) that governs it; a move is
 * checked against the fold and either refused with a reason or becomes the next event.
 * What the kind's moves do not say is refused.
 *
 * Invariants:
 *  - the fold depends on events, pack and calendar alone, never on when it is made, except
 *    for lights, which are stored as the instants at which colours begin;
 *  - the citizen's clocks never restart on a hand-off, the unit's holding clock does;
 *  - severity and colour are separate; no edit resets a light. */

#include "pack/permission.h"

/* --- the institution over time ---------------------------------------------------------- */
struct matter_version {		 /* what governs from one log index on */
	int64_t from_idx;	 /* index of the event that brought it */
	const struct pack *pack; /* with its calendar */
};
struct matter_rules { /* all versions, ascending; the last one is in force */
	const struct matter_version *v;
	size_t n;
};
/* The version in force at log index IDX (the first one before any). */
const struct pack *matter_rules_at(const struct matter_rules *r, int64_t idx);
const struct pack *matter_rules_now(const struct matter_rules *r);

/* --- events and moves ---------------------------------------------------------------------- */
struct matter_event {
	int64_t idx; /* in the log; -1: not recorded yet */
	int64_t seq;
	hy_ms at, rec;
	int move; /* index in the kind; -1: a system event that changes no state ("moved", "erased")
		   */
	hy_str name;	       /* the move's id, or the system event's */
	hy_str role, unit;     /* of the actor */
	const json_t *data;    /* public fields, never NULL */
	const json_t *private; /* NULL: none or erased */
};

struct access_scope; /* people/access.h; unknown here */

struct matter_move { /* somebody wants to do something */
	hy_str move; /* id in the kind */
	hy_ms at;
	hy_str role, unit, name; /* who: role and unit's code are public, the name is private */
	const json_t *data;	 /* fields by pack_fields[].name; NULL: none */
	bool protect;		 /* a filing: who files wants name and contact sealed */
	int64_t account;	 /* who, private; 0: nobody known */
	hy_str person;		 /* the same as `person` names it: the login; may be empty */
	bool acting;		 /* stands in for another ... */
	int64_t acting_for;	 /* ... this account; 0: not known */
	/* What is there for who moves; NULL: everything (the system itself, the console). */
	const struct access_scope *scope;
};

/* --- the fold --------------------------------------------------------------------------------- */
enum matter_verdict { MATTER_OPEN, MATTER_IN_TIME, MATTER_LATE };

struct matter_clock { /* one running of one clock */
	const struct pack_clock *def;
	const struct pack_rule *rule;	  /* by the class at its start; NULL: stated only */
	const struct pack_rule *now_rule; /* by the class of today: governs pauses and extensions */
	int n;				  /* 1.. among the runnings of this clock */
	hy_str unit;			  /* who held the matter when it started */
	bool stated;			  /* the filing gave it a limit or date of its own */
	struct hy_clock_rule counted;	  /* what hy_clock_due() was given */
	struct hy_clock_event *events;
	size_t n_events, cap_events;
	const struct hy_calendar *calendar; /* of the stop when stopped, else of today */
	struct hy_clock_due due;
	hy_ms lights[HY_LIGHT_RED + 1]; /* all HY_NO_TIME unless running with a ladder */
	enum matter_verdict verdict;
};

struct matter {
	const struct pack_kind *kind;
	const struct pack *pack; /* the version under which it was filed */
	hy_str code;
	struct matter_event *events;
	size_t n_events, cap_events;
	struct matter_clock *clocks; /* by start */
	size_t n_clocks, cap_clocks;

	int state;
	bool open, annulled;
	hy_str title, body, place; /* "" once erased */
	hy_str channel, cls, unit, person, ground, outcome, finding, lead, reply;
	hy_str item, item_name; /* of the catalogue, as the filing named it; "" none */
	/* Of whom it complains (they do not see it), and how closely it is kept; all of it private.
	 */
	hy_str about_unit, about_person;
	enum pack_guard guard;
	hy_ms filed_at, closed_at, changed_at; /* HY_NO_TIME: not */
	int rating;			       /* 0: none; 1..5 */
	int hand_offs, returns, reopens, notices;
	hy_ms last_of[64]; /* by move: when it last happened; HY_NO_TIME: never */
	int times_of[64];

	/* over the running legal clocks */
	hy_ms due_at; /* the earliest; HY_NO_TIME: none runs or it is paused */
	hy_ms lights[HY_LIGHT_RED +
		     1]; /* the earliest per colour; GREEN from the start of a running one */
	bool paused;	 /* a legal clock is paused and none runs */
	bool provisional;
	/* of the main clock's first running */
	hy_ms original_at, pledged_at, main_due_at, answered_at; /* HY_NO_TIME: none */
	enum matter_verdict verdict, pledged_verdict;
	hy_ms auto_at; /* when the next automatic move is due; HY_NO_TIME: none */
	int auto_move;
};

/* The first running of the clock by which "answered in time" is judged; NULL: it never ran. */
const struct matter_clock *matter_main_clock(const struct matter *m);

/* Folds N events (ascending by seq; the first is the filing).  Fails only when the events
 * cannot be of this kind (HY_TAMPERED) or a clock cannot be counted (HY_NO_RULE). */
enum hy_code matter_fold(struct hy_arena *a, const struct matter_rules *rules,
			 const struct pack *pack, const struct pack_kind *kind, hy_str code,
			 const struct matter_event *events, size_t n, struct matter **out,
			 struct hy_err *e) HY_MUST;

/* Adds one event to the fold in place. */
enum hy_code matter_add(struct hy_arena *a, const struct matter_rules *rules, struct matter *m,
			const struct matter_event *ev, struct hy_err *e) HY_MUST;

/* Would MV be allowed now?  On success *EVENT_OUT is the event to record: its data and private
 * parts are new objects that live in A (idx -1, seq and rec set by the caller).  M may be NULL
 * for the filing move, then KIND says what is filed.  Errors: HY_BAD_FIELD (names the field),
 * HY_FORBIDDEN (role), HY_NOT_NOW (state, window, count, clock; the detail says what is possible
 * instead), HY_NO_RULE. */
enum hy_code matter_check(struct hy_arena *a, const struct matter_rules *rules,
			  const struct matter *m, const struct pack_kind *kind,
			  const struct matter_move *mv, struct matter_event *event_out,
			  struct hy_err *e) HY_MUST;

/* The light at NOW: NONE when finished, paused or without a running legal clock. */
enum hy_light matter_light(const hy_ms lights[HY_LIGHT_RED + 1], hy_ms now);
extern const char *const matter_light_names[];	 /* "none" "green" "blue" "yellow" "orange" "red" */
extern const char *const matter_verdict_names[]; /* "open" "in_time" "late" */
extern const char *const matter_clock_state_names[]; /* "idle" "running" "paused" "stopped" */

/* Moves that this role may make now (by state and count, not by fields): bits by index. */
uint64_t matter_possible(const struct matter *m, hy_str role, hy_ms now);
/* Is who makes MV another person than those from whom MOVE is kept apart (the pack's `apart`): who
 * made those moves, by account or at the console by name, and who handles the matter? */
bool matter_apart(const struct matter *m, size_t move, const struct matter_move *mv);
/* Until when move I may be made because it must follow another in time; HY_NO_TIME: it need not, or
 * that other was not made. */
enum hy_code matter_until(struct hy_arena *a, const struct matter_rules *rules,
			  const struct matter *m, size_t i, hy_ms *until_out,
			  struct hy_err *e) HY_MUST;

/* --- trial: the tests in a pack, run with this engine -------------------------------------------
 */
struct matter_trial_result {
	size_t passed, failed;
	struct pack_message *failures; /* file:line of the step, what was expected and what came */
	size_t n_failures;
};
/* FOLDER limits it to the tests of one folder of the institution; empty: all. */
enum hy_code matter_trial(struct hy_arena *a, const struct pack *p, hy_str folder,
			  struct matter_trial_result *out, struct hy_err *e) HY_MUST;

#endif
