/* huiyin round ... and huiyin explain */
#include "appraise/appraise.h"
#include "appraise/appraise_json.h"
#include "appraise/otherwise.h"
#include "appraise/round_print.h"
#include "base/file.h"
#include "matter/command.h"

struct doing {
	struct hy_run *run;
	struct city *c;
	struct round_mark mark;
	hy_day from;
	int64_t number;
	bool upheld;
	enum hy_code (*step)(struct doing *d, const struct round_act *w, struct hy_err *e);
	struct round_worked worked; /* to be frozen */
	struct round r;
};

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct round_act w = { .city = d->c,
				     .db = db,
				     .a = d->run->arena,
				     .at = city_now(d->c),
				     .role = HY_S("console") };

	return d->step(d, &w, e);
}

static hy_str operand(const struct doing *d)
{
	return d->run->operands[0];
}

static enum hy_code step_open(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_open(w, hy_run_option(d->run, "--scheme"), d->from, &d->r, e);
}

static enum hy_code step_mark(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_mark(w, operand(d), &d->mark, &d->r, e);
}

static enum hy_code step_freeze(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_freeze(w, &d->worked, hy_run_option(d->run, "--reason"), &d->r, e);
}

/* What is measured is measured before anybody has to wait for it. */
static enum hy_code measure(struct doing *d, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(d->c), &db, e);
	const struct round_act w = {
		.city = d->c, .db = db, .a = d->run->arena, .at = city_now(d->c)
	};

	return code ? code
		    : round_work_out(&w, operand(d), hy_run_option(d->run, "--reason"), &d->worked,
				     e);
}

static enum hy_code step_publish(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_publish(w, operand(d), &d->r, e);
}

static enum hy_code step_object(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	enum hy_code c = round_object(w, operand(d), hy_run_option(d->run, "--unit"),
				      hy_run_option(d->run, "--of"),
				      hy_run_option(d->run, "--reason"), &d->number, e);

	return c ? c : round_by_code(w->a, w->db, operand(d), &d->r, e);
}

static enum hy_code step_decide(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	enum hy_code c = round_decide(w, operand(d), d->number, d->upheld,
				      hy_run_option(d->run, "--reason"), e);

	return c ? c : round_by_code(w->a, w->db, operand(d), &d->r, e);
}

static enum hy_code step_finish(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_finish(w, operand(d), &d->r, e);
}

static enum hy_code run_step(struct doing *d, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_buf b = hy_buf_on(d->run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_city(d->run, false, &c, e);

	d->c = c;
	if (!code && d->step == step_freeze)
		code = measure(d, e);
	if (!code)
		code = hy_store_write(city_store(c), work, d, e);
	if (code)
		return code;
	if (d->run->json)
		round_json(&j, &d->r, city_pack(c)->calendar);
	else
		hy_buf_fmt(&b, HY_FMT ": %s, version %d\n", HY_ARG(d->r.code),
			   round_state_names[d->r.state], d->r.version);
	command_print(d->run, &b);
	return HY_OK;
}

#define STEP(name)                                                                                 \
	static enum hy_code name(struct hy_run *run, struct hy_err *e)                             \
	{                                                                                          \
		struct doing d = { .run = run, .step = step_##name };                              \
		return run_step(&d, e);                                                            \
	}
STEP(freeze)
STEP(publish)
STEP(object)
STEP(finish)

static enum hy_code open(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .step = step_open };

	if (!hy_day_read(hy_run_option(run, "--from"), &d.from))
		return hy_fail(e, HY_BAD_FIELD, "--from", "must be a day such as 2026-10-01");
	return run_step(&d, e);
}

static enum hy_code mark(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run,
			   .step = step_mark,
			   .mark = { .unit = hy_run_option(run, "--unit"),
				     .name = hy_run_option(run, "--of"),
				     .evidence = hy_run_option(run, "--evidence") } };
	hy_str value = hy_run_option(run, "--value");

	if (hy_run_has(run, "--times") == hy_run_has(run, "--value"))
		return hy_fail(e, HY_BAD_FIELD, "--value",
			       "give points with --value or occurrences with --times");
	if (hy_run_has(run, "--times")) {
		if (!hy_str_int(hy_run_option(run, "--times"), &d.mark.value))
			return hy_fail(e, HY_BAD_FIELD, "--times", "must be a whole number");
	} else if (!pack_points_read(value, &d.mark.value)) {
		return hy_fail(e, HY_BAD_FIELD, "--value", "must be points such as 92.5");
	}
	return run_step(&d, e);
}

