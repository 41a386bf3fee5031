/* The demo's accounts: one for each role, with a password that everybody knows. */
#include "demo/logins.h"

#include "demo/units.h"
#include "people/account_part.h"
#include "people/password.h"

static const struct security_by by = { 0, HY_S_INIT("console") };

struct logins {
	struct city *c;
	const hy_hash *seed;
	hy_ms now;
	char hash[PASSWORD_HASH];
};

/* The whole city, but for those that reach no further than their own unit: an office that handles.
 */
static hy_str unit_for(const struct role *role)
{
	return role->reach == PACK_REACH_OWN && !role->system
		       ? hy_str_of(demo_units[demo_unit_index(HY_S("cgj"))].code)
		       : HY_S("");
}

static enum hy_code add(struct logins *l, struct hy_db *db, int n, const struct role *role,
			struct hy_err *e)
{
	struct record *r = city_record(l->c);
	struct account_new an = { .login = role->id,
				  .name = demo_official(hy_db_arena(db), l->seed, 0, n % 12),
				  .demo = true };
	struct grant_act act = { .record = r, .db = db, .pack = city_pack(l->c), .at = l->now };
	int64_t id, grant;
	enum hy_code c = account_add(r, db, &an, by, l->now, &id, e);

	if (!c)
		c = account_set_password(r, db, id, hy_str_of(l->hash), by, l->now, e);
	struct grant_new g = { .account = id,
			       .role = role->id,
			       .unit = unit_for(role),
			       .below = true,
			       .from = HY_NO_TIME,
			       .until = HY_NO_TIME };
	return c ? c : grant_propose(&act, &g, &grant, e);
}

static enum hy_code add_all(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct logins *l = in_out;
	const struct pack *p = city_pack(l->c);
	const struct pack_words *words = &p->lists[PACK_ROLES];
	struct role role;
	enum hy_code c = HY_OK;
	int n = 0;

	for (size_t i = 0; !c && i < words->n; i++)
		if (role_of(p, words->v[i].id, &role) && role_held(&role))
			c = add(l, db, n++, &role, e);
	for (const struct role *r = role_system; !c && r->id.n; r++)
		c = add(l, db, n++, r, e);
	return c;
}

enum hy_code demo_logins(struct city *c, const hy_hash *seed, hy_ms now, struct hy_err *e)
{
	struct logins l = { .c = c, .seed = seed, .now = now };
	enum hy_code code = password_hash_demo(
		HY_S(DEMO_PASSWORD), (hy_str){ (const char *)seed->b, sizeof(seed->b) }, l.hash, e);

	return code ? code : hy_store_write(city_store(c), add_all, &l, e);
}
