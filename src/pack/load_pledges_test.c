/* What folders promise for the clocks of kinds, and every mistake in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pack/pack_sample.h"

static int up(void **state)
{
	*state = hy_arena_new(0);
	return 0;
}

static int down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

#define assert_str(s, lit)                                                                         \
	do {                                                                                       \
		hy_str got_ = (s);                                                                 \
		if (!hy_str_eq(got_, hy_str_of(lit)))                                              \
			fail_msg("found \"%.*s\", expected \"%s\"", HY_ARG(got_), lit);            \
	} while (0)

static struct pack *built(struct hy_arena *a, const struct pack_source *s, size_t n)
{
	struct pack_messages msgs = { 0 };
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	if (pack_build(a, s, n, NULL, 0, &msgs, &p, &e))
		fail_msg("%s", hy_err_text(&e));
	for (size_t i = 0; i < msgs.n; i++)
		fail_msg("unexpected message: %.*s", HY_ARG(msgs.v[i].text));
	return p;
}

static hy_day day(int y, int m, int d)
{
	return hy_day_of(y, m, d);
}

#define CITY                                                                                       \
	{                                                                                          \
		HY_S("pack.yaml"), HY_S("pack: city\nversion: 1\njurisdiction: CN-45\ntitle: " T3( \
					   "城", "City") "\n")                                     \
	}

static void later_folders_promise(void **state)
{
	struct hy_arena *a = *state;
	struct pack_file city[] = {
		CITY,
		{ HY_S("pledges.yaml"),
		  HY_S("pledges:\n"
		       "  - {kind: licence, clock: decide, limit: 7wd, clause: 新, from: "
		       "2026-01-01}\n"
		       "  - {kind: licence, clock: decide, limit: 9wd, clause: 旧, from: "
		       "2025-01-01}\n"
		       "  - {kind: licence, clock: decide, class: joint, limit: 30wd, clause: 联, "
		       "from: 2025-06-01, until: 2025-07-01}\n") },
		{ HY_S("pledges/more.yaml"),
		  HY_S("pledges: [{kind: licence, clock: notify, limit: 5wd, clause: 告}]\n") },
	};
	struct pack_source s[2] = { sample(a, "base"), { HY_S("city"), city, HY_COUNT(city) } };
	struct pack *p = built(a, s, 2);
	const struct pack_kind *k = pack_kind(p, HY_S("licence"));
	const struct pack_clock *c = &k->clocks[pack_clock_index(k, HY_S("decide"))];
	hy_str none = HY_S(""), joint = HY_S("joint");

	/* What the kind itself promised is replaced as a whole. */
	assert_int_equal(c->n_pledges, 3);
	assert_null(pack_pledge_on(c, none, day(2024, 12, 31)));
	assert_str(pack_pledge_on(c, none, day(2025, 1, 1))->clause, "旧");
	assert_str(pack_pledge_on(c, none, day(2025, 12, 31))->clause, "旧");
	assert_int_equal(pack_pledge_on(c, none, day(2026, 1, 1))->limit.n, 7);
	assert_int_equal(pack_pledge_on(c, HY_S("other"), day(2099, 1, 1))->limit.n, 7);
	/* A class with a pledge of its own has that one only. */
	assert_null(pack_pledge_on(c, joint, day(2025, 5, 31)));
	assert_int_equal(pack_pledge_on(c, joint, day(2025, 6, 1))->limit.n, 30);
	assert_int_equal(pack_pledge_on(c, joint, day(2025, 6, 30))->limit.n, 30);
	assert_null(pack_pledge_on(c, joint, day(2025, 7, 1)));
	/* As long as the law's own is no breach; the next clock is another. */
	c = &k->clocks[pack_clock_index(k, HY_S("notify"))];
	assert_int_equal(pack_pledge_on(c, joint, day(1990, 1, 1))->limit.n, 5);
	pack_free(&p);
}

