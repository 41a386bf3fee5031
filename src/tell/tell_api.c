/* /api/v1/messages: what went out and what waits; one's own address; news for citizens. */
#include "matter/api.h"
#include "matter/citizen.h"
#include "matter/city.h"
#include "tell/hook.h"

static struct security_by by_of(struct hy_request *r)
{
	return (struct security_by){ api_actor(r)->account, hy_request_address(r) };
}

/* --- messages ----------------------------------------------------------------------------------
 */

struct messages_query {
	hy_str kind, state, cursor;
	int64_t target, limit;
};
static const struct hy_field messages_query[] = {
	HY_FIELD_WORD(struct messages_query, kind, false, "test|news|digest|hook"),
	HY_FIELD_WORD(struct messages_query, state, false, "waiting|sent|given_up|dropped"),
	HY_FIELD_INT(struct messages_query, target, false, 1, 2147483647),
	HY_FIELD_INT(struct messages_query, limit, false, 1, 200),
	HY_FIELD_TEXT(struct messages_query, cursor, false, 1, 20),
	{ 0 },
};

static int nth(hy_str word, const char *const *names)
{
	for (int i = 0; word.n && names[i]; i++)
		if (hy_str_eq(word, hy_str_of(names[i])))
			return i + 1;
	return 0;
}

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	const struct messages_query *q = hy_request_query(r);
	struct tell_filter f = { .kind = nth(q->kind, tell_kind_names),
				 .state = nth(q->state, tell_state_names),
				 .target = q->target,
				 .limit = (int)q->limit };
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct tell_list v = { 0 };
	HY_SCOPED_DB db = NULL;

	if (q->cursor.n && (!hy_str_int(q->cursor, &f.before) || f.before < 1))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);
	if (!code)
		code = tell_read(b.a, db, &f, &v, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "messages");
	hy_json_arr(&j);
	for (size_t i = 0; i < v.n; i++)
		tell_message_json(&j, &v.v[i]);
	hy_json_arr_end(&j);
	if (v.next)
		hy_json_kstr(&j, "next", hy_printf(b.a, "%lld", (long long)v.next));
	else
		hy_json_knull(&j, "next");
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code number_of(struct hy_request *r, int64_t *out, struct hy_err *e)
{
	if (hy_str_int(hy_request_param(r, "id"), out) && *out > 0)
		return HY_OK;
	return hy_fail(e, HY_NOT_FOUND, "", "there is no such message");
}

static enum hy_code answer_one(struct hy_request *r, struct hy_db *db, int64_t id, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct tell_message m;
	struct tell_try *tries = NULL;
	size_t n = 0;
	enum hy_code code = tell_by_id(b.a, db, id, &m, e);

	if (!code)
		code = tell_tries(b.a, db, id, &tries, &n, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "message");
	tell_message_json(&j, &m);
	hy_json_key(&j, "tries");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		tell_try_json(&j, &tries[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	int64_t id;
	enum hy_code code = number_of(r, &id, e);

	if (!code)
		code = hy_store_read(hy_request_store(r), &db, e);
	return code ? code : answer_one(r, db, id, e);
}

struct doing {
	struct hy_request *r;
	int64_t id;
	hy_str address;
	struct citizen_key key;
	struct matter *m;
};

static enum hy_code again_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return tell_again(db, d->id, city_now(api_city(d->r)), e);
}

static enum hy_code again_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				 struct hy_err *e)
{
	return answer_one(r, db, ((struct doing *)in_out)->id, e);
}

static enum hy_code again(struct hy_request *r, struct hy_err *e)
{
	struct doing *d = hy_new(hy_request_arena(r), struct doing);
	enum hy_code code = number_of(r, &d->id, e);

	d->r = r;
	return code ? code : hy_answer_after(r, again_work, again_answer, d, e);
}

/* --- one's own address -------------------------------------------------------------------------
 */

struct address_body {
	hy_str address;
};
static const struct hy_field address_fields[] = {
	HY_FIELD_TEXT(struct address_body, address, true, 0, 254),
	{ 0 },
};

