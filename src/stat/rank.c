#include "stat/rank.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

/* --- official places ------------------------------------------------------------------------- */

static int descending(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return (*a < *b) - (*a > *b);
}

void rank_places(const int64_t *scores, size_t n, int *places_out)
{
	int64_t *sorted = malloc((n + 1) * sizeof(*sorted));

	if (!sorted)
		abort();
	memcpy(sorted, scores, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), descending);
	for (size_t i = 0; i < n; i++) {
		size_t low = 0, high = n; /* the first of those that are equal */
		while (low < high) {
			size_t mid = low + (high - low) / 2;
			if (sorted[mid] > scores[i])
				low = mid + 1;
			else
				high = mid;
		}
		places_out[i] = (int)low + 1;
	}
	free(sorted);
}

/* --- pairwise tests -----------------------------------------------------------------------------
 */

struct pair { /* P that BETTER looks so much better than WORSE by chance */
	double p;
	int better, worse;
};

static int by_p(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;

	if (a->p != b->p)
		return a->p < b->p ? -1 : 1;
	if (a->better != b->better)
		return a->better < b->better ? -1 : 1;
	return (a->worse > b->worse) - (a->worse < b->worse);
}

static enum hy_code check_size(size_t n, double alpha, struct hy_err *e)
{
	if (n < 1 || n > RANK_MOST)
		return hy_fail(e, HY_BAD_FIELD, "units", "1 to %d can be ranked, not %zu",
			       RANK_MOST, n);
	if (!(alpha > 0 && alpha < 0.5))
		return hy_fail(e, HY_BAD_FIELD, "alpha", "must lie between 0 and 0.5");
	return HY_OK;
}

static enum hy_code check_units(const struct rank_unit *units, size_t n, struct hy_err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(units[i].estimate))
			return hy_fail(e, HY_BAD_FIELD, "estimate", "that of unit %zu is no number",
				       i + 1);
		if (!isfinite(units[i].se) || units[i].se < 0)
			return hy_fail(e, HY_BAD_FIELD, "se",
				       "that of unit %zu must be a number from 0", i + 1);
	}
	return HY_OK;
}

/* Is J better than K only by chance? */
static double p_normal(const struct rank_unit *j, const struct rank_unit *k)
{
	double d = j->estimate - k->estimate, s = sqrt(j->se * j->se + k->se * k->se);

	if (s == 0)
		return d > 0 ? 0 : d < 0 ? 1 : 0.5;
	return 0.5 * erfc(d / s / M_SQRT2);
}

/* Pr(Bin(x + y, 1/2) >= x) */
static double p_counts(int64_t x, int64_t y)
{
	if (x == 0)
		return 1;
	return gsl_cdf_binomial_Q((unsigned)(x - 1), 0.5, (unsigned)(x + y));
}

/* Holm: rejects in order of P until one is too large; a rejection moves one bound of either. */
static void step_down(struct pair *v, size_t m, double alpha, int only, struct rank_set *sets)
{
	qsort(v, m, sizeof(*v), by_p);
	for (size_t i = 0; i < m && v[i].p <= alpha / (double)(m - i); i++) {
		if (only < 0 || v[i].worse == only)
			sets[v[i].worse].low++;
		if (only < 0 || v[i].better == only)
			sets[v[i].better].high--;
	}
}

typedef double p_of(const void *data, size_t j, size_t k);

static double p_of_units(const void *data, size_t j, size_t k)
{
	const struct rank_unit *units = data;

	return p_normal(&units[j], &units[k]);
}

static double p_of_counts(const void *data, size_t j, size_t k)
{
	const int64_t *counts = data;

	return p_counts(counts[j], counts[k]);
}

static enum hy_code sets_of(const void *data, p_of *p, size_t n, double alpha, bool alone,
			    struct rank_set *out, struct hy_err *e)
{
	struct pair *v = malloc((alone ? 2 * n : n * n) * sizeof(*v));

	if (!v)
		return hy_broke(e, HY_INTERNAL, "no memory for %zu units", n);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct rank_set){ 1, (int)n };
	size_t m = 0;
	for (size_t j = 0; j < n; j++) {
		for (size_t k = 0; k < n; k++) {
			if (j == k)
				continue;
			v[m++] = (struct pair){ p(data, j, k), (int)j, (int)k };
			if (alone)
				v[m++] = (struct pair){ p(data, k, j), (int)k, (int)j };
		}
		if (alone) {
			step_down(v, m, alpha, (int)j, out);
			m = 0;
		}
	}
	if (!alone)
		step_down(v, m, alpha, -1, out);
	free(v);
	return HY_OK;
}

static enum hy_code unit_sets(const struct rank_unit *units, size_t n, double alpha, bool alone,
			      struct rank_set *out, struct hy_err *e)
{
	enum hy_code code = check_size(n, alpha, e);

