/* What raises a card, who may contest and decide it, and that nothing takes it away. */
#include "supervise/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "supervise/card_fixture.h"

/* --- ladders ------------------------------------------------------------------------------------
 */

static void a_ladder_raises_cards_by_itself(void **state)
{
	struct town *t = *state;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	town_unit(t, "b", "乙局");
	hy_str code = town_file(t, "2026-03-02T09:00", "complaint", "desk",
				"{\"title\":\"路灯不亮\",\"unit\":\"a\"}");
	tick(t, "2026-03-02T09:01");
	assert_int_equal(cards(t, code, "").n, 0);

	/* far behind every limit, the server having slept meanwhile; b has had it since October */
	town_move(t, "2026-10-12T09:00", code, "note", "efficacy_office", "{\"text\":\"催\"}");
	tick(t, "2026-10-12T09:01");
	struct card k = only(t, code, "overdue_statutory");
	assert_int_equal(k.level, CARD_RED);
	assert_int_equal(k.severity, 100);
	assert_text(k.unit, "a");
	assert_true(k.clause.n > 0);
	struct matter *m = town_matter(t, code);
	rests_on(t, &k, m, 0);
	assert_int_equal(k.since, m->main_due_at + 1);

	/* idempotent: looking again raises nothing */
	size_t n = cards(t, code, "").n;
	tick(t, "2026-10-12T09:02");
	town_move(t, "2026-10-12T09:03", code, "note", "efficacy_office", "{\"text\":\"再催\"}");
	tick(t, "2026-10-12T09:04");
	assert_int_equal(cards(t, code, "").n, n);

	/* nobody silences it by editing: neither another class, nor another unit, nor the end */
	town_move(t, "2026-10-12T09:10", code, "correct", "efficacy_office",
		  "{\"class\":\"bad_rating\",\"title\":\"改过的标题\"}");
	town_move(t, "2026-10-12T09:20", code, "dispatch", "efficacy_office", "{\"unit\":\"b\"}");
	tick(t, "2026-10-12T09:30");
	assert_int_equal(only(t, code, "overdue_statutory").state, CARD_STANDS);
	assert_text(only(t, code, "overdue_statutory").unit, "a");
	assert_int_equal(only(t, code, "overdue_statutory").since, k.since);
	assert_true(cards(t, code, "").n >= n);
	n = cards(t, code, "").n;
	town_move(t, "2026-10-12T10:00", code, "annul", "efficacy_office",
		  "{\"ground\":\"entered_wrongly\",\"reason\":\"x\",\"approver\":\"unit_head\"}");
	tick(t, "2026-10-12T10:01");
	assert_int_equal(cards(t, code, "").n, n);
	assert_int_equal(only(t, code, "overdue_statutory").state, CARD_STANDS);
	checked(t);
}

/* The founding of a city is a long stretch of the log without a matter. */
static void what_is_of_no_matter_is_passed_over(void **state)
{
	struct town *t = *state;

	town_time = town_at("2026-03-02T09:00");
	for (int i = 0; i < 40; i++)
		town_unit(t, hy_printf(t->a, "u%d", i).p, "甲局");
	town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	assert_int_equal(look(t), 1);
}

static void a_light_that_comes_later_is_waited_for(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");

	tick(t, "2026-03-02T09:01");
	assert_int_equal(cards(t, code, "").n, 0);
	struct matter *m = town_matter(t, code);
	hy_ms yellow = m->lights[HY_LIGHT_YELLOW], red = m->lights[HY_LIGHT_RED];
	assert_true(yellow < red);
	town_time = yellow - 1;
	assert_int_equal(look(t), 0); /* not even looked at */
	town_time = yellow;
	assert_int_equal(look(t), 1);
	struct card_list v = cards(t, code, "due_soon");
	assert_int_equal(v.n, 1);
	assert_int_equal(v.v[0].level, CARD_WARNING);
	assert_int_equal(v.v[0].since, yellow);
	checked(t);
}

static void answered_in_time_raises_nothing_more(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");

	town_move(t, "2026-03-03T09:00", code, "reply", "handler", "{\"text\":\"已修\"}");
	tick(t, "2027-03-02T09:01");
	assert_int_equal(cards(t, code, "overdue_statutory").n, 0);
}

/* --- breaches that the record proves -------------------------------------------------------------
 */

