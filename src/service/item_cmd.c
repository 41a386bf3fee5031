/* huiyin item ...: the catalogue from the command line. */
#include "base/file.h"
#include "matter/command.h"
#include "matter/reform.h"
#include "service/item_table.h"
#include "service/reduction.h"

struct asked {
	struct hy_run *run;
	struct city *c;
	struct hy_db *db;
	hy_day today;
	struct unit_book book;
};

static void done(struct asked *x)
{
	hy_store_give(&x->db);
	city_close(&x->c);
}
#define SCOPED_ASKED __attribute__((cleanup(done))) struct asked

static enum hy_code ask(struct hy_run *run, struct asked *x, struct hy_err *e)
{
	x->run = run;
	enum hy_code c = command_read(run, &x->c, &x->db, e);
	if (!c)
		c = unit_book_read(run->arena, x->db, &x->book, e);
	if (!c)
		x->today = city_today(x->c);
	return c;
}

static enum hy_code day_option(const struct hy_run *run, const char *option, hy_day otherwise,
			       hy_day *out, struct hy_err *e)
{
	hy_str s = hy_run_option(run, option);

	*out = otherwise;
	if (s.p && !hy_day_read(s, out))
		return hy_fail(e, HY_BAD_FIELD, option, "must be a day such as 2026-03-01");
	return HY_OK;
}

static hy_str text_option(const struct hy_run *run, const char *option)
{
	hy_str s = hy_run_option(run, option);

	return s.p ? s : HY_S("");
}

static enum hy_code type_option(const struct hy_run *run, hy_str *out, struct hy_err *e)
{
	hy_str s = text_option(run, "--type");
	const struct item_type_row *t = item_type_of(s);

	if (s.n && !t)
		return hy_fail(e, HY_BAD_FIELD, "--type", "is none of the types of items");
	*out = t ? t->id : HY_S("");
	return HY_OK;
}

static int language_of(hy_str language)
{
	return hy_str_eq(language, HY_S("zh-CN"))     ? 0
	       : hy_str_eq(language, HY_S("zh-Hant")) ? 1
						      : 2;
}

/* --- looking ------------------------------------------------------------------------------------
 */

static enum hy_code filter_of(struct asked *x, struct item_filter *f, struct hy_err *e)
{
	hy_str state = text_option(x->run, "--state");
	enum item_state s;

	*f = (struct item_filter){ .unit = text_option(x->run, "--unit"),
				   .tag = text_option(x->run, "--tag"),
				   .words = text_option(x->run, "--words"),
				   .state = -1 };
	if (state.n && !item_state_of(state, &s))
		return hy_fail(e, HY_BAD_FIELD, "--state", "is none of the states of items");
	if (state.n)
		f->state = (int)s;
	enum hy_code c = type_option(x->run, &f->type, e);
	return c ? c : day_option(x->run, "--on", x->today, &f->on, e);
}

static void gaps_text(struct hy_buf *b, const struct item_content *c, int l)
{
	unsigned bits = item_missing(c);

	for (int k = 0; k < GAP__N; k++)
		if (bits >> k & 1)
			hy_buf_fmt(b, "  " HY_FMT, HY_ARG(item_gaps[k].title[l]));
}

