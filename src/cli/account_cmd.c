/* huiyin account | factor | session | token: who may log in, from this machine's command line. */
#include "people/session.h"
#include "people/token.h"
#include "people/totp.h"

#include "matter/command.h"

/* Whoever is here has the files anyway; the record says "console". */
static const struct security_by console = { 0, HY_S_INIT("console") };

enum { LIST_MOST = 200 };

static hy_str when(const struct hy_run *run, hy_ms at)
{
	return at ? hy_instant_text(run->arena, &hy_zone_china, at) : HY_S("");
}

/* --- what is done to one account ---------------------------------------------------------------
 */

struct doing {
	struct city *c;
	struct hy_run *run;
	hy_str login, name, secret;
	hy_str city; /* its name, once done */
	enum account_state state;
	int64_t n;
	struct token_new token;
	unsigned char factor[TOTP_SECRET];
	hy_str digits, *codes;	/* of a second factor */
	struct account account; /* as it is afterwards */
};

static enum hy_code find(struct doing *d, struct hy_db *db, struct hy_err *e)
{
	return account_by_login(d->run->arena, db, d->login, &d->account, e);
}

static enum hy_code again(struct doing *d, struct hy_db *db, struct hy_err *e)
{
	return account_by_id(d->run->arena, db, d->account.id, &d->account, e);
}

/* By the console, so it holds at once. */
static enum hy_code give_roles(struct doing *d, struct hy_db *db, struct hy_err *e)
{
	struct hy_values roles = hy_run_list(d->run, "--role");
	struct grant_act act = {
		.record = city_record(d->c), .db = db, .pack = city_pack(d->c), .at = city_now(d->c)
	};
	enum hy_code code = HY_OK;

	hy_str since = hy_run_option(d->run, "--from");
	hy_ms from = HY_NO_TIME;
	if (since.n && !hy_instant_read(since, &hy_zone_china, &from))
		return hy_fail(e, HY_BAD_FIELD, "--from", "must be a day such as 2026-01-01");
	for (size_t i = 0; !code && i < roles.n; i++) {
		hy_str unit = roles.v[i], role = HY_S("");
		if (!hy_str_cut(&unit, '@', &role))
			return hy_fail(e, HY_BAD_FIELD, "--role", "must be ROLE or ROLE@UNIT");
		struct grant_new n = { .account = d->account.id,
				       .role = role,
				       .unit = unit,
				       .below = true,
				       .from = from,
				       .until = HY_NO_TIME };
		int64_t id;
		code = grant_propose(&act, &n, &id, e);
	}
	return code;
}

static enum hy_code add_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	struct account_new n = { .login = d->login, .name = d->name };
	struct record *r = city_record(d->c);
	hy_ms now = city_now(d->c);
	enum hy_code code = account_add(r, db, &n, console, now, &d->account.id, e);

	if (!code)
		code = give_roles(d, db, e);
	if (!code)
		code = account_invite(r, db, d->run->arena, d->account.id, console, now, &d->secret,
				      e);
	return code ? code : again(d, db, e);
}

static enum hy_code invite_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	return code ? code
		    : account_invite(city_record(d->c), db, d->run->arena, d->account.id, console,
				     city_now(d->c), &d->secret, e);
}

static enum hy_code state_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	if (!code)
		code = account_set_state(city_record(d->c), db, d->account.id, d->state, console,
					 city_now(d->c), e);
	return code ? code : again(d, db, e);
}

static enum hy_code rename_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	if (!code)
		code = account_rename(city_record(d->c), db, d->account.id, d->name, console,
				      city_now(d->c), e);
	return code ? code : again(d, db, e);
}

static enum hy_code begin_factor_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	return code ? code
		    : totp_begin(db, hy_store_files(city_store(d->c)), d->account.id, d->factor, e);
}

static enum hy_code confirm_factor_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	return code ? code
		    : totp_confirm(city_record(d->c), db, d->run->arena,
				   hy_store_files(city_store(d->c)), d->account.id, d->digits,
				   console, city_now(d->c), &d->codes, e);
}

static enum hy_code factor_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	if (!code)
		code = totp_remove(city_record(d->c), db, d->account.id, console, city_now(d->c),
				   &d->n, e);
	return code ? code : again(d, db, e);
}

static enum hy_code end_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	return code ? code
		    : session_revoke_all(city_record(d->c), db, d->account.id, 0, console,
					 city_now(d->c), &d->n, e);
}

static enum hy_code token_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;
	enum hy_code code = find(d, db, e);

	d->token.account = d->account.id;
	return code ? code
		    : token_add(city_record(d->c), db, d->run->arena, &d->token, console,
				city_now(d->c), &d->n, &d->secret, e);
}

