#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/monotonic.h"
#include "store/inside.h"

/* The writer takes what waits, runs it in one transaction and answers all.  It does not wait for
 * more, but where a transaction costs round trips: see gather().  A second thread moves committed
 * pages from the log into the tables, so that the writer's answers do not wait for that; only when
 * the log passes FORCE_AT does the writer stop to reset it, because under steady load nobody else
 * can. */
enum {
	BATCH = 512,
	FLUSH_AT = 4 << 20,
	FORCE_AT = 64 << 20,
	FORCE_AGAIN = 16 << 20,
	IDLE_MS = 200,
	SLOW_MS = 1000,
	GATHER_MOST_US = 2000,
	CARE = 32 /* batches with care after one that had to be done again */
};

struct queue {
	struct hy_store *s;
	struct hy_db *db; /* the writer's own */
	struct hy_conn *flusher_conn;
	pthread_t writer, flusher;
	enum hy_code (*hook)(struct hy_db *db, void *arg, struct hy_err *e);
	void *hook_arg;
	enum hy_code (*first)(struct hy_db *db, void *arg, struct hy_err *e);
	void *first_arg;
	void (*after)(void *arg);
	void *after_arg;

	pthread_mutex_t lock; /* guards the next lines */
	pthread_cond_t work, flush;
	struct hy_job *head, **tail;
	struct hy_store_stats stats; /* but for wal_bytes */
	int64_t wanted; /* the writer is to be woken when so many wait; 0: at the first */
	bool closing, flush_due, writer_over;

	pthread_mutex_t flushing; /* one flush at a time */
	_Atomic int64_t log_bytes;
	int64_t expected;	      /* the writer's: so many may come for the next transaction */
	int64_t took_us;	      /* and the last one took so long */
	int64_t flushed_at, force_at; /* the writer's: log sizes */
	int care;		      /* the writer's: so many batches yet with real savepoints */
	bool unhoped;		      /* the writer's: the batch needs them */
	bool flush_when_idle;
};

/* --- one transaction --------------------------------------------------------------- */

static enum hy_code do_work(struct queue *q, struct hy_job *j)
{
	hy_err_clear(&j->err);
	int64_t start = hy_monotonic_ms();
	enum hy_code code = j->work(q->db, j->in_out, &j->err);
	int64_t took = hy_monotonic_ms() - start;

	hy_db_check_idle(q->db, j->at);
	if (took > SLOW_MS)
		hy_log(HY_LOG_WARN, "slow-write", "the work of %s held the writer for %lld ms",
		       j->at, (long long)took);
	if (!code)
		hy_err_clear(&j->err);
	else if (!j->err.code)
		code = hy_broke(&j->err, code, "the work of %s gave no reason", j->at);
	return code;
}

/* Runs J; its changes are undone when it fails.  An error here is the transaction's. */
static enum hy_code in_savepoint(struct queue *q, struct hy_job *j, enum hy_care care,
				 bool *changed, struct hy_err *e)
{
	const struct hy_driver *d = q->s->d;
	int64_t before = d->changes(q->db->conn);
	enum hy_code code = d->savepoint(q->db->conn, care, e);

	if (code)
		return code;
	enum hy_code outcome = do_work(q, j);
	if (!d->in_transaction(q->db->conn))
		return outcome ? (*e = j->err, outcome)
			       : hy_broke(e, HY_STORE, "the work of %s lost the transaction",
					  j->at);
	bool spoiled = care != HY_CARE_STATEMENT && d->spoiled(q->db->conn);
	if (care == HY_CARE_BATCH && (spoiled || (outcome && !d->undoable(q->db->conn)))) {
		q->unhoped = true;
		return hy_broke(e, HY_STORE_BUSY, "the work of %s needs a savepoint", j->at);
	}
	if (spoiled || outcome) {
		q->db->era++;
		code = d->undo(q->db->conn, e);
	}
	if (spoiled)
		return code ? code : in_savepoint(q, j, HY_CARE_STATEMENT, changed, e);
	if (outcome)
		return code;
	*changed |= d->changes(q->db->conn) != before;
	return d->release(q->db->conn, e);
}

