/* Units and posts as a table: import, preview, export. */
#include "people/unit_table.h"

#include "base/map.h"
#include "pack/pack.h"
#include "people/account.h"
#include "people/grant.h"
#include "people/unit_row.h"

const hy_str table_what_ids[TABLE__WHATS] = {
	[TABLE_SAME] = HY_S_INIT("same"),     [TABLE_ADD] = HY_S_INIT("add"),
	[TABLE_CHANGE] = HY_S_INIT("change"), [TABLE_CLOSE] = HY_S_INIT("close"),
	[TABLE_REFUSE] = HY_S_INIT("refuse"),
};

/* --- columns
 * -------------------------------------------------------------------------------------- */

enum { U_CODE, U_NAME, U_KIND, U_PARENT, U_OPENED, U_CLOSED, U_SUCCESSOR, U_FROM, U__COLUMNS };
static const struct grid_column unit_columns[U__COLUMNS] = {
	[U_CODE] = { "code|代码|代碼|编码|編碼", true },
	[U_NAME] = { "name|名称|名稱", true },
	[U_KIND] = { "kind|类别|類別" },
	[U_PARENT] = { "parent|上级|上級" },
	[U_OPENED] = { "opened|设立日期|設立日期" },
	[U_CLOSED] = { "closed|撤销日期|撤銷日期" },
	[U_SUCCESSOR] = { "successor|承接单位|承接單位" },
	[U_FROM] = { "from|生效日期" },
};
enum { P_CODE, P_TITLE, P_UNIT, P_ROLE, P_A, P_B, P__COLUMNS };
static const struct grid_column post_columns[P__COLUMNS] = {
	[P_CODE] = { "code|代码|代碼|编码|編碼", true },
	[P_TITLE] = { "title|岗位|崗位|岗位名称|崗位名稱", true },
	[P_UNIT] = { "unit|单位|單位", true },
	[P_ROLE] = { "role|角色", true },
	[P_A] = { "a|A角" },
	[P_B] = { "b|B角" },
};

struct work {
	struct table_job *job;
	struct unit_act act;
	struct hy_arena *a; /* of the transaction */
	int at[U__COLUMNS];
	struct hy_err why; /* why the row in hand was refused */
	struct table_line *line;
};

static hy_str cell(const struct work *w, size_t row, int column)
{
	return grid_cell(&w->job->grid->rows[row + 1], w->at[column]);
}

static void differs(struct work *w, const char *name, hy_str from, hy_str to)
{
	struct hy_arena *a = w->job->a;

	if (hy_str_eq(from, to))
		return;
	struct table_field *v = hy_new_n(a, struct table_field, w->line->n_fields + 1);
	if (w->line->n_fields)
		memcpy(v, w->line->fields, w->line->n_fields * sizeof(*v));
	v[w->line->n_fields++] =
		(struct table_field){ name, hy_str_dup(a, from), hy_str_dup(a, to) };
	w->line->fields = v;
}

/* Excel writes 2026/3/1 for what was typed as a day. */
static bool day_of(struct hy_arena *a, hy_str s, hy_day *out)
{
	int64_t n[3];
	hy_str rest = s, one;

	if (hy_day_read(s, out))
		return true;
	for (int i = 0; i < 3; i++)
		if (!hy_str_cut(&rest, '/', &one) || !hy_str_int(one, &n[i]) || one.n > 4)
			return false;
	hy_str iso = hy_printf(a, "%04d-%02d-%02d", (int)n[0], (int)n[1], (int)n[2]);
	return rest.n == 0 && hy_day_read(iso, out);
}

static enum hy_code read_day(struct work *w, size_t row, int column, const char *field,
			     hy_day otherwise, hy_day *out)
{
	hy_str s = cell(w, row, column);

	*out = otherwise;
	if (s.n && !day_of(w->a, s, out))
		return hy_fail(&w->why, HY_BAD_FIELD, field, "must be a day, such as 2026-03-01");
	return HY_OK;
}

