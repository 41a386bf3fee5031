/* huiyin oidc: the OpenID provider, from this machine's command line. */
#include "cli/login.h"
#include "matter/command.h"
#include "people/bound.h"
#include "people/setting.h"

static const struct security_by console = { 0, HY_S_INIT("console") };

/* Asks the provider as a login would. */
static enum hy_code check(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct oidc_client client;
	hy_str url = HY_S("");
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = login_oidc_client(run->arena, db, hy_store_files(city_store(c)), &client, e);
	if (!code)
		code = oidc_begin(run->arena, &client, HY_S("check"), &url, e);
	if (code == HY_STORE_BUSY) {
		struct hy_err why = *e;
		hy_err_clear(e);
		code = hy_fail(e, HY_IO, "oidc.issuer", "%s", why.log);
	}
	oidc_forget();
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "issuer", client.issuer);
		hy_json_kstr(&j, "client", client.id);
		hy_json_kbool(&j, "secret", client.secret.n > 0);
		hy_json_kstr(&j, "redirect", client.redirect);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   HY_FMT " answers and fits; it must know " HY_FMT
				  " as a redirect URI of " HY_FMT "%s\n",
			   HY_ARG(client.issuer), HY_ARG(client.redirect), HY_ARG(client.id),
			   client.secret.n ? ""
					   : ", a client without a secret (keys/oidc.secret "
					     "is not there)");
	}
	command_print(run, &b);
	return HY_OK;
}

struct binding {
	struct city *c;
	struct hy_run *run;
	bool away;
};

static enum hy_code bind_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct binding *k = in_out;
	struct record *r = city_record(k->c);
	hy_str issuer = setting_text(db, "oidc.issuer");
	struct account who;
	enum hy_code code = account_by_login(k->run->arena, db, k->run->operands[0], &who, e);

	if (code)
		return code;
	if (!k->away)
		return bound_add(r, db, who.id, issuer, k->run->operands[1], console,
				 city_now(k->c), e);
	if (issuer.n == 0)
		return hy_fail(e, HY_NOT_NOW, "oidc.issuer", "no identity provider is set");
	return bound_remove(r, db, who.id, issuer, console, city_now(k->c), e);
}

static enum hy_code change(struct hy_run *run, bool away, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct binding k = { .run = run, .away = away };
	enum hy_code code = command_city(run, false, &c, e);

	k.c = c;
	return code ? code : hy_store_write(city_store(c), bind_work, &k, e);
}

static enum hy_code add(struct hy_run *run, struct hy_err *e)
{
	return change(run, false, e);
}

static enum hy_code take_away(struct hy_run *run, struct hy_err *e)
{
	return change(run, true, e);
}

static const struct hy_option city_options[] = { DATA_OPTION, { 0 } };
static const char *const bind_examples[] = { "huiyin oidc bind zhang.san 3f1c0e52-77aa", NULL };

const struct hy_command oidc_commands[] = {
	{ "oidc check", "does the OpenID provider that is set answer, and fit",
	  .description =
		  "The settings are oidc.issuer, oidc.client, oidc.title and city.address; the "
		  "client's secret stands in keys/oidc.secret of the city's folder (mode 0600).",
	  .options = city_options, .json = true, .run = check },
	{ "oidc bind", "let somebody log in as whom the OpenID provider knows as SUB",
	  .options = city_options, .operands = "LOGIN SUB", .least = 2, .most = 2,
	  .examples = bind_examples, .run = add },
	{ "oidc unbind", "let somebody log in with the OpenID provider no more",
	  .options = city_options, .operands = "LOGIN", .least = 1, .most = 1, .run = take_away },
	{ 0 },
};
