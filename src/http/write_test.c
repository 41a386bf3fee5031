/* A real server: writes that wait for the commit, keys, many clients, the stop. */
#include "http/server_fixture.h"

/* --- writing --------------------------------------------------------------------------------- */

static void writes_are_answered_after_the_commit(void **state)
{
	struct place *p = *state;
	HEARD h = once(p, "POST /notes", "", "{\"title\":\"a\"}");
	assert_int_equal(h.status, 201);
	assert_string_equal(h.body, "{\"id\":1}");
	assert_string_equal(header(&h, "Location"), "/notes/1");
	assert_string_equal(header(&h, "ETag"), "\"first\"");
	assert_int_equal(notes(p), 1);
	HEARD refused = once(p, "POST /notes", "", "{\"title\":\"refuse me\"}");
	assert_problem(&refused, 409, "not_now", "after it was written");
	assert_int_equal(notes(p), 1);
}

static void a_change_needs_what_was_read(void **state)
{
	const char *note = "{\"title\":\"b\"}";
	HEARD none = once(*state, "PATCH /notes/1", "", note);
	assert_problem(&none, 428, "need_match", "If-Match");
	HEARD stale = once(*state, "PATCH /notes/1", "If-Match: \"old\"\r\n", note);
	assert_problem(&stale, 412, "stale", "");
	HEARD bare = once(*state, "PATCH /notes/1", "If-Match: first\r\n", note);
	assert_problem(&bare, 400, "bad_field", "quotes");
	HEARD good = once(*state, "PATCH /notes/1", "If-Match: \"first\"\r\n", note);
	assert_int_equal(good.status, 204);
}

static void a_repeat_gets_the_stored_answer(void **state)
{
	struct place *p = *state;
	const char *key = "Idempotency-Key: 5f0c8a1e-1\r\n", *note = "{\"title\":\"once\"}";
	HEARD first = once(p, "POST /notes", key, note);
	assert_int_equal(first.status, 201);
	assert_null(header(&first, "Idempotent-Replayed"));
	HEARD again = once(p, "POST /notes?lang=en", key, note);
	assert_int_equal(again.status, 201);
	assert_string_equal(again.body, first.body);
	assert_string_equal(header(&again, "Idempotent-Replayed"), "true");
	assert_string_equal(header(&again, "Location"), "/notes/1");
	assert_string_equal(header(&again, "ETag"), "\"first\"");
	assert_int_equal(notes(p), 1);
	HEARD other = once(p, "POST /notes", key, "{\"title\":\"twice\"}");
	assert_problem(&other, 422, "key_reused", "new key");
	HEARD elsewhere = once(p, "POST /other", key, note);
	assert_int_equal(elsewhere.status, 201);
	assert_int_equal(notes(p), 2);
	HEARD bad = once(p, "POST /notes", "Idempotency-Key: x\r\n", note);
	assert_problem(&bad, 400, "bad_field", "UUID");
	/* The answer itself cannot be read from the table. */
	assert_int_equal(ask(p, "SELECT count(*) FROM http_idempotency"), 2);
	assert_int_equal(ask(p, test_database() ? "SELECT count(*) FROM http_idempotency WHERE "
						  "position('Location'::bytea IN reply) > 0"
						: "SELECT count(*) FROM http_idempotency WHERE "
						  "instr(reply, 'Location')"),
			 0);
}

/* The server knows nothing of the key then, and may take it for a new one at first. */
static void a_repeat_after_a_restart_gets_the_stored_answer(void **state)
{
	struct place *p = *state;
	const char *key = "Idempotency-Key: before-and-after\r\n", *note = "{\"title\":\"once\"}";
	struct hy_err e = { 0 };
	HEARD first = once(p, "POST /notes", key, note);
	assert_int_equal(first.status, 201);
	for (int i = 0; i < 2; i++) {
		struct hy_server_options o = options(p);
		hy_server_stop(&p->server);
		assert_int_equal(hy_server_start(&o, &p->server, &e), HY_OK);
		p->port = hy_server_port(p->server);
		HEARD again = once(p, "POST /notes", key, i ? "{\"title\":\"twice\"}" : note);
		assert_int_equal(again.status, i ? 422 : 201);
		if (i == 0)
			assert_string_equal(again.body, first.body);
	}
	assert_int_equal(notes(p), 1);
	clock_ms += INT64_C(48) * 3600 * 1000 + 1;
	struct hy_server_options o = options(p);
	hy_server_stop(&p->server);
	assert_int_equal(hy_server_start(&o, &p->server, &e), HY_OK);
	p->port = hy_server_port(p->server);
	HEARD lapsed = once(p, "POST /notes", key, note);
	assert_int_equal(lapsed.status, 201);
	assert_null(header(&lapsed, "Idempotent-Replayed"));
	assert_int_equal(notes(p), 2);
}

