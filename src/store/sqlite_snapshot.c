/* The copy for a backup.  The source stays in its reading transaction, so all pages are of one
 * moment and the copy never begins anew, whoever writes meanwhile. */
#include <stdio.h>
#include <unistd.h>

#include "store/sqlite.h"

enum { PAGES = 1024 };

static enum hy_code copy_pages(sqlite3 *from, sqlite3 *to,
			       void (*heard)(void *arg, int64_t done, int64_t total), void *arg,
			       struct hy_err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!b)
		return hy_sqlite_error(to, sqlite3_extended_errcode(to), "copy", e);
	do {
		rc = sqlite3_backup_step(b, PAGES);
		if (heard)
			heard(arg, sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
			      sqlite3_backup_pagecount(b));
	} while (rc == SQLITE_OK);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? HY_OK : hy_sqlite_error(NULL, rc, "copy", e);
}

enum hy_code hy_sqlite_snapshot(sqlite3 *db, const char *file,
				void (*heard)(void *arg, int64_t done, int64_t total), void *arg,
				struct hy_err *e)
{
	sqlite3 *to = NULL;

	if (sqlite3_get_autocommit(db))
		return hy_broke(e, HY_INTERNAL, "a copy needs a snapshot");
	int rc = sqlite3_open_v2(file, &to,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_EXRESCODE,
				 NULL);
	/* It is a temporary file: whoever keeps it flushes it. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL,
				  NULL);
	enum hy_code code = rc == SQLITE_OK ? copy_pages(db, to, heard, arg, e)
					    : hy_sqlite_error(to, rc, "create the copy of", e);
	sqlite3_close(to);
	return code;
}
