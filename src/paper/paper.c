/* What stands where on an official paper. */
#include <cairo-pdf.h>

#include "paper/page.h"

hy_str paper_date(struct hy_arena *a, hy_day day)
{
	struct hy_date d = hy_date_of(day);

	return hy_printf(a, "%d年%d月%d日", d.year, d.month, d.day);
}

/* --- the flow of lines -------------------------------------------------------------------------
 */

static double bottom(void)
{
	return AREA_Y + AREA_H;
}

/* 4号 half-width digits between dashes; the dash lies 7 mm below the type area. Odd pages on the
 * right, one character in; even ones on the left. */
static void page_number(struct flow *f)
{
	char text[32];
	struct line l;

	if (f->s.p->format == PAPER_LETTER && f->s.page == 1)
		return;
	snprintf(text, sizeof(text), "— %d —", f->s.page);
	f->code = line_make(&f->s, FACE_SONG, SIZE_4, false, "page", hy_str_of(text), &l);
	if (f->code)
		return;
	double x = f->s.page % 2 ? AREA_X + AREA_W - PITCH - l.width : AREA_X + PITCH;
	/* the dash runs through the middle of the line */
	line_draw(&f->s, &l, SIZE_4, x, bottom() + MM(7) - SIZE_4 / 2);
	line_drop(&l);
}

/* 信函格式: double rules of 170 mm, thick over thin above, thin over thick below. */
static void letter_rules(struct press *s, double upper)
{
	double x = (SHEET_W - MM(170)) / 2, lower = SHEET_H - MM(20);

	red(s);
	if (upper > 0) {
		rule(s, x, upper, MM(170), 2.25);
		rule(s, x, upper + 3, MM(170), 0.75);
	}
	if (s->page == 1) {
		rule(s, x, lower - 3, MM(170), 0.75);
		rule(s, x, lower, MM(170), 2.25);
	}
	black(s);
}

static void new_page(struct flow *f)
{
	if (f->code)
		return;
	page_number(f);
	if (f->s.page >= PAGES_MOST && !f->code)
		f->code =
			hy_fail(f->s.e, HY_BAD_FIELD, "parts",
				"the paper has more than %d pages; make several of it", PAGES_MOST);
	if (f->code)
		return;
	cairo_show_page(f->s.cr);
	f->s.page++;
	f->y = AREA_Y;
	f->body = false;
}

/* Room for LINES more lines on this page, or the next one. */
static void need(struct flow *f, int lines)
{
	if (!f->code && f->y + (lines - 1) * LEAD + SIZE_3 > f->least + 0.5)
		new_page(f);
}

bool flow_room(struct flow *f, double height)
{
	int was = f->s.page;

	if (!f->code && f->y + height > f->least + 0.5)
		new_page(f);
	return f->s.page != was;
}

double flow_width(struct flow *f, enum face face, double size, hy_str text)
{
	struct line l;

	if (f->code || text.n == 0)
		return 0;
	f->code = line_make(&f->s, face, size, false, "parts", text, &l);
	if (f->code)
		return 0;
	double width = l.width;
	line_drop(&l);
	return width;
}

void flow_text(struct flow *f, enum face face, double size, hy_str text, double x, bool right,
	       double top)
{
	struct line l;

	if (f->code || text.n == 0)
		return;
	f->code = line_make(&f->s, face, size, false, "parts", text, &l);
	if (f->code)
		return;
	line_draw(&f->s, &l, size, right ? x - l.width : x, top);
	line_drop(&l);
}

static void put(struct flow *f, enum face face, const char *field, hy_str text, double x)
{
	struct line l;

	if (f->code)
		return;
	f->code = line_make(&f->s, face, SIZE_3, true, field, text, &l);
	if (f->code)
		return;
	line_draw(&f->s, &l, SIZE_3, AREA_X + x, f->y);
	line_drop(&l);
}

static void next_line(struct flow *f)
{
	f->y += LEAD;
}

