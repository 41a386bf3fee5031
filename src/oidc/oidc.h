#ifndef OIDC_OIDC_H
#define OIDC_OIDC_H

/* oidc -- logging in with an OpenID provider: OpenID Connect Core 1.0, the code flow with PKCE.
 *
 * What a login needs to remember is all drawn from one secret in a cookie of the browser: state,
 * nonce and verifier are digests of it.  So nothing is kept here, any server of the city finishes
 * what another began, and an answer that another browser asked for is refused.
 *
 * An ID token counts when its signature is right (RS256 with 2048 bits or more, ES256; nothing
 * else) by a key that the provider publishes, and issuer, audience, time and nonce are those
 * expected.  Who it is, is `sub` alone, which never changes; names and addresses in it are not
 * read.  Roles and second factors stay ours. */

#include "base/arena.h"
#include "base/err.h"

enum { OIDC_SUB_MOST = 255, OIDC_COOKIE_SECONDS = 600, OIDC_SKEW_MS = 60000 };

struct oidc_client {
	hy_str issuer, id;
	hy_str secret;	 /* empty: a client without one */
	hy_str redirect; /* where the provider sends the browser back to */
};

/* https://, or http:// to this machine (for tests); FIELD names it in the error. */
enum hy_code oidc_address_check(hy_str url, const char *field, struct hy_err *e) HY_MUST;

/* --- pure ------------------------------------------------------------------------------------ */
struct oidc_flow {
	hy_str state, nonce, verifier, challenge;
};
struct oidc_flow oidc_flow_of(struct hy_arena *a, hy_str secret);

/* What the provider says of itself (OpenID Connect Discovery 1.0). */
struct oidc_metadata {
	hy_str authorization, token, keys; /* addresses */
	bool post;			   /* takes the client's secret in the body alone */
};
/* HY_BAD_INPUT when it is of another issuer, or lacks what is needed. */
enum hy_code oidc_metadata_read(struct hy_arena *a, hy_str json, hy_str issuer,
				struct oidc_metadata *out, struct hy_err *e) HY_MUST;
/* Where the browser goes to. */
hy_str oidc_url(struct hy_arena *a, const struct oidc_metadata *m, const struct oidc_client *c,
		const struct oidc_flow *f);

struct oidc_expected {
	hy_str issuer, client, nonce;
	int64_t now; /* ms */
};
/* HY_BAD_LOGIN says what is wrong with TOKEN.  KEYS is a JWK set; *UNKNOWN_OUT: it was signed by a
 * key that is not in it, which the provider may have published since. */
enum hy_code oidc_token_check(struct hy_arena *a, hy_str token, hy_str keys,
			      const struct oidc_expected *expected, hy_str *sub_out,
			      bool *unknown_out, struct hy_err *e) HY_MUST;

/* --- asking the provider; blocks for some seconds at most ---------------------------------------
 * What it says of itself is kept for an hour, its keys until one is missing.  HY_STORE_BUSY when
 * it cannot be reached or makes no sense; the reason is in e->log. */
enum hy_code oidc_begin(struct hy_arena *a, const struct oidc_client *c, hy_str secret,
			hy_str *url_out, struct hy_err *e) HY_MUST;
/* CODE is what the browser came back with; *SUB_OUT is who it is. */
enum hy_code oidc_finish(struct hy_arena *a, const struct oidc_client *c, hy_str secret,
			 hy_str code, int64_t now, hy_str *sub_out, struct hy_err *e) HY_MUST;
void oidc_forget(void);

#endif
