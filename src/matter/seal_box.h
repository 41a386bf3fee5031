#ifndef MATTER_SEAL_BOX_H
#define MATTER_SEAL_BOX_H

/* seal_box -- what the files about sealed things of a matter share. */

#include "people/custodian.h"

/* Closes PLAIN (shorter than SEAL_PADDED) under a new key, whose halves go to ALL that are not
 * removed, as what is sealed for MATTER under the name WHAT.  *HASH_OUT (hex) is of the box. */
enum hy_code seal_box_put(struct hy_db *db, struct hy_arena *a, const struct custodians *all,
			  int64_t matter, hy_str what, hy_str context, hy_str plain,
			  hy_str *hash_out, struct hy_err *e) HY_MUST;

/* "identity matter/TS-2026-000001": what a box is bound to. */
hy_str seal_box_context(struct hy_arena *a, hy_str what, hy_str code);

#endif
