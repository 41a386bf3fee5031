/* /api/v1/brief and huiyin report brief */
#include "base/file.h"
#include "matter/api.h"
#include "matter/command.h"
#include "supervise/brief.h"

/* Counts told in steps make no such page. */
static enum hy_code whole_counts(const struct access_scope *scope, struct hy_err *e)
{
	return scope->least ? hy_fail(e, HY_FORBIDDEN, "", "your role is shown rounded counts only")
			    : HY_OK;
}

struct brief_query {
	int32_t from;
	hy_str period, form;
};
static const struct hy_field brief_fields[] = {
	HY_FIELD_DAY(struct brief_query, from, true),
	HY_FIELD_WORD(struct brief_query, period, false, "month|half_year"),
	HY_FIELD_WORD(struct brief_query, form, false, "json|pdf"),
	{ 0 },
};

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	const struct brief_query *q = hy_request_query(r);
	struct access_scope scope = api_scope(r, PERMISSION_SUPERVISION_READ);
	const struct hy_calendar *cal = city_pack(api_city(r))->calendar;
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct paper_result out;
	struct paper p;
	struct brief x;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = whole_counts(&scope, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = brief_of(a, api_city(r), db, &scope, q->from,
				hy_str_eq(q->period, HY_S("half_year")), hy_request_language(r), &x,
				e);
	if (code)
		return code;
	if (!hy_str_eq(q->form, HY_S("pdf"))) {
		brief_json(&j, &x, cal);
		hy_answer_json(r, 200, &b);
		return HY_OK;
	}
	brief_paper(a, &x, hy_calendar_zone(cal), hy_request_language(r), &p);
	code = paper_pdf(a, &p, &out, e);
	if (code)
		return code;
	hy_answer(r, 200, "application/pdf", out.pdf);
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(a, "inline; filename=\"brief-" HY_FMT ".pdf\"",
				   HY_ARG(hy_day_text(a, q->from))));
	return HY_OK;
}

const struct hy_route brief_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/brief",
	  .permission = "supervision.read",
	  .summary = "One page for leaders about a month or half a year: index, statistics, charts",
	  .query = brief_fields,
	  .query_size = sizeof(struct brief_query),
	  .pace = HY_PACE_HEAVY,
	  .run = show },
	{ 0 },
};

/* --- on the command line ------------------------------------------------------------------------
 */

static enum hy_code from_of(struct hy_run *run, hy_day *from, bool *half, struct hy_err *e)
{
	hy_str month = hy_run_option(run, "--month"), year = hy_run_option(run, "--half-year");
	bool first = year.n && year.p[year.n - 1] == '1',
	     second = year.n && year.p[year.n - 1] == '2';

	*half = year.n > 0;
	if ((month.n > 0) == (year.n > 0))
		return hy_fail(e, HY_BAD_FIELD, "--month", "give --month or --half-year");
	if (month.n && hy_day_read(hy_printf(run->arena, HY_FMT "-01", HY_ARG(month)), from))
		return HY_OK;
	if (year.n == 6 && year.p[4] == '-' && (first || second) &&
	    hy_day_read(hy_printf(run->arena, "%.4s-%s-01", year.p, first ? "01" : "07"), from))
		return HY_OK;
	return hy_fail(e, HY_BAD_FIELD, *half ? "--half-year" : "--month",
		       *half ? "must be as 2026-1 or 2026-2" : "must be a month such as 2026-09");
}

static enum hy_code brief(struct hy_run *run, struct hy_err *e)
{
	hy_str to = hy_run_option(run, "--pdf");
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct paper_result out;
	struct paper p;
	struct brief x;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	hy_day from;
	bool half;
	enum hy_code code = from_of(run, &from, &half, e);

	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = brief_of(run->arena, c, db, &access_all, from, half, run->language, &x, e);
	if (code)
		return code;
	const struct hy_calendar *cal = city_pack(c)->calendar;
	if (run->json) {
		brief_json(&j, &x, cal);
		command_print(run, &b);
		return HY_OK;
	}
	if (to.n == 0)
		to = hy_printf(run->arena, "brief-" HY_FMT ".pdf",
			       HY_ARG(half ? hy_run_option(run, "--half-year")
					   : hy_run_option(run, "--month")));
	brief_paper(run->arena, &x, hy_calendar_zone(cal), run->language, &p);
	code = paper_pdf(run->arena, &p, &out, e);
	if (!code)
		code = hy_file_write(to.p, out.pdf, 0644, e);
	if (!code)
		fprintf(run->out, HY_FMT "  %d\n", HY_ARG(to), out.pages);
	return code;
}

static const struct hy_option brief_options[] = {
	DATA_OPTION,
	{ "--month", "YYYY-MM", "of this month" },
	{ "--half-year", "YYYY-1|2", "of this half of a year, as 2026-1" },
	{ "--pdf", "FILE", "where to write it; default: brief-MONTH.pdf here" },
	{ 0 },
};
static const char *const brief_examples[] = { "huiyin report brief --month 2026-09",
					      "huiyin report brief --half-year 2026-1 --json",
					      NULL };

const struct hy_command brief_commands[] = {
	{ "report brief", "one page for leaders: index, statistics, who improves, charts",
	  .description =
		  "The index is 100 in the first month that has enough of each part; its parts are "
		  "those of the institution's first scheme with an index, else answers in time "
		  "40 %, satisfaction 30 %, answers by the original date 15 %, not reopened 15 %. "
		  "It is told with its error, and not at all when more than a fifth had to be "
		  "imputed. Every figure opens with report supervision --open.",
	  .options = brief_options, .examples = brief_examples, .json = true, .run = brief },
	{ 0 },
};
