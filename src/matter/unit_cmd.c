/* huiyin unit ...: the dated tree from the command line; also what units and posts share there. */
#include "base/file.h"
#include "matter/api.h"
#include "matter/command.h"
#include "matter/reform.h"
#include "people/unit_table.h"

#define DAY_OPTION(name_, help_)                                                                   \
	{                                                                                          \
		name_, "DAY", help_                                                                \
	}

static enum hy_code read_day(const struct hy_run *run, const char *option, hy_day otherwise,
			     hy_day *out, struct hy_err *e)
{
	hy_str s = hy_run_option(run, option);

	*out = otherwise;
	if (s.p && !hy_day_read(s, out))
		return hy_fail(e, HY_BAD_FIELD, option, "must be a day such as 2026-03-01");
	return HY_OK;
}

/* --- looking ------------------------------------------------------------------------------------
 */

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	bool all = hy_run_has(run, "--all");
	struct unit_book book;
	struct unit_node *v;
	size_t n;
	hy_day day;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = unit_book_read(run->arena, db, &book, e);
	if (!code)
		code = read_day(run, "--on", city_today(c), &day, e);
	if (code)
		return code;
	unit_tree_on(run->arena, &book, day, &v, &n);
	if (run->json)
		unit_list_json(&j, &book, all, day);
	for (size_t i = 0; !run->json && !all && i < n; i++)
		hy_buf_fmt(&b, "%*s" HY_FMT "  " HY_FMT "  %s\n", v[i].depth * 2, "",
			   HY_ARG(v[i].unit.code), HY_ARG(v[i].unit.name),
			   unit_kinds[v[i].unit.kind].id.p);
	for (size_t i = 0; !run->json && all && i < book.n; i++) {
		const struct unit *u = &book.v[i].unit;
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  %s", HY_ARG(u->code), HY_ARG(u->name),
			   unit_kinds[u->kind].id.p);
		if (u->closed != HY_NO_DAY)
			hy_buf_fmt(&b, "  closed " HY_FMT "%s" HY_FMT,
				   HY_ARG(hy_day_text(run->arena, u->closed)),
				   u->successor.n ? " → " : "", HY_ARG(u->successor));
		hy_buf_byte(&b, '\n');
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code show_from(struct hy_run *run, struct hy_db *db, hy_str code, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct unit_book book;
	struct unit u;
	enum hy_code c = unit_by_code(run->arena, db, code, &u, e);

	if (!c)
		c = unit_book_read(run->arena, db, &book, e);
	if (c)
		return c;
	const struct unit_entry *x = unit_book_find(&book, u.code);
	if (run->json) {
		unit_entry_json(&j, x);
		command_print(run, &b);
		return HY_OK;
	}
	hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  %s\n", HY_ARG(u.code), HY_ARG(u.name),
		   unit_kinds[u.kind].id.p);
	for (size_t i = 0; i < x->n_past; i++)
		hy_buf_fmt(&b, "  from %-10s  " HY_FMT "%s" HY_FMT "\n",
			   x->past[i].from == UNIT_EVER
				   ? "ever"
				   : hy_day_text(run->arena, x->past[i].from).p,
			   HY_ARG(x->past[i].name), x->past[i].parent.n ? ", in " : "",
			   HY_ARG(x->past[i].parent));
	if (u.origin.n)
		hy_buf_fmt(&b, "  split off from " HY_FMT "\n", HY_ARG(u.origin));
	if (u.closed != HY_NO_DAY)
		hy_buf_fmt(&b, "  closed on %s%s" HY_FMT "\n", hy_day_text(run->arena, u.closed).p,
			   u.successor.n ? ", followed by " : "", HY_ARG(u.successor));
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	return code ? code : show_from(run, db, run->operands[0], e);
}

/* --- changing ------------------------------------------------------------------------------------
 */

struct doing {
	struct hy_run *run;
	struct city *c;
	enum hy_code (*fn)(struct doing *d, const struct unit_act *w, struct hy_err *e);
	struct reform reform;
};

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct unit_act w;

	reform_begin(&d->reform, d->c, db, &actor_console, hy_run_option(d->run, "--reason"), &w);
	return d->fn(d, &w, e);
}

static enum hy_code change(struct hy_run *run,
			   enum hy_code (*fn)(struct doing *d, const struct unit_act *w,
					      struct hy_err *e),
			   struct hy_err *e)
{
	struct doing d = { .run = run, .fn = fn };
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_city(run, false, &c, e);

	d.c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, &d, e);
	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	if (!code && !run->quiet && d.reform.moved)
		fprintf(run->err, "%lld open matters went to the successor\n",
			(long long)d.reform.moved);
	return code ? code : show_from(run, db, run->operands[0], e);
}

static enum hy_code kind_option(const struct hy_run *run, enum unit_kind otherwise,
				enum unit_kind *out, struct hy_err *e)
{
	hy_str s = hy_run_option(run, "--kind");

