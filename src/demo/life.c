#include "demo/life.h"

#include <stdatomic.h>

#include "demo/units.h"

/* --- the clock ----------------------------------------------------------------------------------
 */

/* A city asks a function without arguments what time it is; the writer's thread asks, the one that
 * makes the demo sets. */
static _Atomic int64_t clock_at;

void life_clock_set(hy_ms at)
{
	clock_at = at;
}

int64_t life_clock(void)
{
	return clock_at;
}

/* --- when ----------------------------------------------------------------------------------------
 */

static hy_ms office_after(struct life *l, hy_ms t, int64_t least, int64_t most)
{
	const struct hy_calendar *cal = city_pack(l->lc->city)->calendar;
	hy_ms at = hy_office_add(cal, t, draw_in(&l->d, least, most) * HY_MINUTE);

	return at == HY_NO_TIME ? at : at + draw_in(&l->d, 1, 50) * 1000;
}

/* The day the unit works towards: the earliest that is promised, else due, and still to come. */
static hy_ms aim(const struct life *l)
{
	hy_ms first = HY_NO_TIME;

	for (size_t i = 0; i < l->m->n_clocks; i++) {
		const struct matter_clock *c = &l->m->clocks[i];
		if (!c->def->legal || c->due.state != HY_CLOCK_RUNNING)
			continue;
		hy_ms end = c->due.pledged_due_at;
		if (end == HY_NO_TIME || end <= l->t)
			end = c->due.due_at;
		if (end > l->t && end < first)
			first = end;
	}
	return first;
}

/* The unit's pace with chance about it: from a third of it to five thirds.  Careless units look at
 * the law's day only. */
static hy_ms share_after(struct life *l, const struct demo_step *row)
{
	int64_t pace = demo_units[l->unit].pace;
	bool careless = draw_chance(&l->d, (100 - demo_units[l->unit].care) * 6);
	hy_ms due = careless ? l->m->due_at : aim(l);

	if (due == HY_NO_TIME || due <= l->t)
		return office_after(l, l->t, row->least, row->most);
	int64_t percent = pace * (50 + draw_in(&l->d, 0, 99) + draw_in(&l->d, 0, 99)) / 150;
	return office_after(l, l->t + (due - l->t) / 100 * percent, 1, 40);
}

static hy_ms after(struct life *l, const struct demo_step *row)
{
	/* On the way to a state that is to be shown: a working day a move. */
	if (l->task->target >= 0 && (row->when != STEP_CLOCK || row->most > 20 * 60))
		return office_after(l, l->t, 60, 420);
	switch (row->when) {
	case STEP_CLOCK: {
		bool round_the_clock = row->most < 24 * 60;
		hy_ms at = l->t + draw_in(&l->d, row->least, row->most) * HY_MINUTE +
			   draw_in(&l->d, 0, 59) * 1000;
		int ms = 0;
		hy_local(&hy_zone_china, at, &ms);
		/* Nobody rates at three in the morning. */
		return round_the_clock || ms >= 8 * HY_HOUR ? at : at + 7 * HY_HOUR;
	}
	case STEP_SHARE:
		return share_after(l, row);
	case STEP_OFFICE:
		break;
	}
	return office_after(l, l->t, row->least, row->most);
}

/* --- what next
 * ------------------------------------------------------------------------------------- */

/* Moves that nobody makes twice in one matter without need. */
static bool made_enough(const struct matter *m, int move)
{
	switch (m->kind->moves[move].act) {
	case PACK_RATE:
	case PACK_EXTEND:
	case PACK_ASSIGN:
	case PACK_CO_HANDLE:
	case PACK_CORRECT:
	case PACK_NOTE:
		return m->times_of[move] > 0;
	case PACK_REOPEN:
		return m->reopens > 2;
	case PACK_FILE:
	case PACK_ACCEPT:
	case PACK_DECLINE:
	case PACK_NOTICE:
	case PACK_DISPATCH:
	case PACK_RETURN:
	case PACK_HAND_OFF:
	case PACK_PAUSE:
	case PACK_RESUME:
	case PACK_REPLY:
	case PACK_CLOSE:
	case PACK_ANNUL:
	case PACK_JOIN:
	case PACK_SPLIT:
	case PACK_STEP:
	case PACK_CHARGE:
	case PACK__ACTS:
		break;
	}
	return false;
}

