#include "time/clock_run.h"

/* --- the order of events ------------------------------------------------------- */

static const hy_ms EARLIEST = -62135596800000, LATEST = 253402300799999; /* years 1 to 9999 */

#define ASCENDING(a, b) (((a) > (b)) - ((a) < (b)))

/* Two events of the same (at, seq) are a mistake of the caller; the rest of the comparison
 * only makes sure that even then the order of the array plays no part. */
static int compare(const struct hy_clock_event *a, const struct hy_clock_event *b)
{
	int c = ASCENDING(a->at, b->at);

	if (!c)
		c = ASCENDING(a->seq, b->seq);
	if (!c)
		c = ASCENDING(a->kind, b->kind);
	if (!c)
		c = ASCENDING(a->limit.unit, b->limit.unit);
	if (!c)
		c = ASCENDING(a->limit.n, b->limit.n);
	if (!c)
		c = ASCENDING(a->due_at, b->due_at);
	return c ? c : hy_str_cmp(a->ref, b->ref);
}

enum hy_code clock_sort(const struct hy_clock_event *events, size_t n, struct clock_order *out,
			struct hy_err *e)
{
	if (n > CLOCK_EVENTS)
		return hy_fail(e, HY_TOO_LARGE, "events", "a clock takes at most %d events",
			       CLOCK_EVENTS);
	for (size_t i = 0; i < n; i++) {
		size_t to = i;
		if (events[i].at < EARLIEST || events[i].at > LATEST)
			return hy_fail(e, HY_BAD_FIELD, "events",
				       "event %zu is not in the years 1 to 9999", i + 1);
		while (to && compare(&events[i], &events[out->at[to - 1]]) < 0) {
			out->at[to] = out->at[to - 1];
			to--;
		}
		out->at[to] = (unsigned short)i;
	}
	out->n = n;
	return HY_OK;
}

enum hy_code clock_check(const struct hy_clock_rule *rule, struct hy_err *e)
{
	const struct hy_limit *const limits[] = { &rule->limit, &rule->pledged };

	for (size_t i = 0; i < HY_COUNT(limits); i++)
		if (limits[i]->n < 0 || limits[i]->n > 3650 ||
		    (unsigned)limits[i]->unit >= CLOCK_UNITS)
			return hy_fail(e, HY_BAD_FIELD, i ? "pledged" : "limit",
				       HY_FMT ": a limit must be 0 to 3650 of a known unit",
				       HY_ARG(rule->id));
	if (rule->cutoff < 0 || rule->cutoff >= HY_DAY_MS || rule->cutoff_to < 0 ||
	    rule->cutoff_to >= HY_DAY_MS)
		return hy_fail(e, HY_BAD_FIELD, "cutoff",
			       HY_FMT ": the cut-off must be a time of day", HY_ARG(rule->id));
	return HY_OK;
}

/* --- walking over pauses ------------------------------------------------------- */

static hy_day add_days(const struct clock_run *r, hy_day from, enum hy_unit unit, int n)
{
	if (n == 0)
		return from;
	if (unit == HY_WORKING_DAY)
		return hy_work_add(r->cal, from, n);
	int64_t d = (int64_t)from + n;
	return d > HY_CALENDAR_LAST ? HY_NO_DAY : (hy_day)d;
}

int clock_count_days(const struct clock_run *r, enum hy_unit unit, hy_day after, hy_day until)
{
	if (unit == HY_WORKING_DAY)
		return hy_work_between(r->cal, after, until);
	return until > after ? until - after : 0;
}

hy_day clock_walk_days(const struct clock_run *r, hy_day from, enum hy_unit unit, int n)
{
	for (size_t i = 0; n && i < r->n_pauses; i++) {
		const struct clock_pause *p = &r->pauses[i];
		if (p->last <= from)
			continue;
		int free = clock_count_days(r, unit, from, p->after);
		if (n <= free)
			break;
		n -= free;
		from = p->last;
	}
	return add_days(r, from, unit, n);
}

int clock_paused_days(const struct clock_run *r, enum hy_unit unit, hy_day until)
{
	int sum = 0;

	for (size_t i = 0; i < r->n_pauses; i++) {
		const struct clock_pause *p = &r->pauses[i];
		sum += clock_count_days(r, unit, p->after > r->day0 ? p->after : r->day0,
					p->last < until ? p->last : until);
	}
	return sum;
}

