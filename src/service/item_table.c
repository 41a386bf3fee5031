/* The catalogue as a table: import, preview, export. */
#include "service/item_table.h"

#include "base/map.h"
#include "service/item_row.h"

enum {
	C_CODE,
	C_NAME,
	C_TYPE,
	C_UNIT,
	C_UNIT_NAME,
	C_NATIONAL,
	C_REGION,
	C_GROUP,
	C_LINK,
	C_BASIS,
	C_CONDITIONS,
	C_PAPERS,
	C_STEPS,
	C_STATUTORY,
	C_PLEDGED,
	C_FEES,
	C_CHANNELS,
	C_TAGS,
	C_STATE,
	C_TARGET,
	C_FROM,
	C_DOCUMENT,
	C_REASON,
	C__N
};
/* Also as other systems call them: item_code, dept_code ... are those of the provinces' platforms.
 */
static const struct grid_column columns[C__N] = {
	[C_CODE] = { "code|item_code|事项编码|事項編碼|实施编码|實施編碼|编码|編碼|代码|代碼",
		     true },
	[C_NAME] = { "name|事项名称|事項名稱|名称|名稱|item_name", true },
	[C_TYPE] = { "type|task_type|事项类型|事項類型|类型|類型" },
	[C_UNIT] = { "unit|dept_code|单位代码|單位代碼|单位|單位|实施机构编码|實施機構編碼" },
	[C_UNIT_NAME] = { "unit_name|department|dept_name|单位名称|單位名稱|实施机构|實施機構|部门|"
			  "部門" },
	[C_NATIONAL] = { "national|national_code|国家编码|國家編碼|基本编码|基本編碼" },
	[C_REGION] = { "region|area_code|区划代码|區劃代碼" },
	[C_GROUP] = { "group|main_item|主项|主項|主项名称|主項名稱" },
	[C_LINK] = { "link|url|链接|連結" },
	[C_BASIS] = { "basis|设定依据|設定依據|法律依据|法律依據" },
	[C_CONDITIONS] = { "conditions|受理条件|受理條件" },
	[C_PAPERS] = { "papers|申请材料|申請材料" },
	[C_STEPS] = { "steps|办理环节|辦理環節|办理流程|辦理流程" },
	[C_STATUTORY] = { "statutory|法定时限|法定時限|法定办结时限|法定辦結時限" },
	[C_PLEDGED] = { "pledged|承诺时限|承諾時限|承诺办结时限|承諾辦結時限" },
	[C_FEES] = { "fees|收费|收費|收费项目|收費項目" },
	[C_CHANNELS] = { "channels|办理渠道|辦理渠道" },
	[C_TAGS] = { "tags|标签|標籤" },
	[C_STATE] = { "state|状态|狀態" },
	[C_TARGET] = { "target|去向" },
	[C_FROM] = { "from|生效日期" },
	[C_DOCUMENT] = { "document|文号|文號|文件" },
	[C_REASON] = { "reason|说明|說明" },
};

struct work {
	struct item_job *job;
	struct item_act act;
	struct hy_arena *a;
	int at[C__N];
	struct hy_err why;
	struct table_line *line;
};

static hy_str cell(const struct work *w, size_t row, int column)
{
	return grid_cell(&w->job->grid->rows[row + 1], w->at[column]);
}

/* --- lists in a cell
 * -------------------------------------------------------------------------------- */

/* The next line of a cell that is not empty. */
static bool next_line(hy_str *rest, hy_str *out)
{
	while (hy_str_cut(rest, '\n', out)) {
		*out = hy_str_trim(*out);
		if (out->n)
			return true;
	}
	return false;
}

static size_t lines_of(hy_str s)
{
	hy_str one;
	size_t n = 0;

	while (next_line(&s, &one))
		n++;
	return n;
}

static struct item_texts texts_of(struct hy_arena *a, hy_str s)
{
	struct item_texts t = { hy_new_n(a, hy_str, lines_of(s) + 1), 0 };
	hy_str one;

	while (next_line(&s, &one))
		t.v[t.n++] = one;
	return t;
}

enum { PARTS_MOST = 4 };
static enum hy_code parts_of(hy_str line, const char *field, size_t most, hy_str out[PARTS_MOST],
			     struct hy_err *e)
{
	size_t n = 0;
	hy_str one;

