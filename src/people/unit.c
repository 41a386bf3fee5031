#include "people/unit.h"

enum { CODE_MOST = 40, NAME_MOST = 100, DEPTH_MOST = 32 };
#define SUBJECT "unit/"

/* unit: a cache of the events of "unit/CODE"; SEQ and LAST_IDX are those of the newest. */
const struct hy_migration unit_migrations[] = {
	{ .name = "unit-001",
	  .sqlite = "CREATE TABLE unit(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
		    " name TEXT NOT NULL, parent TEXT NOT NULL, last_idx INTEGER NOT NULL,"
		    " seq INTEGER NOT NULL);",
	  .pg = "CREATE TABLE unit(id BIGINT PRIMARY KEY,"
		" code TEXT COLLATE \"C\" NOT NULL UNIQUE, name TEXT NOT NULL,"
		" parent TEXT NOT NULL, last_idx BIGINT NOT NULL, seq BIGINT NOT NULL);" },
	{ 0 }
};

struct row {
	struct unit unit;
	int64_t seq;
};

#define COLUMNS "SELECT id, code, name, parent, last_idx, seq FROM unit"

static struct row row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct row){ .unit = { .id = hy_col_int(s, 0),
				       .code = hy_col_dup(a, s, 1),
				       .name = hy_col_dup(a, s, 2),
				       .parent = hy_col_dup(a, s, 3),
				       .last_idx = hy_col_int(s, 4) },
			     .seq = hy_col_int(s, 5) };
}

/* *THERE_OUT tells whether there was one. */
static enum hy_code find(struct hy_arena *a, struct hy_db *db, hy_str code, struct row *out,
			 bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE code = $1");

	hy_bind_text(s, 1, code);
	enum hy_code c = hy_step(s, there_out, e);
	if (!c && *there_out)
		*out = row_of(a, s);
	return c;
}

/* --- what may stand in a unit -------------------------------------------------------------- */

static bool code_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '_' || c == '.';
}

static bool code_ok(hy_str code)
{
	if (code.n < 1 || code.n > CODE_MOST)
		return false;
	for (size_t i = 0; i < code.n; i++)
		if (!code_char(code.p[i]))
			return false;
	return true;
}

/* Characters that are not seen: controls of ASCII, C1, line and paragraph separators, and those
 * that turn the direction of writing. S is UTF-8. */
static bool unseen(hy_str s)
{
	static const struct {
		hy_str head;
		unsigned char from, to;
	} hidden[] = { { HY_S_INIT("\xc2"), 0x80, 0x9f },
		       { HY_S_INIT("\xe2\x80"), 0x8e, 0x8f },
		       { HY_S_INIT("\xe2\x80"), 0xa8, 0xae },
		       { HY_S_INIT("\xe2\x81"), 0xa6, 0xa9 } };

	for (size_t i = 0; i < s.n; i++) {
		hy_str rest = { s.p + i, s.n - i };
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
		for (size_t k = 0; k < HY_COUNT(hidden); k++) {
			size_t n = hidden[k].head.n;
			if (hy_str_starts(rest, hidden[k].head) && rest.n > n &&
			    (unsigned char)rest.p[n] >= hidden[k].from &&
			    (unsigned char)rest.p[n] <= hidden[k].to)
				return true;
		}
	}
	return false;
}

static enum hy_code check(hy_str code, hy_str name, hy_str parent, struct hy_err *e)
{
	if (!code_ok(code))
		return hy_fail(e, HY_BAD_FIELD, "code",
			       "1 to %d letters, digits, '-', '_', '.' are needed", CODE_MOST);
	if (!hy_str_utf8(name, NULL) || unseen(name))
		return hy_fail(e, HY_BAD_FIELD, "name",
			       "must be UTF-8 text on one line without control characters");
	if (hy_str_trim(name).n != name.n || name.n == 0 || hy_str_chars(name) > NAME_MOST)
		return hy_fail(e, HY_BAD_FIELD, "name",
			       "1 to %d characters are needed, without blanks around them",
			       NAME_MOST);
	if (parent.n && !code_ok(parent))
		return hy_fail(e, HY_BAD_FIELD, "parent", "must be the code of a unit, or empty");
	return HY_OK;
}

