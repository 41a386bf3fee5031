#include "matter/problem.h"

#include "base/buf.h"
#include "base/chars.h"
#include "base/json.h"
#include "pack/field.h"

const struct problem_finding_row problem_findings[PROBLEM__FINDINGS] = {
#define X(id, name, cn, hant, english) [PROBLEM_##id] = { name, PACK_TEXT(cn, hant, english) },
	PROBLEM_FINDINGS(X)
#undef X
};

const struct problem_field problem_fields[PROBLEM_FIELDS] = {
	{ "category", 40, true, PACK_TEXT("类别", "類別", "Category") },
	{ "example", 1000, true, PACK_TEXT("具体事例", "具體事例", "Concrete example") },
	{ "place", 200, false, PACK_TEXT("地点", "地點", "Place") },
	{ "date", 0, false, PACK_TEXT("日期", "日期", "Date") },
	{ "cause", 1000, true, PACK_TEXT("原因", "原因", "Cause") },
	{ "measure", 1000, true, PACK_TEXT("整改措施", "整改措施", "Measure") },
	{ "responsible", 100, true, PACK_TEXT("责任人", "責任人", "Responsible") },
	{ "due", 0, true, PACK_TEXT("整改期限", "整改期限", "Due") },
};
enum { CATEGORY, EXAMPLE, PLACE, DATE, CAUSE, MEASURE, RESPONSIBLE, DUE };

/* --- reading ------------------------------------------------------------------------------------
 */

struct reading {
	struct hy_arena *a;
	const struct pack *p;
	size_t line; /* from 1 */
	struct hy_err *e;
};

static enum hy_code bad(const struct reading *r, const char *field, const char *what)
{
	return hy_fail(r->e, HY_BAD_FIELD, "lines", "line %zu: `%s` %s", r->line, field, what);
}

static enum hy_code known_keys(const struct reading *r, const json_t *v)
{
	const char *key;
	json_t *one;

	json_object_foreach ((json_t *)(uintptr_t)v, key, one) {
		struct hy_near near = hy_near_to(hy_str_of(key));
		int i = 0;
		while (i < PROBLEM_FIELDS && strcmp(problem_fields[i].name, key) != 0)
			hy_near_try(&near, hy_str_of(problem_fields[i++].name));
		if (i == PROBLEM_FIELDS)
			return hy_fail(r->e, HY_BAD_FIELD, "lines",
				       "line %zu has no field '" HY_FMT "'%s", r->line,
				       HY_ARG(near.want), hy_near_text(&near));
	}
	return HY_OK;
}

static bool controls(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t' &&
		    s.p[i] != '\r')
			return true;
	return false;
}

static enum hy_code text_of(const struct reading *r, const json_t *v, int i, hy_str *out)
{
	const struct problem_field *f = &problem_fields[i];
	const json_t *one = json_object_get(v, f->name);

	*out = HY_S("");
	if (one && !json_is_null(one) && !json_is_string(one))
		return bad(r, f->name, "must be a text");
	if (json_is_string(one))
		*out = hy_str_trim((hy_str){ json_string_value(one), json_string_length(one) });
	if (f->required && out->n == 0)
		return bad(r, f->name, "is needed");
	if (f->most && hy_str_chars(*out) > (size_t)f->most)
		return hy_fail(r->e, HY_BAD_FIELD, "lines",
			       "line %zu: `%s` has %zu characters, at most %d fit", r->line,
			       f->name, hy_str_chars(*out), f->most);
	return controls(*out) ? bad(r, f->name, "holds control characters") : HY_OK;
}

static enum hy_code day_of(const struct reading *r, const json_t *v, int i, hy_day *out)
{
	hy_str s;
	enum hy_code code = text_of(r, v, i, &s);

	*out = HY_NO_DAY;
	if (!code && s.n && !hy_day_read(s, out))
		code = bad(r, problem_fields[i].name, "must be a day such as 2026-03-01");
	return code;
}

static enum hy_code category_ok(const struct reading *r, hy_str id)
{
	const struct pack_words *words = &r->p->lists[PACK_PROBLEM_CATEGORIES];
	struct hy_near near = hy_near_to(id);

	if (words->n == 0 || pack_word(r->p, PACK_PROBLEM_CATEGORIES, id))
		return HY_OK;
	for (size_t i = 0; i < words->n; i++)
		hy_near_try(&near, words->v[i].id);
	return hy_fail(r->e, HY_BAD_FIELD, "lines",
		       "line %zu: '" HY_FMT "' is not in this institution's list of categories%s",
		       r->line, HY_ARG(near.want), hy_near_text(&near));
}