static enum hy_code revoke_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct doing *d = in_out;

	return token_revoke(city_record(d->c), db, d->n, console, city_now(d->c), e);
}

static enum hy_code do_it(struct doing *d, hy_work *work, struct hy_err *e)
{
	enum hy_code code = command_city(d->run, false, &d->c, e);

	if (!code)
		code = hy_store_write(city_store(d->c), work, d, e);
	if (!code)
		d->city = hy_str_dup(d->run->arena, city_name(d->c));
	city_close(&d->c);
	return code;
}

/* --- answers -------------------------------------------------------------------------------------
 */

static void account_json(struct hy_json *j, const struct hy_run *run, const struct account *a)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", a->id);
	hy_json_kstr(j, "login", a->login);
	hy_json_kstr(j, "name", a->name);
	hy_json_kstr(j, "state", hy_str_of(account_state_names[a->state]));
	hy_json_kbool(j, "demo", a->demo);
	hy_json_kbool(j, "password", a->has_password);
	hy_json_kbool(j, "second_factor", a->has_totp);
	hy_json_kstr(j, "made_at", when(run, a->made_at));
	hy_json_obj_end(j);
}

static void account_line(struct hy_buf *b, const struct account *a)
{
	hy_buf_fmt(b, "%5lld  %-20.*s %-7s %-11s %-13s " HY_FMT "\n", (long long)a->id,
		   HY_ARG(a->login), account_state_names[a->state],
		   a->has_password ? "password" : "no password", a->has_totp ? "second factor" : "",
		   HY_ARG(a->name));
}

/* One account, and the link that was made for it. */
static enum hy_code say(struct doing *d)
{
	struct hy_run *run = d->run;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	hy_str link = hy_printf(run->arena, "/welcome#" HY_FMT, HY_ARG(d->secret));

	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "account");
		account_json(&j, run, &d->account);
		if (d->secret.n)
			hy_json_kstr(&j, "link", link);
		hy_json_obj_end(&j);
	} else {
		account_line(&b, &d->account);
		if (d->secret.n)
			hy_buf_fmt(&b,
				   "its owner chooses a password at this path of the server, once "
				   "and within 24 hours:\n" HY_FMT "\n",
				   HY_ARG(link));
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code add(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0], .name = run->operands[1] };
	enum hy_code code = do_it(&d, add_work, e);

	return code ? code : say(&d);
}

static enum hy_code invite(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0] };
	enum hy_code code = do_it(&d, invite_work, e);

	return code ? code : say(&d);
}

static enum hy_code set_state(struct hy_run *run, enum account_state state, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0], .state = state };
	enum hy_code code = do_it(&d, state_work, e);

	return code ? code : say(&d);
}

static enum hy_code lock(struct hy_run *run, struct hy_err *e)
{
	return set_state(run, ACCOUNT_LOCKED, e);
}

static enum hy_code unlock(struct hy_run *run, struct hy_err *e)
{
	return set_state(run, ACCOUNT_OPEN, e);
}

static enum hy_code close_account(struct hy_run *run, struct hy_err *e)
{
	return set_state(run, ACCOUNT_CLOSED, e);
}

static enum hy_code rename_account(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0], .name = run->operands[1] };
	enum hy_code code = do_it(&d, rename_work, e);

	return code ? code : say(&d);
}

static enum hy_code add_factor(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0] };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = do_it(&d, begin_factor_work, e);
	hy_str qr = HY_S("");

	if (code)
		return code;
	hy_str secret = totp_base32(run->arena, d.factor);
	hy_str uri = totp_uri(run->arena, d.city, d.account.login, secret);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "secret", secret);
		hy_json_kstr(&j, "uri", uri);
		hy_json_obj_end(&j);
	} else {
		code = totp_qr_text(run->arena, uri, &qr, e);
		hy_buf_fmt(&b,
			   HY_FMT HY_FMT
			   "\n" HY_FMT
			   "\ngive it to an authenticator, then: huiyin factor confirm " HY_FMT
			   " DIGITS\n",
			   HY_ARG(qr), HY_ARG(secret), HY_ARG(uri), HY_ARG(d.account.login));
	}
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code confirm_factor(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0], .digits = run->operands[1] };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = do_it(&d, confirm_factor_work, e);

	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_key(&j, "recovery_codes");
		hy_json_arr(&j);
		for (int i = 0; i < TOTP_RECOVERY; i++)
			hy_json_str(&j, d.codes[i]);
		hy_json_arr_end(&j);
		hy_json_obj_end(&j);
	} else {
		hy_buf_add(&b, HY_S("the second factor holds; recovery codes, each good once and "
				    "not shown again:\n"));
		for (int i = 0; i < TOTP_RECOVERY; i++)
			hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(d.codes[i]));
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code remove_factor(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0] };
	enum hy_code code = do_it(&d, factor_work, e);

	return code ? code : say(&d);
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct account *v = NULL;
	size_t n = 1;
	int64_t after = 0;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_read(run, &c, &db, e);

	if (run->json)
		hy_json_arr(&j);
	while (!code && n) {
		code = account_list(run->arena, db, HY_S(""), after, LIST_MOST, &v, &n, e);
		for (size_t i = 0; !code && i < n; i++) {
			if (run->json)
				account_json(&j, run, &v[i]);
			else
				account_line(&b, &v[i]);
			after = v[i].id;
		}
	}
	if (code)
		return code;
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct doing d = { .run = run, .login = run->operands[0] };
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = find(&d, db, e);
	return code ? code : say(&d);
}

