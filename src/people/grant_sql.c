/* The table of grants: a cache of the events of "grant/N". */
#include "people/grant_row.h"

#define TABLE(ID)                                                                                  \
	"CREATE TABLE role_grant ("                                                                \
	" id " ID " PRIMARY KEY,"                                                                  \
	" account BIGINT NOT NULL,"                                                                \
	" role TEXT NOT NULL,"                                                                     \
	" unit TEXT NOT NULL,"                                                                     \
	" below BIGINT NOT NULL,"                                                                  \
	" clearance BIGINT NOT NULL,"                                                              \
	" valid_from BIGINT NOT NULL,"                                                             \
	" valid_until BIGINT NOT NULL," /* INT64_MAX: without end */                               \
	" state BIGINT NOT NULL,"                                                                  \
	" proposed_by BIGINT NOT NULL,"                                                            \
	" approved_by BIGINT NOT NULL,"                                                            \
	" revoked_by BIGINT NOT NULL,"                                                             \
	" proposed_at BIGINT NOT NULL,"                                                            \
	" approved_at BIGINT,"                                                                     \
	" revoked_at BIGINT,"                                                                      \
	" seq BIGINT NOT NULL,"                                                                    \
	" last_idx BIGINT NOT NULL);"                                                              \
	"CREATE INDEX role_grant_account ON role_grant (account, id);"                             \
	"CREATE INDEX role_grant_role ON role_grant (role, id);"

const struct hy_migration grant_migrations[] = {
	{ .name = "grant-001", .sqlite = TABLE("INTEGER"), .pg = TABLE("BIGINT") },
	{ 0 },
};

const char *const grant_state_names[] = { "proposed", "approved", "revoked", NULL };

#define COLUMNS                                                                                    \
	"SELECT id, account, role, unit, below, clearance, valid_from, valid_until, state,"        \
	" proposed_by, approved_by, revoked_by, proposed_at, approved_at, revoked_at, seq,"        \
	" last_idx FROM role_grant"

static struct grant row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct grant){
		.id = hy_col_int(s, 0),
		.account = hy_col_int(s, 1),
		.role = hy_col_dup(a, s, 2),
		.unit = hy_col_dup(a, s, 3),
		.below = hy_col_int(s, 4) != 0,
		.clearance = (enum pack_guard)hy_col_int(s, 5),
		.from = hy_col_int(s, 6),
		.until = hy_col_int(s, 7),
		.state = (enum grant_state)hy_col_int(s, 8),
		.proposed_by = hy_col_int(s, 9),
		.approved_by = hy_col_int(s, 10),
		.revoked_by = hy_col_int(s, 11),
		.proposed_at = hy_col_int(s, 12),
		.approved_at = hy_col_opt(s, 13, HY_NO_TIME),
		.revoked_at = hy_col_opt(s, 14, HY_NO_TIME),
		.seq = hy_col_int(s, 15),
		.last_idx = hy_col_int(s, 16),
	};
}

enum hy_code grant_row_put(struct hy_db *db, const struct grant *g, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db,
		"INSERT INTO role_grant (id, account, role, unit, below, clearance, valid_from,"
		" valid_until, state, proposed_by, approved_by, revoked_by, proposed_at,"
		" approved_at, revoked_at, seq, last_idx) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
		" $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO UPDATE SET"
		" state = $9, approved_by = $11, revoked_by = $12, approved_at = $14,"
		" revoked_at = $15, seq = $16, last_idx = $17");

	hy_bind_int(s, 1, g->id);
	hy_bind_int(s, 2, g->account);
	hy_bind_text(s, 3, g->role);
	hy_bind_text(s, 4, g->unit);
	hy_bind_int(s, 5, g->below);
	hy_bind_int(s, 6, g->clearance);
	hy_bind_int(s, 7, g->from);
	hy_bind_int(s, 8, g->until);
	hy_bind_int(s, 9, g->state);
	hy_bind_int(s, 10, g->proposed_by);
	hy_bind_int(s, 11, g->approved_by);
	hy_bind_int(s, 12, g->revoked_by);
	hy_bind_int(s, 13, g->proposed_at);
	hy_bind_opt(s, 14, g->approved_at, HY_NO_TIME);
	hy_bind_opt(s, 15, g->revoked_at, HY_NO_TIME);
	hy_bind_int(s, 16, g->seq);
	hy_bind_int(s, 17, g->last_idx);
	return hy_exec(s, NULL, e);
}

enum hy_code grant_next_id(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT max(id) + 1 FROM role_grant", 1, out, e);
}

enum hy_code grant_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct grant *out,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "id", "there is no grant %lld", (long long)id);
	*out = row_of(a, s);
	return HY_OK;
}

static enum hy_code rows(struct hy_arena *a, struct hy_stmt *s, struct grant **out, size_t *n_out,
			 struct hy_err *e)
{
	HY_VEC(struct grant) v = { 0 };
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	if (code)
		return code;
	*out = v.v;
	*n_out = v.n;
	return HY_OK;
}

