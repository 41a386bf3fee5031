#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define HY_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HY_ASAN 1
#endif
#endif

/* Blocks double up to this; larger requests get a block of their own. */
enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) char mem[];
};

struct hook {
	struct hook *next;
	void (*fn)(void *);
	void *arg;
};

struct hy_arena {
	struct block *blocks; /* newest first */
	struct hook *hooks;   /* newest first */
	size_t limit, used;
};

static void out_of_memory(void)
{
	fputs("huiyin: out of memory\n", stderr);
	abort();
}

struct hy_arena *hy_arena_new(size_t limit)
{
	struct hy_arena *a = calloc(1, sizeof(*a));

	if (!a)
		out_of_memory();
	a->limit = limit ? limit : (size_t)1 << 30;
	return a;
}

void hy_arena_empty(struct hy_arena *a)
{
	while (a->hooks) {
		struct hook *h = a->hooks;
		a->hooks = h->next;
		h->fn(h->arg);
	}
	/* Keep the newest ordinary block, so that a busy loop does not malloc. */
	struct block *keep = NULL;
	while (a->blocks) {
		struct block *b = a->blocks;
		a->blocks = b->next;
#ifndef HY_ASAN
		if (!keep && b->size <= LARGEST_BLOCK) {
			keep = b;
			continue;
		}
#endif
		free(b);
	}
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
		a->blocks = keep;
	}
	a->used = 0;
}

void hy_arena_free(struct hy_arena **a)
{
	if (!a || !*a)
		return;
	hy_arena_empty(*a);
	if ((*a)->blocks)
		free((*a)->blocks);
	free(*a);
	*a = NULL;
}

static struct block *block_add(struct hy_arena *a, size_t need)
{
	size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
#ifdef HY_ASAN
	size = need; /* one block each: ASan sees every overrun */
#endif
	struct block *b = malloc(sizeof(*b) + size);
	if (!b)
		out_of_memory();
	b->size = size;
	b->used = 0;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *hy_arena_room(struct hy_arena *a, size_t size)
{
	if (size > SIZE_MAX / 4)
		out_of_memory();
	size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
#ifdef HY_ASAN
	need = size ? size : 1;
#endif
	struct block *b = a->blocks;

	if (!b || b->size - b->used < need)
		b = block_add(a, need);
	void *p = b->mem + b->used;
	b->used += need;
	a->used += need;
	return p;
}

void *hy_arena_take(struct hy_arena *a, size_t size)
{
	return memset(hy_arena_room(a, size), 0, size);
}

void *hy_arena_try(struct hy_arena *a, size_t size)
{
	if (size > a->limit || a->used > a->limit - size)
		return NULL;
	return hy_arena_take(a, size);
}

void *hy_arena_take_n(struct hy_arena *a, size_t size, size_t count)
{
	size_t all;

	if (__builtin_mul_overflow(size, count, &all))
		out_of_memory();
	return hy_arena_take(a, all);
}

void *hy_arena_grow(struct hy_arena *a, void *old, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 8;
	void *p = hy_arena_take_n(a, size, more);

	if (*cap)
		memcpy(p, old, *cap * size);
	*cap = more;
	return p;
}

void hy_arena_defer(struct hy_arena *a, void (*fn)(void *), void *arg)
{
	struct hook *h = hy_new(a, struct hook);

	*h = (struct hook){ a->hooks, fn, arg };
	a->hooks = h;
}

size_t hy_arena_used(const struct hy_arena *a)
{
	return a->used;
}

size_t hy_arena_held(const struct hy_arena *a)
{
	size_t held = 0;

	for (const struct block *b = a->blocks; b; b = b->next)
		held += b->size;
	return held;
}

hy_str hy_str_dup(struct hy_arena *a, hy_str s)
{
	char *p = hy_arena_room(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (hy_str){ p, s.n };
}

hy_str hy_vprintf(struct hy_arena *a, const char *fmt, va_list ap)
{
	char most[256]; /* nearly every text fits: then it is formatted once */
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(most, sizeof(most), fmt, ap);
	if (n < 0)
		most[n = 0] = '\0';
	char *p = hy_arena_room(a, (size_t)n + 1);
	if ((size_t)n < sizeof(most))
		memcpy(p, most, (size_t)n + 1);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (hy_str){ p, (size_t)n };
}

hy_str hy_printf(struct hy_arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hy_str s = hy_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
