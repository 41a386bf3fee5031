/* Hashing, and the threads that do it. */
#include "people/password.h"

#include <pthread.h>
#include <sodium.h>

_Static_assert((int)PASSWORD_HASH >= (int)crypto_pwhash_STRBYTES, "a hash does not fit");

enum hy_code password_hash(hy_str password, char out[PASSWORD_HASH], struct hy_err *e)
{
	if (sodium_init() < 0 ||
	    crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return hy_broke(e, HY_STORE_BUSY, "no memory to hash a password");
	return HY_OK;
}

/* For logins that nobody has: the hash of random bytes, so that nothing matches. */
static char nobody[crypto_pwhash_STRBYTES];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void make_nobody(void)
{
	unsigned char random[32];

	if (sodium_init() < 0)
		return;
	randombytes_buf(random, sizeof(random));
	if (crypto_pwhash_str_alg(nobody, (const char *)random, sizeof(random),
				  crypto_pwhash_OPSLIMIT_INTERACTIVE,
				  crypto_pwhash_MEMLIMIT_INTERACTIVE,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		nobody[0] = '\0';
}

bool password_right(hy_str password, hy_str hash)
{
	char z[PASSWORD_HASH] = "";

	pthread_once(&nobody_once, make_nobody);
	if (hash.n >= sizeof(z))
		return false;
	memcpy(z, hash.n ? hash.p : nobody, hash.n ? hash.n : strlen(nobody));
	bool right = crypto_pwhash_str_verify(z, password.p ? password.p : "", password.n) == 0;
	return right && hash.n > 0;
}

/* --- workers -----------------------------------------------------------------------------------
 */

enum { WORKERS_MOST = 8 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	pthread_t thread[WORKERS_MOST];
	int threads, waiting, most;
	struct password_job *first, **last;
	bool stop;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };

static struct password_job *take(void)
{
	struct password_job *job = NULL;

	pthread_mutex_lock(&pool.lock);
	while (!pool.first && !pool.stop)
		pthread_cond_wait(&pool.more, &pool.lock);
	job = pool.first;
	if (job) {
		pool.first = job->next;
		if (!pool.first)
			pool.last = &pool.first;
		pool.waiting--;
	}
	pthread_mutex_unlock(&pool.lock);
	return job;
}

static void *work(void *arg)
{
	struct password_job *job;

	pthread_once(&nobody_once, make_nobody);
	while ((job = take()))
		job->run(job);
	return arg;
}

enum hy_code password_workers_start(int threads, int queue, struct hy_err *e)
{
	pool.stop = false;
	pool.first = NULL;
	pool.last = &pool.first;
	pool.most = queue;
	threads = threads < 1 ? 1 : threads > WORKERS_MOST ? WORKERS_MOST : threads;
	while (pool.threads < threads) {
		if (pthread_create(&pool.thread[pool.threads], NULL, work, NULL) != 0) {
			password_workers_stop();
			return hy_broke(e, HY_INTERNAL, "could not start a thread for passwords");
		}
		pool.threads++;
	}
	return HY_OK;
}

void password_workers_stop(void)
{
	pthread_mutex_lock(&pool.lock);
	pool.stop = true;
	pthread_cond_broadcast(&pool.more);
	pthread_mutex_unlock(&pool.lock);
	while (pool.threads > 0)
		pthread_join(pool.thread[--pool.threads], NULL);
}

enum hy_code password_submit(struct password_job *job, struct hy_err *e)
{
	job->next = NULL;
	pthread_mutex_lock(&pool.lock);
	bool taken = pool.threads > 0 && !pool.stop && pool.waiting < pool.most;
	if (taken) {
		*pool.last = job;
		pool.last = &job->next;
		pool.waiting++;
		pthread_cond_signal(&pool.more);
	}
	pthread_mutex_unlock(&pool.lock);
	return taken ? HY_OK
		     : hy_fail(e, HY_STORE_BUSY, "",
			       "too many people are logging in at once; try again in a moment");
}
