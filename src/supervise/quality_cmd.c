/* huiyin report quality */
#include "base/json.h"
#include "matter/command.h"
#include "sheet/sheet.h"
#include "supervise/quality.h"

static const struct pack_text
	say_unit = { HY_S_INIT("代码"), HY_S_INIT("代碼"), HY_S_INIT("unit") },
	say_name = { HY_S_INIT("单位"), HY_S_INIT("單位"), HY_S_INIT("name") },
	say_of = { HY_S_INIT("基数"), HY_S_INIT("基數"), HY_S_INIT("of") },
	say_more = { HY_S_INIT("偏多"), HY_S_INIT("偏多"), HY_S_INIT("more") },
	say_code = { HY_S_INIT("编号"), HY_S_INIT("編號"), HY_S_INIT("code") },
	say_filed = { HY_S_INIT("登记"), HY_S_INIT("登記"), HY_S_INIT("filed") },
	say_at = { HY_S_INIT("发生"), HY_S_INIT("發生"), HY_S_INIT("at") },
	say_due = { HY_S_INIT("到期"), HY_S_INIT("到期"), HY_S_INIT("due") },
	say_title = { HY_S_INIT("标题"), HY_S_INIT("標題"), HY_S_INIT("title") },
	say_page = { HY_S_INIT("数据质量"), HY_S_INIT("數據質量"), HY_S_INIT("data quality") };

struct asked {
	struct hy_run *run;
	struct city *c;
	struct hy_db *db;
	struct quality_query q;
	struct sheet *sheet; /* NULL: JSON */
	const struct hy_calendar *cal;
};

static hy_str say(const struct asked *x, const struct pack_text *t)
{
	return pack_say(t, x->run->language);
}

/* --- the report
 * ------------------------------------------------------------------------------------ */

static enum hy_code row_of(const struct asked *x, const struct quality_unit *u, bool total,
			   struct hy_err *e)
{
	struct sheet_cell cells[2 + 3 * QUALITY__N];
	size_t n = 0;

	cells[n++] = sheet_words(total ? HY_S("") : u->unit.n ? u->unit : HY_S("-"));
	cells[n++] = sheet_words(u->name);
	for (int q = 0; q < QUALITY__N; q++) {
		cells[n++] = sheet_number(u->of[q].yes);
		cells[n++] = sheet_number(u->of[q].of);
		if (quality_measures[q].tested)
			cells[n++] = sheet_words(u->of[q].more ? HY_S("!") : HY_S(""));
	}
	return sheet_row(x->sheet, cells, e);
}

static int widest(int least, hy_str s)
{
	int w = sheet_width(s);

	return w > least ? w : least;
}

static enum hy_code print_report(const struct asked *x, const struct quality_report *r,
				 struct hy_err *e)
{
	struct sheet_column columns[2 + 3 * QUALITY__N];
	int code_width = 6, name_width = widest(4, r->total.name);
	enum hy_code code = HY_OK;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		code_width = widest(code_width, r->v[i].unit);
		name_width = widest(name_width, r->v[i].name);
	}
	columns[n++] = (struct sheet_column){ say(x, &say_unit), code_width, false };
	columns[n++] = (struct sheet_column){ say(x, &say_name), name_width, false };
	for (int q = 0; q < QUALITY__N; q++) {
		hy_str title = say(x, &quality_measures[q].title);
		columns[n++] = (struct sheet_column){ title, widest(6, title), true };
		columns[n++] = (struct sheet_column){ say(x, &say_of), 6, true };
		if (quality_measures[q].tested)
			columns[n++] = (struct sheet_column){ say(x, &say_more), 4, false };
	}
	sheet_begin(x->sheet, say(x, &say_page), columns, n);
	for (size_t i = 0; !code && i < r->n; i++)
		code = row_of(x, &r->v[i], false, e);
	return code ? code : row_of(x, &r->total, true, e);
}

/* What the columns mean, below the table; on paper and screen nobody looks elsewhere. */
static void print_meanings(const struct asked *x)
{
	FILE *out = x->run->out;

	fprintf(out, "\n");
	for (int q = 0; q < QUALITY__N; q++) {
		const struct quality_measure *m = &quality_measures[q];
		fprintf(out, "%s  " HY_FMT ": " HY_FMT "\n    / " HY_FMT "\n", m->id,
			HY_ARG(say(x, &m->title)), HY_ARG(say(x, &m->numerator)),
			HY_ARG(say(x, &m->denominator)));
	}
	fprintf(out, HY_FMT "\n", HY_ARG(say(x, &quality_population)));
}

static enum hy_code whole(const struct asked *x, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(x->run->arena);
	struct hy_json j = hy_json_on(&b);
	struct quality_report r;
	enum hy_code code =
		quality_report(x->run->arena, x->c, x->db, &x->q, x->run->language, &r, e);

	if (code)
		return code;
	if (!x->sheet) {
		quality_report_json(&j, &r, x->cal);
		command_print(x->run, &b);
		return HY_OK;
	}
	return print_report(x, &r, e);
}

/* --- the matters behind a number
 * ------------------------------------------------------------------------------- */

static hy_str instant(const struct asked *x, hy_ms at)
{
	return at == HY_NO_TIME ? HY_S("")
				: hy_instant_text(x->run->arena, hy_calendar_zone(x->cal), at);
}