static enum hy_code in_transaction(struct queue *q, struct hy_job *jobs, enum hy_care care,
				   struct hy_err *e)
{
	bool changed = false;
	enum hy_code code = q->first ? q->first(q->db, q->first_arg, e) : HY_OK;

	hy_db_check_idle(q->db, "the hook after the beginning");
	for (struct hy_job *j = jobs; !code && j; j = j->next)
		code = in_savepoint(q, j, care, &changed, e);
	if (!code && changed && q->hook) {
		code = q->hook(q->db, q->hook_arg, e);
		hy_db_check_idle(q->db, "the hook before the commit");
		if (!code && !q->s->d->in_transaction(q->db->conn))
			code = hy_broke(e, HY_STORE, "the hook lost the transaction");
	}
	if (!code)
		code = q->s->d->commit(q->db->conn, e);
	else
		q->s->d->rollback(q->db->conn);
	q->db->era += code != HY_OK;
	if (!code && q->after)
		q->after(q->after_arg);
	return code;
}

/* E for those that have no error of their own: theirs stands whatever became of the rest. */
static void all_failed(struct hy_job *jobs, const struct hy_err *e)
{
	for (struct hy_job *j = jobs; j; j = j->next)
		if (!j->err.code)
			j->err = *e;
}

static enum hy_code transaction(struct queue *q, struct hy_job *jobs, enum hy_care care,
				bool *begun, struct hy_err *e)
{
	bool alone = false;

	/* what they met in an attempt that was in vain is no answer to anybody */
	for (struct hy_job *j = jobs; j; j = j->next)
		hy_err_clear(&j->err);
	enum hy_code code = q->s->d->begin_write(q->db->conn, care, &alone, e);

	*begun = !code;
	q->db->hopes = q->s->d->remote && care == HY_CARE_BATCH;
	q->db->era += !alone;
	if (!code)
		code = in_transaction(q, jobs, care, e);
	hy_arena_empty(q->db->arena);
	return code;
}

/* One transaction in hope; once more with savepoints when it turns out that they are needed.  Where
 * errors come late that may be so whatever failed. */
static enum hy_code hope(struct queue *q, struct hy_job *jobs, bool *begun, struct hy_err *e)
{
	enum hy_care care = q->care > 0 ? HY_CARE_JOB : HY_CARE_BATCH;
	enum hy_code code = transaction(q, jobs, care, begun, e);

	if (code && *begun && q->s->d->outrun(q->db->conn)) {
		q->unhoped = false;
		hy_err_clear(e);
		code = transaction(q, jobs, care, begun, e);
	}
	q->care -= q->care > 0;
	if (!code || !*begun || care == HY_CARE_JOB || code == HY_UNKNOWN_FATE)
		return code;
	if (!q->unhoped && !q->s->d->remote)
		return code;
	q->unhoped = false;
	q->care = CARE;
	hy_err_clear(e);
	return transaction(q, jobs, HY_CARE_JOB, begun, e);
}

/* False: the transaction failed as a whole and its work should be tried one by one. */
static bool attempt(struct queue *q, struct hy_job *jobs)
{
	struct hy_err e = { 0 };
	bool begun;
	enum hy_code code = hope(q, jobs, &begun, &e);

	pthread_mutex_lock(&q->lock);
	q->stats.batches++;
	pthread_mutex_unlock(&q->lock);
	if (!code)
		return true;
	if (!e.code)
		(void)!hy_broke(&e, code, "no reason was given");
	if (begun && jobs->next && code != HY_UNKNOWN_FATE)
		return false;
	all_failed(jobs, &e);
	return true;
}

/* Alone; once more when the engine says that a repetition may help, as after a connection lost
 * before the commit. */
static void attempt_one(struct queue *q, struct hy_job *j)
{
	for (int tries = 0; tries < 2; tries++) {
		(void)!attempt(q, j); /* alone: never false */
		if (j->err.code != HY_STORE_BUSY)
			return;
	}
}

