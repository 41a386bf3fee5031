#include "pack/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "stat/shrink.h"

typedef __int128 wide;

enum { FULL = 100 * PACK_POINT, GROUP_LAST = 3 };

/* --- division ----------------------------------------------------------------------------------
 */

/* N / D, half up; D > 0. */
static int64_t divided(wide n, wide d)
{
	wide q = (2 * n + d) / (2 * d);

	if (2 * n + d < 0 && (2 * n + d) % (2 * d) != 0)
		q--;
	return (int64_t)q;
}

int64_t score_published(int64_t points)
{
	return divided(points, PACK_POINT / 100);
}

hy_str score_text(struct hy_arena *a, int64_t points)
{
	int64_t v = score_published(points);
	int64_t positive = v < 0 ? -v : v;

	return hy_printf(a, "%s%lld.%02lld", v < 0 ? "-" : "", (long long)(positive / 100),
			 (long long)(positive % 100));
}

void score_split(int64_t whole, const int64_t *w, size_t n, int64_t *out)
{
	wide sum = 0;
	int64_t left = whole;

	for (size_t i = 0; i < n; i++)
		sum += w[i];
	for (size_t i = 0; i < n; i++) {
		out[i] = sum > 0 ? (int64_t)((wide)whole * w[i] / sum) : 0;
		left -= out[i];
	}
	while (sum > 0 && left > 0) { /* fewer than N are left */
		size_t best = n;
		wide most = -1;
		for (size_t i = 0; i < n; i++) {
			wide rest = (wide)whole * w[i] - (wide)out[i] * sum;
			if (rest > most) {
				most = rest;
				best = i;
			}
		}
		out[best]++;
		left--;
	}
}

/* --- a leaf
 * --------------------------------------------------------------------------------------- */

/* How much one of the figure's own units is, seen from NUMERATOR / DENOMINATOR. */
static int64_t scale_of(const struct pack_indicator *i)
{
	if (!i->figure)
		return 1;
	switch (i->figure->unit) {
	case UNIT_BASIS_POINTS:
		return PACK_WHOLE_BP;
	case UNIT_WORKING_DAYS_X100:
	case UNIT_CALENDAR_DAYS_X100:
		return 100;
	case UNIT_MATTERS:
	case UNIT_TIMES:
	case UNIT_CARDS:
	case UNIT_WORKING_DAYS:
	case UNIT_CALENDAR_DAYS:
		return 1;
	}
	return 1;
}

int64_t score_points(const struct pack_indicator *i, int64_t numerator, int64_t denominator)
{
	wide v = (wide)numerator * scale_of(i), d = denominator; /* the value is v / d */
	size_t k = 0;

	if (i->n_marks == 0)
		return divided(v, d);
	while (k < i->n_marks && v >= (wide)i->marks[k].at * d)
		k++;
	if (k == 0) /* below the first mark */
		return i->marks[0].points;
	const struct pack_mark *from = &i->marks[k - 1];
	if (i->bands || k == i->n_marks)
		return from->points;
	const struct pack_mark *to = from + 1;
	wide run = (wide)(to->at - from->at) * d;
	return from->points + divided((v - (wide)from->at * d) * (to->points - from->points), run);
}

/* Points one standard error up and down, halved: the slope where there is one, the step where there
 * are bands. */
static double points_se(const struct pack_indicator *i, const struct score_given *g)
{
	enum { FINE = 1000000 };
	double v = (double)g->numerator / (double)g->denominator;

	if (!(g->se > 0))
		return 0;
	double up = fmin(v + g->se, 1e9), down = fmax(v - g->se, 0);
	return fabs((double)score_points(i, llround(up * FINE), FINE) -
		    (double)score_points(i, llround(down * FINE), FINE)) /
	       2;
}

/* --- one unit
 * ----------------------------------------------------------------------------------------- */

struct unit {
	const struct pack_scheme *s;
	const struct score_unit *u;
	struct score_result *r;
	double *se; /* of each node's points */
};

static int64_t within(int64_t v, int64_t least, int64_t most)
{
	return v < least ? least : v > most ? most : v;
}

static void count_adjusts(struct unit *x)
{
	for (size_t k = 0; k < x->s->n_adjusts; k++) {
		const struct pack_adjust *d = &x->s->adjusts[k];
		const struct score_given *g = &x->u->adjusts[k];
		struct score_adjusted *to = &x->r->adjusts[k];
		to->times = g->known ? g->numerator : 0;
		wide points = (wide)to->times * d->each;
		to->points = d->most && points > d->most ? d->most : (int64_t)points;
		if (d->kind == PACK_VETO && to->times >= d->from && x->r->veto < 0)
			x->r->veto = (int)k;
	}
}

