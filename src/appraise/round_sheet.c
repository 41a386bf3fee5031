/* Rounds as tables for a spreadsheet. */
#include "appraise/round_print.h"

#define SAY(name, cn, hant, english)                                                               \
	static const struct pack_text name = PACK_TEXT(cn, hant, english)

SAY(say_place, "名次", "名次", "place");
SAY(say_unit, "单位", "單位", "unit");
SAY(say_code, "代码", "代碼", "code");
SAY(say_group, "组别", "組別", "group");
SAY(say_score, "得分", "得分", "score");
SAY(say_grade, "等次", "等次", "grade");
SAY(say_low, "名次下限（95%）", "名次下限（95%）", "place from (95 %)");
SAY(say_high, "名次上限（95%）", "名次上限（95%）", "place to (95 %)");
SAY(say_funnel, "与全体相比", "與全體相比", "against all units");
SAY(say_struck, "末位扣分", "末位扣分", "rule for the last ones");
SAY(say_says, "说明", "說明", "in words");
SAY(say_table, "排名", "排名", "table");
SAY(say_meanings, "口径", "口徑", "definitions");
SAY(say_lines, "指标", "指標", "lines");
SAY(say_line, "指标", "指標", "line");
SAY(say_weight, "权重", "權重", "weight");
SAY(say_given, "数据", "數據", "figure");
SAY(say_points, "分值", "分值", "points");
SAY(say_lost, "丢分", "丟分", "lost");
SAY(say_clause, "依据", "依據", "clause");
SAY(say_means, "定义", "定義", "definition");
SAY(say_better, "方向", "方向", "better");
SAY(say_least, "最少件数", "最少件數", "least cases");
SAY(say_cases, "案件", "案件", "cases");
SAY(say_case, "编号", "編號", "case");
SAY(say_title, "标题", "標題", "title");
SAY(say_due, "到期", "到期", "due");
SAY(say_answered, "答复", "答覆", "answered");
SAY(say_post, "岗位", "崗位", "post");
SAY(say_person, "当日承办人", "當日承辦人", "who had it that day");
SAY(say_index, "日志序号", "日誌序號", "log index");
SAY(say_who, "丢分负责", "丟分負責", "who lost them");
SAY(say_number, "件数", "件數", "cases");
SAY(say_yes, "是", "是", "yes");

SAY(say_last, "末位概率", "末位概率", "chance of last");

static struct sheet_cell none(void)
{
	return (struct sheet_cell){ 0 };
}

static struct sheet_cell share(int64_t basis_points)
{
	return (struct sheet_cell){ .kind = SHEET_SHARE, .n = basis_points };
}

static struct sheet_cell hundredths(int64_t points)
{
	return (struct sheet_cell){ .kind = SHEET_X100, .n = score_published(points) };
}

/* --- the league table ---------------------------------------------------------------------------
 */

enum { TABLE_FIXED = 12 };

static enum hy_code table_row(struct sheet *to, const struct reading *k, const json_t *u,
			      struct sheet_cell *cells, hy_str language, struct hy_err *e)
{
	hy_str code = hy_json_get(u, "code");
	bool scored = json_is_true(json_object_get(u, "applies"));
	size_t n = 0;

	cells[n++] = scored ? sheet_number(hy_json_get_int(u, "place", 0)) : none();
	cells[n++] = sheet_words(reading_name(k, code));
	cells[n++] = sheet_words(code);
	cells[n++] = sheet_words(reading_group(k, hy_json_get(u, "group"), language));
	cells[n++] = scored ? hundredths(hy_json_get_int(u, "published", 0)) : none();
	cells[n++] = sheet_words(reading_grade(k, u, language));
	cells[n++] = scored ? sheet_number(hy_json_get_int(u, "low", 0)) : none();
	cells[n++] = scored ? sheet_number(hy_json_get_int(u, "high", 0)) : none();
	cells[n++] = scored ? share(hy_json_get_int(u, "last", 0)) : none();
	cells[n++] = sheet_words(pack_say(reading_verdict(reading_funnel(k, code)), language));
	cells[n++] = json_is_true(json_object_get(u, "struck"))
			     ? sheet_words(pack_say(&say_yes, language))
			     : none();
	cells[n++] = scored ? sheet_words(reading_sentence(k, u, language)) : none();
	for (size_t i = 0; i < k->s->n_indicators; i++) {
		const json_t *node =
			json_object_get(json_object_get(u, "indicators"), k->s->indicators[i].id.p);
		cells[n++] = json_is_true(json_object_get(node, "applies"))
				     ? hundredths(hy_json_get_int(node, "points", 0))
				     : none();
	}
	return sheet_row(to, cells, e);
}

