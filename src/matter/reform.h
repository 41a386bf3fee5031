#ifndef MATTER_REFORM_H
#define MATTER_REFORM_H

/* reform -- units and posts change, and the matters they have go along.
 *
 * What a closed unit still had open goes to its successor by an event of each matter
 * ("system.unit"): the clocks go on, for a reform is no fault of the citizen and none of the heir.
 * What a person had goes to whoever takes over the seat ("system.handed"). */

#include "matter/matter_store.h"

struct reform {
	struct city *c;
	int64_t moved; /* matters that changed the unit */
};
/* ACT for units and posts, in work on DB, as WHO does it; R must live as long. */
void reform_begin(struct reform *r, struct city *c, struct hy_db *db, const struct actor *who,
		  hy_str reason, struct unit_act *act);

/* post_hand_over(), and with MATTERS the open matters of the post's unit that name the one who
 * leaves go to ACCOUNT; *MOVED_OUT how many. */
enum hy_code reform_hand_over(struct city *c, const struct unit_act *w, hy_str post,
			      enum post_seat seat, int64_t account, hy_ms from, bool matters,
			      size_t *moved_out, struct hy_err *e) HY_MUST;

#endif
