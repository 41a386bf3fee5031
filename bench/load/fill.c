/* fill -- a city of many matters, quickly.
 *
 *   bench-fill CITY MATTERS [--units N] [--store ADDRESS] [--log]
 *
 * Files one matter as the server would, then writes its row again and again with other numbers,
 * units and dates, three in ten of them open, straight into the table: enough for lists, which
 * read nothing else.  With --log every row gets a filing event of its own as well, so that the log
 * is as long as after that many filings.  The table's indexes are made last.
 *
 * CITY is a city of its own for measuring: such rows are none that fsck would accept. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/rooms.h"
#include "matter/row.h"
#include "record/record.h"

enum { PER_JOB = 5000, YEAR_FROM = 1990, PER_YEAR = 500000 };

struct fill {
	struct city *c;
	int64_t matters, units, next; /* NEXT: of this job */
	bool log, pg;
	bool titles;	       /* of many words, not all the same */
	const char *indexes;   /* SQL that makes them again */
	struct matter_row row; /* the one that was filed */
	hy_str data, private;
	struct hy_arena *a;
};

static uint64_t seed = 20260930;

static int64_t below(int64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(seed >> 33) % n;
}

static void ok(enum hy_code code, const struct hy_err *e)
{
	if (code) {
		fprintf(stderr, "bench-fill: %s\n", hy_err_text(e));
		exit(1);
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- units and the first matter -------------------------------------------------------------- */

static enum hy_code make_units(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct fill *f = in_out;
	enum hy_code code = HY_OK;
	int64_t id;

	for (int64_t i = 0; !code && i < f->units; i++)
		code = unit_put(city_record(f->c), db, hy_printf(f->a, "U%03d", (int)i),
				hy_printf(f->a, "第%d局", (int)i), HY_S(""), city_now(f->c), &id,
				e);
	return code;
}

static enum hy_code file_one(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct fill *f = in_out;
	struct matter_filed filed;
	struct record_event ev;
	json_t *data;
	bool row;
	enum hy_code code = hy_json_read(
		f->a,
		HY_S("{\"title\":\"路灯不亮\",\"place\":\"第三社区\",\"channel\":\"web\","
		     "\"unit\":\"U000\",\"limit\":\"15wd\","
		     "\"body\":\"小区东门的路灯三天不亮了，晚上老人出门很不方便，请派人看看。\"}"),
		&data, e);
	struct matter_move mv = { .at = city_now(f->c), .role = HY_S("citizen"), .data = data };

	if (!code)
		code = matter_file(f->c, db, f->a, HY_S("complaint"), &mv, HY_S(""), true, &filed,
				   e);
	if (!code)
		code = matter_row(f->a, db, &access_all, filed.code, &f->row, e);
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, record_of_matter);
	hy_bind_int(s, 1, filed.id);
	code = hy_step(s, &row, e);
	if (!code)
		code = record_row(f->a, s, &ev, e);
	if (code)
		return code;
	f->data = hy_json_canonical(f->a, ev.data);
	f->private = hy_json_canonical(f->a, ev.private);
	return HY_OK;
}

/* --- the others --------------------------------------------------------------------------------
 */

/* Two stretches of a text: a word of two characters stands in about one title of thirteen; 甲乙 in
 * one of fifty thousand. */
static hy_str title_of(struct hy_arena *a, int64_t i)
{
	static const char text[] = "关于城东新村小区门口路灯不亮行人出行不便请尽快维修的反映人民街"
				   "下水道堵塞污水外溢影响"
				   "居民生活幼儿园旁建筑工地夜间施工噪音扰民无人管理公交站牌破损候"
				   "车亭漏雨车辆违章停放占"
				   "用消防通道物业收费不公开垃圾清运不及时蚊蝇滋生农贸市场缺斤少两"
				   "摊贩占道经营学校食堂卫";
	enum { BYTES = 3, POINTS = (int)(sizeof(text) / BYTES) };
	int64_t first = i * 7919 % (POINTS - 9), second = i * 104729 % (POINTS - 6);

	return hy_printf(a, "%.*s%.*s%s", 9 * BYTES, text + first * BYTES, 6 * BYTES,
			 text + second * BYTES, i % 50000 == 77 ? "甲乙" : "");
}

static struct matter_row another(const struct fill *f, struct hy_arena *a, int64_t i)
{
	struct matter_row r = f->row;
	hy_ms day = HY_DAY_MS;

	r.id = f->row.id + 1 + i;
	r.code = hy_printf(a, "TS-%04d-%06d", (int)(YEAR_FROM + i / PER_YEAR),
			   (int)(i % PER_YEAR + 1));
	r.unit = hy_printf(a, "U%03d", (int)below(f->units));
	r.open = below(10) < 3;
	if (f->titles)
		r.title = title_of(a, i);
	r.filed_at = f->row.filed_at - below(7000 * day);
	r.changed_at = r.filed_at;
	r.due_at = r.open ? f->row.filed_at + below(60 * day) - 5 * day : INT64_MAX;
	if (!r.open)
		r.closed_at = r.answered_at = r.filed_at + below(30 * day);
	for (int k = HY_LIGHT_GREEN; k <= HY_LIGHT_RED; k++)
		r.lights[k] = r.open ? r.due_at - (HY_LIGHT_RED - k) * 3 * day : INT64_MAX;
	return r;
}

static enum hy_code append(const struct fill *f, struct hy_db *db, struct hy_arena *a,
			   struct matter_row *r, struct hy_err *e)
{
	struct record_new ev = { .matter = r->id,
				 .subject = hy_printf(a, "matter/" HY_FMT, HY_ARG(r->code)),
				 .move = HY_S("file"),
				 .seq = 1,
				 .at = r->filed_at,
				 .rec = r->filed_at,
				 .role = HY_S("citizen"),
				 .unit = HY_S(""),
				 .data = f->data,
				 .private = f->private };

	return record_append(city_record(f->c), db, &ev, &r->last_idx, e);
}

static enum hy_code add_job(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct fill *f = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);
	enum hy_code code = HY_OK;

	for (int64_t i = f->next; !code && i < f->next + PER_JOB && i < f->matters; i++) {
		struct matter_row r = another(f, a, i);
		if (f->log)
			code = append(f, db, a, &r, e);
		if (!code)
			code = matter_row_put(db, &r, e);
		hy_arena_empty(a);
	}
	return code;
}

