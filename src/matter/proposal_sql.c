/* The table of proposals: a cache of the events of "proposal/N". */
#include "matter/proposal.h"

#define TABLE(ID)                                                                                  \
	"CREATE TABLE proposal ("                                                                  \
	" id " ID " PRIMARY KEY,"                                                                  \
	" state BIGINT NOT NULL,"                                                                  \
	" notice BIGINT NOT NULL,"                                                                 \
	" content TEXT NOT NULL,"                                                                  \
	" name TEXT NOT NULL,"                                                                     \
	" version TEXT NOT NULL,"                                                                  \
	" base BIGINT NOT NULL,"                                                                   \
	" became BIGINT NOT NULL,"                                                                 \
	" proposed_by BIGINT NOT NULL,"                                                            \
	" decided_by BIGINT NOT NULL,"                                                             \
	" proposed_at BIGINT NOT NULL,"                                                            \
	" decided_at BIGINT,"                                                                      \
	" reason TEXT NOT NULL,"                                                                   \
	" answer TEXT NOT NULL,"                                                                   \
	" seq BIGINT NOT NULL,"                                                                    \
	" last_idx BIGINT NOT NULL);"

const struct hy_migration proposal_migrations[] = {
	{ .name = "proposal-001", .sqlite = TABLE("INTEGER"), .pg = TABLE("BIGINT") },
	{ 0 },
};

const char *const proposal_state_names[] = { "proposed", "approved", "refused", NULL };

#define COLUMNS                                                                                    \
	"SELECT id, state, notice, content, name, version, base, became, proposed_by, decided_by," \
	" proposed_at, decided_at, reason, answer, seq, last_idx FROM proposal"

static struct proposal row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct proposal){
		.id = hy_col_int(s, 0),
		.state = (enum proposal_state)hy_col_int(s, 1),
		.notice = hy_col_int(s, 2) != 0,
		.content = hy_col_dup(a, s, 3),
		.name = hy_col_dup(a, s, 4),
		.version = hy_col_dup(a, s, 5),
		.base = hy_col_int(s, 6),
		.became = hy_col_int(s, 7),
		.proposed_by = hy_col_int(s, 8),
		.decided_by = hy_col_int(s, 9),
		.proposed_at = hy_col_int(s, 10),
		.decided_at = hy_col_opt(s, 11, HY_NO_TIME),
		.reason = hy_col_dup(a, s, 12),
		.answer = hy_col_dup(a, s, 13),
		.seq = hy_col_int(s, 14),
		.last_idx = hy_col_int(s, 15),
	};
}

enum hy_code proposal_put(struct hy_db *db, const struct proposal *p, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO proposal (id, state, notice, content, name, version, base, became,"
		    " proposed_by, decided_by, proposed_at, decided_at, reason, answer, seq,"
		    " last_idx) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
		    " $14, $15, $16) ON CONFLICT (id) DO UPDATE SET state = $2, became = $8,"
		    " decided_by = $10, decided_at = $12, answer = $14, seq = $15, last_idx = $16");

	hy_bind_int(s, 1, p->id);
	hy_bind_int(s, 2, p->state);
	hy_bind_int(s, 3, p->notice);
	hy_bind_text(s, 4, p->content);
	hy_bind_text(s, 5, p->name);
	hy_bind_text(s, 6, p->version);
	hy_bind_int(s, 7, p->base);
	hy_bind_int(s, 8, p->became);
	hy_bind_int(s, 9, p->proposed_by);
	hy_bind_int(s, 10, p->decided_by);
	hy_bind_int(s, 11, p->proposed_at);
	hy_bind_opt(s, 12, p->decided_at, HY_NO_TIME);
	hy_bind_text(s, 13, p->reason);
	hy_bind_text(s, 14, p->answer);
	hy_bind_int(s, 15, p->seq);
	hy_bind_int(s, 16, p->last_idx);
	return hy_exec(s, NULL, e);
}

