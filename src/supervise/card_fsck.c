/* Cards rebuilt from their events and compared. */
#include "base/json.h"
#include "supervise/card.h"
#include "supervise/rectification.h"

static enum hy_code wrong(struct hy_err *e, hy_str code, const char *what)
{
	return hy_fail(e, HY_TAMPERED, "", "card " HY_FMT ": %s", HY_ARG(code), what);
}

static bool raised_as(const struct card *k, const struct record_event *ev, struct hy_arena *a)
{
	const json_t *d = ev->data;

	return hy_str_eq(k->matter, hy_json_get(d, "matter")) &&
	       hy_str_eq(k->unit, hy_json_get(d, "unit")) &&
	       hy_str_eq(hy_str_of(k->kind->id), hy_json_get(d, "kind")) &&
	       hy_str_eq(hy_str_of(card_level_names[k->level]), hy_json_get(d, "level")) &&
	       hy_str_eq(k->clock, hy_json_get(d, "clock")) &&
	       hy_str_eq(k->clause, hy_json_get(d, "clause")) &&
	       hy_str_eq(k->mark, hy_json_get(d, "mark")) &&
	       hy_str_eq(k->evidence, hy_json_canonical(a, json_object_get(d, "evidence"))) &&
	       k->severity == hy_json_get_int(d, "severity", -1) &&
	       k->since == hy_json_get_int(d, "since", -1) && k->raised_at == ev->at &&
	       (!ev->private || hy_str_eq(k->person, hy_json_get(ev->private, "person")));
}

static enum hy_code check_one(struct hy_arena *a, struct hy_db *db, const struct card *k,
			      struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_subject);
	struct card told = { .state = CARD_STANDS,
			     .contested_at = HY_NO_TIME,
			     .decided_at = HY_NO_TIME };
	struct record_event ev;
	hy_str rectification = HY_S("");
	enum hy_code c;
	bool row;

	hy_bind_text(s, 1, hy_printf(a, CARD_SUBJECT HY_FMT, HY_ARG(k->code)));
	while (!(c = hy_step(s, &row, e)) && row) {
		c = record_row(a, s, &ev, e);
		if (c)
			return c;
		if (ev.seq != told.seq + 1)
			return wrong(e, k->code, "its events have a gap");
		told.seq = ev.seq;
		told.last_idx = ev.idx;
		if (hy_str_eq(ev.move, HY_S("raise"))) {
			if (!raised_as(k, &ev, a))
				return wrong(e, k->code, "it differs from how it was raised");
		} else if (hy_str_eq(ev.move, HY_S("contest"))) {
			told.state = CARD_CONTESTED;
			told.contested_at = ev.at;
			if (ev.private)
				told.contested_by = hy_json_get_int(ev.private, "account", 0);
		} else if (hy_str_eq(ev.move, HY_S("decide"))) {
			told.state = json_is_true(json_object_get(ev.data, "upheld"))
					     ? CARD_UPHELD
					     : CARD_ANNULLED;
			told.decided_at = ev.at;
		} else if (hy_str_eq(ev.move, HY_S("rectify"))) {
			rectification = hy_json_get(ev.data, "rectification");
		}
	}
	if (c)
		return c;
	if (told.state != k->state || told.seq != k->seq || told.last_idx != k->last_idx ||
	    told.contested_at != k->contested_at || told.contested_by != k->contested_by ||
	    told.decided_at != k->decided_at || !hy_str_eq(rectification, k->rectification.code))
		return wrong(e, k->code, "the table differs from its events");
	return HY_OK;
}

static enum hy_code raised(struct hy_db *db, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT count(DISTINCT subject) FROM event"
				      " WHERE matter IS NULL AND subject >= $1 AND subject < $2");
	bool row;

	hy_bind_text(s, 1, HY_S(CARD_SUBJECT));
	hy_bind_text(s, 2, HY_S("card0")); /* the first text behind all that begin with "card/" */
	enum hy_code c = hy_step(s, &row, e);
	if (!c)
		*out = hy_col_int(s, 0);
	return c;
}

enum hy_code card_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out, struct hy_err *e)
{
	const struct card_filter every = { .limit = 500 };
	struct card_filter f = every;
	int64_t events = 0, cards = 0;
	enum hy_code c = raised(db, &events, e);

	do {
		HY_SCOPED_ARENA page = hy_arena_new(0);
		struct card_list list = { 0 };
		if (!c)
			c = card_read_list(page, db, &access_all, &f, &list, e);
		for (size_t i = 0; !c && i < list.n; i++) {
			if (!list.v[i].kind)
				return wrong(e, hy_str_dup(a, list.v[i].code),
					     "it is of an unknown kind");
			c = check_one(page, db, &list.v[i], e);
		}
		cards += (int64_t)list.n;
		f.after = list.next;
	} while (!c && f.after);
	if (!c && events != cards)
		return hy_fail(e, HY_TAMPERED, "",
			       "the events tell of %lld cards, the table has %lld",
			       (long long)events, (long long)cards);
	if (!c)
		c = rectification_fsck(a, db, e);
	if (!c)
		*checked_out = cards;
	return c;
}
