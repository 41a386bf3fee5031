#include "matter/redact.h"

#include "base/buf.h"
#include "base/chars.h"

const char *const redact_names[REDACT__KINDS] = {
#define X(id, name) [REDACT_##id] = name,
	REDACT_KINDS(X)
#undef X
};

static const hy_str labels[REDACT__KINDS] = {
	[REDACT_PHONE] = HY_S_INIT("〔电话〕"),
	[REDACT_ID_CARD] = HY_S_INIT("〔身份证号〕"),
	[REDACT_BANK_CARD] = HY_S_INIT("〔银行卡号〕"),
	[REDACT_PLATE] = HY_S_INIT("〔车牌〕"),
	[REDACT_EMAIL] = HY_S_INIT("〔邮箱〕"),
	[REDACT_ACCOUNT] = HY_S_INIT("〔账号〕"),
	[REDACT_ADDRESS] = HY_S_INIT("〔住址〕"),
	[REDACT_NAME] = HY_S_INIT("〔姓名〕"),
	[REDACT_OTHER] = HY_S_INIT("〔略〕"),
};

/* --- a text as code points -------------------------------------------------------------------- */

struct text {
	struct hy_arena *a;
	struct hy_chars chars;
	HY_VEC(struct redact_span) spans;
};

static struct text text_of(struct hy_arena *a, hy_str s)
{
	return (struct text){ .a = a, .chars = hy_chars_of(a, s) };
}

static uint32_t at(const struct text *t, size_t i)
{
	return hy_chars_at(&t->chars, i);
}

static bool blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0;
}

static bool line_end(uint32_t c)
{
	return c == 0 || c == '\n' || c == '\r';
}

static void mark(struct text *t, size_t from, size_t to, enum redact_kind kind)
{
	for (size_t i = 0; i < t->spans.n; i++)
		if (from < t->spans.v[i].to && t->spans.v[i].from < to)
			return; /* found before, by something surer */
	*hy_push(t->a, &t->spans) = (struct redact_span){ from, to, kind };
}

/* --- numbers
 * -------------------------------------------------------------------------------------- */

enum { DIGITS_MOST = 24 };

struct number {
	char d[DIGITS_MOST + 1]; /* digits alone; a last X of an identity card too */
	size_t n, from, to;
	bool plus; /* written with a + before it */
};

/* Digits from I on, with single blanks or dashes between groups. */
static struct number number_at(const struct text *t, size_t i)
{
	struct number x = { .from = i };

	for (size_t k = i; x.n < DIGITS_MOST; k++) {
		if (hy_char_digit(at(t, k))) {
			x.d[x.n++] = (char)at(t, k);
			x.to = k + 1;
		} else if (!(x.n && (at(t, k) == '-' || at(t, k) == ' ') &&
			     hy_char_digit(at(t, k + 1)))) {
			break;
		}
	}
	if (x.n == 17 && (at(t, x.to) | 0x20) == 'x' && !hy_char_letter(at(t, x.to + 1))) {
		x.d[x.n++] = 'X';
		x.to++;
	}
	x.plus = i > 0 && at(t, i - 1) == '+';
	return x;
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

static bool date_ok(int year, int month, int day)
{
	static const char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1];
}

/* GB 11643: place, birth, order, check digit (ISO 7064 MOD 11-2); before 1999 without the last. */
static bool id_card(const struct number *x)
{
	static const char weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, place = two(x->d);

	if ((x->n != 18 && x->n != 15) || place < 11 || place > 91)
		return false;
	if (x->n == 15)
		return date_ok(1900 + two(x->d + 6), two(x->d + 8), two(x->d + 10));
	for (int i = 0; i < 17; i++)
		sum += (x->d[i] - '0') * weight[i];
	return date_ok(two(x->d + 6) * 100 + two(x->d + 8), two(x->d + 10), two(x->d + 12)) &&
	       x->d[17] == "10X98765432"[sum % 11];
}

static bool luhn(const struct number *x)
{
	int sum = 0;

	/* the digits with which cards begin; most contract numbers begin with a year */
	if (x->n < 16 || x->n > 19 || x->d[x->n - 1] == 'X' || !strchr("34569", x->d[0]))
		return false;
	for (size_t i = 0; i < x->n; i++) {
		int v = x->d[x->n - 1 - i] - '0';
		if (i % 2)
			v = v > 4 ? 2 * v - 9 : 2 * v;
		sum += v;
	}
	return sum % 10 == 0;
}

