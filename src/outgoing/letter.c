/* letter -- a text as mail: RFC 5322 with MIME.  Pure. */
#include <time.h>

#include "base/buf.h"
#include "base/hash.h"
#include "outgoing/outgoing.h"

enum {
	MOST_ADDRESS = 254,
	MOST_LOCAL = 64,
	WORD_BYTES = 42 /* of an encoded word: 56 letters and 12 around them */
};

bool outgoing_address_ok(hy_str s)
{
	const char *at = s.n ? memchr(s.p, '@', s.n) : NULL;
	size_t local = at ? (size_t)(at - s.p) : 0;
	char before = '.';

	if (!at || !local || local > MOST_LOCAL || s.n > MOST_ADDRESS || local + 1 == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool plain =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (i == local) {
			if (before == '.')
				return false;
			before = '.';
			continue;
		}
		if (c == '.' ? before == '.' || before == '-'
			     : !plain && !(i < local ? c && strchr("!#$%&'*+-/=?^_`{|}~", c)
						     : c == '-' && before != '.'))
			return false;
		before = i < local && c == '-' ? 'x' : c;
	}
	return before != '.' && before != '-';
}

static bool is_plain(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* TEXT as encoded words, each on a line of its own and made of whole characters. */
static void add_words(struct hy_buf *b, hy_str text)
{
	for (bool first = true; text.n; first = false) {
		size_t n = text.n < WORD_BYTES ? text.n : WORD_BYTES;

		while (n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
			n--;
		hy_buf_fmt(b, "%s=?utf-8?B?" HY_FMT "?=", first ? "" : "\r\n ",
			   HY_ARG(hy_base64(b->a, text.p, n)));
		text = (hy_str){ text.p + n, text.n - n };
	}
}

static void add_date(struct hy_buf *b, int64_t ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	hy_buf_fmt(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
		   months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static enum hy_code check(const struct outgoing_letter *l, struct hy_err *e)
{
	const struct {
		const char *field;
		hy_str s;
		size_t most;
	} lines[] = { { "from_name", l->from_name, 200 }, { "subject", l->subject, 500 } };

	if (!outgoing_address_ok(l->from))
		return hy_fail(e, HY_BAD_FIELD, "from", "is no mail address");
	if (!outgoing_address_ok(l->to))
		return hy_fail(e, HY_BAD_FIELD, "to", "is no mail address");
	if (!outgoing_address_ok(l->message_id))
		return hy_fail(e, HY_BAD_FIELD, "message_id", "must look like a mail address");
	if (!hy_str_utf8(l->text, NULL))
		return hy_fail(e, HY_BAD_FIELD, "text", "is not UTF-8");
	for (size_t i = 0; i < HY_COUNT(lines); i++) {
		hy_str s = lines[i].s;

		if (s.n > lines[i].most || !hy_str_utf8(s, NULL))
			return hy_fail(e, HY_BAD_FIELD, lines[i].field,
				       "must be UTF-8 of at most %zu bytes", lines[i].most);
		for (size_t k = 0; k < s.n; k++)
			if ((unsigned char)s.p[k] < ' ' || s.p[k] == 127)
				return hy_fail(e, HY_BAD_FIELD, lines[i].field,
					       "must be one line without control characters");
	}
	return HY_OK;
}

enum hy_code outgoing_letter(struct hy_arena *a, const struct outgoing_letter *l, hy_str *out,
			     struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a), text = hy_buf_on(a);
	enum hy_code code = check(l, e);
	hy_str coded;

	if (code)
		return code;
	add_date(&b, l->date_ms);
	hy_buf_add(&b, HY_S("From: "));
	if (l->from_name.n) {
		add_words(&b, l->from_name);
		hy_buf_add(&b, l->from_name.n > 12 ? HY_S("\r\n ") : HY_S(" "));
	}
	hy_buf_fmt(&b, "<" HY_FMT ">\r\nTo: <" HY_FMT ">\r\nMessage-ID: <" HY_FMT ">\r\nSubject: ",
		   HY_ARG(l->from), HY_ARG(l->to), HY_ARG(l->message_id));
	if (l->subject.n <= 60 && is_plain(l->subject) && hy_str_find(l->subject, HY_S("=?")) < 0)
		hy_buf_add(&b, l->subject);
	else
		add_words(&b, l->subject);
	hy_buf_add(&b, HY_S("\r\nMIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: base64\r\n"
			    "Auto-Submitted: auto-generated\r\n\r\n"));
	for (size_t i = 0; i < l->text.n; i++) {
		if (l->text.p[i] == '\n' && (!i || l->text.p[i - 1] != '\r'))
			hy_buf_byte(&text, '\r');
		hy_buf_byte(&text, l->text.p[i]);
	}
	coded = hy_base64(a, hy_buf_str(&text).p, text.n);
	for (size_t i = 0; i < coded.n; i += 76) {
		hy_buf_add(&b, (hy_str){ coded.p + i, coded.n - i < 76 ? coded.n - i : 76 });
		hy_buf_add(&b, HY_S("\r\n"));
	}
	*out = hy_buf_str(&b);
	return HY_OK;
}
