/* Sealed boxes, and the three steps by which one is opened. */
#include "matter/identity.h"

#include "base/hash.h"
#include "matter/city.h"
#include "matter/seal_box.h"
#include "people/consent.h"
#include "people/security.h"

#define DAYS_OPEN 7

/* sealed: boxes that custodians can open; WHAT is "identity" or the SHA-256 of a file.
 * sealed_half: half of a box's key, sealed to one custodian.
 * opening: requests, a cache of the events of their matter but for PURPOSE.
 * opening_half: a half that was handed on, sealed to a custodian of the other group; it lives from
 * the first consent to the opening. */
#define TABLES(ID, BLOB)                                                                           \
	"CREATE TABLE sealed(id " ID " PRIMARY KEY, matter BIGINT NOT NULL, what TEXT NOT NULL,"   \
	" box " BLOB " NOT NULL);"                                                                 \
	"CREATE UNIQUE INDEX sealed_matter ON sealed(matter, what);"                               \
	"CREATE TABLE sealed_half(sealed BIGINT NOT NULL, custodian BIGINT NOT NULL,"              \
	" box " BLOB " NOT NULL, PRIMARY KEY(sealed, custodian));"                                 \
	"CREATE TABLE opening(id " ID " PRIMARY KEY, matter BIGINT NOT NULL, what TEXT NOT NULL,"  \
	" state BIGINT NOT NULL, account BIGINT NOT NULL, role TEXT NOT NULL,"                     \
	" unit TEXT NOT NULL, purpose TEXT NOT NULL, first BIGINT NOT NULL, at BIGINT NOT NULL,"   \
	" changed_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);"                                \
	"CREATE INDEX opening_matter ON opening(matter, id);"                                      \
	"CREATE TABLE opening_half(opening BIGINT NOT NULL, custodian BIGINT NOT NULL,"            \
	" box " BLOB " NOT NULL, PRIMARY KEY(opening, custodian));"
const struct hy_migration identity_migrations[] = {
	{ .name = "identity-001",
	  .sqlite = TABLES("INTEGER", "BLOB"),
	  .pg = TABLES("BIGINT", "BYTEA") },
	{ 0 },
};

/* --- keeping -----------------------------------------------------------------------------------
 */

static enum hy_code put_half(struct hy_db *db, const char *sql, int64_t id, int64_t custodian,
			     hy_str box, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, sql);

	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, custodian);
	hy_bind_blob(s, 3, box);
	return hy_exec(s, NULL, e);
}

/* PLAIN under a new key, the key's halves to everybody who keeps one. */
enum hy_code seal_box_put(struct hy_db *db, struct hy_arena *a, const struct custodians *all,
			  int64_t matter, hy_str what, hy_str context, hy_str plain,
			  hy_str *hash_out, struct hy_err *e)
{
	struct seal_key key, half_a, half_b;
	int64_t id = 0;
	enum hy_code code = hy_sql_int(db, "SELECT max(id) + 1 FROM sealed", 1, &id, e);

	if (code)
		return code;
	seal_key_new(&key);
	seal_split(&key, &half_a, &half_b);
	hy_str box = seal_close_padded(a, &key, context, plain);
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO sealed(id, matter, what, box) VALUES ($1, $2, $3, $4)");
	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, matter);
	hy_bind_text(s, 3, what);
	hy_bind_blob(s, 4, box);
	code = hy_exec(s, NULL, e);
	for (size_t i = 0; !code && i < all->n; i++) {
		const struct custodian *k = &all->v[i];
		if (k->state == CUSTODIAN_NAMED)
			code = put_half(db,
					"INSERT INTO sealed_half(sealed, custodian, box)"
					" VALUES ($1, $2, $3)",
					id, k->id,
					seal_to(a, &k->key, k->group == 'a' ? &half_a : &half_b),
					e);
	}
	seal_key_wipe(&key);
	seal_key_wipe(&half_a);
	seal_key_wipe(&half_b);
	hy_hash h = hy_sha256(box);
	if (!code)
		*hash_out = hy_hex(a, h.b, sizeof(h.b));
	return code;
}

hy_str seal_box_context(struct hy_arena *a, hy_str what, hy_str code)
{
	return hy_printf(a, HY_FMT " matter/" HY_FMT, HY_ARG(what), HY_ARG(code));
}

