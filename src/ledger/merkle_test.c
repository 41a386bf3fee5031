/* The tree, its proofs and its tiles against the definitions of RFC 6962, written here a
 * second time as the recursions they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ledger/tile.h"

enum { LEAVES = 70000 };

static uint64_t dice_state;

/* splitmix64: the same run every time. */
static uint64_t dice(uint64_t below)
{
	uint64_t z = dice_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

/* What a store keeps: leaf hashes and the nodes that appending completes. */
struct memory {
	struct hy_arena *a;
	struct hy_frontier f;
	struct {
		hy_hash *v;
		size_t n;
	} level[HY_TILE_LEVELS];
	unsigned reads;
	bool down;
};

static enum hy_code memory_read(void *arg, unsigned level, uint64_t idx, unsigned width,
				hy_hash *out, struct hy_err *e)
{
	struct memory *m = arg;

	m->reads++;
	if (m->down)
		return hy_broke(e, HY_STORE, "the store is down");
	if (width < 1 || width > 256 || idx * 256 + width > m->level[level].n)
		return hy_broke(e, HY_STORE, "there is no such tile");
	memcpy(out, m->level[level].v + idx * 256, width * sizeof(*out));
	return HY_OK;
}

static struct hy_tile_source source(struct memory *m)
{
	return (struct hy_tile_source){ memory_read, m };
}

static void memory_append(struct memory *m, const hy_hash *leaf)
{
	struct hy_tile_node done[HY_TILE_LEVELS];
	unsigned n = hy_frontier_append(&m->f, leaf, done);

	m->level[0].v[m->level[0].n++] = *leaf;
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(done[i].idx, m->level[done[i].level].n);
		m->level[done[i].level].v[m->level[done[i].level].n++] = done[i].hash;
	}
}

static int up(void **state)
{
	struct hy_arena *a = hy_arena_new(0);
	struct memory *m = hy_new(a, struct memory);

	m->a = a;
	m->level[0].v = hy_new_n(a, hy_hash, LEAVES);
	m->level[1].v = hy_new_n(a, hy_hash, LEAVES / 256);
	m->level[2].v = hy_new_n(a, hy_hash, LEAVES / 65536);
	for (unsigned i = 0; i < LEAVES; i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "entry %u", i);
		hy_hash leaf = hy_leaf_hash((hy_str){ text, (size_t)n });
		memory_append(m, &leaf);
	}
	dice_state = 20260801;
	*state = m;
	return 0;
}

static int down(void **state)
{
	struct memory *m = *state;
	struct hy_arena *a = m->a;

	hy_arena_free(&a);
	return 0;
}

/* MTH(D[n]) of RFC 6962 2.1. */
static hy_hash mth(const hy_hash *d, size_t n)
{
	if (n == 0)
		return hy_empty_root();
	if (n == 1)
		return d[0];
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	hy_hash l = mth(d, k), r = mth(d + k, n - k);
	return hy_node_hash(&l, &r);
}

static void path(size_t m, const hy_hash *d, size_t n, struct hy_proof *p)
{
	if (n <= 1)
		return;
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	if (m < k) {
		path(m, d, k, p);
		p->v[p->n++] = mth(d + k, n - k);
	} else {
		path(m - k, d + k, n - k, p);
		p->v[p->n++] = mth(d, k);
	}
}

static void subproof(size_t m, const hy_hash *d, size_t n, bool known, struct hy_proof *p)
{
	if (m == n) {
		if (!known)
			p->v[p->n++] = mth(d, n);
		return;
	}
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	if (m <= k) {
		subproof(m, d, k, known, p);
		p->v[p->n++] = mth(d + k, n - k);
	} else {
		subproof(m - k, d + k, n - k, false, p);
		p->v[p->n++] = mth(d, k);
	}
}

static void same_proof(const struct hy_proof *a, const struct hy_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->v, b->v, a->n * sizeof(a->v[0]));
}

