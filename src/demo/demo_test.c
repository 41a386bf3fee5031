/* The demo city: the same seed gives the same bytes, and every kind and state is there. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "demo/demo.h"
#include "demo/draw.h"
#include "demo/units.h"

#define assert_ok(call)                                                                            \
	do {                                                                                       \
		struct hy_err ok_err = { 0 };                                                      \
		struct hy_err *e = &ok_err;                                                        \
		if (call)                                                                          \
			fail_msg("%s", hy_err_text(&ok_err));                                      \
	} while (0)

struct place {
	char where[64];
};

static struct place place(void)
{
	struct place p = { "/tmp/hy-demo-XXXXXX" };

	assert_non_null(mkdtemp(p.where));
	return p;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void gone(const struct place *p)
{
	nftw(p->where, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *const packs[] = { HY_SOURCE_ROOT "/packs/base",
				     HY_SOURCE_ROOT "/packs/demo-city", NULL };

static struct demo_options options(const struct place *p, uint64_t seed, int64_t matters)
{
	return (struct demo_options){ .where = p->where,
				      .packs = packs,
				      .name = HY_S("回音市"),
				      .seed = seed,
				      .matters = matters,
				      .until = hy_day_of(2026, 9, 30) };
}

/* --- the same bytes -------------------------------------------------------------------------- */

static const char *const files[] = { "huiyin.db", "log/checkpoint", "log.vkey", "keys/log.key" };

static hy_str bytes(struct hy_arena *a, const struct place *p, const char *file)
{
	hy_str s = HY_S("");

	assert_ok(hy_file_read(a, hy_printf(a, "%s/%s", p->where, file).p, (size_t)1 << 30, &s, e));
	return s;
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct place one = place(), two = place(), other = place();
	struct demo_options x = options(&one, 1, 300), y = options(&two, 1, 300),
			    z = options(&other, 2, 300);

	(void)state;
	assert_ok(demo_make(&x, e));
	assert_ok(demo_make(&y, e));
	assert_ok(demo_make(&z, e));
	for (size_t i = 0; i < HY_COUNT(files); i++) {
		hy_str first = bytes(a, &one, files[i]);
		if (!hy_str_eq(first, bytes(a, &two, files[i])))
			fail_msg("%s differs between two runs", files[i]);
		if (hy_str_eq(first, bytes(a, &other, files[i])))
			fail_msg("%s is the same for another seed", files[i]);
	}
	/* Nothing is left beside the database that belongs to it. */
	assert_int_not_equal(access(hy_printf(a, "%s/huiyin.db-wal", one.where).p, F_OK), 0);
	gone(&one);
	gone(&two);
	gone(&other);
}

static void a_folder_with_a_city_is_refused(void **state)
{
	struct place p = place();
	struct demo_options o = options(&p, 1, 1);
	struct hy_err err = { 0 };

	(void)state;
	assert_ok(demo_make(&o, e));
	assert_int_equal(demo_make(&o, &err), HY_EXISTS);
	hy_err_clear(&err);
	o.matters = 0;
	assert_int_equal(demo_make(&o, &err), HY_BAD_FIELD);
	gone(&p);
}

/* --- what is in it -----------------------------------------------------------------------------
 */

struct seen {
	struct place place;
	struct city *city;
	struct hy_arena *a;
};

static int make(void **state)
{
	struct seen *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->place = place();
	s->a = hy_arena_new(0);
	struct demo_options o = options(&s->place, 3, 3000);
	struct city_options co = { .read_only = true };
	assert_ok(demo_make(&o, e));
	assert_ok(city_open(s->place.where, &co, &s->city, e));
	*state = s;
	return 0;
}

static int unmake(void **state)
{
	struct seen *s = *state;

	city_close(&s->city);
	hy_arena_free(&s->a);
	gone(&s->place);
	free(s);
	return 0;
}

static int64_t count(struct seen *s, const char *sql, hy_str x, hy_str y)
{
	HY_SCOPED_DB db = NULL;
	bool row = false;

	assert_ok(hy_store_read(city_store(s->city), &db, e));
	HY_SCOPED_STMT q = hy_sql(db, sql);
	hy_bind_text(q, 1, x);
	if (y.p)
		hy_bind_text(q, 2, y);
	assert_ok(hy_step(q, &row, e));
	assert_true(row);
	return hy_col_int(q, 0);
}

