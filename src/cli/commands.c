/* The table of tables.  To add a room's commands, add its table to the list. */
#include "cli/cli.h"

/* clang-format off */
#define TABLES(X) \
	X(calendar_commands) \
	X(city_commands) \
	X(pack_commands) \
	X(matter_commands) X(attach_commands) \
	X(unit_commands) \
	X(post_commands) \
	X(custodian_commands) \
	X(identity_commands) \
	X(person_commands) \
	X(search_commands) \
	X(account_commands) \
	X(oidc_commands) \
	X(audit_commands) \
	X(demo_commands) \
	X(appraise_commands) \
	X(survey_commands) \
	X(warning_commands) \
	X(indices_commands) \
	X(supervise_commands) \
	X(brief_commands) \
	X(item_commands) X(letter_commands) X(board_commands) X(assist_commands) \
	X(card_commands) \
	X(notice_commands) \
	X(rectification_commands) \
	X(problem_commands) \
	X(mail_commands) X(hook_commands) \
	X(quality_commands) X(flow_commands) \
	X(intake_commands) \
	X(serve_commands) \
	X(setting_commands) \
	X(doctor_commands) \
	X(backup_commands) \
	X(migrate_commands) \
	X(route_commands) \
	X(permission_commands) \
	X(grant_commands) \
	X(cli_commands)
/* clang-format on */

#define X(table) extern const struct hy_command table[];
TABLES(X)
#undef X

const struct hy_command *const cli_tables[] = {
#define X(table) table,
	TABLES(X)
#undef X
		NULL,
};
