#ifndef HY_LEDGER_MERKLE_H
#define HY_LEDGER_MERKLE_H

/* merkle -- the tree of the public log: RFC 6962 section 2.1 (= RFC 9162 section 2.1), SHA-256.
 *
 * Pure: knows no SQL, no files, no clock.  Everything here is a value except what the
 * caller's tile source hands out; nothing allocates but hy_frontier_write().
 *
 * What a store keeps so that appends are O(1) and proofs O(log n):
 *   - one row per entry: index, leaf hash (and the entry itself);
 *   - one row per COMPLETE subtree of 256^level leaves, level 1 and above, as
 *     hy_frontier_append() hands them out: log_node(level, idx, hash).  That is one row
 *     for 255 entries.  The levels between are hashed again from at most 256 hashes;
 *   - the frontier of the growing tree (hy_frontier_write), or nothing: it can be had
 *     from the rows (hy_frontier_load).
 * These rows are also exactly the tiles of c2sp.org/tlog-tiles, see tile.h. */

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

enum {
	HY_TREE_LEVELS = 64, /* sizes are below 2^63: a tree has at most 64 levels */
	HY_TILE_WIDTH = 256, /* hashes of a full tile */
	HY_TILE_LEVELS = 8,  /* tile levels a tree below 2^63 can have: 256^8 = 2^64 */
	HY_PROOF_MOST = 64,
};
#define HY_TREE_MOST ((uint64_t)INT64_MAX) /* the largest size */

/* SHA-256(0x00 || DATA) and SHA-256(0x01 || LEFT || RIGHT). */
hy_hash hy_leaf_hash(hy_str data);
hy_hash hy_node_hash(const hy_hash *left, const hy_hash *right);

/* SHA-256 of nothing: the root of the tree of size 0. */
hy_hash hy_empty_root(void);

/* The root over N leaf hashes. */
hy_hash hy_tree_root(const hy_hash *leaves, size_t n);

/* Text forms inside notes, keys and receipts.  Base64 is that of hy_unbase64(), with one check
 * more: libsodium 1.0.18 reads every byte above 0x7f as the digit '/', so that a text would
 * have many spellings; here they are refused.  The count of bytes, or -1.  A hash is canonical
 * base64 of exactly 32 bytes; a size or index is decimal, without sign or leading zeros, at most
 * HY_TREE_MOST. */
ptrdiff_t hy_base64_read(hy_str base64, void *out, size_t most) HY_MUST;
bool hy_hash_read(hy_str base64, hy_hash *out) HY_MUST;
bool hy_size_read(hy_str decimal, uint64_t *out) HY_MUST;

/* --- the growing tree -------------------------------------------------------------- */

/* The right edge of a tree.  Zeroed it is the empty tree.  Invariant: edge[k] is the root of
 * a complete subtree of 2^k leaves whenever bit k of size is set; other cells mean nothing. */
struct hy_frontier {
	uint64_t size;
	hy_hash edge[HY_TREE_LEVELS];
};

/* A complete subtree of 256^level leaves, the idx-th of its level; level is 1 or more. */
struct hy_tile_node {
	unsigned level;
	uint64_t idx;
	hy_hash hash;
};

/* Appends LEAF as entry number f->size (which must be below HY_TREE_MOST).  Writes the
 * nodes it completes to DONE, lowest first, and returns how many (0 for 255 appends of
 * 256).  DONE may be NULL. */
unsigned hy_frontier_append(struct hy_frontier *f, const hy_hash *leaf,
			    struct hy_tile_node done[HY_TILE_LEVELS]);

hy_hash hy_frontier_root(const struct hy_frontier *f);

/* As bytes: size as big-endian uint64, then one hash for each set bit of it, largest
 * subtree first.  hy_frontier_read() is false for every other length; whether the hashes
 * are right only the comparison of the root with a signed checkpoint tells. */
hy_str hy_frontier_write(struct hy_arena *a, const struct hy_frontier *f);
bool hy_frontier_read(hy_str bytes, struct hy_frontier *out) HY_MUST;

/* --- proofs ------------------------------------------------------------------------ */

/* Where the proofs take their hashes from.  READ fills OUT with the first WIDTH hashes
 * (1..256) of tile IDX of tile level LEVEL: hash i is the root of the complete subtree
 * number 256 * IDX + i of 256^LEVEL leaves; at level 0 it is a leaf hash.  It hands out
 * all WIDTH or fails.  In SQL: WHERE level = LEVEL AND idx >= 256 * IDX AND
 * idx < 256 * IDX + WIDTH ORDER BY idx. */
struct hy_tile_source {
	enum hy_code (*read)(void *arg, unsigned level, uint64_t idx, unsigned width, hy_hash *out,
			     struct hy_err *e);
	void *arg;
};

struct hy_proof {
	size_t n;
	hy_hash v[HY_PROOF_MOST];
};

/* Adds a hash in base64; false when it is no hash or the proof is full. */
bool hy_proof_add(struct hy_proof *p, hy_str base64) HY_MUST;

/* The tree of SIZE leaves as SRC knows it: a frontier to go on appending, or the root of
 * an earlier tree.  Fails with what SRC says. */
enum hy_code hy_frontier_load(const struct hy_tile_source *src, uint64_t size,
			      struct hy_frontier *out, struct hy_err *e) HY_MUST;

/* RFC 9162 2.1.3.1: entry INDEX is in the tree of SIZE.  HY_BAD_FIELD when INDEX >= SIZE or
 * SIZE is out of range, else what SRC says.  Reads one or two tiles for each tile level. */
enum hy_code hy_prove_inclusion(const struct hy_tile_source *src, uint64_t index, uint64_t size,
				struct hy_proof *out, struct hy_err *e) HY_MUST;

/* RFC 9162 2.1.4.1: the tree of SIZE1 is the beginning of the tree of SIZE2.  HY_BAD_FIELD
 * unless 1 <= SIZE1 <= SIZE2; equal sizes have the empty proof. */
enum hy_code hy_prove_consistency(const struct hy_tile_source *src, uint64_t size1, uint64_t size2,
				  struct hy_proof *out, struct hy_err *e) HY_MUST;

/* RFC 9162 2.1.3.2 and 2.1.4.2.  Strict: false for size 0, an index past the end, one hash
 * too few or too many, and of course for a wrong hash.  The witness protocol's "old 0" with an
 * empty proof proves nothing about a tree and is the caller's affair. */
bool hy_inclusion_holds(const hy_hash *leaf, uint64_t index, uint64_t size,
			const struct hy_proof *proof, const hy_hash *root) HY_MUST;
bool hy_consistency_holds(uint64_t size1, uint64_t size2, const struct hy_proof *proof,
			  const hy_hash *root1, const hy_hash *root2) HY_MUST;

/* --- one proof of many entries -------------------------------------------------------- */

/* Every range of the tree (RFC 6962 2.1 splits it) that none of the entries IDX lies in, as its
 * root, from the first to the last: with the entries' leaf hashes they give the root.  IDX ascends
 * and has N elements, at least one.  HY_BAD_FIELD when one is out of range, else what SRC says. */
enum hy_code hy_prove_many(struct hy_arena *a, const struct hy_tile_source *src,
			   const uint64_t *idx, size_t n, uint64_t size, hy_hash **out,
			   size_t *n_out, struct hy_err *e) HY_MUST;
/* Strict: false for no entry, entries that do not ascend or lie beyond, one hash too few or too
 * many. */
bool hy_many_hold(const uint64_t *idx, const hy_hash *leaves, size_t n, uint64_t size,
		  const hy_hash *proof, size_t n_proof, const hy_hash *root) HY_MUST;

#endif
