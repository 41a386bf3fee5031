/* The life of a round: what may be done when, and by whom. */
#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/json.h"

/* --- periods -------------------------------------------------------------------------------------
 */

static const int months_of[] = {
	[PACK_MONTH] = 1, [PACK_QUARTER] = 3, [PACK_HALF_YEAR] = 6, [PACK_YEAR] = 12
};

/* The last day of the period that begins on FROM; false when none begins there. */
static bool period_end(enum pack_period period, hy_day from, hy_day *out)
{
	struct hy_date d = hy_date_of(from);
	int months = months_of[period];

	if (d.day != 1 || (d.month - 1) % months)
		return false;
	int after = d.month - 1 + months;
	*out = hy_day_of(d.year + after / 12, after % 12 + 1, 1) - 1;
	return true;
}

static hy_str code_of(struct hy_arena *a, const struct pack_scheme *s, hy_day from)
{
	struct hy_date d = hy_date_of(from);

	switch (s->period) {
	case PACK_MONTH:
		return hy_printf(a, HY_FMT "-%04d-%02d", HY_ARG(s->id), d.year, d.month);
	case PACK_QUARTER:
		return hy_printf(a, HY_FMT "-%04d-q%d", HY_ARG(s->id), d.year, (d.month + 2) / 3);
	case PACK_HALF_YEAR:
		return hy_printf(a, HY_FMT "-%04d-h%d", HY_ARG(s->id), d.year, (d.month + 5) / 6);
	case PACK_YEAR:
		break;
	}
	return hy_printf(a, HY_FMT "-%04d", HY_ARG(s->id), d.year);
}

/* --- data of events: canonical
 * ---------------------------------------------------------------------- */

static hy_str open_data(struct hy_arena *a, const struct round *r)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "from", r->from);
	hy_json_kstr(&j, "scheme", r->scheme);
	hy_json_kint(&j, "to", r->to);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static hy_str mark_data(struct hy_arena *a, const struct round_mark *m)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "of", m->name);
	hy_json_kstr(&j, "unit", m->unit);
	hy_json_kint(&j, "value", m->value);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static hy_str freeze_data(struct hy_arena *a, const struct round_inputs *in,
			  const struct round_version *v)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "calendar", hy_calendar_hash(in->pack->calendar));
	hy_json_kstr(&j, "cases", in->cases);
	hy_json_kstr(&j, "inputs", round_hash(a, v->inputs));
	hy_json_kstr(&j, "pack", in->pack->hash);
	hy_json_kstr(&j, "result", round_hash(a, v->result));
	hy_json_kint(&j, "version", v->version);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

/* --- opening and marking
 * ------------------------------------------------------------------------------ */

enum hy_code round_open(const struct round_act *w, hy_str scheme, hy_day from, struct round *out,
			struct hy_err *e)
{
	const struct pack_scheme *s = pack_scheme(city_pack(w->city), scheme);
	struct round r = { .scheme = scheme,
			   .from = from,
			   .frozen_at = HY_NO_TIME,
			   .notice_until = HY_NO_DAY,
			   .object_until = HY_NO_DAY };
	struct hy_err why = { 0 };
	struct round there;

	if (!s)
		return hy_fail(e, HY_BAD_FIELD, "scheme",
			       "the institution in force has no scheme '" HY_FMT "'",
			       HY_ARG(hy_str_head(scheme, 40)));
	if (!period_end(s->period, from, &r.to))
		return hy_fail(e, HY_BAD_FIELD, "from",
			       "a %s of this scheme does not begin on that day; give its first day",
			       pack_period_names[s->period]);
	r.scheme = s->id;
	r.code = code_of(w->a, s, from);
	enum hy_code c = round_by_code(w->a, w->db, r.code, &there, &why);
	if (c == HY_OK)
		return hy_fail(e, HY_EXISTS, "", "the round " HY_FMT " is there already",
			       HY_ARG(r.code));
	if (c != HY_NOT_FOUND)
		return (*e = why, c);
	c = round_next_id(w->db, &r.id, e);
	if (!c)
		c = round_event(w, &r, "open", open_data(w->a, &r), HY_S(""), HY_S(""), e);
	if (!c)
		c = round_store(w->db, &r, e);
	if (!c)
		*out = r;
	return c;
}

static enum hy_code find(const struct round_act *w, hy_str code, struct round *r,
			 const struct pack_scheme **s, struct hy_err *e)
{
	enum hy_code c = round_by_code(w->a, w->db, code, r, e);

	if (c)
		return c;
	*s = pack_scheme(city_pack(w->city), r->scheme);
	return *s ? HY_OK
		  : hy_fail(e, HY_NOT_NOW, "",
			    "the institution in force has no scheme " HY_FMT " any more",
			    HY_ARG(r->scheme));
}

