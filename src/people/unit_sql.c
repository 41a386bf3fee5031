/* The tables of units. */
#include "people/unit_row.h"

/* unit: a cache of the events of "unit/CODE"; SEQ and LAST_IDX are those of the newest.
 * unit_past: each stretch of days with one name and one place; the last is the present one.
 * Days are those since 1970-01-01; UNIT_EVER and HY_NO_DAY are their own numbers. */
const struct hy_migration unit_migrations[] = {
	{ .name = "unit-001",
	  .sqlite = "CREATE TABLE unit(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
		    " name TEXT NOT NULL, parent TEXT NOT NULL, last_idx INTEGER NOT NULL,"
		    " seq INTEGER NOT NULL);",
	  .pg = "CREATE TABLE unit(id BIGINT PRIMARY KEY,"
		" code TEXT COLLATE \"C\" NOT NULL UNIQUE, name TEXT NOT NULL,"
		" parent TEXT NOT NULL, last_idx BIGINT NOT NULL, seq BIGINT NOT NULL);" },
#define DATED(TEXT_C)                                                                              \
	"ALTER TABLE unit ADD COLUMN kind TEXT NOT NULL DEFAULT 'organ';"                          \
	"ALTER TABLE unit ADD COLUMN opened BIGINT NOT NULL DEFAULT -2147483648;"                  \
	"ALTER TABLE unit ADD COLUMN closed BIGINT NOT NULL DEFAULT 2147483647;"                   \
	"ALTER TABLE unit ADD COLUMN successor TEXT NOT NULL DEFAULT '';"                          \
	"ALTER TABLE unit ADD COLUMN origin TEXT NOT NULL DEFAULT '';"                             \
	"CREATE INDEX unit_parent ON unit(parent);"                                                \
	"CREATE INDEX unit_successor ON unit(successor);"                                          \
	"CREATE TABLE unit_past(code " TEXT_C " NOT NULL, from_day BIGINT NOT NULL,"               \
	" name TEXT NOT NULL, parent TEXT NOT NULL, PRIMARY KEY(code, from_day));"                 \
	"CREATE INDEX unit_past_parent ON unit_past(parent);"                                      \
	"INSERT INTO unit_past SELECT code, -2147483648, name, parent FROM unit;"
	{ .name = "unit-002", .sqlite = DATED("TEXT"), .pg = DATED("TEXT COLLATE \"C\"") },
	{ 0 }
};

#define COLUMNS                                                                                    \
	"SELECT id, code, name, parent, last_idx, seq, kind, opened, closed, successor, origin"    \
	" FROM unit"

static struct unit_row row_of(struct hy_arena *a, struct hy_stmt *s)
{
	struct unit_row r = { .unit = { .id = hy_col_int(s, 0),
					.code = hy_col_dup(a, s, 1),
					.name = hy_col_dup(a, s, 2),
					.parent = hy_col_dup(a, s, 3),
					.last_idx = hy_col_int(s, 4),
					.kind = UNIT__KINDS,
					.opened = (hy_day)hy_col_int(s, 7),
					.closed = (hy_day)hy_col_int(s, 8),
					.successor = hy_col_dup(a, s, 9),
					.origin = hy_col_dup(a, s, 10) },
			      .seq = hy_col_int(s, 5) };

	if (!unit_kind_of(hy_col_text(s, 6), &r.unit.kind))
		r.unit.kind = UNIT__KINDS; /* for fsck to find */
	return r;
}

static enum hy_code past_of(struct hy_arena *a, struct hy_db *db, struct unit_row *r,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT from_day, name, parent FROM unit_past"
				      " WHERE code = $1 ORDER BY from_day");
	bool row;

	hy_bind_text(s, 1, r->unit.code);
	for (;;) {
		enum hy_code c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		*hy_push(a, &r->past) =
			(struct unit_past){ (hy_day)hy_col_int(s, 0), hy_col_dup(a, s, 1),
					    hy_col_dup(a, s, 2) };
	}
}

static enum hy_code find(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit_row *out,
			 bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE code = $1");

	hy_bind_text(s, 1, code);
	enum hy_code c = hy_step(s, there_out, e);
	if (!c && *there_out)
		*out = row_of(a, s);
	return c;
}

enum hy_code unit_row_read(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit_row *out,
			   bool *there_out, struct hy_err *e)
{
	enum hy_code c = find(a, db, code, out, there_out, e);

	return c || !*there_out ? c : past_of(a, db, out, e);
}

static enum hy_code store_past(struct hy_db *db, hy_str code, const struct unit_past *p,
			       struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO unit_past(code, from_day, name, parent)"
			   " VALUES($1, $2, $3, $4) ON CONFLICT(code, from_day) DO UPDATE SET"
			   " name = excluded.name, parent = excluded.parent");

	hy_bind_text(s, 1, code);
	hy_bind_int(s, 2, p->from);
	hy_bind_text(s, 3, p->name);
	hy_bind_text(s, 4, p->parent);
	return hy_exec(s, NULL, e);
}

