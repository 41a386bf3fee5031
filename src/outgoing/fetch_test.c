/* Requests to a real server on this machine: what comes back, and every bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "outgoing/outgoing.h"

/* --- the server --------------------------------------------------------------------------------
 */

struct place {
	struct hy_arena *a;
	struct MHD_Daemon *plain, *tls;
	char dir[64], cert[80], key[80];
	int port, tls_port;
	char *cert_text, *key_text;
};
static struct place place;

struct body {
	char text[256];
	size_t n;
	bool begun;
};

static enum MHD_Result reply(struct MHD_Connection *c, unsigned status, const char *text, size_t n,
			     const char *location)
{
	struct MHD_Response *r =
		MHD_create_response_from_buffer(n, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result done;

	MHD_add_response_header(r, "X-Answer", "Yes ");
	if (location)
		MHD_add_response_header(r, "Location", location);
	done = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url,
			      const char *method, const char *version, const char *data, size_t *n,
			      void **kept)
{
	struct body *b = *kept;
	char text[1024];
	int number = 0;
	const char *probe = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Probe");

	(void)arg, (void)version;
	if (!b) {
		*kept = calloc(1, sizeof(struct body));
		return MHD_YES;
	}
	if (*n) {
		size_t take = *n < sizeof(b->text) - b->n ? *n : sizeof(b->text) - b->n;
		memcpy(b->text + b->n, data, take);
		b->n += take;
		*n = 0;
		return MHD_YES;
	}
	if (sscanf(url, "/status/%d", &number) == 1)
		return reply(c, (unsigned)number, "said", 4, NULL);
	if (sscanf(url, "/big/%d", &number) == 1)
		return reply(c, 200, hy_printf(place.a, "%0*d", number, 7).p, (size_t)number, NULL);
	if (sscanf(url, "/on/%d", &number) == 1) {
		snprintf(text, sizeof(text), number ? "/on/%d" : "/echo", number - 1);
		return reply(c, 302, "go on", 5, text);
	}
	if (!strcmp(url, "/down")) {
		snprintf(text, sizeof(text), "http://localhost:%d/echo", place.port);
		return reply(c, 302, "", 0, text);
	}
	if (!strcmp(url, "/file"))
		return reply(c, 302, "", 0, "file:///etc/passwd");
	if (!strcmp(url, "/slow"))
		nanosleep(&(struct timespec){ .tv_sec = 2 }, NULL);
	snprintf(text, sizeof(text), "%s %s|%s|%.*s", method, url, probe ? probe : "", (int)b->n,
		 b->text);
	return reply(c, 200, text, strlen(text), NULL);
}

static void completed(void *arg, struct MHD_Connection *c, void **kept,
		      enum MHD_RequestTerminationCode why)
{
	(void)arg, (void)c, (void)why;
	free(*kept);
}

static char *text_of(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 8192);

	assert_non_null(f);
	assert_true(fread(text, 1, 8191, f) > 0);
	fclose(f);
	return text;
}

static int port_of(struct MHD_Daemon *d)
{
	return MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static int up(void **state)
{
	char command[600];

	(void)state;
	place = (struct place){ .dir = "/tmp/hy-fetch-XXXXXX", .a = hy_arena_new(0) };
	if (!mkdtemp(place.dir))
		return -1;
	snprintf(place.cert, sizeof(place.cert), "%s/cert", place.dir);
	snprintf(place.key, sizeof(place.key), "%s/key", place.dir);
	snprintf(command, sizeof(command),
		 "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
		 "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout %s -out %s "
		 "2>/dev/null",
		 place.key, place.cert);
	if (system(command))
		return -1;
	place.cert_text = text_of(place.cert);
	place.key_text = text_of(place.key);
	place.plain =
		MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL,
				 MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
	place.tls = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL,
				     answer, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
				     MHD_OPTION_HTTPS_MEM_CERT, place.cert_text,
				     MHD_OPTION_HTTPS_MEM_KEY, place.key_text, MHD_OPTION_END);
	if (!place.plain || !place.tls)
		return -1;
	place.port = port_of(place.plain);
	place.tls_port = port_of(place.tls);
	return 0;
}

