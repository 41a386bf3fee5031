/* What would have been, had one case gone otherwise. */
#include "appraise/otherwise.h"

#include "appraise/appraise_json.h"
#include "matter/city.h"
#include "matter/matter_json.h"

#define B(name) FACT_BIT(FACT_##name)
#define LIGHTS (B(NO_LIGHT) | B(PAUSED) | B(GREEN) | B(BLUE) | B(YELLOW) | B(ORANGE) | B(RED))

const char *const otherwise_names[] = { "in_time",   "late",	    "at_once",
					"satisfied", "not_counted", NULL };

static const struct {
	struct pack_text title;
	facts one_of, none_of; /* when it can be said */
	facts clears, sets;
} rows[OTHERWISE__COUNT] = {
	[OTHERWISE_IN_TIME] = { PACK_TEXT("如果按时答复", "如果按時答覆", "answered in time"),
				.one_of = B(LATE) | B(UNANSWERED_LATE),
				.clears = B(LATE) | B(UNANSWERED) | B(UNANSWERED_LATE) | B(OVERDUE),
				.sets = B(ANSWERED) | B(IN_TIME) | B(FALLEN_DUE) |
					B(ORIGINAL_DUE) },
	[OTHERWISE_LATE] = { PACK_TEXT("如果到期未答复", "如果到期未答覆", "not answered when due"),
			     .one_of = B(UNANSWERED), .none_of = B(UNANSWERED_LATE),
			     .sets = B(UNANSWERED_LATE) | B(FALLEN_DUE) | B(ORIGINAL_DUE) |
				     B(OVERDUE) },
	[OTHERWISE_AT_ONCE] = { PACK_TEXT("如果一次办好", "如果一次辦好",
					  "neither returned nor reopened"),
				.one_of = B(RETURNED) | B(REOPENED),
				.clears = B(RETURNED) | B(REOPENED) },
	[OTHERWISE_SATISFIED] = { PACK_TEXT("如果评价满意", "如果評價滿意",
					    "rated by somebody satisfied"),
				  .one_of = B(RATED), .none_of = B(SATISFIED),
				  .clears = B(BAD_RATED), .sets = B(SATISFIED) },
	[OTHERWISE_NOT_COUNTED] = { PACK_TEXT("如果不计这一件", "如果不計這一件", "not counted"),
				    .one_of = ~(facts)0, .clears = ~(facts)0 },
};

const struct pack_text *otherwise_title(enum otherwise o)
{
	return &rows[o].title;
}

bool otherwise_can(const struct round_fact *f, enum otherwise o)
{
	return (f->facts & rows[o].one_of) && !(f->facts & rows[o].none_of);
}

struct round_fact otherwise_made(const struct round_fact *f, enum otherwise o,
				 const struct loss_due *due)
{
	struct round_fact x = *f;

	x.facts = (x.facts & ~rows[o].clears) | rows[o].sets;
	if (o == OTHERWISE_IN_TIME) {
		x.numbers = due->numbers;
		x.facts |= due->original ? B(IN_ORIGINAL) : 0;
		x.facts |= due->pledged ? B(PLEDGE_DUE) | B(IN_PLEDGE) : 0;
	}
	if (o == OTHERWISE_AT_ONCE)
		x.numbers.of[NUMBER_RETURNS] = x.numbers.of[NUMBER_REOPENS] = 0;
	/* answered, no clock runs; over the date, its light is red */
	if ((x.facts & B(OPEN)) && (o == OTHERWISE_IN_TIME || o == OTHERWISE_LATE))
		x.facts = (x.facts & ~LIGHTS) | (o == OTHERWISE_LATE ? B(RED) : B(NO_LIGHT));
	return x;
}

enum hy_code otherwise_result(struct hy_arena *a, const struct round_inputs *in, size_t at,
			      const struct round_fact *v, size_t n, hy_str *out, struct hy_err *e)
{
	const struct pack_scheme *s = in->scheme;
	struct score_given *g = hy_new_n(a, struct score_given, s->n_indicators + 1);
	struct score_given *x = hy_new_n(a, struct score_given, s->n_adjusts + 1);
	struct round_inputs made = *in;
	struct tally tally = { 0 };

	for (size_t i = 0; i < n; i++)
		tally_add(a, &tally, v[i].facts, &v[i].numbers);
	for (size_t i = 0; i < s->n_indicators; i++)
		g[i] = s->indicators[i].source == PACK_BY_FIGURE
			       ? round_given(s->indicators[i].figure, &tally)
			       : in->units[at].indicators[i];
	for (size_t i = 0; i < s->n_adjusts; i++)
		x[i] = s->adjusts[i].figure ? round_given(s->adjusts[i].figure, &tally)
					    : in->units[at].adjusts[i];
	made.units = hy_new_n(a, struct score_unit, in->n + 1);
	memcpy(made.units, in->units, in->n * sizeof(*in->units));
	made.units[at].indicators = g;
	made.units[at].adjusts = x;
	return round_result_json(a, &made, out, e);
}

