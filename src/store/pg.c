/* PostgreSQL through libpq: statements, and the table of the driver's functions. */
#include <ctype.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/pg.h"

/* Types by their numbers in every PostgreSQL's catalogue. */
enum {
	TYPE_NONE = 0,
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_OID = 26,
	TYPE_FLOAT8 = 701,
	TYPE_NUMERIC = 1700
};
enum { MOST_PARAMS = 999, PIECE = 512, NAME = 24 };

struct param {
	bool used; /* it stands in the text */
	Oid type;  /* as last bound; TYPE_NONE: never but as NULL */
	uint64_t number;
};

struct hy_prep {
	struct hy_conn *c;
	hy_str sql;
	char *bytes;
	int params;
	struct param *param; /* by number - 1, like the next three */
	const char **value;  /* NULL: NULL */
	int *length, *binary;
	char name[NAME];
	uint64_t generation;	     /* of the connection it was prepared on; 0: not yet */
	bool reads;		     /* it changes nothing */
	bool retyped;		     /* a parameter has another type than when it was prepared */
	bool many;		     /* read in pieces, through a cursor */
	struct hy_pg_rows *gathered; /* what it inserts is gathered in the pipe; NULL: it is sent */
	char cursor[NAME];	     /* "" when none is open */
	PGresult *res;		     /* NULL: before the first step */
	int row, rows;
	char (*digits)[NAME]; /* numbers of this row as text, by column */
};

/* --- connections -------------------------------------------------------------------------- */

/* The connection itself is made when the first transaction begins. */
static enum hy_code pg_open(struct hy_place *p, enum hy_use use, struct hy_conn **out,
			    struct hy_err *e)
{
	struct hy_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return hy_broke(e, HY_STORE, "no memory");
	c->place = p;
	c->use = use;
	*out = c;
	return HY_OK;
}

static void pg_close(struct hy_conn **c)
{
	if (!*c)
		return;
	hy_pg_disconnect(*c);
	free(*c);
	*c = NULL;
}

static enum hy_code pg_script(struct hy_conn *c, const char *sql, struct hy_err *e)
{
	enum hy_code code = hy_pg_before(c, e);

	if (code)
		return code;
	c->wrote = true;
	code = hy_pg_do(c, sql, "change", e);
	hy_pg_after(c, code != HY_OK);
	return code;
}

static int64_t pg_changes(struct hy_conn *c)
{
	return c->changes;
}

static void pg_patience(struct hy_place *p, int64_t ms)
{
	atomic_store(&p->patience, ms);
}

/* --- parameters in a text ----------------------------------------------------------------- */

/* What stands at P when it is a string, a name in quotes or a comment: its end; else P. */
static const char *past_quoted(const char *p, const char *end)
{
	char quote = *p;

	if (quote == '\'' || quote == '"') {
		for (p++; p < end && *p != quote; p++)
			;
		return p < end ? p + 1 : end;
	}
	if (end - p > 1 && p[0] == '-' && p[1] == '-') {
		const char *line = memchr(p, '\n', (size_t)(end - p));
		return line ? line + 1 : end;
	}
	if (end - p > 1 && p[0] == '/' && p[1] == '*') {
		const char *over = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
		return over ? over + 2 : end;
	}
	return p;
}

/* Calls each number written $N; returns the greatest, -1 when one is out of bounds. */
static int find_params(hy_str sql, struct param *param)
{
	const char *p = sql.p, *end = sql.p + sql.n;
	int most = 0;

	while (p < end) {
		const char *next = past_quoted(p, end);
		if (next != p || *p != '$' || p + 1 == end || !isdigit((unsigned char)p[1])) {
			p = next == p ? p + 1 : next;
			continue;
		}
		int n = 0;
		for (p++; p < end && isdigit((unsigned char)*p); p++)
			n = n > MOST_PARAMS ? n : n * 10 + (*p - '0');
		if (n < 1 || n > MOST_PARAMS)
			return -1;
		if (param)
			param[n - 1].used = true;
		most = n > most ? n : most;
	}
	return most;
}

/* --- preparing ---------------------------------------------------------------------------- */

static void pg_drop(struct hy_prep **prep)
{
	struct hy_prep *p = *prep;

	if (!p)
		return;
	*prep = NULL;
	if (p->gathered) {
		struct hy_err e = { 0 };
		(void)hy_pg_rows_send(p->c, &e);
		hy_pg_rows_free(&p->gathered);
	}
	if (p->name[0] && p->generation == p->c->generation && hy_pg_connected(p->c) &&
	    PQtransactionStatus(p->c->pg) != PQTRANS_INERROR) {
		char sql[NAME + 16];
		snprintf(sql, sizeof(sql), "DEALLOCATE %s", p->name);
		hy_pg_quietly(p->c, sql);
	}
	PQclear(p->res);
	free(p->param);
	free(p->value);
	free(p->length);
	free(p->binary);
	free(p->digits);
	free(p->bytes);
	free(p);
}

