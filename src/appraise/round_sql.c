/* Rounds in the store: events, and the tables that are caches of them. */
#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/json.h"

const char *const round_state_names[] = { "open", "frozen", "notice", "final", NULL };

/* round: a cache of the events "round/CODE".  round_result keeps what was frozen; its hashes are in
 * the events.  round_case: which matter had which facts.  survey, survey_rating: a cache of the
 * events "survey/CODE"; survey_code: hashes of the codes, in no order (survey.h). */
static const struct hy_migration migrations[] = {
	{ .name = "appraise-001",
	  .sqlite = "CREATE TABLE round(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
		    " scheme TEXT NOT NULL, from_day INTEGER NOT NULL, to_day INTEGER NOT NULL,"
		    " state INTEGER NOT NULL, version INTEGER NOT NULL, frozen_at INTEGER,"
		    " notice_until INTEGER, object_until INTEGER,"
		    " seq INTEGER NOT NULL, last_idx INTEGER NOT NULL);"
		    "CREATE TABLE round_mark(round INTEGER NOT NULL, seq INTEGER NOT NULL,"
		    " unit TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,"
		    " account INTEGER NOT NULL, PRIMARY KEY(round, seq)) WITHOUT ROWID;"
		    "CREATE TABLE round_result(round INTEGER NOT NULL, version INTEGER NOT NULL,"
		    " at INTEGER NOT NULL, inputs TEXT NOT NULL, result TEXT NOT NULL,"
		    " reason TEXT NOT NULL, idx INTEGER NOT NULL,"
		    " PRIMARY KEY(round, version)) WITHOUT ROWID;"
		    "CREATE TABLE round_case(round INTEGER NOT NULL, version INTEGER NOT NULL,"
		    " unit TEXT NOT NULL, matter INTEGER NOT NULL, code TEXT NOT NULL,"
		    " facts INTEGER NOT NULL, work_days INTEGER NOT NULL,"
		    " days INTEGER NOT NULL, hand_offs INTEGER NOT NULL,"
		    " returns INTEGER NOT NULL, reopens INTEGER NOT NULL,"
		    " PRIMARY KEY(round, version, unit, code)) WITHOUT ROWID;"
		    "CREATE TABLE round_objection(round INTEGER NOT NULL, number INTEGER NOT NULL,"
		    " unit TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,"
		    " account INTEGER NOT NULL, decided_at INTEGER, upheld INTEGER NOT NULL,"
		    " idx INTEGER NOT NULL, decided_idx INTEGER,"
		    " PRIMARY KEY(round, number)) WITHOUT ROWID;",
	  .pg = "CREATE TABLE round(id BIGINT PRIMARY KEY,"
		" code TEXT COLLATE \"C\" NOT NULL UNIQUE, scheme TEXT NOT NULL,"
		" from_day BIGINT NOT NULL, to_day BIGINT NOT NULL, state BIGINT NOT NULL,"
		" version BIGINT NOT NULL, frozen_at BIGINT, notice_until BIGINT,"
		" object_until BIGINT, seq BIGINT NOT NULL, last_idx BIGINT NOT NULL);"
		"CREATE TABLE round_mark(round BIGINT NOT NULL, seq BIGINT NOT NULL,"
		" unit TEXT NOT NULL, name TEXT NOT NULL, value BIGINT NOT NULL,"
		" account BIGINT NOT NULL, PRIMARY KEY(round, seq));"
		"CREATE TABLE round_result(round BIGINT NOT NULL, version BIGINT NOT NULL,"
		" at BIGINT NOT NULL, inputs TEXT NOT NULL, result TEXT NOT NULL,"
		" reason TEXT NOT NULL, idx BIGINT NOT NULL, PRIMARY KEY(round, version));"
		"CREATE TABLE round_case(round BIGINT NOT NULL, version BIGINT NOT NULL,"
		" unit TEXT COLLATE \"C\" NOT NULL, matter BIGINT NOT NULL,"
		" code TEXT COLLATE \"C\" NOT NULL, facts BIGINT NOT NULL,"
		" work_days BIGINT NOT NULL, days BIGINT NOT NULL,"
		" hand_offs BIGINT NOT NULL, returns BIGINT NOT NULL,"
		" reopens BIGINT NOT NULL,"
		" PRIMARY KEY(round, version, unit, code));"
		"CREATE TABLE round_objection(round BIGINT NOT NULL, number BIGINT NOT NULL,"
		" unit TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL,"
		" account BIGINT NOT NULL, decided_at BIGINT, upheld BIGINT NOT NULL,"
		" idx BIGINT NOT NULL, decided_idx BIGINT, PRIMARY KEY(round, number));" },
	{ .name = "appraise-002",
	  .sqlite = "CREATE TABLE survey(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
		    " round INTEGER NOT NULL, panel TEXT NOT NULL, raters TEXT NOT NULL,"
		    " units TEXT NOT NULL, from_day INTEGER NOT NULL,"
		    " until_day INTEGER NOT NULL, issued INTEGER NOT NULL,"
		    " returned INTEGER NOT NULL, void INTEGER NOT NULL, seq INTEGER NOT NULL,"
		    " last_idx INTEGER NOT NULL);"
		    "CREATE INDEX survey_round ON survey(round);"
		    "CREATE TABLE survey_code(hash TEXT PRIMARY KEY, survey INTEGER NOT NULL,"
		    " batch INTEGER NOT NULL, own TEXT NOT NULL, tag TEXT NOT NULL)"
		    " WITHOUT ROWID;"
		    "CREATE INDEX survey_code_survey ON survey_code(survey);"
		    "CREATE TABLE survey_rating(survey INTEGER NOT NULL, seq INTEGER NOT NULL,"
		    " unit TEXT NOT NULL, answers TEXT NOT NULL,"
		    " PRIMARY KEY(survey, seq, unit)) WITHOUT ROWID;",
	  .pg = "CREATE TABLE survey(id BIGINT PRIMARY KEY,"
		" code TEXT COLLATE \"C\" NOT NULL UNIQUE, round BIGINT NOT NULL,"
		" panel TEXT NOT NULL, raters TEXT NOT NULL, units TEXT NOT NULL,"
		" from_day BIGINT NOT NULL, until_day BIGINT NOT NULL,"
		" issued BIGINT NOT NULL, returned BIGINT NOT NULL, void BIGINT NOT NULL,"
		" seq BIGINT NOT NULL, last_idx BIGINT NOT NULL);"
		"CREATE INDEX survey_round ON survey(round);"
		"CREATE TABLE survey_code(hash TEXT COLLATE \"C\" PRIMARY KEY,"
		" survey BIGINT NOT NULL, batch BIGINT NOT NULL, own TEXT NOT NULL,"
		" tag TEXT NOT NULL);"
		"CREATE INDEX survey_code_survey ON survey_code(survey);"
		"CREATE TABLE survey_rating(survey BIGINT NOT NULL, seq BIGINT NOT NULL,"
		" unit TEXT COLLATE \"C\" NOT NULL, answers TEXT NOT NULL,"
		" PRIMARY KEY(survey, seq, unit));" },
	{ .name = "appraise-003", /* the list of rounds */
	  .sql = "CREATE INDEX round_from ON round(from_day DESC, code)" },
	{ 0 }
};
static enum hy_code fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			 struct hy_err *e)
{
	int64_t rounds = 0, surveys = 0;
	enum hy_code c = round_fsck(a, db, &rounds, e);

