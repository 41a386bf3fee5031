/* Posts: seats, hand-over, absence, acting, tables; and the rule of A and B against a second, slow
 * eye that looks at every minute. */
#include "people/account.h"
#include "people/grant.h"
#include "people/post_row.h"
#include "people/setting.h"
#include "people/unit_table.h"
#include "record/testing.h"

static struct hy_migration schema[64];

static int city_up(void **state)
{
	static const struct hy_migration *const tables[] = {
		record_migrations, unit_migrations,	setting_migrations, grant_migrations,
		post_migrations,   security_migrations, account_migrations,
	};
	struct test_city *c = calloc(1, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < HY_COUNT(tables); i++)
		for (const struct hy_migration *m = tables[i]; m->name; m++)
			schema[n++] = *m;
	assert_true(n < HY_COUNT(schema));
	test_place(c);
	assert_ok(record_create(c->where, HY_S("city.example/log"), test_seed, e));
	test_open(c, schema);
	*state = c;
	return 0;
}

static int city_down(void **state)
{
	struct test_city *c = *state;

	test_close(c);
	test_gone(c);
	free(c);
	return 0;
}

enum what { UNITS, POST, CLOSE_POST, HAND, AWAY, BACK };
struct doing {
	struct record *record;
	enum what what;
	hy_ms at; /* 0: now */
	hy_str code, unit;
	enum post_seat seat;
	int64_t who;
	hy_ms from, until;
	int64_t substitute, id;
};

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct unit_act w = { .record = d->record,
			      .db = db,
			      .at = d->at ? d->at : test_now(),
			      .zone = &hy_zone_china,
			      .role = HY_S("sysadmin"),
			      .account = 99 };
	struct post_new n = { d->code, HY_S("受理岗"), HY_S("handler"), d->unit };
	struct absence ab = { .account = d->who,
			      .kind = ABSENCE_LEAVE,
			      .from = d->from,
			      .until = d->until,
			      .substitute = d->substitute,
			      .note = HY_S("年休假") };
	const hy_str matters[] = { HY_S("TS-2026-000001") };
	int64_t id;
	enum hy_code c = HY_OK;

	switch (d->what) {
	case UNITS:
		c = unit_put(d->record, db, HY_S("R"), HY_S("回音市"), HY_S(""), w.at, &id, e);
		return c ? c
			 : unit_make(&w,
				     &(struct unit_new){ HY_S("S"), HY_S("科"), HY_S("R"),
							 UNIT_SECTION, UNIT_EVER },
				     &id, e);
	case POST:
		return post_put(&w, &n, NULL, e);
	case CLOSE_POST:
		return post_close(&w, d->code, e);
	case HAND:
		return post_hand_over(&w, d->code, d->seat, d->who, d->from, matters, 1, e);
	case AWAY:
		return absence_add(&w, &ab, &d->id, e);
	case BACK:
		return absence_end(&w, d->id, e);
	}
	return c;
}

static enum hy_code try(struct test_city *c, struct doing *d, struct hy_err *e)
{
	d->record = c->record;
	return hy_store_write(c->store, work, d, e);
}
static int64_t go(struct test_city *c, struct doing d)
{
	assert_ok(try(c, &d, e));
	return d.id;
}
static void refused(struct test_city *c, const char *words, struct doing d)
{
	struct hy_err why = { 0 };

	if (!try(c, &d, &why) || !strstr(why.detail, words))
		fail_msg("expected '%s', have %s", words, hy_err_text(&why));
}
#define GO(...) go(c, (struct doing){ __VA_ARGS__ })
#define REFUSED(words, ...) refused(c, words, (struct doing){ __VA_ARGS__ })

static hy_ms hours(int64_t n)
{
	return test_now() + n * HY_HOUR;
}

static void fsck_says(struct test_city *c, const char *words)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct hy_err why = { 0 };
	int64_t n;

	assert_ok(hy_store_read(c->store, &db, e));
	if (post_fsck(a, db, &n, &why) != (words ? HY_TAMPERED : HY_OK) ||
	    (words && !strstr(why.detail, words)))
		fail_msg("expected %s, have %s", words ? words : "nothing", hy_err_text(&why));
}

