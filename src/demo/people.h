#ifndef DEMO_PEOPLE_H
#define DEMO_PEOPLE_H

/* people -- the demo city's tree of units, its posts and who has them; who is away today. */

#include "demo/life.h"

/* Inside work: the tree and the posts as they are when the city begins. */
enum hy_code people_begin(const struct life_city *lc, struct hy_db *db, struct hy_err *e) HY_MUST;
/* Inside work: what was reformed since, and who is away at LC->now. */
enum hy_code people_end(const struct life_city *lc, struct hy_db *db, struct hy_err *e) HY_MUST;
/* Units in all. */
int people_units(void);

#endif
