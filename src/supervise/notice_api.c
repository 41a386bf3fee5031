/* /api/v1/notices, /api/v1/matters/{code}/notice, /api/v1/cards/{card}/notices */
#include "matter/acting.h"
#include "matter/api.h"
#include "matter/sight.h"
#include "supervise/card.h"
#include "supervise/notice.h"

struct notice_query {
	hy_str form;
};
static const struct hy_field notice_fields[] = {
	HY_FIELD_WORD(struct notice_query, form, false, NOTICE_FORMS "|receipt"),
	{ 0 },
};

static enum hy_code print(struct hy_request *r, struct hy_err *e)
{
	const struct notice_query *q = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct hy_arena *a = hy_request_arena(r);
	const struct notice_form *form = NULL;
	struct paper_result paper;
	struct sight sight = { 0 };
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_read(api_city(r), db, &scope, a, hy_request_param(r, "code"), &m, e);
	if (!code)
		code = notice_form_of(m, q->form, &form, e);
	if (!code)
		code = sight_of(db, a, api_actor(r), m, &sight, e);
	if (code)
		return code;
	sight_apply(a, m, &sight);
	code = notice_pdf(a, api_city(r), db, api_actor(r), m, form, &paper, e);
	if (code)
		return code;
	hy_answer(r, 200, "application/pdf", paper.pdf);
	/* Shown in a frame of our own pages, and in nobody else's. */
	hy_answer_header(r, "Content-Security-Policy",
			 HY_S("default-src 'none'; frame-ancestors 'self'"));
	hy_answer_header(r, "X-Frame-Options", HY_S("SAMEORIGIN"));
	hy_answer_header(
		r, "Content-Disposition",
		hy_printf(a, "inline; filename=\"" HY_FMT "-%s.pdf\"", HY_ARG(m->code), form->id));
	return HY_OK;
}

/* --- the list ------------------------------------------------------------------------------------
 */

struct notices_query {
	hy_str form, unit, open, order, cursor;
	int64_t limit;
};
static const struct hy_field list_fields[] = {
	HY_FIELD_WORD(struct notices_query, form, true, NOTICE_FORMS),
	HY_FIELD_TEXT(struct notices_query, unit, false, 1, 64),
	HY_FIELD_WORD(struct notices_query, open, false, "yes|no"),
	HY_FIELD_WORD(struct notices_query, order, false, "due|filed"),
	HY_FIELD_INT(struct notices_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct notices_query, cursor, false, 1, 64),
	{ 0 },
};

