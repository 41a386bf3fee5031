#include "base/monotonic.h"
#include "http/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "http/tls.h"

enum {
	MEGABYTE = 1 << 20,
	CONNECTION_MEMORY = 16 * 1024, /* bounds the head of a request */
	DROPPED_MOST = 4,  /* so many times the body limit is read and dropped for a clean 413 */
	STOP_SECONDS = 10, /* for answers on their way when the server stops */
	UNSENT_MOST = 128 << 10, /* bytes of an answer that the system holds before it sends them */
	LEAST_CONNECTIONS = 16,
	LATER_SECONDS = 5 /* the library ends what is silent so much after crowd.c would have */
};

/* --- a request's life --------------------------------------------------------------------- */

static struct hy_arena *arena_for_request(struct hy_server *s)
{
	struct hy_arena *a = NULL;

	pthread_mutex_lock(&s->sparing);
	if (s->n_spare)
		a = s->spare[--s->n_spare];
	pthread_mutex_unlock(&s->sparing);
	return a ? a : hy_arena_new(8 * s->o.body_limit + 4 * MEGABYTE);
}

static void spare(struct hy_server *s, struct hy_arena *a)
{
	hy_arena_empty(a);
	if (hy_arena_held(a) <= HY_SPARE_BYTES) {
		pthread_mutex_lock(&s->sparing);
		if (s->n_spare < HY_SPARE_ARENAS) {
			s->spare[s->n_spare++] = a;
			a = NULL;
		}
		pthread_mutex_unlock(&s->sparing);
	}
	hy_arena_free(&a);
}

