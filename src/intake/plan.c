#include "intake/plan.h"

#include "base/buf.h"
#include "base/json.h"

enum { KEY_MOST = 200 };

struct making {
	struct hy_arena *a;
	const struct intake_map *m;
	struct intake_cells cells;
	struct intake_plan *plan;
	hy_ms now;
	struct hy_err *e;
};

static json_t *text(hy_str s)
{
	return json_stringn(s.p, s.n);
}

static const char *name_of(const struct making *k, int column)
{
	return hy_str_dup(k->a, hy_str_head(k->m->columns.v[column].name, 15)).p;
}

static enum hy_code time_of(struct making *k, int column, hy_ms *out)
{
	hy_str s = intake_cell(k->m, &k->cells, column);

	if (!intake_time_read(k->m, s, out))
		return hy_fail(k->e, HY_BAD_FIELD, name_of(k, column), "\"" HY_FMT "\" is no time",
			       HY_ARG(hy_str_head(s, 40)));
	return HY_OK;
}

/* --- fields ---------------------------------------------------------------------------------- */

static hy_str first_given(const struct making *k, const struct intake_field *f, int *column_out)
{
	hy_str s = HY_S("");

	for (size_t i = 0; i < f->n_columns && s.n == 0; i++) {
		s = intake_cell(k->m, &k->cells, f->columns[i]);
		*column_out = f->columns[i];
	}
	return s;
}

static json_t *list_of(hy_str s, char split)
{
	json_t *list = json_array();
	hy_str item;

	if (!split) {
		json_array_append_new(list, text(s));
		return list;
	}
	while (hy_str_cut(&s, split, &item))
		if (hy_str_trim(item).n)
			json_array_append_new(list, text(hy_str_trim(item)));
	return list;
}

/* The value of F as the engine takes it (a new reference); NULL: nothing to say, or an error. */
static json_t *shaped(struct making *k, const struct intake_field *f, hy_str s, int column)
{
	const struct pack_field_info *info = &pack_fields[f->field];
	int64_t number;
	hy_ms at;

	switch (info->type) {
	case PACK_T_TEXT:
		return text(f->cut ? hy_str_head(s, (size_t)info->most) : s);
	case PACK_T_WORD:
	case PACK_T_LIMIT:
	case PACK_T_MONEY:
		return text(s);
	case PACK_T_WORDS:
	case PACK_T_TEXTS:
		return list_of(s, f->split);
	case PACK_T_INT:
		if (hy_str_int(s, &number))
			return json_integer(number);
		hy_fail(k->e, HY_BAD_FIELD, info->name, "\"" HY_FMT "\" is no whole number",
			HY_ARG(hy_str_head(s, 40)));
		return NULL;
	case PACK_T_PROBLEMS:
		hy_fail(k->e, HY_BAD_FIELD, info->name,
			"lines of a problem list come by `huiyin problem file`");
		return NULL;
	case PACK_T_INSTANT:
		if (intake_time_read(k->m, s, &at))
			return json_integer(at);
		hy_fail(k->e, HY_BAD_FIELD, column < 0 ? info->name : name_of(k, column),
			"\"" HY_FMT "\" is no time", HY_ARG(hy_str_head(s, 40)));
		return NULL;
	}
	return NULL;
}

static json_t *value_of(struct making *k, const struct intake_field *f)
{
	int column = -1;
	hy_str s = f->set.p ? f->set : first_given(k, f, &column);

	if (f->unit) {
		s = k->plan->unit.code;
		k->plan->uses_unit |= s.n > 0;
	}
	if (f->has_values) {
		hy_str meant = intake_value_of(&f->values, s);
		if (!meant.p && s.n) {
			hy_fail(k->e, HY_BAD_FIELD, name_of(k, column),
				"\"" HY_FMT "\" is not in the map's table of values" HY_FMT,
				HY_ARG(hy_str_head(s, 60)),
				HY_ARG(pack_near(k->a, &f->values.by_from, s)));
			return NULL;
		}
		s = meant;
	}
	return s.n ? shaped(k, f, s, column) : NULL;
}

/* --- moves -------------------------------------------------------------------------------------
 */

static enum hy_code make_move(struct making *k, const struct intake_step *s)
{
	struct matter_move *mv = &k->plan->moves[k->plan->n_moves];
	json_t *data = json_object();

