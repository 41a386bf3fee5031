#ifndef HY_LEDGER_COMMIT_H
#define HY_LEDGER_COMMIT_H

/* commit -- a public entry's promise about private content.
 *
 *   SHA-256("huiyin commitment v1\n" || salt, 32 bytes || length of content, uint64
 *           big-endian || content)
 *
 * The salt is random (hy_random), one for each commitment, and kept with the content, away
 * from the log.  While it exists the content can be shown to be the one that was logged;
 * once salt and content are deleted the commitment says nothing about them, and the
 * tree still verifies.  Pure. */

#include "base/hash.h"

enum { HY_SALT = 32 };

typedef struct hy_salt {
	unsigned char b[HY_SALT];
} hy_salt;

hy_hash hy_commit(const hy_salt *salt, hy_str content);

/* Is CONTENT with SALT what COMMITMENT was made from? */
bool hy_commit_opens(const hy_hash *commitment, const hy_salt *salt, hy_str content) HY_MUST;

#endif
