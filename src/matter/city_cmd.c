/* huiyin init | fsck | verify */
#include <unistd.h>

#include "base/file.h"
#include "base/progress.h"
#include "ledger/receipt.h"
#include "matter/command.h"

static hy_str hex(const struct hy_run *run, const hy_hash *h)
{
	return hy_hex(run->arena, h->b, sizeof(h->b));
}

/* --- the first three ---
 * A new city has no account and no password: three links, each for another person, make its three
 * administrators. */

struct first_links {
	struct city *c;
	struct hy_run *run;
	hy_str link[3];
};
static const char *const first_roles[] = { "sysadmin", "secadmin", "audadmin" };

static enum hy_code first_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct first_links *f = in_out;
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < HY_COUNT(first_roles); i++)
		code = account_invite_first(city_record(f->c), db, f->run->arena,
					    hy_str_of(first_roles[i]), city_now(f->c), &f->link[i],
					    e);
	return code;
}

static void first_say(const struct first_links *f, struct hy_buf *b)
{
	hy_buf_add(b, HY_S("nobody can log in yet: at these paths of its server the three "
			   "administrators (three people) choose login and password, each once "
			   "and within 24 hours\n"));
	for (size_t i = 0; i < HY_COUNT(first_roles); i++)
		hy_buf_fmt(b, "  %s  /welcome#" HY_FMT "\n", first_roles[i], HY_ARG(f->link[i]));
}

static enum hy_code first_make(struct hy_run *run, struct first_links *f, struct hy_err *e)
{
	*f = (struct first_links){ .run = run };
	enum hy_code code = command_city(run, false, &f->c, e);

	if (!code)
		code = hy_store_write(city_store(f->c), first_work, f, e);
	city_close(&f->c);
	return code;
}

/* `huiyin account first`: when the links of the founding have lapsed. */
static enum hy_code first(struct hy_run *run, struct hy_err *e)
{
	struct first_links f;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	int64_t n = 0;
	{
		SCOPED_CITY c = NULL;
		HY_SCOPED_DB db = NULL;
		enum hy_code code = command_read(run, &c, &db, e);
		if (!code)
			code = account_count(db, &n, e);
		if (code)
			return code;
	}
	if (n)
		return hy_fail(e, HY_NOT_NOW, "",
			       "the city has accounts; use huiyin account add and account invite");
	enum hy_code code = first_make(run, &f, e);
	if (code)
		return code;
	if (run->json) {
		hy_json_obj(&j);
		for (size_t i = 0; i < HY_COUNT(first_roles); i++)
			hy_json_kstr(&j, first_roles[i],
				     hy_printf(run->arena, "/welcome#" HY_FMT, HY_ARG(f.link[i])));
		hy_json_obj_end(&j);
	} else {
		first_say(&f, &b);
	}
	command_print(run, &b);
	return HY_OK;
}

/* --- init ---------------------------------------------------------------------------------------
 */

static enum hy_code init(struct hy_run *run, struct hy_err *e)
{
	const char *where = hy_run_option(run, "--data").p;
	struct city_new n = { .name = hy_run_option(run, "--name"),
			      .origin = hy_run_option(run, "--origin") };
	struct city_options o = { .store = hy_run_option(run, "--store").p };
	enum hy_code code = command_packs(run, &n.packs, e);

	if (code)
		return code;
	hy_str since = hy_run_option(run, "--since");
	if (!hy_instant_read(since, &hy_zone_china, &n.at))
		return hy_fail(e, HY_BAD_FIELD, "--since", "must be a day such as 2007-01-01");
	code = city_create(where, &n, &o, e);
	if (code)
		return code;
	hy_str key = HY_S("");
	code = record_vkey(run->arena, where, &key, e);
	if (code)
		return code;
	struct first_links links;
	code = first_make(run, &links, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "data", hy_str_of(where));
		hy_json_kstr(&j, "name", n.name);
		hy_json_kstr(&j, "vkey", key);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, HY_FMT " is founded in %s\n", HY_ARG(n.name), where);
		hy_buf_fmt(&b,
			   "public key of its log (give it to whoever wants to check): " HY_FMT
			   "\n",
			   HY_ARG(hy_str_trim(key)));
		hy_buf_fmt(&b, "keep %s/keys/log.key secret and backed up\n", where);
		first_say(&links, &b);
	}
	command_print(run, &b);
	return HY_OK;
}

