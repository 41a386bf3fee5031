#include "demo/texts.h"

#include "base/buf.h"

#define LIST(name, ...) static const char *const name[] = { __VA_ARGS__, NULL }

/* --- what is asked for ---------------------------------------------------------------------- */

const struct demo_subject *demo_subject(struct draw *d, hy_str kind, char season, bool burst)
{
	const struct demo_subjects *s = demo_subjects;

	while (s->kind && !hy_str_eq(kind, hy_str_of(s->kind)))
		s++;
	if (!s->kind)
		for (s = demo_office_subjects; s->kind && !hy_str_eq(kind, hy_str_of(s->kind));)
			s++;
	/* Of a season's subjects only few are drawn out of season, and many in it. */
	for (int i = 0;; i++) {
		const struct demo_subject *x = &s->v[draw_below(d, (uint64_t)s->n)];
		bool fits = x->season && x->season == season;
		if (i >= 200 || fits || (!burst && (!x->season || draw_chance(d, 60))))
			return x;
	}
}

LIST(openers, "您好！", "你好，", "尊敬的领导：您好！", "我是{小区}的住户{人}。",
     "我是一名普通市民。", "反映一个问题：", "我代表几户邻居来反映，", "麻烦帮忙问一下：",
     "本人{人}，", "不好意思打扰了，", "");
LIST(histories, "这种情况已经{久}。", "已经{久}，一直没人管。",
     "之前向社区说过，让等通知，等到现在。", "上个月也打过一次电话，当时说会处理。",
     "找过物业，物业说不归他们管。", "大约涉及{数}户。", "最近越来越严重了。",
     "家里有老人和孩子，实在不方便。", "我们拍了照片，可以提供。", "不知道该找哪个部门。",
     "以前不是这样的。", "问了两个部门，都说不是自己的事。", "前后已经花了{元}元。", "");
LIST(asks, "请尽快派人来看看。", "希望有关部门管一管，并给个答复。", "请核实后告诉我结果。",
     "请问到底由谁负责？什么时候能解决？", "盼复，谢谢！", "希望不要再推来推去。",
     "请依法处理，并对我的信息保密。", "请给一个明确的期限。", "要是一时解决不了，也请说明原因。",
     "麻烦了，谢谢你们。", "希望从根子上解决，而不是来一次好两天。");
LIST(licence_bodies, "本人{人}，拟在{区}{路}{号}号经营，现提出申请，材料已按清单准备。",
     "我公司（{企}）因业务需要申请办理，经办人{人}。", "受{企}委托办理，材料{数}页，随附电子件。",
     "申请人{人}，经营场所在{路}{号}号，面积约{数}平方米，请予审查。",
     "网上提交，原件现场核验。{企}，联系人{人}。",
     "原证将于下月到期，申请人按规定提出。场所：{路}与{路口}交叉口。");
LIST(disclosure_bodies, "现申请公开上述信息，用于了解本人切身事项。请以电子邮件方式提供。",
     "本人系{小区}业主，因维权需要申请，请提供复印件。", "申请人{人}，请在法定期限内书面答复。",
     "如涉及第三方，请依法征求意见后公开可以公开的部分。",
     "用途：撰写论文。请提供可编辑的电子表格。",
     "申请公开的年度为{年}年。若信息不存在，请说明检索情况。");
LIST(office_bodies, "请按要求办理，并将结果书面报送。",
     "请牵头单位会同有关单位抓紧研究，提出意见。", "要明确责任人和完成时间，一抓到底。",
     "办理情况请附佐证材料。", "此件涉及{区}{数}户群众，务必办实。",
     "请于期限前反馈，逾期将予通报。", "请举一反三，全面排查同类问题。");

