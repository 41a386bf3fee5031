/* huiyin survey ... */
#include "appraise/survey_json.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "matter/command.h"
#include "sheet/grid.h"

struct doing {
	struct hy_run *run;
	struct city *c;
	struct survey_new asked;
	int64_t count;
	enum hy_code (*step)(struct doing *d, const struct round_act *w, struct hy_err *e);
	struct survey s;
	struct round round;
	hy_str *codes;
};

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct round_act w = { .city = d->c,
				     .db = db,
				     .a = d->run->arena,
				     .at = city_now(d->c),
				     .role = HY_S("console") };
	enum hy_code code = d->step(d, &w, e);

	return code ? code : round_by_code(w.a, db, d->s.round, &d->round, e);
}

static enum hy_code step_open(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return survey_open(w, d->run->operands[0], &d->asked, &d->s, e);
}

static enum hy_code step_codes(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return survey_issue(w, d->run->operands[0], d->count, hy_run_option(d->run, "--own"), &d->s,
			    &d->codes, e);
}

static enum hy_code step_void(struct doing *d, const struct round_act *w, struct hy_err *e)
{
	return survey_declare_void(w, d->run->operands[0], hy_run_option(d->run, "--reason"), &d->s,
				   e);
}

static void line(struct hy_buf *b, const struct survey *s)
{
	hy_buf_fmt(b, "%-24.*s %-14.*s %-14.*s " HY_FMT ".." HY_FMT "  %lld/%lld%s\n",
		   HY_ARG(s->code), HY_ARG(s->panel), HY_ARG(s->raters),
		   HY_ARG(hy_day_text(b->a, s->from)), HY_ARG(hy_day_text(b->a, s->until)),
		   (long long)s->returned, (long long)s->issued, survey_void(s) ? "  void" : "");
}

/* Codes of SURVEY, one a line, each beside the address that opens its form. */
static hy_str slips(struct doing *d, hy_str base)
{
	struct hy_buf b = hy_buf_on(d->run->arena);

	for (int64_t i = 0; i < d->count; i++)
		if (base.n)
			hy_buf_fmt(&b, HY_FMT "," HY_FMT "/rate#" HY_FMT "\n", HY_ARG(d->codes[i]),
				   HY_ARG(base), HY_ARG(d->codes[i]));
		else
			hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(d->codes[i]));
	return hy_buf_str(&b);
}

static enum hy_code run_step(struct doing *d, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_buf b = hy_buf_on(d->run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_city(d->run, false, &c, e);

	d->c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, d, e);
	if (code)
		return code;
	if (d->run->json)
		survey_json(&j, &d->s, pack_scheme(city_pack(c), d->round.scheme), city_today(c));
	else
		line(&b, &d->s);
	command_print(d->run, &b);
	return HY_OK;
}

static enum hy_code open(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .step = step_open };
	HY_VEC(hy_str) units = { 0 };
	hy_str rest = hy_run_option(run, "--units"), one;
	enum hy_code code = command_day(run, "--from", &d.asked.from, e);

	if (!code)
		code = command_day(run, "--until", &d.asked.until, e);
	if (code)
		return code;
	while (hy_str_cut(&rest, ',', &one))
		*hy_push(run->arena, &units) = hy_str_trim(one);
	d.asked.panel = hy_run_option(run, "--panel");
	d.asked.raters = hy_run_option(run, "--raters");
	d.asked.units = units.v;
	d.asked.n_units = units.n;
	return run_step(&d, e);
}

static enum hy_code codes(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .step = step_codes };
	hy_str file = hy_run_option(run, "--out");
	enum hy_code code = hy_run_int(run, "--count", 1, SURVEY_CODES_MOST, &d.count, e);

	/* the file first: codes that cannot be written down are lost */
	if (!code && file.n)
		code = hy_file_write(file.p, HY_S(""), 0600, e);
	SCOPED_CITY c = NULL;
	if (!code)
		code = command_city(run, false, &c, e);
	d.c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, &d, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(run->arena);
	hy_str text = slips(&d, hy_run_option(run, "--address"));
	if (file.n) {
		code = hy_file_write(file.p, text, 0600, e);
		line(&b, &d.s);
	} else {
		hy_buf_add(&b, text);
	}
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code declare_void(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .step = step_void };

	return run_step(&d, e);
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct survey *v = NULL;
	struct round r;
	size_t n = 0;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = round_by_code(run->arena, db, run->operands[0], &r, e);
	if (!code)
		code = survey_list(run->arena, db, &r, &v, &n, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "surveys");
		hy_json_arr(&j);
	}
	for (size_t i = 0; i < n; i++) {
		if (run->json)
			survey_json(&j, &v[i], pack_scheme(city_pack(c), r.scheme), city_today(c));
		else
			line(&b, &v[i]);
	}
	if (run->json) {
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	}
	command_print(run, &b);
	return HY_OK;
}

/* --- paper forms ------------------------------------------------------------------------------ */

struct sheet_ballot {
	hy_str code;
	json_t *ratings;
	int64_t line;
};
struct entering {
	struct city *c;
	struct hy_arena *a;
	hy_str nonce;
	HY_VEC(struct sheet_ballot) v;
};

static struct sheet_ballot *ballot_of(struct entering *x, struct hy_map *by, hy_str code,
				      int64_t line)
{
	size_t at = (uintptr_t)hy_map_get(by, survey_code_read(x->a, code));

	if (at)
		return &x->v.v[at - 1];
	struct sheet_ballot *b = hy_push(x->a, &x->v);
	*b = (struct sheet_ballot){ code, json_object(), line };
	hy_json_keep(x->a, b->ratings);
	hy_map_put(by, survey_code_read(x->a, code), (void *)(uintptr_t)x->v.n);
	return b;
}

