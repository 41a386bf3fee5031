/* /api/v1/accounts: everybody's, for administrators; /api/v1/tokens: one's own. */
#include "cli/guard.h"
#include "matter/api.h"
#include "people/session.h"
#include "people/setting.h"
#include "people/token.h"
#include "people/totp.h"

enum { PAGE = 100 };

static struct security_by by_of(struct hy_request *r)
{
	return (struct security_by){ api_actor(r)->account, hy_request_address(r) };
}

static void when(struct hy_json *j, const char *key, hy_ms at)
{
	if (at)
		hy_json_kstr(j, key, hy_instant_text(j->b->a, &hy_zone_china, at));
	else
		hy_json_knull(j, key);
}

static void account_json(struct hy_json *j, const struct account *a)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", a->id);
	hy_json_kstr(j, "login", a->login);
	hy_json_kstr(j, "name", a->name);
	hy_json_kstr(j, "state", hy_str_of(account_state_names[a->state]));
	hy_json_kbool(j, "demo", a->demo);
	hy_json_kbool(j, "password", a->has_password);
	hy_json_kbool(j, "second_factor", a->has_totp);
	when(j, "made_at", a->made_at);
	hy_json_obj_end(j);
}

static void token_json(struct hy_json *j, const struct token *t)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", t->id);
	hy_json_kint(j, "account", t->account);
	hy_json_kstr(j, "name", t->name);
	hy_json_kstr(j, "scopes", t->scopes);
	when(j, "made_at", t->made_at);
	when(j, "expires_at", t->expires_at);
	when(j, "revoked_at", t->revoked_at);
	when(j, "used_at", t->used_at);
	hy_json_obj_end(j);
}

static enum hy_code number_of(struct hy_request *r, const char *name, int64_t *out,
			      struct hy_err *e)
{
	if (hy_str_int(hy_request_param(r, name), out) && *out > 0)
		return HY_OK;
	return hy_fail(e, HY_NOT_FOUND, "", "there is no such %s",
		       strcmp(name, "id") == 0 ? "account" : name);
}

/* --- looking
 * --------------------------------------------------------------------------------------- */