hy_str demo_body(struct hy_arena *a, struct draw *d, const struct scene *s, hy_str kind,
		 const struct demo_subject *about)
{
	struct hy_buf b = hy_buf_on(a);
	bool citizens = hy_str_eq(kind, HY_S("hotline")) || hy_str_eq(kind, HY_S("complaint")) ||
			hy_str_eq(kind, HY_S("petition"));
	const char *const *tail = hy_str_eq(kind, HY_S("licence"))	? licence_bodies
				  : hy_str_eq(kind, HY_S("disclosure")) ? disclosure_bodies
									: office_bodies;

	if (citizens)
		hy_buf_add(&b, scene_fill(a, s, draw_one(d, openers)));
	hy_buf_add(&b, scene_fill(a, s, about->detail));
	if (citizens) {
		const char *one = draw_one(d, histories), *two = draw_one(d, histories);
		hy_buf_add(&b, scene_fill(a, s, one));
		if (two != one && draw_chance(d, 400))
			hy_buf_add(&b, scene_fill(a, s, two));
		hy_buf_add(&b, scene_fill(a, s, draw_one(d, asks)));
	} else {
		hy_buf_add(&b, scene_fill(a, s, draw_one(d, tail)));
	}
	return hy_buf_str(&b);
}

/* --- answers ---------------------------------------------------------------------------------- */

LIST(reply_openers, "{人}您好！您反映的“{题}”收悉，现答复如下：", "您好，来件“{题}”已办理。",
     "尊敬的来信人：您反映的“{题}”，{单位}高度重视，", "关于“{题}”一事，{单位}已调查核实。",
     "您好！感谢您的反映。就“{题}”，", "来电人：您所反映的事项经{单位}核查，情况如下。");
LIST(reply_checks, "接件次日，工作人员到现场查看，并与您电话沟通。",
     "经查阅资料并走访周边{数}户，情况基本属实。", "经现场核查，您反映的情况属实。",
     "经核查，所反映情况部分属实。", "我们调取了近期记录，并询问了有关人员。",
     "会同社区到场察看，当面听取了您的意见。",
     "经查，该处近期确有此类情况，给您带来不便，深表歉意。",
     "工作人员三次到场，上述情况未再发生，但我们会继续留意。");
LIST(reply_ends, "如仍有疑问，请拨打承办科室电话，或再次来电。", "感谢您对我们工作的监督。",
     "如对本答复不满意，可在三十日内申请重新办理。", "后续我们将安排专人回访。", "欢迎您继续监督。",
     "整改结果将于下周在社区公示栏公布。", "");
LIST(reply_poor, "您反映的问题已转相关科室处理，谢谢。", "收悉，我们将加强管理。",
     "已知晓，建议联系物业。", "按规定办理中。", "您反映的情况我们正在关注，请耐心等待。");

