#ifndef HY_HTTP_HTTP_H
#define HY_HTTP_HTTP_H

/* http -- server, request and answer, route and field tables, the edge.
 *
 * Knows no feature: rooms bring tables of routes.  404, 405, "missing", "too long" and
 * the limits come from the tables; a test compares them with api/openapi.yaml.
 * Errors are RFC 9457 problem documents with the stable key of base/err.h as "code". */

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "store/store.h"

struct hy_server;
struct hy_request;

/* --- fields -----------------------------------------------------------------------
 * A row says where a value of the query string (GET) or of the JSON body (other methods)
 * goes in a struct; a missing or wrong value is answered by the table alone.  Unknown
 * names are refused with a suggestion.
 *
 * Absent is: not there; null in JSON (HY_F_JSON keeps the null); nothing after the = in a
 * query.  Texts are UTF-8 without control characters but tab and line ends.  In a query
 * TEXTS is the name repeated.  "lang" is a reserved name in the query of every route. */
enum hy_field_type {
	HY_F_TEXT,
	HY_F_INT,
	HY_F_BOOL,
	HY_F_DAY,
	HY_F_INSTANT,
	HY_F_JSON,
	HY_F_TEXTS
};
struct hy_field {
	const char *name;
	enum hy_field_type type;
	size_t at; /* offset in the struct: hy_str, int64_t, bool, hy_day, hy_ms, json_t *, struct
		      hy_texts */
	bool required;
	int64_t least, most; /* TEXT: characters; INT: value; TEXTS: how many */
	const char *one_of;  /* "a|b|c" for TEXT, NULL: anything */
};
struct hy_texts {
	hy_str *v;
	size_t n;
};
/* The macro compares the member's type at compile time. */
#define HY_FIELD_(T, m, C, kind, req, lo, hi, words)                                               \
	{                                                                                          \
#m, kind, offsetof(T, m) + 0 * sizeof(&((T *)0)->m == (C *)0), req, lo, hi, words  \
	}
#define HY_FIELD_TEXT(T, m, req, lo, hi) HY_FIELD_(T, m, hy_str, HY_F_TEXT, req, lo, hi, NULL)
#define HY_FIELD_WORD(T, m, req, words) HY_FIELD_(T, m, hy_str, HY_F_TEXT, req, 1, 64, words)
#define HY_FIELD_INT(T, m, req, lo, hi) HY_FIELD_(T, m, int64_t, HY_F_INT, req, lo, hi, NULL)
#define HY_FIELD_BOOL(T, m, req) HY_FIELD_(T, m, bool, HY_F_BOOL, req, 0, 0, NULL)
#define HY_FIELD_DAY(T, m, req) HY_FIELD_(T, m, int32_t, HY_F_DAY, req, 0, 0, NULL)
#define HY_FIELD_INSTANT(T, m, req) HY_FIELD_(T, m, int64_t, HY_F_INSTANT, req, 0, 0, NULL)
#define HY_FIELD_JSON(T, m, req) HY_FIELD_(T, m, json_t *, HY_F_JSON, req, 0, 0, NULL)
#define HY_FIELD_TEXTS(T, m, req, lo, hi)                                                          \
	HY_FIELD_(T, m, struct hy_texts, HY_F_TEXTS, req, lo, hi, NULL)

/* Fills OUT (zeroed first; absent DAY/INSTANT become HY_NO_DAY/HY_NO_TIME) from a JSON
 * object by the table.  The http floor uses it for bodies; rooms for nested objects. */
enum hy_code hy_fields_read(struct hy_arena *a, const json_t *obj, const struct hy_field *fields,
			    void *out, struct hy_err *e) HY_MUST;
/* "text", "integer", "boolean", "day", "instant", "json", "texts". */
const char *hy_field_type_name(enum hy_field_type type);

/* --- routes ------------------------------------------------------------------------ */
/* A handler reads what it needs, fills the answer and returns HY_OK, or fails; it runs in
 * a pool thread and may block on reads.  For writes it calls hy_answer_after(). */
typedef enum hy_code hy_handler(struct hy_request *r, struct hy_err *e);

/* How often a route may be asked, by one address prefix (/24, /56) and by one account:
 * http/limit.h. LOGIN, LOOKUP and FILING are the doors at which strangers knock: beyond their limit
 * a proof of work is demanded (HY_NEED_PROOF with the challenge), where others are HY_TOO_MANY.
 * Requests that come from this machine itself, through no proxy, are not limited. */
