/* notice -- a year's arrangement of working days: our YAML, or holiday-cn JSON (which libyaml
 * reads as well). */
#include "pack/build.h"

bool pack_is_holiday(const struct pack_node *root)
{
	return pack_node_get(root, "year") && !pack_node_get(root, "notice");
}

/* A day that stands twice in one notice hides a slip of the pen. */
static bool days_differ(struct pack_log *l, const struct pack_doc *d, const struct pack_notice *no)
{
	HY_SCOPED_ARENA tmp = hy_arena_new(0);
	struct hy_map seen = { .a = tmp };
	bool ok = true;

	for (size_t i = 0; i < no->n_days; i++) {
		hy_str text = hy_day_text(tmp, no->days[i].day);
		const struct pack_node *first =
			hy_map_put(&seen, text, (void *)(uintptr_t)no->at[i]);
		if (!first)
			continue;
		pack_wrong(l, d, no->at[i], "the day " HY_FMT " stands twice, first in line %d",
			   HY_ARG(text), first->line);
		ok = false;
	}
	return ok;
}

/* The State Council arranges a year in that year and the days around it, no others. */
static bool days_near(struct pack_log *l, const struct pack_doc *d, const struct pack_notice *no)
{
	bool ok = true;

	for (size_t i = 0; i < no->n_days; i++) {
		int year = hy_date_of(no->days[i].day).year;
		if (year >= no->year - 1 && year <= no->year + 1)
			continue;
		pack_wrong(l, d, no->at[i], "a day of %d in the notice for %d", year, no->year);
		ok = false;
	}
	return ok;
}

bool pack_notice_check(struct pack_log *l, const struct pack_doc *d)
{
	if (!pack_shape_check(l, d, d->root,
			      pack_is_holiday(d->root) ? &pack_shape_holiday : &pack_shape_notice))
		return false;
	struct pack_notice no = pack_notice_make(l->a, d->root);
	bool differ = days_differ(l, d, &no);

	return days_near(l, d, &no) && differ;
}

static hy_str joined(struct hy_arena *a, const struct pack_node *list)
{
	hy_str all = list->v[0]->s;

	for (size_t i = 1; i < list->n; i++)
		all = hy_printf(a, HY_FMT " " HY_FMT, HY_ARG(all), HY_ARG(list->v[i]->s));
	return all;
}

static void make_days(struct hy_arena *a, const struct pack_node *days, bool holiday,
		      struct pack_notice *no)
{
	no->n_days = days->n;
	no->days = hy_new_n(a, struct hy_calendar_day, days->n);
	no->at = hy_new_n(a, const struct pack_node *, days->n);
	for (size_t i = 0; i < days->n; i++) {
		const struct pack_node *n = days->v[i];
		no->at[i] = n;
		no->days[i] = (struct hy_calendar_day){
			.day = pack_node_day(n, holiday ? "date" : "day", HY_NO_DAY),
			.work = holiday ? !pack_node_flag(n, "isOffDay", false)
					: pack_node_flag(n, "work", false),
			.name = pack_node_str(n, "name"),
			.ref = no->ref,
		};
	}
}

struct pack_notice pack_notice_make(struct hy_arena *a, const struct pack_node *root)
{
	bool holiday = pack_is_holiday(root);
	struct pack_notice no = { .year = pack_node_int(root, holiday ? "year" : "notice", 0) };
	const struct pack_node *covers = pack_node_get(root, "covers");
	size_t n = holiday ? 1 : covers->n;
	int *years = hy_new_n(a, int, n);

	years[0] = no.year;
	for (size_t i = 0; !holiday && i < n; i++) {
		int64_t y = 0;
		years[i] = hy_str_int(covers->v[i]->s, &y) ? (int)y : 0;
	}
	no.covers = years;
	no.n_covers = n;
	no.ref = holiday ? joined(a, pack_node_get(root, "papers")) : pack_node_str(root, "ref");
	make_days(a, pack_node_get(root, "days"), holiday, &no);
	return no;
}

enum hy_code pack_notice_read(struct hy_arena *a, const struct pack_file *file, int *year_out,
			      struct pack_messages *msgs, struct hy_err *e)
{
	struct pack_log l = { .a = a, .msgs = msgs };
	struct pack_doc d = { .shown = file->path, .path = file->path, .text = file->text };

	*msgs = (struct pack_messages){ 0 };
	if (pack_node_read(a, a, &l, &d) && pack_notice_check(&l, &d))
		*year_out = pack_notice_make(a, d.root).year;
	pack_log_end(&l);
	return pack_log_code(&l, e);
}
