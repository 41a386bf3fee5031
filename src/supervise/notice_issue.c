/* Issuing notices: from a card, from a list of matters, from what was found. */
#include "base/map.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "people/setting.h"
#include "supervise/card.h"
#include "supervise/notice.h"

hy_str notice_source(struct hy_arena *a, hy_str card, const struct notice_form *form)
{
	return hy_printf(a, CARD_SUBJECT HY_FMT "/%s", HY_ARG(card), form->id);
}

static void put(json_t *data, const char *key, hy_str value)
{
	json_object_set_new(data, key, json_stringn(value.p, value.n));
}

static enum hy_code file(const struct notice_order *o, const struct matter_move *mv, json_t *data,
			 hy_str source, struct notice_codes *out, struct hy_err *e)
{
	const struct card_act *w = o->act;
	struct matter_move one = *mv;
	struct matter_filed filed;

	one.data = data;
	enum hy_code c = matter_file(w->city, w->db, w->a, hy_str_of(o->form->kind), &one, source,
				     false, &filed, e);
	if (!c)
		*hy_push(w->a, &out->v) = filed.code;
	return c;
}

/* --- from a card --------------------------------------------------------------------------------
 */

static bool names_matters(const struct notice_order *o)
{
	return json_array_size(json_object_get(o->data, "matters")) > 0;
}

static enum hy_code may_follow(const struct notice_order *o, const struct card *k, hy_str source,
			       struct hy_err *e)
{
	hy_str there = HY_S("");

	if (k->state == CARD_CONTESTED || k->state == CARD_ANNULLED)
		return hy_fail(e, HY_NOT_NOW, "card", "card " HY_FMT " is %s", HY_ARG(k->code),
			       card_state_names[k->state]);
	enum hy_code c = matter_of_source(o->act->a, o->act->db, source, &there, e);
	if (!c && there.n)
		c = hy_fail(e, HY_NOT_NOW, "card", "card " HY_FMT " has its notice: " HY_FMT,
			    HY_ARG(k->code), HY_ARG(there));
	return c;
}

static enum hy_code from_card(const struct notice_order *o, const struct matter_move *mv,
			      struct notice_codes *out, struct hy_err *e)
{
	const struct card_act *w = o->act;
	hy_str source = notice_source(w->a, o->card, o->form);
	json_t *data = NULL;
	struct card k;
	enum hy_code c = card_by_code(w->a, w->db, o->cards, o->card, &k, e);

	if (!c && names_matters(o))
		c = hy_fail(e, HY_BAD_FIELD, "matters",
			    "a notice from a card is about the matter of the card");
	if (!c && hy_str_eq(hy_str_of(o->form->kind), HY_S(CARD_RECTIFICATION))) {
		struct matter_move order = *mv;
		struct card_act as = *w;
		order.data = o->data;
		as.scope = o->cards;
		c = card_rectify(&as, o->card, &order, &k, e);
		if (!c)
			*hy_push(w->a, &out->v) = k.rectification.code;
		return c;
	}
	if (!c)
		c = may_follow(o, &k, source, e);
	if (!c)
		c = card_filing(w, &k, o->data, &data, e);
	if (c)
		return c;
	json_object_set_new(data, "matters", json_pack("[s#]", k.matter.p, k.matter.n));
	return file(o, mv, data, source, out, e);
}

/* --- from a list of matters ---------------------------------------------------------------------
 */

struct batch { /* of one unit */
	hy_str unit, title;
	json_t *codes;
};

static enum hy_code sorted(const struct notice_order *o, const struct access_scope *scope,
			   struct hy_map *units, struct hy_err *e)
{
	const json_t *codes = json_object_get(o->data, "matters");
	hy_str wanted = hy_json_get(o->data, "unit");
	struct hy_arena *a = o->act->a;

	for (size_t i = 0; i < json_array_size(codes); i++) {
		hy_str name = hy_str_of(json_string_value(json_array_get(codes, i)));
		struct hy_err why = { 0 };
		struct matter_row r;
		enum hy_code c = matter_row(a, o->act->db, scope, name, &r, &why);
		if (c == HY_NOT_FOUND)
			return hy_fail(e, HY_BAD_FIELD, "matters",
				       "there is no matter '" HY_FMT "'",
				       HY_ARG(hy_str_head(name, 40)));
		if (c) {
			*e = why;
			return c;
		}
		if (r.unit.n == 0)
			return hy_fail(e, HY_BAD_FIELD, "matters",
				       HY_FMT " is with no unit yet; refer it first",
				       HY_ARG(r.code));
		if (wanted.n && !hy_str_eq(wanted, r.unit))
			return hy_fail(e, HY_BAD_FIELD, "matters",
				       HY_FMT " is with " HY_FMT ", not with " HY_FMT
					      "; leave `unit` out for one notice to each unit",
				       HY_ARG(r.code), HY_ARG(r.unit), HY_ARG(wanted));
		if (hy_str_eq(hy_str_of(o->form->id), HY_S("urging")) && !r.open)
			return hy_fail(e, HY_BAD_FIELD, "matters",
				       HY_FMT " is finished; there is nothing to urge",
				       HY_ARG(r.code));
		struct batch *b = hy_map_get(units, r.unit);
		if (!b) {
			b = hy_new(a, struct batch);
			*b = (struct batch){ r.unit, r.title, json_array() };
			hy_json_keep(a, b->codes);
			hy_map_put(units, r.unit, b);
		}
		json_array_append_new(b->codes, json_stringn(r.code.p, r.code.n));
	}
	return HY_OK;
}

