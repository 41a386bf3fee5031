#ifndef RECORD_RECORD_PART_H
#define RECORD_RECORD_PART_H

/* record_part -- what the files of this room share: record.c (keeper, appending),
 * record_event.c (an event's bytes), record_tree.c (head and proofs), record_verify.c. */

#include "record/record.h"

/* --- an event's bytes ---------------------------------------------------------------- */
enum { RECORD_PLAIN_MOST = 200 };
/* Texts that stand unescaped in an event: UTF-8 without quotes, backslashes, controls. */
bool record_plain(hy_str s, size_t least);

/* The canonical text of EV; COMMITMENT (hex) may be empty. */
void record_compose(struct hy_buf *b, const struct record_new *ev, hy_str commitment);

/* An event's bytes cut into views; nothing is copied.  False for every text that
 * record_compose() would not have written; DATA is not looked into. */
struct record_cut {
	hy_str role, unit, data, move, private, subject;
	int64_t at, rec, seq;
};
bool record_cut(hy_str body, struct record_cut *out) HY_MUST;

/* --- the tree in the store ------------------------------------------------------------ */
struct hy_tile_source record_tiles(struct hy_db *db); /* lives as long as DB is held */

/* The row of the head as it stands, believed by nobody yet; size 0 without a row. */
enum hy_code record_head_row(struct hy_arena *a, struct hy_db *db, struct record_head *out,
			     struct hy_err *e) HY_MUST;

/* The log's public key from WHERE/log.vkey; its name lives in A. */
enum hy_code record_public_key(struct hy_arena *a, const char *where, struct hy_vkey *out,
			       struct hy_err *e) HY_MUST;

/* A head that was published or is kept elsewhere. */
struct record_mark {
	bool there;
	uint64_t size;
	hy_hash root;
	hy_str note, when; /* WHEN: " on 2026-…", empty when not known */
};
/* WHERE/log/checkpoint with its signature checked; not there is no failure. */
enum hy_code record_published(struct hy_arena *a, const char *where, const struct hy_vkey *key,
			      struct record_mark *out, struct hy_err *e) HY_MUST;

/* The row is what KEY signed, and the table of events ends where it says. */
enum hy_code record_head_holds(struct hy_arena *a, struct hy_db *db, const struct record_head *h,
			       const struct hy_vkey *key, struct hy_err *e) HY_MUST;
/* MARK is not newer than a log of SIZE entries. */
enum hy_code record_not_older(const struct record_mark *mark, int64_t size,
			      struct hy_err *e) HY_MUST;
/* The log had ROOT where MARK was made. */
enum hy_code record_no_fork(const struct record_mark *mark, const hy_hash *root,
			    struct hy_err *e) HY_MUST;

static inline hy_str record_hash_view(const hy_hash *h)
{
	return (hy_str){ (const char *)h->b, sizeof(h->b) };
}

/* False when V is not exactly one hash. */
static inline bool record_hash_of(hy_str v, hy_hash *out)
{
	if (v.n != sizeof(out->b))
		return false;
	memcpy(out->b, v.p, sizeof(out->b));
	return true;
}

#endif
