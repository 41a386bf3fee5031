/* Who was asked to help with which case, and whether they said something. */
#include "service/assist.h"

#include "base/json.h"
#include "matter/fold.h"
#include "record/record.h"

#define OPINION HY_S("opine")
enum { LIST_MOST = 200 };

/* asked_idx, said_idx: the events; said_idx -1: nothing was said since it was asked. */
#define TABLES(INT, TEXT_C)                                                                        \
	"CREATE TABLE assist(unit " TEXT_C " NOT NULL, matter " INT " NOT NULL, asked_idx " INT    \
	" NOT NULL, asked_at " INT " NOT NULL, said_idx " INT " NOT NULL,"                         \
	" PRIMARY KEY(unit, matter));"                                                             \
	"CREATE INDEX assist_matter ON assist(matter);"
static const struct hy_migration migrations[] = { { .name = "assist-001",
						    .sqlite = TABLES("INTEGER", "TEXT"),
						    .pg = TABLES("BIGINT", "TEXT COLLATE \"C\"") },
						  { 0 } };

/* --- kept by the moves --------------------------------------------------------------------------
 */

static enum hy_code asked(struct hy_db *db, int64_t id, hy_str unit, const struct matter_event *ev,
			  struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO assist(unit, matter, asked_idx, asked_at, said_idx)"
			   " VALUES($1, $2, $3, $4, -1) ON CONFLICT(unit, matter) DO UPDATE"
			   " SET asked_idx = excluded.asked_idx,"
			   " asked_at = excluded.asked_at, said_idx = -1");

	hy_bind_text(s, 1, unit);
	hy_bind_int(s, 2, id);
	hy_bind_int(s, 3, ev->idx);
	hy_bind_int(s, 4, ev->at);
	return hy_exec(s, NULL, e);
}

static enum hy_code said(struct hy_db *db, int64_t id, const struct matter_event *ev,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "UPDATE assist SET said_idx = $3 WHERE unit = $1 AND matter = $2");

	hy_bind_text(s, 1, ev->unit);
	hy_bind_int(s, 2, id);
	hy_bind_int(s, 3, ev->idx);
	return hy_exec(s, NULL, e);
}

static enum hy_code moved(struct hy_db *db, int64_t id, const struct matter *m,
			  const struct matter_event *ev, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	if (ev->move < 0)
		return HY_OK;
	if (hy_str_eq(ev->name, OPINION))
		return said(db, id, ev, e);
	if (m->kind->moves[ev->move].act != PACK_CO_HANDLE)
		return HY_OK;
	const json_t *units = matter_field(ev, PACK_UNITS);
	for (size_t i = 0; !code && i < json_array_size(units); i++)
		code = asked(db, id, hy_str_of(json_string_value(json_array_get(units, i))), ev, e);
	return code;
}

/* --- reading ------------------------------------------------------------------------------------
 */

enum hy_code assist_list(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 hy_str code, bool all, struct assist **out, size_t *n_out,
			 struct hy_err *e)
{
	/* The helping unit stands where the holder does: the same rules say who sees it. */
	struct access_where w = access_where(a, scope, 4);
	HY_SCOPED_STMT s = hy_sql(
		db,
		hy_printf(
			a,
			"SELECT m.code, m.title, m.kind, m.unit, m.holder, m.asked_at, m.said_idx,"
			" m.open FROM (SELECT x.code, x.title, x.kind, x.guard, x.about_unit,"
			" x.about_person, x.open, x.unit AS holder, h.unit, h.asked_at, h.said_idx"
			" FROM assist h JOIN matter x ON x.id = h.matter) m"
			" WHERE ($1 = '' OR m.code = $1)"
			" AND ($2 = 1 OR (m.said_idx < 0 AND m.open = 1))" HY_FMT
			" ORDER BY m.asked_at DESC, m.code LIMIT $3",
			HY_ARG(w.sql))
			.p);
	HY_VEC(struct assist) v = { 0 };
	enum hy_code failed;
	bool row;

	hy_bind_text(s, 1, code);
	hy_bind_int(s, 2, all);
	hy_bind_int(s, 3, LIST_MOST);
	access_bind(s, &w);
	while (!(failed = hy_step(s, &row, e)) && row)
		*hy_push(a, &v) = (struct assist){ .code = hy_col_dup(a, s, 0),
						   .title = hy_col_dup(a, s, 1),
						   .kind = hy_col_dup(a, s, 2),
						   .unit = hy_col_dup(a, s, 3),
						   .lead = hy_col_dup(a, s, 4),
						   .asked_at = hy_col_int(s, 5),
						   .said = hy_col_int(s, 6) >= 0,
						   .open = hy_col_int(s, 7) != 0 };
	*out = v.v;
	*n_out = v.n;
	return failed;
}

/* --- checking ------------------------------------------------------------------------------------
 */

static bool names(const struct record_event *ev, hy_str unit)
{
	const json_t *units = json_object_get(ev->data, "units");

	for (size_t i = 0; i < json_array_size(units); i++)
		if (hy_str_eq(unit, hy_str_of(json_string_value(json_array_get(units, i)))))
			return true;
	return false;
}

/* What the events of the matter make of the row of UNIT. */
static enum hy_code rebuild(struct hy_arena *a, struct hy_db *db, int64_t matter, hy_str unit,
			    int64_t *asked_out, int64_t *said_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_matter);
	enum hy_code code;
	bool row;

	*asked_out = *said_out = -1;
	hy_bind_int(s, 1, matter);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct record_event ev;
		code = record_row(a, s, &ev, e);
		if (code)
			return code;
		if (names(&ev, unit)) {
			*asked_out = ev.idx;
			*said_out = -1;
		} else if (hy_str_eq(ev.move, OPINION) && hy_str_eq(ev.unit, unit)) {
			*said_out = ev.idx;
		}
	}
	return code;
}

/* Every row rests on its events. */
static enum hy_code fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			 struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT unit, matter, asked_idx, said_idx FROM assist"
				      " ORDER BY matter, unit");
	enum hy_code code;
	bool row;

	*checked_out = 0;
	while (!(code = hy_step(s, &row, e)) && row) {
		hy_str unit = hy_col_dup(a, s, 0);
		int64_t matter = hy_col_int(s, 1), asked_at, said_at;
		code = rebuild(a, db, matter, unit, &asked_at, &said_at, e);
		if (code)
			return code;
		if (asked_at != hy_col_int(s, 2) || said_at != hy_col_int(s, 3))
			return hy_fail(e, HY_TAMPERED, "",
				       "what " HY_FMT
				       " was asked to help with in matter row %lld is "
				       "not what its events say",
				       HY_ARG(unit), (long long)matter);
		++*checked_out;
	}
	return code;
}

const struct city_room assist_room = { .migrations = migrations, .fsck = fsck, .moved = moved };
