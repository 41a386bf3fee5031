/* The catalogue: changing, refusing, versions by day, import and export, fees, the chart, fsck. */
#include "matter/testing.h"

#include "base/file.h"
#include "matter/reform.h"
#include "service/item_row.h"
#include "service/item_table.h"

static const struct city_room *const rooms[] = { &service_room, NULL };

static int up(void **state)
{
	city_set_rooms(rooms);
	int c = town_up(state);
	struct town *t = *state;
	town_time = town_at("2026-06-01T09:00");
	town_unit(t, "U1", "市规划局");
	town_unit(t, "U2", "市水利局");
	return c;
}

struct deed {
	struct town *t;
	const struct actor *who;
	const char *from, *code, *document, *target;
	const char *content; /* NULL: turn */
	enum item_state state;
	bool changed;
};

static enum hy_code deed_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	struct reform r;
	struct item_act x = { .who = d->who ? d->who : &actor_console,
			      .document = hy_str_of(d->document) };
	struct item_content content;

	reform_begin(&r, d->t->city, db, x.who, HY_S(""), &x.w);
	assert_true(hy_day_read(hy_str_of(d->from), &x.from));
	if (!d->content)
		return item_turn(&x, hy_str_of(d->code), d->state, hy_str_of(d->target), e);
	enum hy_code c =
		item_content_read(hy_db_arena(db), town_data(d->t, d->content), &content, e);
	return c ? c : item_put(&x, hy_str_of(d->code), &content, &d->changed, e);
}

static enum hy_code do_it(struct deed d, bool *changed, struct hy_err *e)
{
	enum hy_code c = hy_store_write(city_store(d.t->city), deed_work, &d, e);

	if (changed)
		*changed = d.changed;
	return c;
}

#define LICENCE "\"name\":\"选址意见书\",\"type\":\"licence\",\"unit\":\"U1\""
static void put(struct town *t, const char *from, const char *code, const char *content)
{
	assert_ok(
		do_it((struct deed){ t, .from = from, .code = code, .content = content }, NULL, e));
}
static void turn(struct town *t, const char *from, const char *code, enum item_state state,
		 const char *target)
{
	assert_ok(do_it((struct deed){ t, .from = from, .code = code, .document = "〔2026〕1号",
				       .target = target, .state = state },
			NULL, e));
}
#define refused(d, want, words)                                                                    \
	do {                                                                                       \
		struct hy_err why = { 0 };                                                         \
		assert_int_equal(do_it(d, NULL, &why), want);                                      \
		if (!strstr(why.detail, words) && !strstr(why.field, words))                       \
			fail_msg("'%s' '%s' has no '%s'", why.field, why.detail, words);           \
	} while (0)

static struct item read_item(struct town *t, const char *code)
{
	HY_SCOPED_DB db = NULL;
	struct item it = { 0 };

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(item_read(t->a, db, hy_str_of(code), &it, e));
	return it;
}

static hy_day day(const char *s)
{
	hy_day d;

	assert_true(hy_day_read(hy_str_of(s), &d));
	return d;
}

static void versions_hold_from_their_day(void **state)
{
	struct town *t = *state;
	bool changed = true;

	put(t, "2026-01-01", "gh-1", "{" LICENCE ",\"statutory\":\"20wd\"}");
	put(t, "2026-03-01", "gh-1", "{" LICENCE ",\"statutory\":\"20wd\",\"pledged\":\"12wd\"}");
	put(t, "2026-09-01", "gh-1", "{" LICENCE ",\"statutory\":\"20wd\",\"pledged\":\"7wd\"}");
	assert_ok(do_it((struct deed){ t, .from = "2026-10-01", .code = "gh-1",
				       .content = "{" LICENCE
						  ",\"statutory\":\"20wd\",\"pledged\":\"7wd\"}" },
			&changed, e));
	assert_false(changed);
	struct item it = read_item(t, "gh-1");
	assert_int_equal(it.n_past, 3);
	assert_int_equal(it.seq, 3);
	assert_null(item_on(&it, day("2025-12-31")));
	assert_false(item_on(&it, day("2026-02-28"))->content.pledged.given);
	assert_int_equal(item_on(&it, day("2026-08-31"))->content.pledged.limit.n, 12);
	assert_int_equal(item_on(&it, day("2026-09-01"))->content.pledged.limit.n, 7);
	/* the same day again corrects; a day before does not go */
	put(t, "2026-09-01", "gh-1", "{" LICENCE ",\"statutory\":\"20wd\",\"pledged\":\"8wd\"}");
	it = read_item(t, "gh-1");
	assert_int_equal(it.n_past, 3);
	assert_int_equal(it.past[2].content.pledged.limit.n, 8);
	refused(((struct deed){ t, .from = "2026-08-31", .code = "gh-1",
				.content = "{" LICENCE ",\"statutory\":\"20wd\"}" }),
		HY_BAD_FIELD, "before 2026-09-01");
	town_fsck(t);
}