static enum hy_code list_of(struct hy_run *run, bool findings, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	int l = language_of(run->language);
	struct item_filter f;
	struct item_rows rows;
	SCOPED_ASKED x = { 0 };
	enum hy_code c = ask(run, &x, e);

	if (!c)
		c = filter_of(&x, &f, e);
	if (findings)
		f.state = ITEM_KEPT;
	if (!c)
		c = item_list(run->arena, x.db, &f, &rows, e);
	if (c)
		return c;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < rows.n; i++) {
		const struct item_row *r = &rows.v[i];
		const struct item_content *t = &r->v.content;
		if (findings && !item_missing(t))
			continue;
		if (run->json) {
			item_row_json(&j, r, &x.book, f.on);
			continue;
		}
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  " HY_FMT, HY_ARG(r->code), HY_ARG(t->name),
			   HY_ARG(unit_name_on(&x.book, t->unit, f.on)));
		if (findings) {
			gaps_text(&b, t, l);
		} else {
			hy_buf_fmt(&b, "  " HY_FMT "  %s → %s",
				   HY_ARG(item_states[r->v.state].title[l]),
				   t->statutory.given ? item_limit_text(b.a, t->statutory).p : "?",
				   t->pledged.given ? item_limit_text(b.a, t->pledged).p : "?");
		}
		hy_buf_byte(&b, '\n');
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	return list_of(run, false, e);
}
static enum hy_code findings(struct hy_run *run, struct hy_err *e)
{
	return list_of(run, true, e);
}

static void show_text(struct hy_buf *b, const struct item *it, const struct asked *x, hy_day on)
{
	int l = language_of(x->run->language);
	const struct item_version *v = item_on(it, on);

	hy_buf_fmt(b, HY_FMT "\n", HY_ARG(it->code));
	for (size_t i = 0; i < it->n_past; i++) {
		const struct item_version *p = &it->past[i];
		hy_buf_fmt(
			b,
			"%s " HY_FMT "  " HY_FMT "  " HY_FMT "  %s → %s  " HY_FMT " " HY_FMT "\n",
			p == v ? "*" : " ", HY_ARG(hy_day_text(b->a, p->from)),
			HY_ARG(item_states[p->state].title[l]), HY_ARG(p->content.name),
			p->content.statutory.given ? item_limit_text(b->a, p->content.statutory).p
						   : "?",
			p->content.pledged.given ? item_limit_text(b->a, p->content.pledged).p
						 : "?",
			HY_ARG(p->document), HY_ARG(p->target));
	}
	if (!v)
		return;
	const struct item_content *c = &v->content;
	hy_buf_fmt(b, "\n" HY_FMT "\n", HY_ARG(unit_name_on(&x->book, c->unit, on)));
	for (size_t i = 0; i < c->basis.n; i++)
		hy_buf_fmt(b, "  § " HY_FMT "\n", HY_ARG(c->basis.v[i]));
	for (size_t i = 0; i < c->conditions.n; i++)
		hy_buf_fmt(b, "  - " HY_FMT "\n", HY_ARG(c->conditions.v[i]));
	for (size_t i = 0; i < c->n_papers; i++)
		hy_buf_fmt(b, "  %zu. " HY_FMT "%s" HY_FMT "\n", i + 1, HY_ARG(c->papers[i].name),
			   c->papers[i].sample.n ? "  " : "", HY_ARG(c->papers[i].sample));
	for (size_t i = 0; i < c->n_steps; i++)
		hy_buf_fmt(b, "  %s " HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
			   c->steps[i].beside ? "∥" : "→", HY_ARG(c->steps[i].name),
			   HY_ARG(c->steps[i].section), HY_ARG(c->steps[i].post),
			   HY_ARG(item_limit_words(b->a, c->steps[i].limit, x->run->language)));
	for (size_t i = 0; i < c->n_fees; i++)
		hy_buf_fmt(b, "  ¥ " HY_FMT "  " HY_FMT "  " HY_FMT "\n", HY_ARG(c->fees[i].name),
			   HY_ARG(c->fees[i].standard), HY_ARG(c->fees[i].basis));
	hy_buf_byte(b, ' ');
	gaps_text(b, c, l);
	hy_buf_byte(b, '\n');
}

