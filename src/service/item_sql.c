/* The tables of the catalogue. */
#include "service/item_row.h"

/* item: a cache of the events of "item/CODE"; SEQ and LAST_IDX are those of the newest.
 * item_version: each stretch of days; what lists ask for stands in columns, CONTENT is all of it.
 * TAGS is "|a|b|".  Days are those since 1970-01-01. */
#define TABLES(TEXT_C)                                                                             \
	"CREATE TABLE item(code " TEXT_C " NOT NULL PRIMARY KEY, last_idx BIGINT NOT NULL,"        \
	" seq BIGINT NOT NULL);"                                                                   \
	"CREATE TABLE item_version(code " TEXT_C " NOT NULL, from_day BIGINT NOT NULL,"            \
	" idx BIGINT NOT NULL, state TEXT NOT NULL, unit " TEXT_C " NOT NULL, name TEXT NOT NULL," \
	" type TEXT NOT NULL, tags TEXT NOT NULL, document TEXT NOT NULL, reason TEXT NOT NULL,"   \
	" target TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY(code, from_day));"              \
	"CREATE INDEX item_version_unit ON item_version(unit);"
const struct hy_migration item_migrations[] = {
	{ .name = "item-001", .sqlite = TABLES("TEXT"), .pg = TABLES("TEXT COLLATE \"C\"") },
	{ 0 },
};

/* Columns from AT on: from_day, idx, state, document, reason, target, content. */
#define VERSION_COLUMNS "v.from_day, v.idx, v.state, v.document, v.reason, v.target, v.content"
static enum hy_code version_of(struct hy_arena *a, struct hy_stmt *s, int at, hy_str code,
			       struct item_version *out, struct hy_err *e)
{
	struct hy_err why = { 0 };
	json_t *content = NULL;

	*out = (struct item_version){ .from = (hy_day)hy_col_int(s, at),
				      .idx = hy_col_int(s, at + 1),
				      .state = ITEM__STATES,
				      .document = hy_col_dup(a, s, at + 3),
				      .reason = hy_col_dup(a, s, at + 4),
				      .target = hy_col_dup(a, s, at + 5) };
	bool good = item_state_of(hy_col_text(s, at + 2), &out->state) &&
		    !hy_json_read(a, hy_col_dup(a, s, at + 6), &content, &why) &&
		    !item_content_read(a, content, &out->content, &why);
	if (!good)
		return hy_fail(e, HY_TAMPERED, "",
			       "item " HY_FMT ": its row of " HY_FMT " is not one that this "
			       "program wrote",
			       HY_ARG(code), HY_ARG(hy_day_text(a, out->from)));
	return HY_OK;
}

enum hy_code item_find(struct hy_arena *a, struct hy_db *db, hy_str code, struct item *out,
		       bool *there_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT i.last_idx, i.seq, " VERSION_COLUMNS
				      " FROM item i JOIN item_version v ON v.code = i.code"
				      " WHERE i.code = $1 ORDER BY v.from_day");
	HY_VEC(struct item_version) past = { 0 };
	struct item it = { .code = code };
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, code);
	while (!(c = hy_step(s, &row, e)) && row) {
		it.last_idx = hy_col_int(s, 0);
		it.seq = hy_col_int(s, 1);
		c = version_of(a, s, 2, code, hy_push(a, &past), e);
		if (c)
			return c;
	}
	if (c)
		return c;
	it.past = past.v;
	it.n_past = past.n;
	*there_out = past.n > 0;
	if (past.n)
		*out = it;
	return HY_OK;
}

enum hy_code item_read(struct hy_arena *a, struct hy_db *db, hy_str code, struct item *out,
		       struct hy_err *e)
{
	bool there = false;
	enum hy_code c = item_find(a, db, code, out, &there, e);

	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no item " HY_FMT,
			       HY_ARG(hy_str_head(code, ITEM_CODE_MOST)));
	return c;
}

static hy_str tags_of(struct hy_arena *a, const struct item_content *c)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < c->tags.n; i++)
		hy_buf_fmt(&b, "|" HY_FMT, HY_ARG(c->tags.v[i]));
	if (c->tags.n)
		hy_buf_byte(&b, '|');
	return hy_buf_str(&b);
}

