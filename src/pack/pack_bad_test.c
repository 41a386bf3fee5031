/* Every kind of mistake in a pack, with the place and the words that name it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
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

/* FROM in FILE becomes TO; then the first message stands at LINE:COLUMN of FILE and says TEXT. */
struct slip {
	const char *file, *from, *to;
	int line, column;
	const char *text;
	const char *where; /* the file of the message when it is another */
};

static void slips(struct hy_arena *a, const struct slip *v, size_t n)
{
	size_t bad = 0;

	for (size_t i = 0; i < n; i++) {
		struct pack_source s = sample(a, "base");
		hy_str *text = sample_text(&s, v[i].file);
		*text = replaced(a, *text, v[i].from, v[i].to);
		struct pack_messages msgs;
		struct pack *p = NULL;
		struct hy_err e = { 0 };
		enum hy_code code = pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e);
		const struct pack_message *m = msgs.n ? &msgs.v[0] : NULL;
		if (code == HY_BAD_PACK && !p && m && m->error && m->line == v[i].line &&
		    m->column == v[i].column &&
		    hy_str_eq(m->file,
			      hy_printf(a, "base/%s", v[i].where ? v[i].where : v[i].file)) &&
		    hy_str_find(m->text, hy_str_of(v[i].text)) >= 0 &&
		    hy_str_find(hy_str_of(e.detail), hy_str_head(m->text, 40)) >= 0)
			continue;
		bad++;
		print_message("row %zu: expected %d:%d %s\n", i, v[i].line, v[i].column, v[i].text);
		for (size_t k = 0; k < msgs.n; k++)
			print_message("   found " HY_FMT ":%d:%d: " HY_FMT "\n",
				      HY_ARG(msgs.v[k].file), msgs.v[k].line, msgs.v[k].column,
				      HY_ARG(msgs.v[k].text));
		pack_free(&p);
	}
	assert_int_equal(bad, 0);
}
#define SLIPS(...)                                                                                 \
	do {                                                                                       \
		static const struct slip rows_[] = { __VA_ARGS__ };                                \
		slips(*state, rows_, HY_COUNT(rows_));                                             \
	} while (0)

static const char kind[] = "kinds/licence.yaml", rules[] = "rules/licence.yaml",
		  lists[] = "lists.yaml", ladders[] = "ladders.yaml",
		  tests[] = "tests/licence.yaml", hours[] = "calendar/hours.yaml",
		  notice[] = "calendar/2026.yaml", about[] = "pack.yaml";

