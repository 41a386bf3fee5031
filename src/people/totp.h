#ifndef PEOPLE_TOTP_H
#define PEOPLE_TOTP_H

/* totp -- the second factor: RFC 6238 (SHA-1, 30 seconds, six digits), and recovery codes.
 *
 * The secret is sealed with a key outside the database (keys/account.key, made when it is first
 * needed).  A code is good for its step and one before and after, and each step once. */

#include "people/account.h"

enum { TOTP_SECRET = 20, TOTP_STEP_MS = 30000, TOTP_RECOVERY = 10 };

/* The six digits of STEP (RFC 4226). */
int totp_code(const unsigned char secret[TOTP_SECRET], int64_t step);
/* The step whose code DIGITS is, around NOW and after LAST; -1: none. */
int64_t totp_step(const unsigned char secret[TOTP_SECRET], hy_str digits, hy_ms now, int64_t last);
hy_str totp_base32(struct hy_arena *a, const unsigned char secret[TOTP_SECRET]);
/* otpauth://totp/..., for authenticator programs, and the same as a QR code in SVG. */
hy_str totp_uri(struct hy_arena *a, hy_str city, hy_str login, hy_str base32);
enum hy_code totp_qr(struct hy_arena *a, hy_str uri, hy_str *svg_out, struct hy_err *e) HY_MUST;
/* The same for a terminal: half blocks, two rows of the code in each line, dark on light. */
enum hy_code totp_qr_text(struct hy_arena *a, hy_str uri, hy_str *out, struct hy_err *e) HY_MUST;

/* Draws a secret for ACCOUNT; it counts for nothing until it is confirmed.  Inside work, like the
 * next.  FILES is the folder of what is kept beside the database. */
enum hy_code totp_begin(struct hy_db *db, const char *files, int64_t account,
			unsigned char secret_out[TOTP_SECRET], struct hy_err *e) HY_MUST;
/* HY_BAD_LOGIN when DIGITS are not those of the drawn secret.  *CODES_OUT are TOTP_RECOVERY codes,
 * shown once. */
enum hy_code totp_confirm(struct record *r, struct hy_db *db, struct hy_arena *a, const char *files,
			  int64_t account, hy_str digits, struct security_by by, hy_ms now,
			  hy_str **codes_out, struct hy_err *e) HY_MUST;
/* Are DIGITS (or a recovery code, which is used up) right?  *OK_OUT tells. */
enum hy_code totp_try(struct record *r, struct hy_db *db, const char *files, int64_t account,
		      hy_str digits, struct security_by by, hy_ms now, bool *ok_out,
		      struct hy_err *e) HY_MUST;
/* Takes it away: its owner lost it.  Whoever is in by it is not in any more: all sessions of the
 * account end (*ENDED_OUT how many), and both is noted.  HY_NOT_NOW when there is none. */
enum hy_code totp_remove(struct record *r, struct hy_db *db, int64_t account, struct security_by by,
			 hy_ms now, int64_t *ended_out, struct hy_err *e) HY_MUST;

#endif
