/* Who asks: token or session to actor, kept in memory for a moment. */
#include "cli/guard.h"

#include <pthread.h>
#include <stdatomic.h>

#include "http/credential.h"
#include "matter/api.h"
#include "people/session.h"
#include "people/token.h"

enum { KNOWN = 1024, KNOWN_MS = 1000 };

/* Somebody who was let in.  Shared by requests; freed with the last of them. */
struct known {
	atomic_int users;
	struct hy_arena *arena;
	hy_hash key;	  /* of the secret */
	uint64_t version; /* of the city when this was read */
	hy_ms read_at, ends_at;
	int64_t session, token; /* one of them */
	enum session_stage stage;
	struct actor actor;
};

/* By the secret's hash; a newcomer takes the place of whoever is there. */
static struct {
	pthread_mutex_t lock[16];
	struct known *v[KNOWN];
} memory = { .lock = { [0 ... 15] = PTHREAD_MUTEX_INITIALIZER } };

static void let_go(void *arg)
{
	struct known *k = arg;

	if (atomic_fetch_sub(&k->users, 1) != 1)
		return;
	struct hy_arena *a = k->arena;
	hy_arena_free(&a);
}

static size_t place(const hy_hash *key)
{
	return (key->b[0] | (size_t)key->b[1] << 8) % KNOWN;
}

/* What was found, held by the arena A from now on; NULL: nothing that is still good. */
static struct known *recall(struct hy_arena *a, const hy_hash *key, uint64_t version, hy_ms now)
{
	size_t at = place(key);
	struct known *k;

	pthread_mutex_lock(&memory.lock[at % 16]);
	k = memory.v[at];
	if (k && (!hy_hash_eq(&k->key, key) || k->version != version || now < k->read_at ||
		  now - k->read_at >= KNOWN_MS || now >= k->ends_at))
		k = NULL;
	if (k)
		atomic_fetch_add(&k->users, 1);
	pthread_mutex_unlock(&memory.lock[at % 16]);
	if (k)
		hy_arena_defer(a, let_go, k);
	return k;
}

/* K is held by A and by the memory. */
static void keep(struct hy_arena *a, struct known *k)
{
	size_t at = place(&k->key);

	atomic_store(&k->users, 2);
	hy_arena_defer(a, let_go, k);
	pthread_mutex_lock(&memory.lock[at % 16]);
	struct known *old = memory.v[at];
	memory.v[at] = k;
	pthread_mutex_unlock(&memory.lock[at % 16]);
	if (old)
		let_go(old);
}

void guard_forget(void)
{
	for (size_t i = 0; i < KNOWN; i++) {
		pthread_mutex_lock(&memory.lock[i % 16]);
		struct known *old = memory.v[i];
		memory.v[i] = NULL;
		pthread_mutex_unlock(&memory.lock[i % 16]);
		if (old)
			let_go(old);
	}
}

/* --- reading ------------------------------------------------------------------------------------
 */

static uint64_t only_of(hy_str scopes)
{
	uint64_t bits = 0;
	hy_str scope;

	if (hy_str_eq(scopes, HY_S("*")))
		return 0;
	while (hy_str_cut(&scopes, ' ', &scope))
		bits |= PERMISSION_BIT(permission_of(scope));
	return bits;
}

static enum hy_code read_token(struct city *c, struct hy_db *db, hy_str secret, struct known *k,
			       bool *there, struct hy_err *e)
{
	struct token t;
	enum hy_code code = token_check(k->arena, db, secret, city_now(c), &t, there, e);

	if (code || !*there)
		return code;
	k->token = t.id;
	k->ends_at = t.expires_at;
	k->stage = SESSION_OPEN;
	code = actor_read(k->arena, db, city_pack(c), t.account, city_now(c), &k->actor, e);
	k->actor.kind = ACTOR_TOKEN;
	k->actor.only = only_of(t.scopes);
	return code;
}

static enum hy_code read_session(struct city *c, struct hy_db *db, hy_str secret, struct known *k,
				 bool *there, struct hy_err *e)
{
	struct session s;
	enum hy_code code = session_check(k->arena, db, secret, city_now(c), &s, there, e);

	if (code || !*there)
		return code;
	k->session = s.id;
	k->ends_at = s.ends_at;
	k->stage = s.stage;
	code = actor_read(k->arena, db, city_pack(c), s.account, city_now(c), &k->actor, e);
	k->actor.strong = s.strong;
	return code;
}

