/* huiyin custodian keygen | consent | open: on a custodian's own machine, without any city.
 * huiyin custodian add | name | remove | list: in the city. */
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "matter/attach.h"
#include "matter/command.h"
#include "matter/custodian_json.h"
#include "people/account.h"

enum { PACKET_MOST = 1 << 20, PASSPHRASE_MOST = 1024 };

/* --- the passphrase -------------------------------------------------------------------------- */

static enum hy_code ask(const struct hy_run *run, const char *prompt, hy_str *out, struct hy_err *e)
{
	FILE *tty = fopen("/dev/tty", "r+e");
	struct termios was, quiet;
	char *line = hy_arena_take(run->arena, PASSPHRASE_MOST);

	if (!tty)
		return hy_fail(e, HY_BAD_FIELD, "--passphrase-file",
			       "there is no terminal to ask at; give the passphrase in a file");
	fputs(prompt, tty);
	fflush(tty);
	bool dark = tcgetattr(fileno(tty), &was) == 0;
	if (dark) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		dark = tcsetattr(fileno(tty), TCSAFLUSH, &quiet) == 0;
	}
	bool read = fgets(line, PASSPHRASE_MOST, tty) != NULL;
	if (dark)
		tcsetattr(fileno(tty), TCSAFLUSH, &was);
	fputs("\n", tty);
	fclose(tty);
	if (!read)
		return hy_fail(e, HY_BAD_FIELD, "passphrase", "nothing was typed");
	*out = hy_str_of(line);
	if (out->n && out->p[out->n - 1] == '\n')
		out->n--;
	return HY_OK;
}

static enum hy_code passphrase(const struct hy_run *run, bool twice, hy_str *out, struct hy_err *e)
{
	hy_str file = hy_run_option(run, "--passphrase-file"), again = HY_S("");

	if (file.p) {
		enum hy_code code = hy_file_read(run->arena, file.p, PASSPHRASE_MOST, out, e);
		while (!code && out->n &&
		       (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
			out->n--;
		return code;
	}
	enum hy_code code = ask(run, "passphrase: ", out, e);
	if (!code && twice)
		code = ask(run, "once more: ", &again, e);
	if (!code && twice && !hy_str_eq(*out, again))
		return hy_fail(e, HY_BAD_FIELD, "passphrase", "the two differ");
	return code;
}

/* --- keygen ------------------------------------------------------------------------------------
 */

static enum hy_code keygen(struct hy_run *run, struct hy_err *e)
{
	const char *out = hy_run_option(run, "--out").p;
	hy_str phrase = HY_S(""), file = HY_S("");
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct seal_key pub;
	enum hy_code code = HY_OK;

	if (access(out, F_OK) == 0)
		return hy_fail(e, HY_EXISTS, "--out",
			       "%s is there already; a key is not overwritten", out);
	code = passphrase(run, true, &phrase, e);
	if (!code)
		code = seal_file_new(run->arena, phrase, &file, &pub, e);
	if (!code)
		code = hy_file_write(out, file, 0600, e);
	if (code)
		return code;
	hy_str line = custodian_key_text(run->arena, &pub);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "file", hy_str_of(out));
		hy_json_kstr(&j, "key", line);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(line));
		if (!run->quiet)
			fprintf(run->err,
				"%s stays with you; the line below goes to the city's security "
				"administrator\n",
				out);
	}
	command_print(run, &b);
	return HY_OK;
}

/* --- consent and open ----------------------------------------------------------------------------
 */

struct own {
	struct seal_key pub, secret;
};

static enum hy_code own_key(const struct hy_run *run, struct own *out, struct hy_err *e)
{
	hy_str file = HY_S(""), phrase = HY_S("");
	enum hy_code code =
		hy_file_read(run->arena, hy_run_option(run, "--key").p, PACKET_MOST, &file, e);

	if (!code)
		code = passphrase(run, false, &phrase, e);
	if (!code)
		code = seal_file_open(run->arena, file, phrase, &out->pub, &out->secret, e);
	return code;
}

static enum hy_code packet_of(const struct hy_run *run, const char *mark, json_t **out,
			      struct hy_err *e)
{
	hy_str text = HY_S("");
	enum hy_code code = hy_file_read(run->arena, run->operands[0].p, PACKET_MOST, &text, e);

	if (!code)
		code = hy_json_read(run->arena, text, out, e);
	if (!code && hy_json_get_int(*out, mark, 0) != 1)
		return hy_fail(e, HY_BAD_INPUT, "", "%s is no file for this step",
			       run->operands[0].p);
	return code;
}

