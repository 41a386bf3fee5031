/* The main job: 2,816 real letters, a limit of 15 working days, an office out of the answer. */
#include "intake/import.h"
#include "record/testing.h"

struct town {
	char where[64];
	struct city *city;
	struct hy_arena *a;
};

static int up(void **state)
{
	static struct town t;
	const char *packs[] = { HY_SOURCE_ROOT "/packs/base", NULL };
	struct city_new n = { .packs = packs, .name = HY_S("回音市") };
	struct city_options o = { .fast_import = true };

	t = (struct town){ .where = "/tmp/hy-letters-XXXXXX", .a = hy_arena_new(0) };
	assert_non_null(mkdtemp(t.where));
	assert_ok(city_create(t.where, &n, &o, e));
	assert_ok(city_open(t.where, &o, &t.city, e));
	*state = &t;
	return 0;
}

static int down(void **state)
{
	struct town *t = *state;

	city_close(&t->city);
	hy_arena_free(&t->a);
	return nftw(t->where, test_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static struct intake_result import(struct town *t, const char *file)
{
	struct pack_messages msgs = { 0 };
	struct intake_options o = { 0 };
	struct intake_result r = { 0 };
	struct intake_map *m = NULL;
	hy_str text = HY_S("");

	assert_ok(
		hy_file_read(t->a, HY_SOURCE_ROOT "/examples/letters.map.yaml", 1 << 20, &text, e));
	assert_ok(intake_map_read(t->a, HY_S("letters.map.yaml"), text, &msgs, &m, e));
	assert_ok(intake_map_bind(t->a, m, city_pack(t->city), &msgs, e));
	assert_ok(intake_import(t->city, m, &file, 1, &o, t->a, &r, e));
	return r;
}

struct figures {
	int64_t all, answered, in_time, late, unassigned, finals;
	int days[1000]; /* answered after so many working days */
};

static void count(struct town *t, const struct matter_row *r, struct figures *f)
{
	const struct hy_calendar *cal = city_pack(t->city)->calendar;
	const struct hy_zone *z = hy_calendar_zone(cal);
	int days = hy_work_between(cal, hy_local(z, r->filed_at, NULL),
				   hy_local(z, r->answered_at, NULL));

	f->all++;
	f->answered += r->answered_at != HY_NO_TIME;
	f->in_time += r->verdict == MATTER_IN_TIME;
	f->late += r->verdict == MATTER_LATE;
	f->unassigned += r->unit.n == 0;
	f->finals += !r->provisional;
	assert_true(days >= 0 && days < 1000);
	f->days[days]++;
	/* two ways to the same verdict: the clock's due date, and counting days */
	assert_int_equal(r->verdict == MATTER_IN_TIME, days <= 15);
}

static struct figures figures_of(struct town *t)
{
	struct figures f = { 0 };
	struct matter_filter all = { .now = city_now(t->city) };
	struct matter_page page = { .next = HY_S("") };
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	do {
		assert_ok(matter_list(t->a, db, &access_all, &all, MATTER_BY_FILED_DESC, page.next,
				      200, &page, e));
		for (size_t i = 0; i < page.n; i++)
			count(t, &page.v[i], &f);
	} while (page.next.n);
	return f;
}

static int median(const struct figures *f)
{
	int64_t seen = 0;
	int d = 0;

	while (2 * (seen += f->days[d]) < f->all)
		d++;
	return d;
}

static void letters_are_answered_in_time_or_not(void **state)
{
	struct town *t = *state;
	const char *dir = getenv("HY_SHARED_DATA");
	hy_str file = hy_printf(t->a, "%s/letters/fujian4_with_replies.csv",
				dir ? dir : HY_SOURCE_ROOT "/../shared/data");

	if (access(file.p, R_OK) != 0) {
		print_message("# skipped: no letters in HY_SHARED_DATA or ../shared/data\n");
		return;
	}
	struct intake_result r = import(t, file.p);
	assert_int_equal(r.imported, 2816);
	assert_int_equal(r.refused, 0);
	struct figures f = figures_of(t);
	assert_int_equal(f.all, 2816);
	assert_int_equal(f.answered, 2816);
	assert_int_equal(f.in_time, 2103);
	assert_int_equal(f.late, 713);
	assert_int_equal(f.finals, 2816); /* 2011-2020: every year has its notice */
	assert_int_equal(median(&f), 8);
	assert_int_equal(f.unassigned, r.unit_none);
	assert_in_range(r.unit_found, 600, 2816);
	r = import(t, file.p);
	assert_int_equal(r.here, 2816);
	assert_int_equal(r.events, 0);
	struct matter_fsck fsck;
	assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &fsck, e));
	assert_int_equal(fsck.wrong, 0);
	assert_int_equal(fsck.matters, 2816);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(letters_are_answered_in_time_or_not, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
