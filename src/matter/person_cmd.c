/* huiyin person data | erase */
#include "matter/command.h"
#include "matter/person.h"

struct asking {
	struct hy_arena *a;
	struct city *c;
	struct person_found found;
	struct matter_erasing by;
	struct person_erased done;
};

/* The city, a snapshot of it, and what is theirs. */
static enum hy_code begin(const struct hy_run *run, struct city **c_out, struct hy_db **db_out,
			  struct asking *x, struct hy_err *e)
{
	const struct person_key key = { hy_run_option(run, "--contact"),
					hy_run_option(run, "--name") };
	enum hy_code code = command_city(run, false, c_out, e);

	if (!code)
		code = hy_store_read(city_store(*c_out), db_out, e);
	if (code)
		return code;
	*x = (struct asking){ .a = run->arena,
			      .c = *c_out,
			      .by = { .at = city_now(*c_out),
				      .basis = hy_run_option(run, "--basis"),
				      .role = HY_S("console"),
				      .unit = HY_S(""),
				      .address = HY_S("console") } };
	code = person_find(x->c, *db_out, x->a, &access_all, &key, &x->found, e);
	if (!code && x->found.n == 0)
		return hy_fail(e, HY_NOT_FOUND, "--contact",
			       "nothing is kept under this contact; what is sealed is opened by "
			       "code and secret alone");
	return code;
}

static enum hy_code data_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct asking *x = in_out;

	return person_noted(x->c, db, &x->found, &x->by, e);
}

static enum hy_code data(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct asking x;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = begin(run, &c, &db, &x, e);

	if (!code)
		code = person_data_json(&j, c, db, &x.found, e);
	hy_store_give(&db);
	if (!code) /* nothing leaves that is not noted */
		code = hy_store_write(city_store(c), data_work, &x, e);
	if (code)
		return code;
	hy_buf_byte(&b, '\n');
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code erase_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct asking *x = in_out;

	return person_erase(x->a, x->c, db, &x->found, &x->by, &x->done, e);
}

static void tell(struct hy_buf *b, const struct person_found *x, const char *what)
{
	for (size_t i = 0; i < x->n; i++)
		hy_buf_fmt(b, HY_FMT ": %s\n", HY_ARG(x->codes[i]), what);
}

static enum hy_code erase(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct asking x;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = begin(run, &c, &db, &x, e);

	hy_store_give(&db);
	if (!code)
		code = hy_store_write(city_store(c), erase_work, &x, e);
	if (code)
		return code;
	if (run->json) {
		person_erased_json(&j, &x.done);
		hy_buf_byte(&b, '\n');
	} else {
		tell(&b, &x.done.erased, "erased; the log still verifies");
		tell(&b, &x.done.open, "kept: it is still open; erase it when it is finished");
	}
	command_print(run, &b);
	return HY_OK;
}

#define KEY_OPTIONS                                                                                \
	DATA_OPTION,                                                                               \
		{ "--contact", "TEXT", "telephone or address, exactly as it was given",            \
		  .required = true },                                                              \
	{                                                                                          \
		"--name", "NAME", "only where this name stands beside it", .otherwise = ""         \
	}
static const struct hy_option data_options[] = { KEY_OPTIONS, { 0 } };
static const struct hy_option erase_options[] = {
	KEY_OPTIONS,
	{ "--basis", "TEXT", "the ground, which stands in the public log", .required = true },
	{ 0 },
};
static const char *const data_examples[] = { "huiyin person data --contact 13900000000 >data.json",
					     NULL };
static const char *const erase_examples[] = {
	"huiyin person erase --contact 13900000000 --basis '本人申请，个人信息保护法第四十七条'",
	NULL
};

const struct hy_command person_commands[] = {
	{ "person data", "everything that is kept of one person, as JSON, to be given to them",
	  .description = "个人信息保护法 第四十五条. Officials' names and notes are left out, and "
			 "what is sealed is found by nobody. That it was given out is recorded.",
	  .options = data_options, .examples = data_examples, .run = data },
	{ "person erase", "erase what is kept of one person in finished matters",
	  .description =
		  "个人信息保护法 第四十七条. Matters that are still open are kept and told. "
		  "The commitments stay in the log, which verifies as before; who erased "
		  "and on what ground is an event of each matter.",
	  .options = erase_options, .json = true, .examples = erase_examples, .run = erase },
	{ 0 },
};
