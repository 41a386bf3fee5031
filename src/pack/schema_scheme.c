/* The vocabulary of schemes (pack/scheme.h). */
#include "pack/schema_rows.h"
#include "pack/scheme.h"

static const struct pack_shape id = { .type = SHAPE_ID };
static const struct pack_shape label = { .type = SHAPE_LINE, .least = 1, .most = 200 };
static const struct pack_shape line = { .type = SHAPE_LINE, .least = 1, .most = 2000 };
static const struct pack_shape flag = { .type = SHAPE_FLAG };
static const struct pack_shape percent = { .type = SHAPE_PERCENT };
static const struct pack_shape points = { .type = SHAPE_POINTS };
static const struct pack_shape measure = { .type = SHAPE_MEASURE };
static const struct pack_shape count = { .type = SHAPE_INT, .least = 1, .most = 1000000 };
static const struct pack_shape from_none = { .type = SHAPE_INT, .least = 0, .most = 1000000 };
static const struct pack_shape days = { .type = SHAPE_INT, .least = 1, .most = 60 };

/* --- indicators ------------------------------------------------------------------------- */
static const struct pack_key mark_keys[] = {
	{ "at", &measure, true, "a value of the figure, in its own unit; a share as 85%" },
	{ "points", &points, true, "what it earns" },
	END,
};
MAP(scheme_mark, "a mark", mark_keys);
LIST(marks, scheme_mark, 1, 50);
static const struct pack_key trial_keys[] = {
	{ "good", &measure, true, "a value that must earn more" },
	{ "bad", &measure, true, "than this one" },
	END,
};
MAP(scheme_trial, "a trial pair", trial_keys);
static const struct pack_shape absent = { .type = SHAPE_WORD, .words = pack_absent_names };
static const struct pack_key indicator_keys[] = {
	{ "id", &id, true, "the indicator" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "in", &id, false, "the indicator it is a part of; absent: of the whole" },
	{ "weight", &percent, true, "among the parts of the same; together 100%" },
	{ "figure", &id, false, "its figure" },
	{ "panel", &id, false, "or the panel of raters whose mark it is" },
	{ "by_hand", &flag, false, "or a person gives points with evidence" },
	{ "line", &marks, false, "points between two marks in proportion" },
	{ "bands", &marks, false, "points of the last mark reached" },
	{ "least", &from_none, false, "with fewer cases or ballots it does not apply" },
	{ "absent", &absent, false,
	  "when it does not apply: its weight is shared by its siblings (absent), full points, or "
	  "zero" },
	{ "trial", &scheme_trial, false, "proves the direction; needed with a figure" },
	{ "clause", &line, false, "where it is laid down" },
	END,
};
MAP(scheme_indicator, "an indicator", indicator_keys);
LIST(indicators, scheme_indicator, 1, PACK_SCHEME_MOST);

/* --- deductions, bonuses, vetoes -------------------------------------------------------------- */
static const struct pack_key adjust_keys[] = {
	{ "id", &id, true, "what it is called" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "figure", &id, false, "what is counted; absent: occurrences are entered with evidence" },
	{ "each", &points, true, "points for each" },
	{ "most", &points, false, "at most so many points; absent: no cap" },
	{ "indicator", &id, false, "on this indicator's points; absent: on the total" },
	{ "clause", &line, false, "where it is laid down" },
	END,
};
MAP(scheme_adjust, "a deduction or bonus", adjust_keys);
LIST(adjusts, scheme_adjust, 1, PACK_SCHEME_MOST);
static const struct pack_key veto_keys[] = {
	{ "id", &id, true, "what it is called" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "figure", &id, false, "what is counted; absent: occurrences are entered with evidence" },
	{ "from", &count, false, "from so many on; absent: 1" },
	{ "grade", &id, true, "the grade it forces" },
	{ "clause", &line, false, "where it is laid down" },
	END,
};
MAP(scheme_veto, "a veto", veto_keys);
LIST(vetoes, scheme_veto, 1, PACK_SCHEME_MOST);

/* --- grades, groups -------------------------------------------------------------------------- */
static const struct pack_key grade_keys[] = {
	{ "id", &id, true, "the grade" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "from", &points, true, "from so many points on" },
	{ "quota", &percent, false, "for at most this share of a group" },
	END,
};
MAP(scheme_grade, "a grade", grade_keys);
LIST(grades, scheme_grade, 1, 20);
static const struct pack_shape unit_code = { .type = SHAPE_LINE, .least = 1, .most = 40 };
LIST(unit_codes, unit_code, 1, 1000);
static const struct pack_key group_keys[] = {
	{ "id", &id, true, "the group" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "units", &unit_codes, false, "codes; absent: all that stand in no other group" },
	END,
};
MAP(scheme_group, "a group of units", group_keys);
LIST(groups, scheme_group, 1, 50);

/* --- raters ------------------------------------------------------------------------------------
 */
