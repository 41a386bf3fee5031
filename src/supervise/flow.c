/* Which ways one matter went. */
#include "supervise/flow.h"

static hy_str unit_in(const struct matter_event *ev)
{
	return hy_json_get(ev->data, "unit");
}

void flow_find(struct hy_arena *a, const struct matter *m, struct flow_steps *out)
{
	HY_VEC(struct flow_step) v = { 0 };
	hy_str unit = HY_S("");

	for (size_t i = 0; i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		hy_str to = unit_in(ev);
		if (ev->move < 0) {
			/* Only the heir of a unit that ended changes the hands. */
			if (hy_str_eq(ev->name, HY_S("system.unit")))
				unit = hy_json_get(ev->data, "to");
			continue;
		}
		enum pack_act act = m->kind->moves[ev->move].act;
		if (act == PACK_HAND_OFF)
			*hy_push(a, &v) =
				(struct flow_step){ unit, to.n ? to : unit, ev->at, false };
		else if (act == PACK_RETURN)
			*hy_push(a, &v) = (struct flow_step){ unit, HY_S(""), ev->at, true };
		if (act == PACK_RETURN)
			unit = HY_S("");
		else if (to.n && (act == PACK_FILE || act == PACK_CORRECT || act == PACK_DISPATCH ||
				  act == PACK_HAND_OFF || act == PACK_REPLY))
			unit = to;
	}
	*out = (struct flow_steps){ v.v, v.n };
}
