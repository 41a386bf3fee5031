/* The writer's log, written in large pieces.
 *
 * SQLite writes each page of a commit as two pieces, 24 and 4096 bytes, one call of the kernel
 * each, at places that lie across the pages of the file system.  Nothing of that is looked at by
 * anybody before the flush that ends the commit, so this VFS, in front of SQLite's own, gathers
 * what follows one another and writes it when it is flushed, read or full.  For connections that
 * flush at every commit; the database itself and all else goes straight through. */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

/* Below the 128 KiB that SQLite's VFS takes for a full disk. */
enum { GATHER = 120 << 10 };

struct log_file {
	sqlite3_file base; /* first: SQLite's view of it */
	sqlite3_file *real;
	sqlite3_int64 at; /* where what is gathered belongs */
	int n;
	char *bytes;
};

static sqlite3_vfs *real_vfs;

static struct log_file *log_of(sqlite3_file *f)
{
	return (struct log_file *)f;
}

/* What cannot be written is dropped: SQLite then takes the commit for failed. */
static int write_gathered(struct log_file *l)
{
	int n = l->n;

	l->n = 0;
	return n ? l->real->pMethods->xWrite(l->real, l->bytes, n, l->at) : SQLITE_OK;
}

static int log_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
	struct log_file *l = log_of(f);
	int rc = SQLITE_OK;

	if (l->n && (at != l->at + l->n || n > GATHER - l->n))
		rc = write_gathered(l);
	if (rc != SQLITE_OK)
		return rc;
	if (n > GATHER)
		return l->real->pMethods->xWrite(l->real, from, n, at);
	if (l->n == 0)
		l->at = at;
	memcpy(l->bytes + l->n, from, (size_t)n);
	l->n += n;
	return SQLITE_OK;
}

static int log_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	struct log_file *l = log_of(f);
	int rc = write_gathered(l);

	return rc == SQLITE_OK ? l->real->pMethods->xRead(l->real, to, n, at) : rc;
}

static int log_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct log_file *l = log_of(f);
	int rc = write_gathered(l);

	return rc == SQLITE_OK ? l->real->pMethods->xTruncate(l->real, size) : rc;
}

static int log_sync(sqlite3_file *f, int flags)
{
	struct log_file *l = log_of(f);
	int rc = write_gathered(l);

	return rc == SQLITE_OK ? l->real->pMethods->xSync(l->real, flags) : rc;
}

static int log_size(sqlite3_file *f, sqlite3_int64 *out)
{
	struct log_file *l = log_of(f);
	int rc = write_gathered(l);

	return rc == SQLITE_OK ? l->real->pMethods->xFileSize(l->real, out) : rc;
}

static int log_close(sqlite3_file *f)
{
	struct log_file *l = log_of(f);
	int wrote = write_gathered(l), rc = l->real->pMethods->xClose(l->real);

	free(l->bytes);
	return wrote == SQLITE_OK ? rc : wrote;
}

static int log_lock(sqlite3_file *f, int level)
{
	return log_of(f)->real->pMethods->xLock(log_of(f)->real, level);
}

static int log_unlock(sqlite3_file *f, int level)
{
	return log_of(f)->real->pMethods->xUnlock(log_of(f)->real, level);
}

static int log_reserved(sqlite3_file *f, int *out)
{
	return log_of(f)->real->pMethods->xCheckReservedLock(log_of(f)->real, out);
}

static int log_control(sqlite3_file *f, int op, void *arg)
{
	return log_of(f)->real->pMethods->xFileControl(log_of(f)->real, op, arg);
}

static int log_sector(sqlite3_file *f)
{
	return log_of(f)->real->pMethods->xSectorSize(log_of(f)->real);
}

static int log_traits(sqlite3_file *f)
{
	return log_of(f)->real->pMethods->xDeviceCharacteristics(log_of(f)->real);
}

static const sqlite3_io_methods log_methods = {
	.iVersion = 1, /* a log is neither mapped nor shared memory */
	.xClose = log_close,
	.xRead = log_read,
	.xWrite = log_write,
	.xTruncate = log_truncate,
	.xSync = log_sync,
	.xFileSize = log_size,
	.xLock = log_lock,
	.xUnlock = log_unlock,
	.xCheckReservedLock = log_reserved,
	.xFileControl = log_control,
	.xSectorSize = log_sector,
	.xDeviceCharacteristics = log_traits,
};

static int open_log(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct log_file *l = log_of(f);

	(void)v;
	if (!(flags & SQLITE_OPEN_WAL))
		return real_vfs->xOpen(real_vfs, name, f, flags, out);
	*l = (struct log_file){ .real = (sqlite3_file *)(l + 1), .bytes = malloc(GATHER) };
	if (!l->bytes)
		return SQLITE_NOMEM;
	int rc = real_vfs->xOpen(real_vfs, name, l->real, flags, out);
	if (l->real->pMethods) {
		l->base.pMethods = &log_methods;
		return rc;
	}
	free(l->bytes);
	return rc;
}

void hy_sqlite_log_set_up(void)
{
	static sqlite3_vfs vfs;

	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = HY_SQLITE_LOG;
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct log_file) + real_vfs->szOsFile;
	vfs.xOpen = open_log;
	sqlite3_vfs_register(&vfs, 0);
}