static void roots_are_those_of_the_definition(void **state)
{
	struct memory *m = *state;
	struct hy_tile_source src = source(m);
	struct hy_err e = { 0 };

	for (int i = 0; i < 300; i++) {
		size_t n = i < 260 ? (size_t)i : dice(LEAVES + 1);
		hy_hash want = mth(m->level[0].v, n), got = hy_tree_root(m->level[0].v, n);
		assert_true(hy_hash_eq(&want, &got));
		struct hy_frontier f;
		assert_int_equal(hy_frontier_load(&src, n, &f, &e), HY_OK);
		got = hy_frontier_root(&f);
		assert_true(hy_hash_eq(&want, &got));
	}
}

static void every_proof_of_small_trees(void **state)
{
	struct memory *m = *state;
	struct hy_tile_source src = source(m);
	struct hy_err e = { 0 };

	for (size_t n = 1; n <= 65; n++) {
		hy_hash root = mth(m->level[0].v, n);
		for (size_t i = 0; i < n; i++) {
			struct hy_proof p, want = { 0 };
			assert_int_equal(hy_prove_inclusion(&src, i, n, &p, &e), HY_OK);
			path(i, m->level[0].v, n, &want);
			same_proof(&p, &want);
			assert_true(hy_inclusion_holds(&m->level[0].v[i], i, n, &p, &root));

			hy_hash first = mth(m->level[0].v, i + 1);
			want.n = 0;
			assert_int_equal(hy_prove_consistency(&src, i + 1, n, &p, &e), HY_OK);
			subproof(i + 1, m->level[0].v, n, true, &want);
			same_proof(&p, &want);
			assert_true(hy_consistency_holds(i + 1, n, &p, &first, &root));
		}
	}
}

/* Whatever is done to a good proof, it does not hold any more. */
static void refuses_inclusion(const hy_hash *leaf, size_t index, size_t size,
			      const struct hy_proof *good, const hy_hash *root)
{
	struct hy_proof p = *good;
	hy_hash other = *root;

	for (size_t i = 0; i < good->n; i++) {
		p.v[i].b[dice(32)] ^= (unsigned char)(1 << dice(8));
		assert_false(hy_inclusion_holds(leaf, index, size, &p, root));
		p = *good;
		memmove(&p.v[i], &p.v[i + 1], (p.n - i - 1) * sizeof(p.v[0]));
		p.n--;
		assert_false(hy_inclusion_holds(leaf, index, size, &p, root));
		p = *good;
	}
	if (good->n < HY_PROOF_MOST) {
		size_t at = dice(good->n + 1);
		memmove(&p.v[at + 1], &p.v[at], (p.n - at) * sizeof(p.v[0]));
		p.v[at] = dice(2) ? *leaf : *root;
		p.n++;
		assert_false(hy_inclusion_holds(leaf, index, size, &p, root));
	}
	other.b[dice(32)] ^= 1;
	assert_false(hy_inclusion_holds(leaf, index, size, good, &other));
	assert_false(hy_inclusion_holds(&other, index, size, good, root));
	assert_false(hy_inclusion_holds(leaf, index, 0, good, root));
	assert_false(hy_inclusion_holds(leaf, size, size, good, root));
	if (size > 1)
		assert_false(hy_inclusion_holds(leaf, (index + 1) % size, size, good, root));
}

static void refuses_consistency(size_t size1, size_t size2, const struct hy_proof *good,
				const hy_hash *root1, const hy_hash *root2)
{
	struct hy_proof p = *good;
	hy_hash other = *root1;

	for (size_t i = 0; i < good->n; i++) {
		p.v[i].b[dice(32)] ^= (unsigned char)(1 << dice(8));
		assert_false(hy_consistency_holds(size1, size2, &p, root1, root2));
		p = *good;
		memmove(&p.v[i], &p.v[i + 1], (p.n - i - 1) * sizeof(p.v[0]));
		p.n--;
		assert_false(hy_consistency_holds(size1, size2, &p, root1, root2));
		p = *good;
	}
	if (good->n < HY_PROOF_MOST) {
		p.v[p.n++] = *root2;
		assert_false(hy_consistency_holds(size1, size2, &p, root1, root2));
	}
	other.b[dice(32)] ^= 0x80;
	assert_false(hy_consistency_holds(size1, size2, good, &other, root2));
	assert_false(hy_consistency_holds(0, size2, good, root1, root2));
	assert_false(hy_consistency_holds(size2 + 1, size2, good, root1, root2));
	if (size1 < size2)
		assert_false(hy_consistency_holds(size2, size1, good, root2, root1));
}

