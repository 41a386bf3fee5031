#include "http/request.h"

#include <stdio.h>

#include "time/day.h"

/* One value on its way in: from a query it is text, from a body it is JSON. */
struct in {
	const struct hy_field *f;
	const json_t *json; /* NULL: text */
	hy_str text;
};

static void *slot(const struct hy_field *f, void *out)
{
	return (char *)out + f->at;
}

const char *hy_field_type_name(enum hy_field_type type)
{
	static const char *const names[] = {
		[HY_F_TEXT] = "text",	[HY_F_INT] = "integer",	    [HY_F_BOOL] = "boolean",
		[HY_F_DAY] = "day",	[HY_F_INSTANT] = "instant", [HY_F_JSON] = "json",
		[HY_F_TEXTS] = "texts",
	};

	return (unsigned)type < HY_COUNT(names) ? names[type] : "unknown";
}

/* "a text", "a number" ...: what came instead. */
static const char *kind_of(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a text";
	case JSON_INTEGER:
		return "a whole number";
	case JSON_REAL:
		return "a number with a fraction";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a truth value";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

static enum hy_code wrong_kind(const struct in *in, const char *want, struct hy_err *e)
{
	return hy_fail(e, HY_BAD_FIELD, in->f->name, "must be %s, not %s", want, kind_of(in->json));
}

/* The text of IN; a body must bring a string. */
static enum hy_code text_of(const struct in *in, const char *want, hy_str *out, struct hy_err *e)
{
	if (!in->json) {
		*out = in->text;
		return HY_OK;
	}
	if (!json_is_string(in->json))
		return wrong_kind(in, want, e);
	*out = (hy_str){ json_string_value(in->json), json_string_length(in->json) };
	return HY_OK;
}

/* --- texts ------------------------------------------------------------------------ */

static bool word_listed(const char *words, hy_str s)
{
	hy_str rest = hy_str_of(words), w;

	while (hy_str_cut(&rest, '|', &w))
		if (hy_str_eq(w, s))
			return true;
	return false;
}

/* A name so near to S that it may be meant. */
static bool near(hy_str s, hy_str name, unsigned *best)
{
	unsigned far = hy_str_distance(s, name, 4);
	size_t most = name.n / 3 + 1 < 3 ? name.n / 3 + 1 : 3;

	if (far > most || far >= *best)
		return false;
	*best = far;
	return true;
}

static hy_str nearest_word(const char *words, hy_str s)
{
	hy_str rest = hy_str_of(words), w, hit = { "", 0 };
	unsigned best = 4;

	while (hy_str_cut(&rest, '|', &w))
		if (near(s, w, &best))
			hit = w;
	return hit;
}

static enum hy_code check_word(const struct hy_field *f, hy_str s, struct hy_err *e)
{
	if (!f->one_of || word_listed(f->one_of, s))
		return HY_OK;
	char words[240];
	size_t n = 0;
	for (const char *p = f->one_of; *p && n + 3 < sizeof(words); p++) {
		words[n++] = *p == '|' ? ',' : *p;
		if (*p == '|')
			words[n++] = ' ';
	}
	words[n] = '\0';
	hy_str meant = nearest_word(f->one_of, s), got = hy_str_head(s, 40);
	if (meant.n)
		return hy_fail(e, HY_BAD_FIELD, f->name,
			       "must be one of %s, not \"" HY_FMT "\"; did you mean \"" HY_FMT
			       "\"?",
			       words, HY_ARG(got), HY_ARG(meant));
	return hy_fail(e, HY_BAD_FIELD, f->name, "must be one of %s, not \"" HY_FMT "\"", words,
		       HY_ARG(got));
}

static enum hy_code check_bytes(const struct hy_field *f, hy_str s, struct hy_err *e)
{
	if (!hy_str_utf8(s, NULL))
		return hy_fail(e, HY_BAD_FIELD, f->name,
			       "must be UTF-8 without NUL; encode it again as UTF-8");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return hy_fail(e, HY_BAD_FIELD, f->name,
				       "holds a control character (0x%02x); remove it", c);
	}
	return HY_OK;
}