/* A paragraph: the first line begins FIRST in, the others HANG. */
static void paragraph(struct flow *f, enum face face, const char *field, hy_str text, double first,
		      double hang)
{
	double in = first;

	while (!f->code && text.n) {
		size_t n;
		f->code = line_fit(&f->s, face, SIZE_3, field, text, AREA_W - in, &n);
		if (f->code)
			return;
		need(f, 1);
		put(f, face, field, (hy_str){ text.p, n }, in);
		f->body = true;
		next_line(f);
		text.p += n;
		text.n -= n;
		in = hang;
	}
}

/* --- the head
 * -------------------------------------------------------------------------------------- */

static void centred(struct flow *f, enum face face, double size, const char *field, hy_str text,
		    double top)
{
	struct line l;

	if (f->code || text.n == 0)
		return;
	f->code = line_make(&f->s, face, size, false, field, text, &l);
	if (f->code)
		return;
	line_draw(&f->s, &l, size, (SHEET_W - l.width) / 2 + (AREA_X + AREA_W / 2 - SHEET_W / 2),
		  top);
	line_drop(&l);
}

/* The mark is as large as its line allows, at most 初号 and a half. */
static double mark_size(struct flow *f)
{
	double size = 62;
	struct line l;

	while (!f->code && size > SIZE_2) {
		f->code = line_make(&f->s, FACE_TITLE, size, false, "mark", f->s.p->mark, &l);
		if (f->code)
			break;
		double width = l.width;
		line_drop(&l);
		if (width <= AREA_W)
			break;
		size -= 1;
	}
	return size;
}

static void secrecy(struct flow *f)
{
	double was = f->y;

	f->y = AREA_Y;
	if (f->s.p->secrecy.n) {
		put(f, FACE_HEI, "secrecy", f->s.p->secrecy, 0);
		next_line(f);
	}
	if (f->s.p->urgency.n)
		put(f, FACE_HEI, "urgency", f->s.p->urgency, 0);
	f->y = was;
}

/* Number in the middle; with a signer, number on the left and signer on the right. */
static void number_line(struct flow *f)
{
	const struct paper *p = f->s.p;
	struct line l;

	if (p->signer.n == 0) {
		centred(f, FACE_FANG, SIZE_3, "number", p->number, f->y);
		return;
	}
	put(f, FACE_FANG, "number", p->number, PITCH);
	if (f->code)
		return;
	f->code = line_make(&f->s, FACE_KAI, SIZE_3, true, "signer", p->signer, &l);
	if (f->code)
		return;
	double x = AREA_W - PITCH - l.width;
	line_draw(&f->s, &l, SIZE_3, AREA_X + x, f->y);
	line_drop(&l);
	put(f, FACE_FANG, "signer", HY_S("签发人："), x - 4 * PITCH);
}

static void head_of_document(struct flow *f)
{
	double size = mark_size(f);

	secrecy(f);
	red(&f->s);
	centred(f, FACE_TITLE, size, "mark", f->s.p->mark, AREA_Y + MM(35));
	black(&f->s);
	f->y = AREA_Y + MM(35) + size + 2 * LEAD; /* two blank lines */
	number_line(f);
	f->y += SIZE_3 + MM(4);
	red(&f->s);
	rule(&f->s, AREA_X, f->y, AREA_W, 1.0);
	black(&f->s);
	f->y += 2 * LEAD;
}

static void head_of_letter(struct flow *f)
{
	double size = mark_size(f), upper = MM(30) + size + MM(4);
	struct line l;

	red(&f->s);
	centred(f, FACE_TITLE, size, "mark", f->s.p->mark, MM(30));
	black(&f->s);
	letter_rules(&f->s, upper);
	f->y = upper + 3 + SIZE_3 / 2;
	if (f->code)
		return;
	f->code = line_make(&f->s, FACE_FANG, SIZE_3, true, "number", f->s.p->number, &l);
	if (f->code)
		return;
	line_draw(&f->s, &l, SIZE_3, AREA_X + AREA_W - l.width, f->y); /* flush right */
	line_drop(&l);
	f->y += 2 * LEAD;
}

