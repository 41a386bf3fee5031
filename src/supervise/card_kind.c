/* The kinds of breach that the record itself proves.  Add a row and a function; the rest comes from
 * the table. */
#include "supervise/card.h"

#include <limits.h>

#include "matter/fold.h"
#include "pack/field.h"

const char *const card_level_names[] = { "warning", "yellow", "red", NULL };
#define T PACK_TEXT
const struct pack_text card_level_titles[] = {
	T("预警", "預警", "Warning"),
	T("黄牌", "黃牌", "Yellow card"),
	T("红牌", "紅牌", "Red card"),
};

/* --- what the finders share ---------------------------------------------------------------------
 */

static void evidence(struct card_found *f, int64_t seq)
{
	if (seq >= 1 && seq <= 256)
		f->seqs[(seq - 1) / 64] |= (uint64_t)1 << ((seq - 1) % 64);
}

static struct card_found *found(const struct card_look *l, struct card_finds *out,
				const struct card_kind *k)
{
	if (out->n == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 8;
		struct card_found *v = hy_new_n(l->a, struct card_found, cap);
		for (size_t i = 0; i < out->n; i++)
			v[i] = out->v[i];
		out->v = v;
		out->cap = cap;
	}
	struct card_found *f = &out->v[out->n++];
	*f = (struct card_found){ .kind = k, .level = k->level, .severity = k->severity };
	f->clause = k->clause;
	f->mark = hy_str_of(k->id);
	return f;
}

static const struct pack_move *move_of(const struct card_look *l, const struct matter_event *ev)
{
	return ev->move >= 0 ? &l->m->kind->moves[ev->move] : NULL;
}

static bool acts(const struct card_look *l, const struct matter_event *ev, enum pack_act act)
{
	const struct pack_move *mv = move_of(l, ev);

	return mv && mv->act == act;
}

static bool by_system(const struct matter_event *ev)
{
	return hy_str_eq(ev->role, HY_S("system"));
}

/* A breach by the event I itself; its move's clause is the better one. */
static struct card_found *by_event(const struct card_look *l, struct card_finds *out,
				   const struct card_kind *k, size_t i)
{
	const struct matter_event *ev = &l->m->events[i];
	const struct pack_move *mv = move_of(l, ev);
	struct card_found *f = found(l, out, k);

	if (mv && mv->clause.n)
		f->clause = mv->clause;
	f->since = ev->at;
	f->events = i + 1;
	f->mark = hy_printf(l->a, "%s/%lld", k->id, (long long)ev->seq);
	evidence(f, ev->seq);
	return f;
}

/* "行政许可法 第四十五条" -> "行政许可法" */
static hy_str law_of(hy_str clause)
{
	hy_str head = { 0 };

	return hy_str_cut(&clause, ' ', &head) ? head : HY_S("");
}

/* --- the finders --------------------------------------------------------------------------------
 */

/* 行政许可法 32(1)(4): nobody told what was missing within five working days, so it was accepted by
 * silence. */
static void find_no_notice(const struct card_kind *k, const struct card_look *l,
			   struct card_finds *out)
{
	for (size_t i = 0; i < l->m->n_events; i++)
		if (by_system(&l->m->events[i]) && acts(l, &l->m->events[i], PACK_ACCEPT))
			by_event(l, out, k, i);
}

/* 一次性告知 happens once. */
static void find_second_notice(const struct card_kind *k, const struct card_look *l,
			       struct card_finds *out)
{
	int64_t first = 0;

	for (size_t i = 0; i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		if (!acts(l, ev, PACK_NOTICE))
			continue;
		if (first)
			evidence(by_event(l, out, k, i), first);
		else
			first = ev->seq;
	}
}

static bool erased(const struct matter *m)
{
	for (size_t i = 0; i < m->n_events; i++)
		if (hy_str_eq(m->events[i].name, HY_S(MATTER_ERASED)))
			return true;
	return false;
}

