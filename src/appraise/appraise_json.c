#include "appraise/appraise_json.h"

#include "base/map.h"
#include "matter/explain.h"

enum { CASES_SHOWN = 100 };

static hy_str day_text(struct hy_arena *a, hy_day d)
{
	struct hy_date x = hy_date_of(d);

	return hy_printf(a, "%04d-%02d-%02d", x.year, x.month, x.day);
}

static void kday(struct hy_json *j, const char *key, hy_day d)
{
	if (d == HY_NO_DAY)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, day_text(j->b->a, d));
}

void round_json(struct hy_json *j, const struct round *r, const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", r->code);
	hy_json_kstr(j, "scheme", r->scheme);
	kday(j, "from", r->from);
	kday(j, "to", r->to);
	hy_json_kstr(j, "state", hy_str_of(round_state_names[r->state]));
	hy_json_kint(j, "version", r->version);
	explain_instant(j, "frozen_at", cal, r->frozen_at);
	kday(j, "notice_until", r->notice_until);
	kday(j, "object_until", r->object_until);
	hy_json_kint(j, "log_index", r->last_idx);
	hy_json_obj_end(j);
}

void round_objection_json(struct hy_json *j, const struct round_objection *o,
			  const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kint(j, "number", o->number);
	hy_json_kstr(j, "unit", o->unit);
	hy_json_kstr(j, "of", o->name);
	hy_json_kstr(j, "reason", o->reason);
	explain_instant(j, "at", cal, o->at);
	explain_instant(j, "decided_at", cal, o->decided_at);
	hy_json_kbool(j, "upheld", o->upheld);
	hy_json_kstr(j, "decision", o->decision);
	hy_json_obj_end(j);
}

/* --- the parsed version -------------------------------------------------------------------------
 */

struct reading {
	struct hy_arena *a;
	const struct pack_scheme *s;
	json_t *inputs, *result;
	struct unit_book book;
	hy_day on;
};

static enum hy_code reading_of(struct hy_arena *a, struct hy_db *db, const struct round *r,
			       const struct round_version *v, const struct pack *p,
			       struct reading *out, struct hy_err *e)
{
	struct reading k = { .a = a, .s = pack_scheme(p, r->scheme), .on = r->to };
	enum hy_code code = HY_OK;

	if (!k.s)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the institution in force has no scheme " HY_FMT " any more",
			       HY_ARG(r->scheme));
	code = hy_json_read(a, v->inputs, &k.inputs, e);
	if (!code)
		code = hy_json_read(a, v->result, &k.result, e);
	if (!code)
		code = unit_book_read(a, db, &k.book, e);
	if (!code)
		*out = k;
	return code;
}

static hy_str unit_name(const struct reading *k, hy_str code)
{
	return unit_name_on(&k->book, code, k->on);
}

static int last_count(const struct pack_scheme *s)
{
	return s->last.count ? s->last.count : 3;
}

hy_str round_sentence(struct hy_arena *a, const json_t *unit, int last, hy_str language)
{
	int place = (int)hy_json_get_int(unit, "place", 0),
	    low = (int)hy_json_get_int(unit, "low", 0),
	    high = (int)hy_json_get_int(unit, "high", 0),
	    chance = (int)((hy_json_get_int(unit, "last", 0) + 50) / 100);

	if (hy_str_eq(language, HY_S("en")))
		return hy_printf(a,
				 "place %d, between %d and %d; chance of being among the last %d: "
				 "%d %%",
				 place, low, high, last, chance);
	if (hy_str_eq(language, HY_S("zh-Hant")))
		return hy_printf(a, "第%d名，可信範圍第%d至第%d名；處於末%d位的可能性%d%%", place,
				 low, high, last, chance);
	return hy_printf(a, "第%d名，可信范围第%d至第%d名；处于末%d位的可能性%d%%", place, low,
			 high, last, chance);
}

static void text_json(struct hy_json *j, const char *key, const struct pack_text *t)
{
	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kstr(j, "en", t->en);
	hy_json_kstr(j, "zh-CN", t->zh_cn);
	hy_json_kstr(j, "zh-Hant", t->zh_hant);
	hy_json_obj_end(j);
}

static void sentences_json(struct hy_json *j, const struct pack_scheme *s, const json_t *unit)
{
	struct hy_arena *a = j->b->a;
	const struct pack_text t = { round_sentence(a, unit, last_count(s), HY_S("zh-CN")),
				     round_sentence(a, unit, last_count(s), HY_S("zh-Hant")),
				     round_sentence(a, unit, last_count(s), HY_S("en")) };

	text_json(j, "certainty", &t);
}