/* Grants of WHO at T: "P1:handler@S P2:handler@S(for 1)". */
static hy_str grants(struct hy_arena *a, struct test_city *c, int64_t who, hy_ms t)
{
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(a);
	struct post_grant *v;
	size_t n;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(post_grants(a, db, who, t, &v, &n, e));
	for (size_t i = 0; i < n; i++) {
		hy_buf_fmt(&b, "%s" HY_FMT ":" HY_FMT "@" HY_FMT, i ? " " : "", HY_ARG(v[i].post),
			   HY_ARG(v[i].role), HY_ARG(v[i].unit));
		if (v[i].acting)
			hy_buf_fmt(&b, "(for %lld)", (long long)v[i].acting_for);
	}
	return hy_buf_str(&b);
}

/* P1 with A=1 and B=2, P2 with A=2 alone. */
static void two_posts(struct test_city *c)
{
	GO(.what = UNITS);
	GO(.what = POST, .code = HY_S("P1"), .unit = HY_S("S"));
	GO(.what = POST, .code = HY_S("P2"), .unit = HY_S("S"));
	GO(.what = HAND, .code = HY_S("P1"), .seat = POST_A, .who = 1, .from = hours(-24));
	GO(.what = HAND, .code = HY_S("P1"), .seat = POST_B, .who = 2, .from = hours(-24));
	GO(.what = HAND, .code = HY_S("P2"), .seat = POST_A, .who = 2, .from = hours(-24));
}

static void acting_is_granted_as_acting(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);

	two_posts(c);
	assert_string_equal(grants(a, c, 1, hours(0)).p, "P1:handler@S");
	assert_string_equal(grants(a, c, 2, hours(0)).p, "P2:handler@S");
	assert_string_equal(grants(a, c, 1, hours(-25)).p, "");
	int64_t id = GO(.what = AWAY, .who = 1, .from = hours(1), .until = hours(9));
	assert_string_equal(grants(a, c, 2, hours(0)).p, "P2:handler@S");
	assert_string_equal(grants(a, c, 2, hours(1)).p, "P1:handler@S(for 1) P2:handler@S");
	assert_string_equal(grants(a, c, 2, hours(9)).p, "P2:handler@S");
	assert_string_equal(grants(a, c, 1, hours(2)).p, "P1:handler@S");
	GO(.what = BACK, .id = id, .at = hours(3));
	assert_string_equal(grants(a, c, 2, hours(3)).p, "P2:handler@S");
	REFUSED("is over since", .what = BACK, .id = id, .at = hours(4));
	/* a substitute by name goes before B */
	GO(.what = AWAY, .who = 1, .from = hours(20), .until = hours(30), .substitute = 5);
	assert_string_equal(grants(a, c, 5, hours(20)).p, "P1:handler@S(for 1)");
	assert_string_equal(grants(a, c, 2, hours(20)).p, "P2:handler@S");
	/* a vacant A: B acts, for nobody */
	GO(.what = HAND, .code = HY_S("P1"), .seat = POST_A, .who = 0, .from = hours(40));
	assert_string_equal(grants(a, c, 2, hours(41)).p, "P1:handler@S(for 0) P2:handler@S");
	REFUSED("changes hands", .what = CLOSE_POST, .code = HY_S("P1"));
	GO(.what = CLOSE_POST, .code = HY_S("P2"), .at = hours(50));
	assert_string_equal(grants(a, c, 2, hours(51)).p, "P1:handler@S(for 0)");
	assert_string_equal(grants(a, c, 0, hours(51)).p, "");
	fsck_says(c, NULL);
}

