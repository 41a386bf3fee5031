/* fetch -- one HTTP request with all its bounds. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "outgoing/curl_part.h"

enum { MOST_HEADERS = 64 * 1024, MOST_BODY = 1024 * 1024, MOST_URL = 2048 };

/* --- what both ways share ----------------------------------------------------------------------
 */

static _Atomic bool stopped;

void outgoing_stop(void)
{
	stopped = true;
}

static int look(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)arg, (void)a, (void)b, (void)c, (void)d;
	return stopped;
}

static void start(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum hy_code curl_part_begin(CURL **out, const char *protocols, const char *ca_file,
			     int64_t connect_ms, int64_t total_ms, char reason[CURL_ERROR_SIZE],
			     struct hy_err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CURL *c;

	pthread_once(&once, start);
	c = curl_easy_init();
	if (!c)
		return hy_broke(e, HY_INTERNAL, "libcurl gives no handle");
	reason[0] = '\0';
	if (curl_easy_setopt(c, CURLOPT_ERRORBUFFER, reason) ||
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) ||
	    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) ||
	    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look) ||
	    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols) ||
	    curl_easy_setopt(c, CURLOPT_PROXY, "") ||
	    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) ||
	    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) ||
	    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ||
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms) ||
	    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)total_ms) ||
	    (ca_file && (curl_easy_setopt(c, CURLOPT_CAINFO, ca_file) ||
			 curl_easy_setopt(c, CURLOPT_CAPATH, NULL)))) {
		curl_easy_cleanup(c);
		return hy_broke(e, HY_INTERNAL, "libcurl lacks an option");
	}
	*out = c;
	return HY_OK;
}

bool curl_part_add(struct curl_slist **l, const char *text)
{
	struct curl_slist *more = curl_slist_append(*l, text);

	if (more)
		*l = more;
	return more != NULL;
}

/* --- what may be asked -------------------------------------------------------------------------
 */

/* The host for messages: of an address that was checked. */
static hy_str host_of(hy_str url)
{
	ptrdiff_t at = hy_str_find(url, HY_S("://"));
	hy_str rest = { url.p + at + 3, url.n - (size_t)at - 3 };
	size_t n = 0;

	while (n < rest.n && !strchr("/?#", rest.p[n]))
		n++;
	return (hy_str){ rest.p, n };
}

enum hy_code outgoing_url_check(hy_str url, bool https_only, const char *field, struct hy_err *e)
{
	hy_str host;

	if (url.n > MOST_URL)
		return hy_fail(e, HY_BAD_FIELD, field, "is longer than %d bytes", MOST_URL);
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~')
			return hy_fail(e, HY_BAD_FIELD, field,
				       "holds a character that must be written as %%XX (or, in the "
				       "name of the server, in its xn-- form)");
	if (!hy_str_starts(url, HY_S("https://")) &&
	    (https_only || !hy_str_starts(url, HY_S("http://"))))
		return hy_fail(e, HY_BAD_FIELD, field, "must begin with https://%s",
			       https_only ? "" : " or http://");
	host = host_of(url);
	if (!host.n || host.p[0] == ':')
		return hy_fail(e, HY_BAD_FIELD, field, "names no server");
	if (memchr(host.p, '@', host.n))
		return hy_fail(e, HY_BAD_FIELD, field,
			       "must not hold a user or password; send a header instead");
	if (memchr(url.p, '#', url.n))
		return hy_fail(e, HY_BAD_FIELD, field, "must not hold a fragment (#...)");
	return HY_OK;
}

static bool is_token(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && !strchr("!#$%&'*+-.^_`|~", s.p[i]))
			return false;
	return s.n > 0;
}

/* --- addresses ---------------------------------------------------------------------------------
 */

