/* huiyin matter list | show | file | move | erase */
#include "base/json.h"
#include "matter/command.h"
#include "matter/explain.h"
#include "matter/matter_json.h"

/* --- list ----------------------------------------------------------------------------------- */

static enum hy_code filter_of(const struct hy_run *run, struct city *c, struct matter_filter *f,
			      struct hy_err *e)
{
	hy_str light = hy_run_option(run, "--light"), open = hy_run_option(run, "--open");

	*f = (struct matter_filter){
		.kind = hy_run_option(run, "--kind"),
		.unit = hy_run_option(run, "--unit"),
		.state = hy_run_option(run, "--state"),
		.words = hy_run_option(run, "--words"),
		.now = city_now(c),
	};
	for (int i = HY_LIGHT_GREEN; i <= HY_LIGHT_RED; i++)
		if (hy_str_eq(light, hy_str_of(matter_light_names[i])))
			f->light = (enum hy_light)i;
	f->open = hy_str_eq(open, HY_S("yes")) ? 1 : hy_str_eq(open, HY_S("no")) ? 2 : 0;
	(void)e;
	return HY_OK;
}

static hy_str day_of(const struct hy_run *run, const struct pack *p, hy_ms at)
{
	if (at == HY_NO_TIME)
		return HY_S("-         ");
	return hy_day_text(run->arena, hy_local(hy_calendar_zone(p->calendar), at, NULL));
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct matter_filter f;
	struct matter_page page = { 0 };
	int64_t limit = 50;
	enum hy_code code = hy_run_int(run, "--limit", 1, 200, &limit, e);

	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = filter_of(run, c, &f, e);
	bool by_due = hy_str_eq(hy_run_option(run, "--order"), HY_S("due"));
	if (!code)
		code = matter_list(run->arena, db, &access_all, &f,
				   by_due ? MATTER_BY_DUE : MATTER_BY_FILED_DESC,
				   hy_run_option(run, "--cursor"), (int)limit, &page, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "matters");
		hy_json_arr(&j);
	}
	for (size_t i = 0; i < page.n; i++) {
		const struct matter_row *r = &page.v[i];
		if (run->json)
			matter_row_json(&j, r, city_rules(c), f.now);
		else
			hy_buf_fmt(&b,
				   HY_FMT "  %-6s  " HY_FMT "  " HY_FMT "  %-12.*s  " HY_FMT
					  "  " HY_FMT "\n",
				   HY_ARG(r->code),
				   matter_light_names[matter_light(r->lights, f.now)],
				   HY_ARG(day_of(run, city_pack(c), r->filed_at)),
				   HY_ARG(day_of(run, city_pack(c), r->due_at)), HY_ARG(r->state),
				   HY_ARG(r->unit.n ? r->unit_name : HY_S("-")),
				   HY_ARG(hy_str_head(r->title, 40)));
	}
	if (run->json) {
		hy_json_arr_end(&j);
		hy_json_kstr(&j, "next", page.next);
		hy_json_obj_end(&j);
	} else if (page.next.n) {
		hy_buf_fmt(&b, "more: --cursor " HY_FMT "\n", HY_ARG(page.next));
	}
	command_print(run, &b);
	return HY_OK;
}

/* --- show
 * ----------------------------------------------------------------------------------------- */

static void put_instant(struct hy_buf *b, const char *label, const struct hy_calendar *cal,
			hy_ms at)
{
	if (at != HY_NO_TIME)
		hy_buf_fmt(b, "  %-10s " HY_FMT "\n", label,
			   HY_ARG(hy_instant_text(b->a, hy_calendar_zone(cal), at)));
}

static enum hy_code clock_text(const struct hy_run *run, struct hy_buf *b,
			       const struct matter_clock *k, hy_ms now, struct hy_err *e)
{
	struct hy_trace trace = { 0 };
	struct hy_clock_due due;
	enum hy_code code = hy_clock_due(k->events, k->n_events, &k->counted, k->calendar, &due,
					 run->arena, &trace, e);

	if (code)
		return code;
	hy_buf_fmt(b, "\n%s%s " HY_FMT " #%d: " HY_FMT " «" HY_FMT "»\n",
		   k->def->main ? "main " : "", k->def->legal ? "clock" : "holding clock",
		   HY_ARG(pack_say(&k->def->title, run->language)), k->n,
		   HY_ARG(k->counted.limit.n ? hy_limit_text(run->arena, k->counted.limit)
					     : HY_S("stated date")),
		   HY_ARG(k->counted.clause));
	hy_buf_fmt(b, "  %-10s %s%s\n", "state", matter_clock_state_names[due.state],
		   due.provisional ? ", provisional" : "");
	put_instant(b, "start", k->calendar, due.start_at);
	put_instant(b, "due", k->calendar, due.due_at);
	if (due.original_due_at != due.due_at)
		put_instant(b, "original", k->calendar, due.original_due_at);
	put_instant(b, "pledged", k->calendar, due.pledged_due_at);
	put_instant(b, "stopped", k->calendar, due.stopped_at);
	put_instant(b, "paused", k->calendar, due.paused_at);
	hy_buf_fmt(b, "  %-10s %s\n", "verdict", matter_verdict_names[k->verdict]);
	hy_buf_fmt(b, "  %-10s %s\n", "light", matter_light_names[matter_light(k->lights, now)]);
	explain_trace_text(b, &trace, run->language);
	return HY_OK;
}