static enum hy_code decide(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .step = step_decide, .upheld = hy_run_has(run, "--upheld") };
	enum hy_code code = hy_run_int(run, "--objection", 1, 1000000, &d.number, e);

	return code ? code : run_step(&d, e);
}

/* --- reading
 * ------------------------------------------------------------------------------------------ */

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct round *v = NULL;
	size_t n = 0;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = round_list(run->arena, db, &v, &n, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "rounds");
		hy_json_arr(&j);
		for (size_t i = 0; i < n; i++)
			round_json(&j, &v[i], city_pack(c)->calendar);
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	} else {
		for (size_t i = 0; i < n; i++)
			hy_buf_fmt(&b, "%-24.*s %-8s version %d\n", HY_ARG(v[i].code),
				   round_state_names[v[i].state], v[i].version);
	}
	command_print(run, &b);
	return HY_OK;
}

/* The frozen version asked for (0: the last), or what would be frozen now. */
static enum hy_code version_of(struct hy_run *run, struct city *c, struct hy_db *db,
			       const struct round *r, struct round_version *out, struct hy_err *e)
{
	int64_t version = r->version;
	enum hy_code code = hy_run_int(run, "--version", 1, 1000, &version, e);

	if (code)
		return code;
	if (version == 0)
		return round_preview(run->arena, c, db, r, out, e);
	return round_version(run->arena, db, r, (int)version, out, e);
}

/* Where it goes: a file of one form, CSV or JSON on the output, else lines. */
static enum hy_code form_of(struct hy_run *run, bool csv, struct hy_err *e)
{
	bool has_csv = csv && hy_run_has(run, "--csv");

	if (has_csv + hy_run_has(run, "--pdf") + hy_run_has(run, "--xlsx") + run->json > 1)
		return hy_fail(e, HY_BAD_FIELD, hy_run_has(run, "--pdf") ? "--pdf" : "--xlsx",
			       csv ? "choose one of --csv, --json, --pdf and --xlsx"
				   : "choose one of --json, --pdf and --xlsx");
	return HY_OK;
}

static enum hy_code write_paper(struct hy_run *run, const struct paper *p, hy_str file,
				struct hy_err *e)
{
	struct paper_result out;
	enum hy_code code = paper_pdf(run->arena, p, &out, e);

	if (!code)
		code = hy_file_write(file.p, out.pdf, 0644, e);
	if (!code && !run->quiet)
		fprintf(run->err, HY_FMT "  %d\n", HY_ARG(file), out.pages);
	return code;
}

static enum hy_code write_sheet(struct hy_run *run, struct city *c,
				enum hy_code (*fill)(struct sheet *to, void *arg, struct hy_err *e),
				void *arg, struct hy_err *e)
{
	struct hy_err late = { 0 };
	struct sheet *to = NULL;
	enum hy_code code = HY_OK, ended;

	if (hy_run_has(run, "--xlsx"))
		code = sheet_xlsx(run->arena, hy_run_option(run, "--xlsx").p, city_now(c), &to, e);
	else
		to = sheet_csv(run->arena, run->out, hy_run_has(run, "--bom"));
	if (code)
		return code;
	code = fill(to, arg, e);
	ended = sheet_end(to, &late);
	if (!code && ended)
		*e = late;
	return code ? code : ended;
}

struct taking {
	struct hy_run *run;
	struct reading k;
	struct explaining x;
};

static enum hy_code fill_table(struct sheet *to, void *arg, struct hy_err *e)
{
	struct taking *t = arg;
	enum hy_code code = round_sheet(to, &t->k, t->run->language, e);

	if (!code && hy_run_has(t->run, "--xlsx"))
		code = round_sheet_meaning(to, &t->k, t->run->language, e);
	return code;
}

static enum hy_code fill_unit(struct sheet *to, void *arg, struct hy_err *e)
{
	struct taking *t = arg;

	return explain_sheet(to, &t->x, t->run->language, e);
}

