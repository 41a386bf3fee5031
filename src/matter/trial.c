/* The tests in a pack, run with the server's own engine and the pack's own calendar. */
#include "matter/matter.h"
#include "pack/score.h"

#include <stdio.h>

enum { MOST_FAILURES = 200 };

typedef HY_VEC(struct pack_message) messages;

struct trial {
	struct hy_arena *a;    /* of the results */
	struct hy_arena *work; /* of one test */
	const struct pack *pack;
	struct matter_version version;
	struct matter_rules rules;
	const struct hy_zone *zone;
	const struct pack_test *test;
	const struct pack_kind *kind;
	struct matter *m;
	messages found;
	bool failed;
};

static void no(struct trial *t, int line, const char *fmt, ...) HY_PRINTF(3, 4);

static void no(struct trial *t, int line, const char *fmt, ...)
{
	va_list ap;

	t->failed = true;
	if (t->found.n == MOST_FAILURES)
		return;
	va_start(ap, fmt);
	hy_str what = hy_vprintf(t->a, fmt, ap);
	va_end(ap);
	*hy_push(t->a, &t->found) = (struct pack_message){
		.file = t->test->file,
		.line = line,
		.column = 1,
		.error = true,
		.text = hy_printf(t->a, "test \"" HY_FMT "\": " HY_FMT, HY_ARG(t->test->name),
				  HY_ARG(what)),
	};
}

static void expect_word(struct trial *t, int line, const char *what, hy_str want, hy_str got)
{
	if (want.n && !hy_str_eq(want, got))
		no(t, line, "%s should be " HY_FMT ", is " HY_FMT, what, HY_ARG(want), HY_ARG(got));
}

/* WANT is a day or an instant as written, or "none". */
static void expect_due(struct trial *t, int line, const char *what, hy_str want, hy_ms got)
{
	hy_day day;
	hy_ms at;
	bool ok = false;

	if (want.n == 0)
		return;
	if (hy_str_eq(want, HY_S("none")))
		ok = got == HY_NO_TIME;
	else if (hy_day_read(want, &day))
		ok = got != HY_NO_TIME && hy_local(t->zone, got, NULL) == day;
	else if (hy_instant_read(want, t->zone, &at))
		ok = got == at;
	if (!ok)
		no(t, line, "%s should be " HY_FMT ", is " HY_FMT, what, HY_ARG(want),
		   HY_ARG(got == HY_NO_TIME ? HY_S("none") : hy_instant_text(t->a, t->zone, got)));
}

static const struct matter_clock *clock_of(const struct matter *m, int index, int instance)
{
	const struct matter_clock *found = NULL;

	for (size_t i = 0; i < m->n_clocks; i++)
		if (m->clocks[i].def == &m->kind->clocks[index] &&
		    (instance == 0 || m->clocks[i].n == instance))
			found = &m->clocks[i];
	return found;
}

static void expect_clock(struct trial *t, const struct pack_expect_clock *x, hy_ms at)
{
	const struct matter_clock *c =
		clock_of(t->m, pack_clock_index(t->kind, x->clock), x->instance);
	char what[160];

	if (!c) {
		if (!hy_str_eq(x->state, HY_S("idle")))
			no(t, x->line, "the clock '" HY_FMT "' does not run", HY_ARG(x->clock));
		return;
	}
#define WHAT(word) (snprintf(what, sizeof(what), HY_FMT " " word, HY_ARG(x->clock)), what)
	expect_word(t, x->line, WHAT("state"), x->state,
		    hy_str_of(matter_clock_state_names[c->due.state]));
	expect_due(t, x->line, WHAT("due"), x->due, c->due.due_at);
	expect_due(t, x->line, WHAT("original"), x->original, c->due.original_due_at);
	expect_due(t, x->line, WHAT("pledged"), x->pledged, c->due.pledged_due_at);
	expect_word(t, x->line, WHAT("light"), x->light,
		    hy_str_of(matter_light_names[matter_light(c->lights, at)]));
	expect_word(t, x->line, WHAT("verdict"), x->verdict,
		    hy_str_of(matter_verdict_names[c->verdict]));
	if (x->provisional >= 0 && (x->provisional != 0) != c->due.provisional)
		no(t, x->line, "%s should be %s", WHAT("provisional"),
		   x->provisional ? "true" : "false");
#undef WHAT
}

