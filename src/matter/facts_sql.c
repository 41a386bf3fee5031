/* What facts are made of, read from the rows of matters. */
#include "matter/facts.h"

#include "matter/city.h"

enum hy_code facts_of_rooms(struct hy_arena *a, struct hy_db *db, const struct fact_ask *ask,
			    struct hy_err *e)
{
	const struct city_room *const *rooms = city_rooms();
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && rooms[i]; i++)
		if (rooms[i]->facts)
			code = rooms[i]->facts(a, db, ask, e);
	return code;
}

void facts_row_get(struct hy_stmt *s, struct fact_row *r)
{
	*r = (struct fact_row){
		.assigned = hy_col_text(s, 4).n > 0,
		.open = hy_col_int(s, 5) != 0,
		.annulled = hy_col_int(s, 6) != 0,
		.paused = hy_col_int(s, 7) != 0,
		.provisional = hy_col_int(s, 8) != 0,
		.outcome = hy_col_text(s, 9),
		.hand_offs = (int)hy_col_int(s, 10),
		.returns = (int)hy_col_int(s, 11),
		.reopens = (int)hy_col_int(s, 12),
		.filed_at = hy_col_int(s, 13),
		.answered_at = hy_col_opt(s, 14, HY_NO_TIME),
		.main_due_at = hy_col_opt(s, 15, HY_NO_TIME),
		.original_at = hy_col_opt(s, 16, HY_NO_TIME),
		.pledged_at = hy_col_opt(s, 17, HY_NO_TIME),
		.verdict = (enum matter_verdict)hy_col_int(s, 18),
		.pledged_verdict = (enum matter_verdict)hy_col_int(s, 19),
		.due_at = hy_col_int(s, 20),
		.rating = (int)hy_col_int(s, 26),
	};
	r->lights[HY_LIGHT_NONE] = HY_NO_TIME;
	for (int k = HY_LIGHT_GREEN; k <= HY_LIGHT_RED; k++)
		r->lights[k] = hy_col_int(s, 20 + k);
}

struct numbers facts_numbers(const struct hy_calendar *cal, const struct fact_row *r)
{
	const struct hy_zone *zone = hy_calendar_zone(cal);
	struct numbers n = { { -1, -1, r->hand_offs, r->returns, r->reopens } };

	if (r->answered_at != HY_NO_TIME) {
		hy_day filed = hy_local(zone, r->filed_at, NULL);
		hy_day answered = hy_local(zone, r->answered_at, NULL);
		n.of[NUMBER_WORKING_DAYS] = hy_work_between(cal, filed, answered);
		n.of[NUMBER_CALENDAR_DAYS] = answered > filed ? answered - filed : 0;
	}
	return n;
}