static enum hy_code show_in(struct hy_run *run, struct city *c, struct hy_db *db,
			    const struct round *r, const struct round_version *v, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct taking t = { .run = run };
	struct paper p;

	if (hy_run_has(run, "--pdf") || hy_run_has(run, "--xlsx") || hy_run_has(run, "--csv")) {
		enum hy_code code = reading_of(run->arena, c, db, r, v, &t.k, e);
		if (code || !hy_run_has(run, "--pdf"))
			return code ? code : write_sheet(run, c, fill_table, &t, e);
		round_paper(&t.k, run->language, &p);
		return write_paper(run, &p, hy_run_option(run, "--pdf"), e);
	}
	enum hy_code code = run->json ? round_whole_json(&j, c, db, r, v, e)
				      : round_table(&b, c, db, r, v, run->language, e);
	if (!code)
		command_print(run, &b);
	return code;
}

/* One case of the unit, had it gone otherwise. */
static enum hy_code explain_case(struct hy_run *run, struct city *c, struct hy_db *db,
				 const struct round *r, const struct round_version *v,
				 struct hy_err *e)
{
	const struct loss_reader who = { .who = &actor_console };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct otherwise_answer answer;
	struct explaining x;
	enum hy_code code = explaining_of(run->arena, c, db, r, v, run->operands[1], &who, &x, e);

	if (!code)
		code = otherwise_of(&x, hy_run_option(run, "--case"), &answer, e);
	if (code)
		return code;
	if (run->json)
		otherwise_json(&j, &x, &answer);
	else
		otherwise_text(&b, &x, &answer, run->language);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code explain_in(struct hy_run *run, struct city *c, struct hy_db *db,
			       const struct round *r, const struct round_version *v,
			       struct hy_err *e)
{
	const struct loss_reader who = { .who = &actor_console };
	const struct loss_reader file = { .who = &actor_console,
					  .redacted = !hy_run_has(run, "--unredacted") };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct taking t = { .run = run };
	struct paper p;
	hy_str unit = run->operands[1];

	if (hy_run_has(run, "--pdf") || hy_run_has(run, "--xlsx")) {
		enum hy_code code = explaining_of(run->arena, c, db, r, v, unit, &file, &t.x, e);
		if (code || hy_run_has(run, "--xlsx"))
			return code ? code : write_sheet(run, c, fill_unit, &t, e);
		code = explain_paper(&t.x, run->language, &p, e);
		return code ? code : write_paper(run, &p, hy_run_option(run, "--pdf"), e);
	}
	enum hy_code code =
		run->json ? round_explain_json(&j, c, db, r, v, unit, &who, e)
			  : round_explain_text(&b, c, db, r, v, unit, run->language, &who, e);
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code circular_in(struct hy_run *run, struct city *c, struct hy_db *db,
				const struct round *r, const struct round_version *v,
				struct hy_err *e)
{
	struct reading k;
	struct paper p;
	hy_str to = hy_run_option(run, "--out");
	enum hy_code code = reading_of(run->arena, c, db, r, v, &k, e);

	if (!code)
		code = circular_paper(&k, hy_run_option(run, "--number"), &p, e);
	if (to.n == 0)
		to = hy_printf(run->arena, HY_FMT "-circular.pdf", HY_ARG(r->code));
	return code ? code : write_paper(run, &p, to, e);
}

typedef enum hy_code reader(struct hy_run *run, struct city *c, struct hy_db *db,
			    const struct round *r, const struct round_version *v, struct hy_err *e);

static enum hy_code with_version(struct hy_run *run, reader *fn, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct round_version v;
	struct round r;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = round_by_code(run->arena, db, run->operands[0], &r, e);
	if (!code)
		code = version_of(run, c, db, &r, &v, e);
	return code ? code : fn(run, c, db, &r, &v, e);
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	enum hy_code code = form_of(run, true, e);

	if (!code)
		code = with_version(run, show_in, e);
	if (!code &&
	    (hy_run_has(run, "--csv") || hy_run_has(run, "--pdf") || hy_run_has(run, "--xlsx")))
		command_note_export(run, "rounds/table");
	return code;
}

static enum hy_code explain(struct hy_run *run, struct hy_err *e)
{
	enum hy_code code = form_of(run, false, e);

