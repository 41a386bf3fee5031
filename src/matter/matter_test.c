/* Matters in a real store under packs/base: what moves do, what clocks do with them, what the
 * cache and the log say afterwards.  Tests named peers_NN are lines of the list of defects that
 * other systems paid for. */
#include "matter/testing.h"

#include "ledger/receipt.h"
#include "matter/row.h"

struct tick {
	struct town *t;
	int done;
};
struct erase {
	struct town *t;
	hy_str code;
};

static enum hy_code town_tick(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct tick *k = in_out;

	return matter_tick(k->t->city, db, town_time, 256, &k->done, e);
}

static enum hy_code town_script(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return hy_sql_script(db, in_out, e);
}

static enum hy_code town_erase(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct erase *x = in_out;

	const struct matter_erasing by = town_erasing("个人信息保护法 第四十七条");

	return matter_erase(x->t->city, db, x->t->a, x->code, &by, e);
}

#define assert_day(t, at, day) assert_string_equal(town_day((t), (at)), day)

static void the_base_pack_passes_its_own_tests(void **state)
{
	struct town *t = *state;
	struct matter_trial_result r;

	assert_ok(matter_trial(t->a, city_pack(t->city), HY_S(""), &r, e));
	for (size_t i = 0; i < r.n_failures; i++)
		print_error(HY_FMT ":%d: " HY_FMT "\n", HY_ARG(r.failures[i].file),
			    r.failures[i].line, HY_ARG(r.failures[i].text));
	assert_int_equal(r.failed, 0);
	assert_true(r.passed >= 50);
}

static void a_complaint_runs_from_filing_to_the_end(void **state)
{
	struct town *t = *state;
	town_unit(t, "U1", "市城管局");
	hy_str code = town_file(t, "2026-09-18T10:00", "complaint", "citizen",
				"{\"title\":\"路灯不亮\",\"body\":\"三天了\",\"channel\":\"web\"}");
	assert_string_equal(code.p, "TS-2026-000001");
	struct matter_row r = town_row(t, code);
	assert_true(r.open);
	assert_day(t, r.due_at,
		   "2026-09-22"); /* acceptance within 3 working days; Sunday 20 September works */
	assert_day(t, r.main_due_at, "2026-10-18");
	town_move(t, "2026-09-18T11:00", code, "dispatch", "desk", "{\"unit\":\"U1\"}");
	town_move(t, "2026-09-21T09:00", code, "reply", "handler", "{\"text\":\"已修复\"}");
	r = town_row(t, code);
	assert_int_equal(r.verdict, MATTER_IN_TIME);
	assert_string_equal(r.unit_name.p, "市城管局");
	town_move(t, "2026-09-21T10:00", code, "close", "desk", "{\"ground\":\"solved\"}");
	r = town_row(t, code);
	assert_false(r.open);
	assert_string_equal(r.outcome.p, "solved");
	town_fsck(t);
}

static void what_is_not_written_is_refused_with_the_reason(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-04-10T10:00", "licence", "desk", "{\"title\":\"开店\"}");
	town_refused(t, "2026-04-10T11:00", code, "extned", "handler", "{}", HY_BAD_FIELD,
		     "did you mean \"extend\"");
	town_refused(t, "2026-04-10T11:00", code, "accept", "citizen", "{}", HY_FORBIDDEN,
		     "it is for");
	town_refused(t, "2026-04-10T11:00", code, "accept", "deks", "{}", HY_BAD_FIELD,
		     "did you mean \"desk\"");
	town_refused(t, "2026-04-10T11:00", code, "file", "desk", "{}", HY_NOT_NOW,
		     "filed already");
	town_refused(t, "2026-04-10T09:00", code, "accept", "desk", "{}", HY_BAD_FIELD,
		     "before the last move");
	town_move(t, "2026-04-10T11:00", code, "accept", "desk", "{}");
	town_refused(t, "2026-04-10T12:00", code, "accept", "desk", "{}", HY_NOT_NOW, "possible:");
	town_refused(t, "2026-04-11T09:00", code, "pause", "handler",
		     "{\"ground\":\"holiday\",\"paper\":\"告知书1号\",\"planned\":5,\"approver\":"
		     "\"organ_head\"}",
		     HY_BAD_FIELD, "not in this institution's list");
	town_refused(t, "2026-04-11T09:00", code, "pause", "handler",
		     "{\"ground\":\"third_party\",\"paper\":\"告知书1号\",\"planned\":5,"
		     "\"approver\":\"organ_head\"}",
		     HY_BAD_FIELD, "does not stop the clock");
	town_refused(t, "2026-04-11T09:00", code, "pause", "handler", "{\"ground\":\"hearing\"}",
		     HY_BAD_FIELD, "is needed");
	town_refused(t, "2026-04-11T09:00", code, "extend", "handler",
		     "{\"limit\":\"11wd\",\"reason\":\"复杂\",\"approver\":\"organ_head\"}",
		     HY_BAD_FIELD, "at most 10wd");
	town_refused(t, "2026-04-11T09:00", code, "extend", "handler",
		     "{\"limit\":\"10wd\",\"reason\":\"复杂\",\"approver\":\"section_head\"}",
		     HY_BAD_FIELD, "demands the approval");
	town_refused(t, "2026-04-11T09:00", HY_S("XK-2026-999999"), "accept", "desk", "{}",
		     HY_NOT_FOUND, "no matter");
	struct matter *m = town_matter(t, code);
	assert_int_equal(m->n_events, 2); /* nothing refused left a trace */
	town_fsck(t);
}

