/* All connections at once: the slow ones are ended, and when there are too many, who has waited
 * longest makes room, so that a crowd that says nothing keeps nobody out.
 *
 * libmicrohttpd knows of silence only.  Here a connection has a place in one of two lines: of those
 * whose request has not arrived yet, by the time they were free to send one, and of those that take
 * an answer.  In between, while it is worked on, nobody ends it. */
#include "base/monotonic.h"
#include "http/request.h"

#include <linux/tcp.h>
#include <malloc.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum {
	SWEEP_MS = 500,
	ROOM_SHARE = 16,	      /* one place of so many is kept free for the next to come */
	TRIM_CROWD = 512,	      /* so many must have gone for their memory to be given back */
	WHOLE_TIMES = 10,	      /* so many times the silence: a whole body, a whole answer */
	BODIES_MOST = 64 << 20,	      /* bytes of bodies in memory */
	ANSWERS_MOST = 128 << 20,     /* of answers on their way */
	UPLOADS_MOST_MEGABYTES = 2048 /* of uploads on the disk, on their way */
};

enum held { IN_MEMORY, ON_DISK, ANSWERS, HELD };
enum state { HEAD, BODY, BUSY, SENDING, ENDED };
struct hy_peer {
	struct hy_peer *before, *after; /* in its line */
	enum state state;
	int fd;
	bool tls;
	bool born;	    /* the first line of a request was read */
	bool served;	    /* it had an answer before */
	bool leaves;	    /* ended to make room */
	int64_t since;	    /* us: when it came into its line */
	int64_t heard;	    /* us: the last of a body */
	int64_t held[HELD]; /* bytes */
};

struct line {
	struct hy_peer *first, *last;
};

struct hy_crowd {
	pthread_mutex_t lock; /* guards all that follows */
	pthread_cond_t over;
	pthread_t sweeper;
	bool running, closed;
	struct hy_store *store;
	int64_t silence_us;
	int64_t n, leaving, most; /* connections; ended to make room; how many there may be */
	int64_t peak;		  /* since memory was given back last */
	int64_t held[HELD];
	struct line waiting, sending;
	int64_t ended[HY_ENDS];
};

/* --- lines ---------------------------------------------------------------------------------- */

static struct line *line_of(struct hy_crowd *c, const struct hy_peer *p)
{
	return p->state == SENDING		      ? &c->sending
	       : p->state == HEAD || p->state == BODY ? &c->waiting
						      : NULL;
}

static void leave_line(struct hy_crowd *c, struct hy_peer *p)
{
	struct line *l = line_of(c, p);

	if (!l)
		return;
	*(p->before ? &p->before->after : &l->first) = p->after;
	*(p->after ? &p->after->before : &l->last) = p->before;
	p->before = p->after = NULL;
}

/* At its end. */
static void join_line(struct hy_crowd *c, struct hy_peer *p)
{
	struct line *l = line_of(c, p);

	if (!l)
		return;
	p->since = hy_monotonic_us();
	p->before = l->last;
	*(l->last ? &l->last->after : &l->first) = p;
	l->last = p;
}

/* --- ending --------------------------------------------------------------------------------- */

static void let_go(struct hy_crowd *c, struct hy_peer *p)
{
	for (int i = 0; i < HELD; i++) {
		c->held[i] -= p->held[i];
		p->held[i] = 0;
	}
}

/* Has any of a request arrived?  The library shows its first line; of less than that only the
 * socket knows, which counts from its beginning. */
static bool begun(const struct hy_peer *p)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);

	if (p->state == BODY || p->born)
		return true;
	return !p->served && getsockopt(p->fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0 &&
	       info.tcpi_bytes_received > 0;
}

