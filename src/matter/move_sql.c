/* Filing and moving: check against the fold, append the event, write the cache row. */
#include "base/log.h"
#include "matter/accused.h"
#include "matter/attach.h"
#include "matter/city.h"
#include "matter/fold.h"
#include "matter/identity.h"
#include "matter/listed.h"
#include "matter/number.h"
#include "matter/row.h"
#include "pack/field.h"

#include <stdio.h>

static const struct access_scope *scope_of(const struct matter_move *mv)
{
	return mv->scope ? mv->scope : &access_all;
}

/* --- writing -----------------------------------------------------------------------------------
 */

static enum hy_code append(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			   hy_str code, struct matter_event *ev, struct hy_err *e)
{
	struct record_new r = {
		.matter = id,
		.subject = hy_printf(a, "matter/" HY_FMT, HY_ARG(code)),
		.move = ev->name,
		.seq = ev->seq,
		.at = ev->at,
		.rec = ev->rec,
		.role = ev->role,
		.unit = ev->unit,
		.data = hy_json_canonical(a, ev->data),
		.private = ev->private ? hy_json_canonical(a, ev->private) : HY_S(""),
	};

	return record_append(c->record, db, &r, &ev->idx, e);
}

enum hy_code matter_append(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			   struct matter *m, struct matter_event *ev, struct hy_err *e)
{
	ev->seq = m->events[m->n_events - 1].seq + 1;
	ev->rec = city_now(c);
	enum hy_code code = append(c, db, a, id, m->code, ev, e);

	if (!code)
		code = matter_add(a, city_rules(c), m, ev, e);
	for (const struct city_room *const *r = city_rooms(); !code && *r; r++)
		if ((*r)->moved)
			code = (*r)->moved(db, id, m, ev, e);
	return code;
}

enum hy_code matter_save(struct hy_db *db, int64_t id, const struct matter *m, struct hy_err *e)
{
	struct matter_row r;

	matter_row_of(hy_db_arena(db), m, &r);
	r.id = id;
	return matter_row_put(db, &r, e);
}

/* What has not happened cannot be recorded; clocks of machines may differ by minutes. */
static enum hy_code not_in_future(struct city *c, hy_ms at, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);
	HY_SCOPED_ARENA a = hy_arena_new(0);

	if (at <= city_now(c) + 5 * HY_MINUTE)
		return HY_OK;
	return hy_fail(e, HY_BAD_FIELD, "at", HY_FMT " lies in the future",
		       HY_ARG(hy_instant_text(a, zone, at)));
}

/* What is known to hold now; empty after others have written or something was undone. */
static struct city_known *known(struct city *c, struct hy_db *db)
{
	struct city_known *k = &c->known;

	if (k->era != hy_db_era(db)) {
		city_forget_units(k);
		k->era = hy_db_era(db);
		k->last_id = -1;
	}
	return k;
}

/* A unit named in an event must be there on its day. */
static enum hy_code unit_there(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			       hy_ms at, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);
	struct city_known *k = hy_db_era(db) ? known(c, db) : NULL;
	struct unit u;

	if (k && hy_map_get(&k->units, code))
		return HY_OK;
	enum hy_code failed = unit_by_code(a, db, code, &u, e);
	if (!failed && u.closed <= hy_local(zone, at, NULL))
		failed = hy_fail(e, HY_NOT_NOW, "unit",
				 "unit " HY_FMT " is closed since " HY_FMT "%s" HY_FMT,
				 HY_ARG(code), HY_ARG(hy_day_text(a, u.closed)),
				 u.successor.n ? "; its successor is " : "", HY_ARG(u.successor));
	/* kept while it is open: reform.c forgets all when one is closed */
	if (!failed && k && u.closed == HY_NO_DAY)
		hy_map_put(&k->units, hy_str_dup(k->arena, code), k);
	return failed;
}

static enum hy_code units_exist(struct city *c, struct hy_db *db, struct hy_arena *a,
				const struct matter_event *ev, struct hy_err *e)
{
	hy_str one = hy_json_get(ev->data, "unit");
	const json_t *many = json_object_get(ev->data, "units");
	enum hy_code code = one.n ? unit_there(c, db, a, one, ev->at, e) : HY_OK;

	for (size_t i = 0; !code && i < json_array_size(many); i++)
		code = unit_there(c, db, a, hy_str_of(json_string_value(json_array_get(many, i))),
				  ev->at, e);
	return code;
}

