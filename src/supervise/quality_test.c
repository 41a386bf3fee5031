/* Data quality on invented matters whose answers are known by hand. */
#include "supervise/quality.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "matter/testing.h"
#include "supervise/card.h"

static const struct city_room *const rooms[] = { &card_room, &quality_room, NULL };

static int up(void **state)
{
	struct town *t;
	int failed;

	city_set_rooms(rooms);
	failed = town_up(state);
	t = *state;
	for (int i = 0; !failed && i < 3; i++) {
		static const char *const codes[] = { "a", "b", "c" };
		town_unit(t, codes[i], codes[i]);
	}
	return failed;
}

static struct quality_found found_in(struct town *t, const struct matter *m, enum quality q,
				     bool imported)
{
	const struct quality_look l = { t->a, m, imported, 48 * (hy_ms)HY_HOUR };
	struct quality_found f[QUALITY__N];

	quality_find(&l, f);
	return f[q];
}

static struct quality_found found(struct town *t, hy_str code, enum quality q)
{
	return found_in(t, town_matter(t, code), q, false);
}

/* As it happened at HAPPENED, entered at ENTERED. */
static hy_str entered(struct town *t, const char *happened, const char *entered_at,
		      const char *source)
{
	struct town_deed d = { .t = t, .subject = HY_S("complaint"), .if_seq = -1 };

	d.mv.role = HY_S("desk");
	d.mv.at = town_at(happened);
	d.mv.data = town_data(t, "{\"title\":\"路灯不亮\",\"unit\":\"a\"}");
	d.source = hy_str_of(source);
	town_time = town_at(entered_at);
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	return d.filed.code;
}

/* --- of one matter ------------------------------------------------------------------------------
 */

static void late_is_later_than_the_setting(void **state)
{
	struct town *t = *state;
	struct quality_found f =
		found(t, entered(t, "2026-03-02T09:00", "2026-03-04T09:00", ""), QUALITY_LATE);

	assert_true(f.of && !f.has);
	hy_str late = entered(t, "2026-03-02T09:00", "2026-03-04T09:00:00.001", "");
	f = found(t, late, QUALITY_LATE);
	assert_true(f.of && f.has);
	assert_int_equal(f.at, town_at("2026-03-02T09:00"));
	f = found_in(t, town_matter(t, late), QUALITY_LATE, true); /* imported */
	assert_false(f.of || f.has);
}

static void times_that_cannot_be_true(void **state)
{
	struct town *t = *state;
	struct pack_move moves[] = { { .id = HY_S("file"), .act = PACK_FILE },
				     { .id = HY_S("sign"), .act = PACK_STEP },
				     { .id = HY_S("reply"), .act = PACK_REPLY } };
	struct pack_kind kind = { .id = HY_S("x"), .moves = moves, .n_moves = 3 };
	hy_ms nine = town_at("2026-03-02T09:00");
	struct matter_event ev[] = {
		{ .seq = 1, .move = 0, .at = nine, .rec = nine },
		{ .seq = 2, .move = 1, .at = nine + 5, .rec = nine + 5 },
		{ .seq = 3, .move = 2, .at = nine + HY_MINUTE, .rec = nine + HY_MINUTE },
	};
	struct matter m = { .kind = &kind,
			    .events = ev,
			    .n_events = 3,
			    .filed_at = nine,
			    .answered_at = ev[2].at };
	struct quality_found f = found_in(t, &m, QUALITY_UNTRUE, true);

	assert_true(f.of && !f.has);
	ev[2].at--; /* within a minute */
	assert_true(found_in(t, &m, QUALITY_UNTRUE, true).has);
	m.cls = HY_S("inquiry");
	assert_false(found_in(t, &m, QUALITY_UNTRUE, true).has);
	ev[1].rec--; /* entered before it happened */
	f = found_in(t, &m, QUALITY_UNTRUE, true);
	assert_true(f.has);
	assert_int_equal(f.at, nine + 5);
	ev[1].role = HY_S("system"); /* what the system does is its own affair */
	assert_false(found_in(t, &m, QUALITY_UNTRUE, true).has);
	ev[1].role = HY_S("desk");
	ev[1].rec = nine + HY_HOUR;
	ev[1].at = nine - 1; /* before the move before it */
	assert_true(found_in(t, &m, QUALITY_UNTRUE, true).has);
	m.annulled = true;
	assert_false(found_in(t, &m, QUALITY_UNTRUE, true).of);
}