/* One row for a code and a unit; answers with blanks between them. */
static enum hy_code enter_read(struct entering *x, hy_str bytes, struct hy_err *e)
{
	static const struct grid_column columns[] = { { "code|评议码|評議碼", true },
						      { "unit|单位|單位", true },
						      { "answers|评价|評價", true } };
	struct hy_map by = { .a = x->a };
	int at[HY_COUNT(columns)];
	struct grid g;
	enum hy_code code = grid_read(x->a, bytes, &g, e);

	if (!code)
		code = grid_head(&g, columns, HY_COUNT(columns), at, e);
	for (size_t i = 1; !code && i < g.n; i++) {
		const struct grid_row *row = &g.rows[i];
		struct sheet_ballot *b = ballot_of(x, &by, grid_cell(row, at[0]), row->line);
		json_t *answers = json_array();
		hy_str rest = grid_cell(row, at[2]), one;
		while (hy_str_cut(&rest, ' ', &one))
			if (one.n)
				json_array_append_new(answers, json_stringn(one.p, one.n));
		hy_str unit = grid_cell(row, at[1]);
		unit = hy_str_dup(x->a, unit);
		if (json_object_get(b->ratings, unit.p))
			code = hy_fail(e, HY_BAD_FIELD, "unit",
				       "line %lld: " HY_FMT " is rated twice with this code",
				       (long long)row->line, HY_ARG(unit));
		json_object_set_new(b->ratings, unit.p, answers);
	}
	return code;
}

static enum hy_code enter_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct entering *x = in_out;
	const struct round_act w = { .city = x->c, .db = db, .a = x->a, .at = city_now(x->c) };

	for (size_t i = 0; i < x->v.n; i++) {
		const struct sheet_ballot *s = &x->v.v[i];
		const struct survey_ballot b = { s->code, x->nonce, s->ratings };
		enum hy_code code = survey_rate(&w, &b, e);
		if (code) {
			struct hy_err why = *e;
			hy_err_clear(e);
			return hy_fail(e, code, why.field, "line %lld: %s; nothing was entered",
				       (long long)s->line, why.detail);
		}
	}
	return HY_OK;
}

static enum hy_code enter(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct entering x = { .a = run->arena };
	hy_str bytes = HY_S("");
	enum hy_code code = command_city(run, false, &c, e);

	x.c = c;
	if (!code)
		code = hy_file_read(run->arena, run->operands[0].p, GRID_FILE_MOST, &bytes, e);
	if (!code)
		code = enter_read(&x, bytes, e);
	if (code)
		return code;
	/* the same file again is the same ballots again */
	hy_hash h = hy_sha256(bytes);
	x.nonce = hy_hex(run->arena, h.b, sizeof(h.b));
	code = hy_store_write(city_store(c), enter_work, &x, e);
	if (!code && !run->quiet)
		fprintf(run->out, "%zu forms\n", x.v.n);
	return code;
}

static const struct hy_option list_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option open_options[] = {
	DATA_OPTION,
	{ "--panel", "ID", "a panel of the round's scheme", .required = true },
	{ "--raters", "ID", "who is asked: a group of raters of the panel", .required = true },
	{ "--units", "CODES", "what they rate, with commas; absent: all that the round appraises" },
	{ "--from", "DAY", "the first day for answers", .required = true },
	{ "--until", "DAY", "the last day for answers", .required = true },
	{ 0 },
};
static const struct hy_option codes_options[] = {
	DATA_OPTION,
	{ "--count", "N", "how many", .required = true },
	{ "--own", "UNIT", "the unit whose people get them: they cannot rate it" },
	{ "--address", "URL", "of the portal: each line gets the link that opens its form" },
	{ "--out", "FILE", "write them there, for you alone to read; absent: to the terminal" },
	{ 0 },
};
static const struct hy_option void_options[] = {
	DATA_OPTION,
	{ "--reason", "TEXT", "why nothing of it counts; kept beside the log", .required = true },
	{ 0 },
};
static const char *const open_examples[] = {
	"huiyin survey open conduct-2026-10 --panel review --raters recipients"
	" --from 2026-11-02 --until 2026-11-06",
	NULL
};
static const char *const codes_examples[] = {
	"huiyin survey codes conduct-2026-10-s1 --count 98 --address https://huiyin.example"
	" --out codes.csv",
	NULL
};

static const char *const enter_examples[] = { "huiyin survey enter forms.csv", NULL };

const struct hy_command survey_commands[] = {
	{ "survey list", "surveys of raters in a round: how many codes, how many came back",
	  .options = list_options, .operands = "ROUND", .least = 1, .most = 1, .json = true,
	  .run = list },
	{ "survey open", "ask a group of raters about units", .options = open_options,
	  .examples = open_examples, .operands = "ROUND", .least = 1, .most = 1, .json = true,
	  .run = open },
	{ "survey codes", "give out codes to raters; they are shown only once",
	  .options = codes_options, .examples = codes_examples, .operands = "SURVEY", .least = 1,
	  .most = 1, .run = codes },
	{ "survey enter", "enter what raters wrote on paper: a CSV or XLSX of code, unit, answers",
	  .options = list_options, .examples = enter_examples, .operands = "FILE", .least = 1,
	  .most = 1, .run = enter },
	{ "survey void", "declare a survey void", .options = void_options, .operands = "SURVEY",
	  .least = 1, .most = 1, .json = true, .run = declare_void },
	{ 0 },
};
