/* By which index each query is answered, on a table with many rows that the engine has looked at
 * (ANALYZE), and without telling it what to leave alone.  A further list, scope or look is a
 * further row.  Pages are of 20: where about as many rows match as a page takes, PostgreSQL may as
 * well sort the few that the right index gave. */
#include "matter/row.h"
#include "matter/testing.h"
#include "people/access.h"

enum { MATTERS = 20000 };

/* What differs between the copies of the one matter that was filed; every other column is as there.
 */
static const struct {
	const char *column, *value;
} differs[] = {
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

static enum hy_code fill(struct hy_db *db, void *in_out, struct hy_err *e)
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
		for (size_t i = 0; i < HY_COUNT(differs); i++)
			if (hy_str_eq(column, hy_str_of(differs[i].column)))
				value = hy_str_of(differs[i].value);
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

static int many_up(void **state)
{
	struct hy_err e = { 0 };

	if (town_up(state))
		return -1;
	struct town *t = *state;
	town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"一件\"}");
	if (hy_store_write(city_store(t->city), fill, t, &e))
		fail_msg("%s", hy_err_text(&e));
	city_close(&t->city); /* what ANALYZE found is read with the schema */
	town_open(t);
	return 0;
}

static hy_str plan_of(struct town *t, hy_str sql, const struct access_value *v, int n)
{
	const bool pg = test_database() != NULL;
	struct hy_buf b = hy_buf_on(t->a);
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	HY_SCOPED_STMT s = hy_sql(db, hy_printf(t->a, "%s " HY_FMT,
						pg ? "EXPLAIN" : "EXPLAIN QUERY PLAN", HY_ARG(sql))
					      .p);
	for (int i = 0; i < n; i++) {
		if (v[i].is_text)
			hy_bind_text(s, i + 1, v[i].text);
		else
			hy_bind_int(s, i + 1, v[i].number);
	}
	assert_ok(hy_step(s, &row, e));
	while (row) {
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(hy_col_text(s, pg ? 0 : 3)));
		assert_ok(hy_step(s, &row, e));
	}
	return hy_buf_str(&b);
}

static bool holds(hy_str plan, const char *text)
{
	return hy_str_find(plan, hy_str_of(text)) >= 0;
}

/* Neither engine may read the table as a whole. */
static bool whole(hy_str plan)
{
	return holds(plan, "Seq Scan on matter") || holds(plan, "Seq Scan on event e") ||
	       holds(plan, "SCAN m\n") || holds(plan, "SCAN matter\n") ||
	       holds(plan, "SCAN event\n") || holds(plan, "SCAN e\n");
}

static bool sorted(hy_str plan)
{
	return holds(plan, "TEMP B-TREE FOR ORDER BY") || holds(plan, "Sort  (");
}

/* --- lists, each in every scope ------------------------------------------------------------- */

static struct access_scope units_of(const hy_str *own, size_t n_own, const hy_str *below,
				    size_t n_below)
{
	struct access_scope s = { .any = true, .within = HY_S("|U7|"), .persons = HY_S("") };

	for (size_t i = 0; i < HY_COUNT(s.of); i++)
		s.of[i] = (struct access_units){
			.own = own, .n_own = n_own, .below = below, .n_below = n_below
		};
	return s;
}

