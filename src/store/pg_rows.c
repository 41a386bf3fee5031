/* PostgreSQL: rows that are gathered and sent together.
 *
 * Each execution of a statement costs the server and libpq about as much as the row itself, and a
 * batch inserts into the same few tables again and again.  So in the pipe an INSERT of one row is
 * only kept; the rows of a table go out as one statement before anything that may see them: a
 * statement that is waited for, one that names the table, the commit.  An UPDATE that sets the
 * columns of one key is kept too, until another key's comes: of several the last counts.  Rows of
 * different tables may so come in another order than they were given; nothing here looks across
 * tables while it inserts (no foreign keys, no triggers). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/pg.h"

enum { SIZES = 4, MOST_ROWS = 1 << (SIZES - 1), MOST_CELLS = 640, NAME = 24 };

struct hy_pg_rows {
	hy_str head, table; /* views of the statement's text: "INSERT INTO t(a, b)", "t" */
	int columns;
	int most;  /* rows that are kept: MOST_ROWS, of an UPDATE one */
	int key;   /* of an UPDATE: the first column of its WHERE; 0: an INSERT */
	Oid *type; /* by column: of all rows that are kept */
	struct cell {
		size_t from; /* in bytes */
		int length;  /* -1: NULL */
	} * cell;	     /* by row, then column */
	char *bytes;	     /* what the cells hold, one after another */
	size_t used, cap;
	int rows;
	/* The statements for 1, 2, 4, 8 rows, of which connection; 0: not prepared. */
	uint64_t generation[SIZES];
	char name[SIZES][NAME];
	struct hy_pg_rows *next; /* with rows on the same connection, in the order they came */
};

/* --- which statements --------------------------------------------------------------------- */

