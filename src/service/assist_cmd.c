/* huiyin assist */
#include "base/json.h"
#include "matter/command.h"
#include "service/assist.h"

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	hy_str unit = hy_run_option(run, "--unit");
	struct assist *v;
	size_t n = 0;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = assist_list(run->arena, db, &access_all, HY_S(""), hy_run_has(run, "--all"),
				   &v, &n, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		hy_str day = hy_day_text(run->arena, city_day(c, v[i].asked_at));
		if (unit.n && !hy_str_eq(unit, v[i].unit))
			continue;
		if (!run->json) {
			hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  " HY_FMT "  %s  " HY_FMT "\n",
				   HY_ARG(v[i].code), HY_ARG(day), HY_ARG(v[i].unit),
				   v[i].said ? "said" : "waits", HY_ARG(v[i].title));
			continue;
		}
		hy_json_obj(&j);
		hy_json_kstr(&j, "code", v[i].code);
		hy_json_kstr(&j, "unit", v[i].unit);
		hy_json_kstr(&j, "lead", v[i].lead);
		hy_json_kstr(&j, "asked", day);
		hy_json_kbool(&j, "said", v[i].said);
		hy_json_kbool(&j, "open", v[i].open);
		hy_json_obj_end(&j);
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--unit", "CODE", "of this unit alone" },
	{ "--all", NULL, "also what was said, and closed matters" },
	{ 0 },
};
static const char *const examples[] = {
	"huiyin assist list --unit ylzx",
	"huiyin matter move XK-2026-000012 opine --role handler --as-unit ylzx text=同意", NULL
};

const struct hy_command assist_commands[] = {
	{ "assist list", "what units are asked to help with, newest first",
	  .description =
		  "Units that co_handle names in a joint review. What a unit thinks of it is the "
		  "move opine, with the unit that helps as --as-unit.",
	  .options = list_options, .examples = examples, .json = true, .run = list },
	{ 0 },
};