static bool allocate(struct hy_prep *p, hy_str sql)
{
	size_t n = (size_t)p->params + 1;

	p->bytes = malloc(sql.n + 1);
	p->param = calloc(n, sizeof(*p->param));
	p->value = calloc(n, sizeof(*p->value));
	p->length = calloc(n, sizeof(*p->length));
	p->binary = calloc(n, sizeof(*p->binary));
	if (!p->bytes || !p->param || !p->value || !p->length || !p->binary)
		return false;
	memcpy(p->bytes, sql.p, sql.n);
	p->bytes[sql.n] = '\0';
	p->sql = (hy_str){ p->bytes, sql.n };
	for (size_t i = 0; i < n; i++)
		p->binary[i] = 1;
	return true;
}

/* The server sees the text at the first step, when the types of its parameters are known. */
static enum hy_code pg_prepare(struct hy_conn *c, hy_str sql, struct hy_prep **out,
			       struct hy_err *e)
{
	int params = find_params(sql, NULL);
	struct hy_prep *p;

	if (params < 0)
		return hy_broke(e, HY_INTERNAL, "bad SQL: parameters are written $1 to $%d",
				MOST_PARAMS);
	p = calloc(1, sizeof(*p));
	if (!p)
		return hy_broke(e, HY_STORE, "no memory");
	p->c = c;
	p->params = params;
	if (!allocate(p, sql)) {
		pg_drop(&p);
		return hy_broke(e, HY_STORE, "no memory");
	}
	find_params(p->sql, p->param);
	p->reads = hy_str_starts(sql, HY_S("SELECT"));
	p->gathered = hy_pg_rows_for(p->sql);
	*out = p;
	return HY_OK;
}

static void pg_many(struct hy_prep *p)
{
	p->many = true;
}

/* A number that is missing between others is text, and NULL. */
static void types_of(const struct hy_prep *p, Oid *type)
{
	for (int i = 0; i < p->params; i++)
		type[i] = p->param[i].used ? p->param[i].type : TYPE_TEXT;
}

static bool done_well(const PGresult *res)
{
	return PQresultStatus(res) == PGRES_COMMAND_OK || PQresultStatus(res) == PGRES_TUPLES_OK;
}

static enum hy_code prepare_there(struct hy_prep *p, struct hy_err *e)
{
	struct hy_conn *c = p->c;
	Oid type[MOST_PARAMS];
	char sql[NAME + 16];

	if (p->generation == c->generation && !p->retyped)
		return HY_OK;
	if (p->generation == c->generation) {
		snprintf(sql, sizeof(sql), "DEALLOCATE %s", p->name);
		hy_pg_quietly(c, sql);
		p->generation = 0;
	}
	snprintf(p->name, sizeof(p->name), "s%llu", (unsigned long long)++c->names);
	types_of(p, type);
	PGresult *res = hy_pg_prepare(c, p->name, p->sql.p,
				      &(struct hy_pg_values){ .n = p->params, .type = type });
	enum hy_code code = done_well(res) ? HY_OK : hy_pg_error(c, res, "use", e);
	PQclear(res);
	if (!code) {
		p->generation = c->generation;
		p->retyped = false;
	}
	return code;
}

/* --- binding ------------------------------------------------------------------------------ */

static enum hy_code bind(struct hy_prep *p, int param, Oid type, const char *value, size_t n,
			 struct hy_err *e)
{
	if (param < 1 || param > p->params || !p->param[param - 1].used)
		return hy_broke(e, HY_INTERNAL, "bad SQL: it has no parameter $%d", param);
	if (n > INT32_MAX / 2)
		return hy_broke(e, HY_TOO_LARGE, "a value of %zu bytes", n);
	p->value[param - 1] = value;
	p->length[param - 1] = (int)n;
	if (value && p->param[param - 1].type != type) {
		p->param[param - 1].type = type;
		p->retyped = true;
	}
	return HY_OK;
}

static enum hy_code pg_bind_int(struct hy_prep *p, int param, int64_t v, struct hy_err *e)
{
	enum hy_code code = bind(p, param, TYPE_INT8, "", sizeof(uint64_t), e);

	if (code)
		return code;
	p->param[param - 1].number = htobe64((uint64_t)v);
	p->value[param - 1] = (const char *)&p->param[param - 1].number;
	return HY_OK;
}

