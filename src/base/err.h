#ifndef HY_BASE_ERR_H
#define HY_BASE_ERR_H

/* err -- an error is a value with two audiences.
 *
 * A function that can fail returns enum hy_code (0 is success) and takes the
 * struct hy_err last.  It returns the error or logs it, never both; only http/
 * and cli/ speak to people.  The first cause wins: hy_fail() and hy_broke()
 * assert that the error is still empty.  An output is written only on success. */

#include "base/str.h"

/* name          http  exit key                   meaning for the caller
 * The key goes over the wire and is never reused for another meaning.  The exit
 * code is that of the command line (documented in `huiyin help exit-codes`). */
#define HY_ERRORS(X)                                                                               \
	X(OK, 0, 0, "ok", "no error")                                                              \
	X(BAD_FIELD, 400, 3, "bad_field", "a field fails its rule")                                \
	X(BAD_INPUT, 400, 3, "bad_input", "the input as a whole cannot be read")                   \
	X(NO_LOGIN, 401, 4, "no_login", "log in first")                                            \
	X(BAD_LOGIN, 401, 4, "bad_login",                                                          \
	  "login, password or code is wrong, or locked for a while")                               \
	X(FORBIDDEN, 403, 4, "forbidden", "this role may not do that")                             \
	X(NEED_FACTOR, 403, 4, "need_factor", "log in with the second factor for this")            \
	X(NOT_FOUND, 404, 4, "not_found", "no such thing, or not yours")                           \
	X(NO_ROUTE, 404, 4, "no_route", "no such address")                                         \
	X(NO_METHOD, 405, 4, "no_method", "this address does not take that method")                \
	X(TOO_SLOW, 408, 5, "too_slow", "the request took too long to arrive")                     \
	X(EXISTS, 409, 4, "exists", "it exists already")                                           \
	X(NOT_NOW, 409, 4, "not_now", "the matter is in a state that does not allow it")           \
	X(STALE, 412, 4, "stale", "someone changed it first")                                      \
	X(TOO_LARGE, 413, 3, "too_large", "larger than accepted")                                  \
	X(NO_MEDIA, 415, 3, "no_media", "this kind of content is not accepted")                    \
	X(NO_RULE, 422, 4, "no_rule", "no rule holds on that day")                                 \
	X(BAD_PACK, 422, 3, "bad_pack", "the pack has errors or fails its tests")                  \
	X(KEY_REUSED, 422, 4, "key_reused", "the Idempotency-Key was used for another request")    \
	X(NEED_MATCH, 428, 4, "need_match", "send If-Match with the ETag you read")                \
	X(TOO_MANY, 429, 5, "too_many", "too many requests; slow down")                            \
	X(NEED_PROOF, 429, 5, "need_proof", "too many requests; send a proof of work")             \
	X(STORE_BUSY, 503, 5, "store_busy", "busy; retry later")                                   \
	X(UNKNOWN_FATE, 503, 5, "unknown_fate",                                                    \
	  "it may or may not have been done; repeat with the same Idempotency-Key")                \
	X(STORE, 500, 5, "store", "the database refused")                                          \
	X(IO, 500, 5, "io", "a file or the network failed")                                        \
	X(TAMPERED, 500, 6, "tampered", "the record does not agree with its log")                  \
	X(WEAK, 500, 7, "weak", "it works, and protects less than it could")                       \
	X(UNSAFE, 500, 8, "unsafe", "it is open, or about to fail")                                \
	X(INTERNAL, 500, 5, "internal", "our mistake; it has been logged")

enum hy_code {
#define X(name, http, exit, key, text) HY_##name,
	HY_ERRORS(X)
#undef X
		HY__CODES
};

/* What went wrong, for the caller to pass up.  FIELD (a name from the request, "" when
 * none) and DETAIL are for people; LOG is for the operator and never leaves the server. */
struct hy_err {
	enum hy_code code;
	char field[64];
	char detail[512];
	char log[256];
};

/* For what the caller can mend.  DETAIL is short, says the reason and what to do. */
enum hy_code hy_fail(struct hy_err *e, enum hy_code code, const char *field, const char *fmt, ...)
	HY_PRINTF(4, 5);

/* For what is ours to mend: people get only the code, the operator the text. */
enum hy_code hy_broke(struct hy_err *e, enum hy_code code, const char *fmt, ...) HY_PRINTF(3, 4);

/* Empties E so that it may be used again. */
static inline void hy_err_clear(struct hy_err *e)
{
	e->code = HY_OK;
	e->field[0] = e->detail[0] = e->log[0] = '\0';
}

struct hy_code_info {
	const char *name, *key, *text;
	short http, exit;
};
/* The row of the table above; CODE must be below HY__CODES. */
const struct hy_code_info *hy_code_info(enum hy_code code);

/* The error as one line for a terminal or a log. */
const char *hy_err_text(const struct hy_err *e);

#endif