static void run(struct queue *q, struct hy_job *jobs, int n)
{
	struct hy_job *next;

	if (!jobs->next) {
		attempt_one(q, jobs);
	} else if (!attempt(q, jobs)) {
		for (struct hy_job *j = jobs; j; j = next) {
			next = j->next;
			j->next = NULL;
			attempt_one(q, j);
			j->next = next;
		}
	}
	/* Who waits by now has not been answered yet, so nobody is counted twice. */
	q->expected = n + hy_store_stats(q->s).queued;
	for (struct hy_job *j = jobs; j; j = next) {
		next = j->next; /* done() may free the job */
		j->done(j);
	}
}

/* --- the log's size ---------------------------------------------------------------- */

/* Resets the log.  When a reader still needs it, not now. */
static bool reset_log(struct queue *q)
{
	struct hy_err e = { 0 };

	pthread_mutex_lock(&q->flushing);
	enum hy_code code = q->s->d->flush(q->db->conn, HY_FLUSH_RESTART, &e);
	pthread_mutex_unlock(&q->flushing);
	if (code) {
		if (code != HY_STORE_BUSY)
			hy_log(HY_LOG_ERROR, "store-flush", "%s", hy_err_text(&e));
		return false;
	}
	q->flushed_at = 0;
	q->force_at = FORCE_AT;
	atomic_store(&q->log_bytes, 0);
	return true;
}

static void mind_log(struct queue *q)
{
	int64_t bytes = q->s->d->log_bytes(q->db->conn);

	atomic_store(&q->log_bytes, bytes);
	q->flush_when_idle = bytes >= FLUSH_AT;
	if (bytes < q->flushed_at) { /* the engine began it anew */
		q->flushed_at = 0;
		q->force_at = FORCE_AT;
	}
	if (bytes >= q->force_at) {
		if (!reset_log(q))
			q->force_at = bytes + FORCE_AGAIN;
	} else if (bytes - q->flushed_at >= FLUSH_AT) {
		q->flushed_at = bytes;
		pthread_mutex_lock(&q->lock);
		q->flush_due = true;
		pthread_cond_signal(&q->flush);
		pthread_mutex_unlock(&q->lock);
	}
}