static void whoever_approves_is_a_second_person(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-04-10T10:00", "licence", "desk", "{\"title\":\"开店\"}");
	town_move(t, "2026-04-10T11:00", code, "accept", "desk", "{}");
	struct town_deed d = { .t = t, .subject = code, .if_seq = -1 };
	struct hy_err why = { 0 };
	town_time = town_at("2026-04-20T10:00");
	d.mv = (struct matter_move){
		.move = HY_S("extend"),
		.at = town_at("2026-04-20T10:00"),
		.role = HY_S("handler"),
		.name = HY_S("王某"),
		.data = town_data(t, "{\"limit\":\"10wd\",\"reason\":\"复杂\",\"approver\":"
				     "\"organ_head\",\"approver_name\":\"王某\"}")
	};
	assert_int_not_equal(hy_store_write(city_store(t->city), town_move_work, &d, &why), HY_OK);
	assert_says(&why, HY_BAD_FIELD, "another person");
}

static void peers_08_holiday_added_after_filing_moves_open_not_closed(void **state)
{
	struct town *t = *state;
	hy_str open = town_file(t, "2026-12-28T10:00", "disclosure", "citizen",
				"{\"title\":\"公开预算\"}");
	hy_str closed = town_file(t, "2026-12-28T10:00", "disclosure", "citizen",
				  "{\"title\":\"公开决算\"}");
	hy_str hours =
		town_file(t, "2026-12-28T10:00", "complaint", "citizen", "{\"title\":\"噪声\"}");
	town_move(t, "2026-12-29T10:00", closed, "reply", "handler", "{\"text\":\"见附件\"}");
	struct matter_row before = town_row(t, open), answered = town_row(t, closed);
	assert_true(before.provisional);
	town_time = town_at("2026-12-30T09:00");
	const struct pack_file notice = { HY_S("2027.yaml"),
					  HY_S("notice: 2027\ntitle: {zh-CN: 试, zh-Hant: 試, en: "
					       "test}\nref: 试验通知\ncovers: [2027]\ndays:\n"
					       "  - {day: 2027-01-01, work: false, name: 元旦}\n"
					       "  - {day: 2027-01-04, work: false, name: 元旦}\n"
					       "  - {day: 2027-01-05, work: false, name: 元旦}\n"
					       "  - {day: 2027-01-09, work: true, name: 元旦}\n") };
	assert_ok(city_notice(t->city, &notice, town_time, NULL, NULL, e));
	struct matter_row after = town_row(t, open);
	assert_true(after.due_at > before.due_at);
	assert_false(after.provisional);
	assert_int_equal(after.seq, before.seq + 1); /* the move is an event */
	struct matter *m = town_matter(t, open);
	assert_true(hy_str_eq(m->events[m->n_events - 1].name, HY_S("system.moved")));
	assert_true(town_row(t, closed).main_due_at == answered.main_due_at);
	assert_int_equal(town_row(t, closed).seq, answered.seq);
	assert_day(t, town_row(t, hours).main_due_at, "2027-01-27"); /* calendar days do not move */
	town_fsck(t);
	/* All of it is there after closing and opening. */
	city_close(&t->city);
	town_open(t);
	town_fsck(t);
	assert_true(town_row(t, open).due_at == after.due_at);
}

