/* /api/v1/rounds/.../surveys for the office; /api/v1/rating-form and /api/v1/ratings for raters. */
#include "appraise/survey_json.h"
#include "matter/api.h"

/* --- the office's side
 * ------------------------------------------------------------------------- */

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct survey *v = NULL;
	struct round round;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = round_by_code(b.a, db, hy_request_param(r, "round"), &round, e);
	if (!code)
		code = survey_list(b.a, db, &round, &v, &n, e);
	if (code)
		return code;
	const struct pack_scheme *s = pack_scheme(city_pack(api_city(r)), round.scheme);
	hy_json_obj(&j);
	hy_json_key(&j, "surveys");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		survey_json(&j, &v[i], s, city_today(api_city(r)));
	hy_json_arr_end(&j);
	survey_panels_json(&j, s);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

struct survey_body {
	hy_str panel, raters, own, reason;
	struct hy_texts units;
	int32_t from, until;
	int64_t count;
};
static const struct hy_field open_fields[] = {
	HY_FIELD_TEXT(struct survey_body, panel, true, 1, 40),
	HY_FIELD_TEXT(struct survey_body, raters, true, 1, 40),
	HY_FIELD_TEXTS(struct survey_body, units, false, 1, SURVEY_UNITS_MOST),
	HY_FIELD_DAY(struct survey_body, from, true),
	HY_FIELD_DAY(struct survey_body, until, true),
	{ 0 },
};
static const struct hy_field issue_fields[] = {
	HY_FIELD_INT(struct survey_body, count, true, 1, SURVEY_CODES_MOST),
	HY_FIELD_TEXT(struct survey_body, own, false, 1, 40),
	{ 0 },
};
static const struct hy_field void_fields[] = {
	HY_FIELD_TEXT(struct survey_body, reason, true, 1, 2000),
	{ 0 },
};

struct doing {
	struct city *c;
	const struct actor *who;
	struct survey_body body;
	hy_str code; /* of the round or the survey */
	enum hy_code (*step)(struct doing *d, const struct round_act *w, struct hy_err *e);
	struct survey s;
	struct round round;
	hy_str *codes;
	int64_t n_codes;
	struct survey_ballot ballot;
};

static enum hy_code step_open(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	const struct survey_new n = { d->body.panel,   d->body.raters, d->body.units.v,
				      d->body.units.n, d->body.from,   d->body.until };

	return survey_open(w, d->code, &n, &d->s, e);
}

static enum hy_code step_issue(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	hy_str *codes = NULL;
	enum hy_code code = survey_issue(w, d->code, d->body.count, d->body.own, &d->s, &codes, e);

	d->codes = codes;
	d->n_codes = code ? 0 : d->body.count;
	return code;
}

static enum hy_code step_void(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return survey_declare_void(w, d->code, d->body.reason, &d->s, e);
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct access_as as = access_as(d->who, PERMISSION_APPRAISE_RUN);
	const struct round_act w = { .city = d->c,
				     .db = db,
				     .a = hy_db_arena(db),
				     .at = city_now(d->c),
				     .role = as.role,
				     .unit = as.unit,
				     .account = d->who->account };
	enum hy_code code = d->step(d, &w, e);

	return code ? code : round_by_code(w.a, db, d->s.round, &d->round, e);
}

static enum hy_code finish(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)db;
	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "survey");
	survey_json(&j, &d->s, pack_scheme(city_pack(d->c), d->round.scheme), city_today(d->c));
	if (d->step == step_issue) {
		hy_json_key(&j, "codes");
		hy_json_arr(&j);
		for (int64_t i = 0; i < d->n_codes; i++)
			hy_json_str(&j, d->codes[i]);
		hy_json_arr_end(&j);
	}
	hy_json_obj_end(&j);
	hy_answer_json(r, d->step == step_void ? 200 : 201, &b);
	return HY_OK;
}