static enum hy_code answer_address(struct hy_request *r, struct hy_db *db, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_str address;
	enum hy_code code = tell_address(b.a, db, api_actor(r)->account, &address, e);

	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kstr(&j, "address", address);
	hy_json_kbool(&j, "on", setting_bool(db, "mail.on"));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code own(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : answer_address(r, db, e);
}

static enum hy_code set_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return tell_set_address(api_city(d->r), db, api_actor(d->r)->account, d->address,
				by_of(d->r), e);
}

static enum hy_code set_answer(struct hy_request *r, struct hy_db *db, void *in_out,
			       struct hy_err *e)
{
	(void)in_out;
	return answer_address(r, db, e);
}

static enum hy_code set_own(struct hy_request *r, struct hy_err *e)
{
	struct doing *d = hy_new(hy_request_arena(r), struct doing);

	d->r = r;
	d->address = ((const struct address_body *)hy_request_body(r))->address;
	if (!api_actor(r)->account)
		return hy_fail(e, HY_FORBIDDEN, "", "only somebody with an account has an address");
	return hy_answer_after(r, set_work, set_answer, d, e);
}

/* --- news for a citizen ------------------------------------------------------------------------
 */

struct news_body {
	hy_str code, secret, address;
	bool set;
};
static const struct hy_field news_fields[] = {
	CITIZEN_KEY_FIELDS(struct news_body),
	HY_FIELD_BOOL(struct news_body, set, true),
	HY_FIELD_TEXT(struct news_body, address, false, 0, 254),
	{ 0 },
};

static enum hy_code row_of(struct hy_db *db, struct doing *d, int64_t *out, struct hy_err *e)
{
	struct matter_key key;
	enum hy_code code =
		matter_key_of(db, &access_all, hy_request_arena(d->r), d->m->code, &key, e);

	if (!code)
		*out = key.id;
	return code;
}

static enum hy_code news_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct doing *d = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_str address;
	int64_t id;
	enum hy_code code = row_of(db, d, &id, e);

	if (!code)
		code = tell_news(b.a, db, id, &address, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kstr(&j, "address", tell_masked(b.a, address));
	hy_json_kbool(&j, "on", setting_bool(db, "mail.on"));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code news_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	int64_t id;
	enum hy_code code = row_of(db, d, &id, e);

	return code ? code
		    : tell_set_news(api_city(d->r), db, hy_request_arena(d->r), id, d->m,
				    d->address, e);
}

/* With SET the address becomes what is said, else it is only told. */
static enum hy_code news(struct hy_request *r, struct hy_err *e)
{
	const struct news_body *body = hy_request_body(r);
	struct doing *d = hy_new(hy_request_arena(r), struct doing);
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	*d = (struct doing){ .r = r,
			     .address = body->address,
			     .key = { body->code, body->secret } };
	if (!code)
		code = citizen_open(api_city(r), db, hy_request_arena(r), &d->key, &d->m, e);
	if (code)
		return code;
	if (!body->set)
		return news_answer(r, db, d, e);
	hy_store_give(&db);
	return hy_answer_after(r, news_work, news_answer, d, e);
}

const struct hy_route tell_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/messages",
	  .permission = "setting.read",
	  .summary = "Mail and webhook posts: waiting, sent, given up; newest first",
	  .query = messages_query,
	  .query_size = sizeof(struct messages_query),
	  .run = list },
	{ .method = "GET",
	  .path = "/api/v1/messages/{id}",
	  .permission = "setting.read",
	  .summary = "One message with its tries",
	  .run = show },
	{ .method = "POST",
	  .path = "/api/v1/messages/{id}/again",
	  .permission = "setting.write",
	  .summary = "Send a message again that was given up",
	  .run = again },
	{ .method = "GET",
	  .path = "/api/v1/mail/own",
	  .permission = "self",
	  .summary = "Where my digests go",
	  .run = own },
	{ .method = "PUT",
	  .path = "/api/v1/mail/own",
	  .permission = "self",
	  .summary = "Set where my digests go; empty: nowhere",
	  .body = address_fields,
	  .body_size = sizeof(struct address_body),
	  .run = set_own },
	{ .method = "POST",
	  .path = "/api/v1/public/news",
	  .permission = "public",
	  .summary = "Where news on a matter goes, and set it",
	  .body = news_fields,
	  .body_size = sizeof(struct news_body),
	  .pace = HY_PACE_LOOKUP,
	  .run = news },
	{ 0 },
};
