/* Reading matters: keys and rows within somebody's scope, and events folded. */
#include "matter/city.h"
#include "matter/fold.h"
#include "matter/row.h"

/* One statement and one refusal, whether it is not there or not theirs. */
static enum hy_code found(struct hy_stmt *s, const struct access_where *w, hy_str code,
			  struct hy_err *e)
{
	bool row;

	hy_bind_text(s, 1, code);
	access_bind(s, w);
	enum hy_code failed = hy_step(s, &row, e);
	if (failed || row)
		return failed;
	return hy_fail(e, HY_NOT_FOUND, "code", "there is no matter '" HY_FMT "'",
		       HY_ARG(hy_str_head(code, 40)));
}

enum hy_code matter_key_of(struct hy_db *db, const struct access_scope *scope, struct hy_arena *a,
			   hy_str code, struct matter_key *out, struct hy_err *e)
{
	struct access_where w = access_where(a, scope, 2);
	HY_SCOPED_STMT s = hy_sql(db, hy_printf(a,
						"SELECT m.id, m.seq, m.code, m.kind, m.version"
						" FROM matter m WHERE m.code = $1" HY_FMT,
						HY_ARG(w.sql))
					      .p);
	enum hy_code failed = found(s, &w, code, e);

	if (failed)
		return failed;
	*out = (struct matter_key){ hy_col_int(s, 0), hy_col_int(s, 1), hy_col_dup(a, s, 2),
				    hy_col_dup(a, s, 3), hy_col_int(s, 4) };
	return HY_OK;
}

static const struct matter_version *version_of(const struct matter_rules *rules, int64_t n)
{
	return n >= 1 && (size_t)n <= rules->n ? &rules->v[n - 1] : NULL;
}

static struct matter_event event_of(const struct pack_kind *kind, const struct record_event *r)
{
	return (struct matter_event){
		.idx = r->idx,
		.seq = r->seq,
		.at = r->at,
		.rec = r->rec,
		.move = pack_move_index(kind, r->move),
		.name = r->move,
		.role = r->role,
		.unit = r->unit,
		.data = r->data,
		.private = r->private,
	};
}

enum hy_code matter_of_log(struct hy_arena *a, const struct matter_rules *rules, hy_str code,
			   const struct record_event *events, size_t n, struct matter **out,
			   struct hy_err *e)
{
	const struct pack *pack = matter_rules_at(rules, n ? events[0].idx : 0);
	const struct pack_kind *kind = NULL;
	struct matter_event *v = hy_new_n(a, struct matter_event, n + 1);

	for (size_t i = 0; i < pack->n_kinds && !kind; i++) {
		hy_str prefix = pack->kinds[i].prefix;
		if (code.n > prefix.n && hy_str_starts(code, prefix) && code.p[prefix.n] == '-')
			kind = &pack->kinds[i];
	}
	if (!kind)
		return hy_fail(e, HY_TAMPERED, "", HY_FMT " is of no kind of the institution",
			       HY_ARG(hy_str_head(code, 60)));
	for (size_t i = 0; i < n; i++)
		v[i] = event_of(kind, &events[i]);
	return matter_fold(a, rules, pack, kind, code, v, n, out, e);
}

/* Another server has brought version N into force, and this one has not heard of it yet. */
static enum hy_code newer_elsewhere(struct hy_db *db, int64_t n, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM institution WHERE n = $1");
	bool row;

	hy_bind_int(s, 1, n);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && row)
		return hy_fail(e, HY_STORE_BUSY, "",
			       "version %lld of the institution has just come into force; retry",
			       (long long)n);
	return code;
}

/* Under which institution KEY was filed, and what it is there. */
static enum hy_code filed_under(const struct matter_rules *rules, struct hy_db *db,
				const struct matter_key *key, const struct matter_version **v_out,
				const struct pack_kind **kind_out, struct hy_err *e)
{
	const struct matter_version *v = version_of(rules, key->version);
	const struct pack_kind *kind = v ? pack_kind(v->pack, key->kind) : NULL;
	enum hy_code code = v ? HY_OK : newer_elsewhere(db, key->version, e);

	if (code)
		return code;
	if (!kind)
		return hy_broke(e, HY_TAMPERED,
				HY_FMT " was filed under an institution that is not here",
				HY_ARG(key->code));
	*v_out = v;
	*kind_out = kind;
	return HY_OK;
}

/* Whose event it is stands in the leaf; the column only finds it. */
static enum hy_code of_subject(const struct record_event *r, hy_str code, struct hy_err *e)
{
	if (!hy_str_starts(r->subject, HY_S("matter/")) ||
	    !hy_str_eq((hy_str){ r->subject.p + 7, r->subject.n - 7 }, code))
		return hy_broke(e, HY_TAMPERED, "event %lld of " HY_FMT " stands with " HY_FMT,
				(long long)r->idx, HY_ARG(r->subject), HY_ARG(code));
	return HY_OK;
}

enum hy_code matter_load(struct city *c, struct hy_db *db, struct hy_arena *a,
			 const struct matter_key *key, struct matter **out, struct hy_err *e)
{
	return matter_load_under(city_rules(c), db, a, key, out, e);
}

