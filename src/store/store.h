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

/* Where in the program a statement or a transaction began, for the messages about one that
 * was forgotten, is slow or is asked for twice. */
#define HY_HERE __FILE__ ":" HY_HERE_LINE(__LINE__)
#define HY_HERE_LINE(line) HY_HERE_TEXT(line)
#define HY_HERE_TEXT(line) #line

struct hy_store;
struct hy_db; /* one connection: a reader's snapshot or the writer's transaction */

/* --- statements ------------------------------------------------------------------
 * A statement is prepared once per connection and text and kept; hy_sql() hands it out
 * with parameters cleared.  It must be finished with hy_done() (HY_SCOPED_STMT does it)
 * before the same text is asked for again on the same connection: the store asserts that. */
struct hy_stmt;

#define hy_sql(db, sql) hy_sql_at((db), (sql), HY_HERE)
/* Never NULL: a bad text fails at the first hy_step(). */
struct hy_stmt *hy_sql_at(struct hy_db *db, const char *sql, const char *at)
	__attribute__((returns_nonnull));
/* For a reading statement that may give more rows than memory should hold at once; costs more
 * for few rows.  A text is asked for in one way only. */
#define hy_sql_many(db, sql) hy_sql_many_at((db), (sql), HY_HERE)
struct hy_stmt *hy_sql_many_at(struct hy_db *db, const char *sql, const char *at)
	__attribute__((returns_nonnull));
void hy_done(struct hy_stmt **s);
#define HY_SCOPED_STMT __attribute__((cleanup(hy_done))) struct hy_stmt *

/* Bytes are not copied: they must live until hy_done().  A parameter that is not bound is
 * NULL.  Text must be UTF-8 without zero bytes; anything else is HY_BAD_INPUT at the step.
 * Binding a statement that still has rows starts it afresh; other bindings stay. */
void hy_bind_int(struct hy_stmt *s, int param, int64_t v);
void hy_bind_text(struct hy_stmt *s, int param, hy_str v);
void hy_bind_blob(struct hy_stmt *s, int param, hy_str v);
void hy_bind_null(struct hy_stmt *s, int param);
/* NULL for the values that mean none. */
void hy_bind_opt(struct hy_stmt *s, int param, int64_t v, int64_t none);

/* One step: *ROW_OUT tells whether there is a row.  After the last row or an error the
 * statement may be bound and stepped again. */
enum hy_code hy_step(struct hy_stmt *s, bool *row_out, struct hy_err *e) HY_MUST;
/* Runs to the end, rows are dropped; CHANGED_OUT may be NULL. */
enum hy_code hy_exec(struct hy_stmt *s, int64_t *changed_out, struct hy_err *e) HY_MUST;

/* Columns from 0, of the current row; text lives until the next step unless copied.  To ask
 * for a column that is not there, or without a row, is a mistake that stops the program. */
int64_t hy_col_int(struct hy_stmt *s, int col);		      /* NULL: 0 */
int64_t hy_col_opt(struct hy_stmt *s, int col, int64_t none); /* NULL: none */
hy_str hy_col_text(struct hy_stmt *s, int col);		      /* blobs too; NULL: empty */
hy_str hy_col_dup(struct hy_arena *a, struct hy_stmt *s, int col);
bool hy_col_null(struct hy_stmt *s, int col);

/* Runs one or more statements without parameters or rows (DDL in migrations). */
enum hy_code hy_sql_script(struct hy_db *db, const char *script, struct hy_err *e) HY_MUST;

/* --- migrations -----------------------------------------------------------------
 * A room declares its schema steps; each runs once, in the order of the table, and is
 * recorded by name.  A name is never reused, a step never changed after a release. */
struct hy_migration {
	const char *name; /* "matter-001" */
	const char *sql;  /* both drivers, or NULL when the next two differ */
	const char *sqlite, *pg;
};

/* --- opening --------------------------------------------------------------------- */
struct hy_store_options {
	bool create; /* make a new store where there is none; else HY_NOT_FOUND */
	bool read_only;
	const char *files; /* folder of what is kept beside the database; NULL: WHERE */
	int readers;	   /* connections for reading, 1..64; 0: 4 */
	int queue;	   /* how many writes may wait, 0: 4096; beyond it hy_store_submit() says
			      HY_STORE_BUSY */
	bool fast_import;  /* this process alone writes, and losing its last batch in a power cut is
			      acceptable: synchronous=NORMAL.  Commits stay atomic and ordered. */
	const struct hy_migration *migrations; /* ends with { 0 } */
	int64_t (*now)(void); /* UTC ms; NULL: the machine's clock.  For tests and seeds. */
};

/* Refuses what is no store of ours or was written by a newer version (HY_BAD_INPUT), and to
 * read what needs a migration first (HY_NOT_NOW).
 *
 * WHERE is a folder (SQLite, in WHERE/huiyin.db, WAL, synchronous=FULL) or a postgresql://
 * address as libpq takes it (its password from a password file, never from here).  A second
 * process that would write the same folder is refused (lock file); readers are welcome.  Any
 * number of processes may write the same PostgreSQL database. */
enum hy_code hy_store_open(const char *where, const struct hy_store_options *o,
			   struct hy_store **out, struct hy_err *e) HY_MUST;
/* Finishes what was accepted, checkpoints, closes.  NULL is allowed. */
void hy_store_close(struct hy_store **s);
int64_t hy_store_now(struct hy_store *s);
/* From now on a database server that does not answer a statement within MS is given up: what it was
 * to do is HY_STORE_BUSY.  Without it a statement may take as long as it takes. */
