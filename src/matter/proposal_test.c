/* Two people bring an institution into force: what their events may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "matter/proposal.h"

struct test {
	struct hy_arena *a;
	struct proposal p;
	struct hy_err e;
};

static int up(void **state)
{
	struct hy_arena *a = hy_arena_new(0);
	struct test *t = hy_new(a, struct test);

	t->a = a;
	t->p.id = 1;
	*state = t;
	return 0;
}

static int down(void **state)
{
	struct hy_arena *a = ((struct test *)*state)->a;

	hy_arena_free(&a);
	return 0;
}

/* The next event of the proposal. */
static enum hy_code step(struct test *t, const char *move, const char *data, const char *private)
{
	struct record_event ev = { .idx = 7 + t->p.seq,
				   .seq = t->p.seq + 1,
				   .at = 1000 + t->p.seq,
				   .move = hy_str_of(move) };

	hy_err_clear(&t->e);
	if (hy_json_read(t->a, hy_str_of(data), &ev.data, &t->e) ||
	    hy_json_read(t->a, hy_str_of(private), &ev.private, &t->e))
		fail_msg("%s", hy_err_text(&t->e));
	return proposal_apply(t->a, &t->p, &ev, &t->e);
}

#define PROPOSAL                                                                                   \
	"{\"base\":1,\"content\":\"ab\",\"name\":\"ours\",\"notice\":false,\"version\":\"2\"}"

static void one_proposes_another_approves(void **state)
{
	struct test *t = *state;

	assert_int_equal(step(t, "propose", PROPOSAL, "{\"by\":4,\"reason\":\"new law\"}"), HY_OK);
	assert_int_equal(t->p.state, PROPOSAL_OPEN);
	assert_true(hy_str_eq(t->p.name, HY_S("ours")) && !t->p.notice);
	assert_int_equal(step(t, "approve", "{\"became\":2}", "{\"by\":5,\"reason\":\"ok\"}"),
			 HY_OK);
	assert_int_equal(t->p.state, PROPOSAL_APPROVED);
	assert_int_equal(t->p.became, 2);
	assert_int_equal(t->p.proposed_by, 4);
	assert_int_equal(t->p.decided_by, 5);
	assert_true(hy_str_eq(t->p.answer, HY_S("ok")));
	assert_int_equal(t->p.last_idx, 8);
}

static void nobody_approves_his_own(void **state)
{
	struct test *t = *state;

	assert_int_equal(step(t, "propose", PROPOSAL, "{\"by\":4}"), HY_OK);
	assert_int_equal(step(t, "approve", "{\"became\":2}", "{\"by\":4}"), HY_TAMPERED);
}

static void whoever_proposed_it_may_take_it_back(void **state)
{
	struct test *t = *state;

	assert_int_equal(step(t, "propose", PROPOSAL, "{\"by\":4}"), HY_OK);
	assert_int_equal(step(t, "refuse", "{}", "{\"by\":4}"), HY_OK);
	assert_int_equal(t->p.state, PROPOSAL_REFUSED);
	assert_int_equal(t->p.became, 0);
}

static void what_was_decided_stays(void **state)
{
	struct test *t = *state;

	assert_int_equal(step(t, "propose", PROPOSAL, "{\"by\":4}"), HY_OK);
	assert_int_equal(step(t, "refuse", "{}", "{\"by\":5}"), HY_OK);
	assert_int_equal(step(t, "approve", "{\"became\":2}", "{\"by\":5}"), HY_TAMPERED);
}

static void other_events_are_none(void **state)
{
	struct test *t = *state;

	assert_int_equal(step(t, "approve", "{\"became\":2}", "{\"by\":5}"), HY_TAMPERED);
	t->p = (struct proposal){ .id = 1 };
	assert_int_equal(step(t, "propose", PROPOSAL, "{}"), HY_TAMPERED);
	t->p = (struct proposal){ .id = 1 };
	assert_int_equal(step(t, "propose", PROPOSAL, "{\"by\":4}"), HY_OK);
	assert_int_equal(step(t, "approve", "{}", "{\"by\":5}"), HY_TAMPERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_proposes_another_approves, up, down),
		cmocka_unit_test_setup_teardown(nobody_approves_his_own, up, down),
		cmocka_unit_test_setup_teardown(whoever_proposed_it_may_take_it_back, up, down),
		cmocka_unit_test_setup_teardown(what_was_decided_stays, up, down),
		cmocka_unit_test_setup_teardown(other_events_are_none, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
