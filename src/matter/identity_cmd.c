/* huiyin identity request | list | packet | consent | refuse | open: the city's side. */
#include "base/file.h"
#include "matter/command.h"
#include "matter/explain.h"
#include "matter/identity.h"

static const struct identity_by console = { .role = HY_S_INIT("console"), .unit = HY_S_INIT("") };
static const char *const states[] = {
	[IDENTITY_REQUESTED] = "requested", [IDENTITY_CONSENTED] = "consented",
	[IDENTITY_OPENED] = "opened",	    [IDENTITY_REFUSED] = "refused",
	[IDENTITY_EXPIRED] = "expired",
};

hy_str identity_state_name(enum identity_state s)
{
	return hy_str_of(states[s]);
}

struct step {
	struct city *c;
	struct hy_arena *a;
	int64_t request;
	hy_str code, what, purpose, json;
	struct custodian who;
	const json_t *halves;
};

static enum hy_code ask_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct step *x = in_out;

	return identity_ask(x->c, db, x->a, x->code, x->what, x->purpose, &console, &x->request, e);
}

static enum hy_code consent_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct step *x = in_out;

	return identity_consent(x->c, db, x->a, x->request, &x->who, x->halves, &console, e);
}

static enum hy_code refuse_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct step *x = in_out;

	return identity_refuse(x->c, db, x->a, x->request, &x->who, &console, e);
}

static enum hy_code open_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct step *x = in_out;

	return identity_open(x->c, db, x->a, x->request, &x->who, &console, &x->json, e);
}

static void say(const struct hy_run *run, int64_t request, const char *state)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "request", request);
		hy_json_kstr(&j, "state", hy_str_of(state));
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, "request %lld: %s\n", (long long)request, state);
	}
	command_print(run, &b);
}

static enum hy_code request(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct step x = { .a = run->arena,
			  .code = run->operands[0],
			  .what = hy_run_option(run, "--what"),
			  .purpose = hy_run_option(run, "--purpose") };
	enum hy_code code = command_city(run, false, &c, e);

	x.c = c;
	if (!code)
		code = hy_store_write(city_store(c), ask_work, &x, e);
	if (!code)
		say(run, x.request, "requested");
	return code;
}

/* The request of the first operand, the custodian of --custodian, and the city. */
static enum hy_code step_of(const struct hy_run *run, bool read_only, struct city **c,
			    struct step *x, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	int64_t id = 0;

	*x = (struct step){ .a = run->arena };
	if (!hy_str_int(run->operands[0], &x->request))
		return hy_fail(e, HY_BAD_FIELD, "REQUEST", "must be the number of a request");
	enum hy_code code = hy_run_int(run, "--custodian", 1, INT64_MAX, &id, e);
	if (!code)
		code = command_city(run, read_only, c, e);
	if (!code)
		code = hy_store_read(city_store(*c), &db, e);
	if (!code)
		code = custodian_by_id(run->arena, db, id, &x->who, e);
	x->c = *c;
	return code;
}

