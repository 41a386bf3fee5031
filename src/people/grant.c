/* Giving roles: one proposes, another approves. */
#include "people/account.h"
#include "people/consent.h"
#include "people/grant_row.h"
#include "people/post.h"

/* --- the fold: what an event makes of a grant --------------------------------------------------
 */

static enum hy_code broken(struct hy_err *e, const struct grant *g, const struct record_event *ev,
			   const char *why)
{
	return hy_fail(e, HY_TAMPERED, "", "grant %lld, event %lld: %s", (long long)g->id,
		       (long long)ev->idx, why);
}

static bool by_console(const struct record_event *ev)
{
	return hy_str_eq(ev->role, HY_S(GRANT_CONSOLE));
}

static enum hy_code propose(struct hy_arena *a, struct grant *g, const struct record_event *ev,
			    struct hy_err *e)
{
	hy_str clearance = hy_json_get(ev->data, "clearance");

	g->account = hy_json_get_int(ev->private, "account", 0);
	g->role = hy_str_dup(a, hy_json_get(ev->data, "role"));
	g->unit = hy_str_dup(a, hy_json_get(ev->data, "unit"));
	g->below = json_is_true(json_object_get(ev->data, "below"));
	g->clearance = pack_guard_of(clearance);
	g->from = hy_json_get_int(ev->data, "from", HY_NO_TIME);
	g->until = hy_json_get_int(ev->data, "until", HY_NO_TIME);
	g->proposed_by = hy_json_get_int(ev->private, "by", 0);
	g->proposed_at = ev->at;
	g->approved_at = g->revoked_at = HY_NO_TIME;
	if (g->clearance == PACK__GUARDS || g->account < 1 || g->role.n == 0)
		return broken(e, g, ev, "is no proposal");
	if (by_console(ev)) {
		g->state = GRANT_APPROVED;
		g->approved_at = ev->at;
	} else if (g->proposed_by < 1 || g->proposed_by == g->account) {
		return broken(e, g, ev, "nobody proposes for himself");
	}
	return HY_OK;
}

static enum hy_code approve(struct grant *g, const struct record_event *ev, struct hy_err *e)
{
	g->approved_by = hy_json_get_int(ev->private, "by", 0);
	g->approved_at = ev->at;
	if (g->state != GRANT_PROPOSED)
		return broken(e, g, ev, "approves what was not waiting for it");
	if (!by_console(ev) &&
	    (!consent_of_two(g->proposed_by, g->approved_by) || g->approved_by == g->account))
		return broken(e, g, ev, "was not approved by a second person");
	g->state = GRANT_APPROVED;
	return HY_OK;
}

static enum hy_code revoke(struct grant *g, const struct record_event *ev, struct hy_err *e)
{
	g->revoked_by = hy_json_get_int(ev->private, "by", 0);
	g->revoked_at = ev->at;
	if (g->state == GRANT_REVOKED)
		return broken(e, g, ev, "revokes what is over already");
	if (!by_console(ev) && (g->revoked_by < 1 || g->revoked_by == g->account))
		return broken(e, g, ev, "nobody decides about himself");
	g->state = GRANT_REVOKED;
	return HY_OK;
}

enum hy_code grant_apply(struct hy_arena *a, struct grant *g, const struct record_event *ev,
			 struct hy_err *e)
{
	static const struct {
		hy_str move;
		enum hy_code (*fn)(struct grant *g, const struct record_event *ev,
				   struct hy_err *e);
	} moves[] = { { HY_S_INIT("approve"), approve }, { HY_S_INIT("revoke"), revoke } };
	enum hy_code code = HY_TAMPERED;

	if (ev->seq != g->seq + 1)
		return broken(e, g, ev, "does not follow the one before");
	if (g->seq == 0 && hy_str_eq(ev->move, HY_S("propose"))) {
		code = propose(a, g, ev, e);
	} else if (g->seq > 0) {
		size_t i = 0;
		while (i < HY_COUNT(moves) && !hy_str_eq(moves[i].move, ev->move))
			i++;
		code = i < HY_COUNT(moves) ? moves[i].fn(g, ev, e)
					   : broken(e, g, ev, "is no step of a grant");
	} else {
		code = broken(e, g, ev, "a grant begins with its proposal");
	}
	g->seq = ev->seq;
	g->last_idx = ev->idx;
	return code;
}

/* --- writing ------------------------------------------------------------------------------------
 */

