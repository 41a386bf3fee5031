#include "demo/plan.h"

#include <stdlib.h>

#include "demo/demo.h"

hy_ms demo_now(hy_day until)
{
	return hy_instant(&hy_zone_china, until, 17 * HY_HOUR);
}

/* --- the weight of days ---------------------------------------------------------------------- */

/* Per kind: what a day that is not worked weighs beside one that is, per mille. */
static int rest_weight(const char *kind)
{
	static const struct {
		const char *kind;
		int weight;
	} rows[] = {
		{ "hotline", 620 }, { "complaint", 380 }, { "petition", 120 }, { "disclosure", 90 }
	};

	for (size_t i = 0; i < HY_COUNT(rows); i++)
		if (strcmp(rows[i].kind, kind) == 0)
			return rows[i].weight;
	return 0;
}

static const int weekday_weight[7] = { 1000, 1250, 1080, 1000, 960, 900, 1000 };
/* January .. December: the hotline's year has two summits, the offices' one at its end. */
static const int month_weight[2][12] = {
	{ 1180, 900, 940, 930, 960, 1080, 1160, 1120, 960, 930, 1120, 1240 },
	{ 900, 700, 1080, 1050, 1020, 1060, 980, 960, 1060, 960, 1080, 1160 },
};

static char season_of(hy_day d)
{
	int m = hy_date_of(d).month;

	return m >= 11 || m <= 3 ? 'w' : m >= 6 && m <= 8 ? 's' : m == 9 ? 'e' : 0;
}

struct day_weight {
	int64_t weight;
	bool burst;
};

/* Storms and cold snaps: a few days a year with many times the usual. */
static bool burst_day(const hy_hash *seed, hy_day d)
{
	struct draw x = draw_begin(seed, "burst", (uint64_t)(d / 2));
	char season = season_of(d);

	return draw_chance(&x, season == 'w' ? 45 : season == 's' ? 50 : 8);
}

static int64_t weight_on(const struct hy_calendar *cal, const char *kind, hy_day d, hy_day first)
{
	bool citizens = rest_weight(kind) > 0;
	int64_t w = weekday_weight[hy_weekday(d)];

	w = w * month_weight[!citizens][hy_date_of(d).month - 1] / 1000;
	if (!hy_calendar_work(cal, d))
		w = w * rest_weight(kind) / 1000;
	/* The number grows by a quarter in two years: people learn that somebody answers. */
	return w * (4 * DEMO_DAYS + (d - first)) / (4 * DEMO_DAYS);
}

/* --- the hour ----------------------------------------------------------------------------------
 */

static hy_ms time_on(const struct hy_calendar *cal, struct draw *d, hy_day day,
		     bool round_the_clock)
{
	static const int busy[24] = { 3,  2,  1,  1,  1,  3,  9,  22, 56, 92, 96, 74,
				      40, 50, 78, 88, 80, 62, 40, 38, 36, 26, 14, 7 };
	int total = 0, hour = 0;
	bool office = !round_the_clock && hy_calendar_work(cal, day) && !draw_chance(d, 60);

	for (int h = 0; h < 24; h++)
		total += busy[h];
	do {
		int x = (int)draw_below(d, (uint64_t)total);
		for (hour = 0; x >= busy[hour]; hour++)
			x -= busy[hour];
	} while (office && (hour < 9 || hour == 12 || hour > 16));
	return hy_instant(hy_calendar_zone(cal), day,
			  hour * HY_HOUR + (int)draw_below(d, HY_HOUR / 1000) * 1000);
}

/* --- showing every state -------------------------------------------------------------------------
 */

struct maker {
	struct hy_arena *a;
	const hy_hash *seed;
	const struct pack *pack;
	hy_day until;
	struct demo_task *v;
	int64_t n, cap;
};

static void add(struct maker *m, struct demo_task t)
{
	t.no = (uint64_t)m->n;
	m->v[m->n++] = t;
}

/* Far enough back for the way there, two working days a move, near enough to be green. */
static void show_states(struct maker *m, int64_t most)
{
	const struct hy_calendar *cal = m->pack->calendar;

	for (size_t depth = 0; depth < 64; depth++) {
		for (const struct demo_steps *s = demo_steps; s->kind; s++) {
			const struct pack_kind *k = pack_kind(m->pack, hy_str_of(s->kind));
			int dist[64];
			if (!k || depth >= k->n_states || m->n >= most)
				continue;
			demo_steps_way(s, k, (int)depth, dist);
			int moves = dist[k->moves[0].to];
			if (moves == INT32_MAX)
				continue;
			struct draw d = draw_begin(m->seed, "state", (uint64_t)m->n);
			hy_day day = hy_work_back(cal, m->until, 2 * moves + 1);
			hy_ms at = hy_instant(hy_calendar_zone(cal), day,
					      9 * HY_HOUR + (int)draw_below(&d, 7200) * 1000);
			add(m, (struct demo_task){ .at = at,
						   .steps = s,
						   .kind = k,
						   .target = (int)depth,
						   .season = season_of(day) });
		}
	}
}