static enum hy_code packet(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct step x;
	struct hy_buf b = hy_buf_on(run->arena);
	enum hy_code code = step_of(run, true, &c, &x, e);

	if (!code)
		code = hy_store_read(city_store(c), &db, e);
	if (!code)
		code = identity_packet(c, db, run->arena, x.request, &x.who, &x.json, e);
	hy_buf_add(&b, x.json);
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code consent(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct step x;
	json_t *v = NULL;
	hy_str text = HY_S("");
	enum hy_code code = hy_file_read(run->arena, run->operands[1].p, 1 << 20, &text, e);

	if (!code)
		code = hy_json_read(run->arena, text, &v, e);
	if (!code)
		code = step_of(run, false, &c, &x, e);
	if (code)
		return code;
	x.halves = json_object_get(v, "halves");
	code = hy_store_write(city_store(c), consent_work, &x, e);
	if (!code)
		say(run, x.request, "consented");
	return code;
}

static enum hy_code refuse(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct step x;
	enum hy_code code = step_of(run, false, &c, &x, e);

	if (!code)
		code = hy_store_write(city_store(c), refuse_work, &x, e);
	if (!code)
		say(run, x.request, "refused");
	return code;
}

static enum hy_code open_it(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct step x;
	struct hy_buf b = hy_buf_on(run->arena);
	enum hy_code code = step_of(run, false, &c, &x, e);

	if (!code)
		code = hy_store_write(city_store(c), open_work, &x, e);
	hy_buf_add(&b, x.json);
	if (!code)
		command_print(run, &b);
	return code;
}

void identity_request_json(struct hy_json *j, const struct identity_request *q,
			   const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kint(j, "request", q->id);
	hy_json_kstr(j, "code", q->code);
	hy_json_kstr(j, "what", q->what);
	hy_json_kstr(j, "state", identity_state_name(q->state));
	hy_json_kstr(j, "purpose", q->purpose);
	hy_json_kstr(j, "role", q->role);
	hy_json_kstr(j, "unit", q->unit);
	hy_json_kint(j, "account", q->account);
	hy_json_kint(j, "first", q->first);
	explain_instant(j, "at", cal, q->at);
	explain_instant(j, "changed_at", cal, q->changed_at);
	explain_instant(j, "expires_at", cal, q->expires_at);
	hy_json_obj_end(j);
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct identity_request *v = NULL;
	size_t n = 0;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = identity_list(c, db, run->arena,
				     run->n_operands ? run->operands[0] : HY_S(""), &v, &n, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		if (run->json)
			identity_request_json(&j, &v[i], city_pack(c)->calendar);
		else
			hy_buf_fmt(&b, "%4lld  " HY_FMT "  %-10s " HY_FMT "  " HY_FMT "\n",
				   (long long)v[i].id, HY_ARG(v[i].code), states[v[i].state],
				   HY_ARG(hy_str_head(v[i].what, 12)), HY_ARG(v[i].purpose));
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option ask_options[] = {
	DATA_OPTION,
	{ "--purpose", "TEXT", "what it is needed for; the reporter reads it", .required = true },
	{ "--what", "WHAT", "identity, or the SHA-256 of a sealed file", .otherwise = "identity" },
	{ 0 },
};
static const struct hy_option step_options[] = {
	DATA_OPTION,
	{ "--custodian", "ID", "who takes the step", .required = true },
	{ 0 },
};
static const struct hy_option list_options[] = { DATA_OPTION, { 0 } };

#define STEP(word, text, operand, n, fn)                                                           \
	{                                                                                          \
		"identity " word, text, .options = step_options, .operands = operand, .least = n,  \
					.most = n, .json = true, .run = fn                         \
	}
const struct hy_command identity_commands[] = {
	{ "identity request", "ask two custodians to open who filed a matter",
	  .description =
		  "1. request  2. `identity packet` for a custodian of one group, who answers with "
		  "`huiyin custodian consent` on their own machine  3. `identity consent` takes "
		  "that in  4. `identity open` gives a custodian of the other group what they open "
		  "with `huiyin custodian open`. Each step is an event that the reporter sees; a "
		  "request lives for seven days.",
	  .options = ask_options, .operands = "CODE", .least = 1, .most = 1, .json = true,
	  .run = request },
	{ "identity list", "requests, of one matter or all", .options = list_options,
	  .operands = "[CODE]", .least = 0, .most = 1, .json = true, .run = list },
	STEP("packet", "what a custodian needs to consent", "REQUEST", 1, packet),
	STEP("consent", "take in a first consent", "REQUEST FILE", 2, consent),
	STEP("refuse", "refuse a request", "REQUEST", 1, refuse),
	STEP("open", "the second consent: give out what is sealed", "REQUEST", 1, open_it),
	{ 0 },
};
