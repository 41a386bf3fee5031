/* The contract of store.h, for every driver: HY_TEST_STORE may name another address. */

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

/* --- values ------------------------------------------------------------------------ */

static const struct hy_migration value_schema[] = {
	{ "value-001", "CREATE TABLE v(id BIGINT PRIMARY KEY, i BIGINT, t TEXT)" },
	{ .name = "value-002",
	  .sqlite = "CREATE TABLE b(id BIGINT PRIMARY KEY, b BLOB)",
	  .pg = "CREATE TABLE b(id BIGINT PRIMARY KEY, b BYTEA)" },
	{ 0 },
};

static enum hy_code put_values(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT v = hy_sql(db, "INSERT INTO v(id, i, t) VALUES ($1, $2, $3)");
	HY_SCOPED_STMT b = hy_sql(db, "INSERT INTO b(id, b) VALUES ($1, $2)");
	static const char text[] = "回音 \xf0\x9f\x93\xac";
	int64_t *changed = in_out;
	enum hy_code code;

	hy_bind_int(v, 1, 1);
	hy_bind_int(v, 2, INT64_MIN);
	hy_bind_text(v, 3, hy_str_of(text));
	if ((code = hy_exec(v, changed, e)))
		return code;
	hy_bind_int(v, 1, 2);
	hy_bind_opt(v, 2, -1, -1);
	hy_bind_text(v, 3, (hy_str){ 0 });
	if ((code = hy_exec(v, NULL, e)))
		return code;
	hy_bind_int(v, 1, 3);
	hy_bind_opt(v, 2, INT64_MAX, -1);
	hy_bind_null(v, 3);
	if ((code = hy_exec(v, NULL, e)))
		return code;
	hy_bind_int(b, 1, 1);
	hy_bind_blob(b, 2, HY_S("\0\xff\0"));
	if ((code = hy_exec(b, NULL, e)))
		return code;
	hy_bind_int(b, 1, 2);
	hy_bind_blob(b, 2, (hy_str){ 0 });
	return hy_exec(b, NULL, e);
}

static void values_come_back(void **state)
{
	struct hy_store_options o = { .create = true, .migrations = value_schema };
	struct hy_store *s = test_open(where(state), &o);
	struct hy_err e = { 0 };
	int64_t changed = 0;
	bool row;

	assert_int_equal(hy_store_write(s, put_values, &changed, &e), HY_OK);
	assert_int_equal(changed, 1);
	struct hy_db *db;
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	struct hy_stmt *q = hy_sql(db, "SELECT i, t FROM v ORDER BY id");
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	assert_true(row);
	assert_true(hy_col_int(q, 0) == INT64_MIN);
	assert_true(hy_str_eq(hy_col_text(q, 1), HY_S("回音 \xf0\x9f\x93\xac")));
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str copy = hy_col_dup(a, q, 1);
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	assert_true(hy_str_eq(copy, HY_S("回音 \xf0\x9f\x93\xac")));
	assert_true(hy_col_null(q, 0) && hy_col_int(q, 0) == 0 && hy_col_opt(q, 0, -7) == -7);
	assert_true(!hy_col_null(q, 1) && hy_col_text(q, 1).n == 0);
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	assert_true(hy_col_int(q, 0) == INT64_MAX && hy_col_opt(q, 0, -7) == INT64_MAX);
	assert_true(hy_col_null(q, 1) && hy_col_text(q, 1).n == 0);
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	assert_false(row);
	hy_done(&q);
	assert_null(q);
	hy_done(&q);
	q = hy_sql(db, "SELECT b FROM b ORDER BY id");
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	assert_true(hy_str_eq(hy_col_text(q, 0), HY_S("\0\xff\0")));
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	assert_true(row && !hy_col_null(q, 0) && hy_col_text(q, 0).n == 0);
	hy_done(&q);
	hy_store_give(&db);
	assert_null(db);
	hy_store_give(&db);
	hy_store_close(&s);
	assert_null(s);
	hy_store_close(&s);
}

/* --- statements -------------------------------------------------------------------- */

