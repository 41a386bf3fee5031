/* JSON in.  What nearly every body and every event is made of is read here, quickly, into the same
 * values as Jansson makes; whatever is unusual or wrong is left to Jansson, whose strictness and
 * messages count. */
#include "base/json.h"

enum { DEEPEST = 32, MOST_DIGITS = 18 };

struct in {
	struct hy_arena *a;
	const char *p, *end;
	int depth;
};

static json_t *value(struct in *in);

static char next(struct in *in)
{
	while (in->p < in->end &&
	       (*in->p == ' ' || *in->p == '\n' || *in->p == '\t' || *in->p == '\r'))
		in->p++;
	return in->p < in->end ? *in->p : '\0';
}

static bool took(struct in *in, char c)
{
	if (next(in) != c)
		return false;
	in->p++;
	return true;
}

/* The bytes from P that stand for themselves in a text. */
static size_t plain(const char *p, const char *end)
{
	const char *from = p;
	uint64_t w;

	for (; (size_t)(end - p) >= sizeof(w); p += sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		if (!hy_json_plain8(w))
			break;
	}
	while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - from);
}

/* Four hexadecimal digits as a character; false for NUL and for surrogates. */
static bool character(const char *p, struct hy_buf *b)
{
	unsigned c = 0;

	for (int i = 0; i < 4; i++) {
		char d = p[i];
		if (d >= '0' && d <= '9')
			c = c << 4 | (unsigned)(d - '0');
		else if ((d | 0x20) >= 'a' && (d | 0x20) <= 'f')
			c = c << 4 | (unsigned)((d | 0x20) - 'a' + 10);
		else
			return false;
	}
	if (c == 0 || (c >= 0xd800 && c <= 0xdfff))
		return false;
	if (c < 0x80) {
		hy_buf_byte(b, (char)c);
	} else if (c < 0x800) {
		hy_buf_byte(b, (char)(0xc0 | c >> 6));
		hy_buf_byte(b, (char)(0x80 | (c & 0x3f)));
	} else {
		hy_buf_byte(b, (char)(0xe0 | c >> 12));
		hy_buf_byte(b, (char)(0x80 | (c >> 6 & 0x3f)));
		hy_buf_byte(b, (char)(0x80 | (c & 0x3f)));
	}
	return true;
}

static bool escaped(struct in *in, struct hy_buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	char c = in->end - in->p >= 2 ? in->p[1] : '\0';
	const char *hit = c ? strchr(from, c) : NULL;
	if (hit) {
		hy_buf_byte(b, to[hit - from]);
		in->p += 2;
		return true;
	}
	if (c != 'u' || in->end - in->p < 6 || !character(in->p + 2, b))
		return false;
	in->p += 6;
	return true;
}

/* The text that begins at the quote; a view of the source where nothing is escaped. */
static bool text(struct in *in, hy_str *out)
{
	size_t n = plain(++in->p, in->end);

	if (in->p + n < in->end && in->p[n] == '"') {
		*out = (hy_str){ in->p, n };
		in->p += n + 1;
		return true;
	}
	struct hy_buf b = hy_buf_on(in->a);
	for (;;) {
		hy_buf_add(&b, (hy_str){ in->p, n });
		in->p += n;
		if (in->p == in->end)
			return false;
		if (*in->p == '"')
			break;
		if (*in->p != '\\' || !escaped(in, &b))
			return false;
		n = plain(in->p, in->end);
	}
	in->p++;
	*out = hy_buf_str(&b);
	return true;
}

static bool members(struct in *in, json_t *o)
{
	hy_str key;

	in->p++;
	if (took(in, '}'))
		return true;
	do {
		if (next(in) != '"' || !text(in, &key) || json_object_getn(o, key.p, key.n) ||
		    !took(in, ':'))
			return false;
		json_t *v = value(in);
		if (!v || json_object_setn_new_nocheck(o, key.p, key.n, v) != 0)
			return false;
	} while (took(in, ','));
	return took(in, '}');
}

static bool items(struct in *in, json_t *array)
{
	in->p++;
	if (took(in, ']'))
		return true;
	do {
		json_t *v = value(in);
		if (!v || json_array_append_new(array, v) != 0)
			return false;
	} while (took(in, ','));
	return took(in, ']');
}

static json_t *nested(struct in *in, json_t *v, bool (*rest)(struct in *in, json_t *v))
{
	bool ok = v && in->depth < DEEPEST;

	in->depth++;
	ok = ok && rest(in, v);
	in->depth--;
	if (ok)
		return v;
	json_decref(v);
	return NULL;
}

static json_t *integer(struct in *in)
{
	const char *from = in->p + (*in->p == '-'), *p = from;
	json_int_t n = 0;

	while (p < in->end && *p >= '0' && *p <= '9')
		n = p - from < MOST_DIGITS ? n * 10 + (*p++ - '0') : (p++, 0);
	if (p == from || p - from > MOST_DIGITS || (*from == '0' && p - from > 1) ||
	    (p < in->end && (*p == '.' || *p == 'e' || *p == 'E')))
		return NULL;
	n = from > in->p ? -n : n;
	in->p = p;
	return json_integer(n);
}

static json_t *word(struct in *in, hy_str name, json_t *v)
{
	if (!hy_str_starts((hy_str){ in->p, (size_t)(in->end - in->p) }, name))
		return NULL;
	in->p += name.n;
	/* "nullx" is none; what may follow a value is looked at by the caller. */
	return v;
}

static json_t *value(struct in *in)
{
	hy_str s;

	switch (next(in)) {
	case '{':
		return nested(in, json_object(), members);
	case '[':
		return nested(in, json_array(), items);
	case '"':
		return text(in, &s) ? json_stringn_nocheck(s.p, s.n) : NULL;
	case 't':
		return word(in, HY_S("true"), json_true());
	case 'f':
		return word(in, HY_S("false"), json_false());
	case 'n':
		return word(in, HY_S("null"), json_null());
	default:
		return in->p < in->end && (*in->p == '-' || (*in->p >= '0' && *in->p <= '9'))
			       ? integer(in)
			       : NULL;
	}
}

static json_t *quickly(struct hy_arena *a, hy_str s)
{
	struct in in = { .a = a, .p = s.p, .end = s.p + s.n };
	json_t *v = hy_str_utf8(s, NULL) ? value(&in) : NULL;

	if (v && (next(&in), in.p < in.end)) {
		json_decref(v);
		return NULL;
	}
	return v;
}

static void release(void *v)
{
	json_decref(v);
}

json_t *hy_json_keep(struct hy_arena *a, json_t *v)
{
	hy_arena_defer(a, release, v);
	return v;
}

json_t *hy_json_object(struct hy_arena *a)
{
	return hy_json_keep(a, json_object());
}

void hy_json_put(json_t *o, const char *key, hy_str v)
{
	json_object_set_new(o, key, json_stringn(v.p, v.n));
}

enum hy_code hy_json_read(struct hy_arena *a, hy_str text_in, json_t **out, struct hy_err *e)
{
	json_error_t why;
	json_t *v = quickly(a, text_in);

	if (!v)
		v = json_loadb(text_in.p, text_in.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
			       &why);
	if (!v)
		return hy_fail(e, HY_BAD_INPUT, "", "not JSON at line %d column %d: %s", why.line,
			       why.column, why.text);
	*out = hy_json_keep(a, v);
	return HY_OK;
}
