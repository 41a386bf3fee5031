/* One proposes an institution, another brings it into force. */
#include "matter/proposal.h"

#include "people/consent.h"
#include "people/security.h"

/* --- the fold -------------------------------------------------------------------------------- */

static enum hy_code broken(struct hy_err *e, const struct proposal *p,
			   const struct record_event *ev, const char *why)
{
	return hy_fail(e, HY_TAMPERED, "", "proposal %lld, event %lld: %s", (long long)p->id,
		       (long long)ev->idx, why);
}

static enum hy_code propose(struct hy_arena *a, struct proposal *p, const struct record_event *ev,
			    struct hy_err *e)
{
	p->notice = json_is_true(json_object_get(ev->data, "notice"));
	p->content = hy_str_dup(a, hy_json_get(ev->data, "content"));
	p->name = hy_str_dup(a, hy_json_get(ev->data, "name"));
	p->version = hy_str_dup(a, hy_json_get(ev->data, "version"));
	p->base = hy_json_get_int(ev->data, "base", 0);
	p->proposed_by = hy_json_get_int(ev->private, "by", 0);
	p->reason = hy_str_dup(a, hy_json_get(ev->private, "reason"));
	p->proposed_at = ev->at;
	p->decided_at = HY_NO_TIME;
	if (p->content.n == 0 || p->base < 1 || p->proposed_by < 1)
		return broken(e, p, ev, "is no proposal");
	return HY_OK;
}

static enum hy_code decide(struct hy_arena *a, struct proposal *p, const struct record_event *ev,
			   bool approve, struct hy_err *e)
{
	p->decided_by = hy_json_get_int(ev->private, "by", 0);
	p->answer = hy_str_dup(a, hy_json_get(ev->private, "reason"));
	p->decided_at = ev->at;
	p->became = approve ? hy_json_get_int(ev->data, "became", 0) : 0;
	if (p->state != PROPOSAL_OPEN)
		return broken(e, p, ev, "decides what was decided");
	if (p->decided_by < 1 || (approve && !consent_of_two(p->proposed_by, p->decided_by)))
		return broken(e, p, ev, "was not decided by a second person");
	if (approve && p->became < 1)
		return broken(e, p, ev, "brought nothing into force");
	p->state = approve ? PROPOSAL_APPROVED : PROPOSAL_REFUSED;
	return HY_OK;
}

enum hy_code proposal_apply(struct hy_arena *a, struct proposal *p, const struct record_event *ev,
			    struct hy_err *e)
{
	bool approve = hy_str_eq(ev->move, HY_S("approve"));
	enum hy_code code = HY_OK;

	if (ev->seq != p->seq + 1)
		return broken(e, p, ev, "does not follow the one before");
	if (p->seq == 0 && hy_str_eq(ev->move, HY_S("propose")))
		code = propose(a, p, ev, e);
	else if (p->seq == 1 && (approve || hy_str_eq(ev->move, HY_S("refuse"))))
		code = decide(a, p, ev, approve, e);
	else
		code = broken(e, p, ev, "is no step of a proposal");
	p->seq = ev->seq;
	p->last_idx = ev->idx;
	return code;
}

/* --- writing --------------------------------------------------------------------------------- */

static enum hy_code step(const struct proposal_act *w, struct proposal *p, const char *move,
			 json_t *data, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	json_t *private = hy_json_object(a);
	struct record_event ev = { .subject =
					   hy_printf(a, PROPOSAL_SUBJECT "%lld", (long long)p->id),
				   .move = hy_str_of(move),
				   .role = w->role,
				   .at = w->at,
				   .seq = p->seq + 1,
				   .data = data,
				   .private = private };

	json_object_set_new(private, "by", json_integer(w->account));
	hy_json_put(private, "reason", w->reason);
	struct record_new n = { .subject = ev.subject,
				.move = ev.move,
				.seq = ev.seq,
				.at = w->at,
				.rec = hy_store_now(hy_db_store(w->db)),
				.role = w->role,
				.data = hy_json_canonical(a, data),
				.private = hy_json_canonical(a, private) };
	enum hy_code code = record_append(city_record(w->c), w->db, &n, &ev.idx, e);
	if (!code)
		code = proposal_apply(a, p, &ev, e);
	return code ? code : proposal_put(w->db, p, e);
}

static enum hy_code note(const struct proposal_act *w, const struct proposal *p, const char *act,
			 struct hy_err *e)
{
	const struct security_act noted = {
		.act = act,
		.by = { w->account, w->address },
		.subject = hy_printf(hy_db_arena(w->db), PROPOSAL_SUBJECT "%lld", (long long)p->id),
		.role = w->role,
		.at = w->at
	};

