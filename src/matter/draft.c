#include "matter/draft.h"

#include <stdlib.h>

#include "matter/explain.h"
#include "matter/matter_json.h"
#include "people/unit.h"

/* --- looking --------------------------------------------------------------------------------- */

typedef HY_VEC(struct city_moved) moved_vec;

struct looking {
	struct hy_arena *a;
	moved_vec moved;
	HY_VEC(struct draft_unit) units;
};

static void keep(void *arg, const struct city_moved *m)
{
	struct looking *k = arg;
	size_t i = 0;

	*hy_push(k->a, &k->moved) = (struct city_moved){ .code = hy_str_dup(k->a, m->code),
							 .kind = m->kind,
							 .clock = m->clock,
							 .unit = hy_str_dup(k->a, m->unit),
							 .guard = m->guard,
							 .from = m->from,
							 .to = m->to };
	while (i < k->units.n && !hy_str_eq(k->units.v[i].unit, m->unit))
		i++;
	if (i == k->units.n)
		*hy_push(k->a, &k->units) =
			(struct draft_unit){ .unit = hy_str_dup(k->a, m->unit) };
	k->units.v[i].n++;
}

static int most_first(const void *x, const void *y)
{
	const struct draft_unit *a = x, *b = y;

	return a->n != b->n ? (a->n < b->n) - (a->n > b->n) : hy_str_cmp(a->unit, b->unit);
}

static enum hy_code name_units(struct looking *k, struct hy_db *db, struct hy_err *e)
{
	for (size_t i = 0; i < k->units.n; i++) {
		struct hy_err why = { 0 };
		struct unit u;
		enum hy_code code = k->units.v[i].unit.n
					    ? unit_by_code(k->a, db, k->units.v[i].unit, &u, &why)
					    : HY_NOT_FOUND;
		if (code && code != HY_NOT_FOUND) {
			*e = why;
			return code;
		}
		k->units.v[i].name = code ? k->units.v[i].unit : u.name;
	}
	if (k->units.n)
		qsort(k->units.v, k->units.n, sizeof(*k->units.v), most_first);
	return HY_OK;
}

/* The dates as they would be under PACK, which would hold from the next event on. */
static enum hy_code dates(struct city *c, struct hy_db *db, struct hy_arena *a,
			  const struct pack *pack, struct draft *out, struct hy_err *e)
{
	const struct matter_rules *now = city_rules(c);
	struct matter_version *v = hy_new_n(a, struct matter_version, now->n + 1);
	const struct matter_rules rules = { v, now->n + 1 };
	struct looking k = { .a = a };
	struct record_head head;
	enum hy_code code = record_head(a, db, &head, e);

	if (code)
		return code;
	memcpy(v, now->v, now->n * sizeof(*v));
	v[now->n] = (struct matter_version){ head.size, pack };
	code = matter_would_move(&rules, db, keep, &k, e);
	if (!code)
		code = name_units(&k, db, e);
	out->moved = k.moved.v;
	out->n_moved = k.moved.n;
	out->units = k.units.v;
	out->n_units = k.units.n;
	return code;
}

enum hy_code draft_look(struct city *c, struct hy_db *db, struct hy_arena *a,
			const struct draft_ask *ask, struct draft *out, struct hy_err *e)
{
	struct institution_content now;
	struct hy_err why = { 0 };
	struct pack *p = NULL, *was = NULL;
	enum hy_code code;

	*out = (struct draft){ 0 };
	code = institution_content(a, db, 0, &now, &out->base, e);
	if (code)
		return code;
	struct institution_content then = now;
	struct pack_messages ignored = { 0 };
	institution_with(a, &then, ask->packs, ask->n_packs, ask->notice);
	code = institution_build(a, &then, &out->msgs, &p, &why);
	if (code == HY_BAD_PACK)
		return HY_OK;
	if (code)
		*e = why;
	if (!code)
		code = institution_build(a, &now, &ignored, &was, e);
	if (!code && ask->n_packs)
		code = institution_trial(a, ask->packs, ask->n_packs, &out->tests, e);
	if (code)
		return code;
	out->pack = p;
	out->changes = pack_difference(a, was, p);
	return dates(c, db, a, p, out, e);
}

