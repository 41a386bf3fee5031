/* check -- what a kind must fulfil as a whole, beyond the shape of its parts. */
#include "pack/build.h"

struct at {
	struct pack_build *b;
	const struct pack_doc *d;
	const struct pack_node *n;
	const struct pack_kind *k;
};

#define WRONG(t, n, ...) pack_wrong(&(t)->b->log, (t)->d, n, __VA_ARGS__)

static const struct pack_node *nth(const struct at *t, const char *list, size_t i)
{
	return pack_node_get(t->n, list)->v[i];
}

/* --- moves and states --------------------------------------------------------------------- */

/* What a move must carry because of what it does; further rows in the pack's `needs`. */
static const struct {
	enum pack_act act;
	enum pack_field field;
} demanded[] = {
	{ PACK_FILE, PACK_TITLE },	 { PACK_DECLINE, PACK_GROUND },
	{ PACK_DECLINE, PACK_REASON },	 { PACK_DECLINE, PACK_BASIS },
	{ PACK_DECLINE, PACK_APPROVER }, { PACK_DECLINE, PACK_REMEDY },
	{ PACK_DISPATCH, PACK_UNIT },	 { PACK_RETURN, PACK_GROUND },
	{ PACK_RETURN, PACK_REASON },	 { PACK_HAND_OFF, PACK_UNIT },
	{ PACK_HAND_OFF, PACK_GROUND },	 { PACK_CO_HANDLE, PACK_UNITS },
	{ PACK_PAUSE, PACK_GROUND },	 { PACK_PAUSE, PACK_PAPER },
	{ PACK_PAUSE, PACK_PLANNED },	 { PACK_PAUSE, PACK_APPROVER },
	{ PACK_EXTEND, PACK_LIMIT },	 { PACK_EXTEND, PACK_REASON },
	{ PACK_EXTEND, PACK_APPROVER },	 { PACK_REPLY, PACK_TEXT },
	{ PACK_CLOSE, PACK_GROUND },	 { PACK_RATE, PACK_LEVEL },
	{ PACK_REOPEN, PACK_GROUND },	 { PACK_ANNUL, PACK_GROUND },
	{ PACK_ANNUL, PACK_REASON },	 { PACK_ANNUL, PACK_APPROVER },
	{ PACK_JOIN, PACK_LEAD },	 { PACK_CHARGE, PACK_FEE },
	{ PACK_CHARGE, PACK_AMOUNT },
};

static bool carries(const struct pack_move *m, enum pack_field f, bool required)
{
	for (size_t i = 0; i < m->n_needs; i++)
		if (m->needs[i].field == f)
			return m->needs[i].required || !required;
	return false;
}

static void check_needs(const struct at *t, size_t i)
{
	const struct pack_move *m = &t->k->moves[i];

	for (size_t r = 0; r < HY_COUNT(demanded); r++)
		if (demanded[r].act == m->act && !carries(m, demanded[r].field, true))
			WRONG(t, nth(t, "moves", i),
			      "the move \"" HY_FMT
			      "\" (act: %s) needs the field \"%s\" in \"needs\"",
			      HY_ARG(m->id), pack_act_names[m->act],
			      pack_fields[demanded[r].field].name);
}

static void check_auto(const struct at *t, size_t i)
{
	const struct pack_move *m = &t->k->moves[i];

	if (m->auto_clock >= 0 && (m->n_who != 1 || !hy_str_eq(m->who[0], HY_S("system"))))
		WRONG(t, nth(t, "moves", i),
		      "the move \"" HY_FMT "\" is made by a clock (auto): who must be [system]",
		      HY_ARG(m->id));
}

/* States that MOVE leads to from a matter in one of FROM. */
static uint64_t leads_to(const struct pack_kind *k, const struct pack_move *m)
{
	uint64_t to = m->to < 0 ? 0 : UINT64_C(1) << m->to;

	if (m->act == PACK_RETURN && k->returns_to >= 0)
		to |= UINT64_C(1) << k->returns_to;
	return to;
}

static uint64_t reachable(const struct pack_kind *k)
{
	uint64_t now = leads_to(k, &k->moves[0]), before;

	do {
		before = now;
		for (size_t i = 1; i < k->n_moves; i++)
			if (k->moves[i].from & now)
				now |= leads_to(k, &k->moves[i]);
	} while (now != before);
	return now;
}

