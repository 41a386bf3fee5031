/* Maps: what they say, what is wrong with them and where, what they make of a row. */
#include "intake/map.h"

#include "intake/plan.h"
#include "pack/pack.h"
#include "record/testing.h"

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

static const char head[] = "map: t\nkind: request\nkey: id\nzone: \"+08:00\"\n";
static const char file_part[] = "file: {at: at, by: resident, fields: {title: title}}\n";

static struct intake_map *map_of(struct hy_arena *a, const char *text)
{
	struct pack_messages msgs = { 0 };
	struct intake_map *m = NULL;

	assert_ok(intake_map_read(a, HY_S("t.yaml"), hy_str_of(text), &msgs, &m, e));
	return m;
}

static struct pack *boston(struct hy_arena *a)
{
	struct pack_source s = { 0 };
	struct pack_messages msgs = { 0 };
	struct pack *p = NULL;

	assert_ok(pack_source_read(a, HY_SOURCE_ROOT "/tests/packs/boston-311", &s, e));
	assert_ok(pack_build(a, &s, 1, NULL, 0, &msgs, &p, e));
	return p;
}

static void mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *rest, *words;
	} cases[] = {
		{ "fil: {}\n", "t.yaml:5:1: unknown key \"fil\" in a map; did you mean \"file\"?" },
		{ "file: {at: at, by: resident, feilds: {title: t}}\n",
		  "did you mean \"fields\"?" },
		{ "file: {at: at, by: resident, fields: {titel: t}}\n",
		  "t.yaml:5:39: there is no field \"titel\"; did you mean \"title\"?" },
		{ "file: {by: resident}\n", "the key \"at\" is missing in the filing" },
		{ "file: {at: at, by: resident, fields: {title: {values: {a: b}}}}\n",
		  "needs either `column` or `unit: found`" },
		{ "file: {at: at, by: resident, fields: {title: {unit: found}}}\n",
		  "`unit: found`" },
		{ "file: {at: at, by: resident, by_unit: true}\n", "needs the part `unit:`" },
		{ "file: {at: at, by: resident, fields: {title: t}, set: {title: x}}\n",
		  "stands in `fields` already" },
		{ "unit: {column: u, find: ['(']}\nfile: {at: at, by: resident}\n",
		  "t.yaml:5:26: is no pattern: missing closing parenthesis" },
		{ "file: {at: at, by: resident}\ncheck: [{name: x, clock: city}]\n",
		  "one of them is needed" },
		{ "file: {at: at, by: resident}\ncheck: [{name: x, clock: city, verdict: v}]\n",
		  "go together" },
		{ "encoding: latin1\nfile: {at: at, by: resident}\n", "auto, utf-8, gb18030" },
		{ "file: {at: at, by: resident}\nmoves: [{move: close, at: x, by: d, when: {is: "
		  "[a]}}]\n",
		  "needs the `column`" },
		{ "file: [", "cannot be read as YAML" },
	};
	struct hy_arena *a = *state;

	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct pack_messages msgs = { 0 };
		struct intake_map *m = NULL;
		struct hy_err why = { 0 };
		hy_str text = hy_printf(a, "%s%s", head, cases[i].rest);
		assert_int_equal(intake_map_read(a, HY_S("t.yaml"), text, &msgs, &m, &why),
				 HY_BAD_INPUT);
		bool said = false;
		for (size_t k = 0; k < msgs.n; k++) {
			hy_str line =
				hy_printf(a, HY_FMT ":%d:%d: " HY_FMT, HY_ARG(msgs.v[k].file),
					  msgs.v[k].line, msgs.v[k].column, HY_ARG(msgs.v[k].text));
			said |= hy_str_find(line, hy_str_of(cases[i].words)) >= 0;
		}
		if (!said)
			fail_msg("case %zu: %s", i, hy_err_text(&why));
		assert_null(m);
	}
}

static void what_the_institution_does_not_know(void **state)
{
	static const struct {
		const char *rest, *words;
	} cases[] = {
		{ "file: {at: at, by: residnt, fields: {title: t}}\n",
		  "\"residnt\" may not make the move \"file\"; did you mean \"resident\"?" },
		{ "file: {at: at, by: resident}\n", "needs the field \"title\"" },
		{ "file: {at: at, by: resident, fields: {title: t, text: x}}\n",
		  "takes no field \"text\"" },
		{ "file: {at: at, by: resident, fields: {title: t}, set: {class: pothol}}\n",
		  "did you mean \"pothole\"?" },
		{ "file: {at: at, by: resident, fields: {title: t, class: {column: c, values: {x: "
		  "y}}}}\n",
		  "no word \"y\"" },
		{ "file: {at: at, by: resident, fields: {title: t}}\n"
		  "moves: [{move: clos, at: c, by: department}]\n",
		  "no later move \"clos\"; did you mean \"close\"?" },
		{ "file: {at: at, by: resident, fields: {title: t}}\n"
		  "check: [{name: n, clock: town, due: d}]\n",
		  "no clock \"town\"" },
	};
	struct hy_arena *a = *state;
	struct pack *p = boston(a);

	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct pack_messages msgs = { 0 };
		struct hy_err why = { 0 };
		struct intake_map *m = map_of(a, hy_printf(a, "%s%s", head, cases[i].rest).p);
		assert_int_equal(intake_map_bind(a, m, p, &msgs, &why), HY_BAD_INPUT);
		assert_says(&why, HY_BAD_INPUT, cases[i].words);
	}
	pack_free(&p);
}

