/* /api/v1/public/similar */
#include "matter/api.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "matter/similar.h"

struct similar_query {
	hy_str kind, class;
};
static const struct hy_field similar_query[] = {
	HY_FIELD_TEXT(struct similar_query, kind, true, 1, 64),
	HY_FIELD_TEXT(struct similar_query, class, true, 1, 40),
	{ 0 },
};

static void put(struct hy_json *j, const struct similar *m)
{
	hy_json_obj(j);
	hy_json_kstr(j, "filed_on", m->filed_on);
	if (m->due_on.n)
		hy_json_kstr(j, "due_on", m->due_on);
	else
		hy_json_knull(j, "due_on");
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kstr(j, "unit_name", m->unit_name);
	matter_text_json(j, "state_title", &m->state);
	hy_json_obj_end(j);
}

static enum hy_code similar(struct hy_request *r, struct hy_err *e)
{
	const struct similar_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct similars found;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = similar_find(a, db, api_city(r), q->kind, q->class, &found, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "matters");
	hy_json_arr(&j);
	for (size_t i = 0; i < found.n; i++)
		put(&j, &found.v[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
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
