/* huiyin import */
#include "base/file.h"
#include "base/json.h"
#include "intake/import.h"
#include "matter/command.h"

extern const struct hy_command intake_commands[];

/* --- the summary as JSON ------------------------------------------------------------------ */

static void json_agreement(struct hy_json *j, const char *key, const struct intake_agreement *x)
{
	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kint(j, "agree", x->agree);
	hy_json_kint(j, "compared", x->compared);
	hy_json_obj_end(j);
}

static void json_due(struct hy_json *j, struct hy_arena *a, const struct hy_zone *z,
		     const char *key, hy_ms at)
{
	if (at == HY_NO_TIME)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_instant_text(a, z, at));
}

static void json_difference(struct hy_json *j, struct hy_arena *a, const struct hy_zone *z,
			    const struct intake_difference *d)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", d->code);
	json_due(j, a, z, "engine_due", d->engine_due);
	hy_json_kstr(j, "engine_verdict", hy_str_of(matter_verdict_names[d->engine_verdict]));
	hy_json_kstr(j, "group", d->group);
	hy_json_kstr(j, "key", d->key);
	hy_json_kint(j, "line", d->line);
	json_due(j, a, z, "source_due", d->source_due);
	hy_json_kstr(j, "source_verdict", hy_str_of(matter_verdict_names[d->source_verdict]));
	hy_json_obj_end(j);
}

