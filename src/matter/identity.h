#ifndef MATTER_IDENTITY_H
#define MATTER_IDENTITY_H

/* identity -- who filed a matter, sealed; and the only way to open it.
 *
 * A filing of a kind whose pack says `identity: sealed`, or whose reporter wishes it, leaves name
 * and contact in no event: they go, padded, into one sealed box in the table `sealed`
 * (people/seal.h). Every such filing has a box, also an anonymous one: that there is one tells
 * nothing.
 *
 * Opening takes three people: one requests with a purpose, a custodian of one group consents by
 * handing on their half, sealed to those of the other group, and one of these opens.  Only that
 * last step gives out the box, and it is one transaction with the event "identity.opened".  Events
 * of the matter (private: purpose and accounts): identity.requested {request}    identity.consented
 * {group, request} identity.refused {request}      identity.opened {group, request} */

#include "matter/matter_store.h"
#include "people/custodian.h"

extern const struct hy_migration identity_migrations[];

/* Seals NAME and CONTACT (may be empty) for the matter ID; *HASH_OUT (hex) is of the box.
 * HY_NOT_NOW while a city has no custodians of both groups and there is something to seal. */
enum hy_code identity_keep(struct hy_db *db, struct hy_arena *a, int64_t id, hy_str code,
			   hy_str name, hy_str contact, hy_str *hash_out, struct hy_err *e) HY_MUST;

enum identity_state {
	IDENTITY_REQUESTED,
	IDENTITY_CONSENTED,
	IDENTITY_OPENED,
	IDENTITY_REFUSED,
	IDENTITY_EXPIRED
};
struct identity_request {
	int64_t id, matter;
	hy_str code; /* of the matter */
	enum identity_state state;
	hy_str what;		    /* "identity", or the SHA-256 of a file */
	hy_str purpose, role, unit; /* of who requested */
	int64_t account, first;	    /* who requested; the custodian who consented first, or 0 */
	hy_ms at, changed_at, expires_at;
};
struct identity_by {
	int64_t account; /* 0: the command line */
	hy_str role, unit;
	hy_str address; /* from where, for the audit; may be empty */
};
/* A request lives for seven days. */
enum hy_code identity_ask(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			  hy_str what, hy_str purpose, const struct identity_by *by,
			  int64_t *id_out, struct hy_err *e) HY_MUST;
/* Its queries, for those who ask how they are carried out. */
extern const char identity_of_matter_sql[], identity_list_sql[];
enum hy_code identity_list(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			   struct identity_request **out, size_t *n_out, struct hy_err *e) HY_MUST;

hy_str identity_state_name(enum identity_state s);
void identity_request_json(struct hy_json *j, const struct identity_request *q,
			   const struct hy_calendar *cal);

/* What custodian WHO needs to consent: JSON for `huiyin custodian consent`. */
enum hy_code identity_packet(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			     const struct custodian *who, hy_str *json_out,
			     struct hy_err *e) HY_MUST;
/* First consent: HALVES is what that command wrote, the half sealed to each of the other group. */
enum hy_code identity_consent(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			      const struct custodian *who, const json_t *halves,
			      const struct identity_by *by, struct hy_err *e) HY_MUST;
enum hy_code identity_refuse(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			     const struct custodian *who, const struct identity_by *by,
			     struct hy_err *e) HY_MUST;
/* Second consent, by one of the other group: the box and both halves as JSON for `huiyin custodian
 * open`.  The halves that were handed on are gone afterwards. */
enum hy_code identity_open(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			   const struct custodian *who, const struct identity_by *by,
			   hy_str *json_out, struct hy_err *e) HY_MUST;

/* Part of a filing: takes name and contact out of EV when KIND, or who files, wants them sealed. */
enum hy_code identity_take(struct hy_db *db, struct hy_arena *a, const struct pack_kind *kind,
			   const struct matter_move *mv, int64_t id, hy_str code,
			   struct matter_event *ev, struct hy_err *e) HY_MUST;

/* The reporter says who they are, later or anew: sealed where the filing would be. */
enum hy_code identity_give(struct city *c, struct hy_db *db, struct hy_arena *a,
			   const struct matter *m, int64_t id, hy_str name, hy_str contact,
			   struct hy_err *e) HY_MUST;

/* Deletes what is sealed for the matter. */
enum hy_code identity_erase(struct hy_db *db, int64_t id, struct hy_err *e) HY_MUST;
/* Compares boxes and requests with the events. */
enum hy_code identity_fsck(struct city *c, struct hy_arena *a, struct hy_db *db,
			   int64_t *checked_out, struct hy_err *e) HY_MUST;

#endif
