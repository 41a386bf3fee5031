/* huiyin demo */
#include <time.h>

#include "demo/demo.h"
#include "demo/logins.h"
#include "demo/people.h"
#include "matter/command.h"

/* Two years before it every rule of the base pack holds. */
enum { FIRST_YEAR = 2025 };

/* The last day whose 17:00 is over: nothing in the city lies in the future. */
static hy_day last_day(hy_ms now)
{
	hy_day today = hy_local(&hy_zone_china, now, NULL);

	return demo_now(today) <= now ? today : today - 1;
}

static enum hy_code until_of(const struct hy_run *run, hy_day *out, struct hy_err *e)
{
	hy_ms now = (hy_ms)time(NULL) * 1000;
	hy_str s = hy_run_option(run, "--until");

	*out = last_day(now);
	if (!s.n)
		return HY_OK;
	hy_day d;
	if (!hy_day_read(s, &d) || hy_date_of(d).year < FIRST_YEAR)
		return hy_fail(e, HY_BAD_FIELD, "--until",
			       "must be a day such as 2026-09-30, from %d on", FIRST_YEAR);
	if (demo_now(d) > now)
		return hy_fail(
			e, HY_BAD_FIELD, "--until",
			"the demo ends at 17:00 of that day, which is still to come; take " HY_FMT
			" or earlier",
			HY_ARG(hy_day_text(run->arena, *out)));
	*out = d;
	return HY_OK;
}

/* --- the summary
 * ---------------------------------------------------------------------------------- */

struct count {
	hy_str name;
	int64_t n, open;
};

static enum hy_code count_kinds(struct hy_run *run, struct city *c, struct hy_db *db,
				struct count *v, struct hy_err *e)
{
	const struct pack *p = city_pack(c);
	HY_SCOPED_STMT s = hy_sql(db, "SELECT kind, count(*), sum(open) FROM matter GROUP BY kind");
	enum hy_code code;
	bool row;

	for (size_t i = 0; i < p->n_kinds; i++)
		v[i].name =
			run->json ? p->kinds[i].id : pack_say(&p->kinds[i].title, run->language);
	while (!(code = hy_step(s, &row, e)) && row)
		for (size_t i = 0; i < p->n_kinds; i++)
			if (hy_str_eq(p->kinds[i].id, hy_col_text(s, 0))) {
				v[i].n = hy_col_int(s, 1);
				v[i].open = hy_col_int(s, 2);
			}
	return code;
}

static enum hy_code count_lights(struct city *c, struct hy_arena *a, struct hy_db *db, hy_ms now,
				 int64_t v[HY_LIGHT_RED + 1], struct hy_err *e)
{
	struct matter_filter f = { .open = 1, .now = now };
	struct matter_page page = { 0 };
	hy_str cursor = HY_S("");

	(void)c;
	do {
		enum hy_code code = matter_list(a, db, &access_all, &f, MATTER_BY_FILED_DESC,
						cursor, 200, &page, e);
		if (code)
			return code;
		for (size_t i = 0; i < page.n; i++)
			v[matter_light(page.v[i].lights, now)]++;
		cursor = page.next;
	} while (cursor.n);
	return HY_OK;
}

static void say(struct hy_run *run, const struct demo_options *o, const struct count *kinds,
		size_t n, const int64_t lights[HY_LIGHT_RED + 1])
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	hy_str now = hy_instant_text(run->arena, &hy_zone_china, demo_now(o->until));
	int64_t all = 0, open = 0;

	for (size_t i = 0; i < n; i++) {
		all += kinds[i].n;
		open += kinds[i].open;
	}
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "data", hy_str_of(o->where));
		hy_json_kstr(&j, "name", o->name);
		hy_json_kint(&j, "seed", (int64_t)o->seed);
		hy_json_kstr(&j, "now", now);
		hy_json_kint(&j, "units", people_units());
		hy_json_kint(&j, "matters", all);
		hy_json_kint(&j, "open", open);
		hy_json_key(&j, "kinds");
		hy_json_obj(&j);
		for (size_t i = 0; i < n; i++)
			hy_json_kint(&j, kinds[i].name.p, kinds[i].n);
		hy_json_obj_end(&j);
		hy_json_key(&j, "lights");
		hy_json_obj(&j);
		for (int i = 0; i <= HY_LIGHT_RED; i++)
			hy_json_kint(&j, matter_light_names[i], lights[i]);
		hy_json_obj_end(&j);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   HY_FMT " in %s, as of " HY_FMT ": %d units, %lld matters, %lld open\n",
			   HY_ARG(o->name), o->where, HY_ARG(now), people_units(), (long long)all,
			   (long long)open);
		for (size_t i = 0; i < n; i++)
			hy_buf_fmt(&b, "  %7lld  %5lld open  " HY_FMT "\n", (long long)kinds[i].n,
				   (long long)kinds[i].open, HY_ARG(kinds[i].name));
		hy_buf_fmt(&b, "open by light:");
		for (int i = 0; i <= HY_LIGHT_RED; i++)
			hy_buf_fmt(&b, " %s %lld", matter_light_names[i], (long long)lights[i]);
		hy_buf_add(
			&b,
			HY_S("\nlog in as desk, handler, unit_head, efficacy_office, leader, "
			     "sysadmin, secadmin, audadmin ... with the password " DEMO_PASSWORD));
		hy_buf_fmt(
			&b,
			"\nwhoever knows the seed can sign for this log: not for real matters\n");
	}
	command_print(run, &b);
}

