/* The searchable table of security-relevant acts. */
#include "people/security_part.h"

/* security: a cache of the events of "security/MONTH".  OPEN: there may be something private. */
const struct hy_migration security_migrations[] = {
	{ .name = "security-001",
	  .sqlite = "CREATE TABLE security(idx INTEGER PRIMARY KEY, month TEXT NOT NULL,"
		    " seq INTEGER NOT NULL, at INTEGER NOT NULL, act TEXT NOT NULL,"
		    " account INTEGER NOT NULL, subject TEXT NOT NULL, address TEXT NOT NULL,"
		    " role TEXT NOT NULL, unit TEXT NOT NULL, open INTEGER NOT NULL,"
		    " UNIQUE(month, seq));"
		    "CREATE INDEX security_at ON security(at);"
		    "CREATE INDEX security_act ON security(act, idx);"
		    "CREATE INDEX security_account ON security(account, idx);"
		    "CREATE INDEX security_subject ON security(subject, idx);"
		    "CREATE INDEX security_open ON security(month) WHERE open = 1;",
	  .pg = "CREATE TABLE security(idx BIGINT PRIMARY KEY, month TEXT COLLATE \"C\" NOT NULL,"
		" seq BIGINT NOT NULL, at BIGINT NOT NULL, act TEXT COLLATE \"C\" NOT NULL,"
		" account BIGINT NOT NULL, subject TEXT COLLATE \"C\" NOT NULL,"
		" address TEXT COLLATE \"C\" NOT NULL, role TEXT NOT NULL, unit TEXT NOT NULL,"
		" open BIGINT NOT NULL, UNIQUE(month, seq));"
		"CREATE INDEX security_at ON security(at);"
		"CREATE INDEX security_act ON security(act, idx);"
		"CREATE INDEX security_account ON security(account, idx);"
		"CREATE INDEX security_subject ON security(subject, idx);"
		"CREATE INDEX security_open ON security(month) WHERE open = 1;" },
	{ 0 }
};

enum hy_code security_next(struct hy_db *db, hy_str month, int64_t *seq_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT coalesce(max(seq), 0) + 1 FROM security WHERE month = $1");
	bool row;

	hy_bind_text(s, 1, month);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*seq_out = hy_col_int(s, 0);
	return c;
}

enum hy_code security_store(struct hy_db *db, const struct security_line *l, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO security(idx, month, seq, at, act, account, subject, address,"
		    " role, unit, open) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

	hy_bind_int(s, 1, l->idx);
	hy_bind_text(s, 2, l->month);
	hy_bind_int(s, 3, l->seq);
	hy_bind_int(s, 4, l->at);
	hy_bind_text(s, 5, l->act);
	hy_bind_int(s, 6, l->account);
	hy_bind_text(s, 7, l->subject.p ? l->subject : HY_S(""));
	hy_bind_text(s, 8, l->address.p ? l->address : HY_S(""));
	hy_bind_text(s, 9, l->role.p ? l->role : HY_S(""));
	hy_bind_text(s, 10, l->unit.p ? l->unit : HY_S(""));
	hy_bind_int(s, 11, !hy_str_eq(l->act, HY_S(RECORD_ERASED)));
	return hy_exec(s, NULL, e);
}

enum hy_code security_months_before(struct hy_arena *a, struct hy_db *db, hy_str month,
				    hy_str **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "SELECT DISTINCT month FROM security WHERE open = 1 AND month < $1 ORDER BY 1");
	HY_VEC(hy_str) v = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, month);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = hy_col_dup(a, s, 0);
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code security_erase_month(struct hy_db *db, hy_str month, int64_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT x.idx FROM security x WHERE x.month = $1 AND x.open = 1 AND"
			   " EXISTS (SELECT 1 FROM event_private p WHERE p.idx = x.idx)");
	HY_SCOPED_STMT clear = hy_sql(db, "UPDATE security SET account = 0, subject = '',"
					  " address = '', open = 0 WHERE month = $1 AND open = 1");
	HY_VEC(int64_t) v = { 0 };
	enum hy_code c;
	bool row;

	*n_out = 0;
	hy_bind_text(s, 1, month);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(hy_db_arena(db), &v) = hy_col_int(s, 0);
	for (size_t i = 0; !c && i < v.n; i++)
		c = record_erase(db, v.v[i], e);
	if (c)
		return c;
	hy_bind_text(clear, 1, month);
	c = hy_exec(clear, NULL, e);
	if (!c)
		*n_out = (int64_t)v.n;
	return c;
}

/* --- searching -------------------------------------------------------------------------------- */

/* What begins with V; both columns hold ASCII only. */
static void begins(struct hy_query *q, const char *column, hy_str v)
{
	int from = hy_query_text(q, v);
	int until = hy_query_text(q, hy_printf(q->sql.a, HY_FMT "\x7f", HY_ARG(v)));

	hy_buf_fmt(&q->sql, " AND x.%s >= $%d AND x.%s < $%d", column, from, column, until);
}

static void where(struct hy_query *q, const struct security_filter *f)
{
	if (f->from)
		hy_buf_fmt(&q->sql, " AND x.at >= $%d", hy_query_int(q, f->from));
	if (f->until)
		hy_buf_fmt(&q->sql, " AND x.at < $%d", hy_query_int(q, f->until));
	if (hy_str_ends(f->act, HY_S(".")))
		begins(q, "act", f->act);
	else
		hy_query_is(q, "x.act", f->act);
	if (f->account)
		hy_buf_fmt(&q->sql, " AND x.account = $%d", hy_query_int(q, f->account));
	hy_query_is(q, "x.subject", f->subject);
	if (f->address.n)
		begins(q, "address", f->address);
	if (f->before)
		hy_buf_fmt(&q->sql, " AND x.idx < $%d", hy_query_int(q, f->before));
}

