#include "time/trace.h"

struct tracer {
	const struct clock_run *r;
	const struct clock_order *order;
	const char *const *ignored;
	struct hy_arena *a;
	HY_VEC(struct hy_trace_line) lines;
	size_t next;  /* position of the next event to write of */
	size_t pause; /* the first ended pause that may still touch the day at hand */
};

/* --- lines --------------------------------------------------------------------- */

static void put(struct tracer *t, hy_day day, enum hy_trace_what what, int count, hy_str ref)
{
	*hy_push(t->a, &t->lines) = (struct hy_trace_line){ .day = day,
							    .what = what,
							    .count = count,
							    .why = hy_calendar_why(t->r->cal, day),
							    .ref = ref };
}

static void put_rest(struct tracer *t, hy_day day)
{
	put(t, day, HY_TRACE_REST, 0, hy_calendar_why(t->r->cal, day).ref);
}

static void put_event(struct tracer *t, hy_day day, const struct hy_clock_event *ev)
{
	bool open_pause = t->r->state == HY_CLOCK_PAUSED && ev == &t->r->events[t->r->pause_event];

	if (ev->kind == HY_CLOCK_EXTEND)
		put(t, day, HY_TRACE_EXTENDED, ev->limit.n, ev->ref);
	else if (ev->kind == HY_CLOCK_LIMIT)
		put(t, day, HY_TRACE_LIMIT, ev->limit.n, ev->ref);
	else if (open_pause)
		put(t, day, HY_TRACE_PAUSED, 0, ev->ref);
}

/* The events of all days before DAY that are not written yet. */
static void put_events(struct tracer *t, hy_day day)
{
	for (; t->next < t->order->n; t->next++) {
		const struct hy_clock_event *ev = &t->r->events[t->order->at[t->next]];
		hy_day on = hy_local(t->r->zone, ev->at, NULL);
		if (on >= day)
			return;
		if (!t->ignored[t->next])
			put_event(t, on, ev);
	}
}

/* The ended pause that takes out DAY, or NULL.  Days must be asked for in ascending order. */
static const struct clock_pause *pause_over(struct tracer *t, hy_day day)
{
	const struct clock_run *r = t->r;

	while (t->pause < r->n_pauses && r->pauses[t->pause].last < day)
		t->pause++;
	if (t->pause == r->n_pauses || r->pauses[t->pause].after >= day)
		return NULL;
	return &r->pauses[t->pause];
}

static hy_str ground(const struct tracer *t, const struct clock_pause *p)
{
	return t->r->events[p->event].ref;
}

/* --- the beginning ------------------------------------------------------------- */

static void put_start(struct tracer *t)
{
	const struct clock_run *r = t->r;
	hy_day on = hy_local(r->zone, r->from, NULL);
	hy_str ref = r->events[t->order->at[r->epoch]].ref;

	t->next = r->epoch + 1;
	put(t, on, HY_TRACE_START, 0, ref);
	if (r->start_at == r->from || r->day0 == HY_NO_DAY)
		return;
	for (hy_day d = on + 1; d < r->day0; d++) {
		put_events(t, d);
		put_rest(t, d);
	}
	put_events(t, r->day0);
	put(t, r->day0, HY_TRACE_SHIFT, 0, r->limit_ref);
}

/* --- days ---------------------------------------------------------------------- */

/* Where the count stands within the stages of the limit. */
struct count {
	struct hy_limit stages[CLOCK_UNITS];
	int n, at;
	int left;	      /* days of the stage still to count */
	hy_day corresponding; /* of a stage in months; else HY_NO_DAY */
	int counted;
};

/* Enters the first stage from AT on that has days to count; false when none is left. */
static bool enter_stage(struct count *c, hy_day from)
{
	for (; c->at < c->n; c->at++) {
		const struct hy_limit *s = &c->stages[c->at];
		c->corresponding = HY_NO_DAY;
		c->left = s->n;
		if (s->unit == HY_MONTH) {
			c->corresponding = hy_day_add_months(from, s->n);
			c->left = c->corresponding - from;
		}
		if (c->left)
			return true;
	}
	return false;
}

static void put_day(struct tracer *t, struct count *c, hy_day d)
{
	const struct hy_limit *s = &c->stages[c->at];
	const struct clock_pause *p = pause_over(t, d);
	bool rest = s->unit == HY_WORKING_DAY && !hy_calendar_work(t->r->cal, d);

	if (rest)
		put_rest(t, d);
	else if (p)
		put(t, d, HY_TRACE_PAUSED, 0, ground(t, p));
	else if (s->unit != HY_MONTH)
		put(t, d, HY_TRACE_COUNTED, ++c->counted, t->r->limit_ref);
	if (d == c->corresponding)
		put(t, d, HY_TRACE_MONTHS, s->n, t->r->limit_ref);
	if (!rest && !p && --c->left == 0) {
		c->at++;
		c->at = enter_stage(c, d) ? c->at : c->n;
	}
}