	for (size_t i = 0; i < PARTS_MOST; i++)
		out[i] = HY_S("");
	while (hy_str_cut(&line, '|', &one)) {
		if (n == most)
			return hy_fail(e, HY_BAD_FIELD, field,
				       "an entry has at most %zu parts between |", most);
		out[n++] = hy_str_trim(one);
	}
	return HY_OK;
}

static enum hy_code papers_of(struct work *w, hy_str s, struct item_content *x)
{
	hy_str one, p[PARTS_MOST];

	x->papers = hy_new_n(w->a, struct item_paper, lines_of(s) + 1);
	x->n_papers = 0;
	while (next_line(&s, &one)) {
		struct item_paper *to = &x->papers[x->n_papers++];
		enum hy_code c = parts_of(one, "papers", 3, p, &w->why);
		if (c)
			return c;
		if (p[1].n && (!hy_str_int(p[1], &to->copies) || to->copies < 0 || to->copies > 99))
			return hy_fail(&w->why, HY_BAD_FIELD, "papers",
				       "the copies of '" HY_FMT "' must be a number up to 99",
				       HY_ARG(hy_str_head(p[0], 40)));
		to->name = p[0];
		to->sample = p[2];
	}
	return HY_OK;
}

static enum hy_code limit_of(struct work *w, const char *field, hy_str s, struct item_limit *out)
{
	*out = (struct item_limit){ 0 };
	if (s.n && !item_limit_read(s, out))
		return hy_fail(&w->why, HY_BAD_FIELD, field,
			       "'" HY_FMT "' is no time with its unit, such as 5wd, 30cd, "
			       "5个工作日 or 即办",
			       HY_ARG(hy_str_head(s, 40)));
	return HY_OK;
}

static enum hy_code steps_of(struct work *w, hy_str s, struct item_content *x)
{
	hy_str one, p[PARTS_MOST];

	x->steps = hy_new_n(w->a, struct item_step, lines_of(s) + 1);
	x->n_steps = 0;
	while (next_line(&s, &one)) {
		struct item_step *to = &x->steps[x->n_steps++];
		enum hy_code c = parts_of(one, "steps", 4, p, &w->why);
		to->beside = !c && hy_str_starts(p[0], HY_S("+"));
		if (to->beside)
			p[0] = hy_str_trim((hy_str){ p[0].p + 1, p[0].n - 1 });
		if (!c)
			c = limit_of(w, "steps", p[3], &to->limit);
		if (c)
			return c;
		to->name = p[0];
		to->section = p[1];
		to->post = p[2];
	}
	return HY_OK;
}

static enum hy_code fees_of(struct work *w, hy_str s, struct item_content *x)
{
	hy_str one, p[PARTS_MOST];

	x->fees = hy_new_n(w->a, struct item_fee, lines_of(s) + 1);
	x->n_fees = 0;
	while (next_line(&s, &one)) {
		enum hy_code c = parts_of(one, "fees", 3, p, &w->why);
		if (c)
			return c;
		x->fees[x->n_fees++] = (struct item_fee){ p[0], p[1], p[2] };
	}
	return HY_OK;
}

static hy_str joined(struct hy_arena *a, const struct item_texts *t)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < t->n; i++)
		hy_buf_fmt(&b, "%s" HY_FMT, i ? "\n" : "", HY_ARG(t->v[i]));
	return hy_buf_str(&b);
}

/* The parts without empty ones at the end. */
static void entry(struct hy_buf *b, const hy_str *p, size_t n)
{
	while (n > 1 && !p[n - 1].n)
		n--;
	if (b->n)
		hy_buf_byte(b, '\n');
	for (size_t i = 0; i < n; i++)
		hy_buf_fmt(b, "%s" HY_FMT, i ? " | " : "", HY_ARG(p[i]));
}