/* --- units
 * ------------------------------------------------------------------------------------------- */

static enum hy_code read_kind(struct work *w, size_t row, enum unit_kind otherwise,
			      enum unit_kind *out)
{
	hy_str s = cell(w, row, U_KIND);

	*out = otherwise;
	if (s.n == 0 || unit_kind_of(s, out))
		return HY_OK;
	for (int k = 0; k < UNIT__KINDS; k++)
		for (int l = 0; l < 3; l++)
			if (hy_str_eq(unit_kinds[k].title[l], s)) {
				*out = (enum unit_kind)k;
				return HY_OK;
			}
	return hy_fail(&w->why, HY_BAD_FIELD, "kind",
		       "must be region, organ, section or window (区划、机关、科室、窗口)");
}

static hy_str day_text(struct hy_arena *a, hy_day d)
{
	return d == UNIT_EVER || d == HY_NO_DAY ? HY_S("") : hy_day_text(a, d);
}

static enum hy_code unit_new_row(struct work *w, size_t row)
{
	struct unit_new n = { .code = cell(w, row, U_CODE),
			      .name = cell(w, row, U_NAME),
			      .parent = cell(w, row, U_PARENT) };
	enum hy_code c = read_kind(w, row, UNIT_ORGAN, &n.kind);

	if (!c)
		c = read_day(w, row, U_OPENED, "opened", UNIT_EVER, &n.opened);
	if (!c)
		c = unit_make(&w->act, &n, &(int64_t){ 0 }, &w->why);
	if (c)
		return c;
	w->line->what = TABLE_ADD;
	differs(w, "name", HY_S(""), n.name);
	differs(w, "kind", HY_S(""), unit_kinds[n.kind].id);
	differs(w, "parent", HY_S(""), n.parent);
	differs(w, "opened", HY_S(""), day_text(w->a, n.opened));
	return HY_OK;
}

static enum hy_code unit_known_row(struct work *w, size_t row, const struct unit *u)
{
	hy_str name = cell(w, row, U_NAME),
	       parent = w->at[U_PARENT] < 0 ? u->parent : cell(w, row, U_PARENT),
	       opened = cell(w, row, U_OPENED);
	enum unit_kind kind;
	hy_day from;
	enum hy_code c = read_kind(w, row, u->kind, &kind);

	if (!c)
		c = read_day(w, row, U_FROM, "from", w->job->on, &from);
	if (!c && opened.n) {
		hy_day d;
		if (!day_of(w->a, opened, &d) || d != u->opened)
			c = hy_fail(&w->why, HY_BAD_FIELD, "opened",
				    "the unit is there since %s already; leave the cell empty",
				    u->opened == UNIT_EVER ? "ever"
							   : hy_day_text(w->a, u->opened).p);
	}
	if (!c && kind != u->kind)
		c = unit_correct(&w->act, u->code, kind, u->name, u->parent, &w->why);
	if (!c && (!hy_str_eq(name, u->name) || !hy_str_eq(parent, u->parent)))
		c = unit_change(&w->act, u->code, from, name, parent, &w->why);
	if (c)
		return c;
	differs(w, "name", u->name, name);
	differs(w, "kind", unit_kinds[u->kind].id, unit_kinds[kind].id);
	differs(w, "parent", u->parent, parent);
	if (w->line->n_fields)
		w->line->what = TABLE_CHANGE;
	return HY_OK;
}

/* Makes and changes; what ends comes later. */
static enum hy_code unit_row_work(struct work *w, size_t row)
{
	struct unit_row u = { 0 };
	bool there;
	hy_day closed;
	enum hy_code c = unit_check_code(cell(w, row, U_CODE), &w->why);

