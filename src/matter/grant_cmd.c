/* huiyin grant list | add | approve | revoke: from this machine, where whoever is here is the root
 * of trust and the record says "console". */
#include "matter/command.h"
#include "matter/explain.h"
#include "matter/grant_json.h"
#include "people/account.h"

struct granting {
	struct city *c;
	struct hy_run *run;
	struct grant_new n;
	hy_str account; /* login or number */
	int64_t id;
	enum hy_code (*step)(const struct grant_act *w, int64_t id, struct hy_err *e);
	struct grant made;
	hy_str login;
};

static enum hy_code who_is(struct hy_arena *a, struct hy_db *db, hy_str word, struct account *out,
			   struct hy_err *e)
{
	int64_t id;

	if (hy_str_int(word, &id))
		return account_by_id(a, db, id, out, e);
	return account_by_login(a, db, word, out, e);
}

static enum hy_code work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct granting *k = in_out;
	struct hy_arena *a = k->run->arena;
	struct account account;
	const struct grant_act w = { .record = city_record(k->c),
				     .db = db,
				     .pack = city_pack(k->c),
				     .at = city_now(k->c),
				     .address = HY_S("console"),
				     .reason = hy_run_option(k->run, "--reason") };
	enum hy_code code = HY_OK;

	if (k->step) {
		code = k->step(&w, k->id, e);
	} else {
		code = who_is(a, db, k->account, &account, e);
		k->n.account = code ? 0 : account.id;
		if (!code)
			code = grant_propose(&w, &k->n, &k->id, e);
	}
	if (!code)
		code = grant_by_id(a, db, k->id, &k->made, e);
	if (!code)
		code = account_by_id(a, db, k->made.account, &account, e);
	if (!code)
		k->login = account.login;
	return code;
}

static hy_str when(struct hy_arena *a, const struct hy_calendar *cal, hy_ms at)
{
	return at == HY_NO_TIME ? HY_S("-") : hy_instant_text(a, hy_calendar_zone(cal), at);
}

static void line(struct hy_buf *b, const struct grant *g, hy_str login,
		 const struct hy_calendar *cal)
{
	hy_buf_fmt(b, "%-5lld %-9s " HY_FMT " " HY_FMT "@" HY_FMT "%s, " HY_FMT " to " HY_FMT "\n",
		   (long long)g->id, grant_state_names[g->state], HY_ARG(login), HY_ARG(g->role),
		   HY_ARG(g->unit.n ? g->unit : HY_S("*")), g->below ? " and below" : "",
		   HY_ARG(when(b->a, cal, g->from)), HY_ARG(when(b->a, cal, g->until)));
}

static enum hy_code do_it(struct granting *k, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_buf b = hy_buf_on(k->run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_city(k->run, false, &c, e);

	k->c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, k, e);
	if (code)
		return code;
	if (k->run->json)
		grant_json(&j, &k->made, k->login, city_pack(c)->calendar);
	else
		line(&b, &k->made, k->login, city_pack(c)->calendar);
	command_print(k->run, &b);
	return HY_OK;
}

static enum hy_code time_of(const struct hy_run *run, const char *option, hy_ms *out,
			    struct hy_err *e)
{
	hy_str s = hy_run_option(run, option);

	*out = HY_NO_TIME;
	if (s.n && !hy_instant_read(s, &hy_zone_china, out))
		return hy_fail(e, HY_BAD_FIELD, option, "must be a day such as 2026-12-31");
	return HY_OK;
}

static enum hy_code add(struct hy_run *run, struct hy_err *e)
{
	struct granting k = { .run = run, .account = run->operands[0] };
	hy_str clearance = hy_run_option(run, "--clearance");

	k.n.role = run->operands[1];
	k.n.unit = hy_run_option(run, "--unit");
	k.n.below = !hy_run_has(run, "--unit-only");
	k.n.clearance = clearance.n ? pack_guard_of(clearance) : PACK_NORMAL;
	enum hy_code code = time_of(run, "--from", &k.n.from, e);
	if (!code)
		code = time_of(run, "--until", &k.n.until, e);
	return code ? code : do_it(&k, e);
}