/* --- fsck ---------------------------------------------------------------------------------------
 */

static void advance(void *arg, int64_t done, int64_t total)
{
	struct hy_progress *p = arg;

	p->total = total;
	hy_progress(p, done);
}

static enum hy_code fsck(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_progress p = hy_progress_begin(run->quiet ? NULL : run->err, "matters", 0);
	struct matter_fsck f = { 0 };
	enum hy_code code = command_city(run, true, &c, e);

	if (!code)
		code = hy_store_check(city_store(c), e);
	if (code)
		return code;
	code = matter_fsck(c, run->arena, advance, &p, &f, e);
	hy_progress_end(&p, f.matters);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kint(&j, "matters", f.matters);
		hy_json_kint(&j, "events", f.events);
		hy_json_kint(&j, "wrong", f.wrong);
		hy_json_kstr(&j, "first", f.first);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b, "%lld matters rebuilt from %lld events: %s\n", (long long)f.matters,
			   (long long)f.events,
			   f.wrong ? "they differ from what is stored" : "all equal");
	}
	command_print(run, &b);
	if (f.wrong)
		return hy_fail(e, HY_TAMPERED, "", "%lld differences; the first: " HY_FMT,
			       (long long)f.wrong, HY_ARG(f.first));
	return HY_OK;
}

/* --- verify
 * ---------------------------------------------------------------------------------------- */

/* A checkpoint kept beside a receipt: of one size they must be one history.  Of different sizes
 * only a proof from the log shows it, and that is said. */
static enum hy_code agree(struct hy_run *run, const struct hy_trust *trust,
			  const struct hy_proven *proven, struct hy_err *e)
{
	hy_str note = HY_S("");
	struct hy_head head;

	if (!hy_run_has(run, "--checkpoint"))
		return HY_OK;
	enum hy_code code =
		hy_file_read(run->arena, hy_run_option(run, "--checkpoint").p, 1 << 20, &note, e);
	if (!code)
		code = hy_checkpoint_open(run->arena, note, trust, &head, e);
	if (code)
		return code;
	if (head.cp.size != proven->head.cp.size) {
		if (!run->quiet)
			fprintf(run->err,
				"the checkpoint of %llu entries bears the same log's signature; "
				"that it "
				"continues the receipt's %llu only the log can prove: huiyin "
				"verify --data "
				"DIR --checkpoint FILE\n",
				(unsigned long long)head.cp.size,
				(unsigned long long)proven->head.cp.size);
		return HY_OK;
	}
	if (hy_hash_eq(&head.cp.root, &proven->head.cp.root))
		return HY_OK;
	return hy_fail(
		e, HY_TAMPERED, "--checkpoint",
		"the log signed two different histories of %llu events: this checkpoint and the "
		"receipt's",
		(unsigned long long)head.cp.size);
}

/* What the receipt says, checked without the store: the leaf is the event's own bytes. */
static enum hy_code verify_receipt(struct hy_run *run, struct hy_err *e)
{
	struct hy_arena *a = run->arena;
	hy_str text = HY_S(""), event = HY_S(""), key = HY_S("");
	struct hy_vkey vkey;
	struct hy_receipt receipt;
	struct hy_proven proven;
	enum hy_code code = hy_file_read(a, hy_run_option(run, "--receipt").p, 1 << 20, &text, e);

