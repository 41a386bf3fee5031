/* Units: making, changing, refusing, and the comparison with their events. */
#include "people/post.h"
#include "people/security.h"
#include "record/testing.h"

static struct hy_migration schema[16];

static int city_up(void **state)
{
	struct test_city *c = calloc(1, sizeof(*c));
	size_t n = 0;

	for (const struct hy_migration *m = record_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = unit_migrations; m->name; m++)
		schema[n++] = *m;
	for (const struct hy_migration *m = security_migrations; m->name; m++)
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
	{ "UPDATE unit SET kind = 'section' WHERE code = 'B'",
	  "unit B, field kind: the table says 'section', its events say 'organ'" },
	{ "UPDATE unit SET closed = 20000 WHERE code = 'B'",
	  "unit B, field closed: the table says '2024-10-04', its events say 'never'" },
	{ "UPDATE unit SET successor = 'A' WHERE code = 'B'", "unit B, field successor" },
	{ "UPDATE unit SET opened = 1 WHERE code = 'B'", "unit B, field opened" },
	{ "UPDATE unit SET origin = 'A' WHERE code = 'B'", "unit B, field origin" },
	{ "UPDATE unit_past SET name = 'z' WHERE code = 'B'", "unit B, field past" },
	{ "UPDATE unit_past SET code = 'ZZ' WHERE code = 'C'", "unit C, field past" },
	{ "INSERT INTO unit_past(code, from_day, name, parent) VALUES('ZZ', 1, 'x', '')",
	  "unit ZZ: it has a past but no row" },
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

/* --- the dated tree --------------------------------------------------------------------------- */

/* One change, given as a function, in a transaction of its own. */
struct doing {
	struct record *record;
	enum hy_code (*fn)(const struct unit_act *w, const struct doing *d, struct hy_err *e);
	hy_str code, name, parent;
	enum unit_kind kind;
	hy_day day;
	bool keep;
	const struct unit_new *parts;
	size_t n;
};

static enum hy_code act_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct doing *d = in_out;
	struct unit_act w = { .record = d->record,
			      .db = db,
			      .at = test_now(),
			      .zone = &hy_zone_china,
			      .role = HY_S("sysadmin"),
			      .account = 7 };

	return d->fn(&w, d, e);
}

static enum hy_code make_it(const struct unit_act *w, const struct doing *d, struct hy_err *e)
{
	struct unit_new n = { d->code, d->name, d->parent, d->kind, d->day };

	return unit_make(w, &n, &(int64_t){ 0 }, e);
}
static enum hy_code change_it(const struct unit_act *w, const struct doing *d, struct hy_err *e)
{
	return unit_change(w, d->code, d->day, d->name, d->parent, e);
}
static enum hy_code correct_it(const struct unit_act *w, const struct doing *d, struct hy_err *e)
{
	return unit_correct(w, d->code, d->kind, d->name, d->parent, e);
}
static enum hy_code close_it(const struct unit_act *w, const struct doing *d, struct hy_err *e)
{
	return unit_close(w, d->code, d->day, d->parent, e);
}
static enum hy_code merge_it(const struct unit_act *w, const struct doing *d, struct hy_err *e)
{
	return unit_merge(w, d->code, d->parent, d->day, e);
}
static enum hy_code split_it(const struct unit_act *w, const struct doing *d, struct hy_err *e)
{
	return unit_split(w, d->code, d->parts, d->n, d->day, d->keep, e);
}

static hy_day on(const char *text)
{
	hy_day d = UNIT_EVER;

	assert_true(!text[0] || hy_day_read(hy_str_of(text), &d));
	return d;
}

static enum hy_code try(struct test_city *c, struct doing d, struct hy_err *e)
{
	d.record = c->record;
	return hy_store_write(c->store, act_work, &d, e);
}

#define DO(c, fn_, ...) assert_ok(try((c), (struct doing){ .fn = (fn_), __VA_ARGS__ }, e))
#define REFUSED(c, words, fn_, ...)                                                                \
	do {                                                                                       \
		struct hy_err why = { 0 };                                                         \
		enum hy_code got = try((c), (struct doing){ .fn = (fn_), __VA_ARGS__ }, &why);     \
		if (!got || !strstr(why.detail, (words)))                                          \
			fail_msg("expected '%s', have %s", (words), hy_err_text(&why));            \
	} while (0)
