/* Making and changing accounts: what may stand in one, its events. */
#include "people/account_part.h"
#include "people/bound.h"

#include "people/session.h"
#include "people/token.h"

enum { LOGIN_LEAST = 2, LOGIN_MOST = 40, NAME_MOST = 100 };

const char *const account_state_names[] = { "open", "locked", "closed" };

/* --- what may stand in one ------------------------------------------------------------------- */

static bool login_char(char c, bool first)
{
	bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

	return plain || (!first && (c == '.' || c == '_' || c == '-'));
}

static enum hy_code check_login(hy_str login, struct hy_err *e)
{
	bool ok = login.n >= LOGIN_LEAST && login.n <= LOGIN_MOST;

	for (size_t i = 0; ok && i < login.n; i++)
		ok = login_char(login.p[i], i == 0);
	return ok ? HY_OK
		  : hy_fail(e, HY_BAD_FIELD, "login",
			    "%d to %d small letters, digits, '.', '_' and '-' are needed, "
			    "beginning with a letter or digit",
			    LOGIN_LEAST, LOGIN_MOST);
}

static enum hy_code check_name(hy_str name, struct hy_err *e)
{
	bool ok = hy_str_utf8(name, NULL) && hy_str_trim(name).n == name.n && name.n > 0 &&
		  hy_str_chars(name) <= NAME_MOST;

	for (size_t i = 0; ok && i < name.n; i++)
		ok = (unsigned char)name.p[i] >= 0x20 && name.p[i] != 0x7f;
	return ok ? HY_OK
		  : hy_fail(e, HY_BAD_FIELD, "name",
			    "1 to %d characters on one line are needed, without blanks around them",
			    NAME_MOST);
}

/* --- events ------------------------------------------------------------------------------------
 */

static hy_str subject_of(struct hy_arena *a, int64_t id)
{
	return hy_printf(a, ACCOUNT_SUBJECT "%lld", (long long)id);
}

enum hy_code account_changed(struct record *r, struct hy_db *db, struct account *a,
			     const struct account_change *ch, struct hy_err *e)
{
	struct hy_arena *arena = hy_db_arena(db);
	hy_str subject = subject_of(arena, a->id);
	struct record_new ev = { .subject = subject,
				 .move = hy_str_of(ch->act),
				 .seq = a->seq + 1,
				 .at = ch->at,
				 .rec = hy_store_now(hy_db_store(db)),
				 .data = ch->data.n ? ch->data : HY_S("{}"),
				 .private = ch->private };
	struct security_act act = {
		.act = ch->act, .by = ch->by, .subject = subject, .at = ch->at
	};
	enum hy_code c = record_append(r, db, &ev, &a->last_idx, e);

	if (c)
		return c;
	a->seq++;
	c = account_store(db, a, e);
	return c ? c : security_note(r, db, &act, e);
}

enum hy_code account_not_closed(struct hy_db *db, int64_t id, struct account *out, struct hy_err *e)
{
	enum hy_code c = account_by_id(hy_db_arena(db), db, id, out, e);

	if (!c && out->state == ACCOUNT_CLOSED)
		return hy_fail(e, HY_NOT_NOW, "", "account %lld is closed", (long long)id);
	return c;
}

static enum hy_code check_free(struct hy_db *db, hy_str login, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM account WHERE login = $1");
	bool row;

	hy_bind_text(s, 1, login);
	enum hy_code c = hy_step(s, &row, e);
	if (!c && row)
		return hy_fail(e, HY_EXISTS, "login",
			       "there is an account " HY_FMT " already; a login belongs to one "
			       "person for good",
			       HY_ARG(login));
	return c;
}

enum hy_code account_add(struct record *r, struct hy_db *db, const struct account_new *n,
			 struct security_by by, hy_ms at, int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *arena = hy_db_arena(db);
	struct account a = { .login = n->login, .name = n->name, .demo = n->demo, .made_at = at };
	struct hy_buf b = hy_buf_on(arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code c = check_login(n->login, e);

	if (!c)
		c = check_name(n->name, e);
	if (!c)
		c = check_free(db, n->login, e);
	if (!c)
		c = hy_sql_int(db, "SELECT max(id) + 1 FROM account", 1, &a.id, e);
	if (c)
		return c;
	hy_json_obj(&j);
	hy_json_kstr(&j, "login", n->login);
	hy_json_kstr(&j, "name", n->name);
	hy_json_obj_end(&j);
	struct account_change ch = { .act = "account.add",
				     .data = n->demo ? HY_S("{\"demo\":true}") : HY_S("{}"),
				     .private = hy_buf_str(&b),
				     .by = by,
				     .at = at };
	c = account_changed(r, db, &a, &ch, e);
	if (!c)
		*id_out = a.id;
	return c;
}

enum hy_code account_rename(struct record *r, struct hy_db *db, int64_t id, hy_str name,
			    struct security_by by, hy_ms at, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_db_arena(db));
	struct hy_json j = hy_json_on(&b);
	struct account a;
	enum hy_code c = check_name(name, e);

	if (!c)
		c = account_not_closed(db, id, &a, e);
	if (c || hy_str_eq(a.name, name))
		return c;
	a.name = name;
	hy_json_obj(&j);
	hy_json_kstr(&j, "name", name);
	hy_json_obj_end(&j);
	struct account_change ch = {
		.act = "account.rename", .private = hy_buf_str(&b), .by = by, .at = at
	};
	return account_changed(r, db, &a, &ch, e);
}

