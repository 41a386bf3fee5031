/* From the facts of cases to figures as fractions.  Pure. */
#include <math.h>
#include <stdlib.h>

#include "appraise/round_part.h"
#include "appraise/survey.h"

static int by_unit_and_code(const void *x, const void *y)
{
	const struct round_fact *a = x, *b = y;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	return hy_str_cmp(a->code, b->code);
}

hy_str round_case_lines(struct hy_arena *a, const struct round_inputs *in)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < in->n_facts; i++) {
		const struct round_fact *f = &in->facts[i];
		hy_buf_fmt(&b, HY_FMT " " HY_FMT " %llx", HY_ARG(in->units[f->unit].code),
			   HY_ARG(f->code), (unsigned long long)f->facts);
		for (int k = 0; k < NUMBER__COUNT; k++)
			hy_buf_fmt(&b, " %d", f->numbers.of[k]);
		hy_buf_byte(&b, '\n');
	}
	return hy_buf_str(&b);
}

/* Of a share near 0 or 1 too: (k + 1/2) / (n + 1). */
static double share_se(int64_t k, int64_t n)
{
	double p = ((double)k + 0.5) / ((double)n + 1);

	return sqrt(p * (1 - p) / (double)n);
}

static double mean_se(const struct spread *s)
{
	double mean = (double)s->sum / (double)s->n, squares = 0;

	for (size_t i = 0; i < s->cap; i++)
		squares += (double)s->at[i] * ((double)i - mean) * ((double)i - mean);
	return s->n > 1 ? sqrt(squares / (double)(s->n - 1) / (double)s->n) : 0;
}

struct score_given round_given(const struct figure *f, const struct tally *t)
{
	struct figure_value v = figure_value(f, t);
	struct score_given g = { v.known, v.numerator, v.denominator, 0 };

	switch (f->measure) {
	case FIGURE_SHARE:
		if (v.known)
			g.se = share_se(v.numerator, v.denominator);
		break;
	case FIGURE_SPREAD: {
		const struct spread *s = &t->days[f->number == NUMBER_CALENDAR_DAYS];
		if (f->point == POINT_MEAN)
			g.se = v.known ? mean_se(s) : 0;
		else
			g.numerator =
				v.value * v.denominator; /* a quantile, as a fraction of cases */
		break;
	}
	case FIGURE_COUNT:
	case FIGURE_SUM:
	case FIGURE__NONE:
		break;
	}
	return g;
}

/* What people marked stays, when no rater was asked. */
static void rated(const struct pack_scheme *s, int panel, const struct round_rated *r,
		  struct score_given *out)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].panel == panel)
			*out = rating_of_panel(s, panel, r->v, r->n);
}

void round_figures_of(struct round_inputs *in, const struct tally *tallies)
{
	const struct pack_scheme *s = in->scheme;

	for (size_t u = 0; u < in->n; u++) {
		struct score_given *g = (struct score_given *)(uintptr_t)in->units[u].indicators;
		struct score_given *x = (struct score_given *)(uintptr_t)in->units[u].adjusts;
		for (size_t i = 0; i < s->n_indicators; i++)
			if (s->indicators[i].source == PACK_BY_FIGURE)
				g[i] = round_given(s->indicators[i].figure, &tallies[u]);
			else if (s->indicators[i].source == PACK_BY_PANEL)
				rated(s, s->indicators[i].panel, &in->rated[u], &g[i]);
		for (size_t i = 0; i < s->n_adjusts; i++)
			if (s->adjusts[i].figure)
				x[i] = round_given(s->adjusts[i].figure, &tallies[u]);
	}
}

void round_figures(struct hy_arena *a, struct round_inputs *in)
{
	struct tally *tallies = hy_new_n(a, struct tally, in->n + 1);

	if (in->n_facts)
		qsort(in->facts, in->n_facts, sizeof(*in->facts), by_unit_and_code);
	for (size_t i = 0; i < in->n_facts; i++)
		tally_add(a, &tallies[in->facts[i].unit], in->facts[i].facts,
			  &in->facts[i].numbers);
	round_figures_of(in, tallies);
}
