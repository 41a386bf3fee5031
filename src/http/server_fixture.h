#ifndef HY_HTTP_SERVER_FIXTURE_H
#define HY_HTTP_SERVER_FIXTURE_H

/* server_fixture -- for tests: a small feature with notes, a store and a server for each test,
 * and a client that speaks over plain sockets, so that it can also speak badly. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "http/http.h"
#include "store/testing_address.h"

/* --- a small feature ------------------------------------------------------------------- */

static _Atomic int works; /* how often note_work ran to its end */

struct find {
	hy_str q;
	int64_t n;
};
static const struct hy_field find_fields[] = {
	HY_FIELD_TEXT(struct find, q, false, 1, 20),
	HY_FIELD_INT(struct find, n, false, 1, 9),
	{ 0 },
};
struct note {
	hy_str title;
	int64_t sleep_ms;
	int64_t id; /* out */
};
static const struct hy_field note_fields[] = {
	HY_FIELD_TEXT(struct note, title, true, 1, 100000),
	HY_FIELD_INT(struct note, sleep_ms, false, 0, 5000),
	{ 0 },
};

static inline void nap(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static inline enum hy_code echo(struct hy_request *r, struct hy_err *e)
{
	const struct find *f = hy_request_query(r);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_kstr(&j, "name", hy_request_param(r, "name"));
	hy_json_kstr(&j, "q", f->q);
	hy_json_kint(&j, "n", f->n);
	hy_json_kstr(&j, "lang", hy_request_language(r));
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

static inline enum hy_code tagged(struct hy_request *r, struct hy_err *e)
{
	(void)e;
	hy_answer(r, 200, "text/html; charset=utf-8", HY_S("<p>v1</p>"));
	hy_answer_etag(r, HY_S("v1"));
	hy_answer_header(r, "Content-Security-Policy", HY_S("default-src 'self'"));
	return HY_OK;
}

static inline enum hy_code large(struct hy_request *r, struct hy_err *e)
{
	size_t n = 4 << 20;
	char *p = hy_arena_take(hy_request_arena(r), n);

	(void)e;
	memset(p, 'x', n);
	hy_answer(r, 200, "text/plain", (hy_str){ p, n });
	return HY_OK;
}

static inline enum hy_code quiet(struct hy_request *r, struct hy_err *e)
{
	(void)r;
	(void)e;
	return HY_OK;
}

static inline enum hy_code broken(struct hy_request *r, struct hy_err *e)
{
	(void)r;
	return hy_broke(e, HY_INTERNAL, "the operator's text");
}

static inline enum hy_code note_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct note *n = in_out;
	bool row = false;

	nap((int)n->sleep_ms);
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO note (title) VALUES ($1) RETURNING id");
	hy_bind_text(s, 1, n->title);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	n->id = hy_col_int(s, 0);
	if (hy_str_eq(n->title, HY_S("refuse me")))
		return hy_fail(e, HY_NOT_NOW, "title", "is refused after it was written");
	works++;
	return HY_OK;
}

static inline enum hy_code note_finish(struct hy_request *r, struct hy_db *db, void *in_out,
				       struct hy_err *e)
{
	struct note *n = in_out;
	struct hy_buf b = hy_buf_on(hy_request_arena(r));

	(void)db;
	(void)e;
	hy_buf_fmt(&b, "{\"id\":%lld}", (long long)n->id);
	hy_answer_json(r, 201, &b);
	hy_answer_header(r, "Location", hy_printf(b.a, "/notes/%lld", (long long)n->id));
	hy_answer_etag(r, HY_S("first"));
	return HY_OK;
}

static inline enum hy_code note_new(struct hy_request *r, struct hy_err *e)
{
	struct note *n = hy_new(hy_request_arena(r), struct note);

	*n = *(const struct note *)hy_request_body(r);
	return hy_answer_after(r, note_work, note_finish, n, e);
}

static inline enum hy_code note_change(struct hy_request *r, struct hy_err *e)
{
	if (!hy_str_eq(hy_request_if_match(r), HY_S("first")))
		return hy_fail(e, HY_STALE, "If-Match", "has changed; read it again");
	return HY_OK;
}

static inline enum hy_code first_page(struct hy_request *r, struct hy_err *e)
{
	if (!hy_str_eq(hy_request_path(r), HY_S("/page")))
		return hy_fail(e, HY_NO_ROUTE, "", "no such page");
	hy_answer(r, 200, "text/html", HY_S("page"));
	return HY_OK;
}

#define FIND .query = find_fields, .query_size = sizeof(struct find)
#define NOTE .body = note_fields, .body_size = sizeof(struct note)
#define ROUTE(m, p, handler, ...)                                                                  \
	{                                                                                          \
		.method = m, .path = p, .permission = "public", .run = handler, __VA_ARGS__        \
	}
static const struct hy_route routes[] = {
	ROUTE("GET", "/echo/{name}", echo, FIND),
	ROUTE("GET", "/tagged", tagged, .summary = "has an ETag"),
	ROUTE("GET", "/large", large, .summary = "4 MiB"),
	ROUTE("DELETE", "/quiet", quiet, .summary = "204"),
	ROUTE("GET", "/broken", broken, .summary = "500"),
	ROUTE("POST", "/notes", note_new, NOTE, .idempotent_key = true),
	ROUTE("POST", "/other", note_new, NOTE, .idempotent_key = true),
	ROUTE("PATCH", "/notes/{id}", note_change, NOTE, .need_match = true),
	{ .method = "GET", .path = "/closed", .permission = "note.read", .run = quiet },
	{ 0 },
};
static const struct hy_route *const tables[] = { routes, NULL };

/* --- the place: a store and a server for each test ---------------------------------------- */

struct place {
	char dir[32];
	struct hy_store *store;
	struct hy_server *server;
	int port;
};
static _Atomic int64_t clock_ms = INT64_C(1800000000000);

static inline int64_t now(void)
{
	return clock_ms;
}

static inline void extra_metrics(struct hy_buf *out, void *ctx)
{
	(void)ctx;
	hy_buf_add(out, HY_S("huiyin_test_lines 7\n"));
}

/* As without a guard, but that the operator is here. */
static inline enum hy_code operator_guard(struct hy_request *r, const struct hy_route *route,
					  struct hy_err *e)
{
	(void)r;
	if (strcmp(route->permission, "public") == 0 ||
	    strcmp(route->permission, "metrics.read") == 0)
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "", "not for you");
}

