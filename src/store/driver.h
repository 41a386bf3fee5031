#ifndef HY_STORE_DRIVER_H
#define HY_STORE_DRIVER_H

/* driver -- what a database engine must be able to do for the store.
 *
 * The store (pool, queue, migrations, statements) knows engines only through this table
 * of functions; an engine knows nothing of the store.  Every function is required: an
 * incomplete table is refused when the store opens.
 *
 * A place is where the data is (a folder and its lock, a server's address); it is shared
 * by threads.  A connection, and the statements prepared on it, belong to one thread at a
 * time.  Parameters count from 1, columns from 0.  Errors follow err.h: HY_EXISTS for a
 * broken uniqueness, HY_STORE_BUSY when a repetition may help, HY_INTERNAL for bad SQL,
 * HY_UNKNOWN_FATE for a commit of which nobody can say whether it is on disk, HY_STORE for
 * the rest, always with a plain text for the operator. */

#include "store/store.h"

struct hy_place;
struct hy_conn;
struct hy_prep;

enum hy_use { HY_USE_READ, HY_USE_WRITE, HY_USE_CHECKPOINT, HY_USE_LEAD };
/* With how much care a job is run.  BATCH: in hope; what fails spoils the whole batch.  JOB: what
 * fails spoils the job.  STATEMENT: each statement is undone alone when it fails. */
enum hy_care { HY_CARE_BATCH, HY_CARE_JOB, HY_CARE_STATEMENT };
enum hy_flush { HY_FLUSH_PASSIVE, HY_FLUSH_RESTART, HY_FLUSH_TRUNCATE };

struct hy_driver {
	const char *name;
	/* Every column of every table of ours but schema_step and those of the search, which is
	 * made anew: table, column, and 'i' for numbers,
	 * 't' for text, 'b' for bytes; in the byte order of table and column. */
	const char *columns_sql;
	/* Statements go to a server: each transaction costs round trips, and in hope an error may
	 * be found late, by another statement or the commit. */
	bool remote;

	/* Is this address mine?  The first driver that says yes gets it. */
	bool (*takes)(const char *where);
	/* The address as messages may show it: without a password. */
	void (*show)(const char *where, char *out, size_t size);
	/* The text of a migration in this engine's dialect. */
	const char *(*dialect)(const struct hy_migration *m);

	/* Checks that the place is ours, makes it when asked, locks it for writing unless
	 * read_only. */
	enum hy_code (*open_place)(const char *where, const struct hy_store_options *o,
				   struct hy_place **out, struct hy_err *e);
	void (*close_place)(struct hy_place **p);
	/* No answer of another program is waited for longer than that. */
	void (*patience)(struct hy_place *p, int64_t ms);
	enum hy_code (*open)(struct hy_place *p, enum hy_use use, struct hy_conn **out,
			     struct hy_err *e);
	void (*close)(struct hy_conn **c);

	/* Inside a writing transaction, before the migrations: marks an empty database as
	 * ours (*CHANGED_OUT), refuses one that is another program's or from a later version. */
	enum hy_code (*identify)(struct hy_conn *c, bool create, bool *changed_out,
				 struct hy_err *e);
	enum hy_code (*has_table)(struct hy_conn *c, const char *table, bool *out,
				  struct hy_err *e);