	if (!c)
		c = read_day(w, row, U_CLOSED, "closed", HY_NO_DAY, &closed);
	if (!c)
		c = unit_row_read(w->a, w->act.db, cell(w, row, U_CODE), &u, &there, &w->why);
	if (c)
		return c;
	if (!there)
		return unit_new_row(w, row);
	if (u.unit.closed != HY_NO_DAY) {
		bool same = closed == u.unit.closed &&
			    hy_str_eq(cell(w, row, U_NAME), u.unit.name) &&
			    hy_str_eq(cell(w, row, U_SUCCESSOR), u.unit.successor);
		return same ? HY_OK
			    : hy_fail(&w->why, HY_NOT_NOW, "closed",
				      "the unit is closed since %s; what is closed stays as it is",
				      hy_day_text(w->a, u.unit.closed).p);
	}
	return unit_known_row(w, row, &u.unit);
}

static enum hy_code unit_row_end(struct work *w, size_t row)
{
	hy_str successor = cell(w, row, U_SUCCESSOR);
	struct unit u;
	hy_day closed;
	enum hy_code c = read_day(w, row, U_CLOSED, "closed", HY_NO_DAY, &closed);

	if (!c && closed == HY_NO_DAY && successor.n)
		c = hy_fail(&w->why, HY_BAD_FIELD, "closed",
			    "a unit with a successor needs the day on which it ended");
	if (!c)
		c = unit_by_code(w->a, w->act.db, cell(w, row, U_CODE), &u, &w->why);
	if (c || closed == HY_NO_DAY || u.closed != HY_NO_DAY)
		return c;
	c = unit_close(&w->act, u.code, closed, successor, &w->why);
	if (c)
		return c;
	w->line->what = TABLE_CLOSE;
	differs(w, "closed", HY_S(""), day_text(w->a, closed));
	differs(w, "successor", HY_S(""), successor);
	return HY_OK;
}

/* --- posts
 * -------------------------------------------------------------------------------------------- */

static enum hy_code account_of(struct work *w, hy_str login, const char *field, int64_t *out)
{
	struct account who;

	*out = 0;
	if (!login.n)
		return HY_OK;
	enum hy_code c = account_by_login(w->a, w->act.db, login, &who, &w->why);
	if (c == HY_NOT_FOUND) {
		hy_err_clear(&w->why);
		return hy_fail(&w->why, HY_BAD_FIELD, field, "there is no account '" HY_FMT "'",
			       HY_ARG(hy_str_head(login, 40)));
	}
	if (!c && who.state == ACCOUNT_CLOSED)
		return hy_fail(&w->why, HY_BAD_FIELD, field, "account '" HY_FMT "' is closed",
			       HY_ARG(login));
	*out = who.id;
	return c;
}

static enum hy_code login_of(struct work *w, int64_t id, hy_str *out)
{
	struct account who = { 0 };
	enum hy_code c = id ? account_by_id(w->a, w->act.db, id, &who, &w->why) : HY_OK;

	if (c == HY_NOT_FOUND) {
		hy_err_clear(&w->why);
		c = HY_OK;
	}
	*out = who.login;
	return c;
}

/* Puts the seats as the row has them; a column that is not there leaves its seat alone. */
static enum hy_code seats_row(struct work *w, size_t row, const struct post *was, hy_str role)
{
	static const int column[] = { [POST_A] = P_A, [POST_B] = P_B };
	static const char *const name[] = { "a", "b" };
	int64_t want[2];
	hy_str code = cell(w, row, P_CODE), before;
	enum hy_code c = HY_OK;

	for (int k = 0; !c && k < 2; k++)
		if (w->at[column[k]] < 0)
			want[k] = was->holder[k];
		else
			c = account_of(w, cell(w, row, column[k]), name[k], &want[k]);
	for (int k = 0; !c && k < 2; k++) {
		if (want[k] == was->holder[k])
			continue;
		if (want[k])
			c = grant_fits(w->a, w->act.db, w->job->pack, want[k], role, w->act.at,
				       &w->why);
		if (!c)
			c = login_of(w, was->holder[k], &before);
		if (!c)
			differs(w, name[k], before, cell(w, row, column[k]));
	}
	if (!c)
		c = post_seat_both(&w->act, code, want, &w->why);
	return c;
}

