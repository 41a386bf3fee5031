#ifndef PLAIN_PAGE_H
#define PLAIN_PAGE_H

/* page -- a page on its way: what is put into it is escaped, always. */

#include "matter/api.h"
#include "plain/words.h"

struct plain_query {
	hy_str size, kind;
};
extern const struct hy_field plain_query[];
#define PLAIN_QUERY plain_query, sizeof(struct plain_query)

struct page {
	struct hy_request *r;
	struct hy_arena *a;
	struct city *c;
	enum plain_language l;
	bool big;
	struct hy_buf b;
	hy_str now; /* RFC 3339 */
};

/* Everything up to <main>.  AT: the path of this page, for the links that change language and size;
 * with FORM, the id of a form, that form is sent there instead, with the field "look".  TITLE is
 * the heading, put by the caller. */
struct page page_begin(struct hy_request *r, const char *at, const char *form, hy_str title);
/* The rest; answers. */
void page_end(struct page *p, int status);

/* HTML, in which each {} stands for the next of the values, escaped. */
void page_put_n(struct page *p, const char *html, const hy_str *values, size_t n);
#define PUT(p, html, ...)                                                                          \
	page_put_n(p, html, (const hy_str[]){ __VA_ARGS__ },                                       \
		   sizeof((const hy_str[]){ __VA_ARGS__ }) / sizeof(hy_str))

/* Words of the page's language; T1: with one value in them. */
hy_str T(const struct page *p, const char *key);
hy_str T1(const struct page *p, const char *key, hy_str value);
bool page_has_word(const struct page *p, hy_str key);
hy_str page_number(const struct page *p, int64_t n);

/* PATH with language and size, and ?kind= when KIND is not empty; to be put as a value. */
hy_str page_link(const struct page *p, const char *path, hy_str kind);
/* <form method=post ...> with a fresh key; KEY empty: a new one. */
void page_form(struct page *p, const char *path, const char *id, const char *class, hy_str key);
void page_hidden(struct page *p, const char *name, hy_str value);
void page_time(struct page *p, hy_str instant);
/* <option>; the chosen one is CHOSEN. */
void page_option(struct page *p, hy_str value, hy_str text, hy_str chosen);

/* What went wrong, as a sentence. */
hy_str page_wrong(struct page *p, const struct hy_err *e);
/* A page of its own for it. */
void page_of_wrong(struct hy_request *r, const struct hy_err *e, int status);

/* The text of an institution in the page's language, out of JSON or C. */
hy_str page_say(const struct page *p, const json_t *title);

#endif
