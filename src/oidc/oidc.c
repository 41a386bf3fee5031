/* The pure part of the flow: what is derived, what the provider says of itself, where to go. */
#include "oidc/oidc.h"

#include "base/hash.h"
#include "base/json.h"
#include "oidc/part.h"

/* --- base64url, addresses ------------------------------------------------------------------- */

hy_str oidc_base64url(struct hy_arena *a, const void *p, size_t n)
{
	hy_str s = hy_base64(a, p, n);
	char *out = hy_arena_take(a, s.n + 1);
	size_t k = 0;

	for (size_t i = 0; i < s.n && s.p[i] != '='; i++)
		out[k++] = s.p[i] == '+' ? '-' : s.p[i] == '/' ? '_' : s.p[i];
	return (hy_str){ out, k };
}

ptrdiff_t oidc_unbase64url(struct hy_arena *a, hy_str s, unsigned char **out)
{
	char *text = hy_arena_take(a, s.n + 4);
	size_t n = s.n;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '+' || s.p[i] == '/' || s.p[i] == '=')
			return -1;
		text[i] = (char)(s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i]);
	}
	while (n % 4)
		text[n++] = '=';
	*out = hy_arena_take(a, n + 1);
	return hy_unbase64((hy_str){ text, n }, *out, n);
}

void oidc_percent(struct hy_buf *b, hy_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '-' || c == '.' || c == '_' || c == '~')
			hy_buf_byte(b, (char)c);
		else
			hy_buf_fmt(b, "%%%02X", c);
	}
}

/* Is the host of http://HOST... this machine? */
static bool here(hy_str rest)
{
	static const hy_str hosts[] = { HY_S_INIT("127.0.0.1"), HY_S_INIT("localhost"),
					HY_S_INIT("[::1]") };

	for (size_t i = 0; i < HY_COUNT(hosts); i++)
		if (hy_str_starts(rest, hosts[i]) &&
		    (rest.n == hosts[i].n || rest.p[hosts[i].n] == ':' ||
		     rest.p[hosts[i].n] == '/'))
			return true;
	return false;
}

enum hy_code oidc_address_check(hy_str url, const char *field, struct hy_err *e)
{
	const hy_str open = HY_S("http://");
	bool ok = hy_str_starts(url, HY_S("https://")) && url.n > 8;

	if (hy_str_starts(url, open))
		ok = here((hy_str){ url.p + open.n, url.n - open.n });
	for (size_t i = 0; ok && i < url.n; i++)
		ok = url.p[i] > ' ' && url.p[i] < 0x7f && url.p[i] != '"' && url.p[i] != '#' &&
		     url.p[i] != '@';
	return ok ? HY_OK
		  : hy_fail(e, HY_BAD_FIELD, field,
			    "must be an address such as https://id.example.gov.cn");
}

/* --- what is derived ------------------------------------------------------------------------- */

static hy_str derived(struct hy_arena *a, const char *what, hy_str secret)
{
	hy_hash h = hy_sha256_4(HY_S("huiyin oidc "), hy_str_of(what), HY_S(" "), secret);

	return oidc_base64url(a, h.b, sizeof(h.b));
}

struct oidc_flow oidc_flow_of(struct hy_arena *a, hy_str secret)
{
	struct oidc_flow f = { .state = derived(a, "state", secret),
			       .nonce = derived(a, "nonce", secret),
			       .verifier = derived(a, "verifier", secret) };
	hy_hash h = hy_sha256(f.verifier);

	f.challenge = oidc_base64url(a, h.b, sizeof(h.b));
	return f;
}

/* --- what the provider says of itself -------------------------------------------------------- */

static bool lists(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));
		if (s && strcmp(s, word) == 0)
			return true;
	}
	return false;
}

static enum hy_code address(const json_t *doc, const char *key, hy_str *out, struct hy_err *e)
{
	struct hy_err why = { 0 };

	*out = hy_json_get(doc, key);
	if (out->n == 0 || oidc_address_check(*out, key, &why))
		return hy_fail(e, HY_BAD_INPUT, key,
			       "the provider names no address for it that is encrypted");
	return HY_OK;
}

enum hy_code oidc_metadata_read(struct hy_arena *a, hy_str json, hy_str issuer,
				struct oidc_metadata *out, struct hy_err *e)
{
	json_t *doc = NULL;
	struct oidc_metadata m = { .post = false };
	enum hy_code c = hy_json_read(a, json, &doc, e);

	if (c)
		return c;
	if (!hy_str_eq(hy_json_get(doc, "issuer"), issuer))
		return hy_fail(e, HY_BAD_INPUT, "issuer",
			       "the provider calls itself " HY_FMT ", which is not the issuer set",
			       HY_ARG(hy_str_head(hy_json_get(doc, "issuer"), 200)));
	c = address(doc, "authorization_endpoint", &m.authorization, e);
	if (!c)
		c = address(doc, "token_endpoint", &m.token, e);
	if (!c)
		c = address(doc, "jwks_uri", &m.keys, e);
	if (c)
		return c;
	const json_t *methods = json_object_get(doc, "code_challenge_methods_supported");
	if (methods && !lists(methods, "S256"))
		return hy_fail(e, HY_BAD_INPUT, "code_challenge_methods_supported",
			       "the provider does not know PKCE with S256");
	const json_t *algs = json_object_get(doc, "id_token_signing_alg_values_supported");
	if (algs && !lists(algs, "RS256") && !lists(algs, "ES256"))
		return hy_fail(e, HY_BAD_INPUT, "id_token_signing_alg_values_supported",
			       "the provider signs with neither RS256 nor ES256");
	const json_t *ways = json_object_get(doc, "token_endpoint_auth_methods_supported");
	m.post = ways && !lists(ways, "client_secret_basic") && lists(ways, "client_secret_post");
	*out = m;
	return HY_OK;
}

static void parameter(struct hy_buf *b, const char *name, hy_str value)
{
	hy_buf_fmt(b, "&%s=", name);
	oidc_percent(b, value);
}

hy_str oidc_url(struct hy_arena *a, const struct oidc_metadata *m, const struct oidc_client *c,
		const struct oidc_flow *f)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, HY_FMT "%cresponse_type=code&scope=openid&code_challenge_method=S256",
		   HY_ARG(m->authorization),
		   memchr(m->authorization.p, '?', m->authorization.n) ? '&' : '?');
	parameter(&b, "client_id", c->id);
	parameter(&b, "redirect_uri", c->redirect);
	parameter(&b, "state", f->state);
	parameter(&b, "nonce", f->nonce);
	parameter(&b, "code_challenge", f->challenge);
	return hy_buf_str(&b);
}
