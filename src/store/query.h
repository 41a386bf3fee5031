#ifndef HY_STORE_QUERY_H
#define HY_STORE_QUERY_H

/* query -- a statement put together from fragments, each value bound.
 *
 * Fragments are constants of the program.  What a filter leaves out stands not in the text, so that
 * the engine sees which index serves. */

#include "base/buf.h"
#include "store/store.h"

enum { HY_QUERY_MOST = 160 };

struct hy_value {
	bool is_text;
	hy_str text;
	int64_t number;
};
struct hy_query {
	struct hy_buf sql;
	int n;
	bool full; /* more than HY_QUERY_MOST values were given: it must not be run */
	struct hy_value value[HY_QUERY_MOST];
};

/* Each returns the parameter's number, for "$%d". */
int hy_query_int(struct hy_query *q, int64_t v);
int hy_query_text(struct hy_query *q, hy_str v);
/* N further values, whose parameters the text already names. */
void hy_query_values(struct hy_query *q, const struct hy_value *v, int n);
/* " AND COLUMN = V", but nothing for an empty V. */
void hy_query_is(struct hy_query *q, const char *column, hy_str v);
/* Binds the N values of V to the parameters from FIRST on. */
void hy_bind_values(struct hy_stmt *s, int first, const struct hy_value *v, int n);

/* The number that SQL, a question without parameters, answers first; NONE when it is NULL or there
 * is no row. */
enum hy_code hy_sql_int(struct hy_db *db, const char *sql, int64_t none, int64_t *out,
			struct hy_err *e) HY_MUST;

#endif
