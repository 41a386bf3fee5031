/* /api/v1/oidc, /session/oidc: logging in with an OpenID provider, and binding an identity of it to
 * an account.  The browser goes there and comes back to /oidc with a code; the page there sends it
 * here, with the cookie from which the flow is derived (oidc/oidc.h). */
#include "base/file.h"
#include "cli/login.h"
#include "matter/api.h"
#include "people/bound.h"
#include "people/setting.h"

#define COOKIE "huiyin-oidc"
enum { SECRET_BYTES = 32, SECRET_MOST = 1024, CODE_MOST = 4096 };

/* Of the cookie: what its flow is for, then the secret. */
enum purpose { TO_LOG_IN = 'i', TO_BIND = 'b' };

/* --- what is set ----------------------------------------------------------------------------- */

static enum hy_code secret_of(struct hy_arena *a, const char *files, hy_str *out, struct hy_err *e)
{
	struct hy_err why = { 0 };
	hy_str text = HY_S("");
	enum hy_code c = hy_file_read(a, hy_printf(a, "%s/keys/oidc.secret", files).p, SECRET_MOST,
				      &text, &why);

	if (c && c != HY_NOT_FOUND) {
		*e = why;
		return c;
	}
	*out = c ? HY_S("") : hy_str_trim(text);
	return HY_OK;
}

enum hy_code login_oidc_client(struct hy_arena *a, struct hy_db *db, const char *files,
			       struct oidc_client *out, struct hy_err *e)
{
	hy_str address = hy_str_dup(a, setting_text(db, "city.address"));
	struct hy_err why = { 0 };
	struct oidc_client c = { .issuer = hy_str_dup(a, setting_text(db, "oidc.issuer")),
				 .id = hy_str_dup(a, setting_text(db, "oidc.client")) };

	if (c.issuer.n == 0 || oidc_address_check(c.issuer, "", &why))
		return hy_fail(e, HY_NOT_NOW, "oidc.issuer", "no identity provider is set: %s",
			       c.issuer.n ? why.detail : "it is empty");
	if (c.id.n == 0)
		return hy_fail(e, HY_NOT_NOW, "oidc.client",
			       "no identity provider is set: the "
			       "client_id is empty");
	if (oidc_address_check(address, "", &why) || hy_str_ends(address, HY_S("/")))
		return hy_fail(e, HY_NOT_NOW, "city.address",
			       "the address of this city must be set, such as "
			       "https://xn.example.gov.cn, without a slash at its end");
	c.redirect = hy_printf(a, HY_FMT "/oidc", HY_ARG(address));
	*out = c;
	return secret_of(a, files, &out->secret, e);
}

static enum hy_code client_of(struct hy_request *r, struct hy_db *db, struct oidc_client *out,
			      struct hy_err *e)
{
	return login_oidc_client(hy_request_arena(r), db, hy_store_files(hy_request_store(r)), out,
				 e);
}

