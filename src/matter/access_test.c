/* Who sees what: grants by two people, scopes in every query, complaints kept from the accused. */
#include "matter/acting.h"
#include "matter/sight.h"
#include "matter/testing.h"
#include "people/account.h"
#include "people/post.h"

/* The city's tree, as the test knows it; parents first. */
static const struct place {
	const char *code, *parent;
	enum unit_kind kind;
} places[] = {
	{ "CITY", "", UNIT_REGION }, { "JX", "CITY", UNIT_ORGAN },  { "HOT", "CITY", UNIT_ORGAN },
	{ "A", "CITY", UNIT_ORGAN }, { "A1", "A", UNIT_SECTION },   { "A11", "A1", UNIT_WINDOW },
	{ "A2", "A", UNIT_SECTION }, { "B", "CITY", UNIT_ORGAN },   { "B1", "B", UNIT_SECTION },
	{ "OUT", "", UNIT_REGION },  { "OUT1", "OUT", UNIT_ORGAN },
};

struct unit_deed {
	struct town *t;
};

static enum hy_code found_units(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct unit_deed *d = in_out;
	const struct unit_act w = {
		.record = city_record(d->t->city), .db = db, .at = town_time, .zone = &hy_zone_china
	};

	for (size_t i = 0; i < HY_COUNT(places); i++) {
		const struct unit_new n = { .code = hy_str_of(places[i].code),
					    .name = hy_str_of(places[i].code),
					    .parent = hy_str_of(places[i].parent),
					    .kind = places[i].kind,
					    .opened = UNIT_EVER };
		int64_t id;
		enum hy_code code = unit_make(&w, &n, &id, e);
		if (code)
			return code;
	}
	return HY_OK;
}

static int access_up(void **state)
{
	town_up(state);
	struct unit_deed d = { *state };
	assert_ok(hy_store_write(city_store(d.t->city), found_units, &d, e));
	return 0;
}

/* Whatever a test did, the tables are what the events make. */
static int access_down(void **state)
{
	town_fsck(*state);
	return town_down(state);
}

/* --- people -------------------------------------------------------------------------------------
 */

struct deed {
	struct town *t;
	hy_str login;
	int64_t id, by;
	const char *role;
	struct grant_new n;
	enum hy_code (*step)(const struct grant_act *w, int64_t id, struct hy_err *e);
};

static enum hy_code add_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	const struct account_new n = { .login = d->login,
				       .name = hy_printf(d->t->a, "Mx " HY_FMT, HY_ARG(d->login)) };

	return account_add(city_record(d->t->city), db, &n, (struct security_by){ 0 }, town_time,
			   &d->id, e);
}

static int64_t person(struct town *t, const char *login)
{
	struct deed d = { .t = t, .login = hy_str_of(login) };

	assert_ok(hy_store_write(city_store(t->city), add_work, &d, e));
	return d.id;
}

static enum hy_code grant_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct deed *d = in_out;
	const struct grant_act w = { .record = city_record(d->t->city),
				     .db = db,
				     .pack = city_pack(d->t->city),
				     .at = town_time,
				     .account = d->by,
				     .role = hy_str_of(d->role),
				     .reason = HY_S("because") };

	return d->step ? d->step(&w, d->id, e) : grant_propose(&w, &d->n, &d->id, e);
}

static enum hy_code try_propose(struct town *t, int64_t by, int64_t account, const char *role,
				const char *unit, int64_t *id, struct hy_err *e)
{
	struct deed d = { .t = t,
			  .by = by,
			  .role = "secadmin",
			  .n = { .account = account,
				 .role = hy_str_of(role),
				 .unit = hy_str_of(unit),
				 .below = true,
				 .from = HY_NO_TIME,
				 .until = HY_NO_TIME } };
	enum hy_code code = hy_store_write(city_store(t->city), grant_work, &d, e);

	*id = d.id;
	return code;
}

static enum hy_code try_step(struct town *t, int64_t by, int64_t id,
			     enum hy_code (*step)(const struct grant_act *w, int64_t id,
						  struct hy_err *e),
			     struct hy_err *e)
{
	struct deed d = { .t = t, .by = by, .role = "secadmin", .id = id, .step = step };

	return hy_store_write(city_store(t->city), grant_work, &d, e);
}

