/* Signed notes: keys, the rules of what must be refused, cosignatures.  Needs no other data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "ledger/note.h"

#define DASH "\xe2\x80\x94 "

/* The first example of golang.org/x/mod/sumdb/note and the one of c2sp.org/signed-note. */
#define NEUMANN_TEXT                                                                               \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define NEUMANN_SIG                                                                                \
	"x08go/ZJkuBS9UG/"                                                                         \
	"SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
#define NEUMANN_LINE DASH "PeterNeumann " NEUMANN_SIG "\n"
#define NEUMANN_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NEUMANN_SKEY                                                                               \
	"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

struct world {
	struct hy_arena *a;
	struct hy_skey city, witness;
	struct hy_vkey known[2]; /* their public keys */
};

static int up(void **state)
{
	struct hy_arena *a = hy_arena_new(0);
	struct world *w = hy_new(a, struct world);
	struct hy_err e = { 0 };
	unsigned char seed[HY_SEED] = { 1 };

	w->a = a;
	*state = w;
	if (hy_skey_make(HY_S("city.example/回音"), HY_SIG_ED25519, seed, &w->city, &e))
		return 1;
	seed[0] = 2;
	if (hy_skey_make(HY_S("congress.example"), HY_SIG_COSIGNATURE, seed, &w->witness, &e))
		return 1;
	w->known[0] = w->city.pub;
	w->known[1] = w->witness.pub;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	struct hy_arena *a = w->a;

	hy_skey_wipe(&w->city);
	hy_arena_free(&a);
	return 0;
}

static void same_text(hy_str a, hy_str b)
{
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
}

/* Parses and verifies in one go. */
static enum hy_code judge(struct hy_arena *a, hy_str note, const struct hy_vkey *keys, size_t n,
			  struct hy_signed *who)
{
	struct hy_err e = { 0 };
	struct hy_note parts;
	enum hy_code c = hy_note_parse(a, note, &parts, &e);

	if (!c)
		c = hy_note_verify(&parts, keys, n, who, &e);
	assert_int_equal(c, e.code);
	assert_true(c == HY_OK || e.detail[0] != '\0');
	return c;
}

static void known_note_is_made_and_read(void **state)
{
	struct world *w = *state;
	struct hy_skey key;
	struct hy_vkey pub;
	struct hy_err e = { 0 };
	hy_str note;

	assert_int_equal(hy_skey_read(HY_S(NEUMANN_SKEY "\n"), &key, &e), HY_OK);
	same_text(hy_skey_text(w->a, &key), HY_S(NEUMANN_SKEY));
	same_text(hy_vkey_text(w->a, &key.pub), HY_S(NEUMANN_VKEY));
	assert_int_equal(hy_vkey_read(HY_S(NEUMANN_VKEY), &pub, &e), HY_OK);
	assert_memory_equal(pub.pub, key.pub.pub, sizeof(pub.pub));
	assert_int_equal(hy_note_sign(w->a, HY_S(NEUMANN_TEXT), &key, 5, &note, &e), HY_OK);
	same_text(note, HY_S(NEUMANN_TEXT "\n" NEUMANN_LINE));
	struct hy_signed who;
	assert_int_equal(judge(w->a, note, &pub, 1, &who), HY_OK);
	assert_true(who.good && who.time == 0);
	hy_skey_wipe(&key);
	struct hy_skey nothing = { 0 };
	assert_memory_equal(&key, &nothing, sizeof(key));
}

