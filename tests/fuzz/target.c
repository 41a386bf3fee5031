/* The address of a request, and the fields in its query. */
#include "fuzz.h"
#include "http/request.h"

struct query {
	hy_str text, word;
	int64_t number;
	bool yes;
	int32_t day;
	int64_t at;
	json_t *json;
	struct hy_texts texts;
};
static const struct hy_field fields[] = {
	HY_FIELD_TEXT(struct query, text, false, 1, 20),
	HY_FIELD_WORD(struct query, word, false, "a|bc|def"),
	HY_FIELD_INT(struct query, number, false, -5, 1000),
	HY_FIELD_BOOL(struct query, yes, false),
	HY_FIELD_DAY(struct query, day, false),
	HY_FIELD_INSTANT(struct query, at, false),
	HY_FIELD_TEXTS(struct query, texts, false, 1, 3),
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	struct hy_target t;
	struct query q = { 0 };

	hy_str lang = hy_language_accepted(bytes_of(data, size));
	HOLDS(lang.n);
	if (!well(hy_target_read(a, bytes_of(data, size), &t, &e), &e))
		return 0;
	HOLDS(t.path.n && t.path.p[0] == '/' && hy_str_utf8(t.path, NULL));
	HOLDS(t.n_segments <= HY_MOST_SEGMENTS && t.query.n <= HY_MOST_PAIRS);
	for (size_t i = 0; i < t.n_segments; i++)
		HOLDS(!hy_str_eq(t.segment[i], HY_S("..")) && !hy_str_eq(t.segment[i], HY_S(".")) &&
		      !memchr(t.segment[i].p, '/', t.segment[i].n) &&
		      !memchr(t.segment[i].p, 0, t.segment[i].n));
	if (well(hy_fields_query(a, &t.query, fields, &q, &e), &e)) {
		HOLDS(q.number >= -5 && q.number <= 1000);
		HOLDS(q.texts.n <= 3);
	}
	return 0;
}