static enum hy_code post_row_work(struct work *w, size_t row)
{
	struct post_new n = { cell(w, row, P_CODE), cell(w, row, P_TITLE), cell(w, row, P_ROLE),
			      cell(w, row, P_UNIT) };
	struct post was = { 0 };
	bool changed = false;
	enum hy_code c = unit_check_code(n.code, &w->why);

	if (!c)
		c = post_role_check(w->job->pack, n.role, &w->why);
	if (!c) {
		c = post_by_code(w->a, w->act.db, n.code, w->act.at, &was, &w->why);
		if (c == HY_NOT_FOUND) {
			hy_err_clear(&w->why);
			c = HY_OK;
		}
	}
	if (!c)
		c = post_put(&w->act, &n, &changed, &w->why);
	if (c)
		return c;
	differs(w, "title", was.title, n.title);
	differs(w, "unit", was.unit, n.unit);
	differs(w, "role", was.role, n.role);
	c = seats_row(w, row, &was, n.role);
	if (!c && w->line->n_fields)
		w->line->what = was.id ? TABLE_CHANGE : TABLE_ADD;
	return c;
}

/* --- the work
 * ------------------------------------------------------------------------------------------- */

/* A row's refusal is no error of the work; a fault of the store is. */
static bool fault(enum hy_code c)
{
	return c == HY_STORE || c == HY_STORE_BUSY || c == HY_INTERNAL || c == HY_TAMPERED ||
	       c == HY_IO;
}

static void refuse(struct work *w)
{
	w->line->what = TABLE_REFUSE;
	w->line->field = hy_str_dup(w->job->a, hy_str_of(w->why.field)).p;
	w->line->why = hy_str_dup(w->job->a, hy_str_of(hy_err_text(&w->why)));
	w->line->n_fields = 0;
}

/* Runs FN for every row that is not refused; what is refused is tried again as long as another
 * row went through, for its unit above may come later in the file. */
static enum hy_code rounds(struct work *w, bool *todo,
			   enum hy_code (*fn)(struct work *w, size_t row), struct hy_err *e)
{
	struct table_plan *p = &w->job->plan;
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < p->n; i++) {
			if (!todo[i])
				continue;
			w->line = &p->v[i];
			hy_err_clear(&w->why);
			enum hy_code c = fn(w, i);
			if (fault(c)) {
				*e = w->why;
				return c;
			}
			if (c) {
				refuse(w);
				continue;
			}
			if (w->line->what == TABLE_REFUSE)
				w->line->what = TABLE_SAME;
			todo[i] = false;
			again = true;
		}
	}
	return HY_OK;
}

static enum hy_code twice(struct work *w, bool *todo)
{
	struct hy_map seen = { .a = w->a };
	struct table_plan *p = &w->job->plan;

	for (size_t i = 0; i < p->n; i++) {
		struct table_line *first = hy_map_put(&seen, p->v[i].code, &p->v[i]);
		if (!first || !p->v[i].code.n)
			continue;
		w->line = &p->v[i];
		hy_err_clear(&w->why);
		(void)hy_fail(&w->why, HY_BAD_FIELD, "code", "stands in line %lld already",
			      (long long)first->line);
		refuse(w);
		todo[i] = false;
	}
	return HY_OK;
}

