#include "time/calendar_tables.h"

/* Working time from the beginning of the range until AT. */
static hy_ms used_until(const struct hy_calendar *c, hy_ms at)
{
	hy_day d = hy_local(&c->zone, at, NULL);

	if (d < HY_CALENDAR_FIRST)
		return 0;
	if (d > HY_CALENDAR_LAST)
		return c->office_before[CALENDAR_DAYS];
	hy_ms sum = c->office_before[d - HY_CALENDAR_FIRST];
	if (!hy_calendar_work(c, d))
		return sum;
	const struct hy_office_day *o = calendar_office(c, d);
	for (int i = 0; i < o->n; i++) {
		hy_ms from = hy_instant(&c->zone, d, o->span[i].from);
		hy_ms until = hy_instant(&c->zone, d, o->span[i].until);
		if (at <= from)
			break;
		sum += (at < until ? at : until) - from;
	}
	return sum;
}

/* The instant on day D at which LEFT of its working time has passed; when that is the end
 * of a span, that end or, with NEXT, the beginning of the span after it. */
static hy_ms point_on(const struct hy_calendar *c, hy_day d, hy_ms left, bool next)
{
	const struct hy_office_day *o = calendar_office(c, d);

	for (int i = 0; i < o->n; i++) {
		hy_ms from = hy_instant(&c->zone, d, o->span[i].from);
		hy_ms length = hy_instant(&c->zone, d, o->span[i].until) - from;
		if (left < length || (left == length && !next))
			return from + left;
		left -= length;
	}
	return HY_NO_TIME;
}

/* The first day by whose end more than USED (or USED, unless MORE) has passed. */
static size_t day_passing(const struct hy_calendar *c, hy_ms used, bool more)
{
	size_t lo = 0, hi = CALENDAR_DAYS;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		hy_ms end = c->office_before[mid + 1];
		if (end < used || (more && end == used))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

hy_ms hy_office_between(const struct hy_calendar *c, hy_ms from, hy_ms until)
{
	return until <= from ? 0 : used_until(c, until) - used_until(c, from);
}

hy_ms hy_office_add(const struct hy_calendar *c, hy_ms from, hy_ms ms)
{
	if (!calendar_has(hy_local(&c->zone, from, NULL)) || ms < 0)
		return HY_NO_TIME;
	if (ms == 0)
		return from;
	hy_ms used = used_until(c, from), total = c->office_before[CALENDAR_DAYS];
	if (ms > total - used)
		return HY_NO_TIME;
	size_t i = day_passing(c, used + ms, false);
	return point_on(c, HY_CALENDAR_FIRST + (hy_day)i, used + ms - c->office_before[i], false);
}

hy_ms hy_office_back(const struct hy_calendar *c, hy_ms until, hy_ms ms)
{
	if (!calendar_has(hy_local(&c->zone, until, NULL)) || ms < 0)
		return HY_NO_TIME;
	if (ms == 0)
		return until;
	hy_ms used = used_until(c, until);
	if (ms > used)
		return HY_NO_TIME;
	size_t i = day_passing(c, used - ms, true);
	return point_on(c, HY_CALENDAR_FIRST + (hy_day)i, used - ms - c->office_before[i], true);
}

int hy_office_close(const struct hy_calendar *c, hy_day d)
{
	if (!hy_calendar_work(c, d))
		return HY_DAY_MS;
	const struct hy_office_day *o = calendar_office(c, d);
	return o->n ? o->span[o->n - 1].until : HY_DAY_MS;
}
