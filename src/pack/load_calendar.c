/* load_calendar -- hours, statute, notices and overlay into one calendar. */
#include <stdlib.h>

#include "pack/build.h"

typedef HY_VEC(struct hy_calendar_day) day_vec;

struct make {
	struct pack_build *b;
	struct hy_calendar_data data;
	day_vec notice;
	HY_VEC(int) years;
};

static void make_summer(struct make *m, const struct pack_node *list)
{
	struct pack_build *b = m->b;
	struct hy_zone *z = &m->data.zone;

	if (!list || list->n == 0)
		return;
	struct hy_zone_span *spans = hy_new_n(b->a, struct hy_zone_span, list->n);
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *n = list->v[i];
		bool ok = hy_instant_read(pack_node_str(n, "from"), NULL, &spans[i].from) &&
			  hy_instant_read(pack_node_str(n, "until"), NULL, &spans[i].until) &&
			  pack_offset_read(pack_node_str(n, "offset"), &spans[i].offset);
		if (!ok || spans[i].until <= spans[i].from)
			pack_wrong(&b->log, b->hours->doc, n,
				   "summer time must end after it began");
		else if (i && spans[i].from < spans[i - 1].until)
			pack_wrong(&b->log, b->hours->doc, n,
				   "summer times must be in order and not overlap");
	}
	z->spans = spans;
	z->n_spans = list->n;
}

static int weekday_of(hy_str name)
{
	int w = 0;

	while (w < 6 && !hy_str_eq(name, hy_str_of(pack_weekday_names[w])))
		w++;
	return w;
}

static void make_office(struct make *m, const struct pack_node *office)
{
	for (int w = 0; w < 7; w++) {
		const struct pack_node *spans = pack_node_get(office, pack_weekday_names[w]);
		struct hy_office_day *o = &m->data.office[w];
		for (size_t i = 0; spans && i < spans->n; i++) {
			hy_str s = spans->v[i]->s;
			struct hy_office_span *to = &o->span[o->n];
			bool ok = pack_time_read((hy_str){ s.p, 5 }, &to->from) &&
				  pack_time_read((hy_str){ s.p + 6, 5 }, &to->until);
			if (!ok || (o->n && to->from < to[-1].until))
				pack_wrong(&m->b->log, m->b->hours->doc, spans->v[i],
					   "office hours must be in order and not overlap");
			else
				o->n++;
		}
	}
}

static void make_hours(struct make *m)
{
	const struct pack_node *n = m->b->hours->node;
	const struct pack_node *weekend = pack_node_get(n, "weekend");

	m->data.id = pack_node_str(n, "id");
	m->data.week_ref = pack_node_str(n, "clause");
	m->data.always_final = pack_node_flag(n, "always_final", false);
	for (size_t i = 0; i < weekend->n; i++)
		m->data.weekend |= 1u << weekday_of(weekend->v[i]->s);
	if (!pack_offset_read(pack_node_str(n, "zone"), &m->data.zone.offset))
		pack_wrong(&m->b->log, m->b->hours->doc, n, "\"zone\" cannot be read");
	make_summer(m, pack_node_get(n, "summer"));
	make_office(m, pack_node_get(n, "office"));
}

/* Days of a layer without repetition; the same day with another meaning is an error. */
static struct hy_calendar_day *make_days(struct pack_build *b, const struct pack_item *it,
					 size_t *n_out)
{
	const struct pack_node *days = pack_node_get(it->node, "days");
	struct hy_calendar_day *v = hy_new_n(b->tmp, struct hy_calendar_day, days->n);
	struct hy_map seen = { .a = b->tmp };
	size_t n = 0;

	for (size_t i = 0; i < days->n; i++) {
		const struct pack_node *d = days->v[i];
		hy_str text = pack_node_str(d, "day");
		const struct pack_node *first = hy_map_put(&seen, text, days->v[i]);
		if (first) {
			pack_wrong(&b->log, it->doc, d,
				   "the day " HY_FMT " stands twice, first in line %d",
				   HY_ARG(text), first->line);
			continue;
		}
		v[n++] = (struct hy_calendar_day){ .day = pack_node_day(d, "day", HY_NO_DAY),
						   .work = pack_node_flag(d, "work", false),
						   .name = pack_node_str(d, "name"),
						   .ref = pack_node_str(it->node, "ref") };
	}
	*n_out = n;
	return v;
}

