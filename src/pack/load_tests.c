/* load_tests -- the tests in a pack, with the fields of their moves as JSON. */
#include <limits.h>

#include "pack/build.h"
#include "pack/field.h"

struct at {
	struct pack_build *b;
	const struct pack_doc *d;
	const struct pack_kind *k;
	const struct hy_zone *zone;
};

#define WRONG(t, n, ...) pack_wrong(&(t)->b->log, (t)->d, n, __VA_ARGS__)

static void drop_json(void *v)
{
	json_decref(v);
}

static json_t *json_text(hy_str s)
{
	return json_stringn(s.p, s.n);
}

/* A time of day without offset is the calendar's; a bare day stays a day. */
static json_t *json_instant(const struct at *t, hy_str s)
{
	hy_ms at;
	hy_day day;

	if (hy_day_read(s, &day) || !hy_instant_read(s, t->zone, &at))
		return json_text(s);
	return json_text(hy_instant_text(t->b->tmp, t->zone, at));
}

static json_t *json_scalar(const struct at *t, enum pack_type type, const struct pack_node *n)
{
	int64_t v;

	switch (type) {
	case PACK_T_INT:
		return n->plain && hy_str_int(n->s, &v) ? json_integer(v) : json_text(n->s);
	case PACK_T_INSTANT:
		return json_instant(t, n->s);
	case PACK_T_WORD:
	case PACK_T_TEXT:
	case PACK_T_WORDS:
	case PACK_T_TEXTS:
	case PACK_T_LIMIT:
	case PACK_T_PROBLEMS:
	case PACK_T_MONEY:
		break;
	}
	return json_text(n->s);
}

/* A line of a problem list. */
static json_t *json_line(const struct at *t, const struct pack_node *n)
{
	json_t *line = json_object();

	for (size_t i = 0; i + 1 < n->n; i += 2)
		json_object_set_new(line, hy_str_dup(t->b->tmp, n->v[i]->s).p,
				    json_text(n->v[i + 1]->s));
	return line;
}

static json_t *json_field(const struct at *t, enum pack_type type, const struct pack_node *n)
{
	if (n->kind == PACK_SCALAR)
		return json_scalar(t, type, n);
	json_t *list = json_array();
	for (size_t i = 0; i < n->n; i++)
		json_array_append_new(list, n->v[i]->kind == PACK_MAPPING
						    ? json_line(t, n->v[i])
						    : json_scalar(t, type, n->v[i]));
	return list;
}

/* What is wrong with a field's value for its type, or NULL. */
static const char *bad_value(const struct at *t, enum pack_type type, const struct pack_node *n)
{
	struct hy_limit l;
	hy_ms at;
	int64_t v;
	bool list = n->kind == PACK_SEQ;

	switch (type) {
	case PACK_T_WORDS:
	case PACK_T_TEXTS:
	case PACK_T_PROBLEMS:
		return list ? NULL : "a list";
	case PACK_T_INT:
		return !list && n->plain && hy_str_int(n->s, &v) ? NULL : "a whole number";
	case PACK_T_LIMIT:
		return !list && hy_limit_read(n->s, &l) ? NULL : "a limit such as 20wd";
	case PACK_T_MONEY:
		return !list && pack_money_read(n->s, INT_MAX, &v) ? NULL
								   : "an amount such as 10.50";
	case PACK_T_INSTANT:
		return !list && hy_instant_read(n->s, t->zone, &at)
			       ? NULL
			       : "a day such as 2026-10-01 or a time such as 2026-10-01T08:00";
	case PACK_T_WORD:
	case PACK_T_TEXT:
		return list ? "one value" : NULL;
	}
	return NULL;
}

/* The fields beside at, move, by ... as an object.  A step that expects to be refused may
 * carry what is wrong. */
static json_t *load_data(const struct at *t, const struct pack_node *n, bool refused)
{
	json_t *data = json_object();

	hy_arena_defer(t->b->a, drop_json, data);
	for (int f = 0; f < PACK__FIELDS; f++) {
		const struct pack_node *v = pack_node_get(n, pack_fields[f].name);
		if (!v)
			continue;
		const char *bad = refused ? NULL : bad_value(t, pack_fields[f].type, v);
		if (bad)
			WRONG(t, v, "\"%s\" must be %s", pack_fields[f].name, bad);
		json_object_set_new(data, pack_fields[f].name,
				    json_field(t, pack_fields[f].type, v));
	}
	return data;
}

static void check_name(const struct at *t, const char *what, struct hy_map *known,
		       const struct pack_node *n)
{
	if (!hy_map_get(known, n->s))
		WRONG(t, n, "unknown %s \"" HY_FMT "\"" HY_FMT, what, HY_ARG(n->s),
		      HY_ARG(pack_near(t->b->log.a, known, n->s)));
}

static struct pack_expect_clock load_expect_clock(const struct at *t, const struct pack_node *id,
						  const struct pack_node *n)
{
	struct hy_map known = { .a = t->b->tmp };

	for (size_t i = 0; i < t->k->n_clocks; i++)
		hy_map_put(&known, t->k->clocks[i].id, &t->k->clocks[i]);
	check_name(t, "clock", &known, id);
	return (struct pack_expect_clock){
		.clock = id->s,
		.instance = pack_node_int(n, "instance", 0),
		.state = pack_node_str(n, "state"),
		.due = pack_node_str(n, "due"),
		.original = pack_node_str(n, "original"),
		.pledged = pack_node_str(n, "pledged"),
		.light = pack_node_str(n, "light"),
		.verdict = pack_node_str(n, "verdict"),
		.provisional = pack_node_get(n, "provisional")
				       ? pack_node_flag(n, "provisional", false)
				       : -1,
		.line = id->line,
	};
}