/* States from which some row of moves ends in a closed state. */
static uint64_t ending(const struct pack_kind *k)
{
	uint64_t now = 0, before;

	for (size_t i = 0; i < k->n_states; i++)
		if (!k->states[i].open)
			now |= UINT64_C(1) << i;
	do {
		before = now;
		for (size_t i = 1; i < k->n_moves; i++)
			if (leads_to(k, &k->moves[i]) & now)
				now |= k->moves[i].from;
	} while (now != before);
	return now;
}

static bool left_by_a_move(const struct pack_kind *k, size_t state)
{
	uint64_t bit = UINT64_C(1) << state;

	for (size_t i = 1; i < k->n_moves; i++)
		if ((k->moves[i].from & bit) && (leads_to(k, &k->moves[i]) & ~bit))
			return true;
	return false;
}

static void check_states(const struct at *t)
{
	uint64_t reached = reachable(t->k), ends = ending(t->k);

	for (size_t i = 0; i < t->k->n_states; i++) {
		const struct pack_state *s = &t->k->states[i];
		const struct pack_node *n = nth(t, "states", i);
		if (!(reached >> i & 1))
			WRONG(t, n, "no move leads to the state \"" HY_FMT "\"", HY_ARG(s->id));
		else if (s->open && !left_by_a_move(t->k, i))
			WRONG(t, n, "no move leaves the open state \"" HY_FMT "\"", HY_ARG(s->id));
		else if (s->open && !(ends >> i & 1))
			WRONG(t, n, "no row of moves leads from \"" HY_FMT "\" to a closed state",
			      HY_ARG(s->id));
	}
	for (size_t i = 1; i < t->k->n_moves; i++)
		if (!(t->k->moves[i].from & reached))
			WRONG(t, nth(t, "moves", i),
			      "the move \"" HY_FMT "\" can never be made: no matter gets to its "
			      "\"from\"",
			      HY_ARG(t->k->moves[i].id));
}

static void check_returns(const struct at *t)
{
	if (t->k->returns_to < 0)
		return;
	for (size_t i = 0; i < t->k->n_moves; i++)
		if (t->k->moves[i].act == PACK_RETURN && t->k->moves[i].most > 0)
			return;
	WRONG(t, pack_node_get(t->n, "returns_to"),
	      "\"returns_to\" needs a move with the act \"return\" and a \"most\"");
}

/* --- clocks -------------------------------------------------------------------------------- */

static const struct pack_rule *clock_rule(const struct pack_clock *c, size_t i)
{
	if (i == 0)
		return c->rule;
	return i <= c->n_by_class ? c->by_class[i - 1].rule : NULL;
}

/* Moves that pass a matter between units: they must not touch the citizen's time. */
static uint64_t passing(const struct pack_kind *k)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < k->n_moves; i++) {
		enum pack_act a = k->moves[i].act;
		if (a == PACK_DISPATCH || a == PACK_ASSIGN || a == PACK_RETURN ||
		    a == PACK_HAND_OFF)
			bits |= UINT64_C(1) << i;
	}
	return bits;
}

static uint64_t start_bits(const struct pack_clock *c)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < c->n_starts; i++)
		bits |= UINT64_C(1) << c->starts[i].move;
	return bits;
}

static void check_citizen(const struct at *t, const struct pack_clock *c, const struct pack_node *n)
{
	uint64_t pass = passing(t->k);
	const struct {
		const char *key, *verb;
		uint64_t bits;
	} rows[] = {
		{ "restarts", "restart", c->restarts & pass },
		{ "pauses", "pause", c->pauses & pass },
		{ "resumes", "resume", c->resumes & pass },
		{ "starts", "stop and start", c->stops & pass ? start_bits(c) & pass : 0 },
	};

	for (size_t i = 0; c->holder == PACK_CITIZEN && i < HY_COUNT(rows); i++) {
		if (!rows[i].bits)
			continue;
		const struct pack_move *m = &t->k->moves[__builtin_ctzll(rows[i].bits)];
		WRONG(t, pack_node_get(n, rows[i].key),
		      "the citizen's clock \"" HY_FMT "\" must not %s by \"" HY_FMT
		      "\": passing a matter on never changes the citizen's time",
		      HY_ARG(c->id), rows[i].verb, HY_ARG(m->id));
	}
}

/* May a move of ACT stand in the list?  Time stops by a pause or by the one-off notice of what is
 * missing, never by the way; both are written down. */
static bool fits(enum pack_act list, enum pack_act act)
{
	return act == list || (list == PACK_PAUSE && act == PACK_NOTICE);
}

