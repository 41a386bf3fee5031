/* huiyin problem ... */
#include "base/file.h"
#include "base/json.h"
#include "matter/command.h"
#include "sheet/grid.h"
#include "supervise/problems.h"

/* --- lines out of a table
 * ---------------------------------------------------------------------------
 */

static const struct grid_column columns[PROBLEM_FIELDS] = {
	{ "category|类别|類別", true },
	{ "example|具体事例|具體事例|事例", true },
	{ "place|地点|地點", false },
	{ "date|日期", false },
	{ "cause|原因", true },
	{ "measure|整改措施|措施", true },
	{ "responsible|责任人|責任人", true },
	{ "due|整改期限|期限", true },
};

/* A category by its id or by what it is called. */
static hy_str category_of(const struct pack *p, hy_str s)
{
	const struct pack_words *words = &p->lists[PACK_PROBLEM_CATEGORIES];

	for (size_t i = 0; i < words->n; i++) {
		const struct pack_text *t = &words->v[i].title;
		if (hy_str_eq(s, t->zh_cn) || hy_str_eq(s, t->zh_hant) || hy_str_eq(s, t->en))
			return words->v[i].id;
	}
	return s;
}

static enum hy_code lines_of(const struct hy_run *run, const char *path, const struct pack *p,
			     json_t **out, struct hy_err *e)
{
	json_t *lines = json_array();
	int at[PROBLEM_FIELDS];
	struct grid g;
	hy_str bytes;
	enum hy_code code = hy_file_read(run->arena, path, GRID_FILE_MOST, &bytes, e);

	hy_arena_defer(run->arena, (void (*)(void *))json_decref, lines);
	if (!code)
		code = grid_read(run->arena, bytes, &g, e);
	if (!code)
		code = grid_head(&g, columns, PROBLEM_FIELDS, at, e);
	if (code)
		return code;
	for (size_t i = 1; i < g.n; i++) {
		json_t *line = json_object();
		for (int f = 0; f < PROBLEM_FIELDS; f++) {
			hy_str s = grid_cell(&g.rows[i], at[f]);
			if (f == 0)
				s = category_of(p, s);
			if (s.n)
				json_object_set_new(line, problem_fields[f].name,
						    json_stringn(s.p, s.n));
		}
		json_array_append_new(lines, line);
	}
	*out = lines;
	return HY_OK;
}

/* --- checking -----------------------------------------------------------------------------------
 */

static void check_text(struct hy_buf *b, const struct hy_run *run, const json_t *whole)
{
	const json_t *line, *v;
	size_t i, k;

	json_array_foreach (json_object_get(whole, "lines"), i, line) {
		bool said = false;
		json_array_foreach (json_object_get(line, "missing"), k, v) {
			hy_buf_fmt(b, "%s%zu  %s?", said ? " " : "", i + 1, json_string_value(v));
			said = true;
		}
		json_array_foreach (json_object_get(line, "vague"), k, v) {
			hy_str title =
				hy_json_get(json_object_get(v, "title"),
					    hy_printf(run->arena, HY_FMT, HY_ARG(run->language)).p);
			hy_buf_fmt(b, "%s%zu  " HY_FMT, said ? "\n" : "", i + 1, HY_ARG(title));
			said = true;
		}
		hy_buf_fmt(b, said ? "\n" : "");
	}
	hy_str detail = hy_json_get(whole, "detail");
	hy_buf_fmt(b, HY_FMT "\n", HY_ARG(detail.n ? detail : HY_S("ok")));
}

