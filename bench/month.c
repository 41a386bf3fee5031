/* What a month of a city costs: 200 units, a million matters, 30 indicators.
 *
 * Usage: bench-month PACK-DIR [MATTERS [ADDRESS]]     (default 1,000,000; makes and removes a
 * folder in $TMPDIR; ADDRESS: an empty PostgreSQL)
 *
 * The matters of one unit are filed and answered by the program; those of the others are copies of
 * these rows, with other outcomes, so that filling does not take an hour.  Prints a line for each
 * measurement: name, value, unit. */
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "appraise/appraise_json.h"
#include "base/file.h"
#include "cli/rooms.h"
#include "matter/matter_store.h"

enum { UNITS = 200, PER_JOB = 100, INDICATORS = 30, TIMES = 5 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ok(enum hy_code code, const struct hy_err *e)
{
	if (code) {
		fprintf(stderr, "bench-month: %s\n", hy_err_text(e));
		exit(1);
	}
}

static void told(const char *name, double value, const char *unit)
{
	printf("%-28s %10.1f %s\n", name, value, unit);
	fflush(stdout);
}

static int by_value(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* --- the institution ----------------------------------------------------------------------------
 */

static hy_str scheme_text(struct hy_arena *a)
{
	static const struct {
		const char *figure, *line, *trial;
	} list[] = {
#define MORE "[{at: 0%, points: 0}, {at: 100%, points: 100}]", "{good: 90%, bad: 50%}"
#define LESS "[{at: 0%, points: 100}, {at: 100%, points: 0}]", "{good: 10%, bad: 50%}"
		{ "in_time_share", MORE },
		{ "in_time_of_answered", MORE },
		{ "answered_share", MORE },
		{ "in_original_share", MORE },
		{ "reopened_share", LESS },
		{ "satisfied_share", MORE },
		{ "bad_rated_share", LESS },
		{ "closed_share", MORE },
		{ "work_days_mean", "[{at: 0, points: 100}, {at: 60, points: 0}]",
		  "{good: 4, bad: 40}" },
		{ "late", "[{at: 0, points: 100}, {at: 100000, points: 0}]",
		  "{good: 10, bad: 5000}" },
	};
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, "scheme: wide\ntitle: {zh-CN: 宽, zh-Hant: 寬, en: Wide}\nperiod: month\n"
		       "indicators:\n");
	for (int i = 0; i < INDICATORS; i++)
		hy_buf_fmt(&b,
			   "  - {id: i%d, title: {zh-CN: 甲, zh-Hant: 甲, en: A}, weight: %d%%, "
			   "figure: %s, line: %s, trial: %s}\n",
			   i, i % 3 ? 3 : 4, list[i % HY_COUNT(list)].figure,
			   list[i % HY_COUNT(list)].line, list[i % HY_COUNT(list)].trial);
	hy_buf_fmt(&b,
		   "grades:\n  - {id: good, title: {zh-CN: 好, zh-Hant: 好, en: Good}, from: 60}\n"
		   "  - {id: poor, title: {zh-CN: 差, zh-Hant: 差, en: Poor}, from: 0}\n"
		   "groups:\n  - {id: all, title: {zh-CN: 全, zh-Hant: 全, en: All}}\n"
		   "tests:\n  - name: 一\n    given:\n      - {unit: A, of: i0, value: 90/100}\n"
		   "    expect:\n      - {unit: A, score: 90, place: 1, grade: good}\n");
	return hy_buf_str(&b);
}

static const char *pack_folder(struct hy_arena *a, const char *where)
{
	const char *folder = hy_printf(a, "%s/wide", where).p;
	struct hy_err e = { 0 };

	ok(hy_dir_make(hy_printf(a, "%s/schemes", folder).p, &e), &e);
	ok(hy_file_write(hy_printf(a, "%s/pack.yaml", folder).p,
			 HY_S("pack: wide\nversion: '1'\njurisdiction: CN\ntitle: {zh-CN: 宽, "
			      "zh-Hant: 寬, en: Wide}\n"),
			 0600, &e),
	   &e);
	ok(hy_file_write(hy_printf(a, "%s/schemes/wide.yaml", folder).p, scheme_text(a), 0600, &e),
	   &e);
	return folder;
}

/* --- filling ------------------------------------------------------------------------------------
 */

struct filling {
	struct city *c;
	int first, n; /* matters of unit u000 */
	const json_t *filing, *reply;
	hy_ms at;
};

static enum hy_code units_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct filling *f = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	enum hy_code code = HY_OK;
	int64_t id;

