/* From rows to matters: what is refused and why, what a second run does, what a kill leaves. */
#include "intake/testing.h"

#include <signal.h>
#include <sys/wait.h>

#define GOOD "1,2011-07-01 09:00:00,2011-07-02 09:00:00,2011-07-05 09:00:00,Lamp,PWDx,done,Y\n"

static void counts(const struct intake_result *r, int imported, int completed, int here,
		   int refused)
{
	if (r->imported != imported || r->completed != completed || r->here != here ||
	    r->refused != refused)
		fail_msg("%lld imported, %lld completed, %lld here, %lld refused; first: " HY_FMT
			 " " HY_FMT,
			 (long long)r->imported, (long long)r->completed, (long long)r->here,
			 (long long)r->refused, HY_ARG(r->first[0].field),
			 HY_ARG(r->first[0].reason));
	assert_int_equal(r->rows, imported + completed + here + refused);
}

static void refused_says(const struct intake_result *r, size_t i, int64_t line, const char *field,
			 const char *words)
{
	const struct intake_refusal *x = &r->first[i];

	assert_true(i < r->n_first);
	if (x->line != line || !hy_str_eq(x->field, hy_str_of(field)) ||
	    hy_str_find(x->reason, hy_str_of(words)) < 0)
		fail_msg("line %lld, " HY_FMT ": " HY_FMT, (long long)x->line, HY_ARG(x->field),
			 HY_ARG(x->reason));
}

static struct matter_row row_of(struct bay *b, const char *code)
{
	HY_SCOPED_DB db = NULL;
	struct matter_row r = { 0 };

	assert_ok(hy_store_read(city_store(b->city), &db, e));
	assert_ok(matter_row(b->a, db, &access_all, hy_str_of(code), &r, e));
	return r;
}

static void a_row_becomes_dated_moves(void **state)
{
	struct bay *b = *state;
	struct intake_result r = bay_import(b, GOOD);

	counts(&r, 1, 0, 0, 0);
	assert_int_equal(r.events, 2);
	assert_int_equal(r.units_made, 1);
	assert_int_equal(r.tallies[0].due.agree, 1);
	assert_int_equal(r.tallies[0].verdict.agree, 1);
	struct matter_row m = row_of(b, "BR-2011-000001");
	assert_true(hy_str_eq(m.title, HY_S("Lamp")));
	assert_true(hy_str_eq(m.unit, HY_S("PWDx")));
	assert_int_equal(m.filed_at, 1309525200000); /* 09:00 in Boston's summer */
	assert_int_equal(m.answered_at, 1309611600000);
	assert_int_equal(m.verdict, MATTER_IN_TIME);
	bay_sound(b);
}

static void a_second_run_changes_nothing(void **state)
{
	struct bay *b = *state;

	bay_import(b, GOOD);
	int64_t events = bay_number(b, "SELECT count(*) FROM event");
	struct intake_result r = bay_import(b, GOOD);
	counts(&r, 0, 0, 1, 0);
	assert_int_equal(r.events, 0);
	assert_int_equal(r.tallies[0].verdict.compared, 1); /* checks cover rows that are here */
	assert_int_equal(bay_number(b, "SELECT count(*) FROM event"), events);
}

static void a_file_that_has_grown_brings_what_is_new(void **state)
{
	struct bay *b = *state;

	bay_import(b, "1,2011-07-01 09:00,,,Lamp,PWDx,,\n");
	assert_true(row_of(b, "BR-2011-000001").open);
	struct intake_result r =
		bay_import(b, "1,2011-07-01 09:00,2011-07-03 09:00,,Lamp,PWDx,ok,\n"
			      "2,2011-07-02 09:00,,,Tree,PARK,,\n");
	counts(&r, 1, 1, 0, 0);
	assert_int_equal(r.events, 2);
	assert_false(row_of(b, "BR-2011-000001").open);
	r = bay_import(b, "1,2011-07-01 09:00,2011-07-03 09:00,,Lamp,PWDx,ok,\n");
	counts(&r, 0, 0, 1, 0);
	bay_sound(b);
}

