/* Raters with codes, on a real city: who may rate what, once; what comes of it; what is found. */
#include "appraise/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "matter/testing.h"

static const struct city_room *const rooms[] = { &appraise_room, NULL };
#define ROUND_CODE HY_S("review-2026-10")

struct deed {
	struct town *t;
	hy_str code, text;
	struct survey_new asked;
	int64_t count;
	struct survey_ballot ballot;
	enum hy_code (*step)(struct deed *d, const struct round_act *w, struct hy_err *e);
	struct survey s;
	struct round r;
	hy_str *codes;
};

static enum hy_code deed_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	const struct round_act w = { .city = d->t->city,
				     .db = db,
				     .a = d->t->a,
				     .at = town_time,
				     .role = HY_S("efficacy_office"),
				     .account = 7 };

	return d->step(d, &w, e);
}

static enum hy_code do_round(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return round_open(w, HY_S("review"), hy_day_of(2026, 10, 1), &d->r, e);
}
static enum hy_code do_open(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return survey_open(w, ROUND_CODE, &d->asked, &d->s, e);
}
static enum hy_code do_issue(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return survey_issue(w, d->code, d->count, d->text, &d->s, &d->codes, e);
}
static enum hy_code do_rate(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return survey_rate(w, &d->ballot, e);
}
static enum hy_code do_void(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	return survey_declare_void(w, d->code, d->text, &d->s, e);
}
static enum hy_code do_mark(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	const struct round_mark m = { HY_S("a"), d->text, 80 * PACK_POINT, HY_S("检查") };
	return round_mark(w, ROUND_CODE, &m, &d->r, e);
}
static enum hy_code do_freeze(struct deed *d, const struct round_act *w, struct hy_err *e)
{
	struct round_worked x;
	enum hy_code c = round_work_out(w, ROUND_CODE, d->text, &x, e);

	return c ? c : round_freeze(w, &x, d->text, &d->r, e);
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
#define OPEN(raters_, ...)                                                                         \
	DONE(.step = do_open, .asked = { .panel = HY_S("panel"),                                   \
					 .raters = HY_S(raters_),                                  \
					 .from = hy_day_of(2026, 11, 2),                           \
					 .until = hy_day_of(2026, 11, 6),                          \
					 __VA_ARGS__ })

static struct town *founded(void **state)
{
	struct town *t = *state;
	const char *const packs[] = { HY_SOURCE_ROOT "/packs/base",
				      HY_SOURCE_ROOT "/tests/packs/raters", NULL };