	*out = otherwise;
	if (s.p && !unit_kind_of(s, out))
		return hy_fail(e, HY_BAD_FIELD, "--kind", "is none of the kinds of units");
	return HY_OK;
}

static enum hy_code do_make(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	struct unit_new n = { .code = d->run->operands[0],
			      .name = d->run->operands[1],
			      .parent = hy_run_option(d->run, "--parent") };
	enum hy_code c = kind_option(d->run, UNIT_ORGAN, &n.kind, e);

	if (!c)
		c = read_day(d->run, "--opened", city_today(d->c), &n.opened, e);
	return c ? c : unit_make(w, &n, &(int64_t){ 0 }, e);
}

static enum hy_code do_change(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	hy_str code = d->run->operands[0], name = hy_run_option(d->run, "--name"),
	       parent = hy_run_option(d->run, "--parent");
	enum unit_kind kind;
	struct unit u;
	hy_day from;
	enum hy_code c = unit_by_code(hy_db_arena(w->db), w->db, code, &u, e);

	if (!c)
		c = read_day(d->run, "--from", city_today(d->c), &from, e);
	if (!c)
		c = kind_option(d->run, u.kind, &kind, e);
	if (c)
		return c;
	name = name.p ? name : u.name;
	parent = parent.p ? parent : u.parent;
	if (hy_run_has(d->run, "--correct"))
		return unit_correct(w, code, kind, name, parent, e);
	if (kind != u.kind)
		return hy_fail(e, HY_BAD_FIELD, "--kind",
			       "a unit keeps its kind; a mistake is put right with --correct");
	return unit_change(w, code, from, name, parent, e);
}

static enum hy_code do_merge(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	hy_day on;
	enum hy_code c = read_day(d->run, "--on", city_today(d->c), &on, e);

	return c ? c : unit_merge(w, d->run->operands[0], d->run->operands[1], on, e);
}

static enum hy_code do_split(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	size_t n = d->run->n_operands - 1;
	struct unit_new *parts = hy_new_n(d->run->arena, struct unit_new, n + 1);
	struct unit u;
	hy_day on;
	enum hy_code c = read_day(d->run, "--on", city_today(d->c), &on, e);

	if (!c)
		c = unit_by_code(hy_db_arena(w->db), w->db, d->run->operands[0], &u, e);
	for (size_t i = 0; !c && i < n; i++) {
		hy_str rest = d->run->operands[i + 1];
		if (!hy_str_cut(&rest, '=', &parts[i].code) || !rest.n)
			return hy_fail(e, HY_BAD_FIELD, "PART", "must be CODE=NAME");
		parts[i].name = rest;
		parts[i].kind = u.kind;
	}
	return c ? c
		 : unit_split(w, d->run->operands[0], parts, n, on, hy_run_has(d->run, "--keep"),
			      e);
}

static enum hy_code do_close(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	hy_str to = hy_run_option(d->run, "--successor");
	hy_day on;
	enum hy_code c = read_day(d->run, "--on", city_today(d->c), &on, e);

	return c ? c : unit_close(w, d->run->operands[0], on, to.p ? to : HY_S(""), e);
}

static enum hy_code make(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_make, e);
}
static enum hy_code alter(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_change, e);
}
static enum hy_code merge(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_merge, e);
}
static enum hy_code split(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_split, e);
}
static enum hy_code close_unit(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_close, e);
}

/* --- tables
 * ---------------------------------------------------------------------------------------- */

enum hy_code command_table_in(struct hy_run *run, enum table_kind kind, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct reform reform;
	struct unit_act act;
	struct grid g;
	hy_str bytes;
	SCOPED_CITY c = NULL;
	struct table_job job = { .kind = kind,
				 .act = &act,
				 .grid = &g,
				 .preview = hy_run_has(run, "--preview"),
				 .a = run->arena };
	enum hy_code code = hy_file_read(run->arena, run->operands[0].p, GRID_FILE_MOST, &bytes, e);

	if (!code)
		code = grid_read(run->arena, bytes, &g, e);
	if (!code)
		code = command_city(run, false, &c, e);
	if (code)
		return code;
	reform_begin(&reform, c, NULL, &actor_console, HY_S(""), &act);
	job.pack = city_pack(c);
	code = read_day(run, "--on", city_today(c), &job.on, e);
	if (code)
		return code;
	code = table_import(city_store(c), &job, e);
	if (run->json)
		table_plan_json(&j, &job.plan);
	else
		table_plan_text(&b, &job.plan, run->language);
	if (!code || job.plan.n)
		command_print(run, &b);
	return code;
}

enum hy_code command_table_out(struct hy_run *run, enum table_kind kind, struct hy_err *e)
{
	hy_str xlsx = hy_run_option(run, "--xlsx");
	struct sheet *s = NULL;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code && xlsx.p)
		code = sheet_xlsx(run->arena, xlsx.p, city_now(c), &s, e);
	else if (!code)
		s = sheet_csv(run->arena, run->out, hy_run_has(run, "--bom"));
	if (code)
		return code;
	struct hy_err later = { 0 };
	code = table_export(run->arena, db, kind, city_now(c), s, e);
	enum hy_code end = sheet_end(s, &later);
	if (!code && end)
		*e = later;
	code = code ? code : end;
	if (!code) {
		hy_db_drop(&db);
		city_close(&c);
		command_note_export(run, kind == TABLE_UNITS ? "tables/units" : "tables/posts");
	}
	return code;
}

