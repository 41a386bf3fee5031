/* What would change, in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pack/difference.h"
#include "pack/pack_sample.h"

static int up(void **state)
{
	*state = hy_arena_new(0);
	return 0;
}

static int down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

static struct pack *built(struct hy_arena *a, const struct pack_source *s, size_t n)
{
	struct pack_messages msgs = { 0 };
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	if (pack_build(a, s, n, NULL, 0, &msgs, &p, &e))
		fail_msg("%s", hy_err_text(&e));
	return p;
}

/* The differences when FROM in the file PATH becomes TO; nothing is left out but "file". */
static struct pack_changes after(struct hy_arena *a, const char *path, const char *from,
				 const char *to)
{
	struct pack_source s = sample(a, "base");
	struct pack *was = built(a, &s, 1), *now;
	hy_str *text = sample_text(&s, path);

	*text = replaced(a, *text, from, to);
	now = built(a, &s, 1);
	struct pack_changes c = pack_difference(a, was, now);
	pack_free(&was);
	pack_free(&now);
	return c;
}

static void assert_tells(const struct pack_changes *c, const char *area, const char *id,
			 const char *cn, const char *en)
{
	for (size_t i = 0; i < c->n; i++)
		if (hy_str_eq(c->v[i].area, hy_str_of(area)) &&
		    hy_str_eq(c->v[i].id, hy_str_of(id)) &&
		    hy_str_eq(c->v[i].text.zh_cn, hy_str_of(cn)) &&
		    hy_str_eq(c->v[i].text.en, hy_str_of(en)))
			return;
	for (size_t i = 0; i < c->n; i++)
		print_message("%.*s %.*s: %.*s | %.*s\n", HY_ARG(c->v[i].area), HY_ARG(c->v[i].id),
			      HY_ARG(c->v[i].text.zh_cn), HY_ARG(c->v[i].text.en));
	fail_msg("nothing says: %s", cn);
}

static void the_same_has_no_difference(void **state)
{
	struct pack_source s = sample(*state, "base");
	struct pack *p = built(*state, &s, 1), *q = built(*state, &s, 1);

	assert_int_equal(pack_difference(*state, p, q).n, 0);
	pack_free(&p);
	pack_free(&q);
}

static void tells_days(void **state)
{
	struct pack_changes c =
		after(*state, "calendar/2026.yaml", "{day: 2026-01-04, work: true, name: 元旦}",
		      "{day: 2026-01-02, work: false, name: 元旦}");

	assert_tells(&c, "calendar", "2026-01-02", "2026-01-02由工作日改为休息日（元旦）",
		     "2026-01-02 was a working day and becomes a day of rest (元旦)");
	assert_tells(&c, "calendar", "2026-01-04", "2026-01-04由工作日改为休息日",
		     "2026-01-04 was a working day and becomes a day of rest");
	assert_tells(&c, "file", "base/calendar/2026.yaml", "文件 base/calendar/2026.yaml 有改动",
		     "file changed: base/calendar/2026.yaml");
	assert_int_equal(c.n, 3);
}

static void tells_years_that_get_their_notice(void **state)
{
	struct pack_changes c =
		after(*state, "calendar/2026.yaml", "covers: [2026]", "covers: [2026, 2027]");

	assert_tells(&c, "calendar", "2027", "2027年的放假安排已有通知，不再是暂定",
		     "2027 has its notice and is no longer provisional");
}

static void tells_limits_with_their_clause(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct pack *was = built(a, &s, 1), *now;
	size_t i = 0;

	while (hy_str_find(s.files[i].text, HY_S("LIC_DECIDE")) < 0 ||
	       !hy_str_starts(s.files[i].path, HY_S("rules/")))
		i++;
	s.files[i].text = replaced(a, s.files[i].text, "limit: 20wd", "limit: 15wd");
	now = built(a, &s, 1);
	struct pack_changes c = pack_difference(a, was, now);
	assert_true(c.n >= 2);
	assert_true(hy_str_eq(c.v[0].area, HY_S("rule")));
	assert_true(hy_str_eq(c.v[0].id, HY_S("LIC_DECIDE")));
	assert_true(hy_str_find(c.v[0].text.zh_cn, HY_S("20个工作日")) > 0);
	assert_true(hy_str_find(c.v[0].text.zh_cn, HY_S("改为")) > 0);
	assert_true(hy_str_find(c.v[0].text.zh_hant, HY_S("15個工作日")) > 0);
	assert_true(hy_str_find(c.v[0].text.en, HY_S("15 working days")) > 0);
	pack_free(&was);
	pack_free(&now);
}

static void tells_moves(void **state)
{
	struct pack_changes c =
		after(*state, "kinds/licence.yaml", "needs: [title]\n    may: [body,",
		      "needs: [title, body]\n    may: [");

	for (size_t i = 0; i < c.n; i++)
		if (hy_str_eq(c.v[i].area, HY_S("move")))
			assert_true(hy_str_eq(c.v[i].id, HY_S("licence/file")));
	assert_tells(&c, "move", "licence/file", "“许可”的步骤“申请”：必填由“标题”改为“标题、内容”",
		     "move “File” of “Licence”: needed was “Title”, becomes “Title, Text”");
}

static void tells_a_folder_on_top(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s[2] = { sample(a, "base"), { .name = HY_S("city") } };
	struct pack_file own[] = {
		{ HY_S("pack.yaml"), HY_S("pack: city\nversion: 2027.1.1\njurisdiction: CN-x\n"
					  "title: " T3("本市", "Our city") "\n") },
	};
	struct pack *was = built(a, s, 1), *now;

	s[1].files = own;
	s[1].n_files = 1;
	now = built(a, s, 2);
	struct pack_changes c = pack_difference(a, was, now);
	assert_tells(&c, "pack", "", "本市：版本由“base 2026.11.1”改为“city 2027.1.1”",
		     "Our city: the version was “base 2026.11.1”, becomes “city 2027.1.1”");
	assert_tells(&c, "pack", "city", "新增文件夹“city”", "new: folder “city”");
	assert_tells(&c, "file", "city/pack.yaml", "新增文件 city/pack.yaml",
		     "new file: city/pack.yaml");
	struct pack_changes back = pack_difference(a, now, was);
	assert_tells(&back, "pack", "city", "取消文件夹“city”", "no more: folder “city”");
	pack_free(&was);
	pack_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_has_no_difference, up, down),
		cmocka_unit_test_setup_teardown(tells_days, up, down),
		cmocka_unit_test_setup_teardown(tells_years_that_get_their_notice, up, down),
		cmocka_unit_test_setup_teardown(tells_limits_with_their_clause, up, down),
		cmocka_unit_test_setup_teardown(tells_moves, up, down),
		cmocka_unit_test_setup_teardown(tells_a_folder_on_top, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
