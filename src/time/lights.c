#include "time/clock_run.h"

/* A run with its end and the steps that are measured on it. */
struct measured {
	struct clock_run run;
	struct clock_pause pauses[CLOCK_PAUSES];
	struct clock_end end;
};

static hy_ms midnight(const struct clock_run *r, hy_day d)
{
	return d == HY_NO_DAY ? HY_NO_TIME : hy_instant(r->zone, d, 0);
}

/* Do working days alone make up the limit? */
static bool only_working_days(const struct clock_run *r)
{
	struct hy_limit stages[CLOCK_UNITS];

	return clock_stages(r, stages) == 1 && stages[0].unit == HY_WORKING_DAY;
}

/* When PERCENT of a stated date's time has gone by: all days count, pauses do not stop it. */
static hy_ms share_of_stated(const struct clock_run *r, hy_day until, int percent)
{
	int64_t days = until > r->day0 ? until - r->day0 : 0;

	return midnight(r, (hy_day)(r->day0 + days * percent / 100 + 1));
}

static hy_ms share(const struct measured *m, int percent)
{
	const struct clock_run *r = &m->run;
	enum hy_unit unit = r->limit.unit;

	if (r->stated != HY_NO_TIME)
		return share_of_stated(r, m->end.day, percent);
	if (clock_in_hours(unit)) {
		int64_t ms = (int64_t)(r->limit.n + r->extra[unit]) * HY_HOUR;
		return clock_walk_time(r, unit, ms * percent / 100);
	}
	unit = only_working_days(r) ? HY_WORKING_DAY : HY_CALENDAR_DAY;
	int64_t n = clock_count_days(r, unit, r->day0, m->end.counted) -
		    clock_paused_days(r, unit, m->end.counted);
	hy_day day = clock_walk_days(r, r->day0, unit, (int)(n * percent / 100));
	return day == HY_NO_DAY ? HY_NO_TIME : midnight(r, day + 1);
}

static hy_ms before_due(const struct measured *m, struct hy_limit l)
{
	const struct clock_run *r = &m->run;

	switch (l.unit) {
	case HY_WORKING_DAY:
		return midnight(r, hy_work_back(r->cal, m->end.day, l.n));
	case HY_CALENDAR_DAY:
		return midnight(r, m->end.day - l.n);
	case HY_MONTH:
		return midnight(r, hy_day_add_months(m->end.day, -l.n));
	case HY_CLOCK_HOUR:
		return m->end.at - (hy_ms)l.n * HY_HOUR;
	case HY_WORKING_HOUR:
		return hy_office_back(r->cal, m->end.at, (hy_ms)l.n * HY_HOUR);
	}
	return HY_NO_TIME;
}

static hy_ms after_due(const struct measured *m, struct hy_limit l)
{
	const struct clock_run *r = &m->run;
	hy_day day;

	switch (l.unit) {
	case HY_WORKING_DAY:
		day = hy_work_add(r->cal, m->end.day, l.n);
		return day == HY_NO_DAY ? HY_NO_TIME : midnight(r, day + 1);
	case HY_CALENDAR_DAY:
		return midnight(r, m->end.day + l.n + 1);
	case HY_MONTH:
		return midnight(r, hy_day_add_months(m->end.day, l.n) + 1);
	case HY_CLOCK_HOUR:
		return m->end.at + (hy_ms)l.n * HY_HOUR;
	case HY_WORKING_HOUR:
		return hy_office_add(r->cal, m->end.at, (hy_ms)l.n * HY_HOUR);
	}
	return HY_NO_TIME;
}

static hy_ms earlier(hy_ms a, hy_ms b)
{
	return a < b ? a : b;
}

/* The earliest of the step's conditions, never before the start; without any, the start. */
static hy_ms turns_at(const struct measured *m, const struct hy_step *s)
{
	hy_ms at = HY_NO_TIME;

	if (s->percent <= 0 && s->before.n <= 0 && !s->due && s->after.n <= 0)
		return m->run.start_at;
	if (m->end.at == HY_NO_TIME)
		return HY_NO_TIME;
	if (s->percent > 0)
		at = earlier(at, share(m, s->percent < 10000 ? s->percent : 10000));
	if (s->before.n > 0)
		at = earlier(at, before_due(m, s->before));
	if (s->due)
		at = earlier(at, m->end.at + 1);
	if (s->after.n > 0)
		at = earlier(at, after_due(m, s->after));
	return at > m->run.start_at ? at : m->run.start_at;
}

static enum hy_code measure(struct measured *m, const struct hy_clock_event *events,
			    const struct clock_order *order, const struct hy_clock_rule *rule,
			    const struct hy_calendar *cal, bool pledge, struct hy_err *e)
{
	m->run = (struct clock_run){
		.events = events, .rule = rule, .cal = cal, .pledge = pledge, .pauses = m->pauses
	};
	clock_run(&m->run, order, NULL);
	if (m->run.state != HY_CLOCK_RUNNING && m->run.state != HY_CLOCK_STOPPED)
		return HY_OK;
	return clock_end(&m->run, &m->end) ? HY_OK : clock_beyond(&m->run, e);
}

static bool stands(const struct measured *m)
{
	return m->run.state == HY_CLOCK_RUNNING || m->run.state == HY_CLOCK_STOPPED;
}

enum hy_code hy_clock_lights(const struct hy_clock_event *events, size_t n,
			     const struct hy_clock_rule *rule, const struct hy_calendar *cal,
			     const struct hy_step *steps, size_t n_steps,
			     hy_ms at_out[HY_LIGHT_RED + 1], struct hy_err *e)
{
	struct clock_order order;
	struct measured law, pledge;
	enum hy_code code = clock_check(rule, e);

	if (code || (code = clock_sort(events, n, &order, e)) ||
	    (code = measure(&law, events, &order, rule, cal, false, e)) ||
	    (code = measure(&pledge, events, &order, rule, cal, true, e)))
		return code;
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		at_out[i] = HY_NO_TIME;
	if (!stands(&law))
		return HY_OK;
	for (size_t i = 0; i < n_steps; i++) {
		const struct hy_step *s = &steps[i];
		const struct measured *on = s->pledged ? &pledge : &law;
		if ((unsigned)s->light > HY_LIGHT_RED || (s->pledged && !rule->pledged.n) ||
		    !stands(on))
			continue;
		at_out[s->light] = earlier(at_out[s->light], turns_at(on, s));
	}
	return HY_OK;
}