static int down(void **state)
{
	(void)state;
	MHD_stop_daemon(place.plain);
	MHD_stop_daemon(place.tls);
	free(place.cert_text);
	free(place.key_text);
	unlink(place.cert);
	unlink(place.key);
	rmdir(place.dir);
	hy_arena_free(&place.a);
	return 0;
}

static struct outgoing_request to(bool tls, const char *path)
{
	return (struct outgoing_request){
		.url = hy_printf(place.a, "%s://localhost:%d%s", tls ? "https" : "http",
				 tls ? place.tls_port : place.port, path),
		.ca_file = tls ? place.cert : NULL,
	};
}

static struct outgoing_answer fetch(const struct outgoing_request *r)
{
	struct outgoing_answer got;
	struct hy_err e = { 0 };

	if (outgoing_fetch(place.a, r, &got, &e))
		fail_msg("%s", hy_err_text(&e));
	return got;
}

static struct hy_err refused(const struct outgoing_request *r, enum hy_code want)
{
	struct outgoing_answer got;
	struct hy_err e = { 0 };
	enum hy_code code = outgoing_fetch(place.a, r, &got, &e);

	if (code != want)
		fail_msg("%s", code ? hy_err_text(&e) : "it was answered");
	assert_true(e.detail[0] != '\0');
	return e;
}

static void assert_body(const struct outgoing_answer *got, const char *want)
{
	if (!hy_str_eq(got->body, hy_str_of(want)))
		fail_msg("'" HY_FMT "' is not '%s'", HY_ARG(got->body), want);
}

/* --- tests -------------------------------------------------------------------------------------
 */

static void methods_headers_and_bodies_arrive(void **state)
{
	const struct outgoing_header probe[] = { { HY_S("X-Probe"), HY_S("a: b") } };
	struct outgoing_request r = to(false, "/echo?x=1");
	struct outgoing_answer got;

	(void)state;
	r.headers = probe;
	r.n_headers = 1;
	got = fetch(&r);
	assert_int_equal(got.status, 200);
	assert_body(&got, "GET /echo|a: b|");
	assert_true(hy_str_eq(outgoing_header(&got, "x-answer"), HY_S("Yes")));
	assert_int_equal(outgoing_header(&got, "x-other").n, 0);
	r.body = HY_S("{\"a\":1}");
	for (size_t i = 0; i < 3; i++) {
		const char *methods[] = { "POST", "PUT", "PATCH" };
		r.method = methods[i];
		got = fetch(&r);
		assert_body(&got, hy_printf(place.a, "%s /echo|a: b|{\"a\":1}", r.method).p);
	}
	r.body = (hy_str){ 0 };
	got = fetch(&r);
	assert_body(&got, "PATCH /echo|a: b|");
	r.method = "DELETE";
	got = fetch(&r);
	assert_body(&got, "DELETE /echo|a: b|");
	r.method = "HEAD";
	got = fetch(&r);
	assert_int_equal(got.status, 200);
	assert_int_equal(got.body.n, 0);
}

static void a_status_is_an_answer(void **state)
{
	static const char *const paths[] = { "/status/204", "/status/404", "/status/500" };

	(void)state;
	for (size_t i = 0; i < HY_COUNT(paths); i++) {
		struct outgoing_request r = to(false, paths[i]);
		assert_int_equal(fetch(&r).status, atoi(paths[i] + 8));
	}
}

static void answers_have_a_size(void **state)
{
	struct outgoing_request r = to(false, "/big/1000");
	struct outgoing_answer got;

	(void)state;
	r.most = 1000;
	got = fetch(&r);
	assert_int_equal(got.body.n, 1000);
	r.most = 999;
	refused(&r, HY_TOO_LARGE);
}

static void nothing_takes_for_ever(void **state)
{
	struct outgoing_request r = to(false, "/slow");

	(void)state;
	r.total_ms = 300;
	refused(&r, HY_TOO_SLOW);
}

