/* How fast the record takes events in, and how fast it checks them: ninja -C build/gcc
 * bench/bench-record && build/gcc/bench/bench-record [EVENTS]
 *
 * Appends in transactions of 512 to a fresh city in the present folder's bench-record.tmp, with the
 * disk waited for each time; then verifies and parses everything ROUNDS times and prints medians.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "record/record.h"

enum { EVENTS = 200000, BATCH = 512, ROUNDS = 5 };
static const char where[] = "bench-record.tmp";

struct bench {
	struct hy_store *store;
	struct record *record;
	int64_t events;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum hy_code c, const struct hy_err *e)
{
	if (c) {
		fprintf(stderr, "bench-record: %s\n", hy_err_text(e));
		exit(1);
	}
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

struct batch {
	struct record *r;
	int64_t from, until;
};

/* An event as a filing makes it: some public fields, every other with a private text. */
static enum hy_code append(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct batch *b = in_out;
	struct hy_arena *a = hy_db_arena(db);
	int64_t idx;

	for (int64_t i = b->from; i < b->until; i++) {
		struct record_new ev = {
			.matter = 1 + i / 5,
			.subject = hy_printf(a, "matter/TS-2026-%06lld", (long long)(1 + i / 5)),
			.move = HY_S("accept"),
			.seq = 1 + i % 5,
			.at = 1790000000000 + i,
			.rec = 1790000000000 + i,
			.role = HY_S("handler"),
			.unit = HY_S("U12"),
			.data = hy_printf(a,
					  "{\"channel\":\"12345\",\"class\":\"c%lld\","
					  "\"kind\":\"complaint\",\"unit\":\"U%lld\"}",
					  (long long)(i % 40), (long long)(i % 200)),
			.private =
				i % 2 ? hy_printf(a,
						  "{\"text\":\"路灯不亮，晚上出行不便，请尽快修复"
						  "%lld\"}",
						  (long long)i)
				      : HY_S(""),
		};
		enum hy_code c = record_append(b->r, db, &ev, &idx, e);
		if (c)
			return c;
	}
	return HY_OK;
}

static double fill(const struct bench *b)
{
	double start = now();

	for (int64_t from = 0; from < b->events; from += BATCH) {
		struct batch work = { b->record, from, from + BATCH };
		struct hy_err e = { 0 };
		if (work.until > b->events)
			work.until = b->events;
		must(hy_store_write(b->store, append, &work, &e), &e);
	}
	return now() - start;
}

static double verify(const struct bench *b)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_verdict v;
	struct hy_err e = { 0 };
	double start = now();

	must(record_verify(a, b->store, HY_S(""), NULL, NULL, &v, &e), &e);
	return now() - start;
}

static double parse(const struct bench *b)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct hy_err e = { 0 };
	struct record_event ev;
	double start = now();
	int64_t n = 0;
	bool row;

	must(hy_store_read(b->store, &db, &e), &e);
	HY_SCOPED_STMT s = hy_sql(db, record_from);
	hy_bind_int(s, 1, 0);
	hy_bind_int(s, 2, b->events);
	for (must(hy_step(s, &row, &e), &e); row; must(hy_step(s, &row, &e), &e)) {
		hy_arena_empty(a);
		must(record_row(a, s, &ev, &e), &e);
		n++;
	}
	if (n != b->events)
		exit(1);
	return now() - start;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const char *what, const struct bench *b, double (*run)(const struct bench *))
{
	double took[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		took[i] = run(b);
	qsort(took, ROUNDS, sizeof(*took), by_value);
	printf("%-28s %9.0f events/s\n", what, (double)b->events / took[ROUNDS / 2]);
}

int main(int argc, char **argv)
{
	const struct hy_store_options o = { .create = true, .migrations = record_migrations };
	struct bench b = { .events = argc > 1 ? atoll(argv[1]) : EVENTS };
	struct hy_err e = { 0 };

	if (b.events < 1) {
		fputs("usage: bench-record [EVENTS]\n", stderr);
		return 2;
	}
	nftw(where, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	must(record_create(where, HY_S("bench.example/log"), NULL, &e), &e);
	must(hy_store_open(where, &o, &b.store, &e), &e);
	must(record_open(b.store, NULL, &b.record, &e), &e);
	printf("%-28s %9.0f events/s\n", "append, 512 a transaction", (double)b.events / fill(&b));
	report("verify everything", &b, verify);
	report("read and parse everything", &b, parse);
	record_close(&b.record);
	hy_store_close(&b.store);
	nftw(where, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
