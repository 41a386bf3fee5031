/* Redaction: what is found in a text, what is left alone, and how well both go on real letters. */
#include "matter/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/map.h"

static struct hy_err err, *e = &err;

static hy_str redacted(struct hy_arena *a, const char *text)
{
	struct redact_spans spans = redact_propose(a, hy_str_of(text));

	return redact_apply(a, hy_str_of(text), &spans);
}

static void what_tells_is_found(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "请回电13800138000。", "请回电〔电话〕。" },
		{ "手机138 0013 8000，谢谢", "手机〔电话〕，谢谢" },
		{ "+86-138-0013-8000", "〔电话〕" },
		{ "全角１３８００１３８０００也是", "全角〔电话〕也是" },
		{ "办公室0731-88665566转", "办公室〔电话〕转" },
		{ "座机：88665566", "座机：〔电话〕" },
		{ "身份证11010519491231002X。", "身份证〔身份证号〕。" },
		{ "身份证号：11010519491231002x", "身份证号：〔身份证号〕" },
		{ "老证130503670401001", "老证〔身份证号〕" },
		{ "卡号6222 0212 3456 7890 128", "卡号〔银行卡号〕" },
		{ "车牌湘A·12B45乱停", "车牌〔车牌〕乱停" },
		{ "新能源粤B D12345", "新能源〔车牌〕" },
		{ "新能源粤BD12345", "新能源〔车牌〕" },
		{ "写信到wang.xm@example.com吧", "写信到〔邮箱〕吧" },
		{ "QQ：12345678", "QQ：〔账号〕" },
		{ "微信号 wxm_2020", "微信号 〔账号〕" },
		{ "家住芙蓉区东风路12号，楼下", "家住〔住址〕，楼下" },
		{ "在阳光小区3栋2单元501室漏水", "在阳光小区〔住址〕漏水" },
		{ "我叫王小明，今年", "我叫〔姓名〕，今年" },
		{ "我叫欧阳修文。", "我叫〔姓名〕。" },
		{ "本人李四电话", "本人〔姓名〕电话" },
		{ "举报人：张三，男", "举报人：〔姓名〕，男" },
		{ "请处理。\n　　赵铁柱\n2026年3月2日", "请处理。\n　　〔姓名〕\n2026年3月2日" },
		{ "聯繫人：劉德明", "聯繫人：〔姓名〕" },
	};
	HY_SCOPED_ARENA a = hy_arena_new(0);

	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		hy_str got = redacted(a, rows[i].text);
		if (!hy_str_eq(got, hy_str_of(rows[i].want)))
			fail_msg("%s: got " HY_FMT ", wanted %s", rows[i].text, HY_ARG(got),
				 rows[i].want);
	}
}

static void what_tells_nothing_is_left(void **state)
{
	static const char *const rows[] = {
		"",
		"2026年3月2日10时30分",
		"拨打12345和110都没有人接",
		"共计12345678元",
		"身份证号110105194912310021的最后一位不对",
		"编号6222021234567890123不是卡",
		"合同编号202603020001234567",
		"我是高中生，我叫他们停工",
		"本人申请低保，业主权益受损，居民区很吵",
		"联系人和联系方式都没有",
		"湘江A段在施工",
		"第3栋住宅楼",
		"贫困户36户140人",
		"TS-2026-000123",
		"芙蓉路12号线工地",
		"路灯@不亮",
	};
	HY_SCOPED_ARENA a = hy_arena_new(0);

	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		hy_str got = redacted(a, rows[i]);
		if (!hy_str_eq(got, hy_str_of(rows[i])))
			fail_msg("%s became " HY_FMT, rows[i], HY_ARG(got));
	}
}

static void a_reviewer_adds_and_takes_away(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str text = HY_S("我叫王小明，邻居老李打我");
	struct redact_span v[] = { { 8, 10, REDACT_OTHER },
				   { 2, 5, REDACT_NAME },
				   { 4, 5, REDACT_NAME } };
	struct redact_spans spans = { v, 3 };
	struct redact_span bad[] = { { 0, 13, REDACT_NAME } };

	(void)state;
	assert_int_equal(redact_check(a, text, &spans, e), HY_OK);
	assert_int_equal(spans.n, 2);
	hy_str got = redact_apply(a, text, &spans);
	assert_true(hy_str_eq(got, HY_S("我叫〔姓名〕，邻居〔略〕打我")));
	spans = (struct redact_spans){ bad, 1 };
	assert_int_equal(redact_check(a, text, &spans, e), HY_BAD_FIELD);
	hy_err_clear(e);
	bad[0] = (struct redact_span){ 3, 3, REDACT_NAME };
	assert_int_equal(redact_check(a, text, &spans, e), HY_BAD_FIELD);
	hy_err_clear(e);
}

