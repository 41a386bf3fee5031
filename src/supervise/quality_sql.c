/* What is kept of each matter of a period is added up; what moved since is folded and looked at. */
#include "supervise/card.h"
#include "supervise/quality.h"

#include <stdlib.h>

#include "base/map.h"
#include "matter/sight.h"
#include "people/setting.h"

struct one {
	int64_t id;
	hy_str code, unit, title;
	hy_ms filed_at;
	bool imported;
};
struct pass {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	const struct quality_query *q;
	hy_ms entered_ms;
	HY_VEC(struct one) all;
};

static const struct access_scope *scope_of(const struct quality_query *q)
{
	static const struct access_scope nothing = { 0 };

	return q->scope ? q->scope : &nothing;
}

/* Which matters: of UNIT (NULL: of all), behind the id AFTER. */
struct which {
	bool titles; /* are read only when they are shown */
	const hy_str *unit;
	int64_t after;
	int has;   /* those too of which this is kept: a bit of FOUND, or 0 */
	int limit; /* 0: all */
};

static void bind_period(struct hy_stmt *s, const struct pass *p)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(p->c)->calendar);
	const struct quality_query *q = p->q;

	hy_bind_int(s, 1, q->from == HY_NO_DAY ? INT64_MIN : hy_instant(zone, q->from, 0));
	hy_bind_int(s, 2, q->to == HY_NO_DAY ? INT64_MAX : hy_instant(zone, q->to + 1, 0));
}

/* Those of which nothing is kept as they are now, and those that X asks for besides. */
static enum hy_code which(struct pass *p, const struct which *x, struct hy_err *e)
{
	const struct quality_query *q = p->q;
	struct access_where w = access_where(p->a, scope_of(q), 9);
	struct sight_sql sight = sight_sql(p->a, q->who, w.first + w.n);
	HY_SCOPED_STMT s = hy_sql_many(
		p->db,
		hy_printf(p->a,
			  "SELECT m.id, m.code, m.unit, m.filed_at, %s,"
			  " " HY_FMT " FROM matter m LEFT JOIN quality q ON q.matter = m.id"
			  " WHERE m.annulled = 0"
			  " AND m.filed_at >= $1 AND m.filed_at < $2 AND m.id > $3"
			  " AND ($4 = 0 OR m.unit = $5)"
			  " AND (q.seq IS NULL OR q.seq <> m.seq OR q.found & $6 <> 0"
			  " OR ($7 >= 0 AND q.late_ms > $7))" HY_FMT " ORDER BY m.id LIMIT $8",
			  CARD_IMPORTED_SQL, HY_ARG(x->titles ? sight.title : HY_S("''")),
			  HY_ARG(w.sql))
			.p);
	enum hy_code code;
	bool row;

	bind_period(s, p);
	hy_bind_int(s, 3, x->after);
	hy_bind_int(s, 4, x->unit != NULL);
	hy_bind_text(s, 5, x->unit ? *x->unit : HY_S(""));
	/* how late an entry is too late is a setting: compared when it is asked */
	bool late = x->has == QUALITY_HAS(QUALITY_LATE);
	hy_bind_int(s, 6, late ? 0 : x->has);
	hy_bind_int(s, 7, late ? p->entered_ms : -1);
	hy_bind_int(s, 8, x->limit ? x->limit : INT64_MAX);
	access_bind(s, &w);
	if (x->titles)
		sight_bind(s, &sight);
	p->all.n = 0;
	while (!(code = hy_step(s, &row, e)) && row) {
		if (q->most && (int64_t)p->all.n == q->most)
			return hy_fail(e, HY_STORE_BUSY, "",
				       "more than %lld matters wait to be looked at, as after an "
				       "import; ask again in a minute",
				       (long long)q->most);
		*hy_push(p->a, &p->all) = (struct one){ .id = hy_col_int(s, 0),
							.code = hy_col_dup(p->a, s, 1),
							.unit = hy_col_dup(p->a, s, 2),
							.filed_at = hy_col_int(s, 3),
							.imported = hy_col_int(s, 4) != 0,
							.title = hy_col_dup(p->a, s, 5) };
	}
	return code;
}