enum { ROWS_MOST = 128 };

/* The rows that may follow and are not among TRIED; their weights; the sum. */
static int weights(struct life *l, const bool *tried, int *weight)
{
	const struct matter *m = l->m;
	hy_str state = m->kind->states[m->state].id;
	int total = 0, dist[64];

	if (l->task->target >= 0)
		demo_steps_way(l->task->steps, m->kind, l->task->target, dist);
	for (int i = 0; l->task->steps->v[i].state; i++) {
		const struct demo_step *row = &l->task->steps->v[i];
		int mv = row->move ? pack_move_index(m->kind, hy_str_of(row->move)) : -1;
		weight[i] = 0;
		if (tried[i] || !hy_str_eq(state, hy_str_of(row->state)))
			continue;
		if (row->move && (mv < 0 || made_enough(m, mv)))
			continue;
		if (row->cls && !hy_str_eq(m->cls, hy_str_of(row->cls)))
			continue;
		/* Led to a state, it goes nowhere else. */
		if (l->task->target >= 0 &&
		    demo_steps_cost(row, m->kind, dist) - 1 >= dist[m->state])
			continue;
		total += weight[i] = row->weight;
	}
	return total;
}

static const struct demo_step *draw_row(struct life *l, bool *tried)
{
	int weight[ROWS_MOST], total = weights(l, tried, weight), i = 0;

	if (total == 0)
		return NULL;
	for (int x = (int)draw_below(&l->d, (uint64_t)total); x >= weight[i]; i++)
		x -= weight[i];
	tried[i] = true;
	return &l->task->steps->v[i];
}

static enum hy_code go(struct life *l, const struct matter_move *mv, struct hy_err *e)
{
	life_clock_set(mv->at);
	enum hy_code code = matter_go_on(l->lc->city, l->db, l->a, l->id, l->m, mv, e);

	l->t = mv->at;
	return code;
}

/* Makes one move; *MORE_OUT tells whether there is anything left to happen before now. */
static enum hy_code next(struct life *l, bool *more_out, struct hy_err *e)
{
	bool tried[ROWS_MOST] = { false };
	const struct demo_step *row;

	*more_out = false;
	while ((row = draw_row(l, tried)) && row->move) {
		const struct pack_move *def =
			&l->m->kind->moves[pack_move_index(l->m->kind, hy_str_of(row->move))];
		bool silent = def->auto_clock >= 0;
		hy_ms at = silent ? l->m->auto_at : after(l, row);
		struct matter_move mv;
		struct matter_event ev;
		struct hy_err why = { 0 };

		if (l->m->auto_at <= l->lc->now && at >= l->m->auto_at) {
			/* Silence acts before whoever is late. */
			*more_out = true;
			return go(l, &(struct matter_move){ .move = HY_S(""), .at = l->m->auto_at },
				  e);
		}
		if (silent || at > l->lc->now)
			return HY_OK;
		life_move(l, def, row, at, &mv);
		if (matter_check(l->a, city_rules(l->lc->city), l->m, l->m->kind, &mv, &ev, &why))
			continue; /* a window has closed, a clock cannot be paused any more ... */
		*more_out = true;
		return go(l, &mv, e);
	}
	return HY_OK;
}

static bool forgotten(struct life *l)
{
	int care = demo_units[l->unit].care;

	/* Only lately: what lies longer has been found by somebody. */
	return l->task->target < 0 && l->lc->now - l->t < (hy_ms)60 * HY_DAY_MS && l->m->open &&
	       draw_chance(&l->d, 4 + (100 - care) / 8);
}

