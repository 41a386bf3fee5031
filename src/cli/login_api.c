/* /api/v1/session, /sessions, /welcome: logging in, the second factor, one-time links. */
#include "cli/login.h"
#include "matter/api.h"
#include "people/account_part.h"
#include "people/password.h"
#include "people/session.h"
#include "people/setting.h"
#include "people/totp.h"

enum { NOTED_A_MINUTE = 30 };

static struct security_by by_of(struct hy_request *r, int64_t account)
{
	return (struct security_by){ account, hy_request_address(r) };
}

static hy_str subject_of(struct hy_arena *a, int64_t account)
{
	return hy_printf(a, "account/%lld", (long long)account);
}

/* --- what is answered
 * ----------------------------------------------------------------------------- */

static const hy_str wrong_login =
	HY_S_INIT("login, password or code is wrong, or there were too many failures: then wait "
		  "ten minutes");
static const hy_str unbound =
	HY_S_INIT("whom the provider knows as `sub` is no open account here: bind it under your "
		  "name after you have logged in with a password, or tell an administrator");

void login_refuse(struct hy_request *r, hy_str sub)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	const struct hy_code_info *info = hy_code_info(HY_BAD_LOGIN);

	hy_json_obj(&j);
	hy_json_kstr(&j, "type", HY_S("/problems/bad_login"));
	hy_json_kstr(&j, "title", hy_str_of(info->text));
	hy_json_kint(&j, "status", info->http);
	hy_json_kstr(&j, "code", hy_str_of(info->key));
	hy_json_kstr(&j, "detail", sub.n ? unbound : wrong_login);
	if (sub.n)
		hy_json_kstr(&j, "sub", sub);
	hy_json_kstr(&j, "request_id", hy_request_id(r));
	hy_json_obj_end(&j);
	hy_answer(r, info->http, "application/problem+json", hy_buf_str(&b));
}

void login_answer_standing(struct hy_request *r, const struct login_standing *s)
{
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "state", s->state);
	hy_json_kstr(&j, "login", s->login);
	hy_json_kstr(&j, "name", s->name);
	hy_json_kbool(&j, "second_factor", s->strong);
	hy_json_kbool(&j, "has_second_factor", s->has_totp);
	hy_json_kstr(&j, "csrf", s->secret.n ? hy_csrf_token(a, s->secret) : HY_S(""));
	hy_json_key(&j, "ends_at");
	if (s->ends_at)
		hy_json_str(&j, hy_instant_text(a, &hy_zone_china, s->ends_at));
	else
		hy_json_null(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
}

const struct login_standing login_nobody = { .state = HY_S_INIT("none"),
					     .secret = HY_S_INIT(""),
					     .login = HY_S_INIT(""),
					     .name = HY_S_INIT("") };

/* --- the session that asks
 * -------------------------------------------------------------------------- */

enum hy_code login_who_asks(struct hy_request *r, struct hy_db *db, struct login_asking *out,
			    struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);

	*out = (struct login_asking){ .secret = hy_request_cookie(r, SESSION_COOKIE) };
	enum hy_code c = session_check(a, db, out->secret, city_now(api_city(r)), &out->session,
				       &out->there, e);
	return c || !out->there ? c : account_by_id(a, db, out->session.account, &out->account, e);
}

enum hy_code login_must_ask(struct hy_request *r, struct hy_db *db, struct login_asking *out,
			    struct hy_err *e)
{
	enum hy_code c = login_who_asks(r, db, out, e);

	return c || out->there ? c : hy_fail(e, HY_NO_LOGIN, "", "log in first");
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	struct login_asking q;
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = login_who_asks(r, db, &q, e);
	if (c)
		return c;
	struct login_standing s = login_nobody;
	if (q.there)
		s = (struct login_standing){ .state = hy_str_of(
						     session_stage_names[q.session.stage]),
					     .secret = q.secret,
					     .login = q.account.login,
					     .name = q.account.name,
					     .strong = q.session.strong,
					     .has_totp = q.account.has_totp,
					     .ends_at = q.session.ends_at };
	login_answer_standing(r, &s);
	return HY_OK;
}