static void peers_10_pause_then_category_change(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "licence", "desk", "{\"title\":\"联合审批\"}");
	town_move(t, "2026-03-02T11:00", code, "accept", "desk", "{}");
	struct matter_row plain = town_row(t, code);
	town_move(t, "2026-03-09T10:00", code, "pause", "handler",
		  "{\"ground\":\"expert_review\",\"paper\":\"告知书1号\",\"planned\":5,"
		  "\"approver\":\"organ_head\"}");
	assert_day(t, town_row(t, code).due_at, "none");
	assert_string_equal(town_light(t, code, "2026-12-01T00:00"), "none");
	town_move(t, "2026-03-10T10:00", code, "correct", "desk", "{\"class\":\"joint\"}");
	town_move(t, "2026-03-16T10:00", code, "resume", "handler", "{}");
	struct matter_row r = town_row(t, code);
	/* 45 working days after 2 March, and the five of the pause (10 to 16 March). */
	struct matter *m = town_matter(t, code);
	const struct hy_calendar *cal = city_pack(t->city)->calendar;
	hy_day start = hy_day_of(2026, 3, 2);
	assert_int_equal(hy_local(&hy_zone_china, r.main_due_at, NULL),
			 hy_work_add(cal, start, 50));
	assert_int_equal(hy_local(&hy_zone_china, plain.main_due_at, NULL),
			 hy_work_add(cal, start, 20));
	assert_true(m->original_at == plain.main_due_at); /* the original date is kept */
	town_fsck(t);
}

static void peers_14_comment_does_not_move_the_window_of_reopening(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"积水\"}");
	town_move(t, "2026-03-10T10:00", code, "reply", "handler", "{\"text\":\"已疏通\"}");
	town_move(t, "2026-04-05T10:00", code, "callback", "desk", "{\"text\":\"电话回访\"}");
	/* 30 calendar days after the reply: 9 April, whatever was noted in between. */
	town_refused(t, "2026-04-10T09:00", code, "reopen", "citizen",
		     "{\"ground\":\"not_solved\"}", HY_NOT_NOW, "was possible until 2026-04-09");
	town_move(t, "2026-04-09T23:00", code, "reopen", "citizen", "{\"ground\":\"not_solved\"}");
	struct matter_row r = town_row(t, code);
	assert_int_equal(r.reopens, 1);
	assert_int_equal(r.verdict, MATTER_IN_TIME); /* the first answer stays judged as it was */
	assert_true(r.due_at != HY_NO_TIME);	     /* and a clock for doing it again runs */
	town_fsck(t);
}

static void peers_15_join_and_split_leave_the_childs_clock_alone(void **state)
{
	struct town *t = *state;
	hy_str lead =
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"停水\"}");
	hy_str child =
		town_file(t, "2026-03-05T10:00", "complaint", "citizen", "{\"title\":\"又停水\"}");
	hy_str apart =
		town_file(t, "2026-03-06T10:00", "complaint", "citizen", "{\"title\":\"水质\"}");
	hy_ms due = town_row(t, child).main_due_at;
	char join[64];
	snprintf(join, sizeof(join), "{\"lead\":\"" HY_FMT "\"}", HY_ARG(lead));
	town_move(t, "2026-03-06T11:00", child, "join", "desk", join);
	town_move(t, "2026-03-06T11:00", apart, "join", "desk", join);
	town_refused(t, "2026-03-06T11:00", lead, "join", "desk", join, HY_BAD_FIELD, "itself");
	town_move(t, "2026-03-06T12:00", apart, "split", "desk", "{}");
	assert_true(town_row(t, child).main_due_at == due);
	town_move(t, "2026-03-09T10:00", lead, "reply", "handler", "{\"text\":\"已恢复供水\"}");
	struct matter_row answered = town_row(t, child);
	assert_int_equal(answered.verdict,
			 MATTER_IN_TIME); /* answered once, each with its own clock */
	assert_true(answered.main_due_at == due);
	assert_int_equal(town_row(t, apart).verdict, MATTER_OPEN); /* the split one still waits */
	/* A refusal of the lead is a refusal to all, each told the reason. */
	hy_str other =
		town_file(t, "2026-03-10T10:00", "complaint", "citizen", "{\"title\":\"噪声\"}");
	hy_str same =
		town_file(t, "2026-03-10T10:00", "complaint", "citizen", "{\"title\":\"噪声\"}");
	snprintf(join, sizeof(join), "{\"lead\":\"" HY_FMT "\"}", HY_ARG(other));
	town_move(t, "2026-03-10T11:00", same, "join", "desk", join);
	town_move(
		t, "2026-03-10T12:00", other, "decline", "desk",
		"{\"ground\":\"litigation\",\"reason\":\"已诉讼\",\"basis\":\"条例\",\"approver\":"
		"\"unit_head\",\"remedy\":\"向法院\"}");
	assert_string_equal(town_row(t, same).state.p, "declined");
	town_fsck(t);
}

