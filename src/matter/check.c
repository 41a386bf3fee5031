/* May this move be made now?  Everything not written in the kind is refused, with the reason. */
#include "matter/fold.h"
#include "matter/problem.h"
#include "matter/redact.h"
#include "pack/field.h"

#include <stdio.h>

#include "base/json.h"

struct check {
	struct hy_arena *a;
	const struct matter_rules *rules;
	const struct matter *m; /* NULL for the filing */
	const struct pack *pack;
	const struct pack_kind *kind;
	const struct pack_move *move;
	const struct matter_move *mv;
	const struct hy_zone *zone;
	json_t *data, *private;
	struct hy_err *e;
};

/* --- words --------------------------------------------------------------------------------- */

static enum hy_code unknown_word(struct check *c, const char *field, enum pack_list list, hy_str id)
{
	const struct pack_words *words = &c->pack->lists[list];
	struct hy_near near = hy_near_to(id);

	for (size_t i = 0; i < words->n; i++)
		hy_near_try(&near, words->v[i].id);
	return hy_fail(c->e, HY_BAD_FIELD, field,
		       "'" HY_FMT "' is not in this institution's list%s", HY_ARG(near.want),
		       hy_near_text(&near));
}

static enum hy_code word_ok(struct check *c, const char *field, enum pack_list list, hy_str id)
{
	if (id.n == 0)
		return hy_fail(c->e, HY_BAD_FIELD, field, "must not be empty");
	if (list < PACK__LISTS && c->pack->lists[list].n && !pack_word(c->pack, list, id))
		return unknown_word(c, field, list, id);
	return HY_OK;
}

/* --- one value ------------------------------------------------------------------------------- */

static bool plain_text(hy_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t' &&
		    s.p[i] != '\r')
			return false;
	return true;
}

static enum hy_code text_ok(struct check *c, const struct pack_field_info *f, const json_t *v,
			    hy_str *out)
{
	if (!json_is_string(v))
		return hy_fail(c->e, HY_BAD_FIELD, f->name, "must be a text");
	hy_str s = { json_string_value(v), json_string_length(v) };
	if (hy_str_trim(s).n == 0)
		return hy_fail(c->e, HY_BAD_FIELD, f->name, "must not be empty");
	if (hy_str_chars(s) > (size_t)f->most)
		return hy_fail(c->e, HY_BAD_FIELD, f->name, "has %zu characters, at most %d fit",
			       hy_str_chars(s), f->most);
	if (!plain_text(s))
		return hy_fail(c->e, HY_BAD_FIELD, f->name, "holds control characters");
	*out = s;
	return HY_OK;
}

static enum pack_list list_of(const struct check *c, enum pack_field f)
{
	return f == PACK_GROUND ? pack_ground_list(c->move->act) : pack_fields[f].list;
}

static enum hy_code list_ok(struct check *c, enum pack_field f, const json_t *v)
{
	const struct pack_field_info *info = &pack_fields[f];
	struct pack_field_info item = *info;
	hy_str s = HY_S("");

	if (!json_is_array(v) || json_array_size(v) == 0)
		return hy_fail(c->e, HY_BAD_FIELD, info->name,
			       "must be a list with something in it");
	if (json_array_size(v) > (size_t)info->most)
		return hy_fail(c->e, HY_BAD_FIELD, info->name, "has %zu items, at most %d fit",
			       json_array_size(v), info->most);
	item.most = 500; /* characters of one item */
	for (size_t i = 0; i < json_array_size(v); i++) {
		enum hy_code code = text_ok(c, &item, json_array_get(v, i), &s);
		if (!code && info->type == PACK_T_WORDS)
			code = word_ok(c, info->name, list_of(c, f), s);
		if (code)
			return code;
	}
	return HY_OK;
}

