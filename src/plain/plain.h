#ifndef PLAIN_PLAIN_H
#define PLAIN_PLAIN_H

/* plain -- the portal without scripts: filing and following a matter, and rating, with forms alone.
 *
 * Pages are made here, on the server; what is filed, followed and done takes the way of the API
 * (matter/citizen.h), and what is shown of a matter is what the API tells of it.  Code and secret
 * travel in the bodies of POSTs, never in an address; there are no cookies.  Each form carries a
 * key, so that what is sent twice is done once.  Nothing is kept in the browser, so the language
 * and the size of type stand in the address. */

#include "http/http.h"

extern const struct hy_route plain_routes[]; /* /plain ...; their ctx is a struct city * */

#endif
