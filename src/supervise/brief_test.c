/* The index on the leaders' page, from tallies. */
#include "supervise/brief.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"

/* Of N received: LATE answered late, REOPENED reopened, all others in time and once. */
static struct tally month(int64_t n, int64_t late, int64_t reopened)
{
	struct tally t = { 0 };

	t.count[FACT_RECEIVED] = n;
	t.count[FACT_FALLEN_DUE] = n;
	t.count[FACT_IN_TIME] = n - late;
	t.count[FACT_REOPENED] = reopened;
	return t;
}

static const struct brief_part *parts(struct brief_part out[2])
{
	out[0] = (struct brief_part){ figure_by_id(HY_S("in_time_share")), 6000 };
	out[1] = (struct brief_part){ figure_by_id(HY_S("reopened_share")), 4000 };
	return out;
}

static double well(double k, double n)
{
	return (k + 0.5) / (n + 1);
}

static void it_is_100_in_the_first_full_month_and_moves_with_its_parts(void **state)
{
	struct brief_part p[2];
	struct tally few = month(3, 0, 0), base = month(100, 20, 10), better = month(100, 10, 10),
		     worse = month(100, 20, 30);
	struct brief_month m[] = { { .tally = &few },
				   { .tally = &base },
				   { .tally = NULL },
				   { .tally = &better },
				   { .tally = &worse } };
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(brief_index(parts(p), 2, m, HY_COUNT(m), &e), HY_OK);
	assert_false(m[0].known);
	assert_true(m[1].known);
	assert_true(fabs(m[1].index - 100) < 1e-9);
	assert_false(m[2].known); /* nothing came in */
	assert_true(fabs(m[3].index - (60 * well(90, 100) / well(80, 100) + 40)) < 1e-9);
	assert_true(m[3].se > 0);
	/* of what is better when it is less, what is left to the whole is compared */
	assert_true(fabs(m[4].index - (60 + 40 * well(70, 100) / well(90, 100))) < 1e-9);
}

static void what_is_missing_is_imputed_or_nothing_is_told(void **state)
{
	struct brief_part p[2];
	struct tally base = month(100, 20, 10), no_due = month(100, 20, 10),
		     no_reopen = month(100, 10, 10);
	struct brief_month m[] = { { .tally = &base },
				   { .tally = &no_due },
				   { .tally = &no_reopen } };
	struct hy_err e = { 0 };

	(void)state;
	no_due.count[FACT_FALLEN_DUE] = 4; /* fewer than enough, of 60 % of the weight */
	no_due.count[FACT_IN_TIME] = 4;
	assert_int_equal(brief_index(parts(p), 2, m, HY_COUNT(m), &e), HY_OK);
	assert_false(m[1].known);
	assert_int_equal(m[1].imputed_bp, 6000);
	assert_true(m[2].known);
}

static void without_a_scheme_of_its_own_the_city_gets_the_usual_parts(void **state)
{
	static const struct pack none = { 0 };
	struct brief_part p[BRIEF_PARTS_MOST];
	size_t n = 0;
	int sum = 0;

	(void)state;
	brief_parts(&none, p, &n);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(p[i].figure);
		assert_int_equal(p[i].figure->measure, FIGURE_SHARE);
		sum += p[i].weight_bp;
	}
	assert_int_equal(sum, 10000);

	static struct pack_index_part own[] = { { NULL, 10000, false } };
	static struct pack_scheme scheme;
	own[0].figure = figure_by_id(HY_S("closed_share"));
	scheme = (struct pack_scheme){ .index = own, .n_index = 1 };
	const struct pack city = { .schemes = &scheme, .n_schemes = 1 };
	brief_parts(&city, p, &n);
	assert_int_equal(n, 1);
	assert_ptr_equal(p[0].figure, own[0].figure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_100_in_the_first_full_month_and_moves_with_its_parts),
		cmocka_unit_test(what_is_missing_is_imputed_or_nothing_is_told),
		cmocka_unit_test(without_a_scheme_of_its_own_the_city_gets_the_usual_parts),
	};

	return cmocka_run_group_tests_name("brief", tests, NULL, NULL);
}
