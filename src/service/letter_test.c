/* A case that runs on an item of the catalogue: the limits it takes from there, what is refused,
 * and what its papers say. */
#include "matter/testing.h"

#include "matter/reform.h"
#include "service/assist.h"
#include "service/board.h"
#include "service/item_row.h"
#include "service/letter.h"

static const struct city_room *const rooms[] = { &service_room, &assist_room, NULL };

struct entry {
	struct town *t;
	const char *from, *code, *content; /* NULL: it is cut */
};

static enum hy_code entry_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct entry *x = in_out;
	struct reform r;
	struct item_act act = { .who = &actor_console, .document = HY_S("某文") };
	struct item_content content;

	reform_begin(&r, x->t->city, db, act.who, HY_S(""), &act.w);
	assert_true(hy_day_read(hy_str_of(x->from), &act.from));
	if (!x->content)
		return item_turn(&act, hy_str_of(x->code), ITEM_CUT, HY_S(""), e);
	enum hy_code c =
		item_content_read(hy_db_arena(db), town_data(x->t, x->content), &content, e);
	return c ? c : item_put(&act, hy_str_of(x->code), &content, NULL, e);
}

static void enter(struct town *t, const char *from, const char *code, const char *content)
{
	struct entry x = { t, from, code, content };

	assert_ok(hy_store_write(city_store(t->city), entry_work, &x, e));
}

#define SHUI "\"name\":\"取水许可\",\"type\":\"licence\",\"unit\":\"swj\""
static int up(void **state)
{
	city_set_rooms(rooms);
	int c = town_up(state);
	struct town *t = *state;
	town_time = town_at("2026-02-01T09:00");
	town_unit(t, "swj", "市水务局");
	enter(t, "2026-01-01", "swj-01", "{" SHUI ",\"statutory\":\"20wd\",\"pledged\":\"7wd\"}");
	enter(t, "2026-04-01", "swj-01", "{" SHUI ",\"statutory\":\"20wd\",\"pledged\":\"3wd\"}");
	enter(t, "2026-01-01", "swj-02",
	      "{" SHUI
	      ",\"statutory\":\"10wd\",\"pledged\":\"5wd\",\"basis\":[\"某条例 第九条\"]}");
	enter(t, "2026-01-01", "swj-03", "{" SHUI ",\"statutory\":\"30cd\",\"pledged\":\"9cd\"}");
	enter(t, "2026-03-01", "swj-03", NULL);
	return c;
}

static const struct matter_clock *decide(struct town *t, hy_str code)
{
	const struct matter_clock *c = matter_main_clock(town_matter(t, code));

	assert_non_null(c);
	return c;
}

static void day_is(hy_ms at, const char *want)
{
	hy_day d;

	assert_true(hy_day_read(hy_str_of(want), &d));
	assert_int_equal(hy_local(&hy_zone_china, at, NULL), d);
}

static void the_promise_of_the_day_of_filing_stays(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-03-02T10:00", "licence", "citizen",
				"{\"title\":\"建井\",\"item\":\"swj-01\",\"channel\":\"web\"}");
	struct matter *m = town_matter(t, code);

	assert_true(hy_str_eq(m->unit, HY_S("swj"))); /* as the catalogue has it */
	assert_true(hy_str_eq(m->item_name, HY_S("取水许可")));
	/* accepted by silence; the catalogue promises three days by now */
	town_move(t, "2026-04-07T10:00", code, "note", "desk", "{\"text\":\"x\"}");
	assert_int_equal(decide(t, code)->counted.pledged.n, 7);
	assert_int_equal(decide(t, code)->counted.limit.n, 20);
	day_is(decide(t, code)->due.pledged_due_at, "2026-03-11");
	town_fsck(t);
}

