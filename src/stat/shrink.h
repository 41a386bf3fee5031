#ifndef STAT_SHRINK_H
#define STAT_SHRINK_H

/* shrink -- a unit with few cases is judged partly by what is usual.
 *
 * Empirical Bayes: an estimate is drawn to the common mean by as much as its error weighs against
 * the variance between units. */

#include "stat/rank.h"

/* The variance between units. */
enum shrink_method {
	SHRINK_DL, /* DerSimonian and Laird (1986): moments */
	SHRINK_PM  /* Paule and Mandel (1982): sum of (x - mean)^2 / (s^2 + tau^2) = n - 1 */
};
struct shrink_common {
	double tau2, mean; /* mean: weighted with 1 / (se^2 + tau2) */
	double mean_var;   /* its variance */
	double q;	   /* sum of (x - mean)^2 / s^2 with tau2 = 0 */
};
/* Two units at least, each se over 0. */
enum hy_code shrink_common(const struct rank_unit *units, size_t n, enum shrink_method method,
			   struct shrink_common *out, struct hy_err *e) HY_MUST;
/* OUT[i]: mean and standard deviation of what is believed of unit I after all are seen, the
 * error of the common mean included. */
void shrink_units(const struct rank_unit *units, size_t n, const struct shrink_common *common,
		  struct rank_unit *out);

/* Shares with few cases: beta-binomial by moments.  The belief about unit I is
 * Beta(yes + m * mean, no + m * (1 - mean)). */
struct shrink_beta {
	double mean; /* over all cases */
	double s2;   /* variance between units, by moments; can be negative when there is none */
	double m;    /* how many cases the common mean is worth; infinite when s2 <= 0 */
};
enum hy_code shrink_beta(const int64_t *yes, const int64_t *of, size_t n, struct shrink_beta *out,
			 struct hy_err *e) HY_MUST;
struct shrink_share {
	double mean, low, high; /* with the 2.5 % and 97.5 % points */
};
enum hy_code shrink_share(const struct shrink_beta *b, int64_t yes, int64_t of,
			  struct shrink_share *out, struct hy_err *e) HY_MUST;

#endif
