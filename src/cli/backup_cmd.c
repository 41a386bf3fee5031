/* huiyin backup | restore | backup-key: the whole city as one file, and back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/progress.h"
#include "matter/command.h"
#include "store/backup.h"

enum { KEPT_MOST = 1 << 20 };

static void advance(void *arg, int64_t done, int64_t total)
{
	struct hy_progress *p = arg;

	p->total = total;
	hy_progress(p, done);
}

static struct hy_progress begin(const struct hy_run *run, const char *what)
{
	return hy_progress_begin(run->quiet ? NULL : run->err, what, 0);
}

static hy_str size_text(struct hy_arena *a, int64_t bytes)
{
	static const char *const units[] = { "bytes", "KB", "MB", "GB", "TB" };
	double v = (double)bytes;
	size_t i = 0;

	for (; v >= 1000 && i + 1 < HY_COUNT(units); i++)
		v /= 1000;
	return hy_printf(a, i ? "%.1f %s" : "%.0f %s", v, units[i]);
}

/* --- the place for the copy ------------------------------------------------------------------ */

/* A copy of the database lies in the city's own folder while a backup is made: nowhere else
 * may it lie unsealed.  One that was left behind by a crash is overwritten. */
struct copy_place {
	hy_str path;
	int fd;
};

static void leave(struct copy_place *p)
{
	if (p->fd < 0)
		return;
	unlink(p->path.p);
	close(p->fd);
}
#define SCOPED_PLACE __attribute__((cleanup(leave))) struct copy_place

static enum hy_code take_place(struct copy_place *p, struct hy_err *e)
{
	p->fd = open(p->path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (p->fd < 0)
		return hy_fail(e, HY_IO, "", "could not create %s: %s", p->path.p, strerror(errno));
	if (flock(p->fd, LOCK_EX | LOCK_NB) != 0) {
		close(p->fd);
		p->fd = -1;
		return hy_fail(e, HY_STORE_BUSY, "", "another backup of this city is being made");
	}
	return ftruncate(p->fd, 0) == 0 ? HY_OK
					: hy_fail(e, HY_IO, "", "could not empty %s: %s", p->path.p,
						  strerror(errno));
}

/* --- backup -------------------------------------------------------------------------------------
 */

struct making {
	struct hy_arena *a;
	const char *data;
	hy_str name, vkey, key; /* of the city; of the log; its secret key or none */
	struct record_head head;
	hy_str about;
};

static hy_str about_of(const struct making *m, const struct hy_steps *steps, hy_ms now)
{
	struct hy_buf b = hy_buf_on(m->a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "city", m->name);
	hy_json_key(&j, "log");
	hy_json_obj(&j);
	hy_json_kstr(&j, "root", hy_hex(m->a, m->head.root.b, sizeof(m->head.root.b)));
	hy_json_kint(&j, "size", m->head.size);
	hy_json_obj_end(&j);
	hy_json_kstr(&j, "made_at", hy_instant_text(m->a, &hy_zone_china, now));
	hy_json_key(&j, "schema");
	hy_json_arr(&j);
	for (size_t i = 0; i < steps->n; i++)
		hy_json_str(&j, steps->v[i]);
	hy_json_arr_end(&j);
	hy_json_kstr(&j, "version", HY_S(HY_VERSION));
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

/* The database, and what is said about it, from one snapshot. */
static enum hy_code copy(const struct hy_run *run, struct making *m, const char *to,
			 struct hy_err *e)
{
	struct hy_progress p = begin(run, "copied");
	struct hy_steps steps = { 0 };
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = record_head(m->a, db, &m->head, e);
	if (!code)
		code = hy_store_steps(m->a, db, &steps, e);
	if (!code)
		code = hy_store_snapshot(db, to, advance, &p, e);
	hy_progress_end(&p, p.total);
	if (code)
		return code;
	m->name = hy_str_dup(m->a, city_name(c));
	m->about = about_of(m, &steps, city_now(c));
	return HY_OK;
}

static enum hy_code read_keys(const struct hy_run *run, struct making *m, struct hy_err *e)
{
	enum hy_code code = hy_file_read(m->a, hy_printf(m->a, "%s/log.vkey", m->data).p, KEPT_MOST,
					 &m->vkey, e);

	if (!code && hy_run_has(run, "--with-key"))
		code = hy_file_read(m->a, hy_printf(m->a, "%s/keys/log.key", m->data).p, KEPT_MOST,
				    &m->key, e);
	return code;
}

static enum hy_code make(const struct hy_run *run, struct making *m, const struct hy_backup_key *to,
			 struct hy_err *e)
{
	SCOPED_PLACE place = { hy_printf(m->a, "%s/backup.tmp", m->data), -1 };
	enum hy_code code = read_keys(run, m, e);

	if (!code)
		code = take_place(&place, e);
	if (!code)
		code = copy(run, m, place.path.p, e);
	if (code)
		return code;
	const struct hy_backup_source sources[] = {
		{ .name = "huiyin.db", .path = place.path.p },
		{ .name = "log.vkey", .data = m->vkey },
		{ .name = "log/checkpoint", .data = m->head.note },
		{ .name = "keys/log.key", .data = m->key },
	};
	struct hy_progress p = begin(run, "bytes");
	code = hy_backup_write(run->operands[0].p, sources, m->key.n ? 4 : 3, m->about, to, advance,
			       &p, e);
	hy_progress_end(&p, p.total);
	return code;
}

static enum hy_code key_of(const struct hy_run *run, const char *option, struct hy_backup_key *key,
			   struct hy_backup_key **out, struct hy_err *e)
{
	*out = NULL;
	if (!hy_run_has(run, option))
		return HY_OK;
	*out = key;
	return hy_backup_key_read(hy_run_option(run, option).p, key, e);
}

/* What a backup is, in both languages of the command: for people, or as JSON. */
static void tell(const struct hy_run *run, const char *done, const json_t *about, bool sealed,
		 int64_t bytes)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	const json_t *log = json_object_get(about, "log");
	hy_str root = hy_json_get(log, "root");

	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "about");
		hy_json_value(&j, about);
		hy_json_kint(&j, "bytes", bytes);
		hy_json_kstr(&j, "done", hy_str_of(done));
		hy_json_kbool(&j, "sealed", sealed);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   "%s: " HY_FMT ", %lld events, root " HY_FMT "\nmade " HY_FMT
			   " by version " HY_FMT ", " HY_FMT ", %s\n",
			   done, HY_ARG(hy_json_get(about, "city")),
			   (long long)hy_json_get_int(log, "size", 0), HY_ARG(root),
			   HY_ARG(hy_json_get(about, "made_at")),
			   HY_ARG(hy_json_get(about, "version")),
			   HY_ARG(size_text(run->arena, bytes)), sealed ? "sealed" : "not sealed");
	}
	command_print(run, &b);
}

