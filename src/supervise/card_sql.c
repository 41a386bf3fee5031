/* Cards in the store: the table is a cache of the events "card/CODE". */
#include "supervise/card.h"
#include "supervise/rectification.h"

const char *const card_state_names[] = { "stands", "contested", "upheld", "annulled", NULL };

/* card_watch: which matter must be looked at when, even if nothing happens to it.  card_seen: up to
 * which event everything was looked at; no row: none yet, as a new city's tables are empty.  A city
 * that had matters before it had cards begins with those that are open. */
#define OLD_MATTERS                                                                                \
	"INSERT INTO card_seen(id, idx) SELECT 1, last FROM"                                       \
	" (SELECT max(idx) AS last FROM event) AS log WHERE last IS NOT NULL;"                     \
	"INSERT INTO card_watch(matter, next_at) SELECT id, 0 FROM matter WHERE open = 1;"
/* exposure: the rectifications that were made public (rectification.h). */
#define OLD_EXPOSURES                                                                              \
	"INSERT INTO exposure(matter) SELECT m.id FROM matter m WHERE " RECTIFICATION_EXPOSED_SQL  \
	";"
static const struct hy_migration migrations[] = {
	{ .name = "card-001",
	  .sqlite = "CREATE TABLE card(id INTEGER PRIMARY KEY, year INTEGER NOT NULL,"
		    " number INTEGER NOT NULL, code TEXT NOT NULL UNIQUE, matter INTEGER NOT NULL,"
		    " unit TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL,"
		    " level INTEGER NOT NULL, severity INTEGER NOT NULL, clock TEXT NOT NULL,"
		    " clause TEXT NOT NULL, mark TEXT NOT NULL, evidence TEXT NOT NULL,"
		    " since INTEGER NOT NULL, raised_at INTEGER NOT NULL, state INTEGER NOT NULL,"
		    " contested_at INTEGER, contested_by INTEGER, decided_at INTEGER,"
		    " seq INTEGER NOT NULL, last_idx INTEGER NOT NULL,"
		    " UNIQUE(year, number), UNIQUE(matter, mark));"
		    "CREATE INDEX card_unit ON card(unit, since);"
		    "CREATE TABLE card_watch(matter INTEGER PRIMARY KEY, next_at INTEGER NOT NULL);"
		    "CREATE INDEX card_watch_next ON card_watch(next_at);"
		    "CREATE TABLE card_seen(id INTEGER PRIMARY KEY CHECK(id = 1),"
		    " idx INTEGER NOT NULL);" OLD_MATTERS,
	  .pg = "CREATE TABLE card(id BIGINT PRIMARY KEY, year BIGINT NOT NULL,"
		" number BIGINT NOT NULL, code TEXT COLLATE \"C\" NOT NULL UNIQUE,"
		" matter BIGINT NOT NULL, unit TEXT COLLATE \"C\" NOT NULL, person TEXT NOT NULL,"
		" kind TEXT COLLATE \"C\" NOT NULL, level BIGINT NOT NULL, severity BIGINT NOT "
		"NULL,"
		" clock TEXT NOT NULL, clause TEXT NOT NULL, mark TEXT COLLATE \"C\" NOT NULL,"
		" evidence TEXT NOT NULL, since BIGINT NOT NULL, raised_at BIGINT NOT NULL,"
		" state BIGINT NOT NULL, contested_at BIGINT, contested_by BIGINT,"
		" decided_at BIGINT, seq BIGINT NOT NULL, last_idx BIGINT NOT NULL,"
		" UNIQUE(year, number), UNIQUE(matter, mark));"
		"CREATE INDEX card_unit ON card(unit, since);"
		"CREATE TABLE card_watch(matter BIGINT PRIMARY KEY, next_at BIGINT NOT NULL);"
		"CREATE INDEX card_watch_next ON card_watch(next_at);"
		"CREATE TABLE card_seen(id BIGINT PRIMARY KEY CHECK(id = 1), idx BIGINT NOT "
		"NULL);" OLD_MATTERS },
	{ .name = "card-002", /* the matter that mends what the card is about */
	  .sqlite = "ALTER TABLE card ADD COLUMN rectification INTEGER;",
	  .pg = "ALTER TABLE card ADD COLUMN rectification BIGINT;" },
	{ .name = "card-003", /* lists are newest first; what is contested waits for a decision */
	  .sql = "CREATE INDEX card_unit_id ON card(unit, id);"
		 "CREATE INDEX card_state_id ON card(state, id) WHERE state <> 0;" },
	{ .name = "card-004", /* a line of the ledger names the card it came from */
	  .sql = "CREATE INDEX card_rectification ON card(rectification)"
		 " WHERE rectification IS NOT NULL;" },
	{ .name = "card-005",
	  .sqlite = "CREATE TABLE exposure(matter INTEGER PRIMARY KEY);" OLD_EXPOSURES,
	  .pg = "CREATE TABLE exposure(matter BIGINT PRIMARY KEY);" OLD_EXPOSURES },
	{ 0 }
};
static const struct setting settings[] = {
	{ .name = "card.closed_minutes",
	  .type = SETTING_INT,
	  .otherwise = "10",
	  .least = 0,
	  .most = 1440,
	  .unit = "minutes",
	  .who = SETTING_SYSTEM,
	  .meaning = SETTING_MEANS("登记后多少分钟内以已解决办结的，自动发出预警；0为不查",
				   "登記後多少分鐘內以已解決辦結的，自動發出預警；0為不查",
				   "solved sooner than so many minutes after filing raises a "
				   "warning; 0: never") },
	{ .name = "card.entered_hours",
	  .type = SETTING_INT,
	  .otherwise = "48",
	  .least = 1,
	  .most = 8760,
	  .unit = "hours",
	  .who = SETTING_SYSTEM,
	  .meaning = SETTING_MEANS("事情发生多少小时之后才录入的，自动发出黄牌",
				   "事情發生多少小時之後才錄入的，自動發出黃牌",
				   "entered later than so many hours after it happened raises a "
				   "yellow card") },
	{ 0 },
};
const struct city_room card_room = { .migrations = migrations,
				     .fsck = card_fsck,
				     .tick = card_tick,
				     .settings = settings,
				     .facts = card_facts,
				     .moved = rectification_moved,
				     .foresee = card_foresee };

