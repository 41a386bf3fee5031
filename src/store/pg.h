#ifndef HY_STORE_PG_H
#define HY_STORE_PG_H

/* pg -- what the files of the PostgreSQL driver share: pg.c (statements, the driver's table),
 * pg_connect.c (addresses, connecting, errors), pg_transaction.c (transactions, whose database
 * it is). */

#include <libpq-fe.h>
#include <stdatomic.h>

#include "store/driver.h"

enum { PG_LEAST_VERSION = 150000 };

struct hy_place {
	char *address;
	bool read_only, fast;
	atomic_bool reached; /* once at least: then it will come back */
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
	bool in_job;
	bool careful; /* each statement is undone alone when it fails */
	bool spoiled; /* a statement of the job failed; only undo or rollback helps */
	bool warned;  /* the server said something unusual since this was last cleared */
};

/* The error of RES (may be NULL), or of the connection, as one of ours. */
enum hy_code hy_pg_error(struct hy_conn *c, const PGresult *res, const char *doing,
			 struct hy_err *e);
/* Runs SQL without parameters to the end. */
enum hy_code hy_pg_do(struct hy_conn *c, const char *sql, const char *doing, struct hy_err *e);
/* Runs SQL and waits for at most MS.  NULL: the connection is lost, or there was no answer in time;
 * the connection is of no use then. */
PGresult *hy_pg_exec_within(struct hy_conn *c, const char *sql, int64_t ms);
/* One value as text into OUT, "" when there is no row or it is NULL; PARAM may be NULL. */
enum hy_code hy_pg_ask(struct hy_conn *c, const char *sql, const char *param, char *out,
		       size_t size, struct hy_err *e);

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

enum hy_code hy_pg_identify(struct hy_conn *c, bool create, struct hy_err *e);
enum hy_code hy_pg_has_table(struct hy_conn *c, const char *table, bool *out, struct hy_err *e);
enum hy_code hy_pg_begin_read(struct hy_conn *c, struct hy_err *e);
enum hy_code hy_pg_begin_write(struct hy_conn *c, struct hy_err *e);
enum hy_code hy_pg_commit(struct hy_conn *c, struct hy_err *e);
void hy_pg_rollback(struct hy_conn *c);
bool hy_pg_in_transaction(struct hy_conn *c);
enum hy_code hy_pg_savepoint(struct hy_conn *c, bool careful, struct hy_err *e);
bool hy_pg_spoiled(struct hy_conn *c);
bool hy_pg_undoable(struct hy_conn *c); /* there is always a savepoint */
enum hy_code hy_pg_release(struct hy_conn *c, struct hy_err *e);
enum hy_code hy_pg_undo(struct hy_conn *c, struct hy_err *e);

/* Around each statement: what keeps its failure from ending the whole transaction. */
enum hy_code hy_pg_before(struct hy_conn *c, struct hy_err *e);
void hy_pg_after(struct hy_conn *c, bool failed);

#endif
