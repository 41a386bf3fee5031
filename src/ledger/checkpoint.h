#ifndef HY_LEDGER_CHECKPOINT_H
#define HY_LEDGER_CHECKPOINT_H

/* checkpoint -- the signed head of a log (c2sp.org/tlog-checkpoint): a note whose text is
 *
 *   <origin>
 *   <size, decimal>
 *   <root, base64>
 *
 * Ours has no extension lines, and its key's name is its origin.  Those of others may have
 * extension lines, which are kept and covered by the signatures but mean nothing to us.
 * Pure.  That a log never signs two heads that contradict each other is the store's part. */

#include "ledger/merkle.h"
#include "ledger/note.h"

struct hy_checkpoint {
	hy_str origin;
	uint64_t size;
	hy_hash root;
	hy_str extensions; /* whole lines, as they stand; empty in ours */
};

/* The note text of a checkpoint of ours.  HY_BAD_FIELD when the origin is no key name, the size
 * is too large, or there are extension lines. */
enum hy_code hy_checkpoint_text(struct hy_arena *a, const struct hy_checkpoint *cp, hy_str *out,
				struct hy_err *e) HY_MUST;

/* Reads a note text; the views in OUT point into it.  A tree of size 0 must have its one root. */
enum hy_code hy_checkpoint_parse(hy_str text, struct hy_checkpoint *out, struct hy_err *e) HY_MUST;

/* The signed note, as it is served.  KEY must be of kind HY_SIG_ED25519 and bear the origin. */
enum hy_code hy_checkpoint_sign(struct hy_arena *a, const struct hy_checkpoint *cp,
				const struct hy_skey *key, hy_str *out, struct hy_err *e) HY_MUST;

/* Whom a reader believes: the log's own key must have signed, and at least QUORUM of the
 * WITNESSES too.  Keys and origin are configured, never taken from what is to be verified. */
struct hy_trust {
	struct hy_vkey log;
	hy_str origin; /* empty: the name of the log's key */
	const struct hy_vkey *witnesses;
	size_t witness_count; /* below HY_NOTE_SIGS_MOST */
	size_t quorum;
};

struct hy_head {
	struct hy_checkpoint cp; /* views into the note */
	size_t cosigned;	 /* how many of the witnesses signed */
	int64_t latest;		 /* the time of their latest cosignature, Unix seconds; 0 without */
};

/* Parses and verifies a note as a checkpoint of the trusted log.  Temporaries go to A. */
enum hy_code hy_checkpoint_open(struct hy_arena *a, hy_str note, const struct hy_trust *trust,
				struct hy_head *out, struct hy_err *e) HY_MUST;

/* The same for what our own log has signed earlier: extension lines are refused. */
enum hy_code hy_checkpoint_open_own(struct hy_arena *a, hy_str note, const struct hy_vkey *own,
				    struct hy_checkpoint *out, struct hy_err *e) HY_MUST;

#endif
