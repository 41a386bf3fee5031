/* load_schemes -- appraisals as data. */
#include <stdlib.h>

#include "pack/build.h"
#include "pack/scheme.h"

const char *const pack_absent_names[] = { "shared", "full", "zero", NULL };
const char *const pack_period_names[] = { "month", "quarter", "half_year", "year", NULL };

const struct pack_scheme *pack_scheme(const struct pack *p, hy_str id)
{
	for (size_t i = 0; i < p->n_schemes; i++)
		if (hy_str_eq(p->schemes[i].id, id))
			return &p->schemes[i];
	return NULL;
}

/* --- numbers ------------------------------------------------------------------------------- */

/* A decimal number, times ten to the power of PLACES, at most that many decimals. */
static bool decimal(hy_str s, int places, int64_t *out)
{
	hy_str rest = s, whole;
	int64_t w = 0, f = 0;

	if (!hy_str_cut(&rest, '.', &whole) || whole.n == 0 || whole.n > 9 ||
	    !hy_str_int(whole, &w) || w < 0 || whole.p[0] == '-' || whole.p[0] == '+')
		return false;
	bool point = whole.n < s.n;
	if (point && (rest.n == 0 || rest.n > (size_t)places || rest.p[0] == '-' ||
		      rest.p[0] == '+' || !hy_str_int(rest, &f)))
		return false;
	for (size_t i = point ? rest.n : 0; i < (size_t)places; i++)
		f *= 10;
	for (int i = 0; i < places; i++)
		w *= 10;
	*out = w + f;
	return true;
}

bool pack_points_read(hy_str s, int64_t *out)
{
	return decimal(s, 4, out);
}

bool pack_percent_read(hy_str s, int64_t *out)
{
	return hy_str_ends(s, HY_S("%")) && decimal((hy_str){ s.p, s.n - 1 }, 2, out);
}

bool pack_measure_read(hy_str s, const struct figure *f, int64_t *out)
{
	if (!f)
		return pack_points_read(s, out);
	switch (f->unit) {
	case UNIT_BASIS_POINTS:
		return pack_percent_read(s, out);
	case UNIT_WORKING_DAYS_X100:
	case UNIT_CALENDAR_DAYS_X100:
		return decimal(s, 2, out);
	case UNIT_MATTERS:
	case UNIT_TIMES:
	case UNIT_CARDS:
	case UNIT_WORKING_DAYS:
	case UNIT_CALENDAR_DAYS:
		return decimal(s, 0, out);
	}
	return false;
}

static int64_t percent_at(const struct pack_node *n, const char *key, int64_t otherwise)
{
	int64_t v = otherwise;

	return pack_percent_read(pack_node_str(n, key), &v) ? v : otherwise;
}

static int64_t points_at(const struct pack_node *n, const char *key, int64_t otherwise)
{
	int64_t v = otherwise;

	return pack_points_read(pack_node_str(n, key), &v) ? v : otherwise;
}

/* --- while one scheme is loaded -----------------------------------------------------------------
 */

struct load {
	struct pack_build *b;
	const struct pack_doc *d;
	const struct pack_node *n;
	struct pack_scheme *s;
	struct hy_map names; /* of indicators and adjustments: one thing each */
};

#define WRONG(l, at, ...) pack_wrong(&(l)->b->log, (l)->d, at, __VA_ARGS__)

static hy_str *strs(struct load *l, const struct pack_node *list, size_t *n_out)
{
	return pack_node_strs(l->b->a, list, n_out);
}

static void name_once(struct load *l, const struct pack_node *id, void *what)
{
	if (hy_map_get(&l->names, id->s))
		WRONG(l, id, "\"" HY_FMT "\" stands twice in this scheme", HY_ARG(id->s));
	hy_map_put(&l->names, id->s, what);
}

static const struct figure *figure_at(struct load *l, const struct pack_node *n)
{
	const struct pack_node *id = pack_node_get(n, "figure");
	const struct figure *f = id ? figure_by_id(id->s) : NULL;

	if (id && !f) {
		hy_str near = figure_near(l->b->log.a, id->s);
		WRONG(l, id, "unknown figure \"" HY_FMT "\"%s" HY_FMT "%s", HY_ARG(id->s),
		      near.n ? "; did you mean \"" : "", HY_ARG(near), near.n ? "\"?" : "");
	}
	return f;
}

