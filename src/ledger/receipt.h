#ifndef HY_LEDGER_RECEIPT_H
#define HY_LEDGER_RECEIPT_H

/* receipt -- a proof that fits in a pocket: c2sp.org/tlog-proof@v1, file extension .tlog-proof.
 *
 *   c2sp.org/tlog-proof@v1
 *   extra <base64>                  may be missing; not authenticated, never to be trusted
 *   index <decimal>
 *   <base64 hash>                   the inclusion proof, from the leaf's sibling upwards
 *   <blank line>
 *   <checkpoint, a signed note>
 *
 * Whoever holds the entry, the receipt and the log's public key can verify it without us and
 * without a network.  Pure.  Failures as in note.h: HY_BAD_INPUT for what cannot be read,
 * HY_TAMPERED for what does not verify. */

#include "ledger/checkpoint.h"

enum { HY_RECEIPT_EXTRA_MOST = 65536 };

struct hy_receipt {
	hy_str extra; /* the bytes, decoded; empty when the line is missing */
	uint64_t index;
	struct hy_proof proof;
	hy_str checkpoint; /* the signed note, verbatim */
};

/* HY_BAD_FIELD when the index or the extra bytes are out of range. */
enum hy_code hy_receipt_write(struct hy_arena *a, const struct hy_receipt *r, hy_str *out,
			      struct hy_err *e) HY_MUST;

/* Takes TEXT apart without believing it.  CHECKPOINT is a view into TEXT, EXTRA is in A. */
enum hy_code hy_receipt_parse(struct hy_arena *a, hy_str text, struct hy_receipt *out,
			      struct hy_err *e) HY_MUST;

/* What a receipt proves: entry INDEX of the log whose head is HEAD has the given leaf hash. */
struct hy_proven {
	uint64_t index;
	struct hy_head head; /* views into TEXT */
};

/* Verifies TEXT for an entry's LEAF hash against TRUST. */
enum hy_code hy_receipt_verify(struct hy_arena *a, hy_str text, const hy_hash *leaf,
			       const struct hy_trust *trust, struct hy_proven *out,
			       struct hy_err *e) HY_MUST;

#endif
