/* Asking the provider: what it says of itself, its keys, and who a code is of. */
#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/monotonic.h"
#include "oidc/oidc.h"
#include "oidc/part.h"
#include "outgoing/outgoing.h"

enum { CONNECT_MS = 4000, TOTAL_MS = 10000, ANSWER_MOST = 256 * 1024 };
enum { KEEP_MS = 60 * 60 * 1000, AGAIN_MS = 60 * 1000 };

/* Of one issuer: a city has one. */
static struct {
	pthread_mutex_t lock;
	hy_hash issuer;
	char *metadata, *keys; /* JSON; NULL: not known */
	int64_t asked, keys_asked;
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void set(char **to, const char *text)
{
	free(*to);
	*to = text ? strdup(text) : NULL;
}

void oidc_forget(void)
{
	pthread_mutex_lock(&kept.lock);
	set(&kept.metadata, NULL);
	set(&kept.keys, NULL);
	pthread_mutex_unlock(&kept.lock);
}

/* What is kept of C's issuer; forgets that of another. */
static hy_str recall(struct hy_arena *a, const struct oidc_client *c, bool keys, int64_t *age_out)
{
	hy_hash h = hy_sha256(c->issuer);
	hy_str found = HY_S("");

	pthread_mutex_lock(&kept.lock);
	if (!hy_hash_eq(&h, &kept.issuer)) {
		set(&kept.metadata, NULL);
		set(&kept.keys, NULL);
		kept.issuer = h;
	}
	const char *text = keys ? kept.keys : kept.metadata;
	if (text)
		found = hy_str_dup(a, hy_str_of(text));
	*age_out = hy_monotonic_ms() - (keys ? kept.keys_asked : kept.asked);
	pthread_mutex_unlock(&kept.lock);
	return found;
}

static void keep(const struct oidc_client *c, bool keys, hy_str text)
{
	hy_hash h = hy_sha256(c->issuer);

	pthread_mutex_lock(&kept.lock);
	if (hy_hash_eq(&h, &kept.issuer)) {
		set(keys ? &kept.keys : &kept.metadata, text.p);
		*(keys ? &kept.keys_asked : &kept.asked) = hy_monotonic_ms();
	}
	pthread_mutex_unlock(&kept.lock);
}

static enum hy_code unreachable(struct hy_err *e, const struct hy_err *why)
{
	struct hy_err cause = *why;

	hy_err_clear(e);
	hy_fail(e, HY_STORE_BUSY, "",
		"the identity provider cannot be asked now: try again, or log in with a password");
	snprintf(e->log, sizeof(e->log), "identity provider: %.100s %.100s", cause.detail,
		 cause.log);
	return e->code;
}

/* A JSON document of the provider. */
static enum hy_code fetch(struct hy_arena *a, hy_str url, hy_str *out, struct hy_err *e)
{
	const struct outgoing_header accept = { HY_S("Accept"), HY_S("application/json") };
	const struct outgoing_request q = { .url = url,
					    .headers = &accept,
					    .n_headers = 1,
					    .most = ANSWER_MOST,
					    .connect_ms = CONNECT_MS,
					    .total_ms = TOTAL_MS };
	struct outgoing_answer answer;
	struct hy_err why = { 0 };
	enum hy_code c = outgoing_fetch(a, &q, &answer, &why);

	if (!c && (answer.status != 200 || memchr(answer.body.p, '\0', answer.body.n)))
		c = hy_fail(&why, HY_IO, "", HY_FMT " answered with status %d",
			    HY_ARG(hy_str_head(url, 200)), answer.status);
	if (c)
		return unreachable(e, &why);
	*out = hy_str_dup(a, answer.body);
	return HY_OK;
}

static enum hy_code metadata_of(struct hy_arena *a, const struct oidc_client *c,
				struct oidc_metadata *out, struct hy_err *e)
{
	int64_t age;
	hy_str text = recall(a, c, false, &age);
	struct hy_err why = { 0 };
	enum hy_code code = HY_OK;

