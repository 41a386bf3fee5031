/* Which ways matters went, on invented ones whose ways are known by hand. */
#include "supervise/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "matter/testing.h"
#include "supervise/supervise.h"

static int up(void **state)
{
	struct town *t;
	int failed = town_up(state);

	t = *state;
	for (int i = 0; !failed && i < 3; i++) {
		static const char *const codes[] = { "a", "b", "c" };
		town_unit(t, codes[i], codes[i]);
	}
	return failed;
}

/* Given to A, handed to B, sent back, given to C. */
static hy_str wandering(struct town *t)
{
	hy_str code = town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯\"}");

	town_move(t, "2026-03-02T10:00", code, "dispatch", "desk", "{\"unit\":\"a\"}");
	town_move(t, "2026-03-03T10:00", code, "hand_off", "unit_head",
		  "{\"unit\":\"b\",\"ground\":\"duty_elsewhere\"}");
	town_move(t, "2026-03-04T10:00", code, "return", "handler",
		  "{\"ground\":\"not_ours\",\"reason\":\"不归我管\"}");
	town_move(t, "2026-03-04T11:00", code, "dispatch", "desk", "{\"unit\":\"c\"}");
	return code;
}

static struct flow_report report(struct town *t, const struct flow_query *q)
{
	struct flow_report r;
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(flow_report(t->a, t->city, db, q, HY_S("en"), &r, e));
	return r;
}

static const struct flow_query everything = { .from = HY_NO_DAY,
					      .to = HY_NO_DAY,
					      .scope = &access_all };

static void a_matter_tells_its_ways(void **state)
{
	struct town *t = *state;
	struct flow_steps s;

	flow_find(t->a, town_matter(t, wandering(t)), &s);
	assert_int_equal(s.n, 2);
	assert_true(hy_str_eq(s.v[0].from, HY_S("a")) && hy_str_eq(s.v[0].to, HY_S("b")));
	assert_int_equal(s.v[0].at, town_at("2026-03-03T10:00"));
	assert_true(hy_str_eq(s.v[1].from, HY_S("b")) && s.v[1].to.n == 0 && s.v[1].returned);
	flow_find(t->a,
		  town_matter(t, town_file(t, "2026-03-02T09:00", "complaint", "desk",
					   "{\"title\":\"静\"}")),
		  &s);
	assert_int_equal(s.n, 0);
}

static void links_are_the_figures_of_hand_offs_and_returns(void **state)
{
	struct town *t = *state;
	struct supervise_report whole;
	struct supervise_query q;
	int64_t handed = 0, returned = 0;
	HY_SCOPED_DB db = NULL;

	wandering(t);
	wandering(t);
	struct flow_report r = report(t, &everything);
	for (size_t i = 0; i < r.n; i++)
		*(r.v[i].to.n ? &handed : &returned) += r.v[i].times;
	assert_ok(supervise_query_of(t->city, &access_all, HY_S("none"), HY_NO_DAY, HY_NO_DAY, &q,
				     e));
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(supervise_report(t->a, t->city, db, &q, HY_S("en"), &whole, e));
	assert_int_equal(handed,
			 figure_value(figure_by_id(HY_S("hand_offs")), &whole.total.tally).value);
	assert_int_equal(returned,
			 figure_value(figure_by_id(HY_S("returns")), &whole.total.tally).value);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.v[0].times, 2);
	assert_int_equal(r.v[0].matters, 2);
	assert_true(hy_str_eq(r.v[1].to_name, HY_S("the desk (unassigned)")));
}

static void a_link_opens_to_its_matters_page_by_page(void **state)
{
	struct town *t = *state;
	hy_str one = wandering(t), two = wandering(t);
	struct flow_cases c;
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(flow_open(t->a, t->city, db, &everything, HY_S("a"), HY_S("b"), 0, 1, &c, e));
	assert_true(c.n == 1 && c.more && hy_str_eq(c.v[0].code, one));
	assert_ok(flow_open(t->a, t->city, db, &everything, HY_S("a"), HY_S("b"), c.v[0].id, 1, &c,
			    e));
	assert_true(c.n == 1 && !c.more && hy_str_eq(c.v[0].code, two));
	assert_true(hy_str_eq(c.v[0].unit, HY_S("c")));
	assert_int_equal(c.v[0].at, town_at("2026-03-03T10:00"));
	assert_ok(flow_open(t->a, t->city, db, &everything, HY_S("b"), HY_S("a"), 0, 1, &c, e));
	assert_int_equal(c.n, 0);
}

static void nothing_outside_the_period_or_the_scope(void **state)
{
	static const struct access_scope nothing = { 0 };
	struct town *t = *state;
	struct flow_query q = everything;

	wandering(t);
	q.from = hy_day_of(2026, 3, 3);
	assert_int_equal(report(t, &q).n, 0);
	q = everything;
	q.scope = &nothing;
	assert_int_equal(report(t, &q).n, 0);
	struct access_scope few = access_all;
	few.least = 5;
	q.scope = &few;
	assert_int_equal(report(t, &q).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_matter_tells_its_ways, up, town_down),
		cmocka_unit_test_setup_teardown(links_are_the_figures_of_hand_offs_and_returns, up,
						town_down),
		cmocka_unit_test_setup_teardown(a_link_opens_to_its_matters_page_by_page, up,
						town_down),
		cmocka_unit_test_setup_teardown(nothing_outside_the_period_or_the_scope, up,
						town_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