/* By the console, so it holds at once. */
static int64_t give(struct town *t, int64_t account, const char *role, const char *unit, bool below,
		    enum pack_guard clearance)
{
	struct deed d = { .t = t,
			  .n = { .account = account,
				 .role = hy_str_of(role),
				 .unit = hy_str_of(unit),
				 .below = below,
				 .clearance = clearance,
				 .from = HY_NO_TIME,
				 .until = HY_NO_TIME } };

	d.role = "";
	assert_ok(hy_store_write(city_store(t->city), grant_work, &d, e));
	return d.id;
}

static struct actor who(struct town *t, int64_t account)
{
	struct actor a = { 0 };
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(actor_read(t->a, db, city_pack(t->city), account, town_time, &a, e));
	return a;
}

static struct access_scope *scope(struct town *t, const struct actor *a)
{
	struct access_scope *s = hy_new(t->a, struct access_scope);

	*s = access_scope(t->a, a, PERMISSION_MATTER_READ, HY_S(""));
	return s;
}

static bool sees(struct town *t, int64_t account, hy_str code)
{
	struct actor a = who(t, account);
	bool seen = false;
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(matter_seen(t->a, db, scope(t, &a), code, &seen, e));
	return seen;
}

/* --- grants
 * ---------------------------------------------------------------------------------------- */

#define refused(call, want, words)                                                                 \
	do {                                                                                       \
		struct hy_err why = { 0 };                                                         \
		struct hy_err *e = &why;                                                           \
		assert_int_not_equal((call), HY_OK);                                               \
		assert_says(&why, want, words);                                                    \
	} while (0)

static void a_grant_needs_two_people(void **state)
{
	struct town *t = *state;
	int64_t sec = person(t, "sec"), sec2 = person(t, "sec2"), li = person(t, "li"), id = 0;

	give(t, sec, "secadmin", "", true, PACK_NORMAL);
	give(t, sec2, "secadmin", "", true, PACK_NORMAL);
	assert_ok(try_propose(t, sec, li, "handler", "A1", &id, e));
	assert_false(access_may(&(struct actor){ 0 }, PERMISSION_MATTER_READ));
	struct actor a = who(t, li);
	assert_false(access_may(&a, PERMISSION_MATTER_READ)); /* proposed is not given */
	assert_true(access_may(&a, PERMISSION_SELF));
	refused(try_step(t, sec, id, grant_approve, e), HY_FORBIDDEN, "second person");
	refused(try_step(t, li, id, grant_approve, e), HY_FORBIDDEN, "of his own");
	assert_ok(try_step(t, sec2, id, grant_approve, e));
	refused(try_step(t, sec2, id, grant_approve, e), HY_NOT_NOW, "approved already");
	a = who(t, li);
	assert_true(access_may(&a, PERMISSION_MATTER_READ));
	assert_true(access_may_route(&a, "matter.move"));
	assert_false(access_may_route(&a, "supervision.read"));
	assert_false(access_may_route(&a, "no.such"));
	assert_true(access_may_route(&actor_anyone, "public"));
	assert_false(access_may_route(&actor_anyone, "self"));
	refused(try_step(t, li, id, grant_revoke, e), HY_FORBIDDEN, "of his own");
	assert_ok(try_step(t, sec, id, grant_revoke, e));
	a = who(t, li);
	assert_int_equal(a.n_grants, 0);
	refused(try_step(t, sec, id, grant_revoke, e), HY_NOT_NOW, "revoked already");
	refused(try_step(t, sec, 999, grant_approve, e), HY_NOT_FOUND, "no grant 999");
}

