/* Surveys: who may rate what, when, and once. */
#include "appraise/survey.h"
#include "appraise/round_part.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/map.h"
#include "stat/panel.h"

bool survey_void(const struct survey *s)
{
	return s->declared_void || s->returned > s->issued;
}

/* --- the scheme's side --------------------------------------------------------------------------
 */

static const struct pack_panel *panel_of(const struct pack_scheme *s, hy_str id, struct hy_err *e)
{
	struct hy_near near = hy_near_to(id);

	for (size_t i = 0; i < s->n_panels; i++) {
		if (hy_str_eq(s->panels[i].id, id))
			return &s->panels[i];
		hy_near_try(&near, s->panels[i].id);
	}
	if (s->n_panels == 0)
		hy_fail(e, HY_BAD_FIELD, "panel", "the scheme " HY_FMT " has no panel of raters",
			HY_ARG(s->id));
	else
		hy_fail(e, HY_BAD_FIELD, "panel", "the scheme has no panel '" HY_FMT "'%s",
			HY_ARG(near.want), hy_near_text(&near));
	return NULL;
}

static const struct pack_rater_group *raters_of(const struct pack_panel *p, hy_str id,
						struct hy_err *e)
{
	struct hy_near near = hy_near_to(id);

	for (size_t i = 0; i < p->n_groups; i++) {
		if (hy_str_eq(p->groups[i].id, id))
			return &p->groups[i];
		hy_near_try(&near, p->groups[i].id);
	}
	hy_fail(e, HY_BAD_FIELD, "raters", "the panel has no raters '" HY_FMT "'%s",
		HY_ARG(near.want), hy_near_text(&near));
	return NULL;
}

static const struct pack_scheme *scheme_of(struct city *c, const struct round *r, struct hy_err *e)
{
	const struct pack_scheme *s = pack_scheme(city_pack(c), r->scheme);

	if (!s)
		hy_fail(e, HY_NOT_NOW, "",
			"the institution in force has no scheme " HY_FMT " any more",
			HY_ARG(r->scheme));
	return s;
}

static hy_day today_of(const struct round_act *w)
{
	return city_day(w->city, w->at);
}

/* --- opening --------------------------------------------------------------------------------- */

static enum hy_code units_of(const struct round_act *w, const struct round *r,
			     const struct pack_scheme *scheme, const struct survey_new *n,
			     struct survey *s, struct hy_err *e)
{
	struct hy_map seen = { .a = w->a };
	struct unit_book book;
	enum hy_code c = unit_book_read(w->a, w->db, &book, e);

	if (c)
		return c;
	if (n->n_units == 0)
		return round_appraised(w->a, &book, scheme, r->to, &s->units, &s->n_units, e);
	s->units = hy_new_n(w->a, hy_str, n->n_units);
	for (size_t i = 0; i < n->n_units; i++) {
		const struct unit_entry *u = unit_book_find(&book, n->units[i]);
		if (!u || !unit_open_on(&u->unit, r->to))
			return hy_fail(e, HY_BAD_FIELD, "units",
				       "there is no unit '" HY_FMT "' on the round's last day",
				       HY_ARG(hy_str_head(n->units[i], 40)));
		if (hy_map_get(&seen, u->unit.code))
			return hy_fail(e, HY_BAD_FIELD, "units", HY_FMT " is named twice",
				       HY_ARG(u->unit.code));
		hy_map_put(&seen, u->unit.code, (void *)(uintptr_t)u);
		s->units[s->n_units++] = u->unit.code;
	}
	return HY_OK;
}

