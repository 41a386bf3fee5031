/* "Why this day?": a calendar of the days that count, what it rests on, and every line. */
#include "plain/own.h"
#include "time/day.h"

struct lines { /* those of one day */
	const json_t *due, *start, *paused, *counted, *hours, *first;
	bool makeup, off;
};

static bool by_week(const json_t *line)
{
	return hy_str_eq(hy_json_get(line, "by"), HY_S("week"));
}

static struct lines lines_of(const json_t *trace, hy_str day)
{
	struct lines x = { 0 };

	for (size_t i = 0; i < json_array_size(trace); i++) {
		const json_t *l = json_array_get(trace, i);
		hy_str what = hy_json_get(l, "what");
		if (!hy_str_eq(hy_json_get(l, "day"), day))
			continue;
		x.first = x.first ? x.first : l;
		if (hy_str_eq(what, HY_S("due")))
			x.due = l;
		else if (hy_str_eq(what, HY_S("start")) || hy_str_eq(what, HY_S("shift")))
			x.start = l;
		else if (hy_str_eq(what, HY_S("paused")))
			x.paused = l;
		else if (hy_str_eq(what, HY_S("counted")))
			x.counted = l;
		else if (hy_str_eq(what, HY_S("hours")))
			x.hours = l;
	}
	bool work = json_is_true(json_object_get(x.first, "work"));
	x.makeup = x.first && work && !by_week(x.first);
	x.off = x.first && !work && !by_week(x.first);
	return x;
}

static hy_str hours(const struct page *p, const json_t *line)
{
	int64_t n = hy_json_get_int(line, "count", 0);

	return hy_printf(p->a, "%lld:%02lld", (long long)(n / 60), (long long)(n % 60));
}

static void cell(struct page *p, const json_t *trace, hy_day day)
{
	struct lines x = lines_of(trace, hy_day_text(p->a, day));
	bool counts = !x.due && !x.start && !x.paused && (x.counted || x.hours);
	hy_str class = !x.first	  ? HY_S("out")
		       : x.due	  ? HY_S("due")
		       : x.start  ? HY_S("start")
		       : x.paused ? HY_S("paused")
		       : counts	  ? HY_S("counted")
		       : x.off	  ? HY_S("off")
				  : HY_S("rest");
	hy_str sign = HY_S("");

	if (x.counted)
		sign = page_number(p, hy_json_get_int(x.counted, "count", 0));
	else if (counts)
		sign = hours(p, x.hours);
	else if (x.first)
		sign = T(p, hy_printf(p->a, "trace.sign." HY_FMT,
				      HY_ARG(hy_str_eq(class, HY_S("off")) ? HY_S("rest") : class))
				    .p);
	PUT(p, "<td class=\"day {}\"><span class=\"d\">{}", class,
	    page_number(p, hy_date_of(day).day));
	if (x.makeup)
		PUT(p, "<i>{}</i>", T(p, "trace.sign.makeup"));
	PUT(p, "</span><b>{}</b>", sign);
	if (x.due)
		PUT(p, "<small>{}</small>", T(p, "trace.due"));
	else if (x.off)
		PUT(p, "<small>{}</small>", hy_json_get(x.first, "name"));
	PUT(p, "</td>");
}

/* The weeks of a month that hold a day from FIRST to LAST. */
static void month(struct page *p, const json_t *trace, hy_day begin, hy_day end, hy_day first,
		  hy_day last)
{
	static const char *const week[PLAIN__LANGUAGES][7] = {
		{ "一", "二", "三", "四", "五", "六", "日" },
		{ "一", "二", "三", "四", "五", "六", "日" },
		{ "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" },
	};
	struct hy_date of = hy_date_of(begin);
	hy_str name = p->l == PLAIN_EN
			      ? hy_printf(p->a, "%s %04d", plain_months[of.month - 1], of.year)
			      : hy_printf(p->a, "%04d年%d月", of.year, of.month);

	PUT(p, "<table class=\"month\"><caption>{}</caption><thead><tr>", name);
	for (size_t i = 0; i < 7; i++)
		PUT(p, "<th scope=\"col\">{}</th>", hy_str_of(week[p->l][i]));
	PUT(p, "</tr></thead><tbody>");
	for (hy_day monday = begin - (hy_weekday(begin) + 6) % 7; monday < end; monday += 7) {
		if (monday + 6 < first || monday > last)
			continue;
		PUT(p, "<tr>");
		for (hy_day d = monday; d < monday + 7; d++)
			if (d < begin || d >= end)
				PUT(p, "<td></td>");
			else
				cell(p, trace, d);
		PUT(p, "</tr>");
	}
	PUT(p, "</tbody></table>");
}

