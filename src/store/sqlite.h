#ifndef HY_STORE_SQLITE_H
#define HY_STORE_SQLITE_H

/* sqlite -- what the files of the SQLite driver share: sqlite_place.c (folder, lock,
 * identity) and sqlite.c (connections, statements, errors). */

#include <sqlite3.h>

#include "store/driver.h"

enum { SQLITE_PATH = 4096 };

struct hy_place {
	char where[SQLITE_PATH], db[SQLITE_PATH + 16];
	int lock; /* file descriptor, -1 when not locked */
	bool read_only, fast;
	int readers; /* at most so many connections for reading */
	bool still;  /* nobody can write there (a backup on a read-only medium) */
};

/* The error of the last call on DB as one of ours; DOING says what was attempted. */
enum hy_code hy_sqlite_error(sqlite3 *db, int rc, const char *doing, struct hy_err *e);

bool hy_sqlite_takes(const char *where);
void hy_sqlite_show(const char *where, char *out, size_t size);
enum hy_code hy_sqlite_open_place(const char *where, const struct hy_store_options *o,
				  struct hy_place **out, struct hy_err *e);
void hy_sqlite_close_place(struct hy_place **p);

/* Refuses the database of another program or of a later version of this one; *FRESH_OUT:
 * there is nothing in it yet. */
enum hy_code hy_sqlite_whose(sqlite3 *db, const char *name, bool *fresh_out, struct hy_err *e);
enum hy_code hy_sqlite_mark(sqlite3 *db, struct hy_err *e); /* it is ours from now on */

/* sqlite_log.c: a VFS that writes the log in large pieces, for connections that flush at each
 * commit. */
#define HY_SQLITE_LOG "huiyin-log"
void hy_sqlite_log_set_up(void);

/* sqlite_snapshot.c: the snapshot that DB reads, into FILE. */
enum hy_code hy_sqlite_snapshot(sqlite3 *db, const char *file,
				void (*heard)(void *arg, int64_t done, int64_t total), void *arg,
				struct hy_err *e);

#endif