/* --- the whole
 * --------------------------------------------------------------------------------------- */

static void scheme_json(struct hy_json *j, const struct pack_scheme *s)
{
	hy_json_key(j, "scheme_titles");
	hy_json_obj(j);
	text_json(j, "title", &s->title);
	hy_json_key(j, "indicators");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct pack_indicator *in = &s->indicators[i];
		hy_json_obj(j);
		hy_json_kstr(j, "id", in->id);
		text_json(j, "title", &in->title);
		hy_json_kstr(j, "in", in->parent < 0 ? HY_S("") : s->indicators[in->parent].id);
		hy_json_kint(j, "weight_bp", in->weight_bp);
		hy_json_kstr(j, "figure", in->figure ? hy_str_of(in->figure->id) : HY_S(""));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "grades");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_grades; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", s->grades[i].id);
		text_json(j, "title", &s->grades[i].title);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static void version_json(struct hy_json *j, const struct round_version *v)
{
	hy_json_kbool(j, "preview", v->version == 0);
	hy_json_kstr(j, "inputs_hash", round_hash(j->b->a, v->inputs));
	hy_json_kstr(j, "result_hash", round_hash(j->b->a, v->result));
}

enum hy_code round_whole_json(struct hy_json *j, struct hy_db *db, const struct round *r,
			      const struct round_version *v, const struct pack *p, struct hy_err *e)
{
	struct reading k;
	enum hy_code code = reading_of(j->b->a, db, r, v, p, &k, e);

	if (code)
		return code;
	const json_t *units = json_object_get(k.result, "units");
	hy_json_obj(j);
	hy_json_key(j, "round");
	round_json(j, r, p->calendar);
	version_json(j, v);
	scheme_json(j, k.s);
	hy_json_kint(j, "unassigned", hy_json_get_int(k.inputs, "unassigned", 0));
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < json_array_size(units); i++) {
		const json_t *u = json_array_get(units, i);
		hy_json_obj(j);
		hy_json_kstr(j, "code", hy_json_get(u, "code"));
		hy_json_kstr(j, "name", unit_name(&k, hy_json_get(u, "code")));
		hy_json_key(j, "score");
		hy_json_value(j, u);
		sentences_json(j, k.s, u);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return HY_OK;
}

static hy_str grade_title(const struct pack_scheme *s, hy_str id, hy_str language)
{
	for (size_t i = 0; i < s->n_grades; i++)
		if (hy_str_eq(s->grades[i].id, id))
			return pack_say(&s->grades[i].title, language);
	return id;
}

static hy_str hundredths(struct hy_arena *a, int64_t v)
{
	int64_t p = v < 0 ? -v : v;

	return hy_printf(a, "%s%lld.%02lld", v < 0 ? "-" : "", (long long)(p / 100),
			 (long long)(p % 100));
}

enum hy_code round_table(struct hy_buf *b, struct hy_db *db, const struct round *r,
			 const struct round_version *v, const struct pack *p, hy_str language,
			 struct hy_err *e)
{
	struct reading k;
	enum hy_code code = reading_of(b->a, db, r, v, p, &k, e);

	if (code)
		return code;
	const json_t *units = json_object_get(k.result, "units");
	size_t n = json_array_size(units);
	hy_buf_fmt(b, HY_FMT " " HY_FMT " %s\n", HY_ARG(pack_say(&k.s->title, language)),
		   HY_ARG(r->code), v->version ? round_state_names[r->state] : "preview");
	for (int place = 0; place <= (int)n;
	     place++) { /* 0: those that could not be scored come last */
		for (size_t i = 0; i < n; i++) {
			const json_t *u = json_array_get(units, i);
			if (hy_json_get_int(u, "place", 0) != (place == (int)n ? 0 : place + 1))
				continue;
			hy_buf_fmt(b, "%4d %8.*s  " HY_FMT " " HY_FMT "  " HY_FMT "\n",
				   (int)hy_json_get_int(u, "place", 0),
				   HY_ARG(hundredths(b->a, hy_json_get_int(u, "published", 0))),
				   HY_ARG(unit_name(&k, hy_json_get(u, "code"))),
				   HY_ARG(grade_title(k.s, hy_json_get(u, "grade"), language)),
				   HY_ARG(round_sentence(b->a, u, last_count(k.s), language)));
		}
	}
	return HY_OK;
}

/* --- one unit
 * --------------------------------------------------------------------------------------------- */

