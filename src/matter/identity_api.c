/* Sealed identities, custodians and redaction over HTTP. */
#include "matter/acting.h"
#include "matter/api.h"
#include "matter/city.h"
#include "matter/identity.h"
#include "matter/sight.h"

struct deed {
	struct city *c;
	struct hy_arena *a;
	const struct actor *who;
	hy_str code, what, purpose, field, json;
	int64_t request, seq, wanted; /* WANTED: a custodian; 0: not said */
	struct custodian keeper;
	const json_t *halves;
	struct identity_by by;
	struct redact_spans spans;
	struct matter_move mv;
	enum identity_state state;
};

static struct deed *deed_of(struct hy_request *r, const char *role)
{
	struct deed *d = hy_new(hy_request_arena(r), struct deed);

	d->c = api_city(r);
	d->a = hy_request_arena(r);
	d->who = api_actor(r);
	d->by = (struct identity_by){ .account = d->who->account,
				      .role = hy_str_of(role),
				      .unit = HY_S(""),
				      .address = d->who->address };
	if (d->who->kind == ACTOR_CONSOLE)
		d->by.role = HY_S("console");
	return d;
}

struct which_query {
	int64_t custodian;
};
static const struct hy_field which_fields[] = {
	HY_FIELD_INT(struct which_query, custodian, false, 1, INT64_MAX),
	{ 0 },
};

static enum hy_code request_of(struct hy_request *r, struct deed *d, struct hy_err *e)
{
	const struct which_query *q = hy_request_query(r);

	d->wanted = q->custodian;
	if (hy_str_int(hy_request_param(r, "id"), &d->request))
		return HY_OK;
	return hy_fail(e, HY_NOT_FOUND, "id", "requests have numbers");
}

/* The key that the account of who asks keeps: the one that was named, else the newest. */
static enum hy_code keeper_of(struct hy_db *db, struct deed *d, struct hy_err *e)
{
	struct custodians all = { 0 };
	enum hy_code code = custodian_list(d->a, db, &all, e);
	bool found = false;

	for (size_t i = 0; !code && i < all.n; i++) {
		const struct custodian *k = &all.v[i];
		bool own = d->who->kind == ACTOR_CONSOLE
				   ? d->wanted != 0
				   : k->account && k->account == d->who->account;
		if (!own || k->state != CUSTODIAN_NAMED || (d->wanted && k->id != d->wanted))
			continue;
		d->keeper = *k;
		found = true;
	}
	if (code || found)
		return code;
	return hy_fail(e, HY_FORBIDDEN, "custodian",
		       "no such key of a custodian belongs to your account; offer one (POST "
		       "/api/v1/custodians) and have it named");
}

static enum hy_code state_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	const struct deed *d = in_out;
	struct hy_buf b = hy_buf_on(d->a);
	struct hy_json j = hy_json_on(&b);

	(void)db;
	(void)e;
	hy_json_obj(&j);
	hy_json_kint(&j, "request", d->request);
	hy_json_kstr(&j, "state", identity_state_name(d->state));
	hy_json_obj_end(&j);
	hy_answer_json(r, d->state == IDENTITY_REQUESTED ? 201 : 200, &b);
	return HY_OK;
}

/* --- requesting ---------------------------------------------------------------------------------
 */

struct ask_body {
	hy_str purpose, what;
};
static const struct hy_field ask_fields[] = {
	HY_FIELD_TEXT(struct ask_body, purpose, true, 4, 500),
	HY_FIELD_TEXT(struct ask_body, what, false, 1, 80),
	{ 0 },
};

/* The role and unit by which WHO reaches it with P. */
static enum hy_code as_what(struct hy_db *db, struct deed *d, enum permission p, struct hy_err *e)
{
	struct access_as as;
	enum hy_code code = acting_as(db, d->a, d->who, p, d->code, &as, e);

	if (!code) {
		d->by.role = as.role;
		d->by.unit = as.unit;
	}
	return code;
}

static enum hy_code ask_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	enum hy_code code = as_what(db, d, PERMISSION_SEALED_ASK, e);

	return code ? code
		    : identity_ask(d->c, db, d->a, d->code, d->what, d->purpose, &d->by,
				   &d->request, e);
}

static enum hy_code ask(struct hy_request *r, struct hy_err *e)
{
	const struct ask_body *body = hy_request_body(r);
	struct deed *d = deed_of(r, "");

	d->code = hy_request_param(r, "code");
	d->purpose = body->purpose;
	d->what = body->what.n ? body->what : HY_S("identity");
	return hy_answer_after(r, ask_work, state_answer, d, e);
}

