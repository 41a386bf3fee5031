/* One pass over the matters: facts and numbers of each, tallied by group or listed. */
#include <stdlib.h>

#include "base/map.h"
#include "matter/sight.h"
#include "supervise/supervise.h"

const char *const group_by_names[] = { "none", "unit", "class", "month", "kind", "hour", NULL };

/* --- the question ------------------------------------------------------------------------------
 */

enum hy_code supervise_days_ok(hy_day from, hy_day to, struct hy_err *e)
{
	return from != HY_NO_DAY && to != HY_NO_DAY && from > to
		       ? hy_fail(e, HY_BAD_FIELD, "to", "is before the first day; both days count")
		       : HY_OK;
}

enum hy_code supervise_query_of(struct city *c, const struct access_scope *scope, hy_str by,
				hy_day from, hy_day to, struct supervise_query *out,
				struct hy_err *e)
{
	struct supervise_query q = { from, to, BY_NONE, city_now(c), scope };

	while (by.n && group_by_names[q.by] && !hy_str_eq(by, hy_str_of(group_by_names[q.by])))
		q.by++;
	if (!group_by_names[q.by])
		return hy_fail(e, HY_BAD_FIELD, "by",
			       "must be none, unit, class, month, kind or hour");
	enum hy_code code = supervise_days_ok(from, to, e);
	if (!code)
		*out = q;
	return code;
}

enum hy_code supervise_figure(struct hy_arena *a, hy_str id, const char *field,
			      const struct figure **out, struct hy_err *e)
{
	const struct figure *f = figure_by_id(id);
	hy_str near = f ? HY_S("") : figure_near(a, id);

	if (!f)
		return hy_fail(e, HY_BAD_FIELD, field,
			       "there is no figure '" HY_FMT "'%s" HY_FMT "%s",
			       HY_ARG(hy_str_head(id, 40)), near.n ? "; did you mean '" : "",
			       HY_ARG(near), near.n ? "'?" : "");
	*out = f;
	return HY_OK;
}

/* --- the pass ------------------------------------------------------------------------------------
 */

struct pass {
	struct hy_arena *a;
	struct city *c;
	const struct supervise_query *q;
	struct period period;
	const struct pack *pack;
	const struct hy_zone *zone;
	struct hy_map unit_names; /* code -> hy_str * */
	char month[16];		  /* or hour */
};

static struct period period_of(const struct supervise_query *q, const struct hy_zone *zone)
{
	return (struct period){
		q->from == HY_NO_DAY ? INT64_MIN : hy_instant(zone, q->from, 0),
		q->to == HY_NO_DAY ? INT64_MAX : hy_instant(zone, q->to + 1, 0),
	};
}

/* Units are called as on the last day of the period, or as they are now. */
static enum hy_code unit_names(struct pass *p, struct hy_db *db, struct hy_err *e)
{
	struct unit_book book = { 0 };
	enum hy_code code = unit_book_read(p->a, db, &book, e);

	p->unit_names = (struct hy_map){ .a = p->a };
	for (size_t i = 0; !code && i < book.n; i++) {
		hy_str *name = hy_new(p->a, hy_str);
		*name = unit_past_on(&book.v[i], p->q->to)->name; /* HY_NO_DAY: the last */
		hy_map_put(&p->unit_names, book.v[i].unit.code, name);
	}
	return code;
}

static const struct access_scope *scope_of(const struct supervise_query *q)
{
	static const struct access_scope nothing = { 0 };

	return q->scope ? q->scope : &nothing;
}

static enum hy_code pass_begin(struct pass *p, struct hy_arena *a, struct city *c, struct hy_db *db,
			       const struct supervise_query *q, struct hy_err *e)
{
	*p = (struct pass){ .a = a, .c = c, .q = q, .pack = city_pack(c) };
	p->zone = hy_calendar_zone(p->pack->calendar);
	p->period = period_of(q, p->zone);
	return unit_names(p, db, e);
}

#define IN_PERIOD " (m.open = 1 OR (m.filed_at >= $1 AND m.filed_at < $2))"

/* Without a period every row counts: no condition, so that the table is read once in order. */
static const char count_all[] = "SELECT " FACTS_COLUMNS " FROM matter m WHERE 1 = 1";
static const char count_period[] = "SELECT " FACTS_COLUMNS " FROM matter m WHERE" IN_PERIOD;
static const char list_period[] = " FROM matter m WHERE" IN_PERIOD " AND m.id > $3";