static enum hy_code add(struct trial *t, struct matter_event *ev, struct hy_err *e)
{
	ev->seq = t->m ? (int64_t)t->m->n_events + 1 : 1;
	ev->idx = ev->seq - 1;
	if (t->m)
		return matter_add(t->work, &t->rules, t->m, ev, e);
	return matter_fold(t->work, &t->rules, t->pack, t->kind, HY_S("TEST"), ev, 1, &t->m, e);
}

static enum hy_code make(struct trial *t, const struct matter_move *mv, struct hy_err *e)
{
	struct matter_event ev;
	enum hy_code code = matter_check(t->work, &t->rules, t->m, t->kind, mv, &ev, e);

	return code ? code : add(t, &ev, e);
}

/* The moves that the system makes by itself before AT. */
static enum hy_code make_due(struct trial *t, hy_ms at, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	for (int i = 0; !code && t->m && t->m->auto_at <= at && i < 64; i++) {
		struct matter_move mv = {
			.move = t->kind->moves[t->m->auto_move].id,
			.at = t->m->auto_at,
			.role = HY_S("system"),
		};
		code = make(t, &mv, e);
	}
	return code;
}

static void step(struct trial *t, const struct pack_test_step *s)
{
	struct hy_err e = { 0 };

	if (make_due(t, s->at, &e)) {
		no(t, s->line, "an automatic move failed: %s", hy_err_text(&e));
		return;
	}
	if (s->move.n) {
		int i = pack_move_index(t->kind, s->move);
		struct matter_move mv = { .move = s->move,
					  .at = s->at,
					  .role = s->by,
					  .unit = s->unit,
					  .data = s->data };
		if (!mv.role.n && i >= 0 && t->kind->moves[i].n_who)
			mv.role = t->kind->moves[i].who[0];
		enum hy_code code = make(t, &mv, &e);
		hy_str got = hy_str_of(code ? hy_code_info(code)->key : "ok");
		hy_str want = s->refused.n ? s->refused : HY_S("ok");
		if (!hy_str_eq(want, got))
			no(t, s->line,
			   "move '" HY_FMT "' should give " HY_FMT ", gives " HY_FMT "%s%s%s%s",
			   HY_ARG(s->move), HY_ARG(want), HY_ARG(got), code ? ": " : "",
			   code ? e.field : "", code ? " " : "", code ? hy_err_text(&e) : "");
		if (code && !s->refused.n)
			return;
	}
	if (!t->m) {
		if (!s->refused.n)
			no(t, s->line, "the first step must file the matter");
		return;
	}
	expect_word(t, s->line, "state", s->state, t->kind->states[t->m->state].id);
	expect_word(t, s->line, "light", s->light,
		    hy_str_of(matter_light_names[matter_light(t->m->lights, s->at)]));
	for (size_t i = 0; i < s->n_clocks; i++)
		expect_clock(t, &s->clocks[i], s->at);
}

enum hy_code matter_trial(struct hy_arena *a, const struct pack *p, hy_str folder,
			  struct matter_trial_result *out, struct hy_err *e)
{
	struct trial t = { .a = a, .pack = p };
	HY_SCOPED_ARENA work = hy_arena_new(0);

	t.work = work;
	t.version = (struct matter_version){ .pack = p };
	t.rules = (struct matter_rules){ .v = &t.version, .n = 1 };
	t.zone = hy_calendar_zone(p->calendar);
	*out = (struct matter_trial_result){ 0 };
	for (size_t i = 0; i < p->n_tests; i++) {
		t.test = &p->tests[i];
		if (folder.n && !(hy_str_starts(t.test->file, folder) &&
				  t.test->file.n > folder.n && t.test->file.p[folder.n] == '/'))
			continue;
		t.kind = pack_kind(p, t.test->kind);
		t.m = NULL;
		t.failed = false;
		for (size_t k = 0; t.kind && !t.failed && k < t.test->n_steps; k++)
			step(&t, &t.test->steps[k]);
		if (!t.kind)
			no(&t, t.test->line, "there is no kind '" HY_FMT "'", HY_ARG(t.test->kind));
		if (t.failed)
			out->failed++;
		else
			out->passed++;
		hy_arena_empty(work);
	}
	struct score_trial scores;
	enum hy_code code = score_try(a, p, folder, &scores, e);
	if (code)
		return code;
	out->passed += scores.passed;
	out->failed += scores.failed;
	for (size_t i = 0; i < scores.n_failures; i++)
		*hy_push(a, &t.found) = scores.failures[i];
	out->failures = t.found.v;
	out->n_failures = t.found.n;
	return HY_OK;
}
