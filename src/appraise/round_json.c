/* Inputs and results as canonical JSON (keys ascending, integers only): what is hashed into the log
 * and what anybody recomputes.
 *
 * inputs
 * {"at","cases","from","log","scheme","to","unassigned","units":[{"adjusts":{ID:times},"code",
 *          "figures":{ID:{"d","n","se"}},"ratings":{PANEL:{GROUP:[score]}}}],"v":1}; se in
 * thousand-millionths of n/d; log: the size of the log then; an indicator or adjustment that is not
 * known is not there; ratings (survey.h) ascending, of a group with too few only their number,
 * without any not there
 *
 * result
 * {"scheme","units":[{"adjusts":{ID:{"points","times"}},"applies","code","grade","group",
 *          "high","indicators":{ID:{"applies","few","lost","points"}},"last","low","place",
 *          "points","published","struck","total","veto"}],"v":1}; points 10,000 to the point, last
 * in ten-thousandths, published in hundredths of a point */
#include <math.h>

#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/hash.h"
#include "base/json.h"
#include "stat/panel.h"

enum { SE_SCALE = 1000000000 };

hy_str round_hash(struct hy_arena *a, hy_str text)
{
	hy_hash h = hy_sha256(text);

	return hy_hex(a, h.b, sizeof(h.b));
}

static hy_str day_text(struct hy_arena *a, hy_day d)
{
	struct hy_date x = hy_date_of(d);

	return hy_printf(a, "%04d-%02d-%02d", x.year, x.month, x.day);
}

/* The order of keys: indices of V by id. */
struct named {
	hy_str id;
	size_t at;
};

static int by_id(const void *x, const void *y)
{
	return hy_str_cmp(((const struct named *)x)->id, ((const struct named *)y)->id);
}

static struct named *indicators_by_id(struct hy_arena *a, const struct pack_scheme *s)
{
	struct named *v = hy_new_n(a, struct named, s->n_indicators + 1);

	for (size_t i = 0; i < s->n_indicators; i++)
		v[i] = (struct named){ s->indicators[i].id, i };
	qsort(v, s->n_indicators, sizeof(*v), by_id);
	return v;
}

static struct named *adjusts_by_id(struct hy_arena *a, const struct pack_scheme *s)
{
	struct named *v = hy_new_n(a, struct named, s->n_adjusts + 1);

	for (size_t i = 0; i < s->n_adjusts; i++)
		v[i] = (struct named){ s->adjusts[i].id, i };
	qsort(v, s->n_adjusts, sizeof(*v), by_id);
	return v;
}

static struct named *panels_by_id(struct hy_arena *a, const struct pack_scheme *s)
{
	struct named *v = hy_new_n(a, struct named, s->n_panels + 1);

	for (size_t i = 0; i < s->n_panels; i++)
		v[i] = (struct named){ s->panels[i].id, i };
	qsort(v, s->n_panels, sizeof(*v), by_id);
	return v;
}

static struct named *raters_by_id(struct hy_arena *a, const struct pack_panel *p)
{
	struct named *v = hy_new_n(a, struct named, p->n_groups + 1);

	for (size_t i = 0; i < p->n_groups; i++)
		v[i] = (struct named){ p->groups[i].id, i };
	qsort(v, p->n_groups, sizeof(*v), by_id);
	return v;
}

/* --- inputs --------------------------------------------------------------------------------------
 */

static const struct rating_group *rated_by(const struct round_rated *r, size_t panel, size_t group)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].panel == (int)panel &&
		    (group == SIZE_MAX || r->v[i].group == (int)group))
			return &r->v[i];
	return NULL;
}

static void rating_json(struct hy_json *j, const struct rating_group *g)
{
	if (g->few) {
		hy_json_int(j, (int64_t)g->n);
		return;
	}
	hy_json_arr(j);
	for (size_t i = 0; i < g->n; i++)
		hy_json_int(j, g->scores[i]);
	hy_json_arr_end(j);
}