struct accounts_query {
	int64_t limit;
	hy_str words, cursor;
};
static const struct hy_field accounts_query[] = {
	HY_FIELD_TEXT(struct accounts_query, words, false, 1, 100),
	HY_FIELD_INT(struct accounts_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct accounts_query, cursor, false, 1, 20),
	{ 0 },
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct accounts_query *q = hy_request_query(r);
	int limit = q->limit ? (int)q->limit : PAGE;
	int64_t after = 0;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct account *v = NULL;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;

	if (q->cursor.n && (!hy_str_int(q->cursor, &after) || after < 0))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = account_list(b.a, db, q->words, after, limit + 1, &v, &n, e);
	if (code)
		return code;
	bool more = n > (size_t)limit;
	n = more ? (size_t)limit : n;
	hy_json_obj(&j);
	hy_json_key(&j, "accounts");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		account_json(&j, &v[i]);
	hy_json_arr_end(&j);
	if (more)
		hy_json_kstr(&j, "next", hy_printf(b.a, "%lld", (long long)v[n - 1].id));
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* The account of the path; DB is opened. */
static enum hy_code account_of(struct hy_request *r, struct hy_db **db_out, struct account *out,
			       struct hy_err *e)
{
	int64_t id;
	enum hy_code code = number_of(r, "id", &id, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), db_out, e);
	return code ? code : account_by_id(hy_request_arena(r), *db_out, id, out, e);
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	struct account a;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = account_of(r, &db, &a, e);

	if (code)
		return code;
	account_json(&j, &a);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code sessions(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	struct account a;
	struct session *v = NULL;
	size_t n = 0;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = account_of(r, &db, &a, e);

	if (!code)
		code = session_list(b.a, db, a.id, city_now(api_city(r)), &v, &n, e);
	if (code)
		return code;
	login_sessions_json(&j, v, n, 0);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code answer_tokens(struct hy_request *r, struct hy_db *db, int64_t account,
				  struct hy_err *e)
{
	struct token *v = NULL;
	size_t n = 0;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = token_list(b.a, db, account, &v, &n, e);

	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "tokens");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		token_json(&j, &v[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code tokens(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	struct account a;
	enum hy_code code = account_of(r, &db, &a, e);

	return code ? code : answer_tokens(r, db, a.id, e);
}

/* --- changing
 * -------------------------------------------------------------------------------------- */

struct account_body {
	hy_str login, name;
};
static const struct hy_field add_fields[] = {
	HY_FIELD_TEXT(struct account_body, login, true, 2, 40),
	HY_FIELD_TEXT(struct account_body, name, true, 1, 100),
	{ 0 },
};
static const struct hy_field name_fields[] = {
	HY_FIELD_TEXT(struct account_body, name, true, 1, 100),
	{ 0 },
};

enum what { ADD, RENAME, INVITE, LOCK, UNLOCK, CLOSE, FACTOR, SESSIONS, TOKEN };

struct changing {
	struct hy_request *r;
	enum what what;
	int64_t id, token;
	struct account_body body;
	hy_str secret;
};

static enum hy_code set_state(struct changing *k, struct hy_db *db, enum account_state state,
			      struct hy_err *e)
{
	struct city *c = api_city(k->r);

	return account_set_state(city_record(c), db, k->id, state, by_of(k->r), city_now(c), e);
}

static enum hy_code end_sessions(struct changing *k, struct hy_db *db, struct hy_err *e)
{
	struct city *c = api_city(k->r);
	struct account who;
	int64_t n = 0;
	enum hy_code code = account_by_id(hy_db_arena(db), db, k->id, &who, e);

	return code ? code
		    : session_revoke_all(city_record(c), db, k->id, 0, by_of(k->r), city_now(c), &n,
					 e);
}

static enum hy_code take_factor(struct changing *k, struct hy_db *db, struct hy_err *e)
{
	struct city *c = api_city(k->r);
	int64_t ended;

	return totp_remove(city_record(c), db, k->id, by_of(k->r), city_now(c), &ended, e);
}

static enum hy_code end_token(struct changing *k, struct hy_db *db, struct hy_err *e)
{
	struct city *c = api_city(k->r);
	struct token t;
	enum hy_code code = token_by_id(hy_db_arena(db), db, k->token, &t, e);

	if (!code && t.account != k->id)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no token number %lld",
			       (long long)k->token);
	return code ? code
		    : token_revoke(city_record(c), db, k->token, by_of(k->r), city_now(c), e);
}

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct changing *k = in_out;
	struct city *c = api_city(k->r);
	struct record *record = city_record(c);
	struct security_by by = by_of(k->r);
	struct account_new n = { .login = k->body.login, .name = k->body.name };
	enum hy_code code = HY_OK;

	switch (k->what) {
	case ADD:
		code = account_add(record, db, &n, by, city_now(c), &k->id, e);
		if (code)
			return code;
		/* fallthrough */
	case INVITE:
		return account_invite(record, db, hy_request_arena(k->r), k->id, by, city_now(c),
				      &k->secret, e);
	case RENAME:
		return account_rename(record, db, k->id, k->body.name, by, city_now(c), e);
	case LOCK:
		return set_state(k, db, ACCOUNT_LOCKED, e);
	case UNLOCK:
		return set_state(k, db, ACCOUNT_OPEN, e);
	case CLOSE:
		return set_state(k, db, ACCOUNT_CLOSED, e);
	case FACTOR:
		return take_factor(k, db, e);
	case SESSIONS:
		return end_sessions(k, db, e);
	case TOKEN:
		return end_token(k, db, e);
	}
	return code;
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	struct changing *k = in_out;
	struct account a;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = account_by_id(b.a, db, k->id, &a, e);

	if (code || k->what == TOKEN || k->what == SESSIONS)
		return code;
	if (k->what == ADD || k->what == INVITE) {
		hy_json_obj(&j);
		hy_json_key(&j, "account");
		account_json(&j, &a);
		hy_json_kstr(&j, "link", hy_printf(b.a, "/welcome#" HY_FMT, HY_ARG(k->secret)));
		hy_json_obj_end(&j);
	} else {
		account_json(&j, &a);
	}
	hy_answer_json(r, k->what == ADD ? 201 : 200, &b);
	return HY_OK;
}

static enum hy_code change(struct hy_request *r, enum what what, struct hy_err *e)
{
	struct changing *k = hy_new(hy_request_arena(r), struct changing);
	const struct account_body *body = hy_request_body(r);
	bool another = what == LOCK || what == CLOSE || what == FACTOR;
	enum hy_code code = what == ADD ? HY_OK : number_of(r, "id", &k->id, e);

	k->r = r;
	k->what = what;
	if (body)
		k->body = *body;
	if (!code && what == TOKEN)
		code = number_of(r, "token", &k->token, e);
	if (!code && another && k->id == api_actor(r)->account)
		return hy_fail(e, HY_FORBIDDEN, "",
			       "this is your own account: another administrator does that");
	return code ? code : hy_answer_after(r, change_work, change_answer, k, e);
}

static enum hy_code add(struct hy_request *r, struct hy_err *e)
{
	return change(r, ADD, e);
}
static enum hy_code rename_account(struct hy_request *r, struct hy_err *e)
{
	return change(r, RENAME, e);
}
static enum hy_code invite(struct hy_request *r, struct hy_err *e)
{
	return change(r, INVITE, e);
}
static enum hy_code lock(struct hy_request *r, struct hy_err *e)
{
	return change(r, LOCK, e);
}
static enum hy_code unlock(struct hy_request *r, struct hy_err *e)
{
	return change(r, UNLOCK, e);
}
static enum hy_code close_account(struct hy_request *r, struct hy_err *e)
{
	return change(r, CLOSE, e);
}
static enum hy_code remove_factor(struct hy_request *r, struct hy_err *e)
{
	return change(r, FACTOR, e);
}
static enum hy_code revoke_sessions(struct hy_request *r, struct hy_err *e)
{
	return change(r, SESSIONS, e);
}
static enum hy_code revoke_token(struct hy_request *r, struct hy_err *e)
{
	return change(r, TOKEN, e);
}

/* --- one's own tokens
 * ------------------------------------------------------------------------------ */

struct token_body {
	hy_str name, scopes;
	int64_t days;
};
static const struct hy_field token_fields[] = {
	HY_FIELD_TEXT(struct token_body, name, true, 1, 100),
	HY_FIELD_TEXT(struct token_body, scopes, true, 1, 1000),
	HY_FIELD_INT(struct token_body, days, true, 1, TOKEN_DAYS_MOST),
	{ 0 },
};

struct making {
	struct hy_request *r;
	int64_t id;
	hy_str secret;
};

static enum hy_code own_tokens(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : answer_tokens(r, db, api_actor(r)->account, e);
}

/* A token makes no other, which would outlive it; and it is as strong as the session that asks. */
static enum hy_code may_make(const struct actor *who, struct hy_err *e)
{
	if (who->kind != ACTOR_ACCOUNT)
		return hy_fail(e, HY_FORBIDDEN, "",
			       "tokens are made by a person who has logged in");
	return guard_need_factor(who, e);
}

static enum hy_code make_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *m = in_out;
	const struct token_body *body = hy_request_body(m->r);
	struct city *c = api_city(m->r);
	struct token_new n = { .account = api_actor(m->r)->account,
			       .name = body->name,
			       .scopes = body->scopes,
			       .days = body->days };
	int64_t most = setting_int(db, "token.longest_days");

	if (n.days > most)
		return hy_fail(e, HY_BAD_FIELD, "days", "must be from 1 to %lld here",
			       (long long)most);
	return token_add(city_record(c), db, hy_request_arena(m->r), &n, by_of(m->r), city_now(c),
			 &m->id, &m->secret, e);
}

static enum hy_code make_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct making *m = in_out;
	struct token t;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = token_by_id(b.a, db, m->id, &t, e);

	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "token");
	token_json(&j, &t);
	hy_json_kstr(&j, "secret", m->secret);
	hy_json_obj_end(&j);
	hy_answer_json(r, 201, &b);
	return HY_OK;
}

