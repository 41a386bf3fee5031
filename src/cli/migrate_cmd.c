/* huiyin migrate: a city from a folder into a PostgreSQL database, or back. */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/progress.h"
#include "cli/cli.h"
#include "matter/command.h"

enum { FILE_MOST = 1 << 20 };

/* One side: its store, and the folder of its keys. */
struct side {
	const char *store, *folder;
};

struct proof {
	struct record_verdict log;
	struct matter_fsck fsck;
};

static bool is_address(const char *where)
{
	return strncmp(where, "postgresql:", 11) == 0 || strncmp(where, "postgres:", 9) == 0;
}

/* A store in a folder has its keys there; a database has them in the folder of --data, else in
 * that of the other side. */
static enum hy_code sides(const struct hy_run *run, struct side *from, struct side *to,
			  struct hy_err *e)
{
	const char *data = hy_run_option(run, "--data").p;

	from->store = hy_run_option(run, "--from").p;
	to->store = hy_run_option(run, "--to").p;
	from->folder = is_address(from->store) ? data : from->store;
	if (!from->folder)
		return hy_fail(e, HY_BAD_FIELD, "--data",
			       "name the folder with the keys of the city in %s", "--from");
	to->folder = !is_address(to->store) ? to->store : data ? data : from->folder;
	if (strcmp(from->store, to->store) == 0)
		return hy_fail(e, HY_BAD_FIELD, "--to", "is where the city is already");
	return HY_OK;
}

/* --- the files beside the database ----------------------------------------------------------- */

static const struct {
	const char *name;
	unsigned mode;
	bool needed;
} beside[] = { { "keys/log.key", 0600, true },
	       { "log.vkey", 0644, true },
	       { "log/checkpoint", 0644, false } };

static enum hy_code read_beside(const struct hy_run *run, const char *folder, size_t i, hy_str *out,
				struct hy_err *e)
{
	return hy_file_read(run->arena, hy_printf(run->arena, "%s/%s", folder, beside[i].name).p,
			    FILE_MOST, out, e);
}

/* What is there already must be the same. */
static enum hy_code copy_files(const struct hy_run *run, const struct side *from,
			       const struct side *to, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	if (strcmp(from->folder, to->folder) == 0)
		return HY_OK;
	code = hy_dir_make(to->folder, e);
	const char *keys = hy_printf(run->arena, "%s/keys", to->folder).p;
	if (!code && mkdir(keys, 0700) != 0 && errno != EEXIST)
		return hy_fail(e, HY_IO, "", "could not make the folder %s: %s", keys,
			       strerror(errno));
	if (!code)
		code = hy_dir_make(hy_printf(run->arena, "%s/log", to->folder).p, e);
	for (size_t i = 0; !code && i < HY_COUNT(beside); i++) {
		struct hy_err why = { 0 };
		hy_str text = HY_S(""), there = HY_S("");
		if (read_beside(run, from->folder, i, &text, &why)) {
			if (beside[i].needed || why.code != HY_NOT_FOUND)
				*e = why;
			code = e->code;
			continue;
		}
		if (!read_beside(run, to->folder, i, &there, &why) && beside[i].needed &&
		    !hy_str_eq(text, there))
			return hy_fail(e, HY_EXISTS, "--to", "%s/%s is there and is another one",
				       to->folder, beside[i].name);
		code = hy_file_write(hy_printf(run->arena, "%s/%s", to->folder, beside[i].name).p,
				     text, beside[i].mode, e);
	}
	return code;
}

/* --- copying --------------------------------------------------------------------------------- */

static void advance(void *arg, int64_t done, int64_t total)
{
	struct hy_progress *p = arg;

	p->total = total;
	hy_progress(p, done);
}

static enum hy_code open_store(const struct hy_run *run, const struct side *s, bool create,
			       struct hy_store **out, struct hy_err *e)
{
	const struct hy_store_options o = { .create = create,
					    .fast_import = create,
					    .files = s->folder,
					    .readers = 1,
					    .migrations = city_migrations(run->arena) };

	return hy_store_open(s->store, &o, out, e);
}

static enum hy_code copy(struct hy_run *run, const struct side *from, const struct side *to,
			 struct hy_err *e)
{
	struct hy_progress p = hy_progress_begin(run->quiet ? NULL : run->err, "rows", 0);
	struct hy_store *a = NULL, *b = NULL;
	enum hy_code code = open_store(run, from, false, &a, e);

	if (!code)
		code = open_store(run, to, true, &b, e);
	if (!code)
		code = hy_store_copy(a, b, "log_head", advance, &p, e);
	if (code && code != HY_EXISTS && p.total && !run->quiet)
		fprintf(run->err, "the copy is not whole; empty %s before you try again\n",
			hy_store_where(b));
	if (!code)
		hy_progress_end(&p, p.total);
	hy_store_close(&b);
	hy_store_close(&a);
	return code;
}

