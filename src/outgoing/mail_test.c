/* Letters as they are written, and delivered to a real server (aiosmtpd) on this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/monotonic.h"
#include "outgoing/outgoing.h"

#define SERVER HY_SOURCE_ROOT "/tests/fixtures/mail/server.py"

/* --- writing -----------------------------------------------------------------------------------
 */

static struct outgoing_letter sample(void)
{
	return (struct outgoing_letter){
		.from_name = HY_S("某某市效能建设领导小组办公室"),
		.from = HY_S("xnb@city.example"),
		.to = HY_S("clerk@city.example"),
		.subject = HY_S("您有新的待办：3 件将到期，1 件已超期（请登录回音工作台查看处理）"),
		.message_id = HY_S("12.345@city.example"),
		.date_ms = 1795766400000, /* 2026-11-27 08:00 UTC */
		.text = HY_S("第一行\n\n."
			     "\n第三行，长一些，好让它分成几行来写：事事有回音，件件有着落。\n"),
	};
}

static void addresses_are_plain_or_none(void **state)
{
	static const char *const good[] = { "a@b", "clerk.wang@city.example", "a+b_c-d@x-y.cn",
					    "o'neil@1.2", "-a-@x.y" };
	static const char *const bad[] = { "",
					   "a",
					   "@b",
					   "a@",
					   "a@b@c",
					   "a b@c",
					   "a@b c",
					   "a..b@c",
					   ".a@b",
					   "a.@b",
					   "a@.b",
					   "a@b.",
					   "a@-b",
					   "a@b-",
					   "a@b-.c",
					   "<a@b>",
					   "a@b\r\nRCPT TO:<x@y>",
					   "a\n@b",
					   "\"a\"@b",
					   "张@b",
					   "a@例.cn",
					   "a@[127.0.0.1]",
					   "a,b@c",
					   "a@b,c",
					   "a(b)@c" };

	(void)state;
	for (size_t i = 0; i < HY_COUNT(good); i++)
		if (!outgoing_address_ok(hy_str_of(good[i])))
			fail_msg("'%s' is an address", good[i]);
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		if (outgoing_address_ok(hy_str_of(bad[i])))
			fail_msg("'%s' is no address", bad[i]);
	assert_false(outgoing_address_ok((hy_str){ "a\0@b", 4 }));
}

static void a_letter_has_short_lines_of_ascii(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct outgoing_letter l = sample();
	struct hy_err e = { 0 };
	hy_str out, line;

	(void)state;
	assert_int_equal(outgoing_letter(a, &l, &out, &e), HY_OK);
	assert_true(hy_str_find(out, HY_S("Date: Fri, 27 Nov 2026 08:00:00 +0000\r\n")) == 0);
	assert_true(hy_str_find(out, HY_S("\r\nMessage-ID: <12.345@city.example>\r\n")) > 0);
	while (hy_str_cut(&out, '\n', &line)) {
		assert_in_range(line.n, 1, 78);
		assert_int_equal(line.p[line.n - 1], '\r');
		for (size_t i = 0; i + 1 < line.n; i++)
			assert_in_range(line.p[i], ' ', '~');
	}
}

static void what_would_break_a_letter_is_refused(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct {
		const char *field;
		struct outgoing_letter l;
	} rows[] = {
#define ROW(name, value)                                                                           \
	{ #name, ({                                                                                \
		  struct outgoing_letter l = sample();                                             \
		  l.name = value;                                                                  \
		  l;                                                                               \
	  }) }
		ROW(from, HY_S("a@b\nBcc: c@d")),
		ROW(to, HY_S("nobody")),
		ROW(subject, HY_S("one\r\nBcc: c@d")),
		ROW(from_name, HY_S("\xff")),
		ROW(message_id, HY_S("x")),
		ROW(text, HY_S("\xc3")),
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct hy_err e = { 0 };
		hy_str out;

		assert_int_equal(outgoing_letter(a, &rows[i].l, &out, &e), HY_BAD_FIELD);
		assert_string_equal(e.field, rows[i].field);
	}
}

/* --- delivering --------------------------------------------------------------------------------
 */

struct mail {
	char dir[64], cert[80], key[80];
	pid_t pid;
	FILE *out;
	int port;
	bool missing; /* no aiosmtpd here */
};

static int up(void **state)
{
	static struct mail m;
	char command[600];

	m = (struct mail){ .dir = "/tmp/hy-mail-XXXXXX" };
	if (!mkdtemp(m.dir))
		return -1;
	snprintf(m.cert, sizeof(m.cert), "%s/cert", m.dir);
	snprintf(m.key, sizeof(m.key), "%s/key", m.dir);
	m.missing = system("/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null") != 0;
	snprintf(command, sizeof(command),
		 "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
		 "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout %s -out %s "
		 "2>/dev/null",
		 m.key, m.cert);
	*state = &m;
	return system(command);
}

static int down(void **state)
{
	struct mail *m = *state;

	unlink(m->cert);
	unlink(m->key);
	return rmdir(m->dir);
}

