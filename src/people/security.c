/* What may be noted, and noting it. */
#include "people/security_part.h"

const struct security_kind security_acts[] = {
	{ "login", "登录", "登入", "logged in" },
	{ "login.failed", "登录失败", "登入失敗", "failed to log in" },
	{ "login.locked", "因多次失败锁定", "因多次失敗鎖定", "locked after failures" },
	{ "login.oidc", "统一身份登录", "統一身分登入", "logged in by OpenID Connect" },
	{ "logout", "退出", "登出", "logged out" },
	{ "session.revoke", "注销会话", "註銷工作階段", "ended a session" },
	{ "account.add", "新建账号", "新建帳號", "made an account" },
	{ "account.rename", "更名", "更名", "renamed an account" },
	{ "account.lock", "锁定账号", "鎖定帳號", "locked an account" },
	{ "account.unlock", "解锁账号", "解鎖帳號", "unlocked an account" },
	{ "account.close", "注销账号", "註銷帳號", "closed an account" },
	{ "account.invite", "发出一次性链接", "發出一次性連結", "made a one-time link" },
	{ "account.bind", "绑定统一身份", "綁定統一身分", "bound an identity" },
	{ "account.unbind", "解除统一身份绑定", "解除統一身分綁定", "unbound an identity" },
	{ "password.set", "设置密码", "設定密碼", "set a password" },
	{ "totp.on", "启用动态口令", "啟用動態口令", "set up a second factor" },
	{ "totp.off", "停用动态口令", "停用動態口令", "took a second factor away" },
	{ "totp.recovery", "使用恢复码", "使用復原碼", "used a recovery code" },
	{ "token.add", "新建接口令牌", "新建介面權杖", "made an API token" },
	{ "token.revoke", "吊销接口令牌", "撤銷介面權杖", "revoked an API token" },
	{ "mail.address", "设置提醒邮箱", "設定提醒信箱", "set an address for digests" },
	{ "feed.change", "变更日历订阅地址", "變更日曆訂閱位址", "changed a calendar's address" },
	{ "hook.change", "变更推送", "變更推送", "changed a webhook" },
	{ "oidc.set", "设置统一身份", "設定統一身分", "set the identity provider" },
	{ "setting.set", "修改设置", "修改設定", "changed a setting" },
	{ "grant.ask", "申请授权", "申請授權", "asked for a grant" },
	{ "grant.give", "授权", "授權", "granted a role" },
	{ "grant.refuse", "不予授权", "不予授權", "refused a grant" },
	{ "grant.end", "收回授权", "收回授權", "ended a grant" },
	{ "post.change", "岗位变动", "崗位變動", "changed a post" },
	{ "post.substitute", "指定代岗", "指定代崗", "named a substitute" },
	{ "unit.change", "机构变动", "機構變動", "changed a unit" },
	{ "pack.activate", "启用规则包", "啟用規則包", "brought an institution into force" },
	{ "pack.propose", "提出规则变更", "提出規則變更", "proposed an institution" },
	{ "pack.refuse", "不批准规则变更", "不批准規則變更", "turned a proposed institution down" },
	{ "export", "导出", "匯出", "exported" },
	{ "seal.ask", "申请查看密封身份", "申請查看密封身分", "asked to open a sealed identity" },
	{ "seal.consent", "同意查看密封身份", "同意查看密封身分", "consented to opening" },
	{ "seal.refuse", "不同意查看密封身份", "不同意查看密封身分", "refused to open" },
	{ "seal.view", "查看密封身份", "查看密封身分", "viewed a sealed identity" },
	{ "seal.keys", "保管密钥变动", "保管金鑰變動", "changed custodians' keys" },
	{ "attachment.original", "查看附件原件", "查看附件原件", "viewed an original attachment" },
	{ "redact", "遮盖", "遮蓋", "redacted a text" },
	{ "subject.export", "提供个人信息副本", "提供個人資訊副本", "gave out a person's data" },
	{ "subject.erase", "删除个人信息", "刪除個人資訊", "erased a person's data" },
	{ "audit.search", "查询审计记录", "查詢稽核紀錄", "searched the security record" },
	{ "audit.export", "导出审计记录", "匯出稽核紀錄", "exported the security record" },
	{ RECORD_ERASED, "到期删除", "到期刪除", "erased when its time was over" },
	{ 0 },
};

const struct security_kind *security_kind_of(hy_str id)
{
	for (const struct security_kind *k = security_acts; k->id; k++)
		if (hy_str_eq(hy_str_of(k->id), id))
			return k;
	return NULL;
}