static void another_content_under_a_known_key_is_refused(void **state)
{
	struct bay *b = *state;
	struct intake_result r =
		bay_import(b, GOOD "1,2011-07-01 09:00:00,2011-07-02 09:00:00,"
				   "2011-07-05 09:00:00,Other,PWDx,done,Y\n"
				   "1,2011-07-01 09:00:01,,2011-07-05 09:00:00,Lamp,PWDx,,\n"
				   "1,2011-07-01 09:00:00,2011-07-02 10:00:00,"
				   "2011-07-05 09:00:00,Lamp,PWDx,done,Y\n"
				   "1,2011-07-01 09:00:00,,,Lamp,PWDx,,\n"
				   "1,2011-07-01 09:00:00,,2011-07-05 09:00:00,Lamp,ISD,,\n"
				   "1,2011-07-01 09:00:00,2011-07-02 09:00:00,"
				   "2011-07-05 09:00:00,Lamp,PWDx,otherwise,Y\n");

	/* another unit alone is no contradiction */
	counts(&r, 1, 0, 1, 5);
	refused_says(&r, 4, 8, "text", "with another text");
	refused_says(&r, 0, 3, "title", "here already as BR-2011-000001 with another title");
	refused_says(&r, 1, 4, "at", "another time of filing");
	refused_says(&r, 2, 5, "close", "another time of this move");
	refused_says(&r, 3, 6, "due", "with another due");
}

static void what_cannot_be_is_refused_and_the_others_go_on(void **state)
{
	struct bay *b = *state;
	struct intake_result r =
		bay_import(b, "9,2011-07-09 09:00,,,late first,PWDx,,\n" /* any order */
			      "1,2011-07-05 09:00,2011-07-01 09:00,,Reply first,PWDx,,\n" /* 3 */
			      "2,2011-02-30 09:00,,,No such day,PWDx,,\n"		  /* 4 */
			      "3,2011-07-01 09:00,,soon,No such due,PWDx,,\n"		  /* 5 */
			      "4,2011-07-01 09:00,,,Too few\n"				  /* 6 */
			      "5,2011-07-01 09:00,,,a,b,c,d,Too many\n"			  /* 7 */
			      ",2011-07-01 09:00,,,No key,PWDx,,\n"			  /* 8 */
			      "6,2011-07-01 09:00,,,,PWDx,,\n"				  /* 9 */
			      "7,2031-07-01 09:00,,,Future,PWDx,,\n"			  /* 10 */
			      "8,0001-01-01 09:00,,,Antiquity,PWDx,,\n"			  /* 11 */
			      "10,2011-07-02 09:00,,,good,PWDx,,\n"
			      "11,05/07/2011 09:00,,,other format,PWDx,,\n");

	counts(&r, 3, 0, 0, 9);
	refused_says(&r, 0, 3, "at", "before the last move");
	refused_says(&r, 1, 4, "opened", "is no time");
	refused_says(&r, 2, 5, "due", "is no time");
	refused_says(&r, 3, 6, "", "has 5 columns, the header has 8");
	refused_says(&r, 4, 7, "", "has 9 columns, the header has 8");
	refused_says(&r, 5, 8, "id", "is empty");
	refused_says(&r, 6, 9, "title", "is needed");
	refused_says(&r, 7, 10, "opened", "in the future");
	refused_says(&r, 8, 11, "opened", "before 1990");
	/* nothing of a refused row stays: neither matter nor number */
	assert_int_equal(bay_number(b, "SELECT count(*) FROM matter"), 3);
	assert_int_equal(bay_number(b, "SELECT max(n) FROM matter_number"), 3);
	bay_sound(b);
}

