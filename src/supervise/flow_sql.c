/* The matters of a period that were handed on are folded once and looked at. */
#include "supervise/flow.h"

#include <stdlib.h>

#include "base/map.h"
#include "matter/sight.h"

struct one {
	int64_t id;
	hy_str code, unit, title;
	hy_ms filed_at;
};
struct pass {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	const struct flow_query *q;
	HY_VEC(struct one) all;
};

static const struct access_scope *scope_of(const struct flow_query *q)
{
	static const struct access_scope nothing = { 0 };

	return q->scope ? q->scope : &nothing;
}

static enum hy_code which(struct pass *p, bool titles, int64_t after, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(p->c)->calendar);
	const struct flow_query *q = p->q;
	struct access_where w = access_where(p->a, scope_of(q), 4);
	struct sight_sql sight = sight_sql(p->a, q->who, w.first + w.n);
	HY_SCOPED_STMT s = hy_sql_many(
		p->db,
		hy_printf(p->a,
			  "SELECT m.id, m.code, m.unit, m.filed_at, " HY_FMT
			  " FROM matter m WHERE m.annulled = 0 AND m.hand_offs + m.returns > 0"
			  " AND m.filed_at >= $1 AND m.filed_at < $2 AND m.id > $3" HY_FMT
			  " ORDER BY m.id",
			  HY_ARG(titles ? sight.title : HY_S("''")), HY_ARG(w.sql))
			.p);
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, q->from == HY_NO_DAY ? INT64_MIN : hy_instant(zone, q->from, 0));
	hy_bind_int(s, 2, q->to == HY_NO_DAY ? INT64_MAX : hy_instant(zone, q->to + 1, 0));
	hy_bind_int(s, 3, after);
	access_bind(s, &w);
	if (titles)
		sight_bind(s, &sight);
	while (!(code = hy_step(s, &row, e)) && row) {
		if (q->most && (int64_t)p->all.n == q->most)
			return hy_fail(
				e, HY_TOO_LARGE, "from",
				"more than %lld matters were handed on in these days; choose "
				"fewer days, or use `huiyin report flow`",
				(long long)q->most);
		*hy_push(p->a, &p->all) = (struct one){ .id = hy_col_int(s, 0),
							.code = hy_col_dup(p->a, s, 1),
							.unit = hy_col_dup(p->a, s, 2),
							.filed_at = hy_col_int(s, 3),
							.title = hy_col_dup(p->a, s, 4) };
	}
	return code;
}

/* The steps of X; its fold lives in A. */
static enum hy_code steps_of(const struct pass *p, struct hy_arena *a, const struct one *x,
			     struct flow_steps *out, struct hy_err *e)
{
	struct matter *m = NULL;
	enum hy_code code = matter_read(p->c, p->db, &access_all, a, x->code, &m, e);

	if (!code)
		flow_find(a, m, out);
	return code;
}

/* --- the report ------------------------------------------------------------------------------ */

static struct flow_link *link_of(struct pass *p, struct hy_map *links, const struct flow_step *s)
{
	hy_str key = hy_printf(p->a, HY_FMT "\x1f" HY_FMT, HY_ARG(s->from), HY_ARG(s->to));
	struct flow_link *l = hy_map_get(links, key);

	if (!l) {
		l = hy_new(p->a, struct flow_link);
		l->from = hy_str_dup(p->a, s->from);
		l->to = hy_str_dup(p->a, s->to);
		hy_map_put(links, key, l);
	}
	return l;
}

static bool seen(const struct flow_steps *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (hy_str_eq(s->v[k].from, s->v[i].from) && hy_str_eq(s->v[k].to, s->v[i].to))
			return true;
	return false;
}

static int most_first(const void *x, const void *y)
{
	const struct flow_link *a = x, *b = y;
	int c = (a->times < b->times) - (a->times > b->times);

	if (!c)
		c = hy_str_cmp(a->from, b->from);
	return c ? c : hy_str_cmp(a->to, b->to);
}

static enum hy_code named(struct pass *p, struct flow_report *r, hy_str language, struct hy_err *e)
{
	static const struct pack_text none =
		PACK_TEXT("受理（未指派）", "受理（未指派）", "the desk (unassigned)");
	struct unit_book book = { 0 };
	enum hy_code code = unit_book_read(p->a, p->db, &book, e);

	for (size_t i = 0; !code && i < r->n; i++) {
		struct flow_link *l = &r->v[i];
		l->from_name = l->from.n ? unit_name_on(&book, l->from, p->q->to)
					 : pack_say(&none, language);
		l->to_name =
			l->to.n ? unit_name_on(&book, l->to, p->q->to) : pack_say(&none, language);
	}
	return code;
}

enum hy_code flow_report(struct hy_arena *a, struct city *c, struct hy_db *db,
			 const struct flow_query *q, hy_str language, struct flow_report *out,
			 struct hy_err *e)
{
	struct pass p = { .a = a, .c = c, .db = db, .q = q };
	struct hy_map links = { .a = a };
	struct flow_report r = { 0 };
	enum hy_code code = which(&p, false, 0, e);

	for (size_t i = 0; !code && i < p.all.n; i++) {
		HY_SCOPED_ARENA work = hy_arena_new(0);
		struct flow_steps s = { 0 };
		code = steps_of(&p, work, &p.all.v[i], &s, e);
		for (size_t k = 0; k < s.n; k++) {
			struct flow_link *l = link_of(&p, &links, &s.v[k]);
			l->times++;
			l->matters += !seen(&s, k);
		}
	}
	if (code)
		return code;
	r.v = hy_new_n(a, struct flow_link, links.n + 1);
	for (size_t i = 0; i < links.cap; i++) {
		const struct flow_link *l = links.slots[i].value;
		if (l && l->matters >= scope_of(q)->least)
			r.v[r.n++] = *l;
	}
	qsort(r.v, r.n, sizeof(*r.v), most_first);
	code = named(&p, &r, language, e);
	if (!code)
		*out = r;
	return code;
}

/* --- behind a link --------------------------------------------------------------------------- */

enum hy_code flow_open(struct hy_arena *a, struct city *c, struct hy_db *db,
		       const struct flow_query *q, hy_str from, hy_str to, int64_t after,
		       int64_t most, struct flow_cases *out, struct hy_err *e)
{
	struct pass p = { .a = a, .c = c, .db = db, .q = q };
	HY_VEC(struct flow_case) v = { 0 };
	struct flow_cases cases = { 0 };
	struct unit_book book = { 0 };
	enum hy_code code = which(&p, true, after, e);

	if (!code)
		code = unit_book_read(a, db, &book, e);
	for (size_t i = 0; !code && !cases.more && i < p.all.n; i++) {
		HY_SCOPED_ARENA work = hy_arena_new(0);
		const struct one *x = &p.all.v[i];
		struct flow_steps s = { 0 };
		struct flow_case k = { .id = x->id,
				       .code = x->code,
				       .title = x->title,
				       .unit = x->unit,
				       .filed_at = x->filed_at };
		code = steps_of(&p, work, x, &s, e);
		for (size_t n = 0; n < s.n; n++)
			if (hy_str_eq(s.v[n].from, from) && hy_str_eq(s.v[n].to, to)) {
				k.times++;
				k.at = s.v[n].at;
			}
		if (!k.times)
			continue;
		k.unit_name = x->unit.n ? unit_name_on(&book, x->unit, q->to) : HY_S("");
		if (most && (int64_t)v.n == most)
			cases.more = true;
		else
			*hy_push(a, &v) = k;
	}
	cases.v = v.v;
	cases.n = v.n;
	if (!code)
		*out = cases;
	return code;
}
