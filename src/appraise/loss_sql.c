/* Who lost the points: cases from the store, shares of points, and the holder of that day. */
#include "appraise/loss_case.h"

#include <stdlib.h>

#include "matter/sight.h"

/* --- which cases --------------------------------------------------------------------------------
 */

static enum hy_code frozen_cases(struct losses *x, const struct round *r, int version, hy_str unit,
				 struct hy_err *e)
{
	HY_VEC(struct loss_case) v = { 0 };
	enum hy_code code;
	bool row;
	HY_SCOPED_STMT s = hy_sql_many(x->db, "SELECT matter, code, facts, work_days, days,"
					      " hand_offs, returns, reopens FROM round_case"
					      " WHERE round = $1 AND version = $2 AND unit = $3"
					      " ORDER BY code");

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, version);
	hy_bind_text(s, 3, unit);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct loss_case *k = hy_push(x->a, &v);
		*k = (struct loss_case){ .f = { .matter = hy_col_int(s, 0),
						.code = hy_col_dup(x->a, s, 1),
						.facts = (facts)hy_col_int(s, 2) } };
		for (int i = 0; i < NUMBER__COUNT; i++)
			k->f.numbers.of[i] = (int)hy_col_int(s, 3 + i);
	}
	x->v = v.v;
	x->n = v.n;
	return code;
}

static void measured_cases(struct losses *x, const struct round_inputs *in)
{
	x->n = in->n_facts;
	x->v = hy_new_n(x->a, struct loss_case, x->n + 1);
	for (size_t i = 0; i < x->n; i++)
		x->v[i].f = in->facts[i];
}

static enum hy_code present_cases(struct losses *x, const struct round *r, hy_str unit,
				  struct hy_err *e)
{
	struct round_inputs in;
	enum hy_code code = round_measure_unit(x->a, x->c, x->db, r, x->at, unit, &in, e);

	if (!code)
		measured_cases(x, &in);
	return code;
}

/* --- what is told of them -----------------------------------------------------------------------
 */

enum { CHUNK = 100 };

static int by_matter(const void *x, const void *y)
{
	const struct loss_case *a = *(struct loss_case *const *)x,
			       *b = *(struct loss_case *const *)y;

	return (a->f.matter > b->f.matter) - (a->f.matter < b->f.matter);
}

static void tell_case(struct hy_arena *a, struct hy_stmt *s, struct loss_case *k)
{
	k->matter = (struct matter_key){ hy_col_int(s, 0), hy_col_int(s, 1), hy_col_dup(a, s, 2),
					 hy_col_dup(a, s, 3), hy_col_int(s, 4) };
	k->unit = hy_col_dup(a, s, 5);
	k->person = hy_col_dup(a, s, 6);
	k->idx = hy_col_int(s, 7);
	k->due_at = hy_col_opt(s, 8, HY_NO_TIME);
	k->answered_at = hy_col_opt(s, 9, HY_NO_TIME);
	k->seen = hy_col_int(s, 10) != 0;
	k->handles = hy_col_int(s, 11) != 0;
	k->title = hy_col_dup(a, s, 12);
}

/* Of the cases V, by matter, those from FROM on that one question asks for; several may be of one
 * matter, as cards. */
static enum hy_code tell_some(struct losses *x, struct hy_stmt *s, struct loss_case **v, size_t n,
			      size_t from, size_t *until_out, struct hy_err *e)
{
	size_t at = from, until = from;
	enum hy_code code;
	bool row;

	for (int i = 0; i < CHUNK; i++) {
		hy_bind_int(s, 1 + i, until < n ? v[until]->f.matter : 0);
		for (int64_t id = until < n ? v[until]->f.matter : 0;
		     until < n && v[until]->f.matter == id;)
			v[until++]->told = true;
	}
	while (!(code = hy_step(s, &row, e)) && row) {
		int64_t id = hy_col_int(s, 0);
		while (at < until && v[at]->f.matter < id)
			at++;
		for (; at < until && v[at]->f.matter == id; at++)
			tell_case(x->a, s, v[at]);
	}
	*until_out = until;
	return code;
}

/* What is told of the cases V and has not been asked for yet; V is in another order afterwards. */
static enum hy_code tell(struct losses *x, struct loss_case **v, size_t n, struct hy_err *e)
{
	size_t some = 0;

	for (size_t i = 0; i < n; i++)
		if (!v[i]->told)
			v[some++] = v[i];
	if (!some)
		return HY_OK;
	qsort(v, some, sizeof(struct loss_case *), by_matter);

