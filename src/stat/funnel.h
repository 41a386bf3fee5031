#ifndef STAT_FUNNEL_H
#define STAT_FUNNEL_H

/* funnel -- does a share differ from the target by more than its small number explains?
 *
 * Exact binomial limits with interpolation: D. J. Spiegelhalter, Funnel plots for comparing
 * institutional performance, Statistics in Medicine 24 (2005), appendix. */

#include "base/err.h"

/* The limit below which a share of N (1..10,000,000) lies with probability P (0 < P < 1) when the
 * true share is TARGET (0 < TARGET < 1).  0.001 and 0.999 are the 99.8 % limits, 0.025 and 0.975
 * the 95 % limits.  Never outside 0..1. */
enum hy_code funnel_limit(double target, int64_t n, double p, double *out,
			  struct hy_err *e) HY_MUST;

enum funnel_verdict {
	FUNNEL_INSIDE, /* within the 95 % limits */
	FUNNEL_LOW_95,
	FUNNEL_LOW_998,
	FUNNEL_HIGH_95,
	FUNNEL_HIGH_998
};
extern const char *const funnel_verdict_names[]; /* "inside" "low_95" "low_998" ... */
/* YES of N against TARGET; a share on a limit is inside. */
enum hy_code funnel_verdict(double target, int64_t yes, int64_t n, enum funnel_verdict *out,
			    struct hy_err *e) HY_MUST;

/* How much more units scatter than chance explains: PHI is the mean square of the standardised
 * deviations after winsorising a tenth at each end; TAU2, when PHI is over 1, is the variance
 * between units to add to each unit's own (additive model), otherwise 0.  N >= 2 units. */
struct funnel_scatter {
	double phi, tau2;
};
enum hy_code funnel_scatter(double target, const int64_t *yes, const int64_t *of, size_t n,
			    struct funnel_scatter *out, struct hy_err *e) HY_MUST;

#endif
