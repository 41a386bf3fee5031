/* A round from its opening to its end, on a real city; and what tampering is found. */
#include "appraise/round_print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "matter/testing.h"
#include "sheet/grid.h"

/* A room that counts things of its own, as supervision its cards: two yellow ones of a, one of them
 * in October, and a red one of b in October. */
static enum hy_code invented_cards(struct hy_arena *a, struct hy_db *db, const struct fact_ask *ask,
				   struct hy_err *e)
{
	static const struct {
		const char *unit, *code, *at;
		enum fact fact;
	} cards[] = { { "a", "KP-2026-000001", "2026-10-31T23:59", FACT_CARD_YELLOW },
		      { "a", "KP-2026-000002", "2026-11-01T00:00", FACT_CARD_YELLOW },
		      { "b", "KP-2026-000003", "2026-10-05T09:00", FACT_CARD_RED },
		      { "nobody", "KP-2026-000004", "2026-10-05T09:00", FACT_CARD_RED } };
	enum hy_code code = HY_OK;

	(void)a;
	(void)db;
	for (size_t i = 0; !code && i < HY_COUNT(cards); i++) {
		const struct fact_thing x = { .id = (int64_t)i + 1,
					      .matter = 1,
					      .code = hy_str_of(cards[i].code),
					      .matter_code = HY_S("TS-2026-000001"),
					      .unit = hy_str_of(cards[i].unit),
					      .at = town_at(cards[i].at),
					      .facts = FACT_BIT(cards[i].fact) };
		if (x.id > ask->after && x.at >= ask->period.from && x.at < ask->period.until)
			code = ask->fn(ask->arg, &x, e);
	}
	return code;
}

static const struct hy_migration no_tables[] = { { 0 } };
static const struct city_room cards_room = { .migrations = no_tables, .facts = invented_cards };
static const struct city_room *const rooms[] = { &appraise_room, NULL };
static const struct city_room *const rooms_with_cards[] = { &appraise_room, &cards_room, NULL };

static int up(void **state)
{
	city_set_rooms(rooms);
	return town_up(state);
}

/* --- doing things in the town
 * ----------------------------------------------------------------------- */

struct deed {
	struct town *t;
	int64_t account;
	hy_str code, unit, of, text;
	int64_t value;
	hy_day from;
	bool upheld;
	const struct round_worked *worked;
	enum hy_code (*step)(struct deed *d, const struct round_act *w, struct hy_err *e);
	struct round r;
	int64_t number;
};

static enum hy_code deed_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	const struct round_act w = { .city = d->t->city,
				     .db = db,
				     .a = d->t->a,
				     .at = town_time,
				     .role = HY_S("efficacy_office"),
				     .account = d->account };

	return d->step(d, &w, e);
}

static enum hy_code do_open(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_open(w, HY_S("conduct"), d->from, &d->r, e);
}
static enum hy_code do_open_discipline(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_open(w, HY_S("discipline"), d->from, &d->r, e);
}
static enum hy_code do_mark(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	const struct round_mark m = { d->unit, d->of, d->value, d->text };
	return round_mark(w, d->code, &m, &d->r, e);
}
static enum hy_code do_freeze(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	struct round_worked x;
	enum hy_code c = round_work_out(w, d->code, d->text, &x, e);

	return c ? c : round_freeze(w, &x, d->text, &d->r, e);
}
static enum hy_code do_freeze_worked(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_freeze(w, d->worked, d->text, &d->r, e);
}
static enum hy_code do_publish(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_publish(w, d->code, &d->r, e);
}
static enum hy_code do_object(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_object(w, d->code, d->unit, d->of, d->text, &d->number, e);
}
static enum hy_code do_decide(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_decide(w, d->code, d->number, d->upheld, d->text, e);
}
static enum hy_code do_finish(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_finish(w, d->code, &d->r, e);
}

static enum hy_code done(struct deed *d, struct hy_err *e)
{
	hy_err_clear(e);
	return hy_store_write(city_store(d->t->city), deed_work, d, e);
}

#define DONE(...)                                                                                  \
	do {                                                                                       \
		struct deed d_ = { .t = t, __VA_ARGS__ };                                          \
		struct hy_err e_ = { 0 };                                                          \
		if (done(&d_, &e_))                                                                \
			fail_msg("line %d: %s", __LINE__, hy_err_text(&e_));                       \
		did = d_;                                                                          \
	} while (0)