	const struct loss_reader *reader = &x->reader;
	struct access_scope scope =
		access_scope(x->a, reader->who, PERMISSION_APPRAISE_READ, HY_S(""));
	struct access_where w = access_where(x->a, &scope, CHUNK + 1);
	struct sight_sql own = sight_sql(x->a, reader->who, w.first + w.n);
	struct sight_sql words = sight_sql(x->a, reader->redacted ? NULL : reader->who, own.next);
	struct hy_buf b = hy_buf_on(x->a);
	enum hy_code code = HY_OK;

	hy_buf_fmt(&b,
		   "SELECT m.id, m.seq, m.code, m.kind, m.version, m.unit, m.person, m.last_idx,"
		   " m.main_due_at, m.answered_at, CASE WHEN 1 = 1" HY_FMT " THEN 1 ELSE 0 END,"
		   " CASE WHEN " HY_FMT " THEN 1 ELSE 0 END, " HY_FMT
		   " FROM matter m WHERE m.id IN (",
		   HY_ARG(w.sql), HY_ARG(own.handles), HY_ARG(words.title));
	for (int i = 0; i < CHUNK; i++)
		hy_buf_fmt(&b, i ? ", $%d" : "$%d", i + 1);
	hy_buf_add(&b, HY_S(") ORDER BY m.id"));
	HY_SCOPED_STMT s = hy_sql_many(x->db, hy_buf_str(&b).p);
	access_bind(s, &w);
	sight_bind(s, &own);
	sight_bind(s, &words);
	for (size_t at = 0; !code && at < some;)
		code = tell_some(x, s, v, some, at, &at, e);
	return code;
}

enum hy_code losses_read(struct hy_arena *a, struct city *c, struct hy_db *db,
			 const struct round *r, const struct round_version *v, hy_str unit,
			 const struct loss_reader *reader, struct losses *out, struct hy_err *e)
{
	struct losses x = {
		.a = a, .c = c, .db = db, .reader = *reader, .at = v->at, .names = { .a = a }
	};
	enum hy_code code = v->version ? frozen_cases(&x, r, v->version, unit, e)
				       : present_cases(&x, r, unit, e);

	if (!code)
		*out = x;
	return code;
}

struct losses losses_measured(struct hy_arena *a, struct city *c, struct hy_db *db,
			      const struct round_inputs *in, const struct loss_reader *reader)
{
	struct losses x = {
		.a = a, .c = c, .db = db, .reader = *reader, .at = in->at, .names = { .a = a }
	};

	measured_cases(&x, in);
	return x;
}

const struct round_fact *losses_fact(const struct losses *x, size_t i)
{
	return &x->v[i].f;
}

bool losses_find(const struct losses *x, hy_str code, size_t *out)
{
	for (size_t i = 0; i < x->n; i++)
		if (hy_str_eq(x->v[i].f.code, code)) {
			*out = i;
			return true;
		}
	return false;
}

enum hy_code losses_tell(struct losses *x, const size_t *which, size_t n, struct hy_err *e)
{
	struct loss_case **v = hy_new_n(x->a, struct loss_case *, n + 1);

	for (size_t i = 0; i < n; i++)
		v[i] = &x->v[which[i]];
	return tell(x, v, n, e);
}

bool losses_seen(const struct losses *x, size_t i)
{
	return x->v[i].seen;
}

hy_str losses_title(const struct losses *x, size_t i)
{
	return x->v[i].title;
}

hy_ms losses_due_at(const struct losses *x, size_t i)
{
	return x->v[i].due_at;
}

enum hy_code losses_due(struct losses *x, size_t i, struct loss_due *out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(x->db, "SELECT " FACTS_COLUMNS_BARE " FROM matter m WHERE m.id = $1");
	struct fact_row r;
	bool there;

	hy_bind_int(s, 1, x->v[i].f.matter);
	enum hy_code code = hy_step(s, &there, e);
	if (code)
		return code;
	*out = (struct loss_due){ .numbers = x->v[i].f.numbers };
	if (!there)
		return HY_OK;
	facts_row_get(s, &r);
	out->original = r.original_at != HY_NO_TIME && r.original_at >= r.main_due_at;
	out->pledged = r.pledged_at != HY_NO_TIME && r.pledged_at >= r.main_due_at;
	if (r.main_due_at != HY_NO_TIME) {
		r.answered_at = r.main_due_at;
		struct numbers n = facts_numbers(city_pack(x->c)->calendar, &r);
		out->numbers.of[NUMBER_WORKING_DAYS] = n.of[NUMBER_WORKING_DAYS];
		out->numbers.of[NUMBER_CALENDAR_DAYS] = n.of[NUMBER_CALENDAR_DAYS];
	}
	return HY_OK;
}

/* --- who had it that day ------------------------------------------------------------------------
 */

