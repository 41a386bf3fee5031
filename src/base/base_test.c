/* The ground floor: views, arenas, buffers, JSON, maps, digests, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/map.h"

static int arena_up(void **state)
{
	*state = hy_arena_new(1 << 20);
	return 0;
}

static int arena_down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return a != NULL;
}

#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

static void str_cuts_and_trims(void **state)
{
	(void)state;
	hy_str rest = HY_S("a,,b"), head;
	assert_true(hy_str_cut(&rest, ',', &head));
	assert_str(head, "a");
	assert_true(hy_str_cut(&rest, ',', &head));
	assert_int_equal(head.n, 0);
	assert_true(hy_str_cut(&rest, ',', &head));
	assert_str(head, "b");
	assert_false(hy_str_cut(&rest, ',', &head));
	assert_str(hy_str_trim(HY_S(" \t x y\r\n")), "x y");
	assert_int_equal(hy_str_find(HY_S("件件有着落"), HY_S("有")), 6);
	assert_int_equal(hy_str_find(HY_S("ab"), HY_S("abc")), -1);
}

static void str_reads_integers_and_refuses_the_rest(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_true(hy_str_int(HY_S("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	assert_true(hy_str_int(HY_S("9223372036854775807"), &v));
	assert_true(v == INT64_MAX);
	const hy_str bad[] = { HY_S(""),   HY_S("-"),  HY_S("1x"),
			       HY_S(" 1"), HY_S("+1"), HY_S("9223372036854775808"),
			       HY_S("１") };
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_false(hy_str_int(bad[i], &v));
}

static void str_knows_utf8(void **state)
{
	(void)state;
	size_t bad;
	assert_true(hy_str_utf8(HY_S("回音 é 𠮷"), &bad));
	const struct {
		hy_str s;
		size_t at;
	} cases[] = { { HY_S("ab\xc0\x80"), 2 },
		      { HY_S("\xed\xa0\x80"), 0 },
		      { HY_S("x\xf4\x90\x80\x80"), 1 },
		      { HY_S("\xe5\x9b"), 0 },
		      { HY_S("a\0b"), 1 },
		      { HY_S("\xff"), 0 } };
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		assert_false(hy_str_utf8(cases[i].s, &bad));
		assert_int_equal(bad, cases[i].at);
	}
	assert_int_equal(hy_str_chars(HY_S("回音a")), 3);
	assert_str(hy_str_head(HY_S("回音a"), 2), "回音");
	assert_int_equal(hy_str_distance(HY_S("kitten"), HY_S("sitting"), 9), 3);
	assert_int_equal(hy_str_distance(HY_S("titel"), HY_S("title"), 9), 1);
	assert_int_equal(hy_str_distance(HY_S("abcd"), HY_S("badc"), 9), 2);
	assert_int_equal(hy_str_distance(HY_S("ab"), HY_S("bca"), 9), 3);
	struct hy_near near = hy_near_to(HY_S("extned"));
	assert_string_equal(hy_near_text(&near), "");
	hy_near_try(&near, HY_S("accept"));
	hy_near_try(&near, HY_S("extend"));
	hy_near_try(&near, HY_S("extent"));
	assert_string_equal(hy_near_text(&near), "; did you mean \"extend\"?");
}

/* Three bytes at once and eight at once say what one by one would. */
static void str_knows_utf8_at_every_place(void **state)
{
	char text[24];

	(void)state;
	for (unsigned p0 = 0xe0; p0 <= 0xf1; p0++)
		for (unsigned p1 = 0x7f; p1 <= 0xc0; p1++)
			for (unsigned p2 = 0x7f; p2 <= 0xc0; p2++) {
				const char s[] = { (char)p0, (char)p1, (char)p2 };
				const char pair[] = { s[0], s[1], s[2],	  '\xe5', '\x9b', '\x9e',
						      'x',  'y',  '\xe5', '\x9b', '\x9e', s[0],
						      s[1], s[2], 'x',	  'y' };
				bool tail = p1 >= 0x80 && p1 <= 0xbf && p2 >= 0x80 && p2 <= 0xbf;
				bool good = tail && p0 >= 0xe0 && p0 <= 0xef &&
					    !(p0 == 0xe0 && p1 < 0xa0) &&
					    !(p0 == 0xed && p1 > 0x9f);
				assert_true(hy_str_utf8((hy_str){ s, 3 }, NULL) == good);
				assert_true(hy_str_utf8((hy_str){ pair, 8 }, NULL) == good);
				assert_true(hy_str_utf8((hy_str){ pair + 8, 8 }, NULL) == good);
			}
	for (size_t at = 0; at < sizeof(text); at++)
		for (int c = 0; c < 2; c++) {
			size_t bad = 99;
			memset(text, 'x', sizeof(text));
			text[at] = c ? (char)0x80 : '\0';
			assert_false(hy_str_utf8((hy_str){ text, sizeof(text) }, &bad));
			assert_int_equal(bad, at);
		}
}