static void peers_16_hand_off_on_the_last_day_keeps_the_citizens_date(void **state)
{
	struct town *t = *state;
	town_unit(t, "U1", "甲局");
	town_unit(t, "U2", "乙局");
	hy_str code =
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"占道\"}");
	town_move(t, "2026-03-02T11:00", code, "dispatch", "desk", "{\"unit\":\"U1\"}");
	hy_ms due = town_row(t, code).main_due_at;
	assert_day(t, due, "2026-04-01");
	town_move(t, "2026-04-01T16:00", code, "hand_off", "unit_head",
		  "{\"unit\":\"U2\",\"ground\":\"duty_elsewhere\"}");
	struct matter *m = town_matter(t, code);
	assert_true(m->main_due_at == due);
	assert_int_equal(m->hand_offs, 1);
	/* The unit's own clock began anew for the second unit, and the first one's is closed. */
	int held = 0;
	for (size_t i = 0; i < m->n_clocks; i++) {
		const struct matter_clock *c = &m->clocks[i];
		if (c->def->holder != PACK_UNIT_HOLDS || !hy_str_starts(c->unit, HY_S("U")))
			continue;
		held++;
		bool first = hy_str_eq(c->unit, HY_S("U1"));
		assert_int_equal(c->due.state, first ? HY_CLOCK_STOPPED : HY_CLOCK_RUNNING);
		if (!first)
			assert_true(c->due.start_at == town_at("2026-04-01T16:00"));
	}
	assert_int_equal(held, 2);
	town_fsck(t);
}

static void peers_17_unassigned_turns_yellow_and_red(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "hotline", "citizen", "{\"title\":\"垃圾\"}");
	town_move(t, "2026-03-02T10:30", code, "accept", "desk", "{}");
	struct matter_row r = town_row(t, code);
	assert_int_equal(r.unit.n, 0); /* accepted, but nobody has it */
	assert_string_equal(town_light(t, code, "2026-03-02T10:30"), "green");
	assert_string_equal(town_light(t, code, "2026-03-09T23:59"), "yellow"); /* the due day */
	assert_string_equal(town_light(t, code, "2026-03-10T00:00"), "red");
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	struct matter_filter f = { .unit = HY_S("-"),
				   .light = HY_LIGHT_RED,
				   .now = town_at("2026-03-10T00:00") };
	struct matter_page page;
	assert_ok(matter_list(t->a, db, &access_all, &f, MATTER_BY_DUE, HY_S(""), 50, &page, e));
	assert_int_equal(page.n, 1);
}

static void peers_18_more_overdue_than_one_batch(void **state)
{
	struct town *t = *state;
	/* 700 licences without any notice: each is deemed accepted (行政许可法 32(4)). */
	for (int i = 0; i < 700; i++)
		town_file(t, "2026-04-10T10:00", "licence", "desk", "{\"title\":\"开店\"}");
	town_time = town_at("2026-05-20T09:00");
	int all = 0;
	for (int round = 0; round < 20; round++) {
		struct tick k = { t, 0 };
		assert_ok(hy_store_write(city_store(t->city), town_tick, &k, e));
		all += k.done;
		if (k.done == 0)
			break;
	}
	assert_int_equal(all, 700);
	struct matter_row r = town_row(t, HY_S("XK-2026-000700"));
	/* Accepted as of the day the materials came: 20 working days from 10 April, over the May
	 * holiday. */
	assert_day(t, r.main_due_at, "2026-05-12");
	assert_string_equal(town_light(t, r.code, "2026-05-20T09:00"), "red");
	town_fsck(t);
}

static void peers_19_an_edit_does_not_delay_escalation(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "hotline", "citizen", "{\"title\":\"垃圾\"}");
	struct matter_row before = town_row(t, code);
	town_move(t, "2026-03-06T10:00", code, "note", "handler", "{\"text\":\"已联系\"}");
	town_move(t, "2026-03-06T11:00", code, "correct", "desk", "{\"title\":\"垃圾清运\"}");
	struct matter_row after = town_row(t, code);
	assert_string_equal(after.title.p, "垃圾清运");
	assert_memory_equal(before.lights, after.lights, sizeof(before.lights));
	assert_true(before.due_at == after.due_at);
}

