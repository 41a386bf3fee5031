/* Addresses, prefixes, and how far a header is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "http/hops.h"

static struct hy_address address(const char *text)
{
	struct hy_address at = { 0 };

	if (!hy_address_read(hy_str_of(text), &at))
		fail_msg("%s", text);
	return at;
}

static void addresses_are_read(void **state)
{
	static const struct {
		const char *text, *same;
	} good[] = {
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7:65535", "192.0.2.7" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:DB8:0::1", "2001:db8::1" },
		{ "[2001:db8::1]", "2001:db8::1" },
		{ "[2001:db8::1]:443", "2001:db8::1" },
		{ "::1", "::1" },
	};
	static const char *const bad[] = {
		"",
		" ",
		"1",
		"1.2.3",
		"1.2.3.4.5",
		"256.1.1.1",
		"1.2.3.4:",
		"1.2.3.4:x",
		"1.2.3.4:65536",
		"1.2.3.4:-1",
		"1.2.3.4:+1",
		"[1.2.3.4]",
		"[::1",
		"[::1]x",
		"[::1]:",
		"::1]",
		"unknown",
		"_hidden",
		"fe80::1%eth0",
		"localhost",
		"2001:db8::1:2:3:4:5:6:7:8",
	};
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_address at;

	(void)state;
	for (size_t i = 0; i < HY_COUNT(good); i++) {
		at = address(good[i].text);
		assert_string_equal(hy_address_text(a, &at).p, good[i].same);
	}
	for (size_t i = 0; i < HY_COUNT(bad); i++)
		if (hy_address_read(hy_str_of(bad[i]), &at))
			fail_msg("%s", bad[i]);
	at = address("127.9.9.9");
	assert_true(hy_address_is_loopback(&at));
	at = address("::1");
	assert_true(hy_address_is_loopback(&at));
	at = address("128.0.0.1");
	assert_false(hy_address_is_loopback(&at));
}

static struct hy_prefix prefix(const char *text)
{
	struct hy_prefix p = { 0 };
	struct hy_err e = { 0 };

	if (hy_prefix_read(hy_str_of(text), &p, &e))
		fail_msg("%s: %s", text, hy_err_text(&e));
	return p;
}

static void prefixes_hold(void **state)
{
	static const struct {
		const char *prefix, *at;
		bool holds;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.1.1", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/8", "::ffff:10.1.1.1", true },
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.6", false },
		{ "0.0.0.0/0", "203.0.113.1", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "203.0.113.1", true },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
	};
	static const char *const bad[] = { "",
					   "/8",
					   "10.0.0.0/",
					   "10.0.0.0/33",
					   "10.0.0.0/-1",
					   "10.0.0.1/8",
					   "2001:db8::/129",
					   "2001:db8::1/64",
					   "x" };
	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct hy_prefix p = prefix(rows[i].prefix);
		struct hy_address at = address(rows[i].at);
		if (hy_prefix_holds(&p, &at) != rows[i].holds)
			fail_msg("%s %s", rows[i].prefix, rows[i].at);
	}
	for (size_t i = 0; i < HY_COUNT(bad); i++) {
		struct hy_prefix p;
		struct hy_err e = { 0 };
		if (hy_prefix_read(hy_str_of(bad[i]), &p, &e) != HY_BAD_INPUT)
			fail_msg("%s", bad[i]);
	}
	struct hy_address one = address("192.0.2.7"), two = address("192.0.2.200"),
			  three = address("192.0.3.7");
	struct hy_prefix p = hy_address_prefix(&one);
	assert_true(hy_prefix_holds(&p, &two) && !hy_prefix_holds(&p, &three));
	one = address("2001:db8:0:1::1");
	two = address("2001:db8:0:ff::9");
	three = address("2001:db8:0:100::1");
	p = hy_address_prefix(&one);
	assert_true(hy_prefix_holds(&p, &two) && !hy_prefix_holds(&p, &three));
}

static void a_header_is_believed_as_far_as_hops_are_trusted(void **state)
{
	/* 10.0.0.0/8 and ::1 are trusted. */
	static const struct {
		const char *peer, *header, *client;
		bool rfc7239;
	} rows[] = {
		{ "10.0.0.1", "203.0.113.9", "203.0.113.9", false },
		{ "198.51.100.1", "203.0.113.9", "198.51.100.1", false }, /* a stranger's header */
		{ "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9",
		  false }, /* invented to the left */
		{ "10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9", false },
		{ "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", false },
		{ "10.0.0.1", "", "10.0.0.1", false },
		{ "10.0.0.1", "203.0.113.9, unknown", "10.0.0.1", false },
		{ "10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2", false },
		{ "10.0.0.1", "203.0.113.9,", "10.0.0.1", false },
		{ "10.0.0.1", "203.0.113.9:4711", "203.0.113.9", false },
		{ "::1", "2001:db8::7", "2001:db8::7", false },
		{ "::1", "[2001:db8::7]:99", "2001:db8::7", false },
		{ "10.0.0.1", "for=203.0.113.9;proto=https", "203.0.113.9", true },
		{ "10.0.0.1", "for=1.1.1.1, For=\"[2001:db8::7]:4711\" ; by=x", "2001:db8::7",
		  true },
		{ "10.0.0.1", "for=1.1.1.1;by=\"a,b;for=6.6.6.6\"", "1.1.1.1", true },
		{ "10.0.0.1", "for=1.1.1.1;for=2.2.2.2", "10.0.0.1", true },
		{ "10.0.0.1", "for=_hidden", "10.0.0.1", true },
		{ "10.0.0.1", "203.0.113.9", "10.0.0.1", true },
		{ "10.0.0.1", "for=\"203.0.113.9", "10.0.0.1", true },
	};
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_prefix trusted[] = { prefix("10.0.0.0/8"), prefix("::1") };
	const struct hy_hops hops = { trusted, 2 }, none = { 0 };

	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct hy_address peer = address(rows[i].peer);
		struct hy_address at =
			hy_hops_client(&hops, &peer, hy_str_of(rows[i].header), rows[i].rfc7239);
		if (strcmp(hy_address_text(a, &at).p, rows[i].client) != 0)
			fail_msg("%s behind %s: %s", rows[i].header, rows[i].peer,
				 hy_address_text(a, &at).p);
		at = hy_hops_client(&none, &peer, hy_str_of(rows[i].header), rows[i].rfc7239);
		assert_memory_equal(at.b, peer.b, sizeof(at.b));
	}
	/* A long list of trusted hops ends. */
	struct hy_buf b = hy_buf_on(a);
	for (int i = 0; i < 10000; i++)
		hy_buf_add(&b, HY_S("10.9.9.9, "));
	hy_buf_add(&b, HY_S("10.9.9.9"));
	struct hy_address peer = address("10.0.0.1");
	struct hy_address at = hy_hops_client(&hops, &peer, hy_buf_str(&b), false);
	assert_string_equal(hy_address_text(a, &at).p, "10.9.9.9");
	assert_true(hy_hops_secure(HY_S("https"), false));
	assert_true(hy_hops_secure(HY_S("http, HTTPS"), false));
	assert_false(hy_hops_secure(HY_S("https, http"), false));
	assert_false(hy_hops_secure(HY_S(""), false));
	assert_true(hy_hops_secure(HY_S("for=1.1.1.1;proto=https"), true));
	assert_false(hy_hops_secure(HY_S("for=1.1.1.1;proto=https, for=2.2.2.2"), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read),
		cmocka_unit_test(prefixes_hold),
		cmocka_unit_test(a_header_is_believed_as_far_as_hops_are_trusted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
