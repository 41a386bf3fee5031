/* Schemes: every mistake in one, and what comes out of a right one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pack/pack_sample.h"
#include "pack/score.h"

static int up(void **state)
{
	*state = hy_arena_new(0);
	return 0;
}

static int down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

/* clang-format off */
static const char conduct[] =
	"scheme: conduct\n" /* 1 */
	"title: " T3("作风", "Conduct") "\n"
	"period: month\n"
	"indicators:\n"
	"  - {id: service, title: " T3("服务", "Service") ", weight: 60%}\n" /* 5 */
	"  - {id: in_time, title: " T3("按时", "In time") ", in: service, weight: 75%, figure: in_time_share, line: [{at: 60%, points: 0}, {at: 90%, points: 80}, {at: 100%, points: 100}], least: 10, trial: {good: 98%, bad: 70%}}\n"
	"  - {id: days, title: " T3("天数", "Days") ", in: service, weight: 25%, figure: work_days_mean, bands: [{at: 0, points: 100}, {at: 5.5, points: 60}, {at: 15, points: 0}], trial: {good: 3, bad: 20}}\n"
	"  - {id: work, title: " T3("工作", "Work") ", weight: 40%, by_hand: true}\n"
	"deductions:\n"
	"  - {id: late, title: " T3("超期", "Late") ", figure: late, each: 0.5, most: 2}\n" /* 10 */
	"  - {id: absent, title: " T3("缺席", "Absent") ", each: 3, indicator: work}\n"
	"bonuses:\n"
	"  - {id: praise, title: " T3("表扬", "Praise") ", each: 1, most: 1.5}\n"
	"vetoes:\n"
	"  - {id: bribe, title: " T3("受贿", "Bribe") ", grade: bad}\n" /* 15 */
	"grades:\n"
	"  - {id: excellent, title: " T3("优秀", "Excellent") ", from: 90, quota: 34%}\n"
	"  - {id: good, title: " T3("合格", "Good") ", from: 60}\n"
	"  - {id: bad, title: " T3("不合格", "Bad") ", from: 0}\n"
	"groups:\n" /* 20 */
	"  - {id: all, title: " T3("全部", "All") "}\n"
	"last: {count: 1, points: 2, funnel: false}\n"
	"tests:\n"
	"  - name: 三个单位\n"
	"    given:\n" /* 25 */
	"      - {unit: a, of: in_time, value: 95/100}\n"
	"      - {unit: a, of: days, value: 40/10}\n"
	"      - {unit: a, of: work, value: 88.5}\n"
	"      - {unit: a, of: praise, value: 2}\n"
	"      - {unit: b, of: in_time, value: 75/100}\n" /* 30 */
	"      - {unit: b, of: days, value: 55/10}\n"
	"      - {unit: b, of: work, value: 80}\n"
	"      - {unit: b, of: late, value: 25}\n"
	"      - {unit: b, of: absent, value: 1}\n"
	"      - {unit: c, of: in_time, value: 9/9}\n" /* 35 */
	"      - {unit: c, of: days, value: none}\n"
	"      - {unit: c, of: work, value: 95}\n"
	"      - {unit: c, of: bribe, value: 1}\n"
	"    expect:\n"
	"      - {unit: a, score: 92.4, place: 1, grade: excellent}\n" /* 40 */
	"      - {unit: b, score: 55.8, place: 2, grade: bad}\n"
	"      - {unit: c, score: 95, place: 3, grade: bad}\n";
/* clang-format on */

struct built {
	struct pack_messages msgs;
	struct pack *p;
};

static void drop(void *v)
{
	struct pack *p = v;

	pack_free(&p);
}

static struct built build(struct hy_arena *a, hy_str text)
{
	struct pack_source s = sample(a, "base");
	struct built b = { 0 };
	struct hy_err e = { 0 };

	*sample_text(&s, "schemes/conduct.yaml") = text;
	/* by path, as a folder is read */
	struct pack_file last = s.files[s.n_files - 1];
	memmove(&s.files[s.n_files - 2], &s.files[s.n_files - 1], sizeof(last));
	s.files[s.n_files - 1] = sample_files[SAMPLE_FILES - 1];
	if (!pack_build(a, &s, 1, NULL, 0, &b.msgs, &b.p, &e))
		hy_arena_defer(a, drop, b.p);
	return b;
}

