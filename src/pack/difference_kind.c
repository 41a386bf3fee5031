/* What would change in a kind of matters: its states, moves and clocks. */
#include "pack/difference_part.h"

#include "pack/field.h"

/* The same kind as it was and as it would be. */
struct pair {
	const struct pack_kind *was, *now;
};

static hy_str kind_label(const struct diff *w, const struct pack_kind *k)
{
	static diff_words label = { "事项种类“{1}”", "事項種類「{1}」", "kind “{1}”" };

	return DIFF_FILL(w, label, diff_said(w, &k->title));
}

static hy_str part_label(const struct diff *w, diff_words label, const struct pack_kind *k,
			 const struct pack_text *title)
{
	return DIFF_FILL(w, label, diff_said(w, &k->title), diff_said(w, title));
}

static hy_str part_id(const struct diff *w, const struct pack_kind *k, hy_str id)
{
	return hy_printf(w->a, HY_FMT "/" HY_FMT, HY_ARG(k->id), HY_ARG(id));
}

/* Are the states (or moves) of X that the bits name those of Y? */
static bool same_bits(const struct pack_kind *x, uint64_t bx, const struct pack_kind *y,
		      uint64_t by, bool moves)
{
	size_t nx = moves ? x->n_moves : x->n_states;
	uint64_t found = 0;

	for (size_t i = 0; i < nx; i++) {
		if (!(bx >> i & 1))
			continue;
		int at = moves ? pack_move_index(y, x->moves[i].id)
			       : pack_state_index(y, x->states[i].id);
		if (at < 0 || !(by >> at & 1))
			return false;
		found |= (uint64_t)1 << at;
	}
	return found == by;
}

static hy_str bits_said(const struct diff *w, const struct pack_kind *k, uint64_t bits, bool moves)
{
	struct hy_buf b = hy_buf_on(w->a);
	size_t n = moves ? k->n_moves : k->n_states;

	for (size_t i = 0; i < n; i++)
		if (bits >> i & 1)
			diff_part(w, &b,
				  diff_said(w, moves ? &k->moves[i].title : &k->states[i].title));
	return hy_buf_str(&b);
}

static void if_bits(struct diff *w, const struct diff_owner *o, diff_words what,
		    const struct pair *k, uint64_t was, uint64_t now, bool moves)
{
	if (!same_bits(k->was, was, k->now, now, moves))
		diff_changed(w, o, what, bits_said(w, k->was, was, moves),
			     bits_said(w, k->now, now, moves));
}

static hy_str state_said(const struct diff *w, const struct pack_kind *k, int state)
{
	return state < 0 ? HY_S("") : diff_said(w, &k->states[state].title);
}

static hy_str state_id(const struct pack_kind *k, int state)
{
	return state < 0 ? HY_S("") : k->states[state].id;
}

/* The fields of a move, as they are called to people. */
static hy_str needs_said(const struct diff *w, const struct pack_move *m, bool required)
{
	struct hy_buf b = hy_buf_on(w->a);

	for (size_t i = 0; i < m->n_needs; i++)
		if (m->needs[i].required == required)
			diff_part(w, &b, diff_said(w, &pack_field_titles[m->needs[i].field]));
	return hy_buf_str(&b);
}

static uint64_t needs_bits(const struct pack_move *m, bool required)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < m->n_needs; i++)
		if (m->needs[i].required == required)
			bits |= (uint64_t)1 << m->needs[i].field;
	return bits;
}

static void one_move(struct diff *w, const struct pair *k, const struct pack_move *was,
		     const struct pack_move *now, hy_str label)
{
	static diff_words who = { "由谁办理", "由誰辦理", "who may make it" };
	static diff_words from = { "从哪些状态", "從哪些狀態", "from which states" };
	static diff_words to = { "办后状态", "辦後狀態", "the state afterwards" };
	static diff_words needs = { "必填", "必填", "needed" };
	static diff_words may = { "可填", "可填", "optional" };
	static diff_words most = { "最多次数", "最多次數", "how often at most" };
	static diff_words within = { "须在多久之内", "須在多久之內", "within how long" };
	static diff_words clause = { "依据", "依據", "the clause" };
	struct diff_owner o = { "move", part_id(w, k->now, now->id), label };

	diff_if_title(w, &o, &was->title, &now->title);
	diff_if_words(w, &o, who, PACK_ROLES, was->who, was->n_who, now->who, now->n_who);
	if_bits(w, &o, from, k, was->from, now->from, false);
	if (!hy_str_eq(state_id(k->was, was->to), state_id(k->now, now->to)))
		diff_changed(w, &o, to, state_said(w, k->was, was->to),
			     state_said(w, k->now, now->to));
	if (needs_bits(was, true) != needs_bits(now, true))
		diff_changed(w, &o, needs, needs_said(w, was, true), needs_said(w, now, true));
	if (needs_bits(was, false) != needs_bits(now, false))
		diff_changed(w, &o, may, needs_said(w, was, false), needs_said(w, now, false));
	diff_if_count(w, &o, most, was->most, now->most);
	diff_if_limit(w, &o, within, was->within, now->within);
	diff_if_text(w, &o, clause, was->clause, now->clause);
}