static void every_list_is_read_in_the_order_of_an_index(void **state)
{
	static const hy_str own[] = { HY_S_INIT("U1"), HY_S_INIT("U2") },
			    below[] = { HY_S_INIT("U3") };
	const struct {
		const char *name;
		struct access_scope scope;
	} scopes[] = {
		{ "the console", access_all },
		{ "a whole city", { .any = true, .of = { [0] = { .whole = true } } } },
		{ "two units", units_of(own, 2, NULL, 0) },
		{ "a unit and what is below another", units_of(own, 1, below, 1) },
	};
	const struct {
		struct matter_filter f;
		enum matter_order order;
		const char *index[2]; /* one of them */
	} lists[] = {
		{ { .open = 1 }, MATTER_BY_DUE, { "matter_due" } },
		{ { .open = 2 }, MATTER_BY_DUE, { "matter_closed" } },
		{ { .open = 1, .unit = HY_S("U1") }, MATTER_BY_DUE, { "matter_inbox" } },
		{ { .open = 2, .unit = HY_S("U1") }, MATTER_BY_DUE, { "matter_unit_closed" } },
		{ { .open = 1, .unit = HY_S("-") }, MATTER_BY_DUE, { "matter_inbox" } },
		{ { .open = 0 }, MATTER_BY_FILED_DESC, { "matter_filed" } },
		{ { .open = 1, .kind = HY_S("complaint") }, MATTER_BY_DUE, { "matter_due" } },
		{ { .light = HY_LIGHT_RED, .now = 1775600000000 },
		  MATTER_BY_DUE,
		  { "matter_due" } },
		{ { .light = HY_LIGHT_RED, .now = 1775600000000, .unit = HY_S("U1") },
		  MATTER_BY_DUE,
		  { "matter_inbox" } },
	};
	struct town *t = *state;

	for (size_t k = 0; k < HY_COUNT(scopes); k++)
		for (size_t i = 0; i < HY_COUNT(lists); i++)
			for (int page = 0; page < 2; page++) {
				struct matter_query q;
				hy_str cursor = page ? HY_S("1775300000000.5000") : HY_S("");
				assert_ok(matter_list_query(t->a, &scopes[k].scope, &lists[i].f,
							    lists[i].order, cursor, 20, &q, e));
				hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.values, q.n);
				bool found = false;
				for (size_t j = 0; j < 2; j++)
					found = found || (lists[i].index[j] &&
							  holds(plan, lists[i].index[j]));
				if (!found || whole(plan) || sorted(plan))
					fail_msg("list %zu page %d in the scope of %s:\n" HY_FMT
						 "\n",
						 i, page, scopes[k].name, HY_ARG(plan));
			}
}

/* --- looking up ----------------------------------------------------------------------------- */

static void every_look_up_is_by_an_index(void **state)
{
	const struct access_value number = { .number = 1500 },
				  text = { .is_text = true, .text = HY_S("PL-2026-77") };
	const struct {
		const char *sql;
		struct access_value v[2];
		int n;
		const char *sqlite, *pg;
	} looks[] = {
		{ matter_row_by_code, { text }, 1, "sqlite_autoindex_matter", "matter_code_key" },
		{ matter_rows_by_id, { number, number }, 2, "INTEGER PRIMARY KEY", "matter_pkey" },
		{ record_of_matter, { number }, 1, "event_matter", "event_matter" },
		{ record_of_subject, { text }, 1, "event_subject", "event_subject" },
		{ record_of_subjects, { text, text }, 2, "event_subject", "event_subject" },
		{ record_from, { number, number }, 2, "INTEGER PRIMARY KEY", "event_pkey" },
		{ "SELECT code FROM matter WHERE source = $1",
		  { text },
		  1,
		  "matter_source",
		  "matter_source" },
		{ "SELECT code FROM matter WHERE lead = $1 AND lead <> '' AND open = 1"
		  " ORDER BY id LIMIT 1000",
		  { text },
		  1,
		  "matter_lead",
		  "matter_lead" },
		{ "SELECT code, auto_at, id FROM matter WHERE auto_at <= $1 ORDER BY auto_at, id"
		  " LIMIT 200",
		  { { .number = 1775000100000 } },
		  1,
		  "matter_auto",
		  "matter_auto" },
		{ "SELECT id FROM matter ORDER BY id DESC LIMIT 1",
		  { { 0 } },
		  0,
		  "SCAN matter",
		  "matter_pkey" },
	};
	struct town *t = *state;

	for (size_t i = 0; i < HY_COUNT(looks); i++) {
		hy_str plan = plan_of(t, hy_str_of(looks[i].sql), looks[i].v, looks[i].n);
		const char *index = test_database() ? looks[i].pg : looks[i].sqlite;
		bool last = strstr(looks[i].sql, "DESC LIMIT 1") != NULL; /* reads one row */
		if (!holds(plan, index) || (whole(plan) && !last))
			fail_msg("look up %zu (%s):\n" HY_FMT "\n", i, looks[i].sql, HY_ARG(plan));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_read_in_the_order_of_an_index),
		cmocka_unit_test(every_look_up_is_by_an_index),
	};
	return cmocka_run_group_tests(tests, many_up, town_down);
}
