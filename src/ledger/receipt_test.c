/* Checkpoints, receipts and commitments, whole and damaged.  Needs no other data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "ledger/commit.h"
#include "ledger/receipt.h"

enum { WITNESSES = 3, MUTATIONS = 20000 };

struct world {
	struct hy_arena *a;
	struct hy_skey log, witness[WITNESSES];
	struct hy_vkey known[WITNESSES];
	struct hy_trust trust; /* the log and a quorum of two */
	hy_hash leaf;	       /* entry 2 of 5 */
	struct hy_checkpoint cp;
	hy_str note;	 /* signed by the log alone */
	hy_str cosigned; /* and by two witnesses */
	struct hy_receipt receipt;
	hy_str text; /* the receipt over the cosigned note, with an extra line */
};

static enum hy_code five_leaves(void *arg, unsigned level, uint64_t idx, unsigned width,
				hy_hash *out, struct hy_err *e)
{
	(void)arg;
	(void)e;
	assert_true(level == 0 && idx == 0 && width == 5);
	for (unsigned i = 0; i < width; i++)
		out[i] = hy_leaf_hash((hy_str){ &"abcde"[i], 1 });
	return HY_OK;
}

static void make_keys(struct world *w, struct hy_err *e)
{
	static const char *const names[WITNESSES] = { "congress.example", "paper.example/w",
						      "审计.example" };
	unsigned char seed[HY_SEED] = { 9 };

	assert_int_equal(hy_skey_make(HY_S("city.example/log"), HY_SIG_ED25519, seed, &w->log, e),
			 HY_OK);
	for (int i = 0; i < WITNESSES; i++) {
		seed[1]++;
		assert_int_equal(hy_skey_make(hy_str_of(names[i]), HY_SIG_COSIGNATURE, seed,
					      &w->witness[i], e),
				 HY_OK);
		w->known[i] = w->witness[i].pub;
	}
	w->trust = (struct hy_trust){
		.log = w->log.pub, .witnesses = w->known, .witness_count = WITNESSES, .quorum = 2
	};
}

static int up(void **state)
{
	struct hy_arena *a = hy_arena_new(0);
	struct world *w = hy_new(a, struct world);
	struct hy_err e = { 0 };
	hy_hash leaves[5];
	hy_str text, lines[2];
	const struct hy_tile_source src = { five_leaves, NULL };

	w->a = a;
	*state = w;
	make_keys(w, &e);
	assert_int_equal(five_leaves(NULL, 0, 0, 5, leaves, &e), HY_OK);
	w->leaf = leaves[2];
	w->cp = (struct hy_checkpoint){ .origin = w->log.pub.name, .size = 5 };
	w->cp.root = hy_tree_root(leaves, 5);
	assert_int_equal(hy_checkpoint_text(a, &w->cp, &text, &e), HY_OK);
	assert_int_equal(hy_checkpoint_sign(a, &w->cp, &w->log, &w->note, &e), HY_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hy_note_line(a, text, &w->witness[2 * i], 1000 + i, &lines[i], &e),
				 HY_OK);
	w->cosigned = hy_printf(a, HY_FMT HY_FMT HY_FMT, HY_ARG(w->note), HY_ARG(lines[0]),
				HY_ARG(lines[1]));
	w->receipt = (struct hy_receipt){ .extra = HY_S("\0\1 件"),
					  .index = 2,
					  .checkpoint = w->cosigned };
	assert_int_equal(hy_prove_inclusion(&src, 2, 5, &w->receipt.proof, &e), HY_OK);
	assert_int_equal(hy_receipt_write(a, &w->receipt, &w->text, &e), HY_OK);
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	struct hy_arena *a = w->a;

	hy_arena_free(&a);
	return 0;
}

static void same_text(hy_str a, hy_str b)
{
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
}

/* --- checkpoints ---------------------------------------------------------------------- */