static enum hy_code line_of(const struct reading *r, const json_t *v, struct problem_line *l)
{
	const struct {
		int field;
		hy_str *to;
	} texts[] = { { CATEGORY, &l->category }, { EXAMPLE, &l->example },
		      { PLACE, &l->place },	  { CAUSE, &l->cause },
		      { MEASURE, &l->measure },	  { RESPONSIBLE, &l->responsible } };
	enum hy_code code = json_is_object(v) ? known_keys(r, v)
					      : hy_fail(r->e, HY_BAD_FIELD, "lines",
							"line %zu must be an object", r->line);

	for (size_t i = 0; !code && i < HY_COUNT(texts); i++)
		code = text_of(r, v, texts[i].field, texts[i].to);
	if (!code)
		code = category_ok(r, l->category);
	if (!code)
		code = day_of(r, v, DATE, &l->date);
	return code ? code : day_of(r, v, DUE, &l->due);
}

enum hy_code problem_lines_read(struct hy_arena *a, const struct pack *p, const json_t *v,
				struct problem_lines *out, struct hy_err *e)
{
	const size_t most = (size_t)pack_fields[PACK_LINES].most;
	struct reading r = { .a = a, .p = p, .e = e };
	struct problem_lines lines = { .n = json_array_size(v) };

	if (!json_is_array(v) || lines.n == 0)
		return hy_fail(e, HY_BAD_FIELD, "lines", "must be a list with at least one line");
	if (lines.n > most)
		return hy_fail(e, HY_BAD_FIELD, "lines", "has %zu lines, at most %zu fit", lines.n,
			       most);
	lines.v = hy_new_n(a, struct problem_line, lines.n);
	for (size_t i = 0; i < lines.n; i++) {
		r.line = i + 1;
		enum hy_code code = line_of(&r, json_array_get(v, i), &lines.v[i]);
		if (code)
			return code;
	}
	*out = lines;
	return HY_OK;
}

/* --- concrete or not
 * ------------------------------------------------------------------------------
 */

/* Phrases that fit every office in every year. */
static const char *const stock[] = {
	"有待进一步加强", "有待加强", "有待提高",     "有待改进", "需要进一步加强",
	"需要加强",	  "需要提高", "不够深入",     "不够扎实", "不够主动",
	"不够到位",	  "不够强",   "不够高",	      "不到位",	  "不深入",
	"不扎实",	  "不主动",   "不强",	      "不够",	  "不高",
	"不足",		  "不同程度", "在一定程度上", "一定程度", "有时候",
	"有时",		  "个别同志", "个别",	      "有的同志", "部分同志",
	"存在",		  "方面",     "意识",	      "工作作风", "工作",
	"作风",		  "服务态度", "服务",	      "学习",	  "责任心",
	"责任",		  "效率",     "落实",	      "理论",	  "创新",
	"主动性",	  "积极性",   "群众",	      "问题",	  "现象",
	"情况",		  "形式主义", "官僚主义",     "还",	  "进一步",
	"加强",		  "提高",     "比较",	      "较",	  NULL,
};
static const char *const times[] = {
	"今天", "昨天",	  "前天",   "今年",   "去年",	"前年",	  "本周",   "上周", "本月",
	"上月", "上个月", "星期一", "周一",   "周二",	"周三",	  "周四",   "周五", "周六",
	"周日", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日", "元旦", "春节",
	"国庆", "中秋",	  "清明",   "端午",   "五一",	NULL,
};
/* What makes a name of the two characters before it ... */
static const char *const places[] = {
	"街道",	  "社区", "小区", "大道", "派出所", "卫生院", "医院", "中学", "小学",
	"幼儿园", "公司", "工地", "市场", "大厦",   "广场",   "公园", "车站", "号楼",
	"村",	  "镇",	  "乡",	  "路",	  "街",	    "桥",     NULL,
};
/* ... but for these. */
static const char *const no_places[] = {
	"思路", "道路", "公路", "铁路", "马路", "出路", "套路", "线路", "网路",
	"农村", "乡村", "进村", "入村", "驻村", "各村", "全村", "城镇", "乡镇",
	"各镇", "各乡", "下乡", "城乡", "上街", "大街", NULL,
};
static const char *const titles[] = { "某",   "师傅", "先生", "女士", "同志", "老师",
				      "主任", "科长", "局长", "股长", "经理", "大爷",
				      "大妈", "阿姨", "老人", "老板", NULL };
