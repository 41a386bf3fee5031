/* Settings: rows, values, changing, what is kept in memory, and the comparison with their events.
 */
#include <threads.h>
#include <time.h>

#include "people/account.h"
#include "people/setting.h"
#include "people/setting_part.h"
#include "record/testing.h"

static struct hy_migration schema[16];

static int city_up(void **state)
{
	struct test_city *c = calloc(1, sizeof(*c));
	size_t n = 0;

	for (const struct hy_migration *m = record_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = setting_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = security_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = account_migrations; m->name; m++)
		schema[n++] = *m;
	assert_true(n < HY_COUNT(schema));
	test_place(c);
	assert_ok(record_create(c->where, HY_S("city.example/log"), test_seed, e));
	test_open(c, schema);
	*state = c;
	return 0;
}

static int city_down(void **state)
{
	struct test_city *c = *state;

	test_close(c);
	test_gone(c);
	free(c);
	return 0;
}

/* One of each type, and one for each mistake. */
#define ROW(name_, type_, otherwise_, ...)                                                         \
	{                                                                                          \
		.name = name_, .type = type_, .otherwise = otherwise_,                             \
		.meaning = SETTING_MEANS("试", "試", "trial"), __VA_ARGS__                         \
	}
static const struct setting trials[] = {
	ROW("trial.number", SETTING_INT, "15", .least = 1, .most = 480, .weaker = WEAKER_ABOVE),
	ROW("trial.switch", SETTING_BOOL, "true", .weaker = WEAKER_OTHER),
	ROW("trial.word", SETTING_WORD, "some", .one_of = "none|some|all"),
	ROW("trial.text", SETTING_TEXT, "", .least = 0, .most = 5),
	ROW("trial.span", SETTING_DURATION, "30d", .least = 60, .most = 31536000,
	    .weaker = WEAKER_BELOW),
	{ 0 },
};

static void every_row_is_sound(void **state)
{
	(void)state;
	assert_ok(setting_add(trials, e));
	assert_ok(setting_add(trials, e)); /* a second time does nothing */
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *s = setting_at(i);
		assert_ok(setting_row_check(s, e));
		assert_ptr_equal(setting_find(hy_str_of(s->name)), s); /* no name twice */
		assert_true(setting_meaning(s, HY_S("en")).n > 0);
		assert_false(hy_str_eq(setting_meaning(s, HY_S("zh-CN")),
				       setting_meaning(s, HY_S("en"))));
	}
	assert_null(setting_at(setting_count()));
	assert_null(setting_find(HY_S("trial")));
}

static void bad_rows_are_refused(void **state)
{
	static const struct {
		struct setting row[2];
		const char *words;
	} bad[] = {
		{ { ROW("trial", SETTING_BOOL, "true") }, "group.name" },
		{ { ROW("Trial.x", SETTING_BOOL, "true") }, "group.name" },
		{ { ROW("trial.a.b", SETTING_BOOL, "true") }, "group.name" },
		{ { ROW("bad.a", SETTING_INT, "9", .least = 10, .most = 20) }, "its default" },
		{ { ROW("bad.a", SETTING_INT, "15", .least = 20, .most = 10) }, "its limits" },
		{ { ROW("bad.a", SETTING_INT, "0") }, "its limits" },
		{ { ROW("bad.a", SETTING_WORD, "x") }, "its limits" },
		{ { ROW("bad.a", SETTING_WORD, "x", .one_of = "a|b") }, "its default" },
		{ { ROW("bad.a", SETTING_BOOL, "yes") }, "its default" },
		{ { ROW("bad.a", SETTING_BOOL, "true", .weaker = WEAKER_ABOVE) }, "its limits" },
		{ { ROW("bad.a", SETTING_DURATION, "30", .least = 0, .most = 99) }, "its default" },
		{ { ROW("bad.a", SETTING_INT, NULL, .least = 1, .most = 9) }, "its default" },
		{ { { .name = "bad.a", .type = SETTING_BOOL, .otherwise = "true" } }, "means" },
		{ { ROW("session.idle_minutes", SETTING_BOOL, "true") }, "is there twice" },
	};
	(void)state;
	size_t n = setting_count();
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		if (setting_add(bad[i].row, &why) != HY_BAD_INPUT ||
		    !strstr(why.detail, bad[i].words))
			fail_msg("case %zu: %s", i, hy_err_text(&why));
	}
	assert_int_equal(setting_count(), n);
}

