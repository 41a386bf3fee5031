#ifndef APPRAISE_ROUND_PRINT_H
#define APPRAISE_ROUND_PRINT_H

/* round_print -- rounds to take away: tables for a spreadsheet, papers for a meeting. */

#include "appraise/reading.h"
#include "paper/paper.h"
#include "sheet/sheet.h"

/* "2026年9月", "2026 Q3" ... */
hy_str round_period(struct hy_arena *a, const struct round *r, enum pack_period period,
		    hy_str language);

/* The league table: a row for each unit; CSV is this alone. */
enum hy_code round_sheet(struct sheet *to, const struct reading *k, hy_str language,
			 struct hy_err *e) HY_MUST;
/* Definitions of the indicators. */
enum hy_code round_sheet_meaning(struct sheet *to, const struct reading *k, hy_str language,
				 struct hy_err *e) HY_MUST;
/* One unit on three pages: lines, cases, who lost the points. */
enum hy_code explain_sheet(struct sheet *to, struct explaining *x, hy_str language,
			   struct hy_err *e) HY_MUST;

/* The same as papers; everything lives in the reading's arena. */
void round_paper(const struct reading *k, hy_str language, struct paper *out);
enum hy_code explain_paper(struct explaining *x, hy_str language, struct paper *out,
			   struct hy_err *e) HY_MUST;
/* 通报: always in Chinese, after GB/T 9704-2012. NUMBER: 发文字号, may be empty. */
enum hy_code circular_paper(const struct reading *k, hy_str number, struct paper *out,
			    struct hy_err *e) HY_MUST;

#endif
