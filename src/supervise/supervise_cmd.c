/* huiyin report supervision | definitions */
#include "matter/command.h"
#include "sheet/sheet.h"
#include "supervise/supervise.h"

static const struct pack_text
	say_key = { HY_S_INIT("代码"), HY_S_INIT("代碼"), HY_S_INIT("key") },
	say_name = { HY_S_INIT("名称"), HY_S_INIT("名稱"), HY_S_INIT("name") },
	say_id = { HY_S_INIT("标识"), HY_S_INIT("標識"), HY_S_INIT("id") },
	say_figure = { HY_S_INIT("指标"), HY_S_INIT("指標"), HY_S_INIT("figure") },
	say_value = { HY_S_INIT("数值"), HY_S_INIT("數值"), HY_S_INIT("value") },
	say_over = { HY_S_INIT("分子"), HY_S_INIT("分子"), HY_S_INIT("numerator") },
	say_under = { HY_S_INIT("分母"), HY_S_INIT("分母"), HY_S_INIT("denominator") },
	say_means = { HY_S_INIT("定义"), HY_S_INIT("定義"), HY_S_INIT("definition") },
	say_whom = { HY_S_INIT("统计范围"), HY_S_INIT("統計範圍"), HY_S_INIT("population") },
	say_unit = { HY_S_INIT("计量"), HY_S_INIT("計量"), HY_S_INIT("unit") },
	say_better = { HY_S_INIT("方向"), HY_S_INIT("方向"), HY_S_INIT("better") },
	say_code = { HY_S_INIT("编号"), HY_S_INIT("編號"), HY_S_INIT("code") },
	say_filed = { HY_S_INIT("登记日"), HY_S_INIT("登記日"), HY_S_INIT("filed") },
	say_due = { HY_S_INIT("到期日"), HY_S_INIT("到期日"), HY_S_INIT("due") },
	say_answered = { HY_S_INIT("答复日"), HY_S_INIT("答覆日"), HY_S_INIT("answered") },
	say_days = { HY_S_INIT("工作日"), HY_S_INIT("工作日"), HY_S_INIT("wd") },
	say_times = { HY_S_INIT("次数"), HY_S_INIT("次數"), HY_S_INIT("times") },
	say_at = { HY_S_INIT("单位"), HY_S_INIT("單位"), HY_S_INIT("unit") },
	say_title = { HY_S_INIT("标题"), HY_S_INIT("標題"), HY_S_INIT("title") },
	say_figures = { HY_S_INIT("数据"), HY_S_INIT("數據"), HY_S_INIT("figures") },
	say_definitions = { HY_S_INIT("口径"), HY_S_INIT("口徑"), HY_S_INIT("definitions") },
	say_matters = { HY_S_INIT("明细"), HY_S_INIT("明細"), HY_S_INIT("matters") };

struct asked {
	struct hy_run *run;
	struct city *c;
	struct supervise_query q;
	const struct figure *figure; /* NULL: the report */
	struct supervise_open open;
	const struct hy_calendar *cal;
	struct sheet *sheet;
	bool plain; /* for people at a terminal */
	int64_t listed;
	struct hy_buf line; /* JSON, a row at a time */
};

static hy_str say(const struct asked *x, const struct pack_text *t)
{
	return pack_say(t, x->run->language);
}

/* --- what was asked ------------------------------------------------------------------------------
 */

static enum hy_code form_of(struct asked *x, struct hy_err *e)
{
	struct hy_run *run = x->run;
	bool csv = hy_run_has(run, "--csv"), xlsx = hy_run_has(run, "--xlsx");

	if (csv + xlsx + run->json > 1)
		return hy_fail(e, HY_BAD_FIELD, csv ? "--csv" : "--xlsx",
			       "choose one of --csv, --json and --xlsx");
	if (hy_run_has(run, "--bom") && !csv)
		return hy_fail(e, HY_BAD_FIELD, "--bom", "goes with --csv");
	if (hy_run_has(run, "--group") && !hy_run_has(run, "--open"))
		return hy_fail(e, HY_BAD_FIELD, "--group", "goes with --open");
	if (hy_run_has(run, "--unredacted") && !hy_run_has(run, "--open"))
		return hy_fail(e, HY_BAD_FIELD, "--unredacted", "goes with --open");
	if (hy_run_has(run, "--group") && x->q.by == BY_NONE)
		return hy_fail(e, HY_BAD_FIELD, "--group", "goes with --by");
	if (xlsx)
		return sheet_xlsx(run->arena, hy_run_option(run, "--xlsx").p, x->q.now, &x->sheet,
				  e);
	if (csv)
		x->sheet = sheet_csv(run->arena, run->out, hy_run_has(run, "--bom"));
	else if (!run->json)
		x->sheet = sheet_text(run->arena, run->out);
	x->plain = !csv && !run->json;
	return HY_OK;
}

