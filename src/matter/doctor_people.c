/* What `huiyin doctor` says of accounts, administrators, tokens and custodians. */
#include "matter/doctor.h"

#include "people/actor.h"
#include "people/custodian.h"
#include "people/setting.h"
#include "people/token.h"

#define SAYS(name, cn, hant, english)                                                              \
	static const struct doctor_text name = { { HY_S_INIT(cn), HY_S_INIT(hant),                 \
						   HY_S_INIT(english) } }
enum { PAGE = 200, NAMED_MOST = 20 };
static const hy_ms day_ms = 86400000;

/* Calls FN for every account that is open. */
typedef enum hy_code each_account(struct doctor *d, const struct account *x, const struct actor *is,
				  void *arg, struct hy_err *e);
static enum hy_code accounts_each(struct doctor *d, each_account *fn, void *arg, struct hy_err *e)
{
	int64_t after = 0;

	for (;;) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct account *v;
		size_t n;
		enum hy_code c = account_list(a, d->db, HY_S(""), after, PAGE, &v, &n, e);
		for (size_t i = 0; !c && i < n; i++) {
			struct actor is = { 0 };
			after = v[i].id;
			if (v[i].state != ACCOUNT_OPEN)
				continue;
			c = actor_read(a, d->db, city_pack(d->city), v[i].id, d->now, &is, e);
			if (!c)
				c = fn(d, &v[i], &is, arg, e);
		}
		if (c || n < PAGE)
			return c;
	}
}

static bool holds(const struct actor *is, const char *role)
{
	for (size_t i = 0; i < is->n_grants; i++)
		if (hy_str_eq(is->grants[i].role.id, hy_str_of(role)))
			return true;
	return false;
}

/* --- administrators ------------------------------------------------------------------------------
 */

SAYS(admin_missing, "没有这一管理员，三员分立不完整", "沒有這一管理員，三員分立不完整",
     "there is no such administrator: the three are not complete");
SAYS(admin_missing_mend, "huiyin account add 建立账号，huiyin grant 授予角色",
     "huiyin account add 建立帳號，huiyin grant 授予角色",
     "make an account with huiyin account add and give it the role");
SAYS(admin_alone, "只有一个人担任，缺席时无人替代", "只有一個人擔任，缺席時無人替代",
     "one person alone has this role; nobody can stand in");
SAYS(admin_alone_mend, "再任命一人", "再任命一人", "appoint a second person");
SAYS(admin_mixed, "一个账号兼任互斥的角色", "一個帳號兼任互斥的角色",
     "one account holds roles that exclude each other");
SAYS(admin_mixed_mend, "收回其中一个角色", "收回其中一個角色", "take one of the roles away");
SAYS(no_factor, "掌握敏感权限的账号未启用动态口令", "掌握敏感權限的帳號未啟用動態口令",
     "an account with a sensitive role has no second factor");
SAYS(no_factor_mend, "本人登录后启用动态口令；在此之前收回角色",
     "本人登入後啟用動態口令；在此之前收回角色",
     "its owner sets one up at the next login; until then take the role away");

static const char *const three[] = { "sysadmin", "secadmin", "audadmin" };
struct admins {
	int64_t n[HY_COUNT(three)];
};

static enum hy_code admin_one(struct doctor *d, const struct account *x, const struct actor *is,
			      void *arg, struct hy_err *e)
{
	struct admins *t = arg;
	bool exclusive = false, sensitive = false;

	(void)e;
	for (size_t i = 0; i < HY_COUNT(three); i++)
		t->n[i] += holds(is, three[i]);
	for (size_t i = 0; i < is->n_grants; i++) {
		exclusive = exclusive || is->grants[i].role.exclusive;
		sensitive = sensitive || is->grants[i].role.sensitive;
	}
	for (size_t i = 1; exclusive && i < is->n_grants; i++)
		if (!hy_str_eq(is->grants[i].role.id, is->grants[0].role.id)) {
			doctor_finds(d, DOCTOR_BAD, x->login, &admin_mixed, &admin_mixed_mend);
			break;
		}
	if (sensitive && !x->has_totp)
		doctor_finds(d, DOCTOR_BAD, x->login, &no_factor, &no_factor_mend);
	return HY_OK;
}

static enum hy_code admins(struct doctor *d, struct hy_err *e)
{
	struct admins t = { 0 };
	enum hy_code c = accounts_each(d, admin_one, &t, e);

	for (size_t i = 0; !c && i < HY_COUNT(three); i++) {
		if (t.n[i] == 0)
			doctor_finds(d, DOCTOR_BAD, hy_str_of(three[i]), &admin_missing,
				     &admin_missing_mend);
		else if (t.n[i] == 1)
			doctor_finds(d, DOCTOR_WEAK, hy_str_of(three[i]), &admin_alone,
				     &admin_alone_mend);
	}
	return c;
}

/* --- accounts
 * --------------------------------------------------------------------------------------- */

SAYS(demo_account, "演示账号，密码是公开的", "示範帳號，密碼是公開的",
     "an account of the demo: its password is known to everybody");
SAYS(demo_mend, "真实城市中注销它", "真實城市中註銷它", "close it in a real city");
SAYS(unused, "账号长期未登录", "帳號長期未登入", "nobody has logged in to it for long");
SAYS(unused_mend, "人员离任则注销账号；时限见 account.unused_days",
     "人員離任則註銷帳號；時限見 account.unused_days",
     "close it when its owner has left; account.unused_days says how long is long");

static enum hy_code last_login(struct doctor *d, int64_t account, hy_ms *out, struct hy_err *e)
{
	static const hy_str ways[] = { HY_S_INIT("login"), HY_S_INIT("login.oidc") };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_ms last = 0;

