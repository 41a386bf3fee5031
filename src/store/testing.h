#ifndef HY_STORE_TESTING_H
#define HY_STORE_TESTING_H

/* testing -- what the store's tests share: a fresh address, a small table, a few verbs.
 *
 * HY_TEST_STORE names the address to test against; without it each test gets a folder of
 * its own.  A test that looks at files asks test_folder(), which is always a folder. */

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

#define TEST_NOTE "CREATE TABLE note(id INTEGER PRIMARY KEY, who BIGINT NOT NULL, body TEXT)"
#define TEST_NOTE_BODY "CREATE UNIQUE INDEX note_body ON note(body)"

static const struct hy_migration test_schema[] = {
	{ "test-001", TEST_NOTE },
	{ "test-002", TEST_NOTE_BODY },
	{ 0 },
};

static inline int test_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int test_folder(void **state)
{
	char where[] = "/tmp/hy-store-XXXXXX";

	*state = mkdtemp(where) ? strdup(where) : NULL;
	return *state ? 0 : -1;
}

static inline int test_folder_gone(void **state)
{
	nftw(*state, test_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

static inline struct hy_store *test_open(const char *where, const struct hy_store_options *o)
{
	struct hy_store_options use = o ? *o : (struct hy_store_options){ .create = true };
	struct hy_store *s = NULL;
	struct hy_err e = { 0 };

	if (!use.migrations)
		use.migrations = test_schema;
	if (hy_store_open(where, &use, &s, &e))
		fail_msg("%s", hy_err_text(&e));
	return s;
}

/* A note to write: WHO says "BODY"; body NULL: none. */
struct test_note {
	int64_t who;
	const char *body;
};

static inline enum hy_code test_note_add(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct test_note *n = in_out;
	HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO note(who, body) VALUES ($1, $2)");

	hy_bind_int(q, 1, n->who);
	if (n->body)
		hy_bind_text(q, 2, hy_str_of(n->body));
	return hy_exec(q, NULL, e);
}

static inline void test_add(struct hy_store *s, int64_t who)
{
	struct test_note n = { who, NULL };
	struct hy_err e = { 0 };

	if (hy_store_write(s, test_note_add, &n, &e))
		fail_msg("%s", hy_err_text(&e));
}

static inline int64_t test_number(struct hy_db *db, const char *sql)
{
	struct hy_err e = { 0 };
	HY_SCOPED_STMT q = hy_sql(db, sql);
	bool row = false;

	if (hy_step(q, &row, &e))
		fail_msg("%s", hy_err_text(&e));
	return row ? hy_col_int(q, 0) : -1;
}

static inline int64_t test_count(struct hy_store *s)
{
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;

	if (hy_store_read(s, &db, &e))
		fail_msg("%s", hy_err_text(&e));
	return test_number(db, "SELECT count(*) FROM note");
}

#endif