static enum hy_code asked_of(struct hy_run *run, struct asked *x, struct hy_err *e)
{
	hy_day from, to;
	hy_str group = hy_run_option(run, "--group");
	enum hy_code code = command_day(run, "--from", &from, e);

	if (!code)
		code = command_day(run, "--to", &to, e);
	if (!code && hy_run_has(run, "--open"))
		code = supervise_figure(run->arena, hy_run_option(run, "--open"), "--open",
					&x->figure, e);
	if (!code)
		code = command_city(run, true, &x->c, e);
	if (!code)
		code = supervise_query_of(x->c, &access_all, hy_run_option(run, "--by"), from, to,
					  &x->q, e);
	if (code)
		return code;
	x->q.who = command_reader(run, hy_run_has(run, "--csv") || hy_run_has(run, "--xlsx"));
	x->run = run;
	x->cal = city_pack(x->c)->calendar;
	x->line = hy_buf_on(run->arena);
	x->open = (struct supervise_open){
		.figure = x->figure,
		.one_group = hy_run_has(run, "--group"),
		.group = hy_str_eq(group, HY_S("-")) ? HY_S("") : group,
	};
	return form_of(x, e);
}

static void heading(const struct asked *x)
{
	static const struct pack_text ever = { HY_S_INIT("全部时间"), HY_S_INIT("全部時間"),
					       HY_S_INIT("all time") };
	static const struct pack_text since = { HY_S_INIT("最早"), HY_S_INIT("最早"),
						HY_S_INIT("the beginning") };
	static const struct pack_text until = { HY_S_INIT("今天"), HY_S_INIT("今天"),
						HY_S_INIT("today") };
	struct hy_arena *a = x->run->arena;
	hy_str lang = x->run->language;
	bool from = x->q.from != HY_NO_DAY, to = x->q.to != HY_NO_DAY;
	hy_str period = hy_printf(a, HY_FMT " - " HY_FMT,
				  HY_ARG(from ? hy_day_text(a, x->q.from) : pack_say(&since, lang)),
				  HY_ARG(to ? hy_day_text(a, x->q.to) : pack_say(&until, lang)));

	fprintf(x->run->out, HY_FMT "  " HY_FMT "  (" HY_FMT ")\n\n", HY_ARG(city_name(x->c)),
		HY_ARG(from || to ? period : pack_say(&ever, lang)),
		HY_ARG(hy_instant_text(a, hy_calendar_zone(x->cal), x->q.now)));
}

/* --- cells
 * ----------------------------------------------------------------------------------------- */

static struct sheet_cell cell_of(const struct figure *f, struct figure_value v)
{
	struct sheet_cell c = sheet_number(v.value);

	switch (f->unit) {
	case UNIT_BASIS_POINTS:
		c.kind = SHEET_SHARE;
		break;
	case UNIT_WORKING_DAYS_X100:
	case UNIT_CALENDAR_DAYS_X100:
		c.kind = SHEET_X100;
		break;
	case UNIT_MATTERS:
	case UNIT_TIMES:
	case UNIT_CARDS:
	case UNIT_WORKING_DAYS:
	case UNIT_CALENDAR_DAYS:
		break;
	}
	return v.known ? c : (struct sheet_cell){ 0 };
}

static int widest(int least, hy_str s)
{
	int w = sheet_width(s);

	return w > least ? w : least;
}

/* --- the report: one column of figures
 * ----------------------------------------------------------------- */

static enum hy_code print_one(struct asked *x, const struct supervise_report *r, struct hy_err *e)
{
	struct sheet_column columns[5];
	enum hy_code code = HY_OK;
	int width = 6;