static void ratings_json(struct hy_json *j, const struct pack_scheme *s,
			 const struct round_rated *r)
{
	const struct named *panels = panels_by_id(j->b->a, s);

	hy_json_key(j, "ratings");
	hy_json_obj(j);
	for (size_t i = 0; i < s->n_panels; i++) {
		const struct pack_panel *p = &s->panels[panels[i].at];
		const struct named *groups = raters_by_id(j->b->a, p);
		if (!rated_by(r, panels[i].at, SIZE_MAX))
			continue;
		hy_json_key(j, p->id.p);
		hy_json_obj(j);
		for (size_t k = 0; k < p->n_groups; k++) {
			const struct rating_group *g = rated_by(r, panels[i].at, groups[k].at);
			if (!g)
				continue;
			hy_json_key(j, groups[k].id.p);
			rating_json(j, g);
		}
		hy_json_obj_end(j);
	}
	hy_json_obj_end(j);
}

static void unit_json(struct hy_json *j, const struct pack_scheme *s, const struct score_unit *u,
		      const struct round_rated *rated, const struct named *indicators,
		      const struct named *adjusts)
{
	hy_json_obj(j);
	hy_json_key(j, "adjusts");
	hy_json_obj(j);
	for (size_t i = 0; i < s->n_adjusts; i++)
		if (u->adjusts[adjusts[i].at].known)
			hy_json_kint(j, adjusts[i].id.p, u->adjusts[adjusts[i].at].numerator);
	hy_json_obj_end(j);
	hy_json_kstr(j, "code", u->code);
	hy_json_key(j, "figures");
	hy_json_obj(j);
	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct score_given *g = &u->indicators[indicators[i].at];
		if (!g->known)
			continue;
		hy_json_key(j, indicators[i].id.p);
		hy_json_obj(j);
		hy_json_kint(j, "d", g->denominator);
		hy_json_kint(j, "n", g->numerator);
		hy_json_kint(j, "se", llround(g->se * SE_SCALE));
		hy_json_obj_end(j);
	}
	hy_json_obj_end(j);
	if (rated->n)
		ratings_json(j, s, rated);
	hy_json_obj_end(j);
}

hy_str round_inputs_json(struct hy_arena *a, const struct round_inputs *in)
{
	const struct named *indicators = indicators_by_id(a, in->scheme),
			   *adjusts = adjusts_by_id(a, in->scheme);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "at", in->at);
	hy_json_kstr(&j, "cases", in->cases);
	hy_json_kstr(&j, "from", day_text(a, in->from));
	if (in->log)
		hy_json_kint(&j, "log", in->log);
	hy_json_kstr(&j, "scheme", in->scheme->id);
	hy_json_kstr(&j, "to", day_text(a, in->to));
	hy_json_kint(&j, "unassigned", in->unassigned);
	hy_json_key(&j, "units");
	hy_json_arr(&j);
	for (size_t i = 0; i < in->n; i++)
		unit_json(&j, in->scheme, &in->units[i], &in->rated[i], indicators, adjusts);
	hy_json_arr_end(&j);
	hy_json_kint(&j, "v", 1);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code bad(struct hy_err *e, const char *what)
{
	return hy_fail(e, HY_BAD_INPUT, "", "these are no inputs of a round: %s", what);
}

static enum hy_code rating_read(struct hy_arena *a, const json_t *v, struct rating_group *g,
				struct hy_err *e)
{
	g->few = json_is_integer(v);
	g->n = g->few ? (size_t)json_integer_value(v) : json_array_size(v);
	if (g->n < 1 || g->n > PANEL_MOST)
		return bad(e, "a group of raters has its scores, or their number");
	g->scores = hy_new_n(a, int64_t, g->few ? 1 : g->n);
	for (size_t i = 0; !g->few && i < g->n; i++) {
		g->scores[i] = json_integer_value(json_array_get(v, i));
		if (!json_is_integer(json_array_get(v, i)) || g->scores[i] < 0 ||
		    g->scores[i] > 100 * PACK_POINT || (i && g->scores[i] < g->scores[i - 1]))
			return bad(e, "scores of raters are points, ascending");
	}
	return HY_OK;
}

enum hy_code round_ratings_read(struct hy_arena *a, const struct pack_scheme *s, const json_t *v,
				struct round_rated *out, struct hy_err *e)
{
	HY_VEC(struct rating_group) all = { 0 };
	enum hy_code code = HY_OK;

	for (size_t p = 0; p < s->n_panels; p++) {
		const json_t *of = json_object_get(v, s->panels[p].id.p);
		for (size_t g = 0; !code && of && g < s->panels[p].n_groups; g++) {
			const json_t *list = json_object_get(of, s->panels[p].groups[g].id.p);
			struct rating_group r = { .panel = (int)p, .group = (int)g };
			if (!list)
				continue;
			code = rating_read(a, list, &r, e);
			*hy_push(a, &all) = r;
		}
	}
	*out = (struct round_rated){ all.v, all.n };
	return code;
}

