/* The fee catalogue 收费目录: what is charged, and what was; what a charge is compared with. */
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

/* --- what a charge is compared with -------------------------------------------------------------
 */

enum {
	PARTS = 10000, /* of a yuan, in which a number is read: "0.5万元" */
	YUAN_MOST = 100000000
};

static bool is_digit(hy_str s)
{
	return s.n && *s.p >= '0' && *s.p <= '9';
}

static hy_str behind(hy_str s, size_t n)
{
	return n < s.n ? (hy_str){ s.p + n, s.n - n } : HY_S("");
}

/* Takes at most MOST digits from the head of *S, with commas between them. */
static int64_t take_digits(hy_str *s, int most)
{
	int64_t v = 0;

	for (int n = 0; n < most && is_digit(*s); n++) {
		v = v * 10 + (*s->p - '0');
		*s = behind(*s, s->n > 1 && s->p[1] == ',' && is_digit(behind(*s, 2)) ? 2 : 1);
	}
	return v;
}

/* Takes a number; in PARTS of one. */
static int64_t take_number(hy_str *s)
{
	int64_t v = take_digits(s, 9) * PARTS;

	if (is_digit(*s)) { /* more than anybody charges */
		while (is_digit(*s))
			*s = behind(*s, 1);
		return (int64_t)(YUAN_MOST + 1) * PARTS;
	}
	if (!s->n || *s->p != '.' || !is_digit(behind(*s, 1)))
		return v;
	*s = behind(*s, 1);
	for (int64_t part = PARTS / 10; part && is_digit(*s); part /= 10)
		v += take_digits(s, 1) * part;
	return v;
}

static bool says(hy_str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hy_str_find(s, hy_str_of(words[i])) >= 0)
			return true;
	return false;
}

bool item_fee_most(hy_str standard, int64_t *fen_out)
{
	static const char *const nothing[] = { "免费", "免費", "不收费", "不收費",
					       "免收", "免征", "免徵" };
	static const char *const shares[] = { "%", "％", "‰", "倍", "比例" };
	int64_t most = says(standard, nothing, HY_COUNT(nothing)) ? 0 : -1;

	if (says(standard, shares, HY_COUNT(shares)))
		return false;
	for (hy_str s = standard; s.n;) {
		if (!is_digit(s)) {
			s = behind(s, 1);
			continue;
		}
		int64_t v = take_number(&s);
		if (hy_str_starts(s, HY_S("万")) || hy_str_starts(s, HY_S("萬"))) {
			s = behind(s, 3);
			v *= 10000;
		}
		if (hy_str_starts(s, HY_S("元")) && v <= (int64_t)YUAN_MOST * PARTS && v > most)
			most = v;
	}
	if (most >= 0)
		*fen_out = (most + PARTS / 100 - 1) / (PARTS / 100);
	return most >= 0;
}

enum hy_code item_fee_of(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str fee, hy_day on,
			 struct city_fee *out, struct hy_err *e)
{
	struct item it = { 0 };
	bool there = false;
	enum hy_code c = code.n ? item_find(a, db, code, &it, &there, e) : HY_OK;
	const struct item_version *v = !c && there ? item_on(&it, on) : NULL;
	const struct item_fee *f =
		v && v->state == ITEM_KEPT ? fee_named(&v->content, hy_str_trim(fee)) : NULL;

	*out = (struct city_fee){ .listed = f != NULL, .most_fen = -1 };
	if (f) {
		out->standard = f->standard;
		if (!item_fee_most(f->standard, &out->most_fen))
			out->most_fen = -1;
	}
	return c;
}