#define REFUSED(code_, ...)                                                                        \
	do {                                                                                       \
		struct deed d_ = { .t = t, __VA_ARGS__ };                                          \
		struct hy_err e_ = { 0 };                                                          \
		assert_int_equal(done(&d_, &e_), code_);                                           \
	} while (0)

static enum hy_code units_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	static const char *const names[][2] = { { "a", "甲局" }, { "b", "乙局" }, { "c", "丙局" } };
	struct town *t = in_out;
	int64_t id;

	for (size_t i = 0; i < HY_COUNT(names); i++) {
		enum hy_code c = unit_put(city_record(t->city), db, hy_str_of(names[i][0]),
					  hy_str_of(names[i][1]), HY_S(""), town_time, &id, e);
		if (c)
			return c;
	}
	return HY_OK;
}

/* N complaints of UNIT on DAY of October, answered LATE or in time. */
static void complaints(struct town *t, const char *unit, int n, int late)
{
	for (int i = 0; i < n; i++) {
		char at[32], text[64];
		snprintf(at, sizeof(at), "2026-10-%02dT09:%02d", 9 + i % 5, i % 60);
		snprintf(text, sizeof(text), "第%d件", i);
		json_t *data =
			json_pack("{s:s,s:s,s:s}", "title", text, "channel", "web", "unit", unit);
		struct town_deed d = { .t = t,
				       .subject = HY_S("complaint"),
				       .mv = { .move = HY_S("file"),
					       .at = town_at(at),
					       .role = HY_S("desk"),
					       .data = data } };
		town_time = d.mv.at;
		assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
		json_decref(data);
		json_t *reply = json_pack("{s:s}", "text", "已办");
		hy_str code = d.filed.code;
		struct town_deed r = { .t = t,
				       .subject = code,
				       .if_seq = -1,
				       .mv = { .move = HY_S("reply"),
					       .at = town_at(i < late ? "2026-12-20T09:00"
								      : "2026-10-20T09:00"),
					       .role = HY_S("desk"),
					       .data = reply } };
		town_time = r.mv.at;
		assert_ok(hy_store_write(city_store(t->city), town_move_work, &r, e));
		json_decref(reply);
	}
}

static void the_units_work(struct town *t)
{
	assert_ok(hy_store_write(city_store(t->city), units_work, t, e));
	complaints(t, "a", 30, 0);
	complaints(t, "b", 30, 15);
	complaints(t, "c", 4, 0);
}

static const json_t *unit_of(struct hy_arena *a, hy_str result, const char *code)
{
	json_t *v = NULL;
	size_t i;
	json_t *u;

	assert_ok(hy_json_read(a, result, &v, e));
	json_array_foreach (json_object_get(v, "units"), i, u)
		if (!strcmp(json_string_value(json_object_get(u, "code")), code))
			return u;
	fail_msg("no unit %s", code);
	return NULL;
}

static hy_str result_of(struct town *t, const struct round *r, int version)
{
	HY_SCOPED_DB db = NULL;
	struct round_version v;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(round_version(t->a, db, r, version, &v, e));
	return v.result;
}

static void checked(struct town *t)
{
	struct matter_fsck f;

	assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &f, e));
	if (f.wrong)
		fail_msg("%.*s", HY_ARG(f.first));
}

