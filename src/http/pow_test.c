/* Proofs of work: made, checked, used once, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "http/pow.h"

enum { NOW = 1790000000 };
static const int64_t now = (int64_t)NOW * 1000;

static hy_str solved(struct hy_arena *a, struct hy_pow *p, const char *purpose, int bits)
{
	hy_str c = hy_pow_challenge(a, p, hy_str_of(purpose), bits, now);
	hy_str proof = hy_pow_solve(a, c, 1 << 20);

	assert_true(proof.n > c.n);
	return proof;
}

static void a_proof_holds_once(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_pow *p = hy_pow_new(), *other = hy_pow_new();
	hy_str proof = solved(a, p, "login", 8);

	(void)state;
	hy_hash h = hy_sha256(proof);
	assert_int_equal(h.b[0], 0); /* what a client checks by itself */
	assert_int_equal(hy_pow_check(other, HY_S("login"), proof, 8, now), HY_POW_BAD);
	assert_int_equal(hy_pow_check(p, HY_S("lookup"), proof, 8, now), HY_POW_BAD);
	assert_int_equal(hy_pow_check(p, HY_S("login"), proof, 9, now), HY_POW_BAD);
	assert_int_equal(
		hy_pow_check(p, HY_S("login"), proof, 8, now + (HY_POW_SECONDS + 1) * 1000),
		HY_POW_EXPIRED);
	assert_int_equal(hy_pow_check(p, HY_S("login"), proof, 8, now + HY_POW_SECONDS * 1000),
			 HY_POW_GOOD);
	assert_int_equal(hy_pow_check(p, HY_S("login"), proof, 8, now), HY_POW_USED);
	/* Another number under the same challenge is the same knock. */
	hy_str c = hy_pow_challenge(a, p, HY_S("login"), 1, now), one = HY_S(""), two = HY_S("");
	for (int64_t i = 0; i < 1000 && !two.n; i++) {
		hy_str t = hy_printf(a, HY_FMT ".%lld", HY_ARG(c), (long long)i);
		if (hy_sha256(t).b[0] < 0x80)
			*(one.n ? &two : &one) = t;
	}
	assert_int_equal(hy_pow_check(p, HY_S("login"), one, 1, now), HY_POW_GOOD);
	assert_int_equal(hy_pow_check(p, HY_S("login"), two, 1, now), HY_POW_USED);
	hy_pow_free(&p);
	hy_pow_free(&p);
	hy_pow_free(&other);
}

/* Any byte changed is another text. */
static void what_is_changed_is_bad(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_pow *p = hy_pow_new();
	hy_str proof = solved(a, p, "login", 10);
	static const char *const odd[] = {
		"",
		".",
		"1",
		"1.8",
		"1.8.9.9.9.9",
		"2.8.1.1.1.1",
		"1.99999999999999999999.1.1.1.1",
		"1.-8.1790000100.00000000000000000000000000000000.00000000000000000000000000000000."
		"1",
		"1.31.1790000100.00000000000000000000000000000000.00000000000000000000000000000000."
		"1",
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(odd); i++)
		assert_int_equal(hy_pow_check(p, HY_S("login"), hy_str_of(odd[i]), 1, now),
				 HY_POW_BAD);
	for (size_t i = 0; i < proof.n; i++) {
		char *t = (char *)(uintptr_t)hy_str_dup(a, proof).p;
		t[i] = t[i] == '1' ? '2' : '1';
		if (hy_pow_check(p, HY_S("login"), (hy_str){ t, proof.n }, 1, now) == HY_POW_GOOD)
			/* only the number may be another, and then it must be worked for anew */
			assert_true(hy_sha256((hy_str){ t, proof.n }).b[0] == 0);
	}
	hy_str more = hy_printf(a, HY_FMT ".1", HY_ARG(proof));
	assert_int_equal(hy_pow_check(p, HY_S("login"), more, 1, now), HY_POW_BAD);
	more = hy_printf(a, HY_FMT "%0200d", HY_ARG(proof), 0);
	assert_int_equal(hy_pow_check(p, HY_S("login"), more, 1, now), HY_POW_BAD);
	hy_pow_free(&p);
}

/* The table does not grow: when it is full, proofs are refused, and taken again once those in it
 * have expired. */
static void what_was_used_is_bounded(void **state)
{
	struct hy_pow *p = hy_pow_new();
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int good = 0, refused = 0;
	hy_str first = HY_S("");

	(void)state;
	for (int i = 0; i < 100000; i++) {
		HY_SCOPED_ARENA b = hy_arena_new(0);
		hy_str proof = solved(b, p, "x", 1);
		enum hy_pow_verdict v = hy_pow_check(p, HY_S("x"), proof, 1, now);
		if (i == 0)
			first = hy_str_dup(a, proof);
		good += v == HY_POW_GOOD;
		refused += v == HY_POW_USED;
	}
	assert_int_equal(good + refused, 100000);
	assert_true(good > 50000 && good <= 8192 * 8 && refused > 10000);
	assert_int_equal(hy_pow_check(p, HY_S("x"), first, 1, now), HY_POW_USED);
	int64_t later = now + (HY_POW_SECONDS + 1) * 1000;
	hy_str fresh = hy_pow_solve(a, hy_pow_challenge(a, p, HY_S("x"), 1, later), 1000);
	assert_int_equal(hy_pow_check(p, HY_S("x"), fresh, 1, later), HY_POW_GOOD);
	hy_pow_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_holds_once),
		cmocka_unit_test(what_is_changed_is_bad),
		cmocka_unit_test(what_was_used_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
