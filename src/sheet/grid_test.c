/* Tables out of files: CSV in both encodings, XLSX of our own writer and of others, and what is
 * refused. */
#include "sheet/grid.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "sheet/sheet.h"

#define assert_ok(call)                                                                            \
	do {                                                                                       \
		struct hy_err ok_err = { 0 };                                                      \
		struct hy_err *e = &ok_err;                                                        \
		if (call)                                                                          \
			fail_msg("%s", hy_err_text(&ok_err));                                      \
	} while (0)

static hy_str row_text(struct hy_arena *a, const struct grid_row *r)
{
	hy_str all = HY_S("");

	for (size_t i = 0; i < r->n; i++)
		all = hy_printf(a, HY_FMT "%s" HY_FMT, HY_ARG(all), i ? "|" : "",
				HY_ARG(r->cells[i]));
	return all;
}

static void is_row(struct hy_arena *a, const struct grid *g, size_t i, int64_t line,
		   const char *text)
{
	assert_true(i < g->n);
	assert_int_equal(g->rows[i].line, line);
	assert_string_equal(row_text(a, &g->rows[i]).p, text);
}

static void csv_is_read_with_its_lines(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct grid g;

	(void)state;
	assert_ok(grid_read(a,
			    HY_S("\xef\xbb\xbf代码, 名称 ,\r\n\r\nA,\"甲,\"\"乙\"\"\n丙\",\r\n,,\n"
				 "B,\"'=1+1\",'-8,'x\rC"),
			    &g, e));
	assert_string_equal(g.form, "csv, utf-8");
	assert_int_equal(g.n, 4);
	is_row(a, &g, 0, 1, "代码|名称");
	is_row(a, &g, 1, 3, "A|甲,\"乙\"\n丙");
	is_row(a, &g, 2, 6, "B|=1+1|-8|'x");
	is_row(a, &g, 3, 7, "C");
}

static void gb18030_is_told_by_itself(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct grid g;

	(void)state;
	/* 代码,名称 / hys,回音市 */
	assert_ok(grid_read(
		a, HY_S("\xb4\xfa\xc2\xeb,\xc3\xfb\xb3\xc6\r\nhys,\xbb\xd8\xd2\xf4\xca\xd0"), &g,
		e));
	assert_string_equal(g.form, "csv, gb18030");
	is_row(a, &g, 0, 1, "代码|名称");
	is_row(a, &g, 1, 2, "hys|回音市");
}

/* A zip of NAME, TEXT pairs, ending with NULL. */
static hy_str zip(struct hy_arena *a, const char *const *parts)
{
	size_t room = 1 << 20, used = 0;
	char *to = hy_arena_take(a, room);
	struct archive *z = archive_write_new();

	assert_int_equal(archive_write_set_format_zip(z), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(z, to, room, &used), ARCHIVE_OK);
	for (; parts[0]; parts += 2) {
		struct archive_entry *entry = archive_entry_new();
		archive_entry_set_pathname(entry, parts[0]);
		archive_entry_set_size(entry, (la_int64_t)strlen(parts[1]));
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		assert_int_equal(archive_write_header(z, entry), ARCHIVE_OK);
		assert_int_equal(archive_write_data(z, parts[1], strlen(parts[1])),
				 (la_ssize_t)strlen(parts[1]));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(z), ARCHIVE_OK);
	archive_write_free(z);
	return (hy_str){ to, used };
}

#define BOOK                                                                                       \
	"xl/workbook.xml",                                                                         \
		"<x:workbook xmlns:x='m' xmlns:r='r'><x:sheets><x:sheet name='单位' sheetId='7'" \
		" r:id='rId3'/><x:sheet name='b' sheetId='8' "                                     \
		"r:id='rId1'/></x:sheets></x:workbook>"
#define RELS                                                                                       \
	"xl/_rels/workbook.xml.rels",                                                              \
		"<Relationships><Relationship Id='rId1' Target='worksheets/other.xml'/>"           \
		"<Relationship Id='rId3' Target='/xl/worksheets/first.xml'/></Relationships>"
#define STRINGS                                                                                    \
	"xl/sharedStrings.xml",                                                                    \
		"<sst><si><t>代码</t></si><si><r><t>名</t></r><r><t xml:space='preserve'>称 "  \
		"</t></r><rPh><t>ming</t></rPh></si></sst>"
#define STYLES                                                                                     \
	"xl/styles.xml",                                                                           \
		"<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy\"年\"m\"月\"'/>"   \
		"<numFmt numFmtId='165' formatCode='[Red]0.0\" d\"'/></numFmts><cellStyleXfs><xf " \
		"numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/>"     \
		"<xf numFmtId='164'/><xf numFmtId='165'/></cellXfs></styleSheet>"