static void parameters_go_by_number(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	{
		HY_SCOPED_STMT q = hy_sql(db, "SELECT $2 - $1, $1 + $1, $11");
		hy_bind_int(q, 11, 5);
		hy_bind_int(q, 2, 30);
		hy_bind_int(q, 1, 7);
		assert_int_equal(hy_step(q, &row, &e), HY_OK);
		assert_int_equal(hy_col_int(q, 0), 23);
		assert_int_equal(hy_col_int(q, 1), 14);
		assert_int_equal(hy_col_int(q, 2), 5);
		/* Bound again in the middle: it begins afresh, the others stay. */
		hy_bind_int(q, 1, 10);
		assert_int_equal(hy_step(q, &row, &e), HY_OK);
		assert_int_equal(hy_col_int(q, 0), 20);
	}
	{
		HY_SCOPED_STMT q = hy_sql(db, "SELECT $2 - $1, $1 + $1, $11");
		assert_int_equal(hy_step(q, &row, &e), HY_OK);
		assert_true(hy_col_null(q, 0) && hy_col_null(q, 2)); /* nothing is left over */
	}
	{
		HY_SCOPED_STMT q = hy_sql(db, "SELECT $1");
		hy_bind_int(q, 2, 1);
		expect_code(hy_step(q, &row, &e), HY_INTERNAL, &e);
		hy_bind_int(q, 1, 1);
		assert_int_equal(hy_step(q, &row, &e), HY_OK);
		hy_bind_int(q, 0, 1);
		expect_code(hy_step(q, &row, &e), HY_INTERNAL, &e);
	}
	hy_store_give(&db);
	hy_store_close(&s);
}

static void bad_sql_fails_at_the_step(void **state)
{
	static const char *const bad[] = { "SELEC 1",
					   "SELECT * FROM nowhere",
					   "",
					   "SELECT 1; SELECT 2",
					   "SELECT ?",
					   "SELECT ?1",
					   "SELECT :name",
					   "SELECT $x",
					   "SELECT $0",
					   "SELECT $1000",
					   "SELECT \"nowhere\"" };
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		HY_SCOPED_STMT q = hy_sql(db, bad[i]);
		hy_bind_int(q, 1, 1);
		expect_code(hy_step(q, &row, &e), HY_INTERNAL, &e);
		expect_code(hy_exec(q, NULL, &e), HY_INTERNAL, &e);
	}
	{
		HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO note(who) VALUES (1)");
		expect_code(hy_exec(q, NULL, &e), HY_STORE, &e); /* readers do not write */
	}
	hy_store_give(&db);
	hy_store_close(&s);
}

static void text_must_be_text(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	{
		HY_SCOPED_STMT q = hy_sql(db, "SELECT $1");
		hy_bind_text(q, 1, HY_S("a\0b"));
		expect_code(hy_step(q, &row, &e), HY_BAD_INPUT, &e);
		hy_bind_text(q, 1, HY_S("\xff\xfe"));
		expect_code(hy_step(q, &row, &e), HY_BAD_INPUT, &e);
		hy_bind_text(q, 1, HY_S("it's; DROP TABLE note --"));
		assert_int_equal(hy_step(q, &row, &e), HY_OK);
		assert_true(hy_str_eq(hy_col_text(q, 0), HY_S("it's; DROP TABLE note --")));
	}
	hy_store_give(&db);
	hy_store_close(&s);
}

/* More texts than the cache holds, at one address, some kept open meanwhile. */
static void many_statements(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	char sql[64];
	bool row;

	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	struct hy_stmt *held = hy_sql(db, "SELECT 4711");
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 1500; i++) {
			snprintf(sql, sizeof(sql), "SELECT %d", i);
			HY_SCOPED_STMT q = hy_sql(db, sql);
			assert_int_equal(hy_step(q, &row, &e), HY_OK);
			assert_int_equal(hy_col_int(q, 0), i);
		}
	assert_int_equal(hy_step(held, &row, &e), HY_OK);
	assert_int_equal(hy_col_int(held, 0), 4711);
	hy_done(&held);
	hy_store_give(&db);
	hy_store_close(&s);
}

/* --- errors and savepoints --------------------------------------------------------- */

static enum hy_code add_two(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct test_note *n = in_out;
	enum hy_code code = test_note_add(db, &n[0], e);

	return code ? code : test_note_add(db, &n[1], e);
}

static enum hy_code add_then_refuse(struct hy_db *db, void *in_out, struct hy_err *e)
{
	enum hy_code code = test_note_add(db, in_out, e);

	return code ? code : hy_fail(e, HY_NOT_NOW, "state", "not on a Sunday");
}

