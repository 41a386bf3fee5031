#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H

/* session -- a person who is logged in, at one browser.
 *
 * 256 random bits in a cookie, kept as their SHA-256.  A session ends when nothing was asked for
 * session.idle_minutes (15), after session.hours (8), when it is revoked, or when its account is
 * locked or closed.  Its secret changes whenever it comes to mean more (RFC: no fixation).
 *
 * Stages: a session that waits for its second factor, or whose owner must first set a password or
 * a second factor, opens nothing but that step. */

#include "people/account.h"

#define SESSION_COOKIE "huiyin"

enum session_stage {
	SESSION_TOTP,  /* the password was right: the second factor is asked for */
	SESSION_ENROL, /* must set up a second factor before anything else */
	SESSION_OPEN
};
extern const char *const session_stage_names[]; /* "totp", "enrol", "open" */

struct session {
	int64_t id, account;
	enum session_stage stage;
	bool strong; /* a second factor was shown in this session */
	hy_ms made_at, seen_at, ends_at;
	hy_str address, agent; /* private */
};

/* Inside work; *SECRET_OUT goes into the cookie. */
struct session_new {
	int64_t account;
	enum session_stage stage;
	bool strong;
	hy_str address, agent;
	hy_ms at;
};
enum hy_code session_make(struct hy_db *db, struct hy_arena *a, const struct session_new *n,
			  int64_t *id_out, hy_str *secret_out, struct hy_err *e) HY_MUST;
/* The same session with a new secret, at STAGE. */
enum hy_code session_raise(struct hy_db *db, struct hy_arena *a, int64_t id,
			   enum session_stage stage, bool strong, hy_ms at, hy_str *secret_out,
			   struct hy_err *e) HY_MUST;
enum hy_code session_end(struct hy_db *db, int64_t id, struct hy_err *e) HY_MUST;
/* All of ACCOUNT but the session EXCEPT (0: none); *N_OUT how many. */
enum hy_code session_end_all(struct hy_db *db, int64_t account, int64_t except, int64_t *n_out,
			     struct hy_err *e) HY_MUST;
/* The same by BY, noted for the audit administrator ("session.revoke"); and one session of
 * ACCOUNT, HY_NOT_FOUND when it has none of that number. */
enum hy_code session_revoke(struct record *r, struct hy_db *db, int64_t account, int64_t id,
			    struct security_by by, hy_ms at, struct hy_err *e) HY_MUST;
enum hy_code session_revoke_all(struct record *r, struct hy_db *db, int64_t account, int64_t except,
				struct security_by by, hy_ms at, int64_t *n_out,
				struct hy_err *e) HY_MUST;
/* The query of session_list(), for those who ask how it is carried out. */
extern const char session_list_sql[];
enum hy_code session_list(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			  struct session **out, size_t *n_out, struct hy_err *e) HY_MUST;

/* The session that SECRET is, when it holds at NOW and its account is open; *THERE_OUT tells. */
enum hy_code session_check(struct hy_arena *a, struct hy_db *db, hy_str secret, hy_ms now,
			   struct session *out, bool *there_out, struct hy_err *e) HY_MUST;

/* When sessions and tokens were last used is remembered in memory and written about once a minute:
 * no request costs a write. */
void session_seen(int64_t id, hy_ms at);
void token_seen(int64_t id, hy_ms at);
/* Writes what is remembered (when a minute is over, or ALL) and takes away sessions that have
 * ended; called once a second by whoever serves. */
enum hy_code session_flush(struct hy_store *s, hy_ms now, bool all, struct hy_err *e) HY_MUST;

#endif
