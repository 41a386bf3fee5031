#include "sheet/sheet.h"

#include <errno.h>
#include <locale.h>
#include <wchar.h>
#include <xlsxwriter.h>

enum { PAGE_ROWS = 1048576, CELL_CHARS = 32767 };

enum form { FORM_TEXT, FORM_CSV, FORM_XLSX };

struct sheet {
	enum form form;
	struct hy_arena *a;
	FILE *out;
	struct hy_buf line;
	const struct sheet_column *columns;
	size_t n;
	lxw_workbook *book;
	lxw_worksheet *page;
	lxw_format *bold, *share, *x100;
	lxw_row_t row;
};

/* --- width on a terminal
 * ---------------------------------------------------------------------------- */

int sheet_width(hy_str s)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t was = utf8 ? uselocale(utf8) : (locale_t)0;
	mbstate_t state = { 0 };
	int width = 0;

	for (size_t at = 0; at < s.n;) {
		wchar_t wide = 0;
		size_t used = mbrtowc(&wide, s.p + at, s.n - at, &state);
		if (used == 0 || used > s.n - at) { /* no character of this locale: one place */
			memset(&state, 0, sizeof(state));
			used = 1;
			wide = L'?';
		}
		int places = wcwidth(wide);
		width += places > 0 ? places : 0;
		at += used;
	}
	if (utf8) {
		uselocale(was);
		freelocale(utf8);
	}
	return width;
}

/* --- cells as text
 * ------------------------------------------------------------------------------------ */

static void hundredths(struct hy_buf *b, int64_t n)
{
	hy_buf_fmt(b, "%s%lld.%02lld", n < 0 ? "-" : "", (long long)(n < 0 ? -n : n) / 100,
		   (long long)(n < 0 ? -n : n) % 100);
}

static void value_text(struct hy_buf *b, const struct sheet_cell *c)
{
	switch (c->kind) {
	case SHEET_NONE:
		break;
	case SHEET_TEXT:
		hy_buf_add(b, c->text);
		break;
	case SHEET_NUMBER:
		hy_buf_int(b, c->n);
		break;
	case SHEET_SHARE:
	case SHEET_X100:
		hundredths(b, c->n);
		break;
	}
}

static void pad(struct hy_buf *b, int places)
{
	while (places-- > 0)
		hy_buf_byte(b, ' ');
}

static void place(struct hy_buf *line, hy_str text, const struct sheet_column *col, bool last)
{
	int room = col->width - sheet_width(text);

	if (col->right)
		pad(line, room);
	hy_buf_add(line, text);
	if (!col->right && !last)
		pad(line, room);
	if (!last)
		pad(line, 2);
}

static void text_row(struct sheet *s, const struct sheet_cell *cells)
{
	s->line.n = 0;
	for (size_t i = 0; i < s->n; i++) {
		char room[256];
		struct hy_buf b = hy_buf_on(s->a);
		hy_str text = cells[i].text;
		if (cells[i].kind != SHEET_TEXT) {
			b.p = room;
			b.cap = sizeof(room);
			value_text(&b, &cells[i]);
			if (cells[i].kind == SHEET_SHARE)
				hy_buf_add(&b, HY_S("%"));
			if (cells[i].kind == SHEET_NONE)
				hy_buf_add(&b, HY_S("-"));
			text = hy_buf_str(&b);
		}
		size_t from = s->line.n;
		place(&s->line, text, &s->columns[i], i + 1 == s->n);
		for (size_t k = from; k < s->line.n; k++) /* a title must not steer the terminal */
			if ((unsigned char)s->line.p[k] < 0x20 || s->line.p[k] == 0x7f)
				s->line.p[k] = ' ';
	}
	while (s->line.n && s->line.p[s->line.n - 1] == ' ')
		s->line.n--;
	fwrite(s->line.p, 1, s->line.n, s->out);
	fputc('\n', s->out);
}

/* --- CSV
 * ------------------------------------------------------------------------------------------------
 */

static void csv_text(struct hy_buf *b, hy_str text)
{
	bool formula = text.n && strchr("=+-@\t\r", text.p[0]);
	bool quote = formula;

	for (size_t i = 0; i < text.n && !quote; i++)
		quote = strchr(",\"\r\n", text.p[i]) != NULL;
	if (quote)
		hy_buf_byte(b, '"');
	if (formula)
		hy_buf_byte(b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			hy_buf_byte(b, '"');
		hy_buf_byte(b, text.p[i]);
	}
	if (quote)
		hy_buf_byte(b, '"');
}

static void csv_row(struct sheet *s, const struct sheet_cell *cells)
{
	s->line.n = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (i)
			hy_buf_byte(&s->line, ',');
		if (cells[i].kind == SHEET_TEXT)
			csv_text(&s->line, cells[i].text);
		else
			value_text(&s->line, &cells[i]);
	}
	hy_buf_add(&s->line, HY_S("\r\n"));
	fwrite(s->line.p, 1, s->line.n, s->out);
}

/* --- XLSX
 * -----------------------------------------------------------------------------------------------
 */