static void the_window_is_a_tenth_and_a_day_at_least(void **state)
{
	(void)state;
	assert_int_equal(quality_window(0, 30 * (hy_ms)HY_DAY_MS), 3 * (hy_ms)HY_DAY_MS);
	assert_int_equal(quality_window(0, 10 * (hy_ms)HY_DAY_MS), HY_DAY_MS);
	assert_int_equal(quality_window(0, 2 * (hy_ms)HY_DAY_MS), HY_DAY_MS);
}

/* Answered in time AT of a limit from 2 March 00:00 to 31 March 24:00: 30 days, a tenth is three.
 */
static hy_str answered(struct town *t, const char *unit, const char *at)
{
	hy_str code = town_file(
		t, "2026-03-02T00:00", "complaint", "desk",
		hy_printf(t->a, "{\"title\":\"路灯不亮\",\"unit\":\"%s\",\"limit\":\"29cd\"}", unit)
			.p);

	town_move(t, at, code, "reply", "handler", "{\"text\":\"已修\"}");
	return code;
}

static void answers_in_the_last_tenth(void **state)
{
	struct town *t = *state;
	struct quality_found f = found(t, answered(t, "a", "2026-03-28T23:59"), QUALITY_CLOSING);

	assert_true(f.of && !f.has);
	f = found(t, answered(t, "a", "2026-03-29T00:01"), QUALITY_CLOSING);
	assert_true(f.of && f.has);
	assert_int_equal(f.at, town_at("2026-03-29T00:01"));
	assert_int_equal(f.due, town_at("2026-04-01T00:00") - 1);
	f = found(t, answered(t, "a", "2026-04-01T00:00"),
		  QUALITY_CLOSING); /* late is another thing */
	assert_false(f.of || f.has);
}

static void pauses_in_the_last_tenth(void **state)
{
	struct town *t = *state;
	static const char pause[] = "{\"ground\":\"hearing\",\"paper\":\"1号\",\"planned\":5,"
				    "\"approver\":\"unit_head\"}";
	hy_str code =
		town_file(t, "2026-03-02T09:00", "licence", "desk", "{\"title\":\"食品经营许可\"}");

	town_move(t, "2026-03-03T09:00", code, "accept", "desk", "{}");
	assert_false(found(t, code, QUALITY_PAUSE).of);
	hy_ms due = town_matter(t, code)->main_due_at;
	assert_int_equal(due, town_at("2026-04-01T00:00") - 1); /* twenty working days */
	town_move(t, "2026-03-20T09:00", code, "pause", "handler", pause);
	struct quality_found f = found(t, code, QUALITY_PAUSE);
	assert_true(f.of && !f.has);
	/* five working days stood still: the date moved, and what is near it with it */
	town_move(t, "2026-03-27T09:00", code, "resume", "handler", "{}");
	due = town_matter(t, code)->main_due_at;
	assert_true(due > town_at("2026-04-07T00:00"));
	town_move(t, "2026-03-31T09:00", code, "pause", "handler", pause);
	assert_false(found(t, code, QUALITY_PAUSE).has);
	town_move(t, "2026-04-01T09:00", code, "resume", "handler", "{}");
	due = town_matter(t, code)->main_due_at;
	char when[32];
	hy_str day = hy_day_text(t->a, hy_local(&hy_zone_china, due, NULL));
	snprintf(when, sizeof(when), "%.*sT09:00", (int)day.n, day.p);
	town_move(t, when, code, "pause", "handler", pause);
	f = found(t, code, QUALITY_PAUSE);
	assert_true(f.has);
	assert_int_equal(f.due, due);
}