static void errors_undo_their_own_work(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct test_note ok[2] = { { 1, "a" }, { 1, "b" } }, twice[2] = { { 2, "c" }, { 2, "a" } };

	assert_int_equal(hy_store_write(s, add_two, ok, &e), HY_OK);
	expect_code(hy_store_write(s, add_two, twice, &e), HY_EXISTS, &e);
	struct test_note n = { 3, "d" };
	assert_int_equal(hy_store_write(s, add_then_refuse, &n, &e), HY_NOT_NOW);
	assert_string_equal(e.field, "state");
	assert_string_equal(e.detail, "not on a Sunday");
	assert_int_equal(test_count(s), 2);
	hy_store_close(&s);
}

/* An error the work deals with itself does not fail it. */
static enum hy_code try_another(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct test_note taken = { 9, "a" }, *n = in_out;
	struct hy_err ignored = { 0 };

	if (test_note_add(db, &taken, &ignored) != HY_EXISTS)
		return hy_broke(e, HY_INTERNAL, "the note should be there already");
	return test_note_add(db, n, e);
}

static void work_may_survive_an_error(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct test_note n = { 1, "a" }, other = { 1, "z" };

	assert_int_equal(hy_store_write(s, test_note_add, &n, &e), HY_OK);
	if (hy_store_write(s, try_another, &other, &e))
		fail_msg("%s", hy_err_text(&e));
	assert_int_equal(test_count(s), 2);
	hy_store_close(&s);
}

static enum hy_code upsert(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO note(who, body) VALUES ($1, 'same') "
				      "ON CONFLICT(body) DO UPDATE SET who = note.who + $1 "
				      "RETURNING who");
	bool row;

	hy_bind_int(q, 1, 5);
	enum hy_code code = hy_step(q, &row, e);
	if (!code)
		*(int64_t *)in_out = hy_col_int(q, 0);
	return code;
}

static void upsert_and_returning(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	int64_t who = 0;

	assert_int_equal(hy_store_write(s, upsert, &who, &e), HY_OK);
	assert_int_equal(who, 5);
	assert_int_equal(hy_store_write(s, upsert, &who, &e), HY_OK);
	assert_int_equal(who, 10);
	hy_store_close(&s);
}

/* More rows than are fetched at once, with other statements on the way. */
static enum hy_code add_range(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const int *range = in_out; /* from, until */
	enum hy_code code = HY_OK;

	for (int i = range[0]; !code && i < range[1]; i++)
		code = test_note_add(db, &(struct test_note){ i, NULL }, e);
	return code;
}

static int64_t read_all(struct hy_db *db)
{
	HY_SCOPED_STMT q = hy_sql_many(db, "SELECT who FROM note WHERE who >= $1 ORDER BY who");
	struct hy_err e = { 0 };
	int64_t n = 0;
	bool row;

	hy_bind_int(q, 1, 0);
	for (;; n++) {
		assert_int_equal(hy_step(q, &row, &e), HY_OK);
		if (!row)
			return n;
		assert_int_equal(hy_col_int(q, 0), n);
		if (n % 100 == 0)
			assert_int_equal(test_number(db, "SELECT min(who) FROM note"), 0);
	}
}

static enum hy_code read_in_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)e;
	*(int64_t *)in_out = read_all(db);
	return HY_OK;
}

static void many_rows_come_in_order(void **state)
{
	static const int sizes[] = { 0, 1, 512, 1300 };
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	int64_t n = 0;

	for (size_t i = 0; i < HY_COUNT(sizes); i++) {
		int range[] = { (int)n, sizes[i] };
		HY_SCOPED_DB db = NULL;
		assert_int_equal(hy_store_write(s, add_range, range, &e), HY_OK);
		assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
		n = read_all(db);
		assert_int_equal(n, sizes[i]);
		assert_int_equal(read_all(db), n);
		HY_SCOPED_STMT half = hy_sql_many(db, "SELECT who FROM note ORDER BY id");
		bool row;
		assert_int_equal(hy_step(half, &row, &e), HY_OK); /* and left where it is */
	}
	int64_t inside = 0;
	assert_int_equal(hy_store_write(s, read_in_work, &inside, &e), HY_OK);
	assert_int_equal(inside, n);
	hy_store_close(&s);
}

