#include "people/bound.h"

#include "people/account_part.h"

enum { SUB_MOST = 255 };

/* --- reading --------------------------------------------------------------------------------- */

enum hy_code bound_of(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str issuer,
		      hy_str *sub_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT sub FROM account_bound WHERE account = $1 AND issuer = $2");
	bool row;

	hy_bind_int(s, 1, account);
	hy_bind_text(s, 2, issuer);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*sub_out = row ? hy_col_dup(a, s, 0) : HY_S("");
	return c;
}

enum hy_code bound_account(struct hy_db *db, hy_str issuer, hy_str sub, int64_t *account_out,
			   struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT account FROM account_bound WHERE issuer = $1 AND sub = $2");
	bool row;

	hy_bind_text(s, 1, issuer);
	hy_bind_text(s, 2, sub);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*account_out = row ? hy_col_int(s, 0) : 0;
	return c;
}

enum hy_code bound_count(struct hy_db *db, int64_t account, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(*) FROM account_bound WHERE account = $1");
	bool row;

	hy_bind_int(s, 1, account);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0);
	return c;
}

/* --- changing -------------------------------------------------------------------------------- */

static enum hy_code changed(struct record *r, struct hy_db *db, struct account *who,
			    const char *act, hy_str issuer, hy_str sub, struct security_by by,
			    hy_ms at, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_db_arena(db));
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "issuer", issuer);
	hy_json_kstr(&j, "sub", sub);
	hy_json_obj_end(&j);
	struct account_change ch = { .act = act, .private = hy_buf_str(&b), .by = by, .at = at };
	return account_changed(r, db, who, &ch, e);
}

static enum hy_code may_be_bound(struct hy_db *db, int64_t account, hy_str issuer, hy_str sub,
				 struct hy_err *e)
{
	hy_str has = HY_S("");
	int64_t whose = 0;
	bool plain = sub.n > 0 && sub.n <= SUB_MOST;

	for (size_t i = 0; plain && i < sub.n; i++)
		plain = sub.p[i] > ' ' && sub.p[i] < 0x7f;
	if (!plain)
		return hy_fail(e, HY_BAD_FIELD, "sub",
			       "must be what the provider calls this person (sub): 1 to %d ASCII "
			       "characters without blanks",
			       SUB_MOST);
	if (issuer.n == 0)
		return hy_fail(e, HY_NOT_NOW, "",
			       "no identity provider is set: oidc.issuer is empty");
	enum hy_code c = bound_account(db, issuer, sub, &whose, e);
	if (!c)
		c = bound_of(hy_db_arena(db), db, account, issuer, &has, e);
	if (c)
		return c;
	if (whose)
		return hy_fail(e, HY_EXISTS, "sub", "this identity is bound to an account already");
	if (has.n)
		return hy_fail(
			e, HY_EXISTS, "",
			"this account has another identity of the provider; unbind it first");
	return HY_OK;
}

enum hy_code bound_add(struct record *r, struct hy_db *db, int64_t account, hy_str issuer,
		       hy_str sub, struct security_by by, hy_ms at, struct hy_err *e)
{
	struct account who;
	enum hy_code c = account_not_closed(db, account, &who, e);

	if (!c)
		c = may_be_bound(db, account, issuer, sub, e);
	if (c)
		return c;
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO account_bound(issuer, sub, account) VALUES($1, $2, $3)");
	hy_bind_text(s, 1, issuer);
	hy_bind_text(s, 2, sub);
	hy_bind_int(s, 3, account);
	c = hy_exec(s, NULL, e);
	return c ? c : changed(r, db, &who, "account.bind", issuer, sub, by, at, e);
}

struct pair {
	hy_str issuer, sub;
};

static enum hy_code list(struct hy_arena *a, struct hy_db *db, int64_t account, struct pair **out,
			 size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "SELECT issuer, sub FROM account_bound WHERE account = $1 ORDER BY issuer");
	HY_VEC(struct pair) v = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, account);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = (struct pair){ hy_col_dup(a, s, 0), hy_col_dup(a, s, 1) };
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code bound_remove(struct record *r, struct hy_db *db, int64_t account, hy_str issuer,
			  struct security_by by, hy_ms at, struct hy_err *e)
{
	struct pair *v = NULL;
	size_t n = 0, gone = 0;
	struct account who;
	enum hy_code c = account_not_closed(db, account, &who, e);

	if (!c)
		c = list(hy_db_arena(db), db, account, &v, &n, e);
	for (size_t i = 0; !c && i < n; i++) {
		if (issuer.n && !hy_str_eq(issuer, v[i].issuer))
			continue;
		HY_SCOPED_STMT s =
			hy_sql(db, "DELETE FROM account_bound WHERE account = $1 AND issuer = $2");
		hy_bind_int(s, 1, account);
		hy_bind_text(s, 2, v[i].issuer);
		c = hy_exec(s, NULL, e);
		if (!c)
			c = changed(r, db, &who, "account.unbind", v[i].issuer, v[i].sub, by, at,
				    e);
		gone++;
	}
	if (!c && !gone && issuer.n)
		return hy_fail(e, HY_NOT_NOW, "", "no identity of the provider is bound to it");
	return c;
}
