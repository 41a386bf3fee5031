/* /api/v1/rectifications, /api/v1/tables/rectifications, /api/v1/public/exposures */
#include "matter/api.h"
#include "matter/sight.h"
#include "supervise/card.h"
#include "supervise/rectification.h"

static const struct hy_field list_fields[] = {
	HY_FIELD_TEXT(struct api_list, unit, false, 1, 40),
	HY_FIELD_TEXT(struct api_list, state, false, 1, 64),
	HY_FIELD_TEXT(struct api_list, class, false, 1, 64),
	HY_FIELD_WORD(struct api_list, light, false, "green|blue|yellow|orange|red"),
	HY_FIELD_WORD(struct api_list, open, false, "yes|no"),
	HY_FIELD_TEXT(struct api_list, words, false, 1, 100),
	HY_FIELD_WORD(struct api_list, order, false, "due|filed"),
	HY_FIELD_INT(struct api_list, limit, false, 1, 100),
	HY_FIELD_TEXT(struct api_list, cursor, false, 1, 64),
	{ 0 },
};
static const struct hy_field table_fields[] = {
	HY_FIELD_TEXT(struct api_list, unit, false, 1, 40),
	HY_FIELD_TEXT(struct api_list, state, false, 1, 64),
	HY_FIELD_TEXT(struct api_list, class, false, 1, 64),
	HY_FIELD_WORD(struct api_list, light, false, "green|blue|yellow|orange|red"),
	HY_FIELD_WORD(struct api_list, open, false, "yes|no"),
	HY_FIELD_TEXT(struct api_list, words, false, 1, 100),
	HY_FIELD_WORD(struct api_list, order, false, "due|filed"),
	HY_FIELD_WORD(struct api_list, form, false, "csv|xlsx"),
	HY_FIELD_BOOL(struct api_list, bom, false),
	{ 0 },
};

static struct matter_filter filter_of(struct hy_request *r)
{
	const struct api_list *q = hy_request_query(r);
	struct api_list only = *q;

	only.filed_from = only.filed_to = HY_NO_DAY;
	struct matter_filter f = api_list_filter(r, &only);
	f.kind = HY_S(CARD_RECTIFICATION);
	return f;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct api_list *q = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct matter_filter f = filter_of(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct matter_page page = { 0 };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_list(b.a, db, &scope, &f, api_list_order(q), q->cursor,
				   q->limit ? (int)q->limit : 30, &page, e);
	hy_json_obj(&j);
	hy_json_key(&j, "rectifications");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < page.n; i++) {
		struct rectification line;
		code = rectification_read(b.a, api_city(r), db, api_actor(r), page.v[i].code, &line,
					  e);
		if (!code)
			rectification_json(&j, &line, city_pack(api_city(r))->calendar);
	}
	hy_json_arr_end(&j);
	if (page.next.n)
		hy_json_kstr(&j, "next", page.next);
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- taken out ----------------------------------------------------------------------------------
 */

enum { PAGE = 200, MOST = 20000 };

static enum hy_code page_of(struct hy_request *r, struct hy_db *db, const struct matter_filter *f,
			    hy_str *cursor, struct sheet *to, int *n, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_EXPORT);
	struct city *c = api_city(r);
	struct matter_page page = { 0 };
	enum hy_code code = matter_list(a, db, &scope, f, api_list_order(hy_request_query(r)),
					*cursor, PAGE, &page, e);

	*n += (int)page.n;
	if (!code && *n > MOST)
		code = hy_fail(e, HY_TOO_LARGE, "unit",
			       "more than %d lines: take them out unit by unit", MOST);
	for (size_t i = 0; !code && i < page.n; i++) {
		struct rectification line;
		code = rectification_read(a, c, db, api_actor(r), page.v[i].code, &line, e);
		if (!code)
			code = rectification_row(to, a, &line, city_pack(c)->calendar,
						 hy_request_language(r), e);
	}
	*cursor = hy_str_dup(hy_request_arena(r), page.next);
	return code;
}

static enum hy_code fill(struct hy_request *r, struct hy_db *db, struct sheet *to, struct hy_err *e)
{
	struct matter_filter f = filter_of(r);
	hy_str cursor = HY_S("");
	enum hy_code code;
	int n = 0;

	rectification_begin(to, hy_request_language(r));
	do
		code = page_of(r, db, &f, &cursor, to, &n, e);
	while (!code && cursor.n);
	return code;
}

static enum hy_code aside(struct hy_request *r, struct hy_err *e)
{
	const struct api_list *q = hy_request_query(r);
	const struct api_sheet s = { .what = "tables/rectifications",
				     .name = "rectifications",
				     .xlsx = hy_str_eq(q->form, HY_S("xlsx")),
				     .bom = q->bom,
				     .fill = fill };

	return api_answer_sheet(r, &s, e);
}

static enum hy_code table(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, aside, e);
}

/* --- for everybody ------------------------------------------------------------------------------
 */

struct public_query {
	int64_t limit, cursor;
};
static const struct hy_field public_fields[] = {
	HY_FIELD_INT(struct public_query, limit, false, 1, 50),
	HY_FIELD_INT(struct public_query, cursor, false, 1, INT64_MAX),
	{ 0 },
};

static enum hy_code exposures(struct hy_request *r, struct hy_err *e)
{
	const struct public_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	int64_t next = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "exposures");
	code = rectification_public_json(&j, api_city(r), db, q->cursor,
					 q->limit ? (int)q->limit : 20, &next, e);
	if (next)
		hy_json_kint(&j, "next", next);
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

const struct hy_route rectification_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/rectifications",
	  .permission = "matter.read",
	  .summary = "The ledger of rectifications, line by line",
	  .query = list_fields,
	  .query_size = sizeof(struct api_list),
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/tables/rectifications",
	  .permission = "matter.export",
	  .summary = "The ledger of rectifications as CSV or XLSX; that is recorded",
	  .query = table_fields,
	  .query_size = sizeof(struct api_list),
	  .pace = HY_PACE_HEAVY,
	  .run = table },
	{ .method = "GET",
	  .path = "/api/v1/public/exposures",
	  .permission = "public",
	  .summary = "What was exposed, and how far its rectification is",
	  .query = public_fields,
	  .query_size = sizeof(struct public_query),
	  .run = exposures },
	{ 0 },
};
