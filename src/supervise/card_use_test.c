/* What cards lead to: rectifications, and figures of reports. */
#include "supervise/supervise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "supervise/card_fixture.h"

/* --- rectification -------------------------------------------------------------------------------
 */

struct rectifying {
	struct town *t;
	hy_str code;
	const char *data;
	struct card k;
};

static enum hy_code rectify_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct rectifying *x = in_out;
	const struct card_act w = { .city = x->t->city,
				    .db = db,
				    .a = x->t->a,
				    .at = town_time,
				    .role = HY_S("efficacy_office"),
				    .name = HY_S("王五"),
				    .scope = &access_all };
	const struct matter_move mv = { .at = town_time,
					.role = HY_S("efficacy_office"),
					.name = HY_S("王五"),
					.data = town_data(x->t, x->data),
					.scope = &access_all };

	return card_rectify(&w, x->code, &mv, &x->k, e);
}

static enum hy_code rectify(struct town *t, hy_str code, const char *data, struct card *out)
{
	struct rectifying x = { t, code, data, { 0 } };
	struct hy_err e2 = { 0 };
	enum hy_code c = hy_store_write(city_store(t->city), rectify_work, &x, &e2);

	hy_err_clear(&e2);
	*out = x.k;
	return c;
}

static void a_card_leads_to_a_rectification(void **state)
{
	struct town *t = *state;
	struct card k;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	hy_str code = town_file(t, "2026-03-02T09:00", "complaint", "desk",
				"{\"title\":\"路灯不亮\",\"unit\":\"a\"}");
	tick(t, "2026-04-07T09:00");
	hy_str warning = cards(t, code, "due_soon").v[0].code;
	struct card red = only(t, code, "overdue_statutory");
	assert_int_equal(red.rectification_id, 0);
	assert_int_equal(rectify(t, warning, "{}", &k), HY_NOT_NOW);
	assert_int_equal(rectify(t, HY_S("KP-2026-000099"), "{}", &k), HY_NOT_FOUND);
	assert_int_equal(rectify(t, red.code, "{\"limit\":\"soon\"}", &k), HY_BAD_FIELD);
	assert_int_equal(rectify(t, red.code, "{}", &k), HY_OK);
	assert_text(k.rectification.code, "ZG-2026-000001");
	assert_text(k.rectification.state, "registered");
	assert_int_equal(rectify(t, red.code, "{}", &k), HY_NOT_NOW); /* it has one */

	struct matter *m = town_matter(t, HY_S("ZG-2026-000001"));
	assert_text(m->unit, "a");
	assert_text(m->cls, "supervise_notice");
	assert_true(hy_str_find(m->body, red.code) >= 0);
	assert_true(hy_str_find(m->body, code) >= 0);
	assert_int_equal(m->main_due_at, town_at("2026-04-22T00:00") - 1); /* ten working days */

	/* silence raises cards against it, and the first card shows how far it is */
	tick(t, "2026-04-22T00:00");
	struct card late = only(t, m->code, "overdue_statutory");
	assert_text(late.unit, "a");
	assert_int_equal(late.level, CARD_RED);
	town_move(t, "2026-04-23T09:00", m->code, "reply", "unit_head",
		  "{\"text\":\"已修\",\"paper\":\"1号\"}");
	assert_text(only(t, code, "overdue_statutory").rectification.state, "replied");

	/* an annulled rectification gives way to another */
	town_move(t, "2026-04-23T10:00", m->code, "annul", "efficacy_office",
		  "{\"ground\":\"entered_wrongly\",\"reason\":\"x\",\"approver\":\"leader\"}");
	assert_int_equal(rectify(t, red.code, "{\"title\":\"限期修复\",\"limit\":\"5wd\"}", &k),
			 HY_OK);
	assert_text(k.rectification.code, "ZG-2026-000002");
	checked(t);
}

