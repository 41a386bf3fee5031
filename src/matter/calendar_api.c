/* /api/v1/calendar: what-if, and the working days of a year. */
#include "matter/api.h"
#include "matter/what_if.h"

struct due_query {
	hy_str from, rule, limit;
	struct hy_texts pause;
	bool roll;
};
static const struct hy_field due_fields[] = {
	HY_FIELD_TEXT(struct due_query, from, true, 1, 40),
	HY_FIELD_TEXT(struct due_query, rule, false, 1, 64),
	HY_FIELD_TEXT(struct due_query, limit, false, 1, 16),
	HY_FIELD_TEXTS(struct due_query, pause, false, 0, 20),
	HY_FIELD_BOOL(struct due_query, roll, false),
	{ 0 },
};

static enum hy_code due(struct hy_request *r, struct hy_err *e)
{
	const struct due_query *q = hy_request_query(r);
	const struct pack *pack = city_pack(api_city(r));
	const struct what_if ask = {
		.prefix = "",
		.from = q->from,
		.rule = q->rule,
		.limit = q->limit,
		.pauses = q->pause.v,
		.n_pauses = q->pause.n,
		.roll = q->roll,
	};
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct what_if_due w;
	enum hy_code code = what_if(b.a, pack, &ask, &w, e);

	if (code)
		return code;
	what_if_json(&j, pack, &w, true);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code year(struct hy_request *r, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(api_city(r))->calendar;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	int64_t n;

	if (!hy_str_int(hy_request_param(r, "year"), &n) || n < 1990 || n > 2099)
		return hy_fail(e, HY_NOT_FOUND, "year", "must be from 1990 to 2099");
	what_if_year_json(&j, cal, (int)n);
	hy_answer_json(r, 200, &b);
	hy_answer_etag(r, hy_str_head(hy_calendar_hash(cal), 16));
	return HY_OK;
}

const struct hy_route calendar_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/calendar/due",
	  .permission = "public",
	  .summary = "When something would fall due, and why",
	  .query = due_fields,
	  .query_size = sizeof(struct due_query),
	  .run = due },
	{ .method = "GET",
	  .path = "/api/v1/calendar/{year}",
	  .permission = "public",
	  .summary = "The days of a year, worked or not, with the notices behind them",
	  .run = year },
	{ 0 },
};
