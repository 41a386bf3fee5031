/* The published vectors (RFC 6962, C2SP, transparency-dev, golang.org/x/mod, Sunlight) as they are
 * collected in data/tlog/tlog-vectors.json of the shared data.  Without it the tests skip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "ledger/receipt.h"
#include "ledger/tile.h"

struct vectors {
	struct hy_arena *a;
	json_t *all; /* NULL when the shared data is absent */
};

static void release(void *v)
{
	json_decref(v);
}

static int up(void **state)
{
	struct hy_arena *a = hy_arena_new(0);
	struct vectors *v = hy_new(a, struct vectors);
	const char *dir = getenv("HY_SHARED_DATA");
	struct hy_err e = { 0 };
	hy_str text;

	v->a = a;
	*state = v;
	hy_str file = hy_printf(a, "%s/tlog/tlog-vectors.json",
				dir ? dir : HY_SOURCE_ROOT "/../shared/data");
	enum hy_code c = hy_file_read(a, file.p, 10 << 20, &text, &e);
	if (c == HY_NOT_FOUND) {
		print_message("# %s is absent: vectors are not checked\n", file.p);
		return 0;
	}
	if (c)
		return 1;
	/* One probe has the index 2^64 - 1, which Jansson only takes as a real. */
	v->all = json_loadb(text.p, text.n, JSON_DECODE_INT_AS_REAL, NULL);
	if (v->all)
		hy_arena_defer(a, release, v->all);
	return v->all ? 0 : 1;
}

static int down(void **state)
{
	struct vectors *v = *state;
	struct hy_arena *a = v->a;

	hy_arena_free(&a);
	return 0;
}

/* The part of the file named KEY; skips the test when there is no file. */
static const json_t *part(const struct vectors *v, const char *key)
{
	if (!v->all)
		skip();
	const json_t *p = json_object_get(v->all, key);
	assert_non_null(p);
	return p;
}

static uint64_t num(const json_t *obj, const char *key)
{
	const json_t *n = json_object_get(obj, key);

	assert_true(json_is_number(n));
	double d = json_number_value(n);
	return d >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)d;
}

static hy_str str(const json_t *v)
{
	assert_true(json_is_string(v));
	return (hy_str){ json_string_value(v), json_string_length(v) };
}

static hy_str text(const json_t *obj, const char *key)
{
	return str(json_object_get(obj, key));
}

static hy_hash hex(const json_t *v)
{
	hy_hash h;

	assert_true(hy_unhex(str(v), h.b, sizeof(h.b)));
	return h;
}

static hy_hash hash_at(const json_t *obj, const char *key)
{
	return hex(json_object_get(obj, key));
}

static struct hy_proof proof_of(const json_t *list)
{
	struct hy_proof p = { 0 };

	assert_true(json_is_array(list) && json_array_size(list) <= HY_PROOF_MOST);
	for (; p.n < json_array_size(list); p.n++)
		p.v[p.n] = hex(json_array_get(list, p.n));
	return p;
}

static void same_hash(hy_hash a, hy_hash b)
{
	assert_memory_equal(a.b, b.b, sizeof(a.b));
}

static void same_proof(const struct hy_proof *a, const struct hy_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->v, b->v, a->n * sizeof(a->v[0]));
}

static void same_text(hy_str a, hy_str b)
{
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
}

/* A log in memory: the rows a store would keep. */
struct rows {
	hy_hash *level[3];
	struct hy_frontier f;
};

static enum hy_code rows_read(void *arg, unsigned level, uint64_t idx, unsigned width, hy_hash *out,
			      struct hy_err *e)
{
	const struct rows *r = arg;

	(void)e;
	assert_true(level < 3 && (idx * 256 + width) << 8 * level <= r->f.size);
	memcpy(out, r->level[level] + idx * 256, width * sizeof(*out));
	return HY_OK;
}

static void rows_start(struct hy_arena *a, struct rows *r, size_t most)
{
	*r = (struct rows){ .level = { hy_new_n(a, hy_hash, most),
				       hy_new_n(a, hy_hash, most / 256 + 1),
				       hy_new_n(a, hy_hash, most / 65536 + 1) } };
}

