/* load_rules -- lists of words, time limits and ladders. */
#include "pack/build.h"
#include "pack/field.h"
#include "pack/permission.h"

static int word_index(const char *const *words, hy_str word)
{
	for (int i = 0; words[i]; i++)
		if (hy_str_eq(word, hy_str_of(words[i])))
			return i;
	return 0;
}

static void load_role(const struct pack_node *n, struct pack_word *w)
{
	const struct pack_node *may = pack_node_get(n, "may");

	for (size_t i = 0; may && i < may->n; i++)
		w->may |= PERMISSION_BIT(permission_of(may->v[i]->s));
	w->reach = word_index(pack_reach_names, pack_node_str(n, "reach"));
	w->clearance = word_index(pack_guard_names, pack_node_str(n, "clearance"));
	w->oversees = pack_node_flag(n, "oversees", false);
	w->sensitive = pack_node_flag(n, "sensitive", false);
}

void pack_load_lists(struct pack_build *b)
{
	for (int i = 0; i < PACK__LISTS; i++) {
		const struct pack_items *items = &b->lists[i];
		struct pack_words *to = &b->p->lists[i];
		to->v = hy_new_n(b->a, struct pack_word, items->list.n);
		for (size_t k = 0; k < items->list.n; k++) {
			struct pack_item *it = items->list.v[k];
			struct pack_word *w = &to->v[to->n++];
			*w = (struct pack_word){ .id = it->id,
						 .title = pack_node_text(it->node, "title"),
						 .clause = pack_node_str(it->node, "clause"),
						 .outcome = pack_node_str(it->node, "outcome") };
			if (i == PACK_ROLES)
				load_role(it->node, w);
			it->made = w;
		}
	}
}

/* --- rules ------------------------------------------------------------------------------ */

static void load_values(struct pack_build *b, const struct pack_item *it, struct pack_rule *r)
{
	const struct pack_node *list = pack_node_get(it->node, "values");
	struct pack_dated *d = hy_new_n(b->tmp, struct pack_dated, list->n);

	for (size_t i = 0; i < list->n; i++)
		d[i] = pack_dated_read(b, it->doc, list->v[i]);
	pack_dated_order(b, "value", d, list->n);
	r->values = hy_new_n(b->a, struct pack_value, list->n);
	r->n_values = list->n;
	for (size_t i = 0; i < list->n; i++)
		r->values[i] = d[i].v;
}

static void load_cutoff(struct pack_build *b, const struct pack_item *it, struct pack_rule *r)
{
	const struct pack_node *n = pack_node_get(it->node, "cutoff");

	if (!n)
		return;
	if (!pack_time_read(pack_node_str(n, "at"), &r->cutoff) || r->cutoff == 0)
		pack_wrong(&b->log, it->doc, n, "\"at\" must be after 00:00");
	if (pack_node_get(n, "to") && !pack_time_read(pack_node_str(n, "to"), &r->cutoff_to))
		pack_wrong(&b->log, it->doc, n, "\"to\" cannot be read");
	pack_refer_words(b, PACK_CHANNELS, it->doc, pack_node_get(n, "channels"));
	r->cutoff_channels =
		pack_node_strs(b->a, pack_node_get(n, "channels"), &r->n_cutoff_channels);
}

static void load_extension(struct pack_build *b, const struct pack_item *it, struct pack_rule *r)
{
	const struct pack_node *n = pack_node_get(it->node, "extension");

	if (!n)
		return;
	r->extension = pack_node_limit(n, "limit");
	r->extensions = pack_node_int(n, "times", 1);
	r->extension_approver = pack_node_str(n, "approver");
	r->extension_clause = pack_node_str(n, "clause");
	pack_refer_word(b, PACK_ROLES, it->doc, pack_node_get(n, "approver"));
	for (size_t i = 0; i < r->n_values; i++) {
		const struct pack_value *v = &r->values[i];
		if (v->limit.n == 0 || v->limit.unit == r->extension.unit)
			continue;
		pack_wrong(&b->log, it->doc, pack_node_get(n, "limit"),
			   "an extension counts like its limit: " HY_FMT " and " HY_FMT
			   " have different units",
			   HY_ARG(hy_limit_text(b->tmp, r->extension)),
			   HY_ARG(hy_limit_text(b->tmp, v->limit)));
		return;
	}
}

