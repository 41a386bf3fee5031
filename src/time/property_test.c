/* Random clocks on random calendars against the model, and what must hold of all clocks. */
#include <stdio.h>
#include <stdlib.h>

#include "time/calendar_fixture.h"
#include "time/clock_model.h"

enum { CALENDARS = 60, CASES = 24000 };

/* --- chance --------------------------------------------------------------------- */

static uint64_t seed;

static uint32_t next_random(void)
{
	seed += 0x9e3779b97f4a7c15u; /* splitmix64 */
	uint64_t z = seed;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static int below(int n)
{
	return (int)(next_random() % (uint32_t)n);
}

static bool once_in(int n)
{
	return below(n) == 0;
}

/* --- calendars that the model sees day by day ----------------------------------- */

static struct plain plains[CALENDARS];
static hy_day base_day;

static const struct hy_zone_span dst[] = {
	{ 1774746000000, 1792890000000, 2 * 3600 }, /* Berlin in 2026 */
	{ 1806195600000, 1824944400000, 2 * 3600 },
};

static void random_layer(struct plain *p, struct hy_calendar_day *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		hy_day d = base_day + 2 * (int)i * 3 + below(6); /* no day twice */
		out[i] = (struct hy_calendar_day){ d, once_in(3), HY_S("x"), HY_S("y") };
		p->work[d - first_day] = out[i].work;
	}
}

static void random_office(struct plain *p)
{
	for (int w = 0; w < DAYS_PER_WEEK; w++) {
		struct hy_office_day *o = &p->office[w];
		o->n = below(4);
		for (int i = 0, at = 6 * 60 + below(200); i < o->n; i++) {
			o->span[i].from = at * HY_MINUTE;
			at += 30 + below(180);
			o->span[i].until = at * HY_MINUTE;
			at += once_in(4) ? 0 : below(90);
		}
	}
	if (!p->office[2].n)
		p->office[2] = (struct hy_office_day){ .span = { { 9 * H, 17 * H } }, .n = 1 };
}

static void random_calendar(struct plain *p)
{
	struct hy_calendar_day layer[3][60];
	int years[5], n = 0;

	p->weekend = once_in(3) ? 1u << below(7) : 65;
	p->zone = once_in(3) ? (struct hy_zone){ 3600, dst, 2 } : hy_zone_china;
	for (int i = 0; i < (int)HY_COUNT(p->work); i++)
		p->work[i] = !(p->weekend >> hy_weekday(first_day + i) & 1);
	for (int i = 0; i < 3; i++)
		random_layer(p, layer[i], HY_COUNT(layer[i]));
	random_office(p);
	for (int y = 2026; y <= 2029; y++)
		if (!once_in(3))
			years[n++] = y;
	for (int i = 0; i < (int)HY_COUNT(p->open); i++) {
		int y = hy_date_of(first_day + i).year;
		p->open[i] = true;
		for (int k = 0; k < n; k++)
			p->open[i] = p->open[i] && years[k] != y;
	}
	struct hy_calendar_data data = { .id = HY_S("random"),
					 .zone = p->zone,
					 .weekend = p->weekend,
					 .years = years,
					 .n_years = (size_t)n,
					 .statute = layer[0],
					 .notice = layer[1],
					 .region = layer[2],
					 .n_statute = 60,
					 .n_notice = 60,
					 .n_region = 60 };
	memcpy(data.office, p->office, sizeof(data.office));
	struct hy_err e = { 0 };
	assert_int_equal(hy_calendar_new(&data, &p->real, &e), HY_OK);
}

/* --- random clocks -------------------------------------------------------------- */

static struct hy_limit random_limit(bool in_hours)
{
	static const int most[] = { 25, 40, 5, 100, 40 };
	enum hy_unit unit = (enum hy_unit)(in_hours ? 3 + below(2) : below(3));

	return (struct hy_limit){ unit, 1 + below(most[unit]) };
}

static struct hy_clock_rule random_rule(bool in_hours)
{
	struct hy_clock_rule r = { .id = HY_S("R"),
				   .clause = HY_S("c"),
				   .limit = random_limit(in_hours) };

	if (once_in(20))
		r.limit.n = 0;
	if (once_in(2))
		r.pledged = random_limit(in_hours);
	r.roll = once_in(2);
	r.keep_time = once_in(4);
	r.office_end = once_in(4);
	r.extensions = below(3);
	r.start_on_workday = once_in(3);
	if (once_in(3)) {
		r.cutoff = (12 + below(8)) * H;
		r.cutoff_to = below(12) * H;
	}
	return r;
}

