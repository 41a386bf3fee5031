/* What a matter's own events say about how well it was recorded.  Pure. */
#include "supervise/quality.h"

#include "matter/fold.h"

#define T PACK_TEXT
const struct pack_text quality_population =
	T("本期内登记、未作废的事项，归于现在（或者办结时）的承办单位。",
	  "本期內登記、未作廢的事項，歸於現在（或者辦結時）的承辦單位。",
	  "Matters filed in the period and not annulled, of the unit that has them, or had them "
	  "when they ended.");
const struct quality_measure quality_measures[QUALITY__N] = {
	[QUALITY_LATE] = { "entered_late", T("事后补录", "事後補錄", "Entered afterwards"),
			   T("有环节在发生之后超过 card.entered_hours（默认48小时）才录入。",
			     "有環節在發生之後超過 card.entered_hours（預設48小時）才錄入。",
			     "Some move was entered later than card.entered_hours (48) after it "
			     "happened."),
			   T("有人员录入的环节；导入的事项除外。",
			     "有人員錄入的環節；匯入的事項除外。",
			     "People entered a move of it; imported matters are left out.") },
	[QUALITY_UNTRUE] = { "untrue_times",
			     T("时间不可能属实", "時間不可能屬實", "Times that cannot be true"),
			     T("录入早于发生，或者后一环节早于前一环节，或者登记后不到一分钟即答复"
			       "（"
			       "咨询、表扬除外）。",
			       "錄入早於發生，或者後一環節早於前一環節，或者登記後不到一分鐘即答覆"
			       "（"
			       "諮詢、表揚除外）。",
			       "A move was entered before it happened, or lies before the one "
			       "before it, or the answer came within a minute of filing "
			       "(questions and praise aside)."),
			     T("全部，含导入的事项。", "全部，含匯入的事項。",
			       "All of them, imported ones included.") },
	[QUALITY_PAUSE] = { "paused_near_due",
			    T("临期暂停", "臨期暫停", "Paused shortly before due"),
			    T("主时限有一次暂停开始于到期之前的最后一段：起算至到期（当时）的十分之"
			      "一，不少于一日。",
			      "主時限有一次暫停開始於到期之前的最後一段：起算至到期（當時）的十分之"
			      "一，不少於一日。",
			      "Some pause of the main clock began in the last stretch before the "
			      "date as it then stood: a tenth of the time from the start, a day at "
			      "least."),
			    T("主时限暂停过。", "主時限暫停過。", "The main clock was paused."),
			    .tested = true },
	[QUALITY_CLOSING] = { "answered_near_due",
			      T("临期答复", "臨期答覆", "Answered shortly before due"),
			      T("按时答复，且在到期之前的最后一段：起算至到期的十分之一，不少于一日"
				"。",
				"按時答覆，且在到期之前的最後一段：起算至到期的十分之一，不少於一日"
				"。",
				"Answered in time, in the last stretch before the date: a tenth of "
				"the time from the start, a day at least."),
			      T("按时答复，且主时限长于两日。", "按時答覆，且主時限長於兩日。",
				"Answered in time, with more than two days to do so."),
			      .tested = true },
};

enum hy_code quality_of_id(hy_str id, const char *field, enum quality *out, struct hy_err *e)
{
	struct hy_near near = hy_near_to(id);

	for (int i = 0; i < QUALITY__N; i++) {
		hy_str name = hy_str_of(quality_measures[i].id);
		hy_near_try(&near, name);
		if (hy_str_eq(id, name)) {
			*out = (enum quality)i;
			return HY_OK;
		}
	}
	return hy_fail(e, HY_BAD_FIELD, field, "there is no measure '" HY_FMT "'%s",
		       HY_ARG(near.want), hy_near_text(&near));
}

hy_ms quality_window(hy_ms start, hy_ms due)
{
	hy_ms tenth = (due - start) / 10;

	return tenth > HY_DAY_MS ? tenth : HY_DAY_MS;
}

static void shown(struct quality_found *f, hy_ms at, hy_ms due)
{
	if (!f->has)
		*f = (struct quality_found){ true, true, at, due };
}

