#ifndef SERVICE_LETTER_H
#define SERVICE_LETTER_H

/* letter -- the dated papers that an applicant is given: acceptance, refusal to accept, one-off
 * notice, extension, special procedure, decision 行政许可文书; and the sheet on which a refusal is
 * registered 否定报备登记表.
 *
 * Each belongs to one event of a matter that runs on an item of the catalogue or could (its kind's
 * filing takes one) and says what the event says; nothing in it is typed twice.  The date is that
 * of the event: 行政许可法 第三十二条第二款 demands a seal, whose place stays empty, and the date.
 */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"
#include "paper/paper.h"

enum letter_form {
	LETTER_ACCEPT,
	LETTER_DEEMED, /* by silence: as of the day the papers came */
	LETTER_DECLINE,
	LETTER_NOTICE,
	LETTER_PAUSE,
	LETTER_EXTEND,
	LETTER_GRANT,
	LETTER_REFUSE,
	LETTER_REGISTER, /* of a refusal: for the file and the leader, not for the applicant */
	LETTER__FORMS
};
struct letter_row {
	const char *id; /* "accept" ... */
	struct pack_text title;
	bool inside; /* not for the applicant */
};
extern const struct letter_row letter_forms[LETTER__FORMS];

struct letter {
	enum letter_form form;
	const struct matter_event *ev;
};
/* Those of M, by event; INSIDE: with those that are not for the applicant. */
void letter_list(struct hy_arena *a, const struct matter *m, bool inside, struct letter **out,
		 size_t *n_out);
/* That of the event SEQ; FORM "": the first one.  HY_NOT_FOUND, with what there is. */
enum hy_code letter_of(struct hy_arena *a, const struct matter *m, int64_t seq, hy_str form,
		       bool inside, struct letter *out, struct hy_err *e) HY_MUST;

/* Pure.  UNIT: the name of the organ on that day. */
void letter_compose(struct hy_arena *a, const struct matter *m, const struct letter *l, hy_str unit,
		    struct paper *out);
enum hy_code letter_pdf(struct hy_arena *a, struct city *c, struct hy_db *db,
			const struct matter *m, const struct letter *l, struct paper_result *out,
			struct hy_err *e) HY_MUST;

extern const struct hy_route letter_routes[];
extern const struct hy_command letter_commands[];

#endif
