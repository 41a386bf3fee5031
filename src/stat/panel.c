#include "stat/panel.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

enum { SCORE_MOST = 1000000000 };

static enum hy_code scores_ok(const int64_t *v, size_t n, bool gaps, struct hy_err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!(gaps && v[i] == PANEL_NONE) && (v[i] < -SCORE_MOST || v[i] > SCORE_MOST))
			return hy_fail(e, HY_BAD_FIELD, "scores",
				       "number %zu is missing or too large", i + 1);
	return HY_OK;
}

static enum hy_code table_ok(const int64_t *v, size_t units, size_t assessors, bool gaps,
			     struct hy_err *e)
{
	if (units < 2 || units > PANEL_MOST || assessors < 2 || assessors > PANEL_MOST)
		return hy_fail(e, HY_BAD_FIELD, "scores",
			       "at least two units and two assessors are needed, at most %d",
			       PANEL_MOST);
	return scores_ok(v, units * assessors, gaps, e);
}

/* --- trimmed -----------------------------------------------------------------------------------
 */

static int ascending(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static enum hy_code sorted(const int64_t *scores, size_t n, size_t drop, size_t least,
			   int64_t **out, struct hy_err *e)
{
	if (n < 1 || n > PANEL_MOST || drop > n || n - drop < drop + least)
		return hy_fail(e, HY_BAD_FIELD, "drop",
			       "of %zu scores %zu at each end cannot be left out", n, drop);
	enum hy_code code = scores_ok(scores, n, false, e);
	if (code)
		return code;
	int64_t *v = malloc(n * sizeof(*v));
	if (!v)
		return hy_broke(e, HY_INTERNAL, "no memory for %zu scores", n);
	memcpy(v, scores, n * sizeof(*v));
	qsort(v, n, sizeof(*v), ascending);
	*out = v;
	return HY_OK;
}

enum hy_code panel_trimmed(const int64_t *scores, size_t n, size_t drop, struct panel_mean *out,
			   struct hy_err *e)
{
	int64_t *v = NULL, sum = 0;
	enum hy_code code = sorted(scores, n, drop, 1, &v, e);

	if (code)
		return code;
	for (size_t i = drop; i < n - drop; i++)
		sum += v[i];
	free(v);
	*out = (struct panel_mean){ sum, (int64_t)(n - 2 * drop) };
	return HY_OK;
}

enum hy_code panel_trimmed_se(const int64_t *scores, size_t n, size_t drop, double *se_out,
			      int *df_out, struct hy_err *e)
{
	double mean = 0, squares = 0;
	int64_t *v = NULL;
	enum hy_code code = sorted(scores, n, drop, 2, &v, e);

	if (code)
		return code;
	for (size_t i = 0; i < n; i++) { /* winsorised */
		if (i < drop)
			v[i] = v[drop];
		if (i >= n - drop)
			v[i] = v[n - drop - 1];
		mean += (double)v[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		squares += ((double)v[i] - mean) * ((double)v[i] - mean);
	free(v);
	double left = (double)(n - 2 * drop) / (double)n;
	*se_out = sqrt(squares / (double)(n - 1)) / (left * sqrt((double)n));
	*df_out = (int)(n - 2 * drop) - 1;
	return HY_OK;
}

/* --- leniency
 * -------------------------------------------------------------------------------------- */

static size_t root(size_t *up, size_t i)
{
	while (up[i] != i)
		i = up[i] = up[up[i]];
	return i;
}

/* Do units and assessors hang together? */
static bool connected(struct hy_arena *a, const int64_t *scores, size_t units, size_t assessors)
{
	size_t n = units + assessors, *up = hy_new_n(a, size_t, n);

	for (size_t i = 0; i < n; i++)
		up[i] = i;
	for (size_t u = 0; u < units; u++)
		for (size_t k = 0; k < assessors; k++)
			if (scores[u * assessors + k] != PANEL_NONE)
				up[root(up, u)] = root(up, units + k);
	for (size_t i = 1; i < n; i++)
		if (root(up, i) != root(up, 0))
			return false;
	return true;
}

/* What is unknown: the mean of each unit, and the effects of all assessors but the last, whose
 * effect is minus the sum of theirs.  ROW is that of one score in the design. */
static size_t row_of(size_t units, size_t assessors, size_t u, size_t k, double *row)
{
	size_t n = units + assessors - 1;

	memset(row, 0, n * sizeof(*row));
	row[u] = 1;
	for (size_t i = 0; i < assessors - 1; i++)
		if (k == assessors - 1)
			row[units + i] = -1;
	if (k < assessors - 1)
		row[units + k] = 1;
	return n;
}

struct system {
	size_t units, assessors, n, cases;
	double *normal, *right, *row; /* X'X, X'y */
	double squares;		      /* y'y */
};

static void collect(struct system *s, const int64_t *scores)
{
	for (size_t u = 0; u < s->units; u++) {
		for (size_t k = 0; k < s->assessors; k++) {
			int64_t score = scores[u * s->assessors + k];
			if (score == PANEL_NONE)
				continue;
			row_of(s->units, s->assessors, u, k, s->row);
			for (size_t i = 0; i < s->n; i++) {
				s->right[i] += s->row[i] * (double)score;
				for (size_t j = 0; s->row[i] != 0 && j < s->n; j++)
					s->normal[i * s->n + j] += s->row[i] * s->row[j];
			}
			s->cases++;
		}
	}
}

static double residuals(struct system *s, const int64_t *scores, const double *x)
{
	double sum = 0;

	for (size_t u = 0; u < s->units; u++) {
		for (size_t k = 0; k < s->assessors; k++) {
			int64_t score = scores[u * s->assessors + k];
			if (score == PANEL_NONE)
				continue;
			double d = (double)score;
			row_of(s->units, s->assessors, u, k, s->row);
			for (size_t i = 0; i < s->n; i++)
				d -= s->row[i] * x[i];
			sum += d * d;
		}
	}
	return sum;
}

static bool solve(struct system *s, double *x)
{
	gsl_matrix_view m = gsl_matrix_view_array(s->normal, s->n, s->n);
	gsl_vector_view b = gsl_vector_view_array(s->right, s->n);
	gsl_vector_view out = gsl_vector_view_array(x, s->n);
	gsl_error_handler_t *was = gsl_set_error_handler_off();
	bool ok = gsl_linalg_cholesky_decomp1(&m.matrix) == GSL_SUCCESS &&
		  gsl_linalg_cholesky_solve(&m.matrix, &b.vector, &out.vector) == GSL_SUCCESS &&
		  gsl_linalg_cholesky_invert(&m.matrix) == GSL_SUCCESS;

	gsl_set_error_handler(was);
	return ok;
}

enum hy_code panel_fit(struct hy_arena *a, const int64_t *scores, size_t units, size_t assessors,
		       struct panel_fit *out, struct hy_err *e)
{
	struct system s = { .units = units, .assessors = assessors, .n = units + assessors - 1 };
	enum hy_code code = table_ok(scores, units, assessors, true, e);

	if (!code && s.n > 2000)
		code = hy_fail(e, HY_BAD_FIELD, "scores",
			       "at most 2,000 units and assessors together");
	if (!code && !connected(a, scores, units, assessors))
		code = hy_fail(e, HY_BAD_FIELD, "scores",
			       "some units have no assessor in common with the others, not even "
			       "through third ones: they cannot be compared");
	if (code)
		return code;
	s.normal = hy_new_n(a, double, s.n *s.n);
	s.right = hy_new_n(a, double, s.n);
	s.row = hy_new_n(a, double, s.n);
	double *x = hy_new_n(a, double, s.n);
	collect(&s, scores);
	if (!solve(&s, x))
		return hy_broke(e, HY_INTERNAL, "the equations of %zu scores have no solution",
				s.cases);
	struct panel_fit f = { .unit = hy_new_n(a, double, units),
			       .unit_se = hy_new_n(a, double, units),
			       .assessor = hy_new_n(a, double, assessors),
			       .df = (int)(s.cases - s.n) };
	f.variance = f.df > 0 ? residuals(&s, scores, x) / f.df : 0;
	for (size_t u = 0; u < units; u++) {
		f.unit[u] = x[u];
		f.unit_se[u] = sqrt(f.variance * s.normal[u * s.n + u]);
		f.mean += x[u] / (double)units;
	}
	for (size_t k = 0; k + 1 < assessors; k++) {
		f.assessor[k] = x[units + k];
		f.assessor[assessors - 1] -= x[units + k];
	}
	*out = f;
	return HY_OK;
}

/* --- agreement
 * ---------------------------------------------------------------------------------------- */

struct values { /* the different scores, ascending, and how often each is paired with another */
	int64_t *v;
	double *pairs;
	size_t n;
};

static size_t index_of(const struct values *w, int64_t score)
{
	const int64_t *hit = bsearch(&score, w->v, w->n, sizeof(score), ascending);

	return (size_t)(hit - w->v);
}

/* The squared difference of two values, by the level of measurement. */
static double difference(const struct values *w, enum panel_level level, size_t c, size_t k)
{
	double x = (double)w->v[c], y = (double)w->v[k], d = 0;

	switch (level) {
	case PANEL_NOMINAL:
		return c != k;
	case PANEL_ORDINAL:
		for (size_t i = c < k ? c : k; i <= (c < k ? k : c); i++)
			d += w->pairs[i];
		d -= (w->pairs[c] + w->pairs[k]) / 2;
		return d * d;
	case PANEL_INTERVAL:
		return (x - y) * (x - y);
	case PANEL_RATIO:
		return x + y == 0 ? 0 : (x - y) * (x - y) / ((x + y) * (x + y));
	}
	return 0;
}

static size_t scores_of_unit(const int64_t *scores, size_t assessors, size_t u)
{
	size_t n = 0;

	for (size_t k = 0; k < assessors; k++)
		n += scores[u * assessors + k] != PANEL_NONE;
	return n;
}

static void find_values(struct hy_arena *a, const int64_t *scores, size_t units, size_t assessors,
			struct values *w)
{
	size_t n = 0;

	w->v = hy_new_n(a, int64_t, units * assessors + 1);
	for (size_t i = 0; i < units * assessors; i++)
		if (scores[i] != PANEL_NONE && scores_of_unit(scores, assessors, i / assessors) > 1)
			w->v[n++] = scores[i];
	qsort(w->v, n, sizeof(*w->v), ascending);
	for (size_t i = 0; i < n; i++)
		if (w->n == 0 || w->v[w->n - 1] != w->v[i])
			w->v[w->n++] = w->v[i];
	w->pairs = hy_new_n(a, double, w->n + 1);
	for (size_t i = 0; i < units * assessors; i++)
		if (scores[i] != PANEL_NONE && scores_of_unit(scores, assessors, i / assessors) > 1)
			w->pairs[index_of(w, scores[i])]++;
}

enum hy_code panel_alpha(struct hy_arena *a, const int64_t *scores, size_t units, size_t assessors,
			 enum panel_level level, double *out, struct hy_err *e)
{
	struct values w = { 0 };
	double observed = 0, expected = 0, all = 0;
	enum hy_code code = table_ok(scores, units, assessors, true, e);

	if (code)
		return code;
	find_values(a, scores, units, assessors, &w);
	if (w.n < 2)
		return hy_fail(e, HY_BAD_FIELD, "scores",
			       "two units' scores, and two different ones, are needed to speak of "
			       "agreement");
	for (size_t u = 0; u < units; u++) {
		const int64_t *row = scores + u * assessors;
		size_t m = scores_of_unit(scores, assessors, u);
		for (size_t i = 0; m > 1 && i < assessors; i++)
			for (size_t j = 0; row[i] != PANEL_NONE && j < assessors; j++)
				if (i != j && row[j] != PANEL_NONE)
					observed += difference(&w, level, index_of(&w, row[i]),
							       index_of(&w, row[j])) /
						    (double)(m - 1);
	}
	for (size_t c = 0; c < w.n; c++) {
		all += w.pairs[c];
		for (size_t k = 0; k < w.n; k++)
			expected += w.pairs[c] * w.pairs[k] * difference(&w, level, c, k);
	}
	*out = 1 - (all - 1) * observed / expected;
	return HY_OK;
}

enum hy_code panel_icc(const int64_t *scores, size_t units, size_t assessors, struct panel_icc *out,
		       struct hy_err *e)
{
	enum hy_code code = table_ok(scores, units, assessors, false, e);
	double n = (double)units, k = (double)assessors, grand = 0, all = 0, between = 0,
	       judges = 0;

	if (code)
		return code;
	for (size_t i = 0; i < units * assessors; i++)
		grand += (double)scores[i] / (n * k);
	for (size_t i = 0; i < units * assessors; i++)
		all += ((double)scores[i] - grand) * ((double)scores[i] - grand);
	for (size_t u = 0; u < units; u++) {
		double mean = 0;
		for (size_t j = 0; j < assessors; j++)
			mean += (double)scores[u * assessors + j] / k;
		between += k * (mean - grand) * (mean - grand);
	}
	for (size_t j = 0; j < assessors; j++) {
		double mean = 0;
		for (size_t u = 0; u < units; u++)
			mean += (double)scores[u * assessors + j] / n;
		judges += n * (mean - grand) * (mean - grand);
	}
	double bms = between / (n - 1), wms = (all - between) / (n * (k - 1)),
	       jms = judges / (k - 1), ems = (all - between - judges) / ((n - 1) * (k - 1));
	if (bms == 0)
		return hy_fail(e, HY_BAD_FIELD, "scores", "the units do not differ at all");
	*out = (struct panel_icc){
		.one = { (bms - wms) / (bms + (k - 1) * wms),
			 (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n),
			 (bms - ems) / (bms + (k - 1) * ems) },
		.mean = { (bms - wms) / bms, (bms - ems) / (bms + (jms - ems) / n),
			  (bms - ems) / bms },
	};
	return HY_OK;
}

int panel_assessors_needed(double one, double wanted)
{
	if (!(one > 0 && one < 1) || !(wanted > 0 && wanted < 1))
		return 0;
	return (int)ceil(wanted * (1 - one) / (one * (1 - wanted)) - 1e-9);
}

/* Ranks within one assessor's scores, ties sharing their mean; returns the sum of t^3 - t. */
static double mid_ranks(const int64_t *scores, size_t units, size_t assessors, size_t j,
			double *ranks)
{
	double ties = 0;

	for (size_t u = 0; u < units; u++) {
		size_t below = 0, equal = 0;
		for (size_t v = 0; v < units; v++) {
			below += scores[v * assessors + j] < scores[u * assessors + j];
			equal += scores[v * assessors + j] == scores[u * assessors + j];
		}
		ranks[u] = (double)below + ((double)equal + 1) / 2;
		ties += (double)(equal * equal) - 1; /* each of EQUAL adds t^2 - 1 */
	}
	return ties;
}

enum hy_code panel_concordance(struct hy_arena *a, const int64_t *scores, size_t units,
			       size_t assessors, double *out, struct hy_err *e)
{
	enum hy_code code = table_ok(scores, units, assessors, false, e);
	double n = (double)units, k = (double)assessors, ties = 0, squares = 0;

	if (code)
		return code;
	double *ranks = hy_new_n(a, double, units), *sums = hy_new_n(a, double, units);
	for (size_t j = 0; j < assessors; j++) {
		ties += mid_ranks(scores, units, assessors, j, ranks);
		for (size_t u = 0; u < units; u++)
			sums[u] += ranks[u];
	}
	for (size_t u = 0; u < units; u++)
		squares += (sums[u] - k * (n + 1) / 2) * (sums[u] - k * (n + 1) / 2);
	double most = k * k * (n * n * n - n) - k * ties;
	if (most == 0)
		return hy_fail(e, HY_BAD_FIELD, "scores", "no assessor sees any difference");
	*out = 12 * squares / most;
	return HY_OK;
}