/* A refusal without ground or without a reason in words. */
static void find_no_reason(const struct card_kind *k, const struct card_look *l,
			   struct card_finds *out)
{
	if (erased(l->m)) /* what was written is gone, nobody can tell any more */
		return;
	for (size_t i = 0; i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		if (!acts(l, ev, PACK_DECLINE))
			continue;
		if (matter_field_text(ev, PACK_GROUND).n == 0 ||
		    hy_str_trim(matter_field_text(ev, PACK_REASON)).n == 0)
			by_event(l, out, k, i);
	}
}

/* The law of the kind names grounds of its own, and this is none of them. */
static bool foreign_ground(const struct card_look *l, hy_str ground)
{
	const struct pack_words *words = &l->m->pack->lists[PACK_PAUSE_GROUNDS];
	hy_str law = l->m->kind->clause;
	bool own = false, named = false;

	if (law.n == 0)
		return false;
	for (size_t i = 0; i < words->n; i++) {
		bool of_law = hy_str_eq(law_of(words->v[i].clause), law);
		own |= of_law;
		named |= of_law && hy_str_eq(words->v[i].id, ground);
	}
	return own && !named;
}

static void find_pause_ground(const struct card_kind *k, const struct card_look *l,
			      struct card_finds *out)
{
	for (size_t i = 0; i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		if (acts(l, ev, PACK_PAUSE) &&
		    foreign_ground(l, matter_field_text(ev, PACK_GROUND)))
			by_event(l, out, k, i);
	}
}

static size_t event_of(const struct matter *m, int64_t seq)
{
	for (size_t i = 0; i < m->n_events; i++)
		if (m->events[i].seq == seq)
			return i;
	return m->n_events;
}

/* Entered when the time had run out, as if it had been stopped before. */
static void late_pause_of(const struct card_kind *k, const struct card_look *l,
			  const struct matter_clock *c, struct card_finds *out)
{
	for (size_t i = 1; i < c->n_events; i++) {
		const struct hy_clock_event *x = &c->events[i];
		size_t at = event_of(l->m, x->seq);
		struct hy_clock_due due;
		struct hy_err e = { 0 };
		if (x->kind != HY_CLOCK_PAUSE || at == l->m->n_events ||
		    !acts(l, &l->m->events[at], PACK_PAUSE) ||
		    hy_clock_due(c->events, i, &c->counted, c->calendar, &due, l->a, NULL, &e) ||
		    due.due_at == HY_NO_TIME || l->m->events[at].rec <= due.due_at)
			continue;
		struct card_found *f = by_event(l, out, k, at);
		f->since = l->m->events[at].rec;
		f->clock = c->def->id;
		f->clause = c->counted.clause.n ? c->counted.clause : f->clause;
	}
}

static void find_late_pause(const struct card_kind *k, const struct card_look *l,
			    struct card_finds *out)
{
	for (size_t i = 0; i < l->m->n_clocks; i++)
		late_pause_of(k, l, &l->m->clocks[i], out);
}

/* A pause that lasts longer than the length that the paper gave. */
static void find_long_pause(const struct card_kind *k, const struct card_look *l,
			    struct card_finds *out)
{
	const struct hy_zone *zone = hy_calendar_zone(l->pack->calendar);
	const struct matter *m = l->m;

	for (size_t i = 0; i < m->n_events; i++) {
		const json_t *planned = matter_field(&m->events[i], PACK_PLANNED);
		hy_ms end = HY_NO_TIME;
		if (!acts(l, &m->events[i], PACK_PAUSE) || !json_is_integer(planned))
			continue;
		for (size_t n = i + 1; n < m->n_events && end == HY_NO_TIME; n++)
			if (acts(l, &m->events[n], PACK_RESUME))
				end = m->events[n].at;
		if (end == HY_NO_TIME)
			end = m->closed_at;
		hy_day day =
			hy_local(zone, m->events[i].at, NULL) + (hy_day)json_integer_value(planned);
		hy_ms over = hy_instant(zone, day + 1, 0);
		if (end != HY_NO_TIME && end < over)
			continue;
		struct card_found *f = by_event(l, out, k, i);
		f->since = over;
	}
}

