/* Everything that is kept of one person: found, given out, erased. */
#include "matter/person.h"

#include "matter/attach.h"
#include "matter/citizen.h"
#include "matter/city.h"
#include "matter/identity.h"
#include "people/security.h"

static json_t *text(hy_str s)
{
	return json_stringn(s.p, s.n);
}

/* --- erasing one matter --------------------------------------------------------------------- */

/* What is erased stays hidden from those it was about; and who erased it is kept. */
static json_t *kept_of(struct hy_arena *a, const struct matter *m, const struct matter_erasing *by)
{
	json_t *o = json_object();

	hy_json_keep(a, o);
	if (m->about_unit.n)
		json_object_set_new(o, "about_unit", text(m->about_unit));
	if (m->about_person.n)
		json_object_set_new(o, "about_person", text(m->about_person));
	if (m->guard != PACK_NORMAL)
		json_object_set_new(o, "guard", text(hy_str_of(pack_guard_names[m->guard])));
	json_object_set_new(o, "account", json_integer(by->account));
	return o;
}

static enum hy_code note_erased(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
				const struct matter_erasing *by, struct hy_err *e)
{
	const struct security_act act = {
		.act = "subject.erase",
		.by = { by->account, by->address },
		.subject = hy_printf(a, "matter/" HY_FMT, HY_ARG(code)),
		.role = by->role,
		.unit = by->unit,
		.at = by->at,
	};

	return security_note(city_record(c), db, &act, e);
}

enum hy_code matter_erase(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			  const struct matter_erasing *by, struct hy_err *e)
{
	struct matter_key key;
	struct matter *m = NULL;
	enum hy_code failed = matter_key_of(db, &access_all, a, code, &key, e);

	if (!failed)
		failed = matter_load(c, db, a, &key, &m, e);
	for (size_t i = 0; !failed && i < m->n_events; i++)
		failed = record_erase(db, m->events[i].idx, e);
	if (!failed)
		failed = identity_erase(db, key.id, e);
	if (!failed)
		failed = attach_erase(db, key.id, e);
	for (const struct city_room *const *r = city_rooms(); !failed && *r; r++)
		if ((*r)->own_erase)
			failed = (*r)->own_erase(db, key.id, e);
	if (failed)
		return failed;
	json_t *data = json_object();
	hy_json_keep(a, data);
	json_object_set_new(data, "basis", text(by->basis));
	struct matter_event ev = { .at = by->at,
				   .move = -1,
				   .name = MATTER_EV_ERASED,
				   .role = by->role,
				   .unit = by->unit,
				   .data = data,
				   .private = kept_of(a, m, by) };
	failed = matter_append(c, db, a, key.id, m, &ev, e);
	/* Folded again: what was private is gone from the cache as well. */
	if (!failed)
		failed = matter_load(c, db, a, &key, &m, e);
	if (!failed)
		failed = matter_save(db, key.id, m, e);
	return failed ? failed : note_erased(c, db, a, code, by, e);
}

/* --- finding -------------------------------------------------------------------------------- */

/* "contact":"..." as it stands in the canonical JSON of a private part. */
static hy_str as_written(struct hy_arena *a, hy_str contact)
{
	json_t *o = json_object();

	hy_json_keep(a, o);
	json_object_set_new(o, "contact", text(contact));
	hy_str whole = hy_json_canonical(a, o);
	return (hy_str){ whole.p + 1, whole.n - 2 };
}

static bool is_theirs(const struct matter *m, const struct person_key *key)
{
	for (size_t i = 0; i < m->n_events; i++) {
		const json_t *p = m->events[i].private;
		if (p && hy_str_eq(hy_json_get(p, "contact"), key->contact) &&
		    (key->name.n == 0 || hy_str_eq(hy_json_get(p, "name"), key->name)))
			return true;
	}
	return false;
}

static enum hy_code candidates(struct hy_db *db, struct hy_arena *a,
			       const struct access_scope *scope, const struct person_key *key,
			       struct person_found *out, struct hy_err *e)
{
	struct access_where w = access_where(a, scope, 2);
	HY_VEC(hy_str) codes = { 0 };
	enum hy_code code;
	bool row;
	HY_SCOPED_STMT s = hy_sql(
		db,
		hy_printf(
			a,
			"SELECT m.code FROM matter m WHERE m.id IN (SELECT e.matter"
			" FROM event_private p JOIN event e ON e.idx = p.idx"
			" WHERE e.matter IS NOT NULL AND replace(p.body, $1, '') <> p.body)" HY_FMT
			" ORDER BY m.code",
			HY_ARG(w.sql))
			.p);