static enum hy_code live(struct life *l, struct hy_err *e)
{
	bool more = true;
	enum hy_code code = HY_OK;

	for (int i = 0; !code && more && i < 60; i++) {
		if (l->m->state == l->task->target || forgotten(l))
			break;
		code = next(l, &more, e);
	}
	return code;
}

/* --- joined -------------------------------------------------------------------------------------
 */

static bool joins(struct life *l, const struct life_lead *lead)
{
	const struct demo_task *t = l->task;

	return t->target < 0 && t->burst && lead->code.n &&
	       pack_move_index(t->kind, HY_S("join")) >= 0 &&
	       t->at - lead->filed_at < (hy_ms)2 * HY_DAY_MS && t->at + HY_HOUR < l->lc->now &&
	       lead->replied_at > t->at + (hy_ms)4 * HY_HOUR && draw_chance(&l->d, 450);
}

static const struct pack_move *move_of(const struct life *l, hy_str id)
{
	return &l->task->kind->moves[pack_move_index(l->task->kind, id)];
}

static json_t *object_of(struct life *l, const char *key, hy_str v);

/* Joined to the lead after an hour; answered and closed with it, as the engine does when the lead's
 * answer comes after the joining. */
static enum hy_code join(struct life *l, const struct life_lead *lead, struct hy_err *e)
{
	struct matter_move mv;
	hy_ms at = l->t + draw_in(&l->d, 10, 40) * HY_MINUTE;

	life_move(l, move_of(l, HY_S("dispatch")), NULL, at, &mv);
	enum hy_code code = go(l, &mv, e);
	if (code)
		return code;
	mv = (struct matter_move){ .move = HY_S("join"),
				   .at = at + 5 * HY_MINUTE,
				   .role = HY_S("desk"),
				   .unit = HY_S("rexian"),
				   .name = mv.name,
				   .data = object_of(l, "lead", lead->code) };
	code = go(l, &mv, e);
	if (!code && lead->replied_at != HY_NO_TIME)
		code = go(l,
			  &(struct matter_move){ .move = HY_S("reply"),
						 .at = lead->replied_at,
						 .role = lead->role,
						 .unit = lead->seat,
						 .name = lead->by,
						 .data = object_of(l, "text", lead->reply) },
			  e);
	if (!code && lead->replied_at != HY_NO_TIME && lead->closed_at != HY_NO_TIME)
		code = go(l,
			  &(struct matter_move){ .move = HY_S("close"),
						 .at = lead->closed_at,
						 .role = lead->close_role,
						 .unit = lead->close_seat,
						 .name = lead->close_by,
						 .data = object_of(l, "ground", lead->ground) },
			  e);
	return code;
}

static json_t *object_of(struct life *l, const char *key, hy_str v)
{
	json_t *o = json_object();

	hy_json_keep(l->a, o);
	json_object_set_new(o, key, json_stringn(v.p, v.n));
	return o;
}

static hy_str kept(const struct life *l, const json_t *o, const char *key)
{
	return hy_str_dup(l->lc->a, hy_json_get(o, key));
}

