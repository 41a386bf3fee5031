#include "sheet/grid.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>

#include "sheet/grid_part.h"

#define BOM HY_S("\xef\xbb\xbf")

/* --- rows ----------------------------------------------------------------------------------------
 */

enum hy_code grid_put(struct grid_maker *m, int64_t line, size_t at, hy_str text, struct hy_err *e)
{
	if (at >= GRID_CELLS_MOST)
		return hy_fail(e, HY_TOO_LARGE, "", "line %lld has more than %d cells",
			       (long long)line, GRID_CELLS_MOST);
	text = hy_str_trim(text);
	if (text.n > GRID_CHARS_MOST * 4 || hy_str_chars(text) > GRID_CHARS_MOST)
		return hy_fail(e, HY_TOO_LARGE, "", "line %lld, cell %zu: more than %d characters",
			       (long long)line, at + 1, GRID_CHARS_MOST);
	while (m->cells.n <= at)
		*hy_push(m->a, &m->cells) = HY_S("");
	m->cells.v[at] = text;
	return HY_OK;
}

enum hy_code grid_row_end(struct grid_maker *m, int64_t line, struct hy_err *e)
{
	size_t n = m->cells.n;

	while (n > 0 && m->cells.v[n - 1].n == 0)
		n--;
	m->cells.n = 0;
	if (n == 0)
		return HY_OK;
	if (m->rows.n >= GRID_ROWS_MOST)
		return hy_fail(e, HY_TOO_LARGE, "", "more than %d rows; take them in several files",
			       GRID_ROWS_MOST);
	struct grid_row *r = hy_push(m->a, &m->rows);
	*r = (struct grid_row){ line, hy_new_n(m->a, hy_str, n), n };
	memcpy(r->cells, m->cells.v, n * sizeof(hy_str));
	return HY_OK;
}

/* --- CSV
 * ------------------------------------------------------------------------------------------ */

struct parsing {
	struct grid_maker *m;
	struct hy_err *e;
	enum hy_code code;
	int64_t line; /* of the byte in hand */
	int64_t row;  /* where the row in hand began; 0: none */
	size_t at;
};

/* Our export puts a ' before what a spreadsheet would run. */
static hy_str unguarded(hy_str s)
{
	if (s.n > 1 && s.p[0] == '\'' && strchr("=+-@\t\r", s.p[1]))
		return (hy_str){ s.p + 1, s.n - 1 };
	return s;
}

static void on_cell(void *bytes, size_t n, void *arg)
{
	struct parsing *p = arg;
	hy_str text = { bytes, n };

	if (p->code)
		return;
	if (!hy_str_utf8(text, NULL)) {
		p->code = hy_fail(p->e, HY_BAD_INPUT, "", "line %lld, cell %zu is no text",
				  (long long)p->row, p->at + 1);
		return;
	}
	text = unguarded(hy_str_trim(text));
	p->code = grid_put(p->m, p->row, p->at++, hy_str_dup(p->m->a, text), p->e);
}

static void on_row(int end, void *arg)
{
	struct parsing *p = arg;

	(void)end;
	if (!p->code)
		p->code = grid_row_end(p->m, p->row, p->e);
	p->row = 0;
	p->at = 0;
}

/* The next line with its end. */
static hy_str next_line(hy_str *rest)
{
	const char *lf = memchr(rest->p, '\n', rest->n);
	const char *cr = memchr(rest->p, '\r', lf ? (size_t)(lf - rest->p) : rest->n);
	size_t n = lf ? (size_t)(lf - rest->p) + 1 : rest->n;

	if (cr && cr + 1 < rest->p + rest->n && cr[1] != '\n')
		n = (size_t)(cr - rest->p) + 1;
	hy_str line = { rest->p, n };
	rest->p += n;
	rest->n -= n;
	return line;
}

static enum hy_code csv_rows(struct grid_maker *m, hy_str text, struct hy_err *e)
{
	struct parsing p = { .m = m, .e = e, .line = 1 };
	struct csv_parser csv;

	if (csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI))
		return hy_broke(e, HY_INTERNAL, "csv_init failed");
	while (text.n && !p.code) {
		hy_str line = next_line(&text);
		if (!p.row && hy_str_trim(line).n == 0) {
			p.line++;
			continue;
		}
		if (!p.row)
			p.row = p.line;
		if (csv_parse(&csv, line.p, line.n, on_cell, on_row, &p) != line.n && !p.code)
			p.code =
				hy_fail(e, HY_BAD_INPUT, "",
					"line %lld: a quotation mark stands inside a cell; put the "
					"cell between quotation marks and double those in it",
					(long long)p.line);
		p.line++;
	}
	if (!p.code && csv_fini(&csv, on_cell, on_row, &p) && !p.code)
		p.code = hy_fail(e, HY_BAD_INPUT, "",
				 "the quotation mark that opens in line %lld is never closed",
				 (long long)p.row);
	csv_free(&csv);
	return p.code;
}

