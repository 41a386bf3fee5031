#include "base/map.h"
#include "ledger/commit.h"
#include "record/record_part.h"

/* One pass over the events in order.  The tree is grown from the events' bytes, never from
 * stored hashes, so that the signed root decides in the end who is right: with the right root
 * a stored hash was changed, with a wrong one an event.  So what does not fit is noted on
 * the way, the first of each sort, and judged when the pass is done. */

enum { PROGRESS_STEP = 8192, NAME_MOST = 96 };

struct misfit_leaf {
	bool there;
	int64_t idx;
	hy_hash bytes, stored;
	hy_str name;
};

struct misfit_node {
	bool there;
	unsigned level;
	uint64_t pos;
};

/* Private content, in the order of its events. */
struct private_rows {
	struct hy_stmt *s;
	bool row;
};

struct pass {
	struct hy_arena *a;
	struct hy_db *db;
	struct record_head head;
	struct record_mark published, kept;
	hy_hash published_root, kept_root; /* what the events gave at those sizes */

	struct hy_frontier edge, tile_start; /* now; where the present tile of 256 began */
	struct private_rows private;
	struct record_verdict verdict;

	struct misfit_leaf leaf;
	struct misfit_node node;
	hy_str column, content; /* texts of the first misfits of these sorts; empty: none */
	struct hy_map blank;	/* subject -> int64_t: its first event without content that no later
				   event explains; -1: explained */
};

/* --- words ------------------------------------------------------------------------------ */

static hy_str name_of(struct hy_arena *a, int64_t idx, hy_str subject, hy_str move)
{
	subject = subject.n > NAME_MOST ? (hy_str){ subject.p, NAME_MOST } : subject;
	move = move.n > NAME_MOST ? (hy_str){ move.p, NAME_MOST } : move;
	if (!move.n)
		return hy_printf(a, "event %lld (" HY_FMT ")", (long long)idx, HY_ARG(subject));
	return hy_printf(a, "event %lld (" HY_FMT ", move " HY_FMT ")", (long long)idx,
			 HY_ARG(subject), HY_ARG(move));
}

static const char *hex(struct hy_arena *a, const hy_hash *h)
{
	return hy_hex(a, h->b, sizeof(h->b)).p;
}

/* --- one event ---------------------------------------------------------------------------- */

static enum hy_code next_private(struct private_rows *p, struct hy_err *e)
{
	return hy_step(p->s, &p->row, e);
}

static void bad_content(struct pass *p, hy_str text)
{
	if (!p->content.n)
		p->content = text;
}

/* Content that is gone must have been erased in the open: a later event of the same subject says
 * so. */
static void note_blank(struct pass *p, hy_str subject, int64_t idx)
{
	int64_t *first = hy_map_get(&p->blank, subject);

	p->verdict.erased++;
	if (!first) {
		first = hy_new(p->a, int64_t);
		*first = -1;
		hy_map_put(&p->blank, hy_str_dup(p->a, subject), first);
	}
	if (*first < 0)
		*first = idx;
}

static void note_erased(struct pass *p, hy_str subject)
{
	int64_t *first = hy_map_get(&p->blank, subject);

	if (first)
		*first = -1;
}

static void judge_blanks(struct pass *p)
{
	for (size_t i = 0; i < p->blank.cap; i++) {
		const int64_t *first = p->blank.slots[i].value;
		if (first && *first >= 0)
			bad_content(
				p,
				hy_printf(p->a,
					  "the private content of event %lld is gone and no event "
					  "says that it was erased",
					  (long long)*first));
	}
}

/* Is the private content of event IDX what COMMITTED (hex, may be empty) says? */
static enum hy_code check_private(struct pass *p, int64_t idx, hy_str subject, hy_str committed,
				  struct hy_err *e)
{
	struct private_rows *rows = &p->private;
	enum hy_code c = HY_OK;
	hy_hash want;
	hy_salt salt;

	while (!c && rows->row && hy_col_int(rows->s, 0) < idx) {
		bad_content(p, hy_printf(p->a,
					 "private content is kept for event %lld, which has "
					 "none",
					 (long long)hy_col_int(rows->s, 0)));
		c = next_private(rows, e);
	}
	if (c || !committed.n)
		return c;
	p->verdict.private_events++;
	if (!rows->row || hy_col_int(rows->s, 0) != idx) {
		bad_content(p, hy_printf(p->a,
					 "the private content of event %lld is gone without having "
					 "been erased",
					 (long long)idx));
		return HY_OK;
	}
	hy_str salted = hy_col_text(rows->s, 1), body = hy_col_text(rows->s, 2);
	if (hy_col_null(rows->s, 1) && hy_col_null(rows->s, 2)) {
		note_blank(p, subject, idx);
	} else if (salted.n != sizeof(salt.b) || !hy_unhex(committed, want.b, sizeof(want.b))) {
		bad_content(p,
			    hy_printf(p->a, "the salt of event %lld's private content was changed",
				      (long long)idx));
	} else {
		memcpy(salt.b, salted.p, sizeof(salt.b));
		if (!hy_commit_opens(&want, &salt, body))
			bad_content(p,
				    hy_printf(p->a,
					      "the private content of event %lld or its salt was "
					      "changed: they do not give the commitment " HY_FMT
					      " in the log",
					      (long long)idx, HY_ARG(committed)));
	}
	return next_private(rows, e);
}

