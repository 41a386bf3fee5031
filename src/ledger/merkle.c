#include "ledger/merkle.h"

#include <assert.h>

#include "ledger/tile.h"

hy_hash hy_leaf_hash(hy_str data)
{
	return hy_sha256_4(HY_S("\x00"), data, (hy_str){ 0 }, (hy_str){ 0 });
}

hy_hash hy_node_hash(const hy_hash *left, const hy_hash *right)
{
	unsigned char both[1 + 2 * HY_SHA256];

	both[0] = 1;
	memcpy(both + 1, left->b, HY_SHA256);
	memcpy(both + 1 + HY_SHA256, right->b, HY_SHA256);
	return hy_sha256((hy_str){ (const char *)both, sizeof(both) });
}

hy_hash hy_empty_root(void)
{
	return hy_sha256((hy_str){ 0 });
}

hy_hash hy_tree_root(const hy_hash *leaves, size_t n)
{
	struct hy_frontier f = { 0 };

	for (size_t i = 0; i < n; i++)
		hy_frontier_append(&f, &leaves[i], NULL);
	return hy_frontier_root(&f);
}

ptrdiff_t hy_base64_read(hy_str base64, void *out, size_t most)
{
	for (size_t i = 0; i < base64.n; i++)
		if ((unsigned char)base64.p[i] > 0x7f)
			return -1;
	return hy_unbase64(base64, out, most);
}

bool hy_hash_read(hy_str base64, hy_hash *out)
{
	hy_hash h;

	if (base64.n != 44 || hy_base64_read(base64, h.b, sizeof(h.b)) != HY_SHA256)
		return false;
	*out = h;
	return true;
}

bool hy_size_read(hy_str decimal, uint64_t *out)
{
	int64_t v;

	if (decimal.n == 0 || decimal.p[0] == '-' || (decimal.n > 1 && decimal.p[0] == '0') ||
	    !hy_str_int(decimal, &v))
		return false;
	*out = (uint64_t)v;
	return true;
}

/* --- the growing tree -------------------------------------------------------------- */

unsigned hy_frontier_append(struct hy_frontier *f, const hy_hash *leaf,
			    struct hy_tile_node done[HY_TILE_LEVELS])
{
	hy_hash h = *leaf;
	unsigned level = 0, n = 0;

	assert(f->size < HY_TREE_MOST);
	for (uint64_t s = f->size; s & 1; s >>= 1) {
		h = hy_node_hash(&f->edge[level], &h);
		level++;
		if (done && level % 8 == 0)
			done[n++] = (struct hy_tile_node){ level / 8, f->size >> level, h };
	}
	f->edge[level] = h;
	f->size++;
	return n;
}

hy_hash hy_frontier_root(const struct hy_frontier *f)
{
	if (f->size == 0)
		return hy_empty_root();
	unsigned level = (unsigned)__builtin_ctzll(f->size);
	hy_hash h = f->edge[level];
	while (++level < HY_TREE_LEVELS)
		if (f->size >> level & 1)
			h = hy_node_hash(&f->edge[level], &h);
	return h;
}

hy_str hy_frontier_write(struct hy_arena *a, const struct hy_frontier *f)
{
	size_t n = 8 + (size_t)__builtin_popcountll(f->size) * HY_SHA256;
	char *out = hy_arena_take(a, n), *p = out;

	for (int i = 0; i < 8; i++)
		*p++ = (char)(f->size >> (56 - 8 * i) & 0xff);
	for (unsigned level = HY_TREE_LEVELS; level-- > 0;) {
		if (f->size >> level & 1) {
			memcpy(p, f->edge[level].b, HY_SHA256);
			p += HY_SHA256;
		}
	}
	return (hy_str){ out, n };
}

