/* load_kinds -- states, moves and clocks, with names turned into indices. */
#include "pack/build.h"
#include "pack/field.h"

struct at { /* the kind being made */
	struct pack_build *b;
	const struct pack_doc *d;
	const struct pack_node *n;
	struct pack_kind *k;
	struct hy_map states, moves, clocks; /* id -> index + 1 */
};

/* Ids of a list of mappings into MAP; a repetition is an error. */
static void index_ids(struct at *t, const char *what, const struct pack_node *list,
		      struct hy_map *map)
{
	map->a = t->b->tmp;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *id = pack_node_get(list->v[i], "id");
		if (hy_map_get(map, id->s))
			pack_wrong(&t->b->log, t->d, id, "the %s \"" HY_FMT "\" stands twice", what,
				   HY_ARG(id->s));
		else
			hy_map_put(map, id->s, (void *)(uintptr_t)(i + 1));
	}
}

/* The index behind a name, or -1 with a message. */
static int index_of(struct at *t, const char *what, const struct hy_map *map,
		    const struct pack_node *n)
{
	uintptr_t i = (uintptr_t)hy_map_get(map, n->s);

	if (i == 0)
		pack_wrong(&t->b->log, t->d, n, "unknown %s \"" HY_FMT "\"" HY_FMT, what,
			   HY_ARG(n->s), HY_ARG(pack_near(t->b->log.a, map, n->s)));
	return (int)i - 1;
}

static int index_get(struct at *t, const char *what, const struct hy_map *map,
		     const struct pack_node *m, const char *key)
{
	const struct pack_node *n = pack_node_get(m, key);

	return n ? index_of(t, what, map, n) : -1;
}

static uint64_t move_bits(struct at *t, const struct pack_node *clock, const char *key)
{
	const struct pack_node *list = pack_node_get(clock, key);
	uint64_t bits = 0;

	for (size_t i = 0; list && i < list->n; i++) {
		int m = index_of(t, "move", &t->moves, list->v[i]);
		if (m >= 0)
			bits |= UINT64_C(1) << m;
	}
	return bits;
}

static void load_states(struct at *t)
{
	const struct pack_node *list = pack_node_get(t->n, "states");
	static const hy_str reserved[] = { HY_S_INIT("open"), HY_S_INIT("closed"),
					   HY_S_INIT("any") };

	t->k->states = hy_new_n(t->b->a, struct pack_state, list->n);
	t->k->n_states = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *n = list->v[i];
		t->k->states[i] = (struct pack_state){ .id = pack_node_str(n, "id"),
						       .title = pack_node_text(n, "title"),
						       .open = pack_node_flag(n, "open", false) };
		for (size_t r = 0; r < HY_COUNT(reserved); r++)
			if (hy_str_eq(reserved[r], t->k->states[i].id))
				pack_wrong(&t->b->log, t->d, pack_node_get(n, "id"),
					   "\"" HY_FMT "\" stands for several states: choose "
					   "another id",
					   HY_ARG(reserved[r]));
	}
}

/* --- moves ------------------------------------------------------------------------------ */

static uint64_t states_where(const struct pack_kind *k, bool open, bool closed)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < k->n_states; i++)
		if (k->states[i].open ? open : closed)
			bits |= UINT64_C(1) << i;
	return bits;
}

static uint64_t from_one(struct at *t, const struct pack_node *n)
{
	if (hy_str_eq(n->s, HY_S("open")))
		return states_where(t->k, true, false);
	if (hy_str_eq(n->s, HY_S("closed")))
		return states_where(t->k, false, true);
	if (hy_str_eq(n->s, HY_S("any")))
		return states_where(t->k, true, true);
	int i = index_of(t, "state", &t->states, n);
	return i < 0 ? 0 : UINT64_C(1) << i;
}

static uint64_t load_from(struct at *t, const struct pack_node *n)
{
	uint64_t bits = 0;

	if (n->kind == PACK_SCALAR)
		return from_one(t, n);
	for (size_t i = 0; i < n->n; i++)
		bits |= from_one(t, n->v[i]);
	return bits;
}

static enum pack_act load_act(struct at *t, const struct pack_node *n)
{
	const struct pack_node *said = pack_node_get(n, "act"), *id = pack_node_get(n, "id");
	enum pack_act act = pack_act_of(said ? said->s : id->s);

	if (act != PACK__ACTS)
		return act;
	struct hy_map known = { .a = t->b->tmp };
	for (int i = 0; i < PACK__ACTS; i++)
		hy_map_put(&known, hy_str_of(pack_act_names[i]), (void *)(uintptr_t)1);
	pack_wrong(&t->b->log, t->d, id,
		   "the move \"" HY_FMT "\" needs an \"act\", as its id is none" HY_FMT,
		   HY_ARG(id->s), HY_ARG(pack_near(t->b->log.a, &known, id->s)));
	return PACK_STEP;
}

