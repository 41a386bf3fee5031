#include "http/form.h"

#include <microhttpd.h>
#include <sys/mman.h>

/* --- what a handler asks ------------------------------------------------------------ */

struct hy_arena *hy_request_arena(struct hy_request *r)
{
	return r->arena;
}

const struct hy_route *hy_request_route(struct hy_request *r)
{
	return r->matched.routed ? r->matched.routed->route : NULL;
}

hy_str hy_request_method(struct hy_request *r)
{
	return r->method;
}

hy_str hy_request_path(struct hy_request *r)
{
	return r->target.path;
}

void *hy_request_ctx(struct hy_request *r)
{
	return r->server->o.ctx;
}

struct hy_store *hy_request_store(struct hy_request *r)
{
	return r->server->o.store;
}

hy_str hy_request_param(struct hy_request *r, const char *name)
{
	const struct hy_routed *routed = r->matched.routed;

	for (size_t i = 0; routed && i < routed->n_params; i++)
		if (hy_str_eq(routed->param[i], hy_str_of(name)))
			return r->matched.value[i];
	return (hy_str){ "", 0 };
}

const void *hy_request_query(struct hy_request *r)
{
	return r->query;
}

const void *hy_request_body(struct hy_request *r)
{
	return r->fields;
}

const struct hy_upload *hy_request_upload(struct hy_request *r)
{
	return r->upload;
}

hy_str hy_request_header(struct hy_request *r, const char *name)
{
	const char *v = MHD_lookup_connection_value(r->con, MHD_HEADER_KIND, name);

	return v ? hy_str_of(v) : (hy_str){ "", 0 };
}

hy_str hy_request_id(struct hy_request *r)
{
	return r->id;
}

hy_str hy_request_language(struct hy_request *r)
{
	return r->language;
}

int64_t hy_request_wait(struct hy_request *r)
{
	return (r->retry_ms + 999) / 1000;
}

hy_str hy_request_if_match(struct hy_request *r)
{
	return r->if_match;
}

void hy_request_set_user(struct hy_request *r, void *user, hy_str scope)
{
	r->user = user;
	r->scope = scope;
}

void *hy_request_user(struct hy_request *r)
{
	return r->user;
}

/* Whatever boundary a browser draws, the same form is the same request. */
static hy_str form_text(struct hy_request *r)
{
	struct hy_buf b = hy_buf_on(r->arena);

	for (size_t i = 0; i < r->form->fields.n; i++) {
		const struct hy_pair *p = &r->form->fields.v[i];
		hy_buf_fmt(&b, "%zu %zu ", p->name.n, p->value.n);
		hy_buf_add(&b, p->name);
		hy_buf_add(&b, p->value);
	}
	for (size_t i = 0; i < r->form->n_files; i++) {
		const struct hy_form_file *f = &r->form->files[i];
		hy_hash h = hy_sha256(f->bytes);
		hy_buf_add(&b, (hy_str){ (const char *)h.b, sizeof(h.b) });
	}
	return hy_buf_str(&b);
}

/* Each part with its length before it, so that no two requests read the same. */
hy_str hy_request_digest(struct hy_request *r)
{
	if (r->digest.n)
		return r->digest;
	struct hy_buf head = hy_buf_on(r->arena);
	hy_str rest = r->target.raw_query, part;
	hy_buf_fmt(&head, HY_FMT " %zu ", HY_ARG(r->method), r->target.path.n);
	hy_buf_add(&head, r->target.path);
	while (hy_str_cut(&rest, '&', &part))
		if (!hy_str_starts(part, HY_S("lang=")))
			hy_buf_fmt(&head, "&" HY_FMT, HY_ARG(part));
	hy_buf_byte(&head, '\n');
	hy_str file = r->upload && !r->form ? (hy_str){ (const char *)r->upload->hash.b, HY_SHA256 }
					    : HY_S("");
	hy_hash h = hy_sha256_4(hy_buf_str(&head), r->form ? form_text(r) : hy_buf_str(&r->body),
				file, HY_S(""));
	r->digest = hy_hex(r->arena, h.b, sizeof(h.b));
	return r->digest;
}

/* --- the head ------------------------------------------------------------------------- */

/* Headers that decide something may be there once; two of them is how one server is made to
 * read what another did not. */
struct head {
	hy_str host, origin, content_type, content_length, transfer_encoding, if_match, key,
		authorization, csrf, proof, fetch_site;
	const char *twice;
};