/* Solved within minutes of being filed.  A question may be answered at once. */
static void find_closed_at_once(const struct card_kind *k, const struct card_look *l,
				struct card_finds *out)
{
	const struct matter *m = l->m;

	if (m->open || l->imported || !hy_str_eq(m->outcome, HY_S("solved")) ||
	    hy_str_eq(m->cls, HY_S("inquiry")) || hy_str_eq(m->cls, HY_S("praise")))
		return;
	for (size_t i = m->n_events; i-- > 0;) {
		if (!acts(l, &m->events[i], PACK_CLOSE))
			continue;
		if (m->events[i].at - m->filed_at < l->closed_ms)
			evidence(by_event(l, out, k, i), 1);
		return;
	}
}

/* What is entered long after it happened was not handled in the system 体外循环. */
static void find_entered_late(const struct card_kind *k, const struct card_look *l,
			      struct card_finds *out)
{
	struct card_found *f = NULL;

	if (l->imported)
		return;
	for (size_t i = 0; i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		if (ev->move < 0 || by_system(ev) || ev->rec - ev->at <= l->entered_ms)
			continue;
		if (f) {
			evidence(f, ev->seq);
			continue;
		}
		f = by_event(l, out, k, i);
		f->since = ev->rec;
		f->clause = k->clause;
		f->mark = hy_str_of(k->id); /* once for a matter */
	}
}

/* With the filing, that names the item; the move's clause says when a fee may be charged, the
 * card's what follows when it may not. */
static void by_charge(const struct card_look *l, struct card_finds *out, const struct card_kind *k,
		      size_t i)
{
	struct card_found *f = by_event(l, out, k, i);

	f->clause = k->clause;
	evidence(f, 1);
}

/* 行政许可法 58, 59, 75: what is charged stands in the catalogue, or is not charged. */
static void find_unlisted_fee(const struct card_kind *k, const struct card_look *l,
			      struct card_finds *out)
{
	for (size_t i = 0; i < l->m->n_events; i++)
		if (acts(l, &l->m->events[i], PACK_CHARGE) &&
		    hy_json_get(l->m->events[i].data, MATTER_FEE_STANDARD).n == 0)
			by_charge(l, out, k, i);
}

/* More than its standard, as far as that names an amount. */
static void find_excess_fee(const struct card_kind *k, const struct card_look *l,
			    struct card_finds *out)
{
	for (size_t i = 0; i < l->m->n_events; i++) {
		const struct matter_event *ev = &l->m->events[i];
		int64_t most, fen;
		if (acts(l, ev, PACK_CHARGE) &&
		    pack_money_read(hy_json_get(ev->data, MATTER_FEE_MOST), INT_MAX, &most) &&
		    pack_money_read(matter_field_text(ev, PACK_AMOUNT), INT_MAX, &fen) &&
		    fen > most)
			by_charge(l, out, k, i);
	}
}

/* --- the table ----------------------------------------------------------------------------------
 */

enum { BY_DUE_SOON, BY_PLEDGE, BY_STATUTE, BY_STEP, BY_ESCALATION };