/* Each column as a cell, of one version. */
static void cells_of(struct hy_arena *a, const struct item_version *v, hy_str out[C__N])
{
	const struct item_content *x = &v->content;
	struct hy_buf papers = hy_buf_on(a), steps = hy_buf_on(a), fees = hy_buf_on(a);

	for (size_t i = 0; i < x->n_papers; i++) {
		const struct item_paper *p = &x->papers[i];
		entry(&papers,
		      (hy_str[]){ p->name,
				  p->copies ? hy_printf(a, "%lld", (long long)p->copies) : HY_S(""),
				  p->sample },
		      3);
	}
	for (size_t i = 0; i < x->n_steps; i++) {
		const struct item_step *s = &x->steps[i];
		entry(&steps,
		      (hy_str[]){ hy_printf(a, "%s" HY_FMT, s->beside ? "+" : "", HY_ARG(s->name)),
				  s->section, s->post, item_limit_text(a, s->limit) },
		      4);
	}
	for (size_t i = 0; i < x->n_fees; i++)
		entry(&fees, (hy_str[]){ x->fees[i].name, x->fees[i].standard, x->fees[i].basis },
		      3);
	out[C_NAME] = x->name;
	out[C_TYPE] = x->type;
	out[C_UNIT] = x->unit;
	out[C_NATIONAL] = x->national;
	out[C_REGION] = x->region;
	out[C_GROUP] = x->group;
	out[C_LINK] = x->link;
	out[C_BASIS] = joined(a, &x->basis);
	out[C_CONDITIONS] = joined(a, &x->conditions);
	out[C_PAPERS] = hy_buf_str(&papers);
	out[C_STEPS] = hy_buf_str(&steps);
	out[C_STATUTORY] = item_limit_text(a, x->statutory);
	out[C_PLEDGED] = item_limit_text(a, x->pledged);
	out[C_FEES] = hy_buf_str(&fees);
	out[C_CHANNELS] = joined(a, &x->channels);
	out[C_TAGS] = joined(a, &x->tags);
	out[C_STATE] = item_states[v->state].id;
	out[C_TARGET] = v->target;
	out[C_FROM] = hy_day_text(a, v->from);
	out[C_DOCUMENT] = v->document;
	out[C_REASON] = v->reason;
}

static void differs(struct work *w, const char *name, hy_str from, hy_str to)
{
	struct hy_arena *a = w->job->a;

	if (hy_str_eq(from, to))
		return;
	struct table_field *v = hy_new_n(a, struct table_field, w->line->n_fields + 1);
	if (w->line->n_fields)
		memcpy(v, w->line->fields, w->line->n_fields * sizeof(*v));
	v[w->line->n_fields++] =
		(struct table_field){ name, hy_str_dup(a, from), hy_str_dup(a, to) };
	w->line->fields = v;
}

static const char *column_name(int k)
{
	static const char *const names[C__N] = { "code",      "name",	   "type",	 "unit",
						 "unit_name", "national",  "region",	 "group",
						 "link",      "basis",	   "conditions", "papers",
						 "steps",     "statutory", "pledged",	 "fees",
						 "channels",  "tags",	   "state",	 "target",
						 "from",      "document",  "reason" };
	return names[k];
}

/* --- rows
 * --------------------------------------------------------------------------------------------- */

static enum hy_code content_of(struct work *w, size_t row, struct item_content *x)
{
	const struct {
		int column;
		hy_str *to;
	} texts[] = { { C_NAME, &x->name },	    { C_UNIT, &x->unit },
		      { C_NATIONAL, &x->national }, { C_REGION, &x->region },
		      { C_GROUP, &x->group },	    { C_LINK, &x->link } };
	const struct {
		int column;
		struct item_texts *to;
	} lists[] = { { C_BASIS, &x->basis },
		      { C_CONDITIONS, &x->conditions },
		      { C_CHANNELS, &x->channels },
		      { C_TAGS, &x->tags } };
	enum hy_code c = HY_OK;