static void what_cannot_be_granted_is_refused(void **state)
{
	struct town *t = *state;
	int64_t sec = person(t, "sec"), li = person(t, "li"), id = 0;

	give(t, sec, "secadmin", "", true, PACK_NORMAL);
	refused(try_propose(t, sec, sec, "handler", "A1", &id, e), HY_FORBIDDEN, "for himself");
	refused(try_propose(t, sec, 77, "handler", "A1", &id, e), HY_BAD_FIELD, "no open account");
	refused(try_propose(t, sec, li, "handlr", "A1", &id, e), HY_BAD_FIELD,
		"did you mean \"handler\"");
	refused(try_propose(t, sec, li, "citizen", "A1", &id, e), HY_BAD_FIELD, "no role that can");
	refused(try_propose(t, sec, li, "system", "A1", &id, e), HY_BAD_FIELD, "no role that can");
	refused(try_propose(t, sec, li, "handler", "", &id, e), HY_BAD_FIELD, "own unit only");
	struct deed own = { .t = t,
			    .by = sec,
			    .role = "secadmin",
			    .n = { .account = li,
				   .role = HY_S("unit_head"),
				   .from = HY_NO_TIME,
				   .until = HY_NO_TIME } };
	refused(hy_store_write(city_store(t->city), grant_work, &own, e), HY_BAD_FIELD,
		"name the unit, or let the grant reach below");
	refused(try_propose(t, sec, li, "handler", "NOWHERE", &id, e), HY_BAD_FIELD, "NOWHERE");
	refused(try_propose(t, sec, li, "audadmin", "A", &id, e), HY_BAD_FIELD, "without a unit");
}

static void the_three_administrators_are_exclusive(void **state)
{
	static const char *const admins[] = { "sysadmin", "secadmin", "audadmin" };
	static const char *const matters[] = { "matter.read",	   "matter.file",     "matter.move",
					       "matter.export",	   "matter.redact",   "sealed.open",
					       "supervision.open", "supervision.read" };
	struct town *t = *state;
	int64_t sec = person(t, "sec"), id = 0;

	give(t, sec, "secadmin", "", true, PACK_NORMAL);
	for (size_t i = 0; i < 3; i++) {
		int64_t p = person(t, hy_printf(t->a, "admin%zu", i).p);
		int64_t own = give(t, p, admins[i], "", true, PACK_NORMAL);
		struct actor a = who(t, p);
		for (size_t k = 0; k < HY_COUNT(matters); k++)
			assert_false(access_may_route(&a, matters[k]));
		for (size_t k = 0; k < 3; k++)
			if (k != i)
				refused(try_propose(t, sec, p, admins[k], "", &id, e), HY_NOT_NOW,
					"exclude each other");
		refused(try_propose(t, sec, p, "handler", "A1", &id, e), HY_NOT_NOW,
			"exclude each other");
		/* What is only proposed counts too. */
		assert_ok(try_step(t, sec, own, grant_revoke, e));
		assert_ok(try_propose(t, sec, p, "handler", "A1", &id, e));
		refused(try_propose(t, sec, p, admins[i], "", &id, e), HY_NOT_NOW,
			"exclude each other");
	}
}

struct post_deed {
	struct town *t;
	int64_t account;
};

static enum hy_code post_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct post_deed *d = in_out;
	const struct unit_act w = {
		.record = city_record(d->t->city), .db = db, .at = town_time, .zone = &hy_zone_china
	};
	const struct post_new n = { .code = HY_S("P1"),
				    .title = HY_S("窗口"),
				    .role = HY_S("handler"),
				    .unit = HY_S("A1") };
	enum hy_code code = post_put(&w, &n, NULL, e);

	return code ? code
		    : post_hand_over(&w, HY_S("P1"), POST_A, d->account, town_time, NULL, 0, e);
}

static void a_post_gives_its_role(void **state)
{
	struct town *t = *state;
	struct post_deed d = { t, person(t, "li") };

	assert_ok(hy_store_write(city_store(t->city), post_work, &d, e));
	struct actor a = who(t, d.account);
	assert_int_equal(a.n_grants, 1);
	assert_true(hy_str_eq(a.grants[0].post, HY_S("P1")));
	hy_str mine = town_file(t, "2026-03-02T10:00", "complaint", "desk",
				"{\"title\":\"x\",\"unit\":\"A1\"}");
	hy_str other = town_file(t, "2026-03-02T10:00", "complaint", "desk",
				 "{\"title\":\"x\",\"unit\":\"A2\"}");
	assert_true(sees(t, d.account, mine));
	assert_false(sees(t, d.account, other));
	/* Whoever has a post is no administrator. */
	struct deed g = { .t = t,
			  .role = "",
			  .n = { .account = d.account,
				 .role = HY_S("sysadmin"),
				 .from = HY_NO_TIME,
				 .until = HY_NO_TIME } };
	refused(hy_store_write(city_store(t->city), grant_work, &g, e), HY_NOT_NOW, "P1");
}

/* --- scopes against a model that knows nothing of the program
 * ------------------------------------------
 */