static enum hy_code show_from(struct asked *x, hy_day on, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(x->run->arena);
	struct hy_json j = hy_json_on(&b);
	struct item it;
	enum hy_code c = item_read(b.a, x->db, x->run->operands[0], &it, e);

	if (c)
		return c;
	if (x->run->json)
		item_show_json(&j, &it, &x->book, on);
	else
		show_text(&b, &it, x, on);
	command_print(x->run, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	hy_day on;
	SCOPED_ASKED x = { 0 };
	enum hy_code c = ask(run, &x, e);

	if (!c)
		c = day_option(run, "--on", x.today, &on, e);
	return c ? c : show_from(&x, on, e);
}

static enum hy_code flow(struct hy_run *run, struct hy_err *e)
{
	struct item it;
	hy_day on;
	SCOPED_ASKED x = { 0 };
	enum hy_code c = ask(run, &x, e);

	if (!c)
		c = day_option(run, "--on", x.today, &on, e);
	if (!c)
		c = item_read(run->arena, x.db, run->operands[0], &it, e);
	if (c)
		return c;
	const struct item_version *v = item_on(&it, on);
	if (!v)
		return hy_fail(e, HY_NOT_FOUND, "", "item " HY_FMT " is not there on that day",
			       HY_ARG(it.code));
	struct item_content content = v->content;
	c = item_posts_named(run->arena, x.c, x.db, &content, e);
	if (c)
		return c;
	hy_str svg = item_flow_svg(run->arena, it.code, &content, run->language);
	fwrite(svg.p, 1, svg.n, run->out);
	return HY_OK;
}

/* --- tables out
 * ------------------------------------------------------------------------------------ */

/* --xlsx, --csv, or a table on the terminal. */
static enum hy_code sheet_of(struct asked *x, bool csv, struct sheet **out, struct hy_err *e)
{
	hy_str xlsx = hy_run_option(x->run, "--xlsx");

	if (xlsx.p)
		return sheet_xlsx(x->run->arena, xlsx.p, city_now(x->c), out, e);
	*out = csv ? sheet_csv(x->run->arena, x->run->out, hy_run_has(x->run, "--bom"))
		   : sheet_text(x->run->arena, x->run->out);
	return HY_OK;
}

static enum hy_code sheet_close(struct sheet *s, enum hy_code c, struct hy_err *e)
{
	struct hy_err later = { 0 };
	enum hy_code end = sheet_end(s, &later);

	if (!c && end)
		*e = later;
	return c ? c : end;
}

static enum hy_code export(struct hy_run *run, struct hy_err *e) {
	struct item_filter f = { .state = -1 }; struct sheet *s = NULL; SCOPED_ASKED x = { 0 };
	enum hy_code c = ask(run, &x, e);

	f.unit = text_option(run, "--unit");
	if (!c) c = day_option(run, "--on", x.today, &f.on, e);
	if (!c) c = sheet_of(&x, true, &s, e);
	return c ? c : sheet_close(s, item_export(run->arena, x.db, &f, s, e), e);
}

static enum hy_code fees_sheet(struct asked *x, const struct item_fee_rows *rows, hy_day on,
			       struct sheet *to, struct hy_err *e)
{
	static const hy_str titles[][3] = {
		{ HY_S_INIT("单位"), HY_S_INIT("單位"), HY_S_INIT("unit") },
		{ HY_S_INIT("事项"), HY_S_INIT("事項"), HY_S_INIT("item") },
		{ HY_S_INIT("收费项目"), HY_S_INIT("收費項目"), HY_S_INIT("fee") },
		{ HY_S_INIT("标准"), HY_S_INIT("標準"), HY_S_INIT("standard") },
		{ HY_S_INIT("起"), HY_S_INIT("起"), HY_S_INIT("from") },
		{ HY_S_INIT("取消"), HY_S_INIT("取消"), HY_S_INIT("abolished") },
		{ HY_S_INIT("依据"), HY_S_INIT("依據"), HY_S_INIT("basis") },
	};
	static const int widths[] = { 16, 30, 20, 20, 10, 10, 0 };
	struct sheet_column columns[HY_COUNT(titles)];
	enum hy_code c = HY_OK;
	int l = language_of(x->run->language);

	for (size_t i = 0; i < HY_COUNT(titles); i++)
		columns[i] = (struct sheet_column){ titles[i][l], widths[i], false };
	sheet_begin(to, titles[2][l], columns, HY_COUNT(columns));
	for (size_t i = 0; !c && i < rows->n; i++) {
		const struct item_fee_row *r = &rows->v[i];
		const struct sheet_cell cells[] = {
			sheet_words(unit_name_on(&x->book, r->unit, on)),
			sheet_words(r->name),
			sheet_words(r->fee.name),
			sheet_words(r->fee.standard),
			sheet_words(hy_day_text(x->run->arena, r->from)),
			sheet_words(r->abolished == HY_NO_DAY
					    ? HY_S("")
					    : hy_day_text(x->run->arena, r->abolished)),
			sheet_words(r->abolished == HY_NO_DAY ? r->fee.basis : r->document),
		};
		c = sheet_row(to, cells, e);
	}
	return c;
}

static enum hy_code fees(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct item_fee_rows rows;
	struct sheet *s = NULL;
	hy_day on;
	SCOPED_ASKED x = { 0 };
	enum hy_code c = ask(run, &x, e);

	if (!c)
		c = day_option(run, "--on", x.today, &on, e);
	if (!c)
		c = item_fees(run->arena, x.db, text_option(run, "--unit"), on, &rows, e);
	if (!c && run->json) {
		item_fees_json(&j, &rows, &x.book, on);
		command_print(run, &b);
		return HY_OK;
	}
	if (!c)
		c = sheet_of(&x, hy_run_has(run, "--csv"), &s, e);
	return c ? c : sheet_close(s, fees_sheet(&x, &rows, on, s, e), e);
}

/* --- the report
 * --------------------------------------------------------------------------------------- */

/* "11.5" in hundredths. */
static enum hy_code hundredths(hy_str s, int64_t *out, struct hy_err *e)
{
	hy_str rest = s, whole, part = HY_S("");
	int64_t n = 0, m = 0;
	bool good = hy_str_cut(&rest, '.', &whole) && hy_str_int(whole, &n) && n >= 0 && n < 100000;

	part = rest;
	if (good && part.n)
		good = part.n <= 2 && part.p[0] >= '0' && part.p[0] <= '9' && hy_str_int(part, &m);
	if (!good)
		return hy_fail(e, HY_BAD_FIELD, "--against",
			       "must be a number of days such as 11.5");
	*out = n * 100 + (part.n == 1 ? m * 10 : m);
	return HY_OK;
}

static enum hy_code query_of(struct asked *x, struct reduction_query *q, struct hy_err *e)
{
	struct hy_run *run = x->run;
	hy_str against = hy_run_option(run, "--against");
	int64_t places = 2;

	*q = (struct reduction_query){ .unit = text_option(run, "--unit"),
				       .tag = text_option(run, "--tag"),
				       .by_unit = hy_str_eq(hy_run_option(run, "--by"),
							    HY_S("unit")) };
	enum hy_code c = day_option(run, "--from", 0, &q->from, e);
	if (!c)
		c = day_option(run, "--to", x->today, &q->to, e);
	if (!c)
		c = type_option(run, &q->type, e);
	if (!c)
		c = hy_run_int(run, "--places", 0, 4, &places, e);
	q->places = (int)places;
	return c || !against.p ? c : hundredths(against, &q->against_x100, e);
}

/* One column of figures reads better on a terminal than forty beside each other. */
static void report_text(struct asked *x, const struct reduction *r)
{
	struct hy_buf b = hy_buf_on(x->run->arena), line = hy_buf_on(x->run->arena);
	struct hy_json j = hy_json_on(&line);
	struct hy_err why = { 0 };
	json_t *v = NULL, *one;
	const char *key;
	size_t i;

	reduction_json(&j, r, x->run->language);
	if (hy_json_read(b.a, hy_buf_str(&line), &v, &why))
		return;
	json_t *whole = json_object_get(v, "whole");
	json_object_foreach (json_object_get(whole, "counts"), key, one) {
		hy_buf_fmt(&b, "%-14s %lld\n", key, (long long)json_integer_value(one));
	}
	hy_buf_fmt(&b, "%-14s " HY_FMT " %%\n", "gone_share",
		   HY_ARG(hy_json_get(json_object_get(whole, "gone_share"), "percent")));
	json_array_foreach (json_object_get(whole, "averages"), i, one) {
		hy_str was = hy_json_get(json_object_get(one, "before"), "days"),
		       is = hy_json_get(json_object_get(one, "after"), "days"),
		       less = hy_json_get(json_object_get(one, "less"), "percent"),
		       under = hy_json_get(json_object_get(one, "under"), "percent");
		bool more = hy_str_starts(less, HY_S("-"));
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT " → " HY_FMT, HY_ARG(hy_json_get(one, "title")),
			   HY_ARG(was.n ? was : HY_S("?")), HY_ARG(is.n ? is : HY_S("?")));
		if (less.n)
			hy_buf_fmt(&b, "  %s" HY_FMT " %%", more ? "+" : "-",
				   HY_ARG(more ? ((hy_str){ less.p + 1, less.n - 1 }) : less));
		if (under.n)
			hy_buf_fmt(&b, "  < %s: " HY_FMT " %%",
				   hy_run_option(x->run, "--against").p, HY_ARG(under));
		hy_buf_byte(&b, '\n');
	}
	command_print(x->run, &b);
}

