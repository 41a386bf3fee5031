/* Surveys in the store. */
#include <stdlib.h>

#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/hash.h"

const char survey_unspent[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* --- rows
 * ------------------------------------------------------------------------------------------ */

#define COLUMNS                                                                                    \
	"SELECT s.id, s.code, r.code, s.panel, s.raters, s.units, s.from_day, s.until_day,"        \
	" s.issued, s.returned, s.void, s.seq, s.last_idx"                                         \
	" FROM survey s JOIN round r ON r.id = s.round"

static void units_read(struct hy_arena *a, hy_str text, struct survey *s)
{
	HY_VEC(hy_str) v = { 0 };
	hy_str rest = text, one;

	while (hy_str_cut(&rest, ',', &one))
		*hy_push(a, &v) = hy_str_dup(a, one);
	s->units = v.v;
	s->n_units = v.n;
}

static struct survey row_of(struct hy_arena *a, struct hy_stmt *q)
{
	struct survey s = { .id = hy_col_int(q, 0),
			    .code = hy_col_dup(a, q, 1),
			    .round = hy_col_dup(a, q, 2),
			    .panel = hy_col_dup(a, q, 3),
			    .raters = hy_col_dup(a, q, 4),
			    .from = (hy_day)hy_col_int(q, 6),
			    .until = (hy_day)hy_col_int(q, 7),
			    .issued = hy_col_int(q, 8),
			    .returned = hy_col_int(q, 9),
			    .declared_void = hy_col_int(q, 10) != 0,
			    .reason = HY_S(""),
			    .seq = hy_col_int(q, 11),
			    .last_idx = hy_col_int(q, 12) };

	units_read(a, hy_col_text(q, 5), &s);
	return s;
}

/* Why it was declared void stands in the private part of the event. */
static enum hy_code reason_of(struct hy_arena *a, struct hy_db *db, struct survey *s,
			      struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, record_of_subject);
	struct record_event ev;
	enum hy_code c;
	bool row;

	hy_bind_text(q, 1, hy_printf(a, SURVEY_SUBJECT HY_FMT, HY_ARG(s->code)));
	while (!(c = hy_step(q, &row, e)) && row) {
		c = record_row(a, q, &ev, e);
		if (c)
			return c;
		if (ev.private && hy_str_eq(ev.move, HY_S("void")))
			s->reason = hy_json_get(ev.private, "reason");
	}
	return c;
}

enum hy_code survey_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct survey *out,
			    struct hy_err *e)
{
	bool there;
	enum hy_code c;
	{
		HY_SCOPED_STMT q = hy_sql(db, COLUMNS " WHERE s.code = $1");
		hy_bind_text(q, 1, code);
		c = hy_step(q, &there, e);
		if (!c && there)
			*out = row_of(a, q);
	}
	if (c)
		return c;
	if (!there)
		return hy_fail(e, HY_NOT_FOUND, "", "there is no survey " HY_FMT,
			       HY_ARG(hy_str_head(code, 60)));
	return out->declared_void ? reason_of(a, db, out, e) : HY_OK;
}

enum hy_code survey_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct survey *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, COLUMNS " WHERE s.id = $1");
	bool there;

	hy_bind_int(q, 1, id);
	enum hy_code c = hy_step(q, &there, e);
	if (!c && !there)
		return hy_broke(e, HY_INTERNAL, "a code of no survey (%lld)", (long long)id);
	if (!c)
		*out = row_of(a, q);
	return c;
}

const char survey_list_sql[] = COLUMNS " WHERE s.round = $1 ORDER BY s.id";

enum hy_code survey_list(struct hy_arena *a, struct hy_db *db, const struct round *r,
			 struct survey **out, size_t *n_out, struct hy_err *e)
{
	HY_VEC(struct survey) v = { 0 };
	enum hy_code c;
	bool row;
	{
		HY_SCOPED_STMT q = hy_sql(db, survey_list_sql);
		hy_bind_int(q, 1, r->id);
		while (!(c = hy_step(q, &row, e)) && row)
			*hy_push(a, &v) = row_of(a, q);
	}
	for (size_t i = 0; !c && i < v.n; i++)
		if (v.v[i].declared_void)
			c = reason_of(a, db, &v.v[i], e);
	*out = v.v;
	*n_out = v.n;
	return c;
}