/* Where nothing can be being said: no answer has begun. */
static void say(const struct hy_peer *p, enum hy_code code)
{
	const struct hy_code_info *info = hy_code_info(code);
	char body[256], text[640];

	if (p->tls)
		return;
	int n = snprintf(
		body, sizeof(body),
		"{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}",
		info->key, info->text, info->http, info->key);
	n = snprintf(
		text, sizeof(text),
		"HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\n"
		"Content-Length: %d\r\nCache-Control: no-store\r\n%sConnection: close\r\n\r\n%s",
		info->http, info->http == 503 ? "Service Unavailable" : "Request Timeout", n,
		info->http == 503 ? "Retry-After: 1\r\n" : "", body);
	(void)!send(p->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The library sees the end of the connection and closes it. */
static void end(struct hy_crowd *c, struct hy_peer *p, enum hy_end why)
{
	if (p->state != SENDING && begun(p))
		say(p, why == HY_END_ROOM ? HY_STORE_BUSY : HY_TOO_SLOW);
	shutdown(p->fd, SHUT_RDWR);
	leave_line(c, p);
	let_go(c, p);
	p->state = ENDED;
	c->ended[why]++;
}

static void sweep_waiting(struct hy_crowd *c, int64_t now)
{
	struct hy_peer *next;

	for (struct hy_peer *p = c->waiting.first; p && now - p->since >= c->silence_us; p = next) {
		next = p->after;
		if (p->state == HEAD)
			end(c, p, begun(p) ? HY_END_SLOW : HY_END_IDLE);
		else if (now - p->heard >= c->silence_us ||
			 now - p->since >= WHOLE_TIMES * c->silence_us)
			end(c, p, HY_END_SLOW);
	}
}

static void sweep_sending(struct hy_crowd *c, int64_t now)
{
	while (c->sending.first && now - c->sending.first->since >= WHOLE_TIMES * c->silence_us)
		end(c, c->sending.first, HY_END_UNREAD);
}

static void *sweep(void *arg)
{
	struct hy_crowd *c = arg;
	struct timespec until;

	pthread_mutex_lock(&c->lock);
	while (!c->closed) {
		until = hy_monotonic_in(SWEEP_MS * 1000L);
		pthread_cond_clockwait(&c->over, &c->lock, CLOCK_MONOTONIC, &until);
		sweep_waiting(c, hy_monotonic_us());
		sweep_sending(c, hy_monotonic_us());
		bool trim = c->peak - c->n >= TRIM_CROWD && c->n <= c->peak / 2;
		if (trim)
			c->peak = c->n;
		pthread_mutex_unlock(&c->lock);
		if (c->store)
			hy_store_turn_away(c->store, c->silence_us / 1000);
		if (trim) /* by itself free() gives back the end of the heap alone */
			malloc_trim(0);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* --- what the server tells ---------------------------------------------------------------------
 */

static struct hy_peer *came(struct hy_crowd *c, int fd, bool tls)
{
	struct hy_peer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->fd = fd;
	p->tls = tls;
	pthread_mutex_lock(&c->lock);
	join_line(c, p);
	c->n++;
	c->peak = c->n > c->peak ? c->n : c->peak;
	for (struct hy_peer *first = c->waiting.first;
	     c->n - c->leaving > c->most && first && first != p; first = c->waiting.first) {
		first->leaves = true;
		c->leaving++;
		end(c, first, HY_END_ROOM);
	}
	pthread_mutex_unlock(&c->lock);
	return p;
}

static void went(struct hy_crowd *c, struct hy_peer *p)
{
	pthread_mutex_lock(&c->lock);
	leave_line(c, p);
	let_go(c, p);
	c->n--;
	c->leaving -= p->leaves;
	pthread_mutex_unlock(&c->lock);
	free(p);
}

void hy_crowd_heard(struct hy_server *s, struct MHD_Connection *con, void **peer, bool begins)
{
	if (begins) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(con, MHD_CONNECTION_INFO_CONNECTION_FD);
		*peer = info ? came(s->crowd, info->connect_fd, s->o.tls_cert != NULL) : NULL;
	} else if (*peer) {
		went(s->crowd, *peer);
		*peer = NULL;
	}
}

/* A large answer stays in memory until it is taken.  Beyond what all may have together, who has
 * been taking one for longest makes room, unless it is P alone. */
static void hold_answer(struct hy_crowd *c, struct hy_peer *p, int64_t n)
{
	p->held[ANSWERS] = n;
	c->held[ANSWERS] += n;
	for (struct hy_peer *first = c->sending.first;
	     c->held[ANSWERS] > ANSWERS_MOST && first && first != p; first = c->sending.first)
		end(c, first, HY_END_ROOM);
}

/* From one state to the next; false when it was ended meanwhile. */
static bool turn(struct hy_request *r, enum state to)
{
	struct hy_peer *p = r->peer;
	struct hy_crowd *c = r->server->crowd;

	if (!p)
		return true;
	pthread_mutex_lock(&c->lock);
	bool lives = p->state != ENDED;
	if (lives && to == BODY) { /* keeps its place */
		p->state = to;
		p->heard = hy_monotonic_us();
	} else if (lives) {
		leave_line(c, p);
		p->state = to;
		join_line(c, p);
	}
	if (lives && to == SENDING)
		hold_answer(c, p, (int64_t)r->reply.body.n);
	if (to == HEAD) {
		let_go(c, p);
		p->born = false;
		p->served = true;
	}
	pthread_mutex_unlock(&c->lock);
	return lives;
}

bool hy_crowd_line(struct hy_server *s, struct hy_peer *p)
{
	if (!p)
		return true;
	pthread_mutex_lock(&s->crowd->lock);
	bool lives = p->state != ENDED;
	p->born = true;
	pthread_mutex_unlock(&s->crowd->lock);
	return lives;
}

bool hy_crowd_head(struct hy_request *r)
{
	return turn(r, BODY);
}

bool hy_crowd_whole(struct hy_request *r)
{
	return turn(r, BUSY);
}

bool hy_crowd_answer(struct hy_request *r)
{
	return turn(r, SENDING);
}

void hy_crowd_over(struct hy_request *r)
{
	(void)!turn(r, HEAD);
}

/* Another whose body has been on its way for longest. */
static struct hy_peer *holds_longest(const struct hy_crowd *c, const struct hy_peer *but, int where)
{
	struct hy_peer *p = c->waiting.first;

	while (p && (p == but || !p->held[where]))
		p = p->after;
	return p;
}

enum hy_code hy_crowd_body(struct hy_request *r, size_t n, bool on_disk, struct hy_err *e)
{
	static const int64_t most[] = {
		[IN_MEMORY] = BODIES_MOST, [ON_DISK] = (int64_t)UPLOADS_MOST_MEGABYTES << 20
	};
	struct hy_peer *p = r->peer;
	struct hy_crowd *c = r->server->crowd;
	enum hy_code code = HY_OK;

	if (!p)
		return HY_OK;
	pthread_mutex_lock(&c->lock);
	struct hy_peer *other = NULL;
	while (c->held[on_disk] + (int64_t)n > most[on_disk] &&
	       (other = holds_longest(c, p, on_disk)))
		end(c, other, HY_END_ROOM);
	if (p->state != BODY || c->held[on_disk] + (int64_t)n > most[on_disk]) {
		code = hy_fail(e, HY_STORE_BUSY, "", "too much is being sent at once; retry");
	} else {
		p->heard = hy_monotonic_us();
		p->held[on_disk] += (int64_t)n;
		c->held[on_disk] += (int64_t)n;
	}
	pthread_mutex_unlock(&c->lock);
	return code;
}

/* --- beginning and end --------------------------------------------------------------------------
 */

enum hy_code hy_crowd_start(struct hy_server *s, struct hy_err *e)
{
	struct hy_crowd *c = calloc(1, sizeof(*c));

	if (!c)
		return hy_broke(e, HY_INTERNAL, "no memory");
	s->crowd = c;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->over, NULL);
	c->store = s->o.store;
	c->silence_us = s->o.idle_seconds * INT64_C(1000000);
	c->most = s->o.connections - s->o.connections / ROOM_SHARE;
	int why = pthread_create(&c->sweeper, NULL, sweep, c);
	c->running = why == 0;
	return why ? hy_broke(e, HY_INTERNAL, "could not start a thread: %s", strerror(why))
		   : HY_OK;
}

void hy_crowd_stop(struct hy_server *s)
{
	struct hy_crowd *c = s->crowd;

	if (!c || !c->running)
		return;
	pthread_mutex_lock(&c->lock);
	c->closed = true;
	pthread_cond_signal(&c->over);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->sweeper, NULL);
	c->running = false;
}

void hy_crowd_free(struct hy_crowd **crowd)
{
	struct hy_crowd *c = *crowd;

	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->over);
	free(c);
	*crowd = NULL;
}

