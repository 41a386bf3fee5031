/* Seals: what opens them, and everything that does not. */
#include "people/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

static struct hy_err err, *e = &err;

static struct seal_key pair(struct seal_key *pub)
{
	struct seal_key secret;

	crypto_box_keypair(pub->b, secret.b);
	return secret;
}

static void a_box_opens_with_both_halves_alone(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct seal_key k, half_a, half_b, joined, none = { { 0 } };
	hy_str context = HY_S("identity matter/TS-2026-000001"),
	       plain = HY_S("{\"name\":\"王小明\"}"), out = HY_S("");

	(void)state;
	seal_key_new(&k);
	seal_split(&k, &half_a, &half_b);
	hy_str box = seal_close_padded(a, &k, context, plain);
	assert_int_equal(box.n, SEAL_PADDED + SEAL_OVER);
	seal_join(&half_b, &half_a, &joined);
	assert_int_equal(seal_open_padded(a, &joined, context, box, &out, e), HY_OK);
	assert_true(hy_str_eq(out, plain));
	const struct seal_key *const wrong[] = { &half_a, &half_b, &none };
	for (size_t i = 0; i < HY_COUNT(wrong); i++) {
		hy_err_clear(e);
		assert_int_equal(seal_open_padded(a, wrong[i], context, box, &out, e), HY_TAMPERED);
	}
	/* Not for another matter, not with one bit changed, not cut short. */
	hy_err_clear(e);
	assert_int_equal(
		seal_open_padded(a, &k, HY_S("identity matter/TS-2026-000002"), box, &out, e),
		HY_TAMPERED);
	for (size_t at = 0; at < box.n; at += 97) {
		char *bytes = (char *)(uintptr_t)box.p;
		bytes[at] ^= 1;
		hy_err_clear(e);
		assert_int_equal(seal_open_padded(a, &k, context, box, &out, e), HY_TAMPERED);
		bytes[at] ^= 1;
	}
	for (size_t n = 0; n < box.n; n += 131) {
		hy_err_clear(e);
		assert_int_equal(seal_open_padded(a, &k, context, (hy_str){ box.p, n }, &out, e),
				 HY_TAMPERED);
	}
}

static void nothing_and_much_look_the_same(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct seal_key k;
	char much[SEAL_PADDED - 1];
	hy_str out = HY_S("x");

	(void)state;
	seal_key_new(&k);
	memset(much, 'm', sizeof(much));
	hy_str none = seal_close_padded(a, &k, HY_S("c"), HY_S(""));
	hy_str full = seal_close_padded(a, &k, HY_S("c"), (hy_str){ much, sizeof(much) });
	assert_int_equal(none.n, full.n);
	assert_int_equal(seal_open_padded(a, &k, HY_S("c"), none, &out, e), HY_OK);
	assert_int_equal(out.n, 0);
	assert_int_equal(seal_open_padded(a, &k, HY_S("c"), full, &out, e), HY_OK);
	assert_int_equal(out.n, sizeof(much));
}

static void a_half_goes_to_one_custodian_alone(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct seal_key pub, other_pub, half, out;
	struct seal_key secret = pair(&pub), other = pair(&other_pub);

	(void)state;
	seal_key_new(&half);
	hy_str box = seal_to(a, &pub, &half);
	assert_int_equal(box.n, SEAL_BOX);
	hy_err_clear(e);
	assert_int_equal(seal_from(&pub, &secret, box, &out, e), HY_OK);
	assert_memory_equal(out.b, half.b, SEAL_KEY);
	assert_int_equal(seal_from(&other_pub, &other, box, &out, e), HY_FORBIDDEN);
	hy_err_clear(e);
	assert_int_equal(seal_from(&pub, &secret, (hy_str){ box.p, box.n - 1 }, &out, e),
			 HY_FORBIDDEN);
	hy_err_clear(e);
}

static void a_key_file_opens_with_its_passphrase(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct seal_key pub, pub2, secret, check;
	hy_str file = HY_S("");

	(void)state;
	assert_int_equal(seal_file_new(a, HY_S("太短"), &file, &pub, e), HY_BAD_FIELD);
	hy_err_clear(e);
	assert_int_equal(seal_file_new(a, HY_S("十二个字以上的一句话才可以"), &file, &pub, e),
			 HY_OK);
	assert_int_equal(
		seal_file_open(a, file, HY_S("十二个字以上的一句话才可以"), &pub2, &secret, e),
		HY_OK);
	assert_memory_equal(pub.b, pub2.b, SEAL_KEY);
	crypto_scalarmult_base(check.b, secret.b);
	assert_memory_equal(check.b, pub.b, SEAL_KEY);
	assert_int_equal(
		seal_file_open(a, file, HY_S("另外的一句话也有十二个字"), &pub2, &secret, e),
		HY_FORBIDDEN);
	hy_err_clear(e);
	assert_int_equal(seal_file_open(a, HY_S("{\"huiyin_custodian_key\":2}"), HY_S("x"), &pub2,
					&secret, e),
			 HY_BAD_INPUT);
	hy_err_clear(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_box_opens_with_both_halves_alone),
		cmocka_unit_test(nothing_and_much_look_the_same),
		cmocka_unit_test(a_half_goes_to_one_custodian_alone),
		cmocka_unit_test(a_key_file_opens_with_its_passphrase),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
