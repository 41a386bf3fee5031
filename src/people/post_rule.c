/* A and B never away together, and who stands in; pure. */
#include "people/post_row.h"

const hy_str post_seat_ids[POST_SEATS] = { [POST_A] = HY_S_INIT("a"), [POST_B] = HY_S_INIT("b") };

int64_t post_holder(const struct post_row *p, enum post_seat seat, hy_ms t)
{
	int64_t holder = 0;

	for (size_t i = 0; i < p->held.n; i++)
		if (p->held.v[i].seat == seat && p->held.v[i].from <= t)
			holder = p->held.v[i].account;
	return holder;
}

const struct absence *post_away(const struct absence *v, size_t n, int64_t account, hy_ms t)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].account == account && v[i].from <= t && t < v[i].until)
			return &v[i];
	return NULL;
}

int64_t post_acting(const struct post_row *p, const struct absence *v, size_t n, hy_ms t,
		    int64_t *for_out)
{
	int64_t a = post_holder(p, POST_A, t), b = post_holder(p, POST_B, t);
	const struct absence *away = a ? post_away(v, n, a, t) : NULL;

	*for_out = a;
	if (a)
		return !away ? 0 : away->substitute ? away->substitute : b;
	away = b ? post_away(v, n, b, t) : NULL;
	if (!away)
		return b;
	*for_out = b;
	return away->substitute;
}

void post_held_put(struct hy_arena *a, post_held_vec *v, struct post_held h)
{
	size_t i = 0;

	while (i < v->n &&
	       (v->v[i].seat < h.seat || (v->v[i].seat == h.seat && v->v[i].from < h.from)))
		i++;
	if (i < v->n && v->v[i].seat == h.seat && v->v[i].from == h.from) {
		v->v[i] = h;
		return;
	}
	(void)hy_push(a, v);
	memmove(&v->v[i + 1], &v->v[i], (v->n - 1 - i) * sizeof(v->v[0]));
	v->v[i] = h;
}

static enum hy_code wrong_at(struct hy_arena *a, const struct hy_zone *zone,
			     const struct post_row *p, hy_ms t, const char *what, struct hy_err *e)
{
	return hy_fail(e, HY_NOT_NOW, "from", "post " HY_FMT ", %s at " HY_FMT,
		       HY_ARG(p->post.code), what, HY_ARG(hy_instant_text(a, zone, t)));
}

/* The invariant at the one instant T. */
static enum hy_code check_at(struct hy_arena *a, const struct hy_zone *zone,
			     const struct post_row *p, const struct absence *v, size_t n, hy_ms t,
			     struct hy_err *e)
{
	int64_t holder[POST_SEATS] = { post_holder(p, POST_A, t), post_holder(p, POST_B, t) }, whom;

	if (holder[POST_A] && holder[POST_A] == holder[POST_B])
		return wrong_at(a, zone, p, t, "one person would be A and B", e);
	const struct absence *away_a = holder[POST_A] ? post_away(v, n, holder[POST_A], t) : NULL;
	const struct absence *away_b = holder[POST_B] ? post_away(v, n, holder[POST_B], t) : NULL;
	if (away_a && away_b)
		return wrong_at(a, zone, p, t, "A and B would be away together", e);
	if (!away_a && (holder[POST_A] || !away_b))
		return HY_OK; /* A is there; or B alone and there; or nobody at all */
	int64_t stands_in = post_acting(p, v, n, t, &whom);
	if (!stands_in || stands_in == whom)
		return wrong_at(a, zone, p, t,
				"nobody would be there; name a substitute, or somebody for the "
				"other seat",
				e);
	if (post_away(v, n, stands_in, t))
		return wrong_at(a, zone, p, t, "the substitute would be away too", e);
	return HY_OK;
}

enum hy_code post_rule_check(struct hy_arena *a, const struct hy_zone *zone,
			     const struct post_row *p, const struct absence *v, size_t n,
			     hy_ms from, struct hy_err *e)
{
	/* things change only where a seat changes hands or an absence begins or ends */
	enum hy_code c = check_at(a, zone, p, v, n, from, e);

	for (size_t i = 0; !c && i < p->held.n; i++)
		if (p->held.v[i].from > from)
			c = check_at(a, zone, p, v, n, p->held.v[i].from, e);
	for (size_t i = 0; !c && i < n; i++) {
		if (v[i].from > from)
			c = check_at(a, zone, p, v, n, v[i].from, e);
		if (!c && v[i].until > from)
			c = check_at(a, zone, p, v, n, v[i].until, e);
	}
	return c;
}