static enum hy_code make_token(struct hy_request *r, struct hy_err *e)
{
	struct making *m = hy_new(hy_request_arena(r), struct making);
	enum hy_code code = may_make(api_actor(r), e);

	m->r = r;
	return code ? code : hy_answer_after(r, make_work, make_answer, m, e);
}

static enum hy_code end_own_token(struct hy_request *r, struct hy_err *e)
{
	struct changing *k = hy_new(hy_request_arena(r), struct changing);

	*k = (struct changing){ .r = r, .what = TOKEN, .id = api_actor(r)->account };
	enum hy_code code = number_of(r, "token", &k->token, e);
	return code ? code : hy_answer_after(r, change_work, change_answer, k, e);
}

/* --- tables
 * ---------------------------------------------------------------------------------------- */

#define CHANGE(method_, path_, permission_, summary_, run_)                                        \
	{                                                                                          \
		.method = method_, .path = "/api/v1/accounts/{id}" path_,                          \
		.permission = permission_, .summary = summary_, .run = run_                        \
	}

const struct hy_route accounts_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/accounts",
	  .permission = "account.read",
	  .summary = "Accounts, oldest first",
	  .query = accounts_query,
	  .query_size = sizeof(struct accounts_query),
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/accounts",
	  .permission = "account.write",
	  .summary = "Make an account, and the link with which its owner sets a password",
	  .body = add_fields,
	  .body_size = sizeof(struct account_body),
	  .run = add },
	CHANGE("GET", "", "account.read", "One account", show),
	{ .method = "PUT",
	  .path = "/api/v1/accounts/{id}",
	  .permission = "account.write",
	  .summary = "Call the owner of an account by another name",
	  .body = name_fields,
	  .body_size = sizeof(struct account_body),
	  .run = rename_account },
	CHANGE("POST", "/invite", "account.write",
	       "A new link with which its owner sets a password; older ones are void", invite),
	CHANGE("POST", "/lock", "account.write", "Keep somebody out: sessions end, tokens rest",
	       lock),
	CHANGE("POST", "/unlock", "account.write",
	       "Let somebody in again, also after too many failures", unlock),
	CHANGE("POST", "/close", "account.write",
	       "End an account for good: sessions and tokens with it", close_account),
	CHANGE("DELETE", "/factor", "account.factor",
	       "Take away somebody's second factor, who lost it; sessions end", remove_factor),
	CHANGE("GET", "/sessions", "account.read", "Where somebody is logged in", sessions),
	CHANGE("DELETE", "/sessions", "account.write", "Log somebody out everywhere",
	       revoke_sessions),
	CHANGE("GET", "/tokens", "account.read", "Somebody's API tokens", tokens),
	CHANGE("DELETE", "/tokens/{token}", "account.write", "End somebody's API token",
	       revoke_token),
	{ 0 },
};

const struct hy_route own_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/tokens",
	  .permission = "self",
	  .summary = "My API tokens",
	  .run = own_tokens },
	{ .method = "POST",
	  .path = "/api/v1/tokens",
	  .permission = "self",
	  .summary = "Make an API token; it is told once",
	  .body = token_fields,
	  .body_size = sizeof(struct token_body),
	  .run = make_token },
	{ .method = "DELETE",
	  .path = "/api/v1/tokens/{token}",
	  .permission = "self",
	  .summary = "End one of my API tokens",
	  .run = end_own_token },
	{ 0 },
};