static const struct pack_scheme *scheme(struct hy_arena *a)
{
	struct built b = build(a, hy_str_of(conduct));

	if (!b.p)
		fail_msg("%.*s:%d %.*s", HY_ARG(b.msgs.v[0].file), b.msgs.v[0].line,
			 HY_ARG(b.msgs.v[0].text));
	const struct pack_scheme *s = pack_scheme(b.p, HY_S("conduct"));
	assert_non_null(s);
	return s;
}

static void a_scheme_passes_its_own_tests(void **state)
{
	struct built b = build(*state, hy_str_of(conduct));
	struct score_trial r;
	struct hy_err e = { 0 };

	assert_non_null(b.p);
	assert_int_equal(score_try(*state, b.p, HY_S(""), &r, &e), HY_OK);
	for (size_t i = 0; i < r.n_failures; i++)
		fail_msg("%.*s", HY_ARG(r.failures[i].text));
	assert_int_equal(r.passed, 3); /* two directions and one test */
	assert_int_equal(r.failed, 0);
	assert_int_equal(score_try(*state, b.p, HY_S("other"), &r, &e), HY_OK);
	assert_int_equal(r.passed, 0);
}

static void a_wrong_expectation_fails(void **state)
{
	static const char *const changes[][2] = {
		{ "score: 92.4", "score: 92.41" },
		{ "place: 2", "place: 1" },
		{ "place: 1, grade: excellent", "place: 1, grade: good" },
		{ "{good: 98%, bad: 70%}", "{good: 50%, bad: 40%}" },
		{ "{good: 3, bad: 20}", "{good: 16, bad: 3}" }
	};

	for (size_t i = 0; i < HY_COUNT(changes); i++) {
		struct built b = build(
			*state, replaced(*state, hy_str_of(conduct), changes[i][0], changes[i][1]));
		struct score_trial r;
		struct hy_err e = { 0 };
		assert_non_null(b.p);
		assert_int_equal(score_try(*state, b.p, HY_S(""), &r, &e), HY_OK);
		assert_int_equal(r.failed, 1);
		assert_true(r.n_failures == 1 && r.failures[0].text.n > 0);
	}
}

static const struct {
	const char *from, *to, *says;
	int line;
} mistakes[] = {
	{ "weight: 40%", "weight: 41%", "add up to 101.00%", 5 },
	{ "weight: 25%", "weight: 25.5%", "add up to 100.50%", 5 },
	{ "in: service, weight: 75%", "in: servise, weight: 75%", "no indicator \"servise\"", 6 },
	{ "figure: in_time_share", "figure: in_time_shar", "did you mean \"in_time_share\"", 6 },
	{ "at: 60%,", "at: 60,", "is written as 85%", 6 },
	{ "at: 90%, points: 80", "at: 50%, points: 80", "marks go upwards", 6 },
	{ ", trial: {good: 98%, bad: 70%}", "", "needs \"line\" or \"bands\", and a \"trial\"", 6 },
	{ "by_hand: true", "by_hand: true, figure: late", "one source", 8 },
	{ ", by_hand: true", "", "neither parts nor a source", 8 },
	{ "figure: late", "figure: in_time_share", "is no count", 10 },
	{ "each: 0.5", "each: 0", "worth something", 10 },
	{ "indicator: work", "indicator: wurk", "unknown indicator", 11 },
	{ "id: absent", "id: late", "stands twice", 11 },
	{ "grade: bad}\ngrades", "grade: worst}\ngrades", "unknown grade", 15 },
	{ "from: 60}", "from: 95}", "grades go downwards", 18 },
	{ "from: 0}", "from: 1}", "everybody gets one", 17 },
	{ "of: days, value: 40/10", "of: day, value: 40/10", "did you mean \"days\"", 27 },
	{ "value: 95/100", "value: 95/0", "fraction", 26 },
	{ "value: 88.5", "value: 177/2", "written in points", 28 },
	{ "of: work, value: 80", "of: service, value: 80", "has parts", 32 },
	{ "period: month", "period: week", "month", 3 },
};