static enum hy_code about(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct oidc_client client;
	struct hy_err why = { 0 };
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (c)
		return c;
	hy_json_obj(&j);
	hy_json_kbool(&j, "on", !client_of(r, db, &client, &why));
	hy_json_kstr(&j, "title", setting_text(db, "oidc.title"));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- going there ----------------------------------------------------------------------------- */

struct begin_body {
	bool bind;
};
static const struct hy_field begin_body[] = {
	HY_FIELD_BOOL(struct begin_body, bind, false),
	{ 0 },
};

/* Whoever binds is in already, by a second factor where the role demands it. */
static enum hy_code may_bind(struct hy_request *r, struct hy_err *e)
{
	const struct actor *who = api_actor(r);

	if (who->kind != ACTOR_ACCOUNT)
		return hy_fail(e, HY_NO_LOGIN, "", "log in first, then bind an identity");
	return guard_need_factor(who, e);
}

static enum hy_code begin_aside(struct hy_request *r, struct hy_err *e)
{
	const struct begin_body *body = hy_request_body(r);
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	unsigned char random[SECRET_BYTES];
	struct oidc_client client;
	struct hy_db *db = NULL;
	hy_str url = HY_S("");
	enum hy_code c = body->bind ? may_bind(r, e) : HY_OK;

	if (!c)
		c = hy_store_read(hy_request_store(r), &db, e);
	if (!c)
		c = client_of(r, db, &client, e);
	hy_db_drop(&db); /* not held while the provider is asked */
	hy_random(random, sizeof(random));
	hy_str secret = hy_hex(a, random, sizeof(random));
	if (!c)
		c = oidc_begin(a, &client, secret, &url, e);
	if (c)
		return c;
	hy_answer_cookie(
		r, COOKIE,
		hy_printf(a, "%c" HY_FMT, body->bind ? TO_BIND : TO_LOG_IN, HY_ARG(secret)),
		OIDC_COOKIE_SECONDS);
	hy_json_obj(&j);
	hy_json_kstr(&j, "url", url);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code begin(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, begin_aside, e);
}

/* --- coming back ------------------------------------------------------------------------------ */

struct code_body {
	hy_str code, state;
};
static const struct hy_field code_body[] = {
	HY_FIELD_TEXT(struct code_body, code, true, 1, CODE_MOST),
	HY_FIELD_TEXT(struct code_body, state, true, 1, 200),
	{ 0 },
};

struct coming {
	struct hy_request *r;
	enum purpose purpose;
	struct oidc_client client;
	hy_str sub;
	struct login_asking q; /* who binds */
	struct login_standing standing;
};

static struct security_by by_of(struct hy_request *r, int64_t account)
{
	return (struct security_by){ account, hy_request_address(r) };
}

static enum hy_code note_unknown(struct coming *k, struct hy_db *db, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_db_arena(db));
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "issuer", k->client.issuer);
	hy_json_kstr(&j, "sub", k->sub);
	hy_json_obj_end(&j);
	const struct security_act act = { .act = "login.failed",
					  .by = by_of(k->r, 0),
					  .private = hy_buf_str(&b),
					  .at = city_now(api_city(k->r)) };
	return security_note(city_record(api_city(k->r)), db, &act, e);
}

static enum hy_code log_in(struct coming *k, struct hy_db *db, struct hy_err *e)
{
	struct account who;
	int64_t id = 0;
	enum hy_code c = bound_account(db, k->client.issuer, k->sub, &id, e);

	if (!c && id)
		c = account_by_id(hy_request_arena(k->r), db, id, &who, e);
	if (c)
		return c;
	if (!id || who.state != ACCOUNT_OPEN)
		return note_unknown(k, db, e);
	return login_open_session(k->r, db, &who, "login.oidc", &k->standing, e);
}

static enum hy_code bind(struct coming *k, struct hy_db *db, struct hy_err *e)
{
	struct city *city = api_city(k->r);
	enum hy_code c = login_must_ask(k->r, db, &k->q, e);

	if (!c && k->q.session.stage != SESSION_OPEN)
		return hy_fail(e, HY_NEED_FACTOR, "", "the second factor is still to come");
	if (!c)
		c = bound_add(city_record(city), db, k->q.account.id, k->client.issuer, k->sub,
			      by_of(k->r, k->q.account.id), city_now(city), e);
	k->standing = (struct login_standing){ .state = HY_S("open"),
					       .secret = k->q.secret,
					       .login = k->q.account.login,
					       .name = k->q.account.name,
					       .strong = k->q.session.strong,
					       .has_totp = k->q.account.has_totp,
					       .ends_at = k->q.session.ends_at };
	return c;
}

static enum hy_code come_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct coming *k = in_out;

	k->standing = login_nobody;
	return k->purpose == TO_BIND ? bind(k, db, e) : log_in(k, db, e);
}

