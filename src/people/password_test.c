/* What a password may be; hashing. */
#include "people/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static enum hy_code try(const char *password, struct hy_err *e)
{
	*e = (struct hy_err){ 0 };
	return password_check(hy_str_of(password), HY_S("zhang.san"), HY_S("回音市"),
			      PASSWORD_LEAST, e);
}

static void bad_ones_are_refused(void **state)
{
	static const char *const bad[] = {
		"kurz",
		"elf zeichen",
		"123456789012",
		"314159265358979",
		"aaaaaaaaaaaa",
		"qwertyuiop12",
		"1qaz2wsx3edc4rfv",
		"passwordpassword",
		"Password1234!",
		"zhang.san2026",
		"ZHANG.SANzhang.san",
		"回音市回音市回音市回音市",
		"abcdefghijklmnop",
		"administrator",
		"woaini1314520",
		"p@ssw0rd1234",

		"qazwsxedcrfv",
		"zhang.san12345678",
	};
	struct hy_err e;

	(void)state;
	assert_true(password_dictionary());
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		if (try(bad[i], &e) != HY_BAD_FIELD || strcmp(e.field, "password") != 0)
			print_error("\"%s\" was taken\n", bad[i]), fail();
}

static void good_ones_are_taken(void **state)
{
	static const char *const good[] = {
		"correct horse battery staple",
		"wutong shu xia de mao 7",
		"春天来了燕子飞回屋檐下啦",
		"Tr3e-frog under moonlight",
		"x7#Kq!vB2m@Ld",
		"lan se de hu die",
	};
	struct hy_err e;

	(void)state;
	for (size_t i = 0; i < HY_COUNT(good); i++)
		if (try(good[i], &e))
			fail_msg("\"%s\": %s", good[i], hy_err_text(&e));
}

static void hashes_are_checked(void **state)
{
	char hash[PASSWORD_HASH], other[PASSWORD_HASH];
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(password_hash(HY_S("春天来了 and so on"), hash, &e), HY_OK);
	assert_int_equal(password_hash(HY_S("春天来了 and so on"), other, &e), HY_OK);
	assert_string_not_equal(hash, other);
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	assert_true(password_right(HY_S("春天来了 and so on"), hy_str_of(hash)));
	assert_false(password_right(HY_S("春天来了 and so o"), hy_str_of(hash)));
	assert_false(password_right(HY_S(""), hy_str_of(hash)));
	assert_false(password_right(HY_S("x"), HY_S("")));
	assert_false(password_right(HY_S("x"), HY_S("$argon2id$nonsense")));
}

/* The same each time, and taken by the library as one of its own. */
static void demo_hashes_are_the_same(void **state)
{
	char hash[PASSWORD_HASH], again[PASSWORD_HASH], other[PASSWORD_HASH];
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(password_hash_demo(HY_S("demo"), HY_S("1/desk"), hash, &e), HY_OK);
	assert_int_equal(password_hash_demo(HY_S("demo"), HY_S("1/desk"), again, &e), HY_OK);
	assert_int_equal(password_hash_demo(HY_S("demo"), HY_S("2/desk"), other, &e), HY_OK);
	assert_string_equal(hash, again);
	assert_string_not_equal(hash, other);
	assert_true(password_right(HY_S("demo"), hy_str_of(hash)));
	assert_false(password_right(HY_S("Demo"), hy_str_of(hash)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_ones_are_refused),
		cmocka_unit_test(good_ones_are_taken),
		cmocka_unit_test(hashes_are_checked),
		cmocka_unit_test(demo_hashes_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