static void shape(void **state)
{
	SLIPS({ lists, "{id: desk, ", "{id: desk, may: [matter.raed], ", 2, 22,
		"did you mean \"matter.read\"?" },
	      { lists, "{id: desk, ", "{id: desk, may: [grant.approve], ", 2, 22,
		"found \"grant.approve\"" }, /* no pack makes an administrator */
	      { lists, "{id: desk, ", "{id: desk, reach: belw, ", 2, 23,
		"did you mean \"below\"?" },
	      { lists, "{id: desk, ", "{id: desk, clearance: secret, ", 2, 27,
		"normal, protected, sealed" },
	      { lists, "{id: window, ", "{id: window, may: [], ", 6, 18,
		"unknown key \"may\" in a word of a list" },
	      { kind, "clause: 行政许可法", "claus: 行政许可法", 4, 1,
		"unknown key \"claus\" in a kind; did you mean \"clause\"?" },
	      { kind, "clause: 行政许可法", "colour: red", 4, 1,
		"unknown key \"colour\" in a kind" },
	      { kind, "most: 1", "moost: 1", 50, 5,
		"unknown key \"moost\" in a move; did you mean \"most\"?" },
	      { kind, "clause: 行政许可法", "prefix: XK", 4, 1,
		"the key \"prefix\" stands twice, first in line 2" },
	      { kind, "clause: 行政许可法", "[a]: b", 4, 1, "a key must be a word" },
	      { kind, "prefix: XK\n", "", 1, 1, "the key \"prefix\" is missing in a kind" },
	      { kind, "prefix: XK", "prefix: xk", 2, 9,
		"\"prefix\" must be 2 to 4 capital letters; found \"xk\"" },
	      { kind, "title: {zh-CN: 许可, zh-Hant: 许可, en: Licence}", "title: Licence", 3, 8,
		"\"title\" must be a mapping (a text in three languages); found \"Licence\"" },
	      { kind, ", en: Licence}", "}", 3, 8,
		"the key \"en\" is missing in a text in three languages" },
	      { kind, "en: Licence}", "en: }", 3, 37,
		"\"en\" must be a text of at most 2000 characters; found nothing" },
	      { kind, "zh-Hant: 许可", "zh-Hnat: 许可", 3, 20, "did you mean \"zh-Hant\"?" },
	      { kind, "open: true}", "open: yes}", 6, 77,
		"\"open\" must be true or false; found \"yes\"" },
	      { kind, "open: true}", "open: \"true\"}", 6, 77, "\"open\" must be true or false" },
	      { kind, "most: 1", "most: one", 50, 11,
		"\"most\" must be a whole number from 1 to 1000; found \"one\"" },
	      { kind, "most: 1", "most: 0", 50, 11, "a whole number from 1 to 1000" },
	      { kind, "holder: citizen", "holder: citzen", 69, 13,
		"\"holder\" must be one of citizen, unit; did you mean \"citizen\"?" },
	      { kind, "act: close", "act: clsoe", 53, 10, "did you mean \"close\"?" },
	      { kind, "may: [body,", "may: [boddy,", 17, 11, "did you mean \"body\"?" },
	      { kind, "who: [citizen, desk]", "who: citizen", 14, 10,
		"\"who\" must be a list of 1 to 500 items; found \"citizen\"" },
	      { kind, "who: [citizen, desk]", "who: []", 14, 10, "found a list" },
	      { kind, "who: [citizen, desk]", "who: [[desk]]", 14, 11,
		"expected an id: lower-case letters" },
	      { kind, "id: registered", "id: Registered", 6, 10, "must be an id" },
	      { kind, "from: open", "from: {a: b}", 36, 11, "\"from\" must be an id" },
	      { kind, "{move: deem_accept, back_to: file}", "{move: deem_accept}", 74, 22,
		"the key \"back_to\" is missing in a start" },
	      { rules, "limit: 45wd", "limit: 45dw", 18, 22,
		"\"limit\" must be a limit such as 20wd, 60cd, 6mo, 24h or 16wh, or null; found "
		"\"45dw\"" },
	      { rules, "limit: 45wd", "limit: 0wd", 18, 22, "must be a limit" },
	      { rules, "limit: 45wd", "limit: \"\"", 18, 22, "found nothing" },
	      { rules, "from: 2024-01-01", "from: 2026-02-30", 8, 16,
		"\"from\" must be a day such as 2026-10-01; found \"2026-02-30\"" },
	      { rules, "at: \"17:30\"", "at: \"25:00\"", 26, 18,
		"\"at\" must be a time of day such as \"17:30\"; found \"25:00\"" },
	      { rules, "id: LIC_JOINT", "id: lic_joint", 13, 9, "must be a rule's id" },
	      { rules, "rules:", "rulez:", 1, 1, "did you mean \"rules\"?" },
	      { hours, "+08:00", "08:00", 2, 7, "\"zone\" must be an offset such as \"+08:00\"" },
	      { hours, "[sat, sun]", "[sat, sunday]", 3, 16, "one of sun, mon" },
	      { hours, "\"09:00-12:00\", ", "\"12:00-09:00\", ", 4, 16,
		"expected two times of day such as \"09:00-12:00\"" },
	      { tests, "at: 2026-04-10T11:00", "at: 10.4.2026", 6, 14,
		"\"at\" must be a time such as 2026-10-01T08:00; found \"10.4.2026\"" },
	      { tests, "due: 2026-05-13", "due: soon", 9, 73, "\"due\" must be a day" },
	      { tests, "verdict: open", "verdict: opn", 9, 125,
		"one of in_time, late, open; did you mean \"open\"?" },
	      { tests, "planned: 10", "planed: 10", 7, 76,
		"unknown key \"planed\" in a test step; did you mean \"planned\"?" },
	      { tests, "title: 开店", "title: {a: b}", 5, 64,
		"\"title\" must be a value or a list of values; found a mapping" });
}