static void bad_keys_are_refused(void **state)
{
	(void)state;
	const hy_str bad[] = {
		HY_S(""),
		HY_S("PeterNeumann"),
		HY_S("PeterNeumann+c74f20a3"),
		HY_S("PeterNeumann+c74f20a3+"),
		/* id of another key, too short, no hex */
		HY_S("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		HY_S("PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		HY_S("PeterNeumann+c74f20ag+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		/* another name, another key, another kind of signature */
		HY_S("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		HY_S("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX"),
		HY_S("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		HY_S("PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		/* 32 bytes, 34 bytes, two newlines, a space */
		HY_S("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q="),
		HY_S("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA=="),
		HY_S(NEUMANN_VKEY "\n\n"),
		HY_S(" " NEUMANN_VKEY),
		HY_S("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
		HY_S(NEUMANN_SKEY),
	};
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_vkey k;
		struct hy_skey s;
		struct hy_err e = { 0 };
		assert_int_equal(hy_vkey_read(bad[i], &k, &e), HY_BAD_INPUT);
		hy_err_clear(&e);
		if (i + 1 < HY_COUNT(bad))
			assert_int_equal(hy_skey_read(bad[i], &s, &e), HY_BAD_INPUT);
	}
	struct hy_skey s;
	struct hy_err e = { 0 };
	assert_int_equal(hy_skey_read(HY_S("PRIVATE+KEY+PeterNeumann+c74f20a4+"
					   "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"),
				      &s, &e),
			 HY_BAD_INPUT);
	hy_err_clear(&e);
	assert_int_equal(hy_skey_read(HY_S(NEUMANN_VKEY), &s, &e), HY_BAD_INPUT);
}

static void key_names_have_no_spaces(void **state)
{
	(void)state;
	const hy_str good[] = { HY_S("a"),
				HY_S("example.com/log"),
				HY_S("回音.中国/志"),
				HY_S("\xe2\x80\x8b"), /* U+200B is no space by Unicode */
				HY_S("a=b/%20"),
				HY_S("—") };
	const hy_str bad[] = { HY_S(""),
			       HY_S("a b"),
			       HY_S("a+b"),
			       HY_S("a\tb"),
			       HY_S("a\n"),
			       HY_S("a\rb"),
			       HY_S("a\xc2\x85"),
			       HY_S("\xc2\xa0"),
			       HY_S("a\xe1\x9a\x80"),
			       HY_S("a\xe2\x80\x80"),
			       HY_S("a\xe2\x80\x8a"),
			       HY_S("a\xe2\x80\xa8"),
			       HY_S("a\xe2\x80\xa9"),
			       HY_S("a\xe2\x80\xaf"),
			       HY_S("a\xe2\x81\x9f"),
			       HY_S("全\xe3\x80\x80角"),
			       HY_S("\xff"),
			       HY_S("a\0b"),
			       HY_S("a\x01") };
	for (size_t i = 0; i < HY_COUNT(good); i++)
		assert_true(hy_key_name_ok(good[i]));
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_skey k;
		struct hy_err e = { 0 };
		const unsigned char seed[HY_SEED] = { 0 };
		assert_false(hy_key_name_ok(bad[i]));
		assert_int_equal(hy_skey_make(bad[i], HY_SIG_ED25519, seed, &k, &e), HY_BAD_FIELD);
	}
}

#define GOOD NEUMANN_TEXT "\n" NEUMANN_LINE
#define FOE DASH "foe.example AAAAAAAA\n" /* well formed, unknown */

/* What c2sp.org/signed-note forbids, one line for each, and what we make of it. */
static void what_must_be_refused_is_refused(void **state)
{
	struct world *w = *state;
	struct hy_vkey key;
	struct hy_err e = { 0 };
	const struct {
		const char *why;
		hy_str note;
		enum hy_code code;
	} cases[] = {
		{ "the good one", HY_S(GOOD), HY_OK },
		{ "unknown keys are ignored", HY_S(GOOD FOE), HY_OK },
		{ "unknown id of a known name", HY_S(GOOD DASH "PeterNeumann AAAAAAAA\n"), HY_OK },
		{ "known id of an unknown name", HY_S(GOOD DASH "PeterNeuman " NEUMANN_SIG "\n"),
		  HY_OK },
		{ "signed twice", HY_S(GOOD NEUMANN_LINE), HY_OK },
		{ "nothing", HY_S(""), HY_BAD_INPUT },
		{ "no newline after the text", HY_S("text" NEUMANN_LINE), HY_BAD_INPUT },
		{ "no newline at the end", HY_S(NEUMANN_TEXT "\n" DASH "PeterNeumann " NEUMANN_SIG),
		  HY_BAD_INPUT },
		{ "no blank line", HY_S(NEUMANN_TEXT NEUMANN_LINE), HY_BAD_INPUT },
		{ "no text", HY_S("\n" NEUMANN_LINE), HY_BAD_INPUT },
		{ "no signatures", HY_S(NEUMANN_TEXT "\n"), HY_BAD_INPUT },
		{ "hyphen for dash", HY_S(NEUMANN_TEXT "\n- PeterNeumann " NEUMANN_SIG "\n"),
		  HY_BAD_INPUT },
		{ "U+2013 for U+2014",
		  HY_S(NEUMANN_TEXT "\n\xe2\x80\x93 PeterNeumann " NEUMANN_SIG "\n"),
		  HY_BAD_INPUT },
		{ "no space after the dash",
		  HY_S(NEUMANN_TEXT "\n\xe2\x80\x94PeterNeumann " NEUMANN_SIG "\n"), HY_BAD_INPUT },
		{ "two spaces", HY_S(NEUMANN_TEXT "\n" DASH "PeterNeumann  " NEUMANN_SIG "\n"),
		  HY_BAD_INPUT },
		{ "something behind it",
		  HY_S(NEUMANN_TEXT "\n" DASH "PeterNeumann " NEUMANN_SIG " \n"), HY_BAD_INPUT },
		{ "tab in the text", HY_S("a\tb\n\n" NEUMANN_LINE), HY_BAD_INPUT },
		{ "carriage return", HY_S("a\r\n\r\n" NEUMANN_LINE), HY_BAD_INPUT },
		{ "NUL", HY_S("a\0b\n\n" NEUMANN_LINE), HY_BAD_INPUT },
		{ "control character in a signature line",
		  HY_S(GOOD DASH "foe\x01.example AAAAAAAA\n"), HY_BAD_INPUT },
		{ "bytes that are no UTF-8", HY_S("a\xff\n\n" NEUMANN_LINE), HY_BAD_INPUT },
		{ "surrogate", HY_S("a\xed\xa0\x80\n\n" NEUMANN_LINE), HY_BAD_INPUT },
		{ "empty key name", HY_S(GOOD DASH " AAAAAAAA\n"), HY_BAD_INPUT },
		{ "Unicode space in a key name",
		  HY_S(GOOD DASH "a\xe3\x80\x80"
				 "b AAAAAAAA\n"),
		  HY_BAD_INPUT },
		{ "plus in a key name", HY_S(GOOD DASH "a+b AAAAAAAA\n"), HY_BAD_INPUT },
		{ "no signature bytes behind the id", HY_S(GOOD DASH "foe AAAAAA==\n"),
		  HY_BAD_INPUT },
		{ "no base64", HY_S(GOOD DASH "foe AAAA*AAA\n"), HY_BAD_INPUT },
		{ "base64 without padding", HY_S(GOOD DASH "foe AAAAAAA\n"), HY_BAD_INPUT },
		{ "base64 that is not canonical", HY_S(GOOD DASH "foe AAAAAAB=\n"), HY_BAD_INPUT },
		{ "a letter above ASCII where libsodium sees two digits",
		  HY_S(GOOD DASH "foe AAAAAA\xc3\xa9\n"), HY_BAD_INPUT },
		{ "blank line between signatures", HY_S(GOOD "\n" FOE), HY_TAMPERED },
		{ "known key, other text", HY_S("x" GOOD), HY_TAMPERED },
		{ "known key, signature cut short",
		  HY_S(NEUMANN_TEXT "\n" DASH "PeterNeumann x08go/ZJkuBS\n"), HY_TAMPERED },
		{ "known key, one good and one bad", HY_S(GOOD DASH "PeterNeumann x08go/ZJkuBS\n"),
		  HY_TAMPERED },
		{ "no known key", HY_S(NEUMANN_TEXT "\n" FOE), HY_TAMPERED },
	};

	assert_int_equal(hy_vkey_read(HY_S(NEUMANN_VKEY), &key, &e), HY_OK);
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct hy_signed who = { 0 };
		enum hy_code c = judge(w->a, cases[i].note, &key, 1, &who);
		if (c != cases[i].code || who.good != (c == HY_OK))
			fail_msg("%s: %s", cases[i].why, hy_code_info(c)->name);
	}
}

static void signatures_are_bounded(void **state)
{
	struct world *w = *state;
	struct hy_vkey key;
	struct hy_err e = { 0 };
	struct hy_buf b = hy_buf_on(w->a);

	assert_int_equal(hy_vkey_read(HY_S(NEUMANN_VKEY), &key, &e), HY_OK);
	hy_buf_add(&b, HY_S(NEUMANN_TEXT "\n"));
	for (int i = 1; i < HY_NOTE_SIGS_MOST; i++)
		hy_buf_add(&b, HY_S(FOE));
	hy_buf_add(&b, HY_S(NEUMANN_LINE));
	assert_int_equal(judge(w->a, hy_buf_str(&b), &key, 1, NULL), HY_OK);
	hy_buf_add(&b, HY_S(FOE));
	assert_int_equal(judge(w->a, hy_buf_str(&b), &key, 1, NULL), HY_TOO_LARGE);

	/* A large signature of a kind we do not know is no hindrance, a huge note is. */
	struct hy_buf large = hy_buf_on(w->a);
	hy_buf_add(&large, HY_S(GOOD DASH "foe.example "));
	for (int i = 0; i < 5000 / 3; i++)
		hy_buf_add(&large, HY_S("AAAA"));
	hy_buf_add(&large, HY_S("\n"));
	assert_int_equal(judge(w->a, hy_buf_str(&large), &key, 1, NULL), HY_OK);
	struct hy_buf huge = hy_buf_on(w->a);
	memset(hy_buf_room(&huge, HY_NOTE_MOST), 'x', HY_NOTE_MOST);
	huge.n = HY_NOTE_MOST;
	hy_buf_add(&huge, HY_S("\n\n" FOE));
	assert_int_equal(judge(w->a, hy_buf_str(&huge), &key, 1, NULL), HY_TOO_LARGE);
}

static void text_is_cut_at_the_last_blank_line(void **state)
{
	struct world *w = *state;
	struct hy_err e = { 0 };
	struct hy_note parts;
	hy_str note, text = HY_S("Ognuno sta solo\n\n\ned è subito sera.\n\n");

	assert_int_equal(hy_note_sign(w->a, text, &w->city, 0, &note, &e), HY_OK);
	assert_int_equal(hy_note_parse(w->a, note, &parts, &e), HY_OK);
	same_text(parts.text, text);
	assert_int_equal(parts.n, 1);
	same_text(parts.sigs[0].name, w->city.pub.name);
	assert_int_equal(hy_note_verify(&parts, &w->city.pub, 1, NULL, &e), HY_OK);
}

static void texts_that_cannot_be_notes_are_not_signed(void **state)
{
	struct world *w = *state;
	const hy_str bad[] = { HY_S(""), HY_S("no newline"), HY_S("tab\t\n"), HY_S("\xff\n"),
			       HY_S("nul\0\n") };

	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_err e = { 0 };
		hy_str note = HY_S("untouched");
		assert_int_equal(hy_note_sign(w->a, bad[i], &w->city, 0, &note, &e), HY_BAD_INPUT);
		same_text(note, HY_S("untouched"));
	}
	struct hy_err e = { 0 };
	hy_str line;
	assert_int_equal(hy_note_line(w->a, HY_S("x\n"), &w->witness, -1, &line, &e), HY_BAD_FIELD);
}

static void witnesses_add_their_time(void **state)
{
	struct world *w = *state;
	struct hy_err e = { 0 };
	struct hy_signed who[2];
	hy_str note, early, late, text = HY_S("city.example/回音\n1\nroot\n");

	assert_int_equal(hy_note_sign(w->a, text, &w->city, 0, &note, &e), HY_OK);
	assert_int_equal(judge(w->a, note, w->known, 2, who), HY_OK);
	assert_true(who[0].good && !who[1].good);
	assert_int_equal(hy_note_line(w->a, text, &w->witness, 1767139200, &late, &e), HY_OK);
	assert_int_equal(hy_note_line(w->a, text, &w->witness, 7, &early, &e), HY_OK);
	note = hy_printf(w->a, HY_FMT HY_FMT HY_FMT, HY_ARG(note), HY_ARG(late), HY_ARG(early));
	assert_int_equal(judge(w->a, note, w->known, 2, who), HY_OK);
	assert_true(who[0].good && who[0].time == 0);
	assert_true(who[1].good && who[1].time == 1767139200);
	assert_int_equal(judge(w->a, note, w->known + 1, 1, who), HY_OK);

	/* The same witness over another text, and a plain signature under a witness' name. */
	assert_int_equal(hy_note_line(w->a, HY_S("other\n"), &w->witness, 7, &early, &e), HY_OK);
	hy_str bad = hy_printf(w->a, HY_FMT HY_FMT, HY_ARG(note), HY_ARG(early));
	assert_int_equal(judge(w->a, bad, w->known, 2, who), HY_TAMPERED);
	struct hy_skey plain = w->witness;
	plain.pub.kind = HY_SIG_ED25519;
	assert_int_equal(hy_note_line(w->a, text, &plain, 0, &early, &e), HY_OK);
	bad = hy_printf(w->a, HY_FMT HY_FMT, HY_ARG(note), HY_ARG(early));
	assert_int_equal(judge(w->a, bad, w->known, 2, who), HY_TAMPERED);
}

/* A cosignature over a time past 2^63 is refused although it is signed. */
static void times_past_all_bounds_are_refused(void **state)
{
	struct world *w = *state;
	struct hy_err e = { 0 };
	hy_str last, text = HY_S("x\n");

	assert_int_equal(hy_note_sign(w->a, text, &w->witness, INT64_MAX, &last, &e), HY_OK);
	assert_int_equal(judge(w->a, last, w->known, 2, NULL), HY_OK);
	struct hy_note parts;
	assert_int_equal(hy_note_parse(w->a, last, &parts, &e), HY_OK);
	char *bytes = (char *)hy_str_dup(w->a, parts.sigs[0].bytes).p;
	bytes[0] = (char)0xff;
	parts.sigs[0].bytes.p = bytes;
	assert_int_equal(hy_note_verify(&parts, w->known, 2, NULL, &e), HY_TAMPERED);
}

static void twins_among_known_keys_are_refused(void **state)
{
	struct world *w = *state;
	struct hy_vkey twins[2] = { w->city.pub, w->city.pub };
	struct hy_err e = { 0 };
	hy_str note;

	twins[1].pub[0] ^= 1;
	assert_int_equal(hy_note_sign(w->a, HY_S("x\n"), &w->city, 0, &note, &e), HY_OK);
	assert_int_equal(judge(w->a, note, twins, 2, NULL), HY_BAD_FIELD);
	assert_int_equal(judge(w->a, note, twins + 1, 1, NULL), HY_TAMPERED);
	assert_int_equal(judge(w->a, note, NULL, 0, NULL), HY_TAMPERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_note_is_made_and_read),
		cmocka_unit_test(bad_keys_are_refused),
		cmocka_unit_test(key_names_have_no_spaces),
		cmocka_unit_test(what_must_be_refused_is_refused),
		cmocka_unit_test(signatures_are_bounded),
		cmocka_unit_test(text_is_cut_at_the_last_blank_line),
		cmocka_unit_test(texts_that_cannot_be_notes_are_not_signed),
		cmocka_unit_test(witnesses_add_their_time),
		cmocka_unit_test(times_past_all_bounds_are_refused),
		cmocka_unit_test(twins_among_known_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, up, down);
}
