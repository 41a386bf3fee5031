#include "matter/explain.h"

const char *const explain_what_names[] = {
	[HY_TRACE_START] = "start",	[HY_TRACE_SHIFT] = "shift",
	[HY_TRACE_COUNTED] = "counted", [HY_TRACE_REST] = "rest",
	[HY_TRACE_PAUSED] = "paused",	[HY_TRACE_EXTENDED] = "extended",
	[HY_TRACE_LIMIT] = "limit",	[HY_TRACE_MONTHS] = "months",
	[HY_TRACE_HOURS] = "hours",	[HY_TRACE_ROLLED] = "rolled",
	[HY_TRACE_STATED] = "stated",	[HY_TRACE_DUE] = "due",
};
const char *const explain_source_names[] = {
	[HY_BY_WEEK] = "week",
	[HY_BY_STATUTE] = "statute",
	[HY_BY_NOTICE] = "notice",
	[HY_BY_REGION] = "region",
};

void explain_instant(struct hy_json *j, const char *key, const struct hy_calendar *cal, hy_ms at)
{
	if (at == HY_NO_TIME)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_instant_text(j->b->a, hy_calendar_zone(cal), at));
}

void explain_day(struct hy_json *j, const char *key, hy_day d)
{
	if (d == HY_NO_DAY)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_day_text(j->b->a, d));
}

static void line_json(struct hy_json *j, const struct hy_trace_line *l)
{
	bool week = l->why.source == HY_BY_WEEK;
	hy_str clause = week ? l->why.ref : HY_S("");

	hy_json_obj(j);
	hy_json_kstr(j, "day", hy_day_text(j->b->a, l->day));
	hy_json_kint(j, "weekday", hy_weekday(l->day));
	hy_json_kstr(j, "what", hy_str_of(explain_what_names[l->what]));
	if (l->count)
		hy_json_kint(j, "count", l->count);
	hy_json_kbool(j, "work", l->why.work);
	hy_json_kstr(j, "by", hy_str_of(explain_source_names[l->why.source]));
	if (l->why.name.n)
		hy_json_kstr(j, "name", l->why.name);
	if (!week && l->why.ref.n)
		hy_json_kstr(j, "notice", l->why.ref);
	if (l->why.provisional)
		hy_json_kbool(j, "provisional", true);
	if (l->ref.n && !hy_str_eq(l->ref, l->why.ref))
		clause = l->ref;
	if (clause.n)
		hy_json_kstr(j, "clause", clause);
	hy_json_obj_end(j);
}

void explain_due_json(struct hy_json *j, const struct hy_calendar *cal,
		      const struct hy_clock_due *due, const struct hy_trace *trace)
{
	hy_json_kstr(j, "state", hy_str_of(matter_clock_state_names[due->state]));
	explain_instant(j, "start_at", cal, due->start_at);
	explain_day(j, "due_day", due->due_day);
	explain_instant(j, "due_at", cal, due->due_at);
	explain_instant(j, "original_due_at", cal, due->original_due_at);
	explain_instant(j, "pledged_due_at", cal, due->pledged_due_at);
	explain_instant(j, "stopped_at", cal, due->stopped_at);
	explain_instant(j, "paused_at", cal, due->paused_at);
	hy_json_kbool(j, "provisional", due->provisional);
	hy_json_kbool(j, "rolled", due->rolled);
	hy_json_kint(j, "extensions", due->extensions);
	hy_json_kint(j, "paused_days", due->paused_days);
	if (!trace)
		return;
	hy_json_key(j, "trace");
	hy_json_arr(j);
	for (size_t i = 0; i < trace->n; i++)
		line_json(j, &trace->v[i]);
	hy_json_arr_end(j);
}

