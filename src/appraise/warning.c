/* What a unit stands to lose. */
#include "appraise/warning.h"

#include <stdlib.h>

#include "appraise/appraise_json.h"
#include "appraise/otherwise.h"
#include "appraise/round_part.h"
#include "matter/city.h"
#include "matter/explain.h"
#include "matter/matter_json.h"

enum { CASES_SHOWN = 20 };

/* --- what is lost -------------------------------------------------------------------------------
 */

struct summing {
	struct warning *w;
	struct hy_map by_code; /* index + 1 in .w->cases */
};

/* A case that costs points in several lines stands once, with their sum. */
static void add_cases(struct summing *s, const struct loss_line *l)
{
	struct hy_arena *a = s->w->x.k.a;

	for (size_t i = 0; i < l->n && l->v[i].lost; i++) {
		size_t at = (uintptr_t)hy_map_get(&s->by_code, l->v[i].code);
		if (!at) {
			*hy_push(a, &s->w->cases) = l->v[i];
			hy_map_put(&s->by_code, l->v[i].code, (void *)(uintptr_t)s->w->cases.n);
			continue;
		}
		struct round_case *k = &s->w->cases.v[at - 1];
		k->points += l->v[i].points;
		if (!k->post.n)
			k->post = l->v[i].post;
	}
}

static enum hy_code add_indicators(struct summing *s, struct hy_err *e)
{
	struct warning *w = s->w;
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < w->x.k.s->n_indicators; i++) {
		const struct pack_indicator *in = &w->x.k.s->indicators[i];
		int64_t lost = hy_json_get_int(explaining_node(&w->x, in), "lost", 0);
		struct loss_line l;
		if (in->source == PACK_NO_SOURCE || lost <= 0)
			continue;
		code = explaining_indicator(&w->x, in, 0, &l, e);
		if (code)
			return code;
		add_cases(s, &l);
		w->lost += lost;
		*hy_push(w->x.k.a, &w->lines) =
			(struct warning_line){ in->id, &in->title, false, lost, l.lost };
	}
	return code;
}

static enum hy_code add_deductions(struct summing *s, struct hy_err *e)
{
	struct warning *w = s->w;
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < w->x.k.s->n_adjusts; i++) {
		const struct pack_adjust *d = &w->x.k.s->adjusts[i];
		int64_t points = hy_json_get_int(explaining_times(&w->x, d), "points", 0);
		struct loss_line l;
		/* what is taken from an indicator's points is lost there */
		if (d->kind != PACK_DEDUCTION || d->indicator >= 0 || points <= 0)
			continue;
		code = explaining_adjust(&w->x, d, 0, &l, e);
		if (code)
			return code;
		add_cases(s, &l);
		w->lost += points;
		*hy_push(w->x.k.a, &w->lines) =
			(struct warning_line){ d->id, &d->title, true, points, l.lost };
	}
	return code;
}

/* --- what is about to be ------------------------------------------------------------------------
 */

static bool is_near(const struct round_fact *f)
{
	return otherwise_can(f, OTHERWISE_LATE) &&
	       (f->facts & (FACT_BIT(FACT_YELLOW) | FACT_BIT(FACT_ORANGE)));
}

/* All of them late together: shares and caps are no sum of single cases. */
static enum hy_code add_near(struct warning *w, struct hy_err *e)
{
	struct hy_arena *a = w->x.k.a;
	struct round_fact *v = hy_new_n(a, struct round_fact, w->x.losses.n + 1);
	HY_VEC(size_t) near = { 0 };
	json_t *result = NULL;
	hy_str text;

	for (size_t i = 0; i < w->x.losses.n; i++) {
		const struct round_fact *f = losses_fact(&w->x.losses, i);
		v[i] = is_near(f) ? otherwise_made(f, OTHERWISE_LATE, NULL) : *f;
		if (is_near(f))
			*hy_push(a, &near) = i;
	}
	w->near = near.n;
	if (near.n == 0)
		return HY_OK;
	enum hy_code code = losses_tell(&w->x.losses, near.v, near.n, e);
	for (size_t i = 0; !code && i < near.n; i++)
		if (losses_seen(&w->x.losses, near.v[i]))
			*hy_push(a, &w->soon) = (struct round_case){
				.code = losses_fact(&w->x.losses, near.v[i])->code,
				.title = losses_title(&w->x.losses, near.v[i]),
				.due_at = losses_due_at(&w->x.losses, near.v[i]),
				.answered_at = HY_NO_TIME
			};
	if (!code)
		code = otherwise_result(a, &w->x.k.in, 0, v, w->x.losses.n, &text, e);
	if (!code)
		code = hy_json_read(a, text, &result, e);
	if (code)
		return code;
	const json_t *then = json_array_get(json_object_get(result, "units"), 0);
	w->near_points =
		hy_json_get_int(w->x.score, "total", 0) - hy_json_get_int(then, "total", 0);
	return HY_OK;
}

