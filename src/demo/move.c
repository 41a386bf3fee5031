/* Who makes a move, and what it says. */
#include "demo/life.h"
#include "demo/problems.h"
#include "demo/units.h"

/* --- who ------------------------------------------------------------------------------------- */

static const struct {
	const char *role, *unit; /* unit NULL: the one that has the matter; "": none */
} seats[] = {
	{ "citizen", "" },
	{ "desk", "rexian" },
	{ "efficacy_office", "xnb" },
	{ "petition_office", "xfj" },
	{ "review_organ", "hys" },
	{ "leader", "hys" },
	{ "system", "" },
};

/* Whose desk takes in what; the hotline's takes the rest. */
static const struct {
	const char *kind, *unit;
} desks[] = {
	{ "licence", "xzsp-zh" }, { "petition", "xfj" },    { "disclosure", "hys" },
	{ "document", "hys" },	  { "instruction", "hys" }, { "rectification", "hys" },
	{ "urging", "rexian" },
};

static hy_str seat_of(const struct life *l, hy_str role)
{
	if (hy_str_eq(role, HY_S("desk")))
		for (size_t i = 0; i < HY_COUNT(desks); i++)
			if (strcmp(l->task->steps->kind, desks[i].kind) == 0)
				return hy_str_of(desks[i].unit);
	for (size_t i = 0; i < HY_COUNT(seats); i++)
		if (hy_str_eq(role, hy_str_of(seats[i].role)))
			return hy_str_of(seats[i].unit);
	if (l->m && l->m->unit.n)
		return l->m->unit;
	return hy_str_of(demo_units[l->unit].code);
}

static bool in_unit(hy_str role)
{
	for (size_t i = 0; i < HY_COUNT(seats); i++)
		if (hy_str_eq(role, hy_str_of(seats[i].role)))
			return false;
	return true;
}

/* The first of those who may is the usual one; the unit that has the matter answers it, and the
 * desk where none has. */
static hy_str role_for(struct life *l, const struct pack_move *mv)
{
	hy_str role = mv->who[draw_chance(&l->d, 800) ? 0 : draw_below(&l->d, mv->n_who)];

	if (l->m && mv->act == PACK_REPLY && in_unit(role) != (l->m->unit.n > 0))
		for (size_t i = 0; i < mv->n_who; i++)
			if (in_unit(mv->who[i]) == (l->m->unit.n > 0))
				return mv->who[i];
	return role;
}

/* Few sit at each post, so that the same names come again; approvers are of another row. */
static hy_str name_for(struct life *l, hy_str role, hy_str unit, bool approver)
{
	int u = demo_unit_index(unit);

	if (hy_str_eq(role, HY_S("system")))
		return HY_S("");
	if (hy_str_eq(role, HY_S("citizen")))
		return l->asker;
	return demo_official(l->a, l->lc->seed, u < 0 ? 0 : u,
			     approver ? 9 + (int)draw_below(&l->d, 3) : (int)draw_below(&l->d, 8));
}

/* --- what ----------------------------------------------------------------------------------------
 */

struct filling {
	struct life *l;
	const struct pack_move *mv;
	const struct demo_step *row;
	hy_ms at;
	hy_str ground, by;
	int level;
	json_t *data;
};

static void put(struct filling *f, enum pack_field field, hy_str v)
{
	if (v.n)
		json_object_set_new(f->data, pack_fields[field].name, json_stringn(v.p, v.n));
}

/* One of words with '|' between. */
static hy_str one_of(struct draw *d, const char *words)
{
	hy_str rest = hy_str_of(words), word = HY_S("");
	size_t n = 1;

	for (const char *c = words; *c; c++)
		n += *c == '|';
	for (size_t i = draw_below(d, n) + 1; i > 0; i--)
		if (!hy_str_cut(&rest, '|', &word))
			break;
	return word;
}

static hy_str ground_for(struct life *l, const struct demo_step *row)
{
	if (!row || !row->ground)
		return HY_S("");
	if (strcmp(row->ground, "?") != 0)
		return one_of(&l->d, row->ground);
	return strcmp(l->task->steps->kind, "document") == 0 ? HY_S("filed_away")
	       : strcmp(l->task->steps->kind, "rectification") == 0
		       ? HY_S("rectified")
		       : one_of(&l->d, "solved|solved|partly_solved|planned");
}

static int level_for(struct life *l)
{
	int care = demo_units[l->unit].care - (l->m && l->m->verdict == MATTER_LATE ? 25 : 0);
	int x = (int)draw_below(&l->d, 100);

	return x < care ? (x < care * 6 / 10 ? 5 : 4) : x < care + (100 - care) / 2 ? 3 : 1 + x % 2;
}

