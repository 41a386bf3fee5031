/* Charts on a paper: columns or a line, with every value written. */
#include "paper/page.h"

#define VALUE_SIZE 9.0

/* The least and most that the picture spans: columns from 0, a line from near its least. */
static void span_of(const struct paper_chart *c, double *low, double *high)
{
	double least = 0, most = 0;
	bool any = false;

	for (size_t i = 0; i <= c->n; i++) {
		int64_t v = i < c->n ? c->values[i] : c->across;
		if (v == PAPER_NO_VALUE)
			continue;
		least = !any || (double)v < least ? (double)v : least;
		most = !any || (double)v > most ? (double)v : most;
		any = true;
	}
	double room = (most - least) / 4 > 1 ? (most - least) / 4 : 1;
	*low = c->line ? (least > room ? least - room : 0) : 0;
	*high = most + (c->line ? room : 0);
	if (*high <= *low)
		*high = *low + 100;
}

static hy_str value_text(struct hy_arena *a, int64_t v)
{
	if (v % 100 == 0)
		return hy_printf(a, "%lld", (long long)(v / 100));
	return hy_printf(a, "%lld.%02lld", (long long)(v / 100), (long long)(v % 100));
}

static void centred_at(struct flow *f, double size, hy_str text, double x, double top)
{
	flow_text(f, FACE_SONG, size, text, x - flow_width(f, FACE_SONG, size, text) / 2, false,
		  top);
}

struct picture {
	const struct paper_chart *c;
	double top, foot, step, low, high;
};

static double height_of(const struct picture *p, int64_t v)
{
	return p->foot - (p->foot - p->top) * ((double)v - p->low) / (p->high - p->low);
}

static double middle(const struct picture *p, size_t i)
{
	return AREA_X + p->step * ((double)i + 0.5);
}

static void columns(struct flow *f, const struct picture *p)
{
	double wide = p->step * 0.6 < MM(10) ? p->step * 0.6 : MM(10);

	cairo_set_source_rgb(f->s.cr, 0.35, 0.45, 0.62);
	for (size_t i = 0; i < p->c->n; i++) {
		if (p->c->values[i] == PAPER_NO_VALUE)
			continue;
		double y = height_of(p, p->c->values[i]);
		cairo_rectangle(f->s.cr, middle(p, i) - wide / 2, y, wide, p->foot - y);
		cairo_fill(f->s.cr);
	}
}

static void line(struct flow *f, const struct picture *p)
{
	bool on = false;

	cairo_set_source_rgb(f->s.cr, 0.2, 0.32, 0.55);
	cairo_set_line_width(f->s.cr, 1.5);
	for (size_t i = 0; i < p->c->n; i++) { /* a gap breaks it */
		bool there = p->c->values[i] != PAPER_NO_VALUE;
		if (there && on)
			cairo_line_to(f->s.cr, middle(p, i), height_of(p, p->c->values[i]));
		else if (there)
			cairo_move_to(f->s.cr, middle(p, i), height_of(p, p->c->values[i]));
		on = there;
	}
	cairo_stroke(f->s.cr);
	for (size_t i = 0; i < p->c->n; i++) {
		if (p->c->values[i] == PAPER_NO_VALUE)
			continue;
		cairo_arc(f->s.cr, middle(p, i), height_of(p, p->c->values[i]), 2.2, 0, 2 * G_PI);
		cairo_fill(f->s.cr);
	}
}

static void across(struct flow *f, const struct picture *p)
{
	static const double dashes[] = { 4, 3 };

	if (p->c->across == PAPER_NO_VALUE)
		return;
	cairo_save(f->s.cr);
	cairo_set_source_rgb(f->s.cr, 0.5, 0.5, 0.5);
	cairo_set_dash(f->s.cr, dashes, HY_COUNT(dashes), 0);
	rule(&f->s, AREA_X, height_of(p, p->c->across), AREA_W, 0.6);
	cairo_restore(f->s.cr);
}

void chart_put(struct flow *f, const struct paper_chart *c)
{
	double height = c->lines * LEAD;
	struct picture p = { .c = c, .step = AREA_W / (double)(c->n ? c->n : 1) };

	flow_room(f, height);
	if (f->code || c->n == 0)
		return;
	p.top = f->y + VALUE_SIZE * 2.2;
	p.foot = f->y + height - VALUE_SIZE * 2.2;
	span_of(c, &p.low, &p.high);
	if (c->what.n)
		flow_text(f, FACE_SONG, VALUE_SIZE, c->what, AREA_X, false, f->y - 2);
	across(f, &p);
	if (c->line)
		line(f, &p);
	else
		columns(f, &p);
	black(&f->s);
	rule(&f->s, AREA_X, p.foot, AREA_W, 0.6);
	for (size_t i = 0; i < c->n; i++) {
		centred_at(f, VALUE_SIZE, c->labels[i], middle(&p, i), p.foot + 4);
		if (c->values[i] != PAPER_NO_VALUE)
			centred_at(f, VALUE_SIZE, value_text(f->s.a, c->values[i]), middle(&p, i),
				   height_of(&p, c->values[i]) - VALUE_SIZE - 4);
	}
	f->body = true;
	f->y += height;
}
