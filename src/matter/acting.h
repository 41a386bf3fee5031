#ifndef MATTER_ACTING_H
#define MATTER_ACTING_H

/* acting -- as what somebody acts: role, unit and name of a move come from their grants.
 *
 * Whoever asks may choose among their own roles and units; what they do not hold they cannot be.
 * The console says itself as what it acts, and is recorded as it says. */

#include "matter/matter_store.h"

struct acting_wish { /* what the client says; empty: choose for me */
	hy_str role, unit, name;
};

/* Inside work or a snapshot.  Fills role, unit, name, account and scope of MV, whose .move is set,
 * for a move on CODE: HY_NOT_FOUND when the matter is not there for WHO, HY_FORBIDDEN when none of
 * WHO's roles that may make the move reaches it. */
enum hy_code acting_move(struct city *c, struct hy_db *db, struct hy_arena *a,
			 const struct actor *who, hy_str code, const struct acting_wish *wish,
			 struct matter_move *mv, struct hy_err *e) HY_MUST;
/* The same for filing a matter of KIND. */
enum hy_code acting_file(struct city *c, struct hy_arena *a, const struct actor *who, hy_str kind,
			 const struct acting_wish *wish, struct matter_move *mv,
			 struct hy_err *e) HY_MUST;

/* As what WHO does to the matter CODE what needs P, for the record: by the first grant with P that
 * reaches it.  HY_NOT_FOUND, as for a matter that is not there, when none does. */
enum hy_code acting_as(struct hy_db *db, struct hy_arena *a, const struct actor *who,
		       enum permission p, hy_str code, struct access_as *out,
		       struct hy_err *e) HY_MUST;

/* The moves that WHO could make on M now: bits by index.  ROLE, when not empty, is one of WHO's
 * (HY_FORBIDDEN otherwise) and the only one looked at. */
enum hy_code acting_possible(struct hy_db *db, struct hy_arena *a, const struct actor *who,
			     const struct matter *m, hy_str role, hy_ms now, uint64_t *bits_out,
			     struct hy_err *e) HY_MUST;

#endif
