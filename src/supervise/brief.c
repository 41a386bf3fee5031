/* What stands on the one page for leaders. */
#include "supervise/brief.h"

#include <math.h>
#include <stdlib.h>

#include "stat/index.h"

/* --- the index ----------------------------------------------------------------------------------
 */

void brief_parts(const struct pack *p, struct brief_part *out, size_t *n_out)
{
	static const struct {
		const char *figure;
		int weight_bp;
	} own[] = { { "in_time_share", 4000 },
		    { "satisfied_share", 3000 },
		    { "in_original_share", 1500 },
		    { "reopened_share", 1500 } };
	size_t n = 0;

	for (size_t i = 0; i < p->n_schemes && n == 0; i++) {
		const struct pack_scheme *s = &p->schemes[i];
		bool shares = s->n_index > 0 && s->n_index <= BRIEF_PARTS_MOST;
		for (size_t k = 0; k < s->n_index && shares; k++)
			shares = s->index[k].figure->measure == FIGURE_SHARE;
		for (size_t k = 0; k < s->n_index && shares; k++)
			out[n++] = (struct brief_part){ s->index[k].figure, s->index[k].weight_bp };
	}
	for (size_t i = 0; i < HY_COUNT(own) && n < HY_COUNT(own) && (n == i); i++)
		out[n++] = (struct brief_part){ figure_by_id(hy_str_of(own[i].figure)),
						own[i].weight_bp };
	*n_out = n;
}

/* The part of the whole that went well. */
static struct index_value value_of(const struct brief_part *p, const struct tally *t)
{
	struct figure_value v = t ? figure_value(p->figure, t) : (struct figure_value){ 0 };

	if (!v.known || v.denominator < BRIEF_LEAST)
		return (struct index_value){ .value = NAN };
	double n = (double)v.denominator, k = (double)v.numerator;
	if (p->figure->better == BETTER_LOWER)
		k = n - k;
	double share = (k + 0.5) / (n + 1);
	return (struct index_value){ .value = share, .se = sqrt(share * (1 - share) / n) };
}

static bool complete(const struct brief_part *parts, size_t n, const struct brief_month *m)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(value_of(&parts[i], m->tally).value))
			return false;
	return true;
}

enum hy_code brief_index(const struct brief_part *parts, size_t n_parts, struct brief_month *months,
			 size_t n, struct hy_err *e)
{
	struct index_component components[BRIEF_PARTS_MOST];
	struct index_value before[BRIEF_PARTS_MOST], now[BRIEF_PARTS_MOST];
	size_t base = 0;

	while (base < n && !complete(parts, n_parts, &months[base]))
		base++;
	for (size_t i = 0; i < n_parts && base < n; i++) {
		struct index_value v = value_of(&parts[i], months[base].tally);
		components[i] = (struct index_component){ parts[i].weight_bp, v.value, v.se };
	}
	for (size_t m = base; m < n; m++) {
		struct index_month out;
		bool any = false;
		for (size_t i = 0; i < n_parts; i++) {
			now[i] = value_of(&parts[i], months[m].tally);
			any |= !isnan(now[i].value);
		}
		if (!any) /* nothing came in: the month is a gap, the next is compared with the last
			   */
			continue;
		enum hy_code code =
			index_month(components, n_parts, m == base ? NULL : before, now, &out, e);
		if (code)
			return code;
		memcpy(before, now, sizeof(before));
		months[m].known = out.publishable;
		months[m].index = out.index;
		months[m].se = out.se;
		months[m].imputed_bp = (int)out.imputed_bp;
	}
	return HY_OK;
}

/* --- who improves -------------------------------------------------------------------------------
 */

static double share_of(const struct figure_value *v)
{
	return ((double)v->numerator + 0.5) / ((double)v->denominator + 1);
}

static double change_of(const struct brief_mover *m)
{
	return (double)m->now.numerator / (double)m->now.denominator -
	       (double)m->before.numerator / (double)m->before.denominator;
}

static int by_change(const void *x, const void *y)
{
	const struct brief_mover *a = x, *b = y;
	double p = change_of(a), q = change_of(b);

	if (p != q)
		return p > q ? -1 : 1;
	return hy_str_cmp(a->key, b->key);
}

static bool more_than_chance(const struct brief_mover *m)
{
	double p = share_of(&m->now), q = share_of(&m->before);

	return fabs(p - q) > 2 * sqrt(p * (1 - p) / (double)m->now.denominator +
				      q * (1 - q) / (double)m->before.denominator);
}

