/* /api/v1/settings: what administrators may turn. */
#include "matter/api.h"

#include "people/setting.h"

struct setting_body {
	hy_str value;
};
static const struct hy_field setting_fields[] = {
	HY_FIELD_TEXT(struct setting_body, value, true, 0, 1000),
	{ 0 },
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	hy_json_obj(&j);
	hy_json_key(&j, "settings");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < setting_count(); i++) {
		struct setting_now now;
		code = setting_show(b.a, db, setting_at(i), &now, e);
		if (!code)
			setting_json(&j, setting_at(i), &now);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

/* --- changing ------------------------------------------------------------------------------------
 */

struct turning {
	struct city *c;
	const struct actor *who;
	const struct setting *s;
	enum permission p;
	hy_str value, address;
	bool reset;
};

static enum hy_code turn_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct turning *t = in_out;
	const struct setting_by by = { .role = access_as(t->who, t->p).role,
				       .who = { t->who->account, t->address },
				       .at = city_now(t->c) };
	struct record *record = city_record(t->c);
	bool changed;

	return t->reset ? setting_reset(record, db, t->s, &by, &changed, e)
			: setting_put(record, db, t->s, t->value, &by, &changed, e);
}

static enum hy_code turn_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				struct hy_err *e)
{
	struct turning *t = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct setting_now now;
	enum hy_code code = setting_show(b.a, db, t->s, &now, e);

	if (code)
		return code;
	setting_json(&j, t->s, &now);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code turn(struct hy_request *r, bool reset, struct hy_err *e)
{
	struct turning *t = hy_new(hy_request_arena(r), struct turning);

	t->c = api_city(r);
	t->who = api_actor(r);
	t->reset = reset;
	t->address = hy_request_address(r);
	if (!reset)
		t->value = ((const struct setting_body *)hy_request_body(r))->value;
	enum hy_code code = setting_named(hy_request_param(r, "name"), &t->s, e);
	if (code)
		return code;
	/* The route lets administrators in; whose this one is says its row. */
	t->p = t->s->who == SETTING_SECURITY ? PERMISSION_SETTING_SECURITY
					     : PERMISSION_SETTING_WRITE;
	code = access_need(t->who, t->p, e);
	return code ? code : hy_answer_after(r, turn_work, turn_answer, t, e);
}

static enum hy_code put(struct hy_request *r, struct hy_err *e)
{
	return turn(r, false, e);
}

static enum hy_code reset(struct hy_request *r, struct hy_err *e)
{
	return turn(r, true, e);
}

const struct hy_route setting_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/settings",
	  .permission = "setting.read",
	  .summary = "What may be turned, and how it stands",
	  .run = list },
	{ .method = "PUT",
	  .path = "/api/v1/settings/{name}",
	  .permission = "setting.read",
	  .summary = "Give a setting another value",
	  .body = setting_fields,
	  .body_size = sizeof(struct setting_body),
	  .run = put },
	{ .method = "DELETE",
	  .path = "/api/v1/settings/{name}",
	  .permission = "setting.read",
	  .summary = "Give a setting its default again",
	  .run = reset },
	{ 0 },
};