static enum hy_code look(const struct pass *p, const struct one *x,
			 struct quality_found out[QUALITY__N], struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct matter *m = NULL;
	enum hy_code code = matter_read(p->c, p->db, &access_all, a, x->code, &m, e);

	if (code)
		return code;
	const struct quality_look l = {
		.a = a, .m = m, .imported = x->imported, .entered_ms = p->entered_ms
	};
	quality_find(&l, out);
	return HY_OK;
}

static struct pass pass_of(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct quality_query *q)
{
	return (struct pass){ .a = a,
			      .c = c,
			      .db = db,
			      .q = q,
			      .entered_ms =
				      setting_int(db, "card.entered_hours") * (hy_ms)HY_HOUR };
}

/* --- the report
 * ------------------------------------------------------------------------------------ */

static struct quality_unit *unit_of(struct pass *p, struct hy_map *units, hy_str code)
{
	struct quality_unit *u = hy_map_get(units, code);

	if (!u) {
		u = hy_new(p->a, struct quality_unit);
		u->unit = code;
		hy_map_put(units, code, u);
	}
	return u;
}

static int by_unit(const void *x, const void *y)
{
	const struct quality_unit *a = x, *b = y;

	return hy_str_cmp(a->unit, b->unit);
}

static enum hy_code named(struct pass *p, struct quality_report *r, hy_str language,
			  struct hy_err *e)
{
	static const struct pack_text none = { HY_S_INIT("未指派"), HY_S_INIT("未指派"),
					       HY_S_INIT("unassigned") },
				      whole = { HY_S_INIT("合计"), HY_S_INIT("合計"),
						HY_S_INIT("total") };
	struct unit_book book = { 0 };
	enum hy_code code = unit_book_read(p->a, p->db, &book, e);

	for (size_t i = 0; !code && i < r->n; i++)
		r->v[i].name = r->v[i].unit.n ? unit_name_on(&book, r->v[i].unit, p->q->to)
					      : pack_say(&none, language);
	r->total.name = pack_say(&whole, language);
	return code;
}

/* The cases that no unit has are compared with nobody, and nobody with them. */
static void tested(struct pass *p, struct quality_report *r)
{
	struct bunch *v = hy_new_n(p->a, struct bunch, r->n + 1);

	for (int q = 0; q < QUALITY__N; q++) {
		size_t n = 0;
		if (!quality_measures[q].tested)
			continue;
		for (size_t i = 0; i < r->n; i++)
			if (r->v[i].unit.n)
				v[n++] = r->v[i].of[q];
		bunch_test(v, n, 0.05);
		n = 0;
		for (size_t i = 0; i < r->n; i++)
			if (r->v[i].unit.n)
				r->v[i].of[q] = v[n++];
	}
}

static void count(struct quality_unit *u, int q, bool of, bool has, int64_t n)
{
	u->of[q].of += of ? n : 0;
	u->of[q].yes += of && has ? n : 0;
}

/* What is kept of those that have not moved since, unit by unit. */
static enum hy_code kept(struct pass *p, struct hy_map *units, struct quality_unit *total,
			 struct hy_err *e)
{
	struct access_where w = access_where(p->a, scope_of(p->q), 4);
	HY_SCOPED_STMT s = hy_sql_many(
		p->db,
		hy_printf(p->a,
			  "SELECT m.unit, q.found,"
			  " CASE WHEN q.late_ms > $3 THEN 1 ELSE 0 END, count(*)"
			  " FROM matter m JOIN quality q ON q.matter = m.id AND q.seq = m.seq"
			  " WHERE m.annulled = 0 AND m.filed_at >= $1"
			  " AND m.filed_at < $2" HY_FMT " GROUP BY 1, 2, 3",
			  HY_ARG(w.sql))
			.p);
	enum hy_code code;
	bool row;

