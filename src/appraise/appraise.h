#ifndef APPRAISE_APPRAISE_H
#define APPRAISE_APPRAISE_H

/* appraise 考核 -- rounds: figures of a period become scores, are frozen, shown, objected to,
 * final.
 *
 * The arithmetic is pack/score.h, the rules are a scheme of the institution in force
 * (pack/scheme.h). What a round is made of is written down when it is frozen: the inputs (every
 * figure as a fraction, every mark), the result, and which matters had which facts.  Their hashes
 * are in the log; what is frozen never changes.  A correction is a further version with its reason,
 * beside the first; everybody reads the reason, and what stood before.
 *
 * Who is appraised: the units that the scheme's groups name; a group without names takes every
 * organ that is open on the last day and stands in no other.  A matter counts for the appraised
 * unit that has it or stands above the one that has it.
 *
 * Events: "round/CODE": open, mark, freeze, publish, object, decide, final.  What was scored is
 * public; evidence, reasons of objections and who did it are in the private part. */

#include "base/command.h"
#include "http/http.h"
#include "matter/facts.h"
#include "pack/score.h"
#include "stat/funnel.h"

extern const struct city_room appraise_room;
extern const struct hy_command appraise_commands[];
extern const struct hy_route appraise_routes[];
extern const struct hy_route round_file_routes[];
extern const struct hy_route round_public_routes[];
extern const struct hy_command warning_commands[]; /* warning.h */
extern const struct hy_route warning_routes[];
extern const struct hy_command indices_commands[]; /* indices.h */
extern const struct hy_route indices_routes[];
extern const struct hy_command survey_commands[]; /* survey.h */
extern const struct hy_route survey_routes[];

enum round_state { ROUND_OPEN, ROUND_FROZEN, ROUND_NOTICE, ROUND_FINAL };
extern const char *const round_state_names[]; /* "open", "frozen", "notice", "final"; NULL */

struct round {
	int64_t id;
	hy_str code;	 /* "conduct-2026-10" */
	hy_str scheme;	 /* its id */
	hy_day from, to; /* both included */
	enum round_state state;
	int version;	     /* of the result; 0: not frozen yet */
	hy_ms frozen_at;     /* of the last version; HY_NO_TIME */
	hy_day notice_until; /* last day of the public notice; HY_NO_DAY */
	hy_day object_until; /* last day to object; HY_NO_DAY */
	int64_t seq, last_idx;
};

/* Who does it, when; inside work, but for round_work_out(). */
struct round_act {
	struct city *city;
	struct hy_db *db;
	struct hy_arena *a;
	hy_ms at;
	hy_str role, unit;
	int64_t account; /* 0: the console */
};

/* The round of SCHEME that covers the period beginning on FROM, its length by the scheme (a month
 * begins on the 1st, a quarter in January, April, July, October ...).  HY_BAD_FIELD for another
 * beginning, HY_EXISTS when there is one. */
enum hy_code round_open(const struct round_act *w, hy_str scheme, hy_day from, struct round *out,
			struct hy_err *e) HY_MUST;

/* A mark in points (of an indicator by hand or a panel) or a number of occurrences (of a deduction,
 * bonus or veto without a figure), with its EVIDENCE.  A later mark replaces an earlier one of the
 * same indicator; occurrences add up, and a negative number takes back. */
struct round_mark {
	hy_str unit, name;
	int64_t value; /* PACK_POINT to the point, or times */
	hy_str evidence;
};
enum hy_code round_mark(const struct round_act *w, hy_str code, const struct round_mark *m,
			struct round *out, struct hy_err *e) HY_MUST;

/* Begins the public notice 公示; dates by the scheme and the city's calendar. */
enum hy_code round_publish(const struct round_act *w, hy_str code, struct round *out,
			   struct hy_err *e) HY_MUST;
/* One line of one round: NAME is an indicator or adjustment, or empty for the whole. */
enum hy_code round_object(const struct round_act *w, hy_str code, hy_str unit, hy_str name,
			  hy_str reason, int64_t *number_out, struct hy_err *e) HY_MUST;
/* By somebody who neither marked that line nor objected.  UPHELD does not change the result: the
 * correction is a further round_freeze(). */
enum hy_code round_decide(const struct round_act *w, hy_str code, int64_t number, bool upheld,
			  hy_str reason, struct hy_err *e) HY_MUST;
/* After the time to object, when every objection is decided, and corrected where it was upheld. */
enum hy_code round_finish(const struct round_act *w, hy_str code, struct round *out,
			  struct hy_err *e) HY_MUST;

/* --- reading ---------------------------------------------------------------------------------- */
enum hy_code round_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct round *out,
			   struct hy_err *e) HY_MUST;
/* The query of round_list(), for those who ask how it is carried out. */
extern const char round_list_sql[];
enum hy_code round_list(struct hy_arena *a, struct hy_db *db, struct round **out, size_t *n_out,
			struct hy_err *e) HY_MUST;

/* A version as it was frozen: canonical JSON (round_json.c tells the form). */
struct round_version {
	int version;
	hy_ms at;
	hy_str inputs, result, reason;
};
enum hy_code round_version(struct hy_arena *a, struct hy_db *db, const struct round *r, int version,
			   struct round_version *out, struct hy_err *e) HY_MUST;

/* All versions, oldest first, without their texts. */
struct round_step {
	int version;
	hy_ms at;
	hy_str reason; /* of a correction; for everybody */
	int64_t idx;   /* of the freezing in the log */
};
enum hy_code round_steps(struct hy_arena *a, struct hy_db *db, const struct round *r,
			 struct round_step **out, size_t *n_out, struct hy_err *e) HY_MUST;

