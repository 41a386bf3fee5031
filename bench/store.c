/* Durable filings per second through the store, beside a bare SQLite loop that commits the
 * same rows with the same number per transaction, in one run on one disk.
 *
 *   ninja -C build/gcc bench/bench-store && build/gcc/bench/bench-store [folder]
 *
 * Rounds of both sides alternate; the round with the median ratio is printed.  A filing is three
 * rows, as in performance.md: a case of 12 columns with 4 indexes and 500 bytes of text, an event,
 * a hash.  The folder should be on the disk to be measured. */

#include <ftw.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"

enum { MOST_THREADS = 64, TEXT = 500, ROUNDS = 3 };
static const double SECONDS = 0.4; /* of each side of a round */

static const char schema[] =
	"CREATE TABLE filing(id INTEGER PRIMARY KEY, code TEXT NOT NULL, unit BIGINT, status "
	"BIGINT,"
	" due BIGINT, kind BIGINT, person BIGINT, created BIGINT, channel BIGINT, area BIGINT,"
	" title TEXT, body TEXT);"
	"CREATE UNIQUE INDEX filing_code ON filing(code);"
	"CREATE INDEX filing_list ON filing(unit, status, due);"
	"CREATE INDEX filing_person ON filing(person);"
	"CREATE INDEX filing_area ON filing(area, kind);"
	"CREATE TABLE event(id INTEGER PRIMARY KEY, filing BIGINT, at BIGINT, kind BIGINT, note "
	"TEXT);"
	"CREATE TABLE leaf(id INTEGER PRIMARY KEY, hash BLOB)";

static const char sql_filing[] =
	"INSERT INTO filing(code, unit, status, due, kind, person, created, channel, area, title,"
	" body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char sql_event[] = "INSERT INTO event(filing, at, kind, note) VALUES ($1, $2, $3, $4)";
static const char sql_leaf[] = "INSERT INTO leaf(hash) VALUES ($1)";

static const struct hy_migration migrations[] = { { "bench-001", schema }, { 0 } };

struct filing {
	uint64_t n; /* unique; scattered over the indexes by mixing */
	char code[24], body[TEXT];
	unsigned char hash[32];
};

static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static void fill(struct filing *f, uint64_t n)
{
	f->n = mixed(n);
	snprintf(f->code, sizeof(f->code), "%016llx", (unsigned long long)f->n);
	memset(f->body, 'a' + (int)(n % 26), sizeof(f->body));
	for (int i = 0; i < 4; i++)
		memcpy(f->hash + 8 * i, &f->n, 8);
}