enum hy_code identity_keep(struct hy_db *db, struct hy_arena *a, int64_t id, hy_str code,
			   hy_str name, hy_str contact, hy_str *hash_out, struct hy_err *e)
{
	struct custodians all = { 0 };
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	enum hy_code failed = custodian_list(a, db, &all, e);

	*hash_out = HY_S("");
	if (failed)
		return failed;
	if (!custodian_complete(&all)) {
		if (name.n == 0 && contact.n == 0)
			return HY_OK;
		return hy_fail(e, HY_NOT_NOW, name.n ? "name" : "contact",
			       "nobody can keep it sealed yet: this city has no custodians of both "
			       "groups; file without name and contact");
	}
	hy_json_obj(&j);
	hy_json_kstr(&j, "contact", contact);
	hy_json_kstr(&j, "name", name);
	hy_json_obj_end(&j);
	if (b.n >= SEAL_PADDED)
		return hy_fail(e, HY_TOO_LARGE, "contact", "is too long to be sealed");
	return seal_box_put(db, a, &all, id, HY_S("identity"),
			    seal_box_context(a, HY_S("identity"), code), hy_buf_str(&b), hash_out,
			    e);
}

enum hy_code identity_take(struct hy_db *db, struct hy_arena *a, const struct pack_kind *kind,
			   const struct matter_move *mv, int64_t id, hy_str code,
			   struct matter_event *ev, struct hy_err *e)
{
	json_t *private = (json_t *)(uintptr_t)ev->private;
	hy_str hash = HY_S("");

	hy_str guard = hy_json_get(private, "guard");
	bool kept = guard.n && !hy_str_eq(guard, hy_str_of(pack_guard_names[PACK_NORMAL]));
	if (kind->identity != PACK_IDENTITY_SEALED && !mv->protect && !kept)
		return HY_OK;
	hy_str name = hy_json_get(private, "name"), contact = hy_json_get(private, "contact");
	enum hy_code failed = identity_keep(db, a, id, code, name, contact, &hash, e);
	if (failed)
		return failed;
	json_object_del(private, "name");
	json_object_del(private, "contact");
	if (hash.n)
		hy_json_put(private, "sealed", hash);
	return HY_OK;
}

/* The reporter says who they are, later or anew. */
enum hy_code identity_give(struct city *c, struct hy_db *db, struct hy_arena *a,
			   const struct matter *m, int64_t id, hy_str name, hy_str contact,
			   struct hy_err *e)
{
	json_t *data = json_object(), *private = json_object();
	hy_str hash = HY_S("");
	enum hy_code failed = HY_OK;

	hy_json_keep(a, data);
	hy_json_keep(a, private);
	if (m->kind->identity == PACK_IDENTITY_SEALED || m->guard != PACK_NORMAL) {
		static const char *const old[] = {
			"DELETE FROM sealed_half WHERE sealed IN"
			" (SELECT id FROM sealed WHERE matter = $1 AND what = 'identity')",
			"DELETE FROM sealed WHERE matter = $1 AND what = 'identity'",
		};
		for (size_t i = 0; !failed && i < HY_COUNT(old); i++) {
			HY_SCOPED_STMT s = hy_sql(db, old[i]);
			hy_bind_int(s, 1, id);
			failed = hy_exec(s, NULL, e);
		}
		if (!failed)
			failed = identity_keep(db, a, id, m->code, name, contact, &hash, e);
		if (!failed)
			hy_json_put(private, "sealed", hash);
	} else {
		if (name.n)
			hy_json_put(private, "name", name);
		if (contact.n)
			hy_json_put(private, "contact", contact);
	}
	if (failed)
		return failed;
	struct matter_event ev = { .at = city_now(c),
				   .name = HY_S("identity.given"),
				   .role = HY_S("citizen"),
				   .unit = HY_S(""),
				   .data = data,
				   .private = private };
	return matter_remark(c, db, a, m->code, &ev, NULL, e);
}