/* --- of many
 * --------------------------------------------------------------------------------------
 */

static struct quality_query everything(void)
{
	return (struct quality_query){ .from = hy_day_of(2026, 3, 1),
				       .to = hy_day_of(2026, 3, 31),
				       .now = town_time,
				       .scope = &access_all,
				       .who = &actor_console };
}

static struct quality_report report(struct town *t, const struct quality_query *q)
{
	HY_SCOPED_DB db = NULL;
	struct quality_report r;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(quality_report(t->a, t->city, db, q, HY_S("zh-CN"), &r, e));
	return r;
}

static size_t opened(struct town *t, const struct quality_query *q, enum quality measure,
		     const char *unit)
{
	HY_SCOPED_DB db = NULL;
	struct quality_cases v = { .more = true };
	hy_str of = hy_str_of(unit);
	int64_t after = 0;
	size_t n = 0;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	while (v.more) { /* page by page, each once */
		assert_ok(quality_open(t->a, t->city, db, q, measure, unit ? &of : NULL, after, 3,
				       &v, e));
		for (size_t i = 0; i < v.n; i++) {
			assert_true(v.v[i].id > after);
			after = v.v[i].id;
		}
		n += v.n;
	}
	return n;
}

/* a: 8 of 10 near the date; b: 1 of 12; c: 2 of 10, and 2 entered afterwards. */
static void three_units(struct town *t)
{
	static const struct {
		const char *unit;
		int near, far;
	} of[] = { { "a", 8, 2 }, { "b", 1, 11 }, { "c", 2, 8 } };

	for (size_t i = 0; i < HY_COUNT(of); i++) {
		for (int k = 0; k < of[i].near; k++)
			answered(t, of[i].unit, "2026-03-30T10:00");
		for (int k = 0; k < of[i].far; k++)
			answered(t, of[i].unit, "2026-03-10T10:00");
	}
	hy_str gone = answered(t, "a", "2026-03-30T10:00");
	town_move(
		t, "2026-03-30T11:00", gone, "annul", "desk",
		"{\"ground\":\"entered_twice\",\"reason\":\"同一件\",\"approver\":\"unit_head\"}");
	entered(t, "2026-03-05T09:00", "2026-03-30T12:00", "");
	entered(t, "2026-02-05T09:00", "2026-03-30T12:00", ""); /* filed before the period */
	entered(t, "2026-03-05T09:00", "2026-03-30T12:00", "old-1");
}

static void units_are_held_against_the_others(void **state)
{
	struct town *t = *state;

	three_units(t);
	struct quality_query q = everything();
	struct quality_report r = report(t, &q);
	assert_int_equal(r.n, 3);
	const struct bunch *a = &r.v[0].of[QUALITY_CLOSING], *b = &r.v[1].of[QUALITY_CLOSING],
			   *c = &r.v[2].of[QUALITY_CLOSING];
	assert_int_equal(a->yes, 8);
	assert_int_equal(a->of, 10);
	assert_int_equal(b->yes, 1);
	assert_int_equal(b->of, 12);
	assert_int_equal(c->yes, 2);
	assert_int_equal(c->of, 10);
	/* 3 of 22 elsewhere: P(Bin(10, 3.5/23) >= 8), times three */
	assert_true(fabs(a->elsewhere - 3.5 / 23) < 1e-12);
	assert_true(a->more && a->adjusted < 1e-4 && !b->more && !c->more);
	assert_int_equal(r.total.of[QUALITY_CLOSING].yes, 11);
	assert_int_equal(r.total.of[QUALITY_CLOSING].of, 32);

	assert_int_equal(r.v[0].of[QUALITY_LATE].yes, 1);
	assert_int_equal(r.v[0].of[QUALITY_LATE].of, 11); /* not the imported one */
	assert_false(r.v[0].of[QUALITY_LATE].more);
	assert_int_equal(r.v[0].of[QUALITY_UNTRUE].of, 12);
	assert_int_equal(r.total.of[QUALITY_UNTRUE].yes, 0);

	/* every number opens to as many matters */
	for (int k = 0; k < QUALITY__N; k++) {
		assert_int_equal(opened(t, &q, (enum quality)k, NULL), r.total.of[k].yes);
		for (size_t i = 0; i < r.n; i++)
			assert_int_equal(opened(t, &q, (enum quality)k, r.v[i].unit.p),
					 r.v[i].of[k].yes);
	}
}