static hy_str open_data(struct hy_arena *a, const struct survey *s)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "from", s->from);
	hy_json_kstr(&j, "panel", s->panel);
	hy_json_kstr(&j, "raters", s->raters);
	hy_json_kstr(&j, "round", s->round);
	hy_json_key(&j, "units");
	hy_json_arr(&j);
	for (size_t i = 0; i < s->n_units; i++)
		hy_json_str(&j, s->units[i]);
	hy_json_arr_end(&j);
	hy_json_kint(&j, "until", s->until);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static hy_str account_private(const struct round_act *w, hy_str reason)
{
	struct hy_buf b = hy_buf_on(w->a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kint(&j, "account", w->account);
	if (reason.n)
		hy_json_kstr(&j, "reason", reason);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code round_takes(const struct round *r, struct hy_err *e)
{
	return r->state == ROUND_OPEN
		       ? HY_OK
		       : hy_fail(e, HY_NOT_NOW, "",
				 "the round " HY_FMT " is %s; raters are asked while it is open",
				 HY_ARG(r->code), round_state_names[r->state]);
}

/* What was marked by hand is not asked of raters too. */
static enum hy_code not_marked(const struct round_act *w, const struct round *r,
			       const struct pack_scheme *s, const struct pack_panel *p,
			       struct hy_err *e)
{
	for (size_t i = 0; i < s->n_indicators; i++) {
		const struct pack_indicator *in = &s->indicators[i];
		bool marked = false;
		if (in->source != PACK_BY_PANEL || &s->panels[in->panel] != p)
			continue;
		enum hy_code c = round_is_marked(w->db, r, in->id, &marked, e);
		if (!c && marked)
			return hy_fail(e, HY_NOT_NOW, "",
				       "'" HY_FMT "' was marked by hand in this round",
				       HY_ARG(in->id));
		if (c)
			return c;
	}
	return HY_OK;
}

enum hy_code survey_open(const struct round_act *w, hy_str round, const struct survey_new *n,
			 struct survey *out, struct hy_err *e)
{
	struct survey s = {
		.panel = n->panel, .raters = n->raters, .from = n->from, .until = n->until
	};
	struct round r;
	enum hy_code c = round_by_code(w->a, w->db, round, &r, e);

	if (!c)
		c = round_takes(&r, e);
	if (c)
		return c;
	const struct pack_scheme *scheme = scheme_of(w->city, &r, e);
	const struct pack_panel *p = scheme ? panel_of(scheme, n->panel, e) : NULL;
	if (!p || !raters_of(p, n->raters, e))
		return e->code;
	if (s.until < s.from)
		return hy_fail(e, HY_BAD_FIELD, "until", "the last day is before the first");
	if (s.until < today_of(w))
		return hy_fail(e, HY_BAD_FIELD, "until", "the last day is over already");
	s.round = r.code;
	c = not_marked(w, &r, scheme, p, e);
	if (c)
		return c;
	c = units_of(w, &r, scheme, n, &s, e);
	if (!c && s.n_units > SURVEY_UNITS_MOST)
		return hy_fail(e, HY_BAD_FIELD, "units",
			       "%zu units are too many for one form; name at most %d and open "
			       "several surveys",
			       s.n_units, SURVEY_UNITS_MOST);
	if (!c)
		c = survey_next(w->a, w->db, &r, &s, e);
	if (!c)
		c = survey_event(w, &s, "open", open_data(w->a, &s), account_private(w, HY_S("")),
				 e);
	if (!c)
		c = survey_store(w->db, &s, r.id, e);
	if (!c)
		*out = s;
	return c;
}

/* --- codes ------------------------------------------------------------------------------------ */

/* 32 signs that are not taken for each other; 16 of them are 80 bits. */
static const char signs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static hy_str code_make(struct hy_arena *a)
{
	unsigned char random[SURVEY_CODE_CHARS];
	struct hy_buf b = hy_buf_on(a);

	hy_random(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i && i % 4 == 0)
			hy_buf_byte(&b, '-');
		hy_buf_byte(&b, signs[random[i] % 32]);
	}
	sodium_memzero(random, sizeof(random));
	return hy_buf_str(&b);
}

hy_str survey_code_read(struct hy_arena *a, hy_str typed)
{
	struct hy_buf b = hy_buf_on(a);

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (c == ' ' || c == '-' || c == '\t' || c == '\n' || c == '\r')
			continue;
		hy_buf_byte(&b, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	return hy_buf_str(&b);
}

static hy_str hash_of(struct hy_arena *a, hy_str code)
{
	hy_hash h = hy_sha256_4(HY_S("huiyin survey code 1\n"), code, HY_S(""), HY_S(""));

	return hy_hex(a, h.b, sizeof(h.b));
}

static enum hy_code own_ok(const struct round_act *w, hy_str own, struct hy_err *e)
{
	struct unit u;
	enum hy_code c = own.n ? unit_by_code(w->a, w->db, own, &u, e) : HY_OK;

	if (c == HY_NOT_FOUND) {
		hy_err_clear(e);
		return hy_fail(e, HY_BAD_FIELD, "own", "there is no unit '" HY_FMT "'",
			       HY_ARG(hy_str_head(own, 40)));
	}
	return c;
}

enum hy_code survey_issue(const struct round_act *w, hy_str code, int64_t count, hy_str own,
			  struct survey *out, hy_str **codes_out, struct hy_err *e)
{
	int64_t all = 0;
	struct survey s;
	struct round r;
	enum hy_code c = survey_by_code(w->a, w->db, code, &s, e);

	if (!c)
		c = round_by_code(w->a, w->db, s.round, &r, e);
	if (!c)
		c = own_ok(w, own, e);
	if (!c)
		c = survey_issued(w->db, &s, &all, e);
	if (c)
		return c;
	if (survey_void(&s) || s.until < today_of(w))
		return hy_fail(e, HY_NOT_NOW, "", "the survey " HY_FMT " is over", HY_ARG(s.code));
	if (count < 1 || count > SURVEY_CODES_MOST - s.issued)
		return hy_fail(e, HY_BAD_FIELD, "count",
			       "a survey has at most %d codes, and this one has %lld",
			       SURVEY_CODES_MOST, (long long)s.issued);
	if (all + count > PANEL_MOST)
		return hy_fail(e, HY_BAD_FIELD, "count",
			       "these raters have %lld codes in this round; at most %d are counted",
			       (long long)all, PANEL_MOST);
	hy_str *codes = hy_new_n(w->a, hy_str, (size_t)count);
	hy_str *hashes = hy_new_n(w->a, hy_str, (size_t)count);
	for (int64_t i = 0; i < count; i++) {
		codes[i] = code_make(w->a);
		hashes[i] = hash_of(w->a, survey_code_read(w->a, codes[i]));
	}
	hy_str digest = survey_codes_digest(w->a, hashes, (size_t)count); /* sorts: no order */
	struct hy_buf b = hy_buf_on(w->a);
	struct hy_json j = hy_json_on(&b);
	hy_json_obj(&j);
	hy_json_kstr(&j, "codes", digest);
	hy_json_kint(&j, "n", count);
	hy_json_kstr(&j, "own", own);
	hy_json_obj_end(&j);
	s.issued += count;
	c = survey_event(w, &s, "issue", hy_buf_str(&b), account_private(w, HY_S("")), e);
	for (int64_t i = 0; !c && i < count; i++) {
		const struct survey_code k = { .survey = s.id, .hash = hashes[i], .own = own };
		c = survey_code_store(w->db, &k, s.seq, e);
	}
	if (!c)
		c = survey_store(w->db, &s, r.id, e);
	if (!c) {
		*out = s;
		*codes_out = codes;
	}
	return c;
}

enum hy_code survey_declare_void(const struct round_act *w, hy_str code, hy_str reason,
				 struct survey *out, struct hy_err *e)
{
	struct survey s;
	struct round r;
	enum hy_code c = survey_by_code(w->a, w->db, code, &s, e);

	if (!c)
		c = round_by_code(w->a, w->db, s.round, &r, e);
	if (c)
		return c;
	if (s.declared_void)
		return hy_fail(e, HY_EXISTS, "", "the survey " HY_FMT " is void already",
			       HY_ARG(s.code));
	if (r.state == ROUND_FINAL)
		return hy_fail(e, HY_NOT_NOW, "", "the round " HY_FMT " is final", HY_ARG(r.code));
	if (hy_str_trim(reason).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "reason", "say why nothing of it counts");
	s.declared_void = true;
	s.reason = reason;
	c = survey_event(w, &s, "void", HY_S("{}"), account_private(w, reason), e);
	if (!c)
		c = survey_store(w->db, &s, r.id, e);
	if (!c)
		*out = s;
	return c;
}

/* --- the rater's side
 * -------------------------------------------------------------------------- */

static bool stands_over(const struct unit_book *book, hy_str above, hy_str below, hy_day d)
{
	const struct unit_entry *u = unit_book_find(book, below);

	for (int steps = 0; u && steps < 64; steps++) {
		if (hy_str_eq(u->unit.code, above))
			return true;
		hy_str up = unit_past_on(u, d)->parent;
		u = up.n ? unit_book_find(book, up) : NULL;
	}
	return false;
}

static bool is_own(const struct unit_book *book, hy_str own, hy_str unit, hy_day d)
{
	return own.n && (stands_over(book, own, unit, d) || stands_over(book, unit, own, d));
}

static enum hy_code find_code(struct hy_arena *a, struct hy_db *db, hy_str typed,
			      struct survey_code *k, hy_str *code, struct hy_err *e)
{
	bool there = false;
	enum hy_code c = HY_OK;

	*code = survey_code_read(a, typed);
	if (code->n == SURVEY_CODE_CHARS)
		c = survey_code_find(a, db, hash_of(a, *code), k, &there, e);
	if (!c && !there)
		return hy_fail(e, HY_NOT_FOUND, "code",
			       "no such code was given out; compare it sign by sign with the slip");
	return c;
}

static void names_of(struct hy_arena *a, struct survey_form *f, const struct unit_book *book,
		     hy_str own)
{
	hy_day d = f->round.to;

	f->units = hy_new_n(a, hy_str, f->s.n_units + 1);
	f->names = hy_new_n(a, hy_str, f->s.n_units + 1);
	f->above = hy_new_n(a, hy_str, f->s.n_units + 1);
	for (size_t i = 0; i < f->s.n_units; i++) {
		const struct unit_entry *u = unit_book_find(book, f->s.units[i]);
		if (!u || is_own(book, own, f->s.units[i], d))
			continue;
		hy_str up = u->unit.kind == UNIT_ORGAN ? HY_S("") : unit_past_on(u, d)->parent;
		f->units[f->n_units] = f->s.units[i];
		f->above[f->n_units] = up.n ? unit_name_on(book, up, d) : HY_S("");
		f->names[f->n_units++] = unit_name_on(book, f->s.units[i], d);
	}
}

enum hy_code survey_form(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str typed,
			 struct survey_form *out, struct hy_err *e)
{
	const struct pack *pack = city_pack(c);
	hy_day today = hy_local(hy_calendar_zone(pack->calendar), city_now(c), NULL);
	struct survey_form f = { 0 };
	struct unit_book book;
	struct survey_code k;
	hy_str code;
	enum hy_code failed = find_code(a, db, typed, &k, &code, e);

	if (!failed)
		failed = survey_by_id(a, db, k.survey, &f.s, e);
	if (!failed)
		failed = round_by_code(a, db, f.s.round, &f.round, e);
	if (!failed)
		failed = unit_book_read(a, db, &book, e);
	if (failed)
		return failed;
	const struct pack_scheme *scheme = scheme_of(c, &f.round, e);
	f.panel = scheme ? panel_of(scheme, f.s.panel, e) : NULL;
	f.raters = f.panel ? raters_of(f.panel, f.s.raters, e) : NULL;
	if (!f.raters)
		return e->code;
	names_of(a, &f, &book, k.own);
	f.spent = !hy_str_eq(k.tag, hy_str_of(survey_unspent));
	f.now = !survey_void(&f.s) && today >= f.s.from && today <= f.s.until;
	*out = f;
	return HY_OK;
}

/* --- a ballot
 * ---------------------------------------------------------------------------------------- */

struct rated {
	hy_str unit, answers;
};

static int by_unit(const void *x, const void *y)
{
	return hy_str_cmp(((const struct rated *)x)->unit, ((const struct rated *)y)->unit);
}

static enum hy_code answers_read(struct hy_arena *a, const struct pack_panel *p, const json_t *list,
				 hy_str *out, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(a);

	if (!json_is_array(list) || json_array_size(list) != p->n_items)
		return hy_fail(e, HY_BAD_FIELD, "ratings",
			       "each unit has %zu answers, one for each"
			       " question",
			       p->n_items);
	for (size_t i = 0; i < p->n_items; i++) {
		const json_t *v = json_array_get(list, i);
		hy_str id = json_is_string(v) ? hy_str_of(json_string_value(v)) : HY_S("");
		bool known = json_is_null(v);
		for (size_t k = 0; k < p->n_levels; k++)
			known |= id.n && hy_str_eq(p->levels[k].id, id);
		if (!known)
			return hy_fail(e, HY_BAD_FIELD, "ratings",
				       "an answer is one of the levels of the form, or null");
		hy_buf_fmt(&b, "%s" HY_FMT, i ? "," : "", HY_ARG(id));
	}
	*out = hy_buf_str(&b);
	return HY_OK;
}

static bool may_rate(const struct survey_form *f, hy_str unit)
{
	for (size_t i = 0; i < f->n_units; i++)
		if (hy_str_eq(f->units[i], unit))
			return true;
	return false;
}

static enum hy_code ballot_read(struct hy_arena *a, const struct survey_form *f, const json_t *list,
				struct rated **out, size_t *n_out, struct hy_err *e)
{
	size_t n = json_object_size(list), i = 0;
	struct rated *v = hy_new_n(a, struct rated, n + 1);
	const char *unit;
	json_t *answers;

	if (!json_is_object(list) || n == 0 || n > f->n_units)
		return hy_fail(e, HY_BAD_FIELD, "ratings", "from one to %zu units are rated",
			       f->n_units);
	json_object_foreach ((json_t *)(uintptr_t)list, unit, answers) {
		v[i].unit = hy_str_of(unit);
		if (!may_rate(f, v[i].unit))
			return hy_fail(e, HY_BAD_FIELD, "ratings",
				       "'" HY_FMT "' is not to be rated with this code",
				       HY_ARG(hy_str_head(v[i].unit, 40)));
		enum hy_code c = answers_read(a, f->panel, answers, &v[i].answers, e);
		if (c)
			return c;
		i++;
	}
	qsort(v, n, sizeof(*v), by_unit);
	*out = v;
	*n_out = n;
	return HY_OK;
}

static hy_str ballot_json(struct hy_arena *a, const struct rated *v, size_t n)
{
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_key(&j, "ratings");
	hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "answers", v[i].answers);
		hy_json_kstr(&j, "unit", v[i].unit);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	return hy_buf_str(&b);
}

static enum hy_code window_ok(const struct survey_form *f, hy_day today, struct hy_arena *a,
			      struct hy_err *e)
{
	if (survey_void(&f->s))
		return hy_fail(e, HY_NOT_NOW, "", "this survey was declared void");
	if (today < f->s.from)
		return hy_fail(e, HY_NOT_NOW, "", "answers are taken from " HY_FMT " on",
			       HY_ARG(hy_day_text(a, f->s.from)));
	if (today > f->s.until)
		return hy_fail(e, HY_NOT_NOW, "", "answers were taken until " HY_FMT,
			       HY_ARG(hy_day_text(a, f->s.until)));
	return HY_OK;
}

static enum hy_code take(const struct round_act *w, struct survey_form *f,
			 const struct survey_code *k, hy_str tag, hy_str text,
			 const struct rated *v, size_t n, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(city_pack(w->city)->calendar);
	struct round_act day = *w; /* nobody's account, nobody's unit, no hour */

	day.at = hy_instant(zone, today_of(w), 0);
	day.account = 0;
	f->s.returned++;
	enum hy_code c = survey_event(&day, &f->s, "rate", HY_S("{}"), text, e);
	for (size_t i = 0; !c && i < n; i++)
		c = survey_rating_store(w->db, &f->s, v[i].unit, v[i].answers, e);
	if (!c)
		c = survey_spend(w->db, k, tag, e);
	return c ? c : survey_store(w->db, &f->s, f->round.id, e);
}

enum hy_code survey_rate(const struct round_act *w, const struct survey_ballot *b, struct hy_err *e)
{
	struct survey_form f;
	struct survey_code k;
	struct rated *v = NULL;
	size_t n = 0;
	hy_str code;
	enum hy_code c = survey_form(w->a, w->city, w->db, b->code, &f, e);

	if (!c)
		c = find_code(w->a, w->db, b->code, &k, &code, e);
	if (!c)
		c = ballot_read(w->a, &f, b->ratings, &v, &n, e);
	if (c)
		return c;
	hy_str text = ballot_json(w->a, v, n);
	hy_hash h = hy_sha256_4(HY_S("huiyin survey ballot 1\n"), code,
				hy_printf(w->a, "\n" HY_FMT "\n", HY_ARG(b->nonce)), text);
	hy_str tag = hy_hex(w->a, h.b, sizeof(h.b));
	if (hy_same_secret(tag, k.tag))
		return HY_OK; /* the same, sent again */
	if (f.spent)
		return hy_fail(e, HY_EXISTS, "code",
			       "this code was used already; what was sent with it stands");
	c = window_ok(&f, today_of(w), w->a, e);
	return c ? c : take(w, &f, &k, tag, text, v, n, e);
}
