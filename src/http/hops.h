#ifndef HY_HTTP_HOPS_H
#define HY_HTTP_HOPS_H

/* hops -- where a request comes from, when proxies stand between.
 *
 * Pure: addresses and the text of headers in, an address out.  A header is believed only as far
 * as hosts that are trusted wrote it: read from the right, the first address that is no trusted
 * hop is the client; whatever stands to its left anybody may have written.
 *
 * IPv4 is kept as ::ffff:a.b.c.d, so that there is one kind of address. */

#include "base/arena.h"
#include "base/err.h"

struct hy_address {
	unsigned char b[16];
};
struct hy_prefix {
	struct hy_address at;
	int bits; /* of the 128 */
};

/* "192.0.2.7", "192.0.2.7:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80". */
bool hy_address_read(hy_str text, struct hy_address *out) HY_MUST;
/* "192.0.2.7" or "2001:db8::1". */
hy_str hy_address_text(struct hy_arena *a, const struct hy_address *at);
bool hy_address_is_loopback(const struct hy_address *at);
/* Who is taken for one: the /24 of an IPv4 address, the /56 of an IPv6 address. */
struct hy_prefix hy_address_prefix(const struct hy_address *at);

/* "10.0.0.0/8", "2001:db8::/32" or one address; HY_BAD_INPUT says what is wrong. */
enum hy_code hy_prefix_read(hy_str text, struct hy_prefix *out, struct hy_err *e) HY_MUST;
bool hy_prefix_holds(const struct hy_prefix *p, const struct hy_address *at);

struct hy_hops { /* trusted */
	struct hy_prefix *v;
	size_t n;
};
bool hy_hops_hold(const struct hy_hops *hops, const struct hy_address *at);

enum { HY_HOPS_MOST = 16 };
/* The client behind PEER.  HEADER is X-Forwarded-For, or (RFC7239) Forwarded; several headers of
 * the name are joined by commas in their order.  What cannot be read is as far as it goes: the
 * last hop that was understood. */
struct hy_address hy_hops_client(const struct hy_hops *hops, const struct hy_address *peer,
				 hy_str header, bool rfc7239);
/* Did the nearest hop get it encrypted?  HEADER is X-Forwarded-Proto, or (RFC7239) Forwarded. */
bool hy_hops_secure(hy_str header, bool rfc7239);

#endif