static void references(void **state)
{
	SLIPS({ kind, "rule: LIC_DECIDE\n", "rule: LIC_DECID\n", 67, 11,
		"unknown rule \"LIC_DECID\"; did you mean \"LIC_DECIDE\"?" },
	      { kind, "{joint: LIC_JOINT}", "{joint: LIC_JOIN}", 68, 23,
		"did you mean \"LIC_JOINT\"?" },
	      { kind, "{joint: LIC_JOINT}", "{jiont: LIC_JOINT}", 68, 16,
		"unknown class \"jiont\"; did you mean \"joint\"?" },
	      { kind, "to: registered", "to: registred", 15, 9,
		"unknown state \"registred\"; did you mean \"registered\"?" },
	      { kind, "from: registered", "from: regstered", 23, 11,
		"unknown state \"regstered\"" },
	      { kind, "stops: [decide]", "stops: [decid]", 75, 13,
		"unknown move \"decid\"; did you mean \"decide\"?" },
	      { kind, "back_to: file", "back_to: fil", 74, 51, "unknown move \"fil\"" },
	      { kind, "auto: notify", "auto: notfy", 25, 11,
		"unknown clock \"notfy\"; did you mean \"notify\"?" },
	      { kind, "of: file", "of: fille", 32, 31, "unknown move \"fille\"" },
	      { kind, "ladder: standard", "ladder: standrad", 71, 13,
		"unknown ladder \"standrad\"; did you mean \"standard\"?" },
	      { kind, "who: [citizen, desk]", "who: [citizen, dsk]", 14, 20,
		"unknown role \"dsk\"; did you mean \"desk\"?" },
	      { kind, "who: [citizen, desk]", "who: [citizen, minister]", 14, 20,
		"unknown role \"minister\"; known: citizen, desk, organ_head" },
	      { rules, "approver: organ_head", "approver: organhead", 11, 40,
		"unknown role \"organhead\"; did you mean \"organ_head\"?" },
	      { rules, "grounds: [hearing]", "grounds: [hering]", 12, 23,
		"unknown ground for pausing \"hering\"; did you mean \"hearing\"?" },
	      { rules, "channels: [window]", "channels: [windo]", 26, 51,
		"unknown channel \"windo\"" },
	      { ladders, "tell: [desk]", "tell: [dest]", 4, 43, "unknown role \"dest\"" },
	      { tests, "kind: licence", "kind: license", 3, 11,
		"unknown kind \"license\"; did you mean \"licence\"?" },
	      { tests, "move: accept", "move: acept", 6, 38,
		"unknown move \"acept\"; did you mean \"accept\"?" },
	      { tests, "by: citizen", "by: citzen", 5, 48, "unknown role \"citzen\"" },
	      { tests, "state: accepted", "state: acepted", 9, 25, "did you mean \"accepted\"?" },
	      { tests, "{decide: {due", "{decid: {due", 9, 59,
		"unknown clock \"decid\"; did you mean \"decide\"?" },
	      { tests, "refused: bad_field", "refused: bad_feld", 7, 114,
		"unknown error code \"bad_feld\"; did you mean \"bad_field\"?" });
}

static void moves_and_states(void **state)
{
	SLIPS({ kind, "id: accepted,", "id: registered,", 7, 10,
		"the state \"registered\" stands twice" },
	      { kind, "id: dispatch\n", "id: decline\n", 33, 9,
		"the move \"decline\" stands twice" },
	      { kind,
		"  - id: decide\n    title: {zh-CN: 决定, zh-Hant: 决定, en: Decide}\n    rule",
		"  - id: notify\n    title: {zh-CN: 决定, zh-Hant: 决定, en: Decide}\n    rule", 65,
		9, "the clock \"notify\" stands twice" },
	      { kind, "{id: paused,", "{id: open,", 8, 10, "\"open\" stands for several states" },
	      { kind, "    act: accept\n", "", 19, 9,
		"the move \"deem_accept\" needs an \"act\", as its id is none" },
	      { kind, "  - id: file\n", "  - id: file\n    act: step\n", 12, 5,
		"the first move must be the filing move (act: file)" },
	      { kind, "act: close", "act: file", 51, 5,
		"only the first move may have the act \"file\"" },
	      { kind, "    to: registered\n", "    from: open\n    to: registered\n", 15, 11,
		"the filing move has no \"from\"" },
	      { kind, "    to: registered\n", "", 12, 5, "the filing move needs \"to\"" },
	      { kind, "    from: open\n", "", 33, 5, "the key \"from\" is missing in a move" },
	      { kind, "may: [body, channel", "may: [body, title", 17, 17,
		"the field \"title\" stands twice" },
	      { kind, "needs: [title]", "needs: [name]", 12, 5,
		"the move \"file\" (act: file) needs the field \"title\" in \"needs\"" },
	      { kind, "needs: [ground, reason, basis, approver, remedy]",
		"needs: [ground, reason, approver, remedy]\n    may: [basis]", 26, 5,
		"the move \"decline\" (act: decline) needs the field \"basis\" in \"needs\"" },
	      { kind, "needs: [ground, paper, planned, approver]",
		"needs: [ground, planned, approver]", 38, 5, "needs the field \"paper\"" },
	      { kind, "needs: [limit, reason, approver]", "needs: [limit, reason]", 45, 5,
		"needs the field \"approver\"" },
	      { kind, "needs: [unit]", "may: [unit]", 33, 5, "needs the field \"unit\"" },
	      { kind, "    needs: [ground]\n", "", 51, 5, "needs the field \"ground\"" },
	      { kind, "who: [system]", "who: [desk]", 19, 5, "who must be [system]" },
	      { kind, "who: [system]", "who: [system, desk]", 19, 5, "who must be [system]" },
	      { kind, "    to: paused\n", "", 8, 5, "no move leads to the state \"paused\"" },
	      { kind, "from: [paused], to: accepted}", "from: [paused]}", 8, 5,
		"no move leaves the open state \"paused\"" },
	      { kind, "    from: [accepted]\n    to: decided",
		"    from: [decided]\n    to: decided", 7, 5,
		"no row of moves leads from \"accepted\" to a closed state" },
	      { kind, "clause: 行政许可法", "returns_to: registered", 4, 13,
		"\"returns_to\" needs a move with the act \"return\"" },
	      { kind, "clause: 行政许可法", "returns_to: registred", 4, 13,
		"unknown state \"registred\"" });
}

