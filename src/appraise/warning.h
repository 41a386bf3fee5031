#ifndef APPRAISE_WARNING_H
#define APPRAISE_WARNING_H

/* warning 扣分预警 -- what a unit stands to lose in the rounds that are open: the points that are
 * gone as things are, the cases that cost them with post and person of that day, and what those
 * come to that are about to fall due.  Of now, for nobody's record: nothing is written. */

#include "appraise/reading.h"

struct warning_line {
	hy_str id;
	const struct pack_text *title;
	bool deduction;
	int64_t lost, cases;
};
struct warning {
	struct explaining x; /* of .x.k.r, as if it were frozen now */
	int64_t lost; /* of the round's 100 points, with deductions; PACK_POINT to the point */
	HY_VEC(struct warning_line) lines; /* that lost, most first */
	HY_VEC(struct round_case) cases;   /* that cost points and WHO may see, most first */
	int64_t n_cases;		   /* all of them */
	/* Not answered, their light yellow or orange: what they cost once they are late. */
	int64_t near, near_points;
	HY_VEC(struct round_case) soon; /* those that WHO may see, by due date */
};

/* Of UNIT, or of the appraised unit that it stands in, in every open round; newest first. */
enum hy_code warnings_of(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str unit,
			 const struct actor *who, struct warning **out, size_t *n_out,
			 struct hy_err *e) HY_MUST;
/* The units WHO belongs to by grants that read appraisals; not those whose reach is the city. */
void warning_units(struct hy_arena *a, const struct actor *who, hy_str **out, size_t *n_out);

void warnings_json(struct hy_json *j, const struct warning *v, size_t n);
void warning_text(struct hy_buf *b, const struct warning *w, hy_str language);

#endif
