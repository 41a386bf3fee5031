/* Tables on a paper. */
#include "paper/page.h"

enum { CELL_LINES_MOST = 24 };
#define CELL_LEAD 14.5
#define CELL_PAD 2.5

/* A text in lines of WIDTH, broken where a line may end. */
struct wrapped {
	hy_str line[CELL_LINES_MOST];
	int n;
};

static void wrap(struct flow *f, enum face face, hy_str text, double width, struct wrapped *out)
{
	out->n = 0;
	while (!f->code && text.n && out->n < CELL_LINES_MOST) {
		size_t n = text.n;
		f->code = line_fit(&f->s, face, SIZE_5, "parts", text, width, &n);
		out->line[out->n++] = (hy_str){ text.p, n };
		text.p += n;
		text.n -= n;
	}
}

struct columns {
	double x[32], width[32];
	size_t n;
};

static void place_columns(const struct paper_table *t, struct columns *out)
{
	double x = AREA_X;
	int all = 0;

	out->n = t->n < HY_COUNT(out->x) ? t->n : HY_COUNT(out->x);
	for (size_t i = 0; i < out->n; i++)
		all += t->columns[i].share;
	for (size_t i = 0; i < out->n; i++) {
		out->x[i] = x;
		out->width[i] = AREA_W * t->columns[i].share / (all ? all : 1);
		x += out->width[i];
	}
}

static double wrap_row(struct flow *f, const struct columns *c, enum face face, const hy_str *cells,
		       size_t stride, struct wrapped *out)
{
	int most = 1;

	for (size_t i = 0; i < c->n; i++) {
		hy_str text = *(const hy_str *)(const void *)((const char *)cells + i * stride);
		wrap(f, face, text, c->width[i] - 2 * CELL_PAD, &out[i]);
		most = out[i].n > most ? out[i].n : most;
	}
	return most * CELL_LEAD + 2 * CELL_PAD;
}

static void draw_row(struct flow *f, const struct paper_table *t, const struct columns *c,
		     enum face face, const struct wrapped *w, double height)
{
	for (size_t i = 0; i < c->n; i++) {
		bool right = t->columns[i].right;
		double x = right ? c->x[i] + c->width[i] - CELL_PAD : c->x[i] + CELL_PAD;
		for (int k = 0; k < w[i].n; k++)
			flow_text(f, face, SIZE_5, w[i].line[k], x, right,
				  f->y + CELL_PAD + (CELL_LEAD - SIZE_5) / 2 + k * CELL_LEAD);
	}
	f->y += height;
	rule(&f->s, AREA_X, f->y, AREA_W, 0.4);
}

static void heads(struct flow *f, const struct paper_table *t, const struct columns *c,
		  struct wrapped *w)
{
	double height = wrap_row(f, c, FACE_HEI, &t->columns[0].title, sizeof(*t->columns), w);

	rule(&f->s, AREA_X, f->y, AREA_W, 0.9);
	draw_row(f, t, c, FACE_HEI, w, height);
}

void table_put(struct flow *f, const struct paper_table *t)
{
	struct wrapped *w = hy_new_n(f->s.a, struct wrapped, 32);
	struct columns c;

	place_columns(t, &c);
	f->y += CELL_PAD;
	flow_room(f, 4 * CELL_LEAD);
	heads(f, t, &c, w);
	for (size_t r = 0; r < t->n_rows && !f->code; r++) {
		double height =
			wrap_row(f, &c, FACE_FANG, t->cells + r * t->n, sizeof(*t->cells), w);
		if (flow_room(f, height)) {
			struct wrapped *again = hy_new_n(f->s.a, struct wrapped, 32);
			heads(f, t, &c, again);
		}
		draw_row(f, t, &c, FACE_FANG, w, height);
	}
	f->body = true;
	f->y += CELL_LEAD / 2;
}