/* The clock that counts from filing and by which the kind is judged; NULL: none. */
static const struct pack_clock *judged(const struct pack_kind *k)
{
	for (size_t i = 0; i < k->n_clocks; i++)
		for (size_t s = 0; k->clocks[i].main && s < k->clocks[i].n_starts; s++)
			if (k->clocks[i].starts[s].move == 0)
				return &k->clocks[i];
	return NULL;
}

/* The day to file on for a pledge that ended just before UNTIL; HY_NO_DAY: none is in days. */
static hy_day broken_since(const struct maker *m, const struct pack_clock *c)
{
	const struct pack_value *p = c ? pack_pledge_on(c, HY_S(""), m->until) : NULL;

	if (p && p->limit.unit == HY_WORKING_DAY)
		return hy_work_back(m->pack->calendar, m->until, p->limit.n + 1);
	return p && p->limit.unit == HY_CALENDAR_DAY ? m->until - 1 - p->limit.n : HY_NO_DAY;
}

/* Orange is short: promised for yesterday, and still in hand. */
static void show_broken_pledges(struct maker *m, int64_t each, int64_t most)
{
	for (const struct demo_steps *s = demo_steps; s->kind; s++) {
		const struct pack_kind *k = pack_kind(m->pack, hy_str_of(s->kind));
		hy_day day = k ? broken_since(m, judged(k)) : HY_NO_DAY;
		int handling = k ? pack_state_index(k, HY_S("handling")) : -1;
		for (int64_t i = 0; day != HY_NO_DAY && i < each && m->n < most; i++) {
			struct draw d = draw_begin(m->seed, "pledge", (uint64_t)m->n);
			add(m, (struct demo_task){
				       .at = hy_instant(hy_calendar_zone(m->pack->calendar), day,
							9 * HY_HOUR +
								(int)draw_below(&d, 7200) * 1000),
				       .steps = s,
				       .kind = k,
				       .target = handling < 0 ? k->moves[0].to : handling,
				       .season = season_of(day) });
		}
	}
}

/* --- all the others
 * -------------------------------------------------------------------------------- */

static void fill_kind(struct maker *m, const struct demo_steps *s, const struct pack_kind *k,
		      int64_t n)
{
	const struct hy_calendar *cal = m->pack->calendar;
	hy_day first = m->until - DEMO_DAYS + 1;
	int64_t sum[DEMO_DAYS], total = 0;
	bool burst[DEMO_DAYS], hotline = strcmp(s->kind, "hotline") == 0;

	for (int i = 0; i < DEMO_DAYS; i++) {
		burst[i] = rest_weight(s->kind) >= 300 && burst_day(m->seed, first + i);
		total += weight_on(cal, s->kind, first + i, first) * (burst[i] ? 3 : 1);
		sum[i] = total;
	}
	for (int64_t i = 0; i < n; i++) {
		struct draw d = draw_begin(m->seed, s->kind, (uint64_t)i);
		hy_ms at;
		int day;
		do {
			int64_t x = (int64_t)draw_below(&d, (uint64_t)total);
			int lo = 0, hi = DEMO_DAYS - 1;
			while (lo < hi) {
				int mid = (lo + hi) / 2;
				if (sum[mid] > x)
					hi = mid;
				else
					lo = mid + 1;
			}
			day = lo;
			at = time_on(cal, &d, first + day, hotline);
		} while (at > demo_now(m->until) - HY_MINUTE);
		add(m, (struct demo_task){ .at = at,
					   .steps = s,
					   .kind = k,
					   .target = -1,
					   .season = season_of(first + day),
					   .burst = burst[day] && draw_chance(&d, 700) });
	}
}

static int by_time(const void *x, const void *y)
{
	const struct demo_task *a = x, *b = y;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->no < b->no ? -1 : a->no > b->no;
}

struct demo_task *demo_plan(struct hy_arena *a, const hy_hash *seed, const struct pack *p,
			    hy_day until, int64_t n)
{
	struct maker m = { .a = a, .seed = seed, .pack = p, .until = until };
	int64_t left, shares = 0;

	m.v = hy_new_n(a, struct demo_task, (size_t)n);
	show_broken_pledges(&m, 1 + n / 4000, n / 20);
	show_states(&m, n / 20);
	left = n - m.n;
	for (const struct demo_steps *s = demo_steps; s->kind; s++)
		shares += pack_kind(p, hy_str_of(s->kind)) ? s->share : 0;
	for (const struct demo_steps *s = demo_steps; s->kind && left; s++) {
		const struct pack_kind *k = pack_kind(p, hy_str_of(s->kind));
		if (!k)
			continue;
		/* Of what is left, so that the parts make the whole. */
		int64_t part = left * s->share / shares;
		shares -= s->share;
		fill_kind(&m, s, k, shares ? part : left);
		left = n - m.n;
	}
	qsort(m.v, (size_t)m.n, sizeof(*m.v), by_time);
	return m.v;
}