static const char *parent_of(const char *code)
{
	for (size_t i = 0; i < HY_COUNT(places); i++)
		if (strcmp(places[i].code, code) == 0)
			return places[i].parent;
	return "";
}

static bool under(const char *code, const char *above)
{
	for (; *code; code = parent_of(code))
		if (strcmp(code, above) == 0)
			return true;
	return false;
}

static const struct model_role {
	const char *id;
	int reach, clearance; /* 0 own, 1 below, 2 all */
} model_roles[] = { { "handler", 0, 0 },
		    { "desk", 1, 1 },
		    { "unit_head", 1, 1 },
		    { "efficacy_office", 2, 1 },
		    { "discipline", 2, 2 } };

struct model_grant {
	const struct model_role *role;
	const char *unit;
	bool below;
	int clearance;
};
struct model_person {
	int64_t account;
	const char *login;
	struct model_grant g[2];
	int n;
};
struct model_matter {
	hy_str code;
	const char *unit, *about;
	int64_t about_person;
	int guard;
};

static bool reaches(const struct model_grant *g, const struct model_matter *m)
{
	int clearance = g->clearance > g->role->clearance ? g->clearance : g->role->clearance;

	if (m->guard > clearance)
		return false;
	if (g->role->reach == 2)
		return true;
	if (g->role->reach == 1 && g->below)
		return *m->unit ? !*g->unit || under(m->unit, g->unit)
				: !*g->unit || !*parent_of(g->unit);
	return *g->unit && strcmp(g->unit, m->unit) == 0;
}

static bool accused(const struct model_person *p, const struct model_matter *m)
{
	if (m->about_person == p->account)
		return true;
	for (int i = 0; *m->about && i < p->n; i++) {
		const char *u = p->g[i].unit;
		bool overseer_under_the_top = p->g[i].role->reach == 2 && !*parent_of(m->about) &&
					      strcmp(u, m->about) != 0;
		if (under(u, m->about) && !overseer_under_the_top)
			return true;
	}
	return false;
}

static bool model_sees(const struct model_person *p, const struct model_matter *m)
{
	bool reached = false;

	for (int i = 0; i < p->n; i++)
		reached |= reaches(&p->g[i], m);
	return reached && !accused(p, m);
}

