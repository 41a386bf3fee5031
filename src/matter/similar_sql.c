#include "matter/matter_store.h"
#include "matter/similar.h"

/* So many of the newest filings are looked through, however large the city. */
#define NEWEST "3000"

static struct similar one(struct hy_arena *a, struct hy_stmt *s, struct city *c, hy_str kind)
{
	const struct pack_kind *k = pack_kind(city_pack_at(c, hy_col_int(s, 5)), kind);
	const struct hy_zone *zone = hy_calendar_zone(city_pack(c)->calendar);
	hy_str state = hy_str_dup(a, hy_col_text(s, 4));
	hy_ms due = hy_col_int(s, 1);
	int at = k ? pack_state_index(k, state) : -1;

	return (struct similar){
		.filed_on = hy_day_text(a, hy_local(zone, hy_col_int(s, 0), NULL)),
		.due_on = due == INT64_MAX ? HY_S("") : hy_day_text(a, hy_local(zone, due, NULL)),
		.unit = hy_str_dup(a, hy_col_text(s, 2)),
		.unit_name = hy_str_dup(a, hy_col_text(s, 3)),
		.state = at < 0 ? (struct pack_text){ state, state, state } : k->states[at].title,
	};
}

enum hy_code similar_find(struct hy_arena *a, struct hy_db *db, struct city *c, hy_str kind,
			  hy_str class, struct similars *out, struct hy_err *e)
{
	struct access_where w = access_where(a, &access_public, 3);
	struct similars found = { .n = 0 };
	enum hy_code code;
	bool row;
	HY_SCOPED_STMT s = hy_sql(
		db,
		hy_printf(a,
			  "SELECT m.filed_at, m.due_at, m.unit, coalesce(u.name, ''), m.state,"
			  " m.version FROM (SELECT * FROM matter ORDER BY filed_at DESC, id DESC"
			  " LIMIT " NEWEST ") m LEFT JOIN unit u ON u.code = m.unit"
			  " WHERE m.open = 1 AND m.annulled = 0 AND m.kind = $1 AND m.class = $2"
			  " AND m.about_unit = '' AND m.about_person = ''" HY_FMT
			  " ORDER BY m.filed_at DESC, m.id DESC LIMIT %d",
			  HY_ARG(w.sql), SIMILAR_MOST)
			.p);
	hy_bind_text(s, 1, kind);
	hy_bind_text(s, 2, class);
	access_bind(s, &w);
	while (!(code = hy_step(s, &row, e)) && row)
		found.v[found.n++] = one(a, s, c, kind);
	if (!code)
		*out = found;
	return code;
}
