#ifndef PACK_PERMISSION_H
#define PACK_PERMISSION_H

/* permission -- everything that may be allowed to somebody, once: the words a role of a pack may
 * use, the permissions of routes, the scopes of tokens and docs/permissions.md come from these
 * rows.
 *
 * They stand on the floor of packs because packs name them; who has which is decided in people/.
 * A new one is a row; a name is never reused for another meaning. */

#include "pack/pack.h"

/* Who may have it: roles of packs, roles of the system only, everybody who has logged in. */
enum permission_for { PERMISSION_OFFICE, PERMISSION_SYSTEM, PERMISSION_EVERY };

/* clang-format off */
/*  constant, name, for, zh-CN, zh-Hant, en */
#define PERMISSION_ROWS(X)                                                                        \
	X(SELF, "self", EVERY,                                                                    \
	  "使用本人账号：登录状态、密码、令牌",                                                   \
	  "使用本人帳號：登入狀態、密碼、權杖",                                                   \
	  "Use one's own account: sessions, password, tokens")                                    \
	X(MATTER_READ, "matter.read", OFFICE,                                                     \
	  "查看范围内的事项：列表、检索、详情、时限、回执",                                       \
	  "查看範圍內的事項：列表、檢索、詳情、時限、回執",                                       \
	  "See matters within reach: lists, search, the whole matter, clocks, receipts")          \
	X(MATTER_FILE, "matter.file", OFFICE,                                                     \
	  "登记事项", "登記事項", "File a matter")                                                \
	X(MATTER_MOVE, "matter.move", OFFICE,                                                     \
	  "对范围内的事项办理种类所允许的步骤",                                                   \
	  "對範圍內的事項辦理種類所允許的步驟",                                                   \
	  "Make the moves that the kind allows to the role, on matters within reach")             \
	X(MATTER_EXPORT, "matter.export", OFFICE,                                                 \
	  "导出范围内的事项清单", "匯出範圍內的事項清單",                                         \
	  "Take lists of matters within reach out as a file")                                     \
	X(MATTER_REDACT, "matter.redact", OFFICE,                                                 \
	  "对事项文字和附件作脱敏处理", "對事項文字和附件作脫敏處理",                             \
	  "Redact texts and attachments of matters within reach")                                 \
	X(PERSON_DATA, "person.data", OFFICE,                                                     \
	  "依本人申请提供其个人信息", "依本人申請提供其個人資訊",                                 \
	  "Give a person what is kept of them")                                                   \
	X(PERSON_ERASE, "person.erase", OFFICE,                                                   \
	  "依法删除个人信息", "依法刪除個人資訊",                                                 \
	  "Erase what is kept of a person")                                                       \
	X(SUPERVISION_READ, "supervision.read", OFFICE,                                           \
	  "查看范围内的监察统计", "查看範圍內的監察統計",                                         \
	  "See the figures of supervision within reach")                                          \
	X(SUPERVISION_OPEN, "supervision.open", OFFICE,                                           \
	  "查看统计数字背后的事项", "查看統計數字背後的事項",                                     \
	  "See the matters behind a figure, within reach")                                        \
	X(APPRAISE_READ, "appraise.read", OFFICE,                                                 \
	  "查看考核结果及其依据", "查看考核結果及其依據",                                         \
	  "See appraisals and what they rest on")                                                 \
	X(APPRAISE_MARK, "appraise.mark", OFFICE,                                                 \
	  "登记考核评分和扣分事项", "登記考核評分和扣分事項",                                     \
	  "Enter marks and occurrences with evidence")                                            \
	X(APPRAISE_RUN, "appraise.run", OFFICE,                                                   \
	  "开始、封存、公示、定稿一轮考核", "開始、封存、公示、定稿一輪考核",                     \
	  "Begin, freeze, publish and finish a round of appraisal")                               \
	X(APPRAISE_OBJECT, "appraise.object", OFFICE,                                             \
	  "对本单位的考核提出异议", "對本單位的考核提出異議",                                     \
	  "Object to the appraisal of one's own unit")                                            \
	X(APPRAISE_DECIDE, "appraise.decide", OFFICE,                                             \
	  "裁定考核异议", "裁定考核異議",                                                         \
	  "Decide objections to an appraisal")                                                    \
	X(CARD_READ, "card.read", OFFICE,                                                         \
	  "查看范围内的预警、黄牌、红牌", "查看範圍內的預警、黃牌、紅牌",                         \
	  "See warnings, yellow and red cards within reach")                                      \
	X(CARD_CONTEST, "card.contest", OFFICE,                                                   \
	  "对本单位的牌提出申辩", "對本單位的牌提出申辯",                                         \
	  "Contest a card of one's own unit")                                                     \
	X(CARD_DECIDE, "card.decide", OFFICE,                                                     \
	  "维持或撤销预警、黄牌、红牌", "維持或撤銷預警、黃牌、紅牌",                             \
	  "Uphold or annul a card")                                                               \
	X(POST_READ, "post.read", OFFICE,                                                         \
	  "查看岗位、A/B角和去向", "查看崗位、A/B角和去向",                                       \
	  "See posts, their A and B holders and who is away")                                     \
	X(ABSENCE_WRITE, "absence.write", OFFICE,                                                 \
	  "登记去向和代岗", "登記去向和代崗",                                                     \
	  "Enter absences and who stands in")                                                     \
	X(ITEM_WRITE, "item.write", OFFICE,                                                       \
	  "维护范围内单位的事项目录：登记、变更、取消、合并、下放、恢复",                         \
	  "維護範圍內單位的事項目錄：登記、變更、取消、合併、下放、恢復",                         \
	  "Keep the catalogue of items of units within reach: enter, change, cut, restore")       \
	X(UNIT_WRITE, "unit.write", SYSTEM,                                                       \
	  "设立、更名、合并、拆分、撤销单位", "設立、更名、合併、拆分、撤銷單位",                 \
	  "Make, rename, merge, split and close units")                                           \
	X(POST_WRITE, "post.write", SYSTEM,                                                       \
	  "设立岗位、任免A/B角", "設立崗位、任免A/B角",                                           \
	  "Make posts and hand them over")                                                        \
	X(ACCOUNT_READ, "account.read", SYSTEM,                                                   \
	  "查看账号", "查看帳號", "See accounts")                                                 \
	X(ACCOUNT_WRITE, "account.write", SYSTEM,                                                 \
	  "开立、停用账号", "開立、停用帳號", "Make, lock and close accounts")                    \
	X(ACCOUNT_FACTOR, "account.factor", SYSTEM,                                               \
	  "取消他人丢失的动态口令", "取消他人遺失的動態口令",                                     \
	  "Take away the second factor of somebody who lost it")                                  \
	X(SETTING_READ, "setting.read", SYSTEM,                                                   \
	  "查看系统设置", "查看系統設定", "See settings")                                         \
	X(SETTING_WRITE, "setting.write", SYSTEM,                                                 \
	  "修改系统设置", "修改系統設定", "Change settings of the system")                        \
	X(SETTING_SECURITY, "setting.security", SYSTEM,                                           \
	  "修改安全设置", "修改安全設定", "Change settings that protect")                         \
	X(METRICS_READ, "metrics.read", SYSTEM,                                                   \
	  "读取运行指标", "讀取運行指標", "Read the figures of operation")                        \
	X(GRANT_READ, "grant.read", SYSTEM,                                                       \
	  "查看授权和权限表", "查看授權和權限表", "See grants and the table of permissions")      \
	X(GRANT_PROPOSE, "grant.propose", SYSTEM,                                                 \
	  "提出授权、收回授权", "提出授權、收回授權", "Propose grants, and take them back")       \
	X(GRANT_APPROVE, "grant.approve", SYSTEM,                                                 \
	  "作为第二人批准授权", "作為第二人批准授權", "Approve a grant as the second person")     \
	X(INSTITUTION_READ, "institution.read", SYSTEM,                                           \
	  "查看规则的历次版本和待批的变更", "查看規則的歷次版本和待批的變更",                     \
	  "See every version of the institution and what is proposed")                            \
	X(INSTITUTION_PROPOSE, "institution.propose", SYSTEM,                                     \
	  "检查并提出新的规则包、放假通知", "檢查並提出新的規則包、放假通知",                     \
	  "Check and propose new packs and calendar notices")                                     \
	X(INSTITUTION_APPROVE, "institution.approve", SYSTEM,                                     \
	  "作为第二人启用或不批准提出的规则变更",                                                 \
	  "作為第二人啟用或不批准提出的規則變更",                                                 \
	  "Bring proposed packs and notices into force as the second person, or turn them down")  \
	X(AUDIT_READ, "audit.read", SYSTEM,                                                       \
	  "检索安全审计记录", "檢索安全稽核記錄", "Search the audit trail")                       \
	X(AUDIT_EXPORT, "audit.export", SYSTEM,                                                   \
	  "导出安全审计记录", "匯出安全稽核記錄", "Take the audit trail out as a file")           \
	X(SEALED_ASK, "sealed.ask", OFFICE,                                                       \
	  "申请开启封存的举报人身份", "申請開啟封存的舉報人身分",                                 \
	  "Ask custodians to open a sealed identity")                                             \
	X(SEALED_OPEN, "sealed.open", SYSTEM,                                                     \
	  "与另一保管人共同开启封存的举报人身份",                                                 \
	  "與另一保管人共同開啟封存的舉報人身分",                                                 \
	  "Open a sealed identity together with another custodian")                               \
	X(SEALED_KEYS, "sealed.keys", SYSTEM,                                                     \
	  "查看谁是保管人、各自的公钥；停用本人的密钥",                                           \
	  "查看誰是保管人、各自的公鑰；停用本人的金鑰",                                           \
	  "See who keeps keys, and their public halves; take away one's own")                     \
	X(SEALED_NAME, "sealed.name", SYSTEM,                                                     \
	  "作为第二人确认保管人的密钥、停用保管人",                                               \
	  "作為第二人確認保管人的金鑰、停用保管人",                                               \
	  "Name a custodian who has offered a key as the second person; take one away")
