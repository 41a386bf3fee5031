#ifndef PEOPLE_ACCOUNT_PART_H
#define PEOPLE_ACCOUNT_PART_H

/* account_part -- what the files about accounts share. */

#include "people/account.h"

#define ACCOUNT_SUBJECT "account/"

/* A change of account ID: the event of its own subject (MOVE, DATA, PRIVATE), then the note for the
 * audit administrator, with BY.  A is filled with the account as it was; its seq and last_idx are
 * brought up to date, here and in the table. */
struct account_change {
	const char *act; /* the move, and the security act */
	hy_str data, private;
	struct security_by by;
	hy_ms at;
};
enum hy_code account_changed(struct record *r, struct hy_db *db, struct account *a,
			     const struct account_change *ch, struct hy_err *e) HY_MUST;
/* Writes the whole row. */
enum hy_code account_store(struct hy_db *db, const struct account *a, struct hy_err *e) HY_MUST;
/* HY_NOT_NOW for a closed one. */
enum hy_code account_not_closed(struct hy_db *db, int64_t id, struct account *out,
				struct hy_err *e) HY_MUST;

/* --- what no log holds ------------------------------------------------------------------- */
struct account_secret {
	hy_str password; /* Argon2id; empty: none */
	hy_str totp;	 /* sealed; empty: none */
	bool totp_on;
	int64_t totp_step; /* the last one used */
};
enum hy_code account_secret_get(struct hy_arena *a, struct hy_db *db, int64_t id,
				struct account_secret *out, struct hy_err *e) HY_MUST;
enum hy_code account_secret_put(struct hy_db *db, int64_t id, const struct account_secret *s,
				struct hy_err *e) HY_MUST;

/* Sets HASH; all other sessions are the caller's to end. */
enum hy_code account_set_password(struct record *r, struct hy_db *db, int64_t id, hy_str hash,
				  struct security_by by, hy_ms at, struct hy_err *e) HY_MUST;

/* What an unused link is for. */
struct account_link {
	int64_t account; /* 0: makes the first ROLE */
	hy_str role;
	hy_ms expires_at;
};
/* HY_NOT_FOUND when SECRET is none that holds at AT. */
enum hy_code account_link_of(struct hy_arena *a, struct hy_db *db, hy_str secret, hy_ms at,
			     struct account_link *out, struct hy_err *e) HY_MUST;
enum hy_code account_link_use(struct hy_db *db, hy_str secret, hy_ms at, struct hy_err *e) HY_MUST;

/* --- failures ------------------------------------------------------------------------------- */
/* By login, whether somebody has it or not. */
struct account_failures {
	int64_t n;
	hy_ms locked_until; /* 0: not */
};
enum hy_code account_failures(struct hy_db *db, hy_str login, hy_ms now,
			      struct account_failures *out, struct hy_err *e) HY_MUST;
/* Counts one; locks for LOCK_MS at MOST. */
enum hy_code account_failed(struct hy_db *db, hy_str login, hy_ms now, int64_t most,
			    int64_t lock_ms, struct account_failures *out,
			    struct hy_err *e) HY_MUST;
enum hy_code account_failures_forget(struct hy_db *db, hy_str login, struct hy_err *e) HY_MUST;
/* Rows of long ago; called now and then. */
enum hy_code account_failures_sweep(struct hy_db *db, hy_ms before, struct hy_err *e) HY_MUST;

#endif
