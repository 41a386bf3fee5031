#include "matter/matter_json.h"

#include "base/map.h"

#include "matter/city.h"
#include "matter/explain.h"

void matter_text_json(struct hy_json *j, const char *key, const struct pack_text *t)
{
	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kstr(j, "zh-CN", t->zh_cn);
	hy_json_kstr(j, "zh-Hant", t->zh_hant);
	hy_json_kstr(j, "en", t->en);
	hy_json_obj_end(j);
}

static const struct pack_kind *kind_of(const struct matter_rules *rules, const struct matter_row *r)
{
	if (r->version < 1 || (size_t)r->version > rules->n)
		return NULL;
	return pack_kind(rules->v[r->version - 1].pack, r->kind);
}

void matter_row_json(struct hy_json *j, const struct matter_row *r,
		     const struct matter_rules *rules, hy_ms now)
{
	const struct hy_calendar *cal = matter_rules_now(rules)->calendar;
	const struct pack_kind *kind = kind_of(rules, r);
	int state = kind ? pack_state_index(kind, r->state) : -1;

	hy_json_obj(j);
	hy_json_kstr(j, "code", r->code);
	hy_json_kstr(j, "kind", r->kind);
	if (kind)
		matter_text_json(j, "kind_title", &kind->title);
	hy_json_kstr(j, "state", r->state);
	if (state >= 0)
		matter_text_json(j, "state_title", &kind->states[state].title);
	hy_json_kint(j, "seq", r->seq);
	hy_json_kstr(j, "title", r->title);
	hy_json_kstr(j, "place", r->place);
	hy_json_kstr(j, "channel", r->channel);
	hy_json_kstr(j, "class", r->cls);
	hy_json_kstr(j, "unit", r->unit);
	hy_json_kstr(j, "unit_name", r->unit_name);
	hy_json_kstr(j, "person", r->person);
	hy_json_kbool(j, "open", r->open);
	hy_json_kbool(j, "paused", r->paused);
	hy_json_kbool(j, "provisional", r->provisional);
	hy_json_kstr(j, "light", hy_str_of(matter_light_names[matter_light(r->lights, now)]));
	hy_json_kstr(j, "verdict", hy_str_of(matter_verdict_names[r->verdict]));
	hy_json_kstr(j, "pledged_verdict", hy_str_of(matter_verdict_names[r->pledged_verdict]));
	hy_json_kstr(j, "ground", r->ground);
	hy_json_kstr(j, "outcome", r->outcome);
	hy_json_kstr(j, "lead", r->lead);
	hy_json_kstr(j, "guard", hy_str_of(pack_guard_names[r->guard]));
	hy_json_kint(j, "rating", r->rating);
	hy_json_kint(j, "hand_offs", r->hand_offs);
	hy_json_kint(j, "returns", r->returns);
	hy_json_kint(j, "reopens", r->reopens);
	explain_instant(j, "filed_at", cal, r->filed_at);
	explain_instant(j, "due_at", cal, r->due_at);
	explain_instant(j, "original_due_at", cal, r->original_at);
	explain_instant(j, "pledged_due_at", cal, r->pledged_at);
	explain_instant(j, "main_due_at", cal, r->main_due_at);
	explain_instant(j, "answered_at", cal, r->answered_at);
	explain_instant(j, "closed_at", cal, r->closed_at);
	hy_json_obj_end(j);
}

static void data_json(struct hy_json *j, const char *key, const json_t *v)
{
	hy_json_key(j, key);
	if (v)
		hy_json_value(j, v);
	else
		hy_json_null(j);
}

/* Units by code, read as they come. */
struct names {
	struct hy_db *db;
	struct hy_map known; /* code -> struct unit_entry */
};

static enum hy_code name_json(struct hy_json *j, struct names *n, hy_str code, hy_day day,
			      struct hy_err *e)
{
	const struct unit_entry *u = code.n ? hy_map_get(&n->known, code) : NULL;
	enum hy_code c = HY_OK;

	if (!u && code.n)
		c = unit_entry_read(j->b->a, n->db, code, &u, e);
	if (c || !u)
		return c;
	hy_map_put(&n->known, u->unit.code, (void *)(uintptr_t)u);
	hy_json_kstr(j, u->unit.code.p, unit_past_on(u, day)->name);
	return HY_OK;
}