static const struct {
	const char *cls;
	const char *const v[7];
} measures[] = {
	{ "urban_rural",
	  { "现已安排施工人员修复，并对该路段做了排查。",
	    "已向责任人发出限期改正通知书，{日}前复查。",
	    "已列入本年度改造计划，预计本季度内进场施工。",
	    "已约谈物业服务企业，要求三日内整改到位。", "已联系产权单位更换设施，夜间恢复正常。",
	    "已清理完毕，并调整了巡查班次。", NULL } },
	{ "environment",
	  { "已责令该单位停止夜间作业，并依法立案。",
	    "经监测，数据超过标准，已要求其加装治理设施。", "已清运堆放物{数}车，并设立警示牌。",
	    "监测结果未超过标准，我们将增加夜间抽测。", "已责成经营者清洗油烟管道，更换净化器。",
	    NULL } },
	{ "transport",
	  { "已调整该路口信号配时，高峰时安排警力疏导。",
	    "{线}已增加早晚高峰班次，间隔缩短至八分钟。",
	    "已施划标线并增设隔离设施，对违停车辆依法处理{数}辆。",
	    "已安排养护单位修补坑槽，面积约{数}平方米。",
	    "因地下管线限制，该处暂不具备条件，我们将另选点位。", NULL } },
	{ "education",
	  { "已责成{校}自查，并约谈有关负责人。", "经核实属违规收费，{元}元已全部退还。",
	    "学位安排按公布的片区执行，政策依据已当面向您说明。",
	    "已增派专人值守，上下学时段实行错峰。", NULL } },
	{ "labour",
	  { "已督促{企}支付拖欠工资{元}元，您已确认收到。",
	    "已受理并立案调查，请您保留考勤和转账记录。",
	    "您的待遇资格已核实，次月起发放，差额一并补发。",
	    "经协调，双方达成书面协议，分两次付清。", NULL } },
	{ "health",
	  { "已责成{医院}核对费用清单，多收部分已退回。", "该药品已恢复供应，您可凭处方取药。",
	    "已增开号源，并优化了预约规则。", NULL } },
	{ "commerce",
	  { "经调解，商家同意退款{元}元，当日到账。",
	    "现场抽检的计量器具不合格，已依法查封并立案。", "已要求经营者明码标价，并处以警告。",
	    "该店已停止营业，请您保留凭证，我们将协助您依法主张权利。", NULL } },
	{ "land",
	  { "已调取登记档案，面积差异系测绘口径所致，现已更正。",
	    "该处属违法建设，已下达限期拆除决定。", "补偿款已由镇政府发放到户，签收表可供查阅。",
	    "规划公示材料可在我单位窗口查阅，现将要点附后。", NULL } },
	{ "rural",
	  { "已组织村组修复水渠{数}米，保证灌溉。", "补贴名单已重新公示七日，您户信息已补录。",
	    "已安排农技人员上门指导，发放药剂{数}份。", NULL } },
	{ "", /* any other */
	  { "已按规定办理，有关情况已向您当面说明。", "已责成有关科室限期整改，并完善了内部流程。",
	    "已协调相关单位共同处理，问题已解决。", "经研究，所提建议予以采纳，将纳入下一步工作。",
	    "依据现行规定暂不能满足该项请求，请您谅解，替代办法见下。",
	    "已明确专人负责，建立台账，每周调度。", NULL } },
};

static const char *const *measures_of(hy_str cls)
{
	size_t i = 0;

	while (measures[i].cls[0] && !hy_str_eq(cls, hy_str_of(measures[i].cls)))
		i++;
	return measures[i].v;
}

static hy_str answer(struct hy_arena *a, struct draw *d, const struct scene *s, hy_str cls,
		     int care)
{
	struct hy_buf b = hy_buf_on(a);

	if (!draw_chance(d, 780 + care * 2))
		return scene_fill(a, s, draw_one(d, reply_poor));
	hy_buf_add(&b, scene_fill(a, s, draw_one(d, reply_openers)));
	hy_buf_add(&b, scene_fill(a, s, draw_one(d, reply_checks)));
	hy_buf_add(&b, scene_fill(a, s, draw_one(d, measures_of(cls))));
	hy_buf_add(&b, scene_fill(a, s, draw_one(d, reply_ends)));
	return hy_buf_str(&b);
}

/* --- other moves ---------------------------------------------------------------------------------
 */

LIST(said_accept, "已受理，将在规定期限内办理并答复。", "您的诉求已登记受理，请留意电话。",
     "经审查符合受理条件，予以受理。");
LIST(said_close, "已与当事人联系，确认办结。", "办理过程和答复齐全，同意办结。", "材料已归档。",
     "结果已公示，无异议。");
LIST(said_good, "处理得很快，满意。", "师傅当天就来了，谢谢。", "答复清楚，态度好。",
     "没想到真的解决了，点赞。", "办事员讲得很明白，跑一趟就办好。");
LIST(said_fair, "基本解决了。", "还行，就是慢了点。", "一般，希望以后快一些。");
LIST(said_bad, "答非所问，没有解决。", "打了官腔，问题还在。", "说处理了，其实没人来过。",
     "超期了才答复。", "让我自己去找物业，等于没办。");