enum hy_code proposal_next_id(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT max(id) + 1 FROM proposal", 1, out, e);
}

enum hy_code proposal_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct proposal *out,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (code)
		return code;
	if (!row)
		return hy_fail(e, HY_NOT_FOUND, "id", "there is no proposal %lld", (long long)id);
	*out = row_of(a, s);
	return HY_OK;
}

const char proposal_list_sql[] = COLUMNS " WHERE ($1 < 0 OR state = $1) AND id < $2"
					 " ORDER BY id DESC LIMIT $3";

enum hy_code proposal_list(struct hy_arena *a, struct hy_db *db, int state, int64_t before,
			   int limit, struct proposal **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, proposal_list_sql);
	HY_VEC(struct proposal) v = { 0 };
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, state);
	hy_bind_int(s, 2, before ? before : INT64_MAX);
	hy_bind_int(s, 3, limit);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	if (code)
		return code;
	*out = v.v;
	*n_out = v.n;
	return HY_OK;
}

/* --- checking -------------------------------------------------------------------------------- */

typedef HY_VEC(struct proposal) proposals;

static enum hy_code proposal_event(struct hy_arena *a, void *to, hy_str name,
				   const struct record_event *ev, struct hy_err *e)
{
	proposals *out = to;
	int64_t id = 0;

	if (!hy_str_int(name, &id))
		return hy_fail(e, HY_TAMPERED, "", "event %lld is about no proposal",
			       (long long)ev->idx);
	if (out->n == 0 || out->v[out->n - 1].id != id)
		*hy_push(a, out) = (struct proposal){ .id = id };
	return proposal_apply(a, &out->v[out->n - 1], ev, e);
}

static const char *differs(const struct proposal *x, const struct proposal *y)
{
	if (x->state != y->state)
		return "state";
	if (x->notice != y->notice || !hy_str_eq(x->content, y->content))
		return "content";
	if (!hy_str_eq(x->name, y->name) || !hy_str_eq(x->version, y->version))
		return "name";
	if (x->base != y->base || x->became != y->became)
		return "version";
	if (x->proposed_by != y->proposed_by || x->decided_by != y->decided_by)
		return "by";
	if (x->proposed_at != y->proposed_at || x->decided_at != y->decided_at)
		return "at";
	if (!hy_str_eq(x->reason, y->reason) || !hy_str_eq(x->answer, y->answer))
		return "reason";
	if (x->seq != y->seq || x->last_idx != y->last_idx)
		return "event";
	return NULL;
}

enum hy_code proposal_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			   struct hy_err *e)
{
	struct proposal *stored = NULL;
	proposals rebuilt = { 0 };
	size_t n = 0;
	enum hy_code code = record_each(a, db, HY_S(PROPOSAL_SUBJECT), proposal_event, &rebuilt, e);

	if (!code)
		code = proposal_list(a, db, -1, 0, INT32_MAX, &stored, &n, e);
	if (!code && n != rebuilt.n)
		return hy_fail(e, HY_TAMPERED, "",
			       "the table holds %zu proposals, their events %zu", n, rebuilt.n);
	for (size_t i = 0; !code && i < n; i++) {
		/* Events come by subject as text, "proposal/10" before "proposal/2". */
		const struct proposal *p = NULL;
		struct proposal_new content;
		for (size_t k = 0; k < rebuilt.n && !p; k++)
			if (rebuilt.v[k].id == stored[i].id)
				p = &rebuilt.v[k];
		const char *what = p ? differs(&stored[i], p) : "id";
		if (what)
			return hy_fail(e, HY_TAMPERED, "",
				       "proposal %lld, field %s: the table and its events differ",
				       (long long)stored[i].id, what);
		code = proposal_content(a, db, &stored[i], &content, e);
	}
	if (!code)
		*checked_out = (int64_t)n;
	return code;
}
