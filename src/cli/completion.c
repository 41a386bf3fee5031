/* The completion script for bash: words of commands, their options, words to choose from. */
#include "base/buf.h"
#include "base/map.h"
#include "cli/cli.h"

/* Names of commands and options are ours: letters, digits and hyphens, so they need no
 * quoting beyond the single quotes around a list. */

static hy_str first_word(const char *name)
{
	hy_str rest = hy_str_of(name), word;

	return hy_str_cut(&rest, ' ', &word) ? word : rest;
}

/* The first words, each once. */
static void first_words(const struct cli *cli, struct hy_arena *a, FILE *to)
{
	struct hy_map seen = { .a = a };

	cli_each (cli, c) {
		hy_str word = first_word(c->name);
		if (!hy_map_put(&seen, word, (void *)c))
			fprintf(to, "%s" HY_FMT, seen.n > 1 ? " " : "", HY_ARG(word));
	}
}

/* The words that may follow WORD. */
static void second_words(const struct cli *cli, hy_str word, FILE *to)
{
	const char *blank = "";

	cli_each (cli, c) {
		if (!hy_str_eq(first_word(c->name), word) || strlen(c->name) == word.n)
			continue;
		fprintf(to, "%s%s", blank, c->name + word.n + 1);
		blank = " ";
	}
}

static void groups(const struct cli *cli, struct hy_arena *a, FILE *to)
{
	struct hy_map seen = { .a = a };

	cli_each (cli, c) {
		hy_str word = first_word(c->name);
		if (word.n == strlen(c->name) || hy_map_put(&seen, word, (void *)c))
			continue;
		fprintf(to, "\t" HY_FMT ")\n\t\twords='", HY_ARG(word));
		second_words(cli, word, to);
		fputs("'\n\t\t;;\n", to);
	}
}

static void values_of(const struct hy_command *c, const struct hy_option *o, FILE *to)
{
	if (!o->arg)
		return;
	fprintf(to, "\t'%s %s')\n", c->name, o->name);
	if (strchr(o->arg, '|')) {
		fputs("\t\tCOMPREPLY=($(compgen -W '", to);
		for (const char *p = o->arg; *p; p++)
			fputc(*p == '|' ? ' ' : *p, to);
		fputs("' -- \"$cur\"))\n", to);
	} else if (strstr(o->arg, "DIR")) {
		fputs("\t\tCOMPREPLY=($(compgen -d -- \"$cur\"))\n", to);
	}
	fputs("\t\treturn\n\t\t;;\n", to);
}

static void options_of(const struct hy_command *c, FILE *to)
{
	const char *blank = "";

	fprintf(to, "\t'%s') words='", c->name);
	for (const struct hy_option *o = c->options; o && o->name; o++, blank = " ")
		fprintf(to, "%s%s", blank, o->name);
	for (const struct hy_option *o = cli_options_of(c); o->name; o++, blank = " ")
		fprintf(to, "%s%s", blank, o->name);
	fputs("' ;;\n", to);
}

void cli_completion(const struct cli *cli, FILE *to)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);

	fputs("# bash completion for huiyin, made by: huiyin completion bash\n"
	      "_huiyin() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tlocal command=${COMP_WORDS[1]} words=\n"
	      "\tCOMPREPLY=()\n"
	      "\tif ((COMP_CWORD == 1)) || [[ $command == help && COMP_CWORD -eq 2 ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W '",
	      to);
	first_words(cli, a, to);
	fputs("' -- \"$cur\"))\n\t\treturn\n\tfi\n"
	      "\t[[ $command == help ]] && command=${COMP_WORDS[2]}\n"
	      "\tcase $command in\n",
	      to);
	groups(cli, a, to);
	fputs("\tesac\n"
	      "\tif [[ $words ]]; then\n"
	      "\t\tif ((COMP_CWORD == 2)) || [[ ${COMP_WORDS[1]} == help ]]; then\n"
	      "\t\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\t\t\treturn\n"
	      "\t\tfi\n"
	      "\t\tcommand+=\" ${COMP_WORDS[2]}\"\n"
	      "\tfi\n"
	      "\tcase \"$command $prev\" in\n",
	      to);
	cli_each (cli, c) {
		for (const struct hy_option *o = c->options; o && o->name; o++)
			values_of(c, o, to);
		for (const struct hy_option *o = cli_options_of(c); o->name; o++)
			values_of(c, o, to);
	}
	fputs("\tesac\n\twords=\n\tcase $command in\n", to);
	cli_each (cli, c)
		options_of(c, to);
	fputs("\tesac\n"
	      "\t[[ $cur == -* ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "}\n"
	      "complete -o default -F _huiyin huiyin\n",
	      to);
}
