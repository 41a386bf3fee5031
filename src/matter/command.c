#include "matter/command.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "matter/explain.h"

enum hy_code command_city(const struct hy_run *run, bool read_only, struct city **out,
			  struct hy_err *e)
{
	struct city_options o = { .store = hy_run_option(run, "--store").p,
				  .read_only = read_only,
				  .readers = 2 };

	const char *where = hy_run_option(run, "--data").p;

	return city_open(where ? where : "data", &o, out, e);
}

enum hy_code command_day(const struct hy_run *run, const char *name, hy_day *out, struct hy_err *e)
{
	hy_str text = hy_run_option(run, name);

	*out = HY_NO_DAY;
	if (text.n && !hy_day_read(text, out))
		return hy_fail(e, HY_BAD_FIELD, name, "must be a day such as 2026-01-31");
	return HY_OK;
}

enum hy_code command_read(const struct hy_run *run, struct city **out, struct hy_db **db_out,
			  struct hy_err *e)
{
	enum hy_code code = command_city(run, true, out, e);

	return code ? code : hy_store_read(city_store(*out), db_out, e);
}

static bool holds_base(const char *dir)
{
	char file[PATH_MAX];
	struct stat st;

	snprintf(file, sizeof(file), "%s/base/pack.yaml", dir);
	return stat(file, &st) == 0;
}

enum hy_code command_packs_dir(struct hy_arena *a, hy_str *out, struct hy_err *e)
{
	const char *set = getenv("HUIYIN_PACKS");
	char exe[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (set && *set) {
		*out = hy_str_of(set);
		return HY_OK;
	}
	const char *dir = n > 0 ? dirname(exe) : ".";
	const hy_str tries[] = {
		hy_printf(a, "%s/../packs", dir), /* built in the source tree */
		hy_printf(a, "%s/../share/huiyin/packs", dir),
		HY_S("packs"),
	};
	for (size_t i = 0; i < HY_COUNT(tries); i++) {
		if (holds_base(tries[i].p)) {
			*out = tries[i];
			return HY_OK;
		}
	}
	return hy_fail(
		e, HY_NOT_FOUND, "HUIYIN_PACKS",
		"could not find the packs that come with huiyin; set HUIYIN_PACKS to their folder");
}

enum hy_code command_packs(const struct hy_run *run, const char *const **out, struct hy_err *e)
{
	struct hy_values given = hy_run_list(run, "--pack");
	const char **v = hy_new_n(run->arena, const char *, given.n + 2);
	hy_str dir = HY_S("");

	for (size_t i = 0; i < given.n; i++)
		v[i] = given.v[i].p;
	if (given.n == 0) {
		enum hy_code code = command_packs_dir(run->arena, &dir, e);
		if (code)
			return code;
		v[0] = hy_printf(run->arena, HY_FMT "/base", HY_ARG(dir)).p;
	}
	*out = v;
	return HY_OK;
}

void command_messages(const struct hy_run *run, const struct pack_messages *msgs)
{
	for (size_t i = 0; i < msgs->n; i++) {
		const struct pack_message *m = &msgs->v[i];
		fprintf(run->err, HY_FMT ":%d:%d: %s: " HY_FMT "\n", HY_ARG(m->file), m->line,
			m->column, m->error ? "error" : "warning", HY_ARG(m->text));
	}
}

void command_print(const struct hy_run *run, const struct hy_buf *b)
{
	if (!b->n)
		return;
	fwrite(b->p, 1, b->n, run->out);
	if (b->p[b->n - 1] != '\n')
		fputc('\n', run->out);
}

void command_moved_begin(struct command_moved *l, const struct hy_run *run,
			 const struct hy_calendar *cal)
{
	*l = (struct command_moved){ .run = run, .cal = cal, .text = hy_buf_on(run->arena) };
	l->json = hy_json_on(&l->text);
	if (!run->json)
		return;
	hy_json_obj(&l->json);
	hy_json_key(&l->json, "moved");
	hy_json_arr(&l->json);
}

static hy_str when(const struct command_moved *l, hy_ms at)
{
	return at == HY_NO_TIME ? HY_S("none")
				: hy_instant_text(l->text.a, hy_calendar_zone(l->cal), at);
}

void command_moved(void *list, const struct city_moved *m)
{
	struct command_moved *l = list;

	l->n++;
	if (!l->run->json) {
		hy_buf_fmt(&l->text, HY_FMT "  " HY_FMT " -> " HY_FMT "\n", HY_ARG(m->code),
			   HY_ARG(when(l, m->from)), HY_ARG(when(l, m->to)));
		return;
	}
	hy_json_obj(&l->json);
	hy_json_kstr(&l->json, "code", m->code);
	explain_instant(&l->json, "from", l->cal, m->from);
	explain_instant(&l->json, "to", l->cal, m->to);
	hy_json_obj_end(&l->json);
}
