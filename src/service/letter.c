/* What the papers of a licence case say, from the event that each belongs to. */
#include "service/letter.h"

#include "base/json.h"
#include "matter/fold.h"
#include "people/unit.h"

#define TITLE(cn, hant, english) .title = { HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english) }
const struct letter_row letter_forms[LETTER__FORMS] = {
	[LETTER_ACCEPT] = { "accept", TITLE("受理通知书", "受理通知書", "Notice of acceptance") },
	[LETTER_DEEMED] = { "deemed", TITLE("受理通知书（视为受理）", "受理通知書（視為受理）",
					    "Notice of acceptance by silence") },
	[LETTER_DECLINE] = { "decline",
			     TITLE("不予受理通知书", "不予受理通知書", "Refusal to accept") },
	[LETTER_NOTICE] = { "notice", TITLE("补正材料一次告知书", "補正材料一次告知書",
					    "One-off notice of missing papers") },
	[LETTER_PAUSE] = { "pause", TITLE("特别程序告知书", "特別程序告知書",
					  "Notice of a special procedure") },
	[LETTER_EXTEND] = { "extend",
			    TITLE("延长期限告知书", "延長期限告知書", "Notice of an extension") },
	[LETTER_GRANT] = { "grant",
			   TITLE("准予行政许可决定书", "准予行政許可決定書", "Decision to grant") },
	[LETTER_REFUSE] = { "refuse", TITLE("不予行政许可决定书", "不予行政許可決定書",
					    "Decision to refuse") },
	[LETTER_REGISTER] = { "register",
			      TITLE("否定报备登记表", "否定報備登記表",
				    "Registration of a refusal"),
			      .inside = true },
};

/* --- which there are ----------------------------------------------------------------------------
 */

static bool runs_on_items(const struct pack_kind *k)
{
	for (size_t i = 0; i < k->moves[0].n_needs; i++)
		if (k->moves[0].needs[i].field == PACK_ITEM)
			return true;
	return false;
}

/* Closed before it was accepted: it was refused to accept it. */
static bool accepted_before(const struct matter *m, const struct matter_event *ev)
{
	for (const struct matter_event *x = m->events; x < ev; x++)
		if (x->move >= 0 && m->kind->moves[x->move].act == PACK_ACCEPT)
			return true;
	return false;
}

static enum letter_form form_of(const struct matter *m, const struct matter_event *ev)
{
	const struct pack_move *mv = &m->kind->moves[ev->move];

	switch (mv->act) {
	case PACK_ACCEPT:
		return hy_str_eq(ev->role, HY_S("system")) ? LETTER_DEEMED : LETTER_ACCEPT;
	case PACK_DECLINE:
		return accepted_before(m, ev) ? LETTER_REFUSE : LETTER_DECLINE;
	case PACK_NOTICE:
		return LETTER_NOTICE;
	case PACK_PAUSE:
		return LETTER_PAUSE;
	case PACK_EXTEND:
		return LETTER_EXTEND;
	case PACK_REPLY:
		/* sent on to a higher organ, the decision is that organ's */
		return m->kind->states[mv->to].open ? LETTER_GRANT : LETTER__FORMS;
	case PACK_FILE:
	case PACK_DISPATCH:
	case PACK_ASSIGN:
	case PACK_RETURN:
	case PACK_HAND_OFF:
	case PACK_CO_HANDLE:
	case PACK_RESUME:
	case PACK_CLOSE:
	case PACK_RATE:
	case PACK_REOPEN:
	case PACK_ANNUL:
	case PACK_CORRECT:
	case PACK_JOIN:
	case PACK_SPLIT:
	case PACK_NOTE:
	case PACK_STEP:
	case PACK_CHARGE:
	case PACK__ACTS:
		break;
	}
	return LETTER__FORMS;
}

