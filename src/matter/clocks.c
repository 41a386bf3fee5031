/* From moves to clocks: which running starts, pauses, stops, and what follows for the matter. */
#include "matter/fold.h"

#include "base/json.h"

const struct pack_rule *matter_clock_rule(const struct pack_clock *def, hy_str cls)
{
	for (size_t i = 0; i < def->n_by_class; i++)
		if (hy_str_eq(def->by_class[i].cls, cls))
			return def->by_class[i].rule;
	return def->rule;
}

struct matter_clock *matter_clock_running(const struct matter *m, const struct pack_clock *def)
{
	for (size_t i = m->n_clocks; i-- > 0;)
		if (m->clocks[i].def == def) {
			struct matter_clock *c = &m->clocks[i];
			bool stopped =
				c->n_events && c->events[c->n_events - 1].kind == HY_CLOCK_STOP;
			return stopped ? NULL : c;
		}
	return NULL;
}

static struct hy_clock_event *push(struct hy_arena *a, struct matter_clock *c,
				   enum hy_clock_event_kind kind, const struct matter_event *ev)
{
	if (c->n_events == c->cap_events)
		c->events = hy_arena_grow(a, c->events, &c->cap_events, sizeof(*c->events));
	struct hy_clock_event *x = &c->events[c->n_events++];

	*x = (struct hy_clock_event){ .kind = kind, .at = ev->at, .seq = ev->seq };
	return x;
}

static bool cutoff_applies(const struct pack_rule *r, hy_str channel)
{
	if (r->n_cutoff_channels == 0)
		return true;
	for (size_t i = 0; i < r->n_cutoff_channels; i++)
		if (hy_str_eq(r->cutoff_channels[i], channel))
			return true;
	return false;
}

static enum hy_code value_on(const struct pack_rule *rule, hy_day day,
			     const struct pack_value **out, struct hy_err *e)
{
	const struct pack_value *v = pack_value_on(rule, day);
	struct hy_date d = hy_date_of(day);

	if (!v || v->limit.n == 0)
		return hy_fail(e, HY_NO_RULE, "",
			       "rule " HY_FMT " says nothing for %04d-%02d-%02d; "
			       "the pack needs a value in force on that day",
			       HY_ARG(rule->id), d.year, d.month, d.day);
	*out = v;
	return HY_OK;
}

/* A limit that the catalogue had for the item of this matter when it was filed. */
static bool of_item(const struct matter *m, const struct pack_clock *def, const char *key,
		    struct hy_limit *out)
{
	return def->main && m->item.n && hy_limit_read(hy_json_get(m->events[0].data, key), out) &&
	       out->n > 0;
}

/* What is promised for matters of this class; START is that of the clock.  What the guide of the
 * item promises goes before it, within the limit of the law and in its unit. */
static void pledge(struct hy_arena *a, const struct matter *m, struct matter_clock *c, hy_ms start)
{
	const struct pack_value *p = pack_pledge_on(
		c->def, m->cls, hy_local(hy_calendar_zone(c->calendar), start, NULL));
	struct hy_limit own;

	c->counted.pledged = p ? p->limit : (struct hy_limit){ 0 };
	c->counted.pledge_clause = p ? p->clause : HY_S("");
	if (of_item(m, c->def, MATTER_ITEM_PLEDGED, &own) && own.unit == c->counted.limit.unit &&
	    own.n <= c->counted.limit.n) {
		c->counted.pledged = own;
		c->counted.pledge_clause = hy_printf(a, "办事指南 " HY_FMT, HY_ARG(m->item));
	}
}

/* A law of its own may give an item another limit than the kind's (行政许可法 第四十二条第一款);
 * the class of a matter that is handled otherwise keeps the rule of that class. */