static void every_kind_and_state_occurs(void **state)
{
	struct seen *s = *state;
	const struct pack *p = city_pack(s->city);
	struct hy_buf missing = hy_buf_on(s->a);

	for (size_t i = 0; i < p->n_kinds; i++)
		for (size_t k = 0; k < p->kinds[i].n_states; k++)
			if (count(s, "SELECT count(*) FROM matter WHERE kind = $1 AND state = $2",
				  p->kinds[i].id, p->kinds[i].states[k].id) == 0)
				hy_buf_fmt(&missing, " " HY_FMT "/" HY_FMT, HY_ARG(p->kinds[i].id),
					   HY_ARG(p->kinds[i].states[k].id));
	if (missing.n)
		fail_msg("no matter stands in" HY_FMT, HY_ARG(hy_buf_str(&missing)));
}

/* Orange comes with a pledged limit only; where the packs have none no light can be orange. */
static bool pledges(const struct pack *p)
{
	for (size_t i = 0; i < p->n_kinds; i++)
		for (size_t k = 0; k < p->kinds[i].n_clocks; k++)
			if (p->kinds[i].clocks[k].n_pledges && p->kinds[i].clocks[k].legal)
				return true;
	return false;
}

static void every_light_occurs_and_most_is_green(void **state)
{
	struct seen *s = *state;
	hy_ms now = demo_now(hy_day_of(2026, 9, 30));
	struct matter_filter f = { .open = 1, .now = now };
	struct matter_page page = { 0 };
	int64_t n[HY_LIGHT_RED + 1] = { 0 }, open = 0;
	hy_str cursor = HY_S("");
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(s->city), &db, e));
	do {
		assert_ok(matter_list(s->a, db, &access_all, &f, MATTER_BY_DUE, cursor, 200, &page,
				      e));
		for (size_t i = 0; i < page.n; i++)
			n[matter_light(page.v[i].lights, now)]++;
		open += (int64_t)page.n;
		cursor = page.next;
	} while (cursor.n);
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		if (n[i] == 0 && (i != HY_LIGHT_ORANGE || pledges(city_pack(s->city))))
			fail_msg("no open matter is %s", matter_light_names[i]);
	assert_true(open >= 3000 * 3 / 100 && open <= 3000 * 9 / 100);
	assert_true(n[HY_LIGHT_GREEN] > (open - n[HY_LIGHT_NONE]) / 2);
	assert_true(n[HY_LIGHT_RED] < open / 5);
}

static void what_cities_live_through_occurs(void **state)
{
	static const struct {
		const char *what, *sql;
		int64_t least;
	} rows[] = {
		{ "answered in time", "SELECT count(*) FROM matter WHERE verdict = 1 AND $1 = ''",
		  1500 },
		{ "answered late", "SELECT count(*) FROM matter WHERE verdict = 2 AND $1 = ''",
		  60 },
		{ "answered as promised",
		  "SELECT count(*) FROM matter WHERE pledged_verdict = 1 AND $1 = ''", 1500 },
		{ "answered late by the promise and in time by law",
		  "SELECT count(*) FROM matter WHERE pledged_verdict = 2 AND verdict = 1 AND $1 = "
		  "''",
		  60 },
		{ "rated 1", "SELECT count(*) FROM matter WHERE rating = 1 AND $1 = ''", 10 },
		{ "rated 5", "SELECT count(*) FROM matter WHERE rating = 5 AND $1 = ''", 100 },
		{ "handed off", "SELECT count(*) FROM matter WHERE hand_offs > 0 AND $1 = ''", 10 },
		{ "returned", "SELECT count(*) FROM matter WHERE returns > 0 AND $1 = ''", 30 },
		{ "returned beyond the number",
		  "SELECT count(*) FROM matter WHERE returns > 2 AND $1 = ''", 3 },
		{ "reopened", "SELECT count(*) FROM matter WHERE reopens > 0 AND $1 = ''", 20 },
		{ "annulled", "SELECT count(*) FROM matter WHERE annulled = 1 AND $1 = ''", 10 },
		{ "joined", "SELECT count(*) FROM matter WHERE lead <> '' AND $1 = ''", 10 },
		{ "paused now", "SELECT count(*) FROM matter WHERE paused = 1 AND $1 = ''", 2 },
		{ "open and with nobody",
		  "SELECT count(*) FROM matter WHERE open = 1 AND unit = '' AND $1 = ''", 3 },
		{ "deemed accepted",
		  "SELECT count(*) FROM event WHERE body LIKE '%\"move\":\"deem_accept\"%' AND $1 "
		  "= ''",
		  1 },
		{ "extended",
		  "SELECT count(*) FROM event WHERE body LIKE '%\"move\":\"extend\"%' AND $1 = ''",
		  20 },
		{ "declined with approver and basis",
		  "SELECT count(*) FROM event WHERE body LIKE '%\"approver\":%\"basis\":%' AND $1 "
		  "= ''",
		  40 },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		int64_t n = count(*state, rows[i].sql, HY_S(""), (hy_str){ 0 });
		if (n < rows[i].least)
			fail_msg("%s: %lld, expected at least %lld", rows[i].what, (long long)n,
				 (long long)rows[i].least);
	}
}