static int by_unit(const void *x, const void *y)
{
	const struct batch *const *a = x, *const *b = y;

	return hy_str_cmp((*a)->unit, (*b)->unit);
}

static enum hy_code batch(const struct notice_order *o, const struct matter_move *mv,
			  const struct batch *b, struct notice_codes *out, struct hy_err *e)
{
	struct hy_arena *a = o->act->a;
	json_t *data = json_deep_copy(o->data);
	size_t n = json_array_size(b->codes);

	hy_json_keep(a, data);
	put(data, "unit", b->unit);
	json_object_set(data, "matters", b->codes);
	if (hy_json_get(data, "title").n == 0)
		put(data, "title",
		    n == 1 ? b->title
			   : hy_printf(a, HY_FMT "等%zu件", HY_ARG(hy_str_head(b->title, 150)), n));
	return file(o, mv, data, HY_S(""), out, e);
}

static enum hy_code from_list(const struct notice_order *o, const struct matter_move *mv,
			      struct notice_codes *out, struct hy_err *e)
{
	struct hy_arena *a = o->act->a;
	struct hy_map units = { .a = a };
	enum hy_code c = sorted(o, mv->scope, &units, e);
	const struct batch **v = hy_new_n(a, const struct batch *, units.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < units.cap; i++)
		if (units.slots[i].value)
			v[n++] = units.slots[i].value;
	qsort(v, n, sizeof(*v), by_unit);
	for (size_t i = 0; !c && i < n; i++)
		c = batch(o, mv, v[i], out, e);
	return c;
}

enum hy_code notice_issue(const struct notice_order *o, const struct matter_move *mv,
			  struct notice_codes *out, struct hy_err *e)
{
	struct matter_move one = *mv;
	struct matter_filed filed;
	enum hy_code c;

	*out = (struct notice_codes){ 0 };
	if (hy_str_trim(mv->name).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "by", "a notice is issued by name");
	if (o->card.n)
		return from_card(o, mv, out, e);
	if (names_matters(o))
		return from_list(o, mv, out, e);
	one.data = o->data;
	c = matter_file(o->act->city, o->act->db, o->act->a, hy_str_of(o->form->kind), &one,
			HY_S(""), false, &filed, e);
	if (!c)
		*hy_push(o->act->a, &out->v) = filed.code;
	return c;
}

/* --- as JSON ------------------------------------------------------------------------------------
 */

static hy_ms first_at(const struct matter *m, const char *move)
{
	for (size_t i = 0; i < m->n_events; i++)
		if (hy_str_eq(m->events[i].name, hy_str_of(move)))
			return m->events[i].at;
	return HY_NO_TIME;
}

void notice_json(struct hy_json *j, struct city *c, struct hy_db *db, const struct matter *m,
		 hy_str title, hy_ms now)
{
	const struct notice_form *f = notice_form_of_kind(m->kind->id);
	const struct hy_calendar *cal = city_pack(c)->calendar;
	const struct matter_clock *k = matter_main_clock(m);
	const json_t *codes = json_object_get(m->events[0].data, "matters");

	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "form", hy_str_of(f->id));
	matter_text_json(j, "form_title", &f->name);
	hy_json_kstr(j, "number", notice_number(j->b->a, setting_text(db, f->sign), m->code));
	hy_json_kstr(j, "title", title);
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kstr(j, "state", m->kind->states[m->state].id);
	matter_text_json(j, "state_title", &m->kind->states[m->state].title);
	hy_json_kbool(j, "open", m->open);
	explain_instant(j, "issued_at", cal, m->filed_at);
	explain_instant(j, "served_at", cal, first_at(m, "sign"));
	explain_instant(j, "due_at", cal, k ? k->due.due_at : HY_NO_TIME);
	explain_instant(j, "answered_at", cal, k ? k->due.stopped_at : HY_NO_TIME);
	hy_json_kstr(j, "verdict", hy_str_of(matter_verdict_names[k ? k->verdict : MATTER_OPEN]));
	hy_json_kstr(j, "light", hy_str_of(matter_light_names[matter_light(m->lights, now)]));
	hy_json_kint(j, "matters", (int64_t)json_array_size(codes));
	hy_json_obj_end(j);
}

enum hy_code notice_of_card_json(struct hy_json *j, struct city *c, struct hy_db *db,
				 const struct access_scope *scope, hy_str card, struct hy_err *e)
{
	struct hy_arena *a = j->b->a;
	enum hy_code code = HY_OK;

	hy_json_arr(j);
	for (const struct notice_form *f = notice_forms; !code && f->id; f++) {
		hy_str name = HY_S("");
		struct matter *m = NULL;
		struct hy_err why = { 0 };
		if (f->kind)
			code = matter_of_source(a, db, notice_source(a, card, f), &name, &why);
		if (!code && name.n)
			code = matter_read(c, db, scope, a, name, &m, &why);
		if (m)
			notice_json(j, c, db, m, HY_S(""), city_now(c));
		if (code == HY_NOT_FOUND)
			code = HY_OK;
		if (code)
			*e = why;
	}
	hy_json_arr_end(j);
	return code;
}
