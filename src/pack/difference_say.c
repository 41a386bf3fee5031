/* Sentences about what changes. */
#include "pack/difference_part.h"

static const char *const languages[DIFF_LANGUAGES] = { "zh-CN", "zh-Hant", "en" };

hy_str diff_said(const struct diff *w, const struct pack_text *t)
{
	return pack_say(t, hy_str_of(languages[w->lang]));
}

hy_str diff_word(const struct diff *w, diff_words all)
{
	return hy_str_of(all[w->lang]);
}

hy_str diff_fill(const struct diff *w, diff_words all, const hy_str *args)
{
	struct hy_buf b = hy_buf_on(w->a);

	for (const char *p = all[w->lang]; *p; p++) {
		if (p[0] == '{' && p[1] >= '1' && p[1] <= '4' && p[2] == '}') {
			hy_buf_add(&b, args[p[1] - '1']);
			p += 2;
		} else {
			hy_buf_byte(&b, *p);
		}
	}
	return hy_buf_str(&b);
}

void diff_tell(struct diff *w, const char *area, hy_str id, hy_str sentence)
{
	if (w->lang == 0)
		*hy_push(w->a, &w->out) =
			(struct pack_change){ .area = hy_str_of(area), .id = hy_str_dup(w->a, id) };
	struct pack_text *t = &w->out.v[w->at++].text;
	*(w->lang == 0 ? &t->zh_cn : w->lang == 1 ? &t->zh_hant : &t->en) = sentence;
}

/* --- the sentences -------------------------------------------------------------------------- */

static diff_words w_added = { "新增{1}", "新增{1}", "new: {1}" };
static diff_words w_removed = { "取消{1}", "取消{1}", "no more: {1}" };
static diff_words w_changed = { "{1}：{2}由“{3}”改为“{4}”", "{1}：{2}由「{3}」改為「{4}」",
				"{1}: {2} was “{3}”, becomes “{4}”" };
static diff_words w_none = { "无", "無", "none" };
static diff_words w_yes = { "是", "是", "yes" }, w_no = { "否", "否", "no" };
static diff_words w_comma = { "、", "、", ", " };
static diff_words w_semicolon = { "；", "；", "; " };

void diff_added(struct diff *w, const char *area, hy_str id, hy_str what)
{
	diff_tell(w, area, id, DIFF_FILL(w, w_added, what));
}

void diff_removed(struct diff *w, const char *area, hy_str id, hy_str what)
{
	diff_tell(w, area, id, DIFF_FILL(w, w_removed, what));
}

void diff_changed(struct diff *w, const struct diff_owner *o, diff_words what, hy_str was,
		  hy_str now)
{
	diff_tell(w, o->area, o->id,
		  DIFF_FILL(w, w_changed, o->name, diff_word(w, what),
			    was.n ? was : diff_word(w, w_none),
			    now.n ? now : diff_word(w, w_none)));
}

void diff_if_text(struct diff *w, const struct diff_owner *o, diff_words what, hy_str was,
		  hy_str now)
{
	if (!hy_str_eq(was, now))
		diff_changed(w, o, what, was, now);
}

static bool same_text(const struct pack_text *x, const struct pack_text *y)
{
	return hy_str_eq(x->zh_cn, y->zh_cn) && hy_str_eq(x->zh_hant, y->zh_hant) &&
	       hy_str_eq(x->en, y->en);
}

void diff_if_title(struct diff *w, const struct diff_owner *o, const struct pack_text *was,
		   const struct pack_text *now)
{
	static diff_words what = { "名称", "名稱", "the name" };

	if (!same_text(was, now))
		diff_changed(w, o, what, diff_said(w, was), diff_said(w, now));
}

void diff_if_flag(struct diff *w, const struct diff_owner *o, diff_words what, bool was, bool now)
{
	if (was != now)
		diff_changed(w, o, what, diff_word(w, was ? w_yes : w_no),
			     diff_word(w, now ? w_yes : w_no));
}

static hy_str limit(const struct diff *w, struct hy_limit l)
{
	return l.n ? pack_limit_say(w->a, l, hy_str_of(languages[w->lang])) : diff_word(w, w_none);
}

bool diff_same_limit(struct hy_limit x, struct hy_limit y)
{
	return x.n == y.n && (x.n == 0 || x.unit == y.unit);
}

void diff_if_limit(struct diff *w, const struct diff_owner *o, diff_words what, struct hy_limit was,
		   struct hy_limit now)
{
	if (!diff_same_limit(was, now))
		diff_changed(w, o, what, limit(w, was), limit(w, now));
}

void diff_if_count(struct diff *w, const struct diff_owner *o, diff_words what, int64_t was,
		   int64_t now)
{
	if (was != now)
		diff_changed(w, o, what, hy_printf(w->a, "%lld", (long long)was),
			     hy_printf(w->a, "%lld", (long long)now));
}

void diff_part(const struct diff *w, struct hy_buf *b, hy_str s)
{
	if (b->n)
		hy_buf_add(b, diff_word(w, w_comma));
	hy_buf_add(b, s);
}

/* Words of a list by their titles. */
static hy_str titles(const struct diff *w, const struct pack *p, enum pack_list list,
		     const hy_str *ids, size_t n)
{
	struct hy_buf b = hy_buf_on(w->a);

	for (size_t i = 0; i < n; i++) {
		const struct pack_word *x = pack_word(p, list, ids[i]);
		diff_part(w, &b, x ? diff_said(w, &x->title) : ids[i]);
	}
	return hy_buf_str(&b);
}

static bool has(const hy_str *v, size_t n, hy_str x)
{
	for (size_t i = 0; i < n; i++)
		if (hy_str_eq(v[i], x))
			return true;
	return false;
}

bool diff_same_set(const hy_str *x, size_t nx, const hy_str *y, size_t ny)
{
	bool same = nx == ny;

	for (size_t i = 0; same && i < nx; i++)
		same = has(y, ny, x[i]);
	return same;
}

void diff_if_words(struct diff *w, const struct diff_owner *o, diff_words what, enum pack_list list,
		   const hy_str *was, size_t n_was, const hy_str *now, size_t n_now)
{
	if (!diff_same_set(was, n_was, now, n_now))
		diff_changed(w, o, what, titles(w, w->was, list, was, n_was),
			     titles(w, w->now, list, now, n_now));
}

hy_str diff_values_said(const struct diff *w, const struct pack_value *v, size_t n)
{
	static diff_words from = { "{1}起", "{1}起", "from {1}" };
	static diff_words until = { "{1}前", "{1}前", "before {1}" };
	struct hy_buf b = hy_buf_on(w->a);

	for (size_t i = 0; i < n; i++) {
		struct hy_buf in = hy_buf_on(w->a);
		if (v[i].from != INT32_MIN)
			diff_part(w, &in, DIFF_FILL(w, from, hy_day_text(w->a, v[i].from)));
		if (v[i].until != HY_NO_DAY)
			diff_part(w, &in, DIFF_FILL(w, until, hy_day_text(w->a, v[i].until)));
		if (v[i].clause.n)
			diff_part(w, &in, v[i].clause);
		if (b.n)
			hy_buf_add(&b, diff_word(w, w_semicolon));
		hy_buf_add(&b, limit(w, v[i].limit));
		if (in.n)
			hy_buf_fmt(&b, w->lang == 2 ? " (" HY_FMT ")" : "（" HY_FMT "）",
				   HY_ARG(hy_buf_str(&in)));
	}
	return hy_buf_str(&b);
}
