/* By which index rounds and surveys are listed, as matter/plan_test.c says it for matters. */
#include "appraise/appraise.h"
#include "appraise/survey.h"
#include "matter/plan_testing.h"

static enum hy_code fill(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)in_out;
	return hy_sql_script(
		db,
		"INSERT INTO round(id, code, scheme, from_day, to_day, state, version, seq,"
		" last_idx)" MANY "i, 'r' || i, 's' || (i % 40), i / 40, i / 40 + 30, 0, 0, 1, 0"
		" FROM n;"
		"INSERT INTO survey(id, code, round, panel, raters, units, from_day, until_day,"
		" issued, returned, void, seq, last_idx)" MANY
		"i, 'q' || i, i % 4000, 'p', 'g', '', 0, 0, 0, 0, 0, 1, 0 FROM n;"
		"ANALYZE",
		e);
}

static int rounds_up(void **state)
{
	static const struct city_room *const rooms[] = { &appraise_room, NULL };

	city_set_rooms(rooms);
	if (town_up(state))
		return -1;
	filled(*state, fill);
	return 0;
}

/* PostgreSQL sorts a table that it reads as a whole rather than follow an index through it: held
 * against a part of it, as a page of the list is. */
static void rounds_and_surveys_are_listed_by_an_index(void **state)
{
	struct town *t = *state;
	const struct hy_value round = { .number = 77 };
	hy_str rounds = plan_of(t, hy_printf(t->a, "%s LIMIT 500", round_list_sql), NULL, 0);
	hy_str surveys = plan_of(t, hy_str_of(survey_list_sql), &round, 1);

	if (!holds(rounds, "round_from") || sorted(rounds))
		fail_msg(HY_FMT "\n", HY_ARG(rounds));
	if (!holds(surveys, "survey_round") || (test_database() && holds(surveys, "Seq Scan on")))
		fail_msg(HY_FMT "\n", HY_ARG(surveys));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_and_surveys_are_listed_by_an_index),
	};
	return cmocka_run_group_tests(tests, rounds_up, town_down);
}
