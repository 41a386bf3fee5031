#ifndef STAT_RANK_H
#define STAT_RANK_H

/* rank -- which place a unit has, and how certain that is.
 *
 * Pure: values in, values out.  A rank without its uncertainty is half a statement: where two
 * units cannot be told apart, neither is shown to be better.  Sources: Holm (1979) for the
 * step-down; Mogstad, Romano, Shaikh and Wilhelm (Review of Economic Studies, 2023) for ranks from
 * pairwise comparisons; Goldstein and Spiegelhalter (JRSS A, 1996) for why.
 *
 * Ranks begin at 1; 1 is the best, and a higher estimate is better.  Doubles are used for
 * probabilities only: official scores are integers, and their places come from rank_places(). */

#include "base/arena.h"
#include "base/err.h"

enum { RANK_MOST = 2000 }; /* units in one ranking */

/* Places of official scores: equal unrounded scores share the better place, "1, 2, 2, 4". */
void rank_places(const int64_t *scores, size_t n, int *places_out);

struct rank_unit {
	double estimate; /* finite */
	double se;	 /* standard error, finite, >= 0; estimates are independent of each other */
};
struct rank_set { /* the place lies between these, both included */
	int low, high;
};

/* All sets together cover all true ranks with probability of at least 1 - ALPHA: one-sided tests
 * of all ordered pairs, Holm's step-down.  OUT has N elements.  HY_BAD_FIELD names what is wrong
 * with the numbers ("estimate", "se", "alpha", "units"). */
enum hy_code rank_sets(const struct rank_unit *units, size_t n, double alpha, struct rank_set *out,
		       struct hy_err *e) HY_MUST;
/* The set of each unit covers its own true rank with that probability, all at once do not. */
enum hy_code rank_sets_alone(const struct rank_unit *units, size_t n, double alpha,
			     struct rank_set *out, struct hy_err *e) HY_MUST;

/* The same for counts of one multinomial (votes): the tests are exact binomials. The highest count
 * has place 1. */
enum hy_code rank_count_sets(const int64_t *counts, size_t n, double alpha, struct rank_set *out,
			     struct hy_err *e) HY_MUST;
enum hy_code rank_count_sets_alone(const int64_t *counts, size_t n, double alpha,
				   struct rank_set *out, struct hy_err *e) HY_MUST;

/* The probability that each unit is among the last K (1..16, at most N) when the true values are
 * normal around the estimates: integrated, not simulated, so anybody gets the same figures.  Exact
 * to 1e-6 unless standard errors differ more than a hundredfold (then to 1e-3). */
enum hy_code rank_last(const struct rank_unit *units, size_t n, size_t k, double *out,
		       struct hy_err *e) HY_MUST;
/* The expected rank of each. */
enum hy_code rank_expected(const struct rank_unit *units, size_t n, double *out,
			   struct hy_err *e) HY_MUST;

#endif