static void sum_is_whole(struct load *l, const struct pack_node *at, const char *of, int64_t sum)
{
	if (sum != PACK_WHOLE_BP)
		WRONG(l, at, "the weights of %s add up to %lld.%02lld%%, not to 100%%", of,
		      (long long)(sum / 100), (long long)(sum % 100));
}

/* --- panels -------------------------------------------------------------------------------------
 */

static void load_levels(struct load *l, const struct pack_node *n, struct pack_panel *p)
{
	const struct pack_node *list = pack_node_get(n, "levels");
	int64_t before = 100 * PACK_POINT + 1;

	p->levels = hy_new_n(l->b->a, struct pack_level, list->n);
	p->n_levels = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *at = list->v[i];
		int64_t points = points_at(at, "points", -1);
		p->levels[i] = (struct pack_level){ pack_node_str(at, "id"),
						    pack_node_text(at, "title"), points };
		if (points < 0)
			continue;
		if (points >= before || points > 100 * PACK_POINT)
			WRONG(l, pack_node_get(at, "points"),
			      "levels go from the best, at most 100, downwards");
		before = points;
	}
}

static void load_raters(struct load *l, const struct pack_node *n, struct pack_panel *p)
{
	const struct pack_node *list = pack_node_get(n, "raters");
	int64_t sum = 0;

	p->groups = hy_new_n(l->b->a, struct pack_rater_group, list->n);
	p->n_groups = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *at = list->v[i], *trim = pack_node_get(at, "trim");
		struct pack_rater_group *g = &p->groups[i];
		*g = (struct pack_rater_group){
			.id = pack_node_str(at, "id"),
			.title = pack_node_text(at, "title"),
			.weight_bp = (int)percent_at(at, "weight", 0),
			.least = pack_node_int(at, "least", 30),
			.trim = trim ? pack_node_int(trim, "each_end", 0) : 0,
			.trim_from = trim ? pack_node_int(trim, "from", 0) : 0
		};
		if (g->least < PACK_RATERS_LEAST)
			WRONG(l, pack_node_get(at, "least"),
			      "from fewer than %d ballots one could tell who gave which",
			      PACK_RATERS_LEAST);
		if (trim && g->trim_from <= 2 * g->trim)
			WRONG(l, pack_node_get(trim, "from"),
			      "of %d ballots %d at each end cannot be left out", g->trim_from,
			      g->trim);
		sum += g->weight_bp;
	}
	sum_is_whole(l, list, "the raters", sum);
}

static void load_panels(struct load *l)
{
	const struct pack_node *list = pack_node_get(l->n, "panels");
	size_t n = list ? list->n : 0;

	l->s->panels = hy_new_n(l->b->a, struct pack_panel, n + 1);
	l->s->n_panels = n;
	for (size_t i = 0; i < n; i++) {
		const struct pack_node *at = list->v[i], *items = pack_node_get(at, "items");
		struct pack_panel *p = &l->s->panels[i];
		*p = (struct pack_panel){ .id = pack_node_str(at, "id"),
					  .title = pack_node_text(at, "title"),
					  .items = hy_new_n(l->b->a, struct pack_text, items->n),
					  .n_items = items->n };
		for (size_t k = 0; k < items->n; k++)
			p->items[k] = (struct pack_text){ pack_node_str(items->v[k], "zh-CN"),
							  pack_node_str(items->v[k], "zh-Hant"),
							  pack_node_str(items->v[k], "en") };
		load_levels(l, at, p);
		load_raters(l, at, p);
	}
}

static int panel_index(struct load *l, const struct pack_node *id)
{
	struct hy_map known = { .a = l->b->tmp };

	for (size_t i = 0; i < l->s->n_panels; i++) {
		if (hy_str_eq(l->s->panels[i].id, id->s))
			return (int)i;
		hy_map_put(&known, l->s->panels[i].id, &l->s->panels[i]);
	}
	WRONG(l, id, "unknown panel \"" HY_FMT "\"" HY_FMT, HY_ARG(id->s),
	      HY_ARG(pack_near(l->b->log.a, &known, id->s)));
	return 0;
}

/* --- indicators
 * ------------------------------------------------------------------------------------ */