static const json_t *unit_in(const json_t *list, hy_str code)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (hy_str_eq(hy_json_get(json_array_get(list, i), "code"), code))
			return json_array_get(list, i);
	return NULL;
}

struct explaining {
	struct reading k;
	const json_t *given, *score; /* of the unit */
	struct hy_db *db;
	const struct round *r;
	int version;
	hy_str unit;
	const struct actor *who;
};

static enum hy_code explaining_of(struct hy_arena *a, struct hy_db *db, const struct round *r,
				  const struct round_version *v, hy_str unit, const struct pack *p,
				  const struct actor *who, struct explaining *out, struct hy_err *e)
{
	struct explaining x = { .db = db, .r = r, .version = v->version, .unit = unit, .who = who };
	enum hy_code code = reading_of(a, db, r, v, p, &x.k, e);

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

static enum hy_code cases_of(struct explaining *x, const struct figure *f, struct round_case **v,
			     size_t *n, struct hy_err *e)
{
	*n = 0;
	if (!f || x->version == 0)
		return HY_OK;
	return round_cases(x->k.a, x->db, x->r, x->version, x->unit, f, x->who, CASES_SHOWN, v, n,
			   e);
}

static enum hy_code cases_json(struct hy_json *j, struct explaining *x, const struct figure *f,
			       struct hy_err *e)
{
	struct round_case *v = NULL;
	size_t n = 0;
	enum hy_code code = cases_of(x, f, &v, &n, e);

	hy_json_key(j, "cases");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "code", v[i].code);
		hy_json_kstr(j, "title", v[i].title);
		hy_json_kbool(j, "lost", v[i].lost);
		hy_json_kstr(j, "person", v[i].person);
		hy_json_kstr(j, "unit", v[i].unit);
		hy_json_kstr(j, "unit_name", unit_name(&x->k, v[i].unit));
		hy_json_kint(j, "log_index", v[i].idx);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	return code;
}

static enum hy_code indicator_json(struct hy_json *j, struct explaining *x,
				   const struct pack_indicator *in, struct hy_err *e)
{
	const json_t *given = json_object_get(json_object_get(x->given, "figures"), in->id.p);
	const json_t *node = json_object_get(json_object_get(x->score, "indicators"), in->id.p);

	hy_json_obj(j);
	hy_json_kstr(j, "id", in->id);
	text_json(j, "title", &in->title);
	hy_json_kstr(j, "in", in->parent < 0 ? HY_S("") : x->k.s->indicators[in->parent].id);
	hy_json_kint(j, "weight_bp", in->weight_bp);
	hy_json_kstr(j, "clause", in->clause);
	hy_json_key(j, "score");
	hy_json_value(j, node);
	hy_json_key(j, "given");
	if (given)
		hy_json_value(j, given);
	else
		hy_json_null(j);
	hy_json_kstr(j, "figure", in->figure ? hy_str_of(in->figure->id) : HY_S(""));
	if (in->figure)
		text_json(j, "definition", &in->figure->definition);
	enum hy_code code = cases_json(j, x, in->figure, e);
	hy_json_obj_end(j);
	return code;
}

static enum hy_code adjust_json(struct hy_json *j, struct explaining *x,
				const struct pack_adjust *d, struct hy_err *e)
{
	static const char *const kinds[] = { "deduction", "bonus", "veto" };

	hy_json_obj(j);
	hy_json_kstr(j, "id", d->id);
	hy_json_kstr(j, "kind", hy_str_of(kinds[d->kind]));
	text_json(j, "title", &d->title);
	hy_json_kstr(j, "clause", d->clause);
	hy_json_key(j, "score");
	hy_json_value(j, json_object_get(json_object_get(x->score, "adjusts"), d->id.p));
	enum hy_code code = cases_json(j, x, d->figure, e);
	hy_json_obj_end(j);
	return code;
}

enum hy_code round_explain_json(struct hy_json *j, struct hy_db *db, const struct round *r,
				const struct round_version *v, hy_str unit, const struct pack *p,
				const struct actor *who, struct hy_err *e)
{
	struct explaining x;
	enum hy_code code = explaining_of(j->b->a, db, r, v, unit, p, who, &x, e);

	if (code)
		return code;
	hy_json_obj(j);
	hy_json_key(j, "round");
	round_json(j, r, p->calendar);
	version_json(j, v);
	hy_json_kstr(j, "unit", unit);
	hy_json_kstr(j, "unit_name", unit_name(&x.k, unit));
	hy_json_key(j, "score");
	hy_json_value(j, x.score);
	sentences_json(j, x.k.s, x.score);
	hy_json_key(j, "indicators");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < x.k.s->n_indicators; i++)
		code = indicator_json(j, &x, &x.k.s->indicators[i], e);
	hy_json_arr_end(j);
	hy_json_key(j, "adjusts");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < x.k.s->n_adjusts; i++)
		code = adjust_json(j, &x, &x.k.s->adjusts[i], e);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return code;
}