void hy_store_patience(struct hy_store *s, int64_t ms);
/* The address for messages, without a password. */
const char *hy_store_where(const struct hy_store *s);
/* The folder of what is kept beside the database: keys, the published checkpoint. */
const char *hy_store_files(const struct hy_store *s);
/* May other processes write the same store? */
bool hy_store_shared(const struct hy_store *s);

/* Of the processes that write the same store exactly one leads and does what is to be done once,
 * such as moves that are due by themselves.  To be asked every second by one thread; *OUT is false
 * with an error.  When the leader ends, another is told so at its next question; when its machine
 * vanishes or stands still, after at most ten seconds more. */
enum hy_code hy_store_lead(struct hy_store *s, bool *out, struct hy_err *e) HY_MUST;
/* What the last question was told, in any thread. */
bool hy_store_leads(struct hy_store *s);

/* --- reading --------------------------------------------------------------------- */
/* A connection with a consistent snapshot from the pool; waits when all are out, for ten
 * seconds, then HY_STORE_BUSY.  Every query on it sees the same state until it is given
 * back; by then its statements must be done. */
#define hy_store_read(s, out, e) hy_store_read_at((s), (out), HY_HERE, (e))
enum hy_code hy_store_read_at(struct hy_store *s, struct hy_db **out, const char *at,
			      struct hy_err *e) HY_MUST;
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

/* Runs WORK in the writer's next transaction and waits until it is durable.  From any
 * thread but the writer's own (inside work or done), where it would wait for itself. */
#define hy_store_write(s, work, in_out, e) hy_store_write_at((s), (work), (in_out), HY_HERE, (e))
enum hy_code hy_store_write_at(struct hy_store *s, hy_work *work, void *in_out, const char *at,
			       struct hy_err *e) HY_MUST;

/* The same without waiting: DONE is called in the writer's thread after the commit (or
 * refusal) with the outcome.  JOB must live until then. */
struct hy_job {
	hy_work *work;
	void *in_out;
	void (*done)(struct hy_job *job); /* reads .err; HY_OK: it is on disk */
	struct hy_err err;
	struct hy_job *next; /* the queue's, like the next two */
	int64_t since;
	const char *at;
};
#define hy_store_submit(s, job, e) hy_store_submit_at((s), (job), HY_HERE, (e))
enum hy_code hy_store_submit_at(struct hy_store *s, struct hy_job *job, const char *at,
				struct hy_err *e) HY_MUST;

/* Nothing waits for ever, not even for a disk that stands still: what has waited in the queue for
 * longer than MS, and is not being worked on, gets HY_STORE_BUSY; nothing of it was done.  To be
 * asked now and then, by any thread but the writer's, in which DONE is called then. */
void hy_store_turn_away(struct hy_store *s, int64_t ms);

/* Called in the writer's thread at the end of each transaction that changed something,
 * before its commit, once for the whole batch: a place for the log's checkpoint.  To be set
 * before the first write. */
void hy_store_before_commit(struct hy_store *s,
			    enum hy_code (*fn)(struct hy_db *db, void *arg, struct hy_err *e),
			    void *arg);

/* What hy_store_before_commit() was given last; NULL: nothing. */
void *hy_store_commit_arg(struct hy_store *s);

/* Called in the writer's thread at the beginning of each transaction: a place to look at what
 * other processes have changed.  To be set before the first write. */
void hy_store_after_begin(struct hy_store *s,
			  enum hy_code (*fn)(struct hy_db *db, void *arg, struct hy_err *e),
			  void *arg);

/* Called in the writer's thread after each commit, before anybody is told of it.  To be set before
 * the first write. */
void hy_store_after_commit(struct hy_store *s, void (*fn)(void *arg), void *arg);

/* A place for one room to hang state that lives with a transaction of the writer: freed (hooks
 * run) after commit or rollback of the batch.  It is not undone with a job's savepoint: what is
 * kept here must be derived from the tables, or be checked against them.  A reader's is
 * emptied when it is given back. */
struct hy_arena *hy_db_arena(struct hy_db *db);

/* In the writer's transaction: a number that stays the same for as long as nobody else has written
 * and nothing was undone, from one transaction to the next.  What a room has learnt from the tables
 * or written into them it may keep together with this number, and need not read again while the
 * number is the same.  0 for a reader, of which nothing may be kept. */
uint64_t hy_db_era(struct hy_db *db);
/* What was kept is not to be believed any more. */
void hy_db_new_era(struct hy_db *db);
/* In the writer's transaction: is asking dear, and would a uniqueness that turns out to be broken,
 * however late, only let the work be run again, with this false?  Then work may leave out a
 * question whose answer a uniqueness gives. */
bool hy_db_hopes(const struct hy_db *db);
/* Rows changed by this connection so far; equal before and after: nothing was changed between. */
int64_t hy_db_changes(const struct hy_db *db);

struct hy_store_stats {
	int64_t batches, jobs; /* transactions tried, and work that got its outcome */
	int64_t refused;       /* turned away because too many waited */
	int64_t queued;	       /* waiting now */
	int64_t wal_bytes;
};
struct hy_store_stats hy_store_stats(struct hy_store *s);

/* Copies every row of FROM, as one snapshot sees it, into the tables of TO, which must be empty
 * (HY_EXISTS) and of the same version.  TO gets them in several transactions; the table LAST
 * comes at the end, so a copy that was broken off is not taken for a whole one. */
enum hy_code hy_store_copy(struct hy_store *from, struct hy_store *to, const char *last,
			   void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			   struct hy_err *e) HY_MUST;

/* "main" integrity of the files themselves (PRAGMA integrity_check); a named plain error. */
enum hy_code hy_store_check(struct hy_store *s, struct hy_err *e) HY_MUST;
/* What the last check of this process found, in any thread; HY_OK when it found nothing. */
enum hy_code hy_store_found(struct hy_store *s, struct hy_err *e) HY_MUST;

#endif
