/* The page for leaders as JSON and as paper. */
#include "supervise/brief.h"

#include <math.h>

#include "matter/explain.h"
#include "matter/matter_json.h"

/* What is told of a period, beside the one before. */
static const char *const told[] = { "received",	       "closed",	  "closed_share",
				    "in_time_share",   "satisfied_share", "solved",
				    "unanswered_late", "reopened",	  "returned",
				    "cards_warning",   "cards_yellow",	  "cards_red" };

/* --- JSON ---------------------------------------------------------------------------------------
 */

static void value_json(struct hy_json *j, const char *key, struct figure_value v)
{
	if (v.known)
		hy_json_kint(j, key, v.value);
	else
		hy_json_knull(j, key);
}

static void figures_json(struct hy_json *j, const struct brief *b)
{
	hy_json_key(j, "figures");
	hy_json_arr(j);
	for (size_t i = 0; i < HY_COUNT(told); i++) {
		const struct figure *f = figure_by_id(hy_str_of(told[i]));
		hy_json_obj(j);
		hy_json_kstr(j, "id", hy_str_of(f->id));
		matter_text_json(j, "title", &f->title);
		matter_text_json(j, "definition", &f->definition);
		hy_json_kstr(j, "unit", hy_str_of(figure_unit_names[f->unit]));
		hy_json_kstr(j, "better", hy_str_of(figure_direction_names[f->better]));
		value_json(j, "now", figure_value(f, &b->now.total.tally));
		value_json(j, "before", figure_value(f, &b->past.total.tally));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void months_json(struct hy_json *j, const struct brief *b)
{
	const struct figure *received = figure_by_id(HY_S("received")),
			    *in_time = figure_by_id(HY_S("in_time_share"));

	hy_json_key(j, "months");
	hy_json_arr(j);
	for (int i = 0; i < BRIEF_MONTHS; i++) {
		const struct brief_month *m = &b->months[i];
		static const struct tally none;
		const struct tally *t = m->tally ? m->tally : &none;
		hy_json_obj(j);
		explain_day(j, "month", m->from);
		if (m->known) {
			hy_json_kint(j, "index_x100", llround(m->index * 100));
			hy_json_kint(j, "se_x100", llround(m->se * 100));
		} else {
			hy_json_knull(j, "index_x100");
			hy_json_knull(j, "se_x100");
		}
		hy_json_kint(j, "imputed_bp", m->imputed_bp);
		value_json(j, "received", figure_value(received, t));
		value_json(j, "in_time_share", figure_value(in_time, t));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void movers_json(struct hy_json *j, const char *key, const struct brief_mover *v, size_t n)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "key", v[i].key);
		hy_json_kstr(j, "name", v[i].name);
		hy_json_kint(j, "now", v[i].now.value);
		hy_json_kint(j, "now_of", v[i].now.denominator);
		hy_json_kint(j, "before", v[i].before.value);
		hy_json_kint(j, "before_of", v[i].before.denominator);
		hy_json_kbool(j, "sure", v[i].sure);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

void brief_json(struct hy_json *j, const struct brief *b, const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kstr(j, "city", b->city);
	explain_day(j, "from", b->from);
	explain_day(j, "to", b->to);
	explain_day(j, "past_from", b->past_from);
	explain_day(j, "past_to", b->past_to);
	explain_instant(j, "as_of", cal, b->at);
	hy_json_key(j, "parts");
	hy_json_arr(j);
	for (size_t i = 0; i < b->n_parts; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "figure", hy_str_of(b->parts[i].figure->id));
		matter_text_json(j, "title", &b->parts[i].figure->title);
		hy_json_kint(j, "weight_bp", b->parts[i].weight_bp);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	months_json(j, b);
	figures_json(j, b);
	hy_json_key(j, "kinds");
	hy_json_arr(j);
	for (size_t i = 0; i < b->kinds.n; i++) {
		const struct supervise_group *g = &b->kinds.v[i];
		hy_json_obj(j);
		hy_json_kstr(j, "key", g->key);
		hy_json_kstr(j, "name", g->name);
		hy_json_kint(j, "received", g->tally.count[FACT_RECEIVED]);
		hy_json_kint(j, "closed", g->tally.count[FACT_CLOSED]);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	movers_json(j, "better", b->better, b->n_better);
	movers_json(j, "worse", b->worse, b->n_worse);
	hy_json_obj_end(j);
}

/* --- paper --------------------------------------------------------------------------------------
 */

#define SAY(name, cn, hant, english)                                                               \
	static const struct pack_text name = PACK_TEXT(cn, hant, english)
SAY(say_title, "作风建设监测指数", "作風建設監測指數", "Monitoring index of conduct");
SAY(say_index, "指数（基期=100）", "指數（基期=100）", "The index (base month = 100)");
SAY(say_in_time, "按时答复率（%）", "按時答覆率（%）", "Answered in time (%)");
SAY(say_figure, "指标", "指標", "Figure");
SAY(say_now, "本期", "本期", "Now");
SAY(say_past, "上期", "上期", "Before");
SAY(say_moved, "按时答复率升降（括号内为上期；*为超出偶然波动）",
    "按時答覆率升降（括號內為上期；*為超出偶然波動）",
    "Answered in time, up and down (before in brackets; * more than chance)");
SAY(say_up, "上升：", "上升：", "Up: ");
SAY(say_down, "下降：", "下降：", "Down: ");
SAY(say_nobody, "没有", "沒有", "nobody");

struct page {
	struct hy_arena *a;
	hy_str language;
	HY_VEC(struct paper_part) parts;
};

static void add(struct page *p, enum paper_level level, hy_str text)
{
	*hy_push(p->a, &p->parts) = (struct paper_part){ .level = level, .text = text };
}

static hy_str month_text(struct hy_arena *a, hy_day from)
{
	struct hy_date d = hy_date_of(from);

	return hy_printf(a, "%02d-%02d", d.year % 100, d.month);
}

static void chart(struct page *p, const struct brief *b, bool index)
{
	const struct figure *f = figure_by_id(HY_S("in_time_share"));
	struct paper_chart *c = hy_new(p->a, struct paper_chart);
	hy_str *labels = hy_new_n(p->a, hy_str, BRIEF_MONTHS);
	int64_t *values = hy_new_n(p->a, int64_t, BRIEF_MONTHS);

	for (int i = 0; i < BRIEF_MONTHS; i++) {
		const struct brief_month *m = &b->months[i];
		struct figure_value v =
			m->tally ? figure_value(f, m->tally) : (struct figure_value){ 0 };
		labels[i] = month_text(p->a, m->from);
		values[i] = index     ? (m->known ? llround(m->index * 10) * 10 : PAPER_NO_VALUE)
			    : v.known ? (v.value + 50) / 100 * 100
				      : PAPER_NO_VALUE;
	}
	*c = (struct paper_chart){ .line = index,
				   .labels = labels,
				   .values = values,
				   .n = BRIEF_MONTHS,
				   .across = index ? 10000 : PAPER_NO_VALUE,
				   .lines = index ? 4 : 3 };
	*hy_push(p->a, &p->parts) = (struct paper_part){ .level = PAPER_CHART, .chart = c };
}

static hy_str value_text(struct hy_arena *a, const struct figure *f, struct figure_value v)
{
	if (!v.known)
		return HY_S("—");
	if (f->unit == UNIT_BASIS_POINTS)
		return hy_printf(a, "%lld.%lld%%", (long long)((v.value + 5) / 100),
				 (long long)((v.value + 5) / 10 % 10));
	return hy_printf(a, "%lld", (long long)v.value);
}

/* Two figures in a row. */
static void statistics(struct page *p, const struct brief *b)
{
	static const int shares[] = { 24, 12, 12, 24, 12, 12 };
	const struct pack_text *const heads[] = { &say_figure, &say_now, &say_past };
	struct paper_column *columns = hy_new_n(p->a, struct paper_column, 6);
	hy_str *cells = hy_new_n(p->a, hy_str, 3 * HY_COUNT(told));
	struct paper_table *t = hy_new(p->a, struct paper_table);

	for (size_t i = 0; i < 6; i++)
		columns[i] = (struct paper_column){ pack_say(heads[i % 3], p->language), shares[i],
						    i % 3 > 0 };
	for (size_t i = 0; i < HY_COUNT(told); i++) {
		const struct figure *f = figure_by_id(hy_str_of(told[i]));
		cells[3 * i] = pack_say(&f->title, p->language);
		cells[3 * i + 1] = value_text(p->a, f, figure_value(f, &b->now.total.tally));
		cells[3 * i + 2] = value_text(p->a, f, figure_value(f, &b->past.total.tally));
	}
	*t = (struct paper_table){ columns, 6, cells, HY_COUNT(told) / 2 };
	*hy_push(p->a, &p->parts) = (struct paper_part){ .level = PAPER_TABLE, .table = t };
}

static void movers(struct page *p, const struct pack_text *head, const struct brief_mover *v,
		   size_t n)
{
	struct hy_buf b = hy_buf_on(p->a);
	const struct figure *f = figure_by_id(HY_S("in_time_share"));

	hy_buf_add(&b, pack_say(head, p->language));
	for (size_t i = 0; i < n; i++)
		hy_buf_fmt(&b, "%s" HY_FMT " " HY_FMT "(" HY_FMT ")%s", i ? "、" : "",
			   HY_ARG(v[i].name), HY_ARG(value_text(p->a, f, v[i].now)),
			   HY_ARG(value_text(p->a, f, v[i].before)), v[i].sure ? "*" : "");
	if (n == 0)
		hy_buf_add(&b, pack_say(&say_nobody, p->language));
	add(p, PAPER_SMALL, hy_buf_str(&b));
}

static hy_str index_sentence(struct page *p, const struct brief *b)
{
	const struct brief_month *now = &b->months[BRIEF_MONTHS - 1],
				 *past = &b->months[BRIEF_MONTHS - 2];
	bool english = hy_str_eq(p->language, HY_S("en"));

	if (!now->known) {
		SAY(none, "本月数据不足，不发布指数。", "本月資料不足，不發布指數。",
		    "This month has too little data for an index.");
		return pack_say(&none, p->language);
	}
	hy_str head =
		hy_printf(p->a, english ? "%.1f ± %.1f (95 %%)" : "本月%.1f，误差±%.1f（95%%）",
			  now->index, 1.96 * now->se);
	if (!past->known)
		return head;
	return hy_printf(p->a, english ? HY_FMT "; the month before %.1f." : HY_FMT "；上月%.1f。",
			 HY_ARG(head), past->index);
}

static hy_str period_text(struct hy_arena *a, const struct brief *b, hy_str language)
{
	struct hy_date d = hy_date_of(b->from);
	bool half = b->to - b->from > 40, english = hy_str_eq(language, HY_S("en"));

	if (half)
		return english ? hy_printf(a, "%d H%d", d.year, d.month < 7 ? 1 : 2)
			       : hy_printf(a, "%d年%s半年", d.year, d.month < 7 ? "上" : "下");
	return hy_printf(a, english ? "%d-%02d" : "%d年%d月", d.year, d.month);
}

void brief_paper(struct hy_arena *a, const struct brief *b, const struct hy_zone *zone,
		 hy_str language, struct paper *out)
{
	struct page p = { .a = a, .language = language };

	add(&p, PAPER_HEAD, pack_say(&say_index, language));
	add(&p, PAPER_SMALL, index_sentence(&p, b));
	chart(&p, b, true);
	statistics(&p, b);
	add(&p, PAPER_HEAD, pack_say(&say_moved, language));
	movers(&p, &say_up, b->better, b->n_better);
	movers(&p, &say_down, b->worse, b->n_worse);
	add(&p, PAPER_HEAD, pack_say(&say_in_time, language));
	chart(&p, b, false);
	*out = (struct paper){
		.format = PAPER_REPORT,
		.title = hy_printf(a, HY_FMT HY_FMT, HY_ARG(b->city),
				   HY_ARG(pack_say(&say_title, language))),
		.number = hy_printf(a, HY_FMT "　" HY_FMT, HY_ARG(period_text(a, b, language)),
				    HY_ARG(hy_day_text(a, hy_local(zone, b->at, NULL)))),
		.parts = p.parts.v,
		.n_parts = p.parts.n,
		.issuer = b->city,
		.date = b->to,
	};
}
