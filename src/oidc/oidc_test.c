/* The pure part: what is derived, what a provider says of itself, which ID tokens count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/buf.h"
#include "base/hash.h"
#include "oidc/oidc.h"
#include "oidc/part.h"

static struct hy_err err[1];
static struct hy_arena *arena;

#define assert_ok(call)                                                                            \
	do {                                                                                       \
		hy_err_clear(err);                                                                 \
		if (call)                                                                          \
			fail_msg("%s: %s %s", #call, err->detail, err->log);                       \
	} while (0)

static int begin(void **state)
{
	(void)state;
	arena = hy_arena_new(0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	hy_arena_free(&arena);
	return 0;
}

/* --- a provider ------------------------------------------------------------------------------ */

static EVP_PKEY *rsa, *small, *ec;

static int keys(void **state)
{
	(void)state;
	rsa = EVP_RSA_gen(2048);
	small = EVP_RSA_gen(1024);
	ec = EVP_EC_gen("P-256");
	return !(rsa && small && ec);
}

static int no_keys(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(small);
	EVP_PKEY_free(ec);
	return 0;
}

static hy_str number(EVP_PKEY *key, const char *what)
{
	unsigned char bytes[1024];
	BIGNUM *n = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, what, &n), 1);
	int size = strcmp(what, OSSL_PKEY_PARAM_EC_PUB_X) == 0 ||
				   strcmp(what, OSSL_PKEY_PARAM_EC_PUB_Y) == 0
			   ? 32
			   : BN_num_bytes(n);
	BN_bn2binpad(n, bytes, size);
	BN_free(n);
	return oidc_base64url(arena, bytes, (size_t)size);
}

static hy_str jwk(EVP_PKEY *key, const char *kid, const char *more)
{
	if (key == ec)
		return hy_printf(arena,
				 "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"%s\",\"x\":\"" HY_FMT
				 "\",\"y\":\"" HY_FMT "\"%s}",
				 kid, HY_ARG(number(key, OSSL_PKEY_PARAM_EC_PUB_X)),
				 HY_ARG(number(key, OSSL_PKEY_PARAM_EC_PUB_Y)), more);
	return hy_printf(arena,
			 "{\"kty\":\"RSA\",\"kid\":\"%s\",\"n\":\"" HY_FMT "\",\"e\":\"" HY_FMT
			 "\"%s}",
			 kid, HY_ARG(number(key, OSSL_PKEY_PARAM_RSA_N)),
			 HY_ARG(number(key, OSSL_PKEY_PARAM_RSA_E)), more);
}

static hy_str published(void)
{
	return hy_printf(arena, "{\"keys\":[" HY_FMT "," HY_FMT "," HY_FMT "]}",
			 HY_ARG(jwk(ec, "e1", "")), HY_ARG(jwk(rsa, "r1", ",\"use\":\"sig\"")),
			 HY_ARG(jwk(small, "r0", "")));
}

static hy_str part(const char *json)
{
	return oidc_base64url(arena, json, strlen(json));
}

/* r and s, 32 bytes each, from DER. */
static hy_str raw_of(const unsigned char *der, size_t n)
{
	unsigned char *out = hy_arena_take(arena, 64);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);

	BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + 32, 32);
	ECDSA_SIG_free(sig);
	return (hy_str){ (const char *)out, 64 };
}

static hy_str signed_with(EVP_PKEY *key, const char *head, const char *body)
{
	hy_str text = hy_printf(arena, HY_FMT "." HY_FMT, HY_ARG(part(head)), HY_ARG(part(body)));
	unsigned char sig[1024];
	size_t n = sizeof(sig);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &n, (const unsigned char *)text.p, text.n), 1);
	EVP_MD_CTX_free(ctx);
	hy_str raw = key == ec ? raw_of(sig, n) : (hy_str){ (const char *)sig, n };
	return hy_printf(arena, HY_FMT "." HY_FMT, HY_ARG(text),
			 HY_ARG(oidc_base64url(arena, raw.p, raw.n)));
}

static const struct oidc_expected expected = { HY_S_INIT("https://id.example"), HY_S_INIT("huiyin"),
					       HY_S_INIT("n-1"), 1700000000000 };
#define CLAIMS(more)                                                                               \
	"{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":\"huiyin\","             \
	"\"exp\":1700000300,\"iat\":1699999990,\"nonce\":\"n-1\"" more "}"