/* Called with the first line of a request, before anything of it is decoded. */
static void *request_born(void *cls, const char *uri, struct MHD_Connection *con)
{
	struct hy_server *s = cls;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(con, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct hy_peer *peer = info ? info->socket_context : NULL;

	if (!hy_crowd_line(s, peer))
		return NULL;
	struct hy_arena *a = arena_for_request(s);
	struct hy_request *r = hy_new(a, struct hy_request);
	r->server = s;
	r->con = con;
	r->peer = peer;
	r->arena = a;
	r->began = hy_monotonic_us();
	r->raw_target = hy_str_dup(a, hy_str_of(uri));
	r->id = hy_printf(a, "%s%08llx", s->id_prefix,
			  (unsigned long long)atomic_fetch_add(&s->ids, 1));
	r->body = hy_buf_on(a);
	return r;
}

static void request_over(void *cls, struct MHD_Connection *con, void **req_cls,
			 enum MHD_RequestTerminationCode why)
{
	struct hy_server *s = cls;
	struct hy_request *r = *req_cls;

	(void)con;
	(void)why;
	if (!r)
		return;
	*req_cls = NULL;
	const struct hy_routed *routed = r->matched.routed;
	size_t id = routed ? routed->id : hy_router_count(s->router);
	int64_t took = hy_monotonic_us() - r->began;
	if (r->reply.status)
		hy_count(&s->counts[id], r->reply.status, took);
	hy_log(HY_LOG_INFO, "http", "request %s: %s %s %d in %lld us", r->id.p,
	       routed ? routed->route->method : "-", routed ? routed->route->path : "-",
	       r->reply.status, (long long)took);
	if (r->whole)
		atomic_fetch_sub(&s->whole, 1);
	hy_crowd_over(r);
	spare(s, r->arena);
}

static enum MHD_Result answer(struct hy_request *r)
{
	if (r->err.code)
		hy_answer_error(r, &r->err);
	hy_answer_settle(r);
	return hy_crowd_answer(r) && hy_answer_send(r) ? MHD_YES : MHD_NO;
}

static enum MHD_Result head_arrived(struct hy_request *r, const char *method)
{
	struct hy_err e = { 0 };

	if (!hy_crowd_head(r))
		return MHD_NO;
	r->begun = true;
	r->method = hy_str_dup(r->arena, hy_str_of(method));
	enum hy_code c = r->server->stopping
				 ? hy_fail(&e, HY_STORE_BUSY, "", "the server is stopping; retry")
				 : hy_request_begin(r, &e);
	if (!c)
		return MHD_YES;
	r->err = e;
	/* An answer before the end of a request costs the connection, and browsers show none then:
	 * only for what is too large and comes from no page; anything else is read and dropped
	 * first. */
	const struct hy_route *route = hy_request_route(r);
	return c == HY_TOO_LARGE && !(route && route->wrong) ? answer(r) : MHD_YES;
}

static enum MHD_Result body_arrived(struct hy_request *r, const char *data, size_t *size)
{
	size_t n = *size;

	*size = 0;
	size_t most = hy_request_body_limit(r);
	const struct hy_route *route = hy_request_route(r);
	bool upload = route && route->upload;
	size_t has = upload && r->upload ? (size_t)r->upload->size : r->body.n;
	if (!r->err.code && !r->dropped && n <= most - has) {
		struct hy_err e = { 0 };
		enum hy_code c = hy_crowd_body(r, n, upload, &e);
		if (!c && !upload)
			hy_buf_add(&r->body, (hy_str){ data, n });
		else if (!c)
			c = hy_upload_add(r, (hy_str){ data, n }, &e);
		if (c)
			r->err = e;
		return MHD_YES;
	}
	/* Too much came without being announced; MHD can answer only after the end. */
	r->dropped += n;
	return r->dropped > DROPPED_MOST * most ? MHD_NO : MHD_YES;
}

static enum MHD_Result whole_arrived(struct hy_request *r)
{
	struct hy_err e = { 0 };

	if (!hy_crowd_whole(r))
		return MHD_NO;
	r->whole = true;
	atomic_fetch_add(&r->server->whole, 1);
	if (r->err.code)
		return answer(r);
	enum hy_code c = hy_request_run(r, &e);
	if (r->waiting) /* the writer's thread has it now */
		return MHD_YES;
	if (c)
		r->err = e;
	return answer(r);
}

static enum MHD_Result arrived(void *cls, struct MHD_Connection *con, const char *url,
			       const char *method, const char *version, const char *data,
			       size_t *size, void **req_cls)
{
	struct hy_request *r = *req_cls;

	(void)cls;
	(void)con;
	(void)url;
	(void)version;
	if (!r)
		return MHD_NO;
	if (!r->begun)
		return head_arrived(r, method);
	if (*size)
		return body_arrived(r, data, size);
	return r->whole ? answer(r) : whole_arrived(r);
}

/* --- writes ------------------------------------------------------------------------------- */

struct after {
	struct hy_job job;
	struct hy_request *r;
	hy_work *work;
	hy_finish *finish;
	void *in_out;
	struct hy_reply before; /* what the handler had set: each run begins with it */
};

/* Work with a fresh key failed with C: perhaps it is a repetition, of what cannot be done twice.
 * When it has changed something it is run again anyway, and the key looked up first. */
static enum hy_code failed_fresh(struct hy_request *r, struct hy_db *db, int64_t before,
				 enum hy_code c, struct hy_err *e)
{
	struct hy_err none = { 0 };
	bool found = false;

	if (hy_db_changes(db) != before)
		return c;
	enum hy_code asked = hy_key_recall(r, db, &found, &none);
	if (!asked && !found)
		return c;
	*e = none;
	return asked;
}

/* Where asking is dear, a key that this server has not met is taken for a new one: when it is not,
 * its slot exists, and the work is run again. */
static enum hy_code after_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct after *w = in_out;
	struct hy_request *r = w->r;
	bool found = false, fresh = r->key.n && hy_db_hopes(db) && !hy_key_met(r);
	int64_t before = hy_db_changes(db);
	enum hy_code c = HY_OK;

	r->reply = w->before;
	if (r->key.n && !fresh)
		c = hy_key_recall(r, db, &found, e);
	if (c || found)
		return c;
	c = w->work(db, w->in_out, e);
	if (!c && w->finish)
		c = w->finish(r, db, w->in_out, e);
	if (c && fresh)
		return failed_fresh(r, db, before, c, e);
	if (!c && r->key.n)
		c = hy_key_keep(r, db, fresh, e);
	return c;
}

static bool write_begins(struct hy_server *s)
{
	pthread_mutex_lock(&s->lock);
	bool open = !s->closed;
	s->writes += open;
	pthread_mutex_unlock(&s->lock);
	return open;
}

static void write_ends(struct hy_server *s)
{
	pthread_mutex_lock(&s->lock);
	if (--s->writes == 0)
		pthread_cond_broadcast(&s->idle);
	pthread_mutex_unlock(&s->lock);
}

/* Once resumed the request may be over at any moment: nothing of it is touched after. */
static void resume(struct hy_request *r)
{
	struct hy_server *s = r->server;

	MHD_resume_connection(r->con);
	write_ends(s);
}

static void after_done(struct hy_job *job)
{
	struct after *w = (struct after *)((char *)job - offsetof(struct after, job));

	w->r->err = job->err;
	resume(w->r);
}