struct put {
	struct record *r;
	const char *name, *value; /* NULL: reset */
	bool changed, fail;
	int64_t seen; /* trial.number, asked for in the same transaction */
};

static enum hy_code put_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct put *p = in_out;
	const struct setting *s = setting_find(hy_str_of(p->name));
	const struct setting_by by = { HY_S("secadmin"), { 7, HY_S("192.0.2.7") }, test_now() };

	enum hy_code c =
		p->value ? setting_put(p->r, db, s, hy_str_of(p->value), &by, &p->changed, e)
			 : setting_reset(p->r, db, s, &by, &p->changed, e);
	p->seen = setting_int(db, "trial.number");
	if (!c && p->fail)
		return hy_fail(e, HY_NOT_NOW, "", "undone");
	return c;
}

static bool put(struct test_city *c, const char *name, const char *value)
{
	struct put p = { .r = c->record, .name = name, .value = value };

	assert_ok(hy_store_write(c->store, put_work, &p, e));
	return p.changed;
}

static int64_t number(struct test_city *c)
{
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(c->store, &db, e));
	return setting_int(db, "trial.number");
}

static void values_hold_until_they_are_changed(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct setting_now now;
	struct record_event ev;
	bool row;

	assert_int_equal(number(c), 15);
	assert_true(put(c, "trial.number", "20"));
	assert_int_equal(number(c), 20); /* at once, in this process */
	assert_false(put(c, "trial.number", "20"));
	assert_true(put(c, "trial.switch", "false"));
	assert_true(put(c, "trial.word", "all"));
	assert_true(put(c, "trial.text", "五个字的话"));
	assert_true(put(c, "trial.span", "120m"));
	assert_false(put(c, "trial.span", "2h"));
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_false(setting_bool(db, "trial.switch"));
	assert_true(hy_str_eq(setting_text(db, "trial.word"), HY_S("all")));
	assert_true(hy_str_eq(setting_text(db, "trial.text"), HY_S("五个字的话")));
	assert_int_equal(setting_ms(db, "trial.span"), 2 * 3600 * 1000);
	assert_ok(setting_show(a, db, setting_find(HY_S("trial.span")), &now, e));
	assert_true(now.set && now.weaker && hy_str_eq(now.value, HY_S("2h")));
	assert_ok(setting_show(a, db, setting_find(HY_S("session.idle_minutes")), &now, e));
	assert_true(!now.set && !now.weaker && hy_str_eq(now.value, HY_S("15")));
	assert_int_equal(now.last_idx, -1);
	hy_store_give(&db);

	assert_true(put(c, "trial.number", NULL));
	assert_false(put(c, "trial.number", NULL));
	assert_int_equal(number(c), 15);
	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	hy_bind_text(s, 1, HY_S("setting/trial.number"));
	assert_ok(hy_step(s, &row, e));
	assert_ok(record_row(a, s, &ev, e));
	assert_true(row && hy_str_eq(ev.move, HY_S("set")) && hy_str_eq(ev.role, HY_S("secadmin")));
	assert_true(hy_str_eq(hy_json_get(ev.data, "value"), HY_S("20")));
	/* Who it was stands in the private part alone. */
	assert_int_equal(hy_json_get_int(ev.private, "account", 0), 7);
	assert_true(hy_str_find(ev.body, HY_S("account")) < 0);
	assert_ok(hy_step(s, &row, e));
	assert_ok(record_row(a, s, &ev, e));
	assert_true(row && hy_str_eq(ev.move, HY_S("reset")) && ev.seq == 2);
	assert_true(hy_str_eq(hy_json_get(ev.data, "before"), HY_S("20")));
	hy_done(&s);
	int64_t n;
	assert_ok(setting_fsck(a, db, &n, e));
	assert_int_equal(n, 5);
	/* Each change is found by the audit administrator. */
	struct security_row *acts;
	size_t n_acts;
	const struct security_filter f = { .act = HY_S("setting."),
					   .subject = HY_S("setting/trial.number") };
	assert_ok(security_list(a, db, &f, 10, &acts, &n_acts, e));
	assert_int_equal(n_acts, 2);
	assert_int_equal(acts[0].account, 7);
	assert_true(hy_str_eq(acts[0].address, HY_S("192.0.2.7")));
	assert_true(hy_str_eq(acts[1].role, HY_S("secadmin")));
}

