#include "people/custodian.h"

#include <sodium.h>

#include "people/consent.h"
#include "people/security.h"

#define SUBJECT "custodian/"
#define KEY_HEAD HY_S("huiyin-custodian-1 ")

enum { MOST = 64, LABEL_MOST = 100 };

/* A cache of the events of "custodian/N". */
const struct hy_migration custodian_migrations[] = {
	{ .name = "custodian-001",
	  .sqlite = "CREATE TABLE custodian(id INTEGER PRIMARY KEY, grp TEXT NOT NULL,"
		    " key TEXT NOT NULL UNIQUE, account INTEGER NOT NULL, label TEXT NOT NULL,"
		    " removed INTEGER NOT NULL, seq INTEGER NOT NULL);",
	  .pg = "CREATE TABLE custodian(id BIGINT PRIMARY KEY, grp TEXT NOT NULL,"
		" key TEXT COLLATE \"C\" NOT NULL UNIQUE, account BIGINT NOT NULL,"
		" label TEXT NOT NULL, removed BIGINT NOT NULL, seq BIGINT NOT NULL);" },
	{ .name = "custodian-002",
	  .sqlite = "ALTER TABLE custodian ADD COLUMN state BIGINT NOT NULL DEFAULT 1;"
		    "UPDATE custodian SET state = 2 WHERE removed = 1;"
		    "ALTER TABLE custodian DROP COLUMN removed;",
	  .pg = "ALTER TABLE custodian ADD COLUMN state BIGINT NOT NULL DEFAULT 1;"
		"UPDATE custodian SET state = 2 WHERE removed = 1;"
		"ALTER TABLE custodian DROP COLUMN removed;" },
	{ 0 }
};

const char *const custodian_state_names[] = { "offered", "named", "removed", NULL };

/* --- the key as text --------------------------------------------------------------------------
 */

hy_str custodian_key_text(struct hy_arena *a, const struct seal_key *pub)
{
	return hy_printf(a, "huiyin-custodian-1 " HY_FMT, HY_ARG(hy_hex(a, pub->b, SEAL_KEY)));
}

enum hy_code custodian_key_read(hy_str text, struct seal_key *out, struct hy_err *e)
{
	struct seal_key key, any, shared;

	text = hy_str_trim(text);
	if (!hy_str_starts(text, KEY_HEAD) ||
	    !hy_unhex((hy_str){ text.p + KEY_HEAD.n, text.n - KEY_HEAD.n }, key.b, sizeof(key.b)))
		return hy_fail(e, HY_BAD_FIELD, "key",
			       "must be the line that `huiyin custodian keygen` printed: "
			       "huiyin-custodian-1 and 64 hex digits");
	/* A point of low order would seal to everybody. */
	seal_key_new(&any);
	if (crypto_scalarmult(shared.b, any.b, key.b) != 0)
		return hy_fail(e, HY_BAD_FIELD, "key", "is no key that anybody can have");
	*out = key;
	return HY_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

enum hy_code custodian_list(struct hy_arena *a, struct hy_db *db, struct custodians *out,
			    struct hy_err *e)
{
	HY_VEC(struct custodian) v = { 0 };
	HY_SCOPED_STMT s =
		hy_sql(db, "SELECT id, grp, key, account, label, state FROM custodian ORDER BY id");
	enum hy_code c;
	bool row;

	while (!(c = hy_step(s, &row, e)) && row) {
		hy_str group = hy_col_text(s, 1);
		struct custodian *x = hy_push(a, &v);
		*x = (struct custodian){ .id = hy_col_int(s, 0),
					 .group = group.n ? group.p[0] : '?',
					 .account = hy_col_int(s, 3),
					 .label = hy_col_dup(a, s, 4),
					 .state = (enum custodian_state)hy_col_int(s, 5) };
		if (!hy_unhex(hy_col_text(s, 2), x->key.b, SEAL_KEY))
			return hy_broke(e, HY_TAMPERED, "the key of custodian %lld is none",
					(long long)x->id);
	}
	*out = (struct custodians){ v.v, v.n };
	return c;
}

bool custodian_complete(const struct custodians *c)
{
	bool a = false, b = false;

	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].state != CUSTODIAN_NAMED)
			continue;
		a = a || c->v[i].group == 'a';
		b = b || c->v[i].group == 'b';
	}
	return a && b;
}

static struct custodian *find(struct custodian *v, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].id == id)
			return &v[i];
	return NULL;
}

enum hy_code custodian_by_id(struct hy_arena *a, struct hy_db *db, int64_t id,
			     struct custodian *out, struct hy_err *e)
{
	struct custodians all = { 0 };
	enum hy_code code = custodian_list(a, db, &all, e);
	const struct custodian *found = code ? NULL : find(all.v, all.n, id);