static enum hy_code row_of(struct hy_arena *a, struct hy_stmt *s, struct security_row *out,
			   struct hy_err *e)
{
	struct record_event ev;
	enum hy_code c = record_row(a, s, &ev, e);

	if (c)
		return c;
	json_t *more = ev.private ? json_object_get(ev.private, "more") : NULL;
	*out = (struct security_row){
		.idx = ev.idx,
		.at = ev.at,
		.act = ev.move,
		.account = hy_col_int(s, 4),
		.subject = hy_col_dup(a, s, 5),
		.address = hy_col_dup(a, s, 6),
		.login = hy_col_dup(a, s, 7),
		.role = ev.role,
		.unit = ev.unit,
		.data = hy_json_canonical(a, ev.data),
		.private = more ? hy_json_canonical(a, more) : HY_S(""),
		.erased = ev.erased,
	};
	return HY_OK;
}

void security_list_query(struct hy_arena *a, const struct security_filter *f, int limit,
			 struct hy_query *out)
{
	*out = (struct hy_query){ .sql = hy_buf_on(a) };
	/* The first four columns are those of record_row(). */
	hy_buf_add(&out->sql,
		   HY_S("SELECT e.idx, e.matter, e.body, (SELECT p.body FROM event_private p"
			" WHERE p.idx = e.idx), x.account, x.subject, x.address,"
			" coalesce((SELECT t.login FROM account t WHERE t.id = x.account), '')"
			" FROM security x JOIN event e ON e.idx = x.idx WHERE 1 = 1"));
	where(out, f);
	hy_buf_fmt(&out->sql, " ORDER BY x.idx DESC LIMIT $%d", hy_query_int(out, limit));
}

enum hy_code security_list(struct hy_arena *a, struct hy_db *db, const struct security_filter *f,
			   int limit, struct security_row **out, size_t *n_out, struct hy_err *e)
{
	struct hy_query q;
	HY_VEC(struct security_row) v = { 0 };
	enum hy_code c;
	bool row;

	security_list_query(a, f, limit, &q);
	HY_SCOPED_STMT s = hy_sql(db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	while (!(c = hy_step(s, &row, e)) && row) {
		c = row_of(a, s, hy_push(a, &v), e);
		if (c)
			return c;
	}
	*out = v.v;
	*n_out = v.n;
	return c;
}

/* --- checking -----------------------------------------------------------------------------------
 */

static const char *differs(const struct security_line *l, const struct record_event *ev)
{
	hy_str subject = hy_json_get(ev->private, "subject");
	hy_str address = hy_json_get(ev->private, "address");

	if (l->seq != ev->seq)
		return "seq";
	if (l->at != ev->at)
		return "at";
	if (!hy_str_eq(l->act, ev->move))
		return "act";
	if (l->account != hy_json_get_int(ev->private, "account", 0))
		return "account";
	if (!hy_str_eq(l->subject, subject))
		return "subject";
	if (!hy_str_eq(l->address, address))
		return "address";
	if (!hy_str_eq(l->role, ev->role))
		return "role";
	return hy_str_eq(l->unit, ev->unit) ? NULL : "unit";
}

static enum hy_code same(struct hy_arena *a, struct hy_db *db, const struct record_event *ev,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT month, seq, at, act, account, subject, address, role, unit"
			   " FROM security WHERE idx = $1");
	bool row;

	hy_bind_int(s, 1, ev->idx);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	if (!row)
		return hy_fail(e, HY_TAMPERED, "",
			       "security: event %lld is not in the table of security-relevant acts",
			       (long long)ev->idx);
	struct security_line l = { .idx = ev->idx,
				   .month = hy_col_text(s, 0),
				   .seq = hy_col_int(s, 1),
				   .at = hy_col_int(s, 2),
				   .act = hy_col_text(s, 3),
				   .account = hy_col_int(s, 4),
				   .subject = hy_col_text(s, 5),
				   .address = hy_col_text(s, 6),
				   .role = hy_col_text(s, 7),
				   .unit = hy_col_text(s, 8) };
	const char *field = differs(&l, ev);
	if (!field &&
	    !hy_str_eq(hy_printf(a, SECURITY_SUBJECT HY_FMT, HY_ARG(l.month)), ev->subject))
		field = "month";
	if (field)
		return hy_fail(e, HY_TAMPERED, "",
			       "security: the stored '%s' of event %lld is not what the event says",
			       field, (long long)ev->idx);
	return HY_OK;
}

/* The columns of record_row(). */
static const char of_months[] =
	"SELECT e.idx, e.matter, e.body, (SELECT p.body FROM event_private p WHERE p.idx = e.idx)"
	" FROM event e WHERE e.matter IS NULL AND e.subject >= $1 AND e.subject < $2"
	" ORDER BY e.subject, e.idx";

enum hy_code security_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			   struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql_many(db, of_months);
	HY_SCOPED_ARENA each = hy_arena_new(0);
	struct record_event ev;
	int64_t n = 0, stored = 0;
	enum hy_code c;
	bool row;

	(void)a;
	hy_bind_text(s, 1, HY_S(SECURITY_SUBJECT));
	hy_bind_text(s, 2, HY_S("security0"));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(each, s, &ev, e);
		if (!c)
			c = same(each, db, &ev, e);
		if (c)
			return c;
		n++;
		hy_arena_empty(each);
	}
	if (!c)
		c = hy_sql_int(db, "SELECT count(*) FROM security", 0, &stored, e);
	if (!c && stored != n)
		return hy_fail(e, HY_TAMPERED, "",
			       "security: %lld acts are stored, but their events are %lld",
			       (long long)stored, (long long)n);
	if (!c)
		*checked_out = n;
	return c;
}