static const struct {
	const char *name;
	size_t at;
} single[] = {
	{ "Host", offsetof(struct head, host) },
	{ "Origin", offsetof(struct head, origin) },
	{ "Content-Type", offsetof(struct head, content_type) },
	{ "Content-Length", offsetof(struct head, content_length) },
	{ "Transfer-Encoding", offsetof(struct head, transfer_encoding) },
	{ "If-Match", offsetof(struct head, if_match) },
	{ "Idempotency-Key", offsetof(struct head, key) },
	{ "Authorization", offsetof(struct head, authorization) },
	{ "X-CSRF-Token", offsetof(struct head, csrf) },
	{ "X-Proof-Of-Work", offsetof(struct head, proof) },
	{ "Sec-Fetch-Site", offsetof(struct head, fetch_site) },
};

static enum MHD_Result note(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct head *h = arg;

	(void)kind;
	for (size_t i = 0; i < HY_COUNT(single); i++) {
		if (strcasecmp(name, single[i].name) != 0)
			continue;
		hy_str *s = (hy_str *)((char *)h + single[i].at);
		if (s->p)
			h->twice = single[i].name;
		*s = hy_str_of(value ? value : "");
	}
	return MHD_YES;
}

static bool same_name(hy_str a, const char *b)
{
	return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

/* "[::1]:80" and "127.0.0.1:80" without the port. */
static hy_str host_name(hy_str host)
{
	const char *end = host.n && host.p[0] == '[' ? memchr(host.p, ']', host.n)
						     : memchr(host.p, ':', host.n);

	if (end && *end == ']')
		end++;
	return (hy_str){ host.p, end ? (size_t)(end - host.p) : host.n };
}

bool hy_is_loopback_host(hy_str host)
{
	hy_str name = host_name(host);

	if (same_name(name, "localhost") || same_name(name, "[::1]"))
		return true;
	if (!hy_str_starts(name, HY_S("127.")) || name.n > 15)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
			return false;
	return true;
}

bool hy_changes_state(const struct hy_request *r)
{
	return !hy_str_eq(r->method, HY_S("GET")) && !hy_str_eq(r->method, HY_S("HEAD")) &&
	       !hy_str_eq(r->method, HY_S("OPTIONS"));
}

static enum hy_code foreign(struct hy_err *e, const char *header)
{
	return hy_fail(e, HY_FORBIDDEN, header,
		       "a page from elsewhere may not change anything here; use this server's own "
		       "pages, or send no %s",
		       header);
}

/* Pages elsewhere must not use a browser's way in to this server. */
static enum hy_code check_origin(const struct hy_request *r, const struct head *h, struct hy_err *e)
{
	hy_str shown = { h->host.p, h->host.n < 80 ? h->host.n : 80 };

	/* Nobody else's name may lead here (DNS rebinding) where being on this machine counts. */
	if ((r->server->o.loopback_only || (!r->server->o.tls_cert && !r->trusted)) &&
	    (!h->host.p || !hy_is_loopback_host(h->host)))
		return hy_fail(e, HY_FORBIDDEN, "Host",
			       "this server answers only as localhost or 127.0.0.1, not as "
			       "\"" HY_FMT "\"; open http://127.0.0.1:%d/",
			       HY_ARG(shown), r->server->port);
	if (!hy_changes_state(r))
		return HY_OK;
	if (hy_str_eq(h->fetch_site, HY_S("cross-site")) ||
	    hy_str_eq(h->fetch_site, HY_S("same-site")))
		return foreign(e, "Sec-Fetch-Site");
	if (!h->origin.p)
		return HY_OK;
	ptrdiff_t at = hy_str_find(h->origin, HY_S("://"));
	hy_str own = at < 0 ? (hy_str){ "", 0 }
			    : (hy_str){ h->origin.p + at + 3, h->origin.n - (size_t)at - 3 };
	if (own.n && own.n == h->host.n && strncasecmp(own.p, h->host.p, own.n) == 0)
		return HY_OK;
	return foreign(e, "Origin");
}

size_t hy_request_body_limit(const struct hy_request *r)
{
	const struct hy_routed *routed = r->matched.routed;

	return routed && routed->route->body_limit ? routed->route->body_limit
						   : r->server->o.body_limit;
}

static enum hy_code too_large(const struct hy_request *r, struct hy_err *e)
{
	return hy_fail(e, HY_TOO_LARGE, "", "the body may have %zu bytes; send less",
		       hy_request_body_limit(r));
}

static bool is_json(hy_str type)
{
	hy_str head, charset;

	if (!hy_str_cut(&type, ';', &head) || !same_name(hy_str_trim(head), "application/json"))
		return false;
	if (hy_str_trim(type).n == 0)
		return true;
	return hy_str_cut(&type, '=', &charset) && same_name(hy_str_trim(charset), "charset") &&
	       (same_name(hy_str_trim(type), "utf-8") || same_name(hy_str_trim(type), "\"utf-8\""));
}

static enum hy_code check_body_head(struct hy_request *r, const struct head *h, struct hy_err *e)
{
	int64_t length = 0;

	if (h->content_length.p && h->transfer_encoding.p)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "send Content-Length or Transfer-Encoding, not both");
	if (h->content_length.p &&
	    (!hy_str_int(hy_str_trim(h->content_length), &length) || length < 0))
		return hy_fail(e, HY_BAD_INPUT, "Content-Length",
			       "must be a number of bytes written with digits");
	r->has_body = length > 0 || h->transfer_encoding.p;
	r->announced = (uint64_t)length;
	return HY_OK;
}