static void a_child_draws_other_lots(void **state)
{
	unsigned char lots[2][16];
	int pipes[2], status = 0;

	(void)state;
	hy_random(lots[0], sizeof(lots[0]));
	assert_int_equal(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0) {
		hy_random(lots[1], sizeof(lots[1]));
		_exit(write(pipes[1], lots[1], sizeof(lots[1])) != sizeof(lots[1]));
	}
	hy_random(lots[0], sizeof(lots[0]));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read(pipes[0], lots[1], sizeof(lots[1])), sizeof(lots[1]));
	assert_memory_not_equal(lots[0], lots[1], sizeof(lots[0]));
	close(pipes[0]);
	close(pipes[1]);
}

static void count(void *arg)
{
	++*(int *)arg;
}

static void arena_zeroes_bounds_and_runs_hooks(void **state)
{
	(void)state;
	int hooks = 0;
	struct hy_arena *a = hy_arena_new(1000);
	for (int round = 0; round < 3; round++) {
		unsigned char *p = hy_arena_take(a, 300);
		for (int i = 0; i < 300; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xaa, 300);
		hy_arena_defer(a, count, &hooks);
		hy_arena_empty(a);
	}
	assert_int_equal(hooks, 3);
	assert_non_null(hy_arena_try(a, 600));
	assert_null(hy_arena_try(a, 600));
	assert_null(hy_arena_try(a, SIZE_MAX));
	hy_arena_free(&a);
	assert_null(a);
}

static void vec_grows(void **state)
{
	HY_VEC(int) v = { 0 };
	for (int i = 0; i < 1000; i++)
		*hy_push(*state, &v) = i;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v.v[i], i);
}

static void json_writes_what_jansson_reads(void **state)
{
	struct hy_arena *a = *state;
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_json_obj(&j);
	hy_json_kstr(&j, "a", HY_S("引\"\\\n\x01"));
	hy_json_key(&j, "b");
	hy_json_arr(&j);
	hy_json_int(&j, INT64_MIN);
	hy_json_bool(&j, true);
	hy_json_null(&j);
	hy_json_arr_end(&j);
	hy_json_kint(&j, "c", 0);
	hy_json_obj_end(&j);
	assert_str(
		hy_buf_str(&b),
		"{\"a\":\"引\\\"\\\\\\n\\u0001\",\"b\":[-9223372036854775808,true,null],\"c\":0}");
	json_t *v;
	struct hy_err e = { 0 };
	assert_int_equal(hy_json_read(a, hy_buf_str(&b), &v, &e), HY_OK);
	assert_true(hy_str_eq(hy_json_canonical(a, v), hy_buf_str(&b)));
	assert_int_equal(hy_json_get_int(v, "c", 5), 0);
}

/* Every byte that stands for itself or not, at every place of a word and beside its like. */
static void json_quotes_every_byte_everywhere(void **state)
{
	for (int c = 1; c < 128; c++)
		for (size_t at = 0; at < 20; at++) {
			char text[24] = "ab\xe5\x9b\x9e~ !#[]^hijklmno";
			hy_arena_empty(*state);
			if ((unsigned char)text[at] >= 0x80)
				continue;
			text[at] = (char)c;
			text[19] = (char)c;
			struct hy_buf b = hy_buf_on(*state);
			struct hy_json j = hy_json_on(&b);
			struct hy_err e = { 0 };
			json_t *v = NULL;
			hy_json_str(&j, hy_str_of(text));
			assert_int_equal(hy_json_read(*state, hy_buf_str(&b), &v, &e), HY_OK);
			assert_string_equal(json_string_value(v), text);
		}
}

static void json_sorts_keys_and_mends_bad_bytes(void **state)
{
	struct hy_arena *a = *state;
	json_t *v;
	struct hy_err e = { 0 };
	assert_int_equal(
		hy_json_read(a, HY_S("{ \"b\": 1, \"a\": {\"d\":[], \"c\":\"\"} }"), &v, &e),
		HY_OK);
	assert_str(hy_json_canonical(a, v), "{\"a\":{\"c\":\"\",\"d\":[]},\"b\":1}");
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_json_str(&j, HY_S("x\xffy"));
	assert_str(hy_buf_str(&b), "\"x\xef\xbf\xbdy\"");
}

