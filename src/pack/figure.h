#ifndef PACK_FIGURE_H
#define PACK_FIGURE_H

/* figure 指标 -- the vocabulary of figures, as a table: what supervision 电子监察 reports and what
 * an appraisal may be made of.
 *
 * Cards of supervision are counted in the same way, each a case of its own with one fact.
 *
 * A matter has facts: "received in the period", "answered in time", "open under a red light";
 * matter/facts.h says which.  Every figure is made of facts alone: how many matters have one, what
 * share of those with one have another too, or how a number is spread over them.  So the list
 * behind a figure is the matters with its fact, and can never differ from the count.
 *
 * To add a figure: a fact below when none fits, its line in facts_of(), a row in figure_table.c. */

#include "pack/pack.h"

/* name, in words.  Those of the period: filed in it and not annulled. */
#define FACTS(X)                                                                                   \
	X(RECEIVED) /* filed in the period */                                                      \
	X(ANNULLED) /* filed in the period, but annulled: has no other fact */                     \
	X(NO_UNIT)  /* no unit has it, or had it when it ended */                                  \
	/* the main clock's first running */                                                       \
	X(ANSWERED)	   /* it stopped: IN_TIME or LATE */                                       \
	X(IN_TIME)	   /* ... not after the statutory due date as it then stood */             \
	X(LATE)		   /* ... after it */                                                      \
	X(UNANSWERED)	   /* it has not stopped, and the matter is not finished */                \
	X(UNANSWERED_LATE) /* ... and the due date has passed */                                   \
	X(NO_CLOCK)	   /* finished without its ever having run */                              \
	X(FALLEN_DUE)	   /* IN_TIME, LATE or UNANSWERED_LATE */                                  \
	X(ORIGINAL_DUE) /* answered, or the original due date has passed: no pause, no extension   \
			 */                                                                        \
	X(IN_ORIGINAL)	/* ... answered by then */                                                 \
	X(PLEDGE_DUE)	/* had a pledged date, and was answered or that date has passed */         \
	X(IN_PLEDGE)	/* ... answered by then */                                                 \
	X(HANDED_OFF)                                                                              \
	X(RETURNED)                                                                                \
	X(REOPENED)                                                                                \
	X(RATED)     /* the citizen rated it (好差评) */                                        \
	X(SATISFIED) /* ... with 4 or 5 of five levels */                                          \
	X(BAD_RATED) /* ... with 1 or 2: a bad rating 差评 */                                    \
	X(CLOSED)    /* finished; with one of the next, by the ground of closing */                \
	X(SOLVED)                                                                                  \
	X(PARTLY_SOLVED)                                                                           \
	X(PLANNED)                                                                                 \
	X(EXPLAINED)                                                                               \
	X(NOT_SUPPORTED)                                                                           \
	X(UNVERIFIABLE)                                                                            \
	X(NOT_OURS)                                                                                \
	X(DUPLICATE)                                                                               \
	X(WITHDRAWN)                                                                               \
	X(TRANSFERRED)                                                                             \
	X(DECLINED)                                                                                \
	X(OTHER_OUTCOME)                                                                           \
	/* of now, whenever it was filed; not annulled */                                          \
	X(OPEN)	    /* not finished; with one of the next seven */                                 \
	X(NO_LIGHT) /* no legal clock runs or is paused: answered and waiting to be closed, say */ \
	X(PAUSED)                                                                                  \
	X(GREEN)                                                                                   \
	X(BLUE)                                                                                    \
	X(YELLOW)                                                                                  \
	X(ORANGE)                                                                                  \
	X(RED)                                                                                     \
	X(OVERDUE)     /* some running legal clock is past its due date */                         \
	X(UNASSIGNED)  /* open and with no unit */                                                 \
	X(PROVISIONAL) /* open, and a day up to the due date lacks its holiday notice */           \
	/* of a card, not of a matter: it came about in the period and is not annulled */          \
	X(CARD_WARNING)                                                                            \
	X(CARD_YELLOW)                                                                             \
	X(CARD_RED)

