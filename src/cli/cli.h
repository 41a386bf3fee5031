#ifndef CLI_CLI_H
#define CLI_CLI_H

/* cli -- the command line: puts the rooms' tables together, parses, reports.
 *
 * Help, man page and completion are made from the same rows as the parser, so what is
 * documented is what works.  Errors are printed here and nowhere else.  Nothing depends
 * on the locale; texts are UTF-8. */

#include "base/command.h"

struct cli {
	const struct hy_command *const *tables; /* ends with NULL; each ends with { 0 } */
	FILE *out, *err;
};

/* Every command of the program. */
extern const struct hy_command *const cli_tables[];

/* Runs the command line and returns the exit code. */
int cli_main(const struct cli *cli, int argc, char **argv);

/* The exit code of a command line that cannot be understood; the others are those of
 * base/err.h. */
enum { CLI_USAGE = 2 };

/* --- parsing ------------------------------------------------------------------------ */
/* What a command of cli/ itself is handed: the tables too. */
struct cli_run {
	struct hy_run run; /* first, so that a struct hy_run of ours can be cast back */
	const struct cli *cli;
	bool help; /* --help was given: nothing else was checked */
};

/* Fills RUN for the command line ARGV[1..].  Fails with HY_BAD_INPUT or HY_BAD_FIELD;
 * run.command is set as soon as the command is known. */
enum hy_code cli_parse(struct cli_run *run, int argc, char **argv, struct hy_err *e) HY_MUST;

/* The command with that whole name, NULL when there is none. */
const struct hy_command *cli_find(const struct cli *cli, hy_str name);
/* Is WORD the first of two words of some command? */
bool cli_is_group(const struct cli *cli, hy_str word);
/* The nearest command name (two words, or one), empty when none is near. */
hy_str cli_near(const struct cli *cli, struct hy_arena *a, hy_str name);
/* Calls for each command in the order of the tables. */
#define cli_each(cli, c)                                                                           \
	for (const struct hy_command *const *t_ = (cli)->tables; *t_; t_++)                        \
		for (const struct hy_command *c = *t_; c->name; c++)

/* The options that belong to every command, ending with { 0 }; --json comes first and is
 * for commands that print data only: cli_options_of() leaves it out elsewhere. */
extern const struct hy_option cli_own_options[];
static inline const struct hy_option *cli_options_of(const struct hy_command *c)
{
	return cli_own_options + (c->json ? 0 : 1);
}

/* --- pages ---------------------------------------------------------------------------- */
void cli_help_overview(const struct cli *cli, FILE *to);
void cli_help_group(const struct cli *cli, hy_str word, FILE *to);
void cli_help_command(const struct hy_command *c, FILE *to);
void cli_help_exit_codes(FILE *to);
/* Exit codes with their meaning, for help and man page: a line for each, 0 first. */
struct cli_exit {
	int code;
	const char *text;
};
extern const struct cli_exit cli_exits[];

/* The man page in troff, section 1. */
void cli_man(const struct cli *cli, FILE *to);
/* The completion script for bash. */
void cli_completion(const struct cli *cli, FILE *to);

#endif