/* --- requests ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
	"SELECT o.id, o.matter, m.code, o.state, o.purpose, o.role, o.unit, o.account, o.first,"   \
	" o.at, o.changed_at, o.expires_at, o.what FROM opening o JOIN matter m ON m.id = "        \
	"o.matter"

static void request_of(struct hy_arena *a, struct hy_stmt *s, hy_ms now,
		       struct identity_request *out)
{
	*out = (struct identity_request){ .id = hy_col_int(s, 0),
					  .matter = hy_col_int(s, 1),
					  .code = hy_col_dup(a, s, 2),
					  .state = (enum identity_state)hy_col_int(s, 3),
					  .purpose = hy_col_dup(a, s, 4),
					  .role = hy_col_dup(a, s, 5),
					  .unit = hy_col_dup(a, s, 6),
					  .account = hy_col_int(s, 7),
					  .first = hy_col_int(s, 8),
					  .at = hy_col_int(s, 9),
					  .changed_at = hy_col_int(s, 10),
					  .expires_at = hy_col_int(s, 11),
					  .what = hy_col_dup(a, s, 12) };
	if (out->state <= IDENTITY_CONSENTED && out->expires_at <= now)
		out->state = IDENTITY_EXPIRED;
}

static enum hy_code request_by_id(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
				  struct identity_request *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " WHERE o.id = $1");
	bool row;

	hy_bind_int(s, 1, id);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && !row)
		return hy_fail(e, HY_NOT_FOUND, "request", "there is no request %lld",
			       (long long)id);
	if (!code)
		request_of(a, s, city_now(c), out);
	return code;
}

const char identity_of_matter_sql[] = COLUMNS " WHERE m.code = $1 ORDER BY o.id LIMIT 500",
	   identity_list_sql[] = COLUMNS " ORDER BY o.id DESC LIMIT 500";

enum hy_code identity_list(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			   struct identity_request **out, size_t *n_out, struct hy_err *e)
{
	HY_VEC(struct identity_request) v = { 0 };
	HY_SCOPED_STMT s = hy_sql(db, code.n ? identity_of_matter_sql : identity_list_sql);
	enum hy_code failed;
	bool row;

	if (code.n)
		hy_bind_text(s, 1, code);
	while (!(failed = hy_step(s, &row, e)) && row)
		request_of(a, s, city_now(c), hy_push(a, &v));
	*out = v.v;
	*n_out = v.n;
	return failed;
}

/* The audit administrator finds it too. */
static enum hy_code note(struct city *c, struct hy_db *db, struct hy_arena *a, const char *act,
			 const struct identity_by *by, hy_str code, struct hy_err *e)
{
	const struct security_act x = { .act = act,
					.by = { by->account, by->address },
					.subject = hy_printf(a, "matter/" HY_FMT, HY_ARG(code)),
					.role = by->role,
					.unit = by->unit };

	return security_note(city_record(c), db, &x, e);
}

/* The event of one step. */
static enum hy_code remark(struct city *c, struct hy_db *db, struct hy_arena *a,
			   const struct identity_request *q, hy_str name, const char *act,
			   char group, const struct identity_by *by, hy_str purpose,
			   struct hy_err *e)
{
	json_t *data = hy_json_object(a), *private = hy_json_object(a);
	struct matter_event ev = { .at = city_now(c),
				   .name = name,
				   .role = by->role,
				   .unit = by->unit,
				   .data = data,
				   .private = private };

	json_object_set_new(data, "request", json_integer(q->id));
	hy_json_put(data, "what", q->what);
	if (group)
		hy_json_put(data, "group", (hy_str){ &group, 1 });
	json_object_set_new(private, "account", json_integer(by->account));
	if (purpose.n)
		hy_json_put(private, "purpose", purpose);
	enum hy_code code = matter_remark(c, db, a, q->code, &ev, NULL, e);
	return code ? code : note(c, db, a, act, by, q->code, e);
}

static enum hy_code has_box(struct hy_db *db, int64_t matter, hy_str what, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM sealed WHERE matter = $1 AND what = $2");
	bool row;

	hy_bind_int(s, 1, matter);
	hy_bind_text(s, 2, what);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && !row)
		return hy_fail(e, HY_NOT_NOW, "", "nothing is sealed for this matter");
	return code;
}

