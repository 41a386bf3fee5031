/* /api/v1/hooks */
#include "matter/api.h"
#include "tell/hook.h"

struct hook_body {
	hy_str name, url, events;
	bool on;
};
static const struct hy_field add_fields[] = {
	HY_FIELD_TEXT(struct hook_body, name, true, 1, 60),
	HY_FIELD_TEXT(struct hook_body, url, true, 8, 2048),
	HY_FIELD_TEXT(struct hook_body, events, true, 1, 500),
	{ 0 },
};
static const struct hy_field turn_fields[] = {
	HY_FIELD_BOOL(struct hook_body, on, true),
	{ 0 },
};

enum what { ADD, END, TURN, PING };
struct changing {
	struct hy_request *r;
	enum what what;
	int64_t id, message;
	struct hook_body body;
	hy_str secret;
};

static enum hy_code list(struct hy_request *r, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct hook *v = NULL;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = hook_list(b.a, db, &v, &n, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "hooks");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		hook_json(&j, &v[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct changing *k = in_out;
	struct city *c = api_city(k->r);
	struct hy_arena *a = hy_request_arena(k->r);
	struct security_by by = { api_actor(k->r)->account, hy_request_address(k->r) };
	struct hook_new n = { k->body.name, k->body.url, k->body.events };

	switch (k->what) {
	case ADD:
		return hook_add(c, db, a, &n, by, &k->id, &k->secret, e);
	case END:
		return hook_end(c, db, k->id, by, e);
	case TURN:
		return hook_turn(c, db, k->id, !k->body.on, by, e);
	case PING:
		return hook_ping(c, db, a, k->id, &k->message, e);
	}
	return HY_OK;
}

static enum hy_code change_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	struct changing *k = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct hook h;
	enum hy_code code = k->what == END ? HY_OK : hook_by_id(b.a, db, k->id, &h, e);

	if (code || k->what == END)
		return code;
	hy_json_obj(&j);
	hy_json_key(&j, "hook");
	hook_json(&j, &h);
	if (k->what == ADD)
		hy_json_kstr(&j, "secret", k->secret);
	if (k->what == PING)
		hy_json_kint(&j, "message", k->message);
	hy_json_obj_end(&j);
	hy_answer_json(r, k->what == ADD ? 201 : 200, &b);
	return HY_OK;
}

static enum hy_code change(struct hy_request *r, enum what what, struct hy_err *e)
{
	struct changing *k = hy_new(hy_request_arena(r), struct changing);
	const struct hook_body *body = hy_request_body(r);

	k->r = r;
	k->what = what;
	if (body)
		k->body = *body;
	if (what != ADD && (!hy_str_int(hy_request_param(r, "id"), &k->id) || k->id < 1))
		return hy_fail(e, HY_NOT_FOUND, "", "there is no such webhook");
	return hy_answer_after(r, change_work, change_answer, k, e);
}

static enum hy_code add(struct hy_request *r, struct hy_err *e)
{
	return change(r, ADD, e);
}
static enum hy_code end(struct hy_request *r, struct hy_err *e)
{
	return change(r, END, e);
}
static enum hy_code turn(struct hy_request *r, struct hy_err *e)
{
	return change(r, TURN, e);
}
static enum hy_code ping(struct hy_request *r, struct hy_err *e)
{
	return change(r, PING, e);
}

const struct hy_route hook_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/hooks",
	  .permission = "setting.read",
	  .summary = "Webhooks",
	  .run = list },
	{ .method = "POST",
	  .path = "/api/v1/hooks",
	  .permission = "setting.write",
	  .summary = "Make a webhook; its secret is told once",
	  .body = add_fields,
	  .body_size = sizeof(struct hook_body),
	  .run = add },
	{ .method = "DELETE",
	  .path = "/api/v1/hooks/{id}",
	  .permission = "setting.write",
	  .summary = "End a webhook; what waits for it is dropped",
	  .run = end },
	{ .method = "PUT",
	  .path = "/api/v1/hooks/{id}/on",
	  .permission = "setting.write",
	  .summary = "Turn a webhook on or off",
	  .body = turn_fields,
	  .body_size = sizeof(struct hook_body),
	  .run = turn },
	{ .method = "POST",
	  .path = "/api/v1/hooks/{id}/ping",
	  .permission = "setting.write",
	  .summary = "Post a test to a webhook soon",
	  .run = ping },
	{ 0 },
};
