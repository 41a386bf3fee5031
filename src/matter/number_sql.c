/* Numbers of codes. */
#include "matter/number.h"

#include <string.h>

#include "matter/city.h"

/* The place where the number given out last is remembered; its N is 0 when it is not known. */
static struct city_number *remembered(struct city *c, hy_str prefix, int year)
{
	size_t i = 0;

	while (i < HY_COUNT(c->numbers) &&
	       !(c->numbers[i].year == year && hy_str_eq(hy_str_of(c->numbers[i].prefix), prefix)))
		i++;
	if (i == HY_COUNT(c->numbers)) {
		i = c->next_number++ % HY_COUNT(c->numbers);
		c->numbers[i].year = 0; /* a longer prefix is not remembered, and 0 finds nothing */
		c->numbers[i].n = 0;
		c->numbers[i].era = 0;
		if (prefix.n < sizeof(c->numbers[i].prefix)) {
			memcpy(c->numbers[i].prefix, prefix.p, prefix.n);
			c->numbers[i].prefix[prefix.n] = '\0';
			c->numbers[i].year = year;
		}
	}
	return &c->numbers[i];
}

/* Nobody else can have taken one since, so it is only written down; of a batch's numbers the last
 * one is. */
static enum hy_code write_number(struct hy_db *db, hy_str prefix, int year, int64_t n,
				 struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "UPDATE matter_number SET n = $1 WHERE prefix = $2 AND year = $3");

	hy_bind_int(s, 1, n);
	hy_bind_text(s, 2, prefix);
	hy_bind_int(s, 3, year);
	return hy_exec(s, NULL, e);
}

static enum hy_code next_number(struct hy_db *db, hy_str prefix, int year, int64_t *out,
				struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO matter_number (prefix, year, n) VALUES ($1, $2, 1)"
			   " ON CONFLICT (prefix, year) DO UPDATE SET n = matter_number.n + 1"
			   " RETURNING n");
	bool row;

	hy_bind_text(s, 1, prefix);
	hy_bind_int(s, 2, year);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = hy_col_int(s, 0);
	return code;
}

enum hy_code number_next(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str prefix,
			 int year, hy_str *out, struct hy_err *e)
{
	struct city_number *last = remembered(c, prefix, year);
	int64_t n = last->n + 1;
	enum hy_code code = last->n && last->era == hy_db_era(db)
				    ? write_number(db, prefix, year, n, e)
				    : next_number(db, prefix, year, &n, e);

	if (code)
		return code;
	last->n = n;
	last->era = hy_db_era(db);
	*out = hy_printf(a, HY_FMT "-%04d-%06lld", HY_ARG(prefix), year, (long long)n);
	return HY_OK;
}