static uint32_t seed;
static unsigned draw(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

enum { PEOPLE = 24, MATTERS = 60 };

static void draw_person(struct town *t, struct model_person *p, int i)
{
	p->login = hy_printf(t->a, "p%02d", i).p; /* none is a part of another */
	p->account = person(t, p->login);
	p->n = 1 + (int)draw(2);
	for (int k = 0; k < p->n; k++) {
		struct model_grant *g = &p->g[k];
		/* Every role once alone, then whatever comes. */
		g->role = &model_roles[i < 5 ? (unsigned)i : draw(HY_COUNT(model_roles))];
		g->unit = places[draw(HY_COUNT(places))].code;
		if (g->role->reach && draw(6) == 0)
			g->unit = "";
		g->below = draw(4) != 0;
		g->clearance = draw(4) == 0 ? (int)draw(3) : 0;
		give(t, p->account, g->role->id, g->unit, g->below, (enum pack_guard)g->clearance);
	}
}

static void draw_matter(struct town *t, struct model_matter *m, const struct model_person *people)
{
	static const char *const guards[] = { "normal", "protected", "sealed" };
	struct hy_buf b = hy_buf_on(t->a);

	hy_buf_add(&b, HY_S("{\"title\":\"路灯\",\"unit\":\"A1\""));
	m->guard = (int)draw(3);
	m->about = "";
	hy_buf_fmt(&b, ",\"guard\":\"%s\"", guards[m->guard]);
	if (draw(3) == 0) {
		m->about = places[draw(HY_COUNT(places))].code;
		hy_buf_fmt(&b, ",\"about_unit\":\"%s\"", m->about);
	}
	if (draw(6) == 0) {
		const struct model_person *p = &people[draw(PEOPLE)];
		m->about_person = p->account;
		static const char *const called[][2] = { { "", "" },
							 { "Mx ", "" },
							 { "窗口的 Mx ", " 科长" } };
		const char *const *way = called[draw(HY_COUNT(called))];
		hy_buf_fmt(&b, ",\"about_person\":\"%s%s%s\"", way[0], p->login, way[1]);
	}
	if ((*m->about || m->about_person) && m->guard == 0)
		m->guard = 1;
	hy_buf_byte(&b, '}');
	m->code = town_file(t, "2026-03-02T10:00", "complaint", "citizen", hy_buf_str(&b).p);
	/* Where it stands is the program's to say: that is another test's matter. */
	m->unit = town_row(t, m->code).unit.p;
	if (draw(8) == 0)
		town_move(t, "2026-03-02T11:00", m->code, "accept", "desk", "{}");
}

static void compare(struct town *t, const struct model_person *p, const struct model_matter *m)
{
	struct actor a = who(t, p->account);
	const struct access_scope *s = scope(t, &a);
	struct matter_filter f = { .now = town_time };
	int64_t lights[HY_LIGHT_RED + 1], open = 0, expected = 0, listed = 0;
	struct matter_page page = { 0 };
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	for (int i = 0; i < MATTERS; i++) {
		bool seen = false, should = model_sees(p, &m[i]);
		struct matter_row r = { 0 };
		struct hy_err gone = { 0 }, none = { 0 };
		assert_ok(matter_seen(t->a, db, s, m[i].code, &seen, e));
		if (seen != should)
			fail_msg("%s (%s@%s) and " HY_FMT " in %s about %s, guard %d: %d, not %d",
				 p->login, p->g[0].role->id, p->g[0].unit, HY_ARG(m[i].code),
				 m[i].unit, m[i].about, m[i].guard, seen, should);
		expected += should;
		if (should)
			continue;
		/* Not yours is not there: word for word. */
		assert_int_equal(matter_row(t->a, db, s, m[i].code, &r, &gone), HY_NOT_FOUND);
		hy_str absent = hy_printf(t->a, "TS-2026-9%05d", i);
		assert_int_equal(matter_row(t->a, db, s, absent, &r, &none), HY_NOT_FOUND);
		assert_string_equal(gone.field, none.field);
		assert_int_equal(strlen(gone.detail), strlen(none.detail));
		assert_memory_equal(gone.detail, none.detail, strlen("there is no matter '"));
	}
	for (int words = 0; words < 2; words++) {
		f.words = words ? HY_S("路灯") : HY_S("");
		for (int order = 0; order < 2; order++) {
			listed = 0;
			page.next = HY_S("");
			do {
				assert_ok(matter_list(t->a, db, s, &f, (enum matter_order)order,
						      page.next, 7, &page, e));
				listed += (int64_t)page.n;
			} while (page.next.n);
			assert_int_equal(listed, expected);
		}
	}
	assert_ok(matter_count_lights(t->a, db, s, town_time, lights, e));
	for (int i = 0; i <= HY_LIGHT_RED; i++)
		open += lights[i];
	assert_int_equal(open, expected); /* none is finished */
}

static void everybody_sees_what_the_model_says(void **state)
{
	struct town *t = *state;
	static struct model_person people[PEOPLE];
	static struct model_matter matters[MATTERS];
	int seen = 0;

	seed = 20261127;
	memset(people, 0, sizeof(people));
	memset(matters, 0, sizeof(matters));
	for (int i = 0; i < PEOPLE; i++)
		draw_person(t, &people[i], i);
	for (int i = 0; i < MATTERS; i++)
		draw_matter(t, &matters[i], people);
	for (int i = 0; i < PEOPLE; i++) {
		compare(t, &people[i], matters);
		for (int k = 0; k < MATTERS; k++)
			seen += model_sees(&people[i], &matters[k]);
	}
	/* A model in which nobody or everybody sees everything would prove nothing. */
	assert_true(seen > 100 && seen < PEOPLE * MATTERS - 100);
}

/* --- the accused
 * ------------------------------------------------------------------------------------- */

static void a_complaint_does_not_go_to_the_accused(void **state)
{
	static const struct {
		const char *data, *unit, *routed;
	} rows[] = {
		{ "\"unit\":\"A1\",\"about_unit\":\"A1\"", "A", "superior" },
		{ "\"unit\":\"A11\",\"about_unit\":\"A1\"", "A", "superior" },
		{ "\"about_unit\":\"A1\"", "A", "superior" },
		{ "\"unit\":\"B\",\"about_unit\":\"A1\"", "B", NULL },
		{ "\"unit\":\"A\",\"about_unit\":\"A1\"", "A", NULL },
		{ "\"unit\":\"A\",\"about_unit\":\"CITY\"", "JX", "overseer" },
		{ "\"unit\":\"A1\",\"about_person\":\"li\"", "JX", "overseer" },
		{ "\"unit\":\"A1\",\"about_person\":\"李科长\"", "JX", "overseer" },
	};
	struct town *t = *state;

	give(t, person(t, "jx"), "efficacy_office", "JX", true, PACK_NORMAL);
	for (size_t i = 0; i < HY_COUNT(rows); i++) {
		hy_str data = hy_printf(t->a, "{\"title\":\"x\",%s}", rows[i].data);
		hy_str code = town_file(t, "2026-03-02T10:00", "complaint", "citizen", data.p);
		struct matter *m = town_matter(t, code);
		hy_str routed = hy_json_get(m->events[0].private, "routed");
		assert_true(hy_str_eq(m->unit, hy_str_of(rows[i].unit)));
		assert_int_equal(m->guard, PACK_PROTECTED);
		assert_true(hy_str_eq(routed, hy_str_of(rows[i].routed)));
		/* Nothing of it is public. */
		hy_str public = hy_json_canonical(t->a, m->events[0].data);
		assert_true(hy_str_find(public, HY_S("about")) < 0);
		assert_true(hy_str_find(public, HY_S("guard")) < 0);
		assert_true(hy_str_find(public, HY_S("routed")) < 0);
	}
}

static void later_moves_do_not_lead_to_the_accused_either(void **state)
{
	struct town *t = *state;
	hy_str code = town_file(t, "2026-03-02T10:00", "complaint", "citizen",
				"{\"title\":\"x\",\"unit\":\"A1\",\"about_unit\":\"A1\"}");

	town_move(t, "2026-03-02T10:10", code, "accept", "desk", "{}");
	town_refused(t, "2026-03-02T10:20", code, "dispatch", "desk", "{\"unit\":\"A1\"}",
		     HY_BAD_FIELD, "about A1");
	town_refused(t, "2026-03-02T10:20", code, "dispatch", "desk", "{\"unit\":\"A11\"}",
		     HY_BAD_FIELD, "about A1");
	town_move(t, "2026-03-02T10:20", code, "dispatch", "desk", "{\"unit\":\"A\"}");
	town_refused(t, "2026-03-02T10:30", code, "correct", "desk", "{\"guard\":\"normal\"}",
		     HY_BAD_FIELD, "protected at least");
	town_move(t, "2026-03-02T10:30", code, "correct", "desk", "{\"guard\":\"sealed\"}");
	assert_int_equal(town_row(t, code).guard, PACK_SEALED);

	/* Said later: it leaves the accused at once. */
	hy_str late = town_file(t, "2026-03-02T11:00", "complaint", "citizen",
				"{\"title\":\"x\",\"unit\":\"A11\"}");
	int64_t clerk = person(t, "clerk");
	give(t, clerk, "handler", "A11", true, PACK_SEALED);
	assert_true(sees(t, clerk, late));
	town_move(t, "2026-03-02T11:10", late, "correct", "desk", "{\"about_unit\":\"A1\"}");
	assert_false(sees(t, clerk, late));
	assert_true(hy_str_eq(town_row(t, late).unit, HY_S("A")));
	town_refused(t, "2026-03-02T11:20", late, "correct", "desk", "{\"about_unit\":\"NO\"}",
		     HY_BAD_FIELD, "NO");
}

struct erasing {
	struct town *t;
	hy_str code;
};
static enum hy_code erase_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct erasing *x = in_out;

	const struct matter_erasing by = town_erasing("个保法 47");

	return matter_erase(x->t->city, db, x->t->a, x->code, &by, e);
}

