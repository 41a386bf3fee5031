#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/monotonic.h"
#include "store/inside.h"

enum { READERS = 4, MOST_READERS = 64, QUEUE = 4096, WAIT_S = 10, SHOWN = 4096 };

static const struct hy_driver *const drivers[] = { &hy_pg_driver, &hy_sqlite_driver };

void hy_store_bug(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	hy_log(HY_LOG_ERROR, "store-bug", "%s", text);
	abort();
}

/* --- connections ------------------------------------------------------------------- */

enum hy_code hy_db_open(struct hy_store *s, enum hy_use use, struct hy_db **out, struct hy_err *e)
{
	struct hy_db *db = calloc(1, sizeof(*db));

	if (!db)
		return hy_broke(e, HY_STORE, "no memory");
	db->store = s;
	db->d = s->d;
	db->arena = hy_arena_new(0);
	db->era = use == HY_USE_WRITE;
	enum hy_code code = s->d->open(s->place, use, &db->conn, e);
	if (code)
		hy_db_close(&db);
	else
		*out = db;
	return code;
}

void hy_db_close(struct hy_db **db)
{
	if (!*db)
		return;
	hy_db_forget_stmts(*db);
	(*db)->d->close(&(*db)->conn);
	hy_arena_free(&(*db)->arena);
	free(*db);
	*db = NULL;
}

struct hy_store *hy_db_store(struct hy_db *db)
{
	return db->store;
}

uint64_t hy_db_era(struct hy_db *db)
{
	return db->era;
}

void hy_db_new_era(struct hy_db *db)
{
	db->era++;
}

bool hy_db_hopes(const struct hy_db *db)
{
	return db->hopes;
}

int64_t hy_db_changes(const struct hy_db *db)
{
	return db->d->changes(db->conn);
}

struct hy_arena *hy_db_arena(struct hy_db *db)
{
	return db->arena;
}

/* --- opening and closing ----------------------------------------------------------- */

/* A driver is a struct of functions after its name; none may be missing. */
static bool complete(const struct hy_driver *d)
{
	typedef void any(void);
	any *f[(sizeof(*d) - offsetof(struct hy_driver, takes)) / sizeof(any *)];

	memcpy(f, (const char *)d + offsetof(struct hy_driver, takes), sizeof(f));
	for (size_t i = 0; i < HY_COUNT(f); i++)
		if (!f[i])
			return false;
	return true;
}

/* The last one takes everything. */
static const struct hy_driver *driver_for(const char *where)
{
	size_t i = 0;

	for (size_t k = 0; k < HY_COUNT(drivers); k++)
		if (!complete(drivers[k]))
			hy_store_bug("the driver %s is incomplete", drivers[k]->name);
	while (i + 1 < HY_COUNT(drivers) && !drivers[i]->takes(where))
		i++;
	return drivers[i];
}

static enum hy_code open_writing(struct hy_store *s, struct hy_err *e)
{
	enum hy_code code = hy_db_open(s, HY_USE_WRITE, &s->writer, e);

	if (!code)
		code = hy_migrate(s->writer, e);
	return code ? code : hy_queue_start(s, &s->queue, e);
}

static enum hy_code open_reading(struct hy_store *s, struct hy_err *e)
{
	struct hy_db *db;
	enum hy_code code = hy_store_read(s, &db, e);

	if (code)
		return code;
	code = hy_migrated(db, e);
	hy_store_give(&db);
	return code;
}

static struct hy_store *make(const struct hy_driver *d, const char *where,
			     const struct hy_store_options *o)
{
	struct hy_store *s = calloc(1, sizeof(*s));
	char shown[SHOWN];

	if (!s)
		hy_store_bug("no memory");
	s->d = d;
	d->show(where, shown, sizeof(shown));
	s->o = *o;
	s->o.readers = o->readers <= 0		   ? READERS
		       : o->readers > MOST_READERS ? MOST_READERS
						   : o->readers;
	s->o.queue = o->queue > 0 ? o->queue : QUEUE;
	s->where = strdup(shown);
	s->files = strdup(o->files ? o->files : where);
	s->readers = calloc((size_t)s->o.readers, sizeof(struct hy_db *));
	if (!s->where || !s->files || !s->readers)
		hy_store_bug("no memory");
	pthread_mutex_init(&s->pool, NULL);
	pthread_cond_init(&s->given, NULL);
	return s;
}

enum hy_code hy_store_open(const char *where, const struct hy_store_options *o,
			   struct hy_store **out, struct hy_err *e)
{
	const struct hy_driver *d = driver_for(where);

	struct hy_store *s = make(d, where, o);
	enum hy_code code = d->open_place(where, o, &s->place, e);
	if (!code)
		code = o->read_only ? open_reading(s, e) : open_writing(s, e);
	if (code)
		hy_store_close(&s);
	else
		*out = s;
	return code;
}

static void close_readers(struct hy_store *s)
{
	for (int i = 0; i < s->opened; i++) {
		if (s->readers[i]->taken_at)
			hy_store_bug("the store is closed while %s reads", s->readers[i]->taken_at);
		hy_db_close(&s->readers[i]);
	}
}

