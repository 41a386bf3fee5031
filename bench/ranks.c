/* Is what is printed beside a rank true?  2,000 simulated cities of 40 units: how often do all true
 * ranks lie in their sets (0.95 is promised), and of those told "22 % to be among the last three",
 * are 22 % so?  And the time for 200 units.
 *
 *	bench-ranks [cities]
 *
 * Draws from a fixed seed (xorshift), so the figures are the same on every machine. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stat/shrink.h"

enum { UNITS = 40, LAST = 3, DECILES = 10, LARGE = 200 };

static uint64_t state = 88172645463325252u;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	double u = uniform(), v = uniform();

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void must(enum hy_code code, const struct hy_err *e)
{
	if (code) {
		fprintf(stderr, "%s\n", hy_err_text(e));
		exit(1);
	}
}

/* Rank 1 is the best. */
static int true_rank(const double *truth, int i)
{
	int rank = 1;

	for (int k = 0; k < UNITS; k++)
		rank += truth[k] > truth[i];
	return rank;
}

struct counted {
	int covered, cities;
	double told[DECILES], was[DECILES];
	int n[DECILES];
};

static void city(double spread, struct counted *c)
{
	struct rank_unit seen[UNITS], believed[UNITS];
	struct rank_set sets[UNITS];
	struct shrink_common common;
	double truth[UNITS], last[UNITS];
	struct hy_err e = { 0 };
	int inside = 1;

	for (int i = 0; i < UNITS; i++) {
		truth[i] = 80 + spread * normal();
		seen[i].se = 0.5 + 2.5 * uniform();
		seen[i].estimate = truth[i] + seen[i].se * normal();
	}
	must(rank_sets(seen, UNITS, 0.05, sets, &e), &e);
	must(shrink_common(seen, UNITS, SHRINK_PM, &common, &e), &e);
	shrink_units(seen, UNITS, &common, believed);
	must(rank_last(believed, UNITS, LAST, last, &e), &e);
	for (int i = 0; i < UNITS; i++) {
		int rank = true_rank(truth, i);
		int decile = last[i] < 1 ? (int)(last[i] * DECILES) : DECILES - 1;
		inside &= rank >= sets[i].low && rank <= sets[i].high;
		c->told[decile] += last[i];
		c->was[decile] += rank > UNITS - LAST;
		c->n[decile]++;
	}
	c->covered += inside;
	c->cities++;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double time_large(void)
{
	static struct rank_unit u[LARGE];
	static struct rank_set sets[LARGE];
	static double last[LARGE];
	struct hy_err e = { 0 };
	double began = seconds();

	for (int i = 0; i < LARGE; i++)
		u[i] = (struct rank_unit){ 80 + 4 * normal(), 0.5 + 2 * uniform() };
	must(rank_sets(u, LARGE, 0.05, sets, &e), &e);
	must(rank_last(u, LARGE, LAST, last, &e), &e);
	return seconds() - began;
}

int main(int argc, char **argv)
{
	static const double spreads[] = { 0, 1, 3, 8 };
	int cities = argc > 1 ? atoi(argv[1]) : 2000, bad = 0;
	struct counted all = { 0 }; /* where units differ: equal ones have no true ranks */
	double worst = 0;

	for (size_t s = 0; s < HY_COUNT(spreads); s++) {
		struct counted c = { 0 };
		for (int i = 0; i < cities; i++)
			city(spreads[s], &c);
		double coverage = (double)c.covered / c.cities;
		printf("# units %.0f apart: all true ranks in their sets in %.4f of %d cities\n",
		       spreads[s], coverage, c.cities);
		if (spreads[s] == 0)
			continue;
		bad |= coverage < 0.94;
		for (int d = 0; d < DECILES; d++) {
			all.told[d] += c.told[d];
			all.was[d] += c.was[d];
			all.n[d] += c.n[d];
		}
	}
	for (int d = 0; d < DECILES; d++) {
		if (all.n[d] == 0)
			continue;
		double told = all.told[d] / all.n[d], was = all.was[d] / all.n[d];
		printf("#   told %5.1f %%, was %5.1f %% (%d)\n", 100 * told, 100 * was, all.n[d]);
		worst = fmax(worst, fabs(told - was));
	}
	bad |= worst > 0.03;
	printf("# calibration: at most %.1f points off\n", 100 * worst);
	printf("# sets and last three of %d units: %.0f ms\n", LARGE, 1000 * time_large());
	return bad;
}
