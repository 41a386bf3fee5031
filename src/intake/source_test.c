/* Bytes into rows: encodings, quotes, line numbers, sizes. */
#include "intake/source.h"

#include <iconv.h>
#include <unistd.h>

#include "record/testing.h"

struct in {
	struct hy_arena *a;
	char path[64];
};

static int up(void **state)
{
	static struct in in;

	in = (struct in){ hy_arena_new(0), "/tmp/hy-source-XXXXXX" };
	int fd = mkstemp(in.path);
	assert_true(fd >= 0);
	close(fd);
	*state = &in;
	return 0;
}

static int down(void **state)
{
	struct in *in = *state;

	hy_arena_free(&in->a);
	return remove(in->path);
}

static void put(const struct in *in, hy_str text)
{
	FILE *f = fopen(in->path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

/* All rows as "line:cell|cell" lines; what is wrong stands behind "!". */
static hy_str rows(struct in *in, hy_str text, enum intake_encoding encoding, char delimiter)
{
	SCOPED_SOURCE s = NULL;
	struct hy_buf b = hy_buf_on(in->a);
	bool more = true;

	put(in, text);
	assert_ok(intake_source_open(in->path, encoding, delimiter, &s, e));
	for (;;) {
		struct intake_row r;
		assert_ok(intake_source_next(s, in->a, &r, &more, e));
		if (!more)
			break;
		hy_buf_fmt(&b, "%lld:", (long long)r.line);
		for (size_t i = 0; i < r.n; i++)
			hy_buf_fmt(&b, "%s" HY_FMT, i ? "|" : "", HY_ARG(r.cells[i]));
		hy_buf_fmt(&b, "%s%s\n", r.problem ? "!" : "", r.problem ? r.problem : "");
	}
	assert_int_equal(intake_source_read(s), text.n);
	return hy_buf_str(&b);
}

#define gives(in, text, encoding, want)                                                            \
	do {                                                                                       \
		hy_str got_ = rows((in), (text), (encoding), ',');                                 \
		if (!hy_str_eq(got_, HY_S(want)))                                                  \
			fail_msg("found\n" HY_FMT "expected\n%s", HY_ARG(got_), want);             \
	} while (0)

static hy_str gb(struct hy_arena *a, const char *utf8)
{
	iconv_t cd = iconv_open("GB18030", "UTF-8");
	size_t left = strlen(utf8), room = left * 2 + 16;
	char *in = (char *)(uintptr_t)utf8, *out = hy_arena_take(a, room), *to = out;

	assert_true(cd != (iconv_t)-1);
	assert_int_equal(iconv(cd, &in, &left, &to, &room), 0);
	iconv_close(cd);
	return (hy_str){ out, (size_t)(to - out) };
}

static void lines_are_counted_over_quotes_and_empty_lines(void **state)
{
	struct in *in = *state;

	gives(in, HY_S("a,b\n1,2\n\n  \n\"x\ny\",3\n4,5"), INTAKE_AUTO,
	      "1:a|b\n2:1|2\n5:x\ny|3\n7:4|5\n");
	gives(in, HY_S("a\r\n\"b\r\nc\"\r\nd\r\n"), INTAKE_AUTO, "1:a\n2:b\r\nc\n4:d\n");
	gives(in, HY_S("a\rb\rc"), INTAKE_AUTO, "1:a\n2:b\n3:c\n");
	gives(in, HY_S(" a , \" b \" ,\"\"\n"), INTAKE_AUTO, "1:a|b|\n");
}

static void quotes_that_are_wrong_cost_their_line_alone(void **state)
{
	struct in *in = *state;

	gives(in, HY_S("a,b\n1,x\"y\n2,z\n\"3\"x,w\n4,v\n"), INTAKE_AUTO,
	      "1:a|b\n2:1,x\"y!has a quotation mark where none may stand\n3:2|z\n"
	      "4:\"3\"x,w!has a quotation mark where none may stand\n5:4|v\n");
	gives(in, HY_S("a\n\"b\nc\n"), INTAKE_AUTO,
	      "1:a\n2:!has a quotation mark that is never closed\n");
	gives(in, HY_S("a\nb,\""), INTAKE_AUTO,
	      "1:a\n2:b!has a quotation mark that is never closed\n");
}

static void bom_is_no_part_of_the_first_name(void **state)
{
	gives(*state, HY_S("\xef\xbb\xbfid,名\n1,二\n"), INTAKE_AUTO, "1:id|名\n2:1|二\n");
}

static void gb18030_is_recognised_and_read(void **state)
{
	struct in *in = *state;
	hy_str text = gb(in->a, "编号,标题\n1,\"投诉，“噪音”\n扰民\"\n2,𠀀㐂镕\n");

	gives(in, text, INTAKE_AUTO, "1:编号|标题\n2:1|投诉，“噪音”\n扰民\n4:2|𠀀㐂镕\n");
	/* one byte lost: that row alone is refused */
	hy_str more = gb(in->a, "a,b\n甲,乙\n丙,丁\n");
	((char *)(uintptr_t)more.p)[5] = '!';
	SCOPED_SOURCE s = NULL;
	struct intake_row r;
	bool any;
	put(in, more);
	assert_ok(intake_source_open(in->path, INTAKE_GB18030, ',', &s, e));
	assert_ok(intake_source_next(s, in->a, &r, &any, e));
	assert_null(r.problem);
	assert_ok(intake_source_next(s, in->a, &r, &any, e));
	assert_string_equal(r.problem, "holds bytes that are no GB18030");
	assert_int_equal(r.problem_cell, 0);
	assert_ok(intake_source_next(s, in->a, &r, &any, e));
	assert_null(r.problem);
	assert_true(hy_str_eq(r.cells[1], HY_S("丁")));
}

static void the_encoding_is_never_guessed(void **state)
{
	struct in *in = *state;
	hy_str a = gb(in->a, "投诉噪音\n"),
	       both = hy_printf(in->a, "标题，噪音\n" HY_FMT, HY_ARG(a));
	enum intake_encoding found = INTAKE_AUTO;
	struct hy_err why = { 0 };

	assert_int_equal(intake_encoding_of(HY_S("plain\n"), true, &found, &why), HY_OK);
	assert_int_equal(found, INTAKE_UTF8);
	assert_int_equal(intake_encoding_of(a, true, &found, &why), HY_OK);
	assert_int_equal(found, INTAKE_GB18030);
	/* cut in the middle of a character */
	assert_int_equal(intake_encoding_of((hy_str){ "标题", 5 }, false, &found, &why), HY_OK);
	assert_int_equal(found, INTAKE_UTF8);
	assert_int_equal(intake_encoding_of((hy_str){ a.p, 7 }, false, &found, &why), HY_OK);
	assert_int_equal(found, INTAKE_GB18030);
	assert_int_equal(intake_encoding_of(both, true, &found, &why), HY_BAD_INPUT);
	hy_err_clear(&why);
	assert_int_equal(intake_encoding_of(HY_S("标题\n\xff\n"), true, &found, &why),
			 HY_BAD_INPUT);
	assert_says(&why, HY_BAD_INPUT, "`encoding:`");
	hy_err_clear(&why);
	assert_int_equal(intake_encoding_of(HY_S("\xff\xfe"
						 "i\0d\0"),
					    true, &found, &why),
			 HY_BAD_INPUT);
	assert_says(&why, HY_BAD_INPUT, "UTF-16");
}

static void wrong_bytes_are_shown_as_such(void **state)
{
	gives(*state, HY_S("a,b\n1,x\xffy\n2,\xe4\xbd\n3,z\0z\n4,d\n"), INTAKE_UTF8,
	      "1:a|b\n2:1|x\xef\xbf\xbdy!holds bytes that are no UTF-8\n"
	      "3:2|\xef\xbf\xbd\xef\xbf\xbd!holds bytes that are no UTF-8\n"
	      "4:3|z\xef\xbf\xbdz!holds bytes that are no UTF-8\n5:4|d\n");
}

static void other_delimiters(void **state)
{
	struct in *in = *state;

	assert_true(hy_str_eq(rows(in, HY_S("a;b\n1;\"2;3\"\n"), INTAKE_AUTO, ';'),
			      HY_S("1:a|b\n2:1|2;3\n")));
	assert_true(
		hy_str_eq(rows(in, HY_S("a\tb\n\t2\n"), INTAKE_AUTO, '\t'), HY_S("1:a|b\n2:|2\n")));
}

/* A row beyond the bounds is one problem; what follows is read. */
static void rows_are_bounded(void **state)
{
	struct in *in = *state;
	struct hy_buf b = hy_buf_on(in->a);
	size_t big = 3 * INTAKE_ROW_MOST;

	hy_buf_add(&b, HY_S("a,b\n1,\""));
	char *p = hy_buf_room(&b, big);
	for (size_t i = 0; i < big; i++)
		p[i] = i % 1000 == 0 ? '\n' : i % 7 ? 'x' : ' ';
	b.n += big;
	hy_buf_add(&b, HY_S("\"\"\",2\nlast,row\n"));
	hy_str got = rows(in, hy_buf_str(&b), INTAKE_AUTO, ',');
	assert_true(hy_str_starts(got, HY_S("1:a|b\n2:")));
	assert_true(hy_str_find(got, HY_S("is larger than 1 MiB")) > 0);
	assert_true(hy_str_ends(got, HY_S(":last|row\n")));
	assert_true(got.n < 1000);

	struct hy_buf wide = hy_buf_on(in->a);
	hy_buf_add(&wide, HY_S("a\n"));
	for (int i = 0; i < INTAKE_CELLS_MOST + 5; i++)
		hy_buf_byte(&wide, ',');
	hy_buf_add(&wide, HY_S("\nb\n"));
	got = rows(in, hy_buf_str(&wide), INTAKE_AUTO, ',');
	assert_true(hy_str_find(got, HY_S("more than 4,096 columns")) > 0);
	assert_true(hy_str_ends(got, HY_S("3:b\n")));
}

/* Lines that lie across the blocks in which a file is read. */
static void long_files_keep_their_lines(void **state)
{
	struct in *in = *state;
	struct hy_buf b = hy_buf_on(in->a);
	SCOPED_SOURCE s = NULL;
	struct intake_row r;
	bool more = true;
	int n = 0;

	for (int i = 1; i <= 60000; i++)
		hy_buf_fmt(&b, "%d,\"第 %d 行\r\n还有\",%.*s\r\n", i, i, i % 61,
			   "abcdefghijklmnopqrstuvwxyz"
			   "abcdefghijklmnopqrstuvwxyz"
			   "abcdefghijkl");
	put(in, hy_buf_str(&b));
	assert_ok(intake_source_open(in->path, INTAKE_AUTO, ',', &s, e));
	for (;;) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		int64_t id = 0;
		assert_ok(intake_source_next(s, a, &r, &more, e));
		if (!more)
			break;
		n++;
		assert_null(r.problem);
		assert_int_equal(r.n, 3);
		assert_int_equal(r.line, 2 * n - 1);
		assert_true(hy_str_int(r.cells[0], &id) && id == n);
		assert_int_equal(r.cells[2].n, n % 61);
	}
	assert_int_equal(n, 60000);
}

static void what_cannot_be_opened(void **state)
{
	struct in *in = *state;
	struct hy_err why = { 0 };
	SCOPED_SOURCE s = NULL;

	assert_int_equal(intake_source_open("/nowhere/at.csv", INTAKE_AUTO, ',', &s, &why),
			 HY_NOT_FOUND);
	hy_err_clear(&why);
	assert_int_equal(intake_source_open("/tmp", INTAKE_AUTO, ',', &s, &why), HY_BAD_INPUT);
	hy_err_clear(&why);
	assert_int_equal(intake_source_open(in->path, INTAKE_AUTO, ',', &s, &why), HY_BAD_INPUT);
	assert_says(&why, HY_BAD_INPUT, "is empty");
	assert_null(s);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)
	const struct CMUnitTest tests[] = {
		TEST(lines_are_counted_over_quotes_and_empty_lines),
		TEST(quotes_that_are_wrong_cost_their_line_alone),
		TEST(bom_is_no_part_of_the_first_name),
		TEST(gb18030_is_recognised_and_read),
		TEST(the_encoding_is_never_guessed),
		TEST(wrong_bytes_are_shown_as_such),
		TEST(other_delimiters),
		TEST(rows_are_bounded),
		TEST(long_files_keep_their_lines),
		TEST(what_cannot_be_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
