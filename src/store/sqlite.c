#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/sqlite.h"

enum { PAGE = 4096, FRAME = PAGE + 24, BUSY_MS = 1000, FLUSH_BUSY_MS = 100, MOST_PARAMS = 999 };

/* Statements every connection needs again and again. */
#define FIXED(X)                                                                                   \
	X(BEGIN, "BEGIN")                                                                          \
	X(LOOK, "SELECT 1 FROM sqlite_schema LIMIT 1")                                             \
	X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                          \
	X(COMMIT, "COMMIT")                                                                        \
	X(ROLLBACK, "ROLLBACK")                                                                    \
	X(SAVEPOINT, "SAVEPOINT job")                                                              \
	X(RELEASE, "RELEASE job")                                                                  \
	X(UNDO, "ROLLBACK TO job")

enum fixed {
#define X(name, sql) FIXED_##name,
	FIXED(X)
#undef X
		FIXED__COUNT
};

static const char *const fixed_sql[FIXED__COUNT] = {
#define X(name, sql) [FIXED_##name] = sql,
	FIXED(X)
#undef X
};

struct hy_conn {
	struct hy_place *place;
	sqlite3 *db;
	int frames;   /* in the WAL after this connection's last commit */
	bool saved;   /* the job has a savepoint */
	bool touched; /* a statement that writes was begun since the job began */
	sqlite3_stmt *fixed[FIXED__COUNT];
};

struct hy_prep {
	struct hy_conn *c;
	sqlite3 *db;
	sqlite3_stmt *s;
	bool writes;
	int params;
	uint16_t index[]; /* of $N in SQLite's own counting, by N from 1; 0: not in the text */
};

/* --- errors ------------------------------------------------------------------------ */

/* What those who wait may know; the operator's text stays. */
static enum hy_code tell_people(struct hy_err *e, const char *detail)
{
	snprintf(e->detail, sizeof(e->detail), "%s", detail);
	return e->code;
}

enum hy_code hy_sqlite_error(sqlite3 *db, int rc, const char *doing, struct hy_err *e)
{
	const char *said = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

	switch (rc & 0xff) {
	case SQLITE_CONSTRAINT:
		if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
		    rc == SQLITE_CONSTRAINT_ROWID)
			return hy_broke(e, HY_EXISTS, "%s", said);
		return hy_broke(e, HY_STORE, "a rule of the schema refuses it: %s", said);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_INTERRUPT:
		return hy_broke(e, HY_STORE_BUSY, "could not %s the database: %s", doing, said);
	case SQLITE_FULL:
		(void)hy_broke(e, HY_STORE, "could not %s the database: the disk is full", doing);
		return tell_people(e, "the server's disk is full; nothing was recorded; try again "
				      "later");
	case SQLITE_READONLY:
		(void)hy_broke(e, HY_STORE,
			       "cannot %s the database: the disk or the folder is read-only "
			       "or the file was moved (%s)",
			       doing, said);
		return tell_people(e, "the server's disk takes no writing; nothing was recorded; "
				      "try again later");
	case SQLITE_CORRUPT:
		return hy_broke(e, HY_STORE,
				"the database file is damaged (%s): restore it from a backup",
				said);
	case SQLITE_NOTADB:
		return hy_broke(e, HY_STORE,
				"huiyin.db is no database, or its beginning is damaged: restore it "
				"from a backup");
	case SQLITE_CANTOPEN:
		return hy_broke(e, HY_STORE, "cannot open the database or the files beside it: %s",
				said);
	case SQLITE_IOERR:
		return hy_broke(e, HY_STORE, "could not %s the database: the disk failed (%s, %d)",
				doing, said, rc);
	case SQLITE_TOOBIG:
		return hy_broke(e, HY_TOO_LARGE, "%s", said);
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return hy_broke(e, HY_INTERNAL, "bad SQL: %s", said);
	default:
		return hy_broke(e, HY_STORE, "could not %s the database: %s (%d)", doing, said, rc);
	}
}

/* --- connections ------------------------------------------------------------------- */

static void configure_library(void)
{
	/* Refused when somebody has used the library before us; then its defaults serve. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* What undoes a savepoint is kept in memory up to here, then in a file.  It goes there in
	 * pieces of this size, and SQLite takes a write of 128 KiB for a full disk. */
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 120 << 10);
	sqlite3_initialize();
	hy_sqlite_log_set_up();
}

