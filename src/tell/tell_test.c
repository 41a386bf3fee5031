/* Texts of mails and calendars, signatures, pauses: what is pure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "tell/feed.h"
#include "tell/hook.h"

static bool holds(hy_str text, const char *part)
{
	return hy_str_find(text, hy_str_of(part)) >= 0;
}

static void a_digest_names_what_is_most_urgent_first(void **state)
{
	static const char *const languages[] = { "zh-CN", "zh-Hant", "en" };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct tell_digest d = { .waiting = 40 };
	struct tell_message m = { 0 };

	(void)state;
	*hy_push(a, &d.red) = HY_S("TS-2026-000001");
	for (int i = 0; i < 35; i++)
		*hy_push(a, &d.fresh) = hy_printf(a, "TS-2026-%06d", 100 + i);
	for (size_t i = 0; i < HY_COUNT(languages); i++) {
		tell_text_digest(a, hy_str_of(languages[i]), HY_S("试验市"),
				 HY_S("https://h.example"), &d, &m);
		assert_true(hy_str_find(m.text, HY_S("TS-2026-000001")) <
			    hy_str_find(m.text, HY_S("TS-2026-000100")));
		assert_true(holds(m.text, "https://h.example"));
		assert_true(holds(m.text, "(35)"));
		assert_false(holds(m.text, "TS-2026-000134")); /* 30 are listed */
		assert_true(holds(m.subject, "35") && holds(m.subject, "1") &&
			    holds(m.subject, "0"));
	}
}

static void addresses_are_masked(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	(void)state;
	assert_string_equal(tell_masked(a, HY_S("zhang@city.example")).p, "z***@city.example");
	assert_int_equal(tell_masked(a, HY_S("")).n, 0);
}

static void pauses_grow_to_four_hours(void **state)
{
	(void)state;
	assert_int_equal(tell_pause(HY_MINUTE, 1), HY_MINUTE);
	assert_int_equal(tell_pause(HY_MINUTE, 2), 2 * HY_MINUTE);
	assert_int_equal(tell_pause(HY_MINUTE, 5), 16 * HY_MINUTE);
	assert_int_equal(tell_pause(HY_MINUTE, 8), 128 * HY_MINUTE);
	assert_int_equal(tell_pause(HY_MINUTE, 9), 4 * HY_HOUR);
	assert_int_equal(tell_pause(HY_MINUTE, 1000), 4 * HY_HOUR);
}

/* printf '1700000000.{"a":1}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00..1f */
static void signatures_are_hmac_sha_256(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	unsigned char secret[HOOK_SECRET];

	(void)state;
	for (int i = 0; i < HOOK_SECRET; i++)
		secret[i] = (unsigned char)i;
	assert_string_equal(hook_signature(a, secret, 1700000000, HY_S("{\"a\":1}")).p,
			    "03348adc068f3e120398d321e294ed21d5531ba19808733437c88c51d9ffdb14");
}

static void hooks_get_what_they_ask_for(void **state)
{
	static const struct {
		const char *events, *type;
		bool wants;
	} rows[] = {
		{ "matter card", "matter.accept", true },
		{ "matter", "card.raise", false },
		{ "matter.reply", "matter.reply", true },
		{ "matter.reply", "matter.replyx", false },
		{ "card.raise", "card.contest", false },
		{ "matter.reply card", "card.raise", true },
		{ "matter", "matters.x", false },
	};

	(void)state;
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct hook h = { .events = hy_str_of(rows[i].events) };
		assert_int_equal(hook_wants(&h, hy_str_of(rows[i].type)), rows[i].wants);
	}
}

static void calendars_have_short_folded_lines(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct feed_entry v[] = {
		{ HY_S("TS-2026-000001"), HY_S("办理中，待补充；已延期一次并已征求其他机关意见"),
		  1795766400000, 1795700000000, HY_LIGHT_YELLOW },
	};
	hy_str text = feed_text(a, HY_S("zh-CN"), HY_S("试验市"), HY_S("https://h.example"), v, 1,
				1795700000000),
	       line;

	(void)state;
	assert_true(holds(text, "DTSTART:20261127T080000Z\r\n"));
	assert_true(holds(text, "UID:TS-2026-000001@huiyin\r\n"));
	while (hy_str_cut(&text, '\n', &line)) {
		assert_in_range(line.n, 1, 76);
		assert_int_equal(line.p[line.n - 1], '\r');
		assert_true(hy_str_utf8((hy_str){ line.p, line.n - 1 }, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_digest_names_what_is_most_urgent_first),
		cmocka_unit_test(addresses_are_masked),
		cmocka_unit_test(pauses_grow_to_four_hours),
		cmocka_unit_test(signatures_are_hmac_sha_256),
		cmocka_unit_test(hooks_get_what_they_ask_for),
		cmocka_unit_test(calendars_have_short_folded_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
