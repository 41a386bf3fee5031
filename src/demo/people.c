#include "demo/people.h"

#include "demo/units.h"
#include "matter/reform.h"
#include "people/account.h"

#define REGION "hy"
#define OLD_TOURISM "lyj" /* became a part of wlj */
#define RENAMED "cgj"
enum { SECTIONS = 2, WINDOWS = 4, MERGED_DAYS = 300, RENAMED_DAYS = 240 };

static const struct {
	const char *code, *name;
} sections[SECTIONS] = { { "bgs", "办公室" }, { "ywk", "业务科" } };
/* Organs with windows of their own in the hall. */
static const char *const halls[] = { "xzsp", "rexian", "rsj", "mzj", "gaj", "zrj-bdc", "ybj" };
static const char *const digits[WINDOWS] = { "一", "二", "三", "四" };

/* Two posts in each unit; officials by their number there, so that the names are those that made
 * the moves. */
static const struct {
	const char *code, *title, *role;
	int a, b;
} posts[] = { { "fzr", "负责人岗", "unit_head", 9, 10 }, { "jb", "经办岗", "handler", 0, 1 } };

int people_units(void)
{
	return 2 + demo_units_count() * (1 + SECTIONS) + (int)HY_COUNT(halls) * WINDOWS;
}

static enum hy_code make(const struct unit_act *w, const char *code, const char *name,
			 const char *parent, enum unit_kind kind, struct hy_err *e)
{
	const struct unit_new n = { hy_str_of(code), hy_str_of(name), hy_str_of(parent), kind,
				    UNIT_EVER };

	return unit_make(w, &n, &(int64_t){ 0 }, e);
}

static enum hy_code make_units(const struct unit_act *w, struct hy_arena *a, struct hy_err *e)
{
	enum hy_code c = make(w, REGION, "回音市", "", UNIT_REGION, e);

	for (const struct demo_unit *u = demo_units; !c && u->code; u++) {
		bool window = strcmp(u->code, "xzsp-zh") == 0,
		     renamed = strcmp(u->code, RENAMED) == 0;
		c = make(w, u->code, renamed ? "市城市管理行政执法局" : u->name,
			 u->parent[0] ? u->parent : REGION, window ? UNIT_WINDOW : UNIT_ORGAN, e);
	}
	if (!c)
		c = make(w, OLD_TOURISM, "市旅游局", "hys", UNIT_ORGAN, e);
	for (const struct demo_unit *u = demo_units; !c && u->code; u++)
		for (int k = 0; !c && k < SECTIONS && strcmp(u->code, "xzsp-zh") != 0; k++)
			c = make(w, hy_printf(a, "%s.%s", u->code, sections[k].code).p,
				 sections[k].name, u->code, UNIT_SECTION, e);
	for (size_t i = 0; !c && i < HY_COUNT(halls); i++)
		for (int k = 0; !c && k < WINDOWS; k++)
			c = make(w, hy_printf(a, "%s.w%d", halls[i], k + 1).p,
				 hy_printf(a, "%s号窗口", digits[k]).p, halls[i], UNIT_WINDOW, e);
	return c;
}

static enum hy_code official(const struct life_city *lc, const struct unit_act *w, int unit, int n,
			     int64_t *id_out, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	const struct account_new who = { .login = hy_printf(a, "%s.%d", demo_units[unit].code,
							    n + 1),
					 .name = demo_official(a, lc->seed, unit, n),
					 .demo = true };

	return account_add(w->record, w->db, &who,
			   (struct security_by){ .address = HY_S("console") }, w->at, id_out, e);
}

static enum hy_code make_posts(const struct life_city *lc, const struct unit_act *w, int unit,
			       struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	hy_str code = hy_str_of(demo_units[unit].code);
	enum hy_code c = HY_OK;

	for (size_t k = 0; !c && k < HY_COUNT(posts); k++) {
		const struct post_new n = { hy_printf(a, HY_FMT ".%s", HY_ARG(code), posts[k].code),
					    hy_str_of(posts[k].title), hy_str_of(posts[k].role),
					    code };
		int64_t holder[2] = { 0 };
		c = official(lc, w, unit, posts[k].a, &holder[POST_A], e);
		if (!c)
			c = official(lc, w, unit, posts[k].b, &holder[POST_B], e);
		if (!c)
			c = post_put(w, &n, NULL, e);
		for (int s = 0; !c && s < 2; s++)
			c = post_hand_over(w, n.code, (enum post_seat)s, holder[s], w->at, NULL, 0,
					   e);
	}
	return c;
}

enum hy_code people_begin(const struct life_city *lc, struct hy_db *db, struct hy_err *e)
{
	struct reform r;
	struct unit_act w;

	reform_begin(&r, lc->city, db, &actor_console, HY_S(""), &w);
	enum hy_code c = make_units(&w, hy_db_arena(db), e);
	for (int i = 0; !c && i < demo_units_count(); i++)
		c = make_posts(lc, &w, i, e);
	return c;
}

/* About one in six of those who handle is away today, for a few days; B stands in. */
static enum hy_code leave(const struct life_city *lc, const struct unit_act *w, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(w->db);
	enum hy_code c = HY_OK;

	for (int i = 0; !c && i < demo_units_count(); i++) {
		struct draw d = draw_begin(lc->seed, "absence", (uint64_t)i);
		struct absence ab = { .kind = (enum absence_kind)draw_below(&d, ABSENCE__KINDS) };
		struct post p;
		int64_t id;
		if (draw_below(&d, 6) != 0)
			continue;
		c = post_by_code(a, w->db, hy_printf(a, "%s.jb", demo_units[i].code), w->at, &p, e);
		ab.account = p.holder[POST_A];
		ab.from = w->at - (hy_ms)draw_below(&d, 30) * HY_HOUR;
		ab.until = w->at + (hy_ms)(1 + draw_below(&d, 72)) * HY_HOUR;
		if (!c)
			c = absence_add(w, &ab, &id, e);
	}
	return c;
}

enum hy_code people_end(const struct life_city *lc, struct hy_db *db, struct hy_err *e)
{
	const struct demo_unit *renamed = &demo_units[demo_unit_index(HY_S(RENAMED))];
	struct reform r;
	struct unit_act w;

	reform_begin(&r, lc->city, db, &actor_console, HY_S("机构改革"), &w);
	hy_day today = hy_local(w.zone, w.at, NULL);
	enum hy_code c = unit_merge(&w, HY_S(OLD_TOURISM), HY_S("wlj"), today - MERGED_DAYS, e);
	if (!c)
		c = unit_change(&w, HY_S(RENAMED), today - RENAMED_DAYS, hy_str_of(renamed->name),
				hy_str_of(renamed->parent), e);
	return c ? c : leave(lc, &w, e);
}