/* The last folder that promises anything for a clock says all of it, in a kind or beside it. */
static void the_last_promise_counts(void **state)
{
	struct hy_arena *a = *state;
	struct pack_file district[] = {
		{ HY_S("pack.yaml"),
		  HY_S("pack: district\nversion: 1\njurisdiction: CN-4501\ntitle: " T3(
			  "区", "District") "\n") },
		{ HY_S("pledges.yaml"),
		  HY_S("pledges: [{kind: licence, clock: decide, limit: 5wd, clause: 区}]\n") },
	};
	struct pack_file city[] = {
		CITY,
		{ HY_S("pledges.yaml"),
		  HY_S("pledges: [{kind: licence, clock: decide, limit: 7wd, clause: 市}]\n") },
	};
	struct pack_source base = sample(a, "base");
	struct pack_source all[3] = { base,
				      { HY_S("city"), city, 2 },
				      { HY_S("district"), district, HY_COUNT(district) } };
	struct pack *p = built(a, all, 3);

	assert_str(pack_kind(p, HY_S("licence"))->clocks[1].pledges[0].value.clause, "区");
	pack_free(&p);
	/* A kind written anew after the promise, with one of its own. */
	city[1] = (struct pack_file){ HY_S("kinds/licence.yaml"),
				      *sample_text(&base, "kinds/licence.yaml") };
	all[1].files = district;
	all[1].name = HY_S("district");
	all[2] = (struct pack_source){ HY_S("city"), city, 2 };
	p = built(a, all, 3);
	assert_int_equal(pack_kind(p, HY_S("licence"))->clocks[1].n_pledges, 1);
	assert_str(pack_kind(p, HY_S("licence"))->clocks[1].pledges[0].value.clause, "服务承诺");
	pack_free(&p);
}

