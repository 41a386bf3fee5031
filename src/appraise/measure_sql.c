/* From the matters of a period to the inputs of a round. */
#include <stdlib.h>

#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/map.h"
#include "stat/panel.h"

struct measuring {
	struct hy_arena *a;
	struct city *c;
	const struct round *r;
	struct round_inputs *in;
	struct unit_book book;
	struct hy_map appraised; /* code of any unit -> index + 1 of the appraised one */
	size_t only;		 /* index + 1 of the one that is measured; 0: all are */
	HY_VEC(struct round_fact) facts;
};

/* --- who is appraised ----------------------------------------------------------------------------
 */

static int by_code(const void *x, const void *y)
{
	return hy_str_cmp(((const struct score_unit *)x)->code,
			  ((const struct score_unit *)y)->code);
}

static int by_text(const void *x, const void *y)
{
	return hy_str_cmp(*(const hy_str *)x, *(const hy_str *)y);
}

enum hy_code round_appraised(struct hy_arena *a, const struct unit_book *book,
			     const struct pack_scheme *s, hy_day on, hy_str **out, size_t *n_out,
			     struct hy_err *e)
{
	struct hy_map named = { .a = a };
	size_t n = 0, most = book->n;
	bool rest = false;

	for (size_t g = 0; g < s->n_groups; g++)
		most += s->groups[g].n_units;
	hy_str *v = hy_new_n(a, hy_str, most + 1);
	for (size_t g = 0; g < s->n_groups; g++) {
		const struct pack_group *group = &s->groups[g];
		rest |= group->n_units == 0;
		for (size_t i = 0; i < group->n_units; i++) {
			if (!unit_book_find(book, group->units[i]))
				return hy_fail(e, HY_NOT_NOW, "",
					       "the scheme names the unit " HY_FMT
					       ", which this city does not have",
					       HY_ARG(group->units[i]));
			hy_map_put(&named, group->units[i], (void *)(uintptr_t)group);
			v[n++] = hy_str_dup(a, group->units[i]);
		}
	}
	for (size_t i = 0; rest && i < book->n; i++) {
		const struct unit *u = &book->v[i].unit;
		if (u->kind == UNIT_ORGAN && unit_open_on(u, on) && !hy_map_get(&named, u->code))
			v[n++] = hy_str_dup(a, u->code);
	}
	if (n == 0)
		return hy_fail(e, HY_NOT_NOW, "", "there is no unit to appraise on that day");
	qsort(v, n, sizeof(*v), by_text);
	*out = v;
	*n_out = n;
	return HY_OK;
}

static enum hy_code find_units(struct measuring *m, struct hy_err *e)
{
	const struct pack_scheme *s = m->in->scheme;
	hy_str *codes = NULL;
	enum hy_code code = round_appraised(m->a, &m->book, s, m->r->to, &codes, &m->in->n, e);

	if (code)
		return code;
	m->in->units = hy_new_n(m->a, struct score_unit, m->in->n + 1);
	m->in->rated = hy_new_n(m->a, struct round_rated, m->in->n + 1);
	for (size_t i = 0; i < m->in->n; i++)
		m->in->units[i] = (struct score_unit){
			.code = codes[i],
			.indicators = hy_new_n(m->a, struct score_given, s->n_indicators + 1),
			.adjusts = hy_new_n(m->a, struct score_given, s->n_adjusts + 1),
		};
	return HY_OK;
}

/* Every unit to the appraised one at or above it on the last day; merged ones to their heirs'. */
static void attribute(struct measuring *m)
{
	struct hy_map own = { .a = m->a };

	m->appraised = (struct hy_map){ .a = m->a };
	for (size_t i = 0; i < m->in->n; i++)
		hy_map_put(&own, m->in->units[i].code, (void *)(uintptr_t)(i + 1));
	for (size_t i = 0; i < m->book.n; i++) {
		const struct unit_entry *u = &m->book.v[i];
		void *at = NULL;
		for (int steps = 0; u && !at && steps < 64; steps++) {
			at = hy_map_get(&own, u->unit.code);
			hy_str up = unit_open_on(&u->unit, m->r->to) || u->unit.successor.n == 0
					    ? unit_past_on(u, m->r->to)->parent
					    : u->unit.successor;
			u = up.n ? unit_book_find(&m->book, up) : NULL;
		}
		if (at)
			hy_map_put(&m->appraised, m->book.v[i].unit.code, at);
	}
}