static void what_cannot_be_is_refused(void **state)
{
	struct town *t = *state;
	static const struct {
		const char *content, *words;
	} bad[] = {
		{ "{" LICENCE ",\"statutory\":\"20wd\",\"pledged\":\"21wd\"}", "above" },
		{ "{" LICENCE ",\"statutory\":\"20wd\",\"pledged\":\"10cd\"}",
		  "unit of the statutory" },
		{ "{" LICENCE ",\"statutory\":\"20\"}", "statutory" },
		{ "{" LICENCE ",\"colour\":\"red\"}", "colour" },
		{ "{" LICENCE ",\"link\":\"javascript:alert(1)\"}", "link" },
		{ "{" LICENCE ",\"papers\":[{\"copies\":1}]}", "papers" },
		{ "{" LICENCE ",\"papers\":[{\"name\":\"x\",\"copies\":100}]}", "copies" },
		{ "{" LICENCE ",\"fees\":[{\"name\":\"x\"}]}", "fees" },
		{ "{" LICENCE ",\"fees\":[{\"name\":\"x\",\"standard\":\"10元\"}]}", "fees" },
		{ "{" LICENCE ",\"steps\":[{\"name\":\"x\",\"beside\":true}]}", "steps" },
		{ "{" LICENCE ",\"tags\":[\"a|b\"]}", "tags" },
		{ "{\"name\":\"x\",\"type\":\"licence\"}", "unit" },
		{ "{\"name\":\"x\",\"type\":\"licence\",\"unit\":\"U9\"}", "no unit U9" },
		{ "{\"name\":\"x\",\"type\":\"permit\",\"unit\":\"U1\"}", "permit" },
		{ "{\"name\":\" x\",\"type\":\"licence\",\"unit\":\"U1\"}", "name" },
		{ "{\"name\":\"a\\nb\",\"type\":\"licence\",\"unit\":\"U1\"}", "name" },
		{ "{\"type\":\"licence\",\"unit\":\"U1\"}", "name" },
	};

	for (size_t i = 0; i < HY_COUNT(bad); i++)
		refused(((struct deed){ t, .from = "2026-01-01", .code = "x-1",
					.content = bad[i].content }),
			HY_BAD_FIELD, bad[i].words);
	refused(((struct deed){ t, .from = "2026-01-01", .code = "x/1",
				.content = "{" LICENCE "}" }),
		HY_BAD_FIELD, "code");
	refused(((struct deed){ t, .from = "2026-01-01", .code = "x-1", .document = "d",
				.state = ITEM_CUT }),
		HY_NOT_FOUND, "x-1");
	/* who asks must reach the unit */
	refused(((struct deed){ t, .who = &actor_anyone, .from = "2026-01-01", .code = "x-1",
				.content = "{" LICENCE "}" }),
		HY_FORBIDDEN, "");
	static const hy_str codes[] = { HY_S_INIT("U1") };
	struct actor_grant g = { .role = { .id = HY_S("unit_head"),
					   .may = PERMISSION_BIT(PERMISSION_ITEM_WRITE) },
				 .unit = codes[0],
				 .reach = PACK_REACH_BELOW };
	struct actor head = { .kind = ACTOR_ACCOUNT, .account = 7, .grants = &g, .n_grants = 1 };
	refused(((struct deed){
			t, .who = &head, .from = "2026-01-01", .code = "x-1",
			.content = "{\"name\":\"取水\",\"type\":\"licence\",\"unit\":\"U2\"}" }),
		HY_FORBIDDEN, "U2");
	assert_ok(do_it((struct deed){ t, .who = &head, .from = "2026-01-01", .code = "x-1",
				       .content = "{" LICENCE "}" },
			NULL, e));
	/* not given away either */
	refused(((struct deed){
			t, .who = &head, .from = "2026-01-02", .code = "x-1",
			.content = "{\"name\":\"取水\",\"type\":\"licence\",\"unit\":\"U2\"}" }),
		HY_FORBIDDEN, "U2");
	/* its own unit alone, and it has none */
	g.unit = HY_S("");
	g.reach = PACK_REACH_OWN;
	refused(((struct deed){ t, .who = &head, .from = "2026-01-02", .code = "x-2",
				.content = "{" LICENCE "}" }),
		HY_FORBIDDEN, "U1");
	town_fsck(t);
}