static enum hy_code check_media(const struct hy_request *r, const struct head *h, struct hy_err *e)
{
	const struct hy_route *route = r->matched.routed ? r->matched.routed->route : NULL;

	if (!r->has_body)
		return HY_OK;
	if (route && route->form)
		return hy_form_type(h->content_type.p ? h->content_type : HY_S(""), route->upload)
			       ? HY_OK
			       : hy_fail(e, HY_NO_MEDIA, "Content-Type",
					 "the body must be a form as browsers send it");
	if (route && route->upload)
		return HY_OK; /* what it is says the content */
	if (!route || !route->body)
		return hy_fail(e, HY_BAD_INPUT, "", "this address takes no body; send none");
	if (!is_json(h->content_type.p ? h->content_type : HY_S("")))
		return hy_fail(e, HY_NO_MEDIA, "Content-Type",
			       "the body must be JSON; send Content-Type: application/json");
	return HY_OK;
}

static enum hy_code choose_language(struct hy_request *r, struct hy_err *e)
{
	for (size_t i = 0; i < r->target.query.n; i++) {
		const struct hy_pair *p = &r->target.query.v[i];
		if (!hy_str_eq(p->name, HY_S("lang")))
			continue;
		r->language = hy_language_of(p->value);
		if (r->language.n == 0) {
			r->language = HY_S("zh-CN");
			return hy_fail(e, HY_BAD_FIELD, "lang", "must be zh-CN, zh-Hant or en");
		}
		return HY_OK;
	}
	r->language = hy_language_accepted(hy_request_header(r, "Accept-Language"));
	return HY_OK;
}

static enum hy_code read_if_match(struct hy_request *r, const struct head *h, struct hy_err *e)
{
	hy_str s = hy_str_trim(h->if_match);

	if (hy_str_starts(s, HY_S("W/"))) /* a proxy that packs answers marks them so */
		s = (hy_str){ s.p + 2, s.n - 2 };
	if (hy_str_eq(s, HY_S("*"))) {
		r->if_match = s;
	} else if (s.n) {
		if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"' ||
		    memchr(s.p + 1, '"', s.n - 2))
			return hy_fail(e, HY_BAD_FIELD, "If-Match",
				       "must be one ETag in quotes, as it was read");
		r->if_match = (hy_str){ s.p + 1, s.n - 2 };
	}
	const struct hy_route *route = hy_request_route(r);
	if (route && route->need_match && r->if_match.n == 0)
		return hy_fail(e, HY_NEED_MATCH, "If-Match",
			       "is missing; read the thing first and send its ETag");
	return HY_OK;
}

/* First pages: whatever no route takes, to be read only. */
static enum hy_code find_route(struct hy_request *r, struct hy_err *e)
{
	enum hy_code c =
		hy_router_match(r->server->router, r->arena, r->method, &r->target, &r->matched, e);

	if (c == HY_NO_ROUTE && r->server->o.otherwise && !hy_changes_state(r)) {
		hy_err_clear(e);
		return HY_OK;
	}
	return c;
}

/* What leads nowhere counts too. */
static enum hy_code find_route_within_limits(struct hy_request *r, struct hy_err *e)
{
	struct hy_err limited = { 0 };
	enum hy_code c = find_route(r, e);

	if (hy_edge_limit(r, &limited))
		*e = limited;
	else
		return c;
	return limited.code;
}

static enum hy_code ask_guard(struct hy_request *r, struct hy_err *e)
{
	const struct hy_route *route = hy_request_route(r);

	if (!route)
		return HY_OK;
	if (r->server->o.guard)
		return r->server->o.guard(r, route, e);
	if (strcmp(route->permission, "public") == 0)
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "", "nobody may do this: the server has no accounts yet");
}

enum hy_code hy_request_begin(struct hy_request *r, struct hy_err *e)
{
	struct head h = { 0 };