static int end(void **state)
{
	struct mail *m = *state;

	if (m->out)
		fclose(m->out);
	if (m->pid > 0) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, NULL, 0);
	}
	m->out = NULL;
	m->pid = 0;
	return 0;
}

/* Starts the server with further options. */
static void begin(struct mail *m, const char *const *options)
{
	const char *argv[16] = { "python3", SERVER };
	int fds[2], n = 2;

	if (m->missing) {
		print_message("# skipped: python3-aiosmtpd is not installed\n");
		skip();
	}
	for (; options && *options && n < 15; options++)
		argv[n++] = !strcmp(*options, "CERT")  ? m->cert
			    : !strcmp(*options, "KEY") ? m->key
						       : *options;
	assert_int_equal(pipe(fds), 0);
	m->pid = fork();
	if (!m->pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY),
		     STDERR_FILENO); /* it tells of broken handshakes */
		close(fds[0]);
		execv("/usr/bin/python3", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(fds[1]);
	m->out = fdopen(fds[0], "r");
	assert_int_equal(fscanf(m->out, "port %d", &m->port), 1);
	assert_int_equal(fgetc(m->out), 10);
}
#define WITH(...) begin(m, (const char *const[]){ __VA_ARGS__, NULL })

static struct outgoing_server at(const struct mail *m, enum outgoing_tls tls)
{
	return (struct outgoing_server){ .host = HY_S("localhost"),
					 .port = m->port,
					 .tls = tls,
					 .hello = HY_S("huiyin.city.example"),
					 .ca_file = m->cert,
					 .total_ms = 10000 };
}

static struct outgoing_delivery send_to(const struct outgoing_server *s, const char *to)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct outgoing_letter l = sample();
	struct outgoing_delivery d;
	struct hy_err e = { 0 };
	hy_str message;

	l.to = hy_str_of(to);
	assert_int_equal(outgoing_letter(a, &l, &message, &e), HY_OK);
	assert_int_equal(outgoing_deliver(s, HY_S("bounce@city.example"), l.to, message, &d, &e),
			 HY_OK);
	return d;
}

/* What the server says it took. */
static json_t *taken(struct hy_arena *a, struct mail *m)
{
	static char line[8192];
	struct hy_err e = { 0 };
	json_t *v;

	assert_non_null(fgets(line, sizeof(line), m->out));
	assert_int_equal(hy_json_read(a, hy_str_of(line), &v, &e), HY_OK);
	return v;
}

static void assert_str(const json_t *v, const char *key, hy_str want)
{
	hy_str got = hy_json_get(v, key);

	if (!hy_str_eq(got, want))
		fail_msg("%s is '" HY_FMT "', not '" HY_FMT "'", key, HY_ARG(got), HY_ARG(want));
}

static void a_letter_arrives_as_it_was_written(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct mail *m = *state;
	struct outgoing_letter l = sample();
	struct outgoing_server s;
	struct outgoing_delivery d;
	json_t *v, *from;

	WITH("--cert", "CERT", "--key", "KEY", "--require-starttls", "--user", "huiyin",
	     "--password", "geheim 秘");
	s = at(m, OUTGOING_STARTTLS);
	s.user = HY_S("huiyin");
	s.password = HY_S("geheim 秘");
	d = send_to(&s, "clerk@city.example");
	assert_int_equal(d.fate, OUTGOING_TAKEN);
	assert_int_equal(d.status, 250);
	assert_string_equal(d.said, "250 2.0.0 taken");
	v = taken(a, m);
	assert_str(v, "subject", l.subject);
	assert_str(v, "text", l.text);
	assert_str(v, "bounce", HY_S("bounce@city.example"));
	assert_str(v, "hello", HY_S("huiyin.city.example"));
	from = json_array_get(json_object_get(v, "from"), 0);
	assert_string_equal(json_string_value(json_array_get(from, 0)), l.from_name.p);
	assert_string_equal(json_string_value(json_array_get(from, 1)), l.from.p);
	assert_str(json_object_get(v, "headers"), "auto-submitted", HY_S("auto-generated"));
	assert_true(json_is_true(json_object_get(v, "tls")));
	assert_true(json_is_true(json_object_get(v, "user")));
	assert_true(json_is_true(json_object_get(v, "ascii")));
	assert_int_equal(json_array_size(json_object_get(v, "defects")), 0);
	end(state);
}

static void a_wrong_password_is_no_fault_of_the_letter(void **state)
{
	struct mail *m = *state;
	struct outgoing_server s;
	struct outgoing_delivery d;

	WITH("--cert", "CERT", "--key", "KEY", "--user", "huiyin", "--password", "right");
	s = at(m, OUTGOING_STARTTLS);
	s.user = HY_S("huiyin");
	s.password = HY_S("wrong-and-secret");
	d = send_to(&s, "clerk@city.example");
	assert_int_equal(d.fate, OUTGOING_LATER);
	assert_int_equal(d.status, 535);
	assert_null(strstr(d.said, "secret"));
	end(state);
}

