/* PostgreSQL: addresses, connecting, and what its errors mean. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/monotonic.h"
#include "store/pg.h"

enum { MINUTE_MS = 60000, LOCK_MS = 15000 }; /* as lock_timeout below */
#define FOR_EVER_MS (INT64_MAX / 4)

/* --- errors ------------------------------------------------------------------------------- */

/* SQLSTATE by its beginning; the first line that fits counts. */
static const struct {
	const char *state;
	enum hy_code code;
	const char *text; /* before the server's own */
} meanings[] = {
	{ "23505", HY_EXISTS, "" },
	{ "23", HY_STORE, "a rule of the schema refuses it: " },
	{ "22021", HY_BAD_INPUT, "" },
	{ "22P05", HY_BAD_INPUT, "" },
	{ "22", HY_INTERNAL, "bad SQL: " },
	{ "25006", HY_STORE, "cannot write where reading was asked for: " },
	{ "40001", HY_STORE_BUSY, "another transaction came first: " },
	{ "40P01", HY_STORE_BUSY, "another transaction came first: " },
	{ "55P03", HY_STORE_BUSY, "another server holds the database: " },
	{ "53100", HY_STORE, "the disk of the database is full: " },
	{ "53300", HY_STORE_BUSY, "" },
	{ "53", HY_STORE, "the database lacks resources: " },
	{ "54", HY_TOO_LARGE, "" },
	{ "57014", HY_STORE_BUSY, "" },
	{ "57", HY_STORE_BUSY, "the database is stopping or starting: " },
	{ "08", HY_STORE_BUSY, "" },
	{ "25P03", HY_STORE_BUSY, "" },
	{ "XX001", HY_STORE, "the database is damaged; restore it from a backup: " },
	{ "XX002", HY_STORE, "the database is damaged; restore it from a backup: " },
	{ "42501", HY_STORE, "this account lacks a right: " },
	{ "42", HY_INTERNAL, "bad SQL: " },
	{ "26", HY_INTERNAL, "bad SQL: " },
	{ "34", HY_INTERNAL, "bad SQL: " },
	{ "0A", HY_INTERNAL, "bad SQL: " },
};

/* One line of at most SIZE bytes; libpq ends its texts with newlines. */
static const char *one_line(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; text && *text && n + 1 < size; text++)
		if (*text != '\n')
			out[n++] = *text;
		else if (text[1])
			out[n++] = ' ';
	out[n] = '\0';
	return out;
}

enum hy_code hy_pg_error(struct hy_conn *c, const PGresult *res, const char *doing,
			 struct hy_err *e)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *said = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	char line[200];

	if (res && PQresultStatus(res) == PGRES_PIPELINE_ABORTED)
		return hy_pg_late(c, e);
	if (!res && !c->pg && c->late.code)
		return hy_pg_late(c, e); /* which told why there is none */
	/* What the server did not say is about the connection, which is of no use afterwards. */
	if (!state) {
		bool silent = !res && c->pg && PQstatus(c->pg) == CONNECTION_OK;
		one_line(!c->pg	  ? "no connection"
			 : silent ? "it does not answer"
				  : PQerrorMessage(c->pg),
			 line, sizeof(line));
		hy_pg_disconnect(c);
		return hy_broke(e, HY_STORE_BUSY, "could not %s the database: %s", doing, line);
	}
	one_line(said ? said : "?", line, sizeof(line));
	for (size_t i = 0; i < HY_COUNT(meanings); i++)
		if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0)
			return hy_broke(e, meanings[i].code, "%s%s (%s)", meanings[i].text, line,
					state);
	return hy_broke(e, HY_STORE, "could not %s the database: %s (%s)", doing, line, state);
}

static bool good(const PGresult *res)
{
	switch (PQresultStatus(res)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		return true;
	default:
		return false;
	}
}

enum hy_code hy_pg_do(struct hy_conn *c, const char *sql, const char *doing, struct hy_err *e)
{
	hy_pg_pipe_close(c);
	if (!c->pg)
		return hy_pg_late(c, e);
	PGresult *res = hy_pg_exec_within(c, sql, hy_pg_patience(c));
	enum hy_code code = good(res) ? HY_OK : hy_pg_error(c, res, doing, e);

	PQclear(res);
	return code;
}

/* The writer may have to wait for another server's batch before its own answer comes. */
int64_t hy_pg_patience(const struct hy_conn *c)
{
	int64_t ms = atomic_load(&c->place->patience);

	return ms == 0 ? FOR_EVER_MS : ms + (c->use == HY_USE_WRITE ? LOCK_MS : 0);
}

bool hy_pg_hear(struct hy_conn *c, int64_t until)
{
	while (PQisBusy(c->pg)) {
		struct pollfd p = { .fd = PQsocket(c->pg), .events = POLLIN };
		int64_t left = until - hy_monotonic_ms();
		if (left <= 0)
			return false;
		if (poll(&p, 1, left < MINUTE_MS ? (int)left : MINUTE_MS) < 0 && errno != EINTR)
			return false;
		if (p.revents && !PQconsumeInput(c->pg))
			return true; /* the connection is over, which is an answer */
	}
	return true;
}

