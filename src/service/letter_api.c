/* /api/v1/matters/{code}/letters and /api/v1/public/letters: the papers of a licence case. */
#include "matter/api.h"
#include "matter/citizen.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "matter/sight.h"
#include "service/letter.h"

static void answer_list(struct hy_request *r, const struct matter *m, bool inside)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct letter *v;
	size_t n;

	letter_list(b.a, m, inside, &v, &n);
	hy_json_obj(&j);
	hy_json_key(&j, "letters");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(&j);
		hy_json_kint(&j, "seq", v[i].ev->seq);
		hy_json_kstr(&j, "form", hy_str_of(letter_forms[v[i].form].id));
		matter_text_json(&j, "title", &letter_forms[v[i].form].title);
		explain_instant(&j, "at", m->pack->calendar, v[i].ev->at);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
}

static enum hy_code answer_pdf(struct hy_request *r, struct hy_db *db, const struct matter *m,
			       const struct letter *l, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct paper_result paper;
	enum hy_code code = letter_pdf(a, api_city(r), db, m, l, &paper, e);

	if (code)
		return code;
	hy_answer(r, 200, "application/pdf", paper.pdf);
	/* Shown in a frame of our own pages, and in nobody else's. */
	hy_answer_header(r, "Content-Security-Policy",
			 HY_S("default-src 'none'; frame-ancestors 'self'"));
	hy_answer_header(r, "X-Frame-Options", HY_S("SAMEORIGIN"));
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(a, "inline; filename=\"" HY_FMT "-%lld-%s.pdf\"",
				   HY_ARG(m->code), (long long)l->ev->seq,
				   letter_forms[l->form].id));
	return HY_OK;
}

/* --- officials: as they see the matter ---------------------------------------------------------
 */

static enum hy_code read_seen(struct hy_request *r, struct hy_db *db, struct matter **out,
			      struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct hy_arena *a = hy_request_arena(r);
	struct sight sight = { 0 };
	enum hy_code code =
		matter_read(api_city(r), db, &scope, a, hy_request_param(r, "code"), out, e);

	if (!code)
		code = sight_of(db, a, api_actor(r), *out, &sight, e);
	if (!code)
		sight_apply(a, *out, &sight);
	return code;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = read_seen(r, db, &m, e);
	if (!code)
		answer_list(r, m, true);
	return code;
}

struct form_query {
	int64_t seq;
	hy_str form;
};
static const struct hy_field form_query[] = {
	HY_FIELD_INT(struct form_query, seq, true, 1, INT64_MAX),
	HY_FIELD_WORD(struct form_query, form, false,
		      "accept|deemed|decline|notice|pause|extend|grant|refuse|register"),
	{ 0 },
};

static enum hy_code print(struct hy_request *r, struct hy_err *e)
{
	const struct form_query *q = hy_request_query(r);
	struct matter *m = NULL;
	struct letter l;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = read_seen(r, db, &m, e);
	if (!code)
		code = letter_of(hy_request_arena(r), m, q->seq, q->form, true, &l, e);
	return code ? code : answer_pdf(r, db, m, &l, e);
}

/* --- applicants: with code and secret -----------------------------------------------------------
 */

static enum hy_code own_list(struct hy_request *r, struct hy_err *e)
{
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = citizen_open(api_city(r), db, hy_request_arena(r), hy_request_body(r), &m,
				    e);
	if (!code)
		answer_list(r, m, false);
	return code;
}

struct own_body {
	hy_str code, secret;
	int64_t seq;
};
static const struct hy_field own_fields[] = {
	CITIZEN_KEY_FIELDS(struct own_body),
	HY_FIELD_INT(struct own_body, seq, true, 1, INT64_MAX),
	{ 0 },
};

static enum hy_code own_print(struct hy_request *r, struct hy_err *e)
{
	const struct own_body *body = hy_request_body(r);
	const struct citizen_key key = { body->code, body->secret };
	struct matter *m = NULL;
	struct letter l;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = citizen_open(api_city(r), db, hy_request_arena(r), &key, &m, e);
	if (!code)
		code = letter_of(hy_request_arena(r), m, body->seq, HY_S(""), false, &l, e);
	return code ? code : answer_pdf(r, db, m, &l, e);
}

const struct hy_route letter_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/letters",
	  .permission = "matter.read",
	  .summary = "The dated papers of a licence case: acceptance, notices, decision",
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/letter",
	  .permission = "matter.read",
	  .summary = "One of these papers, as PDF",
	  .query = form_query,
	  .query_size = sizeof(struct form_query),
	  .pace = HY_PACE_HEAVY,
	  .run = print },
	{ .method = "POST",
	  .path = "/api/v1/public/letters",
	  .permission = "public",
	  .summary = "The dated papers of one's own licence case",
	  .body = citizen_key_fields,
	  .body_size = sizeof(struct citizen_key),
	  .pace = HY_PACE_LOOKUP,
	  .run = own_list },
	{ .method = "POST",
	  .path = "/api/v1/public/letter",
	  .permission = "public",
	  .summary = "One of these papers, as PDF",
	  .body = own_fields,
	  .body_size = sizeof(struct own_body),
	  .pace = HY_PACE_LOOKUP,
	  .run = own_print },
	{ 0 },
};
