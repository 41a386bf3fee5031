/* huiyin search rebuild */
#include "base/progress.h"
#include "matter/command.h"
#include "matter/search.h"

static void heard(void *arg, int64_t done)
{
	hy_progress(arg, done);
}

static enum hy_code rebuild(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	struct hy_progress p = hy_progress_begin(run->quiet ? NULL : run->err, "events", 0);
	struct hy_buf b = hy_buf_on(run->arena);
	int64_t events = 0, texts = 0;
	enum hy_code code = command_city(run, false, &c, e);

	if (!code)
		code = search_rebuild(c, heard, &p, &events, &texts, e);
	hy_progress_end(&p, events);
	if (code)
		return code;
	if (run->json)
		hy_buf_fmt(&b, "{\"events\":%lld,\"texts\":%lld}\n", (long long)events,
			   (long long)texts);
	else
		hy_buf_fmt(&b, "the search knows %lld matters\n", (long long)texts);
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option options[] = { DATA_OPTION, { 0 } };
static const char *const examples[] = { "huiyin search rebuild --data /var/lib/huiyin", NULL };

const struct hy_command search_commands[] = {
	{ "search rebuild", "make the index of words anew",
	  .description = "The server keeps it by itself; this is for when something else wrote the "
			 "tables, or for a city that was just moved or imported and shall be found "
			 "at once. Until it is done, words are found more slowly.",
	  .options = options, .json = true, .examples = examples, .run = rebuild },
	{ 0 },
};