static enum hy_code
step(struct hy_run *run,
     enum hy_code (*fn)(const struct grant_act *w, int64_t id, struct hy_err *e), struct hy_err *e)
{
	struct granting k = { .run = run, .step = fn };

	if (!hy_str_int(run->operands[0], &k.id) || k.id < 1)
		return hy_fail(e, HY_BAD_FIELD, "ID", "must be the number of a grant");
	return do_it(&k, e);
}

static enum hy_code approve(struct hy_run *run, struct hy_err *e)
{
	return step(run, grant_approve, e);
}

static enum hy_code revoke(struct hy_run *run, struct hy_err *e)
{
	return step(run, grant_revoke, e);
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	struct grant_filter f = { .state = -1, .role = hy_run_option(run, "--role") };
	hy_str who = hy_run_option(run, "--account"), state = hy_run_option(run, "--state");
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct account account;
	struct grant *v = NULL;
	size_t n = 0;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	for (int i = 0; grant_state_names[i]; i++)
		if (hy_str_eq(state, hy_str_of(grant_state_names[i])))
			f.state = i;
	if (!code && who.n) {
		code = who_is(run->arena, db, who, &account, e);
		f.account = code ? 0 : account.id;
	}
	if (!code)
		code = grant_list(run->arena, db, &f, INT32_MAX, &v, &n, e);
	if (code)
		return code;
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < n; i++) {
		code = account_by_id(run->arena, db, v[i].account, &account, e);
		if (!code && run->json)
			grant_json(&j, &v[i], account.login, city_pack(c)->calendar);
		else if (!code)
			line(&b, &v[i], account.login, city_pack(c)->calendar);
	}
	if (run->json)
		hy_json_arr_end(&j);
	if (!code)
		command_print(run, &b);
	return code;
}

static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--account", "LOGIN", "of this account only; its number will do" },
	{ "--role", "ROLE", "of this role only" },
	{ "--state", "proposed|approved|revoked", "in this state only" },
	{ 0 },
};
static const struct hy_option add_options[] = {
	DATA_OPTION,
	{ "--unit", "CODE", "the unit in which it is held; without: the whole city" },
	{ "--unit-only", NULL, "this unit alone, though the role reaches below it" },
	{ "--clearance", "normal|protected|sealed",
	  "sees matters kept so closely, beyond the role" },
	{ "--from", "TIME", "from then on; without: now" },
	{ "--until", "TIME", "until then; without: no end" },
	{ "--reason", "TEXT", "why; kept private" },
	{ 0 },
};
static const struct hy_option step_options[] = {
	DATA_OPTION,
	{ "--reason", "TEXT", "why; kept private" },
	{ 0 },
};
static const char *const add_examples[] = {
	"huiyin grant add li secadmin --data data",
	"huiyin grant add wang handler --unit zjj --data data",
	NULL,
};

const struct hy_command grant_commands[] = {
	{ "grant list", "who holds which role, and who gave it", .options = list_options,
	  .json = true, .run = list },
	{ "grant add", "give a role to an account",
	  .description = "Over the API the security administrator proposes and a second person "
			 "approves. Here, on the city's own machine, it holds at once, and the "
			 "record says that the console gave it: that is how the first "
			 "administrators come about.",
	  .options = add_options, .operands = "LOGIN ROLE", .least = 2, .most = 2,
	  .examples = add_examples, .json = true, .run = add },
	{ "grant approve", "approve a proposed grant from this machine", .options = step_options,
	  .operands = "ID", .least = 1, .most = 1, .json = true, .run = approve },
	{ "grant revoke", "end a grant, or turn a proposal down", .options = step_options,
	  .operands = "ID", .least = 1, .most = 1, .json = true, .run = revoke },
	{ 0 },
};
