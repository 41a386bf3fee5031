/* Rounds rebuilt from their events and compared; what was frozen against the hashes in the log. */
#include "appraise/round_part.h"
#include "base/json.h"

struct checking {
	struct hy_arena *a;
	struct hy_db *db;
	struct round r; /* as its events tell it */
	int64_t objections;
};

static enum hy_code wrong(struct hy_err *e, hy_str code, const char *what)
{
	return hy_fail(e, HY_TAMPERED, "", "round " HY_FMT ": %s", HY_ARG(code), what);
}

/* --- what was frozen
 * ------------------------------------------------------------------------------- */

static enum hy_code cases_hash(struct checking *k, int version, hy_str *out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql_many(k->db, "SELECT unit, code, facts, work_days, days, hand_offs, returns,"
				   " reopens FROM round_case"
				   " WHERE round = $1 AND version = $2 ORDER BY unit, code");
	struct hy_buf b = hy_buf_on(k->a);
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, k->r.id);
	hy_bind_int(s, 2, version);
	while (!(c = hy_step(s, &row, e)) && row) {
		hy_buf_fmt(&b, HY_FMT " " HY_FMT " %llx", HY_ARG(hy_col_text(s, 0)),
			   HY_ARG(hy_col_text(s, 1)), (unsigned long long)hy_col_int(s, 2));
		for (int n = 0; n < NUMBER__COUNT; n++)
			hy_buf_fmt(&b, " %d", (int)hy_col_int(s, 3 + n));
		hy_buf_byte(&b, '\n');
	}
	*out = round_hash(k->a, hy_buf_str(&b));
	return c;
}

static enum hy_code check_frozen(struct checking *k, const json_t *data, struct hy_err *e)
{
	int version = (int)hy_json_get_int(data, "version", 0);
	struct round_version v;
	hy_str cases;
	enum hy_code c = round_version(k->a, k->db, &k->r, version, &v, e);

	if (c == HY_NOT_FOUND) {
		hy_err_clear(e);
		return wrong(e, k->r.code, "a version that its events froze is gone");
	}
	if (!c)
		c = cases_hash(k, version, &cases, e);
	if (c)
		return c;
	if (!hy_str_eq(round_hash(k->a, v.inputs), hy_json_get(data, "inputs")))
		return wrong(e, k->r.code, "the inputs are not those that were frozen");
	if (!hy_str_eq(round_hash(k->a, v.result), hy_json_get(data, "result")))
		return wrong(e, k->r.code, "the result is not the one that was frozen");
	if (!hy_str_eq(cases, hy_json_get(data, "cases")))
		return wrong(e, k->r.code, "the cases are not those that were frozen");
	return HY_OK;
}

static enum hy_code check_mark(struct checking *k, const struct record_event *ev, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(k->db, "SELECT unit, name, value FROM round_mark"
					 " WHERE round = $1 AND seq = $2");
	bool there;

	hy_bind_int(s, 1, k->r.id);
	hy_bind_int(s, 2, ev->seq);
	enum hy_code c = hy_step(s, &there, e);
	if (c)
		return c;
	if (!there || !hy_str_eq(hy_col_text(s, 0), hy_json_get(ev->data, "unit")) ||
	    !hy_str_eq(hy_col_text(s, 1), hy_json_get(ev->data, "of")) ||
	    hy_col_int(s, 2) != hy_json_get_int(ev->data, "value", 0))
		return wrong(e, k->r.code, "a mark differs from its event");
	return HY_OK;
}

/* --- the fold
 * ----------------------------------------------------------------------------------------- */

static enum hy_code apply(struct checking *k, const struct record_event *ev, struct hy_err *e)
{
	struct round *r = &k->r;

