#ifndef SHEET_SHEET_H
#define SHEET_SHEET_H

/* sheet -- tables for people: on a terminal, as CSV, as XLSX; one writer, three forms.
 *
 * On a terminal columns line up in Chinese too (a wide character takes two places).  CSV is
 * RFC 4180 in UTF-8; a text that a spreadsheet would take for a formula gets a ' before it.
 * In XLSX numbers are numbers. */

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "time/day.h"

enum sheet_kind {
	SHEET_NONE, /* an empty cell */
	SHEET_TEXT,
	SHEET_NUMBER,
	SHEET_SHARE, /* basis points: 74.68 %; in CSV 74.68 */
	SHEET_X100,  /* hundredths: 8.25 */
};
struct sheet_cell {
	enum sheet_kind kind;
	hy_str text;
	int64_t n;
};
struct sheet_column {
	hy_str title;
	int width; /* places, titles included; 0: as wide as it comes, for the last one */
	bool right;
};

struct sheet;

struct sheet *sheet_text(struct hy_arena *a, FILE *out);
struct sheet *sheet_csv(struct hy_arena *a, FILE *out, bool bom);
/* AT is the time that the file says it was made: the same figures give the same bytes. */
enum hy_code sheet_xlsx(struct hy_arena *a, const char *path, hy_ms at, struct sheet **out,
			struct hy_err *e) HY_MUST;

/* Begins a table of N columns; in XLSX it is a page called NAME. */
void sheet_begin(struct sheet *s, hy_str name, const struct sheet_column *columns, size_t n);
/* A row of N cells. HY_TOO_LARGE beyond what an XLSX page holds. */
enum hy_code sheet_row(struct sheet *s, const struct sheet_cell *cells, struct hy_err *e) HY_MUST;
/* Finishes; after an error too (then what was written of an XLSX file is of no use). */
enum hy_code sheet_end(struct sheet *s, struct hy_err *e) HY_MUST;

/* How many places S takes on a terminal. */
int sheet_width(hy_str s);

static inline struct sheet_cell sheet_words(hy_str s)
{
	return (struct sheet_cell){ .kind = SHEET_TEXT, .text = s };
}
static inline struct sheet_cell sheet_number(int64_t n)
{
	return (struct sheet_cell){ .kind = SHEET_NUMBER, .n = n };
}

#endif
