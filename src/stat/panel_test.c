/* Trimmed means, leniency, agreement.  Reference values: Shrout and Fleiss (1979), Krippendorff
 * (2011), and least squares computed with R; also in data/stat-vectors.json of the shared data. */
#include "stat/panel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NEAR(x, y, by) assert_true(fabs((x) - (y)) < (by))
#define O PANEL_NONE

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

static void the_trimmed_mean_is_a_fraction(void **state)
{
	const int64_t x[] = { 95, 92, 90, 88, 91, 60, 99, 93, 89, 90 };
	struct panel_mean m;
	struct hy_err e = { 0 };
	double se;
	int df;

	(void)state;
	assert_int_equal(panel_trimmed(x, 10, 1, &m, &e), HY_OK);
	assert_true(m.sum == 728 && m.count == 8); /* 91.0 */
	assert_int_equal(panel_trimmed(x, 10, 2, &m, &e), HY_OK);
	assert_true(m.sum == 545 && m.count == 6); /* 90.8333 */
	assert_int_equal(panel_trimmed_se(x, 10, 2, &se, &df, &e), HY_OK);
	NEAR(se, 0.91117885927, 1e-10);
	assert_int_equal(df, 5);
	assert_int_equal(panel_trimmed(x, 10, 5, &m, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "drop");
	hy_err_clear(&e);
	assert_int_equal(panel_trimmed(x, 10, 4, &m, &e), HY_OK);
	assert_true(m.sum == 181 && m.count == 2);
	assert_int_equal(panel_trimmed(x, 0, 0, &m, &e), HY_BAD_FIELD);
}

static void who_had_strict_assessors_is_lifted(void **state)
{
	static const int64_t scores[] = { 88, O,  80, 91, 82, 75, O,  86, O,  70,
					  72, 84, 90, 83, 85, O,  78, 72, 70, 80 };
	static const double unit[] = { 84.757576, 79.575758, 76.212121, 88.121212, 75.0 },
			    se[] = { 0.745433, 0.745433, 0.745433, 0.745433, 0.624621 },
			    assessor[] = { 2.636364, -4.727273, -4.272727, 6.363636 };
	struct panel_fit f;
	struct hy_err e = { 0 };

	assert_int_equal(panel_fit(*state, scores, 5, 4, &f, &e), HY_OK);
	NEAR(f.mean, 80.7333333333, 1e-9);
	NEAR(f.variance, 1.56060606061, 1e-9);
	assert_int_equal(f.df, 8);
	for (int i = 0; i < 5; i++) {
		NEAR(f.unit[i], unit[i], 1e-6);
		NEAR(f.unit_se[i], se[i], 1e-6);
	}
	for (int i = 0; i < 4; i++)
		NEAR(f.assessor[i], assessor[i], 1e-6);
}

static void two_panels_without_a_link_cannot_be_compared(void **state)
{
	static const int64_t apart[] = { 80, 82, O, O, O, O, 70, 75 };
	struct panel_fit f;
	struct hy_err e = { 0 };

	assert_int_equal(panel_fit(*state, apart, 2, 4, &f, &e), HY_BAD_FIELD);
	assert_non_null(strstr(e.detail, "in common"));
}

static void agreement_is_krippendorffs(void **state)
{
	static const int64_t by_observer[4][12] = {
		{ 1, 2, 3, 3, 2, 1, 4, 1, 2, O, O, O },
		{ 1, 2, 3, 3, 2, 2, 4, 1, 2, 5, O, 3 },
		{ O, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, O },
		{ 1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, O },
	};
	static const double alpha[] = { 0.743421, 0.815388, 0.849107, 0.797403 };
	int64_t scores[48];
	struct hy_err e = { 0 };
	double got;

	for (int u = 0; u < 12; u++)
		for (int k = 0; k < 4; k++)
			scores[u * 4 + k] = by_observer[k][u];
	for (int level = PANEL_NOMINAL; level <= PANEL_RATIO; level++) {
		assert_int_equal(
			panel_alpha(*state, scores, 12, 4, (enum panel_level)level, &got, &e),
			HY_OK);
		NEAR(got, alpha[level], 5e-7);
	}
	for (int i = 0; i < 48; i++)
		scores[i] = 7;
	assert_int_equal(panel_alpha(*state, scores, 12, 4, PANEL_NOMINAL, &got, &e), HY_BAD_FIELD);
}

static void reliability_is_shrouts_and_fleiss(void **state)
{
	static const int64_t scores[] = { 9, 2, 5, 8, 6,  1, 3, 2, 8, 4, 6, 8,
					  7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7 };
	struct panel_icc icc;
	struct hy_err e = { 0 };
	double w;

	assert_int_equal(panel_icc(scores, 6, 4, &icc, &e), HY_OK);
	NEAR(icc.one[0], 0.165741768405, 1e-11);
	NEAR(icc.one[1], 0.289763779528, 1e-11);
	NEAR(icc.one[2], 0.714840714841, 1e-11);
	NEAR(icc.mean[0], 0.442797133679, 1e-11);
	NEAR(icc.mean[1], 0.620050547599, 1e-11);
	NEAR(icc.mean[2], 0.909315542377, 1e-11);
	assert_int_equal(panel_concordance(*state, scores, 6, 4, &w, &e), HY_OK);
	NEAR(w, 0.887037037037, 1e-11);
	/* 10 such assessors make 0.8: 10 * 0.29 / (1 + 9 * 0.29) = 0.803 */
	assert_int_equal(panel_assessors_needed(icc.one[1], 0.8), 10);
	assert_int_equal(panel_assessors_needed(0.5, 0.5), 1);
	assert_int_equal(panel_assessors_needed(-0.1, 0.8), 0);
}

static void a_table_with_gaps_is_refused_where_it_must_be_complete(void **state)
{
	static const int64_t gaps[] = { 1, O, 2, 3 }, flat[] = { 1, 1, 1, 1 };
	struct panel_icc icc;
	struct hy_err e = { 0 };
	double w;

	assert_int_equal(panel_icc(gaps, 2, 2, &icc, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(panel_icc(flat, 2, 2, &icc, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(panel_concordance(*state, gaps, 2, 2, &w, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(panel_concordance(*state, flat, 2, 2, &w, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(panel_icc(flat, 1, 4, &icc, &e), HY_BAD_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_trimmed_mean_is_a_fraction),
		cmocka_unit_test(who_had_strict_assessors_is_lifted),
		cmocka_unit_test(two_panels_without_a_link_cannot_be_compared),
		cmocka_unit_test(agreement_is_krippendorffs),
		cmocka_unit_test(reliability_is_shrouts_and_fleiss),
		cmocka_unit_test(a_table_with_gaps_is_refused_where_it_must_be_complete),
	};

	return cmocka_run_group_tests_name("panel", tests, up, down);
}
