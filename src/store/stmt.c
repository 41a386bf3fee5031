#include <assert.h>
#include <stdlib.h>

#include "store/inside.h"

struct hy_stmt {
	struct hy_db *db;
	struct hy_prep *prep; /* NULL: it could not be prepared */
	struct hy_err *bad;   /* told at the next step */
	const char *at;	      /* who has it; NULL: nobody */
	bool row, begun;
	uint64_t last; /* used, by the connection's clock */
	size_t bucket;
	struct hy_stmt *next;
	hy_str text;
	char bytes[];
};

/* --- the cache --------------------------------------------------------------------- */

static size_t bucket_of(hy_str text)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * 1099511628211u;
	return (size_t)((h ^ h >> 32) % STMT_BUCKETS);
}

static void forget(struct hy_stmt *s)
{
	struct hy_db *db = s->db;
	struct hy_stmt **link = &db->by_text[s->bucket];

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	for (size_t i = 0; i < STMT_QUICK; i++)
		if (db->by_pointer[i].s == s)
			db->by_pointer[i].s = NULL;
	db->stmts--;
	db->d->drop(&s->prep);
	free(s->bad);
	free(s);
}

void hy_db_forget_stmts(struct hy_db *db)
{
	for (size_t i = 0; i < STMT_BUCKETS; i++)
		while (db->by_text[i])
			forget(db->by_text[i]);
}

static void make_room(struct hy_db *db)
{
	struct hy_stmt *oldest = NULL;

	for (size_t i = 0; i < STMT_BUCKETS; i++)
		for (struct hy_stmt *s = db->by_text[i]; s; s = s->next)
			if (!s->at && (!oldest || s->last < oldest->last))
				oldest = s;
	if (oldest)
		forget(oldest);
}

static void keep_error(struct hy_stmt *s, const struct hy_err *e)
{
	if (s->bad)
		return; /* the first one counts */
	s->bad = malloc(sizeof(*e));
	if (!s->bad)
		hy_store_bug("no memory");
	*s->bad = *e;
}

static struct hy_stmt *prepare(struct hy_db *db, hy_str text, size_t bucket)
{
	struct hy_err e = { 0 };

	if (db->stmts >= STMT_MOST)
		make_room(db);
	struct hy_stmt *s = calloc(1, sizeof(*s) + text.n + 1);
	if (!s)
		hy_store_bug("no memory");
	memcpy(s->bytes, text.p, text.n);
	s->text = (hy_str){ s->bytes, text.n };
	s->db = db;
	s->bucket = bucket;
	s->next = db->by_text[bucket];
	db->by_text[bucket] = s;
	db->stmts++;
	if (db->d->prepare(db->conn, s->text, &s->prep, &e)) {
		s->prep = NULL;
		keep_error(s, &e);
	}
	return s;
}

static struct hy_stmt *find(struct hy_db *db, const char *sql)
{
	size_t quick = ((uintptr_t)sql ^ (uintptr_t)sql >> 8) % STMT_QUICK;
	struct hy_stmt *s = db->by_pointer[quick].s;

	/* The same place may hold another text by now. */
	if (s && db->by_pointer[quick].p == sql && strcmp(s->bytes, sql) == 0)
		return s;
	hy_str text = hy_str_of(sql);
	size_t bucket = bucket_of(text);
	for (s = db->by_text[bucket]; s && !hy_str_eq(s->text, text); s = s->next)
		;
	if (!s)
		s = prepare(db, text, bucket);
	db->by_pointer[quick].p = sql;
	db->by_pointer[quick].s = s;
	return s;
}

struct hy_stmt *hy_sql_at(struct hy_db *db, const char *sql, const char *at)
{
	struct hy_stmt *s = find(db, sql);

	if (s->at)
		hy_store_bug("%s asks for a statement that %s has not finished: %s", at, s->at,
			     sql);
	s->at = at;
	s->last = ++db->clock;
	db->in_use++;
	return s;
}

struct hy_stmt *hy_sql_many_at(struct hy_db *db, const char *sql, const char *at)
{
	struct hy_stmt *s = hy_sql_at(db, sql, at);

	if (s->prep)
		db->d->many(s->prep);
	return s;
}

void hy_done(struct hy_stmt **stmt)
{
	struct hy_stmt *s = *stmt;

	if (!s)
		return;
	*stmt = NULL;
	s->at = NULL;
	s->db->in_use--;
	if (!s->prep) {
		forget(s); /* perhaps it can be prepared another time */
		return;
	}
	s->db->d->reset(s->prep, true);
	s->row = s->begun = false;
	free(s->bad);
	s->bad = NULL;
}