/* What the units that EV names were called on its day. */
static enum hy_code names_json(struct hy_json *j, struct names *n, const struct matter_event *ev,
			       hy_day day, struct hy_err *e)
{
	static const char *const keys[] = { "unit", "from", "to" };
	hy_str done[4] = { ev->unit };
	enum hy_code c;

	hy_json_key(j, "unit_names");
	hy_json_obj(j);
	c = name_json(j, n, ev->unit, day, e);
	for (size_t i = 0; !c && i < HY_COUNT(keys); i++) {
		hy_str code = hy_json_get(ev->data, keys[i]);
		bool seen = false;
		for (size_t k = 0; k <= i; k++)
			seen |= hy_str_eq(done[k], code);
		done[i + 1] = code;
		if (!seen)
			c = name_json(j, n, code, day, e);
	}
	hy_json_obj_end(j);
	return c;
}

static enum hy_code event_json(struct hy_json *j, const struct matter *m,
			       const struct matter_event *ev, const struct hy_calendar *cal,
			       struct names *names, struct hy_err *e)
{
	hy_json_obj(j);
	hy_json_kint(j, "seq", ev->seq);
	hy_json_kint(j, "index", ev->idx);
	hy_json_kstr(j, "move", ev->name);
	if (ev->move >= 0)
		matter_text_json(j, "title", &m->kind->moves[ev->move].title);
	explain_instant(j, "at", cal, ev->at);
	explain_instant(j, "recorded_at", cal, ev->rec);
	hy_json_kstr(j, "role", ev->role);
	hy_json_kstr(j, "unit", ev->unit);
	data_json(j, "data", ev->data);
	data_json(j, "private", ev->private);
	enum hy_code c = names_json(j, names, ev, hy_local(hy_calendar_zone(cal), ev->at, NULL), e);
	hy_json_obj_end(j);
	return c;
}

enum hy_code matter_moves_json(struct hy_json *j, const struct matter *m,
			       const struct matter_rules *rules, uint64_t possible, hy_ms now,
			       struct hy_err *e)
{
	const struct hy_calendar *cal = matter_rules_now(rules)->calendar;
	enum hy_code code = HY_OK;

	hy_json_key(j, "moves");
	hy_json_arr(j);
	for (size_t i = 0; i < m->kind->n_moves; i++) {
		const struct pack_move *mv = &m->kind->moves[i];
		hy_ms until;
		if (!(possible >> i & 1))
			continue;
		code = matter_until(j->b->a, rules, m, i, &until, e);
		if (code)
			break;
		if (until != HY_NO_TIME && until < now)
			continue;
		hy_json_obj(j);
		hy_json_kstr(j, "move", mv->id);
		matter_text_json(j, "title", &mv->title);
		hy_json_key(j, "who");
		hy_json_arr(j);
		for (size_t k = 0; k < mv->n_who; k++)
			hy_json_str(j, mv->who[k]);
		hy_json_arr_end(j);
		hy_json_key(j, "fields");
		hy_json_arr(j);
		for (size_t k = 0; k < mv->n_needs; k++) {
			hy_json_obj(j);
			hy_json_kstr(j, "name", hy_str_of(pack_fields[mv->needs[k].field].name));
			hy_json_kbool(j, "required", mv->needs[k].required);
			hy_json_obj_end(j);
		}
		hy_json_arr_end(j);
		hy_json_kstr(j, "clause", mv->clause);
		explain_instant(j, "until", cal, until);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	return code;
}

enum hy_code matter_clocks_json(struct hy_json *j, const struct matter *m, hy_ms now, bool traced,
				struct hy_err *e)
{
	enum hy_code code = HY_OK;

	hy_json_key(j, "clocks");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < m->n_clocks; i++)
		code = explain_clock_json(j, &m->clocks[i], now, traced, e);
	hy_json_arr_end(j);
	return code;
}