static void bad_values_are_refused(void **state)
{
	static const struct {
		const char *name, *value, *words;
	} bad[] = {
		{ "trial.number", "0", "between 1 and 480" },
		{ "trial.number", "481", "between 1 and 480" },
		{ "trial.number", "1.5", "between 1 and 480" },
		{ "trial.number", "", "between 1 and 480" },
		{ "trial.number", "15 ", "between 1 and 480" },
		{ "trial.number", "99999999999999999999", "between 1 and 480" },
		{ "trial.switch", "yes", "true or false" },
		{ "trial.word", "som", "one of none|some|all" },
		{ "trial.word", "", "one of none|some|all" },
		{ "trial.text", "六个字的话呀", "0 to 5 characters" },
		{ "trial.text", "a\nb", "one line" },
		{ "trial.text", "\xff", "UTF-8" },
		{ "trial.span", "30", "a number with s, m, h or d" },
		{ "trial.span", "d", "a number with s, m, h or d" },
		{ "trial.span", "59s", "between 60" },
		{ "trial.span", "0d", "between 60" },
		{ "trial.span", "-1d", "between 60" },
		{ "trial.span", "366d", "between 60" },
		{ "trial.span", "9223372036854775807d", "between 60" },
		{ "trial.span", "-9223372036854775808d", "between 60" },
		{ "trial.span", "1w", "a number with s, m, h or d" },
	};
	struct test_city *c = *state;

	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		struct put p = { .r = c->record, .name = bad[i].name, .value = bad[i].value };
		if (hy_store_write(c->store, put_work, &p, &why) != HY_BAD_FIELD ||
		    !strstr(why.detail, bad[i].words) || strcmp(why.field, "value") != 0)
			fail_msg("%s=%s: %s", bad[i].name, bad[i].value, hy_err_text(&why));
	}
	const struct setting *s;
	struct hy_err why = { 0 };
	assert_int_equal(setting_named(HY_S("trial.numbr"), &s, &why), HY_NOT_FOUND);
	assert_says(&why, HY_NOT_FOUND, "did you mean \"trial.number\"");
}

/* What was undone was never seen by others, and is not remembered. */
static void what_is_undone_does_not_stay(void **state)
{
	struct test_city *c = *state;
	struct put p = { .r = c->record, .name = "trial.number", .value = "99", .fail = true };
	struct hy_err why = { 0 };

	assert_int_equal(number(c), 15);
	assert_int_equal(hy_store_write(c->store, put_work, &p, &why), HY_NOT_NOW);
	assert_int_equal(p.seen, 99); /* its own change it did see */
	assert_int_equal(number(c), 15);
}

/* A snapshot older than a change does not bring the old value back. */
static void an_old_snapshot_teaches_nothing(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_DB old = NULL;

	assert_true(put(c, "trial.number", "20"));
	assert_ok(hy_store_read(c->store, &old, e));
	assert_int_equal(setting_int(old, "trial.number"), 20);
	assert_true(put(c, "trial.number", "30"));
	assert_int_equal(setting_int(old, "trial.number"), 20); /* what it sees */
	assert_int_equal(number(c), 30);
	thrd_sleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 50000000 }, NULL);
	assert_int_equal(setting_int(old, "trial.number"), 20);
	assert_int_equal(number(c), 30);
}