static enum hy_code import_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct table_job *job = in_out;
	const bool units = job->kind == TABLE_UNITS;
	struct work w = { .job = job, .act = *job->act, .a = hy_db_arena(db) };
	size_t n = job->grid->n - 1;
	bool *todo = hy_new_n(w.a, bool, n + 1);
	enum hy_code c = grid_head(job->grid, units ? unit_columns : post_columns,
				   units ? (size_t)U__COLUMNS : (size_t)P__COLUMNS, w.at, e);

	if (c)
		return c;
	w.act.db = db;
	job->plan = (struct table_plan){ .v = hy_new_n(job->a, struct table_line, n + 1), .n = n };
	for (size_t i = 0; i < n; i++) {
		job->plan.v[i].line = job->grid->rows[i + 1].line;
		job->plan.v[i].code = cell(&w, i, U_CODE);
		todo[i] = true;
	}
	c = twice(&w, todo);
	if (!c)
		c = rounds(&w, todo, units ? unit_row_work : post_row_work, e);
	if (!c && units) {
		for (size_t i = 0; i < n; i++)
			todo[i] = job->plan.v[i].what != TABLE_REFUSE;
		c = rounds(&w, todo, unit_row_end, e);
	}
	for (size_t i = 0; !c && i < n; i++)
		job->plan.count[job->plan.v[i].what]++;
	if (!c && job->plan.count[TABLE_REFUSE])
		return hy_fail(e, HY_BAD_INPUT, "",
			       "%lld of %zu rows are refused, so nothing was changed; see the "
			       "preview, mend the file and import it again",
			       (long long)job->plan.count[TABLE_REFUSE], n);
	if (!c && job->preview)
		return hy_fail(e, HY_NOT_NOW, "", "a preview changes nothing");
	return c;
}

enum hy_code table_import(struct hy_store *s, struct table_job *job, struct hy_err *e)
{
	struct hy_err why = { 0 };

	job->plan = (struct table_plan){ 0 };
	enum hy_code c = hy_store_write(s, import_work, job, &why);
	bool planned = job->plan.v && (c == HY_BAD_INPUT || c == HY_NOT_NOW);
	if (!c || (job->preview && planned))
		return HY_OK;
	*e = why;
	return c;
}

/* --- the plan for people
 * ------------------------------------------------------------------------------- */

static const struct {
	const char *zh_cn, *zh_hant, *en;
} words[TABLE__WHATS] = {
	[TABLE_SAME] = { "不变", "不變", "same" },     [TABLE_ADD] = { "新增", "新增", "add" },
	[TABLE_CHANGE] = { "变更", "變更", "change" }, [TABLE_CLOSE] = { "撤销", "撤銷", "close" },
	[TABLE_REFUSE] = { "拒绝", "拒絕", "refuse" },
};

static const char *word(enum table_what what, hy_str language)
{
	return hy_str_eq(language, HY_S("zh-CN"))     ? words[what].zh_cn
	       : hy_str_eq(language, HY_S("zh-Hant")) ? words[what].zh_hant
						      : words[what].en;
}

void table_plan_text(struct hy_buf *b, const struct table_plan *p, hy_str language)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct table_line *l = &p->v[i];
		if (l->what == TABLE_SAME)
			continue;
		hy_buf_fmt(b, "%6lld  %s  " HY_FMT, (long long)l->line, word(l->what, language),
			   HY_ARG(l->code));
		for (size_t k = 0; k < l->n_fields; k++)
			hy_buf_fmt(b, "%s %s " HY_FMT "%s" HY_FMT, k ? ";" : ":", l->fields[k].name,
				   HY_ARG(l->fields[k].from), l->fields[k].from.n ? " → " : "",
				   HY_ARG(l->fields[k].to));
		if (l->what == TABLE_REFUSE)
			hy_buf_fmt(b, ": " HY_FMT, HY_ARG(l->why));
		hy_buf_byte(b, '\n');
	}
	for (int k = 0; k < TABLE__WHATS; k++)
		hy_buf_fmt(b, "%s%s %lld", k ? ", " : "", word((enum table_what)k, language),
			   (long long)p->count[k]);
	hy_buf_byte(b, '\n');
}

