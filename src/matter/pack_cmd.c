/* huiyin pack check | test | diff | activate | schema */
#include "matter/command.h"
#include "matter/draft.h"

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

/* The folders of the operands, in their order. */
static enum hy_code sources(struct hy_run *run, struct pack_source **out, struct hy_err *e)
{
	struct pack_source *v = hy_new_n(run->arena, struct pack_source, run->n_operands + 1);
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < run->n_operands; i++)
		code = pack_source_read(run->arena, run->operands[i].p, &v[i], e);
	*out = v;
	return code;
}

/* Builds them; prints every message. */
static enum hy_code build(struct hy_run *run, const struct pack_source *v,
			  struct pack_messages *msgs, struct pack **out, struct hy_err *e)
{
	enum hy_code code = pack_build(run->arena, v, run->n_operands, NULL, 0, msgs, out, e);

	for (size_t i = 0; i < msgs->n; i++)
		in_folder(run, v, &msgs->v[i]);
	if (!code)
		hy_arena_defer(run->arena, free_pack, *out);
	return code;
}

static enum hy_code check(struct hy_run *run, struct hy_err *e)
{
	struct pack_messages msgs = { 0 };
	struct pack_source *v = NULL;
	struct pack *p = NULL;
	enum hy_code code = sources(run, &v, e);
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (!code)
		code = build(run, v, &msgs, &p, e);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kbool(&j, "ok", !code);
		draft_messages_json(&j, "messages", msgs.v, msgs.n);
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
	struct matter_trial_result r = { 0 };
	struct pack_messages msgs = { 0 };
	struct pack_source *v = NULL;
	struct pack *p = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = sources(run, &v, e);

	if (!code)
		code = build(run, v, &msgs, &p, e);
	command_messages(run, &msgs);
	if (!code)
		code = institution_trial(run->arena, v, run->n_operands, &r, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "passed", (int64_t)r.passed);
		hy_json_kint(&j, "failed", (int64_t)r.failed);
		draft_messages_json(&j, "messages", r.failures, r.n_failures);
		hy_json_obj_end(&j);
	} else {
		for (size_t i = 0; i < r.n_failures; i++)
			hy_buf_fmt(&b, HY_FMT ":%d: " HY_FMT "\n", HY_ARG(r.failures[i].file),
				   r.failures[i].line, HY_ARG(r.failures[i].text));
		hy_buf_fmt(&b, "%zu passed, %zu failed\n", r.passed, r.failed);
	}
	command_print(run, &b);
	if (r.failed)
		return hy_fail(e, HY_BAD_PACK, "", "%zu of %zu tests of the packs fail", r.failed,
			       r.passed + r.failed);
	return HY_OK;
}

/* What they would change in a city, before anybody activates them. */
static enum hy_code difference(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct pack_source *v = NULL;
	struct draft d;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = sources(run, &v, e);

	if (!code)
		code = command_read(run, &c, &db, e);
	if (code)
		return code;
	const struct draft_ask ask = { .packs = v, .n_packs = run->n_operands };
	code = draft_look(c, db, run->arena, &ask, &d, e);
	if (code)
		return code;
	for (size_t i = 0; i < d.msgs.n; i++)
		in_folder(run, v, &d.msgs.v[i]);
	if (run->json) {
		hy_json_obj(&j);
		draft_json(&j, &d, c, SIZE_MAX);
		hy_json_obj_end(&j);
		command_print(run, &b);
	} else {
		command_messages(run, &d.msgs);
		for (size_t i = 0; i < d.changes.n; i++)
			hy_buf_fmt(&b, HY_FMT "\n",
				   HY_ARG(pack_say(&d.changes.v[i].text, run->language)));
		if (d.pack)
			hy_buf_fmt(&b,
				   "%zu changes; %zu tests pass, %zu fail; the dates of %zu open "
				   "matters would move\n",
				   d.changes.n, d.tests.passed, d.tests.failed, d.n_moved);
		command_print(run, &b);
	}
	if (draft_good(&d))
		return HY_OK;
	return hy_fail(e, HY_BAD_PACK, "",
		       d.pack ? "the tests of the packs fail" : "the packs cannot be built");
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

static const char *const diff_examples[] = {
	"huiyin pack diff --data data packs/base packs/our-city", NULL
};

const struct hy_command pack_commands[] = {
	{ "pack check", "check packs: every mistake with file, line and column",
	  .description = "Several folders build on one another, the first is the base.",
	  .operands = "DIR...", .least = 1, .most = 16, .examples = check_examples, .json = true,
	  .run = check },
	{ "pack test", "run the tests in packs with the server's own engine", .operands = "DIR...",
	  .least = 1, .most = 16, .json = true, .run = test },
	{ "pack diff",
	  "what packs would change in a city, in words, and which dates they would move",
	  .description = "Changes nothing. Fails when the packs could not come into force.",
	  .options = data_options, .operands = "DIR...", .least = 1, .most = 16,
	  .examples = diff_examples, .json = true, .run = difference },
	{ "pack activate", "bring packs into force in a city; their tests must pass",
	  .options = data_options, .operands = "DIR...", .least = 1, .most = 16, .json = true,
	  .run = activate },
	{ "pack schema", "the JSON Schema of packs, for editors", .json = true, .run = schema },
	{ 0 },
};
