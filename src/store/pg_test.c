/* What only a database server can do to us: end a connection at every moment, be restarted, be the
 * wrong one.  Run by tests/pg/with-postgres. */

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "store/testing.h"

static const char *where(void **state)
{
	return test_address(*state);
}

static void expect_code(enum hy_code got, enum hy_code want, struct hy_err *e)
{
	if (got != want || e->code != want)
		fail_msg("%s instead of %s: %s", hy_code_info(got)->name, hy_code_info(want)->name,
			 hy_err_text(e));
	hy_err_clear(e);
}

/* As the operator, past the store; the first value as a number. */
static int64_t operator(const char *address, const char *sql)
{
	PGconn *pg = PQconnectdb(address);
	PGresult *res = PQexec(pg, sql);

	if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(pg));
	int64_t n = PQntuples(res) ? atoll(PQgetvalue(res, 0, 0)) : 0;
	PQclear(res);
	PQfinish(pg);
	return n;
}

/* Ends every connection but the one that asks. */
static void end_connections(void)
{
	operator(test_database(), "SELECT count(pg_terminate_backend(pid, 5000)) FROM "
				  "pg_stat_activity WHERE pid <> pg_backend_pid() AND "
				  "datname = current_database()");
}

static enum hy_code add(struct hy_store *s, int64_t who, const char *body, struct hy_err *e)
{
	struct test_note n = { who, body };

	return hy_store_write(s, test_note_add, &n, e);
}

/* --- connections that end -------------------------------------------------------------------- */

static void a_lost_connection_is_made_anew(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct hy_db *db;
	bool row;

	for (int i = 1; i <= 5; i++) {
		assert_int_equal(add(s, i, NULL, &e), HY_OK);
		assert_int_equal(test_count(s), i);
		end_connections();
	}
	/* In the middle of reading nothing can be saved but the reader. */
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(*) FROM note"), 5);
	end_connections();
	{
		HY_SCOPED_STMT q = hy_sql(db, "SELECT 1");
		expect_code(hy_step(q, &row, &e), HY_STORE_BUSY, &e);
		expect_code(hy_step(q, &row, &e), HY_STORE_BUSY, &e);
	}
	hy_store_give(&db);
	assert_int_equal(test_count(s), 5);
	hy_store_close(&s);
}

struct cut {
	int runs, cut; /* the connection is ended in the first CUT runs */
};

static enum hy_code cut_off(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct test_note n = { 1, NULL };
	struct cut *c = in_out;
	enum hy_code code = test_note_add(db, &n, e);

	if (c->runs++ < c->cut)
		end_connections();
	return code ? code : test_note_add(db, &n, e);
}

static void work_cut_off_is_done_again(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct cut once = { 0, 1 }, always = { 0, 100 };

	assert_int_equal(hy_store_write(s, cut_off, &once, &e), HY_OK);
	assert_int_equal(test_count(s), 2);
	expect_code(hy_store_write(s, cut_off, &always, &e), HY_STORE_BUSY, &e);
	assert_int_equal(test_count(s), 2);
	hy_store_close(&s);
}

/* The server ends the connection while it commits: nobody can know. */
static void the_end_during_a_commit_has_an_unknown_fate(void **state)
{
	static const struct hy_migration schema[] = {
		{ .name = "test-001", TEST_NOTE },
		{ .name = "test-002",
		  .sql = "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
			 "IF NEW.who = 7 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END "
			 "IF; RETURN NULL; END $$;"
			 "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON note DEFERRABLE INITIALLY "
			 "DEFERRED FOR EACH ROW EXECUTE FUNCTION die()" },
		{ 0 },
	};
	struct hy_store_options o = { .create = true, .migrations = schema };
	struct hy_store *s = test_open(where(state), &o);
	struct hy_err e = { 0 };

	assert_int_equal(add(s, 1, NULL, &e), HY_OK);
	expect_code(add(s, 7, NULL, &e), HY_UNKNOWN_FATE, &e);
	assert_int_equal(add(s, 2, NULL, &e), HY_OK);
	assert_int_equal(test_count(s), 2);
	hy_store_close(&s);
}

