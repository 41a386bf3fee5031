/* load_pledges -- values by date, and what a city promises on top of its kinds. */
#include <stdlib.h>

#include "pack/build.h"

/* --- values by date --------------------------------------------------------------------- */

struct pack_dated pack_dated_read(struct pack_build *b, const struct pack_doc *d,
				  const struct pack_node *n)
{
	struct pack_dated v = { .cls = pack_node_str(n, "class"),
				.v = { .from = pack_node_day(n, "from", INT32_MIN),
				       .until = pack_node_day(n, "until", HY_NO_DAY),
				       .limit = pack_node_limit(n, "limit"),
				       .clause = pack_node_str(n, "clause") },
				.doc = d,
				.at = n,
				.open = pack_node_get(n, "until") == NULL };

	if (v.v.until <= v.v.from)
		pack_wrong(&b->log, d, n, "\"until\" must be after \"from\"");
	return v;
}

static int by_class_and_day(const void *a, const void *b)
{
	const struct pack_dated *x = a, *y = b;
	int cls = hy_str_cmp(x->cls, y->cls);

	return cls ? cls : (x->v.from > y->v.from) - (x->v.from < y->v.from);
}

void pack_dated_order(struct pack_build *b, const char *what, struct pack_dated *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), by_class_and_day);
	for (size_t i = 0; i + 1 < n; i++) {
		const struct pack_dated *next = &v[i + 1];
		if (!hy_str_eq(v[i].cls, next->cls))
			continue;
		if (v[i].open && next->v.from > v[i].v.from)
			v[i].v.until = next->v.from;
		if (v[i].v.until > next->v.from)
			pack_wrong(&b->log, next->doc, next->at,
				   "this %s overlaps the one in %s" HY_FMT "%s%d", what,
				   v[i].doc == next->doc ? "line " : "",
				   HY_ARG(v[i].doc == next->doc ? HY_S("") : v[i].doc->shown),
				   v[i].doc == next->doc ? "" : ":", v[i].at->line);
	}
}

/* --- pledges ---------------------------------------------------------------------------- */

/* The clock that a pledge names; NULL with a message when the kind or the clock is unknown. */
static const struct pack_clock *pledge_clock(struct pack_build *b, const struct pack_item *it)
{
	const struct pack_node *id = pack_node_get(it->node, "clock");
	const struct pack_kind *k =
		pack_refer(b, &b->kinds, "kind", it->doc, pack_node_get(it->node, "kind"));
	struct hy_map known = { .a = b->tmp };

	if (!k)
		return NULL;
	int i = pack_clock_index(k, id->s);
	if (i >= 0)
		return &k->clocks[i];
	for (size_t c = 0; c < k->n_clocks; c++)
		hy_map_put(&known, k->clocks[c].id, &k->clocks[c]);
	pack_wrong(&b->log, it->doc, id,
		   "unknown clock \"" HY_FMT "\" of the kind \"" HY_FMT "\"" HY_FMT, HY_ARG(id->s),
		   HY_ARG(k->id), HY_ARG(pack_near(b->log.a, &known, id->s)));
	return NULL;
}

static bool has_own(const struct pack_clock *c, hy_str cls)
{
	for (size_t i = 0; i < c->n_pledges; i++)
		if (hy_str_eq(c->pledges[i].cls, cls))
			return true;
	return false;
}

/* Never longer than what R says while it holds, which needs the same unit to be seen. */
static bool within_rule(struct pack_build *b, const struct pack_dated *p, const struct pack_rule *r)
{
	const struct pack_node *at = pack_node_get(p->at, "limit");

	if (!r) {
		pack_wrong(&b->log, p->doc, at, "a pledge needs a rule that it shortens");
		return false;
	}
	for (size_t i = 0; i < r->n_values; i++) {
		const struct pack_value *v = &r->values[i];
		struct hy_limit l = v->limit, promised = p->v.limit;
		if (l.n == 0 || v->until <= p->v.from || v->from >= p->v.until ||
		    (l.unit == promised.unit && l.n >= promised.n))
			continue;
		pack_wrong(&b->log, p->doc, at,
			   "the pledge " HY_FMT " %s the limit " HY_FMT " of the rule " HY_FMT,
			   HY_ARG(hy_limit_text(b->tmp, promised)),
			   l.unit == promised.unit ? "is longer than"
						   : "must have the same unit as",
			   HY_ARG(hy_limit_text(b->tmp, l)), HY_ARG(r->id));
		return false;
	}
	return true;
}