static enum hy_code number_of(struct hy_stmt *q, int64_t *out, struct hy_err *e)
{
	bool row;
	enum hy_code c = hy_step(q, &row, e);

	if (!c)
		*out = hy_col_int(q, 0);
	return c;
}

enum hy_code survey_rates(struct hy_db *db, const struct round *r, hy_str panel, bool *out,
			  struct hy_err *e)
{
	HY_SCOPED_STMT q =
		hy_sql(db, "SELECT count(*) FROM survey WHERE round = $1 AND panel = $2");
	int64_t n = 0;

	hy_bind_int(q, 1, r->id);
	hy_bind_text(q, 2, panel);
	enum hy_code c = number_of(q, &n, e);
	if (!c)
		*out = n > 0;
	return c;
}

enum hy_code survey_all_over(struct hy_arena *a, struct hy_db *db, const struct round *r,
			     hy_day today, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT code, until_day FROM survey WHERE round = $1"
				      " AND until_day >= $2 AND void = 0 ORDER BY until_day DESC");
	bool row;

	hy_bind_int(q, 1, r->id);
	hy_bind_int(q, 2, today);
	enum hy_code c = hy_step(q, &row, e);
	if (!c && row)
		return hy_fail(e, HY_NOT_NOW, "",
			       "raters may answer " HY_FMT " until " HY_FMT
			       "; freeze the round after that day",
			       HY_ARG(hy_col_text(q, 0)),
			       HY_ARG(hy_day_text(a, (hy_day)hy_col_int(q, 1))));
	return c;
}

enum hy_code survey_next(struct hy_arena *a, struct hy_db *db, const struct round *r,
			 struct survey *s, struct hy_err *e)
{
	int64_t number = 0;
	enum hy_code c = hy_sql_int(db, "SELECT max(id) + 1 FROM survey", 1, &s->id, e);

	if (c)
		return c;
	HY_SCOPED_STMT q = hy_sql(db, "SELECT count(*) + 1 FROM survey WHERE round = $1");
	hy_bind_int(q, 1, r->id);
	c = number_of(q, &number, e);
	if (!c)
		s->code = hy_printf(a, HY_FMT "-s%lld", HY_ARG(r->code), (long long)number);
	return c;
}

static hy_str units_text(struct hy_arena *a, const struct survey *s)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < s->n_units; i++)
		hy_buf_fmt(&b, "%s" HY_FMT, i ? "," : "", HY_ARG(s->units[i]));
	return hy_buf_str(&b);
}

enum hy_code survey_store(struct hy_db *db, const struct survey *s, int64_t round, struct hy_err *e)
{
	HY_SCOPED_STMT q =
		hy_sql(db, "INSERT INTO survey(id, code, round, panel, raters, units, from_day,"
			   " until_day, issued, returned, void, seq, last_idx)"
			   " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
			   " ON CONFLICT(id) DO UPDATE SET issued = excluded.issued,"
			   " returned = excluded.returned, void = excluded.void,"
			   " seq = excluded.seq, last_idx = excluded.last_idx");

	hy_bind_int(q, 1, s->id);
	hy_bind_text(q, 2, s->code);
	hy_bind_int(q, 3, round);
	hy_bind_text(q, 4, s->panel);
	hy_bind_text(q, 5, s->raters);
	hy_bind_text(q, 6, units_text(hy_db_arena(db), s));
	hy_bind_int(q, 7, s->from);
	hy_bind_int(q, 8, s->until);
	hy_bind_int(q, 9, s->issued);
	hy_bind_int(q, 10, s->returned);
	hy_bind_int(q, 11, s->declared_void);
	hy_bind_int(q, 12, s->seq);
	hy_bind_int(q, 13, s->last_idx);
	return hy_exec(q, NULL, e);
}

enum hy_code survey_event(const struct round_act *w, struct survey *s, const char *move,
			  hy_str data, hy_str private, struct hy_err *e)
{
	s->seq++;
	struct record_new ev = { .subject = hy_printf(w->a, SURVEY_SUBJECT HY_FMT, HY_ARG(s->code)),
				 .move = hy_str_of(move),
				 .seq = s->seq,
				 .at = w->at,
				 .rec = hy_store_now(hy_db_store(w->db)),
				 .role = w->role,
				 .unit = w->unit,
				 .data = data,
				 .private = private,
				 .keeps_era = true };
	if (hy_str_eq(ev.move, HY_S("rate"))) { /* of the day, not of the hour */
		ev.rec = ev.at;
		ev.role = HY_S("rater");
		ev.unit = HY_S("");
	}
	return record_append(city_record(w->city), w->db, &ev, &s->last_idx, e);
}