static enum hy_code list_json(struct hy_request *r, hy_str code, struct hy_err *e)
{
	struct city *c = api_city(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct access_scope scope = api_scope(r, PERMISSION_SEALED_ASK);
	struct identity_request *v = NULL;
	struct matter_key key;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code failed = hy_store_read(hy_request_store(r), &db, e);

	if (!failed && code.n)
		failed = matter_key_of(db, &scope, b.a, code, &key, e);
	if (!failed)
		failed = identity_list(c, db, b.a, code, &v, &n, e);
	if (failed)
		return failed;
	hy_json_obj(&j);
	hy_json_key(&j, "requests");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		identity_request_json(&j, &v[i], city_pack(c)->calendar);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code list_of_matter(struct hy_request *r, struct hy_err *e)
{
	return list_json(r, hy_request_param(r, "code"), e);
}

static enum hy_code list_all(struct hy_request *r, struct hy_err *e)
{
	return list_json(r, HY_S(""), e);
}

/* --- consenting
 * ------------------------------------------------------------------------------------ */

static enum hy_code packet(struct hy_request *r, struct hy_err *e)
{
	struct deed *d = deed_of(r, "custodian");
	struct hy_buf b = hy_buf_on(d->a);
	HY_SCOPED_DB db = NULL;
	enum hy_code code = request_of(r, d, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = keeper_of(db, d, e);
	if (!code)
		code = identity_packet(d->c, db, d->a, d->request, &d->keeper, &d->json, e);
	if (code)
		return code;
	hy_buf_add(&b, d->json);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

struct consent_body {
	json_t *consent; /* what `huiyin custodian consent` wrote */
};
static const struct hy_field consent_fields[] = {
	HY_FIELD_JSON(struct consent_body, consent, true),
	{ 0 },
};

static enum hy_code consent_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	enum hy_code code = keeper_of(db, d, e);

	d->state = IDENTITY_CONSENTED;
	return code ? code
		    : identity_consent(d->c, db, d->a, d->request, &d->keeper, d->halves, &d->by,
				       e);
}

static enum hy_code consent(struct hy_request *r, struct hy_err *e)
{
	const struct consent_body *body = hy_request_body(r);
	struct deed *d = deed_of(r, "custodian");
	enum hy_code code = request_of(r, d, e);

	d->halves = json_object_get(body->consent, "halves");
	return code ? code : hy_answer_after(r, consent_work, state_answer, d, e);
}

static enum hy_code refuse_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	enum hy_code code = keeper_of(db, d, e);

	d->state = IDENTITY_REFUSED;
	return code ? code : identity_refuse(d->c, db, d->a, d->request, &d->keeper, &d->by, e);
}

static enum hy_code refuse(struct hy_request *r, struct hy_err *e)
{
	struct deed *d = deed_of(r, "custodian");
	enum hy_code code = request_of(r, d, e);

	return code ? code : hy_answer_after(r, refuse_work, state_answer, d, e);
}

static enum hy_code open_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	enum hy_code code = keeper_of(db, d, e);

	return code ? code
		    : identity_open(d->c, db, d->a, d->request, &d->keeper, &d->by, &d->json, e);
}

static enum hy_code open_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	const struct deed *d = in_out;
	struct hy_buf b = hy_buf_on(d->a);

