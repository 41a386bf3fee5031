#ifndef HY_STORE_INSIDE_H
#define HY_STORE_INSIDE_H

/* inside -- what the files of the store share: store.c (opening, readers), stmt.c
 * (statements), migrate.c (schema steps), queue.c (the writer). */

#include <pthread.h>
#include <stdatomic.h>

#include "store/driver.h"

enum { STMT_BUCKETS = 256, STMT_QUICK = 256, STMT_MOST = 512 };

struct hy_db {
	struct hy_store *store;
	const struct hy_driver *d;
	struct hy_conn *conn;
	struct hy_arena *arena;
	const char *taken_at; /* NULL: in the pool */
	struct hy_db *next;   /* free ones */

	/* Prepared statements by content, and by the pointer they were last asked with. */
	struct hy_stmt *by_text[STMT_BUCKETS];
	struct {
		const char *p;
		struct hy_stmt *s;
	} by_pointer[STMT_QUICK];
	unsigned stmts, in_use;
	uint64_t clock;
	uint64_t era; /* see hy_db_era() */
	bool hopes;   /* see hy_db_hopes() */
};

struct queue;

struct hy_store {
	const struct hy_driver *d;
	struct hy_place *place;
	char *where, *files; /* WHERE as messages may show it */
	struct hy_store_options o;
	struct hy_db *writer; /* NULL: read only */
	struct queue *queue;
	struct hy_conn *lead; /* NULL: never asked */
	atomic_bool leads;

	pthread_mutex_t pool; /* guards the rest */
	pthread_cond_t given;
	struct hy_db **readers; /* opened ones */
	int opened;
	struct hy_db *free;
	struct hy_err found; /* by the last check */
};

/* A mistake in the program that must not be survived. */
_Noreturn void hy_store_bug(const char *fmt, ...) HY_PRINTF(1, 2);

enum hy_code hy_db_open(struct hy_store *s, enum hy_use use, struct hy_db **out,
			struct hy_err *e) HY_MUST;
void hy_db_close(struct hy_db **db);
/* Stops the program when a statement is still in use. */
void hy_db_check_idle(struct hy_db *db, const char *at);
void hy_db_forget_stmts(struct hy_db *db);

/* Brings the schema of the writer's database up to date, or compares it only. */
enum hy_code hy_migrate(struct hy_db *db, struct hy_err *e) HY_MUST;
enum hy_code hy_migrated(struct hy_db *db, struct hy_err *e) HY_MUST;

/* hy_store_copy() of the snapshot that DB reads. */
enum hy_code hy_copy_from(struct hy_db *db, struct hy_store *to, const char *last,
			  void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			  struct hy_err *e) HY_MUST;

enum hy_code hy_queue_start(struct hy_store *s, struct queue **out, struct hy_err *e) HY_MUST;
/* Finishes what was accepted and stops the threads. */
void hy_queue_stop(struct queue **q);

#endif
