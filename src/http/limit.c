#include "http/limit.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/hash.h"

enum { SETS = 16384, WAYS = 4, LOCKS = 64, MINUTE = 60000 };

struct bucket {
	uint64_t key;  /* 0: free */
	int64_t at;    /* when it was last looked at */
	int64_t level; /* in sixty-thousandths: PER_MINUTE of them come each millisecond */
};
struct hy_limiter {
	unsigned char key[crypto_shorthash_KEYBYTES];
	pthread_mutex_t lock[LOCKS];
	struct bucket bucket[SETS][WAYS];
	pthread_mutex_t lock_all;
	struct bucket all[HY_PACES];
};

struct hy_limiter *hy_limiter_new(void)
{
	struct hy_limiter *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	hy_random(l->key, sizeof(l->key));
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&l->lock[i], NULL);
	pthread_mutex_init(&l->lock_all, NULL);
	return l;
}

void hy_limiter_free(struct hy_limiter **l)
{
	if (!*l)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&(*l)->lock[i]);
	pthread_mutex_destroy(&(*l)->lock_all);
	free(*l);
	*l = NULL;
}

/* The bucket holds one minute's worth, and one request at least. */
static int64_t take(struct bucket *b, int per_minute, int64_t now)
{
	int64_t most = (int64_t)per_minute * MINUTE, waited = now - b->at;

	if (waited > MINUTE)
		waited = MINUTE;
	b->level += waited * per_minute;
	if (b->level > most)
		b->level = most;
	b->at = now;
	if (b->level >= MINUTE) {
		b->level -= MINUTE;
		return 0;
	}
	return (MINUTE - b->level + per_minute - 1) / per_minute;
}

static void fill(struct bucket *b, uint64_t key, int per_minute, int64_t now)
{
	*b = (struct bucket){ key, now, (int64_t)per_minute * MINUTE };
}

static uint64_t hash(const struct hy_limiter *l, enum hy_pace class, hy_str key)
{
	unsigned char text[80] = { (unsigned char)class };
	uint64_t h;

	if (key.n < sizeof(text)) {
		memcpy(text + 1, key.p, key.n);
		key.n++;
	} else {
		hy_hash long_key = hy_sha256(key);
		memcpy(text + 1, long_key.b, sizeof(long_key.b));
		key.n = 1 + sizeof(long_key.b);
	}
	crypto_shorthash((unsigned char *)&h, text, key.n, l->key);
	return h ? h : 1;
}

int64_t hy_limiter_take(struct hy_limiter *l, enum hy_pace class, hy_str key, int per_minute,
			int64_t now)
{
	uint64_t h = hash(l, class, key);
	size_t set = h % SETS;
	pthread_mutex_t *lock = &l->lock[set % LOCKS];
	struct bucket *v = l->bucket[set], *mine = NULL, *oldest = &v[0];

	pthread_mutex_lock(lock);
	for (size_t i = 0; i < WAYS && !mine; i++) {
		if (v[i].key == h)
			mine = &v[i];
		else if (v[i].key == 0 || (oldest->key && v[i].at < oldest->at))
			oldest = &v[i];
	}
	if (!mine) {
		mine = oldest;
		fill(mine, h, per_minute, now);
	}
	int64_t wait = take(mine, per_minute, now);
	pthread_mutex_unlock(lock);
	return wait;
}

int64_t hy_limiter_take_all(struct hy_limiter *l, enum hy_pace class, int per_minute, int64_t now)
{
	struct bucket *b = &l->all[class];

	pthread_mutex_lock(&l->lock_all);
	if (!b->key)
		fill(b, 1, per_minute, now);
	int64_t wait = take(b, per_minute, now);
	pthread_mutex_unlock(&l->lock_all);
	return wait;
}
