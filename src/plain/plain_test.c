/* What goes into a page is escaped, and what it says has words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "plain/page.h"

#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

static struct hy_arena *arena;

static int arena_up(void **state)
{
	(void)state;
	arena = hy_arena_new(4 << 20);
	return 0;
}

static int arena_down(void **state)
{
	(void)state;
	hy_arena_free(&arena);
	return 0;
}

static struct page empty_page(void)
{
	return (struct page){ .a = arena, .b = hy_buf_on(arena) };
}

static void values_are_escaped(void **state)
{
	struct page page = empty_page(), *p = &page;

	(void)state;
	PUT(p, "<a title=\"{}\">{}</a>{}", HY_S("\" onclick='x'"), HY_S("<b>&amp;{}</b>"),
	    HY_S(""));
	assert_str(hy_buf_str(&page.b),
		   "<a title=\"&quot; onclick=&#39;x&#39;\">&lt;b&gt;&amp;amp;{}&lt;/b&gt;</a>");
}

/* Whatever comes in: no byte of it begins or ends anything, and none is lost. */
static void whatever_is_put(void **state)
{
	static const hy_str entities[] = { HY_S_INIT("&amp;"), HY_S_INIT("&lt;"), HY_S_INIT("&gt;"),
					   HY_S_INIT("&quot;"), HY_S_INIT("&#39;") };
	static const char plain[] = "&<>\"'";
	unsigned char drawn[64];

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct page page = empty_page(), *p = &page;
		hy_random(drawn, sizeof(drawn));
		for (size_t i = 1; i < sizeof(drawn); i += 3)
			drawn[i] = (unsigned char)plain[drawn[i] % 5];
		hy_str in = { (const char *)drawn, drawn[0] % sizeof(drawn) };
		PUT(p, "{}", in);
		hy_str out = hy_buf_str(&page.b);
		size_t at = 0;
		for (size_t i = 0; i < in.n; i++) {
			const char *special = memchr(plain, in.p[i], 5);
			hy_str want = special ? entities[special - plain] : (hy_str){ &in.p[i], 1 };
			assert_true(out.n - at >= want.n &&
				    memcmp(out.p + at, want.p, want.n) == 0);
			at += want.n;
		}
		assert_int_equal(at, out.n);
	}
}

static void the_table_is_sorted_and_whole(void **state)
{
	(void)state;
	assert_true(plain_words_n > 200);
	for (size_t i = 0; i < plain_words_n; i++) {
		if (i)
			assert_true(strcmp(plain_words[i - 1].key, plain_words[i].key) < 0);
		for (int l = 0; l < PLAIN__LANGUAGES; l++)
			if (!plain_words[i].text[l][0])
				fail_msg("%s has no text in %s", plain_words[i].key,
					 plain_languages[l]);
	}
	assert_str(plain_word(PLAIN_EN, "brand.name"), "Huiyin");
	assert_str(plain_word(PLAIN_ZH_HANT, "no.such.key"), "");
	assert_true(plain_listed("own.reopen", HY_S("not_solved")));
	assert_false(plain_listed("own.reopen", HY_S("not")));
	assert_false(plain_listed("own.nothing", HY_S("not_solved")));
}

static void words_with_values(void **state)
{
	hy_str two[] = { HY_S("{1}"), HY_S("二") };

	(void)state;
	assert_str(plain_word_with(arena, PLAIN_ZH_CN, "plain.long", two, 2),
		   "太长了：最多 {1} 个字，现在有 二 个。");
	assert_str(plain_word_with(arena, PLAIN_ZH_CN, "plain.long", two, 1),
		   "太长了：最多 {1} 个字，现在有 {1} 个。");
	assert_str(plain_limit(arena, PLAIN_ZH_CN, HY_S("10wd")), "10 个工作日");
	assert_str(plain_limit(arena, PLAIN_EN, HY_S("16wh")), "16 working hours");
	assert_str(plain_limit(arena, PLAIN_EN, HY_S("soon")), "soon");
}

static void days_in_words(void **state)
{
	(void)state;
	assert_str(plain_day(arena, PLAIN_ZH_CN, HY_S("2026-10-13"), HY_S("2026-01-01")),
		   "10月13日 周二");
	assert_str(plain_day(arena, PLAIN_ZH_HANT, HY_S("2026-10-13"), HY_S("2025-12-31")),
		   "2026年10月13日 週二");
	assert_str(plain_day(arena, PLAIN_EN, HY_S("2026-10-13T09:00"), HY_S("2026")),
		   "Tuesday 13 October");
	assert_str(plain_day(arena, PLAIN_EN, HY_S("2026-10-13"), HY_S("")),
		   "Tuesday 13 October 2026");
	assert_str(plain_day(arena, PLAIN_EN, HY_S("never"), HY_S("")), "never");
	assert_str(plain_instant(arena, PLAIN_ZH_CN, HY_S("2026-10-13T23:59:59.999+08:00"),
				 HY_S("2026")),
		   "10月13日 周二");
	assert_str(
		plain_instant(arena, PLAIN_ZH_CN, HY_S("2026-10-13T09:05:00+08:00"), HY_S("2026")),
		"10月13日 周二 09:05");
}

static void titles(void **state)
{
	struct hy_buf b = hy_buf_on(arena);

	(void)state;
	assert_str(plain_title(arena, HY_S("  路灯坏了。请修！")), "路灯坏了");
	assert_str(plain_title(arena, HY_S("one. two\nthree")), "one");
	assert_str(plain_title(arena, HY_S("v1.2 is out")), "v1.2 is out");
	assert_str(plain_title(arena, HY_S(" \n ")), "");
	for (int i = 0; i < 70; i++)
		hy_buf_add(&b, HY_S("长"));
	hy_str cut = plain_title(arena, hy_buf_str(&b));
	assert_int_equal(hy_str_chars(cut), 60);
	assert_true(hy_str_ends(cut, HY_S("…")));
	assert_str(plain_groups(arena, HY_S("1234567")), "1234 567");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_are_escaped, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(whatever_is_put, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(the_table_is_sorted_and_whole, arena_up,
						arena_down),
		cmocka_unit_test_setup_teardown(words_with_values, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(days_in_words, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(titles, arena_up, arena_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