/* --- failing
 * ------------------------------------------------------------------------------------------ */

/* A stranger who tries names without end fills no log: in a minute so many are noted one by one,
 * the rest as a number. The writer's thread alone. */
static enum hy_code note_failure(struct record *r, struct hy_db *db, int64_t account, hy_str login,
				 const struct account_failures *f, struct security_by by, hy_ms now,
				 struct hy_err *e)
{
	static int64_t minute, noted, skipped;
	struct hy_arena *a = hy_db_arena(db);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	if (now / HY_MINUTE != minute) {
		minute = now / HY_MINUTE;
		noted = 0;
	}
	if (!f->locked_until && (f->n != 1 || ++noted > NOTED_A_MINUTE)) {
		skipped++;
		return HY_OK;
	}
	hy_json_obj(&j);
	hy_json_kstr(&j, "login", login);
	hy_json_obj_end(&j);
	struct security_act act = {
		.act = f->locked_until ? "login.locked" : "login.failed",
		.by = by,
		.subject = account ? subject_of(a, account) : HY_S(""),
		.data = hy_printf(a, "{\"more\":%lld}", (long long)skipped),
		.private = hy_buf_str(&b),
		.at = now,
	};
	enum hy_code c = security_note(r, db, &act, e);
	if (!c)
		skipped = 0;
	return c;
}

static enum hy_code count_failure(struct hy_request *r, struct hy_db *db, int64_t account,
				  hy_str login, struct hy_err *e)
{
	struct city *city = api_city(r);
	hy_ms now = city_now(city);
	struct account_failures before, f;
	enum hy_code c = account_failures(db, login, now, &before, e);

	if (c || before.locked_until)
		return c;
	c = account_failed(db, login, now, setting_int(db, "login.failures"),
			   setting_int(db, "login.lock_minutes") * HY_MINUTE, &f, e);
	return c ? c : note_failure(city_record(city), db, account, login, &f, by_of(r, 0), now, e);
}

/* --- with a password
 * ------------------------------------------------------------------------------------ */

struct login_body {
	hy_str login, password;
};
static const struct hy_field login_body[] = {
	HY_FIELD_TEXT(struct login_body, login, true, 1, 40),
	HY_FIELD_TEXT(struct login_body, password, true, 1, PASSWORD_MOST),
	{ 0 },
};

struct login {
	struct hy_request *r;
	hy_str name;
	int64_t account;
	bool right; /* the password */
	struct login_standing standing;
};

/* What is still to come before the session opens anything. */
static enum hy_code stage_of(struct city *city, struct hy_db *db, const struct account *a,
			     enum session_stage *out, struct hy_err *e)
{
	struct actor who;
	enum hy_code c =
		actor_read(hy_db_arena(db), db, city_pack(city), a->id, city_now(city), &who, e);

	if (!c)
		*out = who.has_totp	       ? SESSION_TOTP
		       : guard_sensitive(&who) ? SESSION_ENROL
					       : SESSION_OPEN;
	return c;
}

static enum hy_code note_login(struct hy_request *r, struct hy_db *db, int64_t account,
			       const char *act, struct hy_err *e)
{
	struct security_act note = { .act = act,
				     .by = by_of(r, account),
				     .subject = subject_of(hy_db_arena(db), account) };

	return security_note(city_record(api_city(r)), db, &note, e);
}