static void checkpoints_of_ours_are_plain(void **state)
{
	struct world *w = *state;
	struct hy_checkpoint bad[6];
	const hy_str origins[] = { HY_S(""), HY_S("a b"), HY_S("a+b") };
	hy_str out = HY_S("untouched");

	for (size_t i = 0; i < HY_COUNT(bad); i++)
		bad[i] = w->cp;
	for (size_t i = 0; i < HY_COUNT(origins); i++)
		bad[i].origin = origins[i];
	bad[3].size = HY_TREE_MOST + 1;
	bad[4].extensions = HY_S("more\n");
	bad[5].size = 0;
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err e = { 0 };
		assert_int_equal(hy_checkpoint_text(w->a, &bad[i], &out, &e), HY_BAD_FIELD);
		hy_err_clear(&e);
		assert_int_equal(hy_checkpoint_sign(w->a, &bad[i], &w->log, &out, &e),
				 HY_BAD_FIELD);
	}
	struct hy_err e = { 0 };
	assert_int_equal(hy_checkpoint_sign(w->a, &w->cp, &w->witness[0], &out, &e), HY_BAD_FIELD);
	same_text(out, HY_S("untouched"));
	struct hy_checkpoint empty = { .origin = w->cp.origin, .root = hy_empty_root() };
	hy_err_clear(&e);
	assert_int_equal(hy_checkpoint_sign(w->a, &empty, &w->log, &out, &e), HY_OK);
	assert_int_equal(hy_checkpoint_open_own(w->a, out, &w->log.pub, &empty, &e), HY_OK);
	assert_int_equal(empty.size, 0);
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void checkpoint_bodies_are_strict(void **state)
{
	(void)state;
	struct hy_checkpoint cp;
	const hy_str good[] = {
		HY_S("example.com/log\n1\n" ROOT "\n"),
		HY_S("go.sum database tree\n35225469\n" ROOT "\n"), /* any origin may be read */
		HY_S("o\n9223372036854775807\n" ROOT "\n"),
		HY_S("o\n0\n" ROOT "\n"),
		HY_S("o\n1\n" ROOT "\nextension one\nextension two\n"),
	};
	const hy_str bad[] = {
		HY_S(""),
		HY_S("\n"),
		HY_S("o"),
		HY_S("o\n1\n" ROOT),
		HY_S("\n1\n" ROOT "\n"),
		HY_S("o\n\n" ROOT "\n"),
		HY_S("o\n01\n" ROOT "\n"),
		HY_S("o\n-1\n" ROOT "\n"),
		HY_S("o\n+1\n" ROOT "\n"),
		HY_S("o\n1 \n" ROOT "\n"),
		HY_S("o\n1.0\n" ROOT "\n"),
		HY_S("o\n9223372036854775808\n" ROOT "\n"),
		HY_S("o\n1\n\n"),
		HY_S("o\n1\n"),
		HY_S("o\n1\n" ROOT " \n"),
		HY_S("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==\n"),
		HY_S("o\n1\n" ROOT "\n\n"),
		HY_S("o\n1\n" ROOT "\n\nextension\n"),
		HY_S("o\n1\n" ROOT "\nextension\n\n"),
		HY_S("o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
	};
	for (size_t i = 0; i < HY_COUNT(good); i++) {
		struct hy_err e = { 0 };
		assert_int_equal(hy_checkpoint_parse(good[i], &cp, &e), HY_OK);
	}
	same_text(cp.extensions, HY_S("extension one\nextension two\n"));
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err e = { 0 };
		if (hy_checkpoint_parse(bad[i], &cp, &e) != HY_BAD_INPUT)
			fail_msg("%zu", i);
	}
}

static enum hy_code open_with(struct world *w, hy_str note, struct hy_trust trust,
			      struct hy_head *head)
{
	struct hy_err e = { 0 };

	return hy_checkpoint_open(w->a, note, &trust, head, &e);
}

