#ifndef HY_TIME_CALENDAR_FIXTURE_H
#define HY_TIME_CALENDAR_FIXTURE_H

/* calendar_fixture -- for tests: the State Council's notices for 2025 and 2026 as tables
 * (国办发明电〔2024〕12号's and content_7047091's days), 2027 with its statutory days alone. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "time/calendar.h"

enum { H = HY_HOUR };

struct stretch { /* from..until, both included */
	int year, m1, d1, m2, d2;
	bool work;
	const char *name;
};
static const struct stretch notice_stretches[] = {
	{ 2025, 1, 1, 1, 1, false, "元旦" },
	{ 2025, 1, 28, 2, 4, false, "春节" },
	{ 2025, 4, 4, 4, 6, false, "清明节" },
	{ 2025, 5, 1, 5, 5, false, "劳动节" },
	{ 2025, 5, 31, 6, 2, false, "端午节" },
	{ 2025, 10, 1, 10, 8, false, "国庆节、中秋节" },
	{ 2025, 1, 26, 1, 26, true, "春节" },
	{ 2025, 2, 8, 2, 8, true, "春节" },
	{ 2025, 4, 27, 4, 27, true, "劳动节" },
	{ 2025, 9, 28, 9, 28, true, "国庆节、中秋节" },
	{ 2025, 10, 11, 10, 11, true, "国庆节、中秋节" },
	{ 2026, 1, 1, 1, 3, false, "元旦" },
	{ 2026, 2, 15, 2, 23, false, "春节" },
	{ 2026, 4, 4, 4, 6, false, "清明节" },
	{ 2026, 5, 1, 5, 5, false, "劳动节" },
	{ 2026, 6, 19, 6, 21, false, "端午节" },
	{ 2026, 9, 25, 9, 27, false, "中秋节" },
	{ 2026, 10, 1, 10, 7, false, "国庆节" },
	{ 2026, 1, 4, 1, 4, true, "元旦" },
	{ 2026, 2, 14, 2, 14, true, "春节" },
	{ 2026, 2, 28, 2, 28, true, "春节" },
	{ 2026, 5, 9, 5, 9, true, "劳动节" },
	{ 2026, 9, 20, 9, 20, true, "国庆节" },
	{ 2026, 10, 10, 10, 10, true, "国庆节" },
};

/* Writes the days of the stretches to OUT; returns how many. */
static inline size_t fixture_notice(struct hy_calendar_day *out)
{
	size_t n = 0;

	for (size_t i = 0; i < HY_COUNT(notice_stretches); i++) {
		const struct stretch *s = &notice_stretches[i];
		hy_day until = hy_day_of(s->year, s->m2, s->d2);
		for (hy_day d = hy_day_of(s->year, s->m1, s->d1); d <= until; d++)
			out[n++] = (struct hy_calendar_day){
				.day = d,
				.work = s->work,
				.name = hy_str_of(s->name),
				.ref = s->year == 2025 ? HY_S("content_6986383")
						       : HY_S("content_7047091")
			};
	}
	return n;
}

/* China in 2025 and 2026 with EXTRA days added to the notice and REGION laid over it;
 * open from 08:30 to 12:00 and from 14:30 to 17:30. */
static inline struct hy_calendar *fixture_china(const struct hy_calendar_day *extra, size_t n_extra,
						const int *years, size_t n_years)
{
	struct hy_calendar_day notice[256];
	size_t n = fixture_notice(notice);
	const struct hy_calendar_day statute[] = {
		{ hy_day_of(2027, 1, 1), false, HY_S("元旦"),
		  HY_S("全国年节及纪念日放假办法 art. 2") },
	};
	const struct hy_office_day hours = {
		.span = { { 8 * H + H / 2, 12 * H }, { 14 * H + H / 2, 17 * H + H / 2 } }, .n = 2
	};
	struct hy_calendar_data data = { .id = HY_S("cn"),
					 .zone = hy_zone_china,
					 .weekend = 1u << 0 | 1u << 6,
					 .years = years,
					 .n_years = n_years,
					 .statute = statute,
					 .n_statute = HY_COUNT(statute),
					 .notice = notice };
	struct hy_calendar *c = NULL;
	struct hy_err e = { 0 };

	for (size_t i = 0; i < n_extra; i++)
		notice[n++] = extra[i];
	data.n_notice = n;
	for (int w = 1; w <= 5; w++)
		data.office[w] = hours;
	assert_int_equal(hy_calendar_new(&data, &c, &e), HY_OK);
	return c;
}

static const int fixture_years[] = { 2025, 2026 };
#define FIXTURE_CHINA() fixture_china(NULL, 0, fixture_years, 2)

static inline hy_day fixture_day(const char *s)
{
	hy_day d = HY_NO_DAY;

	assert_true(hy_day_read(hy_str_of(s), &d));
	return d;
}

/* "2026-02-10" or "2026-02-10 09:00[:ss]", in China. */
static inline hy_ms fixture_at(const char *s)
{
	hy_ms at = HY_NO_TIME;

	assert_true(hy_instant_read(hy_str_of(s), &hy_zone_china, &at));
	return at;
}

#endif
