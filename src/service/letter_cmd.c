/* huiyin letter */
#include "base/file.h"
#include "base/json.h"
#include "matter/command.h"
#include "service/letter.h"

static enum hy_code read_one(struct hy_run *run, struct city **c, struct hy_db **db,
			     struct matter **m, struct hy_err *e)
{
	enum hy_code code = command_read(run, c, db, e);

	return code ? code : matter_read(*c, *db, &access_all, run->arena, run->operands[0], m, e);
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct matter *m = NULL;
	struct letter *v;
	size_t n;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = read_one(run, &c, &db, &m, e);

	if (code)
		return code;
	letter_list(run->arena, m, true, &v, &n);
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		const struct letter_row *row = &letter_forms[v[i].form];
		hy_str day = hy_day_text(run->arena, city_day(c, v[i].ev->at));
		if (!run->json) {
			hy_buf_fmt(&b, "%4lld  " HY_FMT "  %-8s  " HY_FMT "\n",
				   (long long)v[i].ev->seq, HY_ARG(day), row->id,
				   HY_ARG(pack_say(&row->title, run->language)));
			continue;
		}
		hy_json_obj(&j);
		hy_json_kint(&j, "seq", v[i].ev->seq);
		hy_json_kstr(&j, "day", day);
		hy_json_kstr(&j, "form", hy_str_of(row->id));
		hy_json_kstr(&j, "title", pack_say(&row->title, run->language));
		hy_json_obj_end(&j);
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code print(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	hy_str to = hy_run_option(run, "--out");
	struct paper_result paper;
	struct matter *m = NULL;
	struct letter l;
	int64_t seq = 0;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = HY_OK;

	if (!hy_str_int(run->operands[1], &seq) || seq < 1)
		return hy_fail(e, HY_BAD_FIELD, "SEQ",
			       "must be a number that huiyin letter list tells");
	code = read_one(run, &c, &db, &m, e);
	if (!code)
		code = letter_of(run->arena, m, seq, hy_run_option(run, "--form"), true, &l, e);
	if (!code)
		code = letter_pdf(run->arena, c, db, m, &l, &paper, e);
	if (code)
		return code;
	if (to.n == 0)
		to = hy_printf(run->arena, HY_FMT "-%lld-%s.pdf", HY_ARG(m->code), (long long)seq,
			       letter_forms[l.form].id);
	code = hy_file_write(to.p, paper.pdf, 0644, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "file", to);
		hy_json_kstr(&j, "form", hy_str_of(letter_forms[l.form].id));
		hy_json_kint(&j, "pages", paper.pages);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, HY_FMT "  %d\n", HY_ARG(to), paper.pages);
	}
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option list_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option print_options[] = {
	DATA_OPTION,
	{ "--form", "FORM", "which, where an event has two: register is the sheet 否定报备登记表" },
	{ "--out", "FILE", "where to write it; default: CODE-SEQ-FORM.pdf here" },
	{ 0 },
};
static const char *const print_examples[] = {
	"huiyin letter print XK-2026-000012 3",
	"huiyin letter print XK-2026-000012 5 --form register", NULL
};

const struct hy_command letter_commands[] = {
	{ "letter list", "the dated papers of a licence case",
	  .description =
		  "Acceptance and refusal to accept, one-off notice, special procedure, extension, "
		  "decision: each belongs to one event of the case.",
	  .options = list_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = list },
	{ "letter print", "one of these papers, as PDF",
	  .description =
		  "Laid out after GB/T 9704-2012 in the form of a letter. Everything in it is "
		  "what the event says; the place for the seal stays empty.",
	  .options = print_options, .examples = print_examples, .operands = "CODE SEQ", .least = 2,
	  .most = 2, .json = true, .run = print },
	{ 0 },
};
