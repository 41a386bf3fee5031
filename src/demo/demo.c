/* Founding the demo city and filling it, a batch of matters at a time. */
#include "demo/demo.h"
#include "demo/logins.h"

#include <unistd.h>

#include "base/progress.h"
#include "demo/life.h"
#include "demo/people.h"
#include "matter/city.h"

enum { BATCH = 200, KINDS = 16 };

struct making {
	struct life_city lc;
	const struct demo_task *tasks;
	int64_t n, done;
	struct life_lead leads[KINDS]; /* by the row of demo_steps */
};

/* --- units --------------------------------------------------------------------------------------
 */

static enum hy_code put_people(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *mk = in_out;

	return people_begin(&mk->lc, db, e);
}

static enum hy_code reform_people(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct making *mk = in_out;

	return people_end(&mk->lc, db, e);
}

/* --- matters ------------------------------------------------------------------------------------
 */

struct batch {
	const struct making *mk;
	int64_t from, until;
	struct life_lead leads[KINDS];
};

static enum hy_code put_batch(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct batch *b = in_out;
	enum hy_code code = HY_OK;

	memcpy(b->leads, b->mk->leads, sizeof(b->leads)); /* it may run twice */
	for (int64_t i = b->from; !code && i < b->until; i++) {
		const struct demo_task *t = &b->mk->tasks[i];
		code = life_make(&b->mk->lc, db, t, &b->leads[t->steps - demo_steps], e);
	}
	return code;
}

static enum hy_code put_matters(struct making *mk, FILE *to, struct hy_err *e)
{
	struct hy_progress p = hy_progress_begin(to, "matters", mk->n);
	enum hy_code code = HY_OK;

	while (!code && mk->done < mk->n) {
		struct batch b = { .mk = mk,
				   .from = mk->done,
				   .until = mk->done + BATCH < mk->n ? mk->done + BATCH : mk->n };
		code = hy_store_write(city_store(mk->lc.city), put_batch, &b, e);
		memcpy(mk->leads, b.leads, sizeof(mk->leads));
		mk->done = b.until;
		hy_progress(&p, mk->done);
	}
	hy_progress_end(&p, mk->done);
	return code;
}

/* --- what is due by itself
 * ------------------------------------------------------------------------ */

struct ticking {
	const struct life_city *lc;
	int done;
};

static enum hy_code tick(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct ticking *t = in_out;

	return matter_tick(t->lc->city, db, t->lc->now, BATCH, &t->done, e);
}

static enum hy_code tick_all(const struct life_city *lc, struct hy_err *e)
{
	struct ticking t = { .lc = lc };
	enum hy_code code;

	life_clock_set(lc->now);
	do
		code = hy_store_write(city_store(lc->city), tick, &t, e);
	while (!code && t.done);
	return code;
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

static hy_hash seed_of(struct hy_arena *a, const struct demo_options *o)
{
	hy_str text = hy_printf(a, "seed %llu\nmatters %lld\nuntil " HY_FMT "\nname " HY_FMT "\n",
				(unsigned long long)o->seed, (long long)o->matters,
				HY_ARG(hy_day_text(a, o->until)), HY_ARG(o->name));

	return hy_sha256_4(HY_S("huiyin demo city v1\n"), text, HY_S(""), HY_S(""));
}

/* What the rooms above have of their own, such as the catalogue of items; and which items the
 * matters of the demo may name. */
static enum hy_code put_rooms(struct making *mk, const struct demo_options *o, struct hy_err *e)
{
	struct life_city *lc = &mk->lc;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = HY_OK;

	for (const struct city_room *const *r = city_rooms(); !code && *r; r++)
		if ((*r)->found_demo)
			code = (*r)->found_demo(lc->city, o->packs, o->until, e);
	if (!code)
		code = hy_store_read(city_store(lc->city), &db, e);
	for (const struct city_room *const *r = city_rooms(); !code && *r; r++)
		for (const struct demo_subjects *s = demo_office_subjects; (*r)->item && s->kind;
		     s++)
			for (int i = 0; i < s->n; i++) {
				struct hy_err why = { 0 };
				struct city_item of;
				const char *item = s->v[i].item;
				if (item &&
				    !(*r)->item(lc->a, db, hy_str_of(item), o->until, &of, &why))
					hy_map_put(&lc->items, hy_str_of(item),
						   (void *)(uintptr_t)item);
			}
	return code;
}

static enum hy_code fill(struct city *c, struct hy_arena *a, const hy_hash *seed,
			 const struct demo_options *o, struct hy_err *e)
{
	struct making *mk = hy_new(a, struct making);

	mk->lc = (struct life_city){ .city = c, .seed = seed, .now = demo_now(o->until), .a = a };
	mk->lc.items.a = a;
	mk->n = o->matters;
	mk->tasks = demo_plan(a, seed, city_pack(c), o->until, o->matters);
	enum hy_code code = hy_store_write(city_store(c), put_people, mk, e);
	if (!code)
		code = put_rooms(mk, o, e);
	if (!code)
		code = put_matters(mk, o->progress, e);
	if (!code)
		code = tick_all(&mk->lc, e);
	if (!code)
		code = hy_store_write(city_store(c), reform_people, mk, e);
	return code ? code : demo_logins(c, seed, mk->lc.now, e);
}

enum hy_code demo_make(const struct demo_options *o, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new((size_t)16 << 30);
	SCOPED_CITY c = NULL;
	hy_hash seed = seed_of(a, o);
	hy_ms begin = hy_instant(&hy_zone_china, o->until - DEMO_DAYS - 400, 9 * HY_HOUR);
	struct city_new n = { .packs = o->packs, .name = o->name, .seed = seed.b, .at = begin };
	struct city_options opt = {
		.store = o->store, .fast_import = true, .now = life_clock, .salt_seed = seed.b
	};

	if (o->matters < 1 || o->matters > DEMO_MOST)
		return hy_fail(e, HY_BAD_FIELD, "--matters", "must be a number from 1 to %d",
			       DEMO_MOST);
	if (!o->store && access(hy_printf(a, "%s/huiyin.db", o->where).p, F_OK) == 0)
		return hy_fail(e, HY_EXISTS, "--data",
			       "%s holds a city already; if it is an interrupted demo, remove the "
			       "folder and begin anew",
			       o->where);
	life_clock_set(begin);
	enum hy_code code = city_create(o->where, &n, &opt, e);
	if (!code)
		code = city_open(o->where, &opt, &c, e);
	return code ? code : fill(c, a, &seed, o, e);
}
