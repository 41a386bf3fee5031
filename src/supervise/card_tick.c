/* Raising by itself: what happened since the last look, and what has come due.
 *
 * Nearly always a look finds nothing to raise, and only writes down when to look again.  So matters
 * are read on a snapshot, beside the writer; what happens to them meanwhile is later in the log
 * than the look and is looked at next time.  A matter that needs a card is read anew inside the
 * work that raises it. */
#include "base/log.h"
#include "matter/fold.h"
#include "people/setting.h"
#include "supervise/card.h"

struct looking {
	struct city *c;
	struct hy_db *db;
	struct hy_arena *a;
	hy_ms now;
	int64_t id; /* of the matter */
	bool imported;
	struct matter *m;
};

/* --- one card --------------------------------------------------------------------------------- */

static enum hy_code is_raised(const struct looking *l, hy_str mark, bool *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(l->db, "SELECT 1 FROM card WHERE matter = $1 AND mark = $2");

	hy_bind_int(s, 1, l->id);
	hy_bind_text(s, 2, mark);
	return hy_step(s, out, e);
}

static hy_str evidence_json(const struct looking *l, const struct card_found *f)
{
	struct hy_buf b = hy_buf_on(l->a);
	struct hy_json j = hy_json_on(&b);

	hy_json_arr(&j);
	for (size_t i = 0; i < l->m->n_events; i++) {
		int64_t seq = l->m->events[i].seq - 1;
		if (seq >= 0 && seq < 256 && (f->seqs[seq / 64] >> (seq % 64)) & 1)
			hy_json_int(&j, l->m->events[i].idx);
	}
	hy_json_arr_end(&j);
	return hy_buf_str(&b);
}

/* Who held the matter then: the fold of what had happened by then.  Before anybody has it, whoever
 * took it in. */
static enum hy_code held(const struct looking *l, const struct card_found *f, struct card *k,
			 struct hy_err *e)
{
	struct matter *then = NULL;
	enum hy_code c = matter_fold(l->a, city_rules(l->c), l->m->pack, l->m->kind, l->m->code,
				     l->m->events, f->events, &then, e);

	if (c)
		return c;
	k->unit = then->unit.n ? then->unit : then->events[0].unit;
	k->person = then->person;
	return HY_OK;
}

static enum hy_code raise(const struct looking *l, const struct card_found *f, struct hy_err *e)
{
	const struct card_act w = {
		.city = l->c, .db = l->db, .a = l->a, .at = l->now, .role = HY_S("system")
	};
	struct card k = { .matter_id = l->id,
			  .matter = l->m->code,
			  .kind = f->kind,
			  .level = f->level,
			  .severity = f->severity,
			  .clock = f->clock,
			  .clause = f->clause,
			  .mark = f->mark,
			  .since = f->since,
			  .evidence = evidence_json(l, f) };
	bool there;
	enum hy_code c = is_raised(l, f->mark, &there, e);

	if (c || there)
		return c;
	c = held(l, f, &k, e);
	return c ? c : card_raise(&w, &k, e);
}

/* --- one matter ------------------------------------------------------------------------------- */

static enum hy_code watch(struct hy_db *db, int64_t id, hy_ms next, struct hy_err *e)
{
	HY_SCOPED_STMT drop = hy_sql(db, "DELETE FROM card_watch WHERE matter = $1");
	HY_SCOPED_STMT put =
		hy_sql(db, "INSERT INTO card_watch(matter, next_at) VALUES($1, $2)"
			   " ON CONFLICT(matter) DO UPDATE SET next_at = excluded.next_at");

	hy_bind_int(drop, 1, id);
	hy_bind_int(put, 1, id);
	hy_bind_int(put, 2, next);
	return hy_exec(next == HY_NO_TIME ? drop : put, NULL, e);
}