/* Severity of the first five is the ladder's. */
const struct card_kind card_kinds[] = {
	[BY_DUE_SOON] = { "due_soon",
			  CARD_WARNING,
			  0,
			  T("即将到期", "即將到期", "Due soon"),
			  { 0 },
			  NULL },
	[BY_PLEDGE] = { "overdue_pledged",
			CARD_YELLOW,
			0,
			T("超过承诺时限", "超過承諾時限", "Past the promised limit"),
			{ 0 },
			NULL },
	[BY_STATUTE] = { "overdue_statutory",
			 CARD_RED,
			 0,
			 T("超过法定时限", "超過法定時限", "Past the statutory limit"),
			 { 0 },
			 NULL },
	[BY_STEP] = { "overdue_step",
		      CARD_YELLOW,
		      0,
		      T("环节超时", "環節超時", "A step is overdue"),
		      { 0 },
		      NULL },
	[BY_ESCALATION] = { "escalated",
			    CARD_YELLOW,
			    0,
			    T("整改再次不合格，升级督办", "整改再次不合格，升級督辦",
			      "Rectification failed again; escalated"),
			    { 0 },
			    NULL },
	{ "no_notice", CARD_YELLOW, 50,
	  T("逾期未告知是否受理", "逾期未告知是否受理", "Accepted by silence: nobody told in time"),
	  HY_S_INIT("行政许可法 第三十二条第一款第四项"), find_no_notice },
	{ "second_notice", CARD_YELLOW, 60,
	  T("未一次性告知，再次要求补正", "未一次性告知，再次要求補正",
	    "Papers asked for a second time"),
	  HY_S_INIT("行政许可法 第三十二条第一款第四项"), find_second_notice },
	{ "no_reason", CARD_YELLOW, 60,
	  T("不予办理而未说明理由", "不予辦理而未說明理由", "Refused without a reason"),
	  HY_S_INIT("行政许可法 第三十八条第二款、第七十二条"), find_no_reason },
	{ "pause_ground", CARD_YELLOW, 60,
	  T("暂停计时的理由不是法定情形", "暫停計時的理由不是法定情形",
	    "Stopped on a ground that its law does not know"),
	  HY_S_INIT("行政许可法 第四十五条"), find_pause_ground },
	{ "late_pause", CARD_RED, 80,
	  T("到期之后暂停计时", "到期之後暫停計時", "Stopped after the time had run out"),
	  HY_S_INIT("行政许可法 第四十五条"), find_late_pause },
	{ "long_pause", CARD_YELLOW, 40,
	  T("暂停超过告知的时间", "暫停超過告知的時間", "Stopped longer than was told"),
	  HY_S_INIT("行政许可法 第四十五条"), find_long_pause },
	{ "closed_at_once", CARD_WARNING, 40,
	  T("登记后数分钟内办结", "登記後數分鐘內辦結", "Solved within minutes of being filed"),
	  HY_S_INIT("政务处分法 第三十九条"), find_closed_at_once },
	{ "entered_late", CARD_YELLOW, 50,
	  T("事后补录，体外循环", "事後補錄，體外循環", "Entered long after it happened"),
	  HY_S_INIT("政务处分法 第三十九条"), find_entered_late },
	{ "unlisted_fee", CARD_RED, 80,
	  T("收取目录以外的费用", "收取目錄以外的費用",
	    "Charged a fee that is not in the catalogue"),
	  HY_S_INIT("行政许可法 第五十八条、第七十五条"), find_unlisted_fee },
	{ "excess_fee", CARD_RED, 80,
	  T("超过标准收费", "超過標準收費", "Charged more than the standard"),
	  HY_S_INIT("行政许可法 第五十九条、第七十五条"), find_excess_fee },
	{ 0 },
};

const struct card_kind *card_kind_of(hy_str id)
{
	for (const struct card_kind *k = card_kinds; k->id; k++)
		if (hy_str_eq(id, hy_str_of(k->id)))
			return k;
	return NULL;
}

/* --- ladders -------------------------------------------------------------------------------------
 */

static const struct card_kind *ladder_kind(const struct matter_clock *c, const struct hy_step *s)
{
	if (s->light == HY_LIGHT_YELLOW)
		return &card_kinds[BY_DUE_SOON];
	if (s->percent <= 0 && s->before.n <= 0 && !s->due && s->after.n <= 0) /* at the start */
		return &card_kinds[BY_ESCALATION];
	if (!c->def->main)
		return &card_kinds[BY_STEP];
	return &card_kinds[s->pledged ? BY_PLEDGE : BY_STATUTE];
}

