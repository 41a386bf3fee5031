/* /api/v1/posts, /absences, /plates: who does what, who is away, who stands in. */
#include "matter/api.h"
#include "matter/post_json.h"
#include "matter/reform.h"
#include "people/account.h"

/* --- JSON ----------------------------------------------------------------------------------------
 */

static void instant(struct hy_json *j, const char *key, const struct hy_zone *zone, hy_ms t)
{
	hy_json_kstr(j, key, hy_instant_text(j->b->a, zone, t));
}

static enum hy_code person(struct hy_json *j, struct hy_db *db, const char *key, int64_t id,
			   struct hy_err *e)
{
	struct account who = { 0 };
	struct hy_err why = { 0 };
	enum hy_code c = id ? account_by_id(j->b->a, db, id, &who, &why) : HY_OK;

	if (c && c != HY_NOT_FOUND) {
		*e = why;
		return c;
	}
	if (!id) {
		hy_json_knull(j, key);
		return HY_OK;
	}
	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kint(j, "id", id);
	hy_json_kstr(j, "login", who.login);
	hy_json_kstr(j, "name", who.name);
	hy_json_obj_end(j);
	return HY_OK;
}

/* That somebody is ill is theirs: others read that they are on leave. */
static hy_str kind_shown(enum absence_kind k, bool whole)
{
	return absence_kinds[k == ABSENCE_SICK && !whole ? ABSENCE_LEAVE : k].id;
}

static enum hy_code post_members(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
				 const struct post *p, struct hy_err *e)
{
	static const char *const seat[] = { "a", "b" }, *const since[] = { "a_since", "b_since" };
	enum hy_code c = HY_OK;

	hy_json_kstr(j, "code", p->code);
	hy_json_kstr(j, "title", p->title);
	hy_json_kstr(j, "unit", p->unit);
	hy_json_kstr(j, "role", p->role);
	hy_json_kbool(j, "open", p->open);
	for (int k = 0; !c && k < 2; k++) {
		c = person(j, db, seat[k], p->holder[k], e);
		if (!c && p->holder[k])
			instant(j, since[k], zone, p->since[k]);
		else if (!c)
			hy_json_knull(j, since[k]);
	}
	return c;
}

enum hy_code post_json(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
		       const struct post *p, struct hy_err *e)
{
	hy_json_obj(j);
	enum hy_code c = post_members(j, db, zone, p, e);
	hy_json_obj_end(j);
	return c;
}

enum hy_code absence_json(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
			  const struct absence *ab, bool whole, struct hy_err *e)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", ab->id);
	enum hy_code c = person(j, db, "person", ab->account, e);
	hy_json_kstr(j, "kind", kind_shown(ab->kind, whole));
	instant(j, "from", zone, ab->from);
	instant(j, "until", zone, ab->until);
	if (!c)
		c = person(j, db, "substitute", ab->substitute, e);
	hy_json_kstr(j, "note", whole ? ab->note : HY_S(""));
	hy_json_obj_end(j);
	return c;
}

enum hy_code plate_json(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
			const struct post_plate *p, struct hy_err *e)
{
	static const char *const where[] = { "a_where", "b_where" };

	hy_json_obj(j);
	enum hy_code c = post_members(j, db, zone, &p->post, e);
	for (int k = 0; k < 2; k++) {
		if (!p->seat[k].account) {
			hy_json_knull(j, where[k]);
			continue;
		}
		hy_json_key(j, where[k]);
		hy_json_obj(j);
		hy_json_kbool(j, "away", p->seat[k].away);
		if (p->seat[k].away) {
			hy_json_kstr(j, "kind", kind_shown(p->seat[k].kind, false));
			instant(j, "since", zone, p->seat[k].since);
			instant(j, "until", zone, p->seat[k].until);
		}
		hy_json_obj_end(j);
	}
	if (!c)
		c = person(j, db, "acting", p->acting, e);
	hy_json_obj_end(j);
	return c;
}

/* --- reading -------------------------------------------------------------------------------------
 */

static const struct hy_zone *zone_of(struct hy_request *r)
{
	return hy_calendar_zone(city_pack(api_city(r))->calendar);
}

struct unit_query {
	hy_str unit;
};
static const struct hy_field unit_query[] = {
	HY_FIELD_TEXT(struct unit_query, unit, false, 1, 40),
	{ 0 },
};