/* What Jansson alone says of TEXT: the canonical value, or its message. */
static hy_str jansson_says(struct hy_arena *a, hy_str text, bool *ok_out)
{
	json_error_t why;
	json_t *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

	*ok_out = v != NULL;
	if (!v)
		return hy_printf(a, "not JSON at line %d column %d: %s", why.line, why.column,
				 why.text);
	hy_str s = hy_json_canonical(a, v);
	json_decref(v);
	return s;
}

static void reads_as_jansson(struct hy_arena *a, hy_str text)
{
	bool ok;
	struct hy_err e = { 0 };
	json_t *v = NULL;
	hy_str want = jansson_says(a, text, &ok);
	enum hy_code code = hy_json_read(a, text, &v, &e);

	hy_str got = code ? hy_str_of(e.detail) : hy_json_canonical(a, v);
	if (ok != !code || !hy_str_eq(got, hy_str_head(want, code ? got.n : want.n)))
		fail_msg("of '" HY_FMT "' jansson says " HY_FMT " and we " HY_FMT, HY_ARG(text),
			 HY_ARG(want), HY_ARG(got));
}

static const char *const json_samples[] = {
	("{\"kind\":\"complaint\",\"by\":{\"role\":\"citizen\"},\"data\":{\"title\":\"路灯不亮\","
	 "\"n\":[1,-2,0,-0,123456789012345678],\"x\":null,\"yes\":true,\"no\":false}}"),
	" \t\r\n{ \"a\" : [ ] , \"b\" : { } , \"\" : \"\" } \n",
	"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u0041\\u00e9\\u8def\\uD83D\\ude00\",\"a\\nb\"]",
	"[9223372036854775807,-9223372036854775808,9223372036854775808,1234567890123456789]",
	"[1.5,1e3,-0.0,1E+2,12e,01,-,--1,+1,.5,1.]",
	"[\"\\u0000\"]",
	"[\"\\ud800\"]",
	"[\"\\udc00x\"]",
	"[\"\\u12g4\"]",
	"[\"\\x\"]",
	"[\"tab\there\",\"\x7f\"]",
	"{\"a\":1,\"\\u0061\":2}",
	"{\"a\":{\"b\":1,\"b\":2}}",
	"truefalse",
	"nul",
	"true",
	"\"\"",
	"12a",
	"{\"a\":1}x",
	"{\"a\":1,}",
	"{a:1}",
	"{\"a\" 1}",
	"[1 2]",
	"\xef\xbb\xbf{}",
	"[\"\xed\xa0\x80\",\"\xc0\xaf\",\"\xf4\x90\x80\x80\",\"\xe2\x82\"]",
	"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
};

/* Each sample whole, cut off at every byte, and with every byte exchanged for others. */
static void json_is_read_as_jansson_reads_it(void **state)
{
	static const char others[] = "\"\\{}[]:,0-9u.e \n\x01\x80\xe8\xff";
	char text[512];

	for (size_t i = 0; i < HY_COUNT(json_samples); i++) {
		size_t n = strlen(json_samples[i]);
		assert_true(n < sizeof(text));
		for (size_t at = 0; at <= n; at++)
			reads_as_jansson(*state, (hy_str){ json_samples[i], at });
		for (size_t at = 0; at < n; at++) {
			hy_arena_empty(*state);
			for (const char *c = others; *c; c++) {
				memcpy(text, json_samples[i], n);
				text[at] = *c;
				reads_as_jansson(*state, (hy_str){ text, n });
			}
			text[at] = '\0';
			reads_as_jansson(*state, (hy_str){ text, n });
		}
	}
}

static void json_says_where_it_cannot_read(void **state)
{
	const hy_str bad[] = { HY_S("{\"a\":1,\n\"a\":2}"),
			       HY_S("{"),
			       HY_S("[1,]"),
			       HY_S(""),
			       HY_S("\"\xff\""),
			       HY_S("1 2") };
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		json_t *v = NULL;
		struct hy_err e = { 0 };
		assert_int_equal(hy_json_read(*state, bad[i], &v, &e), HY_BAD_INPUT);
		assert_true(hy_str_find(hy_str_of(e.detail), HY_S("line")) >= 0);
		assert_null(v);
	}
}

static void map_finds_and_suggests(void **state)
{
	struct hy_arena *a = *state;
	struct hy_map m = { .a = a };
	assert_null(hy_map_get(&m, HY_S("x")));
	for (int i = 0; i < 500; i++)
		assert_null(hy_map_put(&m, hy_printf(a, "key%d", i), &m));
	assert_int_equal(m.n, 500);
	assert_non_null(hy_map_get(&m, HY_S("key499")));
	assert_null(hy_map_get(&m, HY_S("key500")));
	struct hy_map names = { .a = a };
	hy_map_put(&names, HY_S("pledged"), &names);
	hy_map_put(&names, HY_S("statutory"), &names);
	assert_str(hy_map_near(&names, HY_S("plegded")), "pledged");
	assert_int_equal(hy_map_near(&names, HY_S("zzzzzzz")).n, 0);
}