/* Recorded when it happened, and nothing after the city's now. */
static void events_are_recorded_at_their_time(void **state)
{
	struct seen *s = *state;
	HY_SCOPED_DB db = NULL;
	bool row;
	int64_t n = 0;
	hy_ms now = demo_now(hy_day_of(2026, 9, 30));

	assert_ok(hy_store_read(city_store(s->city), &db, e));
	HY_SCOPED_STMT q = hy_sql(db, record_from);
	hy_bind_int(q, 1, 0);
	hy_bind_int(q, 2, 1000000);
	for (;;) {
		struct record_event ev;
		assert_ok(hy_step(q, &row, e));
		if (!row)
			break;
		assert_ok(record_row(s->a, q, &ev, e));
		assert_true(ev.at <= now);
		if (ev.matter && ev.at != ev.rec)
			fail_msg("event %lld happened and was recorded at different times",
				 (long long)ev.idx);
		n++;
	}
	assert_true(n > 3000 * 4);
}

static void fsck_and_verify_find_nothing(void **state)
{
	struct seen *s = *state;
	struct matter_fsck f = { 0 };
	struct record_verdict v = { 0 };

	assert_ok(matter_fsck(s->city, s->a, NULL, NULL, &f, e));
	assert_int_equal(f.matters, 3000);
	if (f.wrong)
		fail_msg(HY_FMT, HY_ARG(f.first));
	assert_ok(record_verify(s->a, city_store(s->city), HY_S(""), NULL, NULL, &v, e));
	assert_true(v.events > f.events);
}

static void texts_are_not_copies(void **state)
{
	static const char titles[] = "SELECT count(DISTINCT title) FROM matter WHERE kind = $1";
	struct seen *s = *state;
	const struct pack *p = city_pack(s->city);

	for (size_t i = 0; i < p->n_kinds; i++) {
		int64_t n = count(s, "SELECT count(*) FROM matter WHERE kind = $1", p->kinds[i].id,
				  (hy_str){ 0 });
		int64_t t = count(s, titles, p->kinds[i].id, (hy_str){ 0 });
		if (t < 40 || t * 5 < n)
			fail_msg("kind " HY_FMT " has %lld titles for %lld matters",
				 HY_ARG(p->kinds[i].id), (long long)t, (long long)n);
	}
	assert_int_equal(count(s, "SELECT count(*) FROM matter WHERE title LIKE '%{%' AND $1 = ''",
			       HY_S(""), (hy_str){ 0 }),
			 0);
}

/* --- parts ---------------------------------------------------------------------------------------
 */

static void draws_are_even_and_repeat(void **state)
{
	hy_hash seed = hy_sha256(HY_S("seed"));
	struct draw x = draw_begin(&seed, "a", 1), y = draw_begin(&seed, "a", 1),
		    z = draw_begin(&seed, "a", 2);
	int n[7] = { 0 };
	bool differs = false;

	(void)state;
	for (int i = 0; i < 70000; i++) {
		uint64_t v = draw_below(&x, 7);
		assert_int_equal(v, draw_below(&y, 7));
		differs |= v != draw_below(&z, 7);
		n[v]++;
	}
	assert_true(differs);
	for (int i = 0; i < 7; i++)
		assert_in_range(n[i], 9600, 10400);
	/* The generator's own first value from the state 1, 2, 3, 4: rotl(2 * 5, 7) * 9. */
	struct draw known = { { 1, 2, 3, 4 } };
	assert_int_equal(draw_next(&known), 11520);
	assert_int_equal(draw_next(&known), 0);
	assert_int_equal(draw_next(&known), 1509978240);
}

static void units_stand_below_units_that_exist(void **state)
{
	(void)state;
	assert_true(demo_units_count() >= 40);
	for (int i = 0; i < demo_units_count(); i++) {
		hy_str parent = hy_str_of(demo_units[i].parent);
		assert_true(demo_unit_index(hy_str_of(demo_units[i].code)) == i);
		if (i)
			assert_in_range(demo_unit_index(parent), 0, i - 1);
		else
			assert_int_equal(parent.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_are_even_and_repeat),
		cmocka_unit_test(units_stand_below_units_that_exist),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes),
		cmocka_unit_test(a_folder_with_a_city_is_refused),
		cmocka_unit_test(every_kind_and_state_occurs),
		cmocka_unit_test(every_light_occurs_and_most_is_green),
		cmocka_unit_test(what_cities_live_through_occurs),
		cmocka_unit_test(events_are_recorded_at_their_time),
		cmocka_unit_test(fsck_and_verify_find_nothing),
		cmocka_unit_test(texts_are_not_copies),
	};

	return cmocka_run_group_tests_name("demo", tests, make, unmake);
}
