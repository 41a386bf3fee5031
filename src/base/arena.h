#ifndef HY_BASE_ARENA_H
#define HY_BASE_ARENA_H

/* arena -- one lifetime, one arena: a request, a job, a test owns one.
 *
 * Memory taken from an arena is zeroed and lives until the arena is emptied or
 * freed; there is nothing to free one by one.  Things that are not memory hang
 * on a hook.  A function that allocates takes the arena as a parameter, so its
 * signature tells the lifetime of what it returns.  Not safe for two threads. */

#include <stdarg.h>

#include "base/str.h"

struct hy_arena;

/* A fresh arena; LIMIT bounds what hy_arena_try() may take in all (0: 1 GiB). */
struct hy_arena *hy_arena_new(size_t limit);

/* Runs the hooks, frees the memory, sets *A to NULL.  NULL is allowed. */
void hy_arena_free(struct hy_arena **a);

/* Runs the hooks, newest first, and makes the memory available again. */
void hy_arena_empty(struct hy_arena *a);

/* Zeroed memory, aligned for any type.  Cannot fail for the caller: when the
 * machine has no memory left the process stops.  For sizes we choose. */
void *hy_arena_take(struct hy_arena *a, size_t size) __attribute__((returns_nonnull));

/* The same, not zeroed: for what is written over at once. */
void *hy_arena_room(struct hy_arena *a, size_t size) __attribute__((returns_nonnull));

/* The same for a size that a stranger chose: NULL when the limit is passed. */
void *hy_arena_try(struct hy_arena *a, size_t size);

/* Calls FN(ARG) when the arena is emptied or freed. */
void hy_arena_defer(struct hy_arena *a, void (*fn)(void *), void *arg);

/* Bytes in use, and bytes held for use: an emptied arena keeps one block. */
size_t hy_arena_used(const struct hy_arena *a);
size_t hy_arena_held(const struct hy_arena *a);

#define hy_new(a, T) ((T *)hy_arena_take((a), sizeof(T)))
#define hy_new_n(a, T, count) ((T *)hy_arena_take_n((a), sizeof(T), (count)))
void *hy_arena_take_n(struct hy_arena *a, size_t size, size_t count)
	__attribute__((returns_nonnull));

/* Copies; the copy also ends with a zero byte that is not counted. */
hy_str hy_str_dup(struct hy_arena *a, hy_str s);
hy_str hy_printf(struct hy_arena *a, const char *fmt, ...) HY_PRINTF(2, 3);
hy_str hy_vprintf(struct hy_arena *a, const char *fmt, va_list ap) HY_PRINTF(2, 0)
	__attribute__((nonnull(2)));

/* Frees an arena when the scope ends. */
static inline void hy_arena_drop(struct hy_arena **a)
{
	hy_arena_free(a);
}
#define HY_SCOPED_ARENA __attribute__((cleanup(hy_arena_drop))) struct hy_arena *

/* A growing array in an arena: struct { T *v; size_t n, cap; }.  Growth abandons
 * the old block to the arena, so the total stays within twice the final size. */
#define HY_VEC(T)                                                                                  \
	struct {                                                                                   \
		T *v;                                                                              \
		size_t n, cap;                                                                     \
	}
#define hy_push(a, vec)                                                                            \
	(((vec)->n == (vec)->cap                                                                   \
		  ? ((vec)->v = hy_arena_grow((a), (vec)->v, &(vec)->cap, sizeof(*(vec)->v)))      \
		  : (vec)->v),                                                                     \
	 &(vec)->v[(vec)->n++])
void *hy_arena_grow(struct hy_arena *a, void *old, size_t *cap, size_t size);

#endif
