/* The command line: parsing, errors and exit codes, and the pages made from the tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/routes.h"
#include "people/role.h"

/* --- a small program ---------------------------------------------------------------- */

static const struct hy_option due_options[] = {
	{ "--from", "INSTANT", "when the clock starts", .required = true },
	{ "--limit", "5wd", "how long", .otherwise = "15wd" },
	{ "--by", "unit|class", "grouping" },
	{ "--pack", "DIR", "a pack", .repeated = true },
	{ "--explain", NULL, "name every day" },
	{ 0 },
};

static enum hy_code due(struct hy_run *run, struct hy_err *e)
{
	if (hy_str_eq(hy_run_option(run, "--limit"), HY_S("never")))
		return hy_fail(e, HY_NO_RULE, "--limit", "no rule holds");
	if (hy_str_eq(hy_run_option(run, "--limit"), HY_S("broken")))
		return hy_broke(e, HY_STORE, "disk full");
	struct hy_values packs = hy_run_list(run, "--pack");
	fprintf(run->out, HY_FMT " " HY_FMT " %d %s%s" HY_FMT, HY_ARG(hy_run_option(run, "--from")),
		HY_ARG(hy_run_option(run, "--limit")), hy_run_has(run, "--explain"),
		run->json ? "json " : "", run->quiet ? "quiet " : "", HY_ARG(run->language));
	for (size_t i = 0; i < packs.n; i++)
		fprintf(run->out, " +" HY_FMT, HY_ARG(packs.v[i]));
	for (size_t i = 0; i < run->n_operands; i++)
		fprintf(run->out, " [" HY_FMT "]", HY_ARG(run->operands[i]));
	return HY_OK;
}

static enum hy_code read_files(struct hy_run *run, struct hy_err *e)
{
	(void)e;
	fprintf(run->out, "%zu", run->n_operands);
	return HY_OK;
}

static const struct hy_option long_options[] = {
	{ "--a-rather-long-name", "VALUE", "the first" },
	{ "--another-long-name", "FILE", "the second" },
	{ 0 },
};
static const char *const due_examples[] = { "huiyin calendar due --from 2026-09-30", NULL };
static const struct hy_command calendar[] = {
	{ "calendar due", "when something falls due",
	  "Counts days.\n\n.A dot begins this paragraph, which has a back\\slash in it.",
	  .options = due_options, .operands = "[NOTE...]", .most = -1, .examples = due_examples,
	  .json = true, .run = due },
	{ "calendar show", "the days of a year", .options = long_options, .run = due },
	{ 0 },
};
static const struct hy_command files[] = {
	{ "import", "reads files", .operands = "FILE...", .least = 1, .most = 2,
	  .run = read_files },
	{ 0 },
};
extern const struct hy_command cli_commands[];
static const struct hy_command *const small_tables[] = { cli_commands, calendar, files, NULL };

/* --- running it ---------------------------------------------------------------------- */

struct ran {
	int exit;
	char *out, *err;
};

static struct ran run_line(const struct hy_command *const *tables, const char *text)
{
	char *copy = strdup(text), *save = NULL, *argv[32] = { "huiyin" };
	struct ran r = { 0 };
	size_t n_out, n_err;
	int argc = 1;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	struct cli cli = { tables, open_memstream(&r.out, &n_out), open_memstream(&r.err, &n_err) };
	r.exit = cli_main(&cli, argc, argv);
	fclose(cli.out);
	fclose(cli.err);
	free(copy);
	return r;
}

static void done(struct ran *r)
{
	free(r->out);
	free(r->err);
}
#define RAN __attribute__((cleanup(done))) struct ran

static void expect(const char *line, int exit, const char *out, const char *err)
{
	RAN r = run_line(small_tables, line);

	if (r.exit != exit || strcmp(r.out, out) != 0 || strcmp(r.err, err) != 0)
		print_message("# line: %s\n", line);
	assert_string_equal(r.err, err);
	assert_string_equal(r.out, out);
	assert_int_equal(r.exit, exit);
}

