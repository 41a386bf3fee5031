/* /api/v1/problem-lists */
#include "base/json.h"
#include "matter/acting.h"
#include "matter/api.h"
#include "supervise/card.h"
#include "supervise/problems.h"

/* Whoever enters lines into the ledger acts as who may order a rectification. */
static enum hy_code enters_as(struct city *c, struct hy_arena *a, const struct actor *who,
			      struct matter_move *mv, struct hy_err *e)
{
	const struct acting_wish wish = { .role = who->kind == ACTOR_CONSOLE
							  ? HY_S("efficacy_office")
							  : HY_S(""),
					  .name = who->name };

	return acting_file(c, a, who, HY_S(CARD_RECTIFICATION), &wish, mv, e);
}

static enum hy_code answer(struct hy_request *r, struct hy_db *db, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_READ);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct city *c = api_city(r);
	struct matter_move mv = { 0 };
	struct hy_err why = { 0 };
	struct matter *m = NULL;
	enum hy_code code =
		problems_matter(c, db, b.a, api_actor(r), hy_request_param(r, "code"), &m, e);

	if (!code)
		code = problems_json(&j, c, db, &scope, m,
				     enters_as(c, b.a, api_actor(r), &mv, &why) == HY_OK, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : answer(r, db, e);
}

/* --- while it is written -------------------------------------------------------------------------
 */

struct check_body {
	json_t *data; /* as it would be filed */
};
static const struct hy_field check_fields[] = {
	HY_FIELD_JSON(struct check_body, data, true),
	{ 0 },
};

static enum hy_code check(struct hy_request *r, struct hy_err *e)
{
	const struct check_body *body = hy_request_body(r);
	struct city *c = api_city(r);
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code =
		problems_check_json(&j, city_pack(c), json_object_get(body->data, "lines"),
				    hy_local(zone, city_now(c), NULL), e);

	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- into the ledger
 * ------------------------------------------------------------------------------
 */

struct enter_body {
	int64_t line; /* 0: all */
};
static const struct hy_field enter_fields[] = {
	HY_FIELD_INT(struct enter_body, line, false, 1, 40),
	{ 0 },
};

struct entering {
	struct city *c;
	const struct actor *who;
	hy_str code;
	size_t line;
};

static enum hy_code enter_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct entering *x = in_out;
	struct hy_arena *a = hy_db_arena(db);
	struct access_scope scope = access_scope(a, x->who, PERMISSION_MATTER_READ, HY_S(""));
	struct matter_move mv = { .at = city_now(x->c) };
	bool seen = false;
	enum hy_code code = matter_seen(a, db, &scope, x->code, &seen, e);

	/* What is not there and what is not his are the same, whatever his role. */
	if (!code && !seen)
		code = hy_fail(e, HY_NOT_FOUND, "code", "there is no matter '" HY_FMT "'",
			       HY_ARG(hy_str_head(x->code, 40)));
	if (!code)
		code = enters_as(x->c, a, x->who, &mv, e);
	return code ? code : problems_enter(x->c, db, a, x->code, x->line, &mv, e);
}

static enum hy_code enter_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	(void)in_out;
	return answer(r, db, e);
}

static enum hy_code enter(struct hy_request *r, struct hy_err *e)
{
	struct entering *x = hy_new(hy_request_arena(r), struct entering);
	const struct enter_body *body = hy_request_body(r);

	*x = (struct entering){ .c = api_city(r),
				.who = api_actor(r),
				.code = hy_request_param(r, "code"),
				.line = (size_t)body->line };
	return hy_answer_after(r, enter_work, enter_finish, x, e);
}

/* --- copied from one another
 * ----------------------------------------------------------------------
 */

struct copies_query {
	int64_t least;
};
static const struct hy_field copies_fields[] = {
	HY_FIELD_INT(struct copies_query, least, false, 30, 100),
	{ 0 },
};

static enum hy_code copies(struct hy_request *r, struct hy_err *e)
{
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_MOVE);
	const struct copies_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = problems_copies_json(&j, api_city(r), db, &scope,
					    hy_request_param(r, "code"),
					    q->least ? (int)q->least : 50, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

const struct hy_route problem_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/problem-lists/check",
	  .permission = "matter.file",
	  .summary =
		  "What keeps lines of a problem list from being concrete, before they are filed",
	  .body = check_fields,
	  .body_size = sizeof(struct check_body),
	  .run = check },
	{ .method = "GET",
	  .path = "/api/v1/problem-lists/{code}",
	  .permission = "matter.read",
	  .summary = "A problem list: its lines, and how far the rectification of each is",
	  .run = show },
	{ .method = "GET",
	  .path = "/api/v1/problem-lists/{code}/copies",
	  .permission = "matter.move",
	  .summary = "Lines of a problem list that are alike to lines of others, side by side",
	  .query = copies_fields,
	  .query_size = sizeof(struct copies_query),
	  .pace = HY_PACE_HEAVY,
	  .run = copies },
	{ .method = "POST",
	  .path = "/api/v1/problem-lists/{code}/ledger",
	  .permission = "matter.file",
	  .summary = "Enter the lines of an accepted list into the ledger of rectifications",
	  .body = enter_fields,
	  .body_size = sizeof(struct enter_body),
	  .run = enter,
	  .idempotent_key = true },
	{ 0 },
};
