/* huiyin audit list | export: the security record on the command line. */
#include "cli/audit.h"

#include "matter/command.h"
#include "people/account.h"

static const struct security_by console = { 0, HY_S_INIT("console") };

static enum hy_code instant(const struct hy_run *run, const char *name, hy_ms *out,
			    struct hy_err *e)
{
	hy_str text = hy_run_option(run, name);

	*out = 0;
	if (text.n && !hy_instant_read(text, &hy_zone_china, out))
		return hy_fail(e, HY_BAD_FIELD, name,
			       "must be a day or a time such as 2026-09-30 or 2026-09-30T17:00");
	return HY_OK;
}

static enum hy_code filter_of(struct hy_run *run, struct hy_db *db, struct security_filter *f,
			      struct hy_err *e)
{
	hy_str login = hy_run_option(run, "--account");
	struct account who;
	enum hy_code code = instant(run, "--from", &f->from, e);

	f->act = hy_run_option(run, "--act");
	f->subject = hy_run_option(run, "--subject");
	f->address = hy_run_option(run, "--address");
	if (!code)
		code = instant(run, "--until", &f->until, e);
	if (!code)
		code = audit_act_check(f->act, e);
	if (!code && login.n) {
		code = account_by_login(run->arena, db, login, &who, e);
		f->account = code ? 0 : who.id;
	}
	return code;
}

static void print(struct hy_buf *b, const struct security_row *r)
{
	hy_buf_fmt(b, "%8lld  " HY_FMT "  %-18.*s %-16.*s %-15.*s " HY_FMT, (long long)r->idx,
		   HY_ARG(hy_instant_text(b->a, &hy_zone_china, r->at)), HY_ARG(r->act),
		   HY_ARG(r->login), HY_ARG(r->address), HY_ARG(r->subject));
	if (r->data.n > 2)
		hy_buf_fmt(b, " " HY_FMT, HY_ARG(r->data));
	if (r->private.n > 2)
		hy_buf_fmt(b, " " HY_FMT, HY_ARG(r->private));
	hy_buf_add(b, r->erased ? HY_S(" (erased)\n") : HY_S("\n"));
}

static enum hy_code list(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct security_filter f = { 0 };
	struct security_row *v = NULL;
	size_t n = 0;
	int64_t limit = AUDIT_PAGE;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = hy_run_int(run, "--limit", 1, 1000, &limit, e);

	if (!code)
		code = hy_run_int(run, "--before", 1, INT64_MAX, &f.before, e);
	if (!code)
		code = command_read(run, &c, &db, e);
	if (!code)
		code = filter_of(run, db, &f, e);
	if (!code)
		code = security_list(run->arena, db, &f, (int)limit, &v, &n, e);
	if (code)
		return code;
	if (run->json)
		hy_json_arr(&j);
	for (size_t i = 0; i < n; i++) {
		if (run->json)
			audit_row_json(&j, &v[i], run->language);
		else
			print(&b, &v[i]);
	}
	if (run->json)
		hy_json_arr_end(&j);
	command_print(run, &b);
	return HY_OK;
}

/* --- export -------------------------------------------------------------------------------------
 */

struct taking {
	struct hy_run *run;
	struct city *c;
	struct audit_file file;
};

static enum hy_code note_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct taking *t = in_out;

	return audit_note(city_record(t->c), db, "audit.export", console, HY_S("console"), &t->file,
			  city_now(t->c), e);
}

/* Given out only when it is recorded. */
static enum hy_code take_out(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct taking t = { .run = run,
			    .file = { .language = run->language,
				      .json = hy_str_eq(hy_run_option(run, "--format"),
							HY_S("json")) } };
	enum hy_code code = command_city(run, false, &c, e);
	char *text = NULL;
	size_t n = 0;

	if (code)
		return code;
	t.c = c;
	FILE *f = open_memstream(&text, &n);
	if (!f)
		return hy_broke(e, HY_INTERNAL, "no memory");
	{
		HY_SCOPED_DB db = NULL;
		code = hy_store_read(city_store(c), &db, e);
		if (!code)
			code = filter_of(run, db, &t.file.filter, e);
		if (!code)
			code = audit_write(run->arena, db, &t.file, f, e);
	}
	if (fclose(f) && !code)
		code = hy_broke(e, HY_INTERNAL, "no memory");
	if (!code)
		code = hy_store_write(city_store(c), note_work, &t, e);
	if (!code && fwrite(text, 1, n, run->out) != n)
		code = hy_broke(e, HY_IO, "the output could not be written");
	free(text);
	return code;
}

#define FILTER_OPTIONS                                                                             \
	DATA_OPTION, { "--from", "TIME", "not before this day or time" },                          \
		{ "--until", "TIME", "before this day or time" },                                  \
		{ "--act", "ACT", "login.failed, or login. for all of a kind" },                   \
		{ "--account", "LOGIN", "done by this account" },                                  \
		{ "--subject", "SUBJECT", "done to this: account/5, matter/TS-2026-000001" },      \
	{                                                                                          \
		"--address", "BEGINNING", "from addresses that begin so: 192.0.2."                 \
	}

static const struct hy_option list_options[] = {
	FILTER_OPTIONS,
	{ "--limit", "N", "at most so many", .otherwise = "100" },
	{ "--before", "INDEX", "only older ones than this: the next page" },
	{ 0 },
};
static const struct hy_option export_options[] = {
	FILTER_OPTIONS,
	{ "--format", "csv|json", "the form of the file", .otherwise = "csv" },
	{ 0 },
};
static const char *const list_examples[] = { "huiyin audit list --act login. --from 2026-09-01",
					     NULL };
static const char *const export_examples[] = {
	"huiyin audit export --from 2026-09-01 --until 2026-10-01 > september.csv", NULL
};

const struct hy_command audit_commands[] = {
	{ "audit list", "security-relevant acts, newest first",
	  .description = "Logins and failures, grants, exports, views of what is sealed, accounts, "
			 "tokens, settings: who, when, from where, to what. Private parts are "
			 "erased when audit.keep_months are over; that something was done stays.",
	  .options = list_options, .examples = list_examples, .json = true, .run = list },
	{ "audit export", "security-relevant acts as a file; that is recorded",
	  .description = "At most 50000 in one file. The city must not be served meanwhile when "
			 "its store is a folder: the audit administrator takes them out over HTTP.",
	  .options = export_options, .examples = export_examples, .run = take_out },
	{ 0 },
};
