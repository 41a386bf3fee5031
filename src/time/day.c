#include "time/day.h"

#include <stdio.h>

const struct hy_zone hy_zone_utc = { 0 };
const struct hy_zone hy_zone_china = { .offset = 8 * 3600 };

/* --- days ---------------------------------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years begin in March here, so that the leap day is the last of its year. */
hy_day hy_day_of(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return (hy_day)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

struct hy_date hy_date_of(hy_day d)
{
	int64_t z = (int64_t)d + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t in_era = z - era * 146097;
	int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * in_year + 2) / 153;
	int month = (int)(m < 10 ? m + 3 : m - 9);

	return (struct hy_date){ .year = (int)(y + era * 400) + (month <= 2),
				 .month = month,
				 .day = (int)(in_year - (153 * m + 2) / 5 + 1) };
}

int hy_weekday(hy_day d)
{
	int w = (int)(((int64_t)d + 4) % 7);

	return w < 0 ? w + 7 : w;
}

static int month_days(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

hy_day hy_day_add_months(hy_day d, int months)
{
	struct hy_date t = hy_date_of(d);
	int64_t m = (int64_t)t.year * 12 + t.month - 1 + months;
	int year = (int)floor_div(m, 12), month = (int)(m - (int64_t)year * 12) + 1;
	int last = month_days(year, month);

	return hy_day_of(year, month, t.day < last ? t.day : last);
}

/* --- reading ------------------------------------------------------------------- */

/* Exactly N digits at the head of S, taken off it. */
static bool take_digits(hy_str *s, size_t n, int *out)
{
	int v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	s->p += n;
	s->n -= n;
	*out = v;
	return true;
}

static bool take_byte(hy_str *s, const char *any_of)
{
	if (s->n == 0 || s->p[0] == '\0' || !strchr(any_of, s->p[0]))
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool take_day(hy_str *s, hy_day *out)
{
	int y, m, d;

	if (!take_digits(s, 4, &y) || !take_byte(s, "-") || !take_digits(s, 2, &m) ||
	    !take_byte(s, "-") || !take_digits(s, 2, &d))
		return false;
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return false;
	*out = hy_day_of(y, m, d);
	return true;
}

bool hy_day_read(hy_str s, hy_day *out)
{
	hy_day d;

	if (!take_day(&s, &d) || s.n)
		return false;
	*out = d;
	return true;
}

/* V with at least N digits and MARK after it; '\0': none.  A list shows hundreds of dates, and
 * printf took a quarter of its time. */
static char *put(char *p, int v, int n, char mark)
{
	char digits[12];
	int k = 0;

	if (v < 0) { /* as printf does it: the sign counts as one of the N */
		*p++ = '-';
		v = -v;
		n--;
	}
	for (; k < n || v; v /= 10)
		digits[k++] = (char)('0' + v % 10);
	while (k)
		*p++ = digits[--k];
	if (mark)
		*p++ = mark;
	return p;
}

static char *put_date(char *p, struct hy_date t)
{
	return put(put(put(p, t.year, 4, '-'), t.month, 2, '-'), t.day, 2, '\0');
}

hy_str hy_day_text(struct hy_arena *a, hy_day d)
{
	char text[32];
	char *end = put_date(text, hy_date_of(d));

	return hy_str_dup(a, (hy_str){ text, (size_t)(end - text) });
}

/* "hh:mm:ss" and a fraction; the seconds may be missing when SHORT_OK. */
static bool take_time(hy_str *s, bool short_ok, int *ms_out)
{
	int h, m, sec = 0, ms = 0;

	if (!take_digits(s, 2, &h) || !take_byte(s, ":") || !take_digits(s, 2, &m))
		return false;
	bool seconds = take_byte(s, ":");
	if (seconds ? !take_digits(s, 2, &sec) : !short_ok)
		return false;
	if (h > 23 || m > 59 || sec > 59)
		return false;
	if (seconds && take_byte(s, ".")) {
		int digit, weight = 100;
		if (!take_digits(s, 1, &digit))
			return false;
		do {
			ms += digit * weight;
			weight /= 10;
		} while (take_digits(s, 1, &digit));
	}
	*ms_out = ((h * 60 + m) * 60 + sec) * 1000 + ms;
	return true;
}

/* "Z" or "+hh:mm", in seconds. */
static bool take_offset(hy_str *s, int *out)
{
	int h, m;

	if (take_byte(s, "Zz")) {
		*out = 0;
		return true;
	}
	bool west = s->n && s->p[0] == '-';
	if (!take_byte(s, "+-") || !take_digits(s, 2, &h) || !take_byte(s, ":") ||
	    !take_digits(s, 2, &m) || h > 23 || m > 59)
		return false;
	*out = (west ? -1 : 1) * (h * 60 + m) * 60;
	return true;
}

bool hy_instant_read(hy_str s, const struct hy_zone *local, hy_ms *out)
{
	hy_day d;
	int ms = 0, offset;

	if (!take_day(&s, &d))
		return false;
	if (s.n == 0 && local) {
		*out = hy_instant(local, d, 0);
		return true;
	}
	if (!take_byte(&s, local ? "Tt " : "Tt") || !take_time(&s, local != NULL, &ms))
		return false;
	if (s.n == 0 && local) {
		*out = hy_instant(local, d, ms);
		return true;
	}
	if (!take_offset(&s, &offset) || s.n)
		return false;
	*out = (hy_ms)d * HY_DAY_MS + ms - (hy_ms)offset * 1000;
	return true;
}

/* --- zones --------------------------------------------------------------------- */

/* How many spans begin at or before AT. */
static size_t spans_until(const struct hy_zone *z, hy_ms at)
{
	size_t lo = 0, hi = z->n_spans;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (z->spans[mid].from <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int hy_zone_offset(const struct hy_zone *z, hy_ms at)
{
	size_t i = z->n_spans ? spans_until(z, at) : 0;

	return i && at < z->spans[i - 1].until ? z->spans[i - 1].offset : z->offset;
}

hy_day hy_local(const struct hy_zone *z, hy_ms at, int *ms_out)
{
	if (at > HY_NO_TIME - 2 * HY_DAY_MS || at < INT64_MIN + 2 * HY_DAY_MS) {
		if (ms_out)
			*ms_out = 0;
		return at > 0 ? HY_NO_DAY : INT32_MIN;
	}
	hy_ms wall = at + (hy_ms)hy_zone_offset(z, at) * 1000;
	int64_t d = floor_div(wall, HY_DAY_MS);
	if (ms_out)
		*ms_out = (int)(wall - d * HY_DAY_MS);
	return d >= HY_NO_DAY ? HY_NO_DAY : d < INT32_MIN ? INT32_MIN : (hy_day)d;
}

/* The first instant T with T + offset(T) >= WALL: in a skipped hour that is the end of the
 * gap, in a repeated hour the first of the two; and a later wall clock never gives an
 * earlier instant.  No zone is further than 26 hours from UTC, so the search starts there. */
static hy_ms first_showing(const struct hy_zone *z, hy_ms wall)
{
	hy_ms from = wall - 26 * (hy_ms)HY_HOUR;
	size_t i = spans_until(z, from);

	if (i)
		i--;
	for (;; i++) {
		bool last = i == z->n_spans;
		hy_ms t = wall - (hy_ms)z->offset * 1000;
		t = t > from ? t : from;
		if (last || t < z->spans[i].from)
			return t;
		from = from > z->spans[i].from ? from : z->spans[i].from;
		t = wall - (hy_ms)z->spans[i].offset * 1000;
		t = t > from ? t : from;
		if (t < z->spans[i].until)
			return t;
		from = from > z->spans[i].until ? from : z->spans[i].until;
	}
}

hy_ms hy_instant(const struct hy_zone *z, hy_day d, int ms)
{
	if (d == HY_NO_DAY)
		return HY_NO_TIME;
	hy_ms wall = (hy_ms)d * HY_DAY_MS + ms;
	return z->n_spans ? first_showing(z, wall) : wall - (hy_ms)z->offset * 1000;
}

hy_str hy_instant_text(struct hy_arena *a, const struct hy_zone *z, hy_ms at)
{
	if (at == HY_NO_TIME)
		return HY_S("");
	int minutes = hy_zone_offset(z, at) / 60; /* RFC 3339 knows no seconds here */
	struct hy_zone shown = { .offset = minutes * 60 };
	int ms;
	struct hy_date t = hy_date_of(hy_local(&shown, at, &ms));
	int sec = ms / 1000, west = minutes < 0, off = west ? -minutes : minutes;
	char text[64];
	char *p = put_date(text, t);

	*p++ = 'T';
	p = put(put(put(p, sec / 3600, 2, ':'), sec / 60 % 60, 2, ':'), sec % 60, 2, '\0');
	if (ms % 1000) {
		*p++ = '.';
		p = put(p, ms % 1000, 3, '\0');
	}
	*p++ = west ? '-' : '+';
	p = put(put(p, off / 60, 2, ':'), off % 60, 2, '\0');
	return hy_str_dup(a, (hy_str){ text, (size_t)(p - text) });
}