static void trust_is_what_was_configured(void **state)
{
	struct world *w = *state;
	struct hy_head head;
	struct hy_trust t = w->trust;

	assert_int_equal(open_with(w, w->cosigned, t, &head), HY_OK);
	assert_int_equal(head.cosigned, 2);
	assert_int_equal(head.latest, 1001);
	assert_int_equal(head.cp.size, 5);
	same_text(head.cp.origin, w->cp.origin);
	assert_int_equal(open_with(w, w->note, t, &head), HY_TAMPERED); /* no quorum */
	t.quorum = 3;
	assert_int_equal(open_with(w, w->cosigned, t, &head), HY_TAMPERED);
	t.quorum = 0;
	assert_int_equal(open_with(w, w->note, t, &head), HY_OK);
	assert_true(head.cosigned == 0 && head.latest == 0);
	t.origin = HY_S("another.example/log");
	assert_int_equal(open_with(w, w->note, t, &head), HY_TAMPERED);
	t.origin = w->cp.origin;
	assert_int_equal(open_with(w, w->note, t, &head), HY_OK);
	t.log.pub[5] ^= 1;
	assert_int_equal(open_with(w, w->note, t, &head), HY_TAMPERED);
	t.log = w->known[0];
	assert_int_equal(open_with(w, w->cosigned, t, &head), HY_BAD_FIELD);
	t = w->trust;
	w->known[1] = w->known[0];
	w->known[1].name = HY_S("the same under another name");
	assert_int_equal(open_with(w, w->cosigned, t, &head), HY_BAD_FIELD);
	w->known[1] = w->witness[1].pub;
	t.witness_count = HY_NOTE_SIGS_MOST;
	assert_int_equal(open_with(w, w->cosigned, t, &head), HY_BAD_FIELD);
}

/* Witnesses alone do not make a head: the log itself must have signed. */
static void witnesses_do_not_replace_the_log(void **state)
{
	struct world *w = *state;
	struct hy_head head;
	struct hy_err e = { 0 };
	hy_str text, lines[2];

	assert_int_equal(hy_checkpoint_text(w->a, &w->cp, &text, &e), HY_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hy_note_line(w->a, text, &w->witness[i], 5, &lines[i], &e), HY_OK);
	hy_str note = hy_printf(w->a, HY_FMT "\n" HY_FMT HY_FMT, HY_ARG(text), HY_ARG(lines[0]),
				HY_ARG(lines[1]));
	assert_int_equal(open_with(w, note, w->trust, &head), HY_TAMPERED);
}

static void extensions_are_read_but_not_ours(void **state)
{
	struct world *w = *state;
	struct hy_trust t = { .log = w->log.pub };
	struct hy_head head;
	struct hy_checkpoint cp;
	struct hy_err e = { 0 };
	hy_str text, note;

	assert_int_equal(hy_checkpoint_text(w->a, &w->cp, &text, &e), HY_OK);
	text = hy_printf(w->a, HY_FMT "more\n", HY_ARG(text));
	assert_int_equal(hy_note_sign(w->a, text, &w->log, 0, &note, &e), HY_OK);
	assert_int_equal(open_with(w, note, t, &head), HY_OK);
	same_text(head.cp.extensions, HY_S("more\n"));
	assert_int_equal(hy_checkpoint_open_own(w->a, note, &w->log.pub, &cp, &e), HY_TAMPERED);
	hy_err_clear(&e);
	assert_int_equal(hy_checkpoint_open_own(w->a, w->cosigned, &w->log.pub, &cp, &e), HY_OK);
	/* Signed by the right key, but no checkpoint. */
	assert_int_equal(hy_note_sign(w->a, HY_S("hello\n"), &w->log, 0, &note, &e), HY_OK);
	assert_int_equal(open_with(w, note, t, &head), HY_BAD_INPUT);
}

/* --- receipts ------------------------------------------------------------------------ */

static enum hy_code verify(struct world *w, struct hy_arena *a, hy_str text,
			   struct hy_proven *proven)
{
	struct hy_err e = { 0 };
	enum hy_code c = hy_receipt_verify(a, text, &w->leaf, &w->trust, proven, &e);

	assert_int_equal(c, e.code);
	assert_true(c == HY_OK || e.detail[0]);
	return c;
}

