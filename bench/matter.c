/* What a matter costs: filing and answering in batches, and rebuilding everything from events.
 *
 * Usage: bench-matter PACK-DIR [MATTERS]     (default 20,000; makes and removes a folder in
 * $TMPDIR) */
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "cli/rooms.h"
#include "matter/matter_store.h"

enum { PER_JOB = 100 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this process: on a machine with other work the wall tells little. */
static double processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ok(enum hy_code code, const struct hy_err *e)
{
	if (code) {
		fprintf(stderr, "bench-matter: %s\n", hy_err_text(e));
		exit(1);
	}
}

struct batch {
	struct city *c;
	const json_t *filing, *reply;
	int first;
	hy_ms at;
};

static enum hy_code fill(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct batch *b = in_out;
	HY_SCOPED_ARENA a = hy_arena_new(0);

	for (int i = 0; i < PER_JOB; i++) {
		hy_ms at = b->at + (hy_ms)(b->first + i) * 60000;
		struct matter_move file = { .at = at, .role = HY_S("citizen"), .data = b->filing };
		struct matter_move reply = { .move = HY_S("reply"),
					     .at = at + 3 * (hy_ms)HY_DAY_MS,
					     .role = HY_S("handler"),
					     .data = b->reply };
		struct matter_filed filed;
		enum hy_code code = matter_file(b->c, db, a, HY_S("complaint"), &file, HY_S(""),
						false, &filed, e);
		if (!code)
			code = matter_make_move(b->c, db, a, filed.code, &reply, -1, NULL, e);
		if (code)
			return code;
		hy_arena_empty(a);
	}
	return HY_OK;
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
	int matters = argc > 2 ? atoi(argv[2]) : 20000;
	const char *packs[] = { argc > 1 ? argv[1] : "packs/base", NULL };
	char where[] = "/tmp/hy-bench-XXXXXX";
	struct city_options o = { .fast_import = true };
	struct city_new n = { .packs = packs, .name = HY_S("bench"), .at = 0 };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err e = { 0 };
	json_t *filing = NULL, *reply = NULL;
	struct city *c = NULL;

	city_set_rooms(cli_rooms);
	if (matters < PER_JOB || !mkdtemp(where))
		return 2;
	ok(city_create(where, &n, &o, &e), &e);
	ok(city_open(where, &o, &c, &e), &e);
	ok(hy_json_read(a,
			HY_S("{\"title\":\"路灯不亮\",\"body\":"
			     "\"小区东门的路灯三天不亮了，请派人看看。\","
			     "\"channel\":\"web\",\"limit\":\"15wd\"}"),
			&filing, &e),
	   &e);
	ok(hy_json_read(a, HY_S("{\"text\":\"您好，路灯已修复，感谢您的监督。\"}"), &reply, &e),
	   &e);

	double from = seconds();
	for (int i = 0; i + PER_JOB <= matters; i += PER_JOB) {
		struct batch b = { c, filing, reply, i, 1700000000000 };
		ok(hy_store_write(city_store(c), fill, &b, &e), &e);
	}
	double filled = seconds() - from;
	matters = matters / PER_JOB * PER_JOB;
	printf("file and answer  %9.0f matters/s  %9.0f events/s\n", matters / filled,
	       2.0 * matters / filled);

	struct matter_fsck f;
	from = seconds();
	double used = processor();
	ok(matter_fsck(c, a, NULL, NULL, &f, &e), &e);
	used = processor() - used;
	double checked = seconds() - from;
	printf("fsck             %9.0f matters/s  %9.0f events/s  %" PRId64
	       " wrong  %9.0f events/processor-s\n",
	       matters / checked, (double)f.events / checked, f.wrong, (double)f.events / used);

	struct record_verdict v;
	from = seconds();
	used = processor();
	ok(record_verify(a, city_store(c), HY_S(""), NULL, NULL, &v, &e), &e);
	used = processor() - used;
	printf("verify                                %9.0f events/s           %9.0f "
	       "events/processor-s\n",
	       (double)v.events / (seconds() - from), (double)v.events / used);

	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	printf("resident at most %9ld kB\n", use.ru_maxrss);
	city_close(&c);
	nftw(where, gone, 16, FTW_DEPTH | FTW_PHYS);
	return f.wrong != 0;
}