static enum hy_code check_node(struct pass *p, const struct hy_tile_node *node, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(p->db, "SELECT hash FROM log_node WHERE level = $1 AND pos = $2");
	hy_hash stored;
	bool row;

	hy_bind_int(s, 1, node->level);
	hy_bind_int(s, 2, (int64_t)node->idx);
	enum hy_code c = hy_step(s, &row, e);
	if (c || p->node.there)
		return c;
	if (!row || !record_hash_of(hy_col_text(s, 0), &stored) ||
	    !hy_hash_eq(&stored, &node->hash))
		p->node = (struct misfit_node){ true, node->level, node->idx };
	return HY_OK;
}

static enum hy_code grow(struct pass *p, const hy_hash *leaf, struct hy_err *e)
{
	struct hy_tile_node done[HY_TILE_LEVELS];
	unsigned n = hy_frontier_append(&p->edge, leaf, done);

	for (unsigned i = 0; i < n; i++) {
		enum hy_code c = check_node(p, &done[i], e);
		if (c)
			return c;
	}
	if (p->edge.size % HY_TILE_WIDTH == 0)
		p->tile_start = p->edge;
	if (p->published.there && p->published.size == p->edge.size)
		p->published_root = hy_frontier_root(&p->edge);
	if (p->kept.there && p->kept.size == p->edge.size)
		p->kept_root = hy_frontier_root(&p->edge);
	return HY_OK;
}

/* S stands on idx, subject, body, leaf. */
static enum hy_code check_event(struct pass *p, struct hy_stmt *s, struct hy_err *e)
{
	int64_t idx = hy_col_int(s, 0), expected = p->verdict.events;
	hy_str subject = hy_col_text(s, 1), body = hy_col_text(s, 2), stored = hy_col_text(s, 3);
	hy_hash leaf = hy_leaf_hash(body), was = { 0 };
	struct record_cut cut = { 0 };

	if (idx != expected)
		return hy_fail(e, HY_TAMPERED, "", "event %lld is missing: the next one is %lld",
			       (long long)expected, (long long)idx);
	bool readable = record_cut(body, &cut);
	if (!record_hash_of(stored, &was) || !hy_hash_eq(&leaf, &was)) {
		if (!p->leaf.there)
			p->leaf = (struct misfit_leaf){ true, idx, leaf, was,
							name_of(p->a, idx, subject, cut.move) };
	} else if (!p->column.n && (!readable || !hy_str_eq(cut.subject, subject))) {
		p->column = hy_printf(
			p->a, HY_FMT " is filed under a wrong subject: its bytes say " HY_FMT,
			HY_ARG(name_of(p->a, idx, subject, cut.move)),
			HY_ARG(readable ? cut.subject : HY_S("nothing readable")));
	}
	if (hy_str_eq(cut.move, HY_S(RECORD_ERASED)))
		note_erased(p, subject);
	enum hy_code c = check_private(p, idx, subject, cut.private, e);
	return c ? c : grow(p, &leaf, e);
}

/* --- judging --------------------------------------------------------------------------------- */

/* The root, or the node of a full tile, over the leaves that follow START. */
static hy_hash root_over(const struct hy_frontier *start, const hy_hash *leaf, size_t n)
{
	struct hy_frontier f = *start;

	for (size_t i = 0; i < n; i++)
		hy_frontier_append(&f, &leaf[i], NULL);
	return hy_frontier_root(&f);
}

static bool swap_gives(const struct hy_frontier *start, hy_hash *leaf, size_t n, size_t i, size_t j,
		       const hy_hash *want)
{
	hy_hash was = leaf[i];

	leaf[i] = leaf[j];
	leaf[j] = was;
	hy_hash root = root_over(start, leaf, n);
	leaf[j] = leaf[i];
	leaf[i] = was;
	return hy_hash_eq(&root, want);
}

/* Neighbours first: they are the likelier and found at once. */
static bool find_swap(const struct hy_frontier *start, hy_hash *leaf, size_t n, const hy_hash *want,
		      size_t *i_out, size_t *j_out)
{
	for (size_t apart = 1; apart < n; apart++)
		for (size_t i = 0; i + apart < n; i++)
			if (swap_gives(start, leaf, n, i, i + apart, want)) {
				*i_out = i;
				*j_out = i + apart;
				return true;
			}
	return false;
}