static void a_receipt_proves_its_entry(void **state)
{
	struct world *w = *state;
	struct hy_proven proven;
	struct hy_receipt r;
	struct hy_err e = { 0 };

	assert_int_equal(verify(w, w->a, w->text, &proven), HY_OK);
	assert_int_equal(proven.index, 2);
	assert_int_equal(proven.head.cp.size, 5);
	assert_int_equal(proven.head.cosigned, 2);
	assert_true(hy_hash_eq(&proven.head.cp.root, &w->cp.root));
	assert_int_equal(hy_receipt_parse(w->a, w->text, &r, &e), HY_OK);
	same_text(r.extra, w->receipt.extra);
	same_text(r.checkpoint, w->cosigned);
	assert_int_equal(r.proof.n, w->receipt.proof.n);
	w->leaf.b[0] ^= 1;
	assert_int_equal(verify(w, w->a, w->text, &proven), HY_TAMPERED);
	w->leaf.b[0] ^= 1;
}

static void a_receipt_may_be_bare(void **state)
{
	struct world *w = *state;
	struct hy_checkpoint one = { .origin = w->cp.origin, .size = 1, .root = w->leaf };
	struct hy_trust alone = { .log = w->log.pub };
	struct hy_receipt r = { .index = 0 };
	struct hy_proven proven;
	struct hy_err e = { 0 };
	hy_str text;

	assert_int_equal(hy_checkpoint_sign(w->a, &one, &w->log, &r.checkpoint, &e), HY_OK);
	assert_int_equal(hy_receipt_write(w->a, &r, &text, &e), HY_OK);
	assert_true(hy_str_starts(text, HY_S("c2sp.org/tlog-proof@v1\nindex 0\n\ncity.example")));
	assert_int_equal(hy_receipt_verify(w->a, text, &w->leaf, &alone, &proven, &e), HY_OK);
	assert_int_equal(proven.head.cp.size, 1);
}

static void receipts_out_of_range_are_not_written(void **state)
{
	struct world *w = *state;
	struct hy_receipt r = w->receipt;
	struct hy_err e = { 0 };
	hy_str text;

	r.index = HY_TREE_MOST;
	assert_int_equal(hy_receipt_write(w->a, &r, &text, &e), HY_BAD_FIELD);
	r.index = 2;
	r.extra = (hy_str){ hy_arena_take(w->a, HY_RECEIPT_EXTRA_MOST + 1),
			    HY_RECEIPT_EXTRA_MOST + 1 };
	hy_err_clear(&e);
	assert_int_equal(hy_receipt_write(w->a, &r, &text, &e), HY_BAD_FIELD);
	r.extra.n--;
	hy_err_clear(&e);
	assert_int_equal(hy_receipt_write(w->a, &r, &text, &e), HY_OK);
	assert_int_equal(hy_receipt_parse(w->a, text, &r, &e), HY_OK);
	assert_int_equal(r.extra.n, HY_RECEIPT_EXTRA_MOST);
}

#define HEAD "c2sp.org/tlog-proof@v1\n"

