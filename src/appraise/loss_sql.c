/* Who lost the points: cases from the store, shares of points, and the holder of that day. */
#include "appraise/loss.h"

#include <stdlib.h>

#include "matter/city.h"
#include "matter/sight.h"

struct loss_case {
	hy_str code, title;
	int64_t idx;
	struct matter_key matter;
	facts facts;
	struct numbers numbers;
	hy_str unit, person; /* who has it now */
	hy_ms due_at, answered_at;
	bool seen, handles;
	bool held; /* the next are known */
	hy_str then_unit, then_person, name, post, clause;
};

enum hy_code losses_read(struct hy_arena *a, struct city *c, struct hy_db *db,
			 const struct round *r, int version, hy_str unit,
			 const struct loss_reader *reader, struct losses *out, struct hy_err *e)
{
	struct access_scope scope =
		access_scope(a, reader->who, PERMISSION_APPRAISE_READ, HY_S(""));
	struct access_where w = access_where(a, &scope, 4);
	struct sight_sql own = sight_sql(a, reader->who, w.first + w.n);
	struct sight_sql words = sight_sql(a, reader->redacted ? NULL : reader->who, own.next);
	struct losses x = { .a = a, .c = c, .db = db, .frozen_at = r->frozen_at };
	HY_VEC(struct loss_case) v = { 0 };
	enum hy_code code;
	bool row;

	HY_SCOPED_STMT s = hy_sql_many(
		db, hy_printf(a,
			      "SELECT c.code, m.code, m.id, c.facts, c.work_days, c.days,"
			      " c.hand_offs, c.returns, c.reopens, m.unit, m.person, m.last_idx,"
			      " m.main_due_at, m.answered_at,"
			      " CASE WHEN 1 = 1" HY_FMT " THEN 1 ELSE 0 END,"
			      " CASE WHEN " HY_FMT " THEN 1 ELSE 0 END, " HY_FMT
			      ", m.seq, m.kind, m.version"
			      " FROM round_case c JOIN matter m ON m.id = c.matter"
			      " WHERE c.round = $1 AND c.version = $2 AND c.unit = $3"
			      " ORDER BY c.code",
			      HY_ARG(w.sql), HY_ARG(own.handles), HY_ARG(words.title))
			    .p);
	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, version);
	hy_bind_text(s, 3, unit);
	access_bind(s, &w);
	sight_bind(s, &own);
	sight_bind(s, &words);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct loss_case *k = hy_push(a, &v);
		*k = (struct loss_case){ .code = hy_col_dup(a, s, 0),
					 .matter = { hy_col_int(s, 2), hy_col_int(s, 17),
						     hy_col_dup(a, s, 1), hy_col_dup(a, s, 18),
						     hy_col_int(s, 19) },
					 .facts = (facts)hy_col_int(s, 3),
					 .unit = hy_col_dup(a, s, 9),
					 .person = hy_col_dup(a, s, 10),
					 .idx = hy_col_int(s, 11),
					 .due_at = hy_col_opt(s, 12, HY_NO_TIME),
					 .answered_at = hy_col_opt(s, 13, HY_NO_TIME),
					 .seen = hy_col_int(s, 14) != 0,
					 .handles = hy_col_int(s, 15) != 0,
					 .title = hy_col_dup(a, s, 16) };
		for (int i = 0; i < NUMBER__COUNT; i++)
			k->numbers.of[i] = (int)hy_col_int(s, 4 + i);
	}
	x.v = v.v;
	x.n = v.n;
	if (!code)
		*out = x;
	return code;
}

/* --- who had it that day ------------------------------------------------------------------------
 */

static hy_ms that_day(const struct losses *x, const struct loss_case *k)
{
	const facts late = FACT_BIT(FACT_LATE) | FACT_BIT(FACT_UNANSWERED_LATE);

	if ((k->facts & late) && k->due_at != HY_NO_TIME)
		return k->due_at;
	return k->answered_at != HY_NO_TIME ? k->answered_at : x->frozen_at;
}

static enum hy_code named(struct losses *x, struct loss_case *k, hy_ms at, struct hy_err *e)
{
	struct account account;
	struct hy_err none = { 0 };

	if (k->then_person.n == 0)
		return HY_OK;
	enum hy_code code = account_by_login(x->a, x->db, k->then_person, &account, &none);
	if (code == HY_NOT_FOUND) /* a name that no account has, as of an import */
		return HY_OK;
	if (code)
		return (*e = none, code);
	k->name = account.name;
	return post_held_title(x->a, x->db, k->then_unit, account.id, at, &k->post, e);
}

/* From the events up to then; of a card the matter it is about. */
static enum hy_code hold_then(struct losses *x, struct loss_case *k, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct matter *m = NULL, *then = NULL;
	hy_ms at = that_day(x, k);
	size_t n = 0;
	enum hy_code code = matter_load(x->c, x->db, a, &k->matter, &m, e);

	if (code)
		return code;
	while (n < m->n_events && m->events[n].at <= at)
		n++;
	if (n >= m->n_events) /* nothing has happened since */
		then = m;
	else
		code = matter_fold(a, city_rules(x->c), m->pack, m->kind, m->code, m->events,
				   n ? n : 1, &then, e);
	if (code)
		return code;
	const struct matter_clock *clock = matter_main_clock(m);
	if (clock)
		k->clause = hy_str_dup(x->a, clock->counted.clause);
	k->then_unit = hy_str_dup(x->a, then->unit.n ? then->unit : then->events[0].unit);
	k->then_person = k->handles ? hy_str_dup(x->a, then->person) : HY_S("");
	k->held = true;
	return named(x, k, at, e);
}