/* Something among the N events from FIRST is not what was logged: they do not give WANT. */
static enum hy_code blame_tile(struct pass *p, const struct hy_frontier *start, uint64_t first,
			       size_t n, const hy_hash *want, struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(p->db);
	hy_hash leaf[HY_TILE_WIDTH];
	size_t i, j;

	enum hy_code c = tiles.read(tiles.arg, 0, first / HY_TILE_WIDTH, (unsigned)n, leaf, e);
	if (c)
		return c;
	if (find_swap(start, leaf, n, want, &i, &j))
		return hy_fail(e, HY_TAMPERED, "", "events %llu and %llu are swapped",
			       (unsigned long long)(first + i), (unsigned long long)(first + j));
	return hy_fail(
		e, HY_TAMPERED, "",
		"of the events %llu to %llu at least one was replaced together with its leaf: "
		"they do not give the hash %s that the log holds for them",
		(unsigned long long)first, (unsigned long long)(first + n - 1), hex(p->a, want));
}

static enum hy_code blame_node(struct pass *p, struct hy_err *e)
{
	struct hy_tile_source tiles = record_tiles(p->db);
	struct hy_frontier empty = { 0 };
	hy_hash node[HY_TILE_WIDTH];
	struct hy_err inner = { 0 };
	uint64_t pos = p->node.pos;

	if (p->node.level == 1 && !tiles.read(tiles.arg, 1, pos / HY_TILE_WIDTH,
					      (unsigned)(pos % HY_TILE_WIDTH) + 1, node, &inner))
		return blame_tile(p, &empty, pos * HY_TILE_WIDTH, HY_TILE_WIDTH,
				  &node[pos % HY_TILE_WIDTH], e);
	return hy_fail(e, HY_TAMPERED, "",
		       "events and stored hashes were changed together: neither the events nor the "
		       "tree (level %u, position %llu) give the signed root",
		       p->node.level, (unsigned long long)pos);
}

/* Whose bytes stand at the misfit?  *IDX_OUT is -1 when they are no other event's; *SWAPPED_OUT
 * when that event has the misfit's in return. */
static enum hy_code owner_of(struct pass *p, int64_t *idx_out, bool *swapped_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(p->db, "SELECT idx, body FROM event WHERE leaf = $1 ORDER BY idx LIMIT 1");
	bool row;

	hy_bind_blob(s, 1, record_hash_view(&p->leaf.bytes));
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	hy_hash there = hy_leaf_hash(row ? hy_col_text(s, 1) : HY_S(""));
	*idx_out = row ? hy_col_int(s, 0) : -1;
	*swapped_out = row && hy_hash_eq(&there, &p->leaf.stored);
	return HY_OK;
}

static enum hy_code blame_leaf(struct pass *p, struct hy_err *e)
{
	int64_t other;
	bool swapped;

	enum hy_code c = owner_of(p, &other, &swapped, e);
	if (c)
		return c;
	if (swapped)
		return hy_fail(e, HY_TAMPERED, "", "events %lld and %lld are swapped",
			       (long long)p->leaf.idx, (long long)other);
	if (other >= 0)
		return hy_fail(e, HY_TAMPERED, "",
			       HY_FMT " was changed: its bytes are those of event %lld",
			       HY_ARG(p->leaf.name), (long long)other);
	return hy_fail(e, HY_TAMPERED, "",
		       HY_FMT " was changed: its bytes give leaf %s, the log holds %s",
		       HY_ARG(p->leaf.name), hex(p->a, &p->leaf.bytes), hex(p->a, &p->leaf.stored));
}

/* The events do not give the signed root. */
static enum hy_code judge_events(struct pass *p, struct hy_err *e)
{
	uint64_t size = (uint64_t)p->head.size, tail = size % HY_TILE_WIDTH;

	if (p->leaf.there)
		return blame_leaf(p, e);
	if (p->node.there)
		return blame_node(p, e);
	if (tail)
		return blame_tile(p, &p->tile_start, size - tail, tail, &p->head.root, e);
	return hy_fail(e, HY_TAMPERED, "",
		       "events and stored hashes were changed together: they give the root %s, the "
		       "signed head says %s",
		       hex(p->a, &p->verdict.root), hex(p->a, &p->head.root));
}

static enum hy_code count_nodes(struct pass *p, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(p->db, "SELECT count(*) FROM log_node");
	int64_t want = 0;
	bool row;

	for (uint64_t n = (uint64_t)p->head.size / HY_TILE_WIDTH; n; n /= HY_TILE_WIDTH)
		want += (int64_t)n;
	enum hy_code c = hy_step(s, &row, e);
	if (!c && hy_col_int(s, 0) != want)
		return hy_fail(e, HY_TAMPERED, "",
			       "the tree has %lld stored hashes, a log of %lld events has %lld",
			       (long long)hy_col_int(s, 0), (long long)p->head.size,
			       (long long)want);
	return c;
}

