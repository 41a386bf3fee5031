/* huiyin pack check | test | activate | schema */
#include "matter/command.h"

static void free_pack(void *p)
{
	struct pack *pack = p;

	pack_free(&pack);
}

/* A message names the pack; an editor wants the file: the pack's name becomes its folder. */
static void in_folder(const struct hy_run *run, const struct pack_source *v, struct pack_message *m)
{
	for (size_t i = 0; i < run->n_operands; i++) {
		size_t n = v[i].name.n;
		if (!n || !hy_str_starts(m->file, v[i].name) || m->file.n <= n ||
		    m->file.p[n] != '/')
			continue;
		hy_str dir = run->operands[i];
		while (dir.n > 1 && dir.p[dir.n - 1] == '/')
			dir.n--;
		m->file = hy_printf(run->arena, HY_FMT HY_FMT, HY_ARG(dir), (int)(m->file.n - n),
				    m->file.p + n);
		return;
	}
}

/* Builds the folders of the operands in their order; prints every message. */
static enum hy_code build(struct hy_run *run, struct pack_messages *msgs, struct pack **out,
			  struct hy_err *e)
{
	struct pack_source *v = hy_new_n(run->arena, struct pack_source, run->n_operands + 1);
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < run->n_operands; i++)
		code = pack_source_read(run->arena, run->operands[i].p, &v[i], e);
	if (!code)
		code = pack_build(run->arena, v, run->n_operands, NULL, 0, msgs, out, e);
	for (size_t i = 0; i < msgs->n; i++)
		in_folder(run, v, &msgs->v[i]);
	if (!code)
		hy_arena_defer(run->arena, free_pack, *out);
	return code;
}

static void messages_json(struct hy_json *j, const struct pack_message *v, size_t n)
{
	hy_json_key(j, "messages");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "file", v[i].file);
		hy_json_kint(j, "line", v[i].line);
		hy_json_kint(j, "column", v[i].column);
		hy_json_kstr(j, "severity", v[i].error ? HY_S("error") : HY_S("warning"));
		hy_json_kstr(j, "text", v[i].text);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static enum hy_code check(struct hy_run *run, struct hy_err *e)
{
	struct pack_messages msgs = { 0 };
	struct pack *p = NULL;
	enum hy_code code = build(run, &msgs, &p, e);
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (run->json) {
		hy_json_obj(&j);
		hy_json_kbool(&j, "ok", !code);
		messages_json(&j, msgs.v, msgs.n);
		hy_json_kstr(&j, "hash", code ? HY_S("") : p->hash);
		hy_json_obj_end(&j);
		command_print(run, &b);
		return code;
	}
	command_messages(run, &msgs);
	if (code)
		return code;
	hy_buf_fmt(&b,
		   HY_FMT " " HY_FMT ": %zu kinds, %zu rules, %zu tests, %zu warnings\nhash " HY_FMT
			  "\n",
		   HY_ARG(p->name), HY_ARG(p->version), p->n_kinds, p->n_rules, p->n_tests,
		   msgs.n - msgs.errors, HY_ARG(p->hash));
	command_print(run, &b);
	return HY_OK;
}

/* As for an activation: the tests of each folder on the institution built up to it. */
static enum hy_code test(struct hy_run *run, struct hy_err *e)
{
	struct pack_messages failures = { 0 };
	size_t passed = 0, failed = 0, all = run->n_operands;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = HY_OK;

	for (size_t i = 1; !code && i <= all; i++) {
		struct pack_messages msgs = { 0 };
		struct matter_trial_result r = { 0 };
		struct pack *p = NULL;
		run->n_operands = i;
		code = build(run, &msgs, &p, e);
		command_messages(run, &msgs);
		if (!code)
			code = matter_trial(run->arena, p, p->sources[i - 1].name, &r, e);
		passed += r.passed;
		failed += r.failed;
		for (size_t k = 0; k < r.n_failures; k++)
			*hy_push(run->arena, &failures) = r.failures[k];
	}
	run->n_operands = all;
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "passed", (int64_t)passed);
		hy_json_kint(&j, "failed", (int64_t)failed);
		messages_json(&j, failures.v, failures.n);
		hy_json_obj_end(&j);
	} else {
		for (size_t i = 0; i < failures.n; i++)
			hy_buf_fmt(&b, HY_FMT ":%d: " HY_FMT "\n", HY_ARG(failures.v[i].file),
				   failures.v[i].line, HY_ARG(failures.v[i].text));
		hy_buf_fmt(&b, "%zu passed, %zu failed\n", passed, failed);
	}
	command_print(run, &b);
	if (failed)
		return hy_fail(e, HY_BAD_PACK, "", "%zu of %zu tests of the packs fail", failed,
			       passed + failed);
	return HY_OK;
}

static enum hy_code activate(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	const char **dirs = hy_new_n(run->arena, const char *, run->n_operands + 1);
	struct command_moved l;
	enum hy_code code = command_city(run, false, &c, e);

	for (size_t i = 0; i < run->n_operands; i++)
		dirs[i] = run->operands[i].p;
	if (code)
		return code;
	command_moved_begin(&l, run, city_pack(c)->calendar);
	code = city_activate(c, dirs, city_now(c), command_moved, &l, e);
	if (code)
		return code;
	const struct pack *p = city_pack(c);
	if (run->json) {
		hy_json_arr_end(&l.json);
		hy_json_kstr(&l.json, "name", p->name);
		hy_json_kstr(&l.json, "version", p->version);
		hy_json_kstr(&l.json, "hash", p->hash);
		hy_json_obj_end(&l.json);
	} else {
		hy_buf_fmt(&l.text, HY_FMT " " HY_FMT " is in force\nhash " HY_FMT "\n",
			   HY_ARG(p->name), HY_ARG(p->version), HY_ARG(p->hash));
	}
	command_print(run, &l.text);
	return HY_OK;
}

static enum hy_code schema(struct hy_run *run, struct hy_err *e)
{
	(void)e;
	hy_str s = pack_schema(run->arena);
	fwrite(s.p, 1, s.n, run->out);
	fputc('\n', run->out);
	return HY_OK;
}

static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const char *const check_examples[] = { "huiyin pack check packs/base",
					      "huiyin pack check packs/base packs/our-city", NULL };

const struct hy_command pack_commands[] = {
	{ "pack check", "check packs: every mistake with file, line and column",
	  .description = "Several folders build on one another, the first is the base.",
	  .operands = "DIR...", .least = 1, .most = 16, .examples = check_examples, .json = true,
	  .run = check },
	{ "pack test", "run the tests in packs with the server's own engine", .operands = "DIR...",
	  .least = 1, .most = 16, .json = true, .run = test },
	{ "pack activate", "bring packs into force in a city; their tests must pass",
	  .options = data_options, .operands = "DIR...", .least = 1, .most = 16, .json = true,
	  .run = activate },
	{ "pack schema", "the JSON Schema of packs, for editors", .json = true, .run = schema },
	{ 0 },
};