/* --- rows ---------------------------------------------------------------------------------------
 */

/* One table, so that the engine need not look a card up to know whose it is. */
#define FROM                                                                                       \
	" FROM (SELECT c.*, x.code AS matter_code, x.guard, x.about_unit, x.about_person"          \
	" FROM card c JOIN matter x ON x.id = c.matter) m"
#define COLUMNS                                                                                    \
	"SELECT m.id, m.number, m.code, m.matter, m.matter_code, m.unit, m.person, m.kind, "       \
	"m.level,"                                                                                 \
	" m.severity, m.clock, m.clause, m.mark, m.evidence, m.since, m.raised_at, m.state,"       \
	" m.contested_at, m.contested_by, m.decided_at, m.seq, m.last_idx, m.rectification,"       \
	" r.code, r.state, r.open, r.annulled, r.due_at" FROM                                      \
	" LEFT JOIN matter r ON r.id = m.rectification"
const char card_from[] = FROM " WHERE 1 = 1";

void card_where(struct hy_query *q, const struct card_filter *f)
{
	hy_query_is(q, "m.unit", f->unit);
	hy_query_is(q, "m.kind", f->kind);
	if (f->matter.n)
		hy_buf_fmt(&q->sql,
			   " AND m.matter = (SELECT y.id FROM matter y WHERE y.code = $%d)",
			   hy_query_text(q, f->matter));
	if (f->level)
		hy_buf_fmt(&q->sql, " AND m.level = $%d", hy_query_int(q, f->level - 1));
	/* The index holds none that simply stand, as nearly all do. */
	if (f->state > 1)
		hy_buf_add(&q->sql, HY_S(" AND m.state <> 0"));
	if (f->state)
		hy_buf_fmt(&q->sql, " AND m.state = $%d", hy_query_int(q, f->state - 1));
	if (f->from)
		hy_buf_fmt(&q->sql, " AND m.since >= $%d", hy_query_int(q, f->from));
	if (f->until)
		hy_buf_fmt(&q->sql, " AND m.since < $%d", hy_query_int(q, f->until));
}

static struct card row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct card){ .id = hy_col_int(s, 0),
			      .number = hy_col_int(s, 1),
			      .code = hy_col_dup(a, s, 2),
			      .matter_id = hy_col_int(s, 3),
			      .matter = hy_col_dup(a, s, 4),
			      .unit = hy_col_dup(a, s, 5),
			      .person = hy_col_dup(a, s, 6),
			      .kind = card_kind_of(hy_col_text(s, 7)),
			      .level = (enum card_level)hy_col_int(s, 8),
			      .severity = (int)hy_col_int(s, 9),
			      .clock = hy_col_dup(a, s, 10),
			      .clause = hy_col_dup(a, s, 11),
			      .mark = hy_col_dup(a, s, 12),
			      .evidence = hy_col_dup(a, s, 13),
			      .since = hy_col_int(s, 14),
			      .raised_at = hy_col_int(s, 15),
			      .state = (enum card_state)hy_col_int(s, 16),
			      .contested_at = hy_col_opt(s, 17, HY_NO_TIME),
			      .contested_by = hy_col_int(s, 18),
			      .decided_at = hy_col_opt(s, 19, HY_NO_TIME),
			      .seq = hy_col_int(s, 20),
			      .last_idx = hy_col_int(s, 21),
			      .rectification_id = hy_col_opt(s, 22, 0),
			      .rectification = { .code = hy_col_dup(a, s, 23),
						 .state = hy_col_dup(a, s, 24),
						 .open = hy_col_int(s, 25) != 0,
						 .annulled = hy_col_int(s, 26) != 0,
						 .due_at = hy_col_int(s, 27) } };
}

