#ifndef HY_BASE_PROGRESS_H
#define HY_BASE_PROGRESS_H

/* progress -- how far a long job is, for the person who waits.
 *
 * "1,200,000/2,816,000 rows  42%  35,120/s  0:46 left", redrawn in place at most ten times
 * a second on a terminal, as a plain line every five seconds elsewhere.  Cheap enough to be
 * told about every row.
 *
 *	struct hy_progress p = hy_progress_begin(run->quiet ? NULL : run->err, "rows", total);
 *	...	hy_progress(&p, ++done);
 *	hy_progress_end(&p, done); */

#include <stdio.h>

#include "base/arena.h"

struct hy_progress {
	FILE *to; /* NULL: nothing is drawn */
	bool tty;
	const char *what;     /* "rows" */
	int64_t total;	      /* 0: nobody knows */
	int64_t begun, drawn; /* monotonic ms */
};

struct hy_progress hy_progress_begin(FILE *to, const char *what, int64_t total);
void hy_progress(struct hy_progress *p, int64_t done);
/* When the whole is known in another measure only: bytes read of a file, say. */
void hy_progress_part(struct hy_progress *p, int64_t done, int64_t part, int64_t whole);
/* Draws the last state and ends the line: "2,816,000 rows in 1:20, 35,200/s". */
void hy_progress_end(struct hy_progress *p, int64_t done);

/* What hy_progress_part() draws after ELAPSED ms: a pure function of its numbers. */
hy_str hy_progress_text(struct hy_arena *a, const struct hy_progress *p, int64_t done, int64_t part,
			int64_t whole, int64_t elapsed);

#endif