static void own_limit(struct hy_arena *a, const struct matter *m, struct matter_clock *c)
{
	struct hy_limit own;
	hy_str basis = hy_json_get(m->events[0].data, MATTER_ITEM_BASIS);

	if (c->rule != c->def->rule || !of_item(m, c->def, MATTER_ITEM_STATUTORY, &own) ||
	    (own.unit == c->counted.limit.unit && own.n == c->counted.limit.n))
		return;
	c->counted.limit = own;
	c->counted.clause =
		basis.n ? basis : hy_printf(a, "办事指南 " HY_FMT " 法定时限", HY_ARG(m->item));
}

/* What the filing stated for this clock: a limit of its own, or a date.  The pledge shortens the
 * rule's limit; where another one is stated it does not hold. */
static void stated(struct hy_arena *a, const struct matter *m, struct matter_clock *c,
		   const struct matter_event *ev)
{
	const struct matter_event *filing = &m->events[0];
	hy_str basis = matter_field_text(filing, PACK_BASIS);
	struct hy_limit limit;

	if (c->def->stated_limit && hy_limit_read(matter_field_text(filing, PACK_LIMIT), &limit)) {
		c->counted.limit = limit;
		c->counted.clause = basis.n ? basis : HY_S("stated at filing");
		c->stated = true;
	}
	const json_t *due = c->def->stated_due ? matter_field(filing, PACK_DUE) : NULL;
	if (json_is_integer(due)) {
		struct hy_clock_event *x = push(a, c, HY_CLOCK_DUE, ev);
		x->due_at = json_integer_value(due);
		x->ref = basis.n ? basis : HY_S("stated at filing");
		c->stated = true;
	}
}

static enum hy_code start(struct hy_arena *a, const struct matter_rules *rules, struct matter *m,
			  const struct pack_clock *def, const struct matter_event *ev, hy_ms at,
			  struct hy_err *e)
{
	const struct hy_calendar *cal = matter_rules_now(rules)->calendar;
	struct matter_clock c = { .def = def, .n = 1, .unit = m->unit, .calendar = cal };
	enum hy_code code;

	for (size_t i = 0; i < m->n_clocks; i++)
		c.n += m->clocks[i].def == def;
	c.rule = c.now_rule = matter_clock_rule(def, m->cls);
	if (c.rule) {
		const struct pack_rule *r = c.rule;
		const struct pack_value *v = NULL;
		code = value_on(r, hy_local(hy_calendar_zone(cal), at, NULL), &v, e);
		if (code)
			return code;
		c.counted = (struct hy_clock_rule){
			.id = r->id,
			.clause = v->clause,
			.limit = v->limit,
			.roll = r->roll,
			.keep_time = r->keep_time,
			.office_end = r->office_end,
			.extensions = r->extensions,
			.start_on_workday = r->start_on_workday,
		};
		if (cutoff_applies(r, m->channel)) {
			c.counted.cutoff = r->cutoff;
			c.counted.cutoff_to = r->cutoff_to;
		}
	} else {
		c.counted.id = def->id;
	}
	if (c.rule)
		own_limit(a, m, &c);
	push(a, &c, HY_CLOCK_START, ev)->at = at;
	c.events[0].ref = c.counted.clause;
	stated(a, m, &c, ev);
	if (c.rule && !c.stated)
		pledge(a, m, &c, at);
	if (!c.rule && c.counted.limit.n == 0 && c.n_events == 1)
		return HY_OK; /* neither a rule nor anything stated: this clock does not run */
	if (m->n_clocks == m->cap_clocks)
		m->clocks = hy_arena_grow(a, m->clocks, &m->cap_clocks, sizeof(*m->clocks));
	m->clocks[m->n_clocks++] = c;
	return HY_OK;
}

static void stop(struct hy_arena *a, const struct matter_rules *rules, struct matter_clock *c,
		 const struct matter_event *ev)
{
	push(a, c, HY_CLOCK_STOP, ev);
	c->calendar = (ev->idx >= 0 ? matter_rules_at(rules, ev->idx) : matter_rules_now(rules))
			      ->calendar;
}

