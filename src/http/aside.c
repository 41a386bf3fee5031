/* Side threads: what takes long and is no write, with the connection suspended meanwhile. */
#include "http/request.h"

static struct hy_request *next(struct hy_aside *q)
{
	struct hy_request *r;

	pthread_mutex_lock(&q->lock);
	while (!q->first && !q->closed)
		pthread_cond_wait(&q->more, &q->lock);
	r = q->first;
	if (r) {
		q->first = r->waiting_next;
		if (!q->first)
			q->last = NULL;
		q->waiting--;
	}
	pthread_mutex_unlock(&q->lock);
	return r;
}

_Thread_local bool hy_aside_given;

static void run(struct hy_request *r)
{
	struct hy_err e = { 0 };
	hy_handler *fn = r->aside;

	hy_aside_given = false;
	enum hy_code c = fn(r, &e);
	if (hy_aside_given) /* the writer has it now, or it is over already */
		return;
	if (!c)
		hy_err_clear(&e);
	hy_answer_now(r, &e);
}

static void *work(void *arg)
{
	struct hy_aside *q = arg;
	struct hy_request *r;

	while ((r = next(q)))
		run(r);
	return NULL;
}

enum hy_code hy_answer_aside(struct hy_request *r, hy_handler *fn, struct hy_err *e)
{
	struct hy_server *s = r->server;
	struct hy_aside *q = &s->aside;
	bool full;

	enum hy_code c = hy_answer_later(r, e);
	if (c)
		return c;
	r->aside = fn;
	pthread_mutex_lock(&q->lock);
	full = q->waiting >= s->o.aside_most;
	if (!full) {
		r->waiting_next = NULL;
		if (q->last)
			q->last->waiting_next = r;
		else
			q->first = r;
		q->last = r;
		q->waiting++;
		pthread_cond_signal(&q->more);
	}
	pthread_mutex_unlock(&q->lock);
	if (!full)
		return HY_OK;
	c = hy_fail(e, HY_STORE_BUSY, "", "too many wait for this already; retry");
	hy_answer_now(r, e);
	return c;
}

enum hy_code hy_aside_start(struct hy_server *s, struct hy_err *e)
{
	struct hy_aside *q = &s->aside;
	int want = s->o.aside_threads > 0 ? s->o.aside_threads : 2;

	if (s->o.aside_most <= 0)
		s->o.aside_most = 64;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->more, NULL);
	if ((size_t)want > HY_COUNT(q->thread))
		want = (int)HY_COUNT(q->thread);
	for (; q->n_threads < want; q->n_threads++) {
		int why = pthread_create(&q->thread[q->n_threads], NULL, work, q);
		if (why) {
			hy_aside_stop(s);
			return hy_broke(e, HY_INTERNAL, "could not start a thread: %s",
					strerror(why));
		}
	}
	return HY_OK;
}

void hy_aside_stop(struct hy_server *s)
{
	struct hy_aside *q = &s->aside;

	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->lock);
	for (int i = 0; i < q->n_threads; i++)
		pthread_join(q->thread[i], NULL);
	q->n_threads = 0;
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->more);
}
