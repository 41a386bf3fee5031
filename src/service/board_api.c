/* /api/v1/public/boards: the plates and boards of a unit, and each as a paper; printable pages of
 * an item. */
#include "matter/api.h"
#include "service/board.h"

static enum hy_code read(struct hy_request *r, struct hy_db *db, struct board *out,
			 struct hy_err *e)
{
	return board_read(hy_request_arena(r), api_city(r), db, hy_request_param(r, "unit"), false,
			  out, e);
}

static const struct hy_zone *zone_of(struct hy_request *r)
{
	return hy_calendar_zone(city_pack(api_city(r))->calendar);
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct board board;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = read(r, db, &board, e);
	if (code)
		return code;
	board_json(&j, &board, zone_of(r));
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

struct form_query {
	hy_str form;
};
static const struct hy_field form_query[] = {
	HY_FIELD_WORD(struct form_query, form, true, "plates|whereabouts|signpost|open"),
	{ 0 },
};

static enum hy_code print(struct hy_request *r, struct hy_err *e)
{
	const struct form_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	enum board_form form = BOARD_OPEN;
	struct paper_result paper;
	struct board board;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!board_form_of(q->form, &form))
		return hy_broke(e, HY_INTERNAL, "a form of boards that the table of fields knows");
	if (!code)
		code = read(r, db, &board, e);
	if (!code)
		code = board_pdf(a, &board, zone_of(r), form, &paper, e);
	if (code)
		return code;
	hy_answer(r, 200, "application/pdf", paper.pdf);
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(a, "inline; filename=\"" HY_FMT "-%s.pdf\"", HY_ARG(board.unit),
				   board_form_names[form]));
	return HY_OK;
}

const struct hy_route board_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/public/boards/{unit}",
	  .permission = "public",
	  .summary = "Who sits where in a unit, who is away and stands in, what it does",
	  .run = show },
	{ .method = "GET",
	  .path = "/api/v1/public/boards/{unit}/paper",
	  .permission = "public",
	  .summary = "One of these boards as a paper to be put up, as PDF",
	  .query = form_query,
	  .query_size = sizeof(struct form_query),
	  .pace = HY_PACE_HEAVY,
	  .run = print },
	{ 0 },
};
