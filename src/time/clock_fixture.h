#ifndef HY_TIME_CLOCK_FIXTURE_H
#define HY_TIME_CLOCK_FIXTURE_H

/* clock_fixture -- for tests: a few words to tell what happened to a clock, and what came of it. */

#include <stdio.h>
#include <stdlib.h>

#include "time/calendar_fixture.h"
#include "time/clock.h"

static struct hy_calendar *c; /* the fixture of 2025 and 2026 */
static struct hy_arena *arena;

/* --- saying events shortly ------------------------------------------------------ */

struct ev {
	enum hy_clock_event_kind kind;
	const char *at, *limit; /* "10wd"; for DUE the stated instant */
};
struct story {
	struct ev v[12];
};
#define START HY_CLOCK_START
#define PAUSE HY_CLOCK_PAUSE
#define RESUME HY_CLOCK_RESUME
#define EXTEND HY_CLOCK_EXTEND
#define RESTART HY_CLOCK_RESTART
#define LIMIT HY_CLOCK_LIMIT
#define DUE HY_CLOCK_DUE
#define STOP HY_CLOCK_STOP
#define STORY(...)                                                                                 \
	(struct story)                                                                             \
	{                                                                                          \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static inline struct hy_limit limit(const char *s)
{
	struct hy_limit l = { 0 };

	if (s)
		assert_true(hy_limit_read(hy_str_of(s), &l));
	return l;
}

static inline size_t events_of(const struct story *s, struct hy_clock_event *out)
{
	size_t n = 0;

	for (; n < HY_COUNT(s->v) && s->v[n].at; n++) {
		const struct ev *v = &s->v[n];
		out[n] = (struct hy_clock_event){ .kind = v->kind,
						  .at = fixture_at(v->at),
						  .seq = (int64_t)n,
						  .ref = hy_printf(arena, "paper %zu", n) };
		if (v->kind == DUE)
			out[n].due_at = fixture_at(v->limit);
		else
			out[n].limit = limit(v->limit);
	}
	return n;
}

static struct hy_trace trace;

static inline struct hy_clock_due due_on(const struct hy_calendar *cal, struct hy_clock_rule rule,
					 struct story s)
{
	struct hy_clock_event v[12];
	size_t n = events_of(&s, v);
	struct hy_clock_due with, without;
	struct hy_err e = { 0 };

	memset(&trace, 0, sizeof(trace));
	assert_int_equal(hy_clock_due(v, n, &rule, cal, &without, NULL, NULL, &e), HY_OK);
	assert_int_equal(hy_clock_due(v, n, &rule, cal, &with, arena, &trace, &e), HY_OK);
	assert_true(with.due_at == without.due_at && with.state == without.state);
	return with;
}

static inline struct hy_clock_due due(struct hy_clock_rule rule, struct story s)
{
	return due_on(c, rule, s);
}

static inline struct hy_clock_rule rule(const char *text)
{
	return (struct hy_clock_rule){ .id = HY_S("T"),
				       .clause = HY_S("art. 1"),
				       .limit = limit(text) };
}

static inline struct hy_clock_rule rolled(const char *text)
{
	struct hy_clock_rule r = rule(text);

	r.roll = true;
	return r;
}

static inline struct hy_clock_rule extensible(const char *text)
{
	struct hy_clock_rule r = rule(text);

	r.extensions = 1;
	return r;
}

#define assert_at(at, text)                                                                        \
	do {                                                                                       \
		hy_str got_ = hy_instant_text(arena, &hy_zone_china, (at));                        \
		hy_ms want_ = fixture_at(text);                                                    \
		if ((at) != want_)                                                                 \
			fail_msg("%.*s is not %s", (int)got_.n, got_.p, text);                     \
	} while (0)
#define END_OF(day) day " 23:59:59.999"
#define assert_due(d, day) assert_at((d).due_at, END_OF(day))

static inline int lines_of(enum hy_trace_what what)
{
	int n = 0;

	for (size_t i = 0; i < trace.n; i++)
		n += trace.v[i].what == what;
	return n;
}

static inline const struct hy_trace_line *line_on(const char *day, enum hy_trace_what what)
{
	for (size_t i = 0; i < trace.n; i++)
		if (trace.v[i].day == fixture_day(day) && trace.v[i].what == what)
			return &trace.v[i];
	fail_msg("no line %d on %s", (int)what, day);
	return NULL;
}

static inline void assert_ignored(size_t event, const char *why)
{
	for (size_t i = 0; i < trace.n_ignored; i++)
		if (trace.ignored[i].event == event) {
			assert_string_equal(trace.ignored[i].why, why);
			return;
		}
	fail_msg("event %zu was not ignored", event);
}

static inline int clock_up(void **state)
{
	(void)state;
	c = FIXTURE_CHINA();
	arena = hy_arena_new(0);
	return 0;
}

static inline int clock_down(void **state)
{
	(void)state;
	hy_calendar_free(&c);
	hy_arena_free(&arena);
	return 0;
}

#endif