	for (size_t i = 0; i < n_figures; i++)
		width = widest(width, say(x, &figures[i].title));
	columns[0] = (struct sheet_column){ say(x, &say_id), 20, false };
	columns[1] = (struct sheet_column){ say(x, &say_figure), width, false };
	columns[2] = (struct sheet_column){ say(x, &say_value), 12, true };
	columns[3] = (struct sheet_column){ say(x, &say_over), 12, true };
	columns[4] = (struct sheet_column){ say(x, &say_under), 12, true };
	sheet_begin(x->sheet, say(x, &say_figures), columns, HY_COUNT(columns));
	for (size_t i = 0; !code && i < n_figures; i++) {
		const struct figure *f = &figures[i];
		struct figure_value v = figure_value(f, &r->total.tally);
		struct sheet_cell cells[5] = { sheet_words(hy_str_of(f->id)),
					       sheet_words(say(x, &f->title)), cell_of(f, v) };
		if (f->measure == FIGURE_SHARE) {
			cells[3] = sheet_number(v.numerator);
			cells[4] = sheet_number(v.denominator);
		} else if (x->plain) {
			cells[3] = cells[4] = sheet_words(HY_S(""));
		}
		code = sheet_row(x->sheet, cells, e);
	}
	return code;
}

/* --- the report: a row for each group
 * ---------------------------------------------------------------------- */

static enum hy_code print_group(struct asked *x, const struct supervise_group *g,
				struct sheet_cell *cells, struct hy_err *e)
{
	size_t n = 0;
	bool total = g->key.p == NULL;

	cells[n++] = sheet_words(x->plain && !total && g->key.n == 0 ? HY_S("-") : g->key);
	cells[n++] = sheet_words(g->name);
	for (size_t i = 0; i < n_figures; i++)
		if (figures[i].brief || !x->plain)
			cells[n++] = cell_of(&figures[i], figure_value(&figures[i], &g->tally));
	return sheet_row(x->sheet, cells, e);
}

static enum hy_code print_groups(struct asked *x, const struct supervise_report *r,
				 struct hy_err *e)
{
	struct hy_arena *a = x->run->arena;
	struct sheet_column *columns = hy_new_n(a, struct sheet_column, n_figures + 2);
	struct sheet_cell *cells = hy_new_n(a, struct sheet_cell, n_figures + 2);
	int key = widest(4, say(x, &say_key)), name = widest(5, r->total.name);
	bool ids = hy_run_has(x->run, "--csv");
	enum hy_code code = HY_OK;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		key = widest(key, r->v[i].key);
		name = widest(name, r->v[i].name);
	}
	columns[n++] = (struct sheet_column){ ids ? HY_S("key") : say(x, &say_key), key, false };
	columns[n++] = (struct sheet_column){ ids ? HY_S("name") : say(x, &say_name), name, false };
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *f = &figures[i];
		hy_str title = x->plain ? say(x, &f->head) : say(x, &f->title);
		if (f->brief || !x->plain)
			columns[n++] = (struct sheet_column){ ids ? hy_str_of(f->id) : title,
							      widest(7, title), true };
	}
	sheet_begin(x->sheet, say(x, &say_figures), columns, n);
	for (size_t i = 0; !code && i < r->n; i++)
		code = print_group(x, &r->v[i], cells, e);
	return code ? code : print_group(x, &r->total, cells, e);
}

/* --- definitions
 * --------------------------------------------------------------------------------------------- */

static enum hy_code print_definitions(struct asked *x, struct hy_err *e)
{
	struct sheet_column columns[8];
	enum hy_code code = HY_OK;

	const struct pack_text *heads[] = { &say_id,	&say_figure, &say_means, &say_over,
					    &say_under, &say_whom,   &say_unit,	 &say_better };
	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] = (struct sheet_column){ say(x, heads[i]), 20, false };
	columns[2].width = columns[5].width = 60;
	sheet_begin(x->sheet, say(x, &say_definitions), columns, HY_COUNT(columns));
	for (size_t i = 0; !code && i < n_figures; i++) {
		const struct figure *f = &figures[i];
		bool share = f->measure == FIGURE_SHARE;
		const struct sheet_cell cells[8] = {
			sheet_words(hy_str_of(f->id)),
			sheet_words(say(x, &f->title)),
			sheet_words(say(x, &f->definition)),
			sheet_words(hy_str_of(share ? fact_figure(f->fact) : NULL)),
			sheet_words(hy_str_of(share ? fact_figure(f->of) : NULL)),
			sheet_words(say(x, figure_population_text(figure_population(f)))),
			sheet_words(hy_str_of(figure_unit_names[f->unit])),
			sheet_words(hy_str_of(figure_direction_names[f->better])),
		};
		code = sheet_row(x->sheet, cells, e);
	}
	return code;
}