static void hash_and_encodings(void **state)
{
	struct hy_arena *a = *state;
	hy_hash h = hy_sha256(HY_S("abc")),
		parts = hy_sha256_4(HY_S("a"), HY_S(""), HY_S("b"), HY_S("c"));
	assert_str(hy_hex(a, h.b, sizeof(h.b)),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(hy_hash_eq(&h, &parts));
	unsigned char back[64];
	assert_true(hy_unhex(HY_S("00fF"), back, 2));
	assert_int_equal(back[1], 255);
	assert_false(hy_unhex(HY_S("00f"), back, 2));
	assert_false(hy_unhex(HY_S("00fg"), back, 2));
	assert_str(hy_base64(a, "\x00\xff\x10", 3), "AP8Q");
	assert_int_equal(hy_unbase64(HY_S("AP8Q"), back, sizeof(back)), 3);
	assert_int_equal(hy_unbase64(HY_S("AP8"), back, sizeof(back)), -1);
	assert_int_equal(hy_unbase64(HY_S("AP8Q\n"), back, sizeof(back)), -1);
	assert_int_equal(hy_unbase64(HY_S("AP8\xc0"), back, sizeof(back)), -1);
	assert_int_equal(hy_unbase64(HY_S("AP8Q"), back, 2), -1);
	assert_true(hy_same_secret(HY_S("1234"), HY_S("1234")));
	assert_false(hy_same_secret(HY_S("1234"), HY_S("1235")));
}

static void errors_keep_whole_characters(void **state)
{
	(void)state;
	struct hy_err e = { 0 };
	char text[1000];
	for (int i = 0; i < 333; i++)
		memcpy(text + 3 * i, "回", 3);
	text[999] = '\0';
	hy_fail(&e, HY_BAD_FIELD, "title", "x%s", text);
	assert_true(hy_str_utf8(hy_str_of(e.detail), NULL));
	assert_string_equal(hy_code_info(e.code)->key, "bad_field");
	assert_int_equal(hy_code_info(HY_STALE)->http, 412);
}

static void files_are_written_whole(void **state)
{
	struct hy_arena *a = *state;
	char dir[] = "/tmp/hy-base-XXXXXX";
	assert_non_null(mkdtemp(dir));
	struct hy_err e = { 0 };
	hy_str sub = hy_printf(a, "%s/a/b", dir), file = hy_printf(a, "%s/x.yaml", sub.p), got;
	assert_int_equal(hy_dir_make(sub.p, &e), HY_OK);
	assert_int_equal(hy_file_write(file.p, HY_S("one"), 0640, &e), HY_OK);
	assert_int_equal(hy_file_write(file.p, HY_S("two"), 0640, &e), HY_OK);
	assert_int_equal(hy_file_read(a, file.p, 3, &got, &e), HY_OK);
	assert_str(got, "two");
	assert_int_equal(hy_file_read(a, file.p, 2, &got, &e), HY_TOO_LARGE);
	hy_err_clear(&e);
	assert_int_equal(hy_file_read(a, hy_printf(a, "%s/none", dir).p, 2, &got, &e),
			 HY_NOT_FOUND);
	hy_err_clear(&e);
	struct hy_names names;
	assert_int_equal(hy_dir_list(a, dir, ".yaml", &names, &e), HY_OK);
	assert_int_equal(names.n, 1);
	assert_str(names.v[0], "a/b/x.yaml");
	unlink(file.p);
	rmdir(sub.p);
	rmdir(hy_printf(a, "%s/a", dir).p);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)
	const struct CMUnitTest tests[] = {
		T(str_cuts_and_trims),
		T(str_reads_integers_and_refuses_the_rest),
		T(str_knows_utf8),
		T(str_knows_utf8_at_every_place),
		T(a_child_draws_other_lots),
		T(json_quotes_every_byte_everywhere),
		T(arena_zeroes_bounds_and_runs_hooks),
		T(vec_grows),
		T(json_writes_what_jansson_reads),
		T(json_sorts_keys_and_mends_bad_bytes),
		T(json_is_read_as_jansson_reads_it),
		T(json_says_where_it_cannot_read),
		T(map_finds_and_suggests),
		T(hash_and_encodings),
		T(errors_keep_whole_characters),
		T(files_are_written_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
