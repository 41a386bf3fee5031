#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

/* record -- the one append-only table of events, its log, its head, its receipts.
 *
 * Every change in the city is an event.  An event's public part is a canonical JSON text
 * (keys ascending, integers only, RFC 8785); it is the leaf of an RFC 6962 tree.  Private
 * content is kept beside it and enters the leaf only as a salted commitment, so that it can be
 * erased and the log still verifies.  Events are appended in the transaction of the change
 * they record; at the end of the batch the tree grows and a C2SP checkpoint is signed, in the
 * same transaction.  Nothing here knows what the events mean.
 *
 * Public part of an event (keys as they stand in the text):
 *   at       instant of the happening, UTC ms        by      {role, unit}: who, without names
 *   data     public fields                           move    what happened
 *   private  commitment (hex), only when there is private content
 *   rec      when it was entered, UTC ms             seq     1.. within its subject
 *   subject  "matter/TS-2026-000123", "unit/U12", "institution", "city"
 *   v        1 */

#include "base/hash.h"
#include "base/json.h"
#include "ledger/receipt.h"
#include "ledger/tile.h"
#include "store/store.h"
#include "time/day.h"

extern const struct hy_migration record_migrations[];

/* --- the keeper ------------------------------------------------------------------ */
/* Holds the log's signing key; one per open store that writes. */
struct record;

/* Makes WHERE/keys/log.key (0600) and WHERE/log.vkey for ORIGIN (RFC 3986 without scheme,
 * no blanks or '+').  SEED (32 bytes) makes the key a function of it; NULL draws it. */
enum hy_code record_create(const char *where, hy_str origin, const unsigned char *seed,
			   struct hy_err *e) HY_MUST;

/* Reads the key, hooks into the store's commit, checks that the stored head fits the table's end
 * and that WHERE/log/checkpoint (published, outside the database) is not newer than the database
 * (HY_TAMPERED), nor of another log.  SALT_SEED, when given, makes salts a function of it and of
 * the index (for reproducible demo cities only; NULL: random). */
enum hy_code record_open(struct hy_store *store, const unsigned char *salt_seed,
			 struct record **out, struct hy_err *e) HY_MUST;
/* The keeper of an open store, for those who are handed the store alone (handlers); NULL when it is
 * open for reading only. */
struct record *record_of(struct hy_store *store);
/* A number that is another whenever something that is no matter has changed here (people, units,
 * grants, sessions, settings): what was made of those is good as long as it stays.  Other
 * processes' changes do not show. */
uint64_t record_changes(const struct record *r);
/* Publishes the last checkpoint, unhooks and frees; before hy_store_close(), when nothing
 * is being written any more.  NULL inside is allowed. */
void record_close(struct record **r);

/* Writes WHERE/log/checkpoint when the head has moved since; called about once a second by
 * whoever serves, and by record_close(). */
enum hy_code record_publish(struct record *r, struct hy_err *e) HY_MUST;

/* 32 bytes that are a function of the log's key and PURPOSE ("secret of a matter"): a key outside
 * the database that every server of a city has, and that a restored city gets back with its log's
 * key. */
void record_derive(const struct record *r, hy_str purpose, unsigned char out[32]);
/* The same for who only reads S.  False: the log's key does not lie with the city, as after the
 * restoring of a backup that is without it, or may not be read. */
bool record_derive_reading(struct hy_store *s, hy_str purpose, unsigned char out[32]);

/* --- appending (inside work of hy_store_write) ------------------------------------- */
struct record_new {
	int64_t matter; /* row id for matter events; 0: none */
	hy_str subject, move;
	int64_t seq;
	hy_ms at, rec;
	hy_str role, unit; /* of who did it; may be empty */
	hy_str data;	   /* canonical JSON object, "{}" when empty */
	hy_str private;	   /* canonical JSON object; empty: none */
	/* Without a matter: nothing that is kept for an era, such as units, institution, settings
	 * and grants, changes with it. */
	bool keeps_era;
};
/* Appends; *IDX_OUT is the index in the log (from 0).  HY_BAD_FIELD for a subject, move, role or
 * unit that is not plain text; HY_TOO_LARGE when the public part is over 65,535 bytes. */
enum hy_code record_append(struct record *r, struct hy_db *db, const struct record_new *ev,
			   int64_t *idx_out, struct hy_err *e) HY_MUST;

/* Erases the private content of event IDX; its commitment stays in the log.  The caller appends
 * an event of the same subject with the move RECORD_ERASED: content that is gone without one is
 * tampering to record_verify().  A second time does nothing. */