static void numbers_are_numbers(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	int range[] = { 0, 3 };
	bool row;

	assert_int_equal(hy_store_write(s, add_range, range, &e), HY_OK);
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	HY_SCOPED_STMT q = hy_sql(db, "SELECT sum(who), count(*), sum(-who * 12345678901), 1 < 2, "
				      "1 > 2, -7, sum(who) * 10000, max(who) * 20000 FROM note");
	assert_int_equal(hy_step(q, &row, &e), HY_OK);
	static const int64_t want[] = { 3, 3, -37037036703, 1, 0, -7, 30000, 40000 };
	for (int i = 0; i < (int)HY_COUNT(want); i++)
		assert_true(hy_col_int(q, i) == want[i]);
	assert_true(hy_str_eq(hy_col_text(q, 2), HY_S("-37037036703")));
	assert_true(hy_str_eq(hy_col_text(q, 5), HY_S("-7")));
	hy_done(&q);
	hy_store_give(&db);
	hy_store_close(&s);
}

/* --- readers ----------------------------------------------------------------------- */

static void readers_keep_their_snapshot(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	struct hy_db *before, *after;

	test_add(s, 1);
	assert_int_equal(hy_store_read(s, &before, &e), HY_OK);
	test_add(s, 2); /* before the first query of BEFORE */
	assert_int_equal(hy_store_read(s, &after, &e), HY_OK);
	test_add(s, 3);
	assert_int_equal(test_number(before, "SELECT count(*) FROM note"), 1);
	assert_int_equal(test_number(after, "SELECT count(*) FROM note"), 2);
	assert_ptr_equal(hy_db_store(before), s);
	hy_store_give(&before);
	hy_store_give(&after);
	assert_int_equal(test_count(s), 3);
	hy_store_close(&s);
}

static void mark_gone(void *arg)
{
	*(bool *)arg = true;
}

static enum hy_code hang_on_arena(struct hy_db *db, void *in_out, struct hy_err *e)
{
	hy_arena_defer(hy_db_arena(db), mark_gone, in_out);
	return *(bool *)in_out ? hy_broke(e, HY_INTERNAL, "too early") : HY_OK;
}

static void arenas_end_with_the_transaction(void **state)
{
	struct hy_store *s = test_open(where(state), NULL);
	struct hy_err e = { 0 };
	bool gone = false, given = false;
	struct hy_db *db;

	assert_int_equal(hy_store_write(s, hang_on_arena, &gone, &e), HY_OK);
	assert_true(gone);
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	hy_arena_defer(hy_db_arena(db), mark_gone, &given);
	assert_false(given);
	hy_store_give(&db);
	assert_true(given);
	hy_store_close(&s);
}

/* --- migrations -------------------------------------------------------------------- */

static int64_t noon(void)
{
	return 1234567890123;
}

static void migrations_run_once_and_in_order(void **state)
{
	static const struct hy_migration more[] = {
		{ .name = "test-001", TEST_NOTE },
		{ "test-002", TEST_NOTE_BODY },
		{ "test-003", "INSERT INTO note(who, body) VALUES (1, 'x'); "
			      "INSERT INTO note(who, body) VALUES (2, 'y')" },
		{ 0 },
	};
	struct hy_store_options o = { .create = true };
	struct hy_store *s = test_open(where(state), &o);

	test_add(s, 1);
	hy_store_close(&s);
	o = (struct hy_store_options){ .migrations = more, .now = noon };
	for (int i = 0; i < 2; i++) {
		s = test_open(where(state), &o);
		assert_int_equal(test_count(s), 3);
		assert_true(hy_store_now(s) == 1234567890123);
		hy_store_close(&s);
	}
	o.read_only = true;
	s = test_open(where(state), &o);
	struct hy_err e = { 0 };
	struct hy_db *db;
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	assert_true(test_number(db, "SELECT at FROM schema_step WHERE name='test-003'") == noon());
	hy_store_give(&db);
	hy_store_close(&s);
	/* An older program meets a newer schema. */
	o = (struct hy_store_options){ .migrations = test_schema };
	expect_code(hy_store_open(where(state), &o, &s, &e), HY_BAD_INPUT, &e);
	o.read_only = true;
	assert_int_equal(hy_store_open(where(state), &o, &s, &e), HY_BAD_INPUT);
	assert_non_null(strstr(e.detail, "test-003"));
	assert_non_null(strstr(e.detail, "newer"));
}

