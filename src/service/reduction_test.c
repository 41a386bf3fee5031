/* The report 三减 over packs/efficacy-year, whose figures are those of a programme (mission C1). */
#include "matter/testing.h"

#include "base/file.h"
#include "matter/reform.h"
#include "people/unit_table.h"
#include "service/item_table.h"
#include "service/reduction.h"

#define ITEMS HY_SOURCE_ROOT "/packs/efficacy-year/items/"
static const struct city_room *const rooms[] = { &service_room, NULL };
static struct hy_db *db;

static hy_day day(const char *s)
{
	hy_day d;

	assert_true(hy_day_read(hy_str_of(s), &d));
	return d;
}

static void grid_of(struct town *t, const char *name, struct grid *g)
{
	hy_str bytes;

	assert_ok(
		hy_file_read(t->a, hy_printf(t->a, ITEMS "%s", name).p, GRID_FILE_MOST, &bytes, e));
	assert_ok(grid_read(t->a, bytes, g, e));
}

static void import(struct town *t, const char *name, const char *on)
{
	struct grid g;
	struct reform r;
	struct item_act act = { .who = &actor_console, .from = day(on) };
	struct item_job job = { .act = &act, .grid = &g, .a = t->a };

	grid_of(t, name, &g);
	reform_begin(&r, t->city, NULL, &actor_console, HY_S(""), &act.w);
	assert_ok(item_import(city_store(t->city), &job, e));
	assert_int_equal(job.plan.count[TABLE_SAME], 0);
}

static int up(void **state)
{
	struct grid g;
	struct reform r;
	struct unit_act act;

	city_set_rooms(rooms);
	int c = town_up(state);
	struct town *t = *state;
	grid_of(t, "units.csv", &g);
	reform_begin(&r, t->city, NULL, &actor_console, HY_S(""), &act);
	struct table_job units = { .kind = TABLE_UNITS,
				   .act = &act,
				   .pack = city_pack(t->city),
				   .grid = &g,
				   .on = day("2009-01-01"),
				   .a = t->a };
	assert_ok(table_import(city_store(t->city), &units, e));
	import(t, "1-before.csv", "2009-12-31");
	import(t, "2-after.csv", "2010-12-31");
	import(t, "3-fees.csv", "2010-12-31");
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	return c;
}

static int down(void **state)
{
	hy_store_give(&db);
	return town_down(state);
}

static struct reduction report(struct town *t, const char *unit, const char *type, const char *tag)
{
	struct reduction_query q = { .from = day("2009-12-31"),
				     .to = day("2010-12-31"),
				     .unit = hy_str_of(unit),
				     .type = hy_str_of(type),
				     .tag = hy_str_of(tag),
				     .by_unit = true,
				     .against_x100 = 1150,
				     .places = 2 };
	struct reduction r;

	assert_ok(reduction_make(t->a, db, &q, &r, e));
	return r;
}

#define is(t, num, den, places, want)                                                              \
	assert_string_equal(reduction_decimal((t)->a, num, den, places).p, want)

static void average_is(struct town *t, const struct reduction_average *m, const char *want)
{
	is(t, m->sum, m->n, 2, want);
}

static void less_is(struct town *t, const struct reduction_average m[2], const char *want)
{
	int64_t num, den;

	reduction_less(m, &num, &den);
	is(t, 100 * num, den, 2, want);
}

static void items_kept_and_cut(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "shi", "licence", "");

	assert_int_equal(r.whole.count[REDUCTION_KEPT], 184);
	assert_int_equal(r.whole.count[REDUCTION_GONE], 209);
	assert_int_equal(r.whole.count[REDUCTION_CUT] + r.whole.count[REDUCTION_MERGED] +
				 r.whole.count[REDUCTION_HANDED],
			 209);
	is(t, 100 * 209, r.whole.count[REDUCTION_BEFORE], 0, "53");
}

static void investment_items_kept_and_cut(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "shi", "licence", "investment");

	assert_int_equal(r.whole.count[REDUCTION_KEPT], 29);
	assert_int_equal(r.whole.count[REDUCTION_GONE], 24);
	is(t, 100 * r.whole.count[REDUCTION_GONE], r.whole.count[REDUCTION_BEFORE], 2, "45.28");
}

static void the_average_limit_falls(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "shi", "licence", "");
	const struct reduction_average *m = r.whole.mean[MEAN_LIMIT];

	average_is(t, &r.whole.mean[MEAN_STATUTORY][0], "19.89");
	average_is(t, &r.whole.mean[MEAN_PLEDGED][1], "11.01");
	average_is(t, &m[0], "19.89");
	average_is(t, &m[1], "11.01");
	less_is(t, m, "44.65");
	/* 4.3 % under the province's 11.5 */
	is(t, 100 * (1150 * m[1].n - 100 * m[1].sum), 1150 * m[1].n, 1, "4.3");
	/* limits in other units stand beside, and are told */
	assert_int_equal(r.whole.count[REDUCTION_OTHER_UNIT], 2);
	assert_int_equal(m[1].n + 2, 184);
}

static void the_average_limit_of_investment_falls(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "shi", "licence", "investment");

	average_is(t, &r.whole.mean[MEAN_LIMIT][0], "41.20");
	average_is(t, &r.whole.mean[MEAN_LIMIT][1], "23.63");
	less_is(t, r.whole.mean[MEAN_LIMIT], "42.65");
}

