/* Surveys rebuilt from their events and compared. */
#include "appraise/round_part.h"
#include "appraise/survey.h"
#include "base/json.h"

struct checking {
	struct hy_arena *a;
	struct hy_db *db;
	struct survey s; /* as its events tell it */
	int64_t ratings; /* units rated, in all */
};

static enum hy_code wrong(struct hy_err *e, hy_str code, const char *what)
{
	return hy_fail(e, HY_TAMPERED, "", "survey " HY_FMT ": %s", HY_ARG(code), what);
}

static enum hy_code check_codes(struct checking *k, const struct record_event *ev, struct hy_err *e)
{
	HY_SCOPED_STMT q =
		hy_sql_many(k->db, "SELECT hash FROM survey_code WHERE survey = $1 AND batch = $2");
	HY_VEC(hy_str) v = { 0 };
	enum hy_code c;
	bool row;

	hy_bind_int(q, 1, k->s.id);
	hy_bind_int(q, 2, ev->seq);
	while (!(c = hy_step(q, &row, e)) && row)
		*hy_push(k->a, &v) = hy_col_dup(k->a, q, 0);
	if (c)
		return c;
	if ((int64_t)v.n != hy_json_get_int(ev->data, "n", 0) ||
	    !hy_str_eq(survey_codes_digest(k->a, v.v, v.n), hy_json_get(ev->data, "codes")))
		return wrong(e, k->s.code, "its codes are not those that were given out");
	return HY_OK;
}

static enum hy_code check_rating(struct checking *k, const struct record_event *ev,
				 struct hy_err *e)
{
	const json_t *list = ev->private ? json_object_get(ev->private, "ratings") : NULL;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *at = json_array_get(list, i);
		HY_SCOPED_STMT q = hy_sql(k->db, "SELECT answers FROM survey_rating"
						 " WHERE survey = $1 AND seq = $2 AND unit = $3");
		bool there;
		hy_bind_int(q, 1, k->s.id);
		hy_bind_int(q, 2, ev->seq);
		hy_bind_text(q, 3, hy_json_get(at, "unit"));
		enum hy_code c = hy_step(q, &there, e);
		if (c)
			return c;
		if (!there || !hy_str_eq(hy_col_text(q, 0), hy_json_get(at, "answers")))
			return wrong(e, k->s.code, "a rating differs from its event");
	}
	k->ratings += (int64_t)json_array_size(list);
	return HY_OK;
}

static enum hy_code apply(struct checking *k, const struct record_event *ev, struct hy_err *e)
{
	struct survey *s = &k->s;

	if (ev->seq != s->seq + 1)
		return wrong(e, s->code, "its events have a gap");
	s->seq = ev->seq;
	s->last_idx = ev->idx;
	if (hy_str_eq(ev->move, HY_S("open"))) {
		s->round = hy_json_get(ev->data, "round");
		s->panel = hy_json_get(ev->data, "panel");
		s->raters = hy_json_get(ev->data, "raters");
		s->from = (hy_day)hy_json_get_int(ev->data, "from", 0);
		s->until = (hy_day)hy_json_get_int(ev->data, "until", 0);
		s->n_units = json_array_size(json_object_get(ev->data, "units"));
	} else if (hy_str_eq(ev->move, HY_S("issue"))) {
		s->issued += hy_json_get_int(ev->data, "n", 0);
		return check_codes(k, ev, e);
	} else if (hy_str_eq(ev->move, HY_S("rate"))) {
		s->returned++;
		return check_rating(k, ev, e);
	} else if (hy_str_eq(ev->move, HY_S("void"))) {
		s->declared_void = true;
	}
	return HY_OK;
}

static enum hy_code count(struct checking *k, const char *sql, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(k->db, sql);
	bool row;

	hy_bind_int(q, 1, k->s.id);
	enum hy_code c = hy_step(q, &row, e);
	if (!c)
		*out = hy_col_int(q, 0);
	return c;
}

static enum hy_code compare(struct checking *k, const struct survey *stored, struct hy_err *e)
{
	const struct survey *s = &k->s;
	int64_t ratings = 0, spent = 0;
	enum hy_code c =
		count(k, "SELECT count(*) FROM survey_rating WHERE survey = $1", &ratings, e);

	if (!c)
		c = count(k,
			  "SELECT count(*) FROM survey_code WHERE survey = $1 AND tag <>"
			  " '0000000000000000000000000000000000000000000000000000000000000000'",
			  &spent, e);
	if (c)
		return c;
	if (ratings != k->ratings)
		return wrong(e, s->code, "it has not the ratings that its events tell");
	if (spent != s->returned)
		return wrong(e, s->code, "as many codes must be spent as ratings came");
	if (!hy_str_eq(s->round, stored->round) || !hy_str_eq(s->panel, stored->panel) ||
	    !hy_str_eq(s->raters, stored->raters) || s->from != stored->from ||
	    s->until != stored->until || s->n_units != stored->n_units ||
	    s->issued != stored->issued || s->returned != stored->returned ||
	    s->declared_void != stored->declared_void || s->seq != stored->seq ||
	    s->last_idx != stored->last_idx)
		return wrong(e, s->code, "the table differs from its events");
	return HY_OK;
}

static enum hy_code check_one(struct hy_arena *a, struct hy_db *db, const struct survey *stored,
			      struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, record_of_subject);
	struct checking k = { .a = a, .db = db, .s = { .id = stored->id, .code = stored->code } };
	struct record_event ev;
	enum hy_code c;
	bool row;

	hy_bind_text(q, 1, hy_printf(a, SURVEY_SUBJECT HY_FMT, HY_ARG(stored->code)));
	while (!(c = hy_step(q, &row, e)) && row) {
		c = record_row(a, q, &ev, e);
		if (!c)
			c = apply(&k, &ev, e);
		if (c)
			return c;
	}
	return c ? c : compare(&k, stored, e);
}

enum hy_code survey_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			 struct hy_err *e)
{
	struct round *rounds = NULL;
	size_t n_rounds = 0;
	int64_t events = 0, seen = 0;
	enum hy_code c = round_list(a, db, &rounds, &n_rounds, e);

	if (!c)
		c = record_each(a, db, HY_S(SURVEY_SUBJECT), round_count_opened, &events, e);
	for (size_t i = 0; !c && i < n_rounds; i++) {
		struct survey *v = NULL;
		size_t n = 0;
		c = survey_list(a, db, &rounds[i], &v, &n, e);
		for (size_t k = 0; !c && k < n; k++)
			c = check_one(a, db, &v[k], e);
		seen += (int64_t)n;
	}
	if (!c && events != seen)
		return hy_fail(e, HY_TAMPERED, "",
			       "the events tell of %lld surveys, the table has %lld",
			       (long long)events, (long long)seen);
	if (!c)
		*checked_out = seen;
	return c;
}
