#ifndef PAPER_PAPER_H
#define PAPER_PAPER_H

/* paper 公文 -- official papers as PDF, laid out after GB/T 9704-2012.
 *
 * Knows no feature: rooms bring texts.  A4, type area 156 x 225 mm (37 mm from the top, 28 mm from
 * the left), 22 lines of 28 characters; 3号 (15.75 pt) characters at a pitch of 15.793 pt, lines
 * 29.62 pt apart.  Body in 仿宋, headings in 黑体 and 楷体, the title in 小标宋, page numbers in
 * 宋体; which fonts really came is told.  A character is taken from the first font of its chain
 * that has it; a paper with a character that no font has is refused, since it would be printed with
 * a hole.
 *
 * A seal is never drawn: its place stays empty, and the paper that was sealed elsewhere is kept
 * beside this one.
 *
 * The same paper gives the same bytes on a machine with the same fonts and libraries. */

#include "base/arena.h"
#include "base/err.h"
#include "time/day.h"

enum paper_level {
	PAPER_BODY,
	PAPER_ONE,   /* 一、 heading in 黑体 */
	PAPER_TWO,   /* （一） heading in 楷体 */
	PAPER_THREE, /* 1. in 仿宋, as the body */
	PAPER_SMALL, /* a remark in 小四, lines close */
	PAPER_HEAD,  /* a heading in 四号 黑体 over a table or chart */
	PAPER_TABLE,
	PAPER_CHART
};

/* --- tables: 五号, ruled, the heads again on each page ------------------------------------------
 */
struct paper_column {
	hy_str title;
	int share; /* of the width, in parts of all shares; > 0 */
	bool right;
};
struct paper_table {
	const struct paper_column *columns;
	size_t n;
	const hy_str *cells; /* row by row */
	size_t n_rows;
};

/* --- charts: one series, columns or a line, each value written beside it ------------------------
 */
#define PAPER_NO_VALUE INT64_MIN
struct paper_chart {
	bool line;   /* else columns */
	hy_str what; /* of the values: "%", "分"; may be empty */
	const hy_str *labels;
	const int64_t *values; /* hundredths, >= 0; PAPER_NO_VALUE: a gap */
	size_t n;	       /* 1..36 */
	int64_t across;	       /* a value to compare with, a dashed line; PAPER_NO_VALUE: none */
	int lines;	       /* its height in lines of the page, 3..15 */
};

struct paper_part {
	enum paper_level level;
	hy_str text; /* one paragraph, no line ends */
	const struct paper_table *table;
	const struct paper_chart *chart;
};

enum paper_format {
	PAPER_DOCUMENT, /* with the full head: mark, number, red rule */
	PAPER_LETTER,	/* 信函格式: for notices to units, between two red double rules */
	PAPER_REPORT	/* no official paper: title, NUMBER as a line below it, and the parts */
};

struct paper {
	enum paper_format format;
	hy_str secrecy, urgency; /* "机密", "特急"; may be empty */
	hy_str mark;		 /* 发文机关标志: "某某市效能办公室文件" */
	hy_str number;		 /* 发文字号: "某效督〔2026〕12号" */
	hy_str signer;		 /* 签发人, of upward papers; may be empty */
	hy_str title;
	hy_str to; /* 主送机关, without the colon; may be empty */
	const struct paper_part *parts;
	size_t n_parts;
	const hy_str *attachments; /* their names */
	size_t n_attachments;
	hy_str issuer;	/* whose name stands over the date */
	hy_day date;	/* 成文日期; HY_NO_DAY: a draft without one */
	bool sealed;	/* a seal will be set: leaves its place */
	hy_str note;	/* 附注, without brackets; may be empty */
	hy_str copies;	/* 抄送; may be empty */
	hy_str printer; /* 印发机关; empty: no imprint 版记 */
	hy_day printed; /* 印发日期 */
};

/* Which family was wanted, which one came, for how many characters. */
struct paper_font {
	hy_str wanted, used;
	int characters;
};
struct paper_result {
	hy_str pdf;
	int pages;
	struct paper_font *fonts;
	size_t n_fonts;
};
/* "2026年11月27日" */
hy_str paper_date(struct hy_arena *a, hy_day day);
/* HY_BAD_FIELD names the part and the character that no font has, or a text that is too long (a
 * paper has at most 200 pages). */
enum hy_code paper_pdf(struct hy_arena *a, const struct paper *p, struct paper_result *out,
		       struct hy_err *e) HY_MUST;

#endif