/* 2号, in lines of about equal length, the words kept whole as well as can be. */
static void title(struct flow *f)
{
	hy_str rest = f->s.p->title;
	const double lead = SIZE_2 * 1.5;

	if (f->code || rest.n == 0)
		return;
	double wide = flow_width(f, FACE_TITLE, SIZE_2, rest), most = AREA_W - 2 * SIZE_2;
	/* of a report: in one line when a smaller size makes it fit */
	if (f->s.p->format == PAPER_REPORT && wide > most && wide * SIZE_3 / SIZE_2 <= AREA_W) {
		centred(f, FACE_TITLE, SIZE_3, "title", rest, f->y);
		f->y += 2 * LEAD;
		return;
	}
	int lines = (int)(wide / most) + 1;
	while (!f->code && rest.n) {
		size_t n = rest.n;
		if (lines > 1)
			f->code = line_fit(&f->s, FACE_TITLE, SIZE_2, "title", rest,
					   wide / lines + SIZE_2 * 0.6, &n);
		centred(f, FACE_TITLE, SIZE_2, "title", (hy_str){ rest.p, n }, f->y);
		f->y += lead;
		rest.p += n;
		rest.n -= n;
	}
	f->y += LEAD - (lead - SIZE_2); /* one blank line */
}

/* --- the body and what follows
 * ------------------------------------------------------------------------- */

/* Lines close together, for remarks. */
static void remark(struct flow *f, enum face face, double size, hy_str text)
{
	const double lead = size * 1.45;

	while (!f->code && text.n) {
		size_t n = text.n;
		f->code = line_fit(&f->s, face, size, "parts", text, AREA_W, &n);
		flow_room(f, lead);
		flow_text(f, face, size, (hy_str){ text.p, n }, AREA_X, false, f->y);
		f->body = true;
		f->y += lead;
		text.p += n;
		text.n -= n;
	}
}

static void part(struct flow *f, const struct paper_part *x)
{
	static const enum face faces[] = { [PAPER_BODY] = FACE_FANG,
					   [PAPER_ONE] = FACE_HEI,
					   [PAPER_TWO] = FACE_KAI,
					   [PAPER_THREE] = FACE_FANG };

	switch (x->level) {
	case PAPER_BODY:
	case PAPER_ONE:
	case PAPER_TWO:
	case PAPER_THREE:
		paragraph(f, faces[x->level], "parts", x->text, 2 * PITCH, 0);
		break;
	case PAPER_SMALL:
		remark(f, FACE_FANG, SIZE_4S, x->text);
		break;
	case PAPER_HEAD: /* not alone at the foot of a page */
		f->y += SIZE_4 / 2;
		flow_room(f, 5 * SIZE_4);
		remark(f, FACE_HEI, SIZE_4, x->text);
		break;
	case PAPER_TABLE:
		table_put(f, x->table);
		break;
	case PAPER_CHART:
		chart_put(f, x->chart);
		break;
	}
}

static void body(struct flow *f)
{
	const struct paper *p = f->s.p;

	if (p->to.n)
		paragraph(f, FACE_FANG, "to", hy_printf(f->s.a, HY_FMT "：", HY_ARG(p->to)), 0, 0);
	for (size_t i = 0; i < p->n_parts && !f->code; i++)
		part(f, &p->parts[i]);
}

/* One blank line below the body; names hang under the first. */
static void attachments(struct flow *f)
{
	const struct paper *p = f->s.p;

	for (size_t i = 0; i < p->n_attachments; i++) {
		hy_str text =
			p->n_attachments == 1
				? hy_printf(f->s.a, "附件：" HY_FMT, HY_ARG(p->attachments[i]))
				: hy_printf(f->s.a, "%s%zu. " HY_FMT, i ? "" : "附件：", i + 1,
					    HY_ARG(p->attachments[i]));
		if (i == 0)
			next_line(f);
		paragraph(f, FACE_FANG, "attachments", text, (i ? 5 : 2) * PITCH, 6.5 * PITCH);
	}
}

