#ifndef MATTER_ROW_H
#define MATTER_ROW_H

/* row -- the cache row of a matter, and nothing else about it. */

#include "matter/matter_store.h"

/* Columns without WHERE; the table is m.  All of them stand in the index matter_inbox: a column
 * that is added here needs an index made anew, or a list reads a page for each row. */
extern const char matter_row_select[];
enum { MATTER_ROW_COLUMNS = 43 };
extern const char matter_row_by_code[]; /* $1 code */
extern const char matter_rows_by_id[];	/* $1 after id, $2 how many; with the rest at the end */

/* The row that S stands on. */
void matter_row_get(struct hy_arena *a, struct hy_stmt *s, struct matter_row *r);
/* With matter_rows_by_id: what lists do not read.  *SOURCE_OUT (may be NULL): the key of an import,
 * "" when there is none. */
void matter_row_rest(struct hy_arena *a, struct hy_stmt *s, struct matter_row *r,
		     hy_str *source_out);
/* What the row of M must be; id and version are the caller's. */
void matter_row_of(struct hy_arena *a, const struct matter *m, struct matter_row *r);
/* A row that was not there; SOURCE and SECRET (hashed) may be empty. */
enum hy_code matter_row_new(struct hy_db *db, const struct matter_row *r, hy_str source,
			    hy_str secret, struct hy_err *e) HY_MUST;
/* Writes the row, there or not; source and secret stay. */
enum hy_code matter_row_put(struct hy_db *db, const struct matter_row *r, struct hy_err *e) HY_MUST;
/* The name of the first member in which the two differ; NULL: none. */
const char *matter_row_differs(const struct matter_row *x, const struct matter_row *y);

/* list_sql.c: the query of a list, for those who ask how it is carried out; DB is asked where words
 * stand, and may be NULL when F has none. */
enum hy_code matter_list_query(struct hy_arena *a, struct hy_db *db,
			       const struct access_scope *scope, const struct matter_filter *f,
			       enum matter_order order, hy_str cursor, int limit,
			       struct hy_query *out, struct hy_err *e) HY_MUST;

#endif
