/* What is taken out as a file is noted for the audit administrator: over HTTP and by commands. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "matter/api.h"
#include "matter/command.h"
#include "people/security.h"

static enum hy_code note(struct city *c, struct hy_db *db, const struct actor *who,
			 const char *what, struct hy_err *e)
{
	bool console = who->kind == ACTOR_CONSOLE;
	const struct security_act act = {
		.act = "export",
		.by = { who->account, console ? HY_S("console") : who->address },
		.subject = hy_str_of(what),
		.role = console		? HY_S("console")
			: who->n_grants ? who->grants[0].role.id
					: HY_S(""),
		.unit = who->n_grants ? who->grants[0].unit : HY_S(""),
	};

	return security_note(city_record(c), db, &act, e);
}

/* --- over HTTP ---------------------------------------------------------------------------------
 */

struct exporting {
	struct city *c;
	const struct actor *who;
	struct api_file f;
};

static void answer_file(struct hy_request *r, const struct api_file *f)
{
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(hy_request_arena(r), "attachment; filename=\"" HY_FMT "\"",
				   HY_ARG(f->name)));
	hy_answer(r, 200, f->type, f->bytes);
}

static enum hy_code export_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct exporting *x = in_out;

	return note(x->c, db, x->who, x->f.what, e);
}

static enum hy_code export_answer(struct hy_request *r, struct hy_db *db, void *in_out,
				  struct hy_err *e)
{
	const struct exporting *x = in_out;

	(void)db;
	(void)e;
	answer_file(r, &x->f);
	return HY_OK;
}

enum hy_code api_answer_export(struct hy_request *r, const struct api_file *f, struct hy_err *e)
{
	struct exporting *x = hy_new(hy_request_arena(r), struct exporting);

	*x = (struct exporting){ api_city(r), api_actor(r), *f };
	return hy_answer_after(r, export_work, export_answer, x, e);
}

/* The library writes to a path alone. */
static enum hy_code xlsx(struct hy_request *r, const struct api_sheet *s, struct hy_db *db,
			 hy_str *out, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	char path[] = "/tmp/huiyin-table-XXXXXX";
	int fd = mkstemp(path);
	struct sheet *to;

	if (fd < 0)
		return hy_broke(e, HY_IO, "no temporary file could be made");
	close(fd);
	enum hy_code code = sheet_xlsx(a, path, city_now(api_city(r)), &to, e);
	if (!code) {
		struct hy_err later = { 0 };
		code = s->fill(r, db, to, e);
		enum hy_code end = sheet_end(to, &later);
		if (!code && end)
			*e = later;
		code = code ? code : end;
	}
	if (!code)
		code = hy_file_read(a, path, (size_t)64 << 20, out, e);
	remove(path);
	return code;
}

static enum hy_code csv(struct hy_request *r, const struct api_sheet *s, struct hy_db *db,
			hy_str *out, struct hy_err *e)
{
	struct hy_arena *a = hy_request_arena(r);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return hy_broke(e, HY_INTERNAL, "no memory");
	enum hy_code code = s->fill(r, db, sheet_csv(a, f, s->bom), e);
	if (fclose(f) && !code)
		code = hy_broke(e, HY_INTERNAL, "no memory");
	if (!code)
		*out = hy_str_dup(a, (hy_str){ text, n });
	free(text);
	return code;
}

static enum hy_code sheet_file(struct hy_request *r, const struct api_sheet *s,
			       struct api_file *out, struct hy_err *e)
{
	struct api_file file = {
		.what = s->what,
		.type = s->xlsx ? "application/"
				  "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
				: "text/csv; charset=utf-8",
		.name = hy_printf(hy_request_arena(r), "%s.%s", s->name, s->xlsx ? "xlsx" : "csv"),
	};
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = s->xlsx ? xlsx(r, s, db, &file.bytes, e) : csv(r, s, db, &file.bytes, e);
	if (!code)
		*out = file;
	return code;
}

enum hy_code api_answer_public_sheet(struct hy_request *r, const struct api_sheet *s,
				     struct hy_err *e)
{
	struct api_file file;
	enum hy_code code = sheet_file(r, s, &file, e);

	if (!code)
		answer_file(r, &file);
	return code;
}

enum hy_code api_answer_sheet(struct hy_request *r, const struct api_sheet *s, struct hy_err *e)
{
	struct api_file file;
	enum hy_code code = sheet_file(r, s, &file, e);

	return code ? code : api_answer_export(r, &file, e); /* the note needs no snapshot */
}

/* --- by commands -------------------------------------------------------------------------------
 */

struct taking {
	struct city *c;
	const char *what;
};

static enum hy_code taking_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct taking *x = in_out;

	return note(x->c, db, &actor_console, x->what, e);
}

const struct actor *command_reader(const struct hy_run *run, bool file)
{
	return file && !hy_run_has(run, "--unredacted") ? &actor_anyone : &actor_console;
}

void command_note_export(const struct hy_run *run, const char *what)
{
	struct taking x = { .what = what };
	struct hy_err e = { 0 };
	SCOPED_CITY c = NULL;
	enum hy_code code = command_city(run, false, &c, &e);

	x.c = c;
	if (!code)
		code = hy_store_write(city_store(c), taking_work, &x, &e);
	if (code && !run->quiet)
		fprintf(run->err, "the audit trail does not hold this export: %s\n",
			hy_err_text(&e));
}
