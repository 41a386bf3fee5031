#ifndef PEOPLE_UNIT_H
#define PEOPLE_UNIT_H

/* unit -- organs, sections, windows: who may have a matter.
 *
 * A unit has a code that never changes and a dated name.  Making or changing one is an
 * event of the record (subject "unit/CODE"); the table is a cache of those events. */

#include "record/record.h"

extern const struct hy_migration unit_migrations[];

struct unit {
	int64_t id;
	hy_str code;	  /* letters, digits, '-', '_', '.'; 1..40 */
	hy_str name;	  /* 1..100 characters */
	hy_str parent;	  /* code; "" at the top */
	int64_t last_idx; /* its newest event */
};

/* Inside work: makes the unit, or changes name and parent when they differ; nothing is
 * written when nothing changes. */
enum hy_code unit_put(struct record *r, struct hy_db *db, hy_str code, hy_str name, hy_str parent,
		      hy_ms at, int64_t *id_out, struct hy_err *e) HY_MUST;

/* HY_NOT_FOUND with the code in the detail. */
enum hy_code unit_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit *out,
			  struct hy_err *e) HY_MUST;
enum hy_code unit_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct unit *out,
			struct hy_err *e) HY_MUST;
/* All, by code. */
enum hy_code unit_list(struct hy_arena *a, struct hy_db *db, struct unit **out, size_t *n_out,
		       struct hy_err *e) HY_MUST;

/* Compares the table with its events; HY_TAMPERED names the unit and the field. */
enum hy_code unit_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
		       struct hy_err *e) HY_MUST;

#endif
