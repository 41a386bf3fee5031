#ifndef HY_BASE_COMMAND_H
#define HY_BASE_COMMAND_H

/* command -- what the command line knows of a command, and what a command is handed.
 *
 * Rooms describe their commands as rows; cli/ puts the tables together, parses, and makes
 * the help, the man page and the completion from the same rows.  A command writes its
 * result to run->out and returns an error; it never prints one: only cli/ does.  Nobody
 * here parses or exits.
 *
 *	static const struct hy_option due_options[] = {
 *		{ "--from", "INSTANT", "when the clock starts, RFC 3339", .required = true },
 *		{ "--limit", "5wd", "how long: wd, cd, mo, h or wh", .otherwise = "15wd" },
 *		{ "--explain", NULL, "name every day counted and skipped" },
 *		{ 0 },
 *	};
 *	const struct hy_command calendar_commands[] = {
 *		{ "calendar due", "when something falls due", .options = due_options,
 *		  .json = true, .run = calendar_due },
 *		{ 0 },
 *	};
 *
 * Then add calendar_commands to the list in cli/commands.c. */

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"

struct hy_run;

struct hy_option {
	const char *name; /* "--limit" */
	const char *arg;  /* what follows, as the help shows it: "DIR", "5wd", "unit|class|month"
			     (words to choose from, enforced); NULL: a switch */
	const char *help; /* one line, lower case, no full stop */
	bool required;
	bool repeated;	       /* may be given several times: see hy_run_list() */
	const char *otherwise; /* the value when it is not given; NULL: none */
};
/* --json (when .json), --quiet, --lang and --help belong to every command and are not listed. */

struct hy_command {
	const char *name;    /* "serve" or "calendar due": one or two words */
	const char *summary; /* one line, lower case, no full stop */
	const char *
		description; /* paragraphs with an empty line between; NULL: the summary says all */
	const struct hy_option *options; /* ends with { 0 }; NULL: none */
	const char *operands;		 /* as the help shows them: "FILE..."; NULL: takes none */
	int least, most;		 /* how many operands; most < 0: any number */
	const char *const *examples; /* whole lines, "huiyin calendar due ..."; ends with NULL */
	bool json;		     /* prints data, so it takes --json */
	enum hy_code (*run)(struct hy_run *run, struct hy_err *e);
};
/* A table of commands ends with { 0 }. */

/* One option as it was given. */
struct hy_given {
	const struct hy_option *option;
	hy_str value; /* ends with a zero byte; "" for a switch */
};

/* What a command is handed.  Lives as long as the command runs. */
struct hy_run {
	const struct hy_command *command;
	struct hy_arena *arena; /* dies with the command */
	FILE *out;		/* results */
	FILE *err;		/* progress (base/progress.h) and remarks; never errors */
	bool json;		/* print JSON, one document or one per line */
	bool quiet;		/* no progress, no remarks */
	hy_str language;	/* "zh-CN", "zh-Hant" or "en": for texts out of packs */
	const hy_str *operands; /* each ends with a zero byte */
	size_t n_operands;
	const struct hy_given *given; /* in the order of the command line */
	size_t n_given;
};

/* NAME must stand in the command's table; that is asserted. */
bool hy_run_has(const struct hy_run *run, const char *name); /* given on the command line */
/* The value (the last one given, else .otherwise); empty with .p NULL when there is none. */
hy_str hy_run_option(const struct hy_run *run, const char *name);
/* All values of an option that may be repeated, in order. */
struct hy_values {
	hy_str *v;
	size_t n;
};
struct hy_values hy_run_list(const struct hy_run *run, const char *name);
/* The value as a whole number in LEAST..MOST; HY_BAD_FIELD otherwise.  Left alone when the
 * option is absent and has no .otherwise. */
enum hy_code hy_run_int(const struct hy_run *run, const char *name, int64_t least, int64_t most,
			int64_t *out, struct hy_err *e) HY_MUST;

#endif