	for (int i = 0; !code && i < UNITS; i++)
		code = unit_put(city_record(f->c), db, hy_printf(a, "u%03d", i),
				hy_printf(a, "第%d局", i), HY_S(""), f->at, &id, e);
	return code;
}

static enum hy_code fill(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct filling *f = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);

	for (int i = f->first; i < f->first + PER_JOB && i < f->n; i++) {
		hy_ms at = f->at + (hy_ms)i * 20 * HY_DAY_MS / f->n;
		int days = i % 10 == 0 ? 40 : i % 7;
		struct matter_move file = { .at = at, .role = HY_S("desk"), .data = f->filing };
		struct matter_move reply = { .move = HY_S("reply"),
					     .at = at + days * (hy_ms)HY_DAY_MS + 60000,
					     .role = HY_S("handler"),
					     .data = f->reply };
		struct matter_filed filed;
		enum hy_code code = matter_file(f->c, db, a, HY_S("complaint"), &file, HY_S(""),
						false, &filed, e);
		if (!code && i % 20) /* one in twenty is still open */
			code = matter_make_move(f->c, db, a, filed.code, &reply, -1, NULL, e);
		if (code)
			return code;
		hy_arena_empty(a);
	}
	return HY_OK;
}

struct copying {
	int unit, n;
};

/* The rows of u000 as those of another unit: another part of them is late and badly rated. */
static enum hy_code copy(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct copying *x = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_STMT s = hy_sql(
		db,
		hy_printf(
			a,
			"INSERT INTO matter(id, code, kind, version, seq, last_idx, state, open,"
			" annulled, paused, provisional, unit, person, title, place, channel, "
			"class,"
			" ground, outcome, lead, rating, hand_offs, returns, reopens, filed_at,"
			" changed_at, closed_at, answered_at, main_due_at, original_at, pledged_at,"
			" verdict, pledged_verdict, auto_at, due_at, green_at, blue_at, yellow_at,"
			" orange_at, red_at, about_unit, about_person, guard, shown)"
			" SELECT id + %lld, 'U%03d-' || code, kind, version, seq, last_idx, state,"
			" open, annulled, paused, provisional, 'u%03d', person, title, place,"
			" channel, class, ground, outcome, lead, (id * 7 + %d) %% 6, hand_offs,"
			" returns, (CASE WHEN (id * 11 + %d) %% 40 = 0 THEN 1 ELSE 0 END), "
			"filed_at,"
			" changed_at, closed_at, answered_at, main_due_at, original_at, pledged_at,"
			" (CASE WHEN verdict = 1 AND (id * 13 + %d) %% 100 < %d THEN 2"
			" ELSE verdict END), pledged_verdict, auto_at, due_at, green_at, blue_at,"
			" yellow_at, orange_at, red_at, about_unit, about_person, guard, shown"
			" FROM matter WHERE unit = 'u000'",
			(long long)x->unit * 10000000, x->unit, x->unit, x->unit, x->unit, x->unit,
			x->unit / 10)
			.p);

	return hy_exec(s, NULL, e);
}

/* --- the round ----------------------------------------------------------------------------------
 */

struct working {
	struct city *c;
	struct round r;
	struct round_worked *worked;
	hy_str code; /* of a matter that gets one more event */
	const json_t *reply;
};

static struct round_act act_of(struct working *w, struct hy_db *db, struct hy_arena *a)
{
	return (struct round_act){
		.city = w->c, .db = db, .a = a, .at = city_now(w->c), .role = HY_S("console")
	};
}

static enum hy_code open_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct working *w = in_out;
	struct round_act act = act_of(w, db, hy_db_arena(db));

	return round_open(&act, HY_S("wide"), hy_day_of(2025, 3, 1), &w->r, e);
}