static enum hy_code exec(struct hy_conn *c, const char *sql, const char *doing, struct hy_err *e)
{
	int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? HY_OK : hy_sqlite_error(c->db, rc, doing, e);
}

static void harden(sqlite3 *db)
{
	static const struct {
		int what, on;
	} switches[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },	       { SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	};
	for (size_t i = 0; i < HY_COUNT(switches); i++)
		sqlite3_db_config(db, switches[i].what, switches[i].on, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
}

static int count_frames(void *arg, sqlite3 *db, const char *name, int frames)
{
	struct hy_conn *c = arg;

	(void)db;
	(void)name;
	c->frames = frames;
	return SQLITE_OK;
}

/* journal_mode answers with the mode in force, which is another one where WAL cannot be. */
static int is_wal(void *arg, int n, char **values, char **names)
{
	(void)names;
	*(bool *)arg = n == 1 && values[0] && strcmp(values[0], "wal") == 0;
	return 0;
}

static enum hy_code set_up_writer(struct hy_conn *c, struct hy_err *e)
{
	bool fresh, wal = false;
	enum hy_code code = hy_sqlite_whose(c->db, c->place->db, &fresh, e);

	if (code)
		return code;
	if (fresh && (code = exec(c, "PRAGMA page_size=4096", "set up", e)))
		return code;
	int rc = sqlite3_exec(c->db, "PRAGMA journal_mode=WAL", is_wal, &wal, NULL);
	if (rc != SQLITE_OK)
		return hy_sqlite_error(c->db, rc, "set up", e);
	if (!wal)
		return hy_broke(e, HY_STORE,
				"cannot use WAL on this file system: take a local one");
	code = exec(c,
		    c->place->fast ? "PRAGMA cache_size=-8192; PRAGMA synchronous=NORMAL"
				   : "PRAGMA cache_size=-8192; PRAGMA synchronous=FULL",
		    "set up", e);
	if (!code)
		code = exec(c, "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864",
			    "set up", e);
	sqlite3_wal_hook(c->db, count_frames, c);
	return code;
}

/* The inner pages of the trees of ten million matters take 8 MB: with those at hand a row costs
 * one read.  Many readers share 32 MB, but none gets less than 2. */
static enum hy_code set_up_reader(struct hy_conn *c, struct hy_err *e)
{
	int kib = 32768 / (c->place->readers > 0 ? c->place->readers : 4);
	char pragma[48];
	bool fresh;

	snprintf(pragma, sizeof(pragma), "PRAGMA cache_size=-%d",
		 kib > 8192   ? 8192
		 : kib < 2048 ? 2048
			      : kib);
	enum hy_code code = exec(c, pragma, "set up", e);
	return code ? code : hy_sqlite_whose(c->db, c->place->db, &fresh, e);
}

static enum hy_code set_up(struct hy_conn *c, enum hy_use use, struct hy_err *e)
{
	enum hy_code code;

	harden(c->db);
	sqlite3_busy_timeout(c->db, BUSY_MS);
	code = exec(c,
		    "PRAGMA cell_size_check=ON;PRAGMA secure_delete=ON; PRAGMA mmap_size=0; PRAGMA "
		    "cache_size=-2048",
		    "set up", e);
	if (code)
		return code;
	switch (use) {
	case HY_USE_WRITE:
		return set_up_writer(c, e);
	case HY_USE_READ:
		return set_up_reader(c, e);
	case HY_USE_CHECKPOINT:
	case HY_USE_LEAD: /* it needs none */
		return exec(c, "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-64", "set up", e);
	}
	return HY_OK;
}

/* A file: address of PATH; %, ? and # mean something there. */
static void as_uri(const char *path, const char *options, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "file:");

	for (; *path && n + 4 < size; path++)
		n += (size_t)snprintf(out + n, size - n, strchr("%?#", *path) ? "%%%02X" : "%c",
				      (unsigned char)*path);
	snprintf(out + n, size - n, "%s", options);
}

static void sqlite_close(struct hy_conn **c)
{
	if (!*c)
		return;
	for (int i = 0; i < FIXED__COUNT; i++)
		sqlite3_finalize((*c)->fixed[i]);
	sqlite3_close_v2((*c)->db);
	free(*c);
	*c = NULL;
}