static void clocks(void **state)
{
	SLIPS({ kind, "    main: true\n", "", 59, 3, "one clock needs main: true" },
	      { kind, "    rule: LIC_NOTIFY\n", "    rule: LIC_NOTIFY\n    main: true\n", 71, 11,
		"a second main clock: the first is in line 62" },
	      { kind, "    pauses: [pause]\n", "    pauses: [pause]\n    restarts: [dispatch]\n",
		77, 15, "the citizen's clock \"decide\" must not restart by \"dispatch\"" },
	      { kind, "    pauses: [pause]\n", "    pauses: [dispatch]\n", 76, 13,
		"the citizen's clock \"decide\" must not pause by \"dispatch\"" },
	      { kind, "    resumes: [resume]\n", "    resumes: [dispatch]\n", 77, 14,
		"must not resume by \"dispatch\"" },
	      { kind,
		"    starts: [accept, {move: deem_accept, back_to: file}]\n    stops: [decide]\n",
		"    starts: [accept, dispatch]\n    stops: [decide, dispatch]\n", 74, 13,
		"must not stop and start by \"dispatch\"" },
	      { kind, "starts: [file]", "starts: []", 63, 13, "must be a list of 1 to 64 items" },
	      { kind, "    rule: LIC_NOTIFY\n", "", 59, 5,
		"the clock \"notify\" needs a \"rule\" or \"stated\"" },
	      { kind, "class, unit, limit]", "class, unit]", 72, 13,
		"the filing move must carry the field \"limit\"" },
	      { kind, "stated: [limit]", "stated: [due]", 72, 13,
		"the filing move must carry the field \"due\"" },
	      { kind, "pledged: {limit: 10wd", "pledged: {limit: 21wd", 73, 22,
		"the pledge 21wd is longer than the limit 20wd of the rule LIC_DECIDE" },
	      { kind, "pledged: {limit: 10wd", "pledged: {limit: 10cd", 73, 22,
		"the pledge 10cd must have the same unit as the limit 20wd" },
	      { kind, "pauses: [pause]", "pauses: [extend]", 76, 14,
		"\"pauses\" takes moves with the act \"pause\" or \"notice\" only" },
	      { kind, "    pauses: [pause]\n    resumes: [resume]\n    extends: [extend]\n",
		"    pauses: [tell]\n    resumes: [resume]\n    extends: [extend]\n", 76, 14,
		"unknown move \"tell\"" },
	      { kind, "extends: [extend]", "extends: [accept]", 78, 15,
		"\"extends\" takes moves with the act \"extend\" only" },
	      { rules, "    pause: {grounds: [hearing], clause: 第四十五条}\n", "", 76, 13,
		"the clock \"decide\" has \"pauses\", but its rule allows none", kind },
	      { rules, "    extension: {limit: 10wd, approver: organ_head, clause: 第四十二条}\n",
		"", 78, 14, "has \"extends\", but its rule allows none", kind },
	      { rules, "    roll: true\n", "    keep_time: true\n    office_end: true\n", 26, 17,
		"\"keep_time\" and \"office_end\" exclude each other" });
}

/* A notice may stop the clock, when it can say on what ground. */
static void a_notice_that_pauses(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };
	hy_str *text = sample_text(&s, kind);

	*text = replaced(a, *text, "  - id: pause\n", "  - id: pause\n    act: notice\n");
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_OK);
	pack_free(&p);
	*text = replaced(a, *text, "needs: [ground, paper, planned, approver]", "needs: [paper]");
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_int_equal(msgs.v[0].line, 77);
	assert_int_equal(msgs.v[0].column, 14);
	assert_true(
		hy_str_eq(msgs.v[0].text, HY_S("the move \"pause\" stops the citizen's clock: it "
					       "needs the field \"ground\"")));
}