enum hy_code login_open_session(struct hy_request *r, struct hy_db *db, const struct account *a,
				const char *act, struct login_standing *out, struct hy_err *e)
{
	struct city *city = api_city(r);
	struct session_new n = { .account = a->id,
				 .address = hy_request_address(r),
				 .agent = hy_request_header(r, "User-Agent"),
				 .at = city_now(city) };
	int64_t id;
	enum hy_code c = stage_of(city, db, a, &n.stage, e);

	if (!c)
		c = session_make(db, hy_request_arena(r), &n, &id, &out->secret, e);
	if (!c && n.stage != SESSION_TOTP)
		c = account_failures_forget(db, a->login, e);
	if (!c && n.stage != SESSION_TOTP)
		c = note_login(r, db, a->id, act, e);
	out->state = hy_str_of(session_stage_names[n.stage]);
	out->login = a->login;
	out->name = a->name;
	out->has_totp = a->has_totp;
	out->ends_at = n.at + setting_int(db, "session.hours") * HY_HOUR;
	return c;
}

static enum hy_code login_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct login *l = in_out;
	struct account a;
	enum hy_code c = HY_OK;

	l->standing = login_nobody;
	if (l->right)
		c = account_by_id(hy_request_arena(l->r), db, l->account, &a, e);
	if (c)
		return c;
	if (!l->right || a.state != ACCOUNT_OPEN)
		return count_failure(l->r, db, l->account, l->name, e);
	return login_open_session(l->r, db, &a, "login", &l->standing, e);
}

void login_give_cookie(struct hy_request *r, hy_str secret)
{
	hy_answer_cookie(r, SESSION_COOKIE, secret, -1);
}

static enum hy_code login_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	struct login *l = in_out;

	(void)db;
	(void)e;
	if (!l->standing.secret.n) {
		login_refuse(r, HY_S(""));
		return HY_OK;
	}
	login_give_cookie(r, l->standing.secret);
	login_answer_standing(r, &l->standing);
	return HY_OK;
}

/* The account's hash, "" when there is none or it may not be tried now. */
static enum hy_code look_up(struct login *l, hy_str *hash_out, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(l->r);
	HY_SCOPED_DB db = NULL;
	struct account_failures f = { 0 };
	struct account_secret s = { .password = HY_S("") };
	struct account account;
	struct hy_err none = { 0 };
	enum hy_code c = hy_store_read(hy_request_store(l->r), &db, e);

	if (!c)
		c = account_failures(db, l->name, city_now(api_city(l->r)), &f, e);
	if (c)
		return c;
	*hash_out = HY_S("");
	c = account_by_login(a, db, l->name, &account, &none);
	if (c == HY_NOT_FOUND)
		return HY_OK;
	if (c) {
		*e = none;
		return c;
	}
	l->account = account.id;
	c = account_secret_get(a, db, account.id, &s, e);
	if (!c && !f.locked_until && account.state == ACCOUNT_OPEN)
		*hash_out = s.password;
	return c;
}

static enum hy_code login_aside(struct hy_request *r, struct hy_err *e)
{
	const struct login_body *body = hy_request_body(r);
	struct login *l = hy_new(hy_request_arena(r), struct login);
	hy_str hash = HY_S("");

	*l = (struct login){ .r = r, .name = body->login };
	enum hy_code c = look_up(l, &hash, e);
	if (c)
		return c;
	l->right = password_right(body->password, hash); /* as long for nobody's */
	return hy_answer_after(r, login_work, login_finish, l, e);
}

static enum hy_code login(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, login_aside, e);
}

/* --- the second factor
 * ------------------------------------------------------------------------------------- */

struct code_body {
	hy_str code;
};
static const struct hy_field code_body[] = {
	HY_FIELD_TEXT(struct code_body, code, true, 6, 12),
	{ 0 },
};

struct factor {
	struct hy_request *r;
	struct login_asking q;
	struct login_standing standing;
	hy_str *codes;
	unsigned char secret[TOTP_SECRET];
	bool right;
};

static enum hy_code raise(struct factor *f, struct hy_db *db, struct hy_err *e)
{
	enum hy_code c = session_raise(db, hy_request_arena(f->r), f->q.session.id, SESSION_OPEN,
				       true, city_now(api_city(f->r)), &f->standing.secret, e);

	f->standing = (struct login_standing){ .state = HY_S("open"),
					       .secret = f->standing.secret,
					       .login = f->q.account.login,
					       .name = f->q.account.name,
					       .strong = true,
					       .has_totp = true,
					       .ends_at = f->q.session.ends_at };
	return c ? c : note_login(f->r, db, f->q.account.id, "login", e);
}