	if (!code)
		code = hy_receipt_parse(a, text, &receipt, e);
	if (code)
		return code;
	if (hy_run_has(run, "--event"))
		code = hy_file_read(a, hy_run_option(run, "--event").p, 1 << 20, &event, e);
	else
		event = receipt.extra; /* our receipts carry the event itself */
	if (code)
		return code;
	if (event.n == 0)
		return hy_fail(e, HY_BAD_FIELD, "--event",
			       "the receipt does not carry its event; give it");
	if (hy_run_has(run, "--key"))
		code = hy_file_read(a, hy_run_option(run, "--key").p, 4096, &key, e);
	else
		code = record_vkey(a, hy_run_option(run, "--data").p, &key, e);
	if (!code)
		code = hy_vkey_read(key, &vkey, e);
	if (code)
		return code;
	struct hy_trust trust = { .log = vkey, .origin = vkey.name };
	hy_hash leaf = hy_leaf_hash(event);
	code = hy_receipt_verify(a, text, &leaf, &trust, &proven, e);
	if (code)
		return code;
	code = agree(run, &trust, &proven, e);
	if (code)
		return code;
	struct record_event ev;
	code = record_parse(a, event, &ev, e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_str at = hy_instant_text(a, &hy_zone_china, ev.at);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "verdict", HY_S("genuine"));
		hy_json_kstr(&j, "log", vkey.name);
		hy_json_kint(&j, "index", (int64_t)proven.index);
		hy_json_kint(&j, "size", (int64_t)proven.head.cp.size);
		hy_json_kstr(&j, "subject", ev.subject);
		hy_json_kstr(&j, "move", ev.move);
		hy_json_kstr(&j, "at", at);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   "genuine: " HY_FMT ", '" HY_FMT "' of " HY_FMT
			   ", is entry %llu of the log " HY_FMT
			   ", sealed under a checkpoint of %llu entries\n",
			   HY_ARG(ev.subject), HY_ARG(ev.move), HY_ARG(at),
			   (unsigned long long)proven.index, HY_ARG(vkey.name),
			   (unsigned long long)proven.head.cp.size);
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code verify_store(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_progress p = hy_progress_begin(run->quiet ? NULL : run->err, "events", 0);
	struct record_verdict v = { 0 };
	hy_str note = HY_S("");
	enum hy_code code = HY_OK;

	if (hy_run_has(run, "--checkpoint"))
		code = hy_file_read(run->arena, hy_run_option(run, "--checkpoint").p, 1 << 20,
				    &note, e);
	if (!code)
		code = command_city(run, true, &c, e);
	if (code)
		return code;
	code = record_verify(run->arena, city_store(c), note, advance, &p, &v, e);
	hy_progress_end(&p, v.events);
	/* The whole store: what lists are read from must be what the proven events make. */
	struct matter_fsck f = { 0 };
	if (!code)
		code = matter_fsck(c, run->arena, NULL, NULL, &f, e);
	if (!code && f.wrong)
		code = hy_fail(e, HY_TAMPERED, "",
			       "every event is genuine, but %lld stored things are not what they "
			       "make; the "
			       "first: " HY_FMT,
			       (long long)f.wrong, HY_ARG(f.first));
	if (code)
		return code;
	bool published =
		access(hy_printf(run->arena, "%s/log/checkpoint", hy_store_files(city_store(c))).p,
		       F_OK) == 0;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	if (run->json) {
		hy_json_obj(&j);
		hy_json_kstr(&j, "verdict", HY_S("untouched"));
		hy_json_kint(&j, "events", v.events);
		hy_json_kint(&j, "private", v.private_events);
		hy_json_kint(&j, "erased", v.erased);
		hy_json_kbool(&j, "published", published);
		hy_json_kstr(&j, "root", hex(run, &v.root));
		hy_json_kstr(&j, "checkpoint", v.checkpoint);
		hy_json_obj_end(&j);
	} else {
		hy_buf_fmt(&b,
			   "untouched: %lld events, every one where the log sealed it (%lld with "
			   "private "
			   "content, %lld erased), and %lld matters stored as they make them\n"
			   "root " HY_FMT "\n",
			   (long long)v.events, (long long)v.private_events, (long long)v.erased,
			   (long long)f.matters, HY_ARG(hex(run, &v.root)));
		if (!published && !note.n)
			hy_buf_add(&b, HY_S("no published checkpoint lies beside the database: "
					    "whether this is an "
					    "older copy shows only with one that was kept "
					    "(--checkpoint FILE)\n"));
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code verify(struct hy_run *run, struct hy_err *e)
{
	return hy_run_has(run, "--receipt") ? verify_receipt(run, e) : verify_store(run, e);
}

/* NAMES (up to NULL) and their values as one JSON object. */
static void print_json(const struct hy_run *run, const char *const *names, const hy_str *values)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	for (size_t i = 0; names[i]; i++)
		hy_json_kstr(&j, names[i], values[i]);
	hy_json_obj_end(&j);
	command_print(run, &b);
}

static enum hy_code receipt(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct matter *m = NULL;
	hy_str text = HY_S("");
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = matter_read(c, db, &access_all, run->arena, run->operands[0], &m, e);
	if (!code)
		code = record_receipt(run->arena, db, m->events[0].idx, &text, e);
	if (code)
		return code;
	if (run->json)
		print_json(run, (const char *const[]){ "code", "receipt", NULL },
			   (const hy_str[]){ m->code, text });
	else
		fwrite(text.p, 1, text.n, run->out);
	return HY_OK;
}

static enum hy_code checkpoint(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct record_head head;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = record_head(run->arena, db, &head, e);
	if (code)
		return code;
	if (run->json)
		print_json(run, (const char *const[]){ "size", "root", "checkpoint", NULL },
			   (const hy_str[]){ hy_printf(run->arena, "%lld", (long long)head.size),
					     hex(run, &head.root), head.note });
	else
		fwrite(head.note.p, 1, head.note.n, run->out);
	return HY_OK;
}

static const struct hy_option init_options[] = {
	DATA_OPTION,
	{ "--name", "NAME", "the city's name", .otherwise = "回音市" },
	{ "--origin", "NAME",
	  "the log's name, as log.example.gov.cn/huiyin (default: huiyin.local/ and random "
	  "digits)" },
	{ "--since", "DAY", "the day from which its institution holds", .otherwise = "2007-01-01" },
	{ "--pack", "DIR", "a pack instead of packs/base; several build on one another",
	  .repeated = true },
	{ 0 },
};
static const struct hy_option data_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option verify_options[] = {
	DATA_OPTION,
	{ "--checkpoint", "FILE", "a checkpoint kept elsewhere; the log must extend it" },
	{ "--receipt", "FILE", "verify this receipt instead of the store, without a network" },
	{ "--event", "FILE", "the event of the receipt, when the receipt does not carry it" },
	{ "--key", "FILE", "the log's public key (default: log.vkey of --data)" },
	{ 0 },
};
static const char *const init_examples[] = { "huiyin init --data data --name 回音市", NULL };
static const char *const verify_examples[] = {
	"huiyin verify --data data",
	"huiyin verify --receipt TS-2026-000001.tlog-proof --key log.vkey",
	NULL,
};

const struct hy_command city_commands[] = {
	{ "init", "found a city: its folder, its log's key, its institution",
	  .description = "The packs must pass their tests. Keep keys/log.key secret and backed up: "
			 "without it "
			 "the log cannot go on.",
	  .options = init_options, .examples = init_examples, .json = true, .run = init },
	{ "account first", "new links for the three administrators of a city without accounts",
	  .options = data_options, .json = true, .run = first },
	{ "fsck", "rebuild every stored field from events and compare", .options = data_options,
	  .json = true, .run = fsck },
	{ "verify", "prove that the record was not touched, or that a receipt is genuine",
	  .description = "Reads every event and checks it against the log's tree, its signed head, "
			 "the checkpoint "
			 "published outside the database and, when given, one that you kept; then "
			 "rebuilds "
			 "every matter from its events and compares (as fsck does).",
	  .options = verify_options, .examples = verify_examples, .json = true, .run = verify },
	{ "receipt", "the receipt of a filing: what to keep to prove it", .options = data_options,
	  .operands = "CODE", .least = 1, .most = 1, .json = true, .run = receipt },
	{ "checkpoint", "the signed head of the log", .options = data_options, .json = true,
	  .run = checkpoint },
	{ 0 },
};
