/* /api/v1: the institution as data (kinds, lists, rules), units, and the city itself. */
#include "matter/api.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "pack/field.h"

static void strings(struct hy_json *j, const char *key, const hy_str *v, size_t n)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++)
		hy_json_str(j, v[i]);
	hy_json_arr_end(j);
}

/* The texts of limits; none is "". */
static void limit(struct hy_json *j, const char *key, struct hy_limit l)
{
	hy_json_kstr(j, key, l.n ? hy_limit_text(j->b->a, l) : HY_S(""));
}

static enum hy_code answer_data(struct hy_request *r, const struct hy_buf *b)
{
	hy_answer_json(r, 200, b);
	hy_answer_etag(r, hy_str_head(city_pack(api_city(r))->hash, 16));
	return HY_OK;
}

/* --- kinds --------------------------------------------------------------------------------- */

static const char *const type_names[] = {
	[PACK_T_WORD] = "word",	      [PACK_T_TEXT] = "text",	      [PACK_T_WORDS] = "words",
	[PACK_T_TEXTS] = "texts",     [PACK_T_INT] = "integer",	      [PACK_T_LIMIT] = "limit",
	[PACK_T_INSTANT] = "instant", [PACK_T_PROBLEMS] = "problems", [PACK_T_MONEY] = "money",
};

static void need_json(struct hy_json *j, const struct pack_move *mv, const struct pack_need *need)
{
	const struct pack_field_info *f = &pack_fields[need->field];
	enum pack_list list = need->field == PACK_GROUND ? pack_ground_list(mv->act) : f->list;

	hy_json_obj(j);
	hy_json_kstr(j, "name", hy_str_of(f->name));
	hy_json_kstr(j, "type", hy_str_of(type_names[f->type]));
	hy_json_kbool(j, "required", need->required);
	hy_json_kbool(j, "private", f->is_private);
	hy_json_kint(j, "most", f->most);
	hy_json_kstr(j, "list", list < PACK__LISTS ? hy_str_of(pack_list_names[list]) : HY_S(""));
	hy_json_obj_end(j);
}

static void moves_of(struct hy_json *j, const char *key, const struct pack_kind *k, uint64_t bits)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < k->n_moves; i++)
		if (bits >> i & 1)
			hy_json_str(j, k->moves[i].id);
	hy_json_arr_end(j);
}

static void move_json(struct hy_json *j, const struct pack_kind *k, const struct pack_move *mv)
{
	hy_json_obj(j);
	hy_json_kstr(j, "id", mv->id);
	matter_text_json(j, "title", &mv->title);
	hy_json_kstr(j, "act", hy_str_of(pack_act_names[mv->act]));
	strings(j, "who", mv->who, mv->n_who);
	hy_json_key(j, "from");
	hy_json_arr(j);
	for (size_t i = 0; i < k->n_states; i++)
		if (mv->from >> i & 1)
			hy_json_str(j, k->states[i].id);
	hy_json_arr_end(j);
	hy_json_kstr(j, "to", mv->to >= 0 ? k->states[mv->to].id : HY_S(""));
	hy_json_key(j, "fields");
	hy_json_arr(j);
	for (size_t i = 0; i < mv->n_needs; i++)
		need_json(j, mv, &mv->needs[i]);
	hy_json_arr_end(j);
	hy_json_kint(j, "most", mv->most);
	limit(j, "within", mv->within);
	hy_json_kstr(j, "within_of", mv->within.n ? k->moves[mv->within_of].id : HY_S(""));
	hy_json_kbool(j, "within_roll", mv->within.n && mv->within_roll);
	moves_of(j, "apart", k, mv->apart);
	hy_json_kbool(j, "automatic", mv->auto_clock >= 0);
	hy_json_kstr(j, "clause", mv->clause);
	hy_json_obj_end(j);
}