static void xlsx_text(struct sheet *s, lxw_col_t col, hy_str text, lxw_format *format)
{
	s->line.n = 0;
	hy_buf_add(&s->line, hy_str_head(text, CELL_CHARS));
	if (text.n)
		worksheet_write_string(s->page, s->row, col, s->line.p, format);
}

static void xlsx_row(struct sheet *s, const struct sheet_cell *cells)
{
	for (size_t i = 0; i < s->n; i++) {
		lxw_col_t col = (lxw_col_t)i;
		switch (cells[i].kind) {
		case SHEET_NONE:
			break;
		case SHEET_TEXT:
			xlsx_text(s, col, cells[i].text, NULL);
			break;
		case SHEET_NUMBER:
			worksheet_write_number(s->page, s->row, col, (double)cells[i].n, NULL);
			break;
		case SHEET_SHARE:
			worksheet_write_number(s->page, s->row, col, (double)cells[i].n / 10000,
					       s->share);
			break;
		case SHEET_X100:
			worksheet_write_number(s->page, s->row, col, (double)cells[i].n / 100,
					       s->x100);
			break;
		}
	}
	s->row++;
}

static void xlsx_begin(struct sheet *s, hy_str name)
{
	s->page = workbook_add_worksheet(s->book, hy_str_dup(s->a, name).p);
	s->row = 0;
	for (size_t i = 0; i < s->n; i++) {
		int places = s->columns[i].width ? s->columns[i].width + 2 : 60;
		worksheet_set_column(s->page, (lxw_col_t)i, (lxw_col_t)i, places, NULL);
		xlsx_text(s, (lxw_col_t)i, s->columns[i].title, s->bold);
	}
	worksheet_freeze_panes(s->page, 1, 0);
	s->row = 1;
}

/* --- all forms
 * -------------------------------------------------------------------------------------------- */

static struct sheet *sheet_new(struct hy_arena *a, enum form form, FILE *out)
{
	struct sheet *s = hy_new(a, struct sheet);

	*s = (struct sheet){ .form = form, .a = a, .out = out, .line = hy_buf_on(a) };
	return s;
}

struct sheet *sheet_text(struct hy_arena *a, FILE *out)
{
	return sheet_new(a, FORM_TEXT, out);
}

struct sheet *sheet_csv(struct hy_arena *a, FILE *out, bool bom)
{
	if (bom)
		fputs("\xef\xbb\xbf", out);
	return sheet_new(a, FORM_CSV, out);
}

enum hy_code sheet_xlsx(struct hy_arena *a, const char *path, hy_ms at, struct sheet **out,
			struct hy_err *e)
{
	FILE *probe = fopen(path, "wb"); /* before the work; the library would tell at its end */
	if (!probe)
		return hy_fail(e, HY_IO, "--xlsx", "could not write %s: %s", path, strerror(errno));
	fclose(probe);
	struct sheet *s = sheet_new(a, FORM_XLSX, NULL);
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	lxw_doc_properties properties = { .created = (time_t)(at / 1000) };

	s->book = workbook_new_opt(path, &options);
	if (!s->book)
		return hy_broke(e, HY_IO, "could not begin %s", path);
	workbook_set_properties(s->book, &properties);
	s->bold = workbook_add_format(s->book);
	format_set_bold(s->bold);
	s->share = workbook_add_format(s->book);
	format_set_num_format(s->share, "0.00%");
	s->x100 = workbook_add_format(s->book);
	format_set_num_format(s->x100, "0.00");
	*out = s;
	return HY_OK;
}

void sheet_begin(struct sheet *s, hy_str name, const struct sheet_column *columns, size_t n)
{
	struct sheet_cell *heads = hy_new_n(s->a, struct sheet_cell, n);

	s->columns = columns;
	s->n = n;
	for (size_t i = 0; i < n; i++)
		heads[i] = sheet_words(columns[i].title);
	switch (s->form) {
	case FORM_TEXT:
		text_row(s, heads);
		break;
	case FORM_CSV:
		csv_row(s, heads);
		break;
	case FORM_XLSX:
		xlsx_begin(s, name);
		break;
	}
}

enum hy_code sheet_row(struct sheet *s, const struct sheet_cell *cells, struct hy_err *e)
{
	switch (s->form) {
	case FORM_TEXT:
		text_row(s, cells);
		break;
	case FORM_CSV:
		csv_row(s, cells);
		break;
	case FORM_XLSX:
		if (s->row >= PAGE_ROWS)
			return hy_fail(e, HY_TOO_LARGE, "--xlsx",
				       "an XLSX page holds %d rows; take a shorter period or --csv",
				       PAGE_ROWS);
		xlsx_row(s, cells);
		break;
	}
	return HY_OK;
}

enum hy_code sheet_end(struct sheet *s, struct hy_err *e)
{
	if (s->form != FORM_XLSX)
		return HY_OK;
	lxw_error error = workbook_close(s->book);
	s->book = NULL;
	if (error)
		return hy_fail(e, HY_IO, "--xlsx", "could not write the file: %s",
			       lxw_strerror(error));
	return HY_OK;
}
