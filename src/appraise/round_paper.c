/* Rounds as papers. */
#include "appraise/round_print.h"

#define SAY(name, cn, hant, english)                                                               \
	static const struct pack_text name = PACK_TEXT(cn, hant, english)

hy_str round_period(struct hy_arena *a, const struct round *r, enum pack_period period,
		    hy_str language)
{
	static const char *const quarters[] = { "一", "二", "三", "四" };
	struct hy_date d = hy_date_of(r->from);
	bool english = hy_str_eq(language, HY_S("en"));

	switch (period) {
	case PACK_MONTH:
		return hy_printf(a, english ? "%d-%02d" : "%d年%d月", d.year, d.month);
	case PACK_QUARTER:
		return english ? hy_printf(a, "%d Q%d", d.year, (d.month + 2) / 3)
			       : hy_printf(a, "%d年第%s季度", d.year, quarters[(d.month - 1) / 3]);
	case PACK_HALF_YEAR:
		return english ? hy_printf(a, "%d H%d", d.year, (d.month + 5) / 6)
			       : hy_printf(a, "%d年%s半年", d.year, d.month < 7 ? "上" : "下");
	case PACK_YEAR:
		break;
	}
	return hy_printf(a, english ? "%d" : "%d年", d.year);
}

struct writing {
	struct hy_arena *a;
	hy_str language;
	HY_VEC(struct paper_part) parts;
};

static void add(struct writing *w, enum paper_level level, hy_str text)
{
	if (text.n)
		*hy_push(w->a, &w->parts) = (struct paper_part){ .level = level, .text = text };
}

struct table {
	struct writing *w;
	struct paper_column *columns;
	size_t n;
	HY_VEC(hy_str) cells;
};

static struct table table_of(struct writing *w, const struct pack_text *const *heads,
			     const int *shares, size_t n, unsigned right)
{
	struct table t = { .w = w, .columns = hy_new_n(w->a, struct paper_column, n), .n = n };

	for (size_t i = 0; i < n; i++)
		t.columns[i] = (struct paper_column){ pack_say(heads[i], w->language), shares[i],
						      right >> i & 1 };
	return t;
}

static void cell(struct table *t, hy_str text)
{
	*hy_push(t->w->a, &t->cells) = hy_str_head(text, 120);
}

static void table_add(struct table *t)
{
	struct paper_table *out = hy_new(t->w->a, struct paper_table);

	*out = (struct paper_table){ t->columns, t->n, t->cells.v, t->cells.n / t->n };
	*hy_push(t->w->a, &t->w->parts) = (struct paper_part){ .level = PAPER_TABLE, .table = out };
}

/* --- the league table ---------------------------------------------------------------------------
 */

SAY(say_place, "名次", "名次", "Place");
SAY(say_unit, "单位", "單位", "Unit");
SAY(say_score, "得分", "得分", "Score");
SAY(say_grade, "等次", "等次", "Grade");
SAY(say_set, "95%名次范围", "95%名次範圍", "95 % set");
SAY(say_chance, "末位概率", "末位概率", "P(last)");
SAY(say_funnel, "与全体相比", "與全體相比", "Against all");

static hy_str percent(struct hy_arena *a, int64_t bp)
{
	return hy_printf(a, "%lld%%", (long long)((bp + 50) / 100));
}

static void league(struct writing *w, const struct reading *k)
{
	static const struct pack_text *const heads[] = { &say_place, &say_unit, &say_score,
							 &say_grade, &say_set,	&say_chance,
							 &say_funnel };
	static const int shares[] = { 8, 29, 11, 12, 19, 13, 23 };
	hy_str group = HY_S("");
	struct table t = { 0 };

	for (size_t i = 0; i < k->n; i++) {
		const json_t *u = k->units[i];
		hy_str code = hy_json_get(u, "code");
		bool scored = json_is_true(json_object_get(u, "applies"));
		if (!t.n || !hy_str_eq(group, hy_json_get(u, "group"))) {
			if (t.n)
				table_add(&t);
			group = hy_json_get(u, "group");
			add(w, PAPER_HEAD, reading_group(k, group, w->language));
			t = table_of(w, heads, shares, HY_COUNT(heads), 1 << 2 | 1 << 5);
		}
		cell(&t, scored ? hy_printf(w->a, "%d", (int)hy_json_get_int(u, "place", 0))
				: HY_S("—"));
		cell(&t, reading_name(k, code));
		cell(&t, scored ? reading_hundredths(w->a, hy_json_get_int(u, "published", 0))
				: HY_S("—"));
		cell(&t, reading_grade(k, u, w->language));
		cell(&t, scored ? hy_printf(w->a, "%d–%d", (int)hy_json_get_int(u, "low", 0),
					    (int)hy_json_get_int(u, "high", 0))
				: HY_S("—"));
		cell(&t, scored ? percent(w->a, hy_json_get_int(u, "last", 0)) : HY_S("—"));
		cell(&t, pack_say(reading_verdict(reading_funnel(k, code)), w->language));
	}
	if (t.n)
		table_add(&t);
}