static enum hy_code report_items(struct asked *x, const struct reduction *r, struct hy_err *e)
{
	struct hy_run *run = x->run;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct reduction_pair *v;
	struct sheet *s = NULL;
	size_t n;
	enum hy_code c = reduction_open(run->arena, r, hy_run_option(run, "--open"),
					text_option(run, "--group"), &v, &n, e);

	if (!c && run->json) {
		reduction_items_json(&j, v, n);
		command_print(run, &b);
		return HY_OK;
	}
	if (!c)
		c = sheet_of(x, hy_run_has(run, "--csv"), &s, e);
	return c ? c
		 : sheet_close(s, reduction_items_sheet(run->arena, r, v, n, run->language, s, e),
			       e);
}

static enum hy_code report(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	bool csv = hy_run_has(run, "--csv"), xlsx = hy_run_has(run, "--xlsx");
	struct reduction_query q;
	struct reduction r;
	struct sheet *s = NULL;
	SCOPED_ASKED x = { 0 };
	enum hy_code c = ask(run, &x, e);

	if (!c)
		c = query_of(&x, &q, e);
	if (!c)
		c = reduction_make(run->arena, x.db, &q, &r, e);
	if (!c && hy_run_has(run, "--open"))
		return report_items(&x, &r, e);
	if (!c && run->json) {
		reduction_json(&j, &r, run->language);
		command_print(run, &b);
		return HY_OK;
	}
	if (!c && !csv && !xlsx && !q.by_unit) {
		report_text(&x, &r);
		return HY_OK;
	}
	if (!c)
		c = sheet_of(&x, csv, &s, e);
	return c ? c : sheet_close(s, reduction_sheet(run->arena, &r, run->language, s, e), e);
}