static hy_ms add_time(const struct clock_run *r, enum hy_unit unit, hy_ms from, hy_ms ms)
{
	return unit == HY_WORKING_HOUR ? hy_office_add(r->cal, from, ms) : from + ms;
}

hy_ms clock_walk_time(const struct clock_run *r, enum hy_unit unit, hy_ms ms)
{
	hy_ms from = r->start_at;

	for (size_t i = 0; i < r->n_pauses; i++) {
		const struct clock_pause *p = &r->pauses[i];
		if (p->until <= from)
			continue;
		hy_ms to = p->from > from ? p->from : from;
		hy_ms free =
			unit == HY_WORKING_HOUR ? hy_office_between(r->cal, from, to) : to - from;
		if (ms <= free)
			break;
		ms -= free;
		from = p->until;
	}
	return add_time(r, unit, from, ms);
}

/* --- the end ------------------------------------------------------------------- */

int clock_stages(const struct clock_run *r, struct hy_limit stages[CLOCK_UNITS])
{
	static const enum hy_unit order[] = { HY_MONTH, HY_CALENDAR_DAY, HY_WORKING_DAY };
	int n = 0;

	for (size_t i = 0; i < HY_COUNT(order); i++) {
		int sum = r->extra[order[i]] + (order[i] == r->limit.unit ? r->limit.n : 0);
		if (sum)
			stages[n++] = (struct hy_limit){ order[i], sum };
	}
	return n;
}

static hy_day counted_day(const struct clock_run *r)
{
	struct hy_limit stages[CLOCK_UNITS];
	int n = clock_stages(r, stages);
	hy_day day = r->day0;

	for (int i = 0; i < n && day != HY_NO_DAY; i++) {
		struct hy_limit s = stages[i];
		if (s.unit == HY_MONTH)
			s = (struct hy_limit){ HY_CALENDAR_DAY, hy_day_add_months(day, s.n) - day };
		day = clock_walk_days(r, day, s.unit, s.n);
	}
	return day;
}

static bool in_calendar(hy_day d)
{
	return d >= HY_CALENDAR_FIRST && d <= HY_CALENDAR_LAST;
}

/* Moves END, whose day and counted day are set, to a working day when the rule says so. */
static bool roll(const struct clock_run *r, struct clock_end *end)
{
	if (!in_calendar(end->counted))
		return false;
	end->day = end->counted;
	end->rolled = r->rule->roll && !hy_calendar_work(r->cal, end->day);
	if (end->rolled)
		end->day = hy_work_roll(r->cal, end->day);
	return end->day != HY_NO_DAY;
}

static hy_ms last_instant(const struct clock_run *r, hy_day day)
{
	if (r->rule->keep_time)
		return hy_instant(r->zone, day, r->start_ms);
	if (r->rule->office_end)
		return hy_instant(r->zone, day, hy_office_close(r->cal, day)) - 1;
	return hy_instant(r->zone, day + 1, 0) - 1;
}

/* END at the instant AT, which moves with its time of day when it rolls. */
static bool end_at_instant(const struct clock_run *r, hy_ms at, struct clock_end *end)
{
	int ms;

	if (at == HY_NO_TIME)
		return false;
	end->counted = hy_local(r->zone, at, &ms);
	end->counted_at = at;
	if (!roll(r, end))
		return false;
	end->at = end->rolled ? hy_instant(r->zone, end->day, ms) : at;
	return true;
}

static bool stated_end(const struct clock_run *r, struct clock_end *end)
{
	const int *extra = r->stated_extra;
	hy_ms at = r->stated;
	int ms;
	hy_day day = hy_local(r->zone, at, &ms), from = day;

	if (!in_calendar(day))
		return false;
	bool extended = extra[HY_MONTH] || extra[HY_CALENDAR_DAY] || extra[HY_WORKING_DAY] ||
			extra[HY_CLOCK_HOUR] || extra[HY_WORKING_HOUR];
	if (!extended) {
		*end = (struct clock_end){ .day = day, .counted = day, .at = at };
		return true;
	}
	day = add_days(r, hy_day_add_months(day, extra[HY_MONTH]), HY_CALENDAR_DAY,
		       extra[HY_CALENDAR_DAY]);
	if (day != HY_NO_DAY)
		day = add_days(r, day, HY_WORKING_DAY, extra[HY_WORKING_DAY]);
	if (day != from)
		at = hy_instant(r->zone, day, ms);
	if (at != HY_NO_TIME)
		at = add_time(r, HY_WORKING_HOUR, at + (hy_ms)extra[HY_CLOCK_HOUR] * HY_HOUR,
			      (hy_ms)extra[HY_WORKING_HOUR] * HY_HOUR);
	return end_at_instant(r, at, end);
}

