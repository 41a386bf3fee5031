/* The write queue: many threads, poisoned work, limits, order. */

#include <pthread.h>
#include <stdatomic.h>

#include "store/testing.h"

enum { THREADS = 8, EACH_WRITES = 150 };

struct writer {
	struct hy_store *s;
	int64_t who;
	int failed;
};

/* Every third one fails on purpose after it has written. */
static enum hy_code add_or_fail(struct hy_db *db, void *in_out, struct hy_err *e)
{
	int64_t who = *(int64_t *)in_out;
	struct test_note n = { who, NULL };
	enum hy_code code = test_note_add(db, &n, e);

	if (!code && who % 3 == 0)
		return hy_fail(e, HY_NOT_NOW, "", "every third one");
	return code;
}

static void *write_many(void *arg)
{
	struct writer *w = arg;

	for (int i = 0; i < EACH_WRITES; i++) {
		struct hy_err e = { 0 };
		int64_t who = w->who + i;
		enum hy_code code = hy_store_write(w->s, add_or_fail, &who, &e);
		w->failed += code != (who % 3 == 0 ? HY_NOT_NOW : HY_OK) || e.code != code;
	}
	return NULL;
}

static void many_threads(void **state)
{
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct writer w[THREADS];
	pthread_t t[THREADS];
	int64_t expected = 0;

	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct writer){ s, 1000 * (i + 1), 0 };
		assert_int_equal(pthread_create(&t[i], NULL, write_many, &w[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].failed, 0);
		for (int k = 0; k < EACH_WRITES; k++)
			expected += (w[i].who + k) % 3 != 0;
	}
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(*) FROM note"), expected);
	assert_int_equal(test_number(db, "SELECT count(DISTINCT who) FROM note"), expected);
	assert_int_equal(test_number(db, "SELECT count(*) FROM note WHERE who % 3 = 0"), 0);
	hy_store_give(&db);
	struct hy_store_stats stats = hy_store_stats(s);
	assert_int_equal(stats.jobs, THREADS * EACH_WRITES);
	assert_true(stats.batches > 0 && stats.batches <= stats.jobs);
	assert_int_equal(stats.queued, 0);
	hy_store_close(&s);
}

/* --- a batch made on purpose: the first job holds the writer until the rest is there -- */

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool entered, open;
};

#define GATE                                                                                       \
	{                                                                                          \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false                  \
	}

static enum hy_code hold(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct gate *g = in_out;

	(void)db;
	(void)e;
	pthread_mutex_lock(&g->lock);
	g->entered = true;
	pthread_cond_broadcast(&g->moved);
	while (!g->open)
		pthread_cond_wait(&g->moved, &g->lock);
	pthread_mutex_unlock(&g->lock);
	return HY_OK;
}

static void open_gate(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->open = true;
	pthread_cond_broadcast(&g->moved);
	pthread_mutex_unlock(&g->lock);
}

/* A job with what the tests want to know of it. */
struct counted {
	struct hy_job job;
	_Atomic int done;
	int runs;
	int64_t who, parent, found;
};

static void count_done(struct hy_job *job)
{
	((struct counted *)job)->done++;
}

static void submit(struct hy_store *s, struct hy_job *job)
{
	struct hy_err e = { 0 };

	if (hy_store_submit(s, job, &e))
		fail_msg("%s", hy_err_text(&e));
}