static void silence_accepts_and_raises(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T09:00", "licence", "desk", "{\"title\":\"食品经营许可\"}");

	town_move(t, "2026-03-20T09:00", code, "note", "desk", "{\"text\":\"x\"}");
	tick(t, "2026-03-20T09:01");
	struct card k = only(t, code, "no_notice");
	assert_int_equal(k.level, CARD_YELLOW);
	rests_on(t, &k, town_matter(t, code), 1);
}

static void pauses_are_looked_at(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T09:00", "licence", "desk", "{\"title\":\"食品经营许可\"}");

	town_move(t, "2026-03-03T09:00", code, "accept", "desk", "{}");
	pause_on(t, "2026-03-04T09:00", code, "hearing");
	tick(t, "2026-03-04T09:01");
	assert_int_equal(cards(t, code, "long_pause").n, 0);
	tick(t, "2026-03-09T23:59"); /* the fifth day counts in full */
	assert_int_equal(cards(t, code, "long_pause").n, 0);
	tick(t, "2026-03-10T00:00");
	struct card k = only(t, code, "long_pause");
	assert_int_equal(k.since, town_at("2026-03-10T00:00"));
	town_move(t, "2026-03-11T09:00", code, "resume", "handler", "{}");
	/* entered in August as if it had been in March */
	struct town_deed d = { .t = t, .subject = code, .if_seq = -1 };
	d.mv.move = HY_S("pause");
	d.mv.role = HY_S("handler");
	d.mv.at = town_at("2026-03-12T09:00");
	d.mv.data = town_data(t, "{\"ground\":\"hearing\",\"paper\":\"2号\",\"planned\":5,"
				 "\"approver\":\"unit_head\"}");
	town_time = town_at("2026-08-03T09:00");
	assert_ok(hy_store_write(city_store(t->city), town_move_work, &d, e));
	tick(t, "2026-08-03T09:01");
	k = only(t, code, "late_pause");
	assert_int_equal(k.level, CARD_RED);
	assert_text(k.clock, "decide");
	checked(t);
}

static void what_is_entered_afterwards_raises(void **state)
{
	struct town *t = *state;
	struct town_deed d = { .t = t, .subject = HY_S("complaint"), .if_seq = -1 };

	d.mv.role = HY_S("desk");
	d.mv.at = town_at("2026-03-02T09:00");
	d.mv.data = town_data(t, "{\"title\":\"路灯不亮\"}");
	town_time = d.mv.at + 48 * (hy_ms)HY_HOUR; /* just not too late */
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	hy_str in_time = d.filed.code;
	town_time++;
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	hy_str late = d.filed.code;
	/* an import brings another system's times */
	d.source = HY_S("old-1");
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	hy_str imported = d.filed.code;
	tick(t, "2026-03-05T09:00");
	assert_int_equal(cards(t, in_time, "entered_late").n, 0);
	assert_int_equal(cards(t, late, "entered_late").n, 1);
	assert_int_equal(cards(t, imported, "entered_late").n, 0);
}

static void solved_within_minutes_warns(void **state)
{
	struct town *t = *state;
	hy_str codes[3];
	static const char *const filed[] = { "{\"title\":\"a\"}", "{\"title\":\"b\"}",
					     "{\"title\":\"c\",\"class\":\"inquiry\"}" };
	static const char *const closed[] = { "2026-03-02T09:09", "2026-03-02T09:10",
					      "2026-03-02T09:09" };

	for (int i = 0; i < 3; i++) {
		codes[i] = town_file(t, "2026-03-02T09:00", "complaint", "desk", filed[i]);
		town_move(t, closed[i], codes[i], "reply", "handler", "{\"text\":\"已办\"}");
		town_move(t, closed[i], codes[i], "close", "desk", "{\"ground\":\"solved\"}");
	}
	tick(t, "2026-03-02T09:11");
	assert_int_equal(only(t, codes[0], "closed_at_once").level, CARD_WARNING);
	assert_int_equal(cards(t, codes[1], "closed_at_once").n, 0);
	assert_int_equal(cards(t, codes[2], "closed_at_once").n, 0);
}