/* PARENT exists and is not below CODE. */
static enum hy_code check_parent(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str parent,
				 struct hy_err *e)
{
	struct row row;
	bool there;
	int depth = 1;

	for (hy_str above = parent; above.n; above = row.unit.parent) {
		if (++depth > DEPTH_MOST)
			return hy_fail(e, HY_BAD_FIELD, "parent",
				       "at most %d units may stand one above the other",
				       DEPTH_MOST);
		if (hy_str_eq(above, code))
			return hy_fail(e, HY_BAD_FIELD, "parent",
				       "unit " HY_FMT " cannot be above itself", HY_ARG(code));
		enum hy_code c = find(a, db, above, &row, &there, e);
		if (c)
			return c;
		if (!there)
			return hy_fail(e, HY_BAD_FIELD, "parent",
				       "there is no unit " HY_FMT "; make it first", HY_ARG(above));
	}
	return HY_OK;
}

/* --- writing --------------------------------------------------------------------------------- */

static hy_str data_of(struct hy_arena *a, hy_str name, hy_str parent)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "name", name);
	hy_json_kstr(&j, "parent", parent);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code store(struct hy_db *db, const struct row *r, int64_t *id_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO unit(id, code, name, parent, last_idx, seq) "
			   "VALUES((SELECT coalesce(max(id), 0) + 1 FROM unit), "
			   "$1, $2, $3, $4, $5) ON CONFLICT(code) DO UPDATE SET "
			   "name = excluded.name, parent = excluded.parent, "
			   "last_idx = excluded.last_idx, seq = excluded.seq RETURNING id");
	bool row;

	hy_bind_text(s, 1, r->unit.code);
	hy_bind_text(s, 2, r->unit.name);
	hy_bind_text(s, 3, r->unit.parent);
	hy_bind_int(s, 4, r->unit.last_idx);
	hy_bind_int(s, 5, r->seq);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*id_out = hy_col_int(s, 0);
	return c;
}

enum hy_code unit_put(struct record *r, struct hy_db *db, hy_str code, hy_str name, hy_str parent,
		      hy_ms at, int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct row row = { 0 };
	bool there;

	enum hy_code c = check(code, name, parent, e);
	if (!c)
		c = find(a, db, code, &row, &there, e);
	if (c)
		return c;
	if (there && hy_str_eq(row.unit.name, name) && hy_str_eq(row.unit.parent, parent)) {
		*id_out = row.unit.id;
		return HY_OK;
	}
	c = check_parent(a, db, code, parent, e);
	if (c)
		return c;
	row.unit = (struct unit){ .code = code, .name = name, .parent = parent };
	row.seq++;
	struct record_new ev = { .subject = hy_printf(a, SUBJECT HY_FMT, HY_ARG(code)),
				 .move = HY_S("unit"),
				 .seq = row.seq,
				 .at = at,
				 .rec = hy_store_now(hy_db_store(db)),
				 .data = data_of(a, name, parent) };
	c = record_append(r, db, &ev, &row.unit.last_idx, e);
	return c ? c : store(db, &row, id_out, e);
}

/* --- reading ---------------------------------------------------------------------------------- */

enum hy_code unit_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit *out,
			  struct hy_err *e)
{
	struct row row;
	bool there;

	enum hy_code c = find(a, db, code, &row, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no unit " HY_FMT,
			       HY_ARG(hy_str_head(code, CODE_MOST)));
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

typedef HY_VEC(struct row) row_vec;

static enum hy_code all(struct hy_arena *a, struct hy_db *db, row_vec *out, struct hy_err *e)
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
	row_vec rows = { 0 };

	enum hy_code c = all(a, db, &rows, e);
	if (c)
		return c;
	*out = hy_new_n(a, struct unit, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		(*out)[i] = rows.v[i].unit;
	*n_out = rows.n;
	return HY_OK;
}

/* --- checking -----------------------------------------------------------------------------------
 */

static enum hy_code apply(struct hy_arena *a, row_vec *units, const struct record_event *ev,
			  struct hy_err *e)
{
	hy_str code = { ev->subject.p + sizeof(SUBJECT) - 1, ev->subject.n - sizeof(SUBJECT) + 1 };
	struct row *last = units->n ? &units->v[units->n - 1] : NULL;

