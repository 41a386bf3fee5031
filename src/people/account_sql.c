/* The tables of accounts: the cache, the secrets, the links, the failures. */
#include "people/account_part.h"

enum { LINK_MS = 24 * HY_HOUR, SECRET_BYTES = 32, LIST_MOST = 200 };

const struct hy_migration account_migrations[] = {
	{ .name = "account-001",
	  .sqlite = "CREATE TABLE account(id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE,"
		    " name TEXT NOT NULL, state INTEGER NOT NULL, demo INTEGER NOT NULL,"
		    " has_password INTEGER NOT NULL, has_totp INTEGER NOT NULL,"
		    " made_at INTEGER NOT NULL, seq INTEGER NOT NULL, last_idx INTEGER NOT NULL);"
		    "CREATE TABLE account_secret(account INTEGER PRIMARY KEY,"
		    " password TEXT NOT NULL, totp BLOB, totp_on INTEGER NOT NULL,"
		    " totp_step INTEGER NOT NULL);"
		    "CREATE TABLE account_recovery(account INTEGER NOT NULL, hash BLOB NOT NULL,"
		    " PRIMARY KEY(account, hash));"
		    "CREATE TABLE account_link(hash BLOB PRIMARY KEY, account INTEGER NOT NULL,"
		    " role TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER NOT NULL);"
		    "CREATE TABLE account_failure(login TEXT PRIMARY KEY, n INTEGER NOT NULL,"
		    " at INTEGER NOT NULL, locked_until INTEGER NOT NULL);"
		    "CREATE INDEX account_failure_at ON account_failure(at);"
		    "CREATE TABLE session(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,"
		    " account INTEGER NOT NULL, stage INTEGER NOT NULL, strong INTEGER NOT NULL,"
		    " made_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,"
		    " address TEXT NOT NULL, agent TEXT NOT NULL);"
		    "CREATE INDEX session_account ON session(account);"
		    "CREATE TABLE token(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,"
		    " account INTEGER NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,"
		    " made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,"
		    " revoked_at INTEGER NOT NULL, used_at INTEGER NOT NULL);"
		    "CREATE INDEX token_account ON token(account);",
	  .pg = "CREATE TABLE account(id BIGINT PRIMARY KEY,"
		" login TEXT COLLATE \"C\" NOT NULL UNIQUE, name TEXT NOT NULL,"
		" state BIGINT NOT NULL, demo BIGINT NOT NULL, has_password BIGINT NOT NULL,"
		" has_totp BIGINT NOT NULL, made_at BIGINT NOT NULL, seq BIGINT NOT NULL,"
		" last_idx BIGINT NOT NULL);"
		"CREATE TABLE account_secret(account BIGINT PRIMARY KEY, password TEXT NOT NULL,"
		" totp BYTEA, totp_on BIGINT NOT NULL, totp_step BIGINT NOT NULL);"
		"CREATE TABLE account_recovery(account BIGINT NOT NULL, hash BYTEA NOT NULL,"
		" PRIMARY KEY(account, hash));"
		"CREATE TABLE account_link(hash BYTEA PRIMARY KEY, account BIGINT NOT NULL,"
		" role TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT NOT NULL);"
		"CREATE TABLE account_failure(login TEXT COLLATE \"C\" PRIMARY KEY,"
		" n BIGINT NOT NULL, at BIGINT NOT NULL, locked_until BIGINT NOT NULL);"
		"CREATE INDEX account_failure_at ON account_failure(at);"
		"CREATE TABLE session(id BIGINT PRIMARY KEY, hash BYTEA NOT NULL UNIQUE,"
		" account BIGINT NOT NULL, stage BIGINT NOT NULL, strong BIGINT NOT NULL,"
		" made_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,"
		" address TEXT NOT NULL, agent TEXT NOT NULL);"
		"CREATE INDEX session_account ON session(account);"
		"CREATE TABLE token(id BIGINT PRIMARY KEY, hash BYTEA NOT NULL UNIQUE,"
		" account BIGINT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,"
		" made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL,"
		" used_at BIGINT NOT NULL);"
		"CREATE INDEX token_account ON token(account);" },
	{ .name = "account-002", /* bound.h */
	  .sqlite = "CREATE TABLE account_bound(issuer TEXT NOT NULL, sub TEXT NOT NULL,"
		    " account INTEGER NOT NULL, PRIMARY KEY(issuer, sub));"
		    "CREATE UNIQUE INDEX account_bound_account ON account_bound(account, issuer);",
	  .pg = "CREATE TABLE account_bound(issuer TEXT COLLATE \"C\" NOT NULL,"
		" sub TEXT COLLATE \"C\" NOT NULL, account BIGINT NOT NULL,"
		" PRIMARY KEY(issuer, sub));"
		"CREATE UNIQUE INDEX account_bound_account ON account_bound(account, issuer);" },
	{ 0 }
};

