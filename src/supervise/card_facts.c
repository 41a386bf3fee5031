/* Cards as cases of figures: what reports and appraisals count. */
#include "matter/facts.h"
#include "matter/sight.h"
#include "supervise/card.h"

static const enum fact levels[] = { [CARD_WARNING] = FACT_CARD_WARNING,
				    [CARD_YELLOW] = FACT_CARD_YELLOW,
				    [CARD_RED] = FACT_CARD_RED };

static struct fact_thing thing_of(struct hy_stmt *s)
{
	return (struct fact_thing){ .id = hy_col_int(s, 0),
				    .matter = hy_col_int(s, 1),
				    .code = hy_col_text(s, 2),
				    .matter_code = hy_col_text(s, 3),
				    .title = hy_col_text(s, 4),
				    .unit = hy_col_text(s, 5),
				    .kind = hy_col_text(s, 6),
				    .cls = hy_col_text(s, 7),
				    .at = hy_col_int(s, 8),
				    .due_at = hy_col_opt(s, 9, HY_NO_TIME),
				    .filed_at = hy_col_int(s, 10),
				    .facts = FACT_BIT(levels[hy_col_int(s, 11)]) };
}

/* Whose a card is, is whose the matter was then: the unit of m, of which access_where() speaks, is
 * the card's. */
#define OWNER                                                                                      \
	"(SELECT c.id AS card, c.unit, x.code, x.guard, x.about_unit, x.about_person"              \
	" FROM card c JOIN matter x ON x.id = c.matter) m"

/* The inner m is whose the card is, the outer one whose the matter is now: the former is asked who
 * may see the card, the latter who may read the title. */
enum hy_code card_facts(struct hy_arena *a, struct hy_db *db, const struct fact_ask *ask,
			struct hy_err *e)
{
	struct access_where w = access_where(a, ask->scope, 5);
	struct sight_sql sight = sight_sql(a, ask->who, w.first + w.n);
	HY_SCOPED_STMT s = hy_sql_many(
		db,
		hy_printf(a,
			  "SELECT k.id, k.matter, k.code, m.code, " HY_FMT ", k.unit, m.kind,"
			  " m.class, k.since, m.main_due_at, m.filed_at, k.level"
			  " FROM card k JOIN matter m ON m.id = k.matter"
			  " WHERE k.state <> $1 AND k.since >= $2 AND k.since < $3 AND k.id > $4"
			  " AND k.id IN (SELECT m.card FROM " OWNER " WHERE 1 = 1" HY_FMT ")"
			  " ORDER BY k.id",
			  HY_ARG(sight.title), HY_ARG(w.sql))
			.p);
	enum hy_code code;
	bool row;

	hy_bind_int(s, 1, CARD_ANNULLED);
	hy_bind_int(s, 2, ask->period.from);
	hy_bind_int(s, 3, ask->period.until);
	hy_bind_int(s, 4, ask->after);
	access_bind(s, &w);
	sight_bind(s, &sight);
	while (!(code = hy_step(s, &row, e)) && row) {
		const struct fact_thing x = thing_of(s);
		code = ask->fn(ask->arg, &x, e);
		if (code)
			return code;
	}
	return code;
}
