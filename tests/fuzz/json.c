/* A body: JSON, its canonical form, its fields. */
#include "base/json.h"
#include "fuzz.h"
#include "http/http.h"

struct inner {
	hy_str text;
	int64_t number;
	bool yes;
	int32_t day;
	int64_t at;
	json_t *json;
	struct hy_texts texts;
};
static const struct hy_field fields[] = {
	HY_FIELD_TEXT(struct inner, text, true, 1, 20),
	HY_FIELD_INT(struct inner, number, false, -5, 1000),
	HY_FIELD_BOOL(struct inner, yes, false),
	HY_FIELD_DAY(struct inner, day, false),
	HY_FIELD_INSTANT(struct inner, at, false),
	HY_FIELD_JSON(struct inner, json, false),
	HY_FIELD_TEXTS(struct inner, texts, false, 1, 3),
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HY_SCOPED_ARENA a = hy_arena_new(64 << 20);
	struct hy_err e = { 0 };
	json_t *v, *again;
	struct inner in = { 0 };

	if (!well(hy_json_read(a, bytes_of(data, size), &v, &e), &e))
		return 0;
	hy_str canonical = hy_json_canonical(a, v);
	HOLDS(hy_str_utf8(canonical, NULL));
	HOLDS(well(hy_json_read(a, canonical, &again, &e), &e));
	hy_str twice = hy_json_canonical(a, again);
	HOLDS(twice.n == canonical.n && memcmp(twice.p, canonical.p, twice.n) == 0);
	if (json_is_object(v) && well(hy_fields_read(a, v, fields, &in, &e), &e))
		HOLDS(in.text.n >= 1 && in.number >= -5 && in.number <= 1000);
	return 0;
}