#define PAGE(rows)                                                                                 \
	"xl/worksheets/first.xml", "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static void workbooks_of_others_are_read(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct grid g;
	const char *const parts[] = {
		STRINGS,
		PAGE("<row r='2'><c r='A2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c></row>"
		     "<row r='5'><c t='inlineStr'><is><t>文</t></is></c><c s='1'><v>46082</v></c>"
		     "<c s='2'><v>46082.5</v></c><c "
		     "s='3'><v>19.890000000000001</v></c><c><v>12</v></c>"
		     "<c t='b'><v>1</v></c><c t='str'><f>A1&amp;\"x\"</f><v>x&lt;y</v></c>"
		     "<c r='AB5' t='e'><v>#N/A</v></c></row><row><c><v>1</v></c></row>"),
		BOOK,
		RELS,
		STYLES,
		"docProps/app.xml",
		"<not even xml",
		NULL
	};

	(void)state;
	assert_ok(grid_read(a, zip(a, parts), &g, e));
	assert_string_equal(g.form, "xlsx");
	assert_int_equal(g.n, 3);
	is_row(a, &g, 0, 2, "代码||名称");
	is_row(a, &g, 1, 5,
	       "文|2026-03-01|2026-03-01 12:00|19.89|12|TRUE|x<y|||||||||||||||||||||#N/A");
	is_row(a, &g, 2, 6, "1");
}

static void what_we_write_we_read(void **state)
{
	static const struct sheet_column columns[] = { { HY_S_INIT("code"), 0, false },
						       { HY_S_INIT("名称"), 0, false } };
	static const char *const texts[] = { "=1+1", "-x", "a\"b,c", "回音市", "'", "007" };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	char path[] = "/tmp/hy-grid-XXXXXX";

	(void)state;
	assert_true(mkstemp(path) >= 0);
	for (int form = 0; form < 2; form++) {
		struct sheet *s;
		struct grid g;
		hy_str bytes;
		FILE *f = NULL;
		if (form) {
			assert_ok(sheet_xlsx(a, path, 0, &s, e));
		} else {
			f = fopen(path, "wb");
			s = sheet_csv(a, f, true);
		}
		sheet_begin(s, HY_S("单位"), columns, 2);
		for (size_t i = 0; i < HY_COUNT(texts); i++) {
			const struct sheet_cell cells[] = { sheet_words(hy_str_of(texts[i])),
							    sheet_words(HY_S("名")) };
			assert_ok(sheet_row(s, cells, e));
		}
		assert_ok(sheet_end(s, e));
		if (f)
			fclose(f);
		assert_ok(hy_file_read(a, path, 1 << 20, &bytes, e));
		assert_ok(grid_read(a, bytes, &g, e));
		assert_string_equal(g.form, form ? "xlsx" : "csv, utf-8");
		assert_int_equal(g.n, HY_COUNT(texts) + 1);
		is_row(a, &g, 0, 1, "code|名称");
		for (size_t i = 0; i < HY_COUNT(texts); i++)
			is_row(a, &g, i + 1, (int64_t)i + 2, hy_printf(a, "%s|名", texts[i]).p);
	}
	remove(path);
}

static void what_is_no_table_is_refused(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const char *const doctype[] = { BOOK, RELS, "xl/worksheets/first.xml",
					"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet>&a;</worksheet>",
					NULL };
	const char *const no_page[] = { BOOK, RELS, NULL };
	const char *const no_string[] = { BOOK, RELS, PAGE("<row><c t='s'><v>0</v></c></row>"),
					  NULL };
	const char *const cut[] = { BOOK, RELS, "xl/worksheets/first.xml", "<worksheet><row>",
				    NULL };
	const char *const wide[] = { BOOK, RELS, PAGE("<row><c r='ZZZ1'><v>1</v></c></row>"),
				     NULL };
	const struct {
		hy_str bytes;
		const char *words;
	} bad[] = {
		{ HY_S(""), "nothing in the file" },
		{ HY_S(" \n,,\n"), "nothing in the file" },
		{ HY_S("\xd0\xcf\x11\xe0rest"), "XLS" },
		{ HY_S("\xff\xfe"
		       "a"),
		  "UTF-16" },
		{ HY_S("a,\"b\n"), "line 1 is never closed" },
		{ HY_S("a\nb\"c\n"), "line 2" },
		{ HY_S("a\xff\xff\n"), "neither" },
		{ HY_S("a\0b\n"), "neither" },
		{ HY_S("PK\x03\x04 and nothing"), "no XLSX" },
		{ zip(a, doctype), "no XLSX" },
		{ zip(a, no_page), "no XLSX" },
		{ zip(a, no_string), "no XLSX" },
		{ zip(a, cut), "no XLSX" },
		{ zip(a, wide), "cells" },
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		struct grid g;
		enum hy_code c = grid_read(a, bad[i].bytes, &g, &why);
		if (!c || !strstr(why.detail, bad[i].words))
			fail_msg("case %zu: expected '%s', have '%s'", i, bad[i].words,
				 hy_err_text(&why));
	}
}