static void receipts_are_read_strictly(void **state)
{
	struct world *w = *state;
	const hy_str bad[] = {
		HY_S(""),
		HY_S("c2sp.org/tlog-proof@v2\nindex 0\n\n"),
		HY_S("c2sp.org/tlog-proof@v1\r\nindex 0\n\n"),
		HY_S("\n" HEAD "index 0\n\n"),
		HY_S(HEAD),
		HY_S(HEAD "index 0"),
		HY_S(HEAD "index 0\n"),
		HY_S(HEAD "index\n\n"),
		HY_S(HEAD "index 00\n\n"),
		HY_S(HEAD "index -1\n\n"),
		HY_S(HEAD "index 0x1\n\n"),
		HY_S(HEAD "index  1\n\n"),
		HY_S(HEAD "index 9223372036854775808\n\n"),
		HY_S(HEAD "Index 0\n\n"),
		HY_S(HEAD "extra\nindex 0\n\n"),
		HY_S(HEAD "extra \nindex 0\n\n"),
		HY_S(HEAD "extra AAA\nindex 0\n\n"),
		HY_S(HEAD "extra AAAA\nextra AAAA\nindex 0\n\n"),
		HY_S(HEAD "extra AAAA\n"),
		HY_S(HEAD "index 0\nextra AAAA\n\n"),
		HY_S(HEAD "index 0\nAAAA\n\n"),
		HY_S(HEAD "index 0\n" ROOT " \n\n"),
		HY_S(HEAD "index 0\n" ROOT "\n"),
	};
	struct hy_receipt r;
	struct hy_proven proven;

	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err e = { 0 };
		if (hy_receipt_parse(w->a, bad[i], &r, &e) != HY_BAD_INPUT)
			fail_msg("%zu", i);
		assert_int_equal(verify(w, w->a, bad[i], &proven), HY_BAD_INPUT);
	}
	struct hy_buf b = hy_buf_on(w->a);
	hy_buf_add(&b, HY_S(HEAD "index 0\n"));
	for (int i = 0; i <= HY_PROOF_MOST; i++)
		hy_buf_add(&b, HY_S(ROOT "\n"));
	hy_buf_add(&b, HY_S("\n"));
	assert_int_equal(verify(w, w->a, hy_buf_str(&b), &proven), HY_BAD_INPUT);
	assert_int_equal(verify(w, w->a, HY_S(HEAD "index 0\n\n"), &proven), HY_BAD_INPUT);
	memset(hy_buf_room(&b, 3 << 20), 'x', 3 << 20);
	b.n += 3 << 20;
	assert_int_equal(verify(w, w->a, hy_buf_str(&b), &proven), HY_TOO_LARGE);
}

/* --- damage ---------------------------------------------------------------------------- */

static uint64_t dice_state = 20260801;

static uint64_t dice(uint64_t below)
{
	uint64_t z = dice_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % below;
}

/* A byte that is likely to hurt: often one that means something in these formats. */
static char byte(void)
{
	static const char telling[] = "\n\n \t+/=AZaz09-\0\xe2\x80\x94\xff";

	return dice(2) ? telling[dice(sizeof(telling) - 1)] : (char)dice(256);
}

/* S with one to four bytes changed, put in, taken out or swapped, or the end cut off.  The copy
 * has exactly its size, so that a sanitizer sees every read past its end. */
static hy_str damage(struct hy_arena *a, hy_str s)
{
	char bytes[4096];
	size_t n = s.n;

	assert_true(n + 8 < sizeof(bytes));
	memcpy(bytes, s.p, n);
	for (uint64_t left = 1 + dice(4); left > 0 && n > 1; left--) {
		size_t at = dice(n), other = dice(n);
		char c = bytes[at];
		switch (dice(12)) {
		case 0: /* cut off, seldom */
			if (dice(20) == 0)
				n = at;
			break;
		case 1:
		case 2:
		case 3:
			memmove(bytes + at + 1, bytes + at, n++ - at);
			bytes[at] = byte();
			break;
		case 4:
		case 5:
			memmove(bytes + at, bytes + at + 1, --n - at);
			break;
		case 6:
			bytes[at] = bytes[other];
			bytes[other] = c;
			break;
		case 7:
			bytes[at] = (char)(c ^ 1 << dice(8));
			break;
		default:
			bytes[at] = byte();
			break;
		}
	}
	char *out = hy_arena_take(a, n);
	if (n)
		memcpy(out, bytes, n);
	return (hy_str){ out, n };
}

/* A note with the log's signature only: whatever verifies is the very same bytes. */
static void damaged_notes_do_not_verify(void **state)
{
	struct world *w = *state;
	struct hy_trust alone = { .log = w->log.pub };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	int refused = 0;

	for (int i = 0; i < MUTATIONS; i++, hy_arena_empty(a)) {
		hy_str bent = damage(a, w->note);
		struct hy_head head;
		struct hy_err e = { 0 };
		enum hy_code c = hy_checkpoint_open(a, bent, &alone, &head, &e);
		if (hy_str_eq(bent, w->note))
			assert_int_equal(c, HY_OK);
		else
			assert_int_not_equal(c, HY_OK);
		refused += c != HY_OK;
	}
	assert_true(refused > MUTATIONS * 9 / 10);
}