static void a_county_bureau_is_quicker(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "xianguotu", "", "");
	static const struct {
		int before, after;
		const char *less, *short_less;
	} want[] = { { 30, 7, "76.67", "76.7" }, { 20, 5, "75.00", "75.0" } };

	assert_int_equal(r.n_pairs, 2);
	for (int i = 0; i < 2; i++) {
		int was = r.pairs[i].before->content.statutory.limit.n,
		    now = r.pairs[i].after->content.pledged.limit.n;
		assert_int_equal(was, want[i].before);
		assert_int_equal(now, want[i].after);
		is(t, 100 * (was - now), was, 2, want[i].less);
		is(t, 100 * (was - now), was, 1, want[i].short_less);
	}
}

static void documents_go_round_quicker(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "", "internal", "");
	const struct reduction_average *m = r.whole.mean[MEAN_LIMIT];
	int64_t num, den;

	is(t, m[0].sum, m[0].n, 0, "27");
	is(t, m[1].sum, m[1].n, 1, "6.6");
	reduction_less(m, &num, &den);
	is(t, 100 * num, den, 0, "76");				/* three quarters less */
	assert_int_equal(r.whole.mean[MEAN_STATUTORY][0].n, 0); /* no law limits it */
}

/* What is counted opens: the same number of items, and units add up to the whole. */
static void every_figure_opens(void **state)
{
	struct town *t = *state;
	struct reduction r = report(t, "shi", "licence", "");
	static const char *const ids[REDUCTION__COUNTS] = {
#define X(id, word, cn, hant, en) word,
		REDUCTION_COUNTS(X)
#undef X
	};
	static const char *const means[REDUCTION__MEANS] = {
#define X(id, word, cn, hant, en) word,
		REDUCTION_MEANS(X)
#undef X
	};
	struct reduction_pair *v;
	struct hy_err why = { 0 };
	size_t n;

	assert_int_equal(r.n_groups, 20);
	for (int k = 0; k < REDUCTION__COUNTS; k++) {
		int64_t sum = 0;
		assert_ok(reduction_open(t->a, &r, hy_str_of(ids[k]), HY_S(""), &v, &n, e));
		assert_int_equal(n, r.whole.count[k]);
		for (size_t g = 0; g < r.n_groups; g++) {
			assert_ok(reduction_open(t->a, &r, hy_str_of(ids[k]), r.groups[g].unit, &v,
						 &n, e));
			assert_int_equal(n, r.groups[g].count[k]);
			sum += r.groups[g].count[k];
		}
		assert_int_equal(sum, r.whole.count[k]);
	}
	for (int k = 0; k < REDUCTION__MEANS; k++)
		for (int w = 0; w < 2; w++) {
			hy_str id = hy_printf(t->a, "%s_%s", means[k], w ? "after" : "before");
			assert_ok(reduction_open(t->a, &r, id, HY_S(""), &v, &n, e));
			assert_int_equal(n, r.whole.mean[k][w].n);
		}
	assert_int_equal(reduction_open(t->a, &r, HY_S("kepd"), HY_S(""), &v, &n, &why),
			 HY_BAD_FIELD);
	assert_non_null(strstr(why.detail, "kept"));
	hy_err_clear(&why);
	struct reduction_query q = { .from = day("2010-12-31"), .to = day("2010-12-31") };
	assert_int_equal(reduction_make(t->a, db, &q, &r, &why), HY_BAD_FIELD);
}

/* Between two other days it is another report. */
static void any_two_days(void **state)
{
	struct town *t = *state;
	struct reduction_query q = { .from = day("2009-12-31"),
				     .to = day("2010-12-30"),
				     .unit = HY_S("shi") };
	struct reduction r;

	assert_ok(reduction_make(t->a, db, &q, &r, e));
	assert_int_equal(r.whole.count[REDUCTION_GONE], 0);
	assert_int_equal(r.whole.count[REDUCTION_KEPT], 398);
	q.from = day("2009-12-30");
	assert_ok(reduction_make(t->a, db, &q, &r, e));
	assert_int_equal(r.whole.count[REDUCTION_ADDED], 398);
	q.from = day("2010-12-31");
	q.to = day("2011-12-31");
	assert_ok(reduction_make(t->a, db, &q, &r, e));
	assert_int_equal(r.whole.count[REDUCTION_BEFORE], 189);
	assert_int_equal(r.whole.count[REDUCTION_GONE], 0);
}

static void quotients_are_rounded_once_half_up(void **state)
{
	struct town *t = *state;

	is(t, 189, 8, 2, "23.63"); /* 23.625 */
	is(t, 1, 3, 0, "0");
	is(t, 1, 2, 0, "1");
	is(t, -1, 2, 0, "-1");
	is(t, -1, 3, 0, "0");
	is(t, 2, 3, 4, "0.6667");
	is(t, 1999, 1000, 2, "2.00");
	is(t, 5, 0, 2, "");
	is(t, -7, -2, 1, "3.5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_kept_and_cut),
		cmocka_unit_test(investment_items_kept_and_cut),
		cmocka_unit_test(the_average_limit_falls),
		cmocka_unit_test(the_average_limit_of_investment_falls),
		cmocka_unit_test(a_county_bureau_is_quicker),
		cmocka_unit_test(documents_go_round_quicker),
		cmocka_unit_test(every_figure_opens),
		cmocka_unit_test(any_two_days),
		cmocka_unit_test(quotients_are_rounded_once_half_up),
	};

	return cmocka_run_group_tests(tests, up, down);
}
