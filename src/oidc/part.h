#ifndef OIDC_PART_H
#define OIDC_PART_H

/* part -- what the files of this room share: base64url (RFC 4648 without padding), form values. */

#include "base/arena.h"
#include "base/buf.h"

hy_str oidc_base64url(struct hy_arena *a, const void *p, size_t n);
/* The count of bytes in *OUT, or -1. */
ptrdiff_t oidc_unbase64url(struct hy_arena *a, hy_str s, unsigned char **out) HY_MUST;
void oidc_percent(struct hy_buf *b, hy_str s);

#endif
