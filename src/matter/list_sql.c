/* Lists of matters: filters compiled into fixed SQL fragments, keyset paging. */
#include "base/map.h"
#include "matter/row.h"
#include "matter/search.h"

#include <stdio.h>

/* The light as of NOW: its colour has begun and no stronger one has. */
static void where_light(struct hy_query *q, enum hy_light light, hy_ms now)
{
	static const char *const columns[] = { NULL,	      "m.green_at",  "m.blue_at",
					       "m.yellow_at", "m.orange_at", "m.red_at" };

	if (light == HY_LIGHT_NONE)
		return;
	int p = hy_query_int(q, now);
	hy_buf_fmt(&q->sql, " AND m.open = 1 AND %s <= $%d", columns[light], p);
	for (int i = light + 1; i <= HY_LIGHT_RED; i++)
		hy_buf_fmt(&q->sql, " AND %s > $%d", columns[i], p);
}

static void where(struct hy_query *q, const struct matter_filter *f)
{
	hy_query_is(q, "m.kind", f->kind);
	hy_query_is(q, "m.state", f->state);
	hy_query_is(q, "m.class", f->cls);
	hy_query_is(q, "m.channel", f->channel);
	if (hy_str_eq(f->unit, HY_S("-")))
		hy_buf_add(&q->sql, HY_S(" AND m.unit = ''"));
	else
		hy_query_is(q, "m.unit", f->unit);
	if (f->verdict != MATTER_OPEN)
		hy_buf_fmt(&q->sql, " AND m.verdict = $%d", hy_query_int(q, f->verdict));
	if (f->filed_from)
		hy_buf_fmt(&q->sql, " AND m.filed_at >= $%d", hy_query_int(q, f->filed_from));
	if (f->filed_until)
		hy_buf_fmt(&q->sql, " AND m.filed_at < $%d", hy_query_int(q, f->filed_until));
	where_light(q, f->light, f->now);
}

/* "1775786400000.17": sort value and id of the last row seen. */
static enum hy_code after(struct hy_query *q, enum matter_order order, hy_str cursor,
			  struct hy_err *e)
{
	hy_str rest = cursor, head;
	int64_t value, id;

	if (cursor.n == 0)
		return HY_OK;
	if (!hy_str_cut(&rest, '.', &head) || !hy_str_int(head, &value) || !hy_str_int(rest, &id))
		return hy_fail(e, HY_BAD_FIELD, "cursor",
			       "is not one that this list gave; begin without it");
	int v = hy_query_int(q, value), i = hy_query_int(q, id);
	switch (order) {
	case MATTER_BY_DUE:
		hy_buf_fmt(&q->sql, " AND (m.due_at, m.id) > ($%d, $%d)", v, i);
		break;
	case MATTER_BY_FILED_DESC:
		hy_buf_fmt(&q->sql, " AND (m.filed_at, m.id) < ($%d, $%d)", v, i);
		break;
	}
	return HY_OK;
}

/* FEW rows are sorted: the plus keeps the engine from going through an index for them. */
static void order_by(struct hy_query *q, enum matter_order order, bool few, int limit)
{
	const char *plus = few ? "+m." : "";

	switch (order) {
	case MATTER_BY_DUE:
		hy_buf_fmt(&q->sql, " ORDER BY %sdue_at, id", plus);
		break;
	case MATTER_BY_FILED_DESC:
		hy_buf_fmt(&q->sql, " ORDER BY %sfiled_at DESC, id DESC", plus);
		break;
	}
	hy_buf_fmt(&q->sql, " LIMIT $%d", hy_query_int(q, limit + 1));
}

static int64_t sort_value(const struct matter_row *r, enum matter_order order)
{
	switch (order) {
	case MATTER_BY_DUE:
		return r->due_at;
	case MATTER_BY_FILED_DESC:
		return r->filed_at;
	}
	return 0;
}

/* The code of a lead that the reader may not see is not told. */
static enum hy_code hide_leads(struct hy_arena *a, struct hy_db *db,
			       const struct access_scope *scope, struct matter_row *v, size_t n,
			       struct hy_err *e)
{
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && !scope->all && i < n; i++) {
		bool seen = true;
		if (v[i].lead.n)
			code = matter_seen(a, db, scope, v[i].lead, &seen, e);
		if (!seen)
			v[i].lead = HY_S("");
	}
	return code;
}

/* Indexes hold either the open matters or the closed ones, so that filing keeps few and small ones;
 * which of them is meant stands in the text of the query.  Where both are wanted, two ordered lists
 * are merged. */