static enum hy_code fold_of(struct looking *l, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(l->db, "SELECT m.code, " CARD_IMPORTED_SQL " FROM matter m WHERE m.id = $1");
	bool there;

	hy_bind_int(s, 1, l->id);
	enum hy_code c = hy_step(s, &there, e);
	if (c || !there)
		return c;
	hy_str code = hy_col_dup(l->a, s, 0);
	l->imported = hy_col_int(s, 1) != 0;
	return matter_read(l->c, l->db, &access_all, l->a, code, &l->m, e);
}

static enum hy_code find_in(const struct looking *l, const struct matter *m, struct card_finds *out,
			    struct hy_err *e)
{
	const struct card_look look = {
		.a = l->a,
		.m = m,
		.pack = city_pack(l->c),
		.now = l->now,
		.imported = l->imported,
		.closed_ms = setting_int(l->db, "card.closed_minutes") * HY_MINUTE,
		.entered_ms = setting_int(l->db, "card.entered_hours") * HY_HOUR,
	};

	return card_find(&look, out, e);
}

/* Reads the matter; one that is gone has nothing. */
static enum hy_code find(struct looking *l, struct card_finds *out, struct hy_err *e)
{
	enum hy_code c = fold_of(l, e);

	return c || !l->m ? c : find_in(l, l->m, out, e);
}

/* --- before a move is made ----------------------------------------------------------------------
 */

static bool reached(const struct card_finds *finds, hy_str mark, hy_ms now)
{
	for (size_t i = 0; i < finds->n; i++)
		if (finds->v[i].since <= now && hy_str_eq(finds->v[i].mark, mark))
			return true;
	return false;
}

enum hy_code card_foresee(struct hy_json *j, struct city *c, struct hy_db *db,
			  const struct matter *before, const struct matter *after, struct hy_err *e)
{
	struct looking l = { .c = c, .db = db, .a = j->b->a, .now = city_now(c) };
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT " CARD_IMPORTED_SQL " FROM matter m WHERE m.code = $1");
	struct card_finds was = { 0 }, will = { 0 };
	bool there;

	hy_bind_text(s, 1, after->code);
	enum hy_code code = hy_step(s, &there, e);
	if (code)
		return code;
	l.imported = there && hy_col_int(s, 0) != 0;
	code = find_in(&l, before, &was, e);
	if (!code)
		code = find_in(&l, after, &will, e);
	for (size_t i = 0; !code && i < will.n; i++)
		if (will.v[i].since <= l.now && !reached(&was, will.v[i].mark, l.now))
			card_found_json(j, &will.v[i]);
	return code;
}

/* A matter that cannot be read or counted is the operator's to mend; it does not hold up the
 * others.
 */
static bool is_stores(enum hy_code code)
{
	return code == HY_STORE || code == HY_STORE_BUSY || code == HY_UNKNOWN_FATE ||
	       code == HY_IO;
}

static enum hy_code pass_over(const struct looking *l, enum hy_code code, struct hy_err *why,
			      struct hy_err *e)
{
	if (is_stores(code)) {
		*e = *why;
		return code;
	}
	if (code)
		hy_log(HY_LOG_WARN, "cards", "matter %lld is not looked at: %s", (long long)l->id,
		       hy_err_text(why));
	return HY_OK;
}

/* What was found in one matter. */
struct looked {
	int64_t id;
	hy_ms next; /* when to look again; HY_NO_TIME: when something happens */
	bool due;   /* a card is to be raised */
};

static enum hy_code look_at(struct looking *l, struct looked *out, struct hy_err *e)
{
	struct card_finds finds = { 0 };
	struct hy_err why = { 0 };
	enum hy_code code = find(l, &finds, &why);

	*out = (struct looked){ .id = l->id, .next = HY_NO_TIME };
	for (size_t i = 0; !code && i < finds.n; i++) {
		bool there = true;
		if (finds.v[i].since > l->now)
			out->next = finds.v[i].since < out->next ? finds.v[i].since : out->next;
		else
			code = is_raised(l, finds.v[i].mark, &there, &why);
		out->due |= !there;
	}
	return pass_over(l, code, &why, e);
}

static enum hy_code raise_all(struct looking *l, struct hy_err *e)
{
	struct card_finds finds = { 0 };
	struct hy_err why = { 0 };
	enum hy_code code = find(l, &finds, &why);

