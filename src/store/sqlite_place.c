#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sqlite.h"

/* In the header of our databases: "HYin", and the version of the way we use the file (the
 * schema has names of its own, see schema_step). */
enum { OUR_APPLICATION = 0x4859696e, OUR_FORMAT = 1 };

bool hy_sqlite_takes(const char *where)
{
	return strncmp(where, "postgresql:", 11) != 0 && strncmp(where, "postgres:", 9) != 0;
}

void hy_sqlite_show(const char *where, char *out, size_t size)
{
	snprintf(out, size, "%s", where);
}

static enum hy_code file_trouble(struct hy_err *e, const char *doing, const char *path)
{
	switch (errno) {
	case EACCES:
	case EPERM:
	case EROFS:
		return hy_fail(e, HY_STORE, "", "cannot %s %s: %s; give this account the right to",
			       doing, path, strerror(errno));
	default:
		return hy_fail(e, HY_STORE, "", "could not %s %s: %s", doing, path,
			       strerror(errno));
	}
}

/* --- the lock ---------------------------------------------------------------------- */

static long holder(int fd)
{
	char text[32] = "";
	int64_t pid;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 && hy_str_int(hy_str_trim((hy_str){ text, (size_t)n }), &pid) ? (long)pid : 0;
}

static enum hy_code lock_for_writing(struct hy_place *p, struct hy_err *e)
{
	char path[sizeof(p->where) + 16], pid[32];

	snprintf(path, sizeof(path), "%s/lock", p->where);
	p->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (p->lock < 0)
		return file_trouble(e, "open", path);
	if (flock(p->lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return file_trouble(e, "lock", path);
		long other = holder(p->lock);
		if (other)
			return hy_fail(e, HY_STORE_BUSY, "",
				       "process %ld is using %s; stop it, or talk to it over HTTP",
				       other, p->where);
		return hy_fail(e, HY_STORE_BUSY, "", "another process is using %s; stop it first",
			       p->where);
	}
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(p->lock, 0) != 0 || pwrite(p->lock, pid, (size_t)n, 0) != n)
		return file_trouble(e, "write", path);
	return HY_OK;
}

/* A reader that may not write in the folder cannot take part in SQLite's own locking when
 * no writer is there to provide its files.  Then the database is read as it lies, and a
 * shared lock keeps a writer from starting meanwhile. */
static enum hy_code read_as_it_lies(struct hy_place *p, struct hy_err *e)
{
	char path[sizeof(p->where) + 32];
	struct statvfs fs;
	struct stat st;
	bool frozen = statvfs(p->where, &fs) == 0 && (fs.f_flag & ST_RDONLY);

	if (!frozen && access(p->where, W_OK) == 0)
		return HY_OK;
	snprintf(path, sizeof(path), "%s/huiyin.db-wal", p->where);
	bool unfinished = stat(path, &st) == 0 && st.st_size > 0;
	snprintf(path, sizeof(path), "%s/lock", p->where);
	p->lock = open(path, O_RDONLY | O_CLOEXEC);
	if (p->lock < 0 && !(frozen && errno == ENOENT))
		return file_trouble(e, "open", path);
	if (p->lock >= 0 && flock(p->lock, LOCK_SH | LOCK_NB) != 0)
		return HY_OK; /* a writer is there */
	if (unfinished)
		return hy_fail(e, HY_STORE, "",
			       "cannot read %s where it is: its program was stopped in the middle; "
			       "copy the folder to where this account may write",
			       p->where);
	p->still = true;
	return HY_OK;
}

/* --- the files --------------------------------------------------------------------- */

