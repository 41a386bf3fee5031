/* A paper, measured in its PDF by poppler against the millimetres of GB/T 9704-2012. */
#include "paper/paper.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include "base/buf.h"

#define MM(x) ((x)*72.0 / 25.4)

static int up(void **state)
{
	*state = hy_arena_new(0);
	return 0;
}

static int down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

/* --- what poppler sees --------------------------------------------------------------------------
 */

struct word {
	int page;
	double x0, y0, x1, y1;
	char text[256];
};
struct words {
	struct word *v;
	size_t n, cap;
	int pages;
	double sheet_w, sheet_h;
};

static struct words words_of(struct hy_arena *a, hy_str pdf)
{
	char path[] = "/tmp/huiyin-paper-XXXXXX", command[128], line[1024];
	struct words w = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
	close(fd);
	snprintf(command, sizeof(command), "pdftotext -bbox %s -", path);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct word x;
		if (sscanf(line, " <page width=\"%lf\" height=\"%lf\"", &w.sheet_w, &w.sheet_h) ==
		    2)
			w.pages++;
		if (sscanf(line,
			   " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%255[^<]",
			   &x.x0, &x.y0, &x.x1, &x.y1, x.text) == 5) {
			x.page = w.pages;
			*hy_push(a, &w) = x;
		}
	}
	assert_int_equal(pclose(f), 0);
	unlink(path);
	return w;
}

static const struct word *word(const struct words *w, const char *part)
{
	for (size_t i = 0; i < w->n; i++)
		if (strstr(w->v[i].text, part))
			return &w->v[i];
	fail_msg("the paper has no \"%s\"", part);
	return NULL;
}

#define NEAR(got, wanted, by)                                                                      \
	do {                                                                                       \
		double g_ = (got), w_ = (wanted);                                                  \
		if (fabs(g_ - w_) > (by))                                                          \
			fail_msg("line %d: %.2f mm, expected %.2f mm", __LINE__, g_ / MM(1),       \
				 w_ / MM(1));                                                      \
	} while (0)

/* --- papers
 * ----------------------------------------------------------------------------------------- */

static const struct paper_part parts[] = {
	{ PAPER_BODY,
	  HY_S_INIT("你局承办的投诉件TS-2026-"
		    "000123，自2026年9月28日受理，法定期限于2026年10月22日届满，至今未作答复。经"
		    "电子监察核对，期间没有中止和延期。依照《信访工作条例》第三十四条和本市督办规定"
		    "，现予督办。") },
	{ PAPER_ONE, HY_S_INIT("一、督办事项") },
	{ PAPER_TWO, HY_S_INIT("（一）夜间施工扰民") },
	{ PAPER_BODY, HY_S_INIT("反映人称“某工地连续五夜施工，向你局反映三次未果”。请查明事实，依法"
				"处理，书面答复反映人。") },
	{ PAPER_THREE, HY_S_INIT("1.办理期限：自收到本通知书之日起五个工作日。") },
	{ PAPER_ONE, HY_S_INIT("二、反馈要求") },
	{ PAPER_BODY, HY_S_INIT("逾期不反馈又不说明理由的，按规定问责。对本通知有异议的，可以在三个"
				"工作日内向市效能办提出。") },
};
static const hy_str attached[] = { HY_S_INIT("投诉件时限明细"), HY_S_INIT("送达回证") };

static struct paper notice(void)
{
	return (struct paper){
		.mark = HY_S("试验市效能建设办公室文件"),
		.number = HY_S("试效督〔2026〕12号"),
		.title = HY_S("关于限期答复夜间施工投诉件的督办通知书"),
		.to = HY_S("市城市管理局"),
		.parts = parts,
		.n_parts = HY_COUNT(parts),
		.attachments = attached,
		.n_attachments = 2,
		.issuer = HY_S("试验市效能建设办公室"),
		.date = hy_day_of(2026, 10, 26),
		.sealed = true,
		.copies = HY_S("市政府办公室，市监察委员会"),
		.printer = HY_S("试验市效能建设办公室"),
		.printed = hy_day_of(2026, 10, 26),
	};
}

static struct paper_result made(struct hy_arena *a, const struct paper *p)
{
	struct paper_result r;
	struct hy_err e = { 0 };

	if (paper_pdf(a, p, &r, &e))
		fail_msg("%s", hy_err_text(&e));
	return r;
}