static enum hy_code mark_ok(const struct pack_scheme *s, const struct round_mark *m,
			    struct hy_err *e)
{
	struct hy_near near = hy_near_to(m->name);

	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct pack_indicator *in = &s->indicators[i];
		hy_near_try(&near, in->id);
		if (!hy_str_eq(in->id, m->name))
			continue;
		if (in->source != PACK_BY_HAND && in->source != PACK_BY_PANEL)
			return hy_fail(e, HY_BAD_FIELD, "of",
				       "'" HY_FMT "' is measured, nobody marks it", HY_ARG(in->id));
		if (m->value < 0 || m->value > 100 * PACK_POINT)
			return hy_fail(e, HY_BAD_FIELD, "value", "points are from 0 to 100");
		return HY_OK;
	}
	for (size_t i = 0; i < s->n_adjusts; i++) {
		hy_near_try(&near, s->adjusts[i].id);
		if (!hy_str_eq(s->adjusts[i].id, m->name))
			continue;
		if (s->adjusts[i].figure)
			return hy_fail(e, HY_BAD_FIELD, "of",
				       "'" HY_FMT "' is counted by the system, nobody enters it",
				       HY_ARG(m->name));
		if (m->value == 0 || m->value > 1000 || m->value < -1000)
			return hy_fail(e, HY_BAD_FIELD, "value",
				       "a number of occurrences from 1 to 1000 is needed; a "
				       "negative one takes back");
		return HY_OK;
	}
	return hy_fail(e, HY_BAD_FIELD, "of", "the scheme has nothing called '" HY_FMT "'%s",
		       HY_ARG(near.want), hy_near_text(&near));
}

/* Whom raters were asked about nobody marks by hand. */
static enum hy_code not_rated(const struct round_act *w, const struct round *r,
			      const struct pack_scheme *s, hy_str name, struct hy_err *e)
{
	bool rates = false;

	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct pack_indicator *in = &s->indicators[i];
		if (in->source != PACK_BY_PANEL || !hy_str_eq(in->id, name))
			continue;
		enum hy_code c = survey_rates(w->db, r, s->panels[in->panel].id, &rates, e);
		if (c)
			return c;
	}
	return rates ? hy_fail(e, HY_BAD_FIELD, "of",
			       "'" HY_FMT "' comes from a survey of raters, nobody marks it",
			       HY_ARG(name))
		     : HY_OK;
}

enum hy_code round_mark(const struct round_act *w, hy_str code, const struct round_mark *m,
			struct round *out, struct hy_err *e)
{
	const struct pack_scheme *s = NULL;
	struct unit unit;
	struct round r;
	enum hy_code c = find(w, code, &r, &s, e);

	if (c)
		return c;
	if (r.state == ROUND_FINAL)
		return hy_fail(e, HY_NOT_NOW, "", "the round " HY_FMT " is final", HY_ARG(r.code));
	if (hy_str_trim(m->evidence).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "evidence",
			       "say on what this mark rests: the finding, the paper, the place");
	c = mark_ok(s, m, e);
	if (!c)
		c = not_rated(w, &r, s, m->name, e);
	if (!c)
		c = unit_by_code(w->a, w->db, m->unit, &unit, e);
	if (c == HY_NOT_FOUND)
		e->code = c = HY_BAD_FIELD;
	if (!c)
		c = round_event(w, &r, "mark", mark_data(w->a, m), m->evidence, HY_S("evidence"),
				e);
	if (!c)
		c = round_mark_store(w->db, &r, m, w->account, e);
	if (!c)
		c = round_store(w->db, &r, e);
	if (!c)
		*out = r;
	return c;
}

/* --- freezing
 * -------------------------------------------------------------------------------------------- */

enum hy_code round_score(struct hy_arena *a, const struct round_inputs *in, struct round_version *v,
			 struct hy_err *e)
{
	/* from the text that is kept, so that anybody gets the same */
	struct round_inputs read;

	v->at = in->at;
	v->inputs = round_inputs_json(a, in);
	enum hy_code code = round_inputs_read(a, in->scheme, v->inputs, &read, e);
	return code ? code : round_result_json(a, &read, &v->result, e);
}

static enum hy_code work_out(struct hy_arena *a, struct city *c, struct hy_db *db,
			     const struct round *r, hy_ms at, struct round_inputs *in,
			     struct round_version *v, struct hy_err *e)
{
	enum hy_code code = round_measure(a, c, db, r, at, in, e);