static void *flush_now_and_then(void *arg)
{
	struct queue *q = arg;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		while (!q->flush_due && !q->writer_over)
			pthread_cond_wait(&q->flush, &q->lock);
		if (q->writer_over)
			break;
		q->flush_due = false;
		pthread_mutex_unlock(&q->lock);
		struct hy_err e = { 0 };
		pthread_mutex_lock(&q->flushing);
		if (q->s->d->flush(q->flusher_conn, HY_FLUSH_PASSIVE, &e) &&
		    e.code != HY_STORE_BUSY)
			hy_log(HY_LOG_ERROR, "store-flush", "%s", hy_err_text(&e));
		pthread_mutex_unlock(&q->flushing);
		pthread_mutex_lock(&q->lock);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* --- the writer -------------------------------------------------------------------- */

/* With the lock held; false when there is nothing to do for a while. */
static bool wait_for_work(struct queue *q)
{
	struct timespec until = hy_monotonic_in(IDLE_MS * 1000L);

	while (!q->head && !q->closing) {
		if (!q->flush_when_idle)
			pthread_cond_wait(&q->work, &q->lock);
		else if (pthread_cond_clockwait(&q->work, &q->lock, CLOCK_MONOTONIC, &until) ==
			 ETIMEDOUT)
			return q->head || q->closing;
	}
	return true;
}

/* With the lock held.  On a database server a transaction costs several round trips and a flush,
 * whatever is in it; a few clients would take turns in halves.  So those who were answered last get
 * a part of the time that a transaction takes to come again. */
static void gather(struct queue *q)
{
	int64_t most = q->took_us / 2 < GATHER_MOST_US ? q->took_us / 2 : GATHER_MOST_US;
	struct timespec until = hy_monotonic_in(most);

	if (!q->head || !q->s->d->remote)
		return;
	q->wanted = q->expected < BATCH ? q->expected : BATCH;
	while (q->stats.queued < q->wanted && !q->closing)
		if (pthread_cond_clockwait(&q->work, &q->lock, CLOCK_MONOTONIC, &until) ==
		    ETIMEDOUT)
			break;
	q->wanted = 0;
}

/* With the lock held: the first of those that wait, at most BATCH. */
static struct hy_job *take(struct queue *q, int *n_out)
{
	struct hy_job *first = q->head, **last = &q->head;
	int n = 0;

	while (*last && n < BATCH) {
		last = &(*last)->next;
		n++;
	}
	q->head = *last;
	if (!q->head)
		q->tail = &q->head;
	*last = NULL;
	q->stats.queued -= n;
	*n_out = n;
	return n ? first : NULL;
}

static void *write_on(void *arg)
{
	struct queue *q = arg;
	bool over = false;

	while (!over) {
		int n = 0;
		pthread_mutex_lock(&q->lock);
		bool idle = !wait_for_work(q);
		gather(q);
		struct hy_job *jobs = take(q, &n);
		over = !jobs && q->closing;
		q->stats.jobs += n;
		pthread_mutex_unlock(&q->lock);
		if (idle && !jobs) {
			q->flush_when_idle = false;
			reset_log(q);
		}
		if (!jobs)
			continue;
		q->took_us = hy_monotonic_us();
		run(q, jobs, n);
		q->took_us = hy_monotonic_us() - q->took_us;
		mind_log(q);
	}
	return NULL;
}

/* --- from outside ------------------------------------------------------------------ */

static enum hy_code enqueue(struct queue *q, struct hy_job *job, struct hy_err *e)
{
	if (q->closing)
		return hy_fail(e, HY_STORE_BUSY, "", "the server is stopping; retry later");
	if (q->stats.queued >= q->s->o.queue) {
		q->stats.refused++;
		return hy_fail(e, HY_STORE_BUSY, "", "%lld writes are waiting; retry later",
			       (long long)q->stats.queued);
	}
	job->since = hy_monotonic_ms();
	*q->tail = job;
	q->tail = &job->next;
	if (q->stats.queued++ == 0 || q->stats.queued == q->wanted)
		pthread_cond_signal(&q->work);
	return HY_OK;
}

enum hy_code hy_store_submit_at(struct hy_store *s, struct hy_job *job, const char *at,
				struct hy_err *e)
{
	struct queue *q = s->queue;

	if (!q)
		return hy_broke(e, HY_STORE, "%s writes to a store that was opened for reading",
				at);
	job->next = NULL;
	job->at = at;
	hy_err_clear(&job->err);
	pthread_mutex_lock(&q->lock);
	enum hy_code code = enqueue(q, job, e);
	pthread_mutex_unlock(&q->lock);
	return code;
}

void hy_store_turn_away(struct hy_store *s, int64_t ms)
{
	struct queue *q = s->queue;
	struct hy_job *late = NULL, **last = &late, *next;
	int64_t n = 0;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	for (int64_t until = hy_monotonic_ms() - ms; q->head && q->head->since <= until; n++) {
		*last = q->head;
		last = &q->head->next;
		q->head = q->head->next;
	}
	if (!q->head)
		q->tail = &q->head;
	*last = NULL;
	q->stats.queued -= n;
	q->stats.refused += n;
	pthread_mutex_unlock(&q->lock);
	if (n)
		hy_log(HY_LOG_WARN, "slow-write",
		       "%lld writes were turned away: the store did not come to them in %lld ms",
		       (long long)n, (long long)ms);
	for (struct hy_job *j = late; j; j = next) {
		next = j->next; /* done() may free the job */
		(void)hy_fail(&j->err, HY_STORE_BUSY, "",
			      "the store stands still; nothing was done; retry later");
		j->done(j);
	}
}

struct waiting {
	struct hy_job job; /* first: done() gets its address */
	sem_t done;
};

static void wake(struct hy_job *job)
{
	sem_post(&((struct waiting *)job)->done);
}

enum hy_code hy_store_write_at(struct hy_store *s, hy_work *work, void *in_out, const char *at,
			       struct hy_err *e)
{
	struct waiting w = { .job = { .work = work, .in_out = in_out, .done = wake } };

	if (s->queue && pthread_equal(pthread_self(), s->queue->writer))
		return hy_broke(e, HY_INTERNAL, "%s writes from inside a write", at);
	sem_init(&w.done, 0, 0);
	enum hy_code code = hy_store_submit_at(s, &w.job, at, e);
	if (!code) {
		while (sem_wait(&w.done) != 0 && errno == EINTR)
			;
		code = w.job.err.code;
		if (code)
			*e = w.job.err;
	}
	sem_destroy(&w.done);
	return code;
}

void hy_store_before_commit(struct hy_store *s,
			    enum hy_code (*fn)(struct hy_db *db, void *arg, struct hy_err *e),
			    void *arg)
{
	if (!s->queue)
		return;
	s->queue->hook = fn;
	s->queue->hook_arg = arg;
}

void *hy_store_commit_arg(struct hy_store *s)
{
	return s->queue ? s->queue->hook_arg : NULL;
}

void hy_store_after_begin(struct hy_store *s,
			  enum hy_code (*fn)(struct hy_db *db, void *arg, struct hy_err *e),
			  void *arg)
{
	if (!s->queue)
		return;
	s->queue->first = fn;
	s->queue->first_arg = arg;
}

void hy_store_after_commit(struct hy_store *s, void (*fn)(void *arg), void *arg)
{
	if (!s->queue)
		return;
	s->queue->after = fn;
	s->queue->after_arg = arg;
}

struct hy_store_stats hy_store_stats(struct hy_store *s)
{
	struct queue *q = s->queue;

	if (!q)
		return (struct hy_store_stats){ 0 };
	pthread_mutex_lock(&q->lock);
	struct hy_store_stats stats = q->stats;
	pthread_mutex_unlock(&q->lock);
	stats.wal_bytes = atomic_load(&q->log_bytes);
	return stats;
}

/* --- beginning and end ------------------------------------------------------------- */

/* Signals are the main thread's business. */
static int start_thread(pthread_t *t, const char *name, void *(*run_it)(void *), struct queue *q)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(t, NULL, run_it, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		pthread_setname_np(*t, name);
	return rc;
}

static void stop_flusher(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->writer_over = true;
	pthread_cond_signal(&q->flush);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->flusher, NULL);
}

