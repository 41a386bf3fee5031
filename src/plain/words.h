#ifndef PLAIN_WORDS_H
#define PLAIN_WORDS_H

/* words -- what the pages without scripts say: the portal's own texts, and words.json.
 *
 * tools/pack_words.c makes the table when the program is built. */

#include "base/buf.h"

enum plain_language { PLAIN_ZH_CN, PLAIN_ZH_HANT, PLAIN_EN, PLAIN__LANGUAGES };
extern const char *const plain_languages[PLAIN__LANGUAGES]; /* "zh-CN" ... */
enum plain_language plain_language_of(hy_str tag);

struct plain_word {
	const char *key;
	const char *text[PLAIN__LANGUAGES];
};
extern const struct plain_word plain_words[]; /* by key */
extern const size_t plain_words_n;

/* The text of KEY; empty when there is none. */
hy_str plain_word(enum plain_language l, const char *key);
/* The same with {0}, {1} ... replaced by ARGS. */
hy_str plain_word_with(struct hy_arena *a, enum plain_language l, const char *key,
		       const hy_str *args, size_t n);
/* Is ID among those of the list KEY? */
bool plain_listed(const char *key, hy_str id);

/* --- days and instants: RFC 3339 in the city's zone, whose first ten characters are its day -----
 */
extern const char *const plain_months[12]; /* in English */
/* "10月13日 周二", "Tuesday 13 October"; with the year when it is not that of NOW. */
hy_str plain_day(struct hy_arena *a, enum plain_language l, hy_str day, hy_str now);
/* With the time, but not at the ends of days, where it says nothing. */
hy_str plain_instant(struct hy_arena *a, enum plain_language l, hy_str instant, hy_str now);
/* "10wd" in words; as it is when it is no limit. */
hy_str plain_limit(struct hy_arena *a, enum plain_language l, hy_str limit);
/* The first sentence of TEXT, for a title. */
hy_str plain_title(struct hy_arena *a, hy_str text);
/* Digits in groups of four. */
hy_str plain_groups(struct hy_arena *a, hy_str digits);

#endif
