/* PostgreSQL: statements sent without waiting for their answers.
 *
 * The pipe exists inside a batch that is run in hope (HY_CARE_BATCH), nowhere else.  An error is
 * found late, with the next answer that is waited for; everything after it was skipped by the
 * server.  So it is the whole batch's, which is then done again without a pipe. */
#include "base/monotonic.h"
#include "store/pg.h"

static bool good(const PGresult *res)
{
	ExecStatusType status = PQresultStatus(res);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The answer to the oldest command; NULL when the connection is lost or the server silent. */
static PGresult *next_answer(struct hy_conn *c)
{
	int64_t until = hy_monotonic_ms() + hy_pg_patience(c);

	(void)PQflush(c->pg); /* what the pipe has kept back */
	PGresult *res = hy_pg_hear(c, until) ? PQgetResult(c->pg) : NULL;

	for (PGresult *more = res; more && res;) {
		if (!hy_pg_hear(c, until)) {
			PQclear(res);
			return NULL;
		}
		more = PQgetResult(c->pg);
		PQclear(more);
	}
	return res;
}

static void spoil(struct hy_conn *c, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	if (!c->spoiled && PQresultStatus(res) != PGRES_PIPELINE_ABORTED) {
		c->outrun = c->hoped && state && strcmp(state, HY_PG_OUTRUN) == 0;
		(void)hy_pg_error(c, res, "write", &c->late);
	}
	c->spoiled = true;
}

/* Reads the answers nobody waited for, but for the last LEAVE of them. */
static void settle(struct hy_conn *c, int leave)
{
	while (c->unread > leave && c->pg) {
		PGresult *res = next_answer(c);
		c->unread--;
		if (!good(res))
			spoil(c, res);
		PQclear(res);
	}
}

enum hy_code hy_pg_pipe_open(struct hy_conn *c, struct hy_err *e)
{
	if (c->pipe)
		return HY_OK;
	if (!PQenterPipelineMode(c->pg))
		return hy_broke(e, HY_STORE, "%s", PQerrorMessage(c->pg));
	c->pipe = true;
	c->synced = false;
	c->unread = 0;
	c->jobs = 0;
	c->stride = 1;
	hy_err_clear(&c->late);
	return HY_OK;
}

void hy_pg_pipe_close(struct hy_conn *c)
{
	struct hy_err e = { 0 };

	if (!c->pipe)
		return;
	if (!hy_pg_connected(c) || c->spoiled || c->synced)
		hy_pg_rows_forget(c);
	(void)hy_pg_rows_send(c, &e);
	if (hy_pg_connected(c) && (c->synced || PQpipelineSync(c->pg))) {
		settle(c, 0);
		if (c->pg && hy_pg_hear(c, hy_monotonic_ms() + hy_pg_patience(c)))
			PQclear(PQgetResult(c->pg)); /* the sync's own */
	}
	c->pipe = false;
	c->unread = 0;
	if (c->pg && !PQexitPipelineMode(c->pg))
		hy_pg_disconnect(c);
}

enum hy_code hy_pg_late(struct hy_conn *c, struct hy_err *e)
{
	*e = c->late;
	return e->code ? e->code : hy_broke(e, HY_STORE_BUSY, "an earlier statement failed");
}

/* After a command was sent: its answer, which is waited for. */
static PGresult *answer(struct hy_conn *c, int sent)
{
	if (!sent || !PQsendFlushRequest(c->pg))
		return NULL;
	c->unread++;
	settle(c, 1);
	if (!c->pg)
		return NULL;
	c->unread--;
	PGresult *res = next_answer(c);
	if (!good(res))
		spoil(c, res);
	return res;
}

static enum hy_code posted(struct hy_conn *c, int sent, struct hy_err *e)
{
	if (!sent)
		return hy_pg_error(c, NULL, "write to", e);
	c->unread++;
	return HY_OK;
}

/* The same outside of a pipe. */
static PGresult *only_answer(struct hy_conn *c, int sent)
{
	return sent ? next_answer(c) : NULL;
}

PGresult *hy_pg_params(struct hy_conn *c, const char *sql, const struct hy_pg_values *v)
{
	return (c->pipe ? answer
			: only_answer)(c, PQsendQueryParams(c->pg, sql, v->n, v->type, v->value,
							    v->length, v->binary, v->answer));
}

PGresult *hy_pg_prepared(struct hy_conn *c, const char *name, const struct hy_pg_values *v)
{
	return (c->pipe ? answer : only_answer)(
		c,
		PQsendQueryPrepared(c->pg, name, v->n, v->value, v->length, v->binary, v->answer));
}

PGresult *hy_pg_prepare(struct hy_conn *c, const char *name, const char *sql,
			const struct hy_pg_values *v)
{
	return (c->pipe ? answer : only_answer)(c, PQsendPrepare(c->pg, name, sql, v->n, v->type));
}

enum hy_code hy_pg_post(struct hy_conn *c, const char *name, const struct hy_pg_values *v,
			struct hy_err *e)
{
	return posted(c, PQsendQueryPrepared(c->pg, name, v->n, v->value, v->length, v->binary, 1),
		      e);
}

enum hy_code hy_pg_post_prepare(struct hy_conn *c, const char *name, const char *sql,
				const struct hy_pg_values *v, struct hy_err *e)
{
	return posted(c, PQsendPrepare(c->pg, name, sql, v->n, v->type), e);
}

void hy_pg_quietly(struct hy_conn *c, const char *sql)
{
	struct hy_err e = { 0 };

	if (!c->pipe)
		PQclear(hy_pg_exec_within(c, sql, hy_pg_patience(c)));
	else if (!c->spoiled)
		(void)posted(c, PQsendQueryParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1), &e);
}

void hy_pg_push(struct hy_conn *c)
{
	if (c->pipe && c->unread)
		(void)PQflush(c->pg);
}

/* What was refused before the commit is certain: the server then skips the commit.  Only without
 * any word may it have been done. */
PGresult *hy_pg_pipe_commit(struct hy_conn *c, int64_t ms, struct hy_err *e)
{
	int64_t until = hy_monotonic_ms() + ms;

	int sent = c->prepared == c->generation
			   ? PQsendQueryPrepared(c->pg, HY_PG_COMMIT, 0, NULL, NULL, NULL, 0)
			   : PQsendQueryParams(c->pg, "COMMIT", 0, NULL, NULL, NULL, NULL, 0);

	if (!sent || !PQpipelineSync(c->pg)) {
		hy_pg_error(c, NULL, "commit to", e);
		return NULL;
	}
	c->synced = true;
	c->unread++;
	while (c->unread > 1) {
		if (!hy_pg_hear(c, until))
			return NULL;
		PGresult *res = next_answer(c);
		bool said = PQresultErrorField(res, PG_DIAG_SQLSTATE) != NULL;
		c->unread--;
		if (!good(res) && !said)
			return res; /* the connection's end */
		if (!good(res))
			spoil(c, res);
		PQclear(res);
		if (c->spoiled) {
			(void)hy_pg_late(c, e);
			return NULL;
		}
	}
	if (!hy_pg_hear(c, until))
		return NULL;
	PGresult *res = next_answer(c);
	c->unread = 0;
	if (PQstatus(c->pg) == CONNECTION_OK)
		PQclear(PQgetResult(c->pg));
	c->pipe = false;
	if (!PQexitPipelineMode(c->pg))
		hy_pg_disconnect(c);
	return res;
}
