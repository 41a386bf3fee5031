/* Data quality as JSON: one form for the command line and the API. */
#include "base/json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "supervise/card.h"
#include "supervise/quality.h"

/* Parts of a million, rounded half up. */
static int64_t ppm(double share)
{
	return (int64_t)(share * 1e6 + 0.5);
}

/* Numbers too small to be shown to who asks are null. */
static void number_json(struct hy_json *j, const struct quality_measure *q, const struct bunch *b,
			bool unit, int least)
{
	bool few = b->yes < least || b->of < least;

	hy_json_key(j, q->id);
	hy_json_obj(j);
	if (few) {
		hy_json_knull(j, "cases");
		hy_json_knull(j, "of");
	} else {
		hy_json_kint(j, "cases", b->yes);
		hy_json_kint(j, "of", b->of);
	}
	if (unit && q->tested) {
		bool told = b->tested && !few;
		if (told) {
			hy_json_kint(j, "elsewhere_ppm", ppm(b->elsewhere));
			hy_json_kint(j, "chance_ppm", ppm(b->adjusted));
		} else {
			hy_json_knull(j, "elsewhere_ppm");
			hy_json_knull(j, "chance_ppm");
		}
		hy_json_kbool(j, "more", told && b->more);
	}
	hy_json_obj_end(j);
}

static void unit_json(struct hy_json *j, const struct quality_unit *u, bool keyed, int least)
{
	hy_json_obj(j);
	if (keyed)
		hy_json_kstr(j, "unit", u->unit.n ? u->unit : HY_S("-"));
	hy_json_kstr(j, "name", u->name);
	hy_json_key(j, "measures");
	hy_json_obj(j);
	for (int q = 0; q < QUALITY__N; q++)
		number_json(j, &quality_measures[q], &u->of[q], keyed, least);
	hy_json_obj_end(j);
	hy_json_obj_end(j);
}

static void measure_json(struct hy_json *j, const struct quality_measure *q)
{
	hy_json_obj(j);
	hy_json_kstr(j, "id", hy_str_of(q->id));
	matter_text_json(j, "title", &q->title);
	matter_text_json(j, "numerator", &q->numerator);
	matter_text_json(j, "denominator", &q->denominator);
	hy_json_kbool(j, "tested", q->tested);
	hy_json_obj_end(j);
}

void quality_report_json(struct hy_json *j, const struct quality_report *r,
			 const struct hy_calendar *cal)
{
	int least = r->query.scope ? r->query.scope->least : 0;

	hy_json_obj(j);
	explain_day(j, "from", r->query.from);
	explain_day(j, "to", r->query.to);
	explain_instant(j, "as_of", cal, r->query.now);
	matter_text_json(j, "population", &quality_population);
	hy_json_key(j, "measures");
	hy_json_arr(j);
	for (int q = 0; q < QUALITY__N; q++)
		measure_json(j, &quality_measures[q]);
	hy_json_arr_end(j);
	hy_json_key(j, "total");
	unit_json(j, &r->total, false, least);
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n; i++)
		unit_json(j, &r->v[i], true, least);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void quality_case_json(struct hy_json *j, const struct quality_case *k,
		       const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kstr(j, "code", k->code);
	hy_json_kstr(j, "title", k->title);
	hy_json_kstr(j, "unit", k->unit);
	explain_instant(j, "filed_at", cal, k->filed_at);
	explain_instant(j, "at", cal, k->at);
	explain_instant(j, "due_at", cal, k->due);
	hy_json_obj_end(j);
}
