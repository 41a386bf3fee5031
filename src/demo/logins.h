#ifndef DEMO_LOGINS_H
#define DEMO_LOGINS_H

/* logins -- the demo's accounts.  They are marked as such: no second factor is demanded of them,
 * and nothing but the demo makes any. */

#include "matter/matter_store.h"

#define DEMO_PASSWORD "huiyin-demo" /* of all of them */

/* One for each role that somebody may hold; its login is the role's id. */
enum hy_code demo_logins(struct city *c, const hy_hash *seed, hy_ms now, struct hy_err *e) HY_MUST;

#endif