static enum hy_code pg_bind_text(struct hy_prep *p, int param, hy_str v, struct hy_err *e)
{
	return bind(p, param, TYPE_TEXT, v.n ? v.p : "", v.n, e);
}

static enum hy_code pg_bind_blob(struct hy_prep *p, int param, hy_str v, struct hy_err *e)
{
	return bind(p, param, TYPE_BYTEA, v.n ? v.p : "", v.n, e);
}

static enum hy_code pg_bind_null(struct hy_prep *p, int param, struct hy_err *e)
{
	return bind(p, param, TYPE_NONE, NULL, 0, e);
}

static void close_cursor(struct hy_prep *p)
{
	char sql[NAME + 8];

	if (p->cursor[0] && p->generation == p->c->generation && hy_pg_in_transaction(p->c) &&
	    PQtransactionStatus(p->c->pg) != PQTRANS_INERROR) {
		snprintf(sql, sizeof(sql), "CLOSE %s", p->cursor);
		hy_pg_quietly(p->c, sql);
	}
	p->cursor[0] = '\0';
}

static void pg_reset(struct hy_prep *p, bool clear)
{
	close_cursor(p);
	PQclear(p->res);
	p->res = NULL;
	p->row = p->rows = 0;
	for (int i = 0; clear && i < p->params; i++)
		p->value[i] = NULL;
}

/* --- running ------------------------------------------------------------------------------ */

/* Takes RES; what a statement changed is counted, what it gave is kept. */
static enum hy_code take(struct hy_prep *p, PGresult *res, struct hy_err *e)
{
	PQclear(p->res);
	p->res = NULL;
	if (!done_well(res)) {
		enum hy_code code = PQresultStatus(res) == PGRES_EMPTY_QUERY
					    ? hy_broke(e, HY_INTERNAL, "bad SQL: it is empty")
					    : hy_pg_error(p->c, res, "use", e);
		PQclear(res);
		return code;
	}
	if (strncmp(PQcmdStatus(res), "SELECT", 6) != 0 &&
	    strncmp(PQcmdStatus(res), "FETCH", 5) != 0)
		p->c->changes += atoll(PQcmdTuples(res));
	p->res = res;
	p->row = 0;
	p->rows = PQntuples(res);
	return HY_OK;
}

static struct hy_pg_values values_of(const struct hy_prep *p)
{
	return (struct hy_pg_values){ .n = p->params,
				      .value = p->value,
				      .length = p->length,
				      .binary = p->binary,
				      .answer = 1 };
}

static enum hy_code fetch(struct hy_prep *p, struct hy_err *e)
{
	char sql[NAME + 32];

	snprintf(sql, sizeof(sql), "FETCH %d FROM %s", PIECE, p->cursor);
	return take(p, hy_pg_params(p->c, sql, &(struct hy_pg_values){ .answer = 1 }), e);
}

static enum hy_code declare(struct hy_prep *p, struct hy_err *e)
{
	struct hy_conn *c = p->c;
	Oid type[MOST_PARAMS];
	char *sql = NULL, name[NAME];

	snprintf(name, sizeof(name), "c%llu", (unsigned long long)++c->names);
	if (asprintf(&sql, "DECLARE %s NO SCROLL CURSOR FOR %s", name, p->sql.p) < 0)
		return hy_broke(e, HY_STORE, "no memory");
	types_of(p, type);
	struct hy_pg_values v = values_of(p);
	v.type = type;
	PGresult *res = hy_pg_params(c, sql, &v);
	enum hy_code code = done_well(res) ? HY_OK : hy_pg_error(c, res, "read", e);
	PQclear(res);
	free(sql);
	if (code)
		return code;
	p->generation = c->generation;
	snprintf(p->cursor, sizeof(p->cursor), "%s", name);
	return fetch(p, e);
}

static enum hy_code start(struct hy_prep *p, struct hy_err *e)
{
	if (p->many)
		return declare(p, e);
	const struct hy_pg_values v = values_of(p);
	enum hy_code code = prepare_there(p, e);
	return code ? code : take(p, hy_pg_prepared(p->c, p->name, &v), e);
}

/* The next piece of rows: the first one, or what the cursor has left. */
static enum hy_code more(struct hy_prep *p, struct hy_err *e)
{
	bool first = !p->res;
	enum hy_code code = hy_pg_before(p->c, e);

	if (code)
		return code;
	p->c->wrote |= !p->reads;
	code = hy_pg_rows_send(p->c, e);
	if (!code)
		code = first ? start(p, e) : fetch(p, e);
	hy_pg_after(p->c, code != HY_OK);
	return code;
}