	if (!c)
		c = survey_fsck(a, db, &surveys, e);
	if (!c)
		*checked_out = rounds + surveys;
	return c;
}

const struct city_room appraise_room = { migrations, fsck };

/* --- rows
 * ------------------------------------------------------------------------------------------ */

#define COLUMNS                                                                                    \
	"SELECT id, code, scheme, from_day, to_day, state, version, frozen_at, notice_until,"      \
	" object_until, seq, last_idx FROM round"

static struct round row_of(struct hy_arena *a, struct hy_stmt *s)
{
	return (struct round){ .id = hy_col_int(s, 0),
			       .code = hy_col_dup(a, s, 1),
			       .scheme = hy_col_dup(a, s, 2),
			       .from = (hy_day)hy_col_int(s, 3),
			       .to = (hy_day)hy_col_int(s, 4),
			       .state = (enum round_state)hy_col_int(s, 5),
			       .version = (int)hy_col_int(s, 6),
			       .frozen_at = hy_col_opt(s, 7, HY_NO_TIME),
			       .notice_until = (hy_day)hy_col_opt(s, 8, HY_NO_DAY),
			       .object_until = (hy_day)hy_col_opt(s, 9, HY_NO_DAY),
			       .seq = hy_col_int(s, 10),
			       .last_idx = hy_col_int(s, 11) };
}