	for (size_t i = 0; i < HY_COUNT(texts); i++)
		if (w->at[texts[i].column] >= 0)
			*texts[i].to = cell(w, row, texts[i].column);
	for (size_t i = 0; i < HY_COUNT(lists); i++)
		if (w->at[lists[i].column] >= 0)
			*lists[i].to = texts_of(w->a, cell(w, row, lists[i].column));
	if (w->at[C_TYPE] >= 0) {
		hy_str s = cell(w, row, C_TYPE);
		const struct item_type_row *t = item_type_of(s);
		if (s.n && !t)
			return hy_fail(&w->why, HY_BAD_FIELD, "type",
				       "'" HY_FMT "' is none of the types of items",
				       HY_ARG(hy_str_head(s, 40)));
		x->type = t ? t->id : HY_S("");
	}
	if (!x->type.n)
		return hy_fail(
			&w->why, HY_BAD_FIELD, "type",
			"is missing; a number such as 1 or a word such as 行政许可 is needed");
	if (w->at[C_PAPERS] >= 0)
		c = papers_of(w, cell(w, row, C_PAPERS), x);
	if (!c && w->at[C_STEPS] >= 0)
		c = steps_of(w, cell(w, row, C_STEPS), x);
	if (!c && w->at[C_FEES] >= 0)
		c = fees_of(w, cell(w, row, C_FEES), x);
	if (!c && w->at[C_STATUTORY] >= 0)
		c = limit_of(w, "statutory", cell(w, row, C_STATUTORY), &x->statutory);
	if (!c && w->at[C_PLEDGED] >= 0)
		c = limit_of(w, "pledged", cell(w, row, C_PLEDGED), &x->pledged);
	return c;
}

static enum hy_code act_of(struct work *w, size_t row, struct item_act *x)
{
	hy_str day = cell(w, row, C_FROM);

	*x = w->act;
	if (day.n && !hy_day_read(day, &x->from))
		return hy_fail(&w->why, HY_BAD_FIELD, "from", "must be a day, such as 2026-03-01");
	if (cell(w, row, C_DOCUMENT).n)
		x->document = cell(w, row, C_DOCUMENT);
	if (cell(w, row, C_REASON).n)
		x->w.reason = cell(w, row, C_REASON);
	return HY_OK;
}

static enum hy_code state_of(struct work *w, size_t row, enum item_state otherwise,
			     enum item_state *out)
{
	hy_str s = cell(w, row, C_STATE);

	*out = otherwise;
	if (s.n && !item_state_of(s, out))
		return hy_fail(&w->why, HY_BAD_FIELD, "state",
			       "must be kept, cut, merged or handed_down (保留、取消、合并、下放)");
	return HY_OK;
}

/* The unit the row names is made when it may be and is not there. */
static enum hy_code unit_of(struct work *w, size_t row)
{
	struct unit_new n = { .code = cell(w, row, C_UNIT),
			      .name = cell(w, row, C_UNIT_NAME),
			      .kind = UNIT_ORGAN,
			      .opened = UNIT_EVER };
	struct hy_err why = { 0 };
	struct unit u;

	if (!w->job->make_units || !n.code.n || !n.name.n)
		return HY_OK;
	enum hy_code c = unit_by_code(w->a, w->act.w.db, n.code, &u, &why);
	if (c != HY_NOT_FOUND) {
		if (c)
			w->why = why;
		return c;
	}
	c = unit_make(&w->act.w, &n, &(int64_t){ 0 }, &w->why);
	if (!c)
		w->job->units++;
	return c;
}

/* Restores, makes and changes; ITEM_KEPT after that. */
static enum hy_code row_put(struct work *w, size_t row)
{
	hy_str code = cell(w, row, C_CODE), before[C__N] = { 0 }, after[C__N] = { 0 };
	struct item it = { 0 };
	struct item_act x;
	enum item_state want;
	bool there = false, changed;
	enum hy_code c = act_of(w, row, &x);

