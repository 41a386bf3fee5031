#ifndef PAPER_PAGE_H
#define PAPER_PAGE_H

/* page -- the sheet and its measures, fonts and lines; for this room alone.
 *
 * Points (1/72 inch) from the top left corner of the sheet. */

#include <cairo.h>
#include <pango/pangocairo.h>

#include "base/buf.h"
#include "paper/paper.h"

#define MM(x) ((x)*72.0 / 25.4)

/* GB/T 9704-2012, 5.1 and 5.2 */
#define SHEET_W MM(210)
#define SHEET_H MM(297)
#define AREA_X MM(28)
#define AREA_Y MM(37)
#define AREA_W MM(156)
#define AREA_H MM(225)
#define SIZE_3 15.75 /* 三号 */
#define SIZE_2 22.0  /* 二号 */
#define SIZE_4 14.0  /* 四号 */
#define SIZE_4S 12.0 /* 小四 */
#define SIZE_5 10.5  /* 五号 */
enum { COLUMNS = 28, LINES = 22, PAGES_MOST = 200 };
#define PITCH (AREA_W / COLUMNS)
#define LEAD ((AREA_H - SIZE_3) / (LINES - 1))

enum face { FACE_FANG, FACE_KAI, FACE_HEI, FACE_TITLE, FACE_SONG, FACES };

struct press { /* what prints */
	struct hy_arena *a;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	struct hy_buf pdf;
	int page; /* from 1 */
	const struct paper *p;
	struct {
		hy_str used;
		int characters;
	} fonts[FACES][4];
	struct hy_err *e;
};

/* A text that stands in one line. */
struct line {
	PangoLayout *layout;
	double width;
};

/* How wide TEXT is; its characters stand PITCH apart when GRID. HY_BAD_FIELD (FIELD) when a
 * character is in no font. */
enum hy_code line_make(struct press *s, enum face face, double size, bool grid, const char *field,
		       hy_str text, struct line *out) HY_MUST;
/* Its characters begin at X, their square stands on TOP. */
void line_draw(struct press *s, const struct line *l, double size, double x, double top);
void line_drop(struct line *l);

/* How many bytes of TEXT fit into WIDTH; a line does not begin with a mark that closes nor end with
 * one that opens. At least one character. */
enum hy_code line_fit(struct press *s, enum face face, double size, const char *field, hy_str text,
		      double width, size_t *bytes_out) HY_MUST;

/* --- the flow of lines (paper.c) ---------------------------------------------------------------
 */
struct flow {
	struct press s;
	double y;	   /* top of the next line */
	double least;	   /* no text below this */
	bool body;	   /* this page carries body text */
	enum hy_code code; /* the first error; then nothing more is done */
};
/* Room for HEIGHT more points on this page, or the next one; true: it is a new page. */
bool flow_room(struct flow *f, double height);
/* TEXT in one line whose square stands on TOP; RIGHT: it ends at X. */
void flow_text(struct flow *f, enum face face, double size, hy_str text, double x, bool right,
	       double top);
double flow_width(struct flow *f, enum face face, double size, hy_str text);

void table_put(struct flow *f, const struct paper_table *t); /* table.c */
void chart_put(struct flow *f, const struct paper_chart *c); /* chart.c */

void red(struct press *s);
void black(struct press *s);
void rule(struct press *s, double x, double y, double width, double thick);

#endif