enum hy_code hy_answer_after(struct hy_request *r, hy_work *work, hy_finish *finish, void *in_out,
			     struct hy_err *e)
{
	struct hy_server *s = r->server;

	if (!s->o.store)
		return hy_broke(e, HY_INTERNAL, "a write on a server without a store");
	if (!r->aside && !write_begins(s)) /* aside it is held already */
		return hy_fail(e, HY_STORE_BUSY, "", "the server is stopping; retry");
	struct after *w = hy_new(r->arena, struct after);
	*w = (struct after){
		.r = r, .work = work, .finish = finish, .in_out = in_out, .before = r->reply
	};
	w->job = (struct hy_job){ .work = after_work, .in_out = w, .done = after_done };
	/* Suspended first: the writer may be done before hy_store_submit() returns. */
	r->waiting = true;
	if (r->aside)
		hy_aside_given = true;
	else
		MHD_suspend_connection(r->con);
	enum hy_code c = hy_store_submit(s->o.store, &w->job, e);
	if (c) {
		r->err = *e;
		resume(r);
	}
	return c;
}

enum hy_code hy_answer_later(struct hy_request *r, struct hy_err *e)
{
	if (!write_begins(r->server))
		return hy_fail(e, HY_STORE_BUSY, "", "the server is stopping; retry");
	r->waiting = true;
	MHD_suspend_connection(r->con);
	return HY_OK;
}

void hy_answer_now(struct hy_request *r, const struct hy_err *e)
{
	r->err = *e;
	resume(r);
}

/* --- starting ------------------------------------------------------------------------------ */

static void mhd_says(void *cls, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void mhd_says(void *cls, const char *fmt, va_list ap)
{
	char text[256];

	(void)cls;
	vsnprintf(text, sizeof(text), fmt, ap);
	hy_log(HY_LOG_DEBUG, "libmicrohttpd", "%s", text);
}

/* Our request line is taken apart raw, in target.c. */
static size_t left_alone(void *cls, struct MHD_Connection *con, char *s)
{
	(void)cls;
	(void)con;
	return strlen(s);
}

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to;
	socklen_t n;
	bool loopback;
};

static enum hy_code address_read(const struct hy_server_options *o, struct address *out,
				 struct hy_err *e)
{
	const char *where = o->address ? o->address : "127.0.0.1";

	*out = (struct address){ 0 };
	if (o->port < 0 || o->port > 65535)
		return hy_fail(e, HY_BAD_INPUT, "port", "must be between 0 and 65535, not %d",
			       o->port);
	if (strcmp(where, "localhost") == 0)
		where = "127.0.0.1";
	if (inet_pton(AF_INET, where, &out->to.v4.sin_addr) == 1) {
		out->to.v4.sin_family = AF_INET;
		out->to.v4.sin_port = htons((uint16_t)o->port);
		out->n = sizeof(out->to.v4);
		out->loopback = ntohl(out->to.v4.sin_addr.s_addr) >> 24 == 127;
	} else if (inet_pton(AF_INET6, where, &out->to.v6.sin6_addr) == 1) {
		out->to.v6.sin6_family = AF_INET6;
		out->to.v6.sin6_port = htons((uint16_t)o->port);
		out->n = sizeof(out->to.v6);
		out->loopback = IN6_IS_ADDR_LOOPBACK(&out->to.v6.sin6_addr);
	} else {
		return hy_fail(e, HY_BAD_INPUT, "address",
			       "\"%.80s\" is no address of this machine; use 127.0.0.1 or ::1",
			       where);
	}
	if (o->loopback_only && !out->loopback)
		return hy_fail(
			e, HY_BAD_INPUT, "address",
			"%s can be reached from other machines, and what is said there would not "
			"be encrypted; give --tls-cert and --tls-key, or --behind-proxy, or use "
			"127.0.0.1",
			where);
	return HY_OK;
}

static enum hy_code listen_on(const struct hy_server_options *o, int *fd_out, int *port_out,
			      struct hy_err *e)
{
	struct address at;
	int on = 1, unsent = UNSENT_MOST;

