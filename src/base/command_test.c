/* What a command is handed, and what the person who waits sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/command.h"
#include "base/progress.h"

#define assert_str(s, lit) assert_true(hy_str_eq((s), HY_S(lit)))

static const struct hy_option options[] = {
	{ "--limit", "5wd", "how long", .otherwise = "15wd" },
	{ "--pack", "DIR", "a pack", .repeated = true },
	{ "--seed", "N", "the seed" },
	{ "--explain", NULL, "name every day" },
	{ 0 },
};
static const struct hy_command due = { "calendar due", "when", .options = options };

static void options_are_found_by_name(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct hy_given given[] = {
		{ &options[1], HY_S("one") },
		{ &options[0], HY_S("5wd") },
		{ &options[1], HY_S("two") },
		{ &options[0], HY_S("6wd") },
	};
	struct hy_run run = { .command = &due, .arena = a, .given = given, .n_given = 4 };

	assert_str(hy_run_option(&run, "--limit"), "6wd");
	struct hy_values packs = hy_run_list(&run, "--pack");
	assert_int_equal(packs.n, 2);
	assert_str(packs.v[0], "one");
	assert_str(packs.v[1], "two");
	assert_true(hy_run_has(&run, "--limit"));
	assert_false(hy_run_has(&run, "--explain"));
	assert_null(hy_run_option(&run, "--seed").p);
	run.n_given = 0;
	assert_str(hy_run_option(&run, "--limit"), "15wd");
	assert_false(hy_run_has(&run, "--limit"));
	assert_int_equal(hy_run_list(&run, "--pack").n, 0);
	assert_int_equal(hy_run_list(&run, "--limit").n, 1);
}

static void numbers_keep_their_bounds(void **state)
{
	(void)state;
	struct hy_given given = { &options[2], HY_S("42") };
	struct hy_run run = { .command = &due, .given = &given, .n_given = 1 };
	struct hy_err e = { 0 };
	int64_t v = 7;

	assert_int_equal(hy_run_int(&run, "--seed", 0, 42, &v, &e), HY_OK);
	assert_true(v == 42);
	assert_int_equal(hy_run_int(&run, "--seed", 0, 41, &v, &e), HY_BAD_FIELD);
	assert_string_equal(e.field, "--seed");
	assert_string_equal(e.detail, "must be a whole number from 0 to 41, not \"42\"");
	hy_err_clear(&e);
	given.value = HY_S("4x");
	assert_int_equal(hy_run_int(&run, "--seed", 0, 42, &v, &e), HY_BAD_FIELD);
	hy_err_clear(&e);
	run.n_given = 0;
	assert_int_equal(hy_run_int(&run, "--seed", 0, 42, &v, &e), HY_OK);
	assert_true(v == 42);
}

static void progress_says_how_far_and_how_long(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_progress p = { .what = "rows", .total = 2816000 };

	assert_str(hy_progress_text(a, &p, 0, 0, 2816000, 0), "0/2,816,000 rows  0%");
	assert_str(hy_progress_text(a, &p, 1408000, 1408000, 2816000, 40000),
		   "1,408,000/2,816,000 rows  50%  35,200/s  0:40 left");
	p.total = 0;
	assert_str(hy_progress_text(a, &p, 999, 0, 0, 2000), "999 rows  499/s");
	assert_str(hy_progress_text(a, &p, 1000, 1, 4, 3600000),
		   "1,000 rows  25%  0/s  3:00:00 left");
	assert_str(hy_progress_text(a, &p, INT64_MAX, 1, 1, 1000),
		   "9,223,372,036,854,775,807 rows  100%  9,223,372,036,854,775,807/s  0:00 left");
}

static void progress_is_silent_when_asked_and_short_elsewhere(void **state)
{
	(void)state;
	struct hy_progress none = hy_progress_begin(NULL, "rows", 10);
	for (int i = 0; i < 10; i++)
		hy_progress(&none, i);
	hy_progress_end(&none, 10);

	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	struct hy_progress p = hy_progress_begin(f, "rows", 10);
	for (int i = 0; i < 1000; i++)
		hy_progress(&p, i);
	p.drawn -= 5000;
	hy_progress(&p, 5);
	hy_progress_end(&p, 10);
	hy_progress_end(&p, 10);
	fclose(f);
	hy_str rest = { text, n }, line;
	assert_true(hy_str_cut(&rest, '\n', &line));
	assert_true(hy_str_starts(line, HY_S("5/10 rows  50%")));
	assert_true(hy_str_cut(&rest, '\n', &line));
	assert_true(hy_str_starts(line, HY_S("10 rows in 0:00")));
	assert_int_equal(rest.n, 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_found_by_name),
		cmocka_unit_test(numbers_keep_their_bounds),
		cmocka_unit_test(progress_says_how_far_and_how_long),
		cmocka_unit_test(progress_is_silent_when_asked_and_short_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
