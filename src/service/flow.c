/* The flow chart of an item, drawn from its data: a column of layers, one for each step; steps
 * beside each other share a layer.  Own layout: docs/decisions/0013-flow-charts-are-drawn-here.md.
 */
#include "service/item.h"
#include "sheet/sheet.h"

enum {
	BOX_W = 240,
	GAP_X = 24,
	GAP_Y = 36,
	LINE_H = 20,
	PAD = 12,
	MARGIN = 16,
	COLUMNS = 28 /* places of text in a line of a box: a Chinese character takes two */
};

struct box {
	hy_str *lines;
	size_t n;
	int layer, at; /* which layer, which place in it */
	bool round;    /* begin and end */
};
struct chart {
	struct hy_arena *a;
	HY_VEC(struct box) boxes;
	int layers;
};

/* S in lines of at most COLUMNS places, added to those of B. */
static void wrap(struct chart *k, struct box *b, hy_str s)
{
	while (s.n) {
		size_t n = 0, chars = 1;
		while (chars <= s.n && sheet_width(hy_str_head(s, chars)) <= COLUMNS &&
		       hy_str_head(s, chars).n > n) {
			n = hy_str_head(s, chars).n;
			chars++;
		}
		if (n == 0)
			n = hy_str_head(s, 1).n;
		hy_str *v = hy_new_n(k->a, hy_str, b->n + 1);
		if (b->n)
			memcpy(v, b->lines, b->n * sizeof(*v));
		v[b->n++] = hy_str_trim((hy_str){ s.p, n });
		b->lines = v;
		s = (hy_str){ s.p + n, s.n - n };
	}
}

struct words {
	const char *begin, *end, *papers, *flow, *steps, *none;
};
static const struct words words[3] = {
	{ "申请", "办结", "材料", "办理流程图", "环节", "未登记办理环节" },
	{ "申請", "辦結", "材料", "辦理流程圖", "環節", "未登記辦理環節" },
	{ "Application", "Done", "Papers", "Flow chart", "steps", "no steps entered" },
};

static int height(const struct box *b)
{
	return 2 * PAD + (int)b->n * LINE_H;
}

static struct box *new_box(struct chart *k, int layer, int at)
{
	struct box *b = hy_push(k->a, &k->boxes);

	*b = (struct box){ .layer = layer, .at = at };
	if (layer >= k->layers)
		k->layers = layer + 1;
	return b;
}

static void lay(struct chart *k, const struct item_content *c, const struct words *w,
		hy_str language)
{
	struct box *b = new_box(k, 0, 0);
	int layer = 0, at = 0;

	b->round = true;
	wrap(k, b, hy_str_of(w->begin));
	for (size_t i = 0; i < c->n_papers; i++)
		wrap(k, b, hy_printf(k->a, "%zu. " HY_FMT, i + 1, HY_ARG(c->papers[i].name)));
	for (size_t i = 0; i < c->n_steps; i++) {
		const struct item_step *s = &c->steps[i];
		at = s->beside ? at + 1 : 0;
		layer += s->beside ? 0 : 1;
		b = new_box(k, layer, at);
		wrap(k, b, s->name);
		if (s->section.n || s->post.n)
			wrap(k, b,
			     hy_printf(k->a, HY_FMT "%s" HY_FMT, HY_ARG(s->section),
				       s->section.n && s->post.n ? " · " : "", HY_ARG(s->post)));
		if (s->limit.given)
			wrap(k, b, item_limit_words(k->a, s->limit, language));
	}
	b = new_box(k, layer + 1, 0);
	b->round = true;
	wrap(k, b, hy_str_of(w->end));
	struct item_limit l = c->pledged.given ? c->pledged : c->statutory;
	if (l.given)
		wrap(k, b, item_limit_words(k->a, l, language));
}

static int in_layer(const struct chart *k, int layer)
{
	int n = 0;

	for (size_t i = 0; i < k->boxes.n; i++)
		n += k->boxes.v[i].layer == layer;
	return n;
}

static int layer_height(const struct chart *k, int layer)
{
	int h = 0;

	for (size_t i = 0; i < k->boxes.n; i++)
		if (k->boxes.v[i].layer == layer && height(&k->boxes.v[i]) > h)
			h = height(&k->boxes.v[i]);
	return h;
}

static int layer_top(const struct chart *k, int layer)
{
	int y = MARGIN;

	for (int i = 0; i < layer; i++)
		y += layer_height(k, i) + GAP_Y;
	return y;
}

static int middle(const struct chart *k, const struct box *b, int width)
{
	int n = in_layer(k, b->layer), all = n * BOX_W + (n - 1) * GAP_X;

	return (width - all) / 2 + b->at * (BOX_W + GAP_X) + BOX_W / 2;
}

