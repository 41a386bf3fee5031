/* Units: making, changing, refusing, and the comparison with their events. */
#include "people/post.h"
#include "record/testing.h"

static struct hy_migration schema[8];

static int city_up(void **state)
{
	struct test_city *c = calloc(1, sizeof(*c));
	size_t n = 0;

	for (const struct hy_migration *m = record_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = unit_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = post_migrations; m->name; m++)
		schema[n++] = *m;
	assert_true(n < HY_COUNT(schema));
	test_place(c);
	assert_ok(record_create(c->where, HY_S("city.example/log"), test_seed, e));
	test_open(c, schema);
	*state = c;
	return 0;
}

static int city_down(void **state)
{
	struct test_city *c = *state;

	test_close(c);
	test_gone(c);
	free(c);
	return 0;
}

struct put {
	struct record *r;
	hy_str code, name, parent;
	int64_t id;
};

static enum hy_code put_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct put *p = in_out;

	return unit_put(p->r, db, p->code, p->name, p->parent, test_now(), &p->id, e);
}

static enum hy_code try_put(struct test_city *c, hy_str code, hy_str name, hy_str parent,
			    struct hy_err *e)
{
	struct put p = { c->record, code, name, parent, 0 };

	return hy_store_write(c->store, put_work, &p, e);
}

static int64_t put(struct test_city *c, const char *code, const char *name, const char *parent)
{
	struct put p = { c->record, hy_str_of(code), hy_str_of(name), hy_str_of(parent), 0 };

	assert_ok(hy_store_write(c->store, put_work, &p, e));
	return p.id;
}

static int64_t log_size(struct hy_arena *a, struct hy_db *db)
{
	struct record_head h;

	assert_ok(record_head(a, db, &h, e));
	return h.size;
}

static void units_are_made_and_changed_by_events(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int64_t gov = put(c, "GOV", "市人民政府", ""), w12 = put(c, "U12", "民生窗口", "GOV"), n;
	struct unit u, *list;
	size_t count;

	put(c, "U1", "a \"quoted\\\" name", "GOV");
	assert_int_equal(put(c, "U12", "民生窗口", "GOV"), w12); /* nothing to do */
	assert_int_equal(put(c, "U12", "民生服务窗口", "U1"), w12);
	assert_true(gov != w12);
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_int_equal(log_size(a, db), 4);
	assert_ok(unit_by_code(a, db, HY_S("U12"), &u, e));
	assert_true(u.id == w12 && u.last_idx == 3 && hy_str_eq(u.parent, HY_S("U1")));
	assert_true(hy_str_eq(u.name, HY_S("民生服务窗口")));
	assert_ok(unit_by_id(a, db, gov, &u, e));
	assert_true(hy_str_eq(u.code, HY_S("GOV")) && u.parent.n == 0);
	assert_ok(unit_list(a, db, &list, &count, e));
	assert_int_equal(count, 3);
	assert_true(hy_str_eq(list[0].code, HY_S("GOV")) && hy_str_eq(list[1].code, HY_S("U1")));
	assert_ok(unit_fsck(a, db, &n, e));
	assert_int_equal(n, 3);

	struct hy_err why = { 0 };
	assert_int_equal(unit_by_code(a, db, HY_S("U9"), &u, &why), HY_NOT_FOUND);
	assert_non_null(strstr(why.detail, "U9"));
	hy_err_clear(&why);
	assert_int_equal(unit_by_id(a, db, 99, &u, &why), HY_NOT_FOUND);
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event ev;
	bool row;
	hy_bind_text(s, 1, HY_S("unit/U12"));
	assert_ok(hy_step(s, &row, e));
	assert_ok(record_row(a, s, &ev, e));
	assert_true(row && ev.seq == 1 && hy_str_eq(ev.move, HY_S("unit")));
	assert_true(hy_str_eq(hy_json_get(ev.data, "name"), HY_S("民生窗口")));
}

