/* A whole store into another one, whatever engines they are. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "store/inside.h"

enum { CHUNK = 20000, PARAMS = 900, ROWS = 100 };

struct column {
	hy_str table, name;
	char kind; /* 'i' number, 't' text, 'b' bytes */
};

struct table {
	hy_str name;
	const struct column *column;
	size_t columns;
	int64_t rows;
};

struct copying {
	struct hy_db *from;
	struct hy_store *to;
	struct hy_arena *a;
	struct table *table;
	size_t tables, at; /* AT: the one being copied */
	struct hy_stmt *rows;
	bool ended; /* all of the present table was read */
	int64_t done, total;
	void (*progress)(void *arg, int64_t done, int64_t total);
	void *arg;
	struct hy_err why; /* a chunk failed; it cannot be read again */
	bool in_chunk;
};

/* --- what is there ------------------------------------------------------------------------ */

static enum hy_code columns_of(struct hy_arena *a, struct hy_db *db, struct column **out,
			       size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, db->d->columns_sql);
	HY_VEC(struct column) v = { 0 };
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = (struct column){ hy_col_dup(a, s, 0), hy_col_dup(a, s, 1),
						   hy_col_text(s, 2).p[0] };
	*out = v.v;
	*n_out = v.n;
	return code;
}

static enum hy_code count(struct hy_arena *a, struct hy_db *db, hy_str table, int64_t *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, hy_printf(a, "SELECT count(*) FROM \"" HY_FMT "\"", HY_ARG(table)).p);
	bool row;
	enum hy_code code = hy_step(s, &row, e);

	if (!code)
		*out = hy_col_int(s, 0);
	return code;
}

static bool same_columns(const struct column *a, size_t n, const struct column *b, size_t m)
{
	bool same = n == m;

	for (size_t i = 0; same && i < n; i++)
		same = hy_str_eq(a[i].table, b[i].table) && hy_str_eq(a[i].name, b[i].name) &&
		       a[i].kind == b[i].kind;
	return same;
}

/* The tables of FROM, LAST at the end; TO must have the same and nothing in them. */
static enum hy_code survey(struct copying *x, struct hy_db *to, const char *last, struct hy_err *e)
{
	struct column *v, *there;
	size_t n, m;
	int64_t found = 0;
	enum hy_code code = columns_of(x->a, x->from, &v, &n, e);

	if (!code)
		code = columns_of(x->a, to, &there, &m, e);
	if (code)
		return code;
	if (!same_columns(v, n, there, m))
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%s and %s do not have the same tables: one of them is of another "
			       "version",
			       x->from->store->where, to->store->where);
	x->table = hy_new_n(x->a, struct table, n + 1);
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0, k; !code && i < n; i = k) {
			for (k = i; k < n && hy_str_eq(v[k].table, v[i].table); k++)
				;
			if (hy_str_eq(v[i].table, hy_str_of(last)) != (pass == 1))
				continue;
			struct table *t = &x->table[x->tables++];
			*t = (struct table){ v[i].table, &v[i], k - i, 0 };
			code = count(x->a, x->from, t->name, &t->rows, e);
			if (!code)
				code = count(x->a, to, t->name, &found, e);
			x->total += t->rows;
			if (!code && found)
				return hy_fail(e, HY_EXISTS, "",
					       "%s is not empty: its table " HY_FMT
					       " has %lld rows; empty it, or name another one",
					       to->store->where, HY_ARG(t->name), (long long)found);
		}
	return code;
}

/* --- rows --------------------------------------------------------------------------------- */

static void names_of(struct hy_buf *b, const struct table *t)
{
	for (size_t i = 0; i < t->columns; i++)
		hy_buf_fmt(b, "%s\"" HY_FMT "\"", i ? ", " : "", HY_ARG(t->column[i].name));
}

static const char *select_text(struct hy_arena *a, const struct table *t)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_add(&b, HY_S("SELECT "));
	names_of(&b, t);
	hy_buf_fmt(&b, " FROM \"" HY_FMT "\"", HY_ARG(t->name));
	return hy_buf_str(&b).p;
}

