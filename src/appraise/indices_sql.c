/* The frozen months of a scheme, out of the store. */
#include <stdlib.h>

#include "appraise/indices.h"
#include "base/json.h"

static int by_code(const void *x, const void *y)
{
	return hy_str_cmp(((const struct indices_given *)x)->code,
			  ((const struct indices_given *)y)->code);
}

enum hy_code indices_units(struct hy_arena *a, const struct round *r, hy_str text,
			   struct indices_month_given *m, struct hy_err *e)
{
	json_t *inputs = NULL;
	enum hy_code code = hy_json_read(a, text, &inputs, e);

	if (code)
		return code;
	const json_t *list = json_object_get(inputs, "units");
	m->from = r->from;
	m->n = json_array_size(list);
	m->units = hy_new_n(a, struct indices_given, m->n + 1);
	for (size_t i = 0; i < m->n; i++)
		m->units[i].code = hy_str_dup(a, hy_json_get(json_array_get(list, i), "code"));
	qsort(m->units, m->n, sizeof(*m->units), by_code);
	return HY_OK;
}

static enum hy_code units_of(struct hy_arena *a, struct hy_db *db, const struct round *r,
			     struct indices_month_given *m, struct hy_err *e)
{
	struct round_version v;
	enum hy_code code = round_version(a, db, r, r->version, &v, e);

	return code ? code : indices_units(a, r, v.inputs, m, e);
}

static enum hy_code cases_of(struct hy_arena *a, struct hy_db *db, const struct round *r,
			     struct indices_month_given *m, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql_many(db, "SELECT unit, facts, work_days, days, hand_offs,"
					   " returns, reopens FROM round_case"
					   " WHERE round = $1 AND version = $2");
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, r->version);
	while (!(code = hy_step(s, &row, e)) && row) {
		const struct indices_given key = { .code = hy_col_text(s, 0) };
		struct indices_given *u = bsearch(&key, m->units, m->n, sizeof(key), by_code);
		struct numbers n;
		for (int i = 0; i < NUMBER__COUNT; i++)
			n.of[i] = (int)hy_col_int(s, 2 + i);
		if (u)
			tally_add(a, &u->tally, (facts)hy_col_int(s, 1), &n);
	}
	return code;
}

/* Does U stand at or above CODE? */
static bool stands_over(const struct unit_book *book, hy_str u, hy_str code, hy_day d)
{
	const struct unit_entry *at = unit_book_find(book, code);

	for (int steps = 0; at && steps < 64; steps++) {
		if (hy_str_eq(at->unit.code, u))
			return true;
		hy_str up = unit_past_on(at, d)->parent;
		at = up.n ? unit_book_find(book, up) : NULL;
	}
	return false;
}

static void find_heirs(const struct unit_book *book, const struct round *r,
		       struct indices_month_given *m)
{
	for (size_t i = 0; i < book->n; i++) {
		const struct unit *gone = &book->v[i].unit;
		if (gone->successor.n == 0 || gone->closed == HY_NO_DAY || gone->closed < r->from ||
		    gone->closed > r->to)
			continue;
		for (size_t k = 0; k < m->n; k++)
			if (!hy_str_eq(m->units[k].code, gone->code) &&
			    stands_over(book, m->units[k].code, gone->successor, r->to) &&
			    !stands_over(book, m->units[k].code, gone->code, r->from))
				m->units[k].takes = true;
	}
}

static const struct pack_scheme *scheme_of(struct city *c, hy_str id, struct hy_err *e)
{
	const struct pack_scheme *s = pack_scheme(city_pack(c), id);

	if (!s)
		hy_fail(e, HY_NOT_FOUND, "", "the institution in force has no scheme '" HY_FMT "'",
			HY_ARG(hy_str_head(id, 40)));
	else if (s->n_index == 0)
		hy_fail(e, HY_NOT_FOUND, "", "the scheme " HY_FMT " has no index", HY_ARG(s->id));
	return s && s->n_index ? s : NULL;
}

enum hy_code indices_of(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str scheme,
			struct indices *out, struct hy_err *e)
{
	const struct pack_scheme *s = scheme_of(c, scheme, e);

	return s ? indices_until(a, db, s, NULL, out, e) : e->code;
}

enum hy_code indices_until(struct hy_arena *a, struct hy_db *db, const struct pack_scheme *scheme,
			   const struct round *last, struct indices *out, struct hy_err *e)
{
	struct indices x = { .scheme = scheme };
	struct round *all = NULL;
	struct unit_book book;
	size_t n = 0;
	enum hy_code code = round_list(a, db, &all, &n, e);

	if (!code)
		code = unit_book_read(a, db, &book, e);
	if (code)
		return code;
	x.rounds = hy_new_n(a, struct round, n + 1);
	x.given = hy_new_n(a, struct indices_month_given, n + 1);
	for (size_t i = n; !code && i-- > 0;) { /* newest first */
		const struct round *r = last && all[i].id == last->id ? last : &all[i];
		if (!hy_str_eq(r->scheme, x.scheme->id) || r->version == 0 ||
		    r->from < x.scheme->index_from || (last && r->from > last->from))
			continue;
		x.rounds[x.n] = *r;
		code = units_of(a, db, r, &x.given[x.n], e);
		if (!code)
			code = cases_of(a, db, r, &x.given[x.n], e);
		if (!code)
			find_heirs(&book, r, &x.given[x.n]);
		x.n++;
	}
	x.months = hy_new_n(a, struct indices_month, x.n + 1);
	if (!code)
		code = indices_reckon(a, x.scheme, x.given, x.n, x.months, e);
	if (!code)
		*out = x;
	return code;
}