static enum hy_code check(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena), text = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	json_t *lines = NULL, *whole = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = lines_of(run, run->operands[0].p, city_pack(c), &lines, e);
	if (!code)
		code = problems_check_json(&j, city_pack(c), lines, city_today(c), e);
	if (!code && !run->json)
		code = hy_json_read(run->arena, hy_buf_str(&b), &whole, e);
	if (code)
		return code;
	if (!run->json)
		check_text(&text, run, whole);
	command_print(run, run->json ? &b : &text);
	return HY_OK;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static void show_text(struct hy_buf *b, const struct hy_run *run, const json_t *whole)
{
	const char *language = hy_printf(run->arena, HY_FMT, HY_ARG(run->language)).p;
	const json_t *line;
	size_t i;

	hy_buf_fmt(b, HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
		   HY_ARG(hy_json_get(whole, "code")),
		   HY_ARG(hy_json_get(json_object_get(whole, "state_title"), language)),
		   HY_ARG(hy_json_get(whole, "unit")), HY_ARG(hy_json_get(whole, "title")));
	json_array_foreach (json_object_get(whole, "lines"), i, line) {
		const json_t *mends = json_object_get(line, "rectification");
		hy_buf_fmt(b, "%zu  " HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "\n", i + 1,
			   HY_ARG(hy_json_get(json_object_get(line, "category_title"), language)),
			   HY_ARG(hy_json_get(line, "due")),
			   HY_ARG(hy_json_get(line, "responsible")),
			   HY_ARG(hy_json_get(line, "example")));
		if (json_is_object(mends))
			hy_buf_fmt(b, "   > " HY_FMT "  " HY_FMT "\n",
				   HY_ARG(hy_json_get(mends, "code")),
				   HY_ARG(hy_json_get(json_object_get(mends, "title"), language)));
	}
}

static enum hy_code print(struct hy_run *run, struct city *c, struct hy_db *db, hy_str list,
			  struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena), text = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	json_t *whole = NULL;
	struct matter *m = NULL;
	enum hy_code code = problems_matter(c, db, run->arena, &actor_console, list, &m, e);

	if (!code)
		code = problems_json(&j, c, db, &access_all, m, true, e);
	if (!code && !run->json)
		code = hy_json_read(run->arena, hy_buf_str(&b), &whole, e);
	if (code)
		return code;
	if (!run->json)
		show_text(&text, run, whole);
	command_print(run, run->json ? &b : &text);
	return HY_OK;
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	return code ? code : print(run, c, db, run->operands[0], e);
}

static void side_text(struct hy_buf *b, const json_t *side)
{
	const json_t *part;
	size_t i;

	hy_buf_fmt(b, "   %lld  ", (long long)hy_json_get_int(side, "n", 0));
	json_array_foreach (json_object_get(side, "parts"), i, part) {
		hy_str rest = hy_json_get(part, "text"), head;
		bool shared = json_is_true(json_object_get(part, "shared"));
		hy_buf_fmt(b, shared ? "[" : "");
		while (hy_str_cut(&rest, '\n', &head))
			hy_buf_fmt(b, HY_FMT "%s", HY_ARG(head), rest.n ? " | " : "");
		hy_buf_fmt(b, shared ? "]" : "");
	}
	hy_buf_fmt(b, "\n");
}

static enum hy_code copies(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena), text = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	json_t *whole = NULL, *pair;
	int64_t least = 50;
	size_t i;
	enum hy_code code = hy_run_int(run, "--least", 30, 100, &least, e);

	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = problems_copies_json(&j, c, db, &access_all, run->operands[0], (int)least,
					    e);
	if (!code && !run->json)
		code = hy_json_read(run->arena, hy_buf_str(&b), &whole, e);
	if (code)
		return code;
	json_array_foreach (json_object_get(whole, "pairs"), i, pair) {
		const json_t *other = json_object_get(pair, "other");
		hy_buf_fmt(&text, "%lld%%  " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
			   (long long)hy_json_get_int(pair, "alike", 0),
			   HY_ARG(hy_json_get(other, "code")), HY_ARG(hy_json_get(other, "unit")),
			   HY_ARG(hy_json_get(other, "title")));
		side_text(&text, json_object_get(pair, "mine"));
		side_text(&text, other);
	}
	command_print(run, run->json ? &b : &text);
	return HY_OK;
}

/* --- doing --------------------------------------------------------------------------------------
 */

struct doing {
	struct city *c;
	const struct hy_run *run;
	struct matter_move mv;
	bool enter;
	hy_str code;
};

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct hy_arena *a = d->run->arena;
	struct matter_filed filed;

	if (d->enter)
		return problems_enter(d->c, db, a, d->code, 0, &d->mv, e);
	if (d->code.n) {
		d->mv.move = HY_S("refile");
		return matter_make_move(d->c, db, a, d->code, &d->mv, -1, NULL, e);
	}
	enum hy_code code =
		matter_file(d->c, db, a, HY_S(PROBLEM_LIST), &d->mv, HY_S(""), false, &filed, e);
	if (!code)
		d->code = filed.code;
	return code;
}

