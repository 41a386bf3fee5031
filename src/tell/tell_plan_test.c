/* The list of messages is read in the order of an index, as matter/plan_test.c says it for matters.
 */
#include "matter/plan_testing.h"
#include "tell/tell.h"

/* Of 20,000 messages one in a hundred was given up. */
static enum hy_code fill(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)in_out;
	return hy_sql_script(
		db,
		"INSERT INTO message(id, kind, target, matter, idx, address, subject, text, "
		"made_at,"
		" due_at, tries, state, last_at, status, said) WITH RECURSIVE n(i) AS (SELECT 1"
		" UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT 1000 + i, i % 4, i % 700, "
		"0,"
		" i, '', '', '', 0, 0, 1, CASE WHEN i % 100 = 7 THEN 2 ELSE 1 END, 0, 250, ''"
		" FROM n; ANALYZE",
		e);
}

static int messages_up(void **state)
{
	static const struct city_room *const rooms[] = { &tell_room, NULL };

	city_set_rooms(rooms);
	if (town_up(state))
		return -1;
	filled(*state, fill);
	return 0;
}

static void messages_are_listed_in_the_order_of_an_index(void **state)
{
	struct town *t = *state;
	const struct {
		struct tell_filter f;
		const char *sqlite, *pg;
	} lists[] = {
		{ { 0 }, "INTEGER PRIMARY KEY", "message_pkey" },
		{ { .before = 9000 }, "INTEGER PRIMARY KEY", "message_pkey" },
		{ { .state = 1 + TELL_GIVEN_UP }, "message_state", "message_state" },
		{ { .state = 1 + TELL_SENT }, "INTEGER PRIMARY KEY", "message_pkey" },
		{ { .target = 77 }, "message_target_id", "message_target_id" },
	};

	for (size_t i = 0; i < HY_COUNT(lists); i++) {
		struct hy_query q;
		tell_list_query(t->a, &lists[i].f, 20, &q);
		hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.value, q.n);
		if (!holds(plan, test_database() ? lists[i].pg : lists[i].sqlite) || sorted(plan) ||
		    (test_database() && holds(plan, "Seq Scan on")))
			fail_msg("list %zu:\n" HY_FMT "\n", i, HY_ARG(plan));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_listed_in_the_order_of_an_index),
	};
	return cmocka_run_group_tests(tests, messages_up, town_down);
}
