/* Facts, quantiles and rounding, and the table of figures as a whole: nothing but values. */
#include "matter/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW = 1000 };
static const struct period ever = { 0, 2000 };

static struct pack_word decline_words[] = { { .id = HY_S_INIT("litigation") } };
static const struct pack_words declines = { decline_words, 1 };

static struct fact_row row(void)
{
	struct fact_row r = { .open = true,
			      .assigned = true,
			      .filed_at = 100,
			      .answered_at = HY_NO_TIME,
			      .main_due_at = 2000,
			      .original_at = 2000,
			      .pledged_at = HY_NO_TIME,
			      .due_at = 2000 };

	for (int i = 0; i <= HY_LIGHT_RED; i++)
		r.lights[i] = HY_NO_TIME;
	return r;
}

static facts of(const struct fact_row *r)
{
	return facts_of(r, ever, &declines, NOW);
}

#define HAS(f, name) (((f) >> FACT_##name & 1) == 1)

static void the_period_begins_with_its_first_instant_and_ends_before_its_last(void **state)
{
	struct fact_row r = row();
	const struct period p = { 100, 200 };

	(void)state;
	r.open = false;
	r.filed_at = 99;
	assert_true(facts_of(&r, p, &declines, NOW) == 0);
	r.filed_at = 100;
	assert_true(HAS(facts_of(&r, p, &declines, NOW), RECEIVED));
	r.filed_at = 199;
	assert_true(HAS(facts_of(&r, p, &declines, NOW), RECEIVED));
	r.filed_at = 200;
	assert_true(facts_of(&r, p, &declines, NOW) == 0);
	r.open = true; /* what is open counts whenever it was filed, but for what is open only */
	facts f = facts_of(&r, p, &declines, NOW);
	assert_true(HAS(f, OPEN) && !HAS(f, RECEIVED) && !HAS(f, UNANSWERED));
}

static void what_is_annulled_has_no_other_fact(void **state)
{
	struct fact_row r = row();

	(void)state;
	r.annulled = true;
	r.verdict = MATTER_LATE;
	r.reopens = 2;
	assert_true(of(&r) == FACT_BIT(FACT_ANNULLED));
	r.filed_at = 5000;
	assert_true(of(&r) == 0);
}

static void the_due_instant_itself_is_in_time(void **state)
{
	struct fact_row r = row();

	(void)state;
	r.main_due_at = r.due_at = r.original_at = NOW;
	facts f = of(&r);
	assert_false(HAS(f, UNANSWERED_LATE) || HAS(f, FALLEN_DUE) || HAS(f, OVERDUE) ||
		     HAS(f, ORIGINAL_DUE));
	r.main_due_at = r.due_at = r.original_at = NOW - 1;
	f = of(&r);
	assert_true(HAS(f, UNANSWERED_LATE) && HAS(f, FALLEN_DUE) && HAS(f, OVERDUE) &&
		    HAS(f, ORIGINAL_DUE));
	assert_false(HAS(f, ANSWERED) || HAS(f, LATE));
}

static void a_pause_hides_no_original_date(void **state)
{
	struct fact_row r = row();

	(void)state;
	r.paused = true;
	r.main_due_at = r.due_at = HY_NO_TIME;
	r.original_at = 500;
	facts f = of(&r);
	assert_true(HAS(f, PAUSED) && HAS(f, UNANSWERED) && HAS(f, ORIGINAL_DUE));
	assert_false(HAS(f, UNANSWERED_LATE) || HAS(f, NO_LIGHT) || HAS(f, IN_ORIGINAL));
}

static void an_extension_saves_the_date_but_not_the_original_one(void **state)
{
	struct fact_row r = row();

	(void)state;
	r.verdict = MATTER_IN_TIME;
	r.answered_at = 800;
	r.main_due_at = 900;
	r.original_at = 700;
	facts f = of(&r);
	assert_true(HAS(f, IN_TIME) && HAS(f, ORIGINAL_DUE) && !HAS(f, IN_ORIGINAL));
	r.original_at = 800;
	assert_true(HAS(of(&r), IN_ORIGINAL));
}

static void a_pledge_is_judged_only_where_there_is_one(void **state)
{
	struct fact_row r = row();

	(void)state;
	r.verdict = MATTER_IN_TIME;
	r.answered_at = 800;
	assert_false(HAS(of(&r), PLEDGE_DUE));
	r.pledged_at = 700;
	r.pledged_verdict = MATTER_LATE;
	assert_true(HAS(of(&r), PLEDGE_DUE) && !HAS(of(&r), IN_PLEDGE));
	r.pledged_at = 900;
	r.pledged_verdict = MATTER_IN_TIME;
	assert_true(HAS(of(&r), PLEDGE_DUE) && HAS(of(&r), IN_PLEDGE));
	r = row();
	r.pledged_at = 999; /* broken by silence */
	assert_true(HAS(of(&r), PLEDGE_DUE) && !HAS(of(&r), IN_PLEDGE));
	r.pledged_at = 1000;
	assert_false(HAS(of(&r), PLEDGE_DUE));
}

