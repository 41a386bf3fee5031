/* The figures, in the order in which they are printed, with what they mean in three languages. */
#include "pack/figure.h"

#define T(cn, hant, english)                                                                       \
	{                                                                                          \
		HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english)                                 \
	}
#define COUNT(id_, fact_, better_, title_, definition_)                                            \
	{                                                                                          \
		.id = id_, .measure = FIGURE_COUNT, .fact = FACT_##fact_, .unit = UNIT_MATTERS,    \
		.better = BETTER_##better_, .title = title_, .definition = definition_             \
	}
#define BRIEF(id_, fact_, better_, head_, title_, definition_)                                     \
	{                                                                                          \
		.id = id_, .measure = FIGURE_COUNT, .fact = FACT_##fact_, .unit = UNIT_MATTERS,    \
		.better = BETTER_##better_, .title = title_, .definition = definition_,            \
		.brief = true, .head = head_                                                       \
	}
#define CARDS(id_, level_, title_, definition_)                                                    \
	{ .id = id_,                                                                               \
	  .measure = FIGURE_COUNT,                                                                 \
	  .fact = FACT_CARD_##level_,                                                              \
	  .unit = UNIT_CARDS,                                                                      \
	  .better = BETTER_LOWER,                                                                  \
	  .title = title_,                                                                         \
	  .definition = definition_ },
#define SHARE(id_, fact_, of_, better_, title_, definition_)                                       \
	{                                                                                          \
		.id = id_, .measure = FIGURE_SHARE, .fact = FACT_##fact_, .of = FACT_##of_,        \
		.unit = UNIT_BASIS_POINTS, .better = BETTER_##better_, .title = title_,            \
		.definition = definition_                                                          \
	}
#define SUM(id_, fact_, number_, title_, definition_)                                              \
	{                                                                                          \
		.id = id_, .measure = FIGURE_SUM, .fact = FACT_##fact_,                            \
		.number = NUMBER_##number_, .unit = UNIT_TIMES, .better = BETTER_LOWER,            \
		.title = title_, .definition = definition_                                         \
	}
#define SPREAD(id_, days_, point_, unit_, title_, definition_)                                     \
	{                                                                                          \
		.id = id_, .measure = FIGURE_SPREAD, .fact = FACT_ANSWERED,                        \
		.number = NUMBER_##days_, .point = POINT_##point_, .unit = UNIT_##unit_,           \
		.better = BETTER_LOWER, .title = title_, .definition = definition_                 \
	}

/* The two families of days differ in one phrase. */
#define DAYS_CN "收件当日为第0日，至答复当日；只计首次答复。"
#define DAYS_HANT "收件當日為第0日，至答覆當日；只計首次答覆。"
#define DAYS_EN " from filing (day 0) to the day of the first answer, of matters answered. "
#define WORK_CN "按现行日历所计的工作日，" DAYS_CN
#define WORK_HANT "按現行日曆所計的工作日，" DAYS_HANT
#define WORK_EN "Working days, by the calendar in force now," DAYS_EN
#define CAL_CN "自然日，" DAYS_CN
#define CAL_HANT "自然日，" DAYS_HANT
#define CAL_EN "Calendar days" DAYS_EN

