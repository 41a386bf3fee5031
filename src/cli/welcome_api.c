/* /api/v1/welcome: one-time links, with which people choose their passwords. */
#include "cli/guard.h"
#include "matter/api.h"
#include "people/account_part.h"
#include "people/password.h"
#include "people/session.h"
#include "people/setting.h"

static struct security_by by_of(struct hy_request *r, int64_t account)
{
	return (struct security_by){ account, hy_request_address(r) };
}

struct link_body {
	hy_str link, password, login, name;
};
static const struct hy_field look_body[] = {
	HY_FIELD_TEXT(struct link_body, link, true, 64, 64),
	{ 0 },
};
static const struct hy_field link_body[] = {
	HY_FIELD_TEXT(struct link_body, link, true, 64, 64),
	HY_FIELD_TEXT(struct link_body, password, true, 1, PASSWORD_MOST),
	HY_FIELD_TEXT(struct link_body, login, false, 2, 40),
	HY_FIELD_TEXT(struct link_body, name, false, 1, 100),
	{ 0 },
};

/* What LINK is for, and whose. */
static enum hy_code link_of(struct hy_request *r, struct hy_db *db, hy_str secret,
			    struct account_link *link, hy_str *login_out, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct account who;
	enum hy_code c = account_link_of(a, db, secret, city_now(api_city(r)), link, e);

	*login_out = HY_S("");
	if (c || !link->account)
		return c;
	c = account_by_id(a, db, link->account, &who, e);
	if (!c)
		*login_out = who.login;
	return c;
}

static enum hy_code look(struct hy_request *r, struct hy_err *e)
{
	const struct link_body *body = hy_request_body(r);
	HY_SCOPED_DB db = NULL;
	struct account_link link;
	hy_str login_name = HY_S("");
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = link_of(r, db, body->link, &link, &login_name, e);
	if (c)
		return c;
	hy_json_obj(&j);
	hy_json_kstr(&j, "login", login_name);
	hy_json_kstr(&j, "role", link.role);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

struct welcome {
	struct hy_request *r;
	char hash[PASSWORD_HASH];
};

/* The first of the three administrators of a kind: nobody is there yet who could grant it. */
static enum hy_code first_of(struct welcome *w, struct hy_db *db, hy_str role, int64_t *id_out,
			     struct hy_err *e)
{
	const struct link_body *body = hy_request_body(w->r);
	struct city *city = api_city(w->r);
	struct account_new n = { .login = body->login.p ? body->login : HY_S(""),
				 .name = body->name.p ? body->name : HY_S("") };
	struct grant_act act = {
		.record = city_record(city), .db = db, .pack = city_pack(city), .at = city_now(city)
	};
	int64_t grant;
	enum hy_code c =
		account_add(city_record(city), db, &n, by_of(w->r, 0), city_now(city), id_out, e);

	struct grant_new g = { .account = *id_out,
			       .role = role,
			       .unit = HY_S(""),
			       .from = HY_NO_TIME,
			       .until = HY_NO_TIME };
	return c ? c : grant_propose(&act, &g, &grant, e);
}

static enum hy_code welcome_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct welcome *w = in_out;
	const struct link_body *body = hy_request_body(w->r);
	struct city *city = api_city(w->r);
	hy_ms now = city_now(city);
	struct account_link link;
	int64_t id = 0, ended = 0;
	enum hy_code c = account_link_of(hy_db_arena(db), db, body->link, now, &link, e);

	if (!c)
		c = account_link_use(db, body->link, now, e);
	id = link.account;
	if (!c && !id)
		c = first_of(w, db, link.role, &id, e);
	if (!c)
		c = account_set_password(city_record(city), db, id, hy_str_of(w->hash),
					 by_of(w->r, id), now, e);
	return c ? c : session_end_all(db, id, 0, &ended, e);
}

static enum hy_code check_new(struct hy_request *r, struct hy_db *db, hy_str password, hy_str who,
			      struct hy_err *e)
{
	return password_check(password, who, city_name(api_city(r)),
			      setting_int(db, "password.least_characters"), e);
}

static enum hy_code welcome_aside(struct hy_request *r, struct hy_err *e)
{
	const struct link_body *body = hy_request_body(r);
	struct welcome *w = hy_new(hy_request_arena(r), struct welcome);
	struct account_link link;
	hy_str login_name = HY_S("");
	enum hy_code c;

	w->r = r;
	{
		HY_SCOPED_DB db = NULL;
		c = hy_store_read(hy_request_store(r), &db, e);
		if (!c)
			c = link_of(r, db, body->link, &link, &login_name, e);
		if (!c)
			c = check_new(r, db, body->password,
				      login_name.n ? login_name : body->login, e);
	}
	if (!c)
		c = password_hash(body->password, w->hash, e);
	return c ? c : hy_answer_after(r, welcome_work, NULL, w, e);
}

static enum hy_code welcome(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, welcome_aside, e);
}

const struct hy_route welcome_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/welcome/look",
	  .permission = "public",
	  .summary = "What a one-time link is for",
	  .body = look_body,
	  .body_size = sizeof(struct link_body),
	  .pace = HY_PACE_LOGIN,
	  .run = look },
	{ .method = "POST",
	  .path = "/api/v1/welcome",
	  .permission = "public",
	  .summary = "Set a password with a one-time link",
	  .body = link_body,
	  .body_size = sizeof(struct link_body),
	  .pace = HY_PACE_LOGIN,
	  .run = welcome },
	{ 0 },
};
