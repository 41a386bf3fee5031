/* /api/v1/lookup and /api/v1/public: filing and following without an account. */
#include "matter/attach.h"
#include "matter/citizen.h"
#include "matter/city.h"
#include "matter/explain.h"
#include "matter/identity.h"
#include "matter/matter_json.h"
#include "people/security.h"

static enum hy_code answer_own(struct hy_request *r, struct city *c, const struct matter *m,
			       struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = citizen_json(&j, c, m, e);

	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- following ------------------------------------------------------------------------------- */

const struct hy_field citizen_key_fields[] = { CITIZEN_KEY_FIELDS(struct citizen_key), { 0 } };

static enum hy_code lookup(struct hy_request *r, struct hy_err *e)
{
	struct city *c = api_city(r);
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = citizen_open(c, db, hy_request_arena(r), hy_request_body(r), &m, e);
	return code ? code : answer_own(r, c, m, e);
}

enum hy_code citizen_receipt(struct hy_request *r, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	hy_str text = HY_S("");
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = citizen_open(api_city(r), db, a, hy_request_body(r), &m, e);
	if (!code)
		code = record_receipt(a, db, m->events[0].idx, &text, e);
	if (!code)
		hy_answer(r, 200, "text/plain; charset=utf-8", text);
	return code;
}

/* --- what is done in a transaction ---------------------------------------------------------------
 */

struct citizen_deed *citizen_deed_of(struct hy_request *r)
{
	struct citizen_deed *d = hy_new(hy_request_arena(r), struct citizen_deed);

	d->c = api_city(r);
	d->a = hy_request_arena(r);
	d->mv.role = HY_S("citizen");
	return d;
}

static enum hy_code object_or_none(json_t *v, const json_t **out, struct hy_err *e)
{
	if (v && !json_is_null(v) && !json_is_object(v))
		return hy_fail(e, HY_BAD_FIELD, "data", "must be an object of fields");
	*out = json_is_null(v) ? NULL : v;
	return HY_OK;
}

static enum hy_code own_answer(struct hy_request *r, struct hy_db *db, void *in_out,
			       struct hy_err *e)
{
	struct citizen_deed *d = in_out;

	(void)db;
	return answer_own(r, d->c, d->m, e);
}

/* --- filing
 * --------------------------------------------------------------------------------------- */

struct file_body {
	hy_str kind;
	bool protect;
	json_t *data;
};
static const struct hy_field file_fields[] = {
	HY_FIELD_TEXT(struct file_body, kind, true, 1, 64),
	HY_FIELD_BOOL(struct file_body, protect, false),
	HY_FIELD_JSON(struct file_body, data, true),
	{ 0 },
};

static enum hy_code file_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct citizen_deed *d = in_out;

	d->mv.at = city_now(d->c);
	return matter_file(d->c, db, d->a, d->kind, &d->mv, HY_S(""), true, &d->filed, e);
}

enum hy_code citizen_file(struct hy_request *r, struct citizen_deed *d, hy_finish *finish,
			  struct hy_err *e)
{
	return hy_answer_after(r, file_work, finish, d, e);
}

static enum hy_code file_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct citizen_deed *d = in_out;
	const struct matter *m = d->filed.m;
	struct hy_buf b = hy_buf_on(d->a);
	struct hy_json j = hy_json_on(&b);
	const struct hy_calendar *cal = city_pack(d->c)->calendar;

	(void)db;
	(void)e;
	hy_json_obj(&j);
	hy_json_kstr(&j, "code", d->filed.code);
	hy_json_kstr(&j, "secret", hy_str_of(d->filed.secret));
	hy_json_kstr(&j, "kind", m->kind->id);
	hy_json_kstr(&j, "state", m->kind->states[m->state].id);
	hy_json_kbool(&j, "protected", m->guard != PACK_NORMAL);
	explain_instant(&j, "filed_at", cal, m->filed_at);
	explain_instant(&j, "due_at", cal, m->due_at);
	hy_json_kint(&j, "log_index", d->filed.idx);
	hy_json_obj_end(&j);
	hy_answer_json(r, 201, &b);
	return HY_OK;
}