/* A corrected class may bring another limit and pledge to a clock that runs; its start stays. */
static enum hy_code change_limit(struct hy_arena *a, struct matter *m, struct matter_clock *c,
				 const struct matter_event *ev, struct hy_err *e)
{
	const struct pack_rule *rule = matter_clock_rule(c->def, m->cls);
	const struct pack_value *v = NULL;

	if (rule && !c->stated)
		pledge(a, m, c, c->events[0].at);
	if (!rule || rule == c->now_rule)
		return HY_OK;
	enum hy_code code = value_on(
		rule, hy_local(hy_calendar_zone(c->calendar), c->events[0].at, NULL), &v, e);
	if (code)
		return code;
	struct hy_clock_event *x = push(a, c, HY_CLOCK_LIMIT, ev);
	x->limit = v->limit;
	x->ref = v->clause;
	c->now_rule = rule;
	c->counted.extensions = rule->extensions;
	return HY_OK;
}

static void pause_or_extend(struct hy_arena *a, const struct matter *m, struct matter_clock *c,
			    uint64_t bit, const struct matter_event *ev)
{
	const struct pack_clock *def = c->def;

	if (def->pauses & bit) {
		struct hy_clock_event *x = push(a, c, HY_CLOCK_PAUSE, ev);
		x->ref = m->kind->moves[ev->move].act == PACK_NOTICE
				 ? MATTER_CORRECTION
				 : matter_field_text(ev, PACK_GROUND);
	}
	if (def->resumes & bit)
		push(a, c, HY_CLOCK_RESUME, ev);
	if (def->extends & bit) {
		struct hy_clock_event *x = push(a, c, HY_CLOCK_EXTEND, ev);
		if (!hy_limit_read(matter_field_text(ev, PACK_LIMIT), &x->limit))
			x->limit = (struct hy_limit){ 0 };
		x->ref = c->now_rule ? c->now_rule->extension_clause : HY_S("");
	}
}

static const struct pack_start *start_by(const struct pack_clock *def, int move)
{
	for (size_t i = 0; i < def->n_starts; i++)
		if (def->starts[i].move == move)
			return &def->starts[i];
	return NULL;
}

static enum hy_code one_clock(struct hy_arena *a, const struct matter_rules *rules,
			      struct matter *m, const struct pack_clock *def,
			      const struct matter_event *ev, hy_str was_class, struct hy_err *e)
{
	uint64_t bit = (uint64_t)1 << ev->move;
	struct matter_clock *c = matter_clock_running(m, def);
	const struct pack_start *s = start_by(def, ev->move);
	bool hand_over = c && def->holder == PACK_UNIT_HOLDS && ((def->restarts & bit) || s);
	enum hy_code code = HY_OK;

	if (c && !hy_str_eq(was_class, m->cls))
		code = change_limit(a, m, c, ev, e);
	if (code)
		return code;
	if (hand_over) {
		stop(a, rules, c, ev);
		return start(a, rules, m, def, ev, ev->at, e);
	}
	if (!c && s) {
		hy_ms at = s->back_to >= 0 && m->times_of[s->back_to] ? m->last_of[s->back_to]
								      : ev->at;
		return start(a, rules, m, def, ev, at, e);
	}
	if (!c)
		return HY_OK;
	if (def->restarts & bit)
		push(a, c, HY_CLOCK_RESTART, ev);
	pause_or_extend(a, m, c, bit, ev);
	if ((def->stops & bit) || !m->open)
		stop(a, rules, c, ev);
	return HY_OK;
}

enum hy_code matter_clocks_move(struct hy_arena *a, const struct matter_rules *rules,
				struct matter *m, const struct matter_event *ev, hy_str was_class,
				struct hy_err *e)
{
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < m->kind->n_clocks; i++)
		code = one_clock(a, rules, m, &m->kind->clocks[i], ev, was_class, e);
	return code;
}

static enum hy_code count_one(struct hy_arena *a, const struct matter_rules *rules,
			      struct matter_clock *c, struct hy_err *e)
{
	bool stopped = c->events[c->n_events - 1].kind == HY_CLOCK_STOP;

