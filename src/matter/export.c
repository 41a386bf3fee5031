/* What is taken out as a file is noted for the audit administrator: over HTTP and by commands. */
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
	hy_answer_header(r, "Content-Disposition",
			 hy_printf(hy_request_arena(r), "attachment; filename=\"" HY_FMT "\"",
				   HY_ARG(x->f.name)));
	hy_answer(r, 200, x->f.type, x->f.bytes);
	return HY_OK;
}

enum hy_code api_answer_export(struct hy_request *r, const struct api_file *f, struct hy_err *e)
{
	struct exporting *x = hy_new(hy_request_arena(r), struct exporting);

	*x = (struct exporting){ api_city(r), api_actor(r), *f };
	return hy_answer_after(r, export_work, export_answer, x, e);
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
