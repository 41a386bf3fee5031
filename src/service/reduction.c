#include "service/reduction.h"

#include "base/map.h"

struct word {
	hy_str id, title[3];
};
#define X(constant, word, cn, hant, en)                                                            \
	{ HY_S_INIT(word), { HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(en) } },
static const struct word counts[REDUCTION__COUNTS] = { REDUCTION_COUNTS(X) };
static const struct word means[REDUCTION__MEANS] = { REDUCTION_MEANS(X) };
#undef X

static int language_of(hy_str language)
{
	return hy_str_eq(language, HY_S("zh-CN"))     ? 0
	       : hy_str_eq(language, HY_S("zh-Hant")) ? 1
						      : 2;
}

/* --- what an item counts for --------------------------------------------------------------------
 */

static bool in_force(const struct item_version *v)
{
	return v && v->state == ITEM_KEPT;
}

static struct item_limit limit_in_force(const struct item_content *c)
{
	return c->pledged.given ? c->pledged : c->statutory;
}

static bool in_days(struct item_limit l)
{
	return l.given && (l.limit.unit == HY_WORKING_DAY || l.limit.n == 0);
}

static bool counts_for(const struct reduction_pair *p, enum reduction_count k)
{
	const bool before = in_force(p->before), after = in_force(p->after);
	const enum item_state state = p->after ? p->after->state : ITEM__STATES;

	switch (k) {
	case REDUCTION_BEFORE:
		return before;
	case REDUCTION_KEPT:
		return before && after;
	case REDUCTION_GONE:
		return before && !after;
	case REDUCTION_CUT:
		return before && state == ITEM_CUT;
	case REDUCTION_MERGED:
		return before && state == ITEM_MERGED;
	case REDUCTION_HANDED:
		return before && state == ITEM_HANDED;
	case REDUCTION_ADDED:
		return !before && after;
	case REDUCTION_AFTER:
		return after;
	case REDUCTION_NO_LIMIT:
		return after && !limit_in_force(&p->after->content).given;
	case REDUCTION_OTHER_UNIT:
		return after && limit_in_force(&p->after->content).given &&
		       !in_days(limit_in_force(&p->after->content));
	case REDUCTION__COUNTS:
		break;
	}
	return false;
}

static struct item_limit limit_for(const struct item_version *v, enum reduction_mean k)
{
	switch (k) {
	case MEAN_STATUTORY:
		return v->content.statutory;
	case MEAN_PLEDGED:
		return v->content.pledged;
	case MEAN_LIMIT:
	case MEAN_SAME:
		return limit_in_force(&v->content);
	case REDUCTION__MEANS:
		break;
	}
	return (struct item_limit){ 0 };
}

/* Does P stand in the average K of the day WHICH, and with how many days? */
static bool averaged(const struct reduction_pair *p, enum reduction_mean k, int which,
		     int64_t *days)
{
	const struct item_version *v = which ? p->after : p->before;

	if (!in_force(v))
		return false;
	if (k == MEAN_SAME && !(in_force(p->before) && in_force(p->after) &&
				in_days(limit_in_force(&p->before->content)) &&
				in_days(limit_in_force(&p->after->content))))
		return false;
	struct item_limit l = limit_for(v, k);
	*days = l.limit.n;
	return in_days(l);
}

static void add(struct reduction_group *g, const struct reduction_pair *p)
{
	int64_t days;

	for (int k = 0; k < REDUCTION__COUNTS; k++)
		g->count[k] += counts_for(p, (enum reduction_count)k);
	for (int k = 0; k < REDUCTION__MEANS; k++)
		for (int w = 0; w < 2; w++)
			if (averaged(p, (enum reduction_mean)k, w, &days)) {
				g->mean[k][w].sum += days;
				g->mean[k][w].n++;
			}
}

static hy_str unit_of(const struct reduction_pair *p)
{
	return p->after ? p->after->content.unit : p->before->content.unit;
}

/* --- the report
 * ------------------------------------------------------------------------------------ */

static int by_unit(const void *a, const void *b)
{
	const struct reduction_group *const x = a, *const y = b;

	return hy_str_cmp(x->unit, y->unit);
}

