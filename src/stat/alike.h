#ifndef STAT_ALIKE_H
#define STAT_ALIKE_H

/* alike -- texts that say the same: pairs by the Jaccard index of their character bigrams.
 *
 * A text is the set of its pairs of neighbouring characters, blanks left out.  Candidates are found
 * by MinHash: 128 hashes in 32 bands of 4, each band a bucket; what meets in a bucket is compared
 * exactly, so no pair is told that is not as alike as asked.  In one such arrangement a pair with
 * index J is missed with probability (1 - J^4)^32, 13 % at 0.5; so the same hashes are arranged in
 * ALIKE_WAYS ways, any two of which have at most one hash of a band in common, and less than one
 * pair of a million at 0.5 is missed.  At most ALIKE_ALL texts are compared pair by pair.  Seeds
 * are fixed: anybody can reckon it again.
 */

#include "base/arena.h"

enum {
	ALIKE_BANDS = 32,
	ALIKE_ROWS = 4,
	ALIKE_WAYS = 8,
	ALIKE_HASHES = ALIKE_BANDS * ALIKE_ROWS,
	ALIKE_ALL = 400
};

struct alike_set { /* ascending, each once */
	uint64_t *v;
	size_t n;
};
struct alike_set alike_set(struct hy_arena *a, hy_str text); /* UTF-8 */
/* Per mille, rounded down; two empty sets are not alike. */
int alike_jaccard(const struct alike_set *a, const struct alike_set *b);

struct alike_text {
	hy_str text;
	size_t group; /* texts of one group are not compared */
};
struct alike_pair {
	size_t a, b; /* indices, a < b */
	int jaccard; /* per mille */
};
struct alike_pairs {
	struct alike_pair *v; /* the most alike first, then by a and b */
	size_t n;
};
/* All pairs with at least LEAST per mille; ONLY, when not SIZE_MAX: those with a text of that
 * group. */
struct alike_pairs alike_pairs(struct hy_arena *a, const struct alike_text *texts, size_t n,
			       int least, size_t only);

/* TEXT in parts, in turn not in OTHER and in it: a character is shared when a pair of characters
 * that holds it stands in OTHER too. */
struct alike_part {
	hy_str text;
	bool shared;
};
struct alike_parts {
	struct alike_part *v;
	size_t n;
};
struct alike_parts alike_mark(struct hy_arena *a, hy_str text, const struct alike_set *other);

#endif