static enum hy_code check(const struct hy_run *run, struct hy_err *e)
{
	struct hy_backup_key key, *with;
	struct hy_backup_facts facts = { 0 };
	struct hy_progress p = begin(run, "bytes");
	enum hy_code code = key_of(run, "--key", &key, &with, e);

	if (!code)
		code = hy_backup_read(run->arena, hy_run_option(run, "--check").p, with, NULL, NULL,
				      advance, &p, &facts, e);
	hy_backup_key_wipe(&key);
	hy_progress_end(&p, p.total);
	if (!code)
		tell(run, "whole", facts.about, facts.sealed, facts.bytes);
	return code;
}

static enum hy_code backup(struct hy_run *run, struct hy_err *e)
{
	struct making m = { .a = run->arena, .data = hy_run_option(run, "--data").p };
	struct hy_backup_key key, *to;
	struct stat st;
	json_t *about = NULL;

	if (hy_run_has(run, "--check"))
		return run->n_operands ? hy_fail(e, HY_BAD_FIELD, "--check",
						 "takes the place of FILE; give one of them")
				       : check(run, e);
	if (!run->n_operands)
		return hy_fail(e, HY_BAD_FIELD, "FILE", "say which file to write");
	if (hy_run_has(run, "--with-key") && !hy_run_has(run, "--to-key"))
		return hy_fail(
			e, HY_BAD_FIELD, "--with-key",
			"the log's secret key goes into a sealed backup only; give --to-key");
	if (lstat(run->operands[0].p, &st) == 0)
		return hy_fail(e, HY_EXISTS, "FILE", "%s is there already; take another name",
			       run->operands[0].p);
	enum hy_code code = key_of(run, "--to-key", &key, &to, e);
	if (!code)
		code = make(run, &m, to, e);
	hy_backup_key_wipe(&key);
	if (!code)
		code = hy_json_read(m.a, m.about, &about, e);
	if (code)
		return code;
	if (stat(run->operands[0].p, &st) != 0)
		return hy_fail(e, HY_IO, "", "could not read %s: %s", run->operands[0].p,
			       strerror(errno));
	tell(run, "backed up", about, to != NULL, st.st_size);
	return HY_OK;
}

static enum hy_code make_key(struct hy_run *run, struct hy_err *e)
{
	const char *path = run->operands[0].p;
	enum hy_code code = hy_backup_key_make(path, e);

