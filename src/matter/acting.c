#include "matter/acting.h"

#include "matter/city.h"

static bool listed(const hy_str *v, size_t n, hy_str word)
{
	for (size_t i = 0; i < n; i++)
		if (hy_str_eq(v[i], word))
			return true;
	return false;
}

static bool wished(const struct acting_wish *w, const struct actor_grant *g)
{
	return (w->role.n == 0 || hy_str_eq(w->role, g->role.id)) &&
	       (w->unit.n == 0 || hy_str_eq(w->unit, g->unit));
}

static void act_as(const struct actor *who, const struct actor_grant *g, struct matter_move *mv)
{
	mv->role = g->role.id;
	mv->unit = g->unit;
	mv->name = who->name;
	mv->account = who->account;
	mv->person = who->login;
	mv->acting = g->acting;
	mv->acting_for = g->acting_for;
}

static void as_said(const struct acting_wish *w, struct matter_move *mv)
{
	mv->role = w->role;
	mv->unit = w->unit;
	mv->name = w->name;
}

static enum hy_code no_role(struct hy_err *e)
{
	return hy_fail(e, HY_BAD_FIELD, "by", "must say the role");
}

/* Why none of the grants will do, in the order in which one would mend it. */
static enum hy_code why_not(const struct actor *who, const struct acting_wish *w, hy_str move,
			    const hy_str *may, size_t n_may, struct hy_err *e)
{
	const struct actor_grant *own = NULL;
	bool fits = false;

	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!wished(w, g))
			continue;
		own = g;
		fits |= listed(may, n_may, g->role.id);
	}
	if (!own)
		return hy_fail(e, HY_FORBIDDEN, "by", "you do not hold this role in this unit");
	if (fits)
		return hy_fail(e, HY_FORBIDDEN, "by",
			       "your role does not reach the unit that has this matter");
	char roles[200] = "";
	for (size_t i = 0, used = 0; i < n_may && used < sizeof(roles); i++)
		used += (size_t)snprintf(roles + used, sizeof(roles) - used, "%s" HY_FMT,
					 i ? ", " : "", HY_ARG(may[i]));
	return hy_fail(e, HY_FORBIDDEN, "role",
		       "'" HY_FMT "' may not make the move '" HY_FMT "'; it is for %s",
		       HY_ARG(own->role.id), HY_ARG(move), roles);
}

static enum hy_code reaches(struct hy_db *db, struct hy_arena *a, const struct actor *who,
			    enum permission p, const struct actor_grant *g, hy_str code, bool *out,
			    struct hy_err *e)
{
	struct access_scope s = access_scope_by(a, who, p, g);

	return matter_seen(a, db, &s, code, out, e);
}

enum hy_code acting_move(struct city *c, struct hy_db *db, struct hy_arena *a,
			 const struct actor *who, hy_str code, const struct acting_wish *wish,
			 struct matter_move *mv, struct hy_err *e)
{
	struct access_scope *scope = hy_new(a, struct access_scope);
	struct matter_key key;

	*scope = access_scope(a, who, PERMISSION_MATTER_READ, HY_S(""));
	enum hy_code failed = matter_key_of(db, scope, a, code, &key, e);
	if (failed)
		return failed;
	mv->scope = scope;
	if (who->kind == ACTOR_CONSOLE) {
		as_said(wish, mv);
		return wish->role.n ? HY_OK : no_role(e);
	}
	const struct pack_kind *kind = pack_kind(city_pack_at(c, key.version), key.kind);
	int index = kind ? pack_move_index(kind, mv->move) : -1;
	const struct pack_move *move = index >= 0 ? &kind->moves[index] : NULL;
	const struct actor_grant *any = NULL;
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		bool reached = false;
		if (!wished(wish, g) ||
		    !(access_by(who, g) & PERMISSION_BIT(PERMISSION_MATTER_MOVE)))
			continue;
		any = any ? any : g;
		if (!move || !listed(move->who, move->n_who, g->role.id))
			continue;
		failed = reaches(db, a, who, PERMISSION_MATTER_MOVE, g, code, &reached, e);
		if (failed)
			return failed;
		if (reached) {
			act_as(who, g, mv);
			return HY_OK;
		}
	}
	if (!move && any) { /* the check will say which moves there are */
		act_as(who, any, mv);
		return HY_OK;
	}
	return why_not(who, wish, mv->move, move ? move->who : NULL, move ? move->n_who : 0, e);
}

