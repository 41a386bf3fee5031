#ifndef PEOPLE_UNIT_TABLE_H
#define PEOPLE_UNIT_TABLE_H

/* unit_table -- units and posts as a table: taken out as CSV or XLSX, and put in again.
 *
 * An import is one transaction, all or nothing.  A preview is the same work, undone: what it says
 * is what would happen.  Rows may stand in any order; what is the same already is left alone;
 * what is not in the file stays as it is.  An export read again changes nothing. */

#include "people/post.h"
#include "sheet/grid.h"
#include "sheet/sheet.h"

struct pack;

enum table_kind { TABLE_UNITS, TABLE_POSTS };
enum table_what { TABLE_SAME, TABLE_ADD, TABLE_CHANGE, TABLE_CLOSE, TABLE_REFUSE, TABLE__WHATS };
extern const hy_str table_what_ids[TABLE__WHATS]; /* "same", "add", "change", "close", "refuse" */

struct table_field { /* what differs */
	const char *name;
	hy_str from, to;
};
struct table_line {
	int64_t line;
	enum table_what what;
	hy_str code;
	struct table_field *fields;
	size_t n_fields;
	const char *field; /* REFUSE: the column, "" when none */
	hy_str why;	   /* REFUSE: in plain words */
};
struct table_plan {
	struct table_line *v; /* as the rows stand in the file */
	size_t n;
	int64_t count[TABLE__WHATS];
};

struct table_job {
	enum table_kind kind;
	const struct unit_act *act; /* .record, .at, .zone, .role, .unit, .account, .reason, .leave;
				       .db is set by the work */
	const struct pack *pack;    /* in force: the roles of posts */
	const struct grid *grid;
	hy_day on; /* the day from which changes hold that do not say it themselves */
	bool preview;
	struct hy_arena *a;	/* the plan lives there */
	struct table_plan plan; /* out, also after HY_BAD_INPUT for refused rows */
};
/* Reads, plans and, without PREVIEW, does it.  HY_BAD_INPUT when rows are refused and it was no
 * preview: nothing was changed then. */
enum hy_code table_import(struct hy_store *s, struct table_job *job, struct hy_err *e) HY_MUST;

/* The plan in words, one line for each row that is not the same, and a last one that counts.
 * LANGUAGE as of a request. */
void table_plan_text(struct hy_buf *b, const struct table_plan *p, hy_str language);
void table_plan_json(struct hy_json *j, const struct table_plan *p);

/* Writes all units as they are, closed ones too, or the open posts with their holders' logins at
 * NOW. */
enum hy_code table_export(struct hy_arena *a, struct hy_db *db, enum table_kind kind, hy_ms now,
			  struct sheet *to, struct hy_err *e) HY_MUST;

#endif
