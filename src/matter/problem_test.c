/* When a line of a problem list is concrete: by rule, without guessing. */
#include "matter/problem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/json.h"

#define BIT(x) (1u << PROBLEM_##x)

static void vague_and_concrete(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	static const struct {
		const char *example, *place, *date;
		unsigned vague;
	} rows[] = {
		/* no generalities */
		{ "服务意识不强，工作作风有待进一步加强。", "", "",
		  BIT(STOCK) | BIT(NO_WHEN) | BIT(NO_WHAT) },
		{ "学习不够深入，理论联系实际不够，创新意识不强，工作主动性有待提高", "", "",
		  BIT(STOCK) | BIT(NO_WHEN) | BIT(NO_WHAT) },
		{ "有时存在推诿现象", "", "", BIT(SHORT) | BIT(NO_WHEN) | BIT(NO_WHAT) },
		{ "", "", "", BIT(SHORT) | BIT(NO_WHEN) | BIT(NO_WHAT) },
		{ "……，。！？……，。！？……，。！？", "", "",
		  BIT(SHORT) | BIT(NO_WHEN) | BIT(NO_WHAT) },
		/* filled fields do not make an empty phrase concrete */
		{ "服务意识不够强，工作作风有待进一步加强", "三楼大厅", "2026-02-11", BIT(STOCK) },
		/* one thing is missing, and named */
		{ "窗口人员接电话聊天，让来办证的人站着等", "", "2026-02-11", BIT(NO_WHAT) },
		{ "让来办退休手续的王某为一份证明来回跑", "", "", BIT(NO_WHEN) },
		{ "到农村宣传政策时没有思路，只念文件不答问", "", "2026-02-11", BIT(NO_WHAT) },
		/* told so that somebody else could go and look */
		{ "2月11日上午，让王某为一份证明跑了三趟", "", "", 0 },
		{ "上周三李师傅来开收据，窗口没人，等到下班", "", "", 0 },
		{ "让来办退休手续的人为一份证明来回跑", "社保3号窗口", "2026-02-11", 0 },
		{ "去年东街社区报修路灯，拖了很久没有去修", "", "", 0 },
		{ "２０２６年３月２日审批超时两个工作日没有告知", "", "", 0 },
		{ "3月5日在光明路执法时态度生硬，与摊主争吵", "", "", 0 },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct problem_line l = { .example = hy_str_of(rows[i].example),
					  .place = hy_str_of(rows[i].place),
					  .date = HY_NO_DAY };
		if (*rows[i].date)
			assert_true(hy_day_read(hy_str_of(rows[i].date), &l.date));
		unsigned found = problem_vague(a, &l);
		if (found != rows[i].vague)
			fail_msg("%s: found %#x, expected %#x", rows[i].example, found,
				 rows[i].vague);
	}
}

#define WHOLE                                                                                             \
	"\"category\":\"ill_delay\",\"example\":\"2月11日上午让王某为一份证明跑了三趟\"," \
	"\"cause\":\"未一次告知\",\"measure\":\"印发清单\",\"responsible\":\"李某\","          \
	"\"due\":\"2026-04-30\""

static void refused_with_the_line_and_what_is_missing(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct pack p = { 0 }; /* without categories any word is one */
	hy_day today = 0;
	static const struct {
		const char *json, *says; /* NULL: taken */
	} rows[] = {
		{ "[{" WHOLE "}]", NULL },
		{ "[]", "at least one line" },
		{ "\"x\"", "at least one line" },
		{ "[{" WHOLE "},7]", "line 2 must be an object" },
		{ "[{" WHOLE "},{}]", "line 2: `category` is needed" },
		{ "[{" WHOLE ",\"plase\":\"x\"}]", "did you mean \"place\"" },
		{ "[{" WHOLE ",\"date\":\"gestern\"}]", "line 1: `date` must be a day" },
		{ "[{" WHOLE ",\"date\":\"2026-03-03\"}]", "lies in the future" },
		{ "[{" WHOLE ",\"date\":\"2026-03-02\"}]", NULL },
		{ "[{" WHOLE ",\"place\":5}]", "`place` must be a text" },
		{ "[{" WHOLE "},{\"category\":\"x\",\"example\":\"工作不够扎实\",\"cause\":\"x\","
		  "\"measure\":\"x\",\"responsible\":\"x\",\"due\":\"2026-04-30\"}]",
		  "line 2: too short to tell what happened / when" },
	};

	assert_true(hy_day_read(HY_S("2026-03-02"), &today));
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct hy_err e = { 0 };
		json_t *v = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
		assert_non_null(v);
		enum hy_code code = problem_lines_check(a, &p, v, today, &e);
		json_decref(v);
		if ((code != HY_OK) != (rows[i].says != NULL))
			fail_msg("%s: %s", rows[i].json, e.detail);
		if (code && (code != HY_BAD_FIELD || strcmp(e.field, "lines") != 0 ||
			     !strstr(e.detail, rows[i].says)))
			fail_msg("%s: %s", rows[i].json, e.detail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vague_and_concrete),
		cmocka_unit_test(refused_with_the_line_and_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