static const char *past_space(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Past "($1, $2, ... $n)", n in *COUNT_OUT; NULL when that is not what stands at P. */
static const char *past_values(const char *p, const char *end, int *count_out)
{
	int n = 0;

	for (char before = '('; p < end && *p == before; before = ',') {
		char want[16];
		int len = snprintf(want, sizeof(want), "$%d", ++n);
		p = past_space(p + 1, end);
		if (end - p < len || memcmp(p, want, (size_t)len) != 0 ||
		    (end - p > len && isdigit((unsigned char)p[len])))
			return NULL;
		p = past_space(p + len, end);
	}
	*count_out = n;
	return n && p < end && *p == ')' ? p + 1 : NULL;
}

/* Past "name = $1", or after it ", name = $2" and so on, until another WORD than BETWEEN comes. */
static const char *past_pairs(const char *p, const char *end, const char *between, int *count)
{
	size_t n = strlen(between);

	for (;;) {
		char want[16];
		int len = snprintf(want, sizeof(want), " = $%d", *count + 1);
		const char *name = p = past_space(p, end);
		while (p < end && in_name(*p))
			p++;
		if (p == name || end - p < len || memcmp(p, want, (size_t)len) != 0 ||
		    (end - p > len && isdigit((unsigned char)p[len])))
			return NULL;
		p = past_space(p + len, end);
		++*count;
		if ((size_t)(end - p) < n || memcmp(p, between, n) != 0)
			return p;
		p += n;
	}
}

static struct hy_pg_rows *new_rows(hy_str head, const char *table, int columns, int most, int key)
{
	struct hy_pg_rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->columns = columns;
	r->most = most;
	r->key = key;
	r->type = calloc((size_t)columns, sizeof(*r->type));
	r->cell = calloc((size_t)(columns * most), sizeof(*r->cell));
	r->head = head;
	r->table = (hy_str){ table, 0 };
	while (table + r->table.n < head.p + head.n && in_name(table[r->table.n]))
		r->table.n++;
	if (!r->type || !r->cell || !r->table.n)
		hy_pg_rows_free(&r);
	return r;
}

static struct hy_pg_rows *for_insert(hy_str sql)
{
	static const char into[] = "INSERT INTO ", values[] = "VALUES";
	const char *end = sql.p + sql.n, *table = sql.p + strlen(into), *over;
	int columns = 0;

	if (!hy_str_starts(sql, (hy_str){ into, strlen(into) }))
		return NULL;
	const char *at = memmem(table, (size_t)(end - table), values, strlen(values));
	if (!at)
		return NULL;
	over = past_values(past_space(at + strlen(values), end), end, &columns);
	if (!over || past_space(over, end) != end || columns * MOST_ROWS > MOST_CELLS)
		return NULL;
	return new_rows((hy_str){ sql.p, (size_t)(at - sql.p) }, table, columns, MOST_ROWS, 0);
}

static struct hy_pg_rows *for_update(hy_str sql)
{
	static const char update[] = "UPDATE ", set[] = " SET ", where[] = "WHERE ";
	const char *end = sql.p + sql.n, *table = sql.p + strlen(update), *p = table;
	int columns = 0, key;

	if (!hy_str_starts(sql, (hy_str){ update, strlen(update) }))
		return NULL;
	while (p < end && in_name(*p))
		p++;
	if ((size_t)(end - p) < strlen(set) || memcmp(p, set, strlen(set)) != 0)
		return NULL;
	p = past_pairs(p + strlen(set), end, ",", &columns);
	key = columns;
	if (!p || (size_t)(end - p) < strlen(where) || memcmp(p, where, strlen(where)) != 0)
		return NULL;
	p = past_pairs(p + strlen(where), end, "AND ", &columns);
	return p == end && columns <= MOST_CELLS ? new_rows(sql, table, columns, 1, key) : NULL;
}

struct hy_pg_rows *hy_pg_rows_for(hy_str sql)
{
	struct hy_pg_rows *r = for_insert(sql);

	return r ? r : for_update(sql);
}

void hy_pg_rows_free(struct hy_pg_rows **rows)
{
	struct hy_pg_rows *r = *rows;

	if (!r)
		return;
	free(r->type);
	free(r->cell);
	free(r->bytes);
	free(r);
	*rows = NULL;
}

/* --- out ---------------------------------------------------------------------------------- */

/* The text for N cells: of an UPDATE its own. */
static char *text_for(const struct hy_pg_rows *r, int n)
{
	/* " VALUES", and for each cell ",($123)" at most. */
	char *sql = malloc(r->head.n + 16 + (size_t)n * 8), *p;

	if (!sql)
		return NULL;
	memcpy(sql, r->head.p, r->head.n);
	p = sql + r->head.n;
	*p = '\0';
	if (r->key)
		return sql;
	p += sprintf(p, " VALUES");
	for (int i = 0; i < n; i++) {
		int column = i % r->columns;
		p += sprintf(p, "%s%s$%d%s", i ? "," : "", column ? "" : "(", i + 1,
			     column + 1 == r->columns ? ")" : "");
	}
	return sql;
}

static enum hy_code prepare(struct hy_conn *c, struct hy_pg_rows *r, int size, struct hy_err *e)
{
	int n = r->columns << size;
	Oid type[MOST_CELLS];

	if (r->generation[size] == c->generation)
		return HY_OK;
	char *sql = text_for(r, n);
	if (!sql)
		return hy_broke(e, HY_STORE, "no memory");
	for (int i = 0; i < n; i++)
		type[i] = r->type[i % r->columns];
	snprintf(r->name[size], NAME, "r%llu", (unsigned long long)++c->names);
	enum hy_code code = hy_pg_post_prepare(c, r->name[size], sql,
					       &(struct hy_pg_values){ .n = n, .type = type }, e);
	free(sql);
	if (!code)
		r->generation[size] = c->generation;
	return code;
}

/* 1 << SIZE rows, the first of them at FROM. */
static enum hy_code send_some(struct hy_conn *c, struct hy_pg_rows *r, int from, int size,
			      struct hy_err *e)
{
	int n = r->columns << size, length[MOST_CELLS], binary[MOST_CELLS];
	const char *value[MOST_CELLS];
	enum hy_code code = prepare(c, r, size, e);

	for (int i = 0; i < n; i++) {
		const struct cell *cell = &r->cell[from * r->columns + i];
		value[i] = cell->length < 0 ? NULL : r->bytes + cell->from;
		length[i] = cell->length < 0 ? 0 : cell->length;
		binary[i] = 1;
	}
	return code ? code
		    : hy_pg_post(
			      c, r->name[size],
			      &(struct hy_pg_values){
				      .n = n, .value = value, .length = length, .binary = binary },
			      e);
}

static enum hy_code send_one(struct hy_conn *c, struct hy_pg_rows *r, struct hy_err *e)
{
	enum hy_code code = HY_OK;
	int from = 0;

	for (int size = SIZES - 1; !code && size >= 0; size--)
		if (r->rows - from >= 1 << size) {
			code = send_some(c, r, from, size, e);
			from += 1 << size;
		}
	r->rows = 0;
	r->used = 0;
	return code;
}

enum hy_code hy_pg_rows_send(struct hy_conn *c, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	while (c->gathered) {
		struct hy_pg_rows *r = c->gathered;
		c->gathered = r->next;
		r->next = NULL;
		if (!code)
			code = send_one(c, r, e);
		r->rows = 0;
		r->used = 0;
	}
	if (code) /* what was acknowledged to the caller is not there */
		c->spoiled = true;
	return code;
}

void hy_pg_rows_forget(struct hy_conn *c)
{
	for (struct hy_pg_rows *r; (r = c->gathered);) {
		c->gathered = r->next;
		r->next = NULL;
		r->rows = 0;
		r->used = 0;
	}
}

/* Does NAME stand in SQL as a word? */
static bool names(hy_str sql, hy_str name)
{
	const char *p = sql.p, *end = sql.p + sql.n;

	while ((p = memmem(p, (size_t)(end - p), name.p, name.n))) {
		const char *over = p + name.n;
		if ((p == sql.p || !in_name(p[-1])) && (over == end || !in_name(*over)))
			return true;
		p = over;
	}
	return false;
}

enum hy_code hy_pg_rows_stride(struct hy_conn *c, struct hy_err *e)
{
	if (!c->gathered || ++c->jobs < c->stride)
		return HY_OK;
	c->jobs = 0;
	c->stride *= 2;
	return hy_pg_rows_send(c, e);
}

bool hy_pg_rows_named(const struct hy_conn *c, hy_str sql)
{
	for (const struct hy_pg_rows *r = c->gathered; r; r = r->next)
		if (names(sql, r->table))
			return true;
	return false;
}

/* --- in ----------------------------------------------------------------------------------- */

static bool same_types(const struct hy_pg_rows *r, const struct hy_pg_values *v)
{
	return memcmp(r->type, v->type, (size_t)r->columns * sizeof(*r->type)) == 0;
}

static void retype(struct hy_pg_rows *r, const struct hy_pg_values *v)
{
	memcpy(r->type, v->type, (size_t)r->columns * sizeof(*r->type));
	memset(r->generation, 0, sizeof(r->generation));
}

static bool keep(struct hy_pg_rows *r, const struct hy_pg_values *v)
{
	size_t n = 0;

	for (int i = 0; i < r->columns; i++)
		n += v->value[i] ? (size_t)v->length[i] : 0;
	if (r->cap - r->used < n) {
		size_t cap = (r->used + n) * 2;
		char *bytes = realloc(r->bytes, cap);
		if (!bytes)
			return false;
		r->bytes = bytes;
		r->cap = cap;
	}
	for (int i = 0; i < r->columns; i++) {
		struct cell *cell = &r->cell[r->rows * r->columns + i];
		*cell = (struct cell){ r->used, v->value[i] ? v->length[i] : -1 };
		if (cell->length > 0)
			memcpy(r->bytes + r->used, v->value[i], (size_t)cell->length);
		r->used += cell->length > 0 ? (size_t)cell->length : 0;
	}
	r->rows++;
	return true;
}

/* Is it the key of the row that is kept? */
static bool same_key(const struct hy_pg_rows *r, const struct hy_pg_values *v)
{
	for (int i = r->key; i < r->columns; i++) {
		const struct cell *cell = &r->cell[i];
		if (!v->value[i] || v->length[i] != cell->length ||
		    memcmp(v->value[i], r->bytes + cell->from, (size_t)cell->length) != 0)
			return false;
	}
	return true;
}

/* Is something kept that must go out before R's rows?  Rows that are inserted may change places,
 * but not with an UPDATE of their table. */
static bool must_wait(const struct hy_conn *c, const struct hy_pg_rows *r)
{
	for (const struct hy_pg_rows *o = c->gathered; o; o = o->next)
		if (o != r && (o->key || r->key) && hy_str_eq(o->table, r->table))
			return true;
	return false;
}

enum hy_code hy_pg_rows_add(struct hy_conn *c, struct hy_pg_rows *r, const struct hy_pg_values *v,
			    struct hy_err *e)
{
	enum hy_code code = HY_OK;
	bool replaced = r->key && r->rows && same_types(r, v) && same_key(r, v);

	if (must_wait(c, r) ||
	    (!replaced && (r->rows == r->most || (r->rows && !same_types(r, v)))))
		code = hy_pg_rows_send(c, e);
	replaced = replaced && r->rows;
	if (!code && !same_types(r, v))
		retype(r, v);
	if (code)
		return code;
	bool first = r->rows == 0;
	if (replaced)
		r->rows = 0, r->used = 0;
	if (!keep(r, v))
		return hy_broke(e, HY_STORE, "no memory");
	if (first) {
		struct hy_pg_rows **last = &c->gathered;
		while (*last)
			last = &(*last)->next;
		*last = r;
	}
	return HY_OK;
}
