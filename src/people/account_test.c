/* Accounts, tokens, sessions and the security record on a real store. */
#include "people/account_part.h"
#include "people/password.h"
#include "people/session.h"
#include "people/setting.h"
#include "people/token.h"
#include "record/testing.h"

static struct hy_migration schema[64];

static int64_t moved; /* the clock's hand */
static int64_t now(void)
{
	return test_now() + moved;
}

static int city_up(void **state)
{
	static const struct hy_migration *const tables[] = { record_migrations, setting_migrations,
							     security_migrations,
							     account_migrations };
	struct test_city *c = calloc(1, sizeof(*c));
	size_t n = 0;

	for (size_t t = 0; t < HY_COUNT(tables); t++)
		for (const struct hy_migration *m = tables[t]; m->name; m++)
			schema[n++] = *m;
	assert_true(n < HY_COUNT(schema));
	moved = 0;
	test_place(c);
	assert_ok(record_create(c->where, HY_S("city.example/log"), test_seed, e));
	const struct hy_store_options o = {
		.create = true, .files = c->where, .migrations = schema, .now = now
	};
	assert_ok(hy_store_open(test_address(c->where), &o, &c->store, e));
	assert_ok(record_open(c->store, test_seed, &c->record, e));
	*state = c;
	return 0;
}

/* Whatever a test did, the tables are what the events make and the log verifies. */
static int city_down(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct record_verdict v;
	int64_t n;

	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(c->store, &db, e));
		assert_ok(account_fsck(a, db, &n, e));
		assert_ok(security_fsck(a, db, &n, e));
	}
	assert_ok(record_verify(a, c->store, HY_S(""), NULL, NULL, &v, e));
	test_close(c);
	test_gone(c);
	free(c);
	return 0;
}

/* One act inside a write. */
struct act {
	struct test_city *c;
	struct hy_arena *a;
	enum {
		ADD,
		STATE,
		RENAME,
		TOKEN,
		REVOKE,
		SESSION,
		RAISE,
		END_ALL,
		NOTE,
		RETIRE,
		LINK,
		FAIL,
		PASSWORD
	} what;
	hy_str login, name, scopes, secret;
	int64_t id, n;
	enum account_state state;
	enum session_stage stage;
	struct account_failures failures;
	const char *kind;
};

static const struct security_by by = { 7, HY_S_INIT("192.0.2.9") };

static enum hy_code act_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct act *x = in_out;
	struct record *r = x->c->record;
	struct account_new an = { .login = x->login, .name = x->name };
	struct token_new tn = {
		.account = x->id, .name = x->name, .scopes = x->scopes, .days = x->n
	};
	struct session_new sn = { .account = x->id, .stage = x->stage, .at = now() };
	struct security_act note = { .act = x->kind, .by = by, .subject = x->name };

	switch (x->what) {
	case ADD:
		return account_add(r, db, &an, by, now(), &x->id, e);
	case STATE:
		return account_set_state(r, db, x->id, x->state, by, now(), e);
	case RENAME:
		return account_rename(r, db, x->id, x->name, by, now(), e);
	case TOKEN:
		return token_add(r, db, x->a, &tn, by, now(), &x->id, &x->secret, e);
	case REVOKE:
		return token_revoke(r, db, x->id, by, now(), e);
	case SESSION:
		return session_make(db, x->a, &sn, &x->id, &x->secret, e);
	case RAISE:
		return session_raise(db, x->a, x->id, x->stage, true, now(), &x->secret, e);
	case END_ALL:
		return session_end_all(db, x->id, 0, &x->n, e);
	case NOTE:
		return security_note(r, db, &note, e);
	case RETIRE:
		return security_retire(r, db, x->n, now(), &x->n, e);
	case LINK:
		return account_invite(r, db, x->a, x->id, by, now(), &x->secret, e);
	case FAIL:
		return account_failed(db, x->login, now(), 5, 10 * HY_MINUTE, &x->failures, e);
	case PASSWORD:
		return account_set_password(r, db, x->id, x->secret, by, now(), e);
	}
	return HY_OK;
}