	if (code)
		return pass_over(l, code, &why, e);
	for (size_t i = 0; !code && i < finds.n; i++)
		if (finds.v[i].since <= l->now)
			code = raise(l, &finds.v[i], e);
	return code;
}

/* --- which matters ------------------------------------------------------------------------------
 */

struct batch {
	struct city *c;
	hy_ms now;
	struct looked *v;
	int n, most;
	int64_t was_seen, seen; /* indices in the log */
};

static void add(struct batch *b, int64_t id)
{
	for (int i = 0; i < b->n; i++)
		if (b->v[i].id == id)
			return;
	b->v[b->n++].id = id;
}

static enum hy_code seen(struct batch *b, struct hy_db *db, struct hy_err *e)
{
	enum hy_code c =
		hy_sql_int(db, "SELECT idx FROM card_seen WHERE id = 1", -1, &b->was_seen, e);

	b->seen = b->was_seen;
	return c;
}

static enum hy_code happened(struct batch *b, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT idx, matter FROM event WHERE idx > $1 ORDER BY idx LIMIT $2");
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, b->seen);
	hy_bind_int(s, 2, 4 * (int64_t)b->most);
	while (!(c = hy_step(s, &row, e)) && row && b->n < b->most) {
		b->seen = hy_col_int(s, 0);
		if (!hy_col_null(s, 1))
			add(b, hy_col_int(s, 1));
	}
	return c;
}

/* A stretch of the log may be of no matter at all, as when a city is founded: it is passed over. */
static enum hy_code happened_next(struct batch *b, struct hy_db *db, struct hy_err *e)
{
	int64_t from;
	enum hy_code c = seen(b, db, e);

	do {
		from = b->seen;
		if (!c)
			c = happened(b, db, e);
	} while (!c && b->n == 0 && b->seen != from);
	return c;
}

static enum hy_code come_due(struct batch *b, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT matter FROM card_watch WHERE next_at <= $1"
				      " ORDER BY next_at LIMIT $2");
	enum hy_code c = HY_OK;
	bool row;

	hy_bind_int(s, 1, b->now);
	hy_bind_int(s, 2, b->most);
	while (b->n < b->most && !(c = hy_step(s, &row, e)) && row)
		add(b, hy_col_int(s, 0));
	return c;
}

static enum hy_code keep_seen(const struct batch *b, struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO card_seen(id, idx) VALUES(1, $1) ON CONFLICT(id)"
				      " DO UPDATE SET idx = excluded.idx"
				      " WHERE card_seen.idx < excluded.idx");

	hy_bind_int(s, 1, b->seen);
	return hy_exec(s, NULL, e);
}

static enum hy_code look(struct batch *b, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(b->c), &db, e);

	if (!code)
		code = happened_next(b, db, e);
	if (!code)
		code = come_due(b, db, e);
	for (int i = 0; !code && i < b->n; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct looking l = { b->c, db, a, b->now, .id = b->v[i].id };
		code = look_at(&l, &b->v[i], e);
	}
	return code;
}

static enum hy_code write_down(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct batch *b = in_out;
	enum hy_code code = HY_OK;

	for (int i = 0; !code && i < b->n; i++) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		struct looking l = { b->c, db, a, b->now, .id = b->v[i].id };
		if (b->v[i].due)
			code = raise_all(&l, e);
		if (!code)
			code = watch(db, l.id, b->v[i].next, e);
	}
	return code || b->seen == b->was_seen ? code : keep_seen(b, db, e);
}

enum hy_code card_tick(struct city *c, int most, int *done_out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct batch b = { .c = c,
			   .now = city_now(c),
			   .v = hy_new_n(a, struct looked, (size_t)most),
			   .most = most };
	enum hy_code code = look(&b, e);

	*done_out = 0;
	if (!code && (b.n || b.seen != b.was_seen))
		code = hy_store_write(city_store(c), write_down, &b, e);
	if (!code)
		*done_out = b.n;
	return code;
}