/* --- sessions -----------------------------------------------------------------------------------
 */

static enum hy_code sessions(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct doing d = { .run = run, .login = run->operands[0] };
	struct session *v = NULL;
	size_t n = 0;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = find(&d, db, e);
	if (!code)
		code = session_list(run->arena, db, d.account.id, city_now(c), &v, &n, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		if (run->json) {
			hy_json_obj(&j);
			hy_json_kint(&j, "id", v[i].id);
			hy_json_kstr(&j, "stage", hy_str_of(session_stage_names[v[i].stage]));
			hy_json_kbool(&j, "second_factor", v[i].strong);
			hy_json_kstr(&j, "since", when(run, v[i].made_at));
			hy_json_kstr(&j, "seen", when(run, v[i].seen_at));
			hy_json_kstr(&j, "address", v[i].address);
			hy_json_obj_end(&j);
		} else {
			hy_buf_fmt(&b,
				   "%lld  %-5s since " HY_FMT ", seen " HY_FMT ", from " HY_FMT
				   "\n",
				   (long long)v[i].id, session_stage_names[v[i].stage],
				   HY_ARG(when(run, v[i].made_at)), HY_ARG(when(run, v[i].seen_at)),
				   HY_ARG(v[i].address));
		}
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code end_sessions(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run, .login = run->operands[0] };
	enum hy_code code = do_it(&d, end_work, e);
	struct hy_buf b = hy_buf_on(run->arena);

	if (code)
		return code;
	hy_buf_fmt(&b, run->json ? "{\"ended\":%lld}" : "%lld ended\n", (long long)d.n);
	command_print(run, &b);
	return HY_OK;
}

/* --- tokens
 * --------------------------------------------------------------------------------------- */

static enum hy_code add_token(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run,
			   .login = hy_run_option(run, "--account"),
			   .token = { .name = hy_run_option(run, "--name") } };
	struct hy_values scopes = hy_run_list(run, "--scope");
	struct hy_buf b = hy_buf_on(run->arena), words = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = hy_run_int(run, "--days", 1, TOKEN_DAYS_MOST, &d.token.days, e);

	for (size_t i = 0; i < scopes.n; i++)
		hy_buf_fmt(&words, "%s" HY_FMT, i ? " " : "", HY_ARG(scopes.v[i]));
	d.token.scopes = words.n ? hy_buf_str(&words) : HY_S("*");
	if (!code)
		code = do_it(&d, token_work, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "id", d.n);
		hy_json_kstr(&j, "token", d.secret);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(d.secret));
		if (!run->quiet)
			fprintf(run->err,
				"token %lld: it is not shown again; send it as Authorization: "
				"Bearer TOKEN\n",
				(long long)d.n);
	}
	command_print(run, &b);
	return HY_OK;
}

static void token_json(struct hy_json *j, const struct hy_run *run, const struct token *t)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", t->id);
	hy_json_kint(j, "account", t->account);
	hy_json_kstr(j, "name", t->name);
	hy_json_kstr(j, "scopes", t->scopes);
	hy_json_kstr(j, "made_at", when(run, t->made_at));
	hy_json_kstr(j, "expires_at", when(run, t->expires_at));
	hy_json_kstr(j, "revoked_at", when(run, t->revoked_at));
	hy_json_kstr(j, "used_at", when(run, t->used_at));
	hy_json_obj_end(j);
}