static void rows_append(struct rows *r, hy_str data)
{
	struct hy_tile_node done[HY_TILE_LEVELS];
	hy_hash leaf = hy_leaf_hash(data);

	r->level[0][r->f.size] = leaf;
	unsigned n = hy_frontier_append(&r->f, &leaf, done);
	for (unsigned i = 0; i < n; i++)
		r->level[done[i].level][done[i].idx] = done[i].hash;
}

static void hash_primitives(void **state)
{
	const json_t *p = part(*state, "hash_primitives");
	hy_hash l, r, node;

	same_hash(hy_empty_root(), hash_at(p, "empty_root"));
	same_hash(hy_leaf_hash(HY_S("")), hash_at(p, "leaf_empty"));
	same_hash(hy_leaf_hash(HY_S("L123456")), hash_at(p, "leaf_ascii_L123456"));
	/* The published node has children that are no hashes: made of its bytes. */
	node = hy_sha256(HY_S("\001N123N456"));
	same_hash(node, hash_at(p, "node_ascii_N123_N456"));
	memset(l.b, 'l', sizeof(l.b));
	memset(r.b, 'r', sizeof(r.b));
	node = hy_sha256_4(HY_S("\001"), (hy_str){ (char *)l.b, 32 }, (hy_str){ (char *)r.b, 32 },
			   (hy_str){ 0 });
	same_hash(hy_node_hash(&l, &r), node);
}

/* Every proof of LIST, made and verified. */
static void check_inclusion(const json_t *list, const struct rows *r)
{
	const struct hy_tile_source src = { rows_read, (void *)r };
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v) {
		uint64_t index = num(v, "index"), size = num(v, "size");
		struct hy_proof want = proof_of(json_object_get(v, "proof")), got;
		hy_hash root = hy_tree_root(r->level[0], size);
		struct hy_err e = { 0 };
		assert_int_equal(hy_prove_inclusion(&src, index, size, &got, &e), HY_OK);
		same_proof(&got, &want);
		assert_true(hy_inclusion_holds(&r->level[0][index], index, size, &want, &root));
	}
}

static void check_consistency(const json_t *list, const struct rows *r)
{
	const struct hy_tile_source src = { rows_read, (void *)r };
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v) {
		uint64_t size1 = num(v, "size1"), size2 = num(v, "size2");
		struct hy_proof want = proof_of(json_object_get(v, "proof")), got;
		hy_hash root1 = hy_tree_root(r->level[0], size1);
		hy_hash root2 = hy_tree_root(r->level[0], size2);
		struct hy_err e = { 0 };
		assert_int_equal(hy_prove_consistency(&src, size1, size2, &got, &e), HY_OK);
		same_proof(&got, &want);
		assert_true(hy_consistency_holds(size1, size2, &want, &root1, &root2));
	}
}

static void ct_reference_tree(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "ct_reference_tree"), *v;
	const json_t *roots = json_object_get(p, "root_by_size");
	struct rows r;
	size_t i;

	rows_start(vs->a, &r, 8);
	json_array_foreach (json_object_get(p, "leaf_data_hex"), i, v) {
		char data[64];
		size_t n = json_string_length(v) / 2;
		assert_true(n <= sizeof(data) && hy_unhex(str(v), data, n));
		same_hash(hy_frontier_root(&r.f), hex(json_array_get(roots, i)));
		rows_append(&r, (hy_str){ data, n });
		same_hash(r.level[0][i], hex(json_array_get(json_object_get(p, "leaf_hash"), i)));
	}
	assert_int_equal(i, 8);
	same_hash(hy_frontier_root(&r.f), hex(json_array_get(roots, 8)));
	assert_int_equal(json_array_size(json_object_get(p, "inclusion")), 36);
	check_inclusion(json_object_get(p, "inclusion"), &r);
	assert_int_equal(json_array_size(json_object_get(p, "consistency")), 36);
	check_consistency(json_object_get(p, "consistency"), &r);
}

/* Hashes of a probe in base64; false when one is no hash, which refuses the probe. */
static bool probe_hash(const json_t *probe, const char *key, hy_hash *out)
{
	const json_t *v = json_object_get(probe, key);

	return json_is_string(v) && hy_hash_read(str(v), out);
}

