/* /api/v1/items: the catalogue for everybody; changes for those who may write it. */
#include <unistd.h>

#include "matter/api.h"
#include "matter/reform.h"
#include "service/item_table.h"
#include "service/reduction.h"

static hy_day day_or(hy_day d, hy_day otherwise)
{
	return d == HY_NO_DAY ? otherwise : d;
}

static enum hy_code begin_read(struct hy_request *r, struct hy_db **db, struct unit_book *book,
			       struct hy_err *e)
{
	enum hy_code c = hy_store_read(hy_request_store(r), db, e);

	return c ? c : unit_book_read(hy_request_arena(r), *db, book, e);
}

static enum hy_code type_of(hy_str word, hy_str *out, struct hy_err *e)
{
	const struct item_type_row *t = item_type_of(word);

	if (word.n && !t)
		return hy_fail(e, HY_BAD_FIELD, "type", "is none of the types of items");
	*out = t ? t->id : HY_S("");
	return HY_OK;
}

/* --- the list
 * ------------------------------------------------------------------------------------- */

struct list_query {
	hy_day on;
	hy_str unit, type, tag, state, words, cursor;
	int64_t limit;
};
static const struct hy_field list_query[] = {
	HY_FIELD_DAY(struct list_query, on, false),
	HY_FIELD_TEXT(struct list_query, unit, false, 1, 40),
	HY_FIELD_TEXT(struct list_query, type, false, 1, 40),
	HY_FIELD_TEXT(struct list_query, tag, false, 1, 40),
	HY_FIELD_WORD(struct list_query, state, false, "kept|cut|merged|handed_down"),
	HY_FIELD_TEXT(struct list_query, words, false, 1, 100),
	HY_FIELD_INT(struct list_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct list_query, cursor, false, 1, 80),
	{ 0 },
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct list_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	int64_t limit = q->limit ? q->limit : 50;
	struct item_filter f = { .on = day_or(q->on, city_today(api_city(r))),
				 .unit = q->unit,
				 .tag = q->tag,
				 .words = q->words,
				 .after = q->cursor,
				 .most = limit + 1,
				 .state = -1 };
	struct item_rows rows;
	struct unit_book book;
	enum item_state state;
	HY_SCOPED_DB db = NULL;
	enum hy_code c = begin_read(r, &db, &book, e);

	if (q->state.n && item_state_of(q->state, &state))
		f.state = (int)state;
	if (!c)
		c = type_of(q->type, &f.type, e);
	if (!c)
		c = item_list(b.a, db, &f, &rows, e);
	if (c)
		return c;
	bool more = (int64_t)rows.n > limit;
	rows.n -= more;
	hy_json_obj(&j);
	hy_json_kstr(&j, "on", hy_day_text(b.a, f.on));
	hy_json_key(&j, "items");
	hy_json_arr(&j);
	for (size_t i = 0; i < rows.n; i++)
		item_row_json(&j, &rows.v[i], &book, f.on);
	hy_json_arr_end(&j);
	hy_json_kstr(&j, "next", more ? rows.v[rows.n - 1].code : HY_S(""));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- one item
 * --------------------------------------------------------------------------------------- */

struct on_query {
	hy_day on;
};
static const struct hy_field on_query[] = {
	HY_FIELD_DAY(struct on_query, on, false),
	{ 0 },
};

static enum hy_code answer_item(struct hy_request *r, struct hy_db *db, hy_str code, hy_day on,
				struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct unit_book book;
	struct item it;
	enum hy_code c = item_read(b.a, db, code, &it, e);

	if (!c)
		c = unit_book_read(b.a, db, &book, e);
	if (c)
		return c;
	item_show_json(&j, &it, &book, on);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	const struct on_query *q = hy_request_query(r);
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	return c ? c
		 : answer_item(r, db, hy_request_param(r, "code"),
			       day_or(q->on, city_today(api_city(r))), e);
}

static enum hy_code flow(struct hy_request *r, struct hy_err *e)
{
	const struct on_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	struct item it;
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = item_read(a, db, hy_request_param(r, "code"), &it, e);
	if (c)
		return c;
	const struct item_version *v = item_on(&it, day_or(q->on, city_today(api_city(r))));
	if (!v)
		return hy_fail(e, HY_NOT_FOUND, "", "item " HY_FMT " is not there on that day",
			       HY_ARG(it.code));
	struct item_content content = v->content;
	c = item_posts_named(a, api_city(r), db, &content, e);
	if (!c)
		hy_answer(r, 200, "image/svg+xml",
			  item_flow_svg(a, it.code, &content, hy_request_language(r)));
	return c;
}

struct fees_query {
	hy_day on;
	hy_str unit;
};
static const struct hy_field fees_query[] = {
	HY_FIELD_DAY(struct fees_query, on, false),
	HY_FIELD_TEXT(struct fees_query, unit, false, 1, 40),
	{ 0 },
};

static enum hy_code fees(struct hy_request *r, struct hy_err *e)
{
	const struct fees_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_day on = day_or(q->on, city_today(api_city(r)));
	struct item_fee_rows rows;
	struct unit_book book;
	HY_SCOPED_DB db = NULL;
	enum hy_code c = begin_read(r, &db, &book, e);

	if (!c)
		c = item_fees(b.a, db, q->unit, on, &rows, e);
	if (c)
		return c;
	item_fees_json(&j, &rows, &book, on);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- the report
 * ----------------------------------------------------------------------------------------- */

struct report_query {
	hy_day from, to;
	hy_str by, unit, type, tag, figure, group, form;
	int64_t against_x100, places;
	bool bom;
};
#define REPORT_FIELDS                                                                              \
	HY_FIELD_DAY(struct report_query, from, true),                                             \
		HY_FIELD_DAY(struct report_query, to, false),                                      \
		HY_FIELD_TEXT(struct report_query, unit, false, 1, 40),                            \
		HY_FIELD_TEXT(struct report_query, type, false, 1, 40),                            \
		HY_FIELD_TEXT(struct report_query, tag, false, 1, 40)
static const struct hy_field report_query[] = {
	REPORT_FIELDS,
	HY_FIELD_WORD(struct report_query, by, false, "none|unit"),
	HY_FIELD_INT(struct report_query, against_x100, false, 1, 10000000),
	HY_FIELD_INT(struct report_query, places, false, 1, 4),
	{ 0 },
};
static const struct hy_field open_query[] = {
	REPORT_FIELDS,
	HY_FIELD_TEXT(struct report_query, figure, true, 1, 40),
	HY_FIELD_TEXT(struct report_query, group, false, 1, 40),
	{ 0 },
};
static const struct hy_field report_sheet_query[] = {
	REPORT_FIELDS,
	HY_FIELD_WORD(struct report_query, by, false, "none|unit"),
	HY_FIELD_INT(struct report_query, against_x100, false, 1, 10000000),
	HY_FIELD_INT(struct report_query, places, false, 1, 4),
	HY_FIELD_TEXT(struct report_query, figure, false, 1, 40),
	HY_FIELD_TEXT(struct report_query, group, false, 1, 40),
	HY_FIELD_WORD(struct report_query, form, false, "csv|xlsx"),
	HY_FIELD_BOOL(struct report_query, bom, false),
	{ 0 },
};

static enum hy_code make_report(struct hy_request *r, struct hy_db *db, struct reduction *out,
				struct hy_err *e)
{
	const struct report_query *in = hy_request_query(r);
	struct reduction_query q = { .from = in->from,
				     .to = day_or(in->to, city_today(api_city(r))),
				     .unit = in->unit,
				     .tag = in->tag,
				     .by_unit = hy_str_eq(in->by, HY_S("unit")),
				     .against_x100 = in->against_x100,
				     .places = in->places ? (int)in->places : 2 };
	enum hy_code c = type_of(in->type, &q.type, e);

	return c ? c : reduction_make(hy_request_arena(r), db, &q, out, e);
}

static enum hy_code report(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct reduction out;
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = make_report(r, db, &out, e);
	if (c)
		return c;
	reduction_json(&j, &out, hy_request_language(r));
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code report_items(struct hy_request *r, struct hy_err *e)
{
	const struct report_query *in = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct reduction_pair *v;
	struct reduction out;
	HY_SCOPED_DB db = NULL;
	size_t n;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = make_report(r, db, &out, e);
	if (!c)
		c = reduction_open(b.a, &out, in->figure, in->group, &v, &n, e);
	if (c)
		return c;
	reduction_items_json(&j, v, n);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* The report, or ("figure") the items behind one of its figures, as it stands in a file. */
static enum hy_code fill_report(struct hy_request *r, struct hy_db *db, struct sheet *to,
				struct hy_err *e)
{
	const struct report_query *in = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	struct reduction_pair *v;
	struct reduction out;
	size_t n;
	enum hy_code c = make_report(r, db, &out, e);

	if (!c && in->figure.n == 0)
		return reduction_sheet(a, &out, hy_request_language(r), to, e);
	if (!c)
		c = reduction_open(a, &out, in->figure, in->group, &v, &n, e);
	return c ? c : reduction_items_sheet(a, &out, v, n, hy_request_language(r), to, e);
}

static enum hy_code report_out(struct hy_request *r, struct hy_err *e)
{
	const struct report_query *in = hy_request_query(r);
	const struct api_sheet s = { .what = "tables/item-report",
				     .name = in->figure.n ? "reduction-items" : "reduction",
				     .xlsx = hy_str_eq(in->form, HY_S("xlsx")),
				     .bom = in->bom,
				     .fill = fill_report };

	if (in->group.n && in->figure.n == 0)
		return hy_fail(e, HY_BAD_FIELD, "group", "goes with figure");
	return api_answer_public_sheet(r, &s, e);
}

/* --- changing
 * --------------------------------------------------------------------------------------------- */

struct change_body {
	json_t *content;
	hy_day from;
	hy_str document, reason, into, to;
};
#define CHANGE_FIELDS(document_required)                                                           \
	HY_FIELD_DAY(struct change_body, from, false),                                             \
		HY_FIELD_TEXT(struct change_body, document, document_required, 1, 200),            \
		HY_FIELD_TEXT(struct change_body, reason, false, 0, 200)
static const struct hy_field put_fields[] = {
	HY_FIELD_JSON(struct change_body, content, true),
	CHANGE_FIELDS(false),
	{ 0 },
};
static const struct hy_field turn_fields[] = { CHANGE_FIELDS(true), { 0 } };
static const struct hy_field merge_fields[] = {
	CHANGE_FIELDS(true),
	HY_FIELD_TEXT(struct change_body, into, true, 1, 80),
	{ 0 },
};
static const struct hy_field hand_down_fields[] = {
	CHANGE_FIELDS(true),
	HY_FIELD_TEXT(struct change_body, to, true, 1, 200),
	{ 0 },
};

struct changing {
	struct city *c;
	const struct actor *who;
	hy_str code;
	struct change_body body;
	struct item_content content;
	bool put;
	enum item_state state;
	hy_day today;
};

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct changing *x = in_out;
	struct reform r;
	struct item_act act = { .who = x->who, .document = x->body.document };

	reform_begin(&r, x->c, db, x->who, x->body.reason, &act.w);
	act.from = day_or(x->body.from, x->today);
	if (x->put)
		return item_put(&act, x->code, &x->content, NULL, e);
	return item_turn(&act, x->code, x->state,
			 x->state == ITEM_MERGED   ? x->body.into
			 : x->state == ITEM_HANDED ? x->body.to
						   : HY_S(""),
			 e);
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	const struct changing *x = in_out;

	return answer_item(r, db, x->code, x->today, e);
}

static struct changing *changing(struct hy_request *r)
{
	struct changing *x = hy_new(hy_request_arena(r), struct changing);

	x->c = api_city(r);
	x->who = api_actor(r);
	x->code = hy_request_param(r, "code");
	x->body = *(const struct change_body *)hy_request_body(r);
	x->today = city_today(x->c);
	return x;
}

static enum hy_code put(struct hy_request *r, struct hy_err *e)
{
	struct changing *x = changing(r);
	enum hy_code c = item_content_read(hy_request_arena(r), x->body.content, &x->content, e);

	x->put = true;
	return c ? c : hy_answer_after(r, change_work, change_answer, x, e);
}

static enum hy_code turn(struct hy_request *r, enum item_state state, struct hy_err *e)
{
	struct changing *x = changing(r);

	x->state = state;
	return hy_answer_after(r, change_work, change_answer, x, e);
}

static enum hy_code cut(struct hy_request *r, struct hy_err *e)
{
	return turn(r, ITEM_CUT, e);
}
static enum hy_code merge(struct hy_request *r, struct hy_err *e)
{
	return turn(r, ITEM_MERGED, e);
}
static enum hy_code hand_down(struct hy_request *r, struct hy_err *e)
{
	return turn(r, ITEM_HANDED, e);
}
static enum hy_code restore(struct hy_request *r, struct hy_err *e)
{
	return turn(r, ITEM_KEPT, e);
}

/* --- tables
 * ------------------------------------------------------------------------------------------------
 */

struct import_query {
	bool preview;
	hy_day on;
	hy_str document;
};
static const struct hy_field import_query[] = {
	HY_FIELD_BOOL(struct import_query, preview, false),
	HY_FIELD_DAY(struct import_query, on, false),
	HY_FIELD_TEXT(struct import_query, document, false, 1, 200),
	{ 0 },
};

static enum hy_code read_upload(struct hy_request *r, hy_str *out, struct hy_err *e)
{
	const struct hy_upload *up = hy_request_upload(r);
	size_t at = 0;

	if (!up || up->size == 0)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the file is the body of the request; there is none");
	if (up->size > GRID_FILE_MOST)
		return hy_fail(e, HY_TOO_LARGE, "", "the file is larger than %d MiB",
			       GRID_FILE_MOST >> 20);
	char *to = hy_arena_take(hy_request_arena(r), (size_t)up->size + 1);
	while (at < (size_t)up->size) {
		ssize_t got = pread(up->fd, to + at, (size_t)up->size - at, (off_t)at);
		if (got <= 0)
			return hy_broke(e, HY_IO, "an upload could not be read again");
		at += (size_t)got;
	}
	*out = (hy_str){ to, at };
	return HY_OK;
}

static enum hy_code import_aside(struct hy_request *r, struct hy_err *e)
{
	const struct import_query *q = hy_request_query(r);
	struct city *c = api_city(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct reform reform;
	struct item_act act = { .who = api_actor(r), .document = q->document };
	struct item_job job = { .act = &act, .preview = q->preview, .a = b.a };
	struct grid g;
	hy_str bytes;

	reform_begin(&reform, c, NULL, act.who, HY_S(""), &act.w);
	act.from = day_or(q->on, city_today(c));
	enum hy_code code = read_upload(r, &bytes, e);
	if (!code)
		code = grid_read(b.a, bytes, &g, e);
	job.grid = &g;
	if (!code)
		code = item_import(city_store(c), &job, e);
	if (code)
		return code;
	item_plan_json(&j, &job);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code import(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, import_aside, e);
}

struct export_query {
	hy_str form, unit;
	bool bom;
	hy_day on;
};
static const struct hy_field export_query[] = {
	HY_FIELD_WORD(struct export_query, form, false, "csv|xlsx"),
	HY_FIELD_BOOL(struct export_query, bom, false),
	HY_FIELD_TEXT(struct export_query, unit, false, 1, 40),
	HY_FIELD_DAY(struct export_query, on, false),
	{ 0 },
};

static enum hy_code fill_items(struct hy_request *r, struct hy_db *db, struct sheet *to,
			       struct hy_err *e)
{
	const struct export_query *q = hy_request_query(r);
	const struct item_filter f = { .on = day_or(q->on, city_today(api_city(r))),
				       .unit = q->unit,
				       .state = -1 };

	return item_export(hy_request_arena(r), db, &f, to, e);
}

static enum hy_code export(struct hy_request *r, struct hy_err *e) {
	const struct export_query *q = hy_request_query(r);
	const struct api_sheet s = { .what = "tables/items",
				     .name = "items",
				     .xlsx = hy_str_eq(q->form, HY_S("xlsx")),
				     .bom = q->bom,
				     .fill = fill_items };

	return api_answer_public_sheet(r, &s, e);
}

#define READ(path_, summary_, query_, fields_, pace_, run_)                                        \
	{                                                                                          \
		.method = "GET", .path = path_, .permission = "public", .summary = summary_,       \
		.query = fields_, .query_size = sizeof(struct query_), .pace = HY_PACE_##pace_,    \
		.run = run_                                                                        \
	}
#define CHANGE(method_, path_, summary_, fields_, run_)                                            \
	{                                                                                          \
		.method = method_, .path = "/api/v1/items/{code}" path_,                           \
		.permission = "item.write", .summary = summary_, .body = fields_,                  \
		.body_size = sizeof(struct change_body), .run = run_, .idempotent_key = true       \
	}
const struct hy_route item_routes[] = {
	READ("/api/v1/items", "The catalogue of service items as of a day", list_query, list_query,
	     READ, list),
	READ("/api/v1/items/{code}", "An item as of a day, with all its versions", on_query,
	     on_query, READ, show),
	READ("/api/v1/items/{code}/flow", "The flow chart of an item as SVG", on_query, on_query,
	     READ, flow),
	READ("/api/v1/item-fees", "The fee catalogue as of a day, abolished fees too", fees_query,
	     fees_query, HEAVY, fees),
	READ("/api/v1/item-report",
	     "What was cut and how much shorter limits are, between two days", report_query,
	     report_query, HEAVY, report),
	READ("/api/v1/item-report/items", "The items behind a figure of that report", report_query,
	     open_query, HEAVY, report_items),
	CHANGE("PUT", "", "Enter an item, or give it a new version from a day on", put_fields, put),
	CHANGE("POST", "/cut", "An item is no more", turn_fields, cut),
	CHANGE("POST", "/merge", "An item becomes part of another", merge_fields, merge),
	CHANGE("POST", "/hand-down", "An item goes to a lower level", hand_down_fields, hand_down),
	CHANGE("POST", "/restore", "An item is there again as it was", turn_fields, restore),
	READ("/api/v1/tables/item-report",
	     "That report, or the items behind a figure of it, as CSV or XLSX", report_query,
	     report_sheet_query, HEAVY, report_out),
	READ("/api/v1/tables/items", "The catalogue as CSV or XLSX", export_query, export_query,
	     HEAVY, export),
	{ .method = "POST",
	  .path = "/api/v1/tables/items",
	  .permission = "item.write",
	  .summary = "Import items from CSV or XLSX, or preview that",
	  .query = import_query,
	  .query_size = sizeof(struct import_query),
	  .run = import,
	  .upload = true,
	  .body_limit = GRID_FILE_MOST },
	{ 0 },
};