#define MAKE(c, code_, kind_, name_, parent_, day_)                                                \
	DO(c, make_it, .code = HY_S(code_), .kind = UNIT_##kind_, .name = HY_S(name_),             \
	   .parent = HY_S(parent_), .day = on(day_))

/* A region with an organ, its section and its window, all since 2026-01-01 but the region. */
static void small_tree(struct test_city *c)
{
	MAKE(c, "R", REGION, "回音市", "", "");
	MAKE(c, "O", ORGAN, "市城管局", "R", "2026-01-01");
	MAKE(c, "P", ORGAN, "市住建局", "R", "2026-01-01");
	MAKE(c, "S", SECTION, "执法科", "O", "2026-01-01");
	MAKE(c, "W", WINDOW, "一号窗口", "S", "2026-02-01");
}

static hy_str tree_text(struct hy_arena *a, struct test_city *c, const char *day)
{
	HY_SCOPED_DB db = NULL;
	struct unit_book book;
	struct unit_node *v;
	struct hy_buf b = hy_buf_on(a);
	size_t n;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(unit_book_read(a, db, &book, e));
	unit_tree_on(a, &book, on(day), &v, &n);
	for (size_t i = 0; i < n; i++)
		hy_buf_fmt(&b, "%d%s" HY_FMT " ", v[i].depth, "", HY_ARG(v[i].unit.code));
	return hy_buf_str(&b);
}

static void fsck_is_clean(struct test_city *c)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	int64_t n;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(unit_fsck(a, db, &n, e));
	assert_ok(post_fsck(a, db, &n, e));
}

static void a_unit_has_the_name_of_its_time(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct unit_book b;
	struct unit u;

	small_tree(c);
	DO(c, change_it, .code = HY_S("O"), .day = on("2026-03-01"), .name = HY_S("市综合执法局"),
	   .parent = HY_S("R"));
	DO(c, change_it, .code = HY_S("S"), .day = on("2026-04-01"), .name = HY_S("执法科"),
	   .parent = HY_S("P"));
	DO(c, correct_it, .code = HY_S("O"), .kind = UNIT_ORGAN, .name = HY_S("市综合行政执法局"),
	   .parent = HY_S("R"));
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(unit_book_read(a, db, &b, e));
	assert_string_equal(unit_name_on(&b, HY_S("O"), on("2025-06-01")).p, "市城管局");
	assert_string_equal(unit_name_on(&b, HY_S("O"), on("2026-02-28")).p, "市城管局");
	assert_string_equal(unit_name_on(&b, HY_S("O"), on("2026-03-01")).p, "市综合行政执法局");
	assert_string_equal(unit_name_on(&b, HY_S("NONE"), on("2026-03-01")).p, "NONE");
	assert_ok(unit_by_code(a, db, HY_S("O"), &u, e));
	assert_true(hy_str_eq(u.name, HY_S("市综合行政执法局")) && u.opened == on("2026-01-01"));
	assert_string_equal(tree_text(a, c, "2025-12-31").p, "0R ");
	assert_string_equal(tree_text(a, c, "2026-03-31").p, "0R 1O 2S 3W 1P ");
	assert_string_equal(tree_text(a, c, "2026-04-01").p, "0R 1O 1P 2S 3W ");
	hy_store_give(&db);
	fsck_is_clean(c);
}

