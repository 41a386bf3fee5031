/* What a notice says, from the fold of its matter. */
#include "supervise/notice.h"

#include "matter/fold.h"
#include "people/setting.h"
#include "people/unit.h"

const struct notice_form notice_forms[] = {
	{ "rectification", "rectification", HY_S_INIT("效能整改通知书"), "notice.rectify_sign" },
	{ "supervision", "instruction", HY_S_INIT("督办通知书"), "notice.supervise_sign" },
	{ "receipt", NULL, HY_S_INIT("送达回证"), NULL },
	{ 0 },
};

#define SIGN(name_, otherwise_, cn, hant, english)                                                 \
	{                                                                                          \
		.name = name_, .type = SETTING_TEXT, .otherwise = otherwise_, .least = 1,          \
		.most = 12, .who = SETTING_SYSTEM, .meaning = SETTING_MEANS(cn, hant, english)     \
	}
static const struct setting settings[] = {
	SIGN("notice.rectify_sign", "效改", "整改通知书的发文机关代字", "整改通知書的發文機關代字",
	     "the sign before the year in the number of a rectification notice"),
	SIGN("notice.supervise_sign", "效督", "督办通知书的发文机关代字",
	     "督辦通知書的發文機關代字",
	     "the sign before the year in the number of a supervision notice"),
	{ 0 },
};
static const struct hy_migration no_tables[] = { { 0 } };
const struct city_room notice_room = { .migrations = no_tables, .settings = settings };

/* --- which form ---------------------------------------------------------------------------------
 */

static bool fits(const struct notice_form *f, const struct matter *m)
{
	if (f->kind)
		return hy_str_eq(m->kind->id, hy_str_of(f->kind));
	for (const struct notice_form *x = notice_forms; x->id; x++)
		if (x->kind && fits(x, m))
			return true;
	return false;
}

enum hy_code notice_form_of(const struct matter *m, hy_str id, const struct notice_form **out,
			    struct hy_err *e)
{
	struct hy_near near = hy_near_to(id);
	bool known = false;

	for (const struct notice_form *f = notice_forms; f->id; f++) {
		bool named = hy_str_eq(id, hy_str_of(f->id));
		hy_near_try(&near, hy_str_of(f->id));
		known |= named;
		if ((id.n == 0 || named) && fits(f, m)) {
			*out = f;
			return HY_OK;
		}
	}
	if (id.n && !known)
		return hy_fail(e, HY_BAD_FIELD, "form", "there is no form '" HY_FMT "'%s",
			       HY_ARG(id), hy_near_text(&near));
	return hy_fail(e, HY_BAD_FIELD, "form",
		       "no such notice is made of a matter of the kind " HY_FMT
		       "; rectification and instruction have one",
		       HY_ARG(m->kind->id));
}

hy_str notice_number(struct hy_arena *a, hy_str sign, hy_str code)
{
	hy_str rest = code, prefix, year;
	int64_t y, n;

	if (!hy_str_cut(&rest, '-', &prefix) || !hy_str_cut(&rest, '-', &year) ||
	    !hy_str_int(year, &y) || !hy_str_int(rest, &n))
		return HY_S("");
	return hy_printf(a, HY_FMT "〔%lld〕%lld号", HY_ARG(sign), (long long)y, (long long)n);
}

/* --- what stands in it --------------------------------------------------------------------------
 */

struct writing {
	struct hy_arena *a;
	const struct matter *m;
	const struct notice_form *form;
	const struct notice_names *names;
	HY_VEC(struct paper_part) parts;
};

static void add(struct writing *w, enum paper_level level, hy_str text)
{
	if (hy_str_trim(text).n)
		*hy_push(w->a, &w->parts) =
			(struct paper_part){ .level = level, .text = hy_str_trim(text) };
}

static const struct hy_zone *zone_of(const struct matter *m)
{
	return hy_calendar_zone(m->pack->calendar);
}

static hy_str date(const struct writing *w, hy_ms at)
{
	return paper_date(w->a, hy_local(zone_of(w->m), at, NULL));
}

static bool has_date_of_its_own(const struct matter_clock *c)
{
	for (size_t i = 0; i < c->n_events; i++)
		if (c->events[i].kind == HY_CLOCK_DUE)
			return true;
	return false;
}

/* As it was ordered, and as it stands now where that is another day. */
static void deadline(struct writing *w)
{
	const struct matter_clock *c = matter_main_clock(w->m);
	struct hy_buf b = hy_buf_on(w->a);
	bool own_date = c && has_date_of_its_own(c);
	hy_ms first = !c ? HY_NO_TIME : own_date ? c->due.due_at : c->due.original_due_at;

	if (first == HY_NO_TIME) {
		add(w, PAPER_BODY, HY_S("请及时办理，并书面反馈。"));
		return;
	}
	hy_buf_fmt(&b, "请于" HY_FMT "前（含当日）办理完毕并书面反馈。", HY_ARG(date(w, first)));
	if (!own_date && c->counted.limit.n) {
		hy_buf_fmt(&b, "期限为" HY_FMT "，自下达次日起算",
			   HY_ARG(pack_limit_say(w->a, c->counted.limit, HY_S("zh-CN"))));
		if (c->counted.clause.n)
			hy_buf_fmt(&b, "（" HY_FMT "）", HY_ARG(c->counted.clause));
		hy_buf_fmt(&b, "。");
	}
	if (c->due.due_at != HY_NO_TIME && c->due.due_at != first)
		hy_buf_fmt(&b, "该期限现为" HY_FMT "。", HY_ARG(date(w, c->due.due_at)));
	if (c->due.provisional)
		hy_buf_fmt(&b, "期间有日期尚未公布放假调休安排，公布后以重新计算的日期为准。");
	add(w, PAPER_BODY, hy_buf_str(&b));
}

