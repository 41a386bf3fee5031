#include "people/actor.h"

#include "people/account.h"
#include "people/post.h"

const struct actor actor_console = { .kind = ACTOR_CONSOLE };
const struct actor actor_anyone = { .kind = ACTOR_ANYONE };

enum { ABOVE_MOST = 64 };

/* The unit itself first, then those above it; cut short where the tree is broken. */
static enum hy_code path_up(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_str *path,
			    size_t *n, struct hy_err *e)
{
	hy_str at = unit;

	*n = 0;
	while (at.n && *n < ABOVE_MOST) {
		HY_SCOPED_STMT s = hy_sql(db, "SELECT parent FROM unit WHERE code = $1");
		bool row;
		hy_bind_text(s, 1, at);
		enum hy_code code = hy_step(s, &row, e);
		if (code)
			return code;
		path[(*n)++] = at;
		at = row ? hy_col_dup(a, s, 0) : HY_S("");
		for (size_t i = 0; i < *n; i++)
			if (hy_str_eq(path[i], at))
				return HY_OK;
	}
	return HY_OK;
}

struct reading {
	struct hy_arena *a;
	struct hy_db *db;
	const struct pack *p;
	HY_VEC(struct actor_grant) grants;
	HY_VEC(hy_str) within;
};

static void belong(struct reading *r, hy_str unit)
{
	for (size_t i = 0; i < r->within.n; i++)
		if (hy_str_eq(r->within.v[i], unit))
			return;
	*hy_push(r->a, &r->within) = unit;
}

/* Whoever oversees the whole city stands inside it: the unit at the top is not theirs in the sense
 * that a complaint about it is kept from them, or nobody could take it up. */
static enum hy_code place(struct reading *r, struct actor_grant *g, struct hy_err *e)
{
	hy_str path[ABOVE_MOST];
	size_t n = 0;
	enum hy_code code = path_up(r->a, r->db, g->unit, path, &n, e);

	if (code)
		return code;
	g->top = g->unit.n == 0 || n == 1;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || i + 1 < n || g->reach != PACK_REACH_ALL)
			belong(r, path[i]);
	return HY_OK;
}

/* What the grant says of how far, within what the role allows. */
static enum pack_reach reach_of(const struct role *role, bool below)
{
	if (role->reach == PACK_REACH_BELOW && !below)
		return PACK_REACH_OWN;
	return role->reach;
}

static enum hy_code direct(struct reading *r, int64_t account, hy_ms now, struct hy_err *e)
{
	struct grant *v = NULL;
	size_t n = 0;
	enum hy_code code = grant_held(r->a, r->db, account, now, &v, &n, e);

	for (size_t i = 0; !code && i < n; i++) {
		struct actor_grant g = { .unit = v[i].unit, .grant = v[i].id };
		if (!role_of(r->p, v[i].role, &g.role) || !role_held(&g.role))
			continue; /* the institution of today knows it no more */
		g.reach = reach_of(&g.role, v[i].below);
		g.clearance = v[i].clearance > g.role.clearance ? v[i].clearance : g.role.clearance;
		code = place(r, &g, e);
		*hy_push(r->a, &r->grants) = g;
	}
	return code;
}

static enum hy_code by_posts(struct reading *r, int64_t account, hy_ms now, struct hy_err *e)
{
	struct post_grant *v = NULL;
	size_t n = 0;
	enum hy_code code = post_grants(r->a, r->db, account, now, &v, &n, e);

	for (size_t i = 0; !code && i < n; i++) {
		struct actor_grant g = { .unit = v[i].unit,
					 .post = v[i].post,
					 .acting = v[i].acting,
					 .acting_for = v[i].acting_for };
		if (!role_of(r->p, v[i].role, &g.role) || !role_held(&g.role) || g.role.exclusive)
			continue; /* an administrator is made by two people, not by a post */
		g.reach = g.role.reach;
		g.clearance = g.role.clearance;
		code = place(r, &g, e);
		*hy_push(r->a, &r->grants) = g;
	}
	return code;
}

/* Who it is, by name; nobody holds anything by an account that is not open. */
static enum hy_code person(struct reading *r, int64_t id, struct actor *out, bool *open,
			   struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct account account;
	enum hy_code code = account_by_id(r->a, r->db, id, &account, &why);

	*open = false;
	if (code == HY_NOT_FOUND)
		return HY_OK;
	if (code) {
		*e = why;
		return code;
	}
	*open = account.state == ACCOUNT_OPEN;
	out->login = account.login;
	out->name = account.name;
	out->demo = account.demo;
	out->has_totp = account.has_totp;
	return HY_OK;
}

/* Exclusive means alone: beside an administrator's role no other counts, and two of them are
 * worth nothing, however they came together. */
static void exclude(struct reading *r)
{
	size_t alone = 0, at = 0;

	for (size_t i = 0; i < r->grants.n; i++)
		if (r->grants.v[i].role.exclusive &&
		    (alone == 0 || !hy_str_eq(r->grants.v[i].role.id, r->grants.v[at].role.id))) {
			alone++;
			at = i;
		}
	if (alone == 0)
		return;
	r->grants.v[0] = r->grants.v[at];
	r->grants.n = alone == 1 ? 1 : 0;
}

enum hy_code actor_read(struct hy_arena *a, struct hy_db *db, const struct pack *p, int64_t account,
			hy_ms now, struct actor *out, struct hy_err *e)
{
	struct reading r = { .a = a, .db = db, .p = p };
	struct actor who = { .kind = ACTOR_ACCOUNT, .account = account };
	bool open = false;
	enum hy_code code = person(&r, account, &who, &open, e);

	if (!code && open)
		code = direct(&r, account, now, e);
	if (!code && open)
		code = by_posts(&r, account, now, e);
	if (code)
		return code;
	exclude(&r);
	who.grants = r.grants.v;
	who.n_grants = r.grants.n;
	who.within = r.within.v;
	who.n_within = r.within.n;
	*out = who;
	return HY_OK;
}
