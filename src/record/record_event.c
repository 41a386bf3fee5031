#include <ctype.h>

#include "record/record_part.h"

enum { COMMITMENT = 2 * HY_SHA256 };

bool record_plain(hy_str s, size_t least)
{
	if (s.n < least || s.n > RECORD_PLAIN_MOST || !hy_str_utf8(s, NULL))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			return false;
	}
	return true;
}

void record_compose(struct hy_buf *b, const struct record_new *ev, hy_str commitment)
{
	hy_buf_add(b, HY_S("{\"at\":"));
	hy_buf_int(b, ev->at);
	hy_buf_add(b, HY_S(",\"by\":{\"role\":\""));
	hy_buf_add(b, ev->role);
	hy_buf_add(b, HY_S("\",\"unit\":\""));
	hy_buf_add(b, ev->unit);
	hy_buf_add(b, HY_S("\"},\"data\":"));
	hy_buf_add(b, ev->data);
	hy_buf_add(b, HY_S(",\"move\":\""));
	hy_buf_add(b, ev->move);
	if (commitment.n) {
		hy_buf_add(b, HY_S("\",\"private\":\""));
		hy_buf_add(b, commitment);
	}
	hy_buf_add(b, HY_S("\",\"rec\":"));
	hy_buf_int(b, ev->rec);
	hy_buf_add(b, HY_S(",\"seq\":"));
	hy_buf_int(b, ev->seq);
	hy_buf_add(b, HY_S(",\"subject\":\""));
	hy_buf_add(b, ev->subject);
	hy_buf_add(b, HY_S("\",\"v\":1}"));
}

/* --- cutting ---------------------------------------------------------------------------
 * The text is our own and has one form, so it is cut at fixed words from both ends.  What
 * remains in the middle is DATA; as that must itself be one JSON object, there is one way
 * only to cut a text. */

static bool front(hy_str *s, hy_str word)
{
	if (!hy_str_starts(*s, word))
		return false;
	*s = (hy_str){ s->p + word.n, s->n - word.n };
	return true;
}

static bool back(hy_str *s, hy_str word)
{
	if (!hy_str_ends(*s, word))
		return false;
	s->n -= word.n;
	return true;
}

/* Decimal as it is written here: no '+', no leading zeros, no "-0". */
static bool number(hy_str s, int64_t *out)
{
	hy_str digits = s;

	front(&digits, HY_S("-"));
	if (digits.n == 0 || (digits.p[0] == '0' && s.n > 1))
		return false;
	return isdigit((unsigned char)digits.p[0]) && hy_str_int(s, out);
}

static bool front_int(hy_str *s, int64_t *out)
{
	size_t n = 0;

	while (n < s->n && (isdigit((unsigned char)s->p[n]) || s->p[n] == '-'))
		n++;
	hy_str word = { s->p, n };
	*s = (hy_str){ s->p + n, s->n - n };
	return number(word, out);
}

static bool back_int(hy_str *s, int64_t *out)
{
	size_t n = s->n;

	while (n > 0 && (isdigit((unsigned char)s->p[n - 1]) || s->p[n - 1] == '-'))
		n--;
	hy_str word = { s->p + n, s->n - n };
	s->n = n;
	return number(word, out);
}

static bool front_text(hy_str *s, hy_str *out)
{
	if (!front(s, HY_S("\"")))
		return false;
	const char *end = memchr(s->p, '"', s->n);
	if (!end)
		return false;
	*out = (hy_str){ s->p, (size_t)(end - s->p) };
	*s = (hy_str){ end + 1, s->n - out->n - 1 };
	return !memchr(out->p, '\\', out->n);
}

static bool back_text(hy_str *s, hy_str *out)
{
	if (!back(s, HY_S("\"")))
		return false;
	const char *begin = s->n ? memrchr(s->p, '"', s->n) : NULL;
	if (!begin)
		return false;
	size_t before = (size_t)(begin - s->p);
	*out = (hy_str){ begin + 1, s->n - before - 1 };
	s->n = before;
	return !memchr(out->p, '\\', out->n);
}

bool record_cut(hy_str s, struct record_cut *out)
{
	struct record_cut c = { 0 };

	if (!front(&s, HY_S("{\"at\":")) || !front_int(&s, &c.at) ||
	    !front(&s, HY_S(",\"by\":{\"role\":")) || !front_text(&s, &c.role) ||
	    !front(&s, HY_S(",\"unit\":")) || !front_text(&s, &c.unit) ||
	    !front(&s, HY_S("},\"data\":")))
		return false;
	if (!back(&s, HY_S(",\"v\":1}")) || !back_text(&s, &c.subject) ||
	    !back(&s, HY_S(",\"subject\":")) || !back_int(&s, &c.seq) ||
	    !back(&s, HY_S(",\"seq\":")) || !back_int(&s, &c.rec) || !back(&s, HY_S(",\"rec\":")) ||
	    !back_text(&s, &c.move))
		return false;
	if (back(&s, HY_S(",\"private\":"))) {
		c.private = c.move;
		if (c.private.n != COMMITMENT || !back_text(&s, &c.move))
			return false;
	}
	if (!back(&s, HY_S(",\"move\":")) || s.n < 2 || s.p[0] != '{' || s.p[s.n - 1] != '}')
		return false;
	c.data = s;
	*out = c;
	return true;
}