bool hy_frontier_read(hy_str bytes, struct hy_frontier *out)
{
	struct hy_frontier f = { 0 };

	if (bytes.n < 8)
		return false;
	for (int i = 0; i < 8; i++)
		f.size = f.size << 8 | (unsigned char)bytes.p[i];
	if (f.size > HY_TREE_MOST ||
	    bytes.n != 8 + (size_t)__builtin_popcountll(f.size) * HY_SHA256)
		return false;
	const char *p = bytes.p + 8;
	for (unsigned level = HY_TREE_LEVELS; level-- > 0;) {
		if (f.size >> level & 1) {
			memcpy(f.edge[level].b, p, HY_SHA256);
			p += HY_SHA256;
		}
	}
	*out = f;
	return true;
}

/* --- reading subtrees out of tiles --------------------------------------------------- */

/* The tile last read: a proof asks for several subtrees of the same tile in a row. */
struct reader {
	const struct hy_tile_source *src;
	uint64_t size;
	bool loaded;
	unsigned level;
	uint64_t idx;
	hy_hash v[HY_TILE_WIDTH];
};

/* The root of the complete subtree number IDX of 2^LEVEL leaves. */
static enum hy_code subtree(struct reader *r, unsigned level, uint64_t idx, hy_hash *out,
			    struct hy_err *e)
{
	unsigned tile_level = level / 8, count = 1u << level % 8;
	uint64_t first = idx << level % 8, tile = first / HY_TILE_WIDTH;

	if (!r->loaded || r->level != tile_level || r->idx != tile) {
		unsigned width = hy_tile_width((int)tile_level, tile, r->size);
		r->loaded = false;
		enum hy_code c = r->src->read(r->src->arg, tile_level, tile, width, r->v, e);
		if (c)
			return c;
		r->loaded = true;
		r->level = tile_level;
		r->idx = tile;
	}
	hy_hash h[HY_TILE_WIDTH / 2];
	memcpy(h, r->v + first % HY_TILE_WIDTH, count * sizeof(*h));
	for (; count > 1; count /= 2)
		for (unsigned i = 0; i < count / 2; i++)
			h[i] = hy_node_hash(&h[2 * i], &h[2 * i + 1]);
	*out = h[0];
	return HY_OK;
}

static unsigned log2_floor(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n);
}

/* MTH(D[lo:hi]), where lo is a multiple of a power of two that is at least hi - lo, so that
 * the range falls apart into complete subtrees of ever smaller size. */
static enum hy_code range_root(struct reader *r, uint64_t lo, uint64_t hi, hy_hash *out,
			       struct hy_err *e)
{
	hy_hash parts[HY_TREE_LEVELS];
	unsigned n = 0;

	while (lo < hi) {
		unsigned level = log2_floor(hi - lo);
		enum hy_code c = subtree(r, level, lo >> level, &parts[n++], e);
		if (c)
			return c;
		lo += (uint64_t)1 << level;
	}
	hy_hash h = parts[--n];
	while (n > 0)
		h = hy_node_hash(&parts[--n], &h);
	*out = h;
	return HY_OK;
}

enum hy_code hy_frontier_load(const struct hy_tile_source *src, uint64_t size,
			      struct hy_frontier *out, struct hy_err *e)
{
	struct reader r = { .src = src, .size = size };
	struct hy_frontier f = { .size = size };

	if (size > HY_TREE_MOST)
		return hy_fail(e, HY_BAD_FIELD, "size", "no log has so many entries");
	for (unsigned level = HY_TREE_LEVELS; level-- > 0;) {
		if (!(size >> level & 1))
			continue;
		enum hy_code c = subtree(&r, level, (size >> level) - 1, &f.edge[level], e);
		if (c)
			return c;
	}
	*out = f;
	return HY_OK;
}

/* --- proofs ------------------------------------------------------------------------ */

bool hy_proof_add(struct hy_proof *p, hy_str base64)
{
	if (p->n >= HY_PROOF_MOST || !hy_hash_read(base64, &p->v[p->n]))
		return false;
	p->n++;
	return true;
}

/* The ranges whose roots make up a proof, from the root downwards. */
struct plan {
	struct {
		uint64_t lo, hi;
	} v[HY_PROOF_MOST];
	size_t n;
};

