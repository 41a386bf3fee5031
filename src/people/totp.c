/* The second factor. */
#include "people/totp.h"

#include <openssl/hmac.h>
#include <qrencode.h>
#include <sodium.h>

#include "base/file.h"
#include "people/account_part.h"
#include "people/session.h"

enum { KEY = crypto_secretbox_KEYBYTES, NONCE = crypto_secretbox_NONCEBYTES, CODE_CHARS = 10 };
enum { SEALED = NONCE + TOTP_SECRET + crypto_secretbox_MACBYTES };

/* --- RFC 4226 and 6238 -------------------------------------------------------------------------
 */

int totp_code(const unsigned char secret[TOTP_SECRET], int64_t step)
{
	unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	HMAC(EVP_sha1(), secret, TOTP_SECRET, counter, sizeof(counter), mac, &n);
	unsigned at = mac[19] & 15;
	unsigned long v = (unsigned long)(mac[at] & 0x7f) << 24 | (unsigned long)mac[at + 1] << 16 |
			  (unsigned long)mac[at + 2] << 8 | mac[at + 3];
	return (int)(v % 1000000);
}

int64_t totp_step(const unsigned char secret[TOTP_SECRET], hy_str digits, hy_ms now, int64_t last)
{
	int64_t step = now / TOTP_STEP_MS, found = -1;
	char text[16];

	for (int64_t s = step - 1; s <= step + 1; s++) {
		snprintf(text, sizeof(text), "%06d", totp_code(secret, s));
		bool same = hy_same_secret(digits, (hy_str){ text, 6 });
		if (same && s > last && found < 0)
			found = s;
	}
	return found;
}

hy_str totp_base32(struct hy_arena *a, const unsigned char secret[TOTP_SECRET])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct hy_buf b = hy_buf_on(a);

	for (int i = 0; i < TOTP_SECRET; i += 5) {
		uint64_t v = 0;
		for (int k = 0; k < 5; k++)
			v = v << 8 | secret[i + k];
		for (int k = 7; k >= 0; k--)
			hy_buf_byte(&b, letters[v >> (5 * k) & 31]);
	}
	return hy_buf_str(&b);
}

static void percent(struct hy_buf *b, hy_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '-' || c == '.' || c == '_')
			hy_buf_byte(b, (char)c);
		else
			hy_buf_fmt(b, "%%%02X", c);
	}
}

hy_str totp_uri(struct hy_arena *a, hy_str city, hy_str login, hy_str base32)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_add(&b, HY_S("otpauth://totp/"));
	percent(&b, city);
	hy_buf_byte(&b, ':');
	percent(&b, login);
	hy_buf_fmt(&b, "?secret=" HY_FMT "&issuer=", HY_ARG(base32));
	percent(&b, city);
	return hy_buf_str(&b);
}

static enum hy_code encode(struct hy_arena *a, hy_str uri, QRcode **out, struct hy_err *e)
{
	*out = QRcode_encodeString8bit(hy_str_dup(a, uri).p, 0, QR_ECLEVEL_M);
	return *out ? HY_OK : hy_broke(e, HY_INTERNAL, "the QR code could not be made");
}

enum hy_code totp_qr(struct hy_arena *a, hy_str uri, hy_str *svg_out, struct hy_err *e)
{
	QRcode *q;
	struct hy_buf b = hy_buf_on(a);
	enum hy_code c = encode(a, uri, &q, e);

	if (c)
		return c;
	hy_buf_fmt(&b,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-4 -4 %d %d\">"
		   "<path fill=\"#fff\" d=\"M-4-4h%dv%dh-%dz\"/><path fill=\"#000\" d=\"",
		   q->width + 8, q->width + 8, q->width + 8, q->width + 8, q->width + 8);
	for (int y = 0; y < q->width; y++)
		for (int x = 0; x < q->width; x++)
			if (q->data[y * q->width + x] & 1)
				hy_buf_fmt(&b, "M%d %dh1v1h-1z", x, y);
	hy_buf_add(&b, HY_S("\"/></svg>"));
	QRcode_free(q);
	*svg_out = hy_buf_str(&b);
	return HY_OK;
}

/* Outside of the code and its quiet zone it is light. */
static bool dark(const QRcode *q, int x, int y)
{
	return x >= 0 && y >= 0 && x < q->width && y < q->width && (q->data[y * q->width + x] & 1);
}

enum hy_code totp_qr_text(struct hy_arena *a, hy_str uri, hy_str *out, struct hy_err *e)
{
	/* By upper and lower half: light ones are drawn, as terminals are dark. */
	static const char *const halves[] = { "\u2588", "\u2580", "\u2584", " " };
	enum { QUIET = 2 };
	QRcode *q;
	struct hy_buf b = hy_buf_on(a);
	enum hy_code c = encode(a, uri, &q, e);

