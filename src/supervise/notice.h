#ifndef SUPERVISE_NOTICE_H
#define SUPERVISE_NOTICE_H

/* notice 催办、督办、整改通知书，效能建议书 -- the papers that tell a unit what to do and by when.
 *
 * A notice is a matter of the kind of its form, with a clock of its own until it is answered.  It
 * is issued from a card, from a list of matters (one for each unit that has some of them) or from
 * what an inspection found.  Its paper is made anew from the fold of a matter each time, so it can
 * say nothing that the record does not: its number is that of the matter's code, its date the day
 * of filing, its deadline the main clock's. Always in Chinese, laid out by paper/.  The place for
 * the seal stays empty. */

#include "base/command.h"
#include "base/json.h"
#include "http/http.h"
#include "matter/matter_store.h"
#include "paper/paper.h"

struct card_act;
extern const struct hy_command notice_commands[];
extern const struct hy_route notice_routes[];
extern const struct city_room notice_room; /* settings alone */

struct notice_form {
	const char *id, *kind; /* of matters of which kind; NULL: of any that has a notice */
	hy_str title;	       /* "效能整改通知书" */
	const char *sign; /* the setting that has its 发文机关代字; NULL: no number of its own */
	struct pack_text name;
	/* What stands in it: the opening sentence, the heads of what it is about and of its term,
	 * what is to be done by then, the head over what the answer must say, that, and what can be
	 * said against it. */
	hy_str opening, what, term, by_then, demand, answer, objection;
};
extern const struct notice_form notice_forms[]; /* ends with { 0 } */
#define NOTICE_FORMS "urging|supervision|rectification|advice"

/* One of the matters that a notice is about, as it stood when that was issued. */
struct notice_about {
	hy_str code, title;
	hy_ms due; /* HY_NO_TIME: none ran */
	int late;  /* days past DUE; 0: not late */
};
/* Who issues it, to whom, under which sign: what is not in the fold. */
struct notice_names {
	hy_str issuer, unit, sign;
	const struct notice_about *about; /* those that the reader may see */
	size_t n_about;
	size_t hidden; /* so many more */
};
/* The form called ID, or ("") the first that fits the kind of M.  HY_BAD_FIELD. */
enum hy_code notice_form_of(const struct matter *m, hy_str id, const struct notice_form **out,
			    struct hy_err *e) HY_MUST;
/* "效改〔2026〕12号" of ZG-2026-000012; "" when CODE is not of that form. */
hy_str notice_number(struct hy_arena *a, hy_str sign, hy_str code);
/* Pure.  Everything it points to lives in A or in M. */
void notice_compose(struct hy_arena *a, const struct matter *m, const struct notice_form *form,
		    const struct notice_names *names, struct paper *out);
/* With names and settings as they are; M as WHO may read it (matter/sight.h); WHO NULL: all. */
enum hy_code notice_pdf(struct hy_arena *a, struct city *c, struct hy_db *db,
			const struct actor *who, const struct matter *m,
			const struct notice_form *form, struct paper_result *out,
			struct hy_err *e) HY_MUST;

/* --- issuing (notice_issue.c); inside work ------------------------------------------------------
 */
struct notice_order {
	const struct notice_form *form;
	hy_str card;	    /* "KP-2026-000001"; "": from no card */
	const json_t *data; /* fields of the filing; what is absent comes from card or matters */
	const struct access_scope *cards; /* where the card is looked for */
	const struct card_act *act;	  /* who, when */
};
struct notice_codes {
	HY_VEC(hy_str) v;
};
/* Files one notice, or one for each unit that has some of the listed matters.  MV: who and when,
 * as the kind lets it be filed.  A card has one notice of each form. */
enum hy_code notice_issue(const struct notice_order *o, const struct matter_move *mv,
			  struct notice_codes *out, struct hy_err *e) HY_MUST;
/* "card/KP-2026-000001/urging" */
hy_str notice_source(struct hy_arena *a, hy_str card, const struct notice_form *form);
/* The form of matters of KIND; NULL: they have none. */
const struct notice_form *notice_form_of_kind(hy_str kind);

/* A line of the list: number, service, term and answer, from the fold M. */
void notice_json(struct hy_json *j, struct city *c, struct hy_db *db, const struct matter *m,
		 hy_str title, hy_ms now);
/* The notices that were issued from CARD, but for its rectification, as an array. */
enum hy_code notice_of_card_json(struct hy_json *j, struct city *c, struct hy_db *db,
				 const struct access_scope *scope, hy_str card,
				 struct hy_err *e) HY_MUST;

#endif