static hy_str of_version(const struct reading *k, hy_str language)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(k->c)->calendar);
	hy_str state = pack_say(reading_state(k->r->state), language);

	if (k->v->version == 0) {
		SAY(preview, "预览，未固定", "預覽，未固定", "preview, not frozen");
		return pack_say(&preview, language);
	}
	int ms = 0;
	hy_str day = hy_day_text(k->a, hy_local(zone, k->v->at, &ms));
	hy_str at =
		hy_printf(k->a, HY_FMT " %02d:%02d", HY_ARG(day), ms / 3600000, ms / 60000 % 60);
	if (hy_str_eq(language, HY_S("en")))
		return hy_printf(k->a, HY_FMT ", version %d, frozen " HY_FMT, HY_ARG(state),
				 k->v->version, HY_ARG(at));
	return hy_printf(k->a, HY_FMT "，第%d版，" HY_FMT "固定", HY_ARG(state), k->v->version,
			 HY_ARG(at));
}

SAY(how_to_read,
    "95%名次范围：全部单位的真实名次同时落在各自范围内的把握不低于95%（Holm逐对比较）。末位概率："
    "该单位真实水平处于末几位的可能性。与全体相比：按件数给出的漏斗图界限，界限之内的差别可能只是偶"
    "然。"
    "范围重叠的单位分不出高低。",
    "95%名次範圍：全部單位的真實名次同時落在各自範圍內的把握不低於95%（Holm逐對比較）。末位概率："
    "該單位真實水平處於末幾位的可能性。與全體相比：按件數給出的漏斗圖界限，界限之內的差別可能只是偶"
    "然。"
    "範圍重疊的單位分不出高低。",
    "95 % set: all units' true places lie within their sets at once with at least 95 % confidence "
    "(Holm's pairwise procedure). P(last): how likely it is that the unit is truly among the last. "
    "Against all: limits of the funnel plot for that many cases; within them a difference may be "
    "chance alone. Units whose sets overlap cannot be told apart.");

void round_paper(const struct reading *k, hy_str language, struct paper *out)
{
	struct writing w = { .a = k->a, .language = language };

	league(&w, k);
	add(&w, PAPER_SMALL, pack_say(&how_to_read, language));
	*out = (struct paper){
		.format = PAPER_REPORT,
		.title = hy_printf(k->a, HY_FMT "　" HY_FMT,
				   HY_ARG(round_period(k->a, k->r, k->s->period, language)),
				   HY_ARG(pack_say(&k->s->title, language))),
		.number = of_version(k, language),
		.parts = w.parts.v,
		.n_parts = w.parts.n,
		.issuer = city_name(k->c),
		.date = k->r->to,
	};
}

/* --- one unit -----------------------------------------------------------------------------------
 */

SAY(say_line, "指标", "指標", "Line");
SAY(say_weight, "权重", "權重", "Weight");
SAY(say_given, "数据", "數據", "Figure");
SAY(say_points, "分值", "分值", "Points");
SAY(say_lost, "丢分", "丟分", "Lost");
SAY(say_clause, "依据", "依據", "Clause");
SAY(say_case, "编号", "編號", "Case");
SAY(say_due, "到期", "到期", "Due");
SAY(say_answered, "答复", "答覆", "Answered");
SAY(say_holder, "岗位和当日承办人", "崗位和當日承辦人", "Post and holder that day");
SAY(say_post, "岗位", "崗位", "Post");
SAY(say_person, "当日承办人", "當日承辦人", "Who had it that day");
SAY(say_cases, "件数", "件數", "Cases");

static hy_str weight_text(struct hy_arena *a, int bp)
{
	return bp % 100 ? hy_printf(a, "%d.%02d%%", bp / 100, bp % 100)
			: hy_printf(a, "%d%%", bp / 100);
}

struct listed {
	hy_str title;
	struct loss_line line;
};