enum hy_code draft_notice(struct hy_arena *a, hy_str name, hy_str text, struct pack_messages *msgs,
			  int *year_out, struct pack_file *out, struct hy_err *e)
{
	struct pack_file file = { name, text };
	enum hy_code code = pack_notice_read(a, &file, year_out, msgs, e);

	if (code)
		return code;
	*out = (struct pack_file){ hy_printf(a, "calendar/notice-%d.%s", *year_out,
					     hy_str_ends(name, HY_S(".json")) ? "json" : "yaml"),
				   text };
	return HY_OK;
}

/* --- as JSON --------------------------------------------------------------------------------- */

void draft_messages_json(struct hy_json *j, const char *key, const struct pack_message *v, size_t n)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "file", v[i].file);
		hy_json_kint(j, "line", v[i].line);
		hy_json_kint(j, "column", v[i].column);
		hy_json_kstr(j, "severity", v[i].error ? HY_S("error") : HY_S("warning"));
		hy_json_kstr(j, "text", v[i].text);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void title(struct hy_json *j, const char *key, const struct pack_text *t, hy_str id)
{
	const struct pack_text plain = { id, id, id };

	matter_text_json(j, key, t ? t : &plain);
}

static void moved_json(struct hy_json *j, const struct city_moved *m, const struct pack *p)
{
	const struct pack_kind *kind = pack_kind(p, m->kind);
	int clock = kind && m->clock.n ? pack_clock_index(kind, m->clock) : -1;

	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	title(j, "kind", kind ? &kind->title : NULL, m->kind);
	title(j, "clock", clock >= 0 ? &kind->clocks[clock].title : NULL, m->clock);
	hy_json_kstr(j, "unit", m->unit);
	explain_instant(j, "from", p->calendar, m->from);
	explain_instant(j, "to", p->calendar, m->to);
	hy_json_obj_end(j);
}

static void all_moved_json(struct hy_json *j, const struct draft *d, const struct pack *p,
			   size_t most)
{
	size_t kept = 0, listed = 0;

	hy_json_kint(j, "total", (int64_t)d->n_moved);
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < d->n_units; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "unit", d->units[i].unit);
		hy_json_kstr(j, "name", d->units[i].name);
		hy_json_kint(j, "matters", d->units[i].n);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "matters");
	hy_json_arr(j);
	for (size_t i = 0; i < d->n_moved; i++) {
		if (d->moved[i].guard != PACK_NORMAL)
			kept++;
		else if (listed++ < most)
			moved_json(j, &d->moved[i], p);
	}
	hy_json_arr_end(j);
	hy_json_kint(j, "kept", (int64_t)kept);
	hy_json_kbool(j, "more", listed > most);
}

void draft_json(struct hy_json *j, const struct draft *d, const struct city *c, size_t most)
{
	const struct pack *p = d->pack ? d->pack : matter_rules_now(city_rules(c));

	hy_json_kbool(j, "good", draft_good(d));
	hy_json_kint(j, "base", d->base);
	hy_json_kstr(j, "pack", d->pack ? p->name : HY_S(""));
	hy_json_kstr(j, "pack_version", d->pack ? p->version : HY_S(""));
	hy_json_kstr(j, "hash", d->pack ? p->hash : HY_S(""));
	if (d->year)
		hy_json_kint(j, "year", d->year);
	else
		hy_json_knull(j, "year");
	draft_messages_json(j, "messages", d->msgs.v, d->msgs.n);
	hy_json_key(j, "tests");
	hy_json_obj(j);
	hy_json_kint(j, "passed", (int64_t)d->tests.passed);
	hy_json_kint(j, "failed", (int64_t)d->tests.failed);
	draft_messages_json(j, "failures", d->tests.failures, d->tests.n_failures);
	hy_json_obj_end(j);
	hy_json_key(j, "changes");
	hy_json_arr(j);
	for (size_t i = 0; i < d->changes.n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "area", d->changes.v[i].area);
		hy_json_kstr(j, "id", d->changes.v[i].id);
		matter_text_json(j, "text", &d->changes.v[i].text);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "moved");
	hy_json_obj(j);
	all_moved_json(j, d, p, most);
	hy_json_obj_end(j);
}