static void load_rule(struct pack_build *b, const struct pack_item *it, struct pack_rule *r)
{
	const struct pack_node *n = it->node, *pause = pack_node_get(n, "pause");

	*r = (struct pack_rule){
		.id = it->id,
		.title = pack_node_text(n, "title"),
		.from = pack_node_text(n, "from"),
		.to = pack_node_text(n, "to"),
		.source = pack_node_str(n, "source"),
		.roll = pack_node_flag(n, "roll", false),
		.keep_time = pack_node_flag(n, "keep_time", false),
		.office_end = pack_node_flag(n, "office_end", false),
		.start_on_workday = pack_node_flag(n, "start_on_workday", false),
	};
	if (r->keep_time && r->office_end)
		pack_wrong(&b->log, it->doc, pack_node_get(n, "office_end"),
			   "\"keep_time\" and \"office_end\" exclude each other");
	load_values(b, it, r);
	load_cutoff(b, it, r);
	load_extension(b, it, r);
	if (pause) {
		const struct pack_node *grounds = pack_node_get(pause, "grounds");
		pack_refer_words(b, PACK_PAUSE_GROUNDS, it->doc, grounds);
		r->pauses = pack_node_strs(b->a, grounds, &r->n_pauses);
		r->pause_clause = pack_node_str(pause, "clause");
	}
}

void pack_load_rules(struct pack_build *b)
{
	size_t n = b->rules.list.n;

	pack_items_sort(&b->rules);
	b->p->rules = hy_new_n(b->a, struct pack_rule, n);
	b->p->n_rules = n;
	for (size_t i = 0; i < n; i++) {
		struct pack_item *it = b->rules.list.v[i];
		it->made = &b->p->rules[i];
		load_rule(b, it, &b->p->rules[i]);
	}
}

/* --- ladders ---------------------------------------------------------------------------- */

static enum hy_light light_of(hy_str name)
{
	int i = 0;

	while (i < HY_LIGHT_RED && !hy_str_eq(name, hy_str_of(pack_light_names[i])))
		i++;
	return (enum hy_light)i;
}

static struct pack_step load_step(struct pack_build *b, const struct pack_doc *d,
				  const struct pack_node *n)
{
	struct pack_step s = { .step = { .light = light_of(pack_node_str(n, "light")),
					 .percent = pack_node_int(n, "percent", 0),
					 .before = pack_node_limit(n, "before"),
					 .due = pack_node_flag(n, "overdue", false),
					 .after = pack_node_limit(n, "after"),
					 .pledged = hy_str_eq(pack_node_str(n, "of"),
							      HY_S("pledged")) },
			       .severity = pack_node_int(n, "severity", 0) };

	bool at_start = pack_node_flag(n, "at_start", false), timed;
	timed = s.step.percent || s.step.before.n || s.step.after.n || s.step.due;
	if (!timed && !at_start)
		pack_wrong(&b->log, d, n,
			   "a step needs one of at_start: true, percent, before, overdue: true, "
			   "after");
	if (timed && at_start)
		pack_wrong(&b->log, d, n,
			   "a step at the start has no percent, before, overdue or after");
	pack_refer_words(b, PACK_ROLES, d, pack_node_get(n, "tell"));
	s.tell = pack_node_strs(b->a, pack_node_get(n, "tell"), &s.n_tell);
	return s;
}

void pack_load_ladders(struct pack_build *b)
{
	struct pack_ladder *all = hy_new_n(b->a, struct pack_ladder, b->ladders.list.n);

	for (size_t i = 0; i < b->ladders.list.n; i++) {
		struct pack_item *it = b->ladders.list.v[i];
		const struct pack_node *steps = pack_node_get(it->node, "steps");
		struct pack_ladder *l = it->made = &all[i];
		l->id = it->id;
		l->n_steps = steps->n;
		l->steps = hy_new_n(b->a, struct pack_step, steps->n);
		l->plain = hy_new_n(b->a, struct hy_step, steps->n);
		for (size_t k = 0; k < steps->n; k++) {
			l->steps[k] = load_step(b, it->doc, steps->v[k]);
			l->plain[k] = l->steps[k].step;
		}
	}
}
