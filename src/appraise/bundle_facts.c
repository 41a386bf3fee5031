/* Cases from the events of a bundle: the facts of each follow from what the log says of it.
 *
 * A matter is folded from the public part of its events alone, under the institution that held, as
 * the city itself folds it; a card has the colour and the day with which it was raised, unless it
 * was annulled. */
#include <stdlib.h>

#include "appraise/bundle_part.h"
#include "matter/city.h"

struct subject {
	hy_str name;
	HY_VEC(struct record_event) events;
};

/* Those of the log up to the freezing, by subject. */
static enum hy_code by_subject(const struct checking *k, int64_t until, struct hy_map *out,
			       struct hy_err *e)
{
	*out = (struct hy_map){ .a = k->a };
	for (size_t i = 0; i < k->log.n && k->log.v[i].idx < until; i++) {
		const struct record_event *ev = &k->log.v[i];
		if (!hy_str_starts(ev->subject, HY_S("matter/")) &&
		    !hy_str_starts(ev->subject, HY_S("card/")))
			continue;
		struct subject *s = hy_map_get(out, ev->subject);
		if (!s) {
			s = hy_new(k->a, struct subject);
			s->name = ev->subject;
			hy_map_put(out, s->name, s);
		}
		if (ev->seq != (int64_t)s->events.n + 1)
			return hy_fail(e, HY_TAMPERED, "", "an event of " HY_FMT " is left out",
				       HY_ARG(hy_str_head(s->name, 60)));
		*hy_push(k->a, &s->events) = *ev;
	}
	return HY_OK;
}

static bool in_period(const struct period *p, hy_ms at)
{
	return at >= p->from && at < p->until;
}

static facts card_facts_of(const struct subject *s, const struct period *p)
{
	static const struct {
		hy_str level;
		enum fact fact;
	} levels[] = { { HY_S_INIT("warning"), FACT_CARD_WARNING },
		       { HY_S_INIT("yellow"), FACT_CARD_YELLOW },
		       { HY_S_INIT("red"), FACT_CARD_RED } };
	const json_t *raised = s->events.v[0].data;
	facts f = 0;

	for (size_t i = 0; i < HY_COUNT(levels); i++)
		if (hy_str_eq(hy_json_get(raised, "level"), levels[i].level))
			f = FACT_BIT(levels[i].fact);
	if (!in_period(p, hy_json_get_int(raised, "since", 0)))
		return 0;
	for (size_t i = 0; i < s->events.n; i++)
		if (hy_str_eq(s->events.v[i].move, HY_S("decide")) &&
		    !json_is_true(json_object_get(s->events.v[i].data, "upheld")))
			return 0;
	return f;
}

static bool same_numbers(const struct numbers *x, const struct numbers *y)
{
	return memcmp(x->of, y->of, sizeof(x->of)) == 0;
}

/* Whose it is, as far as the bundle can tell: of an appraised unit itself, not of one below. */
static bool whose(const struct round_inputs *in, const struct round_fact *c, hy_str unit)
{
	for (size_t i = 0; i < in->n; i++)
		if (hy_str_eq(in->units[i].code, unit))
			return i == c->unit;
	return unit.n > 0;
}

static enum hy_code wrong(struct hy_err *e, const struct round_fact *c, const char *what)
{
	return hy_fail(e, HY_TAMPERED, "", "the case " HY_FMT ": %s", HY_ARG(c->code), what);
}

static enum hy_code check_card(const struct checking *k, const struct round_fact *c,
			       const struct subject *s, const struct period *p, struct hy_err *e)
{
	static const struct numbers none = { { -1, -1 } };

	if (c->facts == 0 || c->facts != card_facts_of(s, p) || !same_numbers(&c->numbers, &none))
		return wrong(e, c, "it is not what its events in the log make of it");
	return whose(&k->in, c, hy_json_get(s->events.v[0].data, "unit"))
		       ? HY_OK
		       : wrong(e, c, "its events in the log say another unit");
}

static enum hy_code check_matter(const struct checking *k, const struct round_fact *c,
				 const struct subject *s, const struct period *p, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct matter *m = NULL;
	enum hy_code code = matter_of_log(a, &k->rules, c->code, s->events.v, s->events.n, &m, e);

	if (code)
		return code;
	const struct fact_row r = fact_row_of(m);
	facts f = facts_of(&r, *p, &k->pack->lists[PACK_DECLINE_GROUNDS], k->in.at);
	struct numbers n = facts_numbers(k->pack->calendar, &r);
	if (f != c->facts)
		return wrong(e, c, "its facts do not follow from its events in the log");
	if (!same_numbers(&n, &c->numbers))
		return wrong(e, c, "its days and counts do not follow from its events in the log");
	return whose(&k->in, c, m->unit) ? HY_OK
					 : wrong(e, c, "its events in the log say another unit");
}

enum hy_code bundle_facts(struct checking *k, struct hy_err *e)
{
	const struct hy_zone *zone = hy_calendar_zone(k->pack->calendar);
	const struct period p = { hy_instant(zone, k->in.from, 0),
				  hy_instant(zone, k->in.to + 1, 0) };
	struct hy_map subjects;
	enum hy_code code = by_subject(k, k->in.log ? k->in.log : k->frozen->idx, &subjects, e);

	for (size_t i = 0; !code && i < k->in.n_facts; i++) {
		const struct round_fact *c = &k->in.facts[i];
		const struct subject *s =
			hy_map_get(&subjects, hy_printf(k->a, "matter/" HY_FMT, HY_ARG(c->code)));
		const struct subject *card =
			s ? NULL
			  : hy_map_get(&subjects, hy_printf(k->a, "card/" HY_FMT, HY_ARG(c->code)));
		if (s)
			code = check_matter(k, c, s, &p, e);
		else if (card)
			code = check_card(k, c, card, &p, e);
		else
			code = wrong(e, c, "the bundle has no event of it");
	}
	return code;
}
