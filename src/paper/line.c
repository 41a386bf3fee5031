/* Lines: fonts, widths, where one breaks. */
#include "paper/page.h"

#include <math.h>

/* First what the standard asks for, then what comes next to it in Debian. */
static const char *const families[FACES] = {
	[FACE_FANG] = "仿宋_GB2312, FangSong, FandolFang R, FandolFang, Noto Serif CJK SC",
	[FACE_KAI] = "楷体_GB2312, KaiTi, FandolKai, AR PL KaitiM GB, Noto Serif CJK SC",
	[FACE_HEI] = "SimHei, FandolHei, Noto Sans CJK SC",
	[FACE_TITLE] =
		"方正小标宋简体, FZXiaoBiaoSong-B05S, FandolSong Bold, Noto Serif CJK SC Bold",
	[FACE_SONG] = "SimSun, FandolSong, Noto Serif CJK SC",
};

void red(struct press *s)
{
	cairo_set_source_rgb(s->cr, 1, 0.2, 0.2); /* Y80 % M80 % */
}

void black(struct press *s)
{
	cairo_set_source_rgb(s->cr, 0, 0, 0);
}

void rule(struct press *s, double x, double y, double width, double thick)
{
	cairo_set_line_width(s->cr, thick);
	cairo_move_to(s->cr, x, y);
	cairo_line_to(s->cr, x + width, y);
	cairo_stroke(s->cr);
}

void line_drop(struct line *l)
{
	if (l->layout)
		g_object_unref(l->layout);
	l->layout = NULL;
}

/* Remembers which font served how many characters. */
static void note_font(struct press *s, enum face face, PangoFont *font, int characters)
{
	PangoFontDescription *d = pango_font_describe(font);
	hy_str name = hy_str_of(pango_font_description_get_family(d));

	for (size_t i = 0; i < HY_COUNT(s->fonts[face]); i++) {
		if (s->fonts[face][i].used.n && !hy_str_eq(s->fonts[face][i].used, name))
			continue;
		if (s->fonts[face][i].used.n == 0)
			s->fonts[face][i].used = hy_str_dup(s->a, name);
		s->fonts[face][i].characters += characters;
		break;
	}
	pango_font_description_free(d);
}

static enum hy_code look_at_glyphs(struct press *s, enum face face, const char *field,
				   PangoLayout *layout)
{
	PangoLayoutIter *it = pango_layout_get_iter(layout);
	const char *text = pango_layout_get_text(layout);
	enum hy_code code = HY_OK;

	do {
		PangoGlyphItem *run = pango_layout_iter_get_run_readonly(it);
		if (!run)
			continue;
		for (int i = 0; !code && i < run->glyphs->num_glyphs; i++) {
			if (!(run->glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG))
				continue;
			const char *at = text + run->item->offset + run->glyphs->log_clusters[i];
			hy_str c = hy_str_head(hy_str_of(at), 1);
			code = hy_fail(s->e, HY_BAD_FIELD, field,
				       "no font has the character \"" HY_FMT
				       "\"; install one that has it, or write it otherwise",
				       HY_ARG(c));
		}
		note_font(s, face, run->item->analysis.font, run->item->num_chars);
	} while (!code && pango_layout_iter_next_run(it));
	pango_layout_iter_free(it);
	return code;
}

enum hy_code line_make(struct press *s, enum face face, double size, bool grid, const char *field,
		       hy_str text, struct line *out)
{
	PangoFontDescription *d = pango_font_description_from_string(families[face]);
	PangoAttrList *attrs = pango_attr_list_new();
	struct line l = { pango_layout_new(s->context), 0 };

	pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
	pango_layout_set_font_description(l.layout, d);
	pango_font_description_free(d);
	if (grid)
		pango_attr_list_insert(attrs, pango_attr_letter_spacing_new(
						      (int)lround((PITCH - SIZE_3) * PANGO_SCALE)));
	pango_attr_list_insert(attrs, pango_attr_language_new(pango_language_from_string("zh-cn")));
	pango_layout_set_attributes(l.layout, attrs);
	pango_attr_list_unref(attrs);
	pango_layout_set_single_paragraph_mode(l.layout, TRUE);
	pango_layout_set_text(l.layout, text.p, (int)text.n);
	PangoRectangle box;
	pango_layout_get_extents(l.layout, NULL, &box);
	l.width = (double)box.width / PANGO_SCALE;
	enum hy_code code = look_at_glyphs(s, face, field, l.layout);
	if (code)
		line_drop(&l);
	else
		*out = l;
	return code;
}

void line_draw(struct press *s, const struct line *l, double size, double x, double top)
{
	double baseline = (double)pango_layout_get_baseline(l->layout) / PANGO_SCALE;

	/* the square of a Chinese character reaches 0.88 of its size above the baseline */
	cairo_move_to(s->cr, x, top + 0.88 * size - baseline);
	pango_cairo_show_layout(s->cr, l->layout);
}

/* --- where a line may end ------------------------------------------------------------------------
 */

static bool one_of(hy_str c, const char *marks)
{
	return c.n && hy_str_find(hy_str_of(marks), c) >= 0;
}

static bool closes(hy_str c)
{
	return one_of(c, "，。、；：？！）〕》」』】”’％…—,.;:?!)%");
}

static bool opens(hy_str c)
{
	return one_of(c, "（〔《「『【“‘(");
}

static bool in_word(hy_str c)
{
	return c.n == 1 && (g_ascii_isalnum(c.p[0]) || c.p[0] == '-' || c.p[0] == '/');
}

static hy_str char_at(hy_str text, size_t i)
{
	return hy_str_head((hy_str){ text.p + i, text.n - i }, 1);
}

static size_t char_before(hy_str text, size_t i)
{
	do
		i--;
	while (i > 0 && ((unsigned char)text.p[i] & 0xc0) == 0x80);
	return i;
}

static bool may_break(hy_str text, size_t at)
{
	hy_str before = char_at(text, char_before(text, at)), after = char_at(text, at);

	return !closes(after) && !opens(before) && !(in_word(before) && in_word(after));
}

enum hy_code line_fit(struct press *s, enum face face, double size, const char *field, hy_str text,
		      double width, size_t *bytes_out)
{
	struct line l;
	int index = 0, trailing = 0;
	size_t n;
	hy_str part = hy_str_head(text, 4 * COLUMNS);
	enum hy_code code = line_make(s, face, size, true, field, part, &l);

	if (code)
		return code;
	if (l.width <= width + 0.5 && part.n == text.n) {
		line_drop(&l);
		*bytes_out = text.n;
		return HY_OK;
	}
	pango_layout_line_x_to_index(pango_layout_get_line_readonly(l.layout, 0),
				     (int)((width + 0.5) * PANGO_SCALE), &index, &trailing);
	line_drop(&l);
	n = (size_t)index > part.n ? part.n : (size_t)index;
	size_t most = n;
	while (n > 0 && !may_break(text, n))
		n = char_before(text, n);
	if (n == 0) /* one long word */
		n = most ? most : hy_str_head(text, 1).n;
	*bytes_out = n;
	return HY_OK;
}
