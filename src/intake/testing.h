#ifndef INTAKE_TESTING_H
#define INTAKE_TESTING_H

/* testing -- a city with tests/packs/boston-311 in a folder of its own, and imports into it. */

#include "intake/import.h"
#include "record/testing.h"

static const char bay_map[] = "map: t\n"
			      "kind: request\n"
			      "key: id\n"
			      "encoding: utf-8\n"
			      "times: [iso, \"%d/%m/%Y %H:%M\"]\n"
			      "unit: {column: dept, code: dept}\n"
			      "file:\n"
			      "  at: opened\n"
			      "  by: resident\n"
			      "  fields: {title: title, unit: {unit: found}, due: due}\n"
			      "moves:\n"
			      "  - {move: close, at: closed, by: department, set: {ground: closed},"
			      " fields: {text: text}}\n"
			      "check:\n"
			      "  - {name: v, clock: city, due: due, verdict: said,"
			      " values: {Y: in_time, N: late}, by: dept}\n";
#define BAY_HEADER "id,opened,closed,due,title,dept,text,said\n"

struct bay {
	char where[64], file[96], refused[96];
	struct city *city;
	struct hy_arena *a;
};

static inline int64_t bay_now(void)
{
	return 1700000000000; /* 2023-11-14 */
}
static const struct city_options bay_options = { .now = bay_now, .fast_import = true };

static inline void bay_open(struct bay *b)
{
	assert_ok(city_open(b->where, &bay_options, &b->city, e));
}

static inline int bay_up(void **state)
{
	static struct bay b;
	const char *packs[] = { HY_SOURCE_ROOT "/tests/packs/boston-311", NULL };
	struct city_new n = { .packs = packs, .name = HY_S("Bay") };

	b = (struct bay){ .where = "/tmp/hy-intake-XXXXXX", .a = hy_arena_new(0) };
	assert_non_null(mkdtemp(b.where));
	snprintf(b.file, sizeof(b.file), "%s/rows.csv", b.where);
	snprintf(b.refused, sizeof(b.refused), "%s/refused.csv", b.where);
	assert_ok(city_create(b.where, &n, &bay_options, e));
	bay_open(&b);
	*state = &b;
	return 0;
}

static inline int bay_down(void **state)
{
	struct bay *b = *state;

	city_close(&b->city);
	hy_arena_free(&b->a);
	return nftw(b->where, test_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void bay_write(const char *path, hy_str text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

/* Imports TEXT through MAP; the error, if any, is in *WHY. */
static inline enum hy_code bay_try(struct bay *b, const char *map, hy_str text,
				   struct intake_result *r, struct hy_err *why)
{
	struct intake_options o = { .refused = b->refused };
	struct pack_messages msgs = { 0 };
	struct intake_map *m = NULL;
	const char *files[] = { b->file };

	bay_write(b->file, text);
	assert_ok(intake_map_read(b->a, HY_S("t.yaml"), hy_str_of(map), &msgs, &m, e));
	assert_ok(intake_map_bind(b->a, m, city_pack(b->city), &msgs, e));
	return intake_import(b->city, m, files, 1, &o, b->a, r, why);
}

static inline struct intake_result bay_import(struct bay *b, const char *rows)
{
	struct intake_result r = { 0 };
	hy_str text = hy_printf(b->a, "%s%s", BAY_HEADER, rows);

	assert_ok(bay_try(b, bay_map, text, &r, e));
	return r;
}

static inline int64_t bay_number(struct bay *b, const char *sql)
{
	HY_SCOPED_DB db = NULL;
	bool row = false;

	assert_ok(hy_store_read(city_store(b->city), &db, e));
	HY_SCOPED_STMT s = hy_sql(db, sql);
	assert_ok(hy_step(s, &row, e));
	return row ? hy_col_int(s, 0) : -1;
}

/* Everything that the city holds agrees with its events. */
static inline void bay_sound(struct bay *b)
{
	struct matter_fsck f;

	assert_ok(matter_fsck(b->city, b->a, NULL, NULL, &f, e));
	if (f.wrong)
		fail_msg(HY_FMT, HY_ARG(f.first));
}

#endif
