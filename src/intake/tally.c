#include "intake/tally.h"

enum { GROUPS_MOST = 1000 };

static struct intake_group *group_of(struct hy_arena *a, struct intake_tally *t, hy_str value)
{
	struct intake_group *g;

	t->by_value.a = a;
	g = hy_map_get(&t->by_value, value);
	if (g || t->groups.n >= GROUPS_MOST)
		return g;
	g = hy_new(a, struct intake_group);
	g->value = hy_str_dup(a, value);
	hy_map_put(&t->by_value, g->value, g);
	*hy_push(a, &t->groups) = g;
	return g;
}

static void count(struct intake_agreement *all, struct intake_agreement *group, bool agree)
{
	all->compared++;
	all->agree += agree;
	if (group) {
		group->compared++;
		group->agree += agree;
	}
}

void intake_tally_add(struct hy_arena *a, struct intake_tally *t, const struct intake_check *c,
		      const struct intake_plan *plan, size_t check,
		      const struct intake_applied *applied, int64_t line)
{
	const struct intake_claim *claim = &plan->claims[check];
	const struct intake_seen *seen = &applied->seen[check];
	struct intake_difference d = { .line = line,
				       .source_due = claim->due,
				       .engine_due = seen->due,
				       .source_verdict = claim->verdict,
				       .engine_verdict = seen->verdict };
	bool due = claim->on && c->due >= 0 && claim->due != HY_NO_TIME && seen->due != HY_NO_TIME;
	bool verdict = claim->on && claim->verdict != MATTER_OPEN && seen->verdict != MATTER_OPEN;
	hy_ms apart = due ? claim->due - seen->due : 0;
	bool due_ok = (apart < 0 ? -apart : apart) <= (hy_ms)c->within * 1000;
	bool verdict_ok = claim->verdict == seen->verdict;

	if (!due && !verdict)
		return;
	struct intake_group *g = c->by >= 0 ? group_of(a, t, claim->group) : NULL;
	if (due)
		count(&t->due, g ? &g->due : NULL, due_ok);
	if (verdict)
		count(&t->verdict, g ? &g->verdict : NULL, verdict_ok);
	d.is_verdict = verdict && !verdict_ok;
	if ((!due || due_ok) && !d.is_verdict)
		return;
	if (t->first.n >= INTAKE_DIFFERENCES)
		return;
	d.key = hy_str_dup(a, plan->key);
	d.code = hy_str_dup(a, hy_str_of(applied->code));
	d.group = hy_str_dup(a, claim->group);
	*hy_push(a, &t->first) = d;
}