static enum hy_code half_in(const json_t *packet, const char *name, const struct own *k,
			    struct seal_key *out, struct hy_err *e)
{
	unsigned char box[SEAL_BOX];

	if (hy_unbase64(hy_json_get(packet, name), box, sizeof(box)) != SEAL_BOX)
		return hy_fail(e, HY_BAD_INPUT, name, "is missing or damaged");
	return seal_from(&k->pub, &k->secret, (hy_str){ (const char *)box, SEAL_BOX }, out, e);
}

/* Every text that comes from elsewhere, without what could move the cursor. */
static hy_str plain(struct hy_arena *a, hy_str s)
{
	char *out = hy_arena_take(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		out[i] = (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? ' ' : s.p[i];
	return (hy_str){ out, s.n };
}

static enum hy_code consent(struct hy_run *run, struct hy_err *e)
{
	struct own k;
	struct seal_key half;
	json_t *packet = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = packet_of(run, "huiyin_identity_request", &packet, e);

	if (!code && !run->quiet)
		fprintf(run->err,
			"request %lld for " HY_FMT " of " HY_FMT "\npurpose: " HY_FMT "\n",
			(long long)hy_json_get_int(packet, "request", 0),
			HY_ARG(plain(run->arena, hy_json_get(packet, "what"))),
			HY_ARG(plain(run->arena, hy_json_get(packet, "matter"))),
			HY_ARG(plain(run->arena, hy_json_get(packet, "purpose"))));
	if (!code)
		code = own_key(run, &k, e);
	if (!code)
		code = half_in(packet, "half", &k, &half, e);
	seal_key_wipe(&k.secret);
	if (code)
		return code;
	const json_t *to = json_object_get(packet, "to");
	hy_json_obj(&j);
	hy_json_key(&j, "halves");
	hy_json_arr(&j);
	for (size_t i = 0; !code && i < json_array_size(to); i++) {
		const json_t *x = json_array_get(to, i);
		struct seal_key pub;
		code = custodian_key_read(hy_json_get(x, "key"), &pub, e);
		if (code)
			break;
		hy_str box = seal_to(run->arena, &pub, &half);
		hy_json_obj(&j);
		hy_json_kstr(&j, "box", hy_base64(run->arena, box.p, box.n));
		hy_json_kint(&j, "custodian", hy_json_get_int(x, "custodian", 0));
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	seal_key_wipe(&half);
	if (!code)
		command_print(run, &b);
	return code;
}

static enum hy_code open_box(const struct hy_run *run, const json_t *packet, const struct own *k,
			     hy_str *out, struct hy_err *e)
{
	struct seal_key own, given, key;
	unsigned char box[SEAL_PADDED + SEAL_OVER];
	enum hy_code code = half_in(packet, "half", k, &own, e);

	if (!code)
		code = half_in(packet, "handed", k, &given, e);
	if (code)
		return code;
	if (hy_unbase64(hy_json_get(packet, "sealed"), box, sizeof(box)) != (ptrdiff_t)sizeof(box))
		return hy_fail(e, HY_BAD_INPUT, "sealed", "is missing or damaged");
	seal_join(&own, &given, &key);
	code = seal_open_padded(run->arena, &key, hy_json_get(packet, "context"),
				(hy_str){ (const char *)box, sizeof(box) }, out, e);
	seal_key_wipe(&own);
	seal_key_wipe(&given);
	seal_key_wipe(&key);
	return code;
}

static enum hy_code open_packet(struct hy_run *run, struct hy_err *e)
{
	struct own k;
	json_t *packet = NULL, *v = NULL;
	hy_str text = HY_S("");
	struct hy_buf b = hy_buf_on(run->arena);
	enum hy_code code = packet_of(run, "huiyin_identity_open", &packet, e);

	if (!code)
		code = own_key(run, &k, e);
	if (!code)
		code = open_box(run, packet, &k, &text, e);
	seal_key_wipe(&k.secret);
	if (!code)
		code = hy_json_read(run->arena, text, &v, e);
	if (code)
		return code;
	hy_str name = hy_json_get(v, "name"), contact = hy_json_get(v, "contact");
	if (run->json)
		hy_buf_add(&b, hy_json_canonical(run->arena, v));
	else if (json_object_get(v, "key"))
		hy_buf_fmt(&b, "key " HY_FMT "\n", HY_ARG(hy_json_get(v, "key")));
	else if (name.n == 0 && contact.n == 0)
		hy_buf_fmt(&b, "anonymous: no name and no contact were given\n");
	else
		hy_buf_fmt(&b, "name     " HY_FMT "\ncontact  " HY_FMT "\n",
			   HY_ARG(plain(run->arena, name)), HY_ARG(plain(run->arena, contact)));
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code unseal(struct hy_run *run, struct hy_err *e)
{
	hy_str sealed = HY_S(""), key = HY_S(""), bytes = HY_S("");
	enum hy_code code = hy_file_read(run->arena, run->operands[0].p,
					 (size_t)ATTACH_MOST + PACKET_MOST, &sealed, e);

	if (!code)
		code = hy_file_read(run->arena, hy_run_option(run, "--key-file").p, PASSPHRASE_MOST,
				    &key, e);
	if (!code && hy_str_starts(key, HY_S("key ")))
		key = (hy_str){ key.p + 4, key.n - 4 };
	if (!code)
		code = attach_unseal(run->arena, sealed, key, &bytes, e);
	if (!code)
		code = hy_file_write(hy_run_option(run, "--out").p, bytes, 0600, e);
	if (code)
		return code;
	/* A file that was cut between two pieces opens too: its digest tells. */
	const hy_hash h = hy_sha256(bytes);
	fprintf(run->out, "sha256 " HY_FMT "\n", HY_ARG(hy_hex(run->arena, h.b, HY_SHA256)));
	return HY_OK;
}

/* --- in the city ---------------------------------------------------------------------------------
 */

struct change {
	struct city *c;
	struct custodian k;
	int64_t id;
};

static enum hy_code add_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *x = in_out;
	const struct custodian_by by = { .role = HY_S("console") };

	return custodian_add(city_record(x->c), db, &x->k, &by, city_now(x->c), &x->id, e);
}

static enum hy_code name_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *x = in_out;
	const struct custodian_by by = { .role = HY_S("console") };

	return custodian_name(city_record(x->c), db, x->id, &by, city_now(x->c), e);
}

static enum hy_code remove_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *x = in_out;
	const struct custodian_by by = { .role = HY_S("console") };

	return custodian_remove(city_record(x->c), db, x->id, &by, city_now(x->c), e);
}

static void print_id(const struct hy_run *run, int64_t id, const char *what)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "custodian", id);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, "custodian %lld %s\n", (long long)id, what);
	}
	command_print(run, &b);
}

