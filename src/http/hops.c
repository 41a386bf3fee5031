#include "http/hops.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>

enum { TEXT_MOST = 64 };
static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool is_v4(const struct hy_address *at)
{
	return memcmp(at->b, mapped, sizeof(mapped)) == 0;
}

/* --- addresses ----------------------------------------------------------------------------- */

static bool bare(hy_str text, struct hy_address *out)
{
	char z[TEXT_MOST];
	struct hy_address at = { 0 };

	if (text.n == 0 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	memcpy(at.b, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, z, at.b + 12) != 1 && inet_pton(AF_INET6, z, at.b) != 1)
		return false;
	*out = at;
	return true;
}

static bool is_port(hy_str text)
{
	int64_t n;

	return hy_str_int(text, &n) && n >= 0 && n <= 65535 && text.p[0] != '+';
}

bool hy_address_read(hy_str text, struct hy_address *out)
{
	const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL;
	const char *close = text.n ? memchr(text.p, ']', text.n) : NULL;

	if (text.n && text.p[0] == '[') {
		if (!close)
			return false;
		hy_str port = { close + 1, text.n - (size_t)(close + 1 - text.p) };
		if (port.n && (port.p[0] != ':' || !is_port((hy_str){ port.p + 1, port.n - 1 })))
			return false;
		hy_str inner = { text.p + 1, (size_t)(close - text.p) - 1 };
		return memchr(inner.p, ':', inner.n) && bare(inner, out);
	}
	if (colon && memchr(text.p, '.', (size_t)(colon - text.p))) {
		size_t n = (size_t)(colon - text.p);
		if (!is_port((hy_str){ colon + 1, text.n - n - 1 }))
			return false;
		text.n = n;
	}
	return bare(text, out);
}

hy_str hy_address_text(struct hy_arena *a, const struct hy_address *at)
{
	char z[TEXT_MOST];

	if (is_v4(at))
		inet_ntop(AF_INET, at->b + 12, z, sizeof(z));
	else
		inet_ntop(AF_INET6, at->b, z, sizeof(z));
	return hy_str_dup(a, hy_str_of(z));
}

bool hy_address_is_loopback(const struct hy_address *at)
{
	static const unsigned char one[16] = { [15] = 1 };

	return is_v4(at) ? at->b[12] == 127 : memcmp(at->b, one, sizeof(one)) == 0;
}

static struct hy_prefix cut(const struct hy_address *at, int bits)
{
	struct hy_prefix p = { *at, bits };

	for (int i = 0; i < 128; i++)
		if (i >= bits)
			p.at.b[i / 8] &= (unsigned char)~(0x80U >> i % 8);
	return p;
}

struct hy_prefix hy_address_prefix(const struct hy_address *at)
{
	return cut(at, is_v4(at) ? 96 + 24 : 56);
}

/* --- prefixes -------------------------------------------------------------------------------- */

enum hy_code hy_prefix_read(hy_str text, struct hy_prefix *out, struct hy_err *e)
{
	hy_str rest = hy_str_trim(text), shown = hy_str_head(rest, 60), host;
	bool slash = rest.n && memchr(rest.p, '/', rest.n);
	struct hy_address at;
	int64_t bits = 0;

	if (!hy_str_cut(&rest, '/', &host) || !bare(host, &at))
		return hy_fail(e, HY_BAD_INPUT, "address",
			       "\"" HY_FMT "\" is no address and no prefix such as 10.0.0.0/8",
			       HY_ARG(shown));
	int most = is_v4(&at) ? 32 : 128;
	if (slash && (!hy_str_int(rest, &bits) || bits < 0 || bits > most))
		return hy_fail(e, HY_BAD_INPUT, "address",
			       "\"" HY_FMT "\": behind the slash stands a number up to %d",
			       HY_ARG(shown), most);
	if (!slash)
		bits = most;
	*out = cut(&at, (int)bits + 128 - most);
	if (memcmp(out->at.b, at.b, sizeof(at.b)) != 0)
		return hy_fail(e, HY_BAD_INPUT, "address",
			       "\"" HY_FMT "\": the bits behind the prefix must be zero",
			       HY_ARG(shown));
	return HY_OK;
}

bool hy_prefix_holds(const struct hy_prefix *p, const struct hy_address *at)
{
	struct hy_prefix q = cut(at, p->bits);

	return memcmp(q.at.b, p->at.b, sizeof(q.at.b)) == 0;
}

bool hy_hops_hold(const struct hy_hops *hops, const struct hy_address *at)
{
	for (size_t i = 0; i < hops->n; i++)
		if (hy_prefix_holds(&hops->v[i], at))
			return true;
	return false;
}

/* --- headers ---------------------------------------------------------------------------------- */

/* The last part of REST before which SEP stands outside of quotes; REST loses it. */
static bool cut_last(hy_str *rest, char sep, hy_str *out)
{
	bool quoted = false;
	size_t from = 0;

	if (rest->n == 0)
		return false;
	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] == '\\' && quoted)
			i++;
		else if (rest->p[i] == '"')
			quoted = !quoted;
		else if (rest->p[i] == sep && !quoted)
			from = i + 1;
	}
	*out = hy_str_trim((hy_str){ rest->p + from, rest->n - from });
	rest->n = from ? from - 1 : 0;
	return true;
}

/* The value of NAME in an element "for=1.2.3.4;proto=https"; without quotes.  A name that is
 * there twice is not there. */
static bool parameter(hy_str element, const char *name, hy_str *out)
{
	hy_str part;
	int found = 0;

	while (cut_last(&element, ';', &part)) {
		hy_str value = part, key;
		if (!hy_str_cut(&value, '=', &key))
			continue;
		key = hy_str_trim(key);
		value = hy_str_trim(value);
		if (key.n != strlen(name) || strncasecmp(key.p, name, key.n) != 0)
			continue;
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (hy_str){ value.p + 1, value.n - 2 };
		*out = value;
		found++;
	}
	return found == 1;
}

struct hy_address hy_hops_client(const struct hy_hops *hops, const struct hy_address *peer,
				 hy_str header, bool rfc7239)
{
	struct hy_address at = *peer, next;
	hy_str element;

	for (int i = 0; i < HY_HOPS_MOST && hy_hops_hold(hops, &at); i++) {
		if (!cut_last(&header, ',', &element))
			break;
		if (rfc7239 && !parameter(element, "for", &element))
			break;
		if (!hy_address_read(element, &next))
			break;
		at = next;
	}
	return at;
}

bool hy_hops_secure(hy_str header, bool rfc7239)
{
	hy_str element;

	if (!cut_last(&header, ',', &element))
		return false;
	if (rfc7239 && !parameter(element, "proto", &element))
		return false;
	return element.n == 5 && strncasecmp(element.p, "https", 5) == 0;
}
