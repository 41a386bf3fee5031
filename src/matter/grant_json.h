#ifndef MATTER_GRANT_JSON_H
#define MATTER_GRANT_JSON_H

/* grant_json -- grants, roles and permissions as JSON: one form for the command line and the API.
 */

#include "base/json.h"
#include "matter/matter_store.h"

/* NAME of the account; "" where it may not be seen. */
void grant_json(struct hy_json *j, const struct grant *g, hy_str login,
		const struct hy_calendar *cal);
/* A whole document: every permission, every role with what it may. */
void permissions_json(struct hy_json *j, const struct pack *p);
/* The same as a page of documentation; ROUTES (may be NULL) writes the table of routes. */
hy_str permissions_page(struct hy_arena *a, const struct pack *p, hy_str language,
			void (*routes)(struct hy_buf *b, void *arg), void *arg);

#endif