void hy_store_close(struct hy_store **store)
{
	struct hy_store *s = *store;
	struct hy_err e = { 0 };

	if (!s)
		return;
	*store = NULL;
	s->d->close(&s->lead);
	hy_queue_stop(&s->queue);
	close_readers(s);
	/* Another process may be reading: then the log stays and the next start takes it up. */
	if (s->writer && s->d->flush(s->writer->conn, HY_FLUSH_TRUNCATE, &e))
		hy_log(HY_LOG_INFO, "store-close", "%s", hy_err_text(&e));
	hy_db_close(&s->writer);
	s->d->close_place(&s->place);
	pthread_cond_destroy(&s->given);
	pthread_mutex_destroy(&s->pool);
	free(s->readers);
	free(s->where);
	free(s->files);
	free(s);
}

int64_t hy_store_now(struct hy_store *s)
{
	struct timespec t;

	if (s->o.now)
		return s->o.now();
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *hy_store_where(const struct hy_store *s)
{
	return s->where;
}

const char *hy_store_files(const struct hy_store *s)
{
	return s->files;
}

bool hy_store_shared(const struct hy_store *s)
{
	return s->d == &hy_pg_driver;
}

/* --- reading ----------------------------------------------------------------------- */

/* Waits for a free reader, or for the right to open one more (*OUT is NULL then). */
static enum hy_code wait_for_reader(struct hy_store *s, struct hy_db **out, struct hy_err *e)
{
	struct timespec until = hy_monotonic_in(WAIT_S * INT64_C(1000000));

	while (!s->free && s->opened == s->o.readers)
		if (pthread_cond_clockwait(&s->given, &s->pool, CLOCK_MONOTONIC, &until) ==
			    ETIMEDOUT &&
		    !s->free)
			return hy_broke(e, HY_STORE_BUSY,
					"all %d readers were out for %d s, one of them at %s",
					s->opened, WAIT_S,
					s->readers[0]->taken_at ? s->readers[0]->taken_at : "?");
	*out = s->free;
	if (s->free)
		s->free = s->free->next;
	return HY_OK;
}

static enum hy_code take_reader(struct hy_store *s, struct hy_db **out, const char *at,
				struct hy_err *e)
{
	struct hy_db *db = NULL;

	pthread_mutex_lock(&s->pool);
	enum hy_code code = wait_for_reader(s, &db, e);
	/* Opened under the lock: it happens a few times in a process' life. */
	if (!code && !db && !(code = hy_db_open(s, HY_USE_READ, &db, e)))
		s->readers[s->opened++] = db;
	if (!code) {
		db->taken_at = at;
		*out = db;
	}
	pthread_mutex_unlock(&s->pool);
	return code;
}

enum hy_code hy_store_read_at(struct hy_store *s, struct hy_db **out, const char *at,
			      struct hy_err *e)
{
	struct hy_db *db;
	enum hy_code code = take_reader(s, &db, at, e);

	if (code)
		return code;
	code = s->d->begin_read(db->conn, e);
	if (code)
		hy_store_give(&db);
	else
		*out = db;
	return code;
}

void hy_store_give(struct hy_db **reader)
{
	struct hy_db *db = *reader;

	if (!db)
		return;
	*reader = NULL;
	hy_db_check_idle(db, db->taken_at);
	db->d->rollback(db->conn);
	hy_arena_empty(db->arena);
	struct hy_store *s = db->store;
	pthread_mutex_lock(&s->pool);
	db->taken_at = NULL;
	db->next = s->free;
	s->free = db;
	pthread_cond_signal(&s->given);
	pthread_mutex_unlock(&s->pool);
}

void hy_store_patience(struct hy_store *s, int64_t ms)
{
	s->d->patience(s->place, ms);
}

enum hy_code hy_store_lead(struct hy_store *s, bool *out, struct hy_err *e)
{
	bool leads = false;
	enum hy_code code = HY_OK;

	if (s->o.read_only)
		return *out = false, HY_OK;
	if (!s->lead && s->d->remote)
		code = s->d->open(s->place, HY_USE_LEAD, &s->lead, e);
	if (!code)
		code = s->d->lead(s->lead, &leads, e);
	if (leads != atomic_exchange(&s->leads, leads))
		hy_log(HY_LOG_INFO, "leader", "this server %s the background work",
		       leads ? "does" : "no longer does");
	*out = leads;
	return code;
}

bool hy_store_leads(struct hy_store *s)
{
	return atomic_load(&s->leads);
}

enum hy_code hy_store_check(struct hy_store *s, struct hy_err *e)
{
	struct hy_db *db;
	enum hy_code code = hy_store_read(s, &db, e);

	if (code)
		return code;
	code = s->d->check(db->conn, e);
	hy_store_give(&db);
	if (code && code != HY_STORE)
		return code; /* it could not be looked at: that says nothing */
	pthread_mutex_lock(&s->pool);
	s->found = *e;
	pthread_mutex_unlock(&s->pool);
	return code;
}

enum hy_code hy_store_found(struct hy_store *s, struct hy_err *e)
{
	pthread_mutex_lock(&s->pool);
	struct hy_err found = s->found;
	pthread_mutex_unlock(&s->pool);
	return found.code ? hy_fail(e, found.code, "", "%s", hy_err_text(&found)) : HY_OK;
}