static const struct pack_key level_keys[] = {
	{ "id", &id, true, "the level" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "points", &points, false, "0 to 100; absent: don't know, never scored" },
	END,
};
MAP(scheme_level, "a level", level_keys);
LIST(levels, scheme_level, 2, 12);
LIST(items, pack_shape_text, 1, 30);
static const struct pack_key trim_keys[] = {
	{ "each_end", &days, true, "so many of the highest and of the lowest are left out" },
	{ "from", &count, true, "when at least so many ballots are there" },
	END,
};
MAP(scheme_trim, "what is left out", trim_keys);
static const struct pack_key rater_group_keys[] = {
	{ "id", &id, true, "the raters" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "weight", &percent, true, "in the panel; together 100%" },
	{ "least", &from_none, false, "with fewer valid ballots they do not count; absent: 30" },
	{ "trim", &scheme_trim, false, "extremes that are left out" },
	END,
};
MAP(scheme_rater_group, "a group of raters", rater_group_keys);
LIST(rater_groups, scheme_rater_group, 1, 20);
static const struct pack_key panel_keys[] = {
	{ "id", &id, true, "the panel" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "items", &items, true, "what is asked" },
	{ "levels", &levels, true, "the answers, best first" },
	{ "raters", &rater_groups, true, "who is asked" },
	END,
};
MAP(scheme_panel, "a panel of raters", panel_keys);
LIST(panels, scheme_panel, 1, 10);

/* --- the last ones, the index ----------------------------------------------------------------- */
static const struct pack_shape last_count = { .type = SHAPE_INT, .least = 1, .most = 16 };
static const struct pack_key last_keys[] = {
	{ "count", &last_count, true, "how many" },
	{ "points", &points, true, "what they lose" },
	{ "probability", &percent, false,
	  "acts only where being among the last is so probable; absent: 80%" },
	{ "funnel", &flag, false, "and below the 99.8 % limit; absent: true" },
	{ "clause", &line, false, "where it is laid down" },
	END,
};
MAP(scheme_last, "the rule for the last ones", last_keys);
static const struct pack_key index_part_keys[] = {
	{ "figure", &id, true, "a share or a mean" },
	{ "weight", &percent, true, "fixed for the year; together 100%" },
	{ "complement", &flag, false, "the share's failures are compared: fewer is better" },
	{ "least", &count, false, "with fewer cases it is missing and imputed; absent: 1" },
	END,
};
MAP(scheme_index_part, "a component of the index", index_part_keys);
LIST(index_parts, scheme_index_part, 1, 30);
static const struct pack_shape day = { .type = SHAPE_DAY };
static const struct pack_shape base_months = { .type = SHAPE_INT, .least = 1, .most = 3 };
static const struct pack_key index_base_keys[] = {
	{ "from", &day, true, "the first day of the base month" },
	{ "months", &base_months, false, "1, or 3: their mean is 100; absent: 1" },
	END,
};
MAP(scheme_index_base, "the base of the index", index_base_keys);

/* --- tests
 * ----------------------------------------------------------------------------------------- */
static const struct pack_key given_keys[] = {
	{ "unit", &unit_code, true, "the unit" },
	{ "of", &id, true, "an indicator, deduction, bonus or veto" },
	{ "value", &label, true, "95/100, 3, points such as 92.5, or none" },
	END,
};
MAP(scheme_given, "what is given", given_keys);
LIST(given, scheme_given, 1, 5000);
static const struct pack_key scheme_expect_keys[] = {
	{ "unit", &unit_code, true, "the unit" },
	{ "score", &points, false, "as published, to the hundredth" },
	{ "place", &count, false, "in its group" },
	{ "grade", &id, false, "its grade" },
	END,
};
MAP(scheme_expect, "what must come out", scheme_expect_keys);
LIST(scheme_expects, scheme_expect, 1, 1000);
static const struct pack_key scheme_test_keys[] = {
	{ "name", &label, true, "what it shows" },
	{ "given", &given, true, "figures, marks and counts" },
	{ "expect", &scheme_expects, true, "what must come out" },
	END,
};
MAP(scheme_test, "a test of a scheme", scheme_test_keys);
LIST(scheme_tests, scheme_test, 1, 200);

static const struct pack_shape period = { .type = SHAPE_WORD, .words = pack_period_names };
static const struct pack_key scheme_keys[] = {
	{ "scheme", &id, true, "the scheme's id; the file's name" },
	{ "title", &pack_shape_text, true, "for people" },
	{ "clause", &line, false, "where it is laid down" },
	{ "period", &period, true, "what one round covers" },
	{ "least", &points, false, "no total is lower; absent: 0" },
	{ "most", &points, false, "no total is higher; absent: 100" },
	{ "indicators", &indicators, true, "from the whole to the parts" },
	{ "deductions", &adjusts, false, "taken off for each occurrence" },
	{ "bonuses", &adjusts, false, "added for each occurrence" },
	{ "vetoes", &vetoes, false, "force a grade, whatever the score" },
	{ "grades", &grades, true, "best first" },
	{ "groups", &groups, true, "who is ranked with whom" },
	{ "panels", &panels, false, "raters" },
	{ "last", &scheme_last, false, "what happens to the last ones" },
	{ "index", &index_parts, false, "components of the monthly index" },
	{ "index_base", &scheme_index_base, false, "when the index is 100; needed with an index" },
	{ "notice", &days, false, "working days of public notice; absent: 5" },
	{ "objection", &days, false, "working days to object after the notice; absent: 3" },
	{ "decision", &days, false, "working days to decide an objection; absent: 10" },
	{ "tests", &scheme_tests, true, "proof that it does what it says" },
	END,
};
const struct pack_shape pack_shape_scheme = {
	.type = SHAPE_MAP, .about = "a scheme", .name = "scheme", .keys = scheme_keys
};