static enum hy_code one(struct explaining *x, const struct round_fact *v, size_t at,
			const json_t **out, struct hy_err *e)
{
	json_t *result = NULL;
	hy_str text;
	enum hy_code code = otherwise_result(x->k.a, &x->k.in, at, v, x->losses.n, &text, e);

	if (!code)
		code = hy_json_read(x->k.a, text, &result, e);
	if (!code)
		*out = json_array_get(json_object_get(result, "units"), at);
	return code;
}

enum hy_code otherwise_of(struct explaining *x, hy_str code, struct otherwise_answer *out,
			  struct hy_err *e)
{
	struct round_fact *v = hy_new_n(x->k.a, struct round_fact, x->losses.n + 1);
	struct otherwise_answer all = { .code = code };
	struct loss_due due;
	size_t at = 0, which = 0;
	bool there = losses_find(&x->losses, code, &which);
	enum hy_code failed = there ? losses_tell(&x->losses, &which, 1, e) : HY_OK;

	if (failed)
		return failed;
	if (!there || !losses_seen(&x->losses, which))
		return hy_fail(e, HY_NOT_FOUND, "case",
			       "the round has no case " HY_FMT " of this unit within your reach",
			       HY_ARG(hy_str_head(code, 40)));
	while (at < x->k.in.n && !hy_str_eq(x->k.in.units[at].code, x->unit))
		at++;
	failed = losses_due(&x->losses, which, &due, e);
	all.title = losses_title(&x->losses, which);
	for (size_t i = 0; i < x->losses.n; i++)
		v[i] = *losses_fact(&x->losses, i);
	const struct round_fact was = v[which];
	for (int o = 0; !failed && o < OTHERWISE__COUNT; o++) {
		if (!otherwise_can(&was, (enum otherwise)o))
			continue;
		v[which] = otherwise_made(&was, (enum otherwise)o, &due);
		all.v[all.n].as = (enum otherwise)o;
		failed = one(x, v, at, &all.v[all.n++].score, e);
	}
	if (!failed)
		*out = all;
	return failed;
}

void otherwise_json(struct hy_json *j, const struct explaining *x, const struct otherwise_answer *v)
{
	const struct hy_calendar *cal = city_pack(x->k.c)->calendar;

	hy_json_obj(j);
	hy_json_key(j, "round");
	round_json(j, x->k.r, cal);
	hy_json_kbool(j, "preview", x->k.v->version == 0);
	hy_json_kstr(j, "unit", x->unit);
	hy_json_kstr(j, "unit_name", reading_name(&x->k, x->unit));
	hy_json_kstr(j, "case", v->code);
	hy_json_kstr(j, "title", v->title);
	hy_json_key(j, "score");
	hy_json_value(j, x->score);
	hy_json_key(j, "otherwise");
	hy_json_arr(j);
	for (size_t i = 0; i < v->n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "as", hy_str_of(otherwise_names[v->v[i].as]));
		matter_text_json(j, "title", otherwise_title(v->v[i].as));
		hy_json_key(j, "score");
		hy_json_value(j, v->v[i].score);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static void line(struct hy_buf *b, const struct explaining *x, hy_str what, const json_t *score,
		 hy_str language)
{
	hy_buf_fmt(b, HY_FMT "  " HY_FMT "  " HY_FMT "  " HY_FMT "\n",
		   HY_ARG(json_is_true(json_object_get(score, "applies"))
				  ? reading_hundredths(b->a, hy_json_get_int(score, "published", 0))
				  : HY_S("n/a")),
		   HY_ARG(what), HY_ARG(reading_grade(&x->k, score, language)),
		   HY_ARG(reading_sentence(&x->k, score, language)));
}

void otherwise_text(struct hy_buf *b, const struct explaining *x, const struct otherwise_answer *v,
		    hy_str language)
{
	static const struct pack_text is = PACK_TEXT("现在", "現在", "as it is");

	hy_buf_fmt(b, HY_FMT " " HY_FMT "  " HY_FMT " " HY_FMT "\n", HY_ARG(x->k.r->code),
		   HY_ARG(reading_name(&x->k, x->unit)), HY_ARG(v->code), HY_ARG(v->title));
	line(b, x, pack_say(&is, language), x->score, language);
	for (size_t i = 0; i < v->n; i++)
		line(b, x, pack_say(otherwise_title(v->v[i].as), language), v->v[i].score,
		     language);
}
