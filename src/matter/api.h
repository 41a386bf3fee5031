#ifndef MATTER_API_H
#define MATTER_API_H

/* api -- the routes of this room; their ctx is a struct city *.
 *
 * api/openapi.yaml describes them and a test compares the two.  Permissions: pack/permission.h.
 * Every query about matters is given api_scope(). */

#include "http/http.h"
#include "matter/matter_store.h"

extern const struct hy_route matter_routes[];	   /* /api/v1/matters ... */
extern const struct hy_route access_routes[];	   /* /api/v1/permissions, /api/v1/access */
extern const struct hy_route grant_routes[];	   /* /api/v1/grants ... */
extern const struct hy_route attach_routes[];	   /* files of matters */
extern const struct hy_route citizen_routes[];	   /* /api/v1/lookup, /public: without an account */
extern const struct hy_route similar_routes[];	   /* /api/v1/public/similar */
extern const struct hy_route identity_routes[];	   /* sealed identities, redaction */
extern const struct hy_route institution_routes[]; /* kinds, lists, rules */
extern const struct hy_route unit_routes[];	   /* units; units and posts as tables */
extern const struct hy_route post_routes[];	   /* posts, absences, plates */
extern const struct hy_route setting_routes[];	   /* /api/v1/settings ... */
extern const struct hy_route calendar_routes[];	   /* /api/v1/calendar ... */
extern const struct hy_route log_routes[];	   /* /log/ ... */

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

/* Shared with the commands. */
void unit_list_json(struct hy_json *j, const struct unit_book *book, bool all, hy_day day);
void unit_entry_json(struct hy_json *j, const struct unit_entry *u);

static inline struct city *api_city(struct hy_request *r)
{
	return hy_request_ctx(r);
}

#endif
