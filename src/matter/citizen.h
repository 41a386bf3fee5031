#ifndef MATTER_CITIZEN_H
#define MATTER_CITIZEN_H

/* citizen -- whoever comes with a code and its secret, without an account.
 *
 * Code and secret come in the body or in headers, never in an address; a wrong code and a wrong
 * secret get the same answer in the same time, and each code may be tried twenty times a minute. */

#include "matter/api.h"

struct citizen_key {
	hy_str code, secret;
};
#define CITIZEN_KEY_FIELDS(T)                                                                      \
	HY_FIELD_TEXT(T, code, true, 1, 40), HY_FIELD_TEXT(T, secret, true, 1, 40)

/* The matter that KEY opens. */
enum hy_code citizen_open(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct citizen_key *key, struct matter **out,
			  struct hy_err *e) HY_MUST;
/* What they see of it. */
enum hy_code citizen_json(struct hy_json *j, struct city *c, const struct matter *m,
			  struct hy_err *e) HY_MUST;

/* What they do: whoever answers with another face than JSON takes the same way.  FINISH is given
 * the deed, with M (or FILED) as it stands after it. */
struct citizen_deed {
	struct city *c;
	struct hy_arena *a;
	struct citizen_key key;
	hy_str kind, name, contact;
	struct matter_move mv;
	struct matter_filed filed;
	struct matter *m;
};
struct citizen_deed *citizen_deed_of(struct hy_request *r);
enum hy_code citizen_file(struct hy_request *r, struct citizen_deed *d, hy_finish *finish,
			  struct hy_err *e) HY_MUST;
/* The move D->mv of the matter that D->key opens, or that it opened already: D->m. */
enum hy_code citizen_move(struct hy_request *r, struct citizen_deed *d, hy_finish *finish,
			  struct hy_err *e) HY_MUST;
/* Answer the receipt, and everything kept, of the matter that the body opens: struct citizen_key.
 */
extern const struct hy_field citizen_key_fields[];
hy_handler citizen_receipt, citizen_own_data;

/* Everything of it that is theirs to have. */
enum hy_code citizen_data_json(struct hy_json *j, struct city *c, struct hy_db *db,
			       const struct matter *m, struct hy_err *e) HY_MUST;

#endif