/* --- accounts ----------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
	"SELECT id, login, name, state, demo, has_password, has_totp, made_at, seq, last_idx"      \
	" FROM account"

static struct account row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct account){ .id = hy_col_int(s, 0),
				 .login = hy_col_dup(a, s, 1),
				 .name = hy_col_dup(a, s, 2),
				 .state = (enum account_state)hy_col_int(s, 3),
				 .demo = hy_col_int(s, 4) != 0,
				 .has_password = hy_col_int(s, 5) != 0,
				 .has_totp = hy_col_int(s, 6) != 0,
				 .made_at = hy_col_int(s, 7),
				 .seq = hy_col_int(s, 8),
				 .last_idx = hy_col_int(s, 9) };
}

enum hy_code account_store(struct hy_db *db, const struct account *a, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO account(id, login, name, state, demo, has_password,"
			   " has_totp, made_at, seq, last_idx)"
			   " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
			   " ON CONFLICT(id) DO UPDATE SET name = excluded.name,"
			   " state = excluded.state, has_password = excluded.has_password,"
			   " has_totp = excluded.has_totp, seq = excluded.seq,"
			   " last_idx = excluded.last_idx");

	hy_bind_int(s, 1, a->id);
	hy_bind_text(s, 2, a->login);
	hy_bind_text(s, 3, a->name);
	hy_bind_int(s, 4, a->state);
	hy_bind_int(s, 5, a->demo);
	hy_bind_int(s, 6, a->has_password);
	hy_bind_int(s, 7, a->has_totp);
	hy_bind_int(s, 8, a->made_at);
	hy_bind_int(s, 9, a->seq);
	hy_bind_int(s, 10, a->last_idx);
	return hy_exec(s, NULL, e);
}

enum hy_code account_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct account *out,
			   struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no account number %lld",
			       (long long)id);
	*out = row_of(a, s);
	return HY_OK;
}

enum hy_code account_by_login(struct hy_arena *a, struct hy_db *db, hy_str login,
			      struct account *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE login = $1");
	bool row;

	hy_bind_text(s, 1, login);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no account " HY_FMT,
			       HY_ARG(hy_str_head(login, 40)));
	*out = row_of(a, s);
	return HY_OK;
}

const char account_list_sql[] = COLUMNS " WHERE id > $1 AND ($2 = '' OR login = $2 OR"
					" replace(login, $2, '') <> login OR"
					" replace(name, $2, '') <> name) ORDER BY id LIMIT $3";

enum hy_code account_list(struct hy_arena *a, struct hy_db *db, hy_str words, int64_t after,
			  int limit, struct account **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, account_list_sql);
	HY_VEC(struct account) v = { 0 };
	enum hy_code c;
	bool row;

	if (limit < 1 || limit > LIST_MOST)
		return hy_fail(e, HY_BAD_FIELD, "limit", "must be from 1 to %d", LIST_MOST);
	hy_bind_int(s, 1, after);
	hy_bind_text(s, 2, words.p ? words : HY_S(""));
	hy_bind_int(s, 3, limit);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code account_count(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT count(*) FROM account", 0, out, e);
}

enum hy_code account_name(struct hy_arena *a, struct hy_db *db, int64_t id, hy_str *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT name FROM account WHERE id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = row ? hy_col_dup(a, s, 0) : HY_S("");
	return c;
}

/* --- secrets ------------------------------------------------------------------------------------
 */

enum hy_code account_secret_get(struct hy_arena *a, struct hy_db *db, int64_t id,
				struct account_secret *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT password, totp, totp_on, totp_step FROM"
				      " account_secret WHERE account = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	*out = (struct account_secret){ .password = HY_S(""), .totp = HY_S("") };
	if (row)
		*out = (struct account_secret){ .password = hy_col_dup(a, s, 0),
						.totp = hy_col_dup(a, s, 1),
						.totp_on = hy_col_int(s, 2) != 0,
						.totp_step = hy_col_int(s, 3) };
	return HY_OK;
}

enum hy_code account_secret_put(struct hy_db *db, int64_t id, const struct account_secret *x,
				struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO account_secret(account, password, totp, totp_on, totp_step)"
			   " VALUES($1, $2, $3, $4, $5) ON CONFLICT(account) DO UPDATE SET"
			   " password = excluded.password, totp = excluded.totp,"
			   " totp_on = excluded.totp_on, totp_step = excluded.totp_step");

	hy_bind_int(s, 1, id);
	hy_bind_text(s, 2, x->password);
	if (x->totp.n)
		hy_bind_blob(s, 3, x->totp);
	else
		hy_bind_null(s, 3);
	hy_bind_int(s, 4, x->totp_on);
	hy_bind_int(s, 5, x->totp_step);
	return hy_exec(s, NULL, e);
}

/* --- one-time links ------------------------------------------------------------------------------
 */

static hy_str hash_view(const hy_hash *h)
{
	return (hy_str){ (const char *)h->b, sizeof(h->b) };
}

static enum hy_code void_links(struct hy_db *db, int64_t account, hy_str role, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM account_link WHERE account = $1 AND role = $2");

	hy_bind_int(s, 1, account);
	hy_bind_text(s, 2, role);
	return hy_exec(s, NULL, e);
}

