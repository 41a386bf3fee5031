/* From the matters of a period to the inputs of a round. */
#include <math.h>
#include <stdlib.h>

#include "appraise/appraise.h"
#include "base/map.h"

struct measuring {
	struct hy_arena *a;
	struct city *c;
	const struct round *r;
	struct round_inputs *in;
	struct unit_book book;
	struct hy_map appraised; /* code of any unit -> index + 1 of the appraised one */
	struct tally *tallies;
	HY_VEC(struct round_fact) facts;
};

/* --- who is appraised ----------------------------------------------------------------------------
 */

static int by_code(const void *x, const void *y)
{
	return hy_str_cmp(((const struct score_unit *)x)->code,
			  ((const struct score_unit *)y)->code);
}

static void add_unit(struct measuring *m, hy_str code)
{
	const struct pack_scheme *s = m->in->scheme;

	m->in->units[m->in->n++] = (struct score_unit){
		.code = hy_str_dup(m->a, code),
		.indicators = hy_new_n(m->a, struct score_given, s->n_indicators + 1),
		.adjusts = hy_new_n(m->a, struct score_given, s->n_adjusts + 1),
	};
}

static enum hy_code find_units(struct measuring *m, struct hy_err *e)
{
	const struct pack_scheme *s = m->in->scheme;
	struct hy_map named = { .a = m->a };
	size_t most = m->book.n;
	bool rest = false;

	for (size_t g = 0; g < s->n_groups; g++)
		most += s->groups[g].n_units;
	m->in->units = hy_new_n(m->a, struct score_unit, most + 1);
	for (size_t g = 0; g < s->n_groups; g++) {
		const struct pack_group *group = &s->groups[g];
		rest |= group->n_units == 0;
		for (size_t i = 0; i < group->n_units; i++) {
			if (!unit_book_find(&m->book, group->units[i]))
				return hy_fail(e, HY_NOT_NOW, "",
					       "the scheme names the unit " HY_FMT
					       ", which this city does not have",
					       HY_ARG(group->units[i]));
			hy_map_put(&named, group->units[i], (void *)(uintptr_t)group);
			add_unit(m, group->units[i]);
		}
	}
	for (size_t i = 0; rest && i < m->book.n; i++) {
		const struct unit *u = &m->book.v[i].unit;
		if (u->kind == UNIT_ORGAN && unit_open_on(u, m->r->to) &&
		    !hy_map_get(&named, u->code))
			add_unit(m, u->code);
	}
	qsort(m->in->units, m->in->n, sizeof(*m->in->units), by_code);
	if (m->in->n == 0)
		return hy_fail(e, HY_NOT_NOW, "", "there is no unit to appraise on that day");
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

static enum hy_code read_matters(struct measuring *m, struct hy_db *db, struct hy_err *e)
{
	const struct pack *pack = m->in->pack;
	const struct hy_zone *zone = hy_calendar_zone(pack->calendar);
	const struct period p = { hy_instant(zone, m->r->from, 0),
				  hy_instant(zone, m->r->to + 1, 0) };
	HY_SCOPED_STMT s = hy_sql_many(db, "SELECT " FACTS_COLUMNS " FROM matter m"
					   " WHERE m.filed_at >= $1 AND m.filed_at < $2");
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, p.from);
	hy_bind_int(s, 2, p.until);
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
		tally_add(m->a, &m->tallies[at - 1], f, &n);
		*hy_push(m->a, &m->facts) = (struct round_fact){
			hy_col_int(s, 0),	   at - 1,
			hy_col_dup(m->a, s, 1),	   f,
			n.of[NUMBER_WORKING_DAYS], n.of[NUMBER_CALENDAR_DAYS]
		};
	}
	return code;
}

static int by_unit_and_code(const void *x, const void *y)
{
	const struct round_fact *a = x, *b = y;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return hy_str_cmp(a->code, b->code);
}