static enum hy_code pg_step(struct hy_prep *p, bool *row_out, struct hy_err *e)
{
	if (p->res && p->row < p->rows)
		p->row++;
	if (!p->res || (p->row >= p->rows && p->cursor[0] && p->rows == PIECE)) {
		enum hy_code code = more(p, e);
		if (code) {
			pg_reset(p, false);
			return code;
		}
	}
	*row_out = p->row < p->rows;
	if (!*row_out)
		pg_reset(p, false);
	return HY_OK;
}

static enum hy_code send(struct hy_prep *p, struct hy_err *e)
{
	const struct hy_pg_values v = values_of(p);
	enum hy_code code = hy_pg_rows_named(p->c, p->sql) ? hy_pg_rows_send(p->c, e) : HY_OK;

	if (!code)
		code = prepare_there(p, e);
	return code ? code : hy_pg_post(p->c, p->name, &v, e);
}

static enum hy_code gather(struct hy_prep *p, struct hy_err *e)
{
	struct hy_pg_values v = values_of(p);
	Oid type[MOST_PARAMS];

	types_of(p, type);
	v.type = type;
	return hy_pg_rows_add(p->c, p->gathered, &v, e);
}

/* In the pipe: only sent, or kept to be sent.  What its end will say counts for the batch. */
static enum hy_code post(struct hy_prep *p, struct hy_err *e)
{
	enum hy_code code = hy_pg_before(p->c, e);

	if (code)
		return code;
	code = (p->gathered ? gather : send)(p, e);
	p->c->wrote |= !p->reads;
	p->c->changes += !p->reads;
	hy_pg_after(p->c, code != HY_OK);
	pg_reset(p, false);
	return code;
}

static enum hy_code pg_exec(struct hy_prep *p, int64_t *changed_out, struct hy_err *e)
{
	int64_t before = p->c->changes;
	bool row = true;

	if (p->c->pipe && !changed_out && !p->many)
		return post(p, e);
	while (row) {
		enum hy_code code = pg_step(p, &row, e);
		if (code)
			return code;
	}
	if (changed_out)
		*changed_out = p->c->changes - before;
	return HY_OK;
}

/* --- values out --------------------------------------------------------------------------- */

static int pg_columns(struct hy_prep *p)
{
	return PQnfields(p->res);
}

static bool pg_col_null(struct hy_prep *p, int col)
{
	return PQgetisnull(p->res, p->row, col);
}

static int64_t big_endian(const char *v, size_t n)
{
	uint64_t number = (unsigned char)v[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < n; i++)
		number = number << 8 | (unsigned char)v[i];
	return (int64_t)number;
}

/* A numeric is digits of base 10000: their count, the weight of the first, sign, scale.  Sums
 * of integers come so; what lies behind the point is cut off. */