static hy_day day_of(const json_t *line)
{
	hy_day d = HY_NO_DAY;

	return hy_day_read(hy_json_get(line, "day"), &d) ? d : HY_NO_DAY;
}

static void calendar(struct page *p, const json_t *trace)
{
	size_t n = json_array_size(trace);
	hy_day first = n ? day_of(json_array_get(trace, 0)) : HY_NO_DAY;
	hy_day last = n ? day_of(json_array_get(trace, n - 1)) : HY_NO_DAY;

	if (first == HY_NO_DAY || last == HY_NO_DAY)
		return;
	PUT(p, "<div class=\"months\">");
	hy_day begin = first - (hy_date_of(first).day - 1);
	for (int i = 0; begin <= last && i < 14; i++) {
		hy_day end = hy_day_add_months(begin, 1);
		month(p, trace, begin, end, first, last);
		begin = end;
	}
	PUT(p, "</div>");
}

static hy_str what(const struct page *p, const json_t *line)
{
	hy_str id = hy_json_get(line, "what");

	if (hy_str_eq(id, HY_S("counted")))
		return T1(p, "trace.counted", page_number(p, hy_json_get_int(line, "count", 0)));
	if (hy_str_eq(id, HY_S("hours")))
		return T1(p, "trace.hours", hours(p, line));
	return T(p, hy_printf(p->a, "trace." HY_FMT, HY_ARG(id)).p);
}

/* What stands behind a day: its name, the notice, the clause. */
static void reasons(struct page *p, const json_t *line, hy_str clause)
{
	hy_str name = hy_json_get(line, "name"), notice = hy_json_get(line, "notice");
	hy_str own = hy_json_get(line, "clause");
	bool work = json_is_true(json_object_get(line, "work"));

	if (name.n)
		PUT(p, "<span lang=\"zh-CN\">{}</span> ", name);
	else if (!work && by_week(line) && !hy_str_eq(hy_json_get(line, "what"), HY_S("start")))
		PUT(p, "{} ", T(p, "trace.weekend"));
	if (work && !by_week(line))
		PUT(p, "{} ", T(p, "trace.makeup"));
	if (hy_str_starts(notice, HY_S("https://")))
		PUT(p, "<a href=\"{}\" rel=\"noreferrer\">{}</a> ", notice,
		    T1(p, "trace.notice", hy_str_head(hy_json_get(line, "day"), 4)));
	else if (notice.n)
		PUT(p, "<span lang=\"zh-CN\">{}</span> ", notice);
	if (own.n && !hy_str_eq(own, clause))
		PUT(p, "<cite lang=\"zh-CN\">{}</cite> ", own);
	if (json_is_true(json_object_get(line, "provisional")))
		PUT(p, "{}", T(p, "trace.provisional"));
}

static int64_t days_of(const json_t *trace)
{
	hy_str last = HY_S("");
	int64_t n = 0;

	for (size_t i = 0; i < json_array_size(trace); i++) {
		hy_str day = hy_json_get(json_array_get(trace, i), "day");
		n += !hy_str_eq(day, last);
		last = day;
	}
	return n;
}

void own_why(struct page *p, const json_t *clock)
{
	const json_t *trace = json_object_get(clock, "trace");
	hy_str clause = hy_json_get(clock, "clause");

	PUT(p, "<details class=\"trace\"><summary>{}</summary>", T(p, "trace.ask"));
	calendar(p, trace);
	PUT(p, "<div class=\"basis\"><h3>{}</h3><p><cite lang=\"zh-CN\">{}</cite> · {}</p>",
	    T(p, "trace.basis"), clause, plain_limit(p->a, p->l, hy_json_get(clock, "limit")));
	if (json_is_true(json_object_get(clock, "provisional")))
		PUT(p, "<p class=\"prov\">{}</p>", T(p, "trace.provisional"));
	PUT(p,
	    "</div><details><summary>{}</summary><div class=\"scroll\"><table class=\"lines\">"
	    "<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th>"
	    "</tr></thead><tbody>",
	    T1(p, "trace.list", page_number(p, days_of(trace))), T(p, "trace.day"),
	    T(p, "trace.how"), T(p, "trace.why"));
	for (size_t i = 0; i < json_array_size(trace); i++) {
		const json_t *l = json_array_get(trace, i);
		PUT(p, "<tr><th scope=\"row\">{}</th><td>{}</td><td>",
		    plain_day(p->a, p->l, hy_json_get(l, "day"),
			      hy_json_get(json_array_get(trace, 0), "day")),
		    what(p, l));
		reasons(p, l, clause);
		PUT(p, "</td></tr>");
	}
	PUT(p, "</tbody></table></div></details></details>");
}
