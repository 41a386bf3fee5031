/* huiyin setting: what an administrator may turn.  The rooms above people bring their rows here. */
#include "cli/settings.h"

#include "cli/rooms.h"
#include "matter/attach.h"
#include "matter/command.h"

enum hy_code settings_ready(struct hy_err *e)
{
	enum hy_code code = setting_add(people_settings, e);

	if (!code)
		code = setting_add(matter_settings, e);
	for (size_t i = 0; !code && cli_rooms[i]; i++)
		if (cli_rooms[i]->settings)
			code = setting_add(cli_rooms[i]->settings, e);
	return code;
}

static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };

static const char *limits_text(struct hy_arena *a, const struct setting *s)
{
	long long least = s->least, most = s->most;

	switch (s->type) {
	case SETTING_INT:
		return hy_printf(a, "%lld..%lld%s%s", least, most, s->unit ? " " : "",
				 s->unit ? s->unit : "")
			.p;
	case SETTING_BOOL:
		return "true|false";
	case SETTING_WORD:
		return s->one_of;
	case SETTING_TEXT:
		return hy_printf(a, "%lld..%lld characters", least, most).p;
	case SETTING_DURATION:
		return hy_printf(a, "%lld..%llds", least, most).p;
	}
	return "";
}

/* --- list, show ------------------------------------------------------------------------------ */

static void line(struct hy_run *run, const struct setting *s, const struct setting_now *now)
{
	fprintf(run->out, "%-28s %-8s %s " HY_FMT "\n", s->name,
		hy_str_dup(run->arena, now->value).p,
		now->weaker ? "!"
		: now->set  ? "*"
			    : " ",
		HY_ARG(setting_meaning(s, run->language)));
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	bool weak = hy_run_has(run, "--weaker");
	enum hy_code code = settings_ready(e);

	if (!code)
		code = command_read(run, &c, &db, e);
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < setting_count(); i++) {
		struct setting_now now;
		code = setting_show(run->arena, db, setting_at(i), &now, e);
		if (code || (weak && !now.weaker))
			continue;
		if (run->json)
			setting_json(&j, setting_at(i), &now);
		else
			line(run, setting_at(i), &now);
	}
	hy_json_arr_end(&j);
	if (!code && run->json)
		command_print(run, &b);
	return code;
}

static void show_text(struct hy_run *run, const struct setting *s, const struct setting_now *now)
{
	fprintf(run->out, "%s = %s\n" HY_FMT "\n%s; default %s%s; changed by %s%s\n", s->name,
		hy_str_dup(run->arena, now->value).p, HY_ARG(setting_meaning(s, run->language)),
		limits_text(run->arena, s), s->otherwise[0] ? s->otherwise : "empty",
		now->weaker ? "; it protects less than the default" : "",
		s->who == SETTING_SECURITY ? "the security administrator"
					   : "the system administrator",
		s->restart ? "; holds after the server is started again" : "");
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	const struct setting *s = NULL;
	struct setting_now now;
	enum hy_code code = settings_ready(e);

	if (!code)
		code = setting_named(run->operands[0], &s, e);
	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = setting_show(run->arena, db, s, &now, e);
	if (code)
		return code;
	if (run->json) {
		setting_json(&j, s, &now);
		command_print(run, &b);
	} else {
		show_text(run, s, &now);
	}
	return HY_OK;
}

/* --- set, reset ---------------------------------------------------------------------------------
 */

struct changing {
	struct city *c;
	const struct setting *s;
	hy_str value;
	bool reset, changed;
	struct setting_now now;
	struct hy_arena *a;
};

static enum hy_code change_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct changing *x = in_out;
	const struct setting_by by = { HY_S("console"), { 0, HY_S("console") }, city_now(x->c) };
	struct record *r = city_record(x->c);

	enum hy_code code = x->reset ? setting_reset(r, db, x->s, &by, &x->changed, e)
				     : setting_put(r, db, x->s, x->value, &by, &x->changed, e);
	return code ? code : setting_show(x->a, db, x->s, &x->now, e);
}

static enum hy_code change(struct hy_run *run, bool reset, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct changing x = { .reset = reset, .a = run->arena };
	enum hy_code code = settings_ready(e);

	if (!code)
		code = setting_named(run->operands[0], &x.s, e);
	if (!code)
		code = command_city(run, false, &c, e);
	if (code)
		return code;
	x.c = c;
	x.value = reset ? HY_S("") : run->operands[1];
	code = hy_store_write(city_store(c), change_work, &x, e);
	if (code)
		return code;
	if (run->json) {
		setting_json(&j, x.s, &x.now);
		command_print(run, &b);
		return HY_OK;
	}
	fprintf(run->out, "%s = %s%s%s\n", x.s->name, hy_str_dup(run->arena, x.now.value).p,
		x.changed ? "" : " (as before)",
		x.changed && x.s->restart ? " (after the server is started again)" : "");
	if (x.now.weaker && !run->quiet)
		fprintf(run->err, "this protects less than the default, %s\n", x.s->otherwise);
	return HY_OK;
}

static enum hy_code set(struct hy_run *run, struct hy_err *e)
{
	return change(run, false, e);
}

static enum hy_code reset(struct hy_run *run, struct hy_err *e)
{
	return change(run, true, e);
}

static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--weaker", NULL, "only those that protect less than their default" },
	{ 0 },
};
static const char *const set_examples[] = { "huiyin setting set session.idle_minutes 10",
					    "huiyin setting set backup.oldest 36h", NULL };

const struct hy_command setting_commands[] = {
	{ "setting list", "what may be turned, and how it stands",
	  .description = "A star marks what was set, an exclamation mark what protects less than "
			 "the default.",
	  .options = list_options, .json = true, .run = list },
	{ "setting show", "one setting: its value, meaning and limits", .options = data_options,
	  .operands = "NAME", .least = 1, .most = 1, .json = true, .run = show },
	{ "setting set", "give a setting another value",
	  .description =
		  "The change is an event of the record, and a security-relevant act that the "
		  "audit administrator finds. It holds within a second, in every server of the "
		  "city.",
	  .options = data_options, .operands = "NAME VALUE", .least = 2, .most = 2,
	  .examples = set_examples, .json = true, .run = set },
	{ "setting reset", "give a setting its default again", .options = data_options,
	  .operands = "NAME", .least = 1, .most = 1, .json = true, .run = reset },
	{ 0 },
};
