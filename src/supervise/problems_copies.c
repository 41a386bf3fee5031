/* Lists copied from one another, side by side. */
#include "base/json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "stat/alike.h"
#include "supervise/problems.h"

/* So many of the newest lists are looked at, and so many pairs told. */
#define NEWEST "3000"
enum { TOLD = 100 };

struct one { /* a line among all */
	const struct matter *m;
	size_t n; /* from 0 */
};
struct gathering {
	struct city *c;
	struct hy_db *db;
	struct hy_arena *a;
	const struct access_scope *scope;
	size_t lists;
	HY_VEC(struct alike_text) texts;
	HY_VEC(struct one) lines;
};

/* What somebody had to think of; place, day and names are not copied but filled in. */
static hy_str words_of(struct hy_arena *a, const struct problem_line *l)
{
	return hy_printf(a, HY_FMT "\n" HY_FMT "\n" HY_FMT, HY_ARG(l->example), HY_ARG(l->cause),
			 HY_ARG(l->measure));
}

static void gather(struct gathering *g, const struct matter *m)
{
	struct problem_lines lines = problems_lines(g->a, m);

	for (size_t i = 0; i < lines.n; i++) {
		*hy_push(g->a, &g->texts) =
			(struct alike_text){ words_of(g->a, &lines.v[i]), g->lists };
		*hy_push(g->a, &g->lines) = (struct one){ m, i };
	}
	g->lists++;
}

static enum hy_code gather_others(struct gathering *g, const struct matter *mine, struct hy_err *e)
{
	struct access_where w = access_where(g->a, g->scope, 2);
	HY_VEC(hy_str) codes = { 0 };
	bool row;
	enum hy_code code;
	HY_SCOPED_STMT s = hy_sql(g->db, hy_printf(g->a,
						   "SELECT m.code FROM matter m WHERE m.kind = $1"
						   " AND m.annulled = 0" HY_FMT
						   " ORDER BY m.filed_at DESC, m.id DESC"
						   " LIMIT " NEWEST,
						   HY_ARG(w.sql))
						 .p);

	hy_bind_text(s, 1, HY_S(PROBLEM_LIST));
	access_bind(s, &w);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(g->a, &codes) = hy_col_dup(g->a, s, 0);
	for (size_t i = 0; !code && i < codes.n; i++) {
		struct matter *m = NULL;
		if (hy_str_eq(codes.v[i], mine->code))
			continue;
		code = matter_read(g->c, g->db, g->scope, g->a, codes.v[i], &m, e);
		if (!code)
			gather(g, m);
	}
	return code;
}

static void side(struct hy_json *j, const char *key, const struct gathering *g, size_t i,
		 const struct alike_set *other, bool whose)
{
	const struct hy_calendar *cal = city_pack(g->c)->calendar;
	const struct one *x = &g->lines.v[i];
	struct alike_parts p = alike_mark(g->a, g->texts.v[i].text, other);

	hy_json_key(j, key);
	hy_json_obj(j);
	if (whose) {
		hy_json_kstr(j, "code", x->m->code);
		hy_json_kstr(j, "title", x->m->title);
		hy_json_kstr(j, "unit", x->m->unit);
		hy_json_kstr(j, "person", x->m->person);
		explain_instant(j, "filed_at", cal, x->m->filed_at);
	}
	hy_json_kint(j, "n", (int64_t)x->n + 1);
	hy_json_key(j, "parts");
	hy_json_arr(j);
	for (size_t k = 0; k < p.n; k++) {
		hy_json_obj(j);
		hy_json_kstr(j, "text", p.v[k].text);
		hy_json_kbool(j, "shared", p.v[k].shared);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}

static void pair_json(struct hy_json *j, const struct gathering *g, const struct alike_pair *p)
{
	/* Mine was gathered first. */
	struct alike_set mine = alike_set(g->a, g->texts.v[p->a].text);
	struct alike_set other = alike_set(g->a, g->texts.v[p->b].text);

	hy_json_obj(j);
	hy_json_kint(j, "alike", p->jaccard / 10);
	side(j, "mine", g, p->a, &other, false);
	side(j, "other", g, p->b, &mine, true);
	hy_json_obj_end(j);
}

enum hy_code problems_copies_json(struct hy_json *j, struct city *c, struct hy_db *db,
				  const struct access_scope *scope, hy_str code, int least,
				  struct hy_err *e)
{
	struct gathering g = { .c = c, .db = db, .a = j->b->a, .scope = scope };
	struct matter *m = NULL;
	enum hy_code failed = matter_read(c, db, scope, g.a, code, &m, e);

	if (!failed && !hy_str_eq(m->kind->id, HY_S(PROBLEM_LIST)))
		failed = hy_fail(e, HY_BAD_FIELD, "code", HY_FMT " is no problem list",
				 HY_ARG(m->code));
	if (failed)
		return failed;
	gather(&g, m);
	failed = gather_others(&g, m, e);
	if (failed)
		return failed;
	struct alike_pairs pairs = alike_pairs(g.a, g.texts.v, g.texts.n, least * 10, 0);
	hy_json_obj(j);
	hy_json_kstr(j, "code", m->code);
	hy_json_kint(j, "least", least);
	hy_json_kint(j, "lists", (int64_t)g.lists - 1);
	hy_json_kint(j, "found", (int64_t)pairs.n);
	hy_json_key(j, "pairs");
	hy_json_arr(j);
	for (size_t i = 0; i < pairs.n && i < TOLD; i++)
		pair_json(j, &g, &pairs.v[i]);
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return HY_OK;
}
