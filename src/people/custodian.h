#ifndef PEOPLE_CUSTODIAN_H
#define PEOPLE_CUSTODIAN_H

/* custodian -- who keeps a key to what is sealed (people/seal.h).
 *
 * Whoever shall keep a key makes it themselves and offers its public half, logged in; the security
 * administrator, a second person, compares it with them and names them.  So nobody can slip in a
 * key of their own for somebody else.  The command line on the city's machine names at once.
 *
 * Events of "custodian/N": "custodian.offer" (data: group, key; private: label, account) and
 * "custodian.name", or "custodian.add" for both at once; "custodian.remove".  The table is a cache
 * of them.  A custodian who is removed gets no new halves; the old ones stay sealed to the key they
 * were sealed to. */

#include "people/seal.h"
#include "record/record.h"

extern const struct hy_migration custodian_migrations[];

enum custodian_state { CUSTODIAN_OFFERED, CUSTODIAN_NAMED, CUSTODIAN_REMOVED };
extern const char *const custodian_state_names[]; /* "offered", "named", "removed" */

struct custodian {
	int64_t id; /* from 1 */
	char group; /* 'a' or 'b' */
	struct seal_key key;
	int64_t account; /* who logs in to consent; 0: the command line on this machine only */
	hy_str label;	 /* a person or post, private */
	enum custodian_state state;
};

struct custodian_by { /* of who does it, for the event */
	hy_str role, unit;
	int64_t account; /* private; 0: the command line */
	hy_str address;
};

/* Offers C's key, or, by the console, names C at once.  HY_EXISTS when the key is there already;
 * the account must not be a custodian of the other group (HY_FORBIDDEN): one person would hold both
 * halves. */
enum hy_code custodian_add(struct record *r, struct hy_db *db, const struct custodian *c,
			   const struct custodian_by *by, hy_ms at, int64_t *id_out,
			   struct hy_err *e) HY_MUST;
/* As the second person: not who offered it. */
enum hy_code custodian_name(struct record *r, struct hy_db *db, int64_t id,
			    const struct custodian_by *by, hy_ms at, struct hy_err *e) HY_MUST;
/* Takes one away, or turns an offer down. */
enum hy_code custodian_remove(struct record *r, struct hy_db *db, int64_t id,
			      const struct custodian_by *by, hy_ms at, struct hy_err *e) HY_MUST;

struct custodians {
	struct custodian *v;
	size_t n;
};
/* All, the removed ones too, by id. */
enum hy_code custodian_list(struct hy_arena *a, struct hy_db *db, struct custodians *out,
			    struct hy_err *e) HY_MUST;
enum hy_code custodian_by_id(struct hy_arena *a, struct hy_db *db, int64_t id,
			     struct custodian *out, struct hy_err *e) HY_MUST; /* HY_NOT_FOUND */
/* Is one of each group named? */
bool custodian_complete(const struct custodians *c);

/* "huiyin-custodian-1 HEX", as keygen prints it and add takes it. */
hy_str custodian_key_text(struct hy_arena *a, const struct seal_key *pub);
enum hy_code custodian_key_read(hy_str text, struct seal_key *out, struct hy_err *e) HY_MUST;

/* Compares the table with the events. */
enum hy_code custodian_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			    struct hy_err *e) HY_MUST;

#endif