static void random_proofs_hold_and_damaged_ones_do_not(void **state)
{
	struct memory *m = *state;
	struct hy_tile_source src = source(m);
	struct hy_err e = { 0 };

	for (int round = 0; round < 150; round++) {
		size_t size = 1 + dice(round % 3 ? LEAVES : 600);
		size_t index = dice(size), size1 = 1 + dice(size);
		hy_hash root = mth(m->level[0].v, size), root1 = mth(m->level[0].v, size1);
		struct hy_proof p, c;
		m->reads = 0;
		assert_int_equal(hy_prove_inclusion(&src, index, size, &p, &e), HY_OK);
		assert_true(m->reads <= 10);
		assert_true(hy_inclusion_holds(&m->level[0].v[index], index, size, &p, &root));
		refuses_inclusion(&m->level[0].v[index], index, size, &p, &root);
		m->reads = 0;
		assert_int_equal(hy_prove_consistency(&src, size1, size, &c, &e), HY_OK);
		assert_true(m->reads <= 10);
		assert_true(hy_consistency_holds(size1, size, &c, &root1, &root));
		refuses_consistency(size1, size, &c, &root1, &root);
	}
}

static void proofs_outside_the_tree_are_refused(void **state)
{
	struct memory *m = *state;
	struct hy_tile_source src = source(m);
	const struct {
		bool inclusion;
		uint64_t first, size;
	} bad[] = { { true, 0, 0 },	     { true, 5, 5 },	      { true, UINT64_MAX, 5 },
		    { true, 0, UINT64_MAX }, { false, 0, 5 },	      { false, 6, 5 },
		    { false, 0, 0 },	     { false, 1, UINT64_MAX } };

	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err e = { 0 };
		struct hy_proof p = { .n = 77 };
		assert_int_equal((bad[i].inclusion ? hy_prove_inclusion : hy_prove_consistency)(
					 &src, bad[i].first, bad[i].size, &p, &e),
				 HY_BAD_FIELD);
		assert_int_equal(p.n, 77);
	}
	struct hy_err e = { 0 };
	struct hy_frontier f;
	assert_int_equal(hy_frontier_load(&src, UINT64_MAX, &f, &e), HY_BAD_FIELD);
}

static void one_proof_of_many_entries_holds_and_a_damaged_one_does_not(void **state)
{
	struct memory *m = *state;
	struct hy_tile_source src = source(m);
	static const uint64_t sizes[] = { 1, 2, 3, 7, 8, 255, 256, 257, 1000, LEAVES };
	struct hy_err e = { 0 };

	for (size_t k = 0; k < HY_COUNT(sizes); k++) {
		uint64_t size = sizes[k], idx[64], last = UINT64_MAX;
		hy_hash leaves[64], *proof = NULL, root = hy_tree_root(m->level[0].v, size);
		size_t n = 0, n_proof = 0;
		for (uint64_t i = 0; i < size && n < 64; i += 1 + dice((unsigned)(size / 40 + 2))) {
			idx[n] = last = i;
			leaves[n++] = m->level[0].v[i];
		}
		assert_int_equal(hy_prove_many(m->a, &src, idx, n, size, &proof, &n_proof, &e),
				 HY_OK);
		assert_true(hy_many_hold(idx, leaves, n, size, proof, n_proof, &root));
		assert_false(hy_many_hold(idx, leaves, 0, size, proof, n_proof, &root));
		if (n_proof)
			assert_false(hy_many_hold(idx, leaves, n, size, proof, n_proof - 1, &root));
		idx[n - 1] = size;
		assert_false(hy_many_hold(idx, leaves, n, size, proof, n_proof, &root));
		assert_int_equal(hy_prove_many(m->a, &src, idx, n, size, &proof, &n_proof, &e),
				 HY_BAD_FIELD);
		e = (struct hy_err){ 0 };
		idx[n - 1] = last;
		leaves[0].b[7] ^= 1;
		assert_false(hy_many_hold(idx, leaves, n, size, proof, n_proof, &root));
	}
}

