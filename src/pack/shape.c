/* shape -- is a file written with the vocabulary of schema.c? */
#include "base/buf.h"
#include "pack/schema.h"
#include "pack/scheme.h"

static bool id_like(hy_str s, char from, char to)
{
	if (s.n == 0 || s.n > 40 || s.p[0] < from || s.p[0] > to)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= from && c <= to) || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

static bool ok_id(const struct pack_shape *s, const struct pack_node *n)
{
	(void)s;
	return id_like(n->s, 'a', 'z');
}

static bool ok_rule(const struct pack_shape *s, const struct pack_node *n)
{
	(void)s;
	return id_like(n->s, 'A', 'Z');
}

static bool ok_prefix(const struct pack_shape *s, const struct pack_node *n)
{
	(void)s;
	if (n->s.n < 2 || n->s.n > 4)
		return false;
	for (size_t i = 0; i < n->s.n; i++)
		if (n->s.p[i] < 'A' || n->s.p[i] > 'Z')
			return false;
	return true;
}

static bool ok_line(const struct pack_shape *s, const struct pack_node *n)
{
	size_t chars = hy_str_chars(n->s);

	return !pack_node_is_null(n) && hy_str_trim(n->s).n > 0 && chars >= (size_t)s->least &&
	       chars <= (size_t)s->most;
}

static bool ok_flag(const struct pack_shape *s, const struct pack_node *n)
{
	(void)s;
	return n->plain && (hy_str_eq(n->s, HY_S("true")) || hy_str_eq(n->s, HY_S("false")));
}

static bool ok_int(const struct pack_shape *s, const struct pack_node *n)
{
	int64_t v;

	return n->plain && hy_str_int(n->s, &v) && v >= s->least && v <= s->most;
}

static bool ok_day(const struct pack_shape *s, const struct pack_node *n)
{
	hy_day d;

	(void)s;
	return hy_day_read(n->s, &d);
}

static bool ok_instant(const struct pack_shape *s, const struct pack_node *n)
{
	hy_ms t;

	(void)s;
	return hy_instant_read(n->s, NULL, &t);
}

static bool ok_local(const struct pack_shape *s, const struct pack_node *n)
{
	hy_ms t;

	(void)s;
	return hy_instant_read(n->s, &hy_zone_utc, &t);
}

static bool ok_due(const struct pack_shape *s, const struct pack_node *n)
{
	return hy_str_eq(n->s, HY_S("none")) || ok_local(s, n);
}

static bool ok_limit(const struct pack_shape *s, const struct pack_node *n)
{
	struct hy_limit l;

	(void)s;
	return hy_limit_read(n->s, &l) && l.n > 0;
}

static bool ok_limit_or_null(const struct pack_shape *s, const struct pack_node *n)
{
	return (n->s.n && pack_node_is_null(n)) || ok_limit(s, n);
}

static bool ok_time(const struct pack_shape *s, const struct pack_node *n)
{
	int ms;

	(void)s;
	return pack_time_read(n->s, &ms) && ms < HY_DAY_MS;
}

static bool ok_span(const struct pack_shape *s, const struct pack_node *n)
{
	int from, until;

	(void)s;
	return n->s.n == 11 && n->s.p[5] == '-' && pack_time_read((hy_str){ n->s.p, 5 }, &from) &&
	       pack_time_read((hy_str){ n->s.p + 6, 5 }, &until) && from < until;
}

static bool ok_offset(const struct pack_shape *s, const struct pack_node *n)
{
	int seconds;

	(void)s;
	return pack_offset_read(n->s, &seconds);
}

static bool ok_word(const struct pack_shape *s, const struct pack_node *n)
{
	for (size_t i = 0; s->words[i]; i++)
		if (hy_str_eq(n->s, hy_str_of(s->words[i])))
			return true;
	return false;
}

static bool ok_percent(const struct pack_shape *s, const struct pack_node *n)
{
	int64_t v;

	(void)s;
	return pack_percent_read(n->s, &v) && v <= PACK_WHOLE_BP;
}

