/* What would change, told three times: once in each language, in the same order. */
#include "pack/difference_part.h"

#include "pack/field.h"
#include "pack/permission.h"
#include "pack/scheme.h"

enum { DAYS_MOST = 400 };

/* --- the whole ------------------------------------------------------------------------------- */

static hy_str pack_label(const struct diff *w, const struct pack *p)
{
	return hy_printf(w->a, HY_FMT " " HY_FMT, HY_ARG(p->name), HY_ARG(p->version));
}

static const struct pack_source *source(const struct pack *p, hy_str name)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (hy_str_eq(p->sources[i].name, name))
			return &p->sources[i];
	return NULL;
}

static void whole(struct diff *w)
{
	static diff_words what = { "版本", "版本", "the version" };
	static diff_words folder = { "文件夹“{1}”", "資料夾「{1}」", "folder “{1}”" };
	struct diff_owner o = { "pack", HY_S(""), diff_said(w, &w->now->title) };
	const struct pack *p = w->now;

	diff_if_text(w, &o, what, pack_label(w, w->was), pack_label(w, p));
	for (size_t i = 0; i < p->n_sources; i++)
		if (!source(w->was, p->sources[i].name))
			diff_added(w, "pack", p->sources[i].name,
				   DIFF_FILL(w, folder, p->sources[i].name));
	p = w->was;
	for (size_t i = 0; i < p->n_sources; i++)
		if (!source(w->now, p->sources[i].name))
			diff_removed(w, "pack", p->sources[i].name,
				     DIFF_FILL(w, folder, p->sources[i].name));
}

/* --- the calendar ---------------------------------------------------------------------------- */

static void one_day(struct diff *w, hy_day d)
{
	static diff_words to_rest = { "{1}由工作日改为休息日{2}", "{1}由工作日改為休息日{2}",
				      "{1} was a working day and becomes a day of rest{2}" };
	static diff_words to_work = { "{1}由休息日改为工作日{2}", "{1}由休息日改為工作日{2}",
				      "{1} was a day of rest and becomes a working day{2}" };
	static diff_words why_words = { "（{1}）", "（{1}）", " ({1})" };
	struct hy_day_why why = hy_calendar_why(w->now->calendar, d);
	hy_str text = hy_day_text(w->a, d);

	diff_tell(w, "calendar", text,
		  DIFF_FILL(w, why.work ? to_work : to_rest, text,
			    why.name.n ? DIFF_FILL(w, why_words, why.name) : HY_S("")));
}

static void calendar(struct diff *w)
{
	static diff_words more = { "另有{1}天的上班安排不同", "另有{1}天的上班安排不同",
				   "{1} more days differ" };
	static diff_words sure = { "{1}年的放假安排已有通知，不再是暂定",
				   "{1}年的放假安排已有通知，不再是暫定",
				   "{1} has its notice and is no longer provisional" };
	static diff_words unsure = { "{1}年没有通知，成为暂定", "{1}年沒有通知，成為暫定",
				     "{1} has no notice and becomes provisional" };
	const struct hy_calendar *was = w->was->calendar, *now = w->now->calendar;
	int n = 0;

	if (hy_str_eq(hy_calendar_hash(was), hy_calendar_hash(now)))
		return;
	for (int year = 1990; year <= 2099; year++) {
		hy_day d = hy_day_of(year, 7, 1);
		bool p = hy_calendar_provisional(now, d);
		if (hy_calendar_provisional(was, d) != p)
			diff_tell(w, "calendar", hy_printf(w->a, "%d", year),
				  DIFF_FILL(w, p ? unsure : sure, hy_printf(w->a, "%d", year)));
	}
	for (hy_day d = HY_CALENDAR_FIRST; d <= HY_CALENDAR_LAST; d++)
		if (hy_calendar_work(was, d) != hy_calendar_work(now, d) && ++n <= DAYS_MOST)
			one_day(w, d);
	if (n > DAYS_MOST)
		diff_tell(w, "calendar", HY_S(""),
			  DIFF_FILL(w, more, hy_printf(w->a, "%d", n - DAYS_MOST)));
}

/* --- limits ---------------------------------------------------------------------------------- */

static bool same_values(const struct pack_rule *x, const struct pack_rule *y)
{
	bool same = x->n_values == y->n_values;

	for (size_t i = 0; same && i < x->n_values; i++)
		same = x->values[i].from == y->values[i].from &&
		       x->values[i].until == y->values[i].until &&
		       diff_same_limit(x->values[i].limit, y->values[i].limit) &&
		       hy_str_eq(x->values[i].clause, y->values[i].clause);
	return same;
}