static enum hy_code group(struct hy_arena *a, struct hy_db *db, struct reduction *r,
			  struct hy_err *e)
{
	struct hy_map seen = { .a = a };
	struct unit_book book;
	enum hy_code c = unit_book_read(a, db, &book, e);

	if (c)
		return c;
	r->groups = hy_new_n(a, struct reduction_group, r->n_pairs + 1);
	for (size_t i = 0; i < r->n_pairs; i++) {
		hy_str unit = unit_of(&r->pairs[i]);
		struct reduction_group *g = hy_map_get(&seen, unit);
		if (!g) {
			g = &r->groups[r->n_groups++];
			g->unit = unit;
			g->name = unit_name_on(&book, unit, r->q.to);
			hy_map_put(&seen, unit, g);
		}
		add(g, &r->pairs[i]);
	}
	if (r->n_groups)
		qsort(r->groups, r->n_groups, sizeof(*r->groups), by_unit);
	return HY_OK;
}

enum hy_code reduction_make(struct hy_arena *a, struct hy_db *db, const struct reduction_query *q,
			    struct reduction *out, struct hy_err *e)
{
	struct reduction r = { .q = *q };
	struct item_filter f = {
		.on = q->from, .unit = q->unit, .type = q->type, .tag = q->tag, .state = -1
	};
	struct item_rows before, after;
	size_t i = 0, k = 0;

	if (q->from >= q->to)
		return hy_fail(e, HY_BAD_FIELD, "to", "must be a day after the first one");
	enum hy_code c = item_list(a, db, &f, &before, e);
	f.on = q->to;
	if (!c)
		c = item_list(a, db, &f, &after, e);
	if (c)
		return c;
	r.pairs = hy_new_n(a, struct reduction_pair, before.n + after.n + 1);
	while (i < before.n || k < after.n) {
		int order = i == before.n  ? 1
			    : k == after.n ? -1
					   : hy_str_cmp(before.v[i].code, after.v[k].code);
		struct reduction_pair p = { .code = order > 0 ? after.v[k].code
							      : before.v[i].code };
		if (order <= 0)
			p.before = &before.v[i++].v;
		if (order >= 0)
			p.after = &after.v[k++].v;
		if (!in_force(p.before) && !in_force(p.after))
			continue;
		r.pairs[r.n_pairs++] = p;
		add(&r.whole, &p);
	}
	if (q->by_unit)
		c = group(a, db, &r, e);
	if (!c)
		*out = r;
	return c;
}

enum hy_code reduction_open(struct hy_arena *a, const struct reduction *r, hy_str figure,
			    hy_str unit, struct reduction_pair **out, size_t *n_out,
			    struct hy_err *e)
{
	struct hy_near near = hy_near_to(figure);
	int count = -1, mean = -1, which = 0;

	for (int k = 0; k < REDUCTION__COUNTS; k++) {
		hy_near_try(&near, counts[k].id);
		if (hy_str_eq(figure, counts[k].id))
			count = k;
	}
	for (int k = 0; k < REDUCTION__MEANS; k++)
		for (int w = 0; w < 2; w++) {
			hy_str id = hy_printf(a, HY_FMT "_%s", HY_ARG(means[k].id),
					      w ? "after" : "before");
			hy_near_try(&near, id);
			if (hy_str_eq(figure, id)) {
				mean = k;
				which = w;
			}
		}
	if (count < 0 && mean < 0)
		return hy_fail(e, HY_BAD_FIELD, "figure", "there is no figure '" HY_FMT "'%s",
			       HY_ARG(near.want), hy_near_text(&near));
	struct reduction_pair *v = hy_new_n(a, struct reduction_pair, r->n_pairs + 1);
	size_t n = 0;
	for (size_t i = 0; i < r->n_pairs; i++) {
		const struct reduction_pair *p = &r->pairs[i];
		int64_t days;
		if (unit.n && !hy_str_eq(unit, unit_of(p)))
			continue;
		if (count >= 0 ? counts_for(p, (enum reduction_count)count)
			       : averaged(p, (enum reduction_mean)mean, which, &days))
			v[n++] = *p;
	}
	*out = v;
	*n_out = n;
	return HY_OK;
}

/* --- numbers
 * ------------------------------------------------------------------------------------------ */