enum hy_pace {
	HY_PACE_BY_METHOD, /* READ for GET, WRITE for others */
	HY_PACE_NONE,
	HY_PACE_READ,
	HY_PACE_WRITE,
	HY_PACE_HEAVY, /* exports, reports */
	HY_PACE_LOGIN,
	HY_PACE_LOOKUP,
	HY_PACE_FILING,
	HY_PACES
};
extern const char *const hy_pace_names[HY_PACES];

struct hy_route {
	const char *method; /* "GET", "POST", "PATCH", "DELETE" */
	const char *path; /* "/api/v1/matters/{code}": {name} is one segment; a last {name*} is the
			     rest */
	const char *permission; /* NULL is a mistake: a test demands one; "public" needs none */
	const char *summary;	/* one line, for the documentation */
	const struct hy_field *query; /* NULL: takes none */
	size_t query_size;	      /* sizeof the struct that QUERY fills */
	const struct hy_field *body;  /* NULL: takes none */
	size_t body_size;
	hy_handler *run;
	bool idempotent_key; /* honours Idempotency-Key */
	bool need_match;     /* refuses without If-Match */
	size_t body_limit;   /* bytes of a body; 0: the server's limit */
	/* The body is a file of any type: it goes to an unnamed file on the disk while it
	 * arrives, and hy_request_upload() has it.  BODY must be NULL. */
	bool upload;
	/* The body is a form as a page without scripts sends it; with UPLOAD it may be multipart
	 * and hold files.  BODY, if any, reads its fields as those of a query; the field "key"
	 * is its Idempotency-Key. */
	bool form;
	enum hy_pace pace;
	/* For pages that people look at, which are no part of the contract: writes the answer for
	 * an error, whose status it must take; NULL: a problem document. */
	void (*wrong)(struct hy_request *r, const struct hy_err *e, int status);
};

/* Calls FN for every route of the tables (ends with NULL), in their order. */
void hy_routes_each(const struct hy_route *const *tables,
		    void (*fn)(const struct hy_route *route, void *arg), void *arg);

/* --- a request, in the hands of a handler ------------------------------------------ */
struct hy_arena *hy_request_arena(struct hy_request *r);       /* lives until the answer is sent */
const struct hy_route *hy_request_route(struct hy_request *r); /* NULL in "otherwise" */
hy_str hy_request_method(struct hy_request *r);		       /* as sent: "HEAD" stays "HEAD" */
hy_str hy_request_path(struct hy_request *r);		       /* decoded, without the query */
void *hy_request_ctx(struct hy_request *r); /* what hy_server_start() was given */
struct hy_store *hy_request_store(struct hy_request *r);
hy_str hy_request_param(struct hy_request *r, const char *name); /* of the path, decoded */
const void *hy_request_query(struct hy_request *r); /* the struct by the route's table */
const void *hy_request_body(struct hy_request *r);
struct hy_upload {
	int fd; /* to be read from 0 on; closed with the request */
	int64_t size;
	hy_hash hash; /* SHA-256 of the bytes */
};
const struct hy_upload *hy_request_upload(struct hy_request *r); /* NULL: nothing was sent */
/* Of a form: the first value of NAME (empty when absent), all of them, and file N (false: there is
 * none), a view that lives as long as the request. */
hy_str hy_request_form(struct hy_request *r, const char *name);
struct hy_texts hy_request_form_all(struct hy_request *r, const char *name);
bool hy_request_form_file(struct hy_request *r, size_t n, hy_str *name_out, hy_str *bytes_out);
/* BYTES of such a file as an upload of its own; writes, so not in the server's own threads. */
enum hy_code hy_request_part(struct hy_request *r, hy_str bytes, struct hy_upload **out,
			     struct hy_err *e) HY_MUST;
/* After HY_TOO_MANY and HY_NEED_PROOF: in how many seconds it may be tried again; 0: not known. */
int64_t hy_request_wait(struct hy_request *r);
hy_str hy_request_header(struct hy_request *r, const char *name); /* empty when absent */
hy_str hy_request_id(struct hy_request *r); /* also in the answer as X-Request-Id */
hy_str hy_request_language(
	struct hy_request *r); /* "zh-CN", "zh-Hant" or "en" by ?lang= or Accept-Language */
/* The ETag in If-Match without quotes; empty when absent. */
hy_str hy_request_if_match(struct hy_request *r);
/* What the guard found out: who asks.  SCOPE (a stable name of the one who asks, in the
 * request's arena) keeps one person's Idempotency-Keys apart from another's. */