LIST(said_back, "回访：当事人表示已解决，对结果满意。", "回访：电话三次未接，已发短信。",
     "回访：当事人认为处理较慢，结果认可。", "回访：问题有反复，已告知可申请重办。",
     "回访：当事人对解释表示理解。");
LIST(said_contact, "已电话联系当事人，约定上门核实。", "已当面听取意见，问题在于上次处理不彻底。",
     "已联系，当事人补充了照片和视频。");
LIST(said_urge, "该件临近期限，请抓紧办理。", "请说明未按期答复的原因，并于两个工作日内办结。",
     "当事人再次来电询问进度，请尽快联系。", "效能办第一次催办，请单位负责人过问。");
LIST(said_note, "已与社区网格员核对地址。", "现场照片{数}张已存档。", "当事人要求下午联系。",
     "等待施工单位排期。", "与去年同类事项情况一致。");
LIST(said_add, "补充：昨天又发生一次，已拍视频。", "补充：受影响的还有{栋}栋{数}户。",
     "补充：联系电话不变，请下午打。", "补充：对方今天已经停了，请继续关注。");
LIST(said_plan, "整改方案：明确责任人一名，分三步，{日}前完成。",
     "整改方案已经局党组会审定，每周五报进度。", "方案：先易后难，七项问题分别列出期限。");
LIST(said_circulate, "请分管领导阅示。", "同意拟办意见，请{单位}落实。", "转相关科室研提意见。",
     "已阅，请抓紧。");
LIST(said_hearing, "已书面告知申请人享有要求听证的权利。",
     "听证会于{日}上午在二楼会议室举行，笔录附后。", "申请人要求听证，理由见附件。");
LIST(said_approve, "经审查，申请符合法定条件、标准，决定准予许可，证书编号{年}第{文号}号。",
     "现场核查合格，材料齐全，准予许可。有效期五年。",
     "准予延续，原证收回。证书编号{年}第{文号}号。", "经专家评审通过，准予许可。");
LIST(said_disclosed,
     "您申请的信息已公开，现将获取方式和途径告知如下：市政府门户网站信息公开专栏，文号{年}第{文号}"
     "号。",
     "现向您提供所申请信息的复印件{数}页，其中涉及个人隐私的部分已作处理。",
     "经检索，所申请信息属可以公开的范围，现以电子邮件提供。",
     "您申请的部分信息予以公开，其余部分经征求第三方意见不予公开，理由附后。");
LIST(said_report,
     "现将办理情况报告如下：已完成主要任务，剩余事项将于{日}前收尾，佐证材料{数}页附后。",
     "按要求逐条落实，{数}项问题已解决，两项需上级支持。",
     "已召开专题会议研究，明确牵头单位、责任人和时限，现已见效。",
     "经现场核查，所列问题已整改到位，同类问题一并排查{数}处。",
     "已办结。相关制度修订稿一并报上。");
LIST(said_opinion, "经复查，原处理意见事实清楚、依据充分，予以维持。",
     "经复查，原处理意见对部分事实认定不清，现予变更如下。",
     "经听证和评议，认定信访人主要诉求缺乏依据，对合理部分责成{单位}限期落实。");
LIST(said_handling,
     "经调查，现提出处理意见：一、所反映的主要事实属实；二、对合理诉求予以支持，{日}"
     "前落实；三、对其余部分作出解释。",
     "处理意见：经核对档案并走访知情人员，诉求缺乏政策依据，不予支持；对生活困难已协调临时救助{元}"
     "元。",
     "处理意见：双方已达成一致，补偿差额{元}元于{日}前支付，信访人表示息诉。",
     "处理意见：该问题系历史遗留，已列入{年}年化解清单，由{单位}包案。");
LIST(said_other, "请办理。", "请按职责办理，并告知结果。", "按程序流转。");