static hy_ms that_day(const struct losses *x, const struct loss_case *k)
{
	const facts late = FACT_BIT(FACT_LATE) | FACT_BIT(FACT_UNANSWERED_LATE);

	if ((k->f.facts & late) && k->due_at != HY_NO_TIME)
		return k->due_at;
	return k->answered_at != HY_NO_TIME && k->answered_at <= x->at ? k->answered_at : x->at;
}

/* The account of H's login, once asked for; NULL: none, as of an import. */
static enum hy_code account_of(struct losses *x, hy_str login, const struct account **out,
			       struct hy_err *e)
{
	static const struct account nobody;
	const struct account *there = hy_map_get(&x->names, login);
	struct hy_err none = { 0 };

	if (!there) {
		struct account *account = hy_new(x->a, struct account);
		enum hy_code code = account_by_login(x->a, x->db, login, account, &none);
		if (code && code != HY_NOT_FOUND)
			return (*e = none, code);
		there = code ? &nobody : account;
		hy_map_put(&x->names, login, (void *)(uintptr_t)there);
	}
	*out = there == &nobody ? NULL : there;
	return HY_OK;
}

/* Name and post at AT; who sat where in a unit is asked for once. */
static enum hy_code named(struct losses *x, struct holder *h, hy_ms at, struct hy_err *e)
{
	const struct account *account = NULL;
	enum hy_code code = h->person.n ? account_of(x, h->person, &account, e) : HY_OK;

	h->known = true;
	if (code || !account)
		return code;
	h->name = account->name;
	hy_str key = hy_printf(x->a, HY_FMT "\t" HY_FMT, HY_ARG(h->unit), HY_ARG(h->person));
	struct post_turns *turns = hy_map_get(&x->names, key);
	if (!turns) {
		turns = hy_new(x->a, struct post_turns);
		code = post_turns(x->a, x->db, h->unit, account->id, turns, e);
		hy_map_put(&x->names, key, turns);
	}
	h->post = post_title_at(turns, at);
	return code;
}

/* From the events up to then; of a card the matter it is about. */
static enum hy_code held_then(void *arg, const struct matter_then *t, const struct matter *m,
			      struct hy_err *e)
{
	struct losses *x = arg;
	struct loss_case *k = t->of;
	const struct matter_clock *clock = matter_main_clock(m);

	(void)e;
	if (clock)
		k->clause = hy_str_dup(x->a, clock->counted.clause);
	k->then.unit = hy_str_dup(x->a, m->unit.n ? m->unit : m->events[0].unit);
	k->then.person = k->handles ? hy_str_dup(x->a, m->person) : HY_S("");
	return HY_OK;
}

/* Who had those of V that it is not known of; several cases of one matter one after the other. */
static enum hy_code hold_then(struct losses *x, struct loss_case **v, size_t n, struct hy_err *e)
{
	struct matter_then *then = hy_new_n(x->a, struct matter_then, n + 1);
	enum hy_code code = HY_OK;
	size_t some;

	if (n)
		qsort(v, n, sizeof(struct loss_case *), by_matter);
	do {
		some = 0;
		for (size_t i = 0; i < n; i++)
			if (!v[i]->then.known &&
			    !(some && then[some - 1].key->id == v[i]->matter.id))
				then[some++] = (struct matter_then){ &v[i]->matter,
								     that_day(x, v[i]), v[i] };
		code = matters_then(x->c, x->db, then, some, held_then, x, e);
		for (size_t i = 0; !code && i < some; i++) {
			struct loss_case *k = then[i].of;
			code = named(x, &k->then, then[i].at, e);
		}
	} while (!code && some);
	return code;
}

/* Of a share or a count who had it that day; of means and sums whoever had it last, with the post
 * at the end of that day. */
static bool of_that_day(const struct figure *f)
{
	return f->measure == FIGURE_SHARE || f->measure == FIGURE_COUNT;
}

static const struct holder *holder_of(const struct loss_case *k, const struct figure *f)
{
	return of_that_day(f) ? &k->then : &k->last;
}

/* Who had the cases V. */
static enum hy_code hold(struct losses *x, struct loss_case **v, size_t n, const struct figure *f,
			 struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(x->c)->calendar);
	enum hy_code code = of_that_day(f) ? hold_then(x, v, n, e) : HY_OK;

	for (size_t i = 0; !code && !of_that_day(f) && i < n; i++) {
		struct holder *last = &v[i]->last;
		if (last->known)
			continue;
		last->unit = v[i]->unit;
		last->person = v[i]->handles ? v[i]->person : HY_S("");
		code = named(x, last,
			     hy_instant(zone, hy_local(zone, that_day(x, v[i]), NULL) + 1, 0) - 1,
			     e);
	}
	return code;
}

/* --- shares of points ---------------------------------------------------------------------------
 */