static int idle_seconds = 1; /* of the servers of this program */

static inline struct hy_server_options options(struct place *p)
{
	return (struct hy_server_options){ .address = "127.0.0.1",
					   .loopback_only = true,
					   .threads = 2,
					   .body_limit = 64 * 1024,
					   .idle_seconds = idle_seconds,
					   .tables = tables,
					   .otherwise = first_page,
					   .guard = operator_guard,
					   .metrics = extra_metrics,
					   .store = p->store };
}

static inline enum hy_code store_open(struct place *p, int queue, struct hy_err *e)
{
	struct hy_migration steps[] = {
		hy_http_migrations[0],
		{ .name = "note-001",
		  .sqlite = "CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT NOT NULL)",
		  .pg = "CREATE TABLE note (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY "
			"KEY, title TEXT NOT NULL)" },
		{ 0 },
	};
	struct hy_store_options so = {
		.create = true, .files = p->dir, .queue = queue, .migrations = steps, .now = now
	};

	return hy_store_open(test_address(p->dir), &so, &p->store, e);
}

static inline int place_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct hy_err e = { 0 };

	works = 0;
	strcpy(p->dir, "/tmp/hy-http-XXXXXX");
	if (!mkdtemp(p->dir) || store_open(p, 0, &e)) {
		fprintf(stderr, "store: %s\n", hy_err_text(&e));
		return 1;
	}
	struct hy_server_options o = options(p);
	if (hy_server_start(&o, &p->server, &e)) {
		fprintf(stderr, "server: %s\n", hy_err_text(&e));
		return 1;
	}
	p->port = hy_server_port(p->server);
	*state = p;
	return 0;
}

