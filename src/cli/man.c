/* The manual page in troff (man macros), from the same tables as the help. */
#include "cli/cli.h"

/* TEXT where a macro or a line begins: a dot or a quote there is not a request, hyphens
 * are those that can be copied, backslashes are themselves.  Line ends become blanks. */
static void troff(FILE *to, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", to);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", to);
		else if (*text == '-')
			fputs("\\-", to);
		else
			fputc(*text == '\n' ? ' ' : *text, to);
	}
}

static void line(FILE *to, const char *text)
{
	troff(to, text);
	fputc('\n', to);
}

/* "--limit 5wd" with the name bold and the value slanted. */
static void option_head(FILE *to, const struct hy_option *o)
{
	fputs("\\fB", to);
	troff(to, o->name);
	fputs("\\fR", to);
	if (o->arg) {
		fputs(" \\fI", to);
		troff(to, o->arg);
		fputs("\\fR", to);
	}
}

static void option(FILE *to, const struct hy_option *o)
{
	fputs(".TP\n", to);
	option_head(to, o);
	fputc('\n', to);
	troff(to, o->help);
	if (o->required)
		fputs(" (required)", to);
	if (o->repeated)
		fputs(" (may be repeated)", to);
	if (o->otherwise) {
		fputs(" (default ", to);
		troff(to, o->otherwise);
		fputs(")", to);
	}
	fputs(".\n", to);
}

static void synopsis(FILE *to, const struct hy_command *c)
{
	fputs(".HP\n\\fBhuiyin ", to);
	troff(to, c->name);
	fputs("\\fR", to);
	for (const struct hy_option *o = c->options; o && o->name; o++) {
		fputs(o->required ? " " : " [", to);
		option_head(to, o);
		fputs(o->required ? "" : "]", to);
		fputs(o->repeated ? "..." : "", to);
	}
	if (c->json)
		fputs(" [\\fB\\-\\-json\\fR]", to);
	if (c->operands) {
		fputs(" \\fI", to);
		troff(to, c->operands);
		fputs("\\fR", to);
	}
	fputc('\n', to);
}

static void paragraphs(FILE *to, const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t n = end ? (size_t)(end - text) : strlen(text);
		HY_SCOPED_ARENA a = hy_arena_new(0);
		line(to, hy_str_dup(a, (hy_str){ text, n }).p);
		text += n + (end ? 2 : 0);
		if (*text)
			fputs(".PP\n", to);
	}
}

static void command(FILE *to, const struct hy_command *c)
{
	fputs(".SS \"huiyin ", to);
	troff(to, c->name);
	fputs("\"\n", to);
	troff(to, c->summary);
	fputs(".\n", to);
	if (c->description) {
		fputs(".PP\n", to);
		paragraphs(to, c->description);
	}
	for (const struct hy_option *o = c->options; o && o->name; o++)
		option(to, o);
	if (c->json)
		option(to, &cli_own_options[0]);
}

static const struct {
	const char *path, *text;
} files[] = {
	{ "DIR/huiyin.db", "the city: events, log and what is derived from them (SQLite); "
			   "huiyin.db-wal belongs to it while it is open" },
	{ "DIR/keys/log.key", "the key that signs the log; keep it, show it to nobody" },
	{ "DIR/log.vkey", "the public key of the log; give it to whoever asks" },
	{ "DIR/log/checkpoint", "the signed head of the log, as last published" },
	{ "packs/",
	  "institutions as data: packs/base is national law, a city adds its own folder" },
};

static void examples(const struct cli *cli, FILE *to)
{
	fputs(".SH EXAMPLES\n.nf\n", to);
	cli_each (cli, c)
		for (const char *const *x = c->examples; x && *x; x++)
			line(to, *x);
	fputs(".fi\n", to);
}

void cli_man(const struct cli *cli, FILE *to)
{
	fputs(".TH HUIYIN 1 \"\" \"huiyin " HY_VERSION "\" \"Huiyin\"\n"
	      ".SH NAME\n"
	      "huiyin \\- every matter gets an answer, every case is settled\n"
	      ".SH SYNOPSIS\n",
	      to);
	cli_each (cli, c)
		synopsis(to, c);
	fputs(".SH DESCRIPTION\n"
	      "Huiyin 回音 takes in what people ask a city for, sets a lawful clock on it, shows "
	      "a\n"
	      "light, follows it to the end, and keeps a record that anybody can check.\n"
	      "All of it is this one program; a city's data is one folder.\n"
	      ".PP\n"
	      "An option's value follows it or an equals sign; \\fB\\-\\-\\fR ends the options.\n"
	      "Every command also takes these:\n",
	      to);
	for (const struct hy_option *o = cli_own_options + 1; o->name; o++)
		option(to, o);
	fputs(".SH COMMANDS\n", to);
	cli_each (cli, c)
		command(to, c);
	fputs(".SH \"EXIT STATUS\"\n", to);
	for (const struct cli_exit *x = cli_exits; x->text; x++) {
		fprintf(to, ".TP\n%d\n", x->code);
		line(to, x->text);
	}
	fputs(".SH FILES\n", to);
	for (size_t i = 0; i < HY_COUNT(files); i++) {
		fputs(".TP\n\\fI", to);
		troff(to, files[i].path);
		fputs("\\fR\n", to);
		line(to, files[i].text);
	}
	examples(cli, to);
}