static enum hy_code lines(struct writing *w, struct explaining *x, struct listed *lists, size_t *n,
			  struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_line,   &say_weight, &say_given,
							 &say_points, &say_lost,   &say_clause };
	static const int shares[] = { 34, 12, 16, 12, 10, 28 };
	struct table t = table_of(w, heads, shares, HY_COUNT(heads), 0x1e);
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < x->k.s->n_indicators; i++) {
		const struct pack_indicator *in = &x->k.s->indicators[i];
		const json_t *node = explaining_node(x, in);
		struct listed *l = &lists[(*n)++];
		hy_str deep = HY_S("");
		for (int up = in->parent; up >= 0; up = x->k.s->indicators[up].parent)
			deep = hy_printf(w->a, HY_FMT "　", HY_ARG(deep));
		l->title = pack_say(&in->title, w->language);
		code = explaining_indicator(x, in, 0, &l->line, e);
		cell(&t, hy_printf(w->a, HY_FMT HY_FMT, HY_ARG(deep), HY_ARG(l->title)));
		cell(&t, weight_text(w->a, in->weight_bp));
		cell(&t, reading_given(
				 &x->k, in,
				 json_object_get(json_object_get(x->given, "figures"), in->id.p)));
		cell(&t, json_is_true(json_object_get(node, "applies"))
				 ? score_text(w->a, hy_json_get_int(node, "points", 0))
				 : HY_S("—"));
		cell(&t, score_text(w->a, hy_json_get_int(node, "lost", 0)));
		cell(&t, in->clause);
	}
	for (size_t i = 0; !code && i < x->k.s->n_adjusts; i++) {
		const struct pack_adjust *d = &x->k.s->adjusts[i];
		const json_t *times = explaining_times(x, d);
		int64_t n_times = hy_json_get_int(times, "times", 0);
		struct listed *l = &lists[(*n)++];
		l->title = pack_say(&d->title, w->language);
		code = explaining_adjust(x, d, 0, &l->line, e);
		if (n_times == 0)
			continue;
		cell(&t, l->title);
		cell(&t, HY_S(""));
		cell(&t, hy_printf(w->a, "%lld", (long long)n_times));
		cell(&t, HY_S(""));
		cell(&t, hy_printf(w->a, "%s" HY_FMT, d->kind == PACK_BONUS ? "+" : "",
				   HY_ARG(score_text(w->a, hy_json_get_int(times, "points", 0)))));
		cell(&t, d->clause);
	}
	table_add(&t);
	return code;
}

static hy_str holder(struct hy_arena *a, hy_str post, hy_str name, hy_str person)
{
	hy_str who = name.n ? name : person;

	return post.n ? hy_printf(a, HY_FMT " " HY_FMT, HY_ARG(post), HY_ARG(who)) : who;
}

static void losers(struct writing *w, struct explaining *x)
{
	static const struct pack_text *const heads[] = { &say_unit, &say_post, &say_person,
							 &say_lost, &say_cases };
	static const int shares[] = { 30, 24, 22, 12, 12 };
	SAY(head, "丢分负责", "丟分負責", "Who lost the points");
	struct table t = table_of(w, heads, shares, HY_COUNT(heads), 0x18);

	losses_sort(&x->losses);
	if (x->losses.losers.n == 0)
		return;
	add(w, PAPER_HEAD, pack_say(&head, w->language));
	for (size_t i = 0; i < x->losses.losers.n; i++) {
		const struct round_loser *l = &x->losses.losers.v[i];
		cell(&t, reading_name(&x->k, l->unit));
		cell(&t, l->post);
		cell(&t, l->name.n ? l->name : l->person.n ? l->person : HY_S("—"));
		cell(&t, score_text(w->a, l->points));
		cell(&t, hy_printf(w->a, "%lld", (long long)l->cases));
	}
	table_add(&t);
}

enum { CASES_PRINTED = 200 }; /* of one line; the workbook has all */

static hy_str day_of(const struct explaining *x, hy_ms at)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(x->k.c)->calendar);

	return at == HY_NO_TIME ? HY_S("—") : hy_day_text(x->k.a, hy_local(zone, at, NULL));
}

