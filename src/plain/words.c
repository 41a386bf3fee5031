#include "plain/words.h"

#include <stdlib.h>

#include "time/day.h"

const char *const plain_languages[PLAIN__LANGUAGES] = { "zh-CN", "zh-Hant", "en" };

enum plain_language plain_language_of(hy_str tag)
{
	for (int l = 0; l < PLAIN__LANGUAGES; l++)
		if (hy_str_eq(tag, hy_str_of(plain_languages[l])))
			return l;
	return PLAIN_ZH_CN;
}

static int by_key(const void *key, const void *word)
{
	return strcmp(key, ((const struct plain_word *)word)->key);
}

hy_str plain_word(enum plain_language l, const char *key)
{
	const struct plain_word *w =
		bsearch(key, plain_words, plain_words_n, sizeof(plain_words[0]), by_key);

	return hy_str_of(w ? w->text[l] : "");
}

hy_str plain_word_with(struct hy_arena *a, enum plain_language l, const char *key,
		       const hy_str *args, size_t n)
{
	hy_str s = plain_word(l, key);
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < s.n; i++) {
		size_t k = i + 2 < s.n && s.p[i] == '{' && s.p[i + 2] == '}'
				   ? (size_t)(s.p[i + 1] - '0')
				   : n;
		if (k < n) {
			hy_buf_add(&b, args[k]);
			i += 2;
		} else {
			hy_buf_byte(&b, s.p[i]);
		}
	}
	return hy_buf_str(&b);
}

bool plain_listed(const char *key, hy_str id)
{
	hy_str rest = plain_word(PLAIN_ZH_CN, key), w;

	while (hy_str_cut(&rest, ' ', &w))
		if (hy_str_eq(w, id))
			return true;
	return false;
}

/* --- days ---------------------------------------------------------------------------------------
 */

static const char *const weekdays[PLAIN__LANGUAGES][7] = {
	{ "周日", "周一", "周二", "周三", "周四", "周五", "周六" },
	{ "週日", "週一", "週二", "週三", "週四", "週五", "週六" },
	{ "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
};
const char *const plain_months[12] = { "January",   "February", "March",    "April",
				       "May",	    "June",	"July",	    "August",
				       "September", "October",	"November", "December" };

hy_str plain_day(struct hy_arena *a, enum plain_language l, hy_str day, hy_str now)
{
	hy_str head = hy_str_head(day, 10);
	hy_day d;

	if (!hy_day_read(head, &d))
		return day;
	struct hy_date date = hy_date_of(d);
	const char *week = weekdays[l][hy_weekday(d)];
	hy_str year = { head.p, 4 };
	bool other = !hy_str_starts(now, year);
	if (l == PLAIN_EN)
		return hy_printf(a, "%s %d %s%s" HY_FMT, week, date.day,
				 plain_months[date.month - 1], other ? " " : "",
				 HY_ARG(other ? year : HY_S("")));
	return hy_printf(a, HY_FMT "%s%d月%d日 %s", HY_ARG(other ? year : HY_S("")),
			 other ? "年" : "", date.month, date.day, week);
}

hy_str plain_instant(struct hy_arena *a, enum plain_language l, hy_str instant, hy_str now)
{
	hy_str day = plain_day(a, l, instant, now);

	if (instant.n < 16)
		return day;
	hy_str time = { instant.p + 11, 5 };
	if (hy_str_eq(time, HY_S("23:59")) || hy_str_eq(time, HY_S("00:00")))
		return day;
	return hy_printf(a, HY_FMT " " HY_FMT, HY_ARG(day), HY_ARG(time));
}

hy_str plain_limit(struct hy_arena *a, enum plain_language l, hy_str limit)
{
	size_t digits = 0;

	while (digits < limit.n && limit.p[digits] >= '0' && limit.p[digits] <= '9')
		digits++;
	hy_str n = { limit.p, digits };
	const char *key = hy_printf(a, "unit." HY_FMT, (int)(limit.n - digits), limit.p + digits).p;
	return plain_word(l, key).n ? plain_word_with(a, l, key, &n, 1) : limit;
}

/* --- texts --------------------------------------------------------------------------------------
 */

hy_str plain_title(struct hy_arena *a, hy_str text)
{
	static const hy_str ends[] = { HY_S_INIT("。"), HY_S_INIT("！"), HY_S_INIT("？"),
				       HY_S_INIT("!"),	HY_S_INIT("?"),	 HY_S_INIT("\n"),
				       HY_S_INIT(". ") };
	hy_str first = hy_str_trim(text);

	for (size_t i = 0; i < HY_COUNT(ends); i++) {
		ptrdiff_t at = hy_str_find(first, ends[i]);
		if (at >= 0)
			first.n = (size_t)at;
	}
	first = hy_str_trim(first);
	return hy_str_chars(first) > 60 ? hy_printf(a, HY_FMT "…", HY_ARG(hy_str_head(first, 59)))
					: first;
}

hy_str plain_groups(struct hy_arena *a, hy_str digits)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < digits.n; i++) {
		if (i && i % 4 == 0)
			hy_buf_byte(&b, ' ');
		hy_buf_byte(&b, digits.p[i]);
	}
	return hy_buf_str(&b);
}