static void items_are_cut_merged_handed_down_and_restored(void **state)
{
	struct town *t = *state;

	for (int i = 1; i <= 4; i++)
		put(t, "2026-01-01", hy_printf(t->a, "a-%d", i).p, "{" LICENCE "}");
	refused(((struct deed){ t, .from = "2026-02-01", .code = "a-1", .state = ITEM_CUT }),
		HY_BAD_FIELD, "document");
	turn(t, "2026-02-01", "a-1", ITEM_CUT, "");
	refused(((struct deed){ t, .from = "2026-02-01", .code = "a-1", .document = "d",
				.state = ITEM_CUT }),
		HY_NOT_NOW, "cut since 2026-02-01");
	refused(((struct deed){ t, .from = "2026-03-01", .code = "a-1",
				.content = "{" LICENCE ",\"group\":\"g\"}" }),
		HY_NOT_NOW, "restore");
	refused(((struct deed){ t, .from = "2026-02-01", .code = "a-2", .document = "d",
				.target = "a-1", .state = ITEM_MERGED }),
		HY_BAD_FIELD, "not in force");
	refused(((struct deed){ t, .from = "2026-02-01", .code = "a-2", .document = "d",
				.target = "a-2", .state = ITEM_MERGED }),
		HY_BAD_FIELD, "itself");
	refused(((struct deed){ t, .from = "2026-02-01", .code = "a-3", .document = "d",
				.state = ITEM_HANDED }),
		HY_BAD_FIELD, "whom");
	refused(((struct deed){ t, .from = "2026-02-01", .code = "a-4", .document = "d",
				.state = ITEM_KEPT }),
		HY_NOT_NOW, "a-4");
	turn(t, "2026-02-01", "a-2", ITEM_MERGED, "a-4");
	turn(t, "2026-02-01", "a-3", ITEM_HANDED, "县（区）主管部门");
	turn(t, "2026-05-01", "a-1", ITEM_KEPT, "");
	struct item it = read_item(t, "a-1");
	assert_int_equal(it.n_past, 3);
	assert_int_equal(item_on(&it, day("2026-04-30"))->state, ITEM_CUT);
	assert_int_equal(item_on(&it, day("2026-05-01"))->state, ITEM_KEPT);
	assert_true(hy_str_eq(it.past[2].content.name, HY_S("选址意见书")));
	it = read_item(t, "a-2");
	assert_true(hy_str_eq(it.past[1].target, HY_S("a-4")));
	assert_true(hy_str_eq(it.past[1].document, HY_S("〔2026〕1号")));
	town_fsck(t);
}

/* --- tables -------------------------------------------------------------------------------------
 */

static enum hy_code import(struct town *t, hy_str bytes, bool preview, bool make_units,
			   struct item_job *job, struct hy_err *why)
{
	static struct grid g;
	static struct reform r;
	static struct item_act act;

	assert_ok(grid_read(t->a, bytes, &g, e));
	act = (struct item_act){ .who = &actor_console, .from = day("2026-06-01") };
	reform_begin(&r, t->city, NULL, &actor_console, HY_S(""), &act.w);
	*job = (struct item_job){
		.act = &act, .grid = &g, .preview = preview, .make_units = make_units, .a = t->a
	};
	return item_import(city_store(t->city), job, why);
}

