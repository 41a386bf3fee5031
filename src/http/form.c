#include "http/form.h"

enum { BOUNDARY_MOST = 70, PART_HEAD_MOST = 2048, NAME_MOST = 200 };

static enum hy_code bad_form(struct hy_err *e, const char *why)
{
	return hy_fail(e, HY_BAD_INPUT, "", "the form: %s", why);
}

static bool is_word(hy_str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* --- the type ----------------------------------------------------------------------------------
 */

/* The boundary of multipart/form-data; empty when there is none that RFC 2046 allows. */
static hy_str boundary_of(hy_str type)
{
	static const hy_str none = HY_S_INIT("");
	hy_str rest = type, part, name;

	hy_str_cut(&rest, ';', &part);
	while (hy_str_cut(&rest, ';', &part)) {
		if (!hy_str_cut(&part, '=', &name) || !is_word(hy_str_trim(name), "boundary"))
			continue;
		hy_str b = hy_str_trim(part);
		if (b.n >= 2 && b.p[0] == '"' && b.p[b.n - 1] == '"')
			b = (hy_str){ b.p + 1, b.n - 2 };
		for (size_t i = 0; i < b.n; i++)
			if ((unsigned char)b.p[i] < 0x20 || (unsigned char)b.p[i] >= 0x7f ||
			    b.p[i] == '"')
				return none;
		return b.n <= BOUNDARY_MOST && !hy_str_ends(b, HY_S(" ")) ? b : none;
	}
	return none;
}

static bool is_multipart(hy_str type)
{
	hy_str rest = type, head;

	return hy_str_cut(&rest, ';', &head) && is_word(hy_str_trim(head), "multipart/form-data");
}

bool hy_form_type(hy_str type, bool files)
{
	hy_str rest = type, head;

	if (is_multipart(type))
		return files && boundary_of(type).n;
	return hy_str_cut(&rest, ';', &head) &&
	       is_word(hy_str_trim(head), "application/x-www-form-urlencoded");
}

/* --- fields ------------------------------------------------------------------------------------
 */

/* Browsers send the lines of a text with CR LF. */
static enum hy_code text_read(struct hy_arena *a, hy_str raw, hy_str *out, struct hy_err *e)
{
	char *p = hy_arena_take(a, raw.n + 1);
	size_t n = 0;

	if (!hy_str_utf8(raw, NULL))
		return bad_form(e, "must be UTF-8 without NUL");
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];
		if (c == '\r') {
			if (i + 1 < raw.n && raw.p[i + 1] == '\n')
				continue;
			c = '\n';
		}
		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return bad_form(e, "control characters are not accepted");
		p[n++] = (char)c;
	}
	*out = (hy_str){ p, n };
	return HY_OK;
}

static enum hy_code urlencoded(struct hy_arena *a, hy_str bytes, struct hy_form *f,
			       struct hy_err *e)
{
	enum hy_code c = hy_pairs_read(a, bytes, "the form", &f->fields, e);

	for (size_t i = 0; !c && i < f->fields.n; i++)
		c = text_read(a, f->fields.v[i].value, &f->fields.v[i].value, e);
	return c;
}

/* --- multipart ---------------------------------------------------------------------------------
 */

struct part {
	hy_str name, file_name, bytes;
	bool is_file;
};

/* The value of NAME="..." in the rest of a Content-Disposition.  Browsers write " in it as %22. */
static bool quoted(hy_str rest, const char *name, hy_str *out)
{
	while (rest.n) {
		const char *eq = memchr(rest.p, '=', rest.n);
		if (!eq || eq + 1 >= rest.p + rest.n || eq[1] != '"')
			return false;
		hy_str key = hy_str_trim((hy_str){ rest.p, (size_t)(eq - rest.p) });
		size_t left = (size_t)(rest.p + rest.n - (eq + 2));
		const char *end = memchr(eq + 2, '"', left);
		if (!end)
			return false;
		if (is_word(key, name)) {
			*out = (hy_str){ eq + 2, (size_t)(end - eq - 2) };
			return true;
		}
		rest = (hy_str){ end + 1, left - (size_t)(end + 1 - (eq + 2)) };
		while (rest.n && (rest.p[0] == ';' || rest.p[0] == ' '))
			rest = (hy_str){ rest.p + 1, rest.n - 1 };
	}
	return false;
}

static enum hy_code part_head(struct hy_arena *a, hy_str head, struct part *p, struct hy_err *e)
{
	hy_str line, name, kind, file = HY_S("");
	bool found = false;