static void a_failing_store_is_passed_on(void **state)
{
	struct memory *m = *state;
	struct hy_tile_source src = source(m);
	struct hy_proof p;
	struct hy_frontier f;
	struct hy_err e = { 0 };

	m->down = true;
	assert_int_equal(hy_prove_inclusion(&src, 3, 1000, &p, &e), HY_STORE);
	hy_err_clear(&e);
	assert_int_equal(hy_prove_consistency(&src, 3, 1000, &p, &e), HY_STORE);
	hy_err_clear(&e);
	assert_int_equal(hy_frontier_load(&src, 1000, &f, &e), HY_STORE);
	m->down = false;
	hy_err_clear(&e);
	assert_int_equal(hy_prove_inclusion(&src, 0, LEAVES + 300, &p, &e), HY_STORE);
}

/* Levels far above what memory holds: a tree whose leaves are all alike. */
static enum hy_code alike(void *arg, unsigned level, uint64_t idx, unsigned width, hy_hash *out,
			  struct hy_err *e)
{
	const hy_hash *levels = arg;

	(void)e;
	assert_int_equal(width, hy_tile_width((int)level, idx, HY_TREE_MOST));
	for (unsigned i = 0; i < width; i++)
		out[i] = levels[8 * level];
	return HY_OK;
}

static void the_largest_tree_has_proofs(void **state)
{
	(void)state;
	hy_hash levels[64] = { hy_leaf_hash(HY_S("same")) };
	for (int i = 1; i < 64; i++)
		levels[i] = hy_node_hash(&levels[i - 1], &levels[i - 1]);
	struct hy_tile_source src = { alike, levels };
	struct hy_frontier f;
	struct hy_proof p;
	struct hy_err e = { 0 };
	assert_int_equal(hy_frontier_load(&src, HY_TREE_MOST, &f, &e), HY_OK);
	hy_hash root = hy_frontier_root(&f);
	const uint64_t at[] = { 0, 1, HY_TREE_MOST / 2, HY_TREE_MOST - 2, HY_TREE_MOST - 1 };
	for (size_t i = 0; i < HY_COUNT(at); i++) {
		assert_int_equal(hy_prove_inclusion(&src, at[i], HY_TREE_MOST, &p, &e), HY_OK);
		assert_true(hy_inclusion_holds(levels, at[i], HY_TREE_MOST, &p, &root));
		assert_int_equal(hy_prove_consistency(&src, at[i] + 1, HY_TREE_MOST, &p, &e),
				 HY_OK);
		struct hy_frontier g = { .size = at[i] + 1 };
		memcpy(g.edge, levels, sizeof(levels));
		hy_hash first = hy_frontier_root(&g);
		assert_true(hy_consistency_holds(at[i] + 1, HY_TREE_MOST, &p, &first, &root));
	}
	assert_int_equal(hy_tile_width(7, 127, HY_TREE_MOST), 0);
	assert_int_equal(hy_tile_width(7, 0, HY_TREE_MOST), 127);
}