	return code ? code : round_score(a, in, v, e);
}

enum hy_code round_preview(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct round *r, struct round_version *out, struct hy_err *e)
{
	struct round_version v = { 0 };
	struct round_inputs in;
	enum hy_code code = round_look(a, c, db, r, city_now(c), &in, e);

	if (!code)
		code = round_score(a, &in, &v, e);
	if (!code)
		*out = v;
	return code;
}

static enum hy_code may_freeze(const struct hy_zone *zone, const struct round *r, hy_ms at,
			       hy_str reason, struct hy_err *e)
{
	if (r->state == ROUND_FINAL)
		return hy_fail(e, HY_NOT_NOW, "", "the round " HY_FMT " is final", HY_ARG(r->code));
	if (hy_local(zone, at, NULL) <= r->to)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the period is not over; until then there is the preview");
	if (r->version > 0 && hy_str_trim(reason).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "reason",
			       "this is a correction of version %d: say why", r->version);
	return HY_OK;
}

enum hy_code round_work_out(const struct round_act *w, hy_str code, hy_str reason,
			    struct round_worked *out, struct hy_err *e)
{
	const struct pack_scheme *s = NULL;
	enum hy_code c = find(w, code, &out->r, &s, e);

	if (!c)
		c = may_freeze(hy_calendar_zone(city_pack(w->city)->calendar), &out->r, w->at,
			       reason, e);
	if (!c)
		c = survey_all_over(w->a, w->db, &out->r, city_day(w->city, w->at), e);
	return c ? c
		 : work_out(w->a, w->city, w->db, &out->r, w->at, &out->inputs, &out->version, e);
}

enum hy_code round_freeze(const struct round_act *w, const struct round_worked *x, hy_str reason,
			  struct round *out, struct hy_err *e)
{
	struct round_act then = *w; /* what is written down is as of when it was measured */
	struct round_version v = x->version;
	const struct pack_scheme *s = NULL;
	struct round r;
	enum hy_code c = find(w, x->r.code, &r, &s, e);

	if (c)
		return c;
	const struct pack *now = city_pack(w->city), *was = x->inputs.pack;
	if (r.seq != x->r.seq || !hy_str_eq(now->hash, was->hash) ||
	    !hy_str_eq(hy_calendar_hash(now->calendar), hy_calendar_hash(was->calendar)))
		return hy_fail(e, HY_STALE, "",
			       "somebody changed the round or the institution while it was worked "
			       "out; look at it and freeze again");
	then.at = v.at;
	c = may_freeze(hy_calendar_zone(city_pack(w->city)->calendar), &r, then.at, reason, e);
	if (c)
		return c;
	v.version = ++r.version;
	v.reason = reason;
	r.frozen_at = then.at;
	if (r.state == ROUND_OPEN)
		r.state = ROUND_FROZEN;
	c = round_event(&then, &r, "freeze", freeze_data(w->a, &x->inputs, &v), reason,
			HY_S("reason"), e);
	if (!c)
		c = round_result_store(w->db, &r, &v, e);
	if (!c)
		c = round_cases_store(w->db, &r, &x->inputs, e);
	if (!c)
		c = round_store(w->db, &r, e);
	if (!c)
		*out = r;
	return c;
}

/* --- notice, objections, the end
 * -------------------------------------------------------------------------- */

static enum hy_code after_days(const struct hy_calendar *cal, hy_day from, int days, hy_day *out,
			       struct hy_err *e)
{
	*out = hy_work_add(cal, from, days);
	return *out != HY_NO_DAY
		       ? HY_OK
		       : hy_fail(e, HY_NO_RULE, "",
				 "the calendar does not reach that far; import the next notice");
}

enum hy_code round_publish(const struct round_act *w, hy_str code, struct round *out,
			   struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(w->city)->calendar;
	const struct pack_scheme *s = NULL;
	struct round r;
	enum hy_code c = find(w, code, &r, &s, e);

	if (c)
		return c;
	if (r.state != ROUND_FROZEN)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the round " HY_FMT " is %s; only a frozen one can be shown",
			       HY_ARG(r.code), round_state_names[r.state]);
	hy_day today = hy_local(hy_calendar_zone(cal), w->at, NULL);
	c = after_days(cal, today, s->notice_days, &r.notice_until, e);
	if (!c)
		c = after_days(cal, r.notice_until, s->objection_days, &r.object_until, e);
	if (c)
		return c;
	r.state = ROUND_NOTICE;
	c = round_event(w, &r, "publish",
			hy_printf(w->a, "{\"notice_until\":%d,\"object_until\":%d,\"version\":%d}",
				  r.notice_until, r.object_until, r.version),
			HY_S(""), HY_S(""), e);
	if (!c)
		c = round_store(w->db, &r, e);
	if (!c)
		*out = r;
	return c;
}

