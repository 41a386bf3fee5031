/* What events make of an item; pure. */
#include "service/item_row.h"

const hy_str item_moves[ITEM__MOVES] = { [ITEM_PUT] = HY_S_INIT("put"),
					 [ITEM_MOVE_CUT] = HY_S_INIT("cut"),
					 [ITEM_MERGE] = HY_S_INIT("merge"),
					 [ITEM_HAND_DOWN] = HY_S_INIT("hand_down"),
					 [ITEM_RESTORE] = HY_S_INIT("restore") };

static const enum item_state after[ITEM__MOVES] = { [ITEM_PUT] = ITEM_KEPT,
						    [ITEM_MOVE_CUT] = ITEM_CUT,
						    [ITEM_MERGE] = ITEM_MERGED,
						    [ITEM_HAND_DOWN] = ITEM_HANDED,
						    [ITEM_RESTORE] = ITEM_KEPT };

const struct item_version *item_on(const struct item *it, hy_day d)
{
	const struct item_version *v = NULL;

	for (size_t i = 0; i < it->n_past && it->past[i].from <= d; i++)
		v = &it->past[i];
	return v;
}

hy_str item_event_data(struct hy_arena *a, const struct item_event *ev)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	if (ev->content) {
		hy_json_key(&j, "content");
		hy_json_raw(&j, item_content_text(a, ev->content));
	}
	if (ev->document.n)
		hy_json_kstr(&j, "document", ev->document);
	hy_json_kstr(&j, "from", hy_day_text(a, ev->from));
	if (ev->reason.n)
		hy_json_kstr(&j, "reason", ev->reason);
	if (ev->target.n)
		hy_json_kstr(&j, "target", ev->target);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

void item_apply(struct hy_arena *a, struct item *it, const struct item_event *ev, int64_t idx)
{
	const struct item_version *last = it->n_past ? &it->past[it->n_past - 1] : NULL;
	bool same_day = last && last->from == ev->from;
	struct item_version now = { .from = ev->from,
				    .idx = idx,
				    .state = after[ev->move],
				    .document = ev->document,
				    .reason = ev->reason,
				    .target = ev->target };
	struct item_version *v = hy_new_n(a, struct item_version, it->n_past + 1);
	size_t n = it->n_past - (same_day ? 1 : 0);

	if (ev->content)
		now.content = *ev->content;
	else if (last)
		now.content = last->content;
	if (it->n_past)
		memcpy(v, it->past, it->n_past * sizeof(*v));
	v[n] = now;
	it->past = v;
	it->n_past = n + 1;
	it->last_idx = idx;
	it->seq++;
}

static bool read_event(struct hy_arena *a, const struct item *it, const struct record_event *ev,
		       struct item_event *out)
{
	const json_t *content = json_object_get(ev->data, "content");
	struct item_content *c = hy_new(a, struct item_content);
	struct hy_err why = { 0 };

	*out = (struct item_event){ .move = ITEM__MOVES,
				    .document = hy_json_get(ev->data, "document"),
				    .reason = hy_json_get(ev->data, "reason"),
				    .target = hy_json_get(ev->data, "target") };
	for (int i = 0; i < ITEM__MOVES; i++)
		if (hy_str_eq(ev->move, item_moves[i]))
			out->move = (enum item_move)i;
	if (out->move == ITEM__MOVES || !hy_day_read(hy_json_get(ev->data, "from"), &out->from))
		return false;
	if (it->n_past && out->from < it->past[it->n_past - 1].from)
		return false;
	if (out->move != ITEM_PUT)
		return it->n_past && !content;
	if (item_content_read(a, content, c, &why))
		return false;
	out->content = c;
	return true;
}

enum hy_code item_fold(struct hy_arena *a, struct item *it, const struct record_event *ev,
		       struct hy_err *e)
{
	struct item_event x;

	if (ev->seq != it->seq + 1 || !read_event(a, it, ev, &x))
		return hy_fail(e, HY_TAMPERED, "",
			       "item " HY_FMT ": event %lld does not follow event %lld",
			       HY_ARG(it->code), (long long)ev->idx, (long long)it->last_idx);
	item_apply(a, it, &x, ev->idx);
	return HY_OK;
}