/* Makes the writer hold inside the gate. */
static void hold_writer(struct hy_store *s, struct gate *g, struct counted *c)
{
	c->job = (struct hy_job){ .work = hold, .in_out = g, .done = count_done };
	submit(s, &c->job);
	pthread_mutex_lock(&g->lock);
	while (!g->entered)
		pthread_cond_wait(&g->moved, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static void wait_done(struct counted *c)
{
	for (int i = 0; i < 10000 && !c->done; i++)
		usleep(1000);
	assert_int_equal(c->done, 1);
}

static const struct hy_migration family_schema[] = {
	{ "family-001", "CREATE TABLE parent(id INTEGER PRIMARY KEY)" },
	{ "family-002", "CREATE TABLE child(who BIGINT PRIMARY KEY, parent BIGINT REFERENCES "
			"parent(id) DEFERRABLE INITIALLY DEFERRED)" },
	{ "family-003", "INSERT INTO parent(id) VALUES (1)" },
	{ 0 },
};

/* A missing parent is noticed by the commit alone: that poisons the batch. */
static enum hy_code bear(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct counted *c = in_out;
	bool row;

	c->runs++;
	c->found = 0;
	{
		HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO child(who, parent) VALUES ($1, $2)");
		hy_bind_int(q, 1, c->who);
		hy_bind_int(q, 2, c->parent);
		enum hy_code code = hy_exec(q, NULL, e);
		if (code)
			return code;
	}
	HY_SCOPED_STMT q = hy_sql(db, "SELECT count(*) FROM child WHERE who = $1");
	hy_bind_int(q, 1, c->who);
	enum hy_code code = hy_step(q, &row, e);
	if (!code)
		c->found += hy_col_int(q, 0); /* 1 only because it was set afresh above */
	return code;
}

static void one_poisoned_job_fails_alone(void **state)
{
	struct hy_store_options o = { .create = true, .migrations = family_schema };
	struct hy_store *s = test_open(test_address(*state), &o);
	struct gate g = GATE;
	struct counted gate = { 0 }, c[20] = { 0 };

	hold_writer(s, &g, &gate);
	for (int i = 0; i < 20; i++) {
		c[i] = (struct counted){ .who = i, .parent = i == 7 || i == 19 ? 99 : 1 };
		c[i].job = (struct hy_job){ .work = bear, .in_out = &c[i], .done = count_done };
		submit(s, &c[i].job);
	}
	assert_int_equal(hy_store_stats(s).queued, 20);
	open_gate(&g);
	for (int i = 0; i < 20; i++) {
		wait_done(&c[i]);
		assert_int_equal(c[i].job.err.code, c[i].parent == 99 ? HY_STORE : HY_OK);
		/* With the others (on PostgreSQL in hope and with care), then alone. */
		assert_int_equal(c[i].runs, test_database() ? 3 : 2);
		assert_int_equal(c[i].found, 1);
	}
	struct hy_err e = { 0 };
	HY_SCOPED_DB db = NULL;
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(*) FROM child"), 18);
	assert_int_equal(test_number(db, "SELECT count(*) FROM child WHERE who IN (7, 19)"), 0);
	hy_store_give(&db);
	hy_store_close(&s);
}

/* One that fails after it has written is undone alone, whether the engine gave it a savepoint from
 * the beginning or did the batch again with savepoints; after the latter it goes on with care. */
static enum hy_code count_and_add(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct counted *c = in_out;

	c->runs++;
	return add_or_fail(db, &c->who, e);
}

static void what_fails_late_is_undone_alone(void **state)
{
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct gate g = GATE;
	struct counted gate = { 0 }, c[20] = { 0 };

	for (int round = 0; round < 2; round++) {
		g.entered = g.open = false;
		gate.done = 0;
		hold_writer(s, &g, &gate);
		for (int i = 0; i < 20; i++) {
			c[i] = (struct counted){ .who = 100 * round + i };
			c[i].job = (struct hy_job){ count_and_add, &c[i], count_done };
			submit(s, &c[i].job);
		}
		open_gate(&g);
		for (int i = 0; i < 20; i++) {
			wait_done(&c[i]);
			assert_int_equal(c[i].job.err.code, c[i].who % 3 == 0 ? HY_NOT_NOW : HY_OK);
			assert_in_range(c[i].runs, 1, round == 0 ? 2 : 1);
		}
	}
	assert_int_equal(test_count(s), 13 + 14);
	hy_store_close(&s);
}

/* --- the hook ---------------------------------------------------------------------- */

struct seen {
	int calls;
	int64_t refuse; /* the hook fails while this one is there */
};

static enum hy_code look_at_batch(struct hy_db *db, void *arg, struct hy_err *e)
{
	struct seen *seen = arg;
	struct test_note mark = { -1, NULL };
	bool row;

	seen->calls++;
	HY_SCOPED_STMT q = hy_sql(db, "SELECT 1 FROM note WHERE who = $1");
	hy_bind_int(q, 1, seen->refuse);
	enum hy_code code = hy_step(q, &row, e);
	if (!code && row)
		return hy_broke(e, HY_TAMPERED, "not this one");
	return code ? code : test_note_add(db, &mark, e);
}

static enum hy_code look_only(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT count(*) FROM note");
	bool row;

	(void)in_out;
	return hy_step(q, &row, e);
}

static void the_hook_runs_once_per_batch(void **state)
{
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct seen seen = { .refuse = 666 };
	struct gate g = GATE;
	struct counted gate = { 0 }, c[10] = { 0 };
	struct test_note note[10];
	struct hy_err e = { 0 };

	hy_store_before_commit(s, look_at_batch, &seen);
	assert_int_equal(hy_store_write(s, look_only, NULL, &e), HY_OK);
	int64_t three = 3; /* writes, then fails: nothing has changed in the end */
	assert_int_equal(hy_store_write(s, add_or_fail, &three, &e), HY_NOT_NOW);
	assert_int_equal(seen.calls, 0);
	hold_writer(s, &g, &gate);
	for (int i = 0; i < 10; i++) {
		note[i] = (struct test_note){ i, NULL };
		c[i].job = (struct hy_job){ test_note_add, &note[i], count_done };
		submit(s, &c[i].job);
	}
	open_gate(&g);
	for (int i = 0; i < 10; i++)
		wait_done(&c[i]);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(test_count(s), 11);

	/* A batch the hook refuses: only the guilty one stays out. */
	g.entered = g.open = false;
	gate.done = 0;
	hold_writer(s, &g, &gate);
	for (int i = 0; i < 10; i++) {
		note[i] = (struct test_note){ i == 4 ? 666 : 100 + i, NULL };
		c[i].done = 0;
		submit(s, &c[i].job);
	}
	open_gate(&g);
	for (int i = 0; i < 10; i++) {
		wait_done(&c[i]);
		assert_int_equal(c[i].job.err.code, i == 4 ? HY_TAMPERED : HY_OK);
	}
	assert_int_equal(seen.calls, 12); /* the batch, then ten */
	assert_int_equal(test_count(s), 11 + 9 + 9);
	hy_store_close(&s);
}

/* --- limits ------------------------------------------------------------------------ */

static void a_full_queue_refuses(void **state)
{
	struct hy_store_options o = { .create = true, .queue = 3 };
	struct hy_store *s = test_open(test_address(*state), &o);
	struct gate g = GATE;
	struct counted gate = { 0 }, c[4] = { 0 };
	struct test_note n = { 1, NULL };
	struct hy_err e = { 0 };

	hold_writer(s, &g, &gate);
	for (int i = 0; i < 3; i++) {
		c[i].job = (struct hy_job){ test_note_add, &n, count_done };
		submit(s, &c[i].job);
	}
	c[3].job = c[2].job;
	assert_int_equal(hy_store_submit(s, &c[3].job, &e), HY_STORE_BUSY);
	hy_err_clear(&e);
	assert_int_equal(hy_store_write(s, test_note_add, &n, &e), HY_STORE_BUSY);
	assert_int_equal(hy_store_stats(s).refused, 2);
	open_gate(&g);
	for (int i = 0; i < 3; i++)
		wait_done(&c[i]);
	assert_int_equal(c[3].done, 0);
	assert_int_equal(test_count(s), 3);
	hy_store_close(&s);
}

static void what_waits_too_long_is_turned_away(void **state)
{
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct gate g = GATE;
	struct counted gate = { 0 }, c[4] = { 0 };
	struct test_note n = { 1, NULL };

	hold_writer(s, &g, &gate);
	for (int i = 0; i < 3; i++) {
		c[i].job = (struct hy_job){ test_note_add, &n, count_done };
		submit(s, &c[i].job);
	}
	hy_store_turn_away(s, 60000);
	assert_int_equal(hy_store_stats(s).queued, 3);
	usleep(500000);
	c[3].job = (struct hy_job){ test_note_add, &n, count_done };
	submit(s, &c[3].job);
	hy_store_turn_away(s, 250);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(c[i].done, 1);
		assert_int_equal(c[i].job.err.code, HY_STORE_BUSY);
	}
	assert_int_equal(gate.done + c[3].done, 0);
	assert_int_equal(hy_store_stats(s).queued, 1);
	hy_store_turn_away(s, -1); /* all that wait; what is worked on goes on */
	assert_int_equal(c[3].done, 1);
	assert_int_equal(hy_store_stats(s).queued, 0);
	assert_int_equal(hy_store_stats(s).refused, 4);
	c[0] = (struct counted){ .job = { test_note_add, &n, count_done } };
	submit(s, &c[0].job);
	open_gate(&g);
	wait_done(&gate);
	wait_done(&c[0]);
	assert_int_equal(gate.job.err.code, HY_OK);
	assert_int_equal(c[0].job.err.code, HY_OK);
	assert_int_equal(test_count(s), 1);
	hy_store_close(&s);
}

/* More than one transaction's worth, all accepted before the close, all done by it. */
static void closing_finishes_what_was_accepted(void **state)
{
	enum { MANY = 1500 };
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct counted *c = calloc(MANY, sizeof(*c));
	struct test_note n = { 1, NULL };

	for (int i = 0; i < MANY; i++) {
		c[i].job = (struct hy_job){ test_note_add, &n, count_done };
		submit(s, &c[i].job);
	}
	hy_store_close(&s);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(c[i].done, 1);
		assert_int_equal(c[i].job.err.code, HY_OK);
	}
	s = test_open(test_address(*state), NULL);
	assert_int_equal(test_count(s), MANY);
	hy_store_close(&s);
	free(c);
}

