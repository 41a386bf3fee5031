/* A version of a round, opened for whoever shows it. */
#include "appraise/reading.h"

#include <stdlib.h>

#include "appraise/round_part.h"

const struct pack_text *reading_verdict(enum funnel_verdict v)
{
	static const struct pack_text texts[] = {
		[FUNNEL_INSIDE] =
			PACK_TEXT("在正常波动之内", "在正常波動之內", "within usual variation"),
		[FUNNEL_LOW_95] = PACK_TEXT("低于95%界限", "低於95%界限", "below the 95 % limit"),
		[FUNNEL_LOW_998] =
			PACK_TEXT("低于99.8%界限", "低於99.8%界限", "below the 99.8 % limit"),
		[FUNNEL_HIGH_95] = PACK_TEXT("高于95%界限", "高於95%界限", "above the 95 % limit"),
		[FUNNEL_HIGH_998] =
			PACK_TEXT("高于99.8%界限", "高於99.8%界限", "above the 99.8 % limit"),
	};

	return &texts[v];
}

const struct pack_text *reading_state(enum round_state state)
{
	static const struct pack_text texts[] = {
		[ROUND_OPEN] = PACK_TEXT("进行中", "進行中", "open"),
		[ROUND_FROZEN] = PACK_TEXT("已固定", "已固定", "frozen"),
		[ROUND_NOTICE] = PACK_TEXT("公示中", "公示中", "on public notice"),
		[ROUND_FINAL] = PACK_TEXT("已定案", "已定案", "final"),
	};

	return &texts[state];
}

static int by_place(const void *x, const void *y)
{
	const json_t *a = *(const json_t *const *)x, *b = *(const json_t *const *)y;
	int c = hy_str_cmp(hy_json_get(a, "group"), hy_json_get(b, "group"));
	int64_t p = hy_json_get_int(a, "place", 0), q = hy_json_get_int(b, "place", 0);

	if (c)
		return c;
	if (p != q && (p == 0 || q == 0)) /* who could not be scored comes last */
		return p == 0 ? 1 : -1;
	if (p != q)
		return p < q ? -1 : 1;
	return hy_str_cmp(hy_json_get(a, "code"), hy_json_get(b, "code"));
}

static enum hy_code open_version(struct reading *k, struct hy_err *e)
{
	enum funnel_verdict *funnel;
	enum hy_code code = hy_json_read(k->a, k->v->inputs, &k->inputs, e);

	if (!code)
		code = hy_json_read(k->a, k->v->result, &k->result, e);
	if (!code)
		code = round_inputs_of(k->a, k->s, k->inputs, &k->in, e);
	if (code)
		return code;
	funnel = hy_new_n(k->a, enum funnel_verdict, k->in.n + 1);
	code = round_funnel(&k->in, &k->main, funnel, e);
	k->funnel = funnel;
	const json_t *list = json_object_get(k->result, "units");
	k->n = json_array_size(list);
	k->units = hy_new_n(k->a, const json_t *, k->n + 1);
	for (size_t i = 0; i < k->n; i++)
		k->units[i] = json_array_get(list, i);
	qsort(k->units, k->n, sizeof(*k->units), by_place);
	return code;
}

enum hy_code reading_compare(struct reading *k, struct hy_err *e)
{
	struct round_version was;
	json_t *result = NULL;

	if (k->v->version < 2)
		return HY_OK;
	enum hy_code code = round_version(k->a, k->db, k->r, k->v->version - 1, &was, e);
	if (!code)
		code = hy_json_read(k->a, was.result, &result, e);
	if (!code)
		k->before = json_object_get(result, "units");
	return code;
}

enum hy_code reading_of(struct hy_arena *a, struct city *c, struct hy_db *db, const struct round *r,
			const struct round_version *v, struct reading *out, struct hy_err *e)
{
	struct reading k = { .a = a, .c = c, .db = db, .r = r, .v = v };

	k.s = pack_scheme(city_pack(c), r->scheme);
	if (!k.s)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the institution in force has no scheme " HY_FMT " any more",
			       HY_ARG(r->scheme));
	enum hy_code code = open_version(&k, e);
	if (!code)
		code = unit_book_read(a, db, &k.book, e);
	if (!code)
		*out = k;
	return code;
}

static const json_t *unit_in(const json_t *list, hy_str code)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (hy_str_eq(hy_json_get(json_array_get(list, i), "code"), code))
			return json_array_get(list, i);
	return NULL;
}

const json_t *reading_before(const struct reading *k, hy_str unit)
{
	return k->before ? unit_in(k->before, unit) : NULL;
}

hy_str reading_name(const struct reading *k, hy_str unit)
{
	return unit_name_on(&k->book, unit, k->r->to);
}

enum funnel_verdict reading_funnel(const struct reading *k, hy_str unit)
{
	for (size_t i = 0; i < k->in.n; i++)
		if (hy_str_eq(k->in.units[i].code, unit))
			return k->funnel[i];
	return FUNNEL_INSIDE;
}

int reading_last(const struct reading *k)
{
	return k->s->last.count ? k->s->last.count : 3;
}

