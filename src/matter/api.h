#ifndef MATTER_API_H
#define MATTER_API_H

/* api -- the routes of this room; their ctx is a struct city *.
 *
 * api/openapi.yaml describes them and a test compares the two.  Permissions: pack/permission.h.
 * Every query about matters is given api_scope(). */

#include "http/http.h"
#include "matter/matter_store.h"
#include "sheet/sheet.h"

extern const struct hy_route matter_routes[];	   /* /api/v1/matters ... */
extern const struct hy_route access_routes[];	   /* /api/v1/permissions, /api/v1/access */
extern const struct hy_route grant_routes[];	   /* /api/v1/grants ... */
extern const struct hy_route attach_routes[];	   /* files of matters */
extern const struct hy_route citizen_routes[];	   /* /api/v1/lookup, /public: without an account */
extern const struct hy_route similar_routes[];	   /* /api/v1/public/similar */
extern const struct hy_route identity_routes[];	   /* sealed identities, redaction */
extern const struct hy_route custodian_routes[];   /* /api/v1/custodians */
extern const struct hy_route person_routes[];	   /* /api/v1/persons: given out, erased */
extern const struct hy_route institution_routes[]; /* kinds, lists, rules */
extern const struct hy_route proposal_routes[];	   /* /api/v1/institution/... */
extern const struct hy_route unit_routes[];	   /* units; units and posts as tables */
extern const struct hy_route post_routes[];	   /* posts, absences, plates */
extern const struct hy_route setting_routes[];	   /* /api/v1/settings ... */
extern const struct hy_route calendar_routes[];	   /* /api/v1/calendar ... */
extern const struct hy_route log_routes[];	   /* /log/ ... */
extern const struct hy_route table_routes[];	   /* /api/v1/tables/matters */

/* Who asks, as the guard found out; where no guard has asked, the person at this machine. */
static inline const struct actor *api_actor(struct hy_request *r)
{
	const struct actor *who = hy_request_user(r);

	return who ? who : &actor_console;
}
/* What of the matters is there for who asks. */
static inline struct access_scope api_scope(struct hy_request *r, enum permission p)
{
	return access_scope(hy_request_arena(r), api_actor(r), p, HY_S(""));
}

/* Answers BYTES as the file NAME and notes in the audit trail, in the same transaction, that WHAT
 * ("tables/units") was taken out.  Everything must live in the request's arena, or be static. */
struct api_file {
	const char *what, *type;
	hy_str name, bytes;
};
enum hy_code api_answer_export(struct hy_request *r, const struct api_file *f,
			       struct hy_err *e) HY_MUST;

/* The same for a table: FILL writes it onto TO, which is a CSV or an XLSX file.  Rows live in A. */
struct api_sheet {
	const char *what, *name; /* "tables/units", "units" */
	bool xlsx, bom;		 /* bom: a byte order mark before the CSV */
	enum hy_code (*fill)(struct hy_request *r, struct hy_db *db, struct sheet *to,
			     struct hy_err *e);
};
/* Answers it without a note: for what everybody may have. */
enum hy_code api_answer_public_sheet(struct hy_request *r, const struct api_sheet *s,
				     struct hy_err *e) HY_MUST;
enum hy_code api_answer_sheet(struct hy_request *r, const struct api_sheet *s,
			      struct hy_err *e) HY_MUST;

/* What a list of matters is asked for, page by page or as a file. */
struct api_list {
	hy_str kind, unit, state, class, channel, light, open, verdict, words, order, cursor, form;
	int32_t filed_from, filed_to;
	int64_t limit;
	bool bom;
};
#define API_LIST_FIELDS                                                                            \
	HY_FIELD_TEXT(struct api_list, kind, false, 1, 64),                                        \
		HY_FIELD_TEXT(struct api_list, unit, false, 1, 40),                                \
		HY_FIELD_TEXT(struct api_list, state, false, 1, 64),                               \
		HY_FIELD_TEXT(struct api_list, class, false, 1, 64),                               \
		HY_FIELD_TEXT(struct api_list, channel, false, 1, 64),                             \
		HY_FIELD_WORD(struct api_list, light, false, "green|blue|yellow|orange|red"),      \
		HY_FIELD_WORD(struct api_list, open, false, "yes|no"),                             \
		HY_FIELD_WORD(struct api_list, verdict, false, "in_time|late"),                    \
		HY_FIELD_DAY(struct api_list, filed_from, false),                                  \
		HY_FIELD_DAY(struct api_list, filed_to, false),                                    \
		HY_FIELD_TEXT(struct api_list, words, false, 1, 100),                              \
		HY_FIELD_WORD(struct api_list, order, false, "due|filed")
struct matter_filter api_list_filter(struct hy_request *r, const struct api_list *q);
enum matter_order api_list_order(const struct api_list *q);

/* Shared with the commands. */
void unit_list_json(struct hy_json *j, const struct unit_book *book, bool all, hy_day day);
void unit_entry_json(struct hy_json *j, const struct unit_entry *u);

static inline struct city *api_city(struct hy_request *r)
{
	return hy_request_ctx(r);
}

#endif