static enum hy_code unit_read(struct hy_arena *a, const struct pack_scheme *s, const json_t *v,
			      struct score_unit *out, struct hy_err *e)
{
	const json_t *given = json_object_get(v, "figures"),
		     *adjusts = json_object_get(v, "adjusts");
	struct score_given *g = hy_new_n(a, struct score_given, s->n_indicators + 1);
	struct score_given *x = hy_new_n(a, struct score_given, s->n_adjusts + 1);

	out->code = hy_json_get(v, "code");
	if (out->code.n == 0 || !json_is_object(given) || !json_is_object(adjusts))
		return bad(e, "a unit has code, figures and adjusts");
	for (size_t i = 0; i < s->n_indicators; i++) {
		const json_t *f = json_object_get(given, s->indicators[i].id.p);
		if (!f)
			continue;
		g[i] = (struct score_given){ .known = true,
					     .numerator = hy_json_get_int(f, "n", -1),
					     .denominator = hy_json_get_int(f, "d", 0),
					     .se = (double)hy_json_get_int(f, "se", 0) / SE_SCALE };
		if (g[i].numerator < 0 || g[i].denominator < 1)
			return bad(e, "a figure has n from 0 and d from 1");
	}
	for (size_t i = 0; i < s->n_adjusts; i++) {
		const json_t *n = json_object_get(adjusts, s->adjusts[i].id.p);
		if (n)
			x[i] = (struct score_given){ .known = true,
						     .numerator = json_integer_value(n),
						     .denominator = 1 };
	}
	out->indicators = g;
	out->adjusts = x;
	return HY_OK;
}

enum hy_code round_inputs_read(struct hy_arena *a, const struct pack_scheme *scheme, hy_str json,
			       struct round_inputs *out, struct hy_err *e)
{
	json_t *v = NULL;
	enum hy_code code = hy_json_read(a, json, &v, e);

	return code ? code : round_inputs_of(a, scheme, v, out, e);
}

enum hy_code round_inputs_of(struct hy_arena *a, const struct pack_scheme *scheme, const json_t *v,
			     struct round_inputs *out, struct hy_err *e)
{
	struct round_inputs in = { .scheme = scheme };
	enum hy_code code = HY_OK;
	const json_t *units = json_object_get(v, "units");
	in.at = hy_json_get_int(v, "at", 0);
	in.cases = hy_json_get(v, "cases");
	in.unassigned = hy_json_get_int(v, "unassigned", 0);
	in.log = hy_json_get_int(v, "log", 0);
	if (!hy_str_eq(hy_json_get(v, "scheme"), scheme->id) || !json_is_array(units) ||
	    hy_json_get_int(v, "v", 0) != 1 || !hy_day_read(hy_json_get(v, "from"), &in.from) ||
	    !hy_day_read(hy_json_get(v, "to"), &in.to))
		return bad(e, "scheme, period, units or v is wrong");
	in.n = json_array_size(units);
	in.units = hy_new_n(a, struct score_unit, in.n + 1);
	in.rated = hy_new_n(a, struct round_rated, in.n + 1);
	for (size_t i = 0; !code && i < in.n; i++) {
		const json_t *u = json_array_get(units, i);
		code = unit_read(a, scheme, u, &in.units[i], e);
		if (!code)
			code = round_ratings_read(a, scheme, json_object_get(u, "ratings"),
						  &in.rated[i], e);
	}
	if (!code)
		*out = in;
	return code;
}

/* --- the result
 * ------------------------------------------------------------------------------------ */

enum hy_code round_funnel(const struct round_inputs *in, const struct pack_indicator **main_out,
			  enum funnel_verdict *out, struct hy_err *e)
{
	size_t i = 0;
	int64_t yes = 0, all = 0;

