/* The fold: a matter is what its events made of it. */
#include "matter/matter.h"

#include "base/json.h"
#include "matter/fold.h"

const char *const matter_light_names[] = { "none", "green", "blue", "yellow", "orange", "red" };
const char *const matter_verdict_names[] = { "open", "in_time", "late" };
const char *const matter_clock_state_names[] = { "idle", "running", "paused", "stopped" };

const struct pack *matter_rules_now(const struct matter_rules *r)
{
	return r->v[r->n - 1].pack;
}

const struct pack *matter_rules_at(const struct matter_rules *r, int64_t idx)
{
	size_t i = r->n - 1;

	while (i > 0 && r->v[i].from_idx > idx)
		i--;
	return r->v[i].pack;
}

const json_t *matter_field(const struct matter_event *ev, enum pack_field f)
{
	const json_t *where = pack_fields[f].is_private ? ev->private : ev->data;

	return where ? json_object_get(where, pack_fields[f].name) : NULL;
}

hy_str matter_field_text(const struct matter_event *ev, enum pack_field f)
{
	const json_t *v = matter_field(ev, f);

	if (!json_is_string(v))
		return HY_S("");
	return (hy_str){ json_string_value(v), json_string_length(v) };
}

/* Sets *WHERE when the event carries the field. */
static void take(hy_str *where, const struct matter_event *ev, enum pack_field f)
{
	if (json_is_string(matter_field(ev, f)))
		*where = matter_field_text(ev, f);
}

static void take_guard(struct matter *m, const struct matter_event *ev)
{
	enum pack_guard guard = pack_guard_of(matter_field_text(ev, PACK_GUARD));

	take(&m->about_unit, ev, PACK_ABOUT_UNIT);
	take(&m->about_person, ev, PACK_ABOUT_PERSON);
	if (guard != PACK__GUARDS)
		m->guard = guard;
}

static void take_all(struct matter *m, const struct matter_event *ev)
{
	take(&m->title, ev, PACK_TITLE);
	take(&m->body, ev, PACK_BODY);
	take(&m->place, ev, PACK_PLACE);
	take(&m->channel, ev, PACK_CHANNEL);
	take(&m->cls, ev, PACK_CLASS);
	take(&m->unit, ev, PACK_UNIT);
	take(&m->person, ev, PACK_PERSON);
	take(&m->item, ev, PACK_ITEM);
	if (m->item.n && !m->item_name.n)
		m->item_name = hy_json_get(ev->data, MATTER_ITEM_NAME);
	take_guard(m, ev);
}

static void close_with(struct matter *m, const struct matter_event *ev, enum pack_list list)
{
	take(&m->ground, ev, PACK_GROUND);
	const struct pack_word *w = pack_word(m->pack, list, m->ground);

	m->outcome = w && w->outcome.n ? w->outcome : m->ground;
}

static void act(struct matter *m, const struct matter_event *ev, enum pack_act what)
{
	switch (what) {
	case PACK_FILE:
		m->filed_at = ev->at;
		take_all(m, ev);
		break;
	case PACK_CORRECT:
		take_all(m, ev);
		break;
	case PACK_DISPATCH:
		take(&m->unit, ev, PACK_UNIT);
		m->person = HY_S("");
		take(&m->person, ev, PACK_PERSON);
		break;
	case PACK_ASSIGN:
		take(&m->person, ev, PACK_PERSON);
		break;
	case PACK_RETURN:
		m->returns++;
		m->unit = m->person = HY_S("");
		break;
	case PACK_HAND_OFF:
		m->hand_offs++;
		take(&m->unit, ev, PACK_UNIT);
		m->person = HY_S("");
		break;
	case PACK_NOTICE:
		m->notices++;
		break;
	case PACK_REPLY:
		take(&m->reply, ev, PACK_TEXT);
		take(&m->finding, ev, PACK_FINDING);
		take(&m->unit, ev, PACK_UNIT);
		take(&m->ground, ev, PACK_GROUND);
		break;
	case PACK_DECLINE:
		close_with(m, ev, PACK_DECLINE_GROUNDS);
		break;
	case PACK_CLOSE:
		close_with(m, ev, PACK_CLOSE_GROUNDS);
		take(&m->finding, ev, PACK_FINDING);
		break;
	case PACK_RATE:
		m->rating = (int)json_integer_value(matter_field(ev, PACK_LEVEL));
		break;
	case PACK_REOPEN:
		m->reopens++;
		m->ground = m->outcome = HY_S("");
		break;
	case PACK_ANNUL:
		m->annulled = true;
		close_with(m, ev, PACK_ANNUL_GROUNDS);
		break;
	case PACK_JOIN:
		take(&m->lead, ev, PACK_LEAD);
		break;
	case PACK_SPLIT:
		m->lead = HY_S("");
		break;
	case PACK_ACCEPT:
	case PACK_CO_HANDLE:
	case PACK_PAUSE:
	case PACK_RESUME:
	case PACK_EXTEND:
	case PACK_NOTE:
	case PACK_STEP:
	case PACK_CHARGE:
	case PACK__ACTS:
		break;
	}
}