	return security_note(city_record(w->c), w->db, &noted, e);
}

static enum hy_code some_account(const struct proposal_act *w, struct hy_err *e)
{
	if (w->account)
		return HY_OK;
	return hy_fail(e, HY_FORBIDDEN, "",
		       "two people with accounts bring it into force; on this machine use 'huiyin "
		       "pack activate' or 'huiyin calendar import'");
}

enum hy_code proposal_make(const struct proposal_act *w, const struct proposal_new *n,
			   int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct proposal p = { 0 };
	hy_str content = HY_S("");
	struct institution_content now;
	int64_t base = 0;
	enum hy_code code = some_account(w, e);

	if (!code)
		code = proposal_next_id(w->db, &p.id, e);
	if (!code)
		code = institution_content(a, w->db, 0, &now, &base, e);
	if (!code)
		code = institution_keep(a, w->db, n->packs, n->n_packs, n->notice, &content, e);
	if (code)
		return code;
	if (!n->notice && hy_str_eq(content, now.packs_hash))
		return hy_fail(e, HY_EXISTS, "packs",
			       "these folders are in force already, byte for byte");
	json_t *data = hy_json_object(a);
	json_object_set_new(data, "base", json_integer(base));
	hy_json_put(data, "content", content);
	hy_json_put(data, "name", n->name);
	json_object_set_new(data, "notice", json_boolean(n->notice != NULL));
	hy_json_put(data, "version", n->version);
	code = step(w, &p, "propose", data, e);
	if (!code)
		code = note(w, &p, "pack.propose", e);
	if (!code)
		*id_out = p.id;
	return code;
}

static enum hy_code open_one(const struct proposal_act *w, int64_t id, struct proposal *p,
			     struct hy_err *e)
{
	enum hy_code code = some_account(w, e);

	if (!code)
		code = proposal_by_id(hy_db_arena(w->db), w->db, id, p, e);
	if (!code && p->state != PROPOSAL_OPEN)
		return hy_fail(e, HY_NOT_NOW, "id", "proposal %lld is %s already", (long long)id,
			       proposal_state_names[p->state]);
	return code;
}

static void count(void *arg, const struct city_moved *m)
{
	int64_t *n = arg;

	(void)m;
	++*n;
}

enum hy_code proposal_approve(const struct proposal_act *w, int64_t id, int64_t seen,
			      int64_t *moved_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	struct institution_content now;
	struct proposal_new what;
	struct proposal p;
	int64_t base = 0, became = 0;
	enum hy_code code = open_one(w, id, &p, e);

	if (!code)
		code = consent_second(p.proposed_by, w->account, "proposed", "id", e);
	if (!code)
		code = institution_content(a, w->db, 0, &now, &base, e);
	if (!code && base != seen)
		return hy_fail(e, HY_STALE, "version",
			       "version %lld is in force by now; look again at what this changes",
			       (long long)base);
	if (!code)
		code = proposal_content(a, w->db, &p, &what, e);
	if (code)
		return code;
	*moved_out = 0;
	const struct city_change x = { .packs = what.packs,
				       .n_packs = what.n_packs,
				       .notice = what.notice,
				       .at = w->at,
				       .proposal = id,
				       .proposed_by = p.proposed_by,
				       .approved_by = w->account,
				       .role = w->role,
				       .address = w->address,
				       .moved = count,
				       .arg = moved_out };
	code = city_bring_in(w->c, w->db, &x, &became, e);
	if (code)
		return code;
	json_t *data = hy_json_object(a);
	json_object_set_new(data, "became", json_integer(became));
	return step(w, &p, "approve", data, e);
}

enum hy_code proposal_refuse(const struct proposal_act *w, int64_t id, struct hy_err *e)
{
	struct proposal p;
	enum hy_code code = open_one(w, id, &p, e);

	if (!code)
		code = step(w, &p, "refuse", hy_json_object(hy_db_arena(w->db)), e);
	return code ? code : note(w, &p, "pack.refuse", e);
}

enum hy_code proposal_content(struct hy_arena *a, struct hy_db *db, const struct proposal *p,
			      struct proposal_new *out, struct hy_err *e)
{
	struct proposal_new n = { .name = p->name, .version = p->version };
	struct pack_source *packs = NULL;
	struct pack_file *file = hy_new(a, struct pack_file);
	enum hy_code code =
		p->notice ? institution_kept_notice(a, db, p->content, file, e)
			  : institution_kept_packs(a, db, p->content, &packs, &n.n_packs, e);

	if (code)
		return code;
	n.packs = packs;
	n.notice = p->notice ? file : NULL;
	*out = n;
	return HY_OK;
}
