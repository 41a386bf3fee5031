#ifndef MATTER_ROW_H
#define MATTER_ROW_H

/* row -- the cache row of a matter, and nothing else about it. */

#include "matter/matter_store.h"

extern const char matter_row_select[];	/* columns and joins, without WHERE; the table is m */
extern const char matter_row_by_code[]; /* $1 code */
extern const char matter_rows_by_id[];	/* $1 after id, $2 how many; without the unit's name */

/* The row that S stands on. */
void matter_row_get(struct hy_arena *a, struct hy_stmt *s, struct matter_row *r);
/* What the row of M must be; id and version are the caller's. */
void matter_row_of(const struct matter *m, struct matter_row *r);
/* A row that was not there; SOURCE and SECRET (hashed) may be empty. */
enum hy_code matter_row_new(struct hy_db *db, const struct matter_row *r, hy_str source,
			    hy_str secret, struct hy_err *e) HY_MUST;
/* Writes the row, there or not; source and secret stay. */
enum hy_code matter_row_put(struct hy_db *db, const struct matter_row *r, struct hy_err *e) HY_MUST;
/* The name of the first member in which the two differ; NULL: none. */
const char *matter_row_differs(const struct matter_row *x, const struct matter_row *y);

#endif
