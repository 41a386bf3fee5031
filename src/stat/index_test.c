/* The monthly index.  The example with a missing component is that of data/stat-vectors.json. */
#include "stat/index.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NEAR(x, y) assert_true(fabs((x) - (y)) < 1e-9)

static const struct index_component parts[] = { { 4000, 80, 0 }, { 3500, 90, 0 }, { 2500, 70, 0 } };

static struct index_month month(const struct index_value *before, struct index_value *now)
{
	struct index_month m;
	struct hy_err e = { 0 };

	assert_int_equal(index_month(parts, 3, before, now, &m, &e), HY_OK);
	return m;
}

static void a_missing_component_moves_as_the_others_did(void **state)
{
	struct index_value t0[] = { { .value = 80 }, { .value = 90 }, { .value = 70 } },
			   t1[] = { { .value = 84 }, { .value = 90 }, { .value = 77 } },
			   t2[] = { { .value = 84 }, { .value = NAN }, { .value = 77 } },
			   t3[] = { { .value = 88 }, { .value = 95.4 }, { .value = 70 } };

	(void)state;
	NEAR(month(NULL, t0).index, 100);
	NEAR(month(t0, t1).index, 104.5);
	struct index_month m = month(t1, t2);
	NEAR(m.index, 104.5); /* nothing that is known has moved */
	assert_true(t2[1].imputed && !t2[0].imputed);
	NEAR(t2[1].value, 90);
	assert_int_equal(m.imputed_bp, 3500);
	assert_false(m.publishable);
	NEAR(month(t2, t3).index, 106.1);
}

static void the_error_of_the_base_stays_in_every_month(void **state)
{
	const struct index_component c[] = { { 10000, 50, 1 } };
	struct index_value now[] = { { .value = 60, .se = 1.2 } };
	struct index_month m;
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(index_month(c, 1, NULL, now, &m, &e), HY_OK);
	NEAR(m.index, 120);
	NEAR(m.se, 120 * sqrt(0.02 * 0.02 + 0.02 * 0.02));
	assert_true(m.publishable);
}

static void a_chain_joins_where_units_change(void **state)
{
	(void)state;
	NEAR(index_linked(104, 200, 210), 109.2);
}

static void refused(const struct index_component *c, size_t n, struct index_value *now,
		    const char *field)
{
	struct index_month m;
	struct hy_err e = { 0 };

	assert_int_equal(index_month(c, n, NULL, now, &m, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, field);
}

static void what_cannot_be_an_index_is_refused(void **state)
{
	const struct index_component light[] = { { 9999, 50, 0 } }, none[] = { { 10000, 0, 0 } },
				     good[] = { { 10000, 50, 0 } };
	struct index_value now[] = { { .value = 60 } }, zero[] = { { .value = 0 } },
			   missing[] = { { .value = NAN } };

	(void)state;
	refused(light, 1, now, "weight");
	refused(none, 1, now, "base");
	refused(good, 0, now, "components");
	refused(good, 1, zero, "value");
	refused(good, 1, missing, "value"); /* the base month must be whole */
}

static void when_all_is_missing_there_is_no_index(void **state)
{
	struct index_value before[] = { { .value = 80 }, { .value = 90 }, { .value = 70 } },
			   now[] = { { .value = NAN }, { .value = NAN }, { .value = NAN } };
	struct index_month m;
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(index_month(parts, 3, before, now, &m, &e), HY_BAD_FIELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_component_moves_as_the_others_did),
		cmocka_unit_test(the_error_of_the_base_stays_in_every_month),
		cmocka_unit_test(a_chain_joins_where_units_change),
		cmocka_unit_test(what_cannot_be_an_index_is_refused),
		cmocka_unit_test(when_all_is_missing_there_is_no_index),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