static void options_are_read_in_every_form(void **state)
{
	(void)state;
	expect("calendar due --from x", 0, "x 15wd 0 zh-CN", "");
	expect("calendar due --from=x --limit=5wd --explain", 0, "x 5wd 1 zh-CN", "");
	expect("calendar due --limit= --from -", 0, "-  0 zh-CN", "");
	expect("calendar due --from a=b --pack=p=q --pack r", 0, "a=b 15wd 0 zh-CN +p=q +r", "");
	expect("calendar due one --from x two", 0, "x 15wd 0 zh-CN [one] [two]", "");
	expect("calendar due --from x -- --explain --help", 0,
	       "x 15wd 0 zh-CN [--explain] [--help]", "");
	expect("calendar due --from x -", 0, "x 15wd 0 zh-CN [-]", "");
	expect("calendar due --from -1 --json --quiet --lang en", 0, "-1 15wd 0 json quiet en", "");
}

static void wrong_lines_are_refused_with_the_way_out(void **state)
{
	(void)state;
#define SEE "See: huiyin help calendar due\n"
	expect("", 2, "", "huiyin: say which command\nSee: huiyin help\n");
	expect("calendar due", 2, "", "huiyin: --from: is required: --from INSTANT\n" SEE);
	expect("calendar due --from", 2, "", "huiyin: --from: needs a value: --from INSTANT\n" SEE);
	expect("calendar due --from --explain", 2, "",
	       "huiyin: --from: needs a value: --from INSTANT\n" SEE);
	expect("calendar due --from x --from y", 2, "", "huiyin: --from: is given twice\n" SEE);
	expect("calendar due --from x --explain=1", 2, "",
	       "huiyin: --explain: takes no value\n" SEE);
	expect("calendar due --from x --limt 5wd", 2, "",
	       "huiyin: \"calendar due\" has no option --limt; did you mean \"--limit\"?\n" SEE);
	expect("calendar due --from x --by unti", 2, "",
	       "huiyin: --by: must be one of unit|class, not \"unti\"\n" SEE);
	expect("calendar due -x", 2, "", "huiyin: \"calendar due\" has no option -x\n" SEE);
	expect("calendar", 2, "", "huiyin: calendar needs one of: due, show\nSee: huiyin help\n");
	expect("calendar deu", 2, "",
	       "huiyin: there is no command \"calendar deu\"; did you mean \"calendar due\"?\n"
	       "See: huiyin help\n");
	expect("inport file", 2, "",
	       "huiyin: there is no command \"inport file\"; did you mean \"import\"?\n"
	       "See: huiyin help\n");
	expect("import", 2, "", "huiyin: \"import\" needs FILE...\nSee: huiyin help import\n");
	expect("import a b c", 2, "",
	       "huiyin: \"import\" takes FILE...; \"c\" is too many\nSee: huiyin help import\n");
	expect("calendar show now", 2, "",
	       "huiyin: \"calendar show\" takes options only; \"now\" is too many\n"
	       "See: huiyin help calendar show\n");
	expect("import --json a", 2, "",
	       "{\"code\":\"bad_input\",\"detail\":\"\\\"import\\\" has no option --json\","
	       "\"status\":400,\"title\":\"the input as a whole cannot be read\"}\n");
}

static void errors_have_their_exit_code_and_form(void **state)
{
	(void)state;
	expect("calendar due --from x --limit never", 4, "", "huiyin: --limit: no rule holds\n");
	expect("calendar due --from x --limit broken", 5, "", "huiyin: disk full\n");
	expect("calendar due --from x --limit never --json", 4, "",
	       "{\"code\":\"no_rule\",\"detail\":\"no rule holds\",\"field\":\"--limit\","
	       "\"status\":422,\"title\":\"no rule holds on that day\"}\n");
	expect("help calender", 4, "",
	       "huiyin: there is no command \"calender\"; see: huiyin help\n");
	expect("completion zsh", 3, "", "huiyin: SHELL: must be bash, not \"zsh\"\n");
}

static void lost_output_is_an_error(void **state)
{
	(void)state;
	FILE *full = fopen("/dev/full", "w");
	char *err = NULL, *argv[] = { "huiyin", "version" };
	size_t n;
	struct cli cli = { small_tables, full, open_memstream(&err, &n) };

	assert_int_equal(cli_main(&cli, 2, argv), 5);
	fclose(cli.err);
	fclose(full);
	assert_string_equal(err, "huiyin: could not write the output: No space left on device\n");
	free(err);
}

/* --- pages ---------------------------------------------------------------------------- */

static void asserts_has(const char *page, const char *part)
{
	if (!strstr(page, part))
		fail_msg("the page lacks: %s", part);
}