/* The value as it is recorded (a new reference), or NULL after an error. */
static json_t *value_of(struct check *c, enum pack_field f, json_t *v)
{
	const struct pack_field_info *info = &pack_fields[f];
	hy_str s = HY_S("");
	struct hy_limit limit;
	hy_ms at;

	switch (info->type) {
	case PACK_T_TEXT:
		return text_ok(c, info, v, &s) ? NULL : json_incref(v);
	case PACK_T_WORD:
		if (text_ok(c, info, v, &s) || word_ok(c, info->name, list_of(c, f), s))
			return NULL;
		if (f == PACK_GUARD && pack_guard_of(s) == PACK__GUARDS) {
			hy_fail(c->e, HY_BAD_FIELD, info->name,
				"must be normal, protected or sealed");
			return NULL;
		}
		return json_incref(v);
	case PACK_T_WORDS:
	case PACK_T_TEXTS:
		return list_ok(c, f, v) ? NULL : json_incref(v);
	case PACK_T_INT:
		if (!json_is_integer(v) || json_integer_value(v) < 1 ||
		    json_integer_value(v) > info->most) {
			hy_fail(c->e, HY_BAD_FIELD, info->name,
				"must be a whole number from 1 to %d", info->most);
			return NULL;
		}
		return json_incref(v);
	case PACK_T_LIMIT:
		if (text_ok(c, info, v, &s))
			return NULL;
		if (!hy_limit_read(s, &limit) || limit.n < 1) {
			hy_fail(c->e, HY_BAD_FIELD, info->name,
				"must be a length such as 5wd, 30cd, 6mo, 24h or 8wh");
			return NULL;
		}
		return json_incref(v);
	case PACK_T_MONEY: {
		int64_t fen;
		if (!json_is_string(v) ||
		    !pack_money_read((hy_str){ json_string_value(v), json_string_length(v) },
				     info->most, &fen) ||
		    fen == 0) {
			hy_fail(c->e, HY_BAD_FIELD, info->name,
				"must be an amount in yuan such as \"10\" or \"10.50\", more than "
				"0");
			return NULL;
		}
		s = pack_money_text(c->a, fen);
		return json_stringn(s.p, s.n);
	}
	case PACK_T_INSTANT:
		if (json_is_integer(v))
			return json_incref(v);
		if (!json_is_string(v) ||
		    !hy_instant_read((hy_str){ json_string_value(v), json_string_length(v) },
				     c->zone, &at)) {
			hy_fail(c->e, HY_BAD_FIELD, info->name,
				"must be a time such as 2026-09-30T10:00:00+08:00");
			return NULL;
		}
		return json_integer(at);
	case PACK_T_PROBLEMS:
		return problem_lines_check(c->a, c->pack, v, hy_local(c->zone, c->mv->at, NULL),
					   c->e)
			       ? NULL
			       : json_incref(v);
	}
	return NULL;
}

/* --- fields ------------------------------------------------------------------------------------
 */

static const struct pack_need *need_of(const struct pack_move *mv, enum pack_field f)
{
	for (size_t i = 0; i < mv->n_needs; i++)
		if (mv->needs[i].field == f)
			return &mv->needs[i];
	return NULL;
}

static enum hy_code not_taken(struct check *c, const char *key)
{
	struct hy_near near = hy_near_to(hy_str_of(key));

	for (size_t i = 0; i < c->move->n_needs; i++)
		hy_near_try(&near, hy_str_of(pack_fields[c->move->needs[i].field].name));
	return hy_fail(c->e, HY_BAD_FIELD, key, "the move '" HY_FMT "' takes no such field%s",
		       HY_ARG(c->move->id), hy_near_text(&near));
}

