/* What the catalogue is for the matters that run on it: the item that a filing names, and the
 * catalogue of a demo city. */
#include <unistd.h>

#include "base/file.h"
#include "matter/reform.h"
#include "people/setting.h"
#include "service/item_row.h"
#include "service/item_table.h"

/* --- a filing names an item --------------------------------------------------------------------
 */

/* What clocks can count; on the spot 即办 is no number of days. */
static struct hy_limit countable(struct item_limit l)
{
	return l.given ? l.limit : (struct hy_limit){ 0 };
}

enum hy_code item_of_filing(struct hy_arena *a, struct hy_db *db, hy_str code, hy_day on,
			    struct city_item *out, struct hy_err *e)
{
	struct item it = { 0 };
	bool there = false;
	enum hy_code c = item_find(a, db, code, &it, &there, e);

	if (c)
		return c;
	const struct item_version *v = there ? item_on(&it, on) : NULL;
	if (!v)
		return hy_fail(e, HY_BAD_FIELD, "item",
			       "there is no item '" HY_FMT "' in the catalogue of " HY_FMT,
			       HY_ARG(hy_str_head(code, ITEM_CODE_MOST)),
			       HY_ARG(hy_day_text(a, on)));
	if (v->state != ITEM_KEPT)
		return hy_fail(e, HY_BAD_FIELD, "item",
			       "the item '" HY_FMT "' is %s since " HY_FMT "%s" HY_FMT,
			       HY_ARG(code), item_states[v->state].title[2].p,
			       HY_ARG(hy_day_text(a, v->from)), v->target.n ? "; see " : "",
			       HY_ARG(v->target));
	*out = (struct city_item){ .name = v->content.name,
				   .unit = v->content.unit,
				   .statutory = countable(v->content.statutory),
				   .pledged = countable(v->content.pledged),
				   .basis = v->content.basis.n ? v->content.basis.v[0] : HY_S("") };
	return HY_OK;
}

/* --- who takes a step ----------------------------------------------------------------------------
 */

enum hy_code item_posts_named(struct hy_arena *a, struct city *c, struct hy_db *db,
			      struct item_content *x, struct hy_err *e)
{
	struct item_step *steps = hy_new_n(a, struct item_step, x->n_steps + 1);
	bool people = setting_bool(db, "board.public");
	enum hy_code code = HY_OK;

	if (x->n_steps)
		memcpy(steps, x->steps, x->n_steps * sizeof(*steps));
	for (size_t i = 0; !code && i < x->n_steps; i++) {
		struct hy_err why = { 0 };
		hy_str name = HY_S("");
		struct post p;
		if (!steps[i].post.n)
			continue;
		code = post_by_code(a, db, steps[i].post, city_now(c), &p, &why);
		if (code == HY_NOT_FOUND) {
			code = HY_OK;
			continue;
		}
		if (code) {
			*e = why;
			return code;
		}
		if (people && p.holder[POST_A])
			code = account_name(a, db, p.holder[POST_A], &name, e);
		steps[i].post = hy_printf(a, HY_FMT "%s" HY_FMT, HY_ARG(p.title), name.n ? " " : "",
					  HY_ARG(name));
	}
	x->steps = steps;
	return code;
}

/* --- the demo city ------------------------------------------------------------------------------
 */

/* The catalogue as it began, and what was cut and shortened later: files of a pack's folder, which
 * the demo alone reads. */
static const struct {
	const char *file;
	int days; /* before the last day of the demo */
} tables[] = { { "items/catalogue.csv", 1130 }, { "items/changes.csv", 300 } };

static enum hy_code import_table(struct city *c, struct hy_arena *a, const char *file, hy_day on,
				 struct hy_err *e)
{
	struct reform r;
	struct grid g;
	struct item_act act = { .who = &actor_console, .from = on };
	struct item_job job = { .act = &act, .grid = &g, .a = a };
	hy_str bytes;
	enum hy_code code = hy_file_read(a, file, GRID_FILE_MOST, &bytes, e);

	if (!code)
		code = grid_read(a, bytes, &g, e);
	if (code)
		return code;
	reform_begin(&r, c, NULL, &actor_console, HY_S(""), &act.w);
	return item_import(city_store(c), &job, e);
}

enum hy_code item_found_demo(struct city *c, const char *const *packs, hy_day until,
			     struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	enum hy_code code = HY_OK;

	for (; !code && *packs; packs++)
		for (size_t i = 0; !code && i < HY_COUNT(tables); i++) {
			const char *file = hy_printf(a, "%s/%s", *packs, tables[i].file).p;
			if (access(file, R_OK) == 0)
				code = import_table(c, a, file, until - tables[i].days, e);
		}
	return code;
}