static enum hy_code act(struct hy_run *run, struct doing *d, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_write(city_store(d->c), work, d, e);

	if (!code)
		code = hy_store_read(city_store(d->c), &db, e);
	return code ? code : print(run, d->c, db, d->code, e);
}

static void put(json_t *data, const char *key, hy_str v)
{
	if (v.n)
		json_object_set_new(data, key, json_stringn(v.p, v.n));
}

static enum hy_code file(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	hy_str person = hy_run_option(run, "--person");
	json_t *data = json_object(), *lines = NULL;
	enum hy_code code = command_city(run, false, &c, e);
	struct doing d = { .c = c, .run = run, .code = hy_run_option(run, "--again") };

	hy_arena_defer(run->arena, (void (*)(void *))json_decref, data);
	if (!code)
		code = lines_of(run, run->operands[0].p, city_pack(c), &lines, e);
	if (code)
		return code;
	json_object_set(data, "lines", lines);
	if (d.code.n == 0) {
		put(data, "title", hy_run_option(run, "--title"));
		put(data, "unit", hy_run_option(run, "--unit"));
		put(data, "person", person);
		put(data, "class", person.n ? HY_S("person_list") : HY_S("unit_list"));
	}
	d.mv = (struct matter_move){ .at = city_now(c),
				     .role = hy_run_option(run, "--role"),
				     .name = hy_run_option(run, "--by"),
				     .data = data,
				     .scope = &access_all };
	return act(run, &d, e);
}

static enum hy_code enter(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	enum hy_code code = command_city(run, false, &c, e);
	struct doing d = { .c = c, .run = run, .enter = true, .code = run->operands[0] };

	if (code)
		return code;
	d.mv = (struct matter_move){ .at = city_now(c),
				     .role = HY_S("efficacy_office"),
				     .name = hy_run_option(run, "--by"),
				     .scope = &access_all };
	return act(run, &d, e);
}

#define BY                                                                                         \
	{                                                                                          \
		"--by", "NAME", "who does it; kept beside the log", .required = true               \
	}
static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option file_options[] = {
	DATA_OPTION,
	BY,
	{ "--role", "ROLE", "handler, section_head or unit_head", .otherwise = "unit_head" },
	{ "--title", "TEXT", "what the list is called", .otherwise = "问题清单" },
	{ "--unit", "CODE", "whose list it is", .otherwise = "" },
	{ "--person", "LOGIN", "a list of this person of the unit", .otherwise = "" },
	{ "--again", "CODE", "file this list again, which was sent back", .otherwise = "" },
	{ 0 },
};
static const struct hy_option copies_options[] = {
	DATA_OPTION,
	{ "--least", "PERCENT", "how alike, 30 to 100", .otherwise = "50" },
	{ 0 },
};
static const struct hy_option enter_options[] = { DATA_OPTION, BY, { 0 } };
static const char *const file_examples[] = {
	"huiyin problem file list.csv --unit renshe --by 王五",
	"huiyin problem file list.xlsx --again WT-2026-000001 --by 王五", NULL
};
#define TABLE                                                                                      \
	"A table as CSV or XLSX with the columns category, example, place, date, cause, measure, " \
	"responsible, due (or 类别, 具体事例, 地点, 日期, 原因, 整改措施, 责任人, 整改期限). "

const struct hy_command problem_commands[] = {
	{ "problem check", "what keeps lines of a problem list from being concrete",
	  .description = TABLE
	  "A line is concrete when somebody else could go and look: it tells one thing that "
	  "happened, when, and where, to whom or how often. What is missing is named.",
	  .options = data_options, .operands = "FILE", .least = 1, .most = 1, .json = true,
	  .run = check },
	{ "problem file", "file the problem list of a unit or a person",
	  .description = TABLE "Another person reviews it: `matter move CODE accept` or "
			       "`matter move CODE send_back reason=...`.",
	  .options = file_options, .examples = file_examples, .operands = "FILE", .least = 1,
	  .most = 1, .json = true, .run = file },
	{ "problem show", "a problem list, and how far the rectification of each line is",
	  .options = data_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = show },
	{ "problem copies", "lines of a list that are alike to lines of others, side by side",
	  .description = "By the pairs of neighbouring characters in example, cause and measure. "
			 "What both lines have stands in [ ].",
	  .options = copies_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = copies },
	{ "problem enter", "enter the lines of an accepted list into the ledger of rectifications",
	  .options = enter_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = enter },
	{ 0 },
};
