#ifndef APPRAISE_OTHERWISE_H
#define APPRAISE_OTHERWISE_H

/* otherwise 如果 -- what would have been, had one case of a unit gone otherwise: the unit's figures
 * are made anew from its cases with that one changed, everything else stays as it was given, and
 * all units are scored again.  Nothing is written. */

#include "appraise/reading.h"

enum otherwise {
	OTHERWISE_IN_TIME,     /* answered on its due date */
	OTHERWISE_LATE,	       /* not answered by then; it still can be */
	OTHERWISE_AT_ONCE,     /* neither returned nor reopened */
	OTHERWISE_SATISFIED,   /* rated by somebody satisfied */
	OTHERWISE_NOT_COUNTED, /* not there at all */
	OTHERWISE__COUNT
};
extern const char *const otherwise_names[]; /* "in_time" ...; NULL */
const struct pack_text *otherwise_title(enum otherwise o);

/* Can that be said of F? */
bool otherwise_can(const struct round_fact *f, enum otherwise o);
/* F gone so; DUE is needed for OTHERWISE_IN_TIME. */
struct round_fact otherwise_made(const struct round_fact *f, enum otherwise o,
				 const struct loss_due *due);
/* The canonical result of IN with the unit AT made of the N cases V. */
enum hy_code otherwise_result(struct hy_arena *a, const struct round_inputs *in, size_t at,
			      const struct round_fact *v, size_t n, hy_str *out,
			      struct hy_err *e) HY_MUST;

/* The case CODE of the unit that X explains, in every way it could have gone.  HY_NOT_FOUND when it
 * is none of its cases, or not one that who asks may see. */
struct otherwise_answer {
	hy_str code, title;
	struct otherwise_one {
		enum otherwise as;
		const json_t *score; /* of the unit, as in a result */
	} v[OTHERWISE__COUNT];
	size_t n;
};
enum hy_code otherwise_of(struct explaining *x, hy_str code, struct otherwise_answer *out,
			  struct hy_err *e) HY_MUST;
void otherwise_json(struct hy_json *j, const struct explaining *x,
		    const struct otherwise_answer *v);
void otherwise_text(struct hy_buf *b, const struct explaining *x, const struct otherwise_answer *v,
		    hy_str language);

#endif
