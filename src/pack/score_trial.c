/* The tests in a scheme, run with the arithmetic that will be used. */
#include "base/map.h"
#include "pack/score.h"

struct trial {
	struct hy_arena *a;
	const struct pack_scheme *s;
	HY_VEC(struct pack_message) failures;
	size_t passed, failed;
};

static void failed(struct trial *t, const struct pack_scheme_test *test, int line, hy_str what)
{
	*hy_push(t->a, &t->failures) = (struct pack_message){
		.file = test->file, .line = line, .column = 1, .error = true, .text = what
	};
}

/* --- direction
 * -------------------------------------------------------------------------------------- */

static int64_t points_at(const struct pack_indicator *i, int64_t value)
{
	struct pack_indicator in_own_unit = *i;

	in_own_unit.figure = NULL; /* the trial pair is written in the figure's own unit */
	return score_points(&in_own_unit, value, 1);
}

static void try_direction(struct trial *t, const struct pack_scheme_test *where)
{
	for (size_t k = 0; k < t->s->n_indicators; k++) {
		const struct pack_indicator *i = &t->s->indicators[k];
		if (i->source != PACK_BY_FIGURE)
			continue;
		enum figure_direction better = i->figure->better;
		bool turned = (better == BETTER_HIGHER && i->good < i->bad) ||
			      (better == BETTER_LOWER && i->good > i->bad);
		if (points_at(i, i->good) > points_at(i, i->bad) && !turned) {
			t->passed++;
			continue;
		}
		t->failed++;
		failed(t, where, 1,
		       hy_printf(t->a,
				 turned ? "the indicator \"" HY_FMT
					  "\": of this figure %s is better, the trial pair says "
					  "the opposite"
					: "the indicator \"" HY_FMT
					  "\": the good value of its trial pair does not earn more "
					  "than the bad one%s",
				 HY_ARG(i->id), turned ? figure_direction_names[better] : ""));
	}
}

/* --- whole tests
 * ------------------------------------------------------------------------------------- */

static size_t unit_at(struct trial *t, struct score_unit *units, size_t *n, hy_str code)
{
	for (size_t i = 0; i < *n; i++)
		if (hy_str_eq(units[i].code, code))
			return i;
	units[*n] = (struct score_unit){
		.code = code,
		.indicators = hy_new_n(t->a, struct score_given, t->s->n_indicators),
		.adjusts = hy_new_n(t->a, struct score_given, t->s->n_adjusts + 1),
	};
	return (*n)++;
}

static struct score_given *slot(const struct pack_scheme *s, const struct score_unit *u,
				hy_str name)
{
	for (size_t i = 0; i < s->n_indicators; i++)
		if (hy_str_eq(s->indicators[i].id, name))
			return (struct score_given *)(uintptr_t)&u->indicators[i];
	for (size_t i = 0; i < s->n_adjusts; i++)
		if (hy_str_eq(s->adjusts[i].id, name))
			return (struct score_given *)(uintptr_t)&u->adjusts[i];
	return NULL; /* the loader has seen that there is one */
}

static const struct score_result *result_of(const struct score_result *r, size_t n, hy_str code)
{
	for (size_t i = 0; i < n; i++)
		if (hy_str_eq(r[i].code, code))
			return &r[i];
	return NULL;
}

static hy_str difference(struct trial *t, const struct pack_scheme_expect *x,
			 const struct score_result *r)
{
	const struct pack_scheme *s = t->s;

	if (!r || !r->applies)
		return hy_printf(t->a, HY_FMT ": nothing of it could be scored", HY_ARG(x->unit));
	if (x->score >= 0 && score_published(x->score) != score_published(r->total))
		return hy_printf(t->a, HY_FMT ": expected the score " HY_FMT ", it is " HY_FMT,
				 HY_ARG(x->unit), HY_ARG(score_text(t->a, x->score)),
				 HY_ARG(score_text(t->a, r->total)));
	if (x->place && x->place != r->place)
		return hy_printf(t->a, HY_FMT ": expected place %d, it is %d", HY_ARG(x->unit),
				 x->place, r->place);
	if (x->grade.n && !hy_str_eq(x->grade, s->grades[r->grade].id))
		return hy_printf(t->a, HY_FMT ": expected the grade " HY_FMT ", it is " HY_FMT,
				 HY_ARG(x->unit), HY_ARG(x->grade), HY_ARG(s->grades[r->grade].id));
	return HY_S("");
}

static enum hy_code try_one(struct trial *t, const struct pack_scheme_test *test, struct hy_err *e)
{
	struct score_unit *units = hy_new_n(t->a, struct score_unit, test->n_given);
	bool good = true;
	size_t n = 0;

	for (size_t i = 0; i < test->n_given; i++) {
		const struct pack_scheme_given *g = &test->given[i];
		*slot(t->s, &units[unit_at(t, units, &n, g->unit)], g->name) =
			(struct score_given){ .known = !g->absent,
					      .numerator = g->numerator,
					      .denominator = g->denominator };
	}
	struct score_result *r = hy_new_n(t->a, struct score_result, n);
	enum hy_code code = score_units(t->a, t->s, units, n, NULL, r, e);
	if (code == HY_BAD_FIELD) {
		failed(t, test, test->line,
		       hy_printf(t->a, "\"" HY_FMT "\": %s", HY_ARG(test->name), e->detail));
		hy_err_clear(e);
		t->failed++;
		return HY_OK;
	}
	for (size_t i = 0; !code && i < test->n_expect; i++) {
		hy_str what =
			difference(t, &test->expect[i], result_of(r, n, test->expect[i].unit));
		if (what.n == 0)
			continue;
		failed(t, test, test->line,
		       hy_printf(t->a, "\"" HY_FMT "\": " HY_FMT, HY_ARG(test->name),
				 HY_ARG(what)));
		good = false;
	}
	t->passed += good;
	t->failed += !good;
	return code;
}

enum hy_code score_try(struct hy_arena *a, const struct pack *p, hy_str folder,
		       struct score_trial *out, struct hy_err *e)
{
	struct trial t = { .a = a };
	enum hy_code code = HY_OK;

	for (size_t i = 0; i < p->n_schemes; i++) {
		t.s = &p->schemes[i];
		hy_str of = t.s->tests[0].file, head = HY_S("");
		(void)hy_str_cut(&of, '/', &head);
		if (folder.n && !hy_str_eq(head, folder))
			continue;
		try_direction(&t, &t.s->tests[0]);
		for (size_t k = 0; !code && k < t.s->n_tests; k++)
			code = try_one(&t, &t.s->tests[k], e);
	}
	if (!code)
		*out = (struct score_trial){ t.passed, t.failed, t.failures.v, t.failures.n };
	return code;
}