/* The lead of a join is another matter that is not joined itself. */
static enum hy_code lead_ok(struct hy_db *db, struct hy_arena *a, const struct access_scope *scope,
			    const struct matter *m, const struct matter_event *ev, struct hy_err *e)
{
	hy_str lead = hy_json_get(ev->data, "lead");
	struct matter_row r;

	if (lead.n == 0)
		return HY_OK;
	if (m && hy_str_eq(lead, m->code))
		return hy_fail(e, HY_BAD_FIELD, "lead", "a matter cannot be joined to itself");
	enum hy_code code = matter_row(a, db, scope, lead, &r, e);
	if (!code && r.lead.n)
		return hy_fail(e, HY_BAD_FIELD, "lead",
			       HY_FMT " is joined to " HY_FMT "; join to that one", HY_ARG(lead),
			       HY_ARG(r.lead));
	return code;
}

/* --- filing --------------------------------------------------------------------------------------
 */

static enum hy_code last_id(struct city *c, struct hy_db *db, int64_t *out, struct hy_err *e)
{
	struct city_known *k = known(c, db);
	bool row = false;

	if (k->last_id >= 0) {
		*out = k->last_id;
		return HY_OK;
	}
	HY_SCOPED_STMT s = hy_sql(db, "SELECT id FROM matter ORDER BY id DESC LIMIT 1");
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = row ? hy_col_int(s, 0) : 0;
	return code;
}

enum hy_code matter_of_source(struct hy_arena *a, struct hy_db *db, hy_str source, hy_str *code_out,
			      struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT code FROM matter WHERE source = $1");
	bool row;

	hy_bind_text(s, 1, source);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*code_out = row ? hy_col_dup(a, s, 0) : HY_S("");
	return code;
}

static enum hy_code not_imported(struct hy_db *db, struct hy_arena *a, hy_str source,
				 struct hy_err *e)
{
	hy_str there = HY_S("");
	enum hy_code code = source.n ? matter_of_source(a, db, source, &there, e) : HY_OK;

	if (!code && there.n)
		return hy_fail(e, HY_EXISTS, "source", "'" HY_FMT "' is here already as " HY_FMT,
			       HY_ARG(source), HY_ARG(there));
	return code;
}

static const struct pack_kind *kind_of(const struct pack *p, hy_str id, struct hy_err *e)
{
	const struct pack_kind *k = pack_kind(p, id);
	struct hy_near near = hy_near_to(id);

	if (k)
		return k;
	for (size_t i = 0; i < p->n_kinds; i++)
		hy_near_try(&near, p->kinds[i].id);
	hy_fail(e, HY_BAD_FIELD, "kind", "there is no kind '" HY_FMT "'%s", HY_ARG(near.want),
		hy_near_text(&near));
	return NULL;
}

static void add_to(const json_t *data, const char *key, hy_str value)
{
	json_object_set_new((json_t *)(uintptr_t)data, key, json_stringn(value.p, value.n));
}

/* The room that keeps the catalogue of items; NULL: none does. */
static const struct city_room *catalogue(void)
{
	const struct city_room *const *r = city_rooms();

	while (*r && !(*r)->item)
		r++;
	return *r;
}

/* What the catalogue promises on the day of the filing becomes a part of it: later changes of the
 * catalogue move no clock that was promised. */
static enum hy_code item_taken(struct hy_db *db, struct hy_arena *a, hy_day day,
			       struct matter_event *ev, struct hy_err *e)
{
	hy_str item = matter_field_text(ev, PACK_ITEM);
	const struct city_room *room = catalogue();
	struct city_item of = { 0 };

	if (item.n == 0)
		return HY_OK;
	if (!room)
		return hy_fail(e, HY_BAD_FIELD, "item", "this city keeps no catalogue of items");
	enum hy_code code = room->item(a, db, item, day, &of, e);
	if (code)
		return code;
	add_to(ev->data, MATTER_ITEM_NAME, of.name);
	if (!matter_field_text(ev, PACK_UNIT).n)
		add_to(ev->data, "unit", of.unit);
	if (of.pledged.n)
		add_to(ev->data, MATTER_ITEM_PLEDGED, hy_limit_text(a, of.pledged));
	if (of.statutory.n) {
		add_to(ev->data, MATTER_ITEM_STATUTORY, hy_limit_text(a, of.statutory));
		if (of.basis.n)
			add_to(ev->data, MATTER_ITEM_BASIS, of.basis);
	}
	return HY_OK;
}