static void help_mentions_everything(void **state)
{
	(void)state;
	for (int real = 0; real < 2; real++) {
		const struct hy_command *const *tables = real ? cli_tables : small_tables;
		struct cli cli = { tables, NULL, NULL };
		RAN overview = run_line(tables, "help");
		cli_each (&cli, c) {
			char line[200];
			asserts_has(overview.out, c->name);
			snprintf(line, sizeof(line), "help %s", c->name);
			RAN page = run_line(tables, line);
			assert_int_equal(page.exit, 0);
			for (const struct hy_option *o = c->options; o && o->name; o++)
				asserts_has(page.out, o->name);
			for (const char *const *x = c->examples; x && *x; x++)
				asserts_has(page.out, *x);
			snprintf(line, sizeof(line), "%s --wrong --help", c->name);
			RAN same = run_line(tables, line);
			assert_int_equal(same.exit, 0);
			assert_string_equal(same.out, page.out);
		}
	}
}

static void help_pages_stay_within_the_line(void **state)
{
	(void)state;
	RAN due_page = run_line(small_tables, "help calendar due");
	asserts_has(due_page.out, "Usage: huiyin calendar due --from INSTANT [--limit 5wd] "
				  "[--by unit|class]\n       [--pack DIR]...");
	RAN show = run_line(small_tables, "help calendar show");
	asserts_has(show.out, "[--a-rather-long-name VALUE]\n       [--another-long-name FILE]\n");
	asserts_has(due_page.out, "\n  --limit 5wd             how long (default 15wd)\n");
	asserts_has(due_page.out, "\n  --json ");
	RAN group = run_line(small_tables, "help calendar"),
	    same = run_line(small_tables, "calendar --help");
	assert_string_equal(group.out, same.out);
	asserts_has(group.out, "calendar show");
	assert_null(strstr(group.out, "import"));
	RAN codes = run_line(small_tables, "help exit-codes");
	asserts_has(codes.out, "tampered");
	hy_str rest = hy_str_of(codes.out), row;
	while (hy_str_cut(&rest, '\n', &row))
		assert_true(hy_str_chars(row) <= 100);
}

/* Every exit code that an error may have is explained. */
static void exit_codes_are_documented(void **state)
{
	(void)state;
	for (int i = 0; i < HY__CODES; i++) {
		const struct cli_exit *x = cli_exits;
		while (x->text && x->code != hy_code_info((enum hy_code)i)->exit)
			x++;
		assert_non_null(x->text);
	}
}

/* The rows of the real program hold together. */
static void tables_are_sound(void **state)
{
	(void)state;
	struct cli cli = { cli_tables, NULL, NULL };

	cli_each (&cli, c) {
		assert_non_null(c->run);
		assert_true(c->summary && c->summary[0]);
		assert_ptr_equal(cli_find(&cli, hy_str_of(c->name)), c);
		assert_false(cli_is_group(&cli, hy_str_of(c->name)));
		assert_true(c->operands || (c->least == 0 && c->most == 0));
		assert_true(!c->operands || c->most != 0);
		for (const struct hy_option *o = c->options; o && o->name; o++) {
			assert_true(strncmp(o->name, "--", 2) == 0 && !strpbrk(o->name, "= '"));
			assert_true(o->help && o->help[0]);
			assert_false(o->required && (o->otherwise || !o->arg));
			assert_false(o->repeated && !o->arg);
			for (const struct hy_option *own = cli_own_options; own->name; own++)
				assert_string_not_equal(own->name, o->name);
		}
	}
}

/* Pipes TEXT into COMMAND and returns what the shell returns. */
static int piped(const char *command, const char *text)
{
	FILE *p = popen(command, "w");

	fputs(text, p);
	return pclose(p);
}