/* --- reading ---------------------------------------------------------------------------- */

static enum hy_code object(struct hy_arena *a, hy_str text, json_t **out, struct hy_err *e)
{
	struct hy_err inner = { 0 };
	json_t *v;

	if (hy_json_read(a, text, &v, &inner) || !json_is_object(v))
		return hy_fail(e, HY_TAMPERED, "", "an event's fields are no JSON object: %s",
			       hy_err_text(&inner));
	*out = v;
	return HY_OK;
}

static enum hy_code parse(struct hy_arena *a, hy_str body, struct record_event *out,
			  struct record_cut *cut, struct hy_err *e)
{
	json_t *data;

	if (!record_cut(body, cut))
		return hy_fail(e, HY_TAMPERED, "", "these bytes are no event of this log");
	enum hy_code c = object(a, cut->data, &data, e);
	if (c)
		return c;
	*out = (struct record_event){ .idx = -1,
				      .seq = cut->seq,
				      .subject = cut->subject,
				      .move = cut->move,
				      .role = cut->role,
				      .unit = cut->unit,
				      .at = cut->at,
				      .rec = cut->rec,
				      .data = data,
				      .body = body };
	return HY_OK;
}

enum hy_code record_parse(struct hy_arena *a, hy_str body, struct record_event *out,
			  struct hy_err *e)
{
	struct record_cut cut;

	return parse(a, hy_str_dup(a, body), out, &cut, e);
}

/* No join: a planner that does not know the tables yet would read all of event_private for it. */
#define ROW                                                                                        \
	"SELECT e.idx, e.matter, e.body, (SELECT p.body FROM event_private p WHERE p.idx = "       \
	"e.idx) FROM event e"

const char record_of_matter[] = ROW " WHERE e.matter = $1 ORDER BY e.idx";
hy_str record_of_matters(struct hy_arena *a, int n)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_add(&b, HY_S(ROW " WHERE e.matter IN ("));
	for (int i = 1; i <= n; i++)
		hy_buf_fmt(&b, i > 1 ? ", $%d" : "$%d", i);
	hy_buf_add(&b, HY_S(") ORDER BY e.matter, e.idx"));
	return hy_buf_str(&b);
}

const char record_of_subject[] = ROW " WHERE e.matter IS NULL AND e.subject = $1 ORDER BY e.idx";
const char record_of_subjects[] =
	ROW " WHERE e.matter IS NULL AND e.subject >= $1 AND e.subject < $2 "
	    "ORDER BY e.subject, e.idx";
const char record_from[] = ROW " WHERE e.idx >= $1 ORDER BY e.idx LIMIT $2";

enum hy_code record_row(struct hy_arena *a, struct hy_stmt *s, struct record_event *out,
			struct hy_err *e)
{
	struct record_event ev;
	struct record_cut cut;
	struct hy_err inner = { 0 };
	int64_t idx = hy_col_int(s, 0);

	if (parse(a, hy_col_dup(a, s, 2), &ev, &cut, &inner))
		return hy_fail(e, HY_TAMPERED, "", "event %lld was changed: %s", (long long)idx,
			       hy_err_text(&inner));
	ev.idx = idx;
	ev.matter = hy_col_int(s, 1);
	ev.erased = cut.private.n && hy_col_null(s, 3);
	if (cut.private.n && !ev.erased && object(a, hy_col_text(s, 3), &ev.private, &inner))
		return hy_fail(e, HY_TAMPERED, "", "the private content of event %lld was changed",
			       (long long)idx);
	*out = ev;
	return HY_OK;
}

enum hy_code record_each(struct hy_arena *a, struct hy_db *db, hy_str head, record_each_fn *fn,
			 void *to, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subjects);
	struct record_event ev;
	bool row;

	hy_bind_text(s, 1, head);
	/* The first text behind all that begin so: '0' follows '/'. */
	hy_bind_text(s, 2, hy_printf(a, HY_FMT "0", HY_ARG(hy_str_head(head, head.n - 1))));
	for (;;) {
		enum hy_code c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		c = record_row(a, s, &ev, e);
		if (!c && !hy_str_starts(ev.subject, head))
			return hy_fail(e, HY_TAMPERED, "",
				       "event %lld is filed under " HY_FMT " but is about " HY_FMT,
				       (long long)ev.idx, HY_ARG(head), HY_ARG(ev.subject));
		if (!c)
			c = fn(a, to, (hy_str){ ev.subject.p + head.n, ev.subject.n - head.n }, &ev,
			       e);
		if (c)
			return c;
	}
}

enum hy_code record_erase(struct hy_db *db, int64_t idx, struct hy_err *e)
{
	HY_SCOPED_STMT up = hy_sql(db, "UPDATE event_private SET salt = NULL, body = NULL "
				       "WHERE idx = $1 AND body IS NOT NULL");
	hy_bind_int(up, 1, idx);
	return hy_exec(up, NULL, e);
}