static enum hy_code factor_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct factor *f = in_out;
	struct city *city = api_city(f->r);
	const struct code_body *body = hy_request_body(f->r);
	struct account_failures fails;
	enum hy_code c = login_must_ask(f->r, db, &f->q, e);

	f->right = false;
	if (!c)
		c = account_failures(db, f->q.account.login, city_now(city), &fails, e);
	if (!c && !fails.locked_until)
		c = totp_try(city_record(city), db, hy_store_files(city_store(city)),
			     f->q.account.id, body->code, by_of(f->r, f->q.account.id),
			     city_now(city), &f->right, e);
	if (c)
		return c;
	if (!f->right)
		return count_failure(f->r, db, f->q.account.id, f->q.account.login, e);
	c = account_failures_forget(db, f->q.account.login, e);
	return c ? c : raise(f, db, e);
}

static enum hy_code factor_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	struct factor *f = in_out;

	(void)db;
	(void)e;
	if (!f->right) {
		login_refuse(r, HY_S(""));
		return HY_OK;
	}
	login_give_cookie(r, f->standing.secret);
	login_answer_standing(r, &f->standing);
	return HY_OK;
}

static struct factor *factor_of(struct hy_request *r)
{
	struct factor *f = hy_new(hy_request_arena(r), struct factor);

	f->r = r;
	return f;
}

static enum hy_code second(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_after(r, factor_work, factor_finish, factor_of(r), e);
}

/* Setting one up: a session that waits for its second factor may not make another. */
static enum hy_code may_set_up(struct factor *f, struct hy_db *db, struct hy_err *e)
{
	enum hy_code c = login_must_ask(f->r, db, &f->q, e);

	if (!c && f->q.session.stage == SESSION_TOTP)
		return hy_fail(e, HY_NEED_FACTOR, "", "the second factor is still to come");
	return c;
}

static enum hy_code begin_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct factor *f = in_out;
	enum hy_code c = may_set_up(f, db, e);

	return c ? c
		 : totp_begin(db, hy_store_files(city_store(api_city(f->r))), f->q.account.id,
			      f->secret, e);
}

static enum hy_code begin_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct factor *f = in_out;
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_str base32 = totp_base32(a, f->secret), svg = HY_S("");
	hy_str uri = totp_uri(a, city_name(api_city(r)), f->q.account.login, base32);
	enum hy_code c = totp_qr(a, uri, &svg, e);

	(void)db;
	if (c)
		return c;
	hy_json_obj(&j);
	hy_json_kstr(&j, "secret", base32);
	hy_json_kstr(&j, "uri", uri);
	hy_json_kstr(&j, "qr", svg);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code begin(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_after(r, begin_work, begin_finish, factor_of(r), e);
}

static enum hy_code confirm_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct factor *f = in_out;
	struct city *city = api_city(f->r);
	const struct code_body *body = hy_request_body(f->r);
	enum hy_code c = may_set_up(f, db, e);

	if (!c)
		c = totp_confirm(city_record(city), db, hy_request_arena(f->r),
				 hy_store_files(city_store(city)), f->q.account.id, body->code,
				 by_of(f->r, f->q.account.id), city_now(city), &f->codes, e);
	return c ? c : raise(f, db, e);
}