static int random_events(const struct plain *p, bool in_hours, struct hy_clock_event *v)
{
	static const enum hy_clock_event_kind kinds[] = {
		HY_CLOCK_PAUSE,	 HY_CLOCK_PAUSE,   HY_CLOCK_PAUSE,  HY_CLOCK_RESUME,
		HY_CLOCK_RESUME, HY_CLOCK_RESUME,  HY_CLOCK_EXTEND, HY_CLOCK_EXTEND,
		HY_CLOCK_LIMIT,	 HY_CLOCK_RESTART, HY_CLOCK_DUE,    HY_CLOCK_STOP,
		HY_CLOCK_START,
	};
	int n = below(EVENTS) + 1;
	hy_ms at = hy_instant(&p->zone, base_day + below(300), below(24 * 60) * HY_MINUTE);

	for (int i = 0; i < n; i++) {
		struct hy_clock_event *ev = &v[i];
		*ev = (struct hy_clock_event){ .kind = kinds[below(HY_COUNT(kinds))],
					       .at = at,
					       .seq = i };
		if (i == 0 && !once_in(10))
			ev->kind = HY_CLOCK_START;
		ev->limit = random_limit(once_in(8) ? !in_hours : in_hours);
		if (once_in(20))
			ev->limit.n = 0;
		ev->due_at = at + (below(60) - 5) * (hy_ms)HY_DAY_MS;
		if (!once_in(4)) /* else the next one happens at the same instant */
			at += (once_in(2) ? below(60) : below(20 * 24 * 60)) * (hy_ms)HY_MINUTE;
	}
	return n;
}

static void shuffle(struct hy_clock_event *v, int n)
{
	for (int i = n - 1; i > 0; i--) {
		int k = below(i + 1);
		struct hy_clock_event t = v[i];
		v[i] = v[k];
		v[k] = t;
	}
}

static void assert_same(const struct hy_clock_due *got, const struct hy_clock_due *want, int number,
			const char *what)
{
#define SAME(field)                                                                                \
	if (got->field != want->field)                                                             \
	fail_msg("case %d, %s: %s is %lld, the model says %lld", number, what, #field,             \
		 (long long)got->field, (long long)want->field)
	SAME(state);
	SAME(start_at);
	SAME(due_day);
	SAME(due_at);
	SAME(original_due_at);
	SAME(pledged_due_at);
	SAME(provisional);
	SAME(rolled);
	SAME(stopped_at);
	SAME(paused_at);
	SAME(extensions);
	SAME(paused_days);
	SAME(paused_ms);
#undef SAME
}

/* --- what a trace must say ------------------------------------------------------ */

static void trace_tells_the_count(const struct model *m, const struct hy_clock_due *d,
				  const struct hy_trace *t)
{
	int counted = 0, paused = 0, minutes = 0, rolled = 0;
	int days = granted(m->granted, m->n_granted, HY_WORKING_DAY) +
		   granted(m->granted, m->n_granted, HY_CALENDAR_DAY) +
		   (m->limit.unit < HY_MONTH ? m->limit.n : 0);
	bool months = m->limit.unit == HY_MONTH || granted(m->granted, m->n_granted, HY_MONTH);
	hy_day told = m->day0, due = HY_NO_DAY, counted_until = m->day0;

	for (size_t i = 0; i < t->n; i++) {
		const struct hy_trace_line *l = &t->v[i];
		bool day_line = l->what == HY_TRACE_COUNTED || l->what == HY_TRACE_REST ||
				l->what == HY_TRACE_PAUSED;
		assert_true(i == 0 || l->day >= t->v[i - 1].day);
		assert_int_equal(l->why.work, works(m->cal, l->day));
		if (l->what == HY_TRACE_COUNTED)
			assert_int_equal(l->count, ++counted);
		paused += l->what == HY_TRACE_PAUSED;
		rolled += l->what == HY_TRACE_ROLLED;
		if (l->what == HY_TRACE_HOURS)
			minutes += l->count;
		if (l->what == HY_TRACE_DUE)
			due = l->day;
		if (day_line && l->day > m->day0 && !months && !hours(m->limit.unit)) {
			assert_int_equal(l->day, told + 1); /* none left out, none twice */
			told = l->day;
		}
		if (l->what == HY_TRACE_COUNTED)
			counted_until = l->day;
	}
	assert_int_equal(due, d->due_day);
	if (hours(m->limit.unit)) {
		assert_int_equal(minutes, 60 * (m->limit.n +
						granted(m->granted, m->n_granted, m->limit.unit)));
		return;
	}
	assert_int_equal(counted, days);
	assert_int_equal(d->rolled, rolled > 0);
	if (!months)
		assert_int_equal(counted_until + rolled, d->due_day);
	for (int i = 0; i < m->n_granted; i++)
		if (m->granted[i].unit != m->limit.unit)
			return; /* what counts as a day taken out depends on the unit */
	assert_int_equal(paused, d->paused_days);
}