static bool ok_points(const struct pack_shape *s, const struct pack_node *n)
{
	int64_t v;

	(void)s;
	return pack_points_read(n->s, &v);
}

static bool ok_measure(const struct pack_shape *s, const struct pack_node *n)
{
	int64_t v;

	(void)s;
	return pack_percent_read(n->s, &v) || pack_points_read(n->s, &v);
}

#define ID_JSON "\"type\":\"string\",\"pattern\":\"^[a-z][a-z0-9_]{0,39}$\""
#define TIME_JSON "([01][0-9]|2[0-3]):[0-5][0-9]"
#define LIMIT_JSON "\"pattern\":\"^[1-9][0-9]{0,3}(wd|cd|mo|h|wh)$\""
#define DATE_JSON "[0-9]{4}-[0-9]{2}-[0-9]{2}"

const struct pack_leaf pack_leaves[SHAPE__TYPES] = {
	[SHAPE_ID] = { "an id: lower-case letters, digits and _, beginning with a letter", ok_id,
		       ID_JSON },
	[SHAPE_RULE] = { "a rule's id: capital letters, digits and _, beginning with a letter",
			 ok_rule, "\"type\":\"string\",\"pattern\":\"^[A-Z][A-Z0-9_]{0,39}$\"" },
	[SHAPE_PREFIX] = { "2 to 4 capital letters", ok_prefix,
			   "\"type\":\"string\",\"pattern\":\"^[A-Z]{2,4}$\"" },
	[SHAPE_LINE] = { "a text", ok_line, "\"type\":[\"string\",\"number\"]" },
	[SHAPE_FLAG] = { "true or false", ok_flag, "\"type\":\"boolean\"" },
	[SHAPE_INT] = { "a whole number", ok_int, "\"type\":\"integer\"" },
	[SHAPE_DAY] = { "a day such as 2026-10-01", ok_day,
			"\"type\":\"string\",\"pattern\":\"^" DATE_JSON "$\"" },
	[SHAPE_INSTANT] = { "an instant with its offset, such as 2026-10-01T08:00:00Z", ok_instant,
			    "\"type\":\"string\",\"format\":\"date-time\"" },
	[SHAPE_LOCAL] = { "a time such as 2026-10-01T08:00", ok_local,
			  "\"type\":\"string\",\"pattern\":\"^" DATE_JSON
			  "([T ][0-9]{2}:[0-9]{2}.*)?$\"" },
	[SHAPE_DUE] = { "a day such as 2026-10-01, a time such as 2026-10-01T08:00, or none",
			ok_due,
			"\"type\":\"string\",\"pattern\":\"^(none|" DATE_JSON
			"([T ][0-9]{2}:[0-9]{2}.*)?)$\"" },
	[SHAPE_LIMIT] = { "a limit such as 20wd, 60cd, 6mo, 24h or 16wh", ok_limit,
			  "\"type\":\"string\"," LIMIT_JSON },
	[SHAPE_LIMIT_OR_NULL] = { "a limit such as 20wd, 60cd, 6mo, 24h or 16wh, or null",
				  ok_limit_or_null, "\"type\":[\"string\",\"null\"]," LIMIT_JSON },
	[SHAPE_TIME] = { "a time of day such as \"17:30\"", ok_time,
			 "\"type\":\"string\",\"pattern\":\"^" TIME_JSON "$\"" },
	[SHAPE_SPAN] = { "two times of day such as \"09:00-12:00\"", ok_span,
			 "\"type\":\"string\",\"pattern\":\"^" TIME_JSON "-(" TIME_JSON
			 "|24:00)$\"" },
	[SHAPE_OFFSET] = { "an offset such as \"+08:00\"", ok_offset,
			   "\"type\":\"string\",\"pattern\":\"^[+-][0-9]{2}:[0-9]{2}$\"" },
	[SHAPE_WORD] = { "one of", ok_word, "\"type\":\"string\"" },
	[SHAPE_PERCENT] = { "a share such as 40% or 12.5%, at most 100%", ok_percent,
			    "\"type\":\"string\",\"pattern\":\"^[0-9]{1,3}(\\\\.[0-9]{1,2})?%$\"" },
	[SHAPE_POINTS] = { "points such as 92.5, with at most four decimals", ok_points,
			   "\"type\":[\"number\",\"string\"]" },
	[SHAPE_MEASURE] = { "a share such as 85% or a number such as 12.5", ok_measure,
			    "\"type\":[\"number\",\"string\"]" },
	[SHAPE_DATA] = { "a value or a list of values", NULL,
			 "\"type\":[\"string\",\"number\",\"boolean\",\"array\"],"
			 "\"items\":{\"type\":[\"string\",\"number\",\"boolean\"]}" },
	[SHAPE_LIST] = { "a list", NULL, "\"type\":\"array\"" },
	[SHAPE_MAP] = { "a mapping", NULL, "\"type\":\"object\"" },
	[SHAPE_KEYED] = { "a mapping", NULL, "\"type\":\"object\"" },
	[SHAPE_EITHER] = { "a value", NULL, "" },
};

