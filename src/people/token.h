#ifndef PEOPLE_TOKEN_H
#define PEOPLE_TOKEN_H

/* token -- what programs log in with: "Authorization: Bearer hy_...".
 *
 * 256 random bits, kept as one SHA-256 and found by it: no password function is ever run for one.
 * A token does what its account may, cut down to its scopes, until it expires. */

#include "people/account.h"

enum { TOKEN_DAYS_MOST = 730, TOKEN_SCOPES_MOST = 32 };

struct token {
	int64_t id, account;
	hy_str name;   /* what it is for */
	hy_str scopes; /* permissions with blanks between them, in order; "*": all of the account */
	hy_ms made_at, expires_at, revoked_at; /* revoked_at 0: not */
	hy_ms used_at;			       /* to about a minute; 0: never */
};

struct token_new {
	int64_t account;
	hy_str name, scopes; /* as above */
	int64_t days;	     /* 1..TOKEN_DAYS_MOST */
};
/* Inside work; *SECRET_OUT is shown once. */
enum hy_code token_add(struct record *r, struct hy_db *db, struct hy_arena *a,
		       const struct token_new *n, struct security_by by, hy_ms at, int64_t *id_out,
		       hy_str *secret_out, struct hy_err *e) HY_MUST;
enum hy_code token_revoke(struct record *r, struct hy_db *db, int64_t id, struct security_by by,
			  hy_ms at, struct hy_err *e) HY_MUST;
/* The query of token_list() for one account, for those who ask how it is carried out. */
extern const char token_of_account_sql[];
/* ACCOUNT 0: of all. */
enum hy_code token_list(struct hy_arena *a, struct hy_db *db, int64_t account, struct token **out,
			size_t *n_out, struct hy_err *e) HY_MUST;
/* HY_NOT_FOUND. */
enum hy_code token_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct token *out,
			 struct hy_err *e) HY_MUST;

/* The token that SECRET is, when it holds at NOW and its account is open; *THERE_OUT tells.  One
 * SHA-256 and one indexed read. */
enum hy_code token_check(struct hy_arena *a, struct hy_db *db, hy_str secret, hy_ms now,
			 struct token *out, bool *there_out, struct hy_err *e) HY_MUST;
/* May a token of SCOPES be used for PERMISSION? */
bool token_allows(hy_str scopes, const char *permission);

#endif
