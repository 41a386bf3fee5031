#ifndef DEMO_DRAW_H
#define DEMO_DRAW_H

/* draw -- numbers that look random and are a function of the seed.
 *
 * The generator is xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2018), begun from SHA-256 of (seed, stream, index): every matter has a stream of
 * its own, so what one draws changes nothing for the next. */

#include "base/hash.h"

struct draw {
	uint64_t s[4];
};

struct draw draw_begin(const hy_hash *seed, const char *stream, uint64_t index);
uint64_t draw_next(struct draw *d);
uint64_t draw_below(struct draw *d, uint64_t n); /* 0..n-1, each equally likely; n >= 1 */
int64_t draw_in(struct draw *d, int64_t least, int64_t most); /* both included */
bool draw_chance(struct draw *d, int per_mille);
/* One of a list that ends with NULL and is not empty. */
const char *draw_one(struct draw *d, const char *const *list);

#endif