static hy_str rule_label(const struct diff *w, const struct pack_rule *r)
{
	static diff_words label = { "时限“{1}”", "時限「{1}」", "time limit “{1}”" };

	return DIFF_FILL(w, label, diff_said(w, &r->title));
}

static void one_rule(struct diff *w, const struct pack_rule *was, const struct pack_rule *now)
{
	static diff_words length = { "期限", "期限", "the time" };
	static diff_words roll = { "末日遇休息日顺延", "末日遇休息日順延",
				   "the last day moves to a working day" };
	static diff_words extension = { "可延长", "可延長", "the extension" };
	static diff_words times = { "可延长次数", "可延長次數", "extensions" };
	static diff_words approver = { "延长由谁批准", "延長由誰批准",
				       "who approves an extension" };
	static diff_words pauses = { "可以中止的事由", "可以中止的事由", "grounds of a pause" };
	static diff_words cutoff = { "当日截止时刻（毫秒）", "當日截止時刻（毫秒）",
				     "the cut-off of a day (ms)" };
	struct diff_owner o = { "rule", now->id, rule_label(w, now) };
	hy_str a_was = was->extension_approver, a_now = now->extension_approver;

	diff_if_title(w, &o, &was->title, &now->title);
	if (!same_values(was, now))
		diff_changed(w, &o, length, diff_values_said(w, was->values, was->n_values),
			     diff_values_said(w, now->values, now->n_values));
	diff_if_flag(w, &o, roll, was->roll, now->roll);
	diff_if_limit(w, &o, extension, was->extension, now->extension);
	diff_if_count(w, &o, times, was->extensions, now->extensions);
	diff_if_words(w, &o, approver, PACK_ROLES, &a_was, a_was.n > 0, &a_now, a_now.n > 0);
	diff_if_words(w, &o, pauses, PACK_PAUSE_GROUNDS, was->pauses, was->n_pauses, now->pauses,
		      now->n_pauses);
	diff_if_count(w, &o, cutoff, was->cutoff, now->cutoff);
}

static void rules(struct diff *w)
{
	for (size_t i = 0; i < w->now->n_rules; i++) {
		const struct pack_rule *r = &w->now->rules[i], *was = pack_rule(w->was, r->id);
		static diff_words with = { "{1}：{2}", "{1}：{2}", "{1}: {2}" };
		if (was)
			one_rule(w, was, r);
		else
			diff_added(w, "rule", r->id,
				   DIFF_FILL(w, with, rule_label(w, r),
					     diff_values_said(w, r->values, r->n_values)));
	}
	for (size_t i = 0; i < w->was->n_rules; i++)
		if (!pack_rule(w->now, w->was->rules[i].id))
			diff_removed(w, "rule", w->was->rules[i].id,
				     rule_label(w, &w->was->rules[i]));
}

/* --- words and roles ------------------------------------------------------------------------- */

static diff_words list_names[PACK__LISTS] = {
	[PACK_CHANNELS] = { "渠道", "管道", "channel" },
	[PACK_ROLES] = { "角色", "角色", "role" },
	[PACK_CLASSES] = { "分类", "分類", "class" },
	[PACK_PAUSE_GROUNDS] = { "中止事由", "中止事由", "ground of a pause" },
	[PACK_CLOSE_GROUNDS] = { "办结事由", "辦結事由", "ground of closing" },
	[PACK_DECLINE_GROUNDS] = { "不予受理事由", "不予受理事由", "ground of declining" },
	[PACK_RETURN_GROUNDS] = { "退回事由", "退回事由", "ground of a return" },
	[PACK_REOPEN_GROUNDS] = { "重办事由", "重辦事由", "ground of reopening" },
	[PACK_ANNUL_GROUNDS] = { "撤销事由", "撤銷事由", "ground of annulment" },
	[PACK_HANDOFF_GROUNDS] = { "转办事由", "轉辦事由", "ground of a hand-off" },
	[PACK_FINDINGS] = { "认定结论", "認定結論", "finding" },
	[PACK_RATING_REASONS] = { "评价原因", "評價原因", "reason of a rating" },
};

static hy_str may_said(const struct diff *w, uint64_t may)
{
	struct hy_buf b = hy_buf_on(w->a);

	for (int i = 1; i < PERMISSION__N; i++)
		if (may & PERMISSION_BIT(i))
			diff_part(w, &b, diff_said(w, &permission_rows[i].meaning));
	return hy_buf_str(&b);
}