	while (hy_str_cut(&head, '\n', &line)) {
		if (!hy_str_cut(&line, ':', &name) ||
		    !is_word(hy_str_trim(name), "Content-Disposition"))
			continue;
		if (found || !hy_str_cut(&line, ';', &kind) ||
		    !is_word(hy_str_trim(kind), "form-data") || !quoted(line, "name", &p->name))
			return bad_form(e, "a part must have one Content-Disposition: form-data "
					   "with a name");
		found = true;
		p->is_file = quoted(line, "filename", &file);
	}
	if (!found)
		return bad_form(e, "a part has no Content-Disposition");
	for (size_t i = file.n; i-- > 0;)
		if (file.p[i] == '/' || file.p[i] == '\\') {
			file = (hy_str){ file.p + i + 1, file.n - i - 1 };
			break;
		}
	enum hy_code c = text_read(a, p->name, &p->name, e);
	return c ? c : text_read(a, file, &p->file_name, e);
}

static enum hy_code part_add(struct hy_arena *a, const struct part *p, struct hy_form *f,
			     struct hy_err *e)
{
	if (f->fields.n + f->n_files >= HY_MOST_PAIRS)
		return hy_fail(e, HY_BAD_INPUT, "", "the form: more than %d values", HY_MOST_PAIRS);
	if (!p->is_file) {
		struct hy_pair *pair = &f->fields.v[f->fields.n++];
		pair->name = p->name;
		return text_read(a, p->bytes, &pair->value, e);
	}
	/* Where nothing was chosen browsers send an empty file without a name. */
	if (p->bytes.n || p->file_name.n)
		f->files[f->n_files++] = (struct hy_form_file){
			p->name, p->file_name.n <= NAME_MOST ? p->file_name : HY_S(""), p->bytes
		};
	return HY_OK;
}

static enum hy_code multipart(struct hy_arena *a, hy_str boundary, hy_str bytes, struct hy_form *f,
			      struct hy_err *e)
{
	hy_str mark = hy_printf(a, "\r\n--" HY_FMT, HY_ARG(boundary));
	hy_str first = { mark.p + 2, mark.n - 2 }, rest = bytes;

	f->fields.v = hy_new_n(a, struct hy_pair, HY_MOST_PAIRS);
	f->files = hy_new_n(a, struct hy_form_file, HY_MOST_PAIRS);
	if (!boundary.n || !hy_str_starts(rest, first))
		return bad_form(e, "does not begin with its boundary");
	rest = (hy_str){ rest.p + first.n, rest.n - first.n };
	while (!hy_str_starts(rest, HY_S("--"))) {
		struct part p = { 0 };
		if (!hy_str_starts(rest, HY_S("\r\n")))
			return bad_form(e, "a boundary must end its line");
		rest = (hy_str){ rest.p + 2, rest.n - 2 };
		ptrdiff_t blank = hy_str_find(
			(hy_str){ rest.p, rest.n < PART_HEAD_MOST ? rest.n : PART_HEAD_MOST },
			HY_S("\r\n\r\n"));
		if (blank < 0)
			return bad_form(e, "the head of a part does not end");
		enum hy_code c = part_head(a, (hy_str){ rest.p, (size_t)blank }, &p, e);
		if (c)
			return c;
		/* The blank line may belong to the next boundary: an empty value. */
		rest = (hy_str){ rest.p + blank + 2, rest.n - (size_t)blank - 2 };
		ptrdiff_t end = hy_str_find((hy_str){ rest.p + 2, rest.n - 2 }, mark);
		if (end < 0)
			return bad_form(e, "a part does not end; it was cut off");
		p.bytes = (hy_str){ rest.p + 2, (size_t)end };
		rest = (hy_str){ rest.p + 2 + end + mark.n, rest.n - 2 - (size_t)end - mark.n };
		c = part_add(a, &p, f, e);
		if (c)
			return c;
	}
	return HY_OK;
}

enum hy_code hy_form_read(struct hy_arena *a, hy_str type, hy_str bytes, struct hy_form *out,
			  struct hy_err *e)
{
	*out = (struct hy_form){ 0 };
	return is_multipart(type) ? multipart(a, boundary_of(type), bytes, out, e)
				  : urlencoded(a, bytes, out, e);
}

/* --- in the hands of a handler ------------------------------------------------------------------
 */

hy_str hy_request_form(struct hy_request *r, const char *name)
{
	for (size_t i = 0; r->form && i < r->form->fields.n; i++)
		if (hy_str_eq(r->form->fields.v[i].name, hy_str_of(name)))
			return r->form->fields.v[i].value;
	return HY_S("");
}

struct hy_texts hy_request_form_all(struct hy_request *r, const char *name)
{
	size_t n = r->form ? r->form->fields.n : 0;
	struct hy_texts t = { hy_new_n(r->arena, hy_str, n + 1), 0 };

	for (size_t i = 0; i < n; i++)
		if (hy_str_eq(r->form->fields.v[i].name, hy_str_of(name)))
			t.v[t.n++] = r->form->fields.v[i].value;
	return t;
}

bool hy_request_form_file(struct hy_request *r, size_t n, hy_str *name_out, hy_str *bytes_out)
{
	if (!r->form || n >= r->form->n_files)
		return false;
	*name_out = r->form->files[n].name;
	*bytes_out = r->form->files[n].bytes;
	return true;
}
