#ifndef PEOPLE_ROLE_H
#define PEOPLE_ROLE_H

/* role -- what a person is in the city, and what follows from it.
 *
 * Roles that work on matters are words of the institution in force (packs/.../lists.yaml: may,
 * reach, clearance); those that run the system are rows here.  A role that allows nothing (the
 * citizen, the system itself) is nobody's to hold.
 *
 * The three administrators 三员 are exclusive: whoever is one is nothing else, and none of them
 * has a permission that reads or moves matters. */

#include "pack/permission.h"

struct role {
	hy_str id;
	struct pack_text title;
	bool system;	/* a row of this program, not a word of the pack */
	bool exclusive; /* whoever holds it holds no other */
	bool sensitive; /* decides on people or opens what is sealed: a second factor is demanded */
	uint64_t may;	/* PERMISSION_BIT()s */
	enum pack_reach reach;
	enum pack_guard clearance;
	bool oversees;
	int least; /* counts are shown to it in steps of this and none below; 0: exactly */
};

extern const struct role role_system[]; /* ends with an empty id */

/* The role of that id; a system role wins over a pack's word.  False when there is none. */
bool role_of(const struct pack *p, hy_str id, struct role *out) HY_MUST;
/* May somebody hold it? */
static inline bool role_held(const struct role *r)
{
	return r->may != 0;
}

#endif