/* TEXT is the pledges.yaml of a folder after the sample; the first message. */
static void bad_pledges(struct hy_arena *a, const char *text, int line, int column,
			const char *says)
{
	struct pack_file city[] = {
		{ HY_S("pack.yaml"), HY_S("pack: city\nversion: 1\njurisdiction: CN-45\ntitle: " T3(
					     "城", "City") "\n") },
		{ HY_S("pledges.yaml"), hy_printf(a, "pledges:\n%s", text) },
	};
	struct pack_source s[2] = { sample(a, "base"), { HY_S("city"), city, HY_COUNT(city) } };
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	assert_int_equal(pack_build(a, s, 2, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	const struct pack_message *m = &msgs.v[0];
	if (!hy_str_eq(m->file, HY_S("city/pledges.yaml")) || m->line != line ||
	    m->column != column || hy_str_find(m->text, hy_str_of(says)) < 0)
		fail_msg("expected %d:%d: %s\nfound " HY_FMT ":%d:%d: " HY_FMT, line, column, says,
			 HY_ARG(m->file), m->line, m->column, HY_ARG(m->text));
	hy_err_clear(&e);
}

static void pledges(void **state)
{
	struct hy_arena *a = *state;
	static const struct {
		const char *text;
		int line, column;
		const char *says;
	} rows[] = {
		{ "  - {kind: licens, clock: decide, limit: 5wd, clause: 诺}\n", 2, 12,
		  "unknown kind \"licens\"; did you mean \"licence\"?" },
		{ "  - {kind: licence, clock: decid, limit: 5wd, clause: 诺}\n", 2, 28,
		  "unknown clock \"decid\" of the kind \"licence\"; did you mean \"decide\"?" },
		{ "  - {kind: licence, clock: decide, class: jiont, limit: 5wd, clause: 诺}\n", 2,
		  43, "unknown class \"jiont\"" },
		{ "  - {kind: licence, clock: decide, limit: 21wd, clause: 诺}\n", 2, 43,
		  "the pledge 21wd is longer than the limit 20wd of the rule LIC_DECIDE" },
		{ "  - {kind: licence, clock: decide, limit: 20cd, clause: 诺}\n", 2, 43,
		  "the pledge 20cd must have the same unit as the limit 20wd" },
		{ "  - {kind: licence, clock: decide, class: joint, limit: 46wd, clause: 诺}\n", 2,
		  57, "the pledge 46wd is longer than the limit 45wd of the rule LIC_JOINT" },
		{ "  - {kind: licence, clock: decide, limit: 30wd, clause: 诺, until: 2024-01-02}\n"
		  "  - {kind: licence, clock: decide, limit: 5wd, clause: 诺, from: 2024-01-02}\n",
		  2, 43, "the pledge 30wd is longer than the limit 20wd" },
		{ "  - {kind: licence, clock: decide, limit: 5wd, clause: 诺}\n"
		  "  - {kind: licence, clock: decide, limit: 4wd, clause: 诺}\n",
		  3, 5, "this pledge overlaps the one in line 2" },
		{ "  - {kind: licence, clock: decide, limit: 5wd, clause: 诺, until: 2026-01-02}\n"
		  "  - {kind: licence, clock: decide, limit: 4wd, clause: 诺, from: 2026-01-01}\n",
		  3, 5, "this pledge overlaps the one in line 2" },
		{ "  - {kind: licence, clock: decide, limit: 5wd, clause: 诺, from: 2026-01-01, "
		  "until: 2026-01-01}\n",
		  2, 5, "\"until\" must be after \"from\"" },
		{ "  - {kind: licence, clock: decide, limit: 0wd, clause: 诺}\n", 2, 43,
		  "\"limit\" must be" },
		{ "  - {kind: licence, clock: decide, limit: 5wd}\n", 2, 5,
		  "the key \"clause\" is missing in a pledge" },
		{ "  - {kind: licence, clok: decide, limit: 5wd, clause: 诺}\n", 2, 21,
		  "unknown key \"clok\" in a pledge on a clock; did you mean \"clock\"?" },
		{ "  []\n", 2, 3, "must be a list of 1 to 1000 items" },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		bad_pledges(a, rows[i].text, rows[i].line, rows[i].column, rows[i].says);
}

/* In the folder of the kind a pledge stands once; and there is a limit that it shortens. */
static void pledges_beside_the_kind(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	*sample_text(&s, "pledges.yaml") =
		HY_S("pledges: [{kind: licence, clock: decide, limit: 5wd, clause: 诺}]\n");
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_int_equal(msgs.n, 1);
	if (!hy_str_eq(msgs.v[0].text, HY_S("the clock \"decide\" has its pledge in "
					    "base/kinds/licence.yaml:73")))
		fail_msg("found " HY_FMT, HY_ARG(msgs.v[0].text));
	hy_err_clear(&e);

	hy_str *text = sample_text(&s, "kinds/licence.yaml");
	*sample_text(&s, "pledges.yaml") =
		HY_S("pledges: [{kind: licence, clock: notify, limit: 5wd, clause: 诺}]\n");
	*text = replaced(a, *text, "    rule: LIC_NOTIFY\n", "    stated: [limit]\n");
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	if (!hy_str_eq(msgs.v[0].text, HY_S("a pledge needs a rule that it shortens")))
		fail_msg("found " HY_FMT, HY_ARG(msgs.v[0].text));
	hy_err_clear(&e);

	/* Two files of one folder. */
	s = sample(a, "base");
	*sample_text(&s, "pledges/a.yaml") =
		HY_S("pledges: [{kind: licence, clock: notify, limit: 5wd, clause: 诺}]\n");
	*sample_text(&s, "pledges/b.yaml") =
		HY_S("pledges: [{kind: licence, clock: notify, limit: 4wd, clause: 诺}]\n");
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	if (hy_str_find(msgs.v[0].text, HY_S("overlaps the one in base/pledges/")) < 0)
		fail_msg("found " HY_FMT, HY_ARG(msgs.v[0].text));
	hy_err_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
		T(later_folders_promise),
		T(the_last_promise_counts),
		T(pledges),
		T(pledges_beside_the_kind),
#undef T
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