static enum hy_code revoke_tokens(struct record *r, struct hy_db *db, int64_t id,
				  struct security_by by, hy_ms at, struct hy_err *e)
{
	struct token *v = NULL;
	size_t n = 0;
	enum hy_code c = token_list(hy_db_arena(db), db, id, &v, &n, e);

	for (size_t i = 0; !c && i < n; i++)
		if (!v[i].revoked_at)
			c = token_revoke(r, db, v[i].id, by, at, e);
	return c;
}

enum hy_code account_set_state(struct record *r, struct hy_db *db, int64_t id,
			       enum account_state state, struct security_by by, hy_ms at,
			       struct hy_err *e)
{
	static const char *const acts[] = { "account.unlock", "account.lock", "account.close" };
	struct account a;
	int64_t ended = 0;
	enum hy_code c = account_not_closed(db, id, &a, e);

	if (!c && state == ACCOUNT_CLOSED)
		c = revoke_tokens(r, db, id, by, at, e);
	if (!c && state == ACCOUNT_CLOSED)
		c = bound_remove(r, db, id, HY_S(""), by, at, e);
	if (!c) /* each of these was an event of the account */
		c = account_by_id(hy_db_arena(db), db, id, &a, e);
	if (!c && state == ACCOUNT_OPEN)
		c = account_failures_forget(db, a.login, e);
	if (c || a.state == state)
		return c;
	if (state != ACCOUNT_OPEN)
		c = session_end_all(db, id, 0, &ended, e);
	a.state = state;
	struct account_change ch = { .act = acts[state], .by = by, .at = at };
	return c ? c : account_changed(r, db, &a, &ch, e);
}

enum hy_code account_set_password(struct record *r, struct hy_db *db, int64_t id, hy_str hash,
				  struct security_by by, hy_ms at, struct hy_err *e)
{
	struct account_secret secret;
	struct account a;
	enum hy_code c = account_not_closed(db, id, &a, e);

	if (!c)
		c = account_secret_get(hy_db_arena(db), db, id, &secret, e);
	if (c)
		return c;
	secret.password = hash;
	c = account_secret_put(db, id, &secret, e);
	if (!c)
		c = account_failures_forget(db, a.login, e);
	a.has_password = true;
	struct account_change ch = { .act = "password.set", .by = by, .at = at };
	return c ? c : account_changed(r, db, &a, &ch, e);
}

/* --- checking -----------------------------------------------------------------------------------
 */

struct rebuilt {
	struct account a;
	bool hidden; /* its private part was erased: login and name are not known */
	int64_t tokens, revoked, bound;
};

static enum hy_code apply(struct rebuilt *r, const struct record_event *ev, struct hy_err *e)
{
	static const struct {
		const char *move;
		enum account_state state;
	} states[] = { { "account.unlock", ACCOUNT_OPEN },
		       { "account.lock", ACCOUNT_LOCKED },
		       { "account.close", ACCOUNT_CLOSED } };
	hy_str move = ev->move, name = hy_json_get(ev->private, "name");