static void nobody_leaves_a_post_alone(void **state)
{
	struct test_city *c = *state;

	two_posts(c);
	/* 2 is A of P2 alone, and B of P1 */
	REFUSED("post P2, nobody would be there", .what = AWAY, .who = 2, .from = hours(1),
		.until = hours(9));
	int64_t id =
		GO(.what = AWAY, .who = 2, .from = hours(1), .until = hours(9), .substitute = 3);
	REFUSED("A and B would be away together at 2026-09-22T06:13:20+08:00", .what = AWAY,
		.who = 1, .from = hours(8), .until = hours(20));
	REFUSED("substitute would be away too", .what = AWAY, .who = 3, .from = hours(-1),
		.until = hours(2));
	REFUSED("there is an absence", .what = AWAY, .who = 2, .from = hours(8), .until = hours(10),
		.substitute = 4);
	REFUSED("somebody else", .what = AWAY, .who = 1, .from = hours(1), .until = hours(2),
		.substitute = 1);
	REFUSED("behind the beginning", .what = AWAY, .who = 1, .from = hours(2),
		.until = hours(2));
	GO(.what = AWAY, .who = 1, .from = hours(9), .until = hours(20));
	REFUSED("one person would be A and B at 2026-09-21T23:13:20", .what = HAND,
		.code = HY_S("P1"), .seat = POST_A, .who = 2, .from = hours(1));
	REFUSED("one person would be A and B", .what = HAND, .code = HY_S("P1"), .seat = POST_A,
		.who = 2, .from = hours(30));
	REFUSED("nobody would be there", .what = HAND, .code = HY_S("P1"), .seat = POST_B, .who = 0,
		.from = hours(10));
	GO(.what = HAND, .code = HY_S("P1"), .seat = POST_B, .who = 4, .from = hours(10));
	REFUSED("changes hands at", .what = HAND, .code = HY_S("P1"), .seat = POST_B, .who = 3,
		.from = hours(9));
	GO(.what = BACK, .id = id);
	REFUSED("make it first", .what = POST, .code = HY_S("P9"), .unit = HY_S("X"));
	fsck_says(c, NULL);
}

static void what_differs_is_found(void **state)
{
	static const struct {
		const char *sql, *words;
	} changes[] = {
		{ "UPDATE post SET role = 'desk' WHERE code = 'P1'", "post P1, field role" },
		{ "UPDATE post SET unit = 'R' WHERE code = 'P1'", "post P1, field unit" },
		{ "UPDATE post SET open = 0 WHERE code = 'P1'", "post P1, field open" },
		{ "UPDATE post_seat SET account = 8 WHERE post = 'P1' AND seat = 1",
		  "post P1, field seats" },
		{ "DELETE FROM post_seat WHERE post = 'P2'", "post P2, field seats" },
		{ "DELETE FROM post WHERE code = 'P2'", "post P2: its events are there" },
		{ "INSERT INTO post_seat(post, seat, from_at, account) VALUES('Z', 0, 1, 1)",
		  "post Z: it has seats but no row" },
		{ "UPDATE absence SET account = 3", "absence 1, field account" },
		{ "UPDATE absence SET until_at = until_at + 1", "absence 1, field until" },
		{ "UPDATE absence SET substitute = 9", "absence 1, field substitute" },
		{ "UPDATE absence SET kind = 'out'", "absence 1, field kind" },
		{ "UPDATE absence SET note = ''", "absence 1, field note" },
		{ "DELETE FROM absence", "absence 1: its events are there" },
		{ "INSERT INTO absence(id, account, kind, from_at, until_at, substitute, note,"
		  " last_idx, seq) VALUES(7, 1, 'out', 1, 2, 0, '', 1, 1)",
		  "absence 7: it stands in the table" },
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(changes); i++) {
		struct test_city *c;
		void *fresh;
		city_up(&fresh);
		c = fresh;
		two_posts(c);
		GO(.what = AWAY, .who = 1, .from = hours(1), .until = hours(9));
		test_close(c);
		test_raw(c->where, schema, changes[i].sql);
		test_store(c, schema);
		fsck_says(c, changes[i].words);
		city_down(&fresh);
	}
}

static enum hy_code erase_all(struct hy_db *db, void *in_out, struct hy_err *e)
{
	enum hy_code c = HY_OK;

	(void)in_out;
	for (int64_t idx = 4; !c && idx < 8; idx++)
		c = record_erase(db, idx, e);
	return c;
}