static void a_frontier_survives_being_written(void **state)
{
	struct memory *m = *state;

	for (int i = 0; i < 200; i++) {
		size_t n = i < 100 ? (size_t)i : dice(LEAVES - 10);
		struct hy_tile_source src = source(m);
		struct hy_frontier f, g;
		struct hy_err e = { 0 };
		assert_int_equal(hy_frontier_load(&src, n, &f, &e), HY_OK);
		hy_str bytes = hy_frontier_write(m->a, &f);
		assert_true(hy_frontier_read(bytes, &g));
		for (size_t k = n; k < n + 10; k++)
			hy_frontier_append(&g, &m->level[0].v[k], NULL);
		hy_hash want = hy_tree_root(m->level[0].v, n + 10), got = hy_frontier_root(&g);
		assert_true(hy_hash_eq(&want, &got));
		assert_false(hy_frontier_read((hy_str){ bytes.p, bytes.n - 1 }, &g));
		assert_false(hy_frontier_read(hy_printf(m->a, HY_FMT "x", HY_ARG(bytes)), &g));
	}
	struct hy_frontier g;
	assert_false(hy_frontier_read(HY_S(""), &g));
	assert_false(hy_frontier_read(HY_S("\xff\xff\xff\xff\xff\xff\xff\xff"), &g));
}

static void texts_of_numbers_and_hashes_are_strict(void **state)
{
	(void)state;
	uint64_t v = 7;
	hy_hash h;
	assert_true(hy_size_read(HY_S("0"), &v) && v == 0);
	assert_true(hy_size_read(HY_S("9223372036854775807"), &v) && v == HY_TREE_MOST);
	const hy_str bad[] = { HY_S(""),
			       HY_S("00"),
			       HY_S("01"),
			       HY_S("-0"),
			       HY_S("-1"),
			       HY_S("+1"),
			       HY_S(" 1"),
			       HY_S("1 "),
			       HY_S("1a"),
			       HY_S("0x1"),
			       HY_S("9223372036854775808") };
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		assert_false(hy_size_read(bad[i], &v));
	assert_true(v == HY_TREE_MOST);
	assert_true(hy_hash_read(HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), &h));
	hy_hash none = hy_empty_root();
	assert_true(hy_hash_eq(&h, &none));
	const hy_str worse[] = { HY_S(""),
				 HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"),
				 HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="),
				 HY_S("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU="),
				 HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA=="),
				 HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA"),
				 HY_S(" 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"),
				 HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n") };
	for (size_t i = 0; i < HY_COUNT(worse); i++)
		assert_false(hy_hash_read(worse[i], &h));
	/* Every byte that is no digit is refused in every place, above all those past 0x7f. */
	for (int c = 0; c < 256; c++) {
		char text[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
		bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || c == '+' || c == '/';
		text[c % 40] = (char)c;
		assert_int_equal(hy_hash_read(hy_str_of(text), &h), digit);
	}
	struct hy_proof p = { .n = HY_PROOF_MOST };
	assert_false(hy_proof_add(&p, HY_S("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")));
}

static void tile_names_go_there_and_back(void **state)
{
	struct memory *m = *state;

	for (int i = 0; i < 5000; i++) {
		uint64_t most = 1;
		for (uint64_t digits = dice(19); digits > 0; digits--)
			most *= 10;
		struct hy_tile t = { (int)dice(65) - 1, dice(most), 1 + (unsigned)dice(256) }, back;
		hy_str name = hy_tile_path(m->a, t);
		assert_true(hy_tile_parse(name, &back));
		assert_int_equal(back.level, t.level);
		assert_true(back.index == t.index);
		assert_int_equal(back.width, t.width);
		/* Every name that is read is the name that would have been written. */
		char *bytes = (char *)hy_str_dup(m->a, name).p;
		bytes[dice(name.n)] = "0123456789xp./-e\0 "[dice(18)];
		hy_str bent = { bytes, name.n };
		if (hy_tile_parse(bent, &back))
			assert_true(hy_str_eq(hy_tile_path(m->a, back), bent));
	}
	const hy_str bad[] = { HY_S(""),
			       HY_S("tile"),
			       HY_S("tile/"),
			       HY_S("/tile/0/000"),
			       HY_S("tile/0/"),
			       HY_S("tile/0/000.p"),
			       HY_S("tile/0/000.p/1/"),
			       HY_S("tile/entries"),
			       HY_S("tile/entries/000.p/0"),
			       HY_S("tile/0/x001"),
			       HY_S("tile/0/x001/"),
			       HY_S("tile//000"),
			       HY_S("tile/0/x001/x000/x000/x000/x000/x000/000"),
			       HY_S("tile/0/000\0"),
			       HY_S("tile/x/000") };
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_tile t;
		assert_false(hy_tile_parse(bad[i], &t));
	}
}

