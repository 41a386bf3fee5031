#ifndef MATTER_PERSON_H
#define MATTER_PERSON_H

/* person -- what is kept of one person who came to the city: given out and erased
 * (个人信息保护法 第四十四条至第四十七条).
 *
 * Somebody is found by the contact as they gave it, and by their name as well where the contact is
 * shared.  What is sealed is found by nobody: code and secret open it to the person alone
 * (citizen.h).  Who asks reaches what their grants reach, as everywhere. */

#include "matter/api.h"

struct person_key {
	hy_str contact, name; /* NAME may be empty */
};
struct person_found {
	hy_str *codes; /* by code */
	size_t n;
};
enum { PERSON_MOST = 500 };
/* The matters within SCOPE that KEY filed or gave themselves to.  Reads much: on a snapshot.
 * HY_TOO_LARGE for more than PERSON_MOST. */
enum hy_code person_find(struct city *c, struct hy_db *db, struct hy_arena *a,
			 const struct access_scope *scope, const struct person_key *key,
			 struct person_found *out, struct hy_err *e) HY_MUST;

/* {"matters":[...]}: each as citizen_data_json() gives it out. */
enum hy_code person_data_json(struct hy_json *j, struct city *c, struct hy_db *db,
			      const struct person_found *found, struct hy_err *e) HY_MUST;
/* Inside work: that BY took the data of somebody out. */
enum hy_code person_noted(struct city *c, struct hy_db *db, const struct person_found *found,
			  const struct matter_erasing *by, struct hy_err *e) HY_MUST;

/* Inside work: erases those that are finished.  One that is open is still needed for what it was
 * given for (第四十七条第一款第一项): it is kept, and told.  The lists are in A, and are needed
 * after the work. */
struct person_erased {
	struct person_found erased, open;
};
enum hy_code person_erase(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct person_found *found, const struct matter_erasing *by,
			  struct person_erased *out, struct hy_err *e) HY_MUST;
void person_erased_json(struct hy_json *j, const struct person_erased *x);

#endif
