#include "matter/grant_json.h"

#include "matter/explain.h"
#include "matter/matter_json.h"

static void instant(struct hy_json *j, const char *key, const struct hy_calendar *cal, hy_ms at)
{
	explain_instant(j, key, cal, at);
}

void grant_json(struct hy_json *j, const struct grant *g, hy_str login,
		const struct hy_calendar *cal)
{
	hy_json_obj(j);
	hy_json_kint(j, "id", g->id);
	hy_json_kint(j, "account", g->account);
	hy_json_kstr(j, "login", login);
	hy_json_kstr(j, "role", g->role);
	hy_json_kstr(j, "unit", g->unit);
	hy_json_kbool(j, "below", g->below);
	hy_json_kstr(j, "clearance", hy_str_of(pack_guard_names[g->clearance]));
	instant(j, "from", cal, g->from);
	instant(j, "until", cal, g->until);
	hy_json_kstr(j, "state", hy_str_of(grant_state_names[g->state]));
	hy_json_kint(j, "proposed_by", g->proposed_by);
	instant(j, "proposed_at", cal, g->proposed_at);
	hy_json_kint(j, "approved_by", g->approved_by);
	instant(j, "approved_at", cal, g->approved_at);
	hy_json_kint(j, "revoked_by", g->revoked_by);
	instant(j, "revoked_at", cal, g->revoked_at);
	hy_json_obj_end(j);
}

/* --- the tables --------------------------------------------------------------------------------
 */

/* The I-th role: those of the program, then the pack's. */
static bool role_at(const struct pack *p, size_t i, struct role *out)
{
	size_t n = 0;

	while (role_system[n].id.n)
		n++;
	if (i < n) {
		*out = role_system[i];
		return true;
	}
	return i - n < p->lists[PACK_ROLES].n && role_of(p, p->lists[PACK_ROLES].v[i - n].id, out);
}

static const char *const for_words[] = { "office", "system", "every" };

static void role_json(struct hy_json *j, const struct role *r)
{
	hy_json_obj(j);
	hy_json_kstr(j, "id", r->id);
	matter_text_json(j, "title", &r->title);
	hy_json_kbool(j, "system", r->system);
	hy_json_kbool(j, "exclusive", r->exclusive);
	hy_json_kstr(j, "reach", hy_str_of(pack_reach_names[r->reach]));
	hy_json_kstr(j, "clearance", hy_str_of(pack_guard_names[r->clearance]));
	hy_json_kbool(j, "oversees", r->oversees);
	hy_json_kbool(j, "sensitive", r->sensitive);
	hy_json_kint(j, "least", r->least);
	hy_json_key(j, "may");
	hy_json_arr(j);
	for (int i = 1; i < PERMISSION__N; i++)
		if (r->may & PERMISSION_BIT(i))
			hy_json_str(j, permission_rows[i].name);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

void permissions_json(struct hy_json *j, const struct pack *p)
{
	struct role r;

	hy_json_obj(j);
	hy_json_key(j, "permissions");
	hy_json_arr(j);
	for (int i = 1; i < PERMISSION__N; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "name", permission_rows[i].name);
		hy_json_kstr(j, "for", hy_str_of(for_words[permission_rows[i].for_whom]));
		matter_text_json(j, "meaning", &permission_rows[i].meaning);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "roles");
	hy_json_arr(j);
	for (size_t i = 0; role_at(p, i, &r); i++)
		if (role_held(&r))
			role_json(j, &r);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

/* --- the page ------------------------------------------------------------------------------------
 */

static const char *const page_for[] = { "roles of the institution", "roles of the system",
					"everybody who has logged in" };

static void permissions_table(struct hy_buf *b, hy_str language)
{
	hy_buf_add(b, HY_S("| permission | meaning | who can have it |\n|---|---|---|\n"));
	for (int i = 1; i < PERMISSION__N; i++)
		hy_buf_fmt(b, "| `" HY_FMT "` | " HY_FMT " | %s |\n",
			   HY_ARG(permission_rows[i].name),
			   HY_ARG(pack_say(&permission_rows[i].meaning, language)),
			   page_for[permission_rows[i].for_whom]);
}

static const char *const reach_said[] = { "the unit", "the unit and below", "the whole city" };

static void role_line(struct hy_buf *b, const struct role *r, hy_str language)
{
	int n = 0;

	hy_buf_fmt(b, "| `" HY_FMT "` " HY_FMT " | %s | %s | ", HY_ARG(r->id),
		   HY_ARG(pack_say(&r->title, language)), r->exclusive ? "-" : reach_said[r->reach],
		   r->exclusive ? "-" : pack_guard_names[r->clearance]);
	for (int i = 1; i < PERMISSION__N; i++)
		if (r->may & PERMISSION_BIT(i))
			hy_buf_fmt(b, "%s`" HY_FMT "`", n++ ? ", " : "",
				   HY_ARG(permission_rows[i].name));
	hy_buf_add(b, HY_S(" | "));
	const char *more = "";
	if (r->sensitive)
		hy_buf_fmt(b, "needs a second factor"), more = "; ";
	if (r->exclusive)
		hy_buf_fmt(b, "%sheld with no other role", more), more = "; ";
	if (r->oversees)
		hy_buf_fmt(b, "%stakes up complaints that nobody stands above", more), more = "; ";
	if (r->least)
		hy_buf_fmt(b, "%ssees no count from 1 to %d", more, r->least - 1);
	hy_buf_add(b, HY_S(" |\n"));
}

static void roles_table(struct hy_buf *b, const struct pack *p, bool system, hy_str language)
{
	struct role r;

	hy_buf_add(b, HY_S("| role | reaches | clearance | may | |\n|---|---|---|---|---|\n"));
	for (size_t i = 0; role_at(p, i, &r); i++)
		if (role_held(&r) && r.system == system)
			role_line(b, &r, language);
}

hy_str permissions_page(struct hy_arena *a, const struct pack *p, hy_str language,
			void (*routes)(struct hy_buf *b, void *arg), void *arg)
{
	struct hy_buf b = hy_buf_on(a);

	hy_buf_fmt(&b,
		   "# Permissions\n\nMade by `huiyin permissions --markdown` from the program's "
		   "tables and the pack `" HY_FMT "`; a test compares. How it is decided: "
		   "[decision 9](decisions/0009-access-is-decided-in-one-place.md).\n\n"
		   "## Permissions\n\n",
		   HY_ARG(p->name));
	permissions_table(&b, language);
	hy_buf_add(&b, HY_S("\n## Roles of the institution\n\nWords of the pack: a city may change "
			    "them.\n\n"));
	roles_table(&b, p, false, language);
	hy_buf_add(&b, HY_S("\n## Roles of the system\n\nThe three administrators exclude each "
			    "other and everything else; none of them reads matters.\n\n"));
	roles_table(&b, p, true, language);
	if (routes) {
		hy_buf_add(&b, HY_S("\n## Addresses\n\n| method | path | permission | what |\n"
				    "|---|---|---|---|\n"));
		routes(&b, arg);
	}
	return hy_buf_str(&b);
}
