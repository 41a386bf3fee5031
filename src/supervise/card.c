/* The life of a card: raised, contested, decided. */
#include "supervise/card.h"

#include "base/json.h"

/* --- events -------------------------------------------------------------------------------------
 */

enum hy_code card_event(const struct card_act *w, struct card *k, const char *move, hy_str data,
			hy_str reason, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(w->a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j); /* keys ascending */
	hy_json_kint(&j, "account", w->account);
	hy_json_kstr(&j, "name", w->name);
	if (k->seq == 0)
		hy_json_kstr(&j, "person", k->person);
	if (reason.n)
		hy_json_kstr(&j, "reason", reason);
	hy_json_obj_end(&j);
	k->seq++;
	struct record_new ev = { .subject = hy_printf(w->a, CARD_SUBJECT HY_FMT, HY_ARG(k->code)),
				 .move = hy_str_of(move),
				 .seq = k->seq,
				 .at = w->at,
				 .rec = hy_store_now(hy_db_store(w->db)),
				 .role = w->role,
				 .unit = w->unit,
				 .data = data,
				 .private = hy_buf_str(&b),
				 .keeps_era = true };
	return record_append(city_record(w->city), w->db, &ev, &k->last_idx, e);
}

static hy_str raise_data(struct hy_arena *a, const struct card *k)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "clause", k->clause);
	hy_json_kstr(&j, "clock", k->clock);
	hy_json_key(&j, "evidence");
	hy_json_raw(&j, k->evidence);
	hy_json_kstr(&j, "kind", hy_str_of(k->kind->id));
	hy_json_kstr(&j, "level", hy_str_of(card_level_names[k->level]));
	hy_json_kstr(&j, "mark", k->mark);
	hy_json_kstr(&j, "matter", k->matter);
	hy_json_kint(&j, "severity", k->severity);
	hy_json_kint(&j, "since", k->since);
	hy_json_kstr(&j, "unit", k->unit);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

/* --- raising -------------------------------------------------------------------------------------
 */

static enum hy_code next_number(const struct card_act *w, int year, struct card *k,
				struct hy_err *e)
{
	/* Not max(): planned while the table is young, PostgreSQL reads a whole index for it. */
	HY_SCOPED_STMT s = hy_sql(
		w->db, "SELECT coalesce((SELECT id FROM card ORDER BY id DESC LIMIT 1), 0) + 1,"
		       " coalesce((SELECT number FROM card WHERE year = $1"
		       " ORDER BY number DESC LIMIT 1), 0) + 1");
	bool row;

	hy_bind_int(s, 1, year);
	enum hy_code c = hy_step(s, &row, e);
	if (c)
		return c;
	k->id = hy_col_int(s, 0);
	k->number = hy_col_int(s, 1);
	k->code = hy_printf(w->a, "KP-%04d-%06lld", year, (long long)k->number);
	return HY_OK;
}

enum hy_code card_raise(const struct card_act *w, struct card *k, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->city)->calendar);
	enum hy_code c = next_number(w, hy_date_of(hy_local(zone, w->at, NULL)).year, k, e);

	k->state = CARD_STANDS;
	k->raised_at = w->at;
	k->contested_at = k->decided_at = HY_NO_TIME;
	if (!c)
		c = card_event(w, k, "raise", raise_data(w->a, k), HY_S(""), e);
	return c ? c : card_store(w->db, k, e);
}

/* --- contesting and deciding ---------------------------------------------------------------------
 */

static enum hy_code reason_ok(const struct card_act *w, hy_str reason, struct hy_err *e)
{
	if (hy_str_trim(reason).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "reason", "say why");
	if (hy_str_trim(w->name).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "by", "a card is contested and decided by name");
	return HY_OK;
}

enum hy_code card_contest(const struct card_act *w, hy_str code, hy_str reason, struct card *out,
			  struct hy_err *e)
{
	struct card k;
	enum hy_code c = reason_ok(w, reason, e);

	if (!c)
		c = card_by_code(w->a, w->db, w->scope, code, &k, e);
	if (c)
		return c;
	if (k.state != CARD_STANDS)
		return hy_fail(e, HY_NOT_NOW, "", "card " HY_FMT " is %s; it is contested once",
			       HY_ARG(k.code), card_state_names[k.state]);
	k.state = CARD_CONTESTED;
	k.contested_at = w->at;
	k.contested_by = w->account;
	c = card_event(w, &k, "contest", HY_S("{}"), reason, e);
	if (!c)
		c = card_store(w->db, &k, e);
	if (!c)
		*out = k;
	return c;
}