enum hy_code round_sheet(struct sheet *to, const struct reading *k, hy_str language,
			 struct hy_err *e)
{
	static const struct pack_text *const heads[TABLE_FIXED] = {
		&say_place, &say_unit, &say_code, &say_group,  &say_score,  &say_grade,
		&say_low,   &say_high, &say_last, &say_funnel, &say_struck, &say_says
	};
	static const int widths[TABLE_FIXED] = { 6, 24, 12, 14, 8, 8, 12, 12, 10, 18, 10, 60 };
	size_t n = TABLE_FIXED + k->s->n_indicators;
	struct sheet_column *columns = hy_new_n(k->a, struct sheet_column, n);
	struct sheet_cell *cells = hy_new_n(k->a, struct sheet_cell, n);
	enum hy_code code = HY_OK;

	for (size_t i = 0; i < n; i++)
		columns[i] = i < TABLE_FIXED
				     ? (struct sheet_column){ pack_say(heads[i], language),
							      widths[i], false }
				     : (struct sheet_column){
					       pack_say(&k->s->indicators[i - TABLE_FIXED].title,
							language),
					       12, true
				       };
	sheet_begin(to, pack_say(&say_table, language), columns, n);
	for (size_t i = 0; !code && i < k->n; i++)
		code = table_row(to, k, k->units[i], cells, language, e);
	return code;
}

enum hy_code round_sheet_meaning(struct sheet *to, const struct reading *k, hy_str language,
				 struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_code,  &say_line,	  &say_weight,
							 &say_means, &say_better, &say_least,
							 &say_clause };
	static const int widths[] = { 16, 20, 8, 60, 10, 10, 30 };
	struct sheet_column columns[HY_COUNT(heads)];
	enum hy_code code = HY_OK;

	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] =
			(struct sheet_column){ pack_say(heads[i], language), widths[i], false };
	sheet_begin(to, pack_say(&say_meanings, language), columns, HY_COUNT(heads));
	for (size_t i = 0; !code && i < k->s->n_indicators; i++) {
		const struct pack_indicator *in = &k->s->indicators[i];
		const struct figure *f = in->figure;
		const struct sheet_cell cells[] = {
			sheet_words(in->id),
			sheet_words(pack_say(&in->title, language)),
			{ .kind = SHEET_SHARE, .n = in->weight_bp },
			f ? sheet_words(pack_say(&f->definition, language)) : none(),
			f ? sheet_words(hy_str_of(figure_direction_names[f->better])) : none(),
			in->least ? sheet_number(in->least) : none(),
			sheet_words(in->clause),
		};
		code = sheet_row(to, cells, e);
	}
	return code;
}

/* --- one unit -----------------------------------------------------------------------------------
 */

struct listed { /* a line with its cases */
	hy_str title;
	struct loss_line line;
};

static enum hy_code lines_page(struct sheet *to, struct explaining *x, hy_str language,
			       struct listed *lists, size_t *n_lists, struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_line,   &say_weight, &say_given,
							 &say_points, &say_lost,   &say_clause };
	static const int widths[] = { 28, 8, 14, 8, 8, 40 };
	struct sheet_column columns[HY_COUNT(heads)];
	enum hy_code code = HY_OK;

	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] =
			(struct sheet_column){ pack_say(heads[i], language), widths[i], false };
	sheet_begin(to, pack_say(&say_lines, language), columns, HY_COUNT(heads));
	for (size_t i = 0; !code && i < x->k.s->n_indicators; i++) {
		const struct pack_indicator *in = &x->k.s->indicators[i];
		const json_t *node = explaining_node(x, in),
			     *given = json_object_get(json_object_get(x->given, "figures"),
						      in->id.p);
		struct listed *l = &lists[(*n_lists)++];
		bool applies = json_is_true(json_object_get(node, "applies"));
		l->title = pack_say(&in->title, language);
		code = explaining_indicator(x, in, 0, &l->line, e);
		const struct sheet_cell cells[] = {
			sheet_words(l->title),
			{ .kind = SHEET_SHARE, .n = in->weight_bp },
			sheet_words(reading_given(&x->k, in, given)),
			applies ? hundredths(hy_json_get_int(node, "points", 0)) : none(),
			hundredths(hy_json_get_int(node, "lost", 0)),
			sheet_words(in->clause),
		};
		if (!code)
			code = sheet_row(to, cells, e);
	}
	for (size_t i = 0; !code && i < x->k.s->n_adjusts; i++) {
		const struct pack_adjust *d = &x->k.s->adjusts[i];
		const json_t *times = explaining_times(x, d);
		struct listed *l = &lists[(*n_lists)++];
		int64_t points = hy_json_get_int(times, "points", 0);
		l->title = pack_say(&d->title, language);
		code = explaining_adjust(x, d, 0, &l->line, e);
		const struct sheet_cell cells[] = {
			sheet_words(l->title),
			none(),
			sheet_number(hy_json_get_int(times, "times", 0)),
			none(),
			hundredths(d->kind == PACK_BONUS ? -points : points),
			sheet_words(d->clause),
		};
		if (!code)
			code = sheet_row(to, cells, e);
	}
	return code;
}

