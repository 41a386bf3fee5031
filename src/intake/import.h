#ifndef INTAKE_IMPORT_H
#define INTAKE_IMPORT_H

/* import -- files through a map into the city.
 *
 * Rows are planned in the caller's thread and handed to the write queue, one atomic job each,
 * many in a commit; their outcomes come back in the order of the rows.  Killed at any moment, a
 * row is in or not in, never half; the next run passes over what is there. */

#include "intake/refused.h"
#include "intake/tally.h"

enum { INTAKE_SHOWN = 20 /* refusals kept for the summary */ };

struct intake_options {
	const char *refused; /* CSV for refused rows; NULL: none */
	FILE *progress;	     /* NULL: silent */
};

struct intake_file {
	hy_str name;
	enum intake_encoding encoding;
	int64_t rows;
};
struct intake_result {
	int64_t rows, imported, completed, here, refused;
	int64_t events, units_made;
	int64_t unit_found, unit_none; /* among the rows that could be read */
	int64_t *found_by;	       /* by pattern of the map */
	int64_t ms;
	struct intake_file *files;
	size_t n_files;
	struct intake_refusal first[INTAKE_SHOWN];
	size_t n_first;
	struct intake_tally tallies[INTAKE_CHECKS_MOST];
};

/* M is bound to the city's institution.  Refused rows are no failure; what concerns a whole file
 * (it cannot be read, a column is missing) fails before anything is written, but for pipes, and
 * what concerns the store fails at once: then everything before it is in, and another run goes on.
 */
enum hy_code intake_import(struct city *c, struct intake_map *m, const char *const *files, size_t n,
			   const struct intake_options *o, struct hy_arena *a,
			   struct intake_result *out, struct hy_err *e) HY_MUST;

#endif
