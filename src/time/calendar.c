#include "base/buf.h"
#include "base/hash.h"
#include "time/calendar_tables.h"

/* --- checking what was handed in ----------------------------------------------- */

static const char *const weekdays[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
					"Thursday", "Friday", "Saturday" };

static enum hy_code check_zone(const struct hy_zone *z, struct hy_err *e)
{
	const int most = 86400;

	if (z->offset <= -most || z->offset >= most)
		return hy_fail(e, HY_BAD_FIELD, "zone", "the offset must be less than a day");
	for (size_t i = 0; i < z->n_spans; i++) {
		const struct hy_zone_span *s = &z->spans[i];
		if (s->offset <= -most || s->offset >= most || s->from >= s->until)
			return hy_fail(e, HY_BAD_FIELD, "zone",
				       "span %zu is empty or its offset is a day", i + 1);
		if (i && s->from < s[-1].until)
			return hy_fail(e, HY_BAD_FIELD, "zone",
				       "span %zu begins before the last one ends", i + 1);
	}
	return HY_OK;
}

static enum hy_code check_office(const struct hy_office_day *office, int w, struct hy_err *e)
{
	int end = 0;

	if (office->n < 0 || office->n > (int)HY_COUNT(office->span))
		return hy_fail(e, HY_BAD_FIELD, "office", "%s: at most %zu spans", weekdays[w],
			       HY_COUNT(office->span));
	for (int i = 0; i < office->n; i++) {
		const struct hy_office_span *s = &office->span[i];
		if (s->from < end || s->until <= s->from || s->until > HY_DAY_MS)
			return hy_fail(
				e, HY_BAD_FIELD, "office",
				"%s: span %d is empty, overlaps the one before or leaves the day",
				weekdays[w], i + 1);
		end = s->until;
	}
	return HY_OK;
}

static enum hy_code check(const struct hy_calendar_data *data, struct hy_err *e)
{
	enum hy_code code = check_zone(&data->zone, e);

	for (int w = 0; !code && w < 7; w++)
		code = check_office(&data->office[w], w, e);
	for (size_t i = 1; !code && i < data->n_years; i++)
		if (data->years[i] <= data->years[i - 1])
			code = hy_fail(e, HY_BAD_FIELD, "years",
				       "%d comes after %d; years must ascend", data->years[i],
				       data->years[i - 1]);
	return code;
}

/* --- compiling ----------------------------------------------------------------- */

/* Lays LAYER over what stands in C so far. */
static enum hy_code lay(struct hy_calendar *c, enum hy_day_source source,
			const struct hy_calendar_day *layer, size_t n, struct hy_err *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct hy_calendar_day *l = &layer[i];
		struct hy_date t = hy_date_of(l->day);
		if (!calendar_has(l->day))
			return hy_fail(e, HY_BAD_FIELD, "day",
				       "%04d-%02d-%02d is not in 1990..2099", t.year, t.month,
				       t.day);
		uint16_t *at = &c->entry[l->day - HY_CALENDAR_FIRST];
		struct calendar_entry *old = &c->entries[*at];
		if (*at && old->source == source) {
			if (old->work != l->work)
				return hy_fail(
					e, HY_BAD_FIELD, "day",
					"%04d-%02d-%02d is given as worked and as not worked",
					t.year, t.month, t.day);
			continue;
		}
		if (!*at)
			*at = (uint16_t)c->n_entries++;
		c->entries[*at] = (struct calendar_entry){ .source = source,
							   .work = l->work,
							   .name = hy_str_dup(c->arena, l->name),
							   .ref = hy_str_dup(c->arena, l->ref) };
	}
	return HY_OK;
}

static bool works(const struct hy_calendar *c, size_t i)
{
	if (c->entry[i])
		return c->entries[c->entry[i]].work;
	return !(c->weekend >> hy_weekday(HY_CALENDAR_FIRST + (hy_day)i) & 1);
}