static enum hy_code check_length(const struct hy_field *f, hy_str s, struct hy_err *e)
{
	int64_t chars = (int64_t)hy_str_chars(s);

	if (chars < f->least)
		return hy_fail(e, HY_BAD_FIELD, f->name,
			       "must have at least %lld character%s and has %lld; write more",
			       (long long)f->least, f->least == 1 ? "" : "s", (long long)chars);
	if (chars > f->most)
		return hy_fail(e, HY_BAD_FIELD, f->name,
			       "must have at most %lld characters and has %lld; shorten it",
			       (long long)f->most, (long long)chars);
	return HY_OK;
}

static enum hy_code set_text(const struct in *in, void *out, struct hy_err *e)
{
	hy_str s;
	enum hy_code c = text_of(in, "a text in quotes", &s, e);

	if (!c)
		c = check_bytes(in->f, s, e);
	if (!c && in->f->one_of)
		c = check_word(in->f, s, e);
	else if (!c)
		c = check_length(in->f, s, e);
	if (!c)
		*(hy_str *)slot(in->f, out) = s;
	return c;
}

static enum hy_code check_count(const struct hy_field *f, size_t n, struct hy_err *e)
{
	if ((int64_t)n >= f->least && (int64_t)n <= f->most)
		return HY_OK;
	return hy_fail(e, HY_BAD_FIELD, f->name, "must have %lld to %lld texts and has %zu",
		       (long long)f->least, (long long)f->most, n);
}

static enum hy_code set_texts(struct hy_arena *a, const struct in *in, void *out, struct hy_err *e)
{
	if (!json_is_array(in->json))
		return wrong_kind(in, "a list of texts", e);
	size_t n = json_array_size(in->json);
	enum hy_code c = check_count(in->f, n, e);
	if (c)
		return c;
	struct hy_texts t = { hy_new_n(a, hy_str, n + 1), n };
	for (size_t i = 0; i < n && !c; i++) {
		struct in item = { in->f, json_array_get(in->json, i), { 0 } };
		c = text_of(&item, "a list of texts", &t.v[i], e);
		if (!c)
			c = check_bytes(in->f, t.v[i], e);
		if (!c)
			c = check_word(in->f, t.v[i], e);
	}
	if (!c)
		*(struct hy_texts *)slot(in->f, out) = t;
	return c;
}

/* --- the other types --------------------------------------------------------------- */

static enum hy_code set_int(const struct in *in, void *out, struct hy_err *e)
{
	const struct hy_field *f = in->f;
	int64_t v = 0;

	/* NOLINTNEXTLINE(misc-redundant-expression): Jansson's macro asks for NULL once more */
	if (in->json && json_is_string(in->json))
		return hy_fail(e, HY_BAD_FIELD, f->name,
			       "must be a whole number, not a text; write it without quotes");
	if (in->json && !json_is_integer(in->json))
		return wrong_kind(in, "a whole number", e);
	if (in->json)
		v = json_integer_value(in->json);
	else if (!hy_str_int(in->text, &v))
		return hy_fail(e, HY_BAD_FIELD, f->name,
			       "must be a whole number written with the digits 0-9");
	if (v < f->least && f->most == INT64_MAX)
		return hy_fail(e, HY_BAD_FIELD, f->name, "must be %lld or more, not %lld",
			       (long long)f->least, (long long)v);
	if (v < f->least || v > f->most)
		return hy_fail(e, HY_BAD_FIELD, f->name, "must be between %lld and %lld, not %lld",
			       (long long)f->least, (long long)f->most, (long long)v);
	*(int64_t *)slot(f, out) = v;
	return HY_OK;
}

static enum hy_code set_bool(const struct in *in, void *out, struct hy_err *e)
{
	if (in->json && !json_is_boolean(in->json))
		return wrong_kind(in, "true or false without quotes", e);
	bool yes = in->json ? json_is_true(in->json) : hy_str_eq(in->text, HY_S("true"));
	if (!in->json && !yes && !hy_str_eq(in->text, HY_S("false")))
		return hy_fail(e, HY_BAD_FIELD, in->f->name, "must be true or false");
	*(bool *)slot(in->f, out) = yes;
	return HY_OK;
}