static hy_str export_csv(struct town *t)
{
	HY_SCOPED_DB db = NULL;
	struct item_filter f = { .on = day("2026-06-01"), .state = -1 };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	struct sheet *s = sheet_csv(t->a, out, false);
	assert_ok(item_export(t->a, db, &f, s, e));
	assert_ok(sheet_end(s, e));
	fclose(out);
	hy_str kept = hy_str_dup(t->a, (hy_str){ text, n });
	free(text);
	return kept;
}

static int64_t log_size(struct town *t)
{
	HY_SCOPED_DB db = NULL;
	struct record_head h;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(record_head(t->a, db, &h, e));
	return h.size;
}

static void tables_go_in_and_out(void **state)
{
	struct town *t = *state;
	struct item_job job;
	struct hy_err why = { 0 };
	hy_str csv = HY_S(
		"事项编码,事项名称,事项类型,单位,法定时限,承诺时限,申请材料,办理环节,收费,状态,"
		"去向,文号,标签\n"
		"s-1,取水许可,行政许可,U2,20个工作日,7个工作日,\"申请表 | 2 | 见窗口\n营业执照\","
		"\"受理 | 窗口 |  | 1wd\n+踏勘 | 水资源科\n决定 | 局领导 | sl-1 | 3wd\",水资源费 | "
		"每立方米0.1元 | 条例,,,,投资\n"
		"s-2,采砂许可,1,U2,30日,,,,,取消,,〔2026〕2号,\n"
		"s-3,查询,20,U2,即办,即办,,,,合并,s-1,〔2026〕2号,\n");

	int64_t before = log_size(t);
	assert_ok(import(t, csv, true, false, &job, e));
	assert_int_equal(job.plan.count[TABLE_CLOSE], 2);
	assert_int_equal(job.plan.count[TABLE_ADD], 1);
	assert_int_equal(log_size(t), before); /* a preview leaves nothing */
	assert_ok(import(t, csv, false, false, &job, e));
	assert_int_equal(log_size(t), before + 5);
	assert_int_equal(job.missing[GAP_PLEDGED], 1);
	assert_int_equal(job.missing[GAP_STEPS], 2);
	struct item it = read_item(t, "s-1");
	const struct item_content *c = &it.past[0].content;
	assert_true(c->n_steps == 3 && c->steps[1].beside && c->steps[2].limit.limit.n == 3);
	assert_true(c->n_papers == 2 && c->papers[0].copies == 2 && c->n_fees == 1);
	assert_int_equal(read_item(t, "s-3").past[0].state, ITEM_MERGED);

	/* an export read again changes nothing */
	hy_str out = export_csv(t);
	before = log_size(t);
	assert_ok(import(t, out, false, false, &job, e));
	assert_int_equal(job.plan.count[TABLE_SAME], 3);
	assert_int_equal(log_size(t), before);

	/* all or nothing, and every line says why */
	hy_str bad = HY_S("code,name,type,unit,statutory,pledged\n"
			  "s-4,新项,1,U2,10wd,5wd\n"
			  "s-5,太长,1,U2,10wd,11wd\n"
			  "s-6,无类型,,U2,,\n"
			  "s-4,又来,1,U2,,\n"
			  "s-7,无单位,1,U77,,\n"
			  "s-8,无单位制,1,U2,10,\n");
	assert_int_equal(import(t, bad, false, false, &job, &why), HY_BAD_INPUT);
	assert_int_equal(job.plan.count[TABLE_REFUSE], 5);
	static const char *const words[] = { "", "above", "type", "line 2", "U77", "unit" };
	for (size_t i = 1; i < HY_COUNT(words); i++) {
		assert_int_equal(job.plan.v[i].line, (int)i + 2);
		if (hy_str_find(job.plan.v[i].why, hy_str_of(words[i])) < 0)
			fail_msg("'%s' does not name %s", job.plan.v[i].why.p, words[i]);
	}
	assert_int_equal(log_size(t), before);
	town_fsck(t);
}

static const char *shared(void)
{
	const char *dir = getenv("HY_SHARED_DATA");

	return dir ? dir : HY_SOURCE_ROOT "/../shared/data";
}

