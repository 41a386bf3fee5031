/* Field tables: from query and JSON into a struct, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/request.h"
#include "time/day.h"

static int arena_up(void **state)
{
	*state = hy_arena_new(1 << 20);
	return 0;
}

static int arena_down(void **state)
{
	struct hy_arena *a = *state;

	hy_arena_free(&a);
	return 0;
}

#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

struct filing {
	hy_str title, kind;
	int64_t unit, seen;
	bool urgent;
	hy_day due;
	hy_ms received_at;
	json_t *extra;
	struct hy_texts tags;
};
static const struct hy_field filing_fields[] = {
	HY_FIELD_TEXT(struct filing, title, true, 2, 10),
	HY_FIELD_WORD(struct filing, kind, false, "complaint|approval|advice"),
	HY_FIELD_INT(struct filing, unit, false, 1, 250),
	HY_FIELD_INT(struct filing, seen, false, 0, INT64_MAX),
	HY_FIELD_BOOL(struct filing, urgent, false),
	HY_FIELD_DAY(struct filing, due, false),
	HY_FIELD_INSTANT(struct filing, received_at, false),
	HY_FIELD_JSON(struct filing, extra, false),
	HY_FIELD_TEXTS(struct filing, tags, false, 1, 3),
	{ 0 },
};

static enum hy_code from_json(struct hy_arena *a, hy_str text, struct filing *out, struct hy_err *e)
{
	json_t *v;

	*e = (struct hy_err){ 0 };
	assert_int_equal(hy_json_read(a, text, &v, e), HY_OK);
	return hy_fields_read(a, v, filing_fields, out, e);
}

static enum hy_code from_query(struct hy_arena *a, const char *query, struct filing *out,
			       struct hy_err *e)
{
	struct hy_target t;

	*e = (struct hy_err){ 0 };
	assert_int_equal(hy_target_read(a, hy_printf(a, "/?%s", query), &t, e), HY_OK);
	return hy_fields_query(a, &t.query, filing_fields, out, e);
}

static void json_fills_the_struct(void **state)
{
	struct filing f;
	struct hy_err e;
	assert_int_equal(from_json(*state,
				   HY_S("{\"title\":\"路灯不亮\",\"kind\":\"advice\",\"unit\":250,"
					"\"urgent\":true,\"due\":\"2026-10-01\","
					"\"received_at\":\"2026-09-30T10:00:00+08:00\","
					"\"extra\":{\"a\":1},\"tags\":[\"x\",\"y\"]}"),
				   &f, &e),
			 HY_OK);
	assert_str(f.title, "路灯不亮");
	assert_str(f.kind, "advice");
	assert_int_equal(f.unit, 250);
	assert_true(f.urgent);
	assert_int_equal(f.due, 20727);
	assert_true(f.received_at == INT64_C(1790733600000));
	assert_int_equal(hy_json_get_int(f.extra, "a", 0), 1);
	assert_int_equal(f.tags.n, 2);
	assert_str(f.tags.v[1], "y");
}

static void a_query_fills_the_struct(void **state)
{
	struct filing f;
	struct hy_err e;
	assert_int_equal(
		from_query(*state,
			   "title=%E8%B7%AF%E7%81%AF&kind=advice&unit=7&urgent=false&due="
			   "2024-02-29&received_at=2026-09-30T10:00:00.5%2B08:00&extra=%5B1%"
			   "5D&tags=x&tags=y&lang=en&seen=",
			   &f, &e),
		HY_OK);
	assert_str(f.title, "路灯");
	assert_int_equal(f.unit, 7);
	assert_false(f.urgent);
	assert_true(f.received_at == INT64_C(1790733600500));
	assert_int_equal(json_array_size(f.extra), 1);
	assert_int_equal(f.tags.n, 2);
}

static void what_is_absent_is_none(void **state)
{
	struct filing f;
	struct hy_err e;
	memset(&f, 0x55, sizeof(f));
	assert_int_equal(
		from_json(*state, HY_S("{\"title\":\"ab\",\"unit\":null,\"tags\":null}"), &f, &e),
		HY_OK);
	assert_int_equal(f.kind.n, 0);
	assert_int_equal(f.unit, 0);
	assert_int_equal(f.due, HY_NO_DAY);
	assert_true(f.received_at == HY_NO_TIME);
	assert_null(f.extra);
	assert_int_equal(f.tags.n, 0);
	assert_int_equal(from_json(*state, HY_S("{\"title\":\"ab\",\"extra\":null}"), &f, &e),
			 HY_OK);
	assert_true(json_is_null(f.extra));
}

/* Each: what was sent, the field blamed, and words that must be in the message. */
struct refusal {
	const char *sent, *field, *says;
};

static void refuse(const struct refusal *c, enum hy_code code, const struct hy_err *e)
{
	if (code != HY_BAD_FIELD || strcmp(e->field, c->field) != 0 || !strstr(e->detail, c->says))
		fail_msg("%s gave %s: %s", c->sent, e->field, e->detail);
}

