/* ID tokens: RFC 7515 in its compact form, by the keys of RFC 7517.  The algorithm is one of two
 * that are named here; the key must be of the kind that the algorithm takes. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/hash.h"
#include "base/json.h"
#include "oidc/oidc.h"
#include "oidc/part.h"

enum { TOKEN_MOST = 16384, KEYS_MOST = 100, RSA_LEAST = 2048, RSA_MOST = 8192, ES_HALF = 32 };

enum alg { RS256, ES256 };
static const struct {
	hy_str name, kty;
} algs[] = { { HY_S_INIT("RS256"), HY_S_INIT("RSA") }, { HY_S_INIT("ES256"), HY_S_INIT("EC") } };

static void key_free(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}
#define SCOPED_KEY __attribute__((cleanup(key_free))) EVP_PKEY *

static enum hy_code wrong(struct hy_err *e, const char *what)
{
	return hy_fail(e, HY_BAD_LOGIN, "", "the provider's answer does not count: %s", what);
}

/* --- keys ------------------------------------------------------------------------------------ */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || !params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *rsa_key(struct hy_arena *a, const json_t *jwk)
{
	unsigned char *n, *x;
	ptrdiff_t n_n = oidc_unbase64url(a, hy_json_get(jwk, "n"), &n);
	ptrdiff_t n_x = oidc_unbase64url(a, hy_json_get(jwk, "e"), &x);

	if (n_n < RSA_LEAST / 8 || n_n > RSA_MOST / 8 + 1 || n_x < 1 || n_x > 8)
		return NULL;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	BIGNUM *modulus = BN_bin2bn(n, (int)n_n, NULL), *exponent = BN_bin2bn(x, (int)n_x, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	if (b && modulus && exponent && BN_num_bits(modulus) >= RSA_LEAST &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, modulus) &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, exponent))
		params = OSSL_PARAM_BLD_to_param(b);
	if (params)
		key = key_from("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	BN_free(modulus);
	BN_free(exponent);
	return key;
}

static EVP_PKEY *ec_key(struct hy_arena *a, const json_t *jwk)
{
	unsigned char *x, *y, point[1 + 2 * ES_HALF] = { 4 }; /* not compressed */
	char group[] = "P-256";

	if (!hy_str_eq(hy_json_get(jwk, "crv"), HY_S("P-256")) ||
	    oidc_unbase64url(a, hy_json_get(jwk, "x"), &x) != ES_HALF ||
	    oidc_unbase64url(a, hy_json_get(jwk, "y"), &y) != ES_HALF)
		return NULL;
	memcpy(point + 1, x, ES_HALF);
	memcpy(point + 1 + ES_HALF, y, ES_HALF);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};
	return key_from("EC", params); /* which looks whether it is on the curve */
}

static bool for_signing(const json_t *jwk, enum alg alg)
{
	hy_str use = hy_json_get(jwk, "use"), named = hy_json_get(jwk, "alg");

	return hy_str_eq(hy_json_get(jwk, "kty"), algs[alg].kty) &&
	       (use.n == 0 || hy_str_eq(use, HY_S("sig"))) &&
	       (named.n == 0 || hy_str_eq(named, algs[alg].name));
}

/* --- signatures ------------------------------------------------------------------------------ */

/* The 64 bytes of RFC 7518 3.4 as DER. */
static int es_der(const unsigned char *raw, unsigned char **out)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, ES_HALF, NULL), *s = BN_bin2bn(raw + ES_HALF, ES_HALF, NULL);
	int n = -1;

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
		r = s = NULL; /* they are SIG's now */
		n = i2d_ECDSA_SIG(sig, out);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return n;
}