/* --- proving --------------------------------------------------------------------------------- */

static enum hy_code prove(struct hy_run *run, const struct side *s, hy_str checkpoint,
			  struct proof *out, struct hy_err *e)
{
	const struct city_options o = { .store = is_address(s->store) ? s->store : NULL,
					.read_only = true,
					.readers = 2 };
	struct hy_progress p = hy_progress_begin(run->quiet ? NULL : run->err, "events", 0);
	SCOPED_CITY c = NULL;
	enum hy_code code = city_open(s->folder, &o, &c, e);

	if (!code)
		code = record_verify(run->arena, city_store(c), checkpoint, advance, &p, &out->log,
				     e);
	if (code)
		return code;
	hy_progress_end(&p, out->log.events);
	p = hy_progress_begin(run->quiet ? NULL : run->err, "matters", 0);
	code = matter_fsck(c, run->arena, advance, &p, &out->fsck, e);
	hy_progress_end(&p, out->fsck.matters);
	return code;
}

static enum hy_code compare(const struct proof *a, const struct proof *b, struct hy_err *e)
{
	if (b->log.events < a->log.events)
		return hy_fail(e, HY_NOT_NOW, "--from",
			       "was written to while it was copied (%lld events, %lld are in the "
			       "copy); stop its servers, empty the target and try again",
			       (long long)a->log.events, (long long)b->log.events);
	if (!hy_hash_eq(&a->log.root, &b->log.root) ||
	    !hy_str_eq(a->log.checkpoint, b->log.checkpoint))
		return hy_fail(e, HY_TAMPERED, "", "the copy has another log than the original");
	if (a->log.private_events != b->log.private_events || a->log.erased != b->log.erased ||
	    a->fsck.matters != b->fsck.matters || a->fsck.events != b->fsck.events ||
	    a->fsck.wrong != b->fsck.wrong || !hy_str_eq(a->fsck.first, b->fsck.first))
		return hy_fail(e, HY_TAMPERED, "",
			       "the copy differs from the original: %lld matters and %lld faults, "
			       "there %lld and %lld",
			       (long long)b->fsck.matters, (long long)b->fsck.wrong,
			       (long long)a->fsck.matters, (long long)a->fsck.wrong);
	return HY_OK;
}

static void tell(const struct hy_run *run, const struct proof *p)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	hy_str root = hy_hex(run->arena, p->log.root.b, sizeof(p->log.root.b));

	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "events", p->log.events);
		hy_json_kint(&j, "matters", p->fsck.matters);
		hy_json_kstr(&j, "root", root);
		hy_json_kint(&j, "wrong", p->fsck.wrong);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   "moved: %lld events, %lld matters, the same on both sides\nroot " HY_FMT
			   "\n",
			   (long long)p->log.events, (long long)p->fsck.matters, HY_ARG(root));
	}
	command_print(run, &b);
}

static enum hy_code migrate(struct hy_run *run, struct hy_err *e)
{
	struct side from, to;
	struct proof a = { 0 }, b = { 0 };
	enum hy_code code = sides(run, &from, &to, e);

	if (!code)
		code = copy(run, &from, &to, e);
	if (!code)
		code = copy_files(run, &from, &to, e);
	if (!code)
		code = prove(run, &from, HY_S(""), &a, e);
	if (!code)
		code = prove(run, &to, a.log.checkpoint, &b, e);
	if (!code)
		code = compare(&a, &b, e);
	if (!code)
		tell(run, &b);
	return code;
}

static const struct hy_option migrate_options[] = {
	{ "--from", "STORE", "where the city is: a folder, or postgresql://...", .required = true },
	{ "--to", "STORE", "where it is to be; must be empty", .required = true },
	{ "--data", "DIR",
	  "the folder of keys of the side that is a database (default: the other side's)" },
	{ 0 },
};
static const char *const migrate_examples[] = {
	"huiyin migrate --from data --to postgresql://huiyin@db.example/huiyin",
	"huiyin migrate --from postgresql://huiyin@db.example/huiyin --data data --to back",
	NULL,
};

const struct hy_command migrate_commands[] = {
	{ "migrate", "move a city between a folder and a PostgreSQL database",
	  .description =
		  "Copies every row of one snapshot, then reads both sides whole and compares: the "
		  "same log, the same signed head, the same result of fsck. The original is not "
		  "changed. Stop the servers first: what they write afterwards stays behind.",
	  .options = migrate_options, .examples = migrate_examples, .json = true, .run = migrate },
	{ 0 },
};