/* What the base pack refuses, another pack may allow: the finders over a fold made by hand. */
static void notices_and_refusals_by_hand(void **state)
{
	struct town *t = *state;
	struct pack_move moves[] = { { .id = HY_S("file"), .act = PACK_FILE },
				     { .id = HY_S("notice"), .act = PACK_NOTICE },
				     { .id = HY_S("refuse"), .act = PACK_DECLINE } };
	struct pack_kind kind = { .id = HY_S("x"), .moves = moves, .n_moves = 3 };
	json_t *with = town_data(t, "{\"reason\":\"材料不全\"}"), *none = town_data(t, "{}"),
	       *ground = town_data(t, "{\"ground\":\"secret\"}"),
	       *blank = town_data(t, "{\"reason\":\"  \"}");
	struct matter_event ev[] = {
		{ .idx = 5, .seq = 1, .move = 0, .name = HY_S("file"), .data = none },
		{ .idx = 6, .seq = 2, .move = 1, .name = HY_S("notice"), .data = none },
		{ .idx = 8, .seq = 3, .move = 1, .name = HY_S("notice"), .data = none },
		{ .idx = 9,
		  .seq = 4,
		  .move = 2,
		  .name = HY_S("refuse"),
		  .data = ground,
		  .private = with },
		{ .idx = 10,
		  .seq = 5,
		  .move = 2,
		  .name = HY_S("refuse"),
		  .data = ground,
		  .private = blank },
		{ .idx = 11,
		  .seq = 6,
		  .move = 2,
		  .name = HY_S("refuse"),
		  .data = none,
		  .private = with },
		{ .idx = 12, .seq = 7, .move = -1, .name = HY_S("system.erased"), .data = none },
	};
	struct matter m = {
		.kind = &kind, .pack = city_pack(t->city), .open = true, .events = ev, .n_events = 6
	};
	const struct card_look look = { .a = t->a, .m = &m, .pack = m.pack, .entered_ms = 1 };
	struct card_finds f;

	assert_ok(card_find(&look, &f, e));
	assert_int_equal(f.n, 3);
	assert_string_equal(f.v[0].kind->id, "second_notice");
	assert_text(f.v[0].mark, "second_notice/3");
	assert_int_equal(f.v[0].seqs[0], 2 | 4); /* both notices */
	assert_string_equal(f.v[1].kind->id, "no_reason");
	assert_text(f.v[1].mark, "no_reason/5");
	assert_text(f.v[2].mark, "no_reason/6");
	m.n_events = 7; /* what was erased proves nothing */
	assert_ok(card_find(&look, &f, e));
	assert_int_equal(f.n, 1);
}

static void fees_by_hand(void **state)
{
	struct town *t = *state;
	struct pack_move moves[] = { { .id = HY_S("file"), .act = PACK_FILE },
				     { .id = HY_S("charge"),
				       .act = PACK_CHARGE,
				       .clause = HY_S("行政许可法 第五十九条") },
				     { .id = HY_S("note"), .act = PACK_NOTE } };
	struct pack_kind kind = { .id = HY_S("x"), .moves = moves, .n_moves = 3 };
	static const struct {
		int move;
		const char *data, *raises;
	} rows[] = {
		{ 0, "{}", NULL },
		{ 1,
		  "{\"fee\":\"a\",\"amount\":\"10\",\"fee_standard\":\"10元\",\"fee_most\":\"10\"}",
		  NULL },
		{ 1,
		  "{\"fee\":\"a\",\"amount\":\"10.01\",\"fee_standard\":\"10元\",\"fee_most\":"
		  "\"10\"}",
		  "excess_fee" },
		{ 1,
		  "{\"fee\":\"a\",\"amount\":\"0.01\",\"fee_standard\":\"免费\",\"fee_most\":"
		  "\"0\"}",
		  "excess_fee" },
		{ 1, "{\"fee\":\"b\",\"amount\":\"99\",\"fee_standard\":\"面议\"}", NULL },
		{ 1, "{\"fee\":\"c\",\"amount\":\"1\"}", "unlisted_fee" },
		{ 2, "{\"fee\":\"c\",\"amount\":\"1\"}", NULL },
	};
	struct matter_event ev[HY_COUNT(rows)];
	struct matter m = { .kind = &kind,
			    .pack = city_pack(t->city),
			    .open = true,
			    .events = ev,
			    .n_events = HY_COUNT(rows) };
	const struct card_look look = { .a = t->a, .m = &m, .pack = m.pack, .entered_ms = 1 };
	struct card_finds f;
	size_t n = 0;

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		ev[i] = (struct matter_event){ .idx = (int64_t)i,
					       .seq = (int64_t)i + 1,
					       .move = rows[i].move,
					       .name = moves[rows[i].move].id,
					       .data = town_data(t, rows[i].data) };
	assert_ok(card_find(&look, &f, e));
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		bool found = false;
		for (size_t k = 0; rows[i].raises && k < f.n; k++) {
			if (!hy_str_eq(f.v[k].mark,
				       hy_printf(t->a, "%s/%zu", rows[i].raises, i + 1)))
				continue;
			found = true;
			assert_int_equal(f.v[k].level, CARD_RED);
			assert_int_equal(f.v[k].seqs[0], (uint64_t)1 | (uint64_t)1 << i);
			assert_true(hy_str_find(f.v[k].clause, HY_S("第七十五条")) > 0);
		}
		assert_true(found == (rows[i].raises != NULL));
		n += found;
	}
	assert_int_equal(f.n, n);
}

