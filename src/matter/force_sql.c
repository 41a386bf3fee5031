/* What a new institution does to the dates of open matters, or would do. */
#include "matter/city.h"
#include "matter/row.h"

/* The legal clock that gives M its date. */
static hy_str clock_of(const struct matter *m)
{
	for (size_t i = m->n_clocks; i-- > 0;)
		if (m->clocks[i].def->legal && m->clocks[i].due.state == HY_CLOCK_RUNNING &&
		    m->clocks[i].due.due_at == m->due_at)
			return m->clocks[i].def->id;
	return HY_S("");
}

static struct city_moved moved_of(const struct matter_row *was, const struct matter *m)
{
	return (struct city_moved){ .code = was->code,
				    .kind = m->kind->id,
				    .clock = clock_of(m),
				    .unit = was->unit,
				    .guard = was->guard,
				    .from = was->due_at,
				    .to = m->due_at };
}

/* What moved them: days that a notice brought, or else the limits of another pack. */
static const char *cause(const struct city *c)
{
	const struct matter_rules *r = c->rules;
	hy_str now = hy_calendar_hash(r->v[r->n - 1].pack->calendar);

	return r->n > 1 && hy_str_eq(now, hy_calendar_hash(r->v[r->n - 2].pack->calendar))
		       ? "pack"
		       : "notice";
}

static enum hy_code record_moved(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
				 struct matter *m, const struct city_moved *x, hy_ms at,
				 struct hy_err *e)
{
	json_t *data = json_object();

	hy_str calendar = hy_calendar_hash(city_pack(c)->calendar);
	struct matter_event ev = { .at = at,
				   .move = -1,
				   .name = MATTER_EV_MOVED,
				   .role = HY_S("system"),
				   .unit = HY_S(""),
				   .data = data };

	hy_json_keep(a, data);
	json_object_set_new(data, "calendar", json_stringn(calendar.p, calendar.n));
	json_object_set_new(data, "cause", json_string(cause(c)));
	if (x->from != HY_NO_TIME)
		json_object_set_new(data, "from", json_integer(x->from));
	if (x->to != HY_NO_TIME)
		json_object_set_new(data, "to", json_integer(x->to));
	return matter_append(c, db, a, id, m, &ev, e);
}

static enum hy_code move_one(struct city *c, struct hy_db *db, struct hy_arena *a,
			     const struct matter_row *was, hy_ms at,
			     void (*moved)(void *arg, const struct city_moved *m), void *arg,
			     struct hy_err *e)
{
	struct matter_key key = { was->id, was->seq, was->code, was->kind, was->version };
	struct matter *m = NULL;
	struct matter_row now;
	enum hy_code code = matter_load(c, db, a, &key, &m, e);

	if (code)
		return code;
	matter_row_of(a, m, &now);
	if (!matter_row_differs(was, &now))
		return HY_OK;
	if (was->due_at != now.due_at) {
		struct city_moved x = moved_of(was, m);
		code = record_moved(c, db, a, was->id, m, &x, at, e);
		if (!code && moved)
			moved(arg, &x);
	}
	return code ? code : matter_save(db, was->id, m, e);
}

enum hy_code matter_move_open(struct city *c, struct hy_db *db, hy_ms at,
			      void (*moved)(void *arg, const struct city_moved *m), void *arg,
			      struct hy_err *e)
{
	int64_t after = 0;
	enum hy_code code = HY_OK;

	for (;;) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		HY_VEC(struct matter_row) open = { 0 };
		bool row = true;
		size_t seen = 0;
		HY_SCOPED_STMT s = hy_sql(db, matter_rows_by_id);
		hy_bind_int(s, 1, after);
		hy_bind_int(s, 2, 500);
		while (!(code = hy_step(s, &row, e)) && row) {
			struct matter_row r = { 0 };
			matter_row_get(a, s, &r);
			matter_row_rest(a, s, &r, NULL);
			after = r.id;
			seen++;
			if (r.open)
				*hy_push(a, &open) = r;
		}
		hy_done(&s);
		for (size_t i = 0; !code && i < open.n; i++)
			code = move_one(c, db, a, &open.v[i], at, moved, arg, e);
		if (code || seen == 0)
			return code;
	}
}

/* --- what would move ------------------------------------------------------------------------- */

struct looking {
	const struct matter_rules *rules;
	struct hy_db *db;
	void (*moved)(void *arg, const struct city_moved *m);
	void *arg;
};

static enum hy_code look_at(const struct looking *k, struct hy_arena *a,
			    const struct matter_row *was, struct hy_err *e)
{
	struct matter_key key = { was->id, was->seq, was->code, was->kind, was->version };
	struct matter *m = NULL;
	enum hy_code code = matter_load_under(k->rules, k->db, a, &key, &m, e);

	if (!code && m->due_at != was->due_at) {
		struct city_moved x = moved_of(was, m);
		k->moved(k->arg, &x);
	}
	return code;
}

enum hy_code matter_would_move(const struct matter_rules *rules, struct hy_db *db,
			       void (*moved)(void *arg, const struct city_moved *m), void *arg,
			       struct hy_err *e)
{
	const struct looking k = { rules, db, moved, arg };
	enum hy_code code = HY_OK;
	int64_t after = 0;
	bool row = true;

	while (!code && row) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		HY_VEC(struct matter_row) open = { 0 };
		HY_SCOPED_STMT s =
			hy_sql(db, "SELECT id, seq, code, kind, version, unit, guard, due_at"
				   " FROM matter WHERE id > $1 AND open = 1 ORDER BY id LIMIT 500");
		hy_bind_int(s, 1, after);
		while (!(code = hy_step(s, &row, e)) && row)
			*hy_push(a, &open) = (struct matter_row){
				.id = after = hy_col_int(s, 0),
				.seq = hy_col_int(s, 1),
				.code = hy_col_dup(a, s, 2),
				.kind = hy_col_dup(a, s, 3),
				.version = hy_col_int(s, 4),
				.unit = hy_col_dup(a, s, 5),
				.guard = (enum pack_guard)hy_col_int(s, 6),
				.due_at = hy_col_int(s, 7),
			};
		hy_done(&s);
		for (size_t i = 0; !code && i < open.n; i++)
			code = look_at(&k, a, &open.v[i], e);
		row = open.n > 0;
	}
	return code;
}