	if (!code)
		code = check_units(units, n, e);
	return code ? code : sets_of(units, p_of_units, n, alpha, alone, out, e);
}

static enum hy_code count_sets(const int64_t *counts, size_t n, double alpha, bool alone,
			       struct rank_set *out, struct hy_err *e)
{
	enum hy_code code = check_size(n, alpha, e);

	for (size_t i = 0; !code && i < n; i++)
		if (counts[i] < 0 || counts[i] > 1000000000)
			code = hy_fail(e, HY_BAD_FIELD, "counts",
				       "that of unit %zu must be from 0 to a thousand million",
				       i + 1);
	return code ? code : sets_of(counts, p_of_counts, n, alpha, alone, out, e);
}

enum hy_code rank_sets(const struct rank_unit *units, size_t n, double alpha, struct rank_set *out,
		       struct hy_err *e)
{
	return unit_sets(units, n, alpha, false, out, e);
}

enum hy_code rank_sets_alone(const struct rank_unit *units, size_t n, double alpha,
			     struct rank_set *out, struct hy_err *e)
{
	return unit_sets(units, n, alpha, true, out, e);
}

enum hy_code rank_count_sets(const int64_t *counts, size_t n, double alpha, struct rank_set *out,
			     struct hy_err *e)
{
	return count_sets(counts, n, alpha, false, out, e);
}

enum hy_code rank_count_sets_alone(const int64_t *counts, size_t n, double alpha,
				   struct rank_set *out, struct hy_err *e)
{
	return count_sets(counts, n, alpha, true, out, e);
}

/* --- among the last ------------------------------------------------------------------------------
 */

enum { LAST_MOST = 16, STEPS_FIRST = 32, STEPS_MOST = 4096 };

/* Pr(fewer than K of the others lie below X): the distribution of how many do, unit by unit, as
 * far as K matters. */
static double few_below(const struct rank_unit *units, size_t n, size_t j, size_t k, double x)
{
	double of[LAST_MOST] = { 1 }, sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == j)
			continue;
		double d = x - units[i].estimate;
		double below = units[i].se > 0 ? 0.5 * erfc(-d / units[i].se / M_SQRT2)
			       : d > 0	       ? 1
			       : d < 0	       ? 0
					       : 0.5;
		if (below == 0)
			continue;
		for (size_t c = k - 1; c > 0; c--)
			of[c] = of[c] * (1 - below) + of[c - 1] * below;
		of[0] *= 1 - below;
	}
	for (size_t c = 0; c < k; c++)
		sum += of[c];
	return sum;
}

/* The trapezoid rule over +-8 standard errors; for smooth functions under a normal density it
 * converges faster than any power of the step.  Halved until nothing changes. */
static double last_of(const struct rank_unit *units, size_t n, size_t j, size_t k)
{
	const struct rank_unit *u = &units[j];
	double sum = 0, was = -1, now = 0;

	if (u->se == 0)
		return few_below(units, n, j, k, u->estimate);
	for (int steps = STEPS_FIRST; steps <= STEPS_MOST; steps *= 2) {
		double h = 16.0 / steps;
		for (int i = 0; i <= steps; i++) {
			if (steps > STEPS_FIRST && i % 2 == 0)
				continue; /* is in the sum already */
			double z = -8 + h * i;
			sum += exp(-z * z / 2) * few_below(units, n, j, k, u->estimate + u->se * z);
		}
		now = sum * h * M_2_SQRTPI / M_SQRT2 / 2;
		if (fabs(now - was) < 1e-8)
			break;
		was = now;
	}
	return now < 0 ? 0 : now > 1 ? 1 : now;
}

enum hy_code rank_last(const struct rank_unit *units, size_t n, size_t k, double *out,
		       struct hy_err *e)
{
	enum hy_code code = check_size(n, 0.05, e);

	if (!code)
		code = check_units(units, n, e);
	if (code)
		return code;
	if (k < 1 || k > n || k > LAST_MOST)
		return hy_fail(e, HY_BAD_FIELD, "k", "must be from 1 to %d and at most %zu",
			       LAST_MOST, n);
	for (size_t j = 0; j < n; j++)
		out[j] = last_of(units, n, j, k);
	return HY_OK;
}

enum hy_code rank_expected(const struct rank_unit *units, size_t n, double *out, struct hy_err *e)
{
	enum hy_code code = check_size(n, 0.05, e);

	if (!code)
		code = check_units(units, n, e);
	for (size_t j = 0; !code && j < n; j++) {
		double sum = 1;
		for (size_t k = 0; k < n; k++)
			if (k != j)
				sum += p_normal(&units[j], &units[k]);
		out[j] = sum;
	}
	return code;
}
