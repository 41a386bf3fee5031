/* The first page of an XLSX: a zip of XML files, of which four kinds matter. */
#include <archive.h>
#include <archive_entry.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "sheet/grid_part.h"
#include "time/day.h"

enum { NAME_MOST = 200, PARTS_MOST = 4096, STRINGS_MOST = 2000000 };

struct book {
	struct grid_maker *m;
	struct hy_err *e;
	enum hy_code code;   /* the first error */
	struct hy_map parts; /* name -> hy_str * */
	size_t unpacked;
	hy_str first_id; /* r:id of the first page */
	hy_str page;	 /* its file */
	bool from_1904;
	HY_VEC(hy_str) strings;
	HY_VEC(bool) dates;	  /* by style: does it show a date? */
	HY_VEC(int) date_formats; /* numbers of own formats that do */
};

/* --- the zip
 * --------------------------------------------------------------------------------------- */

static enum hy_code no_zip(struct hy_err *e)
{
	return hy_fail(e, HY_BAD_INPUT, "", "the file is no XLSX, or is damaged; save it again");
}

static enum hy_code unpack(struct book *b, struct archive *z, hy_str name)
{
	struct hy_buf buf = hy_buf_on(b->m->a);
	hy_str *part = hy_new(b->m->a, hy_str);

	for (;;) {
		char *to = hy_buf_room(&buf, 65536);
		la_ssize_t got = archive_read_data(z, to, 65536);
		if (got < 0)
			return no_zip(b->e);
		if (got == 0)
			break;
		buf.n += (size_t)got;
		b->unpacked += (size_t)got;
		if (b->unpacked > GRID_BYTES_MOST)
			return hy_fail(b->e, HY_TOO_LARGE, "",
				       "the file unpacks to more than %d MiB",
				       GRID_BYTES_MOST >> 20);
	}
	*part = hy_buf_str(&buf);
	hy_map_put(&b->parts, hy_str_dup(b->m->a, name), part);
	return HY_OK;
}

static bool wanted(hy_str name)
{
	return hy_str_eq(name, HY_S("xl/workbook.xml")) ||
	       hy_str_eq(name, HY_S("xl/_rels/workbook.xml.rels")) ||
	       hy_str_eq(name, HY_S("xl/sharedStrings.xml")) ||
	       hy_str_eq(name, HY_S("xl/styles.xml")) ||
	       hy_str_starts(name, HY_S("xl/worksheets/"));
}

static enum hy_code unzip(struct book *b, hy_str bytes)
{
	struct archive *z = archive_read_new();
	struct archive_entry *entry;
	enum hy_code c = HY_OK;
	int status = ARCHIVE_OK, n = 0;

	if (!z)
		return hy_broke(b->e, HY_INTERNAL, "archive_read_new failed");
	if (archive_read_support_format_zip(z) != ARCHIVE_OK ||
	    archive_read_open_memory(z, bytes.p, bytes.n) != ARCHIVE_OK)
		c = no_zip(b->e);
	while (!c && (status = archive_read_next_header(z, &entry)) == ARCHIVE_OK) {
		hy_str name = hy_str_of(archive_entry_pathname(entry));
		if (++n > PARTS_MOST)
			c = hy_fail(b->e, HY_TOO_LARGE, "", "the file has too many parts");
		else if (name.n <= NAME_MOST && wanted(name))
			c = unpack(b, z, name);
	}
	if (!c && status != ARCHIVE_EOF)
		c = no_zip(b->e);
	archive_read_free(z);
	return c;
}

/* --- XML
 * -------------------------------------------------------------------------------------------- */

/* Text that is being collected, and whose. */
struct reading {
	struct book *b;
	XML_Parser x;
	struct hy_buf text;
	bool collect, skip; /* SKIP: inside phonetic hints */
	bool in_xfs;
	/* the cell in hand */
	int64_t row, last_row;
	size_t column, next_column;
	char kind; /* 's' shared, 'b', 'e', 't' text (str, inlineStr), 'n', 'd' date text */
	size_t style;
};

static hy_str local(const XML_Char *name)
{
	const char *colon = strrchr(name, ':');

	return hy_str_of(colon ? colon + 1 : name);
}
static bool is(const XML_Char *name, const char *what)
{
	return hy_str_eq(local(name), hy_str_of(what));
}

static hy_str attr(const XML_Char **atts, const char *name)
{
	for (int i = 0; atts[i]; i += 2)
		if (is(atts[i], name))
			return hy_str_of(atts[i + 1]);
	return HY_S("");
}

static void stop(struct reading *r, enum hy_code code)
{
	if (!r->b->code)
		r->b->code = code;
	XML_StopParser(r->x, XML_FALSE);
}

static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sys, const XML_Char *pub,
		       int inside)
{
	struct reading *r = arg;

	(void)name, (void)sys, (void)pub, (void)inside;
	stop(r, no_zip(r->b->e));
}

