/* The second factor against the vectors of RFC 4226 and RFC 6238, and what a code is good for. */
#include "people/account_part.h"
#include "people/session.h"
#include "people/setting.h"
#include "people/totp.h"
#include "record/testing.h"

/* "12345678901234567890": the secret of both RFCs. */
static const unsigned char secret[TOTP_SECRET] = "12345678901234567890";

/* RFC 4226, appendix D. */
static void counters_give_the_codes_of_rfc_4226(void **state)
{
	static const int codes[] = { 755224, 287082, 359152, 969429, 338314,
				     254676, 287922, 162583, 399871, 520489 };

	(void)state;
	for (size_t i = 0; i < HY_COUNT(codes); i++)
		assert_int_equal(totp_code(secret, (int64_t)i), codes[i]);
}

/* RFC 6238, appendix B, SHA-1: eight digits there, the last six of them here. */
static void times_give_the_codes_of_rfc_6238(void **state)
{
	static const struct {
		int64_t seconds;
		int code;
	} facts[] = {
		{ 59, 94287082 },	  { 1111111109, 7081804 },  { 1111111111, 14050471 },
		{ 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 },
	};
	char digits[16];

	(void)state;
	for (size_t i = 0; i < HY_COUNT(facts); i++) {
		int64_t step = facts[i].seconds / 30;
		assert_int_equal(totp_code(secret, step), facts[i].code % 1000000);
		snprintf(digits, sizeof(digits), "%06d", facts[i].code % 1000000);
		assert_int_equal(totp_step(secret, hy_str_of(digits), facts[i].seconds * 1000, 0),
				 step);
	}
}

static int64_t step_of(int64_t step, hy_ms now, int64_t last)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%06d", totp_code(secret, step));
	return totp_step(secret, hy_str_of(digits), now, last);
}

static void one_step_of_drift_is_borne_and_no_more(void **state)
{
	const int64_t step = 1111111109 / 30;
	const hy_ms begins = step * TOTP_STEP_MS, ends = begins + TOTP_STEP_MS - 1;

	(void)state;
	for (int i = -1; i <= 1; i++) {
		assert_int_equal(step_of(step + i, begins, 0), step + i);
		assert_int_equal(step_of(step + i, ends, 0), step + i);
	}
	assert_int_equal(step_of(step - 2, begins, 0), -1);
	assert_int_equal(step_of(step + 2, ends, 0), -1);
}

static void a_step_is_good_once(void **state)
{
	const int64_t step = 1234567890 / 30;
	const hy_ms now = step * TOTP_STEP_MS;

	(void)state;
	assert_int_equal(step_of(step, now, step - 1), step);
	assert_int_equal(step_of(step, now, step), -1);
	/* Whoever has shown the newer one cannot use the older one that somebody saw. */
	assert_int_equal(step_of(step - 1, now, step), -1);
	assert_int_equal(step_of(step, now, step + 1), -1);
}

static void only_six_digits_are_a_code(void **state)
{
	static const char *const bad[] = { "", "28708", "2870820", " 287082", "28708a", "-87082" };

	(void)state;
	assert_int_equal(totp_step(secret, HY_S("287082"), 59000, 0), 1);
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_int_equal(totp_step(secret, hy_str_of(bad[i]), 59000, 0), -1);
}

static void a_secret_is_written_as_programs_read_it(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str svg = HY_S(""), drawn = HY_S(""), line;
	size_t lines = 0, columns = 0;

	(void)state;
	hy_str text = totp_base32(a, secret);
	assert_true(hy_str_eq(text, HY_S("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")));
	hy_str uri = totp_uri(a, HY_S("试验市"), HY_S("zhang"), text);
	assert_true(hy_str_eq(uri, HY_S("otpauth://totp/%E8%AF%95%E9%AA%8C%E5%B8%82:zhang"
					"?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
					"&issuer=%E8%AF%95%E9%AA%8C%E5%B8%82")));
	assert_ok(totp_qr(a, uri, &svg, e));
	assert_true(hy_str_starts(svg, HY_S("<svg")));
	assert_ok(totp_qr_text(a, uri, &drawn, e));
	/* Lines of one width, twice as many columns as lines, light at the edge. */
	while (hy_str_cut(&drawn, '\n', &line) && line.n) {
		if (!lines++)
			columns = hy_str_chars(line);
		assert_int_equal(hy_str_chars(line), columns);
		assert_true(hy_str_starts(line, HY_S("\u2588\u2588")));
	}
	assert_int_equal(lines, (columns + 1) / 2);
}

/* --- kept --------------------------------------------------------------------------------------
 */

static struct hy_migration schema[64];
static int64_t moved;
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

static int city_down(void **state)
{
	struct test_city *c = *state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int64_t n;

	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(c->store, &db, e));
		assert_ok(account_fsck(a, db, &n, e));
		assert_ok(security_fsck(a, db, &n, e));
	}
	test_close(c);
	test_gone(c);
	free(c);
	return 0;
}

struct act {
	struct test_city *c;
	struct hy_arena *a;
	enum { ADD, BEGIN, CONFIRM, TRY, REMOVE, LOGIN } what;
	int64_t id;
	unsigned char secret[TOTP_SECRET];
	hy_str digits, *codes;
	bool ok;
	int64_t ended;
};

