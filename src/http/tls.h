#ifndef HY_HTTP_TLS_H
#define HY_HTTP_TLS_H

/* tls -- certificate and key of a server that speaks TLS itself, and what can be said of them.
 *
 * libmicrohttpd and GnuTLS do the protocol: TLS 1.2 and 1.3, forward secrecy and authenticated
 * encryption only.  The present certificate is handed to each new handshake; when the files
 * change, new handshakes get the new one and connections go on with what they have. */

#include "base/arena.h"
#include "base/err.h"

/* Priorities for GnuTLS: what is offered at all. */
extern const char hy_tls_priorities[];

/* Reads both files and takes them for the present ones.  HY_BAD_INPUT says which file is wrong
 * and how: absent, no PEM, key of another certificate, ended. */
enum hy_code hy_tls_load(const char *cert, const char *key, struct hy_err *e) HY_MUST;
/* The same when the files have changed since, or FORCE; *RENEWED_OUT tells. */
enum hy_code hy_tls_renew(bool force, bool *renewed_out, struct hy_err *e) HY_MUST;
/* Forgets them; after the server has stopped. */
void hy_tls_drop(void);
bool hy_tls_loaded(void);
/* A gnutls_certificate_retrieve_function2. */
extern void *const hy_tls_callback;

/* What `huiyin doctor` says of a certificate. */
struct hy_tls_facts {
	int64_t begins, ends; /* UTC ms */
	hy_str algorithm;     /* "RSA", "EC/ECDSA", "EdDSA (Ed25519)" */
	unsigned bits;
	bool strong;	  /* at least 112 bits of security (RSA 2048) */
	bool weak_digest; /* signed over SHA-1 or MD5 */
	bool self_signed;
	size_t chain; /* certificates in the file */
	hy_str names; /* for which it holds, with blanks between */
};
enum hy_code hy_tls_look(struct hy_arena *a, const char *cert, const char *key,
			 struct hy_tls_facts *out, struct hy_err *e) HY_MUST;

#endif
