/* due -- what a due date costs: by look-up, with its trace, and by walking from day to day.
 *
 * 64 calendars chosen at random, so that their tables do not all stay in the cache.  Prints
 * the median of several runs in nanoseconds per due date, and the ratios. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "time/clock.h"

enum { CALENDARS = 64, RUNS = 9, STARTS = 1 << 14, LIMIT = 20 };

static struct hy_calendar *calendars[CALENDARS];
static struct { /* one question: this calendar, from this instant */
	unsigned calendar;
	hy_ms at;
} starts[STARTS];
static hy_ms answers[STARTS];

static uint64_t random_state = 20260930;

static unsigned below(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

/* A year of its own holidays for every calendar, around the days asked for. */
static void make_calendars(void)
{
	for (size_t i = 0; i < CALENDARS; i++) {
		struct hy_calendar_day days[300];
		const int years[] = { 2024, 2025, 2026 };
		struct hy_err e = { 0 };
		for (size_t k = 0; k < HY_COUNT(days); k++)
			days[k] = (struct hy_calendar_day){ .day = hy_day_of(2024, 1, 1) +
								   (int)k * 4 + (int)below(4),
							    .work = below(3) == 0,
							    .name = HY_S("holiday"),
							    .ref = HY_S("notice") };
		struct hy_calendar_data data = { .id = HY_S("bench"),
						 .zone = hy_zone_china,
						 .weekend = 65,
						 .years = years,
						 .n_years = HY_COUNT(years),
						 .notice = days,
						 .n_notice = HY_COUNT(days) };
		if (hy_calendar_new(&data, &calendars[i], &e)) {
			fprintf(stderr, "%s\n", hy_err_text(&e));
			exit(1);
		}
	}
	for (size_t i = 0; i < STARTS; i++) {
		starts[i].calendar = below(CALENDARS);
		starts[i].at = hy_instant(&hy_zone_china, hy_day_of(2024, 1, 1) + (int)below(900),
					  (int)below(HY_DAY_MS));
	}
}

/* --- the four ways ------------------------------------------------------------------ */

static struct hy_arena *arena;
static const struct hy_clock_rule rule = { .id = HY_S_INIT("BENCH"),
					   .clause = HY_S_INIT("art. 1"),
					   .limit = { HY_WORKING_DAY, LIMIT } };

static hy_ms by_clock(size_t i, struct hy_trace *trace)
{
	struct hy_clock_event start = { .kind = HY_CLOCK_START, .at = starts[i].at };
	struct hy_clock_due due = { 0 };
	struct hy_err e = { 0 };

	if (hy_clock_due(&start, 1, &rule, calendars[starts[i].calendar], &due, arena, trace, &e))
		abort();
	return due.due_at;
}

static hy_ms plain(size_t i)
{
	return by_clock(i, NULL);
}

static hy_ms traced(size_t i)
{
	struct hy_trace trace;

	hy_arena_empty(arena);
	return by_clock(i, &trace);
}

static hy_ms walked(size_t i)
{
	const struct hy_calendar *c = calendars[starts[i].calendar];
	hy_day d = hy_local(&hy_zone_china, starts[i].at, NULL);

	for (int n = 0; n < LIMIT;)
		n += hy_calendar_work(c, ++d);
	return hy_instant(&hy_zone_china, d + 1, 0) - 1;
}

static hy_ms looked_up(size_t i)
{
	const struct hy_calendar *c = calendars[starts[i].calendar];
	hy_day d = hy_local(&hy_zone_china, starts[i].at, NULL);

	return hy_instant(&hy_zone_china, hy_work_add(c, d, LIMIT) + 1, 0) - 1;
}

/* --- measuring ----------------------------------------------------------------------- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median nanoseconds per call; every way must give the answers of the first. */
static double measure(hy_ms (*way)(size_t), int rounds)
{
	double runs[RUNS];

	for (int r = 0; r < RUNS; r++) {
		double from = now();
		for (int k = 0; k < rounds; k++)
			for (size_t i = 0; i < STARTS; i++) {
				hy_ms at = way(i);
				if (answers[i] == 0)
					answers[i] = at;
				else if (answers[i] != at)
					abort();
			}
		runs[r] = (now() - from) / ((double)rounds * STARTS);
	}
	qsort(runs, RUNS, sizeof(runs[0]), ascending);
	return runs[RUNS / 2];
}

int main(void)
{
	arena = hy_arena_new(0);
	make_calendars();
	double look = measure(looked_up, 20), clock_ns = measure(plain, 20),
	       walk = measure(walked, 10), trace = measure(traced, 2);
	printf("%d working days, %d calendars at random, median of %d runs\n", LIMIT, CALENDARS,
	       RUNS);
	printf("  %-44s %9.1f ns\n", "table look-up alone (with zone)", look);
	printf("  %-44s %9.1f ns   goal < 1000\n", "due date, no trace", clock_ns);
	printf("  %-44s %9.1f ns   goal < 20000\n", "due date with trace", trace);
	printf("  %-44s %9.1f ns\n", "walking from day to day", walk);
	printf("  walk / look-up %.1f   walk / due date %.1f   trace / due date %.1f\n",
	       walk / look, walk / clock_ns, trace / clock_ns);
	for (size_t i = 0; i < CALENDARS; i++)
		hy_calendar_free(&calendars[i]);
	hy_arena_free(&arena);
	return clock_ns < 1000 && trace < 20000 ? 0 : 1;
}