	town_time = town_at("2026-11-01T09:00");
	assert_ok(city_activate(t->city, packs, town_time, NULL, NULL, e));
	town_unit(t, "a", "甲局");
	town_unit(t, "b", "乙局");
	return t;
}

static int up(void **state)
{
	city_set_rooms(rooms);
	return town_up(state);
}

static struct survey_ballot ballot(struct town *t, hy_str code, const char *nonce, const char *json)
{
	return (struct survey_ballot){ code, hy_str_of(nonce), town_data(t, json) };
}

/* Both units get the same two answers. */
static void rate(struct town *t, hy_str code, const char *first, const char *second)
{
	struct deed did;
	hy_str json = hy_printf(t->a, "{\"b\":[\"%s\",\"%s\"],\"a\":[\"%s\",\"%s\"]}", first,
				second, first, second);

	DONE(.step = do_rate, .ballot = ballot(t, code, "0123456789012345678901", json.p));
	(void)did;
}

static void a_code_is_spent_once_and_again_by_the_same(void **state)
{
	static const char one[] = "{\"a\":[\"good\",null]}";
	static const char other[] = "{\"a\":[\"poor\",null]}";
	static const char of_b[] = "{\"b\":[\"good\",\"dk\"]}";
	static const char *const bad[] = { "[]",
					   "{}",
					   "{\"a\":1}",
					   "{\"a\":[\"good\"]}",
					   "{\"a\":[\"goood\",null]}",
					   "{\"nobody\":[null,null]}",
					   "{\"a\":[null,null],\"b\":[null,null]}" };
	struct town *t = founded(state);
	struct deed did;

	DONE(.step = do_round);
	REFUSED(HY_BAD_FIELD, .step = do_open,
		.asked = { .panel = HY_S("panle"), .raters = HY_S("people") });
	OPEN("people", );
	assert_true(hy_str_eq(did.s.code, HY_S("review-2026-10-s1")));
	assert_int_equal(did.s.n_units, 2);
	DONE(.step = do_issue, .code = did.s.code, .count = 3, .text = HY_S("b"));
	hy_str *codes = did.codes;
	assert_false(hy_str_eq(codes[0], codes[1]));
	REFUSED(HY_BAD_FIELD, .step = do_issue, .code = did.s.code, .count = 2000);
	REFUSED(HY_BAD_FIELD, .step = do_issue, .code = did.s.code, .count = 1,
		.text = HY_S("nobody"));

	/* what is asked by a survey is not marked by hand, nor the other way round */
	REFUSED(HY_BAD_FIELD, .step = do_mark, .text = HY_S("raters"));

	/* before the first day; after it; nobody's code; one's own unit */
	REFUSED(HY_NOT_NOW, .step = do_rate, .ballot = ballot(t, codes[0], "n1", one));
	town_time = town_at("2026-11-02T09:00");
	REFUSED(HY_NOT_FOUND, .step = do_rate,
		.ballot = ballot(t, HY_S("2222-2222-2222-2222"), "n1", one));
	REFUSED(HY_NOT_FOUND, .step = do_rate, .ballot = ballot(t, HY_S("x"), "n1", one));
	REFUSED(HY_BAD_FIELD, .step = do_rate, .ballot = ballot(t, codes[0], "n1", of_b));
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		REFUSED(HY_BAD_FIELD, .step = do_rate, .ballot = ballot(t, codes[0], "n1", bad[i]));
	DONE(.step = do_rate, .ballot = ballot(t, codes[0], "n1", one));
	/* as it is typed on a phone, and again because the answer was lost */
	hy_str typed = hy_printf(t->a, " %.4s %.4s-%.4s %c%.3s", codes[0].p, codes[0].p + 5,
				 codes[0].p + 10, codes[0].p[15] | 32, codes[0].p + 16);
	if (codes[0].p[15] >= '0' && codes[0].p[15] <= '9')
		typed = codes[0];
	DONE(.step = do_rate, .ballot = ballot(t, typed, "n1", one));
	REFUSED(HY_EXISTS, .step = do_rate, .ballot = ballot(t, codes[0], "n1", other));
	REFUSED(HY_EXISTS, .step = do_rate, .ballot = ballot(t, codes[0], "n2", one));
	/* also when the window is over */
	town_time = town_at("2026-11-07T00:00");
	DONE(.step = do_rate, .ballot = ballot(t, codes[0], "n1", one));
	REFUSED(HY_NOT_NOW, .step = do_rate, .ballot = ballot(t, codes[1], "n1", one));

	HY_SCOPED_DB db = NULL;
	struct survey s;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(survey_by_code(t->a, db, HY_S("review-2026-10-s1"), &s, e));
	assert_int_equal(s.issued, 3);
	assert_int_equal(s.returned, 1);
	town_fsck(t);
}

/* Nothing that is kept has a code, nor who or at what hour. */
static void nothing_leads_from_a_rating_to_a_code(void **state)
{
	struct town *t = founded(state);
	struct record_event ev;
	struct deed did;
	int rated = 0;
	bool row;

	DONE(.step = do_round);
	OPEN("people", );
	DONE(.step = do_issue, .code = did.s.code, .count = 6);
	hy_str *codes = did.codes;
	for (int i = 0; i < 6; i++) {
		town_time = town_at("2026-11-03T10:00") + i * 61000;
		rate(t, codes[i], "good", "fair");
	}
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	{
		HY_SCOPED_STMT q = hy_sql(db, record_of_subject);
		hy_bind_text(q, 1, HY_S("survey/review-2026-10-s1"));
		while (true) {
			assert_ok(hy_step(q, &row, e));
			if (!row)
				break;
			assert_ok(record_row(t->a, q, &ev, e));
			hy_str private =
				ev.private ? hy_json_canonical(t->a, ev.private) : HY_S("");
			for (int i = 0; i < 6; i++) {
				hy_str bare = survey_code_read(t->a, codes[i]);
				assert_true(hy_str_find(ev.body, codes[i]) < 0 &&
					    hy_str_find(ev.body, bare) < 0);
				assert_true(hy_str_find(private, codes[i]) < 0 &&
					    hy_str_find(private, bare) < 0);
			}
			if (!hy_str_eq(ev.move, HY_S("rate")))
				continue;
			rated++;
			assert_int_equal(ev.at, town_at("2026-11-03T00:00"));
			assert_int_equal(ev.rec, ev.at);
			assert_true(hy_str_find(private, HY_S("account")) < 0);
			assert_true(hy_str_eq(hy_json_canonical(t->a, ev.data), HY_S("{}")));
		}
	}
	assert_int_equal(rated, 6);
	/* the same answers by six codes: no two keep the same */
	HY_SCOPED_STMT q = hy_sql(db, "SELECT count(DISTINCT tag), count(*) FROM survey_code");
	assert_ok(hy_step(q, &row, e));
	assert_int_equal(hy_col_int(q, 0), 6);
	assert_int_equal(hy_col_int(q, 1), 6);
	town_fsck(t);
}

static const json_t *given(struct town *t, const struct round *r, const char *unit)
{
	HY_SCOPED_DB db = NULL;
	struct round_version v;
	json_t *in = NULL, *u;
	size_t i;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(round_version(t->a, db, r, r->version, &v, e));
	assert_ok(hy_json_read(t->a, v.inputs, &in, e));
	json_array_foreach (json_object_get(in, "units"), i, u)
		if (!strcmp(json_string_value(json_object_get(u, "code")), unit))
			return u;
	fail_msg("no unit %s", unit);
	return NULL;
}

static int64_t figure(const json_t *unit, const char *key)
{
	return hy_json_get_int(json_object_get(json_object_get(unit, "figures"), "raters"), key,
			       -1);
}

static void marks_of_raters_are_trimmed_and_weighed(void **state)
{
	static const char *const answers[][2] = { { "good", "good" }, { "good", "fair" },
						  { "fair", "fair" }, { "fair", "dk" },
						  { "poor", "poor" }, { "good", "fair" },
						  { "dk", "dk" } };
	struct town *t = founded(state);
	struct bundle_verdict verdict;
	struct deed did;
	hy_str text;

	DONE(.step = do_round);
	OPEN("people", );
	DONE(.step = do_issue, .code = did.s.code, .count = 10);
	hy_str *people = did.codes, first = did.s.code;
	OPEN("peers", );
	DONE(.step = do_issue, .code = did.s.code, .count = 10);
	hy_str *peers = did.codes, second = did.s.code;
	town_time = town_at("2026-11-04T09:00");
	for (size_t i = 0; i < HY_COUNT(answers); i++)
		rate(t, people[i], answers[i][0], answers[i][1]);
	for (size_t i = 0; i < 5; i++)
		rate(t, peers[i], i ? "fair" : "poor", i ? "fair" : "poor");

	/* nobody sees a mark grow, and the round waits for the raters */
	town_time = town_at("2026-11-06T23:59");
	{
		HY_SCOPED_DB db = NULL;
		struct round_version v;
		struct round r;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(round_by_code(t->a, db, ROUND_CODE, &r, e));
		assert_ok(round_preview(t->a, t->city, db, &r, &v, e));
		assert_true(hy_str_find(v.inputs, HY_S("ratings")) < 0);
	}
	REFUSED(HY_NOT_NOW, .step = do_freeze);
	town_time = town_at("2026-11-07T09:00");
	DONE(.step = do_freeze);
	struct round r = did.r;

	/* people: 100 85 70 70 25 85, without 100 and 25: 310 / 4 = 77.5; don't know is no ballot;
	 * peers: 25 70 70 70 70, none left out of five: 61; 0.6 x 77.5 + 0.4 x 61 = 70.9 */
	const json_t *a = given(t, &r, "a");
	assert_int_equal(figure(a, "d"), 11);
	assert_int_equal(figure(a, "n"), 11 * 709000);
	assert_int_equal(
		json_array_size(json_object_get(
			json_object_get(json_object_get(a, "ratings"), "panel"), "people")),
		6);
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(round_bundle(t->a, t->city, db, &r, 1, &text, e));
	}
	assert_ok(bundle_verify(t->a, text, HY_S(""), &verdict, e));
	for (int i = 0; i < 10; i++)
		assert_true(hy_str_find(text, people[i]) < 0 &&
			    hy_str_find(text, survey_code_read(t->a, people[i])) < 0);

