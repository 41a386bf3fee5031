/* huiyin round warn */
#include "appraise/warning.h"
#include "matter/command.h"

static enum hy_code warn(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct warning *v = NULL;
	size_t n = 0;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = warnings_of(run->arena, c, db, run->operands[0], &actor_console, &v, &n, e);
	if (code)
		return code;
	if (run->json) {
		warnings_json(&j, v, n);
	} else {
		for (size_t i = 0; i < n; i++)
			warning_text(&b, &v[i], run->language);
		if (!n)
			hy_buf_add(&b, HY_S("no open round appraises it\n"));
	}
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option options[] = { DATA_OPTION, { 0 } };

const struct hy_command warning_commands[] = {
	{ "round warn", "what a unit stands to lose in the rounds that are open",
	  .description = "The points that are gone as things are, by line; the cases that cost "
			 "them, with post and person of that day; and what those come to that are "
			 "about to fall due. Units see the same on their first page.",
	  .options = options, .operands = "UNIT", .least = 1, .most = 1, .json = true,
	  .run = warn },
	{ 0 },
};