/* Two notices may name the same day (the turn of the year) only with the same meaning. */
static void add_notice_day(struct make *m, const struct pack_doc *d, const struct pack_node *at,
			   struct hy_calendar_day day, struct hy_map *seen)
{
	hy_str text = hy_day_text(m->b->tmp, day.day);
	const struct hy_calendar_day *other = hy_map_get(seen, text);

	if (!other) {
		struct hy_calendar_day *kept = hy_new(m->b->tmp, struct hy_calendar_day);
		*kept = day;
		hy_map_put(seen, text, kept);
		*hy_push(m->b->tmp, &m->notice) = day;
	} else if (other->work != day.work) {
		pack_wrong(&m->b->log, d, at,
			   "the day " HY_FMT " is %s here and %s in the notice " HY_FMT,
			   HY_ARG(text), day.work ? "worked" : "free",
			   other->work ? "worked" : "free", HY_ARG(other->ref));
	}
}

static int by_year(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void make_notices(struct make *m)
{
	struct hy_map seen = { .a = m->b->tmp };

	for (size_t i = 0; i < m->b->notices.list.n; i++) {
		const struct pack_item *it = m->b->notices.list.v[i];
		struct pack_notice no = pack_notice_make(m->b->tmp, it->node);
		for (size_t k = 0; k < no.n_days; k++)
			add_notice_day(m, it->doc, no.at[k], no.days[k], &seen);
		for (size_t k = 0; k < no.n_covers; k++)
			*hy_push(m->b->tmp, &m->years) = no.covers[k];
	}
	size_t n = 0;
	if (m->years.n)
		qsort(m->years.v, m->years.n, sizeof(int), by_year);
	for (size_t i = 0; i < m->years.n; i++)
		if (n == 0 || m->years.v[n - 1] != m->years.v[i])
			m->years.v[n++] = m->years.v[i];
	m->data.years = m->years.v;
	m->data.n_years = n;
	m->data.notice = m->notice.v;
	m->data.n_notice = m->notice.n;
}

static void make_region(struct make *m)
{
	struct pack_build *b = m->b;

	if (b->region.n == 0)
		return;
	const struct pack_item *it = pack_item_of(&b->regions, b->region);
	if (!it) {
		const struct pack_node *at = pack_node_get(b->pack->node, "region");
		pack_wrong(&b->log, b->pack->doc, at, "unknown region \"" HY_FMT "\"" HY_FMT,
			   HY_ARG(b->region),
			   HY_ARG(pack_near(b->log.a, &b->regions.by_id, b->region)));
		return;
	}
	m->data.id = b->region;
	m->data.region = make_days(b, it, &m->data.n_region);
}

static void drop_calendar(void *calendar)
{
	struct hy_calendar *c = calendar;

	hy_calendar_free(&c);
}

void pack_load_calendar(struct pack_build *b)
{
	struct make m = { .b = b };
	struct hy_err e = { 0 };
	size_t before = b->log.msgs->errors;

	if (!b->hours) {
		pack_wrong(
			&b->log, b->pack->doc, NULL,
			"no folder has calendar/hours.yaml: add the base folder before this one");
		return;
	}
	make_hours(&m);
	make_notices(&m);
	make_region(&m);
	if (b->statute)
		m.data.statute = make_days(b, b->statute, &m.data.n_statute);
	if (b->log.msgs->errors > before)
		return;
	if (hy_calendar_new(&m.data, &b->p->calendar, &e))
		pack_wrong(&b->log, b->hours->doc, b->hours->node, "%s", hy_err_text(&e));
	else
		hy_arena_defer(b->a, drop_calendar, b->p->calendar);
}