	/* void: the peers count no more, their weight goes to the others */
	REFUSED(HY_BAD_FIELD, .step = do_void, .code = second, .text = HY_S(" "));
	DONE(.step = do_void, .code = second, .text = HY_S("有人代填"));
	REFUSED(HY_EXISTS, .step = do_void, .code = second, .text = HY_S("再"));
	REFUSED(HY_NOT_NOW, .step = do_issue, .code = first, .count = 1); /* the window is over */
	DONE(.step = do_freeze, .text = HY_S("同级评议作废"));
	a = given(t, &did.r, "a");
	assert_int_equal(figure(a, "n"), 6 * 775000);
	town_fsck(t);
}

static void too_few_say_nothing(void **state)
{
	struct town *t = founded(state);
	struct deed did;

	DONE(.step = do_round);
	OPEN("people", );
	DONE(.step = do_issue, .code = did.s.code, .count = 4);
	town_time = town_at("2026-11-04T09:00");
	for (size_t i = 0; i < 4; i++)
		rate(t, did.codes[i], "good", "good");
	town_time = town_at("2026-11-09T09:00");
	DONE(.step = do_mark, .text = HY_S("check"));
	DONE(.step = do_freeze);
	const json_t *a = given(t, &did.r, "a");
	assert_int_equal(figure(a, "n"), -1);
	/* their number is published, their scores are not */
	assert_int_equal(hy_json_get_int(json_object_get(json_object_get(a, "ratings"), "panel"),
					 "people", -1),
			 4);
	town_fsck(t);
}