static void json_is_refused_with_field_rule_and_remedy(void **state)
{
	static const struct refusal cases[] = {
		{ "{}", "title", "is missing" },
		{ "{\"title\":null}", "title", "is missing" },
		{ "{\"title\":5}", "title", "not a whole number" },
		{ "{\"title\":\"a\"}", "title", "at least 2 characters and has 1" },
		{ "{\"title\":\"一二三四五六七八九十一\"}", "title",
		  "at most 10 characters and has 11" },
		{ "{\"title\":\"a\\u0001b\"}", "title", "control character" },
		{ "{\"titel\":\"ab\"}", "titel", "did you mean \"title\"" },
		{ "{\"title\":\"ab\",\"colour\":1}", "colour", "known are: title, kind" },
		{ "{\"title\":\"ab\",\"lang\":\"en\"}", "lang", "is not known here" },
		{ "{\"title\":\"ab\",\"kind\":\"complain\"}", "kind",
		  "did you mean \"complaint\"" },
		{ "{\"title\":\"ab\",\"kind\":\"x\"}", "kind",
		  "one of complaint, approval, advice" },
		{ "{\"title\":\"ab\",\"kind\":\"\"}", "kind", "one of complaint" },
		{ "{\"title\":\"ab\",\"unit\":0}", "unit", "between 1 and 250, not 0" },
		{ "{\"title\":\"ab\",\"unit\":251}", "unit", "between 1 and 250" },
		{ "{\"title\":\"ab\",\"unit\":1.0}", "unit", "fraction" },
		{ "{\"title\":\"ab\",\"unit\":\"1\"}", "unit", "without quotes" },
		{ "{\"title\":\"ab\",\"seen\":-1}", "seen", "0 or more" },
		{ "{\"title\":\"ab\",\"urgent\":1}", "urgent", "true or false" },
		{ "{\"title\":\"ab\",\"urgent\":\"true\"}", "urgent", "without quotes" },
		{ "{\"title\":\"ab\",\"due\":\"2026-02-29\"}", "due", "2026-10-01" },
		{ "{\"title\":\"ab\",\"due\":\"2026-2-9\"}", "due", "2026-10-01" },
		{ "{\"title\":\"ab\",\"due\":20727}", "due", "in quotes" },
		{ "{\"title\":\"ab\",\"received_at\":\"2026-09-30T10:00:00\"}", "received_at",
		  "offset" },
		{ "{\"title\":\"ab\",\"received_at\":\"2026-09-30\"}", "received_at", "offset" },
		{ "{\"title\":\"ab\",\"tags\":[]}", "tags", "1 to 3 texts and has 0" },
		{ "{\"title\":\"ab\",\"tags\":[\"1\",\"2\",\"3\",\"4\"]}", "tags", "has 4" },
		{ "{\"title\":\"ab\",\"tags\":\"x\"}", "tags", "a list of texts" },
		{ "{\"title\":\"ab\",\"tags\":[1]}", "tags", "a list of texts" },
	};
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct filing f;
		struct hy_err e;
		enum hy_code c = from_json(*state, hy_str_of(cases[i].sent), &f, &e);
		refuse(&cases[i], c, &e);
	}
	struct filing f;
	struct hy_err e;
	assert_int_equal(from_json(*state, HY_S("[]"), &f, &e), HY_BAD_INPUT);
}

static void a_query_is_refused_with_field_rule_and_remedy(void **state)
{
	static const struct refusal cases[] = {
		{ "", "title", "is missing" },
		{ "title=", "title", "is missing" },
		{ "title=ab&title=cd", "title", "given twice" },
		{ "title=ab&titl=cd", "titl", "did you mean \"title\"" },
		{ "title=ab&=1", "", "is not known in this query" },
		{ "title=ab&unit=%2B5", "unit", "digits" },
		{ "title=ab&unit=5x", "unit", "digits" },
		{ "title=ab&unit=99999999999999999999", "unit", "digits" },
		{ "title=ab&urgent=yes", "urgent", "true or false" },
		{ "title=ab&due=2026-13-01", "due", "2026-10-01" },
		{ "title=ab&received_at=2026-09-30T10:00:00+08:00", "received_at", "%2B" },
		{ "title=ab&extra=%7B", "extra", "not JSON" },
		{ "title=ab&tags=a&tags=b&tags=c&tags=d", "tags", "has 4" },
		{ "title=a%07b", "title", "control character" },
	};
	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct filing f;
		struct hy_err e;
		enum hy_code c = from_query(*state, cases[i].sent, &f, &e);
		refuse(&cases[i], c, &e);
	}
}

static void long_and_many_names_do_no_harm(void **state)
{
	struct hy_buf b = hy_buf_on(*state);
	for (int i = 0; i < 400; i++)
		hy_buf_add(&b, HY_S("回"));
	struct filing f;
	struct hy_err e;
	hy_str text = hy_printf(*state, "{\"%s\":1}", b.p);
	assert_int_equal(from_json(*state, text, &f, &e), HY_BAD_FIELD);
	assert_true(hy_str_utf8(hy_str_of(e.field), NULL));
	assert_true(strlen(e.field) > 10);
	struct hy_pairs query = { (struct hy_pair[]){ { HY_S("x"), HY_S("1") } }, 1 };
	e = (struct hy_err){ 0 };
	assert_int_equal(hy_fields_query(*state, &query, NULL, NULL, &e), HY_BAD_FIELD);
	assert_non_null(strstr(e.detail, "takes none"));
}

static void types_have_names(void **state)
{
	(void)state;
	assert_string_equal(hy_field_type_name(HY_F_TEXT), "text");
	assert_string_equal(hy_field_type_name(HY_F_TEXTS), "texts");
	assert_string_equal(hy_field_type_name((enum hy_field_type)99), "unknown");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, arena_up, arena_down)
	const struct CMUnitTest tests[] = {
		T(json_fills_the_struct),
		T(a_query_fills_the_struct),
		T(what_is_absent_is_none),
		T(json_is_refused_with_field_rule_and_remedy),
		T(a_query_is_refused_with_field_rule_and_remedy),
		T(long_and_many_names_do_no_harm),
		T(types_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
