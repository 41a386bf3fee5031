/* The command line from its words to its exit code, and the commands of the frame itself. */
#include "cli/cli.h"

#include <errno.h>

#include "base/json.h"

/* --- errors ------------------------------------------------------------------------- */

static void print_problem(FILE *to, struct hy_arena *a, const struct hy_err *e)
{
	const struct hy_code_info *info = hy_code_info(e->code);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "code", hy_str_of(info->key));
	hy_json_kstr(&j, "detail", hy_str_of(hy_err_text(e)));
	if (e->field[0])
		hy_json_kstr(&j, "field", hy_str_of(e->field));
	hy_json_kint(&j, "status", info->http);
	hy_json_kstr(&j, "title", hy_str_of(info->text));
	hy_json_obj_end(&j);
	fprintf(to, HY_FMT "\n", HY_ARG(hy_buf_str(&b)));
}

static void print_error(FILE *to, struct hy_arena *a, bool json, const struct hy_err *e)
{
	if (json)
		print_problem(to, a, e);
	else if (e->field[0])
		fprintf(to, "huiyin: %s: %s\n", e->field, hy_err_text(e));
	else
		fprintf(to, "huiyin: %s\n", hy_err_text(e));
}

/* --json may stand on a line that could not be parsed. */
static bool has_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int bad_line(const struct cli_run *run, int argc, char **argv, const struct hy_err *e)
{
	FILE *err = run->cli->err;
	bool json = has_json(argc, argv);

	print_error(err, run->run.arena, json, e);
	if (!json)
		fprintf(err, "See: huiyin help%s%s\n", run->run.command ? " " : "",
			run->run.command ? run->run.command->name : "");
	return CLI_USAGE;
}

/* --- running ------------------------------------------------------------------------ */

/* "huiyin --help", "huiyin --version" and "huiyin calendar --help" mean the commands. */
static int shorthand(const struct cli *cli, int argc, char **argv)
{
	hy_str word = hy_str_of(argc > 1 ? argv[1] : NULL);
	bool help = argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"));

	if (hy_str_eq(word, HY_S("--help")) || hy_str_eq(word, HY_S("-h")))
		cli_help_overview(cli, cli->out);
	else if (hy_str_eq(word, HY_S("--version")))
		fprintf(cli->out, "huiyin %s\n", HY_VERSION);
	else if (help && cli_is_group(cli, word) && !cli_find(cli, word))
		cli_help_group(cli, word, cli->out);
	else
		return -1;
	return 0;
}

/* What was printed must have arrived; a reader that has seen enough (head) is no error. */
static enum hy_code flush(FILE *out, struct hy_err *e)
{
	errno = 0;
	if ((fflush(out) == 0 && !ferror(out)) || errno == EPIPE)
		return HY_OK;
	return hy_fail(e, HY_IO, "", "could not write the output: %s",
		       errno ? strerror(errno) : "write error");
}

int cli_main(const struct cli *cli, int argc, char **argv)
{
	HY_SCOPED_ARENA a = hy_arena_new((size_t)1 << 36);
	struct cli_run run = { .run = { .arena = a, .out = cli->out, .err = cli->err },
			       .cli = cli };
	struct hy_err e = { 0 };
	enum hy_code code = HY_OK;

	if (shorthand(cli, argc, argv) < 0) {
		if (cli_parse(&run, argc, argv, &e))
			return bad_line(&run, argc, argv, &e);
		if (run.help)
			cli_help_command(run.run.command, cli->out);
		else
			code = run.run.command->run(&run.run, &e);
	}
	/* What a failing command printed before is shown before its error. */
	struct hy_err lost = { 0 };
	enum hy_code flushed = flush(cli->out, &lost);
	if (!code) {
		code = flushed;
		e = lost;
	}
	if (e.code)
		print_error(cli->err, a, run.run.json, &e);
	return hy_code_info(code)->exit;
}

/* --- the commands of the frame -------------------------------------------------------- */

static const struct cli *cli_of(const struct hy_run *run)
{
	return ((const struct cli_run *)run)->cli;
}

static enum hy_code help(struct hy_run *run, struct hy_err *e)
{
	const struct cli *cli = cli_of(run);

	if (run->n_operands == 0) {
		cli_help_overview(cli, run->out);
		return HY_OK;
	}
	hy_str name = run->operands[0];
	if (run->n_operands == 2)
		name = hy_printf(run->arena, "%s %s", name.p, run->operands[1].p);
	const struct hy_command *c = cli_find(cli, name);
	if (c) {
		cli_help_command(c, run->out);
	} else if (hy_str_eq(name, HY_S("exit-codes"))) {
		cli_help_exit_codes(run->out);
	} else if (cli_is_group(cli, name)) {
		cli_help_group(cli, name, run->out);
	} else {
		hy_str near = cli_near(cli, run->arena, name);
		return hy_fail(e, HY_NOT_FOUND, "", "there is no command \"%s\"%s%s%s", name.p,
			       near.n ? "; did you mean \"" : "", near.n ? near.p : "",
			       near.n ? "\"?" : "; see: huiyin help");
	}
	return HY_OK;
}

static enum hy_code version(struct hy_run *run, struct hy_err *e)
{
	(void)e;
	fprintf(run->out, run->json ? "{\"name\":\"huiyin\",\"version\":\"%s\"}\n" : "huiyin %s\n",
		HY_VERSION);
	return HY_OK;
}

static enum hy_code completion(struct hy_run *run, struct hy_err *e)
{
	if (!hy_str_eq(run->operands[0], HY_S("bash")))
		return hy_fail(e, HY_BAD_FIELD, "SHELL", "must be bash, not \"%s\"",
			       run->operands[0].p);
	cli_completion(cli_of(run), run->out);
	return HY_OK;
}

static enum hy_code man(struct hy_run *run, struct hy_err *e)
{
	(void)e;
	cli_man(cli_of(run), run->out);
	return HY_OK;
}

static const char *const help_examples[] = { "huiyin help", "huiyin help exit-codes", NULL };
static const char *const completion_examples[] = {
	"huiyin completion bash > /etc/bash_completion.d/huiyin",
	NULL,
};
static const char *const man_examples[] = { "huiyin man | man -l -", NULL };

extern const struct hy_command cli_commands[];
const struct hy_command cli_commands[] = {
	{ "help", "what the commands do",
	  "Without a name: the list of commands. With a name: its "
	  "options and examples. \"exit-codes\" explains what the program returns.",
	  .operands = "[COMMAND|exit-codes]", .most = 2, .examples = help_examples, .run = help },
	{ "version", "the version of this program", .json = true, .run = version },
	{ "completion", "a completion script for the shell", .operands = "bash", .least = 1,
	  .most = 1, .examples = completion_examples, .run = completion },
	{ "man", "the manual page, in troff", .examples = man_examples, .run = man },
	{ 0 },
};
