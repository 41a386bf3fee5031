/* A published result with all it was made of, for anybody.
 *
 * {"bundle":2,"cases":[[unit, code, facts in hex, working days, calendar days, hand-offs, returns,
 *  reopenings]...],"checkpoint":note,"events":[[place in the log, text]...],"index":null or POINTS
 *  (indices.h),"inputs":text,"institution":[{"from":place in the log,"notices":[FILE],
 *  "packs":[{"files":[FILE],"name"}]}],"months":[{"cases","inputs","round","takes","version"}],
 *  "proof":[hash],"result":text,"round":code,"scheme":{...},"version":n,"vkey":text}
 *
 * inputs and result are the texts whose hashes the log has (round_json.c).  events are the public
 * parts of all that the log says of the cases, of the institution and of the freezings; proof ties
 * them to the signed checkpoint (ledger/merkle.h, one proof of many entries).  institution has the
 * versions under which a case was filed or went on.  months are those from the base of the index to
 * this one, which is without cases and inputs; takes: units that took over others in it.  Nothing
 * in it says what a case was about. */
#include <stdlib.h>

#include "appraise/bundle_part.h"
#include "base/json.h"
#include "matter/city.h"

/* --- events
 * --------------------------------------------------------------------------------------- */

struct entry {
	uint64_t idx;
	hy_str body;
};
struct writing {
	struct hy_arena *a;
	struct city *c;
	struct hy_db *db;
	const struct round *r;
	int version;
	struct round_version v;
	int64_t log; /* so many events it was made of */
	HY_VEC(struct entry) events;
	const struct matter_rules *rules;
	size_t in_force; /* among them: when it was frozen */
	const struct pack_scheme *scheme;
	struct indices indices;
	bool indexed;
};

static enum hy_code take(struct writing *w, struct hy_stmt *s, struct hy_err *e)
{
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row)
		*hy_push(w->a, &w->events) =
			(struct entry){ (uint64_t)hy_col_int(s, 0), hy_col_dup(w->a, s, 1) };
	return c;
}

/* What the log says of the cases, up to the freezing. */
static enum hy_code take_cases(struct writing *w, struct hy_err *e)
{
	static const char *const texts[] = {
		"SELECT e.idx, e.body FROM event e WHERE e.idx < $3 AND e.matter IN (SELECT "
		"c.matter"
		" FROM round_case c JOIN matter m ON m.id = c.matter AND m.code = c.code"
		" WHERE c.round = $1 AND c.version = $2)",
		"SELECT e.idx, e.body FROM round_case c LEFT JOIN matter m ON m.id = c.matter"
		" AND m.code = c.code JOIN event e ON e.matter IS NULL AND e.subject = 'card/' ||"
		" c.code WHERE c.round = $1 AND c.version = $2 AND m.id IS NULL AND e.idx < $3"
	};
	enum hy_code c = HY_OK;

	for (size_t i = 0; !c && i < HY_COUNT(texts); i++) {
		HY_SCOPED_STMT s = hy_sql_many(w->db, texts[i]);
		hy_bind_int(s, 1, w->r->id);
		hy_bind_int(s, 2, w->version);
		hy_bind_int(s, 3, w->log);
		c = take(w, s, e);
	}
	return c;
}

static enum hy_code take_one(struct writing *w, int64_t idx, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(w->db, "SELECT idx, body FROM event WHERE idx = $1");

	hy_bind_int(s, 1, idx);
	return take(w, s, e);
}

/* The event that froze VERSION. */
static enum hy_code freezing(struct hy_arena *a, struct hy_db *db, const struct round *r,
			     int version, struct record_event *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct record_event ev;
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, hy_printf(a, ROUND_SUBJECT HY_FMT, HY_ARG(r->code)));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(a, s, &ev, e);
		if (c)
			return c;
		if (hy_str_eq(ev.move, HY_S("freeze")) &&
		    hy_json_get_int(ev.data, "version", 0) == version) {
			*out = ev;
			return HY_OK;
		}
	}
	return c ? c
		 : hy_fail(e, HY_NOT_FOUND, "", "the round " HY_FMT " has no version %d",
			   HY_ARG(r->code), version);
}

static int by_place(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	return (a->idx > b->idx) - (a->idx < b->idx);
}

static enum hy_code find_events(struct writing *w, struct hy_err *e)
{
	struct record_event ev;
	enum hy_code c = freezing(w->a, w->db, w->r, w->version, &ev, e);
	json_t *inputs = NULL;

	if (!c)
		c = hy_json_read(w->a, w->v.inputs, &inputs, e);
	if (c)
		return c;
	w->log = hy_json_get_int(inputs, "log", ev.idx);
	c = take_cases(w, e);
	if (!c)
		c = take_one(w, ev.idx, e);
	for (size_t i = 0; !c && w->indexed && i + 1 < w->indices.n; i++) {
		const struct round *r = &w->indices.rounds[i];
		c = freezing(w->a, w->db, r, r->version, &ev, e);
		if (!c)
			c = take_one(w, ev.idx, e);
	}
	return c;
}