static void load_fields(struct at *t, const struct pack_node *move, struct pack_move *m)
{
	const struct pack_node *lists[2] = { pack_node_get(move, "needs"),
					     pack_node_get(move, "may") };
	size_t n = (lists[0] ? lists[0]->n : 0) + (lists[1] ? lists[1]->n : 0);
	bool seen[PACK__FIELDS] = { 0 };

	m->needs = hy_new_n(t->b->a, struct pack_need, n);
	for (int l = 0; l < 2; l++) {
		for (size_t i = 0; lists[l] && i < lists[l]->n; i++) {
			const struct pack_node *at = lists[l]->v[i];
			enum pack_field f = pack_field_of(at->s);
			if (f == PACK__FIELDS)
				continue;
			if (seen[f])
				pack_wrong(&t->b->log, t->d, at,
					   "the field \"" HY_FMT "\" stands twice", HY_ARG(at->s));
			else
				m->needs[m->n_needs++] = (struct pack_need){ f, l == 0 };
			seen[f] = true;
		}
	}
}

static void load_within(struct at *t, const struct pack_node *n, struct pack_move *m)
{
	const struct pack_node *w = pack_node_get(n, "within");

	if (!w)
		return;
	m->within = pack_node_limit(w, "limit");
	m->within_of = index_get(t, "move", &t->moves, w, "of");
	m->within_roll = pack_node_flag(w, "roll", false);
}

static void load_from_to(struct at *t, const struct pack_node *n, struct pack_move *m, bool first)
{
	const struct pack_node *from = pack_node_get(n, "from");

	m->to = index_get(t, "state", &t->states, n, "to");
	if (first && from)
		pack_wrong(&t->b->log, t->d, from, "the filing move has no \"from\"");
	else if (first && !pack_node_get(n, "to"))
		pack_wrong(&t->b->log, t->d, n, "the filing move needs \"to\": the first state");
	else if (!first && !from)
		pack_wrong(&t->b->log, t->d, n,
			   "the key \"from\" is missing in a move (only the "
			   "first, filing, move has none)");
	else if (from)
		m->from = load_from(t, from);
}

static void load_move(struct at *t, const struct pack_node *n, struct pack_move *m, bool first)
{
	*m = (struct pack_move){ .id = pack_node_str(n, "id"),
				 .title = pack_node_text(n, "title"),
				 .act = load_act(t, n),
				 .to = -1,
				 .most = pack_node_int(n, "most", 0),
				 .within_of = -1,
				 .auto_clock = index_get(t, "clock", &t->clocks, n, "auto"),
				 .clause = pack_node_str(n, "clause") };
	if (first != (m->act == PACK_FILE))
		pack_wrong(&t->b->log, t->d, n,
			   first ? "the first move must be the filing move (act: file)"
				 : "only the first move may have the act \"file\"");
	pack_refer_words(t->b, PACK_ROLES, t->d, pack_node_get(n, "who"));
	m->who = pack_node_strs(t->b->a, pack_node_get(n, "who"), &m->n_who);
	load_from_to(t, n, m, first);
	load_fields(t, n, m);
	load_within(t, n, m);
	m->apart = move_bits(t, n, "apart");
}

/* --- clocks ----------------------------------------------------------------------------- */

static void load_starts(struct at *t, const struct pack_node *clock, struct pack_clock *c)
{
	const struct pack_node *list = pack_node_get(clock, "starts");

	c->starts = hy_new_n(t->b->a, struct pack_start, list->n);
	for (size_t i = 0; i < list->n; i++) {
		const struct pack_node *n = list->v[i];
		bool plain = n->kind == PACK_SCALAR;
		struct pack_start s = {
			plain ? index_of(t, "move", &t->moves, n)
			      : index_get(t, "move", &t->moves, n, "move"),
			plain ? -1 : index_get(t, "move", &t->moves, n, "back_to"),
		};
		if (s.move >= 0)
			c->starts[c->n_starts++] = s;
	}
}

static void load_by_class(struct at *t, const struct pack_node *clock, struct pack_clock *c)
{
	const struct pack_node *m = pack_node_get(clock, "by_class");

	if (!m)
		return;
	c->by_class = hy_new_n(t->b->a, struct pack_by_class, m->n / 2);
	for (size_t i = 0; i + 1 < m->n; i += 2) {
		const struct pack_rule *r =
			pack_refer(t->b, &t->b->rules, "rule", t->d, m->v[i + 1]);
		pack_refer_word(t->b, PACK_CLASSES, t->d, m->v[i]);
		if (r)
			c->by_class[c->n_by_class++] = (struct pack_by_class){ m->v[i]->s, r };
	}
}

