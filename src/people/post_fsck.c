/* The tables of posts, seats and absences against their events. */
#include <stdlib.h>

#include "people/post_fold.h"

static enum hy_code post_event(struct hy_arena *a, void *to, hy_str name,
			       const struct record_event *ev, struct hy_err *e)
{
	post_row_vec *v = to;
	struct post_row *last = v->n ? &v->v[v->n - 1] : NULL;
	bool erased = false;

	if (!last || !hy_str_eq(last->post.code, name)) {
		last = hy_push(a, v);
		*last = (struct post_row){ .post = { .code = name } };
	}
	return post_fold(a, last, ev, &erased, e);
}

static enum hy_code absence_event(struct hy_arena *a, void *to, hy_str name,
				  const struct record_event *ev, struct hy_err *e)
{
	absence_row_vec *v = to;
	struct absence_row *last = v->n ? &v->v[v->n - 1] : NULL;
	int64_t id = 0;

	if (!hy_str_int(name, &id) || id < 1)
		return hy_fail(e, HY_TAMPERED, "", "event %lld is about no absence",
			       (long long)ev->idx);
	if (!last || last->absence.id != id) {
		last = hy_push(a, v);
		*last = (struct absence_row){ .absence = { .id = id } };
	}
	return absence_fold(a, last, ev, e);
}

static hy_str number(struct hy_arena *a, int64_t n)
{
	return hy_printf(a, "%lld", (long long)n);
}

/* An erased holder is -1 in what was rebuilt: whoever the table names may be right. */
static hy_str seats(struct hy_arena *a, const struct post_row *r, const struct post_row *erased)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < r->held.n; i++) {
		const struct post_held *h = &r->held.v[i];
		bool gone = i < erased->held.n && erased->held.v[i].account < 0;
		hy_buf_fmt(&b, "%s" HY_FMT " from %lld: %lld", i ? "; " : "",
			   HY_ARG(post_seat_ids[h->seat == POST_B]), (long long)h->from,
			   gone ? -1LL : (long long)h->account);
	}
	return hy_buf_str(&b);
}

struct field {
	const char *name;
	hy_str stored, rebuilt;
};

static enum hy_code same(const char *what, hy_str name, const struct field *f, size_t n,
			 struct hy_err *e)
{
	for (size_t i = 0; i < n; i++)
		if (!hy_str_eq(f[i].stored, f[i].rebuilt))
			return hy_fail(e, HY_TAMPERED, "",
				       "%s " HY_FMT ", field %s: the table says '" HY_FMT
				       "', its events say '" HY_FMT "'",
				       what, HY_ARG(name), f[i].name, HY_ARG(f[i].stored),
				       HY_ARG(f[i].rebuilt));
	return HY_OK;
}

static enum hy_code alone(const char *what, hy_str name, bool stored, struct hy_err *e)
{
	return hy_fail(e, HY_TAMPERED, "", "%s " HY_FMT ": %s", what, HY_ARG(name),
		       stored ? "it stands in the table but no event made it"
			      : "its events are there but not its row");
}

static enum hy_code posts_same(struct hy_arena *a, struct hy_db *db, int64_t *checked,
			       struct hy_err *e)
{
	post_row_vec stored = { 0 }, rebuilt = { 0 };
	enum hy_code c = post_rows(a, db, &stored, e);

	if (!c)
		c = record_each(a, db, HY_S(POST_SUBJECT), post_event, &rebuilt, e);
	for (size_t i = 0; !c && (i < stored.n || i < rebuilt.n); i++) {
		const struct post_row *s = i < stored.n ? &stored.v[i] : NULL,
				      *r = i < rebuilt.n ? &rebuilt.v[i] : NULL;
		int order = !s ? 1 : !r ? -1 : hy_str_cmp(s->post.code, r->post.code);
		if (order)
			return alone("post", order < 0 ? s->post.code : r->post.code, order < 0, e);
		const struct field fields[] = {
			{ "title", s->post.title, r->post.title },
			{ "role", s->post.role, r->post.role },
			{ "unit", s->post.unit, r->post.unit },
			{ "open", number(a, s->post.open), number(a, r->post.open) },
			{ "seats", seats(a, s, r), seats(a, r, r) },
			{ "last_idx", number(a, s->post.last_idx), number(a, r->post.last_idx) },
			{ "seq", number(a, s->seq), number(a, r->seq) },
		};
		c = same("post", s->post.code, fields, HY_COUNT(fields), e);
	}
	*checked = (int64_t)stored.n;
	return c;
}

/* Seats that belong to no post. */
static enum hy_code no_strays(struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT s.post FROM post_seat s WHERE NOT EXISTS"
				      " (SELECT 1 FROM post p WHERE p.code = s.post) LIMIT 1");
	bool row;
	enum hy_code c = hy_step(s, &row, e);

	if (!c && row)
		return hy_fail(e, HY_TAMPERED, "", "post " HY_FMT ": it has seats but no row",
			       HY_ARG(hy_col_dup(a, s, 0)));
	return c;
}

static int by_id(const void *x, const void *y)
{
	const struct absence_row *a = x, *b = y;

	return a->absence.id < b->absence.id ? -1 : a->absence.id > b->absence.id;
}

static hy_str kind(enum absence_kind k)
{
	return k < ABSENCE__KINDS ? absence_kinds[k].id : HY_S("?");
}

static enum hy_code absences_same(struct hy_arena *a, struct hy_db *db, int64_t *checked,
				  struct hy_err *e)
{
	absence_row_vec stored = { 0 }, rebuilt = { 0 };
	enum hy_code c = absence_rows(a, db, &stored, e);

	if (!c)
		c = record_each(a, db, HY_S(ABSENCE_SUBJECT), absence_event, &rebuilt, e);
	if (!c && rebuilt.n)
		qsort(rebuilt.v, rebuilt.n, sizeof(rebuilt.v[0]), by_id);
	for (size_t i = 0; !c && (i < stored.n || i < rebuilt.n); i++) {
		const struct absence_row *s = i < stored.n ? &stored.v[i] : NULL,
					 *r = i < rebuilt.n ? &rebuilt.v[i] : NULL;
		int order = !s ? 1 : !r ? -1 : by_id(s, r);
		hy_str id = number(a, order <= 0 ? s->absence.id : r->absence.id);
		if (order)
			return alone("absence", id, order < 0, e);
		const struct absence *x = &s->absence, *y = r->erased ? x : &r->absence;
		const struct field fields[] = {
			{ "account", number(a, x->account), number(a, y->account) },
			{ "kind", kind(x->kind), kind(y->kind) },
			{ "from", number(a, x->from), number(a, r->absence.from) },
			{ "until", number(a, x->until), number(a, r->absence.until) },
			{ "substitute", number(a, x->substitute), number(a, y->substitute) },
			{ "note", x->note, y->note },
			{ "last_idx", number(a, s->last_idx), number(a, r->last_idx) },
			{ "seq", number(a, s->seq), number(a, r->seq) },
		};
		c = same("absence", id, fields, HY_COUNT(fields), e);
	}
	*checked += (int64_t)stored.n;
	return c;
}

enum hy_code post_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out, struct hy_err *e)
{
	int64_t n = 0;
	enum hy_code c = posts_same(a, db, &n, e);

	if (!c)
		c = no_strays(a, db, e);
	if (!c)
		c = absences_same(a, db, &n, e);
	if (!c)
		*checked_out = n;
	return c;
}
