/* Results for everybody: rounds on public notice or final, as JSON and CSV with definitions, and
 * the bundle by which anybody recomputes them.  Units alone, no person. */
#include "appraise/appraise_json.h"
#include "appraise/round_print.h"
#include "matter/api.h"

static bool is_public(const struct round *r)
{
	return r->state == ROUND_NOTICE || r->state == ROUND_FINAL;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	const struct pack *p = city_pack(api_city(r));
	struct round *v = NULL;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = round_list(b.a, db, &v, &n, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "rounds");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		const struct pack_scheme *s = pack_scheme(p, v[i].scheme);
		if (!is_public(&v[i]) || !s)
			continue;
		hy_json_obj(&j);
		hy_json_key(&j, "round");
		round_json(&j, &v[i], p->calendar);
		hy_json_key(&j, "title");
		round_title_json(&j, s);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* One that is not public is not there. */
static enum hy_code find(struct hy_request *r, struct hy_db *db, struct round *out,
			 struct hy_err *e)
{
	hy_str code = hy_request_param(r, "round");
	enum hy_code c = round_by_code(hy_request_arena(r), db, code, out, e);

	return c		? c
	       : is_public(out) ? HY_OK
				: hy_fail(e, HY_NOT_FOUND, "", "there is no round " HY_FMT,
					  HY_ARG(hy_str_head(code, 60)));
}

struct version_query {
	int64_t version;
};
static const struct hy_field version_query[] = {
	HY_FIELD_INT(struct version_query, version, false, 1, 1000),
	{ 0 },
};

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	const struct version_query *q = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct round_version v;
	struct round round;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = find(r, db, &round, e);
	if (!code)
		code = round_version(b.a, db, &round, q->version ? (int)q->version : round.version,
				     &v, e);
	if (!code)
		code = round_whole_json(&j, api_city(r), db, &round, &v, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code fill_table(struct hy_request *r, struct hy_db *db, struct sheet *to,
			       struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct round_version v;
	struct reading k;
	struct round round;
	enum hy_code code = find(r, db, &round, e);

	if (!code)
		code = round_version(a, db, &round, round.version, &v, e);
	if (!code)
		code = reading_of(a, api_city(r), db, &round, &v, &k, e);
	return code ? code : round_sheet(to, &k, hy_request_language(r), e);
}

static enum hy_code table(struct hy_request *r, struct hy_err *e)
{
	const struct api_sheet s = {
		.what = "rounds/public",
		.name = hy_str_dup(hy_request_arena(r), hy_request_param(r, "round")).p,
		.bom = true,
		.fill = fill_table
	};

	return api_answer_public_sheet(r, &s, e);
}

static enum hy_code bundle_aside(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	struct round round;
	hy_str text;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = find(r, db, &round, e);
	if (!code)
		code = round_bundle(a, api_city(r), db, &round, round.version, &text, e);
	if (code)
		return code;
	hy_answer(r, 200, "application/json", text);
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(a, "attachment; filename=\"" HY_FMT "-%d.bundle.json\"",
				   HY_ARG(round.code), round.version));
	return HY_OK;
}

static enum hy_code bundle(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, bundle_aside, e);
}

const struct hy_route round_public_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/public/rounds",
	  .permission = "public",
	  .summary = "Appraisal rounds on public notice or final, newest first",
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/public/rounds/{round}",
	  .permission = "public",
	  .summary = "A public result: scores, places and how certain they are, with definitions",
	  .query = version_query,
	  .query_size = sizeof(struct version_query),
	  .pace = HY_PACE_HEAVY,
	  .run = show },
	{ .method = "GET",
	  .path = "/api/v1/public/rounds/{round}/table",
	  .permission = "public",
	  .summary = "A public result as CSV",
	  .pace = HY_PACE_HEAVY,
	  .run = table },
	{ .method = "GET",
	  .path = "/api/v1/public/rounds/{round}/bundle",
	  .permission = "public",
	  .summary = "Everything a public result was made of, for its recomputation",
	  .pace = HY_PACE_HEAVY,
	  .run = bundle },
	{ 0 },
};