enum hy_code card_by_code(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			  hy_str code, struct card *out, struct hy_err *e)
{
	struct access_where w = access_where(a, scope, 2);
	HY_SCOPED_STMT s =
		hy_sql(db, hy_printf(a, COLUMNS " WHERE m.code = $1" HY_FMT, HY_ARG(w.sql)).p);
	bool there;

	hy_bind_text(s, 1, code);
	access_bind(s, &w);
	enum hy_code c = hy_step(s, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no card " HY_FMT,
			       HY_ARG(hy_str_head(code, 60)));
	*out = row_of(a, s);
	return out->kind ? HY_OK
			 : hy_broke(e, HY_TAMPERED, "card " HY_FMT " is of an unknown kind",
				    HY_ARG(out->code));
}

void card_list_query(struct hy_arena *a, const struct access_scope *scope,
		     const struct card_filter *f, struct hy_query *out)
{
	*out = (struct hy_query){ .sql = hy_buf_on(a) };
	hy_buf_add(&out->sql, HY_S(COLUMNS " WHERE 1 = 1"));
	card_where(out, f);
	if (f->after)
		hy_buf_fmt(&out->sql, " AND m.id %s $%d", f->oldest ? ">" : "<",
			   hy_query_int(out, f->after));
	access_into(out, a, scope);
	hy_buf_fmt(&out->sql, " ORDER BY m.id%s LIMIT $%d", f->oldest ? "" : " DESC",
		   hy_query_int(out, f->limit ? f->limit + 1 : INT64_MAX));
}

enum hy_code card_read_list(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			    const struct card_filter *f, struct card_list *out, struct hy_err *e)
{
	struct hy_query q;
	HY_VEC(struct card) v = { 0 };
	enum hy_code c;
	bool row;

	card_list_query(a, scope, f, &q);
	if (q.full)
		return hy_fail(e, HY_FORBIDDEN, "", "you hold more roles than one list can follow");
	HY_SCOPED_STMT s = hy_sql_many(db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	if (c)
		return c;
	*out = (struct card_list){ v.v, v.n, 0 };
	if (f->limit && v.n > (size_t)f->limit) {
		out->n = (size_t)f->limit;
		out->next = v.v[out->n - 1].id;
	}
	return HY_OK;
}

enum hy_code card_store(struct hy_db *db, const struct card *k, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO card(id, year, number, code, matter, unit, person, kind, level,"
		    " severity, clock, clause, mark, evidence, since, raised_at, state,"
		    " contested_at, contested_by, decided_at, seq, last_idx, rectification)"
		    " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		    " $16, $17, $18, $19, $20, $21, $22, $23)"
		    " ON CONFLICT(id) DO UPDATE SET state = excluded.state,"
		    " contested_at = excluded.contested_at, contested_by = excluded.contested_by,"
		    " decided_at = excluded.decided_at, seq = excluded.seq,"
		    " last_idx = excluded.last_idx, rectification = excluded.rectification");
	int64_t year = 0;

	if (k->code.n < 7 || !hy_str_int((hy_str){ k->code.p + 3, 4 }, &year))
		return hy_broke(e, HY_TAMPERED, "a card has the code '" HY_FMT "'",
				HY_ARG(k->code));
	hy_bind_int(s, 1, k->id);
	hy_bind_int(s, 2, year);
	hy_bind_int(s, 3, k->number);
	hy_bind_text(s, 4, k->code);
	hy_bind_int(s, 5, k->matter_id);
	hy_bind_text(s, 6, k->unit);
	hy_bind_text(s, 7, k->person);
	hy_bind_text(s, 8, hy_str_of(k->kind->id));
	hy_bind_int(s, 9, k->level);
	hy_bind_int(s, 10, k->severity);
	hy_bind_text(s, 11, k->clock);
	hy_bind_text(s, 12, k->clause);
	hy_bind_text(s, 13, k->mark);
	hy_bind_text(s, 14, k->evidence);
	hy_bind_int(s, 15, k->since);
	hy_bind_int(s, 16, k->raised_at);
	hy_bind_int(s, 17, k->state);
	hy_bind_opt(s, 18, k->contested_at, HY_NO_TIME);
	hy_bind_int(s, 19, k->contested_by);
	hy_bind_opt(s, 20, k->decided_at, HY_NO_TIME);
	hy_bind_int(s, 21, k->seq);
	hy_bind_int(s, 22, k->last_idx);
	hy_bind_opt(s, 23, k->rectification_id, 0);
	return hy_exec(s, NULL, e);
}