static void the_tree_keeps_its_rules(void **state)
{
	struct test_city *c = *state;

	small_tree(c);
	REFUSED(c, "must stand in another one", make_it, .code = HY_S("X"), .kind = UNIT_WINDOW,
		.name = HY_S("x"), .day = on("2026-01-01"));
	REFUSED(c, "cannot stand in W", make_it, .code = HY_S("X"), .kind = UNIT_ORGAN,
		.name = HY_S("x"), .parent = HY_S("W"), .day = on("2026-03-01"));
	REFUSED(c, "is there only from 2026-01-01", make_it, .code = HY_S("X"),
		.kind = UNIT_SECTION, .name = HY_S("x"), .parent = HY_S("O"),
		.day = on("2025-12-31"));
	REFUSED(c, "day to come", make_it, .code = HY_S("X"), .kind = UNIT_ORGAN, .name = HY_S("x"),
		.day = on("2026-09-23"));
	REFUSED(c, "there is a unit O already", make_it, .code = HY_S("O"), .kind = UNIT_ORGAN,
		.name = HY_S("x"), .day = on(""));
	REFUSED(c, "must not lie before 2026-01-01", change_it, .code = HY_S("O"),
		.day = on("2025-12-31"), .name = HY_S("x"), .parent = HY_S("R"));
	REFUSED(c, "above itself", change_it, .code = HY_S("O"), .day = on("2026-03-01"),
		.name = HY_S("x"), .parent = HY_S("O"));
	REFUSED(c, "cannot be 'region': S", correct_it, .code = HY_S("O"), .kind = UNIT_REGION,
		.name = HY_S("市城管局"), .parent = HY_S("R"));
	REFUSED(c, "unit S stands in it", close_it, .code = HY_S("O"), .day = on("2026-05-01"));
	DO(c, close_it, .code = HY_S("W"), .day = on("2026-05-01"));
	REFUSED(c, "closed since 2026-05-01", change_it, .code = HY_S("W"), .day = on("2026-06-01"),
		.name = HY_S("x"), .parent = HY_S("S"));
	REFUSED(c, "unit W stood in it until 2026-05-01", close_it, .code = HY_S("S"),
		.day = on("2026-04-30"));
	DO(c, close_it, .code = HY_S("S"), .day = on("2026-05-01"));
	REFUSED(c, "unit S is closed", make_it, .code = HY_S("X"), .kind = UNIT_WINDOW,
		.name = HY_S("x"), .parent = HY_S("S"), .day = on("2026-06-01"));
	REFUSED(c, "cannot follow itself", close_it, .code = HY_S("P"), .day = on("2026-05-01"),
		.parent = HY_S("P"));
	REFUSED(c, "no unit NONE", close_it, .code = HY_S("P"), .day = on("2026-05-01"),
		.parent = HY_S("NONE"));
	fsck_is_clean(c);
}

/* A circle that would have been one only between two days of the past. */
static void no_circle_on_any_day(void **state)
{
	struct test_city *c = *state;

	MAKE(c, "A", ORGAN, "a", "", "");
	MAKE(c, "B", ORGAN, "b", "A", "");
	DO(c, change_it, .code = HY_S("B"), .day = on("2026-06-01"), .name = HY_S("b"),
	   .parent = HY_S(""));
	REFUSED(c, "A cannot be above itself", change_it, .code = HY_S("A"),
		.day = on("2026-05-31"), .name = HY_S("a"), .parent = HY_S("B"));
	DO(c, change_it, .code = HY_S("A"), .day = on("2026-06-01"), .name = HY_S("a"),
	   .parent = HY_S("B"));
	fsck_is_clean(c);
}

static void units_merge_and_split(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct unit_new parts[] = {
		{ HY_S("S1"), HY_S("执法一科"), HY_S(""), UNIT_SECTION, 0 },
		{ HY_S("S2"), HY_S("执法二科"), HY_S(""), UNIT_SECTION, 0 }
	};
	struct unit u;
	hy_str *codes;
	size_t n;

	small_tree(c);
	DO(c, merge_it, .code = HY_S("O"), .parent = HY_S("P"), .day = on("2026-05-01"));
	assert_string_equal(tree_text(a, c, "2026-04-30").p, "0R 1O 2S 3W 1P ");
	assert_string_equal(tree_text(a, c, "2026-05-01").p, "0R 1P 2S 3W ");
	DO(c, split_it, .code = HY_S("S"), .parts = parts, .n = 2, .day = on("2026-06-01"));
	assert_string_equal(tree_text(a, c, "2026-06-01").p, "0R 1P 2S1 3W 2S2 ");
	REFUSED(c, "2 are needed", split_it, .code = HY_S("S1"), .parts = parts, .n = 1,
		.day = on("2026-07-01"));
	const struct unit_new more = { HY_S("S3"), HY_S("三科"), HY_S(""), UNIT_SECTION, 0 };
	DO(c, split_it, .code = HY_S("S1"), .parts = &more, .n = 1, .day = on("2026-07-01"),
	   .keep = true);
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(unit_heir(a, db, HY_S("S"), &u, e));
	assert_string_equal(u.code.p, "S1");
	assert_ok(unit_by_code(a, db, HY_S("S3"), &u, e));
	assert_true(hy_str_eq(u.origin, HY_S("S1")) && u.closed == HY_NO_DAY);
	assert_ok(unit_reach(a, db, HY_S("P"), &codes, &n, e)); /* with O, which became a part */
	assert_int_equal(n, 7);
	assert_ok(unit_reach(a, db, HY_S("S2"), &codes, &n, e));
	assert_int_equal(n, 1);
	assert_ok(unit_reach(a, db, HY_S("NONE"), &codes, &n, e));
	assert_int_equal(n, 0);
	hy_store_give(&db);
	fsck_is_clean(c);
}