	if (c)
		return c;
	for (int y = -QUIET; y < q->width + QUIET; y += 2) {
		for (int x = -QUIET; x < q->width + QUIET; x++)
			hy_buf_add(&b, hy_str_of(halves[2 * dark(q, x, y) + dark(q, x, y + 1)]));
		hy_buf_byte(&b, '\n');
	}
	QRcode_free(q);
	*out = hy_buf_str(&b);
	return HY_OK;
}

/* --- the key outside the database
 * ----------------------------------------------------------------- */

/* Made when it is first needed. */
static enum hy_code key_of(struct hy_arena *a, const char *files, bool make, unsigned char out[KEY],
			   struct hy_err *e)
{
	const char *path = hy_printf(a, "%s/keys/account.key", files).p;
	struct hy_err why = { 0 };
	hy_str text = HY_S("");
	enum hy_code c = hy_file_read(a, path, 1024, &text, &why);

	if (c == HY_NOT_FOUND && make) {
		hy_random(out, KEY);
		text = hy_printf(a, HY_FMT "\n", HY_ARG(hy_hex(a, out, KEY)));
		return hy_file_write(path, text, 0600, e);
	}
	if (c || !hy_unhex(hy_str_trim(text), out, KEY))
		return hy_broke(e, HY_IO, "%s cannot be read: second factors need it", path);
	return HY_OK;
}

static enum hy_code seal(struct hy_arena *a, const char *files,
			 const unsigned char secret[TOTP_SECRET], hy_str *out, struct hy_err *e)
{
	unsigned char key[KEY], *box = hy_arena_take(a, SEALED);
	enum hy_code c = key_of(a, files, true, key, e);

	if (c)
		return c;
	hy_random(box, NONCE);
	crypto_secretbox_easy(box + NONCE, secret, TOTP_SECRET, box, key);
	sodium_memzero(key, sizeof(key));
	*out = (hy_str){ (const char *)box, SEALED };
	return HY_OK;
}

static enum hy_code unseal(struct hy_arena *a, const char *files, hy_str sealed,
			   unsigned char secret[TOTP_SECRET], struct hy_err *e)
{
	unsigned char key[KEY];
	enum hy_code c = key_of(a, files, false, key, e);

	if (c)
		return c;
	const unsigned char *box = (const unsigned char *)sealed.p;
	bool open = sealed.n == SEALED &&
		    crypto_secretbox_open_easy(secret, box + NONCE, SEALED - NONCE, box, key) == 0;
	sodium_memzero(key, sizeof(key));
	return open ? HY_OK
		    : hy_broke(e, HY_TAMPERED,
			       "a second factor is not sealed with keys/account.key");
}

/* --- recovery codes ------------------------------------------------------------------------------
 */

static hy_hash recovery_hash(int64_t account, hy_str code)
{
	char id[32];
	int n = snprintf(id, sizeof(id), "recovery %lld ", (long long)account);

	return hy_sha256_4((hy_str){ id, (size_t)n }, code, HY_S(""), HY_S(""));
}

static enum hy_code forget_codes(struct hy_db *db, int64_t account, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM account_recovery WHERE account = $1");

	hy_bind_int(s, 1, account);
	return hy_exec(s, NULL, e);
}

static enum hy_code draw_codes(struct hy_db *db, struct hy_arena *a, int64_t account, hy_str **out,
			       struct hy_err *e)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789x"; /* 32 of them */
	hy_str *v = hy_new_n(a, hy_str, TOTP_RECOVERY);
	enum hy_code c = forget_codes(db, account, e);

	for (int i = 0; !c && i < TOTP_RECOVERY; i++) {
		HY_SCOPED_STMT s =
			hy_sql(db, "INSERT INTO account_recovery(account, hash) VALUES($1, $2)");
		unsigned char random[CODE_CHARS];
		char text[CODE_CHARS];
		hy_random(random, sizeof(random));
		for (int k = 0; k < CODE_CHARS; k++)
			text[k] = letters[random[k] & 31];
		v[i] = hy_str_dup(a, (hy_str){ text, CODE_CHARS });
		hy_hash h = recovery_hash(account, v[i]);
		hy_bind_int(s, 1, account);
		hy_bind_blob(s, 2, (hy_str){ (const char *)h.b, sizeof(h.b) });
		c = hy_exec(s, NULL, e);
	}
	*out = v;
	return c;
}

static enum hy_code use_code(struct hy_db *db, int64_t account, hy_str code, bool *used_out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "DELETE FROM account_recovery WHERE account = $1 AND hash = $2");
	hy_hash h = recovery_hash(account, code);
	int64_t changed = 0;

	hy_bind_int(s, 1, account);
	hy_bind_blob(s, 2, (hy_str){ (const char *)h.b, sizeof(h.b) });
	enum hy_code c = hy_exec(s, &changed, e);
	*used_out = changed == 1;
	return c;
}

