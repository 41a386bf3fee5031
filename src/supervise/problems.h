#ifndef SUPERVISE_PROBLEMS_H
#define SUPERVISE_PROBLEMS_H

/* problems 问题清单 -- lists of the kind `problem_list`, and their way into the ledger 整改台账.
 *
 * A list is a matter: filed, reviewed, sent back and filed again by moves of its kind; its lines
 * (matter/problem.h) are those of the last filing.  Each line of an accepted list enters the ledger
 * once, as a rectification addressed to the unit of the list and due on the line's day; the filing
 * of that one names list and line as its source, so that it cannot be entered a second time. */

#include "base/command.h"
#include "http/http.h"
#include "matter/problem.h"
#include "matter/sight.h"

extern const struct hy_command problem_commands[];
extern const struct hy_route problem_routes[];

#define PROBLEM_LIST "problem_list"

/* The matter CODE, as WHO may read it; HY_BAD_FIELD when it is of another kind. */
enum hy_code problems_matter(struct city *c, struct hy_db *db, struct hy_arena *a,
			     const struct actor *who, hy_str code, struct matter **out,
			     struct hy_err *e) HY_MUST;
/* The lines of the last filing in M; none when they are not there for the reader, or erased. */
struct problem_lines problems_lines(struct hy_arena *a, const struct matter *m);

/* Enters LINE (from 1; 0: all) into the ledger, where it is not there yet.  MV: who and when.
 * Inside work; HY_NOT_NOW unless the list is accepted. */
enum hy_code problems_enter(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			    size_t line, const struct matter_move *mv, struct hy_err *e) HY_MUST;

/* The list with its lines, and how far the rectification of each is, where SCOPE reaches that. */
enum hy_code problems_json(struct hy_json *j, struct city *c, struct hy_db *db,
			   const struct access_scope *scope, const struct matter *m, bool may_enter,
			   struct hy_err *e) HY_MUST;
/* What keeps each line of the array V from being concrete. */
enum hy_code problems_check_json(struct hy_json *j, const struct pack *p, const json_t *v,
				 hy_day today, struct hy_err *e) HY_MUST;

/* Lines of the list CODE that are alike to lines of other lists, by LEAST per cent of the pairs of
 * characters in example, cause and measure (stat/alike.h): side by side, with what both have
 * marked; the most alike first.  Within SCOPE, which reads what was written. */
enum hy_code problems_copies_json(struct hy_json *j, struct city *c, struct hy_db *db,
				  const struct access_scope *scope, hy_str code, int least,
				  struct hy_err *e) HY_MUST;

#endif