enum hy_code matter_load_under(const struct matter_rules *rules, struct hy_db *db,
			       struct hy_arena *a, const struct matter_key *key,
			       struct matter **out, struct hy_err *e)
{
	const struct matter_version *v = NULL;
	const struct pack_kind *kind = NULL;
	HY_VEC(struct matter_event) events = { 0 };
	bool row;
	enum hy_code code = filed_under(rules, db, key, &v, &kind, e);

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, record_of_matter);
	hy_bind_int(s, 1, key->id);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct record_event r;
		code = record_row(a, s, &r, e);
		if (code)
			return code;
		code = of_subject(&r, key->code, e);
		if (code)
			return code;
		*hy_push(a, &events) = event_of(kind, &r);
	}
	if (code)
		return code;
	return matter_fold(a, rules, v->pack, kind, key->code, events.v, events.n, out, e);
}

enum hy_code matter_read(struct city *c, struct hy_db *db, const struct access_scope *scope,
			 struct hy_arena *a, hy_str code, struct matter **out, struct hy_err *e)
{
	struct matter_key key;
	enum hy_code failed = matter_key_of(db, scope, a, code, &key, e);

	return failed ? failed : matter_load(c, db, a, &key, out, e);
}

enum hy_code matter_row(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			hy_str code, struct matter_row *out, struct hy_err *e)
{
	struct access_where w = access_where(a, scope, 2);
	HY_SCOPED_STMT s =
		hy_sql(db, hy_printf(a, "%s" HY_FMT, matter_row_by_code, HY_ARG(w.sql)).p);
	enum hy_code failed = found(s, &w, code, e);

	if (!failed)
		matter_row_get(a, s, out);
	return failed;
}

enum hy_code matter_seen(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 hy_str code, bool *seen_out, struct hy_err *e)
{
	struct matter_key key;
	struct hy_err why = { 0 };
	enum hy_code failed = matter_key_of(db, scope, a, code, &key, &why);

	if (failed && failed != HY_NOT_FOUND) {
		*e = why;
		return failed;
	}
	*seen_out = !failed;
	return HY_OK;
}

/* --- as they were ------------------------------------------------------------------------------
 */

enum { TOGETHER = 100 }; /* matters of one question */

struct then_reader {
	struct city *c;
	struct hy_db *db;
	struct hy_arena *a; /* of one question */
	matter_then_each *each;
	void *arg;
};

/* Folds the N events and hands the matter over. */
static enum hy_code fold_then(const struct then_reader *r, const struct matter_then *t,
			      const struct record_event *events, size_t n, struct hy_err *e)
{
	const struct matter_version *v = NULL;
	const struct pack_kind *kind = NULL;
	struct matter_event *list = hy_new_n(r->a, struct matter_event, n + 1);
	struct matter *m = NULL;
	enum hy_code code = filed_under(city_rules(r->c), r->db, t->key, &v, &kind, e);

	for (size_t i = 0; !code && i < n; i++) {
		code = of_subject(&events[i], t->key->code, e);
		list[i] = event_of(kind, &events[i]);
	}
	if (!code)
		code = matter_fold(r->a, city_rules(r->c), v->pack, kind, t->key->code, list, n, &m,
				   e);
	return code ? code : r->each(r->arg, t, m, e);
}

/* Of V from FROM on, those that one question asks for, until *UNTIL_OUT. */
static enum hy_code read_then(const struct then_reader *r, struct hy_stmt *s,
			      const struct matter_then *v, size_t n, size_t from, size_t *until_out,
			      struct hy_err *e)
{
	size_t at = from, until = from + TOGETHER < n ? from + TOGETHER : n;
	HY_VEC(struct record_event) events = { 0 };
	enum hy_code code = HY_OK;
	bool row = true, past = false; /* what came after its AT */

	for (size_t i = 0; i < TOGETHER; i++)
		hy_bind_int(s, 1 + (int)i, from + i < until ? v[from + i].key->id : 0);
	while (!code && row) {
		struct record_event ev;
		code = hy_step(s, &row, e);
		if (!code && row)
			code = record_row(r->a, s, &ev, e);
		if (!code && events.n && (!row || ev.matter != v[at].key->id)) {
			code = fold_then(r, &v[at], events.v, events.n, e);
			events.n = 0;
			past = false;
			at++;
		}
		while (!code && row && at < until && v[at].key->id < ev.matter)
			at++; /* it has no events: fsck tells */
		past = past || (row && events.n && ev.at > v[at].at);
		if (!code && row && !past)
			*hy_push(r->a, &events) = ev;
	}
	hy_arena_empty(r->a);
	*until_out = until;
	return code;
}

enum hy_code matters_then(struct city *c, struct hy_db *db, const struct matter_then *v, size_t n,
			  matter_then_each *each, void *arg, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_ARENA words = hy_arena_new(0);
	const struct then_reader r = { c, db, a, each, arg };
	HY_SCOPED_STMT s = hy_sql_many(db, record_of_matters(words, TOGETHER).p);
	enum hy_code code = HY_OK;

	for (size_t at = 0; !code && at < n;)
		code = read_then(&r, s, v, n, at, &at, e);
	return code;
}
