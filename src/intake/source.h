#ifndef INTAKE_SOURCE_H
#define INTAKE_SOURCE_H

/* source -- rows out of a CSV file of any size: bytes, encoding, quotes, line numbers.
 *
 * Streams: never more than one row is held.  Knows no map.  The encoding `auto` is decided by
 * validating the first MiB, and refused when that does not decide; every cell is then
 * validated on its own.  A row that is no row (quotes, size, bytes) is handed out as a problem
 * with its line, and reading goes on behind it. */

#include "intake/map.h"

enum {
	INTAKE_ROW_MOST = 1 << 20, /* bytes of a row */
	INTAKE_CELLS_MOST = 4096,
	INTAKE_SEEN = 1 << 20 /* bytes looked at to decide the encoding */
};

struct intake_source;

/* PATH "-" is standard input.  Fails for what cannot be opened, is empty, or whose encoding is
 * not what ENCODING says or cannot be decided. */
enum hy_code intake_source_open(const char *path, enum intake_encoding encoding, char delimiter,
				struct intake_source **out, struct hy_err *e) HY_MUST;
void intake_source_close(struct intake_source **s);
static inline void intake_source_drop(struct intake_source **s)
{
	intake_source_close(s);
}
#define SCOPED_SOURCE __attribute__((cleanup(intake_source_drop))) struct intake_source *

enum intake_encoding intake_source_encoding(const struct intake_source *s); /* never AUTO */
/* Bytes read and in all; the latter 0 when nobody knows. */
int64_t intake_source_read(const struct intake_source *s);
int64_t intake_source_size(const struct intake_source *s);

struct intake_row {
	int64_t line;  /* on which it begins, from 1 */
	hy_str *cells; /* UTF-8, without blanks at both ends; where bytes are wrong, with U+FFFD */
	size_t n;
	const char *problem; /* NULL: none; else why this is no row, in plain words */
	size_t problem_cell; /* where it concerns one cell: its index; else SIZE_MAX */
};
/* The next row, in A; *MORE_OUT false at the end.  Empty lines are no rows. */
enum hy_code intake_source_next(struct intake_source *s, struct hy_arena *a, struct intake_row *out,
				bool *more_out, struct hy_err *e) HY_MUST;

/* What encoding the sample shows; pure.  WHOLE: nothing follows it.  HY_BAD_INPUT when it
 * cannot be told. */
enum hy_code intake_encoding_of(hy_str sample, bool whole, enum intake_encoding *out,
				struct hy_err *e) HY_MUST;

#endif