	for (size_t i = 0; i < HY_COUNT(ways); i++) {
		const struct security_filter f = { .act = ways[i], .account = account };
		struct security_row *v;
		size_t n = 0;
		enum hy_code c = security_list(a, d->db, &f, 1, &v, &n, e);
		if (c)
			return c;
		if (n && v[0].at > last)
			last = v[0].at;
	}
	*out = last;
	return HY_OK;
}

struct unused {
	hy_ms since;
	int named;
};

static enum hy_code account_one(struct doctor *d, const struct account *x, const struct actor *is,
				void *arg, struct hy_err *e)
{
	struct unused *u = arg;
	hy_ms last = 0;

	(void)is;
	if (u->named >= NAMED_MOST)
		return HY_OK;
	if (x->demo) {
		u->named++;
		doctor_finds(d, DOCTOR_BAD, x->login, &demo_account, &demo_mend);
		return HY_OK;
	}
	enum hy_code c = last_login(d, x->id, &last, e);
	if (!c && last < u->since && x->made_at < u->since) {
		u->named++;
		doctor_finds(d, DOCTOR_WEAK, x->login, &unused, &unused_mend);
	}
	return c;
}

static enum hy_code accounts(struct doctor *d, struct hy_err *e)
{
	struct unused u = { d->now - setting_int(d->db, "account.unused_days") * day_ms, 0 };

	return accounts_each(d, account_one, &u, e);
}

/* --- tokens
 * ---------------------------------------------------------------------------------------- */

SAYS(token_long, "接口令牌的有效期长于 token.longest_days",
     "介面權杖的有效期長於 token.longest_days",
     "a token is valid for longer than token.longest_days");
SAYS(token_all, "接口令牌拥有账号的全部权限", "介面權杖擁有帳號的全部權限",
     "a token may do everything its account may");
SAYS(token_idle, "接口令牌九十天未使用", "介面權杖九十天未使用",
     "a token was not used for ninety days");
SAYS(token_mend, "吊销，或改发权限和期限更小的令牌", "撤銷，或改發權限和期限更小的權杖",
     "revoke it, or make one that may less, for a shorter time");

static enum hy_code tokens(struct doctor *d, struct hy_err *e)
{
	hy_ms longest = setting_int(d->db, "token.longest_days") * day_ms;
	struct token *v;
	size_t n = 0;
	enum hy_code c = token_list(d->a, d->db, 0, &v, &n, e);

	for (size_t i = 0; !c && i < n; i++) {
		hy_str about =
			hy_printf(d->a, "%lld " HY_FMT, (long long)v[i].id, HY_ARG(v[i].name));
		hy_ms used = v[i].used_at ? v[i].used_at : v[i].made_at;
		if (v[i].revoked_at || v[i].expires_at <= d->now)
			continue;
		if (v[i].expires_at - v[i].made_at > longest + day_ms)
			doctor_finds(d, DOCTOR_WEAK, about, &token_long, &token_mend);
		if (hy_str_eq(v[i].scopes, HY_S("*")))
			doctor_finds(d, DOCTOR_WEAK, about, &token_all, &token_mend);
		if (used < d->now - 90 * day_ms)
			doctor_finds(d, DOCTOR_WEAK, about, &token_idle, &token_mend);
	}
	return c;
}

/* --- custodians
 * -------------------------------------------------------------------------------------- */

SAYS(custodian_none, "没有两组密钥保管人，举报人身份无法密封",
     "沒有兩組密鑰保管人，舉報人身分無法密封",
     "there are not two groups of custodians: who reports cannot be sealed");
SAYS(custodian_one, "这一组只有一把密钥，遗失即永远无法开启",
     "這一組只有一把密鑰，遺失即永遠無法開啟",
     "this group has one key alone: lost, nothing can ever be opened");
SAYS(custodian_mend, "huiyin custodian keygen，再 huiyin custodian add",
     "huiyin custodian keygen，再 huiyin custodian add",
     "huiyin custodian keygen, then huiyin custodian add");

static enum hy_code custodians(struct doctor *d, struct hy_err *e)
{
	struct custodians v = { 0 };
	int64_t n[2] = { 0 };
	enum hy_code c = custodian_list(d->a, d->db, &v, e);

	for (size_t i = 0; !c && i < v.n; i++)
		if (v.v[i].state == CUSTODIAN_NAMED)
			n[v.v[i].group == 'b']++;
	if (c)
		return c;
	if (n[0] == 0 || n[1] == 0)
		doctor_finds(d, DOCTOR_BAD, HY_S(""), &custodian_none, &custodian_mend);
	for (size_t g = 0; g < 2; g++)
		if (n[g] == 1)
			doctor_finds(d, DOCTOR_WEAK, g ? HY_S("b") : HY_S("a"), &custodian_one,
				     &custodian_mend);
	return HY_OK;
}

const struct doctor_check doctor_people_checks[] = {
	{ "people.administrators",
	  { { HY_S_INIT("三员"), HY_S_INIT("三員"), HY_S_INIT("the three administrators") } },
	  false,
	  admins },
	{ "people.accounts",
	  { { HY_S_INIT("账号"), HY_S_INIT("帳號"), HY_S_INIT("accounts") } },
	  false,
	  accounts },
	{ "people.tokens",
	  { { HY_S_INIT("接口令牌"), HY_S_INIT("介面權杖"), HY_S_INIT("tokens") } },
	  false,
	  tokens },
	{ "people.custodians",
	  { { HY_S_INIT("密钥保管人"), HY_S_INIT("密鑰保管人"), HY_S_INIT("custodians") } },
	  false,
	  custodians },
	{ 0 },
};
