#ifndef STAT_INDEX_H
#define STAT_INDEX_H

/* index -- a monthly index, base month = 100.
 *
 * Weighted fixed-base (Young) index: 100 times the weighted mean of the components' relatives to
 * the base month.  A missing component is never left out: it moves as the others did, and is
 * marked; when more than a fifth of the weight is imputed nothing is published.  Source: Consumer
 * Price Index Manual (ILO and others), on fixed-base indices and on imputation. */

#include "base/err.h"

enum { INDEX_MOST = 100, INDEX_IMPUTED_MOST_BP = 2000 };

struct index_component {
	int64_t weight_bp; /* basis points, > 0; all together 10,000 */
	double base;	   /* in the base month (or the mean of three), > 0 */
	double base_se;	   /* 0: known exactly */
};
struct index_value {  /* of one component in one month */
	double value; /* > 0; NAN: missing.  Filled with the imputed one by index_month() */
	double se;
	bool imputed; /* set by index_month() */
};
struct index_month {
	double index; /* 100 in the base month */
	double se;    /* from the components' errors in this and in the base month */
	int64_t imputed_bp;
	bool publishable; /* imputed_bp <= INDEX_IMPUTED_MOST_BP */
};
/* NOW has N values, BEFORE those of the month before (complete, NULL in the base month itself, when
 * nothing may be missing).  HY_BAD_FIELD when weights do not add up, a value is not over 0, or
 * everything is missing. */
enum hy_code index_month(const struct index_component *components, size_t n,
			 const struct index_value *before, struct index_value *now,
			 struct index_month *out, struct hy_err *e) HY_MUST;

/* Units were created, merged or closed: this month's movement is that of the units that are in
 * both months.  All > 0. */
double index_linked(double index_before, double matched_before, double matched_now);

#endif