/* --- the tests ------------------------------------------------------------------ */

static void random_clocks_agree_with_the_model(void **state)
{
	struct hy_arena *a = *state;
	int kinds[4] = { 0 }, provisional = 0, extended = 0, paused = 0, traced = 0;

	for (int i = 0; i < CASES; i++) {
		const struct plain *p = &plains[i % CALENDARS];
		bool in_hours = once_in(6);
		struct hy_clock_rule rule = random_rule(in_hours);
		struct hy_clock_event v[EVENTS];
		int n = random_events(p, in_hours, v);
		struct model m;
		struct hy_clock_due want = model_due(p, &rule, v, n, &m), got;
		struct hy_trace trace;
		struct hy_err e = { 0 };
		hy_arena_empty(a);
		assert_int_equal(hy_clock_due(v, (size_t)n, &rule, p->real, &got, a, &trace, &e),
				 HY_OK);
		assert_same(&got, &want, i, "in order");
		if (m.stated == HY_NO_TIME && got.due_at != HY_NO_TIME) {
			trace_tells_the_count(&m, &got, &trace);
			traced++;
		}
		for (int k = 0; k < 2; k++) {
			shuffle(v, n);
			assert_int_equal(
				hy_clock_due(v, (size_t)n, &rule, p->real, &got, NULL, NULL, &e),
				HY_OK);
			assert_same(&got, &want, i, "shuffled");
		}
		kinds[got.state]++;
		provisional += got.provisional;
		extended += got.extensions > 0;
		paused += got.paused_days > 0;
	}
	print_message("# %d idle, %d running, %d paused, %d stopped; %d provisional, %d extended, "
		      "%d with days paused, %d traced\n",
		      kinds[0], kinds[1], kinds[2], kinds[3], provisional, extended, paused,
		      traced);
	for (int i = 0; i < 4; i++)
		assert_true(kinds[i] > CASES / 200);
	assert_true(provisional > CASES / 20 && extended > CASES / 20 && paused > CASES / 20);
}

/* Lights of day limits: the share by counting days one by one. */
static void shares_agree_with_the_model(void **state)
{
	(void)state;
	int compared = 0;

	for (int i = 0; i < CASES / 4; i++) {
		const struct plain *p = &plains[i % CALENDARS];
		struct hy_clock_rule rule = random_rule(false);
		struct hy_clock_event v[EVENTS];
		int n = random_events(p, false, v), percent = 1 + below(120);
		struct model m;
		struct hy_clock_due d = model_due(p, &rule, v, n, &m);
		const struct hy_step steps[] = {
			{ .light = HY_LIGHT_BLUE, .percent = percent },
			{ .light = HY_LIGHT_YELLOW, .before = { HY_WORKING_DAY, 2 } },
			{ .light = HY_LIGHT_ORANGE, .due = true },
			{ .light = HY_LIGHT_RED, .after = { HY_WORKING_DAY, 3 } }
		};
		hy_ms at[HY_LIGHT_RED + 1];
		struct hy_err e = { 0 };
		assert_int_equal(hy_clock_lights(v, (size_t)n, &rule, p->real, steps, 4, at, &e),
				 HY_OK);
		if (d.due_at == HY_NO_TIME) {
			for (int k = 0; k <= HY_LIGHT_RED; k++)
				assert_true(at[k] == HY_NO_TIME);
			continue;
		}
		hy_ms want = d.due_at + 1;
		assert_true(at[HY_LIGHT_ORANGE] == (want > m.start_at ? want : m.start_at));
		want = hy_instant(&p->zone, walk(&m, d.due_day, HY_WORKING_DAY, 3, false) + 1, 0);
		assert_true(at[HY_LIGHT_RED] == (want > m.start_at ? want : m.start_at));
		hy_day back = d.due_day;
		for (int k = 0; k < 2; k++)
			do
				back--;
			while (!works(p, back));
		want = hy_instant(&p->zone, back, 0);
		assert_true(at[HY_LIGHT_YELLOW] == (want > m.start_at ? want : m.start_at));
		if (hours(m.limit.unit) || m.limit.unit == HY_MONTH || m.n_granted ||
		    m.stated != HY_NO_TIME)
			continue;
		hy_day day = walk(&m, m.day0, m.limit.unit, m.limit.n * percent / 100, true);
		want = hy_instant(&p->zone, day + 1, 0);
		assert_true(at[HY_LIGHT_BLUE] == (want > m.start_at ? want : m.start_at));
		compared++;
	}
	assert_true(compared > CASES / 40);
}