static double width_of(struct flow *f, const char *field, hy_str text)
{
	struct line l;

	if (f->code)
		return 0;
	f->code = line_make(&f->s, FACE_FANG, SIZE_3, true, field, text, &l);
	if (f->code)
		return 0;
	double width = l.width;
	line_drop(&l);
	return width;
}

/* With a seal: the date's right edge four characters in, the issuer centred over it, and room for a
 * seal of 4.5 cm. Without: the issuer two characters in, the date beginning two further right. */
static void signature(struct flow *f)
{
	const struct paper *p = f->s.p;
	hy_str date = p->date == HY_NO_DAY ? HY_S("    年  月  日") : paper_date(f->s.a, p->date);
	double wide = width_of(f, "issuer", p->issuer), dated = width_of(f, "date", date);
	double issuer_x, date_x;

	if (p->sealed) {
		need(f, 4);
		f->y += 2 * LEAD;
		date_x = AREA_W - 4 * PITCH - dated;
		issuer_x = date_x + (dated - wide) / 2;
		if (issuer_x + wide > AREA_W)
			issuer_x = AREA_W - wide;
	} else {
		need(f, 3);
		next_line(f);
		issuer_x = AREA_W - 2 * PITCH - wide;
		date_x = issuer_x + 2 * PITCH;
		if (date_x + dated > AREA_W) {
			date_x = AREA_W - 2 * PITCH - dated;
			issuer_x = date_x - 2 * PITCH;
		}
	}
	if (p->issuer.n)
		put(f, FACE_FANG, "issuer", p->issuer, issuer_x > 0 ? issuer_x : 0);
	next_line(f);
	put(f, FACE_FANG, "date", date, date_x);
	next_line(f);
	if (p->note.n)
		paragraph(f, FACE_FANG, "note",
			  hy_printf(f->s.a, "（" HY_FMT "）", HY_ARG(p->note)), 2 * PITCH, 0);
}

/* --- the imprint 版记
 * ------------------------------------------------------------------------------------ */

static void small(struct flow *f, hy_str text, double x, bool right, double top)
{
	struct line l;

	if (f->code)
		return;
	f->code = line_make(&f->s, FACE_FANG, SIZE_4, false, "imprint", text, &l);
	if (f->code)
		return;
	line_draw(&f->s, &l, SIZE_4, right ? AREA_X + x - l.width : AREA_X + x, top);
	line_drop(&l);
}

/* At the foot of the last page, which is a left one where both sides are printed; rules of 0.35 and
 * 0.25 mm, the last one on the foot of the type area. */
static void imprint(struct flow *f)
{
	const struct paper *p = f->s.p;
	const double lead = SIZE_4 * 1.6;
	int lines = p->copies.n ? 2 : 1;
	double top = bottom() - lines * lead;

	if (p->printer.n == 0 || f->code)
		return;
	if (f->y - LEAD + SIZE_3 > top - LEAD / 2)
		new_page(f);
	rule(&f->s, AREA_X, top, AREA_W, MM(0.35));
	if (p->copies.n) {
		small(f, hy_printf(f->s.a, "抄送：" HY_FMT "。", HY_ARG(p->copies)), SIZE_4, false,
		      top + (lead - SIZE_4) / 2);
		rule(&f->s, AREA_X, top + lead, AREA_W, MM(0.25));
	}
	double y = bottom() - lead + (lead - SIZE_4) / 2;
	small(f, p->printer, SIZE_4, false, y);
	small(f, hy_printf(f->s.a, HY_FMT "印发", HY_ARG(paper_date(f->s.a, p->printed))),
	      AREA_W - SIZE_4, true, y);
	rule(&f->s, AREA_X, bottom(), AREA_W, MM(0.35));
}

/* --- the whole
 * ---------------------------------------------------------------------------------------------- */

