#include "people/access.h"

#include "base/buf.h"

const struct access_scope access_all = { .all = true, .any = true };
const struct access_scope access_public = { .any = true,
					    .of = { [PACK_NORMAL] = { .whole = true } } };

enum { NAME_LEAST = 2 };

static bool tells(hy_str name)
{
	return hy_str_chars(name) >= NAME_LEAST;
}

bool access_calls(hy_str said, hy_str name)
{
	return said.n && name.n &&
	       (hy_str_eq(name, said) || (tells(name) && hy_str_find(said, name) >= 0));
}

/* --- may ---------------------------------------------------------------------------------- */

static bool logged_in(const struct actor *who)
{
	return who->kind == ACTOR_ACCOUNT || who->kind == ACTOR_TOKEN;
}

bool access_may(const struct actor *who, enum permission p)
{
	if (p <= PERMISSION_NONE || p >= PERMISSION__N)
		return false;
	if (who->kind == ACTOR_CONSOLE)
		return true;
	if (!logged_in(who) || (who->only && !(who->only & PERMISSION_BIT(p))))
		return false;
	if (permission_rows[p].for_whom == PERMISSION_EVERY)
		return true;
	return access_grant(who, p) != NULL;
}

uint64_t access_by(const struct actor *who, const struct actor_grant *g)
{
	return who->only ? g->role.may & who->only : g->role.may;
}

const struct actor_grant *access_grant(const struct actor *who, enum permission p)
{
	for (size_t i = 0; i < who->n_grants; i++)
		if (access_by(who, &who->grants[i]) & PERMISSION_BIT(p))
			return &who->grants[i];
	return NULL;
}

struct access_as access_as(const struct actor *who, enum permission p)
{
	const struct actor_grant *g = access_grant(who, p);

	if (who->kind == ACTOR_CONSOLE)
		return (struct access_as){ HY_S("console"), HY_S("") };
	return g ? (struct access_as){ g->role.id, g->unit }
		 : (struct access_as){ HY_S(""), HY_S("") };
}

bool access_may_route(const struct actor *who, const char *permission)
{
	if (strcmp(permission, "public") == 0)
		return true;
	return access_may(who, permission_of(hy_str_of(permission)));
}

enum hy_code access_need(const struct actor *who, enum permission p, struct hy_err *e)
{
	if (access_may(who, p))
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "", "this needs the permission " HY_FMT,
		       HY_ARG(permission_rows[p].name));
}

/* --- which matters ---------------------------------------------------------------------------- */

static void add_unit(struct hy_arena *a, const hy_str **v, size_t *n, hy_str unit)
{
	hy_str *longer = hy_new_n(a, hy_str, *n + 1);

	for (size_t i = 0; i < *n; i++) {
		if (hy_str_eq((*v)[i], unit))
			return;
		longer[i] = (*v)[i];
	}
	longer[(*n)++] = unit;
	*v = longer;
}

static void add(struct hy_arena *a, struct access_units *u, const struct actor_grant *g)
{
	if (g->reach == PACK_REACH_ALL || (g->reach == PACK_REACH_BELOW && g->unit.n == 0)) {
		u->whole = true;
		return;
	}
	if (g->reach == PACK_REACH_BELOW) {
		add_unit(a, &u->below, &u->n_below, g->unit);
		if (g->top)
			add_unit(a, &u->own, &u->n_own,
				 HY_S("")); /* what has no unit belongs to the top */
	} else if (g->unit.n) {
		add_unit(a, &u->own, &u->n_own, g->unit);
	}
}

/* Each item between two separators that no item holds. */
static hy_str fenced(struct hy_arena *a, const hy_str *v, size_t n, char fence)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < n; i++) {
		if (v[i].n == 0)
			continue;
		hy_buf_byte(&b, fence);
		hy_buf_add(&b, v[i]);
	}
	hy_buf_byte(&b, fence);
	return hy_buf_str(&b);
}

