#include "http/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"

enum { FILE_MOST = 1 << 20, CHAIN_MOST = 8, NAMES_MOST = 32, OLD_KEPT = 4 };

const char hy_tls_priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:"
				 "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:"
				 "-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:+AEAD:"
				 "-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:%SERVER_PRECEDENCE";

struct pair {
	gnutls_pcert_st cert[CHAIN_MOST];
	unsigned n;
	gnutls_privkey_t key;
};

/* Handshakes under way use what they were given: the last few pairs are kept until the end. */
static struct {
	pthread_mutex_t lock;
	struct pair *now, *old[OLD_KEPT];
	size_t at;
	char *cert, *key; /* paths */
	struct stat cert_was, key_was;
} tls = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void pair_free(struct pair **p)
{
	if (!*p)
		return;
	for (unsigned i = 0; i < (*p)->n; i++)
		gnutls_pcert_deinit(&(*p)->cert[i]);
	if ((*p)->key)
		gnutls_privkey_deinit((*p)->key);
	free(*p);
	*p = NULL;
}
#define SCOPED_PAIR __attribute__((cleanup(pair_free))) struct pair *

static enum hy_code wrong(struct hy_err *e, const char *field, const char *path, const char *what,
			  int why)
{
	return hy_fail(e, HY_BAD_INPUT, field, "%.200s: %s%s%s", path, what, why ? ": " : "",
		       why ? gnutls_strerror(why) : "");
}

static enum hy_code read_file(struct hy_arena *a, const char *path, const char *field,
			      gnutls_datum_t *out, struct hy_err *e)
{
	hy_str bytes;
	enum hy_code c = hy_file_read(a, path, FILE_MOST, &bytes, e);

	if (c) {
		struct hy_err why = *e;
		hy_err_clear(e);
		return hy_fail(e, HY_BAD_INPUT, field, "%s", hy_err_text(&why));
	}
	*out = (gnutls_datum_t){ (unsigned char *)(uintptr_t)bytes.p, (unsigned)bytes.n };
	return HY_OK;
}

static void wipe(const gnutls_datum_t *d)
{
	if (d->data)
		gnutls_memset(d->data, 0, d->size);
}

static enum hy_code key_read(const char *path, const gnutls_datum_t *pem, struct pair *p,
			     struct hy_err *e)
{
	int why = gnutls_privkey_init(&p->key);

	if (!why)
		why = gnutls_privkey_import_x509_raw(p->key, pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	return why ? wrong(e, "--tls-key", path, "is no private key in PEM without a password", why)
		   : HY_OK;
}

/* The key signs, the certificate checks. */
static enum hy_code fits(const char *path, struct pair *p, struct hy_err *e)
{
	unsigned char mine[64], its[64];
	size_t n_mine = sizeof(mine), n_its = sizeof(its);
	gnutls_pubkey_t pub = NULL;
	int why = gnutls_pubkey_init(&pub);

