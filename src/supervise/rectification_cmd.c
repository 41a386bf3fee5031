/* huiyin rectification ... */
#include "matter/command.h"
#include "sheet/sheet.h"
#include "supervise/card.h"
#include "supervise/rectification.h"

enum { PAGE = 200 };

struct writing {
	struct city *c;
	struct hy_db *db;
	struct hy_run *run;
	struct sheet *to; /* NULL: JSON or lines */
	struct hy_buf *b;
	struct hy_json *j;
};

static void line(struct writing *w, const struct rectification *r)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->c)->calendar);
	struct hy_arena *a = w->run->arena;

	hy_buf_fmt(w->b, HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "%s\n",
		   HY_ARG(r->code), HY_ARG(r->unit),
		   HY_ARG(r->due_at == HY_NO_TIME
				  ? HY_S("-")
				  : hy_day_text(a, hy_local(zone, r->due_at, NULL))),
		   HY_ARG(pack_say(&r->state->title, w->run->language)), HY_ARG(r->title),
		   r->recurred ? "  (!)" : "");
}

static enum hy_code put(struct writing *w, hy_str code, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct hy_calendar *cal = city_pack(w->c)->calendar;
	struct rectification r;
	enum hy_code failed = rectification_read(a, w->c, w->db, NULL, code, &r, e);

	if (failed)
		return failed;
	if (w->to)
		return rectification_row(w->to, a, &r, cal, w->run->language, e);
	if (w->run->json)
		rectification_json(w->j, &r, cal);
	else
		line(w, &r);
	return HY_OK;
}

static enum hy_code all(struct writing *w, struct hy_err *e)
{
	struct hy_run *run = w->run;
	hy_str open = hy_run_option(run, "--open"), cursor = HY_S("");
	struct matter_filter f = { .kind = HY_S(CARD_RECTIFICATION),
				   .unit = hy_run_option(run, "--unit"),
				   .state = hy_run_option(run, "--state"),
				   .open = hy_str_eq(open, HY_S("yes")) ? 1
					   : open.n			? 2
									: 0,
				   .now = city_now(w->c) };
	enum hy_code code = HY_OK;

	do {
		struct matter_page page = { 0 };
		code = matter_list(run->arena, w->db, &access_all, &f, MATTER_BY_FILED_DESC, cursor,
				   PAGE, &page, e);
		for (size_t i = 0; !code && i < page.n; i++)
			code = put(w, page.v[i].code, e);
		cursor = page.next;
	} while (!code && cursor.n);
	return code;
}

static enum hy_code into_file(struct writing *w, hy_str to, struct hy_err *e)
{
	FILE *out = NULL;
	enum hy_code code = HY_OK;
	bool xlsx = hy_str_ends(to, HY_S(".xlsx"));

	if (xlsx) {
		code = sheet_xlsx(w->run->arena, to.p, city_now(w->c), &w->to, e);
	} else {
		out = fopen(to.p, "wbe");
		if (!out)
			return hy_fail(e, HY_IO, "--out", "cannot write '" HY_FMT "'", HY_ARG(to));
		w->to = sheet_csv(w->run->arena, out, true);
	}
	if (code)
		return code;
	rectification_begin(w->to, w->run->language);
	code = all(w, e);
	struct hy_err end = { 0 };
	enum hy_code ended = sheet_end(w->to, code ? &end : e);
	if (out && fclose(out) && !code && !ended)
		ended = hy_fail(e, HY_IO, "--out", "cannot write '" HY_FMT "'", HY_ARG(to));
	return code ? code : ended;
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	hy_str to = hy_run_option(run, "--out");
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct writing w = { .run = run, .b = &b, .j = &j };
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	w.c = c;
	w.db = db;
	if (!code && to.n) {
		code = into_file(&w, to, e);
		hy_store_give(&db);
		city_close(&c);
		if (!code)
			command_note_export(run, "tables/rectifications");
		return code;
	}
	if (!code && run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "rectifications");
		hy_json_arr(&j);
	}
	if (!code)
		code = all(&w, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	}
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--unit", "CODE", "of this unit" },
	{ "--state", "STATE", "as handling, replied, rework, escalated, completed" },
	{ "--open", "yes|no", "still to be mended, or struck off" },
	{ "--out", "FILE", "a table, .csv or .xlsx by its name; that is recorded" },
	{ 0 },
};
static const char *const list_examples[] = { "huiyin rectification list --open yes --unit renshe",
					     "huiyin rectification list --out 整改台账.xlsx",
					     NULL };

const struct hy_command rectification_commands[] = {
	{ "rectification list", "the ledger of rectifications 整改台账",
	  .description = "Fact, cause, action, owner, term, progress, evidence with hashes, who "
			 "struck it off, how often it came back. Lines are ordered with `card "
			 "rectify`, `notice issue rectification` or `problem enter`, and moved on "
			 "with `matter move`: close strikes off (by another person than who "
			 "mended), reopen takes what recurred up again under its number, expose "
			 "and tell put it on the portal.",
	  .options = list_options, .examples = list_examples, .json = true, .run = list },
	{ 0 },
};