hy_str reading_sentence(const struct reading *k, const json_t *unit, hy_str language)
{
	int place = (int)hy_json_get_int(unit, "place", 0),
	    low = (int)hy_json_get_int(unit, "low", 0),
	    high = (int)hy_json_get_int(unit, "high", 0), last = reading_last(k),
	    chance = (int)((hy_json_get_int(unit, "last", 0) + 50) / 100);

	if (hy_str_eq(language, HY_S("en")))
		return hy_printf(k->a,
				 "place %d, between %d and %d; chance of being among the last %d: "
				 "%d %%",
				 place, low, high, last, chance);
	if (hy_str_eq(language, HY_S("zh-Hant")))
		return hy_printf(k->a, "第%d名，可信範圍第%d至第%d名；處於末%d位的可能性%d%%",
				 place, low, high, last, chance);
	return hy_printf(k->a, "第%d名，可信范围第%d至第%d名；处于末%d位的可能性%d%%", place, low,
			 high, last, chance);
}

hy_str reading_grade(const struct reading *k, const json_t *unit, hy_str language)
{
	hy_str id = hy_json_get(unit, "grade");

	for (size_t i = 0; i < k->s->n_grades; i++)
		if (hy_str_eq(k->s->grades[i].id, id))
			return pack_say(&k->s->grades[i].title, language);
	return id;
}

hy_str reading_group(const struct reading *k, hy_str id, hy_str language)
{
	for (size_t i = 0; i < k->s->n_groups; i++)
		if (hy_str_eq(k->s->groups[i].id, id))
			return pack_say(&k->s->groups[i].title, language);
	return id;
}

hy_str reading_hundredths(struct hy_arena *a, int64_t v)
{
	int64_t p = v < 0 ? -v : v;

	return hy_printf(a, "%s%lld.%02lld", v < 0 ? "-" : "", (long long)(p / 100),
			 (long long)(p % 100));
}

hy_str reading_given(const struct reading *k, const struct pack_indicator *in, const json_t *given)
{
	int64_t d = hy_json_get_int(given, "d", 1), n = hy_json_get_int(given, "n", 0);

	if (in->source == PACK_NO_SOURCE)
		return HY_S("");
	if (!given)
		return HY_S("-");
	if (in->source != PACK_BY_FIGURE)
		return score_text(k->a, d > 1 ? n / d : n);
	return d == 1 ? hy_printf(k->a, "%lld", (long long)n)
		      : hy_printf(k->a, "%lld/%lld", (long long)n, (long long)d);
}

/* --- one unit ------------------------------------------------------------------------------------
 */

static enum hy_code open_unit(struct hy_arena *a, struct city *c, struct hy_db *db,
			      const struct round *r, const struct round_version *v, hy_str unit,
			      struct explaining *out, struct hy_err *e)
{
	struct explaining x = { .unit = unit };
	enum hy_code code = reading_of(a, c, db, r, v, &x.k, e);

	if (code)
		return code;
	x.given = unit_in(json_object_get(x.k.inputs, "units"), unit);
	x.score = unit_in(json_object_get(x.k.result, "units"), unit);
	if (!x.given || !x.score)
		return hy_fail(e, HY_NOT_FOUND, "",
			       "the round " HY_FMT " does not appraise " HY_FMT, HY_ARG(r->code),
			       HY_ARG(hy_str_head(unit, 40)));
	*out = x;
	return HY_OK;
}

enum hy_code explaining_of(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, const struct round_version *v, hy_str unit,
			   const struct loss_reader *who, struct explaining *out, struct hy_err *e)
{
	enum hy_code code = open_unit(a, c, db, r, v, unit, out, e);

	return code ? code : losses_read(a, c, db, r, v, unit, who, &out->losses, e);
}

enum hy_code explaining_measured(struct hy_arena *a, struct city *c, struct hy_db *db,
				 const struct round *r, const struct round_version *v,
				 const struct round_inputs *in, const struct loss_reader *who,
				 struct explaining *out, struct hy_err *e)
{
	enum hy_code code = open_unit(a, c, db, r, v, in->units[0].code, out, e);

	if (!code)
		out->losses = losses_measured(a, c, db, in, who);
	return code;
}

const json_t *explaining_node(const struct explaining *x, const struct pack_indicator *in)
{
	return json_object_get(json_object_get(x->score, "indicators"), in->id.p);
}

const json_t *explaining_times(const struct explaining *x, const struct pack_adjust *d)
{
	return json_object_get(json_object_get(x->score, "adjusts"), d->id.p);
}

enum hy_code explaining_indicator(struct explaining *x, const struct pack_indicator *in, int most,
				  struct loss_line *out, struct hy_err *e)
{
	*out = (struct loss_line){ 0 };
	if (!in->figure)
		return HY_OK;
	return losses_of(&x->losses, in->figure, hy_json_get_int(explaining_node(x, in), "lost", 0),
			 true, most, out, e);
}

/* What is taken from an indicator's points is lost there, once. */
enum hy_code explaining_adjust(struct explaining *x, const struct pack_adjust *d, int most,
			       struct loss_line *out, struct hy_err *e)
{
	int64_t points = hy_json_get_int(explaining_times(x, d), "points", 0);

	*out = (struct loss_line){ 0 };
	if (!d->figure || d->kind == PACK_BONUS)
		return HY_OK;
	return losses_of(&x->losses, d->figure, points,
			 d->kind == PACK_DEDUCTION && d->indicator < 0, most, out, e);
}