enum hy_code matter_file(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str kind_id,
			 const struct matter_move *mv, hy_str source, bool with_secret,
			 struct matter_filed *out, struct hy_err *e)
{
	const struct pack *p = city_pack(c);
	const struct pack_kind *kind = kind_of(p, kind_id, e);
	struct matter_event ev;
	struct matter_filed filed = { 0 };
	struct matter *m = NULL;

	if (!kind)
		return e->code;
	enum hy_code code = not_in_future(c, mv->at, e);
	if (!code)
		code = not_imported(db, a, source, e);
	if (!code)
		code = matter_check(a, city_rules(c), NULL, kind, mv, &ev, e);
	hy_day day = code ? 0 : hy_local(hy_calendar_zone(p->calendar), mv->at, NULL);
	if (!code)
		code = item_taken(db, a, day, &ev, e);
	if (!code)
		code = units_exist(c, db, a, &ev, e);
	if (!code)
		code = listed_kept(db, a, scope_of(mv), true, &ev, e);
	if (!code)
		code = accused_kept(c, db, a, kind, NULL, &ev, e);
	if (!code)
		code = last_id(c, db, &filed.id, e);
	if (!code)
		code = number_next(c, db, a, kind->prefix, hy_date_of(day).year, &filed.code, e);
	if (code)
		return code;
	filed.id++;
	code = identity_take(db, a, kind, mv, filed.id, filed.code, &ev, e);
	if (code)
		return code;
	add_to(ev.data, "kind", kind->id);
	add_to(ev.data, "version", hy_printf(a, "%zu", city_rules(c)->n));
	if (source.n)
		add_to(ev.private, "source", source); /* every filing has a private title */
	ev.seq = 1;
	ev.rec = city_now(c);
	code = append(c, db, a, filed.id, filed.code, &ev, e);
	if (!code)
		code = matter_fold(a, city_rules(c), p, kind, filed.code, &ev, 1, &m, e);
	if (code)
		return code;
	struct matter_row r;
	matter_row_of(a, m, &r);
	r.id = filed.id;
	r.version = (int64_t)city_rules(c)->n;
	code = matter_row_new(
		db, &r, source,
		with_secret ? matter_secret_make(c->record, a, filed.code, filed.secret) : HY_S(""),
		e);
	if (code)
		return code;
	c->known.last_id = filed.id;
	filed.idx = ev.idx;
	filed.m = m;
	*out = filed;
	return HY_OK;
}

/* What the catalogue says of a fee on the day of its charge becomes a part of the charge: whoever
 * looks at it later need not ask what was listed then.  What it does not list is recorded all the
 * same: money was taken, and the watch (supervise/) must see it. */
static enum hy_code fee_taken(struct city *c, struct hy_db *db, struct hy_arena *a,
			      const struct matter *m, struct matter_event *ev, struct hy_err *e)
{
	const struct city_room *room = catalogue();
	hy_day day = hy_local(hy_calendar_zone(city_pack(c)->calendar), ev->at, NULL);
	const json_t *quantity = matter_field(ev, PACK_QUANTITY);
	struct city_fee fee = { 0 };

	if (m->kind->moves[ev->move].act != PACK_CHARGE)
		return HY_OK;
	enum hy_code code =
		room ? room->fee(a, db, m->item, matter_field_text(ev, PACK_FEE), day, &fee, e)
		     : HY_OK;
	if (code || !fee.listed)
		return code;
	add_to(ev->data, MATTER_FEE_STANDARD, fee.standard);
	if (fee.most_fen >= 0)
		add_to(ev->data, MATTER_FEE_MOST,
		       pack_money_text(a, fee.most_fen *
						  (quantity ? json_integer_value(quantity) : 1)));
	return HY_OK;
}

/* --- moving
 * ---------------------------------------------------------------------------------------- */

static enum hy_code checked(struct city *c, struct hy_db *db, struct hy_arena *a,
			    const struct matter *m, const struct matter_move *mv,
			    struct matter_event *ev, struct hy_err *e)
{
	enum hy_code code = matter_check(a, city_rules(c), m, m->kind, mv, ev, e);