/* 1,135 items of a real district, as their platform gives them out. */
static void a_real_catalogue_goes_in_without_hand_work(void **state)
{
	struct town *t = *state;
	hy_str path =
		hy_printf(t->a, "%s/service-items/guangan_district_service_items.csv", shared());
	struct hy_err why = { 0 };
	struct item_job job;
	hy_str bytes;

	if (access(path.p, R_OK) != 0)
		skip();
	assert_ok(hy_file_read(t->a, path.p, GRID_FILE_MOST, &bytes, e));
	/* without its units it is refused, line by line */
	assert_int_equal(import(t, bytes, false, false, &job, &why), HY_BAD_INPUT);
	assert_int_equal(job.plan.count[TABLE_REFUSE], 1135);
	assert_ok(import(t, bytes, false, true, &job, e));
	assert_int_equal(job.plan.count[TABLE_ADD], 1135);
	assert_int_equal(job.units, 39);
	assert_int_equal(job.missing[GAP_STATUTORY], 1135);
	assert_int_equal(job.missing[GAP_PLEDGED], 1135);
	HY_SCOPED_DB db = NULL;
	struct item_filter f = { .on = day("2026-06-01"), .type = HY_S("licence"), .state = -1 };
	struct item_rows rows;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(item_list(t->a, db, &f, &rows, e));
	assert_int_equal(rows.n, 536);
	f = (struct item_filter){
		.on = day("2026-06-01"), .words = HY_S("入学"), .state = -1, .most = 3
	};
	assert_ok(item_list(t->a, db, &f, &rows, e));
	assert_int_equal(rows.n, 3);
	hy_store_give(&db);
	assert_ok(import(t, bytes, false, true, &job, e));
	assert_int_equal(job.plan.count[TABLE_SAME], 1135);
	town_fsck(t);
}

/* --- fees and chart
 * --------------------------------------------------------------------------------- */

static void fees_are_listed_and_abolished_ones_too(void **state)
{
	struct town *t = *state;
	struct item_fee_rows rows;
	HY_SCOPED_DB db = NULL;

	put(t, "2026-01-01", "f-1",
	    "{" LICENCE ",\"fees\":[{\"name\":\"工本费\",\"standard\":\"10元\",\"basis\":\"甲\"},"
	    "{\"name\":\"检测费\",\"standard\":\"50元\",\"basis\":\"乙\"}]}");
	put(t, "2026-02-01", "f-1",
	    "{" LICENCE ",\"fees\":[{\"name\":\"工本费\",\"standard\":\"8元\",\"basis\":\"甲\"}]}");
	turn(t, "2026-05-01", "f-1", ITEM_CUT, "");
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(item_fees(t->a, db, HY_S("U1"), day("2026-01-15"), &rows, e));
	assert_int_equal(rows.n, 2);
	assert_ok(item_fees(t->a, db, HY_S(""), day("2026-03-01"), &rows, e));
	assert_int_equal(rows.n, 2);
	assert_true(hy_str_eq(rows.v[0].fee.standard, HY_S("8元")));
	assert_int_equal(rows.v[0].from, day("2026-02-01"));
	assert_int_equal(rows.v[0].abolished, HY_NO_DAY);
	assert_true(hy_str_eq(rows.v[1].fee.name, HY_S("检测费")));
	assert_int_equal(rows.v[1].abolished, day("2026-02-01"));
	assert_ok(item_fees(t->a, db, HY_S(""), day("2026-06-01"), &rows, e));
	assert_int_equal(rows.n, 2);
	assert_int_equal(rows.v[0].abolished, day("2026-05-01"));
	assert_true(hy_str_eq(rows.v[0].document, HY_S("〔2026〕1号")));
	assert_ok(item_fees(t->a, db, HY_S("U2"), day("2026-06-01"), &rows, e));
	assert_int_equal(rows.n, 0);
}

/* --- what a charge is compared with
 * --------------------------------------------------------------------------------- */