static void one_word(struct diff *w, const struct diff_owner *o, const struct pack_word *was,
		     const struct pack_word *now)
{
	static diff_words clause = { "依据", "依據", "the clause" };
	static diff_words outcome = { "算作何种结果", "算作何種結果", "the outcome" };
	static diff_words more = { "{1}：今后还可以{2}", "{1}：今後還可以{2}",
				   "{1}: may also: {2}" };
	static diff_words less = { "{1}：今后不能再{2}", "{1}：今後不能再{2}",
				   "{1}: may no longer: {2}" };
	static diff_words reach = { "权限范围", "權限範圍", "the reach" };
	static diff_words clearance = { "可看的密级", "可看的密級", "the clearance" };
	static diff_words oversees = { "受理对无上级单位的投诉", "受理對無上級單位的投訴",
				       "takes up complaints that nobody stands above" };

	diff_if_title(w, o, &was->title, &now->title);
	diff_if_text(w, o, clause, was->clause, now->clause);
	diff_if_text(w, o, outcome, was->outcome, now->outcome);
	if (now->may & ~was->may)
		diff_tell(w, o->area, o->id,
			  DIFF_FILL(w, more, o->name, may_said(w, now->may & ~was->may)));
	if (was->may & ~now->may)
		diff_tell(w, o->area, o->id,
			  DIFF_FILL(w, less, o->name, may_said(w, was->may & ~now->may)));
	diff_if_text(w, o, reach, hy_str_of(pack_reach_names[was->reach]),
		     hy_str_of(pack_reach_names[now->reach]));
	diff_if_text(w, o, clearance, hy_str_of(pack_guard_names[was->clearance]),
		     hy_str_of(pack_guard_names[now->clearance]));
	diff_if_flag(w, o, oversees, was->oversees, now->oversees);
}

static void one_list(struct diff *w, enum pack_list list)
{
	static diff_words label = { "{1}“{2}”", "{1}「{2}」", "{1} “{2}”" };
	const struct pack_words *now = &w->now->lists[list], *was = &w->was->lists[list];
	hy_str kind = diff_word(w, list_names[list]);

	for (size_t i = 0; i < now->n; i++) {
		const struct pack_word *x = &now->v[i], *y = pack_word(w->was, list, x->id);
		struct diff_owner o = {
			"word", hy_printf(w->a, "%s/" HY_FMT, pack_list_names[list], HY_ARG(x->id)),
			DIFF_FILL(w, label, kind, diff_said(w, &x->title))
		};
		static diff_words with = { "{1}，可以{2}", "{1}，可以{2}", "{1}, who may: {2}" };
		if (y)
			one_word(w, &o, y, x);
		else
			diff_added(w, "word", o.id,
				   x->may ? DIFF_FILL(w, with, o.name, may_said(w, x->may))
					  : o.name);
	}
	for (size_t i = 0; i < was->n; i++)
		if (!pack_word(w->now, list, was->v[i].id))
			diff_removed(w, "word",
				     hy_printf(w->a, "%s/" HY_FMT, pack_list_names[list],
					       HY_ARG(was->v[i].id)),
				     DIFF_FILL(w, label, kind, diff_said(w, &was->v[i].title)));
}

/* --- schemes, tests, files ------------------------------------------------------------------- */

static const struct pack_indicator *indicator(const struct pack_scheme *s, hy_str id)
{
	for (size_t i = 0; i < s->n_indicators; i++)
		if (hy_str_eq(s->indicators[i].id, id))
			return &s->indicators[i];
	return NULL;
}

static hy_str share(const struct diff *w, int bp)
{
	return bp % 100 ? hy_printf(w->a, "%d.%02d%%", bp / 100, bp % 100)
			: hy_printf(w->a, "%d%%", bp / 100);
}

static void one_scheme(struct diff *w, const struct pack_scheme *was, const struct pack_scheme *now)
{
	static diff_words label = { "考核办法“{1}”的指标“{2}”", "考核辦法「{1}」的指標「{2}」",
				    "indicator “{2}” of the scheme “{1}”" };
	static diff_words weight = { "权重", "權重", "the weight" };
	hy_str name = diff_said(w, &now->title);

	for (size_t i = 0; i < now->n_indicators; i++) {
		const struct pack_indicator *x = &now->indicators[i], *y = indicator(was, x->id);
		struct diff_owner o = { "scheme",
					hy_printf(w->a, HY_FMT "/" HY_FMT, HY_ARG(now->id),
						  HY_ARG(x->id)),
					DIFF_FILL(w, label, name, diff_said(w, &x->title)) };
		if (!y)
			diff_added(w, "scheme", o.id, o.name);
		else if (x->weight_bp != y->weight_bp)
			diff_changed(w, &o, weight, share(w, y->weight_bp), share(w, x->weight_bp));
	}
	for (size_t i = 0; i < was->n_indicators; i++)
		if (!indicator(now, was->indicators[i].id))
			diff_removed(
				w, "scheme", was->id,
				DIFF_FILL(w, label, name, diff_said(w, &was->indicators[i].title)));
}

