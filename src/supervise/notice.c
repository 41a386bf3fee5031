/* What a notice says, from the fold of its matter. */
#include "supervise/notice.h"

#include "matter/fold.h"
#include "matter/sight.h"
#include "people/setting.h"
#include "people/unit.h"

#define T PACK_TEXT
const struct notice_form notice_forms[] = {
	{ "rectification", "rectification", HY_S_INIT("效能整改通知书"), "notice.rectify_sign",
	  T("整改通知书", "整改通知書", "Rectification notice"),
	  HY_S_INIT("经核查，你单位存在下列问题。{依据}现通知你单位限期整改（编号{编号}）。"),
	  HY_S_INIT("一、存在问题"), HY_S_INIT("二、整改期限"), HY_S_INIT("办理完毕并书面反馈"),
	  HY_S_INIT("三、反馈要求"),
	  HY_S_INIT("报告应当写明事实和原因、整改措施、整改结果、责任人，并附佐证材料。核验不合格"
		    "的，退回重新整改；再次不合格的，升级督办。逾期不报告的，由电子监察自动发"
		    "牌。"),
	  HY_S_INIT("对本通知或者所涉黄牌、红牌有异议的，可以提出申辩，由未经手的人员裁定。") },
	{ "supervision", "instruction", HY_S_INIT("督办通知书"), "notice.supervise_sign",
	  T("督办通知书", "督辦通知書", "Supervision notice"),
	  HY_S_INIT("{依据}现就下列事项予以督办（编号{编号}）。"), HY_S_INIT("一、督办事项"),
	  HY_S_INIT("二、办理期限"), HY_S_INIT("办理完毕并书面反馈"), HY_S_INIT("三、反馈要求"),
	  HY_S_INIT("一事一报，写明办理过程和结果。办理质量不合要求的，退回重办。逾期不反馈的，由"
		    "电子监察自动发牌。"),
	  HY_S_INIT("对本通知或者所涉黄牌、红牌有异议的，可以提出申辩，由未经手的人员裁定。") },
	{ "urging", "urging", HY_S_INIT("催办通知书"), "notice.urge_sign",
	  T("催办通知书", "催辦通知書", "Reminder"),
	  HY_S_INIT("{依据}现就你单位承办的下列事项予以催办（编号{编号}）。"),
	  HY_S_INIT("一、催办事项"), HY_S_INIT("二、答复期限"), HY_S_INIT("书面答复"),
	  HY_S_INIT("三、答复要求"),
	  HY_S_INIT("请抓紧办理，并逐件说明未按期办结的原因、目前进展和办结日期。催办不改变原事项"
		    "的时限。逾期不答复的，由电子监察自动发牌。"),
	  HY_S_INIT("对本通知或者所涉黄牌、红牌有异议的，可以提出申辩，由未经手的人员裁定。") },
	{ "advice", "advice", HY_S_INIT("效能建议书"), "notice.advice_sign",
	  T("效能建议书", "效能建議書", "Efficacy advice"),
	  HY_S_INIT("{依据}现就改进工作提出如下建议（编号{编号}）。"), HY_S_INIT("一、情况和建议"),
	  HY_S_INIT("二、答复期限"), HY_S_INIT("书面答复"), HY_S_INIT("三、答复要求"),
	  HY_S_INIT("请研究后书面答复采纳情况；不予采纳的，说明理由。"), HY_S_INIT("") },
	{ .id = "receipt",
	  .title = HY_S_INIT("送达回证"),
	  .name = T("送达回证", "送達回證", "Proof of service") },
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
	SIGN("notice.urge_sign", "效催", "催办通知书的发文机关代字", "催辦通知書的發文機關代字",
	     "the sign before the year in the number of a reminder"),
	SIGN("notice.advice_sign", "效建", "效能建议书的发文机关代字", "效能建議書的發文機關代字",
	     "the sign before the year in the number of an efficacy advice"),
	{ 0 },
};
static const struct hy_migration no_tables[] = { { 0 } };
const struct city_room notice_room = { .migrations = no_tables, .settings = settings };

