/* limit -- what a bare C loop commits: the rows that the server wrote for its filings, with
 * the server's tables and indexes, so many filings a transaction, and nothing else.
 *
 *   bench-limit CITY.db PER-TRANSACTION SECONDS [PAGES]
 *
 * Copies the database (so that both sides have the same size before), takes the rows of its last
 * filings, and inserts them again with new numbers: event, event_private, matter with its secret,
 * the number's counter; per transaction the log's head; per 256 events a node of its tree.  The
 * log is moved into the tables every PAGES pages (SQLite's default, 1000).  Prints filings/s, p50
 * and p99 of a transaction in ms, and microseconds of processor a filing. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TABLES = 3, SAMPLE = 1000, COLUMNS = 64, TRANSACTIONS = 1 << 20 };

/* The first column is the number; a matter's code follows it. */
static const struct {
	const char *name, *rows;
} tables[TABLES] = {
	{ "event", "SELECT * FROM event WHERE matter IS NOT NULL ORDER BY idx DESC LIMIT 1000" },
	{ "event_private", "SELECT p.* FROM event_private p JOIN event e ON e.idx = p.idx"
			   " WHERE e.matter IS NOT NULL ORDER BY p.idx DESC LIMIT 1000" },
	{ "matter", "SELECT * FROM matter ORDER BY id DESC LIMIT 1000" },
};
static sqlite3_value *rows[TABLES][SAMPLE][COLUMNS];
static int n_rows[TABLES], n_columns[TABLES], code_at, matter_at;
static sqlite3_int64 next_event, next_matter;
static float took[TRANSACTIONS];

static _Noreturn void die(sqlite3 *db, const char *text)
{
	fprintf(stderr, "bench-limit: %s: %s\n", text, db ? sqlite3_errmsg(db) : "");
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(db, sql);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		die(db, sql);
	return s;
}

static void step(sqlite3 *db, sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		die(db, sqlite3_sql(s));
	sqlite3_reset(s);
}

