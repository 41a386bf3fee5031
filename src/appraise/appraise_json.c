#include "appraise/appraise_json.h"

#include "appraise/reading.h"
#include "appraise/survey_json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"

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

void round_title_json(struct hy_json *j, const struct pack_scheme *s)
{
	hy_json_obj(j);
	hy_json_kstr(j, "en", s->title.en);
	hy_json_kstr(j, "zh-CN", s->title.zh_cn);
	hy_json_kstr(j, "zh-Hant", s->title.zh_hant);
	hy_json_obj_end(j);
}

static void sentences_json(struct hy_json *j, const struct reading *k, const json_t *unit)
{
	const struct pack_text t = { reading_sentence(k, unit, HY_S("zh-CN")),
				     reading_sentence(k, unit, HY_S("zh-Hant")),
				     reading_sentence(k, unit, HY_S("en")) };

	matter_text_json(j, "certainty", &t);
	hy_json_kstr(j, "funnel",
		     hy_str_of(funnel_verdict_names[reading_funnel(k, hy_json_get(unit, "code"))]));
}

/* --- the whole
 * ------------------------------------------------------------------------------------------- */

static const char *const adjust_kinds[] = { "deduction", "bonus", "veto" };

static void scheme_json(struct hy_json *j, const struct pack_scheme *s)
{
	hy_json_key(j, "scheme_titles");
	hy_json_obj(j);
	matter_text_json(j, "title", &s->title);
	hy_json_key(j, "indicators");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct pack_indicator *in = &s->indicators[i];
		hy_json_obj(j);
		hy_json_kstr(j, "id", in->id);
		matter_text_json(j, "title", &in->title);
		hy_json_kstr(j, "in", in->parent < 0 ? HY_S("") : s->indicators[in->parent].id);
		hy_json_kint(j, "weight_bp", in->weight_bp);
		hy_json_kstr(j, "clause", in->clause);
		hy_json_kstr(j, "figure", in->figure ? hy_str_of(in->figure->id) : HY_S(""));
		hy_json_kbool(j, "marked",
			      in->source == PACK_BY_HAND || in->source == PACK_BY_PANEL);
		if (in->figure)
			matter_text_json(j, "definition", &in->figure->definition);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "adjusts");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_adjusts; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", s->adjusts[i].id);
		hy_json_kstr(j, "kind", hy_str_of(adjust_kinds[s->adjusts[i].kind]));
		matter_text_json(j, "title", &s->adjusts[i].title);
		hy_json_kbool(j, "marked", !s->adjusts[i].figure);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "grades");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_grades; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", s->grades[i].id);
		matter_text_json(j, "title", &s->grades[i].title);
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

static void before_json(struct hy_json *j, const struct reading *k, hy_str unit)
{
	const json_t *was = reading_before(k, unit);

	hy_json_key(j, "before");
	if (!was) {
		hy_json_null(j);
		return;
	}
	hy_json_obj(j);
	hy_json_kbool(j, "applies", json_is_true(json_object_get(was, "applies")));
	hy_json_kint(j, "published", hy_json_get_int(was, "published", 0));
	hy_json_kint(j, "place", hy_json_get_int(was, "place", 0));
	hy_json_kstr(j, "grade", hy_json_get(was, "grade"));
	hy_json_obj_end(j);
}