enum hy_code identity_ask(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			  hy_str what, hy_str purpose, const struct identity_by *by,
			  int64_t *id_out, struct hy_err *e)
{
	struct identity_request q = { .what = what };
	struct matter_key key;
	enum hy_code failed = matter_key_of(db, &access_all, a, code, &key, e);

	if (failed)
		return failed;
	if (hy_str_chars(hy_str_trim(purpose)) < 4 || hy_str_chars(purpose) > 500)
		return hy_fail(e, HY_BAD_FIELD, "purpose",
			       "must say in 4 to 500 characters what it is needed for; the "
			       "reporter will read it");
	failed = has_box(db, key.id, what, e);
	if (!failed)
		failed = hy_sql_int(db, "SELECT max(id) + 1 FROM opening", 1, &q.id, e);
	if (failed)
		return failed;
	q.code = key.code;
	hy_ms now = city_now(c);
	HY_SCOPED_STMT s = hy_sql(
		db, "INSERT INTO opening(id, matter, what, state, account, role, unit, purpose,"
		    " first, at, changed_at, expires_at)"
		    " VALUES ($1, $2, $3, 0, $4, $5, $6, $7, 0, $8, $8, $9)");
	hy_bind_int(s, 1, q.id);
	hy_bind_int(s, 2, key.id);
	hy_bind_text(s, 3, what);
	hy_bind_int(s, 4, by->account);
	hy_bind_text(s, 5, by->role);
	hy_bind_text(s, 6, by->unit);
	hy_bind_text(s, 7, purpose);
	hy_bind_int(s, 8, now);
	hy_bind_int(s, 9, now + DAYS_OPEN * HY_DAY_MS);
	failed = hy_exec(s, NULL, e);
	if (!failed)
		failed = remark(c, db, a, &q, HY_S("identity.requested"), "seal.ask", 0, by,
				purpose, e);
	if (!failed)
		*id_out = q.id;
	return failed;
}

/* May WHO take this step now? */
static enum hy_code step_ok(const struct identity_request *q, enum identity_state want,
			    const struct custodian *who, const struct identity_by *by,
			    struct hy_err *e)
{
	static const char *const stands[] = {
		[IDENTITY_REQUESTED] = "waits for a first consent",
		[IDENTITY_CONSENTED] = "has its first consent and waits for one of the other group",
		[IDENTITY_OPENED] = "was opened",
		[IDENTITY_REFUSED] = "was refused",
		[IDENTITY_EXPIRED] = "has expired; request it anew",
	};

	if (q->state != want)
		return hy_fail(e, HY_NOT_NOW, "", "request %lld %s", (long long)q->id,
			       stands[q->state]);
	if (who->state != CUSTODIAN_NAMED)
		return hy_fail(e, HY_FORBIDDEN, "", "custodian %lld is %s", (long long)who->id,
			       who->state == CUSTODIAN_OFFERED ? "not named yet" : "one no longer");
	return consent_second(q->account, by->account, "requested", "", e);
}

static enum hy_code half_of(struct hy_db *db, struct hy_arena *a, const struct identity_request *q,
			    int64_t custodian, hy_str *out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT h.box FROM sealed_half h JOIN sealed b ON b.id = h.sealed"
			   " WHERE b.matter = $1 AND b.what = $2 AND h.custodian = $3");
	bool row;

	hy_bind_int(s, 1, q->matter);
	hy_bind_text(s, 2, q->what);
	hy_bind_int(s, 3, custodian);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && !row)
		return hy_fail(
			e, HY_FORBIDDEN, "custodian",
			"nothing of this matter was sealed to custodian %lld; another one of "
			"the group must do it",
			(long long)custodian);
	if (!code)
		*out = hy_col_dup(a, s, 0);
	return code;
}

enum hy_code identity_packet(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			     const struct custodian *who, hy_str *json_out, struct hy_err *e)
{
	struct identity_request q;
	struct custodians all = { 0 };
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_str half = HY_S("");
	enum hy_code code = request_by_id(c, db, a, request, &q, e);