static struct access_scope scope_of(struct hy_arena *a, const struct actor *who, enum permission p,
				    hy_str role, const struct actor_grant *alone)
{
	struct access_scope s = { 0 };
	const hy_str persons[] = { hy_printf(a, "%lld", (long long)who->account), who->login,
				   who->name };

	if (who->kind == ACTOR_CONSOLE)
		return access_all;
	if (!access_may(who, p))
		return s;
	s.within = fenced(a, who->within, who->n_within, '|');
	s.persons = fenced(a, persons, HY_COUNT(persons), '\x1f');
	s.name = tells(who->name) ? who->name : HY_S("");
	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!(access_by(who, g) & PERMISSION_BIT(p)) || (alone && g != alone) ||
		    (role.n && !hy_str_eq(role, g->role.id)))
			continue;
		add(a, &s.of[g->clearance], g);
		/* Whoever may see exact counts by one role does not lose that by another. */
		s.least = !s.any || g->role.least < s.least ? g->role.least : s.least;
		s.any = true;
	}
	return s;
}

struct access_scope access_scope(struct hy_arena *a, const struct actor *who, enum permission p,
				 hy_str role)
{
	return scope_of(a, who, p, role, NULL);
}

struct access_scope access_scope_by(struct hy_arena *a, const struct actor *who, enum permission p,
				    const struct actor_grant *grant)
{
	return scope_of(a, who, p, HY_S(""), grant);
}

/* --- as SQL --------------------------------------------------------------------------------------
 */

struct making {
	struct hy_arena *a;
	struct hy_buf sql;
	HY_VEC(struct hy_value) values;
	int first;
};

static int number(struct making *m, int64_t v)
{
	*hy_push(m->a, &m->values) = (struct hy_value){ .number = v };
	return m->first + (int)m->values.n - 1;
}

static int text(struct making *m, hy_str v)
{
	*hy_push(m->a, &m->values) = (struct hy_value){ .is_text = true, .text = v };
	return m->first + (int)m->values.n - 1;
}

/* "x = $1" or "x IN ($1, $2)". */
static void one_of(struct making *m, const char *what, const hy_str *v, size_t n)
{
	hy_buf_fmt(&m->sql, n == 1 ? "%s = " : "%s IN (", what);
	for (size_t i = 0; i < n; i++)
		hy_buf_fmt(&m->sql, "%s$%d", i ? ", " : "", text(m, v[i]));
	if (n > 1)
		hy_buf_byte(&m->sql, ')');
}

static void where_units(struct making *m, const struct access_units *u)
{
	if (u->whole)
		return;
	hy_buf_add(&m->sql, HY_S(" AND "));
	if (u->n_own && u->n_below)
		hy_buf_byte(&m->sql, '(');
	if (u->n_own)
		one_of(m, "m.unit", u->own, u->n_own);
	if (u->n_own && u->n_below)
		hy_buf_add(&m->sql, HY_S(" OR "));
	if (u->n_below) {
		hy_buf_add(&m->sql, HY_S("m.unit IN (WITH RECURSIVE reach(code) AS (SELECT x.code"
					 " FROM unit x WHERE "));
		one_of(m, "x.code", u->below, u->n_below);
		hy_buf_add(&m->sql, HY_S(" UNION SELECT u.code FROM unit u JOIN reach r ON"
					 " u.parent = r.code OR u.successor = r.code)"
					 " SELECT code FROM reach)"));
	}
	if (u->n_own && u->n_below)
		hy_buf_byte(&m->sql, ')');
}

static bool some(const struct access_units *u)
{
	return u->whole || u->n_own || u->n_below;
}

struct access_where access_where(struct hy_arena *a, const struct access_scope *s, int first)
{
	struct making m = { .a = a, .sql = hy_buf_on(a), .first = first };
	int groups = 0, n = 0;