static enum hy_code fields_ok(struct check *c)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)c->mv->data, key, v) {
		int f = 0;
		while (f < PACK__FIELDS && strcmp(pack_fields[f].name, key) != 0)
			f++;
		if (f == PACK__FIELDS || !need_of(c->move, (enum pack_field)f))
			return not_taken(c, key);
		if (json_is_null(v))
			continue;
		json_t *kept = value_of(c, (enum pack_field)f, v);
		if (!kept)
			return c->e->code;
		json_object_set_new(pack_fields[f].is_private ? c->private : c->data, key, kept);
	}
	for (size_t i = 0; i < c->move->n_needs; i++) {
		const struct pack_need *n = &c->move->needs[i];
		const struct pack_field_info *info = &pack_fields[n->field];
		json_t *where = info->is_private ? c->private : c->data;
		if (n->required && !json_object_get(where, info->name))
			return hy_fail(c->e, HY_BAD_FIELD, info->name,
				       "is needed for the move '" HY_FMT "'", HY_ARG(c->move->id));
	}
	return HY_OK;
}

static hy_str given(const struct check *c, enum pack_field f)
{
	return hy_json_get(pack_fields[f].is_private ? c->private : c->data, pack_fields[f].name);
}

/* Whoever approves is a second person. */
static enum hy_code approval_ok(struct check *c)
{
	hy_str name = given(c, PACK_APPROVER_NAME);

	if (name.n && c->mv->name.n && hy_str_eq(name, c->mv->name))
		return hy_fail(c->e, HY_BAD_FIELD, "approver_name",
			       "must be another person than the one who makes the move");
	return HY_OK;
}

/* Whoever acts for another shows by what (行政许可法 第二十九条). */
static enum hy_code agent_ok(struct check *c)
{
	if (given(c, PACK_AGENT).n && !given(c, PACK_AUTHORITY).n)
		return hy_fail(c->e, HY_BAD_FIELD, "authority",
			       "is missing: the paper by which the agent acts, such as the letter "
			       "of authority and its date");
	if (!given(c, PACK_AGENT).n &&
	    (given(c, PACK_AGENT_CONTACT).n || given(c, PACK_AUTHORITY).n))
		return hy_fail(c->e, HY_BAD_FIELD, "agent", "is missing: who acts for whom");
	return HY_OK;
}

bool matter_apart(const struct matter *m, size_t move, const struct matter_move *mv)
{
	const uint64_t apart = m->kind->moves[move].apart;

	for (size_t i = 0; apart && i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		if (ev->move < 0 || !(apart >> ev->move & 1) || !ev->private)
			continue;
		int64_t by = hy_json_get_int(ev->private, "by_account", 0);
		hy_str name = hy_json_get(ev->private, "by_name");
		if (by && mv->account ? by == mv->account : name.n && hy_str_eq(name, mv->name))
			return false;
	}
	return !apart || !m->person.n || !mv->person.n || !hy_str_eq(m->person, mv->person);
}

static enum hy_code apart_ok(struct check *c, size_t index)
{
	if (matter_apart(c->m, index, c->mv))
		return HY_OK;
	return hy_fail(c->e, HY_FORBIDDEN, "move",
		       "you took part in this matter yourself: '" HY_FMT "' takes another person",
		       HY_ARG(c->move->id));
}

/* What complains of a unit or a person is protected at least. */
static enum hy_code guard_ok(struct check *c)
{
	bool about = given(c, PACK_ABOUT_UNIT).n || given(c, PACK_ABOUT_PERSON).n ||
		     (!c->m && c->mv->protect);
	hy_str word = given(c, PACK_GUARD);
	enum pack_guard guard = word.n ? pack_guard_of(word) : c->m ? c->m->guard : PACK_NORMAL;
	bool was = c->m && (c->m->about_unit.n || c->m->about_person.n);

	if (guard >= PACK_PROTECTED || (!about && !was))
		return HY_OK;
	if (!about && word.n)
		return hy_fail(c->e, HY_BAD_FIELD, "guard",
			       "a matter about a unit or a person is protected at least");
	if (about)
		json_object_set_new(c->private, pack_fields[PACK_GUARD].name,
				    json_string(pack_guard_names[PACK_PROTECTED]));
	return HY_OK;
}