static void a_round_goes_from_open_to_final(void **state)
{
	struct town *t = *state;
	struct deed did;
	hy_str k = HY_S("conduct-2026-10");

	the_units_work(t);
	town_time = town_at("2026-12-21T09:00");
	REFUSED(HY_BAD_FIELD, .step = do_open, .from = hy_day_of(2026, 10, 2));
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	assert_true(hy_str_eq(did.r.code, k));
	assert_int_equal(did.r.to, hy_day_of(2026, 10, 31));
	REFUSED(HY_EXISTS, .step = do_open, .from = hy_day_of(2026, 10, 1));

	/* marks: what is measured is not marked, evidence is needed */
	DONE(.step = do_mark, .code = k, .unit = HY_S("a"), .of = HY_S("inspection"),
	     .value = 80 * PACK_POINT, .text = HY_S("10月检查记录"), .account = 7);
	REFUSED(HY_BAD_FIELD, .step = do_mark, .code = k, .unit = HY_S("a"), .of = HY_S("in_time"),
		.value = 100 * PACK_POINT, .text = HY_S("x"));
	REFUSED(HY_BAD_FIELD, .step = do_mark, .code = k, .unit = HY_S("a"),
		.of = HY_S("inspection"), .value = 5, .text = HY_S(" "));
	REFUSED(HY_BAD_FIELD, .step = do_mark, .code = k, .unit = HY_S("nobody"),
		.of = HY_S("inspection"), .value = 5, .text = HY_S("x"));
	DONE(.step = do_mark, .code = k, .unit = HY_S("b"), .of = HY_S("inspection"),
	     .value = 80 * PACK_POINT, .text = HY_S("10月检查记录"), .account = 7);
	DONE(.step = do_mark, .code = k, .unit = HY_S("b"), .of = HY_S("notified"), .value = 1,
	     .text = HY_S("通报〔2026〕3号"), .account = 7);

	DONE(.step = do_freeze, .code = k);
	assert_int_equal(did.r.version, 1);
	const json_t *a = unit_of(t->a, result_of(t, &did.r, 1), "a"),
		     *b = unit_of(t->a, result_of(t, &did.r, 1), "b"),
		     *c = unit_of(t->a, result_of(t, &did.r, 1), "c");
	assert_int_equal(hy_json_get_int(a, "place", 0), 1);
	assert_true(hy_json_get_int(a, "total", 0) > hy_json_get_int(b, "total", 0));
	assert_int_equal(
		hy_json_get_int(json_object_get(json_object_get(b, "adjusts"), "late"), "times", 0),
		15);
	assert_int_equal(hy_json_get_int(json_object_get(json_object_get(b, "adjusts"), "notified"),
					 "points", 0),
			 2 * PACK_POINT);
	/* four cases say nothing, and nobody marked c */
	assert_true(json_is_true(json_object_get(
		json_object_get(json_object_get(c, "indicators"), "in_time"), "few")));

	/* a correction needs its reason, and leaves the first version */
	hy_str first = result_of(t, &did.r, 1);
	DONE(.step = do_mark, .code = k, .unit = HY_S("b"), .of = HY_S("notified"), .value = -1,
	     .text = HY_S("通报已撤销"), .account = 7);
	REFUSED(HY_BAD_FIELD, .step = do_freeze, .code = k);
	DONE(.step = do_freeze, .code = k, .text = HY_S("通报撤销"));
	assert_int_equal(did.r.version, 2);
	assert_true(hy_str_eq(first, result_of(t, &did.r, 1)));
	assert_false(hy_str_eq(first, result_of(t, &did.r, 2)));

	/* notice, objection, decision by another, the end */
	REFUSED(HY_NOT_NOW, .step = do_object, .code = k, .unit = HY_S("b"), .text = HY_S("x"));
	DONE(.step = do_publish, .code = k);
	assert_int_equal(did.r.notice_until, hy_day_of(2026, 12, 28)); /* five working days */
	assert_int_equal(did.r.object_until, hy_day_of(2026, 12, 31));
	DONE(.step = do_object, .code = k, .unit = HY_S("b"), .of = HY_S("inspection"),
	     .text = HY_S("检查当日停电"), .account = 9);
	assert_int_equal(did.number, 1);
	REFUSED(HY_FORBIDDEN, .step = do_decide, .code = k, .number = 1, .text = HY_S("维持"),
		.account = 7);
	REFUSED(HY_FORBIDDEN, .step = do_decide, .code = k, .number = 1, .text = HY_S("维持"),
		.account = 9);
	town_time = town_at("2027-01-04T09:00");
	REFUSED(HY_NOT_NOW, .step = do_finish, .code = k); /* it is not decided */
	DONE(.step = do_decide, .code = k, .number = 1, .text = HY_S("停电属实，另择日检查"),
	     .upheld = true, .account = 8);
	REFUSED(HY_NOT_NOW, .step = do_decide, .code = k, .number = 1, .text = HY_S("再议"),
		.account = 8);
	REFUSED(HY_NOT_NOW, .step = do_finish, .code = k); /* upheld, and not corrected */
	DONE(.step = do_mark, .code = k, .unit = HY_S("b"), .of = HY_S("inspection"),
	     .value = 90 * PACK_POINT, .text = HY_S("另择日检查"), .account = 7);
	DONE(.step = do_freeze, .code = k, .text = HY_S("异议成立，检查重评"));
	DONE(.step = do_finish, .code = k);
	REFUSED(HY_NOT_NOW, .step = do_freeze, .code = k, .text = HY_S("太晚"));
	{
		HY_SCOPED_DB db = NULL;
		struct round_step *v = NULL;
		struct round_version last;
		struct reading read;
		size_t n = 0;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(round_steps(t->a, db, &did.r, &v, &n, e));
		assert_int_equal(n, 3);
		assert_true(v[0].reason.n == 0 && v[1].at < v[2].at);
		assert_true(hy_str_eq(v[2].reason, HY_S("异议成立，检查重评")));
		assert_ok(round_version(t->a, db, &did.r, 3, &last, e));
		assert_ok(reading_of(t->a, t->city, db, &did.r, &last, &read, e));
		assert_ok(reading_compare(&read, e));
		const json_t *was = reading_before(&read, HY_S("b"));
		assert_int_equal(
			hy_json_get_int(was, "total", 0),
			hy_json_get_int(unit_of(t->a, result_of(t, &did.r, 2), "b"), "total", 0));
		assert_true(
			hy_json_get_int(was, "total", 0) <
			hy_json_get_int(unit_of(t->a, result_of(t, &did.r, 3), "b"), "total", 0));
	}
	checked(t);
}