static void rules_and_ladders(void **state)
{
	SLIPS({ rules, "until: 2020-01-01", "until: 2020-01-02", 10, 9,
		"this value overlaps the one in line 9" },
	      { rules, "from: 2020-01-01", "from: 2024-01-01", 10, 9,
		"overlaps the one in line 8" },
	      { rules, "until: 2020-01-01", "until: 2004-07-01", 9, 9,
		"\"until\" must be after \"from\"" },
	      { rules, "extension: {limit: 10wd", "extension: {limit: 1mo", 11, 24,
		"1mo and 20wd have different units" },
	      { rules, "at: \"17:30\"", "at: \"00:00\"", 26, 13, "\"at\" must be after 00:00" },
	      { rules, "  - id: LIC_JOINT", "  - id: LIC_DECIDE", 13, 9,
		"the rule \"LIC_DECIDE\" stands twice, first in base/rules/licence.yaml:2" },
	      { ladders, "before: 1wd, ", "", 5, 9,
		"a step needs one of at_start: true, percent, before, overdue: true, after" },
	      { ladders, "before: 1wd, ", "before: 1wd, at_start: true, ", 5, 9,
		"a step at the start has no percent, before, overdue or after" },
	      { ladders, "light: blue", "light: green", 4, 17, "one of blue, yellow, orange, red" },
	      { ladders, "percent: 70", "percent: 170", 4, 32, "a whole number from 1 to 100" },
	      { lists, "id: citizen", "id: desk", 3, 10, "the word \"desk\" stands twice" },
	      { lists, ", outcome: solved", "", 12, 5, "the key \"outcome\" is missing" });
}

static void calendar(void **state)
{
	SLIPS({ notice, "notice: 2026", "notice: 2025", 1, 9,
		"the file is called \"2026\", in it stands \"2025\"" },
	      { notice, "day: 2026-01-04", "day: 2026-01-01", 7, 5,
		"the day 2026-01-01 stands twice, first in line 6" },
	      { notice, "day: 2026-01-04", "day: 2036-01-04", 7, 5,
		"a day of 2036 in the notice for 2026" },
	      { notice, "day: 2026-01-04", "day: 2026-1-4", 7, 11, "must be a day" },
	      { notice, "covers: [2026]", "covers: []", 4, 9, "must be a list of 1 to 200 items" },
	      { notice, "notice: 2026", "notice: 1800", 1, 9, "a whole number from 1990 to 2099" },
	      { hours, "\"13:00-17:00\"", "\"11:00-17:00\"", 4, 31,
		"office hours must be in order and not overlap" },
	      { hours, "weekend:",
		"summer: [{from: 2011-03-13T07:00:00Z, until: 2011-03-12T06:00:00Z, offset: "
		"\"+09:00\"}]\nweekend:",
		3, 10, "summer time must end after it began" },
	      { about, "jurisdiction: CN", "jurisdiction: CN\nregion: cn-xg", 4, 9,
		"unknown region \"cn-xg\"; did you mean \"cn-gx\"?" },
	      { about, "pack: base", "pack: bass", 1, 7,
		"the folder is kept as \"base\", in it stands \"bass\"" });
}

static void pack_tests(void **state)
{
	SLIPS({ tests, "move: file, ", "move: accept, ", 5, 9,
		"the first step must be the filing move \"file\"" },
	      { tests, ", move: accept}", "}", 6, 9, "a step needs \"move\" or \"expect\"" },
	      { tests, "at: 2026-04-20T09:00", "at: 2026-04-01T09:00", 7, 14,
		"steps must be in order of time" },
	      { tests, "planned: 10, approver: desk, refused: bad_field",
		"planned: ten, approver: desk", 7, 85, "\"planned\" must be a whole number" },
	      { tests, "title: 开店", "title: [a, b]", 5, 64, "\"title\" must be one value" },
	      { tests, "        expect:", "        ground: hearing\n        expect:", 8, 9,
		"\"ground\" belongs to a move, and this step has none" },
	      { tests, "        expect:", "        refused: forbidden\n        expect:", 8, 9,
		"\"refused\" belongs to a move" });
}

static void syntax(void **state)
{
	SLIPS({ about, "pack: base\n", "pack: &x base\n", 1, 7, "anchors (&name) are not used" },
	      { about, "pack: base\n", "pack: *x\n", 1, 7, "aliases (*name) are not used" },
	      { about, "pack: base\n", "pack: !!str base\n", 1, 7, "tags (!name) are not used" },
	      { about, "pack: base\n", "pack: base\n\tversion: 1\n", 2, 1,
		"cannot be read as YAML" },
	      { about, "pack: base\n", "pack: [base\n", 2, 8, "cannot be read as YAML" },
	      { about, "jurisdiction: CN", "jurisdiction: C\xff", 3, 16,
		"is not UTF-8 here (byte 0xff)" },
	      { about, "jurisdiction: CN", "jurisdiction: 中\x01", 3, 16,
		"control characters are not allowed" },
	      { about, "jurisdiction: CN", "---\njurisdiction: CN", 3, 1,
		"a second document (---) in one file" },
	      { about, "pack: base\n", "pack: base\n<<: {a: b}\n", 2, 1, "unknown key \"<<\"" });
}

