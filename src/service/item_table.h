#ifndef SERVICE_ITEM_TABLE_H
#define SERVICE_ITEM_TABLE_H

/* item_table -- the catalogue as a table: taken out as CSV or XLSX, and put in again.
 *
 * As with units (people/unit_table.h): one transaction, all or nothing; a preview is the same work,
 * undone; what is not in the file stays; an export read again changes nothing.  A column that is
 * not there leaves what it is about alone; a cell that is empty empties it.
 *
 * In a cell, lists stand one entry to a line; the parts of an entry are parted by |:
 *   papers  name | copies | sample        steps  name | section | post | limit   (+name: beside the
 *   fees    name | standard | basis               step before it) */

#include "people/unit_table.h"
#include "service/item.h"

struct item_job {
	const struct item_act *act; /* .w.db is set by the work; .from and .document are for rows
				       that do not say it themselves */
	const struct grid *grid;
	bool make_units; /* a unit that is not there is made, from the column with its name */
	bool preview;
	struct hy_arena *a;
	struct table_plan plan;	 /* out, also after HY_BAD_INPUT for refused rows */
	int64_t missing[GAP__N]; /* out: how many rows lack what */
	int64_t units;		 /* out: how many were made */
};
enum hy_code item_import(struct hy_store *s, struct item_job *job, struct hy_err *e) HY_MUST;
void item_plan_text(struct hy_buf *b, const struct item_job *job, hy_str language);
void item_plan_json(struct hy_json *j, const struct item_job *job);

/* The catalogue as of the filter's day. */
enum hy_code item_export(struct hy_arena *a, struct hy_db *db, const struct item_filter *f,
			 struct sheet *to, struct hy_err *e) HY_MUST;

#endif
