/* huiyin mail ..., huiyin hook ... */
#include "base/json.h"
#include "matter/command.h"
#include "tell/hook.h"

/* --- mail --------------------------------------------------------------------------------------
 */

static enum hy_code test(struct hy_run *run, struct hy_err *e)
{
	struct tell_message m = { .address = run->operands[0], .idx = -1 };
	struct outgoing_delivery d;
	struct tell_account by;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code;

	if (!outgoing_address_ok(m.address))
		return hy_fail(e, HY_BAD_FIELD, "ADDRESS", "'" HY_FMT "' is no mail address",
			       HY_ARG(hy_str_head(m.address, 60)));
	code = command_read(run, &c, &db, e);
	if (!code)
		code = tell_account(run->arena, c, db, &by, e);
	if (code)
		return code;
	m.id = m.made_at = city_now(c);
	tell_text_test(run->arena, setting_text(db, "mail.language"), city_name(c), &m);
	code = tell_mail(run->arena, &by, &m, &d, e);
	if (code)
		return code;
	if (d.fate != OUTGOING_TAKEN)
		return hy_fail(e, HY_IO, "", "the mail server does not take it: %s", d.said);
	if (!run->quiet)
		fprintf(run->out, "%s\n", d.said);
	return HY_OK;
}

static int nth(hy_str word, const char *const *names)
{
	for (int i = 0; word.n && names[i]; i++)
		if (hy_str_eq(word, hy_str_of(names[i])))
			return i + 1;
	return 0;
}

static void line(struct hy_buf *b, const struct tell_message *m, const struct hy_zone *zone)
{
	hy_buf_fmt(b, "%6lld  %-6s  %-8s  " HY_FMT "  %2d  " HY_FMT "\n", (long long)m->id,
		   tell_kind_names[m->kind], tell_state_names[m->state],
		   HY_ARG(hy_instant_text(b->a, zone, m->made_at)), m->tries, HY_ARG(m->said));
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	struct tell_filter f = { .kind = nth(hy_run_option(run, "--kind"), tell_kind_names),
				 .state = nth(hy_run_option(run, "--state"), tell_state_names) };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct tell_list v = { 0 };
	int64_t limit = 50;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_run_int(run, "--limit", 1, 10000, &limit, e);

	f.limit = (int)limit;
	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = tell_read(run->arena, db, &f, &v, e);
	if (code)
		return code;
	hy_json_arr(&j);
	for (size_t i = 0; run->json && i < v.n; i++)
		tell_message_json(&j, &v.v[i]);
	hy_json_arr_end(&j);
	if (!run->json)
		b.n = 0;
	for (size_t i = 0; !run->json && i < v.n; i++)
		line(&b, &v.v[i], hy_calendar_zone(city_pack(c)->calendar));
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code number_of(struct hy_run *run, size_t n, int64_t *out, struct hy_err *e)
{
	if (hy_str_int(run->operands[n], out) && *out > 0)
		return HY_OK;
	return hy_fail(e, HY_BAD_FIELD, "NUMBER", "'" HY_FMT "' is no number",
		       HY_ARG(hy_str_head(run->operands[n], 40)));
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct tell_message m;
	struct tell_try *tries = NULL;
	size_t n = 0;
	int64_t id;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = number_of(run, 0, &id, e);

	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = tell_by_id(run->arena, db, id, &m, e);
	if (!code)
		code = tell_tries(run->arena, db, id, &tries, &n, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "message");
		tell_message_json(&j, &m);
		hy_json_key(&j, "tries");
		hy_json_arr(&j);
		for (size_t i = 0; i < n; i++)
			tell_try_json(&j, &tries[i]);
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	} else {
		const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);

		line(&b, &m, zone);
		for (size_t i = 0; i < n; i++)
			hy_buf_fmt(&b, "        " HY_FMT "  %3d  " HY_FMT "\n",
				   HY_ARG(hy_instant_text(run->arena, zone, tries[i].at)),
				   tries[i].status, HY_ARG(tries[i].said));
	}
	command_print(run, &b);
	return HY_OK;
}

/* --- what is written ---------------------------------------------------------------------------
 */

struct doing {
	struct city *c;
	struct hy_arena *a;
	int64_t id;
	hy_str login, address, secret;
	struct hook_new hook;
	bool off;
};

static const struct security_by console = { 0, { "console", 7 } };

static enum hy_code run_work(struct hy_run *run, struct doing *d, hy_work *work, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	enum hy_code code = command_city(run, false, &c, e);

	d->c = c;
	d->a = run->arena;
	return code ? code : hy_store_write(city_store(c), work, d, e);
}

static enum hy_code again_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return tell_again(db, d->id, city_now(d->c), e);
}

static enum hy_code again(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { 0 };
	enum hy_code code = number_of(run, 0, &d.id, e);

	return code ? code : run_work(run, &d, again_work, e);
}

static enum hy_code address_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct account who;
	enum hy_code code = account_by_login(hy_db_arena(db), db, d->login, &who, e);

	return code ? code : tell_set_address(d->c, db, who.id, d->address, console, e);
}

