#ifndef MATTER_POST_JSON_H
#define MATTER_POST_JSON_H

/* post_json -- posts, absences and plates as JSON, for the API and the commands.  Holders are told
 * by number, login and name: only to whoever may read posts.  WHOLE: with the note, and that it
 * is an illness. */

#include "matter/matter_store.h"

enum hy_code post_json(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
		       const struct post *p, struct hy_err *e) HY_MUST;
enum hy_code absence_json(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
			  const struct absence *ab, bool whole, struct hy_err *e) HY_MUST;
enum hy_code plate_json(struct hy_json *j, struct hy_db *db, const struct hy_zone *zone,
			const struct post_plate *p, struct hy_err *e) HY_MUST;

#endif
