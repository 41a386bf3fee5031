/* GET /api/v1/supervision, its definitions, and the matters behind a figure. */
#include "matter/api.h"
#include "supervise/supervise.h"

struct report_query {
	hy_str by;
	int32_t from, to;
};
static const struct hy_field report_fields[] = {
	HY_FIELD_WORD(struct report_query, by, false, "none|unit|class|month|kind|hour"),
	HY_FIELD_DAY(struct report_query, from, false),
	HY_FIELD_DAY(struct report_query, to, false),
	{ 0 },
};

struct open_query {
	hy_str by, group, cursor;
	int32_t from, to;
	int64_t limit;
};
static const struct hy_field open_fields[] = {
	HY_FIELD_WORD(struct open_query, by, false, "none|unit|class|month|kind|hour"),
	HY_FIELD_TEXT(struct open_query, group, false, 1, 100),
	HY_FIELD_DAY(struct open_query, from, false),
	HY_FIELD_DAY(struct open_query, to, false),
	HY_FIELD_INT(struct open_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct open_query, cursor, false, 1, 20),
	{ 0 },
};

static enum hy_code answer_report(struct hy_request *r, const struct access_scope *scope, hy_str by,
				  hy_day from, hy_day to, bool in_public, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct city *c = hy_request_ctx(r);
	struct supervise_query q = { 0 };
	struct supervise_report out;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = supervise_query_of(c, scope, by, from, to, &q, e);

	q.no_cards = in_public;
	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	if (!code)
		code = supervise_report(a, c, db, &q, hy_request_language(r), &out, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	supervise_report_json(&j, &out, city_pack(c)->calendar, in_public);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code report(struct hy_request *r, struct hy_err *e)
{
	const struct report_query *in = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_READ);

	return answer_report(r, &scope, in->by.n ? in->by : HY_S("unit"), in->from, in->to, false,
			     e);
}

struct public_query {
	int32_t from, to;
};
static const struct hy_field public_fields[] = {
	HY_FIELD_DAY(struct public_query, from, false),
	HY_FIELD_DAY(struct public_query, to, false),
	{ 0 },
};

/* Without cards: they are no figures for everybody. */
static enum hy_code public_report(struct hy_request *r, struct hy_err *e)
{
	const struct public_query *in = hy_request_query(r);

	return answer_report(r, &access_public, HY_S("unit"), in->from, in->to, true, e);
}

static enum hy_code definitions(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "figures");
	supervise_figures_json(&j, true);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- behind a figure ---------------------------------------------------------------------------
 */

struct page {
	struct hy_json j;
	const struct hy_calendar *cal;
	int64_t limit, n, last;
	bool more;
};

static enum hy_code page_one(void *arg, const struct supervise_matter *m, struct hy_err *e)
{
	struct page *p = arg;

	(void)e;
	if (p->n == p->limit) {
		p->more = true;
		return HY_OK;
	}
	supervise_matter_json(&p->j, m, p->cal);
	p->n++;
	p->last = m->id;
	return HY_OK;
}

static enum hy_code open_of(struct hy_request *r, struct page *p, const struct access_scope *scope,
			    struct supervise_query *q, struct supervise_open *o, struct hy_err *e)
{
	const struct open_query *in = hy_request_query(r);
	struct city *c = hy_request_ctx(r);
	enum hy_code code = supervise_figure(hy_request_arena(r), hy_request_param(r, "figure"),
					     "figure", &o->figure, e);

	if (code == HY_BAD_FIELD) /* part of the address */
		e->code = code = HY_NOT_FOUND;
	if (!code)
		code = supervise_query_of(c, scope, in->by, in->from, in->to, q, e);
	if (code)
		return code;
	if (in->group.n && q->by == BY_NONE)
		return hy_fail(e, HY_BAD_FIELD, "group", "goes with by");
	if (in->cursor.n && (!hy_str_int(in->cursor, &o->after) || o->after < 0))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	o->one_group = in->group.n > 0;
	o->group = hy_str_eq(in->group, HY_S("-")) ? HY_S("") : in->group;
	p->limit = in->limit ? in->limit : 50;
	o->most = p->limit + 1;
	return HY_OK;
}

static enum hy_code matters(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct city *c = hy_request_ctx(r);
	struct hy_buf b = hy_buf_on(a);
	struct page p = { .j = hy_json_on(&b), .cal = city_pack(c)->calendar };
	struct supervise_open o = { 0 };
	struct supervise_query q;
	HY_SCOPED_DB db = NULL;
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_OPEN);
	enum hy_code code = open_of(r, &p, &scope, &q, &o, e);

	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	if (code)
		return code;
	q.who = api_actor(r);
	hy_json_obj(&p.j);
	hy_json_kstr(&p.j, "figure", hy_str_of(o.figure->id));
	hy_json_key(&p.j, "matters");
	hy_json_arr(&p.j);
	code = supervise_open(a, c, db, &q, &o, page_one, &p, e);
	if (code)
		return code;
	hy_json_arr_end(&p.j);
	if (p.more)
		hy_json_kstr(&p.j, "next", hy_printf(a, "%lld", (long long)p.last));
	else
		hy_json_knull(&p.j, "next");
	hy_json_obj_end(&p.j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route supervise_routes[] = {
	{ "GET", "/api/v1/supervision", "supervision.read",
	  "The figures of a period, for each unit, class, month, kind or hour of filing",
	  .query = report_fields, .query_size = sizeof(struct report_query), .pace = HY_PACE_HEAVY,
	  .run = report },
	{ "GET", "/api/v1/public/figures", "public", "The figures that are public, for each unit",
	  .query = public_fields, .query_size = sizeof(struct public_query), .pace = HY_PACE_HEAVY,
	  .run = public_report },
	{ "GET", "/api/v1/supervision/figures", "supervision.read",
	  "What each figure means: numerator, denominator, population", .run = definitions },
	{ "GET", "/api/v1/supervision/figures/{figure}/matters", "supervision.open",
	  "The matters that a figure counts", .query = open_fields,
	  .query_size = sizeof(struct open_query), .run = matters },
	{ 0 },
};