static enum hy_code show_text(const struct hy_run *run, const struct matter *m,
			      const struct hy_calendar *cal, hy_ms now, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	enum hy_code code = HY_OK;

	hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  " HY_FMT "  %s\n" HY_FMT "\n", HY_ARG(m->code),
		   HY_ARG(pack_say(&m->kind->title, run->language)),
		   HY_ARG(pack_say(&m->kind->states[m->state].title, run->language)),
		   matter_light_names[matter_light(m->lights, now)], HY_ARG(m->title));
	if (m->unit.n)
		hy_buf_fmt(&b, "  unit       " HY_FMT "\n", HY_ARG(m->unit));
	put_instant(&b, "filed", cal, m->filed_at);
	put_instant(&b, "due", cal, m->due_at);
	put_instant(&b, "answered", cal, m->answered_at);
	if (m->verdict != MATTER_OPEN)
		hy_buf_fmt(&b, "  %-10s %s\n", "verdict", matter_verdict_names[m->verdict]);
	hy_buf_byte(&b, '\n');
	for (size_t i = 0; i < m->n_events; i++) {
		const struct matter_event *ev = &m->events[i];
		hy_buf_fmt(&b, "%3lld  " HY_FMT "  %-16.*s " HY_FMT " " HY_FMT "\n",
			   (long long)ev->seq,
			   HY_ARG(hy_instant_text(run->arena, hy_calendar_zone(cal), ev->at)),
			   HY_ARG(ev->name), HY_ARG(ev->role),
			   HY_ARG(json_object_size(ev->data)
					  ? hy_json_canonical(run->arena, ev->data)
					  : HY_S("")));
	}
	if (hy_run_has(run, "--clock"))
		for (size_t i = 0; !code && i < m->n_clocks; i++)
			code = clock_text(run, &b, &m->clocks[i], now, e);
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct matter *m = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = matter_read(c, db, &access_all, run->arena, run->operands[0], &m, e);
	if (code)
		return code;
	if (!run->json)
		return show_text(run, m, city_pack(c)->calendar, city_now(c), e);
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	code = matter_whole_json(&j, m, city_rules(c), matter_possible(m, HY_S(""), city_now(c)),
				 city_now(c), hy_run_has(run, "--clock"), db, e);
	if (!code)
		command_print(run, &b);
	return code;
}

/* --- file, move, erase
 * -------------------------------------------------------------------------------- */

struct doing {
	struct city *c;
	struct hy_arena *a;
	hy_str subject; /* kind or code */
	struct matter_move mv;
	struct matter_filed filed;
	hy_str state, reason;
};

/* "field=value" operands become the fields; a whole number stays one, "a,b" is a list where one is
 * taken. */
static enum hy_code fields_of(const struct hy_run *run, size_t from, json_t **out, struct hy_err *e)
{
	json_t *data = json_object();

	hy_arena_defer(run->arena, (void (*)(void *))json_decref, data);
	for (size_t i = from; i < run->n_operands; i++) {
		hy_str value = run->operands[i], name = HY_S("");
		int f = 0;
		if (hy_str_find(value, HY_S("=")) < 1 || !hy_str_cut(&value, '=', &name))
			return hy_fail(e, HY_BAD_FIELD, "FIELD=VALUE",
				       "'" HY_FMT "' has no field name before '='",
				       HY_ARG(run->operands[i]));
		while (f < PACK__FIELDS && !hy_str_eq(name, hy_str_of(pack_fields[f].name)))
			f++;
		enum pack_type type = f < PACK__FIELDS ? pack_fields[f].type : PACK_T_TEXT;
		int64_t number;
		json_t *v = NULL;
		if (type == PACK_T_INT && hy_str_int(value, &number)) {
			v = json_integer(number);
		} else if (type == PACK_T_WORDS || type == PACK_T_TEXTS) {
			hy_str item;
			v = json_array();
			while (hy_str_cut(&value, ',', &item))
				json_array_append_new(v, json_stringn(item.p, item.n));
		} else {
			v = json_stringn(value.p, value.n);
		}
		if (!v)
			return hy_fail(e, HY_BAD_FIELD, hy_str_dup(run->arena, name).p,
				       "is not UTF-8");
		json_object_set_new(data, hy_str_dup(run->arena, name).p, v);
	}
	*out = data;
	return HY_OK;
}

