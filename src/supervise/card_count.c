/* How many cards there are: by unit, by level, by what became of them. */
#include "base/json.h"
#include "matter/explain.h"
#include "matter/matter_json.h"
#include "pack/figure.h"
#include "people/unit.h"
#include "supervise/card.h"

#define T PACK_TEXT
enum {
	ANY_LEVEL = 1 << CARD_WARNING | 1 << CARD_YELLOW | 1 << CARD_RED,
	COUNTS = 1 << CARD_STANDS | 1 << CARD_CONTESTED | 1 << CARD_UPHELD,
};
#define BY_LEVEL(id, level, title, definition) { id, title, definition, 1 << CARD_##level, COUNTS },
const struct card_figure card_figures[CARD_FIGURES] = {
	{ "cards", T("牌数", "牌數", "Cards"),
	  T("预警、黄牌、红牌之和，不含已撤销的。计入当时承办的单位。",
	    "預警、黃牌、紅牌之和，不含已撤銷的。計入當時承辦的單位。",
	    "Warnings, yellow and red cards together, but for those annulled. They count for the "
	    "unit that held the matter then."),
	  ANY_LEVEL, COUNTS },
	FIGURE_CARDS(BY_LEVEL){
		"cards_contested", T("申辩中", "申辯中", "Contested"),
		T("单位已提出申辩、尚未决定的牌，各种颜色都在内。",
		  "單位已提出申辯、尚未決定的牌，各種顏色都在內。",
		  "Cards of any colour that the unit contested and nobody has decided yet."),
		ANY_LEVEL, 1 << CARD_CONTESTED },
	{ "cards_upheld", T("已维持", "已維持", "Upheld"),
	  T("申辩后维持的牌，各种颜色都在内。", "申辯後維持的牌，各種顏色都在內。",
	    "Cards of any colour that were contested and upheld."),
	  ANY_LEVEL, 1 << CARD_UPHELD },
	{ "cards_annulled", T("已撤销", "已撤銷", "Annulled"),
	  T("已撤销的牌，各种颜色都在内；不计入牌数，也不删除。",
	    "已撤銷的牌，各種顏色都在內；不計入牌數，也不刪除。",
	    "Cards of any colour that were annulled: they count in no other figure, and none is "
	    "deleted."),
	  ANY_LEVEL, 1 << CARD_ANNULLED },
};

void card_count(struct card_counts *c, enum card_level level, enum card_state state, int64_t n)
{
	for (size_t i = 0; i < CARD_FIGURES; i++)
		if ((card_figures[i].levels >> level & 1) && (card_figures[i].states >> state & 1))
			c->of[i] += n;
}

/* --- asking -------------------------------------------------------------------------------------
 */

static enum hy_code name_units(struct hy_arena *a, struct hy_db *db, struct card_report *r,
			       struct hy_err *e)
{
	struct unit_book book = { 0 };
	enum hy_code c = unit_book_read(a, db, &book, e);

	for (size_t i = 0; !c && i < r->n; i++)
		r->v[i].name = unit_name_on(&book, r->v[i].unit, HY_NO_DAY);
	return c;
}

static struct card_counts *person_of(struct hy_arena *a, struct card_count_unit *u, hy_str person)
{
	size_t n = u->people.n;

	if (n == 0 || !hy_str_eq(u->people.v[n - 1].person, person))
		*hy_push(a, &u->people) =
			(struct card_count_person){ .person = hy_str_dup(a, person) };
	return &u->people.v[u->people.n - 1].counts;
}