static enum hy_code act_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct act *x = in_out;
	struct record *r = x->c->record;
	const char *files = x->c->where;
	const struct security_by by = { x->id, HY_S("192.0.2.9") };
	const struct account_new n = { .login = HY_S("zhang"), .name = HY_S("张三") };
	const struct session_new in = { .account = x->id, .stage = SESSION_OPEN, .at = now() };
	int64_t session;
	hy_str cookie;

	switch (x->what) {
	case ADD:
		return account_add(r, db, &n, by, now(), &x->id, e);
	case BEGIN:
		return totp_begin(db, files, x->id, x->secret, e);
	case CONFIRM:
		return totp_confirm(r, db, x->a, files, x->id, x->digits, by, now(), &x->codes, e);
	case TRY:
		return totp_try(r, db, files, x->id, x->digits, by, now(), &x->ok, e);
	case REMOVE:
		return totp_remove(r, db, x->id, by, now(), &x->ended, e);
	case LOGIN:
		return session_make(db, x->a, &in, &session, &cookie, e);
	}
	return HY_OK;
}

static enum hy_code act(struct act *x, int what)
{
	struct hy_err why = { 0 };

	x->what = what;
	return hy_store_write(x->c->store, act_work, x, &why);
}

/* The digits that the secret gives WHEN steps from now. */
static void look(struct act *x, int when)
{
	x->digits = hy_printf(x->a, "%06d", totp_code(x->secret, now() / TOTP_STEP_MS + when));
}

static bool tries(struct act *x)
{
	assert_int_equal(act(x, TRY), HY_OK);
	return x->ok;
}

static void noted(struct act *x, const char *kind)
{
	const struct security_filter f = { .act = hy_str_of(kind) };
	struct security_row *v = NULL;
	size_t n = 0;
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(x->c->store, &db, e));
	assert_ok(security_list(x->a, db, &f, 10, &v, &n, e));
	assert_int_equal(n, 1);
	assert_true(hy_str_eq(v[0].address, HY_S("192.0.2.9")));
}

static void one_is_set_up_used_and_taken_away(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct act x = { .c = *state, .a = a };

	assert_int_equal(act(&x, ADD), HY_OK);
	assert_int_equal(act(&x, CONFIRM), HY_NOT_NOW); /* nothing was begun */
	assert_int_equal(act(&x, BEGIN), HY_OK);
	look(&x, 0);
	assert_false(tries(&x)); /* drawn, not confirmed: counts for nothing */
	x.digits = HY_S("00000x");
	assert_int_equal(act(&x, CONFIRM), HY_BAD_LOGIN);
	look(&x, 0);
	assert_int_equal(act(&x, CONFIRM), HY_OK);
	assert_false(tries(&x)); /* that one was used to confirm */
	look(&x, 1);
	assert_true(tries(&x));
	assert_false(tries(&x));
	moved = 10 * HY_MINUTE;
	look(&x, 2);
	assert_false(tries(&x));
	look(&x, -1);
	assert_true(tries(&x));
	assert_int_equal(act(&x, BEGIN), HY_EXISTS);

	for (int i = 0; i < TOTP_RECOVERY; i++) {
		x.digits = x.codes[i];
		assert_true(tries(&x));
		assert_false(tries(&x));
	}
	assert_int_equal(act(&x, LOGIN), HY_OK);
	assert_int_equal(act(&x, REMOVE), HY_OK);
	assert_int_equal(x.ended, 1); /* whoever was in by it is out, and that is noted */
	noted(&x, "totp.off");
	noted(&x, "session.revoke");
	assert_int_equal(act(&x, REMOVE), HY_NOT_NOW);
	look(&x, 0);
	assert_false(tries(&x));
	unsigned char before[TOTP_SECRET];
	memcpy(before, x.secret, sizeof(before));
	assert_int_equal(act(&x, BEGIN), HY_OK);
	assert_true(memcmp(before, x.secret, sizeof(before)) != 0);
}

/* Whoever has the database alone has no secret. */
static void without_its_key_a_secret_is_nothing(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct act x = { .c = *state, .a = a };
	struct account_secret kept;

	assert_int_equal(act(&x, ADD), HY_OK);
	assert_int_equal(act(&x, BEGIN), HY_OK);
	look(&x, 0);
	assert_int_equal(act(&x, CONFIRM), HY_OK);
	{
		HY_SCOPED_DB db = NULL;
		assert_ok(hy_store_read(x.c->store, &db, e));
		assert_ok(account_secret_get(a, db, x.id, &kept, e));
	}
	assert_null(memmem(kept.totp.p, kept.totp.n, x.secret, sizeof(x.secret)));
	assert_int_equal(remove(hy_printf(a, "%s/keys/account.key", x.c->where).p), 0);
	look(&x, 1);
	assert_int_not_equal(act(&x, TRY), HY_OK);
}

#define T(f) cmocka_unit_test_setup_teardown(f, city_up, city_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_give_the_codes_of_rfc_4226),
		cmocka_unit_test(times_give_the_codes_of_rfc_6238),
		cmocka_unit_test(one_step_of_drift_is_borne_and_no_more),
		cmocka_unit_test(a_step_is_good_once),
		cmocka_unit_test(only_six_digits_are_a_code),
		cmocka_unit_test(a_secret_is_written_as_programs_read_it),
		T(one_is_set_up_used_and_taken_away),
		T(without_its_key_a_secret_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