/* --- which form ---------------------------------------------------------------------------------
 */

const struct notice_form *notice_form_of_kind(hy_str kind)
{
	for (const struct notice_form *f = notice_forms; f->id; f++)
		if (f->kind && hy_str_eq(kind, hy_str_of(f->kind)))
			return f;
	return NULL;
}

static bool fits(const struct notice_form *f, const struct matter *m)
{
	const struct notice_form *own = notice_form_of_kind(m->kind->id);

	return f->kind ? f == own : own != NULL;
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
		       "; urging, instruction, rectification and advice have one",
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

/* A limit that is this city's own choice has no clause to print. */
static bool is_setting(hy_str clause)
{
	return hy_str_starts(clause, HY_S("默认设置"));
}

/* As it was ordered, and as it stands now where that is another day. */
static void deadline(struct writing *w)
{
	const struct matter_clock *c = matter_main_clock(w->m);
	struct hy_buf b = hy_buf_on(w->a);
	bool own_date = c && has_date_of_its_own(c);
	hy_ms first = !c ? HY_NO_TIME : own_date ? c->due.due_at : c->due.original_due_at;

	if (first == HY_NO_TIME) {
		add(w, PAPER_BODY, hy_printf(w->a, "请及时" HY_FMT "。", HY_ARG(w->form->by_then)));
		return;
	}
	hy_buf_fmt(&b, "请于" HY_FMT "前（含当日）" HY_FMT "。", HY_ARG(date(w, first)),
		   HY_ARG(w->form->by_then));
	if (!own_date && c->counted.limit.n) {
		hy_buf_fmt(&b, "期限为" HY_FMT "，自下达次日起算",
			   HY_ARG(pack_limit_say(w->a, c->counted.limit, HY_S("zh-CN"))));
		if (c->counted.clause.n && !is_setting(c->counted.clause))
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

/* TEXT with {依据} and {编号} filled in. */
static hy_str opening(const struct writing *w, hy_str text)
{
	hy_str basis = matter_field_text(&w->m->events[0], PACK_BASIS);
	bool law = basis.n && !is_setting(basis);
	struct hy_buf b = hy_buf_on(w->a);
	hy_str head;

	while (hy_str_cut(&text, '{', &head)) {
		hy_str name;
		hy_buf_add(&b, head);
		if (!hy_str_cut(&text, '}', &name))
			break;
		if (hy_str_eq(name, HY_S("编号")))
			hy_buf_add(&b, w->m->code);
		else if (law)
			hy_buf_fmt(&b, "依据" HY_FMT "，", HY_ARG(basis));
	}
	hy_buf_add(&b, text);
	return hy_buf_str(&b);
}

/* The matters it is about: one in a sentence, several in a table. */
static void about(struct writing *w)
{
	static const struct paper_column columns[] = { { HY_S_INIT("事项编号"), 17, false },
						       { HY_S_INIT("事项"), 25, false },
						       { HY_S_INIT("应办结日期"), 14, false },
						       { HY_S_INIT("超期日数"), 9, true } };
	const struct notice_names *n = w->names;
	struct paper_table *t = hy_new(w->a, struct paper_table);
	hy_str *cells = hy_new_n(w->a, hy_str, n->n_about * HY_COUNT(columns) + 1);

	for (size_t i = 0; i < n->n_about; i++) {
		const struct notice_about *x = &n->about[i];
		hy_str *row = &cells[i * HY_COUNT(columns)];
		row[0] = x->code;
		row[1] = x->title;
		row[2] = x->due == HY_NO_TIME ? HY_S("—") : date(w, x->due);
		row[3] = x->late ? hy_printf(w->a, "%d", x->late) : HY_S("—");
	}
	*t = (struct paper_table){ columns, HY_COUNT(columns), cells, n->n_about };
	if (n->n_about)
		*hy_push(w->a, &w->parts) = (struct paper_part){ .level = PAPER_TABLE, .table = t };
	if (n->hidden)
		add(w, PAPER_BODY, hy_printf(w->a, "另有%zu件不在您的查看范围内。", n->hidden));
}

static void order(struct writing *w)
{
	const struct notice_form *f = w->form;

	add(w, PAPER_BODY, opening(w, f->opening));
	add(w, PAPER_ONE, f->what);
	facts(w);
	about(w);
	add(w, PAPER_ONE, f->term);
	deadline(w);
	add(w, PAPER_ONE, f->demand);
	add(w, PAPER_BODY, f->answer);
	add(w, PAPER_BODY, f->objection);
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
	const struct notice_form *f = notice_form_of_kind(m->kind->id);

	return f ? f : notice_forms;
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
		order(&w);
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

/* X as it stood before the event IDX of the log. */
static enum hy_code as_of(struct hy_arena *a, struct city *c, const struct matter *x, int64_t idx,
			  struct matter **out, struct hy_err *e)
{
	size_t n = 1;

	while (n < x->n_events && x->events[n].idx < idx)
		n++;
	return matter_fold(a, city_rules(c), x->pack, x->kind, x->code, x->events, n, out, e);
}

static struct notice_about about_of(const struct matter *then, hy_str title, hy_ms at)
{
	const struct matter_clock *k = matter_main_clock(then);
	hy_ms due = k ? k->due.due_at : HY_NO_TIME;
	bool late = due != HY_NO_TIME && k->due.stopped_at == HY_NO_TIME && at > due;

	return (struct notice_about){ then->code, title, due,
				      late ? (int)(hy_local(zone_of(then), at, NULL) -
						   hy_local(zone_of(then), due, NULL))
					   : 0 };
}

/* Those that WHO may see, as they stood at the filing of M. */
static enum hy_code abouts(struct hy_arena *a, struct city *c, struct hy_db *db,
			   const struct actor *who, const struct matter *m,
			   struct notice_names *names, struct hy_err *e)
{
	const json_t *codes = json_object_get(m->events[0].data, pack_fields[PACK_MATTERS].name);
	struct access_scope scope =
		who ? access_scope(a, who, PERMISSION_MATTER_READ, HY_S("")) : access_all;
	struct notice_about *v = hy_new_n(a, struct notice_about, json_array_size(codes) + 1);
	enum hy_code code = HY_OK;
	size_t n = 0;

	for (size_t i = 0; !code && i < json_array_size(codes); i++) {
		hy_str name = hy_str_of(json_string_value(json_array_get(codes, i)));
		struct sight sight = sight_all;
		struct matter *x = NULL, *then = NULL;
		struct hy_err why = { 0 };
		code = matter_read(c, db, &scope, a, name, &x, &why);
		if (code == HY_NOT_FOUND) {
			code = HY_OK;
			names->hidden++;
			continue;
		}
		if (!code && who)
			code = sight_of(db, a, who, x, &sight, &why);
		if (!code)
			code = as_of(a, c, x, m->events[0].idx, &then, &why);
		if (code) {
			*e = why;
			return code;
		}
		if (who)
			sight_apply(a, x, &sight);
		v[n++] = about_of(then, x->title, m->filed_at);
	}
	names->about = v;
	names->n_about = n;
	return code;
}

enum hy_code notice_pdf(struct hy_arena *a, struct city *c, struct hy_db *db,
			const struct actor *who, const struct matter *m,
			const struct notice_form *form, struct paper_result *out, struct hy_err *e)
{
	const struct unit_entry *unit = NULL;
	hy_day day = hy_local(zone_of(m), m->filed_at, NULL);
	struct notice_names names = { .issuer = city_issuer(a, c, db),
				      .sign = setting_text(db, own_form(m)->sign) };
	struct paper p;
	enum hy_code code = m->unit.n ? unit_entry_read(a, db, m->unit, &unit, e) : HY_OK;

	if (!code)
		code = abouts(a, c, db, who, m, &names, e);
	if (code)
		return code;
	names.unit = unit ? unit_past_on(unit, day)->name : m->unit;
	notice_compose(a, m, form, &names, &p);
	return paper_pdf(a, &p, out, e);
}