	hy_bind_text(s, 1, as_written(a, key->contact));
	access_bind(s, &w);
	while (!(code = hy_step(s, &row, e)) && row)
		*hy_push(a, &codes) = hy_col_dup(a, s, 0);
	*out = (struct person_found){ codes.v, codes.n };
	return code;
}

enum hy_code person_find(struct city *c, struct hy_db *db, struct hy_arena *a,
			 const struct access_scope *scope, const struct person_key *key,
			 struct person_found *out, struct hy_err *e)
{
	struct person_found all = { 0 };
	HY_VEC(hy_str) codes = { 0 };

	if (hy_str_trim(key->contact).n == 0)
		return hy_fail(e, HY_BAD_FIELD, "contact",
			       "is needed: the telephone or address as it was given");
	enum hy_code code = candidates(db, a, scope, key, &all, e);
	for (size_t i = 0; !code && i < all.n; i++) {
		struct matter *m = NULL;
		code = matter_read(c, db, scope, a, all.codes[i], &m, e);
		if (!code && is_theirs(m, key))
			*hy_push(a, &codes) = all.codes[i];
	}
	if (!code && codes.n > PERSON_MOST)
		return hy_fail(e, HY_TOO_LARGE, "contact",
			       "%zu matters have this contact, more than the %d of one person: "
			       "give the name too",
			       codes.n, PERSON_MOST);
	if (!code)
		*out = (struct person_found){ codes.v, codes.n };
	return code;
}

/* --- giving out ------------------------------------------------------------------------------- */

enum hy_code person_data_json(struct hy_json *j, struct city *c, struct hy_db *db,
			      const struct person_found *found, struct hy_err *e)
{
	enum hy_code code = HY_OK;

	hy_json_obj(j);
	hy_json_key(j, "matters");
	hy_json_arr(j);
	for (size_t i = 0; !code && i < found->n; i++) {
		struct matter *m = NULL;
		code = matter_read(c, db, &access_all, j->b->a, found->codes[i], &m, e);
		if (!code)
			code = citizen_data_json(j, c, db, m, e);
	}
	hy_json_arr_end(j);
	hy_json_obj_end(j);
	return code;
}

static void codes_json(struct hy_json *j, const char *key, const struct person_found *x)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (size_t i = 0; i < x->n; i++)
		hy_json_str(j, x->codes[i]);
	hy_json_arr_end(j);
}

/* Whose data it was stands in no record: only which matters, and that not in public. */
enum hy_code person_noted(struct city *c, struct hy_db *db, const struct person_found *found,
			  const struct matter_erasing *by, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	codes_json(&j, "codes", found);
	hy_json_obj_end(&j);
	const struct security_act act = {
		.act = "subject.export",
		.by = { by->account, by->address },
		.role = by->role,
		.unit = by->unit,
		.data = hy_printf(a, "{\"matters\":%zu}", found->n),
		.private = hy_buf_str(&b),
		.at = by->at,
	};
	return security_note(city_record(c), db, &act, e);
}

/* --- erasing all ------------------------------------------------------------------------------ */

enum hy_code person_erase(struct hy_arena *a, struct city *c, struct hy_db *db,
			  const struct person_found *found, const struct matter_erasing *by,
			  struct person_erased *out, struct hy_err *e)
{
	HY_VEC(hy_str) erased = { 0 }, open = { 0 };
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < found->n; i++) {
		struct matter *m = NULL;
		code = matter_read(c, db, &access_all, hy_db_arena(db), found->codes[i], &m, e);
		if (!code && m->open) {
			*hy_push(a, &open) = found->codes[i];
			continue;
		}
		if (!code)
			code = matter_erase(c, db, hy_db_arena(db), found->codes[i], by, e);
		*hy_push(a, &erased) = found->codes[i];
	}
	out->erased = (struct person_found){ erased.v, erased.n };
	out->open = (struct person_found){ open.v, open.n };
	return code;
}

void person_erased_json(struct hy_json *j, const struct person_erased *x)
{
	hy_json_obj(j);
	codes_json(j, "erased", &x->erased);
	codes_json(j, "open", &x->open);
	hy_json_obj_end(j);
}
