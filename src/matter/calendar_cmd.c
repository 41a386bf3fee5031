/* huiyin calendar due | show | import */
#include "base/file.h"
#include "matter/command.h"
#include "matter/draft.h"
#include "matter/explain.h"
#include "matter/what_if.h"

/* The institution that is asked: a city's own (--data), else packs from folders. */
static void close_city(void *p)
{
	struct city *c = p;

	city_close(&c);
}

static void free_pack(void *p)
{
	struct pack *pack = p;

	pack_free(&pack);
}

static enum hy_code institution(const struct hy_run *run, const struct pack **out, struct hy_err *e)
{
	struct hy_arena *a = run->arena;
	enum hy_code code;

	if (hy_run_has(run, "--data") || hy_run_has(run, "--store")) {
		struct city *c = NULL;
		code = command_city(run, true, &c, e);
		if (code)
			return code;
		hy_arena_defer(a, close_city, c);
		*out = city_pack(c);
		return HY_OK;
	}
	const char *const *dirs = NULL;
	struct pack_source sources[16];
	struct pack_messages msgs = { 0 };
	struct pack *p = NULL;
	size_t n = 0;
	code = command_packs(run, &dirs, e);
	for (; !code && dirs[n]; n++) {
		if (n == HY_COUNT(sources))
			return hy_fail(e, HY_BAD_FIELD, "--pack", "at most %zu packs",
				       HY_COUNT(sources));
		code = pack_source_read(a, dirs[n], &sources[n], e);
	}
	if (!code)
		code = pack_build(a, sources, n, NULL, 0, &msgs, &p, e);
	if (code)
		return code;
	hy_arena_defer(a, free_pack, p);
	*out = p;
	return HY_OK;
}

/* --- due -------------------------------------------------------------------------------------- */

static void due_text(const struct hy_run *run, const struct pack *pack,
		     const struct hy_clock_due *due, const struct hy_trace *trace)
{
	struct hy_buf b = hy_buf_on(run->arena);
	const struct hy_zone *zone = hy_calendar_zone(pack->calendar);

	if (hy_run_has(run, "--explain"))
		explain_trace_text(&b, trace, run->language);
	if (due->due_at == HY_NO_TIME)
		hy_buf_add(&b, HY_S("paused: no due date until the clock goes on\n"));
	else
		hy_buf_fmt(&b, HY_FMT "%s%s\n",
			   HY_ARG(hy_instant_text(run->arena, zone, due->due_at)),
			   due->provisional ? "  provisional: a day lacks its notice" : "",
			   due->rolled ? "  rolled to a working day" : "");
	command_print(run, &b);
}

static enum hy_code calendar_due(struct hy_run *run, struct hy_err *e)
{
	struct hy_values pauses = hy_run_list(run, "--pause");
	const struct what_if q = {
		.prefix = "--",
		.from = hy_run_option(run, "--from"),
		.rule = hy_run_option(run, "--rule"),
		.limit = hy_run_option(run, "--limit"),
		.pauses = pauses.v,
		.n_pauses = pauses.n,
		.roll = hy_run_has(run, "--roll"),
	};
	const struct pack *pack = NULL;
	struct what_if_due w;
	enum hy_code code = institution(run, &pack, e);