static void done(struct act *x)
{
	assert_ok(hy_store_write(x->c->store, act_work, x, e));
}

static int64_t add(struct test_city *c, const char *login)
{
	struct act x = { .c = c, .what = ADD, .login = hy_str_of(login), .name = HY_S("张三") };

	done(&x);
	return x.id;
}

static struct account get(struct test_city *c, struct hy_arena *a, int64_t id)
{
	HY_SCOPED_DB db = NULL;
	struct account out;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(account_by_id(a, db, id, &out, e));
	return out;
}

static bool token_holds(struct test_city *c, hy_str secret)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct token t;
	bool there;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(token_check(a, db, secret, now(), &t, &there, e));
	return there;
}

static bool session_holds(struct test_city *c, hy_str secret)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct session s;
	bool there;

	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(session_check(a, db, secret, now(), &s, &there, e));
	return there;
}

static void accounts_are_made_and_changed(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int64_t id = add(c, "zhang.san");
	struct act again = {
		.c = c, .what = ADD, .login = HY_S("zhang.san"), .name = HY_S("李四")
	};
	struct hy_err e = { 0 };

	assert_int_equal(hy_store_write(c->store, act_work, &again, &e), HY_EXISTS);
	static const char *const bad[] = { "a", "Zhang", "张三", "-a", "a b", "" };
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		again.login = hy_str_of(bad[i]);
		assert_int_equal(hy_store_write(c->store, act_work, &again, &why), HY_BAD_FIELD);
		assert_string_equal(why.field, "login");
	}
	struct act rename = { .c = c, .what = RENAME, .id = id, .name = HY_S("张三丰") };
	done(&rename);
	struct account x = get(c, a, id);
	assert_true(hy_str_eq(x.name, HY_S("张三丰")));
	assert_int_equal(x.seq, 2);
	assert_false(x.has_password);
	struct act set = { .c = c, .what = STATE, .id = id, .state = ACCOUNT_CLOSED };
	done(&set);
	assert_int_equal(get(c, a, id).state, ACCOUNT_CLOSED);
	set.state = ACCOUNT_OPEN;
	struct hy_err why = { 0 };
	assert_int_equal(hy_store_write(c->store, act_work, &set, &why), HY_NOT_NOW);
}

/* Neither login nor name nor who did it is in what the log shows. */
static void log_tells_no_names(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_DB db = NULL;
	bool row;
	int n = 0;

	add(c, "zhang.san");
	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT s = hy_sql(db, "SELECT body FROM event");
	for (;;) {
		assert_ok(hy_step(s, &row, e));
		if (!row)
			break;
		n++;
		assert_int_equal(hy_str_find(hy_col_text(s, 0), HY_S("zhang")), -1);
		assert_int_equal(hy_str_find(hy_col_text(s, 0), HY_S("张")), -1);
		assert_int_equal(hy_str_find(hy_col_text(s, 0), HY_S("192.0.2")), -1);
	}
	assert_int_equal(n, 2);
}

static void tokens_hold_until_they_do_not(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int64_t id = add(c, "robot");
	struct act t = { .c = c,
			 .a = a,
			 .what = TOKEN,
			 .id = id,
			 .name = HY_S("测试"),
			 .scopes = HY_S("matter.read matter.file"),
			 .n = 30 };

	done(&t);
	assert_int_equal(t.secret.n, 67);
	assert_true(token_holds(c, t.secret));
	assert_false(token_holds(
		c, HY_S("hy_0000000000000000000000000000000000000000000000000000000000000000")));
	assert_false(token_holds(c, HY_S("")));
	moved = 30 * (int64_t)HY_DAY_MS;
	assert_false(token_holds(c, t.secret));
	moved = 0;
	struct act lock = { .c = c, .what = STATE, .id = id, .state = ACCOUNT_LOCKED };
	done(&lock);
	assert_false(token_holds(c, t.secret));
	lock.state = ACCOUNT_OPEN;
	done(&lock);
	assert_true(token_holds(c, t.secret));
	struct act revoke = { .c = c, .what = REVOKE, .id = t.id };
	done(&revoke);
	done(&revoke); /* a second time changes nothing */
	assert_false(token_holds(c, t.secret));
	/* Closing revokes what is left. */
	struct act more = { .c = c,
			    .a = a,
			    .what = TOKEN,
			    .id = id,
			    .name = HY_S("二"),
			    .scopes = HY_S("*"),
			    .n = 1 };
	done(&more);
	lock.state = ACCOUNT_CLOSED;
	done(&lock);
	HY_SCOPED_DB db = NULL;
	struct token x;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(token_by_id(a, db, more.id, &x, e));
	assert_int_not_equal(x.revoked_at, 0);
}