/* --- as text
 * --------------------------------------------------------------------------------------------- */

static hy_str given_text(struct hy_arena *a, const json_t *g)
{
	int64_t d = hy_json_get_int(g, "d", 1), n = hy_json_get_int(g, "n", 0);

	if (!g)
		return HY_S("-");
	return d == 1 ? hy_printf(a, "%lld", (long long)n)
		      : hy_printf(a, "%lld/%lld", (long long)n, (long long)d);
}

static enum hy_code lost_cases(struct hy_buf *b, struct explaining *x, const struct figure *f,
			       struct hy_err *e)
{
	struct round_case *v = NULL;
	size_t n = 0;
	enum hy_code code = cases_of(x, f, &v, &n, e);

	for (size_t i = 0; i < n && v[i].lost; i++)
		hy_buf_fmt(b, "        " HY_FMT "  " HY_FMT "  " HY_FMT " " HY_FMT "\n",
			   HY_ARG(v[i].code), HY_ARG(v[i].title),
			   HY_ARG(unit_name(&x->k, v[i].unit)), HY_ARG(v[i].person));
	return code;
}

static enum hy_code indicator_text(struct hy_buf *b, struct explaining *x, size_t i,
				   hy_str language, struct hy_err *e)
{
	const struct pack_indicator *in = &x->k.s->indicators[i];
	const json_t *node = json_object_get(json_object_get(x->score, "indicators"), in->id.p);
	const json_t *given = json_object_get(json_object_get(x->given, "figures"), in->id.p);
	int depth = 0;

	for (int up = in->parent; up >= 0; up = x->k.s->indicators[up].parent)
		depth++;
	hy_buf_fmt(b, "%*s" HY_FMT " %d.%02d%%  " HY_FMT "  -" HY_FMT "  (" HY_FMT ")\n", 2 * depth,
		   "", HY_ARG(pack_say(&in->title, language)), in->weight_bp / 100,
		   in->weight_bp % 100,
		   HY_ARG(json_is_true(json_object_get(node, "applies"))
				  ? score_text(b->a, hy_json_get_int(node, "points", 0))
				  : HY_S("n/a")),
		   HY_ARG(score_text(b->a, hy_json_get_int(node, "lost", 0))),
		   HY_ARG(in->source == PACK_NO_SOURCE ? HY_S("")
			  : in->source == PACK_BY_FIGURE || !given
				  ? given_text(b->a, given)
				  : score_text(b->a, hy_json_get_int(given, "n", 0))));
	return lost_cases(b, x, in->figure, e);
}

enum hy_code round_explain_text(struct hy_buf *b, struct hy_db *db, const struct round *r,
				const struct round_version *v, hy_str unit, const struct pack *p,
				hy_str language, const struct actor *who, struct hy_err *e)
{
	struct explaining x;
	enum hy_code code = explaining_of(b->a, db, r, v, unit, p, who, &x, e);

	if (code)
		return code;
	hy_buf_fmt(b, HY_FMT " " HY_FMT "  " HY_FMT "\n" HY_FMT "\n", HY_ARG(r->code),
		   HY_ARG(unit_name(&x.k, unit)),
		   HY_ARG(hundredths(b->a, hy_json_get_int(x.score, "published", 0))),
		   HY_ARG(round_sentence(b->a, x.score, last_count(x.k.s), language)));
	for (size_t i = 0; !code && i < x.k.s->n_indicators; i++)
		code = indicator_text(b, &x, i, language, e);
	for (size_t i = 0; !code && i < x.k.s->n_adjusts; i++) {
		const struct pack_adjust *d = &x.k.s->adjusts[i];
		const json_t *s = json_object_get(json_object_get(x.score, "adjusts"), d->id.p);
		if (hy_json_get_int(s, "times", 0) == 0)
			continue;
		hy_buf_fmt(b, HY_FMT "  x%lld  %s" HY_FMT "\n",
			   HY_ARG(pack_say(&d->title, language)),
			   (long long)hy_json_get_int(s, "times", 0),
			   d->kind == PACK_BONUS ? "+" : "-",
			   HY_ARG(score_text(b->a, hy_json_get_int(s, "points", 0))));
		code = lost_cases(b, &x, d->figure, e);
	}
	return code;
}