static enum hy_code judge(struct pass *p, struct hy_err *e)
{
	if (!hy_hash_eq(&p->verdict.root, &p->head.root))
		return judge_events(p, e);
	if (p->leaf.there)
		return hy_fail(e, HY_TAMPERED, "",
			       "the stored leaf of " HY_FMT
			       " was changed: it is %s, the event's bytes give %s and fit the log",
			       HY_ARG(p->leaf.name), hex(p->a, &p->leaf.stored),
			       hex(p->a, &p->leaf.bytes));
	if (p->node.there)
		return hy_fail(
			e, HY_TAMPERED, "",
			"a stored hash of the tree was changed (level %u, position %llu); the "
			"events themselves fit the log",
			p->node.level, (unsigned long long)p->node.pos);
	hy_str text = p->column.n ? p->column : p->content;
	if (text.n)
		return hy_fail(e, HY_TAMPERED, "", HY_FMT, HY_ARG(text));
	enum hy_code c = count_nodes(p, e);
	if (!c)
		c = record_no_fork(&p->published, &p->published_root, e);
	return c ? c : record_no_fork(&p->kept, &p->kept_root, e);
}

/* --- the pass -----------------------------------------------------------------------------------
 */

static enum hy_code walk(struct pass *p, void (*progress)(void *, int64_t, int64_t), void *arg,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql_many(p->db, "SELECT idx, subject, body, leaf FROM event ORDER BY idx");
	HY_SCOPED_STMT private =
		hy_sql_many(p->db, "SELECT idx, salt, body FROM event_private ORDER BY idx");
	bool row;

	p->private.s = private;
	p->blank.a = p->a;
	enum hy_code c = next_private(&p->private, e);
	while (!c) {
		c = hy_step(s, &row, e);
		if (c || !row)
			break;
		c = check_event(p, s, e);
		p->verdict.events++;
		if (progress && p->verdict.events % PROGRESS_STEP == 0)
			progress(arg, p->verdict.events, p->head.size);
	}
	if (!c)
		c = check_private(p, INT64_MAX, HY_S(""), HY_S(""), e); /* what is left over */
	if (!c)
		judge_blanks(p);
	if (!c && progress)
		progress(arg, p->verdict.events, p->head.size);
	p->private.s = NULL;
	return c;
}

static enum hy_code read_kept(struct hy_arena *a, hy_str note, const struct hy_vkey *key,
			      struct record_mark *out, struct hy_err *e)
{
	struct hy_err inner = { 0 };
	struct hy_checkpoint cp;

	*out = (struct record_mark){ .root = hy_empty_root() };
	if (!note.n)
		return HY_OK;
	enum hy_code c = hy_checkpoint_open_own(a, note, key, &cp, &inner);
	if (c)
		return hy_fail(e, c, "", "the checkpoint given is not one of this log's key: %s",
			       hy_err_text(&inner));
	*out = (struct record_mark){ true, cp.size, cp.root, note, HY_S("") };
	return HY_OK;
}

static enum hy_code prepare(struct pass *p, const struct hy_vkey *key, struct hy_err *e)
{
	p->published_root = p->kept_root = hy_empty_root();
	enum hy_code c = record_head_row(p->a, p->db, &p->head, e);
	if (!c)
		c = record_head_holds(p->a, p->db, &p->head, key, e);
	if (!c)
		c = record_not_older(&p->published, p->head.size, e);
	return c ? c : record_not_older(&p->kept, p->head.size, e);
}

enum hy_code record_verify(struct hy_arena *a, struct hy_store *store, hy_str checkpoint,
			   void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			   struct record_verdict *out, struct hy_err *e)
{
	struct pass *p = hy_new(a, struct pass);
	struct hy_vkey key;

	/* Outside first: what is published after the snapshot was taken may be newer than it. */
	p->a = a;
	enum hy_code c = record_public_key(a, hy_store_files(store), &key, e);
	if (!c)
		c = record_published(a, hy_store_files(store), &key, &p->published, e);
	if (!c)
		c = read_kept(a, checkpoint, &key, &p->kept, e);
	if (c)
		return c;
	HY_SCOPED_DB db = NULL;
	c = hy_store_read(store, &db, e);
	if (c)
		return c;
	p->db = db;
	c = prepare(p, &key, e);
	if (!c)
		c = walk(p, progress, arg, e);
	if (c)
		return c;
	p->verdict.root = hy_frontier_root(&p->edge);
	p->verdict.checkpoint = p->head.note;
	c = judge(p, e);
	if (!c)
		*out = p->verdict;
	return c;
}