static bool probe_proof(const json_t *probe, struct hy_proof *out)
{
	const json_t *v, *list = json_object_get(probe, "proof");
	size_t i;

	*out = (struct hy_proof){ 0 };
	json_array_foreach (list, i, v)
		if (!hy_proof_add(out, str(v)))
			return false;
	return true;
}

static bool inclusion_probe(const json_t *p)
{
	hy_hash leaf, root;
	struct hy_proof proof;

	return probe_hash(p, "leafHash", &leaf) && probe_hash(p, "root", &root) &&
	       probe_proof(p, &proof) &&
	       hy_inclusion_holds(&leaf, num(p, "leafIdx"), num(p, "treeSize"), &proof, &root);
}

/* Some probes whose proof is empty have the root "don't care 2": text that stands for any hash. */
static bool probe_root(const json_t *probe, const char *key, hy_hash *out)
{
	unsigned char bytes[64];
	ptrdiff_t n = hy_unbase64(text(probe, key), bytes, sizeof(bytes));

	if (n == HY_SHA256)
		return probe_hash(probe, key, out);
	if (n <= 0)
		return false;
	*out = hy_sha256((hy_str){ (char *)bytes, (size_t)n });
	return true;
}

static bool consistency_probe(const json_t *p)
{
	hy_hash root1, root2;
	struct hy_proof proof;

	return probe_root(p, "root1", &root1) && probe_root(p, "root2", &root2) &&
	       probe_proof(p, &proof) &&
	       hy_consistency_holds(num(p, "size1"), num(p, "size2"), &proof, &root1, &root2);
}

static void verifier_probes(void **state)
{
	const json_t *p = part(*state, "verifier_probes"), *v;
	const struct {
		const char *key;
		bool (*holds)(const json_t *);
	} kinds[] = { { "inclusion", inclusion_probe }, { "consistency", consistency_probe } };
	int probes = 0, refusals = 0;
	size_t i;

	for (size_t k = 0; k < HY_COUNT(kinds); k++) {
		json_array_foreach (json_object_get(p, kinds[k].key), i, v) {
			bool refuse = json_is_true(json_object_get(v, "wantErr"));
			if (kinds[k].holds(v) == refuse)
				fail_msg("%s", json_string_value(json_object_get(v, "file")));
			probes++;
			refusals += refuse;
		}
	}
	assert_int_equal(probes, 196);
	assert_int_equal(refusals, 184);
}

/* SHA-256 over the tile of that PATH in a tree of SIZE. */
static void check_tile(const json_t *v, struct rows *r, uint64_t size)
{
	struct hy_tile t;
	hy_hash bytes[HY_TILE_WIDTH];
	struct hy_err e = { 0 };

	assert_true(hy_tile_parse(text(v, "path"), &t));
	assert_int_equal(t.width, hy_tile_width(t.level, t.index, size));
	assert_int_equal(rows_read(r, (unsigned)t.level, t.index, t.width, bytes, &e), HY_OK);
	assert_int_equal(num(v, "len"), t.width * HY_SHA256);
	same_hash(hy_sha256((hy_str){ (char *)bytes, t.width * HY_SHA256 }),
		  hash_at(v, "sha256_of_bytes"));
}

static void check_counts(struct hy_arena *a, const json_t *counts, uint64_t size)
{
	struct hy_tile_walk w = { .new_size = size };
	struct hy_tile t;
	int full[HY_TILE_LEVELS] = { 0 };
	size_t named = 0;

	while (hy_tile_next(&w, &t)) {
		if (t.width == HY_TILE_WIDTH) {
			named += full[t.level]++ == 0;
			continue;
		}
		named++;
		hy_str name = hy_printf(a, "level %d partial %u", t.level, t.width);
		assert_int_equal(num(counts, name.p), 1);
	}
	for (int level = 0; level < HY_TILE_LEVELS; level++) {
		hy_str name = hy_printf(a, "level %d full", level);
		if (full[level])
			assert_int_equal(num(counts, name.p), full[level]);
	}
	assert_int_equal(named, json_object_size(counts));
}