static bool counted_end(const struct clock_run *r, struct clock_end *end)
{
	enum hy_unit unit = r->limit.unit;

	if (!in_calendar(r->day0))
		return false;
	if (clock_in_hours(unit)) {
		hy_ms ms = (hy_ms)(r->limit.n + r->extra[unit]) * HY_HOUR;
		return end_at_instant(r, clock_walk_time(r, unit, ms), end);
	}
	end->counted = counted_day(r);
	if (!roll(r, end))
		return false;
	end->at = last_instant(r, end->day);
	return true;
}

bool clock_end(const struct clock_run *r, struct clock_end *out)
{
	struct clock_end end = { .day = HY_NO_DAY, .counted = HY_NO_DAY, .at = HY_NO_TIME };
	bool fits = true;

	if (r->stated != HY_NO_TIME)
		fits = stated_end(r, &end);
	else if (r->limit.n)
		fits = counted_end(r, &end);
	if (fits)
		*out = end;
	return fits;
}

enum hy_code clock_beyond(const struct clock_run *r, struct hy_err *e)
{
	return hy_fail(e, HY_NO_RULE, "due",
		       HY_FMT ": the due day lies beyond the calendar, which ends with 2099",
		       HY_ARG(r->rule->id.n ? r->rule->id : HY_S("clock")));
}

/* --- starting ------------------------------------------------------------------ */

/* Counting begins with the instant AT; moves it on when the rule says so. */
static void begin(struct clock_run *r, hy_ms at)
{
	const struct hy_clock_rule *rule = r->rule;
	int ms;
	hy_day day = hy_local(r->zone, at, &ms), shifted = day;

	if (rule->start_on_workday && !hy_calendar_work(r->cal, day)) {
		shifted = hy_work_roll(r->cal, day);
		ms = rule->keep_time ? ms : 0;
	}
	if (rule->cutoff && ms >= rule->cutoff && shifted != HY_NO_DAY) {
		shifted = hy_work_add(r->cal, shifted, 1);
		ms = rule->cutoff_to;
	}
	r->from = at;
	r->day0 = shifted;
	r->start_ms = ms;
	r->start_at = shifted == day ? at : hy_instant(r->zone, shifted, ms);
}

bool clock_original_end(const struct clock_run *r, struct clock_end *out)
{
	struct clock_run first = { .rule = r->rule,
				   .cal = r->cal,
				   .zone = r->zone,
				   .limit = r->first_limit,
				   .stated = r->first_limit.n ? HY_NO_TIME : r->first_stated };

	begin(&first, r->first_start);
	return clock_end(&first, out);
}

/* --- the events one by one; each answers NULL or why it does not apply --------- */

static const char *start(struct clock_run *r, size_t position, const struct hy_clock_event *ev)
{
	if (r->state != HY_CLOCK_IDLE)
		return "already_started";
	r->state = HY_CLOCK_RUNNING;
	r->first_start = ev->at;
	r->epoch = position;
	begin(r, ev->at);
	return NULL;
}

static const char *restart(struct clock_run *r, size_t position, const struct hy_clock_event *ev)
{
	r->state = HY_CLOCK_RUNNING;
	r->epoch = position;
	r->n_pauses = 0;
	r->extensions = 0;
	r->paused_at = r->stated = HY_NO_TIME;
	memset(r->extra, 0, sizeof(r->extra));
	memset(r->stated_extra, 0, sizeof(r->stated_extra));
	begin(r, ev->at);
	return NULL;
}

static bool too_late(const struct clock_run *r, hy_ms at)
{
	struct clock_end end;

	return clock_end(r, &end) && at > end.at;
}

static const char *pause(struct clock_run *r, const struct hy_clock_event *ev)
{
	if (r->state == HY_CLOCK_PAUSED)
		return "already_paused";
	if (too_late(r, ev->at))
		return "too_late";
	r->state = HY_CLOCK_PAUSED;
	r->paused_at = ev->at;
	r->pause_event = (size_t)(ev - r->events);
	return NULL;
}