enum hy_code unit_row_store(struct hy_db *db, const struct unit_row *r, int64_t *id_out,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO unit(id, code, name, parent, last_idx, seq, kind, opened, closed,"
		    " successor, origin) VALUES((SELECT coalesce(max(id), 0) + 1 FROM unit), "
		    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT(code) DO UPDATE SET "
		    "name = excluded.name, parent = excluded.parent, "
		    "last_idx = excluded.last_idx, seq = excluded.seq, kind = excluded.kind, "
		    "opened = excluded.opened, closed = excluded.closed, "
		    "successor = excluded.successor, origin = excluded.origin RETURNING id");
	bool row;

	hy_bind_text(s, 1, r->unit.code);
	hy_bind_text(s, 2, r->unit.name);
	hy_bind_text(s, 3, r->unit.parent);
	hy_bind_int(s, 4, r->unit.last_idx);
	hy_bind_int(s, 5, r->seq);
	hy_bind_text(s, 6, unit_kinds[r->unit.kind].id);
	hy_bind_int(s, 7, r->unit.opened);
	hy_bind_int(s, 8, r->unit.closed);
	hy_bind_text(s, 9, r->unit.successor);
	hy_bind_text(s, 10, r->unit.origin);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	*id_out = hy_col_int(s, 0);
	hy_done(&s);
	return store_past(db, r->unit.code, &r->past.v[r->past.n - 1], e);
}

enum hy_code unit_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit *out,
			  struct hy_err *e)
{
	struct unit_row row;
	bool there;

	enum hy_code c = find(a, db, code, &row, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no unit " HY_FMT,
			       HY_ARG(hy_str_head(code, UNIT_CODE_MOST)));
	*out = row.unit;
	return HY_OK;
}

enum hy_code unit_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct unit *out,
			struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE id = $1");
	bool there;

	hy_bind_int(s, 1, id);
	enum hy_code c = hy_step(s, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no unit number %lld", (long long)id);
	*out = row_of(a, s).unit;
	return HY_OK;
}

static enum hy_code all(struct hy_arena *a, struct hy_db *db, unit_row_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " ORDER BY code");
	bool row;

	for (;;) {
		enum hy_code c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		*hy_push(a, out) = row_of(a, s);
	}
}

enum hy_code unit_list(struct hy_arena *a, struct hy_db *db, struct unit **out, size_t *n_out,
		       struct hy_err *e)
{
	unit_row_vec rows = { 0 };

	enum hy_code c = all(a, db, &rows, e);
	if (c)
		return c;
	*out = hy_new_n(a, struct unit, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		(*out)[i] = rows.v[i].unit;
	*n_out = rows.n;
	return HY_OK;
}

enum hy_code unit_rows(struct hy_arena *a, struct hy_db *db, unit_row_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code, from_day, name, parent FROM unit_past"
				      " ORDER BY code, from_day");
	size_t i = 0;
	bool row;

	enum hy_code c = all(a, db, out, e);
	while (!c && !(c = hy_step(s, &row, e)) && row) {
		hy_str code = hy_col_text(s, 0);
		while (i < out->n && hy_str_cmp(out->v[i].unit.code, code) < 0)
			i++;
		if (i == out->n || !hy_str_eq(out->v[i].unit.code, code))
			continue; /* unit_fsck() asks for such */
		*hy_push(a, &out->v[i].past) =
			(struct unit_past){ (hy_day)hy_col_int(s, 1), hy_col_dup(a, s, 2),
					    hy_col_dup(a, s, 3) };
	}
	return c;
}

typedef HY_VEC(hy_str) code_vec;

static enum hy_code codes(struct hy_arena *a, struct hy_stmt *s, hy_str **out, size_t *n_out,
			  struct hy_err *e)
{
	code_vec v = { 0 };
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = hy_col_dup(a, s, 0);
	if (c)
		return c;
	*out = v.v;
	*n_out = v.n;
	return HY_OK;
}

enum hy_code unit_children(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str **out,
			   size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code FROM unit WHERE parent = $1"
				      " AND closed = 2147483647 ORDER BY code");

	hy_bind_text(s, 1, code);
	return codes(a, s, out, n_out, e);
}

enum hy_code unit_reach(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str **out,
			size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, UNIT_REACH_SQL "SELECT code FROM reach ORDER BY code");

	hy_bind_text(s, 1, code);
	return codes(a, s, out, n_out, e);
}

enum hy_code unit_ever_below(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str **out,
			     size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT DISTINCT code FROM unit_past WHERE parent = $1"
				      " ORDER BY code");

	hy_bind_text(s, 1, code);
	return codes(a, s, out, n_out, e);
}

enum hy_code unit_last_child(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str *out,
			     hy_day *until_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT p.code, coalesce((SELECT min(q.from_day) FROM unit_past q"
			   " WHERE q.code = p.code AND q.from_day > p.from_day), u.closed) AS until"
			   " FROM unit_past p JOIN unit u ON u.code = p.code WHERE p.parent = $1"
			   " ORDER BY until DESC, p.code LIMIT 1");
	bool row;

	hy_bind_text(s, 1, code);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	*out = row ? hy_col_dup(a, s, 0) : HY_S("");
	*until_out = row ? (hy_day)hy_col_int(s, 1) : UNIT_EVER;
	return HY_OK;
}

enum hy_code unit_open_post(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str *out,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code FROM post WHERE unit = $1 AND open = 1"
				      " ORDER BY code LIMIT 1");
	bool row;

	hy_bind_text(s, 1, code);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = row ? hy_col_dup(a, s, 0) : HY_S("");
	return c;
}