/* --- one round ----------------------------------------------------------------------------------
 */

static int most_lost(const void *x, const void *y)
{
	const struct warning_line *a = x, *b = y;

	return (a->lost < b->lost) - (a->lost > b->lost);
}

static int most_points(const void *x, const void *y)
{
	const struct round_case *a = x, *b = y;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	return hy_str_cmp(a->code, b->code);
}

static int first_due(const void *x, const void *y)
{
	const struct round_case *a = x, *b = y;

	if (a->due_at != b->due_at)
		return a->due_at < b->due_at ? -1 : 1;
	return hy_str_cmp(a->code, b->code);
}

static enum hy_code warn(struct warning *w, struct hy_err *e)
{
	struct summing s = { .w = w, .by_code = { .a = w->x.k.a } };
	enum hy_code code = add_indicators(&s, e);

	if (!code)
		code = add_deductions(&s, e);
	if (!code)
		code = add_near(w, e);
	if (w->lines.n)
		qsort(w->lines.v, w->lines.n, sizeof(*w->lines.v), most_lost);
	if (w->cases.n)
		qsort(w->cases.v, w->cases.n, sizeof(*w->cases.v), most_points);
	if (w->soon.n)
		qsort(w->soon.v, w->soon.n, sizeof(*w->soon.v), first_due);
	w->n_cases = w->x.losses.beyond_cases + (int64_t)w->cases.n;
	return code;
}

/* *APPRAISED_OUT: R appraises the unit, or one above it. */
static enum hy_code look(struct hy_arena *a, struct city *c, struct hy_db *db,
			 const struct round *r, hy_str unit, const struct actor *who,
			 struct warning *out, bool *appraised_out, struct hy_err *e)
{
	const struct loss_reader reader = { .who = who };
	struct round_version *v = hy_new(a, struct round_version);
	struct round_inputs in;
	enum hy_code code = round_measure_unit(a, c, db, r, city_now(c), unit, &in, e);

	*appraised_out = !code && in.n > 0;
	if (!*appraised_out)
		return code;
	code = round_score(a, &in, v, e);
	if (!code)
		code = explaining_measured(a, c, db, r, v, &in, &reader, &out->x, e);
	return code ? code : warn(out, e);
}

enum hy_code warnings_of(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str unit,
			 const struct actor *who, struct warning **out, size_t *n_out,
			 struct hy_err *e)
{
	HY_VEC(struct warning) v = { 0 };
	struct round *rounds = NULL;
	struct unit there;
	size_t n = 0;
	enum hy_code code = unit_by_code(a, db, unit, &there, e);

	if (!code)
		code = round_list(a, db, &rounds, &n, e);
	for (size_t i = 0; !code && i < n; i++) {
		struct warning w = { 0 };
		bool appraised;
		/* a scheme that is in force no more has nothing to warn of */
		if (rounds[i].state != ROUND_OPEN || !pack_scheme(city_pack(c), rounds[i].scheme))
			continue;
		code = look(a, c, db, &rounds[i], unit, who, &w, &appraised, e);
		if (appraised)
			*hy_push(a, &v) = w;
	}
	*out = v.v;
	*n_out = v.n;
	return code;
}

void warning_units(struct hy_arena *a, const struct actor *who, hy_str **out, size_t *n_out)
{
	HY_VEC(hy_str) v = { 0 };

	for (size_t i = 0; i < who->n_grants; i++) {
		const struct actor_grant *g = &who->grants[i];
		bool had = g->unit.n == 0 || g->reach == PACK_REACH_ALL ||
			   !(access_by(who, g) & PERMISSION_BIT(PERMISSION_APPRAISE_READ));
		for (size_t k = 0; !had && k < v.n; k++)
			had = hy_str_eq(v.v[k], g->unit);
		if (!had)
			*hy_push(a, &v) = g->unit;
	}
	*out = v.v;
	*n_out = v.n;
}

/* --- telling ------------------------------------------------------------------------------------
 */