hy_str reduction_decimal(struct hy_arena *a, int64_t num, int64_t den, int places)
{
	__int128 scale = 1;
	bool minus = (num < 0) != (den < 0) && num != 0;

	if (den == 0)
		return HY_S("");
	for (int i = 0; i < places; i++)
		scale *= 10;
	__int128 n = num < 0 ? -(__int128)num : num, d = den < 0 ? -(__int128)den : den;
	__int128 v = (2 * n * scale + d) / (2 * d);
	long long whole = (long long)(v / scale), rest = (long long)(v % scale);
	const char *sign = minus && v ? "-" : "";
	return places ? hy_printf(a, "%s%lld.%0*lld", sign, whole, places, rest)
		      : hy_printf(a, "%s%lld", sign, whole);
}

void reduction_less(const struct reduction_average m[2], int64_t *num_out, int64_t *den_out)
{
	/* 1 - (s1 / n1) / (s0 / n0) */
	*den_out = m[0].sum * m[1].n;
	*num_out = *den_out - m[1].sum * m[0].n;
}

static hy_str percent(struct hy_arena *a, int64_t num, int64_t den, int places)
{
	return reduction_decimal(a, num * 100, den, places);
}

/* How far the average after lies under the one to compare with. */
static void under(const struct reduction *r, const struct reduction_average *m, int64_t *num,
		  int64_t *den)
{
	*den = r->q.against_x100 * m->n;
	*num = *den - 100 * m->sum;
}

/* --- JSON
 * ------------------------------------------------------------------------------------------------
 */

static void text_or_null(struct hy_json *j, const char *key, hy_str s)
{
	if (s.n)
		hy_json_kstr(j, key, s);
	else
		hy_json_knull(j, key);
}

static void share_json(struct hy_json *j, const char *key, int64_t num, int64_t den, int places)
{
	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kint(j, "numerator", num);
	hy_json_kint(j, "denominator", den);
	text_or_null(j, "percent", percent(j->b->a, num, den, places));
	hy_json_obj_end(j);
}

