#ifndef SUPERVISE_RECTIFICATION_H
#define SUPERVISE_RECTIFICATION_H

/* rectification 整改台账 -- the ledger of what is to be mended, line by line.
 *
 * A line is a matter of the kind `rectification`; what stands in the ledger is read from its fold
 * as whoever asks may read it: fact, cause, action, owner, term, progress, evidence with hashes,
 * who struck it off, how often it came back.  Lines that were made public (the move `expose`) stand
 * on the portal with what was exposed beside how far its rectification is: of them only what the
 * public log says. */

#include "base/command.h"
#include "http/http.h"
#include "matter/attach.h"
#include "matter/matter_store.h"

extern const struct hy_command rectification_commands[];
extern const struct hy_route rectification_routes[];

struct rectification {
	hy_str code, title, fact, cause, measure, unit, person;
	hy_str source; /* code of the card, the problem list with its line, or "" */
	const struct pack_state *state;
	bool open, annulled;
	hy_ms issued_at, served_at, due_at, reported_at, struck_off_at; /* HY_NO_TIME: not */
	enum matter_verdict verdict;
	enum hy_light light;
	const struct pack_move *last; /* the last step of the mending; NULL: none */
	hy_str last_text;
	hy_ms last_at;
	HY_VEC(hy_str) papers; /* that reports name */
	struct attach_file *files;
	size_t n_files;
	hy_str verifier, approver; /* of the striking off; "": not, or not for the reader */
	int recurred, sent_back;
	hy_ms exposed_at; /* HY_NO_TIME: not made public */
};
/* The line of matter CODE as WHO may read it; WHO NULL: all. */
enum hy_code rectification_read(struct hy_arena *a, struct city *c, struct hy_db *db,
				const struct actor *who, hy_str code, struct rectification *out,
				struct hy_err *e) HY_MUST;
void rectification_json(struct hy_json *j, const struct rectification *r,
			const struct hy_calendar *cal);

/* The columns of the ledger as a table, and one line of it. */
enum { RECTIFICATION_COLUMNS = 19 };
struct sheet;
void rectification_begin(struct sheet *to, hy_str language);
enum hy_code rectification_row(struct sheet *to, struct hy_arena *a, const struct rectification *r,
			       const struct hy_calendar *cal, hy_str language,
			       struct hy_err *e) HY_MUST;

/* Was the matter m exposed, by what its events say?  It reads them all: the table `exposure` is
 * kept for those who ask often. */
#define RECTIFICATION_EXPOSED_SQL                                                                  \
	"m.kind = 'rectification' AND EXISTS (SELECT 1 FROM event e WHERE e.matter = m.id"         \
	" AND e.body LIKE '%\"move\":\"expose\"%')"
/* The hook of the room (struct city_room), and what compares the table with the events. */
enum hy_code rectification_moved(struct hy_db *db, int64_t id, const struct matter *m,
				 const struct matter_event *ev, struct hy_err *e) HY_MUST;
enum hy_code rectification_fsck(struct hy_arena *a, struct hy_db *db, struct hy_err *e) HY_MUST;

/* The query of rectification_public_json(), for those who ask how it is carried out. */
void rectification_public_query(struct hy_arena *a, int64_t after, int limit, struct hy_query *out);
/* What was made public, the newest first: at most LIMIT behind the id AFTER (0: from the newest),
 * with what the public log says of how far it is.  *NEXT_OUT 0: the last. */
enum hy_code rectification_public_json(struct hy_json *j, struct city *c, struct hy_db *db,
				       int64_t after, int limit, int64_t *next_out,
				       struct hy_err *e) HY_MUST;

#endif
