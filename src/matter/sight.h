#ifndef MATTER_SIGHT_H
#define MATTER_SIGHT_H

/* sight -- which words of a matter somebody reads: as they were written, or redacted.
 *
 * Whoever handles a matter (may move it), or redacts, reads what was written; everybody else who
 * may see it reads the reviewed redaction of each text, and where nobody has reviewed one the title
 * with what the proposal finds taken out, and no text at all.  Name and contact are for whoever
 * handles it, unless it is protected, and for all who may see it where the kind says `open`.
 *
 * A redaction is an event "text.redacted" of the matter: data {of, field}; private {spans, text}.
 */

#include "matter/identity.h"
#include "matter/redact.h"

struct sight {
	bool words;    /* texts as they were written */
	bool identity; /* name and contact */
	bool openings; /* who asked to open an identity, and why */
};
extern const struct sight sight_all;

enum hy_code sight_of(struct hy_db *db, struct hy_arena *a, const struct actor *who,
		      const struct matter *m, struct sight *out, struct hy_err *e) HY_MUST;

/* Takes out of the fold M what S does not let through: title, body, place, reply and the private
 * parts of events are then views of what is left. */
void sight_apply(struct hy_arena *a, struct matter *m, const struct sight *s);

/* The title of the fold M as others read it: its redaction, or what the proposal leaves; "" when
 * that is the title itself.  The row keeps it (matter.shown), for lists and searches. */
hy_str sight_title(struct hy_arena *a, const struct matter *m);

/* The same as SQL on the table `matter m`, with parameters from FIRST on. */
struct sight_sql {
	hy_str title;	/* the title as WHO reads it */
	hy_str handles; /* a condition: WHO reads what was written */
	struct access_where w[2];
	int next; /* the parameter that is free */
};
/* WHO NULL: somebody without any right. */
struct sight_sql sight_sql(struct hy_arena *a, const struct actor *who, int first);
void sight_bind(struct hy_stmt *st, const struct sight_sql *x);

/* Fills matter.shown of matters from before it was kept; at the opening of a city that writes. */
enum hy_code sight_fill(struct city *c, struct hy_err *e) HY_MUST;

/* The same for the lines of a list. */
enum hy_code sight_rows(struct hy_db *db, struct hy_arena *a, const struct actor *who,
			struct matter_row *v, size_t n, struct hy_err *e) HY_MUST;

/* The reviewed redaction of FIELD of the event SEQ: the newest; false when there is none. */
bool sight_redaction(const struct matter *m, int64_t seq, hy_str field, hy_str *text_out,
		     const json_t **spans_out);
/* TEXT as others read it: its redaction, or "" while there is none. */
hy_str sight_text(const struct matter *m, int64_t seq, hy_str field);

/* Records a redaction of FIELD of the event SEQ, inside work. */
enum hy_code sight_redact(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			  int64_t seq, hy_str field, struct redact_spans spans,
			  const struct identity_by *by, struct hy_err *e) HY_MUST;

/* Texts of the event EV that people wrote: "title", "body", "text" ...; ends with NULL. */
extern const char *const sight_fields[];

#endif
