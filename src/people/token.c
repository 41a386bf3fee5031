/* API tokens. */
#include "people/token.h"

#include "people/account_part.h"

#define PREFIX "hy_"
enum { RANDOM_BYTES = 32, SECRET_CHARS = sizeof(PREFIX) - 1 + 2 * RANDOM_BYTES, NAME_MOST = 100 };

#define COLUMNS                                                                                    \
	"SELECT t.id, t.account, t.name, t.scopes, t.made_at, t.expires_at, t.revoked_at, "        \
	"t.used_at"

static struct token row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct token){ .id = hy_col_int(s, 0),
			       .account = hy_col_int(s, 1),
			       .name = hy_col_dup(a, s, 2),
			       .scopes = hy_col_dup(a, s, 3),
			       .made_at = hy_col_int(s, 4),
			       .expires_at = hy_col_int(s, 5),
			       .revoked_at = hy_col_int(s, 6),
			       .used_at = hy_col_int(s, 7) };
}

static hy_str hash_view(const hy_hash *h)
{
	return (hy_str){ (const char *)h->b, sizeof(h->b) };
}

/* --- scopes ------------------------------------------------------------------------------------
 */

static bool scope_ok(hy_str s)
{
	bool ok = s.n > 0 && s.n <= 64;

	for (size_t i = 0; ok && i < s.n; i++)
		ok = (s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '.' || s.p[i] == '_';
	return ok;
}

static enum hy_code check(const struct token_new *n, struct hy_err *e)
{
	hy_str rest = n->scopes, scope;
	int count = 0;

	if (!hy_str_utf8(n->name, NULL) || hy_str_trim(n->name).n == 0 ||
	    hy_str_chars(n->name) > NAME_MOST)
		return hy_fail(e, HY_BAD_FIELD, "name",
			       "1 to %d characters that say what it is for are needed", NAME_MOST);
	if (n->days < 1 || n->days > TOKEN_DAYS_MOST)
		return hy_fail(e, HY_BAD_FIELD, "days", "must be from 1 to %d", TOKEN_DAYS_MOST);
	if (hy_str_eq(n->scopes, HY_S("*")))
		return HY_OK;
	while (hy_str_cut(&rest, ' ', &scope))
		if (++count > TOKEN_SCOPES_MOST || !scope_ok(scope))
			return hy_fail(e, HY_BAD_FIELD, "scopes",
				       "must be at most %d permissions such as matter.read, or * "
				       "for all that the account may",
				       TOKEN_SCOPES_MOST);
	return count ? HY_OK
		     : hy_fail(e, HY_BAD_FIELD, "scopes",
			       "name what the token may do: permissions, or *");
}

bool token_allows(hy_str scopes, const char *permission)
{
	hy_str scope;

	if (hy_str_eq(scopes, HY_S("*")))
		return true;
	while (hy_str_cut(&scopes, ' ', &scope))
		if (hy_str_eq(scope, hy_str_of(permission)))
			return true;
	return false;
}

/* --- making and revoking -------------------------------------------------------------------------
 */

static hy_str added(struct hy_arena *a, const struct token *t)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "expires_at", t->expires_at);
	hy_json_kstr(&j, "scopes", t->scopes);
	hy_json_kint(&j, "token", t->id);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static hy_str named(struct hy_arena *a, hy_str name)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "token", name);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code insert(struct hy_db *db, struct token *t, hy_str secret, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO token(id, hash, account, name, scopes, made_at, expires_at,"
		    " revoked_at, used_at) VALUES((SELECT coalesce(max(id), 0) + 1 FROM token),"
		    " $1, $2, $3, $4, $5, $6, 0, 0) RETURNING id");
	hy_hash h = hy_sha256(secret);
	bool row;

	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, t->account);
	hy_bind_text(s, 3, t->name);
	hy_bind_text(s, 4, t->scopes);
	hy_bind_int(s, 5, t->made_at);
	hy_bind_int(s, 6, t->expires_at);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		t->id = hy_col_int(s, 0);
	return c;
}

enum hy_code token_add(struct record *r, struct hy_db *db, struct hy_arena *a,
		       const struct token_new *n, struct security_by by, hy_ms at, int64_t *id_out,
		       hy_str *secret_out, struct hy_err *e)
{
	struct hy_arena *inside = hy_db_arena(db);
	unsigned char random[RANDOM_BYTES];
	struct account account;
	struct token t = { .account = n->account,
			   .name = hy_str_trim(n->name),
			   .scopes = hy_str_trim(n->scopes),
			   .made_at = at,
			   .expires_at = at + n->days * HY_DAY_MS };
	enum hy_code c = check(n, e);

	if (!c)
		c = account_not_closed(db, n->account, &account, e);
	if (c)
		return c;
	hy_random(random, sizeof(random));
	hy_str secret = hy_printf(a, PREFIX HY_FMT, HY_ARG(hy_hex(a, random, sizeof(random))));
	c = insert(db, &t, secret, e);
	if (c)
		return c;
	struct account_change ch = { .act = "token.add",
				     .data = added(inside, &t),
				     .private = named(inside, t.name),
				     .by = by,
				     .at = at };
	c = account_changed(r, db, &account, &ch, e);
	if (c)
		return c;
	*id_out = t.id;
	*secret_out = secret;
	return HY_OK;
}

enum hy_code token_revoke(struct record *r, struct hy_db *db, int64_t id, struct security_by by,
			  hy_ms at, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE token SET revoked_at = $2 WHERE id = $1");
	struct account account;
	struct token t;
	enum hy_code c = token_by_id(a, db, id, &t, e);

	if (c || t.revoked_at)
		return c;
	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, at);
	c = hy_exec(s, NULL, e);
	if (!c)
		c = account_by_id(a, db, t.account, &account, e);
	struct account_change ch = { .act = "token.revoke",
				     .data = hy_printf(a, "{\"token\":%lld}", (long long)id),
				     .by = by,
				     .at = at };
	return c ? c : account_changed(r, db, &account, &ch, e);
}

/* --- reading
 * --------------------------------------------------------------------------------------- */

const char token_of_account_sql[] = COLUMNS " FROM token t WHERE t.account = $1 ORDER BY t.id";

enum hy_code token_list(struct hy_arena *a, struct hy_db *db, int64_t account, struct token **out,
			size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, account ? token_of_account_sql : COLUMNS " FROM token t ORDER BY t.id");
	HY_VEC(struct token) v = { 0 };
	enum hy_code c;
	bool row;

	if (account)
		hy_bind_int(s, 1, account);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code token_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct token *out,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " FROM token t WHERE t.id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no token number %lld", (long long)id);
	*out = row_of(a, s);
	return HY_OK;
}

enum hy_code token_check(struct hy_arena *a, struct hy_db *db, hy_str secret, hy_ms now,
			 struct token *out, bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, COLUMNS " FROM token t JOIN account x ON x.id = t.account WHERE t.hash = $1"
			    " AND t.revoked_at = 0 AND t.expires_at > $2 AND x.state = 0");

	*there_out = false;
	if (secret.n != SECRET_CHARS || !hy_str_starts(secret, HY_S(PREFIX)))
		return HY_OK;
	hy_hash h = hy_sha256(secret);
	hy_bind_blob(s, 1, hash_view(&h));
	hy_bind_int(s, 2, now);
	enum hy_code c = hy_step(s, there_out, e);
	if (!c && *there_out)
		*out = row_of(a, s);
	return c;
}