	if (!why)
		why = gnutls_pubkey_import_privkey(pub, p->key, 0, 0);
	if (!why)
		why = gnutls_pubkey_get_key_id(pub, GNUTLS_KEYID_USE_SHA256, mine, &n_mine);
	if (!why)
		why = gnutls_pubkey_get_key_id(p->cert[0].pubkey, GNUTLS_KEYID_USE_SHA256, its,
					       &n_its);
	gnutls_pubkey_deinit(pub);
	if (!why && (n_mine != n_its || memcmp(mine, its, n_its) != 0))
		return wrong(e, "--tls-key", path, "belongs to another certificate", 0);
	return why ? wrong(e, "--tls-key", path, "could not be compared", why) : HY_OK;
}

static enum hy_code pair_read(const char *cert, const char *key, struct pair **out,
			      struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	SCOPED_PAIR p = calloc(1, sizeof(*p));
	gnutls_datum_t cert_pem = { 0 }, key_pem = { 0 };

	if (!p)
		abort();
	enum hy_code c = read_file(a, cert, "--tls-cert", &cert_pem, e);
	if (c)
		return c;
	unsigned n = CHAIN_MOST;
	int why = gnutls_pcert_list_import_x509_raw(p->cert, &n, &cert_pem, GNUTLS_X509_FMT_PEM,
						    GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
	if (why)
		return wrong(e, "--tls-cert", cert,
			     "must hold the certificate and behind it its chain, in PEM", why);
	p->n = n;
	c = read_file(a, key, "--tls-key", &key_pem, e);
	if (!c)
		c = key_read(key, &key_pem, p, e);
	wipe(&key_pem);
	if (!c)
		c = fits(key, p, e);
	if (c)
		return c;
	*out = p;
	p = NULL;
	return HY_OK;
}

/* --- the present one ----------------------------------------------------------------------------
 */

static void take(struct pair *p)
{
	pthread_mutex_lock(&tls.lock);
	pair_free(&tls.old[tls.at]);
	tls.old[tls.at] = tls.now;
	tls.at = (tls.at + 1) % OLD_KEPT;
	tls.now = p;
	pthread_mutex_unlock(&tls.lock);
}

static bool changed(const char *path, const struct stat *was)
{
	struct stat is;

	/* Absent for a moment, while it is replaced: not yet. */
	return stat(path, &is) == 0 && (is.st_ino != was->st_ino || is.st_size != was->st_size ||
					is.st_mtim.tv_sec != was->st_mtim.tv_sec ||
					is.st_mtim.tv_nsec != was->st_mtim.tv_nsec);
}

enum hy_code hy_tls_load(const char *cert, const char *key, struct hy_err *e)
{
	struct stat cert_is = { 0 }, key_is = { 0 };
	struct pair *p = NULL;

	if (stat(cert, &cert_is) != 0 || stat(key, &key_is) != 0)
		memset(&cert_is, 0, sizeof(cert_is)); /* reading will say which */
	enum hy_code c = pair_read(cert, key, &p, e);
	/* Also when it failed: the same files are not tried each second. */
	tls.cert_was = cert_is;
	tls.key_was = key_is;
	if (c)
		return c;
	if (cert != tls.cert) {
		free(tls.cert);
		free(tls.key);
		tls.cert = strdup(cert);
		tls.key = strdup(key);
	}
	take(p);
	return HY_OK;
}

enum hy_code hy_tls_renew(bool force, bool *renewed_out, struct hy_err *e)
{
	if (!tls.now ||
	    (!force && !changed(tls.cert, &tls.cert_was) && !changed(tls.key, &tls.key_was))) {
		*renewed_out = false;
		return HY_OK;
	}
	enum hy_code c = hy_tls_load(tls.cert, tls.key, e);
	if (!c)
		*renewed_out = true;
	return c;
}

void hy_tls_drop(void)
{
	pthread_mutex_lock(&tls.lock);
	pair_free(&tls.now);
	for (size_t i = 0; i < OLD_KEPT; i++)
		pair_free(&tls.old[i]);
	free(tls.cert);
	free(tls.key);
	tls.cert = tls.key = NULL;
	pthread_mutex_unlock(&tls.lock);
}

bool hy_tls_loaded(void)
{
	return tls.now != NULL;
}

static int retrieve(gnutls_session_t session, const gnutls_datum_t *rdn, int n_rdn,
		    const gnutls_pk_algorithm_t *algorithms, int n_algorithms,
		    gnutls_pcert_st **cert, unsigned int *n, gnutls_privkey_t *key)
{
	int found = -1;

	(void)session;
	(void)rdn;
	(void)n_rdn;
	(void)algorithms;
	(void)n_algorithms;
	pthread_mutex_lock(&tls.lock);
	if (tls.now) {
		*cert = tls.now->cert;
		*n = tls.now->n;
		*key = tls.now->key;
		found = 0;
	}
	pthread_mutex_unlock(&tls.lock);
	return found;
}

void *const hy_tls_callback = (void *)retrieve;

/* --- what can be said of it
 * ----------------------------------------------------------------------- */

static hy_str names_of(struct hy_arena *a, gnutls_x509_crt_t crt)
{
	struct hy_buf b = hy_buf_on(a);
	char name[256];

	for (unsigned i = 0; i < NAMES_MOST; i++) {
		size_t n = sizeof(name);
		int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, name, &n, NULL);
		if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (kind != GNUTLS_SAN_DNSNAME)
			continue;
		if (b.n)
			hy_buf_byte(&b, ' ');
		hy_buf_add(&b, (hy_str){ name, n });
	}
	return hy_buf_str(&b);
}

static void look(struct hy_arena *a, gnutls_x509_crt_t crt, struct hy_tls_facts *f)
{
	int algorithm = gnutls_x509_crt_get_pk_algorithm(crt, &f->bits);
	int signature = gnutls_x509_crt_get_signature_algorithm(crt);
	gnutls_sec_param_t level =
		gnutls_pk_bits_to_sec_param((gnutls_pk_algorithm_t)algorithm, f->bits);

	f->begins = (int64_t)gnutls_x509_crt_get_activation_time(crt) * 1000;
	f->ends = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
	f->algorithm = hy_str_dup(
		a, hy_str_of(gnutls_pk_algorithm_get_name((gnutls_pk_algorithm_t)algorithm)));
	f->strong = level >= GNUTLS_SEC_PARAM_MEDIUM;
	f->weak_digest =
		signature >= 0 && !gnutls_sign_is_secure2((gnutls_sign_algorithm_t)signature,
							  GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS);
	f->self_signed = gnutls_x509_crt_check_issuer(crt, crt) != 0;
	f->names = names_of(a, crt);
}

enum hy_code hy_tls_look(struct hy_arena *a, const char *cert, const char *key,
			 struct hy_tls_facts *out, struct hy_err *e)
{
	SCOPED_PAIR p = NULL;
	struct hy_tls_facts f = { 0 };
	gnutls_x509_crt_t crt = NULL;
	enum hy_code c = pair_read(cert, key, &p, e);

	if (c)
		return c;
	int why = gnutls_x509_crt_init(&crt);
	if (!why)
		why = gnutls_x509_crt_import(crt, &p->cert[0].cert, GNUTLS_X509_FMT_DER);
	if (!why) {
		look(a, crt, &f);
		f.chain = p->n;
		*out = f;
	}
	if (crt)
		gnutls_x509_crt_deinit(crt);
	return why ? wrong(e, "--tls-cert", cert, "could not be read", why) : HY_OK;
}
