/* huiyin notice ... */
#include "base/file.h"
#include "base/json.h"
#include "matter/command.h"
#include "people/setting.h"
#include "supervise/card.h"
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
		code = notice_pdf(run->arena, c, db, NULL, m, form, &paper, e);
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
	{ "--form", NOTICE_FORMS "|receipt",
	  "which paper; default: the notice of its kind, receipt: that it was served" },
	{ "--out", "FILE", "where to write it; default: CODE-FORM.pdf here" },
	{ 0 },
};
static const char *const print_examples[] = {
	"huiyin notice print ZG-2026-000001",
	"huiyin notice print ZG-2026-000001 --form receipt --out 送达回证.pdf", NULL
};

/* --- issuing and listing ------------------------------------------------------------------------
 */

static enum hy_code form_of(hy_str id, const char *field, const struct notice_form **out,
			    struct hy_err *e)
{
	struct hy_near near = hy_near_to(id);

	for (const struct notice_form *f = notice_forms; f->kind; f++) {
		hy_near_try(&near, hy_str_of(f->id));
		if (hy_str_eq(id, hy_str_of(f->id))) {
			*out = f;
			return HY_OK;
		}
	}
	return hy_fail(e, HY_BAD_FIELD, field, "there is no form '" HY_FMT "'%s", HY_ARG(id),
		       hy_near_text(&near));
}

static void line(struct hy_buf *b, struct city *c, struct hy_db *db, const struct matter *m)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);
	const struct notice_form *f = notice_form_of_kind(m->kind->id);
	const struct matter_clock *k = matter_main_clock(m);
	hy_day due =
		k && k->due.due_at != HY_NO_TIME ? hy_local(zone, k->due.due_at, NULL) : HY_NO_DAY;
	hy_str sign = setting_text(db, f->sign);

	hy_buf_fmt(b, HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "  %-7s  " HY_FMT "  " HY_FMT "\n",
		   HY_ARG(m->code), HY_ARG(notice_number(b->a, sign, m->code)), HY_ARG(m->unit),
		   HY_ARG(due == HY_NO_DAY ? HY_S("-") : hy_day_text(b->a, due)),
		   matter_verdict_names[k ? k->verdict : MATTER_OPEN],
		   HY_ARG(m->kind->states[m->state].title.zh_cn), HY_ARG(m->title));
}

static enum hy_code say(struct hy_run *run, struct city *c, struct hy_db *db, const hy_str *codes,
			size_t n, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = HY_OK;

	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "notices");
		hy_json_arr(&j);
	}
	for (size_t i = 0; !code && i < n; i++) {
		struct matter *m = NULL;
		code = matter_read(c, db, &access_all, run->arena, codes[i], &m, e);
		if (!code && run->json)
			notice_json(&j, c, db, m, m->title, city_now(c));
		else if (!code)
			line(&b, c, db, m);
	}
	if (run->json) {
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	}
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	hy_str form = hy_run_option(run, "--form"), open = hy_run_option(run, "--open");
	struct matter_page page = { 0 };
	const struct notice_form *f = NULL;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	int64_t limit = 50;
	enum hy_code code = form_of(form, "--form", &f, e);

	if (!code)
		code = hy_run_int(run, "--limit", 1, 200, &limit, e);
	if (!code)
		code = command_read(run, &c, &db, e);
	if (code)
		return code;
	const struct matter_filter filter = { .kind = hy_str_of(f->kind),
					      .unit = hy_run_option(run, "--unit"),
					      .open = hy_str_eq(open, HY_S("yes")) ? 1
						      : open.n			   ? 2
										   : 0,
					      .now = city_now(c) };
	code = matter_list(run->arena, db, &access_all, &filter, MATTER_BY_FILED_DESC, HY_S(""),
			   (int)limit, &page, e);
	hy_str *codes = hy_new_n(run->arena, hy_str, page.n + 1);
	for (size_t i = 0; i < page.n; i++)
		codes[i] = page.v[i].code;
	return code ? code : say(run, c, db, codes, page.n, e);
}

struct issuing {
	struct hy_run *run;
	struct city *c;
	const struct notice_form *form;
	struct notice_codes codes;
};