enum fact {
#define X(name) FACT_##name,
	FACTS(X)
#undef X
		FACT__COUNT
};
typedef uint64_t facts;
#define FACT_BIT(fact) ((facts)1 << (fact))

/* --- the table ----------------------------------------------------------------------------- */
enum figure_measure {
	FIGURE__NONE,
	FIGURE_COUNT, /* how many matters have FACT */
	FIGURE_SHARE, /* of those with OF, how many have FACT too; basis points */
	FIGURE_SUM,   /* a number added up over the matters with FACT */
	FIGURE_SPREAD /* a point of the distribution of a number over the matters with FACT */
};
enum figure_number {
	NUMBER_WORKING_DAYS,
	NUMBER_CALENDAR_DAYS,
	NUMBER_HAND_OFFS,
	NUMBER_RETURNS,
	NUMBER_REOPENS,
	NUMBER__COUNT
};
enum figure_point { POINT_MEAN, POINT_Q1, POINT_MEDIAN, POINT_Q3, POINT_P90, POINT_MAX };
enum figure_direction { BETTER__NONE, BETTER_HIGHER, BETTER_LOWER, BETTER_NEITHER };
enum figure_unit {
	UNIT_MATTERS,
	UNIT_BASIS_POINTS,
	UNIT_TIMES,
	UNIT_WORKING_DAYS,
	UNIT_CALENDAR_DAYS,
	UNIT_WORKING_DAYS_X100,
	UNIT_CALENDAR_DAYS_X100,
	UNIT_CARDS
};
enum figure_population { OF_RECEIVED, OF_ANNULLED, OF_OPEN, OF_CARDS };

struct figure {
	const char *id; /* "in_time_share"; never reused for another meaning */
	struct pack_text title, definition;
	enum figure_measure measure;
	enum fact fact, of;
	enum figure_number number;
	enum figure_point point;
	enum figure_unit unit;
	enum figure_direction better;
	bool brief;	       /* stands in the short table on a terminal */
	struct pack_text head; /* its heading there */
};
/* Cards by colour, told alike wherever they are counted (here, and by supervise/): id, level, title
 * and definition; whoever expands it has a T(zh-CN, zh-Hant, en). */
#define FIGURE_CARDS(X)                                                                            \
	X("cards_warning", WARNING, T("预警数", "預警數", "Warnings"),                             \
	  T("未撤销的预警。预警只是提醒，不是违规。", "未撤銷的預警。預警只是提醒，不是違規。",    \
	    "Warnings not annulled. A warning reminds; it is no breach."))                         \
	X("cards_yellow", YELLOW, T("黄牌数", "黃牌數", "Yellow cards"),                           \
	  T("未撤销的黄牌，含申辩中和维持的。", "未撤銷的黃牌，含申辯中和維持的。",                \
	    "Yellow cards not annulled; contested and upheld ones are included."))                 \
	X("cards_red", RED, T("红牌数", "紅牌數", "Red cards"),                                    \
	  T("未撤销的红牌，含申辩中和维持的。", "未撤銷的紅牌，含申辯中和維持的。",                \
	    "Red cards not annulled; contested and upheld ones are included."))
extern const struct figure figures[];
extern const size_t n_figures;
const struct figure *figure_by_id(hy_str id); /* NULL: none */
hy_str figure_near(struct hy_arena *a, hy_str id);

enum figure_population figure_population(const struct figure *f);
/* Whom the figure looks at, and how unassigned, paused, reopened, annulled and provisional matters
 * are treated. */
const struct pack_text *figure_population_text(enum figure_population p);
/* The id of the figure that counts the matters with FACT. */
const char *fact_figure(enum fact fact);
extern const char *const figure_unit_names[];	   /* "matters", "basis_points" ... */
extern const char *const figure_direction_names[]; /* by enum figure_direction */

#endif
