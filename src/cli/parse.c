/* From argv to struct hy_run by the tables. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "cli/cli.h"

const struct hy_option cli_own_options[] = {
	{ "--json", NULL, "print JSON; an error is a JSON problem on stderr" },
	{ "--quiet", NULL, "no progress, no remarks" },
	{ "--lang", "zh-CN|zh-Hant|en", "language of texts that come from packs",
	  .otherwise = "zh-CN" },
	{ "--help", NULL, "show the help of this command" },
	{ 0 },
};

const struct hy_command *cli_find(const struct cli *cli, hy_str name)
{
	cli_each (cli, c)
		if (hy_str_eq(hy_str_of(c->name), name))
			return c;
	return NULL;
}

bool cli_is_group(const struct cli *cli, hy_str word)
{
	cli_each (cli, c) {
		hy_str name = hy_str_of(c->name);
		if (name.n > word.n && hy_str_starts(name, word) && name.p[word.n] == ' ')
			return true;
	}
	return false;
}

hy_str cli_near(const struct cli *cli, struct hy_arena *a, hy_str name)
{
	struct hy_map names = { .a = a };

	cli_each (cli, c)
		hy_map_put(&names, hy_str_of(c->name), (void *)c);
	return hy_map_near(&names, name);
}

/* "; did you mean X?" or nothing. */
static const char *did_you_mean(struct hy_arena *a, hy_str near)
{
	return near.n ? hy_printf(a, "; did you mean \"" HY_FMT "\"?", HY_ARG(near)).p : "";
}

/* The words of the group, "due, show, import". */
static hy_str group_words(const struct cli *cli, struct hy_arena *a, hy_str word)
{
	struct hy_buf b = hy_buf_on(a);

	cli_each (cli, c) {
		hy_str name = hy_str_of(c->name);
		if (name.n > word.n && hy_str_starts(name, word) && name.p[word.n] == ' ')
			hy_buf_fmt(&b, "%s%s", b.n ? ", " : "", name.p + word.n + 1);
	}
	return hy_buf_str(&b);
}

/* Finds the command of one or two words; AT_OUT is where its arguments begin. */
static enum hy_code find_command(struct cli_run *run, int argc, char **argv, int *at_out,
				 struct hy_err *e)
{
	struct hy_arena *a = run->run.arena;

	if (argc < 2)
		return hy_fail(e, HY_BAD_INPUT, "", "say which command");
	hy_str first = hy_str_of(argv[1]), both = first;
	if (argc > 2 && argv[2][0] != '-') {
		both = hy_printf(a, "%s %s", argv[1], argv[2]);
		run->run.command = cli_find(run->cli, both);
		*at_out = 3;
		if (run->run.command)
			return HY_OK;
	}
	run->run.command = cli_find(run->cli, first);
	*at_out = 2;
	if (run->run.command)
		return HY_OK;
	if (cli_is_group(run->cli, first) && both.n == first.n)
		return hy_fail(e, HY_BAD_INPUT, "", "%s needs one of: %s", first.p,
			       group_words(run->cli, a, first).p);
	hy_str near = cli_near(run->cli, a, both);
	if (!near.n)
		near = cli_near(run->cli, a, first);
	return hy_fail(e, HY_BAD_INPUT, "", "there is no command \"" HY_FMT "\"%s",
		       HY_ARG(cli_is_group(run->cli, first) || near.n ? both : first),
		       did_you_mean(a, near));
}

static const struct hy_option *find_option(const struct hy_command *c, hy_str name)
{
	for (const struct hy_option *o = c->options; o && o->name; o++)
		if (hy_str_eq(hy_str_of(o->name), name))
			return o;
	for (const struct hy_option *o = cli_options_of(c); o->name; o++)
		if (hy_str_eq(hy_str_of(o->name), name))
			return o;
	return NULL;
}

static enum hy_code no_such_option(struct cli_run *run, hy_str name, struct hy_err *e)
{
	const struct hy_command *c = run->run.command;
	struct hy_map names = { .a = run->run.arena };

	for (const struct hy_option *o = c->options; o && o->name; o++)
		hy_map_put(&names, hy_str_of(o->name), (void *)o);
	for (const struct hy_option *o = cli_options_of(c); o->name; o++)
		hy_map_put(&names, hy_str_of(o->name), (void *)o);
	return hy_fail(e, HY_BAD_INPUT, "", "\"%s\" has no option " HY_FMT "%s", c->name,
		       HY_ARG(name), did_you_mean(run->run.arena, hy_map_near(&names, name)));
}

