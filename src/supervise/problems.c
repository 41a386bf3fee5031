#include "supervise/problems.h"

#include "base/json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "paper/paper.h"
#include "supervise/card.h"

enum hy_code problems_matter(struct city *c, struct hy_db *db, struct hy_arena *a,
			     const struct actor *who, hy_str code, struct matter **out,
			     struct hy_err *e)
{
	struct access_scope scope = access_scope(a, who, PERMISSION_MATTER_READ, HY_S(""));
	struct sight sight = { 0 };
	enum hy_code failed = matter_read(c, db, &scope, a, code, out, e);

	if (!failed && !hy_str_eq((*out)->kind->id, HY_S(PROBLEM_LIST)))
		failed = hy_fail(e, HY_BAD_FIELD, "code", HY_FMT " is no problem list",
				 HY_ARG((*out)->code));
	if (!failed)
		failed = sight_of(db, a, who, *out, &sight, e);
	if (!failed)
		sight_apply(a, *out, &sight);
	return failed;
}

struct problem_lines problems_lines(struct hy_arena *a, const struct matter *m)
{
	struct problem_lines lines = { 0 };
	struct hy_err why = { 0 };

	for (size_t i = m->n_events; i-- > 0;) {
		const struct matter_event *ev = &m->events[i];
		const json_t *v =
			ev->move >= 0 && ev->private ? json_object_get(ev->private, "lines") : NULL;
		/* What was taken once is read as it is, whatever the lists say by now. */
		if (v)
			return problem_lines_read(a, m->pack, v, &lines, &why)
				       ? (struct problem_lines){ 0 }
				       : lines;
	}
	return lines;
}

/* --- into the ledger
 * ------------------------------------------------------------------------------
 */

static hy_str source_of(struct hy_arena *a, hy_str code, size_t i)
{
	return hy_printf(a, "problem/" HY_FMT "/%zu", HY_ARG(code), i + 1);
}

static void say(struct hy_buf *b, const char *head, hy_str text)
{
	if (text.n)
		hy_buf_fmt(b, "%s：" HY_FMT "\n", head, HY_ARG(text));
}

static hy_str in_words(struct hy_arena *a, const struct matter *m, const struct problem_line *l,
		       size_t i)
{
	const struct pack_word *w = pack_word(m->pack, PACK_PROBLEM_CATEGORIES, l->category);
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b, "问题清单" HY_FMT "第%zu项。\n", HY_ARG(m->code), i + 1);
	say(&b, "类别", w ? w->title.zh_cn : l->category);
	say(&b, "事例", l->example);
	say(&b, "地点", l->place);
	say(&b, "日期", l->date == HY_NO_DAY ? HY_S("") : paper_date(a, l->date));
	say(&b, "原因", l->cause);
	say(&b, "整改措施", l->measure);
	say(&b, "责任人", l->responsible);
	return hy_buf_str(&b);
}

static enum hy_code filing(struct hy_arena *a, const struct matter *m, const struct problem_line *l,
			   size_t i, json_t **out, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(m->pack->calendar);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "body", in_words(a, m, l, i));
	hy_json_kstr(&j, "cause", l->cause);
	hy_json_kstr(&j, "class", HY_S("problem_listed"));
	hy_json_kint(&j, "due", hy_instant(zone, l->due + 1, 0) - 1000);
	hy_json_kstr(&j, "measure", l->measure);
	hy_json_kstr(&j, "title", hy_str_head(l->example, 60));
	hy_json_kstr(&j, "unit", m->unit);
	hy_json_obj_end(&j);
	return hy_json_read(a, hy_buf_str(&b), out, e);
}