static void draw_box(struct hy_buf *out, const struct chart *k, const struct box *b, int width)
{
	int x = middle(k, b, width), y = layer_top(k, b->layer), h = height(b);

	hy_buf_fmt(out,
		   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"#fff\""
		   " stroke=\"#222\" stroke-width=\"%s\"/>",
		   x - BOX_W / 2, y, BOX_W, h, b->round ? 18 : 2, b->round ? "2" : "1.2");
	for (size_t i = 0; i < b->n; i++) {
		hy_buf_fmt(out, "<text x=\"%d\" y=\"%d\"%s>", x, y + PAD + (int)i * LINE_H + 15,
			   i == 0 ? " font-weight=\"bold\"" : "");
		hy_buf_html(out, b->lines[i]);
		hy_buf_add(out, HY_S("</text>"));
	}
}

static void draw_arrows(struct hy_buf *out, const struct chart *k, int width)
{
	for (size_t i = 0; i < k->boxes.n; i++)
		for (size_t n = 0; n < k->boxes.n; n++) {
			const struct box *p = &k->boxes.v[i], *q = &k->boxes.v[n];
			int y = layer_top(k, p->layer) + height(p), to = layer_top(k, q->layer),
			    bend = to - GAP_Y / 2, x = middle(k, p, width), z = middle(k, q, width);
			if (q->layer != p->layer + 1)
				continue;
			hy_buf_fmt(out,
				   "<path d=\"M%d %dV%dH%dV%d\" fill=\"none\" stroke=\"#222\""
				   " marker-end=\"url(#arrow)\"/>",
				   x, y, bend, z, to - 1);
		}
}

/* What the picture shows, in words, for those who do not see it. */
static void describe(struct hy_buf *out, struct hy_arena *a, const struct item_content *c,
		     const struct words *w, hy_str language)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < c->n_papers; i++)
		hy_buf_fmt(&b, "%s%s" HY_FMT, i ? "; " : w->papers, i ? "" : ": ",
			   HY_ARG(c->papers[i].name));
	if (c->n_papers)
		hy_buf_add(&b, HY_S(". "));
	if (!c->n_steps)
		hy_buf_add(&b, hy_str_of(w->none));
	for (size_t i = 0; i < c->n_steps; i++) {
		const struct item_step *s = &c->steps[i];
		hy_buf_fmt(&b, "%s" HY_FMT,
			   i == 0      ? ""
			   : s->beside ? " ∥ "
				       : " → ",
			   HY_ARG(s->name));
		if (s->section.n)
			hy_buf_fmt(&b, ", " HY_FMT, HY_ARG(s->section));
		if (s->limit.given)
			hy_buf_fmt(&b, ", " HY_FMT,
				   HY_ARG(item_limit_words(a, s->limit, language)));
	}
	hy_buf_html(out, hy_buf_str(&b));
}

hy_str item_flow_svg(struct hy_arena *a, hy_str code, const struct item_content *c, hy_str language)
{
	const struct words *w = &words[hy_str_eq(language, HY_S("zh-CN"))     ? 0
				       : hy_str_eq(language, HY_S("zh-Hant")) ? 1
									      : 2];
	struct chart k = { .a = a };
	struct hy_buf out = hy_buf_on(a);
	int widest = 1;

	lay(&k, c, w, language);
	for (int i = 0; i < k.layers; i++)
		if (in_layer(&k, i) > widest)
			widest = in_layer(&k, i);
	int width = 2 * MARGIN + widest * BOX_W + (widest - 1) * GAP_X,
	    tall = layer_top(&k, k.layers) - GAP_Y + MARGIN;
	hy_buf_fmt(&out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
		   " height=\"%d\" role=\"img\" aria-labelledby=\"flow-title flow-desc\" "
		   "lang=\"" HY_FMT "\"><title id=\"flow-title\">",
		   width, tall, width, tall, HY_ARG(language));
	hy_buf_html(&out, c->name);
	hy_buf_fmt(&out, " %s (", w->flow);
	hy_buf_html(&out, code);
	hy_buf_add(&out, HY_S(")</title><desc id=\"flow-desc\">"));
	describe(&out, a, c, w, language);
	hy_buf_fmt(
		&out,
		"</desc><defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\""
		" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\""
		" fill=\"#222\"/></marker></defs><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
		"<g font-family=\"'Noto Sans CJK SC','Source Han Sans SC',sans-serif\""
		" font-size=\"14\" text-anchor=\"middle\" fill=\"#111\">",
		width, tall);
	draw_arrows(&out, &k, width);
	for (size_t i = 0; i < k.boxes.n; i++)
		draw_box(&out, &k, &k.boxes.v[i], width);
	hy_buf_add(&out, HY_S("</g></svg>\n"));
	return hy_buf_str(&out);
}