static void clock_json(struct hy_json *j, const struct pack_kind *k, const struct pack_clock *c,
		       hy_day today)
{
	const struct pack_value *pledged = pack_pledge_on(c, HY_S(""), today);
	uint64_t starts = 0;

	hy_json_obj(j);
	hy_json_kstr(j, "id", c->id);
	matter_text_json(j, "title", &c->title);
	hy_json_kstr(j, "rule", c->rule ? c->rule->id : HY_S(""));
	hy_json_key(j, "by_class");
	hy_json_arr(j);
	for (size_t i = 0; i < c->n_by_class; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "class", c->by_class[i].cls);
		hy_json_kstr(j, "rule", c->by_class[i].rule->id);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_kstr(j, "holder", c->holder == PACK_CITIZEN ? HY_S("citizen") : HY_S("unit"));
	hy_json_kbool(j, "legal", c->legal);
	hy_json_kbool(j, "main", c->main);
	hy_json_kstr(j, "ladder", c->ladder ? c->ladder->id : HY_S(""));
	hy_json_kbool(j, "stated_limit", c->stated_limit);
	hy_json_kbool(j, "stated_due", c->stated_due);
	limit(j, "pledged", pledged ? pledged->limit : (struct hy_limit){ 0 });
	for (size_t i = 0; i < c->n_starts; i++)
		starts |= (uint64_t)1 << c->starts[i].move;
	moves_of(j, "starts", k, starts);
	moves_of(j, "stops", k, c->stops);
	moves_of(j, "pauses", k, c->pauses);
	moves_of(j, "resumes", k, c->resumes);
	moves_of(j, "extends", k, c->extends);
	moves_of(j, "restarts", k, c->restarts);
	hy_json_obj_end(j);
}

static void kind_json(struct hy_json *j, const struct pack_kind *k, hy_day today)
{
	hy_json_obj(j);
	hy_json_kstr(j, "id", k->id);
	hy_json_kstr(j, "prefix", k->prefix);
	matter_text_json(j, "title", &k->title);
	hy_json_kstr(j, "clause", k->clause);
	hy_json_key(j, "states");
	hy_json_arr(j);
	for (size_t i = 0; i < k->n_states; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", k->states[i].id);
		matter_text_json(j, "title", &k->states[i].title);
		hy_json_kbool(j, "open", k->states[i].open);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "moves");
	hy_json_arr(j);
	for (size_t i = 0; i < k->n_moves; i++)
		move_json(j, k, &k->moves[i]);
	hy_json_arr_end(j);
	hy_json_key(j, "clocks");
	hy_json_arr(j);
	for (size_t i = 0; i < k->n_clocks; i++)
		clock_json(j, k, &k->clocks[i], today);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static enum hy_code kinds(struct hy_request *r, struct hy_err *e)
{
	struct city *c = api_city(r);
	const struct pack *p = city_pack(c);
	hy_day today = hy_local(hy_calendar_zone(p->calendar), city_now(c), NULL);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "kinds");
	hy_json_arr(&j);
	for (size_t i = 0; i < p->n_kinds; i++)
		kind_json(&j, &p->kinds[i], today);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	return answer_data(r, &b);
}

/* --- lists of words -------------------------------------------------------------------------- */

static enum hy_code words(struct hy_request *r, struct hy_err *e)
{
	const struct pack *p = city_pack(api_city(r));
	hy_str name = hy_request_param(r, "list");
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	int list = 0;

	while (list < PACK__LISTS && !hy_str_eq(name, hy_str_of(pack_list_names[list])))
		list++;
	if (list == PACK__LISTS)
		return hy_fail(e, HY_NOT_FOUND, "list", "there is no list '" HY_FMT "'",
			       HY_ARG(hy_str_head(name, 40)));
	hy_json_obj(&j);
	hy_json_kstr(&j, "list", name);
	hy_json_key(&j, "words");
	hy_json_arr(&j);
	for (size_t i = 0; i < p->lists[list].n; i++) {
		const struct pack_word *w = &p->lists[list].v[i];
		hy_json_obj(&j);
		hy_json_kstr(&j, "id", w->id);
		matter_text_json(&j, "title", &w->title);
		hy_json_kstr(&j, "clause", w->clause);
		hy_json_kstr(&j, "outcome", w->outcome);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	return answer_data(r, &b);
}

/* --- rules ---------------------------------------------------------------------------------------
 */

static void day(struct hy_json *j, const char *key, hy_day d)
{
	if (d == HY_NO_DAY || d == INT32_MIN)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_day_text(j->b->a, d));
}

