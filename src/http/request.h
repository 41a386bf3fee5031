#ifndef HY_HTTP_REQUEST_H
#define HY_HTTP_REQUEST_H

/* request -- what the files of this room share; nobody else includes it. */

#include <pthread.h>
#include <stdatomic.h>

#include "http/hops.h"
#include "http/http.h"
#include "http/limit.h"
#include "http/pow.h"

struct MHD_Connection;
struct MHD_Daemon;
struct hy_peer; /* a connection: crowd.c */
struct hy_crowd;
struct hy_watch; /* watch.c */

enum { HY_MOST_PARAMS = 8, HY_MOST_SEGMENTS = 32, HY_MOST_PAIRS = 400 };
/* A handler may set half of them; the rest is for what every answer carries. */
enum { HY_MOST_HEADERS = 36, HY_OWN_HEADERS = 18 };

/* --- target.c: the address of a request, taken apart ------------------------------- */
struct hy_pair {
	hy_str name, value;
};
struct hy_pairs {
	struct hy_pair *v;
	size_t n;
};
struct hy_target {
	hy_str path;			  /* decoded, starts with / */
	hy_str segment[HY_MOST_SEGMENTS]; /* decoded */
	size_t n_segments;
	hy_str raw_path, raw_query;
	struct hy_pairs query; /* decoded */
};
/* Strict: bad %xx, NUL, what is no UTF-8, an encoded slash and dot segments are HY_BAD_INPUT. */
enum hy_code hy_target_read(struct hy_arena *a, hy_str raw, struct hy_target *out,
			    struct hy_err *e) HY_MUST;
/* Names and values of a query or an urlencoded form, decoded; WHAT names it in errors. */
enum hy_code hy_pairs_read(struct hy_arena *a, hy_str raw, const char *what, struct hy_pairs *out,
			   struct hy_err *e) HY_MUST;
/* "zh-CN", "zh-Hant", "en" for a language tag; empty for another language. */
hy_str hy_language_of(hy_str tag);
/* The best of an Accept-Language header; "zh-CN" when nothing fits. */
hy_str hy_language_accepted(hy_str header);

/* --- field.c ------------------------------------------------------------------------ */
enum hy_code hy_fields_query(struct hy_arena *a, struct hy_pairs *query,
			     const struct hy_field *fields, void *out, struct hy_err *e) HY_MUST;

/* --- route.c ------------------------------------------------------------------------ */
struct hy_routed { /* a route, compiled */
	const struct hy_route *route;
	hy_str param[HY_MOST_PARAMS]; /* names */
	size_t n_params;
	size_t id; /* 0.. in order of the tables */
	struct hy_routed *next;
};
struct hy_matched {
	const struct hy_routed *routed;
	hy_str value[HY_MOST_PARAMS];
	hy_str allow; /* set with HY_NO_METHOD: what the Allow header says */
};
struct hy_router;
/* Compiles the tables; a mistake in them is HY_BAD_INPUT and named. */
enum hy_code hy_router_new(struct hy_arena *a, const struct hy_route *const *tables,
			   struct hy_router **out, struct hy_err *e) HY_MUST;
size_t hy_router_count(const struct hy_router *router);
const struct hy_routed *hy_router_at(const struct hy_router *router, size_t id);
/* HY_NO_ROUTE, HY_NO_METHOD (with OUT->allow) or the route.  A fixed word wins over {name}. */
enum hy_code hy_router_match(const struct hy_router *router, struct hy_arena *a, hy_str method,
			     const struct hy_target *target, struct hy_matched *out,
			     struct hy_err *e) HY_MUST;

/* --- the request -------------------------------------------------------------------- */
struct hy_reply {
	int status;	  /* 0: nothing answered yet */
	const char *type; /* NULL: no content */
	hy_str body;
	hy_str etag; /* without quotes */
	struct hy_reply_header {
		const char *name;
		hy_str value;
	} header[HY_MOST_HEADERS];
	size_t n_headers;
};