static enum hy_code set_day(const struct in *in, void *out, struct hy_err *e)
{
	hy_str s;
	hy_day day;
	enum hy_code c = text_of(in, "a day in quotes like \"2026-10-01\"", &s, e);

	if (c)
		return c;
	if (!hy_day_read(s, &day))
		return hy_fail(e, HY_BAD_FIELD, in->f->name,
			       "must be a day of the calendar written like 2026-10-01");
	*(int32_t *)slot(in->f, out) = day;
	return HY_OK;
}

static enum hy_code set_instant(const struct in *in, void *out, struct hy_err *e)
{
	hy_str s;
	hy_ms at;
	enum hy_code c = text_of(in, "a time in quotes", &s, e);

	if (c)
		return c;
	if (!hy_instant_read(s, NULL, &at))
		return hy_fail(e, HY_BAD_FIELD, in->f->name,
			       "must be a time with its offset, like 2026-09-30T10:00:00+08:00%s",
			       in->json ? "" : " (in an address + is written %2B)");
	*(int64_t *)slot(in->f, out) = at;
	return HY_OK;
}

static enum hy_code set_json(struct hy_arena *a, const struct in *in, void *out, struct hy_err *e)
{
	json_t *v = (json_t *)(uintptr_t)in->json;

	if (!v) {
		struct hy_err why = { 0 };
		if (hy_json_read(a, in->text, &v, &why))
			return hy_fail(e, HY_BAD_FIELD, in->f->name, "%.400s", why.detail);
	}
	*(json_t **)slot(in->f, out) = v;
	return HY_OK;
}

static enum hy_code set(struct hy_arena *a, const struct in *in, void *out, struct hy_err *e)
{
	switch (in->f->type) {
	case HY_F_TEXT:
		return set_text(in, out, e);
	case HY_F_INT:
		return set_int(in, out, e);
	case HY_F_BOOL:
		return set_bool(in, out, e);
	case HY_F_DAY:
		return set_day(in, out, e);
	case HY_F_INSTANT:
		return set_instant(in, out, e);
	case HY_F_JSON:
		return set_json(a, in, out, e);
	case HY_F_TEXTS:
		return set_texts(a, in, out, e);
	}
	return hy_broke(e, HY_INTERNAL, "field %s has no type", in->f->name);
}

/* --- the table --------------------------------------------------------------------- */

static void set_absent(const struct hy_field *f, void *out)
{
	if (f->type == HY_F_DAY)
		*(int32_t *)slot(f, out) = HY_NO_DAY;
	else if (f->type == HY_F_INSTANT)
		*(int64_t *)slot(f, out) = HY_NO_TIME;
}

static size_t size_of(enum hy_field_type type)
{
	switch (type) {
	case HY_F_TEXT:
		return sizeof(hy_str);
	case HY_F_INT:
	case HY_F_INSTANT:
		return sizeof(int64_t);
	case HY_F_BOOL:
		return sizeof(bool);
	case HY_F_DAY:
		return sizeof(int32_t);
	case HY_F_JSON:
		return sizeof(json_t *);
	case HY_F_TEXTS:
		return sizeof(struct hy_texts);
	}
	return 0;
}

static void clear(const struct hy_field *fields, void *out)
{
	for (const struct hy_field *f = fields; f->name; f++) {
		memset(slot(f, out), 0, size_of(f->type));
		set_absent(f, out);
	}
}

static enum hy_code missing(const struct hy_field *f, struct hy_err *e)
{
	return hy_fail(e, HY_BAD_FIELD, f->name, "is missing; send %s as %s", f->name,
		       hy_field_type_name(f->type));
}

static enum hy_code unknown(const struct hy_field *fields, hy_str name, const char *where,
			    struct hy_err *e)
{
	char field[64], known[300];
	size_t n = 0;
	hy_str meant = { "", 0 }, shown = hy_str_head(name, 20);
	unsigned best = 4;