static enum hy_code file(struct hy_request *r, struct hy_err *e)
{
	const struct file_body *body = hy_request_body(r);
	struct citizen_deed *d = citizen_deed_of(r);
	enum hy_code code = object_or_none(body->data, &d->mv.data, e);

	if (code)
		return code;
	d->kind = body->kind;
	d->mv.protect = body->protect;
	return citizen_file(r, d, file_answer, e);
}

/* --- a move: more to say, a rating, asking again
 * -------------------------------------------------- */

struct move_body {
	hy_str code, secret, move;
	json_t *data;
};
static const struct hy_field move_fields[] = {
	CITIZEN_KEY_FIELDS(struct move_body),
	HY_FIELD_TEXT(struct move_body, move, true, 1, 64),
	HY_FIELD_JSON(struct move_body, data, false),
	{ 0 },
};

static enum hy_code move_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct citizen_deed *d = in_out;

	d->mv.at = city_now(d->c);
	return matter_make_move(d->c, db, d->a, d->m->code, &d->mv, -1, &d->m, e);
}

static enum hy_code open_first(struct hy_request *r, struct citizen_deed *d, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : citizen_open(d->c, db, d->a, &d->key, &d->m, e);
}

enum hy_code citizen_move(struct hy_request *r, struct citizen_deed *d, hy_finish *finish,
			  struct hy_err *e)
{
	enum hy_code code = d->m ? HY_OK : open_first(r, d, e);

	return code ? code : hy_answer_after(r, move_work, finish, d, e);
}

static enum hy_code move(struct hy_request *r, struct hy_err *e)
{
	const struct move_body *body = hy_request_body(r);
	struct citizen_deed *d = citizen_deed_of(r);
	enum hy_code code = object_or_none(body->data, &d->mv.data, e);

	d->key = (struct citizen_key){ body->code, body->secret };
	d->mv.move = body->move;
	return code ? code : citizen_move(r, d, own_answer, e);
}

/* --- giving up anonymity
 * ------------------------------------------------------------------------------ */

struct identity_body {
	hy_str code, secret, name, contact;
};
static const struct hy_field identity_fields[] = {
	CITIZEN_KEY_FIELDS(struct identity_body),
	HY_FIELD_TEXT(struct identity_body, name, false, 1, 100),
	HY_FIELD_TEXT(struct identity_body, contact, false, 1, 200),
	{ 0 },
};

static enum hy_code give_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct citizen_deed *d = in_out;
	struct matter_key key;
	enum hy_code code = matter_key_of(db, &access_all, d->a, d->m->code, &key, e);

	if (!code)
		code = identity_give(d->c, db, d->a, d->m, key.id, d->name, d->contact, e);
	return code ? code : matter_read(d->c, db, &access_all, d->a, key.code, &d->m, e);
}

static enum hy_code give(struct hy_request *r, struct hy_err *e)
{
	const struct identity_body *body = hy_request_body(r);
	struct citizen_deed *d = citizen_deed_of(r);

	d->key = (struct citizen_key){ body->code, body->secret };
	d->name = body->name;
	d->contact = body->contact;
	if (!body->name.n && !body->contact.n)
		return hy_fail(e, HY_BAD_FIELD, "name", "give a name, a contact or both");
	enum hy_code code = open_first(r, d, e);
	return code ? code : hy_answer_after(r, give_work, own_answer, d, e);
}

/* --- one's own data: 个人信息保护法 44-47
 * ----------------------------------------------------------
 */

/* Officials' names and the steps of others' accounts are not the citizen's data. */
static const json_t *own_part(struct hy_arena *a, const struct matter_event *ev)
{
	static const char *const theirs[] = { "by_name", "account", "approver_name", "person",
					      "first_contact" };
	json_t *out = ev->private ? json_copy((json_t *)(uintptr_t)ev->private) : NULL;

	if (!out)
		return NULL;
	hy_arena_defer(a, (void (*)(void *))json_decref, out);
	for (size_t i = 0; i < HY_COUNT(theirs); i++)
		json_object_del(out, theirs[i]);
	return out;
}