static void peers_23_rebuilt_from_events_equals_stored_and_tampering_shows(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"积水\"}");
	town_fsck(t);
	const char *const changes[] = {
		"UPDATE matter SET due_at = due_at + 86400000",
		"UPDATE matter SET unit = 'U9'",
		"UPDATE matter SET verdict = 1",
		"UPDATE matter SET title = '很好'",
		"UPDATE matter SET red_at = 9223372036854775807",
		"UPDATE matter SET version = 2",
		"UPDATE matter SET source = 'letters:1'",
		"DELETE FROM matter",
	};
	for (size_t i = 0; i < HY_COUNT(changes); i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct matter_fsck f;
		char script[300];
		snprintf(script, sizeof(script), "CREATE TABLE was AS SELECT * FROM matter; %s",
			 changes[i]);
		assert_ok(hy_store_write(city_store(t->city), town_script, script, e));
		assert_ok(matter_fsck(t->city, a, NULL, NULL, &f, e));
		if (f.wrong == 0)
			fail_msg("not seen: %s", changes[i]);
		snprintf(
			script, sizeof(script),
			"DELETE FROM matter; INSERT INTO matter SELECT * FROM was; DROP TABLE was");
		assert_ok(hy_store_write(city_store(t->city), town_script, script, e));
	}
	char rename[] = "UPDATE city SET name = '他市'";
	struct matter_fsck f;
	assert_ok(hy_store_write(city_store(t->city), town_script, rename, e));
	assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &f, e));
	assert_int_equal(f.wrong, 1);
	char back[] = "UPDATE city SET name = '试验市'";
	assert_ok(hy_store_write(city_store(t->city), town_script, back, e));
	town_fsck(t);
	(void)code;
}

