/* Places, sets of ranks, the last three.  PISA 2018 comes from the shared data (OECD; sets by the
 * procedure of Mogstad and others); without it that test skips. */
#include "stat/rank.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "stat/shrink.h"

/* --- places ------------------------------------------------------------------------------------
 */

static void equal_scores_share_the_better_place(void **state)
{
	const int64_t scores[] = { 905000, 950000, 905000, 880000, 990000 };
	const int expected[] = { 3, 2, 3, 5, 1 };
	int places[5];

	(void)state;
	rank_places(scores, 5, places);
	assert_memory_equal(places, expected, sizeof(expected));
	rank_places(scores, 0, places);
}

/* --- counts --------------------------------------------------------------------------------------
 */

struct counted {
	size_t n;
	int64_t x[9];
	int low[9], high[9], low_alone[9], high_alone[9];
};
static const struct counted counted[] = {
	{ 6,
	  { 120, 95, 90, 60, 30, 8 },
	  { 1, 1, 1, 2, 5, 6 },
	  { 3, 4, 4, 4, 5, 6 },
	  { 1, 1, 1, 3, 5, 6 },
	  { 3, 3, 4, 4, 5, 6 } },
	{ 6,
	  { 50, 49, 48, 10, 9, 1 },
	  { 1, 1, 1, 4, 4, 4 },
	  { 3, 3, 3, 6, 6, 6 },
	  { 1, 1, 1, 4, 4, 5 },
	  { 3, 3, 3, 5, 6, 6 } },
	{ 9,
	  { 300, 220, 210, 205, 150, 40, 12, 3, 0 },
	  { 1, 2, 2, 2, 4, 6, 7, 7, 8 },
	  { 1, 4, 4, 5, 5, 6, 8, 9, 9 },
	  { 1, 2, 2, 2, 5, 6, 7, 7, 8 },
	  { 1, 4, 4, 4, 5, 6, 8, 9, 9 } },
};

static void counts_of_votes_have_exact_sets(void **state)
{
	struct hy_err e = { 0 };
	struct rank_set sets[9];

	(void)state;
	for (size_t i = 0; i < HY_COUNT(counted); i++) {
		const struct counted *c = &counted[i];
		assert_int_equal(rank_count_sets(c->x, c->n, 0.05, sets, &e), HY_OK);
		for (size_t k = 0; k < c->n; k++) {
			assert_int_equal(sets[k].low, c->low[k]);
			assert_int_equal(sets[k].high, c->high[k]);
		}
		assert_int_equal(rank_count_sets_alone(c->x, c->n, 0.05, sets, &e), HY_OK);
		for (size_t k = 0; k < c->n; k++) {
			assert_int_equal(sets[k].low, c->low_alone[k]);
			assert_int_equal(sets[k].high, c->high_alone[k]);
		}
	}
}

/* --- PISA 2018 ---------------------------------------------------------------------------------
 */

struct pisa {
	struct hy_arena *a;
	json_t *all, *units; /* NULL: absent */
	struct rank_unit u[40];
	size_t n;
};

static void release(void *v)
{
	json_decref(v);
}

static int up(void **state)
{
	struct hy_arena *a = hy_arena_new(0);
	struct pisa *p = hy_new(a, struct pisa);
	const char *dir = getenv("HY_SHARED_DATA");
	struct hy_err e = { 0 };
	hy_str text;

	p->a = a;
	*state = p;
	hy_str file =
		hy_printf(a, "%s/stat-vectors.json", dir ? dir : HY_SOURCE_ROOT "/../shared/data");
	enum hy_code c = hy_file_read(a, file.p, 1 << 20, &text, &e);
	if (c == HY_NOT_FOUND)
		return 0;
	p->all = c ? NULL : json_loadb(text.p, text.n, 0, NULL);
	if (!p->all)
		return 1;
	hy_arena_defer(a, release, p->all);
	p->all = json_object_get(p->all, "ranks_pisa2018_math");
	p->units = json_object_get(p->all, "units");
	for (size_t i = 0; i < json_array_size(p->units); i++) {
		const json_t *v = json_array_get(p->units, i);
		p->u[p->n++] = (struct rank_unit){ json_real_value(json_object_get(v, "score")),
						   json_real_value(json_object_get(v, "se")) };
	}
	return p->n == 37 ? 0 : 1;
}

static int down(void **state)
{
	struct pisa *p = *state;
	struct hy_arena *a = p->a;

	hy_arena_free(&a);
	return 0;
}