/* TEXT, then what the scope of the question demands (parameters from FIRST on), then END. */
static const char *scoped(struct hy_arena *a, const char *text, const struct access_where *w,
			  const char *end)
{
	return hy_printf(a, "%s" HY_FMT "%s", text, HY_ARG(w->sql), end).p;
}

struct grouped { /* by what a case may be grouped */
	hy_str unit, cls, kind;
	hy_ms at;
};

static struct grouped grouped_of(struct hy_stmt *s, const struct fact_row *r)
{
	return (struct grouped){ hy_col_text(s, 4), hy_col_text(s, 3), hy_col_text(s, 2),
				 r->filed_at };
}

/* The key of the case's group; the view lives until the next one. */
static hy_str key_of(struct pass *p, struct grouped g)
{
	switch (p->q->by) {
	case BY_UNIT:
		return g.unit;
	case BY_CLASS:
		return g.cls;
	case BY_KIND:
		return g.kind;
	case BY_MONTH: {
		struct hy_date d = hy_date_of(hy_local(p->zone, g.at, NULL));
		int n = snprintf(p->month, sizeof(p->month), "%04d-%02d", d.year % 10000, d.month);
		return (hy_str){ p->month, (size_t)n };
	}
	case BY_HOUR: {
		int ms = 0;
		hy_day d = hy_local(p->zone, g.at, &ms);
		int n = snprintf(p->month, sizeof(p->month), "%d-%02d", (hy_weekday(d) + 6) % 7 + 1,
				 ms / (int)HY_HOUR % 24);
		return (hy_str){ p->month, (size_t)n };
	}
	case BY_NONE:
		break;
	}
	return HY_S("");
}

/* --- names of groups
 * ------------------------------------------------------------------------------ */

static hy_str none_name(enum group_by by, hy_str language)
{
	static const struct pack_text unassigned = { HY_S_INIT("未指派"), HY_S_INIT("未指派"),
						     HY_S_INIT("unassigned") },
				      unclassed = { HY_S_INIT("未分类"), HY_S_INIT("未分類"),
						    HY_S_INIT("no class") };

	return pack_say(by == BY_UNIT ? &unassigned : &unclassed, language);
}

static hy_str name_of(const struct pass *p, hy_str key, hy_str language)
{
	const hy_str *name = NULL;
	const struct pack_word *word = NULL;
	const struct pack_kind *kind = NULL;

	if (key.n == 0)
		return none_name(p->q->by, language);
	switch (p->q->by) {
	case BY_UNIT:
		name = hy_map_get(&p->unit_names, key);
		return name ? *name : key;
	case BY_CLASS:
		word = pack_word(p->pack, PACK_CLASSES, key);
		return word ? pack_say(&word->title, language) : key;
	case BY_KIND:
		kind = pack_kind(p->pack, key);
		return kind ? pack_say(&kind->title, language) : key;
	case BY_MONTH:
	case BY_HOUR:
	case BY_NONE:
		break;
	}
	return key;
}

/* --- the report
 * ------------------------------------------------------------------------------------ */

static struct supervise_group *group_new(struct hy_arena *a, hy_str key)
{
	struct supervise_group *g = hy_new(a, struct supervise_group);

	g->key = hy_str_dup(a, key);
	g->oldest_at = HY_NO_TIME;
	return g;
}

static void note_oldest(struct hy_arena *a, struct supervise_group *g, hy_str code, hy_ms filed_at)
{
	if (filed_at > g->oldest_at ||
	    (filed_at == g->oldest_at && hy_str_cmp(code, g->oldest) >= 0))
		return;
	g->oldest = hy_str_dup(a, code);
	g->oldest_at = filed_at;
}

static struct supervise_group *group_of(struct hy_arena *a, struct hy_map *groups, hy_str key)
{
	struct supervise_group *g = hy_map_get(groups, key);

	if (!g) {
		g = group_new(a, key);
		hy_map_put(groups, g->key, g);
	}
	return g;
}

static enum hy_code tally_rows(struct pass *p, struct hy_db *db, struct hy_map *groups,
			       struct hy_err *e)
{
	bool whole = p->q->from == HY_NO_DAY && p->q->to == HY_NO_DAY;
	struct access_where w = access_where(p->a, scope_of(p->q), whole ? 1 : 3);
	HY_SCOPED_STMT s = hy_sql_many(db, scoped(p->a, whole ? count_all : count_period, &w, ""));
	struct supervise_group *g = NULL;
	enum hy_code code;
	bool row;