static void the_examples_fit_their_packs(void **state)
{
	static const struct {
		const char *map, *pack;
	} pairs[] = {
		{ "/examples/letters.map.yaml", "/packs/base" },
		{ "/examples/boston311.map.yaml", "/tests/packs/boston-311" },
	};
	struct hy_arena *a = *state;

	for (size_t i = 0; i < HY_COUNT(pairs); i++) {
		struct pack_source s = { 0 };
		struct pack_messages msgs = { 0 };
		struct pack *p = NULL;
		hy_str text = HY_S("");
		assert_ok(hy_file_read(a, hy_printf(a, HY_SOURCE_ROOT "%s", pairs[i].map).p,
				       1 << 20, &text, e));
		struct intake_map *m = map_of(a, text.p);
		assert_ok(pack_source_read(a, hy_printf(a, HY_SOURCE_ROOT "%s", pairs[i].pack).p,
					   &s, e));
		assert_ok(pack_build(a, &s, 1, NULL, 0, &msgs, &p, e));
		assert_ok(intake_map_bind(a, m, p, &msgs, e));
		pack_free(&p);
	}
}

static void times_in_several_ways(void **state)
{
	struct hy_arena *a = *state;
	struct intake_map *m = map_of(a, hy_printf(a,
						   "%stimes: [iso, \"%%Y/%%m/%%d %%H:%%M\", "
						   "\"%%d.%%m.%%Y %%H:%%M:%%S %%z\"]\n%s",
						   head, file_part)
						 .p);
	static const struct {
		const char *text;
		hy_ms at; /* -1: refused */
	} cases[] = {
		{ "2019-04-25T09:32:09", 1556155929000 },
		{ "2019-04-25 09:32:09", 1556155929000 },
		{ "2019-04-25T01:32:09Z", 1556155929000 },
		{ "2019/4/25 9:32", 1556155920000 },
		{ "25.04.2019 03:32:09 +0200", 1556155929000 },
		{ "2019/2/29 9:32", -1 },
		{ "2020/2/29 9:32", 1582939920000 },
		{ "2019/4/25 24:00", -1 },
		{ "2019/4/25 9:32 ", -1 },
		{ "2019/4/31 9:32", -1 },
		{ "", -1 },
		{ "yesterday", -1 },
		{ "1111111111111111111111111111111111111111111111111111111111111111111111", -1 },
	};

	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		hy_ms at = 0;
		bool ok = intake_time_read(m, hy_str_of(cases[i].text), &at);
		if (ok != (cases[i].at != -1) || (ok && at != cases[i].at))
			fail_msg("%s: %d, %lld", cases[i].text, ok, (long long)at);
	}
}

/* --- a row through the map ------------------------------------------------------------------ */

static struct intake_plan planned(struct hy_arena *a, const char *text, size_t n,
				  const char *const *names, const char *const *cells)
{
	struct intake_map *m = map_of(a, text);
	struct pack *p = boston(a);
	struct pack_messages msgs = { 0 };
	struct intake_plan plan;
	hy_str *header = hy_new_n(a, hy_str, n);
	struct intake_row row = { .line = 2, .cells = hy_new_n(a, hy_str, n), .n = n };

	for (size_t i = 0; i < n; i++) {
		header[i] = hy_str_of(names[i]);
		row.cells[i] = hy_str_of(cells[i]);
	}
	assert_ok(intake_map_bind(a, m, p, &msgs, e));
	assert_ok(intake_map_columns(a, m, header, n, e));
	assert_ok(intake_plan_make(a, m, &row, n, INT64_MAX - 1, &plan, e));
	pack_free(&p);
	return plan;
}

static void fields_are_made_of_columns(void **state)
{
	struct hy_arena *a = *state;
	static const char *const names[] = { "x", "at", "t1", "t2", "type", "st", "end" };
	static const char *const cells[] = { "7",	"2011-07-01", "",	   "second",
					     "Sticker", "shut",	      "2011-07-02" };
	static const char rest[] =
		"file:\n  at: at\n  by: resident\n"
		"  fields:\n"
		"    title: {column: [t1, t2]}\n"
		"    class: {column: type, values: {Sticker: sticker}, otherwise: other}\n"
		"    due: end\n"
		"    place: t1\n"
		"  set: {channel: app}\n"
		"moves:\n"
		"  - {move: close, at: end, by: department, when: {column: st, is: [shut, done]},"
		" set: {ground: closed}}\n";
	struct intake_plan plan =
		planned(a, hy_printf(a, "map: t\nkind: request\nkey: [x, t2]\n%s", rest).p, 7,
			names, cells);

	assert_true(hy_str_eq(plan.key, HY_S("t:7:second")));
	assert_int_equal(plan.n_moves, 2);
	assert_true(
		hy_str_eq(hy_json_canonical(a, plan.moves[0].data),
			  HY_S("{\"channel\":\"app\",\"class\":\"sticker\",\"due\":1309579200000,"
			       "\"title\":\"second\"}")));
	/* the calendar's zone, with its summer time */
	assert_int_equal(plan.moves[0].at, 1309492800000);
	assert_true(hy_str_eq(plan.moves[1].move, HY_S("close")));
}