static enum hy_code make_link(struct hy_db *db, struct hy_arena *a, int64_t account, hy_str role,
			      hy_ms at, hy_str *secret_out, struct hy_err *e)
{
	unsigned char random[SECRET_BYTES];
	enum hy_code c = void_links(db, account, role, e);

	if (c)
		return c;
	hy_random(random, sizeof(random));
	hy_str secret = hy_hex(a, random, sizeof(random));
	hy_hash h = hy_sha256(secret);
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO account_link(hash, account, role, expires_at,"
				      " used_at) VALUES($1, $2, $3, $4, 0)");
	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, account);
	hy_bind_text(s, 3, role);
	hy_bind_int(s, 4, at + LINK_MS);
	c = hy_exec(s, NULL, e);
	if (!c)
		*secret_out = secret;
	return c;
}

enum hy_code account_invite(struct record *r, struct hy_db *db, struct hy_arena *a, int64_t id,
			    struct security_by by, hy_ms at, hy_str *secret_out, struct hy_err *e)
{
	struct account account;
	enum hy_code c = account_not_closed(db, id, &account, e);

	if (!c)
		c = make_link(db, a, id, HY_S(""), at, secret_out, e);
	struct account_change ch = { .act = "account.invite", .by = by, .at = at };
	return c ? c : account_changed(r, db, &account, &ch, e);
}

enum hy_code account_invite_first(struct record *r, struct hy_db *db, struct hy_arena *a,
				  hy_str role, hy_ms at, hy_str *secret_out, struct hy_err *e)
{
	struct security_act act = { .act = "account.invite",
				    .by = { 0, HY_S("console") },
				    .subject = hy_printf(hy_db_arena(db), "first/" HY_FMT,
							 HY_ARG(role)),
				    .at = at };
	enum hy_code c = make_link(db, a, 0, role, at, secret_out, e);

	return c ? c : security_note(r, db, &act, e);
}

enum hy_code account_link_of(struct hy_arena *a, struct hy_db *db, hy_str secret, hy_ms at,
			     struct account_link *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT account, role, expires_at FROM account_link"
				      " WHERE hash = $1 AND used_at = 0 AND expires_at > $2");
	hy_hash h = hy_sha256(secret);
	bool row;

	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, at);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "",
			       "this link was used, is older than 24 hours or was never made; ask "
			       "for a new one");
	*out = (struct account_link){ hy_col_int(s, 0), hy_col_dup(a, s, 1), hy_col_int(s, 2) };
	return HY_OK;
}

enum hy_code account_link_use(struct hy_db *db, hy_str secret, hy_ms at, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "UPDATE account_link SET used_at = $2 WHERE hash = $1 AND used_at = 0");
	hy_hash h = hy_sha256(secret);
	int64_t changed = 0;

	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, at);
	enum hy_code c = hy_exec(s, &changed, e);
	if (!c && changed != 1)
		return hy_fail(e, HY_NOT_FOUND, "", "this link was used already");
	return c;
}

/* --- failures
 * ------------------------------------------------------------------------------------- */

enum hy_code account_failures(struct hy_db *db, hy_str login, hy_ms now,
			      struct account_failures *out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT n, locked_until FROM account_failure WHERE login = $1");
	bool row;

	hy_bind_text(s, 1, login);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	*out = (struct account_failures){ 0 };
	if (row) {
		out->n = hy_col_int(s, 0);
		out->locked_until = hy_col_int(s, 1) > now ? hy_col_int(s, 1) : 0;
	}
	return HY_OK;
}

enum hy_code account_failed(struct hy_db *db, hy_str login, hy_ms now, int64_t most,
			    int64_t lock_ms, struct account_failures *out, struct hy_err *e)
{
	/* Failures of long ago do not add up to a lock; a lock that is over begins anew. */
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO account_failure AS f (login, n, at, locked_until)"
			   " VALUES($1, 1, $2, CASE WHEN $3 <= 1 THEN $2 + $4 ELSE 0 END)"
			   " ON CONFLICT(login) DO UPDATE SET"
			   " n = CASE WHEN f.at < $2 - $4 OR f.locked_until BETWEEN 1 AND $2"
			   " THEN 1 ELSE f.n + 1 END, at = $2,"
			   " locked_until = CASE WHEN f.locked_until > $2 THEN f.locked_until"
			   " WHEN NOT (f.at < $2 - $4 OR f.locked_until BETWEEN 1 AND $2)"
			   " AND f.n + 1 >= $3 THEN $2 + $4 ELSE 0 END RETURNING n, locked_until");
	bool row;

	hy_bind_text(s, 1, login);
	hy_bind_int(s, 2, now);
	hy_bind_int(s, 3, most);
	hy_bind_int(s, 4, lock_ms);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = (struct account_failures){ hy_col_int(s, 0), hy_col_int(s, 1) };
	return c;
}

enum hy_code account_failures_forget(struct hy_db *db, hy_str login, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM account_failure WHERE login = $1");

	hy_bind_text(s, 1, login);
	return hy_exec(s, NULL, e);
}

enum hy_code account_failures_sweep(struct hy_db *db, hy_ms before, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM account_failure WHERE at < $1");

	hy_bind_int(s, 1, before);
	return hy_exec(s, NULL, e);
}