static bool mobile(const char *d, size_t n)
{
	return n == 11 && d[0] == '1' && d[1] >= '3' && d[1] <= '9';
}

static bool phone(const struct number *x)
{
	const char *d = x->d;
	size_t n = x->n;

	if (n > 4 && memcmp(d, "0086", 4) == 0)
		d += 4, n -= 4;
	else if ((x->plus || n == 13) && n > 2 && memcmp(d, "86", 2) == 0)
		d += 2, n -= 2;
	/* 010-6xxxxxxx, 0731-8xxxxxxx: area code, then seven or eight digits */
	return mobile(d, n) || (d[0] == '0' && d[1] >= '1' && n >= 10 && n <= 12);
}

static const char *const phone_words[] = { "电话", "電話", "手机", "手機",     "座机",
					   "座機", "号码", "號碼", "联系方式", "聯繫方式",
					   "Tel",  "tel",  "TEL",  NULL };

static size_t past_colon(const struct text *t, size_t i)
{
	size_t k = i;

	while (k < i + 4 && (blank(at(t, k)) || hy_char_in(at(t, k), ":是为為号號码碼,")))
		k++;
	return k;
}

/* Seven or eight digits are a telephone only where the text says so before them. */
static bool told_before(const struct text *t, size_t from)
{
	for (size_t back = 1; back <= 8 && back <= from; back++) {
		size_t n = hy_chars_any(&t->chars, from - back, phone_words);
		if (n && past_colon(t, from - back + n) >= from)
			return true;
	}
	return false;
}

static void numbers(struct text *t)
{
	for (size_t i = 0; i < t->chars.n; i++) {
		if (!hy_char_digit(at(t, i)) ||
		    (i && (hy_char_digit(at(t, i - 1)) || hy_char_letter(at(t, i - 1)))))
			continue;
		struct number x = number_at(t, i);
		size_t from = x.from - x.plus;
		if (id_card(&x))
			mark(t, from, x.to, REDACT_ID_CARD);
		else if (phone(&x))
			/* NOLINTNEXTLINE(bugprone-branch-clone): by certainty */
			mark(t, from, x.to, REDACT_PHONE);
		else if (luhn(&x))
			mark(t, from, x.to, REDACT_BANK_CARD);
		else if (x.n >= 7 && x.n <= 8 && told_before(t, i))
			mark(t, from, x.to, REDACT_PHONE);
		i = x.to - 1;
	}
}

/* --- plates, addresses on the net, accounts
 * ----------------------------------------------------------
 */

static bool plate_char(uint32_t c)
{
	return hy_char_digit(c) || (hy_char_letter(c) && (c | 0x20) != 'i' && (c | 0x20) != 'o');
}

static void plates(struct text *t)
{
	static const char places[] =
		"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

	for (size_t i = 0; i < t->chars.n; i++) {
		size_t k = i + 2, n = 0, digits = 0;
		if (!hy_char_in(at(t, i), places) || !hy_char_letter(at(t, i + 1)))
			continue;
		if (hy_char_in(at(t, k), "·•-. "))
			k++;
		while (n < 6 && plate_char(at(t, k + n))) {
			digits += hy_char_digit(at(t, k + n));
			n++;
		}
		if (n < 5 || digits < 2 || plate_char(at(t, k + n)))
			continue;
		mark(t, i, k + n, REDACT_PLATE);
		i = k + n - 1;
	}
}

static bool mail_char(uint32_t c)
{
	return hy_char_letter(c) || hy_char_digit(c) || (c < 0x80 && c && strchr("._%+-", (int)c));
}

static void mails(struct text *t)
{
	for (size_t i = 1; i < t->chars.n; i++) {
		size_t from = i, to = i + 1, dots = 0;
		if (at(t, i) != '@')
			continue;
		while (from > 0 && mail_char(at(t, from - 1)))
			from--;
		while (hy_char_letter(at(t, to)) || hy_char_digit(at(t, to)) ||
		       (hy_char_in(at(t, to), ".-") &&
			(hy_char_letter(at(t, to + 1)) || hy_char_digit(at(t, to + 1))))) {
			dots += at(t, to) == '.';
			to++;
		}
		if (from < i && dots)
			mark(t, from, to, REDACT_EMAIL);
	}
}