/* Remembers L for those that come after; of one that was dispatched, answered and closed once. */
static void remember(const struct life *l, struct life_lead *lead)
{
	const struct matter *m = l->m;
	int reply = pack_move_index(m->kind, HY_S("reply")),
	    close = pack_move_index(m->kind, HY_S("close"));
	bool plain = l->task->target < 0 && l->task->burst && m->unit.n && !m->annulled &&
		     reply >= 0 && close >= 0 && m->times_of[reply] <= 1 &&
		     m->times_of[close] <= 1 && (m->open || m->times_of[close] == 1);

	if (!plain)
		return;
	*lead = (struct life_lead){ .code = hy_str_dup(l->lc->a, l->code),
				    .subject = l->subject,
				    .scene = l->scene,
				    .unit = demo_unit_index(m->unit),
				    .filed_at = m->filed_at,
				    .replied_at = m->last_of[reply],
				    .closed_at = m->last_of[close] };
	for (int i = 0; i < SLOT__N; i++)
		lead->scene.v[i] = hy_str_dup(l->lc->a, l->scene.v[i]);
	for (size_t i = 0; i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		if (ev->move == reply) {
			lead->role = hy_str_dup(l->lc->a, ev->role);
			lead->seat = hy_str_dup(l->lc->a, ev->unit);
			lead->by = kept(l, ev->private, "by_name");
			lead->reply = kept(l, ev->private, "text");
		} else if (ev->move == close) {
			lead->close_role = hy_str_dup(l->lc->a, ev->role);
			lead->close_seat = hy_str_dup(l->lc->a, ev->unit);
			lead->close_by = kept(l, ev->private, "by_name");
			lead->ground = kept(l, ev->data, "ground");
		}
	}
}

/* --- one matter
 * ------------------------------------------------------------------------------------ */

static hy_str class_of(struct life *l)
{
	if (strcmp(l->task->steps->kind, "licence") != 0)
		return hy_str_of(l->subject->cls);
	/* How it is handled; where forwarding is to be shown, by the lower organ first. */
	const struct demo_task *t = l->task;
	if (t->target >= 0 && hy_str_eq(t->kind->states[t->target].id, HY_S("forwarded")))
		return HY_S("lower_review");
	return draw_chance(&l->d, 110)			 ? HY_S("joint")
	       : t->target < 0 && draw_chance(&l->d, 60) ? HY_S("lower_review")
							 : HY_S("");
}

static void imagine(struct life *l, const struct life_lead *lead, bool joined)
{
	const struct demo_task *t = l->task;
	hy_day day = hy_local(&hy_zone_china, t->at, NULL);

	l->scene = scene_draw(l->a, &l->d, hy_date_of(day).year);
	l->subject = demo_subject(&l->d, t->kind->id, t->season, t->burst);
	l->unit = demo_unit_for(&l->d, l->subject->unit);
	if (joined) {
		hy_str who = l->scene.v[SLOT_WHO];
		l->scene = lead->scene;
		l->scene.v[SLOT_WHO] = who;
		l->subject = lead->subject;
		l->unit = lead->unit;
	}
	l->scene.v[SLOT_UNIT] = hy_str_of(demo_units[l->unit].name);
	l->scene.v[SLOT_TITLE] = scene_fill(l->a, &l->scene, l->subject->title);
	l->asker = draw_chance(&l->d, 860) ? demo_person(l->a, &l->d) : HY_S("");
	if (l->asker.n)
		l->scene.v[SLOT_WHO] = l->asker;
	l->cls = class_of(l);
}

enum hy_code life_make(const struct life_city *lc, struct hy_db *db, const struct demo_task *t,
		       struct life_lead *lead, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct life l = { .lc = lc,
			  .db = db,
			  .a = a,
			  .task = t,
			  .t = t->at,
			  .d = draw_begin(lc->seed, "life", t->no) };
	struct matter_filed filed;
	struct matter_move mv;
	bool joined = joins(&l, lead);

	imagine(&l, lead, joined);
	life_move(&l, &t->kind->moves[0], NULL, t->at, &mv);
	life_clock_set(t->at);
	/* Nothing there yet that one could be reminded of. */
	if (strcmp(t->steps->kind, "urging") == 0 && !json_object_get(mv.data, "matters"))
		return HY_OK;
	enum hy_code code =
		matter_file(lc->city, db, a, t->kind->id, &mv, HY_S(""), false, &filed, e);
	if (!code)
		code = matter_read(lc->city, db, &access_all, a, filed.code, &l.m, e);
	if (code)
		return code;
	l.id = filed.id;
	l.code = filed.code;
	if (joined)
		return join(&l, lead, e);
	code = live(&l, e);
	if (!code)
		remember(&l, lead);
	return code;
}
