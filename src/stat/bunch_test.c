/* Bunching, against exact fractions reckoned beside this program. */
#include "stat/bunch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NEAR(got, wanted) assert_true(fabs((got) - (wanted)) <= 1e-9 * fabs(wanted))

static void one_that_bunches_is_called_out(void **state)
{
	struct bunch v[] = {
		{ .yes = 18, .of = 20 }, { .yes = 3, .of = 30 }, { .yes = 5, .of = 50 },
		{ .yes = 0, .of = 0 },	 { .yes = 2, .of = 10 }, { .yes = 0, .of = 15 },
	};

	(void)state;
	bunch_test(v, 6, 0.05);
	NEAR(v[0].elsewhere, 0.09905660377358491);
	NEAR(v[0].chance, 1.3154524458378454e-16);
	NEAR(v[0].adjusted, 6.577262229189227e-16);
	assert_true(v[0].more);
	NEAR(v[1].chance, 0.9934704775154439);
	NEAR(v[2].chance, 0.9998954578433173);
	NEAR(v[4].chance, 0.7038964152997876);
	assert_false(v[3].tested); /* it has no cases */
	for (int i = 1; i < 6; i++) {
		assert_true(v[i].adjusted == 1);
		assert_false(v[i].more);
	}
	assert_true(v[5].tested && v[5].chance == 1);
}

/* Alone, the first would be called out at 4 %; as one of four it may be luck. */
static void of_many_one_may_be_luck(void **state)
{
	struct bunch v[] = { { .yes = 14, .of = 40 },
			     { .yes = 6, .of = 60 },
			     { .yes = 20, .of = 100 },
			     { .yes = 9, .of = 30 } };

	(void)state;
	bunch_test(v, 4, 0.04);
	NEAR(v[0].chance, 0.010390753835033748);
	NEAR(v[0].adjusted, 0.04156301534013499);
	assert_false(v[0].more);
	NEAR(v[3].adjusted, 0.3997052847572595);
	bunch_test(v, 4, 0.05);
	assert_true(v[0].more);
	assert_false(v[3].more);
}

static void nobody_to_compare_with(void **state)
{
	struct bunch v[] = { { .yes = 9, .of = 9 }, { .yes = 0, .of = 0 } };

	(void)state;
	bunch_test(v, 2, 0.05);
	assert_false(v[0].tested || v[0].more || v[1].tested);
	bunch_test(v, 0, 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_bunches_is_called_out),
		cmocka_unit_test(of_many_one_may_be_luck),
		cmocka_unit_test(nobody_to_compare_with),
	};

	return cmocka_run_group_tests_name("bunch", tests, NULL, NULL);
}