static hy_ms office_on(const struct hy_calendar *c, hy_day d)
{
	const struct hy_office_day *o = calendar_office(c, d);
	hy_ms sum = 0;

	for (int i = 0; i < o->n; i++)
		sum += hy_instant(&c->zone, d, o->span[i].until) -
		       hy_instant(&c->zone, d, o->span[i].from);
	return sum;
}

static void tabulate(struct hy_calendar *c)
{
	size_t year = 0, worked = 0;

	for (size_t i = 0; i < CALENDAR_DAYS; i++) {
		hy_day d = HY_CALENDAR_FIRST + (hy_day)i;
		int y = hy_date_of(d).year;
		while (year < c->n_years && c->years[year] < y)
			year++;
		bool open = !c->always_final && (year == c->n_years || c->years[year] != y);
		bool work = works(c, i);
		if (work)
			c->nth[worked++] = (uint16_t)i;
		c->before[i + 1] = (uint16_t)worked;
		c->open_before[i + 1] = (uint16_t)(c->open_before[i] + open);
		c->office_before[i + 1] = c->office_before[i] + (work ? office_on(c, d) : 0);
	}
}

static void add_text(struct hy_buf *b, hy_str s)
{
	hy_buf_fmt(b, " %zu:", s.n);
	hy_buf_add(b, s);
}

/* Every string with its length, every list with its count: no two calendars read alike. */
static hy_str fingerprint(const struct hy_calendar *c)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, "huiyin calendar 1\nid");
	add_text(&b, c->id);
	hy_buf_fmt(&b, "\nzone %d %zu", c->zone.offset, c->zone.n_spans);
	for (size_t i = 0; i < c->zone.n_spans; i++)
		hy_buf_fmt(&b, " %lld %lld %d", (long long)c->zone.spans[i].from,
			   (long long)c->zone.spans[i].until, c->zone.spans[i].offset);
	hy_buf_fmt(&b, "\nweekend %u\nfinal %d %zu", c->weekend & 127, c->always_final, c->n_years);
	for (size_t i = 0; i < c->n_years; i++)
		hy_buf_fmt(&b, " %d", c->years[i]);
	for (int w = 0; w < 7; w++) {
		hy_buf_fmt(&b, "\noffice %d", c->office[w].n);
		for (int i = 0; i < c->office[w].n; i++)
			hy_buf_fmt(&b, " %d %d", c->office[w].span[i].from,
				   c->office[w].span[i].until);
	}
	for (int i = 0; i < CALENDAR_DAYS; i++) {
		const struct calendar_entry *t = &c->entries[c->entry[i]];
		if (!c->entry[i])
			continue;
		hy_buf_fmt(&b, "\nday %d %d %d", i, (int)t->source, t->work);
		add_text(&b, t->name);
		add_text(&b, t->ref);
	}
	hy_hash h = hy_sha256(hy_buf_str(&b));
	return hy_hex(c->arena, h.b, sizeof(h.b));
}

static void *copy(struct hy_arena *a, const void *p, size_t size, size_t n)
{
	void *out = hy_arena_take_n(a, size, n ? n : 1);

	if (n)
		memcpy(out, p, size * n);
	return out;
}

enum hy_code hy_calendar_new(const struct hy_calendar_data *data, struct hy_calendar **out,
			     struct hy_err *e)
{
	enum hy_code code = check(data, e);

	if (code)
		return code;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_calendar *c = hy_new(a, struct hy_calendar);
	c->arena = a;
	c->id = hy_str_dup(a, data->id);
	c->week_ref = hy_str_dup(a, data->week_ref);
	c->zone = data->zone;
	c->zone.spans = copy(a, data->zone.spans, sizeof(*data->zone.spans), data->zone.n_spans);
	c->weekend = data->weekend;
	c->always_final = data->always_final;
	c->years = copy(a, data->years, sizeof(*data->years), data->n_years);
	c->n_years = data->n_years;
	memcpy(c->office, data->office, sizeof(c->office));
	c->entries = hy_new_n(a, struct calendar_entry, CALENDAR_DAYS + 1);
	c->n_entries = 1;
	if ((code = lay(c, HY_BY_STATUTE, data->statute, data->n_statute, e)) ||
	    (code = lay(c, HY_BY_NOTICE, data->notice, data->n_notice, e)) ||
	    (code = lay(c, HY_BY_REGION, data->region, data->n_region, e)))
		return code;
	tabulate(c);
	c->hash = fingerprint(c);
	a = NULL; /* the calendar owns it from here */
	*out = c;
	return HY_OK;
}

