/* The list of items is read in the order of its index, as matter/plan_test.c says it for matters.
 */
#include "matter/plan_testing.h"
#include "service/item_row.h"

/* 20,000 items, each with two stretches. */
static enum hy_code fill_items(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)in_out;
	return hy_sql_script(
		db,
		"INSERT INTO item_version(code, from_day, idx, state, unit, name, type, tags,"
		" document, reason, target, content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
		" SELECT i + 1 FROM n WHERE i < 40000) SELECT 'XK-' || (100000 + i / 2), 20000 +"
		" i % 2 * 100, i, 'kept', 'U' || (i / 2 % 200), 'n', 't', '||', '', '', '', '{}'"
		" FROM n; ANALYZE",
		e);
}

static int items_up(void **state)
{
	static const struct city_room *const rooms[] = { &service_room, NULL };

	city_set_rooms(rooms);
	if (town_up(state))
		return -1;
	filled(*state, fill_items);
	return 0;
}

static void the_list_is_read_in_the_order_of_its_index(void **state)
{
	const struct hy_value none = { .is_text = true },
			      all[] = { { .number = 20050 },
					{ .is_text = true, .text = HY_S("XK-107000") },
					none,
					none,
					none,
					none,
					{ .is_text = true, .text = HY_S("%%") },
					{ .number = 51 } };
	struct town *t = *state;
	hy_str plan = plan_of(t, hy_str_of(item_list_sql), all, (int)HY_COUNT(all));

	if (!holds(plan, test_database() ? "item_version_pkey"
					 : "sqlite_autoindex_item_version_1 (code>?") ||
	    whole(plan) || sorted(plan))
		fail_msg("\n" HY_FMT, HY_ARG(plan));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_read_in_the_order_of_its_index),
	};
	return cmocka_run_group_tests(tests, items_up, town_down);
}