hy_str security_month(struct hy_arena *a, hy_ms at)
{
	struct hy_date d = hy_date_of(hy_local(&hy_zone_utc, at, NULL));

	return hy_printf(a, "%04d-%02d", d.year, d.month);
}

static enum hy_code check(const struct security_act *act, struct hy_err *e)
{
	if (!security_kind_of(hy_str_of(act->act)))
		return hy_broke(e, HY_INTERNAL, "security act %s has no row in security_acts",
				act->act);
	if (act->subject.n > SECURITY_SUBJECT_MOST || act->by.address.n > SECURITY_ADDRESS_MOST)
		return hy_broke(e, HY_INTERNAL, "security act %s: subject or address is too long",
				act->act);
	return HY_OK;
}

/* Who, where, what: never public. */
static hy_str private_of(struct hy_arena *a, const struct security_act *act)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	if (!act->by.account && !act->by.address.n && !act->subject.n && !act->private.n)
		return (hy_str){ 0 };
	hy_json_obj(&j);
	if (act->by.account)
		hy_json_kint(&j, "account", act->by.account);
	if (act->by.address.n)
		hy_json_kstr(&j, "address", act->by.address);
	if (act->private.n) {
		hy_json_key(&j, "more");
		hy_json_raw(&j, act->private);
	}
	if (act->subject.n)
		hy_json_kstr(&j, "subject", act->subject);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

enum hy_code security_note(struct record *r, struct hy_db *db, const struct security_act *act,
			   struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	hy_ms now = hy_store_now(hy_db_store(db));
	struct security_line line = { .at = act->at ? act->at : now,
				      .act = hy_str_of(act->act),
				      .account = act->by.account,
				      .subject = act->subject,
				      .address = act->by.address,
				      .role = act->role,
				      .unit = act->unit };
	enum hy_code c = check(act, e);

	if (c)
		return c;
	line.month = security_month(a, line.at);
	c = security_next(db, line.month, &line.seq, e);
	if (c)
		return c;
	struct record_new ev = { .subject =
					 hy_printf(a, SECURITY_SUBJECT HY_FMT, HY_ARG(line.month)),
				 .move = line.act,
				 .seq = line.seq,
				 .at = line.at,
				 .rec = now,
				 .role = act->role,
				 .unit = act->unit,
				 .data = act->data.n ? act->data : HY_S("{}"),
				 .private = private_of(a, act) };
	c = record_append(r, db, &ev, &line.idx, e);
	return c ? c : security_store(db, &line, e);
}

/* --- forgetting ------------------------------------------------------------------------------ */

/* One month: every private part, and the event that says so. */
static enum hy_code retire_month(struct record *r, struct hy_db *db, hy_str month, hy_ms now,
				 int64_t *n_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	enum hy_code c = security_erase_month(db, month, n_out, e);

	if (c || *n_out == 0)
		return c;
	struct security_line line = { .at = now, .act = HY_S(RECORD_ERASED), .month = month };
	c = security_next(db, month, &line.seq, e);
	if (c)
		return c;
	struct record_new ev = { .subject = hy_printf(a, SECURITY_SUBJECT HY_FMT, HY_ARG(month)),
				 .move = line.act,
				 .seq = line.seq,
				 .at = now,
				 .rec = now,
				 .role = HY_S("system"),
				 .data = hy_printf(a, "{\"erased\":%lld}", (long long)*n_out) };
	line.role = ev.role;
	c = record_append(r, db, &ev, &line.idx, e);
	return c ? c : security_store(db, &line, e);
}

enum hy_code security_retire(struct record *r, struct hy_db *db, int64_t keep_months, hy_ms now,
			     int64_t *done_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct hy_date today = hy_date_of(hy_local(&hy_zone_utc, now, NULL));
	hy_day first = hy_day_of(today.year, today.month, 1);
	hy_str *month = NULL;
	size_t n = 0;

	*done_out = 0;
	if (keep_months < SECURITY_KEEP_LEAST || keep_months > SECURITY_KEEP_MOST)
		return hy_fail(e, HY_BAD_FIELD, "audit.keep_months", "must be from %d to %d months",
			       SECURITY_KEEP_LEAST, SECURITY_KEEP_MOST);
	hy_day oldest = hy_day_add_months(first, -(int)keep_months);
	enum hy_code c = security_months_before(
		a, db, security_month(a, hy_instant(&hy_zone_utc, oldest, 0)), &month, &n, e);
	for (size_t i = 0; !c && i < n; i++) {
		int64_t erased = 0;
		c = retire_month(r, db, month[i], now, &erased, e);
		*done_out += erased;
	}
	return c;
}