	r->language = HY_S("zh-CN");
	hy_edge_arrive(r);
	MHD_get_connection_values(r->con, MHD_HEADER_KIND, note, &h);
	if (h.twice)
		return hy_fail(e, HY_BAD_INPUT, h.twice, "is given twice; send it once");
	enum hy_code c = check_body_head(r, &h, e);
	if (!c)
		c = hy_edge_way(r, e);
	if (!c)
		c = check_origin(r, &h, e);
	if (!c)
		c = hy_target_read(r->arena, r->raw_target, &r->target, e);
	if (!c)
		c = find_route_within_limits(r, e);
	if (!c)
		c = choose_language(r, e);
	/* Whatever else is wrong: nothing that large is read to its end. */
	if (r->announced > hy_request_body_limit(r)) {
		hy_err_clear(e);
		return too_large(r, e);
	}
	if (!c)
		c = ask_guard(r, e);
	if (!c)
		c = hy_edge_limit_account(r, e);
	if (!c)
		c = check_media(r, &h, e);
	if (!c)
		c = read_if_match(r, &h, e);
	if (!c && h.key.p && r->matched.routed && r->matched.routed->route->idempotent_key)
		c = hy_key_read(h.key, &r->key, e);
	return c;
}

/* --- with the body ---------------------------------------------------------------------- */

static enum hy_code read_query(struct hy_request *r, const struct hy_route *route, struct hy_err *e)
{
	void *out = route->query ? hy_arena_take(r->arena, route->query_size) : NULL;

	r->query = out;
	return hy_fields_query(r->arena, &r->target.query, route->query, out, e);
}

struct mapped {
	void *at;
	size_t n;
};

static void unmap(void *arg)
{
	const struct mapped *m = arg;

	munmap(m->at, m->n);
}

/* What an upload brought, as bytes that stay on the disk. */
static enum hy_code map_upload(struct hy_request *r, hy_str *out, struct hy_err *e)
{
	struct mapped *m = hy_new(r->arena, struct mapped);

	*out = HY_S("");
	if (!r->upload || r->upload->size == 0)
		return HY_OK;
	m->n = (size_t)r->upload->size;
	m->at = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, r->upload->fd, 0);
	if (m->at == MAP_FAILED)
		return hy_broke(e, HY_IO, "could not map an upload of %zu bytes", m->n);
	hy_arena_defer(r->arena, unmap, m);
	*out = (hy_str){ m->at, m->n };
	return HY_OK;
}

/* The fields that BODY of the route is to read: all but the key. */
static struct hy_pairs without_key(struct hy_arena *a, const struct hy_pairs *p)
{
	struct hy_pairs out = { hy_new_n(a, struct hy_pair, p->n + 1), 0 };

	for (size_t i = 0; i < p->n; i++)
		if (!hy_str_eq(p->v[i].name, HY_S("key")))
			out.v[out.n++] = p->v[i];
	return out;
}

static enum hy_code read_form(struct hy_request *r, const struct hy_route *route, struct hy_err *e)
{
	struct hy_form *f = hy_new(r->arena, struct hy_form);
	hy_str bytes = hy_buf_str(&r->body);
	enum hy_code c = route->upload ? map_upload(r, &bytes, e) : HY_OK;

	if (!c)
		c = hy_form_read(r->arena, hy_request_header(r, "Content-Type"), bytes, f, e);
	if (c)
		return c;
	r->form = f;
	if (route->idempotent_key)
		c = hy_key_read(hy_request_form(r, "key"), &r->key, e);
	if (c || !route->body)
		return c;
	void *out = hy_arena_take(r->arena, route->body_size);
	struct hy_pairs fields = without_key(r->arena, &f->fields);
	r->fields = out;
	return hy_fields_query(r->arena, &fields, route->body, out, e);
}

static enum hy_code read_body(struct hy_request *r, const struct hy_route *route, struct hy_err *e)
{
	hy_str text = hy_buf_str(&r->body);
	json_t *v = NULL;

	if (route->form)
		return read_form(r, route, e);
	if (route->upload)
		return r->upload ? hy_upload_end(r, e) : HY_OK;
	if (!route->body)
		return text.n ? hy_fail(e, HY_BAD_INPUT, "",
					"this address takes no body; send none")
			      : HY_OK;
	size_t bad;
	if (!hy_str_utf8(text, &bad))
		return hy_fail(e, HY_BAD_INPUT, "", "the body must be UTF-8; byte %zu is not", bad);
	enum hy_code c = hy_json_read(r->arena, text.n ? text : HY_S("{}"), &v, e);
	if (c)
		return c;
	void *out = hy_arena_take(r->arena, route->body_size);
	r->fields = out;
	return hy_fields_read(r->arena, v, route->body, out, e);
}

enum hy_code hy_request_run(struct hy_request *r, struct hy_err *e)
{
	const struct hy_route *route = hy_request_route(r);

	if (r->dropped)
		return too_large(r, e);
	if (!route)
		return r->server->o.otherwise(r, e);
	enum hy_code c = read_query(r, route, e);
	if (!c)
		c = read_body(r, route, e);
	return c ? c : route->run(r, e);
}