static void a_law_of_its_own_gives_another_limit(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-05-06T10:00", "licence", "citizen",
				"{\"title\":\"建井\",\"item\":\"swj-02\",\"channel\":\"web\"}");

	town_move(t, "2026-05-06T11:00", code, "accept", "desk", "{}");
	assert_int_equal(decide(t, code)->counted.limit.n, 10);
	assert_true(hy_str_eq(decide(t, code)->counted.clause, HY_S("某条例 第九条")));
	assert_int_equal(decide(t, code)->counted.pledged.n, 5);
	/* handled jointly it has the limit of joint handling */
	town_move(t, "2026-05-06T12:00", code, "correct", "desk", "{\"class\":\"joint\"}");
	day_is(decide(t, code)->due.due_at, "2026-07-08");
	town_fsck(t);
}

static void refused_filings(void **state)
{
	static const struct {
		const char *data, *field;
	} rows[] = {
		{ "{\"title\":\"x\",\"item\":\"swj-09\"}", "item" },
		{ "{\"title\":\"x\",\"item\":\"swj-03\"}", "item" }, /* cut since March */
		{ "{\"title\":\"x\",\"item_pledged\":\"1wd\"}", "item_pledged" },
		{ "{\"title\":\"x\",\"agent\":\"李四\"}", "authority" },
		{ "{\"title\":\"x\",\"authority\":\"委托书\"}", "agent" },
	};
	struct town *t = *state;

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct town_deed d = { .t = t, .subject = HY_S("licence"), .if_seq = -1 };
		struct hy_err why = { 0 };
		town_time = d.mv.at = town_at("2026-05-06T10:00");
		d.mv.role = HY_S("citizen");
		d.mv.data = town_data(t, rows[i].data);
		assert_int_equal(hy_store_write(city_store(t->city), town_file_work, &d, &why),
				 HY_BAD_FIELD);
		assert_string_equal(why.field, rows[i].field);
	}
}

/* --- papers -------------------------------------------------------------------------------------
 */

static struct paper paper_of(struct town *t, hy_str code, const char *form)
{
	struct matter *m = town_matter(t, code);
	struct letter *v;
	struct paper p = { 0 };
	size_t n;

	letter_list(t->a, m, true, &v, &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(letter_forms[v[i].form].id, form) == 0) {
			letter_compose(t->a, m, &v[i], HY_S("市水务局"), &p);
			return p;
		}
	fail_msg("there is no paper %s", form);
	return p;
}

static bool in(const struct paper *p, const char *words)
{
	for (size_t i = 0; i < p->n_parts; i++) {
		const struct paper_table *x = p->parts[i].table;
		if (hy_str_find(p->parts[i].text, hy_str_of(words)) >= 0)
			return true;
		for (size_t k = 0; x && k < x->n * x->n_rows; k++)
			if (hy_str_find(x->cells[k], hy_str_of(words)) >= 0)
				return true;
	}
	return false;
}
#define assert_in(p, words)                                                                        \
	do {                                                                                       \
		if (!in(p, words))                                                                 \
			fail_msg("line %d: it does not say \"%s\"", __LINE__, words);              \
	} while (0)