void letter_list(struct hy_arena *a, const struct matter *m, bool inside, struct letter **out,
		 size_t *n_out)
{
	HY_VEC(struct letter) v = { 0 };

	for (size_t i = 0; runs_on_items(m->kind) && i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		enum letter_form form = ev->move < 0 ? LETTER__FORMS : form_of(m, ev);
		if (form == LETTER__FORMS)
			continue;
		*hy_push(a, &v) = (struct letter){ form, ev };
		if (inside && (form == LETTER_DECLINE || form == LETTER_REFUSE))
			*hy_push(a, &v) = (struct letter){ LETTER_REGISTER, ev };
	}
	*out = v.v;
	*n_out = v.n;
}

enum hy_code letter_of(struct hy_arena *a, const struct matter *m, int64_t seq, hy_str form,
		       bool inside, struct letter *out, struct hy_err *e)
{
	struct hy_buf there = hy_buf_on(a);
	struct letter *v;
	size_t n;

	letter_list(a, m, inside, &v, &n);
	for (size_t i = 0; i < n; i++) {
		const char *id = letter_forms[v[i].form].id;
		if (v[i].ev->seq == seq && (!form.n || hy_str_eq(form, hy_str_of(id)))) {
			*out = v[i];
			return HY_OK;
		}
		hy_buf_fmt(&there, "%s%lld %s", i ? ", " : "", (long long)v[i].ev->seq, id);
	}
	return hy_fail(e, HY_NOT_FOUND, "seq",
		       HY_FMT " has no such paper at event %lld; it has: " HY_FMT, HY_ARG(m->code),
		       (long long)seq, HY_ARG(n ? hy_buf_str(&there) : HY_S("none yet")));
}

/* --- what they say ------------------------------------------------------------------------------
 */

struct writing {
	struct hy_arena *a;
	const struct matter *m;
	const struct matter_event *ev;
	HY_VEC(struct paper_part) parts;
};

static void add(struct writing *w, hy_str text)
{
	hy_str line;

	while (hy_str_cut(&text, '\n', &line))
		if (hy_str_trim(line).n)
			*hy_push(w->a, &w->parts) =
				(struct paper_part){ .level = PAPER_BODY,
						     .text = hy_str_trim(line) };
}

static hy_str date(const struct writing *w, hy_ms at)
{
	return paper_date(w->a, hy_local(hy_calendar_zone(w->m->pack->calendar), at, NULL));
}

static hy_str said(const struct writing *w, enum pack_field f)
{
	return matter_field_text(w->ev, f);
}

static hy_str word(const struct writing *w, enum pack_list list, hy_str id)
{
	const struct pack_word *x = pack_word(w->m->pack, list, id);

	return x ? x->title.zh_cn : id;
}

static hy_str about(const struct writing *w)
{
	hy_str item = w->m->item.n ? hy_printf(w->a, "（事项" HY_FMT "，" HY_FMT "）",
					       HY_ARG(w->m->item), HY_ARG(w->m->item_name))
				   : HY_S("");

	return hy_printf(w->a,
			 "你（单位）于" HY_FMT "提交的“" HY_FMT "”申请" HY_FMT "（编号" HY_FMT "）",
			 HY_ARG(date(w, w->m->filed_at)), HY_ARG(w->m->title), HY_ARG(item),
			 HY_ARG(w->m->code));
}

static hy_str clause_of(const struct writing *w)
{
	return w->m->kind->moves[w->ev->move].clause;
}