static void erased_people_are_no_difference(void **state)
{
	struct test_city *c = *state;

	two_posts(c);
	GO(.what = AWAY, .who = 1, .from = hours(1), .until = hours(9));
	assert_ok(hy_store_write(c->store, erase_all, NULL, e));
	fsck_says(c, NULL);
}

/* --- the rule against a slow eye
 * -------------------------------------------------------------------- */

enum { SPAN = 40, PEOPLE = 5 };

static int64_t held_at(const struct post_row *p, int seat, int64_t t)
{
	int64_t who = 0, best = INT64_MIN;

	for (size_t i = 0; i < p->held.n; i++)
		if ((int)p->held.v[i].seat == seat && p->held.v[i].from <= t &&
		    p->held.v[i].from >= best) {
			best = p->held.v[i].from;
			who = p->held.v[i].account;
		}
	return who;
}

static const struct absence *gone(const struct absence *v, size_t n, int64_t who, int64_t t)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].account == who && t >= v[i].from && t < v[i].until)
			return &v[i];
	return NULL;
}

/* Is the post looked after at every moment from FROM on? */
static bool slow_rule(const struct post_row *p, const struct absence *v, size_t n, int64_t from)
{
	for (int64_t t = from; t <= SPAN + 1; t++) {
		int64_t a = held_at(p, 0, t), b = held_at(p, 1, t);
		bool a_in = a && !gone(v, n, a, t), b_in = b && !gone(v, n, b, t);
		if (a && a == b)
			return false;
		if (a && b && !a_in && !b_in)
			return false;
		if (!a && !b)
			continue;
		int64_t responsible = a ? a : b;
		const struct absence *ab = gone(v, n, responsible, t);
		if (!ab)
			continue;
		int64_t in = ab->substitute ? ab->substitute : a ? b : 0;
		if (!in || in == responsible || gone(v, n, in, t))
			return false;
	}
	return true;
}

static void the_rule_agrees_with_a_slow_eye(void **state)
{
	uint64_t x = 2463534242u;
	int good = 0, bad = 0;
#define DRAW(n) (x ^= x << 13, x ^= x >> 7, x ^= x << 17, (int64_t)((x >> 11) % (uint64_t)(n)))

	(void)state;
	for (int i = 0; i < 20000; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct post_row p = { .post = { .code = HY_S("P") } };
		struct absence v[4] = { 0 };
		struct hy_err why = { 0 };
		size_t n = (size_t)DRAW(4);
		int64_t from = DRAW(SPAN);
		for (int64_t k = DRAW(5) + 1; k > 0; k--) {
			struct post_held h = { .seat = (enum post_seat)DRAW(2) };
			h.from = DRAW(SPAN);
			h.account = DRAW(PEOPLE);
			if (DRAW(2))
				h.from = 0;
			post_held_put(a, &p.held, h);
		}
		for (size_t k = 0; k < n; k++) {
			v[k].account = k + 1; /* nobody is away twice at once */
			v[k].from = DRAW(SPAN);
			v[k].until = v[k].from + 1 + DRAW(SPAN / 3);
			v[k].substitute = DRAW(3) ? 0 : 1 + DRAW(PEOPLE - 1);
		}
		bool right = slow_rule(&p, v, n, from);
		enum hy_code c = post_rule_check(a, &hy_zone_utc, &p, v, n, from, &why);
		if ((c == HY_OK) != right)
			fail_msg("case %d: %s", i, hy_err_text(&why));
		right ? good++ : bad++;
	}
	assert_true(good > 2000 && bad > 2000);
}

/* --- tables
 * -------------------------------------------------------------------------------------------- */

static struct table_plan import(struct test_city *c, struct hy_arena *a, const char *csv,
				bool preview, struct hy_err *why)
{
	const struct unit_act w = {
		.record = c->record, .at = test_now(), .zone = &hy_zone_china, .account = 99
	};
	struct table_job job = { .kind = TABLE_UNITS,
				 .act = &w,
				 .on = hy_day_of(2026, 9, 1),
				 .preview = preview,
				 .a = a };
	struct grid g;

	assert_ok(grid_read(a, hy_str_of(csv), &g, e));
	job.grid = &g;
	(void)!table_import(c->store, &job, why);
	return job.plan;
}

