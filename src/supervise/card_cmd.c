/* huiyin card ... */
#include "base/json.h"
#include "matter/command.h"
#include "supervise/card.h"

/* --- reading ------------------------------------------------------------------------------------
 */

static enum hy_code name_of(struct hy_run *run, const char *option, const char *const *names,
			    int *out, struct hy_err *e)
{
	hy_str name = hy_run_option(run, option);
	struct hy_near near = hy_near_to(name);

	*out = 0;
	for (int i = 0; name.n && names[i]; i++) {
		if (hy_str_eq(name, hy_str_of(names[i])))
			*out = i + 1;
		hy_near_try(&near, hy_str_of(names[i]));
	}
	return name.n == 0 || *out
		       ? HY_OK
		       : hy_fail(e, HY_BAD_FIELD, option, "'" HY_FMT "' is none of them%s",
				 HY_ARG(name), hy_near_text(&near));
}

static void line(struct hy_buf *b, const struct hy_run *run, const struct card *k,
		 const struct hy_zone *zone)
{
	hy_buf_fmt(b,
		   HY_FMT "  " HY_FMT "  %3d  %-9s  " HY_FMT "  %-10.*s  " HY_FMT "  " HY_FMT "\n",
		   HY_ARG(k->code), HY_ARG(pack_say(&card_level_titles[k->level], run->language)),
		   k->severity, card_state_names[k->state],
		   HY_ARG(hy_day_text(run->arena, hy_local(zone, k->since, NULL))), HY_ARG(k->unit),
		   HY_ARG(k->matter), HY_ARG(pack_say(&k->kind->title, run->language)));
}

static enum hy_code filter_of(struct hy_run *run, struct card_filter *f, struct hy_err *e)
{
	*f = (struct card_filter){ .unit = hy_run_option(run, "--unit"),
				   .matter = hy_run_option(run, "--matter"),
				   .kind = hy_run_option(run, "--kind") };
	enum hy_code code = name_of(run, "--level", card_level_names, &f->level, e);

	if (!code)
		code = name_of(run, "--state", card_state_names, &f->state, e);
	if (!code && f->kind.n && !card_kind_of(f->kind))
		code = hy_fail(e, HY_BAD_FIELD, "--kind", "there is no kind of card '" HY_FMT "'",
			       HY_ARG(f->kind));
	return code;
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct card_filter f;
	struct card_list v;
	int64_t limit = 50;
	enum hy_code code = filter_of(run, &f, e);

	if (!code)
		code = hy_run_int(run, "--limit", 1, 10000, &limit, e);
	f.limit = (int)limit;
	f.oldest = hy_run_has(run, "--oldest");
	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = card_read_list(run->arena, db, &access_all, &f, &v, e);
	if (code)
		return code;
	const struct hy_calendar *cal = city_pack(c)->calendar;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "cards");
		hy_json_arr(&j);
	}
	for (size_t i = 0; i < v.n; i++) {
		if (run->json)
			card_json(&j, &v.v[i], city_pack(c));
		else
			line(&b, run, &v.v[i], hy_calendar_zone(cal));
	}
	if (run->json) {
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	}
	command_print(run, &b);
	return HY_OK;
}

static void counts_line(struct hy_buf *b, const struct card_counts *c, hy_str name)
{
	for (size_t i = 0; i < CARD_FIGURES; i++)
		hy_buf_fmt(b, "%s%lld", i ? "\t" : "", (long long)c->of[i]);
	hy_buf_fmt(b, "\t" HY_FMT "\n", HY_ARG(name));
}

/* Below each unit those of its people who held a matter then. */
static void counts_text(struct hy_buf *b, const struct hy_run *run, const struct card_report *r)
{
	for (size_t i = 0; i < CARD_FIGURES; i++)
		hy_buf_fmt(b, "%s" HY_FMT, i ? "\t" : "",
			   HY_ARG(pack_say(&card_figures[i].title, run->language)));
	hy_buf_fmt(b, "\n");
	for (size_t u = 0; u < r->n; u++) {
		const struct card_count_unit *x = &r->v[u];
		counts_line(b, &x->counts, x->unit.n ? x->name : HY_S("-"));
		for (size_t i = 0; i < x->people.n; i++)
			if (x->people.v[i].person.n)
				counts_line(b, &x->people.v[i].counts,
					    hy_printf(run->arena, "  " HY_FMT,
						      HY_ARG(x->people.v[i].person)));
	}
	counts_line(b, &r->total, HY_S("="));
}

static enum hy_code counts(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct card_filter f;
	struct card_report r;
	enum hy_code code = filter_of(run, &f, e);

	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = card_report(run->arena, db, &access_all, &f, &r, e);
	if (code)
		return code;
	if (run->json)
		card_report_json(&j, &r, city_pack(c)->calendar, city_now(c));
	else
		counts_text(&b, run, &r);
	command_print(run, &b);
	return HY_OK;
}