/* By when it will be decided, as it stood then: what came later has papers of its own. */
static void deadline(struct writing *w)
{
	const struct matter_clock *c = matter_main_clock(w->m);

	if (!c || c->due.original_due_at == HY_NO_TIME)
		return;
	struct hy_buf b = hy_buf_on(w->a);
	hy_buf_fmt(&b,
		   "本机关自受理之日起" HY_FMT "内作出决定，即" HY_FMT "前（含当日）（" HY_FMT
		   "）。",
		   HY_ARG(pack_limit_say(w->a, c->counted.limit, HY_S("zh-CN"))),
		   HY_ARG(date(w, c->due.original_due_at)), HY_ARG(c->counted.clause));
	if (c->counted.pledged.n)
		hy_buf_fmt(&b, "本机关承诺" HY_FMT "内办结（" HY_FMT "）。",
			   HY_ARG(pack_limit_say(w->a, c->counted.pledged, HY_S("zh-CN"))),
			   HY_ARG(c->counted.pledge_clause));
	add(w, hy_buf_str(&b));
	add(w, HY_S("依法需要听证、检验检测、专家评审等特别程序的，所需时间另行书面告知，不计入上述"
		    "期限。"));
}

static void accepted(struct writing *w, bool deemed)
{
	const struct matter_clock *c = matter_main_clock(w->m);
	hy_ms day = c ? c->due.start_at : w->ev->at;

	add(w,
	    deemed ? hy_printf(w->a,
			       HY_FMT "，本机关未在五日内一次告知需要补正的全部内容。依据" HY_FMT
				      "，自收到申请材料之日（" HY_FMT "）起即为受理。",
			       HY_ARG(about(w)), HY_ARG(clause_of(w)), HY_ARG(date(w, day)))
		   : hy_printf(w->a,
			       HY_FMT "，材料齐全、符合法定形式，依据" HY_FMT
				      "，本机关予以受理。受理日期为" HY_FMT "。",
			       HY_ARG(about(w)), HY_ARG(clause_of(w)), HY_ARG(date(w, w->ev->at))));
	add(w, said(w, PACK_TEXT));
	deadline(w);
}

static void refused(struct writing *w, const char *what)
{
	add(w, hy_printf(w->a, HY_FMT "，经审查，本机关决定%s。", HY_ARG(about(w)), what));
	add(w, hy_printf(w->a, "理由：" HY_FMT "。" HY_FMT,
			 HY_ARG(word(w, PACK_DECLINE_GROUNDS, said(w, PACK_GROUND))),
			 HY_ARG(said(w, PACK_REASON))));
	add(w, hy_printf(w->a, "依据：" HY_FMT "。", HY_ARG(said(w, PACK_BASIS))));
	add(w, hy_printf(w->a, "救济途径：" HY_FMT, HY_ARG(said(w, PACK_REMEDY))));
}

static void missing(struct writing *w)
{
	const json_t *papers = matter_field(w->ev, PACK_PAPERS);

	add(w, hy_printf(w->a,
			 HY_FMT "，申请材料不齐全或者不符合法定形式。依据" HY_FMT
				"，现一次告知需要补正的全部内容：",
			 HY_ARG(about(w)), HY_ARG(clause_of(w))));
	for (size_t i = 0; i < json_array_size(papers); i++)
		add(w, hy_printf(w->a, "%zu. %s", i + 1,
				 json_string_value(json_array_get(papers, i))));
	add(w, said(w, PACK_TEXT));
	add(w, HY_S("补正材料交齐后，本机关即予受理，不再另行要求补正。"));
}

static void paused(struct writing *w)
{
	const json_t *planned = matter_field(w->ev, PACK_PLANNED);

	add(w,
	    hy_printf(w->a,
		      HY_FMT "，依法需要" HY_FMT "。依据" HY_FMT
			     "，所需时间不计算在办理期限内，自" HY_FMT "起预计%lld日。",
		      HY_ARG(about(w)), HY_ARG(word(w, PACK_PAUSE_GROUNDS, said(w, PACK_GROUND))),
		      HY_ARG(clause_of(w)), HY_ARG(date(w, w->ev->at)),
		      (long long)json_integer_value(planned)));
	add(w, said(w, PACK_REASON));
}

