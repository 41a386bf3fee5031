#ifndef MATTER_NUMBER_H
#define MATTER_NUMBER_H

/* number -- the next code of a matter: prefix, year and a number without gaps. */

#include "matter/matter_store.h"

/* In the writer's transaction, with which it is given back when that is undone. */
enum hy_code number_next(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str prefix,
			 int year, hy_str *out, struct hy_err *e) HY_MUST;

#endif
