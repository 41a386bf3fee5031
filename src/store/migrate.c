#include "store/inside.h"

static const char steps_table[] =
	"CREATE TABLE schema_step(name TEXT PRIMARY KEY, at BIGINT NOT NULL)";

/* Names are unique and every step has a text for this engine. */
static enum hy_code sound(struct hy_db *db, struct hy_err *e)
{
	for (const struct hy_migration *m = db->store->o.migrations; m && m->name; m++) {
		if (!db->d->dialect(m))
			return hy_broke(e, HY_INTERNAL, "schema step %s has no text for %s",
					m->name, db->d->name);
		for (const struct hy_migration *n = m + 1; n->name; n++)
			if (strcmp(m->name, n->name) == 0)
				return hy_broke(e, HY_INTERNAL, "schema step %s is there twice",
						m->name);
	}
	return HY_OK;
}

static bool known(const struct hy_migration *m, hy_str name)
{
	for (; m && m->name; m++)
		if (hy_str_eq(hy_str_of(m->name), name))
			return true;
	return false;
}

static enum hy_code refuse_unknown(struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT name FROM schema_step ORDER BY name");
	enum hy_code code;
	bool row;

	while (!(code = hy_step(q, &row, e)) && row) {
		hy_str name = hy_col_text(q, 0);
		if (!known(db->store->o.migrations, name))
			return hy_fail(
				e, HY_BAD_INPUT, "",
				"the database in %s was written by a newer version of Huiyin "
				"(schema step " HY_FMT "); install that version",
				db->store->where, HY_ARG(name));
	}
	return code;
}

static enum hy_code is_done(struct hy_db *db, const char *name, bool *out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT 1 FROM schema_step WHERE name = $1");

	hy_bind_text(q, 1, hy_str_of(name));
	return hy_step(q, out, e);
}

static enum hy_code run_step(struct hy_db *db, const struct hy_migration *m, struct hy_err *e)
{
	struct hy_err why = { 0 };
	enum hy_code code = hy_sql_script(db, db->d->dialect(m), &why);

	if (code)
		return hy_broke(e, code, "schema step %s: %s", m->name, hy_err_text(&why));
	if (!db->d->in_transaction(db->conn))
		return hy_broke(e, HY_INTERNAL, "schema step %s ends the transaction", m->name);
	HY_SCOPED_STMT q = hy_sql(db, "INSERT INTO schema_step(name, at) VALUES ($1, $2)");
	hy_bind_text(q, 1, hy_str_of(m->name));
	hy_bind_int(q, 2, hy_store_now(db->store));
	return hy_exec(q, NULL, e);
}

static enum hy_code bring_up(struct hy_db *db, bool *changed_out, struct hy_err *e)
{
	bool there, done;
	enum hy_code code = db->d->has_table(db->conn, "schema_step", &there, e);

	if (!code)
		code = there ? refuse_unknown(db, e) : hy_sql_script(db, steps_table, e);
	*changed_out = !there;
	for (const struct hy_migration *m = db->store->o.migrations; !code && m && m->name; m++) {
		code = is_done(db, m->name, &done, e);
		if (!code && !done) {
			code = run_step(db, m, e);
			*changed_out = true;
		}
	}
	return code;
}

enum hy_code hy_migrate(struct hy_db *db, struct hy_err *e)
{
	bool marked = false, changed = false, alone;
	enum hy_code code = sound(db, e);

	if (!code)
		code = db->d->begin_write(db->conn, HY_CARE_JOB, &alone, e);
	if (code)
		return code;
	code = db->d->identify(db->conn, db->store->o.create, &marked, e);
	if (!code)
		code = bring_up(db, &changed, e);
	if (!code && (marked || changed))
		return db->d->commit(db->conn, e);
	db->d->rollback(db->conn);
	return code;
}

enum hy_code hy_migrated(struct hy_db *db, struct hy_err *e)
{
	bool done;
	enum hy_code code = db->d->has_table(db->conn, "schema_step", &done, e);

	if (!code && !done)
		return hy_fail(e, HY_NOT_FOUND, "", "the database in %s was never set up",
			       db->store->where);
	if (!code)
		code = refuse_unknown(db, e);
	for (const struct hy_migration *m = db->store->o.migrations; !code && m && m->name; m++) {
		code = is_done(db, m->name, &done, e);
		if (!code && !done)
			return hy_fail(e, HY_NOT_NOW, "",
				       "the database in %s is from an older version; open it once "
				       "with the server, which brings it up to date",
				       db->store->where);
	}
	return code;
}