/* What everybody is told stands in the public log for good. */
static enum hy_code told_ok(struct check *c)
{
	hy_str told = given(c, PACK_TOLD);
	hy_str word = given(c, PACK_GUARD);
	enum pack_guard guard = word.n ? pack_guard_of(word) : c->m ? c->m->guard : PACK_NORMAL;
	struct redact_spans spans = redact_propose(c->a, told);

	if (told.n == 0)
		return HY_OK;
	if (guard != PACK_NORMAL)
		return hy_fail(c->e, HY_NOT_NOW, "told",
			       "the matter is %s; nothing of it is made public",
			       pack_guard_names[guard]);
	if (spans.n)
		return hy_fail(c->e, HY_BAD_FIELD, "told",
			       "it tells who somebody is (%s at character %zu); everybody will "
			       "read it for good, so take that out",
			       redact_names[spans.v[0].kind], spans.v[0].from + 1);
	return HY_OK;
}

/* --- who, when, how often ------------------------------------------------------------------------
 */

static void words_into(char *out, size_t size, const hy_str *v, size_t n)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s" HY_FMT, i ? ", " : "",
					 HY_ARG(v[i]));
}

static enum hy_code role_ok(struct check *c)
{
	char allowed[200];

	for (size_t i = 0; i < c->move->n_who; i++)
		if (hy_str_eq(c->move->who[i], c->mv->role))
			return HY_OK;
	if (!pack_word(c->pack, PACK_ROLES, c->mv->role))
		return unknown_word(c, "role", PACK_ROLES, c->mv->role);
	words_into(allowed, sizeof(allowed), c->move->who, c->move->n_who);
	return hy_fail(c->e, HY_FORBIDDEN, "role",
		       "'" HY_FMT "' may not make the move '" HY_FMT "'; it is for %s",
		       HY_ARG(c->mv->role), HY_ARG(c->move->id), allowed);
}

static enum hy_code state_ok(struct check *c)
{
	const struct matter *m = c->m;
	hy_str open[64] = { { NULL, 0 } };
	size_t n = 0;
	char possible[300];

	if (c->move->from >> m->state & 1)
		return HY_OK;
	for (size_t i = 0; i < c->kind->n_moves; i++)
		if (c->kind->moves[i].from >> m->state & 1)
			open[n++] = c->kind->moves[i].id;
	words_into(possible, sizeof(possible), open, n);
	return hy_fail(c->e, HY_NOT_NOW, "move",
		       "'" HY_FMT "' is not possible in the state '" HY_FMT "'; possible: %s",
		       HY_ARG(c->move->id), HY_ARG(c->kind->states[m->state].id),
		       n ? possible : "nothing");
}

static enum hy_code count_ok(struct check *c, int index)
{
	if (!c->move->most || c->m->times_of[index] < c->move->most)
		return HY_OK;
	if (c->move->act == PACK_RETURN && c->kind->returns_to >= 0)
		return HY_OK; /* allowed, but it leads to the coordinating state */
	return hy_fail(c->e, HY_NOT_NOW, "move", "'" HY_FMT "' may be made %d time%s only",
		       HY_ARG(c->move->id), c->move->most, c->move->most == 1 ? "" : "s");
}

enum hy_code matter_until(struct hy_arena *a, const struct matter_rules *rules,
			  const struct matter *m, size_t i, hy_ms *until_out, struct hy_err *e)
{
	const struct pack_move *mv = &m->kind->moves[i];
	struct hy_clock_rule rule = { .limit = mv->within, .roll = mv->within_roll };
	struct hy_clock_event start = { .kind = HY_CLOCK_START };
	struct hy_clock_due due;

	*until_out = HY_NO_TIME;
	if (!mv->within.n || m->last_of[mv->within_of] == HY_NO_TIME)
		return HY_OK;
	start.at = m->last_of[mv->within_of];
	enum hy_code code =
		hy_clock_due(&start, 1, &rule, matter_rules_now(rules)->calendar, &due, a, NULL, e);
	if (!code)
		*until_out = due.due_at;
	return code;
}