enum hy_code round_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct round *out,
			   struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE code = $1");
	bool there;

	hy_bind_text(s, 1, code);
	enum hy_code c = hy_step(s, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no round " HY_FMT,
			       HY_ARG(hy_str_head(code, 60)));
	*out = row_of(a, s);
	return HY_OK;
}

const char round_list_sql[] = COLUMNS " ORDER BY from_day DESC, code";

enum hy_code round_list(struct hy_arena *a, struct hy_db *db, struct round **out, size_t *n_out,
			struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, round_list_sql);
	HY_VEC(struct round) v = { 0 };
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = row_of(a, s);
	*out = v.v;
	*n_out = v.n;
	return c;
}

enum hy_code round_store(struct hy_db *db, const struct round *r, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO round(id, code, scheme, from_day, to_day, state, version,"
			   " frozen_at, notice_until, object_until, seq, last_idx)"
			   " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
			   " ON CONFLICT(id) DO UPDATE SET state = excluded.state,"
			   " version = excluded.version, frozen_at = excluded.frozen_at,"
			   " notice_until = excluded.notice_until,"
			   " object_until = excluded.object_until, seq = excluded.seq,"
			   " last_idx = excluded.last_idx");

	hy_bind_int(s, 1, r->id);
	hy_bind_text(s, 2, r->code);
	hy_bind_text(s, 3, r->scheme);
	hy_bind_int(s, 4, r->from);
	hy_bind_int(s, 5, r->to);
	hy_bind_int(s, 6, r->state);
	hy_bind_int(s, 7, r->version);
	hy_bind_opt(s, 8, r->frozen_at, HY_NO_TIME);
	hy_bind_opt(s, 9, r->notice_until, HY_NO_DAY);
	hy_bind_opt(s, 10, r->object_until, HY_NO_DAY);
	hy_bind_int(s, 11, r->seq);
	hy_bind_int(s, 12, r->last_idx);
	return hy_exec(s, NULL, e);
}

enum hy_code round_next_id(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	return hy_sql_int(db, "SELECT max(id) + 1 FROM round", 1, out, e);
}

/* --- the event
 * ------------------------------------------------------------------------------------- */

enum hy_code round_event(const struct round_act *w, struct round *r, const char *move, hy_str data,
			 hy_str text, hy_str kind, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(w->a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "account", w->account);
	if (text.n)
		hy_json_kstr(&j, kind.p, text);
	hy_json_obj_end(&j);
	r->seq++;
	struct record_new ev = { .subject = hy_printf(w->a, ROUND_SUBJECT HY_FMT, HY_ARG(r->code)),
				 .move = hy_str_of(move),
				 .seq = r->seq,
				 .at = w->at,
				 .rec = hy_store_now(hy_db_store(w->db)),
				 .role = w->role,
				 .unit = w->unit,
				 .data = data,
				 .private = hy_buf_str(&b) };
	return record_append(city_record(w->city), w->db, &ev, &r->last_idx, e);
}

/* --- marks, results, cases
 * ---------------------------------------------------------------------------- */

enum hy_code round_mark_store(struct hy_db *db, const struct round *r, const struct round_mark *m,
			      int64_t account, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO round_mark(round, seq, unit, name, value, account)"
			   " VALUES($1, $2, $3, $4, $5, $6)");

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, r->seq);
	hy_bind_text(s, 3, m->unit);
	hy_bind_text(s, 4, m->name);
	hy_bind_int(s, 5, m->value);
	hy_bind_int(s, 6, account);
	return hy_exec(s, NULL, e);
}