/* --- changing
 * -------------------------------------------------------------------------------------------- */

static enum hy_code act_of(struct hy_run *run, struct city *c, struct reform *r, struct item_act *x,
			   struct hy_err *e)
{
	reform_begin(r, c, NULL, &actor_console, text_option(run, "--reason"), &x->w);
	x->who = &actor_console;
	x->document = text_option(run, "--document");
	return day_option(run, "--on", hy_local(x->w.zone, x->w.at, NULL), &x->from, e);
}

struct turning {
	struct hy_run *run;
	struct city *c;
	enum item_state state;
};

static enum hy_code turn_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct turning *t = in_out;
	struct hy_run *run = t->run;
	struct reform r;
	struct item_act x;
	enum hy_code c = act_of(run, t->c, &r, &x, e);

	x.w.db = db;
	return c ? c
		 : item_turn(&x, run->operands[0], t->state,
			     run->n_operands > 1 ? run->operands[1] : HY_S(""), e);
}

static enum hy_code turn(struct hy_run *run, enum item_state state, struct hy_err *e)
{
	struct turning t = { .run = run, .state = state };
	SCOPED_ASKED x = { .run = run };
	enum hy_code c = command_city(run, false, &x.c, e);

	t.c = x.c;
	if (!c)
		c = hy_store_write(city_store(x.c), turn_work, &t, e);
	if (!c)
		c = hy_store_read(city_store(x.c), &x.db, e);
	if (!c)
		c = unit_book_read(run->arena, x.db, &x.book, e);
	if (!c)
		x.today = city_today(x.c);
	return c ? c : show_from(&x, x.today, e);
}