/* --- from the writer's thread ------------------------------------------------------ */

static enum hy_code write_inside(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return hy_store_write(hy_db_store(db), test_note_add, in_out, e);
}

static void a_write_inside_a_write_is_refused(void **state)
{
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct test_note n = { 1, NULL };
	struct hy_err e = { 0 };

	assert_int_equal(hy_store_write(s, write_inside, &n, &e), HY_INTERNAL);
	assert_int_equal(test_count(s), 0);
	hy_store_close(&s);
}

struct chain {
	struct hy_job job;
	struct hy_store *s;
	_Atomic int left;
};

static void submit_next(struct hy_job *job)
{
	struct chain *c = (struct chain *)job;
	struct hy_err e = { 0 };

	if (--c->left > 0 && hy_store_submit(c->s, job, &e))
		c->left = -1;
}

/* done() may submit again, even the same job. */
static void done_may_submit(void **state)
{
	struct hy_store *s = test_open(test_address(*state), NULL);
	struct test_note n = { 1, NULL };
	struct chain c = { { .work = test_note_add, .in_out = &n, .done = submit_next }, s, 50 };

	submit(s, &c.job);
	for (int i = 0; i < 10000 && c.left > 0; i++)
		usleep(1000);
	assert_int_equal(c.left, 0);
	assert_int_equal(test_count(s), 50);
	hy_store_close(&s);
}