static void history_text(struct hy_buf *b, const json_t *v)
{
	hy_str reason = hy_json_get(v, "reason"), name = hy_json_get(v, "name");

	hy_buf_fmt(b, "  " HY_FMT "  " HY_FMT, HY_ARG(hy_json_get(v, "at")),
		   HY_ARG(hy_json_get(v, "move")));
	if (name.n)
		hy_buf_fmt(b, "  " HY_FMT, HY_ARG(name));
	if (reason.n)
		hy_buf_fmt(b, "  " HY_FMT, HY_ARG(reason));
	hy_buf_fmt(b, "  (log %lld)\n", (long long)hy_json_get_int(v, "log_index", -1));
}

static enum hy_code text_of(const struct hy_run *run, hy_str json, const struct card *k,
			    const struct hy_zone *zone, struct hy_buf *b, struct hy_err *e)
{
	json_t *whole = NULL, *v;
	size_t i;
	enum hy_code code = hy_json_read(run->arena, json, &whole, e);

	if (code)
		return code;
	line(b, run, k, zone);
	hy_buf_fmt(b, HY_FMT "\n", HY_ARG(k->clause));
	const json_t *mends = json_object_get(whole, "rectification");
	if (json_is_object(mends))
		hy_buf_fmt(b, "> " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
			   HY_ARG(hy_json_get(mends, "code")), HY_ARG(hy_json_get(mends, "state")),
			   HY_ARG(hy_json_get(mends, "due_at")));
	json_array_foreach (json_object_get(whole, "evidence"), i, v) {
		history_text(b, v);
	}
	hy_buf_fmt(b, "--\n");
	json_array_foreach (json_object_get(whole, "history"), i, v) {
		history_text(b, v);
	}
	return HY_OK;
}

static enum hy_code print_whole(struct hy_run *run, struct city *c, struct hy_db *db,
				const struct card *k, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena), text = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = card_whole_json(&j, c, db, k, NULL, e);

	if (!code && !run->json)
		code = text_of(run, hy_buf_str(&b), k, hy_calendar_zone(city_pack(c)->calendar),
			       &text, e);
	if (!code)
		command_print(run, run->json ? &b : &text);
	return code;
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct card k;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = card_by_code(run->arena, db, &access_all, run->operands[0], &k, e);
	return code ? code : print_whole(run, c, db, &k, e);
}

/* --- doing --------------------------------------------------------------------------------------
 */

struct doing {
	struct hy_run *run;
	struct city *c;
	bool contest, rectify, upheld;
	int done, total;
	struct card k;
};

static enum hy_code rectify_work(struct doing *d, const struct card_act *w, struct hy_err *e)
{
	static const char *const fields[] = { "basis", "body", "class", "due", "limit", "title" };
	struct hy_buf b = hy_buf_on(w->a);
	struct hy_json j = hy_json_on(&b);
	json_t *data = NULL;

	hy_json_obj(&j);
	for (size_t i = 0; i < HY_COUNT(fields); i++) {
		hy_str v = hy_run_option(d->run, hy_printf(w->a, "--%s", fields[i]).p);
		if (v.n)
			hy_json_kstr(&j, fields[i], v);
	}
	hy_json_obj_end(&j);
	enum hy_code code = hy_json_read(w->a, hy_buf_str(&b), &data, e);
	if (code)
		return code;
	const struct matter_move mv = { .at = w->at,
					.role = HY_S("efficacy_office"),
					.name = w->name,
					.data = data,
					.scope = &access_all };
	return card_rectify(w, d->run->operands[0], &mv, &d->k, e);
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	hy_str by = hy_run_option(d->run, "--by");
	const struct card_act w = { .city = d->c,
				    .db = db,
				    .a = d->run->arena,
				    .at = city_now(d->c),
				    .role = HY_S("console"),
				    .name = by,
				    .person = by,
				    .scope = &access_all };

	if (d->rectify)
		return rectify_work(d, &w, e);
	hy_str reason = hy_run_option(d->run, "--reason");
	if (d->contest)
		return card_contest(&w, d->run->operands[0], reason, &d->k, e);
	return card_decide(&w, d->run->operands[0], d->upheld, reason, &d->k, e);
}

static enum hy_code act(struct doing *d, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_city(d->run, false, &c, e);

	d->c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, d, e);
	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	if (!code) /* as it stands in the table now */
		code = card_by_code(d->run->arena, db, &access_all, d->k.code, &d->k, e);
	return code ? code : print_whole(d->run, c, db, &d->k, e);
}

static enum hy_code rectify(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .rectify = true };

	return act(&d, e);
}