static enum hy_code say_issued(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return hy_sql_script(db, in_out, e);
}

/* Codes are spent once, so it cannot come about by rating; where it has, by whatever way, nothing
 * of the survey counts, and no further code is given out. */
static void more_returned_than_issued_is_void(void **state)
{
	static char fewer[] = "UPDATE survey SET issued = 5",
		    again[] = "UPDATE survey SET issued = 6";
	struct town *t = founded(state);
	struct survey s;
	struct deed did;

	DONE(.step = do_round);
	OPEN("people", );
	DONE(.step = do_issue, .code = did.s.code, .count = 6);
	hy_str survey = did.s.code, *codes = did.codes;
	town_time = town_at("2026-11-04T09:00");
	for (int i = 0; i < 6; i++)
		rate(t, codes[i], "good", "fair");
	/* as many as were issued are well */
	assert_ok(hy_store_write(city_store(t->city), say_issued, again, e));
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(survey_by_code(t->a, db, survey, &s, e));
		assert_int_equal(s.returned, s.issued);
		assert_false(survey_void(&s));
	}
	assert_ok(hy_store_write(city_store(t->city), say_issued, fewer, e));
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(city_store(t->city), &db, e));
		assert_ok(survey_by_code(t->a, db, survey, &s, e));
		assert_true(s.returned > s.issued && !s.declared_void);
		assert_true(survey_void(&s));
	}
	REFUSED(HY_NOT_NOW, .step = do_issue, .code = survey, .count = 1);
	town_time = town_at("2026-11-07T09:00");
	DONE(.step = do_freeze);
	const json_t *a = given(t, &did.r, "a");
	assert_null(json_object_get(a, "ratings"));
	assert_int_equal(figure(a, "n"), -1);
	/* put right, its ballots count again */
	assert_ok(hy_store_write(city_store(t->city), say_issued, again, e));
	DONE(.step = do_freeze, .text = HY_S("更正发出数"));
	assert_true(figure(given(t, &did.r, "a"), "n") > 0);
	town_fsck(t);
}