	if (!last || !hy_str_eq(last->unit.code, code)) {
		last = hy_push(a, units);
		*last = (struct row){ .unit = { .code = code } };
	}
	if (!hy_str_eq(ev->move, HY_S("unit")) || ev->seq != last->seq + 1)
		return hy_fail(e, HY_TAMPERED, "",
			       "unit " HY_FMT ": event %lld does not follow event %lld",
			       HY_ARG(code), (long long)ev->idx, (long long)last->unit.last_idx);
	last->seq = ev->seq;
	last->unit.last_idx = ev->idx;
	last->unit.name = hy_json_get(ev->data, "name");
	last->unit.parent = hy_json_get(ev->data, "parent");
	return HY_OK;
}

/* The units as their events tell them, by code. */
static enum hy_code rebuild(struct hy_arena *a, struct hy_db *db, row_vec *units, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subjects);
	struct record_event ev;
	bool row;

	hy_bind_text(s, 1, HY_S(SUBJECT));
	hy_bind_text(s, 2, HY_S("unit0")); /* the first text behind all that begin with "unit/" */
	for (;;) {
		enum hy_code c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		c = record_row(a, s, &ev, e);
		if (!c && !hy_str_starts(ev.subject, HY_S(SUBJECT)))
			return hy_fail(e, HY_TAMPERED, "",
				       "event %lld is filed under a unit but is about " HY_FMT,
				       (long long)ev.idx, HY_ARG(ev.subject));
		if (!c)
			c = apply(a, units, &ev, e);
		if (c)
			return c;
	}
}

static enum hy_code differs(struct hy_err *e, hy_str code, const char *field, hy_str stored,
			    hy_str rebuilt)
{
	return hy_fail(e, HY_TAMPERED, "",
		       "unit " HY_FMT ", field %s: the table says '" HY_FMT
		       "', its events say '" HY_FMT "'",
		       HY_ARG(code), field, HY_ARG(stored), HY_ARG(rebuilt));
}

static enum hy_code compare(struct hy_arena *a, const struct row *stored, const struct row *rebuilt,
			    struct hy_err *e)
{
	const struct unit *s = &stored->unit, *r = &rebuilt->unit;
	const struct {
		const char *name;
		hy_str stored, rebuilt;
	} fields[] = { { "name", s->name, r->name },
		       { "parent", s->parent, r->parent },
		       { "last_idx", hy_printf(a, "%lld", (long long)s->last_idx),
			 hy_printf(a, "%lld", (long long)r->last_idx) },
		       { "seq", hy_printf(a, "%lld", (long long)stored->seq),
			 hy_printf(a, "%lld", (long long)rebuilt->seq) } };

	for (size_t i = 0; i < HY_COUNT(fields); i++)
		if (!hy_str_eq(fields[i].stored, fields[i].rebuilt))
			return differs(e, s->code, fields[i].name, fields[i].stored,
				       fields[i].rebuilt);
	return HY_OK;
}

enum hy_code unit_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out, struct hy_err *e)
{
	row_vec stored = { 0 }, rebuilt = { 0 };

	enum hy_code c = all(a, db, &stored, e);
	if (!c)
		c = rebuild(a, db, &rebuilt, e);
	for (size_t i = 0; !c && (i < stored.n || i < rebuilt.n); i++) {
		int order = i == stored.n ? 1
			    : i == rebuilt.n
				    ? -1
				    : hy_str_cmp(stored.v[i].unit.code, rebuilt.v[i].unit.code);
		if (order < 0)
			return hy_fail(e, HY_TAMPERED, "",
				       "unit " HY_FMT ", field code: it stands in the table but no "
				       "event made it",
				       HY_ARG(stored.v[i].unit.code));
		if (order > 0)
			return hy_fail(e, HY_TAMPERED, "",
				       "unit " HY_FMT ", field code: its events are there but not "
				       "its row",
				       HY_ARG(rebuilt.v[i].unit.code));
		c = compare(a, &stored.v[i], &rebuilt.v[i], e);
	}
	if (!c)
		*checked_out = (int64_t)stored.n;
	return c;
}