	if (code)
		return code;
	fprintf(run->out,
		"%s.pub: give it to the machine that makes backups (--to-key)\n"
		"%s: keep it away from that machine, twice; without it no backup can be opened\n",
		path, path);
	return HY_OK;
}

/* --- restore ------------------------------------------------------------------------------------
 */

struct restoring {
	const struct hy_run *run;
	const struct hy_migration *schema; /* of this program */
	struct hy_progress progress;
	hy_str older; /* steps of this program that the backup lacks, as a list */
};

static bool has_step(const json_t *schema, const char *name)
{
	for (size_t i = 0; i < json_array_size(schema); i++) {
		const char *step = json_string_value(json_array_get(schema, i));
		if (step && strcmp(step, name) == 0)
			return true;
	}
	return false;
}

static bool knows_step(const struct hy_migration *m, const char *name)
{
	while (m->name && strcmp(m->name, name) != 0)
		m++;
	return m->name != NULL;
}

static void restoring_heard(void *arg, int64_t done, int64_t total)
{
	struct restoring *r = arg;

	advance(&r->progress, done, total);
}

/* Before anything is written: can this program read it? */
static enum hy_code compare_schema(const json_t *about, void *arg, struct hy_err *e)
{
	struct restoring *r = arg;
	const json_t *schema = json_object_get(about, "schema");
	struct hy_buf lacks = hy_buf_on(r->run->arena);

	for (size_t i = 0; i < json_array_size(schema); i++) {
		const char *step = json_string_value(json_array_get(schema, i));
		if (!step || !knows_step(r->schema, step))
			return hy_fail(e, HY_BAD_INPUT, "",
				       "the backup was made by version " HY_FMT
				       ", whose schema step %.40s this program (" HY_VERSION
				       ") does not know; restore it with that version or a later "
				       "one",
				       HY_ARG(hy_str_head(hy_json_get(about, "version"), 40)),
				       step ? step : "?");
	}
	for (const struct hy_migration *m = r->schema; m->name; m++)
		if (!has_step(schema, m->name))
			hy_buf_fmt(&lacks, "%s%s", lacks.n ? ", " : "", m->name);
	r->older = hy_buf_str(&lacks);
	return HY_OK;
}

/* A backup of an older version: the steps it lacks are done now, so that it can be proved. */
static enum hy_code bring_up(const struct restoring *r, const char *where, struct hy_err *e)
{
	const struct hy_store_options o = { .migrations = r->schema, .readers = 1 };
	struct hy_store *s = NULL;

	if (!r->older.n)
		return HY_OK;
	enum hy_code code = hy_store_open(where, &o, &s, e);
	hy_store_close(&s);
	return code;
}

static enum hy_code prove(const struct restoring *r, const char *where,
			  struct record_verdict *verdict, struct matter_fsck *f, struct hy_err *e)
{
	const struct city_options o = { .read_only = true, .readers = 2 };
	struct hy_progress p;
	SCOPED_CITY c = NULL;
	enum hy_code code = city_open(where, &o, &c, e);

	if (!code)
		code = hy_store_check(city_store(c), e);
	if (code)
		return code;
	p = begin(r->run, "events verified");
	code = record_verify(r->run->arena, city_store(c), HY_S(""), advance, &p, verdict, e);
	hy_progress_end(&p, verdict->events);
	if (code)
		return code;
	p = begin(r->run, "matters rebuilt");
	code = matter_fsck(c, r->run->arena, advance, &p, f, e);
	hy_progress_end(&p, f->matters);
	if (!code && f->wrong)
		code = hy_fail(e, HY_TAMPERED, "", "%lld differences; the first: " HY_FMT,
			       (long long)f->wrong, HY_ARG(f->first));
	return code;
}

/* The root that the manifest names is that of the log in it. */
static enum hy_code agree(const struct restoring *r, const json_t *about,
			  const struct record_verdict *v, struct hy_err *e)
{
	const json_t *log = json_object_get(about, "log");

	return hy_json_get_int(log, "size", -1) == v->events &&
			       hy_str_eq(hy_json_get(log, "root"),
					 hy_hex(r->run->arena, v->root.b, sizeof(v->root.b)))
		       ? HY_OK
		       : hy_fail(e, HY_TAMPERED, "",
				 "the backup's manifest names another log than the backup holds");
}