static const struct {
	const char *move;
	const char *const *texts;
} by_move[] = {
	{ "callback", said_back },
	{ "contact", said_contact },
	{ "urge", said_urge },
	{ "note", said_note },
	{ "add", said_add },
	{ "plan", said_plan },
	{ "circulate", said_circulate },
	{ "offer_hearing", said_hearing },
	{ "ask_hearing", said_hearing },
	{ "hold_hearing", said_hearing },
	{ "approve", said_approve },
	{ "forward", said_report },
	{ "review_opinion", said_opinion },
	{ "recheck_opinion", said_opinion },
};
static const struct {
	const char *kind;
	const char *const *texts;
} by_kind[] = {
	{ "disclosure", said_disclosed }, { "petition", said_handling },
	{ "document", said_report },	  { "instruction", said_report },
	{ "rectification", said_report }, { "problem_list", said_report },
	{ "urging", said_report },	  { "advice", said_report },
};

static hy_str reply_text(struct hy_arena *a, struct draw *d, const struct scene *s, hy_str kind,
			 hy_str cls, int care)
{
	for (size_t i = 0; i < HY_COUNT(by_kind); i++)
		if (hy_str_eq(kind, hy_str_of(by_kind[i].kind)))
			return scene_fill(a, s, draw_one(d, by_kind[i].texts));
	return answer(a, d, s, cls, care);
}

hy_str demo_text(struct hy_arena *a, struct draw *d, const struct scene *s, hy_str kind,
		 enum pack_act act, hy_str move, hy_str cls, int care)
{
	for (size_t i = 0; i < HY_COUNT(by_move); i++)
		if (hy_str_eq(move, hy_str_of(by_move[i].move)))
			return scene_fill(a, s, draw_one(d, by_move[i].texts));
	if (act == PACK_REPLY)
		return reply_text(a, d, s, kind, cls, care);
	if (act == PACK_RATE)
		return scene_fill(a, s,
				  draw_one(d, care >= 4	  ? said_good
					      : care == 3 ? said_fair
							  : said_bad));
	return scene_fill(a, s,
			  draw_one(d, act == PACK_ACCEPT  ? said_accept
				      : act == PACK_CLOSE ? said_close
							  : said_other));
}

/* --- reasons, papers, remedies
 * --------------------------------------------------------------------- */

LIST(why_declined, "所反映事项已进入诉讼程序，应由人民法院依法裁判，本机关不能替代。",
     "该事项属于其他机关法定职权，已告知具体受理部门和联系方式。",
     "该事项已于上年依法办结并书面答复，本次未提出新的事实和理由。",
     "经三次联系，来件人未提供可供核查的时间、地点和对象。",
     "涉及对公职人员的检举，依规移送纪检监察机关，不在本渠道处理。",
     "申请事项依法不需要取得许可，已当场说明。",
     "经现场核查，场所面积和消防条件未达到规定标准，具体差距见附件。");
LIST(why_returned, "经核实事发地不在本辖区。", "该设施产权和管养均不在{单位}，附移交清单。",
     "涉及两个以上单位，需先明确牵头单位。", "缺少具体地址和联系方式，无法核查。",
     "根据三定规定，该事项由上级主管部门负责。");
LIST(why_extended, "需等待检测机构出具报告，预计十日。", "涉及多个单位会商，现有期限内难以完成。",
     "施工受连续降雨影响，需顺延。", "案情复杂，需进一步取证。",
     "当事人外出，约定下月初到场核对。");
LIST(why_paused, "依法组织听证，所需时间不计入期限。", "委托第三方机构检测，时间不计入期限。",
     "组织专家评审，时间不计入期限。", "需征求权利人意见，时间不计入期限。",
     "请求内容不明确，已一次告知需补正的内容。", "需征求其他机关意见，时间不计入期限。");
LIST(why_reopened, "答复称已修复，但现场并没有变化。", "只回复了一部分，关键问题没有说。",
     "处理后两天又恢复原样。", "没有人联系过我就办结了。", "原处理意见漏查重要事实。",
     "核验时发现整改不到位，佐证材料与现场不符。");