	if (code)
		return code;
	if (!found)
		return hy_fail(e, HY_NOT_FOUND, "id", "there is no custodian %lld", (long long)id);
	*out = *found;
	return HY_OK;
}

/* --- writing ---------------------------------------------------------------------------------- */

static enum hy_code append(struct record *r, struct hy_db *db, int64_t id, int64_t seq, hy_str move,
			   hy_str data, const struct custodian *c, const struct custodian_by *by,
			   hy_ms at, struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	int64_t idx;

	hy_json_obj(&j);
	if (c)
		hy_json_kint(&j, "account", c->account);
	hy_json_kint(&j, "by", by->account);
	if (c)
		hy_json_kstr(&j, "label", c->label);
	hy_json_obj_end(&j);
	struct record_new ev = { .subject = hy_printf(a, SUBJECT "%lld", (long long)id),
				 .move = move,
				 .seq = seq,
				 .at = at,
				 .rec = hy_store_now(hy_db_store(db)),
				 .role = by->role,
				 .unit = by->unit,
				 .data = data,
				 .private = hy_buf_str(&b) };
	enum hy_code code = record_append(r, db, &ev, &idx, e);
	const struct security_act act = { .act = "seal.keys",
					  .by = { by->account, by->address },
					  .subject = ev.subject,
					  .role = by->role,
					  .unit = by->unit };
	return code ? code : security_note(r, db, &act, e);
}

static enum hy_code may_be_added(const struct custodians *all, const struct custodian *c,
				 struct hy_err *e)
{
	if (c->group != 'a' && c->group != 'b')
		return hy_fail(e, HY_BAD_FIELD, "group", "must be a or b");
	if (hy_str_trim(c->label).n == 0 || hy_str_chars(c->label) > LABEL_MOST)
		return hy_fail(e, HY_BAD_FIELD, "label", "must have 1 to %d characters",
			       LABEL_MOST);
	if (all->n >= MOST)
		return hy_fail(e, HY_NOT_NOW, "", "a city has at most %d custodians", MOST);
	for (size_t i = 0; i < all->n; i++) {
		const struct custodian *x = &all->v[i];
		if (memcmp(x->key.b, c->key.b, SEAL_KEY) == 0)
			return hy_fail(e, HY_EXISTS, "key", "is that of custodian %lld",
				       (long long)x->id);
		if (c->account && x->account == c->account && x->group != c->group)
			return hy_fail(e, HY_FORBIDDEN, "account",
				       "belongs to a custodian of the other group; one person "
				       "must not hold both halves");
	}
	return HY_OK;
}

enum hy_code custodian_add(struct record *r, struct hy_db *db, const struct custodian *c,
			   const struct custodian_by *by, hy_ms at, int64_t *id_out,
			   struct hy_err *e)
{
	struct hy_arena *a = hy_db_arena(db);
	struct custodians all = { 0 };
	hy_str key = hy_hex(a, c->key.b, SEAL_KEY), group = { &c->group, 1 };
	bool console = by->account == 0;
	enum hy_code code = custodian_list(a, db, &all, e);

	if (!code)
		code = may_be_added(&all, c, e);
	if (code)
		return code;
	int64_t id = (all.n ? all.v[all.n - 1].id : 0) + 1;
	code = append(
		r, db, id, 1, console ? HY_S("custodian.add") : HY_S("custodian.offer"),
		hy_printf(a, "{\"group\":\"%c\",\"key\":\"" HY_FMT "\"}", c->group, HY_ARG(key)), c,
		by, at, e);
	if (code)
		return code;
	HY_SCOPED_STMT s =
		hy_sql(db, "INSERT INTO custodian(id, grp, key, account, label, state, seq)"
			   " VALUES ($1, $2, $3, $4, $5, $6, 1)");
	hy_bind_int(s, 1, id);
	hy_bind_text(s, 2, group);
	hy_bind_text(s, 3, key);
	hy_bind_int(s, 4, c->account);
	hy_bind_text(s, 5, c->label);
	hy_bind_int(s, 6, console ? CUSTODIAN_NAMED : CUSTODIAN_OFFERED);
	code = hy_exec(s, NULL, e);
	if (!code)
		*id_out = id;
	return code;
}

/* The next event of custodian ID, who becomes STATE. */
static enum hy_code step(struct record *r, struct hy_db *db, int64_t id, hy_str move,
			 enum custodian_state state, const struct custodian_by *by, hy_ms at,
			 struct hy_err *e)
{
	int64_t seq = 0;
	HY_SCOPED_STMT s = hy_sql(db, "UPDATE custodian SET state = $2, seq = seq + 1"
				      " WHERE id = $1 RETURNING seq");
	bool row;