static cairo_status_t take_bytes(void *arg, const unsigned char *p, unsigned n)
{
	hy_buf_add(arg, (hy_str){ (const char *)p, n });
	return CAIRO_STATUS_SUCCESS;
}

static void describe(struct flow *f)
{
	const struct paper *p = f->s.p;
	char day[32];
	struct hy_date d = hy_date_of(p->date == HY_NO_DAY ? 0 : p->date);

	snprintf(day, sizeof(day), "%04d-%02d-%02dT00:00:00", d.year, d.month, d.day);
	cairo_pdf_surface_set_metadata(f->s.surface, CAIRO_PDF_METADATA_TITLE,
				       hy_str_dup(f->s.a, p->title).p);
	cairo_pdf_surface_set_metadata(f->s.surface, CAIRO_PDF_METADATA_AUTHOR,
				       hy_str_dup(f->s.a, p->issuer).p);
	cairo_pdf_surface_set_metadata(f->s.surface, CAIRO_PDF_METADATA_CREATOR, "Huiyin");
	cairo_pdf_surface_set_metadata(f->s.surface, CAIRO_PDF_METADATA_CREATE_DATE, day);
}

static void fonts_told(struct flow *f, struct paper_result *out)
{
	static const char *const wanted[FACES] = { "仿宋", "楷体", "黑体", "小标宋", "宋体" };

	out->fonts = hy_new_n(f->s.a, struct paper_font, FACES * 4);
	for (int face = 0; face < FACES; face++)
		for (int i = 0; i < 4 && f->s.fonts[face][i].used.n; i++)
			out->fonts[out->n_fonts++] =
				(struct paper_font){ hy_str_of(wanted[face]),
						     f->s.fonts[face][i].used,
						     f->s.fonts[face][i].characters };
}

enum hy_code paper_pdf(struct hy_arena *a, const struct paper *p, struct paper_result *out,
		       struct hy_err *e)
{
	struct flow f = { .s = { .a = a, .pdf = hy_buf_on(a), .page = 1, .p = p, .e = e },
			  .y = AREA_Y,
			  .least = bottom() };

	f.s.surface = cairo_pdf_surface_create_for_stream(take_bytes, &f.s.pdf, SHEET_W, SHEET_H);
	f.s.cr = cairo_create(f.s.surface);
	f.s.context = pango_cairo_create_context(f.s.cr);
	pango_cairo_context_set_resolution(f.s.context, 72);
	pango_context_set_round_glyph_positions(f.s.context, FALSE); /* or 15.75 pt become 16 */
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	pango_cairo_context_set_font_options(f.s.context, options);
	cairo_font_options_destroy(options);
	describe(&f);
	black(&f.s);
	switch (p->format) {
	case PAPER_LETTER:
		head_of_letter(&f);
		break;
	case PAPER_DOCUMENT:
		head_of_document(&f);
		break;
	case PAPER_REPORT:
		break;
	}
	title(&f);
	if (p->format == PAPER_REPORT && p->number.n) {
		f.y -= LEAD / 2;
		centred(&f, FACE_KAI, SIZE_4, "number", p->number, f.y);
		f.y += LEAD;
	}
	body(&f);
	attachments(&f);
	if (p->format != PAPER_REPORT)
		signature(&f);
	if (p->format == PAPER_DOCUMENT)
		imprint(&f);
	if (!f.code)
		page_number(&f);
	g_object_unref(f.s.context);
	cairo_destroy(f.s.cr);
	cairo_surface_finish(f.s.surface);
	if (!f.code && cairo_surface_status(f.s.surface) != CAIRO_STATUS_SUCCESS)
		f.code = hy_broke(e, HY_INTERNAL, "cairo: %s",
				  cairo_status_to_string(cairo_surface_status(f.s.surface)));
	cairo_surface_destroy(f.s.surface);
	if (f.code)
		return f.code;
	struct paper_result r = { .pdf = hy_buf_str(&f.s.pdf), .pages = f.s.page };
	fonts_told(&f, &r);
	*out = r;
	return HY_OK;
}