PGresult *hy_pg_exec_within(struct hy_conn *c, const char *sql, int64_t ms)
{
	int64_t until = hy_monotonic_ms() + ms;
	PGresult *last = NULL;

	if (!PQsendQuery(c->pg, sql))
		return NULL;
	for (;;) {
		PGresult *res = hy_pg_hear(c, until) ? PQgetResult(c->pg) : NULL;
		if (!res)
			break;
		if (!last || good(last)) {
			PQclear(last);
			last = res;
		} else {
			PQclear(res);
		}
	}
	if (PQisBusy(c->pg)) { /* too late */
		PQclear(last);
		return NULL;
	}
	return last;
}

enum hy_code hy_pg_ask(struct hy_conn *c, const char *sql, const char *param, char *out,
		       size_t size, struct hy_err *e)
{
	PGresult *res = hy_pg_params(
		c, sql,
		&(struct hy_pg_values){ .n = param ? 1 : 0, .value = param ? &param : NULL });
	enum hy_code code = HY_OK;

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		code = hy_pg_error(c, res, "read", e);
	else
		snprintf(out, size, "%s", PQntuples(res) ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	return code;
}

/* --- addresses ---------------------------------------------------------------------------- */

bool hy_pg_takes(const char *where)
{
	return strncmp(where, "postgresql:", 11) == 0 || strncmp(where, "postgres:", 9) == 0;
}

static const char *setting(const PQconninfoOption *o, const char *name)
{
	for (; o && o->keyword; o++)
		if (strcmp(o->keyword, name) == 0)
			return o->val ? o->val : "";
	return "";
}

/* The address for messages: as it was given, unless there is a password in it. */
void hy_pg_show(const char *where, char *out, size_t size)
{
	PQconninfoOption *o = PQconninfoParse(where, NULL);

	if (!o)
		snprintf(out, size, "postgresql://?");
	else if (!setting(o, "password")[0] && !setting(o, "sslpassword")[0])
		snprintf(out, size, "%s", where);
	else
		snprintf(out, size, "postgresql://%s%s%s%s%s/%s", setting(o, "user"),
			 setting(o, "user")[0] ? "@" : "", setting(o, "host"),
			 setting(o, "port")[0] ? ":" : "", setting(o, "port"),
			 setting(o, "dbname"));
	PQconninfoFree(o);
}

enum hy_code hy_pg_open_place(const char *where, const struct hy_store_options *o,
			      struct hy_place **out, struct hy_err *e)
{
	/* What libpq says about a bad address repeats it, with its password. */
	PQconninfoOption *parsed = PQconninfoParse(where, NULL);
	struct hy_place *p;

	if (!parsed)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "this is no address of a database; write it as "
			       "postgresql://user@host:5432/database");
	PQconninfoFree(parsed);
	p = calloc(1, sizeof(*p));
	if (!p)
		return hy_broke(e, HY_STORE, "no memory");
	p->address = strdup(where);
	p->read_only = o->read_only;
	p->fast = o->fast_import;
	hy_random(&p->writer, sizeof(p->writer));
	if (!p->address) {
		free(p);
		return hy_broke(e, HY_STORE, "no memory");
	}
	*out = p;
	return HY_OK;
}

void hy_pg_close_place(struct hy_place **p)
{
	if (!*p)
		return;
	explicit_bzero((*p)->address, strlen((*p)->address));
	free((*p)->address);
	free(*p);
	*p = NULL;
}

/* --- connecting --------------------------------------------------------------------------- */

static void notice(void *arg, const PGresult *res)
{
	struct hy_conn *c = arg;
	const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *said = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	if (!severity || strcmp(severity, "WARNING") != 0)
		return;
	c->warned = true;
	hy_log(HY_LOG_WARN, "database", "%s", said ? said : "?");
}

/* What a batch may hold up other servers when its own has vanished without a word. */
static const char session[] = "SET client_min_messages = warning;"
			      "SET standard_conforming_strings = on;"
			      "SET statement_timeout = 0;"
			      "SET lock_timeout = '15s';"
			      "SET jit = off;"
			      "SET client_encoding = 'UTF8'";
/* The writer asks for single rows, found by an index.  Without statistics, as in a young city, the
 * planner might read whole tables instead, and keep that plan. */
static const char write_session[] =
	"SET idle_in_transaction_session_timeout = '60s';"
	"SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
	"SELECT set_config('synchronous_commit', 'on', false)"
	" WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/* The leader shows every second that it lives; when it does not, because its machine has vanished
 * or stands still, the server ends its session, and the lock is free. */
static const char lead_session[] = "SET idle_session_timeout = '10s'";