static enum hy_code hold(struct losses *x, struct loss_case *k, const struct figure *f,
			 struct hy_err *e)
{
	if (k->held)
		return HY_OK;
	if (f->measure == FIGURE_SHARE || f->measure == FIGURE_COUNT)
		return hold_then(x, k, e);
	k->then_unit = k->unit;
	k->then_person = k->handles ? k->person : HY_S("");
	return HY_OK;
}

/* --- shares of points ---------------------------------------------------------------------------
 */

/* What costs points: of a share where more is better, what falls under it and lacks the fact; else
 * what has the fact, where less of it is better. */
static int64_t weight_of(const struct figure *f, const struct loss_case *k)
{
	bool has = k->facts & FACT_BIT(f->fact);

	switch (f->measure) {
	case FIGURE_SHARE:
		if (f->better == BETTER_HIGHER)
			return (k->facts & FACT_BIT(f->of)) && !has;
		return f->better == BETTER_LOWER && has;
	case FIGURE_COUNT:
		return f->better == BETTER_LOWER && has;
	case FIGURE_SUM:
	case FIGURE_SPREAD: {
		int n = k->numbers.of[f->number];
		return f->better == BETTER_LOWER && has && n > 0 ? n : 0;
	}
	case FIGURE__NONE:
		break;
	}
	return 0;
}

static bool concerned(const struct figure *f, const struct loss_case *k)
{
	return k->facts & FACT_BIT(f->measure == FIGURE_SHARE ? f->of : f->fact);
}

static void add_loser(struct losses *x, const struct loss_case *k, int64_t points)
{
	struct round_loser *l = NULL;

	if (!k->seen) {
		x->beyond += points;
		x->beyond_cases++;
		return;
	}
	for (size_t i = 0; i < x->losers.n && !l; i++)
		if (hy_str_eq(x->losers.v[i].unit, k->then_unit) &&
		    hy_str_eq(x->losers.v[i].person, k->then_person) &&
		    hy_str_eq(x->losers.v[i].post, k->post))
			l = &x->losers.v[i];
	if (!l) {
		l = hy_push(x->a, &x->losers);
		*l = (struct round_loser){ k->then_unit, k->then_person, k->name, k->post, 0, 0 };
	}
	l->points += points;
	l->cases++;
}

static int by_points(const void *x, const void *y)
{
	const struct round_loser *a = x, *b = y;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	int c = hy_str_cmp(a->unit, b->unit);
	return c ? c : hy_str_cmp(a->person, b->person);
}

void losses_sort(struct losses *x)
{
	if (x->losers.n)
		qsort(x->losers.v, x->losers.n, sizeof(*x->losers.v), by_points);
}

/* --- one line ------------------------------------------------------------------------------------
 */

static enum hy_code shown(struct losses *x, struct loss_case *k, const struct figure *f, bool lost,
			  int64_t points, struct round_case *out, struct hy_err *e)
{
	*out = (struct round_case){ .code = k->code,
				    .title = k->title,
				    .unit = k->unit,
				    .lost = lost,
				    .points = points,
				    .idx = k->idx,
				    .due_at = k->due_at,
				    .answered_at = k->answered_at };
	enum hy_code code = lost ? hold(x, k, f, e) : HY_OK;

	if (!code && lost) {
		out->unit = k->then_unit;
		out->person = k->then_person;
		out->name = k->name;
		out->post = k->post;
		out->clause = k->clause;
	}
	return code;
}

/* POINTS by WEIGHTS, what is left over going to where the sum passes it: exact as a whole. */
static void share_out(int64_t points, const int64_t *weights, size_t n, int64_t *out)
{
	int64_t sum = 0, passed = 0, given = 0;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	for (size_t i = 0; i < n && sum; i++) {
		passed += weights[i];
		out[i] = points * passed / sum - given;
		given += out[i];
	}
}

enum hy_code losses_of(struct losses *x, const struct figure *f, int64_t points, bool counted,
		       int most, struct loss_line *out, struct hy_err *e)
{
	int64_t *weights = hy_new_n(x->a, int64_t, x->n + 1), *shares = NULL;
	struct loss_line l = { 0 };
	HY_VEC(struct round_case) v = { 0 };
	enum hy_code code = HY_OK;

	for (size_t i = 0; i < x->n; i++) {
		weights[i] = weight_of(f, &x->v[i]);
		l.lost += weights[i] > 0;
		l.all += weights[i] > 0 || concerned(f, &x->v[i]);
	}
	shares = hy_new_n(x->a, int64_t, x->n + 1);
	share_out(points, weights, x->n, shares);
	for (size_t i = 0; !code && i < x->n; i++) {
		if (!weights[i])
			continue;
		if (counted && shares[i]) {
			code = hold(x, &x->v[i], f, e);
			if (!code)
				add_loser(x, &x->v[i], shares[i]);
		}
		if (!code && x->v[i].seen && (!most || (int)v.n < most))
			code = shown(x, &x->v[i], f, true, shares[i], hy_push(x->a, &v), e);
	}
	for (size_t i = 0; !code && i < x->n && (!most || (int)v.n < most); i++)
		if (!weights[i] && x->v[i].seen && concerned(f, &x->v[i]))
			code = shown(x, &x->v[i], f, false, 0, hy_push(x->a, &v), e);
	l.v = v.v;
	l.n = v.n;
	if (!code)
		*out = l;
	return code;
}