static void load_stated(const struct pack_node *clock, struct pack_clock *c)
{
	const struct pack_node *list = pack_node_get(clock, "stated");

	for (size_t i = 0; list && i < list->n; i++) {
		if (hy_str_eq(list->v[i]->s, HY_S("limit")))
			c->stated_limit = true;
		else
			c->stated_due = true;
	}
}

static void load_clock(struct at *t, const struct pack_node *n, struct pack_clock *c)
{
	const struct pack_node *rule = pack_node_get(n, "rule"),
			       *ladder = pack_node_get(n, "ladder");

	c->id = pack_node_str(n, "id");
	c->title = pack_node_text(n, "title");
	c->holder = hy_str_eq(pack_node_str(n, "holder"), HY_S("citizen")) ? PACK_CITIZEN
									   : PACK_UNIT_HOLDS;
	c->legal = pack_node_flag(n, "legal", c->holder == PACK_CITIZEN);
	c->main = pack_node_flag(n, "main", false);
	c->rule = rule ? pack_refer(t->b, &t->b->rules, "rule", t->d, rule) : NULL;
	c->ladder = ladder ? pack_refer(t->b, &t->b->ladders, "ladder", t->d, ladder) : NULL;
	load_by_class(t, n, c);
	load_stated(n, c);
	load_starts(t, n, c);
	c->stops = move_bits(t, n, "stops");
	c->pauses = move_bits(t, n, "pauses");
	c->resumes = move_bits(t, n, "resumes");
	c->extends = move_bits(t, n, "extends");
	c->restarts = move_bits(t, n, "restarts");
}

static enum pack_identity identity_of(hy_str word)
{
	int i = PACK_IDENTITY_SEALED;

	while (i > PACK_IDENTITY_UNIT && !hy_str_eq(word, hy_str_of(pack_identity_names[i])))
		i--;
	return (enum pack_identity)i;
}

static void load_kind(struct pack_build *b, const struct pack_item *it, struct pack_kind *k,
		      struct hy_map *prefixes)
{
	struct at t = { .b = b, .d = it->doc, .n = it->node, .k = k };
	const struct pack_node *moves = pack_node_get(t.n, "moves"),
			       *clocks = pack_node_get(t.n, "clocks");
	size_t before = b->log.msgs->errors;

	*k = (struct pack_kind){ .id = it->id,
				 .prefix = pack_node_str(t.n, "prefix"),
				 .title = pack_node_text(t.n, "title"),
				 .clause = pack_node_str(t.n, "clause") };
	const struct pack_kind *other = hy_map_put(prefixes, k->prefix, k);
	if (other)
		pack_wrong(&b->log, t.d, pack_node_get(t.n, "prefix"),
			   "the prefix \"" HY_FMT "\" is already that of the kind \"" HY_FMT "\"",
			   HY_ARG(k->prefix), HY_ARG(other->id));
	index_ids(&t, "state", pack_node_get(t.n, "states"), &t.states);
	index_ids(&t, "move", moves, &t.moves);
	index_ids(&t, "clock", clocks, &t.clocks);
	load_states(&t);
	k->returns_to = index_get(&t, "state", &t.states, t.n, "returns_to");
	k->identity = identity_of(pack_node_str(t.n, "identity"));
	k->moves = hy_new_n(b->a, struct pack_move, moves->n);
	k->n_moves = moves->n;
	for (size_t i = 0; i < moves->n; i++)
		load_move(&t, moves->v[i], &k->moves[i], i == 0);
	k->clocks = hy_new_n(b->a, struct pack_clock, clocks->n);
	k->n_clocks = clocks->n;
	for (size_t i = 0; i < clocks->n; i++)
		load_clock(&t, clocks->v[i], &k->clocks[i]);
	/* With names unresolved the whole would only repeat them. */
	if (b->log.msgs->errors == before)
		pack_check_kind(b, t.d, t.n, k);
}

void pack_load_kinds(struct pack_build *b)
{
	struct hy_map prefixes = { .a = b->tmp };
	size_t n = b->kinds.list.n;

	pack_items_sort(&b->kinds);
	b->p->kinds = hy_new_n(b->a, struct pack_kind, n);
	b->p->n_kinds = n;
	for (size_t i = 0; i < n; i++) {
		struct pack_item *it = b->kinds.list.v[i];
		it->made = &b->p->kinds[i];
		load_kind(b, it, &b->p->kinds[i], &prefixes);
	}
}