static enum hy_code posts(struct hy_request *r, struct hy_err *e)
{
	const struct unit_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct post *v;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = post_list(b.a, db, q->unit, city_now(api_city(r)), &v, &n, e);
	hy_json_obj(&j);
	hy_json_key(&j, "posts");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < n; i++)
		code = post_json(&j, db, zone_of(r), &v[i], e);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code answer_post(struct hy_request *r, struct hy_db *db, hy_str post,
				struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct post p;
	enum hy_code code = post_by_code(b.a, db, post, city_now(api_city(r)), &p, e);

	if (!code)
		code = post_json(&j, db, zone_of(r), &p, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code post_get(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : answer_post(r, db, hy_request_param(r, "code"), e);
}

static enum hy_code plates(struct hy_request *r, struct hy_err *e)
{
	const struct unit_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct post_plate *v;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = post_plates(b.a, db, q->unit, city_now(api_city(r)), &v, &n, e);
	hy_json_obj(&j);
	hy_json_key(&j, "plates");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < n; i++)
		code = plate_json(&j, db, zone_of(r), &v[i], e);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- posts: changing
 * --------------------------------------------------------------------------------- */

struct post_body {
	hy_str title, unit, role, seat, login, reason;
	hy_ms from;
	bool matters;
};
static const struct hy_field put_fields[] = {
	HY_FIELD_TEXT(struct post_body, title, true, 1, 100),
	HY_FIELD_TEXT(struct post_body, unit, true, 1, 40),
	HY_FIELD_TEXT(struct post_body, role, true, 1, 40),
	HY_FIELD_TEXT(struct post_body, reason, false, 0, 100),
	{ 0 },
};
static const struct hy_field hand_fields[] = {
	HY_FIELD_WORD(struct post_body, seat, true, "a|b"),
	HY_FIELD_TEXT(struct post_body, login, false, 0, 40),
	HY_FIELD_INSTANT(struct post_body, from, false),
	HY_FIELD_BOOL(struct post_body, matters, false),
	HY_FIELD_TEXT(struct post_body, reason, false, 0, 100),
	{ 0 },
};
static const struct hy_field close_fields[] = {
	HY_FIELD_TEXT(struct post_body, reason, false, 0, 100),
	{ 0 },
};
struct changing {
	struct city *c;
	const struct actor *who;
	hy_str code;
	struct post_body body;
};

static enum hy_code put_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct changing *x = in_out;
	const struct post_new n = { x->code, x->body.title, x->body.role, x->body.unit };
	struct reform r;
	struct unit_act w;

	reform_begin(&r, x->c, db, x->who, x->body.reason, &w);
	enum hy_code c = post_role_check(city_pack(x->c), n.role, e);
	return c ? c : post_put(&w, &n, NULL, e);
}

static enum hy_code hand_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct changing *x = in_out;
	struct hy_arena *a = hy_db_arena(db);
	struct account who = { 0 };
	struct post p;
	struct reform r;
	struct unit_act w;
	size_t moved;
	enum hy_code c = HY_OK;

	reform_begin(&r, x->c, db, x->who, x->body.reason, &w);
	if (x->body.login.n)
		c = account_by_login(a, db, x->body.login, &who, e);
	if (!c && who.state == ACCOUNT_CLOSED)
		c = hy_fail(e, HY_BAD_FIELD, "login", "this account is closed");
	if (!c)
		c = post_by_code(a, db, x->code, w.at, &p, e);
	if (!c && who.id)
		c = grant_fits(a, db, city_pack(x->c), who.id, p.role, w.at, e);
	if (!c)
		c = reform_hand_over(x->c, &w, x->code,
				     hy_str_eq(x->body.seat, HY_S("b")) ? POST_B : POST_A, who.id,
				     x->body.from == HY_NO_TIME ? w.at : x->body.from,
				     x->body.matters, &moved, e);
	return c;
}

static enum hy_code close_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct changing *x = in_out;
	struct reform r;
	struct unit_act w;

	reform_begin(&r, x->c, db, x->who, x->body.reason, &w);
	return post_close(&w, x->code, e);
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	return answer_post(r, db, ((const struct changing *)in_out)->code, e);
}

static enum hy_code change(struct hy_request *r, hy_work *work, struct hy_err *e)
{
	struct changing *x = hy_new(hy_request_arena(r), struct changing);