	(void)db;
	(void)e;
	hy_buf_add(&b, d->json);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code open_it(struct hy_request *r, struct hy_err *e)
{
	struct deed *d = deed_of(r, "custodian");
	enum hy_code code = request_of(r, d, e);

	return code ? code : hy_answer_after(r, open_work, open_answer, d, e);
}

/* --- redaction
 * ---------------------------------------------------------------------------------------
 */

static void spans_out(struct hy_json *j, const struct redact_spans *spans)
{
	hy_json_arr(j);
	for (size_t i = 0; i < spans->n; i++) {
		hy_json_obj(j);
		hy_json_kint(j, "from", (int64_t)spans->v[i].from);
		hy_json_kint(j, "to", (int64_t)spans->v[i].to);
		hy_json_kstr(j, "kind", hy_str_of(redact_names[spans->v[i].kind]));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void text_json(struct hy_json *j, const struct matter *m, const struct matter_event *ev,
		      hy_str field, hy_str text)
{
	const json_t *kept = NULL;
	hy_str redacted = HY_S("");
	bool reviewed = sight_redaction(m, ev->seq, field, &redacted, &kept);
	struct redact_spans found = redact_propose(j->b->a, text);

	if (!reviewed)
		redacted = redact_apply(j->b->a, text, &found);
	hy_json_obj(j);
	hy_json_kint(j, "seq", ev->seq);
	hy_json_kstr(j, "field", field);
	hy_json_kstr(j, "text", text);
	hy_json_kbool(j, "reviewed", reviewed);
	hy_json_kstr(j, "redacted", redacted);
	hy_json_key(j, "spans");
	if (reviewed)
		hy_json_value(j, kept);
	else
		spans_out(j, &found);
	hy_json_obj_end(j);
}

static enum hy_code texts(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct access_scope scope = api_scope(r, PERMISSION_MATTER_REDACT);
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_read(api_city(r), db, &scope, b.a, hy_request_param(r, "code"), &m,
				   e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kstr(&j, "code", m->code);
	hy_json_key(&j, "texts");
	hy_json_arr(&j);
	for (size_t i = 0; i < m->n_events; i++)
		for (const char *const *f = sight_fields; m->events[i].move >= 0 && *f; f++) {
			hy_str text = hy_json_get(m->events[i].private, *f);
			if (text.n)
				text_json(&j, m, &m->events[i], hy_str_of(*f), text);
		}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

struct redact_body {
	int64_t seq;
	hy_str field;
	json_t *redaction; /* {"spans": [{from, to, kind}]} */
};
static const struct hy_field redact_fields[] = {
	HY_FIELD_INT(struct redact_body, seq, true, 1, INT64_MAX),
	HY_FIELD_TEXT(struct redact_body, field, true, 1, 40),
	HY_FIELD_JSON(struct redact_body, redaction, true),
	{ 0 },
};

static enum hy_code spans_in(struct hy_arena *a, const json_t *list, struct redact_spans *out,
			     struct hy_err *e)
{
	size_t n = json_array_size(list);
	struct redact_span *v = hy_new_n(a, struct redact_span, n + 1);

	if (!json_is_array(list) || n > 1000)
		return hy_fail(e, HY_BAD_FIELD, "spans", "must be a list of at most 1000 spans");
	for (size_t i = 0; i < n; i++) {
		const json_t *x = json_array_get(list, i);
		int64_t from = hy_json_get_int(x, "from", -1), to = hy_json_get_int(x, "to", -1);
		int kind = 0;
		while (kind < REDACT__KINDS &&
		       !hy_str_eq(hy_json_get(x, "kind"), hy_str_of(redact_names[kind])))
			kind++;
		if (from < 0 || to < 0 || kind == REDACT__KINDS)
			return hy_fail(e, HY_BAD_FIELD, "spans",
				       "number %zu must have from, to and a kind such as name or "
				       "phone",
				       i + 1);
		v[i] = (struct redact_span){ (size_t)from, (size_t)to, (enum redact_kind)kind };
	}
	*out = (struct redact_spans){ v, n };
	return HY_OK;
}

static enum hy_code redact_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	enum hy_code code = as_what(db, d, PERMISSION_MATTER_REDACT, e);

	return code ? code
		    : sight_redact(d->c, db, d->a, d->code, d->seq, d->field, d->spans, &d->by, e);
}

static enum hy_code redact(struct hy_request *r, struct hy_err *e)
{
	const struct redact_body *body = hy_request_body(r);
	struct deed *d = deed_of(r, "");
	enum hy_code code = spans_in(d->a, json_object_get(body->redaction, "spans"), &d->spans, e);

	d->code = hy_request_param(r, "code");
	d->seq = body->seq;
	d->field = body->field;
	return code ? code : hy_answer_after(r, redact_work, NULL, d, e);
}

const struct hy_route identity_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/matters/{code}/identity",
	  .permission = "sealed.ask",
	  .summary = "Ask two custodians to open who filed",
	  .body = ask_fields,
	  .body_size = sizeof(struct ask_body),
	  .run = ask },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/identity",
	  .permission = "sealed.ask",
	  .summary = "Requests to open who filed this matter",
	  .run = list_of_matter },
	{ .method = "GET",
	  .path = "/api/v1/identity/requests",
	  .permission = "sealed.open",
	  .summary = "Requests that custodians decide",
	  .run = list_all },
	{ .method = "GET",
	  .path = "/api/v1/identity/requests/{id}/packet",
	  .permission = "sealed.open",
	  .query = which_fields,
	  .query_size = sizeof(struct which_query),
	  .summary = "What a custodian needs to consent: their own half, and the keys it may go to",
	  .run = packet },
	{ .method = "POST",
	  .path = "/api/v1/identity/requests/{id}/consent",
	  .permission = "sealed.open",
	  .query = which_fields,
	  .query_size = sizeof(struct which_query),
	  .summary = "First consent: the half, sealed to custodians of the other group",
	  .body = consent_fields,
	  .body_size = sizeof(struct consent_body),
	  .run = consent },
	{ .method = "POST",
	  .path = "/api/v1/identity/requests/{id}/refuse",
	  .permission = "sealed.open",
	  .query = which_fields,
	  .query_size = sizeof(struct which_query),
	  .summary = "Refuse to open",
	  .run = refuse },
	{ .method = "POST",
	  .path = "/api/v1/identity/requests/{id}/open",
	  .permission = "sealed.open",
	  .query = which_fields,
	  .query_size = sizeof(struct which_query),
	  .summary = "Second consent: get what is sealed; recorded, and told to the reporter",
	  .run = open_it },
	{ .method = "GET",
	  .path = "/api/v1/matters/{code}/redaction",
	  .permission = "matter.redact",
	  .summary = "Texts of a matter with what was or would be redacted",
	  .run = texts },
	{ .method = "POST",
	  .path = "/api/v1/matters/{code}/redaction",
	  .permission = "matter.redact",
	  .summary = "Review a redaction: the spans that others do not read",
	  .body = redact_fields,
	  .body_size = sizeof(struct redact_body),
	  .run = redact },
	{ 0 },
};