#define RECORD_ERASED "system.erased"
enum hy_code record_erase(struct hy_db *db, int64_t idx, struct hy_err *e) HY_MUST;

/* --- reading ------------------------------------------------------------------------ */
struct record_event {
	int64_t idx, matter, seq;
	hy_str subject, move, role, unit;
	hy_ms at, rec;
	json_t *data;	 /* never NULL */
	json_t *private; /* NULL: none or erased */
	bool erased;
	hy_str body; /* the leaf's bytes */
};
/* Statement texts with the columns record_row() expects, each served by an index.  Events of a
 * matter are found by the matter, all others by their subject. */
extern const char record_of_matter[]; /* $1 matter; in order */
/* $1 to $N matters, by matter and in order */
hy_str record_of_matters(struct hy_arena *a, int n);
extern const char record_of_subject[];	/* $1 subject; in order */
extern const char record_of_subjects[]; /* $1 <= subject < $2; by subject, then in order */
extern const char record_from[];	/* $1 first idx, $2 how many */
/* Parses the row that S stands on; the values live in A. */
enum hy_code record_row(struct hy_arena *a, struct hy_stmt *s, struct record_event *out,
			struct hy_err *e) HY_MUST;
/* Calls FN for every event, but for matters', whose subject begins with HEAD ("unit/"), by subject
 * and in order; NAME is what follows the head.  HY_TAMPERED when an event stands among them whose
 * own bytes say another subject. */
typedef enum hy_code record_each_fn(struct hy_arena *a, void *to, hy_str name,
				    const struct record_event *ev, struct hy_err *e);
enum hy_code record_each(struct hy_arena *a, struct hy_db *db, hy_str head, record_each_fn *fn,
			 void *to, struct hy_err *e) HY_MUST;
/* Parses a leaf's bytes alone. */
enum hy_code record_parse(struct hy_arena *a, hy_str body, struct record_event *out,
			  struct hy_err *e) HY_MUST;

/* --- head, proofs, receipts ---------------------------------------------------------- */
struct record_head {
	int64_t size;
	hy_hash root;
	hy_str note; /* the signed checkpoint; empty before the first event */
};
enum hy_code record_head(struct hy_arena *a, struct hy_db *db, struct record_head *out,
			 struct hy_err *e) HY_MUST;
/* The `.tlog-proof` of event IDX under the present head; its extra line carries the event. */
enum hy_code record_receipt(struct hy_arena *a, struct hy_db *db, int64_t idx, hy_str *out,
			    struct hy_err *e) HY_MUST;
/* One proof of the N events IDX (ascending) under the present head HEAD: hy_prove_many(). */
enum hy_code record_many(struct hy_arena *a, struct hy_db *db, const uint64_t *idx, size_t n,
			 struct record_head *head, hy_hash **proof_out, size_t *n_out,
			 struct hy_err *e) HY_MUST;
/* Proof lines (hashes) that the tree of OLD_SIZE is a prefix of the present one. */
enum hy_code record_consistency(struct hy_arena *a, struct hy_db *db, int64_t old_size,
				hy_hash **proof_out, size_t *n_out, struct hy_err *e) HY_MUST;
/* The bytes of TILE (hashes, or a bundle of events) as c2sp.org/tlog-tiles serves them.
 * HY_NOT_FOUND when the log does not hold that many yet. */
enum hy_code record_tile(struct hy_arena *a, struct hy_db *db, struct hy_tile tile, hy_str *out,
			 struct hy_err *e) HY_MUST;
/* The public key in C2SP vkey form, read from WHERE/log.vkey. */
enum hy_code record_vkey(struct hy_arena *a, const char *where, hy_str *out,
			 struct hy_err *e) HY_MUST;

/* --- verifying ------------------------------------------------------------------------ */
struct record_verdict {
	int64_t events, private_events, erased;
	hy_hash root;
	hy_str checkpoint; /* note under which everything was verified */
};
/* The column MATTER is no part of a leaf: who owns the matters compares subjects.
 * Reads the whole table: gapless indices, every leaf hash, every commitment, every stored
 * interior node, the root, the head's signature, the published checkpoint file, and
 * CHECKPOINT (a signed note kept elsewhere; empty: none), which must be a prefix of this log.
 * Fails with HY_TAMPERED and a detail in plain words that names the first thing wrong.
 * PROGRESS may be NULL. */
enum hy_code record_verify(struct hy_arena *a, struct hy_store *store, hy_str checkpoint,
			   void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			   struct record_verdict *out, struct hy_err *e) HY_MUST;

#endif