static void accounts(struct text *t)
{
	static const char *const words[] = { "QQ号", "QQ",   "qq",     "微信号", "微信",
					     "账号", "帐号", "账户",   "户号",	 "卡号",
					     "护照", "護照", "抖音号", "支付宝", NULL };

	for (size_t i = 0; i < t->chars.n; i++) {
		size_t n = hy_chars_any(&t->chars, i, words), k, from;
		if (!n)
			continue;
		from = k = past_colon(t, i + n);
		if (at(t, k - 1) == ',')
			continue;
		while (hy_char_letter(at(t, k)) || hy_char_digit(at(t, k)) ||
		       hy_char_in(at(t, k), "_-"))
			k++;
		if (k - from >= 5 && k - from <= 32)
			mark(t, from, k, REDACT_ACCOUNT);
	}
}

/* --- homes
 * --------------------------------------------------------------------------------------------
 */

static const char number_han[] = "一二三四五六七八九十百零〇○";

static bool number_char(uint32_t c)
{
	return hy_char_digit(c) || hy_char_letter(c) || hy_char_in(c, number_han) || c == '-' ||
	       c == '#';
}

/* "12栋", "3号楼", "501室": the end of such a part at I, or 0. */
static size_t house_part(const struct text *t, size_t i)
{
	static const char *const units[] = { "号楼", "號樓", "号院", "栋",   "棟", "幢",
					     "座",   "单元", "單元", "门栋", "室", "房",
					     "层",   "楼",   "号",   "组",   NULL };
	size_t k = i, n;

	while (k < i + 8 && number_char(at(t, k)))
		k++;
	if (k == i || !(n = hy_chars_any(&t->chars, k, units)))
		return 0;
	return k + n;
}

/* Two parts and more lead to one door; the last may be a bare number. */
static void doors(struct text *t)
{
	for (size_t i = 0; i < t->chars.n; i++) {
		size_t end = number_char(at(t, i)) && !(i && number_char(at(t, i - 1)))
				     ? house_part(t, i)
				     : 0;
		size_t parts = end != 0;
		if (!end)
			continue;
		for (size_t more; (more = house_part(t, end)); end = more)
			parts++;
		size_t k = end;
		while (k < end + 5 && hy_char_digit(at(t, k)))
			k++;
		if (k - end >= 3 && !hy_char_digit(at(t, k))) {
			parts++;
			end = k;
		}
		if (parts >= 2)
			mark(t, i, end, REDACT_ADDRESS);
		i = end - 1;
	}
}

static bool is_place(const struct text *t, size_t from, size_t to)
{
	for (size_t i = from + 1; i < to; i++)
		if (hy_char_in(at(t, i),
			       "省市縣县區区鎮镇鄉乡村街路巷弄號号棟栋組组苑園园灣湾寓廈厦舍庄"))
			return true;
	return false;
}

/* What follows "家住", up to the end of the clause. */
static void homes(struct text *t)
{
	static const char *const words[] = { "家住",	 "家庭住址",   "家庭地址", "现住址", "住址",
					     "户籍地址", "户籍所在地", "本人住在", "我住在", NULL };

	for (size_t i = 0; i < t->chars.n; i++) {
		size_t n = hy_chars_any(&t->chars, i, words), from, k;
		if (!n)
			continue;
		from = k = past_colon(t, i + n);
		while (k < from + 40 && !line_end(at(t, k)) &&
		       !hy_char_in(at(t, k), ",。;!?、()，；！？（） 的"))
			k++;
		if (k - from >= 3 && is_place(t, from, k))
			mark(t, from, k, REDACT_ADDRESS);
	}
}

/* --- names
 * -----------------------------------------------------------------------------------------------
 */

static const char surnames[] =
	"代王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖"
	"田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
	"姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙"
	"史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
	"向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞"
	"左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
	"裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
	"尤阳时穆农司卓古吉缪简车项连芦麦褚娄"
	"窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商"
	"刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻"
	"苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻"
	"位厉伊仝區区郜海阚花权强帅屠豆朴盖"
	"練炼井支藏都覺國劉張陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇呂薑鐘譚陸賈"
	"韋鄒閻龍陶賀顧龔邵萬錢嚴莊聶魯歐關蘭";

static const char *const double_names[] = { "欧阳", "歐陽", "上官", "司马", "司馬", "诸葛", "諸葛",
					    "皇甫", "尉迟", "令狐", "慕容", "司徒", "夏侯", "东方",
					    "端木", "公孙", "宇文", "长孙", "轩辕", "百里", NULL };