static const struct supervise_group *group_of(const struct supervise_report *r, hy_str key)
{
	for (size_t i = 0; i < r->n; i++)
		if (hy_str_eq(r->v[i].key, key))
			return &r->v[i];
	return NULL;
}

static void find_movers(struct hy_arena *a, struct brief *b, const struct supervise_report *now,
			const struct supervise_report *past)
{
	const struct figure *f = figure_by_id(HY_S("in_time_share"));
	struct brief_mover *v = hy_new_n(a, struct brief_mover, now->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct supervise_group *was = group_of(past, now->v[i].key);
		struct brief_mover m = { .key = now->v[i].key, .name = now->v[i].name };
		if (!was || m.key.n == 0)
			continue;
		m.now = figure_value(f, &now->v[i].tally);
		m.before = figure_value(f, &was->tally);
		int least = b->now.query.scope->least > BRIEF_LEAST ? b->now.query.scope->least
								    : BRIEF_LEAST;
		if (m.now.denominator < least || m.before.denominator < least)
			continue;
		m.sure = more_than_chance(&m);
		v[n++] = m;
	}
	qsort(v, n, sizeof(*v), by_change);
	for (size_t i = 0; i < n && b->n_better < BRIEF_MOVERS && change_of(&v[i]) > 0; i++)
		b->better[b->n_better++] = v[i];
	for (size_t i = n; i-- > 0 && b->n_worse < BRIEF_MOVERS && change_of(&v[i]) < 0;)
		b->worse[b->n_worse++] = v[i];
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static hy_day month_on(hy_day from, int months)
{
	struct hy_date d = hy_date_of(from);
	int m = d.year * 12 + d.month - 1 + months;

	return hy_day_of(m / 12, m % 12 + 1, 1);
}

struct asking {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	const struct access_scope *scope;
	hy_str language;
};

static enum hy_code ask(const struct asking *k, const char *by, hy_day from, hy_day to,
			struct supervise_report *out, struct hy_err *e)
{
	struct supervise_query q;
	enum hy_code code = supervise_query_of(k->c, k->scope, hy_str_of(by), from, to, &q, e);

	return code ? code : supervise_report(k->a, k->c, k->db, &q, k->language, out, e);
}

static void place_months(struct hy_arena *a, struct brief *b, const struct supervise_report *r)
{
	hy_day last = month_on(b->to, 0);

	for (int i = 0; i < BRIEF_MONTHS; i++) {
		struct brief_month *m = &b->months[i];
		m->from = month_on(last, i + 1 - BRIEF_MONTHS);
		struct hy_date d = hy_date_of(m->from);
		const struct supervise_group *g =
			group_of(r, hy_printf(a, "%04d-%02d", d.year, d.month));
		m->tally = g ? &g->tally : NULL;
	}
}

enum hy_code brief_of(struct hy_arena *a, struct city *c, struct hy_db *db,
		      const struct access_scope *scope, hy_day from, bool half, hy_str language,
		      struct brief *out, struct hy_err *e)
{
	const struct asking k = { a, c, db, scope, language };
	const int months = half ? 6 : 1;
	struct hy_date d = hy_date_of(from);
	struct brief *b = hy_new(a, struct brief);
	struct supervise_report year, units, past_units;

	if (from == HY_NO_DAY || d.day != 1 || (d.month - 1) % months)
		return hy_fail(e, HY_BAD_FIELD, "from",
			       half ? "half a year begins on 1 January or 1 July"
				    : "must be the first day of a month");
	*b = (struct brief){ .from = from,
			     .to = month_on(from, months) - 1,
			     .past_from = month_on(from, -months),
			     .past_to = from - 1,
			     .city = city_name(c),
			     .at = city_now(c) };
	brief_parts(city_pack(c), b->parts, &b->n_parts);
	enum hy_code code = ask(&k, "none", b->from, b->to, &b->now, e);
	if (!code)
		code = ask(&k, "none", b->past_from, b->past_to, &b->past, e);
	if (!code)
		code = ask(&k, "kind", b->from, b->to, &b->kinds, e);
	if (!code)
		code = ask(&k, "month", month_on(b->to, 1 - BRIEF_MONTHS), b->to, &year, e);
	if (!code)
		code = ask(&k, "unit", b->from, b->to, &units, e);
	if (!code)
		code = ask(&k, "unit", b->past_from, b->past_to, &past_units, e);
	if (code)
		return code;
	place_months(a, b, &year);
	code = brief_index(b->parts, b->n_parts, b->months, BRIEF_MONTHS, e);
	if (!code)
		find_movers(a, b, &units, &past_units);
	if (!code)
		*out = *b;
	return code;
}
