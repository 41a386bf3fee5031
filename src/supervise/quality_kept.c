/* What was found in each matter, kept beside it: written a second after it moved. */
#include "base/log.h"
#include "people/setting.h"
#include "supervise/card.h"
#include "supervise/quality.h"

static const struct hy_migration migrations[] = {
	{ .name = "quality-001",
	  .sqlite = "CREATE TABLE quality(matter INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
		    " found INTEGER NOT NULL, late_ms INTEGER NOT NULL);"
		    "CREATE TABLE quality_seen(id INTEGER PRIMARY KEY CHECK(id = 1),"
		    " idx INTEGER NOT NULL);",
	  .pg = "CREATE TABLE quality(matter BIGINT PRIMARY KEY, seq BIGINT NOT NULL,"
		" found BIGINT NOT NULL, late_ms BIGINT NOT NULL);"
		"CREATE TABLE quality_seen(id BIGINT PRIMARY KEY CHECK(id = 1),"
		" idx BIGINT NOT NULL);" },
	{ 0 }
};

struct row {
	int64_t matter, seq, found, late_ms;
};
struct batch {
	struct city *c;
	struct hy_arena *a;
	HY_VEC(struct row) rows;
	int64_t was_seen, seen; /* indices in the log */
	int done;
};

/* --- looking, beside the writer -----------------------------------------------------------------
 */

/* The matter ID where nothing is kept of it as it is now; CODE is empty else. */
static enum hy_code moved(const struct batch *b, struct hy_db *db, int64_t id, hy_str *code_out,
			  bool *imported_out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT m.code, " CARD_IMPORTED_SQL " FROM matter m"
				      " LEFT JOIN quality q ON q.matter = m.id WHERE m.id = $1"
				      " AND (q.seq IS NULL OR q.seq <> m.seq)");
	bool row;

	*code_out = HY_S("");
	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && row) {
		*code_out = hy_col_dup(b->a, s, 0);
		*imported_out = hy_col_int(s, 1) != 0;
	}
	return code;
}

static struct row row_of(int64_t id, const struct quality_look *l)
{
	struct quality_found f[QUALITY__N];
	struct row r = { .matter = id,
			 .seq = l->m->events[l->m->n_events - 1].seq,
			 .late_ms = quality_lateness(l) };

	quality_find(l, f);
	for (int q = 0; q < QUALITY__N; q++) {
		r.found |= f[q].of ? QUALITY_OF(q) : 0;
		r.found |= f[q].has && q != QUALITY_LATE ? QUALITY_HAS(q) : 0;
	}
	return r;
}

/* A matter that cannot be read is fsck's to tell of; it does not hold up the others. */
static enum hy_code look_at(struct batch *b, struct hy_db *db, int64_t id, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_err why = { 0 };
	struct matter *m = NULL;
	bool imported = false;
	hy_str name;
	enum hy_code code = moved(b, db, id, &name, &imported, e);

	if (code || name.n == 0)
		return code;
	code = matter_read(b->c, db, &access_all, a, name, &m, &why);
	if (code == HY_STORE || code == HY_STORE_BUSY || code == HY_IO) {
		*e = why;
		return code;
	}
	if (code) {
		hy_log(HY_LOG_WARN, "quality", HY_FMT " is not looked at: %s", HY_ARG(name),
		       hy_err_text(&why));
		return HY_OK;
	}
	const struct quality_look l = { .a = a, .m = m, .imported = imported };
	*hy_push(b->a, &b->rows) = row_of(id, &l);
	return HY_OK;
}

/* Events for each of MOST: after an import of a million matters it is done in minutes. */
enum { AT_ONCE = 20 };

static enum hy_code look(struct batch *b, int most, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(city_store(b->c), &db, e);
	HY_VEC(int64_t) ids = { 0 };
	bool row;

	if (!code)
		code = hy_sql_int(db, "SELECT idx FROM quality_seen WHERE id = 1", -1, &b->was_seen,
				  e);
	b->seen = b->was_seen;
	if (code)
		return code;
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT idx, matter FROM event WHERE idx > $1 ORDER BY idx LIMIT $2");
	hy_bind_int(s, 1, b->seen);
	hy_bind_int(s, 2, AT_ONCE * (int64_t)most);
	while (!(code = hy_step(s, &row, e)) && row) {
		b->seen = hy_col_int(s, 0);
		b->done++;
		if (!hy_col_null(s, 1))
			*hy_push(b->a, &ids) = hy_col_int(s, 1);
	}
	for (size_t i = 0; !code && i < ids.n; i++) {
		bool twice = false; /* the later event of a matter answers for both */
		for (size_t k = i + 1; !twice && k < ids.n; k++)
			twice = ids.v[k] == ids.v[i];
		if (!twice)
			code = look_at(b, db, ids.v[i], e);
	}
	return code;
}

/* --- writing down -------------------------------------------------------------------------------
 */

static enum hy_code write_down(struct hy_db *db, void *in_out, struct hy_err *e)
{
	const struct batch *b = in_out;
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < b->rows.n; i++) {
		HY_SCOPED_STMT s = hy_sql(
			db,
			"INSERT INTO quality(matter, seq, found, late_ms) VALUES($1, $2, $3, $4)"
			" ON CONFLICT(matter) DO UPDATE SET seq = excluded.seq,"
			" found = excluded.found, late_ms = excluded.late_ms");
		hy_bind_int(s, 1, b->rows.v[i].matter);
		hy_bind_int(s, 2, b->rows.v[i].seq);
		hy_bind_int(s, 3, b->rows.v[i].found);
		hy_bind_int(s, 4, b->rows.v[i].late_ms);
		code = hy_exec(s, NULL, e);
	}
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO quality_seen(id, idx) VALUES(1, $1)"
				      " ON CONFLICT(id) DO UPDATE SET idx = excluded.idx");
	hy_bind_int(s, 1, b->seen);
	return hy_exec(s, NULL, e);
}

enum hy_code quality_tick(struct city *c, int most, int *done_out, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct batch b = { .c = c, .a = a };
	enum hy_code code = look(&b, most, e);

	*done_out = 0;
	if (!code && b.seen != b.was_seen)
		code = hy_store_write(city_store(c), write_down, &b, e);
	if (!code)
		*done_out = b.done;
	return code;
}

const struct city_room quality_room = { .migrations = migrations, .tick = quality_tick };