static void extended(struct writing *w)
{
	const struct matter_clock *c = matter_main_clock(w->m);
	struct hy_limit limit = { 0 };
	hy_str more = hy_limit_read(said(w, PACK_LIMIT), &limit)
			      ? pack_limit_say(w->a, limit, HY_S("zh-CN"))
			      : said(w, PACK_LIMIT);
	hy_str clause = c && c->now_rule ? c->now_rule->extension_clause : clause_of(w);

	add(w, hy_printf(w->a,
			 HY_FMT "，不能在期限内作出决定。依据" HY_FMT "，经" HY_FMT
				"批准，延长" HY_FMT "。",
			 HY_ARG(about(w)), HY_ARG(clause),
			 HY_ARG(word(w, PACK_ROLES, said(w, PACK_APPROVER))), HY_ARG(more)));
	add(w, hy_printf(w->a, "延长的理由：" HY_FMT, HY_ARG(said(w, PACK_REASON))));
}

static void granted(struct writing *w)
{
	add(w,
	    hy_printf(w->a, HY_FMT "，符合法定条件、标准。依据" HY_FMT "，本机关决定准予行政许可。",
		      HY_ARG(about(w)), HY_ARG(clause_of(w))));
	add(w, said(w, PACK_TEXT));
	add(w, HY_S("行政许可证件自决定之日起十个工作日内颁发、送达（行政许可法 第四十四条）。"));
}

/* The sheet on which a refusal is registered, for the leader who looks at it and for the file. */
static void registered(struct writing *w)
{
	static const struct paper_column columns[] = { { HY_S_INIT("项目"), 3, false },
						       { HY_S_INIT("内容"), 11, false } };
	const struct matter_event *filing = &w->m->events[0];
	hy_str name = matter_field_text(filing, PACK_NAME),
	       contact = matter_field_text(filing, PACK_CONTACT);
	const hy_str rows[][2] = {
		{ HY_S("申请人"), name.n ? name : HY_S("（未留或者已密封）") },
		{ HY_S("联系方式"), contact.n ? contact : HY_S("—") },
		{ HY_S("申请事项"), w->m->title },
		{ HY_S("事项编号"), w->m->code },
		{ HY_S("首问责任人"), matter_field_text(filing, PACK_FIRST_CONTACT).n
					      ? matter_field_text(filing, PACK_FIRST_CONTACT)
					      : HY_S("—") },
		{ HY_S("收件日期"), date(w, w->m->filed_at) },
		{ HY_S("否定日期"), date(w, w->ev->at) },
		{ HY_S("否定种类"), w->m->kind->moves[w->ev->move].title.zh_cn },
		{ HY_S("理由"),
		  hy_printf(w->a, HY_FMT "。" HY_FMT,
			    HY_ARG(word(w, PACK_DECLINE_GROUNDS, said(w, PACK_GROUND))),
			    HY_ARG(said(w, PACK_REASON))) },
		{ HY_S("依据"), said(w, PACK_BASIS) },
		{ HY_S("救济途径"), said(w, PACK_REMEDY) },
		{ HY_S("经办人"),
		  w->ev->private ? hy_json_get(w->ev->private, "by_name") : HY_S("") },
		{ HY_S("批准人"), hy_printf(w->a, HY_FMT " " HY_FMT,
					    HY_ARG(word(w, PACK_ROLES, said(w, PACK_APPROVER))),
					    HY_ARG(said(w, PACK_APPROVER_NAME))) },
		{ HY_S("领导复查意见"), HY_S("　") },
	};
	struct paper_table *t = hy_new(w->a, struct paper_table);
	hy_str *cells = hy_new_n(w->a, hy_str, 2 * HY_COUNT(rows));

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		cells[2 * i] = rows[i][0];
		cells[2 * i + 1] = rows[i][1].n ? rows[i][1] : HY_S("—");
	}
	*t = (struct paper_table){ columns, HY_COUNT(columns), cells, HY_COUNT(rows) };
	*hy_push(w->a, &w->parts) = (struct paper_part){ .level = PAPER_TABLE, .table = t };
}