static void oversized_cells_are_refused_by_name(void **state)
{
	struct bay *b = *state;
	char *title = hy_arena_take(b->a, 400), *text = hy_arena_take(b->a, 30001);

	memset(title, 'x', 300);
	memset(text, 'y', 30000);
	struct intake_result r =
		bay_import(b, hy_printf(b->a,
					"1,2011-07-01 09:00,,,%s,PWDx,,\n"
					"2,2011-07-01 09:00,2011-07-02 09:00,,Lamp,PWDx,%s,\n"
					"3,2011-07-01 09:00,2011-07-02 09:00,,Lamp,PWDx,,\n",
					title, text)
				      .p);
	counts(&r, 1, 0, 0, 2);
	refused_says(&r, 0, 2, "title", "has 300 characters, at most 200 fit");
	refused_says(&r, 1, 3, "text", "has 30000 characters");
	assert_int_equal(bay_number(b, "SELECT count(*) FROM matter"), 1);
}

static void bytes_and_quotes_that_are_wrong(void **state)
{
	struct bay *b = *state;
	struct intake_result r =
		bay_import(b, "1,2011-07-01 09:00,,,\"two\nlines\",PWDx,,\n"
			      "2,2011-07-01 09:00,,,bad \xff byte,PWDx,,\n"
			      "3,2011-07-01 09:00,,,a \"quote\" inside,PWDx,,\n"
			      "4,2011-07-01 09:00,,,\"He said \"\"so\"\"\",PWDx,,\n"
			      "5,2011-07-01 09:00,,,\"never closed,PWDx,,\n"
			      "6,2011-07-01 09:00,,,lost,PWDx,,\n");

	counts(&r, 2, 0, 0, 3);
	refused_says(&r, 0, 4, "column 5", "no UTF-8");
	refused_says(&r, 1, 5, "", "quotation mark where none may stand");
	refused_says(&r, 2, 7, "", "never closed");
	assert_true(hy_str_eq(row_of(b, "BR-2011-000001").title, HY_S("two\nlines")));
	assert_true(hy_str_eq(row_of(b, "BR-2011-000002").title, HY_S("He said \"so\"")));
}

static void refused_rows_can_be_mended_and_imported(void **state)
{
	struct bay *b = *state;
	struct intake_result r = bay_import(b, GOOD "2,2011-13-01 09:00,,,\"a, b\",PWDx,,\n");
	hy_str csv = HY_S("");

	counts(&r, 1, 0, 0, 1);
	assert_ok(hy_file_read(b->a, b->refused, 1 << 20, &csv, e));
	assert_true(hy_str_find(csv, HY_S("refused_file,refused_line,")) == 0);
	ptrdiff_t at = hy_str_find(csv, HY_S(",\"2011-13-01"));
	assert_true(at > 0 && hy_str_find(csv, HY_S(",3,\"t:2\",\"opened\",")) > 0);
	((char *)(uintptr_t)csv.p)[at + 8] = '2'; /* 2011-12-01 */
	struct intake_result again = { 0 };
	assert_ok(bay_try(b, bay_map, csv, &again, e));
	counts(&again, 1, 0, 0, 0);
	assert_true(hy_str_eq(row_of(b, "BR-2011-000002").title, HY_S("a, b")));
}

static void what_concerns_the_file_stops_before_anything_is_written(void **state)
{
	static const struct {
		const char *text;
		enum hy_code code;
		const char *words;
	} cases[] = {
		{ "", HY_BAD_INPUT, "is empty" },
		{ "\n\n", HY_BAD_INPUT, "is empty" },
		{ "\xef\xbb\xbf", HY_BAD_INPUT, "not even a header" },
		{ "id,opened,closed,due,title,dept,txt,said\n" GOOD, HY_BAD_INPUT,
		  "\"text\" (line 12 of the map); did you mean \"txt\"?" },
		{ "id,opened,closed,due,title,dept,text,said,id\n", HY_BAD_INPUT,
		  "\"id\" stands twice" },
		{ "id,ope\"ned\n", HY_BAD_INPUT, "header" },
	};
	struct bay *b = *state;

	for (size_t i = 0; i < HY_COUNT(cases); i++) {
		struct intake_result r = { 0 };
		struct hy_err why = { 0 };
		assert_int_equal(bay_try(b, bay_map, hy_str_of(cases[i].text), &r, &why),
				 cases[i].code);
		assert_says(&why, cases[i].code, cases[i].words);
	}
	assert_int_equal(bay_number(b, "SELECT count(*) FROM matter"), 0);
}

