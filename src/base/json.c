#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

static void before(struct hy_json *j)
{
	if (j->comma)
		hy_buf_byte(j->b, ',');
	j->comma = true;
}

static void open_with(struct hy_json *j, char c)
{
	before(j);
	hy_buf_byte(j->b, c);
	j->comma = false;
}

static void close_with(struct hy_json *j, char c)
{
	hy_buf_byte(j->b, c);
	j->comma = true;
}

void hy_json_obj(struct hy_json *j)
{
	open_with(j, '{');
}

void hy_json_obj_end(struct hy_json *j)
{
	close_with(j, '}');
}

void hy_json_arr(struct hy_json *j)
{
	open_with(j, '[');
}

void hy_json_arr_end(struct hy_json *j)
{
	close_with(j, ']');
}

static bool stands_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void escape(struct hy_buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char esc = c == '\n'   ? 'n'
		   : c == '\t' ? 't'
		   : c == '\r' ? 'r'
		   : c == '\b' ? 'b'
		   : c == '\f' ? 'f'
		   : c >= 0x20 ? (char)c
			       : '\0';

	if (esc) {
		hy_buf_byte(b, '\\');
		hy_buf_byte(b, esc);
	} else {
		hy_buf_add(b, HY_S("\\u00"));
		hy_buf_byte(b, hex[c >> 4]);
		hy_buf_byte(b, hex[c & 15]);
	}
}

/* Room is taken once for what stands plain: nearly always the whole text. */
static void quoted(struct hy_buf *b, hy_str s)
{
	size_t i = 0;

	hy_buf_byte(b, '"');
	while (i < s.n) {
		size_t n = 0;
		uint64_t w;
		char *to = hy_buf_room(b, s.n - i + 1);
		for (; s.n - i >= sizeof(w); i += sizeof(w), n += sizeof(w)) {
			memcpy(&w, s.p + i, sizeof(w));
			if (!hy_json_plain8(w))
				break;
			memcpy(to + n, &w, sizeof(w));
		}
		for (; i < s.n && stands_plain((unsigned char)s.p[i]); i++)
			to[n++] = s.p[i];
		b->n += n;
		if (i < s.n)
			escape(b, (unsigned char)s.p[i++]);
	}
	hy_buf_byte(b, '"');
}

void hy_json_str(struct hy_json *j, hy_str s)
{
	size_t bad;

	before(j);
	if (hy_str_utf8(s, &bad) || s.p[bad] == '\0') {
		quoted(j->b, s);
		return;
	}
	struct hy_buf clean = hy_buf_on(j->b->a);
	while (s.n && !hy_str_utf8(s, &bad)) {
		hy_buf_add(&clean, (hy_str){ s.p, bad });
		if (s.p[bad] == '\0')
			hy_buf_byte(&clean, ' ');
		else
			hy_buf_add(&clean, HY_S("\xef\xbf\xbd"));
		s = (hy_str){ s.p + bad + 1, s.n - bad - 1 };
	}
	hy_buf_add(&clean, s);
	quoted(j->b, hy_buf_str(&clean));
}

void hy_json_key(struct hy_json *j, const char *key)
{
	before(j);
	quoted(j->b, hy_str_of(key));
	hy_buf_byte(j->b, ':');
	j->comma = false;
}

void hy_json_int(struct hy_json *j, int64_t v)
{
	before(j);
	hy_buf_int(j->b, v);
}

void hy_json_bool(struct hy_json *j, bool v)
{
	hy_json_raw(j, v ? HY_S("true") : HY_S("false"));
}

void hy_json_null(struct hy_json *j)
{
	hy_json_raw(j, HY_S("null"));
}

void hy_json_raw(struct hy_json *j, hy_str json)
{
	before(j);
	hy_buf_add(j->b, json);
}

void hy_json_kstr(struct hy_json *j, const char *key, hy_str s)
{
	hy_json_key(j, key);
	hy_json_str(j, s);
}

void hy_json_kint(struct hy_json *j, const char *key, int64_t v)
{
	hy_json_key(j, key);
	hy_json_int(j, v);
}

void hy_json_kbool(struct hy_json *j, const char *key, bool v)
{
	hy_json_key(j, key);
	hy_json_bool(j, v);
}

void hy_json_knull(struct hy_json *j, const char *key)
{
	hy_json_key(j, key);
	hy_json_null(j);
}

struct member {
	const char *key;
	const json_t *value;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void object_value(struct hy_json *j, const json_t *v)
{
	size_t count = json_object_size(v), i = 0;
	struct member *m = hy_new_n(j->b->a, struct member, count + 1);
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)v, key, value)
		m[i++] = (struct member){ key, value };
	qsort(m, i, sizeof(*m), by_key);
	hy_json_obj(j);
	for (size_t k = 0; k < i; k++) {
		hy_json_key(j, m[k].key);
		hy_json_value(j, m[k].value);
	}
	hy_json_obj_end(j);
}

void hy_json_value(struct hy_json *j, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		object_value(j, v);
		break;
	case JSON_ARRAY:
		hy_json_arr(j);
		for (size_t i = 0; i < json_array_size(v); i++)
			hy_json_value(j, json_array_get(v, i));
		hy_json_arr_end(j);
		break;
	case JSON_STRING:
		hy_json_str(j, (hy_str){ json_string_value(v), json_string_length(v) });
		break;
	case JSON_INTEGER:
		hy_json_int(j, json_integer_value(v));
		break;
	case JSON_REAL:
		before(j);
		hy_buf_fmt(j->b, "%.17g", json_real_value(v));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		hy_json_bool(j, json_is_true(v));
		break;
	case JSON_NULL:
		hy_json_null(j);
		break;
	}
}

hy_str hy_json_canonical(struct hy_arena *a, const json_t *v)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_value(&j, v);
	return hy_buf_str(&b);
}

hy_str hy_json_get(const json_t *obj, const char *key)
{
	const json_t *v = json_object_get(obj, key);

	if (!json_is_string(v))
		return (hy_str){ "", 0 };
	return (hy_str){ json_string_value(v), json_string_length(v) };
}

int64_t hy_json_get_int(const json_t *obj, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}