static void what_was_worked_out_is_frozen_while_nothing_has_changed(void **state)
{
	struct town *t = *state;
	const hy_str k = HY_S("conduct-2026-10");
	struct round_worked early, late;
	struct deed did;
	struct round_act w = { .city = t->city, .a = t->a };

	the_units_work(t);
	town_time = w.at = town_at("2026-12-21T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		w.db = db;
		assert_ok(round_work_out(&w, k, HY_S(""), &early, e)); /* on a snapshot */
	}
	DONE(.step = do_mark, .code = k, .unit = HY_S("b"), .of = HY_S("notified"), .value = 1,
	     .text = HY_S("通报〔2026〕3号"));
	REFUSED(HY_STALE, .step = do_freeze_worked, .code = k, .worked = &early);
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		w.db = db;
		assert_ok(round_work_out(&w, k, HY_S(""), &late, e));
	}
	town_time = town_at("2026-12-21T09:01");
	DONE(.step = do_freeze_worked, .code = k, .worked = &late);
	assert_int_equal(did.r.version, 1);
	assert_int_equal(did.r.frozen_at, w.at); /* as of when it was measured */
	/* once alone */
	REFUSED(HY_STALE, .step = do_freeze_worked, .code = k, .worked = &late);
	checked(t);
}

/* A preview, and what measuring everything gives at the same time. */
static enum hy_code bundled(struct town *t, const struct round *r, hy_str *out, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(t->city), &db, e);

	return code ? code : round_bundle(t->a, t->city, db, r, r->version, out, e);
}

static enum hy_code falsify_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return hy_sql_script(db, in_out, e);
}