static struct pisa *pisa_of(void **state)
{
	struct pisa *p = *state;

	if (!p->units) {
		print_message("# skipped: no stat-vectors.json in HY_SHARED_DATA or "
			      "../shared/data\n");
		skip();
	}
	return p;
}

static struct rank_set set_in(const struct pisa *p, size_t i, const char *name)
{
	const json_t *pair = json_object_get(json_array_get(p->units, i), name);

	return (struct rank_set){ (int)json_integer_value(json_array_get(pair, 0)),
				  (int)json_integer_value(json_array_get(pair, 1)) };
}

static void pisa_ranks_are_those_of_the_table(void **state)
{
	struct pisa *p = pisa_of(state);
	struct rank_set sets[40], alone[40];
	struct hy_err e = { 0 };
	int width = 0, width_alone = 0;

	assert_int_equal(rank_sets(p->u, p->n, 0.05, sets, &e), HY_OK);
	assert_int_equal(rank_sets_alone(p->u, p->n, 0.05, alone, &e), HY_OK);
	for (size_t i = 0; i < p->n; i++) {
		struct rank_set holm = set_in(p, i, "holm_simul"),
				one = set_in(p, i, "holm_marginal"),
				drawn = set_in(p, i, "mc_stepdown_simul");
		assert_int_equal(sets[i].low, holm.low);
		assert_int_equal(sets[i].high, holm.high);
		assert_int_equal(alone[i].low, one.low);
		assert_int_equal(alone[i].high, one.high);
		/* the sets by simulation, which know more, are never wider */
		assert_true(sets[i].low <= drawn.low && sets[i].high >= drawn.high);
		width += sets[i].high - sets[i].low + 1;
		width_alone += alone[i].high - alone[i].low + 1;
	}
	assert_int_equal(width, 461);
	assert_int_equal(width_alone, 382);
}

static void pisa_has_a_clear_end(void **state)
{
	struct pisa *p = pisa_of(state);
	double last[40], sum = 0;
	struct hy_err e = { 0 };
	int sure = 0;

	assert_int_equal(rank_last(p->u, p->n, 3, last, &e), HY_OK);
	for (size_t i = 0; i < p->n; i++) {
		sum += last[i];
		sure += last[i] > 0.9995;
		assert_true(last[i] > 0.9995 || last[i] < 0.00005);
	}
	assert_int_equal(sure, 3);
	assert_true(fabs(sum - 3) < 1e-5);
}

static void pisa_shrinks_as_expected(void **state)
{
	struct pisa *p = pisa_of(state);
	struct shrink_common c;
	struct hy_err e = { 0 };

	assert_int_equal(shrink_common(p->u, p->n, SHRINK_DL, &c, &e), HY_OK);
	assert_true(fabs(c.tau2 - json_real_value(json_object_get(p->all, "tau2_DL"))) < 1e-4);
	assert_true(fabs(c.q - json_real_value(json_object_get(p->all, "Q"))) < 1e-3);
	assert_int_equal(shrink_common(p->u, p->n, SHRINK_PM, &c, &e), HY_OK);
	assert_true(fabs(c.tau2 - json_real_value(json_object_get(p->all, "tau2_PM"))) < 1e-4);
	assert_true(fabs(c.mean - json_real_value(json_object_get(p->all, "mu_PM"))) < 1e-6);
}

/* --- the last three -----------------------------------------------------------------------------
 */

/* Slow and obvious: two units, known answer. */
static void of_two_units_one_is_last(void **state)
{
	const struct rank_unit u[] = { { 10, 3 }, { 12, 4 } };
	struct hy_err e = { 0 };
	double last[2], expected[2], p = 0.5 * erfc(-(12.0 - 10) / 5 / M_SQRT2);

	(void)state;
	assert_int_equal(rank_last(u, 2, 1, last, &e), HY_OK);
	assert_true(fabs(last[0] - p) < 1e-8 && fabs(last[1] - (1 - p)) < 1e-8);
	assert_int_equal(rank_expected(u, 2, expected, &e), HY_OK);
	assert_true(fabs(expected[0] - (1 + p)) < 1e-12);
}