static void tokens_are_refused(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int64_t id = add(c, "robot");
	static const struct {
		const char *name, *scopes, *field;
		int64_t days;
	} bad[] = { { "x", "", "scopes", 1 },
		    { "x", "Matter.read", "scopes", 1 },
		    { "x", "matter.read  a", "scopes", 1 },
		    { "", "*", "name", 1 },
		    { "x", "*", "days", 0 },
		    { "x", "*", "days", 731 } };

	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		struct act t = { .c = c,
				 .a = a,
				 .what = TOKEN,
				 .id = id,
				 .name = hy_str_of(bad[i].name),
				 .scopes = hy_str_of(bad[i].scopes),
				 .n = bad[i].days };
		assert_int_equal(hy_store_write(c->store, act_work, &t, &why), HY_BAD_FIELD);
		assert_string_equal(why.field, bad[i].field);
	}
	assert_true(token_allows(HY_S("*"), "matter.read"));
	assert_true(token_allows(HY_S("a.b matter.read"), "matter.read"));
	assert_false(token_allows(HY_S("matter.reading"), "matter.read"));
	assert_false(token_allows(HY_S(""), "matter.read"));
}

static void sessions_end(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int64_t id = add(c, "zhang");
	struct act s = { .c = c, .a = a, .what = SESSION, .id = id, .stage = SESSION_TOTP };

	done(&s);
	hy_str first = s.secret;
	assert_true(session_holds(c, first));
	/* Raised: the old secret is void. */
	struct act raise = { .c = c, .a = a, .what = RAISE, .id = s.id, .stage = SESSION_OPEN };
	done(&raise);
	assert_false(session_holds(c, first));
	assert_true(session_holds(c, raise.secret));
	/* Idle for fifteen minutes. */
	moved = 15 * HY_MINUTE - 1;
	assert_true(session_holds(c, raise.secret));
	moved = 15 * HY_MINUTE;
	assert_false(session_holds(c, raise.secret));
	/* Somebody was there, known in memory alone, then in the table. */
	session_seen(s.id, test_now() + 14 * HY_MINUTE);
	assert_true(session_holds(c, raise.secret));
	assert_ok(session_flush(c->store, now(), true, e));
	assert_true(session_holds(c, raise.secret));
	/* Eight hours, however busy. */
	moved = 8 * (int64_t)HY_HOUR;
	session_seen(s.id, now() - 1);
	assert_false(session_holds(c, raise.secret));
	moved = 20 * HY_MINUTE;
	assert_true(session_holds(c, raise.secret));
	struct act lock = { .c = c, .what = STATE, .id = id, .state = ACCOUNT_LOCKED };
	done(&lock);
	assert_false(session_holds(c, raise.secret));
}

static void flush_takes_ended_sessions_away(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct act s = {
		.c = c, .a = a, .what = SESSION, .id = add(c, "zhang"), .stage = SESSION_OPEN
	};
	bool row;

	done(&s);
	moved = HY_HOUR;
	assert_ok(session_flush(c->store, now(), true, e));
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	HY_SCOPED_STMT q = hy_sql(db, "SELECT count(*) FROM session");
	assert_ok(hy_step(q, &row, e));
	assert_int_equal(hy_col_int(q, 0), 0);
}