/* The rule of the clock that MV extends. */
static const struct pack_rule *extended_rule(const struct life *l, const struct pack_move *mv)
{
	uint64_t bit = (uint64_t)1 << (mv - l->task->kind->moves);

	for (size_t i = 0; i < l->m->n_clocks; i++) {
		const struct matter_clock *k = &l->m->clocks[i];
		if ((k->def->extends & bit) && k->def->holder == PACK_CITIZEN)
			return k->now_rule;
	}
	return NULL;
}

static hy_str approver_for(struct filling *f)
{
	const struct pack_rule *r = f->mv->act == PACK_EXTEND ? extended_rule(f->l, f->mv) : NULL;

	if (r && r->extension_approver.n)
		return r->extension_approver;
	if (f->mv->act == PACK_CLOSE || f->mv->act == PACK_ANNUL)
		return HY_S("efficacy_office");
	return HY_S("unit_head");
}

static hy_str extension(struct filling *f)
{
	const struct pack_rule *r = extended_rule(f->l, f->mv);
	struct hy_limit limit = r ? r->extension : (struct hy_limit){ HY_WORKING_DAY, 5 };

	if (limit.n > 2 && draw_chance(&f->l->d, 400))
		limit.n = limit.n * 2 / 3;
	return hy_limit_text(f->l->a, limit);
}

static hy_str unit_given(struct filling *f)
{
	struct life *l = f->l;
	int have = demo_unit_index(l->m ? l->m->unit : HY_S(""));

	if (f->mv->act == PACK_HAND_OFF || (f->mv->act == PACK_DISPATCH && l->m && l->m->returns))
		l->unit = demo_unit_other(&l->d, have >= 0 ? have : l->unit);
	return hy_str_of(demo_units[l->unit].code);
}

static void put_list(struct filling *f, enum pack_field field)
{
	struct life *l = f->l;
	json_t *list = json_array();
	int n = (int)draw_in(&l->d, 1, 3);

	for (int i = 0; i < n; i++) {
		hy_str s = field == PACK_UNITS
				   ? hy_str_of(demo_units[demo_unit_other(&l->d, l->unit)].code)
			   : field == PACK_PAPERS
				   ? hy_str_of(demo_missing(&l->d))
				   : one_of(&l->d, "overdue_total|bad_attitude|shirk|perfunctory|"
						   "fake_completion|no_reason|no_one_off_notice");
		bool there = false;
		for (size_t k = 0; k < json_array_size(list); k++)
			there |=
				hy_str_eq(s, hy_str_of(json_string_value(json_array_get(list, k))));
		if (!there)
			json_array_append_new(list, json_stringn(s.p, s.n));
	}
	json_object_set_new(f->data, pack_fields[field].name, list);
}

