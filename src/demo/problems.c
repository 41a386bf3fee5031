#include "demo/problems.h"

#include "base/buf.h"
#include "base/json.h"

static const char *const whens[] = { "上午刚开门", "上午十点多", "临近中午", "下午两点",
				     "快下班时",   "午休时间",	 NULL };
static const char *const whos[] = {
	"来办退休手续的王师傅",
	"替母亲报销药费的李女士",
	"开小店的张老板",
	"{企}的经办人陈女士",
	"{村}的赵大爷",
	"来问补贴的周先生",
	"{小区}的业主孙女士",
	"{店}的店主马先生",
	"来改户名的胡阿姨",
	"{市场}的摊主何师傅",
	"{校}的郭老师",
	"申请占道的高先生",
	NULL,
};
static const struct {
	const char *category, *what, *cause, *measure;
} rows[] = {
	{ "ill_delay", "申请压了{数}个工作日没人经手，催了才办", "承办人外出，没有交给B岗",
	  "外出先办交接，系统里登记替岗" },
	{ "ill_delay", "一份证明盖章等了{数}天", "用印要两级签字，签字人不在就停",
	  "小额证明授权窗口当场用印" },
	{ "ill_shirk", "在{数}个科室之间被推来推去，没人接材料", "新业务没有明确由哪个科室收",
	  "由首问的人接下材料，内部流转不让群众跑" },
	{ "ill_shirk", "打了{数}次电话，每次都说不归这里管", "转办口径没有更新",
	  "每季度更新职责表，接线员人手一份" },
	{ "ill_perfunctory", "问补什么材料，只回一句“看墙上”", "图省事，没有出具一次性告知书",
	  "告知书做成勾选单，当面逐项讲" },
	{ "ill_perfunctory", "反映{路}路灯不亮，答复“已安排”，实际没有派工", "答复和派工两张皮",
	  "没有工单号的答复不许发出" },
	{ "ill_attitude", "多问了两句，窗口人员把材料推了回来", "当天排队{数}人，情绪急躁",
	  "高峰时加开一个窗口，值班领导到场" },
	{ "ill_attitude", "听不清普通话，被要求“找个会说的来”", "没有想到老人的难处",
	  "配一名会方言的引导员" },
	{ "ill_formalism", "到{村}走访，只拍照签到，没有进门", "走访次数算考核，问题数不算",
	  "走访表必须写一件具体的难处" },
	{ "ill_formalism", "同一份表格{数}个科室各要一遍", "系统之间不通，图自己方便",
	  "合并成一张表，由一个科室收" },
	{ "ill_false", "现场没有修，系统里先点了办结", "怕超期扣分",
	  "办结必须附现场照片，科室抽查" },
	{ "ill_lax", "窗口{数}个人在，只有一个在办事，其余看手机", "带班的人也不在",
	  "带班表上墙，缺岗当日通报" },
	{ "lazy", "中午来了没有人，等到下午上班", "没有安排午间值守", "午间留两个窗口，轮流吃饭" },
	{ "mediocre", "新政策实施{数}天了还按旧清单收材料", "没有组织学，也没有改指南",
	  "新文件到三日内改指南、考一次" },
	{ "aspect_service", "办事指南写三样材料，到现场要{数}样", "指南两年没有对过",
	  "按月对照指南与受理记录" },
	{ "aspect_efficiency", "开工前的手续跑了{数}趟才受理", "预审不在一处",
	  "预审并到综合窗口，一次说清" },
};

/* What has been handed from office to office. */
static const char copied[] =
	"对群众反映的问题重视不够，3月份有2件诉求没有按时答复，服务窗口有1人上班时间离岗";

static json_t *line(struct hy_arena *a, struct draw *d, const struct scene *s, size_t row,
		    hy_day today, hy_str name)
{
	json_t *o = json_object();
	hy_str who = scene_fill(a, s, draw_one(d, whos)), what = scene_fill(a, s, rows[row].what);

	hy_json_put(o, "category", hy_str_of(rows[row].category));
	hy_json_put(o, "example",
		    draw_chance(d, 90) ? hy_str_of(copied)
				       : hy_printf(a, "%s，" HY_FMT HY_FMT, draw_one(d, whens),
						   HY_ARG(who), HY_ARG(what)));
	hy_json_put(o, "date", hy_day_text(a, today - (hy_day)draw_in(d, 2, 40)));
	if (draw_chance(d, 600))
		hy_json_put(o, "place", scene_place(a, s));
	hy_json_put(o, "cause", hy_str_of(rows[row].cause));
	hy_json_put(o, "measure", hy_str_of(rows[row].measure));
	hy_json_put(o, "responsible", name);
	hy_json_put(o, "due", hy_day_text(a, today + (hy_day)draw_in(d, 20, 90)));
	return o;
}

json_t *demo_problem_lines(struct hy_arena *a, struct draw *d, const struct scene *s, hy_day today,
			   hy_str name)
{
	size_t n = (size_t)draw_in(d, 2, 4), first = draw_below(d, HY_COUNT(rows));
	json_t *lines = json_array();

	for (size_t i = 0; i < n; i++) /* no row twice in one list: 5 and 16 have no divisor */
		json_array_append_new(lines,
				      line(a, d, s, (first + 5 * i) % HY_COUNT(rows), today, name));
	return lines;
}