	if (!whole) {
		hy_bind_int(s, 1, p->period.from);
		hy_bind_int(s, 2, p->period.until);
	}
	access_bind(s, &w);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct fact_row r;
		facts_row_get(s, &r);
		facts f = facts_of(&r, p->period, &p->pack->lists[PACK_DECLINE_GROUNDS], p->q->now);
		if (!f)
			continue;
		hy_str key = key_of(p, grouped_of(s, &r));
		if (!g || !hy_str_eq(g->key, key))
			g = group_of(p->a, groups, key);
		struct numbers n = facts_numbers(p->pack->calendar, &r);
		tally_add(p->a, &g->tally, f, &n);
		if (f & FACT_BIT(FACT_OPEN))
			note_oldest(p->a, g, hy_col_text(s, 1), r.filed_at);
	}
	return code;
}

/* --- what rooms count beside matters ------------------------------------------------------------
 */

struct tallying {
	struct pass *p;
	struct hy_map *groups;
};

static struct grouped grouped_thing(const struct fact_thing *x)
{
	return (struct grouped){ x->unit, x->cls, x->kind, x->at };
}

static enum hy_code tally_thing(void *arg, const struct fact_thing *x, struct hy_err *e)
{
	static const struct numbers none = { { -1, -1 } };
	struct tallying *t = arg;
	hy_str key = key_of(t->p, grouped_thing(x));

	(void)e;
	tally_add(t->p->a, &group_of(t->p->a, t->groups, key)->tally, x->facts, &none);
	return HY_OK;
}

static enum hy_code tally_things(struct pass *p, struct hy_db *db, struct hy_map *groups,
				 struct hy_err *e)
{
	struct tallying t = { p, groups };
	const struct fact_ask ask = {
		.period = p->period, .scope = scope_of(p->q), .fn = tally_thing, .arg = &t
	};

	return p->q->no_cards ? HY_OK : facts_of_rooms(p->a, db, &ask, e);
}

static int by_key(const void *x, const void *y)
{
	const struct supervise_group *const *g = x, *const *h = y;

	return hy_str_cmp((*g)->key, (*h)->key);
}

static void total_of(struct hy_arena *a, struct supervise_group *const *v, size_t n,
		     struct supervise_group *total)
{
	total->oldest_at = HY_NO_TIME;
	for (size_t i = 0; i < n; i++) {
		tally_join(a, &total->tally, &v[i]->tally);
		if (v[i]->oldest.n)
			note_oldest(a, total, v[i]->oldest, v[i]->oldest_at);
	}
}

enum hy_code supervise_report(struct hy_arena *a, struct city *c, struct hy_db *db,
			      const struct supervise_query *q, hy_str language,
			      struct supervise_report *out, struct hy_err *e)
{
	static const struct pack_text whole = { HY_S_INIT("合计"), HY_S_INIT("合計"),
						HY_S_INIT("total") };
	struct supervise_report r = { .query = *q };
	struct hy_map groups = { .a = a };
	struct pass p;
	enum hy_code code = pass_begin(&p, a, c, db, q, e);

	if (!code)
		code = tally_rows(&p, db, &groups, e);
	if (!code)
		code = tally_things(&p, db, &groups, e);
	if (code)
		return code;
	struct supervise_group **v = hy_new_n(a, struct supervise_group *, groups.n + 1);
	for (size_t i = 0, n = 0; i < groups.cap; i++)
		if (groups.slots[i].value)
			v[n++] = groups.slots[i].value;
	qsort(v, groups.n, sizeof(*v), by_key);
	total_of(a, v, groups.n, &r.total);
	r.total.name = pack_say(&whole, language);
	if (q->by != BY_NONE) {
		r.n = groups.n;
		r.v = hy_new_n(a, struct supervise_group, r.n + 1);
		for (size_t i = 0; i < r.n; i++) {
			r.v[i] = *v[i];
			r.v[i].name = name_of(&p, r.v[i].key, language);
		}
	}
	*out = r;
	return HY_OK;
}

/* --- behind a figure
 * ------------------------------------------------------------------------------- */

