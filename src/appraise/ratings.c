/* From ballots to marks.  Pure. */
#include <math.h>

#include "appraise/survey.h"
#include "stat/panel.h"

/* N / D, half up; both not negative. */
static int64_t mean(int64_t n, int64_t d)
{
	return (2 * n + d) / (2 * d);
}

int64_t rating_score(const struct pack_panel *p, hy_str answers)
{
	int64_t sum = 0, n = 0;
	hy_str rest = answers, one;

	while (rest.n && hy_str_cut(&rest, ',', &one)) {
		for (size_t i = 0; i < p->n_levels; i++) {
			if (p->levels[i].points < 0 || !hy_str_eq(p->levels[i].id, one))
				continue;
			sum += p->levels[i].points;
			n++;
		}
	}
	return n ? mean(sum, n) : -1;
}

struct rating_mark rating_of_group(const struct pack_rater_group *g, const struct rating_group *r)
{
	struct rating_mark m = { 0 };
	struct panel_mean trimmed;
	struct hy_err why = { 0 };
	int df;

	if (r->few || r->n == 0 || (int64_t)r->n < g->least)
		return m;
	if (g->trim && r->n >= (size_t)g->trim_from && r->n > 2 * (size_t)g->trim)
		m.dropped = g->trim;
	if (panel_trimmed(r->scores, r->n, (size_t)m.dropped, &trimmed, &why))
		return m;
	m.points = mean(trimmed.sum, trimmed.count);
	m.counts = true;
	if (trimmed.count < 2 ||
	    panel_trimmed_se(r->scores, r->n, (size_t)m.dropped, &m.se, &df, &why))
		m.se = 0;
	return m;
}

struct score_given rating_of_panel(const struct pack_scheme *s, int panel,
				   const struct rating_group *v, size_t n)
{
	int64_t sum = 0, weights = 0, ballots = 0;
	double variance = 0;

	for (size_t i = 0; i < n; i++) {
		const struct rating_group *r = &v[i];
		if (r->panel != panel)
			continue;
		const struct pack_rater_group *g = &s->panels[panel].groups[r->group];
		struct rating_mark m = rating_of_group(g, r);
		if (!m.counts)
			continue;
		sum += g->weight_bp * m.points;
		weights += g->weight_bp;
		variance += (g->weight_bp * m.se) * (g->weight_bp * m.se);
		ballots += (int64_t)r->n;
	}
	if (weights == 0)
		return (struct score_given){ 0 };
	return (struct score_given){ true, mean(sum, weights) * ballots, ballots,
				     sqrt(variance) / (double)weights };
}
