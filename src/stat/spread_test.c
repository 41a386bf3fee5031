/* Funnel limits and shrinkage of shares.  Reference values: computed with R after Spiegelhalter
 * (2005) and by the moment formulas; data/stat-vectors.json of the shared data has them too. */
#include "stat/funnel.h"
#include "stat/shrink.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	int64_t n;
	double limit[4]; /* at 0.001, 0.025, 0.975, 0.999 */
} funnels[] = {
	{ 20, { 0.53478018, 0.65337746, 0.96774987, 0.99870999 } },
	{ 50, { 0.66525757, 0.73400925, 0.93321272, 0.97460292 } },
	{ 100, { 0.72504722, 0.7716678, 0.91161699, 0.94490314 } },
	{ 400, { 0.7911307, 0.81292611, 0.88291018, 0.9013773 } },
	{ 1000, { 0.8136233, 0.82704535, 0.87130573, 0.88338081 } },
};

static void limits_are_the_exact_ones(void **state)
{
	static const double p[] = { 0.001, 0.025, 0.975, 0.999 };
	struct hy_err e = { 0 };
	double limit;

	(void)state;
	for (size_t i = 0; i < HY_COUNT(funnels); i++)
		for (int k = 0; k < 4; k++) {
			assert_int_equal(funnel_limit(0.85, funnels[i].n, p[k], &limit, &e), HY_OK);
			assert_true(fabs(limit - funnels[i].limit[k]) < 5e-9);
		}
}

static void a_verdict_needs_more_than_a_small_number(void **state)
{
	static const struct {
		int64_t yes, n;
		enum funnel_verdict verdict;
	} cases[] = { { 85, 100, FUNNEL_INSIDE },   { 78, 100, FUNNEL_INSIDE },
		      { 77, 100, FUNNEL_LOW_95 },   { 72, 100, FUNNEL_LOW_998 },
		      { 14, 20, FUNNEL_INSIDE },    { 92, 100, FUNNEL_HIGH_95 },
		      { 95, 100, FUNNEL_HIGH_998 }, { 1, 2, FUNNEL_INSIDE },
		      { 20, 20, FUNNEL_HIGH_998 } };
	struct hy_err e = { 0 };
	enum funnel_verdict v;

	(void)state;
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		assert_int_equal(funnel_verdict(0.85, cases[i].yes, cases[i].n, &v, &e), HY_OK);
		assert_int_equal(v, cases[i].verdict);
	}
	assert_int_equal(funnel_verdict(0.85, 3, 2, &v, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(funnel_verdict(1, 1, 2, &v, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "target");
	hy_err_clear(&e);
	assert_int_equal(funnel_verdict(0.5, 0, 0, &v, &e), HY_BAD_FIELD);
}

static void scatter_beyond_chance_widens_the_funnel(void **state)
{
	const int64_t calm[] = { 85, 86, 84, 85, 85 }, wild[] = { 60, 95, 70, 99, 85 },
		      of[] = { 100, 100, 100, 100, 100 };
	struct funnel_scatter s;
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(funnel_scatter(0.85, calm, of, 5, &s, &e), HY_OK);
	assert_true(s.phi < 1 && s.tau2 == 0);
	assert_int_equal(funnel_scatter(0.85, wild, of, 5, &s, &e), HY_OK);
	assert_true(s.phi > 1 && s.tau2 > 0);
	assert_int_equal(funnel_scatter(0.85, wild, of, 1, &s, &e), HY_BAD_FIELD);
}

static void few_cases_are_drawn_to_what_is_usual(void **state)
{
	const int64_t k[] = { 18, 45, 88, 170, 350, 9, 30, 77 },
		      n[] = { 20, 50, 100, 200, 400, 15, 40, 90 };
	static const double mean[] = { 0.86763951, 0.87478056, 0.87080619, 0.85303858,
				       0.87236632, 0.82145943, 0.82513962, 0.85777999 },
			    low[] = { 0.797233, 0.814406, 0.819119, 0.809815,
				      0.841318, 0.741433, 0.754424, 0.802639 },
			    high[] = { 0.924937, 0.924736, 0.914951, 0.891589,
				       0.900514, 0.889441, 0.886087, 0.905228 };
	struct shrink_share share;
	struct shrink_beta b;
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(shrink_beta(k, n, 8, &b, &e), HY_OK);
	assert_true(fabs(b.mean - 0.8601092896174863) < 1e-12);
	assert_true(fabs(b.s2 - 0.001383825102458736) < 1e-12);
	assert_true(fabs(b.m - 85.94834290648893) < 1e-7);
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(shrink_share(&b, k[i], n[i], &share, &e), HY_OK);
		assert_true(fabs(share.mean - mean[i]) < 5e-9);
		assert_true(fabs(share.low - low[i]) < 5e-7);
		assert_true(fabs(share.high - high[i]) < 5e-7);
	}
}

static void units_that_do_not_differ_are_all_alike(void **state)
{
	const int64_t k[] = { 50, 50, 50 }, n[] = { 100, 100, 100 }, all[] = { 10, 20 };
	struct shrink_share share;
	struct shrink_beta b;
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(shrink_beta(k, n, 3, &b, &e), HY_OK);
	assert_true(isinf(b.m));
	assert_int_equal(shrink_share(&b, 50, 100, &share, &e), HY_OK);
	assert_true(share.mean == 0.5 && share.low == 0.5 && share.high == 0.5);
	assert_int_equal(shrink_beta(all, all, 2, &b, &e), HY_OK); /* everybody is perfect */
	assert_int_equal(shrink_share(&b, 10, 10, &share, &e), HY_OK);
	assert_true(share.mean == 1);
	assert_int_equal(shrink_share(&b, 11, 10, &share, &e), HY_BAD_FIELD);
}

static void shrunken_means_lie_between(void **state)
{
	const struct rank_unit u[] = { { 70, 5 }, { 90, 1 }, { 95, 2 } };
	struct shrink_common c;
	struct rank_unit s[3];
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(shrink_common(u, 3, SHRINK_PM, &c, &e), HY_OK);
	shrink_units(u, 3, &c, s);
	for (int i = 0; i < 3; i++)
		assert_true((s[i].estimate - u[i].estimate) * (c.mean - u[i].estimate) >= 0 &&
			    fabs(s[i].estimate - c.mean) <= fabs(u[i].estimate - c.mean));
	assert_true(fabs(s[0].estimate - 70) > fabs(s[1].estimate - 90));
	assert_int_equal(shrink_common(u, 1, SHRINK_PM, &c, &e), HY_BAD_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_the_exact_ones),
		cmocka_unit_test(a_verdict_needs_more_than_a_small_number),
		cmocka_unit_test(scatter_beyond_chance_widens_the_funnel),
		cmocka_unit_test(few_cases_are_drawn_to_what_is_usual),
		cmocka_unit_test(units_that_do_not_differ_are_all_alike),
		cmocka_unit_test(shrunken_means_lie_between),
	};

	return cmocka_run_group_tests_name("spread", tests, NULL, NULL);
}