static void peers_24_closed_matters_stay_when_the_pack_changes(void **state)
{
	struct town *t = *state;
	hy_str closed =
		town_file(t, "2026-03-02T10:00", "hotline", "citizen", "{\"title\":\"垃圾\"}");
	hy_str open =
		town_file(t, "2026-03-02T10:00", "hotline", "citizen", "{\"title\":\"路灯\"}");
	town_move(t, "2026-03-09T10:00", closed, "reply", "handler", "{\"text\":\"已清运\"}");
	struct matter_row was_closed = town_row(t, closed), was_open = town_row(t, open);
	/* A city's own pack halves the limit; what was filed keeps the law of its day. */
	char dir[] = "/tmp/hy-pack-XXXXXX";
	assert_non_null(mkdtemp(dir));
	assert_ok(hy_dir_make(hy_printf(t->a, "%s/rules", dir).p, e));
	assert_ok(hy_file_write(hy_printf(t->a, "%s/pack.yaml", dir).p,
				HY_S("pack: ours\nversion: 1\njurisdiction: CN\n"
				     "title: {zh-CN: 本市, zh-Hant: 本市, en: ours}\n"),
				0600, e));
	assert_ok(hy_file_write(
		hy_printf(t->a, "%s/rules/hotline.yaml", dir).p,
		HY_S("rules:\n  - id: HOTLINE_CALLBACK_TEST\n    title: {zh-CN: 试, zh-Hant: 試, "
		     "en: t}\n"
		     "    from: {zh-CN: 甲, zh-Hant: 甲, en: a}\n    to: {zh-CN: 乙, zh-Hant: 乙, "
		     "en: b}\n"
		     "    source: D\n    values:\n      - {limit: 2wd, clause: 本市规定}\n"),
		0600, e));
	const char *packs[] = { HY_SOURCE_ROOT "/packs/base", dir, NULL };
	town_time = town_at("2026-03-09T12:00");
	assert_ok(city_activate(t->city, packs, town_time, NULL, NULL, e));
	assert_non_null(pack_rule(city_pack(t->city), HY_S("HOTLINE_CALLBACK_TEST")));
	assert_true(town_row(t, closed).main_due_at == was_closed.main_due_at);
	assert_int_equal(town_row(t, closed).verdict, MATTER_IN_TIME);
	assert_true(town_row(t, open).due_at == was_open.due_at);
	town_fsck(t);
	city_close(&t->city);
	town_open(t);
	town_fsck(t);
	nftw(dir, test_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void a_pack_that_fails_its_tests_is_not_activated(void **state)
{
	struct town *t = *state;
	char dir[] = "/tmp/hy-pack-XXXXXX";
	assert_non_null(mkdtemp(dir));
	assert_ok(hy_dir_make(hy_printf(t->a, "%s/tests", dir).p, e));
	assert_ok(hy_file_write(hy_printf(t->a, "%s/pack.yaml", dir).p,
				HY_S("pack: wrong\nversion: 1\njurisdiction: CN\n"
				     "title: {zh-CN: 错, zh-Hant: 錯, en: wrong}\n"),
				0600, e));
	assert_ok(hy_file_write(
		hy_printf(t->a, "%s/tests/hotline.yaml", dir).p,
		HY_S("tests:\n  - name: wrong on purpose\n    kind: hotline\n    steps:\n"
		     "      - {at: 2026-03-02T10:00, move: file, title: a}\n"
		     "      - {at: 2026-03-02T10:00, expect: {state: completed}}\n"),
		0600, e));
	const char *packs[] = { HY_SOURCE_ROOT "/packs/base", dir, NULL };
	struct hy_err why = { 0 };
	size_t versions = city_rules(t->city)->n;
	assert_int_not_equal(city_activate(t->city, packs, town_time, NULL, NULL, &why), HY_OK);
	assert_says(&why, HY_BAD_PACK, "wrong on purpose");
	assert_int_equal(city_rules(t->city)->n, versions);
	nftw(dir, test_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void what_has_not_happened_cannot_be_recorded(void **state)
{
	struct town *t = *state;
	struct town_deed d = { .t = t, .subject = HY_S("complaint"), .if_seq = -1 };
	struct hy_err why = { 0 };
	d.mv = (struct matter_move){ .at = town_at("2026-03-02T11:00"),
				     .role = HY_S("citizen"),
				     .data = town_data(t, "{\"title\":\"一\"}") };
	town_time = town_at("2026-03-02T10:00");
	assert_int_not_equal(hy_store_write(city_store(t->city), town_file_work, &d, &why), HY_OK);
	assert_says(&why, HY_BAD_FIELD, "in the future");
	town_time = town_at("2026-03-02T10:56");
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
}

static void two_editors_the_second_is_told(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"积水\"}");
	struct town_deed d = { .t = t, .subject = code, .if_seq = 1 };
	town_time = town_at("2026-03-02T11:00");
	d.mv = (struct matter_move){ .move = HY_S("accept"),
				     .at = town_at("2026-03-02T11:00"),
				     .role = HY_S("desk"),
				     .data = town_data(t, "{}") };
	assert_ok(hy_store_write(city_store(t->city), town_move_work, &d, e));
	struct hy_err why = { 0 };
	assert_int_not_equal(hy_store_write(city_store(t->city), town_move_work, &d, &why), HY_OK);
	assert_says(&why, HY_STALE, "read it again");
}

static void the_same_source_is_filed_once(void **state)
{
	struct town *t = *state;
	struct town_deed d = { .t = t, .subject = HY_S("complaint"), .source = HY_S("letters:7") };
	town_time = town_at("2026-03-02T11:00");
	d.mv = (struct matter_move){ .at = town_at("2026-03-02T11:00"),
				     .role = HY_S("citizen"),
				     .data = town_data(t, "{\"title\":\"一\"}") };
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	struct hy_err why = { 0 };
	assert_int_not_equal(hy_store_write(city_store(t->city), town_file_work, &d, &why), HY_OK);
	assert_says(&why, HY_EXISTS, "TS-2026-000001");
}

static void the_secret_opens_its_own_matter_only(void **state)
{
	struct town *t = *state;
	struct town_deed d = { .t = t, .subject = HY_S("complaint") };
	town_time = town_at("2026-03-02T11:00");
	d.mv = (struct matter_move){ .at = town_at("2026-03-02T11:00"),
				     .role = HY_S("citizen"),
				     .data = town_data(t, "{\"title\":\"一\"}") };
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	assert_int_equal(strspn(d.filed.secret, "0123456789"), 16);
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	const struct {
		hy_str code, secret;
		bool ok;
	} tries[] = {
		{ d.filed.code, hy_str_of(d.filed.secret), true },
		{ d.filed.code, HY_S("0000000000000000"), false },
		{ d.filed.code, HY_S(""), false },
		{ HY_S("TS-2026-000009"), hy_str_of(d.filed.secret), false },
	};
	for (size_t i = 0; i < HY_COUNT(tries); i++) {
		bool ok = !tries[i].ok;
		assert_ok(matter_secret_ok(db, tries[i].code, tries[i].secret, &ok, e));
		assert_int_equal(ok, tries[i].ok);
	}
}

static void erased_content_is_gone_and_the_log_still_verifies(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-03-02T10:00", "complaint", "citizen",
				"{\"title\":\"张三的房子\",\"body\":\"张三住在一号楼\",\"contact\":"
				"\"13900000000\"}");
	town_move(t, "2026-03-03T10:00", code, "reply", "handler", "{\"text\":\"张三您好\"}");
	struct matter_row before = town_row(t, code);
	struct erase x = { t, code };
	assert_ok(hy_store_write(city_store(t->city), town_erase, &x, e));
	struct matter_row after = town_row(t, code);
	assert_int_equal(after.title.n, 0);
	assert_true(after.main_due_at == before.main_due_at); /* figures stay */
	assert_int_equal(after.verdict, before.verdict);
	town_fsck(t);
	if (test_database()) /* a server clears away old rows in its own time */
		return;
	city_close(&t->city);
	hy_str bytes;
	struct hy_err err = { 0 };
	assert_int_equal(hy_file_read(t->a, hy_printf(t->a, "%s/huiyin.db", t->where).p, 1 << 26,
				      &bytes, &err),
			 HY_OK);
	assert_true(hy_str_find(bytes, HY_S("张三")) < 0);
	assert_true(hy_str_find(bytes, HY_S("13900000000")) < 0);
	town_open(t);
}

static void a_page_gives_each_matter_once(void **state)
{
	struct town *t = *state;
	for (int i = 0; i < 25; i++)
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"同一天\"}");
	for (int order = 0; order < 2; order++) {
		hy_str cursor = HY_S(""), last = HY_S("");
		int seen = 0;
		do {
			HY_SCOPED_DB db = NULL;
			struct matter_page page;
			struct matter_filter f = { .open = 1, .now = town_time };
			assert_ok(hy_store_read(city_store(t->city), &db, e));
			assert_ok(matter_list(t->a, db, &access_all, &f, (enum matter_order)order,
					      cursor, 7, &page, e));
			for (size_t i = 0; i < page.n; i++) {
				int way = hy_str_cmp(page.v[i].code, last);
				assert_true(last.n == 0 || (order ? way < 0 : way > 0));
				last = page.v[i].code;
				seen++;
			}
			cursor = page.next;
		} while (cursor.n);
		assert_int_equal(seen, 25);
	}
	HY_SCOPED_DB db = NULL;
	struct matter_page page;
	struct matter_filter f = { .now = town_time };
	struct hy_err why = { 0 };
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_int_not_equal(matter_list(t->a, db, &access_all, &f, MATTER_BY_DUE, HY_S("1; DROP"),
					 7, &page, &why),
			     0);
	assert_says(&why, HY_BAD_FIELD, "not one that this list gave");
}

/* How the engine would carry out a list.  A server would read so small a table as a whole, so it is
 * asked for the best way without that. */
static hy_str plan_of(struct town *t, const struct matter_filter *f, enum matter_order order)
{
	const bool pg = test_database() != NULL;
	struct hy_query q;
	struct hy_buf b = hy_buf_on(t->a);
	HY_SCOPED_DB db = NULL;
	bool row;

	assert_ok(matter_list_query(t->a, NULL, &access_all, f, order, HY_S("1775786400000.17"), 50,
				    &q, e));
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	if (pg) {
		HY_SCOPED_STMT off = hy_sql(db, "SELECT set_config('enable_seqscan', 'off', true),"
						" set_config('enable_bitmapscan', 'off', true),"
						" set_config('enable_sort', 'off', true)");
		assert_ok(hy_exec(off, NULL, e));
	}
	HY_SCOPED_STMT s =
		hy_sql(db, hy_printf(t->a, "%s " HY_FMT, pg ? "EXPLAIN" : "EXPLAIN QUERY PLAN",
				     HY_ARG(hy_buf_str(&q.sql)))
				   .p);
	hy_bind_values(s, 1, q.value, q.n);
	assert_ok(hy_step(s, &row, e));
	for (assert_true(row); row;) {
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(hy_col_text(s, pg ? 0 : 3)));
		assert_ok(hy_step(s, &row, e));
	}
	return hy_buf_str(&b);
}