	hy_bind_int(s, 1, id);
	hy_bind_int(s, 2, state);
	enum hy_code code = hy_step(s, &row, e);
	if (!code && row)
		seq = hy_col_int(s, 0);
	hy_done(&s);
	return code ? code : append(r, db, id, seq, move, HY_S("{}"), NULL, by, at, e);
}

enum hy_code custodian_name(struct record *r, struct hy_db *db, int64_t id,
			    const struct custodian_by *by, hy_ms at, struct hy_err *e)
{
	struct custodian k = { 0 };
	enum hy_code code = custodian_by_id(hy_db_arena(db), db, id, &k, e);

	if (!code && k.state != CUSTODIAN_OFFERED)
		return hy_fail(e, HY_NOT_NOW, "id", "custodian %lld is %s already", (long long)id,
			       custodian_state_names[k.state]);
	if (!code)
		code = consent_second(k.account, by->account, "offered", "id", e);
	return code ? code : step(r, db, id, HY_S("custodian.name"), CUSTODIAN_NAMED, by, at, e);
}

enum hy_code custodian_remove(struct record *r, struct hy_db *db, int64_t id,
			      const struct custodian_by *by, hy_ms at, struct hy_err *e)
{
	struct custodian k = { 0 };
	enum hy_code code = custodian_by_id(hy_db_arena(db), db, id, &k, e);

	if (!code && k.state == CUSTODIAN_REMOVED)
		return hy_fail(e, HY_NOT_NOW, "id", "custodian %lld is removed already",
			       (long long)id);
	return code ? code
		    : step(r, db, id, HY_S("custodian.remove"), CUSTODIAN_REMOVED, by, at, e);
}

/* --- fsck ---------------------------------------------------------------------------------------
 */

static bool same(const struct custodian *x, const struct custodian *y)
{
	return x->group == y->group && memcmp(x->key.b, y->key.b, SEAL_KEY) == 0 &&
	       x->state == y->state && x->account == y->account && hy_str_eq(x->label, y->label);
}

typedef HY_VEC(struct custodian) custodian_vec;

static enum hy_code custodian_event(struct hy_arena *a, void *to, hy_str name,
				    const struct record_event *ev, struct hy_err *e)
{
	custodian_vec *made = to;
	int64_t id = 0;

	if (!hy_str_int(name, &id))
		return hy_fail(e, HY_TAMPERED, "", "event %lld is about no custodian",
			       (long long)ev->idx);
	struct custodian *x = find(made->v, made->n, id);
	if (!x) {
		x = hy_push(a, made);
		*x = (struct custodian){ .id = id };
	}
	hy_str group = hy_json_get(ev->data, "group");
	bool offer = hy_str_eq(ev->move, HY_S("custodian.offer"));
	if ((offer || hy_str_eq(ev->move, HY_S("custodian.add"))) &&
	    hy_unhex(hy_json_get(ev->data, "key"), x->key.b, SEAL_KEY)) {
		x->group = group.n ? group.p[0] : '?';
		x->account = hy_json_get_int(ev->private, "account", 0);
		x->label = hy_json_get(ev->private, "label");
		x->state = offer ? CUSTODIAN_OFFERED : CUSTODIAN_NAMED;
	} else if (hy_str_eq(ev->move, HY_S("custodian.name"))) {
		int64_t by = hy_json_get_int(ev->private, "by", 0);
		if (x->state != CUSTODIAN_OFFERED || (by && !consent_of_two(x->account, by)))
			return hy_fail(e, HY_TAMPERED, "",
				       "custodian %lld was not named by a second person",
				       (long long)id);
		x->state = CUSTODIAN_NAMED;
	} else if (hy_str_eq(ev->move, HY_S("custodian.remove"))) {
		x->state = CUSTODIAN_REMOVED;
	}
	return HY_OK;
}

enum hy_code custodian_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			    struct hy_err *e)
{
	custodian_vec made = { 0 };
	struct custodians kept = { 0 };
	enum hy_code c = custodian_list(a, db, &kept, e);

	if (!c)
		c = record_each(a, db, HY_S(SUBJECT), custodian_event, &made, e);
	if (c)
		return c;
	for (size_t i = 0; i < made.n; i++) {
		const struct custodian *x = find(kept.v, kept.n, made.v[i].id);
		if (!x || !same(x, &made.v[i]))
			return hy_fail(e, HY_TAMPERED, "",
				       "custodian %lld is not what the events make",
				       (long long)made.v[i].id);
	}
	if (made.n != kept.n)
		return hy_fail(e, HY_TAMPERED, "", "there are custodians without events");
	*checked_out = (int64_t)kept.n;
	return HY_OK;
}