void hy_request_set_user(struct hy_request *r, void *user, hy_str scope);
void *hy_request_user(struct hy_request *r);
/* SHA-256 (hex) over method, path, query (but lang) and body. */
hy_str hy_request_digest(struct hy_request *r);

/* --- the edge: who comes, how, and by which cookie ----------------------------------- */
/* The client's address, seen through trusted hops: for limits and the private part of security
 * events; never for a log.  Is the way to it encrypted (by TLS here, or as the trusted hop says)?
 * Does it come from this machine, through no proxy? */
hy_str hy_request_address(struct hy_request *r);
bool hy_request_secure(struct hy_request *r);
bool hy_request_from_here(struct hy_request *r);

/* Cookies are HttpOnly and SameSite=Strict, for the path "/".  Over an encrypted way they are also
 * Secure and called __Host-NAME, which a page of another host cannot set; reading takes only the
 * name that belongs to the way, and nothing when it is there twice. */
hy_str hy_request_cookie(struct hy_request *r, const char *name);
/* VALUE: letters, digits, '-', '_', '.', '~'.  SECONDS: how long; 0: take it away; < 0: until the
 * browser is closed. */
void hy_answer_cookie(struct hy_request *r, const char *name, hy_str value, int64_t seconds);

/* Cross-site request forgery: whatever came in by a cookie must show, for each change of state, the
 * token that belongs to the cookie's secret, in the header X-CSRF-Token; a page of another origin
 * cannot read it.  The guard calls this once it knows that the way in was a cookie; GET and HEAD
 * need none.  (Changes with a foreign Origin or Sec-Fetch-Site were refused before.)  The token
 * is a function of the secret alone: any server of the city knows it. */
hy_str hy_csrf_token(struct hy_arena *a, hy_str secret);
enum hy_code hy_request_csrf(struct hy_request *r, hy_str secret, struct hy_err *e) HY_MUST;

/* --- the answer ---------------------------------------------------------------------- */
/* Body, content type and header values must live in the request's arena (or be static).
 * HY_OK without a call to hy_answer means 204.  Every answer carries nosniff, no-referrer, a
 * closed Content-Security-Policy, what keeps it out of other pages, X-Request-Id, Cache-Control
 * (no-store; private, no-cache with an ETag) and, encrypted, HSTS; hy_answer_header() with such a
 * name replaces it.  HEAD is answered as GET. */
void hy_answer(struct hy_request *r, int status, const char *content_type, hy_str body);
void hy_answer_json(struct hy_request *r, int status, const struct hy_buf *body);
void hy_answer_header(struct hy_request *r, const char *name, hy_str value);
/* ETag; a GET with the same If-None-Match is answered 304 by the server. */
void hy_answer_etag(struct hy_request *r, hy_str tag);

/* Submits WORK to the store; the connection is suspended until the commit (or refusal), and
 * the handler returns at once what this returns, without touching R again.  FINISH (may be
 * NULL) writes the answer: it runs in the writer's thread at the end of WORK, inside the same
 * transaction, may read through DB and, like WORK, may run twice.  An error of either undoes
 * both and is answered by itself.
 *
 * With an Idempotency-Key, on a route that honours it, the answer commits with the work: a
 * repeat within 48 hours gets the stored answer with Idempotent-Replayed: true, another
 * request under the same key HY_KEY_REUSED.  Errors are not stored.  The stored answer is
 * sealed with the key itself, which the database does not hold. */
typedef enum hy_code hy_finish(struct hy_request *r, struct hy_db *db, void *in_out,
			       struct hy_err *e);
enum hy_code hy_answer_after(struct hy_request *r, hy_work *work, hy_finish *finish, void *in_out,
			     struct hy_err *e) HY_MUST;

/* Puts the answer off until a thread of another kind has it: the connection is suspended, the
 * pool's thread goes on.  After HY_OK the handler returns at once, and whoever was handed R fills
 * the answer and calls hy_answer_now() exactly once, with its error or HY_OK in E; R is not touched
 * after. */
enum hy_code hy_answer_later(struct hy_request *r, struct hy_err *e) HY_MUST;
void hy_answer_now(struct hy_request *r, const struct hy_err *e);
/* For what happens sooner or later: the connection is suspended, LOOK is called about once a second
 * until it says true, SECONDS have passed or the server stops, and then RUN as a handler, which
 * must answer at once.  Of all requests that wait so there are few of one asker: the oldest is
 * answered when another comes; and not too many in all (HY_STORE_BUSY).  The handler returns at
 * once what this returns, without touching R again. */