/* --- indexes --------------------------------------------------------------------------------- */

/* As the database itself describes them, so that they cannot differ. */
static const char on_sqlite[] = "SELECT name, sql FROM sqlite_schema WHERE type = 'index'"
				" AND tbl_name = 'matter' AND sql IS NOT NULL",
		  on_pg[] = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'matter'"
			    " AND schemaname = current_schema() AND indexdef LIKE 'CREATE INDEX%'";

static enum hy_code drop_indexes(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct fill *f = in_out;
	struct hy_buf drop = hy_buf_on(f->a), make = hy_buf_on(f->a);
	enum hy_code code;
	bool row;

	{
		HY_SCOPED_STMT s = hy_sql(db, f->pg ? on_pg : on_sqlite);
		while (!(code = hy_step(s, &row, e)) && row) {
			hy_buf_fmt(&drop, "DROP INDEX " HY_FMT ";", HY_ARG(hy_col_text(s, 0)));
			hy_buf_fmt(&make, HY_FMT ";", HY_ARG(hy_col_text(s, 1)));
		}
	}
	f->indexes = hy_buf_str(&make).p;
	return code ? code : hy_sql_script(db, hy_buf_str(&drop).p, e);
}

static enum hy_code make_indexes(struct hy_db *db, void *in_out, struct hy_err *e)
{
	return hy_sql_script(db, ((struct fill *)in_out)->indexes, e);
}

int main(int argc, char **argv)
{
	struct city_options o = { .fast_import = true };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct fill f = { .a = a, .units = 200, .matters = argc > 2 ? atoll(argv[2]) : 0 };
	struct hy_err e = { 0 };

	city_set_rooms(cli_rooms);
	for (int i = 3; i < argc; i++) {
		f.log |= strcmp(argv[i], "--log") == 0;
		f.titles |= strcmp(argv[i], "--titles") == 0;
		if (strcmp(argv[i], "--units") == 0 && i + 1 < argc)
			f.units = atoll(argv[i + 1]);
		if (strcmp(argv[i], "--store") == 0 && i + 1 < argc)
			o.store = argv[i + 1];
	}
	if (argc < 3 || f.matters < 0 || f.units < 1 || f.units > 1000) {
		fputs("usage: bench-fill CITY MATTERS [--units N] [--store ADDRESS] [--log]\n",
		      stderr);
		return 2;
	}
	f.pg = o.store && strncmp(o.store, "postgres", 8) == 0;
	ok(city_open(argv[1], &o, &f.c, &e), &e);
	struct hy_store *s = city_store(f.c);
	double start = seconds();
	ok(hy_store_write(s, make_units, &f, &e), &e);
	ok(hy_store_write(s, file_one, &f, &e), &e);
	if (f.matters) {
		ok(hy_store_write(s, drop_indexes, &f, &e), &e);
		for (f.next = 0; f.next < f.matters; f.next += PER_JOB)
			ok(hy_store_write(s, add_job, &f, &e), &e);
		ok(hy_store_write(s, make_indexes, &f, &e), &e);
	}
	fprintf(stderr, "bench-fill: %lld matters in %.1f s\n", (long long)f.matters,
		seconds() - start);
	city_close(&f.c);
	return 0;
}