/* --- the report as a whole
 * ------------------------------------------------------------------------------------ */

static enum hy_code print_report(struct asked *x, struct hy_db *db, struct hy_err *e)
{
	struct supervise_report r = { 0 };
	enum hy_code code =
		supervise_report(x->run->arena, x->c, db, &x->q, x->run->language, &r, e);

	if (code)
		return code;
	if (x->run->json) {
		struct hy_json j = hy_json_on(&x->line);
		supervise_report_json(&j, &r, x->cal, true);
		command_print(x->run, &x->line);
		return HY_OK;
	}
	if (x->plain && !hy_run_has(x->run, "--xlsx"))
		heading(x);
	code = x->q.by == BY_NONE ? print_one(x, &r, e) : print_groups(x, &r, e);
	if (!code && hy_run_has(x->run, "--xlsx"))
		code = print_definitions(x, e);
	return code;
}

/* --- the matters behind a figure
 * ------------------------------------------------------------------------------- */

static hy_str day_text(const struct asked *x, hy_ms at, char room[16])
{
	if (at == HY_NO_TIME)
		return HY_S("");
	struct hy_date d = hy_date_of(hy_local(hy_calendar_zone(x->cal), at, NULL));
	int n = snprintf(room, 16, "%04d-%02d-%02d", d.year % 10000, d.month, d.day);

	return (hy_str){ room, (size_t)n };
}

static enum hy_code list_one(void *arg, const struct supervise_matter *m, struct hy_err *e)
{
	struct asked *x = arg;
	const struct figure *f = x->figure;
	char filed[16], due[16], answered[16];
	int days = m->numbers.of[NUMBER_WORKING_DAYS];

	x->listed++;
	if (x->run->json) {
		struct hy_json j = hy_json_on(&x->line);
		j.comma = x->listed > 1;
		x->line.n = 0;
		supervise_matter_json(&j, m, x->cal);
		fwrite(x->line.p, 1, x->line.n, x->run->out);
		return HY_OK;
	}
	const struct sheet_cell cells[8] = {
		sheet_words(m->code),
		sheet_words(day_text(x, m->filed_at, filed)),
		sheet_words(day_text(x, m->due_at, due)),
		sheet_words(day_text(x, m->answered_at, answered)),
		days < 0 ? (struct sheet_cell){ 0 } : sheet_number(days),
		f->measure == FIGURE_SUM ? sheet_number(m->numbers.of[f->number])
					 : (struct sheet_cell){ 0 },
		sheet_words(m->unit_name),
		sheet_words(m->title),
	};
	return sheet_row(x->sheet, cells, e);
}

static enum hy_code print_matters(struct asked *x, struct hy_db *db, struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_code,	&say_filed, &say_due,
							 &say_answered, &say_days,  &say_times,
							 &say_at,	&say_title };
	static const int widths[] = { 15, 10, 10, 10, 6, 6, 20, 0 };
	struct sheet_column columns[HY_COUNT(heads)];

	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] = (struct sheet_column){ say(x, heads[i]), widths[i], i == 4 || i == 5 };
	if (x->run->json)
		fprintf(x->run->out, "{\"figure\":\"%s\",\"matters\":[", x->figure->id);
	else
		sheet_begin(x->sheet, say(x, &say_matters), columns, HY_COUNT(columns));
	enum hy_code code =
		supervise_open(x->run->arena, x->c, db, &x->q, &x->open, list_one, x, e);
	if (!code && x->run->json)
		fprintf(x->run->out, "],\"count\":%lld}\n", (long long)x->listed);
	return code;
}

/* --- commands
 * -------------------------------------------------------------------------------------------------
 */

static enum hy_code report(struct asked *x, struct hy_run *run, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	struct hy_err late = { 0 };
	enum hy_code code = asked_of(run, x, e), ended;

	if (code)
		return code;
	code = hy_store_read(city_store(x->c), &db, e);
	if (!code)
		code = x->figure ? print_matters(x, db, e) : print_report(x, db, e);
	ended = x->sheet ? sheet_end(x->sheet, &late) : HY_OK;
	if (!code && ended) {
		*e = late;
		code = ended;
	}
	return code;
}