/* The same texts in the same order on every engine: bytes, not a language's rules. */
static enum hy_code check_order(struct hy_conn *c, struct hy_err *e)
{
	char locale[80] = "";
	enum hy_code code = hy_pg_ask(
		c,
		"SELECT CASE WHEN datlocprovider = 'b' OR (datlocprovider = 'c' AND datcollate IN"
		" ('C', 'POSIX', 'C.UTF-8', 'C.UTF8', 'C.utf8')) THEN '' ELSE datcollate END"
		" FROM pg_database WHERE datname = current_database()",
		NULL, locale, sizeof(locale), e);

	if (!code && locale[0])
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the database %s sorts text by the rules of %s; make one that sorts "
			       "by bytes: CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' "
			       "LOCALE 'C'",
			       PQdb(c->pg), locale, PQdb(c->pg));
	return code;
}

static enum hy_code check_server(struct hy_conn *c, struct hy_err *e)
{
	const char *encoding = PQparameterStatus(c->pg, "server_encoding");

	if (PQserverVersion(c->pg) < PG_LEAST_VERSION)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the database server is PostgreSQL %d; 15 or later is needed",
			       PQserverVersion(c->pg) / 10000);
	if (!encoding || strcmp(encoding, "UTF8") != 0)
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the database %s has the encoding %s; make one with CREATE DATABASE "
			       "%s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
			       PQdb(c->pg), encoding ? encoding : "?", PQdb(c->pg));
	return check_order(c, e);
}

enum { COPY_PATIENCE_MS = 3000 };

/* After a restart a primary shows what it had written but not yet copied.  Nobody may see that, a
 * signed head of the log least of all, before the copy has it too. */
static enum hy_code wait_for_copy(struct hy_conn *c, struct hy_err *e)
{
	c->warned = false;
	PGresult *res = hy_pg_exec_within(
		c, "BEGIN; SELECT pg_logical_emit_message(true, 'huiyin', ''); COMMIT",
		COPY_PATIENCE_MS);
	bool well = good(res) && !c->warned;
	enum hy_code code = well ? HY_OK
				 : hy_fail(e, HY_STORE_BUSY, "",
					   "the database does not confirm what it has; does its "
					   "synchronous copy run?");

	PQclear(res);
	return code;
}

static enum hy_code set_up(struct hy_conn *c, struct hy_err *e)
{
	enum hy_code code = check_server(c, e);

	if (!code)
		code = hy_pg_do(c, session, "set up", e);
	if (!code && c->use == HY_USE_WRITE)
		code = hy_pg_do(c, write_session, "set up", e);
	if (!code && c->use == HY_USE_LEAD)
		code = hy_pg_do(c, lead_session, "set up", e);
	if (!code && c->use == HY_USE_WRITE && c->place->fast)
		code = hy_pg_do(c, "SET synchronous_commit = off", "set up", e);
	if (!code && c->use == HY_USE_READ && !c->place->read_only)
		code = wait_for_copy(c, e);
	return code;
}

bool hy_pg_connected(const struct hy_conn *c)
{
	return c->pg && PQstatus(c->pg) == CONNECTION_OK;
}

void hy_pg_disconnect(struct hy_conn *c)
{
	hy_pg_rows_forget(c);
	PQfinish(c->pg);
	c->pg = NULL;
	c->pipe = c->leads = false;
	c->unread = 0;
}

enum hy_code hy_pg_connect(struct hy_conn *c, struct hy_err *e)
{
	/* A dead network is noticed within 5 + 3 * 2 s when waiting for an answer, within 10 s
	 * when sending, within 5 s for each address when connecting.
	 * What stands in the address counts over what stands before it. */
	const char *const names[] = {
		"application_name",	"connect_timeout",  "keepalives_idle",
		"keepalives_interval",	"keepalives_count", "tcp_user_timeout",
		"target_session_attrs", "dbname",	    NULL
	};
	const char *const values[] = { "huiyin",
				       "5",
				       "5",
				       "2",
				       "3",
				       "10000",
				       c->place->read_only ? "any" : "read-write",
				       c->place->address,
				       NULL };
	enum hy_code code;
	char line[200];

	hy_pg_disconnect(c);
	hy_pg_fresh(c);
	c->pg = PQconnectdbParams(names, values, 1);
	c->generation++;
	if (!c->pg)
		return hy_broke(e, HY_STORE, "no memory");
	if (PQstatus(c->pg) != CONNECTION_OK) {
		/* libpq tells host, port and account here, never the password. */
		code = hy_fail(e, HY_STORE_BUSY, "", "could not reach the database: %s",
			       one_line(PQerrorMessage(c->pg), line, sizeof(line)));
		hy_pg_disconnect(c);
		return code;
	}
	PQsetNoticeReceiver(c->pg, notice, c);
	code = set_up(c, e);
	if (code)
		hy_pg_disconnect(c);
	else
		c->place->reached = true;
	return code;
}
