/* /api/v1/assists: what one's units are asked to help with, and what they say. */
#include "matter/api.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "matter/sight.h"
#include "people/unit.h"
#include "service/assist.h"

static struct access_scope scope_of(struct hy_request *r)
{
	return api_scope(r, PERMISSION_MATTER_MOVE);
}

struct list_query {
	bool all;
};
static const struct hy_field list_query[] = {
	HY_FIELD_BOOL(struct list_query, all, false),
	{ 0 },
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct list_query *q = hy_request_query(r);
	struct access_scope scope = scope_of(r);
	struct city *c = api_city(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct unit_book book;
	struct assist *v;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = unit_book_read(b.a, db, &book, e);
	if (!code)
		code = assist_list(b.a, db, &scope, HY_S(""), q->all, &v, &n, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "assists");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "code", v[i].code);
		hy_json_kstr(&j, "title", v[i].title);
		hy_json_kstr(&j, "kind", v[i].kind);
		hy_json_kstr(&j, "unit", v[i].unit);
		hy_json_kstr(&j, "unit_name", unit_name_on(&book, v[i].unit, city_today(c)));
		hy_json_kstr(&j, "lead", v[i].lead);
		hy_json_kstr(&j, "lead_name",
			     v[i].lead.n ? unit_name_on(&book, v[i].lead, city_today(c))
					 : HY_S(""));
		explain_instant(&j, "asked_at", city_pack(c)->calendar, v[i].asked_at);
		hy_json_kbool(&j, "said", v[i].said);
		hy_json_kbool(&j, "open", v[i].open);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* What was asked of them with CODE: what waits first. */
static enum hy_code asked(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			  hy_str code, struct assist *out, struct hy_err *e)
{
	struct assist *v;
	size_t n = 0;
	enum hy_code failed = assist_list(a, db, scope, code, true, &v, &n, e);

	if (!failed && n == 0)
		return hy_fail(e, HY_NOT_FOUND, "code",
			       "your units are not asked to help with a matter '" HY_FMT "'",
			       HY_ARG(hy_str_head(code, 40)));
	for (size_t i = n; !failed && i-- > 0;)
		if (i == 0 || !v[i].said) {
			*out = v[i];
			if (!v[i].said)
				break;
		}
	return failed;
}

/* The words of the case are needed to help with it; who applies is not. */
static enum hy_code answer_case(struct hy_request *r, struct hy_db *db, struct matter *m,
				struct hy_err *e)
{
	static const struct sight words = { .words = true };
	struct city *c = api_city(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	m->lead = HY_S("");
	sight_apply(b.a, m, &words);
	enum hy_code code = matter_whole_json(&j, m, city_rules(c), 0, city_now(c), false, db, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = scope_of(r);
	struct hy_arena *a = hy_request_arena(r);
	struct assist x;
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = asked(a, db, &scope, hy_request_param(r, "code"), &x, e);
	if (!code)
		code = matter_read(api_city(r), db, &access_all, a, x.code, &m, e);
	return code ? code : answer_case(r, db, m, e);
}

struct opinion_body {
	hy_str text, paper;
};
static const struct hy_field opinion_fields[] = {
	HY_FIELD_TEXT(struct opinion_body, text, true, 1, 2000),
	HY_FIELD_TEXT(struct opinion_body, paper, false, 1, 200),
	{ 0 },
};
struct opining {
	struct city *c;
	struct hy_arena *a;
	const struct actor *who;
	struct access_scope scope;
	hy_str code;
	json_t *data;
	struct matter *m;
};

/* WHO with those grants alone whose role may make the move, when there are any: who also sits at a
 * desk says it as the one that may. */
static struct actor may_opine(struct opining *o, const struct assist *x)
{
	const struct pack_kind *kind = pack_kind(city_pack(o->c), x->kind);
	int index = kind ? pack_move_index(kind, HY_S("opine")) : -1;
	struct actor one = *o->who;
	struct actor_grant *fit = hy_new_n(o->a, struct actor_grant, one.n_grants + 1);
	size_t n = 0;

	for (size_t i = 0; index >= 0 && i < one.n_grants; i++)
		for (size_t k = 0; k < kind->moves[index].n_who; k++)
			if (hy_str_eq(kind->moves[index].who[k], one.grants[i].role.id)) {
				fit[n++] = one.grants[i];
				break;
			}
	if (n) {
		one.grants = fit;
		one.n_grants = n;
	}
	return one;
}

static enum hy_code opine_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct opining *o = in_out;
	struct access_as as;
	struct assist x;
	enum hy_code code = asked(o->a, db, &o->scope, o->code, &x, e);

	if (!code) {
		const struct actor who = may_opine(o, &x);
		code = access_need_unit(o->a, db, &who, PERMISSION_MATTER_MOVE, x.unit, &as, e);
	}
	if (code)
		return code;
	const struct matter_move mv = { .move = HY_S("opine"),
					.at = city_now(o->c),
					.role = as.role,
					.unit = x.unit,
					.name = o->who->name,
					.data = o->data,
					.account = o->who->account,
					.person = o->who->login };
	return matter_make_move(o->c, db, o->a, x.code, &mv, -1, &o->m, e);
}

static enum hy_code opine_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	struct opining *o = in_out;

	return answer_case(r, db, o->m, e);
}

static enum hy_code opine(struct hy_request *r, struct hy_err *e)
{
	const struct opinion_body *body = hy_request_body(r);
	struct opining *o = hy_new(hy_request_arena(r), struct opining);

	*o = (struct opining){ .c = api_city(r),
			       .a = hy_request_arena(r),
			       .who = api_actor(r),
			       .scope = scope_of(r),
			       .code = hy_request_param(r, "code"),
			       .data = hy_json_object(hy_request_arena(r)) };
	hy_json_put(o->data, "text", body->text);
	if (body->paper.n)
		hy_json_put(o->data, "paper", body->paper);
	return hy_answer_after(r, opine_work, opine_answer, o, e);
}

const struct hy_route assist_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/assists",
	  .permission = "matter.move",
	  .summary = "What one's units are asked to help with, newest first",
	  .query = list_query,
	  .query_size = sizeof(struct list_query),
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/assists/{code}",
	  .permission = "matter.move",
	  .summary = "The case that they are asked about, without who applies",
	  .run = show },
	{ .method = "POST",
	  .path = "/api/v1/assists/{code}/opinion",
	  .permission = "matter.move",
	  .summary = "Say what the helping unit thinks of it",
	  .body = opinion_fields,
	  .body_size = sizeof(struct opinion_body),
	  .idempotent_key = true,
	  .run = opine },
	{ 0 },
};