static void moves(struct diff *w, const struct pair *k)
{
	static diff_words label = { "“{1}”的步骤“{2}”", "「{1}」的步驟「{2}」",
				    "move “{2}” of “{1}”" };

	for (size_t i = 0; i < k->now->n_moves; i++) {
		const struct pack_move *m = &k->now->moves[i];
		int at = pack_move_index(k->was, m->id);
		hy_str name = part_label(w, label, k->now, &m->title);
		if (at >= 0)
			one_move(w, k, &k->was->moves[at], m, name);
		else
			diff_added(w, "move", part_id(w, k->now, m->id), name);
	}
	for (size_t i = 0; i < k->was->n_moves; i++) {
		const struct pack_move *m = &k->was->moves[i];
		if (pack_move_index(k->now, m->id) < 0)
			diff_removed(w, "move", part_id(w, k->was, m->id),
				     part_label(w, label, k->was, &m->title));
	}
}

static void states(struct diff *w, const struct pair *k)
{
	static diff_words label = { "“{1}”的状态“{2}”", "「{1}」的狀態「{2}」",
				    "state “{2}” of “{1}”" };
	static diff_words open = { "算未办结", "算未辦結", "counts as open" };

	for (size_t i = 0; i < k->now->n_states; i++) {
		const struct pack_state *s = &k->now->states[i];
		int at = pack_state_index(k->was, s->id);
		hy_str name = part_label(w, label, k->now, &s->title);
		struct diff_owner o = { "kind", part_id(w, k->now, s->id), name };
		if (at < 0) {
			diff_added(w, "kind", o.id, name);
			continue;
		}
		diff_if_title(w, &o, &k->was->states[at].title, &s->title);
		diff_if_flag(w, &o, open, k->was->states[at].open, s->open);
	}
	for (size_t i = 0; i < k->was->n_states; i++) {
		const struct pack_state *s = &k->was->states[i];
		if (pack_state_index(k->now, s->id) < 0)
			diff_removed(w, "kind", part_id(w, k->was, s->id),
				     part_label(w, label, k->was, &s->title));
	}
}

static bool same_ladder(const struct pack_ladder *x, const struct pack_ladder *y)
{
	if (!x || !y)
		return x == y;
	bool same = x->n_steps == y->n_steps;
	for (size_t i = 0; same && i < x->n_steps; i++) {
		const struct pack_step *p = &x->steps[i], *q = &y->steps[i];
		same = p->step.light == q->step.light && p->step.percent == q->step.percent &&
		       diff_same_limit(p->step.before, q->step.before) &&
		       p->step.due == q->step.due &&
		       diff_same_limit(p->step.after, q->step.after) &&
		       p->step.pledged == q->step.pledged && p->severity == q->severity &&
		       diff_same_set(p->tell, p->n_tell, q->tell, q->n_tell);
	}
	return same;
}

static bool same_pledges(const struct pack_clock *x, const struct pack_clock *y)
{
	bool same = x->n_pledges == y->n_pledges;

	for (size_t i = 0; same && i < x->n_pledges; i++)
		same = hy_str_eq(x->pledges[i].cls, y->pledges[i].cls) &&
		       x->pledges[i].value.from == y->pledges[i].value.from &&
		       diff_same_limit(x->pledges[i].value.limit, y->pledges[i].value.limit);
	return same;
}

static hy_str pledges_said(const struct diff *w, const struct pack *p, const struct pack_clock *c)
{
	struct hy_buf b = hy_buf_on(w->a);

	for (size_t i = 0; i < c->n_pledges; i++) {
		const struct pack_word *cls = pack_word(p, PACK_CLASSES, c->pledges[i].cls);
		hy_str value = diff_values_said(w, &c->pledges[i].value, 1);
		diff_part(w, &b,
			  cls ? hy_printf(w->a, HY_FMT " " HY_FMT,
					  HY_ARG(diff_said(w, &cls->title)), HY_ARG(value))
			      : value);
	}
	return hy_buf_str(&b);
}

static uint64_t starts_of(const struct pack_clock *c)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < c->n_starts; i++)
		bits |= (uint64_t)1 << c->starts[i].move;
	return bits;
}