static enum hy_code come_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct coming *k = in_out;

	(void)db;
	(void)e;
	hy_answer_cookie(r, COOKIE, HY_S(""), 0);
	if (!k->standing.secret.n) {
		login_refuse(r, k->sub);
		return HY_OK;
	}
	if (k->purpose == TO_LOG_IN)
		login_give_cookie(r, k->standing.secret);
	login_answer_standing(r, &k->standing);
	return HY_OK;
}

/* The secret of the flow that this browser began, when STATE belongs to it. */
static bool flow_of(struct hy_request *r, hy_str state, enum purpose *purpose, hy_str *secret)
{
	hy_str kept = hy_request_cookie(r, COOKIE);
	unsigned char raw[SECRET_BYTES];

	if (kept.n != 1 + 2 * SECRET_BYTES || (kept.p[0] != TO_LOG_IN && kept.p[0] != TO_BIND))
		return false;
	*purpose = (enum purpose)kept.p[0];
	*secret = (hy_str){ kept.p + 1, kept.n - 1 };
	return hy_unhex(*secret, raw, sizeof(raw)) &&
	       hy_same_secret(oidc_flow_of(hy_request_arena(r), *secret).state, state);
}

static enum hy_code come_aside(struct hy_request *r, struct hy_err *e)
{
	const struct code_body *body = hy_request_body(r);
	struct hy_arena *a = hy_request_arena(r);
	struct coming *k = hy_new(a, struct coming);
	struct hy_db *db = NULL;
	hy_str secret = HY_S("");

	k->r = r;
	if (!flow_of(r, body->state, &k->purpose, &secret))
		return hy_fail(e, HY_BAD_LOGIN, "state",
			       "this browser did not begin this login, or more than ten minutes "
			       "ago; begin again");
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);
	if (!c)
		c = client_of(r, db, &k->client, e);
	hy_db_drop(&db);
	if (!c)
		c = oidc_finish(a, &k->client, secret, body->code, city_now(api_city(r)), &k->sub,
				e);
	return c ? c : hy_answer_after(r, come_work, come_finish, k, e);
}

static enum hy_code come(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, come_aside, e);
}

/* --- one's own, and those of others ----------------------------------------------------------- */

struct bind_body {
	hy_str sub;
};
static const struct hy_field bind_fields[] = {
	HY_FIELD_TEXT(struct bind_body, sub, true, 1, OIDC_SUB_MOST),
	{ 0 },
};

struct binding {
	struct hy_request *r;
	int64_t account;
	bool own, away;
};

/* The account of the path, or of who asks. */
static enum hy_code whose(struct hy_request *r, bool own, int64_t *out, struct hy_err *e)
{
	*out = api_actor(r)->account;
	if (own || (hy_str_int(hy_request_param(r, "id"), out) && *out > 0))
		return HY_OK;
	return hy_fail(e, HY_NOT_FOUND, "", "there is no such account");
}

static enum hy_code binding_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				   struct hy_err *e)
{
	const struct binding *k = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_str issuer = setting_text(db, "oidc.issuer"), sub = HY_S("");
	struct account who;
	enum hy_code c = account_by_id(b.a, db, k->account, &who, e);

	if (!c)
		c = bound_of(b.a, db, k->account, issuer, &sub, e);
	if (c)
		return c;
	hy_json_obj(&j);
	hy_json_kstr(&j, "issuer", issuer);
	hy_json_kstr(&j, "sub", sub);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code look(struct hy_request *r, bool own, struct hy_err *e)
{
	struct binding k = { .r = r };
	HY_SCOPED_DB db = NULL;
	enum hy_code c = whose(r, own, &k.account, e);

	if (!c)
		c = hy_store_read(hy_request_store(r), &db, e);
	return c ? c : binding_answer(r, db, &k, e);
}

static enum hy_code look_own(struct hy_request *r, struct hy_err *e)
{
	return look(r, true, e);
}

static enum hy_code look_other(struct hy_request *r, struct hy_err *e)
{
	return look(r, false, e);
}

/* Without the identity there must be another way in. */
static enum hy_code may_unbind(struct binding *k, struct hy_db *db, struct hy_err *e)
{
	struct account who;
	enum hy_code c = account_by_id(hy_db_arena(db), db, k->account, &who, e);