static enum hy_code freeze_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct working *w = in_out;
	struct round_act act = act_of(w, db, hy_db_arena(db));

	return round_freeze(&act, w->worked, HY_S(""), &w->r, e);
}

static enum hy_code one_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct working *w = in_out;
	struct matter_move reply = { .move = HY_S("reply"),
				     .at = city_now(w->c),
				     .role = HY_S("handler"),
				     .data = w->reply };

	return matter_make_move(w->c, db, hy_db_arena(db), w->code, &reply, -1, NULL, e);
}

static double preview(struct working *w)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_DB db = NULL;
	struct round_version v;
	struct round r;
	struct hy_err e = { 0 };
	double from = seconds();

	ok(hy_store_read(city_store(w->c), &db, &e), &e);
	ok(round_by_code(a, db, HY_S("wide-2025-03"), &r, &e), &e);
	ok(round_preview(a, w->c, db, &r, &v, &e), &e);
	return 1000 * (seconds() - from);
}

static void an_open_one(struct working *w, struct hy_arena *a)
{
	HY_SCOPED_DB db = NULL;
	struct hy_err e = { 0 };
	bool there;

	ok(hy_store_read(city_store(w->c), &db, &e), &e);
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code FROM matter WHERE unit = 'u000' AND open = 1"
				      " AND answered_at IS NULL ORDER BY id LIMIT 1");
	ok(hy_step(s, &there, &e), &e);
	if (!there) {
		fprintf(stderr, "bench-month: no matter is open\n");
		exit(1);
	}
	w->code = hy_col_dup(a, s, 0);
}

static void more_events(struct working *w)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	double took[TIMES];
	struct hy_err e = { 0 };

	for (int i = 0; i < TIMES; i++) {
		an_open_one(w, a);
		ok(hy_store_write(city_store(w->c), one_work, w, &e), &e);
		took[i] = preview(w);
	}
	told("after one more event", median(took, TIMES), "ms");
}

static void ranks(const struct round_worked *x)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	double took[TIMES];
	struct hy_err e = { 0 };
	hy_str result;

	for (int i = 0; i < TIMES; i++) {
		double from = seconds();
		ok(round_result_json(a, &x->inputs, &result, &e), &e);
		took[i] = 1000 * (seconds() - from);
	}
	told("scores, ranks, P(last)", median(took, TIMES), "ms");
}

static void explained(struct working *w)
{
	const struct loss_reader who = { .who = &actor_console };
	double took[TIMES];
	struct hy_err e = { 0 };

	for (int i = 0; i < TIMES; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct hy_buf b = hy_buf_on(a);
		struct hy_json j = hy_json_on(&b);
		HY_SCOPED_DB db = NULL;
		struct round_version v;
		double from = seconds();
		ok(hy_store_read(city_store(w->c), &db, &e), &e);
		ok(round_version(a, db, &w->r, w->r.version, &v, &e), &e);
		ok(round_explain_json(&j, w->c, db, &w->r, &v, HY_S("u000"), &who, &e), &e);
		took[i] = 1000 * (seconds() - from);
	}
	told("explanation of a unit", median(took, TIMES), "ms");
}

/* The counts alone of the same figures, as one would write them by hand; no days, which need the
 * calendar, no scores and no ranks. */