static enum hy_code tokens(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct doing d = { .run = run, .login = hy_run_option(run, "--account") };
	struct token *v = NULL;
	size_t n = 0;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code && d.login.n)
		code = find(&d, db, e);
	if (!code)
		code = token_list(run->arena, db, d.account.id, &v, &n, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		if (run->json)
			token_json(&j, run, &v[i]);
		else
			hy_buf_fmt(&b,
				   "%5lld  account %lld  " HY_FMT "  until " HY_FMT "%s  " HY_FMT
				   "\n",
				   (long long)v[i].id, (long long)v[i].account, HY_ARG(v[i].scopes),
				   HY_ARG(when(run, v[i].expires_at)),
				   v[i].revoked_at ? ", revoked" : "", HY_ARG(v[i].name));
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code revoke_token(struct hy_run *run, struct hy_err *e)
{
	struct doing d = { .run = run };

	if (!hy_str_int(run->operands[0], &d.n))
		return hy_fail(e, HY_BAD_FIELD, "NUMBER", "must be the number of a token");
	return do_it(&d, revoke_work, e);
}

/* --- tables
 * ---------------------------------------------------------------------------------------- */

static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option add_options[] = {
	DATA_OPTION,
	{ "--role", "ROLE[@UNIT]", "a role it has from now on, in that unit or in the whole city",
	  .repeated = true },
	{ "--from", "DAY", "from when it has them (default: now)" },
	{ 0 },
};
static const struct hy_option add_token_options[] = {
	DATA_OPTION,
	{ "--account", "LOGIN", "whose it is", .required = true },
	{ "--name", "TEXT", "what it is for", .otherwise = "command line" },
	{ "--scope", "PERMISSION", "what it may do (default: all that the account may)",
	  .repeated = true },
	{ "--days", "N", "for how long it holds", .otherwise = "90" },
	{ 0 },
};
static const struct hy_option tokens_options[] = {
	DATA_OPTION,
	{ "--account", "LOGIN", "those of one account" },
	{ 0 },
};
static const char *const add_examples[] = { "huiyin account add zhang.san 张三", NULL };
static const char *const factor_examples[] = { "huiyin factor confirm robot 123456", NULL };
static const char *const token_examples[] = {
	"huiyin token add --account robot --scope matter.read --scope matter.file --days 30", NULL
};

const struct hy_command account_commands[] = {
	{ "account add", "make an account, and the link with which its owner sets a password",
	  .description = "One for each person, never shared. The account can do nothing until "
			 "it has a role: given here, or granted by two administrators.",
	  .options = add_options, .operands = "LOGIN NAME", .least = 2, .most = 2,
	  .examples = add_examples, .json = true, .run = add },
	{ "account invite", "make a new link with which its owner sets a password",
	  .description = "The link holds once, within 24 hours; older ones are void. The password "
			 "of before holds until it is used.",
	  .options = data_options, .operands = "LOGIN", .least = 1, .most = 1, .json = true,
	  .run = invite },
	{ "account list", "the accounts", .options = data_options, .json = true, .run = list },
	{ "account show", "one account", .options = data_options, .operands = "LOGIN", .least = 1,
	  .most = 1, .json = true, .run = show },
	{ "account lock", "keep somebody out: sessions end, tokens rest", .options = data_options,
	  .operands = "LOGIN", .least = 1, .most = 1, .json = true, .run = lock },
	{ "account unlock", "let somebody in again, also after too many failures",
	  .options = data_options, .operands = "LOGIN", .least = 1, .most = 1, .json = true,
	  .run = unlock },
	{ "account close", "end an account for good: sessions and tokens with it",
	  .options = data_options, .operands = "LOGIN", .least = 1, .most = 1, .json = true,
	  .run = close_account },
	{ "account rename", "call the owner of an account by another name", .options = data_options,
	  .operands = "LOGIN NAME", .least = 2, .most = 2, .json = true, .run = rename_account },
	{ "factor add", "begin to set up a second factor; its secret is printed once",
	  .description = "People set up their own when they log in. This is for accounts that "
			 "programs use, and for an administrator at this machine. It counts once "
			 "it is confirmed.",
	  .options = data_options, .operands = "LOGIN", .least = 1, .most = 1, .json = true,
	  .run = add_factor },
	{ "factor confirm", "switch a second factor on, by the digits it shows now",
	  .options = data_options, .operands = "LOGIN DIGITS", .least = 2, .most = 2,
	  .examples = factor_examples, .json = true, .run = confirm_factor },
	{ "factor remove", "take away the second factor of somebody who lost it",
	  .description = "Sessions end. Whoever needs one sets up another with the next login.",
	  .options = data_options, .operands = "LOGIN", .least = 1, .most = 1, .json = true,
	  .run = remove_factor },
	{ "session list", "where somebody is logged in", .options = data_options,
	  .operands = "LOGIN", .least = 1, .most = 1, .json = true, .run = sessions },
	{ "session revoke", "log somebody out everywhere", .options = data_options,
	  .operands = "LOGIN", .least = 1, .most = 1, .json = true, .run = end_sessions },
	{ "token add", "make an API token; it is printed once", .options = add_token_options,
	  .examples = token_examples, .json = true, .run = add_token },
	{ "token list", "the API tokens", .options = tokens_options, .json = true, .run = tokens },
	{ "token revoke", "end an API token", .options = data_options, .operands = "NUMBER",
	  .least = 1, .most = 1, .run = revoke_token },
	{ 0 },
};
