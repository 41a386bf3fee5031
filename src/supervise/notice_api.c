/* /api/v1/matters/{code}/notice */
#include "matter/api.h"
#include "matter/sight.h"
#include "supervise/notice.h"

struct notice_query {
	hy_str form;
};
static const struct hy_field notice_fields[] = {
	HY_FIELD_WORD(struct notice_query, form, false, "rectification|supervision|receipt"),
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
	code = notice_pdf(a, api_city(r), db, m, form, &paper, e);
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

const struct hy_route notice_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/notice",
	  .permission = "matter.read",
	  .summary = "The notice of a rectification or a supervised instruction, as PDF",
	  .query = notice_fields,
	  .query_size = sizeof(struct notice_query),
	  .pace = HY_PACE_HEAVY,
	  .run = print },
	{ 0 },
};
