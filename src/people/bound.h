#ifndef PEOPLE_BOUND_H
#define PEOPLE_BOUND_H

/* bound -- whose account an identity of an OpenID provider (oidc/oidc.h) is.
 *
 * The key is issuer and `sub`.  An account has one identity of an issuer, an identity one account.
 * Binding is done by a person who is logged in with both, or by an administrator; each is an event
 * of "account/N" ("account.bind", "account.unbind"), with issuer and sub in its private part. */

#include "people/account.h"

/* HY_EXISTS when either is bound already.  Inside work, like the next. */
enum hy_code bound_add(struct record *r, struct hy_db *db, int64_t account, hy_str issuer,
		       hy_str sub, struct security_by by, hy_ms at, struct hy_err *e) HY_MUST;
/* HY_NOT_NOW when it has none of that issuer; an empty ISSUER: all, and none is fine. */
enum hy_code bound_remove(struct record *r, struct hy_db *db, int64_t account, hy_str issuer,
			  struct security_by by, hy_ms at, struct hy_err *e) HY_MUST;
/* "" when ACCOUNT has none of that issuer. */
enum hy_code bound_of(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str issuer,
		      hy_str *sub_out, struct hy_err *e) HY_MUST;
/* *ACCOUNT_OUT 0: nobody's. */
enum hy_code bound_account(struct hy_db *db, hy_str issuer, hy_str sub, int64_t *account_out,
			   struct hy_err *e) HY_MUST;
/* How many ACCOUNT has; for fsck. */
enum hy_code bound_count(struct hy_db *db, int64_t account, int64_t *out, struct hy_err *e) HY_MUST;

#endif