/* The base pack refuses a pause on a foreign ground; a pack that does not is found out. */
static void foreign_grounds_by_hand(void **state)
{
	struct town *t = *state;
	struct pack_move moves[] = { { .id = HY_S("file"), .act = PACK_FILE },
				     { .id = HY_S("pause"), .act = PACK_PAUSE } };
	struct pack_kind kind = {
		.id = HY_S("x"), .clause = HY_S("行政许可法"), .moves = moves, .n_moves = 2
	};
	json_t *none = town_data(t, "{}"), *own = town_data(t, "{\"ground\":\"hearing\"}"),
	       *foreign = town_data(t, "{\"ground\":\"correction\"}");
	struct matter_event ev[] = {
		{ .idx = 5, .seq = 1, .move = 0, .name = HY_S("file"), .data = none },
		{ .idx = 6, .seq = 2, .move = 1, .name = HY_S("pause"), .data = own },
		{ .idx = 8, .seq = 3, .move = 1, .name = HY_S("pause"), .data = foreign },
	};
	struct matter m = {
		.kind = &kind, .pack = city_pack(t->city), .open = true, .events = ev, .n_events = 3
	};
	const struct card_look look = { .a = t->a, .m = &m, .pack = m.pack, .entered_ms = 1 };
	struct card_finds f;

	assert_ok(card_find(&look, &f, e));
	assert_int_equal(f.n, 1);
	assert_text(f.v[0].mark, "pause_ground/3");
	assert_text(f.v[0].clause, "行政许可法 第四十五条");
	/* where the law of the kind names no grounds there is nothing to hold it against */
	kind.clause = HY_S("某市规定");
	assert_ok(card_find(&look, &f, e));
	assert_int_equal(f.n, 0);
}

/* --- contesting and deciding
 * ---------------------------------------------------------------------- */

static void contested_and_annulled_by_another(void **state)
{
	struct town *t = *state;
	hy_str code =
		town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	const hy_str why = HY_S("系统停机"), li = HY_S("李四"), wang = HY_S("王五");

	tick(t, "2026-10-12T09:00");
	struct card k = only(t, code, "overdue_statutory");
	assert_int_equal(done((struct deed){ t, k.code, li, li, HY_S(" "), 4, true }),
			 HY_BAD_FIELD);
	assert_int_equal(done((struct deed){ t, k.code, HY_S(""), li, why, 4, true }),
			 HY_BAD_FIELD);
	assert_int_equal(done((struct deed){ t, k.code, wang, wang, why, 5, false, true }),
			 HY_NOT_NOW); /* nobody contested it */
	assert_int_equal(done((struct deed){ t, k.code, li, li, why, 4, true }), HY_OK);
	assert_int_equal(done((struct deed){ t, k.code, li, li, why, 4, true }), HY_NOT_NOW);
	assert_int_equal(done((struct deed){ t, k.code, li, li, why, 4, false }), HY_FORBIDDEN);
	assert_int_equal(done((struct deed){ t, k.code, li, li, why, 0, false }), HY_FORBIDDEN);
	assert_int_equal(done((struct deed){ t, k.code, wang, wang, why, 5, false }), HY_OK);
	assert_int_equal(done((struct deed){ t, k.code, wang, wang, why, 5, false }), HY_NOT_NOW);
	k = only(t, code, "overdue_statutory");
	assert_int_equal(k.state, CARD_ANNULLED);
	assert_int_equal(k.decided_at, town_time);
	/* it is not raised anew */
	tick(t, "2026-10-13T09:00");
	assert_int_equal(cards(t, code, "overdue_statutory").n, 1);
	checked(t);
}