static enum hy_code doing_of(const struct hy_run *run, struct city *c, size_t fields_from,
			     struct doing *d, struct hy_err *e)
{
	json_t *data = NULL;
	hy_str at = hy_run_option(run, "--at");

	*d = (struct doing){ .c = c, .a = run->arena, .subject = run->operands[0] };
	d->mv.role = hy_run_option(run, "--role");
	d->mv.name = hy_run_option(run, "--name");
	d->mv.unit = hy_run_option(run, "--as-unit");
	d->mv.at = city_now(c);
	if (at.n && !hy_instant_read(at, hy_calendar_zone(city_pack(c)->calendar), &d->mv.at))
		return hy_fail(e, HY_BAD_FIELD, "--at",
			       "must be a time such as 2026-09-30T10:00+08:00");
	enum hy_code code = fields_of(run, fields_from, &data, e);
	d->mv.data = data;
	return code;
}

static enum hy_code file_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return matter_file(d->c, db, d->a, d->subject, &d->mv, HY_S(""), true, &d->filed, e);
}

static enum hy_code file(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct doing d;
	enum hy_code code = command_city(run, false, &c, e);

	if (!code)
		code = doing_of(run, c, 1, &d, e);
	d.mv.protect = hy_run_has(run, "--protect");
	if (!code)
		code = hy_store_write(city_store(c), file_work, &d, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "code", d.filed.code);
		hy_json_kstr(&j, "secret", hy_str_of(d.filed.secret));
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, HY_FMT "\nsecret " HY_FMT " (shown once)\n", HY_ARG(d.filed.code),
			   HY_ARG(hy_str_of(d.filed.secret)));
	}
	command_print(run, &b);
	return HY_OK;
}

/* What was done to CODE: one line, or a JSON object. */
static void outcome(const struct hy_run *run, hy_str code, const char *key, hy_str value,
		    hy_str line)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (!run->json) {
		fprintf(run->out, HY_FMT "\n", HY_ARG(line));
		return;
	}
	hy_json_obj(&j);
	hy_json_kstr(&j, "code", code);
	hy_json_kstr(&j, key, value);
	hy_json_obj_end(&j);
	command_print(run, &b);
}

static enum hy_code move_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct matter *m = NULL;
	enum hy_code code = matter_make_move(d->c, db, d->a, d->subject, &d->mv, -1, &m, e);

	if (!code)
		d->state = m->kind->states[m->state].id;
	return code;
}

static hy_str when_due(struct hy_arena *a, const struct hy_calendar *cal, hy_ms at)
{
	return at == HY_NO_TIME ? HY_S("-") : hy_instant_text(a, hy_calendar_zone(cal), at);
}

/* In words: state and due date, and the cards that it would raise. */
static void foretell(struct hy_buf *b, const struct hy_calendar *cal, const struct matter *before,
		     const struct matter *after, const json_t *told)
{
	hy_str was = before->kind->states[before->state].id,
	       is = after->kind->states[after->state].id;
	const json_t *one;
	size_t i;

	hy_buf_fmt(b, "state  " HY_FMT " -> " HY_FMT "\n", HY_ARG(was), HY_ARG(is));
	hy_buf_fmt(b, "due    " HY_FMT " -> " HY_FMT "\n",
		   HY_ARG(when_due(b->a, cal, before->due_at)),
		   HY_ARG(when_due(b->a, cal, after->due_at)));
	json_array_foreach (json_object_get(told, "cards"), i, one) {
		const json_t *title = json_object_get(one, "title");
		hy_buf_fmt(b, "%s card " HY_FMT ": " HY_FMT " / " HY_FMT " (" HY_FMT ")\n",
			   json_string_value(json_object_get(one, "level")),
			   HY_ARG(hy_json_get(one, "kind")), HY_ARG(hy_json_get(title, "zh-CN")),
			   HY_ARG(hy_json_get(title, "en")), HY_ARG(hy_json_get(one, "clause")));
	}
}

static enum hy_code preview(struct hy_run *run, struct city *c, const struct doing *d,
			    struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena), text = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct matter *before = NULL, *after = NULL;
	json_t *told = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(c), &db, e);

	if (!code)
		code = matter_preview(c, db, run->arena, d->subject, &d->mv, &before, &after, e);
	if (!code)
		code = matter_preview_json(&j, c, db, &d->mv, before, after, e);
	if (!code && !run->json)
		code = hy_json_read(run->arena, hy_buf_str(&b), &told, e);
	if (code)
		return code;
	if (told)
		foretell(&text, city_pack(c)->calendar, before, after, told);
	command_print(run, told ? &text : &b);
	return HY_OK;
}