/* clang-format on */

/* Zero is none: a route or word that names no permission allows nothing. */
enum permission {
	PERMISSION_NONE,
#define X(id, name, for_whom, cn, hant, english) PERMISSION_##id,
	PERMISSION_ROWS(X)
#undef X
		PERMISSION__N
};
_Static_assert(PERMISSION__N <= 64, "permissions are bits of a word");
#define PERMISSION_BIT(p) ((uint64_t)1 << (p))

struct permission_row {
	hy_str name;
	enum permission_for for_whom;
	struct pack_text meaning;
};
extern const struct permission_row permission_rows[PERMISSION__N]; /* [0] is empty */
/* PERMISSION_NONE when there is none of that name. */
enum permission permission_of(hy_str name);

/* How far a role reaches from the unit of its grant: itself, what is below too, the whole city. */
enum pack_reach { PACK_REACH_OWN, PACK_REACH_BELOW, PACK_REACH_ALL };
extern const char *const pack_reach_names[]; /* "own", "below", "all"; ends with NULL */

/* How closely a matter is kept.  A role sees matters up to its clearance. */
enum pack_guard { PACK_NORMAL, PACK_PROTECTED, PACK_SEALED, PACK__GUARDS };
extern const char *const pack_guard_names[]; /* "normal", "protected", "sealed"; ends with NULL */
/* PACK__GUARDS when NAME is none. */
enum pack_guard pack_guard_of(hy_str name);

#endif
