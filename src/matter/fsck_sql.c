/* fsck: every cached field is rebuilt from events and compared. */
#include "matter/attach.h"
#include "matter/city.h"
#include "matter/identity.h"
#include "matter/proposal.h"
#include "matter/row.h"
#include "people/setting.h"

struct run {
	struct city *c;
	struct hy_arena *a; /* of the result */
	struct hy_db *db;
	struct matter_fsck *out;
};

static void wrong(struct run *r, hy_str code, const char *what)
{
	if (r->out->wrong++ == 0)
		r->out->first = hy_printf(r->a, "%s" HY_FMT "%s%s", code.n ? "matter " : "",
					  HY_ARG(code), code.n ? ": " : "", what);
}

/* The key of an imported matter stands in its filing; erased content does not give it back. */
static bool source_same(hy_str source, const struct matter *m)
{
	return !m->events[0].private ||
	       hy_str_eq(source, hy_json_get(m->events[0].private, "source"));
}

/* The city's name is what its founding says. */
static enum hy_code name_same(struct run *r, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(r->db, record_of_subject);
	HY_SCOPED_STMT stored = hy_sql(r->db, "SELECT name FROM city WHERE id = 1");
	struct record_event ev = { 0 };
	bool founded = false, named = false;

	hy_bind_text(s, 1, HY_S("city"));
	enum hy_code code = hy_step(s, &founded, e);
	if (!code && founded)
		code = record_row(r->a, s, &ev, e);
	if (!code)
		code = hy_step(stored, &named, e);
	if (!code && (!founded || !named ||
		      !hy_str_eq(hy_json_get(ev.data, "name"), hy_col_text(stored, 0))))
		wrong(r, HY_S(""), "the city's name is not the one it was founded with");
	return code;
}

static enum hy_code one(struct run *r, struct hy_arena *a, const struct matter_row *row,
			hy_str source, struct hy_err *e)
{
	struct matter_key key = { row->id, row->seq, row->code, row->kind, row->version };
	struct matter *m = NULL;
	struct matter_row rebuilt;
	struct hy_err why = { 0 };
	enum hy_code code = matter_load(r->c, r->db, a, &key, &m, &why);

	r->out->matters++;
	if (code == HY_STORE || code == HY_STORE_BUSY) {
		*e = why;
		return code;
	}
	if (code) {
		wrong(r, row->code, hy_err_text(&why));
		return HY_OK;
	}
	r->out->events += (int64_t)m->n_events;
	matter_row_of(a, m, &rebuilt);
	const char *member = matter_row_differs(row, &rebuilt);
	int64_t version = 0;
	if (!hy_str_int(hy_json_get(m->events[0].data, "version"), &version) ||
	    version != row->version)
		member = "version";
	if (!member && !source_same(source, m))
		member = "source";
	if (member)
		wrong(r, row->code,
		      hy_printf(r->a, "the stored '%s' is not what its events make", member).p);
	return HY_OK;
}

static enum hy_code count(struct hy_db *db, const char *sql, int64_t *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, sql);
	bool row;
	enum hy_code code = hy_step(s, &row, e);

	if (!code)
		*out = row ? hy_col_int(s, 0) : 0;
	return code;
}

/* Events of matters that have no row, and numbers given out below a code in use. */
static enum hy_code orphans(struct run *r, struct hy_err *e)
{
	int64_t n = 0;
	enum hy_code code = count(r->db,
				  "SELECT count(*) FROM event e WHERE e.matter IS NOT NULL AND"
				  " NOT EXISTS (SELECT 1 FROM matter m WHERE m.id = e.matter)",
				  &n, e);

