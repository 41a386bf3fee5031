#ifndef MATTER_DRAFT_H
#define MATTER_DRAFT_H

/* draft -- an institution that is not in force: is it well formed, do its tests pass, what would
 * it change, and which dates of open matters would it move?
 *
 * Asked before anybody decides, and changes nothing. */

#include "base/json.h"
#include "matter/city.h"
#include "pack/difference.h"

struct draft_ask {
	const struct pack_source *packs; /* every folder, the base first; n == 0: as they are */
	size_t n_packs;
	const struct pack_file *notice; /* a further one; NULL: none */
};
struct draft_unit {
	hy_str unit, name; /* code; "": nobody has it */
	int64_t n;	   /* matters that would move */
};
struct draft {
	int64_t base;		   /* the version it was compared with */
	struct pack_messages msgs; /* errors: it cannot be built, and what follows is empty */
	const struct pack *pack;   /* NULL then */
	int year;		   /* of the notice; 0: packs */
	struct pack_changes changes;
	struct matter_trial_result tests; /* of packs; a notice has none */
	struct city_moved *moved;	  /* by number of the matter */
	size_t n_moved;
	struct draft_unit *units; /* the most first */
	size_t n_units;
};
/* May it come into force? */
static inline bool draft_good(const struct draft *d)
{
	return d->pack && d->tests.failed == 0;
}
/* What is wrong with it is no error of this. */
enum hy_code draft_look(struct city *c, struct hy_db *db, struct hy_arena *a,
			const struct draft_ask *ask, struct draft *out, struct hy_err *e) HY_MUST;

/* A notice as it stands in a file called NAME: in the institution it is known by its year.  What
 * is wrong stands in MSGS and fails with HY_BAD_PACK. */
enum hy_code draft_notice(struct hy_arena *a, hy_str name, hy_str text, struct pack_messages *msgs,
			  int *year_out, struct pack_file *out, struct hy_err *e) HY_MUST;

/* The members of a draft, inside an open object; at most MOST moved matters, and of those that are
 * kept closer than others only how many. */
void draft_json(struct hy_json *j, const struct draft *d, const struct city *c, size_t most);
/* One array of messages as a member. */
void draft_messages_json(struct hy_json *j, const char *key, const struct pack_message *v,
			 size_t n);

#endif