/* Is VALUE one of "a|b|c"?  True for arguments that are no such list. */
static bool is_allowed(const char *arg, hy_str value)
{
	hy_str rest = hy_str_of(arg), word;

	if (!strchr(arg, '|'))
		return true;
	while (hy_str_cut(&rest, '|', &word))
		if (hy_str_eq(word, value))
			return true;
	return false;
}

struct parsing {
	struct cli_run *run;
	HY_VEC(struct hy_given) given;
	HY_VEC(hy_str) operands;
	int argc, at;
	char **argv;
};

/* The option at p->at and its value, if it takes one. */
static enum hy_code take_option(struct parsing *p, struct hy_err *e)
{
	struct cli_run *run = p->run;
	hy_str name = hy_str_of(p->argv[p->at]), value = { "", 0 };
	const char *equals = strchr(name.p, '=');

	if (equals)
		name.n = (size_t)(equals - name.p);
	const struct hy_option *o = find_option(run->run.command, name);
	if (!o)
		return no_such_option(run, name, e);
	if (!o->arg && equals)
		return hy_fail(e, HY_BAD_INPUT, o->name, "takes no value");
	if (o->arg && equals) {
		value = hy_str_of(equals + 1);
	} else if (o->arg) {
		if (p->at + 1 >= p->argc || strncmp(p->argv[p->at + 1], "--", 2) == 0)
			return hy_fail(e, HY_BAD_INPUT, o->name, "needs a value: %s %s", o->name,
				       o->arg);
		value = hy_str_of(p->argv[++p->at]);
	}
	if (o->arg && !is_allowed(o->arg, value))
		return hy_fail(e, HY_BAD_FIELD, o->name, "must be one of %s, not \"" HY_FMT "\"",
			       o->arg, HY_ARG(value));
	for (size_t i = 0; i < p->given.n && !o->repeated; i++)
		if (p->given.v[i].option == o)
			return hy_fail(e, HY_BAD_INPUT, o->name, "is given twice");
	*hy_push(run->run.arena, &p->given) = (struct hy_given){ o, value };
	return HY_OK;
}

static enum hy_code check_whole(const struct cli_run *run, struct hy_err *e)
{
	const struct hy_command *c = run->run.command;
	int n = (int)run->run.n_operands;

	for (const struct hy_option *o = c->options; o && o->name; o++)
		if (o->required && !hy_run_has(&run->run, o->name))
			return hy_fail(e, HY_BAD_INPUT, o->name, "is required: %s %s", o->name,
				       o->arg ? o->arg : "");
	if (!c->operands && n > 0)
		return hy_fail(e, HY_BAD_INPUT, "", "\"%s\" takes options only; \"%s\" is too many",
			       c->name, run->run.operands[0].p);
	if (n < c->least)
		return hy_fail(e, HY_BAD_INPUT, "", "\"%s\" needs %s", c->name, c->operands);
	if (c->operands && c->most >= 0 && n > c->most)
		return hy_fail(e, HY_BAD_INPUT, "", "\"%s\" takes %s; \"%s\" is too many", c->name,
			       c->operands, run->run.operands[c->most].p);
	return HY_OK;
}

/* The options of every command, which are not in the command's own table. */
static void take_own(struct hy_run *run)
{
	run->language = hy_str_of("zh-CN");
	for (size_t i = 0; i < run->n_given; i++) {
		const struct hy_given *g = &run->given[i];
		run->json |= strcmp(g->option->name, "--json") == 0;
		run->quiet |= strcmp(g->option->name, "--quiet") == 0;
		if (strcmp(g->option->name, "--lang") == 0)
			run->language = g->value;
	}
}

/* --help wins over whatever else is wrong with the line. */
static bool asks_for_help(int argc, char **argv, int at)
{
	for (int i = at; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

enum hy_code cli_parse(struct cli_run *run, int argc, char **argv, struct hy_err *e)
{
	struct parsing p = { .run = run, .argc = argc, .argv = argv };
	enum hy_code code = find_command(run, argc, argv, &p.at, e);
	bool only_operands = false;

	if (code)
		return code;
	if (asks_for_help(argc, argv, p.at)) {
		run->help = true;
		return HY_OK;
	}
	for (; p.at < argc; p.at++) {
		const char *word = argv[p.at];
		if (only_operands || word[0] != '-' || word[1] == '\0') {
			*hy_push(run->run.arena, &p.operands) = hy_str_of(word);
		} else if (strcmp(word, "--") == 0) {
			only_operands = true;
		} else {
			code = take_option(&p, e);
			if (code)
				return code;
		}
	}
	run->run.given = p.given.v;
	run->run.n_given = p.given.n;
	run->run.operands = p.operands.v;
	run->run.n_operands = p.operands.n;
	take_own(&run->run);
	return check_whole(run, e);
}
