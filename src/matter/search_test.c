/* Search: every word of one character or more, in either script, by those alone who may read it. */
#include "matter/search.h"

#include "matter/matter_store.h"
#include "matter/plan_testing.h"
#include "matter/row.h"

static void index_it(struct town *t)
{
	int done;

	assert_ok(search_room.tick(t->city, 1, &done, e));
}

/* The codes that are found, in their order. */
static hy_str found(struct town *t, const char *words)
{
	HY_SCOPED_DB db = NULL;
	const struct matter_filter f = { .words = hy_str_of(words) };
	struct hy_buf b = hy_buf_on(t->a);
	struct matter_page page;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(matter_list(t->a, db, &access_all, &f, MATTER_BY_FILED_DESC, HY_S(""), 50, &page,
			      e));
	for (size_t i = 0; i < page.n; i++)
		hy_buf_fmt(&b, "%s" HY_FMT, i ? " " : "",
			   HY_ARG(((hy_str){ page.v[i].code.p + 2, page.v[i].code.n - 2 })));
	return hy_buf_str(&b);
}

static void expect(struct town *t, const char *words, const char *codes)
{
	hy_str got = found(t, words);

	if (!hy_str_eq(got, hy_str_of(codes)))
		fail_msg("'%s': '" HY_FMT "' instead of '%s'", words, HY_ARG(got), codes);
}

static void file(struct town *t, const char *title, const char *place)
{
	hy_str where = *place ? hy_printf(t->a, ",\"place\":\"%s\"", place) : HY_S("");

	town_file(t, "2026-03-02T10:00", "complaint", "citizen",
		  hy_printf(t->a, "{\"title\":\"%s\"" HY_FMT "}", title, HY_ARG(where)).p);
}

static void look_for_all(struct town *t, bool indexed)
{
	expect(t, "道路", "-2026-000003 -2026-000001");
	expect(t, "路", "-2026-000003 -2026-000002 -2026-000001");
	expect(t, "道路 破损", "-2026-000001");
	expect(t, "破损 道路", "-2026-000001");
	expect(t, "损道", "");
	expect(t, "解放路", "-2026-000002");
	expect(t, "解放路12号", "-2026-000002");
	expect(t, "放路1", "-2026-000002");
	expect(t, "nothing", "");
	expect(t, "TS-2026-000002", "-2026-000002");
	expect(t, "ts-2026-000002", "-2026-000002");
	expect(t, "  道路   破损  ", "-2026-000001");
	expect(t, "%", "");
	expect(t, "\"", "");
	expect(t, "a OR b", "");
	expect(t, "'", "");
	if (!indexed)
		return;
	/* What is folded: the other script, large letters, full width. */
	expect(t, "噪聲", "-2026-000004");
	expect(t, "噪声", "-2026-000004");
	expect(t, "zks网络", "-2026-000005");
	expect(t, "ＺＫＳ", "-2026-000005");
	expect(t, "網絡", "-2026-000005");
}

static void words_are_found_before_and_after_they_are_indexed(void **state)
{
	struct town *t = *state;

	file(t, "道路破损，积水", "人民街");
	file(t, "路灯不亮", "解放路12号");
	file(t, "修道路扰民", "");
	file(t, "夜間噪聲擾民", "");
	file(t, "ZKS网络故障", "");
	look_for_all(t, false);
	index_it(t);
	look_for_all(t, true);
	/* Again and again: nothing more is to be done, and nothing is lost. */
	index_it(t);
	file(t, "垃圾未清运", "道路旁");
	expect(t, "道路", "-2026-000006 -2026-000003 -2026-000001");
	index_it(t);
	expect(t, "道路", "-2026-000006 -2026-000003 -2026-000001");
	expect(t, "清运", "-2026-000006");
}

static void a_rebuilt_index_finds_the_same(void **state)
{
	struct town *t = *state;
	int64_t events, texts;

	file(t, "道路破损，积水", "人民街");
	file(t, "路灯不亮", "解放路12号");
	file(t, "修道路扰民", "");
	file(t, "夜間噪聲擾民", "");
	file(t, "ZKS网络故障", "");
	for (int i = 0; i < 2; i++) {
		assert_ok(search_rebuild(t->city, NULL, NULL, &events, &texts, e));
		assert_int_equal(texts, 5);
		assert_true(events >= 5);
		look_for_all(t, true);
	}
}

/* Few are looked at one by one; a word of marks alone is none to the index. */
static void few_matters_are_named(void **state)
{
	struct town *t = *state;
	struct hy_query q = { .sql = hy_buf_on(t->a) };
	HY_SCOPED_DB db = NULL;
	bool few;

	file(t, "道路破损", "");
	index_it(t);
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(search_where(&q, t->a, db, HY_S("道路"), NULL, &few, e));
	assert_true(few);
	assert_true(hy_str_find(hy_buf_str(&q.sql), HY_S(" AND m.id ")) >= 0);
	q = (struct hy_query){ .sql = hy_buf_on(t->a) };
	assert_ok(search_where(&q, t->a, db, HY_S("，"), NULL, &few, e));
	assert_false(few);
	assert_true(hy_str_find(hy_buf_str(&q.sql), HY_S(" AND m.id ")) < 0);
}

