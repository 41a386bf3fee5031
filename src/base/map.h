#ifndef HY_BASE_MAP_H
#define HY_BASE_MAP_H

/* map -- text to pointer, in an arena.  Open addressing; keys are views that must
 * live as long as the map.  The zero value with .a set is an empty map. */

#include "base/arena.h"

struct hy_map_slot {
	hy_str key;
	void *value;
};

struct hy_map {
	struct hy_arena *a;
	struct hy_map_slot *slots;
	size_t n, cap; /* cap is 0 or a power of two */
};

/* The value of KEY, NULL when absent. */
void *hy_map_get(const struct hy_map *m, hy_str key);

/* Sets KEY to VALUE (not NULL); returns what it was before, NULL when new. */
void *hy_map_put(struct hy_map *m, hy_str key, void *value);

/* The present key nearest to KEY by edit distance, for "did you mean"; empty when none is near. */
hy_str hy_map_near(const struct hy_map *m, hy_str key);

#endif
