/* Rounds to take away over HTTP: the league table, the explanation of a unit, the circular. */
#include "appraise/round_print.h"
#include "matter/api.h"

struct file_query {
	hy_str form, number;
	int64_t version;
	bool bom;
};
static const struct hy_field table_query[] = {
	HY_FIELD_WORD(struct file_query, form, true, "csv|pdf|xlsx"),
	HY_FIELD_INT(struct file_query, version, false, 1, 1000),
	HY_FIELD_BOOL(struct file_query, bom, false),
	{ 0 },
};
static const struct hy_field unit_query[] = {
	HY_FIELD_WORD(struct file_query, form, true, "pdf|xlsx"),
	HY_FIELD_INT(struct file_query, version, false, 1, 1000),
	{ 0 },
};
static const struct hy_field circular_query[] = {
	HY_FIELD_TEXT(struct file_query, number, false, 1, 40),
	{ 0 },
};

struct opened {
	struct round round;
	struct round_version version;
};

static enum hy_code open_round(struct hy_request *r, struct hy_db *db, struct opened *out,
			       struct hy_err *e)
{
	const struct file_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	enum hy_code code = round_by_code(a, db, hy_request_param(r, "round"), &out->round, e);

	if (code)
		return code;
	int version = q->version ? (int)q->version : out->round.version;
	return version ? round_version(a, db, &out->round, version, &out->version, e)
		       : round_preview(a, api_city(r), db, &out->round, &out->version, e);
}

static enum hy_code open_reading(struct hy_request *r, struct hy_db *db, struct reading *out,
				 struct hy_err *e)
{
	struct opened *o = hy_new(hy_request_arena(r), struct opened);
	enum hy_code code = open_round(r, db, o, e);

	return code ? code
		    : reading_of(hy_request_arena(r), api_city(r), db, &o->round, &o->version, out,
				 e);
}

static enum hy_code open_unit(struct hy_request *r, struct hy_db *db, struct explaining *out,
			      struct hy_err *e)
{
	const struct loss_reader who = { .who = api_actor(r), .redacted = true };
	struct opened *o = hy_new(hy_request_arena(r), struct opened);
	enum hy_code code = open_round(r, db, o, e);

	return code ? code
		    : explaining_of(hy_request_arena(r), api_city(r), db, &o->round, &o->version,
				    hy_request_param(r, "unit"), &who, out, e);
}

static enum hy_code fill_table(struct hy_request *r, struct hy_db *db, struct sheet *to,
			       struct hy_err *e)
{
	const struct file_query *q = hy_request_query(r);
	struct reading k;
	enum hy_code code = open_reading(r, db, &k, e);

	if (!code)
		code = round_sheet(to, &k, hy_request_language(r), e);
	if (!code && hy_str_eq(q->form, HY_S("xlsx")))
		code = round_sheet_meaning(to, &k, hy_request_language(r), e);
	return code;
}

static enum hy_code fill_unit(struct hy_request *r, struct hy_db *db, struct sheet *to,
			      struct hy_err *e)
{
	struct explaining x;
	enum hy_code code = open_unit(r, db, &x, e);

	return code ? code : explain_sheet(to, &x, hy_request_language(r), e);
}

static enum hy_code answer_paper(struct hy_request *r, struct hy_db **db, const struct paper *p,
				 const char *what, hy_str name, struct hy_err *e)
{
	struct paper_result out;
	enum hy_code code = paper_pdf(hy_request_arena(r), p, &out, e);
	const struct api_file file = { what, "application/pdf", name, code ? HY_S("") : out.pdf };

	hy_store_give(db); /* the note needs no snapshot */
	return code ? code : api_answer_export(r, &file, e);
}

static enum hy_code table(struct hy_request *r, struct hy_err *e)
{
	const struct file_query *q = hy_request_query(r);
	hy_str name = hy_request_param(r, "round");
	const struct api_sheet s = { .what = "rounds/table",
				     .name = hy_str_dup(hy_request_arena(r), name).p,
				     .xlsx = hy_str_eq(q->form, HY_S("xlsx")),
				     .bom = q->bom,
				     .fill = fill_table };
	struct reading k;
	struct paper p;
	HY_SCOPED_DB db = NULL;

	if (!hy_str_eq(q->form, HY_S("pdf")))
		return api_answer_sheet(r, &s, e);
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = open_reading(r, db, &k, e);
	if (code)
		return code;
	round_paper(&k, hy_request_language(r), &p);
	return answer_paper(r, &db, &p, s.what,
			    hy_printf(hy_request_arena(r), HY_FMT ".pdf", HY_ARG(name)), e);
}

static enum hy_code unit(struct hy_request *r, struct hy_err *e)
{
	const struct file_query *q = hy_request_query(r);
	hy_str name = hy_printf(hy_request_arena(r), HY_FMT "-" HY_FMT,
				HY_ARG(hy_request_param(r, "round")),
				HY_ARG(hy_request_param(r, "unit")));
	const struct api_sheet s = {
		.what = "rounds/unit", .name = name.p, .xlsx = true, .fill = fill_unit
	};
	struct explaining x;
	struct paper p;
	HY_SCOPED_DB db = NULL;

	if (hy_str_eq(q->form, HY_S("xlsx")))
		return api_answer_sheet(r, &s, e);
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = open_unit(r, db, &x, e);
	if (!code)
		code = explain_paper(&x, hy_request_language(r), &p, e);
	if (code)
		return code;
	return answer_paper(r, &db, &p, s.what,
			    hy_printf(hy_request_arena(r), HY_FMT ".pdf", HY_ARG(name)), e);
}

static enum hy_code circular(struct hy_request *r, struct hy_err *e)
{
	const struct file_query *q = hy_request_query(r);
	struct reading k;
	struct paper p;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = open_reading(r, db, &k, e);
	if (!code)
		code = circular_paper(&k, q->number, &p, e);
	if (code)
		return code;
	return answer_paper(r, &db, &p, "rounds/circular",
			    hy_printf(hy_request_arena(r), HY_FMT "-circular.pdf",
				      HY_ARG(hy_request_param(r, "round"))),
			    e);
}

#define TAKES(fields) .query = fields, .query_size = sizeof(struct file_query)
const struct hy_route round_file_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/table",
	  .permission = "appraise.read",
	  .summary = "The league table with how certain it is, as CSV, XLSX or PDF",
	  TAKES(table_query),
	  .pace = HY_PACE_HEAVY,
	  .run = table },
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/circular",
	  .permission = "appraise.read",
	  .summary = "The circular about a round on public notice, as PDF",
	  TAKES(circular_query),
	  .pace = HY_PACE_HEAVY,
	  .run = circular },
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/units/{unit}/file",
	  .permission = "appraise.read",
	  .summary = "Why a unit has its score, as PDF or XLSX for the unit",
	  TAKES(unit_query),
	  .pace = HY_PACE_HEAVY,
	  .run = unit },
	{ 0 },
};