const struct figure figures[] = {
	/* --- what came in, and what became of it --- */
	BRIEF("received", RECEIVED, NEITHER, T("收件", "收件", "recvd"),
	      T("收件数", "收件數", "Received"),
	      T("本期内登记的件数。并案的件各计一件。", "本期內登記的件數。併案的件各計一件。",
		"Matters filed in the period. Joined matters count one each.")),
	COUNT("unassigned", NO_UNIT, LOWER, T("无承办单位数", "無承辦單位數", "Without a unit"),
	      T("收件中没有承办单位的件数，已办结的也在内。",
		"收件中沒有承辦單位的件數，已辦結的也在內。",
		"Of those received, no unit has it, or had it when it was finished.")),
	SHARE("unassigned_share", NO_UNIT, RECEIVED, LOWER,
	      T("无承办单位率", "無承辦單位率", "Share without a unit"),
	      T("无承办单位数÷收件数。", "無承辦單位數÷收件數。",
		"Without a unit, of those received.")),
	BRIEF("answered", ANSWERED, HIGHER, T("答复", "答覆", "answd"),
	      T("已答复数", "已答覆數", "Answered"),
	      T("主时限已因答复、依法作出的不予受理、移送、终止或者撤回而停止的件数。",
		"主時限已因答覆、依法作出的不予受理、移送、終止或者撤回而停止的件數。",
		"Matters whose main clock has stopped: by an answer, a reasoned refusal, a "
		"transfer, "
		"an ending or a withdrawal.")),
	BRIEF("in_time", IN_TIME, HIGHER, T("按时", "按時", "in time"),
	      T("按时答复数", "按時答覆數", "Answered in time"),
	      T("在法定主时限届满前（含当日）答复的件数；依法中止、延期后的时限为准。",
		"在法定主時限屆滿前（含當日）答覆的件數；依法中止、延期後的時限為準。",
		"Answered not after the statutory due date of the main clock, as lawful pauses and "
		"extensions had left it.")),
	BRIEF("late", LATE, LOWER, T("超期答复", "超期答覆", "late"),
	      T("超期答复数", "超期答覆數", "Answered late"),
	      T("在法定主时限届满后才答复的件数。", "在法定主時限屆滿後才答覆的件數。",
		"Answered after the statutory due date of the main clock.")),
	COUNT("unanswered", UNANSWERED, LOWER, T("未答复数", "未答覆數", "Unanswered"),
	      T("未办结且主时限尚未停止的件数，含中止的件。",
		"未辦結且主時限尚未停止的件數，含中止的件。",
		"Not finished and the main clock has not stopped; paused matters are included.")),
	BRIEF("unanswered_late", UNANSWERED_LATE, LOWER, T("逾期未复", "逾期未覆", "unansw."),
	      T("逾期未答复数", "逾期未答覆數", "Unanswered past due"),
	      T("未答复且法定主时限已过的件数。", "未答覆且法定主時限已過的件數。",
		"Unanswered, and the statutory due date of the main clock has passed.")),
	COUNT("no_clock", NO_CLOCK, NEITHER,
	      T("无时限办结数", "無時限辦結數", "Finished without a limit"),
	      T("已办结但主时限从未起算的件数（该种类未规定时限）。",
		"已辦結但主時限從未起算的件數（該種類未規定時限）。",
		"Finished matters whose main clock never ran, because nothing gave it a limit.")),
	COUNT("fallen_due", FALLEN_DUE, NEITHER, T("应答复数", "應答覆數", "Fallen due"),
	      T("已答复的件与逾期未答复的件之和。", "已答覆的件與逾期未答覆的件之和。",
		"Matters answered, and those unanswered past their due date.")),
	{ .id = "in_time_share",
	  .measure = FIGURE_SHARE,
	  .fact = FACT_IN_TIME,
	  .of = FACT_FALLEN_DUE,
	  .unit = UNIT_BASIS_POINTS,
	  .better = BETTER_HIGHER,
	  .brief = true,
	  .head = T("按时率", "按時率", "in time%"),
	  .title = T("按时答复率", "按時答覆率", "Share in time"),
	  .definition =
		  T("按时答复数÷应答复数。逾期未答复的件计入分母，不答复不能抬高此率。",
		    "按時答覆數÷應答覆數。逾期未答覆的件計入分母，不答覆不能抬高此率。",
		    "Answered in time, of those fallen due. What is unanswered past its due date "
		    "counts against it: silence does not help.") },
	SHARE("in_time_of_answered", IN_TIME, ANSWERED, HIGHER,
	      T("已答复件按时率", "已答覆件按時率", "Share in time of those answered"),
	      T("按时答复数÷已答复数。", "按時答覆數÷已答覆數。",
		"Answered in time, of those answered.")),
	SHARE("answered_share", ANSWERED, RECEIVED, HIGHER, T("答复率", "答覆率", "Share answered"),
	      T("已答复数÷收件数。", "已答覆數÷收件數。", "Answered, of those received.")),
	COUNT("original_due", ORIGINAL_DUE, NEITHER,
	      T("按原时限应答复数", "按原時限應答覆數", "Fallen due originally"),
	      T("已答复的件，以及原定时限已过的件；原定时限不计任何中止和延期。",
		"已答覆的件，以及原定時限已過的件；原定時限不計任何中止和延期。",
		"Answered, or the original due date has passed: the one before any pause or "
		"extension.")),
	COUNT("in_original", IN_ORIGINAL, HIGHER,
	      T("原时限内答复数", "原時限內答覆數", "Answered by the original date"),
	      T("不计中止和延期，在原定时限内答复的件数。",
		"不計中止和延期，在原定時限內答覆的件數。",
		"Answered by the due date that no pause or extension had moved.")),
	SHARE("in_original_share", IN_ORIGINAL, ORIGINAL_DUE, HIGHER,
	      T("原时限内答复率", "原時限內答覆率", "Share by the original date"),
	      T("原时限内答复数÷按原时限应答复数。", "原時限內答覆數÷按原時限應答覆數。",
		"Answered by the original date, of those fallen due originally.")),
	COUNT("pledge_due", PLEDGE_DUE, NEITHER,
	      T("按承诺应答复数", "按承諾應答覆數", "Fallen due by pledge"),
	      T("有承诺时限，且已答复或者承诺时限已过的件数。",
		"有承諾時限，且已答覆或者承諾時限已過的件數。",
		"Had a pledged limit, and was answered or the pledged date has passed.")),
	COUNT("in_pledge", IN_PLEDGE, HIGHER,
	      T("承诺时限内答复数", "承諾時限內答覆數", "Answered within the pledge"),
	      T("在承诺时限内答复的件数。", "在承諾時限內答覆的件數。",
		"Answered by the pledged date.")),
	SHARE("in_pledge_share", IN_PLEDGE, PLEDGE_DUE, HIGHER,
	      T("承诺时限内答复率", "承諾時限內答覆率", "Share within the pledge"),
	      T("承诺时限内答复数÷按承诺应答复数。", "承諾時限內答覆數÷按承諾應答覆數。",
		"Answered within the pledge, of those fallen due by pledge.")),

	/* --- how long it took --- */
	{ .id = "work_days_median",
	  .measure = FIGURE_SPREAD,
	  .fact = FACT_ANSWERED,
	  .number = NUMBER_WORKING_DAYS,
	  .point = POINT_MEDIAN,
	  .unit = UNIT_WORKING_DAYS,
	  .better = BETTER_LOWER,
	  .brief = true,
	  .head = T("中位日", "中位日", "median"),
	  .title = T("答复工作日中位数", "答覆工作日中位數", "Working days, median"),
	  .definition = T(WORK_CN "半数的件不超过此数。", WORK_HANT "半數的件不超過此數。",
			  WORK_EN "Half of them took no more.") },
	SPREAD("work_days_q1", WORKING_DAYS, Q1, WORKING_DAYS,
	       T("答复工作日下四分位", "答覆工作日下四分位", "Working days, lower quartile"),
	       T(WORK_CN "四分之一的件不超过此数。", WORK_HANT "四分之一的件不超過此數。",
		 WORK_EN "A quarter of them took no more.")),
	SPREAD("work_days_q3", WORKING_DAYS, Q3, WORKING_DAYS,
	       T("答复工作日上四分位", "答覆工作日上四分位", "Working days, upper quartile"),
	       T(WORK_CN "四分之三的件不超过此数。", WORK_HANT "四分之三的件不超過此數。",
		 WORK_EN "Three quarters of them took no more.")),
	{ .id = "work_days_p90",
	  .measure = FIGURE_SPREAD,
	  .fact = FACT_ANSWERED,
	  .number = NUMBER_WORKING_DAYS,
	  .point = POINT_P90,
	  .unit = UNIT_WORKING_DAYS,
	  .better = BETTER_LOWER,
	  .brief = true,
	  .head = T("九成日", "九成日", "p90"),
	  .title = T("答复工作日九成位", "答覆工作日九成位", "Working days, 90 %"),
	  .definition = T(WORK_CN "九成的件不超过此数。", WORK_HANT "九成的件不超過此數。",
			  WORK_EN "Nine of ten took no more.") },
	SPREAD("work_days_mean", WORKING_DAYS, MEAN, WORKING_DAYS_X100,
	       T("答复工作日平均数", "答覆工作日平均數", "Working days, mean"),
	       T(WORK_CN "算术平均。", WORK_HANT "算術平均。", WORK_EN "Their mean.")),
	SPREAD("work_days_max", WORKING_DAYS, MAX, WORKING_DAYS,
	       T("答复工作日最大数", "答覆工作日最大數", "Working days, longest"),
	       T(WORK_CN "最长的一件。", WORK_HANT "最長的一件。", WORK_EN "The longest.")),
	SPREAD("days_median", CALENDAR_DAYS, MEDIAN, CALENDAR_DAYS,
	       T("答复自然日中位数", "答覆自然日中位數", "Calendar days, median"),
	       T(CAL_CN "半数的件不超过此数。", CAL_HANT "半數的件不超過此數。",
		 CAL_EN "Half of them took no more.")),
	SPREAD("days_q1", CALENDAR_DAYS, Q1, CALENDAR_DAYS,
	       T("答复自然日下四分位", "答覆自然日下四分位", "Calendar days, lower quartile"),
	       T(CAL_CN "四分之一的件不超过此数。", CAL_HANT "四分之一的件不超過此數。",
		 CAL_EN "A quarter of them took no more.")),
	SPREAD("days_q3", CALENDAR_DAYS, Q3, CALENDAR_DAYS,
	       T("答复自然日上四分位", "答覆自然日上四分位", "Calendar days, upper quartile"),
	       T(CAL_CN "四分之三的件不超过此数。", CAL_HANT "四分之三的件不超過此數。",
		 CAL_EN "Three quarters of them took no more.")),
	SPREAD("days_p90", CALENDAR_DAYS, P90, CALENDAR_DAYS,
	       T("答复自然日九成位", "答覆自然日九成位", "Calendar days, 90 %"),
	       T(CAL_CN "九成的件不超过此数。", CAL_HANT "九成的件不超過此數。",
		 CAL_EN "Nine of ten took no more.")),
	SPREAD("days_mean", CALENDAR_DAYS, MEAN, CALENDAR_DAYS_X100,
	       T("答复自然日平均数", "答覆自然日平均數", "Calendar days, mean"),
	       T(CAL_CN "算术平均。", CAL_HANT "算術平均。", CAL_EN "Their mean.")),
	SPREAD("days_max", CALENDAR_DAYS, MAX, CALENDAR_DAYS,
	       T("答复自然日最大数", "答覆自然日最大數", "Calendar days, longest"),
	       T(CAL_CN "最长的一件。", CAL_HANT "最長的一件。", CAL_EN "The longest.")),

	/* --- open now --- */
	BRIEF("open", OPEN, NEITHER, T("在办", "在辦", "open"), T("在办件数", "在辦件數", "Open"),
	      T("现在尚未办结的件数；已答复而未办结的也在内。",
		"現在尚未辦結的件數；已答覆而未辦結的也在內。",
		"Not finished now; what is answered but not yet closed is included.")),
	COUNT("open_no_light", NO_LIGHT, NEITHER, T("在办无灯", "在辦無燈", "Open, no light"),
	      T("在办且没有法定时限在走、也未中止（如已答复待办结）。",
		"在辦且沒有法定時限在走、也未中止（如已答覆待辦結）。",
		"Open, and no legal clock runs or is paused: answered and waiting to be closed, "
		"say.")),
	BRIEF("open_paused", PAUSED, NEITHER, T("中止", "中止", "paused"),
	      T("在办中止", "在辦中止", "Open, paused"),
	      T("在办且法定时限依法中止。", "在辦且法定時限依法中止。",
		"Open, and the legal clock is paused.")),
	COUNT("open_green", GREEN, NEITHER, T("在办绿灯", "在辦綠燈", "Open, green"),
	      T("在办，绿灯。", "在辦，綠燈。", "Open under a green light.")),
	COUNT("open_blue", BLUE, LOWER, T("在办蓝灯", "在辦藍燈", "Open, blue"),
	      T("在办，蓝灯。", "在辦，藍燈。", "Open under a blue light.")),
	BRIEF("open_yellow", YELLOW, LOWER, T("黄灯", "黃燈", "yellow"),
	      T("在办黄灯", "在辦黃燈", "Open, yellow"),
	      T("在办，黄灯。", "在辦，黃燈。", "Open under a yellow light.")),
	COUNT("open_orange", ORANGE, LOWER, T("在办橙灯", "在辦橙燈", "Open, orange"),
	      T("在办，橙灯。", "在辦，橙燈。", "Open under an orange light.")),
	BRIEF("open_red", RED, LOWER, T("红灯", "紅燈", "red"),
	      T("在办红灯", "在辦紅燈", "Open, red"),
	      T("在办，红灯。", "在辦，紅燈。", "Open under a red light.")),
	COUNT("open_overdue", OVERDUE, LOWER, T("在办超期", "在辦超期", "Open, overdue"),
	      T("在办且至少一个正在走的法定时限已过（受理、持有、重办等时限也算）。",
		"在辦且至少一個正在走的法定時限已過（受理、持有、重辦等時限也算）。",
		"Open, and some running legal clock is past its due date: acceptance, the unit's "
		"holding "
		"and rework count as well.")),
	BRIEF("open_unassigned", UNASSIGNED, LOWER, T("未派", "未派", "unassg."),
	      T("在办未指派", "在辦未指派", "Open, unassigned"),
	      T("在办且没有承办单位。", "在辦且沒有承辦單位。", "Open, and no unit has it.")),
	COUNT("open_provisional", PROVISIONAL, NEITHER,
	      T("在办时限待定", "在辦時限待定", "Open, provisional date"),
	      T("在办且到期日所涉年份的放假通知尚未载入，到期日为暂定。",
		"在辦且到期日所涉年份的放假通知尚未載入，到期日為暫定。",
		"Open, and its due date is provisional: a holiday notice on the way there is not "
		"loaded.")),

	/* --- round and round --- */
	COUNT("handed_off", HANDED_OFF, LOWER, T("移交件数", "移交件數", "Handed off"),
	      T("至少移交过一次的件数。", "至少移交過一次的件數。",
		"Matters handed from one unit to another at least once.")),
	SUM("hand_offs", HANDED_OFF, HAND_OFFS, T("移交次数", "移交次數", "Hand-offs"),
	    T("移交的总次数。", "移交的總次數。",
	      "How many times matters were handed off in all.")),
	COUNT("returned", RETURNED, LOWER, T("退回件数", "退回件數", "Returned"),
	      T("至少退回过一次的件数。", "至少退回過一次的件數。",
		"Matters that a unit sent back at least once.")),
	SUM("returns", RETURNED, RETURNS, T("退回次数", "退回次數", "Returns"),
	    T("退回的总次数。", "退回的總次數。", "How many times matters were sent back in all.")),
	COUNT("reopened", REOPENED, LOWER, T("重办件数", "重辦件數", "Reopened"),
	      T("至少重办过一次的件数。首次答复的按时与否不因重办而改变。",
		"至少重辦過一次的件數。首次答覆的按時與否不因重辦而改變。",
		"Matters reopened at least once. The verdict on the first answer stays.")),
	SUM("reopens", REOPENED, REOPENS, T("重办次数", "重辦次數", "Reopenings"),
	    T("重办的总次数。", "重辦的總次數。", "How many times matters were reopened in all.")),
	SHARE("reopened_share", REOPENED, RECEIVED, LOWER, T("重办率", "重辦率", "Share reopened"),
	      T("重办件数÷收件数。", "重辦件數÷收件數。", "Reopened, of those received.")),

	/* --- what people thought of it --- */
	COUNT("rated", RATED, NEITHER, T("参评件数", "參評件數", "Rated"),
	      T("群众作过评价的件数。", "群眾作過評價的件數。", "Matters that were rated.")),
	SHARE("rated_share", RATED, ANSWERED, NEITHER, T("参评率", "參評率", "Share rated"),
	      T("参评件数÷已答复数。", "參評件數÷已答覆數。", "Rated, of those answered.")),
	COUNT("satisfied", SATISFIED, HIGHER, T("满意件数", "滿意件數", "Satisfied"),
	      T("最后一次评价为非常满意或满意的件数。", "最後一次評價為非常滿意或滿意的件數。",
		"Whose last rating is very satisfied or satisfied.")),
	SHARE("satisfied_share", SATISFIED, RATED, HIGHER, T("满意率", "滿意率", "Satisfaction"),
	      T("满意件数÷参评件数。没有评价的不在分母内，另见参评率。",
		"滿意件數÷參評件數。沒有評價的不在分母內，另見參評率。",
		"Satisfied, of those rated. Who did not rate is not in it: see the share rated.")),
	COUNT("bad_rated", BAD_RATED, LOWER, T("差评件数", "差評件數", "Bad ratings"),
	      T("最后一次评价为不满意或非常不满意的件数。",
		"最後一次評價為不滿意或非常不滿意的件數。",
		"Whose last rating is dissatisfied or very dissatisfied.")),
	SHARE("bad_rated_share", BAD_RATED, RATED, LOWER, T("差评率", "差評率", "Bad rating share"),
	      T("差评件数÷参评件数。", "差評件數÷參評件數。", "Bad ratings, of those rated.")),

	/* --- how it ended: closed is not solved --- */
	COUNT("closed", CLOSED, HIGHER, T("办结数", "辦結數", "Closed"),
	      T("现在已办结的件数，不论结果；重办中的不算。",
		"現在已辦結的件數，不論結果；重辦中的不算。",
		"Finished now, whatever the outcome; being done again is not finished.")),
	SHARE("closed_share", CLOSED, RECEIVED, HIGHER, T("办结率", "辦結率", "Share closed"),
	      T("办结数÷收件数。", "辦結數÷收件數。", "Closed, of those received.")),
	COUNT("solved", SOLVED, HIGHER, T("解决数", "解決數", "Solved"),
	      T("以“已解决”一类理由办结的件数。办结不等于解决。",
		"以「已解決」一類理由辦結的件數。辦結不等於解決。",
		"Closed on a ground that means it was solved. Closed is not solved.")),
	SHARE("solved_share", SOLVED, CLOSED, HIGHER, T("解决率", "解決率", "Share solved"),
	      T("解决数÷办结数。", "解決數÷辦結數。", "Solved, of those closed.")),
	COUNT("partly_solved", PARTLY_SOLVED, NEITHER,
	      T("部分解决数", "部分解決數", "Partly solved"),
	      T("办结：部分解决。", "辦結：部分解決。", "Closed as partly solved.")),
	COUNT("planned", PLANNED, NEITHER, T("列入计划数", "列入計劃數", "Planned"),
	      T("办结：列入计划。", "辦結：列入計劃。", "Closed as put into a plan.")),
	COUNT("explained", EXPLAINED, NEITHER, T("解释说明数", "解釋說明數", "Explained"),
	      T("办结：解释说明。", "辦結：解釋說明。", "Closed with an explanation.")),
	COUNT("not_supported", NOT_SUPPORTED, NEITHER,
	      T("不予支持数", "不予支持數", "Not supported"),
	      T("办结：不予支持。", "辦結：不予支持。", "Closed as not supported.")),
	COUNT("unverifiable", UNVERIFIABLE, NEITHER, T("无法查实数", "無法查實數", "Unverifiable"),
	      T("办结：无法查实。", "辦結：無法查實。", "Closed as impossible to verify.")),
	COUNT("not_ours", NOT_OURS, NEITHER, T("非本级职责数", "非本級職責數", "Not ours"),
	      T("办结：不属本级职责。", "辦結：不屬本級職責。",
		"Closed as not within our powers.")),
	COUNT("duplicate", DUPLICATE, NEITHER, T("重复件数", "重複件數", "Duplicates"),
	      T("办结：重复反映。", "辦結：重複反映。", "Closed as a duplicate.")),
	COUNT("withdrawn", WITHDRAWN, NEITHER, T("撤回数", "撤回數", "Withdrawn"),
	      T("办结：本人撤回或者视为放弃。", "辦結：本人撤回或者視為放棄。",
		"Closed as withdrawn or abandoned.")),
	COUNT("transferred", TRANSFERRED, NEITHER, T("移送办结数", "移送辦結數", "Transferred"),
	      T("办结：已移送。", "辦結：已移送。", "Closed as transferred.")),
	COUNT("declined", DECLINED, NEITHER, T("不予受理或终止数", "不予受理或終止數", "Declined"),
	      T("以不予受理、移送或终止的理由（否定报备）结束的件数。",
		"以不予受理、移送或終止的理由（否定報備）結束的件數。",
		"Ended on a registered ground of refusal: declined, passed on or ended.")),
	COUNT("other_outcome", OTHER_OUTCOME, NEITHER,
	      T("其他结果数", "其他結果數", "Other outcomes"),
	      T("办结，结果为本地自定或者未写明。", "辦結，結果為本地自定或者未寫明。",
		"Closed with an outcome of the city's own, or with none given.")),

	/* --- beside everything --- */
	COUNT("annulled", ANNULLED, NEITHER, T("作废数", "作廢數", "Annulled"),
	      T("本期内登记后作废的件数；不计入其他任何数。",
		"本期內登記後作廢的件數；不計入其他任何數。",
		"Filed in the period and annulled; in no other figure.")),

	/* --- cards of supervision --- */
	FIGURE_CARDS(CARDS)
};
const size_t n_figures = HY_COUNT(figures);

