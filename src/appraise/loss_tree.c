/* Lost points rolled up: person, window, section, unit. */
#include <stdlib.h>

#include "appraise/loss_case.h"

struct rolling {
	struct losses *x;
	const struct unit_book *book;
	hy_str top;
	hy_day on;
	HY_VEC(struct loss_node) v;
	HY_VEC(size_t) last_case; /* by node: 1 + the case that was counted last */
};

/* The unit that UNIT stands in on the last day, or that took it over; "": none. */
static hy_str above(const struct rolling *k, hy_str unit)
{
	const struct unit_entry *u = unit_book_find(k->book, unit);

	if (!u || hy_str_eq(unit, k->top))
		return HY_S("");
	return unit_open_on(&u->unit, k->on) || u->unit.successor.n == 0
		       ? unit_past_on(u, k->on)->parent
		       : u->unit.successor;
}

static bool within_top(const struct rolling *k, hy_str unit)
{
	for (int steps = 0; unit.n && steps < 64; steps++) {
		if (hy_str_eq(unit, k->top))
			return true;
		unit = above(k, unit);
	}
	return false;
}

/* A unit of elsewhere, that had the case that day, stands for itself. */
static size_t node_of(struct rolling *k, hy_str unit)
{
	for (size_t i = 0; i < k->v.n; i++)
		if (hy_str_eq(k->v.v[i].unit, unit))
			return i;

	const struct unit_entry *u = unit_book_find(k->book, unit);
	hy_str up = within_top(k, unit) ? above(k, unit) : HY_S("");
	size_t parent = up.n ? node_of(k, up) : SIZE_MAX;
	*hy_push(k->x->a, &k->v) = (struct loss_node){ .unit = unit,
						       .kind = u ? u->unit.kind : UNIT_ORGAN,
						       .depth = up.n ? k->v.v[parent].depth + 1 : 0,
						       .parent = parent };
	*hy_push(k->x->a, &k->last_case) = 0;
	return k->v.n - 1;
}

static void count_case(struct rolling *k, size_t which)
{
	const struct loss_case *c = &k->x->v[which];

	for (size_t i = 0; i < c->losers.n; i++) {
		size_t at = node_of(k, k->x->losers.v[c->losers.v[i]].unit);
		for (; at != SIZE_MAX; at = k->v.v[at].parent) {
			k->v.v[at].cases += k->last_case.v[at] != which + 1;
			k->last_case.v[at] = which + 1;
		}
	}
}

static int most_points(const void *x, const void *y)
{
	const struct round_loser *a = *(struct round_loser *const *)x,
				 *b = *(struct round_loser *const *)y;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	return hy_str_cmp(a->person, b->person);
}

static int node_order(const void *x, const void *y)
{
	const struct loss_node *a = x, *b = y;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	return hy_str_cmp(a->unit, b->unit);
}

/* Each below the one it stands in, brothers by points. */
static void put_below(const struct rolling *k, size_t parent, struct loss_node *out, size_t *n)
{
	struct loss_node *v = hy_new_n(k->x->a, struct loss_node, k->v.n + 1);
	size_t m = 0;

	for (size_t i = 0; i < k->v.n; i++)
		if (k->v.v[i].parent == parent)
			v[m++] = k->v.v[i];
	if (m)
		qsort(v, m, sizeof(*v), node_order);
	for (size_t i = 0; i < m; i++) {
		size_t at = 0;
		out[(*n)++] = v[i];
		while (!hy_str_eq(k->v.v[at].unit, v[i].unit))
			at++;
		put_below(k, at, out, n);
	}
}

void losses_tree(struct losses *x, const struct unit_book *book, hy_str top, hy_day on,
		 struct loss_node **out, size_t *n_out)
{
	struct rolling k = { .x = x, .book = book, .top = top, .on = on };

	*n_out = 0;
	for (size_t i = 0; i < x->losers.n; i++) {
		struct round_loser *l = &x->losers.v[i];
		size_t own = node_of(&k, l->unit);
		*hy_push(x->a, &k.v.v[own].people) = l;
		for (size_t at = own; at != SIZE_MAX; at = k.v.v[at].parent)
			k.v.v[at].points += l->points;
	}
	for (size_t i = 0; i < x->n; i++)
		count_case(&k, i);
	for (size_t i = 0; i < k.v.n; i++)
		if (k.v.v[i].people.n)
			qsort(k.v.v[i].people.v, k.v.v[i].people.n, sizeof(struct round_loser *),
			      most_points);
	*out = hy_new_n(x->a, struct loss_node, k.v.n + 1);
	put_below(&k, SIZE_MAX, *out, n_out);
}
