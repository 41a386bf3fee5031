#ifndef MATTER_REDACT_H
#define MATTER_REDACT_H

/* redact -- what of a text tells who wrote it, and the text without that.
 *
 * The proposal finds numbers of telephones, identity cards (with their check digit), bank cards
 * (Luhn), vehicle plates and e-mail addresses, addresses of homes, and names that follow words such
 * as 我叫 or 本人.  It is a proposal: a person reviews it, adds and takes away.  Pure. */

#include "base/arena.h"
#include "base/err.h"

#define REDACT_KINDS(X)                                                                            \
	X(PHONE, "phone")                                                                          \
	X(ID_CARD, "id_card")                                                                      \
	X(BANK_CARD, "bank_card")                                                                  \
	X(PLATE, "plate")                                                                          \
	X(EMAIL, "email")                                                                          \
	X(ACCOUNT, "account")                                                                      \
	X(ADDRESS, "address")                                                                      \
	X(NAME, "name")                                                                            \
	X(OTHER, "other")

enum redact_kind {
#define X(id, name) REDACT_##id,
	REDACT_KINDS(X)
#undef X
		REDACT__KINDS
};
extern const char *const redact_names[REDACT__KINDS];

struct redact_span {
	size_t from, to; /* code points, from <= i < to: what a page counts in */
	enum redact_kind kind;
};
struct redact_spans {
	struct redact_span *v;
	size_t n;
};

/* Spans in order, none overlapping another.  TEXT must be UTF-8. */
struct redact_spans redact_propose(struct hy_arena *a, hy_str text);
/* Sorts and joins what overlaps; HY_BAD_FIELD for a span that is empty or beyond the text. */
enum hy_code redact_check(struct hy_arena *a, hy_str text, struct redact_spans *spans,
			  struct hy_err *e) HY_MUST;
/* TEXT with 〔kind〕 in the place of each span, in Chinese: 〔电话〕, 〔姓名〕 ... */
hy_str redact_apply(struct hy_arena *a, hy_str text, const struct redact_spans *spans);

#endif