static void five_failures_lock_for_ten_minutes(void **state)
{
	struct test_city *c = *state;
	struct act f = { .c = c, .what = FAIL, .login = HY_S("nobody.at.all") };

	for (int i = 1; i <= 4; i++) {
		done(&f);
		assert_int_equal(f.failures.n, i);
		assert_int_equal(f.failures.locked_until, 0);
	}
	done(&f);
	assert_int_equal(f.failures.locked_until, now() + 10 * HY_MINUTE);
	hy_ms until = f.failures.locked_until;
	moved = 5 * HY_MINUTE; /* trying on does not make it longer */
	done(&f);
	assert_int_equal(f.failures.locked_until, until);
	moved = 10 * HY_MINUTE + 1; /* it is over, and counting begins anew */
	done(&f);
	assert_int_equal(f.failures.n, 1);
	assert_int_equal(f.failures.locked_until, 0);
	moved = HY_HOUR; /* failures of long ago do not add up */
	done(&f);
	assert_int_equal(f.failures.n, 1);
}

static void links_hold_once(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct act l = { .c = c, .a = a, .what = LINK, .id = add(c, "zhang") };
	struct account_link link;
	struct hy_err why = { 0 };

	done(&l);
	hy_str first = l.secret;
	done(&l); /* a newer one voids it */
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(c->store, &db, e));
	assert_int_equal(account_link_of(a, db, first, now(), &link, &why), HY_NOT_FOUND);
	assert_ok(account_link_of(a, db, l.secret, now(), &link, e));
	assert_int_equal(link.account, l.id);
	hy_err_clear(&why);
	assert_int_equal(account_link_of(a, db, l.secret, now() + HY_DAY_MS, &link, &why),
			 HY_NOT_FOUND);
}

/* --- the record of acts ----------------------------------------------------------------------- */

static size_t found(struct test_city *c, const struct security_filter *f,
		    struct security_row *first)
{
	static struct hy_arena *a;
	HY_SCOPED_DB db = NULL;
	struct security_row *v;
	size_t n;

	hy_arena_free(&a);
	a = hy_arena_new(0);
	assert_ok(hy_store_read(c->store, &db, e));
	assert_ok(security_list(a, db, f, 100, &v, &n, e));
	if (n && first)
		*first = v[0];
	return n;
}

static void acts_are_found(void **state)
{
	struct test_city *c = *state;
	struct act x = { .c = c, .what = NOTE, .kind = "login", .name = HY_S("account/7") };
	struct security_row row;

	done(&x);
	moved = HY_HOUR;
	x.kind = "login.failed";
	x.name = HY_S("");
	done(&x);
	x.kind = "export";
	x.name = HY_S("supervision");
	done(&x);
	assert_int_equal(found(c, &(struct security_filter){ 0 }, &row), 3);
	assert_true(hy_str_eq(row.act, HY_S("export")));
	assert_true(hy_str_eq(row.address, by.address));
	assert_int_equal(found(c, &(struct security_filter){ .act = HY_S("login") }, NULL), 1);
	assert_int_equal(found(c, &(struct security_filter){ .act = HY_S("login.") }, NULL), 1);
	assert_int_equal(found(c, &(struct security_filter){ .account = 7 }, NULL), 3);
	assert_int_equal(found(c, &(struct security_filter){ .account = 8 }, NULL), 0);
	assert_int_equal(found(c, &(struct security_filter){ .address = HY_S("192.0.2.") }, NULL),
			 3);
	assert_int_equal(found(c, &(struct security_filter){ .address = HY_S("192.0.3") }, NULL),
			 0);
	assert_int_equal(found(c, &(struct security_filter){ .from = test_now() + 1 }, NULL), 2);
	assert_int_equal(found(c, &(struct security_filter){ .until = test_now() + 1 }, NULL), 1);
	assert_int_equal(
		found(c, &(struct security_filter){ .subject = HY_S("supervision") }, NULL), 1);
	assert_int_equal(found(c, &(struct security_filter){ .before = row.idx }, NULL), 2);
	struct hy_err e = { 0 };
	x.kind = "no.such.act";
	assert_int_equal(hy_store_write(c->store, act_work, &x, &e), HY_INTERNAL);
}

