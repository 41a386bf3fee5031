#ifndef CLI_ROUTES_H
#define CLI_ROUTES_H

/* routes -- the rooms' tables of routes, together.  To add a room, add its table in routes.c. */

#include "http/http.h"

extern const struct hy_route *const route_tables[]; /* ends with NULL */

#endif
