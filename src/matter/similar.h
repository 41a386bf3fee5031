#ifndef MATTER_SIMILAR_H
#define MATTER_SIMILAR_H

/* similar -- whether the same is being handled already, asked before one files.
 *
 * What is told is what stands in the public log anyway: when, with whom, how far.  Nothing that
 * somebody wrote is shown, nor compared with what is asked, so that nobody learns words by asking;
 * and no code, which would lead from a day and a class to one matter's entries. */
#include "matter/city.h"

enum { SIMILAR_MOST = 5 };

struct similar {
	hy_str filed_on, due_on; /* days; due_on is empty while none is known */
	hy_str unit, unit_name;
	struct pack_text state;
};
struct similars {
	struct similar v[SIMILAR_MOST];
	size_t n;
};
/* The newest open matters of KIND and CLASS that the public may see; they live in A. */
enum hy_code similar_find(struct hy_arena *a, struct hy_db *db, struct city *c, hy_str kind,
			  hy_str class, struct similars *out, struct hy_err *e) HY_MUST;

#endif