static void a_stored_value_that_is_no_more_allowed_does_not_hold(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct setting_now now;

	assert_true(put(c, "trial.number", "20"));
	test_close(c);
	test_raw(c->where, schema, "UPDATE setting SET value = '9000' WHERE name = 'trial.number'");
	test_open(c, schema);
	thrd_sleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 50000000 }, NULL);
	assert_int_equal(number(c), 15);
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(setting_show(a, db, setting_find(HY_S("trial.number")), &now, e));
	assert_true(!now.set && hy_str_eq(now.value, HY_S("15")));
}

/* Another process: what it changes holds here within a second. */
static void a_change_by_others_is_seen_within_a_second(void **state)
{
	struct test_city *c = *state;

	assert_int_equal(number(c), 15);
	assert_true(put(c, "trial.word", "all")); /* so that the table has a row */
	assert_int_equal(number(c), 15);
	assert_ok(hy_store_write(c->store, test_script,
				 "INSERT INTO setting(name, value, last_idx, seq) "
				 "VALUES('trial.number', '40', 1, 1)",
				 e));
	thrd_sleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 50000000 }, NULL);
	assert_int_equal(number(c), 40);
}

static const struct {
	const char *sql, *words;
} changes[] = {
	{ "UPDATE setting SET value = '21' WHERE name = 'trial.number'", "setting trial.number" },
	{ "UPDATE setting SET value = NULL WHERE name = 'trial.number'", "setting trial.number" },
	{ "UPDATE setting SET value = '' WHERE name = 'trial.word'", "setting trial.word" },
	{ "UPDATE setting SET seq = 9 WHERE name = 'trial.number'", "setting trial.number" },
	{ "UPDATE setting SET last_idx = 9 WHERE name = 'trial.number'", "setting trial.number" },
	{ "DELETE FROM setting WHERE name = 'trial.word'", "setting trial.word" },
	{ "DELETE FROM setting WHERE name = 'trial.number'", "setting trial.number" },
	{ "INSERT INTO setting(name, value, last_idx, seq) VALUES('login.failures', '20', 0, 1)",
	  "setting login.failures" },
	{ "INSERT INTO setting(name, value, last_idx, seq) VALUES('x.y', '20', 0, 1)",
	  "setting x.y" },
	{ "DELETE FROM event WHERE idx = 0", "event 2 does not follow event -1" },
	{ "UPDATE event SET body = replace(body, '\"20\"', '\"10\"') WHERE idx = 2",
	  "setting trial.number" },
};

static void what_differs_from_the_events_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < HY_COUNT(changes); i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct test_city *c;
		void *fresh;
		int64_t n;
		city_up(&fresh);
		c = fresh;
		put(c, "trial.number", "10");
		put(c, "trial.number", "20");
		put(c, "trial.word", "all");
		put(c, "trial.word", NULL);
		test_close(c);
		test_raw(c->where, schema, changes[i].sql);
		test_store(c, schema);
		struct hy_err why = { 0 };
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(c->store, &db, e));
		if (setting_fsck(a, db, &n, &why) != HY_TAMPERED ||
		    !strstr(why.detail, changes[i].words))
			fail_msg("%s\nexpected: %s\nfound: %s", changes[i].sql, changes[i].words,
				 hy_err_text(&why));
		hy_store_give(&db);
		city_down(&fresh);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_sound),
		cmocka_unit_test(bad_rows_are_refused),
		cmocka_unit_test_setup_teardown(values_hold_until_they_are_changed, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(bad_values_are_refused, city_up, city_down),
		cmocka_unit_test_setup_teardown(what_is_undone_does_not_stay, city_up, city_down),
		cmocka_unit_test_setup_teardown(an_old_snapshot_teaches_nothing, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(
			a_stored_value_that_is_no_more_allowed_does_not_hold, city_up, city_down),
		cmocka_unit_test_setup_teardown(a_change_by_others_is_seen_within_a_second, city_up,
						city_down),
		cmocka_unit_test(what_differs_from_the_events_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