static void own_event_json(struct hy_json *j, const struct matter_event *ev,
			   const struct hy_calendar *cal)
{
	const json_t *private = own_part(j->b->a, ev);

	hy_json_obj(j);
	hy_json_kint(j, "seq", ev->seq);
	hy_json_kint(j, "index", ev->idx);
	hy_json_kstr(j, "move", ev->name);
	explain_instant(j, "at", cal, ev->at);
	hy_json_kstr(j, "role", ev->role);
	hy_json_kstr(j, "unit", ev->unit);
	hy_json_key(j, "data");
	hy_json_value(j, ev->data);
	hy_json_key(j, "private");
	if (private)
		hy_json_value(j, private);
	else
		hy_json_null(j);
	hy_json_obj_end(j);
}

/* What officials wrote among themselves is not the citizen's: their own events, and what is told.
 */
static bool is_own(const struct matter *m, const struct matter_event *ev)
{
	return hy_str_eq(ev->role, HY_S("citizen")) || ev == &m->events[0] ||
	       hy_str_starts(ev->name, HY_S("identity.")) ||
	       hy_str_starts(ev->name, HY_S("subject."));
}

enum hy_code citizen_data_json(struct hy_json *j, struct city *c, struct hy_db *db,
			       const struct matter *m, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(c)->calendar;
	struct attach_file *files = NULL;
	struct matter_key key;
	bool sealed = false;
	size_t n = 0;
	enum hy_code code = matter_key_of(db, &access_all, j->b->a, m->code, &key, e);

	if (!code)
		code = attach_list(db, j->b->a, key.id, &files, &n, e);
	if (code)
		return code;
	for (size_t i = 0; i < m->n_events; i++)
		sealed = sealed || hy_json_get(m->events[i].private, "sealed").n;
	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "kind", m->kind->id);
	hy_json_kbool(j, "sealed", sealed);
	hy_json_key(j, "events");
	hy_json_arr(j);
	for (size_t i = 0; i < m->n_events; i++)
		if (is_own(m, &m->events[i]))
			own_event_json(j, &m->events[i], cal);
	hy_json_arr_end(j);
	hy_json_key(j, "files");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++)
		attach_file_json(j, &files[i], cal, ATTACH_HASH | ATTACH_NAME);
	hy_json_arr_end(j);
	for (const struct city_room *const *r = city_rooms(); !code && *r; r++)
		if ((*r)->own_json)
			code = (*r)->own_json(j, db, key.id, e);
	hy_json_obj_end(j);
	return code;
}

struct own_data {
	struct city *c;
	hy_str code;
	struct hy_buf b;
};

/* That somebody's data was given out is noted, but not from where: whoever has the secret may stay
 * unknown. */
static enum hy_code own_data_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct own_data *x = in_out;
	const struct security_act act = {
		.act = "subject.export",
		.subject = hy_printf(hy_db_arena(db), "matter/" HY_FMT, HY_ARG(x->code)),
		.role = HY_S("citizen"),
	};

	return security_note(city_record(x->c), db, &act, e);
}

static enum hy_code own_data_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				    struct hy_err *e)
{
	const struct own_data *x = in_out;

	(void)db;
	(void)e;
	hy_answer_json(r, 200, &x->b);
	return HY_OK;
}

enum hy_code citizen_own_data(struct hy_request *r, struct hy_err *e)
{
	struct own_data *x = hy_new(hy_request_arena(r), struct own_data);
	struct hy_json j;
	struct matter *m = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	x->c = api_city(r);
	x->b = hy_buf_on(hy_request_arena(r));
	j = hy_json_on(&x->b);
	if (!code)
		code = citizen_open(x->c, db, x->b.a, hy_request_body(r), &m, e);
	if (!code)
		code = citizen_data_json(&j, x->c, db, m, e);
	if (code)
		return code;
	x->code = hy_str_dup(x->b.a, m->code);
	hy_db_drop(&db);
	return hy_answer_after(r, own_data_work, own_data_answer, x, e);
}

