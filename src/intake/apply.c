#include "intake/apply.h"

#include <stdio.h>

#include "base/json.h"

struct applying {
	struct city *c;
	struct hy_db *db;
	struct hy_arena *a;
	const struct intake_map *m;
	const struct intake_plan *plan;
	struct matter *matter; /* after the last move; NULL: not read yet */
	struct intake_applied *out;
	struct hy_err *e;
};

/* A unit that is there keeps its name, whatever the file says. */
static enum hy_code unit_ready(struct applying *x)
{
	const struct intake_unit_found *u = &x->plan->unit;
	struct hy_err why = { 0 };
	struct unit known;
	int64_t id;

	if (!x->plan->uses_unit)
		return HY_OK;
	enum hy_code code = unit_by_code(x->a, x->db, u->code, &known, &why);
	if (code != HY_NOT_FOUND) {
		if (code)
			*x->e = why;
		return code;
	}
	x->out->unit_made = true;
	return unit_put(city_record(x->c), x->db, u->code, u->name, HY_S(""), x->plan->moves[0].at,
			&id, x->e);
}

static enum hy_code move_on(struct applying *x, hy_str code, const struct matter_move *mv)
{
	x->out->events++;
	return matter_make_move(x->c, x->db, x->a, code, mv, -1, &x->matter, x->e);
}

static enum hy_code all_new(struct applying *x)
{
	struct matter_filed filed;
	enum hy_code code = unit_ready(x);

	if (!code)
		code = matter_file(x->c, x->db, x->a, x->m->kind, &x->plan->moves[0], x->plan->key,
				   false, &filed, x->e);
	if (code)
		return code;
	x->out->outcome = INTAKE_IMPORTED;
	x->out->events = 1;
	snprintf(x->out->code, sizeof(x->out->code), HY_FMT, HY_ARG(filed.code));
	for (size_t i = 1; !code && i < x->plan->n_moves; i++)
		code = move_on(x, filed.code, &x->plan->moves[i]);
	return code;
}

/* --- what is there already ------------------------------------------------------------------- */

static enum hy_code other(struct applying *x, const char *field, const char *what)
{
	return hy_fail(x->e, HY_EXISTS, field, "the row is here already as %s with another %s",
		       x->out->code, what);
}

/* The unit is read by rules that may get better; it is no contradiction. */
static bool compared(const char *field)
{
	return strcmp(field, pack_fields[PACK_UNIT].name) != 0;
}

/* Does EV say what MV says, as far as anybody can still tell? */
static enum hy_code same_fields(struct applying *x, const struct matter_event *ev,
				const struct matter_move *mv)
{
	for (int i = 0; i < PACK__FIELDS; i++) {
		const struct pack_field_info *f = &pack_fields[i];
		const json_t *kept =
			json_object_get(f->is_private ? ev->private : ev->data, f->name);
		const json_t *given = json_object_get(mv->data, f->name);
		bool erased = f->is_private && !ev->private && x->matter->title.n == 0;
		if (!compared(f->name) || erased || (!kept && !given))
			continue;
		if (!kept || !given || !json_equal(kept, given))
			return other(x, f->name, f->name);
	}
	return HY_OK;
}

static enum hy_code same_filing(struct applying *x)
{
	const struct matter_event *ev = &x->matter->events[0];
	const struct matter_move *mv = &x->plan->moves[0];

	return ev->at == mv->at ? same_fields(x, ev, mv) : other(x, "at", "time of filing");
}

/* The event that is MV: the same move, at the same time rather than at another, and not taken
 * by another line of the plan. -1: it has not been made. */
static int event_of(const struct matter *m, size_t n_events, const bool *taken,
		    const struct matter_move *mv)
{
	int found = -1;

	for (size_t i = 1; i < n_events; i++) {
		if (taken[i] || !hy_str_eq(m->events[i].name, mv->move))
			continue;
		if (m->events[i].at == mv->at)
			return (int)i;
		if (found < 0)
			found = (int)i;
	}
	return found;
}

static enum hy_code complete(struct applying *x, hy_str code)
{
	enum hy_code failed = matter_read(x->c, x->db, &access_all, x->a, code, &x->matter, x->e);
	size_t n = failed ? 0 : x->matter->n_events;
	bool *taken = hy_new_n(x->a, bool, n + 1);

	if (!failed)
		failed = same_filing(x);
	for (size_t i = 1; !failed && i < x->plan->n_moves; i++) {
		const struct matter_move *mv = &x->plan->moves[i];
		int at = event_of(x->matter, n, taken, mv);
		if (at >= 0) {
			const struct matter_event *ev = &x->matter->events[at];
			taken[at] = true;
			failed = ev->at == mv->at ? same_fields(x, ev, mv)
						  : other(x, hy_str_dup(x->a, mv->move).p,
							  "time of this move");
			continue;
		}
		if (x->out->events == 0)
			failed = unit_ready(x);
		if (!failed)
			failed = move_on(x, code, mv);
	}
	x->out->outcome = x->out->events ? INTAKE_COMPLETED : INTAKE_HERE;
	return failed;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void look_at_clocks(struct applying *x)
{
	for (size_t i = 0; i < x->m->n_checks; i++) {
		struct intake_seen *s = &x->out->seen[i];
		*s = (struct intake_seen){ HY_NO_TIME, MATTER_OPEN };
		for (size_t k = 0; k < x->matter->n_clocks; k++) {
			const struct matter_clock *c = &x->matter->clocks[k];
			if (c->n == 1 && hy_str_eq(c->def->id, x->m->checks[i].clock))
				*s = (struct intake_seen){ c->due.due_at, c->verdict };
		}
	}
}

enum hy_code intake_apply(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct intake_map *m, const struct intake_plan *plan,
			  struct intake_applied *out, struct hy_err *e)
{
	struct applying x = { c, db, a, m, plan, NULL, out, e };
	hy_str there = HY_S("");

	*out = (struct intake_applied){ 0 };
	enum hy_code code = matter_of_source(a, db, plan->key, &there, e);
	if (code)
		return code;
	snprintf(out->code, sizeof(out->code), HY_FMT, HY_ARG(there));
	code = there.n ? complete(&x, there) : all_new(&x);
	if (!code && m->n_checks && !x.matter)
		code = matter_read(c, db, &access_all, a, hy_str_of(out->code), &x.matter, e);
	if (!code && m->n_checks)
		look_at_clocks(&x);
	return code;
}