static void cases(struct writing *w, const struct explaining *x, const struct listed *l)
{
	static const struct pack_text *const heads[] = { &say_case,	&say_lost,   &say_due,
							 &say_answered, &say_holder, &say_clause };
	static const int shares[] = { 30, 10, 19, 19, 26, 26 };
	SAY(rest, "件见工作簿，此处未列。", "件見工作簿，此處未列。", "more are in the workbook.");
	struct table t = table_of(w, heads, shares, HY_COUNT(heads), 1 << 1);
	int64_t shown = 0;

	if (l->line.n == 0 || !l->line.v[0].lost)
		return;
	add(w, PAPER_HEAD, l->title);
	for (size_t i = 0; i < l->line.n && l->line.v[i].lost && shown < CASES_PRINTED; i++) {
		const struct round_case *v = &l->line.v[i];
		cell(&t, v->code);
		cell(&t, score_text(w->a, v->points));
		cell(&t, day_of(x, v->due_at));
		cell(&t, day_of(x, v->answered_at));
		cell(&t, hy_str_trim(hy_printf(w->a, HY_FMT " " HY_FMT,
					       HY_ARG(reading_name(&x->k, v->unit)),
					       HY_ARG(holder(w->a, v->post, v->name, v->person)))));
		cell(&t, v->clause);
		shown++;
	}
	table_add(&t);
	if (l->line.lost > shown)
		add(w, PAPER_SMALL,
		    hy_printf(w->a, "%lld " HY_FMT, (long long)(l->line.lost - shown),
			      HY_ARG(pack_say(&rest, w->language))));
}

enum hy_code explain_paper(struct explaining *x, hy_str language, struct paper *out,
			   struct hy_err *e)
{
	struct writing w = { .a = x->k.a, .language = language };
	struct listed *lists =
		hy_new_n(w.a, struct listed, x->k.s->n_indicators + x->k.s->n_adjusts + 1);
	size_t n = 0;

	add(&w, PAPER_SMALL,
	    hy_printf(w.a, HY_FMT "  " HY_FMT "  " HY_FMT,
		      HY_ARG(reading_hundredths(w.a, hy_json_get_int(x->score, "published", 0))),
		      HY_ARG(reading_grade(&x->k, x->score, language)),
		      HY_ARG(reading_sentence(&x->k, x->score, language))));
	enum hy_code code = lines(&w, x, lists, &n, e);
	if (code)
		return code;
	losers(&w, x);
	for (size_t i = 0; i < n; i++)
		cases(&w, x, &lists[i]);
	*out = (struct paper){
		.format = PAPER_REPORT,
		.title = hy_printf(w.a, HY_FMT " " HY_FMT " " HY_FMT,
				   HY_ARG(reading_name(&x->k, x->unit)),
				   HY_ARG(round_period(w.a, x->k.r, x->k.s->period, language)),
				   HY_ARG(pack_say(&x->k.s->title, language))),
		.number = of_version(&x->k, language),
		.parts = w.parts.v,
		.n_parts = w.parts.n,
		.issuer = city_name(x->k.c),
		.date = x->k.r->to,
	};
	return HY_OK;
}

/* --- the circular 通报 --------------------------------------------------------------------------
 */

static hy_str names_of(const struct reading *k, bool (*is)(const struct reading *, const json_t *))
{
	struct hy_buf b = hy_buf_on(k->a);
	int n = 0;

	for (size_t i = 0; i < k->n; i++)
		if (is(k, k->units[i]))
			hy_buf_fmt(&b, "%s" HY_FMT, n++ ? "、" : "",
				   HY_ARG(reading_name(k, hy_json_get(k->units[i], "code"))));
	return hy_buf_str(&b);
}

static bool scored(const json_t *u)
{
	return json_is_true(json_object_get(u, "applies"));
}

static bool is_first(const struct reading *k, const json_t *u)
{
	(void)k;
	return scored(u) && hy_json_get(u, "veto").n == 0 && hy_json_get_int(u, "place", 0) <= 3;
}

static bool is_vetoed(const struct reading *k, const json_t *u)
{
	(void)k;
	return hy_json_get(u, "veto").n > 0;
}

static bool is_struck(const struct reading *k, const json_t *u)
{
	(void)k;
	return json_is_true(json_object_get(u, "struck"));
}

/* By place among the last, whether or not the data bear it. */
static bool is_last(const struct reading *k, const json_t *u)
{
	int64_t behind = 0;

	for (size_t i = 0; i < k->n; i++)
		behind += scored(k->units[i]) &&
			  hy_str_eq(hy_json_get(k->units[i], "group"), hy_json_get(u, "group")) &&
			  hy_json_get_int(k->units[i], "place", 0) > hy_json_get_int(u, "place", 0);
	return scored(u) && behind < reading_last(k) &&
	       hy_json_get_int(u, "place", 0) > 3; /* the first are not last */
}