static void plan_add(struct plan *p, uint64_t lo, uint64_t hi)
{
	p->v[p->n].lo = lo;
	p->v[p->n++].hi = hi;
}

/* The largest power of two below N, which is at least 2. */
static uint64_t split(uint64_t n)
{
	return (uint64_t)1 << log2_floor(n - 1);
}

/* Writes the roots of the planned ranges, lowest first as the RFC wants them. */
static enum hy_code carry_out(const struct plan *p, const struct hy_tile_source *src, uint64_t size,
			      struct hy_proof *out, struct hy_err *e)
{
	struct reader r = { .src = src, .size = size };
	struct hy_proof proof = { .n = p->n };

	for (size_t i = 0; i < p->n; i++) {
		size_t from = p->n - 1 - i;
		enum hy_code c = range_root(&r, p->v[from].lo, p->v[from].hi, &proof.v[i], e);
		if (c)
			return c;
	}
	*out = proof;
	return HY_OK;
}

enum hy_code hy_prove_inclusion(const struct hy_tile_source *src, uint64_t index, uint64_t size,
				struct hy_proof *out, struct hy_err *e)
{
	if (size > HY_TREE_MOST)
		return hy_fail(e, HY_BAD_FIELD, "size", "no log has so many entries");
	if (index >= size)
		return hy_fail(e, HY_BAD_FIELD, "index",
			       "entry %llu is not in a tree of %llu entries",
			       (unsigned long long)index, (unsigned long long)size);
	struct plan p = { .n = 0 };
	uint64_t lo = 0, hi = size;
	while (hi - lo > 1) {
		uint64_t mid = lo + split(hi - lo);
		if (index < mid) {
			plan_add(&p, mid, hi);
			hi = mid;
		} else {
			plan_add(&p, lo, mid);
			lo = mid;
		}
	}
	return carry_out(&p, src, size, out, e);
}

enum hy_code hy_prove_consistency(const struct hy_tile_source *src, uint64_t size1, uint64_t size2,
				  struct hy_proof *out, struct hy_err *e)
{
	if (size2 > HY_TREE_MOST)
		return hy_fail(e, HY_BAD_FIELD, "size2", "no log has so many entries");
	if (size1 == 0 || size1 > size2)
		return hy_fail(e, HY_BAD_FIELD, "size1", "must be between 1 and the later size");
	struct plan p = { .n = 0 };
	uint64_t lo = 0, hi = size2;
	while (size1 != hi) {
		uint64_t mid = lo + split(hi - lo);
		if (size1 <= mid) {
			plan_add(&p, mid, hi);
			hi = mid;
		} else {
			plan_add(&p, lo, mid);
			lo = mid;
		}
	}
	if (lo != 0) /* the verifier does not know this part yet */
		plan_add(&p, lo, hi);
	return carry_out(&p, src, size2, out, e);
}

