#ifndef PACK_SOURCE_H
#define PACK_SOURCE_H

/* source -- folders as they are kept: copied, in order of path, under one digest. */

#include "pack/node.h"

/* Copies into A; files sorted by path. */
struct pack_source *pack_sources_copy(struct hy_arena *a, const struct pack_source *from, size_t n);

/* SHA-256 in hex over "huiyin pack 1\n" and then for every file, folders in order, files by
 * path:  <folder's name> '/' <path> '\n' <length in decimal> '\n' <bytes> '\n'. */
hy_str pack_hash(struct hy_arena *a, const struct pack_source *sources, size_t n);

#endif
