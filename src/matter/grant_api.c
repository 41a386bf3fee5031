/* /api/v1/grants: who is given which role, by two people; and the table of permissions. */
#include "matter/api.h"
#include "matter/explain.h"
#include "matter/grant_json.h"
#include "matter/matter_json.h"
#include "people/account.h"

enum { PAGE = 100 };

static enum hy_code login_of(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str *out,
			     struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct account who;
	enum hy_code code = account_by_id(a, db, account, &who, &why);

	if (code && code != HY_NOT_FOUND) {
		*e = why;
		return code;
	}
	*out = code ? HY_S("") : who.login;
	return HY_OK;
}

static enum hy_code one_json(struct hy_json *j, struct city *c, struct hy_db *db,
			     const struct grant *g, struct hy_err *e)
{
	hy_str login = HY_S("");
	enum hy_code code = login_of(j->b->a, db, g->account, &login, e);

	if (!code)
		grant_json(j, g, login, city_pack(c)->calendar);
	return code;
}

/* --- list ---------------------------------------------------------------------------------- */

struct grants_query {
	int64_t account, limit;
	hy_str role, state, cursor;
};
static const struct hy_field grants_query[] = {
	HY_FIELD_INT(struct grants_query, account, false, 1, INT32_MAX),
	HY_FIELD_TEXT(struct grants_query, role, false, 1, 64),
	HY_FIELD_WORD(struct grants_query, state, false, "proposed|approved|revoked"),
	HY_FIELD_INT(struct grants_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct grants_query, cursor, false, 1, 20),
	{ 0 },
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct grants_query *q = hy_request_query(r);
	struct grant_filter f = { .account = q->account, .role = q->role, .state = -1 };
	int limit = q->limit ? (int)q->limit : PAGE;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct grant *v = NULL;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;

	if (q->cursor.n && (!hy_str_int(q->cursor, &f.after) || f.after < 0))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	for (int i = 0; grant_state_names[i]; i++)
		if (hy_str_eq(q->state, hy_str_of(grant_state_names[i])))
			f.state = i;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = grant_list(b.a, db, &f, limit + 1, &v, &n, e);
	if (code)
		return code;
	bool more = n > (size_t)limit;
	n = more ? (size_t)limit : n;
	hy_json_obj(&j);
	hy_json_key(&j, "grants");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < n; i++)
		code = one_json(&j, api_city(r), db, &v[i], e);
	hy_json_arr_end(&j);
	if (more)
		hy_json_kstr(&j, "next", hy_printf(b.a, "%lld", (long long)v[n - 1].id));
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- changing -------------------------------------------------------------------------------- */

struct grant_body {
	int64_t account, from, until;
	hy_str role, unit, clearance, reason;
	bool below;
};
static const struct hy_field propose_fields[] = {
	HY_FIELD_INT(struct grant_body, account, true, 1, INT32_MAX),
	HY_FIELD_TEXT(struct grant_body, role, true, 1, 64),
	HY_FIELD_TEXT(struct grant_body, unit, false, 0, 40),
	HY_FIELD_BOOL(struct grant_body, below, false),
	HY_FIELD_WORD(struct grant_body, clearance, false, "normal|protected|sealed"),
	HY_FIELD_INSTANT(struct grant_body, from, false),
	HY_FIELD_INSTANT(struct grant_body, until, false),
	HY_FIELD_TEXT(struct grant_body, reason, true, 1, 500),
	{ 0 },
};
static const struct hy_field reason_fields[] = {
	HY_FIELD_TEXT(struct grant_body, reason, true, 1, 500),
	{ 0 },
};

typedef enum hy_code grant_step(const struct grant_act *w, int64_t id, struct hy_err *e);