static void man_page_renders(void **state)
{
	(void)state;
	RAN small = run_line(small_tables, "man"), real = run_line(cli_tables, "man");

	asserts_has(small.out, "\\&.A dot begins");
	asserts_has(small.out, "back\\eslash");
	asserts_has(small.out, "\\fB\\-\\-limit\\fR \\fI5wd\\fR");
	const char *const parts[] = { ".SH NAME",     ".SH SYNOPSIS",	     ".SH DESCRIPTION",
				      ".SH COMMANDS", ".SH \"EXIT STATUS\"", ".SH FILES",
				      ".SH EXAMPLES" };
	for (size_t i = 0; i < HY_COUNT(parts); i++)
		asserts_has(real.out, parts[i]);
	if (system("command -v groff >/dev/null") != 0)
		skip();
	const char *check = "groff -k -man -Tutf8 -ww >/dev/null 2>/tmp/huiyin-man.$PPID; s=$?; "
			    "test $s = 0 && ! grep . /tmp/huiyin-man.$PPID; s=$?; "
			    "rm -f /tmp/huiyin-man.$PPID; exit $s";
	assert_int_equal(piped(check, small.out), 0);
	assert_int_equal(piped(check, real.out), 0);
}

static void completion_is_bash(void **state)
{
	(void)state;
	RAN small = run_line(small_tables, "completion bash"),
	    real = run_line(cli_tables, "completion bash");

	assert_int_equal(piped("bash -n", small.out), 0);
	assert_int_equal(piped("bash -n", real.out), 0);
}

/* What the shell proposes for WORDS, the last of which is being typed. */
static void proposes(const char *words, const char *wanted)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	RAN script = run_line(small_tables, "completion bash");
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b,
		   "%s\nCOMP_WORDS=(huiyin %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
		   "_huiyin; [[ \"${COMPREPLY[*]}\" == '%s' ]] || "
		   "{ echo \"# proposes: ${COMPREPLY[*]}\"; exit 1; }\n",
		   script.out, words, wanted);
	assert_int_equal(piped("bash -s", b.p), 0);
}

static void completion_knows_words_and_options(void **state)
{
	(void)state;
	proposes("im", "import");
	proposes("calendar ''", "due show");
	proposes("calendar due --li", "--limit");
	proposes("calendar due --by ''", "unit class");
	proposes("calendar due --from ''", "");
	proposes("import --js", "");
	proposes("help cal", "calendar");
	proposes("help calendar s", "show");
}

static void known_permission(const struct hy_route *r, void *arg)
{
	int *n = arg;

	if (strcmp(r->permission, "public") != 0 && !permission_of(hy_str_of(r->permission)))
		fail_msg("%s %s needs '%s', which pack/permission.h does not know", r->method,
			 r->path, r->permission);
	++*n;
}

static void every_route_names_a_permission_that_somebody_can_have(void **state)
{
	uint64_t administrators = 0, matters = 0;
	int n = 0;

	(void)state;
	hy_routes_each(route_tables, known_permission, &n);
	assert_true(n > 20);
	for (int i = 1; i < PERMISSION__N; i++) {
		const struct permission_row *p = &permission_rows[i];
		assert_true(p->name.n && p->meaning.zh_cn.n && p->meaning.zh_hant.n &&
			    p->meaning.en.n);
		assert_int_equal(permission_of(p->name), i);
		bool had = p->for_whom != PERMISSION_SYSTEM;
		for (const struct role *r = role_system; r->id.n; r++) {
			had |= (r->may & PERMISSION_BIT(i)) != 0;
			if (r->exclusive)
				administrators |= r->may;
		}
		if (!had)
			fail_msg("nobody can have " HY_FMT, HY_ARG(p->name));
		if (hy_str_starts(p->name, HY_S("matter.")) ||
		    hy_str_eq(p->name, HY_S("sealed.open")) ||
		    hy_str_starts(p->name, HY_S("supervision.")))
			matters |= PERMISSION_BIT(i);
	}
	/* None of the three administrators reads or moves matters, nor counts them. */
	assert_int_equal(administrators & matters, 0);
	assert_int_not_equal(matters, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read_in_every_form),
		cmocka_unit_test(wrong_lines_are_refused_with_the_way_out),
		cmocka_unit_test(errors_have_their_exit_code_and_form),
		cmocka_unit_test(lost_output_is_an_error),
		cmocka_unit_test(help_mentions_everything),
		cmocka_unit_test(help_pages_stay_within_the_line),
		cmocka_unit_test(exit_codes_are_documented),
		cmocka_unit_test(tables_are_sound),
		cmocka_unit_test(man_page_renders),
		cmocka_unit_test(completion_is_bash),
		cmocka_unit_test(completion_knows_words_and_options),
		cmocka_unit_test(every_route_names_a_permission_that_somebody_can_have),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
