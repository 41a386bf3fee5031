/* The monthly index: base, movement, what is missing, units that come and go. */
#include "appraise/indices.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NEAR(x, y) assert_true(fabs((x) - (y)) < 1e-6)

struct place {
	struct hy_arena *a;
	struct pack_scheme s;
	struct pack_index_part parts[2];
	struct indices_month_given months[6];
	struct indices_given units[6][3];
	struct indices_month out[6];
	size_t n;
};

/* Failures of an in-time share (60 %), satisfaction (40 %). */
static struct place place_of(int months)
{
	struct place p = { .a = hy_arena_new(0) };

	p.parts[0] = (struct pack_index_part){ figure_by_id(HY_S("in_time_share")), 6000, true, 5 };
	p.parts[1] =
		(struct pack_index_part){ figure_by_id(HY_S("satisfied_share")), 4000, false, 5 };
	p.s = (struct pack_scheme){ .id = HY_S("x"),
				    .n_index = 2,
				    .index_from = hy_day_of(2026, 4, 1),
				    .index_months = months };
	return p;
}

static struct tally tally_of(int answered, int late, int rated, int satisfied)
{
	struct tally t = { 0 };

	t.count[FACT_FALLEN_DUE] = t.count[FACT_ANSWERED] = answered;
	t.count[FACT_IN_TIME] = answered - late;
	t.count[FACT_LATE] = late;
	t.count[FACT_RATED] = rated;
	t.count[FACT_SATISFIED] = satisfied;
	return t;
}

static void add(struct place *p, hy_str code, struct tally t, bool takes)
{
	struct indices_month_given *m = &p->months[p->n];

	p->units[p->n][m->n++] = (struct indices_given){ code, t, takes };
}

static void next(struct place *p)
{
	p->months[p->n].from = hy_day_add_months(hy_day_of(2026, 4, 1), (int)p->n);
	p->n++;
}

static enum hy_code reckon(struct place *p, struct hy_err *e)
{
	p->s.index = p->parts;
	for (size_t i = 0; i < p->n; i++)
		p->months[i].units = p->units[i];
	return indices_reckon(p->a, &p->s, p->months, p->n, p->out, e);
}

static void the_base_is_100_and_fewer_failures_raise_it(void **state)
{
	struct place p = place_of(1);
	struct hy_err e = { 0 };

	(void)state;
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	next(&p);
	add(&p, HY_S("a"), tally_of(99, 9, 99, 79), false);
	next(&p);
	assert_int_equal(reckon(&p, &e), HY_OK);
	NEAR(p.out[0].city.index, 100);
	NEAR(p.out[0].city.se, 0);
	/* failures 19.5/100 -> 9.5/100: the reciprocal is 2.052632 times as great */
	double want = 60 * 19.5 / 9.5 + 40;
	NEAR(p.out[1].city.index, want);
	NEAR(p.out[1].units[0].index, want);
	assert_true(p.out[1].city.se > 1 && p.out[1].city.publishable);
	assert_false(p.out[1].city.linked);
	NEAR(p.out[1].parts[1].relative, 100);
	hy_arena_free(&p.a);
}

static void what_is_missing_moves_as_the_others_and_is_marked(void **state)
{
	struct place p = place_of(1);
	struct hy_err e = { 0 };

	(void)state;
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	next(&p);
	add(&p, HY_S("a"), tally_of(99, 9, 4, 0), false); /* four ratings are too few */
	next(&p);
	add(&p, HY_S("a"), tally_of(4, 0, 4, 0), false); /* nothing at all */
	next(&p);
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	next(&p);
	assert_int_equal(reckon(&p, &e), HY_OK);
	NEAR(p.out[1].city.index, 100 * 19.5 / 9.5);
	assert_true(p.out[1].parts[1].imputed && !p.out[1].parts[0].imputed);
	assert_int_equal(p.out[1].city.imputed_bp, 4000);
	assert_false(p.out[1].city.publishable); /* more than a fifth */
	assert_false(p.out[2].city.known);
	NEAR(p.out[3].city.index, 100);
	hy_arena_free(&p.a);
}

static void units_that_come_and_go_are_linked(void **state)
{
	struct place p = place_of(1);
	struct hy_err e = { 0 };

	(void)state;
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	add(&p, HY_S("b"), tally_of(99, 19, 99, 79), false);
	next(&p);
	/* c comes, and is far better: the city does not move by that */
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	add(&p, HY_S("b"), tally_of(99, 19, 99, 79), false);
	add(&p, HY_S("c"), tally_of(999, 0, 99, 99), false);
	next(&p);
	/* b is merged into a; c does half as well as at its beginning */
	add(&p, HY_S("a"), tally_of(198, 38, 198, 158), true);
	add(&p, HY_S("c"), tally_of(999, 0, 99, 99), false);
	next(&p);
	assert_int_equal(reckon(&p, &e), HY_OK);
	NEAR(p.out[1].city.index, 100);
	assert_true(p.out[1].city.linked);
	NEAR(p.out[1].units[2].index, 100); /* begins at the city's */
	assert_true(p.out[1].units[2].linked);
	NEAR(p.out[2].city.index, 100); /* c alone is matched, and has not moved */
	NEAR(p.out[2].units[0].index, 100);
	assert_true(p.out[2].units[0].linked);
	hy_arena_free(&p.a);
}

static void the_mean_of_three_months_is_100(void **state)
{
	struct place p = place_of(3);
	struct hy_err e = { 0 };

	(void)state;
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	next(&p);
	add(&p, HY_S("a"), tally_of(99, 19, 99, 79), false);
	next(&p);
	assert_int_equal(reckon(&p, &e), HY_NOT_NOW); /* the third is not there */
	add(&p, HY_S("a"), tally_of(99, 9, 99, 79), false);
	next(&p);
	hy_err_clear(&e);
	assert_int_equal(reckon(&p, &e), HY_OK);
	double base = (2 / .195 + 1 / .095) / 3;
	NEAR(p.out[0].city.index, 60 / .195 / base + 40);
	NEAR(p.out[0].city.index + p.out[1].city.index + p.out[2].city.index, 300);
	hy_arena_free(&p.a);
}

static void a_base_with_something_missing_is_none(void **state)
{
	struct place p = place_of(1);
	struct hy_err e = { 0 };

	(void)state;
	add(&p, HY_S("a"), tally_of(99, 19, 4, 4), false);
	next(&p);
	assert_int_equal(reckon(&p, &e), HY_NOT_NOW);
	hy_arena_free(&p.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_base_is_100_and_fewer_failures_raise_it),
		cmocka_unit_test(what_is_missing_moves_as_the_others_and_is_marked),
		cmocka_unit_test(units_that_come_and_go_are_linked),
		cmocka_unit_test(the_mean_of_three_months_is_100),
		cmocka_unit_test(a_base_with_something_missing_is_none),
	};

	return cmocka_run_group_tests_name("indices", tests, NULL, NULL);
}