static void the_whole_way_has_its_papers(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(
		t, "2026-06-01T10:00", "licence", "desk",
		"{\"title\":\"建井取水\",\"item\":\"swj-01\",\"name\":\"张三\",\"agent\":\"李四\","
		"\"authority\":\"6月1日委托书\",\"first_contact\":\"王五\",\"channel\":"
		"\"window\"}");

	town_move(t, "2026-06-02T10:00", code, "notice", "desk",
		  "{\"papers\":[\"论证报告\",\"身份证明\"]}");
	town_move(t, "2026-06-05T10:00", code, "complete_papers", "citizen", "{}");
	town_move(t, "2026-06-08T10:00", code, "accept", "desk", "{}");
	town_move(t, "2026-06-09T10:00", code, "pause", "handler",
		  "{\"ground\":\"expert_review\",\"paper\":\"告1号\",\"planned\":6,\"approver\":"
		  "\"section_head\"}");
	town_move(t, "2026-06-15T10:00", code, "resume", "handler", "{}");
	town_move(t, "2026-06-16T10:00", code, "extend", "handler",
		  "{\"limit\":\"5wd\",\"reason\":\"水文资料复核\",\"approver\":\"organ_head\"}");
	town_move(t, "2026-06-23T10:00", code, "approve", "handler", "{\"text\":\"年取水三万吨\"}");

	struct paper p = paper_of(t, code, "notice");
	assert_in(&p, "1. 论证报告");
	assert_in(&p, "2. 身份证明");
	assert_in(&p, "代理人：李四（6月1日委托书）");
	assert_true(hy_str_eq(p.to, HY_S("张三")));
	p = paper_of(t, code, "accept");
	assert_in(&p, "受理日期为2026年6月8日");
	assert_in(&p, "本机关承诺3个工作日内办结（办事指南 swj-01）");
	assert_in(&p, "即2026年7月7日前（含当日）"); /* as it was, not as it became */
	assert_int_equal(p.date, hy_day_of(2026, 6, 8));
	assert_true(p.sealed);
	p = paper_of(t, code, "pause");
	assert_in(&p, "依法需要专家评审");
	assert_in(&p, "自2026年6月9日起预计6日");
	assert_true(hy_str_eq(p.number, HY_S("告1号")));
	p = paper_of(t, code, "extend");
	assert_in(&p, "延长5个工作日");
	assert_in(&p, "水文资料复核");
	p = paper_of(t, code, "grant");
	assert_in(&p, "年取水三万吨");
}

static void a_refusal_is_registered(void **state)
{
	struct town *t = *state;
	const char *no = "{\"ground\":\"conditions_not_met\",\"reason\":\"水源不足\",\"basis\":"
			 "\"某条例 第三条\","
			 "\"approver\":\"unit_head\",\"approver_name\":\"赵六\",\"remedy\":"
			 "\"六十日内申请复议\"}";
	hy_str code =
		town_file(t, "2026-06-01T10:00", "licence", "desk",
			  "{\"title\":\"建井\",\"name\":\"张三\",\"first_contact\":\"王五\"}");
	struct hy_err why = { 0 };
	struct letter l;

	town_move(t, "2026-06-02T10:00", code, "accept", "desk", "{}");
	town_move(t, "2026-06-03T10:00", code, "refuse", "handler", no);
	struct paper p = paper_of(t, code, "refuse");
	assert_true(hy_str_eq(p.title, HY_S("不予行政许可决定书")));
	assert_in(&p, "理由：不符合法定条件。水源不足");
	assert_in(&p, "依据：某条例 第三条");
	assert_in(&p, "救济途径：六十日内申请复议");
	p = paper_of(t, code, "register");
	assert_in(&p, "王五");
	assert_in(&p, "赵六");
	assert_false(p.sealed);
	/* the sheet is not the applicant's */
	struct matter *m = town_matter(t, code);
	assert_int_equal(letter_of(t->a, m, 3, HY_S("register"), false, &l, &why), HY_NOT_FOUND);
	assert_ok(letter_of(t->a, m, 3, HY_S("register"), true, &l, e));

	code = town_file(t, "2026-06-04T10:00", "licence", "desk", "{\"title\":\"建井\"}");
	town_move(t, "2026-06-04T11:00", code, "decline", "desk", no);
	assert_true(hy_str_eq(paper_of(t, code, "decline").title, HY_S("不予受理通知书")));
	assert_true(hy_str_eq(paper_of(t, code, "decline").to, HY_S("申请人")));
}

static void silence_accepts_as_of_the_day_of_the_papers(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-06-01T10:00", "licence", "citizen",
				"{\"title\":\"建井\",\"item\":\"swj-01\"}");

	town_move(t, "2026-06-10T10:00", code, "note", "handler", "{\"text\":\"x\"}");
	struct paper p = paper_of(t, code, "deemed");
	assert_true(hy_str_eq(p.title, HY_S("受理通知书")));
	assert_in(&p, "自收到申请材料之日（2026年6月1日）起即为受理");
}