static void clock_moves(struct diff *w, const struct diff_owner *o, const struct pair *k,
			const struct pack_clock *was, const struct pack_clock *now)
{
	static diff_words starts = { "由哪些步骤起算", "由哪些步驟起算", "what starts it" };
	static diff_words stops = { "由哪些步骤停止", "由哪些步驟停止", "what stops it" };
	static diff_words pauses = { "由哪些步骤中止", "由哪些步驟中止", "what pauses it" };
	static diff_words resumes = { "由哪些步骤恢复", "由哪些步驟恢復", "what lets it go on" };
	static diff_words extends = { "由哪些步骤延长", "由哪些步驟延長", "what extends it" };
	static diff_words restarts = { "由哪些步骤重新起算", "由哪些步驟重新起算",
				       "what restarts it" };

	if_bits(w, o, starts, k, starts_of(was), starts_of(now), true);
	if_bits(w, o, stops, k, was->stops, now->stops, true);
	if_bits(w, o, pauses, k, was->pauses, now->pauses, true);
	if_bits(w, o, resumes, k, was->resumes, now->resumes, true);
	if_bits(w, o, extends, k, was->extends, now->extends, true);
	if_bits(w, o, restarts, k, was->restarts, now->restarts, true);
}

static void one_clock(struct diff *w, const struct pair *k, const struct pack_clock *was,
		      const struct pack_clock *now, hy_str label)
{
	static diff_words rule = { "适用时限", "適用時限", "the limit" };
	static diff_words legal = { "决定灯和到期日", "決定燈和到期日",
				    "decides light and due date" };
	static diff_words ladder = { "预警阶梯", "預警階梯", "the ladder of lights" };
	static diff_words old = { "原阶梯", "原階梯", "the old one" };
	static diff_words new = { "新阶梯", "新階梯", "a new one" };
	static diff_words pledged = { "承诺时限", "承諾時限", "the pledged limit" };
	struct diff_owner o = { "clock", part_id(w, k->now, now->id), label };
	hy_str r_was = was->rule ? was->rule->id : HY_S(""),
	       r_now = now->rule ? now->rule->id : HY_S("");

	diff_if_title(w, &o, &was->title, &now->title);
	if (!hy_str_eq(r_was, r_now))
		diff_changed(w, &o, rule, was->rule ? diff_said(w, &was->rule->title) : r_was,
			     now->rule ? diff_said(w, &now->rule->title) : r_now);
	diff_if_flag(w, &o, legal, was->legal, now->legal);
	if (!same_ladder(was->ladder, now->ladder))
		diff_changed(w, &o, ladder, diff_word(w, old), diff_word(w, new));
	if (!same_pledges(was, now))
		diff_changed(w, &o, pledged, pledges_said(w, w->was, was),
			     pledges_said(w, w->now, now));
	clock_moves(w, &o, k, was, now);
}

static void clocks(struct diff *w, const struct pair *k)
{
	static diff_words label = { "“{1}”的时钟“{2}”", "「{1}」的時鐘「{2}」",
				    "clock “{2}” of “{1}”" };

	for (size_t i = 0; i < k->now->n_clocks; i++) {
		const struct pack_clock *c = &k->now->clocks[i];
		int at = pack_clock_index(k->was, c->id);
		hy_str name = part_label(w, label, k->now, &c->title);
		if (at >= 0)
			one_clock(w, k, &k->was->clocks[at], c, name);
		else
			diff_added(w, "clock", part_id(w, k->now, c->id), name);
	}
	for (size_t i = 0; i < k->was->n_clocks; i++) {
		const struct pack_clock *c = &k->was->clocks[i];
		if (pack_clock_index(k->now, c->id) < 0)
			diff_removed(w, "clock", part_id(w, k->was, c->id),
				     part_label(w, label, k->was, &c->title));
	}
}

void diff_kinds(struct diff *w)
{
	static diff_words prefix = { "编号前缀", "編號字首", "the prefix of codes" };
	static diff_words identity = { "谁能看到反映人", "誰能看到反映人", "who reads who filed" };
	static diff_words clause = { "依据", "依據", "the clause" };

	for (size_t i = 0; i < w->now->n_kinds; i++) {
		struct pair k = { pack_kind(w->was, w->now->kinds[i].id), &w->now->kinds[i] };
		struct diff_owner o = { "kind", k.now->id, kind_label(w, k.now) };
		if (!k.was) {
			diff_added(w, "kind", k.now->id, o.name);
			continue;
		}
		diff_if_title(w, &o, &k.was->title, &k.now->title);
		diff_if_text(w, &o, prefix, k.was->prefix, k.now->prefix);
		diff_if_text(w, &o, clause, k.was->clause, k.now->clause);
		diff_if_text(w, &o, identity, hy_str_of(pack_identity_names[k.was->identity]),
			     hy_str_of(pack_identity_names[k.now->identity]));
		states(w, &k);
		moves(w, &k);
		clocks(w, &k);
	}
	for (size_t i = 0; i < w->was->n_kinds; i++)
		if (!pack_kind(w->now, w->was->kinds[i].id))
			diff_removed(w, "kind", w->was->kinds[i].id,
				     kind_label(w, &w->was->kinds[i]));
}