static void load_marks(struct load *l, const struct pack_node *n, struct pack_indicator *to)
{
	const struct pack_node *line = pack_node_get(n, "line"), *bands = pack_node_get(n, "bands");
	const struct pack_node *list = line ? line : bands;

	if (line && bands)
		WRONG(l, bands, "\"line\" and \"bands\" exclude each other");
	if (!list)
		return;
	to->bands = !line;
	to->marks = hy_new_n(l->b->a, struct pack_mark, list->n);
	to->n_marks = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *at = pack_node_get(list->v[i], "at");
		struct pack_mark *m = &to->marks[i];
		m->points = points_at(list->v[i], "points", 0);
		if (!pack_measure_read(at->s, to->figure, &m->at))
			WRONG(l, at, "\"" HY_FMT "\" is no value of this %s", HY_ARG(at->s),
			      to->figure ? "figure; a share is written as 85%" : "mark");
		if (i && m->at <= to->marks[i - 1].at)
			WRONG(l, at, "marks go upwards");
		if (m->points > 100 * PACK_POINT)
			WRONG(l, pack_node_get(list->v[i], "points"),
			      "an indicator earns at most 100 points");
	}
	if (line && list->n < 2)
		WRONG(l, line, "a line needs two marks");
}

static void load_source(struct load *l, const struct pack_node *n, struct pack_indicator *to)
{
	const struct pack_node *panel = pack_node_get(n, "panel"),
			       *trial = pack_node_get(n, "trial");
	bool hand = pack_node_flag(n, "by_hand", false),
	     figure = pack_node_get(n, "figure") != NULL;

	to->figure = figure_at(l, n);
	if (figure + (panel != NULL) + hand > 1)
		WRONG(l, n, "an indicator has one source: a figure, a panel, or a person");
	to->source = figure  ? PACK_BY_FIGURE
		     : panel ? PACK_BY_PANEL
		     : hand  ? PACK_BY_HAND
			     : PACK_NO_SOURCE;
	if (panel)
		to->panel = panel_index(l, panel);
	if (figure && !to->figure)
		return;
	load_marks(l, n, to);
	if (figure && (!to->n_marks || !trial))
		WRONG(l, n,
		      "an indicator of a figure needs \"line\" or \"bands\", and a \"trial\"");
	if (trial && (!pack_measure_read(pack_node_str(trial, "good"), to->figure, &to->good) ||
		      !pack_measure_read(pack_node_str(trial, "bad"), to->figure, &to->bad)))
		WRONG(l, trial, "a trial has two values of the figure");
}

static enum pack_absent absent_at(const struct pack_node *n)
{
	hy_str word = pack_node_str(n, "absent");
	int i = 0;

	while (word.n && pack_absent_names[i] && !hy_str_eq(word, hy_str_of(pack_absent_names[i])))
		i++;
	return (enum pack_absent)i;
}

static void load_indicator(struct load *l, const struct pack_node *n, size_t i)
{
	const struct pack_node *in = pack_node_get(n, "in");
	struct pack_indicator *to = &l->s->indicators[i];

	*to = (struct pack_indicator){ .id = pack_node_str(n, "id"),
				       .title = pack_node_text(n, "title"),
				       .clause = pack_node_str(n, "clause"),
				       .parent = -1,
				       .weight_bp = (int)percent_at(n, "weight", 0),
				       .least = pack_node_int(n, "least", 0),
				       .absent = absent_at(n) };
	name_once(l, pack_node_get(n, "id"), to);
	for (size_t k = 0; in && k < i; k++)
		if (hy_str_eq(l->s->indicators[k].id, in->s))
			to->parent = (int)k;
	if (in && to->parent < 0)
		WRONG(l, in, "no indicator \"" HY_FMT "\" stands before this one", HY_ARG(in->s));
	if (to->weight_bp == 0)
		WRONG(l, pack_node_get(n, "weight"), "a weight of 0 counts nothing; leave it out");
	load_source(l, n, to);
}

static void load_indicators(struct load *l)
{
	const struct pack_node *list = pack_node_get(l->n, "indicators");
	size_t errors = l->b->log.msgs->errors;
	struct pack_scheme *s = l->s;

	s->indicators = hy_new_n(l->b->a, struct pack_indicator, list->n);
	for (; s->n_indicators < list->n; s->n_indicators++)
		load_indicator(l, list->v[s->n_indicators], s->n_indicators);
	if (l->b->log.msgs->errors != errors)
		return; /* sums would only repeat that */
	for (int of = -1; of < (int)list->n; of++) {
		int64_t sum = 0;
		size_t parts = 0;
		for (size_t i = 0; i < list->n; i++) {
			if (s->indicators[i].parent != of)
				continue;
			sum += s->indicators[i].weight_bp;
			parts++;
		}
		const struct pack_node *at = of < 0 ? list : list->v[of];
		bool leaf = of >= 0 && s->indicators[of].source != PACK_NO_SOURCE;
		if (parts && leaf)
			WRONG(l, at, "an indicator with parts has no source of its own");
		else if (!parts && !leaf)
			WRONG(l, at, "this indicator has neither parts nor a source");
		if (parts)
			sum_is_whole(l, at, of < 0 ? "the whole" : "its parts", sum);
	}
}

