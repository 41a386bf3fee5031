/* /api/v1/audit: the security record, searched and taken out. */
#include "cli/audit.h"

#include <stdlib.h>

#include "matter/api.h"

struct audit_ask {
	int64_t account, limit, from, until;
	hy_str act, subject, cursor, address, format;
};
static const struct hy_field list_fields[] = {
	HY_FIELD_INSTANT(struct audit_ask, from, false),
	HY_FIELD_INSTANT(struct audit_ask, until, false),
	HY_FIELD_TEXT(struct audit_ask, act, false, 1, 40),
	HY_FIELD_INT(struct audit_ask, account, false, 1, INT32_MAX),
	HY_FIELD_TEXT(struct audit_ask, subject, false, 1, 120),
	HY_FIELD_INT(struct audit_ask, limit, false, 1, 200),
	HY_FIELD_TEXT(struct audit_ask, cursor, false, 1, 20),
	{ 0 },
};
/* The address of a person stands in no URL, so it is asked for in a body. */
static const struct hy_field export_fields[] = {
	HY_FIELD_WORD(struct audit_ask, format, true, "csv|json"),
	HY_FIELD_INSTANT(struct audit_ask, from, false),
	HY_FIELD_INSTANT(struct audit_ask, until, false),
	HY_FIELD_TEXT(struct audit_ask, act, false, 1, 40),
	HY_FIELD_INT(struct audit_ask, account, false, 1, INT32_MAX),
	HY_FIELD_TEXT(struct audit_ask, subject, false, 1, 120),
	HY_FIELD_TEXT(struct audit_ask, address, false, 1, 64),
	{ 0 },
};

struct looking {
	struct hy_request *r;
	struct audit_file file;
	int limit;
	bool first; /* page */
	hy_str bytes;
};

static hy_ms open_end(hy_ms at)
{
	return at == HY_NO_TIME ? 0 : at;
}

static enum hy_code begin(struct hy_request *r, const struct audit_ask *q, struct looking **out,
			  struct hy_err *e)
{
	struct looking *l = hy_new(hy_request_arena(r), struct looking);

	l->r = r;
	l->limit = q->limit ? (int)q->limit : AUDIT_PAGE;
	l->file = (struct audit_file){
		.language = hy_request_language(r),
		.json = hy_str_eq(q->format, HY_S("json")),
		.filter = { .from = open_end(q->from),
			    .until = open_end(q->until),
			    .act = q->act,
			    .account = q->account,
			    .subject = q->subject,
			    .address = q->address },
	};
	l->first = q->cursor.n == 0;
	if (q->cursor.n &&
	    (!hy_str_int(q->cursor, &l->file.filter.before) || l->file.filter.before < 1))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	*out = l;
	return audit_act_check(q->act, e);
}

static enum hy_code note(struct looking *l, struct hy_db *db, const char *act, enum permission p,
			 struct hy_err *e)
{
	struct city *c = api_city(l->r);
	const struct actor *who = api_actor(l->r);
	struct security_by by = { who->account, hy_request_address(l->r) };

	return audit_note(city_record(c), db, act, by, access_as(who, p).role, &l->file,
			  city_now(c), e);
}

/* --- page by page
 * --------------------------------------------------------------------------------- */

static enum hy_code answer_page(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct looking *l = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct security_row *v = NULL;
	size_t n = 0;
	enum hy_code code = security_list(b.a, db, &l->file.filter, l->limit + 1, &v, &n, e);

	if (code)
		return code;
	bool more = n > (size_t)l->limit;
	n = more ? (size_t)l->limit : n;
	hy_json_obj(&j);
	hy_json_key(&j, "acts");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		audit_row_json(&j, &v[i], l->file.language);
	hy_json_arr_end(&j);
	if (more)
		hy_json_kstr(&j, "next", hy_printf(b.a, "%lld", (long long)v[n - 1].idx));
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code search_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return note(in_out, db, "audit.search", PERMISSION_AUDIT_READ, e);
}

/* The first page of a search is noted; to turn the page is no other search. */
static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct looking *l;
	enum hy_code code = begin(r, hy_request_query(r), &l, e);

	if (code)
		return code;
	if (l->first)
		return hy_answer_after(r, search_work, answer_page, l, e);
	HY_SCOPED_DB db = NULL;
	code = hy_store_read(hy_request_store(r), &db, e);
	return code ? code : answer_page(r, db, l, e);
}

/* --- what there is to search for
 * ------------------------------------------------------------------- */

static enum hy_code acts(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "acts");
	hy_json_arr(&j);
	for (const struct security_kind *k = security_acts; k->id; k++) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "act", hy_str_of(k->id));
		hy_json_key(&j, "title");
		hy_json_obj(&j);
		hy_json_kstr(&j, "zh-CN", hy_str_of(k->zh_cn));
		hy_json_kstr(&j, "zh-Hant", hy_str_of(k->zh_hant));
		hy_json_kstr(&j, "en", hy_str_of(k->en));
		hy_json_obj_end(&j);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- as a file
 * ------------------------------------------------------------------------------------- */

static enum hy_code fill(struct looking *l, struct hy_db *db, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(l->r);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return hy_broke(e, HY_INTERNAL, "no memory");
	enum hy_code code = audit_write(a, db, &l->file, f, e);
	if (fclose(f) && !code)
		code = hy_broke(e, HY_INTERNAL, "no memory");
	if (!code)
		l->bytes = hy_str_dup(a, (hy_str){ text, n });
	free(text);
	return code;
}

static enum hy_code export_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return note(in_out, db, "audit.export", PERMISSION_AUDIT_EXPORT, e);
}

static enum hy_code export_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	struct looking *l = in_out;

	(void)db;
	(void)e;
	hy_answer_header(r, "Content-Disposition",
			 l->file.json ? HY_S("attachment; filename=\"audit.json\"")
				      : HY_S("attachment; filename=\"audit.csv\""));
	hy_answer(r, 200, l->file.json ? "application/json" : "text/csv; charset=utf-8", l->bytes);
	return HY_OK;
}

/* The file is made beside other requests; it is given out only when that is recorded. */
static enum hy_code export_aside(struct hy_request *r, struct hy_err *e)
{
	struct looking *l;
	enum hy_code code = begin(r, hy_request_body(r), &l, e);

	if (!code) {
		HY_SCOPED_DB db = NULL;
		code = hy_store_read(hy_request_store(r), &db, e);
		if (!code)
			code = fill(l, db, e);
	}
	return code ? code : hy_answer_after(r, export_work, export_finish, l, e);
}

static enum hy_code take_out(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, export_aside, e);
}

const struct hy_route audit_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/audit",
	  .permission = "audit.read",
	  .summary = "Security-relevant acts, newest first; that one searched is such an act",
	  .query = list_fields,
	  .query_size = sizeof(struct audit_ask),
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/audit/acts",
	  .permission = "audit.read",
	  .summary = "The kinds of security-relevant acts",
	  .run = acts },
	{ .method = "POST",
	  .path = "/api/v1/audit/export",
	  .permission = "audit.export",
	  .summary = "Take security-relevant acts out as a file; that is recorded",
	  .body = export_fields,
	  .body_size = sizeof(struct audit_ask),
	  .pace = HY_PACE_HEAVY,
	  .run = take_out },
	{ 0 },
};