/* Objections that were upheld between the version before and this one. */
static void upheld_json(struct hy_json *j, const struct round_objection *v, size_t n, hy_ms from,
			hy_ms until)
{
	hy_json_key(j, "objections");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		if (!v[i].upheld || v[i].decided_at <= from || v[i].decided_at > until)
			continue;
		hy_json_obj(j);
		hy_json_kint(j, "number", v[i].number);
		hy_json_kstr(j, "unit", v[i].unit);
		hy_json_kstr(j, "of", v[i].name);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static enum hy_code versions_json(struct hy_json *j, const struct reading *k, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(k->c)->calendar;
	struct round_objection *o = NULL;
	struct round_step *v = NULL;
	size_t n = 0, n_o = 0;
	enum hy_code code = round_steps(k->a, k->db, k->r, &v, &n, e);

	if (!code && n > 1)
		code = round_objections(k->a, k->db, k->r, &o, &n_o, e);
	if (code)
		return code;
	hy_json_key(j, "versions");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kint(j, "version", v[i].version);
		explain_instant(j, "at", cal, v[i].at);
		hy_json_kstr(j, "reason", v[i].reason);
		hy_json_kint(j, "log_index", v[i].idx);
		upheld_json(j, o, n_o, i ? v[i - 1].at : HY_NO_TIME, v[i].at);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	return HY_OK;
}

enum hy_code round_whole_json(struct hy_json *j, struct city *c, struct hy_db *db,
			      const struct round *r, const struct round_version *v,
			      struct hy_err *e)
{
	struct reading k;
	enum hy_code code = reading_of(j->b->a, c, db, r, v, &k, e);

	if (!code)
		code = reading_compare(&k, e);
	if (code)
		return code;
	const json_t *units = json_object_get(k.result, "units");
	hy_json_obj(j);
	hy_json_key(j, "round");
	round_json(j, r, city_pack(c)->calendar);
	version_json(j, v);
	hy_json_kint(j, "version", v->version);
	code = versions_json(j, &k, e);
	if (code)
		return code;
	scheme_json(j, k.s);
	hy_json_kint(j, "unassigned", hy_json_get_int(k.inputs, "unassigned", 0));
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < json_array_size(units); i++) {
		const json_t *u = json_array_get(units, i);
		hy_json_obj(j);
		hy_json_kstr(j, "code", hy_json_get(u, "code"));
		hy_json_kstr(j, "name", reading_name(&k, hy_json_get(u, "code")));
		hy_json_key(j, "score");
		hy_json_value(j, u);
		before_json(j, &k, hy_json_get(u, "code"));
		sentences_json(j, &k, u);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return HY_OK;
}

/* --- one unit
 * --------------------------------------------------------------------------------------------- */

void round_case_json(struct hy_json *j, const struct explaining *x, const struct round_case *v)
{
	const struct hy_calendar *cal = city_pack(x->k.c)->calendar;

	hy_json_obj(j);
	hy_json_kstr(j, "code", v->code);
	hy_json_kstr(j, "title", v->title);
	hy_json_kbool(j, "lost", v->lost);
	hy_json_kint(j, "points", v->points);
	hy_json_kstr(j, "clause", v->clause);
	explain_instant(j, "due_at", cal, v->due_at);
	explain_instant(j, "answered_at", cal, v->answered_at);
	hy_json_kstr(j, "person", v->person);
	hy_json_kstr(j, "name", v->name);
	hy_json_kstr(j, "post", v->post);
	hy_json_kstr(j, "unit", v->unit);
	hy_json_kstr(j, "unit_name", reading_name(&x->k, v->unit));
	hy_json_kint(j, "log_index", v->idx);
	hy_json_obj_end(j);
}

static void line_json(struct hy_json *j, const struct explaining *x, const struct loss_line *l)
{
	hy_json_kint(j, "cases_lost", l->lost);
	hy_json_kint(j, "cases_all", l->all);
	hy_json_key(j, "cases");
	hy_json_arr(j);
	for (size_t i = 0; i < l->n; i++)
		round_case_json(j, x, &l->v[i]);
	hy_json_arr_end(j);
}

static enum hy_code indicator_json(struct hy_json *j, struct explaining *x,
				   const struct pack_indicator *in, struct hy_err *e)
{
	const json_t *given = json_object_get(json_object_get(x->given, "figures"), in->id.p);
	struct loss_line line;
	enum hy_code code = explaining_indicator(x, in, CASES_SHOWN, &line, e);

	if (code)
		return code;
	hy_json_obj(j);
	hy_json_kstr(j, "id", in->id);
	matter_text_json(j, "title", &in->title);
	hy_json_kstr(j, "in", in->parent < 0 ? HY_S("") : x->k.s->indicators[in->parent].id);
	hy_json_kint(j, "weight_bp", in->weight_bp);
	hy_json_kstr(j, "clause", in->clause);
	hy_json_key(j, "score");
	hy_json_value(j, explaining_node(x, in));
	hy_json_key(j, "given");
	if (given)
		hy_json_value(j, given);
	else
		hy_json_null(j);
	hy_json_kstr(j, "figure", in->figure ? hy_str_of(in->figure->id) : HY_S(""));
	if (in->figure)
		matter_text_json(j, "definition", &in->figure->definition);
	if (in->source == PACK_BY_PANEL)
		code = survey_explain_json(j, x->k.s, in->panel, x->given, e);
	line_json(j, x, &line);
	hy_json_obj_end(j);
	return code;
}

static enum hy_code adjust_json(struct hy_json *j, struct explaining *x,
				const struct pack_adjust *d, struct hy_err *e)
{
	struct loss_line line;
	enum hy_code code = explaining_adjust(x, d, CASES_SHOWN, &line, e);

	if (code)
		return code;
	hy_json_obj(j);
	hy_json_kstr(j, "id", d->id);
	hy_json_kstr(j, "kind", hy_str_of(adjust_kinds[d->kind]));
	matter_text_json(j, "title", &d->title);
	hy_json_kstr(j, "clause", d->clause);
	hy_json_key(j, "score");
	hy_json_value(j, explaining_times(x, d));
	line_json(j, x, &line);
	hy_json_obj_end(j);
	return HY_OK;
}

static void loser_json(struct hy_json *j, const struct round_loser *l)
{
	hy_json_kstr(j, "person", l->person);
	hy_json_kstr(j, "name", l->name);
	hy_json_kstr(j, "post", l->post);
	hy_json_kint(j, "points", l->points);
	hy_json_kint(j, "cases", l->cases);
}

/* The same rolled up: person, window, section, unit. */
static void tree_json(struct hy_json *j, struct explaining *x)
{
	struct loss_node *v = NULL;
	size_t n = 0;

	losses_tree(&x->losses, &x->k.book, x->unit, x->k.r->to, &v, &n);
	hy_json_key(j, "lost_in");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "unit", v[i].unit);
		hy_json_kstr(j, "unit_name", reading_name(&x->k, v[i].unit));
		hy_json_kstr(j, "kind", unit_kinds[v[i].kind].id);
		hy_json_kint(j, "depth", v[i].depth);
		hy_json_kint(j, "points", v[i].points);
		hy_json_kint(j, "cases", v[i].cases);
		hy_json_key(j, "people");
		hy_json_arr(j);
		for (size_t k = 0; k < v[i].people.n; k++) {
			hy_json_obj(j);
			loser_json(j, v[i].people.v[k]);
			hy_json_obj_end(j);
		}
		hy_json_arr_end(j);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

/* Who lost how much, and what no case and no person lost. */
static void losers_json(struct hy_json *j, struct explaining *x)
{
	tree_json(j, x);
	losses_sort(&x->losses);
	hy_json_key(j, "lost_by");
	hy_json_arr(j);
	for (size_t i = 0; i < x->losses.losers.n; i++) {
		const struct round_loser *l = &x->losses.losers.v[i];
		hy_json_obj(j);
		hy_json_kstr(j, "unit", l->unit);
		hy_json_kstr(j, "unit_name", reading_name(&x->k, l->unit));
		loser_json(j, l);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_kint(j, "lost_beyond", x->losses.beyond);
}

enum hy_code round_explain_json(struct hy_json *j, struct city *c, struct hy_db *db,
				const struct round *r, const struct round_version *v, hy_str unit,
				const struct loss_reader *who, struct hy_err *e)
{
	struct explaining x;
	enum hy_code code = explaining_of(j->b->a, c, db, r, v, unit, who, &x, e);

	if (code)
		return code;
	hy_json_obj(j);
	hy_json_key(j, "round");
	round_json(j, r, city_pack(c)->calendar);
	version_json(j, v);
	hy_json_kstr(j, "unit", unit);
	hy_json_kstr(j, "unit_name", reading_name(&x.k, unit));
	hy_json_key(j, "score");
	hy_json_value(j, x.score);
	sentences_json(j, &x.k, x.score);
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
	losers_json(j, &x);
	hy_json_obj_end(j);
	return code;
}