	hy_json_keep(k->a, data);
	*mv = (struct matter_move){ .move = s->move, .role = s->role, .data = data };
	enum hy_code code = time_of(k, s->at, &mv->at);
	if (code)
		return code;
	if (hy_local(&k->m->zone, mv->at, NULL) < HY_CALENDAR_FIRST)
		return hy_fail(k->e, HY_BAD_FIELD, name_of(k, s->at),
			       "lies before 1990, when the calendar begins");
	if (mv->at > k->now)
		return hy_fail(k->e, HY_BAD_FIELD, name_of(k, s->at), "lies in the future");
	if (s->by_unit) {
		mv->unit = k->plan->unit.code;
		k->plan->uses_unit |= mv->unit.n > 0;
	}
	for (size_t i = 0; i < s->n_fields; i++) {
		json_t *v = value_of(k, &s->fields[i]);
		if (v)
			json_object_set_new(data, pack_fields[s->fields[i].field].name, v);
		else if (k->e->code)
			return k->e->code;
	}
	k->plan->n_moves++;
	return HY_OK;
}

static bool wanted(const struct making *k, const struct intake_step *s)
{
	if (s->when.given)
		return intake_when_holds(k->m, &s->when, &k->cells, k->plan->unit.name.n > 0);
	return intake_cell(k->m, &k->cells, s->at).n > 0;
}

static enum hy_code make_moves(struct making *k)
{
	const struct intake_map *m = k->m;
	enum hy_code code = HY_OK;

	k->plan->moves = hy_new_n(k->a, struct matter_move, m->n_steps);
	for (size_t i = 0; !code && i < m->n_steps; i++)
		if (i == 0 || wanted(k, &m->steps[i]))
			code = make_move(k, &m->steps[i]);
	return code;
}

/* --- key and claims ------------------------------------------------------------------------------
 */

static enum hy_code read_key(struct making *k)
{
	struct hy_buf b = hy_buf_on(k->a);

	hy_buf_add(&b, k->m->id);
	for (size_t i = 0; i < k->m->n_key; i++) {
		hy_str s = intake_cell(k->m, &k->cells, k->m->key[i]);
		if (s.n == 0)
			return hy_fail(k->e, HY_BAD_FIELD, name_of(k, k->m->key[i]),
				       "is empty; it names the row");
		hy_buf_byte(&b, ':');
		hy_buf_add(&b, s);
	}
	if (b.n > KEY_MOST)
		return hy_fail(k->e, HY_BAD_FIELD, name_of(k, k->m->key[0]),
			       "is too long for the name of a row: at most %d bytes", KEY_MOST);
	k->plan->key = hy_buf_str(&b);
	return HY_OK;
}

/* What the source claims; what is no time or no known word claims nothing. */
static void read_claims(struct making *k)
{
	for (size_t i = 0; i < k->m->n_checks; i++) {
		const struct intake_check *c = &k->m->checks[i];
		struct intake_claim *claim = &k->plan->claims[i];
		hy_str word = intake_value_of(&c->values, intake_cell(k->m, &k->cells, c->verdict));
		*claim = (struct intake_claim){ .due = HY_NO_TIME, .verdict = MATTER_OPEN };
		claim->on = intake_when_holds(k->m, &c->only, &k->cells, true);
		claim->group = intake_cell(k->m, &k->cells, c->by);
		hy_str due = intake_cell(k->m, &k->cells, c->due);
		if (due.n && !intake_time_read(k->m, due, &claim->due))
			claim->due = HY_NO_TIME;
		if (c->verdict >= 0 && word.p)
			claim->verdict =
				hy_str_eq(word, HY_S("late")) ? MATTER_LATE : MATTER_IN_TIME;
	}
}

enum hy_code intake_plan_make(struct hy_arena *a, const struct intake_map *m,
			      const struct intake_row *row, size_t n_header, hy_ms now,
			      struct intake_plan *out, struct hy_err *e)
{
	struct making k = { a, m, { row->cells, row->n }, out, now, e };
	char cell[32] = "";

	*out = (struct intake_plan){ 0 };
	if (row->problem && row->problem_cell == SIZE_MAX)
		return hy_fail(e, HY_BAD_INPUT, "", "the row %s", row->problem);
	if (row->n != n_header)
		return hy_fail(e, HY_BAD_INPUT, "", "has %zu columns, the header has %zu", row->n,
			       n_header);
	enum hy_code code = read_key(&k);
	if (!code && row->problem) {
		snprintf(cell, sizeof(cell), "column %zu", row->problem_cell + 1);
		return hy_fail(e, HY_BAD_INPUT, cell, "%s", row->problem);
	}
	if (code)
		return code;
	intake_unit_find(a, m, &k.cells, &out->unit);
	read_claims(&k);
	return make_moves(&k);
}