static void load_expect(const struct at *t, const struct pack_node *n, struct pack_test_step *s)
{
	const struct pack_node *state = pack_node_get(n, "state"),
			       *clocks = pack_node_get(n, "clocks");

	s->state = pack_node_str(n, "state");
	s->light = pack_node_str(n, "light");
	if (state) {
		struct hy_map known = { .a = t->b->tmp };
		for (size_t i = 0; i < t->k->n_states; i++)
			hy_map_put(&known, t->k->states[i].id, &t->k->states[i]);
		check_name(t, "state", &known, state);
	}
	if (!clocks)
		return;
	s->clocks = hy_new_n(t->b->a, struct pack_expect_clock, clocks->n / 2);
	for (size_t i = 0; i + 1 < clocks->n; i += 2)
		s->clocks[s->n_clocks++] = load_expect_clock(t, clocks->v[i], clocks->v[i + 1]);
}

static void check_refused(const struct at *t, const struct pack_node *n)
{
	struct hy_map known = { .a = t->b->tmp };

	for (int i = HY_OK + 1; n && i < HY__CODES; i++) {
		const struct hy_code_info *c = hy_code_info((enum hy_code)i);
		hy_map_put(&known, hy_str_of(c->key), (void *)(uintptr_t)c);
	}
	if (n)
		check_name(t, "error code", &known, n);
}

static void check_move(const struct at *t, const struct pack_node *n, bool first)
{
	struct hy_map known = { .a = t->b->tmp };
	const struct pack_node *move = pack_node_get(n, "move");

	for (size_t i = 0; i < t->k->n_moves; i++)
		hy_map_put(&known, t->k->moves[i].id, &t->k->moves[i]);
	if (move)
		check_name(t, "move", &known, move);
	if (first && (!move || !hy_str_eq(move->s, t->k->moves[0].id)))
		WRONG(t, n, "the first step must be the filing move \"" HY_FMT "\"",
		      HY_ARG(t->k->moves[0].id));
}

static void check_step(const struct at *t, const struct pack_node *n, bool first)
{
	static const char *const with_move[] = { "by", "as_unit", "refused" };
	const struct pack_node *by = pack_node_get(n, "by");
	bool move = pack_node_get(n, "move") != NULL;

	if (!move && !pack_node_get(n, "expect"))
		WRONG(t, n, "a step needs \"move\" or \"expect\"");
	check_move(t, n, first);
	check_refused(t, pack_node_get(n, "refused"));
	if (by)
		pack_refer_word(t->b, PACK_ROLES, t->d, by);
	for (size_t i = 0; !move && i < HY_COUNT(with_move); i++)
		if (pack_node_get(n, with_move[i]))
			WRONG(t, n, "\"%s\" belongs to a move, and this step has none",
			      with_move[i]);
	for (int f = 0; !move && f < PACK__FIELDS; f++)
		if (pack_node_get(n, pack_fields[f].name))
			WRONG(t, n, "\"%s\" belongs to a move, and this step has none",
			      pack_fields[f].name);
}

static void load_step(const struct at *t, const struct pack_node *n, bool first,
		      struct pack_test_step *s)
{
	s->move = pack_node_str(n, "move");
	s->by = pack_node_str(n, "by");
	s->unit = pack_node_str(n, "as_unit");
	s->refused = pack_node_str(n, "refused");
	s->line = n->line;
	check_step(t, n, first);
	if (!hy_instant_read(pack_node_str(n, "at"), t->zone, &s->at))
		WRONG(t, pack_node_get(n, "at"), "\"at\" cannot be read");
	else if (!first && s->at < s[-1].at)
		WRONG(t, pack_node_get(n, "at"), "steps must be in order of time");
	s->data = load_data(t, n, s->refused.n > 0);
	if (pack_node_get(n, "expect"))
		load_expect(t, pack_node_get(n, "expect"), s);
}

static void load_test(struct pack_build *b, const struct pack_item *it, struct pack_test *to)
{
	const struct pack_node *steps = pack_node_get(it->node, "steps");
	struct at t = { b, it->doc, NULL, hy_calendar_zone(b->p->calendar) };

	*to = (struct pack_test){ .name = it->id,
				  .kind = pack_node_str(it->node, "kind"),
				  .file = hy_str_dup(b->a, it->doc->shown),
				  .line = it->node->line };
	t.k = pack_refer(b, &b->kinds, "kind", it->doc, pack_node_get(it->node, "kind"));
	if (!t.k)
		return;
	to->steps = hy_new_n(b->a, struct pack_test_step, steps->n);
	to->n_steps = steps->n;
	for (size_t i = 0; i < steps->n; i++)
		load_step(&t, steps->v[i], i == 0, &to->steps[i]);
}

void pack_load_tests(struct pack_build *b)
{
	size_t n = b->tests.list.n;

	b->p->tests = hy_new_n(b->a, struct pack_test, n);
	b->p->n_tests = n;
	for (size_t i = 0; i < n; i++)
		load_test(b, b->tests.list.v[i], &b->p->tests[i]);
}