/* Whoever writes into the tables can have a false result frozen and signed; the events tell. */
static void a_bundle_shows_what_the_events_do_not_bear(void **state)
{
	static const struct {
		const char *sql, *back, *says;
	} lies[] = { /* 31 is the first of b, and was late */
		     { "UPDATE matter SET verdict = 1 WHERE id = 31",
		       "UPDATE matter SET verdict = 2 WHERE id = 31", "its facts do not follow" },
		     { "UPDATE matter SET hand_offs = 3 WHERE id = 1",
		       "UPDATE matter SET hand_offs = 0 WHERE id = 1", "its facts do not follow" },
		     { "UPDATE matter SET answered_at = answered_at - 864000000 WHERE id = 31",
		       "UPDATE matter SET answered_at = answered_at + 864000000 WHERE id = 31",
		       "its days and counts do not follow" },
		     { "UPDATE matter SET unit = 'b' WHERE id = 1",
		       "UPDATE matter SET unit = 'a' WHERE id = 1", "another unit" }
	};
	struct town *t = *state;
	struct bundle_verdict v;
	struct deed did;
	hy_str text, k = HY_S("conduct-2026-10");

	the_units_work(t);
	town_time = town_at("2026-12-21T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	DONE(.step = do_freeze, .code = k);
	assert_ok(bundled(t, &did.r, &text, e));
	assert_ok(bundle_verify(t->a, text, HY_S(""), &v, e));
	assert_true(v.cases > 0 && v.events > v.cases);
	for (size_t i = 0; i < HY_COUNT(lies); i++) {
		struct hy_err why = { 0 };
		assert_ok(hy_store_write(city_store(t->city), falsify_work,
					 (void *)(uintptr_t)lies[i].sql, e));
		DONE(.step = do_freeze, .code = k, .text = HY_S("again"));
		assert_ok(hy_store_write(city_store(t->city), falsify_work,
					 (void *)(uintptr_t)lies[i].back, e));
		assert_ok(bundled(t, &did.r, &text, e));
		assert_int_equal(bundle_verify(t->a, text, HY_S(""), &v, &why), HY_TAMPERED);
		assert_true(hy_str_find(hy_str_of(why.detail), hy_str_of(lies[i].says)) >= 0);
	}
}

static void looks_as_measured(struct town *t, int line)
{
	const hy_str k = HY_S("conduct-2026-10");
	struct round_worked x;
	struct round_version v;
	struct round r;
	HY_SCOPED_DB db = NULL;
	struct round_act w = { .city = t->city, .a = t->a, .at = town_time };

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	w.db = db;
	assert_ok(round_by_code(t->a, db, k, &r, e));
	assert_ok(round_preview(t->a, t->city, db, &r, &v, e));
	assert_ok(round_work_out(&w, k, HY_S(""), &x, e));
	if (!hy_str_eq(v.result, x.version.result))
		fail_msg("line %d: previewed " HY_FMT "\nmeasured " HY_FMT, line, HY_ARG(v.result),
			 HY_ARG(x.version.result));
}

static void a_preview_goes_on_from_what_it_kept(void **state)
{
	struct town *t = *state;
	struct deed did;
	hy_str late[3];

	the_units_work(t);
	for (int i = 0; i < 3; i++) /* due in November, answered by nobody */
		late[i] = town_file(t, "2026-10-30T09:00", "complaint", "desk",
				    "{\"title\":\"路灯\",\"channel\":\"web\",\"unit\":\"a\"}");
	town_time = town_at("2026-11-02T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	assert_int_equal(did.r.state, ROUND_OPEN);
	looks_as_measured(t, __LINE__);
	looks_as_measured(t, __LINE__); /* nothing new */
	json_t *reply = json_pack("{s:s}", "text", "已办");
	struct town_deed d = { .t = t,
			       .subject = late[0],
			       .if_seq = -1,
			       .mv = { .move = HY_S("reply"),
				       .at = town_at("2026-11-03T09:00"),
				       .role = HY_S("desk"),
				       .data = reply } };
	town_time = d.mv.at;
	assert_ok(hy_store_write(city_store(t->city), town_move_work, &d, e));
	looks_as_measured(t, __LINE__); /* one more event */
	town_time = town_at("2027-01-20T09:00");
	looks_as_measured(t, __LINE__); /* due dates have passed by themselves */
	d.subject = late[1];
	d.mv.at = town_time;
	assert_ok(hy_store_write(city_store(t->city), town_move_work, &d, e));
	json_decref(reply);
	looks_as_measured(t, __LINE__);
	town_file(t, "2027-01-21T09:00", "complaint", "desk",
		  "{\"title\":\"路灯\",\"channel\":\"web\",\"unit\":\"b\"}"); /* of another month */
	looks_as_measured(t, __LINE__);
	DONE(.step = do_mark, .code = HY_S("conduct-2026-10"), .unit = HY_S("b"),
	     .of = HY_S("notified"), .value = 1, .text = HY_S("通报"), .account = 7);
	looks_as_measured(t, __LINE__);
	town_unit(t, "d", "丁局"); /* units have changed: all anew */
	looks_as_measured(t, __LINE__);
	town_time = town_at("2026-11-02T10:00"); /* and so at an earlier time */
	looks_as_measured(t, __LINE__);
}

static void a_figure_opens_to_its_cases(void **state)
{
	struct town *t = *state;
	struct losses x;
	struct loss_line l;
	struct deed did;
	int64_t sum = 0;

	the_units_work(t);
	town_time = town_at("2026-12-21T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	DONE(.step = do_freeze, .code = HY_S("conduct-2026-10"));
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	struct round_version v1;
	assert_ok(round_version(t->a, db, &did.r, 1, &v1, e));
	const struct figure *f = figure_by_id(HY_S("in_time_share"));
	const struct loss_reader all = { .who = &actor_console }, none = { .who = &actor_anyone };
	assert_ok(losses_read(t->a, t->city, db, &did.r, &v1, HY_S("b"), &all, &x, e));
	assert_ok(losses_of(&x, f, 100001, true, 100, &l, e));
	assert_int_equal(l.n, 30);
	assert_int_equal(l.lost, 15);
	assert_int_equal(l.all, 30);
	for (size_t i = 0; i < l.n; i++) { /* to the last ten-thousandth */
		assert_int_equal(l.v[i].lost, i < 15);
		sum += l.v[i].points;
		assert_int_equal(l.v[i].points > 0, i < 15);
	}
	assert_int_equal(sum, 100001);
	/* nobody was named for them, and the unit had them */
	assert_int_equal(x.losers.n, 1);
	assert_true(hy_str_eq(x.losers.v[0].unit, HY_S("b")));
	assert_int_equal(x.losers.v[0].points, 100001);
	assert_int_equal(x.losers.v[0].cases, 15);
	assert_true(l.v[0].clause.n > 0);
	/* who may see nothing sees no case, and how much those cost all the same */
	assert_ok(losses_read(t->a, t->city, db, &did.r, &v1, HY_S("b"), &none, &x, e));
	assert_ok(losses_of(&x, f, 100001, true, 100, &l, e));
	assert_int_equal(l.n, 0);
	assert_int_equal(l.lost, 15);
	assert_int_equal(x.losers.n, 0);
	assert_int_equal(x.beyond, 100001);
}

/* What pdftotext reads. */
static hy_str words_of(struct town *t, hy_str pdf)
{
	hy_str path = hy_printf(t->a, "%s/paper.pdf", t->where),
	       text = hy_printf(t->a, "%s/paper.txt", t->where), out = HY_S("");

	assert_ok(hy_file_write(path.p, pdf, 0600, e));
	assert_int_equal(system(hy_printf(t->a, "pdftotext -layout %s %s", path.p, text.p).p), 0);
	assert_ok(hy_file_read(t->a, text.p, 1 << 20, &out, e));
	return out;
}

#define HAS(text, part)                                                                            \
	do {                                                                                       \
		if (hy_str_find((text), HY_S(part)) < 0)                                           \
			fail_msg("line %d: no \"%s\" in: %.*s", __LINE__, part, HY_ARG(text));     \
	} while (0)

static void a_round_is_printed(void **state)
{
	static const char *const languages[] = { "zh-CN", "zh-Hant", "en" };
	struct town *t = *state;
	const struct loss_reader all = { .who = &actor_console };
	const hy_str k = HY_S("conduct-2026-10");
	struct paper_result pdf;
	struct round_version v;
	struct explaining x;
	struct reading r;
	struct paper p;
	struct sheet *to;
	struct grid g;
	struct deed did;
	hy_str bytes;

	the_units_work(t);
	town_time = town_at("2026-12-21T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	DONE(.step = do_freeze, .code = k);
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(round_version(t->a, db, &did.r, 1, &v, e));
	assert_ok(reading_of(t->a, t->city, db, &did.r, &v, &r, e));
	struct hy_err early = { 0 };
	assert_int_equal(circular_paper(&r, HY_S(""), &p, &early), HY_NOT_NOW);
	hy_store_give(&db);
	DONE(.step = do_publish, .code = k);
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(reading_of(t->a, t->city, db, &did.r, &v, &r, e));

	assert_ok(circular_paper(&r, HY_S("效通〔2026〕3号"), &p, e));
	assert_ok(paper_pdf(t->a, &p, &pdf, e));
	hy_str said = words_of(t, pdf.pdf);
	HAS(said, "效通〔2026〕3号");
	HAS(said, "乙局");
	HAS(said, "2026年12月31日"); /* until when one may object */
	for (size_t i = 0; i < HY_COUNT(languages); i++) {
		hy_str lang = hy_str_of(languages[i]);
		round_paper(&r, lang, &p);
		assert_ok(paper_pdf(t->a, &p, &pdf, e));
		HAS(words_of(t, pdf.pdf), "乙局");
		assert_ok(explaining_of(t->a, t->city, db, &did.r, &v, HY_S("b"), &all, &x, e));
		assert_ok(explain_paper(&x, lang, &p, e));
		assert_ok(paper_pdf(t->a, &p, &pdf, e));
		HAS(words_of(t, pdf.pdf), "TS-2026-000031"); /* the first late one of b */
	}

	hy_str file = hy_printf(t->a, "%s/table.xlsx", t->where);
	assert_ok(sheet_xlsx(t->a, file.p, 0, &to, e));
	assert_ok(round_sheet(to, &r, HY_S("zh-CN"), e));
	assert_ok(round_sheet_meaning(to, &r, HY_S("zh-CN"), e));
	assert_ok(sheet_end(to, e));
	assert_ok(hy_file_read(t->a, file.p, 1 << 20, &bytes, e));
	assert_ok(grid_read(t->a, bytes, &g, e));
	assert_int_equal(g.n, 4); /* head and three units, the first one first */
	assert_true(hy_str_eq(g.rows[1].cells[2], HY_S("a")));
	assert_true(hy_str_eq(g.rows[1].cells[0], HY_S("1")));
	assert_ok(sheet_xlsx(t->a, file.p, 0, &to, e));
	assert_ok(explaining_of(t->a, t->city, db, &did.r, &v, HY_S("b"), &all, &x, e));
	assert_ok(explain_sheet(to, &x, HY_S("zh-CN"), e));
	assert_ok(sheet_end(to, e));
	/* the cases of deductions and indicators add up to what was lost by cases */
	int64_t by_people = x.losses.beyond, lost = 0;
	for (size_t i = 0; i < x.losses.losers.n; i++)
		by_people += x.losses.losers.v[i].points;
	for (size_t i = 0; i < x.k.s->n_indicators; i++)
		if (x.k.s->indicators[i].figure)
			lost += hy_json_get_int(explaining_node(&x, &x.k.s->indicators[i]), "lost",
						0);
	for (size_t i = 0; i < x.k.s->n_adjusts; i++)
		if (x.k.s->adjusts[i].figure)
			lost += hy_json_get_int(explaining_times(&x, &x.k.s->adjusts[i]), "points",
						0);
	assert_true(lost > 0);
	assert_int_equal(by_people, lost);
}

static void what_is_frozen_cannot_be_touched(void **state)
{
	static const char *const touches[] = {
		"UPDATE round_result SET result = replace(result, '\"place\":1', '\"place\":2')",
		"UPDATE round_result SET inputs = replace(inputs, '\"n\":30', '\"n\":29')",
		"UPDATE round_case SET facts = facts + 1 WHERE unit = 'b'",
		"UPDATE round_mark SET value = 900000",
		"UPDATE round SET state = 3",
		"DELETE FROM round_result",
		"DELETE FROM round",
	};
	struct town *t = *state;
	struct deed did;

	the_units_work(t);
	town_time = town_at("2026-12-21T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	DONE(.step = do_mark, .code = HY_S("conduct-2026-10"), .unit = HY_S("a"),
	     .of = HY_S("inspection"), .value = 80 * PACK_POINT, .text = HY_S("检查"));
	DONE(.step = do_freeze, .code = HY_S("conduct-2026-10"));
	assert_int_equal(did.r.version, 1);
	checked(t);
	for (size_t i = 0; i < HY_COUNT(touches); i++) {
		assert_int_equal(town_touched(t, &appraise_room, touches[i]), HY_TAMPERED);
	}
	checked(t);
}

static void inputs_are_read_as_they_were_written(void **state)
{
	struct town *t = *state;
	struct round_version v;
	struct round_inputs in;
	struct deed did;
	hy_str again;

	the_units_work(t);
	town_time = town_at("2026-11-05T09:00");
	DONE(.step = do_open, .from = hy_day_of(2026, 10, 1));
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(round_preview(t->a, t->city, db, &did.r, &v, e));
	assert_ok(round_inputs_read(t->a, pack_scheme(city_pack(t->city), HY_S("conduct")),
				    v.inputs, &in, e));
	assert_true(hy_str_eq(round_inputs_json(t->a, &in), v.inputs));
	assert_ok(round_result_json(t->a, &in, &again, e));
	assert_true(hy_str_eq(again, v.result));
	struct hy_err e2 = { 0 };
	assert_int_equal(round_inputs_read(t->a, pack_scheme(city_pack(t->city), HY_S("conduct")),
					   HY_S("{\"v\":1}"), &in, &e2),
			 HY_BAD_INPUT);
}

/* A scheme of the city's own takes points off for cards; the frozen round shows which. */
static void cards_cost_points(void **state)
{
	static const char pack[] = "pack: city\nversion: '1'\njurisdiction: CN\n"
				   "title: {zh-CN: 市, zh-Hant: 市, en: City}\n";
	static const char scheme[] =
		"scheme: discipline\n"
		"title: {zh-CN: 纪律, zh-Hant: 紀律, en: Discipline}\n"
		"period: month\n"
		"indicators:\n"
		"  - id: review\n"
		"    title: {zh-CN: 评议, zh-Hant: 評議, en: Review}\n"
		"    weight: 100%\n"
		"    by_hand: true\n"
		"deductions:\n"
		"  - id: yellow\n"
		"    title: {zh-CN: 黄牌, zh-Hant: 黃牌, en: Yellow}\n"
		"    figure: cards_yellow\n"
		"    each: 1\n"
		"    most: 10\n"
		"  - id: red\n"
		"    title: {zh-CN: 红牌, zh-Hant: 紅牌, en: Red}\n"
		"    figure: cards_red\n"
		"    each: 3\n"
		"    most: 10\n"
		"grades:\n"
		"  - {id: good, title: {zh-CN: 合格, zh-Hant: 合格, en: Good}, from: 60}\n"
		"  - {id: poor, title: {zh-CN: 不合格, zh-Hant: 不合格, en: Poor}, from: 0}\n"
		"groups:\n"
		"  - {id: all, title: {zh-CN: 全部, zh-Hant: 全部, en: All}}\n"
		"tests:\n"
		"  - name: 一张黄牌扣一分，两张红牌扣六分\n"
		"    given:\n"
		"      - {unit: A, of: review, value: 90}\n"
		"      - {unit: A, of: yellow, value: 1}\n"
		"      - {unit: A, of: red, value: 2}\n"
		"    expect:\n"
		"      - {unit: A, score: 83, place: 1, grade: good}\n";
	static const char *const units[] = { "a", "b", "c" };
	static const int64_t totals[] = { 89, 87, 90 };
	struct town *t = *state;
	const char *folder = hy_printf(t->a, "%s/city-pack", t->where).p;
	const char *const packs[] = { HY_SOURCE_ROOT "/packs/base", folder, NULL };
	HY_SCOPED_DB db = NULL;
	struct losses x;
	struct loss_line l;
	struct deed did;

	city_set_rooms(rooms_with_cards);
	the_units_work(t);
	assert_ok(hy_dir_make(hy_printf(t->a, "%s/schemes", folder).p, e));
	assert_ok(
		hy_file_write(hy_printf(t->a, "%s/pack.yaml", folder).p, hy_str_of(pack), 0600, e));
	assert_ok(hy_file_write(hy_printf(t->a, "%s/schemes/discipline.yaml", folder).p,
				hy_str_of(scheme), 0600, e));
	town_time = town_at("2026-12-21T09:00");
	assert_ok(city_activate(t->city, packs, town_time, NULL, NULL, e));
	DONE(.step = do_open_discipline, .from = hy_day_of(2026, 10, 1));
	hy_str k = did.r.code;
	for (size_t i = 0; i < HY_COUNT(units); i++)
		DONE(.step = do_mark, .code = k, .unit = hy_str_of(units[i]), .of = HY_S("review"),
		     .value = 90 * PACK_POINT, .text = HY_S("10月"), .account = 7);
	DONE(.step = do_freeze, .code = k);
	for (size_t i = 0; i < HY_COUNT(units); i++) {
		const json_t *u = unit_of(t->a, result_of(t, &did.r, 1), units[i]);
		assert_int_equal(hy_json_get_int(u, "total", 0), totals[i] * PACK_POINT);
	}
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	const struct loss_reader all = { .who = &actor_console };
	struct round_version v1;
	assert_ok(round_version(t->a, db, &did.r, 1, &v1, e));
	assert_ok(losses_read(t->a, t->city, db, &did.r, &v1, HY_S("a"), &all, &x, e));
	assert_ok(losses_of(&x, figure_by_id(HY_S("cards_yellow")), 10000, true, 10, &l, e));
	assert_int_equal(l.n, 1);
	assert_true(hy_str_eq(l.v[0].code, HY_S("KP-2026-000001")) && l.v[0].lost);
	checked(t);
	city_set_rooms(rooms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cards_cost_points, up, town_down),
		cmocka_unit_test_setup_teardown(a_round_goes_from_open_to_final, up, town_down),
		cmocka_unit_test_setup_teardown(
			what_was_worked_out_is_frozen_while_nothing_has_changed, up, town_down),
		cmocka_unit_test_setup_teardown(a_bundle_shows_what_the_events_do_not_bear, up,
						town_down),
		cmocka_unit_test_setup_teardown(a_figure_opens_to_its_cases, up, town_down),
		cmocka_unit_test_setup_teardown(a_preview_goes_on_from_what_it_kept, up, town_down),
		cmocka_unit_test_setup_teardown(a_round_is_printed, up, town_down),
		cmocka_unit_test_setup_teardown(what_is_frozen_cannot_be_touched, up, town_down),
		cmocka_unit_test_setup_teardown(inputs_are_read_as_they_were_written, up,
						town_down),
	};

	return cmocka_run_group_tests_name("appraise", tests, NULL, NULL);
}
