/* The help pages, made from the tables. */
#include "base/buf.h"
#include "cli/cli.h"

const struct cli_exit cli_exits[] = {
	{ 0, "done" },
	{ CLI_USAGE, "the command line cannot be understood; nothing was done" },
	{ 3, "what was handed in cannot be read or fails its rules; mend it and try again" },
	{ 4, "refused: not there, not allowed, or not in this state" },
	{ 5, "could not: a file, the database or the network failed; it may work later" },
	{ 6, "the record does not agree with its log: somebody or something changed it" },
	{ 7, "huiyin doctor found something weak" },
	{ 8, "huiyin doctor found something open, or about to fail" },
	{ -1, NULL },
};

enum { WIDTH = 80 };

/* A blank at which no line is broken; printed as a blank. */
#define TIED '\x1f'

/* TEXT filled to the page's width from column AT on, further lines indented by INDENT. */
static void fill(FILE *to, int at, int indent, const char *text)
{
	hy_str rest = hy_str_of(text), word;
	bool first = true;

	while (hy_str_cut(&rest, ' ', &word)) {
		int n = (int)hy_str_chars(word);
		if (n == 0)
			continue;
		if (!first && at + 1 + n > WIDTH) {
			fprintf(to, "\n%*s", indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', to);
			at++;
		}
		for (size_t i = 0; i < word.n; i++)
			fputc(word.p[i] == TIED ? ' ' : word.p[i], to);
		at += n;
		first = false;
	}
	fputc('\n', to);
}

/* Two columns: HEAD, then TEXT from column WIDE on. */
static void row(FILE *to, int wide, const char *head, const char *text)
{
	int n = fprintf(to, "  %s", head);

	if (n + 2 > wide) {
		fputc('\n', to);
		n = 0;
	}
	fprintf(to, "%*s", wide - n, "");
	fill(to, wide, wide, text);
}

static void list(const struct cli *cli, hy_str group, FILE *to)
{
	cli_each (cli, c) {
		hy_str name = hy_str_of(c->name);
		if (!group.n ||
		    (hy_str_starts(name, group) && name.n > group.n && name.p[group.n] == ' '))
			row(to, 26, c->name, c->summary);
	}
}

void cli_help_overview(const struct cli *cli, FILE *to)
{
	fputs("huiyin 回音 -- every matter gets an answer, every case is settled\n\n"
	      "Usage: huiyin COMMAND [OPTIONS] [OPERANDS]\n\nCommands:\n",
	      to);
	list(cli, (hy_str){ 0 }, to);
	fputs("\nhuiyin help COMMAND      options and examples of a command\n"
	      "huiyin help exit-codes   what the program returns\n",
	      to);
}

void cli_help_group(const struct cli *cli, hy_str word, FILE *to)
{
	fprintf(to, "Usage: huiyin " HY_FMT " COMMAND [OPTIONS] [OPERANDS]\n\nCommands:\n",
		HY_ARG(word));
	list(cli, word, to);
}

static void usage_option(struct hy_buf *b, const struct hy_option *o)
{
	hy_buf_fmt(b, " %s%s", o->required ? "" : "[", o->name);
	if (o->arg)
		hy_buf_fmt(b, "%c%s", TIED, o->arg);
	hy_buf_fmt(b, "%s%s", o->required ? "" : "]", o->repeated ? "..." : "");
}

static void usage(const struct hy_command *c, FILE *to)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, "Usage: huiyin %s", c->name);
	for (const struct hy_option *o = c->options; o && o->name; o++)
		usage_option(&b, o);
	if (c->json)
		usage_option(&b, &cli_own_options[0]);
	if (c->operands)
		hy_buf_fmt(&b, " %s", c->operands);
	fill(to, 0, 7, b.p);
}

static void option(FILE *to, const struct hy_option *o)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_buf head = hy_buf_on(a), text = hy_buf_on(a);

	hy_buf_fmt(&head, "%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	hy_buf_fmt(&text, "%s", o->help);
	if (o->required)
		hy_buf_fmt(&text, " (required)");
	if (o->repeated)
		hy_buf_fmt(&text, " (may be repeated)");
	if (o->otherwise)
		hy_buf_fmt(&text, " (default %s)", o->otherwise);
	row(to, 26, head.p, text.p);
}

static void paragraphs(FILE *to, const char *text)
{
	for (const char *at = text; *at;) {
		const char *end = strstr(at, "\n\n");
		size_t n = end ? (size_t)(end - at) : strlen(at);
		HY_SCOPED_ARENA a = hy_arena_new(0);
		fputc('\n', to);
		fill(to, 0, 0, hy_str_dup(a, (hy_str){ at, n }).p);
		at += n + (end ? 2 : 0);
	}
}

void cli_help_command(const struct hy_command *c, FILE *to)
{
	fprintf(to, "huiyin %s -- %s\n\n", c->name, c->summary);
	usage(c, to);
	if (c->description)
		paragraphs(to, c->description);
	fputs("\nOptions:\n", to);
	for (const struct hy_option *o = c->options; o && o->name; o++)
		option(to, o);
	for (const struct hy_option *o = cli_options_of(c); o->name; o++)
		option(to, o);
	if (c->examples)
		fputs("\nExamples:\n", to);
	for (const char *const *x = c->examples; x && *x; x++)
		fprintf(to, "  %s\n", *x);
}

void cli_help_exit_codes(FILE *to)
{
	fputs("What huiyin returns:\n", to);
	for (const struct cli_exit *x = cli_exits; x->text; x++) {
		char head[16];
		snprintf(head, sizeof(head), "%d", x->code);
		row(to, 6, head, x->text);
	}
	fputs("\nErrors by name, as --json and the HTTP answers give them:\n", to);
	for (int i = HY_OK + 1; i < HY__CODES; i++) {
		const struct hy_code_info *info = hy_code_info((enum hy_code)i);
		fprintf(to, "  %d   %-14s %s\n", info->exit, info->key, info->text);
	}
}