static void plain_sql(struct working *w)
{
	double took[TIMES];
	struct hy_err e = { 0 };

	for (int i = 0; i < TIMES; i++) {
		HY_SCOPED_DB db = NULL;
		bool row;
		double from = seconds();
		ok(hy_store_read(city_store(w->c), &db, &e), &e);
		HY_SCOPED_STMT s = hy_sql_many(
			db,
			"SELECT unit, count(*), sum(CASE WHEN verdict = 1 THEN 1 ELSE 0 END),"
			" sum(CASE WHEN verdict = 2 THEN 1 ELSE 0 END),"
			" sum(CASE WHEN verdict = 0 AND open = 1 AND main_due_at < $3 THEN 1 ELSE 0"
			" END), sum(CASE WHEN answered_at <= original_at THEN 1 ELSE 0 END),"
			" sum(CASE WHEN answered_at IS NOT NULL OR original_at < $3 THEN 1 ELSE 0"
			" END), sum(CASE WHEN reopens > 0 THEN 1 ELSE 0 END),"
			" sum(CASE WHEN rating > 0 THEN 1 ELSE 0 END),"
			" sum(CASE WHEN rating >= 4 THEN 1 ELSE 0 END),"
			" sum(CASE WHEN rating IN (1, 2) THEN 1 ELSE 0 END),"
			" sum(CASE WHEN open = 0 THEN 1 ELSE 0 END), sum(hand_offs), sum(returns)"
			" FROM matter WHERE filed_at >= $1 AND filed_at < $2 AND annulled = 0"
			" GROUP BY unit");
		hy_bind_int(s, 1, 1740758400000); /* March 2025, +08:00 */
		hy_bind_int(s, 2, 1743436800000);
		hy_bind_int(s, 3, city_now(w->c));
		do
			ok(hy_step(s, &row, &e), &e);
		while (row);
		took[i] = 1000 * (seconds() - from);
	}
	told("plain SQL, counts alone", median(took, TIMES), "ms");
}

static int gone(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int main(int argc, char **argv)
{
	int matters = argc > 2 ? atoi(argv[2]) : 1000000;
	char where[] = "/tmp/hy-bench-XXXXXX";
	struct city_options o = { .store = argc > 3 ? argv[3] : NULL };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err e = { 0 };
	json_t *filing = NULL, *reply = NULL;
	struct working w = { 0 };
	struct rusage used;

	city_set_rooms(cli_rooms);
	if (matters < UNITS || !mkdtemp(where))
		return 2;
	const char *packs[] = { argc > 1 ? argv[1] : "packs/base", pack_folder(a, where), NULL };
	const char *data = hy_printf(a, "%s/city", where).p;
	struct city_new n = { .packs = packs, .name = HY_S("bench"), .at = 0 };
	ok(city_create(data, &n, &o, &e), &e);
	ok(city_open(data, &o, &w.c, &e), &e);
	ok(hy_json_read(a,
			HY_S("{\"title\":\"路灯不亮\",\"channel\":\"web\",\"limit\":\"15wd\","
			     "\"unit\":\"u000\"}"),
			&filing, &e),
	   &e);
	ok(hy_json_read(a, HY_S("{\"text\":\"您好，路灯已修复。\"}"), &reply, &e), &e);
	w.reply = reply;

	struct filling f = { w.c, 0, matters / UNITS, filing, reply, 1740800000000 };
	double from = seconds();
	ok(hy_store_write(city_store(w.c), units_work, &f, &e), &e);
	for (; f.first < f.n; f.first += PER_JOB)
		ok(hy_store_write(city_store(w.c), fill, &f, &e), &e);
	for (int i = 1; i < UNITS; i++) {
		struct copying x = { i, f.n };
		ok(hy_store_write(city_store(w.c), copy, &x, &e), &e);
	}
	ok(hy_store_write(city_store(w.c), open_work, &w, &e), &e);
	told("filling", seconds() - from, "s");

	city_close(&w.c); /* cold: nothing of it is in this process any more */
	ok(city_open(data, &o, &w.c, &e), &e);
	told("a month from cold", preview(&w), "ms");
	more_events(&w);
	plain_sql(&w);
	struct round_worked worked;
	{
		HY_SCOPED_DB db = NULL;
		ok(hy_store_read(city_store(w.c), &db, &e), &e);
		struct round_act act = act_of(&w, db, a);
		from = seconds();
		ok(round_work_out(&act, HY_S("wide-2025-03"), HY_S(""), &worked, &e), &e);
		told("working out what is frozen", 1000 * (seconds() - from), "ms");
	}
	w.worked = &worked;
	ranks(&worked);
	from = seconds();
	ok(hy_store_write(city_store(w.c), freeze_work, &w, &e), &e);
	told("freezing it", seconds() - from, "s");
	explained(&w);
	getrusage(RUSAGE_SELF, &used);
	told("resident at most", (double)used.ru_maxrss / 1024, "MB");
	city_close(&w.c);
	nftw(where, gone, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