static bool is_inside_4(uint32_t ip)
{
	static const struct {
		uint32_t net;
		int bits;
	} rows[] = {
		{ 0x00000000, 8 },  /* this network */
		{ 0x0a000000, 8 },  /* private */
		{ 0x64400000, 10 }, /* shared by carriers */
		{ 0x7f000000, 8 },  /* this machine */
		{ 0xa9fe0000, 16 }, /* this link, and the services of clouds */
		{ 0xac100000, 12 }, /* private */
		{ 0xc0000000, 24 }, /* protocols */
		{ 0xc0a80000, 16 }, /* private */
		{ 0xc6120000, 15 }, /* benchmarks */
		{ 0xe0000000, 3 },  /* groups, reserved, everybody */
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if ((ip ^ rows[i].net) >> (32 - rows[i].bits) == 0)
			return true;
	return false;
}

static bool is_inside(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return is_inside_4(
			ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr));
	if (a->sa_family == AF_INET6) {
		const unsigned char *b =
			((const struct sockaddr_in6 *)(const void *)a)->sin6_addr.s6_addr;
		static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
		static const unsigned char nat64[12] = { 0, 0x64, 0xff, 0x9b };
		uint32_t low = (uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 |
			       (uint32_t)b[14] << 8 | b[15];

		if (!memcmp(b, mapped, 12) || !memcmp(b, nat64, 12))
			return is_inside_4(low);
		if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 carries an address of the old kind */
			return is_inside_4((uint32_t)b[2] << 24 | (uint32_t)b[3] << 16 |
					   (uint32_t)b[4] << 8 | b[5]);
		return (b[0] & 0xe0) != 0x20; /* only 2000::/3 is the world */
	}
	return true;
}

struct asked {
	struct hy_arena *a;
	const struct outgoing_request *r;
	size_t most;
	struct hy_buf body;
	HY_VEC(struct outgoing_header) headers;
	size_t header_bytes;
	bool too_large, inside;
};

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct asked *q = arg;

	if (purpose != CURLSOCKTYPE_IPCXN || (q->r->elsewhere && is_inside(&to->addr))) {
		q->inside = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* --- the answer --------------------------------------------------------------------------------
 */

static size_t take_body(char *p, size_t one, size_t n, void *arg)
{
	struct asked *q = arg;

	n *= one;
	if (n > q->most - q->body.n) {
		q->too_large = true;
		return 0;
	}
	hy_buf_add(&q->body, (hy_str){ p, n });
	return n;
}

static size_t take_header(char *p, size_t one, size_t n, void *arg)
{
	struct asked *q = arg;
	hy_str line = { p, n * one }, name, value = line;
	struct outgoing_header *h;

	q->header_bytes += line.n;
	if (q->header_bytes > MOST_HEADERS) {
		q->too_large = true;
		return 0;
	}
	if (hy_str_starts(line, HY_S("HTTP/"))) { /* another answer begins */
		q->headers.n = 0;
		q->body.n = 0;
	} else if (memchr(p, ':', line.n) && hy_str_cut(&value, ':', &name)) {
		h = hy_push(q->a, &q->headers);
		h->name = hy_str_dup(q->a, hy_str_trim(name));
		h->value = hy_str_dup(q->a, hy_str_trim(value));
		for (size_t i = 0; i < h->name.n; i++)
			((char *)(uintptr_t)h->name.p)[i] =
				(char)tolower((unsigned char)h->name.p[i]);
	}
	return n * one;
}

hy_str outgoing_header(const struct outgoing_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->n_headers; i++)
		if (hy_str_eq(answer->headers[i].name, hy_str_of(name)))
			return answer->headers[i].value;
	return (hy_str){ 0 };
}

/* --- asking ------------------------------------------------------------------------------------
 */

static enum hy_code set_headers(CURL *c, const struct outgoing_request *r, struct curl_slist **list,
				struct hy_err *e)
{
	bool ok = curl_part_add(list, "Expect:");

	for (size_t i = 0; i < r->n_headers && ok; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		hy_str name = r->headers[i].name, value = r->headers[i].value;

		if (!is_token(name))
			return hy_fail(e, HY_BAD_FIELD, "header", "has a name that is none");
		for (size_t k = 0; k < value.n; k++)
			if ((unsigned char)value.p[k] < ' ' || value.p[k] == 127)
				return hy_fail(e, HY_BAD_FIELD, "header",
					       HY_FMT " holds a control character", HY_ARG(name));
		/* curl: a name with a semicolon is a header without value */
		ok = curl_part_add(list, hy_printf(a, HY_FMT "%s" HY_FMT, HY_ARG(name),
						   value.n ? ": " : ";", HY_ARG(value))
						 .p);
	}
	if (!ok || curl_easy_setopt(c, CURLOPT_HTTPHEADER, *list))
		return hy_broke(e, HY_INTERNAL, "libcurl takes no headers");
	return HY_OK;
}

static bool set_method(CURL *c, const struct outgoing_request *r)
{
	const char *m = r->method ? r->method : "GET";
	bool post = !strcmp(m, "POST"), body = post || !strcmp(m, "PUT") || !strcmp(m, "PATCH");

	if (!strcmp(m, "GET"))
		return !curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	if (!strcmp(m, "HEAD"))
		return !curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	if (body && (curl_easy_setopt(c, CURLOPT_POST, 1L) ||
		     curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n) ||
		     curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body.n ? r->body.p : "")))
		return false;
	return post || !curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, m);
}

