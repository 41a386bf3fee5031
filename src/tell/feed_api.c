/* /api/v1/feed: the address of my calendar; /feed/{secret}: the calendar. */
#include "matter/api.h"
#include "tell/feed.h"

struct making {
	struct hy_request *r;
	hy_str secret;
	bool end;
};

static struct security_by by_of(struct hy_request *r)
{
	return (struct security_by){ api_actor(r)->account, hy_request_address(r) };
}

static enum hy_code answer(struct hy_request *r, struct hy_db *db, hy_str secret, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	hy_ms made = 0;
	enum hy_code code = feed_made(db, api_actor(r)->account, &made, e);

	if (code)
		return code;
	hy_json_obj(&j);
	if (made)
		hy_json_kstr(&j, "made_at", hy_instant_text(b.a, &hy_zone_china, made));
	else
		hy_json_knull(&j, "made_at");
	if (secret.n)
		hy_json_kstr(&j, "path", hy_printf(b.a, "/feed/" HY_FMT ".ics", HY_ARG(secret)));
	hy_json_obj_end(&j);
	hy_answer_json(r, secret.n ? 201 : 200, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_request *r, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	return code ? code : answer(r, db, HY_S(""), e);
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *m = in_out;
	struct city *c = api_city(m->r);
	int64_t account = api_actor(m->r)->account;

	return m->end ? feed_end(c, db, account, by_of(m->r), e)
		      : feed_make(c, db, hy_request_arena(m->r), account, by_of(m->r), &m->secret,
				  e);
}

static enum hy_code made(struct hy_request *r, struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *m = in_out;

	return m->end ? HY_OK : answer(r, db, m->secret, e);
}

static enum hy_code change(struct hy_request *r, bool end, struct hy_err *e)
{
	struct making *m = hy_new(hy_request_arena(r), struct making);

	m->r = r;
	m->end = end;
	if (!api_actor(r)->account)
		return hy_fail(e, HY_FORBIDDEN, "", "only somebody with an account has a calendar");
	return hy_answer_after(r, work, made, m, e);
}

static enum hy_code make(struct hy_request *r, struct hy_err *e)
{
	return change(r, false, e);
}

static enum hy_code end(struct hy_request *r, struct hy_err *e)
{
	return change(r, true, e);
}

static enum hy_code calendar(struct hy_request *r, struct hy_err *e)
{
	hy_str secret = hy_request_param(r, "secret"), text;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (hy_str_ends(secret, HY_S(".ics")))
		secret.n -= 4;
	if (!code)
		code = feed_read(hy_request_arena(r), api_city(r), db, secret, &text, e);
	if (!code)
		hy_answer(r, 200, "text/calendar; charset=utf-8", text);
	return code;
}

const struct hy_route feed_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/feed",
	  .permission = "self",
	  .summary = "Whether my deadlines can be subscribed to",
	  .run = show },
	{ .method = "POST",
	  .path = "/api/v1/feed",
	  .permission = "self",
	  .summary = "A new address for the calendar of my deadlines, told once; an old one ends",
	  .run = make },
	{ .method = "DELETE",
	  .path = "/api/v1/feed",
	  .permission = "self",
	  .summary = "End the address of my calendar",
	  .run = end },
	{ .method = "GET",
	  .path = "/feed/{secret}",
	  .permission = "public",
	  .summary = "The calendar of somebody's deadlines",
	  .pace = HY_PACE_LOOKUP,
	  .run = calendar },
	{ 0 },
};
