#ifndef APPRAISE_LOSS_CASE_H
#define APPRAISE_LOSS_CASE_H

/* loss_case -- one case of a unit as it is kept while the unit is explained. */

#include "appraise/loss.h"
#include "matter/city.h"

struct holder {
	bool known;
	hy_str unit, person, name, post;
};
struct loss_case {
	struct round_fact f; /* .unit is 0 */
	hy_str title, clause;
	int64_t idx;
	struct matter_key matter;
	hy_str unit, person; /* who has it now */
	hy_ms due_at, answered_at;
	bool told, seen, handles;
	struct holder then, last;
	HY_VEC(size_t) losers; /* those it is counted with already */
	bool beyond;	       /* counted among those out of sight */
};

#endif