static enum hy_code add(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct change x = { .k = { .label = hy_run_option(run, "--label"),
				   .group = hy_run_option(run, "--group").p[0] } };
	hy_str key = run->n_operands > 1
			     ? hy_printf(run->arena, HY_FMT " " HY_FMT, HY_ARG(run->operands[0]),
					 HY_ARG(run->operands[1]))
			     : run->operands[0];
	enum hy_code code = custodian_key_read(key, &x.k.key, e);

	if (!code)
		code = hy_run_int(run, "--account", 1, INT64_MAX, &x.k.account, e);
	if (!code)
		code = command_city(run, false, &c, e);
	x.c = c;
	if (!code)
		code = hy_store_write(city_store(c), add_work, &x, e);
	if (!code)
		print_id(run, x.id, "is one from now on; what was sealed before stays as it is");
	return code;
}

static enum hy_code change_one(const struct hy_run *run, hy_work *work, const char *what,
			       struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct change x = { 0 };
	enum hy_code code = HY_OK;

	if (!hy_str_int(run->operands[0], &x.id))
		return hy_fail(e, HY_BAD_FIELD, "ID", "must be a custodian's number");
	code = command_city(run, false, &c, e);
	x.c = c;
	if (!code)
		code = hy_store_write(city_store(c), work, &x, e);
	if (!code)
		print_id(run, x.id, what);
	return code;
}

static enum hy_code name(struct hy_run *run, struct hy_err *e)
{
	return change_one(run, name_work,
			  "is one from now on; what was sealed before stays as it is", e);
}

static enum hy_code take_away(struct hy_run *run, struct hy_err *e)
{
	return change_one(run, remove_work,
			  "gets no new halves; destroy the key file when nothing old is needed", e);
}

void custodian_json(struct hy_json *j, const struct custodian *k, hy_str login)
{
	hy_json_obj(j);
	hy_json_kint(j, "account", k->account);
	hy_json_kstr(j, "group", (hy_str){ &k->group, 1 });
	hy_json_kint(j, "id", k->id);
	hy_json_kstr(j, "key", custodian_key_text(j->b->a, &k->key));
	hy_json_kstr(j, "label", k->label);
	hy_json_kstr(j, "login", login);
	hy_json_kstr(j, "state", hy_str_of(custodian_state_names[k->state]));
	hy_json_obj_end(j);
}

