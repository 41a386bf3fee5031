#ifndef HY_LEDGER_TILE_H
#define HY_LEDGER_TILE_H

/* tile -- names and bundles of the served log (c2sp.org/tlog-tiles).
 *
 *   tile/<L>/<N>[.p/<W>]        W (or 256) hashes of 32 bytes, concatenated
 *   tile/entries/<N>[.p/<W>]    W (or 256) entries, each with a big-endian uint16 length
 *
 * L is 0..63 and N is written in groups of three digits, all but the last with an x:
 * 1234067 is x001/x234/067.  Every tile has exactly one name.  Pure: the bytes of a tile
 * come from the store (struct hy_tile_source in merkle.h hands out the same hashes). */

#include "base/buf.h"
#include "ledger/merkle.h"

enum {
	HY_TILE_ENTRIES = -1,  /* the level of an entry bundle */
	HY_ENTRY_MOST = 65535, /* bytes of an entry */
};

struct hy_tile {
	int level;	/* 0..63, or HY_TILE_ENTRIES */
	uint64_t index; /* below 10^18 */
	unsigned width; /* 1..256; 256 is a full tile */
};

/* The name below the log's prefix.  TILE must be in range. */
hy_str hy_tile_path(struct hy_arena *a, struct hy_tile tile);

/* The inverse; false for everything that hy_tile_path() would not have written. */
bool hy_tile_parse(hy_str path, struct hy_tile *out) HY_MUST;

/* How many hashes (or entries) tile INDEX of LEVEL holds in a tree of SIZE: 0 when there is
 * no such tile, which then must not be served. */
unsigned hy_tile_width(int level, uint64_t index, uint64_t size);

/* Walks over the hash tiles that are new or wider in a tree of NEW entries than in one of OLD,
 * level by level: struct hy_tile_walk w = { .old_size = o, .new_size = n }; while (next...).
 * The bundles to write are those tiles of level 0 under HY_TILE_ENTRIES. */
struct hy_tile_walk {
	uint64_t old_size, new_size;
	unsigned level; /* start with zero */
	uint64_t index; /* tiles of this level already given; start with zero */
};
bool hy_tile_next(struct hy_tile_walk *w, struct hy_tile *out) HY_MUST;

/* Adds ENTRY to a bundle; false, and nothing added, above HY_ENTRY_MOST bytes. */
bool hy_bundle_add(struct hy_buf *bundle, hy_str entry) HY_MUST;

/* Takes the next entry, a view, off *REST.  False at the end and when the bundle is cut
 * short; the caller tells them apart by rest->n, which is then 0 or not. */
bool hy_bundle_next(hy_str *rest, hy_str *entry_out) HY_MUST;

#endif