void hy_calendar_free(struct hy_calendar **c)
{
	if (!c || !*c)
		return;
	struct hy_arena *a = (*c)->arena;
	*c = NULL;
	hy_arena_free(&a);
}

/* --- asking -------------------------------------------------------------------- */

hy_str hy_calendar_id(const struct hy_calendar *c)
{
	return c->id;
}

const struct hy_zone *hy_calendar_zone(const struct hy_calendar *c)
{
	return &c->zone;
}

hy_str hy_calendar_hash(const struct hy_calendar *c)
{
	return c->hash;
}

bool hy_calendar_work(const struct hy_calendar *c, hy_day d)
{
	if (!calendar_has(d))
		return false;
	const uint16_t *before = &c->before[d - HY_CALENDAR_FIRST];
	return before[1] != before[0];
}

struct hy_day_why hy_calendar_why(const struct hy_calendar *c, hy_day d)
{
	struct hy_day_why why = { .work = hy_calendar_work(c, d),
				  .provisional = hy_calendar_provisional(c, d),
				  .source = HY_BY_WEEK,
				  .name = HY_S(""),
				  .ref = HY_S("") };

	if (!why.work)
		why.ref = c->week_ref;
	if (calendar_has(d) && c->entry[d - HY_CALENDAR_FIRST]) {
		const struct calendar_entry *t = &c->entries[c->entry[d - HY_CALENDAR_FIRST]];
		why.source = t->source;
		why.name = t->name;
		why.ref = t->ref;
	}
	return why;
}

bool hy_calendar_provisional(const struct hy_calendar *c, hy_day d)
{
	return hy_calendar_provisional_in(c, d, d);
}

bool hy_calendar_provisional_in(const struct hy_calendar *c, hy_day from, hy_day until)
{
	if (until < from || c->always_final)
		return false;
	if (!calendar_has(from) || !calendar_has(until))
		return true;
	return c->open_before[until - HY_CALENDAR_FIRST + 1] !=
	       c->open_before[from - HY_CALENDAR_FIRST];
}

hy_day hy_work_add(const struct hy_calendar *c, hy_day d, int n)
{
	if (d < HY_CALENDAR_FIRST - 1 || d > HY_CALENDAR_LAST || n < 1)
		return HY_NO_DAY;
	int64_t k = (int64_t)c->before[d + 1 - HY_CALENDAR_FIRST] + n;
	return k > c->before[CALENDAR_DAYS] ? HY_NO_DAY : HY_CALENDAR_FIRST + c->nth[k - 1];
}

hy_day hy_work_back(const struct hy_calendar *c, hy_day d, int n)
{
	if (d < HY_CALENDAR_FIRST || d > HY_CALENDAR_LAST + 1 || n < 1)
		return HY_NO_DAY;
	int k = c->before[d - HY_CALENDAR_FIRST] - n;
	return k < 0 ? HY_NO_DAY : HY_CALENDAR_FIRST + c->nth[k];
}

/* Working days before D; days outside the range are not worked. */
static int worked_before(const struct hy_calendar *c, int64_t d)
{
	if (d < HY_CALENDAR_FIRST)
		return 0;
	return c->before[d > HY_CALENDAR_LAST ? CALENDAR_DAYS : d - HY_CALENDAR_FIRST];
}

int hy_work_between(const struct hy_calendar *c, hy_day after, hy_day until)
{
	if (until <= after)
		return 0;
	return worked_before(c, (int64_t)until + 1) - worked_before(c, (int64_t)after + 1);
}

hy_day hy_work_roll(const struct hy_calendar *c, hy_day d)
{
	return calendar_has(d) ? hy_work_add(c, d - 1, 1) : HY_NO_DAY;
}