/* --- the pass
 * ---------------------------------------------------------------------------------------- */

static struct period period_of(const struct measuring *m)
{
	const struct hy_zone *zone = hy_calendar_zone(m->in->pack->calendar);

	return (struct period){ hy_instant(zone, m->r->from, 0),
				hy_instant(zone, m->r->to + 1, 0) };
}

/* Rows of FACTS_COLUMNS. */
static enum hy_code read_rows(struct measuring *m, struct hy_stmt *s, struct hy_err *e)
{
	const struct pack *pack = m->in->pack;
	const struct period p = period_of(m);
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row) {
		struct fact_row r;
		facts_row_get(s, &r);
		facts f = facts_of(&r, p, &pack->lists[PACK_DECLINE_GROUNDS], m->in->at);
		size_t at = (uintptr_t)hy_map_get(&m->appraised, hy_col_text(s, 4));
		if (!f)
			continue;
		if (!at) {
			m->in->unassigned++;
			continue;
		}
		struct numbers n = facts_numbers(pack->calendar, &r);
		*hy_push(m->a, &m->facts) = (struct round_fact){ hy_col_int(s, 0), at - 1,
								 hy_col_dup(m->a, s, 1), f, n };
	}
	return code;
}

static enum hy_code read_matters(struct measuring *m, struct hy_db *db, struct hy_err *e)
{
	const struct period p = period_of(m);
	HY_SCOPED_STMT s = hy_sql_many(db, "SELECT " FACTS_COLUMNS " FROM matter m"
					   " WHERE m.filed_at >= $1 AND m.filed_at < $2");

	hy_bind_int(s, 1, p.from);
	hy_bind_int(s, 2, p.until);
	return read_rows(m, s, e);
}

/* Those of one unit: by the indexes of units, of which open and finished matters have one each. */
static enum hy_code read_matters_in(struct measuring *m, struct hy_db *db, hy_str unit,
				    struct hy_err *e)
{
	const struct period p = period_of(m);
	enum hy_code code = HY_OK;

	for (int open = 0; !code && open < 2; open++) {
		HY_SCOPED_STMT s =
			hy_sql_many(db, open ? "SELECT " FACTS_COLUMNS " FROM matter m WHERE"
					       " m.open = 1 AND m.unit = $1 AND m.filed_at >= $2"
					       " AND m.filed_at < $3"
					     : "SELECT " FACTS_COLUMNS " FROM matter m WHERE"
					       " m.open = 0 AND m.unit = $1 AND m.filed_at >= $2"
					       " AND m.filed_at < $3");
		hy_bind_text(s, 1, unit);
		hy_bind_int(s, 2, p.from);
		hy_bind_int(s, 3, p.until);
		code = read_rows(m, s, e);
	}
	return code;
}

/* What rooms count beside matters, as cards, is a case of its own. */
static enum hy_code add_thing(void *arg, const struct fact_thing *x, struct hy_err *e)
{
	static const struct numbers none = { { -1, -1 } };
	struct measuring *m = arg;
	size_t at = (uintptr_t)hy_map_get(&m->appraised, x->unit);

	(void)e;
	if (at && (!m->only || at == m->only))
		*hy_push(m->a, &m->facts) =
			(struct round_fact){ x->matter, at - 1, hy_str_dup(m->a, x->code), x->facts,
					     none };
	return HY_OK;
}

static enum hy_code read_things(struct measuring *m, struct hy_db *db, struct hy_err *e)
{
	const struct fact_ask ask = {
		.period = period_of(m), .scope = &access_all, .fn = add_thing, .arg = m
	};

	return facts_of_rooms(m->a, db, &ask, e);
}

/* --- what raters gave ------------------------------------------------------------------------
 */

struct ballots {
	HY_VEC(int64_t) v;
};
struct rating {
	struct measuring *m;
	struct ballots *of; /* by unit, panel and group of raters */
	size_t groups;	    /* of all panels */
};

