/* Texts that say the same: what MinHash finds held against every pair compared. */
#include "stat/alike.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"

static hy_str joined(struct hy_arena *a, const struct alike_parts *p)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < p->n; i++)
		hy_buf_fmt(&b, p->v[i].shared ? "[" HY_FMT "]" : HY_FMT, HY_ARG(p->v[i].text));
	return hy_buf_str(&b);
}

static void sets_and_their_index(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	static const struct {
		const char *x, *y;
		int jaccard;
	} rows[] = {
		{ "", "", 0 },
		{ "甲", "", 0 },
		{ "甲", "甲", 1000 },
		{ "甲乙", "甲乙", 1000 },
		{ "甲乙丙", "甲乙丁", 333 },
		{ "甲 乙\n丙", "甲乙丙", 1000 },
		{ "甲乙甲乙", "甲乙", 500 },
		{ "ＡＢ１", "AB1", 1000 },
		{ "甲乙", "丙丁", 0 },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		struct alike_set x = alike_set(a, hy_str_of(rows[i].x));
		struct alike_set y = alike_set(a, hy_str_of(rows[i].y));
		assert_int_equal(alike_jaccard(&x, &y), rows[i].jaccard);
		assert_int_equal(alike_jaccard(&y, &x), rows[i].jaccard);
	}
}

static void what_is_shared_is_marked(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct alike_set other = alike_set(a, HY_S("上午让王某跑了三趟"));
	struct alike_parts p = alike_mark(a, HY_S("下午，让王某 跑了两趟"), &other);

	assert_string_equal(joined(a, &p).p, "下午，[让王某 跑了]两趟");
	p = alike_mark(a, HY_S(""), &other);
	assert_int_equal(p.n, 0);
	p = alike_mark(a, HY_S("跑了"), &other);
	assert_string_equal(joined(a, &p).p, "[跑了]");
}

static void groups_and_one_of_them(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const struct alike_text texts[] = { { HY_S("窗口没有人"), 1 },
					    { HY_S("窗口没有人"), 1 },
					    { HY_S("窗口没有人。"), 2 },
					    { HY_S("窗口没人"), 3 } };
	struct alike_pairs p = alike_pairs(a, texts, HY_COUNT(texts), 500, SIZE_MAX);

	assert_int_equal(p.n, 2); /* not within group 1; the last is 400 alike */
	assert_int_equal(p.v[0].jaccard, 800);
	assert_int_equal(p.v[0].a, 0);
	assert_int_equal(p.v[0].b, 2);
	assert_int_equal(alike_pairs(a, texts, HY_COUNT(texts), 500, 3).n, 0);
	assert_int_equal(alike_pairs(a, texts, HY_COUNT(texts), 500, 2).n, 2);
}

/* --- real letters
 * ---------------------------------------------------------------------------------
 */

/* Title and body of each letter; the file quotes only where it must. */
static struct alike_text *letters(struct hy_arena *a, size_t *n_out)
{
	const char *data = getenv("HY_SHARED_DATA");
	HY_VEC(struct alike_text) texts = { 0 };
	struct hy_err e = { 0 };
	hy_str all;

	if (hy_file_read(a,
			 hy_printf(a, "%s/letters/fujian3_hot_issues.csv",
				   data ? data : "../shared/data")
				 .p,
			 16 << 20, &all, &e))
		return NULL;
	struct hy_buf cell = hy_buf_on(a), text = hy_buf_on(a);
	bool quoted = false;
	int column = 0;
	for (size_t i = 0; i < all.n; i++) {
		char c = all.p[i];
		if (c == '"') {
			if (quoted && i + 1 < all.n && all.p[i + 1] == '"')
				hy_buf_add(&cell, HY_S("\"")), i++;
			else
				quoted = !quoted;
		} else if (!quoted && (c == ',' || c == '\n')) {
			if (column == 2 || column == 4)
				hy_buf_add(&text, hy_buf_str(&cell));
			cell.n = 0;
			column++;
			if (c == '\n') {
				*hy_push(a, &texts) =
					(struct alike_text){ hy_str_dup(a, hy_buf_str(&text)),
							     texts.n };
				text.n = 0;
				column = 0;
			}
		} else {
			hy_buf_add(&cell, (hy_str){ &c, 1 });
		}
	}
	*n_out = texts.n;
	return texts.v;
}

static void every_pair_of_the_letters_is_found(void **state)
{
	(void)state;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	size_t n = 0, exact = 0, missed = 0;
	struct alike_text *texts = letters(a, &n);

	if (!texts) {
		print_message("# ../shared/data/letters is absent: skipped\n");
		skip();
	}
	assert_true(n > 4000); /* with its header */
	struct alike_pairs found = alike_pairs(a, texts, n, 500, SIZE_MAX);
	char *seen = calloc(n, n);
	assert_non_null(seen);
	for (size_t i = 0; i < found.n; i++)
		seen[found.v[i].a * n + found.v[i].b] = 1;

	struct alike_set *sets = hy_new_n(a, struct alike_set, n);
	for (size_t i = 0; i < n; i++)
		sets[i] = alike_set(a, texts[i].text);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			const struct alike_set *x = &sets[i], *y = &sets[k];
			if (x->n > 2 * y->n || y->n > 2 * x->n)
				continue; /* cannot reach one half */
			bool is = alike_jaccard(x, y) >= 500;
			exact += is;
			missed += is && !seen[i * n + k];
			assert_true(is || !seen[i * n + k]);
		}
	}
	free(seen);
	print_message("# %zu letters, %zu pairs at 0.5 or more, %zu missed\n", n - 1, exact,
		      missed);
	assert_true(exact > 100);
	assert_int_equal(missed, 0);
	assert_int_equal(found.n, exact);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_and_their_index),
		cmocka_unit_test(what_is_shared_is_marked),
		cmocka_unit_test(groups_and_one_of_them),
		cmocka_unit_test(every_pair_of_the_letters_is_found),
	};

	return cmocka_run_group_tests_name("alike", tests, NULL, NULL);
}