static inline int drop(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline int place_down(void **state)
{
	struct place *p = *state;

	hy_server_stop(&p->server);
	hy_store_close(&p->store);
	nftw(p->dir, drop, 8, FTW_DEPTH | FTW_PHYS);
	free(p);
	return 0;
}

static inline int64_t ask(struct place *p, const char *sql)
{
	HY_SCOPED_DB db = NULL;
	struct hy_err e = { 0 };
	bool row = false;

	assert_int_equal(hy_store_read(p->store, &db, &e), HY_OK);
	HY_SCOPED_STMT s = hy_sql(db, sql);
	assert_int_equal(hy_step(s, &row, &e), HY_OK);
	return hy_col_int(s, 0);
}

static inline int64_t notes(struct place *p)
{
	return ask(p, "SELECT count(*) FROM note");
}

/* --- a client ------------------------------------------------------------------------------ */

struct heard {
	int status; /* 0: closed without an answer */
	char head[4096];
	char *body;
	size_t n;
};

static inline int dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct timeval patience = { 20, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline bool say(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t k = send(fd, text, n, MSG_NOSIGNAL);
		if (k <= 0)
			return false;
		text += k;
		n -= (size_t)k;
	}
	return true;
}

static inline void heard_free(struct heard *h)
{
	free(h->body);
	*h = (struct heard){ 0 };
}
#define HEARD __attribute__((cleanup(heard_free))) struct heard

static const char *header(const struct heard *h, const char *name)
{
	static _Thread_local char value[512];
	char want[80];

	snprintf(want, sizeof(want), "\r\n%s: ", name);
	const char *at = strcasestr(h->head, want);
	if (!at)
		return NULL;
	at += strlen(want);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
	return value;
}

/* One answer; HEAD answers have no body whatever their length says. */
static inline struct heard hear(int fd, bool head_only)
{
	struct heard h = { 0 };
	size_t n = 0;

	while (n < sizeof(h.head) - 1 && !strstr(h.head, "\r\n\r\n"))
		if (recv(fd, h.head + n++, 1, 0) != 1)
			return (struct heard){ 0 };
	sscanf(h.head, "HTTP/1.%*d %d", &h.status);
	const char *length = header(&h, "Content-Length");
	size_t want = length && !head_only && h.status != 304 ? strtoul(length, NULL, 10) : 0;
	h.body = calloc(1, want + 1);
	while (h.n < want) {
		ssize_t k = recv(fd, h.body + h.n, want - h.n, 0);
		if (k <= 0)
			break;
		h.n += (size_t)k;
	}
	return h;
}

/* A request with the usual head; HEADERS end with CRLF each. */
static inline bool request(int fd, const char *line, const char *headers, const char *body)
{
	char *text = NULL;
	int n = body ? asprintf(&text,
				"%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
				"application/json\r\n"
				"Content-Length: %zu\r\n%s\r\n%s",
				line, strlen(body), headers, body)
		     : asprintf(&text, "%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", line, headers);
	bool said = n > 0 && say(fd, text, (size_t)n);

	free(text);
	return said;
}

/* One request on a connection of its own. */
static inline struct heard once(struct place *p, const char *line, const char *headers,
				const char *body)
{
	int fd = dial(p->port);
	struct heard h = { 0 };

	if (fd >= 0 && request(fd, line, headers, body))
		h = hear(fd, strncmp(line, "HEAD", 4) == 0);
	close(fd);
	return h;
}

static inline struct heard raw(struct place *p, const char *text)
{
	int fd = dial(p->port);
	struct heard h = { 0 };

	if (say(fd, text, strlen(text)))
		h = hear(fd, false);
	close(fd);
	return h;
}

#define assert_in(text, part) assert_non_null(strstr((text), (part)))

static inline void assert_problem(const struct heard *h, int status, const char *code,
				  const char *says)
{
	char want[80];

	if (h->status != status)
		fail_msg("%d instead of %d: %s", h->status, status,
			 h->body ? h->body : "(nothing)");
	assert_string_equal(header(h, "Content-Type"), "application/problem+json");
	snprintf(want, sizeof(want), "\"code\":\"%s\"", code);
	assert_in(h->body, want);
	snprintf(want, sizeof(want), "\"type\":\"/problems/%s\"", code);
	assert_in(h->body, want);
	assert_in(h->body, says);
	assert_in(h->body, header(h, "X-Request-Id"));
}

#endif