	if (!code)
		code = what_if(run->arena, pack, &q, &w, e);
	if (code)
		return code;
	if (!run->json) {
		due_text(run, pack, &w.due, &w.trace);
		return HY_OK;
	}
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	what_if_json(&j, pack, &w, hy_run_has(run, "--explain"));
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code calendar_rules(struct hy_run *run, struct hy_err *e)
{
	const struct pack *p = NULL;
	enum hy_code code = institution(run, &p, e);
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct pack_rule *r = &p->rules[i];
		const struct pack_value *v = &r->values[r->n_values - 1];
		hy_str limit = hy_limit_text(run->arena, v->limit);
		if (!run->json) {
			hy_buf_fmt(&b, "%-22.*s %6.*s  " HY_FMT "  " HY_FMT "\n", HY_ARG(r->id),
				   HY_ARG(limit), HY_ARG(pack_say(&r->title, run->language)),
				   HY_ARG(v->clause));
			continue;
		}
		hy_json_obj(&j);
		hy_json_kstr(&j, "id", r->id);
		hy_json_kstr(&j, "limit", limit);
		hy_json_kstr(&j, "title", pack_say(&r->title, run->language));
		hy_json_kstr(&j, "clause", v->clause);
		hy_json_obj_end(&j);
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

/* --- show ---------------------------------------------------------------------------------------
 */

static void month_text(struct hy_buf *b, const struct hy_calendar *cal, int year, int month)
{
	hy_day first = hy_day_of(year, month, 1);
	hy_day after = month == 12 ? hy_day_of(year + 1, 1, 1) : hy_day_of(year, month + 1, 1);
	int works = 0;

	hy_buf_fmt(b, "%04d-%02d   Mon  Tue  Wed  Thu  Fri  Sat  Sun\n         ", year, month);
	for (int i = (hy_weekday(first) + 6) % 7; i > 0; i--)
		hy_buf_add(b, HY_S("     "));
	for (hy_day d = first; d < after; d++) {
		struct hy_day_why w = hy_calendar_why(cal, d);
		/* [12] off by notice, statute or region; 12+ worked though a weekend; (12) weekend
		 */
		bool weekend = !w.work && w.source == HY_BY_WEEK;
		const char *left = w.work ? " " : weekend ? "(" : "[";
		const char *right = w.work    ? (w.source == HY_BY_WEEK ? " " : "+")
				    : weekend ? ")"
					      : "]";
		hy_buf_fmt(b, " %s%2d%s", left, d - first + 1, right);
		works += w.work;
		if (hy_weekday(d) == 0 && d + 1 < after)
			hy_buf_add(b, HY_S("\n         "));
	}
	hy_buf_fmt(b, "\n         %d working days\n\n", works);
}

static void show_text(const struct hy_run *run, const struct hy_calendar *cal, int year)
{
	struct hy_buf b = hy_buf_on(run->arena);
	hy_day first = hy_day_of(year, 1, 1), last = hy_day_of(year, 12, 31);

	for (int m = 1; m <= 12; m++)
		month_text(&b, cal, year, m);
	hy_buf_add(&b, HY_S("[d] day off   d+ make-up working day   (d) weekend\n"));
	hy_str ref = HY_S("");
	for (hy_day d = first; d <= last; d++) {
		struct hy_day_why w = hy_calendar_why(cal, d);
		if (w.source == HY_BY_WEEK)
			continue;
		hy_buf_fmt(&b, HY_FMT "  %s  " HY_FMT, HY_ARG(hy_day_text(run->arena, d)),
			   w.work ? "work" : "off ", HY_ARG(w.name));
		if (!hy_str_eq(ref, w.ref))
			hy_buf_fmt(&b, "  " HY_FMT, HY_ARG(w.ref));
		ref = w.ref;
		hy_buf_byte(&b, '\n');
	}
	hy_buf_fmt(&b, "%04d: %d working days%s\n", year, hy_work_between(cal, first - 1, last),
		   hy_calendar_provisional_in(cal, first, last)
			   ? "; provisional: the notice for this year is not loaded"
			   : "");
	command_print(run, &b);
}

static void show_json(const struct hy_run *run, const struct hy_calendar *cal, int year)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	what_if_year_json(&j, cal, year);
	command_print(run, &b);
}

static enum hy_code calendar_show(struct hy_run *run, struct hy_err *e)
{
	const struct pack *p = NULL;
	int64_t year;