typedef enum hy_code read_fn(struct city *c, struct hy_db *db, hy_str secret, struct known *k,
			     bool *there, struct hy_err *e);

/* *OUT stays NULL when SECRET lets nobody in. */
static enum hy_code find(struct hy_request *r, hy_str secret, read_fn *read, struct known **out,
			 struct hy_err *e)
{
	struct city *c = api_city(r);
	uint64_t version = record_changes(city_record(c));
	hy_hash key = hy_sha256(secret);
	bool there = false;

	*out = recall(hy_request_arena(r), &key, version, city_now(c));
	if (*out)
		return HY_OK;
	struct hy_arena *a = hy_arena_new(0);
	struct known *k = hy_new(a, struct known);
	*k = (struct known){ .arena = a, .key = key, .version = version, .read_at = city_now(c) };
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);
	if (!code)
		code = read(c, db, secret, k, &there, e);
	if (code || !there) {
		hy_arena_free(&a);
		return code;
	}
	keep(hy_request_arena(r), k);
	*out = k;
	return HY_OK;
}

/* --- deciding
 * -------------------------------------------------------------------------------------- */

bool guard_sensitive(const struct actor *who)
{
	for (size_t i = 0; !who->demo && i < who->n_grants; i++)
		if (who->grants[i].role.sensitive && access_by(who, &who->grants[i]))
			return true;
	return false;
}

enum hy_code guard_need_factor(const struct actor *who, struct hy_err *e)
{
	bool token = who->kind == ACTOR_TOKEN;

	if ((token ? who->has_totp : who->strong) || !guard_sensitive(who))
		return HY_OK;
	return hy_fail(
		e, HY_NEED_FACTOR, "",
		token ? "a role of this token's account decides on people: its owner logs in "
			"and sets up a second factor first"
		      : "your role decides on people: log in with a second factor");
}

static enum hy_code decide(const struct known *k, const struct hy_route *route, bool from_here,
			   struct hy_err *e)
{
	const struct actor *who = k ? &k->actor : &actor_anyone;
	bool own = strcmp(route->permission, "public") == 0;

	/* Whoever is on this machine may look at the figures, as monitoring there does. */
	if (own || (from_here && strcmp(route->permission, "metrics.read") == 0))
		return HY_OK;
	if (!k)
		return hy_fail(e, HY_NO_LOGIN, "",
			       "log in, or send an API token as Authorization: Bearer TOKEN");
	if (k->stage != SESSION_OPEN)
		return hy_fail(e, HY_NEED_FACTOR, "",
			       k->stage == SESSION_TOTP
				       ? "the second factor is still to come: its six digits"
				       : "set up a second factor first: your role demands it");
	if (strcmp(route->permission, "self") == 0)
		return access_need(who, PERMISSION_SELF, e);
	if (!access_may_route(who, route->permission))
		return hy_fail(e, HY_FORBIDDEN, "", "none of your roles may do this");
	return guard_need_factor(who, e);
}

static void introduce(struct hy_request *r, const struct known *k)
{
	struct hy_arena *a = hy_request_arena(r);
	struct actor *who = hy_new(a, struct actor);

	*who = k ? k->actor : actor_anyone;
	who->address = hy_request_address(r);
	hy_request_set_user(
		r, who, k ? hy_printf(a, "account/%lld", (long long)who->account) : HY_S("anyone"));
}

enum hy_code guard_ask(struct hy_request *r, const struct hy_route *route, struct hy_err *e)
{
	hy_str token = hy_bearer_in(hy_request_header(r, "Authorization"));
	hy_str cookie = token.p ? HY_S("") : hy_request_cookie(r, SESSION_COOKIE);
	hy_ms now = city_now(api_city(r));
	struct known *k = NULL;
	enum hy_code code = HY_OK;

	if (token.p)
		code = find(r, token, read_token, &k, e);
	else if (cookie.n)
		code = find(r, cookie, read_session, &k, e);
	if (code)
		return code;
	if (token.p && !k)
		return hy_fail(e, HY_NO_LOGIN, "Authorization",
			       "this token is not known here, was revoked or has expired");
	introduce(r, k && k->stage == SESSION_OPEN ? k : NULL);
	if (k && k->token)
		token_seen(k->token, now);
	if (k && k->session) {
		session_seen(k->session, now);
		code = hy_request_csrf(r, cookie, e);
	}
	return code ? code : decide(k, route, hy_request_from_here(r), e);
}
