#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "record/record_part.h"

enum { VKEY_MOST = 4096 };

/* --- hashes out of the store ------------------------------------------------------------- */

static enum hy_code read_hashes(struct hy_stmt *s, unsigned width, hy_hash *out, unsigned *n_out,
				struct hy_err *e)
{
	bool row = true;
	unsigned n = 0;

	while (n < width) {
		enum hy_code c = hy_step(s, &row, e);
		if (c)
			return c;
		if (!row || !record_hash_of(hy_col_text(s, 0), &out[n]))
			break;
		n++;
	}
	*n_out = n;
	return HY_OK;
}

static enum hy_code read_tile(void *arg, unsigned level, uint64_t idx, unsigned width, hy_hash *out,
			      struct hy_err *e)
{
	struct hy_db *db = arg;
	int64_t from = (int64_t)(idx * HY_TILE_WIDTH);
	unsigned n;
	HY_SCOPED_STMT s = hy_sql(
		db, level ? "SELECT hash FROM log_node WHERE level = $3 AND pos >= $1 "
			    "AND pos < $2 ORDER BY pos"
			  : "SELECT leaf FROM event WHERE idx >= $1 AND idx < $2 ORDER BY idx");

	hy_bind_int(s, 1, from);
	hy_bind_int(s, 2, from + width);
	if (level)
		hy_bind_int(s, 3, level);
	enum hy_code c = read_hashes(s, width, out, &n, e);
	if (!c && n != width)
		return hy_fail(e, HY_TAMPERED, "",
			       "the log's tree has a hole: level %u, position %lld", level,
			       (long long)from + n);
	return c;
}

struct hy_tile_source record_tiles(struct hy_db *db)
{
	return (struct hy_tile_source){ read_tile, db };
}

/* --- the head ------------------------------------------------------------------------------ */

enum hy_code record_head_row(struct hy_arena *a, struct hy_db *db, struct record_head *out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT size, root, note FROM log_head WHERE id = 1");
	struct record_head h = { .root = hy_empty_root(), .note = HY_S("") };
	bool row;

	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (row) {
		h.size = hy_col_int(s, 0);
		if (h.size < 1 || !record_hash_of(hy_col_text(s, 1), &h.root))
			return hy_fail(e, HY_TAMPERED, "", "the row of the log's head was changed");
		h.note = hy_col_dup(a, s, 2);
	}
	*out = h;
	return HY_OK;
}

enum hy_code record_head(struct hy_arena *a, struct hy_db *db, struct record_head *out,
			 struct hy_err *e)
{
	return record_head_row(a, db, out, e);
}

static enum hy_code table_end(struct hy_db *db, int64_t *size_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT max(idx) FROM event");
	bool row;

	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*size_out = hy_col_opt(s, 0, -1) + 1;
	return c;
}

enum hy_code record_head_holds(struct hy_arena *a, struct hy_db *db, const struct record_head *h,
			       const struct hy_vkey *key, struct hy_err *e)
{
	struct hy_checkpoint cp;
	struct hy_err inner = { 0 };
	int64_t end;

	enum hy_code c = table_end(db, &end, e);
	if (c)
		return c;
	if (h->size && hy_checkpoint_open_own(a, h->note, key, &cp, &inner))
		return hy_fail(e, HY_TAMPERED, "",
			       "the log's head in the database is not what this log's key signed: "
			       "%s",
			       hy_err_text(&inner));
	if (h->size && (cp.size != (uint64_t)h->size || !hy_hash_eq(&cp.root, &h->root)))
		return hy_fail(e, HY_TAMPERED, "",
			       "the row of the log's head was changed: it says %lld events, its "
			       "signed checkpoint %llu, or their roots differ",
			       (long long)h->size, (unsigned long long)cp.size);
	if (end < h->size)
		return hy_fail(e, HY_TAMPERED, "",
			       "the log ends at %lld but its head says %lld: the tail was cut off",
			       (long long)end, (long long)h->size);
	if (end > h->size)
		return hy_fail(e, HY_TAMPERED, "",
			       "the table ends at %lld but the log's head says %lld: events were "
			       "added behind the log's back, or the head is an older one",
			       (long long)end, (long long)h->size);
	return HY_OK;
}

