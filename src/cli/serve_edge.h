#ifndef CLI_SERVE_EDGE_H
#define CLI_SERVE_EDGE_H

/* serve_edge -- the edge of a city that is served: certificate, proxies, limits.
 *
 * Where the world may come in is said on the command line; how often it may, by the settings. */

#include "base/command.h"
#include "http/http.h"

/* Rows of a command's options. */
#define EDGE_OPTIONS                                                                               \
	{ "--tls-cert", "FILE", "speak TLS with this certificate and its chain (PEM)" },           \
		{ "--tls-key", "FILE", "its private key (PEM, without a password)" },              \
		{ "--behind-proxy", "ADDRESS", "a proxy that is trusted: an address or a prefix",  \
		  .repeated = true },                                                              \
		{ "--connections", "N", "at most so many at once", .otherwise = "16384" },         \
		{ "--patience", "SECONDS",                                                         \
		  "with silence, with a request's head, with a write that waits; a whole body "    \
		  "and a whole answer may take ten times as long",                                 \
		  .otherwise = "30" },                                                             \
	{                                                                                          \
		"--forwarded", NULL, "the proxy sends Forwarded (RFC 7239), not X-Forwarded-For"   \
	}

/* Fills tls_cert, tls_key, trusted, forwarded, loopback_only, connections, idle_seconds and edge.
 */
enum hy_code edge_options(const struct hy_run *run, struct hy_store *store,
			  struct hy_server_options *o, struct hy_err *e) HY_MUST;

/* Once a second: the limits as the settings say, the certificate when its files have changed. */
void edge_second(struct hy_server *server, struct hy_store *store);
/* SIGHUP: the certificate, changed or not. */
void edge_renew(struct hy_server *server, bool force);

#endif