/* Any text gives spans in order within it, and no proposal twice. */
static void no_text_breaks_it(void **state)
{
	static const char *const bits[] = { "我叫", "王",  "13800138000", "家住",  "栋", "3",
					    "@",    "a.b", "湘A",	  "12345", "，", "\n",
					    " ",    "QQ",  "：",	  "X",	   "😀",	 "号" };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct hy_buf b = hy_buf_on(a);
		for (int i = 0; i < 24; i++) {
			seed = seed * 1103515245u + 12345u;
			hy_buf_add(&b, hy_str_of(bits[(seed >> 16) % HY_COUNT(bits)]));
		}
		hy_str text = hy_buf_str(&b);
		struct redact_spans spans = redact_propose(a, text);
		size_t last = 0;
		for (size_t i = 0; i < spans.n; i++) {
			assert_true(spans.v[i].from >= last);
			assert_true(spans.v[i].to > spans.v[i].from);
			last = spans.v[i].to;
		}
		assert_true(last <= hy_str_chars(text));
		assert_true(hy_str_utf8(redact_apply(a, text, &spans), NULL));
		hy_arena_empty(a);
	}
}

/* --- the shared letters --------------------------------------------------------------------------
 */

static hy_str cut_out(struct hy_arena *a, hy_str line, const struct redact_span *x)
{
	hy_str head = hy_str_head(line, x->from), both = hy_str_head(line, x->to);

	return hy_str_dup(a, (hy_str){ line.p + head.n, both.n - head.n });
}

struct tally {
	struct hy_map right; /* names read through by hand */
	int names, wrong, told, found;
};

/* "我叫" with a name behind it: not 我叫他们, 我叫停. */
static void told_one(struct tally *t, hy_str line, const struct redact_spans *spans)
{
	static const char *const not_names[] = { "他", "她", "它", "停", "你", "了", "不", "来",
						 "车", "人", "过", "去", "一", "做", "嚣" };
	size_t at = 0;

	for (hy_str rest = line;;) {
		ptrdiff_t hit = hy_str_find(rest, HY_S("我叫"));
		if (hit < 0)
			return;
		at += (size_t)hit + 6;
		rest = (hy_str){ line.p + at, line.n - at };
		bool name = rest.n >= 6 && (unsigned char)rest.p[0] >= 0xe4 &&
			    (unsigned char)rest.p[3] >= 0xe4;
		for (size_t i = 0; i < HY_COUNT(not_names); i++)
			name = name && !hy_str_starts(rest, hy_str_of(not_names[i]));
		if (!name)
			continue;
		t->told++;
		size_t chars = hy_str_chars((hy_str){ line.p, at });
		for (size_t i = 0; i < spans->n; i++)
			t->found += spans->v[i].from == chars;
	}
}

static void letters_are_redacted_well(void **state)
{
	static const char *const files[] = { "fujian2_sample_labeled.csv", "fujian3_hot_issues.csv",
					     "fujian4_with_replies.csv" };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const char *set = getenv("HY_SHARED_DATA");
	hy_str dir = set ? hy_str_of(set) : HY_S(HY_SOURCE_ROOT "/../shared/data"), list, line;
	struct tally t = { .right = { .a = a } };

	(void)state;
	assert_int_equal(hy_file_read(a, HY_SOURCE_ROOT "/tests/fixtures/redact/names.txt", 1 << 20,
				      &list, e),
			 HY_OK);
	while (hy_str_cut(&list, '\n', &line))
		if (line.n && line.p[0] != '#')
			hy_map_put(&t.right, line, &t);
	for (size_t i = 0; i < HY_COUNT(files); i++) {
		HY_SCOPED_ARENA of_file = hy_arena_new(0);
		hy_str text = HY_S("");
		hy_str path = hy_printf(a, HY_FMT "/letters/%s", HY_ARG(dir), files[i]);
		if (hy_file_read(of_file, path.p, 1 << 26, &text, e) == HY_NOT_FOUND) {
			hy_err_clear(e);
			skip();
		}
		while (hy_str_cut(&text, '\n', &line)) {
			struct redact_spans spans = redact_propose(of_file, line);
			told_one(&t, line, &spans);
			for (size_t k = 0; k < spans.n; k++) {
				if (spans.v[k].kind != REDACT_NAME)
					continue;
				t.names++;
				t.wrong +=
					!hy_map_get(&t.right, cut_out(of_file, line, &spans.v[k]));
			}
		}
	}
	print_message("# names: %d of %d proposed are none; of %d told by 我叫, %d found\n",
		      t.wrong, t.names, t.told, t.found);
	assert_true(t.names > 200);
	assert_true(t.wrong * 100 <= t.names * 4);
	assert_true(t.told > 50);
	assert_true(t.found * 100 >= t.told * 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tells_is_found),
		cmocka_unit_test(what_tells_nothing_is_left),
		cmocka_unit_test(a_reviewer_adds_and_takes_away),
		cmocka_unit_test(no_text_breaks_it),
		cmocka_unit_test(letters_are_redacted_well),
	};

	return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