/* One line for each case: unit, code, facts, days. */
static void hash_cases(struct measuring *m)
{
	struct hy_buf b = hy_buf_on(m->a);

	if (m->facts.n)
		qsort(m->facts.v, m->facts.n, sizeof(*m->facts.v), by_unit_and_code);
	for (size_t i = 0; i < m->facts.n; i++) {
		const struct round_fact *f = &m->facts.v[i];
		hy_buf_fmt(&b, HY_FMT " " HY_FMT " %llx %d %d\n",
			   HY_ARG(m->in->units[f->unit].code), HY_ARG(f->code),
			   (unsigned long long)f->facts, f->working_days, f->calendar_days);
	}
	m->in->cases = round_hash(m->a, hy_buf_str(&b));
	m->in->facts = m->facts.v;
	m->in->n_facts = m->facts.n;
}

/* --- figures as fractions
 * --------------------------------------------------------------------------- */

/* Of a share near 0 or 1 too: (k + 1/2) / (n + 1). */
static double share_se(int64_t k, int64_t n)
{
	double p = ((double)k + 0.5) / ((double)n + 1);

	return sqrt(p * (1 - p) / (double)n);
}

static double mean_se(const struct spread *s)
{
	double mean = (double)s->sum / (double)s->n, squares = 0;

	for (size_t i = 0; i < s->cap; i++)
		squares += (double)s->at[i] * ((double)i - mean) * ((double)i - mean);
	return s->n > 1 ? sqrt(squares / (double)(s->n - 1) / (double)s->n) : 0;
}

static struct score_given given_of(const struct figure *f, const struct tally *t)
{
	struct figure_value v = figure_value(f, t);
	struct score_given g = { v.known, v.numerator, v.denominator, 0 };

	switch (f->measure) {
	case FIGURE_SHARE:
		if (v.known)
			g.se = share_se(v.numerator, v.denominator);
		break;
	case FIGURE_SPREAD: {
		const struct spread *s = &t->days[f->number == NUMBER_CALENDAR_DAYS];
		if (f->point == POINT_MEAN)
			g.se = v.known ? mean_se(s) : 0;
		else
			g.numerator =
				v.value * v.denominator; /* a quantile, as a fraction of cases */
		break;
	}
	case FIGURE_COUNT:
	case FIGURE_SUM:
	case FIGURE__NONE:
		break;
	}
	return g;
}

static void measure_units(struct measuring *m)
{
	const struct pack_scheme *s = m->in->scheme;

	for (size_t u = 0; u < m->in->n; u++) {
		struct score_given *g = (struct score_given *)(uintptr_t)m->in->units[u].indicators;
		struct score_given *x = (struct score_given *)(uintptr_t)m->in->units[u].adjusts;
		for (size_t i = 0; i < s->n_indicators; i++)
			if (s->indicators[i].source == PACK_BY_FIGURE)
				g[i] = given_of(s->indicators[i].figure, &m->tallies[u]);
		for (size_t i = 0; i < s->n_adjusts; i++)
			if (s->adjusts[i].figure)
				x[i] = given_of(s->adjusts[i].figure, &m->tallies[u]);
	}
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

enum hy_code round_measure(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, hy_ms at, struct round_inputs *out,
			   struct hy_err *e)
{
	struct round_inputs in = { .pack = city_pack(c), .from = r->from, .to = r->to, .at = at };
	struct measuring m = { .a = a, .c = c, .r = r, .in = &in };

	in.scheme = pack_scheme(in.pack, r->scheme);
	if (!in.scheme)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the institution in force has no scheme " HY_FMT " any more",
			       HY_ARG(r->scheme));
	enum hy_code code = unit_book_read(a, db, &m.book, e);
	if (!code)
		code = find_units(&m, e);
	if (code)
		return code;
	attribute(&m);
	m.tallies = hy_new_n(a, struct tally, in.n);
	code = read_matters(&m, db, e);
	if (code)
		return code;
	hash_cases(&m);
	measure_units(&m);
	code = read_marks(&m, db, e);
	if (!code)
		*out = in;
	return code;
}
