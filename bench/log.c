/* How near the log comes to the bare hash: ninja -C build/gcc bench/bench-log &&
 * build/gcc/bench/bench-log
 *
 * Each round measures every line once, so that all of them see the same machine; the
 * medians of the rounds are printed.  The bare loop is OpenSSL's EVP with a fetched digest and a
 * reused context. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/receipt.h"

enum { ROUNDS = 5, LEAVES = 200000, SIGNATURES = 2000, ENTRY = 200, PROOFS = 500 };

struct work {
	struct hy_arena *a;
	EVP_MD_CTX *ctx;
	EVP_MD *sha256;
	unsigned char entry[1 + ENTRY];
	hy_hash *level[3]; /* the rows of a store */
	struct hy_skey key;
	struct hy_checkpoint cp;
	hy_str note;
	volatile unsigned char sum; /* keeps the work from being left out */
};

static _Noreturn void fatal(const char *what)
{
	fprintf(stderr, "bench-log: %s\n", what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static hy_hash bare(struct work *w, const void *p, size_t n)
{
	hy_hash h;

	if (!EVP_DigestInit_ex2(w->ctx, w->sha256, NULL) || !EVP_DigestUpdate(w->ctx, p, n) ||
	    !EVP_DigestFinal_ex(w->ctx, h.b, NULL))
		fatal("OpenSSL failed");
	return h;
}

/* Makes entry I different from the others. */
static void stir(struct work *w, unsigned i)
{
	memcpy(w->entry + 1, &i, sizeof(i));
}

static unsigned bare_leaves(struct work *w)
{
	for (unsigned i = 0; i < LEAVES; i++) {
		stir(w, i);
		w->sum ^= bare(w, w->entry, sizeof(w->entry)).b[0];
	}
	return LEAVES;
}

static unsigned our_leaves(struct work *w)
{
	for (unsigned i = 0; i < LEAVES; i++) {
		stir(w, i);
		w->level[0][i] = hy_leaf_hash((hy_str){ (const char *)w->entry + 1, ENTRY });
	}
	return LEAVES;
}

/* What a tree must cost at least: a hash of the entry and one of 65 bytes. */
static unsigned bare_appends(struct work *w)
{
	unsigned char node[1 + 2 * HY_SHA256] = { 1 };

	for (unsigned i = 0; i < LEAVES; i++) {
		stir(w, i);
		hy_hash h = bare(w, w->entry, sizeof(w->entry));
		memcpy(node + 1 + HY_SHA256, h.b, HY_SHA256);
		h = bare(w, node, sizeof(node));
		memcpy(node + 1, h.b, HY_SHA256);
	}
	w->sum ^= node[1];
	return LEAVES;
}

static unsigned our_appends(struct work *w)
{
	struct hy_frontier f = { 0 };
	struct hy_tile_node done[HY_TILE_LEVELS];

	for (unsigned i = 0; i < LEAVES; i++) {
		stir(w, i);
		w->level[0][i] = hy_leaf_hash((hy_str){ (const char *)w->entry + 1, ENTRY });
		for (unsigned n = hy_frontier_append(&f, &w->level[0][i], done); n > 0; n--)
			w->level[done[n - 1].level][done[n - 1].idx] = done[n - 1].hash;
	}
	w->cp.size = f.size;
	w->cp.root = hy_frontier_root(&f);
	return LEAVES;
}

static enum hy_code rows(void *arg, unsigned level, uint64_t idx, unsigned width, hy_hash *out,
			 struct hy_err *e)
{
	const struct work *w = arg;

	if (level >= HY_COUNT(w->level))
		return hy_broke(e, HY_STORE, "there is no level %u", level);
	memcpy(out, w->level[level] + idx * HY_TILE_WIDTH, width * sizeof(*out));
	return HY_OK;
}

static unsigned proofs(struct work *w)
{
	const struct hy_tile_source src = { rows, w };

	for (unsigned i = 0; i < PROOFS; i++) {
		uint64_t index = (uint64_t)i * 7919 % LEAVES;
		struct hy_proof p;
		struct hy_err e = { 0 };
		if (hy_prove_inclusion(&src, index, LEAVES, &p, &e))
			fatal(hy_err_text(&e));
		if (!hy_inclusion_holds(&w->level[0][index], index, LEAVES, &p, &w->cp.root))
			fatal("a proof does not hold");
	}
	return PROOFS;
}

static unsigned signs(struct work *w)
{
	for (unsigned i = 0; i < SIGNATURES; i++) {
		struct hy_err e = { 0 };
		hy_arena_empty(w->a);
		if (hy_checkpoint_sign(w->a, &w->cp, &w->key, &w->note, &e))
			fatal(hy_err_text(&e));
	}
	return SIGNATURES;
}

static unsigned verifies(struct work *w)
{
	for (unsigned i = 0; i < SIGNATURES; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct hy_checkpoint cp;
		struct hy_err e = { 0 };
		if (hy_checkpoint_open_own(a, w->note, &w->key.pub, &cp, &e))
			fatal(hy_err_text(&e));
	}
	return SIGNATURES;
}

/* A line is compared with line AGAINST; itself means with none. */
static const struct line {
	const char *name;
	unsigned (*run)(struct work *);
	size_t against;
} lines[] = {
	{ "leaf hashes, bare EVP", bare_leaves, 0 },
	{ "leaf hashes", our_leaves, 0 },
	{ "leaf and node hash, bare EVP", bare_appends, 2 },
	{ "appends", our_appends, 2 },
	{ "inclusion proofs made and verified", proofs, 4 },
	{ "checkpoints signed", signs, 5 },
	{ "checkpoints verified", verifies, 6 },
};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void set_up(struct work *w)
{
	const unsigned char seed[HY_SEED] = { 7 };
	struct hy_err e = { 0 };

	w->a = hy_arena_new(0);
	w->ctx = EVP_MD_CTX_new();
	w->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!w->ctx || !w->sha256)
		fatal("OpenSSL failed");
	for (size_t i = 0; i < HY_COUNT(w->level); i++) {
		w->level[i] = calloc((LEAVES >> 8 * i) + 1, sizeof(hy_hash));
		if (!w->level[i])
			fatal("out of memory");
	}
	if (hy_skey_make(HY_S("city.example/log"), HY_SIG_ED25519, seed, &w->key, &e))
		fatal(hy_err_text(&e));
	w->cp.origin = w->key.pub.name;
}

int main(void)
{
	struct work w = { .sum = 0 };
	double per_second[HY_COUNT(lines)][ROUNDS], median[HY_COUNT(lines)];

	set_up(&w);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < HY_COUNT(lines); i++) {
			double start = now();
			unsigned n = lines[i].run(&w);
			per_second[i][round] = n / (now() - start);
		}
	}
	printf("entries of %d bytes, tree of %d, medians of %d rounds\n", ENTRY, LEAVES, ROUNDS);
	for (size_t i = 0; i < HY_COUNT(lines); i++) {
		qsort(per_second[i], ROUNDS, sizeof(double), ascending);
		median[i] = per_second[i][ROUNDS / 2];
		printf("%-36s %10.0f /s", lines[i].name, median[i]);
		if (lines[i].against != i)
			printf("   %.2f of bare", median[i] / median[lines[i].against]);
		putchar('\n');
	}
	EVP_MD_CTX_free(w.ctx);
	EVP_MD_free(w.sha256);
	for (size_t i = 0; i < HY_COUNT(w.level); i++)
		free(w.level[i]);
	hy_arena_free(&w.a);
	return 0;
}
