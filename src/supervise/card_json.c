/* Cards as JSON: one form for the command line and the API. */
#include "base/json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "supervise/card.h"

/* How far its rectification is; the state in words, as the kind says them now. */
static void rectification_json(struct hy_json *j, const struct card *k, const struct pack *p)
{
	const struct pack_kind *kind = pack_kind(p, HY_S(CARD_RECTIFICATION));
	int state = kind ? pack_state_index(kind, k->rectification.state) : -1;

	if (k->rectification_id == 0) {
		hy_json_knull(j, "rectification");
		return;
	}
	hy_json_key(j, "rectification");
	hy_json_obj(j);
	hy_json_kstr(j, "code", k->rectification.code);
	hy_json_kstr(j, "state", k->rectification.state);
	if (state >= 0)
		matter_text_json(j, "title", &kind->states[state].title);
	else
		hy_json_knull(j, "title");
	hy_json_kbool(j, "open", k->rectification.open);
	explain_instant(j, "due_at", p->calendar, k->rectification.due_at);
	hy_json_obj_end(j);
}

static void members(struct hy_json *j, const struct card *k, const struct pack *p)
{
	const struct hy_calendar *cal = p->calendar;

	hy_json_kstr(j, "code", k->code);
	hy_json_kstr(j, "matter", k->matter);
	hy_json_kstr(j, "unit", k->unit);
	hy_json_kstr(j, "person", k->person);
	hy_json_kstr(j, "kind", hy_str_of(k->kind->id));
	matter_text_json(j, "title", &k->kind->title);
	hy_json_kstr(j, "level", hy_str_of(card_level_names[k->level]));
	hy_json_kint(j, "severity", k->severity);
	hy_json_kstr(j, "clock", k->clock);
	hy_json_kstr(j, "clause", k->clause);
	hy_json_kstr(j, "state", hy_str_of(card_state_names[k->state]));
	explain_instant(j, "since", cal, k->since);
	explain_instant(j, "raised_at", cal, k->raised_at);
	explain_instant(j, "contested_at", cal, k->contested_at);
	explain_instant(j, "decided_at", cal, k->decided_at);
	hy_json_kint(j, "log_index", k->last_idx);
	rectification_json(j, k, p);
}

void card_json(struct hy_json *j, const struct card *k, const struct pack *p)
{
	hy_json_obj(j);
	members(j, k, p);
	hy_json_obj_end(j);
}

void card_found_json(struct hy_json *j, const struct card_found *f)
{
	hy_json_obj(j);
	hy_json_kstr(j, "kind", hy_str_of(f->kind->id));
	matter_text_json(j, "title", &f->kind->title);
	hy_json_kstr(j, "level", hy_str_of(card_level_names[f->level]));
	hy_json_kint(j, "severity", f->severity);
	hy_json_kstr(j, "clause", f->clause);
	hy_json_obj_end(j);
}

/* --- on what it rests, and what became of it ----------------------------------------------------
 */

static enum hy_code evidence_one(struct hy_json *j, struct hy_db *db, int64_t idx,
				 const struct hy_calendar *cal, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_from);
	struct record_event ev;
	bool row;

	hy_bind_int(s, 1, idx);
	hy_bind_int(s, 2, 1);
	enum hy_code c = hy_step(s, &row, e);
	if (!c && row)
		c = record_row(j->b->a, s, &ev, e);
	if (c || !row)
		return c;
	hy_json_obj(j);
	hy_json_kint(j, "log_index", ev.idx);
	hy_json_kstr(j, "move", ev.move);
	explain_instant(j, "at", cal, ev.at);
	explain_instant(j, "entered_at", cal, ev.rec);
	hy_json_kstr(j, "role", ev.role);
	hy_json_kstr(j, "unit", ev.unit);
	hy_json_obj_end(j);
	return HY_OK;
}

static enum hy_code evidence(struct hy_json *j, struct hy_db *db, const struct card *k,
			     const struct hy_calendar *cal, struct hy_err *e)
{
	json_t *indices = NULL, *one;
	size_t i;
	enum hy_code c = hy_json_read(j->b->a, k->evidence, &indices, e);

	hy_json_key(j, "evidence");
	hy_json_arr(j);
	json_array_foreach (indices, i, one)
		if (!c)
			c = evidence_one(j, db, json_integer_value(one), cal, e);
	hy_json_arr_end(j);
	return c;
}

static void history_one(struct hy_json *j, const struct record_event *ev,
			const struct hy_calendar *cal)
{
	const json_t *upheld = json_object_get(ev->data, "upheld");

	hy_json_obj(j);
	hy_json_kint(j, "log_index", ev->idx);
	hy_json_kstr(j, "move", ev->move);
	explain_instant(j, "at", cal, ev->at);
	hy_json_kstr(j, "role", ev->role);
	hy_json_kstr(j, "unit", ev->unit);
	hy_json_kstr(j, "name", ev->private ? hy_json_get(ev->private, "name") : HY_S(""));
	hy_json_kstr(j, "reason", ev->private ? hy_json_get(ev->private, "reason") : HY_S(""));
	if (upheld)
		hy_json_kbool(j, "upheld", json_is_true(upheld));
	if (json_object_get(ev->data, "rectification"))
		hy_json_kstr(j, "rectification", hy_json_get(ev->data, "rectification"));
	hy_json_obj_end(j);
}

static void may_json(struct hy_json *j, const struct card_may *may)
{
	hy_json_key(j, "may");
	hy_json_obj(j);
	hy_json_kbool(j, "contest", may->contest);
	hy_json_kbool(j, "uphold", may->uphold);
	hy_json_kbool(j, "annul", may->annul);
	hy_json_kbool(j, "rectify", may->rectify);
	hy_json_obj_end(j);
}

enum hy_code card_whole_json(struct hy_json *j, struct city *c, struct hy_db *db,
			     const struct card *k, const struct card_may *may, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(c)->calendar;
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event ev;
	enum hy_code code;
	bool row;

	hy_json_obj(j);
	members(j, k, city_pack(c));
	if (may)
		may_json(j, may);
	code = evidence(j, db, k, cal, e);
	if (code)
		return code;
	hy_json_key(j, "history");
	hy_json_arr(j);
	hy_bind_text(s, 1, hy_printf(j->b->a, CARD_SUBJECT HY_FMT, HY_ARG(k->code)));
	while (!(code = hy_step(s, &row, e)) && row) {
		code = record_row(j->b->a, s, &ev, e);
		if (code)
			return code;
		history_one(j, &ev, cal);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return code;
}
