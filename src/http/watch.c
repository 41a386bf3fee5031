/* Those who wait for something to happen: suspended connections, looked at about once a second by
 * one thread for all of them.
 *
 * There may be MOST of them, and few of one asker: when another comes, the oldest is answered.  A
 * server that stops answers them all. */
#include "base/monotonic.h"
#include "http/request.h"

#include <time.h>

enum { MOST = 128, OF_ONE = 4, LOOK_MS = 1000 };

struct waiter {
	struct hy_request *r;
	bool (*look)(struct hy_request *r);
	hy_handler *run;
	int64_t until; /* us */
	bool overtaken;
};

struct hy_watch {
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t more;
	pthread_t thread;
	bool running, closed;
	struct waiter v[MOST]; /* by coming */
	int n;
};

static bool due(const struct waiter *x, bool closed)
{
	return closed || x->overtaken || hy_monotonic_us() >= x->until || x->look(x->r);
}

/* Answers the first that is due; false when none is.  Looking reads from the store, so the lock is
 * not held meanwhile: only this thread takes waiters away. */
static bool answer_one(struct hy_watch *w)
{
	for (int i = 0;; i++) {
		pthread_mutex_lock(&w->lock);
		if (i >= w->n) {
			pthread_mutex_unlock(&w->lock);
			return false;
		}
		struct waiter x = w->v[i];
		bool closed = w->closed;
		pthread_mutex_unlock(&w->lock);
		if (!due(&x, closed))
			continue;
		pthread_mutex_lock(&w->lock);
		memmove(&w->v[i], &w->v[i + 1], (size_t)(w->n - i - 1) * sizeof(x));
		w->n--;
		pthread_mutex_unlock(&w->lock);
		struct hy_err e = { 0 };
		if (!x.run(x.r, &e))
			hy_err_clear(&e);
		hy_answer_now(x.r, &e);
		return true;
	}
}

static void rest(struct hy_watch *w)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LOOK_MS / 1000;
	pthread_mutex_lock(&w->lock);
	if (w->n == 0 && !w->closed)
		pthread_cond_wait(&w->more, &w->lock);
	else if (!w->closed)
		while (!w->closed && pthread_cond_timedwait(&w->more, &w->lock, &until) == 0)
			;
	pthread_mutex_unlock(&w->lock);
}

static void *work(void *arg)
{
	struct hy_watch *w = arg;
	bool closed = false;

	while (!closed) {
		while (answer_one(w))
			;
		pthread_mutex_lock(&w->lock);
		closed = w->closed && w->n == 0;
		pthread_mutex_unlock(&w->lock);
		if (!closed)
			rest(w);
	}
	return NULL;
}

/* Under the lock. */
static enum hy_code join(struct hy_watch *w, const struct waiter *x, struct hy_err *e)
{
	struct waiter *oldest = NULL;
	int own = 0;

	if (w->closed)
		return hy_fail(e, HY_STORE_BUSY, "", "the server is stopping; retry");
	if (w->n == MOST)
		return hy_fail(e, HY_STORE_BUSY, "", "too many wait for this already; retry");
	for (int i = 0; i < w->n; i++) {
		if (w->v[i].overtaken || !hy_str_eq(w->v[i].r->scope, x->r->scope))
			continue;
		oldest = oldest ? oldest : &w->v[i];
		own++;
	}
	if (own >= OF_ONE)
		oldest->overtaken = true;
	w->v[w->n++] = *x;
	pthread_cond_signal(&w->more);
	return HY_OK;
}

enum hy_code hy_answer_when(struct hy_request *r, bool (*look)(struct hy_request *r),
			    hy_handler *run, int seconds, struct hy_err *e)
{
	struct hy_watch *w = r->server->watch;
	const struct waiter x = { .r = r,
				  .look = look,
				  .run = run,
				  .until = hy_monotonic_us() + (int64_t)seconds * 1000000 };
	enum hy_code c = hy_answer_later(r, e);

	if (c)
		return c;
	pthread_mutex_lock(&w->lock);
	c = join(w, &x, e);
	pthread_mutex_unlock(&w->lock);
	if (c)
		hy_answer_now(r, e);
	return c;
}

enum hy_code hy_watch_start(struct hy_server *s, struct hy_err *e)
{
	struct hy_watch *w = hy_new(s->arena, struct hy_watch);
	pthread_condattr_t attr;

	s->watch = w;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->more, &attr);
	pthread_condattr_destroy(&attr);
	int why = pthread_create(&w->thread, NULL, work, w);
	if (why)
		return hy_broke(e, HY_INTERNAL, "could not start a thread: %s", strerror(why));
	w->running = true;
	return HY_OK;
}

void hy_watch_stop(struct hy_server *s)
{
	struct hy_watch *w = s->watch;

	if (!w || !w->running)
		return;
	pthread_mutex_lock(&w->lock);
	w->closed = true;
	pthread_cond_broadcast(&w->more);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->running = false;
}

void hy_watch_metrics(struct hy_server *s, struct hy_buf *b)
{
	struct hy_watch *w = s->watch;

	pthread_mutex_lock(&w->lock);
	hy_buf_fmt(b,
		   "# HELP huiyin_http_watching Requests that wait for something to happen.\n"
		   "# TYPE huiyin_http_watching gauge\nhuiyin_http_watching %d\n",
		   w->n);
	pthread_mutex_unlock(&w->lock);
}