static void a_second_return_raises_a_yellow_card_at_once(void **state)
{
	struct town *t = *state;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	hy_str code = town_file(t, "2026-03-02T09:00", "rectification", "efficacy_office",
				"{\"title\":\"窗口脱岗\",\"unit\":\"a\"}");
	static const char report[] = "{\"text\":\"已改\",\"paper\":\"1号\"}",
			  poor[] = "{\"ground\":\"sent_back\",\"reason\":\"仍脱岗\"}";

	town_move(t, "2026-03-03T09:00", code, "reply", "unit_head", report);
	town_move(t, "2026-03-04T09:00", code, "send_back", "efficacy_office", poor);
	town_move(t, "2026-03-05T09:00", code, "reply_again", "unit_head", report);
	tick(t, "2026-03-06T08:00");
	assert_int_equal(cards(t, code, "").n, 0);
	town_move(t, "2026-03-06T09:00", code, "escalate", "efficacy_office", poor);
	tick(t, "2026-03-06T09:00");
	struct card k = only(t, code, "escalated");
	assert_int_equal(k.level, CARD_YELLOW);
	assert_int_equal(k.severity, 70);
	assert_text(k.unit, "a");
	rests_on(t, &k, town_matter(t, code), 4);
	tick(t, "2026-03-14T00:00"); /* five working days later */
	assert_int_equal(only(t, code, "overdue_step").level, CARD_RED);
	checked(t);
}

/* --- as figures of reports and appraisals -------------------------------------------------------
 */

static struct supervise_query march(enum group_by by)
{
	return (struct supervise_query){ .from = hy_day_of(2026, 3, 1),
					 .to = hy_day_of(2026, 3, 31),
					 .by = by,
					 .now = town_time,
					 .scope = &access_all,
					 .who = &actor_console };
}

static int64_t reported(struct town *t, const struct supervise_query *q, const char *id,
			const char *key)
{
	HY_SCOPED_DB db = NULL;
	struct supervise_report r;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(supervise_report(t->a, t->city, db, q, HY_S("en"), &r, e));
	for (size_t i = 0; i < r.n; i++)
		if (key && hy_str_eq(r.v[i].key, hy_str_of(key)))
			return figure_value(figure_by_id(hy_str_of(id)), &r.v[i].tally).value;
	return key ? 0 : figure_value(figure_by_id(hy_str_of(id)), &r.total.tally).value;
}

static enum hy_code count_one(void *arg, const struct supervise_matter *m, struct hy_err *e)
{
	(void)e;
	assert_true(m->code.n && m->title.n && m->unit_name.n);
	++*(int *)arg;
	return HY_OK;
}

static int opens(struct town *t, const struct supervise_query *q, const char *id, const char *key)
{
	struct supervise_open o = { .figure = figure_by_id(hy_str_of(id)) };
	HY_SCOPED_DB db = NULL;
	int n = 0;

	o.one_group = key != NULL;
	o.group = hy_str_of(key);
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(supervise_open(t->a, t->city, db, q, &o, count_one, &n, e));
	return n;
}

/* Two yellow cards of one matter are two; each is of who held it then, in the month in which it
 * came about; a contested one counts until it is annulled. */
