#include "demo/units.h"

const struct demo_unit demo_units[] = {
	/* code, name, parent, pace, care, branch */
	{ "hys", "回音市人民政府", "", 60, 80 },
	{ "xnb", "市效能建设领导小组办公室", "hys", 45, 90 },
	{ "rexian", "市12345政务服务便民热线中心", "hys", 30, 88 },
	{ "xfj", "市信访局", "hys", 55, 78 },
	{ "cgj", "市城市管理局", "hys", 66, 66 },
	{ "cgj-dong", "市城市管理局东岸分局", "cgj", 52, 80, true },
	{ "cgj-xi", "市城市管理局西岸分局", "cgj", 84, 48, true },
	{ "zjj", "市住房和城乡建设局", "hys", 76, 54 },
	{ "zjj-wy", "市物业管理指导中心", "zjj", 86, 40 },
	{ "rlgs", "市热力有限公司", "zjj", 80, 50 },
	{ "gaj", "市公安局", "hys", 48, 82 },
	{ "gaj-jj", "市公安局交通警察支队", "gaj", 55, 76 },
	{ "hbj", "市生态环境局", "hys", 62, 72 },
	{ "jtj", "市交通运输局", "hys", 60, 70 },
	{ "gjgs", "市公共交通集团", "jtj", 50, 78 },
	{ "jyj", "市教育局", "hys", 64, 68 },
	{ "rsj", "市人力资源和社会保障局", "hys", 58, 74 },
	{ "rsj-ld", "市劳动保障监察支队", "rsj", 70, 66 },
	{ "ybj", "市医疗保障局", "hys", 44, 86 },
	{ "wjw", "市卫生健康委员会", "hys", 57, 74 },
	{ "zrj", "市自然资源和规划局", "hys", 82, 46 },
	{ "zrj-bdc", "市不动产登记中心", "zrj", 40, 88 },
	{ "mzj", "市民政局", "hys", 50, 80 },
	{ "nyj", "市农业农村局", "hys", 68, 64 },
	{ "swj", "市水务局", "hys", 63, 70 },
	{ "zls", "市自来水公司", "swj", 46, 80 },
	{ "scj", "市市场监督管理局", "hys", 56, 76 },
	{ "yjj", "市应急管理局", "hys", 54, 76 },
	{ "wlj", "市文化广电和旅游局", "hys", 52, 78 },
	{ "ylzx", "市园林绿化中心", "cgj", 61, 70 },
	{ "fgw", "市发展和改革委员会", "hys", 65, 68 },
	{ "gxj", "市工业和信息化局", "hys", 60, 72 },
	{ "czj", "市财政局", "hys", 58, 74 },
	{ "swjz", "市税务局", "hys", 42, 86 },
	{ "xzsp", "市行政审批局", "hys", 38, 90 },
	{ "xzsp-zh", "市政务服务大厅综合窗口", "xzsp", 34, 92 },
	{ "gdgs", "国网回音供电公司", "hys", 36, 88 },
	{ "qda", "东岸区人民政府", "hys", 60, 72 },
	{ "qda-tt", "听涛街道办事处", "qda", 47, 82, true },
	{ "qda-wj", "望江街道办事处", "qda", 66, 66, true },
	{ "qxa", "西岸区人民政府", "hys", 74, 58 },
	{ "qxa-qx", "桥西街道办事处", "qxa", 88, 38, true },
	{ "qxa-ly", "柳荫街道办事处", "qxa", 64, 68, true },
	{ "xbl", "北岭县人民政府", "hys", 78, 56 },
	{ "xbl-xs", "响水镇人民政府", "xbl", 72, 60, true },
	{ "xbl-qs", "青石镇人民政府", "xbl", 83, 50, true },
	{ "gxq", "高新区管理委员会", "hys", 41, 86 },
	{ 0 },
};

/* Offices that take in and pass on; a matter does not end with them. */
static bool passes_on(int i)
{
	return i < 4;
}

int demo_units_count(void)
{
	return (int)HY_COUNT(demo_units) - 1;
}

int demo_unit_index(hy_str code)
{
	for (int i = 0; i < demo_units_count(); i++)
		if (hy_str_eq(code, hy_str_of(demo_units[i].code)))
			return i;
	return -1;
}

int demo_unit_for(struct draw *d, const char *code)
{
	int at[HY_COUNT(demo_units)], n = 0;

	for (int i = 0; i < demo_units_count(); i++)
		if (strcmp(demo_units[i].code, code) == 0 ||
		    (demo_units[i].branch && strcmp(demo_units[i].parent, code) == 0))
			at[n++] = i;
	return n ? at[draw_below(d, (uint64_t)n)] : 0;
}

int demo_unit_other(struct draw *d, int i)
{
	int n = demo_units_count(), k = i;

	while (k == i || passes_on(k))
		k = (int)draw_below(d, (uint64_t)n);
	return k;
}

static const char *const surnames[] = {
	"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴",	"周",	"徐",	"孙", "马", "朱",
	"胡", "郭", "何", "林", "高", "罗", "郑", "梁", "谢",	"宋",	"唐",	"许", "韩", "冯",
	"邓", "曹", "彭", "曾", "萧", "田", "董", "袁", "潘",	"于",	"蒋",	"蔡", "余", "杜",
	"叶", "程", "苏", "魏", "吕", "丁", "任", "沈", "欧阳", "诸葛", "司徒", NULL,
};
static const char *const given[] = {
	"守信", "闻声", "致远", "明澈", "若谷", "知行", "怀瑾", "念慈", "清和", "砚秋", "雨桐",
	"思源", "安澜", "景行", "书宁", "晓川", "立言", "应华", "望舒", "可为", "静姝", "以恒",
	"承泽", "云舟", "佩兰", "锦程", "予安", "星河", "昭宁", "沐阳", "广陵", "玉衡", "传声",
	"回舟", "鸣谦", "素问", "岚",	"越",	"聆",	"诚",	"响",	"毅",	"澜",	"颖",
	"磊",	"楠",	"洁",	"峥",	"桐",	"冉",	NULL,
};

hy_str demo_person(struct hy_arena *a, struct draw *d)
{
	const char *s = draw_one(d, surnames);

	return hy_printf(a, "%s%s", s, draw_one(d, given));
}

const char *demo_surname(struct draw *d)
{
	return draw_one(d, surnames);
}

hy_str demo_official(struct hy_arena *a, const hy_hash *seed, int unit, int n)
{
	struct draw d = draw_begin(seed, "official", (uint64_t)unit * 100 + (uint64_t)n);

	return demo_person(a, &d);
}