static void remove_all(struct hy_arena *a, const char *where)
{
	static const char *const beside[] = { "lock", "huiyin.db-wal", "huiyin.db-shm" };

	for (size_t i = 0; hy_backup_names[i]; i++)
		unlink(hy_printf(a, "%s/%s", where, hy_backup_names[i]).p);
	for (size_t i = 0; i < HY_COUNT(beside); i++)
		unlink(hy_printf(a, "%s/%s", where, beside[i]).p);
	rmdir(hy_printf(a, "%s/log", where).p);
	rmdir(hy_printf(a, "%s/keys", where).p);
	rmdir(where);
}

static enum hy_code flush_folder(const char *path, struct hy_err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum hy_code code =
		fd < 0 || fsync(fd) != 0
			? hy_fail(e, HY_IO, "", "could not flush %s: %s", path, strerror(errno))
			: HY_OK;

	if (fd >= 0)
		close(fd);
	return code;
}

static bool holds_nothing(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	int n = 0;

	if (!dir)
		return errno == ENOENT;
	while (n < 3 && (d = readdir(dir)))
		n++; /* . and .. */
	closedir(dir);
	return n < 3;
}

/* The folder may be there, but must be empty; the new one takes its place at once. */
static enum hy_code prepare(const char *where, const char *tmp, struct hy_err *e)
{
	if (!holds_nothing(where))
		return hy_fail(e, HY_EXISTS, "--data",
			       "%s is there and not empty; restore into a new folder", where);
	if (mkdir(tmp, 0750) == 0)
		return HY_OK;
	if (errno == EEXIST)
		return hy_fail(e, HY_EXISTS, "",
			       "%s is there: a restore is going on or was broken off; when it was "
			       "broken off, remove that folder",
			       tmp);
	return hy_fail(e, HY_IO, "", "could not make %s: %s", tmp, strerror(errno));
}

static enum hy_code move_in(struct hy_arena *a, const char *tmp, const char *where,
			    struct hy_err *e)
{
	enum hy_code code = flush_folder(tmp, e);

	if (!code)
		code = flush_folder(hy_printf(a, "%s/log", tmp).p, e);
	if (!code && rename(tmp, where) != 0)
		code = hy_fail(e, HY_IO, "", "could not rename %s to %s: %s", tmp, where,
			       strerror(errno));
	if (code)
		return code;
	const char *slash = strrchr(where, '/');
	hy_str parent = !slash ? HY_S(".")
			: slash == where
				? HY_S("/")
				: hy_str_dup(a, (hy_str){ where, (size_t)(slash - where) });
	return flush_folder(parent.p, e);
}

static void tell_restored(const struct restoring *r, const struct hy_backup_facts *facts,
			  const char *where, bool has_key)
{
	tell(r->run, "restored", facts->about, facts->sealed, facts->bytes);
	if (r->run->quiet || r->run->json)
		return;
	fprintf(r->run->err, "every event and every field was verified\n");
	if (r->older.n)
		fprintf(r->run->err,
			"it was of an older version: these schema steps were done: " HY_FMT "\n",
			HY_ARG(r->older));
	if (!has_key)
		fprintf(r->run->err,
			"the log's secret key is not in it: put it at %s/keys/log.key before you "
			"serve\n",
			where);
}

static enum hy_code restore_into(struct restoring *r, const struct hy_backup_key *key,
				 const char *tmp, struct hy_backup_facts *facts, struct hy_err *e)
{
	struct record_verdict verdict = { 0 };
	struct matter_fsck f = { 0 };
	enum hy_code code;

	r->progress = begin(r->run, "bytes");
	code = hy_backup_read(r->run->arena, r->run->operands[0].p, key, tmp, compare_schema,
			      restoring_heard, r, facts, e);
	hy_progress_end(&r->progress, r->progress.total);
	if (!code)
		code = bring_up(r, tmp, e);
	if (!code)
		code = prove(r, tmp, &verdict, &f, e);
	return code ? code : agree(r, facts->about, &verdict, e);
}

static enum hy_code address_ok(const struct hy_run *run, struct hy_err *e)
{
	hy_str address = hy_run_option(run, "--store");

	if (!address.n || hy_str_starts(address, HY_S("postgresql:")) ||
	    hy_str_starts(address, HY_S("postgres:")))
		return HY_OK;
	return hy_fail(e, HY_BAD_FIELD, "--store",
		       "must be an address like postgresql://user@host/database; a folder is named "
		       "by --data");
}

/* What was restored and proved in the folder TMP goes on into the database of --store, if one is
 * named; the folder keeps what lies beside a database. */
static enum hy_code move_on(const struct restoring *r, const char *tmp, struct hy_err *e)
{
	hy_str address = hy_run_option(r->run, "--store");
	struct hy_progress p = begin(r->run, "rows");
	struct hy_store_options o = { .create = true,
				      .fast_import = true,
				      .files = tmp,
				      .readers = 1,
				      .migrations = r->schema };
	struct hy_store *from = NULL, *to = NULL;
	enum hy_code code = HY_OK;