static enum hy_code move(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct doing d;
	bool look = hy_run_has(run, "--preview");
	enum hy_code code = command_city(run, look, &c, e);

	if (!code)
		code = doing_of(run, c, 2, &d, e);
	if (code)
		return code;
	d.mv.move = run->operands[1];
	if (look)
		return preview(run, c, &d, e);
	code = hy_store_write(city_store(c), move_work, &d, e);
	if (!code)
		outcome(run, d.subject, "state", d.state,
			hy_printf(run->arena, HY_FMT " is " HY_FMT, HY_ARG(d.subject),
				  HY_ARG(d.state)));
	return code;
}

static enum hy_code erase_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	const struct matter_erasing by = { .at = d->mv.at,
					   .basis = d->reason,
					   .role = HY_S("console"),
					   .unit = HY_S(""),
					   .address = HY_S("console") };

	return matter_erase(d->c, db, d->a, d->subject, &by, e);
}

static enum hy_code erase(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	enum hy_code code = command_city(run, false, &c, e);
	struct doing d = { .c = c,
			   .a = run->arena,
			   .subject = run->operands[0],
			   .reason = hy_run_option(run, "--basis") };

	if (code)
		return code;
	d.mv.at = city_now(c);
	code = hy_store_write(city_store(c), erase_work, &d, e);
	if (!code)
		outcome(run, d.subject, "basis", d.reason,
			hy_printf(run->arena,
				  "what identified people in " HY_FMT
				  " is erased; the log still verifies",
				  HY_ARG(d.subject)));
	return code;
}

static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--kind", "KIND", "only this kind, as complaint", .otherwise = "" },
	{ "--unit", "CODE", "only this unit; - for unassigned", .otherwise = "" },
	{ "--state", "STATE", "only this state", .otherwise = "" },
	{ "--light", "green|blue|yellow|orange|red", "only open matters under this light" },
	{ "--open", "yes|no|any", "open or finished ones", .otherwise = "yes" },
	{ "--words", "WORDS", "every word must stand in title, code or place", .otherwise = "" },
	{ "--order", "due|filed", "by due date, or newest first", .otherwise = "due" },
	{ "--limit", "N", "how many, 1 to 200", .otherwise = "50" },
	{ "--cursor", "CURSOR", "go on where the last page ended", .otherwise = "" },
	{ 0 },
};
static const struct hy_option show_options[] = {
	DATA_OPTION,
	{ "--clock", NULL, "every clock, with every day counted and skipped and why" },
	{ 0 },
};
#define WHO_OPTIONS(role)                                                                          \
	{ "--role", "ROLE", "who does it, as desk or handler", .otherwise = role },                \
		{ "--name", "NAME", "the person's name; private", .otherwise = "" },               \
		{ "--as-unit", "CODE", "the person's unit", .otherwise = "" },                     \
	{                                                                                          \
		"--at", "TIME", "when it happened (default: now)"                                  \
	}
static const struct hy_option file_options[] = {
	DATA_OPTION,
	{ "--protect", NULL, "who files wants name and contact sealed" },
	WHO_OPTIONS("citizen"),
	{ 0 },
};
static const struct hy_option move_options[] = {
	DATA_OPTION,
	{ "--preview", NULL, "say what it would do and which cards it would raise; make nothing" },
	WHO_OPTIONS("handler"),
	{ 0 }
};
static const struct hy_option erase_options[] = {
	DATA_OPTION,
	{ "--basis", "TEXT", "the ground, which stands in the public log", .required = true },
	{ 0 },
};
static const char *const file_examples[] = {
	"huiyin matter file complaint title=路灯不亮 body=三天了 channel=web", NULL
};
static const char *const move_examples[] = {
	"huiyin matter move TS-2026-000001 reply --role handler text=已修复",
	"huiyin matter move XK-2026-000012 charge --role desk fee=工本费 amount=10 --preview", NULL
};

const struct hy_command matter_commands[] = {
	{ "matter list", "matters, soonest due first", .options = list_options, .json = true,
	  .run = list },
	{ "matter show", "one matter: what happened, and why this date", .options = show_options,
	  .operands = "CODE", .least = 1, .most = 1, .json = true, .run = show },
	{ "matter file", "file a matter", .options = file_options,
	  .operands = "KIND FIELD=VALUE...", .least = 1, .most = -1, .examples = file_examples,
	  .json = true, .run = file },
	{ "matter move", "make a move on a matter", .options = move_options,
	  .operands = "CODE MOVE FIELD=VALUE...", .least = 2, .most = -1, .json = true,
	  .examples = move_examples, .run = move },
	{ "matter erase", "erase what identifies people in a matter; the log still verifies",
	  .description =
		  "个人信息保护法 第四十七条. The commitments stay in the log, the content goes.",
	  .options = erase_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = erase },
	{ 0 },
};