static void schemes(struct diff *w)
{
	static diff_words label = { "考核办法“{1}”", "考核辦法「{1}」", "scheme “{1}”" };

	for (size_t i = 0; i < w->now->n_schemes; i++) {
		const struct pack_scheme *s = &w->now->schemes[i],
					 *was = pack_scheme(w->was, s->id);
		if (was)
			one_scheme(w, was, s);
		else
			diff_added(w, "scheme", s->id,
				   DIFF_FILL(w, label, diff_said(w, &s->title)));
	}
	for (size_t i = 0; i < w->was->n_schemes; i++)
		if (!pack_scheme(w->now, w->was->schemes[i].id))
			diff_removed(w, "scheme", w->was->schemes[i].id,
				     DIFF_FILL(w, label, diff_said(w, &w->was->schemes[i].title)));
}

static bool has_test(const struct pack *p, hy_str name)
{
	for (size_t i = 0; i < p->n_tests; i++)
		if (hy_str_eq(p->tests[i].name, name))
			return true;
	return false;
}

static void tests(struct diff *w)
{
	static diff_words label = { "测试“{1}”", "測試「{1}」", "test “{1}”" };

	for (size_t i = 0; i < w->now->n_tests; i++)
		if (!has_test(w->was, w->now->tests[i].name))
			diff_added(w, "test", HY_S(""), DIFF_FILL(w, label, w->now->tests[i].name));
	for (size_t i = 0; i < w->was->n_tests; i++)
		if (!has_test(w->now, w->was->tests[i].name))
			diff_removed(w, "test", HY_S(""),
				     DIFF_FILL(w, label, w->was->tests[i].name));
}

static const struct pack_file *file_in(const struct pack_source *s, hy_str path)
{
	for (size_t i = 0; s && i < s->n_files; i++)
		if (hy_str_eq(s->files[i].path, path))
			return &s->files[i];
	return NULL;
}

static void files(struct diff *w)
{
	static diff_words new = { "新增文件 {1}", "新增檔案 {1}", "new file: {1}" };
	static diff_words gone = { "取消文件 {1}", "取消檔案 {1}", "file no more: {1}" };
	static diff_words differs = { "文件 {1} 有改动", "檔案 {1} 有改動", "file changed: {1}" };

	for (size_t i = 0; i < w->now->n_sources; i++) {
		const struct pack_source *s = &w->now->sources[i], *was = source(w->was, s->name);
		for (size_t k = 0; k < s->n_files; k++) {
			const struct pack_file *f = file_in(was, s->files[k].path);
			hy_str path = hy_printf(w->a, HY_FMT "/" HY_FMT, HY_ARG(s->name),
						HY_ARG(s->files[k].path));
			if (!f || !hy_str_eq(f->text, s->files[k].text))
				diff_tell(w, "file", path, DIFF_FILL(w, f ? differs : new, path));
		}
		for (size_t k = 0; was && k < was->n_files; k++) {
			hy_str path = hy_printf(w->a, HY_FMT "/" HY_FMT, HY_ARG(s->name),
						HY_ARG(was->files[k].path));
			if (!file_in(s, was->files[k].path))
				diff_tell(w, "file", path, DIFF_FILL(w, gone, path));
		}
	}
}

struct pack_changes pack_difference(struct hy_arena *a, const struct pack *was,
				    const struct pack *now)
{
	struct diff w = { .a = a, .was = was, .now = now };

	for (w.lang = 0; w.lang < DIFF_LANGUAGES; w.lang++) {
		w.at = 0;
		whole(&w);
		calendar(&w);
		rules(&w);
		diff_kinds(&w);
		for (int i = 0; i < PACK__LISTS; i++)
			one_list(&w, (enum pack_list)i);
		schemes(&w);
		tests(&w);
		files(&w);
	}
	return (struct pack_changes){ w.out.v, w.out.n };
}