static bool has_line(const struct pack_scheme *s, hy_str name)
{
	if (name.n == 0)
		return true;
	for (size_t i = 0; i < s->n_indicators; i++)
		if (hy_str_eq(s->indicators[i].id, name))
			return true;
	for (size_t i = 0; i < s->n_adjusts; i++)
		if (hy_str_eq(s->adjusts[i].id, name))
			return true;
	return false;
}

enum hy_code round_object(const struct round_act *w, hy_str code, hy_str unit, hy_str name,
			  hy_str reason, int64_t *number_out, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->city)->calendar);
	const struct pack_scheme *s = NULL;
	struct unit there;
	struct round r;
	enum hy_code c = find(w, code, &r, &s, e);

	if (c)
		return c;
	if (r.state != ROUND_NOTICE || hy_local(zone, w->at, NULL) > r.object_until)
		return hy_fail(e, HY_NOT_NOW, "",
			       "objections are taken from the public notice to the last day given "
			       "with it");
	if (hy_str_trim(reason).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "reason", "say what is wrong and why");
	if (!has_line(s, name))
		return hy_fail(e, HY_BAD_FIELD, "of", "the scheme has nothing called '" HY_FMT "'",
			       HY_ARG(hy_str_head(name, 40)));
	c = unit_by_code(w->a, w->db, unit, &there, e);
	if (c == HY_NOT_FOUND)
		e->code = c = HY_BAD_FIELD;
	if (!c)
		c = round_event(w, &r, "object",
				hy_printf(w->a, "{\"of\":\"" HY_FMT "\",\"unit\":\"" HY_FMT "\"}",
					  HY_ARG(name), HY_ARG(unit)),
				reason, HY_S("reason"), e);
	if (!c)
		c = round_objection_store(w->db, &r, unit, name, w->at, w->account, number_out, e);
	return c ? c : round_store(w->db, &r, e);
}

enum hy_code round_decide(const struct round_act *w, hy_str code, int64_t number, bool upheld,
			  hy_str reason, struct hy_err *e)
{
	struct round_objected o;
	struct round r;
	bool marked = false;
	enum hy_code c = round_by_code(w->a, w->db, code, &r, e);

	if (!c)
		c = round_objection_read(w->a, w->db, &r, number, &o, e);
	if (!c)
		c = round_marked_by(w->db, &r, o.unit, o.name, w->account, &marked, e);
	if (c)
		return c;
	if (o.decided)
		return hy_fail(e, HY_NOT_NOW, "", "objection %lld is decided already",
			       (long long)number);
	if (marked || (o.account == w->account && w->account))
		return hy_fail(e, HY_FORBIDDEN, "",
			       "an objection is decided by somebody who neither marked that line "
			       "nor objected");
	if (hy_str_trim(reason).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "reason", "a decision has its reason");
	c = round_event(w, &r, "decide",
			hy_printf(w->a, "{\"objection\":%lld,\"upheld\":%s}", (long long)number,
				  upheld ? "true" : "false"),
			reason, HY_S("reason"), e);
	if (!c)
		c = round_objection_decide(w->db, &r, number, w->at, upheld, e);
	return c ? c : round_store(w->db, &r, e);
}

enum hy_code round_finish(const struct round_act *w, hy_str code, struct round *out,
			  struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->city)->calendar);
	int64_t left = 0;
	struct round r;
	enum hy_code c = round_by_code(w->a, w->db, code, &r, e);

	if (!c)
		c = round_undecided(w->db, &r, &left, e);
	if (c)
		return c;
	if (r.state != ROUND_NOTICE || hy_local(zone, w->at, NULL) <= r.object_until)
		return hy_fail(e, HY_NOT_NOW, "",
			       "a round becomes final after its notice, when the time to object is "
			       "over");
	if (left)
		return hy_fail(e, HY_NOT_NOW, "", "%lld objections are not decided yet",
			       (long long)left);
	c = round_uncorrected(w->db, &r, &left, e);
	if (c)
		return c;
	if (left)
		return hy_fail(e, HY_NOT_NOW, "",
			       "%lld objections were upheld and nothing was computed anew since: "
			       "correct the round first",
			       (long long)left);
	r.state = ROUND_FINAL;
	c = round_event(w, &r, "final", hy_printf(w->a, "{\"version\":%d}", r.version), HY_S(""),
			HY_S(""), e);
	if (!c)
		c = round_store(w->db, &r, e);
	if (!c)
		*out = r;
	return c;
}