static enum hy_code cut(struct hy_run *run, struct hy_err *e)
{
	return turn(run, ITEM_CUT, e);
}
static enum hy_code merge(struct hy_run *run, struct hy_err *e)
{
	return turn(run, ITEM_MERGED, e);
}
static enum hy_code hand_down(struct hy_run *run, struct hy_err *e)
{
	return turn(run, ITEM_HANDED, e);
}
static enum hy_code restore(struct hy_run *run, struct hy_err *e)
{
	return turn(run, ITEM_KEPT, e);
}

static enum hy_code import(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct reform r;
	struct item_act act;
	struct grid g;
	hy_str bytes;
	SCOPED_CITY c = NULL;
	struct item_job job = { .act = &act,
				.grid = &g,
				.preview = hy_run_has(run, "--preview"),
				.make_units = hy_run_has(run, "--make-units"),
				.a = run->arena };
	enum hy_code code = hy_file_read(run->arena, run->operands[0].p, GRID_FILE_MOST, &bytes, e);

	if (!code)
		code = grid_read(run->arena, bytes, &g, e);
	if (!code)
		code = command_city(run, false, &c, e);
	if (!code)
		code = act_of(run, c, &r, &act, e);
	if (code)
		return code;
	code = item_import(city_store(c), &job, e);
	if (run->json)
		item_plan_json(&j, &job);
	else
		item_plan_text(&b, &job, run->language);
	if (!code || job.plan.n)
		command_print(run, &b);
	return code;
}

/* --- the table of commands
 * ------------------------------------------------------------------------------- */

#define ON_OPTION                                                                                  \
	{                                                                                          \
		"--on", "DAY", "as of that day; default: today"                                    \
	}
#define UNIT_OPTION                                                                                \
	{                                                                                          \
		"--unit", "CODE", "of this unit and all below it"                                  \
	}
#define SHEET_OPTIONS                                                                              \
	{ "--csv", NULL, "as CSV on standard output" },                                            \
		{ "--bom", NULL, "with a byte-order mark, for Excel" },                            \
	{                                                                                          \
		"--xlsx", "FILE", "as XLSX into FILE"                                              \
	}