/* Did ACCOUNT mark that line (any line of UNIT when NAME is empty)? */
enum hy_code round_marked_by(struct hy_db *db, const struct round *r, hy_str unit, hy_str name,
			     int64_t account, bool *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(*) FROM round_mark WHERE round = $1"
				      " AND unit = $2 AND ($3 = '' OR name = $3) AND account = $4");
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_text(s, 2, unit);
	hy_bind_text(s, 3, name);
	hy_bind_int(s, 4, account);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0) > 0;
	return c;
}

enum hy_code round_is_marked(struct hy_db *db, const struct round *r, hy_str name, bool *out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT count(*) FROM round_mark WHERE round = $1 AND name = $2");
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_text(s, 2, name);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0) > 0;
	return c;
}

enum hy_code round_result_store(struct hy_db *db, const struct round *r,
				const struct round_version *v, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO round_result(round, version, at, inputs, result,"
				      " reason, idx) VALUES($1, $2, $3, $4, $5, $6, $7)");

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, v->version);
	hy_bind_int(s, 3, v->at);
	hy_bind_text(s, 4, v->inputs);
	hy_bind_text(s, 5, v->result);
	hy_bind_text(s, 6, v->reason);
	hy_bind_int(s, 7, r->last_idx);
	return hy_exec(s, NULL, e);
}

enum hy_code round_cases_store(struct hy_db *db, const struct round *r,
			       const struct round_inputs *in, struct hy_err *e)
{
	enum hy_code c = HY_OK;

	for (size_t i = 0; !c && i < in->n_facts; i++) {
		const struct round_fact *f = &in->facts[i];
		HY_SCOPED_STMT s =
			hy_sql(db, "INSERT INTO round_case(round, version, unit, matter, code,"
				   " facts, work_days, days, hand_offs, returns, reopens)"
				   " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
		hy_bind_int(s, 1, r->id);
		hy_bind_int(s, 2, r->version);
		hy_bind_text(s, 3, in->units[f->unit].code);
		hy_bind_int(s, 4, f->matter);
		hy_bind_text(s, 5, f->code);
		hy_bind_int(s, 6, (int64_t)f->facts);
		for (int n = 0; n < NUMBER__COUNT; n++)
			hy_bind_int(s, 7 + n, f->numbers.of[n]);
		c = hy_exec(s, NULL, e);
	}
	return c;
}

enum hy_code round_version(struct hy_arena *a, struct hy_db *db, const struct round *r, int version,
			   struct round_version *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT at, inputs, result, reason FROM round_result"
				      " WHERE round = $1 AND version = $2");
	bool there;

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, version);
	enum hy_code c = hy_step(s, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "the round " HY_FMT " has no version %d",
			       HY_ARG(r->code), version);
	*out = (struct round_version){ version, hy_col_int(s, 0), hy_col_dup(a, s, 1),
				       hy_col_dup(a, s, 2), hy_col_dup(a, s, 3) };
	return HY_OK;
}

enum hy_code round_steps(struct hy_arena *a, struct hy_db *db, const struct round *r,
			 struct round_step **out, size_t *n_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT version, at, reason, idx FROM round_result"
				      " WHERE round = $1 ORDER BY version");
	HY_VEC(struct round_step) v = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, r->id);
	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = (struct round_step){ (int)hy_col_int(s, 0), hy_col_int(s, 1),
						       hy_col_dup(a, s, 2), hy_col_int(s, 3) };
	*out = v.v;
	*n_out = v.n;
	return c;
}

/* --- objections
 * ----------------------------------------------------------------------------------------- */

enum hy_code round_objection_store(struct hy_db *db, const struct round *r, hy_str unit,
				   hy_str name, hy_ms at, int64_t account, int64_t *number_out,
				   struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO round_objection(round, number, unit, name, at, account,"
			   " upheld, idx) VALUES($1, (SELECT coalesce(max(number), 0) + 1"
			   " FROM round_objection WHERE round = $1), $2, $3, $4, $5, 0, $6)"
			   " RETURNING number");
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_text(s, 2, unit);
	hy_bind_text(s, 3, name);
	hy_bind_int(s, 4, at);
	hy_bind_int(s, 5, account);
	hy_bind_int(s, 6, r->last_idx);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*number_out = hy_col_int(s, 0);
	return c;
}