static const struct notice_form *form_of(hy_str id)
{
	for (const struct notice_form *f = notice_forms; f->id; f++)
		if (f->kind && hy_str_eq(id, hy_str_of(f->id)))
			return f;
	return notice_forms;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct notices_query *q = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct city *c = api_city(r);
	struct matter_filter f = { .kind = hy_str_of(form_of(q->form)->kind),
				   .unit = q->unit,
				   .open = hy_str_eq(q->open, HY_S("yes")) ? 1
					   : q->open.n			   ? 2
									   : 0,
				   .who = api_actor(r),
				   .now = city_now(c) };
	struct matter_page page = { 0 };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_list(b.a, db, &scope, &f,
				   hy_str_eq(q->order, HY_S("due")) ? MATTER_BY_DUE
								    : MATTER_BY_FILED_DESC,
				   q->cursor, q->limit ? (int)q->limit : 50, &page, e);
	if (!code)
		code = sight_rows(db, b.a, api_actor(r), page.v, page.n, e);
	hy_json_obj(&j);
	hy_json_key(&j, "notices");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < page.n; i++) {
		struct matter *m = NULL;
		code = matter_read(c, db, &scope, b.a, page.v[i].code, &m, e);
		if (!code)
			notice_json(&j, c, db, m, page.v[i].title, f.now);
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

static enum hy_code of_card(struct hy_request *r, struct hy_err *e)
{
	struct access_scope cards = api_scope(r, PERMISSION_CARD_READ);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct card k;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = card_by_code(b.a, db, &cards, hy_request_param(r, "card"), &k, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "notices");
	code = notice_of_card_json(&j, api_city(r), db, &scope, k.code, e);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- issuing ------------------------------------------------------------------------------------
 */

struct issue_body {
	hy_str form, card;
	json_t *data;
};
static const struct hy_field issue_fields[] = {
	HY_FIELD_WORD(struct issue_body, form, true, NOTICE_FORMS),
	HY_FIELD_TEXT(struct issue_body, card, false, 1, 40),
	HY_FIELD_JSON(struct issue_body, data, true),
	{ 0 },
};
struct issuing {
	struct city *c;
	const struct actor *who;
	struct issue_body body;
	struct notice_codes codes;
};

static enum hy_code issue_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct issuing *x = in_out;
	struct hy_arena *a = hy_db_arena(db);
	const struct notice_form *form = form_of(x->body.form);
	struct access_scope cards = access_scope(a, x->who, PERMISSION_CARD_READ, HY_S(""));
	hy_str name = x->who->name.n	? x->who->name
		      : x->who->login.n ? x->who->login
					: HY_S("console");
	const struct acting_wish wish = { .role = x->who->kind == ACTOR_CONSOLE
							  ? HY_S("efficacy_office")
							  : HY_S(""),
					  .name = name };
	struct matter_move mv = { .at = city_now(x->c) };
	enum hy_code code = acting_file(x->c, a, x->who, hy_str_of(form->kind), &wish, &mv, e);

	if (code)
		return code;
	const struct card_act act = { .city = x->c,
				      .db = db,
				      .a = a,
				      .at = mv.at,
				      .role = mv.role,
				      .unit = mv.unit,
				      .account = x->who->account,
				      .name = name,
				      .person = x->who->login,
				      .scope = &cards };
	const struct notice_order o = { .form = form,
					.card = x->body.card,
					.data = x->body.data,
					.cards = &cards,
					.act = &act };
	return notice_issue(&o, &mv, &x->codes, e);
}

static enum hy_code issue_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	struct issuing *x = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = HY_OK;

	hy_json_obj(&j);
	hy_json_key(&j, "notices");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < x->codes.v.n; i++) {
		struct matter *m = NULL;
		code = matter_read(x->c, db, &access_all, b.a, x->codes.v.v[i], &m, e);
		if (!code)
			notice_json(&j, x->c, db, m, m->title, city_now(x->c));
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 201, &b);
	return code;
}

static enum hy_code issue(struct hy_request *r, struct hy_err *e)
{
	struct issuing *x = hy_new(hy_request_arena(r), struct issuing);
	const struct issue_body *body = hy_request_body(r);

	if (!json_is_object(body->data))
		return hy_fail(e, HY_BAD_FIELD, "data", "must be an object of the fields");
	*x = (struct issuing){ .c = api_city(r), .who = api_actor(r), .body = *body };
	return hy_answer_after(r, issue_work, issue_finish, x, e);
}

const struct hy_route notice_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/notices",
	  .permission = "matter.read",
	  .summary = "Notices of one form: number, service, term, answer",
	  .query = list_fields,
	  .query_size = sizeof(struct notices_query),
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/notices",
	  .permission = "matter.file",
	  .summary = "Issue a notice from a card, a list of matters or what was found",
	  .body = issue_fields,
	  .body_size = sizeof(struct issue_body),
	  .run = issue,
	  .idempotent_key = true },
	{ .method = "GET",
	  .path = "/api/v1/cards/{card}/notices",
	  .permission = "card.read",
	  .summary = "The notices issued from a card, but for its rectification",
	  .run = of_card },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/notice",
	  .permission = "matter.read",
	  .summary = "A notice or the proof of its service, as PDF",
	  .query = notice_fields,
	  .query_size = sizeof(struct notice_query),
	  .pace = HY_PACE_HEAVY,
	  .run = print },
	{ 0 },
};
