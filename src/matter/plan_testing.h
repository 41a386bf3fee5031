#ifndef MATTER_PLAN_TESTING_H
#define MATTER_PLAN_TESTING_H

/* plan_testing -- how an engine carries a query out, for tests that say by which index it must. */

#include "matter/testing.h"
#include "people/access.h"
#include "store/query.h"

/* --- a town with many matters ----- */

enum { MATTERS = 20000 };

/* What differs between the copies of the one matter that was filed; every other column is as there.
 */
static const struct {
	const char *column, *value;
} many_differs[] = {
	{ "id", "1000 + n.i" },
	{ "code", "'PL-2026-' || n.i" },
	{ "unit", "'U' || (n.i / 10 % 8)" },
	{ "open", "CASE WHEN n.i % 10 < 3 THEN 1 ELSE 0 END" },
	{ "due_at", "1775000000000 + (n.i * 7919) % 20000 * 60000" },
	{ "filed_at", "1770000000000 + n.i * 60000" },
	{ "red_at", "1775000000000 + (n.i * 7919) % 20000 * 60000" },
	{ "auto_at", "CASE WHEN n.i % 50 = 0 THEN 1775000000000 + n.i * 60000 END" },
	{ "lead", "CASE WHEN n.i % 100 = 0 THEN 'PL-2026-' || (n.i - 1) ELSE '' END" },
	{ "source", "'s' || n.i" },
	{ "secret", "NULL" },
};

static inline enum hy_code many_fill(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct town *t = in_out;
	struct hy_buf names = hy_buf_on(t->a), values = hy_buf_on(t->a);
	HY_SCOPED_STMT s = hy_sql(
		db, test_database()
			    ? "SELECT column_name::text FROM information_schema.columns WHERE"
			      " table_name = 'matter' AND table_schema = current_schema()"
			    : "SELECT name FROM pragma_table_info('matter')");
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row) {
		hy_str column = hy_col_dup(t->a, s, 0);
		hy_str value = hy_printf(t->a, "m." HY_FMT, HY_ARG(column));
		for (size_t i = 0; i < HY_COUNT(many_differs); i++)
			if (hy_str_eq(column, hy_str_of(many_differs[i].column)))
				value = hy_str_of(many_differs[i].value);
		hy_buf_fmt(&names, "%s" HY_FMT, names.n ? ", " : "", HY_ARG(column));
		hy_buf_fmt(&values, "%s" HY_FMT, values.n ? ", " : "", HY_ARG(value));
	}
	if (code)
		return code;
	code = hy_sql_script(
		db,
		hy_printf(t->a,
			  "INSERT INTO matter (" HY_FMT ") WITH RECURSIVE n(i) AS (SELECT 1 UNION "
			  "ALL SELECT i + 1 FROM n WHERE i < %d) SELECT " HY_FMT
			  " FROM matter m, n WHERE m.id = 1",
			  HY_ARG(hy_buf_str(&names)), MATTERS, HY_ARG(hy_buf_str(&values)))
			.p,
		e);
	HY_SCOPED_STMT ev = hy_sql(
		db, "INSERT INTO event (idx, matter, subject, body, leaf) SELECT x.last - 1000 +"
		    " m.id, m.id, 'matter/' || m.code, e.body, e.leaf FROM matter m, event e,"
		    " (SELECT max(idx) AS last FROM event) x WHERE m.id > 1000 AND e.idx = 0");
	if (!code)
		code = hy_exec(ev, NULL, e);
	hy_db_new_era(db);
	return code ? code : hy_sql_script(db, "ANALYZE", e);
}

/* To be put before the columns of 20,000 rows n.i. */
#define MANY                                                                                       \
	" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT "

/* FILL on the town, opened again: what ANALYZE found is read with the schema. */
static inline void filled(struct town *t, hy_work *fill)
{
	assert_ok(hy_store_write(city_store(t->city), fill, t, e));
	city_close(&t->city);
	town_open(t);
}

static inline int many_up(void **state)
{
	struct hy_err e = { 0 };

	if (town_up(state))
		return -1;
	struct town *t = *state;
	town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"一件\"}");
	if (hy_store_write(city_store(t->city), many_fill, t, &e))
		fail_msg("%s", hy_err_text(&e));
	city_close(&t->city); /* what ANALYZE found is read with the schema */
	town_open(t);
	return 0;
}

/* --- plans ----- */

static inline hy_str plan_of(struct town *t, hy_str sql, const struct hy_value *v, int n)
{
	const bool pg = test_database() != NULL;
	struct hy_buf b = hy_buf_on(t->a);
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	HY_SCOPED_STMT s = hy_sql(db, hy_printf(t->a, "%s " HY_FMT,
						pg ? "EXPLAIN" : "EXPLAIN QUERY PLAN", HY_ARG(sql))
					      .p);
	hy_bind_values(s, 1, v, n);
	assert_ok(hy_step(s, &row, e));
	while (row) {
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(hy_col_text(s, pg ? 0 : 3)));
		assert_ok(hy_step(s, &row, e));
	}
	return hy_buf_str(&b);
}

static inline bool holds(hy_str plan, const char *text)
{
	return hy_str_find(plan, hy_str_of(text)) >= 0;
}

/* Neither engine may read a table as a whole: those are the names it goes by in queries. */
static inline bool whole(hy_str plan)
{
	static const char *const never[] = {
		"Seq Scan on matter",
		"Seq Scan on event e",
		"Seq Scan on card",
		"Seq Scan on security",
		"Seq Scan on item_version v",
		"SCAN m\n",
		"SCAN matter\n",
		"SCAN event\n",
		"SCAN e\n",
		"SCAN k\n",
		"SCAN x\n",
		"SCAN v\n",
	};
	for (size_t i = 0; i < HY_COUNT(never); i++)
		if (holds(plan, never[i]))
			return true;
	return false;
}

static inline bool sorted(hy_str plan)
{
	return holds(plan, "TEMP B-TREE FOR ORDER BY") || holds(plan, "Sort  (");
}

static inline struct access_scope units_of(const hy_str *own, size_t n_own, const hy_str *below,
					   size_t n_below)
{
	struct access_scope s = { .any = true, .within = HY_S("|U7|"), .persons = HY_S("") };

	for (size_t i = 0; i < HY_COUNT(s.of); i++)
		s.of[i] = (struct access_units){
			.own = own, .n_own = n_own, .below = below, .n_below = n_below
		};
	return s;
}

#endif