/* `pauses` and `extends`: for moves that carry what that takes, and a rule that allows it. */
static void check_moves(const struct at *t, const struct pack_clock *c, const struct pack_node *n,
			const char *key, enum pack_act act, uint64_t bits, bool allowed)
{
	const struct pack_node *list = pack_node_get(n, key);

	for (size_t i = 0; list && i < list->n; i++) {
		int m = pack_move_index(t->k, list->v[i]->s);
		if (m >= 0 && !fits(act, t->k->moves[m].act))
			WRONG(t, list->v[i], "\"%s\" takes moves with the act \"%s\" only", key,
			      act == PACK_PAUSE ? "pause\" or \"notice" : pack_act_names[act]);
	}
	if (bits && !allowed)
		WRONG(t, list,
		      "the clock \"" HY_FMT "\" has \"%s\", but its rule allows none (it has no "
		      "\"%s\")",
		      HY_ARG(c->id), key, act == PACK_PAUSE ? "pause" : "extension");
}

/* What stops the citizen's time can name its ground. */
static void check_grounds(const struct at *t, const struct pack_clock *c, const struct pack_node *n)
{
	const struct pack_node *list = pack_node_get(n, "pauses");

	for (size_t i = 0; c->holder == PACK_CITIZEN && list && i < list->n; i++) {
		int m = pack_move_index(t->k, list->v[i]->s);
		if (m >= 0 && !carries(&t->k->moves[m], PACK_GROUND, false))
			WRONG(t, list->v[i],
			      "the move \"" HY_FMT "\" stops the citizen's clock: it needs the "
			      "field \"ground\"",
			      HY_ARG(list->v[i]->s));
	}
}

static void check_clock(const struct at *t, size_t i)
{
	const struct pack_clock *c = &t->k->clocks[i];
	const struct pack_node *n = nth(t, "clocks", i);
	bool pausable = false, extensible = false;

	for (size_t r = 0; r <= c->n_by_class; r++) {
		const struct pack_rule *rule = clock_rule(c, r);
		pausable |= rule && rule->n_pauses > 0;
		extensible |= rule && rule->extension.n > 0;
	}
	if (!c->rule && !c->n_by_class && !c->stated_limit && !c->stated_due)
		WRONG(t, n, "the clock \"" HY_FMT "\" needs a \"rule\" or \"stated\"",
		      HY_ARG(c->id));
	if (c->n_starts == 0)
		WRONG(t, n, "no move starts the clock \"" HY_FMT "\"", HY_ARG(c->id));
	if (c->stated_limit && !carries(&t->k->moves[0], PACK_LIMIT, false))
		WRONG(t, pack_node_get(n, "stated"),
		      "the filing move must carry the field \"limit\" (in \"needs\" or \"may\")");
	if (c->stated_due && !carries(&t->k->moves[0], PACK_DUE, false))
		WRONG(t, pack_node_get(n, "stated"),
		      "the filing move must carry the field \"due\" (in \"needs\" or \"may\")");
	/* A unit's own clock follows the citizen's; the law's closed list binds the latter. */
	check_moves(t, c, n, "pauses", PACK_PAUSE, c->pauses,
		    pausable || c->holder == PACK_UNIT_HOLDS);
	check_grounds(t, c, n);
	check_moves(t, c, n, "extends", PACK_EXTEND, c->extends, extensible);
	check_citizen(t, c, n);
}

static void check_main(const struct at *t)
{
	const struct pack_node *first = NULL;

	for (size_t i = 0; i < t->k->n_clocks; i++) {
		if (!t->k->clocks[i].main)
			continue;
		const struct pack_node *at = pack_node_get(nth(t, "clocks", i), "main");
		if (first)
			WRONG(t, at, "a second main clock: the first is in line %d", first->line);
		else
			first = at;
	}
	if (!first)
		WRONG(t, pack_node_get(t->n, "clocks"), "one clock needs main: true");
}

void pack_check_kind(struct pack_build *b, const struct pack_doc *d, const struct pack_node *n,
		     const struct pack_kind *k)
{
	struct at t = { b, d, n, k };

	for (size_t i = 0; i < k->n_moves; i++) {
		check_needs(&t, i);
		check_auto(&t, i);
	}
	check_states(&t);
	check_returns(&t);
	for (size_t i = 0; i < k->n_clocks; i++)
		check_clock(&t, i);
	check_main(&t);
}
