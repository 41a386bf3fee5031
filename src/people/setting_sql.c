/* Settings as events, and the table that is a cache of them. */
#include "people/setting_part.h"

#define SUBJECT "setting/"
#define MOVE_SET "set"
#define MOVE_RESET "reset"

/* setting: a cache of the events of "setting/NAME"; VALUE is NULL after a reset. */
const struct hy_migration setting_migrations[] = {
	{ .name = "setting-001",
	  .sqlite = "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT,"
		    " last_idx INTEGER NOT NULL, seq INTEGER NOT NULL);",
	  .pg = "CREATE TABLE setting(name TEXT COLLATE \"C\" PRIMARY KEY, value TEXT,"
		" last_idx BIGINT NOT NULL, seq BIGINT NOT NULL);" },
	{ 0 }
};

struct row {
	hy_str name, value;
	bool set;
	int64_t last_idx, seq;
};

static struct row row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct row){ .name = hy_col_dup(a, s, 0),
			     .value = hy_col_dup(a, s, 1),
			     .set = !hy_col_null(s, 1),
			     .last_idx = hy_col_int(s, 2),
			     .seq = hy_col_int(s, 3) };
}

static enum hy_code find(struct hy_arena *a, struct hy_db *db, const char *name, struct row *out,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT name, value, last_idx, seq FROM setting WHERE name = $1");
	bool there;

	hy_bind_text(s, 1, hy_str_of(name));
	enum hy_code c = hy_step(s, &there, e);
	if (!c)
		*out = there ? row_of(a, s)
			     : (struct row){ .name = hy_str_of(name), .last_idx = -1 };
	return c;
}

/* --- changing ------------------------------------------------------------------------------- */

static enum hy_code store(struct hy_db *db, const struct row *r, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO setting(name, value, last_idx, seq) VALUES($1, $2, $3, $4) "
			   "ON CONFLICT(name) DO UPDATE SET value = excluded.value, "
			   "last_idx = excluded.last_idx, seq = excluded.seq");

	hy_bind_text(s, 1, r->name);
	if (r->set)
		hy_bind_text(s, 2, r->value);
	else
		hy_bind_null(s, 2);
	hy_bind_int(s, 3, r->last_idx);
	hy_bind_int(s, 4, r->seq);
	return hy_exec(s, NULL, e);
}

/* Keys in ascending order: canonical. */
static hy_str data_of(struct hy_arena *a, const struct row *before, const struct row *after)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	if (before->set)
		hy_json_kstr(&j, "before", before->value);
	if (after->set)
		hy_json_kstr(&j, "value", after->value);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code change(struct record *r, struct hy_db *db, const struct row *before,
			   struct row *after, const struct setting_by *by, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);

	after->seq = before->seq + 1;
	struct record_new ev = { .subject = hy_printf(a, SUBJECT HY_FMT, HY_ARG(after->name)),
				 .move = after->set ? HY_S(MOVE_SET) : HY_S(MOVE_RESET),
				 .seq = after->seq,
				 .at = by->at,
				 .rec = hy_store_now(hy_db_store(db)),
				 .role = by->role,
				 .data = data_of(a, before, after) };

	/* Who it was is nobody's business outside; the role is public. */
	if (by->who.account)
		ev.private = hy_printf(a, "{\"account\":%lld}", (long long)by->who.account);
	enum hy_code c = record_append(r, db, &ev, &after->last_idx, e);
	if (c)
		return c;
	setting_changed(db, after->last_idx);
	c = store(db, after, e);
	const struct security_act act = { .act = "setting.set",
					  .by = by->who,
					  .subject = ev.subject,
					  .role = by->role,
					  .data = ev.data,
					  .at = by->at };
	return c ? c : security_note(r, db, &act, e);
}

enum hy_code setting_put(struct record *r, struct hy_db *db, const struct setting *s, hy_str value,
			 const struct setting_by *by, bool *changed_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct setting_value v;
	struct row before, after;

	enum hy_code c = setting_value_read(s, value, &v, e);
	if (!c)
		c = find(a, db, s->name, &before, e);
	if (c)
		return c;
	after = before;
	after.value = setting_value_text(a, s, &v);
	after.set = true;
	if (before.set && hy_str_eq(before.value, after.value)) {
		*changed_out = false;
		return HY_OK;
	}
	c = change(r, db, &before, &after, by, e);
	if (!c)
		*changed_out = true;
	return c;
}