enum hy_code item_store(struct hy_arena *a, struct hy_db *db, const struct item *it,
			struct hy_err *e)
{
	const struct item_version *v = &it->past[it->n_past - 1];
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO item(code, last_idx, seq) VALUES($1, $2, $3)"
			   " ON CONFLICT(code) DO UPDATE SET last_idx = excluded.last_idx,"
			   " seq = excluded.seq");
	HY_SCOPED_STMT p = hy_sql(
		db, "INSERT INTO item_version(code, from_day, idx, state, unit, name, type, tags,"
		    " document, reason, target, content)"
		    " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		    " ON CONFLICT(code, from_day) DO UPDATE SET idx = excluded.idx,"
		    " state = excluded.state, unit = excluded.unit, name = excluded.name,"
		    " type = excluded.type, tags = excluded.tags, document = excluded.document,"
		    " reason = excluded.reason, target = excluded.target,"
		    " content = excluded.content");

	hy_bind_text(s, 1, it->code);
	hy_bind_int(s, 2, it->last_idx);
	hy_bind_int(s, 3, it->seq);
	enum hy_code c = hy_exec(s, NULL, e);
	if (c)
		return c;
	hy_bind_text(p, 1, it->code);
	hy_bind_int(p, 2, v->from);
	hy_bind_int(p, 3, v->idx);
	hy_bind_text(p, 4, item_states[v->state].id);
	hy_bind_text(p, 5, v->content.unit);
	hy_bind_text(p, 6, v->content.name);
	hy_bind_text(p, 7, v->content.type);
	hy_bind_text(p, 8, tags_of(a, &v->content));
	hy_bind_text(p, 9, v->document);
	hy_bind_text(p, 10, v->reason);
	hy_bind_text(p, 11, v->target);
	hy_bind_text(p, 12, item_content_text(a, &v->content));
	return hy_exec(p, NULL, e);
}

/* S as it stands between two % of LIKE. */
static hy_str like(struct hy_arena *a, hy_str s)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_byte(&b, '%');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%' || c == '_' || c == '\\')
			hy_buf_byte(&b, '\\');
		hy_buf_byte(&b, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
	hy_buf_byte(&b, '%');
	return hy_buf_str(&b);
}

/* below: the units that stand in $4 now and those that ever did or were merged into one */
const char item_list_sql[] =
	"WITH RECURSIVE below(code) AS (SELECT code FROM unit WHERE code = $4 UNION"
	" SELECT u.code FROM unit u JOIN below b ON u.parent = b.code"
	" OR u.successor = b.code)"
	" SELECT v.code, " VERSION_COLUMNS " FROM item_version v"
	" WHERE v.from_day = (SELECT max(w.from_day) FROM item_version w"
	" WHERE w.code = v.code AND w.from_day <= $1) AND v.code > $2"
	" AND ($3 = '' OR v.state = $3)"
	" AND ($4 = '' OR v.unit IN (SELECT code FROM below))"
	" AND ($5 = '' OR v.type = $5) AND ($6 = '' OR v.tags LIKE $6 ESCAPE '\\')"
	" AND ($7 = '%%' OR lower(v.name) LIKE $7 ESCAPE '\\'"
	" OR lower(v.code) LIKE $7 ESCAPE '\\') ORDER BY v.code LIMIT $8";

enum hy_code item_list(struct hy_arena *a, struct hy_db *db, const struct item_filter *f,
		       struct item_rows *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, item_list_sql);
	HY_VEC(struct item_row) rows = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, f->on);
	hy_bind_text(s, 2, f->after);
	hy_bind_text(s, 3, f->state < 0 ? HY_S("") : item_states[f->state].id);
	hy_bind_text(s, 4, f->unit);
	hy_bind_text(s, 5, f->type);
	hy_bind_text(s, 6,
		     f->tag.n ? like(a, hy_printf(a, "|" HY_FMT "|", HY_ARG(f->tag))) : HY_S(""));
	hy_bind_text(s, 7, like(a, hy_str_trim(f->words)));
	hy_bind_int(s, 8, f->most ? f->most : INT32_MAX);
	while (!(c = hy_step(s, &row, e)) && row) {
		struct item_row *r = hy_push(a, &rows);
		r->code = hy_col_dup(a, s, 0);
		c = version_of(a, s, 1, r->code, &r->v, e);
		if (c)
			return c;
	}
	if (c)
		return c;
	*out = (struct item_rows){ rows.v, rows.n };
	return HY_OK;
}

enum hy_code item_all(struct hy_arena *a, struct hy_db *db, item_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT i.code, i.last_idx, i.seq, " VERSION_COLUMNS
				      " FROM item i JOIN item_version v ON v.code = i.code"
				      " ORDER BY i.code, v.from_day");
	HY_VEC(struct item_version) past = { 0 };
	struct item *last = NULL;
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row) {
		hy_str code = hy_col_text(s, 0);
		if (!last || !hy_str_eq(last->code, code)) {
			last = hy_push(a, out);
			*last = (struct item){ .code = hy_col_dup(a, s, 0),
					       .last_idx = hy_col_int(s, 1),
					       .seq = hy_col_int(s, 2) };
			past.v = NULL;
			past.n = past.cap = 0;
		}
		c = version_of(a, s, 3, last->code, hy_push(a, &past), e);
		if (c)
			return c;
		last->past = past.v;
		last->n_past = past.n;
	}
	return c;
}
