#ifndef HY_STORE_PG_H
#define HY_STORE_PG_H

/* pg -- what the files of the PostgreSQL driver share: pg.c (statements, the driver's table),
 * pg_pipe.c (sending without waiting), pg_rows.c (rows inserted together), pg_connect.c (addresses,
 * connecting, errors), pg_transaction.c (transactions, whose database it is). */

#include <libpq-fe.h>
#include <stdatomic.h>

#include "store/driver.h"

enum { PG_LEAST_VERSION = 150000 };

/* SQLSTATE division_by_zero: what a beginning in hope ends with when another server has written. */
#define HY_PG_OUTRUN "22012"

/* The prepared COMMIT of a connection that has begun in hope once. */
#define HY_PG_COMMIT "hope_commit"

struct hy_place {
	char *address;
	bool read_only, fast;
	int64_t writer;		  /* this store's name among those that write the same database */
	atomic_bool marked;	  /* the database is known to be ours */
	atomic_bool reached;	  /* once at least: then it will come back */
	_Atomic int64_t patience; /* ms with the server's answer to a statement; 0: no limit */
};

struct hy_conn {
	struct hy_place *place;
	enum hy_use use;
	PGconn *pg;	     /* NULL: not connected now */
	uint64_t generation; /* of the connection; what was prepared on an older one is gone */
	uint64_t names;	     /* given to prepared statements and cursors */
	int64_t changes;
	int64_t gave_up_at; /* monotonic ms of the last vain attempt to connect; 0: none */
	char why[200];	    /* it was vain */
	/* The generation of the last transaction that was committed for writing, and when, in
	 * monotonic ms. */
	uint64_t written;
	int64_t written_at;
	uint64_t prepared; /* the generation that knows the statements of a beginning in hope */
	bool named;	   /* the last transaction wrote down that it was this server's */
	bool hoped;	   /* this transaction's beginning was not waited for */
	bool outrun;	   /* another server had written: the hope was vain */
	enum hy_care care;
	bool wrote;		     /* the job may have changed something */
	bool spoiled;		     /* a statement of the job (in hope: of the batch) failed */
	bool pipe;		     /* statements are sent without waiting for their answers */
	bool synced;		     /* the pipe's end was sent */
	int unread;		     /* answers of the pipe that were not looked at */
	struct hy_err late;	     /* the first error among them */
	struct hy_pg_rows *gathered; /* rows that were not sent yet; NULL: none */
	int jobs, stride;	     /* whose rows they are; of how many they are sent together */
	bool leads;		     /* this session has the lock of the leader */
	bool warned; /* the server said something unusual since this was last cleared */
};

/* The error of RES (may be NULL), or of the connection, as one of ours. */
enum hy_code hy_pg_error(struct hy_conn *c, const PGresult *res, const char *doing,
			 struct hy_err *e);
/* For how many ms an answer on C is waited for. */
int64_t hy_pg_patience(const struct hy_conn *c);
/* Runs SQL without parameters to the end. */
enum hy_code hy_pg_do(struct hy_conn *c, const char *sql, const char *doing, struct hy_err *e);
/* Runs SQL and waits for at most MS.  NULL: the connection is lost, or there was no answer in time;
 * the connection is of no use then. */
PGresult *hy_pg_exec_within(struct hy_conn *c, const char *sql, int64_t ms);
/* One value as text into OUT, "" when there is no row or it is NULL; PARAM may be NULL. */
enum hy_code hy_pg_ask(struct hy_conn *c, const char *sql, const char *param, char *out,
		       size_t size, struct hy_err *e);

/* What goes with a statement: N parameters, and whether the answer is binary. */
struct hy_pg_values {
	int n;
	const Oid *type;
	const char *const *value;
	const int *length, *binary;
	int answer;
};
/* Each waits for its own answer, through the pipe or not; NULL when the connection is lost. */
PGresult *hy_pg_params(struct hy_conn *c, const char *sql, const struct hy_pg_values *v);
PGresult *hy_pg_prepared(struct hy_conn *c, const char *name, const struct hy_pg_values *v);
PGresult *hy_pg_prepare(struct hy_conn *c, const char *name, const char *sql,
			const struct hy_pg_values *v);
/* Sends a prepared statement into the pipe; nobody waits for its answer. */
enum hy_code hy_pg_post(struct hy_conn *c, const char *name, const struct hy_pg_values *v,
			struct hy_err *e);