static enum hy_code summary(struct hy_run *run, const struct demo_options *o, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	int64_t lights[HY_LIGHT_RED + 1] = { 0 };
	enum hy_code code = command_city(run, true, &c, e);

	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	if (code)
		return code;
	size_t n = city_pack(c)->n_kinds;
	struct count *kinds = hy_new_n(run->arena, struct count, n);
	code = count_kinds(run, c, db, kinds, e);
	if (!code)
		code = count_lights(c, run->arena, db, demo_now(o->until), lights, e);
	if (!code)
		say(run, o, kinds, n, lights);
	return code;
}

/* The packs of --pack; else national law and the invented city's own pledges. */
static enum hy_code packs_of(struct hy_run *run, const char *const **out, struct hy_err *e)
{
	if (hy_run_list(run, "--pack").n)
		return command_packs(run, out, e);
	const char **v = hy_new_n(run->arena, const char *, 3);
	hy_str dir = HY_S("");
	enum hy_code code = command_packs_dir(run->arena, &dir, e);

	v[0] = hy_printf(run->arena, HY_FMT "/base", HY_ARG(dir)).p;
	v[1] = hy_printf(run->arena, HY_FMT "/demo-city", HY_ARG(dir)).p;
	*out = v;
	return code;
}

static enum hy_code demo(struct hy_run *run, struct hy_err *e)
{
	struct demo_options o = { .store = hy_run_option(run, "--store").p,
				  .where = hy_run_option(run, "--data").p,
				  .name = hy_run_option(run, "--name"),
				  .progress = run->quiet ? NULL : run->err };
	int64_t seed = 1;
	enum hy_code code = packs_of(run, &o.packs, e);

	if (!code)
		code = hy_run_int(run, "--seed", 0, INT64_MAX, &seed, e);
	if (!code)
		code = hy_run_int(run, "--matters", 1, DEMO_MOST, &o.matters, e);
	if (!code)
		code = until_of(run, &o.until, e);
	o.seed = (uint64_t)seed;
	if (!code)
		code = demo_make(&o, e);
	return code ? code : summary(run, &o, e);
}

static const struct hy_option demo_options[] = {
	DATA_OPTION,
	{ "--seed", "N", "another number, another city", .otherwise = "1" },
	{ "--matters", "N", "how many", .otherwise = "20000" },
	{ "--until", "DAY", "the last day (default: the last whose 17:00 is over)" },
	{ "--name", "NAME", "the city's name", .otherwise = "回音市" },
	{ "--pack", "DIR",
	  "a pack instead of packs/base and packs/demo-city; several build on one another",
	  .repeated = true },
	{ 0 },
};
static const char *const demo_examples[] = {
	"huiyin demo --data demo",
	"huiyin demo --data demo --seed 7 --matters 3000 --until 2026-06-30",
	NULL,
};

const struct hy_command demo_commands[] = {
	{ "demo", "make an invented city with two years of matters",
	  .description = "Founds a city of its own in an empty folder and files matters of every "
			 "kind in it, through "
			 "the same engine as real ones. The same seed, number, last day and name "
			 "give the same bytes, "
			 "database and log. Units, people and texts are invented.\n\n"
			 "An interrupted demo is no city: remove the folder and begin anew.",
	  .options = demo_options, .examples = demo_examples, .json = true, .run = demo },
	{ 0 },
};