static hy_str found(struct hy_arena *a, const struct pack_node *n)
{
	switch (n->kind) {
	case PACK_SCALAR:
		return n->s.n == 0 ? HY_S("nothing")
				   : hy_printf(a, "\"" HY_FMT "\"", HY_ARG(hy_str_head(n->s, 60)));
	case PACK_SEQ:
		return HY_S("a list");
	case PACK_MAPPING:
		break;
	}
	return HY_S("a mapping");
}

static hy_str word_list(struct hy_arena *a, const char *const *words, hy_str name)
{
	struct hy_map known = { .a = a };
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; words[i]; i++) {
		hy_map_put(&known, hy_str_of(words[i]), (void *)(uintptr_t)words[i]);
		hy_buf_fmt(&b, "%s%s", i ? ", " : "", words[i]);
	}
	hy_str near = hy_map_near(&known, name);
	if (near.n)
		hy_buf_fmt(&b, "; did you mean \"" HY_FMT "\"?", HY_ARG(near));
	return hy_buf_str(&b);
}

/* What S wants, in words. */
static hy_str wanted(struct hy_arena *a, const struct pack_shape *s, const struct pack_node *n)
{
	const char *plain = pack_leaves[s->type].expected;

	switch (s->type) {
	case SHAPE_INT:
		return hy_printf(a, "%s from %d to %d", plain, s->least, s->most);
	case SHAPE_LINE:
		return hy_printf(a, "%s of at most %d characters", plain, s->most);
	case SHAPE_WORD:
		return hy_printf(
			a, "%s " HY_FMT, plain,
			HY_ARG(word_list(a, s->words, n->kind == PACK_SCALAR ? n->s : HY_S(""))));
	case SHAPE_MAP:
		return hy_printf(a, "%s (%s)", plain, s->about);
	case SHAPE_EITHER:
		return hy_printf(a, HY_FMT ", or " HY_FMT, HY_ARG(wanted(a, s->item, n)),
				 HY_ARG(wanted(a, s->other, n)));
	case SHAPE_LIST:
		return hy_printf(a, "%s of %d to %d items", plain, s->least, s->most);
	case SHAPE_ID:
	case SHAPE_RULE:
	case SHAPE_PREFIX:
	case SHAPE_FLAG:
	case SHAPE_DAY:
	case SHAPE_INSTANT:
	case SHAPE_LOCAL:
	case SHAPE_DUE:
	case SHAPE_LIMIT:
	case SHAPE_LIMIT_OR_NULL:
	case SHAPE_TIME:
	case SHAPE_SPAN:
	case SHAPE_OFFSET:
	case SHAPE_PERCENT:
	case SHAPE_POINTS:
	case SHAPE_MEASURE:
	case SHAPE_DATA:
	case SHAPE_KEYED:
	case SHAPE__TYPES:
		break;
	}
	return hy_str_of(plain);
}