/* --- codes
 * ----------------------------------------------------------------------------------------- */

static int by_text(const void *x, const void *y)
{
	return hy_str_cmp(*(const hy_str *)x, *(const hy_str *)y);
}

hy_str survey_codes_digest(struct hy_arena *a, hy_str *hashes, size_t n)
{
	struct hy_buf b = hy_buf_on(a);

	qsort(hashes, n, sizeof(*hashes), by_text);
	for (size_t i = 0; i < n; i++)
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(hashes[i]));
	return round_hash(a, hy_buf_str(&b));
}

enum hy_code survey_issued(struct hy_db *db, const struct survey *s, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT coalesce(sum(o.issued), 0) FROM survey s JOIN survey"
				      " o ON o.round = s.round AND o.panel = s.panel"
				      " AND o.raters = s.raters WHERE s.id = $1");

	hy_bind_int(q, 1, s->id);
	return number_of(q, out, e);
}

enum hy_code survey_code_store(struct hy_db *db, const struct survey_code *c, int64_t batch,
			       struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO survey_code(hash, survey, batch, own, tag)"
				      " VALUES($1, $2, $3, $4, $5)");

	hy_bind_text(q, 1, c->hash);
	hy_bind_int(q, 2, c->survey);
	hy_bind_int(q, 3, batch);
	hy_bind_text(q, 4, c->own);
	hy_bind_text(q, 5, hy_str_of(survey_unspent));
	return hy_exec(q, NULL, e);
}

enum hy_code survey_code_find(struct hy_arena *a, struct hy_db *db, hy_str hash,
			      struct survey_code *out, bool *there, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT survey, own, tag FROM survey_code WHERE hash = $1");

	hy_bind_text(q, 1, hash);
	enum hy_code c = hy_step(q, there, e);
	if (!c && *there)
		*out = (struct survey_code){ hy_col_int(q, 0), hash, hy_col_dup(a, q, 1),
					     hy_col_dup(a, q, 2) };
	return c;
}

/* Every row of the survey is written, so that none is the one that was written last. */
enum hy_code survey_spend(struct hy_db *db, const struct survey_code *c, hy_str tag,
			  struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "UPDATE survey_code SET tag = CASE WHEN hash = $1 THEN $2"
				      " ELSE tag END WHERE survey = $3");

	hy_bind_text(q, 1, c->hash);
	hy_bind_text(q, 2, tag);
	hy_bind_int(q, 3, c->survey);
	return hy_exec(q, NULL, e);
}

/* --- ratings
 * --------------------------------------------------------------------------------------- */

enum hy_code survey_rating_store(struct hy_db *db, const struct survey *s, hy_str unit,
				 hy_str answers, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO survey_rating(survey, seq, unit, answers)"
				      " VALUES($1, $2, $3, $4)");

	hy_bind_int(q, 1, s->id);
	hy_bind_int(q, 2, s->seq);
	hy_bind_text(q, 3, unit);
	hy_bind_text(q, 4, answers);
	return hy_exec(q, NULL, e);
}

enum hy_code survey_ratings(struct hy_db *db, const struct round *r, hy_day today,
			    survey_rating_fn *fn, void *arg, struct hy_err *e)
{
	HY_SCOPED_STMT q =
		hy_sql_many(db, "SELECT s.panel, s.raters, g.unit, g.answers FROM survey s"
				" JOIN survey_rating g ON g.survey = s.id WHERE s.round = $1"
				" AND s.until_day < $2 AND s.void = 0 AND s.returned <= s.issued");
	enum hy_code c;
	bool row;

	hy_bind_int(q, 1, r->id);
	hy_bind_int(q, 2, today);
	while (!(c = hy_step(q, &row, e)) && row) {
		c = fn(arg, hy_col_text(q, 0), hy_col_text(q, 1), hy_col_text(q, 2),
		       hy_col_text(q, 3), e);
		if (c)
			return c;
	}
	return c;
}
