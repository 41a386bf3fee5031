/* The settings of all rooms: every row is sound, every call in src/ names a row of the right type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/settings.h"

/* --- every call in src/ names a row of the right type ---------------------------------------- */

static const struct {
	const char *call;
	unsigned types;
} calls[] = { { "setting_int(", 1U << SETTING_INT },
	      { "setting_bool(", 1U << SETTING_BOOL },
	      { "setting_text(", 1U << SETTING_TEXT | 1U << SETTING_WORD },
	      { "setting_ms(", 1U << SETTING_DURATION } };

static int look_at(const char *file, hy_str text)
{
	int found = 0;

	for (size_t i = 0; i < HY_COUNT(calls); i++) {
		hy_str rest = text, call = hy_str_of(calls[i].call);
		for (ptrdiff_t at; (at = hy_str_find(rest, call)) >= 0;) {
			rest = (hy_str){ rest.p + at + call.n, rest.n - (size_t)at - call.n };
			hy_str line = rest, args, name;
			assert_true(hy_str_cut(&line, ';', &args));
			if (!hy_str_cut(&args, '"', &name) || !hy_str_cut(&args, '"', &name))
				continue; /* the declaration */
			const struct setting *s = setting_find(name);
			if (!s || !(calls[i].types & 1U << s->type))
				fail_msg("%s: %s\"" HY_FMT "\"", file, calls[i].call, HY_ARG(name));
			found++;
		}
	}
	return found;
}

static void every_call_names_a_row(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_names files;
	hy_str text;
	struct hy_err e = { 0 };
	int found = 0;

	(void)state;
	assert_int_equal(settings_ready(&e), HY_OK);
	assert_int_equal(hy_dir_list(a, HY_SOURCE_ROOT "/src", ".c", &files, &e), HY_OK);
	for (size_t i = 0; i < files.n; i++) {
		if (hy_str_ends(files.v[i], HY_S("_test.c")))
			continue;
		const char *path =
			hy_printf(a, HY_SOURCE_ROOT "/src/" HY_FMT, HY_ARG(files.v[i])).p;
		assert_int_equal(hy_file_read(a, path, 1 << 20, &text, &e), HY_OK);
		found += look_at(path, text);
	}
	assert_true(found > 5);
}

static void every_row_says_what_it_means(void **state)
{
	struct hy_err e = { 0 };

	(void)state;
	assert_int_equal(settings_ready(&e), HY_OK);
	assert_true(setting_count() > 10);
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *s = setting_at(i);
		assert_ptr_equal(setting_find(hy_str_of(s->name)), s);
		/* An INT says in what it counts. */
		assert_true(s->type != SETTING_INT || s->unit);
		/* What is the security administrator's can be weak, or is bounded so that it
		 * cannot, or is a name that is neither. */
		assert_true(s->who != SETTING_SECURITY || s->weaker != WEAKER_NEVER ||
			    s->least > 0 || s->type == SETTING_TEXT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_names_a_row),
		cmocka_unit_test(every_row_says_what_it_means),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