static void erasing_a_complaint_does_not_show_it_to_the_accused(void **state)
{
	struct town *t = *state;
	struct erasing x = { t, town_file(t, "2026-03-02T10:00", "complaint", "citizen",
					  "{\"title\":\"x\",\"unit\":\"B\",\"about_unit\":\"A1\","
					  "\"about_person\":\"head\"}") };
	int64_t head = person(t, "head"), clerk = person(t, "clerk"), other = person(t, "other");

	give(t, head, "discipline", "B", true, PACK_NORMAL);
	give(t, clerk, "unit_head", "A1", true, PACK_NORMAL);
	give(t, clerk, "handler", "B", true, PACK_PROTECTED);
	give(t, other, "discipline", "", true, PACK_NORMAL);
	for (int i = 0; i < 3; i++) {
		assert_false(sees(t, head, x.code));
		assert_false(sees(t, clerk, x.code));
		assert_true(sees(t, other, x.code));
		assert_ok(hy_store_write(city_store(t->city), erase_work, &x, e));
		assert_int_equal(town_row(t, x.code).title.n, 0);
	}
}

/* --- acting
 * ----------------------------------------------------------------------------------------- */

static enum hy_code as(struct town *t, int64_t account, hy_str code, const char *move,
		       const char *role, struct matter_move *mv, struct hy_err *e)
{
	struct actor a = who(t, account);
	const struct acting_wish wish = { .role = hy_str_of(role) };
	HY_SCOPED_DB db = NULL;
	enum hy_code failed = hy_store_read(city_store(t->city), &db, e);

	*mv = (struct matter_move){ .move = hy_str_of(move) };
	return failed ? failed : acting_move(t->city, db, t->a, &a, code, &wish, mv, e);
}

