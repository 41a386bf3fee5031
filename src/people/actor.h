#ifndef PEOPLE_ACTOR_H
#define PEOPLE_ACTOR_H

/* actor -- who asks.
 *
 * Made once for a request: by the guard for whoever has logged in or brings a token, by a public
 * route for a citizen, by the command line for the console.  Everything that is decided about
 * access is decided on this value (access.h) and on nothing the client claims. */

#include "people/grant.h"

/* Zero is a stranger, who may nothing. */
enum actor_kind { ACTOR_ANYONE, ACTOR_CITIZEN, ACTOR_ACCOUNT, ACTOR_TOKEN, ACTOR_CONSOLE };

struct actor_grant {
	struct role role;
	hy_str unit; /* code; "" the whole city */
	enum pack_reach reach;
	enum pack_guard clearance;
	bool top;	    /* the unit stands at the top of the tree */
	bool acting;	    /* stands in for another */
	int64_t acting_for; /* account; 0: nobody known */
	int64_t grant;	    /* its number; 0: by a post */
	hy_str post;	    /* code; "" by a grant */
};

struct actor {
	enum actor_kind kind;
	int64_t account;
	hy_str login, name;  /* private: for events' private parts and for "about a person" */
	hy_str address;	     /* from where; may be empty */
	bool demo, has_totp; /* as the account (account.h) */
	bool strong;	     /* of a session: a second factor was shown in it */
	uint64_t only;	     /* of a token: the permissions it is cut down to; 0: not cut down */
	const struct actor_grant *grants;
	size_t n_grants;
	/* The units this person belongs to and those above them: a matter about one of these is
	 * not there for this person. */
	const hy_str *within;
	size_t n_within;
};

/* The person ACCOUNT at NOW under the institution P: direct grants and posts.  KIND is ACCOUNT; who
 * reads it for a token sets kind and .only, for a session .strong. */
enum hy_code actor_read(struct hy_arena *a, struct hy_db *db, const struct pack *p, int64_t account,
			hy_ms now, struct actor *out, struct hy_err *e) HY_MUST;

/* The command line on this machine: may everything, and is recorded as such. */
extern const struct actor actor_console;
/* Nobody has logged in. */
extern const struct actor actor_anyone;

#endif
