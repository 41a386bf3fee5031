/* The arithmetic of the monthly index.  Pure. */
#include "appraise/indices.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"

/* --- values ----------------------------------------------------------------------------------- */

static struct index_value share_value(const struct pack_index_part *p, const struct score_given *g)
{
	int64_t k = p->complement ? g->denominator - g->numerator : g->numerator;
	double x = ((double)k + 0.5) / ((double)g->denominator + 1);

	return (struct index_value){ .value = x, .se = sqrt(x * (1 - x) / (double)g->denominator) };
}

struct index_value indices_value(const struct pack_index_part *p, const struct tally *t)
{
	struct score_given g = round_given(p->figure, t);
	struct index_value v = { .value = NAN };
	bool lower = p->complement != (p->figure->better == BETTER_LOWER);

	if (!g.known || g.denominator < p->least)
		return v;
	v = p->figure->measure == FIGURE_SHARE
		    ? share_value(p, &g)
		    : (struct index_value){ .value = (double)g.numerator / (double)g.denominator,
					    .se = g.se };
	if (!(v.value > 0))
		return (struct index_value){ .value = NAN };
	if (lower)
		v = (struct index_value){ .value = 1 / v.value, .se = v.se / (v.value * v.value) };
	return v;
}

/* --- a line: the city's, or a unit's -----------------------------------------------------------
 */

struct line {
	const struct pack_scheme *s;
	struct index_component base[INDEX_MOST];
	struct index_value before[INDEX_MOST];
	double factor; /* the index where the base was taken, over 100 */
	double last;   /* the index of the month before */
	bool begun;
};

static size_t values_of(const struct pack_scheme *s, const struct tally *t, struct index_value *out)
{
	size_t known = 0;

	for (size_t i = 0; i < s->n_index; i++) {
		out[i] = indices_value(&s->index[i], t);
		known += !isnan(out[i].value);
	}
	return known;
}

static void begin(struct line *l, const struct index_value *now, double index)
{
	for (size_t i = 0; i < l->s->n_index; i++) {
		l->base[i] = (struct index_component){ l->s->index[i].weight_bp, now[i].value,
						       now[i].se };
		l->before[i] = now[i];
	}
	l->factor = index / 100;
	l->last = index;
	l->begun = true;
}

/* Goes on from INDEX on a new base; what is not certain of the old one stays so. */
static void rebase(struct line *l, const struct index_value *now, double index)
{
	for (size_t i = 0; i < l->s->n_index; i++) {
		double cv = l->base[i].base_se / l->base[i].base;
		l->base[i].base = now[i].value;
		l->base[i].base_se = now[i].value * cv;
		l->before[i] = now[i];
	}
	l->factor = index / 100;
	l->last = index;
}

static enum hy_code step(struct line *l, struct index_value *now, struct indices_point *out,
			 struct hy_err *e)
{
	struct index_month m;
	enum hy_code code = index_month(l->base, l->s->n_index, l->before, now, &m, e);

	if (code)
		return code;
	*out = (struct indices_point){ .known = true,
				       .publishable = m.publishable,
				       .index = m.index * l->factor,
				       .se = m.se * l->factor,
				       .imputed_bp = m.imputed_bp };
	memcpy(l->before, now, l->s->n_index * sizeof(*now));
	l->last = out->index;
	return HY_OK;
}

/* --- the base -------------------------------------------------------------------------------- */

struct reckoning {
	struct hy_arena *a;
	const struct pack_scheme *s;
	const struct indices_month_given *given;
	struct indices_month *out;
	struct line city;
	struct hy_map lines; /* of units, by code */
};

static const struct indices_given *unit_in(const struct indices_month_given *m, hy_str code)
{
	for (size_t lo = 0, hi = m->n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int c = hy_str_cmp(m->units[mid].code, code);
		if (c == 0)
			return &m->units[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* All of month AT together; with BESIDE only those that are in both and took over nobody in LATER.
 */
static struct tally pooled(struct reckoning *k, const struct indices_month_given *m,
			   const struct indices_month_given *beside,
			   const struct indices_month_given *later)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < m->n; i++) {
		const struct indices_given *there =
			beside ? unit_in(beside, m->units[i].code) : &m->units[i];
		const struct indices_given *then = later ? unit_in(later, m->units[i].code) : there;
		if (there && then && !(later && then->takes))
			tally_join(k->a, &t, &m->units[i].tally);
	}
	return t;
}

/* The mean over the base months of what OF gives for each; false when something is missing. */
static bool base_mean(struct reckoning *k, hy_str unit, struct index_value *out, size_t *missing)
{
	int months = k->s->index_months;
	struct index_value now[INDEX_MOST];

	for (size_t i = 0; i < k->s->n_index; i++)
		out[i] = (struct index_value){ 0 };
	for (int m = 0; m < months; m++) {
		struct tally all = { 0 };
		const struct indices_given *u = unit.n ? unit_in(&k->given[m], unit) : NULL;
		if (unit.n && !u)
			return false;
		if (!unit.n)
			all = pooled(k, &k->given[m], NULL, NULL);
		values_of(k->s, u ? &u->tally : &all, now);
		for (size_t i = 0; i < k->s->n_index; i++) {
			*missing = i;
			if (isnan(now[i].value))
				return false;
			out[i].value += now[i].value / months;
			out[i].se += now[i].se * now[i].se / (months * months);
		}
	}
	for (size_t i = 0; i < k->s->n_index; i++)
		out[i].se = sqrt(out[i].se);
	return true;
}

static enum hy_code find_base(struct reckoning *k, size_t n, struct hy_err *e)
{
	struct index_value base[INDEX_MOST];
	size_t missing = 0;

	for (int m = 0; m < k->s->index_months; m++)
		if ((size_t)m >= n || k->given[m].from != hy_day_add_months(k->s->index_from, m))
			return hy_fail(
				e, HY_NOT_NOW, "",
				"the base is not complete: the round of the month from " HY_FMT
				" on is not frozen",
				HY_ARG(hy_day_text(k->a, hy_day_add_months(k->s->index_from, m))));
	if (!base_mean(k, HY_S(""), base, &missing))
		return hy_fail(e, HY_NOT_NOW, "",
			       "in the base nothing may be missing, and " HY_FMT
			       " has too few cases",
			       HY_ARG(hy_str_of(k->s->index[missing].figure->id)));
	k->city.s = k->s;
	begin(&k->city, base, 100);
	return HY_OK;
}

/* --- month after month -------------------------------------------------------------------------
 */

static bool same_units(const struct indices_month_given *x, const struct indices_month_given *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!hy_str_eq(x->units[i].code, y->units[i].code) || y->units[i].takes)
			return false;
	return true;
}

