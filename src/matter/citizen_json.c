/* What a citizen sees of their own matter: no names of officials, no internal remarks, no contact
 * data; the clocks that run for the citizen in full; every step towards who they are. */
#include "matter/citizen.h"
#include "matter/explain.h"
#include "matter/fold.h"
#include "matter/matter_json.h"

static const enum pack_field told_always[] = { PACK_UNIT, PACK_GROUND, PACK_LIMIT,   PACK_LEVEL,
					       PACK_FEE,  PACK_AMOUNT, PACK_QUANTITY };
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
	if (mv->act == PACK_CHARGE)
		hy_json_kstr(j, MATTER_FEE_STANDARD, hy_json_get(ev->data, MATTER_FEE_STANDARD));
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

/* Who asked to know who the reporter is, why, and what came of it: every step is told. */
static void openings_json(struct hy_json *j, const struct matter *m, const struct hy_calendar *cal)
{
	static const hy_str head = HY_S_INIT("identity.");

	hy_json_key(j, "identity");
	hy_json_arr(j);
	for (size_t i = 0; i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		if (!hy_str_starts(ev->name, head))
			continue;
		hy_json_obj(j);
		hy_json_kstr(j, "step", (hy_str){ ev->name.p + head.n, ev->name.n - head.n });
		explain_instant(j, "at", cal, ev->at);
		hy_json_kint(j, "request", hy_json_get_int(ev->data, "request", 0));
		hy_json_kstr(j, "role", ev->role);
		hy_json_kstr(j, "unit", ev->unit);
		hy_json_kstr(j, "purpose", hy_json_get(ev->private, "purpose"));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

enum hy_code citizen_json(struct hy_json *j, struct city *c, const struct matter *m,
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
	hy_json_kstr(j, "item", m->item);
	hy_json_kstr(j, "item_name", m->item_name);
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
	openings_json(j, m, cal);
	if (!code)
		code = matter_moves_json(j, m, city_rules(c),
					 matter_possible(m, HY_S("citizen"), now), now, e);
	hy_json_obj_end(j);
	return code;
}
