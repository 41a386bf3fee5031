#ifndef PLAIN_FIELDS_H
#define PLAIN_FIELDS_H

/* fields -- the fields of a move as parts of a form, and what came in them as the move's data.
 *
 * Which fields there are, and how long, says the institution; what is refused says matter_check().
 */

#include "plain/own.h"

/* Is it for the citizen to fill in here?  How it came is for the office to say, and who somebody is
 * has a place of its own. */
bool field_is_asked(const struct pack_need *need);
/* The part of the form; with TRIED what was typed, and the message beside the field it names. */
void field_put(struct page *p, const struct pack *pack, const struct pack_move *mv,
	       const struct pack_need *need, const struct own_tried *tried);

/* What came in the form of R for MV as its data, an object that lives as long as the request. False
 * when a field is wrong: *FIELD_OUT and *MESSAGE_OUT say which, and what to do. */
bool field_data(struct page *p, const struct pack_move *mv, json_t **out, hy_str *field_out,
		hy_str *message_out);
/* The sentence for a field that matter_check() refused. */
hy_str field_refused(const struct page *p, hy_str field);

/* A line of text, an area of text: label, hint (may be empty), what was typed, what is wrong. */
struct field_text {
	const char *name;
	hy_str label, hint, value, wrong, sample;
	int rows; /* 0: one line */
	int most;
	const char *autocomplete; /* NULL: off */
};
void field_text(struct page *p, const struct field_text *f);
void field_wrong(struct page *p, const char *name, hy_str wrong);

#endif