struct opening {
	struct pass *p;
	const struct supervise_open *o;
	enum hy_code (*fn)(void *arg, const struct supervise_matter *m, struct hy_err *e);
	void *arg;
	int64_t n;
};

/* Each card is a line with its matter's code. */
static enum hy_code open_thing(void *arg, const struct fact_thing *x, struct hy_err *e)
{
	struct opening *k = arg;
	const struct supervise_open *o = k->o;
	hy_str key = key_of(k->p, grouped_thing(x));

	if (!(x->facts & FACT_BIT(o->figure->fact)) ||
	    (o->one_group && !hy_str_eq(key, o->group)) || (o->most && k->n >= o->most))
		return HY_OK;
	const hy_str *name = hy_map_get(&k->p->unit_names, x->unit);
	const struct supervise_matter m = {
		.id = x->id,
		.code = x->matter_code,
		.title = x->title,
		.unit = x->unit,
		.unit_name = name ? *name : x->unit,
		.group = key,
		.filed_at = x->filed_at,
		.due_at = x->due_at,
		.answered_at = HY_NO_TIME,
		.facts = x->facts,
		.numbers = { { -1, -1 } },
	};
	k->n++;
	return k->fn(k->arg, &m, e);
}

static enum hy_code open_things(struct pass *p, struct hy_db *db, const struct supervise_open *o,
				enum hy_code (*fn)(void *arg, const struct supervise_matter *m,
						   struct hy_err *e),
				void *arg, struct hy_err *e)
{
	struct opening k = { p, o, fn, arg, 0 };
	const struct fact_ask ask = { .period = p->period,
				      .scope = scope_of(p->q),
				      .who = p->q->who,
				      .after = o->after,
				      .fn = open_thing,
				      .arg = &k };

	return facts_of_rooms(p->a, db, &ask, e);
}

enum hy_code supervise_open(struct hy_arena *a, struct city *c, struct hy_db *db,
			    const struct supervise_query *q, const struct supervise_open *o,
			    enum hy_code (*fn)(void *arg, const struct supervise_matter *m,
					       struct hy_err *e),
			    void *arg, struct hy_err *e)
{
	bool row, of_now = figure_population(o->figure) == OF_OPEN;
	struct pass p;
	int64_t n = 0;
	enum hy_code code = pass_begin(&p, a, c, db, q, e);

	if (code)
		return code;
	if (figure_population(o->figure) == OF_CARDS)
		return open_things(&p, db, o, fn, arg, e);
	struct access_where w = access_where(a, scope_of(q), 4);
	struct sight_sql sight = sight_sql(a, q->who, w.first + w.n);
	HY_SCOPED_STMT s = hy_sql_many(db, hy_printf(a, "SELECT " FACTS_COLUMNS ", " HY_FMT "%s",
						     HY_ARG(sight.title),
						     scoped(a, list_period, &w, " ORDER BY m.id"))
						   .p);
	hy_bind_int(s, 1, p.period.from);
	hy_bind_int(s, 2, p.period.until);
	hy_bind_int(s, 3, o->after);
	access_bind(s, &w);
	sight_bind(s, &sight);
	while ((o->most == 0 || n < o->most) && !(code = hy_step(s, &row, e)) && row) {
		struct fact_row r;
		facts_row_get(s, &r);
		facts f = facts_of(&r, p.period, &p.pack->lists[PACK_DECLINE_GROUNDS], q->now);
		hy_str key = key_of(&p, grouped_of(s, &r)), unit = hy_col_text(s, 4);
		if (!(f & FACT_BIT(o->figure->fact)) || (o->one_group && !hy_str_eq(key, o->group)))
			continue;
		const hy_str *name = hy_map_get(&p.unit_names, unit);
		const struct supervise_matter m = {
			.id = hy_col_int(s, 0),
			.code = hy_col_text(s, 1),
			.title = hy_col_text(s, FACTS_COLUMNS_N),
			.unit = unit,
			.unit_name = name ? *name : unit,
			.group = key,
			.filed_at = r.filed_at,
			.due_at = of_now && r.due_at != HY_NO_TIME ? r.due_at : r.main_due_at,
			.answered_at = r.answered_at,
			.facts = f,
			.numbers = facts_numbers(p.pack->calendar, &r),
		};
		code = fn(arg, &m, e);
		if (code)
			return code;
		n++;
	}
	return code;
}
