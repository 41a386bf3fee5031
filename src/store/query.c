/* Statements put together from fragments. */
#include "store/query.h"

static int add(struct hy_query *q, const struct hy_value *v)
{
	if (q->n == HY_QUERY_MOST) {
		q->full = true;
		return q->n;
	}
	q->value[q->n] = *v;
	return ++q->n;
}

int hy_query_int(struct hy_query *q, int64_t v)
{
	return add(q, &(struct hy_value){ .number = v });
}

int hy_query_text(struct hy_query *q, hy_str v)
{
	return add(q, &(struct hy_value){ .is_text = true, .text = v });
}

void hy_query_values(struct hy_query *q, const struct hy_value *v, int n)
{
	for (int i = 0; i < n; i++)
		add(q, &v[i]);
}

void hy_query_is(struct hy_query *q, const char *column, hy_str v)
{
	if (v.n)
		hy_buf_fmt(&q->sql, " AND %s = $%d", column, hy_query_text(q, v));
}

void hy_bind_values(struct hy_stmt *s, int first, const struct hy_value *v, int n)
{
	for (int i = 0; i < n; i++) {
		if (v[i].is_text)
			hy_bind_text(s, first + i, v[i].text);
		else
			hy_bind_int(s, first + i, v[i].number);
	}
}

enum hy_code hy_sql_int(struct hy_db *db, const char *sql, int64_t none, int64_t *out,
			struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, sql);
	bool row;
	enum hy_code code = hy_step(s, &row, e);

	if (!code)
		*out = row ? hy_col_opt(s, 0, none) : none;
	return code;
}