/* --- the institution
 * --------------------------------------------------------------------------------------- */

/* Of all versions the one in force when it was frozen. */
static enum hy_code find_rules(struct writing *w, struct hy_err *e)
{
	struct record_event ev;
	enum hy_code c = freezing(w->a, w->db, w->r, w->version, &ev, e);
	hy_str pack = hy_json_get(ev.data, "pack");

	if (c)
		return c;
	w->rules = city_rules(w->c);
	w->in_force = w->rules->n - 1;
	while (w->in_force > 0 && w->rules->v[w->in_force].from_idx > ev.idx)
		w->in_force--;
	const struct pack *p = w->rules->v[w->in_force].pack;
	w->scheme = pack_scheme(p, w->r->scheme);
	if (!hy_str_eq(p->hash, pack) || !w->scheme)
		return hy_broke(e, HY_INTERNAL, "no institution of the hash in event %lld",
				(long long)ev.idx);
	return HY_OK;
}

static enum hy_code version_json(struct writing *w, struct hy_json *j, size_t i, struct hy_err *e)
{
	struct institution_content x;
	enum hy_code c = institution_content(w->a, w->db, (int64_t)i + 1, &x, NULL, e);

	if (!c)
		c = take_one(w, w->rules->v[i].from_idx, e);
	if (c)
		return c;
	hy_json_obj(j);
	hy_json_kint(j, "from", w->rules->v[i].from_idx);
	hy_json_key(j, "notices");
	institution_files_json(j, x.notices, x.n_notices);
	hy_json_key(j, "packs");
	institution_packs_json(j, x.packs, x.n_packs);
	hy_json_obj_end(j);
	return HY_OK;
}

/* Those from the first case on. */
static enum hy_code institution_json(struct writing *w, struct hy_json *j, struct hy_err *e)
{
	size_t first = w->in_force;
	uint64_t oldest = UINT64_MAX;
	enum hy_code c = HY_OK;

	for (size_t i = 0; i < w->events.n; i++)
		if (w->events.v[i].idx < oldest)
			oldest = w->events.v[i].idx;
	while (first > 0 && (uint64_t)w->rules->v[first].from_idx > oldest)
		first--;
	hy_json_arr(j);
	for (size_t i = first; !c && i <= w->in_force; i++)
		c = version_json(w, j, i, e);
	hy_json_arr_end(j);
	return c;
}

/* --- cases and months
 * --------------------------------------------------------------------------------------- */

static enum hy_code cases_json(struct hy_json *j, struct hy_db *db, const struct round *r,
			       int version, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql_many(db, "SELECT unit, code, facts, work_days, days, hand_offs, returns,"
				" reopens FROM round_case"
				" WHERE round = $1 AND version = $2 ORDER BY unit, code");
	enum hy_code c;
	bool row;

	hy_bind_int(s, 1, r->id);
	hy_bind_int(s, 2, version);
	hy_json_arr(j);
	while (!(c = hy_step(s, &row, e)) && row) {
		hy_json_arr(j);
		hy_json_str(j, hy_col_text(s, 0));
		hy_json_str(j, hy_col_text(s, 1));
		hy_json_str(j, hy_printf(j->b->a, "%llx", (unsigned long long)hy_col_int(s, 2)));
		for (int n = 0; n < NUMBER__COUNT; n++)
			hy_json_int(j, hy_col_int(s, 3 + n));
		hy_json_arr_end(j);
	}
	hy_json_arr_end(j);
	return c;
}

/* The index of that month, when there is one. */
static enum hy_code find_index(struct writing *w, struct hy_err *e)
{
	struct round own = *w->r;
	struct hy_err none = { 0 };

	if (w->scheme->n_index == 0 || w->r->from < w->scheme->index_from)
		return HY_OK;
	own.version = w->version;
	enum hy_code c = indices_until(w->a, w->db, w->scheme, &own, &w->indices, &none);
	if (c && c != HY_NOT_NOW)
		return (*e = none, c);
	w->indexed = !c;
	return HY_OK;
}

static enum hy_code month_json(struct writing *w, struct hy_json *j, size_t m, struct hy_err *e)
{
	const struct round *r = &w->indices.rounds[m];
	const struct indices_month_given *g = &w->indices.given[m];
	struct round_version v;
	enum hy_code c = HY_OK;

	hy_json_obj(j);
	if (m + 1 < w->indices.n) {
		hy_json_key(j, "cases");
		c = cases_json(j, w->db, r, r->version, e);
		if (!c)
			c = round_version(w->a, w->db, r, r->version, &v, e);
		if (c)
			return c;
		hy_json_kstr(j, "inputs", v.inputs);
	}
	hy_json_kstr(j, "round", r->code);
	hy_json_key(j, "takes");
	hy_json_arr(j);
	for (size_t i = 0; i < g->n; i++)
		if (g->units[i].takes)
			hy_json_str(j, g->units[i].code);
	hy_json_arr_end(j);
	hy_json_kint(j, "version", r->version);
	hy_json_obj_end(j);
	return c;
}