/* TEXT in GB18030 as UTF-8; false when it is none. */
static bool from_gb(struct hy_arena *a, hy_str text, hy_str *out)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	size_t room = text.n * 2 + 16, left = text.n;
	char *to = hy_arena_take(a, room), *in = (char *)(uintptr_t)text.p, *at = to;

	if (cd == (iconv_t)-1)
		return false;
	bool good = iconv(cd, &in, &left, &at, &room) != (size_t)-1;
	iconv_close(cd);
	*out = (hy_str){ to, (size_t)(at - to) };
	return good && !memchr(to, '\0', out->n);
}

static enum hy_code csv_grid(struct grid_maker *m, hy_str bytes, const char **form_out,
			     struct hy_err *e)
{
	hy_str text = bytes;
	size_t bad = 0;

	if (hy_str_starts(bytes, HY_S("\xff\xfe")) || hy_str_starts(bytes, HY_S("\xfe\xff")))
		return hy_fail(e, HY_BAD_INPUT, "", "the file is UTF-16; save it as CSV in UTF-8");
	if (hy_str_starts(text, BOM))
		text = (hy_str){ text.p + BOM.n, text.n - BOM.n };
	*form_out = "csv, utf-8";
	if (!hy_str_utf8(text, &bad)) {
		if (text.p != bytes.p || !from_gb(m->a, bytes, &text))
			return hy_fail(e, HY_BAD_INPUT, "",
				       "the file is neither XLSX nor CSV in UTF-8 or GB18030 "
				       "(byte %zu); save it as one of these",
				       bad + 1);
		*form_out = "csv, gb18030";
	}
	return csv_rows(m, text, e);
}

/* --- both
 * ------------------------------------------------------------------------------------------- */

enum hy_code grid_read(struct hy_arena *a, hy_str bytes, struct grid *out, struct hy_err *e)
{
	struct grid_maker m = { .a = a };
	const char *form = "xlsx";
	enum hy_code c;

	if (bytes.n > GRID_FILE_MOST)
		return hy_fail(e, HY_TOO_LARGE, "", "the file is larger than %d MiB",
			       GRID_FILE_MOST >> 20);
	if (hy_str_starts(bytes, HY_S("\xd0\xcf\x11\xe0")))
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the file is XLS or has a password; save it as XLSX without one, or "
			       "as CSV");
	if (hy_str_starts(bytes, HY_S("PK\x03\x04")))
		c = grid_xlsx(&m, bytes, e);
	else
		c = csv_grid(&m, bytes, &form, e);
	if (c)
		return c;
	if (m.rows.n == 0)
		return hy_fail(e, HY_BAD_INPUT, "", "there is nothing in the file");
	*out = (struct grid){ m.rows.v, m.rows.n, form };
	return HY_OK;
}

/* --- the head
 * ------------------------------------------------------------------------------------- */

static bool named(const struct grid_column *c, hy_str name)
{
	hy_str rest = hy_str_of(c->names), one;

	while (hy_str_cut(&rest, '|', &one))
		if (hy_str_eq(one, name))
			return true;
	return false;
}

static hy_str first_name(const struct grid_column *c)
{
	hy_str rest = hy_str_of(c->names), one = rest;

	(void)hy_str_cut(&rest, '|', &one);
	return one;
}

enum hy_code grid_head(const struct grid *g, const struct grid_column *columns, size_t n,
		       int *at_out, struct hy_err *e)
{
	const struct grid_row *head = &g->rows[0];

	for (size_t i = 0; i < n; i++)
		at_out[i] = -1;
	for (size_t k = 0; k < head->n; k++) {
		size_t i = 0;
		while (i < n && !named(&columns[i], head->cells[k]))
			i++;
		if (i < n && at_out[i] < 0) {
			at_out[i] = (int)k;
			continue;
		}
		if (i < n)
			return hy_fail(e, HY_BAD_INPUT, "",
				       "line %lld: column '" HY_FMT "' stands there twice",
				       (long long)head->line, HY_ARG(head->cells[k]));
		struct hy_near near = hy_near_to(head->cells[k]);
		for (i = 0; i < n; i++) {
			hy_str rest = hy_str_of(columns[i].names), one;
			while (hy_str_cut(&rest, '|', &one))
				hy_near_try(&near, one);
		}
		return hy_fail(e, HY_BAD_INPUT, "", "line %lld: there is no column '" HY_FMT "'%s",
			       (long long)head->line, HY_ARG(near.want), hy_near_text(&near));
	}
	for (size_t i = 0; i < n; i++)
		if (columns[i].required && at_out[i] < 0)
			return hy_fail(e, HY_BAD_INPUT, "",
				       "line %lld: the column '" HY_FMT "' is missing",
				       (long long)head->line, HY_ARG(first_name(&columns[i])));
	return HY_OK;
}