static void dispose(struct queue *q)
{
	q->s->d->close(&q->flusher_conn);
	pthread_cond_destroy(&q->work);
	pthread_cond_destroy(&q->flush);
	pthread_mutex_destroy(&q->lock);
	pthread_mutex_destroy(&q->flushing);
	free(q);
}

enum hy_code hy_queue_start(struct hy_store *s, struct queue **out, struct hy_err *e)
{
	struct queue *q = calloc(1, sizeof(*q));

	if (!q)
		return hy_broke(e, HY_STORE, "no memory");
	q->s = s;
	q->db = s->writer;
	q->tail = &q->head;
	q->force_at = FORCE_AT;
	pthread_mutex_init(&q->lock, NULL);
	pthread_mutex_init(&q->flushing, NULL);
	pthread_cond_init(&q->work, NULL);
	pthread_cond_init(&q->flush, NULL);
	enum hy_code code = s->d->open(s->place, HY_USE_CHECKPOINT, &q->flusher_conn, e);
	if (!code && start_thread(&q->flusher, "hy-flusher", flush_now_and_then, q) != 0) {
		code = hy_broke(e, HY_STORE, "could not start a thread");
	} else if (!code && start_thread(&q->writer, "hy-writer", write_on, q) != 0) {
		code = hy_broke(e, HY_STORE, "could not start a thread");
		stop_flusher(q);
	}
	if (code)
		dispose(q);
	else
		*out = q;
	return code;
}

void hy_queue_stop(struct queue **queue)
{
	struct queue *q = *queue;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	q->closing = true;
	pthread_cond_signal(&q->work);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->writer, NULL);
	stop_flusher(q);
	*queue = NULL;
	dispose(q);
}
