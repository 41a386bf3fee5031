#ifndef HY_HTTP_CREDENTIAL_H
#define HY_HTTP_CREDENTIAL_H

/* credential -- who a request says it comes from: cookies, and the token of a program.
 *
 * Pure: the text of a header in, a view of it out.  What is unclear is nobody: a cookie given twice
 * or in two headers, a scheme that is not asked for. */

#include "base/str.h"

enum { HY_COOKIE_MOST = 256 };

/* The value of NAME in a Cookie header; several headers joined by commas.  Empty: not there, more
 * than once, or longer than HY_COOKIE_MOST. */
hy_str hy_cookie_in(hy_str header, hy_str name);
/* May VALUE be sent as one? Letters, digits and -_.~ */
bool hy_cookie_ok(hy_str value);
/* TOKEN of "Bearer TOKEN", which may be empty; .p is NULL where nothing of the kind is said. */
hy_str hy_bearer_in(hy_str header);

#endif