	if (!c && !item_code_ok(code))
		c = hy_fail(&w->why, HY_BAD_FIELD, "code",
			    "1 to %d letters, digits, '-', '_', '.' are needed", ITEM_CODE_MOST);
	if (!c)
		c = item_find(w->a, w->act.w.db, code, &it, &there, &w->why);
	const struct item_version *last = there ? &it.past[it.n_past - 1] : NULL;
	if (!c)
		c = state_of(w, row, last ? last->state : ITEM_KEPT, &want);
	if (c)
		return c;
	struct item_version now = last ? *last : (struct item_version){ 0 };
	c = content_of(w, row, &now.content);
	for (int k = 0; !c && k < GAP__N; k++)
		if (item_missing(&now.content) >> k & 1)
			w->job->missing[k]++;
	if (c)
		return c;
	if (last)
		cells_of(w->a, last, before);
	if (last && last->state != ITEM_KEPT && want == ITEM_KEPT) {
		c = item_turn(&x, code, ITEM_KEPT, HY_S(""), &w->why);
		if (!c)
			differs(w, "state", before[C_STATE], item_states[ITEM_KEPT].id);
	}
	if (!c && last && last->state != ITEM_KEPT && want != ITEM_KEPT) {
		/* gone before: it must be what it was */
		cells_of(w->a, &now, after);
		for (int k = C_NAME; !c && k <= C_TAGS; k++)
			if (!hy_str_eq(before[k], after[k]))
				c = hy_fail(&w->why, HY_NOT_NOW, column_name(k),
					    "the item is %s; what is gone stays as it was",
					    item_states[last->state].title[2].p);
		return c;
	}
	if (!c)
		c = unit_of(w, row);
	if (!c)
		c = item_put(&x, code, &now.content, &changed, &w->why);
	if (c)
		return c;
	now.from = x.from;
	cells_of(w->a, &now, after);
	for (int k = C_NAME; changed && k <= C_TAGS; k++)
		differs(w, column_name(k), before[k], after[k]);
	if (w->line->n_fields)
		w->line->what = last ? TABLE_CHANGE : TABLE_ADD;
	return HY_OK;
}

/* Cuts, merges, hands down; when all that is kept is there. */
static enum hy_code row_turn(struct work *w, size_t row)
{
	hy_str code = cell(w, row, C_CODE);
	struct item it = { 0 };
	struct item_act x;
	enum item_state want;
	enum hy_code c = act_of(w, row, &x);

	if (!c)
		c = item_read(w->a, w->act.w.db, code, &it, &w->why);
	if (c)
		return c;
	const struct item_version *last = &it.past[it.n_past - 1];
	c = state_of(w, row, last->state, &want);
	if (c || want == last->state)
		return c;
	c = item_turn(&x, code, want, cell(w, row, C_TARGET), &w->why);
	if (c)
		return c;
	differs(w, "state", item_states[last->state].id, item_states[want].id);
	differs(w, "target", HY_S(""), cell(w, row, C_TARGET));
	differs(w, "document", HY_S(""), x.document);
	w->line->what = TABLE_CLOSE;
	return HY_OK;
}

/* --- the work
 * ------------------------------------------------------------------------------------------ */

static bool fault(enum hy_code c)
{
	return c == HY_STORE || c == HY_STORE_BUSY || c == HY_INTERNAL || c == HY_TAMPERED ||
	       c == HY_IO;
}

static void refuse(struct work *w)
{
	w->line->what = TABLE_REFUSE;
	w->line->field = hy_str_dup(w->job->a, hy_str_of(w->why.field)).p;
	w->line->why = hy_printf(w->job->a, "%s%s%s", w->why.field, w->why.field[0] ? ": " : "",
				 w->why.detail);
	w->line->n_fields = 0;
}

static enum hy_code pass(struct work *w, enum hy_code (*fn)(struct work *w, size_t row),
			 struct hy_err *e)
{
	struct table_plan *p = &w->job->plan;

	for (size_t i = 0; i < p->n; i++) {
		w->line = &p->v[i];
		if (w->line->what == TABLE_REFUSE)
			continue;
		hy_err_clear(&w->why);
		enum hy_code c = fn(w, i);
		if (fault(c)) {
			*e = w->why;
			return c;
		}
		if (c)
			refuse(w);
	}
	return HY_OK;
}

static void twice(struct work *w)
{
	struct hy_map seen = { .a = w->a };
	struct table_plan *p = &w->job->plan;

	for (size_t i = 0; i < p->n; i++) {
		struct table_line *first =
			p->v[i].code.n ? hy_map_put(&seen, p->v[i].code, &p->v[i]) : NULL;
		if (!first)
			continue;
		w->line = &p->v[i];
		hy_err_clear(&w->why);
		(void)hy_fail(&w->why, HY_BAD_FIELD, "code", "stands in line %lld already",
			      (long long)first->line);
		refuse(w);
	}
}

