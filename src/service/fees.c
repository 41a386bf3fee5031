/* The fee catalogue 收费目录: what is charged, and what was. */
#include "service/item_row.h"

typedef HY_VEC(struct item_fee_row) fee_vec;

static const struct item_fee *fee_named(const struct item_content *c, hy_str name)
{
	for (size_t i = 0; i < c->n_fees; i++)
		if (hy_str_eq(c->fees[i].name, name))
			return &c->fees[i];
	return NULL;
}

static bool charges(const struct item_version *v, hy_str name)
{
	return v->state == ITEM_KEPT && fee_named(&v->content, name);
}

static bool same(const struct item_version *v, const struct item_fee *f)
{
	const struct item_fee *g = v->state == ITEM_KEPT ? fee_named(&v->content, f->name) : NULL;

	return g && hy_str_eq(g->standard, f->standard) && hy_str_eq(g->basis, f->basis);
}

/* The fees of IT that are charged at its version NOW, each since it is as it is. */
static void charged(struct hy_arena *a, const struct item *it, size_t now, fee_vec *out)
{
	const struct item_version *v = &it->past[now];

	for (size_t i = 0; v->state == ITEM_KEPT && i < v->content.n_fees; i++) {
		const struct item_fee *f = &v->content.fees[i];
		size_t first = now;
		while (first && same(&it->past[first - 1], f))
			first--;
		*hy_push(a, out) = (struct item_fee_row){ .code = it->code,
							  .name = v->content.name,
							  .unit = v->content.unit,
							  .fee = *f,
							  .from = it->past[first].from,
							  .abolished = HY_NO_DAY };
	}
}

/* Those that an earlier version charged and NOW does not: as they were last. */
static void abolished(struct hy_arena *a, const struct item *it, size_t now, fee_vec *out)
{
	size_t begin = out->n;

	for (size_t k = now; k-- > 0;) {
		const struct item_version *v = &it->past[k];
		for (size_t i = 0; v->state == ITEM_KEPT && i < v->content.n_fees; i++) {
			const struct item_fee *f = &v->content.fees[i];
			bool told = charges(&it->past[now], f->name);
			for (size_t n = begin; !told && n < out->n; n++)
				told = hy_str_eq(out->v[n].fee.name, f->name);
			if (told)
				continue;
			size_t first = k;
			while (first && same(&it->past[first - 1], f))
				first--;
			*hy_push(a, out) =
				(struct item_fee_row){ .code = it->code,
						       .name = v->content.name,
						       .unit = v->content.unit,
						       .fee = *f,
						       .from = it->past[first].from,
						       .abolished = it->past[k + 1].from,
						       .document = it->past[k + 1].document };
		}
	}
}

enum hy_code item_fees(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_day on,
		       struct item_fee_rows *out, struct hy_err *e)
{
	item_vec items = { 0 };
	fee_vec fees = { 0 };
	hy_str *reach = NULL;
	size_t n_reach = 0;
	enum hy_code c = unit.n ? unit_reach(a, db, unit, &reach, &n_reach, e) : HY_OK;

	if (!c)
		c = item_all(a, db, &items, e);
	if (c)
		return c;
	for (size_t i = 0; i < items.n; i++) {
		const struct item_version *v = item_on(&items.v[i], on);
		bool in = v && !unit.n;
		for (size_t k = 0; v && !in && k < n_reach; k++)
			in = hy_str_eq(reach[k], v->content.unit);
		if (!in)
			continue;
		size_t now = (size_t)(v - items.v[i].past);
		charged(a, &items.v[i], now, &fees);
		abolished(a, &items.v[i], now, &fees);
	}
	*out = (struct item_fee_rows){ fees.v, fees.n };
	return HY_OK;
}