static void json_check(struct hy_json *j, struct hy_arena *a, const struct intake_map *m,
		       const struct intake_check *c, const struct intake_tally *t)
{
	hy_json_obj(j);
	hy_json_kstr(j, "clock", c->clock);
	hy_json_key(j, "differences");
	hy_json_arr(j);
	for (size_t i = 0; i < t->first.n; i++)
		json_difference(j, a, &m->zone, &t->first.v[i]);
	hy_json_arr_end(j);
	json_agreement(j, "due", &t->due);
	hy_json_key(j, "groups");
	hy_json_arr(j);
	for (size_t i = 0; i < t->groups.n; i++) {
		hy_json_obj(j);
		json_agreement(j, "due", &t->groups.v[i]->due);
		hy_json_kstr(j, "value", t->groups.v[i]->value);
		json_agreement(j, "verdict", &t->groups.v[i]->verdict);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_kstr(j, "name", c->name);
	json_agreement(j, "verdict", &t->verdict);
	hy_json_obj_end(j);
}

static void json_refusals(struct hy_json *j, const struct intake_result *r)
{
	hy_json_key(j, "refusals");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n_first; i++) {
		const struct intake_refusal *x = &r->first[i];
		hy_json_obj(j);
		hy_json_kstr(j, "field", x->field);
		hy_json_kstr(j, "file", x->file);
		hy_json_kstr(j, "key", x->key);
		hy_json_kint(j, "line", x->line);
		hy_json_kstr(j, "reason", x->reason);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void json_summary(struct hy_buf *b, struct hy_arena *a, const struct intake_map *m,
			 const struct intake_result *r)
{
	struct hy_json json = hy_json_on(b), *j = &json;

	hy_json_obj(j);
	hy_json_key(j, "checks");
	hy_json_arr(j);
	for (size_t i = 0; i < m->n_checks; i++)
		json_check(j, a, m, &m->checks[i], &r->tallies[i]);
	hy_json_arr_end(j);
	hy_json_kint(j, "completed", r->completed);
	hy_json_kint(j, "events", r->events);
	hy_json_key(j, "files");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n_files; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "encoding", hy_str_of(intake_encoding_names[r->files[i].encoding]));
		hy_json_kstr(j, "name", r->files[i].name);
		hy_json_kint(j, "rows", r->files[i].rows);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_kint(j, "here", r->here);
	hy_json_kint(j, "imported", r->imported);
	hy_json_kstr(j, "map", m->id);
	hy_json_kint(j, "ms", r->ms);
	json_refusals(j, r);
	hy_json_kint(j, "refused", r->refused);
	hy_json_kint(j, "rows", r->rows);
	if (m->unit.given) {
		hy_json_kint(j, "unit_found", r->unit_found);
		hy_json_kint(j, "unit_none", r->unit_none);
		hy_json_kint(j, "units_made", r->units_made);
	}
	hy_json_obj_end(j);
}

/* --- the summary in words ------------------------------------------------------------------- */

/* "99.45 %", cut and not rounded, so that 100 % means all. */
static void share(struct hy_buf *b, int64_t part, int64_t whole)
{
	int64_t x = whole ? part * 10000 / whole : 0;

	hy_buf_fmt(b, "%lld.%02lld %%", (long long)(x / 100), (long long)(x % 100));
}

static void say_agreement(struct hy_buf *b, const char *what, const struct intake_agreement *x)
{
	hy_buf_fmt(b, "%s: %lld compared, %lld agree (", what, (long long)x->compared,
		   (long long)x->agree);
	share(b, x->agree, x->compared);
	hy_buf_fmt(b, ")\n");
}

static hy_str due_text(struct hy_arena *a, const struct hy_zone *z, hy_ms at)
{
	return at == HY_NO_TIME ? HY_S("none") : hy_instant_text(a, z, at);
}

static void say_check(struct hy_buf *b, struct hy_arena *a, const struct intake_map *m,
		      const struct intake_check *c, const struct intake_tally *t)
{
	hy_buf_fmt(b, HY_FMT " (clock " HY_FMT ")\n", HY_ARG(c->name), HY_ARG(c->clock));
	if (c->due >= 0)
		say_agreement(b, "  deadline", &t->due);
	if (c->verdict >= 0)
		say_agreement(b, "  verdict", &t->verdict);
	for (size_t i = 0; i < t->groups.n; i++) {
		const struct intake_group *g = t->groups.v[i];
		hy_buf_fmt(b, "    " HY_FMT "\n", HY_ARG(g->value));
		if (g->due.compared)
			say_agreement(b, "      deadline", &g->due);
		if (g->verdict.compared)
			say_agreement(b, "      verdict", &g->verdict);
	}
	if (t->first.n)
		hy_buf_fmt(b, "  the first differences:\n");
	for (size_t i = 0; i < t->first.n; i++) {
		const struct intake_difference *d = &t->first.v[i];
		hy_buf_fmt(b,
			   "    line %lld, " HY_FMT ": source " HY_FMT " %s, engine " HY_FMT
			   " %s\n",
			   (long long)d->line, HY_ARG(d->code),
			   HY_ARG(due_text(a, &m->zone, d->source_due)),
			   matter_verdict_names[d->source_verdict],
			   HY_ARG(due_text(a, &m->zone, d->engine_due)),
			   matter_verdict_names[d->engine_verdict]);
	}
}

static void say_units(struct hy_buf *b, const struct intake_map *m, const struct intake_result *r)
{
	hy_buf_fmt(b, "unit: found in %lld rows, not found in %lld (", (long long)r->unit_found,
		   (long long)r->unit_none);
	share(b, r->unit_none, r->unit_found + r->unit_none);
	hy_buf_fmt(b, "), %lld new units\n", (long long)r->units_made);
	for (size_t i = 0; i < m->unit.n_find; i++)
		hy_buf_fmt(b, "  by pattern %zu: %lld\n", i + 1, (long long)r->found_by[i]);
}

static void say_summary(struct hy_buf *b, struct hy_arena *a, const struct intake_map *m,
			const struct intake_result *r)
{
	for (size_t i = 0; i < r->n_files; i++)
		hy_buf_fmt(b, HY_FMT " (%s): %lld rows\n", HY_ARG(r->files[i].name),
			   intake_encoding_names[r->files[i].encoding],
			   (long long)r->files[i].rows);
	hy_buf_fmt(b,
		   "%lld rows: %lld imported, %lld already here, %lld completed with what was "
		   "missing, "
		   "%lld refused; %lld events in %lld.%03lld s\n",
		   (long long)r->rows, (long long)r->imported, (long long)r->here,
		   (long long)r->completed, (long long)r->refused, (long long)r->events,
		   (long long)(r->ms / 1000), (long long)(r->ms % 1000));
	if (m->unit.given)
		say_units(b, m, r);
	for (size_t i = 0; i < m->n_checks; i++)
		say_check(b, a, m, &m->checks[i], &r->tallies[i]);
}

static void say_refusals(const struct hy_run *run, const struct intake_result *r)
{
	for (size_t i = 0; i < r->n_first; i++) {
		const struct intake_refusal *x = &r->first[i];
		fprintf(run->err, HY_FMT ":%lld: " HY_FMT "%s" HY_FMT "%s" HY_FMT "\n",
			HY_ARG(x->file), (long long)x->line, HY_ARG(x->key), x->key.n ? ": " : "",
			HY_ARG(x->field), x->field.n ? ": " : "", HY_ARG(x->reason));
	}
	if (r->refused > (int64_t)r->n_first)
		fprintf(run->err, "... and %lld more; --refused FILE.csv keeps them all\n",
			(long long)(r->refused - (int64_t)r->n_first));
}

/* --- the command --------------------------------------------------------------------------------
 */

static enum hy_code read_map(struct hy_run *run, struct pack_messages *msgs,
			     struct intake_map **out, struct hy_err *e)
{
	hy_str path = hy_run_option(run, "--map"), text = HY_S("");
	enum hy_code code = hy_file_read(run->arena, path.p, PACK_FILE_MOST, &text, e);

	if (!code)
		code = intake_map_read(run->arena, path, text, msgs, out, e);
	if (code && !run->json)
		command_messages(run, msgs);
	return code;
}

static enum hy_code bind_map(struct hy_run *run, struct intake_map *m, struct city *c,
			     struct hy_err *e)
{
	struct pack_messages msgs = { 0 };
	enum hy_code code = intake_map_bind(run->arena, m, city_pack(c), &msgs, e);

	if (code && !run->json)
		command_messages(run, &msgs);
	return code;
}

static enum hy_code import(struct hy_run *run, struct hy_err *e)
{
	struct city_options o = { .store = hy_run_option(run, "--store").p,
				  .fast_import = true,
				  .readers = 1 };
	struct intake_options with = { hy_run_option(run, "--refused").p,
				       run->quiet ? NULL : run->err };
	struct pack_messages msgs = { 0 };
	struct intake_result *r = hy_new(run->arena, struct intake_result);
	struct intake_map *m = NULL;
	const char **files = hy_new_n(run->arena, const char *, run->n_operands);
	SCOPED_CITY c = NULL;

	for (size_t i = 0; i < run->n_operands; i++)
		files[i] = run->operands[i].p;
	enum hy_code code = read_map(run, &msgs, &m, e);
	if (!code)
		code = city_open(hy_run_option(run, "--data").p, &o, &c, e);
	if (!code)
		code = bind_map(run, m, c, e);
	if (!code)
		code = intake_import(c, m, files, run->n_operands, &with, run->arena, r, e);
	if (code && r->rows && !run->quiet)
		fprintf(run->err, "stopped; %lld rows are in: repeat the command to go on\n",
			(long long)(r->imported + r->completed + r->here));
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(run->arena);
	if (run->json)
		json_summary(&b, run->arena, m, r);
	else
		say_summary(&b, run->arena, m, r);
	command_print(run, &b);
	if (!run->json)
		say_refusals(run, r);
	if (r->refused)
		return hy_fail(e, HY_BAD_INPUT, "", "%lld of %lld rows were refused",
			       (long long)r->refused, (long long)r->rows);
	return HY_OK;
}

static const struct hy_option import_options[] = {
	DATA_OPTION,
	{ "--map", "MAP.yaml", "how columns become fields and moves (see examples/README.md)",
	  .required = true },
	{ "--refused", "FILE.csv", "write every refused row there, with its line and the reason" },
	{ 0 },
};
static const char *const import_examples[] = {
	"huiyin import --data data --map examples/letters.map.yaml letters.csv",
	"unzip -p requests.zip | huiyin import --data boston --map examples/boston311.map.yaml -",
	NULL,
};

const struct hy_command intake_commands[] = {
	{ "import", "import matters from CSV files through a map",
	  .description = "Each row is filed and moved at its own times, all of it or nothing. Rows "
			 "that are here "
			 "already are passed over, rows whose answer has come meanwhile get what "
			 "is missing, and rows "
			 "that cannot be are refused with line, field and reason while the others "
			 "go on: it may be "
			 "stopped and repeated at any time.\n\n"
			 "FILE may be - for standard input. UTF-8 and GB18030 are read. When rows "
			 "were refused the "
			 "exit code is 3.",
	  .options = import_options, .operands = "FILE...", .least = 1, .most = -1,
	  .examples = import_examples, .json = true, .run = import },
	{ 0 },
};