void grant_list_query(struct hy_arena *a, const struct grant_filter *f, int limit,
		      struct hy_query *out)
{
	*out = (struct hy_query){ .sql = hy_buf_on(a) };
	hy_buf_fmt(&out->sql, COLUMNS " WHERE id > $%d", hy_query_int(out, f->after));
	if (f->account)
		hy_buf_fmt(&out->sql, " AND account = $%d", hy_query_int(out, f->account));
	hy_query_is(out, "role", f->role);
	if (f->state >= 0)
		hy_buf_fmt(&out->sql, " AND state = $%d", hy_query_int(out, f->state));
	hy_buf_fmt(&out->sql, " ORDER BY id LIMIT $%d", hy_query_int(out, limit));
}

enum hy_code grant_list(struct hy_arena *a, struct hy_db *db, const struct grant_filter *f,
			int limit, struct grant **out, size_t *n_out, struct hy_err *e)
{
	struct hy_query q;

	grant_list_query(a, f, limit, &q);
	HY_SCOPED_STMT s = hy_sql(db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	return rows(a, s, out, n_out, e);
}

enum hy_code grant_held(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			struct grant **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE account = $1 AND state = 1 AND"
					      " valid_from <= $2 AND valid_until > $2 ORDER BY id");

	hy_bind_int(s, 1, account);
	hy_bind_int(s, 2, now);
	return rows(a, s, out, n_out, e);
}

enum hy_code grant_living(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			  struct grant **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE account = $1 AND state < 2 AND"
					      " valid_until > $2 ORDER BY id");

	hy_bind_int(s, 1, account);
	hy_bind_int(s, 2, now);
	return rows(a, s, out, n_out, e);
}

enum hy_code grant_unit_of(struct hy_arena *a, struct hy_db *db, hy_str role, hy_ms now,
			   hy_str *unit_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT unit FROM role_grant WHERE role = $1 AND state = 1 AND"
			   " valid_from <= $2 AND valid_until > $2 AND unit <> ''"
			   " ORDER BY id LIMIT 1");
	bool row;

	hy_bind_text(s, 1, role);
	hy_bind_int(s, 2, now);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*unit_out = row ? hy_col_dup(a, s, 0) : HY_S("");
	return code;
}

/* --- checking --------------------------------------------------------------------------------- */

typedef HY_VEC(struct grant) grants;

static enum hy_code grant_event(struct hy_arena *a, void *to, hy_str name,
				const struct record_event *ev, struct hy_err *e)
{
	grants *out = to;
	int64_t id = 0;

	if (!hy_str_int(name, &id))
		return hy_fail(e, HY_TAMPERED, "", "event %lld is about no grant",
			       (long long)ev->idx);
	if (out->n == 0 || out->v[out->n - 1].id != id)
		*hy_push(a, out) = (struct grant){ .id = id };
	return grant_apply(a, &out->v[out->n - 1], ev, e);
}

static const char *differs(const struct grant *x, const struct grant *y)
{
	if (x->account != y->account)
		return "account";
	if (!hy_str_eq(x->role, y->role))
		return "role";
	if (!hy_str_eq(x->unit, y->unit))
		return "unit";
	if (x->below != y->below)
		return "below";
	if (x->clearance != y->clearance)
		return "clearance";
	if (x->from != y->from || x->until != y->until)
		return "time";
	if (x->state != y->state)
		return "state";
	if (x->proposed_by != y->proposed_by || x->approved_by != y->approved_by ||
	    x->revoked_by != y->revoked_by)
		return "by";
	if (x->proposed_at != y->proposed_at || x->approved_at != y->approved_at ||
	    x->revoked_at != y->revoked_at)
		return "at";
	if (x->seq != y->seq || x->last_idx != y->last_idx)
		return "event";
	return NULL;
}

enum hy_code grant_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			struct hy_err *e)
{
	struct grant_filter all = { .state = -1 };
	struct grant *stored = NULL;
	grants rebuilt = { 0 };
	size_t n = 0;
	enum hy_code code = record_each(a, db, HY_S(GRANT_SUBJECT), grant_event, &rebuilt, e);

	if (!code)
		code = grant_list(a, db, &all, INT32_MAX, &stored, &n, e);
	if (code)
		return code;
	if (n != rebuilt.n)
		return hy_fail(e, HY_TAMPERED, "", "the table holds %zu grants, their events %zu",
			       n, rebuilt.n);
	for (size_t i = 0; i < n; i++) {
		/* Events come by subject as text, "grant/10" before "grant/2". */
		const struct grant *g = NULL;
		for (size_t k = 0; k < rebuilt.n && !g; k++)
			if (rebuilt.v[k].id == stored[i].id)
				g = &rebuilt.v[k];
		const char *what = g ? differs(&stored[i], g) : "id";
		if (what)
			return hy_fail(e, HY_TAMPERED, "",
				       "grant %lld, field %s: the table and its events differ",
				       (long long)stored[i].id, what);
	}
	*checked_out = (int64_t)n;
	return HY_OK;
}
