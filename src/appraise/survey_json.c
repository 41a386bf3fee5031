#include "appraise/survey_json.h"

#include "matter/matter_json.h"

static const struct pack_panel *panel_in(const struct pack_scheme *s, hy_str id)
{
	for (size_t i = 0; s && i < s->n_panels; i++)
		if (hy_str_eq(s->panels[i].id, id))
			return &s->panels[i];
	return NULL;
}

/* Titles from the institution in force; the ids themselves where it has no such thing. */
static void titles_json(struct hy_json *j, const struct survey *s, const struct pack_scheme *scheme)
{
	const struct pack_panel *p = panel_in(scheme, s->panel);
	const struct pack_text panel = { s->panel, s->panel, s->panel };
	const struct pack_text raters = { s->raters, s->raters, s->raters };
	const struct pack_text *of = &raters;

	for (size_t i = 0; p && i < p->n_groups; i++)
		if (hy_str_eq(p->groups[i].id, s->raters))
			of = &p->groups[i].title;
	matter_text_json(j, "panel_title", p ? &p->title : &panel);
	matter_text_json(j, "raters_title", of);
}

void survey_json(struct hy_json *j, const struct survey *s, const struct pack_scheme *scheme,
		 hy_day today)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", s->code);
	hy_json_kstr(j, "round", s->round);
	hy_json_kstr(j, "panel", s->panel);
	hy_json_kstr(j, "raters", s->raters);
	titles_json(j, s, scheme);
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < s->n_units; i++)
		hy_json_str(j, s->units[i]);
	hy_json_arr_end(j);
	hy_json_kstr(j, "from", hy_day_text(j->b->a, s->from));
	hy_json_kstr(j, "until", hy_day_text(j->b->a, s->until));
	hy_json_kint(j, "issued", s->issued);
	hy_json_kint(j, "returned", s->returned);
	hy_json_kbool(j, "void", survey_void(s));
	hy_json_kstr(j, "reason", s->reason);
	hy_json_kbool(j, "now", !survey_void(s) && today >= s->from && today <= s->until);
	hy_json_kint(j, "log_index", s->last_idx);
	hy_json_obj_end(j);
}

void survey_form_json(struct hy_json *j, const struct survey_form *f)
{
	hy_json_obj(j);
	hy_json_kstr(j, "survey", f->s.code);
	matter_text_json(j, "title", &f->panel->title);
	matter_text_json(j, "raters", &f->raters->title);
	hy_json_kstr(j, "period_from", hy_day_text(j->b->a, f->round.from));
	hy_json_kstr(j, "period_to", hy_day_text(j->b->a, f->round.to));
	hy_json_kstr(j, "from", hy_day_text(j->b->a, f->s.from));
	hy_json_kstr(j, "until", hy_day_text(j->b->a, f->s.until));
	hy_json_kbool(j, "now", f->now);
	hy_json_kbool(j, "void", survey_void(&f->s));
	hy_json_kbool(j, "spent", f->spent);
	hy_json_key(j, "items");
	hy_json_arr(j);
	for (size_t i = 0; i < f->panel->n_items; i++) {
		hy_json_obj(j);
		matter_text_json(j, "title", &f->panel->items[i]);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "levels");
	hy_json_arr(j);
	for (size_t i = 0; i < f->panel->n_levels; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", f->panel->levels[i].id);
		matter_text_json(j, "title", &f->panel->levels[i].title);
		hy_json_kbool(j, "scored", f->panel->levels[i].points >= 0);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < f->n_units; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "code", f->units[i]);
		hy_json_kstr(j, "name", f->names[i]);
		hy_json_kstr(j, "above", f->above[i]);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void survey_panels_json(struct hy_json *j, const struct pack_scheme *s)
{
	hy_json_key(j, "panels");
	hy_json_arr(j);
	for (size_t i = 0; s && i < s->n_panels; i++) {
		const struct pack_panel *p = &s->panels[i];
		hy_json_obj(j);
		hy_json_kstr(j, "id", p->id);
		matter_text_json(j, "title", &p->title);
		hy_json_key(j, "raters");
		hy_json_arr(j);
		for (size_t k = 0; k < p->n_groups; k++) {
			hy_json_obj(j);
			hy_json_kstr(j, "id", p->groups[k].id);
			matter_text_json(j, "title", &p->groups[k].title);
			hy_json_kint(j, "weight_bp", p->groups[k].weight_bp);
			hy_json_kint(j, "least", p->groups[k].least);
			hy_json_kint(j, "trim", p->groups[k].trim);
			hy_json_kint(j, "trim_from", p->groups[k].trim_from);
			hy_json_obj_end(j);
		}
		hy_json_arr_end(j);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

enum hy_code survey_explain_json(struct hy_json *j, const struct pack_scheme *s, int panel,
				 const json_t *given, struct hy_err *e)
{
	const struct pack_panel *p = &s->panels[panel];
	struct round_rated rated;
	enum hy_code code =
		round_ratings_read(j->b->a, s, json_object_get(given, "ratings"), &rated, e);

	if (code)
		return code;
	hy_json_key(j, "raters");
	hy_json_arr(j);
	for (size_t i = 0; i < rated.n; i++) {
		const struct rating_group *r = &rated.v[i];
		if (r->panel != panel)
			continue;
		const struct pack_rater_group *g = &p->groups[r->group];
		struct rating_mark m = rating_of_group(g, r);
		hy_json_obj(j);
		hy_json_kstr(j, "id", g->id);
		matter_text_json(j, "title", &g->title);
		hy_json_kint(j, "weight_bp", g->weight_bp);
		hy_json_kint(j, "least", g->least);
		hy_json_kint(j, "ballots", (int64_t)r->n);
		hy_json_kbool(j, "counts", m.counts);
		hy_json_kint(j, "left_out", 2 * m.dropped);
		hy_json_kint(j, "points", m.points);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	return HY_OK;
}