/* A row of the question below, added to its unit, its person, its kind and the total. */
static void add_row(struct hy_arena *a, struct card_report *r, struct hy_stmt *s)
{
	const struct card_kind *kind = card_kind_of(hy_col_text(s, 1));
	enum card_level level = (enum card_level)hy_col_int(s, 2);
	enum card_state state = (enum card_state)hy_col_int(s, 3);
	int64_t n = hy_col_int(s, 4);
	struct card_count_unit *u;

	if (r->n == 0 || !hy_str_eq(r->v[r->n - 1].unit, hy_col_text(s, 0)))
		*hy_push(a, r) = (struct card_count_unit){ .unit = hy_col_dup(a, s, 0) };
	u = &r->v[r->n - 1];
	card_count(&u->counts, level, state, n);
	card_count(person_of(a, u, hy_col_text(s, 5)), level, state, n);
	if (kind)
		card_count(&r->kinds[kind - card_kinds], level, state, n);
	card_count(&r->total, level, state, n);
}

static size_t n_kinds(void)
{
	size_t n = 0;

	while (card_kinds[n].id)
		n++;
	return n;
}

enum hy_code card_report(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 const struct card_filter *f, struct card_report *out, struct hy_err *e)
{
	struct hy_query q = { .sql = hy_buf_on(a) };
	struct card_report r = { .kinds = hy_new_n(a, struct card_counts, n_kinds()) };
	enum hy_code c;
	bool row;

	hy_buf_fmt(&q.sql, "SELECT m.unit, m.kind, m.level, m.state, count(*), m.person%s",
		   card_from);
	card_where(&q, f);
	access_into(&q, a, scope);
	hy_buf_add(&q.sql, HY_S(" GROUP BY m.unit, m.person, m.kind, m.level, m.state"
				" ORDER BY m.unit, m.person"));
	if (q.full)
		return hy_fail(e, HY_FORBIDDEN, "",
			       "you hold more roles than one count can follow");
	HY_SCOPED_STMT s = hy_sql_many(db, hy_buf_str(&q.sql).p);
	hy_bind_values(s, 1, q.value, q.n);
	while (!(c = hy_step(s, &row, e)) && row)
		add_row(a, &r, s);
	if (!c)
		c = name_units(a, db, &r, e);
	if (!c)
		*out = r;
	return c;
}

/* --- as JSON ------------------------------------------------------------------------------------
 */

static void counts_json(struct hy_json *j, const char *key, const struct card_counts *c)
{
	hy_json_key(j, key);
	hy_json_obj(j);
	for (size_t i = 0; i < CARD_FIGURES; i++)
		hy_json_kint(j, card_figures[i].id, c->of[i]);
	hy_json_obj_end(j);
}

static void people_json(struct hy_json *j, const struct card_count_unit *u)
{
	hy_json_key(j, "people");
	hy_json_arr(j);
	for (size_t i = 0; i < u->people.n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "person", u->people.v[i].person);
		counts_json(j, "figures", &u->people.v[i].counts);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

void card_report_json(struct hy_json *j, const struct card_report *r, const struct hy_calendar *cal,
		      hy_ms now)
{
	hy_json_obj(j);
	explain_instant(j, "as_of", cal, now);
	hy_json_key(j, "definitions");
	hy_json_arr(j);
	for (size_t i = 0; i < CARD_FIGURES; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "id", hy_str_of(card_figures[i].id));
		matter_text_json(j, "title", &card_figures[i].title);
		matter_text_json(j, "definition", &card_figures[i].definition);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_key(j, "kinds");
	hy_json_arr(j);
	for (size_t i = 0; card_kinds[i].id; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "kind", hy_str_of(card_kinds[i].id));
		matter_text_json(j, "title", &card_kinds[i].title);
		counts_json(j, "figures", &r->kinds[i]);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	counts_json(j, "total", &r->total);
	hy_json_key(j, "units");
	hy_json_arr(j);
	for (size_t i = 0; i < r->n; i++) {
		hy_json_obj(j);
		hy_json_kstr(j, "unit", r->v[i].unit);
		hy_json_kstr(j, "name", r->v[i].name);
		counts_json(j, "figures", &r->v[i].counts);
		people_json(j, &r->v[i]);
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
}