static enum hy_code address(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .login = run->operands[0],
			   .address = run->n_operands > 1 ? run->operands[1] : HY_S("") };

	return run_work(run, &d, address_work, e);
}

static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option list_options[] = {
	DATA_OPTION,
	{ "--kind", "test|news|digest|hook", "of this kind only" },
	{ "--state", "waiting|sent|given_up|dropped", "in this state only" },
	{ "--limit", "N", "at most so many", .otherwise = "50" },
	{ 0 },
};
static const char *const test_examples[] = { "huiyin setting set mail.host mail.example.cn",
					     "huiyin setting set mail.from huiyin@example.cn",
					     "huiyin mail test me@example.cn", NULL };
static const char *const list_examples[] = { "huiyin mail list --state given_up", NULL };
static const char *const address_examples[] = { "huiyin mail address wang wang@example.cn",
						"huiyin mail address wang", NULL };

const struct hy_command mail_commands[] = {
	{ "mail test", "send a test to an address now, and say what the server answered",
	  .description = "Uses the settings mail.* as they are, also while mail.on is false. The "
			 "password is the first line of keys/mail.password in the city's folder; a "
			 "CA of your own is keys/mail.ca.pem. See docs/manual/mail.md.",
	  .options = data_options, .examples = test_examples, .operands = "ADDRESS", .least = 1,
	  .most = 1, .run = test },
	{ "mail list", "mail and webhook posts: waiting, sent, given up; newest first",
	  .options = list_options, .examples = list_examples, .json = true, .run = list },
	{ "mail show", "one message with its tries", .options = data_options, .operands = "NUMBER",
	  .least = 1, .most = 1, .json = true, .run = show },
	{ "mail again", "send a message again that was given up", .options = data_options,
	  .operands = "NUMBER", .least = 1, .most = 1, .run = again },
	{ "mail address", "set where somebody's digests go; without ADDRESS: nowhere",
	  .options = data_options, .examples = address_examples, .operands = "LOGIN [ADDRESS]",
	  .least = 1, .most = 2, .run = address },
	{ 0 },
};

/* --- webhooks ----------------------------------------------------------------------------------
 */

static enum hy_code hooks(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct hook *v = NULL;
	size_t n = 0;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = hook_list(run->arena, db, &v, &n, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		if (run->json)
			hook_json(&j, &v[i]);
		else
			hy_buf_fmt(&b, "%4lld  %-3s  " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
				   (long long)v[i].id, v[i].off ? "off" : "on", HY_ARG(v[i].name),
				   HY_ARG(v[i].url), HY_ARG(v[i].events));
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code add_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return hook_add(d->c, db, d->a, &d->hook, console, &d->id, &d->secret, e);
}

static enum hy_code add(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .hook = { .name = run->operands[0],
				     .url = run->operands[1],
				     .events = hy_run_option(run, "--events") } };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = run_work(run, &d, add_work, e);

	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "id", d.id);
		hy_json_kstr(&j, "secret", d.secret);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, "%lld  " HY_FMT "\n", (long long)d.id, HY_ARG(d.secret));
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code end_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return hook_end(d->c, db, d->id, console, e);
}

static enum hy_code end(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { 0 };
	enum hy_code code = number_of(run, 0, &d.id, e);

	return code ? code : run_work(run, &d, end_work, e);
}

static enum hy_code turn_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return hook_turn(d->c, db, d->id, d->off, console, e);
}

static enum hy_code turn(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .off = hy_str_eq(run->operands[1], HY_S("off")) };
	enum hy_code code = number_of(run, 0, &d.id, e);

	if (!code && !d.off && !hy_str_eq(run->operands[1], HY_S("on")))
		code = hy_fail(e, HY_BAD_FIELD, "on|off", "write on or off");
	return code ? code : run_work(run, &d, turn_work, e);
}

static const struct hy_option add_options[] = {
	DATA_OPTION,
	{ "--events", "WORDS", "matter, card, or single moves, with blanks between them",
	  .otherwise = "matter card" },
	{ 0 },
};
static const char *const add_examples[] = {
	"huiyin hook add 短信网关 https://sms.example.cn/huiyin --events 'matter.reply card.raise'",
	NULL
};

const struct hy_command hook_commands[] = {
	{ "hook list", "webhooks", .options = data_options, .json = true, .run = hooks },
	{ "hook add", "make a webhook; prints its number and its secret, which is shown once",
	  .description =
		  "Each event is posted as JSON with a signature: Huiyin-Signature is v1= and the "
		  "HMAC-SHA-256, in hex, of Huiyin-Timestamp, a dot and the body, under the bytes "
		  "that the secret is the hex of. See docs/manual/mail.md.",
	  .options = add_options, .examples = add_examples, .operands = "NAME URL", .least = 2,
	  .most = 2, .json = true, .run = add },
	{ "hook end", "end a webhook; what waits for it is dropped", .options = data_options,
	  .operands = "NUMBER", .least = 1, .most = 1, .run = end },
	{ "hook turn", "turn a webhook on or off", .options = data_options,
	  .operands = "NUMBER on|off", .least = 2, .most = 2, .run = turn },
	{ 0 },
};