struct request_body {
	hy_str code, secret, ask, text;
};
static const struct hy_field request_fields[] = {
	CITIZEN_KEY_FIELDS(struct request_body),
	HY_FIELD_WORD(struct request_body, ask, true, "correct|erase"),
	HY_FIELD_TEXT(struct request_body, text, true, 1, 2000),
	{ 0 },
};

/* The words go to whoever handles the matter, in the event's private part. */
static enum hy_code request_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct citizen_deed *d = in_out;
	json_t *data = json_object(), *private = json_object();

	hy_arena_defer(d->a, (void (*)(void *))json_decref, data);
	hy_arena_defer(d->a, (void (*)(void *))json_decref, private);
	json_object_set_new(data, "ask", json_stringn(d->kind.p, d->kind.n));
	json_object_set_new(private, "text", json_stringn(d->name.p, d->name.n));
	struct matter_event ev = { .at = city_now(d->c),
				   .name = HY_S("subject.asked"),
				   .role = HY_S("citizen"),
				   .unit = HY_S(""),
				   .data = data,
				   .private = private };
	return matter_remark(d->c, db, d->a, d->m->code, &ev, &d->m, e);
}

static enum hy_code request(struct hy_request *r, struct hy_err *e)
{
	const struct request_body *body = hy_request_body(r);
	struct citizen_deed *d = citizen_deed_of(r);

	d->key = (struct citizen_key){ body->code, body->secret };
	d->kind = body->ask;
	d->name = body->text;
	enum hy_code code = open_first(r, d, e);
	return code ? code : hy_answer_after(r, request_work, own_answer, d, e);
}

const struct hy_route citizen_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/public/data",
	  .permission = "public",
	  .summary = "Everything that is kept about one's own matter",
	  .body = citizen_key_fields,
	  .body_size = sizeof(struct citizen_key),
	  .run = citizen_own_data,
	  .pace = HY_PACE_LOOKUP },
	{ .method = "POST",
	  .path = "/api/v1/public/requests",
	  .permission = "public",
	  .summary = "Ask that one's data be corrected or erased",
	  .body = request_fields,
	  .body_size = sizeof(struct request_body),
	  .run = request,
	  .pace = HY_PACE_LOOKUP },
	{ .method = "POST",
	  .path = "/api/v1/lookup",
	  .permission = "public",
	  .summary = "A citizen's own matter, by code and secret",
	  .body = citizen_key_fields,
	  .body_size = sizeof(struct citizen_key),
	  .run = lookup,
	  .pace = HY_PACE_LOOKUP },
	{ .method = "POST",
	  .path = "/api/v1/public/receipt",
	  .permission = "public",
	  .summary = "The receipt of one's own filing, to be verified without us",
	  .body = citizen_key_fields,
	  .body_size = sizeof(struct citizen_key),
	  .run = citizen_receipt,
	  .pace = HY_PACE_LOOKUP },
	{ .method = "POST",
	  .path = "/api/v1/public/matters",
	  .permission = "public",
	  .summary = "File without an account; the secret is shown once",
	  .body = file_fields,
	  .body_size = sizeof(struct file_body),
	  .run = file,
	  .idempotent_key = true,
	  .pace = HY_PACE_FILING },
	{ .method = "POST",
	  .path = "/api/v1/public/moves",
	  .permission = "public",
	  .summary = "A citizen's move on their own matter: add, rate, ask again",
	  .body = move_fields,
	  .body_size = sizeof(struct move_body),
	  .run = move,
	  .idempotent_key = true,
	  .pace = HY_PACE_LOOKUP },
	{ .method = "POST",
	  .path = "/api/v1/public/identity",
	  .permission = "public",
	  .summary = "Say who filed, later or anew",
	  .body = identity_fields,
	  .body_size = sizeof(struct identity_body),
	  .run = give,
	  .pace = HY_PACE_LOOKUP },
	{ 0 },
};