static hy_ms due_of(const struct plain *p, const struct hy_clock_rule *rule,
		    const struct hy_clock_event *v, int n)
{
	struct hy_clock_due d;
	struct hy_err e = { 0 };

	assert_int_equal(hy_clock_due(v, (size_t)n, rule, p->real, &d, NULL, NULL, &e), HY_OK);
	return d.due_at;
}

/* But for the two kinds of rule of which clock.h warns. */
static void a_later_start_never_falls_due_earlier(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		const struct plain *p = &plains[i % CALENDARS];
		struct hy_clock_rule rule = random_rule(once_in(3));
		rule.start_on_workday = rule.start_on_workday || rule.cutoff;
		rule.keep_time = false;
		if (hours(rule.limit.unit)) {
			rule.roll = false; /* rolling keeps the time of day too */
			rule.cutoff_to = 0;
		}
		hy_ms at = hy_instant(&p->zone, base_day + below(300), below(HY_DAY_MS));
		struct hy_clock_event early = { .at = at };
		struct hy_clock_event late = { .at = at +
						     below(once_in(2) ? HY_DAY_MS : INT32_MAX) };
		hy_ms a = due_of(p, &rule, &early, 1), b = due_of(p, &rule, &late, 1);
		if (a > b)
			fail_msg("case %d: %d of unit %d, from %lld due %lld, but from %lld due "
				 "%lld",
				 i, rule.limit.n, (int)rule.limit.unit, (long long)early.at,
				 (long long)a, (long long)late.at, (long long)b);
	}
}

static void more_days_never_fall_due_earlier(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		const struct plain *p = &plains[i % CALENDARS];
		bool in_hours = once_in(4);
		struct hy_clock_rule rule = random_rule(in_hours), more;
		struct hy_clock_event v[EVENTS];
		int n = random_events(p, in_hours, v);
		rule.limit.n += rule.limit.n == 0;
		if (hours(rule.limit.unit))
			rule.roll = false;
		for (int k = 0; k < n; k++) /* these replace the limit */
			if (v[k].kind == HY_CLOCK_LIMIT || v[k].kind == HY_CLOCK_DUE)
				v[k].kind = HY_CLOCK_RESUME;
		more = rule;
		more.limit.n += 1 + below(10);
		hy_ms a = due_of(p, &rule, v, n), b = due_of(p, &more, v, n);
		if (a > b) {
			for (int k = 0; k < n; k++)
				print_message("# kind %d at %lld, %d of unit %d\n", (int)v[k].kind,
					      (long long)v[k].at, v[k].limit.n,
					      (int)v[k].limit.unit);
			fail_msg("case %d: %d of unit %d are due %lld, %d are due %lld", i,
				 rule.limit.n, (int)rule.limit.unit, (long long)a, more.limit.n,
				 (long long)b);
		}
	}
}

static int up(void **state)
{
	const char *given = getenv("HY_SEED");

	seed = given ? strtoull(given, NULL, 0) : 20260930;
	print_message("# HY_SEED=%llu\n", (unsigned long long)seed);
	first_day = hy_day_of(2024, 1, 1);
	base_day = hy_day_of(2026, 2, 1);
	for (int i = 0; i < CALENDARS; i++)
		random_calendar(&plains[i]);
	*state = hy_arena_new(0);
	return 0;
}

static int down(void **state)
{
	hy_arena_free((struct hy_arena **)state);
	for (int i = 0; i < CALENDARS; i++)
		hy_calendar_free(&plains[i].real);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_clocks_agree_with_the_model),
		cmocka_unit_test(shares_agree_with_the_model),
		cmocka_unit_test(a_later_start_never_falls_due_earlier),
		cmocka_unit_test(more_days_never_fall_due_earlier),
	};
	return cmocka_run_group_tests_name("property", tests, up, down);
}