/* --- grades, adjustments, groups
 * --------------------------------------------------------------------- */

static void load_grades(struct load *l)
{
	const struct pack_node *list = pack_node_get(l->n, "grades");

	l->s->grades = hy_new_n(l->b->a, struct pack_grade, list->n);
	l->s->n_grades = list->n;
	for (size_t i = 0; i < list->n; i++) {
		struct pack_grade *g = &l->s->grades[i];
		*g = (struct pack_grade){ pack_node_str(list->v[i], "id"),
					  pack_node_text(list->v[i], "title"),
					  points_at(list->v[i], "from", 0),
					  (int)percent_at(list->v[i], "quota", 0) };
		if (i && g->from >= g[-1].from)
			WRONG(l, pack_node_get(list->v[i], "from"), "grades go downwards");
	}
	if (l->s->grades[list->n - 1].from != 0 || l->s->grades[list->n - 1].quota_bp)
		WRONG(l, list, "the last grade begins at 0 and has no quota: everybody gets one");
}

static int grade_index(struct load *l, const struct pack_node *id)
{
	struct hy_map known = { .a = l->b->tmp };

	for (size_t i = 0; i < l->s->n_grades; i++) {
		if (hy_str_eq(l->s->grades[i].id, id->s))
			return (int)i;
		hy_map_put(&known, l->s->grades[i].id, &l->s->grades[i]);
	}
	WRONG(l, id, "unknown grade \"" HY_FMT "\"" HY_FMT, HY_ARG(id->s),
	      HY_ARG(pack_near(l->b->log.a, &known, id->s)));
	return 0;
}

static int indicator_index(struct load *l, const struct pack_node *id)
{
	for (size_t i = 0; i < l->s->n_indicators; i++)
		if (hy_str_eq(l->s->indicators[i].id, id->s))
			return (int)i;
	WRONG(l, id, "unknown indicator \"" HY_FMT "\"", HY_ARG(id->s));
	return -1;
}

static void load_adjust(struct load *l, const struct pack_node *n, enum pack_adjust_kind kind)
{
	const struct pack_node *in = pack_node_get(n, "indicator"),
			       *grade = pack_node_get(n, "grade");
	struct pack_adjust *to = &l->s->adjusts[l->s->n_adjusts++];

	*to = (struct pack_adjust){ .kind = kind,
				    .id = pack_node_str(n, "id"),
				    .title = pack_node_text(n, "title"),
				    .clause = pack_node_str(n, "clause"),
				    .figure = figure_at(l, n),
				    .each = points_at(n, "each", 0),
				    .most = points_at(n, "most", 0),
				    .from = pack_node_int(n, "from", 1),
				    .grade = grade ? grade_index(l, grade) : 0,
				    .indicator = in ? indicator_index(l, in) : -1 };
	name_once(l, pack_node_get(n, "id"), to);
	if (to->figure && to->figure->measure != FIGURE_COUNT && to->figure->measure != FIGURE_SUM)
		WRONG(l, pack_node_get(n, "figure"),
		      "occurrences are counted: \"" HY_FMT "\" is no count",
		      HY_ARG(hy_str_of(to->figure->id)));
	if (kind != PACK_VETO && to->each == 0)
		WRONG(l, pack_node_get(n, "each"), "each occurrence must be worth something");
}

static void load_adjusts(struct load *l)
{
	static const struct {
		const char *key;
		enum pack_adjust_kind kind;
	} lists[] = { { "deductions", PACK_DEDUCTION },
		      { "bonuses", PACK_BONUS },
		      { "vetoes", PACK_VETO } };
	size_t n = 0;

	for (size_t i = 0; i < HY_COUNT(lists); i++) {
		const struct pack_node *list = pack_node_get(l->n, lists[i].key);
		n += list ? list->n : 0;
	}
	l->s->adjusts = hy_new_n(l->b->a, struct pack_adjust, n + 1);
	for (size_t i = 0; i < HY_COUNT(lists); i++) {
		const struct pack_node *list = pack_node_get(l->n, lists[i].key);
		for (size_t k = 0; list && k < list->n; k++)
			load_adjust(l, list->v[k], lists[i].kind);
	}
}