static const struct pack_text populations[] = {
	[OF_RECEIVED] = T("本期内登记的件，作废的除外。未指派的、中止的、重办的、时限待定的都在内；"
			  "单位为现在或最后持有的单位，"
			  "没有单位的归入“未指派”。",
			  "本期內登記的件，作廢的除外。未指派的、中止的、重辦的、時限待定的都在內；"
			  "單位為現在或最後持有的單位，"
			  "沒有單位的歸入「未指派」。",
			  "Matters filed in the period, annulled ones excepted. Unassigned, "
			  "paused, reopened and "
			  "provisional ones are included. The unit is the one that has the matter "
			  "now or had it last; "
			  "matters without one stand under \"unassigned\". An answer is judged by "
			  "the first running "
			  "of the main clock, whatever was reopened."),
	[OF_ANNULLED] = T("本期内登记的件中已作废的。", "本期內登記的件中已作廢的。",
			  "Of the matters filed in the period, the annulled ones."),
	[OF_OPEN] =
		T("现在未办结的全部件，不论何时登记，作废的除外。未指派的、中止的、重办中的、时限待"
		  "定的都在内；没有单位的"
		  "归入“未指派”。",
		  "現在未辦結的全部件，不論何時登記，作廢的除外。未指派的、中止的、重辦中的、時限待"
		  "定的都在內；沒有單位的"
		  "歸入「未指派」。",
		  "All matters open now, whenever they were filed, annulled ones excepted. "
		  "Unassigned, paused, "
		  "reopened and provisional ones are included; matters without a unit stand under "
		  "\"unassigned\"."),
	[OF_CARDS] =
		T("所证明的事在本期内发生的牌，已撤销的除外，申辩中的在内；不论事项何时登记，是否作"
		  "废。一件事项可以有几张牌，各计一张。归当时承办的单位，转办不改变。",
		  "所證明的事在本期內發生的牌，已撤銷的除外，申辯中的在內；不論事項何時登記，是否作"
		  "廢。一件事項可以有幾張牌，各計一張。歸當時承辦的單位，轉辦不改變。",
		  "Cards for what came about in the period, annulled ones excepted, contested ones "
		  "included, whenever the matter was filed and whether or not it was annulled. A "
		  "matter may have several, each counts. They are of the unit that held the matter "
		  "then; a hand-off does not change that."),
};

const struct pack_text *figure_population_text(enum figure_population p)
{
	return &populations[p];
}
