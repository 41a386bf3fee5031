/* /api/v1/warnings: early warning of deductions 扣分预警. */
#include "appraise/warning.h"
#include "matter/api.h"

struct warning_query {
	hy_str unit;
};
static const struct hy_field warning_query[] = {
	HY_FIELD_TEXT(struct warning_query, unit, false, 1, 40),
	{ 0 },
};

static bool told(const struct warning *v, size_t n, const struct warning *w)
{
	for (size_t i = 0; i < n; i++)
		if (hy_str_eq(v[i].x.unit, w->x.unit) && v[i].x.k.r->id == w->x.k.r->id)
			return true;
	return false;
}

/* Two sections of one office are warned of the office once. */
static enum hy_code warnings(struct hy_request *r, struct hy_err *e)
{
	const struct warning_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	HY_VEC(struct warning) all = { 0 };
	hy_str *units = NULL, asked = q->unit;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (asked.n) {
		units = &asked;
		n = 1;
	} else {
		warning_units(b.a, api_actor(r), &units, &n);
	}
	for (size_t i = 0; !code && i < n; i++) {
		struct warning *v = NULL;
		size_t m = 0;
		code = warnings_of(b.a, api_city(r), db, units[i], api_actor(r), &v, &m, e);
		for (size_t k = 0; !code && k < m; k++)
			if (!told(all.v, all.n, &v[k]))
				*hy_push(b.a, &all) = v[k];
	}
	if (code)
		return code;
	warnings_json(&j, all.v, all.n);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route warning_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/warnings",
	  .permission = "appraise.read",
	  .summary = "Early warning of deductions: what a unit stands to lose in open rounds",
	  .query = warning_query,
	  .query_size = sizeof(struct warning_query),
	  .pace = HY_PACE_HEAVY,
	  .run = warnings },
	{ 0 },
};
