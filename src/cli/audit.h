#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

/* audit -- the record of security-relevant acts, for the audit administrator: searched page by
 * page, taken out as CSV or JSON.  Searching and taking out are acts of the same record. */

#include <stdio.h>

#include "http/http.h"
#include "matter/matter_store.h"
#include "people/security.h"

enum {
	AUDIT_PAGE = 100,
	AUDIT_EXPORT_MOST = 50000, /* acts in one file */
};

extern const struct hy_route audit_routes[];

/* HY_BAD_FIELD "act" when it is neither an act nor the beginning of one with its dot ("login."). */
enum hy_code audit_act_check(hy_str act, struct hy_err *e) HY_MUST;

void audit_row_json(struct hy_json *j, const struct security_row *row, hy_str language);

/* All acts that F finds, newest first, onto OUT, as CSV (or as a JSON array when JSON), and how
 * many they are.  HY_TOO_LARGE when they are more than AUDIT_EXPORT_MOST. */
struct audit_file {
	struct security_filter filter;
	hy_str language;
	bool json;
	int64_t n;
};
enum hy_code audit_write(struct hy_arena *a, struct hy_db *db, struct audit_file *f, FILE *out,
			 struct hy_err *e) HY_MUST;
/* Notes that BY did ACT ("audit.search", "audit.export") with this filter. */
enum hy_code audit_note(struct record *r, struct hy_db *db, const char *act, struct security_by by,
			hy_str role, const struct audit_file *f, hy_ms at,
			struct hy_err *e) HY_MUST;

#endif