	if (stopped && c->due.state == HY_CLOCK_STOPPED)
		return HY_OK; /* nothing moves it any more */
	if (!stopped)
		c->calendar = matter_rules_now(rules)->calendar;
	enum hy_code code =
		hy_clock_due(c->events, c->n_events, &c->counted, c->calendar, &c->due, a, NULL, e);
	if (code)
		return code;
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		c->lights[i] = HY_NO_TIME;
	c->verdict = MATTER_OPEN;
	if (c->due.state == HY_CLOCK_STOPPED)
		c->verdict = c->due.stopped_at <= c->due.due_at ? MATTER_IN_TIME : MATTER_LATE;
	if (c->due.state != HY_CLOCK_RUNNING || !c->def->ladder)
		return HY_OK;
	code = hy_clock_lights(c->events, c->n_events, &c->counted, c->calendar,
			       c->def->ladder->plain, c->def->ladder->n_steps, c->lights, e);
	c->lights[HY_LIGHT_GREEN] = c->due.start_at;
	return code;
}

const struct matter_clock *matter_main_clock(const struct matter *m)
{
	for (size_t i = 0; i < m->n_clocks; i++)
		if (m->clocks[i].def->main && m->clocks[i].n == 1)
			return &m->clocks[i];
	return NULL;
}

static void read_main(struct matter *m)
{
	m->original_at = m->pledged_at = m->main_due_at = m->answered_at = HY_NO_TIME;
	m->verdict = m->pledged_verdict = MATTER_OPEN;
	const struct matter_clock *c = matter_main_clock(m);
	if (!c)
		return;
	m->original_at = c->due.original_due_at;
	m->pledged_at = c->due.pledged_due_at;
	m->main_due_at = c->due.due_at;
	if (c->due.state != HY_CLOCK_STOPPED || m->annulled)
		return;
	m->answered_at = c->due.stopped_at;
	m->verdict = c->verdict;
	if (m->pledged_at != HY_NO_TIME)
		m->pledged_verdict = m->answered_at <= m->pledged_at ? MATTER_IN_TIME : MATTER_LATE;
}

static void read_auto(struct matter *m)
{
	m->auto_at = HY_NO_TIME;
	m->auto_move = -1;
	for (size_t i = 0; i < m->kind->n_moves; i++) {
		const struct pack_move *mv = &m->kind->moves[i];
		if (mv->auto_clock < 0 || !(mv->from >> m->state & 1))
			continue;
		const struct matter_clock *c =
			matter_clock_running(m, &m->kind->clocks[mv->auto_clock]);
		if (c && c->due.state == HY_CLOCK_RUNNING && c->due.due_at < m->auto_at) {
			m->auto_at = c->due.due_at + 1;
			m->auto_move = (int)i;
		}
	}
}

enum hy_code matter_clocks_count(struct hy_arena *a, const struct matter_rules *rules,
				 struct matter *m, struct hy_err *e)
{
	bool running = false;

	m->due_at = HY_NO_TIME;
	m->paused = m->provisional = false;
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		m->lights[i] = HY_NO_TIME;
	for (size_t i = 0; i < m->n_clocks; i++) {
		struct matter_clock *c = &m->clocks[i];
		enum hy_code code = count_one(a, rules, c, e);
		if (code)
			return code;
		if (!c->def->legal)
			continue;
		m->paused |= c->due.state == HY_CLOCK_PAUSED;
		if (c->due.state != HY_CLOCK_RUNNING)
			continue;
		running = true;
		m->provisional |= c->due.provisional;
		if (c->due.due_at < m->due_at)
			m->due_at = c->due.due_at;
		for (int k = 0; k <= HY_LIGHT_RED; k++)
			if (c->lights[k] < m->lights[k])
				m->lights[k] = c->lights[k];
	}
	m->paused &= !running;
	read_main(m);
	read_auto(m);
	return HY_OK;
}