static const char *const measures[] = {
	"次",	    "名", "人", "件", "户",   "元",   "份",	"家",	"天",	    "趟",
	"遍",	    "起", "份", "台", "分钟", "小时", "个小时", "个月", "个工作日", "个人",
	"个半小时", "年", "万", "亩", "公里", "条",   "张",	"页",	"场",	    NULL,
};
#define SURNAMES                                                                                                                               \
	"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程" \
	"魏苏吕丁"                                                                                                                         \
	"任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃" \
	"武钱戴严"                                                                                                                         \
	"莫孔向常汤"
#define NUMERALS "一二两三四五六七八九十百千半"

static bool counted(uint32_t c)
{
	return (c >= '0' && c <= '9') || hy_char_digit(c) || hy_char_letter(c) || c > 0x7f;
}

static bool mark(uint32_t c)
{
	return (c >= 0x3000 && c <= 0x303f) || c == 0xff0c || hy_char_in(c, "“”‘’…—·〔〕《》");
}

/* Characters of T that say something; OWN: without stock phrases. */
static int said(const struct hy_chars *t, bool own)
{
	int n = 0;

	for (size_t i = 0; i < t->n; i++) {
		size_t skip = own ? hy_chars_any(t, i, stock) : 0;
		if (skip)
			i += skip - 1;
		else
			n += counted(t->c[i]) && !mark(t->c[i]);
	}
	return n;
}

static bool numeral(uint32_t c)
{
	return hy_char_digit(c) || hy_char_in(c, NUMERALS);
}

static bool says_when(const struct hy_chars *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (hy_chars_any(t, i, times) ||
		    (i && numeral(t->c[i - 1]) && hy_char_in(t->c[i], "年月日号点时")) ||
		    (i && hy_char_digit(t->c[i - 1]) && hy_char_in(t->c[i], ".-/:") &&
		     hy_char_digit(hy_chars_at(t, i + 1))))
			return true;
	return false;
}

static bool says_place(const struct hy_chars *t, size_t i)
{
	if (i < 2 || !hy_chars_any(t, i, places) || hy_chars_any(t, i - 1, no_places))
		return false;
	/* a name stands before it, and no "的" or "在" */
	return hy_char_han(t->c[i - 1]) && hy_char_han(t->c[i - 2]) &&
	       !hy_char_in(t->c[i - 1], "的在到个各该本些这那");
}

static bool says_person(const struct hy_chars *t, size_t i)
{
	if (!hy_char_in(t->c[i], SURNAMES))
		return false;
	for (size_t k = 1; k <= 3; k++)
		if (hy_chars_any(t, i + k, titles))
			return true;
	return false;
}

static bool says_count(const struct hy_chars *t, size_t i)
{
	return i && numeral(t->c[i - 1]) && hy_chars_any(t, i, measures);
}

static bool says_what(const struct hy_chars *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (says_place(t, i) || says_person(t, i) || says_count(t, i))
			return true;
	return false;
}

unsigned problem_vague(struct hy_arena *a, const struct problem_line *l)
{
	struct hy_chars t = hy_chars_of(a, l->example);
	unsigned bits = 0;

	if (said(&t, false) < PROBLEM_LEAST)
		bits |= 1u << PROBLEM_SHORT;
	else if (said(&t, true) < PROBLEM_OWN)
		bits |= 1u << PROBLEM_STOCK;
	if (l->date == HY_NO_DAY && !says_when(&t))
		bits |= 1u << PROBLEM_NO_WHEN;
	if (l->place.n == 0 && !says_what(&t))
		bits |= 1u << PROBLEM_NO_WHAT;
	return bits;
}

enum hy_code problem_lines_check(struct hy_arena *a, const struct pack *p, const json_t *v,
				 hy_day today, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);
	struct problem_lines lines;
	enum hy_code code = problem_lines_read(a, p, v, &lines, e);

	if (code)
		return code;
	for (size_t i = 0; i < lines.n; i++) {
		const struct problem_line *l = &lines.v[i];
		unsigned bits = problem_vague(a, l);
		if (l->date != HY_NO_DAY && l->date > today)
			return hy_fail(e, HY_BAD_FIELD, "lines",
				       "line %zu: `date` lies in the future", i + 1);
		if (bits)
			hy_buf_fmt(&b, "%sline %zu", b.n ? "; " : "", i + 1);
		for (int f = 0, n = 0; f < PROBLEM__FINDINGS; f++)
			if (bits >> f & 1)
				hy_buf_fmt(&b, "%s" HY_FMT, n++ ? " / " : ": ",
					   HY_ARG(problem_findings[f].title.en));
	}
	if (b.n == 0)
		return HY_OK;
	return hy_fail(
		e, HY_BAD_FIELD, "lines",
		"please make these more concrete, so that somebody else could go and look: " HY_FMT,
		HY_ARG(hy_str_head(hy_buf_str(&b), 600)));
}