static enum hy_code confirm_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				   struct hy_err *e)
{
	struct factor *f = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)db;
	(void)e;
	login_give_cookie(r, f->standing.secret);
	hy_json_obj(&j);
	hy_json_kstr(&j, "csrf", hy_csrf_token(hy_request_arena(r), f->standing.secret));
	hy_json_key(&j, "recovery_codes");
	hy_json_arr(&j);
	for (int i = 0; i < TOTP_RECOVERY; i++)
		hy_json_str(&j, f->codes[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code confirm(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_after(r, confirm_work, confirm_finish, factor_of(r), e);
}

/* --- leaving
 * -------------------------------------------------------------------------------------------------
 */

static enum hy_code logout_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct factor *f = in_out;
	enum hy_code c = login_who_asks(f->r, db, &f->q, e);

	if (c || !f->q.there)
		return c;
	c = session_end(db, f->q.session.id, e);
	return c ? c : note_login(f->r, db, f->q.account.id, "logout", e);
}

static enum hy_code logout_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	(void)db;
	(void)in_out;
	(void)e;
	hy_answer_cookie(r, SESSION_COOKIE, HY_S(""), 0);
	return HY_OK;
}

static enum hy_code logout(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_after(r, logout_work, logout_finish, factor_of(r), e);
}

void login_sessions_json(struct hy_json *j, const struct session *v, size_t n, int64_t mine)
{
	struct hy_arena *a = j->b->a;

	hy_json_obj(j);
	hy_json_key(j, "sessions");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", hy_printf(a, "%lld", (long long)v[i].id));
		hy_json_kbool(j, "this", v[i].id == mine);
		hy_json_kbool(j, "second_factor", v[i].strong);
		hy_json_kstr(j, "since", hy_instant_text(a, &hy_zone_china, v[i].made_at));
		hy_json_kstr(j, "seen", hy_instant_text(a, &hy_zone_china, v[i].seen_at));
		hy_json_kstr(j, "address", v[i].address);
		hy_json_kstr(j, "agent", v[i].agent);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static enum hy_code sessions(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	HY_SCOPED_DB db = NULL;
	struct session *v = NULL;
	size_t n = 0;
	struct login_asking q = { 0 };
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	enum hy_code c = hy_store_read(hy_request_store(r), &db, e);

	if (!c)
		c = login_who_asks(r, db, &q, e);
	if (!c)
		c = session_list(a, db, api_actor(r)->account, city_now(api_city(r)), &v, &n, e);
	if (c)
		return c;
	login_sessions_json(&j, v, n, q.there ? q.session.id : 0);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* ID, or "others": all but this one. */
static enum hy_code revoke_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct factor *f = in_out;
	struct city *city = api_city(f->r);
	int64_t account = api_actor(f->r)->account, id = 0, n = 0;
	hy_str which = hy_request_param(f->r, "id");
	enum hy_code c = login_who_asks(f->r, db, &f->q, e);

	if (c)
		return c;
	if (hy_str_eq(which, HY_S("others")))
		return session_revoke_all(city_record(city), db, account,
					  f->q.there ? f->q.session.id : 0, by_of(f->r, account),
					  city_now(city), &n, e);
	if (hy_str_int(which, &id))
		return session_revoke(city_record(city), db, account, id, by_of(f->r, account),
				      city_now(city), e);
	return hy_fail(e, HY_NOT_FOUND, "", "you have no such session");
}

static enum hy_code revoke(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_after(r, revoke_work, NULL, factor_of(r), e);
}

/* --- one's own password
 * ----------------------------------------------------------------------------------- */

struct password_body {
	hy_str old, new;
};
static const struct hy_field password_body[] = {
	HY_FIELD_TEXT(struct password_body, old, true, 1, PASSWORD_MOST),
	HY_FIELD_TEXT(struct password_body, new, true, 1, PASSWORD_MOST),
	{ 0 },
};

struct replacing {
	struct hy_request *r;
	struct login_asking q;
	bool right; /* the old one */
	char hash[PASSWORD_HASH];
};

static enum hy_code replace_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct replacing *p = in_out;
	struct city *city = api_city(p->r);
	int64_t ended = 0;
	enum hy_code c = login_must_ask(p->r, db, &p->q, e);

	if (c)
		return c;
	if (!p->right)
		return count_failure(p->r, db, p->q.account.id, p->q.account.login, e);
	c = account_set_password(city_record(city), db, p->q.account.id, hy_str_of(p->hash),
				 by_of(p->r, p->q.account.id), city_now(city), e);
	return c ? c : session_end_all(db, p->q.account.id, p->q.session.id, &ended, e);
}