/* More than are looked at one by one: the list is read in its own order, with the same answer. */
static void a_word_of_every_title_is_not_looked_up(void **state)
{
	struct town *t = *state;
	struct hy_query q = { .sql = hy_buf_on(t->a) };
	HY_SCOPED_DB db = NULL;
	const struct matter_filter f = { .words = HY_S("件"), .open = 1 };
	struct matter_page page;
	int64_t events, texts;
	bool few;

	assert_ok(search_rebuild(t->city, NULL, NULL, &events, &texts, e));
	assert_int_equal(texts, 1 + MATTERS);
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(search_where(&q, t->a, db, HY_S("一件"), NULL, &few, e));
	assert_false(few);
	assert_ok(matter_list_query(t->a, db, &access_all, &f, MATTER_BY_DUE, HY_S(""), 20, &q, e));
	hy_str plan = plan_of(t, hy_buf_str(&q.sql), q.value, q.n);
	if (!holds(plan, "matter_due") || sorted(plan))
		fail_msg(HY_FMT, HY_ARG(plan));
	assert_ok(matter_list(t->a, db, &access_all, &f, MATTER_BY_DUE, HY_S(""), 20, &page, e));
	assert_int_equal(page.n, 20);
	assert_true(page.next.n > 0);
	q = (struct hy_query){ .sql = hy_buf_on(t->a) };
	assert_ok(search_where(&q, t->a, db, HY_S("一件 二件"), NULL, &few, e));
	assert_true(few);
}

static void what_is_taken_out_is_not_found(void **state)
{
	struct town *t = *state;
	HY_SCOPED_DB db = NULL;
	const struct actor nobody = { .kind = ACTOR_ANYONE };
	struct matter_filter f = { .words = HY_S("13900001234"), .who = &nobody };
	struct matter_page page;

	file(t, "请回电13900001234谈道路", "");
	for (int i = 0; i < 2; i++) { /* before and after it is indexed */
		f.words = HY_S("13900001234");
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(matter_list(t->a, db, &access_all, &f, MATTER_BY_FILED_DESC, HY_S(""), 9,
				      &page, e));
		assert_int_equal(page.n, 0);
		f.words = HY_S("道路");
		assert_ok(matter_list(t->a, db, &access_all, &f, MATTER_BY_FILED_DESC, HY_S(""), 9,
				      &page, e));
		assert_int_equal(page.n, 1);
		hy_store_give(&db);
		expect(t, "13900001234", "-2026-000001");
		index_it(t);
	}
}

static enum hy_code erase_work(struct hy_db *db, void *in_out, struct hy_err *err)
{
	struct town *t = in_out;
	const struct matter_erasing by = town_erasing("个保法 47");

	return matter_erase(t->city, db, t->a, HY_S("TS-2026-000001"), &by, err);
}

/* At once, also where no server runs to bring the index up to the log. */
static void what_is_erased_is_gone_from_the_index(void **state)
{
	static const struct city_room *const rooms[] = { &search_room, NULL };
	struct town *t = *state;
	int64_t n = -1;

	file(t, "欧阳守密说道路破损", "东风路12号");
	file(t, "道路", "");
	index_it(t);
	city_set_rooms(rooms);
	assert_ok(hy_store_write(city_store(t->city), erase_work, t, e));
	city_set_rooms(NULL);
	for (int i = 0; i < 2; i++) { /* before and after the index has come up to the log */
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(hy_sql_int(db, "SELECT count(*) FROM search_text WHERE length(whole) > 5",
				     -1, &n, e));
		assert_int_equal(n, 0);
		hy_store_give(&db);
		expect(t, "欧阳", "");
		expect(t, "道路", "-2026-000002");
		index_it(t);
	}
}

static void marks_stand_where_the_words_are(void **state)
{
	struct town *t = *state;
	static const struct {
		const char *text, *words, *marks;
	} cases[] = {
		{ "道路破损", "道路", "0-2 " },
		{ "修道路、道路", "道路", "1-3 4-6 " },
		{ "夜間噪聲", "噪声", "2-4 " },
		{ "道路破损", "道路 路破", "0-3 " },
		{ "ZKS网络", "zks", "0-3 " },
		{ "道路", "", "" },
		{ "道路", "路灯", "" },
		{ "aaa", "aa", "0-3 " },
		{ "", "道路", "" },
	};

	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct hy_buf b = hy_buf_on(t->a);
		struct search_marks m = search_mark(t->a, hy_str_of(cases[i].text),
						    search_fold(t->a, hy_str_of(cases[i].words)));
		for (size_t k = 0; k < m.n; k++)
			hy_buf_fmt(&b, "%zu-%zu ", m.v[k].from, m.v[k].to);
		if (!hy_str_eq(hy_buf_str(&b), hy_str_of(cases[i].marks)))
			fail_msg("'%s' in '%s': " HY_FMT, cases[i].words, cases[i].text,
				 HY_ARG(hy_buf_str(&b)));
	}
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, town_up, town_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(words_are_found_before_and_after_they_are_indexed),
		EACH(a_rebuilt_index_finds_the_same),
		EACH(few_matters_are_named),
		cmocka_unit_test_setup_teardown(a_word_of_every_title_is_not_looked_up, many_up,
						town_down),
		EACH(what_is_taken_out_is_not_found),
		EACH(what_is_erased_is_gone_from_the_index),
		EACH(marks_stand_where_the_words_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