/* What adjustments add to an indicator (or, with -1, to the total). */
static int64_t adjusted(const struct unit *x, int indicator)
{
	int64_t sum = 0;

	for (size_t k = 0; k < x->s->n_adjusts; k++) {
		const struct pack_adjust *d = &x->s->adjusts[k];
		if (d->indicator != indicator)
			continue;
		if (d->kind == PACK_BONUS)
			sum += x->r->adjusts[k].points;
		else if (d->kind == PACK_DEDUCTION)
			sum -= x->r->adjusts[k].points;
	}
	return sum;
}

static void score_leaf(struct unit *x, size_t i)
{
	const struct pack_indicator *in = &x->s->indicators[i];
	const struct score_given *g = &x->u->indicators[i];
	struct score_node *n = &x->r->nodes[i];
	bool there = g->known && g->denominator > 0;

	n->few = there && in->least && g->denominator < in->least;
	n->applies = there && !n->few;
	if (n->applies) {
		n->points = score_points(in, g->numerator, g->denominator);
		x->se[i] = points_se(in, g);
	} else if (in->absent != PACK_ABSENT_SHARED) {
		n->applies = true;
		n->points = in->absent == PACK_ABSENT_FULL ? FULL : 0;
	}
}

/* The parts of PARENT together. */
static bool combine(struct unit *x, int parent, int64_t *points, double *se)
{
	wide sum = 0, weights = 0;
	double variance = 0;

	for (size_t i = 0; i < x->s->n_indicators; i++) {
		const struct pack_indicator *in = &x->s->indicators[i];
		if (in->parent != parent || !x->r->nodes[i].applies)
			continue;
		sum += (wide)in->weight_bp * x->r->nodes[i].points;
		weights += in->weight_bp;
		variance += in->weight_bp * x->se[i] * in->weight_bp * x->se[i];
	}
	if (weights == 0)
		return false;
	*points = divided(sum, weights);
	*se = sqrt(variance) / (double)weights;
	return true;
}

/* Shares of the whole, and who lost what: from the top down, exactly. */
static void share_out(struct unit *x, int parent, int64_t lost, double weight)
{
	int64_t w[PACK_SCHEME_MOST], part[PACK_SCHEME_MOST];
	size_t at[PACK_SCHEME_MOST], n = 0;
	double sum = 0;

	for (size_t i = 0; i < x->s->n_indicators; i++) {
		const struct pack_indicator *in = &x->s->indicators[i];
		if (in->parent != parent || !x->r->nodes[i].applies)
			continue;
		at[n] = i;
		w[n++] = in->weight_bp * (FULL - x->r->nodes[i].points);
		sum += in->weight_bp;
	}
	if (n == 0)
		return;
	score_split(lost, w, n, part);
	for (size_t k = 0; k < n; k++) {
		struct score_node *node = &x->r->nodes[at[k]];
		node->lost = part[k];
		node->weight = weight * x->s->indicators[at[k]].weight_bp / sum;
		share_out(x, (int)at[k], node->lost, node->weight);
	}
}

static void score_one(struct unit *x)
{
	const struct pack_scheme *s = x->s;

	x->r->veto = -1;
	count_adjusts(x);
	for (size_t i = s->n_indicators; i-- > 0;) { /* parents come before their parts */
		struct score_node *n = &x->r->nodes[i];
		if (s->indicators[i].source == PACK_NO_SOURCE)
			n->applies = combine(x, (int)i, &n->points, &x->se[i]);
		else
			score_leaf(x, i);
		if (n->applies)
			n->points = within(n->points + adjusted(x, (int)i), 0, FULL);
	}
	x->r->applies = combine(x, -1, &x->r->points, &x->r->se);
	if (!x->r->applies)
		return;
	share_out(x, -1, FULL - x->r->points, 1);
	x->r->total = within(x->r->points + adjusted(x, -1), s->least, s->most);
}

/* --- a group
 * --------------------------------------------------------------------------------------------- */

static enum hy_code group_units(struct hy_arena *a, const struct pack_scheme *s, size_t n,
				struct score_result *r, struct hy_err *e)
{
	struct hy_map of = { .a = a }, seen = { .a = a };
	int rest = -1;

	for (size_t g = 0; g < s->n_groups; g++) {
		if (s->groups[g].n_units == 0)
			rest = (int)g;
		for (size_t k = 0; k < s->groups[g].n_units; k++)
			hy_map_put(&of, s->groups[g].units[k], &s->groups[g]);
	}
	for (size_t i = 0; i < n; i++) {
		const struct pack_group *g = hy_map_get(&of, r[i].code);
		r[i].group = g ? (int)(g - s->groups) : rest;
		if (r[i].group < 0)
			return hy_fail(e, HY_BAD_FIELD, "unit",
				       HY_FMT " stands in no group of the scheme " HY_FMT,
				       HY_ARG(r[i].code), HY_ARG(s->id));
		if (hy_map_get(&seen, r[i].code))
			return hy_fail(e, HY_BAD_FIELD, "unit", HY_FMT " is given twice",
				       HY_ARG(r[i].code));
		hy_map_put(&seen, r[i].code, &r[i]);
	}
	return HY_OK;
}