static void rule_json(struct hy_json *j, const struct pack_rule *r)
{
	hy_json_obj(j);
	hy_json_kstr(j, "id", r->id);
	matter_text_json(j, "title", &r->title);
	matter_text_json(j, "from", &r->from);
	matter_text_json(j, "to", &r->to);
	hy_json_key(j, "values");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n_values; i++) {
		hy_json_obj(j);
		day(j, "from", r->values[i].from);
		day(j, "until", r->values[i].until);
		limit(j, "limit", r->values[i].limit);
		hy_json_kstr(j, "clause", r->values[i].clause);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_kbool(j, "roll", r->roll);
	limit(j, "extension", r->extension);
	hy_json_kint(j, "extensions", r->extensions);
	hy_json_kstr(j, "extension_approver", r->extension_approver);
	hy_json_kstr(j, "extension_clause", r->extension_clause);
	strings(j, "pauses", r->pauses, r->n_pauses);
	hy_json_kstr(j, "pause_clause", r->pause_clause);
	hy_json_obj_end(j);
}

static enum hy_code rules(struct hy_request *r, struct hy_err *e)
{
	const struct pack *p = city_pack(api_city(r));
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);

	(void)e;
	hy_json_obj(&j);
	hy_json_key(&j, "rules");
	hy_json_arr(&j);
	for (size_t i = 0; i < p->n_rules; i++)
		rule_json(&j, &p->rules[i]);
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	return answer_data(r, &b);
}

/* --- the city
 * -------------------------------------------------------------------------------------- */

static enum hy_code institution(struct hy_request *r, struct hy_err *e)
{
	struct city *c = api_city(r);
	const struct pack *p = city_pack(c);
	struct hy_buf b = hy_buf_on(hy_request_arena(r));
	struct hy_json j = hy_json_on(&b);
	struct record_head head;
	hy_str vkey = HY_S(""), rest, origin = HY_S("");
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(hy_request_store(r), &db, e);

	if (!code)
		code = record_head(b.a, db, &head, e);
	if (!code)
		code = record_vkey(b.a, hy_store_files(hy_request_store(r)), &vkey, e);
	if (code)
		return code;
	rest = vkey = hy_str_trim(vkey);
	hy_str_cut(&rest, '+', &origin);
	hy_json_obj(&j);
	hy_json_kstr(&j, "city", city_name(c));
	explain_instant(&j, "now", p->calendar, city_now(c));
	hy_json_key(&j, "pack");
	hy_json_obj(&j);
	hy_json_kstr(&j, "name", p->name);
	hy_json_kstr(&j, "version", p->version);
	hy_json_kstr(&j, "jurisdiction", p->jurisdiction);
	matter_text_json(&j, "title", &p->title);
	hy_json_kstr(&j, "hash", p->hash);
	hy_json_kint(&j, "versions", (int64_t)city_rules(c)->n);
	hy_json_obj_end(&j);
	hy_json_key(&j, "calendar");
	hy_json_obj(&j);
	hy_json_kstr(&j, "id", hy_calendar_id(p->calendar));
	hy_json_kstr(&j, "hash", hy_calendar_hash(p->calendar));
	hy_json_obj_end(&j);
	hy_json_key(&j, "log");
	hy_json_obj(&j);
	hy_json_kstr(&j, "origin", origin);
	hy_json_kstr(&j, "vkey", vkey);
	hy_json_kint(&j, "size", head.size);
	hy_json_obj_end(&j);
	hy_json_obj_end(&j);
	hy_answer_json(r, 200, &b);
	return HY_OK;
}

const struct hy_route institution_routes[] = {
	{ .method = "GET",
	  .path = "/api/v1/institution",
	  .permission = "public",
	  .summary = "The city, its pack, its calendar, its log",
	  .run = institution },
	{ .method = "GET",
	  .path = "/api/v1/kinds",
	  .permission = "public",
	  .summary = "Kinds of matters: states, moves with their fields, clocks",
	  .run = kinds },
	{ .method = "GET",
	  .path = "/api/v1/lists/{list}",
	  .permission = "public",
	  .summary = "The words of a closed list",
	  .run = words },
	{ .method = "GET",
	  .path = "/api/v1/rules",
	  .permission = "public",
	  .summary = "Time limits with their clauses",
	  .run = rules },
	{ 0 },
};