static void lines_json(struct hy_json *j, const struct warning *w)
{
	hy_json_key(j, "lines");
	hy_json_arr(j);
	for (size_t i = 0; i < w->lines.n; i++) {
		const struct warning_line *l = &w->lines.v[i];
		hy_json_obj(j);
		hy_json_kstr(j, "id", l->id);
		hy_json_kstr(j, "kind", l->deduction ? HY_S("deduction") : HY_S("indicator"));
		matter_text_json(j, "title", l->title);
		hy_json_kint(j, "lost", l->lost);
		hy_json_kint(j, "cases", l->cases);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void soon_json(struct hy_json *j, const struct warning *w)
{
	const struct hy_calendar *cal = city_pack(w->x.k.c)->calendar;

	hy_json_key(j, "near");
	hy_json_obj(j);
	hy_json_kint(j, "cases", w->near);
	hy_json_kint(j, "points", w->near_points);
	hy_json_key(j, "first");
	hy_json_arr(j);
	for (size_t i = 0; i < w->soon.n && i < CASES_SHOWN; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "code", w->soon.v[i].code);
		hy_json_kstr(j, "title", w->soon.v[i].title);
		explain_instant(j, "due_at", cal, w->soon.v[i].due_at);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static void one_json(struct hy_json *j, const struct warning *w)
{
	hy_json_obj(j);
	hy_json_key(j, "round");
	round_json(j, w->x.k.r, city_pack(w->x.k.c)->calendar);
	matter_text_json(j, "title", &w->x.k.s->title);
	hy_json_kstr(j, "unit", w->x.unit);
	hy_json_kstr(j, "unit_name", reading_name(&w->x.k, w->x.unit));
	hy_json_kbool(j, "applies", json_is_true(json_object_get(w->x.score, "applies")));
	hy_json_kint(j, "published", hy_json_get_int(w->x.score, "published", 0));
	hy_json_kint(j, "lost", w->lost);
	lines_json(j, w);
	hy_json_kint(j, "cases_lost", w->n_cases);
	hy_json_key(j, "cases");
	hy_json_arr(j);
	for (size_t i = 0; i < w->cases.n && i < CASES_SHOWN; i++)
		round_case_json(j, &w->x, &w->cases.v[i]);
	hy_json_arr_end(j);
	soon_json(j, w);
	hy_json_obj_end(j);
}

void warnings_json(struct hy_json *j, const struct warning *v, size_t n)
{
	hy_json_obj(j);
	hy_json_key(j, "warnings");
	hy_json_arr(j);
	for (size_t i = 0; i < n; i++)
		one_json(j, &v[i]);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void warning_text(struct hy_buf *b, const struct warning *w, hy_str language)
{
	static const struct pack_text head = PACK_TEXT("已丢分", "已丟分", "points lost so far");
	static const struct pack_text soon =
		PACK_TEXT("即将到期，逾期将再丢分", "即將到期，逾期將再丟分",
			  "about to fall due; late they cost further points");
	static const struct pack_text nothing =
		PACK_TEXT("没有可以计算的", "沒有可以計算的", "there is nothing to measure yet");

	hy_buf_fmt(b, HY_FMT "  " HY_FMT "  " HY_FMT "\n", HY_ARG(w->x.k.r->code),
		   HY_ARG(pack_say(&w->x.k.s->title, language)),
		   HY_ARG(reading_name(&w->x.k, w->x.unit)));
	if (!json_is_true(json_object_get(w->x.score, "applies")) && !w->lines.n) {
		hy_buf_fmt(b, "  " HY_FMT "\n", HY_ARG(pack_say(&nothing, language)));
		return;
	}
	hy_buf_fmt(b, "  " HY_FMT "  -" HY_FMT "\n", HY_ARG(pack_say(&head, language)),
		   HY_ARG(score_text(b->a, w->lost)));
	for (size_t i = 0; i < w->lines.n; i++)
		hy_buf_fmt(b, "    " HY_FMT "  -" HY_FMT "  (%lld)\n",
			   HY_ARG(pack_say(w->lines.v[i].title, language)),
			   HY_ARG(score_text(b->a, w->lines.v[i].lost)),
			   (long long)w->lines.v[i].cases);
	for (size_t i = 0; i < w->cases.n && i < CASES_SHOWN; i++) {
		const struct round_case *k = &w->cases.v[i];
		hy_buf_fmt(b,
			   "    " HY_FMT "  -" HY_FMT "  " HY_FMT "  " HY_FMT " " HY_FMT " " HY_FMT
			   "\n",
			   HY_ARG(k->code), HY_ARG(score_text(b->a, k->points)), HY_ARG(k->title),
			   HY_ARG(reading_name(&w->x.k, k->unit)), HY_ARG(k->post),
			   HY_ARG(k->name.n ? k->name : k->person));
	}
	if (w->near)
		hy_buf_fmt(b, "  " HY_FMT "  -" HY_FMT "  (%lld)\n",
			   HY_ARG(pack_say(&soon, language)),
			   HY_ARG(score_text(b->a, w->near_points)), (long long)w->near);
	for (size_t i = 0; i < w->soon.n && i < CASES_SHOWN; i++)
		hy_buf_fmt(b, "    " HY_FMT "  " HY_FMT "\n", HY_ARG(w->soon.v[i].code),
			   HY_ARG(w->soon.v[i].title));
}