static int64_t column(const struct filing *f, int param)
{
	static const int64_t range[] = { 0, 0, 200, 6, 1000, 30, 1000000, 1000000000, 8, 5000 };

	return (int64_t)(mixed(f->n + (uint64_t)param) % (uint64_t)range[param]);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void die(const char *text)
{
	fprintf(stderr, "bench-store: %s\n", text);
	exit(1);
}

/* --- through the store ------------------------------------------------------------- */

static enum hy_code file_one(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct filing *f = in_out;
	HY_SCOPED_STMT q = hy_sql(db, sql_filing);
	HY_SCOPED_STMT ev = hy_sql(db, sql_event);
	HY_SCOPED_STMT leaf = hy_sql(db, sql_leaf);
	enum hy_code code;

	hy_bind_text(q, 1, hy_str_of(f->code));
	for (int p = 2; p <= 9; p++)
		hy_bind_int(q, p, column(f, p));
	hy_bind_text(q, 10, (hy_str){ f->body, 40 });
	hy_bind_text(q, 11, (hy_str){ f->body, TEXT });
	if ((code = hy_exec(q, NULL, e)))
		return code;
	for (int p = 1; p <= 3; p++)
		hy_bind_int(ev, p, column(f, p + 4));
	hy_bind_text(ev, 4, (hy_str){ f->body, 20 });
	if ((code = hy_exec(ev, NULL, e)))
		return code;
	hy_bind_blob(leaf, 1, (hy_str){ (const char *)f->hash, sizeof(f->hash) });
	return hy_exec(leaf, NULL, e);
}

static atomic_ullong next_number;
static atomic_bool stop;

struct client {
	struct hy_store *s;
	long done;
	double *took; /* of each filing */
	long room;
};

static void *be_client(void *arg)
{
	struct client *c = arg;

	while (!stop) {
		struct filing f;
		struct hy_err e = { 0 };
		fill(&f, ++next_number);
		double start = now();
		if (hy_store_write(c->s, file_one, &f, &e))
			die(hy_err_text(&e));
		if (c->done < c->room)
			c->took[c->done] = now() - start;
		c->done++;
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct result {
	double rate, batch, p50, p99, bare;
};

static struct result through_store(const char *where, int threads)
{
	struct hy_store_options o = { .create = true, .migrations = migrations };
	struct client c[MOST_THREADS];
	pthread_t t[MOST_THREADS];
	struct hy_store *s;
	struct hy_err e = { 0 };
	long room = 200000, done = 0, kept = 0;
	double *all = malloc((size_t)room * sizeof(double));

	if (!all || hy_store_open(where, &o, &s, &e))
		die(hy_err_text(&e));
	stop = false;
	double start = now();
	for (int i = 0; i < threads; i++) {
		long share = room / threads;
		c[i] = (struct client){ s, 0, all + i * share, share };
		if (pthread_create(&t[i], NULL, be_client, &c[i]) != 0)
			die("could not start a thread");
	}
	usleep((useconds_t)(SECONDS * 1e6));
	stop = true;
	for (int i = 0; i < threads; i++) {
		pthread_join(t[i], NULL);
		long n = c[i].done < c[i].room ? c[i].done : c[i].room;
		memmove(all + kept, c[i].took, (size_t)n * sizeof(double));
		kept += n;
		done += c[i].done;
	}
	double took = now() - start;
	struct hy_store_stats stats = hy_store_stats(s);
	hy_store_close(&s);
	qsort(all, (size_t)kept, sizeof(double), by_size);
	struct result r = { (double)done / took, (double)stats.jobs / (double)stats.batches,
			    all[kept / 2] * 1e3, all[kept * 99 / 100] * 1e3, 0 };
	free(all);
	return r;
}

/* --- the bare loop ----------------------------------------------------------------- */

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

static void step(sqlite3 *db, sqlite3_stmt *q)
{
	if (sqlite3_step(q) != SQLITE_DONE)
		die(sqlite3_errmsg(db));
	sqlite3_reset(q);
}

static void file_bare(sqlite3 *db, sqlite3_stmt **q, const struct filing *f)
{
	sqlite3_bind_text(q[0], 1, f->code, -1, SQLITE_STATIC);
	for (int p = 2; p <= 9; p++)
		sqlite3_bind_int64(q[0], p, column(f, p));
	sqlite3_bind_text(q[0], 10, f->body, 40, SQLITE_STATIC);
	sqlite3_bind_text(q[0], 11, f->body, TEXT, SQLITE_STATIC);
	step(db, q[0]);
	for (int p = 1; p <= 3; p++)
		sqlite3_bind_int64(q[1], p, column(f, p + 4));
	sqlite3_bind_text(q[1], 4, f->body, 20, SQLITE_STATIC);
	step(db, q[1]);
	sqlite3_bind_blob(q[2], 1, f->hash, sizeof(f->hash), SQLITE_STATIC);
	step(db, q[2]);
}

static double bare(const char *path, int batch)
{
	static const char *const texts[] = { sql_filing, sql_event, sql_leaf };
	sqlite3 *db;
	sqlite3_stmt *q[3];
	long done = 0;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		die("could not open the bare database");
	run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192");
	run(db, schema);
	for (int i = 0; i < 3; i++)
		if (sqlite3_prepare_v2(db, texts[i], -1, &q[i], NULL) != SQLITE_OK)
			die(sqlite3_errmsg(db));
	double start = now(), end;
	do {
		run(db, "BEGIN IMMEDIATE");
		for (int i = 0; i < batch; i++, done++) {
			struct filing f;
			fill(&f, ++next_number);
			file_bare(db, q, &f);
		}
		run(db, "COMMIT");
		end = now();
	} while (end - start < SECONDS);
	for (int i = 0; i < 3; i++)
		sqlite3_finalize(q[i]);
	sqlite3_close(db);
	return (double)done / (end - start);
}

static int by_ratio(const void *a, const void *b)
{
	const struct result *x = a, *y = b;

	return (x->rate / x->bare > y->rate / y->bare) - (x->rate / x->bare < y->rate / y->bare);
}

/* Fresh databases in each round, so that all rounds begin alike. */
static struct result measure(const char *top, int clients)
{
	struct result r[ROUNDS];
	char where[256], path[256];

	for (int i = 0; i < ROUNDS; i++) {
		snprintf(where, sizeof(where), "%s/store%d-%d", top, clients, i);
		snprintf(path, sizeof(path), "%s/bare%d-%d.db", top, clients, i);
		r[i] = through_store(where, clients);
		r[i].bare = bare(path, (int)(r[i].batch + 0.5));
	}
	qsort(r, ROUNDS, sizeof(r[0]), by_ratio);
	return r[ROUNDS / 2];
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int main(int argc, char **argv)
{
	static const int clients[] = { 1, 8, 64 };
	char top[200];

	snprintf(top, sizeof(top), "%s/hy-bench-XXXXXX", argc > 1 ? argv[1] : ".");
	if (!mkdtemp(top))
		die("cannot make a folder here");
	printf("clients  filings/s  p50 ms  p99 ms  per txn   bare loop/s  ratio\n");
	for (size_t i = 0; i < HY_COUNT(clients); i++) {
		struct result r = measure(top, clients[i]);
		printf("%7d %10.0f %7.2f %7.2f %8.1f %13.0f %6.2f\n", clients[i], r.rate, r.p50,
		       r.p99, r.batch, r.bare, r.rate / r.bare);
		fflush(stdout);
	}
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
