#include "matter/facts.h"

/* --- what a matter is --------------------------------------------------------------------- */

static const struct {
	hy_str outcome;
	enum fact fact;
} outcomes[] = {
	{ HY_S_INIT("solved"), FACT_SOLVED },
	{ HY_S_INIT("partly_solved"), FACT_PARTLY_SOLVED },
	{ HY_S_INIT("planned"), FACT_PLANNED },
	{ HY_S_INIT("explained"), FACT_EXPLAINED },
	{ HY_S_INIT("not_supported"), FACT_NOT_SUPPORTED },
	{ HY_S_INIT("unverifiable"), FACT_UNVERIFIABLE },
	{ HY_S_INIT("not_ours"), FACT_NOT_OURS },
	{ HY_S_INIT("duplicate"), FACT_DUPLICATE },
	{ HY_S_INIT("withdrawn"), FACT_WITHDRAWN },
	{ HY_S_INIT("transferred"), FACT_TRANSFERRED },
};

static enum fact outcome_of(hy_str outcome, const struct pack_words *declines)
{
	for (size_t i = 0; i < HY_COUNT(outcomes); i++)
		if (hy_str_eq(outcomes[i].outcome, outcome))
			return outcomes[i].fact;
	for (size_t i = 0; i < declines->n; i++)
		if (hy_str_eq(declines->v[i].id, outcome))
			return FACT_DECLINED;
	return FACT_OTHER_OUTCOME;
}

static facts bit_if(bool yes, enum fact fact)
{
	return yes ? FACT_BIT(fact) : 0;
}

static facts answer_facts(const struct fact_row *r, hy_ms now)
{
	bool answered = r->verdict != MATTER_OPEN;
	bool pledged = r->pledged_at != HY_NO_TIME;
	facts f = bit_if(answered, FACT_ANSWERED) | bit_if(!answered && r->open, FACT_UNANSWERED) |
		  bit_if(!answered && !r->open, FACT_NO_CLOCK);

	if (!answered && !r->open)
		return f;
	bool late = answered ? r->verdict == MATTER_LATE : r->main_due_at < now;
	bool due = answered || late;
	f |= bit_if(due, FACT_FALLEN_DUE) | bit_if(answered && !late, FACT_IN_TIME) |
	     bit_if(answered && late, FACT_LATE) | bit_if(!answered && late, FACT_UNANSWERED_LATE);
	f |= bit_if(answered || r->original_at < now, FACT_ORIGINAL_DUE) |
	     bit_if(answered && r->answered_at <= r->original_at, FACT_IN_ORIGINAL);
	f |= bit_if(pledged && (answered || r->pledged_at < now), FACT_PLEDGE_DUE) |
	     bit_if(pledged && r->pledged_verdict == MATTER_IN_TIME, FACT_IN_PLEDGE);
	return f;
}

static facts open_facts(const struct fact_row *r, hy_ms now)
{
	static const enum fact lights[] = { FACT_NO_LIGHT, FACT_GREEN,	FACT_BLUE,
					    FACT_YELLOW,   FACT_ORANGE, FACT_RED };
	enum fact light = r->paused ? FACT_PAUSED : lights[matter_light(r->lights, now)];

	return FACT_BIT(FACT_OPEN) | FACT_BIT(light) | bit_if(r->due_at < now, FACT_OVERDUE) |
	       bit_if(!r->assigned, FACT_UNASSIGNED) | bit_if(r->provisional, FACT_PROVISIONAL);
}

struct fact_row fact_row_of(const struct matter *m)
{
	struct fact_row r = { .open = m->open,
			      .annulled = m->annulled,
			      .paused = m->paused,
			      .provisional = m->provisional,
			      .assigned = m->unit.n > 0,
			      .outcome = m->outcome,
			      .filed_at = m->filed_at,
			      .answered_at = m->answered_at,
			      .main_due_at = m->main_due_at,
			      .original_at = m->original_at,
			      .pledged_at = m->pledged_at,
			      .due_at = m->due_at,
			      .verdict = m->verdict,
			      .pledged_verdict = m->pledged_verdict,
			      .hand_offs = m->hand_offs,
			      .returns = m->returns,
			      .reopens = m->reopens,
			      .rating = m->rating };

	memcpy(r.lights, m->lights, sizeof(r.lights));
	r.lights[HY_LIGHT_NONE] = HY_NO_TIME;
	return r;
}

facts facts_of(const struct fact_row *r, struct period p, const struct pack_words *declines,
	       hy_ms now)
{
	bool received = r->filed_at >= p.from && r->filed_at < p.until;
	facts f = 0;

	if (r->annulled)
		return bit_if(received, FACT_ANNULLED);
	if (received) {
		f |= FACT_BIT(FACT_RECEIVED) | answer_facts(r, now) |
		     bit_if(!r->assigned, FACT_NO_UNIT) | bit_if(r->rating > 0, FACT_RATED) |
		     bit_if(r->rating >= 4, FACT_SATISFIED) |
		     bit_if(r->rating == 1 || r->rating == 2, FACT_BAD_RATED) |
		     bit_if(r->hand_offs > 0, FACT_HANDED_OFF) |
		     bit_if(r->returns > 0, FACT_RETURNED) | bit_if(r->reopens > 0, FACT_REOPENED);
		if (!r->open)
			f |= FACT_BIT(FACT_CLOSED) | FACT_BIT(outcome_of(r->outcome, declines));
	}
	return r->open ? f | open_facts(r, now) : f;
}

