#ifndef PACK_DIFFERENCE_PART_H
#define PACK_DIFFERENCE_PART_H

/* difference_part -- the sentences that the files of difference are made of. */

#include "base/buf.h"
#include "pack/difference.h"

/* Words in the three languages; {1} to {4} are filled in. */
enum { DIFF_LANGUAGES = 3 };
typedef const char *const diff_words[DIFF_LANGUAGES];

/* The walk from one institution to the other, once in each language, in the same order. */
struct diff {
	struct hy_arena *a;
	const struct pack *was, *now;
	int lang;
	HY_VEC(struct pack_change) out;
	size_t at; /* which sentence comes next; the first language makes them */
};
/* Whose, and where the sentence belongs. */
struct diff_owner {
	const char *area;
	hy_str id, name;
};

hy_str diff_said(const struct diff *w, const struct pack_text *t);
hy_str diff_word(const struct diff *w, diff_words all);
hy_str diff_fill(const struct diff *w, diff_words all, const hy_str *args);
#define DIFF_FILL(w, all, ...) diff_fill(w, all, (const hy_str[4]){ __VA_ARGS__ })
/* PART behind what stands in B, with a comma. */
void diff_part(const struct diff *w, struct hy_buf *b, hy_str s);
/* "20个工作日（2004-07-01起，第四十二条）" */
hy_str diff_values_said(const struct diff *w, const struct pack_value *v, size_t n);

void diff_tell(struct diff *w, const char *area, hy_str id, hy_str sentence);
void diff_added(struct diff *w, const char *area, hy_str id, hy_str what);
void diff_removed(struct diff *w, const char *area, hy_str id, hy_str what);
void diff_changed(struct diff *w, const struct diff_owner *o, diff_words what, hy_str was,
		  hy_str now);

/* A sentence if the two differ, whatever the language. */
void diff_if_text(struct diff *w, const struct diff_owner *o, diff_words what, hy_str was,
		  hy_str now);
void diff_if_title(struct diff *w, const struct diff_owner *o, const struct pack_text *was,
		   const struct pack_text *now);
void diff_if_flag(struct diff *w, const struct diff_owner *o, diff_words what, bool was, bool now);
void diff_if_limit(struct diff *w, const struct diff_owner *o, diff_words what, struct hy_limit was,
		   struct hy_limit now);
void diff_if_count(struct diff *w, const struct diff_owner *o, diff_words what, int64_t was,
		   int64_t now);
void diff_if_words(struct diff *w, const struct diff_owner *o, diff_words what, enum pack_list list,
		   const hy_str *was, size_t n_was, const hy_str *now, size_t n_now);

bool diff_same_limit(struct hy_limit x, struct hy_limit y);
bool diff_same_set(const hy_str *x, size_t nx, const hy_str *y, size_t ny);

/* difference_kind.c */
void diff_kinds(struct diff *w);

#endif