static void look(struct town *t)
{
	int done = 1;

	while (done)
		assert_ok(quality_tick(t->city, 7, &done, e));
}

static void same(const struct quality_report *a, const struct quality_report *b)
{
	assert_int_equal(a->n, b->n);
	for (int q = 0; q < QUALITY__N; q++) {
		assert_int_equal(a->total.of[q].of, b->total.of[q].of);
		assert_int_equal(a->total.of[q].yes, b->total.of[q].yes);
		for (size_t i = 0; i < a->n; i++) {
			assert_true(hy_str_eq(a->v[i].unit, b->v[i].unit));
			assert_int_equal(a->v[i].of[q].of, b->v[i].of[q].of);
			assert_int_equal(a->v[i].of[q].yes, b->v[i].of[q].yes);
		}
	}
}

/* What is kept says the same as the fold, whatever has moved since and whatever is too late. */
static void what_is_kept_is_what_is_folded(void **state)
{
	struct town *t = *state;

	three_units(t);
	struct quality_query q = everything();
	struct quality_report folded = report(t, &q);
	look(t);
	struct quality_report kept = report(t, &q);
	same(&folded, &kept);
	for (int k = 0; k < QUALITY__N; k++)
		assert_int_equal(opened(t, &q, (enum quality)k, NULL), kept.total.of[k].yes);
	/* one more that nobody has looked at yet, and one that moved */
	hy_str more = answered(t, "b", "2026-03-30T10:00");
	assert_int_equal(report(t, &q).v[1].of[QUALITY_CLOSING].yes, 2);
	look(t);
	assert_int_equal(report(t, &q).v[1].of[QUALITY_CLOSING].yes, 2);
	town_move(
		t, "2026-03-30T11:00", more, "annul", "desk",
		"{\"ground\":\"entered_twice\",\"reason\":\"同一件\",\"approver\":\"unit_head\"}");
	kept = report(t, &q);
	same(&folded, &kept);
	look(t);
	kept = report(t, &q);
	same(&folded, &kept);
}

static void who_sees_nothing_counts_nothing(void **state)
{
	struct town *t = *state;
	struct quality_query q;
	struct quality_report r;
	HY_SCOPED_DB db = NULL;
	struct hy_err why = { 0 };

	answered(t, "a", "2026-03-30T10:00");
	answered(t, "a", "2026-03-30T10:00");
	q = everything();
	q.most = 2;
	assert_int_equal(report(t, &q).total.of[QUALITY_CLOSING].yes, 2);
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	q.most = 1;
	assert_int_equal(quality_report(t->a, t->city, db, &q, HY_S("en"), &r, &why),
			 HY_STORE_BUSY);
	look(t); /* none waits */
	assert_int_equal(report(t, &q).total.of[QUALITY_CLOSING].yes, 2);
	q.scope = NULL;
	r = report(t, &q);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.total.of[QUALITY_UNTRUE].of, 0);
	assert_int_equal(opened(t, &q, QUALITY_CLOSING, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, town_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(late_is_later_than_the_setting),
		TEST(times_that_cannot_be_true),
		cmocka_unit_test(the_window_is_a_tenth_and_a_day_at_least),
		TEST(answers_in_the_last_tenth),
		TEST(pauses_in_the_last_tenth),
		TEST(units_are_held_against_the_others),
		TEST(what_is_kept_is_what_is_folded),
		TEST(who_sees_nothing_counts_nothing),
	};

	return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