	if (!code && q.state != IDENTITY_REQUESTED)
		return hy_fail(e, HY_NOT_NOW, "", "request %lld waits for no first consent",
			       (long long)request);
	if (!code)
		code = half_of(db, a, &q, who->id, &half, e);
	if (!code)
		code = custodian_list(a, db, &all, e);
	if (code)
		return code;
	hy_json_obj(&j);
	hy_json_kint(&j, "custodian", who->id);
	hy_json_kstr(&j, "half", hy_base64(a, half.p, half.n));
	hy_json_kint(&j, "huiyin_identity_request", 1);
	hy_json_kstr(&j, "matter", q.code);
	hy_json_kstr(&j, "purpose", q.purpose);
	hy_json_kint(&j, "request", q.id);
	hy_json_key(&j, "to");
	hy_json_arr(&j);
	for (size_t i = 0; i < all.n; i++) {
		if (all.v[i].state != CUSTODIAN_NAMED || all.v[i].group == who->group)
			continue;
		hy_json_obj(&j);
		hy_json_kint(&j, "custodian", all.v[i].id);
		hy_json_kstr(&j, "key", custodian_key_text(a, &all.v[i].key));
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_kstr(&j, "what", q.what);
	hy_json_obj_end(&j);
	*json_out = hy_buf_str(&b);
	return HY_OK;
}

static enum hy_code set_state(struct city *c, struct hy_db *db, const struct identity_request *q,
			      enum identity_state state, int64_t first, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(
		db, "UPDATE opening SET state = $2, first = $3, changed_at = $4 WHERE id = $1");

	hy_bind_int(s, 1, q->id);
	hy_bind_int(s, 2, state);
	hy_bind_int(s, 3, first);
	hy_bind_int(s, 4, city_now(c));
	return hy_exec(s, NULL, e);
}

static enum hy_code drop_halves(struct hy_db *db, int64_t request, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "DELETE FROM opening_half WHERE opening = $1");

	hy_bind_int(s, 1, request);
	return hy_exec(s, NULL, e);
}

static enum hy_code put_halves(struct hy_db *db, struct hy_arena *a,
			       const struct identity_request *q, const struct custodian *who,
			       const json_t *halves, struct hy_err *e)
{
	struct custodians all = { 0 };
	enum hy_code code = custodian_list(a, db, &all, e);
	size_t n = json_array_size(halves), put = 0;

	for (size_t i = 0; !code && i < n; i++) {
		const json_t *h = json_array_get(halves, i);
		unsigned char box[SEAL_BOX];
		int64_t id = hy_json_get_int(h, "custodian", 0);
		bool fits = false;
		for (size_t k = 0; k < all.n; k++)
			fits = fits || (all.v[k].id == id && all.v[k].state == CUSTODIAN_NAMED &&
					all.v[k].group != who->group);
		if (!fits || hy_unbase64(hy_json_get(h, "box"), box, sizeof(box)) != SEAL_BOX)
			return hy_fail(e, HY_BAD_FIELD, "halves",
				       "must be what `huiyin custodian consent` wrote for this "
				       "request");
		code = put_half(db,
				"INSERT INTO opening_half(opening, custodian, box)"
				" VALUES ($1, $2, $3) ON CONFLICT (opening, custodian)"
				" DO UPDATE SET box = excluded.box",
				q->id, id,
				hy_str_dup(a, (hy_str){ (const char *)box, sizeof(box) }), e);
		put++;
	}
	if (!code && !put)
		return hy_fail(e, HY_BAD_FIELD, "halves", "are missing");
	return code;
}

enum hy_code identity_consent(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			      const struct custodian *who, const json_t *halves,
			      const struct identity_by *by, struct hy_err *e)
{
	struct identity_request q;
	enum hy_code code = request_by_id(c, db, a, request, &q, e);

	if (!code)
		code = step_ok(&q, IDENTITY_REQUESTED, who, by, e);
	if (!code)
		code = put_halves(db, a, &q, who, halves, e);
	if (!code)
		code = set_state(c, db, &q, IDENTITY_CONSENTED, who->id, e);
	return code ? code
		    : remark(c, db, a, &q, HY_S("identity.consented"), "seal.consent", who->group,
			     by, HY_S(""), e);
}

enum hy_code identity_refuse(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			     const struct custodian *who, const struct identity_by *by,
			     struct hy_err *e)
{
	struct identity_request q;
	enum hy_code code = request_by_id(c, db, a, request, &q, e);

