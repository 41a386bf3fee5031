/* /api/v1/public/similar: whether the same is being handled already, asked before one files.
 *
 * What is told is what stands in the public log anyway: when, with whom, how far.  Nothing that
 * somebody wrote is shown, nor compared with what is asked, so that nobody learns words by asking;
 * and no code, which would lead from a day and a class to one matter's entries. */
#include "matter/api.h"
#include "matter/city.h"
#include "matter/explain.h"
#include "matter/matter_json.h"

/* So many of the newest filings are looked through, however large the city, and so many told. */
#define NEWEST "3000"
#define TOLD "5"

struct similar_query {
	hy_str kind, class;
};
static const struct hy_field similar_query[] = {
	HY_FIELD_TEXT(struct similar_query, kind, true, 1, 64),
	HY_FIELD_TEXT(struct similar_query, class, true, 1, 40),
	{ 0 },
};

static void day(struct hy_json *j, const char *key, const struct hy_zone *zone, hy_ms at)
{
	if (at == INT64_MAX)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_day_text(j->b->a, hy_local(zone, at, NULL)));
}

static void one(struct hy_json *j, struct hy_stmt *s, struct city *c, hy_str kind)
{
	const struct pack *pack = city_pack_at(c, hy_col_int(s, 5));
	const struct pack_kind *k = pack_kind(pack, kind);
	hy_str state = hy_col_text(s, 4);
	int at = k ? pack_state_index(k, state) : -1;
	const struct pack_text unknown = { state, state, state };
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);

	hy_json_obj(j);
	day(j, "filed_on", zone, hy_col_int(s, 0));
	day(j, "due_on", zone, hy_col_int(s, 1));
	hy_json_kstr(j, "unit", hy_col_text(s, 2));
	hy_json_kstr(j, "unit_name", hy_col_text(s, 3));
	matter_text_json(j, "state_title", at < 0 ? &unknown : &k->states[at].title);
	hy_json_obj_end(j);
}

static enum hy_code similar(struct hy_request *r, struct hy_err *e)
{
	const struct similar_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	struct access_where w = access_where(a, &access_public, 3);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	bool row;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(
		db,
		hy_printf(a,
			  "SELECT m.filed_at, m.due_at, m.unit, coalesce(u.name, ''), m.state,"
			  " m.version FROM (SELECT * FROM matter ORDER BY filed_at DESC, id DESC"
			  " LIMIT " NEWEST ") m LEFT JOIN unit u ON u.code = m.unit"
			  " WHERE m.open = 1 AND m.annulled = 0 AND m.kind = $1 AND m.class = $2"
			  " AND m.about_unit = '' AND m.about_person = ''" HY_FMT
			  " ORDER BY m.filed_at DESC, m.id DESC LIMIT " TOLD,
			  HY_ARG(w.sql))
			.p);
	hy_bind_text(s, 1, q->kind);
	hy_bind_text(s, 2, q->class);
	access_bind(s, &w);
	hy_json_obj(&j);
	hy_json_key(&j, "matters");
	hy_json_arr(&j);
	while (!(code = hy_step(s, &row, e)) && row)
		one(&j, s, api_city(r), q->kind);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

const struct hy_route similar_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/public/similar",
	  .permission = "public",
	  .summary = "Open matters of the same kind and class, before one files",
	  .query = similar_query,
	  .query_size = sizeof(struct similar_query),
	  .run = similar },
	{ 0 },
};