static void results(struct writing *w, const struct reading *k)
{
	int64_t n = 0, sum = 0;

	for (size_t i = 0; i < k->n; i++) {
		n += scored(k->units[i]);
		sum += scored(k->units[i]) ? hy_json_get_int(k->units[i], "published", 0) : 0;
	}
	add(w, PAPER_ONE, HY_S("一、总体情况"));
	add(w, PAPER_BODY,
	    hy_printf(w->a,
		      "本期考核%zu个单位，%lld个单位得出结果，平均%"
		      "s分。各单位得分、名次和名次的可信范围"
		      "见下表。",
		      k->n, (long long)n,
		      n ? reading_hundredths(w->a, (2 * sum + n) / (2 * n)).p : "—"));
	add(w, PAPER_ONE, HY_S("二、名次靠前的单位"));
	hy_str first = names_of(k, is_first);
	add(w, PAPER_BODY,
	    first.n ? hy_printf(w->a, HY_FMT "。", HY_ARG(first)) : HY_S("本期没有。"));
}

static void last_ones(struct writing *w, const struct reading *k)
{
	hy_str struck = names_of(k, is_struck), vetoed = names_of(k, is_vetoed);

	add(w, PAPER_ONE, HY_S("三、名次靠后的单位"));
	for (size_t i = 0; i < k->n; i++) {
		const json_t *u = k->units[i];
		if (!is_last(k, u))
			continue;
		hy_str code = hy_json_get(u, "code");
		add(w, PAPER_BODY,
		    hy_printf(w->a, HY_FMT "：" HY_FMT "，" HY_FMT "。",
			      HY_ARG(reading_name(k, code)),
			      HY_ARG(reading_sentence(k, u, HY_S("zh-CN"))),
			      HY_ARG(pack_say(reading_verdict(reading_funnel(k, code)),
					      HY_S("zh-CN")))));
	}
	add(w, PAPER_BODY,
	    struck.n ? hy_printf(w->a,
				 "按末位扣分规则扣分的单位：" HY_FMT
				 "。该规则只在数据足以确认时适用。",
				 HY_ARG(struck))
		     : HY_S("名次靠后的单位中，没有数据足以确认应当适用末位扣分的，本期未据此扣分"
			    "。"));
	if (vetoed.n)
		add(w, PAPER_BODY, hy_printf(w->a, "一票否决的单位：" HY_FMT "。", HY_ARG(vetoed)));
}

static void what_next(struct writing *w, const struct reading *k)
{
	add(w, PAPER_ONE, HY_S("四、公示和异议"));
	if (k->r->notice_until != HY_NO_DAY)
		add(w, PAPER_BODY,
		    hy_printf(w->a,
			      "公示至" HY_FMT "。对其中任何一项有异议的，于" HY_FMT
			      "前（含当日）书面提出；由没有参与该项评分的人员裁定，并告知理由。",
			      HY_ARG(paper_date(w->a, k->r->notice_until)),
			      HY_ARG(paper_date(w->a, k->r->object_until))));
	add(w, PAPER_BODY,
	    hy_printf(w->a,
		      "每一分都能展开到案件和条款。结果（编号" HY_FMT
		      "第%d版）已登记在公开日志，任何人可用公布的结果包重新计算核对。",
		      HY_ARG(k->r->code), k->v->version));
}

enum hy_code circular_paper(const struct reading *k, hy_str number, struct paper *out,
			    struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(k->c)->calendar);
	struct writing w = { .a = k->a, .language = HY_S("zh-CN") };

	if (k->v->version == 0 || k->r->state < ROUND_NOTICE)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the round " HY_FMT
			       " is not on public notice yet; a circular tells what is public",
			       HY_ARG(k->r->code));
	hy_str period = round_period(k->a, k->r, k->s->period, w.language),
	       issuer = city_issuer(k->a, k->c, k->db);
	hy_day day = hy_local(zone, k->v->at, NULL);
	add(&w, PAPER_BODY,
	    hy_printf(k->a, "现将" HY_FMT HY_FMT "结果通报如下。", HY_ARG(period),
		      HY_ARG(k->s->title.zh_cn)));
	results(&w, k);
	league(&w, k);
	last_ones(&w, k);
	add(&w, PAPER_SMALL, how_to_read.zh_cn);
	what_next(&w, k);
	*out = (struct paper){
		.format = PAPER_DOCUMENT,
		.mark = hy_printf(k->a, HY_FMT "文件", HY_ARG(issuer)),
		.number = number,
		.title = hy_printf(k->a, "关于" HY_FMT HY_FMT "结果的通报", HY_ARG(period),
				   HY_ARG(k->s->title.zh_cn)),
		.to = HY_S("各有关单位"),
		.parts = w.parts.v,
		.n_parts = w.parts.n,
		.issuer = issuer,
		.date = day,
		.sealed = true,
		.printer = issuer,
		.printed = day,
	};
	return HY_OK;
}