static void what_was_rated_cannot_be_touched(void **state)
{
	static const char *const touches[] = {
		"UPDATE survey_rating SET answers = 'good,good' WHERE unit = 'a'",
		"DELETE FROM survey_rating",
		"INSERT INTO survey_rating(survey, seq, unit, answers) VALUES(1, 9, 'a', 'good')",
		"UPDATE survey SET issued = 100",
		"UPDATE survey SET returned = 0",
		"UPDATE survey SET void = 1",
		"DELETE FROM survey_code",
		"UPDATE survey_code SET tag = 'x'",
		"DELETE FROM survey",
	};
	struct town *t = founded(state);
	struct deed did;

	DONE(.step = do_round);
	OPEN("people", );
	DONE(.step = do_issue, .code = did.s.code, .count = 2);
	town_time = town_at("2026-11-04T09:00");
	rate(t, did.codes[0], "poor", "poor");
	town_fsck(t);
	for (size_t i = 0; i < HY_COUNT(touches); i++) {
		if (town_touched(t, &appraise_room, touches[i]) != HY_TAMPERED)
			fail_msg("not found: %s", touches[i]);
	}
	town_fsck(t);
}

static void ballots_become_marks(void **state)
{
	static struct pack_level levels[] = {
		{ .id = HY_S_INIT("x"), .points = 100 * PACK_POINT },
		{ .id = HY_S_INIT("y"), .points = 1 },
		{ .id = HY_S_INIT("dk"), .points = -1 },
	};
	const struct pack_panel p = { .levels = levels, .n_levels = 3 };
	/* trust.md G: drop one at each end of ten, 91.0 with a standard error */
	int64_t scores[] = { 60, 88, 89, 89, 90, 91, 92, 93, 95, 99 };
	const struct rating_group r = { .scores = scores, .n = 10 };
	struct pack_rater_group g = { .trim = 1, .trim_from = 10, .least = 10 };

	(void)state;
	assert_int_equal(rating_score(&p, HY_S("x,y,dk,")), 500001); /* half up */
	assert_int_equal(rating_score(&p, HY_S("dk,,")), -1);
	struct rating_mark m = rating_of_group(&g, &r);
	assert_true(m.counts && m.dropped == 1 && m.points == 91); /* 727 / 8 = 90.875 */
	assert_true(m.se > 0);
	g.trim_from = 11;
	assert_int_equal(rating_of_group(&g, &r).dropped, 0);
	g.least = 11;
	assert_false(rating_of_group(&g, &r).counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ballots_become_marks),
		cmocka_unit_test_setup_teardown(a_code_is_spent_once_and_again_by_the_same, up,
						town_down),
		cmocka_unit_test_setup_teardown(nothing_leads_from_a_rating_to_a_code, up,
						town_down),
		cmocka_unit_test_setup_teardown(marks_of_raters_are_trimmed_and_weighed, up,
						town_down),
		cmocka_unit_test_setup_teardown(too_few_say_nothing, up, town_down),
		cmocka_unit_test_setup_teardown(more_returned_than_issued_is_void, up, town_down),
		cmocka_unit_test_setup_teardown(what_was_rated_cannot_be_touched, up, town_down),
	};

	return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
