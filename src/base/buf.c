#include "base/buf.h"

#include <stdio.h>

char *hy_buf_grow(struct hy_buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap * 2 : 256;

	while (cap - b->n <= more)
		cap *= 2;
	char *p = hy_arena_room(b->a, cap);
	if (b->n)
		memcpy(p, b->p, b->n);
	p[b->n] = '\0';
	b->p = p;
	b->cap = cap;
	return b->p + b->n;
}

void hy_buf_fmt(struct hy_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	hy_buf_add(b, hy_vprintf(b->a, fmt, ap));
	va_end(ap);
}

void hy_buf_int(struct hy_buf *b, int64_t v)
{
	char digits[24];
	char *p = digits + sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*--p = '-';
	hy_buf_add(b, (hy_str){ p, (size_t)(digits + sizeof(digits) - p) });
}

void hy_buf_html(struct hy_buf *b, hy_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&':
			hy_buf_add(b, HY_S("&amp;"));
			break;
		case '<':
			hy_buf_add(b, HY_S("&lt;"));
			break;
		case '>':
			hy_buf_add(b, HY_S("&gt;"));
			break;
		case '"':
			hy_buf_add(b, HY_S("&quot;"));
			break;
		case '\'':
			hy_buf_add(b, HY_S("&#39;"));
			break;
		default:
			hy_buf_byte(b, s.p[i]);
		}
	}
}
