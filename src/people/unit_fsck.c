/* The tables of units against their events. */
#include "people/unit_row.h"

/* The units as their events tell them, by code. */
static enum hy_code unit_event(struct hy_arena *a, void *to, hy_str code,
			       const struct record_event *ev, struct hy_err *e)
{
	unit_row_vec *units = to;
	struct unit_row *last = units->n ? &units->v[units->n - 1] : NULL;

	if (!last || !hy_str_eq(last->unit.code, code)) {
		last = hy_push(a, units);
		*last = (struct unit_row){ .unit = { .code = code } };
	}
	return unit_fold(a, last, ev, e);
}

static hy_str day(struct hy_arena *a, hy_day d)
{
	return d == UNIT_EVER ? HY_S("ever") : d == HY_NO_DAY ? HY_S("never") : hy_day_text(a, d);
}

static hy_str kind(enum unit_kind k)
{
	return k < UNIT__KINDS ? unit_kinds[k].id : HY_S("?");
}

static hy_str past(struct hy_arena *a, const struct unit_row *r)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < r->past.n; i++)
		hy_buf_fmt(&b, "%s" HY_FMT " " HY_FMT " in " HY_FMT, i ? "; " : "",
			   HY_ARG(day(a, r->past.v[i].from)), HY_ARG(r->past.v[i].name),
			   HY_ARG(r->past.v[i].parent));
	return hy_buf_str(&b);
}

static hy_str number(struct hy_arena *a, int64_t n)
{
	return hy_printf(a, "%lld", (long long)n);
}

static enum hy_code compare(struct hy_arena *a, const struct unit_row *stored,
			    const struct unit_row *rebuilt, struct hy_err *e)
{
	const struct unit *s = &stored->unit, *r = &rebuilt->unit;
	const struct {
		const char *name;
		hy_str stored, rebuilt;
	} fields[] = { { "name", s->name, r->name },
		       { "parent", s->parent, r->parent },
		       { "kind", kind(s->kind), kind(r->kind) },
		       { "opened", day(a, s->opened), day(a, r->opened) },
		       { "closed", day(a, s->closed), day(a, r->closed) },
		       { "successor", s->successor, r->successor },
		       { "origin", s->origin, r->origin },
		       { "past", past(a, stored), past(a, rebuilt) },
		       { "last_idx", number(a, s->last_idx), number(a, r->last_idx) },
		       { "seq", number(a, stored->seq), number(a, rebuilt->seq) } };

	for (size_t i = 0; i < HY_COUNT(fields); i++)
		if (!hy_str_eq(fields[i].stored, fields[i].rebuilt))
			return hy_fail(e, HY_TAMPERED, "",
				       "unit " HY_FMT ", field %s: the table says '" HY_FMT
				       "', its events say '" HY_FMT "'",
				       HY_ARG(s->code), fields[i].name, HY_ARG(fields[i].stored),
				       HY_ARG(fields[i].rebuilt));
	return HY_OK;
}

/* A past that belongs to no unit. */
static enum hy_code no_strays(struct hy_arena *a, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT p.code FROM unit_past p WHERE NOT EXISTS"
				      " (SELECT 1 FROM unit u WHERE u.code = p.code) LIMIT 1");
	bool row;
	enum hy_code c = hy_step(s, &row, e);

	if (!c && row)
		return hy_fail(e, HY_TAMPERED, "", "unit " HY_FMT ": it has a past but no row",
			       HY_ARG(hy_col_dup(a, s, 0)));
	return c;
}

enum hy_code unit_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out, struct hy_err *e)
{
	unit_row_vec stored = { 0 }, rebuilt = { 0 };

	enum hy_code c = unit_rows(a, db, &stored, e);
	if (!c)
		c = record_each(a, db, HY_S(UNIT_SUBJECT), unit_event, &rebuilt, e);
	for (size_t i = 0; !c && (i < stored.n || i < rebuilt.n); i++) {
		int order = i == stored.n ? 1
			    : i == rebuilt.n
				    ? -1
				    : hy_str_cmp(stored.v[i].unit.code, rebuilt.v[i].unit.code);
		if (order < 0)
			return hy_fail(e, HY_TAMPERED, "",
				       "unit " HY_FMT ", field code: it stands in the table but no "
				       "event made it",
				       HY_ARG(stored.v[i].unit.code));
		if (order > 0)
			return hy_fail(e, HY_TAMPERED, "",
				       "unit " HY_FMT ", field code: its events are there but not "
				       "its row",
				       HY_ARG(rebuilt.v[i].unit.code));
		c = compare(a, &stored.v[i], &rebuilt.v[i], e);
	}
	if (!c)
		c = no_strays(a, db, e);
	if (!c)
		*checked_out = (int64_t)stored.n;
	return c;
}
