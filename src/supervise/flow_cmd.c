/* huiyin report flow */
#include "base/json.h"
#include "matter/command.h"
#include "supervise/flow.h"

static void links(struct hy_run *run, const struct flow_report *r)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < r->n; i++) {
		const struct flow_link *l = &r->v[i];
		if (!run->json) {
			hy_buf_fmt(&b, "%6lld  " HY_FMT " -> " HY_FMT "\n", (long long)l->times,
				   HY_ARG(l->from_name), HY_ARG(l->to_name));
			continue;
		}
		hy_json_obj(&j);
		hy_json_kstr(&j, "from", l->from);
		hy_json_kstr(&j, "to", l->to);
		hy_json_kint(&j, "times", l->times);
		hy_json_kint(&j, "matters", l->matters);
		hy_json_obj_end(&j);
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
}

static enum hy_code flow(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct flow_report r;
	struct flow_query q = { .scope = &access_all };
	enum hy_code code = command_day(run, "--from", &q.from, e);

	if (!code)
		code = command_day(run, "--to", &q.to, e);
	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = flow_report(run->arena, c, db, &q, run->language, &r, e);
	if (!code)
		links(run, &r);
	return code;
}

static const struct hy_option flow_options[] = {
	DATA_OPTION,
	{ "--from", "DAY", "filed on this day or later (default: the beginning)" },
	{ "--to", "DAY", "filed on this day or earlier (default: no end)" },
	{ 0 },
};
static const char *const flow_examples[] = { "huiyin report flow --from 2026-01-01", NULL };

const struct hy_command flow_commands[] = {
	{ "report flow", "from which unit to which matters were handed on or sent back",
	  .description =
		  "Over the matters filed in the period and not annulled; all lines together "
		  "are the figures hand_offs and returns.",
	  .options = flow_options, .examples = flow_examples, .json = true, .run = flow },
	{ 0 },
};
