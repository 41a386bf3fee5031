/* huiyin post ... | absence ...: who does what, who is away, who stands in. */
#include "matter/command.h"
#include "matter/post_json.h"
#include "matter/reform.h"
#include "people/account.h"
#include "people/unit_table.h"

static const struct hy_zone *zone_of(struct city *c)
{
	return hy_calendar_zone(city_pack(c)->calendar);
}

static hy_str or_empty(hy_str s)
{
	return s.p ? s : HY_S("");
}

/* An instant, or a day: its beginning, or its end with END. */
static enum hy_code read_time(const struct hy_run *run, struct city *c, const char *option,
			      bool end, hy_ms otherwise, hy_ms *out, struct hy_err *e)
{
	hy_str s = hy_run_option(run, option);
	hy_day day;

	*out = otherwise;
	if (!s.p)
		return HY_OK;
	if (hy_day_read(s, &day)) {
		*out = hy_instant(zone_of(c), day + end, 0);
		return HY_OK;
	}
	if (!hy_instant_read(s, zone_of(c), out))
		return hy_fail(e, HY_BAD_FIELD, option,
			       "must be a day such as 2026-10-01 or a time such as "
			       "2026-10-01T14:00");
	return HY_OK;
}

static enum hy_code account_id(const struct hy_run *run, struct hy_db *db, hy_str login,
			       int64_t *out, struct hy_err *e)
{
	struct account who;
	enum hy_code c = account_by_login(run->arena, db, login, &who, e);

	if (!c)
		*out = who.id;
	return c;
}

/* --- looking
 * --------------------------------------------------------------------------------------- */

static enum hy_code name_of(const struct hy_run *run, struct hy_db *db, int64_t id, hy_str *out,
			    struct hy_err *e)
{
	*out = HY_S("-");
	return id ? account_name(run->arena, db, id, out, e) : HY_OK;
}

static enum hy_code board(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct post_plate *v = NULL;
	size_t n = 0;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = post_plates(run->arena, db, or_empty(hy_run_option(run, "--unit")),
				   city_now(c), &v, &n, e);
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; !code && i < n; i++) {
		const struct post *p = &v[i].post;
		hy_str a, bb, acting;
		if (run->json) {
			code = plate_json(&j, db, zone_of(c), &v[i], e);
			continue;
		}
		code = name_of(run, db, v[i].seat[0].account, &a, e);
		if (!code)
			code = name_of(run, db, v[i].seat[1].account, &bb, e);
		if (!code)
			code = name_of(run, db, v[i].acting, &acting, e);
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT, HY_ARG(p->code),
			   HY_ARG(p->title), HY_ARG(p->unit), HY_ARG(p->role));
		for (int k = 0; !code && k < 2; k++)
			hy_buf_fmt(&b, "  %s " HY_FMT "%s", k ? "B" : "A", HY_ARG(k ? bb : a),
				   v[i].seat[k].away ? " (away)" : "");
		if (!code && v[i].acting)
			hy_buf_fmt(&b, "  acting " HY_FMT, HY_ARG(acting));
		hy_buf_byte(&b, '\n');
	}
	if (run->json)
		hy_json_arr_end(&j);
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code absences(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct absence *v = NULL;
	size_t n = 0;
	hy_ms from;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = read_time(run, c, "--from", false, city_now(c), &from, e);
	if (!code)
		code = absence_list(run->arena, db, 0, from, HY_NO_TIME, &v, &n, e);
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; !code && i < n; i++) {
		hy_str who, substitute;
		if (run->json) {
			code = absence_json(&j, db, zone_of(c), &v[i], true, e);
			continue;
		}
		code = name_of(run, db, v[i].account, &who, e);
		if (!code)
			code = name_of(run, db, v[i].substitute, &substitute, e);
		if (!code)
			hy_buf_fmt(&b, "%lld  " HY_FMT "  %s  " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
				   (long long)v[i].id, HY_ARG(who), absence_kinds[v[i].kind].id.p,
				   HY_ARG(hy_instant_text(run->arena, zone_of(c), v[i].from)),
				   HY_ARG(hy_instant_text(run->arena, zone_of(c), v[i].until)),
				   HY_ARG(substitute));
	}
	if (run->json)
		hy_json_arr_end(&j);
	if (!code && b.n)
		command_print(run, &b);
	return code;
}

