#ifndef SUPERVISE_CARD_FIXTURE_H
#define SUPERVISE_CARD_FIXTURE_H

/* card_fixture -- a town that has cards, for the tests of this room. */

#include "matter/testing.h"
#include "supervise/card.h"

static const struct city_room *const rooms[] = { &card_room, NULL };

static inline int card_town(void **state)
{
	city_set_rooms(rooms);
	return town_up(state);
}

/* Looks once; at how many matters. */
static inline int look(struct town *t)
{
	int done;

	assert_ok(card_tick(t->city, 3, &done, e));
	return done;
}

/* At WHEN, until nothing is left to look at. */
static inline void tick(struct town *t, const char *when)
{
	town_time = town_at(when);
	while (look(t))
		;
}

static inline struct card_list cards(struct town *t, hy_str matter, const char *kind)
{
	HY_SCOPED_DB db = NULL;
	const struct card_filter f = { .matter = matter, .kind = hy_str_of(kind) };
	struct card_list v;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(card_read_list(t->a, db, &access_all, &f, &v, e));
	return v;
}

static inline struct card only(struct town *t, hy_str matter, const char *kind)
{
	struct card_list v = cards(t, matter, kind);

	if (v.n != 1)
		fail_msg("%s: %zu cards", kind, v.n);
	return v.v[0];
}

#define assert_text(a, b) assert_true(hy_str_eq(a, HY_S(b)))

static inline void checked(struct town *t)
{
	town_fsck(t);
}

/* K rests on the event AT of M alone. */
static inline void rests_on(struct town *t, const struct card *k, const struct matter *m, size_t at)
{
	hy_str want = hy_printf(t->a, "[%lld]", (long long)m->events[at].idx);

	if (!hy_str_eq(k->evidence, want))
		fail_msg(HY_FMT " rests on " HY_FMT ", not on " HY_FMT, HY_ARG(k->code),
			 HY_ARG(k->evidence), HY_ARG(want));
}

static inline void pause_on(struct town *t, const char *when, hy_str code, const char *ground)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "{\"ground\":\"%s\",\"paper\":\"1号\",\"planned\":5,"
		 "\"approver\":\"unit_head\"}",
		 ground);
	town_move(t, when, code, "pause", "handler", text);
}

/* --- contesting and deciding --- */
struct deed {
	struct town *t;
	hy_str code, name, person, reason;
	int64_t account;
	bool contest, upheld;
	struct card k;
};

static inline enum hy_code deed_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	const struct card_act w = { .city = d->t->city,
				    .db = db,
				    .a = d->t->a,
				    .at = town_time,
				    .role = HY_S("efficacy_office"),
				    .account = d->account,
				    .name = d->name,
				    .person = d->person,
				    .scope = &access_all };

	return d->contest ? card_contest(&w, d->code, d->reason, &d->k, e)
			  : card_decide(&w, d->code, d->upheld, d->reason, &d->k, e);
}

static inline enum hy_code done(struct deed d)
{
	struct hy_err why = { 0 };

	return hy_store_write(city_store(d.t->city), deed_work, &d, &why);
}

#endif