static const char *insert_text(struct hy_arena *a, const struct table *t, size_t rows)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, "INSERT INTO \"" HY_FMT "\" (", HY_ARG(t->name));
	names_of(&b, t);
	hy_buf_add(&b, HY_S(") VALUES "));
	for (size_t i = 0; i < rows * t->columns; i++)
		hy_buf_fmt(&b, "%s$%zu%s",
			   i % t->columns ? ", "
			   : i		  ? ", ("
					  : "(",
			   i + 1, (i + 1) % t->columns ? "" : ")");
	return hy_buf_str(&b).p;
}

static void bind_row(struct hy_arena *a, struct hy_stmt *from, struct hy_stmt *to,
		     const struct table *t, int first)
{
	for (int i = 0; i < (int)t->columns; i++) {
		int param = first + i + 1;
		if (hy_col_null(from, i))
			hy_bind_null(to, param);
		else if (t->column[i].kind == 'i')
			hy_bind_int(to, param, hy_col_int(from, i));
		else if (t->column[i].kind == 't')
			hy_bind_text(to, param, hy_col_dup(a, from, i));
		else
			hy_bind_blob(to, param, hy_col_dup(a, from, i));
	}
}

/* Up to ROWS rows with one statement; *N_OUT how many. */
static enum hy_code some_rows(struct copying *x, struct hy_db *to, struct hy_arena *a,
			      const struct table *t, size_t most, int64_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT into = hy_sql(to, insert_text(a, t, most));
	enum hy_code code = HY_OK;
	size_t n = 0;
	bool row = true;

	while (n < most) {
		code = hy_step(x->rows, &row, e);
		if (code || !row)
			break;
		bind_row(a, x->rows, into, t, (int)(n++ * t->columns));
	}
	*n_out = (int64_t)n;
	x->ended = !row;
	if (code || n == 0)
		return code;
	return hy_exec(into, NULL, e);
}

/* As many rows of the present table as one transaction takes.  With fewer rows left than one
 * statement takes they go one by one. */
static enum hy_code chunk(struct copying *x, struct hy_db *to, struct hy_err *e)
{
	const struct table *t = &x->table[x->at];
	HY_SCOPED_ARENA a = hy_arena_new(0);
	size_t most = PARAMS / t->columns < ROWS ? PARAMS / t->columns : ROWS;
	int64_t n = 0;
	enum hy_code code = HY_OK;

	for (int64_t in = 0; !code && !x->ended && in < CHUNK; in += n) {
		code = some_rows(x, to, a, t, t->rows >= (int64_t)most ? most : 1, &n, e);
		x->table[x->at].rows -= n;
		x->done += n;
		hy_arena_empty(a);
	}
	return code;
}

static enum hy_code chunk_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct copying *x = in_out;

	if (x->in_chunk) {
		*e = x->why;
		return e->code ? e->code : hy_broke(e, HY_STORE, "the copy was interrupted");
	}
	x->in_chunk = true;
	enum hy_code code = chunk(x, db, e);
	if (code)
		x->why = *e;
	return code;
}

static enum hy_code copy_table(struct copying *x, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	x->rows = hy_sql_many(x->from, select_text(x->a, &x->table[x->at]));
	for (x->ended = false; !code && !x->ended;) {
		x->in_chunk = false;
		code = hy_store_write(x->to, chunk_work, x, e);
		if (!code && x->progress)
			x->progress(x->arg, x->done, x->total);
	}
	hy_done(&x->rows);
	return code;
}

static enum hy_code look(struct copying *x, const char *last, struct hy_err *e)
{
	HY_SCOPED_DB to = NULL;
	enum hy_code code = hy_store_read(x->to, &to, e);

	return code ? code : survey(x, to, last, e);
}

enum hy_code hy_copy_from(struct hy_db *db, struct hy_store *to, const char *last,
			  void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			  struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct copying x = { .from = db, .to = to, .a = a, .progress = progress, .arg = arg };
	enum hy_code code = look(&x, last, e);

	for (; !code && x.at < x.tables; x.at++)
		code = copy_table(&x, e);
	return code;
}

enum hy_code hy_store_copy(struct hy_store *from, struct hy_store *to, const char *last,
			   void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			   struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(from, &db, e);

	return code ? code : hy_copy_from(db, to, last, progress, arg, e);
}
