/* /api/v1/supervision/flow, and the signal of the wall. */
#include "matter/api.h"
#include "matter/explain.h"
#include "supervise/flow.h"
#include "supervise/supervise.h"

enum { MATTERS_MOST = 100000 };

struct flow_in {
	int32_t from, to;
	hy_str from_unit, to_unit;
	int64_t limit, cursor;
};
static const struct hy_field report_fields[] = {
	HY_FIELD_DAY(struct flow_in, from, false),
	HY_FIELD_DAY(struct flow_in, to, false),
	{ 0 },
};
static const struct hy_field open_fields[] = {
	HY_FIELD_DAY(struct flow_in, from, false),
	HY_FIELD_DAY(struct flow_in, to, false),
	HY_FIELD_TEXT(struct flow_in, from_unit, true, 1, 64),
	HY_FIELD_TEXT(struct flow_in, to_unit, true, 1, 64),
	HY_FIELD_INT(struct flow_in, limit, false, 1, 200),
	HY_FIELD_INT(struct flow_in, cursor, false, 1, INT64_MAX),
	{ 0 },
};

static enum hy_code query_of(struct hy_request *r, const struct access_scope *scope,
			     struct flow_query *q, struct hy_err *e)
{
	const struct flow_in *in = hy_request_query(r);

	*q = (struct flow_query){ .from = in->from,
				  .to = in->to,
				  .scope = scope,
				  .who = api_actor(r),
				  .most = MATTERS_MOST };
	return supervise_days_ok(q->from, q->to, e);
}

static enum hy_code report(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct flow_report out;
	struct flow_query q;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = query_of(r, &scope, &q, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = flow_report(b.a, api_city(r), db, &q, hy_request_language(r), &out, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "links");
	hy_json_arr(&j);
	for (size_t i = 0; i < out.n; i++) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "from", out.v[i].from);
		hy_json_kstr(&j, "from_name", out.v[i].from_name);
		hy_json_kstr(&j, "to", out.v[i].to);
		hy_json_kstr(&j, "to_name", out.v[i].to_name);
		hy_json_kint(&j, "times", out.v[i].times);
		hy_json_kint(&j, "matters", out.v[i].matters);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static hy_str unit_of(hy_str given)
{
	return hy_str_eq(given, HY_S("-")) ? HY_S("") : given;
}

static void case_json(struct hy_json *j, const struct flow_case *k, const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", k->code);
	hy_json_kstr(j, "title", k->title);
	hy_json_kstr(j, "unit", k->unit);
	hy_json_kstr(j, "unit_name", k->unit_name);
	explain_instant(j, "filed_at", cal, k->filed_at);
	explain_instant(j, "at", cal, k->at);
	hy_json_kint(j, "times", k->times);
	hy_json_obj_end(j);
}

static enum hy_code cases(struct hy_request *r, struct hy_err *e)
{
	const struct flow_in *in = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_OPEN);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct flow_cases out;
	struct flow_query q;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = query_of(r, &scope, &q, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = flow_open(b.a, api_city(r), db, &q, unit_of(in->from_unit),
				 unit_of(in->to_unit), in->cursor, in->limit ? in->limit : 50, &out,
				 e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "matters");
	hy_json_arr(&j);
	for (size_t i = 0; i < out.n; i++)
		case_json(&j, &out.v[i], city_pack(api_city(r))->calendar);
	hy_json_arr_end(&j);
	if (out.more)
		hy_json_kint(&j, "next", out.v[out.n - 1].id);
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- the wall -------------------------------------------------------------------------------- */

/* An event stream that ends after its one event: the browser comes again by itself with the
 * event's number, is let in or not as whoever it then is, and finds a server that was started
 * anew.  What is sent says that something changed, and not what: that is asked for as always. */
enum { WALL_SECONDS = 50, WALL_RETRY_MS = 5000 };

static enum hy_code log_size(struct hy_request *r, int64_t *out, struct hy_err *e)
{
	struct record_head head;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = record_head(hy_request_arena(r), db, &head, e);
	if (!code)
		*out = head.size;
	return code;
}

static bool seen_before(struct hy_request *r, int64_t *out)
{
	return hy_str_int(hy_request_header(r, "Last-Event-ID"), out) && *out >= 0;
}

/* Is there more than the browser has seen? */
static bool grown(struct hy_request *r)
{
	struct hy_err why = { 0 };
	int64_t before = 0, size = 0;

	return !seen_before(r, &before) || log_size(r, &size, &why) || size != before;
}

static enum hy_code tell(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	int64_t before = -1, size = 0;
	enum hy_code code = log_size(r, &size, e);

	if (code)
		return code;
	bool first = !seen_before(r, &before);
	hy_buf_fmt(&b, "retry: %d\nid: %lld\nevent: %s\ndata: {\"size\":%lld}\n\n", WALL_RETRY_MS,
		   (long long)size,
		   first	    ? "hello"
		   : size == before ? "time"
				    : "change",
		   (long long)size);
	hy_answer(r, 200, "text/event-stream", hy_buf_str(&b));
	return HY_OK;
}

static enum hy_code wall(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_when(r, grown, tell, WALL_SECONDS, e);
}

const struct hy_route flow_routes[] = {
	{ "GET", "/api/v1/supervision/flow", "supervision.read",
	  "From which unit to which matters were handed on or sent back", .query = report_fields,
	  .query_size = sizeof(struct flow_in), .pace = HY_PACE_HEAVY, .run = report },
	{ "GET", "/api/v1/supervision/flow/matters", "supervision.open",
	  "The matters that went from one unit to another", .query = open_fields,
	  .query_size = sizeof(struct flow_in), .pace = HY_PACE_HEAVY, .run = cases },
	{ "GET", "/api/v1/supervision/changes", "supervision.read",
	  "An event as soon as something has changed, for a wall that refreshes itself",
	  .run = wall },
	{ 0 },
};