static hy_hash bundle_hash(struct hy_arena *a, unsigned from, unsigned to)
{
	struct hy_buf b = hy_buf_on(a);

	for (unsigned i = from; i < to; i++)
		assert_true(hy_bundle_add(&b, hy_printf(a, "record %u", i)));
	return hy_sha256(hy_buf_str(&b));
}

static void generated_tree(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "generated_tree"), *v;
	const json_t *roots = json_object_get(p, "root_by_size");
	struct rows r;
	size_t i, checked = 0;

	rows_start(vs->a, &r, 70000);
	for (unsigned n = 1; n <= 70000; n++) {
		char data[32];
		int len = snprintf(data, sizeof(data), "record %u", n - 1);
		rows_append(&r, (hy_str){ data, (size_t)len });
		snprintf(data, sizeof(data), "%u", n);
		if (json_object_get(roots, data)) {
			same_hash(hy_frontier_root(&r.f), hash_at(roots, data));
			checked++;
		}
	}
	assert_int_equal(checked, json_object_size(roots));
	check_inclusion(json_object_get(p, "inclusion"), &r);
	check_consistency(json_object_get(p, "consistency"), &r);
	const json_t *large = json_object_get(p, "tiles_of_size_70000");
	check_counts(vs->a, json_object_get(large, "counts"), 70000);
	json_array_foreach (json_object_get(large, "sample"), i, v)
		check_tile(v, &r, 70000);
	json_array_foreach (json_object_get(p, "tiles_of_size_256"), i, v)
		check_tile(v, &r, 256);
	json_array_foreach (json_object_get(p, "tiles_of_size_300"), i, v)
		check_tile(v, &r, 300);
	same_hash(bundle_hash(vs->a, 0, 256), hash_at(p, "entry_bundle_000_sha256"));
	same_hash(bundle_hash(vs->a, 256, 300), hash_at(p, "entry_bundle_001_p_44_sha256"));
}

static void check_paths(struct hy_arena *a, const json_t *list, bool entries)
{
	const json_t *v;
	size_t i;

	assert_true(json_array_size(list) > 0);
	json_array_foreach (list, i, v) {
		struct hy_tile t = { entries ? HY_TILE_ENTRIES : (int)num(v, "level"),
				     num(v, "index"), (unsigned)num(v, "width") },
			       back;
		same_text(hy_tile_path(a, t), text(v, "path"));
		assert_true(hy_tile_parse(text(v, "path"), &back));
		assert_int_equal(back.level, t.level);
		assert_true(back.index == t.index);
		assert_int_equal(back.width, t.width);
	}
}

static void tile_paths(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "tile_paths"), *v;
	size_t i;

	check_paths(vs->a, json_object_get(p, "encode"), false);
	check_paths(vs->a, json_object_get(p, "entries"), true);
	json_array_foreach (json_object_get(p, "must_reject"), i, v) {
		struct hy_tile t;
		if (hy_tile_parse(str(v), &t))
			fail_msg("%s", json_string_value(v));
	}
	assert_int_equal(i, 13);
}

static void signed_notes(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "signed_notes"), *v;
	size_t i;

	json_array_foreach (p, i, v) {
		struct hy_vkey key;
		struct hy_note note;
		struct hy_signed who;
		struct hy_err e = { 0 };
		assert_int_equal(hy_vkey_read(text(v, "vkey"), &key, &e), HY_OK);
		same_text(key.name, text(v, "name"));
		same_text(hy_vkey_text(vs->a, &key), text(v, "vkey"));
		assert_int_equal(hy_note_parse(vs->a, text(v, "note"), &note, &e), HY_OK);
		assert_int_equal(hy_note_verify(&note, &key, 1, &who, &e), HY_OK);
		assert_true(who.good);
		same_text(note.text, text(v, "text"));
		if (!json_object_get(v, "skey_TEST_ONLY"))
			continue;
		struct hy_skey secret;
		unsigned char seed[HY_SEED];
		hy_str line, whole;
		assert_true(hy_unhex(text(v, "ed25519_seed_hex"), seed, sizeof(seed)));
		assert_int_equal(hy_skey_read(text(v, "skey_TEST_ONLY"), &secret, &e), HY_OK);
		assert_memory_equal(secret.secret, seed, sizeof(seed));
		same_text(hy_skey_text(vs->a, &secret), text(v, "skey_TEST_ONLY"));
		same_text(hy_vkey_text(vs->a, &secret.pub), text(v, "vkey"));
		assert_int_equal(hy_note_line(vs->a, note.text, &secret, 0, &line, &e), HY_OK);
		same_text(line, text(v, "signature_line"));
		assert_int_equal(hy_note_sign(vs->a, note.text, &secret, 0, &whole, &e), HY_OK);
		same_text(whole, text(v, "note"));
	}
	assert_int_equal(i, 3);
}