/* A move that somebody made: neither the system's own nor what happens to a matter. */
static bool by_people(const struct matter_event *ev)
{
	return ev->move >= 0 && !hy_str_eq(ev->role, HY_S("system"));
}

static void entered_late(const struct quality_look *l, struct quality_found *f)
{
	for (size_t i = 0; !l->imported && i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		if (!by_people(ev))
			continue;
		f->of = true;
		if (ev->rec - ev->at > l->entered_ms)
			shown(f, ev->at, HY_NO_TIME);
	}
}

hy_ms quality_lateness(const struct quality_look *l)
{
	hy_ms most = INT64_MIN;

	for (size_t i = 0; !l->imported && i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		if (by_people(ev) && ev->rec - ev->at > most)
			most = ev->rec - ev->at;
	}
	return most;
}

static bool answered_at_once(const struct matter *m)
{
	bool quick = hy_str_eq(m->cls, HY_S("inquiry")) || hy_str_eq(m->cls, HY_S("praise"));

	for (size_t i = 1; !quick && i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		if (by_people(ev) && m->kind->moves[ev->move].act == PACK_REPLY)
			return ev->at - m->filed_at < HY_MINUTE;
	}
	return false;
}

static void untrue(const struct quality_look *l, struct quality_found *f)
{
	const struct matter *m = l->m;
	hy_ms last = INT64_MIN; /* of the moves so far */

	f->of = true;
	for (size_t i = 0; i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		if (by_people(ev) && (ev->at > ev->rec || ev->at < last))
			shown(f, ev->at, HY_NO_TIME);
		if (ev->move >= 0)
			last = ev->at;
	}
	if (answered_at_once(m))
		shown(f, m->answered_at, HY_NO_TIME);
}

static const struct matter_event *event_of(const struct matter *m, int64_t seq)
{
	for (size_t i = 0; i < m->n_events; i++)
		if (m->events[i].seq == seq)
			return &m->events[i];
	return NULL;
}

static bool is_pause(const struct matter *m, const struct hy_clock_event *x)
{
	const struct matter_event *ev = x->kind == HY_CLOCK_PAUSE ? event_of(m, x->seq) : NULL;

	return ev && ev->move >= 0 && m->kind->moves[ev->move].act == PACK_PAUSE;
}

static void paused(const struct quality_look *l, struct quality_found *f)
{
	const struct matter_clock *c = matter_main_clock(l->m);

	for (size_t i = 1; c && i < c->n_events; i++) {
		const struct hy_clock_event *x = &c->events[i];
		struct hy_clock_due due;
		struct hy_err none = { 0 };
		if (!is_pause(l->m, x))
			continue;
		f->of = true;
		if (hy_clock_due(c->events, i, &c->counted, c->calendar, &due, l->a, NULL, &none) ||
		    due.due_at == HY_NO_TIME)
			continue;
		if (x->at <= due.due_at &&
		    x->at > due.due_at - quality_window(due.start_at, due.due_at))
			shown(f, x->at, due.due_at);
	}
}

static void answered(const struct quality_look *l, struct quality_found *f)
{
	const struct matter_clock *c = matter_main_clock(l->m);

	if (!c || c->verdict != MATTER_IN_TIME || c->due.due_at == HY_NO_TIME ||
	    c->due.due_at - c->due.start_at <= 2 * (hy_ms)HY_DAY_MS)
		return;
	f->of = true;
	if (c->due.stopped_at > c->due.due_at - quality_window(c->due.start_at, c->due.due_at))
		shown(f, c->due.stopped_at, c->due.due_at);
}

void quality_find(const struct quality_look *l, struct quality_found out[QUALITY__N])
{
	for (int i = 0; i < QUALITY__N; i++)
		out[i] = (struct quality_found){ .at = HY_NO_TIME, .due = HY_NO_TIME };
	if (l->m->annulled)
		return;
	entered_late(l, &out[QUALITY_LATE]);
	untrue(l, &out[QUALITY_UNTRUE]);
	paused(l, &out[QUALITY_PAUSE]);
	answered(l, &out[QUALITY_CLOSING]);
}