	if (!code)
		code = step_ok(
			&q, q.state == IDENTITY_CONSENTED ? IDENTITY_CONSENTED : IDENTITY_REQUESTED,
			who, by, e);
	if (!code)
		code = drop_halves(db, q.id, e);
	if (!code)
		code = set_state(c, db, &q, IDENTITY_REFUSED, q.first, e);
	return code ? code
		    : remark(c, db, a, &q, HY_S("identity.refused"), "seal.refuse", who->group, by,
			     HY_S(""), e);
}

static enum hy_code first_of(const struct custodians *all, int64_t id, const struct custodian **out,
			     struct hy_err *e)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].id == id) {
			*out = &all->v[i];
			return HY_OK;
		}
	return hy_broke(e, HY_TAMPERED, "custodian %lld consented and is not there", (long long)id);
}

static enum hy_code handed(struct hy_db *db, struct hy_arena *a, int64_t request, int64_t custodian,
			   hy_str *out, struct hy_err *e)
{
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT box FROM opening_half WHERE opening = $1 AND custodian = $2");
	bool row;

	hy_bind_int(s, 1, request);
	hy_bind_int(s, 2, custodian);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && !row)
		return hy_fail(e, HY_FORBIDDEN, "custodian",
			       "the first consent was not handed to custodian %lld",
			       (long long)custodian);
	if (!code)
		*out = hy_col_dup(a, s, 0);
	return code;
}

static enum hy_code box_of(struct hy_db *db, struct hy_arena *a, const struct identity_request *q,
			   hy_str *out, struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, "SELECT box FROM sealed WHERE matter = $1 AND what = $2");
	bool row;

	hy_bind_int(s, 1, q->matter);
	hy_bind_text(s, 2, q->what);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && !row)
		return hy_fail(e, HY_NOT_NOW, "", "what was sealed has been erased");
	if (!code)
		*out = hy_col_dup(a, s, 0);
	return code;
}

enum hy_code identity_open(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t request,
			   const struct custodian *who, const struct identity_by *by,
			   hy_str *json_out, struct hy_err *e)
{
	struct identity_request q;
	struct custodians all = { 0 };
	const struct custodian *first = NULL;
	hy_str own = HY_S(""), given = HY_S(""), box = HY_S("");
	enum hy_code code = request_by_id(c, db, a, request, &q, e);

	if (!code)
		code = step_ok(&q, IDENTITY_CONSENTED, who, by, e);
	if (!code)
		code = custodian_list(a, db, &all, e);
	if (!code)
		code = first_of(&all, q.first, &first, e);
	if (!code && first->group == who->group)
		return hy_fail(e, HY_FORBIDDEN, "custodian",
			       "the second consent must come from another person, of the other "
			       "group");
	if (!code)
		code = consent_second(first->account, by->account, "consented to", "custodian", e);
	if (!code)
		code = half_of(db, a, &q, who->id, &own, e);
	if (!code)
		code = handed(db, a, q.id, who->id, &given, e);
	if (!code)
		code = box_of(db, a, &q, &box, e);
	if (!code)
		code = drop_halves(db, q.id, e);
	if (!code)
		code = set_state(c, db, &q, IDENTITY_OPENED, q.first, e);
	if (!code)
		code = remark(c, db, a, &q, HY_S("identity.opened"), "seal.view", who->group, by,
			      HY_S(""), e);
	if (code)
		return code;
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	hy_json_obj(&j);
	hy_json_kstr(&j, "context", seal_box_context(a, q.what, q.code));
	hy_json_kstr(&j, "half", hy_base64(a, own.p, own.n));
	hy_json_kstr(&j, "handed", hy_base64(a, given.p, given.n));
	hy_json_kint(&j, "huiyin_identity_open", 1);
	hy_json_kstr(&j, "matter", q.code);
	hy_json_kstr(&j, "purpose", q.purpose);
	hy_json_kint(&j, "request", q.id);
	hy_json_kstr(&j, "sealed", hy_base64(a, box.p, box.n));
	hy_json_kstr(&j, "what", q.what);
	hy_json_obj_end(&j);
	*json_out = hy_buf_str(&b);
	return HY_OK;
}

/* --- erasing
 * ---------------------------------------------------------------------------------------
 */