static const char *resume(struct clock_run *r, const struct hy_clock_event *ev)
{
	if (r->state != HY_CLOCK_PAUSED)
		return "not_paused";
	r->pauses[r->n_pauses++] =
		(struct clock_pause){ .from = r->paused_at,
				      .until = ev->at,
				      .after = hy_local(r->zone, r->paused_at, NULL),
				      .last = hy_local(r->zone, ev->at, NULL),
				      .event = (unsigned short)r->pause_event };
	r->state = HY_CLOCK_RUNNING;
	r->paused_at = HY_NO_TIME;
	return NULL;
}

static bool good_limit(struct hy_limit l)
{
	return l.n >= 1 && l.n <= 3650 && (unsigned)l.unit < CLOCK_UNITS;
}

/* Days and months may stand together in one limit, hours only alone. */
static bool same_kind(enum hy_unit a, enum hy_unit b)
{
	return a == b || (!clock_in_hours(a) && !clock_in_hours(b));
}

static const char *extend(struct clock_run *r, const struct hy_clock_event *ev)
{
	bool stated = r->stated != HY_NO_TIME;

	if (!good_limit(ev->limit))
		return "bad_limit";
	if (!stated && (!r->limit.n || !same_kind(ev->limit.unit, r->limit.unit)))
		return "bad_limit";
	if (r->extensions >= r->rule->extensions)
		return "too_many";
	if (r->state == HY_CLOCK_RUNNING && too_late(r, ev->at))
		return "too_late";
	(stated ? r->stated_extra : r->extra)[ev->limit.unit] += ev->limit.n;
	r->extensions++;
	return NULL;
}

static const char *change_limit(struct clock_run *r, const struct hy_clock_event *ev)
{
	if (!good_limit(ev->limit))
		return "bad_limit";
	for (int u = 0; u < CLOCK_UNITS; u++)
		if (r->extra[u] && !same_kind((enum hy_unit)u, ev->limit.unit))
			return "bad_limit";
	if (r->pledge)
		return NULL;
	if (!r->first_limit.n)
		r->first_limit = ev->limit;
	r->limit = ev->limit;
	r->limit_ref = ev->ref;
	return NULL;
}

static const char *state_due(struct clock_run *r, const struct hy_clock_event *ev)
{
	if (!in_calendar(hy_local(r->zone, ev->due_at, NULL)))
		return "bad_limit";
	if (r->pledge)
		return NULL;
	if (r->first_stated == HY_NO_TIME)
		r->first_stated = ev->due_at;
	r->stated = ev->due_at;
	r->stated_ref = ev->ref;
	memset(r->stated_extra, 0, sizeof(r->stated_extra));
	return NULL;
}

static const char *stop(struct clock_run *r, const struct hy_clock_event *ev)
{
	if (r->state == HY_CLOCK_PAUSED && resume(r, ev))
		return "not_paused";
	r->state = HY_CLOCK_STOPPED;
	r->stopped_at = ev->at;
	return NULL;
}

static const char *apply(struct clock_run *r, size_t position, const struct hy_clock_event *ev)
{
	if (r->state == HY_CLOCK_STOPPED)
		return "after_stop";
	if (r->state == HY_CLOCK_IDLE && ev->kind != HY_CLOCK_START)
		return "before_start";
	switch (ev->kind) {
	case HY_CLOCK_START:
		return start(r, position, ev);
	case HY_CLOCK_PAUSE:
		return pause(r, ev);
	case HY_CLOCK_RESUME:
		return resume(r, ev);
	case HY_CLOCK_EXTEND:
		return extend(r, ev);
	case HY_CLOCK_RESTART:
		return restart(r, position, ev);
	case HY_CLOCK_LIMIT:
		return change_limit(r, ev);
	case HY_CLOCK_DUE:
		return state_due(r, ev);
	case HY_CLOCK_STOP:
		return stop(r, ev);
	}
	return "unknown";
}

void clock_run(struct clock_run *r, const struct clock_order *order, const char **ignored)
{
	r->zone = hy_calendar_zone(r->cal);
	r->state = HY_CLOCK_IDLE;
	r->limit = r->first_limit = r->pledge ? r->rule->pledged : r->rule->limit;
	r->limit_ref = r->pledge ? r->rule->pledge_clause : r->rule->clause;
	r->stated = r->first_stated = r->paused_at = r->stopped_at = HY_NO_TIME;
	r->first_start = r->from = r->start_at = HY_NO_TIME;
	r->day0 = HY_NO_DAY;
	for (size_t i = 0; i < order->n; i++) {
		const char *why = apply(r, i, &r->events[order->at[i]]);
		if (ignored)
			ignored[i] = why;
	}
}
