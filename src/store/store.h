#ifndef HY_STORE_STORE_H
#define HY_STORE_STORE_H

/* store -- one SQL interface, drivers behind it, migrations, the write queue.
 *
 * Knows no feature: rooms bring their own SQL.  One text for all drivers: parameters are
 * $1, $2 ... (each bound by number, repeated use allowed), UPSERT, RETURNING and window
 * functions may be used.  Every value is bound; SQL is never put together from input.
 *
 * Threads: a struct hy_store is shared; a struct hy_db (connection) belongs to one thread
 * at a time.  Writing happens only inside work given to hy_store_write(). */

#include "base/arena.h"
#include "base/err.h"

struct hy_store;
struct hy_db; /* one connection: a reader's snapshot or the writer's transaction */

/* --- statements ------------------------------------------------------------------
 * A statement is prepared once per connection and text and kept; hy_sql() hands it out
 * with parameters cleared.  It must be finished with hy_done() (HY_SCOPED_STMT does it)
 * before the same text is asked for again on the same connection: the store asserts that. */
struct hy_stmt;

struct hy_stmt *hy_sql(struct hy_db *db, const char *sql); /* never NULL: a bad text fails at the first hy_step */
void hy_done(struct hy_stmt **s);
#define HY_SCOPED_STMT __attribute__((cleanup(hy_done))) struct hy_stmt *

/* Bytes are not copied: they must live until hy_done(). */
void hy_bind_int(struct hy_stmt *s, int param, int64_t v);
void hy_bind_text(struct hy_stmt *s, int param, hy_str v);
void hy_bind_blob(struct hy_stmt *s, int param, hy_str v);
void hy_bind_null(struct hy_stmt *s, int param);
/* NULL for the values that mean none. */
void hy_bind_opt(struct hy_stmt *s, int param, int64_t v, int64_t none);

/* One step: *ROW_OUT tells whether there is a row.  After the last row or an error the
 * statement may be bound and stepped again. */
enum hy_code hy_step(struct hy_stmt *s, bool *row_out, struct hy_err *e) HY_MUST;
/* For statements without rows; CHANGED_OUT may be NULL. */
enum hy_code hy_exec(struct hy_stmt *s, int64_t *changed_out, struct hy_err *e) HY_MUST;

/* Columns from 0, of the current row; text lives until the next step unless copied. */
int64_t hy_col_int(struct hy_stmt *s, int col); /* NULL: 0 */
int64_t hy_col_opt(struct hy_stmt *s, int col, int64_t none); /* NULL: none */
hy_str hy_col_text(struct hy_stmt *s, int col); /* blobs too; NULL: empty */
hy_str hy_col_dup(struct hy_arena *a, struct hy_stmt *s, int col);
bool hy_col_null(struct hy_stmt *s, int col);

/* Runs one or more statements without parameters or rows (DDL in migrations). */
enum hy_code hy_sql_script(struct hy_db *db, const char *script, struct hy_err *e) HY_MUST;

/* --- migrations -----------------------------------------------------------------
 * A room declares its schema steps; each runs once, in the order of the table, and is
 * recorded by name.  A name is never reused, a step never changed after a release. */
struct hy_migration {
	const char *name; /* "matter-001" */
	const char *sql; /* both drivers, or NULL when the next two differ */
	const char *sqlite, *pg;
};

/* --- opening --------------------------------------------------------------------- */
struct hy_store_options {
	bool create; /* make a new store where there is none; else HY_NOT_FOUND */
	bool read_only;
	int readers; /* connections for reading, 1..64; 0: 4 */
	int queue; /* how many writes may wait, 0: 4096; beyond it hy_store_submit() says HY_STORE_BUSY */
	bool fast_import; /* this process alone writes, and losing its last batch in a power cut is
			     acceptable: synchronous=NORMAL.  Commits stay atomic and ordered. */
	const struct hy_migration *migrations; /* ends with { 0 } */
	int64_t (*now)(void); /* UTC ms; NULL: the machine's clock.  For tests and seeds. */
};

/* WHERE is a folder (SQLite, in WHERE/huiyin.db, WAL, synchronous=FULL); a postgresql://
 * address is refused with HY_BAD_INPUT until that driver is built.  A second process
 * that would write the same folder is refused (lock file); readers are welcome. */
enum hy_code hy_store_open(const char *where, const struct hy_store_options *o,
			   struct hy_store **out, struct hy_err *e) HY_MUST;
/* Finishes what was accepted, checkpoints, closes.  NULL is allowed. */
void hy_store_close(struct hy_store **s);
int64_t hy_store_now(struct hy_store *s);
const char *hy_store_where(const struct hy_store *s);

/* --- reading --------------------------------------------------------------------- */
/* A connection with a consistent snapshot from the pool; waits when all are out.  Every
 * query on it sees the same state until it is given back. */
enum hy_code hy_store_read(struct hy_store *s, struct hy_db **out, struct hy_err *e) HY_MUST;
void hy_store_give(struct hy_db **db); /* back to the pool; NULL is allowed */
static inline void hy_db_drop(struct hy_db **db)
{
	hy_store_give(db);
}
#define HY_SCOPED_DB __attribute__((cleanup(hy_db_drop))) struct hy_db *

struct hy_store *hy_db_store(struct hy_db *db);

/* --- writing ---------------------------------------------------------------------
 * Work inside a transaction.  It may run more than once (a batch that fails is repeated
 * item by item): it sets *IN_OUT afresh each time, touches nothing else outside DB, and
 * never answers the client.  Returning an error undoes its changes alone (savepoint). */
typedef enum hy_code hy_work(struct hy_db *db, void *in_out, struct hy_err *e);

/* Runs WORK in the writer's next transaction and waits until it is durable. */
enum hy_code hy_store_write(struct hy_store *s, hy_work *work, void *in_out,
			    struct hy_err *e) HY_MUST;

/* The same without waiting: DONE is called in the writer's thread after the commit (or
 * refusal) with the outcome.  JOB must live until then. */
struct hy_job {
	hy_work *work;
	void *in_out;
	void (*done)(struct hy_job *job); /* reads .err; HY_OK: it is on disk */
	struct hy_err err;
	struct hy_job *next; /* the queue's */
};
enum hy_code hy_store_submit(struct hy_store *s, struct hy_job *job, struct hy_err *e) HY_MUST;

/* Called in the writer's thread at the end of each transaction that changed something,
 * before its commit, once for the whole batch: a place for the log's checkpoint. */
void hy_store_before_commit(struct hy_store *s,
			    enum hy_code (*fn)(struct hy_db *db, void *arg, struct hy_err *e), void *arg);

/* A place for one room to hang state that lives with a transaction of the writer: freed (hooks run)
 * after commit or rollback of the batch. */
struct hy_arena *hy_db_arena(struct hy_db *db);

struct hy_store_stats {
	int64_t batches, jobs, refused, queued, wal_bytes;
};
struct hy_store_stats hy_store_stats(struct hy_store *s);

/* "main" integrity of the files themselves (PRAGMA integrity_check); a named plain error. */
enum hy_code hy_store_check(struct hy_store *s, struct hy_err *e) HY_MUST;

#endif