static enum hy_code make_file(struct hy_place *p, struct hy_err *e)
{
	int fd = open(p->db, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	int folder = open(p->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum hy_code code = HY_OK;

	if (fd < 0 && errno != EEXIST)
		code = file_trouble(e, "create", p->db);
	else if (folder < 0 || fsync(folder) != 0)
		code = file_trouble(e, "flush", p->where);
	if (fd >= 0)
		close(fd);
	if (folder >= 0)
		close(folder);
	return code;
}

static enum hy_code look(struct hy_place *p, const struct hy_store_options *o, struct hy_err *e)
{
	struct stat st;

	if (o->create && !o->read_only) {
		enum hy_code code = hy_dir_make(p->where, e);
		if (code)
			return code;
	}
	if (stat(p->where, &st) != 0)
		return errno == ENOENT
			       ? hy_fail(e, HY_NOT_FOUND, "", "there is no folder %s", p->where)
			       : file_trouble(e, "read", p->where);
	if (!S_ISDIR(st.st_mode))
		return hy_fail(e, HY_BAD_INPUT, "", "%s is no folder; name the folder of the data",
			       p->where);
	if (stat(p->db, &st) == 0)
		return S_ISREG(st.st_mode) ? HY_OK
					   : hy_fail(e, HY_BAD_INPUT, "", "%s is no file", p->db);
	if (errno != ENOENT)
		return file_trouble(e, "read", p->db);
	if (!o->create || o->read_only)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no Huiyin database in %s", p->where);
	return HY_OK;
}

enum hy_code hy_sqlite_open_place(const char *where, const struct hy_store_options *o,
				  struct hy_place **out, struct hy_err *e)
{
	struct hy_place *p = calloc(1, sizeof(*p));
	enum hy_code code;

	if (!p)
		return hy_broke(e, HY_STORE, "no memory");
	*p = (struct hy_place){
		.lock = -1, .readers = o->readers, .read_only = o->read_only, .fast = o->fast_import
	};
	if (!where[0] || snprintf(p->where, sizeof(p->where), "%s", where) >= SQLITE_PATH) {
		free(p);
		return hy_fail(e, HY_BAD_INPUT, "", "the folder's path is empty or too long");
	}
	for (size_t n = strlen(p->where); n > 1 && p->where[n - 1] == '/'; n--)
		p->where[n - 1] = '\0';
	snprintf(p->db, sizeof(p->db), "%s/huiyin.db", p->where);
	code = look(p, o, e);
	if (!code)
		code = o->read_only ? read_as_it_lies(p, e) : lock_for_writing(p, e);
	if (!code && o->create && !o->read_only)
		code = make_file(p, e);
	if (code)
		hy_sqlite_close_place(&p);
	else
		*out = p;
	return code;
}

void hy_sqlite_close_place(struct hy_place **p)
{
	if (!*p)
		return;
	if ((*p)->lock >= 0)
		close((*p)->lock);
	free(*p);
	*p = NULL;
}

/* --- whose database is it? --------------------------------------------------------- */

static enum hy_code number(sqlite3 *db, const char *sql, int64_t *out, struct hy_err *e)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		*out = sqlite3_column_int64(q, 0);
	enum hy_code code = rc == SQLITE_ROW ? HY_OK : hy_sqlite_error(db, rc, "open", e);
	sqlite3_finalize(q);
	return code;
}

enum hy_code hy_sqlite_whose(sqlite3 *db, const char *name, bool *fresh_out, struct hy_err *e)
{
	int64_t application, format, things;
	enum hy_code code = number(db, "PRAGMA application_id", &application, e);

	if (!code)
		code = number(db, "PRAGMA user_version", &format, e);
	if (!code)
		code = number(db, "SELECT count(*) FROM sqlite_schema", &things, e);
	if (code)
		return code;
	if (application == OUR_APPLICATION && format > OUR_FORMAT)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%s was written by a newer version of Huiyin (format %lld, this "
			       "program knows %d); install that version",
			       name, (long long)format, OUR_FORMAT);
	bool ours = application == OUR_APPLICATION && format == OUR_FORMAT;
	if (!ours && (application != 0 || format != 0 || things != 0))
		return hy_fail(e, HY_BAD_INPUT, "", "%s is the database of another program", name);
	*fresh_out = !ours;
	return HY_OK;
}

enum hy_code hy_sqlite_mark(sqlite3 *db, struct hy_err *e)
{
	char mark[96];

	snprintf(mark, sizeof(mark), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 OUR_APPLICATION, OUR_FORMAT);
	int rc = sqlite3_exec(db, mark, NULL, NULL, NULL);
	return rc == SQLITE_OK ? HY_OK : hy_sqlite_error(db, rc, "mark", e);
}