enum hy_code setting_reset(struct record *r, struct hy_db *db, const struct setting *s,
			   const struct setting_by *by, bool *changed_out, struct hy_err *e)
{
	struct row before, after;

	enum hy_code c = find(hy_db_arena(db), db, s->name, &before, e);
	if (c)
		return c;
	if (!before.set) {
		*changed_out = false;
		return HY_OK;
	}
	after = before;
	after.set = false;
	after.value = HY_S("");
	c = change(r, db, &before, &after, by, e);
	if (!c)
		*changed_out = true;
	return c;
}

/* --- looking --------------------------------------------------------------------------------- */

enum hy_code setting_show(struct hy_arena *a, struct hy_db *db, const struct setting *s,
			  struct setting_now *out, struct hy_err *e)
{
	struct setting_value v;
	struct hy_err why = { 0 };
	struct row row;

	enum hy_code c = find(a, db, s->name, &row, e);
	if (c)
		return c;
	/* What this program does not allow any more does not hold. */
	bool set = row.set && !setting_value_read(s, row.value, &v, &why);
	if (!set)
		c = setting_value_read(s, hy_str_of(s->otherwise), &v, e);
	if (!c)
		*out = (struct setting_now){ .value = setting_value_text(a, s, &v),
					     .set = set,
					     .weaker = setting_value_weaker(s, &v),
					     .last_idx = row.last_idx };
	return c;
}

/* --- checking ----------------------------------------------------------------------------------
 */

typedef HY_VEC(struct row) row_vec;

static enum hy_code stored(struct hy_arena *a, struct hy_db *db, row_vec *out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT name, value, last_idx, seq FROM setting ORDER BY name");
	bool row;

	for (;;) {
		enum hy_code c = hy_step(s, &row, e);
		if (c || !row)
			return c;
		*hy_push(a, out) = row_of(a, s);
	}
}

static enum hy_code setting_event(struct hy_arena *a, void *to, hy_str name,
				  const struct record_event *ev, struct hy_err *e)
{
	row_vec *rows = to;
	struct row *last = rows->n ? &rows->v[rows->n - 1] : NULL;
	bool set = hy_str_eq(ev->move, HY_S(MOVE_SET));

	if (!last || !hy_str_eq(last->name, name)) {
		last = hy_push(a, rows);
		*last = (struct row){ .name = name, .last_idx = -1 };
	}
	if ((!set && !hy_str_eq(ev->move, HY_S(MOVE_RESET))) || ev->seq != last->seq + 1)
		return hy_fail(e, HY_TAMPERED, "",
			       "setting " HY_FMT ": event %lld does not follow event %lld",
			       HY_ARG(name), (long long)ev->idx, (long long)last->last_idx);
	last->seq = ev->seq;
	last->last_idx = ev->idx;
	last->set = set;
	last->value = set ? hy_json_get(ev->data, "value") : HY_S("");
	return HY_OK;
}

static bool same(const struct row *a, const struct row *b)
{
	return hy_str_eq(a->name, b->name) && a->set == b->set && hy_str_eq(a->value, b->value) &&
	       a->last_idx == b->last_idx && a->seq == b->seq;
}

enum hy_code setting_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			  struct hy_err *e)
{
	row_vec have = { 0 }, want = { 0 };

	enum hy_code c = stored(a, db, &have, e);
	if (!c)
		c = record_each(a, db, HY_S(SUBJECT), setting_event, &want, e);
	for (size_t i = 0; !c && (i < have.n || i < want.n); i++) {
		if (i < have.n && i < want.n && same(&have.v[i], &want.v[i]))
			continue;
		hy_str name = i < have.n ? have.v[i].name : want.v[i].name;
		if (i < have.n && i < want.n && hy_str_cmp(want.v[i].name, name) < 0)
			name = want.v[i].name;
		return hy_fail(e, HY_TAMPERED, "",
			       "setting " HY_FMT ": the table and its events do not agree",
			       HY_ARG(name));
	}
	if (!c)
		*checked_out = (int64_t)have.n;
	return c;
}
