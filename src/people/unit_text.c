/* What may stand in a code and in a name. */
#include "people/unit_row.h"

static bool code_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '_' || c == '.';
}

bool unit_code_ok(hy_str code)
{
	if (code.n < 1 || code.n > UNIT_CODE_MOST)
		return false;
	for (size_t i = 0; i < code.n; i++)
		if (!code_char(code.p[i]))
			return false;
	return true;
}

enum hy_code unit_check_code(hy_str code, struct hy_err *e)
{
	if (!unit_code_ok(code))
		return hy_fail(e, HY_BAD_FIELD, "code",
			       "1 to %d letters, digits, '-', '_', '.' are needed", UNIT_CODE_MOST);
	return HY_OK;
}

/* Characters that are not seen: controls of ASCII, C1, line and paragraph separators, and those
 * that turn the direction of writing. S is UTF-8. */
static bool unseen(hy_str s)
{
	static const struct {
		hy_str head;
		unsigned char from, to;
	} hidden[] = { { HY_S_INIT("\xc2"), 0x80, 0x9f },
		       { HY_S_INIT("\xe2\x80"), 0x8e, 0x8f },
		       { HY_S_INIT("\xe2\x80"), 0xa8, 0xae },
		       { HY_S_INIT("\xe2\x81"), 0xa6, 0xa9 } };

	for (size_t i = 0; i < s.n; i++) {
		hy_str rest = { s.p + i, s.n - i };
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
		for (size_t k = 0; k < HY_COUNT(hidden); k++) {
			size_t n = hidden[k].head.n;
			if (hy_str_starts(rest, hidden[k].head) && rest.n > n &&
			    (unsigned char)rest.p[n] >= hidden[k].from &&
			    (unsigned char)rest.p[n] <= hidden[k].to)
				return true;
		}
	}
	return false;
}

enum hy_code unit_check_line(const char *field, hy_str text, struct hy_err *e)
{
	if (!hy_str_utf8(text, NULL) || unseen(text))
		return hy_fail(e, HY_BAD_FIELD, field,
			       "must be UTF-8 text on one line without control characters");
	if (hy_str_trim(text).n != text.n || text.n == 0 || hy_str_chars(text) > UNIT_NAME_MOST)
		return hy_fail(e, HY_BAD_FIELD, field,
			       "1 to %d characters are needed, without blanks around them",
			       UNIT_NAME_MOST);
	return HY_OK;
}
