#ifndef HY_BASE_CHARS_H
#define HY_BASE_CHARS_H

/* chars -- a text as code points, folded: full-width digits, letters and marks are plain ones. */

#include "base/arena.h"

struct hy_chars {
	uint32_t *c;
	size_t *at; /* byte offset of each; one more for the end */
	size_t n;
};
struct hy_chars hy_chars_of(struct hy_arena *a, hy_str s); /* S must be UTF-8 */

/* The I-th; 0 behind the end. */
static inline uint32_t hy_chars_at(const struct hy_chars *t, size_t i)
{
	return i < t->n ? t->c[i] : 0;
}

/* How many code points of WORD stand at I: all of them, or 0. */
size_t hy_chars_word(const struct hy_chars *t, size_t i, const char *word);
/* Of the longest of WORDS (ends with NULL) that stands at I; 0: none does. */
size_t hy_chars_any(const struct hy_chars *t, size_t i, const char *const *words);
/* Is C one of the characters of SET? */
bool hy_char_in(uint32_t c, const char *set);

/* Of a full-width form or the ideographic space: the plain one. */
static inline uint32_t hy_char_narrow(uint32_t c)
{
	return c >= 0xff01 && c <= 0xff5e ? c - 0xff01 + '!' : c == 0x3000 ? ' ' : c;
}
static inline bool hy_char_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool hy_char_letter(uint32_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80;
}

static inline bool hy_char_han(uint32_t c)
{
	return c >= 0x4e00 && c <= 0x9fff;
}

#endif