static enum hy_code why(CURLcode got, const struct asked *q, hy_str host, const char *reason,
			struct hy_err *e)
{
	if (q->too_large)
		return hy_fail(e, HY_TOO_LARGE, "", HY_FMT " answers with more than %zu bytes",
			       HY_ARG(host), q->most);
	if (q->inside)
		return hy_fail(e, HY_IO, "",
			       HY_FMT " is this machine or a private address, which is not asked",
			       HY_ARG(host));
	if (got == CURLE_OPERATION_TIMEDOUT)
		return hy_fail(e, HY_TOO_SLOW, "", HY_FMT ": no answer in time", HY_ARG(host));
	if (got == CURLE_TOO_MANY_REDIRECTS)
		return hy_fail(e, HY_IO, "", HY_FMT " sends on more than %d times", HY_ARG(host),
			       q->r->redirects);
	return hy_fail(e, HY_IO, "", HY_FMT ": %.300s", HY_ARG(host),
		       got == CURLE_UNSUPPORTED_PROTOCOL ? "sends on to what is not asked"
		       : reason[0]			 ? reason
							 : curl_easy_strerror(got));
}

enum hy_code outgoing_fetch(struct hy_arena *a, const struct outgoing_request *r,
			    struct outgoing_answer *out, struct hy_err *e)
{
	bool https_only = r->https_only || hy_str_starts(r->url, HY_S("https://"));
	const char *protocols = https_only ? "https" : "http,https";
	struct asked q = { .a = a, .r = r, .most = r->most ? r->most : MOST_BODY };
	char reason[CURL_ERROR_SIZE];
	SCOPED_CURL c = NULL;
	SCOPED_LIST list = NULL;
	enum hy_code code = outgoing_url_check(r->url, r->https_only, "url", e);
	CURLcode got;
	long status = 0;

	if (!code)
		code = curl_part_begin(&c, protocols, r->ca_file,
				       r->connect_ms ? r->connect_ms : 10000,
				       r->total_ms ? r->total_ms : 30000, reason, e);
	if (!code)
		code = set_headers(c, r, &list, e);
	if (code)
		return code;
	q.body = hy_buf_on(a);
	if (!set_method(c, r) || curl_easy_setopt(c, CURLOPT_URL, hy_str_dup(a, r->url).p) ||
	    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
	    curl_easy_setopt(c, CURLOPT_USERAGENT, "huiyin/" HY_VERSION) ||
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, r->redirects > 0 ? 1L : 0L) ||
	    curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)r->redirects) ||
	    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, protocols) ||
	    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) ||
	    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, &q) ||
	    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) ||
	    curl_easy_setopt(c, CURLOPT_HEADERDATA, &q) ||
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) ||
	    curl_easy_setopt(c, CURLOPT_WRITEDATA, &q))
		return hy_broke(e, HY_INTERNAL, "libcurl lacks an option");
	got = curl_easy_perform(c);
	if (got)
		return why(got, &q, host_of(r->url), reason, e);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	*out = (struct outgoing_answer){ (int)status, hy_buf_str(&q.body), q.headers.v,
					 q.headers.n };
	return HY_OK;
}
