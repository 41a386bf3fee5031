#ifndef APPRAISE_INDICES_H
#define APPRAISE_INDICES_H

/* indices 指数 -- the monthly conduct index of a scheme's frozen months: base month, or the mean of
 * the first three, = 100, for the city and for each appraised unit.
 *
 * It is reckoned from the cases of the frozen rounds alone, by the scheme in force and
 * stat/index.h, so that anybody can reckon it again from the rounds' bundles.
 *  - A share counts as (k + 1/2) / (n + 1), so that it is never 0; of its complement, and of
 *    figures of which less is better, the reciprocal is compared: the index rises when things get
 *    better.
 *  - A component with fewer cases than its least is missing: it moves as the others did, and is
 *    marked; with more than a fifth of the weight imputed nothing is published.
 *  - When units came or went, the city's index moves as the units that are in both months do, and
 *    goes on from there; so does that of a unit which took over another.  A unit begins with the
 *    first month in which nothing is missing, at the city's index of that month.
 *  - Standard errors come from the components', of the month and of the base. */

#include "appraise/appraise.h"
#include "base/json.h"
#include "stat/index.h"

struct indices_given { /* of one unit in one month */
	hy_str code;
	struct tally tally;
	bool takes; /* it took over another unit in that month */
};
struct indices_month_given {
	hy_day from;
	struct indices_given *units; /* by code */
	size_t n;
};

struct indices_point {
	bool known, linked;
	bool publishable; /* known, and not too much of it imputed */
	double index, se;
	int64_t imputed_bp;
};
struct indices_part { /* of the city */
	bool known, imputed;
	double relative; /* 100 in the base; since the last link */
};
struct indices_month {
	struct indices_point city;
	struct indices_part *parts; /* by the scheme's */
	struct indices_point *units;
};
/* Months ascending, the first the base month.  OUT has N elements.  HY_NOT_NOW while the base is
 * not complete, or when a component is missing in it. */
enum hy_code indices_reckon(struct hy_arena *a, const struct pack_scheme *scheme,
			    const struct indices_month_given *given, size_t n,
			    struct indices_month *out, struct hy_err *e) HY_MUST;
/* A component's value as it is compared; NAN: missing. */
struct index_value indices_value(const struct pack_index_part *p, const struct tally *t);

struct indices {
	const struct pack_scheme *scheme;
	struct round *rounds;
	struct indices_month_given *given;
	struct indices_month *months;
	size_t n;
};
enum hy_code indices_of(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str scheme,
			struct indices *out, struct hy_err *e) HY_MUST;
/* The same by SCHEME up to LAST, of which the version is taken that it names; NULL: all. */
enum hy_code indices_until(struct hy_arena *a, struct hy_db *db, const struct pack_scheme *scheme,
			   const struct round *last, struct indices *out, struct hy_err *e) HY_MUST;
/* The units of a month, of R, as TEXT (its inputs) names them; without tallies. */
enum hy_code indices_units(struct hy_arena *a, const struct round *r, hy_str text,
			   struct indices_month_given *m, struct hy_err *e) HY_MUST;
/* The last of N months as a bundle tells it, canonical: {"city":POINT,"units":{CODE:POINT}}, POINT
 * {"imputed_bp","index","linked","se"}, in hundredths; index null: not published. */
hy_str indices_point_json(struct hy_arena *a, const struct indices_month_given *given,
			  const struct indices_month *m);
/* As the API tells it: indices, errors and relatives in hundredths. */
enum hy_code indices_json(struct hy_json *j, struct hy_db *db, const struct indices *x,
			  struct hy_err *e) HY_MUST;

#endif
