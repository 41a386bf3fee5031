#include "http/request.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL when well; else what is wrong. */
static const char *decode(struct hy_arena *a, hy_str raw, bool query, hy_str *out)
{
	char *p = hy_arena_take(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '+' && query) {
			c = ' ';
		} else if (c == '%') {
			int hi = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
			int lo = hi >= 0 ? hex_digit(raw.p[i + 2]) : -1;
			if (lo < 0)
				return "a % must be followed by two hexadecimal digits; write a "
				       "plain % as %25";
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		p[n++] = c;
	}
	*out = (hy_str){ p, n };
	return hy_str_utf8(*out, NULL) ? NULL
				       : "must be UTF-8 without NUL; encode it again as UTF-8";
}

static const char *segment_fault(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return "control characters are not accepted";
		else if (s.p[i] == '/')
			return "an encoded slash is not accepted";
	if (hy_str_eq(s, HY_S(".")) || hy_str_eq(s, HY_S("..")))
		return "the segments . and .. are not accepted; send the plain address";
	return NULL;
}

static enum hy_code bad_path(struct hy_err *e, const char *why)
{
	return hy_fail(e, HY_BAD_INPUT, "", "the address: %s", why);
}

static enum hy_code path_read(struct hy_arena *a, struct hy_target *t, struct hy_err *e)
{
	hy_str rest = { t->raw_path.p + 1, t->raw_path.n - 1 }, head;
	bool ends_open = hy_str_ends(t->raw_path, HY_S("/"));

	while (hy_str_cut(&rest, '/', &head)) {
		if (t->n_segments == HY_MOST_SEGMENTS - 1)
			return bad_path(e, "more than 31 segments");
		hy_str *s = &t->segment[t->n_segments++];
		const char *why = decode(a, head, false, s);
		if (!why)
			why = segment_fault(*s);
		if (why)
			return bad_path(e, why);
	}
	if (ends_open && t->raw_path.n > 1)
		t->segment[t->n_segments++] = HY_S("");
	const char *why = decode(a, t->raw_path, false, &t->path);
	return why ? bad_path(e, why) : HY_OK;
}

enum hy_code hy_pairs_read(struct hy_arena *a, hy_str raw, const char *what, struct hy_pairs *out,
			   struct hy_err *e)
{
	hy_str rest = raw, part, name;
	size_t most = 1;

	for (size_t i = 0; i < rest.n; i++)
		most += rest.p[i] == '&';
	if (most > HY_MOST_PAIRS)
		return hy_fail(e, HY_BAD_INPUT, "", "%s: more than %d values", what, HY_MOST_PAIRS);
	*out = (struct hy_pairs){ .v = hy_new_n(a, struct hy_pair, most) };
	while (hy_str_cut(&rest, '&', &part)) {
		if (part.n == 0)
			continue;
		if (!hy_str_cut(&part, '=', &name))
			continue;
		struct hy_pair *pair = &out->v[out->n++];
		const char *why = decode(a, name, true, &pair->name);
		if (why)
			return hy_fail(e, HY_BAD_INPUT, "", "%s: a name %s", what, why);
		why = decode(a, part, true, &pair->value);
		if (why)
			return hy_fail(e, HY_BAD_INPUT, pair->name.p, "%s: %s", what, why);
	}
	return HY_OK;
}

enum hy_code hy_target_read(struct hy_arena *a, hy_str raw, struct hy_target *out, struct hy_err *e)
{
	hy_str rest = raw;

	*out = (struct hy_target){ 0 };
	if (raw.n == 0 || raw.p[0] != '/')
		return bad_path(e, "must begin with /");
	if (!hy_str_cut(&rest, '?', &out->raw_path))
		return bad_path(e, "must begin with /");
	out->raw_query = rest;
	enum hy_code c = path_read(a, out, e);
	return c ? c : hy_pairs_read(a, out->raw_query, "the query", &out->query, e);
}

static hy_str lower(char *room, size_t size, hy_str s)
{
	size_t n = s.n < size ? s.n : size;

	for (size_t i = 0; i < n; i++)
		room[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
	return (hy_str){ room, n };
}

hy_str hy_language_of(hy_str tag)
{
	static const struct {
		hy_str head, language;
	} known[] = {
		{ HY_S_INIT("zh-hant"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("zh-tw"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("zh-hk"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("zh-mo"), HY_S_INIT("zh-Hant") },
		{ HY_S_INIT("zh"), HY_S_INIT("zh-CN") },
		{ HY_S_INIT("en"), HY_S_INIT("en") },
	};
	char room[32];
	hy_str t = lower(room, sizeof(room), tag);

	for (size_t i = 0; i < HY_COUNT(known); i++)
		if (hy_str_starts(t, known[i].head) &&
		    (t.n == known[i].head.n || t.p[known[i].head.n] == '-'))
			return known[i].language;
	return (hy_str){ "", 0 };
}

/* "0.8" as 800; 1000 when there is no weight; 0 for nonsense. */
static int weight(hy_str params)
{
	hy_str p = hy_str_trim(params);
	int w = 0, unit = 1000;

	if (p.n == 0)
		return 1000;
	if (!hy_str_starts(p, HY_S("q=")) && !hy_str_starts(p, HY_S("Q=")))
		return 0;
	for (size_t i = 2; i < p.n && unit; i++) {
		if (i == 3 && p.p[i] == '.')
			continue;
		if (p.p[i] < '0' || p.p[i] > '9')
			return 0;
		w += (p.p[i] - '0') * unit;
		unit /= 10;
	}
	return w > 1000 ? 1000 : w;
}

hy_str hy_language_accepted(hy_str header)
{
	hy_str best = HY_S("zh-CN"), part, tag;
	int best_weight = 0;

	while (hy_str_cut(&header, ',', &part)) {
		if (!hy_str_cut(&part, ';', &tag))
			continue;
		hy_str language = hy_language_of(hy_str_trim(tag));
		int w = weight(part);
		if (language.n && w > best_weight) {
			best = language;
			best_weight = w;
		}
	}
	return best;
}
