#ifndef HY_LEDGER_NOTE_H
#define HY_LEDGER_NOTE_H

/* note -- text signed by one or more keys (c2sp.org/signed-note), Ed25519 by libsodium.
 *
 *   <text, ending with a newline>
 *   <blank line>
 *   — <key name> base64(key id, 4 bytes || signature)        one line or more
 *
 * Two kinds of signature: plain Ed25519 over the text, and the time-stamped cosignature of a
 * witness (c2sp.org/tlog-cosignature, cosignature/v1).
 *
 * Pure: seeds and times come from the caller.  Malformed text is HY_BAD_INPUT, too much of it
 * HY_TOO_LARGE; what is well formed but does not verify is HY_TAMPERED, always with a
 * detail that says which key. */

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

enum {
	HY_SEED = 32,
	HY_NOTE_SIGS_MOST = 100, /* the specification asks for at least 16 */
	HY_NOTE_MOST = 1 << 20,	 /* bytes of a note */
};

/* The byte that is part of the key id.  A kind that is not listed is an unknown key. */
enum hy_sig_kind {
	HY_SIG_ED25519 = 0x01,	   /* over the text */
	HY_SIG_COSIGNATURE = 0x04, /* uint64 time || Ed25519 over "cosignature/v1\ntime …\n" text */
};

/* A public key.  NAME is a view into what the key was read or made from. */
struct hy_vkey {
	hy_str name;
	enum hy_sig_kind kind;
	unsigned char id[4];
	unsigned char pub[32];
};

/* A private key: SECRET is libsodium's seed || public key.  Call hy_skey_wipe() after use. */
struct hy_skey {
	struct hy_vkey pub;
	unsigned char secret[64];
};

/* Is NAME non-empty UTF-8 without Unicode spaces, control characters and '+'? */
bool hy_key_name_ok(hy_str name);

/* The key of NAME (a view that must outlive it) and SEED.  HY_BAD_FIELD for a bad name. */
enum hy_code hy_skey_make(hy_str name, enum hy_sig_kind kind, const unsigned char seed[HY_SEED],
			  struct hy_skey *out, struct hy_err *e) HY_MUST;

/* PRIVATE+KEY+<name>+<hex id>+base64(kind || seed), as golang.org/x/mod/sumdb/note writes it;
 * <name>+<hex id>+base64(kind || public key).  Reading checks that name, id and key belong
 * together; TEXT must outlive the key.  One newline at the end of TEXT is allowed. */
hy_str hy_skey_text(struct hy_arena *a, const struct hy_skey *key);
enum hy_code hy_skey_read(hy_str text, struct hy_skey *out, struct hy_err *e) HY_MUST;
hy_str hy_vkey_text(struct hy_arena *a, const struct hy_vkey *key);
enum hy_code hy_vkey_read(hy_str text, struct hy_vkey *out, struct hy_err *e) HY_MUST;

void hy_skey_wipe(struct hy_skey *key);

/* A signature line, with its newline, for TEXT.  TIME (Unix seconds, not negative) goes into a
 * cosignature and is ignored for a plain signature.  HY_BAD_INPUT when TEXT cannot be a
 * note's text. */
enum hy_code hy_note_line(struct hy_arena *a, hy_str text, const struct hy_skey *key, int64_t time,
			  hy_str *out, struct hy_err *e) HY_MUST;

/* The whole note of TEXT with one signature.  More lines are added behind it as they are. */
enum hy_code hy_note_sign(struct hy_arena *a, hy_str text, const struct hy_skey *key, int64_t time,
			  hy_str *out, struct hy_err *e) HY_MUST;

struct hy_sig {
	hy_str name; /* a view into the note */
	unsigned char id[4];
	hy_str bytes; /* in the arena: what follows the id, at least one byte */
};

/* A note taken apart, not yet believed.  TEXT is a view into it, newline included. */
struct hy_note {
	hy_str text;
	struct hy_sig *sigs; /* in the arena */
	size_t n;
};
enum hy_code hy_note_parse(struct hy_arena *a, hy_str note, struct hy_note *out,
			   struct hy_err *e) HY_MUST;

/* What a known key said about a note. */
struct hy_signed {
	bool good;
	int64_t time; /* of a cosignature, the latest; 0 for a plain signature */
};

/* Checks every signature whose name and id are those of one of the N known KEYS; ignores all
 * others.  Fails when one of them is wrong, when none is there, and when two of KEYS
 * have the same name and id.  SIGNED_OUT has N cells, one for each key; NULL is allowed. */
enum hy_code hy_note_verify(const struct hy_note *note, const struct hy_vkey *keys, size_t n,
			    struct hy_signed *signed_out, struct hy_err *e) HY_MUST;

#endif
