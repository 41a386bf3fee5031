/* A scheme as canonical JSON: all that is needed to score with it, and no words. */
#include "appraise/appraise.h"
#include "base/json.h"

static void marks_json(struct hy_json *j, const struct pack_indicator *in)
{
	hy_json_key(j, "marks");
	hy_json_arr(j);
	for (size_t i = 0; i < in->n_marks; i++) {
		hy_json_arr(j);
		hy_json_int(j, in->marks[i].at);
		hy_json_int(j, in->marks[i].points);
		hy_json_arr_end(j);
	}
	hy_json_arr_end(j);
}

static int64_t scale_of(const struct figure *f)
{
	if (!f)
		return 1;
	return f->unit == UNIT_BASIS_POINTS ? PACK_WHOLE_BP
	       : f->unit == UNIT_WORKING_DAYS_X100 || f->unit == UNIT_CALENDAR_DAYS_X100 ? 100
											 : 1;
}

/* What a figure counts, by the bits of facts; numbers as in the lines of cases. */
static void figure_json(struct hy_json *j, const struct figure *f)
{
	static const char *const measures[] = { "", "count", "share", "sum", "spread" };

	if (!f) {
		hy_json_null(j);
		return;
	}
	hy_json_obj(j);
	hy_json_kint(j, "fact", f->fact);
	hy_json_kstr(j, "id", hy_str_of(f->id));
	hy_json_kbool(j, "lower", f->better == BETTER_LOWER);
	hy_json_kstr(j, "measure", hy_str_of(measures[f->measure]));
	hy_json_kint(j, "number", f->number);
	hy_json_kint(j, "of", f->of);
	hy_json_kint(j, "point", f->point);
	hy_json_obj_end(j);
}

static void indicator_json(struct hy_json *j, const struct pack_indicator *in)
{
	static const char *const sources[] = { "parts", "figure", "panel", "hand" };

	hy_json_obj(j);
	hy_json_kstr(j, "absent", hy_str_of(pack_absent_names[in->absent]));
	hy_json_kbool(j, "bands", in->bands);
	hy_json_key(j, "figure");
	figure_json(j, in->figure);
	hy_json_kstr(j, "id", in->id);
	hy_json_kint(j, "least", in->least);
	marks_json(j, in);
	if (in->source == PACK_BY_PANEL)
		hy_json_kint(j, "panel", in->panel);
	hy_json_kint(j, "parent", in->parent);
	hy_json_kint(j, "scale", scale_of(in->figure));
	hy_json_kstr(j, "source", hy_str_of(sources[in->source]));
	hy_json_kint(j, "weight", in->weight_bp);
	hy_json_obj_end(j);
}

static void adjust_json(struct hy_json *j, const struct pack_adjust *d)
{
	static const char *const kinds[] = { "deduction", "bonus", "veto" };

	hy_json_obj(j);
	hy_json_kint(j, "each", d->each);
	hy_json_key(j, "figure");
	figure_json(j, d->figure);
	hy_json_kint(j, "from", d->from);
	hy_json_kint(j, "grade", d->grade);
	hy_json_kstr(j, "id", d->id);
	hy_json_kint(j, "indicator", d->indicator);
	hy_json_kstr(j, "kind", hy_str_of(kinds[d->kind]));
	hy_json_kint(j, "most", d->most);
	hy_json_obj_end(j);
}

static void panels_json(struct hy_json *j, const struct pack_scheme *s)
{
	hy_json_key(j, "panels");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_panels; i++) {
		hy_json_obj(j);
		hy_json_key(j, "groups");
		hy_json_arr(j);
		for (size_t k = 0; k < s->panels[i].n_groups; k++) {
			const struct pack_rater_group *g = &s->panels[i].groups[k];
			hy_json_obj(j);
			hy_json_kstr(j, "id", g->id);
			hy_json_kint(j, "least", g->least);
			hy_json_kint(j, "trim", g->trim);
			hy_json_kint(j, "trim_from", g->trim_from);
			hy_json_kint(j, "weight", g->weight_bp);
			hy_json_obj_end(j);
		}
		hy_json_arr_end(j);
		hy_json_kstr(j, "id", s->panels[i].id);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void index_json(struct hy_json *j, const struct pack_scheme *s)
{
	hy_json_key(j, "index");
	hy_json_obj(j);
	hy_json_kstr(j, "from", hy_day_text(j->b->a, s->index_from));
	hy_json_kint(j, "months", s->index_months);
	hy_json_key(j, "parts");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_index; i++) {
		const struct pack_index_part *p = &s->index[i];
		hy_json_obj(j);
		hy_json_kbool(j, "complement", p->complement);
		hy_json_key(j, "figure");
		figure_json(j, p->figure);
		hy_json_kint(j, "least", p->least);
		hy_json_kint(j, "weight", p->weight_bp);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

hy_str scheme_canonical(struct hy_arena *a, const struct pack_scheme *s)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_key(&j, "adjusts");
	hy_json_arr(&j);
	for (size_t i = 0; i < s->n_adjusts; i++)
		adjust_json(&j, &s->adjusts[i]);
	hy_json_arr_end(&j);
	hy_json_key(&j, "grades");
	hy_json_arr(&j);
	for (size_t i = 0; i < s->n_grades; i++) {
		hy_json_obj(&j);
		hy_json_kint(&j, "from", s->grades[i].from);
		hy_json_kstr(&j, "id", s->grades[i].id);
		hy_json_kint(&j, "quota", s->grades[i].quota_bp);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_key(&j, "groups");
	hy_json_arr(&j);
	for (size_t i = 0; i < s->n_groups; i++) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "id", s->groups[i].id);
		hy_json_key(&j, "units");
		hy_json_arr(&j);
		for (size_t k = 0; k < s->groups[i].n_units; k++)
			hy_json_str(&j, s->groups[i].units[k]);
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_kstr(&j, "id", s->id);
	if (s->n_index)
		index_json(&j, s);
	hy_json_key(&j, "indicators");
	hy_json_arr(&j);
	for (size_t i = 0; i < s->n_indicators; i++)
		indicator_json(&j, &s->indicators[i]);
	hy_json_arr_end(&j);
	hy_json_key(&j, "last");
	hy_json_obj(&j);
	hy_json_kint(&j, "count", s->last.count);
	hy_json_kbool(&j, "funnel", s->last.funnel);
	hy_json_kint(&j, "points", s->last.points);
	hy_json_kint(&j, "probability", s->last.probability_bp);
	hy_json_obj_end(&j);
	hy_json_kint(&j, "least", s->least);
	hy_json_kint(&j, "most", s->most);
	if (s->n_panels)
		panels_json(&j, s);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}
