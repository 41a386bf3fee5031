#ifndef SUPERVISE_NOTICE_H
#define SUPERVISE_NOTICE_H

/* notice 督办、整改通知书 -- the paper that tells a unit what to mend and by when.
 *
 * Made anew from the fold of a matter each time, so it can say nothing that the record does not:
 * its number is that of the matter's code, its date the day of filing, its deadline the main
 * clock's. Always in Chinese, laid out by paper/.  The place for the seal stays empty. */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"
#include "paper/paper.h"

extern const struct hy_command notice_commands[];
extern const struct hy_route notice_routes[];
extern const struct city_room notice_room; /* settings alone */

struct notice_form {
	const char *id, *kind; /* of matters of which kind; NULL: of any that has a notice */
	hy_str title;	       /* "效能整改通知书" */
	const char *sign; /* the setting that has its 发文机关代字; NULL: no number of its own */
};
extern const struct notice_form notice_forms[]; /* ends with { 0 } */

/* Who issues it, to whom, under which sign: what is not in the fold. */
struct notice_names {
	hy_str issuer, unit, sign;
};
/* The form called ID, or ("") the first that fits the kind of M.  HY_BAD_FIELD. */
enum hy_code notice_form_of(const struct matter *m, hy_str id, const struct notice_form **out,
			    struct hy_err *e) HY_MUST;
/* "效改〔2026〕12号" of ZG-2026-000012; "" when CODE is not of that form. */
hy_str notice_number(struct hy_arena *a, hy_str sign, hy_str code);
/* Pure.  Everything it points to lives in A or in M. */
void notice_compose(struct hy_arena *a, const struct matter *m, const struct notice_form *form,
		    const struct notice_names *names, struct paper *out);
/* With names and settings as they are; M as whoever asks may read it (matter/sight.h). */
enum hy_code notice_pdf(struct hy_arena *a, struct city *c, struct hy_db *db,
			const struct matter *m, const struct notice_form *form,
			struct paper_result *out, struct hy_err *e) HY_MUST;

#endif