/* A return beyond the allowed number goes to the coordinating state, not to the usual one. */
static int state_after(const struct matter *m, const struct pack_move *mv)
{
	if (mv->act == PACK_RETURN && mv->most && m->kind->returns_to >= 0 && m->returns > mv->most)
		return m->kind->returns_to;
	return mv->to >= 0 ? mv->to : m->state;
}

/* What a reform of units and posts does to a matter: clocks go on as they were, and the heir's
 * holding clock is the one that runs. */
static void reformed(struct matter *m, const struct matter_event *ev)
{
	if (hy_str_eq(ev->name, MATTER_EV_HANDED)) {
		m->person = ev->private ? hy_json_get(ev->private, "person") : HY_S("");
		m->changed_at = ev->at;
	}
	if (!hy_str_eq(ev->name, MATTER_EV_UNIT))
		return;
	m->unit = hy_json_get(ev->data, "to");
	m->changed_at = ev->at;
	for (size_t i = 0; i < m->n_clocks; i++) {
		struct matter_clock *c = &m->clocks[i];
		if (c->def->holder == PACK_UNIT_HOLDS &&
		    c->events[c->n_events - 1].kind != HY_CLOCK_STOP)
			c->unit = m->unit;
	}
}

static enum hy_code apply(struct hy_arena *a, const struct matter_rules *rules, struct matter *m,
			  const struct matter_event *ev, struct hy_err *e)
{
	if (m->n_events == m->cap_events)
		m->events = hy_arena_grow(a, m->events, &m->cap_events, sizeof(*m->events));
	m->events[m->n_events++] = *ev;
	if (ev->move < 0) {
		/* From whom it is kept outlives the erasing of all else. */
		if (hy_str_eq(ev->name, HY_S(MATTER_ERASED)))
			take_guard(m, ev);
		reformed(m, ev);
		return HY_OK;
	}
	if ((size_t)ev->move >= m->kind->n_moves)
		return hy_broke(e, HY_TAMPERED, "an event of " HY_FMT " names no move of its kind",
				HY_ARG(m->code));
	const struct pack_move *mv = &m->kind->moves[ev->move];
	if ((m->n_events == 1) != (mv->act == PACK_FILE))
		return hy_broke(e, HY_TAMPERED, HY_FMT " does not begin with its one filing",
				HY_ARG(m->code));
	hy_str was_class = m->cls;
	bool was_open = m->open;

	act(m, ev, mv->act);
	m->state = state_after(m, mv);
	m->open = m->kind->states[m->state].open;
	if (was_open != m->open || m->n_events == 1)
		m->closed_at = m->open ? HY_NO_TIME : ev->at;
	m->changed_at = ev->at;
	enum hy_code code = matter_clocks_move(a, rules, m, ev, was_class, e);
	/* After the clocks: a start may look back to the last time before this one. */
	m->last_of[ev->move] = ev->at;
	m->times_of[ev->move]++;
	return code;
}

enum hy_code matter_fold(struct hy_arena *a, const struct matter_rules *rules,
			 const struct pack *pack, const struct pack_kind *kind, hy_str code,
			 const struct matter_event *events, size_t n, struct matter **out,
			 struct hy_err *e)
{
	struct matter *m = hy_new(a, struct matter);

	*m = (struct matter){ .kind = kind, .pack = pack, .code = code, .open = true };
	m->filed_at = m->closed_at = m->changed_at = HY_NO_TIME;
	for (size_t i = 0; i < HY_COUNT(m->last_of); i++)
		m->last_of[i] = HY_NO_TIME;
	m->events = hy_new_n(a, struct matter_event, n + 4);
	m->cap_events = n + 4;
	for (size_t i = 0; i < n; i++) {
		enum hy_code failed = apply(a, rules, m, &events[i], e);
		if (failed)
			return failed;
	}
	if (n == 0)
		return hy_broke(e, HY_TAMPERED, HY_FMT " has no events", HY_ARG(code));
	enum hy_code failed = matter_clocks_count(a, rules, m, e);
	if (!failed)
		*out = m;
	return failed;
}

enum hy_code matter_add(struct hy_arena *a, const struct matter_rules *rules, struct matter *m,
			const struct matter_event *ev, struct hy_err *e)
{
	/* A refusal half-way leaves the fold as it was. */
	struct matter was = *m;
	enum hy_code code;

	was.clocks = hy_new_n(a, struct matter_clock, m->n_clocks + 1);
	was.cap_clocks = m->n_clocks + 1;
	if (m->n_clocks)
		memcpy(was.clocks, m->clocks, m->n_clocks * sizeof(*m->clocks));
	code = apply(a, rules, m, ev, e);
	if (!code)
		code = matter_clocks_count(a, rules, m, e);
	if (code)
		*m = was;
	return code;
}

enum hy_light matter_light(const hy_ms lights[HY_LIGHT_RED + 1], hy_ms now)
{
	for (int i = HY_LIGHT_RED; i > HY_LIGHT_NONE; i--)
		if (lights[i] <= now)
			return (enum hy_light)i;
	return HY_LIGHT_NONE;
}