static void every_list_is_read_from_its_index(void **state)
{
	struct town *t = *state;
	const struct {
		struct matter_filter f;
		enum matter_order order;
		const char *index, *other;
	} cases[] = {
		{ { .open = 1, .unit = HY_S("CG") }, MATTER_BY_DUE, "matter_inbox", NULL },
		{ { .open = 1, .unit = HY_S("-") }, MATTER_BY_DUE, "matter_inbox", NULL },
		{ { .open = 1 }, MATTER_BY_DUE, "matter_due", NULL },
		{ { .open = 2 }, MATTER_BY_DUE, "matter_closed", NULL },
		{ { .open = 2, .unit = HY_S("CG") }, MATTER_BY_DUE, "matter_unit_closed", NULL },
		{ { .unit = HY_S("CG") }, MATTER_BY_DUE, "matter_inbox", "matter_unit_closed" },
		{ { .open = 0 }, MATTER_BY_DUE, "matter_due", "matter_closed" },
		{ { .open = 0 }, MATTER_BY_FILED_DESC, "matter_filed", NULL },
		{ { .light = HY_LIGHT_RED, .unit = HY_S("CG") },
		  MATTER_BY_DUE,
		  "matter_inbox",
		  NULL },
	};
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		hy_str plan = plan_of(t, &cases[i].f, cases[i].order);
		/* Open and closed together, which no page asks for, PostgreSQL sorts. */
		bool merged = cases[i].other && test_database();
		bool sorted = hy_str_find(plan, HY_S("TEMP B-TREE")) >= 0 ||
			      hy_str_find(plan, HY_S("Sort  (")) >= 0;
		bool covered = strcmp(cases[i].index, "matter_inbox") != 0 || test_database() ||
			       hy_str_find(plan, HY_S("COVERING INDEX matter_inbox")) >= 0;
		if (merged ? hy_str_find(plan, HY_S("Index Scan using matter_")) < 0
			   : sorted || !covered ||
				     hy_str_find(plan, hy_str_of(cases[i].index)) < 0 ||
				     (cases[i].other &&
				      hy_str_find(plan, hy_str_of(cases[i].other)) < 0))
			fail_msg("list %zu: " HY_FMT, i, HY_ARG(plan));
	}
}

