/* /api/v1/supervision/quality */
#include "matter/api.h"
#include "supervise/quality.h"
#include "supervise/supervise.h"

/* So many matters that moved in the last second are folded for one answer. */
enum { MATTERS_MOST = 20000, DAYS_BEFORE = 90 };

struct quality_in {
	int32_t from, to;
	hy_str unit;
	int64_t limit, cursor;
};
static const struct hy_field report_fields[] = {
	HY_FIELD_DAY(struct quality_in, from, false),
	HY_FIELD_DAY(struct quality_in, to, false),
	{ 0 },
};
static const struct hy_field open_fields[] = {
	HY_FIELD_DAY(struct quality_in, from, false),
	HY_FIELD_DAY(struct quality_in, to, false),
	HY_FIELD_TEXT(struct quality_in, unit, false, 1, 64),
	HY_FIELD_INT(struct quality_in, limit, false, 1, 200),
	HY_FIELD_INT(struct quality_in, cursor, false, 1, INT64_MAX),
	{ 0 },
};

/* Without a first day: the last ninety days of what was asked. */
static enum hy_code query_of(struct hy_request *r, const struct access_scope *scope,
			     struct quality_query *q, struct hy_err *e)
{
	const struct quality_in *in = hy_request_query(r);
	struct city *c = api_city(r);
	hy_ms now = city_now(c);
	hy_day today = city_day(c, now);

	*q = (struct quality_query){ .from = in->from,
				     .to = in->to == HY_NO_DAY ? today : in->to,
				     .now = now,
				     .scope = scope,
				     .who = api_actor(r),
				     .most = MATTERS_MOST };
	if (q->from == HY_NO_DAY)
		q->from = q->to - (DAYS_BEFORE - 1);
	return supervise_days_ok(q->from, q->to, e);
}

static enum hy_code report(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct quality_report out;
	struct quality_query q;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = query_of(r, &scope, &q, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = quality_report(b.a, api_city(r), db, &q, hy_request_language(r), &out, e);
	if (code)
		return code;
	quality_report_json(&j, &out, city_pack(api_city(r))->calendar);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code cases(struct hy_request *r, struct hy_err *e)
{
	const struct quality_in *in = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_OPEN);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_str unit = hy_str_eq(in->unit, HY_S("-")) ? HY_S("") : in->unit;
	struct quality_cases out;
	struct quality_query q;
	enum quality measure;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = quality_of_id(hy_request_param(r, "measure"), "measure", &measure, e);

	if (code == HY_BAD_FIELD) /* part of the address */
		e->code = code = HY_NOT_FOUND;
	if (!code)
		code = query_of(r, &scope, &q, e);
	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = quality_open(b.a, api_city(r), db, &q, measure, in->unit.n ? &unit : NULL,
				    in->cursor, in->limit ? in->limit : 50, &out, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kstr(&j, "measure", hy_str_of(quality_measures[measure].id));
	hy_json_key(&j, "matters");
	hy_json_arr(&j);
	for (size_t i = 0; i < out.n; i++)
		quality_case_json(&j, &out.v[i], city_pack(api_city(r))->calendar);
	hy_json_arr_end(&j);
	if (out.more)
		hy_json_kint(&j, "next", out.v[out.n - 1].id);
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route quality_routes[] = {
	{ "GET", "/api/v1/supervision/quality", "supervision.read",
	  "Can the figures be believed: data quality for each unit", .query = report_fields,
	  .query_size = sizeof(struct quality_in), .pace = HY_PACE_HEAVY, .run = report },
	{ "GET", "/api/v1/supervision/quality/{measure}/matters", "supervision.open",
	  "The matters behind a measure of data quality", .query = open_fields,
	  .query_size = sizeof(struct quality_in), .pace = HY_PACE_HEAVY, .run = cases },
	{ 0 },
};
