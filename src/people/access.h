#ifndef PEOPLE_ACCESS_H
#define PEOPLE_ACCESS_H

/* access -- who may what, decided here and nowhere else.
 *
 * access_may() answers for a route.  For matters that is not enough: access_scope() says which
 * ones, and access_where() compiles that into the WHERE of a query, so that what is outside is not
 * there: not in lists, counts, searches and exports, and read by its code it is not found, by the
 * same statement, with the same words.
 *
 * A matter is in scope when a grant with the permission reaches its unit and is cleared for how
 * closely it is kept, and it is not about the asking person or about a unit that person belongs to
 * (or one above that).  A matter without a unit belongs to the top of the tree. */

#include "people/actor.h"
#include "store/query.h"

bool access_may(const struct actor *who, enum permission p);
/* By the word of a route: "public" needs nothing, an unknown word allows nothing. */
bool access_may_route(const struct actor *who, const char *permission);
/* HY_FORBIDDEN, without saying more than that. */
enum hy_code access_need(const struct actor *who, enum permission p, struct hy_err *e) HY_MUST;

/* The permissions (PERMISSION_BIT()s) of WHO's grant G; of a token those left to it. */
uint64_t access_by(const struct actor *who, const struct actor_grant *g);
/* The grant by which WHO may P: the first.  NULL: by none. */
const struct actor_grant *access_grant(const struct actor *who, enum permission p);
/* As what WHO does what needs P, for the record: role and unit of that grant, the console as
 * "console"; both empty where it takes no grant. */
struct access_as {
	hy_str role, unit;
};
struct access_as access_as(const struct actor *who, enum permission p);

/* Which matters.  Zero is none of them. */
struct access_units {
	bool whole; /* all units */
	const hy_str *own, *below;
	size_t n_own, n_below;
};
struct access_scope {
	bool all;			      /* the console, the system itself */
	bool any;			      /* a grant with the permission is there */
	struct access_units of[PACK__GUARDS]; /* by clearance */
	hy_str within;			      /* "|U1|U2|": not about these */
	hy_str persons;			      /* the person's names, each between \x1f */
	hy_str name; /* not about whoever is called so, whatever stands around it; "": no name */
	int least;   /* counts smaller than this are not shown */
};
/* Does who SAID whom a complaint is about call the person NAME, a name or a login, so?  People
 * write it in their own words, with what stands around it; a name of one character stands in too
 * much. */
bool access_calls(hy_str said, hy_str name);
extern const struct access_scope access_all;
/* What anybody may know of: all but what is protected or sealed, whose number tells too much. */
extern const struct access_scope access_public;

/* What WHO sees by permission P; ROLE, when not empty, by grants of that role alone. */
struct access_scope access_scope(struct hy_arena *a, const struct actor *who, enum permission p,
				 hy_str role);
/* By that one of WHO's grants. */
struct access_scope access_scope_by(struct hy_arena *a, const struct actor *who, enum permission p,
				    const struct actor_grant *grant);

/* The scope as SQL on the table `matter m`: " AND ..." (or ""), with parameters from FIRST on. */
struct access_where {
	hy_str sql;
	struct hy_value *v;
	int n, first;
};
struct access_where access_where(struct hy_arena *a, const struct access_scope *s, int first);
void access_bind(struct hy_stmt *st, const struct access_where *w);
/* The same as the next condition of Q. */
void access_into(struct hy_query *q, struct hy_arena *a, const struct access_scope *s);

/* The grant by which WHO may P in UNIT, as the tree is now: the first that reaches it; NULL: none
 * does.  A grant of its own unit alone that has no unit reaches none. */
enum hy_code access_reaching(struct hy_arena *a, struct hy_db *db, const struct actor *who,
			     enum permission p, hy_str unit, const struct actor_grant **out,
			     struct hy_err *e) HY_MUST;
/* The same as a demand: HY_FORBIDDEN where there is none; *OUT for the record.  The console may. */
enum hy_code access_need_unit(struct hy_arena *a, struct hy_db *db, const struct actor *who,
			      enum permission p, hy_str unit, struct access_as *out,
			      struct hy_err *e) HY_MUST;

/* Is UNIT the unit ABOVE or below it in the present tree?  An empty UNIT is below none. */
enum hy_code access_below(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_str above,
			  bool *out, struct hy_err *e) HY_MUST;

#endif