static void equal_units_have_equal_chances(void **state)
{
	struct rank_unit u[40];
	struct rank_set sets[40];
	struct hy_err e = { 0 };
	double last[40];

	(void)state;
	for (int i = 0; i < 40; i++)
		u[i] = (struct rank_unit){ 90, 1.5 };
	assert_int_equal(rank_last(u, 40, 3, last, &e), HY_OK);
	assert_int_equal(rank_sets(u, 40, 0.05, sets, &e), HY_OK);
	for (int i = 0; i < 40; i++) {
		assert_true(fabs(last[i] - 3.0 / 40) < 1e-7);
		assert_int_equal(sets[i].low, 1);
		assert_int_equal(sets[i].high, 40);
	}
}

/* Against counting in many draws, with unequal errors. */
static uint64_t drawn = 88172645463325252u;
static double draw(void) /* xorshift, Box and Muller */
{
	double u[2];

	for (int i = 0; i < 2; i++) {
		drawn ^= drawn << 13;
		drawn ^= drawn >> 7;
		drawn ^= drawn << 17;
		u[i] = ((double)(drawn >> 11) + 0.5) / 9007199254740992.0;
	}
	return sqrt(-2 * log(u[0])) * cos(2 * M_PI * u[1]);
}

static void the_integral_is_what_draws_count(void **state)
{
	enum { UNITS = 9, DRAWS = 200000 };
	struct rank_unit u[UNITS];
	struct hy_err e = { 0 };
	double last[UNITS], count[UNITS] = { 0 };

	(void)state;
	for (int i = 0; i < UNITS; i++)
		u[i] = (struct rank_unit){ 80 + i * 0.7, 0.5 + 0.4 * (i % 4) };
	assert_int_equal(rank_last(u, UNITS, 3, last, &e), HY_OK);
	for (int d = 0; d < DRAWS; d++) {
		double x[UNITS];
		for (int i = 0; i < UNITS; i++)
			x[i] = u[i].estimate + u[i].se * draw();
		for (int i = 0; i < UNITS; i++) {
			int below = 0;
			for (int k = 0; k < UNITS; k++)
				below += x[k] < x[i];
			count[i] += below < 3;
		}
	}
	for (int i = 0; i < UNITS; i++)
		assert_true(fabs(count[i] / DRAWS - last[i]) < 0.006);
}

static void what_is_known_exactly_is_no_matter_of_chance(void **state)
{
	const struct rank_unit u[] = { { 1, 0 }, { 2, 0 }, { 3, 0 }, { 3, 0 } };
	struct rank_set sets[4];
	struct hy_err e = { 0 };
	double last[4];

	(void)state;
	assert_int_equal(rank_sets(u, 4, 0.05, sets, &e), HY_OK);
	assert_true(sets[0].low == 4 && sets[0].high == 4);
	assert_true(sets[2].low == 1 && sets[2].high == 2);
	assert_int_equal(rank_last(u, 4, 1, last, &e), HY_OK);
	assert_true(last[0] == 1 && last[1] == 0);
}

static void bad_numbers_are_refused(void **state)
{
	const struct rank_unit good[] = { { 1, 1 }, { 2, 1 } }, no_number[] = { { NAN, 1 } },
			       no_error[] = { { 1, -1 } };
	const int64_t negative[] = { 3, -1 };
	struct rank_set sets[2];
	struct hy_err e = { 0 };
	double last[2];

	(void)state;
	assert_int_equal(rank_sets(good, 0, 0.05, sets, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(rank_sets(good, 2, 0, sets, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "alpha");
	hy_err_clear(&e);
	assert_int_equal(rank_sets(no_number, 1, 0.05, sets, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "estimate");
	hy_err_clear(&e);
	assert_int_equal(rank_sets_alone(no_error, 1, 0.05, sets, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "se");
	hy_err_clear(&e);
	assert_int_equal(rank_count_sets(negative, 2, 0.05, sets, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	assert_int_equal(rank_last(good, 2, 3, last, &e), HY_BAD_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_scores_share_the_better_place),
		cmocka_unit_test(counts_of_votes_have_exact_sets),
		cmocka_unit_test_setup_teardown(pisa_ranks_are_those_of_the_table, up, down),
		cmocka_unit_test_setup_teardown(pisa_has_a_clear_end, up, down),
		cmocka_unit_test_setup_teardown(pisa_shrinks_as_expected, up, down),
		cmocka_unit_test(of_two_units_one_is_last),
		cmocka_unit_test(equal_units_have_equal_chances),
		cmocka_unit_test(the_integral_is_what_draws_count),
		cmocka_unit_test(what_is_known_exactly_is_no_matter_of_chance),
		cmocka_unit_test(bad_numbers_are_refused),
	};

	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