enum hy_code matter_whole_json(struct hy_json *j, const struct matter *m,
			       const struct matter_rules *rules, uint64_t possible, hy_ms now,
			       bool traced, struct hy_db *db, struct hy_err *e)
{
	struct names names = { db, { .a = j->b->a } };
	const struct hy_calendar *cal = matter_rules_now(rules)->calendar;
	enum hy_code code = HY_OK;

	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "kind", m->kind->id);
	matter_text_json(j, "kind_title", &m->kind->title);
	hy_json_kstr(j, "state", m->kind->states[m->state].id);
	matter_text_json(j, "state_title", &m->kind->states[m->state].title);
	hy_json_kint(j, "seq", m->events[m->n_events - 1].seq);
	hy_json_kstr(j, "title", m->title);
	hy_json_kstr(j, "body", m->body);
	hy_json_kstr(j, "place", m->place);
	hy_json_kstr(j, "channel", m->channel);
	hy_json_kstr(j, "class", m->cls);
	hy_json_kstr(j, "item", m->item);
	hy_json_kstr(j, "item_name", m->item_name);
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kstr(j, "person", m->person);
	hy_json_kstr(j, "reply", m->reply);
	hy_json_kstr(j, "finding", m->finding);
	hy_json_kstr(j, "ground", m->ground);
	hy_json_kstr(j, "outcome", m->outcome);
	hy_json_kstr(j, "lead", m->lead);
	hy_json_kstr(j, "about_unit", m->about_unit);
	hy_json_kstr(j, "about_person", m->about_person);
	hy_json_kstr(j, "guard", hy_str_of(pack_guard_names[m->guard]));
	hy_json_kint(j, "rating", m->rating);
	hy_json_kbool(j, "open", m->open);
	hy_json_kbool(j, "annulled", m->annulled);
	hy_json_kbool(j, "paused", m->paused);
	hy_json_kbool(j, "provisional", m->provisional);
	hy_json_kstr(j, "light", hy_str_of(matter_light_names[matter_light(m->lights, now)]));
	hy_json_kstr(j, "verdict", hy_str_of(matter_verdict_names[m->verdict]));
	hy_json_kstr(j, "pledged_verdict", hy_str_of(matter_verdict_names[m->pledged_verdict]));
	explain_instant(j, "filed_at", cal, m->filed_at);
	explain_instant(j, "due_at", cal, m->due_at);
	explain_instant(j, "original_due_at", cal, m->original_at);
	explain_instant(j, "pledged_due_at", cal, m->pledged_at);
	explain_instant(j, "main_due_at", cal, m->main_due_at);
	explain_instant(j, "answered_at", cal, m->answered_at);
	explain_instant(j, "closed_at", cal, m->closed_at);
	code = matter_clocks_json(j, m, now, traced, e);
	hy_json_key(j, "timeline");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < m->n_events; i++)
		code = event_json(j, m, &m->events[i], cal, &names, e);
	hy_json_arr_end(j);
	if (!code)
		code = matter_moves_json(j, m, rules, possible, now, e);
	hy_json_obj_end(j);
	return code;
}

/* --- what a move would do -----------------------------------------------------------------------
 */

static enum hy_code side_json(struct hy_json *j, const char *key, const struct matter *m,
			      const struct hy_calendar *cal, hy_ms now, struct hy_err *e)
{
	const struct pack_state *s = &m->kind->states[m->state];

	hy_json_key(j, key);
	hy_json_obj(j);
	hy_json_kstr(j, "state", s->id);
	matter_text_json(j, "state_title", &s->title);
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kbool(j, "open", m->open);
	hy_json_kbool(j, "paused", m->paused);
	hy_json_kstr(j, "light", hy_str_of(matter_light_names[matter_light(m->lights, now)]));
	explain_instant(j, "due_at", cal, m->due_at);
	explain_instant(j, "original_due_at", cal, m->original_at);
	enum hy_code code = matter_clocks_json(j, m, now, false, e);
	hy_json_obj_end(j);
	return code;
}

enum hy_code matter_preview_json(struct hy_json *j, struct city *c, struct hy_db *db,
				 const struct matter_move *mv, const struct matter *before,
				 const struct matter *after, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(c)->calendar;

	hy_json_obj(j);
	hy_json_kstr(j, "code", after->code);
	hy_json_kstr(j, "move", mv->move);
	explain_instant(j, "at", cal, mv->at);
	enum hy_code code = side_json(j, "before", before, cal, mv->at, e);
	if (!code)
		code = side_json(j, "after", after, cal, mv->at, e);
	hy_json_key(j, "cards");
	hy_json_arr(j);
	for (const struct city_room *const *r = city_rooms(); !code && *r; r++)
		if ((*r)->foresee)
			code = (*r)->foresee(j, c, db, before, after, e);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return code;
}
