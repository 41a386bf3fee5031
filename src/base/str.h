#ifndef HY_BASE_STR_H
#define HY_BASE_STR_H

/* str -- a view of bytes that somebody else owns; never relies on a final zero.
 *
 * A view is valid as long as the bytes behind it: views into a request live as
 * long as the request, views into an arena as long as the arena. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct hy_str {
	const char *p;
	size_t n;
} hy_str;

#define HY_S(lit) ((hy_str){ "" lit, sizeof(lit) - 1 })
#define HY_S_INIT(lit)                                                                             \
	{                                                                                          \
		"" lit, sizeof(lit) - 1                                                            \
	} /* for static tables */
#define HY_FMT "%.*s"
#define HY_ARG(s) (int)(s).n, (s).p

#define HY_MUST __attribute__((warn_unused_result))
#define HY_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define HY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The bytes of a zero-terminated string; the empty view for NULL. */
static inline hy_str hy_str_of(const char *z)
{
	return (hy_str){ z, z ? strlen(z) : 0 };
}

static inline bool hy_str_eq(hy_str a, hy_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Byte order; shorter first when one is a prefix of the other. */
int hy_str_cmp(hy_str a, hy_str b);

static inline bool hy_str_starts(hy_str s, hy_str head)
{
	return s.n >= head.n && memcmp(s.p, head.p, head.n) == 0;
}

static inline bool hy_str_ends(hy_str s, hy_str tail)
{
	return s.n >= tail.n && memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0;
}

/* Where PART first stands in S, or -1. */
ptrdiff_t hy_str_find(hy_str s, hy_str part);

/* Take the part before SEP; advance REST past it. False when REST is empty. */
bool hy_str_cut(hy_str *rest, char sep, hy_str *head_out);

/* Without spaces, tabs, CR and LF at both ends. */
hy_str hy_str_trim(hy_str s);

/* The whole of S as a decimal integer; false when it is none or does not fit. */
bool hy_str_int(hy_str s, int64_t *out) HY_MUST;

/* Is S well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL?
 * BAD_OUT, when given, receives the offset of the first bad byte. */
bool hy_str_utf8(hy_str s, size_t *bad_out);
/* The first code point of S, which is UTF-8 and not empty; *USED_OUT: its bytes. */
uint32_t hy_str_point(hy_str s, size_t *used_out);

/* How many code points; S must be UTF-8. */
size_t hy_str_chars(hy_str s);

/* The first CHARS code points of S. */
hy_str hy_str_head(hy_str s, size_t chars);

/* Levenshtein distance in bytes, two neighbours that changed places being one step, for "did you
 * mean"; stops counting at MOST. */
unsigned hy_str_distance(hy_str a, hy_str b, unsigned most);

/* The candidate nearest to a word that was not found.
 *
 *	struct hy_near near = hy_near_to(word);
 *	for (...) hy_near_try(&near, candidate);
 *	... "there is no '" HY_FMT "'%s", HY_ARG(near.want), hy_near_text(&near) */
struct hy_near {
	hy_str want, best; /* best is empty when none is near; the first of equals wins */
	unsigned distance; /* below which a candidate counts as near */
	char text[96];
};
struct hy_near hy_near_to(hy_str want); /* WANT is cut to 40 characters for messages */
void hy_near_try(struct hy_near *n, hy_str candidate);
/* `; did you mean "best"?` or "". */
const char *hy_near_text(struct hy_near *n);

#endif