void hy_crowd_metrics(struct hy_server *s, struct hy_buf *b)
{
	static const char *const names[HY_ENDS] = {
		[HY_END_IDLE] = "idle",
		[HY_END_SLOW] = "slow",
		[HY_END_UNREAD] = "unread",
		[HY_END_ROOM] = "room",
	};
	struct hy_crowd *c = s->crowd;

	pthread_mutex_lock(&c->lock);
	hy_buf_fmt(b,
		   "# HELP huiyin_http_connections Connections now.\n"
		   "# TYPE huiyin_http_connections gauge\nhuiyin_http_connections %lld\n"
		   "# HELP huiyin_http_connections_most Connections that there may be.\n"
		   "# TYPE huiyin_http_connections_most gauge\nhuiyin_http_connections_most %lld\n"
		   "# HELP huiyin_http_body_bytes Bytes of requests that are held.\n"
		   "# TYPE huiyin_http_body_bytes gauge\n"
		   "huiyin_http_body_bytes{where=\"memory\"} %lld\n"
		   "huiyin_http_body_bytes{where=\"disk\"} %lld\n"
		   "# HELP huiyin_http_answer_bytes Bytes of answers on their way.\n"
		   "# TYPE huiyin_http_answer_bytes gauge\nhuiyin_http_answer_bytes %lld\n"
		   "# HELP huiyin_http_ended_total Connections ended by the server: silent between "
		   "requests, too slow with one, not reading the answer, to make room.\n"
		   "# TYPE huiyin_http_ended_total counter\n",
		   (long long)c->n, (long long)c->most, (long long)c->held[IN_MEMORY],
		   (long long)c->held[ON_DISK], (long long)c->held[ANSWERS]);
	for (int i = 0; i < HY_ENDS; i++)
		hy_buf_fmt(b, "huiyin_http_ended_total{why=\"%s\"} %lld\n", names[i],
			   (long long)c->ended[i]);
	pthread_mutex_unlock(&c->lock);
}