/* One file replaced as a whole; the first message. */
static void whole(struct hy_arena *a, const char *path, hy_str text, const char *place,
		  const char *says)
{
	struct pack_source s = sample(a, "base");
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	*sample_text(&s, path) = text;
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_null(p);
	hy_str found = hy_printf(a, HY_FMT ":%d:%d: " HY_FMT, HY_ARG(msgs.v[0].file),
				 msgs.v[0].line, msgs.v[0].column, HY_ARG(msgs.v[0].text));
	if (!hy_str_starts(found, hy_str_of(place)) || hy_str_find(found, hy_str_of(says)) < 0)
		fail_msg("found " HY_FMT ", expected %s: %s", HY_ARG(found), place, says);
}

static void whole_files(void **state)
{
	struct hy_arena *a = *state;
	struct hy_buf deep = hy_buf_on(a), wide = hy_buf_on(a), long_ = hy_buf_on(a);

	whole(a, about, HY_S(""), "base/pack.yaml:1:1", "the file is empty");
	whole(a, about, HY_S("# nothing\n---\n...\n"), "base/pack.yaml:", "expected a mapping");
	whole(a, about, HY_S("- a\n"), "base/pack.yaml:1:1",
	      "expected a mapping (pack.yaml); found a list");
	whole(a, about, HY_S("base"), "base/pack.yaml:1:1", "expected a mapping");
	whole(a, about, HY_S("pack: a\0b"), "base/pack.yaml:1:8", "is not UTF-8");
	whole(a, about, HY_S("\xff\xfe"), "base/pack.yaml:1:1", "is not UTF-8");
	whole(a, "readme.yaml", HY_S("a: b"), "base/readme.yaml:1:1", "a pack has no such file");
	whole(a, "kinds/a.b.yaml", HY_S("a: b"), "base/kinds/a.b.yaml:1:1",
	      "a pack has no such file");
	whole(a, "kinds/../../x.yaml", HY_S("a: b"), "base/kinds/../../x.yaml:1:1",
	      "a pack has no such file");
	whole(a, "kinds/a\nb.yaml", HY_S("a: b"), "base/kinds/a\nb.yaml:1:1", "a path has letters");
	for (int i = 0; i < 100000; i++)
		hy_buf_byte(&deep, '[');
	whole(a, about, hy_buf_str(&deep), "base/pack.yaml:1:33",
	      "nested too deeply: at most 32 levels");
	/* The alias bomb is refused at its first anchor. */
	whole(a, about,
	      HY_S("a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\npack: *c\n"),
	      "base/pack.yaml:1:4", "anchors (&name) are not used");
	hy_buf_add(&wide, HY_S("rules: ["));
	for (int i = 0; i < 520000; i++)
		hy_buf_add(&wide, HY_S("1,"));
	hy_buf_add(&wide, HY_S("]"));
	whole(a, rules, hy_buf_str(&wide), "base/rules/licence.yaml:1:", "too many values");
	while (long_.n <= 1 << 20)
		hy_buf_add(&long_, HY_S("# a long remark\n"));
	whole(a, rules, hy_buf_str(&long_), "base/rules/licence.yaml:1:1",
	      "the file has 1048592 bytes, at most 1048576 are read");
}

static void a_key_twice_in_a_large_mapping(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };
	struct hy_buf b = hy_buf_on(a);
	size_t twice = 0;

	hy_buf_add(&b, *sample_text(&s, about));
	for (int i = 0; i < 40; i++)
		hy_buf_fmt(&b, "k%d: 1\n", i == 39 ? 7 : i);
	*sample_text(&s, about) = hy_buf_str(&b);
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	for (size_t i = 0; i < msgs.n; i++)
		twice += msgs.v[i].line == 44 &&
			 hy_str_eq(msgs.v[i].text,
				   HY_S("the key \"k7\" stands twice, first in line 12"));
	assert_int_equal(twice, 1);
	assert_int_equal(msgs.n, 41);
}

static void a_bom_is_fine(void **state)
{
	struct pack_source s = sample(*state, "base");
	hy_str *text = sample_text(&s, about);
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	*text = hy_printf(*state, "\xef\xbb\xbf" HY_FMT, HY_ARG(*text));
	assert_int_equal(pack_build(*state, &s, 1, NULL, 0, &msgs, &p, &e), HY_OK);
	pack_free(&p);
}