	if (ev->seq != r->a.seq + 1 || (ev->seq == 1) != hy_str_eq(move, HY_S("account.add")))
		return hy_fail(e, HY_TAMPERED, "", "account %lld: event %lld is out of order",
			       (long long)r->a.id, (long long)ev->idx);
	r->a.seq = ev->seq;
	r->a.last_idx = ev->idx;
	if (ev->seq == 1) {
		r->a.made_at = ev->at;
		r->a.login = hy_json_get(ev->private, "login");
		r->a.demo = json_is_true(json_object_get(ev->data, "demo"));
	}
	r->hidden = r->hidden || ev->erased;
	if (name.n)
		r->a.name = name;
	for (size_t i = 0; i < HY_COUNT(states); i++)
		if (hy_str_eq(move, hy_str_of(states[i].move)))
			r->a.state = states[i].state;
	r->a.has_password = r->a.has_password || hy_str_eq(move, HY_S("password.set"));
	if (hy_str_eq(move, HY_S("totp.on")) || hy_str_eq(move, HY_S("totp.off")))
		r->a.has_totp = hy_str_eq(move, HY_S("totp.on"));
	r->tokens += hy_str_eq(move, HY_S("token.add"));
	r->revoked += hy_str_eq(move, HY_S("token.revoke"));
	r->bound += hy_str_eq(move, HY_S("account.bind"));
	r->bound -= hy_str_eq(move, HY_S("account.unbind"));
	return HY_OK;
}

static const char *differs(const struct account *stored, const struct rebuilt *r)
{
	const struct account *made = &r->a;

	if (!r->hidden && !hy_str_eq(stored->login, made->login))
		return "login";
	if (!r->hidden && !hy_str_eq(stored->name, made->name))
		return "name";
	if (stored->state != made->state)
		return "state";
	if (stored->demo != made->demo)
		return "demo";
	if (stored->has_password != made->has_password)
		return "has_password";
	if (stored->has_totp != made->has_totp)
		return "has_totp";
	if (stored->made_at != made->made_at)
		return "made_at";
	if (stored->seq != made->seq)
		return "seq";
	return stored->last_idx != made->last_idx ? "last_idx" : NULL;
}

static enum hy_code tokens_same(struct hy_db *db, const struct rebuilt *r, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT count(*), coalesce(sum(CASE WHEN revoked_at <> 0 THEN 1"
			   " ELSE 0 END), 0) FROM token WHERE account = $1");
	bool row;

	hy_bind_int(s, 1, r->a.id);
	enum hy_code c = hy_step(s, &row, e);
	if (!c && (hy_col_int(s, 0) != r->tokens || hy_col_int(s, 1) != r->revoked))
		return hy_fail(e, HY_TAMPERED, "",
			       "account %lld: the stored tokens are not those that its events made",
			       (long long)r->a.id);
	return c;
}

static enum hy_code bound_same(struct hy_db *db, const struct rebuilt *r, struct hy_err *e)
{
	int64_t n = 0;
	enum hy_code c = bound_count(db, r->a.id, &n, e);

	if (!c && n != r->bound)
		return hy_fail(e, HY_TAMPERED, "",
			       "account %lld: the bound identities are not those that its events "
			       "made",
			       (long long)r->a.id);
	return c;
}

static enum hy_code rebuild(struct hy_arena *a, struct hy_db *db, int64_t id, struct rebuilt *out,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event ev;
	enum hy_code c;
	bool row;

	*out = (struct rebuilt){ .a = { .id = id } };
	hy_bind_text(s, 1, subject_of(a, id));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(a, s, &ev, e);
		if (!c)
			c = apply(out, &ev, e);
		if (c)
			return c;
	}
	return c;
}

static enum hy_code subjects(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(DISTINCT subject) FROM event WHERE matter IS"
				      " NULL AND subject >= 'account/' AND subject < 'account0'");
	bool row;
	enum hy_code c = hy_step(s, &row, e);

	if (!c)
		*out = hy_col_int(s, 0);
	return c;
}

enum hy_code account_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			  struct hy_err *e)
{
	struct account *v = NULL;
	struct rebuilt r;
	size_t n = 1;
	int64_t after = 0, done = 0, made = 0;
	enum hy_code c = HY_OK;

	while (!c && n) {
		HY_SCOPED_ARENA each = hy_arena_new(0);
		c = account_list(each, db, HY_S(""), after, 200, &v, &n, e);
		for (size_t i = 0; !c && i < n; i++) {
			c = rebuild(each, db, v[i].id, &r, e);
			const char *field = c ? NULL : differs(&v[i], &r);
			if (field)
				return hy_fail(e, HY_TAMPERED, "",
					       "account %lld: the stored '%s' is not what its "
					       "events make",
					       (long long)v[i].id, field);
			if (!c)
				c = tokens_same(db, &r, e);
			if (!c)
				c = bound_same(db, &r, e);
			after = v[i].id;
			done++;
		}
	}
	if (!c)
		c = subjects(db, &made, e);
	if (!c && made != done)
		return hy_fail(e, HY_TAMPERED, "",
			       "%lld accounts are stored, but %lld were made by events",
			       (long long)done, (long long)made);
	(void)a;
	if (!c)
		*checked_out = done;
	return c;
}