static void the_role_of_a_move_is_ones_own(void **state)
{
	struct town *t = *state;
	int64_t li = person(t, "li"), wu = person(t, "wu");
	struct matter_move mv;

	give(t, li, "handler", "A1", true, PACK_NORMAL);
	give(t, li, "handler", "B1", true, PACK_NORMAL);
	give(t, li, "unit_head", "A", true, PACK_NORMAL);
	give(t, wu, "handler", "A2", true, PACK_NORMAL);
	hy_str code = town_file(t, "2026-03-02T10:00", "complaint", "desk",
				"{\"title\":\"x\",\"unit\":\"A1\"}");
	hy_str a2 = town_file(t, "2026-03-02T10:00", "complaint", "desk",
			      "{\"title\":\"x\",\"unit\":\"A2\"}");

	assert_ok(as(t, li, code, "accept", "", &mv, e)); /* chosen for them */
	assert_true(hy_str_eq(mv.role, HY_S("handler")) && hy_str_eq(mv.unit, HY_S("A1")));
	assert_true(hy_str_eq(mv.name, HY_S("Mx li")));
	assert_int_equal(mv.account, li);
	assert_ok(as(t, li, code, "accept", "unit_head", &mv, e));
	assert_true(hy_str_eq(mv.unit, HY_S("A")));
	assert_ok(as(t, li, a2, "accept", "", &mv, e)); /* only the head's reach goes there */
	assert_true(hy_str_eq(mv.role, HY_S("unit_head")));
	refused(as(t, li, a2, "accept", "handler", &mv, e), HY_FORBIDDEN, "does not reach");
	refused(as(t, li, code, "accept", "desk", &mv, e), HY_FORBIDDEN, "do not hold");
	refused(as(t, li, code, "accept", "citizen", &mv, e), HY_FORBIDDEN, "do not hold");
	refused(as(t, li, code, "annul", "handler", &mv, e), HY_FORBIDDEN, "it is for");
	refused(as(t, wu, code, "accept", "", &mv, e), HY_NOT_FOUND, "there is no matter");
	/* A matter that cannot be seen cannot lead either. */
	struct hy_err why = { 0 };
	struct town_deed d = { .t = t, .subject = a2, .if_seq = -1 };
	struct actor a = who(t, wu);
	d.mv = (struct matter_move){
		.move = HY_S("join"), .at = town_time, .role = HY_S("desk"), .scope = scope(t, &a)
	};
	d.mv.data = town_data(t, hy_printf(t->a, "{\"lead\":\"" HY_FMT "\"}", HY_ARG(code)).p);
	assert_int_equal(hy_store_write(city_store(t->city), town_move_work, &d, &why),
			 HY_NOT_FOUND);
}

/* --- what a token is left with, and how far a grant goes
 * ------------------------------------------------- */

static hy_str handles_of(struct town *t, const struct actor *a)
{
	return sight_sql(t->a, a, 1).handles;
}