static void who_held_it_does_not_decide(void **state)
{
	struct town *t = *state;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	hy_str code =
		town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	town_move(t, "2026-03-02T10:00", code, "dispatch", "desk", "{\"unit\":\"a\"}");
	town_move(t, "2026-03-02T10:30", code, "sign", "handler", "{}");
	town_move(t, "2026-03-02T11:00", code, "assign", "unit_head", "{\"person\":\"zhang\"}");
	tick(t, "2026-10-12T09:00");
	struct card k = only(t, code, "overdue_statutory");
	assert_text(k.unit, "a");
	assert_text(k.person, "zhang");
	assert_int_equal(
		done((struct deed){ t, k.code, HY_S("张三"), HY_S("zhang"), HY_S("x"), 9, false }),
		HY_FORBIDDEN);
}

/* --- what may be done, and how many there are ----------------------------------------------------
 */

static struct card_may may_do(struct town *t, const struct card *k, const char *person,
			      int64_t account, const struct access_scope *contest,
			      const struct access_scope *decide)
{
	HY_SCOPED_DB db = NULL;
	struct card_may may;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	const struct card_act w = { .city = t->city,
				    .db = db,
				    .a = t->a,
				    .account = account,
				    .name = hy_str_of(person),
				    .person = hy_str_of(person) };
	assert_ok(card_may(&w, k, contest, decide, &may, e));
	return may;
}

#define assert_may(may, contests, upholds, annuls)                                                 \
	do {                                                                                       \
		struct card_may m_ = may;                                                          \
		assert_int_equal(m_.contest, contests);                                            \
		assert_int_equal(m_.uphold, upholds);                                              \
		assert_int_equal(m_.annul, annuls);                                                \
	} while (0)

static void what_may_be_done_is_what_would_not_be_refused(void **state)
{
	struct town *t = *state;
	const struct access_scope none = { 0 };
	const hy_str li = HY_S("李四"), wang = HY_S("王五"), why = HY_S("系统停机");

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	hy_str code =
		town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	town_move(t, "2026-03-02T10:00", code, "dispatch", "desk", "{\"unit\":\"a\"}");
	town_move(t, "2026-03-02T10:30", code, "sign", "handler", "{}");
	town_move(t, "2026-03-02T11:00", code, "assign", "unit_head", "{\"person\":\"zhang\"}");
	tick(t, "2026-10-12T09:00");
	struct card k = only(t, code, "overdue_statutory");
	assert_may(may_do(t, &k, "li", 4, &access_all, &none), true, false, false);
	assert_may(may_do(t, &k, "wang", 5, &none, &access_all), false, false, true);
	assert_may(may_do(t, &k, "zhang", 9, &access_all, &access_all), true, false, false);
	assert_may(may_do(t, &k, "x", 6, &none, &none), false, false, false);

	assert_int_equal(done((struct deed){ t, k.code, li, li, why, 4, true }), HY_OK);
	k = only(t, code, "overdue_statutory");
	assert_may(may_do(t, &k, "li", 4, &access_all, &access_all), false, false, false);
	assert_may(may_do(t, &k, "wang", 5, &access_all, &access_all), false, true, true);

	assert_int_equal(done((struct deed){ t, k.code, wang, wang, why, 5, false }), HY_OK);
	k = only(t, code, "overdue_statutory");
	assert_may(may_do(t, &k, "other", 6, &access_all, &access_all), false, false, false);
}

static int64_t figure(const struct card_counts *c, const char *id)
{
	for (size_t i = 0; i < CARD_FIGURES; i++)
		if (strcmp(card_figures[i].id, id) == 0)
			return c->of[i];
	fail_msg("there is no figure %s", id);
	return -1;
}