static void mistakes_are_told_with_their_place(void **state)
{
	for (size_t i = 0; i < HY_COUNT(mistakes); i++) {
		struct built b = build(*state, replaced(*state, hy_str_of(conduct),
							mistakes[i].from, mistakes[i].to));
		assert_null(b.p);
		const struct pack_message *m = &b.msgs.v[0];
		if (m->line != mistakes[i].line ||
		    hy_str_find(m->text, hy_str_of(mistakes[i].says)) < 0)
			fail_msg("\"%s\": line %d, \"%.*s\"; expected line %d, \"%s\"",
				 mistakes[i].to, m->line, HY_ARG(m->text), mistakes[i].line,
				 mistakes[i].says);
	}
}

/* --- arithmetic ----------------------------------------------------------------------------------
 */

enum { I_SERVICE, I_IN_TIME, I_DAYS, I_WORK, INDICATORS };
enum { A_LATE, A_ABSENT, A_PRAISE, A_BRIBE, ADJUSTS };

struct one {
	struct score_given indicators[INDICATORS], adjusts[ADJUSTS];
};

static struct one unit(int64_t in_time, int64_t of, int64_t work)
{
	return (struct one){ .indicators = {
				     [I_IN_TIME] = { true, in_time, of,
						     sqrt((double)in_time * (double)(of - in_time) /
							  (double)of) /
							     (double)of },
				     [I_DAYS] = { true, 40, 10, 0 },
				     [I_WORK] = { true, work, 1, 0 } } };
}

static struct score_result *scored(struct hy_arena *a, const struct pack_scheme *s,
				   const struct one *v, size_t n)
{
	static const char *const codes[] = { "a", "b", "c", "d", "e", "f" };
	struct score_unit *u = hy_new_n(a, struct score_unit, n);
	struct score_result *r = hy_new_n(a, struct score_result, n);
	struct hy_err e = { 0 };

	for (size_t i = 0; i < n; i++)
		u[i] = (struct score_unit){ hy_str_of(codes[i]), v[i].indicators, v[i].adjusts };
	if (score_units(a, s, u, n, NULL, r, &e))
		fail_msg("%s", hy_err_text(&e));
	return r;
}

static void points_are_exact_on_the_line(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	const struct pack_indicator *line = &s->indicators[I_IN_TIME],
				    *bands = &s->indicators[I_DAYS];

	assert_int_equal(score_points(line, 60, 100), 0);
	assert_int_equal(score_points(line, 59, 100), 0);
	assert_int_equal(score_points(line, 90, 100), 800000);
	assert_int_equal(score_points(line, 100, 100), 1000000);
	assert_int_equal(score_points(line, 2, 3), 177778);	/* 80 x (66.6..% - 60%) / 30% */
	assert_int_equal(score_points(bands, 54, 10), 1000000); /* 5.4 days */
	assert_int_equal(score_points(bands, 55, 10), 600000);
	assert_int_equal(score_points(bands, 150, 10), 0);
	assert_int_equal(score_points(&s->indicators[I_WORK], 885000, 1), 885000);
}

static void lost_points_add_up_exactly(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	const struct one v[] = { unit(67, 71, 837777), unit(0, 13, 0), unit(71, 71, 1000000) };
	struct score_result *r = scored(*state, s, v, 3);

	for (int i = 0; i < 3; i++) {
		const struct score_node *n = r[i].nodes;
		assert_int_equal(n[I_SERVICE].lost + n[I_WORK].lost, 1000000 - r[i].points);
		assert_int_equal(n[I_IN_TIME].lost + n[I_DAYS].lost, n[I_SERVICE].lost);
		assert_true(fabs(n[I_IN_TIME].weight - 0.45) < 1e-12);
	}
	assert_int_equal(r[2].points, 1000000);
}

static void too_few_cases_do_not_count(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	struct one v[] = { unit(9, 9, 500000), unit(0, 9, 500000) };
	struct score_result *r = scored(*state, s, v, 2);

	for (int i = 0; i < 2; i++) { /* what nine cases say is left out */
		assert_true(r[i].nodes[I_IN_TIME].few && !r[i].nodes[I_IN_TIME].applies);
		assert_int_equal(r[i].points, 800000); /* 60 % x 100 + 40 % x 50 */
		assert_true(fabs(r[i].nodes[I_DAYS].weight - 0.6) < 1e-12);
		assert_int_equal(r[i].place, 1);
	}
	v[0].indicators[I_DAYS].known = v[0].indicators[I_WORK].known = false;
	r = scored(*state, s, v, 1);
	assert_false(r[0].applies);
}