	if (s->all)
		return (struct access_where){ .sql = HY_S(""), .first = first };
	for (int i = 0; i < PACK__GUARDS; i++)
		groups += some(&s->of[i]);
	if (groups == 0)
		return (struct access_where){ .sql = HY_S(" AND 1 = 0"), .first = first };
	hy_buf_add(&m.sql, groups > 1 ? HY_S(" AND ((") : HY_S(" AND "));
	for (int i = 0; i < PACK__GUARDS; i++) {
		if (!some(&s->of[i]))
			continue;
		if (n++)
			hy_buf_add(&m.sql, HY_S(") OR ("));
		hy_buf_fmt(&m.sql, "m.guard <= $%d", number(&m, i));
		where_units(&m, &s->of[i]);
	}
	if (groups > 1)
		hy_buf_add(&m.sql, HY_S("))"));
	/* replace() is the one way to look for a text in a text that both engines have. */
	n = text(&m, s->within);
	hy_buf_fmt(&m.sql,
		   " AND (m.about_unit = '' OR replace($%d, '|' || m.about_unit || '|', '') = $%d)",
		   n, n);
	n = text(&m, s->persons);
	int name = text(&m, s->name.p ? s->name : HY_S(""));
	hy_buf_fmt(&m.sql,
		   " AND (m.about_person = '' OR (replace($%d, '\x1f' || m.about_person || '\x1f',"
		   " '') = $%d AND replace(m.about_person, $%d, '') = m.about_person))",
		   n, n, name);
	return (struct access_where){
		.sql = hy_buf_str(&m.sql), .v = m.values.v, .n = (int)m.values.n, .first = first
	};
}

void access_bind(struct hy_stmt *st, const struct access_where *w)
{
	hy_bind_values(st, w->first, w->v, w->n);
}

void access_into(struct hy_query *q, struct hy_arena *a, const struct access_scope *s)
{
	struct access_where w = access_where(a, s, q->n + 1);

	hy_query_values(q, w.v, w.n);
	hy_buf_add(&q->sql, w.sql);
}

enum hy_code access_below(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_str above,
			  bool *out, struct hy_err *e)
{
	bool found = false;

	for (int i = 0; unit.n && above.n && !found && i < 64; i++) {
		HY_SCOPED_STMT s = hy_sql(db, "SELECT parent FROM unit WHERE code = $1");
		bool row;
		found = hy_str_eq(unit, above);
		hy_bind_text(s, 1, unit);
		enum hy_code code = hy_step(s, &row, e);
		if (code)
			return code;
		unit = row ? hy_col_dup(a, s, 0) : HY_S("");
	}
	*out = found;
	return HY_OK;
}

/* Does a grant that is G's kind of far reach UNIT in the present tree? */
static enum hy_code reaches(struct hy_arena *a, struct hy_db *db, const struct actor_grant *g,
			    hy_str unit, bool *out, struct hy_err *e)
{
	switch (g->reach) {
	case PACK_REACH_OWN: /* a grant without a unit has no unit of its own */
		*out = unit.n && hy_str_eq(unit, g->unit);
		return HY_OK;
	case PACK_REACH_BELOW:
		if (g->unit.n)
			return access_below(a, db, unit, g->unit, out, e);
		break;
	case PACK_REACH_ALL:
		break;
	}
	*out = true;
	return HY_OK;
}

enum hy_code access_reaching(struct hy_arena *a, struct hy_db *db, const struct actor *who,
			     enum permission p, hy_str unit, const struct actor_grant **out,
			     struct hy_err *e)
{
	bool found = false;

	*out = NULL;
	for (size_t i = 0; access_may(who, p) && i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		if (!(access_by(who, g) & PERMISSION_BIT(p)))
			continue;
		enum hy_code code = reaches(a, db, g, unit, &found, e);
		if (code)
			return code;
		if (found) {
			*out = g;
			return HY_OK;
		}
	}
	return HY_OK;
}

enum hy_code access_need_unit(struct hy_arena *a, struct hy_db *db, const struct actor *who,
			      enum permission p, hy_str unit, struct access_as *out,
			      struct hy_err *e)
{
	const struct actor_grant *g = NULL;
	enum hy_code code = access_need(who, p, e);

	if (!code && who->kind == ACTOR_CONSOLE) {
		*out = access_as(who, p);
		return HY_OK;
	}
	if (!code)
		code = access_reaching(a, db, who, p, unit, &g, e);
	if (code)
		return code;
	if (!g)
		return hy_fail(e, HY_FORBIDDEN, "unit", "unit " HY_FMT " is beyond your reach",
			       HY_ARG(hy_str_head(unit, 40)));
	*out = (struct access_as){ g->role.id, g->unit };
	return HY_OK;
}