static void a_token_reads_titles_by_what_is_left_to_it(void **state)
{
	struct town *t = *state;
	int64_t li = person(t, "li");
	struct matter_row rows[1];

	give(t, li, "handler", "A1", true, PACK_NORMAL);
	hy_str code = town_file(t, "2026-03-02T10:00", "complaint", "desk",
				"{\"title\":\"张三 13812345678\",\"unit\":\"A1\"}");
	struct actor a = who(t, li);
	assert_true(hy_str_eq(handles_of(t, &a), HY_S("1 = 1"))); /* they move what they read */
	a.kind = ACTOR_TOKEN;
	a.only = PERMISSION_BIT(PERMISSION_MATTER_READ) | PERMISSION_BIT(PERMISSION_MATTER_MOVE);
	assert_true(hy_str_eq(handles_of(t, &a), HY_S("1 = 1")));
	/* Another role might redact; this one moves alone, and that is cut away. */
	a.only = PERMISSION_BIT(PERMISSION_MATTER_READ) | PERMISSION_BIT(PERMISSION_MATTER_REDACT);
	assert_false(hy_str_eq(handles_of(t, &a), HY_S("1 = 1")));
	rows[0] = town_row(t, code);
	assert_true(hy_str_find(rows[0].title, HY_S("13812345678")) >= 0);
	HY_SCOPED_DB db = NULL;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(sight_rows(db, t->a, &a, rows, 1, e));
	assert_true(hy_str_find(rows[0].title, HY_S("13812345678")) < 0);
}

static enum hy_code need_unit(struct town *t, const struct actor *a, const char *unit,
			      struct access_as *as, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(t->city), &db, e);

	return code ? code
		    : access_need_unit(t->a, db, a, PERMISSION_APPRAISE_OBJECT, hy_str_of(unit), as,
				       e);
}

static void a_grant_of_ones_own_unit_reaches_no_other(void **state)
{
	struct town *t = *state;
	int64_t wu = person(t, "wu"), he = person(t, "he");
	struct access_as as;

	give(t, wu, "unit_head", "A1", false, PACK_NORMAL);
	give(t, wu, "organ_head", "B", true, PACK_NORMAL);
	give(t, he, "unit_head", "", true, PACK_NORMAL);
	struct actor none = who(t, he), some = who(t, wu), whole = who(t, he);
	/* Its own unit, and it has none: cities hold such grants from before they were refused. */
	((struct actor_grant *)(uintptr_t)none.grants)[0].reach = PACK_REACH_OWN;
	refused(need_unit(t, &none, "A1", &as, e), HY_FORBIDDEN, "A1");
	refused(need_unit(t, &none, "", &as, e), HY_FORBIDDEN, "");
	assert_ok(need_unit(t, &some, "A1", &as, e));
	assert_true(hy_str_eq(as.role, HY_S("unit_head")) && hy_str_eq(as.unit, HY_S("A1")));
	refused(need_unit(t, &some, "A11", &as, e), HY_FORBIDDEN, "A11");
	assert_ok(need_unit(t, &some, "B1", &as, e)); /* as the grant that reaches it */
	assert_true(hy_str_eq(as.role, HY_S("organ_head")) && hy_str_eq(as.unit, HY_S("B")));
	assert_ok(need_unit(t, &whole, "A1", &as, e));
	assert_ok(need_unit(t, &actor_console, "A1", &as, e));
	assert_true(hy_str_eq(as.role, HY_S("console")));
	/* A token has no more than was left to it. */
	whole.only = PERMISSION_BIT(PERMISSION_MATTER_READ);
	assert_null(access_grant(&whole, PERMISSION_APPRAISE_OBJECT));
	refused(need_unit(t, &whole, "A1", &as, e), HY_FORBIDDEN, "appraise.object");
	refused(need_unit(t, &actor_anyone, "A1", &as, e), HY_FORBIDDEN, "appraise.object");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, access_up, access_down)
	const struct CMUnitTest tests[] = {
		T(a_grant_needs_two_people),
		T(what_cannot_be_granted_is_refused),
		T(the_three_administrators_are_exclusive),
		T(a_post_gives_its_role),
		T(everybody_sees_what_the_model_says),
		T(a_complaint_does_not_go_to_the_accused),
		T(later_moves_do_not_lead_to_the_accused_either),
		T(erasing_a_complaint_does_not_show_it_to_the_accused),
		T(the_role_of_a_move_is_ones_own),
		T(a_token_reads_titles_by_what_is_left_to_it),
		T(a_grant_of_ones_own_unit_reaches_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