enum hy_code identity_erase(struct hy_db *db, int64_t id, struct hy_err *e)
{
	static const char *const all[] = {
		"DELETE FROM sealed_half WHERE sealed IN (SELECT id FROM sealed WHERE matter = $1)",
		"DELETE FROM sealed WHERE matter = $1",
		("DELETE FROM opening_half WHERE opening IN"
		 " (SELECT id FROM opening WHERE matter = $1)"),
		"UPDATE opening SET purpose = '' WHERE matter = $1",
	};
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < HY_COUNT(all); i++) {
		HY_SCOPED_STMT s = hy_sql(db, all[i]);
		hy_bind_int(s, 1, id);
		code = hy_exec(s, NULL, e);
	}
	return code;
}

/* --- fsck
 * --------------------------------------------------------------------------------------------
 */

/* The state that the events of request Q make; IDENTITY_EXPIRED when there are none. */
static enum identity_state made_of(const struct matter *m, const struct identity_request *q)
{
	static const struct {
		hy_str name;
		enum identity_state state;
	} steps[] = { { HY_S_INIT("identity.requested"), IDENTITY_REQUESTED },
		      { HY_S_INIT("identity.consented"), IDENTITY_CONSENTED },
		      { HY_S_INIT("identity.refused"), IDENTITY_REFUSED },
		      { HY_S_INIT("identity.opened"), IDENTITY_OPENED } };
	enum identity_state state = IDENTITY_EXPIRED;

	for (size_t i = 0; i < m->n_events; i++)
		for (size_t k = 0; k < HY_COUNT(steps); k++)
			if (hy_str_eq(m->events[i].name, steps[k].name) &&
			    hy_json_get_int(m->events[i].data, "request", 0) == q->id)
				state = steps[k].state;
	return state;
}

/* The newest box that the events of a matter speak of; "" when none does, or they are erased. */
static enum hy_code told_box(struct hy_arena *a, struct hy_db *db, int64_t matter, hy_str *out,
			     struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(db, record_of_matter);
	enum hy_code code;
	bool row;

	*out = HY_S("");
	hy_bind_int(s, 1, matter);
	while (!(code = hy_step(s, &row, e)) && row) {
		struct record_event ev;
		code = record_row(a, s, &ev, e);
		if (code)
			return code;
		hy_str hash = hy_json_get(ev.private, "sealed");
		if (hash.n)
			*out = hash;
	}
	return code;
}

static enum hy_code boxes_same(struct hy_db *db, struct hy_err *e)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	HY_SCOPED_STMT s = hy_sql_many(
		db, "SELECT m.id, m.code, b.box FROM sealed b JOIN matter m ON m.id = b.matter"
		    " WHERE b.what = 'identity' ORDER BY m.id");
	enum hy_code code;
	bool row;

	while (!(code = hy_step(s, &row, e)) && row) {
		hy_str told = HY_S("");
		hy_hash h = hy_sha256(hy_col_text(s, 2));
		code = told_box(a, db, hy_col_int(s, 0), &told, e);
		if (code)
			return code;
		if (!hy_str_eq(told, hy_hex(a, h.b, sizeof(h.b))))
			return hy_fail(e, HY_TAMPERED, "",
				       "what is sealed for " HY_FMT " is not what its events say",
				       HY_ARG(hy_col_text(s, 1)));
		hy_arena_empty(a);
	}
	return code;
}

enum hy_code identity_fsck(struct city *c, struct hy_arena *a, struct hy_db *db,
			   int64_t *checked_out, struct hy_err *e)
{
	HY_VEC(struct identity_request) v = { 0 };
	enum hy_code code = boxes_same(db, e);
	bool row;

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, COLUMNS " ORDER BY o.id");
	while (!(code = hy_step(s, &row, e)) && row)
		request_of(a, s, INT64_MIN, hy_push(a, &v)); /* as stored: nothing expires */
	hy_done(&s);
	for (size_t i = 0; !code && i < v.n; i++) {
		struct matter *m = NULL;
		code = matter_read(c, db, &access_all, a, v.v[i].code, &m, e);
		if (!code && made_of(m, &v.v[i]) != v.v[i].state)
			return hy_fail(e, HY_TAMPERED, "",
				       "request %lld is not what the events of " HY_FMT " make",
				       (long long)v.v[i].id, HY_ARG(v.v[i].code));
	}
	if (!code)
		*checked_out = (int64_t)v.n;
	return code;
}
