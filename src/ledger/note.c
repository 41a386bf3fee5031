#include "ledger/note.h"

#include <sodium.h>

#include "base/buf.h"
#include "ledger/merkle.h"

static const hy_str dash = HY_S_INIT("\xe2\x80\x94 "); /* U+2014 and a space */
static const hy_str skey_head = HY_S_INIT("PRIVATE+KEY+");

enum { ID = 4, SIG = crypto_sign_BYTES, STAMP = 8 };

/* --- keys -------------------------------------------------------------------------- */

/* The characters above ASCII with the Unicode property White_Space. */
static const hy_str wide_spaces[] = {
	HY_S_INIT("\xc2\x85"),	   /* U+0085 */
	HY_S_INIT("\xc2\xa0"),	   /* U+00A0 */
	HY_S_INIT("\xe1\x9a\x80"), /* U+1680 */
	HY_S_INIT("\xe2\x80\x80"), /* U+2000 to U+200A */
	HY_S_INIT("\xe2\x80\x81"), HY_S_INIT("\xe2\x80\x82"), HY_S_INIT("\xe2\x80\x83"),
	HY_S_INIT("\xe2\x80\x84"), HY_S_INIT("\xe2\x80\x85"), HY_S_INIT("\xe2\x80\x86"),
	HY_S_INIT("\xe2\x80\x87"), HY_S_INIT("\xe2\x80\x88"), HY_S_INIT("\xe2\x80\x89"),
	HY_S_INIT("\xe2\x80\x8a"), HY_S_INIT("\xe2\x80\xa8"), /* U+2028 */
	HY_S_INIT("\xe2\x80\xa9"),			      /* U+2029 */
	HY_S_INIT("\xe2\x80\xaf"),			      /* U+202F */
	HY_S_INIT("\xe2\x81\x9f"),			      /* U+205F */
	HY_S_INIT("\xe3\x80\x80"),			      /* U+3000 */
};

bool hy_key_name_ok(hy_str name)
{
	if (name.n == 0 || !hy_str_utf8(name, NULL))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '+')
			return false;
	for (size_t i = 0; i < HY_COUNT(wide_spaces); i++)
		if (hy_str_find(name, wide_spaces[i]) >= 0)
			return false;
	return true;
}

static bool kind_known(unsigned char byte)
{
	return byte == HY_SIG_ED25519 || byte == HY_SIG_COSIGNATURE;
}

/* SHA-256(name || \n || kind || public key)[:4] */
static void key_id(hy_str name, enum hy_sig_kind kind, const unsigned char pub[32],
		   unsigned char id[ID])
{
	const char mid[] = { '\n', (char)kind };
	hy_hash h = hy_sha256_4(name, (hy_str){ mid, sizeof(mid) },
				(hy_str){ (const char *)pub, 32 }, (hy_str){ 0 });

	memcpy(id, h.b, ID);
}

enum hy_code hy_skey_make(hy_str name, enum hy_sig_kind kind, const unsigned char seed[HY_SEED],
			  struct hy_skey *out, struct hy_err *e)
{
	if (!hy_key_name_ok(name))
		return hy_fail(e, HY_BAD_FIELD, "name",
			       "a key name has no spaces and no '+', and is not empty");
	struct hy_skey k = { .pub = { .name = name, .kind = kind } };
	crypto_sign_seed_keypair(k.pub.pub, k.secret, seed);
	key_id(name, kind, k.pub.pub, k.pub.id);
	*out = k;
	sodium_memzero(&k, sizeof(k));
	return HY_OK;
}

static hy_str key_text(struct hy_arena *a, hy_str head, const struct hy_vkey *key,
		       const unsigned char material[32])
{
	unsigned char bytes[33];

	bytes[0] = (unsigned char)key->kind;
	memcpy(bytes + 1, material, 32);
	hy_str text = hy_printf(a, HY_FMT HY_FMT "+" HY_FMT "+" HY_FMT, HY_ARG(head),
				HY_ARG(key->name), HY_ARG(hy_hex(a, key->id, ID)),
				HY_ARG(hy_base64(a, bytes, sizeof(bytes))));
	sodium_memzero(bytes, sizeof(bytes));
	return text;
}

hy_str hy_skey_text(struct hy_arena *a, const struct hy_skey *key)
{
	return key_text(a, skey_head, &key->pub, key->secret);
}

hy_str hy_vkey_text(struct hy_arena *a, const struct hy_vkey *key)
{
	return key_text(a, (hy_str){ 0 }, key, key->pub);
}

/* <name>+<hex id>+<base64 of kind and 32 bytes>, with at most one newline. */
static bool key_parts(hy_str text, struct hy_vkey *key, unsigned char material[32])
{
	hy_str id;
	unsigned char bytes[33];

	if (hy_str_ends(text, HY_S("\n")))
		text.n--;
	if (!hy_str_cut(&text, '+', &key->name) || !hy_str_cut(&text, '+', &id) ||
	    !hy_key_name_ok(key->name) || !hy_unhex(id, key->id, ID) ||
	    hy_base64_read(text, bytes, sizeof(bytes)) != sizeof(bytes))
		return false;
	bool ok = kind_known(bytes[0]);
	key->kind = (enum hy_sig_kind)bytes[0];
	memcpy(material, bytes + 1, 32);
	sodium_memzero(bytes, sizeof(bytes));
	return ok;
}