/* --- tallies ------------------------------------------------------------------------------------
 */

enum { DAYS_MOST = 60000 }; /* more than the calendar's whole range */

static void spread_add(struct hy_arena *a, struct spread *s, int days, int64_t times)
{
	size_t at = days < DAYS_MOST ? (size_t)days : DAYS_MOST;

	if (at >= s->cap) {
		size_t cap = s->cap ? s->cap : 32;
		while (cap <= at)
			cap *= 2;
		int64_t *wider = hy_new_n(a, int64_t, cap);
		if (s->cap)
			memcpy(wider, s->at, s->cap * sizeof(*wider));
		s->at = wider;
		s->cap = cap;
	}
	s->at[at] += times;
	s->n += times;
	s->sum += (int64_t)at * times;
}

void tally_add(struct hy_arena *a, struct tally *t, facts f, const struct numbers *n)
{
	for (facts rest = f; rest; rest &= rest - 1)
		t->count[__builtin_ctzll(rest)]++;
	if (f & FACT_BIT(FACT_ANSWERED)) {
		spread_add(a, &t->days[0], n->of[NUMBER_WORKING_DAYS], 1);
		spread_add(a, &t->days[1], n->of[NUMBER_CALENDAR_DAYS], 1);
	}
	if (f & FACT_BIT(FACT_RECEIVED))
		for (int i = NUMBER_HAND_OFFS; i < NUMBER__COUNT; i++)
			t->sum[i] += n->of[i];
}

static void spread_take(struct spread *s, int days)
{
	size_t at = days < DAYS_MOST ? (size_t)days : DAYS_MOST;

	s->at[at]--;
	s->n--;
	s->sum -= (int64_t)at;
}

void tally_take(struct tally *t, facts f, const struct numbers *n)
{
	for (facts rest = f; rest; rest &= rest - 1)
		t->count[__builtin_ctzll(rest)]--;
	if (f & FACT_BIT(FACT_ANSWERED)) {
		spread_take(&t->days[0], n->of[NUMBER_WORKING_DAYS]);
		spread_take(&t->days[1], n->of[NUMBER_CALENDAR_DAYS]);
	}
	if (f & FACT_BIT(FACT_RECEIVED))
		for (int i = NUMBER_HAND_OFFS; i < NUMBER__COUNT; i++)
			t->sum[i] -= n->of[i];
}

void tally_join(struct hy_arena *a, struct tally *into, const struct tally *from)
{
	for (int i = 0; i < FACT__COUNT; i++)
		into->count[i] += from->count[i];
	for (int i = 0; i < NUMBER__COUNT; i++)
		into->sum[i] += from->sum[i];
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < from->days[k].cap; i++)
			if (from->days[k].at[i])
				spread_add(a, &into->days[k], (int)i, from->days[k].at[i]);
}

int spread_quantile(const struct spread *s, int permille)
{
	int64_t rank = (s->n * permille + 999) / 1000, seen = 0;
	size_t i = 0;

	while ((seen += s->at[i]) < (rank > 0 ? rank : 1))
		i++;
	return (int)i;
}

static int64_t divided(int64_t n, int64_t d, int64_t scale)
{
	return (2 * n * scale + d) / (2 * d);
}

static struct figure_value point_of(const struct spread *s, enum figure_point point)
{
	struct figure_value v = { s->n > 0, 0, s->sum, s->n };

	if (s->n == 0)
		return v;
	switch (point) {
	case POINT_MEAN:
		v.value = divided(s->sum, s->n, 100);
		break;
	case POINT_Q1:
		v.value = spread_quantile(s, 250);
		break;
	case POINT_MEDIAN:
		v.value = spread_quantile(s, 500);
		break;
	case POINT_Q3:
		v.value = spread_quantile(s, 750);
		break;
	case POINT_P90:
		v.value = spread_quantile(s, 900);
		break;
	case POINT_MAX:
		v.value = spread_quantile(s, 1000);
		break;
	}
	return v;
}

struct figure_value figure_value(const struct figure *f, const struct tally *t)
{
	int64_t n = t->count[f->fact], d = 1;

	switch (f->measure) {
	case FIGURE_COUNT:
		return (struct figure_value){ true, n, n, 1 };
	case FIGURE_SHARE:
		d = t->count[f->of];
		return (struct figure_value){ d > 0, d > 0 ? divided(n, d, 10000) : 0, n, d };
	case FIGURE_SUM:
		return (struct figure_value){ true, t->sum[f->number], t->sum[f->number], 1 };
	case FIGURE_SPREAD:
		return point_of(&t->days[f->number == NUMBER_CALENDAR_DAYS], f->point);
	case FIGURE__NONE:
		break;
	}
	return (struct figure_value){ 0 };
}