static void write_form(struct writing *w, enum letter_form form)
{
	switch (form) {
	case LETTER_ACCEPT:
		return accepted(w, false);
	case LETTER_DEEMED:
		return accepted(w, true);
	case LETTER_DECLINE:
		return refused(w, "不予受理");
	case LETTER_NOTICE:
		return missing(w);
	case LETTER_PAUSE:
		return paused(w);
	case LETTER_EXTEND:
		return extended(w);
	case LETTER_GRANT:
		return granted(w);
	case LETTER_REFUSE:
		return refused(w, "不予行政许可");
	case LETTER_REGISTER:
		return registered(w);
	case LETTER__FORMS:
		return;
	}
}

void letter_compose(struct hy_arena *a, const struct matter *m, const struct letter *l, hy_str unit,
		    struct paper *out)
{
	struct writing w = { .a = a, .m = m, .ev = l->ev };
	const struct letter_row *row = &letter_forms[l->form];
	const struct matter_event *filing = &m->events[0];
	hy_str name = matter_field_text(filing, PACK_NAME),
	       agent = matter_field_text(filing, PACK_AGENT), number = said(&w, PACK_PAPER);

	write_form(&w, l->form);
	if (agent.n && !row->inside)
		add(&w, hy_printf(a, "代理人：" HY_FMT "（" HY_FMT "）", HY_ARG(agent),
				  HY_ARG(matter_field_text(filing, PACK_AUTHORITY))));
	*out = (struct paper){
		.format = row->inside ? PAPER_REPORT : PAPER_LETTER,
		.mark = unit,
		.number = row->inside ? hy_printf(a, HY_FMT "　编号" HY_FMT, HY_ARG(unit),
						  HY_ARG(m->code))
			  : number.n  ? number
				      : hy_printf(a, HY_FMT "-%lld", HY_ARG(m->code),
						  (long long)l->ev->seq),
		/* the law's own title; how it came about stands in the text */
		.title = l->form == LETTER_DEEMED ? letter_forms[LETTER_ACCEPT].title.zh_cn
						  : row->title.zh_cn,
		.to = row->inside ? HY_S("")
		      : name.n	  ? name
				  : HY_S("申请人"),
		.parts = w.parts.v,
		.n_parts = w.parts.n,
		.issuer = row->inside ? HY_S("") : unit,
		.date = row->inside
				? HY_NO_DAY
				: hy_local(hy_calendar_zone(m->pack->calendar), l->ev->at, NULL),
		.sealed = !row->inside,
	};
}

/* The organ whose case it was when the event happened; where none had it yet, the office at which
 * it came in. */
static hy_str organ_at(const struct matter *m, const struct matter_event *until)
{
	hy_str unit = HY_S("");

	for (const struct matter_event *x = m->events; x <= until; x++) {
		hy_str given = x->move == 0 || (x->move > 0 &&
						(m->kind->moves[x->move].act == PACK_DISPATCH ||
						 m->kind->moves[x->move].act == PACK_HAND_OFF))
				       ? matter_field_text(x, PACK_UNIT)
				       : HY_S("");
		if (given.n)
			unit = given;
	}
	return unit.n ? unit : until->unit;
}

enum hy_code letter_pdf(struct hy_arena *a, struct city *c, struct hy_db *db,
			const struct matter *m, const struct letter *l, struct paper_result *out,
			struct hy_err *e)
{
	hy_str code = organ_at(m, l->ev), name = city_issuer(a, c, db);
	const struct unit_entry *unit = NULL;
	struct paper p;
	enum hy_code failed = code.n ? unit_entry_read(a, db, code, &unit, e) : HY_OK;

	if (failed)
		return failed;
	if (unit)
		name = unit_past_on(unit, city_day(c, l->ev->at))->name;
	letter_compose(a, m, l, name, &p);
	return paper_pdf(a, &p, out, e);
}