static void old_acts_lose_what_is_private(void **state)
{
	struct test_city *c = *state;
	struct act x = { .c = c, .what = NOTE, .kind = "login", .name = HY_S("account/7") };
	struct security_row row;

	done(&x);
	struct act retire = { .c = c, .what = RETIRE, .n = 6 };
	moved = 180 * (int64_t)HY_DAY_MS; /* March 2027: September is not yet six months old */
	done(&x);
	done(&retire);
	assert_int_equal(retire.n, 0);
	moved = 195 * (int64_t)HY_DAY_MS; /* April */
	retire.n = 6;
	done(&retire);
	assert_int_equal(retire.n, 1);
	assert_int_equal(found(c, &(struct security_filter){ .account = 7 }, &row), 1);
	assert_int_equal(
		found(c, &(struct security_filter){ .act = HY_S("login"), .until = test_now() + 1 },
		      &row),
		1);
	assert_true(row.erased);
	assert_int_equal(row.account, 0);
	assert_int_equal(row.subject.n + row.address.n, 0);
	retire.n = 6;
	done(&retire); /* nothing is left to do */
	assert_int_equal(retire.n, 0);
	struct hy_err e = { 0 };
	retire.n = 5;
	assert_int_equal(hy_store_write(c->store, act_work, &retire, &e), HY_BAD_FIELD);
}

/* --- fsck sees what an intruder changes ----------------------------------------------------------
 */

static enum hy_code check(struct test_city *c, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	int64_t n;
	enum hy_code code = hy_store_read(c->store, &db, e);

	if (!code)
		code = account_fsck(a, db, &n, e);
	return code ? code : security_fsck(a, db, &n, e);
}

static void fsck_sees_changes(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct act t = { .c = c,
			 .a = a,
			 .what = TOKEN,
			 .id = add(c, "zhang"),
			 .name = HY_S("x"),
			 .scopes = HY_S("*"),
			 .n = 9 };
	static const struct {
		const char *harm, *mend, *says;
	} cases[] = {
		{ "UPDATE account SET state = 1", "UPDATE account SET state = 0", "state" },
		{ "UPDATE account SET login = 'wang'", "UPDATE account SET login = 'zhang'",
		  "login" },
		{ "UPDATE account SET demo = 1", "UPDATE account SET demo = 0", "demo" },
		{ "UPDATE account SET has_totp = 1", "UPDATE account SET has_totp = 0",
		  "has_totp" },
		{ "UPDATE token SET revoked_at = 1", "UPDATE token SET revoked_at = 0", "tokens" },
		{ "UPDATE security SET account = 8 WHERE act = 'token.add'",
		  "UPDATE security SET account = 7", "account" },
		{ "UPDATE security SET address = 'x'", "UPDATE security SET address = '192.0.2.9'",
		  "address" },
	};

	done(&t);
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct hy_err why = { 0 };
		assert_ok(
			hy_store_write(c->store, test_script, (void *)(uintptr_t)cases[i].harm, e));
		assert_int_equal(check(c, &why), HY_TAMPERED);
		if (!strstr(why.detail, cases[i].says))
			fail_msg("%s: %s", cases[i].harm, why.detail);
		assert_ok(
			hy_store_write(c->store, test_script, (void *)(uintptr_t)cases[i].mend, e));
		assert_ok(check(c, e));
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, city_up, city_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(accounts_are_made_and_changed),
		T(log_tells_no_names),
		T(tokens_hold_until_they_do_not),
		T(tokens_are_refused),
		T(sessions_end),
		T(flush_takes_ended_sessions_away),
		T(five_failures_lock_for_ten_minutes),
		T(links_hold_once),
		T(acts_are_found),
		T(old_acts_lose_what_is_private),
		T(fsck_sees_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
