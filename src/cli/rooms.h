#ifndef CLI_ROOMS_H
#define CLI_ROOMS_H

/* rooms -- which rooms a city has; main() makes them known before anything is opened. */

#include "matter/matter_store.h"

extern const struct city_room *const cli_rooms[]; /* ends with NULL */

#endif
