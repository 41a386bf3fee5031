/* Who comes, how often they may, and by which cookie. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <time.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "http/credential.h"
#include "http/request.h"

enum { ALL_TIMES = 20, FORWARDED_MOST = 2000 };

const char *const hy_pace_names[HY_PACES] = { "by_method", "none",  "read",   "write",
					      "heavy",	   "login", "lookup", "filing" };

/* --- who comes -------------------------------------------------------------------------------- */

enum hy_code hy_edge_hops(struct hy_server *s, struct hy_err *e)
{
	const char *const *given = s->o.trusted;
	size_t n = 0;

	while (given && given[n])
		n++;
	s->hops.v = hy_new_n(s->arena, struct hy_prefix, n + 1);
	for (; s->hops.n < n; s->hops.n++) {
		enum hy_code c =
			hy_prefix_read(hy_str_of(given[s->hops.n]), &s->hops.v[s->hops.n], e);
		if (c)
			return c;
	}
	return HY_OK;
}

static struct hy_address peer_of(struct hy_request *r)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->con, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct hy_address at = { .b = { [10] = 0xff, [11] = 0xff } };

	if (!info || !info->client_addr)
		return at;
	const struct sockaddr *from = info->client_addr;
	if (from->sa_family == AF_INET)
		memcpy(at.b + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	else if (from->sa_family == AF_INET6)
		memcpy(at.b, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	return at;
}

/* Several headers of a name are one list. */
struct joined {
	const char *name;
	struct hy_buf b;
	bool found;
};

static enum MHD_Result join(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct joined *j = arg;

	(void)kind;
	if (strcasecmp(name, j->name) != 0)
		return MHD_YES;
	if (j->found)
		hy_buf_byte(&j->b, ',');
	j->found = true;
	hy_buf_add(&j->b, hy_str_of(value ? value : ""));
	return MHD_YES;
}

/* Its end, when it is long: what stands there is nearest to us. */
static hy_str header_list(struct hy_request *r, const char *name, bool *found_out)
{
	struct joined j = { name, hy_buf_on(r->arena), false };

	MHD_get_connection_values(r->con, MHD_HEADER_KIND, join, &j);
	if (found_out)
		*found_out = j.found;
	hy_str s = hy_buf_str(&j.b);
	size_t over = s.n > FORWARDED_MOST ? s.n - FORWARDED_MOST : 0;
	return (hy_str){ s.p + over, s.n - over };
}

static bool host_is_loopback(struct hy_request *r)
{
	return hy_is_loopback_host(hy_request_header(r, "Host"));
}

void hy_edge_arrive(struct hy_request *r)
{
	const struct hy_server_options *o = &r->server->o;
	struct hy_address peer = peer_of(r);
	bool plain = false, standard = false;

	hy_str x = header_list(r, "X-Forwarded-For", &plain);
	hy_str f = header_list(r, "Forwarded", &standard);
	r->trusted = hy_hops_hold(&r->server->hops, &peer);
	r->client = hy_hops_client(&r->server->hops, &peer, o->forwarded ? f : x, o->forwarded);
	r->secure = o->tls_cert != NULL;
	if (r->trusted)
		r->secure = hy_hops_secure(
			o->forwarded ? f : header_list(r, "X-Forwarded-Proto", NULL), o->forwarded);
	/* A proxy that nobody told us of gives itself away by its headers. */
	r->from_here = hy_address_is_loopback(&peer) && !plain && !standard &&
		       (!r->trusted || host_is_loopback(r));
}

enum hy_code hy_edge_way(const struct hy_request *r, struct hy_err *e)
{
	const struct hy_server_options *o = &r->server->o;

	if (o->loopback_only || o->tls_cert || r->trusted || r->from_here)
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "", "this server is reached through its proxy alone");
}

hy_str hy_request_address(struct hy_request *r)
{
	return hy_address_text(r->arena, &r->client);
}

bool hy_request_secure(struct hy_request *r)
{
	return r->secure;
}

bool hy_request_from_here(struct hy_request *r)
{
	return r->from_here;
}