	if (!code && hy_run_has(run, "--case") &&
	    (hy_run_has(run, "--pdf") || hy_run_has(run, "--xlsx")))
		return hy_fail(e, HY_BAD_FIELD, "--case", "is told as lines or with --json");
	if (!code && hy_run_has(run, "--case"))
		return with_version(run, explain_case, e);
	if (!code)
		code = with_version(run, explain_in, e);
	if (!code && (hy_run_has(run, "--pdf") || hy_run_has(run, "--xlsx")))
		command_note_export(run, hy_run_has(run, "--unredacted") ? "rounds/unit/unredacted"
									 : "rounds/unit");
	return code;
}

static enum hy_code circular(struct hy_run *run, struct hy_err *e)
{
	enum hy_code code = with_version(run, circular_in, e);

	if (!code)
		command_note_export(run, "rounds/circular");
	return code;
}

/* --- for anybody
 * ----------------------------------------------------------------------------------------- */

enum { BUNDLE_MOST = 1 << 30 };

static enum hy_code bundle(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct round r;
	int64_t version = 0;
	hy_str text;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = round_by_code(run->arena, db, run->operands[0], &r, e);
	if (code)
		return code;
	version = r.version;
	code = hy_run_int(run, "--version", 1, 1000, &version, e);
	if (!code && version == 0)
		return hy_fail(e, HY_NOT_NOW, "", "the round " HY_FMT " is not frozen yet",
			       HY_ARG(r.code));
	if (!code)
		code = round_bundle(run->arena, c, db, &r, (int)version, &text, e);
	if (!code)
		code = hy_file_write(run->operands[1].p, text, 0644, e);
	if (!code && !run->quiet)
		fprintf(run->err, "%zu bytes; check them with: huiyin verify-result " HY_FMT "\n",
			text.n, HY_ARG(run->operands[1]));
	return code;
}

static enum hy_code verify_result(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct bundle_verdict v;
	hy_str text = HY_S(""), key = HY_S("");
	enum hy_code code = hy_file_read(run->arena, run->operands[0].p, BUNDLE_MOST, &text, e);

	if (!code && hy_run_has(run, "--key"))
		code = hy_file_read(run->arena, hy_run_option(run, "--key").p, 4096, &key, e);
	if (!code)
		code = bundle_verify(run->arena, text, key, &v, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "verdict", HY_S("same"));
		hy_json_kstr(&j, "round", v.round);
		hy_json_kint(&j, "version", v.version);
		hy_json_kint(&j, "units", (int64_t)v.units);
		hy_json_kint(&j, "cases", (int64_t)v.cases);
		hy_json_kint(&j, "events", (int64_t)v.events);
		hy_json_kint(&j, "months", (int64_t)v.months);
		hy_json_kstr(&j, "origin", v.origin);
		hy_json_kint(&j, "index", v.index);
		hy_json_kint(&j, "size", v.size);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   HY_FMT
			   " version %d: recomputed from %zu events, %zu cases of %zu units and "
			   "%zu months of the index, the same to the byte; entry %lld of the "
			   "log " HY_FMT " (%lld entries)\n%s",
			   HY_ARG(v.round), v.version, v.events, v.cases, v.units, v.months,
			   (long long)v.index, HY_ARG(v.origin), (long long)v.size,
			   key.n ? ""
				 : "the log's key came with the bundle: compare it with one you "
				   "have from elsewhere (--key)\n");
	}
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option key_options[] = {
	{ "--key", "FILE", "the log's key (log.vkey) as you have it from elsewhere" },
	{ 0 },
};

static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option open_options[] = {
	DATA_OPTION,
	{ "--scheme", "ID", "a scheme of the institution in force", .required = true },
	{ "--from", "DAY", "the first day of the period", .required = true },
	{ 0 },
};
static const struct hy_option mark_options[] = {
	DATA_OPTION,
	{ "--unit", "CODE", "the unit", .required = true },
	{ "--of", "ID", "an indicator by hand, or a deduction, bonus or veto", .required = true },
	{ "--value", "POINTS", "0 to 100, such as 92.5" },
	{ "--times", "N", "how often it occurred; a negative number takes back" },
	{ "--evidence", "TEXT", "on what it rests; kept beside the log", .required = true },
	{ 0 },
};
static const struct hy_option freeze_options[] = {
	DATA_OPTION,
	{ "--reason", "TEXT", "of a correction: why; everybody reads it beside the result" },
	{ 0 },
};
static const struct hy_option object_options[] = {
	DATA_OPTION,
	{ "--unit", "CODE", "the unit that objects", .required = true },
	{ "--of", "ID", "the line: an indicator, deduction ...; absent: the whole" },
	{ "--reason", "TEXT", "what is wrong and why; kept beside the log", .required = true },
	{ 0 },
};
static const struct hy_option decide_options[] = {
	DATA_OPTION,
	{ "--objection", "N", "its number", .required = true },
	{ "--upheld", NULL, "the objection is right; correct with round freeze --reason" },
	{ "--reason", "TEXT", "why; kept beside the log", .required = true },
	{ 0 },
};
#define VERSION_OPTION                                                                             \
	{                                                                                          \
		"--version", "N", "a frozen version; absent: the last, or a preview"               \
	}
static const struct hy_option version_options[] = { DATA_OPTION, VERSION_OPTION, { 0 } };
static const struct hy_option show_options[] = {
	DATA_OPTION,
	VERSION_OPTION,
	{ "--csv", NULL, "the table as CSV in UTF-8" },
	{ "--bom", NULL, "with --csv: begin with a byte order mark, for old spreadsheets" },
	{ "--xlsx", "FILE", "write a workbook: the table, and what the lines mean" },
	{ "--pdf", "FILE", "write the table as PDF" },
	{ 0 },
};
static const struct hy_option explain_options[] = {
	DATA_OPTION,
	VERSION_OPTION,
	{ "--xlsx", "FILE", "write a workbook for the unit: lines, cases, who lost the points" },
	{ "--pdf", "FILE", "write the same as PDF" },
	{ "--unredacted", NULL, "titles as they were written, also in a file" },
	{ "--case", "CODE", "what would have been, had this case gone otherwise" },
	{ 0 },
};
static const struct hy_option circular_options[] = {
	DATA_OPTION,
	VERSION_OPTION,
	{ "--number", "TEXT", "its number 发文字号, as 效通〔2026〕3号" },
	{ "--out", "FILE", "where to write it; default: ROUND-circular.pdf here" },
	{ 0 },
};
static const char *const open_examples[] = { "huiyin round open --scheme conduct --from 2026-10-01",
					     NULL };

const struct hy_command appraise_commands[] = {
	{ "round list", "appraisal rounds", .options = data_options, .json = true, .run = list },
	{ "round open", "begin the appraisal of a period", .options = open_options,
	  .examples = open_examples, .json = true, .run = open },
	{ "round mark", "enter a mark or an occurrence with its evidence", .options = mark_options,
	  .operands = "ROUND", .least = 1, .most = 1, .json = true, .run = mark },
	{ "round show", "scores, places and how certain they are", .options = show_options,
	  .operands = "ROUND", .least = 1, .most = 1, .json = true, .run = show },
	{ "round freeze", "write down inputs and result for good; again: a correction",
	  .options = freeze_options, .operands = "ROUND", .least = 1, .most = 1, .json = true,
	  .run = freeze },
	{ "round publish", "begin the public notice", .options = data_options, .operands = "ROUND",
	  .least = 1, .most = 1, .json = true, .run = publish },
	{ "round object", "object to one line of a round", .options = object_options,
	  .operands = "ROUND", .least = 1, .most = 1, .json = true, .run = object },
	{ "round decide", "decide an objection", .options = decide_options, .operands = "ROUND",
	  .least = 1, .most = 1, .json = true, .run = decide },
	{ "round finish", "make a round final", .options = data_options, .operands = "ROUND",
	  .least = 1, .most = 1, .json = true, .run = finish },
	{ "round circular", "the circular about a round on public notice, as PDF",
	  .description = "Laid out after GB/T 9704-2012, always in Chinese: the league table with "
			 "the range of each place, who the last ones are and whether the data bear "
			 "it, and until when one may object. The issuer is the setting "
			 "notice.issuer; the place for the seal stays empty.",
	  .options = circular_options, .operands = "ROUND", .least = 1, .most = 1,
	  .run = circular },
	{ "explain", "why a unit has its score, down to the cases", .options = explain_options,
	  .operands = "ROUND UNIT", .least = 2, .most = 2, .json = true, .run = explain },
	{ "bundle", "write a frozen result with everything it was made of into a file",
	  .options = version_options, .operands = "ROUND FILE", .least = 2, .most = 2,
	  .run = bundle },
	{ "verify-result", "recompute a published result from its bundle, without a city",
	  .options = key_options, .operands = "FILE", .least = 1, .most = 1, .json = true,
	  .run = verify_result },
	{ 0 },
};