static void group_json(struct hy_json *j, const struct reduction *r,
		       const struct reduction_group *g, int l)
{
	int64_t num, den;

	hy_json_obj(j);
	hy_json_kstr(j, "unit", g->unit);
	hy_json_kstr(j, "name", g->name);
	hy_json_key(j, "counts");
	hy_json_obj(j);
	for (int k = 0; k < REDUCTION__COUNTS; k++)
		hy_json_kint(j, counts[k].id.p, g->count[k]);
	hy_json_obj_end(j);
	share_json(j, "gone_share", g->count[REDUCTION_GONE], g->count[REDUCTION_BEFORE],
		   r->q.places);
	hy_json_key(j, "averages");
	hy_json_arr(j);
	for (int k = 0; k < REDUCTION__MEANS; k++) {
		static const char *const sides[] = { "before", "after" };
		hy_json_obj(j);
		hy_json_kstr(j, "id", means[k].id);
		hy_json_kstr(j, "title", means[k].title[l]);
		for (int w = 0; w < 2; w++) {
			hy_json_key(j, sides[w]);
			hy_json_obj(j);
			hy_json_kint(j, "sum", g->mean[k][w].sum);
			hy_json_kint(j, "items", g->mean[k][w].n);
			text_or_null(j, "days",
				     reduction_decimal(j->b->a, g->mean[k][w].sum, g->mean[k][w].n,
						       r->q.places));
			hy_json_obj_end(j);
		}
		reduction_less(g->mean[k], &num, &den);
		share_json(j, "less", num, den, r->q.places);
		if (r->q.against_x100) {
			under(r, &g->mean[k][1], &num, &den);
			share_json(j, "under", num, den, r->q.places);
		}
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void reduction_json(struct hy_json *j, const struct reduction *r, hy_str language)
{
	struct hy_arena *a = j->b->a;
	int l = language_of(language);

	hy_json_obj(j);
	hy_json_kstr(j, "from", hy_day_text(a, r->q.from));
	hy_json_kstr(j, "to", hy_day_text(a, r->q.to));
	if (r->q.against_x100)
		hy_json_kstr(j, "against", reduction_decimal(a, r->q.against_x100, 100, 2));
	hy_json_key(j, "whole");
	group_json(j, r, &r->whole, l);
	hy_json_key(j, "groups");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n_groups; i++)
		group_json(j, r, &r->groups[i], l);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static void side_json(struct hy_json *j, const char *key, const struct item_version *v)
{
	hy_json_key(j, key);
	if (!v) {
		hy_json_null(j);
		return;
	}
	hy_json_obj(j);
	hy_json_kstr(j, "state", item_states[v->state].id);
	hy_json_kstr(j, "since", hy_day_text(j->b->a, v->from));
	hy_json_kstr(j, "document", v->document);
	hy_json_kstr(j, "statutory", item_limit_text(j->b->a, v->content.statutory));
	hy_json_kstr(j, "pledged", item_limit_text(j->b->a, v->content.pledged));
	hy_json_obj_end(j);
}

void reduction_items_json(struct hy_json *j, const struct reduction_pair *v, size_t n)
{
	hy_json_obj(j);
	hy_json_kint(j, "count", (int64_t)n);
	hy_json_key(j, "items");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		const struct item_version *now = v[i].after ? v[i].after : v[i].before;
		hy_json_obj(j);
		hy_json_kstr(j, "code", v[i].code);
		hy_json_kstr(j, "name", now->content.name);
		hy_json_kstr(j, "unit", now->content.unit);
		side_json(j, "before", v[i].before);
		side_json(j, "after", v[i].after);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

/* --- sheets
 * ------------------------------------------------------------------------------------------------
 */

static const struct word say[] = {
	{ HY_S_INIT("report"), { HY_S_INIT("三减"), HY_S_INIT("三減"), HY_S_INIT("reduction") } },
	{ HY_S_INIT("unit"), { HY_S_INIT("单位"), HY_S_INIT("單位"), HY_S_INIT("unit") } },
	{ HY_S_INIT("whole"), { HY_S_INIT("合计"), HY_S_INIT("合計"), HY_S_INIT("all") } },
	{ HY_S_INIT("gone_share"),
	  { HY_S_INIT("减少比例%"), HY_S_INIT("減少比例%"), HY_S_INIT("gone, %") } },
	{ HY_S_INIT("less"), { HY_S_INIT("压缩%"), HY_S_INIT("壓縮%"), HY_S_INIT("less, %") } },
	{ HY_S_INIT("under"),
	  { HY_S_INIT("低于对照%"), HY_S_INIT("低於對照%"), HY_S_INIT("under, %") } },
	{ HY_S_INIT("code"), { HY_S_INIT("编码"), HY_S_INIT("編碼"), HY_S_INIT("code") } },
	{ HY_S_INIT("name"), { HY_S_INIT("事项"), HY_S_INIT("事項"), HY_S_INIT("item") } },
	{ HY_S_INIT("state"), { HY_S_INIT("状态"), HY_S_INIT("狀態"), HY_S_INIT("state") } },
	{ HY_S_INIT("limit_before"),
	  { HY_S_INIT("原时限"), HY_S_INIT("原時限"), HY_S_INIT("limit before") } },
	{ HY_S_INIT("limit_after"),
	  { HY_S_INIT("现时限"), HY_S_INIT("現時限"), HY_S_INIT("limit after") } },
	{ HY_S_INIT("document"), { HY_S_INIT("文号"), HY_S_INIT("文號"), HY_S_INIT("document") } },
};
enum {
	S_REPORT,
	S_UNIT,
	S_WHOLE,
	S_GONE_SHARE,
	S_LESS,
	S_UNDER,
	S_CODE,
	S_NAME,
	S_STATE,
	S_BEFORE,
	S_AFTER,
	S_DOCUMENT
};

/* 1 + counts + share + means with before, after, less and (when compared) under */
enum { COLUMNS_MOST = 2 + REDUCTION__COUNTS + 4 * REDUCTION__MEANS };

static enum hy_code group_row(struct hy_arena *a, const struct reduction *r,
			      const struct reduction_group *g, hy_str name, struct sheet *to,
			      struct hy_err *e)
{
	struct sheet_cell cells[COLUMNS_MOST];
	size_t n = 0;
	int64_t num, den;

	cells[n++] = sheet_words(name);
	for (int k = 0; k < REDUCTION__COUNTS; k++)
		cells[n++] = sheet_number(g->count[k]);
	cells[n++] = sheet_words(
		percent(a, g->count[REDUCTION_GONE], g->count[REDUCTION_BEFORE], r->q.places));
	for (int k = 0; k < REDUCTION__MEANS; k++) {
		for (int w = 0; w < 2; w++)
			cells[n++] = sheet_words(reduction_decimal(a, g->mean[k][w].sum,
								   g->mean[k][w].n, r->q.places));
		reduction_less(g->mean[k], &num, &den);
		cells[n++] = sheet_words(percent(a, num, den, r->q.places));
		if (r->q.against_x100) {
			under(r, &g->mean[k][1], &num, &den);
			cells[n++] = sheet_words(percent(a, num, den, r->q.places));
		}
	}
	return sheet_row(to, cells, e);
}

enum hy_code reduction_sheet(struct hy_arena *a, const struct reduction *r, hy_str language,
			     struct sheet *to, struct hy_err *e)
{
	int l = language_of(language);
	struct sheet_column columns[COLUMNS_MOST];
	size_t n = 0;

	columns[n++] = (struct sheet_column){ say[S_UNIT].title[l], 20, false };
	for (int k = 0; k < REDUCTION__COUNTS; k++)
		columns[n++] = (struct sheet_column){ counts[k].title[l], 8, true };
	columns[n++] = (struct sheet_column){ say[S_GONE_SHARE].title[l], 8, true };
	for (int k = 0; k < REDUCTION__MEANS; k++) {
		for (int w = 0; w < 2; w++)
			columns[n++] = (struct sheet_column){
				hy_printf(a, HY_FMT " " HY_FMT, HY_ARG(means[k].title[l]),
					  HY_ARG(hy_day_text(a, w ? r->q.to : r->q.from))),
				12, true
			};
		columns[n++] = (struct sheet_column){ say[S_LESS].title[l], 8, true };
		if (r->q.against_x100)
			columns[n++] = (struct sheet_column){ say[S_UNDER].title[l], 8, true };
	}
	sheet_begin(to, say[S_REPORT].title[l], columns, n);
	enum hy_code c = HY_OK;
	for (size_t i = 0; !c && i < r->n_groups; i++)
		c = group_row(a, r, &r->groups[i], r->groups[i].name, to, e);
	return c ? c : group_row(a, r, &r->whole, say[S_WHOLE].title[l], to, e);
}

enum hy_code reduction_items_sheet(struct hy_arena *a, const struct reduction *r,
				   const struct reduction_pair *v, size_t n, hy_str language,
				   struct sheet *to, struct hy_err *e)
{
	static const int heads[] = { S_CODE,   S_NAME,	S_UNIT, S_STATE,
				     S_BEFORE, S_AFTER, S_LESS, S_DOCUMENT };
	static const int widths[] = { 20, 40, 12, 10, 10, 10, 8, 0 };
	int l = language_of(language);
	struct sheet_column columns[HY_COUNT(heads)];
	enum hy_code c = HY_OK;

	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] = (struct sheet_column){ say[heads[i]].title[l], widths[i], i == 6 };
	sheet_begin(to, say[S_NAME].title[l], columns, HY_COUNT(columns));
	for (size_t i = 0; !c && i < n; i++) {
		const struct item_version *now = v[i].after ? v[i].after : v[i].before;
		struct item_limit was = { 0 }, is = { 0 };
		hy_str less = HY_S("");
		if (in_force(v[i].before))
			was = limit_in_force(&v[i].before->content);
		if (in_force(v[i].after))
			is = limit_in_force(&v[i].after->content);
		if (in_days(was) && in_days(is))
			less = percent(a, was.limit.n - is.limit.n, was.limit.n, r->q.places);
		const struct sheet_cell cells[] = {
			sheet_words(v[i].code),
			sheet_words(now->content.name),
			sheet_words(now->content.unit),
			sheet_words(item_states[now->state].title[l]),
			sheet_words(item_limit_text(a, was)),
			sheet_words(item_limit_text(a, is)),
			sheet_words(less),
			sheet_words(now->document),
		};
		c = sheet_row(to, cells, e);
	}
	return c;
}