static void facts(struct writing *w)
{
	hy_str rest = w->m->body, line;

	add(w, PAPER_BODY,
	    hy_str_trim(w->m->title).n ? hy_printf(w->a, HY_FMT "。", HY_ARG(w->m->title))
				       : HY_S(""));
	while (hy_str_cut(&rest, '\n', &line))
		add(w, PAPER_BODY, line);
	add(w, PAPER_BODY, rest);
}

static void order(struct writing *w, bool mends)
{
	hy_str basis = matter_field_text(&w->m->events[0], PACK_BASIS);
	bool law = basis.n && !hy_str_starts(basis, HY_S("默认设置")); /* a setting is none */
	hy_str by = law ? hy_printf(w->a, "依据" HY_FMT "，", HY_ARG(basis)) : HY_S("");

	add(w, PAPER_BODY,
	    mends ? hy_printf(w->a,
			      "经核查，你单位存在下列问题。" HY_FMT
			      "现通知你单位限期整改（编号" HY_FMT "）。",
			      HY_ARG(by), HY_ARG(w->m->code))
		  : hy_printf(w->a, HY_FMT "现就下列事项予以督办（编号" HY_FMT "）。", HY_ARG(by),
			      HY_ARG(w->m->code)));
	add(w, PAPER_ONE, mends ? HY_S("一、存在问题") : HY_S("一、督办事项"));
	facts(w);
	add(w, PAPER_ONE, mends ? HY_S("二、整改期限") : HY_S("二、办理期限"));
	deadline(w);
	add(w, PAPER_ONE, HY_S("三、反馈要求"));
	add(w, PAPER_BODY,
	    mends ? HY_S("报告应当写明事实和原因、整改措施、整改结果、责任人，并附佐证材料。核验不"
			 "合"
			 "格的，退回重新整改；再次不合格的，升级督办。逾期不报告的，由电子监察自动"
			 "发"
			 "牌。")
		  : HY_S("一事一报，写明办理过程和结果。办理质量不合要求的，退回重办。逾期不反馈的"
			 "，"
			 "由电子监察自动发牌。"));
	add(w, PAPER_BODY,
	    HY_S("对本通知或者所涉黄牌、红牌有异议的，可以提出申辩，由未经手的人员裁定。"));
}

static const struct matter_event *signing(const struct matter *m)
{
	for (size_t i = 0; i < m->n_events; i++)
		if (hy_str_eq(m->events[i].name, HY_S("sign")))
			return &m->events[i];
	return NULL;
}

static const struct notice_form *own_form(const struct matter *m)
{
	for (const struct notice_form *f = notice_forms; f->id; f++)
		if (f->kind && fits(f, m))
			return f;
	return notice_forms;
}

/* What is not known yet is left to be written by hand. */
static void served(struct writing *w)
{
	const struct matter_event *ev = signing(w->m);
	hy_str blank = HY_S("　　　　　　　　");
	hy_str name = ev && ev->private ? hy_json_get(ev->private, "by_name") : HY_S("");
	const struct {
		const char *head;
		hy_str value;
	} lines[] = {
		{ "送达文书：", own_form(w->m)->title },
		{ "文书编号：", notice_number(w->a, w->names->sign, w->m->code) },
		{ "事项编号：", w->m->code },
		{ "受送达单位：", w->names->unit },
		{ "签收时间：", ev ? date(w, ev->at) : blank },
		{ "签收人：", name.n ? name : blank },
		{ "送达人：", blank },
		{ "备注：", blank },
	};

	for (size_t i = 0; i < HY_COUNT(lines); i++)
		add(w, PAPER_BODY,
		    hy_printf(w->a, "%s" HY_FMT, lines[i].head, HY_ARG(lines[i].value)));
}

void notice_compose(struct hy_arena *a, const struct matter *m, const struct notice_form *form,
		    const struct notice_names *names, struct paper *out)
{
	static const hy_str attached[] = { HY_S_INIT("送达回证") };
	struct writing w = { .a = a, .m = m, .form = form, .names = names };
	bool receipt = !form->kind;

	if (receipt)
		served(&w);
	else
		order(&w, form == &notice_forms[0]);
	*out = (struct paper){
		.format = PAPER_LETTER,
		.mark = names->issuer,
		.number = receipt ? HY_S("") : notice_number(a, names->sign, m->code),
		.title = form->title,
		.to = receipt ? HY_S("") : names->unit,
		.parts = w.parts.v,
		.n_parts = w.parts.n,
		.attachments = attached,
		.n_attachments = receipt ? 0 : HY_COUNT(attached),
		.issuer = names->issuer,
		.date = receipt ? HY_NO_DAY : hy_local(zone_of(m), m->filed_at, NULL),
		.sealed = !receipt,
	};
}

/* --- with what the city is called ---------------------------------------------------------------
 */

enum hy_code notice_pdf(struct hy_arena *a, struct city *c, struct hy_db *db,
			const struct matter *m, const struct notice_form *form,
			struct paper_result *out, struct hy_err *e)
{
	const struct unit_entry *unit = NULL;
	hy_day day = hy_local(zone_of(m), m->filed_at, NULL);
	struct notice_names names = { .issuer = city_issuer(a, c, db),
				      .sign = setting_text(db, own_form(m)->sign) };
	struct paper p;
	enum hy_code code = m->unit.n ? unit_entry_read(a, db, m->unit, &unit, e) : HY_OK;

	if (code)
		return code;
	names.unit = unit ? unit_past_on(unit, day)->name : m->unit;
	notice_compose(a, m, form, &names, &p);
	return paper_pdf(a, &p, out, e);
}