static void load_groups(struct load *l)
{
	const struct pack_node *list = pack_node_get(l->n, "groups");
	struct hy_map units = { .a = l->b->tmp };
	bool rest = false;

	l->s->groups = hy_new_n(l->b->a, struct pack_group, list->n);
	l->s->n_groups = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *codes = pack_node_get(list->v[i], "units");
		struct pack_group *g = &l->s->groups[i];
		g->id = pack_node_str(list->v[i], "id");
		g->title = pack_node_text(list->v[i], "title");
		g->units = strs(l, codes, &g->n_units);
		if (!codes && rest)
			WRONG(l, list->v[i], "two groups take all that stand in no other");
		rest |= !codes;
		for (size_t k = 0; k < g->n_units; k++) {
			if (hy_map_get(&units, g->units[k]))
				WRONG(l, codes->v[k],
				      "the unit \"" HY_FMT "\" stands in two groups",
				      HY_ARG(g->units[k]));
			hy_map_put(&units, g->units[k], g);
		}
	}
}

static void load_last(struct load *l)
{
	const struct pack_node *n = pack_node_get(l->n, "last");

	if (n)
		l->s->last = (struct pack_last){
			.count = pack_node_int(n, "count", 0),
			.points = points_at(n, "points", 0),
			.probability_bp = (int)percent_at(n, "probability", 8000),
			.funnel = pack_node_flag(n, "funnel", true),
			.clause = pack_node_str(n, "clause"),
		};
}

static void load_index_base(struct load *l, const struct pack_node *index,
			    const struct pack_node *base)
{
	if (!base) {
		WRONG(l, index, "an index needs its \"index_base\": the month in which it is 100");
		return;
	}
	l->s->index_from = pack_node_day(base, "from", HY_NO_DAY);
	l->s->index_months = pack_node_int(base, "months", 1);
	if (l->s->period != PACK_MONTH)
		WRONG(l, index, "an index is monthly, and so must be the scheme's period");
	if (hy_date_of(l->s->index_from).day != 1)
		WRONG(l, pack_node_get(base, "from"), "a month begins on its first day");
	if (l->s->index_months == 2)
		WRONG(l, pack_node_get(base, "months"), "the base is one month or three");
}

static void load_index(struct load *l)
{
	const struct pack_node *list = pack_node_get(l->n, "index");
	const struct pack_node *base = pack_node_get(l->n, "index_base");
	int64_t sum = 0;

	if (!list)
		return;
	load_index_base(l, list, base);
	l->s->index = hy_new_n(l->b->a, struct pack_index_part, list->n);
	l->s->n_index = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *n = list->v[i];
		struct pack_index_part *p = &l->s->index[i];
		*p = (struct pack_index_part){ figure_at(l, n), (int)percent_at(n, "weight", 0),
					       pack_node_flag(n, "complement", false),
					       pack_node_int(n, "least", 1) };
		if (p->figure && p->figure->measure != FIGURE_SHARE &&
		    !(p->figure->measure == FIGURE_SPREAD && p->figure->point == POINT_MEAN))
			WRONG(l, pack_node_get(n, "figure"),
			      "an index is made of shares and means: \"" HY_FMT "\" is neither",
			      HY_ARG(hy_str_of(p->figure->id)));
		sum += p->weight_bp;
		if (p->complement && p->figure && p->figure->measure != FIGURE_SHARE)
			WRONG(l, n, "only a share has a complement");
	}
	sum_is_whole(l, list, "the index", sum);
}

/* --- tests
 * ---------------------------------------------------------------------------------------------- */

/* What ID names: an indicator with a source, or an adjustment (then *INDICATOR_OUT is NULL). */
static bool given_name(struct load *l, const struct pack_node *id,
		       const struct pack_indicator **indicator_out)
{
	*indicator_out = NULL;
	for (size_t i = 0; i < l->s->n_indicators; i++)
		if (hy_str_eq(l->s->indicators[i].id, id->s))
			*indicator_out = &l->s->indicators[i];
	if (*indicator_out && (*indicator_out)->source == PACK_NO_SOURCE)
		WRONG(l, id, "\"" HY_FMT "\" has parts; give theirs", HY_ARG(id->s));
	else if (!hy_map_get(&l->names, id->s))
		WRONG(l, id, "nothing in this scheme is called \"" HY_FMT "\"" HY_FMT,
		      HY_ARG(id->s), HY_ARG(pack_near(l->b->log.a, &l->names, id->s)));
	else
		return true;
	return false;
}