static json_t *given(struct hy_run *run)
{
	static const char *const fields[] = { "title", "body",	"unit", "class",
					      "basis", "limit", "due",	"channel" };
	json_t *data = json_object(), *codes = json_array();

	hy_json_keep(run->arena, data);
	for (size_t i = 0; i < HY_COUNT(fields); i++) {
		hy_str v = hy_run_option(run, hy_printf(run->arena, "--%s", fields[i]).p);
		if (v.n)
			json_object_set_new(data, fields[i], json_stringn(v.p, v.n));
	}
	for (size_t i = 1; i < run->n_operands; i++)
		json_array_append_new(codes, json_stringn(run->operands[i].p, run->operands[i].n));
	if (json_array_size(codes))
		json_object_set(data, "matters", codes);
	json_decref(codes);
	return data;
}

static enum hy_code issue_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct issuing *x = in_out;
	hy_str by = hy_run_option(x->run, "--by");
	const struct matter_move mv = { .at = city_now(x->c),
					.role = HY_S("efficacy_office"),
					.name = by,
					.scope = &access_all };
	const struct card_act act = { .city = x->c,
				      .db = db,
				      .a = x->run->arena,
				      .at = mv.at,
				      .role = mv.role,
				      .name = by,
				      .person = by,
				      .scope = &access_all };
	const struct notice_order o = { .form = x->form,
					.card = hy_run_option(x->run, "--card"),
					.data = given(x->run),
					.cards = &access_all,
					.act = &act };

	return notice_issue(&o, &mv, &x->codes, e);
}

static enum hy_code issue(struct hy_run *run, struct hy_err *e)
{
	struct issuing x = { .run = run };
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = form_of(run->operands[0], "FORM", &x.form, e);

	if (!code)
		code = command_city(run, false, &c, e);
	x.c = c;
	if (!code)
		code = hy_store_write(city_store(c), issue_work, &x, e);
	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	return code ? code : say(run, c, db, x.codes.v.v, x.codes.v.n, e);
}

static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--form", NOTICE_FORMS, "which notices", .required = true },
	{ "--unit", "CODE", "to this unit" },
	{ "--open", "yes|no", "not closed yet, or closed" },
	{ "--limit", "N", "at most so many, the newest first", .otherwise = "50" },
	{ 0 },
};
static const struct hy_option issue_options[] = {
	DATA_OPTION,
	{ "--by", "NAME", "who issues it; kept beside the log", .required = true },
	{ "--card", "CARD", "from this card; what is not given comes from it" },
	{ "--title", "TEXT", "in one line; default: of the card or the matters" },
	{ "--body", "TEXT", "facts and demands" },
	{ "--unit", "CODE", "to this unit; default: of the card, or one notice to each unit" },
	{ "--class", "CLASS", "as inspection_finding" },
	{ "--channel", "CHANNEL", "as inspection" },
	{ "--basis", "TEXT", "the clause" },
	{ "--limit", "LIMIT", "another limit, as 3wd" },
	{ "--due", "TIME", "a date of its own, as 2026-04-30T18:00:00+08:00" },
	{ 0 },
};
static const char *const issue_examples[] = {
	"huiyin notice issue urging TS-2026-000001 TS-2026-000007 --by 王五",
	"huiyin notice issue supervision --card KP-2026-000001 --by 王五 --limit 3wd",
	"huiyin notice issue rectification --unit renshe --title 窗口脱岗 --class "
	"inspection_finding "
	"--channel inspection --by 王五",
	NULL
};
static const char *const list_examples[] = { "huiyin notice list --form urging --open yes", NULL };

const struct hy_command notice_commands[] = {
	{ "notice issue", "issue a notice from a card, a list of matters or what was found",
	  .description = "FORM is urging 催办, supervision 督办, rectification 整改 or advice "
			 "效能建议. Of matters with several units one notice goes to each unit. A "
			 "notice is a matter with a clock of its own: the unit signs for it and "
			 "answers with `matter move`, and a late answer gets cards.",
	  .options = issue_options, .examples = issue_examples, .operands = "FORM [CODE...]",
	  .least = 1, .most = 101, .json = true, .run = issue },
	{ "notice list", "notices: number, unit, term, answer", .options = list_options,
	  .examples = list_examples, .json = true, .run = list },
	{ "notice print", "a notice or the proof of its service, as PDF",
	  .description =
		  "Laid out after GB/T 9704-2012. Number, date and deadline are those of "
		  "the record; the sign before the year and the issuer are settings: "
		  "notice.urge_sign, notice.supervise_sign, notice.rectify_sign, "
		  "notice.advice_sign and notice.issuer. The place for the seal stays empty.",
	  .options = print_options, .examples = print_examples, .operands = "CODE", .least = 1,
	  .most = 1, .json = true, .run = print },
	{ 0 },
};
