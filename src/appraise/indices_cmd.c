/* huiyin index */
#include <math.h>

#include "appraise/indices.h"
#include "matter/command.h"

static void line(struct hy_buf *b, hy_str name, const struct indices_point *p)
{
	hy_buf_fmt(b, HY_FMT "  ", HY_ARG(name));
	if (!p->known || !p->publishable)
		hy_buf_fmt(b, "%8s", "-");
	else
		hy_buf_fmt(b, "%8.2f +- %.2f", p->index, p->se);
	if (p->imputed_bp)
		hy_buf_fmt(b, "  imputed %lld.%02lld %%", (long long)(p->imputed_bp / 100),
			   (long long)(p->imputed_bp % 100));
	hy_buf_fmt(b, "%s\n", p->linked ? "  linked" : "");
}

static void table(struct hy_buf *b, const struct indices *x, const struct unit_book *book,
		  hy_str unit)
{
	for (size_t m = 0; m < x->n; m++) {
		hy_str month = hy_str_head(hy_day_text(b->a, x->rounds[m].from), 7);
		bool last = m + 1 == x->n;
		if (unit.n == 0)
			line(b, month, &x->months[m].city);
		for (size_t i = 0; i < x->given[m].n; i++) {
			hy_str code = x->given[m].units[i].code;
			if (unit.n ? hy_str_eq(code, unit) : last)
				line(b,
				     hy_printf(b->a, "%s" HY_FMT "  " HY_FMT, unit.n ? "" : "  ",
					       HY_ARG(unit.n ? month : code),
					       HY_ARG(unit_name_on(book, code, x->rounds[m].to))),
				     &x->months[m].units[i]);
		}
	}
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct unit_book book;
	struct indices x;
	enum hy_code code = command_read(run, &c, &db, e);

	if (!code)
		code = indices_of(run->arena, c, db, run->operands[0], &x, e);
	if (!code)
		code = unit_book_read(run->arena, db, &book, e);
	if (code)
		return code;
	if (run->json)
		code = indices_json(&j, db, &x, e);
	else
		table(&b, &x, &book, hy_run_option(run, "--unit"));
	if (!code)
		command_print(run, &b);
	return code;
}

static const struct hy_option options[] = {
	DATA_OPTION,
	{ "--unit", "CODE",
	  "the months of one unit; absent: the city's, and all units of the last" },
	{ 0 },
};
static const char *const examples[] = { "huiyin index points", NULL };

const struct hy_command indices_commands[] = {
	{ "index", "the monthly conduct index of a scheme, base = 100, with its standard error",
	  .options = options, .examples = examples, .operands = "SCHEME", .least = 1, .most = 1,
	  .json = true, .run = show },
	{ 0 },
};