static void bad_units_are_refused(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str long_name = HY_S("");

	put(c, "A", "a", "");
	put(c, "B", "b", "A");
	put(c, "C", "c", "B");
	for (int i = 0; i < 101; i++)
		long_name = hy_printf(a, HY_FMT "件", HY_ARG(long_name));
	const struct {
		hy_str code, name, parent;
		const char *field;
	} bad[] = {
		{ HY_S(""), HY_S("n"), HY_S(""), "code" },
		{ HY_S("a/b"), HY_S("n"), HY_S(""), "code" },
		{ HY_S("回"), HY_S("n"), HY_S(""), "code" },
		{ HY_S("a b"), HY_S("n"), HY_S(""), "code" },
		{ HY_S("a\0b"), HY_S("n"), HY_S(""), "code" },
		{ HY_S("12345678901234567890123456789012345678901"), HY_S("n"), HY_S(""), "code" },
		{ HY_S("X"), HY_S(""), HY_S(""), "name" },
		{ HY_S("X"), HY_S(" n"), HY_S(""), "name" },
		{ HY_S("X"), HY_S("a\nb"), HY_S(""), "name" },
		{ HY_S("X"), HY_S("a\x7f"), HY_S(""), "name" },
		{ HY_S("X"), HY_S("\xff"), HY_S(""), "name" },
		{ HY_S("X"), HY_S("a\0b"), HY_S(""), "name" },
		{ HY_S("X"), HY_S("a\xc2\x85"), HY_S(""), "name" },
		{ HY_S("X"),
		  HY_S("a\xe2\x80\xae"
		       "b"),
		  HY_S(""), "name" },
		{ HY_S("X"),
		  HY_S("a\xe2\x80\xa8"
		       "b"),
		  HY_S(""), "name" },
		{ HY_S("X"), long_name, HY_S(""), "name" },
		{ HY_S("X"), HY_S("n"), HY_S("a b"), "parent" },
		{ HY_S("X"), HY_S("n"), HY_S("NONE"), "parent" },
		{ HY_S("X"), HY_S("n"), HY_S("X"), "parent" },
		{ HY_S("A"), HY_S("n"), HY_S("A"), "parent" },
		{ HY_S("A"), HY_S("n"), HY_S("C"), "parent" },
	};
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		if (try_put(c, bad[i].code, bad[i].name, bad[i].parent, &why) != HY_BAD_FIELD ||
		    strcmp(why.field, bad[i].field) != 0)
			fail_msg("case %zu: %s %s", i, why.field, hy_err_text(&why));
	}
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_int_equal(log_size(a, db), 3); /* refusals leave no event */
	long_name.n -= strlen("件");
	put(c, "X-1_y.Z", hy_str_dup(a, long_name).p, "C");
}

static void a_tower_of_units_ends(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err why = { 0 };

	put(c, "T1", "t", "");
	for (int i = 2; i <= 32; i++)
		put(c, hy_printf(a, "T%d", i).p, "t", hy_printf(a, "T%d", i - 1).p);
	assert_int_equal(try_put(c, HY_S("T33"), HY_S("t"), HY_S("T32"), &why), HY_BAD_FIELD);
	assert_says(&why, HY_BAD_FIELD, "at most 32 units");
}

static const struct {
	const char *sql, *words;
} changes[] = {
	{ "UPDATE unit SET name = '别的' WHERE code = 'B'",
	  "unit B, field name: the table says '别的', its events say 'bb'" },
	{ "UPDATE unit SET parent = '' WHERE code = 'B'",
	  "unit B, field parent: the table says '', its events say 'A'" },
	{ "UPDATE unit SET last_idx = 0 WHERE code = 'B'",
	  "unit B, field last_idx: the table says '0', its events say '2'" },
	{ "UPDATE unit SET seq = 9 WHERE code = 'A'",
	  "unit A, field seq: the table says '9', its events say '1'" },
	{ "DELETE FROM unit WHERE code = 'A'",
	  "unit A, field code: its events are there but not its row" },
	{ "DELETE FROM unit WHERE code = 'C'",
	  "unit C, field code: its events are there but not its row" },
	{ "INSERT INTO unit(id, code, name, parent, last_idx, seq) VALUES(99, 'AA', 'x', '', 0, 1)",
	  "unit AA, field code: it stands in the table but no event made it" },
	{ "UPDATE unit SET code = 'D' WHERE code = 'C'",
	  "unit C, field code: its events are there but not its row" },
	{ "DELETE FROM event WHERE idx = 1", "unit B: event 2 does not follow event 0" },
	{ "UPDATE event SET subject = 'unit/C' WHERE idx = 1",
	  "unit B: event 2 does not follow event 0" },
	{ "UPDATE event SET body = replace(body, '\"name', '\"nama') WHERE idx = 0",
	  "unit A, field name: the table says 'a', its events say ''" },
};

static void what_differs_from_the_events_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < HY_COUNT(changes); i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct test_city *c;
		void *fresh;
		int64_t n;
		city_up(&fresh);
		c = fresh;
		put(c, "A", "a", "");
		put(c, "B", "b", "A");
		put(c, "B", "bb", "A");
		put(c, "C", "c", "B");
		test_close(c);
		test_raw(c->where, schema, changes[i].sql);
		test_store(c, schema);
		struct hy_err why = { 0 };
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(c->store, &db, e));
		enum hy_code code = unit_fsck(a, db, &n, &why);
		assert_int_equal(code, why.code);
		if (why.code != HY_TAMPERED || !strstr(why.detail, changes[i].words))
			fail_msg("%s\nexpected: %s\nfound: %s", changes[i].sql, changes[i].words,
				 hy_err_text(&why));
		hy_store_give(&db);
		city_down(&fresh);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(units_are_made_and_changed_by_events, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(bad_units_are_refused, city_up, city_down),
		cmocka_unit_test_setup_teardown(a_tower_of_units_ends, city_up, city_down),
		cmocka_unit_test(what_differs_from_the_events_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