static void errors_are_not_stored_and_keys_lapse(void **state)
{
	struct place *p = *state;
	const char *key = "Idempotency-Key: \"key-of-the-day\"\r\n", *note = "{\"title\":\"x\"}";
	for (int i = 0; i < 2; i++) {
		HEARD h = once(p, "POST /notes", key, "{\"title\":\"refuse me\"}");
		assert_problem(&h, 409, "not_now", "");
	}
	HEARD a = once(p, "POST /notes", key, note);
	assert_int_equal(a.status, 201);
	clock_ms += INT64_C(48) * 3600 * 1000 + 1;
	HEARD b = once(p, "POST /notes", key, "{\"title\":\"another\"}");
	assert_int_equal(b.status, 201);
	assert_null(header(&b, "Idempotent-Replayed"));
	assert_int_equal(notes(p), 2);
	/* Old keys go in the course of later writes. */
	clock_ms += INT64_C(48) * 3600 * 1000 + 1;
	for (int i = 0; i < 70; i++) {
		char more[64];
		snprintf(more, sizeof(more), "Idempotency-Key: more-keys-%d\r\n", i);
		HEARD h = once(p, "POST /notes", more, note);
		assert_int_equal(h.status, 201);
	}
	assert_int_equal(ask(p, "SELECT count(*) FROM http_idempotency"), 70);
}

struct caller {
	pthread_t thread;
	struct place *p;
	const char *key;
	int n, good, bad, closed;
};

static void *call_with_key(void *arg)
{
	struct caller *c = arg;
	HEARD h = once(c->p, "POST /notes", c->key, "{\"title\":\"dup\",\"sleep_ms\":50}");
	c->good = h.status == 201;
	return NULL;
}

static void duplicates_at_the_same_time_work_once(void **state)
{
	struct caller c[8];
	for (size_t i = 0; i < HY_COUNT(c); i++) {
		c[i] = (struct caller){ .p = *state, .key = "Idempotency-Key: one-of-eight\r\n" };
		pthread_create(&c[i].thread, NULL, call_with_key, &c[i]);
	}
	for (size_t i = 0; i < HY_COUNT(c); i++) {
		pthread_join(c[i].thread, NULL);
		assert_true(c[i].good);
	}
	assert_int_equal(notes(*state), 1);
	assert_int_equal(works, 1);
}

static void who_hangs_up_during_a_write_harms_nobody(void **state)
{
	struct place *p = *state;
	for (int i = 0; i < 30; i++) {
		int fd = dial(p->port);
		assert_true(request(fd, "POST /notes", "", "{\"title\":\"gone\",\"sleep_ms\":5}"));
		struct linger hard = { 1, 0 }; /* a reset, not a goodbye */
		if (i % 2)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		if (i % 3 == 0)
			nap(2);
		close(fd);
	}
	HEARD h = once(p, "POST /notes", "", "{\"title\":\"still here\"}");
	assert_int_equal(h.status, 201);
	assert_true(notes(p) <= 31);
}

static void reads_go_on_while_writes_wait(void **state)
{
	struct place *p = *state;
	int fd = dial(p->port);
	assert_true(request(fd, "POST /notes", "", "{\"title\":\"long\",\"sleep_ms\":400}"));
	nap(20);
	for (int i = 0; i < 50; i++) {
		HEARD h = once(p, "GET /echo/x", "", NULL);
		assert_int_equal(h.status, 200);
	}
	assert_int_equal(works, 0);
	HEARD done = hear(fd, false);
	assert_int_equal(done.status, 201);
	close(fd);
}

/* --- many --------------------------------------------------------------------------------------
 */

static void two_hundred_at_once(void **state)
{
	struct place *p = *state;
	int fd[200];
	for (size_t i = 0; i < HY_COUNT(fd); i++) {
		fd[i] = dial(p->port);
		assert_true(fd[i] >= 0);
	}
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < HY_COUNT(fd); i++)
			assert_true(
				i % 2 ? request(fd[i], "GET /echo/x", "", NULL)
				      : request(fd[i], "POST /notes", "", "{\"title\":\"many\"}"));
		for (size_t i = 0; i < HY_COUNT(fd); i++) {
			HEARD h = hear(fd[i], false);
			assert_int_equal(h.status, i % 2 ? 200 : 201);
		}
	}
	for (size_t i = 0; i < HY_COUNT(fd); i++)
		close(fd[i]);
	assert_int_equal(notes(p), 300);
}