static void tls_is_required_and_verified(void **state)
{
	struct mail *m = *state;
	struct outgoing_server s;
	struct outgoing_delivery d;

	WITH("--cert", "CERT", "--key", "KEY");
	s = at(m, OUTGOING_STARTTLS);
	s.ca_file = NULL; /* the system does not know this one */
	assert_int_equal(send_to(&s, "a@b").fate, OUTGOING_LATER);
	s = at(m, OUTGOING_STARTTLS_MAYBE);
	assert_int_equal(send_to(&s, "a@b").fate, OUTGOING_TAKEN);
	s = at(m, OUTGOING_STARTTLS);
	s.host = HY_S("127.0.0.1"); /* a name that does not stand in the certificate */
	d = send_to(&s, "a@b");
	assert_int_equal(d.fate, OUTGOING_LATER);
	assert_true(d.said[0] != '\0');
	end(state);

	begin(m, NULL); /* offers no STARTTLS */
	s = at(m, OUTGOING_STARTTLS);
	assert_int_equal(send_to(&s, "a@b").fate, OUTGOING_LATER);
	s = at(m, OUTGOING_STARTTLS_MAYBE);
	assert_int_equal(send_to(&s, "a@b").fate, OUTGOING_TAKEN);
	s = at(m, OUTGOING_PLAIN);
	assert_int_equal(send_to(&s, "a@b").fate, OUTGOING_TAKEN);
	end(state);

	WITH("--cert", "CERT", "--key", "KEY", "--tls");
	s = at(m, OUTGOING_TLS);
	assert_int_equal(send_to(&s, "a@b").fate, OUTGOING_TAKEN);
	end(state);
}

static void a_password_never_goes_out_in_clear(void **state)
{
	struct outgoing_server s = { .host = HY_S("mail.example"),
				     .port = 25,
				     .tls = OUTGOING_STARTTLS_MAYBE,
				     .user = HY_S("u"),
				     .password = HY_S("p") };
	struct outgoing_delivery d;
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(outgoing_deliver(&s, (hy_str){ 0 }, HY_S("a@b"), HY_S("x"), &d, &e),
			 HY_BAD_FIELD);
	assert_string_equal(e.field, "tls");
	hy_err_clear(&e);
	s.tls = OUTGOING_STARTTLS;
	assert_int_equal(outgoing_deliver(&s, (hy_str){ 0 }, HY_S("a@b>\r\nX"), HY_S("x"), &d, &e),
			 HY_BAD_FIELD);
	hy_err_clear(&e);
	s.host = HY_S("mail.example/x");
	assert_int_equal(outgoing_deliver(&s, (hy_str){ 0 }, HY_S("a@b"), HY_S("x"), &d, &e),
			 HY_BAD_FIELD);
}

static void refusals_are_told_apart(void **state)
{
	static const struct {
		const char *to;
		enum outgoing_fate fate;
		int status;
	} rows[] = {
		{ "later@city.example", OUTGOING_LATER, 451 },
		{ "never@city.example", OUTGOING_NEVER, 550 },
		{ "full@city.example", OUTGOING_LATER, 452 },
		{ "spam@city.example", OUTGOING_NEVER, 554 },
		{ "clerk@city.example", OUTGOING_TAKEN, 250 },
	};
	struct mail *m = *state;
	struct outgoing_server s;
	int64_t start;

	begin(m, NULL);
	s = at(m, OUTGOING_PLAIN);
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct outgoing_delivery d = send_to(&s, rows[i].to);
		char status[16];

		assert_int_equal(d.fate, rows[i].fate);
		assert_int_equal(d.status, rows[i].status);
		snprintf(status, sizeof(status), "%d ", rows[i].status);
		if (!hy_str_starts(hy_str_of(d.said), hy_str_of(status)))
			fail_msg("to %s: '%s'", rows[i].to, d.said);
	}
	start = hy_monotonic_ms();
	assert_int_equal(send_to(&s, "mute@city.example").fate, OUTGOING_TAKEN);
	s.total_ms = 700;
	assert_int_equal(send_to(&s, "silent@city.example").fate, OUTGOING_LATER);
	assert_in_range(hy_monotonic_ms() - start, 0, 9000);
	end(state);
	s.total_ms = 5000;
	assert_int_equal(send_to(&s, "clerk@city.example").fate, OUTGOING_LATER); /* nobody there */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_plain_or_none),
		cmocka_unit_test(a_letter_has_short_lines_of_ascii),
		cmocka_unit_test(what_would_break_a_letter_is_refused),
		cmocka_unit_test(a_password_never_goes_out_in_clear),
		cmocka_unit_test_teardown(a_letter_arrives_as_it_was_written, end),
		cmocka_unit_test_teardown(a_wrong_password_is_no_fault_of_the_letter, end),
		cmocka_unit_test_teardown(tls_is_required_and_verified, end),
		cmocka_unit_test_teardown(refusals_are_told_apart, end),
	};
	return cmocka_run_group_tests(tests, up, down);
}
