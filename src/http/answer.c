#include "http/request.h"

#include <microhttpd.h>

#include "base/log.h"

void hy_answer(struct hy_request *r, int status, const char *content_type, hy_str body)
{
	r->reply.status = status;
	r->reply.type = content_type;
	r->reply.body = body;
}

void hy_answer_json(struct hy_request *r, int status, const struct hy_buf *body)
{
	hy_answer(r, status, "application/json", hy_buf_str(body));
}

static void add_header(struct hy_request *r, const char *name, hy_str value)
{
	r->reply.header[r->reply.n_headers++] =
		(struct hy_reply_header){ name, hy_str_dup(r->arena, value) };
}

void hy_answer_header(struct hy_request *r, const char *name, hy_str value)
{
	if (r->reply.n_headers < HY_MOST_HEADERS - HY_OWN_HEADERS)
		add_header(r, name, value);
	else
		hy_log(HY_LOG_ERROR, "http", "request %s: too many headers; %s is left out",
		       r->id.p, name);
}

void hy_answer_etag(struct hy_request *r, hy_str tag)
{
	r->reply.etag = tag;
}

/* RFC 9457.  People's clients translate by code and field; detail is for those who write
 * clients. */
static void problem(struct hy_request *r, const struct hy_err *e)
{
	const struct hy_code_info *info = hy_code_info(e->code);
	struct hy_buf b = hy_buf_on(r->arena);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "type", hy_printf(r->arena, "/problems/%s", info->key));
	hy_json_kstr(&j, "title", hy_str_of(info->text));
	hy_json_kint(&j, "status", info->http);
	hy_json_kstr(&j, "code", hy_str_of(info->key));
	if (e->detail[0])
		hy_json_kstr(&j, "detail", hy_str_of(e->detail));
	if (e->field[0])
		hy_json_kstr(&j, "field", hy_str_of(e->field));
	hy_json_kstr(&j, "request_id", r->id);
	if (r->challenge.n)
		hy_json_kstr(&j, "challenge", r->challenge);
	hy_json_obj_end(&j);
	hy_answer(r, info->http, "application/problem+json", hy_buf_str(&b));
}

/* What the operator must know goes to the log, under the request id that people are told. */
void hy_answer_error(struct hy_request *r, const struct hy_err *e)
{
	const struct hy_code_info *info = hy_code_info(e->code);
	const struct hy_route *route = hy_request_route(r);

	if (e->log[0])
		hy_log(HY_LOG_ERROR, "http", "request %s: %s: %s", r->id.p, info->key, e->log);
	r->reply = (struct hy_reply){ 0 };
	if (route && route->wrong)
		route->wrong(r, e, info->http);
	else
		problem(r, e);
	if (e->code == HY_NO_METHOD)
		hy_answer_header(r, "Allow", r->matched.allow);
	if (info->http == 503 || info->http == 429)
		hy_answer_header(
			r, "Retry-After",
			hy_printf(r->arena, "%lld",
				  r->retry_ms > 1000 ? (long long)(r->retry_ms + 999) / 1000 : 1));
}

bool hy_etag_listed(hy_str list, hy_str etag)
{
	hy_str item;

	while (hy_str_cut(&list, ',', &item)) {
		item = hy_str_trim(item);
		if (hy_str_eq(item, HY_S("*")))
			return true;
		if (hy_str_starts(item, HY_S("W/")))
			item = (hy_str){ item.p + 2, item.n - 2 };
		if (item.n == etag.n + 2 && item.p[0] == '"' && item.p[item.n - 1] == '"' &&
		    memcmp(item.p + 1, etag.p, etag.n) == 0)
			return true;
	}
	return false;
}

static bool has_header(const struct hy_reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->n_headers; i++)
		if (strcasecmp(reply->header[i].name, name) == 0)
			return true;
	return false;
}

static void otherwise_header(struct hy_request *r, const char *name, hy_str value)
{
	if (!has_header(&r->reply, name))
		add_header(r, name, value);
}

void hy_answer_settle(struct hy_request *r)
{
	struct hy_reply *reply = &r->reply;
	bool reads = hy_str_eq(r->method, HY_S("GET")) || hy_str_eq(r->method, HY_S("HEAD"));

	if (reply->status == 0)
		reply->status = 204;
	if (reads && reply->status == 200 && reply->etag.n &&
	    hy_etag_listed(hy_request_header(r, "If-None-Match"), reply->etag)) {
		reply->status = 304;
		reply->type = NULL;
		reply->body = HY_S("");
	}
	if (reply->type && reply->status != 304)
		otherwise_header(r, "Content-Type", hy_str_of(reply->type));
	if (reply->etag.n)
		add_header(r, "ETag", hy_printf(r->arena, "\"" HY_FMT "\"", HY_ARG(reply->etag)));
	otherwise_header(r, "Cache-Control",
			 reply->etag.n ? HY_S("private, no-cache") : HY_S("no-store"));
	otherwise_header(r, "Content-Security-Policy",
			 HY_S("default-src 'none'; frame-ancestors 'none'"));
	otherwise_header(r, "X-Content-Type-Options", HY_S("nosniff"));
	otherwise_header(r, "Referrer-Policy", HY_S("no-referrer"));
	otherwise_header(r, "Cross-Origin-Opener-Policy", HY_S("same-origin"));
	otherwise_header(r, "Cross-Origin-Resource-Policy", HY_S("same-origin"));
	otherwise_header(r, "X-Frame-Options", HY_S("DENY"));
	otherwise_header(r, "Permissions-Policy",
			 HY_S("camera=(), geolocation=(), microphone=(), payment=(), usb=()"));
	int64_t hsts = atomic_load(&r->server->edge_hsts);
	if (r->secure && hsts > 0)
		otherwise_header(r, "Strict-Transport-Security",
				 hy_printf(r->arena, "max-age=%lld", (long long)hsts));
	otherwise_header(r, "X-Request-Id", r->id);
	if (r->server->stopping)
		otherwise_header(r, "Connection", HY_S("close"));
}

bool hy_answer_send(struct hy_request *r)
{
	const struct hy_reply *reply = &r->reply;
	/* The arena that holds the body lives until the request is completed. */
	struct MHD_Response *out = MHD_create_response_from_buffer(
		reply->body.n, (void *)(uintptr_t)reply->body.p, MHD_RESPMEM_PERSISTENT);

	if (!out)
		return false;
	for (size_t i = 0; i < reply->n_headers; i++)
		if (MHD_add_response_header(out, reply->header[i].name, reply->header[i].value.p) !=
		    MHD_YES)
			hy_log(HY_LOG_ERROR, "http", "request %s: header %s cannot be sent",
			       r->id.p, reply->header[i].name);
	bool sent = MHD_queue_response(r->con, (unsigned)reply->status, out) == MHD_YES;
	MHD_destroy_response(out);
	return sent;
}