static enum hy_code start(struct hy_request *r,
			  enum hy_code (*step)(struct doing *, const struct round_act *,
					       struct hy_err *),
			  const char *param, struct hy_err *e)
{
	const struct survey_body *body = hy_request_body(r);
	struct doing *d = hy_new(hy_request_arena(r), struct doing);

	*d = (struct doing){ .c = api_city(r),
			     .who = api_actor(r),
			     .body = *body,
			     .code = hy_request_param(r, param),
			     .step = step };
	return hy_answer_after(r, work, finish, d, e);
}

static enum hy_code open(struct hy_request *r, struct hy_err *e)
{
	return start(r, step_open, "round", e);
}

/* Without an Idempotency-Key: the codes are kept nowhere, so that they cannot be told again. */
static enum hy_code issue(struct hy_request *r, struct hy_err *e)
{
	return start(r, step_issue, "survey", e);
}

static enum hy_code declare_void(struct hy_request *r, struct hy_err *e)
{
	return start(r, step_void, "survey", e);
}

/* --- the rater's side: the code stands in the body, never in an address --------------------------
 */

struct rating_body {
	hy_str code, nonce;
	json_t *ratings;
};
static const struct hy_field form_fields[] = {
	HY_FIELD_TEXT(struct rating_body, code, true, 1, 40),
	{ 0 },
};
static const struct hy_field rate_fields[] = {
	HY_FIELD_TEXT(struct rating_body, code, true, 1, 40),
	HY_FIELD_TEXT(struct rating_body, nonce, true, 22, 64),
	HY_FIELD_JSON(struct rating_body, ratings, true),
	{ 0 },
};

static enum hy_code form(struct hy_request *r, struct hy_err *e)
{
	const struct rating_body *body = hy_request_body(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct survey_form f;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = survey_form(b.a, api_city(r), db, body->code, &f, e);
	if (code)
		return code;
	survey_form_json(&j, &f);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code rate_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct round_act w = {
		.city = d->c, .db = db, .a = hy_db_arena(db), .at = city_now(d->c)
	};

	return survey_rate(&w, &d->ballot, e);
}

static enum hy_code rated(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)db;
	(void)in_out;
	(void)e;
	hy_json_obj(&j);
	hy_json_kbool(&j, "taken", true);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code rate(struct hy_request *r, struct hy_err *e)
{
	const struct rating_body *body = hy_request_body(r);
	struct doing *d = hy_new(hy_request_arena(r), struct doing);

	d->c = api_city(r);
	d->ballot = (struct survey_ballot){ body->code, body->nonce, body->ratings };
	return hy_answer_after(r, rate_work, rated, d, e);
}

#define BODY(fields, T) .body = fields, .body_size = sizeof(T)

const struct hy_route survey_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/surveys",
	  .permission = "appraise.read",
	  .summary = "Surveys of raters: how many codes, how many came back",
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/rounds/{round}/surveys",
	  .permission = "appraise.run",
	  .summary = "Ask a group of raters about units",
	  BODY(open_fields, struct survey_body),
	  .run = open,
	  .idempotent_key = true },
	{ .method = "POST",
	  .path = "/api/v1/surveys/{survey}/codes",
	  .permission = "appraise.run",
	  .summary = "Give out codes, which are shown only once",
	  BODY(issue_fields, struct survey_body),
	  .run = issue },
	{ .method = "POST",
	  .path = "/api/v1/surveys/{survey}/void",
	  .permission = "appraise.run",
	  .summary = "Declare a survey void, with the reason",
	  BODY(void_fields, struct survey_body),
	  .run = declare_void,
	  .idempotent_key = true },
	{ .method = "POST",
	  .path = "/api/v1/rating-form",
	  .permission = "public",
	  .summary = "What a rater's code asks",
	  BODY(form_fields, struct rating_body),
	  .pace = HY_PACE_LOOKUP,
	  .run = form },
	{ .method = "POST",
	  .path = "/api/v1/ratings",
	  .permission = "public",
	  .summary = "Rate, once, with a code",
	  BODY(rate_fields, struct rating_body),
	  .pace = HY_PACE_LOOKUP,
	  .run = rate },
	{ 0 },
};