void hy_db_check_idle(struct hy_db *db, const char *at)
{
	if (db->in_use == 0)
		return;
	for (size_t i = 0; i < STMT_BUCKETS; i++)
		for (struct hy_stmt *s = db->by_text[i]; s; s = s->next)
			if (s->at)
				hy_store_bug(
					"the work of %s left the statement of %s unfinished: %s",
					at, s->at, s->bytes);
}

/* --- values in --------------------------------------------------------------------- */

static bool bindable(struct hy_stmt *s)
{
	if (!s->prep)
		return false;
	if (s->begun) {
		s->db->d->reset(s->prep, false);
		s->begun = s->row = false;
	}
	return true;
}

void hy_bind_int(struct hy_stmt *s, int param, int64_t v)
{
	struct hy_err e = { 0 };

	if (bindable(s) && s->db->d->bind_int(s->prep, param, v, &e))
		keep_error(s, &e);
}

void hy_bind_text(struct hy_stmt *s, int param, hy_str v)
{
	struct hy_err e = { 0 };
	size_t bad;

	if (!bindable(s))
		return;
	if (!hy_str_utf8(v, &bad))
		(void)!hy_fail(&e, HY_BAD_INPUT, "", "text must be UTF-8 without zero bytes");
	else if (!s->db->d->bind_text(s->prep, param, v, &e))
		return;
	keep_error(s, &e);
}

void hy_bind_blob(struct hy_stmt *s, int param, hy_str v)
{
	struct hy_err e = { 0 };

	if (bindable(s) && s->db->d->bind_blob(s->prep, param, v, &e))
		keep_error(s, &e);
}

void hy_bind_null(struct hy_stmt *s, int param)
{
	struct hy_err e = { 0 };

	if (bindable(s) && s->db->d->bind_null(s->prep, param, &e))
		keep_error(s, &e);
}

void hy_bind_opt(struct hy_stmt *s, int param, int64_t v, int64_t none)
{
	if (v == none)
		hy_bind_null(s, param);
	else
		hy_bind_int(s, param, v);
}

/* --- running ----------------------------------------------------------------------- */

/* The error that was kept, once. */
static enum hy_code tell(struct hy_stmt *s, struct hy_err *e)
{
	*e = *s->bad;
	if (s->prep) {
		free(s->bad);
		s->bad = NULL;
	}
	return e->code;
}

enum hy_code hy_step(struct hy_stmt *s, bool *row_out, struct hy_err *e)
{
	bool row;

	assert(e->code == HY_OK);
	if (s->bad)
		return tell(s, e);
	enum hy_code code = s->db->d->step(s->prep, &row, e);
	s->begun = s->row = !code && row;
	if (!code)
		*row_out = row;
	return code;
}

enum hy_code hy_exec(struct hy_stmt *s, int64_t *changed_out, struct hy_err *e)
{
	assert(e->code == HY_OK);
	if (s->bad)
		return tell(s, e);
	enum hy_code code = s->db->d->exec(s->prep, changed_out, e);
	s->begun = s->row = false;
	return code;
}

enum hy_code hy_sql_script(struct hy_db *db, const char *script, struct hy_err *e)
{
	return db->d->script(db->conn, script, e);
}

/* --- values out -------------------------------------------------------------------- */

static struct hy_prep *column(struct hy_stmt *s, int col)
{
	if (!s->row)
		hy_store_bug("%s reads a column without a row: %s", s->at, s->bytes);
	if (col < 0 || col >= s->db->d->columns(s->prep))
		hy_store_bug("%s reads column %d, which is not there: %s", s->at, col, s->bytes);
	return s->prep;
}

int64_t hy_col_int(struct hy_stmt *s, int col)
{
	return s->db->d->col_int(column(s, col), col);
}

int64_t hy_col_opt(struct hy_stmt *s, int col, int64_t none)
{
	return hy_col_null(s, col) ? none : hy_col_int(s, col);
}

hy_str hy_col_text(struct hy_stmt *s, int col)
{
	return s->db->d->col_text(column(s, col), col);
}

hy_str hy_col_dup(struct hy_arena *a, struct hy_stmt *s, int col)
{
	return hy_str_dup(a, hy_col_text(s, col));
}

bool hy_col_null(struct hy_stmt *s, int col)
{
	return s->db->d->col_null(column(s, col), col);
}