static void check_pledge(struct pack_build *b, const struct pack_clock *c,
			 const struct pack_dated *p)
{
	const struct pack_rule *r = c->rule;

	for (size_t i = 0; i < c->n_by_class; i++)
		if (hy_str_eq(c->by_class[i].cls, p->cls))
			r = c->by_class[i].rule;
	bool ok = within_rule(b, p, r);
	/* What holds for all classes holds for those with a rule of their own too. */
	for (size_t i = 0; ok && p->cls.n == 0 && i < c->n_by_class; i++)
		if (!has_own(c, c->by_class[i].cls))
			ok = within_rule(b, p, c->by_class[i].rule);
}

static void put_pledges(struct pack_build *b, struct pack_clock *c, struct pack_dated *d, size_t n)
{
	pack_dated_order(b, "pledge", d, n);
	c->pledges = hy_new_n(b->a, struct pack_pledge, n);
	c->n_pledges = n;
	for (size_t i = 0; i < n; i++)
		c->pledges[i] = (struct pack_pledge){ d[i].cls, d[i].v };
	for (size_t i = 0; i < n; i++)
		check_pledge(b, c, &d[i]);
}

/* The last folder that promises anything for the clock says all of it. */
static void load_clock_pledges(struct pack_build *b, const struct pack_item *kind, size_t clock,
			       const struct pack_clock *const *named, struct pack_dated *d)
{
	struct pack_clock *c = &((struct pack_kind *)kind->made)->clocks[clock];
	const struct pack_node *in_kind =
		pack_node_get(pack_node_get(kind->node, "clocks")->v[clock], "pledged");
	size_t n = 0, source = 0;

	if (in_kind) {
		d[n++] = pack_dated_read(b, kind->doc, in_kind);
		source = kind->source;
	}
	for (size_t i = 0; i < b->pledges.n; i++) {
		const struct pack_item *it = &b->pledges.v[i];
		if (named[i] != c || (n && it->source < source))
			continue;
		if (n && it->source > source)
			n = 0;
		if (n && d[0].at == in_kind) {
			pack_wrong(&b->log, it->doc, it->node,
				   "the clock \"" HY_FMT "\" has its pledge in " HY_FMT ":%d",
				   HY_ARG(c->id), HY_ARG(kind->doc->shown), in_kind->line);
			continue;
		}
		source = it->source;
		d[n++] = pack_dated_read(b, it->doc, it->node);
	}
	put_pledges(b, c, d, n);
}

void pack_load_pledges(struct pack_build *b)
{
	const struct pack_clock **named =
		hy_new_n(b->tmp, const struct pack_clock *, b->pledges.n + 1);
	struct pack_dated *room = hy_new_n(b->tmp, struct pack_dated, b->pledges.n + 1);

	for (size_t i = 0; i < b->pledges.n; i++) {
		const struct pack_item *it = &b->pledges.v[i];
		const struct pack_node *cls = pack_node_get(it->node, "class");
		named[i] = pledge_clock(b, it);
		if (cls)
			pack_refer_word(b, PACK_CLASSES, it->doc, cls);
	}
	for (size_t i = 0; i < b->kinds.list.n; i++) {
		const struct pack_item *it = b->kinds.list.v[i];
		const struct pack_kind *k = it->made;
		for (size_t c = 0; c < k->n_clocks; c++)
			load_clock_pledges(b, it, c, named, room);
	}
}
