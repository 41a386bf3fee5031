#include "stat/alike.h"

#include <stdlib.h>

#include "base/chars.h"

/* --- sets ---------------------------------------------------------------------------------------
 */

static bool blank(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || c == 0x3000;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct alike_set alike_set(struct hy_arena *a, hy_str text)
{
	struct hy_chars t = hy_chars_of(a, text);
	struct alike_set s = { .v = hy_new_n(a, uint64_t, t.n + 1) };
	uint32_t last = 0;
	size_t kept = 0;

	for (size_t i = 0; i < t.n; i++) {
		if (blank(t.c[i]))
			continue;
		if (last)
			s.v[s.n++] = (uint64_t)last << 32 | t.c[i];
		last = t.c[i];
	}
	if (s.n == 0 && last) /* one character alone */
		s.v[s.n++] = last;
	qsort(s.v, s.n, sizeof(*s.v), by_value);
	for (size_t i = 0; i < s.n; i++)
		if (kept == 0 || s.v[kept - 1] != s.v[i])
			s.v[kept++] = s.v[i];
	s.n = kept;
	return s;
}

int alike_jaccard(const struct alike_set *a, const struct alike_set *b)
{
	size_t i = 0, k = 0, both = 0;

	while (i < a->n && k < b->n) {
		if (a->v[i] == b->v[k])
			both++;
		size_t step = a->v[i] <= b->v[k];
		k += b->v[k] <= a->v[i];
		i += step;
	}
	size_t any = a->n + b->n - both;
	return any ? (int)(both * 1000 / any) : 0;
}

/* --- candidates
 * -----------------------------------------------------------------------------------
 */

/* The finalizer of splitmix64 (Steele, Lea and Flood 2014): spreads bits evenly. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct bucket {
	uint64_t key;
	uint32_t text;
};

static int by_bucket(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text;
}

static uint32_t *signature(struct hy_arena *a, const struct alike_set *s)
{
	uint32_t *h = hy_new_n(a, uint32_t, ALIKE_HASHES);

	for (int k = 0; k < ALIKE_HASHES; k++) {
		uint64_t seed = mix((uint64_t)k), least = UINT64_MAX;
		for (size_t i = 0; i < s->n; i++) {
			uint64_t x = mix(s->v[i] ^ seed);
			least = x < least ? x : least;
		}
		h[k] = (uint32_t)(least >> 32);
	}
	return h;
}

/* Row R of a band is one of the R-th 32 hashes; another WAY takes another of them. */
static uint64_t band_of(const uint32_t *h, int way, int band)
{
	uint64_t key = (uint64_t)(way * ALIKE_BANDS + band);

	for (int r = 0; r < ALIKE_ROWS; r++)
		key = mix(key ^ h[r * ALIKE_BANDS + (band + way * r) % ALIKE_BANDS]);
	return key;
}

struct search {
	struct hy_arena *a;
	const struct alike_text *texts;
	const struct alike_set *sets;
	size_t only;
	int least;
	HY_VEC(struct alike_pair) found;
};

static void compare(struct search *s, size_t a, size_t b)
{
	const struct alike_text *x = &s->texts[a], *y = &s->texts[b];

	if (x->group == y->group ||
	    (s->only != SIZE_MAX && x->group != s->only && y->group != s->only))
		return;
	int j = alike_jaccard(&s->sets[a], &s->sets[b]);
	if (j >= s->least)
		*hy_push(s->a, &s->found) = (struct alike_pair){ a, b, j };
}

static void compare_all(struct search *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			compare(s, i, k);
}

static void compare_buckets(struct search *s, size_t n)
{
	struct bucket *b = hy_new_n(s->a, struct bucket, n);
	uint32_t **h = hy_new_n(s->a, uint32_t *, n);

	for (size_t i = 0; i < n; i++)
		h[i] = signature(s->a, &s->sets[i]);
	for (int x = 0; x < ALIKE_WAYS * ALIKE_BANDS; x++) {
		size_t filled = 0;
		for (size_t i = 0; i < n; i++)
			if (s->sets[i].n)
				b[filled++] = (struct bucket){
					band_of(h[i], x / ALIKE_BANDS, x % ALIKE_BANDS), (uint32_t)i
				};
		qsort(b, filled, sizeof(*b), by_bucket);
		for (size_t i = 0; i < filled; i++)
			for (size_t k = i + 1; k < filled && b[k].key == b[i].key; k++)
				compare(s, b[i].text, b[k].text);
	}
}

static int by_likeness(const void *a, const void *b)
{
	const struct alike_pair *x = a, *y = b;

	if (x->jaccard != y->jaccard)
		return x->jaccard > y->jaccard ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

struct alike_pairs alike_pairs(struct hy_arena *a, const struct alike_text *texts, size_t n,
			       int least, size_t only)
{
	struct alike_set *sets = hy_new_n(a, struct alike_set, n + 1);
	struct search s = { .a = a, .texts = texts, .sets = sets, .only = only, .least = least };
	struct alike_pairs out = { 0 };

	for (size_t i = 0; i < n; i++)
		sets[i] = alike_set(a, texts[i].text);
	if (n <= ALIKE_ALL)
		compare_all(&s, n);
	else
		compare_buckets(&s, n);
	out.v = s.found.v;
	if (s.found.n)
		qsort(out.v, s.found.n, sizeof(*out.v), by_likeness);
	for (size_t i = 0; i < s.found.n; i++) /* a pair met in several bands is one */
		if (out.n == 0 || out.v[out.n - 1].a != out.v[i].a ||
		    out.v[out.n - 1].b != out.v[i].b)
			out.v[out.n++] = out.v[i];
	return out;
}

/* --- what is shared
 * -------------------------------------------------------------------------------
 */

static bool holds(const struct alike_set *s, uint64_t v)
{
	return s->n && bsearch(&v, s->v, s->n, sizeof(*s->v), by_value);
}

struct alike_parts alike_mark(struct hy_arena *a, hy_str text, const struct alike_set *other)
{
	struct hy_chars t = hy_chars_of(a, text);
	bool *shared = hy_new_n(a, bool, t.n + 1);
	struct alike_parts out = { .v = hy_new_n(a, struct alike_part, t.n + 1) };
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < t.n; i++) {
		if (blank(t.c[i]))
			continue;
		if (last != SIZE_MAX && holds(other, (uint64_t)t.c[last] << 32 | t.c[i]))
			for (size_t k = last; k <= i; k++)
				shared[k] = true;
		last = i;
	}
	for (size_t i = 0, from = 0; i < t.n; i++) {
		if (i + 1 < t.n && shared[i + 1] == shared[i])
			continue;
		out.v[out.n++] =
			(struct alike_part){ { text.p + t.at[from], t.at[i + 1] - t.at[from] },
					     shared[i] };
		from = i + 1;
	}
	return out;
}
