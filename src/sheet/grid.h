#ifndef SHEET_GRID_H
#define SHEET_GRID_H

/* grid -- a small table out of a file that people made: CSV or the first page of an XLSX.
 *
 * The whole file is in memory and bounded; long files are intake's, which streams.  CSV is UTF-8
 * (with or without its mark) or GB18030, and a ' before a formula, as our own export writes it, is
 * taken away again.  XLSX cells come as the text that is meant: dates as 2026-03-01, numbers
 * without their binary tail, formulas as their last value.  Texts are UTF-8 without blanks around
 * them.
 *
 * Refused in plain words: what is neither, XLS, a file with a password, wrong bytes, quotes that
 * do not close, and everything beyond the limits. */

#include "base/arena.h"
#include "base/err.h"

enum {
	GRID_FILE_MOST = 16 << 20,  /* bytes */
	GRID_BYTES_MOST = 96 << 20, /* unpacked */
	GRID_ROWS_MOST = 100000,
	GRID_CELLS_MOST = 256,	/* in a row */
	GRID_CHARS_MOST = 32767 /* in a cell */
};

struct grid_row {
	int64_t line; /* where it begins in the file; the row's number in XLSX */
	hy_str *cells;
	size_t n;
};
struct grid {
	const struct grid_row *rows; /* those with something in them */
	size_t n;
	const char *form; /* "csv, utf-8", "csv, gb18030", "xlsx" */
};
/* BYTES must live as long as the grid. */
enum hy_code grid_read(struct hy_arena *a, hy_str bytes, struct grid *out,
		       struct hy_err *e) HY_MUST;

/* --- its head --------------------------------------------------------------------------------- */
/* What a column may be called; the first name is how it is written. */
struct grid_column {
	const char *names; /* "code|代码|代碼" */
	bool required;
};
/* Finds the columns in the first row: AT_OUT[i] is the place of COLUMNS[i], -1 when it is not
 * there.  HY_BAD_INPUT for a missing, doubled or unknown one, with what was probably meant. */
enum hy_code grid_head(const struct grid *g, const struct grid_column *columns, size_t n,
		       int *at_out, struct hy_err *e) HY_MUST;
/* The cell of ROW; "" when there is none. */
static inline hy_str grid_cell(const struct grid_row *row, int at)
{
	return at >= 0 && (size_t)at < row->n ? row->cells[at] : HY_S("");
}

#endif
