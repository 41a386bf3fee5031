#ifndef SUPERVISE_BRIEF_H
#define SUPERVISE_BRIEF_H

/* brief 作风建设监测指数 -- one page for leaders about a month or half a year: the index, the
 * statistics of the period beside the one before, who improves and who does not, a year in charts.
 *
 * Made of supervise_report() alone, so each figure opens to its matters like there.
 *
 * The index: the parts are those of the first scheme of the institution that has an index (shares
 * alone), else brief_parts[].  Of a share of which more is better the share itself is compared with
 * the base month, of others what is left to the whole; both after (k + 1/2) / (n + 1), so that no
 * month is 0.  Base: the first of the thirteen months in which every part has BRIEF_LEAST cases.  A
 * part with fewer moves as the others did; with more than a fifth moved so nothing is told
 * (stat/index.h). */

#include "pack/scheme.h"
#include "paper/paper.h"
#include "supervise/supervise.h"

extern const struct hy_command brief_commands[];
extern const struct hy_route brief_routes[];

enum { BRIEF_MONTHS = 13, BRIEF_LEAST = 5, BRIEF_MOVERS = 5, BRIEF_PARTS_MOST = 20 };

struct brief_part {
	const struct figure *figure; /* a share */
	int weight_bp;
};
/* The parts for P's city; *N_OUT of them, at most BRIEF_PARTS_MOST, weights adding up to 10,000. */
void brief_parts(const struct pack *p, struct brief_part *out, size_t *n_out);

struct brief_month {
	hy_day from;
	const struct tally *tally; /* NULL: nothing came in */
	bool known;		   /* the index may be told */
	double index, se;
	int imputed_bp;
};
/* Index of N months (ascending) from their tallies; pure. */
enum hy_code brief_index(const struct brief_part *parts, size_t n_parts, struct brief_month *months,
			 size_t n, struct hy_err *e) HY_MUST;

struct brief_mover { /* a unit, and its share of answers in time */
	hy_str key, name;
	struct figure_value now, before;
	bool sure; /* the difference is more than chance: two standard errors */
};
struct brief {
	hy_day from, to;			 /* a month or half a year */
	hy_day past_from, past_to;		 /* the period before */
	struct supervise_report now, past;	 /* without groups */
	struct supervise_report kinds;		 /* of the period */
	struct brief_month months[BRIEF_MONTHS]; /* to the month of TO */
	struct brief_mover better[BRIEF_MOVERS], worse[BRIEF_MOVERS];
	size_t n_better, n_worse;
	struct brief_part parts[BRIEF_PARTS_MOST];
	size_t n_parts;
	hy_str city;
	hy_ms at;
};
/* FROM: the first day of a month, or (HALF) of January or July; else HY_BAD_FIELD. */
enum hy_code brief_of(struct hy_arena *a, struct city *c, struct hy_db *db,
		      const struct access_scope *scope, hy_day from, bool half, hy_str language,
		      struct brief *out, struct hy_err *e) HY_MUST;

void brief_json(struct hy_json *j, const struct brief *b, const struct hy_calendar *cal);
/* One page. */
void brief_paper(struct hy_arena *a, const struct brief *b, const struct hy_zone *zone,
		 hy_str language, struct paper *out);

#endif