static void check_checkpoint(struct hy_arena *a, const json_t *v, const struct rows *r,
			     const struct hy_skey *key)
{
	uint64_t size = num(v, "size");
	struct hy_checkpoint cp = { .origin = key->pub.name, .size = size }, back;
	struct hy_err e = { 0 };
	hy_str note;

	cp.root = hy_tree_root(r->level[0], size);
	same_text(hy_base64(a, cp.root.b, HY_SHA256), text(v, "root_b64"));
	assert_int_equal(hy_checkpoint_sign(a, &cp, key, &note, &e), HY_OK);
	same_text(note, text(v, "checkpoint"));
	assert_int_equal(hy_checkpoint_open_own(a, note, &key->pub, &back, &e), HY_OK);
	assert_true(back.size == size);
	same_hash(back.root, cp.root);
	same_text(back.origin, cp.origin);
}

/* Tessera's log of 15 entries, rebuilt byte for byte. */
static void tessera_log(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "tessera_15_leaf_log"), *v;
	struct rows r;
	struct hy_skey key;
	struct hy_err e = { 0 };
	struct hy_buf bundle = hy_buf_on(vs->a);
	size_t i;

	assert_int_equal(hy_skey_read(text(p, "skey_TEST_ONLY"), &key, &e), HY_OK);
	same_text(hy_vkey_text(vs->a, &key.pub), text(p, "vkey"));
	same_text(key.pub.name, text(p, "origin_line"));
	rows_start(vs->a, &r, 15);
	json_array_foreach (json_object_get(p, "leaves_ascii"), i, v) {
		rows_append(&r, str(v));
		assert_true(hy_bundle_add(&bundle, str(v)));
	}
	json_array_foreach (json_object_get(p, "checkpoints"), i, v)
		check_checkpoint(vs->a, v, &r, &key);
	assert_int_equal(i, 16);
	same_text(hy_hex(vs->a, r.level[0], 15 * sizeof(hy_hash)), text(p, "tile_0_000_p_15_hex"));
	same_text(hy_hex(vs->a, bundle.p, bundle.n), text(p, "entries_000_p_15_hex"));
	const struct hy_tile_source src = { rows_read, &r };
	struct hy_proof got, want = proof_of(json_object_get(p, "inclusion_index4_size15"));
	assert_int_equal(hy_prove_inclusion(&src, 4, 15, &got, &e), HY_OK);
	same_proof(&got, &want);
	want = proof_of(json_object_get(p, "consistency_7_15"));
	assert_int_equal(hy_prove_consistency(&src, 7, 15, &got, &e), HY_OK);
	same_proof(&got, &want);
}

static void cosignatures(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "cosignature_v1"), *v;
	size_t i;

	json_array_foreach (json_object_get(p, "vectors"), i, v) {
		unsigned char seed[HY_SEED];
		struct hy_skey key;
		struct hy_vkey pub;
		struct hy_note note;
		struct hy_signed who;
		struct hy_err e = { 0 };
		hy_str line, body = text(v, "checkpoint_body");
		assert_true(hy_unhex(text(v, "ed25519_seed_hex"), seed, sizeof(seed)));
		assert_int_equal(hy_skey_make(text(v, "name"), HY_SIG_COSIGNATURE, seed, &key, &e),
				 HY_OK);
		same_text(hy_vkey_text(vs->a, &key.pub), text(v, "vkey_type_04"));
		assert_int_equal(hy_vkey_read(text(v, "vkey_type_04"), &pub, &e), HY_OK);
		same_text(hy_hex(vs->a, pub.id, 4), text(v, "key_id_hex"));
		assert_int_equal(
			hy_note_line(vs->a, body, &key, (int64_t)num(v, "timestamp"), &line, &e),
			HY_OK);
		same_text(line, text(v, "signature_line"));
		hy_str whole = hy_printf(vs->a, HY_FMT "\n" HY_FMT, HY_ARG(body), HY_ARG(line));
		assert_int_equal(hy_note_parse(vs->a, whole, &note, &e), HY_OK);
		assert_int_equal(hy_note_verify(&note, &pub, 1, &who, &e), HY_OK);
		assert_true(who.good && (uint64_t)who.time == num(v, "timestamp"));
	}
	assert_int_equal(i, 2);
}

