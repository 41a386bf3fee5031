#include "stat/shrink.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

/* --- means ---------------------------------------------------------------------------------- */

struct weighted {
	double mean, w1, w2, q;
};

static struct weighted weigh(const struct rank_unit *units, size_t n, double tau2)
{
	struct weighted s = { 0 };
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double w = 1 / (units[i].se * units[i].se + tau2);
		s.w1 += w;
		s.w2 += w * w;
		sum += w * units[i].estimate;
	}
	s.mean = sum / s.w1;
	for (size_t i = 0; i < n; i++) {
		double d = units[i].estimate - s.mean;
		s.q += d * d / (units[i].se * units[i].se + tau2);
	}
	return s;
}

static double tau2_moments(const struct weighted *s, size_t n)
{
	return fmax(0, (s->q - (double)(n - 1)) / (s->w1 - s->w2 / s->w1));
}

/* Q falls with TAU2: halving finds where it is n - 1. */
static double tau2_paule_mandel(const struct rank_unit *units, size_t n)
{
	double low = 0, high = 1;

	if (weigh(units, n, 0).q <= (double)(n - 1))
		return 0;
	while (weigh(units, n, high).q > (double)(n - 1))
		high *= 2;
	for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
		double mid = low + (high - low) / 2;
		if (weigh(units, n, mid).q > (double)(n - 1))
			low = mid;
		else
			high = mid;
	}
	return low + (high - low) / 2;
}

enum hy_code shrink_common(const struct rank_unit *units, size_t n, enum shrink_method method,
			   struct shrink_common *out, struct hy_err *e)
{
	struct shrink_common c = { 0 };

	if (n < 2 || n > RANK_MOST)
		return hy_fail(e, HY_BAD_FIELD, "units", "2 to %d are needed, not %zu", RANK_MOST,
			       n);
	for (size_t i = 0; i < n; i++)
		if (!isfinite(units[i].estimate) || !isfinite(units[i].se) || units[i].se <= 0)
			return hy_fail(e, HY_BAD_FIELD, "se",
				       "unit %zu needs an estimate and a standard error over 0",
				       i + 1);
	struct weighted fixed = weigh(units, n, 0);
	c.q = fixed.q;
	switch (method) {
	case SHRINK_DL:
		c.tau2 = tau2_moments(&fixed, n);
		break;
	case SHRINK_PM:
		c.tau2 = tau2_paule_mandel(units, n);
		break;
	}
	struct weighted s = weigh(units, n, c.tau2);
	c.mean = s.mean;
	c.mean_var = 1 / s.w1;
	*out = c;
	return HY_OK;
}

void shrink_units(const struct rank_unit *units, size_t n, const struct shrink_common *common,
		  struct rank_unit *out)
{
	for (size_t i = 0; i < n; i++) {
		double v = units[i].se * units[i].se, b = v / (v + common->tau2);
		out[i] = (struct rank_unit){
			.estimate = b * common->mean + (1 - b) * units[i].estimate,
			.se = sqrt((1 - b) * v + b * b * common->mean_var),
		};
	}
}

/* --- shares
 * --------------------------------------------------------------------------------------- */

static enum hy_code share_ok(int64_t yes, int64_t of, struct hy_err *e)
{
	if (of < 1 || yes < 0 || yes > of)
		return hy_fail(e, HY_BAD_FIELD, "yes",
			       "%lld of %lld is no share: 0 to all of at least one case",
			       (long long)yes, (long long)of);
	return HY_OK;
}

enum hy_code shrink_beta(const int64_t *yes, const int64_t *of, size_t n, struct shrink_beta *out,
			 struct hy_err *e)
{
	double all = 0, good = 0, squares = 0, spread = 0;

	if (n < 2 || n > RANK_MOST)
		return hy_fail(e, HY_BAD_FIELD, "units", "2 to %d are needed, not %zu", RANK_MOST,
			       n);
	for (size_t i = 0; i < n; i++) {
		enum hy_code code = share_ok(yes[i], of[i], e);
		if (code)
			return code;
		all += (double)of[i];
		good += (double)yes[i];
		squares += (double)of[i] * (double)of[i];
	}
	double mean = good / all, v = mean * (1 - mean), more = (double)(n - 1);
	for (size_t i = 0; i < n; i++) {
		double d = (double)yes[i] / (double)of[i] - mean;
		spread += (double)of[i] * d * d;
	}
	if (all - squares / all <= more)
		return hy_fail(e, HY_BAD_FIELD, "of", "one case for each unit says nothing");
	double s2 = (spread - more * v) / (all - squares / all - more);
	*out = (struct shrink_beta){ mean, s2, s2 > 0 && v > 0 ? fmax(0, v / s2 - 1) : INFINITY };
	return HY_OK;
}

enum hy_code shrink_share(const struct shrink_beta *b, int64_t yes, int64_t of,
			  struct shrink_share *out, struct hy_err *e)
{
	enum hy_code code = share_ok(yes, of, e);

	if (code)
		return code;
	if (!isfinite(b->m)) { /* units do not differ: all are what is usual */
		*out = (struct shrink_share){ b->mean, b->mean, b->mean };
		return HY_OK;
	}
	double x = (double)yes + b->m * b->mean, y = (double)(of - yes) + b->m * (1 - b->mean);
	if (x <= 0 || y <= 0) {
		double at = x > 0 ? 1 : 0;
		*out = (struct shrink_share){ at, at, at };
		return HY_OK;
	}
	*out = (struct shrink_share){ x / (x + y), gsl_cdf_beta_Pinv(0.025, x, y),
				      gsl_cdf_beta_Pinv(0.975, x, y) };
	return HY_OK;
}
