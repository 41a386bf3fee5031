/* /api/v1/indices: the monthly index of a scheme. */
#include "appraise/indices.h"
#include "matter/api.h"

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct pack *p = city_pack(api_city(r));
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "schemes");
	hy_json_arr(&j);
	for (size_t i = 0; i < p->n_schemes; i++) {
		const struct pack_text *t = &p->schemes[i].title;
		if (p->schemes[i].n_index == 0)
			continue;
		hy_json_obj(&j);
		hy_json_kstr(&j, "scheme", p->schemes[i].id);
		hy_json_key(&j, "title");
		hy_json_obj(&j);
		hy_json_kstr(&j, "en", t->en);
		hy_json_kstr(&j, "zh-CN", t->zh_cn);
		hy_json_kstr(&j, "zh-Hant", t->zh_hant);
		hy_json_obj_end(&j);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct indices x;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = indices_of(b.a, api_city(r), db, hy_request_param(r, "scheme"), &x, e);
	if (!code)
		code = indices_json(&j, db, &x, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

const struct hy_route indices_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/indices",
	  .permission = "appraise.read",
	  .summary = "Schemes with a monthly index",
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/indices/{scheme}",
	  .permission = "appraise.read",
	  .summary = "The monthly index, of the city and of each unit",
	  .pace = HY_PACE_HEAVY,
	  .run = show },
	{ 0 },
};