/* NOTED is how the audit trail calls it. */
static enum hy_code step(const struct grant_act *w, struct grant *g, const char *move,
			 const char *noted, json_t *data, json_t *private, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	hy_str role = w->account ? w->role : HY_S(GRANT_CONSOLE);
	struct record_event ev = { .subject = hy_printf(a, GRANT_SUBJECT "%lld", (long long)g->id),
				   .move = hy_str_of(move),
				   .role = role,
				   .at = w->at,
				   .seq = g->seq + 1,
				   .data = data,
				   .private = private };

	if (w->account)
		json_object_set_new(private, "by", json_integer(w->account));
	if (w->reason.n)
		hy_json_put(private, "reason", w->reason);
	struct record_new n = { .subject = ev.subject,
				.move = ev.move,
				.seq = ev.seq,
				.at = w->at,
				.rec = hy_store_now(hy_db_store(w->db)),
				.role = role,
				.data = hy_json_canonical(a, data),
				.private = json_object_size(private) ? hy_json_canonical(a, private)
								     : HY_S("") };
	struct security_act act = { .act = noted,
				    .by = { w->account, w->address },
				    .subject = ev.subject,
				    .role = role,
				    .at = w->at };
	enum hy_code code = record_append(w->record, w->db, &n, &ev.idx, e);
	if (!code)
		code = grant_apply(a, g, &ev, e);
	if (!code)
		code = grant_row_put(w->db, g, e);
	return code ? code : security_note(w->record, w->db, &act, e);
}

/* --- what may be given to whom
 * --------------------------------------------------------------------
 */

static enum hy_code known_role(const struct pack *p, hy_str id, struct role *out, struct hy_err *e)
{
	struct hy_near near = hy_near_to(id);

	if (role_of(p, id, out) && role_held(out))
		return HY_OK;
	for (const struct role *r = role_system; r->id.n; r++)
		hy_near_try(&near, r->id);
	for (size_t i = 0; i < p->lists[PACK_ROLES].n; i++)
		if (p->lists[PACK_ROLES].v[i].may)
			hy_near_try(&near, p->lists[PACK_ROLES].v[i].id);
	return hy_fail(e, HY_BAD_FIELD, "role", "'" HY_FMT "' is no role that can be given%s",
		       HY_ARG(near.want), hy_near_text(&near));
}

/* A post gives a role, so whoever has one is no administrator. */
static enum hy_code no_post(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str role,
			    hy_ms now, struct hy_err *e)
{
	struct post_grant *v = NULL;
	size_t n = 0;
	enum hy_code code = post_grants(a, db, account, now, &v, &n, e);

	if (!code && n)
		return hy_fail(e, HY_NOT_NOW, "role",
			       "'" HY_FMT "' is held with nothing else, but this person has the "
			       "post " HY_FMT,
			       HY_ARG(role), HY_ARG(v[0].post));
	return code;
}

enum hy_code grant_fits(struct hy_arena *a, struct hy_db *db, const struct pack *p, int64_t account,
			hy_str role, hy_ms now, struct hy_err *e)
{
	struct grant *v = NULL;
	struct role wanted, other;
	size_t n = 0;
	enum hy_code code = known_role(p, role, &wanted, e);

	if (!code)
		code = grant_living(a, db, account, now, &v, &n, e);
	if (!code && wanted.exclusive)
		code = no_post(a, db, account, role, now, e);
	for (size_t i = 0; !code && i < n; i++) {
		if (hy_str_eq(v[i].role, role))
			continue;
		bool exclusive =
			wanted.exclusive || (role_of(p, v[i].role, &other) && other.exclusive);
		if (exclusive)
			return hy_fail(e, HY_NOT_NOW, "role",
				       "'" HY_FMT "' and '" HY_FMT
				       "' exclude each other; revoke grant %lld first",
				       HY_ARG(role), HY_ARG(v[i].role), (long long)v[i].id);
	}
	return code;
}

static enum hy_code place_fits(const struct grant_act *w, const struct grant_new *n,
			       const struct role *role, struct hy_err *e)
{
	struct unit u;

	if (role->exclusive && n->unit.n)
		return hy_fail(e, HY_BAD_FIELD, "unit",
			       "'" HY_FMT "' is given for the whole city, without a unit",
			       HY_ARG(role->id));
	if (n->unit.n) {
		struct hy_err why = { 0 };
		enum hy_code code = unit_by_code(hy_db_arena(w->db), w->db, n->unit, &u, &why);
		if (code == HY_NOT_FOUND)
			return hy_fail(e, HY_BAD_FIELD, "unit", "%s", why.detail);
		if (code)
			*e = why;
		return code;
	}
	if (!role->exclusive && role->reach == PACK_REACH_OWN)
		return hy_fail(e, HY_BAD_FIELD, "unit",
			       "is needed: '" HY_FMT "' reaches its own unit only",
			       HY_ARG(role->id));
	if (!role->exclusive && role->reach == PACK_REACH_BELOW && !n->below)
		return hy_fail(e, HY_BAD_FIELD, "unit",
			       "is needed for a grant of its own unit alone: name the unit, or let "
			       "the grant reach below");
	return HY_OK;
}

