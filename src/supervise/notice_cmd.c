/* huiyin notice print */
#include "base/file.h"
#include "base/json.h"
#include "matter/command.h"
#include "supervise/notice.h"

static enum hy_code print(struct hy_run *run, struct hy_err *e)
{
	hy_str to = hy_run_option(run, "--out");
	const struct notice_form *form = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct paper_result paper;
	struct matter *m = NULL;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = matter_read(c, db, &access_all, run->arena, run->operands[0], &m, e);
	if (!code)
		code = notice_form_of(m, hy_run_option(run, "--form"), &form, e);
	if (!code)
		code = notice_pdf(run->arena, c, db, m, form, &paper, e);
	if (code)
		return code;
	if (to.n == 0)
		to = hy_printf(run->arena, HY_FMT "-%s.pdf", HY_ARG(m->code), form->id);
	code = hy_file_write(to.p, paper.pdf, 0644, e);
	if (code)
		return code;
	if (run->json) {
		struct hy_json j = hy_json_on(&b);
		hy_json_obj(&j);
		hy_json_kstr(&j, "file", to);
		hy_json_kstr(&j, "form", hy_str_of(form->id));
		hy_json_kint(&j, "pages", paper.pages);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, HY_FMT "  %d\n", HY_ARG(to), paper.pages);
	}
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option print_options[] = {
	DATA_OPTION,
	{ "--form", "rectification|supervision|receipt",
	  "which paper; default: the notice of its kind, receipt: that it was served" },
	{ "--out", "FILE", "where to write it; default: CODE-FORM.pdf here" },
	{ 0 },
};
static const char *const print_examples[] = {
	"huiyin notice print ZG-2026-000001",
	"huiyin notice print ZG-2026-000001 --form receipt --out 送达回证.pdf", NULL
};

const struct hy_command notice_commands[] = {
	{ "notice print", "the notice of a rectification or a supervised instruction, as PDF",
	  .description = "Laid out after GB/T 9704-2012. Number, date and deadline are those of "
			 "the record; the sign before the year and the issuer are the settings "
			 "notice.rectify_sign, notice.supervise_sign and notice.issuer. The place "
			 "for the seal stays empty.",
	  .options = print_options, .examples = print_examples, .operands = "CODE", .least = 1,
	  .most = 1, .json = true, .run = print },
	{ 0 },
};