struct hy_request {
	struct hy_server *server;
	struct MHD_Connection *con;
	struct hy_peer *peer; /* NULL: not watched */
	struct hy_arena *arena;
	int64_t began; /* monotonic microseconds */
	hy_str id, raw_target;
	hy_str method;
	struct hy_target target;
	struct hy_matched matched;
	hy_str language, if_match, key, digest;
	const void *query, *fields;
	void *user;
	hy_str scope;
	struct hy_address client;	 /* seen through trusted hops */
	bool from_here, secure, trusted; /* trusted: the peer is a hop of ours */
	hy_str challenge;		 /* goes into the problem document */
	int64_t retry_ms;

	struct hy_buf body;
	const struct hy_form *form; /* NULL: the route takes none, or it could not be read */
	struct hy_upload *upload;   /* NULL: the route takes none, or nothing has come */
	struct hy_upload_hash *upload_hash;
	hy_handler *aside;		 /* runs, or is to run, in a side thread */
	struct hy_request *waiting_next; /* under the server's ASIDE lock */
	size_t dropped;			 /* bytes of the body that were read and not kept */
	bool has_body;			 /* announced by the head */
	uint64_t announced;		 /* bytes of the body; 0: not said */
	bool begun, whole, waiting;	 /* head seen; body complete and handler run; suspended */
	struct hy_err err;
	struct hy_reply reply;
};

/* request.c: everything that the head decides; then everything that needs the body. */
enum hy_code hy_request_begin(struct hy_request *r, struct hy_err *e) HY_MUST;
enum hy_code hy_request_run(struct hy_request *r, struct hy_err *e) HY_MUST;

/* answer.c */
void hy_answer_error(struct hy_request *r, const struct hy_err *e);
/* 204 when nothing was said, 304, the headers that every answer has. */
void hy_answer_settle(struct hy_request *r);
/* Does an If-None-Match list name the ETag? */
bool hy_etag_listed(hy_str list, hy_str etag);
/* Sends the reply; false when the connection must be dropped. */
bool hy_answer_send(struct hy_request *r);

/* edge.c */
/* Finds out who comes, from the peer's address and the headers of trusted hops. */
void hy_edge_arrive(struct hy_request *r);
/* Refuses who comes without TLS from elsewhere, past the proxies. */
enum hy_code hy_edge_way(const struct hy_request *r, struct hy_err *e) HY_MUST;
/* By address, before the guard; by account, after it.  HY_TOO_MANY or HY_NEED_PROOF. */
enum hy_code hy_edge_limit(struct hy_request *r, struct hy_err *e) HY_MUST;
enum hy_code hy_edge_limit_account(struct hy_request *r, struct hy_err *e) HY_MUST;
enum hy_code hy_edge_hops(struct hy_server *s, struct hy_err *e) HY_MUST; /* reads o.trusted */
void hy_edge_metrics(struct hy_server *s, struct hy_buf *b);
bool hy_changes_state(const struct hy_request *r);
bool hy_is_loopback_host(hy_str host); /* of a Host header, with or without port */

/* idempotency.c */
enum hy_code hy_key_read(hy_str header, hy_str *out, struct hy_err *e) HY_MUST;
/* HY_OK and *FOUND_OUT: R has the stored reply. */
enum hy_code hy_key_recall(struct hy_request *r, struct hy_db *db, bool *found_out,
			   struct hy_err *e) HY_MUST;
/* Has this server met R's key, for the same method, path and asker, lately?  From now on it has. */
bool hy_key_met(struct hy_request *r);
/* FRESH: nothing is known of the key; HY_EXISTS, perhaps late, when it was used after all. */
enum hy_code hy_key_keep(struct hy_request *r, struct hy_db *db, bool fresh,
			 struct hy_err *e) HY_MUST;

/* crowd.c: which connection is how far.  Those that give false are told that the connection was
 * ended meanwhile: nothing may be done for it any more. */