static void cards_are_figures(void **state)
{
	struct town *t = *state;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	town_unit(t, "b", "乙局");
	hy_str one = town_file(t, "2026-03-02T09:00", "licence", "desk",
			       "{\"title\":\"食品经营许可\",\"unit\":\"a\"}");
	town_move(t, "2026-03-10T09:00", one, "note", "desk", "{\"text\":\"x\"}");
	pause_on(t, "2026-03-11T09:00", one, "hearing");
	hy_str two = town_file(t, "2026-03-10T09:00", "licence", "desk",
			       "{\"title\":\"特种设备许可\",\"unit\":\"b\"}");
	town_move(t, "2026-03-20T09:00", two, "note", "desk", "{\"text\":\"x\"}");
	tick(t, "2026-03-20T09:01");
	struct supervise_query units = march(BY_UNIT), whole = march(BY_NONE);
	assert_int_equal(reported(t, &units, "cards_yellow", "a"),
			 2); /* silence, and a long pause */
	assert_int_equal(reported(t, &units, "cards_yellow", "b"), 1);
	assert_int_equal(reported(t, &whole, "cards_yellow", NULL), 3);
	assert_int_equal(opens(t, &whole, "cards_yellow", NULL), 3);
	assert_int_equal(opens(t, &units, "cards_yellow", "a"), 2);
	assert_int_equal(reported(t, &whole, "cards_red", NULL),
			 opens(t, &whole, "cards_red", NULL));
	whole.to = hy_day_of(2026, 3, 10); /* the pause was too long later */
	assert_int_equal(reported(t, &whole, "cards_yellow", NULL), 1);
	struct supervise_query kinds = march(BY_KIND);
	assert_int_equal(reported(t, &kinds, "cards_yellow", "licence"), 3);
	struct supervise_query months = march(BY_MONTH);
	assert_int_equal(reported(t, &months, "cards_yellow", "2026-03"), 3);

	/* by person: who held it then; nobody did */
	HY_SCOPED_DB db = NULL;
	struct card_report r;
	const struct card_filter every = { 0 };
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(card_report(t->a, db, &access_all, &every, &r, e));
	assert_int_equal(r.v[0].people.n, 1);
	assert_int_equal(r.v[0].people.v[0].person.n, 0);
	hy_db_drop(&db);

	/* the other unit gets the matter, its cards stay */
	town_move(t, "2026-03-20T10:00", two, "redirect", "desk",
		  "{\"unit\":\"a\",\"ground\":\"designated\"}");
	assert_int_equal(reported(t, &units, "cards_yellow", "b"), 1);
	assert_int_equal(reported(t, &units, "cards_yellow", "a"), 2);

	struct card k = only(t, two, "no_notice");
	const hy_str li = HY_S("李四"), wang = HY_S("王五"), why = HY_S("系统停机");
	assert_int_equal(done((struct deed){ t, k.code, li, li, why, 4, true }), HY_OK);
	assert_int_equal(reported(t, &units, "cards_yellow", "b"), 1);
	assert_int_equal(done((struct deed){ t, k.code, wang, wang, why, 5, false }), HY_OK);
	assert_int_equal(reported(t, &units, "cards_yellow", "b"), 0);
	units.scope = NULL; /* who sees nothing */
	assert_int_equal(reported(t, &units, "cards_yellow", NULL), 0);
	assert_int_equal(opens(t, &units, "cards_yellow", NULL), 0);
}

/* What a unit has is what its people have, and those whom nobody held yet. */
static void cards_of_people(void **state)
{
	static const char *const people[] = { "li", "zhang", "zhang" };
	struct town *t = *state;
	const struct card_filter reds = { .kind = HY_S("overdue_statutory") };
	HY_SCOPED_DB db = NULL;
	struct card_report r;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	for (int i = 0; i < 4; i++) {
		hy_str code = town_file(t, "2026-03-02T09:00", "complaint", "desk",
					"{\"title\":\"路灯不亮\"}");
		town_move(t, "2026-03-02T10:00", code, "dispatch", "desk", "{\"unit\":\"a\"}");
		if (i == 3)
			continue;
		town_move(t, "2026-03-02T10:30", code, "sign", "handler", "{}");
		town_move(t, "2026-03-02T11:00", code, "assign", "unit_head",
			  hy_printf(t->a, "{\"person\":\"%s\"}", people[i]).p);
	}
	tick(t, "2026-10-12T09:00");
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(card_report(t->a, db, &access_all, &reds, &r, e));
	assert_int_equal(r.n, 1);
	static const struct {
		const char *person;
		int64_t n;
	} want[] = { { "", 1 }, { "li", 1 }, { "zhang", 2 } };
	assert_int_equal(r.v[0].people.n, HY_COUNT(want));
	for (size_t i = 0; i < HY_COUNT(want); i++) {
		const struct card_count_person *p = &r.v[0].people.v[i];
		assert_true(hy_str_eq(p->person, hy_str_of(want[i].person)));
		assert_int_equal(p->counts.of[0], want[i].n);
	}
	assert_int_equal(r.v[0].counts.of[0], 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, card_town, town_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_card_leads_to_a_rectification),
		TEST(a_second_return_raises_a_yellow_card_at_once),
		TEST(cards_are_figures),
		TEST(cards_of_people),
	};

	return cmocka_run_group_tests_name("card_use", tests, NULL, NULL);
}
