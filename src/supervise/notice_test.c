/* What a notice says: nothing but what the record says. */
#include "supervise/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "matter/testing.h"

static const struct city_room *const rooms[] = { &notice_room, NULL };

static int up(void **state)
{
	int failed;

	city_set_rooms(rooms);
	failed = town_up(state);
	if (!failed)
		town_unit(*state, "a", "甲局");
	return failed;
}

static struct paper composed(struct town *t, hy_str code, const char *form)
{
	static const struct notice_names names = { HY_S_INIT("试验市效能办"), HY_S_INIT("甲局"),
						   HY_S_INIT("试效改") };
	const struct notice_form *f = NULL;
	struct matter *m = town_matter(t, code);
	struct paper p;

	assert_ok(notice_form_of(m, hy_str_of(form), &f, e));
	notice_compose(t->a, m, f, &names, &p);
	return p;
}

static bool says(const struct paper *p, const char *words)
{
	for (size_t i = 0; i < p->n_parts; i++)
		if (hy_str_find(p->parts[i].text, hy_str_of(words)) >= 0)
			return true;
	return false;
}

#define assert_text(a, b) assert_true(hy_str_eq(a, HY_S(b)))
#define assert_in(p, words)                                                                        \
	do {                                                                                       \
		if (!says(p, words))                                                               \
			fail_msg("line %d: it does not say \"%s\"", __LINE__, words);              \
	} while (0)

static void numbers_come_from_codes(void **state)
{
	struct town *t = *state;

	assert_text(notice_number(t->a, HY_S("效改"), HY_S("ZG-2026-000012")), "效改〔2026〕12号");
	assert_text(notice_number(t->a, HY_S("效改"), HY_S("ZG-2026-1000000")),
		    "效改〔2026〕1000000号");
	assert_text(notice_number(t->a, HY_S("效改"), HY_S("ZG-2026")), "");
}

static void a_rectification_says_what_by_when_and_why(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(
		t, "2026-09-14T10:00", "rectification", "efficacy_office",
		"{\"title\":\"窗口脱岗\",\"unit\":\"a\",\"class\":\"supervise_notice\","
		"\"basis\":\"试验市效能条例 第九条\",\"body\":\"三号窗口。\\n九时无人。\"}");
	struct paper p = composed(t, code, "");

	assert_text(p.title, "效能整改通知书");
	assert_text(p.number, "试效改〔2026〕1号");
	assert_text(p.to, "甲局");
	assert_int_equal(p.date, hy_day_of(2026, 9, 14));
	assert_true(p.sealed);
	assert_in(&p, "依据试验市效能条例 第九条，");
	assert_in(&p, "窗口脱岗。");
	assert_in(&p, "九时无人。");
	/* over the holidays of autumn: the calendar's ten working days */
	assert_in(&p, "请于2026年9月28日前（含当日）");
	assert_in(&p, "期限为10个工作日，自下达次日起算（杭州市绩效管理条例 第二十条；");
	assert_false(says(&p, "现为"));

	code = town_file(t, "2026-09-14T10:00", "rectification", "efficacy_office",
			 "{\"title\":\"x\",\"unit\":\"a\"}");
	town_move(t, "2026-09-20T10:00", code, "extend", "efficacy_office",
		  "{\"limit\":\"10cd\",\"reason\":\"招标\",\"approver\":\"efficacy_office\"}");
	p = composed(t, code, "rectification");
	assert_in(&p, "请于2026年10月14日前");
	assert_in(&p, "该期限现为2026年10月24日。");

	code = town_file(t, "2026-09-14T10:00", "rectification", "efficacy_office",
			 "{\"title\":\"x\",\"unit\":\"a\",\"due\":\"2026-09-30T18:00:00+08:00\"}");
	p = composed(t, code, "");
	assert_in(&p, "请于2026年9月30日前");
	assert_false(says(&p, "期限为"));
}

static void an_instruction_and_a_receipt(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-03-02T10:00", "instruction", "efficacy_office",
				"{\"title\":\"路面坑洼\",\"unit\":\"a\"}");
	struct paper p = composed(t, code, "");

	assert_text(p.title, "督办通知书");
	assert_in(&p, "请于2026年3月17日前");
	p = composed(t, code, "receipt");
	assert_text(p.title, "送达回证");
	assert_in(&p, "送达文书：督办通知书");
	assert_false(says(&p, "签收时间：2026年"));
	town_move(t, "2026-03-03T10:00", code, "sign", "handler", "{}");
	p = composed(t, code, "receipt");
	assert_in(&p, "签收时间：2026年3月3日");
}

/* One paper about several matters: a table of what the reader may see, and how many more. */
static void a_reminder_lists_its_matters(void **state)
{
	struct town *t = *state;
	hy_str one = town_file(t, "2026-03-02T10:00", "complaint", "desk",
			       "{\"title\":\"路灯不亮\",\"unit\":\"a\"}");
	hy_str code = town_file(
		t, "2026-09-14T10:00", "urging", "efficacy_office",
		hy_printf(t->a, "{\"title\":\"路灯\",\"unit\":\"a\",\"matters\":[\"" HY_FMT "\"]}",
			  HY_ARG(one))
			.p);
	const struct notice_about about[] = { { one, HY_S("路灯不亮"), town_at("2026-04-01T10:00"),
						166 } };
	const struct notice_names names = {
		HY_S_INIT("试验市效能办"), HY_S_INIT("甲局"), HY_S_INIT("试效催"), about, 1, 2
	};
	const struct paper_table *table = NULL;
	const struct notice_form *f = NULL;
	struct matter *m = town_matter(t, code);
	struct paper p;

	assert_ok(notice_form_of(m, HY_S(""), &f, e));
	notice_compose(t->a, m, f, &names, &p);
	assert_text(p.title, "催办通知书");
	assert_text(p.number, "试效催〔2026〕1号");
	assert_in(&p, "请于2026年9月20日前");
	assert_in(&p, "另有2件不在您的查看范围内。");
	for (size_t i = 0; i < p.n_parts; i++)
		if (p.parts[i].level == PAPER_TABLE)
			table = p.parts[i].table;
	assert_non_null(table);
	assert_int_equal(table->n_rows, 1);
	assert_true(hy_str_eq(table->cells[0], one));
	assert_text(table->cells[2], "2026年4月1日");
	assert_text(table->cells[3], "166");
}

static void other_kinds_and_forms_are_refused(void **state)
{
	struct town *t = *state;
	static const char *const forms[] = { "", "receipt", "rectification", "recipt" };
	const struct notice_form *f = NULL;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	struct matter *m = town_matter(t, code);

	for (size_t i = 0; i < HY_COUNT(forms); i++) {
		struct hy_err e2 = { 0 };
		assert_int_equal(notice_form_of(m, hy_str_of(forms[i]), &f, &e2), HY_BAD_FIELD);
		if (i == 3)
			assert_non_null(strstr(e2.detail, "receipt"));
		hy_err_clear(&e2);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, town_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_come_from_codes),
		TEST(a_rectification_says_what_by_when_and_why),
		TEST(an_instruction_and_a_receipt),
		TEST(a_reminder_lists_its_matters),
		TEST(other_kinds_and_forms_are_refused),
	};

	return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}
