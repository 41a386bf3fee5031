#ifndef INTAKE_UNIT_H
#define INTAKE_UNIT_H

/* unit -- which unit a row speaks of: out of a column, or out of a text by ordered patterns.
 *
 * Pure: a name and a code are functions of the map and the row.  Patterns are PCRE2 in UTF mode
 * with bounded effort; one that gives up counts as no match. */

#include "intake/map.h"

/* NULL with a message at N when P is no pattern.  Lives in A. */
struct intake_pattern *intake_pattern_new(struct hy_arena *a, struct pack_log *l,
					  const struct pack_doc *d, const struct pack_node *n);

struct intake_unit_found {
	hy_str name; /* "" when none was found */
	hy_str code; /* letters, digits, '-', '_', '.' */
	int rule;    /* index of the pattern that found it; -1: the column says so */
};
void intake_unit_find(struct hy_arena *a, const struct intake_map *m, const struct intake_cells *c,
		      struct intake_unit_found *out);

/* The code made of a name: the same name gives the same code everywhere. */
hy_str intake_unit_code(struct hy_arena *a, hy_str name);

#endif