static void long_texts_are_cut_only_when_told(void **state)
{
	static const char rest[] =
		"unit: {column: dept}\n"
		"file: {at: at, by: resident, fields: {title: title, place: {column: place, cut: "
		"true}}}\n"
		"moves: [{move: close, at: at, by: department, by_unit: true, when: {unit: found},"
		" set: {ground: closed}}]\n";
	static const char *const names[] = { "id", "at", "title", "place", "dept" };
	struct hy_arena *a = *state;
	char *text = hy_arena_take(a, 3 * 250 + 1);

	for (int i = 0; i < 250; i++)
		memcpy(text + 3 * i, "路", 3);
	const char *cells[] = { "1", "2011-07-01", text, text, "Parks" };
	struct intake_plan plan = planned(a, hy_printf(a, "%s%s", head, rest).p, 5, names, cells);
	assert_int_equal(hy_str_chars(hy_json_get(plan.moves[0].data, "title")), 250);
	assert_int_equal(hy_str_chars(hy_json_get(plan.moves[0].data, "place")), 200);
	assert_int_equal(plan.n_moves, 2);
	assert_true(hy_str_eq(plan.moves[1].unit, intake_unit_code(a, HY_S("Parks"))));
	cells[4] = "";
	plan = planned(a, hy_printf(a, "%s%s", head, rest).p, 5, names, cells);
	assert_int_equal(plan.n_moves, 1);
}

static void units_are_read_out_of_texts(void **state)
{
	static const char rest[] =
		"unit:\n"
		"  column: [text, title]\n"
		"  find: ['转([一-龥]+局)', '(?m)^([一-龥]+局)$', '我(镇)']\n"
		"  strip: ['^至']\n"
		"  values: {城管局: 城市管理局}\n"
		"  complete: [{name: '^县', from: title, find: '[A-M]\\d+县'}]\n"
		"  refuse: ['有关|^镇$']\n"
		"file: {at: at, by: resident, fields: {title: title, unit: {unit: found}}}\n";
	static const struct {
		const char *text, *title, *name;
		int rule;
	} cases[] = {
		{ "已转至城管局办理", "x", "城市管理局", 0 },
		{ "已转县教育局", "投诉A7县某校", "A7县教育局", 0 },
		{ "已转县教育局", "no place", "县教育局", 0 },
		{ "已转有关局，又转水利局", "x", "水利局", 0 }, /* what is refused is passed over */
		{ "谢谢\n民政局", "x", "民政局", 1 },
		{ "我镇", "x", "", -1 },
		{ "nothing", "x", "", -1 },
	};
	static const char *const names[] = { "id", "at", "title", "text" };
	struct hy_arena *a = *state;

	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		const char *cells[] = { "1", "2011-07-01", cases[i].title, cases[i].text };
		struct intake_plan plan =
			planned(a, hy_printf(a, "%s%s", head, rest).p, 4, names, cells);
		if (!hy_str_eq(plan.unit.name, hy_str_of(cases[i].name)) ||
		    plan.unit.rule != cases[i].rule)
			fail_msg("%s: " HY_FMT " by %d", cases[i].text, HY_ARG(plan.unit.name),
				 plan.unit.rule);
		assert_int_equal(plan.uses_unit, plan.unit.name.n > 0);
	}
	/* the same name, the same code, on every machine */
	assert_true(hy_str_eq(intake_unit_code(a, HY_S("民政局")),
			      intake_unit_code(a, HY_S("民政局"))));
	assert_false(hy_str_eq(intake_unit_code(a, HY_S("民政局")),
			       intake_unit_code(a, HY_S("水利局"))));
}

/* A pattern that would search for ever gives up. */
static void patterns_have_bounded_effort(void **state)
{
	static const char rest[] = "unit: {column: text, find: ['(a+)+$']}\n"
				   "file: {at: at, by: resident, fields: {title: title}}\n";
	static const char *const names[] = { "id", "at", "title", "text" };
	struct hy_arena *a = *state;
	char *text = hy_arena_take(a, 5001);
	const char *cells[] = { "1", "2011-07-01", "x", text };

	memset(text, 'a', 4999);
	text[4999] = 'b';
	struct intake_plan plan = planned(a, hy_printf(a, "%s%s", head, rest).p, 4, names, cells);
	assert_int_equal(plan.unit.name.n, 0);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)
	const struct CMUnitTest tests[] = {
		TEST(mistakes_are_told_with_their_place), TEST(what_the_institution_does_not_know),
		TEST(the_examples_fit_their_packs),	  TEST(times_in_several_ways),
		TEST(fields_are_made_of_columns),	  TEST(long_texts_are_cut_only_when_told),
		TEST(units_are_read_out_of_texts),	  TEST(patterns_have_bounded_effort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
