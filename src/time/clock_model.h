#ifndef HY_TIME_CLOCK_MODEL_H
#define HY_TIME_CLOCK_MODEL_H

/* clock_model -- for tests: a second implementation of the clock, slow and obvious.  It walks
 * from day to day and from minute to minute and shares no arithmetic with the real one. */

#include "time/clock.h"

enum { EVENTS = 10, DAYS_PER_WEEK = 7 };

static hy_day first_day; /* the first that every struct plain knows */

struct plain { /* what the test itself knows of a calendar: 2024-2031 */
	signed char work[3000];
	bool open[3000];
	struct hy_office_day office[DAYS_PER_WEEK];
	unsigned weekend;
	struct hy_zone zone;
	struct hy_calendar *real;
};
static bool works(const struct plain *p, hy_day d)
{
	return p->work[d - first_day];
}

static const struct hy_office_day *office_of(const struct plain *p, hy_day d)
{
	int w = hy_weekday(d);

	return &p->office[p->weekend & 1u << w ? 5 : w];
}

static bool open_at(const struct plain *p, hy_ms at)
{
	int ms;
	hy_day d = hy_local(&p->zone, at, &ms);
	const struct hy_office_day *o = office_of(p, d);

	for (int i = 0; works(p, d) && i < o->n; i++)
		if (ms >= o->span[i].from && ms < o->span[i].until)
			return true;
	return false;
}

/* --- the model ------------------------------------------------------------------ */

struct pair {
	hy_ms from, until;
};
struct model {
	const struct plain *cal;
	const struct hy_clock_rule *rule;
	bool pledge;
	enum hy_clock_state state;
	struct hy_limit limit, first_limit;
	struct hy_limit granted[EVENTS], stated_granted[EVENTS];
	int n_granted, n_stated;
	hy_ms stated, first_stated, first_start, start_at, paused_at, stopped_at;
	hy_day day0;
	int start_ms;
	bool restarted, started;
	struct pair pauses[EVENTS];
	int n_pauses, extensions;
};
struct answer {
	hy_day day, counted;
	hy_ms at;
	bool rolled;
};

static hy_day day_of(const struct model *m, hy_ms at)
{
	return hy_local(&m->cal->zone, at, NULL);
}

static bool day_paused(const struct model *m, hy_day d)
{
	for (int i = 0; i < m->n_pauses; i++)
		if (day_of(m, m->pauses[i].from) < d && d <= day_of(m, m->pauses[i].until))
			return true;
	return false;
}

static bool minute_paused(const struct model *m, hy_ms at)
{
	for (int i = 0; i < m->n_pauses; i++)
		if (m->pauses[i].from <= at && at < m->pauses[i].until)
			return true;
	return false;
}

static int granted(const struct hy_limit *l, int n, enum hy_unit unit)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		if (l[i].unit == unit)
			sum += l[i].n;
	return sum;
}

static hy_day walk(const struct model *m, hy_day d, enum hy_unit unit, int n, bool pauses)
{
	while (n > 0) {
		d++;
		if (unit == HY_WORKING_DAY && !works(m->cal, d))
			continue;
		if (pauses && day_paused(m, d))
			continue;
		n--;
	}
	return d;
}

static hy_day months_on(hy_day d, int months)
{
	struct hy_date t = hy_date_of(d);
	int m = t.month - 1 + months, y = t.year + m / 12;

	for (int day = t.day;; day--) {
		struct hy_date back = hy_date_of(hy_day_of(y, m % 12 + 1, day));
		if (back.day == day)
			return hy_day_of(y, m % 12 + 1, day);
	}
}

static void add_part(const struct model *m, hy_day *d, enum hy_unit unit, int n, bool pauses)
{
	if (unit == HY_MONTH)
		*d = walk(m, *d, HY_CALENDAR_DAY, months_on(*d, n) - *d, pauses);
	else
		*d = walk(m, *d, unit, n, pauses);
}

static hy_ms run_minutes(const struct model *m, hy_ms at, bool office, int minutes, bool pauses)
{
	while (minutes > 0) {
		if ((!office || open_at(m->cal, at)) && !(pauses && minute_paused(m, at)))
			minutes--;
		at += HY_MINUTE;
	}
	return at;
}

static void roll_on(const struct model *m, struct answer *a)
{
	a->day = a->counted;
	while (m->rule->roll && !works(m->cal, a->day))
		a->day++;
	a->rolled = a->day != a->counted;
}

static struct answer answer_stated(const struct model *m)
{
	static const enum hy_unit order[] = { HY_MONTH, HY_CALENDAR_DAY, HY_WORKING_DAY };
	struct answer a = { .at = m->stated };
	int ms;
	hy_day d = hy_local(&m->cal->zone, m->stated, &ms), was = d;

