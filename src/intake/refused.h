#ifndef INTAKE_REFUSED_H
#define INTAKE_REFUSED_H

/* refused -- the rows that were refused, as a CSV to mend and import again: refused_file,
 * refused_line, _key, _field and _reason, then the original columns under their own names. */

#include <stdio.h>

#include "intake/source.h"

struct intake_refusal {
	hy_str file, key, field, reason;
	int64_t line;
};

/* Opens PATH anew.  Refused when it is one of the N files that are read. */
enum hy_code intake_refused_open(const char *path, const char *const *files, size_t n, FILE **out,
				 struct hy_err *e) HY_MUST;
void intake_refused_header(FILE *f, const hy_str *header, size_t n);
void intake_refused_row(FILE *f, const struct intake_refusal *why, const struct intake_row *row);
/* Closes *F; HY_IO when not everything could be written. */
enum hy_code intake_refused_close(FILE **f, struct hy_err *e) HY_MUST;

#endif