static enum hy_code months_json(struct writing *w, struct hy_json *j, struct hy_err *e)
{
	enum hy_code c = HY_OK;

	hy_json_key(j, "months");
	hy_json_arr(j);
	for (size_t m = 0; !c && w->indexed && m < w->indices.n; m++)
		c = month_json(w, j, m, e);
	hy_json_arr_end(j);
	return c;
}

/* --- the whole
 * --------------------------------------------------------------------------------------- */

/* The events of W, and what proves them. */
static enum hy_code events_json(struct writing *w, struct hy_json *j, struct hy_json *proof,
				hy_str *checkpoint, struct hy_err *e)
{
	struct record_head head;
	hy_hash *v = NULL;
	size_t n = 0, kept = 0;

	qsort(w->events.v, w->events.n, sizeof(*w->events.v), by_place);
	for (size_t i = 0; i < w->events.n; i++)
		if (!kept || w->events.v[kept - 1].idx != w->events.v[i].idx)
			w->events.v[kept++] = w->events.v[i];
	uint64_t *idx = hy_new_n(w->a, uint64_t, kept + 1);
	for (size_t i = 0; i < kept; i++)
		idx[i] = w->events.v[i].idx;
	enum hy_code c = record_many(w->a, w->db, idx, kept, &head, &v, &n, e);
	if (c)
		return c;
	hy_json_arr(j);
	for (size_t i = 0; i < kept; i++) {
		hy_json_arr(j);
		hy_json_int(j, (int64_t)idx[i]);
		hy_json_str(j, w->events.v[i].body);
		hy_json_arr_end(j);
	}
	hy_json_arr_end(j);
	hy_json_arr(proof);
	for (size_t i = 0; i < n; i++)
		hy_json_str(proof, hy_base64(w->a, v[i].b, sizeof(v[i].b)));
	hy_json_arr_end(proof);
	*checkpoint = head.note;
	return HY_OK;
}

static enum hy_code whole_json(struct writing *w, struct hy_json *j, struct hy_err *e)
{
	struct hy_buf buf[3] = { hy_buf_on(w->a), hy_buf_on(w->a), hy_buf_on(w->a) };
	struct hy_json part[3] = { hy_json_on(&buf[0]), hy_json_on(&buf[1]), hy_json_on(&buf[2]) };
	struct hy_json *institution = &part[0], *events = &part[1], *proof = &part[2];
	hy_str checkpoint = HY_S(""), vkey = HY_S("");
	enum hy_code c = record_vkey(w->a, hy_store_files(city_store(w->c)), &vkey, e);

	if (!c)
		c = institution_json(w, institution, e);
	if (!c)
		c = events_json(w, events, proof, &checkpoint, e);
	if (c)
		return c;
	hy_json_obj(j);
	hy_json_kint(j, "bundle", 2);
	hy_json_key(j, "cases");
	c = cases_json(j, w->db, w->r, w->version, e);
	hy_json_kstr(j, "checkpoint", checkpoint);
	hy_json_key(j, "events");
	hy_json_raw(j, hy_buf_str(events->b));
	hy_json_key(j, "index");
	size_t last = w->indices.n - 1;
	hy_json_raw(j, w->indexed ? indices_point_json(w->a, &w->indices.given[last],
						       &w->indices.months[last])
				  : HY_S("null"));
	hy_json_kstr(j, "inputs", w->v.inputs);
	hy_json_key(j, "institution");
	hy_json_raw(j, hy_buf_str(institution->b));
	if (!c)
		c = months_json(w, j, e);
	hy_json_key(j, "proof");
	hy_json_raw(j, hy_buf_str(proof->b));
	hy_json_kstr(j, "result", w->v.result);
	hy_json_kstr(j, "round", w->r->code);
	hy_json_key(j, "scheme");
	hy_json_raw(j, scheme_canonical(w->a, w->scheme));
	hy_json_kint(j, "version", w->version);
	hy_json_kstr(j, "vkey", hy_str_trim(vkey));
	hy_json_obj_end(j);
	hy_buf_byte(j->b, '\n');
	return c;
}

enum hy_code round_bundle(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct round *r, int version, hy_str *out, struct hy_err *e)
{
	struct writing w = { .a = a, .c = c, .db = db, .r = r, .version = version };
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = round_version(a, db, r, version, &w.v, e);

	if (!code)
		code = find_rules(&w, e);
	if (!code)
		code = find_index(&w, e);
	if (!code)
		code = find_events(&w, e);
	if (!code)
		code = whole_json(&w, &j, e);
	if (!code)
		*out = hy_buf_str(&b);
	return code;
}
