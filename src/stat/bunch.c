#include "stat/bunch.h"

#include <stdlib.h>

#include <gsl/gsl_cdf.h>

static double upper_tail(int64_t yes, int64_t of, double p)
{
	return yes <= 0 ? 1 : gsl_cdf_binomial_Q((unsigned)(yes - 1), p, (unsigned)of);
}

static int by_chance(const void *x, const void *y)
{
	const struct bunch *const *a = x, *const *b = y;

	if ((*a)->chance != (*b)->chance)
		return (*a)->chance < (*b)->chance ? -1 : 1;
	return *a < *b ? -1 : *a > *b; /* as they were given */
}

void bunch_test(struct bunch *v, size_t n, double alpha)
{
	struct bunch **order = calloc(n + 1, sizeof(struct bunch *));
	int64_t yes = 0, of = 0;
	size_t m = 0;
	double least = 0;

	for (size_t i = 0; i < n; i++) {
		yes += v[i].yes;
		of += v[i].of;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t others = of - v[i].of;
		v[i].tested = order && v[i].of > 0 && others > 0;
		v[i].more = false;
		v[i].elsewhere = ((double)(yes - v[i].yes) + 0.5) / ((double)others + 1);
		v[i].chance = v[i].adjusted = 1;
		if (!v[i].tested)
			continue;
		v[i].chance = upper_tail(v[i].yes, v[i].of, v[i].elsewhere);
		order[m++] = &v[i];
	}
	if (order)
		qsort(order, m, sizeof(struct bunch *), by_chance);
	for (size_t i = 0; i < m; i++) { /* step down: never below the one before */
		double p = order[i]->chance * (double)(m - i);
		least = p > least ? p : least;
		order[i]->adjusted = least < 1 ? least : 1;
		order[i]->more = order[i]->adjusted <= alpha;
	}
	free(order);
}