/* The steps of litewitness' transcript as far as they are arithmetic: the signature of the log
 * and the consistency proof.  What a witness remembers is played by OLD and the root. */
static void witness_steps(void **state)
{
	const struct vectors *vs = *state;
	const json_t *p = part(vs, "witness_add_checkpoint_transcript"), *v;
	struct hy_err e = { 0 };
	struct hy_trust trust = { 0 };
	struct hy_checkpoint known = { .size = 0 };
	size_t i;

	assert_int_equal(hy_vkey_read(text(p, "log_vkey"), &trust.log, &e), HY_OK);
	json_array_foreach (json_object_get(p, "steps"), i, v) {
		hy_str rest = text(v, "body"), line;
		uint64_t old, status = 200;
		struct hy_proof proof = { 0 };
		struct hy_head head;
		assert_true(hy_str_cut(&rest, '\n', &line) && hy_str_starts(line, HY_S("old ")));
		assert_true(hy_size_read((hy_str){ line.p + 4, line.n - 4 }, &old));
		while (hy_str_cut(&rest, '\n', &line) && line.n)
			assert_true(hy_proof_add(&proof, line));
		hy_err_clear(&e);
		enum hy_code c = hy_checkpoint_open(vs->a, rest, &trust, &head, &e);
		if (c) /* step 2 changes a bit that base64 leaves over: we do not even read it */
			status = 403;
		else if (old != known.size)
			status = 409;
		else if (old == 0 ? proof.n != 0
				  : !hy_consistency_holds(old, head.cp.size, &proof, &known.root,
							  &head.cp.root))
			status = 422;
		else
			known = head.cp;
		if (num(v, "status") != status)
			fail_msg("step %zu gives %d", i, (int)status);
	}
	assert_int_equal(i, 8);
	assert_true(known.size == 5);
}

static void tlog_proof(void **state)
{
	const struct vectors *vs = *state;
	hy_str receipt = text(part(vs, "tlog_proof_v1"), "text"), again;
	struct hy_trust trust = { 0 };
	struct hy_receipt r;
	struct hy_proven proven;
	struct hy_err e = { 0 };
	hy_hash leaf = hy_leaf_hash(HY_S("five")), other = hy_leaf_hash(HY_S("six"));

	assert_int_equal(
		hy_vkey_read(text(part(vs, "tessera_15_leaf_log"), "vkey"), &trust.log, &e), HY_OK);
	assert_int_equal(hy_receipt_verify(vs->a, receipt, &leaf, &trust, &proven, &e), HY_OK);
	assert_int_equal(proven.index, 4);
	assert_int_equal(proven.head.cp.size, 15);
	assert_int_equal(hy_receipt_parse(vs->a, receipt, &r, &e), HY_OK);
	assert_int_equal(hy_receipt_write(vs->a, &r, &again, &e), HY_OK);
	same_text(again, receipt);
	assert_int_equal(hy_receipt_verify(vs->a, receipt, &other, &trust, &proven, &e),
			 HY_TAMPERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_primitives), cmocka_unit_test(ct_reference_tree),
		cmocka_unit_test(verifier_probes), cmocka_unit_test(generated_tree),
		cmocka_unit_test(tile_paths),	   cmocka_unit_test(signed_notes),
		cmocka_unit_test(tessera_log),	   cmocka_unit_test(cosignatures),
		cmocka_unit_test(witness_steps),   cmocka_unit_test(tlog_proof),
	};

	return cmocka_run_group_tests(tests, up, down);
}
