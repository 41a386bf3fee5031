#ifndef PEOPLE_SECURITY_PART_H
#define PEOPLE_SECURITY_PART_H

/* security_part -- what security.c (rules) and security_sql.c (queries) share. */

#include "people/security.h"

#define SECURITY_SUBJECT "security/" /* and the month: "security/2026-11" */
enum {
	SECURITY_SUBJECT_MOST = 120,
	SECURITY_ADDRESS_MOST = 64,
	SECURITY_KEEP_LEAST = 6,
	SECURITY_KEEP_MOST = 120
};

/* A line of the cache. */
struct security_line {
	int64_t idx, seq, account;
	hy_ms at;
	hy_str month, act, subject, address, role, unit;
};

const struct security_kind *security_kind_of(hy_str id);
hy_str security_month(struct hy_arena *a, hy_ms at); /* "2026-11", of UTC */

/* The number of the month's next event. */
enum hy_code security_next(struct hy_db *db, hy_str month, int64_t *seq_out,
			   struct hy_err *e) HY_MUST;
enum hy_code security_store(struct hy_db *db, const struct security_line *line,
			    struct hy_err *e) HY_MUST;
/* Months before MONTH in which something is left to erase. */
enum hy_code security_months_before(struct hy_arena *a, struct hy_db *db, hy_str month,
				    hy_str **out, size_t *n_out, struct hy_err *e) HY_MUST;
/* Empties the month's private columns and the private parts of its events. */
enum hy_code security_erase_month(struct hy_db *db, hy_str month, int64_t *n_out,
				  struct hy_err *e) HY_MUST;

#endif