/* --- readers beside the writer ----------------------------------------------------- */

static enum hy_code add_pair(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct test_note n = { 1, NULL };
	enum hy_code code = test_note_add(db, &n, e);

	(void)in_out;
	return code ? code : test_note_add(db, &n, e);
}

static void *write_pairs(void *arg)
{
	struct writer *w = arg;

	for (int i = 0; i < EACH_WRITES; i++) {
		struct hy_err e = { 0 };
		w->failed += hy_store_write(w->s, add_pair, NULL, &e) != HY_OK;
	}
	return NULL;
}

/* Never an odd number, never another number within one snapshot, never fewer than before. */
static void *read_many(void *arg)
{
	struct writer *w = arg;
	int64_t last = 0;

	for (int i = 0; i < 3 * EACH_WRITES; i++) {
		struct hy_err e = { 0 };
		HY_SCOPED_DB db = NULL;
		if (hy_store_read(w->s, &db, &e)) {
			w->failed++;
			continue;
		}
		int64_t n = test_number(db, "SELECT count(*) FROM note");
		int64_t again = test_number(db, "SELECT count(*) FROM note WHERE who = 1");
		w->failed += n % 2 != 0 || n != again || n < last;
		last = n;
	}
	return NULL;
}

static void readers_beside_the_writer(void **state)
{
	struct hy_store_options o = { .create = true, .readers = 2 }; /* fewer than threads */
	struct hy_store *s = test_open(test_address(*state), &o);
	struct writer w[THREADS];
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct writer){ .s = s };
		assert_int_equal(
			pthread_create(&t[i], NULL, i % 2 ? read_many : write_pairs, &w[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].failed, 0);
	}
	assert_int_equal(test_count(s), THREADS / 2 * EACH_WRITES * 2);
	hy_store_close(&s);
}