struct check {
	struct pack_log *l;
	const struct pack_doc *d;
};

static bool expected(struct check *c, const char *key, const struct pack_node *n,
		     const struct pack_shape *s)
{
	if (pack_log_full(c->l)) {
		pack_wrong(c->l, c->d, n, "wrong value");
		return false;
	}
	hy_str want = wanted(c->l->a, s, n), got = found(c->l->a, n);
	if (key)
		pack_wrong(c->l, c->d, n, "\"%s\" must be " HY_FMT "; found " HY_FMT, key,
			   HY_ARG(want), HY_ARG(got));
	else
		pack_wrong(c->l, c->d, n, "expected " HY_FMT "; found " HY_FMT, HY_ARG(want),
			   HY_ARG(got));
	return false;
}

static bool check(struct check *c, const char *key, const struct pack_node *n,
		  const struct pack_shape *s);

static bool check_list(struct check *c, const char *key, const struct pack_node *n,
		       const struct pack_shape *s)
{
	bool ok = true;

	if (n->kind != PACK_SEQ || n->n < (size_t)s->least || n->n > (size_t)s->most)
		return expected(c, key, n, s);
	for (size_t i = 0; i < n->n; i++)
		ok &= check(c, NULL, n->v[i], s->item);
	return ok;
}

/* Says so; the index of the key that was meant, or -1. */
static int unknown_key(struct check *c, const struct pack_node *key, const struct pack_shape *s)
{
	struct hy_map known = { .a = c->l->a };

	for (size_t i = 0; !pack_log_full(c->l) && s->keys[i].name; i++)
		hy_map_put(&known, hy_str_of(s->keys[i].name), (void *)(uintptr_t)&s->keys[i]);
	hy_str near = pack_near(c->l->a, &known, key->s);
	const struct pack_key *meant = hy_map_get(&known, hy_map_near(&known, key->s));
	pack_wrong(c->l, c->d, key, "unknown key \"" HY_FMT "\" in %s" HY_FMT,
		   HY_ARG(hy_str_head(key->s, 60)), s->about, HY_ARG(near));
	return meant ? (int)(meant - s->keys) : -1;
}

enum { SMALL = 32 }; /* keys and values of a mapping that is searched along */

/* The key before number I of N that says the same.  Most mappings are small: SEEN serves large
 * ones. */
static const struct pack_node *seen_before(const struct pack_node *n, size_t i, struct hy_map *seen)
{
	if (n->n > SMALL)
		return hy_map_put(seen, n->v[i]->s, n->v[i]);
	for (size_t k = 0; k < i; k += 2)
		if (n->v[k]->kind == PACK_SCALAR && hy_str_eq(n->v[k]->s, n->v[i]->s))
			return n->v[k];
	return NULL;
}

/* Keys must be scalars, and stand once. */
static bool check_keys(struct check *c, const struct pack_node *n)
{
	HY_SCOPED_ARENA tmp = NULL;
	struct hy_map seen = { 0 };
	bool ok = true;

	if (n->n > SMALL)
		seen.a = tmp = hy_arena_new(0);
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		const struct pack_node *key = n->v[i];
		if (key->kind != PACK_SCALAR) {
			pack_wrong(c->l, c->d, key, "a key must be a word");
			ok = false;
			continue;
		}
		const struct pack_node *first = seen_before(n, i, &seen);
		if (first) {
			pack_wrong(c->l, c->d, key,
				   "the key \"" HY_FMT "\" stands twice, first in line %d",
				   HY_ARG(hy_str_head(key->s, 60)), first->line);
			ok = false;
		}
	}
	return ok;
}

static const struct pack_key *key_of(const struct pack_shape *s, hy_str name)
{
	for (const struct pack_key *k = s->keys; k->name; k++)
		if (hy_str_eq(name, hy_str_of(k->name)))
			return k;
	return NULL;
}