static void *call_until_closed(void *arg)
{
	struct caller *c = arg;

	for (;;) {
		HEARD h = once(c->p, "POST /notes", "", "{\"title\":\"load\",\"sleep_ms\":1}");
		c->n++;
		if (h.status == 201)
			c->good++;
		else if (h.status == 503)
			c->bad++;
		else
			c->closed++;
		if (h.status != 201)
			return NULL;
	}
}

static void it_stops_under_load_and_keeps_its_word(void **state)
{
	struct place *p = *state;
	struct caller c[16];
	int64_t promised = 0;
	for (size_t i = 0; i < HY_COUNT(c); i++) {
		c[i] = (struct caller){ .p = p };
		pthread_create(&c[i].thread, NULL, call_until_closed, &c[i]);
	}
	nap(200);
	hy_server_stop(&p->server);
	assert_null(p->server);
	for (size_t i = 0; i < HY_COUNT(c); i++) {
		pthread_join(c[i].thread, NULL);
		promised += c[i].good;
	}
	assert_true(promised > 16);
	/* Whatever was accepted was answered: nothing was written unknown to its sender. */
	assert_int_equal(notes(p), promised);
	hy_server_stop(&p->server);
}

static void *call_once(void *arg)
{
	struct caller *c = arg;
	HEARD h = once(c->p, "POST /notes", "", "{\"title\":\"queue\",\"sleep_ms\":20}");

	c->good = h.status == 201;
	c->bad = h.status == 503 && strcmp(header(&h, "Retry-After"), "1") == 0;
	return NULL;
}

static void a_full_queue_says_retry(void **state)
{
	struct place *p = *state;
	struct hy_server_options o = options(p);
	struct hy_err e = { 0 };
	struct caller c[24];
	int good = 0, bad = 0;

	hy_server_stop(&p->server);
	hy_store_close(&p->store);
	assert_int_equal(store_open(p, 1, &e), HY_OK);
	o.store = p->store;
	assert_int_equal(hy_server_start(&o, &p->server, &e), HY_OK);
	p->port = hy_server_port(p->server);
	for (size_t i = 0; i < HY_COUNT(c); i++) {
		c[i] = (struct caller){ .p = p };
		pthread_create(&c[i].thread, NULL, call_once, &c[i]);
	}
	for (size_t i = 0; i < HY_COUNT(c); i++) {
		pthread_join(c[i].thread, NULL);
		good += c[i].good;
		bad += c[i].bad;
	}
	assert_int_equal(good + bad, HY_COUNT(c));
	assert_true(good > 0 && bad > 0);
	assert_int_equal(notes(p), good);
	HEARD h = once(p, "POST /notes", "", "{\"title\":\"later\"}");
	assert_int_equal(h.status, 201);
}

static void a_slow_reader_gets_all(void **state)
{
	struct place *p = *state;
	int fd = dial(p->port);
	assert_true(request(fd, "GET /large", "", NULL));
	nap(100);
	HEARD other = once(p, "GET /echo/x", "", NULL);
	assert_int_equal(other.status, 200);
	HEARD h = hear(fd, false);
	assert_int_equal(h.n, 4 << 20);
	close(fd);
}

int main(void)
{
	hy_log_level(HY_LOG_ERROR);
	idle_seconds = 60; /* two hundred clients wait for one another, longer on a busy machine */
#define T(f) cmocka_unit_test_setup_teardown(f, place_up, place_down)
	const struct CMUnitTest tests[] = {
		T(writes_are_answered_after_the_commit),
		T(a_change_needs_what_was_read),
		T(a_repeat_gets_the_stored_answer),
		T(a_repeat_after_a_restart_gets_the_stored_answer),
		T(errors_are_not_stored_and_keys_lapse),
		T(duplicates_at_the_same_time_work_once),
		T(who_hangs_up_during_a_write_harms_nobody),
		T(reads_go_on_while_writes_wait),
		T(two_hundred_at_once),
		T(it_stops_under_load_and_keeps_its_word),
		T(a_full_queue_says_retry),
		T(a_slow_reader_gets_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