static enum hy_code import(struct hy_run *run, struct hy_err *e)
{
	return command_table_in(run, TABLE_UNITS, e);
}
static enum hy_code export(struct hy_run *run, struct hy_err *e) {
	return command_table_out(run, TABLE_UNITS, e);
}

/* --- the table of commands
 * --------------------------------------------------------------------------- */

#define REASON_OPTION                                                                              \
	{                                                                                          \
		"--reason", "TEXT", "why, for the public record"                                   \
	}
static const struct hy_option list_options[] = {
	DATA_OPTION,
	DAY_OPTION("--on", "the tree of that day; default: today"),
	{ "--all", NULL, "all units by code, closed ones too" },
	{ 0 },
};
static const struct hy_option show_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option make_options[] = {
	DATA_OPTION,
	{ "--kind", "region|organ|section|window", "what it is", .otherwise = "organ" },
	{ "--parent", "CODE", "the unit it stands in" },
	DAY_OPTION("--opened", "its first day; default: today"),
	REASON_OPTION,
	{ 0 },
};
static const struct hy_option change_options[] = {
	DATA_OPTION,
	{ "--name", "NAME", "the new name" },
	{ "--parent", "CODE", "where it stands now; \"\" at the top" },
	DAY_OPTION("--from", "the day from which this holds; default: today"),
	{ "--correct", NULL, "put a mistake of entry right, as if it had always been so" },
	{ "--kind", "region|organ|section|window", "with --correct: what it is" },
	REASON_OPTION,
	{ 0 },
};
static const struct hy_option merge_options[] = {
	DATA_OPTION, DAY_OPTION("--on", "the day; default: today"), REASON_OPTION, { 0 }
};
static const struct hy_option split_options[] = {
	DATA_OPTION,
	DAY_OPTION("--on", "the day; default: today"),
	{ "--keep", NULL, "the unit goes on beside its parts" },
	REASON_OPTION,
	{ 0 },
};
static const struct hy_option close_options[] = {
	DATA_OPTION,
	DAY_OPTION("--on", "the first day on which it is no more; default: today"),
	{ "--successor", "CODE", "who gets its open matters" },
	REASON_OPTION,
	{ 0 },
};
static const struct hy_option import_options[] = {
	DATA_OPTION,
	{ "--preview", NULL, "only say what would change" },
	DAY_OPTION("--on", "the day from which changes hold; default: today"),
	{ 0 },
};
static const struct hy_option export_options[] = {
	DATA_OPTION,
	{ "--csv", NULL, "as CSV on standard output (the default)" },
	{ "--bom", NULL, "with a byte-order mark, for Excel" },
	{ "--xlsx", "FILE", "as XLSX into FILE" },
	{ 0 },
};
static const char *const import_examples[] = {
	"huiyin unit import units.xlsx --preview",
	"huiyin unit import units.csv --on 2026-10-01",
	NULL,
};

const struct hy_command unit_commands[] = {
	{ "unit list", "the tree of units as of a day", .options = list_options, .json = true,
	  .run = list },
	{ "unit show", "a unit with all its names", .options = show_options, .operands = "CODE",
	  .least = 1, .most = 1, .json = true, .run = show },
	{ "unit make", "make a unit", .options = make_options, .operands = "CODE NAME", .least = 2,
	  .most = 2, .json = true, .run = make },
	{ "unit change", "rename or move a unit from a day on, or put a mistake right",
	  .options = change_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = alter },
	{ "unit merge", "merge a unit into another, with what it has",
	  .description = "Units, posts and open matters of CODE go to INTO; CODE is closed, and "
			 "history keeps its name.",
	  .options = merge_options, .operands = "CODE INTO", .least = 2, .most = 2, .json = true,
	  .run = merge },
	{ "unit split", "split a unit into parts, or parts off it",
	  .description = "Without --keep the unit is closed and the first part gets its units, "
			 "posts and open matters.",
	  .options = split_options, .operands = "CODE PART=NAME...", .least = 2, .most = 33,
	  .json = true, .run = split },
	{ "unit close", "close a unit", .options = close_options, .operands = "CODE", .least = 1,
	  .most = 1, .json = true, .run = close_unit },
	{ "unit import", "units from a CSV or XLSX file",
	  .description = "Columns: code, name, kind, parent, opened, closed, successor, from (or "
			 "their Chinese names). All or nothing; units not in the file stay as they "
			 "are.",
	  .options = import_options, .operands = "FILE", .least = 1, .most = 1,
	  .examples = import_examples, .json = true, .run = import },
	{ "unit export", "all units as CSV or XLSX", .options = export_options, .run = export },
	{ 0 },
};
