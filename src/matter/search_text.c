/* Search: texts as they are compared, and what of them stands in the index. */
#include "matter/search.h"

#include <opencc/opencc.h>
#include <pthread.h>

#include "base/chars.h"
#include "base/log.h"

/* --- folding ------------------------------------------------------------------------------- */

static opencc_t converter = (opencc_t)-1;
static pthread_mutex_t converting = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t opening = PTHREAD_ONCE_INIT;

static void close_converter(void)
{
	opencc_close(converter);
}

static void open_converter(void)
{
	converter = opencc_open("t2s.json");
	if (converter == (opencc_t)-1)
		hy_log(HY_LOG_WARN, "search",
		       "OpenCC cannot read t2s.json, so traditional characters are found by "
		       "traditional ones alone; install libopencc-data");
	else
		atexit(close_converter);
}

static hy_str simplified(struct hy_arena *a, hy_str text)
{
	pthread_once(&opening, open_converter);
	if (converter == (opencc_t)-1 || text.n == 0)
		return text;
	pthread_mutex_lock(&converting);
	char *out = opencc_convert_utf8(converter, text.p, text.n);
	hy_str s = out ? hy_str_dup(a, hy_str_of(out)) : text;
	if (out)
		opencc_convert_utf8_free(out);
	pthread_mutex_unlock(&converting);
	return s;
}

/* Full width to half, large to small. */
static uint32_t plain(uint32_t c)
{
	c = hy_char_narrow(c);
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

hy_str search_fold(struct hy_arena *a, hy_str text)
{
	struct hy_buf out = hy_buf_on(a);
	hy_str s = simplified(a, text);

	for (size_t i = 0, used; i < s.n; i += used) {
		hy_str left = { s.p + i, s.n - i };
		uint32_t c = plain(hy_str_point(left, &used));
		if (c < 0x80)
			hy_buf_byte(&out, (char)c);
		else
			hy_buf_add(&out, (hy_str){ left.p, used });
	}
	return hy_buf_str(&out);
}

/* --- pairs --------------------------------------------------------------------------------- */

/* Letters, digits and characters; not spaces and marks. */
static bool of_word(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c <= 0x206f) &&
	       !(c >= 0x3000 && c <= 0x303f && c != 0x3005 && c != 0x3007) &&
	       !(c >= 0xff00 && c <= 0xff65);
}

struct run {
	hy_str rest;
	uint32_t c[256];
	size_t n;
};

/* The next stretch of letters and characters; false: there is none. */
static bool next_run(struct run *r)
{
	size_t used;

	for (r->n = 0; r->rest.n && r->n < HY_COUNT(r->c);) {
		uint32_t c = hy_str_point(r->rest, &used);
		if (!of_word(c) && r->n)
			break;
		r->rest = (hy_str){ r->rest.p + used, r->rest.n - used };
		if (of_word(c))
			r->c[r->n++] = c;
	}
	return r->n > 0;
}

void search_pairs(struct hy_buf *out, hy_str folded, char of, bool positions, int *at)
{
	struct run r = { .rest = folded };

	while (next_run(&r))
		for (size_t i = 0; i < r.n; i++) {
			hy_buf_fmt(out, i + 1 < r.n ? "%c%05x%05x" : "%c%05x", of, r.c[i],
				   i + 1 < r.n ? r.c[i + 1] : 0);
			if (positions)
				hy_buf_fmt(out, ":%d", ++*at);
			hy_buf_byte(out, ' ');
		}
}

static void ask_run(struct hy_buf *out, const struct run *r, char of, bool postgres)
{
	if (r->n == 1) {
		hy_buf_fmt(out, postgres ? "%c%05x:*" : "%c%05x*", of, r->c[0]);
		return;
	}
	hy_buf_byte(out, postgres ? '(' : '"');
	for (size_t i = 0; i + 1 < r->n; i++)
		hy_buf_fmt(out, "%s%c%05x%05x",
			   i == 0     ? ""
			   : postgres ? " <-> "
				      : " ",
			   of, r->c[i], r->c[i + 1]);
	hy_buf_byte(out, postgres ? ')' : '"');
}

bool search_asked(struct hy_buf *out, hy_str word, char of, bool postgres)
{
	struct run r = { .rest = word };
	bool some = false;

	for (; next_run(&r); some = true) {
		hy_buf_add(out, !some ? HY_S("(") : postgres ? HY_S(" & ") : HY_S(" AND "));
		ask_run(out, &r, of, postgres);
	}
	if (some)
		hy_buf_byte(out, ')');
	return some;
}

/* --- marks --------------------------------------------------------------------------------- */

struct points {
	uint32_t *c;
	size_t n;
};

static struct points points_of(struct hy_arena *a, hy_str s)
{
	struct points p = { hy_new_n(a, uint32_t, s.n + 1), 0 };

	for (size_t i = 0, used; i < s.n; i += used)
		p.c[p.n++] = hy_str_point((hy_str){ s.p + i, s.n - i }, &used);
	return p;
}

static void mark_word(bool *marked, const struct points *text, const struct points *word)
{
	for (size_t i = 0; word->n && i + word->n <= text->n; i++) {
		size_t k = 0;
		while (k < word->n && text->c[i + k] == word->c[k])
			k++;
		for (size_t m = 0; k == word->n && m < k; m++)
			marked[i + m] = true;
	}
}

struct search_marks search_mark(struct hy_arena *a, hy_str text, hy_str words)
{
	struct points folded = points_of(a, search_fold(a, text));
	bool *marked = hy_new_n(a, bool, folded.n + 1);
	HY_VEC(struct search_mark) v = { 0 };
	hy_str word, rest = words;

	if (hy_str_chars(text) !=
	    folded.n) /* a phrase of another length: better none than a wrong one */
		return (struct search_marks){ NULL, 0 };
	for (int n = 0; n < SEARCH_WORDS && hy_str_cut(&rest, ' ', &word);) {
		struct points w = points_of(a, word);
		mark_word(marked, &folded, &w);
		n += word.n > 0;
	}
	for (size_t i = 0, from; i < folded.n; i++) {
		if (!marked[i])
			continue;
		for (from = i; marked[i]; i++)
			;
		*hy_push(a, &v) = (struct search_mark){ from, i };
	}
	return (struct search_marks){ v.v, v.n };
}