/* A line for every day after day 0 that the count passes over, at most until LAST. */
static void put_days(struct tracer *t, hy_day last)
{
	struct count c = { 0 };

	c.n = clock_stages(t->r, c.stages);
	if (!enter_stage(&c, t->r->day0))
		return;
	for (hy_day d = t->r->day0 + 1; d <= last && c.at < c.n; d++) {
		put_events(t, d);
		put_day(t, &c, d);
	}
}

/* --- hours --------------------------------------------------------------------- */

/* Time of the limit's unit within [from, until) that no pause takes out. */
static hy_ms free_time(const struct clock_run *r, hy_ms from, hy_ms until)
{
	bool office = r->limit.unit == HY_WORKING_HOUR;
	hy_ms sum = 0;

	for (size_t i = 0; i <= r->n_pauses && from < until; i++) {
		bool pause = i < r->n_pauses;
		hy_ms to = pause && r->pauses[i].from < until ? r->pauses[i].from : until;
		if (to > from)
			sum += office ? hy_office_between(r->cal, from, to) : to - from;
		if (pause && r->pauses[i].until > from)
			from = r->pauses[i].until;
	}
	return sum;
}

static void put_hours(struct tracer *t, hy_day last, hy_ms end)
{
	const struct clock_run *r = t->r;
	hy_ms used = 0;

	for (hy_day d = r->day0; d <= last; d++) {
		hy_ms from = hy_instant(r->zone, d, 0), until = hy_instant(r->zone, d + 1, 0);
		const struct clock_pause *p = pause_over(t, d);
		from = from > r->start_at ? from : r->start_at;
		until = until < end ? until : end;
		hy_ms more = used + (from < until ? free_time(r, from, until) : 0);
		put_events(t, d);
		if (more > used)
			put(t, d, HY_TRACE_HOURS, (int)(more / HY_MINUTE - used / HY_MINUTE),
			    r->limit_ref);
		if (p)
			put(t, d, HY_TRACE_PAUSED, 0, ground(t, p));
		else if (more == used && r->limit.unit == HY_WORKING_HOUR && d > r->day0)
			put_rest(t, d);
		used = more;
	}
}

/* --- the end ------------------------------------------------------------------- */

static void put_end(struct tracer *t, const struct clock_end *end)
{
	put_events(t, end->counted + 1);
	for (hy_day d = end->counted; d < end->day; d++) {
		put_events(t, d + 1);
		put(t, d, HY_TRACE_ROLLED, 0, t->r->limit_ref);
	}
	put_events(t, end->day + 1);
	put(t, end->day, HY_TRACE_DUE, 0,
	    t->r->stated == HY_NO_TIME ? t->r->limit_ref : t->r->stated_ref);
}

/* Stable; a line can stand before its day only where a date was stated for the past. */
static void sort_lines(struct hy_trace_line *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct hy_trace_line line = v[i];
		size_t to = i;
		for (; to && v[to - 1].day > line.day; to--)
			v[to] = v[to - 1];
		v[to] = line;
	}
}

static void put_lines(struct tracer *t, const struct clock_end *end)
{
	const struct clock_run *r = t->r;
	bool ends = end->day != HY_NO_DAY, paused = r->state == HY_CLOCK_PAUSED;
	hy_day last = paused ? hy_local(r->zone, r->paused_at, NULL) : end->counted;

	put_start(t);
	if (r->stated != HY_NO_TIME && !paused) {
		hy_day on = hy_local(r->zone, r->stated, NULL);
		put_events(t, on + 1);
		put(t, on, HY_TRACE_STATED, 0, r->stated_ref);
	} else if (r->limit.n && r->stated == HY_NO_TIME) {
		if (clock_in_hours(r->limit.unit))
			put_hours(t, last, paused ? r->paused_at : end->counted_at);
		else
			put_days(t, last);
	}
	if (ends)
		put_end(t, end);
	put_events(t, HY_NO_DAY);
	sort_lines(t->lines.v, t->lines.n);
}

static void put_ignored(const struct tracer *t, struct hy_trace *out)
{
	out->ignored = hy_arena_take_n(t->a, sizeof(*out->ignored), t->order->n + 1);
	out->n_ignored = 0;
	for (size_t i = 0; i < t->order->n; i++)
		if (t->ignored[i]) {
			out->ignored[out->n_ignored].event = t->order->at[i];
			out->ignored[out->n_ignored++].why = t->ignored[i];
		}
}

void clock_trace(const struct clock_run *r, const struct clock_order *order,
		 const char *const *ignored, const struct clock_end *end, struct hy_arena *a,
		 struct hy_trace *out)
{
	struct tracer t = { .r = r, .order = order, .ignored = ignored, .a = a };

	if (r->state != HY_CLOCK_IDLE)
		put_lines(&t, end);
	out->v = t.lines.v;
	out->n = t.lines.n;
	put_ignored(&t, out);
}