	enum hy_code c = address_read(o, &at, e);
	if (c)
		return c;
	int fd = socket(at.to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return hy_broke(e, HY_IO, "could not make a socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Connections inherit it.  With megabytes between us and a slow reader, a minute could go
	 * by without his progress being seen here, and he would be taken for deaf. */
	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
	if (bind(fd, &at.to.any, at.n) != 0 || listen(fd, 1024) != 0 ||
	    getsockname(fd, &at.to.any, &at.n) != 0) {
		int why = errno;
		close(fd);
		return hy_fail(e, HY_IO, "port", "could not listen on %s port %d: %s%s",
			       o->address ? o->address : "127.0.0.1", o->port, strerror(why),
			       why == EADDRINUSE ? "; stop the other program or take another port"
						 : "");
	}
	*fd_out = fd;
	*port_out = ntohs(at.to.any.sa_family == AF_INET ? at.to.v4.sin_port : at.to.v6.sin6_port);
	return HY_OK;
}

/* Each connection is a file; the usual soft limit of 1024 would stop us early.  What the hard one
 * does not allow there is not. */
static void allow_files(struct hy_server *s)
{
	struct rlimit l;
	rlim_t want = (rlim_t)s->o.connections + HY_OWN_FILES;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0 || l.rlim_cur >= want)
		return;
	rlim_t had = l.rlim_cur;
	l.rlim_cur = want < l.rlim_max ? want : l.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &l) != 0)
		l.rlim_cur = had;
	if (l.rlim_cur >= want)
		return;
	int most = l.rlim_cur > HY_OWN_FILES + LEAST_CONNECTIONS ? (int)l.rlim_cur - HY_OWN_FILES
								 : LEAST_CONNECTIONS;
	hy_log(HY_LOG_WARN, "http",
	       "only %llu files may be open, so there are at most %d connections at once, not %d; "
	       "allow %llu (LimitNOFILE= of the unit, ulimit -n), or ask for fewer with "
	       "--connections",
	       (unsigned long long)l.rlim_cur, most, s->o.connections, (unsigned long long)want);
	s->o.connections = most;
}

static void defaults(struct hy_server_options *o)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (o->threads <= 0)
		o->threads = processors > 0 ? (int)processors : 2;
	if (o->body_limit == 0)
		o->body_limit = MEGABYTE;
	if (o->connections <= 0)
		o->connections = HY_CONNECTIONS;
	if (o->idle_seconds <= 0)
		o->idle_seconds = 30;
}

/* The given tables and ours, unless it is among them. */
static const struct hy_route *const *all_tables(struct hy_arena *a,
						const struct hy_route *const *given)
{
	size_t n = 0;
	bool ours = false;

	for (; given && given[n]; n++)
		ours = ours || given[n] == hy_http_routes;
	const struct hy_route **all = hy_new_n(a, const struct hy_route *, n + 2);
	for (size_t i = 0; i < n; i++)
		all[i] = given[i];
	if (!ours)
		all[n] = hy_http_routes;
	return all;
}

static void connected(void *cls, struct MHD_Connection *con, void **peer,
		      enum MHD_ConnectionNotificationCode what)
{
	hy_crowd_heard(cls, con, peer, what == MHD_CONNECTION_NOTIFY_STARTED);
}

static struct MHD_Daemon *daemon_start(struct hy_server *s, int fd)
{
	unsigned threads = (unsigned)s->o.threads;
	unsigned flags = MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
			 (s->o.tls_cert ? MHD_USE_TLS : 0);
	const struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, hy_tls_callback },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)hy_tls_priorities },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(
		flags, 0, NULL, NULL, arrived, s, MHD_OPTION_EXTERNAL_LOGGER, mhd_says, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, threads,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->o.connections,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->o.idle_seconds + LATER_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, connected, s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, request_born, s, MHD_OPTION_UNESCAPE_CALLBACK,
		left_alone, NULL, MHD_OPTION_NOTIFY_COMPLETED, request_over, s, MHD_OPTION_ARRAY,
		s->o.tls_cert ? tls : tls + HY_COUNT(tls) - 1, MHD_OPTION_END);
}

static enum hy_code tls_start(struct hy_server *s, struct hy_err *e)
{
	if (!s->o.tls_cert)
		return HY_OK;
	if (!s->o.tls_key)
		return hy_fail(e, HY_BAD_INPUT, "--tls-key",
			       "is missing; a certificate needs its private key");
	if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES ||
	    MHD_is_feature_supported(MHD_FEATURE_HTTPS_CERT_CALLBACK) != MHD_YES)
		return hy_fail(e, HY_BAD_INPUT, "--tls-cert",
			       "this libmicrohttpd was built without TLS; use a proxy");
	if (hy_tls_loaded())
		return hy_fail(e, HY_BAD_INPUT, "--tls-cert",
			       "another server of this process has a certificate already");
	enum hy_code c = hy_tls_load(s->o.tls_cert, s->o.tls_key, e);
	s->has_tls = !c;
	return c;
}