	if (!address.n)
		return HY_OK;
	code = hy_store_open(address.p, &o, &to, e);
	o.create = false;
	if (!code)
		code = hy_store_open(tmp, &o, &from, e);
	if (!code)
		code = hy_store_copy(from, to, "log_head", advance, &p, e);
	hy_store_close(&from);
	hy_store_close(&to);
	hy_progress_end(&p, p.total);
	if (!code)
		unlink(hy_printf(r->run->arena, "%s/huiyin.db", tmp).p);
	return code;
}

static enum hy_code restore(struct hy_run *run, struct hy_err *e)
{
	struct hy_arena *a = run->arena;
	struct restoring r = { .run = run, .schema = city_migrations(a) };
	struct hy_backup_facts facts = { 0 };
	struct hy_backup_key key, *with;
	hy_str where = hy_run_option(run, "--data");

	while (where.n > 1 && where.p[where.n - 1] == '/')
		where.n--;
	where = hy_str_dup(a, where);
	const char *tmp = hy_printf(a, HY_FMT ".restoring", HY_ARG(where)).p;
	enum hy_code code = key_of(run, "--key", &key, &with, e);
	if (!code)
		code = prepare(where.p, tmp, e);
	if (code)
		return code;
	code = address_ok(run, e);
	if (!code)
		code = restore_into(&r, with, tmp, &facts, e);
	hy_backup_key_wipe(&key);
	if (!code)
		code = move_on(&r, tmp, e);
	bool has_key = access(hy_printf(a, "%s/keys/log.key", tmp).p, F_OK) == 0;
	if (!code)
		code = move_in(a, tmp, where.p, e);
	if (code) {
		remove_all(a, tmp);
		return code;
	}
	tell_restored(&r, &facts, where.p, has_key);
	return HY_OK;
}

/* --- the table ----------------------------------------------------------------------------------
 */

static const struct hy_option backup_options[] = {
	DATA_OPTION,
	{ "--to-key", "PUBKEY", "seal it for this public key (see backup-key)" },
	{ "--with-key", NULL, "put the log's secret key in too; sealed backups only" },
	{ "--check", "FILE", "read this backup and say whether it is whole; writes nothing" },
	{ "--key", "KEY", "the secret key, to check a sealed backup" },
	{ 0 },
};
static const struct hy_option restore_options[] = {
	{ "--data", "DIR", "the new folder", .otherwise = "data" },
	{ "--store", "ADDRESS",
	  "into this empty database, postgresql://...; the folder then holds the "
	  "keys and the published checkpoint" },
	{ "--key", "KEY", "the secret key, when the backup is sealed" },
	{ 0 },
};
static const char *const backup_examples[] = {
	"huiyin backup /media/stick/huiyin-2026-11-23.backup --data data",
	"huiyin backup night.backup --data data --to-key backup.key.pub --with-key",
	"huiyin backup --check night.backup --key backup.key",
	NULL,
};
static const char *const restore_examples[] = {
	"huiyin restore night.backup --data restored --key backup.key", NULL
};
static const char *const key_examples[] = { "huiyin backup-key backup.key", NULL };

const struct hy_command backup_commands[] = {
	{ "backup", "the whole city as one file, while it is served",
	  .description =
		  "Takes a consistent snapshot; nobody who files waits for it. Needs room for a "
		  "copy of the database in the city's folder while it works.\n"
		  "The file is a tar packed with zstd, with a manifest of sizes and SHA-256; "
		  "sealed for a public key, only the secret key opens it.\n"
		  "Without --with-key the log's secret key is not in it: keep a copy of "
		  "keys/log.key elsewhere.",
	  .options = backup_options, .operands = "FILE", .least = 0, .most = 1,
	  .examples = backup_examples, .json = true, .run = backup },
	{ "restore", "a city out of a backup, into a new folder",
	  .description =
		  "Proves it before the folder gets its name: files against the manifest, every "
		  "event against the log, every field against the events. A backup of an older "
		  "version is brought up to date; one of a newer version is refused, with that "
		  "version's number.",
	  .options = restore_options, .operands = "FILE", .least = 1, .most = 1,
	  .examples = restore_examples, .json = true, .run = restore },
	{ "backup-key", "make a pair of keys for sealed backups",
	  .description = "Writes NAME, the secret key, and NAME.pub, the public one.",
	  .operands = "NAME", .least = 1, .most = 1, .examples = key_examples, .run = make_key },
	{ 0 },
};
