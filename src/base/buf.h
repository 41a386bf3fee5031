#ifndef HY_BASE_BUF_H
#define HY_BASE_BUF_H

/* buf -- bytes that grow in an arena; always followed by an uncounted zero. */

#include "base/arena.h"

struct hy_buf {
	struct hy_arena *a;
	char *p;
	size_t n, cap;
};

static inline struct hy_buf hy_buf_on(struct hy_arena *a)
{
	return (struct hy_buf){ .a = a };
}

char *hy_buf_grow(struct hy_buf *b, size_t more);
/* Room for MORE further bytes; returns where they go. */
static inline char *hy_buf_room(struct hy_buf *b, size_t more)
{
	return b->cap - b->n > more ? b->p + b->n : hy_buf_grow(b, more);
}

static inline void hy_buf_add(struct hy_buf *b, hy_str s)
{
	if (s.n) {
		memcpy(hy_buf_room(b, s.n), s.p, s.n);
		b->n += s.n;
		b->p[b->n] = '\0';
	}
}

static inline void hy_buf_byte(struct hy_buf *b, char c)
{
	*hy_buf_room(b, 1) = c;
	b->p[++b->n] = '\0';
}

void hy_buf_fmt(struct hy_buf *b, const char *fmt, ...) HY_PRINTF(2, 3);
void hy_buf_int(struct hy_buf *b, int64_t v);

/* S with &, <, >, " and ' as entities, for HTML text and quoted attributes. */
void hy_buf_html(struct hy_buf *b, hy_str s);

static inline hy_str hy_buf_str(const struct hy_buf *b)
{
	return (hy_str){ b->p ? b->p : "", b->n };
}

#endif