static sqlite3_int64 number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = prepare(db, sql);

	if (sqlite3_step(s) != SQLITE_ROW)
		die(db, sql);
	sqlite3_int64 v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static void copy(const char *from, const char *to)
{
	sqlite3 *a, *b;

	if (sqlite3_open_v2(from, &a, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		die(a, from);
	if (sqlite3_open(to, &b) != SQLITE_OK)
		die(b, to);
	sqlite3_backup *copying = sqlite3_backup_init(b, "main", a, "main");
	if (!copying || sqlite3_backup_step(copying, -1) != SQLITE_DONE)
		die(b, "could not copy");
	sqlite3_backup_finish(copying);
	sqlite3_close(a);
	sqlite3_close(b);
}

/* --- the rows ---------------------------------------------------------------------------- */

static void take_rows(sqlite3 *db, int t)
{
	sqlite3_stmt *s = prepare(db, tables[t].rows);

	n_columns[t] = sqlite3_column_count(s);
	for (int i = 0; i < n_columns[t]; i++) {
		if (strcmp(sqlite3_column_name(s, i), "code") == 0)
			code_at = i;
		if (strcmp(sqlite3_column_name(s, i), "matter") == 0)
			matter_at = i;
	}
	while (n_rows[t] < SAMPLE && sqlite3_step(s) == SQLITE_ROW) {
		for (int i = 0; i < n_columns[t]; i++)
			rows[t][n_rows[t]][i] = sqlite3_value_dup(sqlite3_column_value(s, i));
		n_rows[t]++;
	}
	sqlite3_finalize(s);
	if (n_rows[t] == 0)
		die(NULL, "the city has no filings to copy");
}

static sqlite3_stmt *inserting(sqlite3 *db, int t)
{
	char sql[512];
	int n = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", tables[t].name);

	for (int i = 1; i < n_columns[t]; i++)
		n += snprintf(sql + n, sizeof(sql) - (size_t)n, ",?");
	snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
	return prepare(db, sql);
}

static void insert(sqlite3 *db, sqlite3_stmt *s, int t, sqlite3_int64 id, long nth)
{
	char code[32];

	for (int i = 0; i < n_columns[t]; i++)
		sqlite3_bind_value(s, i + 1, rows[t][nth % n_rows[t]][i]);
	sqlite3_bind_int64(s, 1, id);
	if (t == 0)
		sqlite3_bind_int64(s, matter_at + 1, next_matter);
	if (t == 2) {
		snprintf(code, sizeof(code), "TS-2999-%06lld", (long long)id);
		sqlite3_bind_text(s, code_at + 1, code, -1, SQLITE_STATIC);
	}
	step(db, s);
}

/* --- the loop ---------------------------------------------------------------------------- */

enum fixed { BEGIN, COMMIT, COUNTER, HEAD, NODE, FIXED };
static const char *const texts[FIXED] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[COUNTER] = "UPDATE matter_number SET n = n + 1",
	[HEAD] = "UPDATE log_head SET size = ?1, root = randomblob(32), at = ?1",
	[NODE] = "INSERT INTO log_node VALUES (1, ?1, randomblob(32))",
};

static void transaction(sqlite3 *db, sqlite3_stmt **s, sqlite3_stmt **in, int filings, long nth)
{
	step(db, s[BEGIN]);
	for (int i = 0; i < filings; i++, next_event++, next_matter++) {
		for (int t = 0; t < TABLES; t++)
			insert(db, in[t], t, t < 2 ? next_event : next_matter, nth + i);
		step(db, s[COUNTER]);
		if (next_event % 256 == 255) {
			sqlite3_bind_int64(s[NODE], 1, next_event / 256 + 1000000);
			step(db, s[NODE]);
		}
	}
	sqlite3_bind_int64(s[HEAD], 1, next_event);
	step(db, s[HEAD]);
	step(db, s[COMMIT]);
}

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void loop(sqlite3 *db, int filings, double seconds)
{
	sqlite3_stmt *s[FIXED], *in[TABLES];
	long n = 0;

	for (int i = 0; i < FIXED; i++)
		s[i] = prepare(db, texts[i]);
	for (int t = 0; t < TABLES; t++)
		in[t] = inserting(db, t);
	double start = now(), at = start, used = processor();
	while (at - start < seconds && n < TRANSACTIONS) {
		double before = at;
		transaction(db, s, in, filings, n * filings);
		at = now();
		took[n++] = (float)((at - before) * 1e3);
	}
	used = processor() - used;
	qsort(took, (size_t)n, sizeof(*took), by_size);
	printf("%.0f %.2f %.2f %.1f\n", (double)n * filings / (at - start), (double)took[n / 2],
	       (double)took[n * 99 / 100], used * 1e6 / ((double)n * filings));
	for (int i = 0; i < FIXED; i++)
		sqlite3_finalize(s[i]);
	for (int t = 0; t < TABLES; t++)
		sqlite3_finalize(in[t]);
}

int main(int argc, char **argv)
{
	char path[4096], pragma[64];
	static const char *const ends[] = { "", "-wal", "-shm" };
	sqlite3 *db;

	if (argc < 4 || atoi(argv[2]) < 1) {
		fputs("usage: bench-limit CITY.db PER-TRANSACTION SECONDS [PAGES]\n", stderr);
		return 2;
	}
	snprintf(path, sizeof(path) - 8, "%s.limit", argv[1]);
	for (int i = 0; i < 3; i++) {
		char old[4104];
		snprintf(old, sizeof(old), "%s%s", path, ends[i]);
		unlink(old);
	}
	copy(argv[1], path);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(db, path);
	run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192");
	snprintf(pragma, sizeof(pragma), "PRAGMA wal_autocheckpoint=%d",
		 argc > 4 ? atoi(argv[4]) : 1000);
	run(db, pragma);
	for (int t = 0; t < TABLES; t++)
		take_rows(db, t);
	next_event = number(db, "SELECT max(idx) + 1 FROM event");
	next_matter = number(db, "SELECT max(id) + 1 FROM matter");
	loop(db, atoi(argv[2]), atof(argv[3]));
	sqlite3_close(db);
	for (int i = 0; i < 3; i++) {
		char old[4104];
		snprintf(old, sizeof(old), "%s%s", path, ends[i]);
		unlink(old);
	}
	return 0;
}