static enum hy_code open_account(struct hy_arena *a, struct hy_db *db, int64_t id, struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct account account;
	enum hy_code code = account_by_id(a, db, id, &account, &why);

	if (code == HY_NOT_FOUND || (!code && account.state == ACCOUNT_CLOSED))
		return hy_fail(e, HY_BAD_FIELD, "account", "there is no open account %lld",
			       (long long)id);
	if (code)
		*e = why;
	return code;
}

enum hy_code grant_propose(const struct grant_act *w, const struct grant_new *n, int64_t *id_out,
			   struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	hy_ms from = n->from == HY_NO_TIME ? w->at : n->from;
	struct grant g = { 0 };
	struct role role;

	if (n->account < 1)
		return hy_fail(e, HY_BAD_FIELD, "account", "must be the number of an account");
	if (w->account == n->account)
		return hy_fail(e, HY_FORBIDDEN, "account", "nobody proposes a grant for himself");
	if (n->until <= from || n->until <= w->at)
		return hy_fail(e, HY_BAD_FIELD, "until", "must lie after the beginning");
	enum hy_code code = open_account(a, w->db, n->account, e);
	if (!code)
		code = known_role(w->pack, n->role, &role, e);
	if (!code)
		code = place_fits(w, n, &role, e);
	if (!code)
		code = grant_fits(a, w->db, w->pack, n->account, n->role, w->at, e);
	if (!code)
		code = grant_next_id(w->db, &g.id, e);
	if (code)
		return code;
	json_t *data = hy_json_object(a), *private = hy_json_object(a);
	json_object_set_new(data, "below", json_boolean(n->below));
	hy_json_put(data, "clearance", hy_str_of(pack_guard_names[n->clearance]));
	json_object_set_new(data, "from", json_integer(from));
	hy_json_put(data, "role", n->role);
	hy_json_put(data, "unit", n->unit);
	if (n->until != HY_NO_TIME)
		json_object_set_new(data, "until", json_integer(n->until));
	json_object_set_new(private, "account", json_integer(n->account));
	code = step(w, &g, "propose", w->account ? "grant.ask" : "grant.give", data, private, e);
	if (!code)
		*id_out = g.id;
	return code;
}

static enum hy_code not_oneself(const struct grant_act *w, const struct grant *g, struct hy_err *e)
{
	if (w->account && w->account == g->account)
		return hy_fail(e, HY_FORBIDDEN, "id", "nobody decides about a grant of his own");
	return HY_OK;
}

enum hy_code grant_approve(const struct grant_act *w, int64_t id, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct grant g;
	enum hy_code code = grant_by_id(a, w->db, id, &g, e);

	if (!code)
		code = not_oneself(w, &g, e);
	if (code)
		return code;
	if (g.state != GRANT_PROPOSED)
		return hy_fail(e, HY_NOT_NOW, "id", "grant %lld is %s already", (long long)id,
			       grant_state_names[g.state]);
	code = consent_second(g.proposed_by, w->account, "proposed", "id", e);
	if (code)
		return code;
	if (g.until <= w->at)
		return hy_fail(e, HY_NOT_NOW, "id", "the time of grant %lld is over",
			       (long long)id);
	code = grant_fits(a, w->db, w->pack, g.account, g.role, w->at, e);
	return code ? code
		    : step(w, &g, "approve", "grant.give", hy_json_object(a), hy_json_object(a), e);
}

enum hy_code grant_revoke(const struct grant_act *w, int64_t id, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct grant g;
	enum hy_code code = grant_by_id(a, w->db, id, &g, e);

	if (!code)
		code = not_oneself(w, &g, e);
	if (code)
		return code;
	if (g.state == GRANT_REVOKED)
		return hy_fail(e, HY_NOT_NOW, "id", "grant %lld is revoked already", (long long)id);
	return step(w, &g, "revoke", g.state == GRANT_PROPOSED ? "grant.refuse" : "grant.end",
		    hy_json_object(a), hy_json_object(a), e);
}
