/* All units with all their names: what was called how, and the tree of a day. */
#include "people/unit_row.h"

enum hy_code unit_book_read(struct hy_arena *a, struct hy_db *db, struct unit_book *out,
			    struct hy_err *e)
{
	unit_row_vec rows = { 0 };
	enum hy_code c = unit_rows(a, db, &rows, e);

	if (c)
		return c;
	struct unit_entry *v = hy_new_n(a, struct unit_entry, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct unit_row *r = &rows.v[i];
		if (r->past.n == 0)
			return hy_broke(e, HY_TAMPERED, "unit " HY_FMT " has no past",
					HY_ARG(r->unit.code));
		v[i] = (struct unit_entry){ r->unit, r->past.v, r->past.n };
	}
	*out = (struct unit_book){ v, rows.n };
	return HY_OK;
}

enum hy_code unit_entry_read(struct hy_arena *a, struct hy_db *db, hy_str code,
			     const struct unit_entry **out, struct hy_err *e)
{
	struct unit_row r = { 0 };
	struct unit_entry *entry = hy_new(a, struct unit_entry);
	bool there;
	enum hy_code c = unit_row_read(a, db, code, &r, &there, e);

	if (c)
		return c;
	*entry = (struct unit_entry){ r.unit, r.past.v, r.past.n };
	*out = there && r.past.n ? entry : NULL;
	return HY_OK;
}

/* Where CODE stands or would stand. */
static size_t place(const struct unit_book *b, hy_str code)
{
	size_t lo = 0, hi = b->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (hy_str_cmp(b->v[mid].unit.code, code) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct unit_entry *unit_book_find(const struct unit_book *b, hy_str code)
{
	size_t i = place(b, code);

	return i < b->n && hy_str_eq(b->v[i].unit.code, code) ? &b->v[i] : NULL;
}

const struct unit_past *unit_past_on(const struct unit_entry *u, hy_day d)
{
	size_t i = u->n_past - 1;

	while (i > 0 && u->past[i].from > d)
		i--;
	return &u->past[i];
}

hy_str unit_name_on(const struct unit_book *b, hy_str code, hy_day d)
{
	const struct unit_entry *u = unit_book_find(b, code);

	return u ? unit_past_on(u, d)->name : code;
}

/* The tree of a day: for each entry its first child and its next brother, as indices; -1 none. */
struct growing {
	const struct unit_book *b;
	hy_day d;
	ptrdiff_t *child, *brother;
	struct unit_node *out;
	size_t n;
};

static void grow(struct growing *g, ptrdiff_t i, int depth)
{
	for (; i >= 0; i = g->brother[i]) {
		const struct unit_entry *u = &g->b->v[i];
		const struct unit_past *p = unit_past_on(u, g->d);
		struct unit_node *node = &g->out[g->n++];
		*node = (struct unit_node){ u->unit, depth };
		node->unit.name = p->name;
		node->unit.parent = p->parent;
		grow(g, g->child[i], depth + 1);
	}
}

void unit_tree_on(struct hy_arena *a, const struct unit_book *b, hy_day d, struct unit_node **out,
		  size_t *n_out)
{
	struct growing g = { .b = b,
			     .d = d,
			     .child = hy_new_n(a, ptrdiff_t, b->n + 1),
			     .brother = hy_new_n(a, ptrdiff_t, b->n + 1),
			     .out = hy_new_n(a, struct unit_node, b->n + 1) };
	ptrdiff_t top = -1;

	for (size_t i = 0; i < b->n; i++)
		g.child[i] = -1;
	for (size_t i = b->n; i-- > 0;) {
		const struct unit_entry *u = &b->v[i];
		if (!unit_open_on(&u->unit, d))
			continue;
		const struct unit_entry *above = unit_book_find(b, unit_past_on(u, d)->parent);
		ptrdiff_t *list =
			above && unit_open_on(&above->unit, d) ? &g.child[above - b->v] : &top;
		g.brother[i] = *list;
		*list = (ptrdiff_t)i;
	}
	grow(&g, top, 0);
	*out = g.out;
	*n_out = g.n;
}

enum hy_code unit_heir(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit *out,
		       struct hy_err *e)
{
	struct unit u;
	enum hy_code c = unit_by_code(a, db, code, &u, e);

	/* a successor is open when it is named, so the way has no circle */
	while (!c && u.closed != HY_NO_DAY && u.successor.n)
		c = unit_by_code(a, db, u.successor, &u, e);
	if (!c)
		*out = u;
	return c;
}
