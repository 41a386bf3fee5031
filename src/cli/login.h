#ifndef CLI_LOGIN_H
#define CLI_LOGIN_H

/* login -- what the ways to log in share: with a password (login_api.c), with an OpenID provider
 * (oidc_api.c). */

#include "cli/guard.h"
#include "oidc/oidc.h"
#include "people/account.h"
#include "people/session.h"

/* What GET /api/v1/session answers. */
struct login_standing {
	hy_str state; /* "none" or a stage */
	hy_str secret;
	hy_str login, name;
	bool strong, has_totp;
	hy_ms ends_at;
};
extern const struct login_standing login_nobody;
void login_answer_standing(struct hy_request *r, const struct login_standing *s);

/* The session that asks, at whatever stage. */
struct login_asking {
	struct session session;
	struct account account;
	hy_str secret;
	bool there;
};
enum hy_code login_who_asks(struct hy_request *r, struct hy_db *db, struct login_asking *out,
			    struct hy_err *e) HY_MUST;
/* HY_NO_LOGIN where there is none. */
enum hy_code login_must_ask(struct hy_request *r, struct hy_db *db, struct login_asking *out,
			    struct hy_err *e) HY_MUST;

/* Who A is was shown: a session, at the stage that is still to come.  ACT is noted when that is
 * none.  Inside work; the cookie is given after. */
enum hy_code login_open_session(struct hy_request *r, struct hy_db *db, const struct account *a,
				const char *act, struct login_standing *out,
				struct hy_err *e) HY_MUST;
void login_give_cookie(struct hy_request *r, hy_str secret);

/* Answers HY_BAD_LOGIN; the work is committed, so what was noted of the failure stays.  SUB, when
 * not empty: who it is to the provider, who is no open account. */
void login_refuse(struct hy_request *r, hy_str sub);

/* oidc_api.c: what is set of the provider; HY_NOT_NOW says which setting is missing or wrong.
 * FILES is the folder of what is kept beside the database. */
enum hy_code login_oidc_client(struct hy_arena *a, struct hy_db *db, const char *files,
			       struct oidc_client *out, struct hy_err *e) HY_MUST;

#endif