static void pauses_json(struct hy_json *j, const struct matter_clock *c)
{
	hy_json_key(j, "pauses");
	hy_json_arr(j);
	for (size_t i = 0; i < c->n_events; i++) {
		if (c->events[i].kind != HY_CLOCK_PAUSE)
			continue;
		hy_ms until = HY_NO_TIME;
		for (size_t k = i + 1; k < c->n_events && until == HY_NO_TIME; k++)
			if (c->events[k].kind == HY_CLOCK_RESUME ||
			    c->events[k].kind == HY_CLOCK_STOP ||
			    c->events[k].kind == HY_CLOCK_RESTART)
				until = c->events[k].at;
		hy_json_obj(j);
		explain_instant(j, "from", c->calendar, c->events[i].at);
		explain_instant(j, "until", c->calendar, until);
		hy_json_kstr(j, "ground", c->events[i].ref);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

enum hy_code explain_clock_json(struct hy_json *j, const struct matter_clock *c, hy_ms now,
				bool traced, struct hy_err *e)
{
	struct hy_arena *a = j->b->a;
	struct hy_trace trace = { 0 };
	struct hy_clock_due due = c->due;

	if (traced) {
		enum hy_code code = hy_clock_due(c->events, c->n_events, &c->counted, c->calendar,
						 &due, a, &trace, e);
		if (code)
			return code;
	}
	hy_json_obj(j);
	hy_json_kstr(j, "clock", c->def->id);
	hy_json_kint(j, "run", c->n);
	hy_json_key(j, "title");
	hy_json_obj(j);
	hy_json_kstr(j, "zh-CN", c->def->title.zh_cn);
	hy_json_kstr(j, "zh-Hant", c->def->title.zh_hant);
	hy_json_kstr(j, "en", c->def->title.en);
	hy_json_obj_end(j);
	hy_json_kbool(j, "legal", c->def->legal);
	hy_json_kbool(j, "main", c->def->main);
	hy_json_kstr(j, "unit", c->def->holder == PACK_UNIT_HOLDS ? c->unit : HY_S(""));
	hy_json_kstr(j, "rule", c->counted.id);
	hy_json_kstr(j, "limit", hy_limit_text(a, c->counted.limit));
	hy_json_kstr(j, "clause", c->counted.clause);
	if (c->counted.pledged.n)
		hy_json_kstr(j, "pledged_limit", hy_limit_text(a, c->counted.pledged));
	hy_json_kstr(j, "light", hy_str_of(matter_light_names[matter_light(c->lights, now)]));
	hy_json_kstr(j, "verdict", hy_str_of(matter_verdict_names[c->verdict]));
	hy_json_kstr(j, "calendar", hy_str_head(hy_calendar_hash(c->calendar), 16));
	pauses_json(j, c);
	explain_due_json(j, c->calendar, &due, traced ? &trace : NULL);
	hy_json_obj_end(j);
	return HY_OK;
}

/* --- lines for a terminal ------------------------------------------------------------------- */

enum { ZH_CN, ZH_HANT, EN, LANGUAGES };

static int language_index(hy_str language)
{
	if (hy_str_eq(language, HY_S("en")))
		return EN;
	return hy_str_eq(language, HY_S("zh-Hant")) ? ZH_HANT : ZH_CN;
}

static const char *const weekdays[LANGUAGES][7] = {
	{ "周日", "周一", "周二", "周三", "周四", "周五", "周六" },
	{ "週日", "週一", "週二", "週三", "週四", "週五", "週六" },
	{ "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" },
};
static const char *const whats[HY_TRACE_DUE + 1][LANGUAGES] = {
	[HY_TRACE_START] = { "第0日，不计", "第0日，不計", "day 0, not counted" },
	[HY_TRACE_SHIFT] = { "起算移至此日", "起算移至此日", "the start moves here" },
	[HY_TRACE_COUNTED] = { "计入", "計入", "counted" },
	[HY_TRACE_REST] = { "休息，不计", "休息，不計", "rest, not counted" },
	[HY_TRACE_PAUSED] = { "中止，不计", "中止，不計", "paused, not counted" },
	[HY_TRACE_EXTENDED] = { "延期", "延期", "extended" },
	[HY_TRACE_LIMIT] = { "时限变更", "時限變更", "limit changed" },
	[HY_TRACE_MONTHS] = { "月的对应日", "月的對應日", "corresponding day of the month" },
	[HY_TRACE_HOURS] = { "计时", "計時", "hours counted" },
	[HY_TRACE_ROLLED] = { "末日休息，顺延", "末日休息，順延",
			      "last day is no working day: moves on" },
	[HY_TRACE_STATED] = { "指定日期", "指定日期", "stated date" },
	[HY_TRACE_DUE] = { "到期日", "到期日", "due" },
};
static const char *const make_up[LANGUAGES] = { "调休上班", "調休上班", "make-up working day" };
static const char *const provisional[LANGUAGES] = { "暂定（尚无当年通知）", "暫定（尚無當年通知）",
						    "provisional (no notice for that year yet)" };

static void why_text(struct hy_buf *b, const struct hy_trace_line *l, int lang, bool *week_said)
{
	if (l->why.work && l->why.source != HY_BY_WEEK)
		hy_buf_fmt(b, "  %s", make_up[lang]);
	if (l->why.name.n)
		hy_buf_fmt(b, "  " HY_FMT, HY_ARG(l->why.name));
	bool week = l->why.source == HY_BY_WEEK;
	if (l->why.ref.n && !(week && *week_said))
		hy_buf_fmt(b, "  [" HY_FMT "]", HY_ARG(l->why.ref));
	*week_said |= week && l->why.ref.n;
	if (l->why.provisional)
		hy_buf_fmt(b, "  %s", provisional[lang]);
}

void explain_trace_text(struct hy_buf *b, const struct hy_trace *trace, hy_str language)
{
	int lang = language_index(language);
	hy_str said = HY_S(""); /* a clause is quoted where it begins to speak */
	bool week_said = false; /* and that of the week once */

	for (size_t i = 0; i < trace->n; i++) {
		const struct hy_trace_line *l = &trace->v[i];
		hy_buf_fmt(b, HY_FMT "  %s  ", HY_ARG(hy_day_text(b->a, l->day)),
			   weekdays[lang][hy_weekday(l->day)]);
		if (l->what == HY_TRACE_COUNTED)
			hy_buf_fmt(b, "%4d", l->count);
		else
			hy_buf_add(b, HY_S("   ·"));
		hy_buf_fmt(b, "  %s", whats[l->what][lang]);
		if (l->count && l->what != HY_TRACE_COUNTED)
			hy_buf_fmt(b, " (%d)", l->count);
		why_text(b, l, lang, &week_said);
		if (l->ref.n && !hy_str_eq(l->ref, l->why.ref) && !hy_str_eq(l->ref, said))
			hy_buf_fmt(b, "  «" HY_FMT "»", HY_ARG(l->ref));
		said = l->ref.n ? l->ref : said;
		hy_buf_byte(b, '\n');
	}
}