/* Several files: all headers are looked at before the first row is written. */
static void files_come_together_or_not_at_all(void **state)
{
	struct bay *b = *state;
	struct pack_messages msgs = { 0 };
	struct intake_options o = { 0 };
	struct intake_result r = { 0 };
	struct intake_map *m = NULL;
	struct hy_err why = { 0 };
	hy_str other = hy_printf(b->a, "%s/other.csv", b->where);
	const char *files[] = { b->file, other.p };

	bay_write(b->file, HY_S(BAY_HEADER GOOD));
	assert_ok(intake_map_read(b->a, HY_S("t.yaml"), hy_str_of(bay_map), &msgs, &m, e));
	assert_ok(intake_map_bind(b->a, m, city_pack(b->city), &msgs, e));
	bay_write(other.p, HY_S("id,opened\n"));
	assert_int_equal(intake_import(b->city, m, files, 2, &o, b->a, &r, &why), HY_BAD_INPUT);
	assert_says(&why, HY_BAD_INPUT, "other.csv: columns are missing");
	assert_int_equal(bay_number(b, "SELECT count(*) FROM matter"), 0);
	/* other columns in another order are fine, but for the CSV of refused rows */
	bay_write(other.p, HY_S("more,said,text,dept,title,due,closed,opened,id\n"
				"x,,,PWDx,Tree,,,2011-07-02 09:00,2\n"));
	o.refused = b->refused;
	hy_err_clear(&why);
	assert_int_equal(intake_import(b->city, m, files, 2, &o, b->a, &r, &why), HY_BAD_INPUT);
	assert_says(&why, HY_BAD_INPUT, "runs of their own");
	o.refused = NULL;
	assert_ok(intake_import(b->city, m, files, 2, &o, b->a, &r, e));
	counts(&r, 2, 0, 0, 0);
	assert_int_equal(r.n_files, 2);
	assert_int_equal(r.files[1].rows, 1);
	assert_true(hy_str_eq(row_of(b, "BR-2011-000002").title, HY_S("Tree")));
}

static void the_refused_file_is_never_an_input(void **state)
{
	struct bay *b = *state;
	struct intake_result r = { 0 };
	struct hy_err why = { 0 };

	snprintf(b->refused, sizeof(b->refused), "%s", b->file);
	assert_int_equal(bay_try(b, bay_map, HY_S(BAY_HEADER GOOD), &r, &why), HY_BAD_FIELD);
	assert_says(&why, HY_BAD_FIELD, "is imported");
	hy_str kept = HY_S("");
	assert_ok(hy_file_read(b->a, b->file, 1 << 20, &kept, e));
	assert_true(hy_str_eq(kept, HY_S(BAY_HEADER GOOD)));
}

static void a_unit_that_is_here_keeps_its_name(void **state)
{
	struct bay *b = *state;
	HY_SCOPED_DB db = NULL;
	struct unit u;
	struct intake_result r = { 0 };
	const char *other = hy_printf(b->a, "%s", bay_map).p;
	char *at = strstr((char *)(uintptr_t)other, "code: dept}");

	bay_import(b, GOOD);
	memcpy(at, "code: dept}", 11);
	at = strstr((char *)(uintptr_t)other, "column: dept");
	memcpy(at, "column: said", 12);
	assert_ok(bay_try(b, other, HY_S(BAY_HEADER "2,2011-07-01 09:00,,,Lamp,PWDx,,Renamed\n"),
			  &r, e));
	counts(&r, 1, 0, 0, 0);
	assert_int_equal(r.units_made, 0);
	assert_ok(hy_store_read(city_store(b->city), &db, e));
	assert_ok(unit_by_code(b->a, db, HY_S("PWDx"), &u, e));
	assert_true(hy_str_eq(u.name, HY_S("PWDx")));
}

/* --- killed ------------------------------------------------------------------------------- */

static hy_str many_rows(struct hy_arena *a, int n)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_add(&b, HY_S(BAY_HEADER));
	for (int i = 1; i <= n; i++)
		hy_buf_fmt(&b, "%d,2011-07-%02d 09:00,2011-08-%02d 10:00,,Row %d,D%d,done,\n", i,
			   1 + i % 28, 1 + i % 28, i, i % 7);
	return hy_buf_str(&b);
}

