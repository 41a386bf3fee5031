#ifndef PEOPLE_GRANT_ROW_H
#define PEOPLE_GRANT_ROW_H

/* grant_row -- the cache row of a grant; shared by the files of grant. */

#include "people/grant.h"
#include "store/query.h"

#define GRANT_SUBJECT "grant/"
#define GRANT_CONSOLE "console"

/* The query of grant_list(), for those who ask how it is carried out. */
void grant_list_query(struct hy_arena *a, const struct grant_filter *f, int limit,
		      struct hy_query *out);
enum hy_code grant_row_put(struct hy_db *db, const struct grant *g, struct hy_err *e) HY_MUST;
enum hy_code grant_next_id(struct hy_db *db, int64_t *out, struct hy_err *e) HY_MUST;
/* Proposed or approved, not over at NOW. */
enum hy_code grant_living(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			  struct grant **out, size_t *n_out, struct hy_err *e) HY_MUST;

/* Adds an event to what its predecessors made of the grant; HY_TAMPERED for one that the rules do
 * not allow.  The one fold for writing and for fsck. */
enum hy_code grant_apply(struct hy_arena *a, struct grant *g, const struct record_event *ev,
			 struct hy_err *e) HY_MUST;

#endif
