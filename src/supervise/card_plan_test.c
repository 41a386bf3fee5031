/* By which index lists of cards are read, as matter/plan_test.c says it for matters. */
#include "matter/plan_testing.h"
#include "supervise/card.h"
#include "supervise/rectification.h"

/* Of 20,000 cards one in a hundred waits for a decision. */
static enum hy_code fill_cards(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)in_out;
	return hy_sql_script(
		db,
		"INSERT INTO card(id, year, number, code, matter, unit, person, kind, level,"
		" severity, clock, clause, mark, evidence, since, raised_at, state, seq, last_idx)"
		" SELECT m.id - 1000, 2026, m.id - 1000, 'EW-2026-' || m.id, m.id, 'U' ||"
		" (m.id % 200), '', CASE m.id % 3 WHEN 0 THEN 'overdue' ELSE 'due_soon' END,"
		" m.id % 3, 1, '', '', 'k', '{}', m.filed_at, m.filed_at, CASE m.id % 100 WHEN 7"
		" THEN 1 ELSE 0 END, 1, m.id FROM matter m WHERE m.id > 1000;"
		"INSERT INTO exposure(matter) SELECT id FROM matter WHERE id % 5 = 0; ANALYZE",
		e);
}

static int cards_up(void **state)
{
	static const struct city_room *const rooms[] = { &card_room, NULL };

	city_set_rooms(rooms);
	if (many_up(state))
		return -1;
	filled(*state, fill_cards);
	return 0;
}

static void every_list_is_read_in_the_order_of_an_index(void **state)
{
	static const hy_str own[] = { HY_S_INIT("U1"), HY_S_INIT("U2") };
	const struct access_scope scopes[] = { access_all, units_of(own, 2, NULL, 0) };
	const struct {
		struct card_filter f;
		const char *sqlite, *pg;
		bool sorts; /* few rows, in another order */
	} lists[] = {
		{ { .after = 9000 }, "INTEGER PRIMARY KEY", "card_pkey", false },
		{ { .oldest = true, .after = 9000 }, "INTEGER PRIMARY KEY", "card_pkey", false },
		{ { .unit = HY_S("U77") }, "card_unit_id", "card_unit_id", false },
		{ { .unit = HY_S("U77"), .after = 9000 }, "card_unit_id", "card_unit_id", false },
		{ { .state = 1 + CARD_CONTESTED }, "card_state_id", "card_state_id", false },
		{ { .matter = HY_S("PL-2026-77") },
		  "sqlite_autoindex_card",
		  "card_matter_mark_key",
		  true },
	};
	struct town *t = *state;

	for (size_t k = 0; k < HY_COUNT(scopes); k++)
		for (size_t i = 0; i < HY_COUNT(lists); i++) {
			struct card_filter f = lists[i].f;
			struct hy_query q;
			f.limit = 20;
			card_list_query(t->a, &scopes[k], &f, &q);
			hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.value, q.n);
			const char *index = test_database() ? lists[i].pg : lists[i].sqlite;
			/* What two units have may be gathered by unit and sorted. */
			bool by_unit = k == 1 && holds(plan, "card_unit_id");
			if (!(holds(plan, index) || by_unit) || whole(plan) ||
			    (sorted(plan) && !lists[i].sorts && !by_unit))
				fail_msg("list %zu in scope %zu:\n" HY_FMT "\n", i, k,
					 HY_ARG(plan));
		}
}

static void exposures_are_read_newest_first(void **state)
{
	struct town *t = *state;

	for (int64_t after = 0; after <= 15000; after += 15000) {
		struct hy_query q;
		rectification_public_query(t->a, after, 21, &q);
		hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.value, q.n);
		if (!holds(plan, test_database() ? "Backward using exposure_pkey"
						 : "SEARCH x USING INTEGER PRIMARY KEY") ||
		    whole(plan) || sorted(plan) || holds(plan, "event"))
			fail_msg("after %lld:\n" HY_FMT "\n", (long long)after, HY_ARG(plan));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_read_in_the_order_of_an_index),
		cmocka_unit_test(exposures_are_read_newest_first),
	};
	return cmocka_run_group_tests(tests, cards_up, town_down);
}