static enum hy_code sqlite_open(struct hy_place *p, enum hy_use use, struct hy_conn **out,
				struct hy_err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	bool writes = use != HY_USE_READ;
	int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
	char uri[3 * SQLITE_PATH + 64];
	struct hy_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return hy_broke(e, HY_STORE, "no memory");
	pthread_once(&once, configure_library);
	as_uri(p->db, p->still ? "?immutable=1" : "", uri, sizeof(uri));
	c->place = p;
	int rc = sqlite3_open_v2(uri, &c->db, flags,
				 use == HY_USE_WRITE && !p->fast ? HY_SQLITE_LOG : NULL);
	enum hy_code code =
		rc == SQLITE_OK ? set_up(c, use, e) : hy_sqlite_error(c->db, rc, "open", e);
	if (code)
		sqlite_close(&c);
	else
		*out = c;
	return code;
}

static enum hy_code sqlite_identify(struct hy_conn *c, bool create, bool *changed_out,
				    struct hy_err *e)
{
	*changed_out = false; /* with the tables alone */
	bool fresh;
	enum hy_code code = hy_sqlite_whose(c->db, c->place->db, &fresh, e);

	if (code || !fresh)
		return code;
	if (!create)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no Huiyin database in %s yet",
			       c->place->where);
	return hy_sqlite_mark(c->db, e);
}

static enum hy_code sqlite_has_table(struct hy_conn *c, const char *table, bool *out,
				     struct hy_err *e)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(
		c->db, "SELECT 1 FROM sqlite_schema WHERE type='table' AND name=?1", -1, &q, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
		rc = sqlite3_step(q);
	}
	enum hy_code code = HY_OK;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		*out = rc == SQLITE_ROW;
	else
		code = hy_sqlite_error(c->db, rc, "read", e);
	sqlite3_finalize(q);
	return code;
}

/* --- transactions ------------------------------------------------------------------ */