static bool verified(EVP_PKEY *key, const unsigned char *sig, size_t n, hy_str text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		  EVP_DigestVerify(ctx, sig, n, (const unsigned char *)text.p, text.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool signed_by(struct hy_arena *a, const json_t *jwk, enum alg alg, const unsigned char *sig,
		      ptrdiff_t n, hy_str text)
{
	SCOPED_KEY key = alg == RS256 ? rsa_key(a, jwk) : ec_key(a, jwk);
	unsigned char *der = NULL;
	bool ok = false;

	if (!key || n <= 0)
		return false;
	if (alg == RS256)
		return verified(key, sig, (size_t)n, text);
	int n_der = n == 2 * ES_HALF ? es_der(sig, &der) : -1;
	if (n_der > 0)
		ok = verified(key, der, (size_t)n_der, text);
	OPENSSL_free(der);
	return ok;
}

struct parts {
	hy_str text; /* what is signed */
	json_t *head, *body;
	unsigned char *sig;
	ptrdiff_t n_sig;
};

static enum hy_code part_json(struct hy_arena *a, hy_str part, json_t **out, struct hy_err *e)
{
	unsigned char *bytes;
	ptrdiff_t n = oidc_unbase64url(a, part, &bytes);
	struct hy_err why = { 0 };

	if (n <= 0 || hy_json_read(a, (hy_str){ (const char *)bytes, (size_t)n }, out, &why) ||
	    !json_is_object(*out))
		return wrong(e, "its ID token cannot be read");
	return HY_OK;
}

static enum hy_code take_apart(struct hy_arena *a, hy_str token, struct parts *out,
			       struct hy_err *e)
{
	hy_str rest = token, head, body;

	if (token.n > TOKEN_MOST || !hy_str_cut(&rest, '.', &head) ||
	    !hy_str_cut(&rest, '.', &body) || memchr(rest.p, '.', rest.n))
		return wrong(e, "its ID token cannot be read");
	out->text = (hy_str){ token.p, head.n + 1 + body.n };
	out->n_sig = oidc_unbase64url(a, rest, &out->sig);
	enum hy_code c = part_json(a, head, &out->head, e);
	return c ? c : part_json(a, body, &out->body, e);
}

static enum hy_code signature(struct hy_arena *a, const struct parts *t, hy_str keys,
			      bool *unknown_out, struct hy_err *e)
{
	hy_str named = hy_json_get(t->head, "alg"), kid = hy_json_get(t->head, "kid");
	struct hy_err why = { 0 };
	enum alg alg = RS256;
	json_t *doc = NULL;
	size_t tried = 0;

	while (alg < HY_COUNT(algs) && !hy_str_eq(named, algs[alg].name))
		alg++;
	if (alg == HY_COUNT(algs))
		return wrong(e, "its ID token is signed with neither RS256 nor ES256");
	if (json_object_get(t->head, "crit"))
		return wrong(e, "its ID token asks for what is not understood here");
	if (hy_json_read(a, keys, &doc, &why))
		return wrong(e, "its keys cannot be read");
	const json_t *list = json_object_get(doc, "keys");
	for (size_t i = 0; i < json_array_size(list) && i < KEYS_MOST; i++) {
		const json_t *jwk = json_array_get(list, i);
		if (!for_signing(jwk, alg) || (kid.n && !hy_str_eq(kid, hy_json_get(jwk, "kid"))))
			continue;
		if (signed_by(a, jwk, alg, t->sig, t->n_sig, t->text))
			return HY_OK;
		tried++;
	}
	*unknown_out = tried == 0;
	return wrong(e, tried ? "the signature of its ID token is wrong"
			      : "its ID token is signed by a key it does not publish");
}

/* --- claims ---------------------------------------------------------------------------------- */

static bool for_client(const json_t *body, hy_str client)
{
	const json_t *aud = json_object_get(body, "aud"), *azp = json_object_get(body, "azp");
	bool named = json_is_string(aud) && hy_str_eq(hy_json_get(body, "aud"), client);

	for (size_t i = 0; i < json_array_size(aud); i++) {
		const json_t *x = json_array_get(aud, i);
		named = named || (json_is_string(x) &&
				  hy_str_eq((hy_str){ json_string_value(x), json_string_length(x) },
					    client));
	}
	if (json_array_size(aud) > 1 && !azp)
		return false;
	return named && (!azp || hy_str_eq(hy_json_get(body, "azp"), client));
}

/* Seconds since 1970; some providers write them as 1.7e9. */
static bool seconds(const json_t *body, const char *key, int64_t *ms_out)
{
	const json_t *v = json_object_get(body, key);
	double d = json_number_value(v);

	if (!json_is_number(v) || !(d >= 0 && d < 1e11))
		return false;
	*ms_out = (int64_t)(d * 1000);
	return true;
}

static enum hy_code claims(const json_t *body, const struct oidc_expected *x, hy_str *sub_out,
			   struct hy_err *e)
{
	hy_str sub = hy_json_get(body, "sub");
	int64_t until = 0, at = 0, from = 0;
	bool plain = sub.n > 0 && sub.n <= OIDC_SUB_MOST;

	if (!hy_str_eq(hy_json_get(body, "iss"), x->issuer))
		return wrong(e, "its ID token is of another issuer");
	if (!for_client(body, x->client))
		return wrong(e, "its ID token is for another client");
	if (!seconds(body, "exp", &until) || !seconds(body, "iat", &at))
		return wrong(e, "its ID token does not say for how long it holds");
	if (until <= x->now - OIDC_SKEW_MS)
		return wrong(e, "its ID token has expired; are the clocks right?");
	if (seconds(body, "nbf", &from) && from > at)
		at = from;
	if (at > x->now + OIDC_SKEW_MS)
		return wrong(e, "its ID token is of the future; are the clocks right?");
	if (x->nonce.n == 0 || !hy_same_secret(hy_json_get(body, "nonce"), x->nonce))
		return wrong(e, "its ID token answers another login");
	for (size_t i = 0; plain && i < sub.n; i++)
		plain = sub.p[i] > ' ' && sub.p[i] < 0x7f;
	if (!plain)
		return wrong(e, "it does not say who it is in 1 to 255 ASCII characters");
	*sub_out = sub;
	return HY_OK;
}

enum hy_code oidc_token_check(struct hy_arena *a, hy_str token, hy_str keys,
			      const struct oidc_expected *expected, hy_str *sub_out,
			      bool *unknown_out, struct hy_err *e)
{
	struct parts t = { .n_sig = -1 };
	enum hy_code c = take_apart(a, token, &t, e);

	*unknown_out = false;
	if (!c)
		c = signature(a, &t, keys, unknown_out, e);
	return c ? c : claims(t.body, expected, sub_out, e);
}