	if (!code)
		code = units_exist(c, db, a, ev, e);
	if (!code)
		code = listed_kept(db, a, scope_of(mv), false, ev, e);
	if (!code)
		code = accused_kept(c, db, a, m->kind, m, ev, e);
	if (!code)
		code = fee_taken(c, db, a, m, ev, e);
	return code ? code : lead_ok(db, a, scope_of(mv), m, ev, e);
}

static enum hy_code one_move(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			     struct matter *m, const struct matter_move *mv, struct hy_err *e)
{
	struct matter_event ev;
	enum hy_code code = checked(c, db, a, m, mv, &ev, e);

	return code ? code : matter_append(c, db, a, id, m, &ev, e);
}

static enum hy_code automatic_moves(struct city *c, struct hy_db *db, struct hy_arena *a,
				    int64_t id, struct matter *m, hy_ms until, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	/* Each automatic move leaves the state it came from or stops its clock; 64 bounds a bad
	 * pack. */
	for (int i = 0; !code && m->auto_at <= until && i < 64; i++) {
		struct matter_move mv = { .move = m->kind->moves[m->auto_move].id,
					  .at = m->auto_at,
					  .role = HY_S("system") };
		code = one_move(c, db, a, id, m, &mv, e);
	}
	return code;
}

/* What is answered, closed or declined for the lead is so for those joined to it,
 * each with an event and a clock of its own; where a joined one stands differently it stays. */
static enum hy_code move_joined(struct city *c, struct hy_db *db, struct hy_arena *a,
				const struct matter *lead, const struct matter_move *mv,
				struct hy_err *e)
{
	int i = pack_move_index(lead->kind, mv->move);
	enum pack_act act = i >= 0 ? lead->kind->moves[i].act : PACK__ACTS;
	HY_VEC(hy_str) codes = { 0 };
	enum hy_code code;
	bool row;

	if (act != PACK_REPLY && act != PACK_CLOSE && act != PACK_DECLINE)
		return HY_OK;
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT code FROM matter WHERE lead = $1 AND lead <> '' AND open = 1"
			   " ORDER BY id LIMIT 1000");
	hy_bind_text(s, 1, lead->code);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &codes) = hy_col_dup(a, s, 0);
	for (size_t k = 0; !code && k < codes.n; k++) {
		struct hy_err why = { 0 };
		struct matter_move same = *mv;
		struct matter *m = NULL;
		struct matter_key key;
		code = matter_key_of(db, &access_all, a, codes.v[k], &key, e);
		if (!code)
			code = matter_load(c, db, a, &key, &m, e);
		if (code)
			return code;
		struct matter_event ev;
		if (matter_check(a, city_rules(c), m, m->kind, &same, &ev, &why))
			continue;
		code = matter_append(c, db, a, key.id, m, &ev, e);
		if (!code)
			code = matter_save(db, key.id, m, e);
	}
	return code;
}

enum hy_code matter_go_on(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			  struct matter *m, const struct matter_move *mv, struct hy_err *e)
{
	enum hy_code failed = automatic_moves(c, db, a, id, m, mv->at, e);

	if (!failed && mv->move.n)
		failed = one_move(c, db, a, id, m, mv, e);
	if (!failed)
		failed = matter_save(db, id, m, e);
	if (!failed && mv->move.n)
		failed = move_joined(c, db, a, m, mv, e);
	return failed;
}

enum hy_code matter_make_move(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			      const struct matter_move *mv, int64_t if_seq, struct matter **m_out,
			      struct hy_err *e)
{
	struct matter_key key;
	struct matter *m = NULL;
	enum hy_code failed = matter_key_of(db, scope_of(mv), a, code, &key, e);

	if (!failed && if_seq >= 0 && if_seq != key.seq)
		return hy_fail(e, HY_STALE, "If-Match",
			       "someone changed " HY_FMT
			       " meanwhile (it is at %lld); read it again",
			       HY_ARG(code), (long long)key.seq);
	if (!failed)
		failed = not_in_future(c, mv->at, e);
	if (!failed)
		failed = matter_load(c, db, a, &key, &m, e);
	if (!failed)
		failed = matter_go_on(c, db, a, key.id, m, mv, e);
	if (!failed && m_out)
		*m_out = m;
	return failed;
}

enum hy_code matter_preview(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			    const struct matter_move *mv, struct matter **before_out,
			    struct matter **after_out, struct hy_err *e)
{
	struct matter *before = NULL, *after = NULL;
	struct matter_event ev;
	enum hy_code failed = not_in_future(c, mv->at, e);