	while (i < in->scheme->n_indicators &&
	       !(in->scheme->indicators[i].source == PACK_BY_FIGURE &&
		 in->scheme->indicators[i].figure->measure == FIGURE_SHARE))
		i++;
	*main_out = i < in->scheme->n_indicators ? &in->scheme->indicators[i] : NULL;
	for (size_t u = 0; u < in->n; u++) {
		out[u] = FUNNEL_INSIDE;
		const struct score_given *g = &in->units[u].indicators[*main_out ? i : 0];
		yes += *main_out && g->known ? g->numerator : 0;
		all += *main_out && g->known ? g->denominator : 0;
	}
	if (yes == 0 || yes == all)
		return HY_OK; /* everybody alike */
	for (size_t u = 0; u < in->n; u++) {
		const struct score_given *g = &in->units[u].indicators[i];
		if (!g->known || g->denominator < 1)
			continue;
		enum hy_code code = funnel_verdict((double)yes / (double)all, g->numerator,
						   g->denominator, &out[u], e);
		if (code)
			return code;
	}
	return HY_OK;
}

/* Below the 99.8 % limit, on the side that is worse. */
static enum hy_code find_low(struct hy_arena *a, const struct round_inputs *in, bool *low,
			     struct hy_err *e)
{
	enum funnel_verdict *v = hy_new_n(a, enum funnel_verdict, in->n + 1);
	const struct pack_indicator *main = NULL;
	enum hy_code code = round_funnel(in, &main, v, e);

	for (size_t u = 0; !code && main && u < in->n; u++)
		low[u] = v[u] ==
			 (main->figure->better == BETTER_LOWER ? FUNNEL_HIGH_998 : FUNNEL_LOW_998);
	return code;
}

static void result_unit(struct hy_json *j, const struct pack_scheme *s,
			const struct score_result *r, const struct named *indicators,
			const struct named *adjusts)
{
	hy_json_obj(j);
	hy_json_key(j, "adjusts");
	hy_json_obj(j);
	for (size_t i = 0; i < s->n_adjusts; i++) {
		const struct score_adjusted *x = &r->adjusts[adjusts[i].at];
		hy_json_key(j, adjusts[i].id.p);
		hy_json_obj(j);
		hy_json_kint(j, "points", x->points);
		hy_json_kint(j, "times", x->times);
		hy_json_obj_end(j);
	}
	hy_json_obj_end(j);
	hy_json_kbool(j, "applies", r->applies);
	hy_json_kstr(j, "code", r->code);
	hy_json_kstr(j, "grade", r->applies ? s->grades[r->grade].id : HY_S(""));
	hy_json_kstr(j, "group", s->groups[r->group].id);
	hy_json_kint(j, "high", r->high);
	hy_json_key(j, "indicators");
	hy_json_obj(j);
	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct score_node *n = &r->nodes[indicators[i].at];
		hy_json_key(j, indicators[i].id.p);
		hy_json_obj(j);
		hy_json_kbool(j, "applies", n->applies);
		hy_json_kbool(j, "few", n->few);
		hy_json_kint(j, "lost", n->lost);
		hy_json_kint(j, "points", n->points);
		hy_json_obj_end(j);
	}
	hy_json_obj_end(j);
	hy_json_kint(j, "last", llround(r->last * 10000));
	hy_json_kint(j, "low", r->low);
	hy_json_kint(j, "place", r->place);
	hy_json_kint(j, "points", r->points);
	hy_json_kint(j, "published", score_published(r->total));
	hy_json_kbool(j, "struck", r->last_struck);
	hy_json_kint(j, "total", r->total);
	hy_json_kstr(j, "veto", r->veto < 0 ? HY_S("") : s->adjusts[r->veto].id);
	hy_json_obj_end(j);
}

enum hy_code round_result_json(struct hy_arena *a, const struct round_inputs *in, hy_str *out,
			       struct hy_err *e)
{
	const struct pack_scheme *s = in->scheme;
	struct score_result *r = hy_new_n(a, struct score_result, in->n + 1);
	bool *low = hy_new_n(a, bool, in->n + 1);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = find_low(a, in, low, e);

	if (!code)
		code = score_units(a, s, in->units, in->n, low, r, e);
	if (code)
		return code;
	const struct named *indicators = indicators_by_id(a, s), *adjusts = adjusts_by_id(a, s);
	hy_json_obj(&j);
	hy_json_kstr(&j, "scheme", s->id);
	hy_json_key(&j, "units");
	hy_json_arr(&j);
	for (size_t i = 0; i < in->n; i++)
		result_unit(&j, s, &r[i], indicators, adjusts);
	hy_json_arr_end(&j);
	hy_json_kint(&j, "v", 1);
	hy_json_obj_end(&j);
	*out = hy_buf_str(&b);
	return HY_OK;
}