/* --- setting up, trying, taking away
 * -------------------------------------------------------------- */

enum hy_code totp_begin(struct hy_db *db, const char *files, int64_t account,
			unsigned char secret_out[TOTP_SECRET], struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct account_secret s;
	struct account who;
	enum hy_code c = account_not_closed(db, account, &who, e);

	if (!c)
		c = account_secret_get(a, db, account, &s, e);
	if (c)
		return c;
	if (s.totp_on)
		return hy_fail(e, HY_EXISTS, "", "a second factor is set up already");
	hy_random(secret_out, TOTP_SECRET);
	c = seal(a, files, secret_out, &s.totp, e);
	s.totp_step = 0;
	return c ? c : account_secret_put(db, account, &s, e);
}

enum hy_code totp_confirm(struct record *r, struct hy_db *db, struct hy_arena *a, const char *files,
			  int64_t account, hy_str digits, struct security_by by, hy_ms now,
			  hy_str **codes_out, struct hy_err *e)
{
	unsigned char secret[TOTP_SECRET];
	struct account_secret s;
	struct account who;
	enum hy_code c = account_not_closed(db, account, &who, e);

	if (!c)
		c = account_secret_get(hy_db_arena(db), db, account, &s, e);
	if (c)
		return c;
	if (s.totp_on || s.totp.n == 0)
		return hy_fail(e, HY_NOT_NOW, "", "begin with setting up a second factor");
	c = unseal(hy_db_arena(db), files, s.totp, secret, e);
	if (c)
		return c;
	s.totp_step = totp_step(secret, digits, now, 0);
	if (s.totp_step < 0)
		return hy_fail(e, HY_BAD_LOGIN, "code",
			       "these are not the digits of now; is the clock of the telephone "
			       "right?");
	s.totp_on = true;
	c = account_secret_put(db, account, &s, e);
	if (!c)
		c = draw_codes(db, a, account, codes_out, e);
	who.has_totp = true;
	struct account_change ch = { .act = "totp.on", .by = by, .at = now };
	return c ? c : account_changed(r, db, &who, &ch, e);
}

static enum hy_code try_recovery(struct record *r, struct hy_db *db, int64_t account, hy_str code,
				 struct security_by by, hy_ms now, bool *ok_out, struct hy_err *e)
{
	enum hy_code c = use_code(db, account, code, ok_out, e);
	struct security_act act = { .act = "totp.recovery",
				    .by = by,
				    .subject = hy_printf(hy_db_arena(db), ACCOUNT_SUBJECT "%lld",
							 (long long)account),
				    .at = now };

	return c || !*ok_out ? c : security_note(r, db, &act, e);
}

enum hy_code totp_try(struct record *r, struct hy_db *db, const char *files, int64_t account,
		      hy_str digits, struct security_by by, hy_ms now, bool *ok_out,
		      struct hy_err *e)
{
	unsigned char secret[TOTP_SECRET];
	struct account_secret s;
	enum hy_code c = account_secret_get(hy_db_arena(db), db, account, &s, e);

	*ok_out = false;
	if (c || !s.totp_on)
		return c;
	if (digits.n == CODE_CHARS)
		return try_recovery(r, db, account, digits, by, now, ok_out, e);
	c = unseal(hy_db_arena(db), files, s.totp, secret, e);
	if (c)
		return c;
	int64_t step = totp_step(secret, digits, now, s.totp_step);
	if (step < 0)
		return HY_OK;
	s.totp_step = step;
	*ok_out = true;
	return account_secret_put(db, account, &s, e);
}

enum hy_code totp_remove(struct record *r, struct hy_db *db, int64_t account, struct security_by by,
			 hy_ms now, int64_t *ended_out, struct hy_err *e)
{
	struct account_secret s;
	struct account who;
	enum hy_code c = account_not_closed(db, account, &who, e);

	if (!c)
		c = account_secret_get(hy_db_arena(db), db, account, &s, e);
	if (!c && !s.totp_on)
		return hy_fail(e, HY_NOT_NOW, "", "this account has no second factor");
	if (c)
		return c;
	s.totp_on = false;
	s.totp = HY_S("");
	c = account_secret_put(db, account, &s, e);
	if (!c)
		c = forget_codes(db, account, e);
	who.has_totp = false;
	struct account_change ch = { .act = "totp.off", .by = by, .at = now };
	if (!c)
		c = account_changed(r, db, &who, &ch, e);
	return c ? c : session_revoke_all(r, db, account, 0, by, now, ended_out, e);
}
