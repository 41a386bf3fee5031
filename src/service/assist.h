#ifndef SERVICE_ASSIST_H
#define SERVICE_ASSIST_H

/* assist -- joint review 联合审查: units that were asked to help with a case (the act co_handle),
 * and what each of them said.
 *
 * A unit that helps does not hold the matter: in lists it is not there for it.  What was asked of
 * it is, with the words of the case but not who applies, and it may say one thing: its opinion, the
 * move `opine` of the kind.  The table assist is kept by the moves, in their own work. */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"

extern const struct city_room assist_room;

struct assist {
	hy_str code, title, kind, unit, lead; /* UNIT helps LEAD */
	hy_ms asked_at;
	bool said, open;
};
/* What SCOPE is asked, newest first; CODE "": of all matters.  ALL: also what was said and what is
 * closed. */
enum hy_code assist_list(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 hy_str code, bool all, struct assist **out, size_t *n_out,
			 struct hy_err *e) HY_MUST;
extern const struct hy_route assist_routes[];
extern const struct hy_command assist_commands[];

#endif