enum hy_code round_objection_read(struct hy_arena *a, struct hy_db *db, const struct round *r,
				  int64_t number, struct round_objected *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT unit, name, account, decided_at FROM round_objection"
				      " WHERE round = $1 AND number = $2");
	bool there;

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, number);
	enum hy_code c = hy_step(s, &there, e);
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "the round " HY_FMT " has no objection %lld",
			       HY_ARG(r->code), (long long)number);
	*out = (struct round_objected){ hy_col_dup(a, s, 0), hy_col_dup(a, s, 1), hy_col_int(s, 2),
					!hy_col_null(s, 3) };
	return HY_OK;
}

enum hy_code round_objection_decide(struct hy_db *db, const struct round *r, int64_t number,
				    hy_ms at, bool upheld, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE round_objection SET decided_at = $3, upheld = $4,"
				      " decided_idx = $5 WHERE round = $1 AND number = $2");

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, number);
	hy_bind_int(s, 3, at);
	hy_bind_int(s, 4, upheld);
	hy_bind_int(s, 5, r->last_idx);
	return hy_exec(s, NULL, e);
}

enum hy_code round_undecided(struct hy_db *db, const struct round *r, int64_t *out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(*) FROM round_objection WHERE round = $1"
				      " AND decided_at IS NULL");
	bool row;

	hy_bind_int(s, 1, r->id);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0);
	return c;
}

enum hy_code round_uncorrected(struct hy_db *db, const struct round *r, int64_t *out,
			       struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(*) FROM round_objection WHERE round = $1"
				      " AND upheld = 1 AND decided_at > $2");
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, r->frozen_at);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0);
	return c;
}

/* Texts stand in the private parts of the events. */
static enum hy_code texts(struct hy_arena *a, struct hy_db *db, const struct round *r,
			  struct round_objection *v, size_t n, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event ev;
	int64_t objected = 0;
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, hy_printf(a, ROUND_SUBJECT HY_FMT, HY_ARG(r->code)));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(a, s, &ev, e);
		if (c)
			return c;
		hy_str reason = ev.private ? hy_json_get(ev.private, "reason") : HY_S("");
		if (hy_str_eq(ev.move, HY_S("object")))
			objected++;
		int64_t number = hy_str_eq(ev.move, HY_S("object")) ? objected
				 : hy_str_eq(ev.move, HY_S("decide"))
					 ? hy_json_get_int(ev.data, "objection", 0)
					 : 0;
		if (number < 1 || (size_t)number > n)
			continue;
		if (hy_str_eq(ev.move, HY_S("object")))
			v[number - 1].reason = reason;
		else
			v[number - 1].decision = reason;
	}
	return c;
}

enum hy_code round_objections(struct hy_arena *a, struct hy_db *db, const struct round *r,
			      struct round_objection **out, size_t *n_out, struct hy_err *e)
{
	HY_VEC(struct round_objection) v = { 0 };
	enum hy_code c;
	bool row;

	{
		HY_SCOPED_STMT s =
			hy_sql(db, "SELECT number, unit, name, at, decided_at, upheld"
				   " FROM round_objection WHERE round = $1 ORDER BY number");
		hy_bind_int(s, 1, r->id);
		while (!(c = hy_step(s, &row, e)) && row)
			*hy_push(a, &v) =
				(struct round_objection){ .number = hy_col_int(s, 0),
							  .unit = hy_col_dup(a, s, 1),
							  .name = hy_col_dup(a, s, 2),
							  .at = hy_col_int(s, 3),
							  .decided_at =
								  hy_col_opt(s, 4, HY_NO_TIME),
							  .upheld = hy_col_int(s, 5) != 0 };
	}
	if (!c)
		c = texts(a, db, r, v.v, v.n, e);
	*out = v.v;
	*n_out = v.n;
	return c;
}