static enum hy_code replace_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				   struct hy_err *e)
{
	struct replacing *p = in_out;

	(void)db;
	(void)e;
	if (!p->right)
		login_refuse(r, HY_S(""));
	return HY_OK;
}

/* The hash of the old password, "" when it may not be tried now. */
static enum hy_code old_hash(struct replacing *p, hy_str *hash_out, struct hy_err *e)
{
	const struct password_body *body = hy_request_body(p->r);
	struct hy_arena *a = hy_request_arena(p->r);
	struct city *city = api_city(p->r);
	struct account_failures f = { 0 };
	struct account_secret s = { .password = HY_S("") };
	HY_SCOPED_DB db = NULL;
	enum hy_code c = hy_store_read(hy_request_store(p->r), &db, e);

	if (!c)
		c = login_must_ask(p->r, db, &p->q, e);
	if (!c)
		c = password_check(body->new, p->q.account.login, city_name(city),
				   setting_int(db, "password.least_characters"), e);
	if (!c)
		c = account_failures(db, p->q.account.login, city_now(city), &f, e);
	if (!c)
		c = account_secret_get(a, db, p->q.account.id, &s, e);
	*hash_out = f.locked_until ? HY_S("") : s.password;
	return c;
}

static enum hy_code replace_aside(struct hy_request *r, struct hy_err *e)
{
	const struct password_body *body = hy_request_body(r);
	struct replacing *p = hy_new(hy_request_arena(r), struct replacing);
	hy_str hash = HY_S("");

	p->r = r;
	enum hy_code c = old_hash(p, &hash, e);
	if (c)
		return c;
	p->right = password_right(body->old, hash);
	if (p->right)
		c = password_hash(body->new, p->hash, e);
	return c ? c : hy_answer_after(r, replace_work, replace_finish, p, e);
}

static enum hy_code replace_password(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, replace_aside, e);
}

/* --- table
 * ----------------------------------------------------------------------------------------------------
 */

const struct hy_route login_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/session",
	  .permission = "public",
	  .summary = "Who I am, and what is still to come before I am in",
	  .run = show },
	{ .method = "POST",
	  .path = "/api/v1/session",
	  .permission = "public",
	  .summary = "Log in with a password",
	  .body = login_body,
	  .body_size = sizeof(struct login_body),
	  .pace = HY_PACE_LOGIN,
	  .run = login },
	{ .method = "DELETE",
	  .path = "/api/v1/session",
	  .permission = "public",
	  .summary = "Log out",
	  .run = logout },
	{ .method = "POST",
	  .path = "/api/v1/session/code",
	  .permission = "public",
	  .summary = "Show the second factor",
	  .body = code_body,
	  .body_size = sizeof(struct code_body),
	  .pace = HY_PACE_LOGIN,
	  .run = second },
	{ .method = "POST",
	  .path = "/api/v1/session/factor",
	  .permission = "public",
	  .summary = "Begin to set up a second factor",
	  .run = begin },
	{ .method = "POST",
	  .path = "/api/v1/session/factor/code",
	  .permission = "public",
	  .summary = "Confirm a second factor; the recovery codes are told once",
	  .body = code_body,
	  .body_size = sizeof(struct code_body),
	  .run = confirm },
	{ .method = "PUT",
	  .path = "/api/v1/session/password",
	  .permission = "self",
	  .summary = "Change my password; my other sessions end",
	  .body = password_body,
	  .body_size = sizeof(struct password_body),
	  .pace = HY_PACE_LOGIN,
	  .run = replace_password },
	{ .method = "GET",
	  .path = "/api/v1/sessions",
	  .permission = "self",
	  .summary = "Where I am logged in",
	  .run = sessions },
	{ .method = "DELETE",
	  .path = "/api/v1/sessions/{id}",
	  .permission = "self",
	  .summary = "End one of my sessions, or all others",
	  .run = revoke },
	{ 0 },
};
