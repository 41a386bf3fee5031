/* PostgreSQL: transactions, and whose database it is. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/monotonic.h"
#include "store/pg.h"

/* Every batch of every server takes this lock first and holds it to its end, so that batches
 * follow one another as on one machine: the next number is max + 1, the log has no gaps, and
 * READ COMMITTED is enough, because each statement after the lock sees all that was committed
 * before it.  docs/decisions/0007. */
#define WRITER_LOCK "5213861440337768814"

/* The look fixes the snapshot; the savepoint keeps it when a statement fails. */
static const char begin_read[] =
	"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1; SAVEPOINT reader";
/* With a record of its own the transaction waits at its commit for the synchronous copy, even when
 * it changed nothing: an answer given again from an earlier change is then as safe as that change
 * must be, also when the primary was restarted between the two. */
static const char begin_write[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
				  "SELECT pg_advisory_xact_lock(" WRITER_LOCK ");"
				  "SELECT pg_logical_emit_message(true, 'huiyin', '')";

enum { PAUSE_MS = 10, PAUSE_MOST_MS = 1000, READ_PATIENCE_MS = 3000, WRITE_PATIENCE_MS = 10000 };
/* No copy answers: the transaction waits on there, unseen by anybody, and clients are told that its
 * fate is unknown. */
enum { COMMIT_PATIENCE_MS = 20000 };
enum { OUR_FORMAT = 2 };
enum { HOPE_MS = 500 };

static void pause_for(int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* --- beginning ---------------------------------------------------------------------------- */

void hy_pg_fresh(struct hy_conn *c)
{
	c->care = HY_CARE_JOB;
	c->wrote = c->spoiled = false;
	hy_err_clear(&c->late);
}

/* *CHANGED_OUT: by the last statement of SQL. */
static enum hy_code try_begin(struct hy_conn *c, const char *sql, int64_t *changed_out,
			      struct hy_err *e)
{
	enum hy_code code = hy_pg_connected(c) ? HY_OK : hy_pg_connect(c, e);

	if (!code) {
		int64_t ms = hy_pg_patience(c);
		if (c->use == HY_USE_READ && atomic_load(&c->place->patience))
			ms = ms < READ_PATIENCE_MS ? ms : READ_PATIENCE_MS;
		PGresult *res = hy_pg_exec_within(c, sql, ms);
		bool good = PQresultStatus(res) == PGRES_COMMAND_OK ||
			    PQresultStatus(res) == PGRES_TUPLES_OK;
		*changed_out = good ? atoll(PQcmdTuples(res)) : 0;
		code = good ? HY_OK : hy_pg_error(c, res, "use", e);
		PQclear(res);
	}
	if (code && c->pg)
		hy_pg_rollback(c);
	return code;
}

/* Nothing has happened yet, so a lost connection is made anew, with a growing pause. */
static enum hy_code begin(struct hy_conn *c, const char *sql, int64_t patience,
			  int64_t *changed_out, struct hy_err *e)
{
	bool first = !c->place->reached;
	int64_t now = hy_monotonic_ms(), until = now + patience, pause = 0;
	enum hy_code code;

	/* Many wait: they need not all find out for themselves. */
	if (c->gave_up_at && now - c->gave_up_at < PAUSE_MOST_MS)
		return hy_broke(e, HY_STORE_BUSY, "%s", c->why);
	for (;;) {
		hy_err_clear(e);
		code = try_begin(c, sql, changed_out, e);
		if (!code)
			break;
		if (code != HY_STORE_BUSY || hy_pg_connected(c) || first ||
		    hy_monotonic_ms() + pause > until)
			break;
		pause_for(pause);
		pause = pause == 0		    ? PAUSE_MS
			: pause * 2 < PAUSE_MOST_MS ? pause * 2
						    : PAUSE_MOST_MS;
	}
	bool vain = code == HY_STORE_BUSY && !hy_pg_connected(c);
	c->gave_up_at = vain ? hy_monotonic_ms() : 0;
	if (vain)
		snprintf(c->why, sizeof(c->why), "%s", hy_err_text(e));
	return code;
}

enum hy_code hy_pg_begin_read(struct hy_conn *c, struct hy_err *e)
{
	int64_t changed;

	return begin(c, begin_read, READ_PATIENCE_MS, &changed, e);
}

/* --- beginning in hope -------------------------------------------------------------------- */

/* The beginning of a transaction, its lock and the question who wrote last, without waiting for
 * any answer.  When another server wrote, the last one divides by zero: everything after it is
 * skipped, the commit too. */
static const struct {
	const char *name, *sql;
} hopes[] = {
	{ "hope_begin", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" },
	{ "hope_lock", "SELECT pg_advisory_xact_lock(" WRITER_LOCK ")" },
	{ "hope_alone", "SELECT pg_logical_emit_message(true, 'huiyin', ''),"
			" 1 / (writer = $1)::int FROM huiyin_database" },
};

static enum hy_code prepare_hope(struct hy_conn *c, const char *name, const char *sql,
				 struct hy_err *e)
{
	PGresult *res = PQprepare(c->pg, name, sql, 0, NULL);
	enum hy_code code =
		PQresultStatus(res) == PGRES_COMMAND_OK ? HY_OK : hy_pg_error(c, res, "use", e);

	PQclear(res);
	return code;
}

static enum hy_code prepare_hopes(struct hy_conn *c, struct hy_err *e)
{
	enum hy_code code = prepare_hope(c, HY_PG_COMMIT, "COMMIT", e);

	for (size_t i = 0; !code && i < HY_COUNT(hopes); i++)
		code = prepare_hope(c, hopes[i].name, hopes[i].sql, e);
	c->prepared = code ? 0 : c->generation;
	return code;
}

/* Nobody else is likely to have written, nor the connection to be lost, when this one wrote last
 * and that was a moment ago. */
static bool may_hope(const struct hy_conn *c)
{
	return hy_pg_connected(c) && c->named && c->written == c->generation &&
	       hy_monotonic_ms() - c->written_at < HOPE_MS;
}

static enum hy_code begin_in_hope(struct hy_conn *c, struct hy_err *e)
{
	char me[24];
	const char *const values[] = { me };
	const struct hy_pg_values none = { 0 }, one = { .n = 1, .value = values };
	enum hy_code code = c->prepared == c->generation ? HY_OK : prepare_hopes(c, e);

	snprintf(me, sizeof(me), "%lld", (long long)c->place->writer);
	if (!code)
		code = hy_pg_pipe_open(c, e);
	c->hoped = !code;
	for (size_t i = 0; !code && i < HY_COUNT(hopes); i++)
		code = hy_pg_post(c, hopes[i].name, i + 1 < HY_COUNT(hopes) ? &none : &one, e);
	if (code)
		hy_pg_rollback(c);
	return code;
}

bool hy_pg_outrun(struct hy_conn *c)
{
	return c->outrun;
}

/* Who wrote last stands in the database, so that each server knows whether it was the last. */
enum hy_code hy_pg_begin_write(struct hy_conn *c, enum hy_care care, bool *alone_out,
			       struct hy_err *e)
{
	int64_t changed = 1, me = c->place->writer;
	bool marked = c->place->marked;
	char sql[400];

	hy_pg_fresh(c);
	c->outrun = false;
	if (care == HY_CARE_BATCH && may_hope(c) && !begin_in_hope(c, e)) {
		*alone_out = true;
		c->written = 0;
		return HY_OK;
	}
	hy_err_clear(e);
	snprintf(sql, sizeof(sql),
		 "%s;UPDATE huiyin_database SET writer = %lld WHERE writer <> %lld", begin_write,
		 (long long)me, (long long)me);
	enum hy_code code = begin(c, marked ? sql : begin_write, WRITE_PATIENCE_MS, &changed, e);
	c->named = !code && marked;
	*alone_out = c->named && changed == 0 && c->written == c->generation;
	c->written = 0;
	return code;
}

/* --- ending ------------------------------------------------------------------------------- */

bool hy_pg_in_transaction(struct hy_conn *c)
{
	if (!hy_pg_connected(c))
		return false;
	if (c->hoped) /* libpq is told at the end of the pipe */
		return true;
	switch (PQtransactionStatus(c->pg)) {
	case PQTRANS_ACTIVE:
	case PQTRANS_INTRANS:
	case PQTRANS_INERROR:
		return true;
	case PQTRANS_IDLE:
	case PQTRANS_UNKNOWN:
		return false;
	}
	return false;
}

void hy_pg_rollback(struct hy_conn *c)
{
	struct hy_err e = { 0 };

	hy_pg_rows_forget(c);
	hy_pg_pipe_close(c);
	c->hoped = false;
	hy_pg_fresh(c);
	if (hy_pg_in_transaction(c) && hy_pg_do(c, "ROLLBACK", "use", &e))
		hy_pg_disconnect(c); /* the server undoes what is left */
}

/* What the answer to COMMIT, or its absence, says.  A warning is one too: "canceling wait for
 * synchronous replication" means that it may be lost with this machine. */
static enum hy_code fate(struct hy_conn *c, const PGresult *res, struct hy_err *e)
{
	const char *severity = res ? PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED) : NULL;

	if (PQresultStatus(res) == PGRES_COMMAND_OK && c->warned)
		return hy_broke(e, HY_UNKNOWN_FATE, "the database committed with a warning");
	if (PQresultStatus(res) == PGRES_COMMAND_OK)
		return strcmp(PQcmdStatus((PGresult *)(uintptr_t)res), "COMMIT") == 0
			       ? HY_OK
			       : hy_broke(e, HY_STORE, "the database undid the transaction");
	/* An error, as opposed to the end of the connection, comes before anything is kept. */
	if (severity && strcmp(severity, "ERROR") == 0 && hy_pg_connected(c))
		return hy_pg_error(c, res, "commit to", e);
	if (PQstatus(c->pg) == CONNECTION_OK)
		return hy_broke(e, HY_UNKNOWN_FATE,
				"the database did not confirm a commit within %d s; does its "
				"synchronous copy run?",
				COMMIT_PATIENCE_MS / 1000);
	return hy_broke(e, HY_UNKNOWN_FATE, "the connection was lost during a commit");
}

enum hy_code hy_pg_commit(struct hy_conn *c, struct hy_err *e)
{
	enum hy_code code;

	if (!hy_pg_connected(c))
		return hy_broke(e, HY_STORE_BUSY, "the connection was lost before the commit");
	code = hy_pg_rows_send(c, e);
	if (code) {
		hy_pg_rollback(c);
		return code;
	}
	c->warned = false;
	PGresult *res = c->pipe ? hy_pg_pipe_commit(c, COMMIT_PATIENCE_MS, e)
				: hy_pg_exec_within(c, "COMMIT", COMMIT_PATIENCE_MS);
	code = e->code ? e->code : fate(c, res, e);
	PQclear(res);
	if (code == HY_UNKNOWN_FATE)
		hy_pg_disconnect(c);
	hy_pg_rollback(c);
	c->written = code ? 0 : c->generation;
	c->written_at = hy_monotonic_ms();
	return code;
}

/* --- inside ------------------------------------------------------------------------------- */

enum hy_code hy_pg_savepoint(struct hy_conn *c, enum hy_care care, struct hy_err *e)
{
	enum hy_code code = care == HY_CARE_BATCH ? hy_pg_pipe_open(c, e)
						  : hy_pg_do(c, "SAVEPOINT job", "write", e);

	if (!code && care == HY_CARE_BATCH && !c->spoiled)
		code = hy_pg_rows_stride(c, e);
	hy_pg_push(c);
	c->care = code ? HY_CARE_JOB : care;
	c->wrote = false;
	if (care != HY_CARE_BATCH)
		c->spoiled = false;
	return code;
}

bool hy_pg_spoiled(struct hy_conn *c)
{
	return c->spoiled;
}

bool hy_pg_undoable(struct hy_conn *c)
{
	return c->care != HY_CARE_BATCH || !c->wrote;
}

enum hy_code hy_pg_release(struct hy_conn *c, struct hy_err *e)
{
	if (c->care == HY_CARE_BATCH)
		return HY_OK;
	c->care = HY_CARE_JOB;
	return hy_pg_do(c, "RELEASE job", "write", e);
}

enum hy_code hy_pg_undo(struct hy_conn *c, struct hy_err *e)
{
	if (c->care == HY_CARE_BATCH)
		return HY_OK;
	hy_pg_fresh(c);
	return hy_pg_do(c, "ROLLBACK TO job; RELEASE job", "undo work in", e);
}

enum hy_code hy_pg_before(struct hy_conn *c, struct hy_err *e)
{
	if (!hy_pg_connected(c))
		return hy_broke(e, HY_STORE_BUSY, "the connection to the database was lost");
	if (c->spoiled)
		return hy_pg_late(c, e);
	return c->care == HY_CARE_STATEMENT ? hy_pg_do(c, "SAVEPOINT statement", "write", e)
					    : HY_OK;
}

void hy_pg_after(struct hy_conn *c, bool failed)
{
	struct hy_err e = { 0 };
	enum hy_code code = HY_OK;

	if (!hy_pg_in_transaction(c))
		return;
	if (c->use == HY_USE_READ)
		code = failed ? hy_pg_do(c, "ROLLBACK TO reader", "read", &e) : HY_OK;
	else if (c->care == HY_CARE_STATEMENT)
		code = hy_pg_do(c,
				failed ? "ROLLBACK TO statement; RELEASE statement"
				       : "RELEASE statement",
				"write", &e);
	else if (failed)
		c->spoiled = true;
	if (code) {
		hy_log(HY_LOG_ERROR, "database", "%s", hy_err_text(&e));
		hy_pg_disconnect(c);
	}
}

/* --- who leads? --------------------------------------------------------------------------- */

#define LEADER_LOCK "5213861440337768815"

/* The lock belongs to the session: a process that dies gives it back at once. */
enum hy_code hy_pg_lead(struct hy_conn *c, bool *out, struct hy_err *e)
{
	char got[8] = "";
	enum hy_code code = hy_pg_connected(c) ? HY_OK : hy_pg_connect(c, e);

	if (!code)
		code = hy_pg_ask(c,
				 c->leads ? "SELECT true"
					  : "SELECT pg_try_advisory_lock(" LEADER_LOCK ")",
				 NULL, got, sizeof(got), e);
	if (code)
		hy_pg_disconnect(c); /* the lock with it */
	c->leads = *out = !code && got[0] == 't';
	return code;
}

/* --- whose database is it? ---------------------------------------------------------------- */

#define HERE "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

enum hy_code hy_pg_has_table(struct hy_conn *c, const char *table, bool *out, struct hy_err *e)
{
	char found[8] = "";
	enum hy_code code = hy_pg_ask(c,
				      "SELECT 1 FROM pg_class WHERE relname = $1 AND relkind IN "
				      "('r', 'p') AND relnamespace = " HERE,
				      table, found, sizeof(found), e);

	if (!code)
		*out = found[0] != '\0';
	return code;
}

/* The schema that the address names, when it is not there yet. */
static enum hy_code make_schema(struct hy_conn *c, struct hy_err *e)
{
	char sql[200] = "";
	enum hy_code code = hy_pg_ask(
		c,
		"SELECT format('CREATE SCHEMA %I', name) FROM (SELECT trim(both ' \"' FROM"
		" split_part(current_setting('search_path'), ',', 1)) AS name) x"
		" WHERE current_schema() IS NULL AND name NOT IN ('', '$user')",
		NULL, sql, sizeof(sql), e);

	return code || !sql[0] ? code : hy_pg_do(c, sql, "make the schema in", e);
}

/* Format 2 tells who wrote last. */
static enum hy_code tell_writers(struct hy_conn *c, bool *changed_out, struct hy_err *e)
{
	*changed_out = true;
	return hy_pg_do(c,
			"ALTER TABLE huiyin_database ADD COLUMN writer BIGINT NOT NULL DEFAULT 0;"
			"UPDATE huiyin_database SET format = 2",
			"mark", e);
}

static enum hy_code bring_format_up(struct hy_conn *c, bool *changed_out, struct hy_err *e)
{
	char format[24] = "";
	enum hy_code code = hy_pg_ask(c, "SELECT max(format) FROM huiyin_database", NULL, format,
				      sizeof(format), e);

	if (!code && atoi(format) > OUR_FORMAT)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the database %s was written by a newer version of Huiyin (format "
			       "%s, this program knows %d); install that version",
			       PQdb(c->pg), format, OUR_FORMAT);
	return !code && atoi(format) < OUR_FORMAT ? tell_writers(c, changed_out, e) : code;
}

static enum hy_code mark(struct hy_conn *c, struct hy_err *e)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		 "CREATE TABLE huiyin_database(format BIGINT NOT NULL, writer BIGINT NOT NULL);"
		 "INSERT INTO huiyin_database VALUES (%d, 0)",
		 OUR_FORMAT);
	return hy_pg_do(c, sql, "mark", e);
}

enum hy_code hy_pg_identify(struct hy_conn *c, bool create, bool *changed_out, struct hy_err *e)
{
	char things[24] = "";
	bool ours;
	enum hy_code code = create ? make_schema(c, e) : HY_OK;

	if (!code)
		code = hy_pg_has_table(c, "huiyin_database", &ours, e);
	if (!code && ours)
		code = bring_format_up(c, changed_out, e);
	if (code || ours) {
		c->place->marked = !code;
		return code;
	}
	code = hy_pg_ask(c, "SELECT count(*) FROM pg_class WHERE relnamespace = " HERE, NULL,
			 things, sizeof(things), e);
	if (code)
		return code;
	if (strcmp(things, "0") != 0)
		return hy_fail(e, HY_BAD_INPUT, "", "%s is the database of another program",
			       PQdb(c->pg));
	if (!create)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no city in the database %s yet",
			       PQdb(c->pg));
	code = mark(c, e);
	c->place->marked = *changed_out = !code;
	return code;
}