static void redirects_are_followed_when_asked(void **state)
{
	struct outgoing_request r = to(false, "/on/1"), https = to(true, "/down"),
				file = to(false, "/file");
	struct outgoing_answer got = fetch(&r);

	(void)state;
	assert_int_equal(got.status, 302);
	assert_true(hy_str_eq(outgoing_header(&got, "location"), HY_S("/on/0")));
	r.redirects = 1;
	refused(&r, HY_IO);
	r.redirects = 2;
	got = fetch(&r);
	assert_body(&got, "GET /echo||");
	https.redirects = file.redirects = 5;
	refused(&https, HY_IO); /* from https to http */
	refused(&file, HY_IO);
}

static void certificates_are_verified(void **state)
{
	struct outgoing_request r = to(true, "/echo");

	(void)state;
	assert_int_equal(fetch(&r).status, 200);
	r.ca_file = NULL;
	refused(&r, HY_IO);
	r.ca_file = place.cert;
	r.url = hy_printf(place.a, "https://127.0.0.1:%d/echo", place.tls_port);
	refused(&r, HY_IO); /* another name than the certificate's */
	r = to(false, "/echo");
	r.https_only = true;
	refused(&r, HY_BAD_FIELD);
}

static void this_machine_is_not_asked_unless_meant(void **state)
{
	struct outgoing_request r = to(false, "/echo");

	(void)state;
	r.elsewhere = true;
	assert_non_null(strstr(refused(&r, HY_IO).detail, "private address"));
	static const char *const urls[] = {
		"http://127.0.0.1/",   "http://10.1.2.3/",	     "http://172.16.0.1/",
		"http://192.168.1.1/", "http://169.254.169.254/",    "http://0.0.0.0/",
		"http://[::1]/",       "http://[fe80::1]/",	     "http://[fd00::1]/",
		"http://2130706433/",  "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
		"http://100.64.0.1/",  "http://[2002:7f00:1::]/",
	};
	for (size_t i = 0; i < HY_COUNT(urls); i++) {
		r.url = hy_str_of(urls[i]);
		r.connect_ms = 2000;
		assert_non_null(strstr(refused(&r, HY_IO).detail, "private address"));
	}
}

static void what_cannot_be_sent_is_refused(void **state)
{
	static const char *const urls[] = { "",
					    "ftp://a/",
					    "file:///etc/passwd",
					    "http://",
					    "http:///x",
					    "http://u:p@host/",
					    "http://a/b c",
					    "http://a/\r\n",
					    "https://例.cn/",
					    "http://a/#part",
					    "gopher://a/",
					    "http://:80/" };
	const struct outgoing_header bad[] = { { HY_S("X-A"), HY_S("a\r\nX-B: c") },
					       { HY_S("X A"), HY_S("b") },
					       { HY_S(""), HY_S("b") } };
	struct outgoing_request r = to(false, "/echo");

	(void)state;
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		r.headers = &bad[i];
		r.n_headers = 1;
		assert_string_equal(refused(&r, HY_BAD_FIELD).field, "header");
	}
	r.n_headers = 0;
	for (size_t i = 0; i < HY_COUNT(urls); i++) {
		r.url = hy_str_of(urls[i]);
		assert_string_equal(refused(&r, HY_BAD_FIELD).field, "url");
	}
}

static void nobody_there_is_told_with_the_host_alone(void **state)
{
	struct outgoing_request r = { .url = HY_S("http://localhost:1/secret-path?token=x") };
	struct hy_err e;

	(void)state;
	e = refused(&r, HY_IO);
	assert_non_null(strstr(e.detail, "localhost"));
	assert_null(strstr(e.detail, "secret"));
	assert_null(strstr(e.detail, "token"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_headers_and_bodies_arrive),
		cmocka_unit_test(a_status_is_an_answer),
		cmocka_unit_test(answers_have_a_size),
		cmocka_unit_test(nothing_takes_for_ever),
		cmocka_unit_test(redirects_are_followed_when_asked),
		cmocka_unit_test(certificates_are_verified),
		cmocka_unit_test(this_machine_is_not_asked_unless_meant),
		cmocka_unit_test(what_cannot_be_sent_is_refused),
		cmocka_unit_test(nobody_there_is_told_with_the_host_alone),
	};
	return cmocka_run_group_tests(tests, up, down);
}