static void load_given(struct load *l, const struct pack_node *n, struct pack_scheme_given *to)
{
	const struct pack_node *value = pack_node_get(n, "value");
	const struct pack_indicator *i;
	hy_str rest = value->s, head = HY_S("");

	*to = (struct pack_scheme_given){ .unit = pack_node_str(n, "unit"),
					  .name = pack_node_str(n, "of"),
					  .denominator = 1,
					  .absent = hy_str_eq(value->s, HY_S("none")) };
	if (!given_name(l, pack_node_get(n, "of"), &i) || to->absent)
		return;
	if (i && i->source != PACK_BY_FIGURE) {
		if (!pack_points_read(value->s, &to->numerator))
			WRONG(l, value, "a mark is written in points, such as 92.5");
		return;
	}
	bool fraction = hy_str_find(value->s, HY_S("/")) >= 0 && hy_str_cut(&rest, '/', &head);
	if (!hy_str_int(fraction ? head : value->s, &to->numerator) || to->numerator < 0 ||
	    (fraction && (!hy_str_int(rest, &to->denominator) || to->denominator < 1)))
		WRONG(l, value, "a figure is written as a fraction such as 95/100, a count as 3");
}

static void load_scheme_test(struct load *l, const struct pack_node *n, struct pack_scheme_test *to)
{
	const struct pack_node *given = pack_node_get(n, "given"),
			       *expect = pack_node_get(n, "expect");

	*to = (struct pack_scheme_test){
		.name = pack_node_str(n, "name"),
		.file = hy_str_dup(l->b->a, l->d->shown),
		.line = n->line,
		.given = hy_new_n(l->b->a, struct pack_scheme_given, given->n),
		.n_given = given->n,
		.expect = hy_new_n(l->b->a, struct pack_scheme_expect, expect->n),
		.n_expect = expect->n,
	};
	for (size_t i = 0; i < given->n; i++)
		load_given(l, given->v[i], &to->given[i]);
	for (size_t i = 0; i < expect->n; i++) {
		const struct pack_node *grade = pack_node_get(expect->v[i], "grade");
		to->expect[i] = (struct pack_scheme_expect){
			pack_node_str(expect->v[i], "unit"),
			points_at(expect->v[i], "score", -1),
			pack_node_int(expect->v[i], "place", 0),
			pack_node_str(expect->v[i], "grade"),
		};
		if (grade)
			grade_index(l, grade);
	}
}

static void load_tests(struct load *l)
{
	const struct pack_node *list = pack_node_get(l->n, "tests");

	l->s->tests = hy_new_n(l->b->a, struct pack_scheme_test, list->n);
	l->s->n_tests = list->n;
	for (size_t i = 0; i < list->n; i++)
		load_scheme_test(l, list->v[i], &l->s->tests[i]);
}

/* --- the whole
 * -------------------------------------------------------------------------------------------- */

static enum pack_period period_at(const struct pack_node *n)
{
	int i = 0;

	while (!hy_str_eq(pack_node_str(n, "period"), hy_str_of(pack_period_names[i])))
		i++;
	return (enum pack_period)i;
}

static void load_scheme(struct pack_build *b, const struct pack_item *it, struct pack_scheme *to)
{
	struct load l = { .b = b, .d = it->doc, .n = it->node, .s = to, .names = { .a = b->tmp } };

	*to = (struct pack_scheme){
		.id = it->id,
		.title = pack_node_text(l.n, "title"),
		.clause = pack_node_str(l.n, "clause"),
		.period = period_at(l.n),
		.least = points_at(l.n, "least", 0),
		.most = points_at(l.n, "most", 100 * PACK_POINT),
		.notice_days = pack_node_int(l.n, "notice", 5),
		.objection_days = pack_node_int(l.n, "objection", 3),
		.decision_days = pack_node_int(l.n, "decision", 10),
	};
	if (to->least >= to->most)
		WRONG(&l, pack_node_get(l.n, "least"), "\"least\" must be below \"most\"");
	load_panels(&l);
	load_indicators(&l);
	load_grades(&l);
	load_adjusts(&l);
	load_groups(&l);
	load_last(&l);
	load_index(&l);
	load_tests(&l);
}

void pack_load_schemes(struct pack_build *b)
{
	size_t n = b->schemes.list.n;
	struct pack_scheme *v = hy_new_n(b->a, struct pack_scheme, n + 1);

	pack_items_sort(&b->schemes);
	for (size_t i = 0; i < n; i++)
		load_scheme(b, b->schemes.list.v[i], &v[i]);
	b->p->schemes = v;
	b->p->n_schemes = n;
}