struct changing {
	struct city *c;
	const struct actor *who;
	struct grant_body body;
	grant_step *step; /* NULL: a proposal */
	int64_t id;
};

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct changing *k = in_out;
	enum permission p =
		k->step == grant_approve ? PERMISSION_GRANT_APPROVE : PERMISSION_GRANT_PROPOSE;
	const struct grant_act w = { .record = city_record(k->c),
				     .db = db,
				     .pack = city_pack(k->c),
				     .at = city_now(k->c),
				     .account = k->who->account,
				     .role = access_as(k->who, p).role,
				     .address = k->who->address,
				     .reason = k->body.reason };
	const struct grant_new n = { .account = k->body.account,
				     .role = k->body.role,
				     .unit = k->body.unit,
				     .below = k->body.below,
				     .clearance = k->body.clearance.n
							  ? pack_guard_of(k->body.clearance)
							  : PACK_NORMAL,
				     .from = k->body.from,
				     .until = k->body.until };

	return k->step ? k->step(&w, k->id, e) : grant_propose(&w, &n, &k->id, e);
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	struct changing *k = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct grant g;
	enum hy_code code = grant_by_id(b.a, db, k->id, &g, e);

	if (!code)
		code = one_json(&j, k->c, db, &g, e);
	if (!code)
		hy_answer_json(r, k->step ? 200 : 201, &b);
	return code;
}

static enum hy_code change(struct hy_request *r, grant_step *step, struct hy_err *e)
{
	struct changing *k = hy_new(hy_request_arena(r), struct changing);

	k->c = api_city(r);
	k->who = api_actor(r);
	k->body = *(const struct grant_body *)hy_request_body(r);
	k->step = step;
	if (step && (!hy_str_int(hy_request_param(r, "id"), &k->id) || k->id < 1))
		return hy_fail(e, HY_NOT_FOUND, "id", "there is no such grant");
	return hy_answer_after(r, change_work, change_answer, k, e);
}

static enum hy_code propose(struct hy_request *r, struct hy_err *e)
{
	return change(r, NULL, e);
}

static enum hy_code approve(struct hy_request *r, struct hy_err *e)
{
	return change(r, grant_approve, e);
}

static enum hy_code revoke(struct hy_request *r, struct hy_err *e)
{
	return change(r, grant_revoke, e);
}

/* --- what may be had, and what one has
 * ------------------------------------------------------------ */

static enum hy_code permissions(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	permissions_json(&j, city_pack(api_city(r)));
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code mine(struct hy_request *r, struct hy_err *e)
{
	const struct actor *who = api_actor(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_kint(&j, "account", who->account);
	hy_json_key(&j, "permissions");
	hy_json_arr(&j);
	for (int i = 1; i < PERMISSION__N; i++)
		if (access_may(who, (enum permission)i))
			hy_json_str(&j, permission_rows[i].name);
	hy_json_arr_end(&j);
	hy_json_key(&j, "roles");
	hy_json_arr(&j);
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		hy_json_obj(&j);
		hy_json_kstr(&j, "role", g->role.id);
		matter_text_json(&j, "title", &g->role.title);
		hy_json_kstr(&j, "unit", g->unit);
		hy_json_kstr(&j, "reach", hy_str_of(pack_reach_names[g->reach]));
		hy_json_kstr(&j, "clearance", hy_str_of(pack_guard_names[g->clearance]));
		hy_json_kbool(&j, "acting", g->acting);
		hy_json_kstr(&j, "post", g->post);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route grant_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/grants",
	  .permission = "grant.read",
	  .summary = "Grants of roles, oldest first",
	  .query = grants_query,
	  .query_size = sizeof(struct grants_query),
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/grants",
	  .permission = "grant.propose",
	  .summary = "Propose a grant; it holds when a second person has approved it",
	  .body = propose_fields,
	  .body_size = sizeof(struct grant_body),
	  .run = propose,
	  .idempotent_key = true },
	{ .method = "POST",
	  .path = "/api/v1/grants/{id}/approve",
	  .permission = "grant.approve",
	  .summary = "Approve a grant as the second person",
	  .body = reason_fields,
	  .body_size = sizeof(struct grant_body),
	  .run = approve },
	{ .method = "POST",
	  .path = "/api/v1/grants/{id}/revoke",
	  .permission = "grant.propose",
	  .summary = "End a grant, or turn a proposal down",
	  .body = reason_fields,
	  .body_size = sizeof(struct grant_body),
	  .run = revoke },
	{ 0 },
};

const struct hy_route access_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/permissions",
	  .permission = "self",
	  .summary = "Every permission, and every role with what it may",
	  .run = permissions },
	{ .method = "GET",
	  .path = "/api/v1/access",
	  .permission = "self",
	  .summary = "What I may, by which roles, and where",
	  .run = mine },
	{ 0 },
};