	bind_period(s, p);
	hy_bind_int(s, 3, p->entered_ms);
	access_bind(s, &w);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct quality_unit *u = unit_of(p, units, hy_col_dup(p->a, s, 0));
		int64_t found = hy_col_int(s, 1), n = hy_col_int(s, 3);
		for (int q = 0; q < QUALITY__N; q++) {
			bool has = q == QUALITY_LATE ? hy_col_int(s, 2) != 0
						     : (found & QUALITY_HAS(q)) != 0;
			count(u, q, found & QUALITY_OF(q), has, n);
			count(total, q, found & QUALITY_OF(q), has, n);
		}
	}
	return code;
}

enum hy_code quality_report(struct hy_arena *a, struct city *c, struct hy_db *db,
			    const struct quality_query *q, hy_str language,
			    struct quality_report *out, struct hy_err *e)
{
	struct quality_report r = { .query = *q };
	struct pass p = pass_of(a, c, db, q);
	struct hy_map units = { .a = a };
	enum hy_code code = which(&p, &(struct which){ 0 }, e);

	if (!code)
		code = kept(&p, &units, &r.total, e);
	for (size_t i = 0; !code && i < p.all.n; i++) {
		struct quality_found found[QUALITY__N];
		code = look(&p, &p.all.v[i], found, e);
		struct quality_unit *u = code ? NULL : unit_of(&p, &units, p.all.v[i].unit);
		for (int k = 0; u && k < QUALITY__N; k++) {
			count(u, k, found[k].of, found[k].has, 1);
			count(&r.total, k, found[k].of, found[k].has, 1);
		}
	}
	if (code)
		return code;
	r.v = hy_new_n(a, struct quality_unit, units.n + 1);
	for (size_t i = 0; i < units.cap; i++)
		if (units.slots[i].value)
			r.v[r.n++] = *(struct quality_unit *)units.slots[i].value;
	qsort(r.v, r.n, sizeof(*r.v), by_unit);
	tested(&p, &r);
	code = named(&p, &r, language, e);
	if (!code)
		*out = r;
	return code;
}

/* --- the matters behind a number
 * ------------------------------------------------------------------------------- */

enum { PAGE = 250 }; /* matters read at a time */

enum hy_code quality_open(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct quality_query *q, enum quality measure, const hy_str *unit,
			  int64_t after, int64_t most, struct quality_cases *out, struct hy_err *e)
{
	HY_VEC(struct quality_case) v = { 0 };
	struct quality_cases cases = { 0 };
	struct pass p = pass_of(a, c, db, q);
	struct which x = { .titles = true,
			   .unit = unit,
			   .after = after,
			   .has = QUALITY_HAS(measure),
			   .limit = most ? PAGE : 0 };
	enum hy_code code = HY_OK;

	do {
		code = which(&p, &x, e);
		for (size_t i = 0; !code && !cases.more && i < p.all.n; i++) {
			const struct one *k = &p.all.v[i];
			struct quality_found found[QUALITY__N];
			code = look(&p, k, found, e);
			if (code || !found[measure].has)
				continue;
			if (most && (int64_t)v.n == most)
				cases.more = true;
			else
				*hy_push(a, &v) =
					(struct quality_case){ .id = k->id,
							       .code = k->code,
							       .title = k->title,
							       .unit = k->unit,
							       .filed_at = k->filed_at,
							       .at = found[measure].at,
							       .due = found[measure].due };
		}
		if (!code && p.all.n)
			x.after = p.all.v[p.all.n - 1].id;
	} while (!code && most && !cases.more && p.all.n == PAGE);
	cases.v = v.v;
	cases.n = v.n;
	if (!code)
		*out = cases;
	return code;
}
