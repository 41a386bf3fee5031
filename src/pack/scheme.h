#ifndef PACK_SCHEME_H
#define PACK_SCHEME_H

/* scheme 考核办法 -- how figures become scores, scores a total, totals places and grades; as data.
 *
 * A scheme is a tree of indicators with weights.  A leaf takes a figure of the vocabulary
 * (pack/figure.h), the mark of a panel of raters, or a mark that people give with evidence, and
 * turns it into points by a line or by bands.  Then come deductions and bonuses per occurrence with
 * their caps, vetoes, grades with quotas.  Scores are integers: PACK_POINT to the point.
 *
 * What the arithmetic is: appraise/score.h.  Where the shapes come from: domain.md 4.2 and 4.3 of
 * the shared notes; a city's own rule is its pack's. */

#include "pack/figure.h"

enum { PACK_POINT = 10000, PACK_WHOLE_BP = 10000, PACK_SCHEME_MOST = 200, PACK_RATERS_LEAST = 5 };

/* At this value of the source this many points.  AT is in the figure's own unit (basis points,
 * hundredths of a day, matters, times) or, of marks, in PACK_POINT to the point. */
struct pack_mark {
	int64_t at, points;
};

enum pack_source_kind {
	PACK_NO_SOURCE, /* an inner node */
	PACK_BY_FIGURE,
	PACK_BY_PANEL, /* mean mark of a panel, 0..100 points */
	PACK_BY_HAND   /* given by a person with evidence, 0..100 points */
};
/* What becomes of an indicator that does not apply or has too few cases. */
enum pack_absent {
	PACK_ABSENT_SHARED, /* its weight goes to its siblings, in proportion */
	PACK_ABSENT_FULL,   /* full points */
	PACK_ABSENT_ZERO
};
extern const char *const pack_absent_names[]; /* "shared" "full" "zero" */

struct pack_indicator {
	hy_str id;
	struct pack_text title;
	hy_str clause;
	int parent;    /* index; -1: top.  Parents come before their parts */
	int weight_bp; /* among the parts of its parent; they add up to PACK_WHOLE_BP */
	enum pack_source_kind source;
	const struct figure *figure; /* BY_FIGURE */
	int panel;		     /* BY_PANEL: index in the scheme's panels */
	bool bands;		     /* marks are steps: those of the last AT that is reached */
	struct pack_mark *marks;     /* ascending by AT; BY_PANEL and BY_HAND may have none */
	size_t n_marks;
	int64_t least; /* the least denominator (cases, ballots); 0: any */
	enum pack_absent absent;
	int64_t good, bad; /* the trial pair: GOOD must earn more points than BAD */
};

enum pack_adjust_kind { PACK_DEDUCTION, PACK_BONUS, PACK_VETO };
struct pack_adjust {
	enum pack_adjust_kind kind;
	hy_str id;
	struct pack_text title;
	hy_str clause;
	const struct figure *figure; /* NULL: occurrences are entered by people with evidence */
	int64_t each;		     /* points for each occurrence, > 0; of a veto 0 */
	int64_t most;		     /* at most so many points; 0: no cap */
	int64_t from;		     /* a veto: from so many occurrences on */
	int grade;		     /* a veto: index of the grade it forces */
	int indicator;		     /* taken from this indicator's points; -1: from the total */
};

struct pack_grade { /* best first */
	hy_str id;
	struct pack_text title;
	int64_t from; /* points */
	int quota_bp; /* at most this share of a group; 0: any number */
};

/* Units that are ranked against each other. */
struct pack_group {
	hy_str id;
	struct pack_text title;
	hy_str *units; /* codes; n == 0: every unit that stands in no other group */
	size_t n_units;
};

/* --- raters 评议 ----------------------------------------------------------------------------- */
struct pack_level { /* "very satisfied" = 100 points */
	hy_str id;
	struct pack_text title;
	int64_t points; /* -1: "don't know", never scored */
};
struct pack_rater_group {
	hy_str id;
	struct pack_text title;
	int weight_bp; /* of the panel; they add up to PACK_WHOLE_BP */
	int trim;      /* so many highest and lowest are left out, when more than twice as many
			  and TRIM_FROM ballots are there */
	int trim_from;
	int least; /* fewer valid ballots: the group does not count, its weight is shared; from
			  PACK_RATERS_LEAST on */
};
struct pack_panel {
	hy_str id;
	struct pack_text title;
	struct pack_text *items; /* what is asked */
	size_t n_items;
	struct pack_level *levels;
	size_t n_levels;
	struct pack_rater_group *groups;
	size_t n_groups;
};

/* --- the last ones ------------------------------------------------------------------------------
 */
/* A rule "the last three lose points" is the city's; it acts only where the data bear it. */
struct pack_last {
	int count;	    /* 0: no such rule */
	int64_t points;	    /* taken from the total */
	int probability_bp; /* acts from this probability of being among the last COUNT on */
	bool funnel;	    /* ... and only below the 99.8 % limit of the main share */
	hy_str clause;
};

enum pack_period { PACK_MONTH, PACK_QUARTER, PACK_HALF_YEAR, PACK_YEAR };
extern const char *const pack_period_names[]; /* "month" "quarter" "half_year" "year" */

/* --- the index ------------------------------------------------------------------------------- */
struct pack_index_part {
	const struct figure *figure; /* a share, a mean */
	int weight_bp;
	bool complement; /* of a share near its top its failures say more: 1 - p, and fewer is
			    better */
	int least;	 /* with fewer cases it is missing */
};

/* --- the scheme's own tests
 * ----------------------------------------------------------------------- */
struct pack_scheme_given { /* a figure, mark or count of one unit */
	hy_str unit, name; /* an indicator's or adjustment's id */
	int64_t numerator, denominator;
	bool absent;
};
struct pack_scheme_expect {
	hy_str unit;
	int64_t score; /* as published, PACK_POINT / 100 to the hundredth; -1: not checked */
	int place;     /* 0: not checked */
	hy_str grade;  /* "": not checked */
};
struct pack_scheme_test {
	hy_str name, file;
	int line;
	struct pack_scheme_given *given;
	size_t n_given;
	struct pack_scheme_expect *expect;
	size_t n_expect;
};

struct pack_scheme {
	hy_str id;
	struct pack_text title;
	hy_str clause;
	enum pack_period period;
	int64_t least, most; /* the total is kept between these */
	struct pack_indicator *indicators;
	size_t n_indicators;
	struct pack_adjust *adjusts;
	size_t n_adjusts;
	struct pack_grade *grades;
	size_t n_grades;
	struct pack_group *groups; /* at least one */
	size_t n_groups;
	struct pack_panel *panels;
	size_t n_panels;
	struct pack_last last;
	struct pack_index_part *index; /* n == 0: no monthly index */
	size_t n_index;
	hy_day index_from;				/* the base month's first day */
	int index_months;				/* 1, or 3: their mean is 100 */
	int notice_days, objection_days, decision_days; /* working days 公示, 异议, 复核 */
	struct pack_scheme_test *tests;
	size_t n_tests;
};
const struct pack_scheme *pack_scheme(const struct pack *p, hy_str id); /* NULL: none */

/* "85%", "12.5", "3": a value in the unit of F, or in points where F is NULL. */
bool pack_measure_read(hy_str s, const struct figure *f, int64_t *out) HY_MUST;
/* "92.5": points, at most four decimals. */
bool pack_points_read(hy_str s, int64_t *out) HY_MUST;
/* "40%", "12.5%": basis points. */
bool pack_percent_read(hy_str s, int64_t *out) HY_MUST;

#endif