enum hy_code acting_file(struct city *c, struct hy_arena *a, const struct actor *who,
			 hy_str kind_id, const struct acting_wish *wish, struct matter_move *mv,
			 struct hy_err *e)
{
	const struct pack_kind *kind = pack_kind(city_pack(c), kind_id);
	struct access_scope *scope = hy_new(a, struct access_scope);
	const struct actor_grant *any = NULL;

	*scope = access_scope(a, who, PERMISSION_MATTER_READ, HY_S(""));
	mv->scope = scope;
	if (who->kind == ACTOR_CONSOLE) {
		as_said(wish, mv);
		return wish->role.n ? HY_OK : no_role(e);
	}
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!wished(wish, g) ||
		    !(access_by(who, g) & PERMISSION_BIT(PERMISSION_MATTER_FILE)))
			continue;
		any = any ? any : g;
		if (kind && listed(kind->moves[0].who, kind->moves[0].n_who, g->role.id)) {
			act_as(who, g, mv);
			return HY_OK;
		}
	}
	if (!kind && any) { /* filing will say which kinds there are */
		act_as(who, any, mv);
		return HY_OK;
	}
	return why_not(who, wish, HY_S("file"), kind ? kind->moves[0].who : NULL,
		       kind ? kind->moves[0].n_who : 0, e);
}

enum hy_code acting_as(struct hy_db *db, struct hy_arena *a, const struct actor *who,
		       enum permission p, hy_str code, struct access_as *out, struct hy_err *e)
{
	struct access_scope scope = access_scope(a, who, p, HY_S(""));
	struct access_as as = access_as(who, p);
	struct matter_key key;
	enum hy_code failed = matter_key_of(db, &scope, a, code, &key, e);
	bool reached = false;

	for (size_t i = 0; !failed && !reached && i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		failed = reaches(db, a, who, p, g, key.code, &reached, e);
		if (reached)
			as = (struct access_as){ g->role.id, g->unit };
	}
	if (!failed)
		*out = as;
	return failed;
}

enum hy_code acting_possible(struct hy_db *db, struct hy_arena *a, const struct actor *who,
			     const struct matter *m, hy_str role, hy_ms now, uint64_t *bits_out,
			     struct hy_err *e)
{
	const struct matter_move self = { .account = who->account,
					  .name = who->name,
					  .person = who->login };
	bool held = false;
	uint64_t bits = 0;

	if (who->kind == ACTOR_CONSOLE) {
		*bits_out = matter_possible(m, role, now);
		return HY_OK;
	}
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		bool reached = false;
		if (role.n && !hy_str_eq(role, g->role.id))
			continue;
		held = true;
		uint64_t could = matter_possible(m, g->role.id, now);
		if (!(could & ~bits) || !access_may(who, PERMISSION_MATTER_MOVE))
			continue;
		enum hy_code failed =
			reaches(db, a, who, PERMISSION_MATTER_MOVE, g, m->code, &reached, e);
		if (failed)
			return failed;
		bits |= reached ? could : 0;
	}
	if (role.n && !held)
		return hy_fail(e, HY_FORBIDDEN, "role", "you do not hold this role");
	for (size_t i = 0; i < m->kind->n_moves; i++)
		if ((bits >> i & 1) && !matter_apart(m, i, &self))
			bits &= ~(UINT64_C(1) << i);
	*bits_out = bits;
	return HY_OK;
}