static void limits_hold(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_buf b = hy_buf_on(a);
	struct hy_err why = { 0 };
	struct grid g;

	(void)state;
	for (int i = 0; i < 100001; i++)
		hy_buf_add(&b, HY_S("x\n"));
	assert_int_equal(grid_read(a, hy_buf_str(&b), &g, &why), HY_TOO_LARGE);
	b.n -= 2;
	assert_ok(grid_read(a, hy_buf_str(&b), &g, e));
	assert_int_equal(g.n, 100000);
	b.n = 0;
	for (int i = 0; i < 257; i++)
		hy_buf_add(&b, HY_S("x,"));
	hy_err_clear(&why);
	assert_int_equal(grid_read(a, hy_buf_str(&b), &g, &why), HY_TOO_LARGE);
	b.n = 0;
	for (int i = 0; i < 32768; i++)
		hy_buf_add(&b, HY_S("字"));
	hy_err_clear(&why);
	assert_int_equal(grid_read(a, hy_buf_str(&b), &g, &why), HY_TOO_LARGE);
	b.n -= 3;
	assert_ok(grid_read(a, hy_buf_str(&b), &g, e));
	b.n = 0;
	memset(hy_buf_room(&b, GRID_FILE_MOST + 1), 'x', GRID_FILE_MOST + 1);
	b.n = GRID_FILE_MOST + 1;
	hy_err_clear(&why);
	assert_int_equal(grid_read(a, hy_buf_str(&b), &g, &why), HY_TOO_LARGE);
}

/* Every file is read or refused, whatever bytes were turned. */
static void damaged_files_are_answered(void **state)
{
	HY_SCOPED_ARENA keep = hy_arena_new(0);
	const char *const parts[] = {
		STRINGS,
		BOOK,
		RELS,
		STYLES,
		PAGE("<row r='1'><c t='s'><v>1</v></c><c s='1'><v>46082</v></c></row>"),
		NULL
	};
	hy_str good = zip(keep, parts);
	uint64_t x = 88172645463325252ULL;
	int read = 0, refused = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		hy_str bytes = hy_str_dup(a, good);
		struct hy_err why = { 0 };
		struct grid g;
		for (int k = 0; k <= i % 3; k++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			((char *)(uintptr_t)bytes.p)[x % bytes.n] = (char)(x >> 40);
		}
		if (i % 7 == 0)
			bytes.n = x % bytes.n;
		if (grid_read(a, bytes, &g, &why) == HY_OK)
			read++;
		else
			refused += why.detail[0] != '\0';
	}
	assert_int_equal(read + refused, 3000);
	assert_true(read > 0 && refused > 0);
}

static void heads_are_understood_or_refused(void **state)
{
	static const struct grid_column columns[] = { { "code|代码", true },
						      { "name|名称", true },
						      { "parent|上级" } };
	static const struct {
		const char *csv, *words;
	} bad[] = { { "code,parent", "column 'name' is missing" },
		    { "code,nam,parent", "there is no column 'nam'; did you mean \"name\"?" },
		    { "code,name,代码", "'代码' stands there twice" },
		    { "code,name,,x", "there is no column ''" } };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct grid g;
	int at[3];

	(void)state;
	assert_ok(grid_read(a, HY_S("名称,code\n甲,A\n乙"), &g, e));
	assert_ok(grid_head(&g, columns, 3, at, e));
	assert_true(at[0] == 1 && at[1] == 0 && at[2] == -1);
	assert_true(hy_str_eq(grid_cell(&g.rows[1], at[0]), HY_S("A")));
	assert_true(grid_cell(&g.rows[2], at[0]).n == 0 && grid_cell(&g.rows[1], at[2]).n == 0);
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err why = { 0 };
		assert_ok(grid_read(a, hy_str_of(bad[i].csv), &g, e));
		assert_int_equal(grid_head(&g, columns, 3, at, &why), HY_BAD_INPUT);
		if (!strstr(why.detail, bad[i].words))
			fail_msg("expected '%s', have '%s'", bad[i].words, hy_err_text(&why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_read_with_its_lines),
		cmocka_unit_test(gb18030_is_told_by_itself),
		cmocka_unit_test(workbooks_of_others_are_read),
		cmocka_unit_test(what_we_write_we_read),
		cmocka_unit_test(what_is_no_table_is_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(damaged_files_are_answered),
		cmocka_unit_test(heads_are_understood_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