/* In a receipt the extra line and signatures of unknown keys are not protected; the rest is:
 * what verifies has the same index, proof and checkpoint text, and both witnesses. */
static void damaged_receipts_prove_nothing_else(void **state)
{
	struct world *w = *state;
	struct hy_receipt bare = w->receipt;
	struct hy_err err = { 0 };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str whole;
	int refused = 0;

	bare.extra = HY_S("");
	assert_int_equal(hy_receipt_write(w->a, &bare, &whole, &err), HY_OK);
	for (int i = 0; i < MUTATIONS; i++, hy_arena_empty(a)) {
		bool plain = i % 2;
		hy_str from = plain ? whole : w->text, bent = damage(a, from);
		struct hy_proven proven;
		struct hy_receipt r;
		enum hy_code c = verify(w, a, bent, &proven);
		refused += c != HY_OK;
		if (hy_str_eq(bent, from)) {
			assert_int_equal(c, HY_OK);
			continue;
		}
		if (plain)
			assert_int_not_equal(c, HY_OK);
		if (c)
			continue;
		struct hy_err e = { 0 };
		assert_int_equal(hy_receipt_parse(a, bent, &r, &e), HY_OK);
		assert_int_equal(r.index, 2);
		assert_int_equal(r.proof.n, w->receipt.proof.n);
		assert_memory_equal(r.proof.v, w->receipt.proof.v, r.proof.n * sizeof(hy_hash));
		same_text(r.checkpoint, w->cosigned);
		assert_int_equal(proven.head.cosigned, 2);
	}
	assert_true(refused > MUTATIONS * 8 / 10);
}

/* --- commitments ------------------------------------------------------------------------ */

static void commitments_follow_their_layout(void **state)
{
	struct world *w = *state;
	hy_salt salt;

	for (int i = 0; i < HY_SALT; i++)
		salt.b[i] = (unsigned char)i;
	/* printf 'huiyin commitment v1\n' + bytes 00..1f + uint64 12 + UTF-8, by sha256sum */
	hy_hash h = hy_commit(&salt, HY_S("张三，男"));
	same_text(hy_hex(w->a, h.b, sizeof(h.b)),
		  HY_S("576d2690cb237d22b210e3962840fc1f85e345f4f9c5bfd99838a2d176695b38"));
	assert_true(hy_commit_opens(&h, &salt, HY_S("张三，男")));
	assert_false(hy_commit_opens(&h, &salt, HY_S("张三，女")));
	assert_false(hy_commit_opens(&h, &salt, HY_S("张三，男 ")));
	assert_false(hy_commit_opens(&h, &salt, HY_S("")));
	hy_hash none = hy_commit(&salt, HY_S(""));
	same_text(hy_hex(w->a, none.b, sizeof(none.b)),
		  HY_S("8dcb5fbdd8a2ff29342f1ea12a5ae1b96c182e87cba4cbca6bcdbbe9ee0ea090"));
	for (int i = 0; i < HY_SALT; i++) {
		salt.b[i] ^= 0x10;
		assert_false(hy_commit_opens(&h, &salt, HY_S("张三，男")));
		salt.b[i] ^= 0x10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoints_of_ours_are_plain),
		cmocka_unit_test(checkpoint_bodies_are_strict),
		cmocka_unit_test(trust_is_what_was_configured),
		cmocka_unit_test(witnesses_do_not_replace_the_log),
		cmocka_unit_test(extensions_are_read_but_not_ours),
		cmocka_unit_test(a_receipt_proves_its_entry),
		cmocka_unit_test(a_receipt_may_be_bare),
		cmocka_unit_test(receipts_out_of_range_are_not_written),
		cmocka_unit_test(receipts_are_read_strictly),
		cmocka_unit_test(damaged_notes_do_not_verify),
		cmocka_unit_test(damaged_receipts_prove_nothing_else),
		cmocka_unit_test(commitments_follow_their_layout),
	};

	return cmocka_run_group_tests(tests, up, down);
}
