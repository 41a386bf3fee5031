#ifndef PACK_DIFFERENCE_H
#define PACK_DIFFERENCE_H

/* difference -- what an institution would change, in words.
 *
 * For whoever decides whether a new one may come into force: a sentence for each limit, move,
 * clock, ground, role, scheme and day that is not as it was.  What has no sentence of its own is
 * still told as a file that changed, so that nothing changes unseen. */

#include "pack/pack.h"

struct pack_change {
	hy_str area; /* "pack" "calendar" "rule" "kind" "move" "clock" "word" "scheme" "test" "file"
		      */
	hy_str id;   /* what it is about: "LIC_DECIDE", "licence/accept", "2027-01-01"; "" */
	struct pack_text text; /* one sentence */
};
struct pack_changes {
	struct pack_change *v;
	size_t n;
};
/* From WAS to NOW, in the order of the areas.  Everything lives in A. */
struct pack_changes pack_difference(struct hy_arena *a, const struct pack *was,
				    const struct pack *now);

#endif