/* "" when TOKEN counts, else what is wrong. */
static const char *judged(hy_str token, hy_str set, bool *unknown)
{
	hy_str sub = HY_S("");

	hy_err_clear(err);
	enum hy_code c = oidc_token_check(arena, token, set, &expected, &sub, unknown, err);
	if (c) {
		assert_int_equal(c, HY_BAD_LOGIN);
		assert_int_equal(sub.n, 0);
		return err->detail;
	}
	assert_true(hy_str_eq(sub, HY_S("248289761001")));
	return "";
}

static void counts(hy_str token)
{
	bool unknown;

	assert_string_equal(judged(token, published(), &unknown), "");
	assert_false(unknown);
}

static void refused(hy_str token, const char *why)
{
	bool unknown;
	const char *said = judged(token, published(), &unknown);

	if (!strstr(said, why))
		fail_msg("'%s' should say '%s'", said, why);
}

static void a_token_that_is_right_counts(void **state)
{
	(void)state;
	counts(signed_with(rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", CLAIMS("")));
	counts(signed_with(ec, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS("")));
	counts(signed_with(rsa, "{\"alg\":\"RS256\"}", CLAIMS("")));
	counts(signed_with(rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}",
			   CLAIMS(",\"azp\":\"huiyin\",\"name\":\"张三\"")));
	counts(signed_with(
		ec, "{\"alg\":\"ES256\",\"kid\":\"e1\"}",
		"{\"iss\":\"https://id.example\",\"sub\":\"248289761001\",\"aud\":[\"x\","
		"\"huiyin\"],\"azp\":\"huiyin\",\"exp\":1.7000003e9,\"iat\":1699999990,"
		"\"nonce\":\"n-1\"}"));
}

static void no_other_algorithm_counts(void **state)
{
	hy_str body = part(CLAIMS("")), none;
	hy_str head = part("{\"alg\":\"HS256\",\"kid\":\"r1\"}");
	bool unknown;

	(void)state;
	none = hy_printf(arena, HY_FMT "." HY_FMT ".", HY_ARG(part("{\"alg\":\"none\"}")),
			 HY_ARG(body));
	refused(none, "neither RS256 nor ES256");
	/* The published key as a secret that both know. */
	refused(hy_printf(arena, HY_FMT "." HY_FMT "." HY_FMT, HY_ARG(head), HY_ARG(body),
			  HY_ARG(part("0123456789abcdef0123456789abcdef"))),
		"neither RS256 nor ES256");
	refused(signed_with(rsa, "{\"alg\":\"rs256\",\"kid\":\"r1\"}", CLAIMS("")), "neither");
	refused(signed_with(rsa, "{\"kid\":\"r1\"}", CLAIMS("")), "neither");
	refused(signed_with(rsa, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS("")), "signature");
	refused(signed_with(small, "{\"alg\":\"RS256\",\"kid\":\"r0\"}", CLAIMS("")), "signature");
	refused(signed_with(rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\",\"crit\":[\"b64\"]}",
			    CLAIMS("")),
		"not understood");
	/* A key for something else. */
	hy_str set = hy_printf(arena, "{\"keys\":[" HY_FMT "]}",
			       HY_ARG(jwk(rsa, "r1", ",\"use\":\"enc\"")));
	hy_str token = signed_with(rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", CLAIMS(""));
	assert_string_not_equal(judged(token, set, &unknown), "");
	assert_true(unknown);
	set = hy_printf(arena, "{\"keys\":[" HY_FMT "]}",
			HY_ARG(jwk(rsa, "r1", ",\"alg\":\"RS512\"")));
	assert_string_not_equal(judged(token, set, &unknown), "");
}

static void a_key_that_is_not_published_is_told_apart(void **state)
{
	bool unknown;

	(void)state;
	judged(signed_with(rsa, "{\"alg\":\"RS256\",\"kid\":\"r2\"}", CLAIMS("")), published(),
	       &unknown);
	assert_true(unknown);
	judged(signed_with(ec, "{\"alg\":\"ES256\",\"kid\":\"r1\"}", CLAIMS("")), published(),
	       &unknown);
	assert_true(unknown);
	judged(signed_with(small, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", CLAIMS("")), published(),
	       &unknown);
	assert_false(unknown); /* but the signature is wrong */
	assert_string_not_equal(judged(signed_with(rsa, "{\"alg\":\"RS256\"}", CLAIMS("")),
				       HY_S("{\"keys\":{}}"), &unknown),
				"");
	assert_string_not_equal(judged(signed_with(rsa, "{\"alg\":\"RS256\"}", CLAIMS("")),
				       HY_S("<html>"), &unknown),
				"");
}

static void every_claim_is_looked_at(void **state)
{
	static const struct {
		const char *body, *why;
	} bad[] = {
		{ "{\"iss\":\"https://id.example/\",\"sub\":\"1\",\"aud\":\"huiyin\",\"exp\":"
		  "1700000300,\"iat\":1699999990,\"nonce\":\"n-1\"}",
		  "another issuer" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"other\",\"exp\":"
		  "1700000300,\"iat\":1699999990,\"nonce\":\"n-1\"}",
		  "another client" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":[\"huiyin\",\"other\"],"
		  "\"exp\":1700000300,\"iat\":1699999990,\"nonce\":\"n-1\"}",
		  "another client" },
		{ CLAIMS(",\"azp\":\"other\""), "another client" },
		{ CLAIMS(",\"nbf\":1700000200"), "future" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"huiyin\",\"exp\":"
		  "1699999940,\"iat\":1699999900,\"nonce\":\"n-1\"}",
		  "expired" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"huiyin\",\"exp\":"
		  "1700000300,\"iat\":1700000100,\"nonce\":\"n-1\"}",
		  "future" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"huiyin\",\"exp\":"
		  "\"1700000300\",\"iat\":1699999990,\"nonce\":\"n-1\"}",
		  "how long" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"huiyin\",\"iat\":"
		  "1699999990,\"nonce\":\"n-1\"}",
		  "how long" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"huiyin\",\"exp\":"
		  "1700000300,\"iat\":1699999990,\"nonce\":\"n-2\"}",
		  "another login" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"1\",\"aud\":\"huiyin\",\"exp\":"
		  "1700000300,\"iat\":1699999990}",
		  "another login" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"\",\"aud\":\"huiyin\",\"exp\":"
		  "1700000300,\"iat\":1699999990,\"nonce\":\"n-1\"}",
		  "who it is" },
		{ "{\"iss\":\"https://id.example\",\"sub\":\"a b\",\"aud\":\"huiyin\",\"exp\":"
		  "1700000300,\"iat\":1699999990,\"nonce\":\"n-1\"}",
		  "who it is" },
		{ "[]", "cannot be read" },
		{ CLAIMS(",\"sub\":\"again\""), "cannot be read" },
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		refused(signed_with(rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", bad[i].body),
			bad[i].why);
}

static void a_token_that_was_touched_counts_no_more(void **state)
{
	hy_str token = signed_with(ec, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS(""));
	hy_str copy = hy_str_dup(arena, token);
	bool unknown;

	(void)state;
	for (size_t i = 0; i < token.n; i++) {
		((char *)copy.p)[i] = token.p[i] == 'A' ? 'B' : 'A';
		const char *said = judged(copy, published(), &unknown);
		assert_string_not_equal(said, "");
		((char *)copy.p)[i] = token.p[i];
		said = judged(hy_str_head(token, i), published(), &unknown);
		assert_string_not_equal(said, "");
	}
	refused(HY_S(""), "cannot be read");
	refused(HY_S("..."), "cannot be read");
}

/* --- the rest -------------------------------------------------------------------------------- */

static void a_flow_is_drawn_from_one_secret(void **state)
{
	struct oidc_flow one = oidc_flow_of(arena, HY_S("a")), two = oidc_flow_of(arena, HY_S("b"));
	hy_hash h = hy_sha256(one.verifier);

	(void)state;
	assert_int_equal(one.verifier.n, 43); /* RFC 7636: 43 to 128 */
	assert_false(hy_str_eq(one.state, one.nonce));
	assert_false(hy_str_eq(one.state, one.verifier));
	assert_false(hy_str_eq(one.nonce, one.verifier));
	assert_false(hy_str_eq(one.state, two.state));
	assert_true(hy_str_eq(one.challenge, oidc_base64url(arena, h.b, sizeof(h.b))));
	assert_true(hy_str_eq(one.state, oidc_flow_of(arena, HY_S("a")).state));
}

static const char good[] =
	"{\"issuer\":\"https://id.example\",\"authorization_endpoint\":\"https://id.example/"
	"a?x=1\","
	"\"token_endpoint\":\"https://id.example/t\",\"jwks_uri\":\"https://id.example/k\","
	"\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"]}";

static void a_provider_says_where_to_go(void **state)
{
	const struct oidc_client client = { HY_S("https://id.example"), HY_S("hui yin"), HY_S("s"),
					    HY_S("https://xn.example/oidc") };
	struct oidc_flow f = oidc_flow_of(arena, HY_S("a"));
	struct oidc_metadata m;

	(void)state;
	assert_ok(oidc_metadata_read(arena, hy_str_of(good), client.issuer, &m, err));
	assert_true(m.post);
	hy_str url = oidc_url(arena, &m, &client, &f);
	assert_true(hy_str_starts(url, HY_S("https://id.example/a?x=1&response_type=code&")));
	assert_true(hy_str_find(url, HY_S("&client_id=hui%20yin&redirect_uri=https%3A%2F%2Fxn."
					  "example%2Foidc&state=")) > 0);
	assert_true(hy_str_find(url, HY_S("code_challenge_method=S256")) > 0);
	assert_true(hy_str_find(url, f.verifier) < 0);
}

static void a_provider_that_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} bad[] = {
		{ "\"https://id.example\"", "\"https://other.example\"" },
		{ "https://id.example/t", "http://id.example/t" },
		{ "https://id.example/k", "file:///etc/passwd" },
		{ "https://id.example/a?x=1", "javascript:alert(1)" },
		{ "https://id.example/t", "https://me@id.example/t" },
		{ "\"jwks_uri\"", "\"jwks\"" },
		{ "{\"issuer\"", "{\"code_challenge_methods_supported\":[\"plain\"],\"issuer\"" },
		{ "{\"issuer\"",
		  "{\"id_token_signing_alg_values_supported\":[\"HS256\"],\"issuer\"" },
		{ "{\"issuer\"", "[\"issuer\"" },
	};
	struct oidc_metadata m;

	(void)state;
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		const char *at = strstr(good, bad[i].from);
		assert_non_null(at);
		hy_str text = hy_printf(arena, "%.*s%s%s", (int)(at - good), good, bad[i].to,
					at + strlen(bad[i].from));
		hy_err_clear(err);
		assert_int_equal(
			oidc_metadata_read(arena, text, HY_S("https://id.example"), &m, err),
			HY_BAD_INPUT);
	}
}

