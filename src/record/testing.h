#ifndef RECORD_TESTING_H
#define RECORD_TESTING_H

/* testing -- what the tests of rooms with a record share: a city in a folder of its own whose clock
 * stands still, and a way past the record for what an intruder would do. */

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "record/record.h"
#include "store/testing_address.h"

#define assert_ok(call)                                                                            \
	do {                                                                                       \
		struct hy_err ok_err = { 0 };                                                      \
		struct hy_err *e = &ok_err;                                                        \
		if (call)                                                                          \
			fail_msg("%s", hy_err_text(&ok_err));                                      \
	} while (0)

#define assert_says(err, code_, words)                                                             \
	do {                                                                                       \
		if ((err)->code != (code_) || !strstr((err)->detail, (words)))                     \
			fail_msg("expected %s '%s', have %s '%s'", hy_code_info(code_)->name,      \
				 (words), hy_code_info((err)->code)->name, hy_err_text(err));      \
	} while (0)

static const unsigned char test_seed[32] = "a seed of thirty-two bytes, yes";

struct test_city {
	char where[64];
	struct hy_store *store;
	struct record *record;
};

static inline int64_t test_now(void)
{
	return 1790000000000; /* 2026-09-21 */
}

static inline int test_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void test_place(struct test_city *c)
{
	*c = (struct test_city){ .where = "/tmp/hy-record-XXXXXX" };
	assert_non_null(mkdtemp(c->where));
}

static inline void test_gone(struct test_city *c)
{
	nftw(c->where, test_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The store alone. */
static inline void test_store(struct test_city *c, const struct hy_migration *m)
{
	const struct hy_store_options o = {
		.create = true, .files = c->where, .migrations = m, .now = test_now
	};

	assert_ok(hy_store_open(test_address(c->where), &o, &c->store, e));
}

static inline void test_open(struct test_city *c, const struct hy_migration *m)
{
	test_store(c, m);
	assert_ok(record_open(c->store, test_seed, &c->record, e));
}

static inline void test_close(struct test_city *c)
{
	record_close(&c->record);
	hy_store_close(&c->store);
}

static inline enum hy_code test_script(struct hy_db *db, void *sql, struct hy_err *e)
{
	return hy_sql_script(db, sql, e);
}

/* What SQLite has and PostgreSQL has not. */
#define TEST_ZEROBLOB                                                                              \
	"CREATE OR REPLACE FUNCTION zeroblob(n int) RETURNS bytea LANGUAGE sql AS "                \
	"$$ SELECT decode(repeat('00', n), 'hex') $$;"

/* SQL without a record that watches, as an intruder would; the city must be closed. */
static inline void test_raw(const char *where, const struct hy_migration *m, const char *sql)
{
	struct test_city c = { 0 };

	snprintf(c.where, sizeof(c.where), "%s", where);
	test_store(&c, m);
	if (test_database())
		assert_ok(hy_store_write(c.store, test_script, TEST_ZEROBLOB, e));
	assert_ok(hy_store_write(c.store, test_script, (void *)(uintptr_t)sql, e));
	hy_store_close(&c.store);
}

/* Copies the file NAME from one city's folder to another's. */
static inline void test_copy(const char *from, const char *to, const char *name, unsigned mode)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str bytes;

	assert_ok(hy_file_read(a, hy_printf(a, "%s/%s", from, name).p, (size_t)1 << 30, &bytes, e));
	assert_ok(hy_file_write(hy_printf(a, "%s/%s", to, name).p, bytes, mode, e));
}

/* Makes the store of the city in TO the same as that of the one in FROM. */
static inline void test_copy_store(const char *from, const char *to, const struct hy_migration *m)
{
	struct test_city a = { 0 }, b = { 0 };

	if (!test_database()) {
		test_copy(from, to, "huiyin.db", 0640);
		return;
	}
	snprintf(a.where, sizeof(a.where), "%s", from);
	snprintf(b.where, sizeof(b.where), "%s", to);
	test_raw(to, m,
		 "DO $$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', current_schema()); END $$");
	test_store(&a, m);
	test_store(&b, m);
	assert_ok(hy_store_copy(a.store, b.store, "log_head", NULL, NULL, e));
	hy_store_close(&a.store);
	hy_store_close(&b.store);
}

#endif