static bool check_map(struct check *c, const char *key, const struct pack_node *n,
		      const struct pack_shape *s)
{
	uint64_t meant = 0; /* bit i: key i is there, misspelt */

	if (n->kind != PACK_MAPPING)
		return expected(c, key, n, s);
	bool ok = check_keys(c, n);
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		if (n->v[i]->kind != PACK_SCALAR)
			continue;
		const struct pack_key *k = key_of(s, n->v[i]->s);
		if (k) {
			ok &= check(c, k->name, n->v[i + 1], k->shape);
			continue;
		}
		int m = unknown_key(c, n->v[i], s);
		meant |= m >= 0 ? UINT64_C(1) << m : 0;
		ok = false;
	}
	for (int i = 0; s->keys[i].name; i++) {
		const struct pack_key *k = &s->keys[i];
		if (!k->required || (meant >> i & 1) || pack_node_get(n, k->name))
			continue;
		pack_wrong(c->l, c->d, n, "the key \"%s\" is missing in %s (%s)", k->name, s->about,
			   k->about);
		ok = false;
	}
	return ok;
}

static bool check_keyed(struct check *c, const char *key, const struct pack_node *n,
			const struct pack_shape *s)
{
	static const struct pack_shape id = { .type = SHAPE_ID };

	if (n->kind != PACK_MAPPING)
		return expected(c, key, n, s);
	bool ok = check_keys(c, n);
	for (size_t i = 0; i + 1 < n->n; i += 2) {
		ok &= check(c, NULL, n->v[i], s->other ? s->other : &id);
		ok &= check(c, NULL, n->v[i + 1], s->item);
	}
	return ok;
}

static bool check_data(struct check *c, const char *key, const struct pack_node *n,
		       const struct pack_shape *s)
{
	bool ok = n->kind != PACK_MAPPING;

	for (size_t i = 0; ok && n->kind == PACK_SEQ && i < n->n; i++)
		ok = n->v[i]->kind == PACK_SCALAR;
	return ok || expected(c, key, n, s);
}

static bool check(struct check *c, const char *key, const struct pack_node *n,
		  const struct pack_shape *s)
{
	switch (s->type) {
	case SHAPE_LIST:
		return check_list(c, key, n, s);
	case SHAPE_MAP:
		return check_map(c, key, n, s);
	case SHAPE_KEYED:
		return check_keyed(c, key, n, s);
	case SHAPE_DATA:
		return check_data(c, key, n, s);
	case SHAPE_EITHER:
		if (n->kind == PACK_SCALAR)
			return check(c, key, n, s->item);
		if ((s->other->type == SHAPE_LIST) == (n->kind == PACK_SEQ))
			return check(c, key, n, s->other);
		return expected(c, key, n, s);
	case SHAPE_ID:
	case SHAPE_RULE:
	case SHAPE_PREFIX:
	case SHAPE_LINE:
	case SHAPE_FLAG:
	case SHAPE_INT:
	case SHAPE_DAY:
	case SHAPE_INSTANT:
	case SHAPE_LOCAL:
	case SHAPE_DUE:
	case SHAPE_LIMIT:
	case SHAPE_LIMIT_OR_NULL:
	case SHAPE_TIME:
	case SHAPE_SPAN:
	case SHAPE_OFFSET:
	case SHAPE_PERCENT:
	case SHAPE_POINTS:
	case SHAPE_MEASURE:
	case SHAPE_WORD:
		break;
	case SHAPE__TYPES:
		return false;
	}
	return (n->kind == PACK_SCALAR && pack_leaves[s->type].ok(s, n)) || expected(c, key, n, s);
}

bool pack_shape_check(struct pack_log *l, const struct pack_doc *d, const struct pack_node *n,
		      const struct pack_shape *s)
{
	struct check c = { l, d };

	return check(&c, NULL, n, s);
}