	x->c = api_city(r);
	x->who = api_actor(r);
	x->code = hy_request_param(r, "code");
	x->body = *(const struct post_body *)hy_request_body(r);
	return hy_answer_after(r, work, change_answer, x, e);
}
static enum hy_code post_put_route(struct hy_request *r, struct hy_err *e)
{
	return change(r, put_work, e);
}
static enum hy_code post_hand_route(struct hy_request *r, struct hy_err *e)
{
	return change(r, hand_work, e);
}
static enum hy_code post_close_route(struct hy_request *r, struct hy_err *e)
{
	return change(r, close_work, e);
}

/* --- absences
 * ------------------------------------------------------------------------------------------ */

struct absence_body {
	hy_str login, kind, substitute, note;
	hy_ms from, until;
};
static const struct hy_field absence_fields[] = {
	HY_FIELD_TEXT(struct absence_body, login, false, 0, 40),
	HY_FIELD_WORD(struct absence_body, kind, true, "out|meeting|training|leave|sick"),
	HY_FIELD_INSTANT(struct absence_body, from, false),
	HY_FIELD_INSTANT(struct absence_body, until, true),
	HY_FIELD_TEXT(struct absence_body, substitute, false, 0, 40),
	HY_FIELD_TEXT(struct absence_body, note, false, 0, 200),
	{ 0 },
};
struct away {
	struct city *c;
	const struct actor *who;
	struct absence_body body;
	int64_t id;
};

/* Others' absences are entered by whoever writes posts, or by a head whose absence.write reaches
 * every unit in which they have a seat. */
static enum hy_code may_for(struct hy_db *db, const struct actor *who, int64_t account,
			    struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	hy_str *units;
	size_t n = 0;

	if ((who->account && who->account == account) || access_may(who, PERMISSION_POST_WRITE))
		return HY_OK;
	enum hy_code c = post_units(a, db, account, &units, &n, e);
	const struct actor_grant *by = NULL;
	for (size_t i = 0; !c && i < n && (i == 0 || by); i++)
		c = access_reaching(a, db, who, PERMISSION_ABSENCE_WRITE, units[i], &by, e);
	if (!c && !by)
		c = hy_fail(e, HY_FORBIDDEN, "login",
			    "this person has no seat in your units alone; who writes posts may "
			    "enter the absence");
	return c;
}

/* An absence gives the substitute a role: nobody takes it so for himself. */
static enum hy_code may_stand_in(const struct actor *who, const struct absence *ab,
				 struct hy_err *e)
{
	if (!who->account || ab->substitute != who->account || ab->account == who->account)
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "substitute",
		       "nobody names himself as another's substitute; let somebody else enter it");
}

static enum hy_code account_of(struct hy_db *db, hy_str login, const char *field, int64_t *out,
			       struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct account who = { 0 };
	enum hy_code c = login.n ? account_by_login(hy_db_arena(db), db, login, &who, &why) : HY_OK;

	if (c == HY_NOT_FOUND)
		return hy_fail(e, HY_BAD_FIELD, field, "there is no such account");
	if (c)
		*e = why;
	*out = who.id;
	return c;
}

static enum hy_code away_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct away *x = in_out;
	struct absence ab = { .until = x->body.until, .note = x->body.note };
	struct reform r;
	struct unit_act w;

	reform_begin(&r, x->c, db, x->who, HY_S(""), &w);
	ab.from = x->body.from == HY_NO_TIME ? w.at : x->body.from;
	enum hy_code c = account_of(db, x->body.login, "login", &ab.account, e);
	if (!c && !x->body.login.n)
		ab.account = x->who->account;
	if (!c)
		c = may_for(db, x->who, ab.account, e);
	if (!c)
		c = account_of(db, x->body.substitute, "substitute", &ab.substitute, e);
	if (!c)
		c = may_stand_in(x->who, &ab, e);
	if (!c && !absence_kind_of(x->body.kind, &ab.kind))
		c = hy_fail(e, HY_BAD_FIELD, "kind", "is none of the kinds of absence");
	return c ? c : absence_add(&w, &ab, &x->id, e);
}

static enum hy_code away_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	const struct away *x = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct absence ab;
	enum hy_code c = absence_by_id(b.a, db, x->id, &ab, e);

	if (!c)
		c = absence_json(&j, db, zone_of(r), &ab, true, e);
	if (!c)
		hy_answer_json(r, 200, &b);
	return c;
}

