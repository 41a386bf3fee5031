/* /api/v1/lookup: what a citizen sees of their own matter, with its code and secret.
 *
 * No names of officials, no internal remarks, no contact data; the clocks that run for the citizen
 * in full.  A wrong code and a wrong secret get the same answer in the same time. */
#include "matter/api.h"
#include "matter/explain.h"
#include "matter/fold.h"
#include "matter/matter_json.h"

struct lookup_body {
	hy_str code, secret;
};
static const struct hy_field lookup_fields[] = {
	HY_FIELD_TEXT(struct lookup_body, code, true, 1, 40),
	HY_FIELD_TEXT(struct lookup_body, secret, true, 1, 40),
	{ 0 },
};

/* People write "1234 5678-..." */
static hy_str without_gaps(struct hy_arena *a, hy_str s)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '-')
			hy_buf_byte(&b, s.p[i]);
	return hy_buf_str(&b);
}

static const enum pack_field told_always[] = { PACK_UNIT, PACK_GROUND, PACK_LIMIT, PACK_LEVEL };
/* What a refusal or a notice owes to the person it concerns. */
static const enum pack_field told_of_refusal[] = { PACK_REASON, PACK_BASIS, PACK_REMEDY,
						   PACK_PAPERS };

static void fields_json(struct hy_json *j, const struct matter_event *ev,
			const enum pack_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *v = matter_field(ev, fields[i]);
		if (!v)
			continue;
		hy_json_key(j, pack_fields[fields[i]].name);
		hy_json_value(j, v);
	}
}

static void event_json(struct hy_json *j, const struct matter *m, const struct matter_event *ev,
		       const struct hy_calendar *cal)
{
	const struct pack_move *mv = &m->kind->moves[ev->move];
	bool refusal = mv->act == PACK_DECLINE || mv->act == PACK_NOTICE;

	hy_json_obj(j);
	hy_json_kint(j, "seq", ev->seq);
	hy_json_kstr(j, "move", ev->name);
	matter_text_json(j, "title", &mv->title);
	explain_instant(j, "at", cal, ev->at);
	fields_json(j, ev, told_always, HY_COUNT(told_always));
	if (refusal)
		fields_json(j, ev, told_of_refusal, HY_COUNT(told_of_refusal));
	hy_json_obj_end(j);
}

/* Remarks are internal unless the citizen made them; so is who in the unit handles it. */
static bool is_told(const struct matter *m, const struct matter_event *ev)
{
	if (ev->move < 0)
		return false;
	enum pack_act act = m->kind->moves[ev->move].act;
	if (hy_str_eq(ev->role, HY_S("citizen")))
		return true;
	return act != PACK_NOTE && act != PACK_ASSIGN && act != PACK_JOIN && act != PACK_SPLIT;
}

static enum hy_code public_json(struct hy_json *j, struct city *c, const struct matter *m,
				struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(c)->calendar;
	const struct pack_state *state = &m->kind->states[m->state];
	hy_ms now = city_now(c);
	enum hy_code code = HY_OK;

	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "kind", m->kind->id);
	matter_text_json(j, "kind_title", &m->kind->title);
	hy_json_kstr(j, "state", state->id);
	matter_text_json(j, "state_title", &state->title);
	hy_json_kint(j, "seq", m->events[m->n_events - 1].seq);
	hy_json_kstr(j, "title", m->title);
	hy_json_kstr(j, "body", m->body);
	hy_json_kstr(j, "place", m->place);
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kstr(j, "reply", m->reply);
	hy_json_kstr(j, "ground", m->ground);
	hy_json_kint(j, "rating", m->rating);
	hy_json_kbool(j, "open", m->open);
	hy_json_kbool(j, "paused", m->paused);
	explain_instant(j, "filed_at", cal, m->filed_at);
	explain_instant(j, "due_at", cal, m->due_at);
	explain_instant(j, "original_due_at", cal, m->original_at);
	explain_instant(j, "answered_at", cal, m->answered_at);
	explain_instant(j, "closed_at", cal, m->closed_at);
	hy_json_key(j, "clocks");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < m->n_clocks; i++)
		if (m->clocks[i].def->holder == PACK_CITIZEN)
			code = explain_clock_json(j, &m->clocks[i], now, true, e);
	hy_json_arr_end(j);
	hy_json_key(j, "timeline");
	hy_json_arr(j);
	for (size_t i = 0; i < m->n_events; i++)
		if (is_told(m, &m->events[i]))
			event_json(j, m, &m->events[i], cal);
	hy_json_arr_end(j);
	matter_moves_json(j, m, matter_possible(m, HY_S("citizen"), now));
	hy_json_obj_end(j);
	return code;
}

static enum hy_code lookup(struct hy_request *r, struct hy_err *e)
{
	const struct lookup_body *body = hy_request_body(r);
	struct city *c = api_city(r);
	struct hy_arena *a = hy_request_arena(r);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	struct matter *m = NULL;
	bool ok = false;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = matter_secret_ok(db, hy_str_trim(body->code), without_gaps(a, body->secret),
					&ok, e);
	if (!code && !ok)
		return hy_fail(e, HY_NOT_FOUND, "",
			       "this code and secret do not belong together; both stand on the "
			       "answer to your filing");
	if (!code)
		code = matter_read(c, db, &access_all, a, hy_str_trim(body->code), &m, e);
	if (!code)
		code = public_json(&j, c, m, e);
	if (!code)
		hy_answer_json(r, 200, &b);
	return code;
}

const struct hy_route lookup_routes[] = {
	{ .method = "POST",
	  .path = "/api/v1/lookup",
	  .permission = "public",
	  .summary = "A citizen's own matter, by code and secret",
	  .body = lookup_fields,
	  .body_size = sizeof(struct lookup_body),
	  .pace = HY_PACE_LOOKUP,
	  .run = lookup },
	{ 0 },
};
