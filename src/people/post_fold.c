/* What events make of a post and of an absence; pure. */
#include "people/post_fold.h"

const hy_str post_moves[POST__MOVES] = { [POST_PUT] = HY_S_INIT("post"),
					 [POST_SEAT] = HY_S_INIT("seat"),
					 [POST_CLOSE] = HY_S_INIT("close") };
const struct absence_kind_row absence_kinds[ABSENCE__KINDS] = {
	[ABSENCE_OUT] = { HY_S_INIT("out"),
			  { HY_S_INIT("外出"), HY_S_INIT("外出"), HY_S_INIT("Out") } },
	[ABSENCE_MEETING] = { HY_S_INIT("meeting"),
			      { HY_S_INIT("开会"), HY_S_INIT("開會"), HY_S_INIT("In a meeting") } },
	[ABSENCE_TRAINING] = { HY_S_INIT("training"),
			       { HY_S_INIT("学习"), HY_S_INIT("學習"), HY_S_INIT("Training") } },
	[ABSENCE_LEAVE] = { HY_S_INIT("leave"),
			    { HY_S_INIT("休假"), HY_S_INIT("休假"), HY_S_INIT("On leave") } },
	[ABSENCE_SICK] = { HY_S_INIT("sick"),
			   { HY_S_INIT("病假"), HY_S_INIT("病假"), HY_S_INIT("Sick leave") } },
};

bool absence_kind_of(hy_str id, enum absence_kind *out)
{
	for (int k = 0; k < ABSENCE__KINDS; k++)
		if (hy_str_eq(absence_kinds[k].id, id)) {
			*out = (enum absence_kind)k;
			return true;
		}
	return false;
}

static void codes_json(struct hy_json *j, const char *key, const hy_str *v, size_t n)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++)
		hy_json_str(j, v[i]);
	hy_json_arr_end(j);
}

hy_str post_event_data(struct hy_arena *a, const struct post_event *ev)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	if (ev->move != POST_PUT)
		hy_json_kint(&j, "from", ev->from);
	if (ev->n_matters)
		codes_json(&j, "matters", ev->matters, ev->n_matters);
	if (ev->reason.n)
		hy_json_kstr(&j, "reason", ev->reason);
	if (ev->move == POST_PUT)
		hy_json_kstr(&j, "role", ev->role);
	if (ev->move == POST_SEAT)
		hy_json_kstr(&j, "seat", post_seat_ids[ev->seat]);
	if (ev->move == POST_PUT) {
		hy_json_kstr(&j, "title", ev->title);
		hy_json_kstr(&j, "unit", ev->unit);
	}
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

hy_str post_event_private(struct hy_arena *a, const struct post_event *ev)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	if (!ev->account && ev->move != POST_SEAT)
		return HY_S("");
	hy_json_obj(&j);
	hy_json_kint(&j, "account", ev->account);
	if (ev->move == POST_SEAT)
		hy_json_kint(&j, "holder", ev->holder);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

void post_apply(struct hy_arena *a, struct post_row *r, const struct post_event *ev)
{
	switch (ev->move) {
	case POST_PUT:
		r->post.title = ev->title;
		r->post.role = ev->role;
		r->post.unit = ev->unit;
		r->post.open = true;
		return;
	case POST_SEAT:
		post_held_put(a, &r->held, (struct post_held){ ev->seat, ev->from, ev->holder });
		return;
	case POST_CLOSE:
		r->post.open = false;
		for (int k = 0; k < POST_SEATS; k++)
			if (post_holder(r, (enum post_seat)k, ev->from))
				post_held_put(a, &r->held,
					      (struct post_held){ (enum post_seat)k, ev->from, 0 });
		return;
	case POST__MOVES:
		return;
	}
}

static hy_ms instant(const json_t *data, const char *key)
{
	return hy_json_get_int(data, key, HY_NO_TIME);
}