	a.day = a.counted = d;
	if (!m->n_stated)
		return a;
	for (int i = 0; i < 3; i++)
		add_part(m, &d, order[i], granted(m->stated_granted, m->n_stated, order[i]), false);
	if (d != was)
		a.at = hy_instant(&m->cal->zone, d, ms);
	a.at += (hy_ms)granted(m->stated_granted, m->n_stated, HY_CLOCK_HOUR) * HY_HOUR;
	a.at = run_minutes(m, a.at, true,
			   60 * granted(m->stated_granted, m->n_stated, HY_WORKING_HOUR), false);
	a.counted = hy_local(&m->cal->zone, a.at, &ms);
	roll_on(m, &a);
	if (a.rolled)
		a.at = hy_instant(&m->cal->zone, a.day, ms);
	return a;
}

static struct answer answer(const struct model *m)
{
	static const enum hy_unit order[] = { HY_MONTH, HY_CALENDAR_DAY, HY_WORKING_DAY };
	struct answer a = { HY_NO_DAY, HY_NO_DAY, HY_NO_TIME, false };
	enum hy_unit unit = m->limit.unit;

	if (m->stated != HY_NO_TIME)
		return answer_stated(m);
	if (!m->limit.n)
		return a;
	int n = m->limit.n + granted(m->granted, m->n_granted, unit);
	if (unit == HY_CLOCK_HOUR || unit == HY_WORKING_HOUR) {
		int ms;
		a.at = run_minutes(m, m->start_at, unit == HY_WORKING_HOUR, n * 60, true);
		a.counted = hy_local(&m->cal->zone, a.at, &ms);
		roll_on(m, &a);
		if (a.rolled)
			a.at = hy_instant(&m->cal->zone, a.day, ms);
		return a;
	}
	a.counted = m->day0;
	for (int i = 0; i < 3; i++)
		add_part(m, &a.counted, order[i],
			 order[i] == unit ? n : granted(m->granted, m->n_granted, order[i]), true);
	roll_on(m, &a);
	const struct hy_office_day *o = office_of(m->cal, a.day);
	if (m->rule->keep_time)
		a.at = hy_instant(&m->cal->zone, a.day, m->start_ms);
	else if (m->rule->office_end && works(m->cal, a.day) && o->n)
		a.at = hy_instant(&m->cal->zone, a.day, o->span[o->n - 1].until) - 1;
	else
		a.at = hy_instant(&m->cal->zone, a.day + 1, 0) - 1;
	return a;
}

static void model_begin(struct model *m, hy_ms at)
{
	const struct hy_clock_rule *r = m->rule;
	int ms;
	hy_day d = hy_local(&m->cal->zone, at, &ms), was = d;

	if (r->start_on_workday && !works(m->cal, d)) {
		while (!works(m->cal, d))
			d++;
		if (!r->keep_time)
			ms = 0;
	}
	if (r->cutoff && ms >= r->cutoff) {
		do
			d++;
		while (!works(m->cal, d));
		ms = r->cutoff_to;
	}
	m->day0 = d;
	m->start_ms = ms;
	m->start_at = d == was ? at : hy_instant(&m->cal->zone, d, ms);
}

static bool hours(enum hy_unit u)
{
	return u == HY_CLOCK_HOUR || u == HY_WORKING_HOUR;
}

static bool fits(enum hy_unit a, enum hy_unit b)
{
	return hours(a) || hours(b) ? a == b : true;
}

static void model_extend(struct model *m, const struct hy_clock_event *ev)
{
	bool stated = m->stated != HY_NO_TIME;

	if (ev->limit.n < 1 || m->extensions >= m->rule->extensions)
		return;
	if (!stated && (!m->limit.n || !fits(m->limit.unit, ev->limit.unit)))
		return;
	if (m->state == HY_CLOCK_RUNNING && ev->at > answer(m).at)
		return;
	m->extensions++;
	if (stated)
		m->stated_granted[m->n_stated++] = ev->limit;
	else
		m->granted[m->n_granted++] = ev->limit;
}

static void model_limit(struct model *m, const struct hy_clock_event *ev)
{
	if (ev->limit.n < 1 || m->pledge)
		return;
	for (int i = 0; i < m->n_granted; i++)
		if (!fits(m->granted[i].unit, ev->limit.unit))
			return;
	m->limit = ev->limit;
	if (!m->first_limit.n)
		m->first_limit = ev->limit;
}