static void both_halves(struct hy_query *q, const struct matter_filter *f, enum matter_order order,
			bool few, hy_str conditions)
{
	bool open = f->open ? f->open == 1 : f->light != HY_LIGHT_NONE, closed = !open && f->open;
	bool merged = !few && !open && !closed && (order == MATTER_BY_DUE || f->unit.n);
	static const hy_str halves[] = { HY_S_INIT(" WHERE m.open = 1"),
					 HY_S_INIT(" WHERE m.open = 0") };

	for (int i = closed; i < (merged ? 2 : closed + 1); i++) {
		hy_buf_add(&q->sql, i > closed ? HY_S(" UNION ALL ") : HY_S(""));
		hy_buf_add(&q->sql, hy_str_of(matter_row_select));
		hy_buf_add(&q->sql, open || closed || merged ? halves[i] : HY_S(" WHERE 1 = 1"));
		hy_buf_add(&q->sql, conditions);
	}
}

enum hy_code matter_list_query(struct hy_arena *a, struct hy_db *db,
			       const struct access_scope *scope, const struct matter_filter *f,
			       enum matter_order order, hy_str cursor, int limit,
			       struct hy_query *out, struct hy_err *e)
{
	if (limit < 1 || limit > 200)
		return hy_fail(e, HY_BAD_FIELD, "limit", "must be from 1 to 200");
	out->sql = hy_buf_on(a);
	out->n = 0;
	out->full = false;
	where(out, f);
	bool few;
	enum hy_code code = search_where(out, a, db, f->words, f->who, &few, e);
	access_into(out, a, scope);
	if (!code)
		code = after(out, order, cursor, e);
	if (code)
		return code;
	hy_str conditions = hy_buf_str(&out->sql);
	out->sql = hy_buf_on(a);
	both_halves(out, f, order, few, conditions);
	order_by(out, order, few, limit);
	return out->full ? hy_fail(e, HY_FORBIDDEN, "",
				   "you hold more roles than one list can follow")
			 : HY_OK;
}

/* Names of units are few: one look for each. */
static enum hy_code name_units(struct hy_arena *a, struct hy_db *db, struct matter_row *v, size_t n,
			       struct hy_err *e)
{
	struct hy_map names = { .a = a };
	HY_SCOPED_STMT s = hy_sql(db, "SELECT name FROM unit WHERE code = $1");

	for (size_t i = 0; i < n; i++) {
		hy_str *name = v[i].unit.n ? hy_map_get(&names, v[i].unit) : NULL;
		bool row = false;
		if (!name && v[i].unit.n) {
			name = hy_new(a, hy_str);
			hy_bind_text(s, 1, v[i].unit);
			enum hy_code code = hy_step(s, &row, e);
			if (code)
				return code;
			*name = row ? hy_col_dup(a, s, 0) : HY_S("");
			hy_map_put(&names, v[i].unit, name);
		}
		v[i].unit_name = name ? *name : HY_S("");
	}
	return HY_OK;
}

enum hy_code matter_list(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 const struct matter_filter *f, enum matter_order order, hy_str cursor,
			 int limit, struct matter_page *out, struct hy_err *e)
{
	struct hy_query q;
	HY_VEC(struct matter_row) rows = { 0 };
	bool row;
	enum hy_code code = matter_list_query(a, db, scope, f, order, cursor, limit, &q, e);

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	struct matter_page page = { 0 };
	while (!(code = hy_step(s, &row, e)) && row) {
		if (rows.n == (size_t)limit) {
			const struct matter_row *last = &rows.v[rows.n - 1];
			page.next = hy_printf(a, "%lld.%lld", (long long)sort_value(last, order),
					      (long long)last->id);
			break;
		}
		struct matter_row *r = hy_push(a, &rows);
		*r = (struct matter_row){ 0 };
		matter_row_get(a, s, r);
	}
	hy_done(&s);
	if (!code)
		code = name_units(a, db, rows.v, rows.n, e);
	if (!code)
		code = hide_leads(a, db, scope, rows.v, rows.n, e);
	page.v = rows.v;
	page.n = rows.n;
	if (!code)
		*out = page;
	return code;
}

enum hy_code matter_count_lights(struct hy_arena *a, struct hy_db *db,
				 const struct access_scope *scope, hy_ms now,
				 int64_t out[HY_LIGHT_RED + 1], struct hy_err *e)
{
	struct access_where w = access_where(a, scope, 2);
	HY_SCOPED_STMT s =
		hy_sql(db, hy_printf(a,
				     "SELECT CASE WHEN m.red_at <= $1 THEN 5"
				     " WHEN m.orange_at <= $1 THEN 4 WHEN m.yellow_at <= $1 THEN 3"
				     " WHEN m.blue_at <= $1 THEN 2 WHEN m.green_at <= $1 THEN 1"
				     " ELSE 0 END AS light, count(*)"
				     " FROM matter m WHERE m.open = 1" HY_FMT " GROUP BY 1",
				     HY_ARG(w.sql))
				   .p);
	int64_t counts[HY_LIGHT_RED + 1] = { 0 };
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, now);
	access_bind(s, &w);
	while (!(code = hy_step(s, &row, e)) && row)
		counts[hy_col_int(s, 0)] = hy_col_int(s, 1);
	if (!code)
		memcpy(out, counts, sizeof(counts));
	return code;
}