static enum card_level ladder_level(enum hy_light light)
{
	return light == HY_LIGHT_YELLOW ? CARD_WARNING
					: (light == HY_LIGHT_ORANGE ? CARD_YELLOW : CARD_RED);
}

/* The events that made this clock what it was at SINCE, and how many there were. */
static void ladder_evidence(const struct card_look *l, const struct matter_clock *c,
			    struct card_found *f)
{
	for (size_t i = 0; i < c->n_events; i++)
		if (c->events[i].at <= f->since && c->events[i].kind != HY_CLOCK_STOP)
			evidence(f, c->events[i].seq);
	for (f->events = 1; f->events < l->m->n_events; f->events++)
		if (l->m->events[f->events].at > f->since)
			break;
}

static enum hy_code ladder_step(const struct card_look *l, const struct matter_clock *c, size_t at,
				struct card_finds *out, struct hy_err *e)
{
	const struct pack_step *s = &c->def->ladder->steps[at];
	hy_ms lights[HY_LIGHT_RED + 1];
	enum hy_code code = hy_clock_lights(c->events, c->n_events, &c->counted, c->calendar,
					    &s->step, 1, lights, e);

	if (code)
		return code;
	hy_ms since = lights[s->step.light];
	if (since == HY_NO_TIME || (c->due.stopped_at != HY_NO_TIME && since > c->due.stopped_at))
		return HY_OK;
	hy_str mark =
		hy_printf(l->a, "light/" HY_FMT "/%d/%s/%s", HY_ARG(c->def->id), c->n,
			  matter_light_names[s->step.light], s->step.pledged ? "pledged" : "law");
	for (size_t i = 0; i < out->n; i++) {
		struct card_found *f = &out->v[i];
		if (!hy_str_eq(f->mark, mark))
			continue; /* of several steps of one colour the earliest, and its severity
				   */
		if (since < f->since || (since == f->since && s->severity > f->severity)) {
			f->since = since;
			f->severity = s->severity;
		}
		return HY_OK;
	}
	struct card_found *f = found(l, out, ladder_kind(c, &s->step));
	f->level = ladder_level(s->step.light);
	f->severity = s->severity;
	f->since = since;
	f->clock = c->def->id;
	f->clause = s->step.pledged ? c->counted.pledge_clause : c->counted.clause;
	if (f->clause.n == 0)
		f->clause = l->m->kind->clause;
	f->mark = mark;
	return HY_OK;
}

static enum hy_code ladder(const struct card_look *l, const struct matter_clock *c,
			   struct card_finds *out, struct hy_err *e)
{
	size_t before = out->n;
	enum hy_code code = HY_OK;

	if (!c->def->legal || !c->def->ladder)
		return HY_OK;
	for (size_t i = 0; !code && i < c->def->ladder->n_steps; i++)
		if (c->def->ladder->steps[i].step.light >= HY_LIGHT_YELLOW)
			code = ladder_step(l, c, i, out, e);
	for (size_t i = before; i < out->n; i++)
		ladder_evidence(l, c, &out->v[i]);
	return code;
}

/* The matter was not here yet: another system's times prove nothing about this one. */
static bool before_us(const struct card_look *l, const struct card_found *f)
{
	return l->imported && l->m->n_events && f->since < l->m->events[0].rec;
}

enum hy_code card_find(const struct card_look *l, struct card_finds *out, struct hy_err *e)
{
	struct card_finds all = { 0 };
	enum hy_code code = HY_OK;
	size_t kept = 0;

	for (size_t i = 0; !code && i < l->m->n_clocks; i++)
		code = ladder(l, &l->m->clocks[i], &all, e);
	if (code)
		return code;
	for (const struct card_kind *k = card_kinds; k->id; k++)
		if (k->find)
			k->find(k, l, &all);
	for (size_t i = 0; i < all.n; i++)
		if (!before_us(l, &all.v[i]))
			all.v[kept++] = all.v[i];
	all.n = kept;
	*out = all;
	return HY_OK;
}