static hy_str channel_for(struct life *l)
{
	static const struct {
		const char *kind, *channels;
	} rows[] = {
		{ "hotline", "phone|phone|phone|phone|phone|wechat|app|web|sms" },
		{ "complaint", "mailbox|mailbox|web|wechat|letter|phone|visit" },
		{ "petition", "letter|letter|visit|visit|web|mailbox" },
		{ "licence", "window|window|web|app" },
		{ "disclosure", "web|web|letter|window" },
		{ "instruction", "leader|leader|leader|superior|media" },
		{ "rectification", "inspection|inspection|esup|superior" },
		{ "urging", "esup|esup|mailbox|leader" },
		{ "advice", "inspection|esup" },
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if (strcmp(l->task->steps->kind, rows[i].kind) == 0)
			return one_of(&l->d, rows[i].channels);
	return one_of(&l->d, "superior|superior|letter");
}

static bool offices_own(const struct life *l)
{
	const char *k = l->task->steps->kind;

	return strcmp(k, "document") == 0 || strcmp(k, "instruction") == 0 ||
	       strcmp(k, "rectification") == 0 || strcmp(k, "problem_list") == 0 ||
	       strcmp(k, "urging") == 0 || strcmp(k, "advice") == 0;
}

/* Does an optional field come along? */
static bool comes_along(struct filling *f, enum pack_field field)
{
	struct life *l = f->l;
	bool filing = f->mv->act == PACK_FILE;

	switch (field) {
	case PACK_BODY:
	case PACK_CHANNEL:
		return filing;
	case PACK_CLASS:
		return filing && l->cls.n;
	case PACK_PLACE:
		return filing && !offices_own(l);
	case PACK_NAME:
	case PACK_CONTACT:
		return filing && l->asker.n;
	case PACK_UNIT:
		return filing &&
		       (strcmp(l->task->steps->kind, "licence") == 0 ||
			strcmp(l->task->steps->kind, "disclosure") == 0) &&
		       draw_chance(&l->d, 980);
	case PACK_DUE:
		return filing && offices_own(l) && draw_chance(&l->d, 250);
	case PACK_APPROVER_NAME:
		return true;
	case PACK_PAPER:
		return draw_chance(&l->d, 450);
	case PACK_FINDING:
		return f->mv->act == PACK_REPLY && !offices_own(l) && draw_chance(&l->d, 700);
	case PACK_TEXT:
		return f->mv->act != PACK_DECLINE && f->mv->act != PACK_REOPEN &&
		       draw_chance(&l->d, 500);
	case PACK_REASON:
		return draw_chance(&l->d, 500);
	case PACK_REASONS:
		return f->level <= 2;
	case PACK_TITLE:
	case PACK_UNITS:
	case PACK_PERSON:
	case PACK_GROUND:
	case PACK_BASIS:
	case PACK_APPROVER:
	case PACK_REMEDY:
	case PACK_PAPERS:
	case PACK_LINES:
	case PACK_PLANNED:
	case PACK_LIMIT:
	case PACK_LEVEL:
	case PACK_LEAD:
	case PACK_MATTERS:
	case PACK_CAUSE:
	case PACK_MEASURE:
	case PACK_TOLD:
	case PACK_ABOUT_UNIT:
	case PACK_ABOUT_PERSON:
	case PACK_GUARD:
	case PACK_FEE:
	case PACK_AMOUNT:
	case PACK_QUANTITY:
	case PACK__FIELDS:
		return false;
	case PACK_ITEM:
		return filing && l->subject->item &&
		       hy_map_get(&l->lc->items, hy_str_of(l->subject->item));
	case PACK_FIRST_CONTACT:
		return filing && hy_str_eq(f->mv->who[0], HY_S("citizen")) &&
		       hy_str_eq(hy_json_get(f->data, "channel"), HY_S("window"));
	case PACK_AGENT:
		return filing && l->asker.n && draw_chance(&l->d, 120);
	case PACK_AGENT_CONTACT:
	case PACK_AUTHORITY:
		return json_object_get(f->data, pack_fields[PACK_AGENT].name) != NULL;
	}
	return false;
}

/* Masked, so that it is nobody's. */
static hy_str contact(struct life *l)
{
	return hy_printf(l->a, "1%c%d****%04d", "3578"[draw_below(&l->d, 4)],
			 (int)draw_below(&l->d, 10), (int)draw_below(&l->d, 10000));
}

/* What a notice is about: a few of the newest matters of a unit, to which it goes then. */
static void put_matters(struct filling *f)
{
	struct life *l = f->l;
	HY_SCOPED_STMT s =
		hy_sql(l->db, "SELECT code, unit FROM matter WHERE unit <> ''"
			      " AND annulled = 0 AND guard = 0 AND about_unit = ''"
			      " AND about_person = '' AND kind IN ('hotline', 'complaint',"
			      " 'licence') ORDER BY id DESC LIMIT 40");
	json_t *codes = json_array();
	hy_str unit = HY_S("");
	struct hy_err e = { 0 };
	bool row;

	while (!hy_step(s, &row, &e) && row && json_array_size(codes) < 3) {
		hy_str code = hy_col_text(s, 0);
		if (unit.n == 0)
			unit = hy_col_dup(l->a, s, 1);
		if (hy_str_eq(unit, hy_col_text(s, 1)))
			json_array_append_new(codes, json_stringn(code.p, code.n));
	}
	hy_err_clear(&e);
	if (json_array_size(codes))
		json_object_set(f->data, "matters", codes);
	json_decref(codes);
	if (unit.n) {
		put(f, PACK_UNIT, unit);
		if (demo_unit_index(unit) >= 0)
			l->unit = demo_unit_index(unit);
	}
}

static void fill(struct filling *f, enum pack_field field)
{
	struct life *l = f->l;
	const struct scene *s = &l->scene;
	hy_str kind = l->task->kind->id;
	int care = f->mv->act == PACK_RATE ? f->level : demo_units[l->unit].care;

	switch (field) {
	case PACK_TITLE:
		put(f, field, scene_fill(l->a, s, l->subject->title));
		break;
	case PACK_BODY:
		put(f, field, demo_body(l->a, &l->d, s, kind, l->subject));
		break;
	case PACK_CHANNEL:
		put(f, field, channel_for(l));
		break;
	case PACK_CLASS:
		put(f, field, l->cls.n ? l->cls : HY_S("other"));
		break;
	case PACK_PLACE:
		put(f, field, scene_place(l->a, s));
		break;
	case PACK_NAME:
		put(f, field, l->asker);
		break;
	case PACK_CONTACT:
		put(f, field, contact(l));
		break;
	case PACK_UNIT:
		put(f, field, unit_given(f));
		break;
	case PACK_UNITS:
	case PACK_PAPERS:
	case PACK_REASONS:
		put_list(f, field);
		break;
	case PACK_PERSON:
		put(f, field, name_for(l, HY_S("handler"), seat_of(l, HY_S("handler")), false));
		break;
	case PACK_GROUND:
		put(f, field, f->ground);
		break;
	case PACK_REASON:
		put(f, field, demo_reason(l->a, &l->d, s, f->mv->act, f->ground));
		break;
	case PACK_BASIS:
		put(f, field, demo_basis(kind, f->ground));
		break;
	case PACK_APPROVER:
		put(f, field, approver_for(f));
		break;
	case PACK_APPROVER_NAME: {
		hy_str name = name_for(l, HY_S("unit_head"), seat_of(l, HY_S("unit_head")), true);
		if (!hy_str_eq(name, f->by)) /* the namesake of who makes the move is left out */
			put(f, field, name);
		break;
	}
	case PACK_REMEDY:
		put(f, field, demo_remedy(l->a, &l->d, kind, f->ground));
		break;
	case PACK_PAPER:
		put(f, field, demo_paper(l->a, s, f->mv->act));
		break;
	case PACK_PLANNED:
		json_object_set_new(f->data, "planned", json_integer(draw_in(&l->d, 5, 20)));
		break;
	case PACK_LIMIT:
		put(f, field, extension(f));
		break;
	case PACK_DUE:
		json_object_set_new(f->data, "due",
				    json_integer(hy_instant(&hy_zone_china,
							    hy_local(&hy_zone_china, f->at, NULL) +
								    (hy_day)draw_in(&l->d, 6, 30),
							    17 * HY_HOUR)));
		break;
	case PACK_TEXT:
		put(f, field,
		    demo_text(l->a, &l->d, s, kind, f->mv->act, f->mv->id,
			      hy_str_of(l->subject->cls), care));
		break;
	case PACK_FINDING:
		put(f, field,
		    one_of(&l->d, "substantiated|substantiated|partly|partly|unsubstantiated|"
				  "unverifiable"));
		break;
	case PACK_LEVEL:
		json_object_set_new(f->data, "level", json_integer(f->level));
		break;
	case PACK_LINES:
		json_object_set_new(f->data, "lines",
				    demo_problem_lines(l->a, &l->d, s,
						       hy_local(&hy_zone_china, f->at, NULL),
						       f->by));
		break;
	case PACK_MATTERS:
		put_matters(f);
		break;
	case PACK_ITEM:
		put(f, field, hy_str_of(l->subject->item));
		break;
	case PACK_FIRST_CONTACT:
		put(f, field, name_for(l, HY_S("desk"), seat_of(l, HY_S("desk")), false));
		break;
	case PACK_AGENT:
		put(f, field, demo_person(l->a, &l->d));
		break;
	case PACK_AGENT_CONTACT:
		put(f, field, contact(l));
		break;
	case PACK_AUTHORITY:
		put(f, field, HY_S("授权委托书（申请人签名），附双方身份证明"));
		break;
	case PACK_LEAD: /* joining is not in the tables: life.c says whom */
	case PACK_FEE:	/* nor is charging */
	case PACK_AMOUNT:
	case PACK_QUANTITY:
	case PACK_CAUSE:
	case PACK_MEASURE:
	case PACK_TOLD:
	case PACK_ABOUT_UNIT:
	case PACK_ABOUT_PERSON:
	case PACK_GUARD:
	case PACK__FIELDS:
		break;
	}
}

void life_move(struct life *l, const struct pack_move *mv, const struct demo_step *row, hy_ms at,
	       struct matter_move *out)
{
	struct filling f = { .l = l, .mv = mv, .row = row, .at = at, .data = json_object() };

	hy_json_keep(l->a, f.data);
	*out = (struct matter_move){ .move = mv->id, .at = at, .data = f.data };
	out->role = role_for(l, mv);
	out->unit = seat_of(l, out->role);
	out->name = name_for(l, out->role, out->unit, false);
	for (int i = 0;
	     l->m && i < 50 && !matter_apart(l->m, (size_t)(mv - l->m->kind->moves), out);
	     i++) /* another person, where the kind asks for one */
		out->name = name_for(l, out->role, out->unit, false);
	f.by = out->name;
	f.ground = ground_for(l, row);
	f.level = mv->act == PACK_RATE ? level_for(l) : 5;
	for (size_t i = 0; i < mv->n_needs; i++)
		if (mv->needs[i].required || comes_along(&f, mv->needs[i].field))
			fill(&f, mv->needs[i].field);
}