/* --- joint review -------------------------------------------------------------------------------
 */

static size_t asked(struct town *t, const char *unit, bool all, struct assist *first)
{
	const hy_str own[] = { hy_str_of(unit) };
	const struct access_scope scope = { .any = true,
					    .of = { [PACK_NORMAL] = { .own = own, .n_own = 1 } },
					    .within = HY_S("|"),
					    .persons = HY_S("\x1f") };
	struct assist *v;
	HY_SCOPED_DB db = NULL;
	size_t n;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(assist_list(t->a, db, &scope, HY_S(""), all, &v, &n, e));
	if (n)
		*first = v[0];
	return n;
}

static void opine(struct town *t, const char *when, hy_str code, const char *unit)
{
	struct town_deed d = { .t = t, .subject = code, .if_seq = -1 };

	town_time = d.mv.at = town_at(when);
	d.mv.move = HY_S("opine");
	d.mv.role = HY_S("handler");
	d.mv.unit = hy_str_of(unit);
	d.mv.data = town_data(t, "{\"text\":\"不影响行道树\"}");
	assert_ok(hy_store_write(city_store(t->city), town_move_work, &d, e));
}

static void who_helps_is_asked_and_says_it_once(void **state)
{
	struct town *t = *state;
	struct assist x = { 0 };
	town_unit(t, "yl", "园林中心");
	town_unit(t, "gh", "规划局");
	hy_str code = town_file(t, "2026-06-01T10:00", "licence", "desk",
				"{\"title\":\"建井\",\"item\":\"swj-01\"}");

	town_move(t, "2026-06-02T10:00", code, "accept", "desk", "{}");
	assert_int_equal(asked(t, "yl", true, &x), 0);
	town_move(t, "2026-06-03T10:00", code, "co_handle", "desk", "{\"units\":[\"yl\",\"gh\"]}");
	assert_int_equal(asked(t, "yl", false, &x), 1);
	assert_true(hy_str_eq(x.code, code));
	assert_true(hy_str_eq(x.lead, HY_S("swj")));
	assert_int_equal(asked(t, "swj", true, &x), 0);
	opine(t, "2026-06-04T10:00", code, "yl");
	assert_int_equal(asked(t, "yl", false, &x), 0);
	assert_int_equal(asked(t, "yl", true, &x), 1);
	assert_true(x.said);
	assert_int_equal(asked(t, "gh", false, &x), 1);
	/* asked again it waits again; what is closed waits for nobody */
	town_move(t, "2026-06-05T10:00", code, "co_handle", "desk", "{\"units\":[\"yl\"]}");
	assert_int_equal(asked(t, "yl", false, &x), 1);
	town_move(t, "2026-06-08T10:00", code, "approve", "handler", "{\"text\":\"准予\"}");
	town_move(t, "2026-06-09T10:00", code, "deliver", "desk", "{\"ground\":\"licensed\"}");
	assert_int_equal(asked(t, "gh", false, &x), 0);
	assert_int_equal(
		town_touched(t, &assist_room, "UPDATE assist SET said_idx = 3 WHERE unit = 'gh'"),
		HY_TAMPERED);
	assert_int_equal(town_touched(t, &assist_room, "SELECT 1"), HY_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_promise_of_the_day_of_filing_stays, up,
						town_down),
		cmocka_unit_test_setup_teardown(a_law_of_its_own_gives_another_limit, up,
						town_down),
		cmocka_unit_test_setup_teardown(refused_filings, up, town_down),
		cmocka_unit_test_setup_teardown(the_whole_way_has_its_papers, up, town_down),
		cmocka_unit_test_setup_teardown(a_refusal_is_registered, up, town_down),
		cmocka_unit_test_setup_teardown(who_helps_is_asked_and_says_it_once, up, town_down),
		cmocka_unit_test_setup_teardown(silence_accepts_as_of_the_day_of_the_papers, up,
						town_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
