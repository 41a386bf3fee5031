#include "time/clock_run.h"
#include "time/trace.h"

static hy_ms paused_time(const struct clock_run *r, hy_ms last_event)
{
	hy_ms sum = r->paused_at == HY_NO_TIME ? 0 : last_event - r->paused_at;

	for (size_t i = 0; i < r->n_pauses; i++)
		sum += r->pauses[i].until - r->pauses[i].from;
	return sum;
}

/* Does a day after the start until the due day lack a notice?  A date that somebody stated
 * waits for none; working hours depend on the first day too. */
static bool provisional(const struct clock_run *r, const struct clock_end *end)
{
	hy_day from = r->limit.unit == HY_WORKING_HOUR ? r->day0 : r->day0 + 1;

	if (r->stated != HY_NO_TIME && end->at == r->stated)
		return false;
	return hy_calendar_provisional_in(r->cal, from < end->day ? from : end->day, end->day);
}

static int paused_days(const struct clock_run *r, const struct clock_end *end)
{
	if (clock_in_hours(r->limit.unit) || r->stated != HY_NO_TIME)
		return 0;
	return clock_paused_days(r, r->limit.unit, end->counted);
}

/* The end of the pledge; none while it is paused. */
static bool pledged_end(const struct clock_run *r, const struct clock_order *order, hy_ms *out)
{
	struct clock_pause pauses[CLOCK_PAUSES];
	struct clock_run p = { .events = r->events,
			       .rule = r->rule,
			       .cal = r->cal,
			       .pledge = true,
			       .pauses = pauses };
	struct clock_end end = { .at = HY_NO_TIME };

	if (!r->rule->pledged.n)
		return true;
	clock_run(&p, order, NULL);
	if (p.state != HY_CLOCK_PAUSED && !clock_end(&p, &end))
		return false;
	*out = end.at;
	return true;
}

/* Nothing happened that would part the original due from the present one. */
static bool untouched(const struct clock_run *r)
{
	return r->from == r->first_start && !r->n_pauses && !r->extensions &&
	       r->first_stated == HY_NO_TIME && r->limit.n == r->first_limit.n &&
	       r->limit.unit == r->first_limit.unit;
}

static bool original_end(const struct clock_run *r, const struct clock_end *end,
			 struct clock_end *out)
{
	if (r->state == HY_CLOCK_PAUSED || !untouched(r))
		return clock_original_end(r, out);
	*out = *end;
	return true;
}

enum hy_code hy_clock_due(const struct hy_clock_event *events, size_t n,
			  const struct hy_clock_rule *rule, const struct hy_calendar *cal,
			  struct hy_clock_due *out, struct hy_arena *a, struct hy_trace *trace,
			  struct hy_err *e)
{
	struct clock_order order;
	struct clock_pause pauses[CLOCK_PAUSES];
	const char *ignored[CLOCK_EVENTS];
	struct clock_run r = { .events = events, .rule = rule, .cal = cal, .pauses = pauses };
	struct clock_end end = { .day = HY_NO_DAY, .at = HY_NO_TIME, .counted = HY_NO_DAY };
	struct clock_end original = end;
	hy_ms pledged = HY_NO_TIME;
	enum hy_code code = clock_check(rule, e);

	if (code || (code = clock_sort(events, n, &order, e)))
		return code;
	clock_run(&r, &order, trace ? ignored : NULL);
	bool runs = r.state == HY_CLOCK_RUNNING || r.state == HY_CLOCK_STOPPED;
	if (runs && !clock_end(&r, &end))
		return clock_beyond(&r, e);
	if (r.state != HY_CLOCK_IDLE &&
	    (!original_end(&r, &end, &original) || !pledged_end(&r, &order, &pledged)))
		return clock_beyond(&r, e);
	if (trace)
		clock_trace(&r, &order, ignored, &end, a, trace);
	*out = (struct hy_clock_due){
		.state = r.state,
		.start_at = r.start_at,
		.due_day = end.day,
		.due_at = end.at,
		.original_due_at = original.at,
		.pledged_due_at = pledged,
		.provisional = end.day != HY_NO_DAY && provisional(&r, &end),
		.rolled = end.rolled,
		.stopped_at = r.stopped_at,
		.paused_at = r.paused_at,
		.extensions = r.extensions,
		.paused_days = paused_days(&r, &end),
		.paused_ms = n ? paused_time(&r, events[order.at[n - 1]].at) : 0,
	};
	return HY_OK;
}