static enum hy_code window_ok(struct check *c)
{
	const struct pack_move *mv = c->move;
	hy_ms until;

	if (!mv->within.n)
		return HY_OK;
	if (c->m->last_of[mv->within_of] == HY_NO_TIME)
		return hy_fail(c->e, HY_NOT_NOW, "move",
			       "'" HY_FMT "' comes after '" HY_FMT "' only", HY_ARG(mv->id),
			       HY_ARG(c->kind->moves[mv->within_of].id));
	enum hy_code code =
		matter_until(c->a, c->rules, c->m, (size_t)(mv - c->kind->moves), &until, c->e);
	if (code || c->mv->at <= until)
		return code;
	const struct hy_zone *zone = hy_calendar_zone(matter_rules_now(c->rules)->calendar);
	return hy_fail(c->e, HY_NOT_NOW, "move",
		       "'" HY_FMT "' was possible until " HY_FMT " (" HY_FMT " after '" HY_FMT "')",
		       HY_ARG(mv->id), HY_ARG(hy_day_text(c->a, hy_local(zone, until, NULL))),
		       HY_ARG(hy_limit_text(c->a, mv->within)),
		       HY_ARG(c->kind->moves[mv->within_of].id));
}

static enum hy_code time_ok(struct check *c)
{
	for (size_t i = c->m->n_events; i-- > 0;) {
		const struct matter_event *last = &c->m->events[i];
		if (last->move < 0)
			continue;
		if (c->mv->at < last->at)
			return hy_fail(c->e, HY_BAD_FIELD, "at",
				       "is before the last move '" HY_FMT "' of " HY_FMT,
				       HY_ARG(last->name),
				       HY_ARG(hy_instant_text(c->a, c->zone, last->at)));
		break;
	}
	return HY_OK;
}

/* --- clocks
 * ----------------------------------------------------------------------------------------- */

static const struct {
	const char *key, *text;
} ignored_texts[] = {
	{ "already_paused", "the clock is paused already" },
	{ "not_paused", "the clock is not paused" },
	{ "too_late", "the limit has passed already" },
	{ "too_many", "the law allows no further extension" },
	{ "after_stop", "the clock has stopped" },
	{ "before_start", "the clock has not started" },
	{ "bad_limit", "this length cannot be added to the limit" },
};

static enum hy_code clock_refuses(struct check *c, const struct matter_clock *k, const char *why)
{
	const char *text = why;

	for (size_t i = 0; i < HY_COUNT(ignored_texts); i++)
		if (strcmp(ignored_texts[i].key, why) == 0)
			text = ignored_texts[i].text;
	return hy_fail(c->e, HY_NOT_NOW, "move",
		       "'" HY_FMT "' cannot act on the clock '" HY_FMT "': %s", HY_ARG(c->move->id),
		       HY_ARG(k->def->id), text);
}

/* Tries the event on the clock: what it would ignore is refused beforehand. */
static enum hy_code clock_takes(struct check *c, const struct matter_clock *k,
				struct hy_clock_event candidate)
{
	struct hy_clock_event *all = hy_new_n(c->a, struct hy_clock_event, k->n_events + 1);
	struct hy_trace trace = { 0 };
	struct hy_clock_due due;

	memcpy(all, k->events, k->n_events * sizeof(*all));
	all[k->n_events] = candidate;
	enum hy_code code = hy_clock_due(all, k->n_events + 1, &k->counted, k->calendar, &due, c->a,
					 &trace, c->e);
	if (code)
		return code;
	for (size_t i = 0; i < trace.n_ignored; i++)
		if (trace.ignored[i].event == k->n_events)
			return clock_refuses(c, k, trace.ignored[i].why);
	return HY_OK;
}