static hy_str day_of(const struct explaining *x, hy_ms at)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(x->k.c)->calendar);

	return at == HY_NO_TIME ? HY_S("") : hy_day_text(x->k.a, hy_local(zone, at, NULL));
}

static enum hy_code cases_page(struct sheet *to, const struct explaining *x, hy_str language,
			       const struct listed *lists, size_t n, struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_line,   &say_case, &say_title,
							 &say_lost,   &say_due,	 &say_answered,
							 &say_unit,   &say_post, &say_person,
							 &say_clause, &say_index };
	static const int widths[] = { 20, 18, 40, 8, 11, 11, 20, 16, 14, 40, 10 };
	struct sheet_column columns[HY_COUNT(heads)];
	enum hy_code code = HY_OK;

	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] =
			(struct sheet_column){ pack_say(heads[i], language), widths[i], false };
	sheet_begin(to, pack_say(&say_cases, language), columns, HY_COUNT(heads));
	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; !code && c < lists[i].line.n && lists[i].line.v[c].lost; c++) {
			const struct round_case *v = &lists[i].line.v[c];
			const struct sheet_cell cells[] = {
				sheet_words(lists[i].title),
				sheet_words(v->code),
				sheet_words(v->title),
				hundredths(v->points),
				sheet_words(day_of(x, v->due_at)),
				sheet_words(day_of(x, v->answered_at)),
				sheet_words(reading_name(&x->k, v->unit)),
				sheet_words(v->post),
				sheet_words(v->name.n ? v->name : v->person),
				sheet_words(v->clause),
				sheet_number(v->idx),
			};
			code = sheet_row(to, cells, e);
		}
	}
	return code;
}

static enum hy_code losers_page(struct sheet *to, struct explaining *x, hy_str language,
				struct hy_err *e)
{
	static const struct pack_text *const heads[] = { &say_unit, &say_post, &say_person,
							 &say_lost, &say_number };
	static const int widths[] = { 24, 20, 16, 8, 8 };
	struct sheet_column columns[HY_COUNT(heads)];
	enum hy_code code = HY_OK;

	losses_sort(&x->losses);
	for (size_t i = 0; i < HY_COUNT(heads); i++)
		columns[i] =
			(struct sheet_column){ pack_say(heads[i], language), widths[i], false };
	sheet_begin(to, pack_say(&say_who, language), columns, HY_COUNT(heads));
	for (size_t i = 0; !code && i < x->losses.losers.n; i++) {
		const struct round_loser *l = &x->losses.losers.v[i];
		const struct sheet_cell cells[] = { sheet_words(reading_name(&x->k, l->unit)),
						    sheet_words(l->post),
						    sheet_words(l->name.n ? l->name : l->person),
						    hundredths(l->points), sheet_number(l->cases) };
		code = sheet_row(to, cells, e);
	}
	return code;
}

enum hy_code explain_sheet(struct sheet *to, struct explaining *x, hy_str language,
			   struct hy_err *e)
{
	struct listed *lists =
		hy_new_n(x->k.a, struct listed, x->k.s->n_indicators + x->k.s->n_adjusts + 1);
	size_t n = 0;
	enum hy_code code = lines_page(to, x, language, lists, &n, e);

	if (!code)
		code = cases_page(to, x, language, lists, n, e);
	return code ? code : losers_page(to, x, language, e);
}