static enum hy_code opened(const struct asked *x, struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_code, &say_filed, &say_at,
							 &say_due,  &say_unit,	&say_title };
	static const int widths[] = { 15, 25, 25, 25, 12, 0 };
	struct sheet_column columns[HY_COUNT(heads)];
	struct hy_buf b = hy_buf_on(x->run->arena);
	struct hy_json j = hy_json_on(&b);
	hy_str group = hy_run_option(x->run, "--unit");
	hy_str unit = hy_str_eq(group, HY_S("-")) ? HY_S("") : group;
	struct quality_cases v;
	enum quality measure;
	enum hy_code code = quality_of_id(hy_run_option(x->run, "--open"), "--open", &measure, e);

	if (!code)
		code = quality_open(x->run->arena, x->c, x->db, &x->q, measure,
				    group.n ? &unit : NULL, 0, 0, &v, e);
	if (code)
		return code;
	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] = (struct sheet_column){ say(x, heads[i]), widths[i], false };
	if (x->sheet) {
		sheet_begin(x->sheet, say(x, &say_page), columns, HY_COUNT(columns));
	} else {
		hy_json_obj(&j);
		hy_json_kstr(&j, "measure", hy_str_of(quality_measures[measure].id));
		hy_json_key(&j, "matters");
		hy_json_arr(&j);
	}
	for (size_t i = 0; !code && i < v.n; i++) {
		const struct quality_case *k = &v.v[i];
		const struct sheet_cell cells[] = {
			sheet_words(k->code),		sheet_words(instant(x, k->filed_at)),
			sheet_words(instant(x, k->at)), sheet_words(instant(x, k->due)),
			sheet_words(k->unit),		sheet_words(k->title),
		};
		if (x->sheet)
			code = sheet_row(x->sheet, cells, e);
		else
			quality_case_json(&j, k, x->cal);
	}
	if (!x->sheet) {
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
		command_print(x->run, &b);
	}
	return code;
}

/* --- the command
 * ------------------------------------------------------------------------------------------ */

static enum hy_code sheet_of(struct asked *x, struct hy_err *e)
{
	struct hy_run *run = x->run;
	bool csv = hy_run_has(run, "--csv"), xlsx = hy_run_has(run, "--xlsx");

	if (csv + xlsx + run->json > 1)
		return hy_fail(e, HY_BAD_FIELD, csv ? "--csv" : "--xlsx",
			       "choose one of --csv, --json and --xlsx");
	if (hy_run_has(run, "--unit") && !hy_run_has(run, "--open"))
		return hy_fail(e, HY_BAD_FIELD, "--unit", "goes with --open");
	if (hy_run_has(run, "--unredacted") && !hy_run_has(run, "--open"))
		return hy_fail(e, HY_BAD_FIELD, "--unredacted", "goes with --open");
	if (xlsx)
		return sheet_xlsx(run->arena, hy_run_option(run, "--xlsx").p, x->q.now, &x->sheet,
				  e);
	if (csv)
		x->sheet = sheet_csv(run->arena, run->out, false);
	else if (!run->json)
		x->sheet = sheet_text(run->arena, run->out);
	return HY_OK;
}

static enum hy_code quality(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct asked x = { .run = run };
	struct hy_err late = { 0 };
	enum hy_code code = command_day(run, "--from", &x.q.from, e), ended;
	bool opens = hy_run_has(run, "--open");

	if (!code)
		code = command_day(run, "--to", &x.q.to, e);
	if (!code)
		code = command_read(run, &c, &db, e);
	if (code)
		return code;
	x.c = c;
	x.db = db;
	x.cal = city_pack(c)->calendar;
	x.q.now = city_now(c);
	x.q.scope = &access_all;
	x.q.who = command_reader(run, hy_run_has(run, "--csv") || hy_run_has(run, "--xlsx"));
	code = sheet_of(&x, e);
	if (!code)
		code = opens ? opened(&x, e) : whole(&x, e);
	ended = x.sheet ? sheet_end(x.sheet, &late) : HY_OK;
	if (!code && ended) {
		*e = late;
		return ended;
	}
	if (!code && x.sheet && !opens && !hy_run_has(run, "--csv") && !hy_run_has(run, "--xlsx"))
		print_meanings(&x);
	if (!code && (hy_run_has(run, "--csv") || hy_run_has(run, "--xlsx")))
		command_note_export(run, hy_run_has(run, "--unredacted")
						 ? "supervision/quality/unredacted"
						 : "supervision/quality");
	return code;
}

static const struct hy_option quality_options[] = {
	DATA_OPTION,
	{ "--from", "DAY", "filed on this day or later (default: the beginning)" },
	{ "--to", "DAY", "filed on this day or earlier (default: no end)" },
	{ "--csv", NULL, "as CSV in UTF-8" },
	{ "--xlsx", "FILE", "write a workbook" },
	{ "--open", "MEASURE", "list the matters behind this measure instead" },
	{ "--unit", "CODE", "with --open: of this unit only; - for those that no unit has" },
	UNREDACTED_OPTION,
	{ 0 },
};
static const char *const quality_examples[] = {
	"huiyin report quality --from 2026-01-01 --to 2026-03-31",
	"huiyin report quality --open entered_late --unit gongan", NULL
};

const struct hy_command quality_commands[] = {
	{ "report quality",
	  "can the figures be believed: late entries, untrue times, bunching at the date",
	  .description =
		  "To be read before anybody is ranked. entered_late and untrue_times are "
		  "found in each matter itself. paused_near_due and answered_near_due prove "
		  "nothing alone: a unit is marked ! when it has more of them than all others "
		  "together would lead one to expect (exact binomial test, 5 %, adjusted after "
		  "Holm for the number of units).\n\n"
		  "Every number opens: --open lists exactly the matters that it counts. In a "
		  "file their titles are redacted, as for those who do not handle them.",
	  .options = quality_options, .examples = quality_examples, .json = true, .run = quality },
	{ 0 },
};