static int run_fixed(struct hy_conn *c, enum fixed f)
{
	int rc = SQLITE_OK;

	if (!c->fixed[f])
		rc = sqlite3_prepare_v3(c->db, fixed_sql[f], -1, SQLITE_PREPARE_PERSISTENT,
					&c->fixed[f], NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(c->fixed[f]);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Runs it to the end; the message of an error is taken before the statement is reset. */
static enum hy_code fixed(struct hy_conn *c, enum fixed f, const char *doing, struct hy_err *e)
{
	int rc = run_fixed(c, f);
	enum hy_code code = rc == SQLITE_OK ? HY_OK : hy_sqlite_error(c->db, rc, doing, e);

	sqlite3_reset(c->fixed[f]);
	return code;
}

static bool sqlite_in_transaction(struct hy_conn *c)
{
	return !sqlite3_get_autocommit(c->db);
}

static void sqlite_rollback(struct hy_conn *c)
{
	if (!sqlite_in_transaction(c))
		return;
	run_fixed(c, FIXED_ROLLBACK);
	sqlite3_reset(c->fixed[FIXED_ROLLBACK]);
}

/* BEGIN alone takes the snapshot at the first query; the look makes it now. */
static enum hy_code sqlite_begin_read(struct hy_conn *c, struct hy_err *e)
{
	enum hy_code code = fixed(c, FIXED_BEGIN, "read", e);

	if (!code && (code = fixed(c, FIXED_LOOK, "read", e)))
		sqlite_rollback(c);
	return code;
}

/* Another program may have the file open; what it does is not looked for. */
static enum hy_code sqlite_begin_write(struct hy_conn *c, enum hy_care care, bool *alone_out,
				       struct hy_err *e)
{
	(void)care;
	*alone_out = false;
	return fixed(c, FIXED_BEGIN_WRITE, "write", e);
}

static bool sqlite_outrun(struct hy_conn *c)
{
	(void)c;
	return false;
}

static enum hy_code sqlite_commit(struct hy_conn *c, struct hy_err *e)
{
	int rc = run_fixed(c, FIXED_COMMIT);
	enum hy_code code = HY_OK;

	/* A flush that failed after the commit record was written: this process sees the old
	 * state, but after a crash the record may be found and count. */
	if ((rc & 0xff) == SQLITE_IOERR)
		code = hy_broke(e, HY_UNKNOWN_FATE, "the disk failed during a commit (%s, %d)",
				sqlite3_errmsg(c->db), rc);
	else if (rc != SQLITE_OK)
		code = hy_sqlite_error(c->db, rc, "commit to", e);
	sqlite3_reset(c->fixed[FIXED_COMMIT]);
	sqlite_rollback(c);
	return code;
}

/* A statement that fails is undone alone in any case.  A real savepoint costs a copy of every page
 * that the job changes; nearly no job needs it, as what is refused is refused before it writes. */
static enum hy_code sqlite_savepoint(struct hy_conn *c, enum hy_care care, struct hy_err *e)
{
	c->touched = c->saved = false;
	if (care == HY_CARE_BATCH)
		return HY_OK;
	enum hy_code code = fixed(c, FIXED_SAVEPOINT, "write", e);
	c->saved = !code;
	return code;
}

static bool sqlite_spoiled(struct hy_conn *c)
{
	(void)c;
	return false;
}

static bool sqlite_undoable(struct hy_conn *c)
{
	return c->saved || !c->touched;
}

static enum hy_code sqlite_release(struct hy_conn *c, struct hy_err *e)
{
	return c->saved ? fixed(c, FIXED_RELEASE, "write", e) : HY_OK;
}

static enum hy_code sqlite_undo(struct hy_conn *c, struct hy_err *e)
{
	if (!c->saved)
		return HY_OK; /* there is nothing to undo */
	enum hy_code code = fixed(c, FIXED_UNDO, "undo work in", e);

	return code ? code : fixed(c, FIXED_RELEASE, "undo work in", e);
}

static enum hy_code sqlite_script(struct hy_conn *c, const char *sql, struct hy_err *e)
{
	c->touched = true;
	return exec(c, sql, "change", e);
}

static int64_t sqlite_changes(struct hy_conn *c)
{
	return sqlite3_total_changes64(c->db);
}

/* --- statements -------------------------------------------------------------------- */

static void sqlite_drop(struct hy_prep **p)
{
	if (!*p)
		return;
	sqlite3_finalize((*p)->s);
	free(*p);
	*p = NULL;
}

/* The number N of a parameter written $N, 0 when it is written otherwise. */
static int param_number(const char *name)
{
	int64_t n;

	if (!name || name[0] != '$' || name[1] < '1' || name[1] > '9' ||
	    !hy_str_int(hy_str_of(name + 1), &n) || n > MOST_PARAMS)
		return 0;
	return (int)n;
}

static enum hy_code map_params(sqlite3_stmt *s, struct hy_prep **out, struct hy_err *e)
{
	int count = sqlite3_bind_parameter_count(s), most = 0;

	for (int i = 1; i <= count; i++) {
		int n = param_number(sqlite3_bind_parameter_name(s, i));
		if (n == 0)
			return hy_broke(e, HY_INTERNAL, "bad SQL: parameters are written $1 to $%d",
					MOST_PARAMS);
		most = n > most ? n : most;
	}
	struct hy_prep *p = calloc(1, sizeof(*p) + ((size_t)most + 1) * sizeof(p->index[0]));
	if (!p)
		return hy_broke(e, HY_STORE, "no memory");
	p->params = most;
	for (int i = 1; i <= count; i++)
		p->index[param_number(sqlite3_bind_parameter_name(s, i))] = (uint16_t)i;
	*out = p;
	return HY_OK;
}

static enum hy_code sqlite_prepare(struct hy_conn *c, hy_str sql, struct hy_prep **out,
				   struct hy_err *e)
{
	sqlite3_stmt *s = NULL;
	const char *tail = NULL;
	enum hy_code code;
	int rc = sqlite3_prepare_v3(c->db, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &s, &tail);

	if (rc != SQLITE_OK)
		return hy_sqlite_error(c->db, rc, "read", e);
	size_t rest = strspn(tail, " \t\n;");
	if (!s || tail + rest != sql.p + sql.n)
		code = hy_broke(e, HY_INTERNAL, "bad SQL: one statement is needed");
	else
		code = map_params(s, out, e);
	if (code) {
		sqlite3_finalize(s);
		return code;
	}
	(*out)->c = c;
	(*out)->db = c->db;
	(*out)->s = s;
	(*out)->writes = !sqlite3_stmt_readonly(s);
	return HY_OK;
}

/* Rows come one by one. */
static void sqlite_many(struct hy_prep *p)
{
	(void)p;
}

static void sqlite_reset(struct hy_prep *p, bool clear)
{
	sqlite3_reset(p->s);
	if (clear && p->params)
		sqlite3_clear_bindings(p->s);
}

static enum hy_code bound(struct hy_prep *p, int rc, int param, struct hy_err *e)
{
	if (rc == SQLITE_OK)
		return HY_OK;
	if (rc == SQLITE_RANGE)
		return hy_broke(e, HY_INTERNAL, "bad SQL: it has no parameter $%d", param);
	return hy_sqlite_error(p->db, rc, "bind to", e);
}

/* SQLite's number of $PARAM; one it refuses when there is none. */
static int at(const struct hy_prep *p, int param)
{
	return param >= 1 && param <= p->params && p->index[param] ? p->index[param] : -1;
}

static enum hy_code sqlite_bind_int(struct hy_prep *p, int param, int64_t v, struct hy_err *e)
{
	return bound(p, sqlite3_bind_int64(p->s, at(p, param), v), param, e);
}

static enum hy_code sqlite_bind_text(struct hy_prep *p, int param, hy_str v, struct hy_err *e)
{
	int rc = sqlite3_bind_text64(p->s, at(p, param), v.n ? v.p : "", v.n, SQLITE_STATIC,
				     SQLITE_UTF8);

	return bound(p, rc, param, e);
}

static enum hy_code sqlite_bind_blob(struct hy_prep *p, int param, hy_str v, struct hy_err *e)
{
	int rc = sqlite3_bind_blob64(p->s, at(p, param), v.n ? v.p : "", v.n, SQLITE_STATIC);

	return bound(p, rc, param, e);
}

static enum hy_code sqlite_bind_null(struct hy_prep *p, int param, struct hy_err *e)
{
	return bound(p, sqlite3_bind_null(p->s, at(p, param)), param, e);
}

static enum hy_code sqlite_step(struct hy_prep *p, bool *row_out, struct hy_err *e)
{
	p->c->touched |= p->writes;
	int rc = sqlite3_step(p->s);

	if (rc == SQLITE_ROW) {
		*row_out = true;
		return HY_OK;
	}
	enum hy_code code = rc == SQLITE_DONE ? HY_OK : hy_sqlite_error(p->db, rc, "use", e);
	sqlite3_reset(p->s);
	if (!code)
		*row_out = false;
	return code;
}

static enum hy_code sqlite_exec(struct hy_prep *p, int64_t *changed_out, struct hy_err *e)
{
	int64_t before = sqlite3_total_changes64(p->db);
	bool row = true;

	while (row) {
		enum hy_code code = sqlite_step(p, &row, e);
		if (code)
			return code;
	}
	if (changed_out)
		*changed_out = sqlite3_total_changes64(p->db) - before;
	return HY_OK;
}

static int sqlite_columns(struct hy_prep *p)
{
	return sqlite3_column_count(p->s);
}

static int64_t sqlite_col_int(struct hy_prep *p, int col)
{
	return sqlite3_column_int64(p->s, col);
}

static hy_str sqlite_col_text(struct hy_prep *p, int col)
{
	/* Blobs must not be read as text, numbers must. */
	const void *v = sqlite3_column_type(p->s, col) == SQLITE_BLOB
				? sqlite3_column_blob(p->s, col)
				: sqlite3_column_text(p->s, col);

	return v ? (hy_str){ v, (size_t)sqlite3_column_bytes(p->s, col) } : HY_S("");
}

static bool sqlite_col_null(struct hy_prep *p, int col)
{
	return sqlite3_column_type(p->s, col) == SQLITE_NULL;
}

/* --- upkeep ------------------------------------------------------------------------ */

static enum hy_code sqlite_flush(struct hy_conn *c, enum hy_flush how, struct hy_err *e)
{
	static const int modes[] = {
		[HY_FLUSH_PASSIVE] = SQLITE_CHECKPOINT_PASSIVE,
		[HY_FLUSH_RESTART] = SQLITE_CHECKPOINT_RESTART,
		[HY_FLUSH_TRUNCATE] = SQLITE_CHECKPOINT_TRUNCATE,
	};

	/* The writer must not wait long for a reader. */
	sqlite3_busy_timeout(c->db, FLUSH_BUSY_MS);
	int rc = sqlite3_wal_checkpoint_v2(c->db, NULL, modes[how], NULL, NULL);
	enum hy_code code = rc == SQLITE_OK ? HY_OK : hy_sqlite_error(c->db, rc, "checkpoint", e);
	sqlite3_busy_timeout(c->db, BUSY_MS);
	if (!code && how != HY_FLUSH_PASSIVE)
		c->frames = 0;
	return code;
}

static int64_t sqlite_log_bytes(struct hy_conn *c)
{
	return (int64_t)c->frames * FRAME;
}

/* Who writes has the lock file, and nobody else does. */
static enum hy_code sqlite_lead(struct hy_conn *c, bool *out, struct hy_err *e)
{
	(void)c;
	(void)e;
	*out = true;
	return HY_OK;
}

/* Rows that are not "ok" are findings; the first is named. */
static enum hy_code findings(struct hy_conn *c, const char *pragma, bool keys, struct hy_err *e)
{
	sqlite3_stmt *q = NULL;
	char first[160] = "";
	int found = 0, rc = sqlite3_prepare_v2(c->db, pragma, -1, &q, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(q, 0);
		rc = SQLITE_OK;
		if (!keys && text && strcmp(text, "ok") == 0)
			continue;
		if (found++ == 0)
			snprintf(first, sizeof(first), "%s", text ? text : "?");
	}
	enum hy_code code = HY_OK;
	if (rc != SQLITE_DONE)
		code = hy_sqlite_error(c->db, rc, "check", e);
	else if (found && keys)
		code = hy_broke(e, HY_STORE, "%d rows refer to rows that are missing, first in %s",
				found, first);
	else if (found)
		code = hy_broke(e, HY_STORE, "the database file is damaged (%s): restore a backup",
				first);
	sqlite3_finalize(q);
	return code;
}

static enum hy_code sqlite_check(struct hy_conn *c, struct hy_err *e)
{
	enum hy_code code = findings(c, "PRAGMA integrity_check(10)", false, e);

	return code ? code : findings(c, "PRAGMA foreign_key_check", true, e);
}

static enum hy_code sqlite_snapshot(struct hy_conn *c, const char *file,
				    void (*heard)(void *arg, int64_t done, int64_t total),
				    void *arg, struct hy_err *e)
{
	return hy_sqlite_snapshot(c->db, file, heard, arg, e);
}

static const char *sqlite_dialect(const struct hy_migration *m)
{
	return m->sql ? m->sql : m->sqlite;
}

/* No other program stands between this one and its files. */
static void nobody_else(struct hy_place *p, int64_t ms)
{
	(void)p;
	(void)ms;
}

const struct hy_driver hy_sqlite_driver = {
	.name = "sqlite",
	.columns_sql = "SELECT t.name, c.name, CASE WHEN upper(c.type) LIKE '%INT%' THEN 'i' "
		       "WHEN upper(c.type) = 'BLOB' THEN 'b' ELSE 't' END "
		       "FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
		       "WHERE t.type = 'table' AND t.name <> 'schema_step' "
		       "AND substr(t.name, 1, 7) <> 'sqlite_' AND substr(t.name, 1, 6) <> "
		       "'search' ORDER BY t.name, c.name",
	.takes = hy_sqlite_takes,
	.show = hy_sqlite_show,
	.dialect = sqlite_dialect,
	.open_place = hy_sqlite_open_place,
	.close_place = hy_sqlite_close_place,
	.patience = nobody_else,
	.open = sqlite_open,
	.close = sqlite_close,
	.identify = sqlite_identify,
	.has_table = sqlite_has_table,
	.begin_read = sqlite_begin_read,
	.begin_write = sqlite_begin_write,
	.outrun = sqlite_outrun,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.in_transaction = sqlite_in_transaction,
	.savepoint = sqlite_savepoint,
	.spoiled = sqlite_spoiled,
	.undoable = sqlite_undoable,
	.release = sqlite_release,
	.undo = sqlite_undo,
	.script = sqlite_script,
	.changes = sqlite_changes,
	.prepare = sqlite_prepare,
	.drop = sqlite_drop,
	.many = sqlite_many,
	.reset = sqlite_reset,
	.bind_int = sqlite_bind_int,
	.bind_text = sqlite_bind_text,
	.bind_blob = sqlite_bind_blob,
	.bind_null = sqlite_bind_null,
	.step = sqlite_step,
	.exec = sqlite_exec,
	.columns = sqlite_columns,
	.col_int = sqlite_col_int,
	.col_text = sqlite_col_text,
	.col_null = sqlite_col_null,
	.flush = sqlite_flush,
	.log_bytes = sqlite_log_bytes,
	.lead = sqlite_lead,
	.check = sqlite_check,
	.snapshot = sqlite_snapshot,
};