/* --- changing
 * --------------------------------------------------------------------------------------- */

struct doing {
	struct hy_run *run;
	struct city *c;
	enum hy_code (*fn)(struct doing *d, const struct unit_act *w, struct hy_err *e);
	int64_t id;
	size_t moved;
};

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct reform r;
	struct unit_act w;

	reform_begin(&r, d->c, db, &actor_console, HY_S(""), &w);
	return d->fn(d, &w, e);
}

static enum hy_code change(struct hy_run *run,
			   enum hy_code (*fn)(struct doing *d, const struct unit_act *w,
					      struct hy_err *e),
			   struct hy_err *e)
{
	struct doing d = { .run = run, .fn = fn };
	SCOPED_CITY c = NULL;
	enum hy_code code = command_city(run, false, &c, e);

	d.c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, &d, e);
	if (!code && run->json)
		fprintf(run->out, "{\"id\":%lld,\"matters\":%zu}\n", (long long)d.id, d.moved);
	else if (!code && !run->quiet && d.id)
		fprintf(run->out, "absence %lld\n", (long long)d.id);
	else if (!code && !run->quiet && d.moved)
		fprintf(run->out, "%zu open matters were handed over\n", d.moved);
	return code;
}

static enum hy_code do_put(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	struct post_new n = { d->run->operands[0], d->run->operands[1],
			      hy_run_option(d->run, "--role"), hy_run_option(d->run, "--unit") };
	enum hy_code c = post_role_check(city_pack(d->c), n.role, e);

	return c ? c : post_put(w, &n, NULL, e);
}

static enum hy_code do_close(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	return post_close(w, d->run->operands[0], e);
}

static enum hy_code do_hand(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	enum post_seat seat = hy_str_eq(d->run->operands[1], HY_S("b")) ? POST_B : POST_A;
	hy_str to = d->run->operands[2];
	int64_t account = 0;
	struct post p;
	hy_ms from;

	if (!hy_str_eq(d->run->operands[1], HY_S("a")) && seat != POST_B)
		return hy_fail(e, HY_BAD_FIELD, "SEAT", "must be a or b");
	enum hy_code c = read_time(d->run, d->c, "--from", false, w->at, &from, e);
	if (!c)
		c = post_by_code(d->run->arena, w->db, d->run->operands[0], w->at, &p, e);
	if (!c && !hy_str_eq(to, HY_S("-")))
		c = account_id(d->run, w->db, to, &account, e);
	if (!c && account)
		c = grant_fits(d->run->arena, w->db, city_pack(d->c), account, p.role, w->at, e);
	return c ? c
		 : reform_hand_over(d->c, w, p.code, seat, account, from,
				    hy_run_has(d->run, "--matters"), &d->moved, e);
}

static enum hy_code do_away(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	struct absence ab = { .note = or_empty(hy_run_option(d->run, "--note")) };
	hy_str substitute = hy_run_option(d->run, "--substitute");
	enum hy_code c = account_id(d->run, w->db, d->run->operands[0], &ab.account, e);

	if (!c && substitute.p)
		c = account_id(d->run, w->db, substitute, &ab.substitute, e);
	if (!c)
		c = read_time(d->run, d->c, "--from", false, w->at, &ab.from, e);
	if (!c)
		c = read_time(d->run, d->c, "--until", true, 0, &ab.until, e);
	if (!c && !absence_kind_of(hy_run_option(d->run, "--kind"), &ab.kind))
		c = hy_fail(e, HY_BAD_FIELD, "--kind", "is none of the kinds of absence");
	return c ? c : absence_add(w, &ab, &d->id, e);
}

static enum hy_code do_back(struct doing *d, const struct unit_act *w, struct hy_err *e)
{
	int64_t id;

	if (!hy_str_int(d->run->operands[0], &id))
		return hy_fail(e, HY_BAD_FIELD, "ID", "must be the number of an absence");
	return absence_end(w, id, e);
}

