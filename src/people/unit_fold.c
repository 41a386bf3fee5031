/* What events make of a unit; pure. */
#include "people/unit_row.h"

const struct unit_kind_row unit_kinds[UNIT__KINDS] = {
	[UNIT_REGION] = { HY_S_INIT("region"),
			  { HY_S_INIT("区划"), HY_S_INIT("區劃"), HY_S_INIT("Region") },
			  .under = 1u << UNIT_REGION,
			  .top = true },
	[UNIT_ORGAN] = { HY_S_INIT("organ"),
			 { HY_S_INIT("机关"), HY_S_INIT("機關"), HY_S_INIT("Organ") },
			 .under = 1u << UNIT_REGION | 1u << UNIT_ORGAN,
			 .top = true },
	[UNIT_SECTION] = { HY_S_INIT("section"),
			   { HY_S_INIT("科室"), HY_S_INIT("科室"), HY_S_INIT("Section") },
			   .under = 1u << UNIT_ORGAN | 1u << UNIT_SECTION },
	[UNIT_WINDOW] = { HY_S_INIT("window"),
			  { HY_S_INIT("窗口"), HY_S_INIT("窗口"), HY_S_INIT("Window") },
			  .under = 1u << UNIT_ORGAN | 1u << UNIT_SECTION },
};

const hy_str unit_moves[UNIT__MOVES] = { [UNIT_PUT] = HY_S_INIT("unit"),
					 [UNIT_CHANGE] = HY_S_INIT("change"),
					 [UNIT_CLOSE] = HY_S_INIT("close") };

bool unit_kind_of(hy_str id, enum unit_kind *out)
{
	for (int k = 0; k < UNIT__KINDS; k++)
		if (hy_str_eq(unit_kinds[k].id, id)) {
			*out = (enum unit_kind)k;
			return true;
		}
	return false;
}

hy_str unit_event_data(struct hy_arena *a, const struct unit_event *ev)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	if (ev->from != UNIT_EVER)
		hy_json_kstr(&j, "from", hy_day_text(a, ev->from));
	if (ev->move == UNIT_PUT)
		hy_json_kstr(&j, "kind", unit_kinds[ev->kind].id);
	if (ev->move != UNIT_CLOSE)
		hy_json_kstr(&j, "name", ev->name);
	if (ev->origin.n)
		hy_json_kstr(&j, "origin", ev->origin);
	if (ev->move != UNIT_CLOSE)
		hy_json_kstr(&j, "parent", ev->parent);
	if (ev->reason.n)
		hy_json_kstr(&j, "reason", ev->reason);
	if (ev->move == UNIT_CLOSE)
		hy_json_kstr(&j, "successor", ev->successor);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

void unit_apply(struct hy_arena *a, struct unit_row *r, const struct unit_event *ev)
{
	struct unit *u = &r->unit;

	if (ev->move == UNIT_CLOSE) {
		u->closed = ev->from;
		u->successor = ev->successor;
		return;
	}
	struct unit_past *last = r->past.n ? &r->past.v[r->past.n - 1] : NULL;
	struct unit_past now = { ev->from, ev->name, ev->parent };
	if (!last) {
		u->opened = ev->from;
		u->closed = HY_NO_DAY;
		u->origin = ev->origin;
	} else if (ev->move == UNIT_PUT) {
		now.from = last->from;
	}
	if (ev->move == UNIT_PUT)
		u->kind = ev->kind;
	if (last && last->from == now.from)
		*last = now;
	else
		*hy_push(a, &r->past) = now;
	u->name = ev->name;
	u->parent = ev->parent;
}

/* Events of before there were kinds and days have neither. */
static bool read_event(const struct unit_row *r, const struct record_event *ev,
		       struct unit_event *out)
{
	hy_str from = hy_json_get(ev->data, "from"), kind = hy_json_get(ev->data, "kind");

	*out = (struct unit_event){ .move = UNIT__MOVES,
				    .kind = r->seq ? r->unit.kind : UNIT_ORGAN,
				    .from = UNIT_EVER,
				    .name = hy_json_get(ev->data, "name"),
				    .parent = hy_json_get(ev->data, "parent"),
				    .successor = hy_json_get(ev->data, "successor"),
				    .origin = hy_json_get(ev->data, "origin") };
	for (int i = 0; i < UNIT__MOVES; i++)
		if (hy_str_eq(ev->move, unit_moves[i]))
			out->move = (enum unit_move)i;
	return (!kind.n || unit_kind_of(kind, &out->kind)) &&
	       (!from.n || hy_day_read(from, &out->from)) && out->move != UNIT__MOVES &&
	       (r->seq || out->move == UNIT_PUT) && (out->move == UNIT_PUT || from.n);
}

enum hy_code unit_fold(struct hy_arena *a, struct unit_row *r, const struct record_event *ev,
		       struct hy_err *e)
{
	struct unit_event x;

	if (ev->seq != r->seq + 1 || !read_event(r, ev, &x))
		return hy_fail(e, HY_TAMPERED, "",
			       "unit " HY_FMT ": event %lld does not follow event %lld",
			       HY_ARG(r->unit.code), (long long)ev->idx,
			       (long long)r->unit.last_idx);
	r->seq = ev->seq;
	r->unit.last_idx = ev->idx;
	unit_apply(a, r, &x);
	return HY_OK;
}
