#include "demo/scene.h"

#include <assert.h>

#include "base/buf.h"
#include "demo/units.h"

static const char *const slot_names[SLOT__N] = {
	[SLOT_AREA] = "区",	  [SLOT_ROAD] = "路",	 [SLOT_CROSS] = "路口",
	[SLOT_HOME] = "小区",	  [SLOT_VILLAGE] = "村", [SLOT_NUMBER] = "号",
	[SLOT_BLOCK] = "栋",	  [SLOT_SCHOOL] = "校",	 [SLOT_SHOP] = "店",
	[SLOT_FIRM] = "企",	  [SLOT_PARK] = "园",	 [SLOT_MARKET] = "市场",
	[SLOT_SITE] = "工地",	  [SLOT_LINE] = "线",	 [SLOT_HOUR] = "时",
	[SLOT_SINCE] = "久",	  [SLOT_COUNT] = "数",	 [SLOT_SUM] = "元",
	[SLOT_HOSPITAL] = "医院", [SLOT_RIVER] = "河",	 [SLOT_YEAR] = "年",
	[SLOT_UNIT] = "单位",	  [SLOT_TITLE] = "题",	 [SLOT_WHO] = "人",
	[SLOT_DATE] = "日",	  [SLOT_NO] = "文号",
};

#define LIST(name, ...) static const char *const name[] = { __VA_ARGS__, NULL }
LIST(areas, "东岸区", "西岸区", "北岭县", "高新区", "东岸区", "西岸区");
LIST(roads, "回声路", "听涛大道", "望江路", "柳荫街", "桥西路", "清音路", "长堤路", "晨钟街",
     "暮鼓巷", "枫桥路", "金谷路", "南塘路", "学府路", "文庙街", "石榴巷", "码头街", "青石路",
     "响水大道", "高新一路", "高新三路", "创业大道", "银杏路", "桂花路", "紫藤路", "朝晖路",
     "夕照街", "迎宾大道", "湖滨路", "铁牛街", "老城墙路", "百步街", "东门大街", "西门大街",
     "玉带路", "松涛路", "双桥路", "和平里", "劳动路", "春申路", "秋水路");
LIST(homes, "听涛苑", "望江花园", "柳岸新居", "清音雅苑", "晨钟里", "枫桥小区", "金谷园",
     "南塘新村", "学府名邸", "石榴园", "码头社区", "青石家园", "响水湾", "银杏公寓", "桂花小区",
     "紫藤花园", "朝晖新苑", "湖滨一号院", "铁牛小区", "城墙根社区", "百步新居", "玉带华庭",
     "松涛里", "双桥小区", "和平里小区", "劳动新村", "春申苑", "秋水园", "远山郡", "江声府",
     "和鸣居", "安澜小区", "棉纺厂宿舍", "机床厂家属院", "教师新村", "回音壁小区");
LIST(villages, "上坪村", "下坪村", "石门村", "双溪村", "柿树湾村", "泉眼村", "岭头村", "茶亭村",
     "沙洲村", "古渡村", "白鹭村", "杨梅岭村", "老屋场村", "大塘村", "枣林村", "山背村", "荷花村",
     "三岔口村");
LIST(schools, "市第一中学", "市第三中学", "市实验小学", "听涛小学", "柳荫小学", "桥西中心小学",
     "响水镇中学", "青石镇中心小学", "高新区外国语学校", "望江幼儿园", "市职业技术学校",
     "市第七中学");
LIST(shops, "老街面馆", "福满楼酒家", "江畔烧烤", "好又近超市", "百味火锅", "阿岚理发店", "聚友KTV",
     "星光健身房", "东门家电城", "优选生鲜", "甜心烘焙", "康宁药房", "快修车行", "小巷茶馆",
     "宝贝早教中心", "启航培训学校");
LIST(firms, "回声机械有限公司", "长堤纺织厂", "金谷食品有限公司", "宏图建筑公司", "远帆物流公司",
     "清源环保科技公司", "晨曦电子有限公司", "青石建材厂", "响水纸业有限公司", "百川物业公司",
     "安居物业公司", "同心家政服务部", "松涛医疗器械公司", "北岭水泥厂", "嘉禾农业合作社",
     "众联劳务公司");
LIST(parks, "滨江公园", "听涛广场", "柳荫公园", "人民公园", "湖心岛公园", "市民广场",
     "北岭森林公园", "儿童公园");
LIST(markets, "东门菜市场", "桥西农贸市场", "柳荫早市", "响水集市", "码头水产市场", "建材大市场",
     "旧货市场");