/* --- how often -------------------------------------------------------------------------------- */

void hy_server_edge(struct hy_server *s, const struct hy_edge *edge)
{
	for (size_t i = 0; i < HY_PACES; i++)
		atomic_store(&s->edge_per_minute[i], edge->per_minute[i]);
	atomic_store(&s->edge_bits, edge->pow_bits);
	atomic_store(&s->edge_hsts, edge->hsts_seconds);
}

static int64_t machine_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum hy_pace class_of(const struct hy_request *r)
{
	const struct hy_route *route = r->matched.routed ? r->matched.routed->route : NULL;

	if (route && route->pace != HY_PACE_BY_METHOD)
		return route->pace;
	return hy_changes_state(r) ? HY_PACE_WRITE : HY_PACE_READ;
}

static bool takes_proof(enum hy_pace class)
{
	return class == HY_PACE_LOGIN || class == HY_PACE_LOOKUP || class == HY_PACE_FILING;
}

static enum hy_code too_many(struct hy_request *r, int64_t wait, struct hy_err *e)
{
	r->retry_ms = wait;
	return hy_fail(e, HY_TOO_MANY, "", "too many requests; try again in %lld seconds",
		       (long long)(wait + 999) / 1000);
}

/* A proof lets one request through. */
static enum hy_code ask_proof(struct hy_request *r, enum hy_pace class, int64_t wait,
			      struct hy_err *e)
{
	struct hy_server *s = r->server;
	hy_str purpose = hy_str_of(hy_pace_names[class]);
	hy_str proof = hy_request_header(r, "X-Proof-Of-Work");
	int bits = atomic_load(&s->edge_bits);
	const char *why = "send the header X-Proof-Of-Work";

	if (bits < HY_POW_BITS_LEAST || bits > HY_POW_BITS_MOST)
		return too_many(r, wait, e);
	if (proof.n) {
		switch (hy_pow_check(s->pow, purpose, proof, bits, machine_ms())) {
		case HY_POW_GOOD:
			atomic_fetch_add(&s->edge_counts.proved[class], 1);
			return HY_OK;
		case HY_POW_BAD:
			why = "the proof of work is wrong";
			break;
		case HY_POW_EXPIRED:
			why = "the proof of work came too late";
			break;
		case HY_POW_USED:
			why = "the proof of work was used already";
			break;
		}
		atomic_fetch_add(&s->edge_counts.unproved[class], 1);
	}
	atomic_fetch_add(&s->edge_counts.demanded[class], 1);
	r->retry_ms = wait;
	r->challenge = hy_pow_challenge(r->arena, s->pow, purpose, bits, machine_ms());
	return hy_fail(e, HY_NEED_PROOF, "X-Proof-Of-Work",
		       "too many requests; %s: the challenge, a dot and a number such that the "
		       "SHA-256 begins with %d zero bits; or try again in %lld seconds",
		       why, bits, (long long)(wait + 999) / 1000);
}

enum hy_code hy_edge_limit(struct hy_request *r, struct hy_err *e)
{
	struct hy_server *s = r->server;
	enum hy_pace class = class_of(r);
	int per_minute = atomic_load(&s->edge_per_minute[class]);

	if (r->from_here || per_minute <= 0 || class == HY_PACE_NONE)
		return HY_OK;
	struct hy_prefix from = hy_address_prefix(&r->client);
	int64_t now = hy_monotonic_ms();
	int64_t wait = hy_limiter_take(s->limiter, class,
				       (hy_str){ (const char *)from.at.b, sizeof(from.at.b) },
				       per_minute, now);
	if (!wait && takes_proof(class))
		wait = hy_limiter_take_all(s->limiter, class, per_minute * ALL_TIMES, now);
	if (!wait)
		return HY_OK;
	atomic_fetch_add(&s->edge_counts.limited[class], 1);
	return takes_proof(class) ? ask_proof(r, class, wait, e) : too_many(r, wait, e);
}