static bool read_event(const struct record_event *ev, struct post_event *out)
{
	hy_str seat = hy_json_get(ev->data, "seat");

	*out = (struct post_event){ .move = POST__MOVES,
				    .title = hy_json_get(ev->data, "title"),
				    .role = hy_json_get(ev->data, "role"),
				    .unit = hy_json_get(ev->data, "unit"),
				    .from = instant(ev->data, "from") };
	for (int i = 0; i < POST__MOVES; i++)
		if (hy_str_eq(ev->move, post_moves[i]))
			out->move = (enum post_move)i;
	if (ev->private)
		out->holder = hy_json_get_int(ev->private, "holder", 0);
	out->seat = hy_str_eq(seat, post_seat_ids[POST_B]) ? POST_B : POST_A;
	return out->move != POST__MOVES && (out->move == POST_PUT || out->from != HY_NO_TIME) &&
	       (out->move != POST_SEAT || hy_str_eq(seat, post_seat_ids[out->seat]));
}

enum hy_code post_fold(struct hy_arena *a, struct post_row *r, const struct record_event *ev,
		       bool *erased_out, struct hy_err *e)
{
	struct post_event x;

	if (ev->seq == r->seq + 1 && hy_str_eq(ev->move, HY_S(RECORD_ERASED))) {
		r->seq = ev->seq;
		r->post.last_idx = ev->idx;
		return HY_OK;
	}
	if (ev->seq != r->seq + 1 || !read_event(ev, &x) || (!r->seq && x.move != POST_PUT))
		return hy_fail(e, HY_TAMPERED, "",
			       "post " HY_FMT ": event %lld does not follow event %lld",
			       HY_ARG(r->post.code), (long long)ev->idx,
			       (long long)r->post.last_idx);
	if (x.move == POST_SEAT && ev->erased) {
		*erased_out = true;
		x.holder = -1;
	}
	r->seq = ev->seq;
	r->post.last_idx = ev->idx;
	post_apply(a, r, &x);
	return HY_OK;
}

/* --- absences -----------------------------------------------------------------------------------
 */

hy_str absence_data(struct hy_arena *a, const struct absence *ab, const hy_str *posts, size_t n)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "from", ab->from);
	codes_json(&j, "posts", posts, n);
	hy_json_kint(&j, "until", ab->until);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

hy_str absence_private(struct hy_arena *a, const struct absence *ab, int64_t account)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "account", account);
	hy_json_kstr(&j, "kind", absence_kinds[ab->kind].id);
	hy_json_kstr(&j, "note", ab->note);
	hy_json_kint(&j, "person", ab->account);
	hy_json_kint(&j, "substitute", ab->substitute);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

hy_str absence_back_data(struct hy_arena *a, hy_ms until)
{
	return hy_printf(a, "{\"until\":%lld}", (long long)until);
}

enum hy_code absence_fold(struct hy_arena *a, struct absence_row *r, const struct record_event *ev,
			  struct hy_err *e)
{
	struct absence *ab = &r->absence;
	hy_ms until = instant(ev->data, "until");
	bool good = ev->seq == r->seq + 1;

	(void)a;
	if (hy_str_eq(ev->move, ABSENCE_AWAY)) {
		good = good && !r->seq;
		ab->from = instant(ev->data, "from");
		ab->until = until;
		r->erased = ev->erased;
		if (ev->private) {
			ab->account = hy_json_get_int(ev->private, "person", 0);
			ab->substitute = hy_json_get_int(ev->private, "substitute", 0);
			ab->note = hy_json_get(ev->private, "note");
			good = good && absence_kind_of(hy_json_get(ev->private, "kind"), &ab->kind);
		}
	} else if (hy_str_eq(ev->move, ABSENCE_BACK)) {
		good = good && r->seq;
		ab->until = until;
	} else {
		good = good && r->seq && hy_str_eq(ev->move, HY_S(RECORD_ERASED));
	}
	if (!good)
		return hy_fail(e, HY_TAMPERED, "",
			       "absence %lld: event %lld does not follow event %lld",
			       (long long)ab->id, (long long)ev->idx, (long long)r->last_idx);
	r->seq = ev->seq;
	r->last_idx = ev->idx;
	return HY_OK;
}
