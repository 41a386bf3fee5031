#include "matter/what_if.h"

#include "matter/explain.h"

enum { PAUSES_MOST = 100 };

struct asking {
	struct hy_arena *a;
	const struct pack *pack;
	const struct what_if *q;
	struct hy_clock_rule *rule;
	HY_VEC(struct hy_clock_event) events;
	struct hy_err *e;
};

static const char *field(const struct asking *k, const char *name)
{
	return hy_printf(k->a, "%s%s", k->q->prefix, name).p;
}

static enum hy_code by_rule(struct asking *k, hy_ms from)
{
	const struct pack_rule *r = pack_rule(k->pack, k->q->rule);
	struct hy_near near = hy_near_to(k->q->rule);

	for (size_t i = 0; !r && i < k->pack->n_rules; i++)
		hy_near_try(&near, k->pack->rules[i].id);
	if (!r)
		return hy_fail(k->e, HY_BAD_FIELD, field(k, "rule"),
			       "there is no rule '" HY_FMT
			       "'%s; 'huiyin calendar rules' and /api/v1/rules list them",
			       HY_ARG(near.want), hy_near_text(&near));
	const struct pack_value *v =
		pack_value_on(r, hy_local(hy_calendar_zone(k->pack->calendar), from, NULL));
	if (!v || v->limit.n == 0)
		return hy_fail(k->e, HY_NO_RULE, field(k, "rule"),
			       "rule " HY_FMT " says nothing on that day", HY_ARG(near.want));
	*k->rule = (struct hy_clock_rule){
		.id = r->id,
		.clause = v->clause,
		.limit = v->limit,
		.roll = r->roll,
		.keep_time = r->keep_time,
		.office_end = r->office_end,
		.start_on_workday = r->start_on_workday,
		.extensions = r->extensions,
	};
	if (r->n_cutoff_channels == 0) {
		k->rule->cutoff = r->cutoff;
		k->rule->cutoff_to = r->cutoff_to;
	}
	return HY_OK;
}

static enum hy_code rule_of(struct asking *k, hy_ms from)
{
	const struct what_if *q = k->q;
	enum hy_code code = HY_OK;

	if (!q->rule.n && !q->limit.n)
		return hy_fail(k->e, HY_BAD_FIELD, field(k, "limit"),
			       "is needed, as 5wd, unless a rule is named");
	if (q->rule.n)
		code = by_rule(k, from);
	if (code)
		return code;
	if (q->limit.n && (!hy_limit_read(q->limit, &k->rule->limit) || k->rule->limit.n == 0))
		return hy_fail(k->e, HY_BAD_FIELD, field(k, "limit"),
			       "must be a length such as 5wd, 30cd, 6mo, 24h or 8wh");
	if (q->limit.n && q->rule.n)
		k->rule->clause = HY_S(""); /* the clause says another length */
	k->rule->roll |= q->roll;
	return HY_OK;
}

static enum hy_code instant(struct asking *k, const char *name, hy_str s, hy_ms *out)
{
	if (hy_instant_read(s, hy_calendar_zone(k->pack->calendar), out))
		return HY_OK;
	return hy_fail(k->e, HY_BAD_FIELD, field(k, name),
		       "must be a time such as 2026-09-30T10:00+08:00 or a day such as 2026-09-30");
}

static void event(struct asking *k, enum hy_clock_event_kind kind, hy_ms at, hy_str ref)
{
	*hy_push(k->a, &k->events) = (struct hy_clock_event){
		.kind = kind, .at = at, .seq = (int64_t)k->events.n, .ref = ref
	};
}

static enum hy_code pauses(struct asking *k)
{
	if (k->q->n_pauses > PAUSES_MOST)
		return hy_fail(k->e, HY_BAD_FIELD, field(k, "pause"), "may stand at most %d times",
			       PAUSES_MOST);
	for (size_t i = 0; i < k->q->n_pauses; i++) {
		hy_str until = k->q->pauses[i], from = HY_S("");
		hy_ms at = 0;
		hy_str_cut(&until, '/', &from);
		enum hy_code code = instant(k, "pause", from, &at);
		if (code)
			return code;
		event(k, HY_CLOCK_PAUSE, at, HY_S(""));
		if (until.n == 0)
			continue;
		code = instant(k, "pause", until, &at);
		if (code)
			return code;
		event(k, HY_CLOCK_RESUME, at, HY_S(""));
	}
	return HY_OK;
}

enum hy_code what_if(struct hy_arena *a, const struct pack *pack, const struct what_if *q,
		     struct what_if_due *out, struct hy_err *e)
{
	struct what_if_due w = { 0 };
	struct asking k = { .a = a, .pack = pack, .q = q, .rule = &w.rule, .e = e };
	hy_ms from = 0;
	enum hy_code code = instant(&k, "from", q->from, &from);

	if (!code)
		code = rule_of(&k, from);
	if (code)
		return code;
	event(&k, HY_CLOCK_START, from, w.rule.clause);
	code = pauses(&k);
	if (!code)
		code = hy_clock_due(k.events.v, k.events.n, &w.rule, pack->calendar, &w.due, a,
				    &w.trace, e);
	if (!code)
		*out = w;
	return code;
}

void what_if_json(struct hy_json *j, const struct pack *pack, const struct what_if_due *w,
		  bool traced)
{
	hy_json_obj(j);
	hy_json_kstr(j, "rule", w->rule.id);
	hy_json_kstr(j, "clause", w->rule.clause);
	hy_json_kstr(j, "limit", hy_limit_text(j->b->a, w->rule.limit));
	hy_json_kstr(j, "calendar", hy_calendar_hash(pack->calendar));
	explain_due_json(j, pack->calendar, &w->due, traced ? &w->trace : NULL);
	hy_json_obj_end(j);
}

void what_if_year_json(struct hy_json *j, const struct hy_calendar *cal, int year)
{
	hy_day first = hy_day_of(year, 1, 1), last = hy_day_of(year, 12, 31);

	hy_json_obj(j);
	hy_json_kint(j, "year", year);
	hy_json_kstr(j, "calendar", hy_calendar_id(cal));
	hy_json_kstr(j, "version", hy_calendar_hash(cal));
	hy_json_kint(j, "working_days", hy_work_between(cal, first - 1, last));
	hy_json_kbool(j, "provisional", hy_calendar_provisional_in(cal, first, last));
	hy_json_key(j, "days");
	hy_json_arr(j);
	for (hy_day d = first; d <= last; d++) {
		struct hy_day_why w = hy_calendar_why(cal, d);
		hy_json_obj(j);
		hy_json_kstr(j, "day", hy_day_text(j->b->a, d));
		hy_json_kbool(j, "work", w.work);
		hy_json_kstr(j, "by", hy_str_of(explain_source_names[w.source]));
		if (w.name.n)
			hy_json_kstr(j, "name", w.name);
		if (w.ref.n)
			hy_json_kstr(j, "notice", w.ref);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}
