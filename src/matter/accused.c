#include "matter/accused.h"

#include "matter/city.h"
#include "matter/fold.h"

struct accused {
	struct city *c;
	struct hy_db *db;
	struct hy_arena *a;
	struct hy_err *e;
	hy_ms now;
	hy_str unit, person; /* of whom it complains; unit "" when only a person */
	hy_str above;	     /* the unit above the accused; "" none */
	hy_str overseer;     /* the unit that oversees; "" none */
};

/* The unit where a role that oversees is held: the first role of the institution that has one. */
static enum hy_code find_overseer(struct accused *x)
{
	const struct pack_words *roles = &city_pack(x->c)->lists[PACK_ROLES];
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && x->overseer.n == 0 && i < roles->n; i++)
		if (roles->v[i].oversees)
			code = grant_unit_of(x->a, x->db, roles->v[i].id, x->now, &x->overseer,
					     x->e);
	return code;
}

static enum hy_code look_up(struct accused *x)
{
	struct unit u;
	enum hy_code code = HY_OK;

	if (x->unit.n) {
		struct hy_err why = { 0 };
		code = unit_by_code(x->a, x->db, x->unit, &u, &why);
		if (code == HY_NOT_FOUND)
			return hy_fail(x->e, HY_BAD_FIELD, "about_unit", "%s", why.detail);
		if (code) {
			*x->e = why;
			return code;
		}
		x->above = u.parent;
	}
	return find_overseer(x);
}

/* Is UNIT the accused or below it?  Where the accused is the top of the city, whoever oversees
 * stands below it and must take it up nevertheless. */
static enum hy_code belongs(struct accused *x, hy_str unit, bool *out)
{
	*out = false;
	if (x->unit.n == 0 || unit.n == 0)
		return HY_OK;
	if (x->above.n == 0 && hy_str_eq(unit, x->overseer))
		return HY_OK;
	return access_below(x->a, x->db, unit, x->unit, out, x->e);
}

static void set(const json_t *o, const char *key, hy_str v)
{
	json_t *to = (json_t *)(uintptr_t)o;

	if (v.n)
		json_object_set_new(to, key, json_stringn(v.p, v.n));
	else
		json_object_del(to, key);
}

/* Leads EV, which would go to or stay with UNIT, to somebody else. */
static enum hy_code turn_aside(struct accused *x, struct matter_event *ev, hy_str unit,
			       bool must_have)
{
	bool theirs = false;
	enum hy_code code = belongs(x, unit, &theirs);

	if (code || (!theirs && !must_have))
		return code;
	hy_str to = x->above.n ? x->above : x->overseer;
	set(ev->data, "unit", to);
	set(ev->private, "routed",
	    x->above.n ? HY_S("superior")
	    : to.n     ? HY_S("overseer")
		       : HY_S("top"));
	return HY_OK;
}

static enum hy_code refuse_unit(struct accused *x, hy_str unit, const char *field)
{
	bool theirs = false;
	enum hy_code code = belongs(x, unit, &theirs);

	if (!code && theirs)
		return hy_fail(x->e, HY_BAD_FIELD, field,
			       "the matter is about " HY_FMT
			       " and cannot go to it or to a unit below it",
			       HY_ARG(x->unit));
	return code;
}

static enum hy_code refuse(struct accused *x, const struct matter_event *ev)
{
	const json_t *many = json_object_get(ev->data, "units");
	hy_str person = hy_json_get(ev->private, "person");
	enum hy_code code = refuse_unit(x, hy_json_get(ev->data, "unit"), "unit");

	for (size_t i = 0; !code && i < json_array_size(many); i++)
		code = refuse_unit(x, hy_str_of(json_string_value(json_array_get(many, i))),
				   "units");
	if (!code && access_calls(x->person, person))
		return hy_fail(x->e, HY_BAD_FIELD, "person",
			       "the matter is about this person, who cannot handle it");
	return code;
}

static bool takes_unit(const struct pack_move *mv)
{
	for (size_t i = 0; i < mv->n_needs; i++)
		if (mv->needs[i].field == PACK_UNIT)
			return true;
	return false;
}

enum hy_code accused_kept(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct pack_kind *kind, const struct matter *m,
			  struct matter_event *ev, struct hy_err *e)
{
	hy_str unit = matter_field_text(ev, PACK_ABOUT_UNIT);
	hy_str person = matter_field_text(ev, PACK_ABOUT_PERSON);
	bool said = unit.n || person.n;
	struct accused x = { .c = c, .db = db, .a = a, .e = e, .now = city_now(c) };

	x.unit = unit.n ? unit : m ? m->about_unit : HY_S("");
	x.person = person.n ? person : m ? m->about_person : HY_S("");
	if ((x.unit.n == 0 && x.person.n == 0) || ev->move < 0)
		return HY_OK;
	enum hy_code code = look_up(&x);
	if (code)
		return code;
	hy_str to = hy_json_get(ev->data, "unit");
	if (!m) {
		/* Where a person works is not known: perhaps in the unit that the filing names.  A
		 * kind whose filing takes no unit leaves the matter to the top. */
		bool must = takes_unit(&kind->moves[ev->move]) && (x.unit.n == 0 || to.n == 0);
		return turn_aside(&x, ev, to, must);
	}
	if (said && to.n == 0)
		return turn_aside(&x, ev, m->unit, access_calls(x.person, m->person));
	return refuse(&x, ev);
}
