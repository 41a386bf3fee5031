#ifndef MATTER_MATTER_JSON_H
#define MATTER_MATTER_JSON_H

/* matter_json -- matters as JSON: one form for the command line and the API. */

#include "base/json.h"
#include "matter/matter_store.h"

/* A line of a list: everything in it, with the light as of NOW. */
void matter_row_json(struct hy_json *j, const struct matter_row *r,
		     const struct matter_rules *rules, hy_ms now);

/* The whole of a matter: fields, timeline, clocks (TRACED: with every day), and the POSSIBLE moves
 * (bits by index: matter_possible(), acting_possible()) with the fields each takes.  Units in the
 * timeline have the names of their time, out of DB. */
enum hy_code matter_whole_json(struct hy_json *j, const struct matter *m,
			       const struct matter_rules *rules, uint64_t possible, hy_ms now,
			       bool traced, struct hy_db *db, struct hy_err *e) HY_MUST;

/* The member "moves": the POSSIBLE ones whose time has not passed, inside an open object. */
enum hy_code matter_moves_json(struct hy_json *j, const struct matter *m,
			       const struct matter_rules *rules, uint64_t possible, hy_ms now,
			       struct hy_err *e) HY_MUST;

/* What MV would do, of which matter_preview() made BEFORE and AFTER: state and clocks, and what the
 * rooms above foresee (struct city_room). */
enum hy_code matter_preview_json(struct hy_json *j, struct city *c, struct hy_db *db,
				 const struct matter_move *mv, const struct matter *before,
				 const struct matter *after, struct hy_err *e) HY_MUST;

/* The member "clocks"; TRACED: with every day. */
enum hy_code matter_clocks_json(struct hy_json *j, const struct matter *m, hy_ms now, bool traced,
				struct hy_err *e) HY_MUST;

/* A title in the three languages, as an object. */
void matter_text_json(struct hy_json *j, const char *key, const struct pack_text *t);

#endif