static void only_this_machine_may_be_asked_in_the_open(void **state)
{
	static const char *const yes[] = { "https://id.example", "http://localhost:4593/api/oidc",
					   "http://127.0.0.1", "http://[::1]:80/x" };
	static const char *const no[] = { "",
					  "https://",
					  "http://id.example",
					  "http://localhost.example",
					  "http://127.0.0.1.example/",
					  "http://localhost@id.example",
					  "https://id.example/#x",
					  "https://id.example/a b",
					  "ftp://localhost/" };

	(void)state;
	for (size_t i = 0; i < HY_COUNT(yes); i++)
		assert_ok(oidc_address_check(hy_str_of(yes[i]), "url", err));
	for (size_t i = 0; i < HY_COUNT(no); i++) {
		hy_err_clear(err);
		assert_int_equal(oidc_address_check(hy_str_of(no[i]), "url", err), HY_BAD_FIELD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_token_that_is_right_counts, begin, end),
		cmocka_unit_test_setup_teardown(no_other_algorithm_counts, begin, end),
		cmocka_unit_test_setup_teardown(a_key_that_is_not_published_is_told_apart, begin,
						end),
		cmocka_unit_test_setup_teardown(every_claim_is_looked_at, begin, end),
		cmocka_unit_test_setup_teardown(a_token_that_was_touched_counts_no_more, begin,
						end),
		cmocka_unit_test_setup_teardown(a_flow_is_drawn_from_one_secret, begin, end),
		cmocka_unit_test_setup_teardown(a_provider_says_where_to_go, begin, end),
		cmocka_unit_test_setup_teardown(a_provider_that_does_not_fit_is_refused, begin,
						end),
		cmocka_unit_test_setup_teardown(only_this_machine_may_be_asked_in_the_open, begin,
						end),
	};

	return cmocka_run_group_tests(tests, keys, no_keys);
}
