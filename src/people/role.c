#include "people/role.h"

#define B(id) PERMISSION_BIT(PERMISSION_##id)

const struct role role_system[] = {
	{ .id = HY_S_INIT("sysadmin"),
	  .title = { HY_S_INIT("系统管理员"), HY_S_INIT("系統管理員"),
		     HY_S_INIT("System administrator") },
	  .system = true,
	  .exclusive = true,
	  .sensitive = true,
	  .may = B(UNIT_WRITE) | B(POST_READ) | B(POST_WRITE) | B(ABSENCE_WRITE) | B(ACCOUNT_READ) |
		 B(ACCOUNT_WRITE) | B(SETTING_READ) | B(SETTING_WRITE) | B(METRICS_READ) |
		 B(GRANT_READ) | B(GRANT_APPROVE) | B(INSTITUTION_READ) | B(INSTITUTION_PROPOSE) |
		 B(INSTITUTION_APPROVE) },
	{ .id = HY_S_INIT("secadmin"),
	  .title = { HY_S_INIT("安全管理员"), HY_S_INIT("安全管理員"),
		     HY_S_INIT("Security administrator") },
	  .system = true,
	  .exclusive = true,
	  .sensitive = true,
	  .may = B(ACCOUNT_READ) | B(ACCOUNT_FACTOR) | B(SETTING_READ) | B(SETTING_SECURITY) |
		 B(GRANT_READ) | B(GRANT_PROPOSE) | B(GRANT_APPROVE) | B(INSTITUTION_READ) |
		 B(INSTITUTION_APPROVE) | B(SEALED_KEYS) | B(SEALED_NAME) },
	{ .id = HY_S_INIT("audadmin"),
	  .title = { HY_S_INIT("审计管理员"), HY_S_INIT("稽核管理員"),
		     HY_S_INIT("Audit administrator") },
	  .system = true,
	  .exclusive = true,
	  .sensitive = true,
	  .may = B(ACCOUNT_READ) | B(SETTING_READ) | B(GRANT_READ) | B(INSTITUTION_READ) |
		 B(AUDIT_READ) | B(AUDIT_EXPORT) | B(SEALED_KEYS) },
	{ .id = HY_S_INIT("analyst"),
	  .title = { HY_S_INIT("统计分析员"), HY_S_INIT("統計分析員"), HY_S_INIT("Analyst") },
	  .system = true,
	  .may = B(SUPERVISION_READ),
	  .reach = PACK_REACH_BELOW,
	  .least = 5 },
	{ .id = HY_S_INIT("custodian"),
	  .title = { HY_S_INIT("密钥保管人"), HY_S_INIT("密鑰保管人"), HY_S_INIT("Custodian") },
	  .system = true,
	  .sensitive = true,
	  .may = B(SEALED_OPEN) | B(SEALED_KEYS),
	  .reach = PACK_REACH_ALL },
	{ .id = { NULL, 0 } },
};

bool role_of(const struct pack *p, hy_str id, struct role *out)
{
	for (const struct role *r = role_system; r->id.n; r++)
		if (hy_str_eq(r->id, id)) {
			*out = *r;
			return true;
		}
	const struct pack_word *w = pack_word(p, PACK_ROLES, id);
	if (!w)
		return false;
	*out = (struct role){
		.id = w->id,
		.title = w->title,
		.may = w->may,
		.reach = (enum pack_reach)w->reach,
		.clearance = (enum pack_guard)w->clearance,
		.oversees = w->oversees,
		.sensitive = w->sensitive,
	};
	return true;
}