LIST(why_annulled, "同一事项重复登记，保留在先的一件。", "录入时选错种类，已另行登记。",
     "交办单位书面通知撤销。", "经核实为恶意提交，附调查记录。");
LIST(why_handed, "该段道路上月已移交，管养职责随之转移。", "承办人与来件人有亲属关系，依规回避。",
     "事发地经核对属另一辖区。", "机构职能调整，现由接收单位负责。");
LIST(why_other, "按职责分工办理。", "原单位不具备办理条件。", "为便于群众，就近办理。",
     "经协调会议确定。");

/* The reason that goes with a ground. */
static const struct {
	enum pack_act act;
	const char *ground;
	const char *const *list;
	int at;
} fitting[] = {
	{ PACK_DECLINE, "litigation", why_declined, 0 },
	{ PACK_DECLINE, "reconsideration", why_declined, 0 },
	{ PACK_DECLINE, "out_of_powers", why_declined, 1 },
	{ PACK_DECLINE, "petition", why_declined, 1 },
	{ PACK_DECLINE, "concluded", why_declined, 2 },
	{ PACK_DECLINE, "being_handled", why_declined, 2 },
	{ PACK_DECLINE, "repeated", why_declined, 2 },
	{ PACK_DECLINE, "no_content", why_declined, 3 },
	{ PACK_DECLINE, "papers_missing", why_declined, 3 },
	{ PACK_DECLINE, "discipline", why_declined, 4 },
	{ PACK_DECLINE, "no_licence_needed", why_declined, 5 },
	{ PACK_DECLINE, "conditions_not_met", why_declined, 6 },
	{ PACK_RETURN, "wrong_place", why_returned, 0 },
	{ PACK_RETURN, "not_ours", why_returned, 1 },
	{ PACK_RETURN, "several_units", why_returned, 2 },
	{ PACK_RETURN, "incomplete", why_returned, 3 },
	{ PACK_RETURN, "higher_level", why_returned, 4 },
	{ PACK_PAUSE, "hearing", why_paused, 0 },
	{ PACK_PAUSE, "testing", why_paused, 1 },
	{ PACK_PAUSE, "expert_review", why_paused, 2 },
	{ PACK_PAUSE, "third_party", why_paused, 3 },
	{ PACK_PAUSE, "correction", why_paused, 4 },
	{ PACK_PAUSE, "other_organ", why_paused, 5 },
	{ PACK_ANNUL, "entered_twice", why_annulled, 0 },
	{ PACK_ANNUL, "entered_wrongly", why_annulled, 1 },
	{ PACK_ANNUL, "order_withdrawn", why_annulled, 2 },
	{ PACK_ANNUL, "malicious", why_annulled, 3 },
	{ PACK_HAND_OFF, "duty_elsewhere", why_handed, 0 },
	{ PACK_HAND_OFF, "avoidance", why_handed, 1 },
	{ PACK_HAND_OFF, "place_elsewhere", why_handed, 2 },
	{ PACK_HAND_OFF, "reorganised", why_handed, 3 },
};

hy_str demo_reason(struct hy_arena *a, struct draw *d, const struct scene *s, enum pack_act act,
		   hy_str ground)
{
	static const struct {
		enum pack_act act;
		const char *const *v;
	} rows[] = {
		{ PACK_DECLINE, why_declined }, { PACK_RETURN, why_returned },
		{ PACK_EXTEND, why_extended },	{ PACK_PAUSE, why_paused },
		{ PACK_REOPEN, why_reopened },	{ PACK_ANNUL, why_annulled },
		{ PACK_HAND_OFF, why_handed },
	};
	const char *const *v = why_other;

	for (size_t i = 0; i < HY_COUNT(fitting); i++)
		if (fitting[i].act == act && hy_str_eq(ground, hy_str_of(fitting[i].ground)))
			return scene_fill(a, s, fitting[i].list[fitting[i].at]);
	if (act == PACK_DECLINE) {
		if (hy_str_eq(ground, HY_S("not_existing")))
			return HY_S("经检索档案和业务系统，本机关未制作、未保存该信息。");
		if (hy_str_eq(ground, HY_S("not_disclosable")))
			return HY_S("所申请内容属内部讨论过程信息，依法不予公开。");
		if (hy_str_eq(ground, HY_S("withdrawn_in_writing")))
			return HY_S("来件人书面撤回，撤回书已存档。");
		if (hy_str_eq(ground, HY_S("emergency")))
			return HY_S("紧急事项已即时转接专线处置，通话记录已存。");
	}
	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if (rows[i].act == act)
			v = rows[i].v;
	return scene_fill(a, s, draw_one(d, v));
}