static enum hy_code import_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct item_job *job = in_out;
	struct work w = { .job = job, .act = *job->act, .a = hy_db_arena(db) };
	size_t n = job->grid->n ? job->grid->n - 1 : 0;

	w.act.w.db = db;
	job->units = 0;
	memset(job->missing, 0, sizeof(job->missing));
	enum hy_code c = grid_head(job->grid, columns, C__N, w.at, e);
	if (c)
		return c;
	job->plan = (struct table_plan){ .v = hy_new_n(job->a, struct table_line, n + 1), .n = n };
	for (size_t i = 0; i < n; i++) {
		job->plan.v[i].line = job->grid->rows[i + 1].line;
		job->plan.v[i].code = cell(&w, i, C_CODE);
	}
	twice(&w);
	c = pass(&w, row_put, e);
	if (!c)
		c = pass(&w, row_turn, e);
	for (size_t i = 0; !c && i < n; i++)
		job->plan.count[job->plan.v[i].what]++;
	if (!c && job->plan.count[TABLE_REFUSE])
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%lld of %zu rows are refused, so nothing was changed; see the "
			       "preview, mend the file and import it again",
			       (long long)job->plan.count[TABLE_REFUSE], n);
	if (!c && job->preview)
		return hy_fail(e, HY_NOT_NOW, "", "a preview changes nothing");
	return c;
}

enum hy_code item_import(struct hy_store *s, struct item_job *job, struct hy_err *e)
{
	struct hy_err why = { 0 };

	job->plan = (struct table_plan){ 0 };
	enum hy_code c = hy_store_write(s, import_work, job, &why);
	bool planned = job->plan.v && (c == HY_BAD_INPUT || c == HY_NOT_NOW);
	if (!c || (job->preview && planned))
		return HY_OK;
	*e = why;
	return c;
}

/* --- the plan for people
 * -------------------------------------------------------------------------------- */

void item_plan_text(struct hy_buf *b, const struct item_job *job, hy_str language)
{
	int l = hy_str_eq(language, HY_S("zh-CN"))     ? 0
		: hy_str_eq(language, HY_S("zh-Hant")) ? 1
						       : 2;
	static const char *const units[] = { "新设单位", "新設單位", "units made" };

	table_plan_text(b, &job->plan, language);
	for (int k = 0; k < GAP__N; k++)
		if (job->missing[k])
			hy_buf_fmt(b, HY_FMT " %lld\n", HY_ARG(item_gaps[k].title[l]),
				   (long long)job->missing[k]);
	if (job->units)
		hy_buf_fmt(b, "%s %lld\n", units[l], (long long)job->units);
}

void item_plan_json(struct hy_json *j, const struct item_job *job)
{
	hy_json_obj(j);
	hy_json_key(j, "plan");
	table_plan_json(j, &job->plan);
	hy_json_key(j, "missing");
	hy_json_obj(j);
	for (int k = 0; k < GAP__N; k++)
		hy_json_kint(j, item_gaps[k].id.p, job->missing[k]);
	hy_json_obj_end(j);
	hy_json_kint(j, "units_made", job->units);
	hy_json_obj_end(j);
}

/* --- taking out
 * ------------------------------------------------------------------------------------------- */

enum hy_code item_export(struct hy_arena *a, struct hy_db *db, const struct item_filter *f,
			 struct sheet *to, struct hy_err *e)
{
	struct sheet_column heads[C__N];
	struct item_rows rows;
	struct unit_book book;
	enum hy_code c = item_list(a, db, f, &rows, e);

	if (!c)
		c = unit_book_read(a, db, &book, e);
	if (c)
		return c;
	for (int k = 0; k < C__N; k++)
		heads[k] =
			(struct sheet_column){ hy_str_of(column_name(k)), k < 2 ? 30 : 14, false };
	sheet_begin(to, HY_S("items"), heads, C__N);
	for (size_t i = 0; !c && i < rows.n; i++) {
		struct sheet_cell cells[C__N];
		hy_str text[C__N] = { 0 };
		cells_of(a, &rows.v[i].v, text);
		text[C_CODE] = rows.v[i].code;
		text[C_UNIT_NAME] = unit_name_on(&book, rows.v[i].v.content.unit, f->on);
		for (int k = 0; k < C__N; k++)
			cells[k] = sheet_words(text[k].p ? text[k] : HY_S(""));
		c = sheet_row(to, cells, e);
	}
	return c;
}