static void killed_at_any_time_nothing_is_half_done(void **state)
{
	struct bay *b = *state;
	hy_str text = many_rows(b->a, 6000);
	struct intake_result r = { 0 };
	int64_t last = 0;

	city_close(&b->city);
	for (int i = 0; i < 4; i++) {
		pid_t child = fork();
		if (child == 0) {
			bay_open(b);
			_exit(bay_try(b, bay_map, text, &r, &(struct hy_err){ 0 }) != HY_OK);
		}
		usleep(25000 * (useconds_t)(i + 1));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		bay_open(b);
		int64_t matters = bay_number(b, "SELECT count(*) FROM matter");
		assert_true(matters >= last && matters <= 6000);
		last = matters;
		/* each matter has both its moves, or is not there */
		assert_int_equal(bay_number(b, "SELECT count(*) FROM matter WHERE open = 1"), 0);
		assert_int_equal(bay_number(b, "SELECT count(*) FROM event WHERE matter IS NOT NULL"
					       " AND matter > 0"),
				 2 * matters);
		bay_sound(b);
		city_close(&b->city);
	}
	bay_open(b);
	assert_ok(bay_try(b, bay_map, text, &r, e));
	assert_int_equal(r.imported + r.here, 6000);
	assert_int_equal(r.here, last);
	assert_int_equal(r.refused, 0);
	assert_int_equal(bay_number(b, "SELECT count(DISTINCT source) FROM matter"), 6000);
	bay_sound(b);
}

/* --- bytes changed at random ---------------------------------------------------------------- */

static uint64_t next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static void any_bytes_are_borne(void **state)
{
	static const char hostile[] = "\"\",,\n\r\0\xff\xe4\xbd 0:/-";
	struct bay *b = *state;
	hy_str good = many_rows(b->a, 40);
	uint64_t seed = 20111231;
	int64_t rows = 0, refused = 0;

	for (int round = 0; round < 300; round++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct bay mine = *b;
		struct intake_result r = { 0 };
		struct hy_err why = { 0 };
		mine.a = a;
		hy_str text = hy_str_dup(a, good);
		char *p = (char *)(uintptr_t)text.p;
		for (uint64_t k = 1 + next(&seed) % 12; k > 0; k--)
			p[next(&seed) % text.n] = hostile[next(&seed) % (sizeof(hostile) - 1)];
		text.n -= next(&seed) % 4 ? 0 : next(&seed) % text.n;
		enum hy_code code = bay_try(&mine, bay_map, text, &r, &why);
		assert_true(code == HY_OK || code == HY_BAD_INPUT);
		assert_int_equal(r.rows, r.imported + r.completed + r.here + r.refused);
		rows += r.rows;
		refused += r.refused;
	}
	assert_true(rows > 5000 && refused > 300);
	bay_sound(b);
}

int main(void)
{
#define BAY_TEST(fn) cmocka_unit_test_setup_teardown(fn, bay_up, bay_down)
	const struct CMUnitTest tests[] = {
		BAY_TEST(a_row_becomes_dated_moves),
		BAY_TEST(a_second_run_changes_nothing),
		BAY_TEST(a_file_that_has_grown_brings_what_is_new),
		BAY_TEST(another_content_under_a_known_key_is_refused),
		BAY_TEST(what_cannot_be_is_refused_and_the_others_go_on),
		BAY_TEST(oversized_cells_are_refused_by_name),
		BAY_TEST(bytes_and_quotes_that_are_wrong),
		BAY_TEST(refused_rows_can_be_mended_and_imported),
		BAY_TEST(what_concerns_the_file_stops_before_anything_is_written),
		BAY_TEST(files_come_together_or_not_at_all),
		BAY_TEST(the_refused_file_is_never_an_input),
		BAY_TEST(a_unit_that_is_here_keeps_its_name),
		BAY_TEST(killed_at_any_time_nothing_is_half_done),
		BAY_TEST(any_bytes_are_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
