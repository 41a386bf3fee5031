/* deliver -- one letter to one recipient by SMTP. */
#include <ctype.h>
#include <stdio.h>
#include <sys/socket.h>

#include "outgoing/curl_part.h"

struct posted {
	hy_str left;	 /* of the message */
	bool to_or_data; /* what was refused is the recipient or the letter itself */
	bool leaving;	 /* what comes now is but a goodbye */
	char said[256];	 /* the server's last line, printable */
};

static size_t give(char *p, size_t one, size_t n, void *arg)
{
	struct posted *q = arg;

	n *= one;
	if (n > q->left.n)
		n = q->left.n;
	memcpy(p, q->left.p, n);
	q->left = (hy_str){ q->left.p + n, q->left.n - n };
	return n;
}

/* The server's lines, to tell what it said last. */
static size_t hear(char *p, size_t one, size_t n, void *arg)
{
	struct posted *q = arg;
	hy_str line = hy_str_trim((hy_str){ p, n * one });
	size_t i = 0;

	if (q->leaving)
		return n * one;
	for (; i < line.n && i < sizeof(q->said) - 1; i++)
		q->said[i] = line.p[i] >= ' ' && line.p[i] <= '~' ? line.p[i] : '?';
	q->said[i] = '\0';
	return n * one;
}

/* How far we are.  Only the first letters of what is sent are looked at. */
static int watch(CURL *c, curl_infotype type, char *p, size_t n, void *arg)
{
	struct posted *q = arg;
	hy_str line = { p, n };

	(void)c;
	if (type == CURLINFO_HEADER_OUT && hy_str_starts(line, HY_S("QUIT")))
		q->leaving = true;
	else if (type == CURLINFO_HEADER_OUT)
		q->to_or_data =
			hy_str_starts(line, HY_S("RCPT")) || hy_str_starts(line, HY_S("DATA"));
	else if (type == CURLINFO_DATA_OUT)
		q->to_or_data = true;
	return 0;
}

static bool is_host(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && !strchr(".-_:[]", s.p[i]))
			return false;
	return s.n > 0 && s.n <= 253;
}

static enum hy_code set_login(CURL *c, const struct outgoing_server *s, struct hy_arena *a,
			      struct hy_err *e)
{
	bool clear = s->tls == OUTGOING_PLAIN || s->tls == OUTGOING_STARTTLS_MAYBE;

	if (!s->user.n)
		return HY_OK;
	if (clear && !hy_str_eq(s->host, HY_S("localhost")) &&
	    !hy_str_starts(s->host, HY_S("127.")) && !hy_str_eq(s->host, HY_S("[::1]")))
		return hy_fail(e, HY_BAD_FIELD, "tls",
			       "a password is sent over TLS only: choose starttls or tls");
	if (curl_easy_setopt(c, CURLOPT_USERNAME, hy_str_dup(a, s->user).p) ||
	    curl_easy_setopt(c, CURLOPT_PASSWORD, hy_str_dup(a, s->password).p))
		return hy_broke(e, HY_INTERNAL, "libcurl takes no login");
	return HY_OK;
}

static void judge(CURL *c, CURLcode got, const struct posted *q, const char *reason,
		  struct outgoing_delivery *out)
{
	long status = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	*out = (struct outgoing_delivery){ .status = (int)status };
	if (!got) {
		out->fate = OUTGOING_TAKEN;
		snprintf(out->said, sizeof(out->said), "%s", q->said);
		return;
	}
	out->fate =
		status >= 500 && status < 600 && q->to_or_data ? OUTGOING_NEVER : OUTGOING_LATER;
	if (status >= 400 && q->said[0])
		snprintf(out->said, sizeof(out->said), "%s", q->said);
	else
		snprintf(out->said, sizeof(out->said), "%.250s",
			 got == CURLE_OPERATION_TIMEDOUT ? "no answer in time"
			 : reason[0]			 ? reason
							 : curl_easy_strerror(got));
}

/* libcurl says goodbye when the handle ends and would wait two minutes for the answer: we say it
 * before, with less patience, and leave it a socket that is closed. */
static void part(CURL *c, CURLcode got)
{
	curl_socket_t s = CURL_SOCKET_BAD;

	if (!got && !curl_easy_setopt(c, CURLOPT_UPLOAD, 0L) &&
	    !curl_easy_setopt(c, CURLOPT_NOBODY, 1L) &&
	    !curl_easy_setopt(c, CURLOPT_MAIL_RCPT, NULL) &&
	    !curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, "QUIT") &&
	    !curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 2000L))
		curl_easy_perform(c);
	if (!curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &s) && s != CURL_SOCKET_BAD)
		shutdown(s, SHUT_RDWR);
}

enum hy_code outgoing_deliver(const struct outgoing_server *s, hy_str bounce, hy_str to,
			      hy_str message, struct outgoing_delivery *out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct posted q = { .left = message };
	char reason[CURL_ERROR_SIZE];
	SCOPED_CURL c = NULL;
	SCOPED_LIST list = NULL;
	enum hy_code code;
	CURLcode got;
	bool whole = s->tls == OUTGOING_TLS;
	long level = s->tls == OUTGOING_STARTTLS	 ? CURLUSESSL_ALL
		     : s->tls == OUTGOING_STARTTLS_MAYBE ? CURLUSESSL_TRY
							 : CURLUSESSL_NONE;

	if (!is_host(s->host) || s->port < 1 || s->port > 65535)
		return hy_fail(e, HY_BAD_FIELD, "host",
			       "is no name of a server, or its port is none");
	if (s->hello.n && !is_host(s->hello))
		return hy_fail(e, HY_BAD_FIELD, "hello", "is no name of a machine");
	if (!outgoing_address_ok(to) || (bounce.n && !outgoing_address_ok(bounce)))
		return hy_fail(e, HY_BAD_FIELD, "address", "is no mail address");
	code = curl_part_begin(&c, whole ? "smtps" : "smtp", s->ca_file,
			       s->connect_ms ? s->connect_ms : 15000,
			       s->total_ms ? s->total_ms : 60000, reason, e);
	if (!code)
		code = set_login(c, s, a, e);
	if (code)
		return code;
	if (!curl_part_add(&list, hy_str_dup(a, to).p) ||
	    curl_easy_setopt(c, CURLOPT_URL,
			     hy_printf(a, "%s://" HY_FMT ":%d/" HY_FMT, whole ? "smtps" : "smtp",
				       HY_ARG(s->host), s->port,
				       HY_ARG(s->hello.n ? s->hello : HY_S("localhost")))
				     .p) ||
	    curl_easy_setopt(c, CURLOPT_USE_SSL, level) ||
	    curl_easy_setopt(c, CURLOPT_MAIL_FROM, hy_str_dup(a, bounce).p) ||
	    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, list) ||
	    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) ||
	    curl_easy_setopt(c, CURLOPT_READFUNCTION, give) ||
	    curl_easy_setopt(c, CURLOPT_READDATA, &q) ||
	    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear) ||
	    curl_easy_setopt(c, CURLOPT_HEADERDATA, &q) ||
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear) ||
	    curl_easy_setopt(c, CURLOPT_WRITEDATA, &q) ||
	    curl_easy_setopt(c, CURLOPT_VERBOSE, 1L) ||
	    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, watch) ||
	    curl_easy_setopt(c, CURLOPT_DEBUGDATA, &q))
		return hy_broke(e, HY_INTERNAL, "libcurl lacks an option");
	got = curl_easy_perform(c);
	judge(c, got, &q, reason, out);
	part(c, got);
	return HY_OK;
}