static enum hy_code pause_ok(struct check *c, const struct matter_clock *k)
{
	const struct pack_rule *r = k->now_rule;
	hy_str ground = c->move->act == PACK_NOTICE ? MATTER_CORRECTION : given(c, PACK_GROUND);
	char allowed[300];

	for (size_t i = 0; r && i < r->n_pauses; i++)
		if (hy_str_eq(r->pauses[i], ground))
			return clock_takes(c, k,
					   (struct hy_clock_event){ .kind = HY_CLOCK_PAUSE,
								    .at = c->mv->at,
								    .seq = INT64_MAX });
	if (!r || r->n_pauses == 0)
		return hy_fail(c->e, HY_NOT_NOW, "move",
			       "the clock '" HY_FMT "' cannot be paused by law",
			       HY_ARG(k->def->id));
	words_into(allowed, sizeof(allowed), r->pauses, r->n_pauses);
	return hy_fail(c->e, HY_BAD_FIELD, "ground",
		       "does not stop the clock '" HY_FMT "'; " HY_FMT " allows only %s",
		       HY_ARG(k->def->id), HY_ARG(r->pause_clause), allowed);
}

static enum hy_code extend_ok(struct check *c, const struct matter_clock *k)
{
	const struct pack_rule *r = k->now_rule;
	struct hy_limit limit = { 0 };

	if (!r || r->extensions == 0)
		return hy_fail(c->e, HY_NOT_NOW, "move",
			       "the clock '" HY_FMT "' cannot be extended by law",
			       HY_ARG(k->def->id));
	if (!hy_str_eq(given(c, PACK_APPROVER), r->extension_approver))
		return hy_fail(c->e, HY_BAD_FIELD, "approver",
			       HY_FMT " demands the approval of '" HY_FMT "'",
			       HY_ARG(r->extension_clause), HY_ARG(r->extension_approver));
	if (!hy_limit_read(given(c, PACK_LIMIT), &limit) || limit.unit != r->extension.unit ||
	    limit.n > r->extension.n)
		return hy_fail(c->e, HY_BAD_FIELD, "limit", HY_FMT " allows at most " HY_FMT,
			       HY_ARG(r->extension_clause),
			       HY_ARG(hy_limit_text(c->a, r->extension)));
	return clock_takes(c, k,
			   (struct hy_clock_event){ .kind = HY_CLOCK_EXTEND,
						    .at = c->mv->at,
						    .seq = INT64_MAX,
						    .limit = limit });
}

static enum hy_code clocks_ok(struct check *c, int index)
{
	uint64_t bit = (uint64_t)1 << index;
	bool wanted = false, acted = false;
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < c->kind->n_clocks; i++) {
		const struct pack_clock *def = &c->kind->clocks[i];
		if (!((def->pauses | def->resumes | def->extends) & bit))
			continue;
		wanted = true;
		const struct matter_clock *k = matter_clock_running(c->m, def);
		if (!k)
			continue;
		/* A pause ends on every clock that it stopped; the others need no resuming. */
		if ((def->resumes & bit) && k->due.state != HY_CLOCK_PAUSED)
			continue;
		/* The unit's own clock follows the citizen's; the law speaks of the latter. */
		if (def->holder == PACK_UNIT_HOLDS)
			continue;
		acted = true;
		if (def->pauses & bit)
			code = pause_ok(c, k);
		else if (def->extends & bit)
			code = extend_ok(c, k);
	}
	if (!code && wanted && !acted)
		return hy_fail(c->e, HY_NOT_NOW, "move",
			       "no clock runs on which '" HY_FMT "' could act",
			       HY_ARG(c->move->id));
	return code;
}

/* --- the whole
 * ------------------------------------------------------------------------------------------ */

static enum hy_code find_move(struct check *c, int *index_out)
{
	int i = c->m || c->mv->move.n ? pack_move_index(c->kind, c->mv->move) : 0;
	struct hy_near near = hy_near_to(c->mv->move);