/* --- heads outside the database -------------------------------------------------------------- */

static hy_str changed_on(struct hy_arena *a, const char *path)
{
	char text[32];
	struct stat st;
	struct tm utc;

	if (stat(path, &st) != 0 || !gmtime_r(&st.st_mtim.tv_sec, &utc) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &utc))
		return HY_S("");
	return hy_printf(a, " on %s", text);
}

enum hy_code record_published(struct hy_arena *a, const char *where, const struct hy_vkey *key,
			      struct record_mark *out, struct hy_err *e)
{
	hy_str path = hy_printf(a, "%s/log/checkpoint", where), note;
	struct hy_err inner = { 0 };
	struct hy_checkpoint cp;

	enum hy_code c = hy_file_read(a, path.p, HY_NOTE_MOST, &note, &inner);
	if (c == HY_NOT_FOUND) {
		*out = (struct record_mark){ .root = hy_empty_root() };
		return HY_OK;
	}
	if (c) {
		*e = inner;
		return c;
	}
	if (hy_checkpoint_open_own(a, note, key, &cp, &inner))
		return hy_fail(e, HY_TAMPERED, "",
			       "the published checkpoint %s is not one of this log's key: %s",
			       path.p, hy_err_text(&inner));
	*out = (struct record_mark){ true, cp.size, cp.root, note, changed_on(a, path.p) };
	return HY_OK;
}

enum hy_code record_not_older(const struct record_mark *mark, int64_t size, struct hy_err *e)
{
	if (!mark->there || mark->size <= (uint64_t)size)
		return HY_OK;
	return hy_fail(
		e, HY_TAMPERED, "",
		"the database holds %lld events but a checkpoint of %llu was published" HY_FMT
		": this is an older copy, or its tail was cut off",
		(long long)size, (unsigned long long)mark->size, HY_ARG(mark->when));
}

enum hy_code record_no_fork(const struct record_mark *mark, const hy_hash *root, struct hy_err *e)
{
	if (!mark->there || hy_hash_eq(&mark->root, root))
		return HY_OK;
	return hy_fail(e, HY_TAMPERED, "",
		       "this log is a fork: a checkpoint of %llu events was published" HY_FMT
		       ", and the first %llu events here are not the same",
		       (unsigned long long)mark->size, HY_ARG(mark->when),
		       (unsigned long long)mark->size);
}

/* --- proofs ----------------------------------------------------------------------------------- */

static enum hy_code event_body(struct hy_arena *a, struct hy_db *db, int64_t idx, hy_str *out,
			       struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT body FROM event WHERE idx = $1");
	bool row;

	hy_bind_int(s, 1, idx);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "", "the log has no event %lld", (long long)idx);
	*out = hy_col_dup(a, s, 0);
	return HY_OK;
}

enum hy_code record_receipt(struct hy_arena *a, struct hy_db *db, int64_t idx, hy_str *out,
			    struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(db);
	struct record_head h;

	enum hy_code c = record_head_row(a, db, &h, e);
	if (c)
		return c;
	if (idx < 0 || idx >= h.size)
		return hy_fail(e, HY_NOT_FOUND, "", "the log has no event %lld", (long long)idx);
	struct hy_receipt r = { .index = (uint64_t)idx, .checkpoint = h.note };
	/* The event itself travels along: whoever verifies hashes it, so it need not be trusted. */
	c = event_body(a, db, idx, &r.extra, e);
	if (c)
		return c;
	c = hy_prove_inclusion(&tiles, (uint64_t)idx, (uint64_t)h.size, &r.proof, e);
	return c ? c : hy_receipt_write(a, &r, out, e);
}

enum hy_code record_many(struct hy_arena *a, struct hy_db *db, const uint64_t *idx, size_t n,
			 struct record_head *head, hy_hash **proof_out, size_t *n_out,
			 struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(db);
	enum hy_code c = record_head_row(a, db, head, e);

	return c ? c : hy_prove_many(a, &tiles, idx, n, (uint64_t)head->size, proof_out, n_out, e);
}