enum hy_code hy_server_renew(struct hy_server *s, bool force, bool *renewed_out, struct hy_err *e)
{
	*renewed_out = false;
	return s->has_tls ? hy_tls_renew(force, renewed_out, e) : HY_OK;
}

static void server_free(struct hy_server **s)
{
	if (!*s)
		return;
	while ((*s)->n_spare)
		hy_arena_free(&(*s)->spare[--(*s)->n_spare]);
	pthread_mutex_destroy(&(*s)->sparing);
	pthread_mutex_destroy(&(*s)->lock);
	pthread_cond_destroy(&(*s)->idle);
	if ((*s)->has_tls)
		hy_tls_drop();
	hy_crowd_free(&(*s)->crowd);
	hy_limiter_free(&(*s)->limiter);
	hy_pow_free(&(*s)->pow);
	hy_arena_free(&(*s)->arena);
	free(*s);
	*s = NULL;
}
#define SCOPED_SERVER __attribute__((cleanup(server_free))) struct hy_server *

enum hy_code hy_server_start(const struct hy_server_options *o, struct hy_server **out,
			     struct hy_err *e)
{
	SCOPED_SERVER s = calloc(1, sizeof(*s));
	unsigned char start[4];
	int fd = -1;

	if (!s || sodium_init() < 0)
		return hy_broke(e, HY_INTERNAL, "no memory, or no random numbers");
	pthread_mutex_init(&s->lock, NULL);
	s->limiter = hy_limiter_new();
	s->pow = hy_pow_new();
	pthread_mutex_init(&s->sparing, NULL);
	pthread_cond_init(&s->idle, NULL);
	s->arena = hy_arena_new(0);
	s->o = *o;
	defaults(&s->o);
	allow_files(s);
	if (o->edge)
		hy_server_edge(s, o->edge);
	enum hy_code c = hy_router_new(s->arena, all_tables(s->arena, o->tables), &s->router, e);
	if (!c)
		c = hy_edge_hops(s, e);
	if (!c)
		c = tls_start(s, e);
	if (c)
		return c;
	s->counts = hy_new_n(s->arena, struct hy_route_counts, hy_router_count(s->router) + 1);
	hy_random(start, sizeof(start));
	snprintf(s->id_prefix, sizeof(s->id_prefix), "%02x%02x%02x%02x", start[0], start[1],
		 start[2], start[3]);
	c = listen_on(o, &fd, &s->port, e);
	if (c)
		return c;
	c = hy_aside_start(s, e);
	if (!c && (c = hy_crowd_start(s, e)))
		hy_aside_stop(s);
	if (!c && (c = hy_watch_start(s, e))) {
		hy_crowd_stop(s);
		hy_aside_stop(s);
	}
	if (c) {
		close(fd);
		return c;
	}
	s->daemon = daemon_start(s, fd);
	if (!s->daemon) {
		hy_watch_stop(s);
		hy_crowd_stop(s);
		hy_aside_stop(s);
		close(fd);
		return hy_broke(e, HY_IO, "could not start the HTTP library: %s", strerror(errno));
	}
	*out = s;
	s = NULL;
	return HY_OK;
}

int hy_server_port(const struct hy_server *s)
{
	return s->port;
}

/* --- stopping ------------------------------------------------------------------------------- */

static void wait_for_answers(struct hy_server *s)
{
	int64_t until = hy_monotonic_us() + STOP_SECONDS * INT64_C(1000000);
	const struct timespec nap = { 0, 2000000 };

	while (atomic_load(&s->whole) > 0 && hy_monotonic_us() < until)
		nanosleep(&nap, NULL);
}

/* MHD must not be stopped while a connection is suspended. */
static void wait_for_writes(struct hy_server *s)
{
	pthread_mutex_lock(&s->lock);
	s->closed = true;
	while (s->writes > 0)
		pthread_cond_wait(&s->idle, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

void hy_server_stop(struct hy_server **server)
{
	struct hy_server *s = *server;

	if (!s)
		return;
	atomic_store(&s->stopping, true);
	MHD_socket fd = MHD_quiesce_daemon(s->daemon);
	hy_watch_stop(s);
	wait_for_answers(s);
	wait_for_writes(s);
	hy_crowd_stop(s);
	hy_aside_stop(s);
	MHD_stop_daemon(s->daemon);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	server_free(server);
}