	snprintf(field, sizeof(field), HY_FMT, HY_ARG(shown));
	known[0] = '\0';
	for (const struct hy_field *f = fields; f && f->name; f++) {
		if (near(name, hy_str_of(f->name), &best))
			meant = hy_str_of(f->name);
		if (n + strlen(f->name) + 3 < sizeof(known))
			n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n ? ", " : "",
					      f->name);
	}
	if (meant.n)
		return hy_fail(e, HY_BAD_FIELD, field,
			       "is not known %s; did you mean \"" HY_FMT "\"?", where,
			       HY_ARG(meant));
	if (n)
		return hy_fail(e, HY_BAD_FIELD, field, "is not known %s; known are: %s", where,
			       known);
	return hy_fail(e, HY_BAD_FIELD, field, "is not known %s; it takes none", where);
}

static const struct hy_field *field_named(const struct hy_field *fields, hy_str name)
{
	for (const struct hy_field *f = fields; f && f->name; f++)
		if (hy_str_eq(hy_str_of(f->name), name))
			return f;
	return NULL;
}

enum hy_code hy_fields_read(struct hy_arena *a, const json_t *obj, const struct hy_field *fields,
			    void *out, struct hy_err *e)
{
	const char *key;
	json_t *value;

	if (!json_is_object(obj))
		return hy_fail(e, HY_BAD_INPUT, "", "must be a JSON object { ... }");
	json_object_foreach ((json_t *)(uintptr_t)obj, key, value)
		if (!field_named(fields, hy_str_of(key)))
			return unknown(fields, hy_str_of(key), "here", e);
	clear(fields, out);
	for (const struct hy_field *f = fields; f->name; f++) {
		struct in in = { f, json_object_get(obj, f->name), { 0 } };
		bool absent = !in.json || (json_is_null(in.json) && f->type != HY_F_JSON);
		if (absent && f->required)
			return missing(f, e);
		enum hy_code c = absent ? HY_OK : set(a, &in, out, e);
		if (c)
			return c;
	}
	return HY_OK;
}

/* Every value of NAME in the query as a list. */
static enum hy_code texts_of(struct hy_arena *a, struct hy_pairs *query, const struct hy_field *f,
			     void *out, struct hy_err *e)
{
	struct hy_texts t = { hy_new_n(a, hy_str, query->n + 1), 0 };
	enum hy_code c = HY_OK;

	for (size_t i = 0; i < query->n && !c; i++) {
		struct hy_pair *p = &query->v[i];
		if (!hy_str_eq(p->name, hy_str_of(f->name)) || p->value.n == 0)
			continue;
		t.v[t.n++] = p->value;
		c = check_bytes(f, p->value, e);
		if (!c)
			c = check_word(f, p->value, e);
	}
	if (!c && t.n == 0)
		return f->required ? missing(f, e) : HY_OK;
	if (!c)
		c = check_count(f, t.n, e);
	if (!c)
		*(struct hy_texts *)slot(f, out) = t;
	return c;
}

static enum hy_code one_of_query(struct hy_arena *a, struct hy_pairs *query,
				 const struct hy_field *f, void *out, struct hy_err *e)
{
	const struct hy_pair *found = NULL;

	for (size_t i = 0; i < query->n; i++) {
		const struct hy_pair *p = &query->v[i];
		if (!hy_str_eq(p->name, hy_str_of(f->name)))
			continue;
		if (found)
			return hy_fail(e, HY_BAD_FIELD, f->name, "is given twice; send it once");
		found = p;
	}
	if (!found || found->value.n == 0)
		return f->required ? missing(f, e) : HY_OK;
	struct in in = { f, NULL, found->value };
	return set(a, &in, out, e);
}

enum hy_code hy_fields_query(struct hy_arena *a, struct hy_pairs *query,
			     const struct hy_field *fields, void *out, struct hy_err *e)
{
	for (size_t i = 0; i < query->n; i++)
		if (!field_named(fields, query->v[i].name) &&
		    !hy_str_eq(query->v[i].name, HY_S("lang")))
			return unknown(fields, query->v[i].name, "in this query", e);
	if (!fields)
		return HY_OK;
	clear(fields, out);
	for (const struct hy_field *f = fields; f->name; f++) {
		enum hy_code c = f->type == HY_F_TEXTS ? texts_of(a, query, f, out, e)
						       : one_of_query(a, query, f, out, e);
		if (c)
			return c;
	}
	return HY_OK;
}