	if (!failed)
		failed = matter_read(c, db, scope_of(mv), a, code, &before, e);
	if (!failed)
		failed = matter_read(c, db, scope_of(mv), a, code, &after, e);
	if (!failed)
		failed = checked(c, db, a, after, mv, &ev, e);
	if (failed)
		return failed;
	ev.seq = after->events[after->n_events - 1].seq + 1;
	ev.rec = city_now(c);
	failed = matter_add(a, city_rules(c), after, &ev, e);
	if (failed)
		return failed;
	*before_out = before;
	*after_out = after;
	return HY_OK;
}

/* Is this the store's trouble, which stops everything, or only this matter's? */
static bool is_stores(enum hy_code code)
{
	return code == HY_STORE || code == HY_STORE_BUSY || code == HY_UNKNOWN_FATE ||
	       code == HY_IO;
}

/* One matter whose automatic move cannot be made must not hold up the others: it is logged
 * for the operator and passed over. */
static enum hy_code tick_one(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str matter,
			     hy_ms now, int *done, struct hy_err *e)
{
	struct hy_err why = { 0 };
	struct matter_key key;
	struct matter *m = NULL;
	enum hy_code code = matter_key_of(db, &access_all, a, matter, &key, e);

	if (!code)
		code = matter_load(c, db, a, &key, &m, &why);
	if (!code)
		code = automatic_moves(c, db, a, key.id, m, now, &why);
	if (m && !is_stores(code) && m->events[m->n_events - 1].seq != key.seq) {
		++*done; /* what was made before the trouble stays made */
		return matter_save(db, key.id, m, e);
	}
	if (is_stores(code)) {
		*e = why;
		return code;
	}
	if (code)
		hy_log(HY_LOG_WARN, "tick", "no automatic move for " HY_FMT ": %s", HY_ARG(matter),
		       hy_err_text(&why));
	return HY_OK;
}

struct tick_from {
	int64_t at, id;
};

static enum hy_code tick_page(struct hy_db *db, struct hy_arena *a, hy_ms now, int most,
			      struct tick_from *from, hy_str **codes_out, size_t *n_out,
			      struct hy_err *e)
{
	HY_VEC(hy_str) codes = { 0 };
	enum hy_code code;
	bool row;
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT code, auto_at, id FROM matter WHERE auto_at <= $1"
			   " AND (auto_at, id) > ($2, $3) ORDER BY auto_at, id LIMIT $4");

	hy_bind_int(s, 1, now);
	hy_bind_int(s, 2, from->at);
	hy_bind_int(s, 3, from->id);
	hy_bind_int(s, 4, most);
	while (!(code = hy_step(s, &row, e)) && row) {
		*hy_push(a, &codes) = hy_col_dup(a, s, 0);
		*from = (struct tick_from){ hy_col_int(s, 1), hy_col_int(s, 2) };
	}
	*codes_out = codes.v;
	*n_out = codes.n;
	return code;
}

enum hy_code matter_tick(struct city *c, struct hy_db *db, hy_ms now, int most, int *done_out,
			 struct hy_err *e)
{
	struct tick_from from = { INT64_MIN, 0 };
	enum hy_code code = HY_OK;
	size_t n = 1;

	*done_out = 0;
	while (!code && n && *done_out < most) {
		HY_SCOPED_ARENA a = hy_arena_new(0);
		hy_str *codes = NULL;
		code = tick_page(db, a, now, most - *done_out, &from, &codes, &n, e);
		for (size_t i = 0; !code && i < n; i++)
			code = tick_one(c, db, a, codes[i], now, done_out, e);
	}
	return code;
}

/* --- remarks --------------------------------------------------------------------------------- */

enum hy_code matter_remark(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			   struct matter_event *ev, struct matter **m_out, struct hy_err *e)
{
	struct matter_key key;
	struct matter *m = NULL;
	enum hy_code failed = matter_key_of(db, &access_all, a, code, &key, e);

	if (!failed)
		failed = matter_load(c, db, a, &key, &m, e);
	ev->move = -1;
	if (!failed)
		failed = matter_append(c, db, a, key.id, m, ev, e);
	if (!failed)
		failed = matter_save(db, key.id, m, e);
	if (!failed && m_out)
		*m_out = m;
	return failed;
}