/* What would come out if it were frozen now: inputs and result, nothing is written. */
enum hy_code round_preview(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, struct round_version *out,
			   struct hy_err *e) HY_MUST;

struct round_objection {
	int64_t number;
	hy_str unit, name, reason; /* reason: "" once erased */
	hy_ms at, decided_at;	   /* HY_NO_TIME: not yet */
	bool upheld;
	hy_str decision;
};
enum hy_code round_objections(struct hy_arena *a, struct hy_db *db, const struct round *r,
			      struct round_objection **out, size_t *n_out,
			      struct hy_err *e) HY_MUST;

/* --- shared by the files of this room
 * -------------------------------------------------------------- */
struct round_fact { /* one matter, or a card, in one round */
	int64_t matter;
	size_t unit; /* index of the appraised unit */
	hy_str code; /* the matter's, or of a card its own */
	facts facts;
	struct numbers numbers;
};
struct rating_group; /* survey.h */
struct round_rated {
	struct rating_group *v;
	size_t n;
};
struct round_inputs {
	const struct pack *pack;
	const struct pack_scheme *scheme;
	hy_day from, to;
	hy_ms at;
	hy_str cases;		  /* SHA-256 (hex) over the lines of the cases */
	struct score_unit *units; /* by code */
	size_t n;
	struct round_fact *facts; /* by unit and code */
	size_t n_facts;
	struct round_rated *rated; /* by unit: what raters gave it */
	int64_t unassigned;	   /* matters of the period that no appraised unit has */
	int64_t log;		   /* so many events had the log; 0: not told */
};
/* The codes of the units that SCHEME appraises on day ON, ascending. */
enum hy_code round_appraised(struct hy_arena *a, const struct unit_book *book,
			     const struct pack_scheme *scheme, hy_day on, hy_str **out,
			     size_t *n_out, struct hy_err *e) HY_MUST;
enum hy_code round_measure(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, hy_ms at, struct round_inputs *out,
			   struct hy_err *e) HY_MUST;
/* The same of one alone: the appraised unit for which matters of UNIT count; without units when
 * there is none. */
enum hy_code round_measure_unit(struct hy_arena *a, struct city *c, struct hy_db *db,
				const struct round *r, hy_ms at, hy_str unit,
				struct round_inputs *out, struct hy_err *e) HY_MUST;
/* The lines of the cases: unit, code, facts (hex), working days, calendar days, hand-offs, returns,
 * reopenings; by unit and code.  Their SHA-256 is .cases. */
hy_str round_case_lines(struct hy_arena *a, const struct round_inputs *in);
/* Figures of all indicators and adjustments that are measured, from .facts, and marks of panels
 * from .rated. */
void round_figures(struct hy_arena *a, struct round_inputs *in);
/* F of what is in T. */
struct score_given round_given(const struct figure *f, const struct tally *t);
hy_str round_inputs_json(struct hy_arena *a, const struct round_inputs *in);
/* Reads what round_inputs_json() wrote, for SCHEME. */
enum hy_code round_inputs_read(struct hy_arena *a, const struct pack_scheme *scheme, hy_str json,
			       struct round_inputs *out, struct hy_err *e) HY_MUST;
/* Scores the inputs: the canonical JSON of the result. */
enum hy_code round_result_json(struct hy_arena *a, const struct round_inputs *in, hy_str *out,
			       struct hy_err *e) HY_MUST;
/* How each unit's share in the first share among the indicators lies to that of all units;
 * *MAIN_OUT is that indicator, NULL when there is none. OUT has one for each unit. */
enum hy_code round_funnel(const struct round_inputs *in, const struct pack_indicator **main_out,
			  enum funnel_verdict *out, struct hy_err *e) HY_MUST;
hy_str round_hash(struct hy_arena *a, hy_str text);

/* --- freezing, in two steps
 * ------------------------------------------------------------------------ */
/* What freezing would write down.  It reads every matter of the period: on a snapshot, so that
 * nobody who writes waits for it. */
struct round_worked {
	struct round r;
	struct round_inputs inputs;
	struct round_version version;
};
enum hy_code round_work_out(const struct round_act *w, hy_str code, hy_str reason,
			    struct round_worked *out, struct hy_err *e) HY_MUST;
/* Writes it down, as of when it was worked out.  From an open round the first version; afterwards
 * (not when final) a correction, for which REASON is needed.  HY_STALE when round or institution
 * have changed since. */
enum hy_code round_freeze(const struct round_act *w, const struct round_worked *x, hy_str reason,
			  struct round *out, struct hy_err *e) HY_MUST;

/* --- for anybody (bundle.c)
 * ------------------------------------------------------------------------ */
/* Everything that version VERSION of R was made of, as one JSON text that needs no network and no
 * city: scheme, institution with its calendar, cases and the public part of their events without a
 * word of what they are about, inputs, result, the index with the months before, the proof that the
 * log has it all, and the log's key. */
enum hy_code round_bundle(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct round *r, int version, hy_str *out,
			  struct hy_err *e) HY_MUST;
struct bundle_verdict {
	hy_str round, origin; /* whose log */
	int version;
	int64_t index, size; /* of the freezing in the log */
	size_t units, cases, events;
	size_t months; /* of the index; 0: this month has none */
};
/* Recomputes a bundle: HY_TAMPERED says where it differs, HY_BAD_INPUT that it is none.  VKEY, when
 * not empty, is the log's key as kept elsewhere; the one in the bundle must be the same. */
enum hy_code bundle_verify(struct hy_arena *a, hy_str text, hy_str vkey, struct bundle_verdict *out,
			   struct hy_err *e) HY_MUST;
/* The scheme as canonical JSON: what a second verifier reads. */
hy_str scheme_canonical(struct hy_arena *a, const struct pack_scheme *s);

#endif