static void postgres(const char *what)
{
	char command[300];

	snprintf(command, sizeof(command), "%s/%s >/dev/null 2>&1", getenv("HY_TEST_POSTGRES"),
		 what);
	assert_int_equal(system(command), 0);
}

/* A copy was asked for and does not answer: nobody is told "done", nobody is shown what it lacks,
 * and nobody waits for ever. */
static void a_copy_that_is_gone_confirms_nothing(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct hy_db *db;

	assert_int_equal(add(s, 1, NULL, &e), HY_OK);
	assert_int_equal(test_count(s), 1);
	operator(test_database(), "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	operator(test_database(), "SELECT pg_reload_conf()");
	usleep(200000);
	/* Open readers go on; what waits for its copy is not seen. */
	expect_code(add(s, 2, NULL, &e), HY_UNKNOWN_FATE, &e);
	assert_int_equal(test_count(s), 1);
	/* A backend that is ended while it waits shows what it wrote, as a restart would. */
	end_connections();
	assert_int_equal(operator(where(state), "SELECT count(*) FROM note"), 2);
	expect_code(hy_store_read(s, &db, &e), HY_STORE_BUSY, &e);
	operator(test_database(), "ALTER SYSTEM RESET synchronous_standby_names");
	operator(test_database(), "SELECT pg_reload_conf()");
	assert_int_equal(add(s, 3, NULL, &e), HY_OK);
	sleep(1); /* a vain attempt holds that long */
	assert_int_equal(test_count(s), 3);
	hy_store_close(&s);
}

static void *start_later(void *arg)
{
	(void)arg;
	usleep(500000);
	postgres("start");
	return NULL;
}

static void a_restart_is_waited_for(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	pthread_t t;

	assert_int_equal(add(s, 1, NULL, &e), HY_OK);
	for (int i = 0; i < 2; i++) {
		postgres(i ? "stop immediate" : "stop fast");
		assert_int_equal(pthread_create(&t, NULL, start_later, NULL), 0);
		if (i)
			assert_int_equal(add(s, 2, NULL, &e), HY_OK);
		else
			assert_int_equal(test_count(s), 1);
		pthread_join(t, NULL);
	}
	assert_int_equal(test_count(s), 2);
	hy_store_close(&s);
}

static void a_server_that_stays_away_is_said(void **state)
{
	struct hy_store *s = test_open(where(state), NULL), *other = NULL;
	struct hy_store_options o = { .migrations = test_schema };
	struct hy_err e = { 0 };
	struct hy_db *db;

	test_add(s, 1);
	postgres("stop fast");
	assert_int_equal(hy_store_open(where(state), &o, &other, &e), HY_STORE_BUSY);
	assert_non_null(strstr(hy_err_text(&e), "could not reach the database"));
	hy_err_clear(&e);
	expect_code(hy_store_read(s, &db, &e), HY_STORE_BUSY, &e);
	expect_code(hy_store_read(s, &db, &e), HY_STORE_BUSY, &e); /* at once this time */
	expect_code(add(s, 2, NULL, &e), HY_STORE_BUSY, &e);
	postgres("start");
	usleep(1100000);
	assert_int_equal(add(s, 3, NULL, &e), HY_OK);
	assert_int_equal(test_count(s), 2);
	hy_store_close(&s);
}

/* --- several servers ------------------------------------------------------------------------- */

enum { SERVERS = 3, CLIENTS = 2, EACH_CLIENT = 100 };

static const struct hy_migration numbered[] = {
	{ .name = "n-001",
	  .sql = "CREATE TABLE numbered(n BIGINT PRIMARY KEY); CREATE TABLE loose(n BIGINT)" },
	{ 0 },
};

/* The next number: what two batches side by side would both take. */
static enum hy_code take_next(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT max = hy_sql(db, "SELECT max(n) FROM numbered");
	HY_SCOPED_STMT put = hy_sql(db, "INSERT INTO numbered VALUES ($1)");
	bool row;
	enum hy_code code = hy_step(max, &row, e);

	(void)in_out;
	if (code)
		return code;
	hy_bind_int(put, 1, hy_col_int(max, 0) + 1);
	return hy_exec(put, NULL, e);
}

static void *client(void *arg)
{
	struct hy_err e = { 0 };

	for (int i = 0; i < EACH_CLIENT; i++)
		if (hy_store_write(arg, take_next, NULL, &e))
			fail_msg("%s", hy_err_text(&e));
	return NULL;
}

static void *open_one(void *arg)
{
	struct hy_store_options o = { .create = true, .migrations = numbered };

	return test_open(arg, &o);
}

static void servers_take_turns(void **state)
{
	struct hy_store *s[SERVERS];
	pthread_t t[SERVERS * CLIENTS];
	char address[512];
	struct hy_err e = { 0 };
	struct hy_db *db;

	/* All at once: one of them makes the schema. */
	snprintf(address, sizeof(address), "%s", where(state));
	for (int i = 0; i < SERVERS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, open_one, address), 0);
	for (int i = 0; i < SERVERS; i++)
		pthread_join(t[i], (void **)&s[i]);
	for (int i = 0; i < SERVERS * CLIENTS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, client, s[i % SERVERS]), 0);
	for (int i = 0; i < SERVERS * CLIENTS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(hy_store_read(s[0], &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(*) FROM numbered"),
			 SERVERS * CLIENTS * EACH_CLIENT);
	assert_int_equal(test_number(db, "SELECT max(n) FROM numbered"),
			 SERVERS * CLIENTS * EACH_CLIENT);
	hy_store_give(&db);
	for (int i = 0; i < SERVERS; i++)
		hy_store_close(&s[i]);
}

/* The next number, from memory as long as nobody else can have taken one; no key guards it. */
struct memory {
	uint64_t era;
	int64_t last;
	int asked;
};

static enum hy_code take_remembered(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct memory *m = in_out;
	HY_SCOPED_STMT max =
		hy_sql(db, "SELECT coalesce((SELECT n FROM loose ORDER BY n DESC LIMIT 1), 0)");
	HY_SCOPED_STMT put = hy_sql(db, "INSERT INTO loose VALUES ($1)");
	bool row;
	enum hy_code code = HY_OK;

	if (m->era != hy_db_era(db)) {
		code = hy_step(max, &row, e);
		m->last = code ? 0 : hy_col_int(max, 0);
		m->era = hy_db_era(db);
		m->asked++;
	}
	hy_bind_int(put, 1, ++m->last);
	return code ? code : hy_exec(put, NULL, e);
}

static void what_another_wrote_ends_an_era(void **state)
{
	static const int turns[] = { 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0 };
	struct memory m[2] = { 0 };
	struct hy_store *s[2];
	char address[512];
	struct hy_err e = { 0 };
	struct hy_db *db;
	int asked;

	snprintf(address, sizeof(address), "%s", where(state));
	s[0] = open_one(address);
	s[1] = open_one(address);
	for (size_t i = 0; i < HY_COUNT(turns); i++) {
		asked = m[turns[i]].asked;
		if (hy_store_write(s[turns[i]], take_remembered, &m[turns[i]], &e))
			fail_msg("turn %zu: %s", i, hy_err_text(&e));
		/* Who wrote last, and not for the first time, need not ask. */
		if (i > 1 && turns[i] == turns[i - 1])
			assert_int_equal(m[turns[i]].asked, asked);
	}
	assert_int_equal(hy_store_read(s[0], &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(DISTINCT n) FROM loose"), HY_COUNT(turns));
	assert_int_equal(test_number(db, "SELECT max(n) FROM loose"), HY_COUNT(turns));
	hy_store_give(&db);
	/* Somebody else's sign in the midst of a hope: as if another machine had written. */
	assert_int_equal(hy_store_write(s[0], take_remembered, &m[0], &e), HY_OK);
	operator(address, "UPDATE huiyin_database SET writer = 7 RETURNING 1");
	operator(address, "INSERT INTO loose VALUES (20) RETURNING 1");
	assert_int_equal(hy_store_write(s[0], take_remembered, &m[0], &e), HY_OK);
	assert_int_equal(operator(address, "SELECT max(n) FROM loose"), 21);
	hy_store_close(&s[0]);
	hy_store_close(&s[1]);
}

/* The hope is vain, and before the second attempt the server is gone. */
static enum hy_code look_and_lose(struct hy_db *db, void *in_out, struct hy_err *e)
{
	int *lost = in_out;
	HY_SCOPED_STMT max = hy_sql(db, "SELECT coalesce(max(n), 0) FROM loose");
	bool row;
	enum hy_code code = hy_step(max, &row, e);

	if (code && !(*lost)++)
		postgres("stop immediate");
	return code;
}

static void what_a_vain_hope_met_is_told_to_nobody(void **state)
{
	struct memory m = { 0 };
	struct hy_err e = { 0 };
	char address[512];
	int lost = 0;

	snprintf(address, sizeof(address), "%s", where(state));
	struct hy_store *s = open_one(address);

	for (int i = 0; i < 2; i++)
		if (hy_store_write(s, take_remembered, &m, &e))
			fail_msg("%s", hy_err_text(&e));
	operator(address, "UPDATE huiyin_database SET writer = 7 RETURNING 1");
	expect_code(hy_store_write(s, look_and_lose, &lost, &e), HY_STORE_BUSY, &e);
	assert_int_equal(lost, 1);
	postgres("start");
	usleep(1100000); /* a vain attempt holds that long */
	assert_int_equal(hy_store_write(s, look_and_lose, &lost, &e), HY_OK);
	hy_store_close(&s);
}

/* --- rows that are sent together ------------------------------------------------------------- */

enum { GATHERED = 23 }; /* 8 + 8 + 4 + 2 + 1 */

static enum hy_code say(struct hy_db *db, int64_t who, const char *body, struct hy_err *e)
{
	struct test_note n = { who, body };

	return test_note_add(db, &n, e);
}

static enum hy_code set_who(struct hy_db *db, int64_t who, const char *body, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "UPDATE note SET who = $1 WHERE body = $2");

	hy_bind_int(q, 1, who);
	hy_bind_text(q, 2, hy_str_of(body));
	return hy_exec(q, NULL, e);
}

/* Inserts, changes one of what was inserted several times, another once, and looks. */
static enum hy_code gather(struct hy_db *db, void *in_out, struct hy_err *e)
{
	int64_t *seen = in_out;
	char body[24];
	enum hy_code code = HY_OK;

	for (int i = 0; !code && i < GATHERED; i++) {
		snprintf(body, sizeof(body), "row %d", i);
		code = say(db, i, i == 20 ? NULL : body, e);
		if (!code && i == 11)
			code = set_who(db, 7777, "row 12", e); /* which is not there yet */
		if (!code && i == 14)
			code = set_who(db, 500, "row 3", e);
	}
	for (int i = 1; !code && i <= 5; i++)
		code = set_who(db, 1000 + i, "row 4", e);
	if (!code)
		code = set_who(db, 2000, "row 5", e);
	if (!code)
		code = set_who(db, 3000, "row 4", e);
	if (!code && seen) {
		seen[0] = test_number(db, "SELECT count(*) FROM note");
		seen[1] = test_number(db, "SELECT sum(who) FROM note");
	}
	return code;
}

static const int64_t gathered_sum = 22 * 23 / 2 - 3 - 4 - 5 + 500 + 3000 + 2000;

static void rows_are_seen_as_soon_as_they_are_looked_for(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct hy_db *db;
	int64_t seen[2];

	if (hy_store_write(s, gather, seen, &e))
		fail_msg("%s", hy_err_text(&e));
	assert_int_equal(seen[0], GATHERED);
	assert_int_equal(seen[1], gathered_sum);
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(*) FROM note"), GATHERED);
	assert_int_equal(test_number(db, "SELECT sum(who) FROM note"), gathered_sum);
	assert_int_equal(test_number(db, "SELECT count(*) FROM note WHERE body IS NULL"), 1);
	hy_store_give(&db);
	hy_store_close(&s);
}

/* The row that is refused goes out with others, in the batch's commit. */
static void a_refused_row_takes_no_other_with_it(void **state)
{
	struct hy_store_options o = { .create = true, .migrations = test_schema };
	struct hy_store *s = test_open(where(state), &o);
	struct hy_err e = { 0 };

	if (hy_store_write(s, gather, NULL, &e))
		fail_msg("%s", hy_err_text(&e));
	expect_code(hy_store_write(s, gather, NULL, &e), HY_EXISTS, &e);
	assert_int_equal(test_count(s), GATHERED);
	assert_int_equal(add(s, 1, "another", &e), HY_OK);
	expect_code(add(s, 1, "another", &e), HY_EXISTS, &e);
	assert_int_equal(test_count(s), GATHERED + 1);
	hy_store_close(&s);
}

/* --- databases that will not do -------------------------------------------------------------- */

static void the_wrong_database_is_refused(void **state)
{
	static const struct {
		const char *make, *says;
	} wrong[] = {
		{ "ENCODING 'LATIN1' LOCALE 'C'", "has the encoding LATIN1" },
		{ "ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'zh'",
		  "sorts text by the rules of" },
	};
	struct hy_store_options o = { .create = true, .migrations = test_schema };
	struct hy_store *s = NULL;
	struct hy_err e = { 0 };
	char sql[200], address[300];

	for (size_t i = 0; i < HY_COUNT(wrong); i++) {
		snprintf(sql, sizeof(sql), "CREATE DATABASE wrong%zu TEMPLATE template0 %s", i,
			 wrong[i].make);
		operator(test_database(), sql);
		snprintf(address, sizeof(address), "%s&dbname=wrong%zu", test_database(), i);
		assert_int_equal(hy_store_open(address, &o, &s, &e), HY_BAD_INPUT);
		assert_non_null(strstr(e.detail, wrong[i].says));
		assert_non_null(strstr(e.detail, "LOCALE 'C'")); /* and how to make a good one */
		hy_err_clear(&e);
	}
	struct hy_store *first = test_open(where(state), NULL);
	hy_store_close(&first);
	operator(where(state), "DROP TABLE huiyin_database");
	assert_int_equal(hy_store_open(where(state), &o, &s, &e), HY_BAD_INPUT);
	assert_non_null(strstr(e.detail, "another program"));
	hy_err_clear(&e);
	operator(where(state), "CREATE TABLE huiyin_database(format BIGINT); INSERT INTO "
			       "huiyin_database VALUES (99)");
	assert_int_equal(hy_store_open(where(state), &o, &s, &e), HY_BAD_INPUT);
	assert_non_null(strstr(e.detail, "newer version"));
}

static void passwords_are_not_told(void **state)
{
	struct hy_store_options o = { .create = true, .migrations = test_schema };
	char address[600];
	struct hy_store *s = NULL;
	struct hy_err e = { 0 };
	static const char *const bad[] = {
		"postgresql://me:geheim@[::1/x",
		"postgresql://me:geheim@/x?host=/nowhere",
		"postgresql://me@/x?host=/nowhere&password=geheim",
		"postgresql://me@/x?password=geheim&nonsense=1",
	};

	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		assert_true(hy_store_open(bad[i], &o, &s, &e) != HY_OK);
		assert_null(strstr(e.detail, "geheim"));
		assert_null(strstr(e.log, "geheim"));
		hy_err_clear(&e);
	}
	snprintf(address, sizeof(address), "%s&password=geheim", where(state));
	s = test_open(address, &o);
	assert_null(strstr(hy_store_where(s), "geheim"));
	assert_non_null(strstr(hy_store_where(s), "huiyin"));
	hy_store_close(&s);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, test_folder, test_folder_gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_lost_connection_is_made_anew),
		EACH(work_cut_off_is_done_again),
		EACH(the_end_during_a_commit_has_an_unknown_fate),
		EACH(a_copy_that_is_gone_confirms_nothing),
		EACH(a_restart_is_waited_for),
		EACH(a_server_that_stays_away_is_said),
		EACH(servers_take_turns),
		EACH(what_another_wrote_ends_an_era),
		EACH(what_a_vain_hope_met_is_told_to_nobody),
		EACH(rows_are_seen_as_soon_as_they_are_looked_for),
		EACH(a_refused_row_takes_no_other_with_it),
		EACH(the_wrong_database_is_refused),
		EACH(passwords_are_not_told),
	};
	if (!test_database()) {
		fprintf(stderr, "run it as: tests/pg/with-postgres PROGRAM\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