static enum hy_code add_rating(void *arg, hy_str panel, hy_str raters, hy_str unit, hy_str answers,
			       struct hy_err *e)
{
	struct rating *k = arg;
	const struct pack_scheme *s = k->m->in->scheme;
	size_t at = (uintptr_t)hy_map_get(&k->m->appraised, unit), cell = 0;

	for (size_t p = 0; p < s->n_panels; p++) {
		for (size_t g = 0; g < s->panels[p].n_groups; g++, cell++) {
			if (!at || !hy_str_eq(s->panels[p].id, panel) ||
			    !hy_str_eq(s->panels[p].groups[g].id, raters))
				continue;
			int64_t score = rating_score(&s->panels[p], answers);
			struct ballots *b = &k->of[(at - 1) * k->groups + cell];
			if (score >= 0)
				*hy_push(k->m->a, &b->v) = score;
			if (b->v.n > PANEL_MOST)
				return hy_fail(e, HY_NOT_NOW, "",
					       HY_FMT " has more than %d ratings by " HY_FMT,
					       HY_ARG(k->m->in->units[at - 1].code), PANEL_MOST,
					       HY_ARG(raters));
		}
	}
	return HY_OK;
}

static int ascending(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* In ascending order, so that nothing tells which came first; of too few only the number. */
static void rated_of(struct rating *k, size_t unit)
{
	const struct pack_scheme *s = k->m->in->scheme;
	struct round_rated *to = &k->m->in->rated[unit];
	const struct ballots *b = &k->of[unit * k->groups];

	to->v = hy_new_n(k->m->a, struct rating_group, k->groups);
	for (size_t p = 0; p < s->n_panels; p++) {
		for (size_t g = 0; g < s->panels[p].n_groups; g++, b++) {
			if (b->v.n == 0)
				continue;
			qsort(b->v.v, b->v.n, sizeof(*b->v.v), ascending);
			to->v[to->n++] =
				(struct rating_group){ .panel = (int)p,
						       .group = (int)g,
						       .scores = b->v.v,
						       .n = b->v.n,
						       .few = (int64_t)b->v.n <
							      s->panels[p].groups[g].least };
		}
	}
}

static enum hy_code read_ratings(struct measuring *m, struct hy_db *db, struct hy_err *e)
{
	const struct pack_scheme *s = m->in->scheme;
	struct rating k = { .m = m };

	for (size_t p = 0; p < s->n_panels; p++)
		k.groups += s->panels[p].n_groups;
	if (k.groups == 0)
		return HY_OK;
	k.of = hy_new_n(m->a, struct ballots, m->in->n * k.groups);
	hy_day today = hy_local(hy_calendar_zone(m->in->pack->calendar), m->in->at, NULL);
	enum hy_code code = survey_ratings(db, m->r, today, add_rating, &k, e);
	for (size_t i = 0; !code && i < m->in->n; i++)
		rated_of(&k, i);
	return code;
}

/* --- marks
 * ---------------------------------------------------------------------------------------------- */

static void apply_mark(struct measuring *m, size_t unit, hy_str name, int64_t value)
{
	const struct pack_scheme *s = m->in->scheme;
	struct score_given *g = (struct score_given *)(uintptr_t)m->in->units[unit].indicators;
	struct score_given *x = (struct score_given *)(uintptr_t)m->in->units[unit].adjusts;

	for (size_t i = 0; i < s->n_indicators; i++)
		if (hy_str_eq(s->indicators[i].id, name))
			g[i] = (struct score_given){ true, value, 1, 0 };
	for (size_t i = 0; i < s->n_adjusts; i++)
		if (hy_str_eq(s->adjusts[i].id, name))
			x[i] = (struct score_given){ true, x[i].numerator + value, 1, 0 };
}

static enum hy_code read_marks(struct measuring *m, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "SELECT unit, name, value FROM round_mark WHERE round = $1 ORDER BY seq");
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, m->r->id);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct score_unit key = { .code = hy_col_text(s, 0) };
		struct score_unit *u = bsearch(&key, m->in->units, m->in->n, sizeof(key), by_code);
		if (u)
			apply_mark(m, (size_t)(u - m->in->units), hy_col_text(s, 1),
				   hy_col_int(s, 2));
	}
	return code;
}

