#ifndef PEOPLE_ACCOUNT_H
#define PEOPLE_ACCOUNT_H

/* account -- who may log in: one for each person, never shared.
 *
 * Making, naming, locking and closing one are events of "account/ID"; login and name are in their
 * private part.  The table `account` is a cache of them.  What must never be in a log (the Argon2id
 * hash, the sealed TOTP secret, recovery codes, running failures) is in tables of its own that no
 * event can rebuild; that they were set or taken away is an event.
 *
 * A password is given by its owner alone: an account begins without one, and a link that holds
 * once (account_invite) lets its owner choose. */

#include "people/security.h"

extern const struct hy_migration account_migrations[];

enum account_state { ACCOUNT_OPEN, ACCOUNT_LOCKED, ACCOUNT_CLOSED };
extern const char *const account_state_names[]; /* "open", "locked", "closed" */

struct account {
	int64_t id;
	hy_str login; /* 2..40: a-z 0-9 . _ -; "" when erased */
	hy_str name;  /* 1..100 characters; private */
	enum account_state state;
	bool demo;	   /* made by `huiyin demo`: a known password, no second factor demanded */
	bool has_password; /* a password was set */
	bool has_totp;	   /* a second factor was confirmed */
	hy_ms made_at;
	int64_t seq, last_idx;
};

struct account_new {
	hy_str login, name;
	bool demo;
};
/* Inside work.  HY_EXISTS when the login is taken. */
enum hy_code account_add(struct record *r, struct hy_db *db, const struct account_new *n,
			 struct security_by by, hy_ms at, int64_t *id_out,
			 struct hy_err *e) HY_MUST;
enum hy_code account_rename(struct record *r, struct hy_db *db, int64_t id, hy_str name,
			    struct security_by by, hy_ms at, struct hy_err *e) HY_MUST;
/* Locking and closing end its sessions; closing revokes its tokens too and is for good. */
enum hy_code account_set_state(struct record *r, struct hy_db *db, int64_t id,
			       enum account_state state, struct security_by by, hy_ms at,
			       struct hy_err *e) HY_MUST;

enum hy_code account_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct account *out,
			   struct hy_err *e) HY_MUST; /* HY_NOT_FOUND */
enum hy_code account_by_login(struct hy_arena *a, struct hy_db *db, hy_str login,
			      struct account *out, struct hy_err *e) HY_MUST;
/* The query of account_list(), for those who ask how it is carried out. */
extern const char account_list_sql[];
/* By id, those after AFTER, at most LIMIT; WORDS (may be empty) stand in login or name. */
enum hy_code account_list(struct hy_arena *a, struct hy_db *db, hy_str words, int64_t after,
			  int limit, struct account **out, size_t *n_out, struct hy_err *e) HY_MUST;
enum hy_code account_count(struct hy_db *db, int64_t *out, struct hy_err *e) HY_MUST;

/* The name for people who may see it, "" when there is no such account. */
enum hy_code account_name(struct hy_arena *a, struct hy_db *db, int64_t id, hy_str *out,
			  struct hy_err *e) HY_MUST;

/* --- one-time links ------------------------------------------------------------------------ */
/* A secret that lets whoever has it choose the password of account ID, once, within 24 hours; an
 * older one of the account is void.  Kept as a hash. */
enum hy_code account_invite(struct record *r, struct hy_db *db, struct hy_arena *a, int64_t id,
			    struct security_by by, hy_ms at, hy_str *secret_out,
			    struct hy_err *e) HY_MUST;
/* The same for a city without administrators: whoever has it makes the account of its first ROLE
 * ("sysadmin", "secadmin", "audadmin"). */
enum hy_code account_invite_first(struct record *r, struct hy_db *db, struct hy_arena *a,
				  hy_str role, hy_ms at, hy_str *secret_out,
				  struct hy_err *e) HY_MUST;

enum hy_code account_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			  struct hy_err *e) HY_MUST;

#endif
