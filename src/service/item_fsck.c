/* The tables of the catalogue against their events. */
#include "service/item_row.h"

static enum hy_code item_event(struct hy_arena *a, void *to, hy_str code,
			       const struct record_event *ev, struct hy_err *e)
{
	item_vec *items = to;
	struct item *last = items->n ? &items->v[items->n - 1] : NULL;

	if (!last || !hy_str_eq(last->code, code)) {
		last = hy_push(a, items);
		*last = (struct item){ .code = code };
	}
	return item_fold(a, last, ev, e);
}

static hy_str all_of(struct hy_arena *a, const struct item *it)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < it->n_past; i++) {
		const struct item_version *v = &it->past[i];
		hy_buf_fmt(&b,
			   "%s" HY_FMT " " HY_FMT " by event %lld, " HY_FMT ", " HY_FMT ", " HY_FMT
			   ": " HY_FMT,
			   i ? "; " : "", HY_ARG(hy_day_text(a, v->from)),
			   HY_ARG(item_states[v->state].id), (long long)v->idx, HY_ARG(v->document),
			   HY_ARG(v->reason), HY_ARG(v->target),
			   HY_ARG(item_content_text(a, &v->content)));
	}
	return hy_buf_str(&b);
}

/* Where two texts begin to differ, for people to look at. */
static hy_str from_there(hy_str s, size_t at)
{
	while (at && ((unsigned char)s.p[at] & 0xc0) == 0x80)
		at--;
	return hy_str_head((hy_str){ s.p + at, s.n - at }, 60);
}

static enum hy_code compare(struct hy_arena *a, const struct item *s, const struct item *r,
			    struct hy_err *e)
{
	hy_str stored = all_of(a, s), rebuilt = all_of(a, r);
	size_t at = 0;

	if (s->seq != r->seq || s->last_idx != r->last_idx)
		return hy_fail(e, HY_TAMPERED, "",
			       "item " HY_FMT ": the table ends with event %lld, its events with "
			       "%lld",
			       HY_ARG(s->code), (long long)s->last_idx, (long long)r->last_idx);
	if (hy_str_eq(stored, rebuilt))
		return HY_OK;
	while (at < stored.n && at < rebuilt.n && stored.p[at] == rebuilt.p[at])
		at++;
	return hy_fail(e, HY_TAMPERED, "",
		       "item " HY_FMT ": the table says '" HY_FMT "', its events say '" HY_FMT "'",
		       HY_ARG(s->code), HY_ARG(from_there(stored, at)),
		       HY_ARG(from_there(rebuilt, at)));
}

/* Rows that belong together, and columns for lists that repeat the content. */
static enum hy_code no_strays(struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "SELECT v.code FROM item_version v WHERE NOT EXISTS"
		    " (SELECT 1 FROM item i WHERE i.code = v.code)"
		    " UNION SELECT i.code FROM item i WHERE NOT EXISTS"
		    " (SELECT 1 FROM item_version v WHERE v.code = i.code) ORDER BY 1 LIMIT 1");
	bool row;
	enum hy_code c = hy_step(s, &row, e);

	if (!c && row)
		return hy_fail(e, HY_TAMPERED, "",
			       "item " HY_FMT ": its row or its versions are missing",
			       HY_ARG(hy_col_dup(a, s, 0)));
	return c;
}

static enum hy_code columns(struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT code, unit, name, type, tags, content FROM item_version"
			   " ORDER BY code, from_day");
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row) {
		struct hy_err why = { 0 };
		struct item_content x = { 0 };
		struct hy_buf tags = hy_buf_on(a);
		json_t *v = NULL;
		if (hy_json_read(a, hy_col_dup(a, s, 5), &v, &why) ||
		    item_content_read(a, v, &x, &why))
			v = NULL;
		for (size_t i = 0; i < x.tags.n; i++)
			hy_buf_fmt(&tags, "|" HY_FMT "%s", HY_ARG(x.tags.v[i]),
				   i + 1 == x.tags.n ? "|" : "");
		if (!v || !hy_str_eq(hy_col_text(s, 1), x.unit) ||
		    !hy_str_eq(hy_col_text(s, 2), x.name) ||
		    !hy_str_eq(hy_col_text(s, 3), x.type) ||
		    !hy_str_eq(hy_col_text(s, 4), hy_buf_str(&tags)))
			return hy_fail(e, HY_TAMPERED, "",
				       "item " HY_FMT
				       ": unit, name, type or tags in its row are not "
				       "those of its content",
				       HY_ARG(hy_col_dup(a, s, 0)));
	}
	return c;
}

enum hy_code item_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out, struct hy_err *e)
{
	item_vec stored = { 0 }, rebuilt = { 0 };
	enum hy_code c = item_all(a, db, &stored, e);

	if (!c)
		c = record_each(a, db, HY_S(ITEM_SUBJECT), item_event, &rebuilt, e);
	for (size_t i = 0; !c && (i < stored.n || i < rebuilt.n); i++) {
		int order = i == stored.n    ? 1
			    : i == rebuilt.n ? -1
					     : hy_str_cmp(stored.v[i].code, rebuilt.v[i].code);
		if (order < 0)
			return hy_fail(e, HY_TAMPERED, "",
				       "item " HY_FMT
				       ": it stands in the table but no event made it",
				       HY_ARG(stored.v[i].code));
		if (order > 0)
			return hy_fail(e, HY_TAMPERED, "",
				       "item " HY_FMT ": its events are there but not its row",
				       HY_ARG(rebuilt.v[i].code));
		c = compare(a, &stored.v[i], &rebuilt.v[i], e);
	}
	if (!c)
		c = no_strays(a, db, e);
	if (!c)
		c = columns(a, db, e);
	if (!c)
		*checked_out = (int64_t)stored.n;
	return c;
}
