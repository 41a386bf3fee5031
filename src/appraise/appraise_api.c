/* /api/v1/rounds: appraisals over HTTP. */
#include "appraise/appraise.h"
#include "appraise/appraise_json.h"
#include "appraise/otherwise.h"
#include "matter/api.h"
#include "matter/matter_json.h"

/* --- reading
 * --------------------------------------------------------------------------------------- */

/* What may be opened. */
static void schemes_json(struct hy_json *j, const struct pack *p)
{
	hy_json_key(j, "schemes");
	hy_json_arr(j);
	for (size_t i = 0; i < p->n_schemes; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", p->schemes[i].id);
		hy_json_kstr(j, "period", hy_str_of(pack_period_names[p->schemes[i].period]));
		matter_text_json(j, "title", &p->schemes[i].title);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
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
	for (size_t i = 0; i < n; i++)
		round_json(&j, &v[i], city_pack(api_city(r))->calendar);
	hy_json_arr_end(&j);
	schemes_json(&j, city_pack(api_city(r)));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

struct version_query {
	int64_t version;
};
static const struct hy_field version_query[] = {
	HY_FIELD_INT(struct version_query, version, false, 1, 1000),
	{ 0 },
};

/* The round and the version that is asked for, or else the newest, in a snapshot. */
static enum hy_code version_of(struct hy_request *r, struct hy_db **db, struct round *round,
			       struct round_version *v, struct hy_err *e)
{
	const struct version_query *q = hy_request_query(r);
	struct hy_arena *a = hy_request_arena(r);
	enum hy_code code = hy_store_read(hy_request_store(r), db, e);

	if (!code)
		code = round_by_code(a, *db, hy_request_param(r, "round"), round, e);
	if (code)
		return code;
	int version = q->version ? (int)q->version : round->version;
	return version ? round_version(a, *db, round, version, v, e)
		       : round_preview(a, api_city(r), *db, round, v, e);
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct round_version v;
	struct round round;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = version_of(r, &db, &round, &v, e);

	if (!code)
		code = round_whole_json(&j, api_city(r), db, &round, &v, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code explain(struct hy_request *r, struct hy_err *e)
{
	const struct loss_reader who = { .who = api_actor(r) };
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct round_version v;
	struct round round;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = version_of(r, &db, &round, &v, e);

	if (!code)
		code = round_explain_json(&j, api_city(r), db, &round, &v,
					  hy_request_param(r, "unit"), &who, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

static enum hy_code otherwise(struct hy_request *r, struct hy_err *e)
{
	const struct loss_reader who = { .who = api_actor(r) };
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct otherwise_answer answer;
	struct round_version v;
	struct explaining x;
	struct round round;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = version_of(r, &db, &round, &v, e);

	if (!code)
		code = explaining_of(a, api_city(r), db, &round, &v, hy_request_param(r, "unit"),
				     &who, &x, e);
	if (!code)
		code = otherwise_of(&x, hy_request_param(r, "case"), &answer, e);
	if (code)
		return code;
	otherwise_json(&j, &x, &answer);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code objections(struct hy_request *r, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(api_city(r))->calendar;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct round_objection *v = NULL;
	struct round round;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = round_by_code(b.a, db, hy_request_param(r, "round"), &round, e);
	if (!code)
		code = round_objections(b.a, db, &round, &v, &n, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "objections");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		round_objection_json(&j, &v[i], cal);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

/* --- doing
 * -------------------------------------------------------------------------------------------- */

struct round_body {
	hy_str scheme, unit, of, evidence, reason;
	int32_t from;
	int64_t value;
	bool upheld;
};
static const struct hy_field open_fields[] = {
	HY_FIELD_TEXT(struct round_body, scheme, true, 1, 40),
	HY_FIELD_DAY(struct round_body, from, true),
	{ 0 },
};
static const struct hy_field mark_fields[] = {
	HY_FIELD_TEXT(struct round_body, unit, true, 1, 40),
	HY_FIELD_TEXT(struct round_body, of, true, 1, 40),
	HY_FIELD_INT(struct round_body, value, true, -1000, 100 * PACK_POINT),
	HY_FIELD_TEXT(struct round_body, evidence, true, 1, 2000),
	{ 0 },
};
static const struct hy_field freeze_fields[] = {
	HY_FIELD_TEXT(struct round_body, reason, false, 1, 2000),
	{ 0 },
};
static const struct hy_field object_fields[] = {
	HY_FIELD_TEXT(struct round_body, unit, true, 1, 40),
	HY_FIELD_TEXT(struct round_body, of, false, 1, 40),
	HY_FIELD_TEXT(struct round_body, reason, true, 1, 4000),
	{ 0 },
};
static const struct hy_field decide_fields[] = {
	HY_FIELD_BOOL(struct round_body, upheld, true),
	HY_FIELD_TEXT(struct round_body, reason, true, 1, 4000),
	{ 0 },
};

struct doing;
typedef enum hy_code round_step(struct doing *d, const struct round_act *w, struct hy_err *e);

struct doing {
	struct city *c;
	const struct actor *who;
	struct round_body body;
	hy_str code;
	int64_t number;
	enum permission needs;
	round_step *step;
	struct round_worked worked; /* to be frozen */
	struct hy_err unworked;	    /* why it could not be worked out */
	struct round r;
};

static enum hy_code step_open(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_open(w, d->body.scheme, d->body.from, &d->r, e);
}

static enum hy_code step_mark(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	const struct round_mark m = { d->body.unit, d->body.of, d->body.value, d->body.evidence };

	return round_mark(w, d->code, &m, &d->r, e);
}

static enum hy_code step_freeze(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	if (d->unworked.code) {
		*e = d->unworked;
		return e->code;
	}
	return round_freeze(w, &d->worked, d->body.reason, &d->r, e);
}

static enum hy_code step_publish(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_publish(w, d->code, &d->r, e);
}

/* For a unit that one's own grant reaches, and as that grant says. */
static enum hy_code step_object(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	struct round_act by = *w;
	struct access_as as = { 0 };
	enum hy_code code = access_need_unit(w->a, w->db, d->who, d->needs, d->body.unit, &as, e);

	by.role = as.role;
	by.unit = as.unit;
	if (!code)
		code = round_object(&by, d->code, d->body.unit, d->body.of, d->body.reason,
				    &d->number, e);
	return code ? code : round_by_code(w->a, w->db, d->code, &d->r, e);
}

static enum hy_code step_decide(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	enum hy_code code = round_decide(w, d->code, d->number, d->body.upheld, d->body.reason, e);

	return code ? code : round_by_code(w->a, w->db, d->code, &d->r, e);
}

static enum hy_code step_finish(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return round_finish(w, d->code, &d->r, e);
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct access_as as = access_as(d->who, d->needs);
	const struct round_act w = { .city = d->c,
				     .db = db,
				     .a = hy_db_arena(db),
				     .at = city_now(d->c),
				     .role = as.role,
				     .unit = as.unit,
				     .account = d->who->account };

	return d->step(d, &w, e);
}

static enum hy_code finish_doing(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	struct doing *d = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)db;
	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "round");
	round_json(&j, &d->r, city_pack(d->c)->calendar);
	if (d->number)
		hy_json_kint(&j, "objection", d->number);
	hy_json_obj_end(&j);
	hy_answer_json(r, d->step == step_open || d->step == step_object ? 201 : 200, &b);
	return HY_OK;
}

static enum hy_code doing_of(struct hy_request *r, enum permission needs, round_step *step,
			     struct doing **out, struct hy_err *e)
{
	struct doing *d = hy_new(hy_request_arena(r), struct doing);
	const struct round_body *body = hy_request_body(r);
	hy_str number = hy_request_param(r, "number");

	*d = (struct doing){ .c = api_city(r),
			     .who = api_actor(r),
			     .code = hy_request_param(r, "round"),
			     .needs = needs,
			     .step = step };
	if (body)
		d->body = *body;
	if (number.n && (!hy_str_int(number, &d->number) || d->number < 1))
		return hy_fail(e, HY_NOT_FOUND, "", "there is no such objection");
	*out = d;
	return HY_OK;
}

static enum hy_code start(struct hy_request *r, enum permission needs, round_step *step,
			  struct hy_err *e)
{
	struct doing *d = NULL;
	enum hy_code code = doing_of(r, needs, step, &d, e);

	return code ? code : hy_answer_after(r, work, finish_doing, d, e);
}

/* What is measured is measured on a snapshot, before anybody has to wait for it. */
static enum hy_code freeze_aside(struct hy_request *r, struct hy_err *e)
{
	struct doing *d = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = doing_of(r, PERMISSION_APPRAISE_RUN, step_freeze, &d, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (code)
		return code;
	const struct round_act w = {
		.city = d->c, .db = db, .a = hy_request_arena(r), .at = city_now(d->c)
	};
	/* Whoever repeats a request gets the answer of the first, also when it cannot be worked out
	 * any more: what hinders is told by the work, which is not done again then. */
	if (round_work_out(&w, d->code, d->body.reason, &d->worked, &d->unworked) == HY_OK)
		d->unworked = (struct hy_err){ 0 };
	hy_store_give(&db);
	return hy_answer_after(r, work, finish_doing, d, e);
}

static enum hy_code freeze(struct hy_request *r, struct hy_err *e)
{
	return hy_answer_aside(r, freeze_aside, e);
}

#define DOES(name, needs)                                                                          \
	static enum hy_code name(struct hy_request *r, struct hy_err *e)                           \
	{                                                                                          \
		return start(r, PERMISSION_##needs, step_##name, e);                               \
	}
DOES(open, APPRAISE_RUN)
DOES(mark, APPRAISE_MARK)
DOES(publish, APPRAISE_RUN)
DOES(object, APPRAISE_OBJECT)
DOES(decide, APPRAISE_DECIDE)
DOES(finish, APPRAISE_RUN)

#define TAKES(which, fields, T) .which = fields, .which##_size = sizeof(T)
#define WRITES(path_, permission_, summary_, fields, run_)                                         \
	{                                                                                          \
		.method = "POST", .path = path_, .permission = permission_, .summary = summary_,   \
		TAKES(body, fields, struct round_body), .run = run_, .idempotent_key = true        \
	}
#define ENDS(path_, summary_, run_)                                                                \
	{                                                                                          \
		.method = "POST", .path = path_, .permission = "appraise.run",                     \
		.summary = summary_, .run = run_, .idempotent_key = true                           \
	}

const struct hy_route appraise_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/rounds",
	  .permission = "appraise.read",
	  .summary = "Appraisal rounds, newest first",
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}",
	  .permission = "appraise.read",
	  .summary = "Scores, places and how certain they are",
	  TAKES(query, version_query, struct version_query),
	  .pace = HY_PACE_HEAVY,
	  .run = show },
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/units/{unit}",
	  .permission = "appraise.read",
	  .summary = "Why a unit has its score, down to the cases",
	  TAKES(query, version_query, struct version_query),
	  .pace = HY_PACE_HEAVY,
	  .run = explain },
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/units/{unit}/cases/{case}",
	  .permission = "appraise.read",
	  .summary = "What would have been, had one case gone otherwise",
	  TAKES(query, version_query, struct version_query),
	  .pace = HY_PACE_HEAVY,
	  .run = otherwise },
	{ .method = "GET",
	  .path = "/api/v1/rounds/{round}/objections",
	  .permission = "appraise.read",
	  .summary = "Objections and how they were decided",
	  .run = objections },
	WRITES("/api/v1/rounds", "appraise.run", "Begin the appraisal of a period", open_fields,
	       open),
	WRITES("/api/v1/rounds/{round}/marks", "appraise.mark",
	       "Enter a mark or an occurrence with its evidence", mark_fields, mark),
	{ .method = "POST",
	  .path = "/api/v1/rounds/{round}/freeze",
	  .permission = "appraise.run",
	  .summary = "Write down inputs and result for good; again: a correction",
	  TAKES(body, freeze_fields, struct round_body),
	  .pace = HY_PACE_HEAVY,
	  .run = freeze,
	  .idempotent_key = true },
	ENDS("/api/v1/rounds/{round}/publish", "Begin the public notice", publish),
	WRITES("/api/v1/rounds/{round}/objections", "appraise.object",
	       "Object to one line of a round", object_fields, object),
	WRITES("/api/v1/rounds/{round}/objections/{number}/decision", "appraise.decide",
	       "Decide an objection", decide_fields, decide),
	ENDS("/api/v1/rounds/{round}/finish", "Make a round final", finish),
	{ 0 },
};