bool hy_inclusion_holds(const hy_hash *leaf, uint64_t index, uint64_t size,
			const struct hy_proof *proof, const hy_hash *root)
{
	if (index >= size || proof->n > HY_PROOF_MOST)
		return false;
	uint64_t fn = index, sn = size - 1;
	hy_hash r = *leaf;
	for (size_t i = 0; i < proof->n; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			r = hy_node_hash(&proof->v[i], &r);
			for (; fn && !(fn & 1); fn >>= 1)
				sn >>= 1;
		} else {
			r = hy_node_hash(&r, &proof->v[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hy_hash_eq(&r, root);
}

bool hy_consistency_holds(uint64_t size1, uint64_t size2, const struct hy_proof *proof,
			  const hy_hash *root1, const hy_hash *root2)
{
	if (size1 == 0 || size1 > size2 || proof->n > HY_PROOF_MOST)
		return false;
	if (size1 == size2)
		return proof->n == 0 && hy_hash_eq(root1, root2);
	if (proof->n == 0)
		return false;
	uint64_t fn = size1 - 1, sn = size2 - 1;
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	/* A complete first tree is a subtree of the second: the proof begins with its root,
	 * which is left out because the verifier has it. */
	bool complete = (size1 & (size1 - 1)) == 0;
	hy_hash fr = complete ? *root1 : proof->v[0], sr = fr;
	for (size_t i = complete ? 0 : 1; i < proof->n; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			fr = hy_node_hash(&proof->v[i], &fr);
			sr = hy_node_hash(&proof->v[i], &sr);
			for (; fn && !(fn & 1); fn >>= 1)
				sn >>= 1;
		} else {
			sr = hy_node_hash(&sr, &proof->v[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hy_hash_eq(&fr, root1) && hy_hash_eq(&sr, root2);
}

/* --- one proof of many entries -------------------------------------------------------- */

struct many { /* entries IDX[at..n) lie in what is still to come */
	const uint64_t *idx;
	size_t n, at;
	uint64_t size;
};

static bool many_ok(const struct many *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->idx[i] >= m->size || (i && m->idx[i] <= m->idx[i - 1]))
			return false;
	return m->n > 0 && m->size <= HY_TREE_MOST;
}

struct proving {
	struct many m;
	struct hy_arena *a;
	struct reader r;
	hy_hash *v;
	size_t n, cap;
};

static enum hy_code prove_range(struct proving *p, uint64_t lo, uint64_t hi, struct hy_err *e)
{
	struct many *m = &p->m;

	if (m->at == m->n || m->idx[m->at] >= hi) {
		if (p->n == p->cap)
			p->v = hy_arena_grow(p->a, p->v, &p->cap, sizeof(*p->v));
		return range_root(&p->r, lo, hi, &p->v[p->n++], e);
	}
	if (hi - lo == 1) {
		m->at++;
		return HY_OK;
	}
	uint64_t mid = lo + split(hi - lo);
	enum hy_code c = prove_range(p, lo, mid, e);
	return c ? c : prove_range(p, mid, hi, e);
}

enum hy_code hy_prove_many(struct hy_arena *a, const struct hy_tile_source *src,
			   const uint64_t *idx, size_t n, uint64_t size, hy_hash **out,
			   size_t *n_out, struct hy_err *e)
{
	struct proving p = { .m = { idx, n, 0, size }, .a = a, .r = { .src = src, .size = size } };

	if (!many_ok(&p.m))
		return hy_fail(e, HY_BAD_FIELD, "index",
			       "entries ascend, are at least one and lie in the log");
	enum hy_code c = prove_range(&p, 0, size, e);
	if (c)
		return c;
	*out = p.v;
	*n_out = p.n;
	return HY_OK;
}

struct holding {
	struct many m;
	const hy_hash *leaves, *proof;
	size_t n, at;
	bool short_of;
};

static hy_hash hold_range(struct holding *h, uint64_t lo, uint64_t hi)
{
	struct many *m = &h->m;

	if (m->at == m->n || m->idx[m->at] >= hi) {
		h->short_of |= h->at == h->n;
		return h->short_of ? (hy_hash){ 0 } : h->proof[h->at++];
	}
	if (hi - lo == 1)
		return h->leaves[m->at++];
	uint64_t mid = lo + split(hi - lo);
	hy_hash left = hold_range(h, lo, mid), right = hold_range(h, mid, hi);
	return hy_node_hash(&left, &right);
}

bool hy_many_hold(const uint64_t *idx, const hy_hash *leaves, size_t n, uint64_t size,
		  const hy_hash *proof, size_t n_proof, const hy_hash *root)
{
	struct holding h = {
		.m = { idx, n, 0, size }, .leaves = leaves, .proof = proof, .n = n_proof
	};

	if (!many_ok(&h.m))
		return false;
	hy_hash found = hold_range(&h, 0, size);
	return !h.short_of && h.at == h.n && hy_hash_eq(&found, root);
}