static enum hy_code put(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_put, e);
}
static enum hy_code close_post(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_close, e);
}
static enum hy_code hand(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_hand, e);
}
static enum hy_code away(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_away, e);
}
static enum hy_code back(struct hy_run *run, struct hy_err *e)
{
	return change(run, do_back, e);
}
static enum hy_code import(struct hy_run *run, struct hy_err *e)
{
	return command_table_in(run, TABLE_POSTS, e);
}
static enum hy_code export(struct hy_run *run, struct hy_err *e) {
	return command_table_out(run, TABLE_POSTS, e);
}

/* --- the table of commands
 * ---------------------------------------------------------------------------- */

static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option board_options[] = { DATA_OPTION,
						  { "--unit", "CODE", "of this unit alone" },
						  { 0 } };
static const struct hy_option put_options[] = {
	DATA_OPTION,
	{ "--unit", "CODE", "the unit it stands in", .required = true },
	{ "--role", "ROLE", "what it does: a role of the pack", .required = true },
	{ 0 },
};
static const struct hy_option hand_options[] = {
	DATA_OPTION,
	{ "--from", "TIME", "a day or a time, also to come; default: now" },
	{ "--matters", NULL, "the open matters of who leaves go along" },
	{ 0 },
};
static const struct hy_option away_options[] = {
	DATA_OPTION,
	{ "--kind", "out|meeting|training|leave|sick", "why", .otherwise = "out" },
	{ "--from", "TIME", "a day or a time; default: now" },
	{ "--until", "TIME", "a day (to its end) or a time", .required = true },
	{ "--substitute", "LOGIN", "who stands in; default: the other seat of each post" },
	{ "--note", "TEXT", "for the person and the office, not public" },
	{ 0 },
};
static const struct hy_option absences_options[] = {
	DATA_OPTION, { "--from", "TIME", "a day or a time; default: now" }, { 0 }
};
static const struct hy_option import_options[] = { DATA_OPTION,
						   { "--preview", NULL,
						     "only say what would change" },
						   { "--on", "DAY", "not used by posts" },
						   { 0 } };
static const struct hy_option export_options[] = {
	DATA_OPTION,
	{ "--csv", NULL, "as CSV on standard output (the default)" },
	{ "--bom", NULL, "with a byte-order mark, for Excel" },
	{ "--xlsx", "FILE", "as XLSX into FILE" },
	{ 0 },
};
static const char *const away_examples[] = {
	"huiyin absence add wangfang --kind leave --from 2026-10-12 --until 2026-10-16",
	"huiyin absence add wangfang --until 2026-10-12T15:00 --substitute lijun",
	NULL,
};

const struct hy_command post_commands[] = {
	{ "post board", "who sits where, is away, stands in", .options = board_options,
	  .json = true, .run = board },
	{ "post put", "make a post, or change its title, unit or role", .options = put_options,
	  .operands = "CODE TITLE", .least = 2, .most = 2, .json = true, .run = put },
	{ "post hand", "hand a seat of a post over",
	  .description = "SEAT is a (responsible) or b (stands in when A is away). LOGIN - leaves "
			 "it vacant. Refused while it would leave nobody present.",
	  .options = hand_options, .operands = "CODE SEAT LOGIN", .least = 3, .most = 3,
	  .json = true, .run = hand },
	{ "post close", "close a post", .options = data_options, .operands = "CODE", .least = 1,
	  .most = 1, .json = true, .run = close_post },
	{ "post import", "posts from a CSV or XLSX file",
	  .description = "Columns: code, title, unit, role, a, b (logins), or their Chinese names. "
			 "All or nothing; posts not in the file stay as they are.",
	  .options = import_options, .operands = "FILE", .least = 1, .most = 1, .json = true,
	  .run = import },
	{ "post export", "open posts as CSV or XLSX", .options = export_options, .run = export },
	{ "absence add", "somebody is away",
	  .description = "A and B of a post are never away together; where one seat alone is "
			 "filled, a substitute must be named.",
	  .options = away_options, .operands = "LOGIN", .least = 1, .most = 1,
	  .examples = away_examples, .json = true, .run = away },
	{ "absence end", "back earlier, or not away after all", .options = data_options,
	  .operands = "ID", .least = 1, .most = 1, .json = true, .run = back },
	{ "absence list", "who is away from now on", .options = absences_options, .json = true,
	  .run = absences },
	{ 0 },
};