static void the_sheet_is_that_of_the_standard(void **state)
{
	struct paper p = notice();
	struct paper_result r = made(*state, &p);
	struct words w = words_of(*state, r.pdf);

	assert_true(hy_str_starts(r.pdf, HY_S("%PDF-")));
	assert_int_equal(w.pages, r.pages);
	NEAR(w.sheet_w, MM(210), 0.1);
	NEAR(w.sheet_h, MM(297), 0.1);
	for (size_t i = 0; i < w.n; i++) { /* nothing beside the type area */
		assert_true(w.v[i].x0 > MM(28) - 1);
		assert_true(w.v[i].x1 < MM(28 + 156) + 2);
	}
	/* the mark, centred, its top 35 mm below the type area's */
	const struct word *mark = word(&w, "办公室文件");
	NEAR((mark->x0 + mark->x1) / 2, MM(28 + 78), MM(1));
	NEAR(mark->y0, MM(37 + 35),
	     MM(6)); /* poppler's box has the font's ascent above the glyph */
	/* the number, centred below it */
	const struct word *number = word(&w, "〔2026〕12号");
	NEAR((number->x0 + number->x1) / 2, MM(28 + 78), MM(1));
	assert_true(number->y0 > mark->y1);
	/* the addressee begins at the left edge, a paragraph two characters in */
	NEAR(word(&w, "市城市管理局：")->x0, MM(28), 0.5);
	NEAR(word(&w, "你局承办")->x0, MM(28) + 2 * MM(156) / 28, 0.7);
}

static void a_line_has_28_characters_and_a_page_22_lines(void **state)
{
	static const struct paper_part many[] = {
		{ PAPER_BODY,
		  HY_S_INIT("一二三四五六七八九十一二三四五六七八九十一二三四五六"
			    "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙"
			    "洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾") },
	};
	struct paper_part page[60];
	struct paper p = notice();

	for (size_t i = 0; i < HY_COUNT(page); i++)
		page[i] = many[0];
	p.parts = page;
	p.n_parts = HY_COUNT(page);
	struct words w = words_of(*state, made(*state, &p).pdf);
	double left = MM(28), pitch = MM(156) / 28;
	int lines = 0, on = 0;
	double y = 0, first = 0, last = 0;

	for (size_t i = 0; i < w.n; i++) {
		const struct word *x = &w.v[i];
		if (x->page != 2 || x->y0 > MM(37 + 225))
			continue;
		if (fabs(x->y0 - y) > 5) {
			lines++;
			last = x->y0;
			if (lines == 1)
				first = x->y0;
			y = x->y0;
		}
		if (strstr(x->text, "甲乙丙丁") && on++ == 0) {
			NEAR(x->x0, left, 0.5);
			NEAR(x->x1, left + 28 * pitch, 1.0); /* 28 characters fill the line */
		}
	}
	assert_true(on > 0);
	assert_int_equal(lines, 22);
	NEAR((last - first) / 21, (MM(225) - 15.75) / 21, 0.1);
}

static void date_issuer_and_imprint_stand_where_they_must(void **state)
{
	struct paper p = notice();
	struct words w = words_of(*state, made(*state, &p).pdf);
	double pitch = MM(156) / 28;
	const struct word *date = NULL, *issuer = NULL;

	for (size_t i = 0; i < w.n; i++) {
		if (!strcmp(w.v[i].text, "2026年10月26日"))
			date = &w.v[i];
		if (!strcmp(w.v[i].text, "试验市效能建设办公室") && !issuer)
			issuer = &w.v[i];
	}
	assert_non_null(date);
	assert_non_null(issuer);
	NEAR(date->x1, MM(28 + 156) - 4 * pitch, 1.5);
	NEAR((issuer->x0 + issuer->x1) / 2, (date->x0 + date->x1) / 2, 1.5);
	assert_true(issuer->y0 < date->y0 && issuer->page == date->page);
	const struct word *printed = word(&w, "26日印发");
	NEAR(printed->x1, MM(28 + 156) - 14, 1.5);
	assert_true(printed->y1 < MM(37 + 225) + 3);
	assert_true(printed->y0 > MM(37 + 225) - 30);
	/* the page number 7 mm below the type area, odd pages on the right */
	const struct word *dash = NULL;
	for (size_t i = 0; i < w.n; i++)
		if (w.v[i].page == 1 && w.v[i].y0 > MM(37 + 225) && strstr(w.v[i].text, "—"))
			dash = &w.v[i];
	assert_non_null(dash);
	NEAR((dash->y0 + dash->y1) / 2, MM(37 + 225 + 7), MM(2));
	assert_true(dash->x0 > MM(105));
}