static void an_annulled_card_counts_nowhere_else(void **state)
{
	struct card_counts c = { 0 };

	(void)state;
	card_count(&c, CARD_WARNING, CARD_STANDS, 1);
	card_count(&c, CARD_YELLOW, CARD_CONTESTED, 20);
	card_count(&c, CARD_RED, CARD_UPHELD, 300);
	card_count(&c, CARD_RED, CARD_ANNULLED, 4000);
	assert_int_equal(figure(&c, "cards"), 321);
	assert_int_equal(figure(&c, "cards_warning"), 1);
	assert_int_equal(figure(&c, "cards_yellow"), 20);
	assert_int_equal(figure(&c, "cards_red"), 300);
	assert_int_equal(figure(&c, "cards_contested"), 20);
	assert_int_equal(figure(&c, "cards_upheld"), 300);
	assert_int_equal(figure(&c, "cards_annulled"), 4000);
	for (size_t i = 0; i < CARD_FIGURES; i++)
		assert_true(card_figures[i].title.zh_cn.n && card_figures[i].title.zh_hant.n &&
			    card_figures[i].title.en.n && card_figures[i].definition.zh_cn.n &&
			    card_figures[i].definition.zh_hant.n &&
			    card_figures[i].definition.en.n);
}

static struct card_report report(struct town *t, const struct access_scope *scope,
				 const struct card_filter *f)
{
	HY_SCOPED_DB db = NULL;
	struct card_report r;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(card_report(t->a, db, scope, f, &r, e));
	return r;
}

/* What is counted is what is listed, whatever is asked and whoever asks. */
static void counts_are_those_of_the_list(void **state)
{
	static const hy_str own[] = { HY_S_INIT("a") };
	struct access_scope scope = { .any = true };
	const hy_str li = HY_S("李四"), wang = HY_S("王五"), why = HY_S("系统停机");
	struct town *t = *state;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	town_unit(t, "b", "乙局");
	for (int i = 0; i < PACK__GUARDS; i++)
		scope.of[i] = (struct access_units){ .own = own, .n_own = 1 };
	hy_str of_a = town_file(t, "2026-03-02T09:00", "complaint", "desk",
				"{\"title\":\"一\",\"unit\":\"a\"}");
	town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"二\",\"unit\":\"b\"}");
	tick(t, "2026-10-12T09:00");
	struct card red = only(t, of_a, "overdue_statutory");
	assert_int_equal(done((struct deed){ t, red.code, li, li, why, 4, true }), HY_OK);
	assert_int_equal(done((struct deed){ t, red.code, wang, wang, why, 5, false }), HY_OK);

	const struct card_filter filters[] = { { 0 },
					       { .unit = HY_S("b") },
					       { .level = 1 + CARD_RED },
					       { .state = 1 + CARD_ANNULLED },
					       { .matter = of_a },
					       { .kind = HY_S("overdue_statutory") },
					       { .until = red.since },
					       { .from = red.since } };
	for (size_t i = 0; i < HY_COUNT(filters); i++) {
		for (int whose = 0; whose < 2; whose++) {
			const struct access_scope *s = whose ? &scope : &access_all;
			struct card_report r = report(t, s, &filters[i]);
			struct card_list v;
			struct card_counts want = { 0 };
			HY_SCOPED_DB db = NULL;
			assert_ok(hy_store_read(city_store(t->city), &db, e));
			assert_ok(card_read_list(t->a, db, s, &filters[i], &v, e));
			for (size_t k = 0; k < v.n; k++)
				card_count(&want, v.v[k].level, v.v[k].state, 1);
			assert_memory_equal(&r.total, &want, sizeof(want));
		}
	}
	struct card_report r = report(t, &access_all, &filters[0]);
	assert_int_equal(r.n, 2);
	assert_int_equal(
		figure(&r.kinds[card_kind_of(HY_S("overdue_statutory")) - card_kinds], "cards_red"),
		1);
	assert_int_equal(figure(&r.kinds[card_kind_of(HY_S("no_notice")) - card_kinds], "cards"),
			 0);
	assert_text(r.v[0].name, "甲局");
	assert_int_equal(figure(&r.v[0].counts, "cards_annulled"), 1);
	assert_int_equal(figure(&r.v[0].counts, "cards_red"),
			 figure(&r.v[1].counts, "cards_red") - 1);
	assert_int_equal(report(t, &scope, &filters[0]).n, 1);
}