static void on_text(void *arg, const XML_Char *s, int n)
{
	struct reading *r = arg;

	if (!r->collect || r->skip)
		return;
	if (r->text.n > GRID_CHARS_MOST * 4)
		stop(r, hy_fail(r->b->e, HY_TOO_LARGE, "", "a cell has more than %d characters",
				GRID_CHARS_MOST));
	else
		hy_buf_add(&r->text, (hy_str){ s, (size_t)n });
}

static enum hy_code parse(struct book *b, hy_str xml, XML_StartElementHandler start,
			  XML_EndElementHandler end)
{
	struct reading r = { .b = b, .text = hy_buf_on(b->m->a), .x = XML_ParserCreate(NULL) };

	if (!r.x)
		return hy_broke(b->e, HY_INTERNAL, "XML_ParserCreate failed");
	XML_SetUserData(r.x, &r);
	XML_SetElementHandler(r.x, start, end);
	XML_SetCharacterDataHandler(r.x, on_text);
	XML_SetStartDoctypeDeclHandler(r.x, on_doctype);
	enum XML_Status s = XML_Parse(r.x, xml.p, (int)xml.n, 1);
	if (s != XML_STATUS_OK && !b->code)
		b->code = no_zip(b->e);
	XML_ParserFree(r.x);
	return b->code;
}

/* --- the book
 * ---------------------------------------------------------------------------------------- */

static void nothing(void *arg, const XML_Char *name)
{
	(void)arg, (void)name;
}

static void book_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = arg;

	if (is(name, "workbookPr")) {
		hy_str v = attr(atts, "date1904");
		r->b->from_1904 = hy_str_eq(v, HY_S("1")) || hy_str_eq(v, HY_S("true"));
	}
	if (!is(name, "sheet") || r->b->first_id.n)
		return;
	for (int i = 0; atts[i]; i += 2) /* r:id, not the sheetId */
		if (hy_str_eq(local(atts[i]), HY_S("id")))
			r->b->first_id = hy_str_dup(r->b->m->a, hy_str_of(atts[i + 1]));
}

static void rels_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = arg;
	hy_str target = attr(atts, "Target");

	if (!is(name, "Relationship") || !hy_str_eq(attr(atts, "Id"), r->b->first_id))
		return;
	r->b->page = target.n && target.p[0] == '/'
			     ? hy_str_dup(r->b->m->a, (hy_str){ target.p + 1, target.n - 1 })
			     : hy_printf(r->b->m->a, "xl/" HY_FMT, HY_ARG(target));
}

/* --- strings
 * ------------------------------------------------------------------------------------------ */

static void strings_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = arg;

	(void)atts;
	if (is(name, "si"))
		r->text = hy_buf_on(r->b->m->a);
	else if (is(name, "t"))
		r->collect = true;
	else if (is(name, "rPh"))
		r->skip = true;
}

static void strings_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;

	if (is(name, "t")) {
		r->collect = false;
	} else if (is(name, "rPh")) {
		r->skip = false;
	} else if (is(name, "si")) {
		if (r->b->strings.n >= STRINGS_MOST)
			stop(r, hy_fail(r->b->e, HY_TOO_LARGE, "", "the file has too many texts"));
		else
			*hy_push(r->b->m->a, &r->b->strings) = hy_buf_str(&r->text);
	}
}

/* --- styles
 * -------------------------------------------------------------------------------------------- */

/* Does the number format show a day?  Quoted and bracketed parts are not looked at. */
static bool shows_date(hy_str f)
{
	bool quoted = false, bracket = false;

	for (size_t i = 0; i < f.n; i++) {
		char c = f.p[i];
		if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '\\')
			i++;
		else if (!quoted && c == '[')
			bracket = true;
		else if (c == ']')
			bracket = false;
		else if (!quoted && !bracket && strchr("yYdD", c))
			return true;
	}
	return false;
}

/* Those without a text of their own: ECMA-376 18.8.30, with the Chinese ones. */
static bool builtin_date(int64_t id)
{
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
	       (id >= 50 && id <= 54) || id == 57 || id == 58;
}

static void styles_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = arg;
	struct book *b = r->b;
	int64_t id = -1;

	if (is(name, "cellXfs"))
		r->in_xfs = true;
	if (!hy_str_int(attr(atts, "numFmtId"), &id))
		return;
	if (is(name, "numFmt") && shows_date(attr(atts, "formatCode")) && id >= 0 && id < 100000)
		*hy_push(b->m->a, &b->date_formats) = (int)id;
	if (!is(name, "xf") || !r->in_xfs || b->dates.n >= 65536)
		return;
	bool date = builtin_date(id);
	for (size_t i = 0; i < b->date_formats.n; i++)
		date |= b->date_formats.v[i] == id;
	*hy_push(b->m->a, &b->dates) = date;
}

static void styles_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;

	if (is(name, "cellXfs"))
		r->in_xfs = false;
}

/* --- the page
 * -------------------------------------------------------------------------------------------- */