/* Who contested it, by name: at the console nobody has an account. */
static enum hy_code contester(const struct card_act *w, const struct card *k, hy_str *name,
			      struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(w->db, record_of_subject);
	struct record_event ev;
	enum hy_code c;
	bool row;

	*name = HY_S("");
	hy_bind_text(s, 1, hy_printf(w->a, CARD_SUBJECT HY_FMT, HY_ARG(k->code)));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(w->a, s, &ev, e);
		if (c)
			return c;
		if (hy_str_eq(ev.move, HY_S("contest")) && ev.private)
			*name = hy_json_get(ev.private, "name");
	}
	return c;
}

static enum hy_code decider_ok(const struct card_act *w, const struct card *k, struct hy_err *e)
{
	hy_str name = { 0 };
	enum hy_code c = contester(w, k, &name, e);

	if (c)
		return c;
	/* Two people may have one name: it tells only where somebody had no account. */
	bool same = w->account && k->contested_by ? w->account == k->contested_by
						  : hy_str_eq(w->name, name);
	if (k->state == CARD_CONTESTED && same)
		return hy_fail(e, HY_FORBIDDEN, "", "who contested a card does not decide it");
	if (k->person.n && hy_str_eq(k->person, w->person))
		return hy_fail(e, HY_FORBIDDEN, "", "who held the matter does not decide its card");
	return HY_OK;
}

static enum hy_code reaches(const struct card_act *w, const struct card *k,
			    const struct access_scope *scope, bool *out, struct hy_err *e)
{
	struct card seen;
	struct hy_err why = { 0 };
	enum hy_code c = card_by_code(w->a, w->db, scope, k->code, &seen, &why);

	*out = c == HY_OK;
	if (c == HY_OK || c == HY_NOT_FOUND)
		return HY_OK;
	*e = why;
	return c;
}

enum hy_code card_may(const struct card_act *w, const struct card *k,
		      const struct access_scope *contest, const struct access_scope *decide,
		      struct card_may *out, struct hy_err *e)
{
	bool open = k->state == CARD_STANDS || k->state == CARD_CONTESTED;
	bool contests = false, decides = false;
	struct hy_err why = { 0 };
	enum hy_code c = HY_OK;

	if (k->state == CARD_STANDS)
		c = reaches(w, k, contest, &contests, e);
	if (!c && open)
		c = reaches(w, k, decide, &decides, e);
	if (!c && decides) {
		c = decider_ok(w, k, &why);
		decides = c == HY_OK;
		if (c == HY_FORBIDDEN)
			c = HY_OK;
		else if (c)
			*e = why;
	}
	*out = (struct card_may){ contests, decides && k->state == CARD_CONTESTED, decides, false };
	return c;
}

enum hy_code card_decide(const struct card_act *w, hy_str code, bool upheld, hy_str reason,
			 struct card *out, struct hy_err *e)
{
	struct card k;
	enum hy_code c = reason_ok(w, reason, e);

	if (!c)
		c = card_by_code(w->a, w->db, w->scope, code, &k, e);
	if (c)
		return c;
	if (k.state == CARD_UPHELD || k.state == CARD_ANNULLED)
		return hy_fail(e, HY_NOT_NOW, "", "card " HY_FMT " is %s; a decision is final",
			       HY_ARG(k.code), card_state_names[k.state]);
	if (upheld && k.state != CARD_CONTESTED)
		return hy_fail(e, HY_NOT_NOW, "", "card " HY_FMT " stands; nobody contested it",
			       HY_ARG(k.code));
	c = decider_ok(w, &k, e);
	if (c)
		return c;
	k.state = upheld ? CARD_UPHELD : CARD_ANNULLED;
	k.decided_at = w->at;
	c = card_event(w, &k, "decide",
		       upheld ? HY_S("{\"upheld\":true}") : HY_S("{\"upheld\":false}"), reason, e);
	if (!c)
		c = card_store(w->db, &k, e);
	if (!c)
		*out = k;
	return c;
}