void table_plan_json(struct hy_json *j, const struct table_plan *p)
{
	hy_json_obj(j);
	hy_json_key(j, "counts");
	hy_json_obj(j);
	for (int k = 0; k < TABLE__WHATS; k++)
		hy_json_kint(j, table_what_ids[k].p, p->count[k]);
	hy_json_obj_end(j);
	hy_json_key(j, "lines");
	hy_json_arr(j);
	for (size_t i = 0; i < p->n; i++) {
		const struct table_line *l = &p->v[i];
		if (l->what == TABLE_SAME)
			continue;
		hy_json_obj(j);
		hy_json_kint(j, "line", l->line);
		hy_json_kstr(j, "what", table_what_ids[l->what]);
		hy_json_kstr(j, "code", l->code);
		hy_json_key(j, "fields");
		hy_json_arr(j);
		for (size_t k = 0; k < l->n_fields; k++) {
			hy_json_obj(j);
			hy_json_kstr(j, "name", hy_str_of(l->fields[k].name));
			hy_json_kstr(j, "from", l->fields[k].from);
			hy_json_kstr(j, "to", l->fields[k].to);
			hy_json_obj_end(j);
		}
		hy_json_arr_end(j);
		if (l->what == TABLE_REFUSE) {
			hy_json_kstr(j, "field", hy_str_of(l->field));
			hy_json_kstr(j, "why", l->why);
		}
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

/* --- taking out
 * ------------------------------------------------------------------------------------------ */

static enum hy_code units_out(struct hy_arena *a, struct hy_db *db, struct sheet *to,
			      struct hy_err *e)
{
	static const struct sheet_column columns[] = {
		{ HY_S_INIT("code"), 16 },     { HY_S_INIT("name"), 40 },
		{ HY_S_INIT("kind"), 8 },      { HY_S_INIT("parent"), 16 },
		{ HY_S_INIT("opened"), 10 },   { HY_S_INIT("closed"), 10 },
		{ HY_S_INIT("successor"), 0 },
	};
	struct unit *v;
	size_t n;
	enum hy_code c = unit_list(a, db, &v, &n, e);

	if (c)
		return c;
	sheet_begin(to, HY_S("units"), columns, HY_COUNT(columns));
	for (size_t i = 0; !c && i < n; i++) {
		const struct sheet_cell cells[] = {
			sheet_words(v[i].code),
			sheet_words(v[i].name),
			sheet_words(unit_kinds[v[i].kind].id),
			sheet_words(v[i].parent),
			sheet_words(day_text(a, v[i].opened)),
			sheet_words(day_text(a, v[i].closed)),
			sheet_words(v[i].successor),
		};
		c = sheet_row(to, cells, e);
	}
	return c;
}

static enum hy_code posts_out(struct hy_arena *a, struct hy_db *db, hy_ms now, struct sheet *to,
			      struct hy_err *e)
{
	static const struct sheet_column columns[] = {
		{ HY_S_INIT("code"), 20 }, { HY_S_INIT("title"), 30 }, { HY_S_INIT("unit"), 16 },
		{ HY_S_INIT("role"), 14 }, { HY_S_INIT("a"), 14 },     { HY_S_INIT("b"), 0 },
	};
	struct work w = { .a = a, .act = { .db = db } };
	struct post *v;
	size_t n;
	enum hy_code c = post_list(a, db, HY_S(""), now, &v, &n, e);

	if (c)
		return c;
	sheet_begin(to, HY_S("posts"), columns, HY_COUNT(columns));
	for (size_t i = 0; !c && i < n; i++) {
		hy_str login[2];
		if (!v[i].open)
			continue;
		for (int k = 0; !c && k < 2; k++)
			c = login_of(&w, v[i].holder[k], &login[k]);
		if (c) {
			*e = w.why;
			return c;
		}
		const struct sheet_cell cells[] = { sheet_words(v[i].code), sheet_words(v[i].title),
						    sheet_words(v[i].unit), sheet_words(v[i].role),
						    sheet_words(login[0]),  sheet_words(login[1]) };
		c = sheet_row(to, cells, e);
	}
	return c;
}

enum hy_code table_export(struct hy_arena *a, struct hy_db *db, enum table_kind kind, hy_ms now,
			  struct sheet *to, struct hy_err *e)
{
	return kind == TABLE_UNITS ? units_out(a, db, to, e) : posts_out(a, db, now, to, e);
}