static enum hy_code contest(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .contest = true };

	return act(&d, e);
}

static enum hy_code decide(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .upheld = hy_run_has(run, "--upheld") };

	if (d.upheld == hy_run_has(run, "--annulled"))
		return hy_fail(e, HY_BAD_FIELD, "--upheld", "give --upheld or --annulled");
	return act(&d, e);
}

enum { BATCH = 200 };

static enum hy_code raise(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct doing d = { .run = run, .done = 1 };
	enum hy_code code = command_city(run, false, &c, e);

	d.c = c;
	while (!code && d.done) {
		code = card_tick(c, BATCH, &d.done, e);
		d.total += d.done;
	}
	if (code)
		return code;
	hy_buf_fmt(&b, run->json ? "{\"looked_at\":%d}" : "looked at %d matters\n", d.total);
	command_print(run, &b);
	return HY_OK;
}

#define REASON                                                                                     \
	{                                                                                          \
		"--reason", "TEXT", "why; kept beside the log", .required = true                   \
	}
#define BY                                                                                         \
	{                                                                                          \
		"--by", "NAME", "who does it; kept beside the log", .required = true               \
	}
static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
#define WHICH                                                                                      \
	DATA_OPTION, { "--unit", "CODE", "of this unit" },                                         \
		{ "--matter", "CODE", "of this matter" },                                          \
		{ "--kind", "ID", "of this kind, as overdue_statutory" },                          \
		{ "--level", "LEVEL", "warning, yellow or red" },                                  \
	{                                                                                          \
		"--state", "STATE", "stands, contested, upheld or annulled"                        \
	}
static const struct hy_option counts_options[] = { WHICH, { 0 } };
static const struct hy_option list_options[] = {
	WHICH,
	{ "--oldest", NULL, "the oldest first, else the newest" },
	{ "--limit", "N", "at most so many", .otherwise = "50" },
	{ 0 },
};
static const struct hy_option contest_options[] = { DATA_OPTION, BY, REASON, { 0 } };
static const struct hy_option decide_options[] = {
	DATA_OPTION,
	{ "--upheld", NULL, "the card stays" },
	{ "--annulled", NULL, "the card counts no longer; it is never deleted" },
	BY,
	REASON,
	{ 0 },
};
static const struct hy_option rectify_options[] = {
	DATA_OPTION,
	BY,
	{ "--title", "TEXT", "what is to be mended; default: what the card says" },
	{ "--body", "TEXT", "facts and demands, before what the card says" },
	{ "--class", "CLASS", "by which the limit is chosen", .otherwise = "supervise_notice" },
	{ "--basis", "TEXT", "the clause; default: the card's" },
	{ "--limit", "LIMIT", "another limit, as 5wd or 30cd" },
	{ "--due", "TIME", "a date of its own, as 2026-04-30T18:00:00+08:00" },
	{ 0 },
};
static const char *const rectify_examples[] = {
	"huiyin card rectify KP-2026-000001 --by 王五",
	"huiyin card rectify KP-2026-000001 --by 王五 --title 窗口无人值守 --limit 5wd", NULL
};
static const char *const list_examples[] = { "huiyin card list --level red --state stands", NULL };
static const char *const decide_examples[] = {
	"huiyin card decide KP-2026-000001 --annulled --by 王五 --reason 系统停机，有记录", NULL
};

const struct hy_command card_commands[] = {
	{ "card list", "warnings, yellow and red cards", .options = list_options,
	  .examples = list_examples, .json = true, .run = list },
	{ "card counts", "how many cards each unit has, by colour and what became of them",
	  .options = counts_options, .json = true, .run = counts },
	{ "card show", "a card: on which events it rests, and what became of it",
	  .options = data_options, .operands = "CARD", .least = 1, .most = 1, .json = true,
	  .run = show },
	{ "card raise", "look at what happened and came due, as the server does every second",
	  .options = data_options, .json = true, .run = raise },
	{ "card contest", "contest a card", .options = contest_options, .operands = "CARD",
	  .least = 1, .most = 1, .json = true, .run = contest },
	{ "card rectify", "order the rectification of what a card is about",
	  .description = "Files a matter of the kind rectification, addressed to the unit of the "
			 "card. The unit reports with `matter move`, the efficacy office strikes "
			 "off, sends back, escalates or extends; `notice print` lays out the "
			 "paper. A rectification that is late gets cards of its own.",
	  .options = rectify_options, .examples = rectify_examples, .operands = "CARD", .least = 1,
	  .most = 1, .json = true, .run = rectify },
	{ "card decide", "uphold or annul a card", .options = decide_options,
	  .examples = decide_examples, .operands = "CARD", .least = 1, .most = 1, .json = true,
	  .run = decide },
	{ 0 },
};
