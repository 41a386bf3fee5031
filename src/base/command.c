#include "base/command.h"

#include <assert.h>

static const struct hy_option *option_named(const struct hy_run *run, const char *name)
{
	for (const struct hy_option *o = run->command->options; o && o->name; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	assert(!"the command asks for an option that its table does not have");
	return NULL;
}

bool hy_run_has(const struct hy_run *run, const char *name)
{
	const struct hy_option *o = option_named(run, name);

	for (size_t i = 0; i < run->n_given; i++)
		if (run->given[i].option == o)
			return true;
	return false;
}

hy_str hy_run_option(const struct hy_run *run, const char *name)
{
	const struct hy_option *o = option_named(run, name);

	for (size_t i = run->n_given; i-- > 0;)
		if (run->given[i].option == o)
			return run->given[i].value;
	return hy_str_of(o->otherwise);
}

struct hy_values hy_run_list(const struct hy_run *run, const char *name)
{
	const struct hy_option *o = option_named(run, name);
	HY_VEC(hy_str) all = { 0 };

	for (size_t i = 0; i < run->n_given; i++)
		if (run->given[i].option == o)
			*hy_push(run->arena, &all) = run->given[i].value;
	if (all.n == 0 && o->otherwise)
		*hy_push(run->arena, &all) = hy_str_of(o->otherwise);
	return (struct hy_values){ all.v, all.n };
}

enum hy_code hy_run_int(const struct hy_run *run, const char *name, int64_t least, int64_t most,
			int64_t *out, struct hy_err *e)
{
	hy_str text = hy_run_option(run, name);
	int64_t v;

	if (!text.p)
		return HY_OK;
	if (!hy_str_int(text, &v) || v < least || v > most)
		return hy_fail(e, HY_BAD_FIELD, name,
			       "must be a whole number from %lld to %lld, not \"" HY_FMT "\"",
			       (long long)least, (long long)most, HY_ARG(text));
	*out = v;
	return HY_OK;
}