/* "BC12": column 54 (from 0). */
static bool column_of(hy_str ref, size_t *out)
{
	size_t n = 0, i = 0;

	for (; i < ref.n && ref.p[i] >= 'A' && ref.p[i] <= 'Z' && i < 4; i++)
		n = n * 26 + (size_t)(ref.p[i] - 'A') + 1;
	*out = n - 1;
	return n > 0;
}

/* A serial number as a day, with the time when there is one. */
static hy_str date_text(const struct book *b, double v)
{
	int64_t minutes = (int64_t)(v * 1440 + 0.5), day = minutes / 1440, rest = minutes % 1440;
	/* 1900 is taken for a leap year there: numbers up to 60 are a day off */
	hy_day d = (hy_day)(day + (b->from_1904 ? hy_day_of(1904, 1, 1)
						: hy_day_of(1899, 12, 30) + (day < 60)));

	hy_str text = hy_day_text(b->m->a, d);
	return rest ? hy_printf(b->m->a, HY_FMT " %02d:%02d", HY_ARG(text), (int)(rest / 60),
				(int)(rest % 60))
		    : text;
}

static hy_str number_text(const struct reading *r, hy_str raw)
{
	const struct book *b = r->b;
	char *end;
	hy_str z = hy_str_dup(b->m->a, hy_str_trim(raw));
	double v = strtod(z.p, &end);

	if (!z.n || *end)
		return raw;
	if (r->style < b->dates.n && b->dates.v[r->style] && v >= 0 && v < 2958466)
		return date_text(b, v);
	return hy_printf(b->m->a, "%.15g", v);
}

static hy_str cell_text(struct reading *r)
{
	hy_str raw = hy_buf_str(&r->text);
	int64_t i;

	switch (r->kind) {
	case 's':
		if (!hy_str_int(hy_str_trim(raw), &i) || i < 0 || (size_t)i >= r->b->strings.n) {
			stop(r, no_zip(r->b->e));
			return HY_S("");
		}
		return r->b->strings.v[i];
	case 'b':
		return hy_str_eq(hy_str_trim(raw), HY_S("1")) ? HY_S("TRUE") : HY_S("FALSE");
	case 'n':
		return number_text(r, raw);
	default:
		return raw;
	}
}

static void page_start(void *arg, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = arg;

	if (is(name, "row")) {
		if (!hy_str_int(attr(atts, "r"), &r->row) || r->row <= r->last_row)
			r->row = r->last_row + 1;
		r->last_row = r->row;
		r->next_column = 0;
	} else if (is(name, "c")) {
		hy_str t = attr(atts, "t");
		int64_t style = 0;
		if (!column_of(attr(atts, "r"), &r->column))
			r->column = r->next_column;
		r->next_column = r->column + 1;
		r->style = hy_str_int(attr(atts, "s"), &style) && style >= 0 ? (size_t)style : 0;
		r->kind = t.n == 0 || hy_str_eq(t, HY_S("n")) ? 'n'
			  : hy_str_eq(t, HY_S("s"))	      ? 's'
			  : hy_str_eq(t, HY_S("b"))	      ? 'b'
							      : 't';
		r->text = hy_buf_on(r->b->m->a);
	} else if (is(name, "v") || is(name, "t")) {
		r->collect = true;
	} else if (is(name, "rPh")) {
		r->skip = true;
	}
}

static void page_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;
	struct book *b = r->b;
	enum hy_code c = HY_OK;

	if (is(name, "v") || is(name, "t")) {
		r->collect = false;
	} else if (is(name, "rPh")) {
		r->skip = false;
	} else if (is(name, "c")) {
		if (r->text.n == 0)
			return;
		hy_str text = cell_text(r);
		if (!b->code)
			c = grid_put(b->m, r->row, r->column, text, b->e);
	} else if (is(name, "row")) {
		c = grid_row_end(b->m, r->row, b->e);
	}
	if (c)
		stop(r, c);
}

/* --- all together
 * ------------------------------------------------------------------------------------------ */

static enum hy_code part(struct book *b, const char *name, XML_StartElementHandler start,
			 XML_EndElementHandler end, bool needed)
{
	const hy_str *xml = hy_map_get(&b->parts, hy_str_of(name));

	if (!xml)
		return needed ? no_zip(b->e) : HY_OK;
	return parse(b, *xml, start, end);
}

enum hy_code grid_xlsx(struct grid_maker *m, hy_str bytes, struct hy_err *e)
{
	struct book b = { .m = m, .e = e, .parts = { .a = m->a } };
	enum hy_code c = unzip(&b, bytes);

	if (!c)
		c = part(&b, "xl/workbook.xml", book_start, nothing, true);
	if (!c)
		c = part(&b, "xl/_rels/workbook.xml.rels", rels_start, nothing, true);
	if (!c)
		c = part(&b, "xl/sharedStrings.xml", strings_start, strings_end, false);
	if (!c)
		c = part(&b, "xl/styles.xml", styles_start, styles_end, false);
	return c ? c : part(&b, hy_str_dup(m->a, b.page).p, page_start, page_end, true);
}
