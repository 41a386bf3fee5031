/* Forms as browsers send them, and as strangers do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "http/form.h"

#define URLENCODED "application/x-www-form-urlencoded"
#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

static int arena_up(void **state)
{
	*state = hy_arena_new(16 << 20);
	return 0;
}

static int arena_down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

static enum hy_code read_as(void **state, const char *type, hy_str bytes, struct hy_form *f)
{
	struct hy_err e = { 0 };

	return hy_form_read(*state, hy_str_of(type), bytes, f, &e);
}

static void types(void **state)
{
	(void)state;
	assert_true(hy_form_type(HY_S(URLENCODED), false));
	assert_true(hy_form_type(HY_S("Application/X-WWW-form-urlencoded; charset=UTF-8"), false));
	assert_false(hy_form_type(HY_S("application/json"), true));
	assert_false(hy_form_type(HY_S(""), true));
	assert_false(hy_form_type(HY_S("text/plain"), true));
	assert_true(hy_form_type(HY_S("multipart/form-data; boundary=abc"), true));
	assert_false(hy_form_type(HY_S("multipart/form-data; boundary=abc"), false));
	assert_false(hy_form_type(HY_S("multipart/form-data"), true));
	assert_false(hy_form_type(HY_S("multipart/form-data; boundary=\"\""), true));
	assert_false(hy_form_type(HY_S("multipart/form-data; boundary=a\xffz"), true));
}

static void urlencoded_fields(void **state)
{
	struct hy_form f;

	assert_int_equal(read_as(state, URLENCODED,
				 HY_S("a=1+2&b=%E8%B7%AF&b=%3Cb%3E&c=x%0D%0Ay%0Dz&d=&=e&f"), &f),
			 HY_OK);
	assert_int_equal(f.fields.n, 7);
	assert_str(f.fields.v[0].value, "1 2");
	assert_str(f.fields.v[1].value, "路");
	assert_str(f.fields.v[2].value, "<b>");
	assert_str(f.fields.v[3].value, "x\ny\nz");
	assert_str(f.fields.v[4].value, "");
	assert_str(f.fields.v[6].name, "f");
	assert_int_equal(read_as(state, URLENCODED, HY_S(""), &f), HY_OK);
	assert_int_equal(f.fields.n, 0);
	assert_int_equal(read_as(state, URLENCODED, HY_S("a=%"), &f), HY_BAD_INPUT);
	assert_int_equal(read_as(state, URLENCODED, HY_S("a=%zz"), &f), HY_BAD_INPUT);
	assert_int_equal(read_as(state, URLENCODED, HY_S("a=%00"), &f), HY_BAD_INPUT);
	assert_int_equal(read_as(state, URLENCODED, HY_S("a=%1b"), &f), HY_BAD_INPUT);
	assert_int_equal(read_as(state, URLENCODED, HY_S("a=%ff"), &f), HY_BAD_INPUT);
}

#define TYPE "multipart/form-data; boundary=XX"
#define FIELD(name, value)                                                                         \
	"--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(name, bytes)                                                                     \
	"--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" name                 \
	"\"\r\nContent-Type: image/png\r\n\r\n" bytes "\r\n"

static void multipart_fields(void **state)
{
	struct hy_form f;

	assert_int_equal(
		read_as(state, TYPE,
			HY_S(FIELD("a", "1\r\n2") FIELD("b", "") FILE_PART("x.png", "\x89P\0\r\nG")
				     FILE_PART("", "") FILE_PART("C:\\d\\..\\y.png", "--X")
					     FIELD("c", "filename=\"no\"") "--XX--\r\n"),
			&f),
		HY_OK);
	assert_int_equal(f.fields.n, 3);
	assert_str(f.fields.v[0].value, "1\n2");
	assert_str(f.fields.v[1].value, "");
	assert_str(f.fields.v[2].value, "filename=\"no\"");
	assert_int_equal(f.n_files, 2);
	assert_str(f.files[0].field, "files");
	assert_str(f.files[0].name, "x.png");
	assert_str(f.files[0].bytes, "\x89P\0\r\nG");
	assert_str(f.files[1].name, "y.png");
	assert_str(f.files[1].bytes, "--X");
}

static void multipart_refused(void **state)
{
	static const hy_str bad[] = {
		HY_S_INIT(""),
		HY_S_INIT("--"),
		HY_S_INIT("--XX"),
		HY_S_INIT("--XX\r\n"),
		HY_S_INIT("--XX\r\n\r\nno head\r\n--XX--"),
		HY_S_INIT("--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--"),
		HY_S_INIT("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XX--"),
		HY_S_INIT("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--"),
		HY_S_INIT("--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--"),
		HY_S_INIT("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-"
			  "Disposition: form-data; name=\"b\"\r\n\r\nx\r\n--XX--"),
		HY_S_INIT("--XXContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XX--"),
		HY_S_INIT(FIELD("a", "x")),
		HY_S_INIT(FIELD("a", "x") "--XX"),
		HY_S_INIT(FIELD("a", "x") "--XXY"),
		HY_S_INIT(FIELD("a", "\x01") "--XX--"),
		HY_S_INIT(FIELD("a", "\xff") "--XX--"),
		HY_S_INIT(FIELD("\x01", "x") "--XX--"),
	};
	struct hy_form f;

	for (size_t i = 0; i < HY_COUNT(bad); i++)
		if (read_as(state, TYPE, bad[i], &f) != HY_BAD_INPUT)
			fail_msg("number %zu was taken", i);
}

/* Never more than so many values, and never a byte outside what came. */
static void whatever_comes(void **state)
{
	static const char *const pieces[] = {
		"--XX",
		"\r\n",
		"--XX--",
		"Content-Disposition: form-data; name=\"a\"",
		"\r\n\r\n",
		"; filename=\"b\"",
		"\"",
		"=",
		";",
		"%41",
		"%",
		"&",
		"\xe8\xb7\xaf",
		"\xff",
		"\x01",
		"a",
		"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n",
	};
	unsigned char pick[64];

	for (int round = 0; round < 20000; round++) {
		struct hy_arena *a = hy_arena_new(1 << 20);
		char *text = malloc(64 * 64);
		size_t n = 0, used;
		struct hy_form f;
		struct hy_err e = { 0 };
		hy_random(pick, sizeof(pick));
		for (used = 0; used < pick[0] % 64u; used++) {
			const char *p = pieces[pick[used] % HY_COUNT(pieces)];
			memcpy(text + n, p, strlen(p));
			n += strlen(p);
		}
		char *exact = malloc(n + !n); /* so that a byte too far is seen */
		memcpy(exact, text, n);
		bool multi = round & 1;
		enum hy_code c = hy_form_read(a, hy_str_of(multi ? TYPE : URLENCODED),
					      (hy_str){ exact, n }, &f, &e);
		assert_true(c == HY_OK || c == HY_BAD_INPUT);
		assert_int_equal(c, e.code);
		for (size_t i = 0; !c && i < f.fields.n; i++)
			assert_true(hy_str_utf8(f.fields.v[i].value, NULL));
		for (size_t i = 0; !c && i < f.n_files; i++)
			assert_true(f.files[i].bytes.p >= exact &&
				    f.files[i].bytes.p + f.files[i].bytes.n <= exact + n);
		free(exact);
		free(text);
		hy_arena_free(&a);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test_setup_teardown(urlencoded_fields, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(multipart_fields, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(multipart_refused, arena_up, arena_down),
		cmocka_unit_test(whatever_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