enum hy_code hy_answer_when(struct hy_request *r, bool (*look)(struct hy_request *r),
			    hy_handler *run, int seconds, struct hy_err *e) HY_MUST;
/* For what takes long and is no write (passwords, pictures): the connection is suspended and RUN
 * is called as a handler in one of the server's few side threads, so that nobody else waits for
 * it.  RUN may end with hy_answer_after().  HY_STORE_BUSY when too many wait already.  The
 * handler returns at once what this returns, without touching R again. */
enum hy_code hy_answer_aside(struct hy_request *r, hy_handler *run, struct hy_err *e) HY_MUST;

/* --- the server ------------------------------------------------------------------------ */
/* Decides by the route's permission whether R may go on, and says who asks; runs before the
 * body is read, for every route ("public" ones too: there it may only look who it is). */
typedef enum hy_code hy_guard(struct hy_request *r, const struct hy_route *route, struct hy_err *e);

struct hy_edge;
/* Each connection is an open file; OWN_FILES are for databases, pages and uploads. */
enum { HY_CONNECTIONS = 16384, HY_OWN_FILES = 256 };
struct hy_server_options {
	const char *address; /* "127.0.0.1"; other than loopback is refused while loopback_only */
	int port;	     /* 0: any free one */
	bool loopback_only;
	/* Addresses and prefixes of proxies, ends with NULL; NULL: none.  They must send Host
	 * as it came, and X-Forwarded-For and X-Forwarded-Proto or, with FORWARDED, Forwarded
	 * (RFC 7239).  Without TLS nobody but they and this machine is answered. */
	const char *const *trusted;
	bool forwarded;
	const struct hy_edge *edge; /* holds from the first request on; NULL: no limits */
	/* PEM files: TLS 1.2 and 1.3 by ourselves.  One server of a process can have them. */
	const char *tls_cert, *tls_key;
	int threads;	   /* 0: number of processors */
	size_t body_limit; /* 0: 1 MiB */
	/* How many at once; 0: HY_CONNECTIONS.  Fewer when fewer files may be open.  When almost so
	 * many are there, who has waited longest for its own request makes room for the next. */
	int connections;
	/* Of silence, of a head on its way, of a write in the queue; a whole body and a whole
	 * answer may take ten times as long.  0: 30. */
	int idle_seconds;
	const struct hy_route *const *tables; /* ends with NULL; each table ends with { 0 } */
	hy_guard *guard; /* NULL: every route that is not "public" is HY_FORBIDDEN */
	/* Answers GETs that no route takes (the first page); NULL: HY_NO_ROUTE. */
	hy_handler *otherwise;
	/* Adds lines to /metrics in Prometheus text. */
	void (*metrics)(struct hy_buf *out, void *ctx);
	void *ctx;
	struct hy_store *store;
	const char *spool; /* folder for uploads on their way; NULL: there are none */
	int aside_threads; /* 0: 2 */
	int aside_most;	   /* how many may wait for them; 0: 64 */
};
/* Fails with HY_BAD_INPUT for an address or tables that cannot be served (a table's mistake
 * is named), with HY_IO when the port is taken.  While loopback_only a request must name a
 * loopback host (no DNS rebinding); state changes from another origin are always refused. */
enum hy_code hy_server_start(const struct hy_server_options *o, struct hy_server **out,
			     struct hy_err *e) HY_MUST;
int hy_server_port(const struct hy_server *s);

/* What may be turned while it runs; all zero means no limits. */
struct hy_edge {
	int per_minute[HY_PACES]; /* 0: not limited */
	int pow_bits;
	int64_t hsts_seconds; /* 0: no such header */
};
void hy_server_edge(struct hy_server *s, const struct hy_edge *edge);
/* Reads certificate and key again when the files have changed (or FORCE); connections go on.  Fails
 * with the reason and keeps what it has.  *RENEWED_OUT tells. */
enum hy_code hy_server_renew(struct hy_server *s, bool force, bool *renewed_out,
			     struct hy_err *e) HY_MUST;
/* Stops taking connections, finishes the requests that have arrived whole, frees.  The store
 * must still be open.  NULL is allowed. */
void hy_server_stop(struct hy_server **s);

/* The schema of the tables that the http floor itself needs (idempotency keys). */
extern const struct hy_migration hy_http_migrations[];
/* /healthz, /readyz, /metrics, /problems/{code}: every server has them, in its tables or not. */
extern const struct hy_route hy_http_routes[];

#endif