/* The city's movement is that of the units that are in both months. */
static void link_city(struct reckoning *k, size_t m, double before, const struct index_value *now)
{
	struct index_value was[INDEX_MOST], is[INDEX_MOST];
	struct indices_point *p = &k->out[m].city;
	const struct indices_month_given *x = &k->given[m - 1], *y = &k->given[m];
	struct tally then = pooled(k, x, y, y), today = pooled(k, y, x, y);
	double a = 0, b = 0;

	values_of(k->s, &then, was);
	values_of(k->s, &today, is);
	for (size_t i = 0; i < k->s->n_index; i++) {
		if (isnan(was[i].value) || isnan(is[i].value))
			continue;
		a += k->city.base[i].weight_bp * was[i].value / k->city.base[i].base;
		b += k->city.base[i].weight_bp * is[i].value / k->city.base[i].base;
	}
	if (!(a > 0))
		return; /* nothing to link by: as if they had been there */
	double index = index_linked(before, a, b);
	p->se *= index / p->index;
	p->index = index;
	p->linked = true;
	rebase(&k->city, now, index);
}

static enum hy_code city_month(struct reckoning *k, size_t m, struct hy_err *e)
{
	struct tally all = pooled(k, &k->given[m], NULL, NULL);
	struct index_value now[INDEX_MOST];
	double before = k->city.last;
	struct indices_month *o = &k->out[m];

	o->parts = hy_new_n(k->a, struct indices_part, k->s->n_index);
	if (values_of(k->s, &all, now) == 0)
		return HY_OK; /* not known */
	enum hy_code code = step(&k->city, now, &o->city, e);
	if (code)
		return code;
	for (size_t i = 0; i < k->s->n_index; i++)
		o->parts[i] = (struct indices_part){ true, now[i].imputed,
						     100 * now[i].value / k->city.base[i].base };
	if (m == 0 && k->s->index_months == 1)
		o->city.se = 0; /* 100 by what it is */
	if (m > 0 && !same_units(&k->given[m - 1], &k->given[m]))
		link_city(k, m, before, now);
	return HY_OK;
}

static struct line *line_of(struct reckoning *k, hy_str code)
{
	struct line *l = hy_map_get(&k->lines, code);
	struct index_value base[INDEX_MOST];
	size_t missing;

	if (l)
		return l;
	l = hy_new(k->a, struct line);
	l->s = k->s;
	hy_map_put(&k->lines, code, l);
	if (base_mean(k, code, base, &missing))
		begin(l, base, 100);
	return l;
}

static enum hy_code unit_month(struct reckoning *k, size_t m, const struct indices_given *u,
			       struct indices_point *p, struct hy_err *e)
{
	struct line *l = line_of(k, u->code);
	const struct indices_point *city = &k->out[m].city;
	struct index_value now[INDEX_MOST];
	size_t known = values_of(k->s, &u->tally, now);

	if (known == 0 || (!l->begun && known < k->s->n_index) || !city->known)
		return HY_OK;
	if (!l->begun) {
		begin(l, now, city->index);
		*p = (struct indices_point){ true, true, true, city->index, city->se, 0 };
		return HY_OK;
	}
	double before = l->last;
	enum hy_code code = step(l, now, p, e);
	if (!code && m == 0 && k->s->index_months == 1)
		p->se = 0;
	if (code || !u->takes || m == 0 || !k->out[m - 1].city.known)
		return code;
	double index = before * city->index / k->out[m - 1].city.index;
	p->se *= index / p->index;
	p->index = index;
	p->linked = true;
	rebase(l, now, index);
	return HY_OK;
}

enum hy_code indices_reckon(struct hy_arena *a, const struct pack_scheme *scheme,
			    const struct indices_month_given *given, size_t n,
			    struct indices_month *out, struct hy_err *e)
{
	struct reckoning k = {
		.a = a, .s = scheme, .given = given, .out = out, .lines = { .a = a }
	};
	enum hy_code code = find_base(&k, n, e);

	for (size_t m = 0; !code && m < n; m++) {
		out[m] = (struct indices_month){ .units = hy_new_n(a, struct indices_point,
								   given[m].n + 1) };
		code = city_month(&k, m, e);
		for (size_t i = 0; !code && i < given[m].n; i++)
			code = unit_month(&k, m, &given[m].units[i], &out[m].units[i], e);
	}
	return code;
}
