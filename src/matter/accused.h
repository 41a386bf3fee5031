#ifndef MATTER_ACCUSED_H
#define MATTER_ACCUSED_H

/* accused -- a complaint about a unit or a person does not go to them.
 *
 * Who sees it is decided in people/access.h; here is where it goes.  At filing, and when a
 * correction says of whom it complains, the event itself leads to the unit above, or where nobody
 * stands above to the unit that oversees the city; so the public log never shows that it was first
 * addressed to the accused.  That it was turned aside, and why, stands in the event's private part
 * ("routed").  Later moves to the accused are refused. */

#include "matter/matter_store.h"

/* Looks at the checked event EV of M (NULL: the filing of a KIND) and turns it aside or refuses
 * it. */
enum hy_code accused_kept(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct pack_kind *kind, const struct matter *m,
			  struct matter_event *ev, struct hy_err *e) HY_MUST;

#endif