static void a_standard_tells_the_most(void **state)
{
	static const struct {
		const char *standard;
		int64_t fen; /* -1: it names no amount */
	} rows[] = {
		{ "10元", 1000 },
		{ "每件10元", 1000 },
		{ "50元/吨", 5000 },
		{ "每平方米0.35元", 35 },
		{ "1,000元", 100000 },
		{ "0.5万元", 500000 },
		{ "1.2345万元", 1234500 },
		{ "5至10元", 1000 },
		{ "不满50平方米80元，50平方米以上550元", 55000 },
		{ "0.005元", 1 }, /* never less than it says */
		{ "免费", 0 },
		{ "首次免费，补办每证10元", 1000 },
		{ "不收费", 0 },
		{ "按交易额的3%收取，不低于10元", -1 },
		{ "工本费的2倍，最高10元", -1 },
		{ "按物价部门核定标准", -1 },
		{ "依据发改价格〔2015〕2136号", -1 },
		{ "10", -1 },
		{ "十元", -1 },
		{ "99999999999999999999元", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		int64_t fen = -1;
		bool known = item_fee_most(hy_str_of(rows[i].standard), &fen);
		if (known != (rows[i].fen >= 0) || fen != rows[i].fen)
			fail_msg("%s: %lld", rows[i].standard, (long long)fen);
	}
}

static void expect_fee(struct town *t, const char *fee, const char *on, bool listed, int64_t fen)
{
	HY_SCOPED_DB db = NULL;
	struct city_fee out;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(service_room.fee(t->a, db, HY_S("f-1"), hy_str_of(fee), day(on), &out, e));
	if (out.listed != listed || out.most_fen != fen)
		fail_msg("%s on %s: %d, %lld", fee, on, out.listed, (long long)out.most_fen);
}

static void a_fee_is_listed_as_of_a_day(void **state)
{
	struct town *t = *state;

	put(t, "2026-01-01", "f-1",
	    "{" LICENCE ",\"fees\":[{\"name\":\"工本费\",\"standard\":\"10元\",\"basis\":\"甲\"},"
	    "{\"name\":\"检测费\",\"standard\":\"面议\",\"basis\":\"乙\"}]}");
	put(t, "2026-02-01", "f-1",
	    "{" LICENCE ",\"fees\":[{\"name\":\"工本费\",\"standard\":\"8元\",\"basis\":\"甲\"}]}");
	turn(t, "2026-05-01", "f-1", ITEM_CUT, "");
	expect_fee(t, "工本费", "2025-12-31", false, -1);
	expect_fee(t, "工本费", "2026-01-31", true, 1000);
	expect_fee(t, " 工本费 ", "2026-02-01", true, 800);
	expect_fee(t, "检测费", "2026-01-31", true, -1);
	expect_fee(t, "检测费", "2026-02-01", false, -1);
	expect_fee(t, "加急费", "2026-02-01", false, -1);
	expect_fee(t, "工本费", "2026-05-01", false, -1); /* with its item it was cut */
}

static int times(hy_str s, const char *part)
{
	int n = 0;

	for (ptrdiff_t at; (at = hy_str_find(s, hy_str_of(part))) >= 0; n++)
		s = (hy_str){ s.p + at + 1, s.n - (size_t)at - 1 };
	return n;
}

static void the_chart_shows_every_step(void **state)
{
	struct town *t = *state;
	struct item_content c;

	assert_ok(item_content_read(
		t->a,
		town_data(t,
			  "{" LICENCE ",\"pledged\":\"5wd\",\"papers\":[{\"name\":\"<申请表>\"}],"
			  "\"steps\":[{\"name\":\"受理\",\"section\":\"窗口\",\"limit\":\"1wd\"},"
			  "{\"name\":\"踏勘\"},{\"name\":\"征求意见\",\"beside\":true},"
			  "{\"name\":\"决定\",\"limit\":\"3wd\"}]}"),
		&c, e));
	hy_str svg = item_flow_svg(t->a, HY_S("g-1"), &c, HY_S("zh-CN"));
	assert_int_equal(times(svg, "<rect x"), 6);			/* begin, four steps, end */
	assert_int_equal(times(svg, "<path d=\"M"), 1 + 1 + 2 + 2 + 1); /* arrow head, 5 layers */
	assert_int_equal(times(svg, "&lt;申请表&gt;"), 2); /* in the box and in the description */
	assert_int_equal(times(svg, "<申请表>"), 0);
	assert_true(times(svg, "受理, 窗口, 1个工作日 → 踏勘 ∥ 征求意见 → 决定, 3个工作日") == 1);
	assert_int_equal(times(svg, "<title id="), 1);
	assert_true(times(svg, "5个工作日") == 1);
	assert_true(times(item_flow_svg(t->a, HY_S("g-1"), &c, HY_S("en")), "Application") == 1);
	assert_true(hy_str_eq(svg, item_flow_svg(t->a, HY_S("g-1"), &c, HY_S("zh-CN"))));
}

static void limits_are_read_with_their_unit(void **state)
{
	struct town *t = *state;
	static const struct {
		const char *text, *want;
	} good[] = { { "5wd", "5wd" },	  { "20个工作日", "20wd" }, { "15 工作日", "15wd" },
		     { "30日", "30cd" },  { "2个月", "2mo" },	    { "即办", "0wd" },
		     { "48小时", "48h" }, { "60个自然日", "60cd" }, { "0wd", "0wd" } };
	static const char *const bad[] = {
		"", "5", "工作日", "-3wd", "五个工作日", "0cd", "9999wd"
	};
	struct item_limit l;

	for (size_t i = 0; i < HY_COUNT(good); i++) {
		assert_true(item_limit_read(hy_str_of(good[i].text), &l));
		assert_string_equal(item_limit_text(t->a, l).p, good[i].want);
	}
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_false(item_limit_read(hy_str_of(bad[i]), &l));
}

/* --- fsck
 * --------------------------------------------------------------------------------------------- */

static enum hy_code script(struct hy_db *db, void *sql, struct hy_err *e)
{
	return hy_sql_script(db, sql, e);
}

static void fsck_finds_what_no_event_says(void **state)
{
	struct town *t = *state;
	static const struct {
		const char *sql, *words;
	} harm[] = {
		{ "UPDATE item_version SET document = 'x' WHERE code = 'k-1' AND state = 'cut'",
		  "k-1" },
		{ "UPDATE item_version SET document = '〔2026〕1号', state = 'merged'"
		  " WHERE code = 'k-1' AND state = 'cut'",
		  "merged" },
		{ "UPDATE item_version SET state = 'cut', unit = 'U2' WHERE code = 'k-1' AND"
		  " state = 'merged'",
		  "unit" },
		{ "UPDATE item_version SET unit = 'U1' WHERE code = 'k-1';"
		  "UPDATE item SET seq = 9 WHERE code = 'k-2'",
		  "k-2" },
		{ "UPDATE item SET seq = 1 WHERE code = 'k-2';"
		  "DELETE FROM item_version WHERE code = 'k-2'",
		  "k-2" },
	};

	put(t, "2026-01-01", "k-1", "{" LICENCE "}");
	put(t, "2026-01-01", "k-2", "{" LICENCE "}");
	turn(t, "2026-02-01", "k-1", ITEM_CUT, "");
	town_fsck(t);
	for (size_t i = 0; i < HY_COUNT(harm); i++) {
		HY_SCOPED_DB db = NULL;
		struct hy_err why = { 0 };
		int64_t n;
		assert_ok(hy_store_write(city_store(t->city), script, (void *)harm[i].sql, e));
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_int_equal(item_fsck(t->a, db, &n, &why), HY_TAMPERED);
		if (!strstr(why.detail, harm[i].words))
			fail_msg("%s: %s", harm[i].sql, why.detail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(versions_hold_from_their_day, up, town_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, up, town_down),
		cmocka_unit_test_setup_teardown(items_are_cut_merged_handed_down_and_restored, up,
						town_down),
		cmocka_unit_test_setup_teardown(tables_go_in_and_out, up, town_down),
		cmocka_unit_test_setup_teardown(a_real_catalogue_goes_in_without_hand_work, up,
						town_down),
		cmocka_unit_test(a_standard_tells_the_most),
		cmocka_unit_test_setup_teardown(a_fee_is_listed_as_of_a_day, up, town_down),
		cmocka_unit_test_setup_teardown(fees_are_listed_and_abolished_ones_too, up,
						town_down),
		cmocka_unit_test_setup_teardown(the_chart_shows_every_step, up, town_down),
		cmocka_unit_test_setup_teardown(limits_are_read_with_their_unit, up, town_down),
		cmocka_unit_test_setup_teardown(fsck_finds_what_no_event_says, up, town_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
