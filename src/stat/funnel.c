#include "stat/funnel.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

enum { CASES_MOST = 10000000, UNITS_MOST = 2000 };

const char *const funnel_verdict_names[] = { "inside", "low_95", "low_998", "high_95", "high_998" };

static enum hy_code check(double target, int64_t n, struct hy_err *e)
{
	if (!(target > 0 && target < 1))
		return hy_fail(e, HY_BAD_FIELD, "target", "must lie between 0 and 1");
	if (n < 1 || n > CASES_MOST)
		return hy_fail(e, HY_BAD_FIELD, "n", "must be from 1 to %d", CASES_MOST);
	return HY_OK;
}

/* The smallest R with F(R) > P. */
static unsigned quantile(double target, unsigned n, double p)
{
	unsigned low = 0, high = n;

	while (low < high) {
		unsigned mid = low + (high - low) / 2;
		if (gsl_cdf_binomial_P(mid, target, n) > p)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static double limit_of(double target, unsigned n, double p)
{
	unsigned r = quantile(target, n, p);
	double f = gsl_cdf_binomial_P(r, target, n);
	double under = r ? gsl_cdf_binomial_P(r - 1, target, n) : 0;
	double limit = (r - (f - p) / (f - under)) / n;

	return limit < 0 ? 0 : limit > 1 ? 1 : limit;
}

enum hy_code funnel_limit(double target, int64_t n, double p, double *out, struct hy_err *e)
{
	enum hy_code code = check(target, n, e);

	if (code)
		return code;
	if (!(p > 0 && p < 1))
		return hy_fail(e, HY_BAD_FIELD, "p", "must lie between 0 and 1");
	*out = limit_of(target, (unsigned)n, p);
	return HY_OK;
}

enum hy_code funnel_verdict(double target, int64_t yes, int64_t n, enum funnel_verdict *out,
			    struct hy_err *e)
{
	static const struct {
		double p;
		bool low;
		enum funnel_verdict verdict;
	} tests[] = { { 0.001, true, FUNNEL_LOW_998 },
		      { 0.025, true, FUNNEL_LOW_95 },
		      { 0.999, false, FUNNEL_HIGH_998 },
		      { 0.975, false, FUNNEL_HIGH_95 } };
	enum funnel_verdict verdict = FUNNEL_INSIDE;
	enum hy_code code = check(target, n, e);

	if (code)
		return code;
	if (yes < 0 || yes > n)
		return hy_fail(e, HY_BAD_FIELD, "yes", "must be from 0 to %lld", (long long)n);
	double share = (double)yes / (double)n;
	for (size_t i = 0; verdict == FUNNEL_INSIDE && i < HY_COUNT(tests); i++) {
		double limit = limit_of(target, (unsigned)n, tests[i].p);
		if (tests[i].low ? share < limit : share > limit)
			verdict = tests[i].verdict;
	}
	*out = verdict;
	return HY_OK;
}

static int ascending(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

enum hy_code funnel_scatter(double target, const int64_t *yes, const int64_t *of, size_t n,
			    struct funnel_scatter *out, struct hy_err *e)
{
	static _Thread_local double z[UNITS_MOST];
	struct funnel_scatter s = { 0 };
	double w1 = 0, w2 = 0;

	if (n < 2 || n > UNITS_MOST)
		return hy_fail(e, HY_BAD_FIELD, "units", "2 to %d are needed", UNITS_MOST);
	for (size_t i = 0; i < n; i++) {
		enum hy_code code = check(target, of[i], e);
		if (code)
			return code;
		double cases = (double)of[i], v = target * (1 - target) / cases;
		z[i] = ((double)yes[i] / cases - target) / sqrt(v);
		w1 += 1 / v;
		w2 += 1 / v / v;
	}
	qsort(z, n, sizeof(*z), ascending);
	size_t cut = n / 10;
	for (size_t i = 0; i < n; i++) {
		double v = i < cut ? z[cut] : i >= n - cut ? z[n - cut - 1] : z[i];
		s.phi += v * v;
	}
	s.phi /= (double)n;
	if (s.phi > 1)
		s.tau2 = fmax(0, ((double)n * s.phi - (double)(n - 1)) / (w1 - w2 / w1));
	*out = s;
	return HY_OK;
}