static enum hy_code supervision(struct hy_run *run, struct hy_err *e)
{
	struct asked x = { 0 };
	enum hy_code code = report(&x, run, e);

	city_close(&x.c);
	if (!code && (hy_run_has(run, "--csv") || hy_run_has(run, "--xlsx")))
		command_note_export(run, !x.figure ? "supervision"
					 : hy_run_has(run, "--unredacted")
						 ? "supervision/matters/unredacted"
						 : "supervision/matters");
	return code;
}

static void define(const struct asked *x, const struct figure *f)
{
	FILE *out = x->run->out;
	hy_str better = hy_str_of(figure_direction_names[f->better]);

	fprintf(out, "%s  " HY_FMT "\n  " HY_FMT "\n", f->id, HY_ARG(say(x, &f->title)),
		HY_ARG(say(x, &f->definition)));
	if (f->measure == FIGURE_SHARE)
		fprintf(out, "  " HY_FMT " %s  " HY_FMT " %s\n", HY_ARG(say(x, &say_over)),
			fact_figure(f->fact), HY_ARG(say(x, &say_under)), fact_figure(f->of));
	fprintf(out, "  " HY_FMT " %s  " HY_FMT " " HY_FMT "\n  " HY_FMT ": " HY_FMT "\n\n",
		HY_ARG(say(x, &say_unit)), figure_unit_names[f->unit], HY_ARG(say(x, &say_better)),
		HY_ARG(better), HY_ARG(say(x, &say_whom)),
		HY_ARG(say(x, figure_population_text(figure_population(f)))));
}

static enum hy_code definitions(struct hy_run *run, struct hy_err *e)
{
	struct asked x = { .run = run };
	const struct figure *one = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	for (size_t i = 0; i < run->n_operands; i++) {
		enum hy_code code = supervise_figure(run->arena, run->operands[i], "ID", &one, e);
		if (code)
			return code;
		if (!run->json)
			define(&x, one);
	}
	if (run->json) {
		supervise_figures_json(&j, true);
		command_print(run, &b);
	} else if (run->n_operands == 0) {
		for (size_t i = 0; i < n_figures; i++)
			define(&x, &figures[i]);
	}
	return HY_OK;
}

static const struct hy_option supervision_options[] = {
	DATA_OPTION,
	{ "--from", "DAY", "the first day of the period, as 2026-01-01 (default: the beginning)" },
	{ "--to", "DAY", "the last day of the period, included (default: no end)" },
	{ "--by", "none|unit|class|month|kind|hour",
	  "a line for each; months, weekdays and hours are those of filing", .otherwise = "none" },
	{ "--csv", NULL, "as CSV in UTF-8, every figure a column" },
	{ "--bom", NULL, "with --csv: begin with a byte order mark, for old spreadsheets" },
	{ "--xlsx", "FILE", "write a workbook: the figures, and what they mean" },
	{ "--open", "FIGURE", "list the matters behind this figure instead" },
	{ "--group", "KEY", "with --open and --by: of this group only; - for those without one" },
	UNREDACTED_OPTION,
	{ 0 },
};
static const char *const supervision_examples[] = {
	"huiyin report supervision --from 2026-01-01 --to 2026-03-31 --by unit",
	"huiyin report supervision --by month --xlsx months.xlsx",
	"huiyin report supervision --by unit --open unanswered_late --group CG",
	NULL,
};
static const char *const definitions_examples[] = { "huiyin report definitions in_time_share",
						    NULL };

const struct hy_command supervise_commands[] = {
	{ "report supervision",
	  "what came in, what was answered in time, what is open under which light",
	  .description = "Intake figures are of the matters filed in the period; figures of what "
			 "is open are of now, "
			 "whenever it was filed. Annulled matters are counted beside and stand in "
			 "no other figure.\n\n"
			 "Every figure opens: --open lists exactly the matters that it counts. In "
			 "a file their titles are redacted, as for those who do not handle them.",
	  .options = supervision_options, .examples = supervision_examples, .json = true,
	  .run = supervision },
	{ "report definitions", "what each figure means: numerator, denominator, population",
	  .operands = "FIGURE...", .least = 0, .most = -1, .examples = definitions_examples,
	  .json = true, .run = definitions },
	{ 0 },
};
