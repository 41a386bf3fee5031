#include "matter/explain.h"
#include "matter/matter_json.h"
#include "supervise/supervise.h"

static void id_or_null(struct hy_json *j, const char *key, const char *id)
{
	if (id)
		hy_json_kstr(j, key, hy_str_of(id));
	else
		hy_json_knull(j, key);
}

/* What stands above and below the line: ids of counting figures where there are such. */
static void fraction(struct hy_json *j, const struct figure *f)
{
	const char *numerator = fact_figure(f->fact), *denominator = NULL;

	switch (f->measure) {
	case FIGURE_SHARE:
		denominator = fact_figure(f->of);
		break;
	case FIGURE_SPREAD:
		numerator = NULL;
		denominator = fact_figure(f->fact);
		break;
	case FIGURE_SUM:
		numerator = NULL;
		break;
	case FIGURE_COUNT:
	case FIGURE__NONE:
		break;
	}
	id_or_null(j, "numerator", numerator);
	id_or_null(j, "denominator", denominator);
}

static bool left_out(const struct figure *f, bool cards)
{
	return !cards && figure_population(f) == OF_CARDS;
}

void supervise_figures_json(struct hy_json *j, bool cards)
{
	hy_json_arr(j);
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *f = &figures[i];
		if (left_out(f, cards))
			continue;
		hy_json_obj(j);
		hy_json_kstr(j, "id", hy_str_of(f->id));
		matter_text_json(j, "title", &f->title);
		matter_text_json(j, "definition", &f->definition);
		fraction(j, f);
		matter_text_json(j, "population", figure_population_text(figure_population(f)));
		hy_json_kstr(j, "unit", hy_str_of(figure_unit_names[f->unit]));
		hy_json_kstr(j, "better", hy_str_of(figure_direction_names[f->better]));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

/* --- for whoever may see counts but nobody behind them -----------------------------------------
 *
 * Small counts point at people, and so does the difference of two exact ones: everything below
 * LEAST is left out, nought too, and the rest is told in steps of LEAST. */

static int64_t coarse(int64_t n, int least)
{
	return (n + least / 2) / least * least;
}

static bool too_few(const struct figure *f, const struct figure_value *v, int least)
{
	switch (f->measure) {
	case FIGURE_COUNT:
	case FIGURE_SUM:
		return v->value < least;
	case FIGURE_SHARE:
		return v->numerator < least || v->denominator < least;
	case FIGURE_SPREAD:
		return v->denominator < least;
	case FIGURE__NONE:
		break;
	}
	return true;
}

static void coarse_json(struct hy_json *j, const struct figure *f, const struct figure_value *v,
			int least)
{
	int64_t above = coarse(v->numerator, least), below = coarse(v->denominator, least);

	if (!v->known || too_few(f, v, least)) {
		hy_json_knull(j, "value");
		hy_json_kbool(j, "hidden", true);
		return;
	}
	switch (f->measure) {
	case FIGURE_COUNT:
	case FIGURE_SUM:
		hy_json_kint(j, "value", coarse(v->value, least));
		break;
	case FIGURE_SHARE:
		hy_json_kint(j, "value", (above * 10000 + below / 2) / below);
		hy_json_kint(j, "numerator", above);
		hy_json_kint(j, "denominator", below);
		break;
	case FIGURE_SPREAD:
		hy_json_kint(j, "value", v->value);
		hy_json_kint(j, "denominator", below);
		break;
	case FIGURE__NONE:
		break;
	}
}

/* Is there anything of the group that may be shown? */
static bool any_shown(const struct supervise_group *g, int least)
{
	for (size_t i = 0; i < n_figures; i++) {
		struct figure_value v = figure_value(&figures[i], &g->tally);
		if (v.known && !too_few(&figures[i], &v, least))
			return true;
	}
	return false;
}

static void value_json(struct hy_json *j, const struct figure *f, const struct tally *t, int least)
{
	struct figure_value v = figure_value(f, t);

	hy_json_key(j, f->id);
	hy_json_obj(j);
	if (least) {
		coarse_json(j, f, &v, least);
		hy_json_obj_end(j);
		return;
	}
	if (v.known)
		hy_json_kint(j, "value", v.value);
	else
		hy_json_knull(j, "value");
	bool mean = f->measure == FIGURE_SPREAD && f->point == POINT_MEAN;
	if (f->measure == FIGURE_SHARE || mean)
		hy_json_kint(j, "numerator", v.numerator);
	if (f->measure == FIGURE_SHARE || f->measure == FIGURE_SPREAD)
		hy_json_kint(j, "denominator", v.denominator);
	hy_json_obj_end(j);
}

static void group_json(struct hy_json *j, const struct supervise_group *g, bool keyed, int least,
		       bool cards, const struct hy_calendar *cal)
{
	hy_json_obj(j);
	if (keyed)
		hy_json_kstr(j, "key", g->key.n ? g->key : HY_S("-"));
	hy_json_kstr(j, "name", g->name);
	hy_json_key(j, "figures");
	hy_json_obj(j);
	for (size_t i = 0; i < n_figures; i++)
		if (!left_out(&figures[i], cards))
			value_json(j, &figures[i], &g->tally, least);
	hy_json_obj_end(j);
	hy_json_key(j, "oldest_open");
	if (g->oldest.n && !least) {
		hy_json_obj(j);
		hy_json_kstr(j, "code", g->oldest);
		explain_instant(j, "filed_at", cal, g->oldest_at);
		hy_json_obj_end(j);
	} else {
		hy_json_null(j);
	}
	hy_json_obj_end(j);
}

void supervise_report_json(struct hy_json *j, const struct supervise_report *r,
			   const struct hy_calendar *cal, bool defined)
{
	int least = r->query.scope ? r->query.scope->least : 0;

	hy_json_obj(j);
	explain_day(j, "from", r->query.from);
	explain_day(j, "to", r->query.to);
	explain_instant(j, "as_of", cal, r->query.now);
	hy_json_kstr(j, "by", hy_str_of(group_by_names[r->query.by]));
	hy_json_kstr(j, "calendar", hy_calendar_hash(cal));
	if (defined) {
		hy_json_key(j, "definitions");
		supervise_figures_json(j, !r->query.no_cards);
	}
	hy_json_key(j, "total");
	group_json(j, &r->total, false, least, !r->query.no_cards, cal);
	hy_json_key(j, "groups");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n; i++)
		if (!least || any_shown(&r->v[i], least))
			group_json(j, &r->v[i], true, least, !r->query.no_cards, cal);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static void number_json(struct hy_json *j, const char *key, int n)
{
	if (n < 0)
		hy_json_knull(j, key);
	else
		hy_json_kint(j, key, n);
}

void supervise_matter_json(struct hy_json *j, const struct supervise_matter *m,
			   const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "title", m->title);
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kstr(j, "unit_name", m->unit_name);
	explain_instant(j, "filed_at", cal, m->filed_at);
	explain_instant(j, "due_at", cal, m->due_at);
	explain_instant(j, "answered_at", cal, m->answered_at);
	number_json(j, "working_days", m->numbers.of[NUMBER_WORKING_DAYS]);
	number_json(j, "calendar_days", m->numbers.of[NUMBER_CALENDAR_DAYS]);
	number_json(j, "hand_offs", m->numbers.of[NUMBER_HAND_OFFS]);
	number_json(j, "returns", m->numbers.of[NUMBER_RETURNS]);
	number_json(j, "reopens", m->numbers.of[NUMBER_REOPENS]);
	hy_json_obj_end(j);
}
