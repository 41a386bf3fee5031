#ifndef MATTER_TESTING_H
#define MATTER_TESTING_H

/* testing -- a city with packs/base in a folder of its own, whose clock the test sets. */

#include "matter/matter_store.h"
#include "record/testing.h"

static hy_ms town_time; /* what the city's clock shows */

static inline int64_t town_now(void)
{
	return town_time;
}

struct town {
	char where[64];
	struct city *city;
	struct hy_arena *a;
};

static const struct city_options town_options = { .now = town_now, .salt_seed = test_seed };

/* "2026-04-10T10:00" on the city's wall clock. */
static inline hy_ms town_at(const char *when)
{
	hy_ms at;

	assert_true(hy_instant_read(hy_str_of(when), &hy_zone_china, &at));
	return at;
}

static inline void town_open(struct town *t)
{
	struct city_options o = town_options;

	o.store = test_database() ? test_address(t->where) : NULL;
	assert_ok(city_open(t->where, &o, &t->city, e));
}

static inline int town_up(void **state)
{
	static struct town t;
	const char *packs[] = { HY_SOURCE_ROOT "/packs/base", NULL };
	struct city_options o = town_options;
	struct city_new n = { .packs = packs, .name = HY_S("试验市"), .seed = test_seed };

	t = (struct town){ .where = "/tmp/hy-matter-XXXXXX", .a = hy_arena_new(0) };
	assert_non_null(mkdtemp(t.where));
	town_time = n.at = town_at("2026-01-01T00:00");
	o.store = test_database() ? test_address(t.where) : NULL;
	assert_ok(city_create(t.where, &n, &o, e));
	town_open(&t);
	*state = &t;
	return 0;
}

static inline int town_down(void **state)
{
	struct town *t = *state;

	city_close(&t->city);
	hy_arena_free(&t->a);
	return nftw(t->where, test_remove, 16, FTW_DEPTH | FTW_PHYS);
}

struct town_deed {
	struct town *t;
	hy_str subject, source;
	struct matter_move mv;
	int64_t if_seq;
	struct matter_filed filed;
	struct matter *m;
};

static inline enum hy_code town_file_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct town_deed *d = in_out;

	return matter_file(d->t->city, db, d->t->a, d->subject, &d->mv, d->source, true, &d->filed,
			   e);
}

static inline enum hy_code town_move_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct town_deed *d = in_out;

	return matter_make_move(d->t->city, db, d->t->a, d->subject, &d->mv, d->if_seq, &d->m, e);
}

static inline json_t *town_data(struct town *t, const char *json)
{
	json_t *v = NULL;

	assert_ok(hy_json_read(t->a, hy_str_of(json), &v, e));
	return v;
}

struct town_touch {
	const struct city_room *room;
	const char *sql;
	enum hy_code said;
};

static inline enum hy_code town_touch_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct town_touch *x = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err found = { 0 };
	int64_t n;
	enum hy_code code = hy_sql_script(db, x->sql, e);

	if (code)
		return code;
	x->said = x->room->fsck(a, db, &n, &found);
	return hy_fail(e, HY_NOT_NOW, "", "undo it");
}

/* What ROOM's fsck says once SQL has spoilt a table; that is undone. */
static inline enum hy_code town_touched(struct town *t, const struct city_room *room,
					const char *sql)
{
	struct town_touch x = { .room = room, .sql = sql };
	struct hy_err e2 = { 0 };

	assert_int_equal(hy_store_write(city_store(t->city), town_touch_work, &x, &e2), HY_NOT_NOW);
	return x.said;
}

/* Files KIND at WHEN; returns its code. */
static inline hy_str town_file(struct town *t, const char *when, const char *kind, const char *role,
			       const char *json)
{
	struct town_deed d = { .t = t, .subject = hy_str_of(kind), .if_seq = -1 };

	town_time = d.mv.at = town_at(when);
	d.mv.role = hy_str_of(role);
	d.mv.data = town_data(t, json);
	assert_ok(hy_store_write(city_store(t->city), town_file_work, &d, e));
	return d.filed.code;
}

/* Makes a move; the error, if any, is in *E. */
static inline enum hy_code town_try(struct town *t, const char *when, hy_str code, const char *move,
				    const char *role, const char *json, struct hy_err *e)
{
	struct town_deed d = { .t = t, .subject = code, .if_seq = -1 };

	town_time = d.mv.at = town_at(when);
	d.mv.move = hy_str_of(move);
	d.mv.role = hy_str_of(role);
	d.mv.data = town_data(t, json);
	return hy_store_write(city_store(t->city), town_move_work, &d, e);
}

#define town_move(t, when, code, move, role, json)                                                 \
	assert_ok(town_try((t), (when), (code), (move), (role), (json), e))
#define town_refused(t, when, code, move, role, json, want, words)                                 \
	do {                                                                                       \
		struct hy_err why = { 0 };                                                         \
		assert_int_not_equal(town_try((t), (when), (code), (move), (role), (json), &why),  \
				     HY_OK);                                                       \
		assert_says(&why, want, words);                                                    \
	} while (0)

static inline struct matter_row town_row(struct town *t, hy_str code)
{
	HY_SCOPED_DB db = NULL;
	struct matter_row r = { 0 };

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(matter_row(t->a, db, &access_all, code, &r, e));
	return r;
}

static inline struct matter *town_matter(struct town *t, hy_str code)
{
	HY_SCOPED_DB db = NULL;
	struct matter *m = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(matter_read(t->city, db, &access_all, t->a, code, &m, e));
	return m;
}

/* The due day as text, "none" without one. */
static inline const char *town_day(struct town *t, hy_ms at)
{
	if (at == HY_NO_TIME)
		return "none";
	return hy_day_text(t->a, hy_local(&hy_zone_china, at, NULL)).p;
}

static inline const char *town_light(struct town *t, hy_str code, const char *when)
{
	struct matter_row r = town_row(t, code);

	return matter_light_names[matter_light(r.lights, town_at(when))];
}

/* Erasing, as the command line does it. */
static inline struct matter_erasing town_erasing(const char *basis)
{
	return (struct matter_erasing){ .at = town_time,
					.basis = hy_str_of(basis),
					.role = HY_S("console"),
					.unit = HY_S("") };
}

static inline void town_fsck(struct town *t)
{
	struct matter_fsck f;
	struct record_verdict v;

	assert_ok(matter_fsck(t->city, t->a, NULL, NULL, &f, e));
	if (f.wrong)
		fail_msg(HY_FMT, HY_ARG(f.first));
	assert_ok(record_verify(t->a, city_store(t->city), HY_S(""), NULL, NULL, &v, e));
}

struct town_unit_deed {
	struct town *t;
	hy_str code, name;
};

static inline enum hy_code town_unit_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct town_unit_deed *d = in_out;
	int64_t id;

	return unit_put(city_record(d->t->city), db, d->code, d->name, HY_S(""), town_time, &id, e);
}

static inline void town_unit(struct town *t, const char *code, const char *name)
{
	struct town_unit_deed d = { t, hy_str_of(code), hy_str_of(name) };

	assert_ok(hy_store_write(city_store(t->city), town_unit_work, &d, e));
}

#endif