/* Higher totals first, units under a veto last; then by code, so that the order is one. */
static int better_first(const void *x, const void *y)
{
	const struct score_result *a = *(struct score_result *const *)x,
				  *b = *(struct score_result *const *)y;

	if ((a->veto >= 0) != (b->veto >= 0))
		return a->veto >= 0 ? 1 : -1;
	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	return hy_str_cmp(a->code, b->code);
}

static bool level(const struct score_result *a, const struct score_result *b)
{
	return a->total == b->total && (a->veto >= 0) == (b->veto >= 0);
}

/* The best grade whose points are reached and whose quota is not used up; units with equal totals
 * get it together or not at all. */
static void grade_group(const struct pack_scheme *s, struct score_result **v, size_t n)
{
	size_t used[20] = { 0 };

	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && level(v[i], v[j]); j++)
			;
		size_t g = 0;
		while (g + 1 < s->n_grades &&
		       (v[i]->total < s->grades[g].from ||
			(s->grades[g].quota_bp &&
			 used[g] + (j - i) > n * (size_t)s->grades[g].quota_bp / PACK_WHOLE_BP)))
			g++;
		for (size_t k = i; k < j; k++) {
			v[k]->grade = v[k]->veto >= 0 ? s->adjusts[v[k]->veto].grade : (int)g;
			used[g] += v[k]->veto < 0;
		}
	}
}

/* What is believed of each unit after all are seen: with few cases it is drawn to what is usual. As
 * they are when some are known exactly. */
static enum hy_code believed(const struct rank_unit *u, size_t n, struct rank_unit *out,
			     struct hy_err *e)
{
	struct shrink_common common;

	memcpy(out, u, n * sizeof(*u));
	for (size_t i = 0; i < n; i++)
		if (u[i].se == 0)
			return HY_OK;
	if (n < 3)
		return HY_OK;
	enum hy_code code = shrink_common(u, n, SHRINK_PM, &common, e);
	if (!code)
		shrink_units(u, n, &common, out);
	return code;
}

static enum hy_code rank_group(struct hy_arena *a, const struct pack_scheme *s,
			       struct score_result **v, size_t n, struct hy_err *e)
{
	struct rank_unit *u = hy_new_n(a, struct rank_unit, n),
			 *b = hy_new_n(a, struct rank_unit, n);
	struct rank_set *sets = hy_new_n(a, struct rank_set, n);
	double *last = hy_new_n(a, double, n);
	size_t k = s->last.count ? (size_t)s->last.count : GROUP_LAST;

	for (size_t i = 0; i < n; i++)
		u[i] = (struct rank_unit){ (double)v[i]->points, v[i]->se };
	enum hy_code code = rank_sets(u, n, 0.05, sets, e);
	if (!code)
		code = believed(u, n, b, e);
	if (!code)
		code = rank_last(b, n, k < n ? k : n, last, e);
	for (size_t i = 0; !code && i < n; i++) {
		v[i]->place = i && level(v[i], v[i - 1]) ? v[i - 1]->place : (int)i + 1;
		v[i]->last = last[i];
		v[i]->low = sets[i].low;
		v[i]->high = sets[i].high;
		v[i]->among_last = v[i]->place + (int)k > (int)n;
	}
	return code;
}

static void strike_last(const struct pack_scheme *s, struct score_result **v, size_t n,
			const struct score_result *all, const bool *below)
{
	for (size_t i = 0; i < n; i++) {
		struct score_result *r = v[i];
		r->last_struck = s->last.count && r->among_last && (int)n > s->last.count &&
				 r->last * PACK_WHOLE_BP >= s->last.probability_bp &&
				 (!s->last.funnel || (below && below[r - all]));
		if (r->last_struck)
			r->total = within(r->total - s->last.points, s->least, s->most);
	}
}

enum hy_code score_units(struct hy_arena *a, const struct pack_scheme *s,
			 const struct score_unit *units, size_t n, const bool *below,
			 struct score_result *results, struct hy_err *e)
{
	double se[PACK_SCHEME_MOST];

	for (size_t i = 0; i < n; i++) {
		results[i] = (struct score_result){
			.code = units[i].code,
			.nodes = hy_new_n(a, struct score_node, s->n_indicators),
			.adjusts = hy_new_n(a, struct score_adjusted, s->n_adjusts + 1),
		};
		memset(se, 0, sizeof(se));
		score_one(&(struct unit){ s, &units[i], &results[i], se });
	}
	enum hy_code code = group_units(a, s, n, results, e);
	struct score_result **v = hy_new_n(a, struct score_result *, n + 1);
	for (size_t g = 0; !code && g < s->n_groups; g++) {
		size_t m = 0;
		for (size_t i = 0; i < n; i++)
			if (results[i].group == (int)g && results[i].applies)
				v[m++] = &results[i];
		if (m == 0)
			continue;
		qsort(v, m, sizeof(*v), better_first);
		code = rank_group(a, s, v, m, e);
		grade_group(s, v, m);
		strike_last(s, v, m, results, below);
	}
	return code;
}