hy_str demo_basis(hy_str kind, hy_str ground)
{
	if (hy_str_eq(kind, HY_S("licence")))
		return hy_str_eq(ground, HY_S("conditions_not_met"))
			       ? HY_S("行政许可法 第三十八条第二款")
			       : HY_S("行政许可法 第三十二条");
	if (hy_str_eq(kind, HY_S("disclosure")))
		return HY_S("政府信息公开条例 第三十六条");
	if (hy_str_eq(kind, HY_S("petition")))
		return hy_str_eq(ground, HY_S("concluded")) ? HY_S("信访工作条例 第三十六条第三款")
							    : HY_S("信访工作条例 第二十三条");
	return HY_S("市12345热线工作规则 不予受理清单");
}

hy_str demo_remedy(struct hy_arena *a, struct draw *d, hy_str kind, hy_str ground)
{
	LIST(at_law, "如不服本决定，可在收到之日起六十日内申请行政复议，或在六个月内提起行政诉讼。",
	     "可自收到本通知之日起六十日内向本级人民政府申请行政复议。");
	LIST(else_where, "可向有管辖权的人民法院提起诉讼，法律援助电话12348。",
	     "可向市效能办反映，三个工作日内核实。", "可拨打12348咨询，或到所在街道司法所。",
	     "可补充新的事实和材料后再次提出。");

	(void)a;
	if (hy_str_eq(ground, HY_S("discipline")))
		return HY_S("可向纪检监察机关反映，电话12388。");
	return hy_str_of(
		draw_one(d, hy_str_eq(kind, HY_S("licence")) || hy_str_eq(kind, HY_S("disclosure"))
				    ? at_law
				    : else_where));
}

hy_str demo_paper(struct hy_arena *a, const struct scene *s, enum pack_act act)
{
	static const struct {
		enum pack_act act;
		const char *text;
	} rows[] = {
		{ PACK_DECLINE, "回不受〔{年}〕{文号}号" },
		{ PACK_PAUSE, "回暂停〔{年}〕{文号}号" },
		{ PACK_EXTEND, "回延〔{年}〕{文号}号" },
		{ PACK_REPLY, "回复〔{年}〕{文号}号" },
		{ PACK_NOTICE, "回告〔{年}〕{文号}号" },
		{ PACK_CLOSE, "回销〔{年}〕{文号}号" },
		{ PACK_ACCEPT, "回受〔{年}〕{文号}号" },
		{ PACK_REOPEN, "回督〔{年}〕{文号}号" },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if (rows[i].act == act)
			return scene_fill(a, s, rows[i].text);
	return scene_fill(a, s, "回办〔{年}〕{文号}号");
}

const char *demo_missing(struct draw *d)
{
	LIST(papers, "法定代表人身份证明", "经营场所使用证明", "消防安全检查合格意见",
	     "授权委托书原件", "设备清单及合格证明", "从业人员健康证明", "平面布置图（标注尺寸）",
	     "环境影响登记表", "近期现场照片", "原许可证正副本", "所需信息的名称或文号",
	     "安全管理制度文本", "承诺书签章页");

	return draw_one(d, papers);
}