	if (text.n && age < KEEP_MS)
		return oidc_metadata_read(a, text, c->issuer, out, e);
	hy_str base = hy_str_ends(c->issuer, HY_S("/")) ? hy_str_head(c->issuer, c->issuer.n - 1)
							: c->issuer;
	code = fetch(a, hy_printf(a, HY_FMT "/.well-known/openid-configuration", HY_ARG(base)),
		     &text, e);
	if (code)
		return code;
	if (oidc_metadata_read(a, text, c->issuer, out, &why))
		return unreachable(e, &why);
	keep(c, false, text);
	return HY_OK;
}

/* ANEW: those kept lack one; asked again at most once a minute, so that nobody makes us ask
 * without end. */
static enum hy_code keys_of(struct hy_arena *a, const struct oidc_client *c,
			    const struct oidc_metadata *m, bool anew, hy_str *out, struct hy_err *e)
{
	int64_t age;

	*out = recall(a, c, true, &age);
	if (out->n && (!anew || age < AGAIN_MS))
		return HY_OK;
	enum hy_code code = fetch(a, m->keys, out, e);
	if (!code)
		keep(c, true, *out);
	return code;
}

enum hy_code oidc_begin(struct hy_arena *a, const struct oidc_client *c, hy_str secret,
			hy_str *url_out, struct hy_err *e)
{
	struct oidc_flow f = oidc_flow_of(a, secret);
	struct oidc_metadata m;
	enum hy_code code = metadata_of(a, c, &m, e);

	if (!code)
		*url_out = oidc_url(a, &m, c, &f);
	return code;
}

/* --- a code for an ID token ------------------------------------------------------------------ */

static hy_str form_of(struct hy_arena *a, const struct oidc_metadata *m,
		      const struct oidc_client *c, hy_str code, hy_str verifier)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_add(&b, HY_S("grant_type=authorization_code&code="));
	oidc_percent(&b, code);
	hy_buf_add(&b, HY_S("&redirect_uri="));
	oidc_percent(&b, c->redirect);
	hy_buf_add(&b, HY_S("&code_verifier="));
	oidc_percent(&b, verifier);
	if (c->secret.n == 0 || m->post) {
		hy_buf_add(&b, HY_S("&client_id="));
		oidc_percent(&b, c->id);
	}
	if (c->secret.n && m->post) {
		hy_buf_add(&b, HY_S("&client_secret="));
		oidc_percent(&b, c->secret);
	}
	return hy_buf_str(&b);
}

/* RFC 6749 2.3.1: both are encoded as in a form before they are joined. */
static hy_str basic(struct hy_arena *a, const struct oidc_client *c)
{
	struct hy_buf b = hy_buf_on(a);

	oidc_percent(&b, c->id);
	hy_buf_byte(&b, ':');
	oidc_percent(&b, c->secret);
	hy_str pair = hy_buf_str(&b);
	return hy_printf(a, "Basic " HY_FMT, HY_ARG(hy_base64(a, pair.p, pair.n)));
}

static enum hy_code exchange(struct hy_arena *a, const struct oidc_metadata *m,
			     const struct oidc_client *c, hy_str code, hy_str verifier,
			     hy_str *token_out, struct hy_err *e)
{
	const struct outgoing_header headers[] = {
		{ HY_S("Accept"), HY_S("application/json") },
		{ HY_S("Content-Type"), HY_S("application/x-www-form-urlencoded") },
		{ HY_S("Authorization"), basic(a, c) },
	};
	const struct outgoing_request q = { .method = "POST",
					    .url = m->token,
					    .headers = headers,
					    .n_headers = c->secret.n && !m->post ? 3 : 2,
					    .body = form_of(a, m, c, code, verifier),
					    .most = ANSWER_MOST,
					    .connect_ms = CONNECT_MS,
					    .total_ms = TOTAL_MS };
	struct outgoing_answer answer;
	struct hy_err why = { 0 };
	json_t *doc = NULL;

	if (outgoing_fetch(a, &q, &answer, &why))
		return unreachable(e, &why);
	struct hy_err bad = { 0 };
	enum hy_code read = hy_json_read(a, answer.body, &doc, &bad);
	hy_str said = read ? HY_S("") : hy_json_get(doc, "error");
	/* RFC 6749 5.2; glewlwyd has a word of its own. */
	if (hy_str_eq(said, HY_S("invalid_grant")) || hy_str_eq(said, HY_S("invalid_code")))
		return hy_fail(e, HY_BAD_LOGIN, "",
			       "the provider does not take this code any more; begin again");
	if (read || answer.status != 200 || hy_json_get(doc, "id_token").n == 0) {
		hy_fail(&why, HY_IO, "", "the token endpoint answered with status %d: %s",
			answer.status, hy_str_dup(a, hy_str_head(said, 60)).p);
		return unreachable(e, &why);
	}
	*token_out = hy_json_get(doc, "id_token");
	return HY_OK;
}

enum hy_code oidc_finish(struct hy_arena *a, const struct oidc_client *c, hy_str secret,
			 hy_str code, int64_t now, hy_str *sub_out, struct hy_err *e)
{
	struct oidc_flow f = oidc_flow_of(a, secret);
	const struct oidc_expected x = {
		.issuer = c->issuer, .client = c->id, .nonce = f.nonce, .now = now
	};
	struct oidc_metadata m;
	hy_str token = HY_S(""), keys = HY_S("");
	bool unknown = false;
	enum hy_code failed = metadata_of(a, c, &m, e);

	if (!failed)
		failed = exchange(a, &m, c, code, f.verifier, &token, e);
	if (!failed)
		failed = keys_of(a, c, &m, false, &keys, e);
	if (!failed)
		failed = oidc_token_check(a, token, keys, &x, sub_out, &unknown, e);
	if (!failed || !unknown)
		return failed;
	hy_err_clear(e);
	failed = keys_of(a, c, &m, true, &keys, e);
	return failed ? failed : oidc_token_check(a, token, keys, &x, sub_out, &unknown, e);
}