static void a_receipt_proves_the_filing_offline(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T10:00", "complaint", "citizen", "{\"title\":\"积水\"}");
	struct matter *m = town_matter(t, code);
	HY_SCOPED_DB db = NULL;
	hy_str text, key;
	struct hy_vkey vkey;
	struct hy_receipt r;
	struct hy_proven p;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(record_receipt(t->a, db, m->events[0].idx, &text, e));
	assert_ok(record_vkey(t->a, t->where, &key, e));
	assert_ok(hy_vkey_read(key, &vkey, e));
	assert_ok(hy_receipt_parse(t->a, text, &r, e));
	assert_true(hy_str_find(r.extra, code) > 0);
	assert_true(hy_str_find(r.extra, HY_S("积水")) < 0); /* nothing private travels */
	struct hy_trust trust = { .log = vkey, .origin = vkey.name };
	hy_hash leaf = hy_leaf_hash(r.extra);
	assert_ok(hy_receipt_verify(t->a, text, &leaf, &trust, &p, e));
	leaf.b[0] ^= 1;
	struct hy_err why = { 0 };
	assert_int_equal(hy_receipt_verify(t->a, text, &leaf, &trust, &p, &why), HY_TAMPERED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, town_up, town_down)
	const struct CMUnitTest tests[] = {
		T(the_base_pack_passes_its_own_tests),
		T(a_complaint_runs_from_filing_to_the_end),
		T(what_is_not_written_is_refused_with_the_reason),
		T(whoever_approves_is_a_second_person),
		T(peers_08_holiday_added_after_filing_moves_open_not_closed),
		T(peers_10_pause_then_category_change),
		T(peers_14_comment_does_not_move_the_window_of_reopening),
		T(peers_15_join_and_split_leave_the_childs_clock_alone),
		T(peers_16_hand_off_on_the_last_day_keeps_the_citizens_date),
		T(peers_17_unassigned_turns_yellow_and_red),
		T(peers_18_more_overdue_than_one_batch),
		T(peers_19_an_edit_does_not_delay_escalation),
		T(peers_23_rebuilt_from_events_equals_stored_and_tampering_shows),
		T(peers_24_closed_matters_stay_when_the_pack_changes),
		T(a_pack_that_fails_its_tests_is_not_activated),
		T(what_has_not_happened_cannot_be_recorded),
		T(two_editors_the_second_is_told),
		T(the_same_source_is_filed_once),
		T(the_secret_opens_its_own_matter_only),
		T(erased_content_is_gone_and_the_log_still_verifies),
		T(a_page_gives_each_matter_once),
		T(every_list_is_read_from_its_index),
		T(a_receipt_proves_the_filing_offline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