static int64_t numeric(const char *v, size_t n)
{
	if (n < 8)
		return 0;
	int64_t digits = big_endian(v, 2), weight = big_endian(v + 2, 2), number = 0;
	bool negative = big_endian(v + 4, 2) == 0x4000;

	for (int64_t i = 0; i <= weight; i++) {
		int64_t digit =
			i < digits && n >= 10 + 2 * (size_t)i ? big_endian(v + 8 + 2 * i, 2) : 0;
		if (__builtin_mul_overflow(number, 10000, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return negative ? INT64_MIN : INT64_MAX;
	}
	return negative ? -number : number;
}

static int64_t real(const char *v)
{
	int64_t bits = big_endian(v, 8);
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d >= 9.2e18 ? INT64_MAX : d <= -9.2e18 ? INT64_MIN : (int64_t)d;
}

static int64_t pg_col_int(struct hy_prep *p, int col)
{
	const char *v = PQgetvalue(p->res, p->row, col);
	size_t n = (size_t)PQgetlength(p->res, p->row, col);
	int64_t number = 0;

	if (pg_col_null(p, col))
		return 0;
	switch (PQftype(p->res, col)) {
	case TYPE_BOOL:
		return v[0] != 0;
	case TYPE_OID:
		return big_endian(v, 4) & UINT32_MAX;
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
		return big_endian(v, n);
	case TYPE_NUMERIC:
		return numeric(v, n);
	case TYPE_FLOAT8:
		return real(v);
	}
	return hy_str_int((hy_str){ v, n }, &number) ? number : 0;
}

static hy_str pg_col_text(struct hy_prep *p, int col)
{
	if (pg_col_null(p, col))
		return HY_S("");
	switch (PQftype(p->res, col)) {
	case TYPE_BOOL:
	case TYPE_OID:
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_NUMERIC:
	case TYPE_FLOAT8:
		break;
	default:
		return (hy_str){ PQgetvalue(p->res, p->row, col),
				 (size_t)PQgetlength(p->res, p->row, col) };
	}
	if (!p->digits)
		p->digits = calloc((size_t)PQnfields(p->res), sizeof(*p->digits));
	if (!p->digits)
		return HY_S("");
	int n = snprintf(p->digits[col], NAME, "%lld", (long long)pg_col_int(p, col));
	return (hy_str){ p->digits[col], (size_t)n };
}

/* --- upkeep ------------------------------------------------------------------------------- */

/* The server minds its own log.  After an import it should know at once what its tables hold, or
 * it reads them whole for a minute; and that transaction is waited for, so what came before it is
 * on disk too. */
static enum hy_code pg_flush(struct hy_conn *c, enum hy_flush how, struct hy_err *e)
{
	enum hy_code code;

	if (how != HY_FLUSH_TRUNCATE || !c->place->fast || !hy_pg_connected(c))
		return HY_OK;
	code = hy_pg_do(c, "SET synchronous_commit = on", "use", e);
	return code ? code : hy_pg_do(c, "ANALYZE", "use", e);
}

static int64_t pg_log_bytes(struct hy_conn *c)
{
	(void)c;
	return 0;
}

/* Pages are checked by the server whenever they are read; whether it may trust its disk is
 * said by its settings. */
static enum hy_code pg_check(struct hy_conn *c, struct hy_err *e)
{
	char lax[200] = "";
	enum hy_code code = hy_pg_ask(c,
				      "SELECT string_agg(name, ', ') FROM pg_settings WHERE name IN"
				      " ('fsync', 'full_page_writes') AND setting = 'off'",
				      NULL, lax, sizeof(lax), e);

	if (!code && lax[0])
		return hy_broke(e, HY_STORE,
				"the database would not survive a power cut: %s is off in its "
				"settings",
				lax);
	return code;
}

static enum hy_code pg_snapshot(struct hy_conn *c, const char *file,
				void (*heard)(void *arg, int64_t done, int64_t total), void *arg,
				struct hy_err *e)
{
	(void)c;
	(void)file;
	(void)heard;
	(void)arg;
	return hy_broke(e, HY_INTERNAL, "a server's rows are copied");
}

static const char *pg_dialect(const struct hy_migration *m)
{
	return m->sql ? m->sql : m->pg;
}

const struct hy_driver hy_pg_driver = {
	.name = "postgresql",
	.columns_sql = "SELECT c.relname, a.attname, CASE a.atttypid WHEN 20 THEN 'i' WHEN 17 THEN "
		       "'b' ELSE 't' END FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
		       "JOIN pg_namespace n ON n.oid = c.relnamespace "
		       "WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 "
		       "AND NOT a.attisdropped "
		       "AND c.relname NOT IN ('schema_step', 'huiyin_database') "
		       "AND substr(c.relname, 1, 6) <> 'search' "
		       "ORDER BY c.relname, a.attname",
	.remote = true,
	.takes = hy_pg_takes,
	.show = hy_pg_show,
	.dialect = pg_dialect,
	.open_place = hy_pg_open_place,
	.close_place = hy_pg_close_place,
	.patience = pg_patience,
	.open = pg_open,
	.close = pg_close,
	.identify = hy_pg_identify,
	.has_table = hy_pg_has_table,
	.begin_read = hy_pg_begin_read,
	.begin_write = hy_pg_begin_write,
	.outrun = hy_pg_outrun,
	.commit = hy_pg_commit,
	.rollback = hy_pg_rollback,
	.in_transaction = hy_pg_in_transaction,
	.savepoint = hy_pg_savepoint,
	.spoiled = hy_pg_spoiled,
	.undoable = hy_pg_undoable,
	.release = hy_pg_release,
	.undo = hy_pg_undo,
	.script = pg_script,
	.changes = pg_changes,
	.prepare = pg_prepare,
	.drop = pg_drop,
	.many = pg_many,
	.reset = pg_reset,
	.bind_int = pg_bind_int,
	.bind_text = pg_bind_text,
	.bind_blob = pg_bind_blob,
	.bind_null = pg_bind_null,
	.step = pg_step,
	.exec = pg_exec,
	.columns = pg_columns,
	.col_int = pg_col_int,
	.col_text = pg_col_text,
	.col_null = pg_col_null,
	.flush = pg_flush,
	.log_bytes = pg_log_bytes,
	.lead = hy_pg_lead,
	.check = pg_check,
	.snapshot = pg_snapshot,
};