static void folders(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s[2] = { sample(a, "base"), sample(a, "base") };
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	assert_int_equal(pack_build(a, s, 2, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_true(hy_str_find(msgs.v[0].text, HY_S("two folders are called \"base\"")) >= 0);
	hy_err_clear(&e);
	assert_int_equal(pack_build(a, s, 0, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	hy_err_clear(&e);
	s[0].name = HY_S("no name");
	assert_int_equal(pack_build(a, s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_true(hy_str_find(msgs.v[0].text, HY_S("expected an id")) >= 0);
	/* No pack.yaml; then no calendar at all. */
	hy_err_clear(&e);
	s[0] = (struct pack_source){ HY_S("city"), NULL, 0 };
	assert_int_equal(pack_build(a, s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_true(hy_str_find(msgs.v[0].text, HY_S("has no pack.yaml")) >= 0);
	hy_err_clear(&e);
	s[0] = sample(a, "base");
	s[0].files[1] = s[0].files[--s[0].n_files];
	assert_int_equal(pack_build(a, s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_true(hy_str_find(msgs.v[0].text, HY_S("no folder has calendar/hours.yaml")) >= 0);
	/* The same file twice. */
	hy_err_clear(&e);
	s[0] = sample(a, "base");
	s[0].files[s[0].n_files++] = s[0].files[0];
	assert_int_equal(pack_build(a, s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_true(hy_str_find(msgs.v[0].text, HY_S("the folder has this file twice")) >= 0);
}

static void prefixes_are_unique(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	*sample_text(&s, "kinds/permit.yaml") =
		replaced(a, *sample_text(&s, kind), "kind: licence", "kind: permit");
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_int_equal(msgs.n, 1);
	assert_true(hy_str_eq(msgs.v[0].file, HY_S("base/kinds/permit.yaml")));
	assert_int_equal(msgs.v[0].line, 2);
	assert_int_equal(msgs.v[0].column, 9);
	assert_true(hy_str_eq(msgs.v[0].text,
			      HY_S("the prefix \"XK\" is already that of the kind \"licence\"")));
}

static void notices_disagree(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct pack_file f = {
		HY_S("2025.json"),
		HY_S("{\"year\": 2025, \"papers\": [\"p\"], \"days\": [\n"
		     "{\"name\": \"元旦\", \"date\": \"2026-01-01\", \"isOffDay\": false}]}")
	};
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	assert_int_equal(pack_build(a, &s, 1, &f, 1, &msgs, &p, &e), HY_BAD_PACK);
	assert_true(hy_str_eq(msgs.v[0].file, HY_S("2025.json")));
	assert_int_equal(msgs.v[0].line, 2);
	assert_true(hy_str_eq(
		msgs.v[0].text,
		HY_S("the day 2026-01-01 is worked here and free in the notice gov.cn 1")));
}

static void bad_notices(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		/* A year whose notice is not issued has such a file: it must not become final. */
		{ "{\"year\": 2027, \"papers\": [], \"days\": []}",
		  "\"papers\" must be a list of 1 to 100 items" },
		{ "{\"year\": 2027, \"papers\": [\"p\"], \"days\": []}",
		  "\"days\" must be a list of 1 to 400 items" },
		{ "{\"year\": \"2027\", \"papers\": [\"p\"], \"days\": []}",
		  "\"year\" must be a whole" },
		{ "{\"year\": 2027, \"papers\": [\"p\"], \"days\": [{\"name\": \"a\", \"date\": "
		  "\"2027-02-29\", \"isOffDay\": true}]}",
		  "\"date\" must be a day" },
		{ "{\"year\": 2027, \"paper\": [\"p\"], \"days\": []}",
		  "did you mean \"papers\"?" },
		{ "{\"year\": 2027, \"papers\": [\"p\"]", "cannot be read as YAML" },
		{ "", "the file is empty" },
		{ "[]", "expected a mapping (a notice)" },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct pack_file f = { HY_S("2027.json"), hy_str_of(rows[i].text) };
		struct pack_messages msgs;
		struct hy_err e = { 0 };
		int year = -1;
		assert_int_equal(pack_notice_read(*state, &f, &year, &msgs, &e), HY_BAD_PACK);
		assert_int_equal(year, -1);
		bool said = false;
		for (size_t k = 0; k < msgs.n; k++)
			said |= hy_str_find(msgs.v[k].text, hy_str_of(rows[i].says)) >= 0;
		if (!said)
			fail_msg("row %zu: found " HY_FMT, i, HY_ARG(msgs.v[0].text));
	}
}

static void messages_are_sorted_and_cut(void **state)
{
	struct hy_arena *a = *state;
	struct pack_source s = sample(a, "base");
	struct hy_buf b = hy_buf_on(a);
	struct pack_messages msgs;
	struct pack *p = NULL;
	struct hy_err e = { 0 };

	hy_buf_add(&b, HY_S("rules:\n"));
	for (int i = 0; i < 300; i++)
		hy_buf_fmt(&b, "  - {idd: X%d}\n", i);
	*sample_text(&s, rules) = hy_buf_str(&b);
	assert_int_equal(pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e), HY_BAD_PACK);
	assert_int_equal(msgs.n, 201);
	for (size_t i = 1; i < msgs.n; i++)
		assert_true(msgs.v[i - 1].line <= msgs.v[i].line);
	/* One unknown key and five missing ones each: "idd" stands for the missing "id". */
	assert_int_equal(msgs.errors, 300 * 6);
	assert_true(hy_str_eq(msgs.v[200].text, HY_S("and 1600 more messages")));
	assert_true(hy_str_starts(hy_str_of(e.detail), HY_S("1800 errors; the first: base/rules")));
}

/* --- damage at random -------------------------------------------------------------------- */

static uint64_t seed = 20261123;

static uint32_t roll(uint32_t below)
{
	seed ^= seed << 13; /* xorshift64: the same on every machine */
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % below;
}

static hy_str damaged(struct hy_arena *a, hy_str text)
{
	static const char *const bits[] = {
		"[",	 "]",	 "{",  "}",    ":",    ",",	     "- ",
		"\n",	 "\t",	 "  ", "\"",   "&a ",  "*a",	     "!!x ",
		"---\n", "null", "~",  "\xe5", "\xff", "2026-02-30", "999999999999999999999",
		"-1",	 "id",	 "#"
	};
	hy_str bit = hy_str_of(bits[roll(HY_COUNT(bits))]);
	size_t at = roll((uint32_t)text.n), cut = roll(3) ? 0 : roll(20), to = at + cut;

	if (to > text.n)
		to = text.n;
	if (roll(4) == 0) { /* one piece moves elsewhere */
		size_t from = roll((uint32_t)text.n), n = roll(60);
		bit = (hy_str){ text.p + from, from + n > text.n ? text.n - from : n };
	}
	return hy_printf(a, HY_FMT HY_FMT HY_FMT, (int)at, text.p, HY_ARG(bit), (int)(text.n - to),
			 text.p + to);
}

static void survives_random_damage(void **state)
{
	(void)state;
	size_t accepted = 0;

	for (int round = 0; round < 5000; round++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct pack_source s = sample(a, "base");
		struct pack_file *f = &s.files[roll((uint32_t)s.n_files)];
		for (uint32_t i = 0, n = 1 + roll(3); i < n; i++)
			f->text = damaged(a, f->text);
		struct pack_messages msgs;
		struct pack *p = NULL;
		struct hy_err e = { 0 };
		enum hy_code code = pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e);
		assert_true(code == HY_OK || code == HY_BAD_PACK);
		assert_true((code == HY_OK) == (msgs.errors == 0) &&
			    (code == HY_OK) == (p != NULL));
		accepted += code == HY_OK;
		pack_free(&p);
	}
	assert_true(accepted > 0 && accepted < 2500);
}

/* Any key of any file, misspelt in place, is refused as unknown (or missed). */
static void never_accepts_an_unknown_key(void **state)
{
	struct hy_arena *a = *state;
	size_t tried = 0;

	for (size_t f = 0; f < SAMPLE_FILES; f++) {
		hy_str text = sample_files[f].text;
		for (size_t i = 1; i < text.n; i++) {
			if (text.p[i] != ':' || i + 1 == text.n ||
			    (text.p[i + 1] != ' ' && text.p[i + 1] != '\n'))
				continue;
			struct pack_source s = sample(a, "base");
			s.files[f].text = hy_printf(a, HY_FMT "q" HY_FMT, (int)i, text.p,
						    (int)(text.n - i), text.p + i);
			struct pack_messages msgs;
			struct pack *p = NULL;
			struct hy_err e = { 0 };
			if (pack_build(a, &s, 1, NULL, 0, &msgs, &p, &e) != HY_BAD_PACK)
				fail_msg(HY_FMT ": the key before byte %zu was accepted misspelt",
					 HY_ARG(sample_files[f].path), i);
			tried++;
		}
	}
	assert_true(tried > 300);
}

int main(void)
{
	const struct CMUnitTest all[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
		T(shape),
		T(references),
		T(moves_and_states),
		T(clocks),
		T(a_notice_that_pauses),
		T(rules_and_ladders),
		T(calendar),
		T(pack_tests),
		T(syntax),
		T(whole_files),
		T(a_key_twice_in_a_large_mapping),
		T(a_bom_is_fine),
		T(folders),
		T(prefixes_are_unique),
		T(notices_disagree),
		T(bad_notices),
		T(messages_are_sorted_and_cut),
		T(survives_random_damage),
		T(never_accepts_an_unknown_key),
#undef T
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