enum hy_code hy_edge_limit_account(struct hy_request *r, struct hy_err *e)
{
	struct hy_server *s = r->server;
	enum hy_pace class = class_of(r);
	int per_minute = atomic_load(&s->edge_per_minute[class]);

	if (r->from_here || per_minute <= 0 || class == HY_PACE_NONE || takes_proof(class) ||
	    r->scope.n == 0)
		return HY_OK;
	hy_str key = hy_printf(r->arena, "account " HY_FMT, HY_ARG(r->scope));
	int64_t wait = hy_limiter_take(s->limiter, class, key, per_minute, hy_monotonic_ms());
	if (!wait)
		return HY_OK;
	atomic_fetch_add(&s->edge_counts.by_account[class], 1);
	return too_many(r, wait, e);
}

static void counts(struct hy_buf *b, const char *name, const char *text, _Atomic int64_t *v)
{
	hy_buf_fmt(b, "# HELP %s %s\n# TYPE %s counter\n", name, text, name);
	for (size_t i = HY_PACE_READ; i < HY_PACES; i++)
		hy_buf_fmt(b, "%s{limit=\"%s\"} %lld\n", name, hy_pace_names[i],
			   (long long)atomic_load(&v[i]));
}

void hy_edge_metrics(struct hy_server *s, struct hy_buf *b)
{
	struct hy_edge_counts *c = &s->edge_counts;

	counts(b, "huiyin_limited_total", "Requests beyond the limit of their address prefix.",
	       c->limited);
	counts(b, "huiyin_limited_accounts_total", "Requests beyond the limit of their account.",
	       c->by_account);
	counts(b, "huiyin_proofs_demanded_total", "Proofs of work asked for.", c->demanded);
	counts(b, "huiyin_proofs_good_total", "Proofs of work that let a request through.",
	       c->proved);
	counts(b, "huiyin_proofs_bad_total", "Proofs of work that were wrong, late or used.",
	       c->unproved);
}

/* --- cookies -------------------------------------------------------------------------------- */

static hy_str cookie_name(struct hy_request *r, const char *name)
{
	return hy_printf(r->arena, "%s%s", r->secure ? "__Host-" : "", name);
}

hy_str hy_request_cookie(struct hy_request *r, const char *name)
{
	struct joined j = { "Cookie", hy_buf_on(r->arena), false };

	MHD_get_connection_values(r->con, MHD_HEADER_KIND, join, &j);
	return hy_cookie_in(hy_buf_str(&j.b), cookie_name(r, name));
}

void hy_answer_cookie(struct hy_request *r, const char *name, hy_str value, int64_t seconds)
{
	struct hy_buf b = hy_buf_on(r->arena);

	if (!hy_cookie_ok(value)) {
		hy_log(HY_LOG_ERROR, "http", "request %s: a value for the cookie %s cannot be sent",
		       r->id.p, name);
		return;
	}
	hy_buf_fmt(&b, HY_FMT "=" HY_FMT "; Path=/; HttpOnly; SameSite=Strict%s",
		   HY_ARG(cookie_name(r, name)), HY_ARG(value), r->secure ? "; Secure" : "");
	if (seconds >= 0)
		hy_buf_fmt(&b, "; Max-Age=%lld", (long long)seconds);
	hy_answer_header(r, "Set-Cookie", hy_buf_str(&b));
}

/* --- forgery ---------------------------------------------------------------------------------- */

hy_str hy_csrf_token(struct hy_arena *a, hy_str secret)
{
	hy_hash h = hy_sha256_4(HY_S("huiyin csrf token\n"), secret, HY_S(""), HY_S(""));

	return hy_hex(a, h.b, 16);
}

enum hy_code hy_request_csrf(struct hy_request *r, hy_str secret, struct hy_err *e)
{
	hy_str shown = hy_request_header(r, "X-CSRF-Token");

	if (!hy_changes_state(r) || hy_same_secret(shown, hy_csrf_token(r->arena, secret)))
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "X-CSRF-Token",
		       "the token that belongs to the session is %s; load the page again",
		       shown.n ? "another" : "missing");
}
