#ifndef PACK_SCORE_H
#define PACK_SCORE_H

/* score 计分 -- from figures to points, total, place and grade, by a scheme.  Pure arithmetic.
 *
 * All points are integers, PACK_POINT to the point.  Every quotient is rounded once, half up, at
 * the place that is said here, so that anybody who divides integers gets the same:
 *  - a leaf:      points on its line or band at the exact fraction NUMERATOR / DENOMINATOR;
 *  - a node:      sum of weight x points of the parts that apply, divided by the sum of their
 *                 weights; a node none of whose parts applies does not apply;
 *  - adjustments: occurrences x each, at most the cap; of an indicator they change its points
 *                 (never below 0 nor above 100), the rest the total, which is kept within the
 *                 scheme's bounds.
 * Publication rounds to hundredths of a point, half up; places come from the unrounded totals,
 * "1, 2, 2, 4"; units under a veto stand behind all others of their group. */

#include "pack/scheme.h"

struct score_given {	     /* of one indicator or adjustment */
	bool known;	     /* false: there is nothing to measure, or nobody entered it */
	int64_t numerator;   /* of a share: how many; of a mean: the sum; of a mark: points */
	int64_t denominator; /* cases or ballots; 1 of what is counted */
	double se;	     /* standard error of NUMERATOR / DENOMINATOR; 0: exact */
};
struct score_unit {
	hy_str code;
	const struct score_given *indicators; /* by the scheme's indicators; inner nodes unused */
	const struct score_given *adjusts; /* by the scheme's adjustments; unknown counts as none */
};

struct score_node { /* of one indicator of one unit */
	bool applies;
	bool few;	/* does not apply because of too few cases */
	int64_t points; /* after its adjustments */
	int64_t lost;	/* of the whole's 100 points; parts add up to their parent exactly */
	double weight;	/* share of the whole, after weights were shared out */
};
struct score_adjusted {
	int64_t times, points; /* with the cap; of deductions positive too */
};
struct score_result {
	hy_str code;
	struct score_node *nodes;
	struct score_adjusted *adjusts;
	bool applies;	/* false: nothing could be measured; no total, place or grade */
	int64_t points; /* of the tree alone */
	int64_t total;	/* with adjustments, and what the rule for the last ones took */
	double se;	/* of POINTS, from the errors of what was given */
	int veto;	/* index of the adjustment that struck; -1 */
	int group, place, grade;
	double last;	  /* probability of being among the last ones of the group (last.count,
			     or 3), by POINTS */
	int low, high;	  /* simultaneous 95 % set of the place in the group */
	bool among_last;  /* by its place */
	bool last_struck; /* the rule for the last ones took points */
};

/* RESULTS has N elements and is filled in the order of UNITS; arrays live in A.  BELOW (may be
 * NULL) says for each unit whether it lies below the funnel's 99.8 % limit of the main share;
 * without it a rule that asks for that strikes nobody.  HY_BAD_FIELD when a unit stands in no group
 * or twice. */
enum hy_code score_units(struct hy_arena *a, const struct pack_scheme *s,
			 const struct score_unit *units, size_t n, const bool *below,
			 struct score_result *results, struct hy_err *e) HY_MUST;

/* Points of a leaf at a value. */
int64_t score_points(const struct pack_indicator *i, int64_t numerator, int64_t denominator);
/* Hundredths of a point, as published. */
int64_t score_published(int64_t points);
/* "93.50" */
hy_str score_text(struct hy_arena *a, int64_t points);
/* Splits WHOLE over N by weights W >= 0, exactly: largest remainder, the first of equals. */
void score_split(int64_t whole, const int64_t *w, size_t n, int64_t *out);

/* The scheme's own tests and trial pairs: a message for each that fails. */
struct score_trial {
	size_t passed, failed;
	struct pack_message *failures;
	size_t n_failures;
};
enum hy_code score_try(struct hy_arena *a, const struct pack *p, hy_str folder,
		       struct score_trial *out, struct hy_err *e) HY_MUST;

#endif