static enum hy_code begin(struct measuring *m, struct hy_db *db, struct hy_err *e)
{
	m->in->scheme = pack_scheme(m->in->pack, m->r->scheme);
	if (!m->in->scheme)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the institution in force has no scheme " HY_FMT " any more",
			       HY_ARG(m->r->scheme));
	enum hy_code code = unit_book_read(m->a, db, &m->book, e);
	if (!code)
		code = find_units(m, e);
	if (!code)
		attribute(m);
	return code;
}

enum hy_code round_measure(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, hy_ms at, struct round_inputs *out,
			   struct hy_err *e)
{
	struct round_inputs in = { .pack = city_pack(c), .from = r->from, .to = r->to, .at = at };
	struct measuring m = { .a = a, .c = c, .r = r, .in = &in };
	enum hy_code code = begin(&m, db, e);

	if (!code)
		code = hy_sql_int(db, "SELECT max(idx) + 1 FROM event", 0, &in.log, e);
	if (!code)
		code = read_matters(&m, db, e);
	if (!code)
		code = read_things(&m, db, e);
	if (!code)
		code = read_ratings(&m, db, e);
	if (code)
		return code;
	in.facts = m.facts.v;
	in.n_facts = m.facts.n;
	round_figures(a, &in);
	in.cases = round_hash(a, round_case_lines(a, &in));
	code = read_marks(&m, db, e);
	if (!code)
		*out = in;
	return code;
}

enum hy_code round_look(struct hy_arena *a, struct city *c, struct hy_db *db, const struct round *r,
			hy_ms at, struct round_inputs *out, struct hy_err *e)
{
	struct round_inputs in = { .pack = city_pack(c), .from = r->from, .to = r->to, .at = at };
	struct measuring m = { .a = a, .c = c, .r = r, .in = &in };
	struct tally *tallies = NULL;
	enum hy_code code = begin(&m, db, e);
	const struct watch_ask ask = { r, in.pack, at, &m.appraised, in.n };

	if (!code)
		code = watch_tallies(a, db, &ask, &tallies, &in.unassigned, e);
	if (!code)
		code = read_things(&m, db, e);
	if (!code)
		code = read_ratings(&m, db, e);
	if (code)
		return code;
	for (size_t i = 0; i < m.facts.n; i++)
		tally_add(a, &tallies[m.facts.v[i].unit], m.facts.v[i].facts,
			  &m.facts.v[i].numbers);
	round_figures_of(&in, tallies);
	code = read_marks(&m, db, e);
	if (!code)
		*out = in;
	return code;
}

/* --- one unit alone ------------------------------------------------------------------------------
 */

enum hy_code round_measure_unit(struct hy_arena *a, struct city *c, struct hy_db *db,
				const struct round *r, hy_ms at, hy_str unit,
				struct round_inputs *out, struct hy_err *e)
{
	struct round_inputs in = { .pack = city_pack(c), .from = r->from, .to = r->to, .at = at };
	struct measuring m = { .a = a, .c = c, .r = r, .in = &in };
	enum hy_code code = begin(&m, db, e);

	if (code)
		return code;
	m.only = (uintptr_t)hy_map_get(&m.appraised, unit);
	if (m.only == 0) {
		*out = (struct round_inputs){ .scheme = in.scheme };
		return HY_OK;
	}
	for (size_t i = 0; !code && i < m.book.n; i++)
		if ((uintptr_t)hy_map_get(&m.appraised, m.book.v[i].unit.code) == m.only)
			code = read_matters_in(&m, db, m.book.v[i].unit.code, e);
	if (!code)
		code = read_things(&m, db, e);
	if (!code)
		code = read_ratings(&m, db, e);
	in.facts = m.facts.v;
	in.n_facts = m.facts.n;
	if (!code) {
		round_figures(a, &in);
		code = read_marks(&m, db, e);
	}
	if (code)
		return code;
	for (size_t i = 0; i < in.n_facts; i++)
		in.facts[i].unit = 0;
	in.units += m.only - 1;
	in.rated += m.only - 1;
	in.n = 1;
	*out = in;
	return HY_OK;
}