static enum hy_code enter_one(struct city *c, struct hy_db *db, struct hy_arena *a,
			      const struct matter *m, const struct problem_line *l, size_t i,
			      const struct matter_move *mv, struct hy_err *e)
{
	hy_str source = source_of(a, m->code, i), there = HY_S("");
	struct matter_move file = *mv;
	struct matter_filed filed;
	json_t *data = NULL;
	enum hy_code code = matter_of_source(a, db, source, &there, e);

	if (code || there.n)
		return code;
	code = filing(a, m, l, i, &data, e);
	if (code)
		return code;
	file.data = data;
	return matter_file(c, db, a, HY_S(CARD_RECTIFICATION), &file, source, false, &filed, e);
}

static bool accepted(const struct matter *m)
{
	return hy_str_eq(m->kind->states[m->state].id, HY_S("accepted"));
}

enum hy_code problems_enter(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			    size_t line, const struct matter_move *mv, struct hy_err *e)
{
	struct matter *m = NULL;
	enum hy_code failed = matter_read(c, db, mv->scope, a, code, &m, e);

	if (!failed && !hy_str_eq(m->kind->id, HY_S(PROBLEM_LIST)))
		return hy_fail(e, HY_BAD_FIELD, "code", HY_FMT " is no problem list",
			       HY_ARG(m->code));
	if (!failed && !accepted(m))
		return hy_fail(e, HY_NOT_NOW, "",
			       "the list is '" HY_FMT "'; only what was accepted enters the ledger",
			       HY_ARG(m->kind->states[m->state].id));
	if (failed)
		return failed;
	struct problem_lines lines = problems_lines(a, m);
	if (line > lines.n)
		return hy_fail(e, HY_BAD_FIELD, "line", "the list has %zu lines", lines.n);
	for (size_t i = 0; !failed && i < lines.n; i++)
		if (line == 0 || line == i + 1)
			failed = enter_one(c, db, a, m, &lines.v[i], i, mv, e);
	return failed;
}

/* --- as JSON
 * --------------------------------------------------------------------------------------
 */

static void day(struct hy_json *j, const char *key, hy_day d)
{
	if (d == HY_NO_DAY)
		hy_json_knull(j, key);
	else
		hy_json_kstr(j, key, hy_day_text(j->b->a, d));
}

static void title_of_state(struct hy_json *j, const struct pack *p, const struct matter_row *r)
{
	const struct pack_kind *k = pack_kind(p, r->kind);
	int at = k ? pack_state_index(k, r->state) : -1;
	const struct pack_text unknown = { r->state, r->state, r->state };

	matter_text_json(j, "title", at < 0 ? &unknown : &k->states[at].title);
}

/* How far the line is; null while it has not entered, and where SCOPE does not reach. */
static enum hy_code mending(struct hy_json *j, struct city *c, struct hy_db *db,
			    const struct access_scope *scope, hy_str source, struct hy_err *e)
{
	const struct pack *p = city_pack(c);
	struct hy_err why = { 0 };
	hy_str code = HY_S("");
	struct matter_row r;
	enum hy_code failed = matter_of_source(j->b->a, db, source, &code, &why);

	if (!failed && code.n)
		failed = matter_row(j->b->a, db, scope, code, &r, &why);
	if (failed && failed != HY_NOT_FOUND) {
		*e = why;
		return failed;
	}
	hy_json_key(j, "rectification");
	if (failed || !code.n) {
		hy_json_null(j);
		return HY_OK;
	}
	hy_json_obj(j);
	hy_json_kstr(j, "code", r.code);
	hy_json_kstr(j, "state", r.state);
	title_of_state(j, p, &r);
	hy_json_kbool(j, "open", r.open);
	explain_instant(j, "due_at", p->calendar, r.due_at);
	hy_json_obj_end(j);
	return HY_OK;
}

