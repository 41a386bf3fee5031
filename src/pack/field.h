#ifndef PACK_FIELD_H
#define PACK_FIELD_H

/* field -- the fields a move may carry, once: pack_fields[], the keys of a test's steps and
 * the JSON Schema all come from these rows. */

#include "pack/pack.h"

/*  constant, name, type, private, most, list, what it is called to people, what it is */
#define PACK_FIELD_ROWS(X)                                                                         \
	X(TITLE, "title", TEXT, true, 200, PACK__LISTS, ("标题", "標題", "Title"),                 \
	  "the matter in one line")                                                                \
	X(BODY, "body", TEXT, true, 20000, PACK__LISTS, ("内容", "內容", "Text"),                  \
	  "what is asked for, in full")                                                            \
	X(CHANNEL, "channel", WORD, false, 40, PACK_CHANNELS, ("渠道", "渠道", "Channel"),         \
	  "how it came in")                                                                        \
	X(CLASS, "class", WORD, false, 40, PACK_CLASSES, ("类别", "類別", "Class"),                \
	  "the class of the matter")                                                               \
	X(PLACE, "place", TEXT, true, 200, PACK__LISTS, ("地点", "地點", "Place"), "where it is")  \
	X(NAME, "name", TEXT, true, 100, PACK__LISTS, ("姓名", "姓名", "Name"), "who asks")        \
	X(CONTACT, "contact", TEXT, true, 200, PACK__LISTS, ("联系方式", "聯絡方式", "Contact"),   \
	  "how to reach who asks")                                                                 \
	X(UNIT, "unit", WORD, false, 64, PACK__LISTS, ("承办单位", "承辦單位", "Unit"),            \
	  "the responsible unit's code")                                                           \
	X(UNITS, "units", WORDS, false, 20, PACK__LISTS,                                           \
	  ("协办单位", "協辦單位", "Assisting units"), "codes of the units that help")             \
	X(PERSON, "person", WORD, true, 64, PACK__LISTS, ("承办人", "承辦人", "Handler"),          \
	  "who handles it, in the unit")                                                           \
	X(GROUND, "ground", WORD, false, 40, PACK__LISTS, ("理由", "理由", "Ground"),              \
	  "the ground, from the list of the act")                                                  \
	X(REASON, "reason", TEXT, true, 2000, PACK__LISTS, ("说明", "說明", "Reason"),             \
	  "the reason in words")                                                                   \
	X(BASIS, "basis", TEXT, false, 400, PACK__LISTS, ("依据", "依據", "Legal basis"),          \
	  "the article it rests on")                                                               \
	X(APPROVER, "approver", WORD, false, 40, PACK_ROLES,                                       \
	  ("批准人职务", "批准人職務", "Approver's role"), "the role that approved it")            \
	X(APPROVER_NAME, "approver_name", TEXT, true, 100, PACK__LISTS,                            \
	  ("批准人姓名", "批准人姓名", "Approver's name"), "who approved it")                      \
	X(REMEDY, "remedy", TEXT, true, 2000, PACK__LISTS,                                         \
	  ("救济途径", "救濟途徑", "Where to turn"), "what the person can do against it")          \
	X(PAPER, "paper", TEXT, true, 200, PACK__LISTS, ("文号", "文號", "Paper"),                 \
	  "number of the paper that says so")                                                      \
	X(PAPERS, "papers", TEXTS, true, 40, PACK__LISTS, ("材料", "材料", "Papers"),              \
	  "the papers that are missing")                                                           \
	X(PLANNED, "planned", INT, false, 3650, PACK__LISTS,                                       \
	  ("计划天数", "計劃天數", "Planned days"), "planned length in days")                      \
	X(LIMIT, "limit", LIMIT, false, 3650, PACK__LISTS, ("期限", "期限", "Limit"),              \
	  "a limit such as 10wd")                                                                  \
	X(DUE, "due", INSTANT, false, 40, PACK__LISTS, ("到期时间", "到期時間", "Due"),            \
	  "a stated date")                                                                         \
	X(TEXT, "text", TEXT, true, 20000, PACK__LISTS, ("正文", "正文", "Text"),                  \
	  "the answer or remark")                                                                  \
	X(LINES, "lines", PROBLEMS, true, 40, PACK_PROBLEM_CATEGORIES,                             \
	  ("问题条目", "問題條目", "Lines"), "lines of a problem list")                            \
	X(FINDING, "finding", WORD, false, 40, PACK_FINDINGS, ("认定", "認定", "Finding"),         \
	  "what was found")                                                                        \
	X(LEVEL, "level", INT, false, 5, PACK__LISTS, ("评价", "評價", "Rating"),                  \
	  "1 very dissatisfied .. 5 very satisfied")                                               \
	X(REASONS, "reasons", WORDS, false, 20, PACK_RATING_REASONS, ("原因", "原因", "Reasons"),  \
	  "why this rating")                                                                       \
	X(LEAD, "lead", WORD, false, 40, PACK__LISTS, ("并入的编号", "併入的編號", "Joined to"),   \
	  "code of the matter that leads")                                                         \
	X(MATTERS, "matters", WORDS, false, 100, PACK__LISTS,                                      \
	  ("涉及的办件编号", "涉及的辦件編號", "Codes of the matters"),                            \
	  "codes of the matters it is about")                                                      \
	X(CAUSE, "cause", TEXT, true, 2000, PACK__LISTS, ("原因", "原因", "Cause"),                \
	  "why it came about")                                                                     \
	X(MEASURE, "measure", TEXT, true, 4000, PACK__LISTS, ("整改措施", "整改措施", "Measure"),  \
	  "what is done about it")                                                                 \
	X(TOLD, "told", TEXT, false, 2000, PACK__LISTS,                                            \
	  ("对外公开的话", "對外公開的話", "What everybody is told"), "what everybody is told")    \
	X(ABOUT_UNIT, "about_unit", WORD, true, 64, PACK__LISTS,                                   \
	  ("被反映单位", "被反映單位", "About which unit"), "code of the unit complained of")      \
	X(ABOUT_PERSON, "about_person", TEXT, true, 100, PACK__LISTS,                              \
	  ("被反映人", "被反映人", "About whom"), "who is complained of: login, number or name")   \
	X(GUARD, "guard", WORD, true, 20, PACK__LISTS, ("保护级别", "保護級別", "Protection"),     \
	  "normal, protected or sealed")                                                           \
	X(ITEM, "item", WORD, false, 80, PACK__LISTS, ("事项", "事項", "Item"),                    \
	  "code of the item in the catalogue")                                                     \
	X(FIRST_CONTACT, "first_contact", TEXT, true, 100, PACK__LISTS,                            \
	  ("首问责任人", "首問責任人", "First contact"),                                           \
	  "the official whom the person turned to first")                                          \
	X(AGENT, "agent", TEXT, true, 100, PACK__LISTS, ("代理人", "代理人", "Agent"),             \
	  "who acts for whoever asks")                                                             \
	X(AGENT_CONTACT, "agent_contact", TEXT, true, 200, PACK__LISTS,                            \
	  ("代理人联系方式", "代理人聯繫方式", "How to reach the agent"),                          \
	  "how to reach the agent")                                                                \
	X(AUTHORITY, "authority", TEXT, true, 200, PACK__LISTS,                                    \
	  ("授权文书", "授權文書", "Authority of the agent"), "the paper by which the agent acts") \
	X(FEE, "fee", TEXT, false, 200, PACK__LISTS, ("收费项目", "收費項目", "Fee"),              \
	  "what is charged, as the catalogue calls it")                                            \
	X(AMOUNT, "amount", MONEY, false, 100000000, PACK__LISTS,                                  \
	  ("金额（元）", "金額（元）", "Amount in yuan"), "how much, in yuan: 10 or 10.50")        \
	X(QUANTITY, "quantity", INT, false, 1000000, PACK__LISTS, ("数量", "數量", "Quantity"),    \
	  "how many times the standard; absent: once")

extern const char *const pack_list_names[PACK__LISTS + 1]; /* "channels" ...; ends with NULL */
extern const char *const pack_field_names[PACK__FIELDS + 1];
extern const struct pack_text pack_field_titles[PACK__FIELDS]; /* what they are called to people */

/* The field or act of that name; PACK__FIELDS, PACK__ACTS when there is none. */
enum pack_field pack_field_of(hy_str name);
enum pack_act pack_act_of(hy_str name);

/* Money in fen 分.  Reads "0", "10", "10.5", "10.50", at most MOST yuan. */
bool pack_money_read(hy_str s, int64_t most, int64_t *fen_out) HY_MUST;
hy_str pack_money_text(struct hy_arena *a, int64_t fen); /* "10", "10.50" */

#endif