static const struct hy_option list_options[] = {
	DATA_OPTION,
	ON_OPTION,
	UNIT_OPTION,
	{ "--type", "TYPE", "of this type: licence, 行政许可, 1 ..." },
	{ "--tag", "TAG", "with this tag" },
	{ "--state", "kept|cut|merged|handed_down", "in this state" },
	{ "--words", "TEXT", "with this in the name or code" },
	{ 0 },
};
static const struct hy_option show_options[] = { DATA_OPTION, ON_OPTION, { 0 } };
static const struct hy_option turn_options[] = {
	DATA_OPTION,
	{ "--on", "DAY", "the day from which it holds; default: today" },
	{ "--document", "TEXT", "by which document, such as 〔2010〕12号", .required = true },
	{ "--reason", "TEXT", "why, for the public record" },
	{ 0 },
};
static const struct hy_option import_options[] = {
	DATA_OPTION,
	{ "--preview", NULL, "only say what would change" },
	{ "--on", "DAY", "the day from which rows hold that do not say it; default: today" },
	{ "--document", "TEXT", "by which document, where rows do not say it" },
	{ "--reason", "TEXT", "why, where rows do not say it" },
	{ "--make-units", NULL,
	  "make units that are not there, from the columns of code and name" },
	{ 0 },
};
static const struct hy_option export_options[] = {
	DATA_OPTION, ON_OPTION, UNIT_OPTION, SHEET_OPTIONS, { 0 }
};
static const struct hy_option report_options[] = {
	DATA_OPTION,
	{ "--from", "DAY", "the catalogue before: as of this day", .required = true },
	{ "--to", "DAY", "the catalogue after: as of this day; default: today" },
	{ "--by", "none|unit", "a line for each unit", .otherwise = "none" },
	UNIT_OPTION,
	{ "--type", "TYPE", "of this type alone" },
	{ "--tag", "TAG", "with this tag alone, such as investment" },
	{ "--against", "DAYS", "compare the averages with this one, such as 11.5" },
	{ "--places", "N", "decimal places", .otherwise = "2" },
	{ "--open", "FIGURE", "the items behind a figure: cut, kept, limit_after ..." },
	{ "--group", "CODE", "with --open: of this unit alone" },
	SHEET_OPTIONS,
	{ 0 },
};
static const char *const import_examples[] = {
	"huiyin item import items.xlsx --preview",
	"huiyin item import guangan_district_service_items.csv --make-units",
	NULL,
};
static const char *const report_examples[] = {
	"huiyin item report --from 2009-12-31 --to 2010-12-31 --by unit --xlsx reduction.xlsx",
	"huiyin item report --from 2009-12-31 --to 2010-12-31 --open cut --csv",
	NULL,
};
const struct hy_command item_commands[] = {
	{ "item list", "the catalogue of service items", .options = list_options, .json = true,
	  .run = list },
	{ "item show", "an item with all its versions", .options = show_options, .operands = "CODE",
	  .least = 1, .most = 1, .json = true, .run = show },
	{ "item findings", "items in force that lack a limit, a basis, papers ...",
	  .options = list_options, .json = true, .run = findings },
	{ "item flow", "the flow chart of an item as SVG", .options = show_options,
	  .operands = "CODE", .least = 1, .most = 1, .run = flow },
	{ "item fees", "the fee catalogue, abolished fees too", .options = export_options,
	  .json = true, .run = fees },
	{ "item cut", "an item is no more", .options = turn_options, .operands = "CODE", .least = 1,
	  .most = 1, .json = true, .run = cut },
	{ "item merge", "an item becomes part of another", .options = turn_options,
	  .operands = "CODE INTO", .least = 2, .most = 2, .json = true, .run = merge },
	{ "item hand-down", "an item goes to a lower level", .options = turn_options,
	  .operands = "CODE TO", .least = 2, .most = 2, .json = true, .run = hand_down },
	{ "item restore", "an item is there again as it was", .options = turn_options,
	  .operands = "CODE", .least = 1, .most = 1, .json = true, .run = restore },
	{ "item import", "items from a CSV or XLSX file",
	  .description =
		  "Columns: code and name, further type, unit, national, basis, conditions, "
		  "papers, "
		  "steps, statutory, pledged, fees, channels, tags, state, target, from, document "
		  "(or their Chinese names; docs/manual/service.md). All or nothing; items not in "
		  "the "
		  "file stay as they are. What is missing is counted, never invented.",
	  .options = import_options, .operands = "FILE", .least = 1, .most = 1,
	  .examples = import_examples, .json = true, .run = import },
	{ "item export", "the catalogue as CSV or XLSX", .options = export_options, .run = export },
	{ "item report", "what was cut and how much shorter limits are, between two days",
	  .description = "Averages are of limits in working days. Every figure opens: --open lists "
			 "exactly the items that it counts.",
	  .options = report_options, .examples = report_examples, .json = true, .run = report },
	{ 0 },
};