static void a_walk_gives_each_new_tile_once(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		uint64_t old = dice(200000), new = old + dice(round % 2 ? 200000 : 300);
		struct hy_tile_walk w = { .old_size = old, .new_size = new };
		struct hy_tile t;
		uint64_t given = 0, changed = 0;
		while (hy_tile_next(&w, &t)) {
			assert_int_equal(t.width, hy_tile_width(t.level, t.index, new));
			assert_true(t.width > hy_tile_width(t.level, t.index, old));
			given++;
		}
		for (int level = 0; level < HY_TILE_LEVELS; level++)
			for (uint64_t i = 0; hy_tile_width(level, i, new); i++)
				changed += hy_tile_width(level, i, new) !=
					   hy_tile_width(level, i, old);
		assert_true(given == changed);
	}
	assert_int_equal(hy_tile_width(HY_TILE_ENTRIES, 1, 300), 44);
	assert_int_equal(hy_tile_width(HY_TILE_ENTRIES, 2, 300), 0);
	assert_int_equal(hy_tile_width(8, 0, UINT64_MAX), 0);
	assert_int_equal(hy_tile_width(-2, 0, 300), 0);
	assert_int_equal(hy_tile_width(0, UINT64_MAX, UINT64_MAX), 0);
}

static void bundles_give_back_their_entries(void **state)
{
	struct memory *m = *state;
	struct hy_buf b = hy_buf_on(m->a);
	char *large = hy_arena_take(m->a, HY_ENTRY_MOST + 1);
	hy_str entry;

	assert_true(hy_bundle_add(&b, HY_S("")));
	assert_true(hy_bundle_add(&b, HY_S("abc")));
	assert_true(hy_bundle_add(&b, (hy_str){ large, HY_ENTRY_MOST }));
	size_t n = b.n;
	assert_false(hy_bundle_add(&b, (hy_str){ large, HY_ENTRY_MOST + 1 }));
	assert_int_equal(b.n, n);
	hy_str rest = hy_buf_str(&b);
	assert_true(hy_bundle_next(&rest, &entry) && entry.n == 0);
	assert_true(hy_bundle_next(&rest, &entry) && hy_str_eq(entry, HY_S("abc")));
	assert_true(hy_bundle_next(&rest, &entry) && entry.n == HY_ENTRY_MOST);
	assert_false(hy_bundle_next(&rest, &entry));
	assert_int_equal(rest.n, 0);
	for (size_t cut = 1; cut < 5; cut++) {
		rest = (hy_str){ "\0\3abc", 5 - cut };
		assert_false(hy_bundle_next(&rest, &entry));
		assert_int_equal(rest.n, 5 - cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_those_of_the_definition),
		cmocka_unit_test(every_proof_of_small_trees),
		cmocka_unit_test(random_proofs_hold_and_damaged_ones_do_not),
		cmocka_unit_test(proofs_outside_the_tree_are_refused),
		cmocka_unit_test(one_proof_of_many_entries_holds_and_a_damaged_one_does_not),
		cmocka_unit_test(a_failing_store_is_passed_on),
		cmocka_unit_test(the_largest_tree_has_proofs),
		cmocka_unit_test(a_frontier_survives_being_written),
		cmocka_unit_test(texts_of_numbers_and_hashes_are_strict),
		cmocka_unit_test(tile_names_go_there_and_back),
		cmocka_unit_test(a_walk_gives_each_new_tile_once),
		cmocka_unit_test(bundles_give_back_their_entries),
	};

	return cmocka_run_group_tests(tests, up, down);
}