static void line_json(struct hy_json *j, const struct pack *p, const struct problem_line *l,
		      size_t i)
{
	const struct pack_word *w = pack_word(p, PACK_PROBLEM_CATEGORIES, l->category);
	const struct pack_text unknown = { l->category, l->category, l->category };

	hy_json_kint(j, "n", (int64_t)i + 1);
	hy_json_kstr(j, "category", l->category);
	matter_text_json(j, "category_title", w ? &w->title : &unknown);
	hy_json_kstr(j, "example", l->example);
	hy_json_kstr(j, "place", l->place);
	day(j, "date", l->date);
	hy_json_kstr(j, "cause", l->cause);
	hy_json_kstr(j, "measure", l->measure);
	hy_json_kstr(j, "responsible", l->responsible);
	day(j, "due", l->due);
}

enum hy_code problems_json(struct hy_json *j, struct city *c, struct hy_db *db,
			   const struct access_scope *scope, const struct matter *m, bool may_enter,
			   struct hy_err *e)
{
	struct problem_lines lines = problems_lines(j->b->a, m);
	enum hy_code code = HY_OK;

	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kstr(j, "title", m->title);
	hy_json_kstr(j, "unit", m->unit);
	hy_json_kstr(j, "class", m->cls);
	hy_json_kstr(j, "person", m->person);
	hy_json_kstr(j, "state", m->kind->states[m->state].id);
	matter_text_json(j, "state_title", &m->kind->states[m->state].title);
	hy_json_kbool(j, "may_enter", may_enter && accepted(m) && lines.n);
	hy_json_key(j, "lines");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < lines.n; i++) {
		hy_json_obj(j);
		line_json(j, city_pack(c), &lines.v[i], i);
		code = mending(j, c, db, scope, source_of(j->b->a, m->code, i), e);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return code;
}

/* A line while it is written: what is not there yet is no fault of the rest. */
static struct problem_line half(const json_t *v)
{
	struct problem_line l = { .example = hy_str_trim(hy_json_get(v, "example")),
				  .place = hy_str_trim(hy_json_get(v, "place")) };

	if (!hy_day_read(hy_json_get(v, "date"), &l.date))
		l.date = HY_NO_DAY;
	return l;
}

static bool given(const json_t *v, const char *name)
{
	return hy_str_trim(hy_json_get(v, name)).n > 0;
}

static bool line_findings(struct hy_json *j, const json_t *v)
{
	const struct problem_line l = half(v);
	unsigned vague = l.example.n ? problem_vague(j->b->a, &l) : 0;
	bool ok = !vague;

	hy_json_key(j, "missing");
	hy_json_arr(j);
	for (int i = 0; i < PROBLEM_FIELDS; i++) {
		if (!problem_fields[i].required || given(v, problem_fields[i].name))
			continue;
		ok = false;
		hy_json_str(j, hy_str_of(problem_fields[i].name));
	}
	hy_json_arr_end(j);
	hy_json_key(j, "vague");
	hy_json_arr(j);
	for (int f = 0; f < PROBLEM__FINDINGS; f++) {
		if (!(vague >> f & 1))
			continue;
		hy_json_obj(j);
		hy_json_kstr(j, "id", hy_str_of(problem_findings[f].id));
		matter_text_json(j, "title", &problem_findings[f].title);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	return ok;
}

enum hy_code problems_check_json(struct hy_json *j, const struct pack *p, const json_t *v,
				 hy_day today, struct hy_err *e)
{
	struct hy_err why = { 0 };

	if (!json_is_array(v) || json_array_size(v) > 40)
		return hy_fail(e, HY_BAD_FIELD, "lines", "must be a list of at most 40 lines");
	hy_json_obj(j);
	hy_json_key(j, "lines");
	hy_json_arr(j);
	for (size_t i = 0; i < json_array_size(v); i++) {
		hy_json_obj(j);
		hy_json_kint(j, "n", (int64_t)i + 1);
		line_findings(j, json_array_get(v, i));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	enum hy_code code = problem_lines_check(j->b->a, p, v, today, &why);
	hy_json_kbool(j, "ok", code == HY_OK);
	hy_json_kstr(j, "detail", code ? hy_str_of(why.detail) : HY_S(""));
	hy_json_obj_end(j);
	return HY_OK;
}
