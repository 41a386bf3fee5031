#include "base/chars.h"

static uint32_t folded(uint32_t c)
{
	bool dash = c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014 || c == 0x2212;

	return dash ? '-' : hy_char_narrow(c);
}

struct hy_chars hy_chars_of(struct hy_arena *a, hy_str s)
{
	struct hy_chars t = { .c = hy_new_n(a, uint32_t, s.n + 1),
			      .at = hy_new_n(a, size_t, s.n + 1) };

	for (size_t i = 0, used; i < s.n; i += used) {
		t.at[t.n] = i;
		t.c[t.n++] = folded(hy_str_point((hy_str){ s.p + i, s.n - i }, &used));
	}
	t.at[t.n] = s.n;
	return t;
}

size_t hy_chars_word(const struct hy_chars *t, size_t i, const char *word)
{
	size_t n = 0, left = strlen(word), used;

	for (; left; n++, word += used, left -= used)
		if (hy_chars_at(t, i + n) != folded(hy_str_point((hy_str){ word, left }, &used)))
			return 0;
	return n;
}

size_t hy_chars_any(const struct hy_chars *t, size_t i, const char *const *words)
{
	size_t best = 0;

	for (; *words; words++) {
		size_t n = hy_chars_word(t, i, *words);
		best = n > best ? n : best;
	}
	return best;
}

bool hy_char_in(uint32_t c, const char *set)
{
	for (size_t left = strlen(set), used; left; set += used, left -= used)
		if (c == hy_str_point((hy_str){ set, left }, &used))
			return c != 0;
	return false;
}