	if (ev->seq != r->seq + 1)
		return wrong(e, r->code, "its events have a gap");
	r->seq = ev->seq;
	r->last_idx = ev->idx;
	if (hy_str_eq(ev->move, HY_S("open"))) {
		r->scheme = hy_json_get(ev->data, "scheme");
		r->from = (hy_day)hy_json_get_int(ev->data, "from", 0);
		r->to = (hy_day)hy_json_get_int(ev->data, "to", 0);
	} else if (hy_str_eq(ev->move, HY_S("mark"))) {
		return check_mark(k, ev, e);
	} else if (hy_str_eq(ev->move, HY_S("freeze"))) {
		r->version++;
		r->frozen_at = ev->at;
		if (r->state == ROUND_OPEN)
			r->state = ROUND_FROZEN;
		return check_frozen(k, ev->data, e);
	} else if (hy_str_eq(ev->move, HY_S("publish"))) {
		r->state = ROUND_NOTICE;
		r->notice_until = (hy_day)hy_json_get_int(ev->data, "notice_until", 0);
		r->object_until = (hy_day)hy_json_get_int(ev->data, "object_until", 0);
	} else if (hy_str_eq(ev->move, HY_S("object"))) {
		k->objections++;
	} else if (hy_str_eq(ev->move, HY_S("final"))) {
		r->state = ROUND_FINAL;
	}
	return HY_OK;
}

static enum hy_code count(struct checking *k, const char *sql, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(k->db, sql);
	bool row;

	hy_bind_int(s, 1, k->r.id);
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0);
	return c;
}

static enum hy_code compare(struct checking *k, const struct round *stored, struct hy_err *e)
{
	const struct round *r = &k->r;
	int64_t n = 0;
	enum hy_code c = count(k, "SELECT count(*) FROM round_objection WHERE round = $1", &n, e);

	if (c)
		return c;
	if (n != k->objections)
		return wrong(e, r->code, "it has not the objections that its events tell");
	if (!hy_str_eq(r->scheme, stored->scheme) || r->from != stored->from ||
	    r->to != stored->to || r->state != stored->state || r->version != stored->version ||
	    r->frozen_at != stored->frozen_at || r->notice_until != stored->notice_until ||
	    r->object_until != stored->object_until || r->seq != stored->seq ||
	    r->last_idx != stored->last_idx)
		return wrong(e, r->code, "the table differs from its events");
	return HY_OK;
}

static enum hy_code check_one(struct hy_arena *a, struct hy_db *db, const struct round *stored,
			      struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct checking k = { .a = a,
			      .db = db,
			      .r = { .id = stored->id,
				     .code = stored->code,
				     .scheme = HY_S(""),
				     .frozen_at = HY_NO_TIME,
				     .notice_until = HY_NO_DAY,
				     .object_until = HY_NO_DAY } };
	struct record_event ev;
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, hy_printf(a, ROUND_SUBJECT HY_FMT, HY_ARG(stored->code)));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(a, s, &ev, e);
		if (!c)
			c = apply(&k, &ev, e);
		if (c)
			return c;
	}
	return c ? c : compare(&k, stored, e);
}

enum hy_code round_count_opened(struct hy_arena *a, void *to, hy_str code,
				const struct record_event *ev, struct hy_err *e)
{
	int64_t *opened = to;

	(void)a;
	(void)code;
	(void)e;
	*opened += hy_str_eq(ev->move, HY_S("open"));
	return HY_OK;
}

enum hy_code round_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			struct hy_err *e)
{
	struct round *v = NULL;
	size_t n = 0;
	int64_t events = 0;
	enum hy_code c = round_list(a, db, &v, &n, e);

	if (!c)
		c = record_each(a, db, HY_S(ROUND_SUBJECT), round_count_opened, &events, e);
	for (size_t i = 0; !c && i < n; i++)
		c = check_one(a, db, &v[i], e);
	if (!c && events != (int64_t)n)
		return hy_fail(e, HY_TAMPERED, "",
			       "the events tell of %lld rounds, the table has %zu",
			       (long long)events, n);
	if (!c)
		*checked_out = (int64_t)n;
	return c;
}