enum hy_code hy_skey_read(hy_str text, struct hy_skey *out, struct hy_err *e)
{
	struct hy_vkey said;
	unsigned char seed[HY_SEED];
	struct hy_skey made = { 0 };

	if (!hy_str_starts(text, skey_head) ||
	    !key_parts((hy_str){ text.p + skey_head.n, text.n - skey_head.n }, &said, seed))
		return hy_fail(e, HY_BAD_INPUT, "key",
			       "a private key reads PRIVATE+KEY+<name>+<id>+<base64>");
	enum hy_code c = hy_skey_make(said.name, said.kind, seed, &made, e);
	sodium_memzero(seed, sizeof(seed));
	if (!c && memcmp(made.pub.id, said.id, ID) != 0)
		c = hy_fail(e, HY_BAD_INPUT, "key", "the id of the private key is not its own");
	if (!c)
		*out = made;
	sodium_memzero(&made, sizeof(made));
	return c;
}

enum hy_code hy_vkey_read(hy_str text, struct hy_vkey *out, struct hy_err *e)
{
	struct hy_vkey k;
	unsigned char id[ID];

	if (!key_parts(text, &k, k.pub))
		return hy_fail(e, HY_BAD_INPUT, "key", "a public key reads <name>+<id>+<base64>");
	key_id(k.name, k.kind, k.pub, id);
	if (memcmp(id, k.id, ID) != 0)
		return hy_fail(e, HY_BAD_INPUT, "key", "the id of the public key is not its own");
	*out = k;
	return HY_OK;
}

void hy_skey_wipe(struct hy_skey *key)
{
	sodium_memzero(key, sizeof(*key));
}

/* --- signing ----------------------------------------------------------------------- */

/* The reason why TEXT cannot be in a note; NULL when it can. */
static const char *text_wrong(hy_str text)
{
	if (!hy_str_ends(text, HY_S("\n")))
		return "the text of a note ends with a newline";
	if (!hy_str_utf8(text, NULL))
		return "a note is UTF-8";
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' && text.p[i] != '\n')
			return "a note has no control characters";
	return NULL;
}

/* What a key of KIND signs. */
static hy_str message(struct hy_arena *a, hy_str text, enum hy_sig_kind kind, int64_t time)
{
	if (kind == HY_SIG_ED25519)
		return text;
	struct hy_buf b = hy_buf_on(a);
	hy_buf_fmt(&b, "cosignature/v1\ntime %lld\n", (long long)time);
	hy_buf_add(&b, text);
	return hy_buf_str(&b);
}

enum hy_code hy_note_line(struct hy_arena *a, hy_str text, const struct hy_skey *key, int64_t time,
			  hy_str *out, struct hy_err *e)
{
	const char *wrong = text_wrong(text);

	if (wrong)
		return hy_fail(e, HY_BAD_INPUT, "text", "%s", wrong);
	if (key->pub.kind == HY_SIG_COSIGNATURE && time < 0)
		return hy_fail(e, HY_BAD_FIELD, "time", "must not be before 1970");
	unsigned char payload[ID + STAMP + SIG];
	size_t n = ID;
	memcpy(payload, key->pub.id, ID);
	if (key->pub.kind == HY_SIG_COSIGNATURE)
		for (int i = 0; i < STAMP; i++)
			payload[n++] = (unsigned char)((uint64_t)time >> (56 - 8 * i));
	hy_str m = message(a, text, key->pub.kind, time);
	crypto_sign_detached(payload + n, NULL, (const unsigned char *)m.p, m.n, key->secret);
	*out = hy_printf(a, HY_FMT HY_FMT " " HY_FMT "\n", HY_ARG(dash), HY_ARG(key->pub.name),
			 HY_ARG(hy_base64(a, payload, n + SIG)));
	return HY_OK;
}

enum hy_code hy_note_sign(struct hy_arena *a, hy_str text, const struct hy_skey *key, int64_t time,
			  hy_str *out, struct hy_err *e)
{
	hy_str line;
	enum hy_code c = hy_note_line(a, text, key, time, &line, e);

	if (c)
		return c;
	struct hy_buf b = hy_buf_on(a);
	hy_buf_add(&b, text);
	hy_buf_byte(&b, '\n');
	hy_buf_add(&b, line);
	*out = hy_buf_str(&b);
	return HY_OK;
}

/* --- reading ----------------------------------------------------------------------- */

/* Cuts NOTE at its last blank line. */
static bool split(hy_str note, hy_str *text, hy_str *lines)
{
	for (size_t i = note.n; i-- > 1;) {
		if (note.p[i] == '\n' && note.p[i - 1] == '\n') {
			*text = (hy_str){ note.p, i };
			*lines = (hy_str){ note.p + i + 1, note.n - i - 1 };
			return true;
		}
	}
	return false;
}