static void an_outcome_that_nobody_listed_is_counted_as_other(void **state)
{
	struct fact_row r = row();

	(void)state;
	r.open = false;
	r.outcome = HY_S("litigation");
	assert_true(HAS(of(&r), DECLINED));
	r.outcome = HY_S("duplicate");
	assert_true(HAS(of(&r), DUPLICATE));
	r.outcome = HY_S("mediated");
	assert_true(HAS(of(&r), OTHER_OUTCOME));
	r.outcome = HY_S("");
	assert_true(HAS(of(&r), OTHER_OUTCOME) && HAS(of(&r), NO_CLOCK));
	assert_false(HAS(of(&r), UNANSWERED) || HAS(of(&r), OPEN));
}

/* Whatever a matter looks like, the parts make up their wholes. */
static void parts_make_up_the_whole_of_any_matter(void **state)
{
	static const enum fact outcomes[] = {
		FACT_SOLVED,	    FACT_PARTLY_SOLVED, FACT_PLANNED,  FACT_EXPLAINED,
		FACT_NOT_SUPPORTED, FACT_UNVERIFIABLE,	FACT_NOT_OURS, FACT_DUPLICATE,
		FACT_WITHDRAWN,	    FACT_TRANSFERRED,	FACT_DECLINED, FACT_OTHER_OUTCOME
	};
	static const char *const words[] = { "solved", "withdrawn", "litigation", "?", "" };

	(void)state;
	srandom(7);
	for (int i = 0; i < 200000; i++) {
		struct fact_row r = row();
		int sum = 0;
		r.open = random() % 2;
		r.annulled = random() % 8 == 0;
		r.paused = random() % 4 == 0;
		r.assigned = random() % 4 != 0;
		r.filed_at = random() % 3000;
		r.verdict = (enum matter_verdict)(random() % 3);
		r.answered_at = r.verdict ? random() % 2000 : HY_NO_TIME;
		r.main_due_at = random() % 3 ? random() % 2000 : HY_NO_TIME;
		r.original_at = random() % 2000;
		r.pledged_at = random() % 2 ? random() % 2000 : HY_NO_TIME;
		r.pledged_verdict = r.pledged_at == HY_NO_TIME ? MATTER_OPEN : r.verdict;
		r.outcome = hy_str_of(words[random() % 5]);
		r.lights[1 + random() % 5] = random() % 2000;
		facts f = of(&r);
		for (size_t k = 0; k < HY_COUNT(outcomes); k++)
			sum += (f >> outcomes[k] & 1) != 0;
		assert_int_equal(sum, HAS(f, CLOSED));
		sum = 0;
		for (int k = FACT_NO_LIGHT; k <= FACT_RED; k++)
			sum += (f >> k & 1) != 0;
		assert_int_equal(sum, HAS(f, OPEN));
		assert_int_equal(HAS(f, ANSWERED) + HAS(f, UNANSWERED) + HAS(f, NO_CLOCK),
				 HAS(f, RECEIVED));
		assert_int_equal(HAS(f, IN_TIME) + HAS(f, LATE), HAS(f, ANSWERED));
		assert_int_equal(HAS(f, ANSWERED) + HAS(f, UNANSWERED_LATE), HAS(f, FALLEN_DUE));
		for (size_t k = 0; k < n_figures; k++) /* a share never passes one */
			if (figures[k].measure == FIGURE_SHARE && (f >> figures[k].fact & 1))
				assert_true(f >> figures[k].of & 1);
	}
}

/* --- numbers ------------------------------------------------------------------------------------
 */

static int up(const void *x, const void *y)
{
	return *(const int *)x - *(const int *)y;
}

static const struct figure *named(const char *id)
{
	const struct figure *f = figure_by_id(hy_str_of(id));

	assert_non_null(f);
	return f;
}

static void quantiles_are_those_of_the_sorted_list(void **state)
{
	static const int permilles[] = { 250, 500, 750, 900, 1000 };

	(void)state;
	srandom(3);
	for (int n = 1; n <= 300; n++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct tally t = { 0 };
		int v[300];
		for (int i = 0; i < n; i++) {
			v[i] = (int)(random() % (i % 7 ? 20 : 900));
			struct numbers x = { { v[i], v[i] * 2, 0, 0, 0 } };
			tally_add(a, &t, FACT_BIT(FACT_ANSWERED), &x);
		}
		qsort(v, (size_t)n, sizeof(*v), up);
		for (size_t k = 0; k < HY_COUNT(permilles); k++) {
			int rank = (n * permilles[k] + 999) / 1000;
			assert_int_equal(spread_quantile(&t.days[0], permilles[k]), v[rank - 1]);
			assert_int_equal(spread_quantile(&t.days[1], permilles[k]),
					 2 * v[rank - 1]);
		}
	}
}

