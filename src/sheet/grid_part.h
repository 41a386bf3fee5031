#ifndef SHEET_GRID_PART_H
#define SHEET_GRID_PART_H

/* grid_part -- what the files of the reader share. */

#include "base/buf.h"
#include "sheet/grid.h"

/* Rows as they come; a cell may be set out of order and is "" until then. */
struct grid_maker {
	struct hy_arena *a;
	HY_VEC(struct grid_row) rows;
	HY_VEC(hy_str) cells;
};
/* The cell's text, trimmed, into place AT of the row in hand. */
enum hy_code grid_put(struct grid_maker *m, int64_t line, size_t at, hy_str text,
		      struct hy_err *e) HY_MUST;
/* Ends the row that began at LINE. */
enum hy_code grid_row_end(struct grid_maker *m, int64_t line, struct hy_err *e) HY_MUST;

enum hy_code grid_xlsx(struct grid_maker *m, hy_str bytes, struct hy_err *e) HY_MUST;

#endif