/* Words that begin with a surname and are none. */
static const char *const no_names[] = {
	"高中", "高三",	  "高二", "高一", "高校", "高层", "高新", "农民", "农村",   "农业",
	"金融", "安置",	  "安全", "江西", "江苏", "江南", "房东", "房主", "房屋",   "房子",
	"房产", "游客",	  "游戏", "车主", "车辆", "司机", "和平", "时代", "时间",   "阳光",
	"宁乡", "宁波",	  "宁夏", "万科", "万达", "沙坪", "管理", "广大", "党员",   "党政",
	"单位", "单身",	  "公民", "公司", "成年", "成都", "明年", "明天", "全家",   "全体",
	"全市", "全镇",	  "全村", "海南", "海归", "武汉", "武广", "武警", "白沙",   "石油",
	"文化", "方面",	  "程序", "路过", "路人", "谷山", "温州", "梅溪", "梅园",   "金地",
	"金盆", "金星",	  "洪山", "胡同", "鲁能", "岳麓", "岳阳", "常德", "张家界", "湘潭",
	"娄底", "衡阳",	  "贵州", "云南", "应届", "连续", "原来", "原先", "原籍",   "位于",
	"都是", "都知道", "都没", "乐于", "支持", "强烈", "国家", "向贵", "向您",   "向你",
	"向政", "于今",	  "于是", "于2",  "任何", "任职", "任教", "何时", "何人",   "何种",
	"何况", "相关",	  "解放", "解决", "解释", "权利", "商户", "商贩", "商家",   "师范",
	"师傅", "毕业",	  "单亲", "古汉", "祝愿", "谈谈", "包工", "包括", "经常",   "经过",
	"华润", "长沙",	  "关于", "关心", "关注", "查询", "查看", "满意", "盖章",   "荣誉",
	"边远", "南县",	  "南方", "路口", "牛奶", "马上", "马路", "马栏", "黄花",   "黄兴",
	"林业", "水利",	  "邵阳", "郴州", "益阳", "永州", "怀化", "株洲", "左右",   "钟点",
	"麻烦", "白天",	  "白领", "夏天", "秦皇", "金碧", "井湾", "龙湖", "孙子",   "康复",
	"曾经", "曾在",	  "曾于", "曾向", "卫生", "卫计", "安徽", "阳台", "易",	    "和您",
	"和我", "和小",	  "和老", "和其", "和家", "和邻", "时常", "时候", "成立",   "成员",
	"花园", "花费",	  "海",	  "申请", "向",	  "权益", "权力", "管",	  "许可",   "费用",
	"应",	"成绩",	  "党",	  "和",	  "和联", "都",	  "区",	  "房",	  "花",	    "原",
	"游行", "凌晨",	  "关系", "解惑", "查证", "查明", "陆续", "全",	  "明明",   "谢谢",
	"支取", "商",	  "车胎", "安宁", "安心", "荣盛", "曾到", "于",	  "楚仪",   "余易",
	"华悦", "万户",	  "金陵", "方的", "文员", "文盲", "田心", "田汉", "乔口",   "雷锋",
	"雷",	"伍家岭", "段",	  "楼",	  "楼上", "楼下", NULL
};

static bool surname(uint32_t c)
{
	return hy_char_in(c, surnames);
}

static bool surely_ends(const struct text *t, size_t i)
{
	static const char *const after[] = { "家住", "今年", "身份证", "电话", "联系", "手机",
					     "户籍", "来自", "出生",   "公民", "反映", NULL };

	return hy_chars_any(&t->chars, i, after) > 0;
}

/* What a name is followed by, when it ends: no character that would make it a longer word. */
static bool name_ends(const struct text *t, size_t i)
{
	static const char *const after[] = { "男", "女", "系", "是", "现", "住", "因", NULL };
	uint32_t c = at(t, i);

	return line_end(c) || blank(c) || !hy_char_han(c) || hy_chars_any(&t->chars, i, after) ||
	       surely_ends(t, i);
}

/* The end of a name at I, or 0.  SURE: the words before say that a name follows. */
static size_t name_at(const struct text *t, size_t i, bool sure)
{
	size_t head = hy_chars_any(&t->chars, i, double_names);

	if (!head && !surname(at(t, i)))
		return 0;
	if (hy_chars_any(&t->chars, i, no_names) &&
	    !(sure && hy_chars_any(&t->chars, i, no_names) < 2))
		return 0;
	head = head ? head : 1;
	if (hy_char_han(at(t, i + head)) && surely_ends(t, i + head + 1))
		return i + head + 1;
	for (size_t given = 2; given >= 1; given--) {
		bool all = true;
		for (size_t k = 0; k < given; k++)
			all = all && hy_char_han(at(t, i + head + k));
		if (all && name_ends(t, i + head + given))
			return i + head + given;
	}
	return 0;
}