	if (i >= 0 && (c->m == NULL) == (c->kind->moves[i].act == PACK_FILE)) {
		c->move = &c->kind->moves[i];
		*index_out = i;
		return HY_OK;
	}
	if (i >= 0)
		return hy_fail(c->e, HY_NOT_NOW, "move",
			       c->m ? "the matter is filed already"
				    : "a matter begins with its filing");
	for (size_t k = 0; k < c->kind->n_moves; k++)
		hy_near_try(&near, c->kind->moves[k].id);
	return hy_fail(c->e, HY_BAD_FIELD, "move",
		       "the kind '" HY_FMT "' has no move '" HY_FMT "'%s", HY_ARG(c->kind->id),
		       HY_ARG(near.want), hy_near_text(&near));
}

static enum hy_code run(struct check *c, int *index_out)
{
	enum hy_code code = find_move(c, index_out);

	if (!code)
		code = role_ok(c);
	if (!code && c->m)
		code = state_ok(c);
	if (!code && c->m)
		code = time_ok(c);
	if (!code)
		code = fields_ok(c);
	if (!code)
		code = approval_ok(c);
	if (!code)
		code = agent_ok(c);
	if (!code)
		code = guard_ok(c);
	if (!code)
		code = told_ok(c);
	if (!code && c->m)
		code = apart_ok(c, (size_t)*index_out);
	if (!code && c->m)
		code = count_ok(c, *index_out);
	if (!code && c->m)
		code = window_ok(c);
	if (!code && c->m)
		code = clocks_ok(c, *index_out);
	return code;
}

enum hy_code matter_check(struct hy_arena *a, const struct matter_rules *rules,
			  const struct matter *m, const struct pack_kind *kind,
			  const struct matter_move *mv, struct matter_event *event_out,
			  struct hy_err *e)
{
	struct check c = { .a = a, .rules = rules, .m = m, .mv = mv, .e = e };
	int index = -1;

	c.pack = m ? m->pack : matter_rules_now(rules);
	c.kind = m ? m->kind : kind;
	c.zone = hy_calendar_zone(matter_rules_now(rules)->calendar);
	c.data = hy_json_object(a);
	c.private = hy_json_object(a);
	enum hy_code code = run(&c, &index);
	if (code)
		return code;
	if (mv->name.n)
		json_object_set_new(c.private, "by_name", json_stringn(mv->name.p, mv->name.n));
	if (mv->account)
		json_object_set_new(c.private, "by_account", json_integer(mv->account));
	if (mv->acting)
		json_object_set_new(c.private, "acting_for", json_integer(mv->acting_for));
	*event_out = (struct matter_event){
		.idx = -1,
		.at = mv->at,
		.rec = mv->at,
		.move = index,
		.name = c.move->id,
		.role = mv->role,
		.unit = mv->unit,
		.data = c.data,
		.private = json_object_size(c.private) ? c.private : NULL,
	};
	return HY_OK;
}

uint64_t matter_possible(const struct matter *m, hy_str role, hy_ms now)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < m->kind->n_moves; i++) {
		const struct pack_move *mv = &m->kind->moves[i];
		bool may = role.n == 0;
		for (size_t k = 0; k < mv->n_who; k++)
			may |= hy_str_eq(mv->who[k], role);
		bool full = mv->most && m->times_of[i] >= mv->most &&
			    !(mv->act == PACK_RETURN && m->kind->returns_to >= 0);
		bool early = mv->within.n && (m->last_of[mv->within_of] == HY_NO_TIME ||
					      m->last_of[mv->within_of] > now);
		if (may && !full && !early && mv->act != PACK_FILE && mv->auto_clock < 0 &&
		    (mv->from >> m->state & 1))
			bits |= (uint64_t)1 << i;
	}
	return bits;
}