static enum hy_code absence_post(struct hy_request *r, struct hy_err *e)
{
	struct away *x = hy_new(hy_request_arena(r), struct away);

	x->c = api_city(r);
	x->who = api_actor(r);
	x->body = *(const struct absence_body *)hy_request_body(r);
	return hy_answer_after(r, away_work, away_answer, x, e);
}

static enum hy_code back_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct away *x = in_out;
	struct absence ab;
	struct reform r;
	struct unit_act w;
	enum hy_code c = absence_by_id(hy_db_arena(db), db, x->id, &ab, e);

	reform_begin(&r, x->c, db, x->who, HY_S(""), &w);
	if (!c)
		c = may_for(db, x->who, ab.account, e);
	return c ? c : absence_end(&w, x->id, e);
}

static enum hy_code absence_end_route(struct hy_request *r, struct hy_err *e)
{
	struct away *x = hy_new(hy_request_arena(r), struct away);

	x->c = api_city(r);
	x->who = api_actor(r);
	if (!hy_str_int(hy_request_param(r, "id"), &x->id))
		return hy_fail(e, HY_NOT_FOUND, "", "there is no such absence");
	return hy_answer_after(r, back_work, away_answer, x, e);
}

struct absences_query {
	hy_ms from, until;
};
static const struct hy_field absences_query[] = {
	HY_FIELD_INSTANT(struct absences_query, from, false),
	HY_FIELD_INSTANT(struct absences_query, until, false),
	{ 0 },
};

static enum hy_code absences(struct hy_request *r, struct hy_err *e)
{
	const struct absences_query *q = hy_request_query(r);
	const struct actor *who = api_actor(r);
	bool all = who->kind == ACTOR_CONSOLE || access_may(who, PERMISSION_POST_WRITE);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct absence *v;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = absence_list(b.a, db, 0,
				 q->from == HY_NO_TIME ? city_now(api_city(r)) : q->from, q->until,
				 &v, &n, e);
	hy_json_obj(&j);
	hy_json_key(&j, "absences");
	hy_json_arr(&j);
	for (size_t i = 0; !c && i < n; i++)
		c = absence_json(&j, db, zone_of(r), &v[i], all || v[i].account == who->account, e);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!c)
		hy_answer_json(r, 200, &b);
	return c;
}

#define READ(path_, summary_, run_)                                                                \
	{                                                                                          \
		.method = "GET", .path = path_, .permission = "post.read", .summary = summary_,    \
		.query = unit_query, .query_size = sizeof(struct unit_query), .run = run_          \
	}
#define WRITE(method_, path_, summary_, fields_, run_)                                             \
	{                                                                                          \
		.method = method_, .path = "/api/v1/posts/{code}" path_,                           \
		.permission = "post.write", .summary = summary_, .body = fields_,                  \
		.body_size = sizeof(struct post_body), .run = run_                                 \
	}
const struct hy_route post_routes[] = {
	READ("/api/v1/posts", "Posts with their A and B holders", posts),
	{ .method = "GET",
	  .path = "/api/v1/posts/{code}",
	  .permission = "post.read",
	  .summary = "A post with its holders",
	  .run = post_get },
	WRITE("PUT", "", "Make a post, or change its title, unit or role", put_fields,
	      post_put_route),
	WRITE("POST", "/hand-over", "Hand a seat over, with the matters of who leaves", hand_fields,
	      post_hand_route),
	WRITE("POST", "/close", "Close a post", close_fields, post_close_route),
	READ("/api/v1/plates", "Who sits where, is away, stands in", plates),
	{ .method = "GET",
	  .path = "/api/v1/absences",
	  .permission = "post.read",
	  .summary = "Absences of a period, from now on without one",
	  .query = absences_query,
	  .query_size = sizeof(struct absences_query),
	  .run = absences },
	{ .method = "POST",
	  .path = "/api/v1/absences",
	  .permission = "absence.write",
	  .summary = "Enter an absence, with who stands in: one's own, or of people in one's units",
	  .body = absence_fields,
	  .body_size = sizeof(struct absence_body),
	  .run = absence_post },
	{ .method = "POST",
	  .path = "/api/v1/absences/{id}/end",
	  .permission = "absence.write",
	  .summary = "Back earlier, or not away after all",
	  .run = absence_end_route },
	{ 0 },
};