static const struct {
	const char *word;
	bool sure;
} before_names[] = {
	{ "我叫", true },    { "本人叫", true },  { "名叫", true },    { "本人姓名", true },
	{ "姓名", false },   { "联系人", true },  { "聯繫人", true },  { "举报人", true },
	{ "舉報人", true },  { "投诉人", true },  { "反映人", true },  { "申请人", true },
	{ "信访人", true },  { "来信人", true },  { "署名", true },    { "本人系", false },
	{ "我是", false },   { "本人是", false }, { "本人", false },   { "我的名字", true },
	{ "我丈夫", false }, { "我妻子", false }, { "我儿子", false }, { "我女儿", false },
	{ "我父亲", false }, { "我母亲", false }, { "我老公", false }, { "我老婆", false },
	{ "业主", false },   { "村民", false },	  { "居民", false },   { "法人代表", true },
};

static void told_names(struct text *t)
{
	for (size_t i = 0; i < t->chars.n; i++) {
		for (size_t k = 0; k < HY_COUNT(before_names); k++) {
			size_t n = hy_chars_word(&t->chars, i, before_names[k].word), from;
			if (!n)
				continue;
			from = past_colon(t, i + n);
			size_t to = name_at(t, from, before_names[k].sure);
			if (to) {
				mark(t, from, to, REDACT_NAME);
				break;
			}
		}
	}
}

/* A last line that is a name and nothing else is a signature. */
static void signature(struct text *t)
{
	size_t end = t->chars.n;

	for (int lines = 0; lines < 3 && end > 0; lines++) {
		while (end > 0 && (line_end(at(t, end - 1)) || blank(at(t, end - 1))))
			end--;
		size_t from = end;
		while (from > 0 && !line_end(at(t, from - 1)) && !blank(at(t, from - 1)))
			from--;
		if (from > 0 && end - from >= 2 && end - from <= 4 &&
		    name_at(t, from, false) == end)
			mark(t, from, end, REDACT_NAME);
		end = from;
	}
}

/* --- the proposal
 * --------------------------------------------------------------------------------------
 */

static void sort(struct redact_span *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct redact_span x = v[i];
		size_t k = i;
		for (; k > 0 &&
		       (v[k - 1].from > x.from || (v[k - 1].from == x.from && v[k - 1].to > x.to));
		     k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

struct redact_spans redact_propose(struct hy_arena *a, hy_str s)
{
	struct text t = text_of(a, s);

	numbers(&t);
	mails(&t);
	plates(&t);
	accounts(&t);
	doors(&t);
	homes(&t);
	told_names(&t);
	signature(&t);
	sort(t.spans.v, t.spans.n);
	return (struct redact_spans){ t.spans.v, t.spans.n };
}

enum hy_code redact_check(struct hy_arena *a, hy_str text, struct redact_spans *spans,
			  struct hy_err *e)
{
	size_t chars = hy_str_chars(text), n = 0;
	struct redact_span *v = hy_new_n(a, struct redact_span, spans->n + 1);

	for (size_t i = 0; i < spans->n; i++) {
		v[i] = spans->v[i];
		if (v[i].from >= v[i].to || v[i].to > chars || v[i].kind >= REDACT__KINDS)
			return hy_fail(e, HY_BAD_FIELD, "spans",
				       "number %zu is empty or ends beyond the text's %zu "
				       "characters",
				       i + 1, chars);
	}
	sort(v, spans->n);
	for (size_t i = 0; i < spans->n; i++) {
		if (n && v[i].from < v[n - 1].to)
			v[n - 1].to = v[i].to > v[n - 1].to ? v[i].to : v[n - 1].to;
		else
			v[n++] = v[i];
	}
	*spans = (struct redact_spans){ v, n };
	return HY_OK;
}

hy_str redact_apply(struct hy_arena *a, hy_str s, const struct redact_spans *spans)
{
	struct text t = text_of(a, s);
	struct hy_buf b = hy_buf_on(a);
	size_t done = 0;

	for (size_t i = 0; i < spans->n; i++) {
		const struct redact_span *x = &spans->v[i];
		hy_buf_add(&b, (hy_str){ s.p + t.chars.at[done],
					 t.chars.at[x->from] - t.chars.at[done] });
		hy_buf_add(&b, labels[x->kind]);
		done = x->to;
	}
	hy_buf_add(&b, (hy_str){ s.p + t.chars.at[done], s.n - t.chars.at[done] });
	return hy_buf_str(&b);
}
