#ifndef PEOPLE_GRANT_H
#define PEOPLE_GRANT_H

/* grant -- a role given to an account, by two people.
 *
 * One proposes, another approves; neither is who gets it.  Only the command line on the city's own
 * machine, where whoever is there has the files anyway, grants at once, and the event says so
 * ("console").  Taking away needs one person.
 *
 * Invariants: a role that is exclusive is held with no other, counted over what is proposed, what
 * holds and what posts give; nobody proposes, approves or revokes for himself.
 *
 * Events: "grant/N" (propose, approve, revoke).  Role and unit are public, the account and who
 * acted stand in the private part. */

#include "people/role.h"
#include "record/record.h"

extern const struct hy_migration grant_migrations[];

enum grant_state { GRANT_PROPOSED, GRANT_APPROVED, GRANT_REVOKED };
extern const char *const grant_state_names[]; /* "proposed", "approved", "revoked" */

struct grant {
	int64_t id; /* from 1 */
	int64_t account;
	hy_str role;
	hy_str unit; /* code; "" the whole city */
	bool below;  /* as far below the unit as the role reaches; false: the unit alone */
	enum pack_guard clearance; /* raises that of the role for this person */
	hy_ms from, until;	   /* from <= t < until; HY_NO_TIME: without end */
	enum grant_state state;
	int64_t proposed_by, approved_by, revoked_by; /* accounts; 0: the console, or not yet */
	hy_ms proposed_at, approved_at, revoked_at;   /* HY_NO_TIME: not */
	int64_t seq, last_idx;
};

/* Who acts, when (inside work). */
struct grant_act {
	struct record *record;
	struct hy_db *db;
	const struct pack *pack; /* in force */
	hy_ms at;
	int64_t account; /* 0: the console */
	hy_str role;	 /* of who acts; the console's is "console" */
	hy_str address;	 /* from where, for the audit trail; may be empty */
	hy_str reason;	 /* private; may be empty */
};
struct grant_new {
	int64_t account;
	hy_str role, unit;
	bool below;
	enum pack_guard clearance;
	hy_ms from, until; /* HY_NO_TIME: from now on, without end */
};
/* By the console it holds at once. */
enum hy_code grant_propose(const struct grant_act *w, const struct grant_new *n, int64_t *id_out,
			   struct hy_err *e) HY_MUST;
enum hy_code grant_approve(const struct grant_act *w, int64_t id, struct hy_err *e) HY_MUST;
/* Also turns a proposal down or takes it back (that its proposer may do too). */
enum hy_code grant_revoke(const struct grant_act *w, int64_t id, struct hy_err *e) HY_MUST;

/* May ACCOUNT be given ROLE beside what it has and is proposed for?  For posts too. */
enum hy_code grant_fits(struct hy_arena *a, struct hy_db *db, const struct pack *p, int64_t account,
			hy_str role, hy_ms now, struct hy_err *e) HY_MUST;

enum hy_code grant_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct grant *out,
			 struct hy_err *e) HY_MUST; /* HY_NOT_FOUND */
struct grant_filter {
	int64_t account; /* 0: all */
	hy_str role;	 /* empty: all */
	int state;	 /* enum grant_state, or -1: all */
	int64_t after;	 /* id */
};
enum hy_code grant_list(struct hy_arena *a, struct hy_db *db, const struct grant_filter *f,
			int limit, struct grant **out, size_t *n_out, struct hy_err *e) HY_MUST;
/* What ACCOUNT holds at NOW by approved grants. */
enum hy_code grant_held(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			struct grant **out, size_t *n_out, struct hy_err *e) HY_MUST;
/* Does anybody hold ROLE at NOW?  The first unit in which it is held, by number of the grant; ""
 * when it is the whole city or nobody holds it. */
enum hy_code grant_unit_of(struct hy_arena *a, struct hy_db *db, hy_str role, hy_ms now,
			   hy_str *unit_out, struct hy_err *e) HY_MUST;

/* Compares the table with its events, and the events with the rules of two people. */
enum hy_code grant_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			struct hy_err *e) HY_MUST;

#endif