static int64_t events(struct test_city *c)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct record_head head;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(record_head(a, db, &head, e));
	return head.size;
}

static void tables_are_previewed_and_taken_whole(void **state)
{
	/* children before parents, a change, an end with an heir, kinds in Chinese */
	static const char first[] = "代码,名称,类别,上级,设立日期\n"
				    "W,一号窗口,窗口,O,2026/2/1\nO,市城管局,,R,2026-01-01\n"
				    "R,回音市,区划,,\nP,市住建局,机关,R,\n";
	static const char second[] = "code,name,parent,closed,successor,from\nO,市执法局,R,,,\n"
				     "W,一号窗口,O,2026-09-10,P,\nP,市住建局,R,,,\n"
				     "N,新局,R,,,\n";
	static const char wrong[] = "code,name,parent,from\nO,市执法二局,R,\nX,x,NONE,\n"
				    "P,住建,R,2027-01-01\nO,又,R,\n,,,\nY Z,y,R,\n";
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err why = { 0 };
	struct hy_buf b = hy_buf_on(a);
	struct table_plan p = import(c, a, first, true, &why);

	assert_int_equal(why.code, HY_OK);
	assert_int_equal(p.count[TABLE_ADD], 4);
	assert_int_equal(events(c), 0);
	p = import(c, a, first, false, &why);
	assert_int_equal(events(c), 4);
	table_plan_text(&b, &p, HY_S("zh-CN"));
	assert_non_null(strstr(b.p, "     2  新增  W: name 一号窗口; kind window; parent O; opened "
				    "2026-02-01\n"));
	p = import(c, a, first, false, &why);
	assert_int_equal(p.count[TABLE_SAME], 4);
	assert_int_equal(events(c), 4);
	p = import(c, a, second, false, &why);
	assert_int_equal(why.code, HY_OK);
	assert_int_equal(p.count[TABLE_CHANGE], 1);
	assert_int_equal(p.count[TABLE_CLOSE], 1);
	assert_int_equal(p.count[TABLE_ADD], 1);
	assert_int_equal(p.count[TABLE_SAME], 1);
	int64_t size = events(c);
	p = import(c, a, wrong, true, &why);
	assert_int_equal(why.code, HY_OK);
	p = import(c, a, wrong, false, &why);
	assert_int_equal(why.code, HY_BAD_INPUT);
	assert_int_equal(events(c), size);
	assert_int_equal(p.count[TABLE_REFUSE], 4);
	assert_int_equal(p.v[1].line, 3);
	assert_non_null(strstr(p.v[1].why.p, "there is no unit NONE"));
	assert_non_null(strstr(p.v[2].why.p, "day to come"));
	assert_non_null(strstr(p.v[3].why.p, "stands in line 2"));
	assert_string_equal(p.v[4].field, "code");
	assert_int_equal(p.v[0].what, TABLE_CHANGE);
	b.n = 0;
	struct hy_json j = hy_json_on(&b);
	table_plan_json(&j, &p);
	assert_non_null(strstr(b.p, "{\"line\":3,\"what\":\"refuse\",\"code\":\"X\",\"fields\":[],"
				    "\"field\":\"parent\",\"why\":"));
	/* what is taken out says the same when it is read again */
	HY_SCOPED_DB db = NULL;
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	struct sheet *s = sheet_csv(a, f, true);
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(table_export(a, db, TABLE_UNITS, test_now(), s, e));
	hy_store_give(&db);
	fclose(f);
	hy_err_clear(&why);
	p = import(c, a, out, false, &why);
	assert_int_equal(why.code, HY_OK);
	assert_int_equal(p.count[TABLE_SAME], 5);
	assert_int_equal(events(c), size);
	free(out);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, city_up, city_down)
	const struct CMUnitTest tests[] = {
		T(acting_is_granted_as_acting),
		T(nobody_leaves_a_post_alone),
		cmocka_unit_test(what_differs_is_found),
		T(erased_people_are_no_difference),
		T(tables_are_previewed_and_taken_whole),
		cmocka_unit_test(the_rule_agrees_with_a_slow_eye),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