	enum hy_code (*begin_read)(struct hy_conn *c, struct hy_err *e); /* fixes the snapshot */
	/* *ALONE_OUT: nobody else can have changed a table since this connection's last
	 * transaction.  In hope (HY_CARE_BATCH) an engine may say so before it has asked; whether
	 * it was right is known at the latest with the commit. */
	enum hy_code (*begin_write)(struct hy_conn *c, enum hy_care care, bool *alone_out,
				    struct hy_err *e);
	/* Did the last transaction fail only because somebody else had written after all?  Then it
	 * is done again as it was. */
	bool (*outrun)(struct hy_conn *c);
	/* The transaction is over afterwards, also on failure. */
	enum hy_code (*commit)(struct hy_conn *c, struct hy_err *e);
	void (*rollback)(struct hy_conn *c);
	/* Some errors end the whole transaction (disk full); then this says false. */
	bool (*in_transaction)(struct hy_conn *c);
	/* An engine that always undoes a failing statement alone never calls a job spoiled. */
	enum hy_code (*savepoint)(struct hy_conn *c, enum hy_care care, struct hy_err *e);
	/* Has a statement failed in such a way that the others of the job (of the batch, in hope)
	 * are lost with it?  Then the work is undone and done again with more care. */
	bool (*spoiled)(struct hy_conn *c);
	/* Could undo() take back what was done since the savepoint?  An engine may do without a
	 * real one in hope: then this says false as soon as something may have been
	 * changed, and the transaction is done again with care. */
	bool (*undoable)(struct hy_conn *c);
	enum hy_code (*release)(struct hy_conn *c, struct hy_err *e);
	/* Back to the savepoint, which is gone afterwards. */
	enum hy_code (*undo)(struct hy_conn *c, struct hy_err *e);
	enum hy_code (*script)(struct hy_conn *c, const char *sql, struct hy_err *e);
	/* Rows changed since the connection was opened; a statement whose end was not waited for
	 * counts as one. */
	int64_t (*changes)(struct hy_conn *c);

	enum hy_code (*prepare)(struct hy_conn *c, hy_str sql, struct hy_prep **out,
				struct hy_err *e);
	void (*drop)(struct hy_prep **p);
	/* Many rows are expected: memory must not grow with them. */
	void (*many)(struct hy_prep *p);
	/* Back to before the first step; bindings stay unless CLEAR. */
	void (*reset)(struct hy_prep *p, bool clear);
	enum hy_code (*bind_int)(struct hy_prep *p, int param, int64_t v, struct hy_err *e);
	enum hy_code (*bind_text)(struct hy_prep *p, int param, hy_str v, struct hy_err *e);
	enum hy_code (*bind_blob)(struct hy_prep *p, int param, hy_str v, struct hy_err *e);
	enum hy_code (*bind_null)(struct hy_prep *p, int param, struct hy_err *e);
	/* After the last row and after an error the statement has been reset. */
	enum hy_code (*step)(struct hy_prep *p, bool *row_out, struct hy_err *e);
	/* To the end, rows are dropped.  With CHANGED_OUT NULL and in hope an engine need not wait
	 * for the end; an error may then be found late, and spoil the batch. */
	enum hy_code (*exec)(struct hy_prep *p, int64_t *changed_out, struct hy_err *e);
	int (*columns)(struct hy_prep *p);
	int64_t (*col_int)(struct hy_prep *p, int col);
	hy_str (*col_text)(struct hy_prep *p, int col);
	bool (*col_null)(struct hy_prep *p, int col);

	/* Moves committed work from the engine's log into its tables.  An engine that does
	 * this by itself answers HY_OK, and 0 for log_bytes. */
	enum hy_code (*flush)(struct hy_conn *c, enum hy_flush how, struct hy_err *e);
	/* Bytes of the log after this connection's last commit. */
	int64_t (*log_bytes)(struct hy_conn *c);
	/* Is this process, which has C (NULL where there is no server) for nothing else, the one
	 * among those that write the same data that does the background work?  Takes the place when
	 * it is free. */
	enum hy_code (*lead)(struct hy_conn *c, bool *out, struct hy_err *e);
	/* Are the files sound?  Names what was found. */
	enum hy_code (*check)(struct hy_conn *c, struct hy_err *e);
	/* Writes the snapshot that C reads into FILE as a SQLite database of the store.  Not
	 * asked of a server, whose rows are copied. */
	enum hy_code (*snapshot)(struct hy_conn *c, const char *file,
				 void (*heard)(void *arg, int64_t done, int64_t total), void *arg,
				 struct hy_err *e);
};

extern const struct hy_driver hy_pg_driver, hy_sqlite_driver;

#endif