static void a_failed_migration_leaves_nothing(void **state)
{
	static const struct hy_migration broken[] = {
		{ .name = "test-001", TEST_NOTE },
		{ "test-002", TEST_NOTE_BODY },
		{ "test-003", "CREATE TABLE more(id BIGINT)" },
		{ "test-004", "INSERT INTO nowhere VALUES (1)" },
		{ 0 },
	};
	static const struct hy_migration ends[] = { { "a", "CREATE TABLE a(i BIGINT); COMMIT" },
						    { 0 } };
	static const struct hy_migration same[] = { { "a", "CREATE TABLE a(i BIGINT)" },
						    { "a", "CREATE TABLE b(i BIGINT)" },
						    { 0 } };
	static const struct hy_migration empty[] = { { "a" }, { 0 } };
	struct hy_store_options o = { .create = true };
	struct hy_store *s = test_open(where(state), &o);
	struct hy_err e = { 0 };

	hy_store_close(&s);
	o = (struct hy_store_options){ .migrations = test_schema, .read_only = true };
	s = test_open(where(state), &o);
	hy_store_close(&s);
	o = (struct hy_store_options){ .migrations = broken };
	assert_int_equal(hy_store_open(where(state), &o, &s, &e), HY_INTERNAL);
	assert_non_null(strstr(hy_err_text(&e), "test-004"));
	hy_err_clear(&e);
	o = (struct hy_store_options){ .migrations = broken, .read_only = true };
	expect_code(hy_store_open(where(state), &o, &s, &e), HY_NOT_NOW, &e);
	o = (struct hy_store_options){ .migrations = same };
	expect_code(hy_store_open(where(state), &o, &s, &e), HY_INTERNAL, &e);
	o.migrations = empty;
	expect_code(hy_store_open(where(state), &o, &s, &e), HY_INTERNAL, &e);
	s = test_open(where(state), NULL); /* as before */
	hy_store_close(&s);
	char fresh[256];
	snprintf(fresh, sizeof(fresh), "%s/fresh", (const char *)*state);
	o = (struct hy_store_options){ .migrations = ends, .create = true };
	expect_code(hy_store_open(test_address(fresh), &o, &s, &e), HY_INTERNAL, &e);
}

static void opening_says_what_is_wrong(void **state)
{
	struct hy_store_options o = { .migrations = test_schema };
	struct hy_store *s = NULL;
	struct hy_err e = { 0 };
	char path[256];

	expect_code(hy_store_open("postgresql://[::1/huiyin", &o, &s, &e), HY_BAD_INPUT, &e);
	expect_code(hy_store_open("", &o, &s, &e), HY_BAD_INPUT, &e);
	expect_code(hy_store_open("postgresql://x@/y?host=/nowhere", &o, &s, &e), HY_STORE_BUSY,
		    &e);
	expect_code(hy_store_open(where(state), &o, &s, &e), HY_NOT_FOUND, &e);
	snprintf(path, sizeof(path), "%s/none", (const char *)*state);
	expect_code(hy_store_open(path, &o, &s, &e), HY_NOT_FOUND, &e);
	expect_code(hy_store_open(*state, &o, &s, &e), HY_NOT_FOUND, &e);
	o.read_only = o.create = true;
	expect_code(hy_store_open(path, &o, &s, &e), HY_NOT_FOUND, &e);
	assert_null(s);
}

static void a_reading_store_does_not_write(void **state)
{
	struct hy_store_options o = { .read_only = true };
	struct hy_store *s = test_open(where(state), NULL), *r = test_open(where(state), &o);
	struct hy_err e = { 0 };
	struct test_note n = { 1, NULL };

	expect_code(hy_store_write(r, test_note_add, &n, &e), HY_STORE, &e);
	test_add(s, 1);
	assert_int_equal(test_count(r), 1); /* sees what the other one commits */
	assert_int_equal(hy_store_check(r, &e), HY_OK);
	assert_int_equal(hy_store_check(s, &e), HY_OK);
	assert_string_equal(hy_store_where(s), where(state));
	hy_store_close(&r);
	hy_store_close(&s);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, test_folder, test_folder_gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(values_come_back),
		EACH(parameters_go_by_number),
		EACH(bad_sql_fails_at_the_step),
		EACH(text_must_be_text),
		EACH(many_statements),
		EACH(errors_undo_their_own_work),
		EACH(work_may_survive_an_error),
		EACH(upsert_and_returning),
		EACH(many_rows_come_in_order),
		EACH(numbers_are_numbers),
		EACH(readers_keep_their_snapshot),
		EACH(arenas_end_with_the_transaction),
		EACH(migrations_run_once_and_in_order),
		EACH(a_failed_migration_leaves_nothing),
		EACH(opening_says_what_is_wrong),
		EACH(a_reading_store_does_not_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