/* What costs points: of a share where more is better, what falls under it and lacks the fact; else
 * what has the fact, where less of it is better. */
static int64_t weight_of(const struct figure *f, const struct loss_case *k)
{
	bool has = k->f.facts & FACT_BIT(f->fact);

	switch (f->measure) {
	case FIGURE_SHARE:
		if (f->better == BETTER_HIGHER)
			return (k->f.facts & FACT_BIT(f->of)) && !has;
		return f->better == BETTER_LOWER && has;
	case FIGURE_COUNT:
		return f->better == BETTER_LOWER && has;
	case FIGURE_SUM:
	case FIGURE_SPREAD: {
		int n = k->f.numbers.of[f->number];
		return f->better == BETTER_LOWER && has && n > 0 ? n : 0;
	}
	case FIGURE__NONE:
		break;
	}
	return 0;
}

static bool concerned(const struct figure *f, const struct loss_case *k)
{
	return k->f.facts & FACT_BIT(f->measure == FIGURE_SHARE ? f->of : f->fact);
}

/* Points add up line by line; a case counts once with whoever lost by it. */
static void add_loser(struct losses *x, struct loss_case *k, const struct holder *h, int64_t points)
{
	size_t at = 0;

	if (!k->seen) {
		x->beyond += points;
		x->beyond_cases += !k->beyond;
		k->beyond = true;
		return;
	}
	while (at < x->losers.n && !(hy_str_eq(x->losers.v[at].unit, h->unit) &&
				     hy_str_eq(x->losers.v[at].person, h->person) &&
				     hy_str_eq(x->losers.v[at].post, h->post)))
		at++;
	if (at == x->losers.n)
		*hy_push(x->a, &x->losers) =
			(struct round_loser){ h->unit, h->person, h->name, h->post, 0, 0 };
	x->losers.v[at].points += points;
	for (size_t i = 0; i < k->losers.n; i++)
		if (k->losers.v[i] == at)
			return;
	*hy_push(x->a, &k->losers) = at;
	x->losers.v[at].cases++;
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

static struct round_case shown(const struct loss_case *k, const struct figure *f, bool lost,
			       int64_t points)
{
	const struct holder *h = holder_of(k, f);
	struct round_case out = { .code = k->f.code,
				  .title = k->title,
				  .unit = k->unit,
				  .lost = lost,
				  .points = points,
				  .idx = k->idx,
				  .due_at = k->due_at,
				  .answered_at = k->answered_at };

	if (lost) {
		out.unit = h->unit;
		out.person = h->person;
		out.name = h->name;
		out.post = h->post;
		out.clause = k->clause;
	}
	return out;
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
	struct loss_case **who = hy_new_n(x->a, struct loss_case *, x->n + 1);

	for (size_t i = 0; i < x->n; i++) {
		weights[i] = weight_of(f, &x->v[i]);
		l.lost += weights[i] > 0;
		l.all += weights[i] > 0 || concerned(f, &x->v[i]);
	}
	shares = hy_new_n(x->a, int64_t, x->n + 1);
	share_out(points, weights, x->n, shares);
	size_t held = 0, seen = 0, at = 0;
	for (size_t i = 0; i < x->n; i++)
		if (weights[i])
			who[held++] = &x->v[i];
	enum hy_code code = tell(x, who, held, e);
	held = 0;
	for (size_t i = 0; i < x->n; i++) {
		bool told = weights[i] && x->v[i].seen && (!most || seen < (size_t)most);
		seen += told;
		if (told || (counted && shares[i]))
			who[held++] = &x->v[i];
	}
	if (!code)
		code = hold(x, who, held, f, e);
	for (size_t i = 0; !code && i < x->n; i++) {
		if (counted && shares[i])
			add_loser(x, &x->v[i], holder_of(&x->v[i], f), shares[i]);
		if (weights[i] && x->v[i].seen && v.n < seen)
			*hy_push(x->a, &v) = shown(&x->v[i], f, true, shares[i]);
	}
	/* Of the others no more are asked for than are shown, but for those out of sight. */
	while (!code && at < x->n && (!most || v.n < (size_t)most)) {
		size_t from = at;
		for (held = 0; at < x->n && held < CHUNK; at++)
			if (!weights[at] && concerned(f, &x->v[at]))
				who[held++] = &x->v[at];
		code = tell(x, who, held, e);
		for (size_t i = from; !code && i < at && (!most || v.n < (size_t)most); i++)
			if (!weights[i] && x->v[i].seen && concerned(f, &x->v[i]))
				*hy_push(x->a, &v) = shown(&x->v[i], f, false, 0);
	}
	l.v = v.v;
	l.n = v.n;
	if (!code)
		*out = l;
	return code;
}
