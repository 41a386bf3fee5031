/* huiyin board */
#include "base/file.h"
#include "base/json.h"
#include "matter/command.h"
#include "service/board.h"

static enum hy_code read_one(struct hy_run *run, struct city **c, struct hy_db **db,
			     struct board *out, struct hy_err *e)
{
	enum hy_code code = command_read(run, c, db, e);

	return code ? code : board_read(run->arena, *c, *db, run->operands[0], true, out, e);
}

static void say_seat(struct hy_buf *b, const char *seat, const struct board_person *p)
{
	hy_buf_fmt(b, "  %s " HY_FMT "%s", seat, HY_ARG(p->name.n ? p->name : HY_S("-")),
		   p->away ? " (away)" : "");
}

static enum hy_code show(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	struct board board;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = read_one(run, &c, &db, &board, e);

	if (code)
		return code;
	if (run->json) {
		board_json(&j, &board, hy_calendar_zone(city_pack(c)->calendar));
		command_print(run, &b);
		return HY_OK;
	}
	hy_buf_fmt(&b, HY_FMT "\n", HY_ARG(board.name));
	for (size_t i = 0; i < board.n_plates; i++) {
		const struct board_plate *p = &board.plates[i];
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT, HY_ARG(p->post), HY_ARG(p->title));
		say_seat(&b, "A", &p->seat[0]);
		say_seat(&b, "B", &p->seat[1]);
		if (p->acting.n)
			hy_buf_fmt(&b, "  acting " HY_FMT, HY_ARG(p->acting));
		hy_buf_byte(&b, '\n');
	}
	for (size_t i = 0; i < board.items.n; i++) {
		const struct item_content *x = &board.items.v[i].v.content;
		hy_buf_fmt(&b, HY_FMT "  " HY_FMT "  " HY_FMT "\n", HY_ARG(board.items.v[i].code),
			   HY_ARG(x->name),
			   HY_ARG(item_limit_words(run->arena, x->pledged, run->language)));
	}
	command_print(run, &b);
	return HY_OK;
}

static enum hy_code print(struct hy_run *run, struct hy_err *e)
{
	struct hy_buf b = hy_buf_on(run->arena);
	hy_str to = hy_run_option(run, "--out"), word = hy_run_option(run, "--form");
	enum board_form form = BOARD_OPEN;
	struct paper_result paper;
	struct board board;
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	enum hy_code code = HY_OK;

	if (!board_form_of(word, &form))
		return hy_fail(e, HY_BAD_FIELD, "--form",
			       "must be plates, whereabouts, signpost or open");
	code = read_one(run, &c, &db, &board, e);
	if (!code)
		code = board_pdf(run->arena, &board, hy_calendar_zone(city_pack(c)->calendar), form,
				 &paper, e);
	if (code)
		return code;
	if (to.n == 0)
		to = hy_printf(run->arena, HY_FMT "-%s.pdf", HY_ARG(board.unit),
			       board_form_names[form]);
	code = hy_file_write(to.p, paper.pdf, 0644, e);
	if (code)
		return code;
	hy_buf_fmt(&b, HY_FMT "  %d\n", HY_ARG(to), paper.pages);
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option show_options[] = { DATA_OPTION, { 0 } };
static const struct hy_option print_options[] = {
	DATA_OPTION,
	{ "--form", "plates|whereabouts|signpost|open",
	  "which: 岗位牌, 去向牌, 导办牌 or the whole 公开栏", .otherwise = "open" },
	{ "--out", "FILE", "where to write it; default: UNIT-FORM.pdf here" },
	{ 0 },
};
static const char *const print_examples[] = { "huiyin board print xzsp --form whereabouts", NULL };

const struct hy_command board_commands[] = {
	{ "board show", "who sits where in a unit, is away, stands in; what it does",
	  .options = show_options, .operands = "UNIT", .least = 1, .most = 1, .json = true,
	  .run = show },
	{ "board print", "post plates, whereabouts, signpost or the column of openness, as PDF",
	  .description =
		  "三牌一栏 of a unit and all below it, from posts, absences and the catalogue "
		  "as they are now. An illness is told as a leave.",
	  .options = print_options, .examples = print_examples, .operands = "UNIT", .least = 1,
	  .most = 1, .run = print },
	{ 0 },
};
