#ifndef CLI_GUARD_H
#define CLI_GUARD_H

/* guard -- who asks, and may they: before every request of `huiyin serve`.
 *
 * A bearer token or the cookie of a session becomes a struct actor (people/actor.h), which is the
 * request's user; nobody is actor_anyone.  What was found is kept in memory for at most a second
 * and until anything that is no matter changes, so that a request costs no query; a revoked session
 * or token is refused with the very next request. */

#include "http/http.h"
#include "matter/matter_store.h"
#include "people/actor.h"
#include "people/session.h"

/* HY_NO_LOGIN, HY_FORBIDDEN or HY_NEED_FACTOR when R may not go on. */
enum hy_code guard_ask(struct hy_request *r, const struct hy_route *route, struct hy_err *e);

/* Has WHO a role that decides on people, which is used with a second factor alone?  Nobody of a
 * demo city has, and no token that is cut down to what the role does not allow. */
bool guard_sensitive(const struct actor *who);
/* HY_NEED_FACTOR when WHO has such a role and has not shown one; behind a token the account must
 * have one. */
enum hy_code guard_need_factor(const struct actor *who, struct hy_err *e) HY_MUST;

/* Forgets everything; before the process ends. */
void guard_forget(void);

/* login_api.c: logging in and out; their ctx is a struct city *. */
extern const struct hy_route login_routes[], oidc_routes[], welcome_routes[];
/* accounts_api.c: everybody's accounts, and one's own password and tokens. */
extern const struct hy_route accounts_routes[], own_routes[];
/* {"sessions": [...]}; MINE: the number of the session that asks, 0: none of them. */
void login_sessions_json(struct hy_json *j, const struct session *v, size_t n, int64_t mine);

#endif