/* Random changes; after each the tree of every day is sound, seen by a second, slow eye. */
static void random_trees_stay_sound(void **state)
{
	static const char *const days[] = { "2026-01-01", "2026-02-01", "2026-03-01",
					    "2026-04-01", "2026-05-01", "2026-06-01" };
	static const enum unit_kind kinds[] = {
		UNIT_REGION, UNIT_REGION, UNIT_ORGAN,	UNIT_ORGAN,
		UNIT_ORGAN,  UNIT_ORGAN,  UNIT_SECTION, UNIT_WINDOW
	};
	struct test_city *c = *state;
	uint64_t x = 88172645463325252ULL;
	int done = 0, refused = 0;
	HY_SCOPED_ARENA keep = hy_arena_new(0);
	hy_str wrong = HY_S("");

	for (int i = 0; i < 1500; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct hy_err why = { 0 };
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		struct doing d = { .code = hy_printf(a, "U%d", (int)(x % 20)),
				   .name = hy_printf(a, "n%d", i),
				   .parent = x >> 8 & 3 ? hy_printf(a, "U%d", (int)(x >> 16) % 20)
							: HY_S(""),
				   .kind = kinds[x >> 24 & 7],
				   .day = on(days[(x >> 32) % 6]) };
		int what = (int)(x >> 40) % 10;
		d.fn = what < 4	  ? make_it
		       : what < 7 ? change_it
		       : what < 8 ? correct_it
		       : what < 9 ? merge_it
				  : close_it;
		if (try(c, d, &why) == HY_OK)
			done++;
		else
			refused++;
		if (i % 50)
			continue;
		HY_SCOPED_DB db = NULL;
		struct unit_book b;
		assert_ok(hy_store_read(c->store, &db, e));
		assert_ok(unit_book_read(a, db, &b, e));
		for (hy_day day = on("2026-01-01"); day <= on("2026-06-02"); day++)
			for (size_t k = 0; k < b.n; k++) {
				const struct unit_entry *u = &b.v[k];
				int depth = 0;
				if (day < u->unit.opened || day >= u->unit.closed)
					continue;
				/* up to the top, each open on that day and of a kind that fits */
				for (hy_str up = unit_past_on(u, day)->parent; up.n;) {
					const struct unit_entry *p = NULL;
					for (size_t m = 0; m < b.n; m++)
						if (hy_str_eq(b.v[m].unit.code, up))
							p = &b.v[m];
					if (!p || p->unit.opened > day || day >= p->unit.closed ||
					    ++depth > 20 ||
					    (depth == 1 &&
					     !(unit_kinds[u->unit.kind].under >> p->unit.kind & 1)))
						wrong = hy_printf(
							keep, HY_FMT " in " HY_FMT " on " HY_FMT,
							HY_ARG(u->unit.code), HY_ARG(up),
							HY_ARG(hy_day_text(a, day)));
					if (wrong.n)
						break;
					up = unit_past_on(p, day)->parent;
				}
				if (!depth && !unit_kinds[u->unit.kind].top)
					wrong = hy_str_dup(keep, u->unit.code);
			}
		hy_store_give(&db);
		if (wrong.n)
			fail_msg("after %d: " HY_FMT, i, HY_ARG(wrong));
	}
	assert_true(done > 60 && refused > 60);
	fsck_is_clean(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(units_are_made_and_changed_by_events, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(bad_units_are_refused, city_up, city_down),
		cmocka_unit_test_setup_teardown(a_tower_of_units_ends, city_up, city_down),
		cmocka_unit_test(what_differs_from_the_events_is_found),
		cmocka_unit_test_setup_teardown(a_unit_has_the_name_of_its_time, city_up,
						city_down),
		cmocka_unit_test_setup_teardown(the_tree_keeps_its_rules, city_up, city_down),
		cmocka_unit_test_setup_teardown(no_circle_on_any_day, city_up, city_down),
		cmocka_unit_test_setup_teardown(units_merge_and_split, city_up, city_down),
		cmocka_unit_test_setup_teardown(random_trees_stay_sound, city_up, city_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