	if (!c && k->own && !who.has_password)
		return hy_fail(e, HY_NOT_NOW, "",
			       "without a password you could not log in any more: ask an "
			       "administrator for a link to set one");
	return c;
}

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct binding *k = in_out;
	const struct bind_body *body = hy_request_body(k->r);
	struct city *city = api_city(k->r);
	struct security_by by = by_of(k->r, api_actor(k->r)->account);
	hy_str issuer = setting_text(db, "oidc.issuer");
	enum hy_code c = may_unbind(k, db, e);

	if (c)
		return c;
	if (!k->away)
		return bound_add(city_record(city), db, k->account, issuer, body->sub, by,
				 city_now(city), e);
	if (issuer.n == 0)
		return hy_fail(e, HY_NOT_NOW, "", "no identity provider is set");
	return bound_remove(city_record(city), db, k->account, issuer, by, city_now(city), e);
}

static enum hy_code change(struct hy_request *r, bool own, bool away, struct hy_err *e)
{
	struct binding *k = hy_new(hy_request_arena(r), struct binding);
	enum hy_code c = whose(r, own, &k->account, e);

	k->r = r;
	k->own = own;
	k->away = away;
	if (!c && own)
		c = may_bind(r, e);
	if (!c && !own && k->account == api_actor(r)->account)
		return hy_fail(e, HY_FORBIDDEN, "",
			       "this is your own account: bind it as yourself");
	return c ? c : hy_answer_after(r, change_work, binding_answer, k, e);
}

static enum hy_code unbind_own(struct hy_request *r, struct hy_err *e)
{
	return change(r, true, true, e);
}

static enum hy_code bind_other(struct hy_request *r, struct hy_err *e)
{
	return change(r, false, false, e);
}

static enum hy_code unbind_other(struct hy_request *r, struct hy_err *e)
{
	return change(r, false, true, e);
}

const struct hy_route oidc_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/oidc",
	  .permission = "public",
	  .summary = "Can one log in with an OpenID provider, and what is it called",
	  .run = about },
	{ .method = "POST",
	  .path = "/api/v1/session/oidc",
	  .permission = "public",
	  .summary = "Begin to log in with the OpenID provider, or to bind an identity of it",
	  .body = begin_body,
	  .body_size = sizeof(struct begin_body),
	  .pace = HY_PACE_LOGIN,
	  .run = begin },
	{ .method = "POST",
	  .path = "/api/v1/session/oidc/code",
	  .permission = "public",
	  .summary = "Finish it, with the code that the provider gave to the browser",
	  .body = code_body,
	  .body_size = sizeof(struct code_body),
	  .pace = HY_PACE_LOGIN,
	  .run = come },
	{ .method = "GET",
	  .path = "/api/v1/session/oidc",
	  .permission = "self",
	  .summary = "My identity of the OpenID provider",
	  .run = look_own },
	{ .method = "DELETE",
	  .path = "/api/v1/session/oidc",
	  .permission = "self",
	  .summary = "Unbind my identity of the OpenID provider",
	  .run = unbind_own },
	{ .method = "GET",
	  .path = "/api/v1/accounts/{id}/oidc",
	  .permission = "account.read",
	  .summary = "An account's identity of the OpenID provider",
	  .run = look_other },
	{ .method = "PUT",
	  .path = "/api/v1/accounts/{id}/oidc",
	  .permission = "account.write",
	  .summary = "Bind an identity of the OpenID provider to an account",
	  .body = bind_fields,
	  .body_size = sizeof(struct bind_body),
	  .run = bind_other },
	{ .method = "DELETE",
	  .path = "/api/v1/accounts/{id}/oidc",
	  .permission = "account.write",
	  .summary = "Unbind an account's identity of the OpenID provider",
	  .run = unbind_other },
	{ 0 },
};