enum hy_end { HY_END_IDLE, HY_END_SLOW, HY_END_UNREAD, HY_END_ROOM, HY_ENDS };
enum hy_code hy_crowd_start(struct hy_server *s, struct hy_err *e) HY_MUST;
void hy_crowd_stop(struct hy_server *s);
void hy_crowd_free(struct hy_crowd **crowd); /* after the last connection */
/* A connection comes or goes: *PEER is what is kept for it. */
void hy_crowd_heard(struct hy_server *s, struct MHD_Connection *con, void **peer, bool begins);
bool hy_crowd_line(struct hy_server *s, struct hy_peer *p) HY_MUST; /* the first line is there */
bool hy_crowd_head(struct hy_request *r) HY_MUST;
bool hy_crowd_whole(struct hy_request *r) HY_MUST; /* nobody ends it now */
bool hy_crowd_answer(struct hy_request *r) HY_MUST;
void hy_crowd_over(struct hy_request *r);
/* N bytes more of a body.  HY_STORE_BUSY: there are too many of all bodies together. */
enum hy_code hy_crowd_body(struct hy_request *r, size_t n, bool on_disk, struct hy_err *e) HY_MUST;
void hy_crowd_metrics(struct hy_server *s, struct hy_buf *b);

/* upload.c */
/* Adds DATA to the request's file, which is made with the first bytes. */
enum hy_code hy_upload_add(struct hy_request *r, hy_str data, struct hy_err *e) HY_MUST;
enum hy_code hy_upload_end(struct hy_request *r, struct hy_err *e) HY_MUST;
/* How many bytes the body of this request may have. */
size_t hy_request_body_limit(const struct hy_request *r);

/* aside.c */
struct hy_aside {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct hy_request *first, *last; /* under LOCK, like the next two */
	int waiting;
	bool closed;
	pthread_t thread[16];
	int n_threads;
};
enum hy_code hy_aside_start(struct hy_server *s, struct hy_err *e) HY_MUST;
extern _Thread_local bool hy_aside_given; /* hy_answer_after() has taken over */
void hy_aside_stop(struct hy_server *s);  /* after the last write has been answered */

/* watch.c */
enum hy_code hy_watch_start(struct hy_server *s, struct hy_err *e) HY_MUST;
void hy_watch_stop(struct hy_server *s); /* answers all who wait */
void hy_watch_metrics(struct hy_server *s, struct hy_buf *b);

/* ops.c */
enum { HY_BUCKETS = 12 };
struct hy_route_counts {
	_Atomic int64_t by_class[5];		/* 1xx .. 5xx */
	_Atomic int64_t bucket[HY_BUCKETS + 1]; /* not cumulative; the last is +Inf */
	_Atomic int64_t micros;
};
void hy_count(struct hy_route_counts *c, int status, int64_t micros);

/* Arenas of past requests, for the next ones: a few at most, and none that has become large. */
enum { HY_SPARE_ARENAS = 128, HY_SPARE_BYTES = 64 * 1024 };

struct hy_server {
	struct hy_arena *arena;
	pthread_mutex_t sparing; /* guards the next two */
	struct hy_arena *spare[HY_SPARE_ARENAS];
	size_t n_spare;
	struct hy_server_options o;
	struct hy_hops hops; /* trusted */
	struct hy_limiter *limiter;
	struct hy_pow *pow;
	struct hy_edge_counts {
		_Atomic int64_t limited[HY_PACES], by_account[HY_PACES];
		_Atomic int64_t demanded[HY_PACES], proved[HY_PACES], unproved[HY_PACES];
	} edge_counts;
	_Atomic int edge_per_minute[HY_PACES], edge_bits;
	_Atomic int64_t edge_hsts;
	struct hy_router *router;
	struct hy_route_counts *counts; /* by route id; the last is for what no route took */
	struct MHD_Daemon *daemon;
	struct hy_crowd *crowd;
	struct hy_watch *watch;
	bool has_tls; /* the certificate of tls.h is ours */
	int port;
	char id_prefix[20];
	_Atomic uint64_t ids;
	_Atomic int64_t whole; /* requests received in full and not yet completed */
	_Atomic bool stopping;
	_Atomic uint64_t kept;	    /* answers stored by key: every so often old ones go */
	_Atomic uint64_t met[4096]; /* slots of keys met lately, by their hash */
	pthread_mutex_t lock;
	pthread_cond_t idle;
	int64_t writes; /* under LOCK: submitted and not yet resumed */
	bool closed;	/* under LOCK: no more writes */
	struct hy_aside aside;
};

#endif