static void a_letter_has_no_number_on_its_first_page(void **state)
{
	struct paper p = notice();

	p.format = PAPER_LETTER;
	p.sealed = false;
	struct words w = words_of(*state, made(*state, &p).pdf);
	const struct word *number = word(&w, "〔2026〕12号");

	NEAR(number->x1, MM(28 + 156), 1.0); /* flush right */
	for (size_t i = 0; i < w.n; i++)
		assert_false(w.v[i].page == 1 && w.v[i].y0 > MM(37 + 225));
	/* without a seal: the issuer two characters in, the date two further right */
	const struct word *issuer = word(&w, "试验市效能建设办公室"),
			  *date = word(&w, "年10月26日");
	(void)date;
	assert_true(issuer->x1 < MM(28 + 156) + 1);
}

static void no_line_begins_with_a_closing_mark(void **state)
{
	struct paper_part one[28];
	struct hy_arena *a = *state;
	struct paper p = notice();

	for (int n = 0; n < 28; n++) { /* the comma wanders over the edge */
		struct hy_buf b = hy_buf_on(a);
		for (int i = 0; i < 12 + n; i++)
			hy_buf_add(&b, HY_S("字"));
		hy_buf_add(&b, HY_S("，（尾）。"));
		for (int i = 0; i < 30; i++)
			hy_buf_add(&b, HY_S("文"));
		one[n] = (struct paper_part){ .level = PAPER_BODY, .text = hy_buf_str(&b) };
	}
	p.parts = one;
	p.n_parts = 28;
	struct words w = words_of(a, made(a, &p).pdf);
	for (size_t i = 0; i < w.n; i++)
		if (w.v[i].x0 < MM(28) + 1) {
			assert_false(hy_str_starts(hy_str_of(w.v[i].text), HY_S("，")));
			assert_false(hy_str_starts(hy_str_of(w.v[i].text), HY_S("。")));
			assert_false(hy_str_starts(hy_str_of(w.v[i].text), HY_S("）")));
		}
}

static void a_rare_name_comes_from_another_font_and_a_missing_one_is_refused(void **state)
{
	struct paper p = notice();
	struct paper_part rare[] = { { PAPER_BODY,
				       HY_S("承办人：喆堃、昇赟、玥璟、頔祎、彧翀、犇镕。") } },
			  hole[] = { { PAPER_BODY, HY_S("此字\xf3\xb0\x80\x80无字形") } };
	struct paper_result r;
	struct hy_err e = { 0 };

	p.parts = rare;
	p.n_parts = 1;
	r = made(*state, &p);
	assert_true(r.n_fonts >= 2);
	for (size_t i = 0; i < r.n_fonts; i++)
		assert_true(r.fonts[i].used.n > 0 && r.fonts[i].characters > 0);
	p.parts = hole;
	assert_int_equal(paper_pdf(*state, &p, &r, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "parts");
	assert_non_null(strstr(e.detail, "no font has the character"));
}

static void the_same_paper_is_the_same_bytes(void **state)
{
	struct paper p = notice();
	struct paper_result one = made(*state, &p), two = made(*state, &p);

	assert_true(hy_str_eq(one.pdf, two.pdf));
	const char *keep = getenv("HY_PAPER_KEEP"); /* to look at it */
	if (keep) {
		FILE *f = fopen(keep, "w");
		fwrite(one.pdf.p, 1, one.pdf.n, f);
		fclose(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_sheet_is_that_of_the_standard, up, down),
		cmocka_unit_test_setup_teardown(a_line_has_28_characters_and_a_page_22_lines, up,
						down),
		cmocka_unit_test_setup_teardown(date_issuer_and_imprint_stand_where_they_must, up,
						down),
		cmocka_unit_test_setup_teardown(a_letter_has_no_number_on_its_first_page, up, down),
		cmocka_unit_test_setup_teardown(no_line_begins_with_a_closing_mark, up, down),
		cmocka_unit_test_setup_teardown(
			a_rare_name_comes_from_another_font_and_a_missing_one_is_refused, up, down),
		cmocka_unit_test_setup_teardown(the_same_paper_is_the_same_bytes, up, down),
	};

	int failed = cmocka_run_group_tests_name("paper", tests, NULL, NULL);
	pango_cairo_font_map_set_default(
		NULL); /* what they keep for the whole program is no leak */
	cairo_debug_reset_static_data();
	FcFini();
	return failed;
}