LIST(sites, "江声府二期工地", "地铁一号线清音站工地", "学府名邸三期工地", "旧城改造B地块工地",
     "湖滨路改造工程", "响水大桥引桥工程", "高新三路管廊工程", "远山郡工地");
LIST(lines, "1路", "3路", "6路", "9路", "12路", "16路", "21路", "28路", "33路", "高新专线", "夜2路",
     "城乡5线");
LIST(hours, "早上六点左右", "上午", "中午十二点到两点", "下午", "傍晚下班时", "晚上九点以后",
     "夜里十一点到凌晨两点", "凌晨四五点", "每逢周末", "节假日");
LIST(since, "三天了", "一个星期了", "十来天了", "半个月了", "二十多天了", "一个多月了", "两个月了",
     "快三个月了", "大半年了", "一年多了");
LIST(hospitals, "市人民医院", "市中医医院", "东岸区医院", "北岭县医院", "柳荫社区卫生服务中心",
     "响水镇卫生院");
LIST(rivers, "回水河", "柳溪", "清音渠", "南塘", "响水河", "东护城河", "青石沟", "长堤排洪沟");

struct scene scene_draw(struct hy_arena *a, struct draw *d, int year)
{
	static const struct {
		enum scene_slot slot;
		const char *const *list;
	} rows[] = {
		{ SLOT_AREA, areas },	  { SLOT_ROAD, roads },	      { SLOT_CROSS, roads },
		{ SLOT_HOME, homes },	  { SLOT_VILLAGE, villages }, { SLOT_SCHOOL, schools },
		{ SLOT_SHOP, shops },	  { SLOT_FIRM, firms },	      { SLOT_PARK, parks },
		{ SLOT_MARKET, markets }, { SLOT_SITE, sites },	      { SLOT_LINE, lines },
		{ SLOT_HOUR, hours },	  { SLOT_SINCE, since },      { SLOT_HOSPITAL, hospitals },
		{ SLOT_RIVER, rivers },
	};
	struct scene s = { 0 };

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		s.v[rows[i].slot] = hy_str_of(draw_one(d, rows[i].list));
	while (hy_str_eq(s.v[SLOT_CROSS], s.v[SLOT_ROAD]))
		s.v[SLOT_CROSS] = hy_str_of(draw_one(d, roads));
	s.v[SLOT_NUMBER] = hy_printf(a, "%d", (int)draw_in(d, 2, 288));
	s.v[SLOT_BLOCK] = hy_printf(a, "%d", (int)draw_in(d, 1, 26));
	s.v[SLOT_COUNT] = hy_printf(a, "%d", (int)draw_in(d, 3, 60));
	s.v[SLOT_SUM] = hy_printf(a, "%d", (int)draw_in(d, 3, 96) * 100);
	s.v[SLOT_YEAR] = hy_printf(a, "%d", year);
	s.v[SLOT_NO] = hy_printf(a, "%d", (int)draw_in(d, 1, 199));
	s.v[SLOT_DATE] = hy_printf(a, "%d日", (int)draw_in(d, 1, 28));
	s.v[SLOT_WHO] =
		hy_printf(a, "%s%s", demo_surname(d), draw_chance(d, 500) ? "先生" : "女士");
	s.v[SLOT_UNIT] = HY_S("我单位");
	s.v[SLOT_TITLE] = HY_S("来件");
	return s;
}

static hy_str slot(const struct scene *s, hy_str name)
{
	for (size_t i = 0; i < SLOT__N; i++)
		if (hy_str_eq(name, hy_str_of(slot_names[i])))
			return s->v[i];
	assert(!"a text of the demo names a slot that is not there");
	return HY_S("");
}

hy_str scene_fill(struct hy_arena *a, const struct scene *s, const char *text)
{
	struct hy_buf b = hy_buf_on(a);
	const char *open, *close;

	hy_buf_add(&b, HY_S(""));
	while ((open = strchr(text, '{')) && (close = strchr(open, '}'))) {
		hy_buf_add(&b, (hy_str){ text, (size_t)(open - text) });
		hy_buf_add(&b, slot(s, (hy_str){ open + 1, (size_t)(close - open - 1) }));
		text = close + 1;
	}
	hy_buf_add(&b, hy_str_of(text));
	return hy_buf_str(&b);
}

hy_str scene_place(struct hy_arena *a, const struct scene *s)
{
	if (hy_str_eq(s->v[SLOT_AREA], HY_S("北岭县")))
		return scene_fill(a, s, "北岭县{村}");
	return scene_fill(a, s, "{区}{路}{号}号");
}
