/* message -- what is wrong with a pack, collected, sorted and cut. */
#include <stdlib.h>

#include "base/buf.h"
#include "pack/node.h"

static void HY_PRINTF(5, 0) say(struct pack_log *l, const struct pack_doc *d,
				const struct pack_node *n, bool error, const char *fmt, va_list ap)
{
	if (error)
		l->msgs->errors++;
	if (l->msgs->n >= PACK_KEPT_MOST) {
		l->dropped++;
		return;
	}
	struct pack_message *m = hy_push(l->a, l->msgs);
	*m = (struct pack_message){ .file = hy_str_dup(l->a, d->shown),
				    .line = n ? n->line : 1,
				    .column = n ? n->column : 1,
				    .error = error,
				    .text = hy_vprintf(l->a, fmt, ap) };
}

void pack_wrong(struct pack_log *l, const struct pack_doc *d, const struct pack_node *n,
		const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, d, n, true, fmt, ap);
	va_end(ap);
}

void pack_warn(struct pack_log *l, const struct pack_doc *d, const struct pack_node *n,
	       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, d, n, false, fmt, ap);
	va_end(ap);
}

static int by_place(const void *a, const void *b)
{
	const struct pack_message *x = a, *y = b;
	int c = hy_str_cmp(x->file, y->file);

	if (c == 0)
		c = (x->line > y->line) - (x->line < y->line);
	if (c == 0)
		c = (x->column > y->column) - (x->column < y->column);
	return c ? c : hy_str_cmp(x->text, y->text);
}

void pack_log_end(struct pack_log *l)
{
	struct pack_messages *m = l->msgs;

	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), by_place);
	if (m->n <= PACK_SHOWN_MOST)
		return;
	size_t more = m->n - PACK_SHOWN_MOST + l->dropped;
	struct pack_message *end = &m->v[PACK_SHOWN_MOST];
	end->file = end[-1].file;
	end->line = end[-1].line;
	end->column = end[-1].column;
	end->error = m->errors > 0;
	end->text = hy_printf(l->a, "and %zu more messages", more);
	m->n = PACK_SHOWN_MOST + 1;
	l->dropped = 0;
}

enum hy_code pack_log_code(const struct pack_log *l, struct hy_err *e)
{
	const struct pack_messages *m = l->msgs;

	for (size_t i = 0; m->errors && i < m->n; i++) {
		const struct pack_message *x = &m->v[i];
		if (x->error)
			return hy_fail(e, HY_BAD_PACK, "",
				       "%zu error%s; the first: " HY_FMT ":%d:%d: " HY_FMT,
				       m->errors, m->errors == 1 ? "" : "s", HY_ARG(x->file),
				       x->line, x->column, HY_ARG(x->text));
	}
	return m->errors ? hy_fail(e, HY_BAD_PACK, "", "%zu errors", m->errors) : HY_OK;
}

static int by_name(const void *a, const void *b)
{
	return hy_str_cmp(*(const hy_str *)a, *(const hy_str *)b);
}

hy_str pack_near(struct hy_arena *a, const struct hy_map *known, hy_str name)
{
	enum { FEW = 12 };
	hy_str near = hy_map_near(known, name), names[FEW];
	size_t n = 0;

	if (near.n)
		return hy_printf(a, "; did you mean \"" HY_FMT "\"?", HY_ARG(near));
	if (known->n == 0 || known->n > FEW)
		return HY_S("");
	for (size_t i = 0; i < known->cap; i++)
		if (known->slots[i].value)
			names[n++] = known->slots[i].key;
	qsort(names, n, sizeof(*names), by_name);
	struct hy_buf b = hy_buf_on(a);
	hy_buf_add(&b, HY_S("; known: "));
	for (size_t i = 0; i < n; i++)
		hy_buf_fmt(&b, "%s" HY_FMT, i ? ", " : "", HY_ARG(names[i]));
	return hy_buf_str(&b);
}