enum hy_code record_consistency(struct hy_arena *a, struct hy_db *db, int64_t old_size,
				hy_hash **proof_out, size_t *n_out, struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(db);
	struct record_head h;
	struct hy_proof p;

	enum hy_code c = record_head_row(a, db, &h, e);
	if (c)
		return c;
	if (old_size < 1 || old_size > h.size)
		return hy_fail(e, HY_BAD_FIELD, "old", "must be between 1 and %lld",
			       (long long)h.size);
	c = hy_prove_consistency(&tiles, (uint64_t)old_size, (uint64_t)h.size, &p, e);
	if (c)
		return c;
	*proof_out = hy_new_n(a, hy_hash, p.n + 1);
	memcpy(*proof_out, p.v, p.n * sizeof(*p.v));
	*n_out = p.n;
	return HY_OK;
}

/* --- tiles as they are served ------------------------------------------------------------------
 */

static enum hy_code read_bundle(struct hy_db *db, struct hy_tile tile, struct hy_buf *b,
				struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT body FROM event WHERE idx >= $1 AND idx < $2 ORDER BY idx");
	int64_t from = (int64_t)(tile.index * HY_TILE_WIDTH);
	unsigned n = 0;
	bool row;

	hy_bind_int(s, 1, from);
	hy_bind_int(s, 2, from + tile.width);
	enum hy_code c;
	while (!(c = hy_step(s, &row, e)) && row && hy_bundle_add(b, hy_col_text(s, 0)))
		n++;
	if (!c && n != tile.width)
		return hy_fail(e, HY_TAMPERED, "", "event %lld is missing or too long",
			       (long long)from + n);
	return c;
}

enum hy_code record_tile(struct hy_arena *a, struct hy_db *db, struct hy_tile tile, hy_str *out,
			 struct hy_err *e)
{
	bool entries = tile.level == HY_TILE_ENTRIES;
	struct record_head h;
	struct hy_buf b = hy_buf_on(a);

	enum hy_code c = record_head_row(a, db, &h, e);
	if (c)
		return c;
	if (hy_tile_width(tile.level, tile.index, (uint64_t)h.size) < tile.width)
		return hy_fail(e, HY_NOT_FOUND, "",
			       "the log has %lld events; it does not hold this tile yet",
			       (long long)h.size);
	if (entries) {
		c = read_bundle(db, tile, &b, e);
	} else {
		hy_hash *v = hy_new_n(a, hy_hash, tile.width);
		c = read_tile(db, (unsigned)tile.level, tile.index, tile.width, v, e);
		hy_buf_add(&b, (hy_str){ (const char *)v, tile.width * sizeof(*v) });
	}
	if (!c)
		*out = hy_buf_str(&b);
	return c;
}

/* --- the public key ----------------------------------------------------------------------------
 */

enum hy_code record_public_key(struct hy_arena *a, const char *where, struct hy_vkey *out,
			       struct hy_err *e)
{
	hy_str path = hy_printf(a, "%s/log.vkey", where), text;
	struct hy_err inner = { 0 };

	enum hy_code c = hy_file_read(a, path.p, VKEY_MOST, &text, &inner);
	if (c == HY_NOT_FOUND)
		return hy_fail(e, c, "",
			       "the log's public key %s is missing; bring it back from a "
			       "backup, or from whoever keeps it",
			       path.p);
	if (!c)
		c = hy_vkey_read(text, out, &inner);
	if (c)
		return hy_fail(e, c, "", "cannot read the log's public key %s: %s", path.p,
			       hy_err_text(&inner));
	return HY_OK;
}

enum hy_code record_vkey(struct hy_arena *a, const char *where, hy_str *out, struct hy_err *e)
{
	struct hy_vkey key;

	enum hy_code c = record_public_key(a, where, &key, e);
	if (!c)
		*out = hy_vkey_text(a, &key);
	return c;
}
