#ifndef MATTER_PROPOSAL_H
#define MATTER_PROPOSAL_H

/* proposal -- a new institution, packs or a calendar notice, brought into force by two people.
 *
 * One proposes it, checked and tested; another looks at what it changes and which dates it moves,
 * and approves.  Only the command line on the city's own machine, where whoever is there has the
 * files anyway, does it alone (`huiyin pack activate`, `huiyin calendar import`).
 *
 * Invariants: whoever proposed it does not approve it; what comes into force is, byte for byte,
 * what was proposed.
 *
 * Events: "proposal/N" (propose, approve, refuse).  What is proposed is public by its hash, who
 * acted stands in the private part; the event of the institution itself names both again. */

#include "matter/city.h"

extern const struct hy_migration proposal_migrations[];

enum proposal_state { PROPOSAL_OPEN, PROPOSAL_APPROVED, PROPOSAL_REFUSED };
extern const char *const proposal_state_names[]; /* "proposed", "approved", "refused" */

struct proposal {
	int64_t id; /* from 1 */
	enum proposal_state state;
	bool notice;			 /* else packs */
	hy_str content;			 /* its hash in the store */
	hy_str name;			 /* of the last folder; of a notice its year */
	hy_str version;			 /* of the last folder; "" of a notice */
	int64_t base;			 /* the institution's version when it was proposed */
	int64_t became;			 /* its version since it was approved; 0: not */
	int64_t proposed_by, decided_by; /* accounts; 0: not yet */
	hy_ms proposed_at, decided_at;	 /* HY_NO_TIME: not yet */
	hy_str reason;			 /* of the proposal; not public */
	hy_str answer;			 /* why it was approved or refused; not public */
	int64_t seq, last_idx;
};

/* Who acts, inside work. */
struct proposal_act {
	struct city *c;
	struct hy_db *db;
	hy_ms at;
	int64_t account;
	hy_str role, address, reason;
};
struct proposal_new {
	const struct pack_source *packs;
	size_t n_packs;
	const struct pack_file *notice; /* NULL: packs */
	hy_str name, version;
};
/* What it proposes must have been looked at (draft.h): only what is good is kept.  HY_BAD_PACK. */
enum hy_code proposal_make(const struct proposal_act *w, const struct proposal_new *n,
			   int64_t *id_out, struct hy_err *e) HY_MUST;
/* As the second person, who has seen what it does to version SEEN; HY_STALE when another has come
 * into force since.  *MOVED_OUT: dates that moved. */
enum hy_code proposal_approve(const struct proposal_act *w, int64_t id, int64_t seen,
			      int64_t *moved_out, struct hy_err *e) HY_MUST;
/* Turns it down, or, by whoever proposed it, takes it back. */
enum hy_code proposal_refuse(const struct proposal_act *w, int64_t id, struct hy_err *e) HY_MUST;

enum hy_code proposal_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct proposal *out,
			    struct hy_err *e) HY_MUST; /* HY_NOT_FOUND */
/* The query of proposal_list(), for those who ask how it is carried out. */
extern const char proposal_list_sql[];
/* Newest first; STATE: enum proposal_state, or -1; BEFORE: an id, 0: from the newest. */
enum hy_code proposal_list(struct hy_arena *a, struct hy_db *db, int state, int64_t before,
			   int limit, struct proposal **out, size_t *n_out,
			   struct hy_err *e) HY_MUST;
/* What it proposes, out of the store; packs or one notice. */
enum hy_code proposal_content(struct hy_arena *a, struct hy_db *db, const struct proposal *p,
			      struct proposal_new *out, struct hy_err *e) HY_MUST;

/* Compares the table with its events, and the events with the rules of two people. */
enum hy_code proposal_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			   struct hy_err *e) HY_MUST;

/* --- for the files of proposal --- */
#define PROPOSAL_SUBJECT "proposal/"
enum hy_code proposal_put(struct hy_db *db, const struct proposal *p, struct hy_err *e) HY_MUST;
enum hy_code proposal_next_id(struct hy_db *db, int64_t *out, struct hy_err *e) HY_MUST;
/* Adds an event; HY_TAMPERED for one that the rules do not allow. */
enum hy_code proposal_apply(struct hy_arena *a, struct proposal *p, const struct record_event *ev,
			    struct hy_err *e) HY_MUST;

#endif