static bool sig_parse(struct hy_arena *a, hy_str line, struct hy_sig *out)
{
	hy_str rest = line;

	if (!hy_str_starts(line, dash))
		return false;
	rest = (hy_str){ line.p + dash.n, line.n - dash.n };
	if (!hy_str_cut(&rest, ' ', &out->name) || !hy_key_name_ok(out->name))
		return false;
	size_t most = rest.n / 4 * 3;
	unsigned char *bytes = hy_arena_take(a, most + 1);
	ptrdiff_t n = hy_base64_read(rest, bytes, most);
	if (n <= ID)
		return false;
	memcpy(out->id, bytes, ID);
	out->bytes = (hy_str){ (const char *)bytes + ID, (size_t)n - ID };
	return true;
}

enum hy_code hy_note_parse(struct hy_arena *a, hy_str note, struct hy_note *out, struct hy_err *e)
{
	struct hy_note n = { 0 };
	hy_str lines, line;

	if (note.n > HY_NOTE_MOST)
		return hy_fail(e, HY_TOO_LARGE, "note", "a note has at most %d bytes",
			       (int)HY_NOTE_MOST);
	const char *wrong = text_wrong(note);
	if (wrong)
		return hy_fail(e, HY_BAD_INPUT, "note", "%s", wrong);
	if (!split(note, &n.text, &lines) || lines.n == 0)
		return hy_fail(e, HY_BAD_INPUT, "note",
			       "a note has a blank line and signatures behind it");
	HY_VEC(struct hy_sig) sigs = { 0 };
	while (hy_str_cut(&lines, '\n', &line)) {
		if (sigs.n == HY_NOTE_SIGS_MOST)
			return hy_fail(e, HY_TOO_LARGE, "note", "a note has at most %d signatures",
				       (int)HY_NOTE_SIGS_MOST);
		struct hy_sig *s = hy_push(a, &sigs);
		if (!sig_parse(a, line, s))
			return hy_fail(e, HY_BAD_INPUT, "note",
				       "signature line %zu does not read — <name> <base64>",
				       sigs.n);
	}
	n.sigs = sigs.v;
	n.n = sigs.n;
	*out = n;
	return HY_OK;
}

/* The key of SIG among KEYS, N when it is unknown. */
static size_t key_of(const struct hy_sig *sig, const struct hy_vkey *keys, size_t n)
{
	size_t i = 0;

	while (i < n &&
	       !(hy_str_eq(sig->name, keys[i].name) && memcmp(sig->id, keys[i].id, ID) == 0))
		i++;
	return i;
}

static bool twins(const struct hy_vkey *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (hy_str_eq(keys[i].name, keys[j].name) &&
			    memcmp(keys[i].id, keys[j].id, ID) == 0)
				return true;
	return false;
}

/* Is SIG a signature of KEY over TEXT?  Writes the time of a cosignature. */
static bool sig_good(hy_str text, const struct hy_sig *sig, const struct hy_vkey *key,
		     int64_t *time_out)
{
	const unsigned char *p = (const unsigned char *)sig->bytes.p;
	uint64_t time = 0;
	size_t stamp = key->kind == HY_SIG_COSIGNATURE ? STAMP : 0;

	if (sig->bytes.n != stamp + SIG)
		return false;
	for (size_t i = 0; i < stamp; i++)
		time = time << 8 | p[i];
	if (time > INT64_MAX)
		return false;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str m = message(a, text, key->kind, (int64_t)time);
	if (crypto_sign_verify_detached(p + stamp, (const unsigned char *)m.p, m.n, key->pub) != 0)
		return false;
	*time_out = (int64_t)time;
	return true;
}

enum hy_code hy_note_verify(const struct hy_note *note, const struct hy_vkey *keys, size_t n,
			    struct hy_signed *signed_out, struct hy_err *e)
{
	struct hy_signed seen[HY_NOTE_SIGS_MOST];
	size_t who[HY_NOTE_SIGS_MOST], good = 0;

	if (twins(keys, n))
		return hy_fail(e, HY_BAD_FIELD, "keys", "two known keys have the same name and id");
	for (size_t i = 0; i < note->n; i++) {
		size_t k = key_of(&note->sigs[i], keys, n);
		if (k == n)
			continue;
		struct hy_signed s = { .good = true };
		if (!sig_good(note->text, &note->sigs[i], &keys[k], &s.time))
			return hy_fail(e, HY_TAMPERED, "note",
				       "the signature of " HY_FMT " is wrong",
				       HY_ARG(hy_str_head(keys[k].name, 100)));
		who[good] = k;
		seen[good++] = s;
	}
	if (good == 0)
		return hy_fail(e, HY_TAMPERED, "note", "no known key has signed this");
	if (!signed_out)
		return HY_OK;
	memset(signed_out, 0, n * sizeof(*signed_out));
	for (size_t i = 0; i < good; i++) {
		struct hy_signed *s = &signed_out[who[i]];
		s->good = true;
		if (seen[i].time > s->time)
			s->time = seen[i].time;
	}
	return HY_OK;
}
