#include "base/str.h"

#include <endian.h>
#include <stdio.h>

int hy_str_cmp(hy_str a, hy_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

ptrdiff_t hy_str_find(hy_str s, hy_str part)
{
	if (part.n == 0)
		return 0;
	if (s.n < part.n)
		return -1;
	const char *hit = memmem(s.p, s.n, part.p, part.n);
	return hit ? hit - s.p : -1;
}

bool hy_str_cut(hy_str *rest, char sep, hy_str *head_out)
{
	if (rest->n == 0)
		return false;
	const char *hit = memchr(rest->p, sep, rest->n);
	size_t len = hit ? (size_t)(hit - rest->p) : rest->n;

	*head_out = (hy_str){ rest->p, len };
	rest->p += hit ? len + 1 : len;
	rest->n -= hit ? len + 1 : len;
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

hy_str hy_str_trim(hy_str s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool hy_str_int(hy_str s, int64_t *out)
{
	bool neg = s.n && s.p[0] == '-';
	size_t i = neg ? 1 : 0;
	int64_t v = 0;

	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		int d = s.p[i] - '0';
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, neg ? -d : d, &v))
			return false;
	}
	*out = v;
	return true;
}

/* Length of the well-formed sequence at P, 0 when there is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	if (p[0] == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	if (len == 0 || len > n || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/* Eight bytes of ASCII without a NUL among them. */
static bool ascii8(const char *p)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones << 7;
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return !((w | ((w - ones) & ~w)) & tops);
}

/* Two sequences of three bytes at P (of which eight can be read), none of those whose second byte
 * has a narrower range; false means only that they must be looked at one by one. */
static bool pair_of_3(const char *p)
{
	const uint64_t mask = 0xc0c0f0c0c0f0, want = 0x8080e08080e0;
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	w = le64toh(w);
	return (w & mask) == want && (w & 0x0f) != 0 && (w & 0x0f) != 0x0d &&
	       (w >> 24 & 0x0f) != 0 && (w >> 24 & 0x0f) != 0x0d;
}

bool hy_str_utf8(hy_str s, size_t *bad_out)
{
	for (size_t i = 0; i < s.n;) {
		if ((signed char)s.p[i] > 0) { /* ASCII */
			i += s.n - i >= 8 && ascii8(s.p + i) ? 8 : 1;
			continue;
		}
		if (s.n - i >= 8 && pair_of_3(s.p + i)) {
			i += 6;
			continue;
		}
		size_t len = utf8_len((const unsigned char *)s.p + i, s.n - i);
		if (len == 0) {
			if (bad_out)
				*bad_out = i;
			return false;
		}
		i += len;
	}
	return true;
}

size_t hy_str_chars(hy_str s)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.n; i++)
		chars += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return chars;
}

hy_str hy_str_head(hy_str s, size_t chars)
{
	size_t i = 0;

	for (; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80 && chars-- == 0)
			break;
	return (hy_str){ s.p, i };
}

unsigned hy_str_distance(hy_str a, hy_str b, unsigned most)
{
	unsigned row[64], above[64] = { 0 };

	if (a.n >= HY_COUNT(row) || b.n >= HY_COUNT(row))
		return hy_str_eq(a, b) ? 0 : most;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0], two_up = 0;
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned cost = diagonal + (a.p[i - 1] != b.p[j - 1]);
			unsigned step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
			bool swapped = i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
				       a.p[i - 2] == b.p[j - 1];
			if (swapped && two_up + 1 < cost)
				cost = two_up + 1;
			two_up = above[j - 1];
			above[j - 1] = diagonal;
			diagonal = row[j];
			row[j] = cost < step ? cost : step;
		}
		above[b.n] = diagonal;
	}
	return row[b.n] < most ? row[b.n] : most;
}

struct hy_near hy_near_to(hy_str want)
{
	want = hy_str_head(want, 40);
	return (struct hy_near){ .want = want,
				 .best = HY_S(""),
				 .distance = (unsigned)(want.n / 3) + 2 };
}

void hy_near_try(struct hy_near *n, hy_str candidate)
{
	unsigned d = hy_str_distance(n->want, candidate, n->distance);

	if (d < n->distance) {
		n->distance = d;
		n->best = candidate;
	}
}

const char *hy_near_text(struct hy_near *n)
{
	n->text[0] = '\0';
	if (n->best.n)
		snprintf(n->text, sizeof(n->text), "; did you mean \"" HY_FMT "\"?",
			 HY_ARG(n->best));
	return n->text;
}

uint32_t hy_str_point(hy_str s, size_t *used_out)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));

	if (len > s.n)
		len = s.n;
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3f);
	*used_out = len;
	return c;
}
