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

/* The next number when N is still the last one, as it nearly always is: another server or a
 * transaction that was undone makes it another.  Half the work of asking for it. */
static enum hy_code number_after(struct hy_db *db, hy_str prefix, int year,
				 const struct city_number *last, bool *taken_out, struct hy_err *e)
{
	bool sure = last->era && last->era == hy_db_era(db);
	HY_SCOPED_STMT s =
		hy_sql(db, "UPDATE matter_number SET n = n + 1 WHERE prefix = $1 AND year = $2"
			   " AND n = $3");
	int64_t changed = 1;

	hy_bind_text(s, 1, prefix);
	hy_bind_int(s, 2, year);
	hy_bind_int(s, 3, last->n);
	enum hy_code code = hy_exec(s, sure ? NULL : &changed, e);
	*taken_out = changed == 1;
	return code;
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
	bool taken = false;
	enum hy_code code = last->n ? number_after(db, prefix, year, last, &taken, e) : HY_OK;

	if (!code && !taken)
		code = next_number(db, prefix, year, &n, e);
	if (code)
		return code;
	last->n = n;
	last->era = hy_db_era(db);
	*out = hy_printf(a, HY_FMT "-%04d-%06lld", HY_ARG(prefix), year, (long long)n);
	return HY_OK;
}