static void model_event(struct model *m, const struct hy_clock_event *ev)
{
	if (m->state == HY_CLOCK_STOPPED ||
	    (m->state == HY_CLOCK_IDLE && ev->kind != HY_CLOCK_START))
		return;
	bool paused = m->state == HY_CLOCK_PAUSED;
	switch (ev->kind) {
	case HY_CLOCK_START:
		if (m->started)
			return;
		m->started = true;
		m->first_start = ev->at;
		m->state = HY_CLOCK_RUNNING;
		model_begin(m, ev->at);
		return;
	case HY_CLOCK_RESTART:
		m->restarted = true;
		m->n_pauses = m->n_granted = m->n_stated = m->extensions = 0;
		m->stated = m->paused_at = HY_NO_TIME;
		m->state = HY_CLOCK_RUNNING;
		model_begin(m, ev->at);
		return;
	case HY_CLOCK_PAUSE:
		if (paused || ev->at > answer(m).at)
			return;
		m->state = HY_CLOCK_PAUSED;
		m->paused_at = ev->at;
		return;
	case HY_CLOCK_RESUME:
	case HY_CLOCK_STOP:
		if (paused)
			m->pauses[m->n_pauses++] = (struct pair){ m->paused_at, ev->at };
		m->paused_at = HY_NO_TIME;
		m->state = HY_CLOCK_RUNNING;
		if (ev->kind == HY_CLOCK_STOP) {
			m->state = HY_CLOCK_STOPPED;
			m->stopped_at = ev->at;
		}
		return;
	case HY_CLOCK_EXTEND:
		model_extend(m, ev);
		return;
	case HY_CLOCK_LIMIT:
		model_limit(m, ev);
		return;
	case HY_CLOCK_DUE:
		if (m->pledge)
			return;
		m->stated = ev->due_at;
		m->n_stated = 0;
		if (m->first_stated == HY_NO_TIME)
			m->first_stated = ev->due_at;
		return;
	}
}

/* V in the order in which it happened. */
static struct model model(const struct plain *cal, const struct hy_clock_rule *rule, bool pledge,
			  const struct hy_clock_event *v, int n)
{
	struct model m = { .cal = cal, .rule = rule, .pledge = pledge };

	m.limit = m.first_limit = pledge ? rule->pledged : rule->limit;
	m.stated = m.first_stated = m.first_start = m.start_at = HY_NO_TIME;
	m.paused_at = m.stopped_at = HY_NO_TIME;
	for (int i = 0; i < n; i++)
		model_event(&m, &v[i]);
	return m;
}

static struct hy_clock_due model_due(const struct plain *cal, const struct hy_clock_rule *rule,
				     const struct hy_clock_event *v, int n, struct model *m_out)
{
	struct model m = model(cal, rule, false, v, n), p = model(cal, rule, true, v, n);
	struct hy_clock_due d = { .state = m.state,
				  .start_at = m.start_at,
				  .due_day = HY_NO_DAY,
				  .due_at = HY_NO_TIME,
				  .original_due_at = HY_NO_TIME,
				  .pledged_due_at = HY_NO_TIME,
				  .stopped_at = m.stopped_at,
				  .paused_at = m.paused_at,
				  .extensions = m.extensions };
	bool wh = m.limit.unit == HY_WORKING_HOUR;
	struct answer a = { HY_NO_DAY, HY_NO_DAY, HY_NO_TIME, false };

	*m_out = m;
	if (m.state == HY_CLOCK_IDLE)
		return d;
	if (m.state != HY_CLOCK_PAUSED)
		a = answer(&m);
	d.due_day = a.day;
	d.due_at = a.at;
	d.rolled = a.rolled;
	struct model first = { .cal = cal, .rule = rule, .limit = m.first_limit };
	first.stated = m.first_limit.n ? HY_NO_TIME : m.first_stated;
	model_begin(&first, m.first_start);
	d.original_due_at = answer(&first).at;
	if (rule->pledged.n && p.state != HY_CLOCK_PAUSED)
		d.pledged_due_at = answer(&p).at;
	for (hy_day i = m.day0 + !wh; a.day != HY_NO_DAY && i <= a.day; i++)
		d.provisional |= cal->open[i - first_day];
	if (a.day != HY_NO_DAY && a.day < m.day0 + !wh)
		d.provisional = cal->open[a.day - first_day];
	if (m.stated != HY_NO_TIME && a.at == m.stated)
		d.provisional = false;
	for (int i = 0; i < m.n_pauses; i++) {
		d.paused_ms += m.pauses[i].until - m.pauses[i].from;
		hy_day until = day_of(&m, m.pauses[i].until);
		for (hy_day k = day_of(&m, m.pauses[i].from) + 1; k <= until; k++)
			if (k > m.day0 && k <= a.counted && !hours(m.limit.unit) &&
			    m.stated == HY_NO_TIME &&
			    (m.limit.unit != HY_WORKING_DAY || works(cal, k)))
				d.paused_days++;
	}
	if (m.state == HY_CLOCK_PAUSED)
		d.paused_ms += v[n - 1].at - m.paused_at;
	return d;
}

#endif