/* --- work that changes more than memory is set aside for ------------------------------------ */

enum { LARGE_ROWS = 6000 }; /* more than the pages kept in memory: some go to the log early */

static enum hy_code add_large(struct hy_db *db, void *in_out, struct hy_err *e)
{
	char body[2049];
	enum hy_code code = HY_OK;

	memset(body, 'x', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	for (int i = 0; !code && i < LARGE_ROWS; i++) {
		struct test_note n = { *(int64_t *)in_out, body };
		body[snprintf(body, 16, "%d", i)] = 'x'; /* no two alike */
		code = test_note_add(db, &n, e);
	}
	return code;
}

static enum hy_code change_large(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT up = hy_sql(db, "UPDATE note SET who = $1");
	int64_t who = *(int64_t *)in_out;

	hy_bind_int(up, 1, who);
	enum hy_code code = hy_exec(up, NULL, e);
	if (!code && who < 0)
		return hy_fail(e, HY_NOT_NOW, "", "on second thoughts");
	return code;
}

static void large_work_is_done_or_undone_whole(void **state)
{
	struct hy_store *s = test_open(*state, NULL);
	int64_t one = 1, two = 2, refused = -1;
	struct hy_err e = { 0 };

	assert_int_equal(hy_store_write(s, add_large, &one, &e), HY_OK);
	assert_int_equal(hy_store_write(s, change_large, &two, &e), HY_OK);
	assert_int_equal(hy_store_write(s, change_large, &refused, &e), HY_NOT_NOW);
	hy_err_clear(&e);
	HY_SCOPED_DB db = NULL;
	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	assert_int_equal(test_number(db, "SELECT count(*) FROM note WHERE who = 2"), LARGE_ROWS);
	hy_store_give(&db);
	hy_store_close(&s);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, test_folder, test_folder_gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(many_threads),
		EACH(one_poisoned_job_fails_alone),
		EACH(what_fails_late_is_undone_alone),
		EACH(the_hook_runs_once_per_batch),
		EACH(a_full_queue_refuses),
		EACH(what_waits_too_long_is_turned_away),
		EACH(closing_finishes_what_was_accepted),
		EACH(a_write_inside_a_write_is_refused),
		EACH(done_may_submit),
		EACH(large_work_is_done_or_undone_whole),
		EACH(readers_beside_the_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