/* Prepares a statement in the pipe; nobody waits for its answer. */
enum hy_code hy_pg_post_prepare(struct hy_conn *c, const char *name, const char *sql,
				const struct hy_pg_values *v, struct hy_err *e);
/* Runs what may as well fail. */
void hy_pg_quietly(struct hy_conn *c, const char *sql);
/* Lets the server begin with what was posted. */
void hy_pg_push(struct hy_conn *c);
enum hy_code hy_pg_pipe_open(struct hy_conn *c, struct hy_err *e);
/* Reads what is left; whether something failed says c->spoiled. */
void hy_pg_pipe_close(struct hy_conn *c);
/* The first error of what was posted. */
enum hy_code hy_pg_late(struct hy_conn *c, struct hy_err *e);
/* Commits behind what was posted.  The commit's answer (NULL: none within MS, or the connection is
 * lost), or with E set NULL when it is certain that nothing was committed. */
PGresult *hy_pg_pipe_commit(struct hy_conn *c, int64_t ms, struct hy_err *e);
/* Rows of one INSERT that are sent together.  NULL when SQL, which must outlive them, is not
 * "INSERT INTO table(...) VALUES($1, ... $n)" and nothing else. */
struct hy_pg_rows *hy_pg_rows_for(hy_str sql);
void hy_pg_rows_free(struct hy_pg_rows **rows);
/* Keeps a copy of V, with its types. */
enum hy_code hy_pg_rows_add(struct hy_conn *c, struct hy_pg_rows *rows,
			    const struct hy_pg_values *v, struct hy_err *e);
/* Sends what is kept on C. */
enum hy_code hy_pg_rows_send(struct hy_conn *c, struct hy_err *e);
/* A job is over.  The first job's rows are sent at once, so that the server has something to do,
 * then those of two jobs, of four, and so on. */
enum hy_code hy_pg_rows_stride(struct hy_conn *c, struct hy_err *e);
/* The transaction is over, or lost. */
void hy_pg_rows_forget(struct hy_conn *c);
/* Are rows kept of a table whose name stands in SQL? */
bool hy_pg_rows_named(const struct hy_conn *c, hy_str sql);
/* Waits until PQgetResult() has an answer; false when there is none by UNTIL (monotonic ms). */
bool hy_pg_hear(struct hy_conn *c, int64_t until);

bool hy_pg_takes(const char *where);
void hy_pg_show(const char *where, char *out, size_t size);
enum hy_code hy_pg_open_place(const char *where, const struct hy_store_options *o,
			      struct hy_place **out, struct hy_err *e);
void hy_pg_close_place(struct hy_place **p);
/* Is the server still there, as far as is known here? */
bool hy_pg_connected(const struct hy_conn *c);
/* One attempt; whatever was there before is closed. */
enum hy_code hy_pg_connect(struct hy_conn *c, struct hy_err *e);
void hy_pg_disconnect(struct hy_conn *c);

enum hy_code hy_pg_identify(struct hy_conn *c, bool create, bool *changed_out, struct hy_err *e);
enum hy_code hy_pg_has_table(struct hy_conn *c, const char *table, bool *out, struct hy_err *e);
enum hy_code hy_pg_begin_read(struct hy_conn *c, struct hy_err *e);
enum hy_code hy_pg_begin_write(struct hy_conn *c, enum hy_care care, bool *alone_out,
			       struct hy_err *e);
bool hy_pg_outrun(struct hy_conn *c);
enum hy_code hy_pg_commit(struct hy_conn *c, struct hy_err *e);
void hy_pg_rollback(struct hy_conn *c);
bool hy_pg_in_transaction(struct hy_conn *c);
enum hy_code hy_pg_lead(struct hy_conn *c, bool *out, struct hy_err *e);
enum hy_code hy_pg_savepoint(struct hy_conn *c, enum hy_care care, struct hy_err *e);
bool hy_pg_spoiled(struct hy_conn *c);
bool hy_pg_undoable(struct hy_conn *c); /* there is always a savepoint */
enum hy_code hy_pg_release(struct hy_conn *c, struct hy_err *e);
enum hy_code hy_pg_undo(struct hy_conn *c, struct hy_err *e);

/* As at the beginning of a transaction. */
void hy_pg_fresh(struct hy_conn *c);
/* Around each statement: what keeps its failure from ending the whole transaction. */
enum hy_code hy_pg_before(struct hy_conn *c, struct hy_err *e);
void hy_pg_after(struct hy_conn *c, bool failed);

#endif