enum hy_code custodian_login(struct hy_arena *a, struct hy_db *db, const struct custodian *k,
			     hy_str *out, struct hy_err *e)
{
	struct account who;
	enum hy_code code = HY_OK;

	*out = HY_S("");
	if (k->account)
		code = account_by_id(a, db, k->account, &who, e);
	if (!code && k->account)
		*out = who.login;
	return code;
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct custodians all = { 0 };
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = custodian_list(run->arena, db, &all, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; !code && i < all.n; i++) {
		const struct custodian *k = &all.v[i];
		hy_str login = HY_S("");
		code = custodian_login(run->arena, db, k, &login, e);
		if (run->json)
			custodian_json(&j, k, login);
		else
			hy_buf_fmt(&b, "%3lld  %c  %-8s  " HY_FMT "\n", (long long)k->id, k->group,
				   custodian_state_names[k->state],
				   HY_ARG(plain(run->arena, k->label)));
	}
	if (run->json)
		hy_json_arr_end(&j);
	else if (!custodian_complete(&all))
		hy_buf_add(&b, HY_S("nothing can be sealed before there is one of each group\n"));
	if (!code)
		command_print(run, &b);
	return code;
}

#define PASSPHRASE                                                                                 \
	{                                                                                          \
		"--passphrase-file", "FILE", "where the passphrase stands (default: it is asked)"  \
	}
static const struct hy_option keygen_options[] = {
	{ "--out", "FILE", "the key file to be made", .required = true },
	PASSPHRASE,
	{ 0 },
};
static const struct hy_option key_options[] = {
	{ "--key", "FILE", "your key file", .required = true },
	PASSPHRASE,
	{ 0 },
};
static const struct hy_option unseal_options[] = {
	{ "--key-file", "FILE", "what `huiyin custodian open` printed", .required = true },
	{ "--out", "FILE", "where the original goes", .required = true },
	{ 0 },
};
static const struct hy_option add_options[] = {
	DATA_OPTION,
	{ "--group", "a|b", "which half", .required = true },
	{ "--label", "TEXT", "the person or post; private", .required = true },
	{ "--account", "N", "the account that consents in the browser or by the API" },
	{ 0 },
};
static const struct hy_option city_options[] = { DATA_OPTION, { 0 } };
static const char *const keygen_examples[] = { "huiyin custodian keygen --out my.key", NULL };
static const char *const add_examples[] = {
	"huiyin custodian add --group a --label 纪检组长 \"huiyin-custodian-1 5f...e2\"", NULL
};

const struct hy_command custodian_commands[] = {
	{ "custodian keygen", "make a custodian's key, on the custodian's own machine",
	  .description =
		  "The file is protected by a passphrase of at least 12 characters (Argon2id). It "
		  "never goes to the server; the printed line does, see `huiyin custodian add`.",
	  .options = keygen_options, .examples = keygen_examples, .json = true, .run = keygen },
	{ "custodian consent", "hand your half on for one request, on your own machine",
	  .description = "PACKET is what the city gave out for the request. What is printed goes "
			 "back to the city; only a custodian of the other group can use it.",
	  .options = key_options, .operands = "PACKET", .least = 1, .most = 1, .run = consent },
	{ "custodian open", "open what two custodians have consented to, on your own machine",
	  .options = key_options, .operands = "PACKET", .least = 1, .most = 1, .json = true,
	  .run = open_packet },
	{ "custodian unseal", "open the sealed original of a file, on your own machine",
	  .options = unseal_options, .operands = "SEALED", .least = 1, .most = 1, .run = unseal },
	{ "custodian add", "let somebody keep a key to what is sealed",
	  .description = "Group a holds one half, group b the other; a city needs at least one "
			 "custodian of each, better two.",
	  .options = add_options, .operands = "KEY", .least = 1, .most = 2,
	  .examples = add_examples, .json = true, .run = add },
	{ "custodian name", "let a key count that a custodian has offered in the browser",
	  .description =
		  "Compare the key with what the custodian reads out first: `huiyin custodian "
		  "list --json`.",
	  .options = city_options, .operands = "ID", .least = 1, .most = 1, .json = true,
	  .run = name },
	{ "custodian remove", "seal nothing more to a custodian", .options = city_options,
	  .operands = "ID", .least = 1, .most = 1, .json = true, .run = take_away },
	{ "custodian list", "who keeps keys", .options = city_options, .json = true, .run = list },
	{ 0 },
};