	int64_t lost = 0;
	if (!code)
		code = count(r->db,
			     "SELECT count(*) FROM event e WHERE e.matter IS NULL AND"
			     " e.subject >= 'matter/' AND e.subject < 'matter0'",
			     &lost, e);
	n += lost;
	if (!code && n)
		wrong(r, HY_S(""),
		      hy_printf(r->a, "%lld events belong to matters that are missing",
				(long long)n)
			      .p);
	if (!code)
		code = count(r->db,
			     "SELECT count(*) FROM matter m WHERE NOT EXISTS (SELECT 1 FROM "
			     "matter_number x"
			     " WHERE m.code LIKE x.prefix || '-' || x.year || '-%'"
			     " AND substr(m.code, length(m.code) - 5) <= substr('000000' || x.n,"
			     " length('000000' || x.n) - 5))",
			     &n, e);
	if (!code && n)
		wrong(r, HY_S(""),
		      hy_printf(r->a, "%lld codes lie beyond the numbers given out", (long long)n)
			      .p);
	return code;
}

/* What else is rebuilt from events, each by its owner; the first difference of each is told. */
typedef enum hy_code fsck_fn(struct hy_arena *a, struct hy_db *db, int64_t *checked,
			     struct hy_err *e);
static fsck_fn *const others[] = {
	/* clang-format off */
	unit_fsck,
	setting_fsck,
	post_fsck,
	account_fsck,
	grant_fsck,
	security_fsck,
	custodian_fsck,
	proposal_fsck,
	/* clang-format on */
};

/* What C found is a difference like others; any other failure ends the run. */
static enum hy_code told(struct run *r, enum hy_code code, struct hy_err *why, struct hy_err *e)
{
	if (code == HY_TAMPERED) {
		wrong(r, HY_S(""), hy_err_text(why));
		hy_err_clear(why);
		return HY_OK;
	}
	if (code)
		*e = *why;
	return code;
}

static enum hy_code rest(struct run *r, struct hy_err *e)
{
	const struct city_room *const *rooms = city_rooms();
	struct hy_err why = { 0 };
	enum hy_code code = HY_OK;
	int64_t checked;

	for (size_t i = 0; !code && i < HY_COUNT(others); i++)
		code = told(r, others[i](r->a, r->db, &checked, &why), &why, e);
	for (size_t i = 0; !code && rooms[i]; i++)
		if (rooms[i]->fsck)
			code = told(r, rooms[i]->fsck(r->a, r->db, &checked, &why), &why, e);
	if (!code)
		code = told(r, attach_fsck(r->c, r->a, r->db, &checked, &why), &why, e);
	if (!code)
		code = told(r, identity_fsck(r->c, r->a, r->db, &checked, &why), &why, e);
	if (!code)
		code = told(r, institution_fsck(r->a, r->db, &why), &why, e);
	return code;
}

enum hy_code matter_fsck(struct city *c, struct hy_arena *a,
			 void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			 struct matter_fsck *out, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	struct run r = { .c = c, .a = a, .out = out };
	int64_t total = 0, after = 0;
	enum hy_code code = hy_store_read(c->store, &db, e);

	r.db = db;
	*out = (struct matter_fsck){ 0 };
	if (!code)
		code = count(db, "SELECT count(*) FROM matter", &total, e);
	while (!code && out->matters < total) {
		HY_SCOPED_ARENA batch = hy_arena_new(0);
		HY_SCOPED_ARENA work = hy_arena_new(0);
		HY_VEC(struct matter_row) rows = { 0 };
		HY_VEC(hy_str) sources = { 0 };
		bool row = true;
		HY_SCOPED_STMT s = hy_sql(db, matter_rows_by_id);
		hy_bind_int(s, 1, after);
		hy_bind_int(s, 2, 500);
		while (!(code = hy_step(s, &row, e)) && row) {
			struct matter_row *x = hy_push(batch, &rows);
			*x = (struct matter_row){ 0 };
			matter_row_get(batch, s, x);
			matter_row_rest(batch, s, x, hy_push(batch, &sources));
			after = x->id;
		}
		hy_done(&s);
		for (size_t i = 0; !code && i < rows.n; i++) {
			code = one(&r, work, &rows.v[i], sources.v[i], e);
			hy_arena_empty(work);
		}
		if (rows.n == 0)
			break;
		if (progress)
			progress(arg, out->matters, total);
	}
	if (!code)
		code = orphans(&r, e);
	if (!code)
		code = name_same(&r, e);
	return code ? code : rest(&r, e);
}
