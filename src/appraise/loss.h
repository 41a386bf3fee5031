#ifndef APPRAISE_LOSS_H
#define APPRAISE_LOSS_H

/* loss 丢分 -- the cases of one unit in one frozen version, or as they are now: which of them cost
 * points, how many, and who had it that day.
 *
 * What an indicator lost is shared out over the cases that cost it: of a share or a count alike, of
 * days and times by their number, to the last ten-thousandth of a point.  "That day" is the due
 * date of a matter that was late, else the day of its answer, else the day of the freezing; who had
 * it is what the events up to then say.  Of means and sums, to which every case adds a little, it
 * is whoever had the matter last.  A case that costs points in two lines counts once with whoever
 * lost them.
 *
 * All cases count, and only those that WHO may see are told; a person is named to those who handle
 * the matter. */

#include "appraise/appraise.h"
#include "base/map.h"

struct round_case {
	hy_str code, title, unit, clause;
	hy_str person, name, post; /* login, name and post; "": nobody, or not for WHO */
	bool lost;		   /* it cost points */
	int64_t points;		   /* so many of PACK_POINT */
	int64_t idx;		   /* of its newest event in the log */
	hy_ms due_at, answered_at; /* HY_NO_TIME */
};
struct round_loser {
	hy_str unit, person, name, post;
	int64_t points, cases;
};

struct loss_reader {
	const struct actor *who;
	bool redacted; /* titles as those read them who do not handle the matter: for files */
};
struct loss_case; /* what is read once of each case */
struct losses {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	struct loss_reader reader;
	hy_ms at;	     /* of the version */
	struct hy_map names; /* accounts by login; seats by unit and login */
	struct loss_case *v; /* by code */
	size_t n;
	HY_VEC(struct round_loser) losers;
	int64_t beyond, beyond_cases; /* what cases out of WHO's sight cost */
};
enum hy_code losses_read(struct hy_arena *a, struct city *c, struct hy_db *db,
			 const struct round *r, const struct round_version *v, hy_str unit,
			 const struct loss_reader *reader, struct losses *out,
			 struct hy_err *e) HY_MUST;

/* Of what was measured of one unit (round_measure_unit): its cases are not read once more. */
struct losses losses_measured(struct hy_arena *a, struct city *c, struct hy_db *db,
			      const struct round_inputs *in, const struct loss_reader *reader);

const struct round_fact *losses_fact(const struct losses *x, size_t i);
/* Which case has CODE; false: none. */
bool losses_find(const struct losses *x, hy_str code, size_t *out);
/* Asks for what is told of these cases, and whether WHO may see them. */
enum hy_code losses_tell(struct losses *x, const size_t *which, size_t n, struct hy_err *e) HY_MUST;
/* After losses_tell(); HY_NO_TIME: it has no due date. */
bool losses_seen(const struct losses *x, size_t i);
hy_str losses_title(const struct losses *x, size_t i);
hy_ms losses_due_at(const struct losses *x, size_t i);
/* What would be of the case I, answered on its due date. */
struct loss_due {
	struct numbers numbers;
	bool original, pledged; /* the original date and the pledge are kept then */
};
enum hy_code losses_due(struct losses *x, size_t i, struct loss_due *out, struct hy_err *e) HY_MUST;

/* The cases behind one line, that lost POINTS: those that cost points first, then by code; at most
 * MOST (0: all).  COUNTED: who lost is added to .losers. */
struct loss_line {
	struct round_case *v;
	size_t n;
	int64_t lost, all; /* cases: that cost points, that the figure looks at */
};
enum hy_code losses_of(struct losses *x, const struct figure *f, int64_t points, bool counted,
		       int most, struct loss_line *out, struct hy_err *e) HY_MUST;
/* What was lost, rolled up: the unit TOP and what stands below it on the day ON, each with its own
 * people, below the one it stands in.  Points of people add up to those of their unit, those of
 * units to those of the one above; of the cases each counts once in each.  Units from elsewhere
 * that had a case that day stand beside TOP.  Before losses_sort(). */
struct loss_node {
	hy_str unit;
	enum unit_kind kind;
	int depth;
	size_t parent; /* while it is made */
	int64_t points, cases;
	HY_VEC(struct round_loser *) people;
};
void losses_tree(struct losses *x, const struct unit_book *book, hy_str top, hy_day on,
		 struct loss_node **out, size_t *n_out);
/* Those who lost, most points first. */
void losses_sort(struct losses *x);

#endif