static void joined_tallies_are_the_tally_of_all(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct tally all = { 0 }, part[2] = { 0 }, joined = { 0 };

	(void)state;
	srandom(5);
	for (int i = 0; i < 1000; i++) {
		int d = (int)(random() % 400);
		struct numbers n = { { d, d + 3, i % 3, i % 2, i % 5 } };
		facts f = FACT_BIT(FACT_RECEIVED) | FACT_BIT(FACT_ANSWERED);
		tally_add(a, &all, f, &n);
		tally_add(a, &part[d > 100], f, &n);
	}
	tally_join(a, &joined, &part[0]);
	tally_join(a, &joined, &part[1]);
	for (size_t i = 0; i < n_figures; i++)
		assert_int_equal(figure_value(&figures[i], &joined).value,
				 figure_value(&figures[i], &all).value);
}

static void shares_and_means_are_rounded_once_half_up(void **state)
{
	struct tally t = { 0 };
	int64_t at[4] = { 0 };

	(void)state;
	assert_false(figure_value(named("in_time_share"), &t).known); /* a share of nothing */
	assert_false(figure_value(named("work_days_median"), &t).known);
	t.count[FACT_FALLEN_DUE] = 3;
	t.count[FACT_IN_TIME] = 2;
	assert_int_equal(figure_value(named("in_time_share"), &t).value, 6667);
	t.count[FACT_FALLEN_DUE] = 20000;
	t.count[FACT_IN_TIME] = 1; /* half a basis point */
	assert_int_equal(figure_value(named("in_time_share"), &t).value, 1);
	t.count[FACT_FALLEN_DUE] = 20001;
	assert_int_equal(figure_value(named("in_time_share"), &t).value, 0);
	t.count[FACT_FALLEN_DUE] = t.count[FACT_IN_TIME] = 2103;
	assert_int_equal(figure_value(named("in_time_share"), &t).value, 10000);
	at[0] = 5;
	at[1] = 3;
	t.days[0] = (struct spread){ at, 4, 8, 3 };
	assert_int_equal(figure_value(named("work_days_mean"), &t).value, 38); /* 0.375 */
}

/* --- the table
 * --------------------------------------------------------------------------------------- */

static bool said(const struct pack_text *t)
{
	return t->zh_cn.n && t->zh_hant.n && t->en.n && hy_str_utf8(t->zh_cn, NULL) &&
	       hy_str_utf8(t->zh_hant, NULL) && hy_str_utf8(t->en, NULL);
}

static void every_figure_says_what_it_is_in_three_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *f = &figures[i];
		assert_ptr_equal(figure_by_id(hy_str_of(f->id)), f); /* ids are unique */
		assert_true(said(&f->title) && said(&f->definition));
		assert_true(said(figure_population_text(figure_population(f))));
		assert_true(!f->brief || said(&f->head));
		assert_int_not_equal(f->measure, FIGURE__NONE);
		assert_int_not_equal(f->better, BETTER__NONE);
		if (f->measure == FIGURE_SHARE) {
			assert_non_null(fact_figure(f->of));
			assert_int_equal(f->unit, UNIT_BASIS_POINTS);
		}
	}
	for (int fact = 0; fact < FACT__COUNT; fact++)
		if (!fact_figure((enum fact)fact))
			fail_msg("no figure counts fact %d", fact);
	assert_null(figure_by_id(HY_S("")));
}

static void a_mistyped_figure_is_answered_with_the_near_one(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	(void)state;
	assert_true(hy_str_eq(figure_near(a, HY_S("in_tim_share")), HY_S("in_time_share")));
	assert_int_equal(figure_near(a, HY_S("zzzzzzzzzzzz")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_period_begins_with_its_first_instant_and_ends_before_its_last),
		cmocka_unit_test(what_is_annulled_has_no_other_fact),
		cmocka_unit_test(the_due_instant_itself_is_in_time),
		cmocka_unit_test(a_pause_hides_no_original_date),
		cmocka_unit_test(an_extension_saves_the_date_but_not_the_original_one),
		cmocka_unit_test(a_pledge_is_judged_only_where_there_is_one),
		cmocka_unit_test(an_outcome_that_nobody_listed_is_counted_as_other),
		cmocka_unit_test(parts_make_up_the_whole_of_any_matter),
		cmocka_unit_test(quantiles_are_those_of_the_sorted_list),
		cmocka_unit_test(joined_tallies_are_the_tally_of_all),
		cmocka_unit_test(shares_and_means_are_rounded_once_half_up),
		cmocka_unit_test(every_figure_says_what_it_is_in_three_languages),
		cmocka_unit_test(a_mistyped_figure_is_answered_with_the_near_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
