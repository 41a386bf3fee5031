#ifndef PEOPLE_CONSENT_H
#define PEOPLE_CONSENT_H

/* consent -- what takes two people: whoever began it is never the one who lets it happen.
 *
 * One rule for grants, new institutions, keys of custodians and the opening of what is sealed; each
 * keeps its own events.  Where it may act alone, the command line on the city's own machine is
 * account 0: whoever is there has the files anyway, and the event says so. */

#include "base/err.h"

/* May ACCOUNT let happen what FIRST began?  HY_FORBIDDEN when they are one; BEGAN ("proposed")
 * tells which act that was. */
enum hy_code consent_second(int64_t first, int64_t account, const char *began, const char *field,
			    struct hy_err *e) HY_MUST;
/* Of events: did two different people with accounts do it? */
bool consent_of_two(int64_t first, int64_t second);

#endif