static void caps_and_bounds_hold(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	struct one v[] = { unit(100, 100, 1000000), unit(100, 100, 20000) };

	v[0].adjusts[A_PRAISE] = (struct score_given){ true, 7, 1, 0 };
	v[1].adjusts[A_LATE] = (struct score_given){ true, 1000000000, 1, 0 };
	v[1].adjusts[A_ABSENT] = (struct score_given){ true, 9, 1, 0 };
	struct score_result *r = scored(*state, s, v, 2);
	assert_int_equal(r[0].adjusts[A_PRAISE].points, 15000);
	assert_int_equal(r[0].total, 1000000); /* never over 100 */
	assert_int_equal(r[1].adjusts[A_LATE].points, 20000);
	assert_int_equal(r[1].nodes[I_WORK].points, 0); /* never below 0 */
	assert_int_equal(r[1].points, 600000);
}

static void quotas_treat_equals_alike(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	const struct one v[] = { unit(100, 100, 1000000), unit(100, 100, 990000),
				 unit(100, 100, 990000),  unit(100, 100, 700000),
				 unit(100, 100, 700000),  unit(100, 100, 600000) };
	struct score_result *r = scored(*state, s, v, 6);

	assert_int_equal(r[0].grade, 0); /* 34 % of 6 are 2: the equal pair does not fit */
	assert_int_equal(r[1].grade, 1);
	assert_int_equal(r[2].grade, 1);
	assert_int_equal(r[3].place, 4);
	assert_int_equal(r[4].place, 4);
	assert_int_equal(r[5].place, 6);
}

static void the_last_lose_only_where_it_is_sure(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	const struct one noise[] = { unit(16, 20, 800000), unit(15, 20, 800000),
				     unit(14, 20, 800000) },
			 clear[] = { unit(490, 500, 800000), unit(480, 500, 800000),
				     unit(310, 500, 800000) };
	struct score_result *r = scored(*state, s, noise, 3);

	assert_true(r[2].among_last && !r[2].last_struck);
	assert_true(fabs(r[2].last - 1.0 / 3) < 0.01); /* they cannot be told apart */
	assert_int_equal(r[2].low, 1);
	r = scored(*state, s, clear, 3);
	assert_true(r[2].last > 0.999 && r[2].last_struck && r[2].low == 3);
	assert_int_equal(r[2].total, r[2].points - 20000);
	assert_false(r[1].last_struck);
}

static void a_whole_is_split_without_a_rest(void **state)
{
	const int64_t w[] = { 1, 1, 1, 0 }, none[] = { 0, 0 };
	int64_t part[4];

	(void)state;
	score_split(100, w, 4, part);
	assert_true(part[0] == 34 && part[1] == 33 && part[2] == 33 && part[3] == 0);
	score_split(5, none, 2, part);
	assert_true(part[0] == 0 && part[1] == 0);
}

static void publication_rounds_half_up(void **state)
{
	assert_int_equal(score_published(934950), 9350);
	assert_int_equal(score_published(934949), 9349);
	assert_int_equal(score_published(-50), 0);
	assert_int_equal(score_published(-51), -1);
	assert_true(hy_str_eq(score_text(*state, 934950), HY_S("93.50")));
	assert_true(hy_str_eq(score_text(*state, -15000), HY_S("-1.50")));
}

static void nobody_stands_in_two_places(void **state)
{
	const struct pack_scheme *s = scheme(*state);
	struct one v = unit(1, 10, 0);
	struct score_unit twice[] = { { HY_S("a"), v.indicators, v.adjusts },
				      { HY_S("a"), v.indicators, v.adjusts } };
	struct score_result r[2];
	struct hy_err e = { 0 };

	assert_int_equal(score_units(*state, s, twice, 2, NULL, r, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "unit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scheme_passes_its_own_tests),
		cmocka_unit_test(a_wrong_expectation_fails),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(points_are_exact_on_the_line),
		cmocka_unit_test(lost_points_add_up_exactly),
		cmocka_unit_test(too_few_cases_do_not_count),
		cmocka_unit_test(caps_and_bounds_hold),
		cmocka_unit_test(quotas_treat_equals_alike),
		cmocka_unit_test(the_last_lose_only_where_it_is_sure),
		cmocka_unit_test(a_whole_is_split_without_a_rest),
		cmocka_unit_test(publication_rounds_half_up),
		cmocka_unit_test(nobody_stands_in_two_places),
	};

	return cmocka_run_group_tests_name("score", tests, up, down);
}