	if (!hy_str_int(run->operands[0], &year) || year < 1990 || year > 2099)
		return hy_fail(e, HY_BAD_FIELD, "YEAR", "must be from 1990 to 2099");
	enum hy_code code = institution(run, &p, e);
	if (code)
		return code;
	if (run->json)
		show_json(run, p->calendar, (int)year);
	else
		show_text(run, p->calendar, (int)year);
	return HY_OK;
}

/* --- import
 * ---------------------------------------------------------------------------------------- */

/* Every date that would move, in the words of the import itself. */
static enum hy_code preview(struct hy_run *run, const struct pack_file *file, int year,
			    struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct command_moved l;
	struct draft d;
	enum hy_code code = command_read(run, &c, &db, e);

	if (code)
		return code;
	code = draft_look(c, db, run->arena, &(struct draft_ask){ .notice = file }, &d, e);
	if (code)
		return code;
	command_messages(run, &d.msgs);
	if (!d.pack)
		return hy_fail(e, HY_BAD_PACK, "", "the notice cannot be brought into force");
	command_moved_begin(&l, run, d.pack->calendar);
	for (size_t i = 0; i < d.n_moved; i++)
		command_moved(&l, &d.moved[i]);
	if (run->json) {
		hy_json_arr_end(&l.json);
		hy_json_kint(&l.json, "notice", year);
		hy_json_kbool(&l.json, "preview", true);
		hy_json_obj_end(&l.json);
	} else {
		hy_buf_fmt(
			&l.text,
			"notice %d would move the dates of %d open matter%s; nothing was changed\n",
			year, l.n, l.n == 1 ? "" : "s");
	}
	command_print(run, &l.text);
	return HY_OK;
}

static enum hy_code calendar_import(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct pack_file file = { .path = run->operands[0] };
	struct pack_messages msgs = { 0 };
	struct command_moved l;
	int year = 0;
	enum hy_code code = hy_file_read(run->arena, file.path.p, 1 << 20, &file.text, e);

	if (!code) {
		code = draft_notice(run->arena, file.path, file.text, &msgs, &year, &file, e);
		command_messages(run, &msgs);
	}
	if (!code && hy_run_has(run, "--preview"))
		return preview(run, &file, year, e);
	if (!code)
		code = command_city(run, false, &c, e);
	if (code)
		return code;
	command_moved_begin(&l, run, city_pack(c)->calendar);
	code = city_notice(c, &file, city_now(c), command_moved, &l, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_arr_end(&l.json);
		hy_json_kint(&l.json, "notice", year);
		hy_json_obj_end(&l.json);
	} else {
		hy_buf_fmt(&l.text,
			   "notice %d in force; %d open matter%s moved, closed ones stay\n", year,
			   l.n, l.n == 1 ? "" : "s");
	}
	command_print(run, &l.text);
	return HY_OK;
}

#define INSTITUTION_OPTIONS                                                                        \
	{ "--data", "DIR", "ask the institution of this city" },                                   \
		{ "--store", "ADDRESS", "the city's database, postgresql://..." },                 \
	{                                                                                          \
		"--pack", "DIR", "ask this pack instead of packs/base", .repeated = true           \
	}

static const struct hy_option due_options[] = {
	{ "--from", "TIME", "when the clock starts, as 2026-09-30T10:00+08:00", .required = true },
	{ "--limit", "5wd",
	  "how long: wd working days, cd calendar days, mo months, h hours, wh working hours" },
	{ "--rule", "ID", "a rule of the institution, as LIC_DECIDE" },
	{ "--pause", "FROM/UNTIL", "a pause; without UNTIL it still lasts", .repeated = true },
	{ "--roll", NULL, "an end on a day not worked moves to the next working day" },
	{ "--explain", NULL, "name every day counted and skipped, and why" },
	INSTITUTION_OPTIONS,
	{ 0 },
};
static const struct hy_option institution_options[] = { INSTITUTION_OPTIONS, { 0 } };
static const struct hy_option import_options[] = {
	{ "--preview", NULL, "list the dates that would move, and change nothing" },
	DATA_OPTION,
	{ 0 },
};
static const char *const due_examples[] = {
	"huiyin calendar due --from 2026-09-30T10:00+08:00 --limit 5wd --explain",
	"huiyin calendar due --from 2026-04-10 --rule LIC_DECIDE --pause 2026-04-20/2026-04-27",
	NULL,
};
static const char *const import_examples[] = { "huiyin calendar import --data data 2027.json",
					       NULL };

const struct hy_command calendar_commands[] = {
	{ "calendar due", "when something falls due, and why",
	  .description =
		  "The day of the event is day 0 and does not count. Without --data and --pack the "
		  "national pack decides which days are worked.",
	  .options = due_options, .examples = due_examples, .json = true, .run = calendar_due },
	{ "calendar rules", "the time limits of the institution, with their clauses",
	  .options = institution_options, .json = true, .run = calendar_rules },
	{ "calendar show", "the working days of a year, with the notices behind them",
	  .options = institution_options, .operands = "YEAR", .least = 1, .most = 1, .json = true,
	  .run = calendar_show },
	{ "calendar import",
	  "bring a holiday notice into force; open matters move, closed ones stay",
	  .description = "FILE is a notice as data: YAML as in packs/base/calendar, or the JSON of "
			 "holiday-cn. "
			 "Every moved date is listed and becomes an event of its matter.",
	  .options = import_options, .operands = "FILE", .least = 1, .most = 1,
	  .examples = import_examples, .json = true, .run = calendar_import },
	{ 0 },
};
