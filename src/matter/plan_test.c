/* By which index each query is answered, on a table with many rows that the engine has looked at
 * (ANALYZE), and without telling it what to leave alone.  A further list, scope or look is a
 * further row.  Pages are of 20: where about as many rows match as a page takes, PostgreSQL may as
 * well sort the few that the right index gave. */
#include "matter/plan_testing.h"
#include "matter/row.h"
#include "people/security.h"

/* --- lists, each in every scope ------------------------------------------------------------- */

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
				struct hy_query q;
				hy_str cursor = page ? HY_S("1775300000000.5000") : HY_S("");
				assert_ok(matter_list_query(t->a, NULL, &scopes[k].scope,
							    &lists[i].f, lists[i].order, cursor, 20,
							    &q, e));
				hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.value, q.n);
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
	const struct hy_value number = { .number = 1500 },
			      text = { .is_text = true, .text = HY_S("PL-2026-77") };
	const struct {
		const char *sql;
		struct hy_value v[2];
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

/* --- the record of security-relevant acts --------------------------------------------------- */

static enum hy_code fill_security(struct hy_db *db, void *in_out, struct hy_err *e)
{
	(void)in_out;
	return hy_sql_script(
		db,
		"INSERT INTO security(idx, month, seq, at, act, account, subject, address, role,"
		" unit, open) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
		" i < 20000) SELECT 1000 + i, '2026-03', i, 1775000000000 + i * 1000, CASE i % 4"
		" WHEN 0 THEN 'login.ok' WHEN 1 THEN 'login.failed' WHEN 2 THEN 'read' ELSE"
		" 'export' END, i % 500, 's' || (i % 900), '192.0.2.' || (i % 250), 'r', 'u', 0"
		" FROM n; ANALYZE",
		e);
}

static void acts_are_found_by_an_index(void **state)
{
	const struct {
		struct security_filter f;
		const char *sqlite, *pg; /* index */
	} lists[] = {
		{ { 0 }, "SCAN x\n", "security_pkey" }, /* backwards, as many as the page holds */
		{ { .before = 9000 }, "INTEGER PRIMARY KEY", "security_pkey" },
		{ { .act = HY_S("export") }, "security_act", "security_" },
		{ { .account = 77 }, "security_account", "security_account" },
		{ { .account = 77, .before = 9000 }, "security_account", "security_account" },
		{ { .subject = HY_S("s77") }, "security_subject", "security_subject" },
		{ { .from = 1775000100000, .until = 1775000200000 }, "security_at", "security_" },
	};
	struct town *t = *state;

	assert_ok(hy_store_write(city_store(t->city), fill_security, t, e));
	city_close(&t->city);
	town_open(t);
	for (size_t i = 0; i < HY_COUNT(lists); i++) {
		struct hy_query q;
		security_list_query(t->a, &lists[i].f, 50, &q);
		hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.value, q.n);
		if (!holds(plan, test_database() ? lists[i].pg : lists[i].sqlite) ||
		    (i > 0 && whole(plan)) || (i < 2 && sorted(plan)))
			fail_msg("list %zu:\n" HY_FMT "\n", i, HY_ARG(plan));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_read_in_the_order_of_an_index),
		cmocka_unit_test(every_look_up_is_by_an_index),
		cmocka_unit_test(acts_are_found_by_an_index),
	};
	return cmocka_run_group_tests(tests, many_up, town_down);
}