static void pages_go_either_way(void **state)
{
	struct town *t = *state;
	HY_SCOPED_DB db = NULL;
	struct card_list all, v;

	town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	tick(t, "2026-10-12T09:00");
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	struct card_filter f = { 0 };
	assert_ok(card_read_list(t->a, db, &access_all, &f, &all, e));
	assert_true(all.n > 2);
	for (int oldest = 0; oldest < 2; oldest++) {
		size_t n = 0;
		f = (struct card_filter){ .oldest = oldest, .limit = 2 };
		do {
			assert_ok(card_read_list(t->a, db, &access_all, &f, &v, e));
			for (size_t i = 0; i < v.n; i++, n++)
				assert_int_equal(v.v[i].id, all.v[oldest ? all.n - 1 - n : n].id);
			f.after = v.next;
		} while (v.next);
		assert_int_equal(n, all.n);
	}
}

/* --- reach and tampering -------------------------------------------------------------------------
 */

static void the_accused_see_nothing(void **state)
{
	struct town *t = *state;
	struct card_list v;
	const struct card_filter f = { .limit = 0 };
	struct card k;

	town_time = town_at("2026-03-02T09:00");
	town_unit(t, "a", "甲局");
	town_unit(t, "b", "乙局");
	hy_str code = town_file(t, "2026-03-02T09:00", "complaint", "desk",
				"{\"title\":\"态度恶劣\",\"unit\":\"b\",\"about_unit\":\"a\"}");
	tick(t, "2026-10-12T09:00");
	hy_str red = only(t, code, "overdue_statutory").code;
	struct access_scope scope = { .any = true, .within = HY_S("|a|") };
	for (int i = 0; i < PACK__GUARDS; i++)
		scope.of[i].whole = true;
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(card_read_list(t->a, db, &scope, &f, &v, e));
	assert_int_equal(v.n, 0);
	struct hy_err why = { 0 }, why_other = { 0 };
	assert_int_equal(card_by_code(t->a, db, &scope, red, &k, &why), HY_NOT_FOUND);
	scope.within = HY_S("|c|");
	assert_ok(card_by_code(t->a, db, &scope, red, &k, e));
	/* whose card it is, sees it; another unit does not */
	static const hy_str own[] = { HY_S_INIT("b") }, other[] = { HY_S_INIT("a") };
	for (int i = 0; i < PACK__GUARDS; i++)
		scope.of[i] = (struct access_units){ .own = own, .n_own = 1 };
	assert_ok(card_by_code(t->a, db, &scope, red, &k, e));
	for (int i = 0; i < PACK__GUARDS; i++)
		scope.of[i].own = other;
	assert_int_equal(card_by_code(t->a, db, &scope, red, &k, &why_other), HY_NOT_FOUND);
}

static void a_card_cannot_be_touched(void **state)
{
	static const char *const touches[] = {
		"UPDATE card SET state = 3",
		"UPDATE card SET level = 0",
		"UPDATE card SET severity = severity - 1",
		"UPDATE card SET unit = 'b'",
		"UPDATE card SET since = since + 1",
		"UPDATE card SET evidence = '[]'",
		"UPDATE card SET person = 'other'",
		"UPDATE card SET rectification = matter",
		"DELETE FROM card",
	};
	struct town *t = *state;

	town_file(t, "2026-03-02T09:00", "complaint", "desk", "{\"title\":\"路灯不亮\"}");
	tick(t, "2026-10-12T09:00");
	checked(t);
	for (size_t i = 0; i < HY_COUNT(touches); i++) {
		if (town_touched(t, &card_room, touches[i]) != HY_TAMPERED)
			fail_msg("%s", touches[i]);
	}
	checked(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, card_town, town_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_ladder_raises_cards_by_itself),
		TEST(what_is_of_no_matter_is_passed_over),
		TEST(a_light_that_comes_later_is_waited_for),
		TEST(answered_in_time_raises_nothing_more),
		TEST(silence_accepts_and_raises),
		TEST(pauses_are_looked_at),
		TEST(what_is_entered_afterwards_raises),
		TEST(solved_within_minutes_warns),
		TEST(notices_and_refusals_by_hand),
		TEST(fees_by_hand),
		TEST(foreign_grounds_by_hand),
		TEST(contested_and_annulled_by_another),
		TEST(who_held_it_does_not_decide),
		TEST(what_may_be_done_is_what_would_not_be_refused),
		TEST(an_annulled_card_counts_nowhere_else),
		TEST(counts_are_those_of_the_list),
		TEST(pages_go_either_way),
		TEST(the_accused_see_nothing),
		TEST(a_card_cannot_be_touched),
	};

	return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}
